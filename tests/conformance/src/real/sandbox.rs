//! The folder that a command runs in: the helper programs, some utilities and the shell in `bin`, nothing else in PATH.

use crate::case::Case;
use crate::helpers;
use crate::installed::Installed;
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// Utilities that scripts call; applets of the shell's own binary where it is BusyBox.
const UTILITIES: [&str; 6] = ["sleep", "cat", "nohup", "env", "true", "false"];

/// A folder of its own, removed at the end.
pub struct Sandbox {
    folder: tempfile::TempDir,
    name: String,
}

impl Sandbox {
    /// Fills it for a case.
    pub fn new(program: &Path, shell: &Installed, case: &Case) -> io::Result<Sandbox> {
        let folder = tempfile::Builder::new().prefix("conformance-").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let bin = folder.path().join("bin");
        fs::create_dir(&bin)?;
        for name in helpers::NAMES {
            symlink(program, bin.join(name))?;
        }
        for (name, path) in &shell.inits {
            symlink(path, bin.join(name))?;
        }
        if shell.applets {
            symlink(&shell.path, bin.join("busybox"))?;
            for name in UTILITIES.iter().chain([&shell.argv0]) {
                symlink("busybox", bin.join(name))?;
            }
        } else {
            symlink(&shell.path, bin.join(shell.argv0))?;
            for name in UTILITIES.iter().chain([&"kill"]) {
                if let Some(path) = which(name) {
                    symlink(path, bin.join(name))?;
                }
            }
        }
        for (name, text) in [("env.sh", "E=1\n"), ("hlog", ""), ("profile", "")] {
            fs::write(folder.path().join(name), text)?;
        }
        if let Some(script) = &case.script_file {
            fs::write(folder.path().join("entry.sh"), script)?;
        }
        let name = folder.path().to_string_lossy().into_owned();
        Ok(Sandbox { folder, name })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A text without the folder's name.
    pub fn short(&self, text: &str) -> String {
        text.replace(&format!("{}/bin/", self.name), "").replace(&self.name, ".")
    }
}

/// A program of the system itself.
pub fn which(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].iter().map(|folder| Path::new(folder).join(name)).find(|p| p.exists())
}
