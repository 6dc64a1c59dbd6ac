//! The files that a container of the image sees, as far as the build brings them: `COPY`, `ADD`, heredocs, `chmod`.
//!
//! Follows the Dockerfile reference on destinations and BuildKit `dockerfile2llb/convert_copy.go`. Not here: the files of
//! base images (but for their entrypoint script), and what a `RUN` line other than `chmod` would make.

use super::bases::Program;
use super::path;
use crate::base::Text;
use crate::base::diagnostic::Span;
use crate::base::limits::IMAGE_FILES;
use std::collections::{BTreeMap, BTreeSet};

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text that is known.
    Text(Text),
    /// The executable of a program.
    Program(Program),
    /// A file that is there and whose content is not known.
    Unknown,
}

/// One file of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What is in it.
    pub content: Content,
    /// Some execute bit is set.
    pub executable: bool,
    /// The scenario's file it was copied from; empty for one that the Dockerfile or the base image brings.
    pub source: Text,
    /// Bytes of the Dockerfile that put it there.
    pub span: Span,
}

/// Directories that every image has.
const DIRECTORIES: &[&str] = &[
    "/",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/sbin",
    "/usr/share",
    "/usr/src",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/tmp",
];

/// Files by absolute, cleaned path.
#[derive(Clone, Debug, Default)]
pub struct Rootfs {
    /// The files.
    pub files: BTreeMap<Text, File>,
    /// Directories that were made, besides those that every image has.
    pub directories: BTreeSet<Text>,
    /// Programs that were installed, by the command that starts them.
    pub programs: BTreeMap<String, Program>,
    /// Files were left out because there were too many.
    pub overflow: bool,
}

/// A file that is about to be copied: its path below the source directory, and the file.
pub type Incoming = (String, File);

impl Rootfs {
    /// The file at an absolute path.
    pub fn get(&self, at: &str) -> Option<&File> {
        self.files.get(path::clean(at).as_str())
    }

    /// Is there a directory at this cleaned path?
    pub fn is_directory(&self, at: &str) -> bool {
        let below = format!("{}/", at.trim_end_matches('/'));
        DIRECTORIES.contains(&at)
            || self.directories.contains(at)
            || self.files.range(Text::from(below.as_str())..).next().is_some_and(|(p, _)| p.starts_with(&below))
    }

    /// Makes a directory and those above it.
    pub fn make_directory(&mut self, at: &str) {
        let mut at = path::clean(at);
        while at != "/" && self.directories.len() < IMAGE_FILES && self.directories.insert(at.as_str().into()) {
            at = path::parent(&at).to_string();
        }
    }

    /// Puts a file at a path.
    pub fn put(&mut self, at: &str, file: File) {
        let at = path::clean(at);
        if self.files.len() >= IMAGE_FILES && !self.files.contains_key(at.as_str()) {
            self.overflow = true;
            return;
        }
        self.files.insert(at.as_str().into(), file);
    }

    /// Copies one file to `destination` (absolute): below it if it ends with `/` or is a directory, else to exactly it.
    pub fn copy_file(&mut self, name: &str, file: File, destination: &str) {
        let whole = path::clean(destination);
        if destination.ends_with('/') || destination.ends_with("/.") || self.is_directory(&whole) {
            self.put(&format!("{whole}/{name}"), file);
        } else {
            self.put(&whole, file);
        }
    }

    /// Copies what is in a directory into `destination` (absolute).
    pub fn copy_directory(&mut self, files: Vec<Incoming>, destination: &str) {
        self.make_directory(destination);
        for (below, file) in files {
            self.put(&format!("{destination}/{below}"), file);
        }
    }

    /// Sets or clears the execute bit of the files that `pattern` (absolute) names, with those below if `deep`.
    /// Answers whether there was any.
    pub fn chmod(&mut self, pattern: &str, executable: bool, deep: bool) -> bool {
        let pattern = path::clean(pattern);
        let below = format!("{}/", pattern.trim_end_matches('/'));
        let mut any = false;
        for (at, file) in &mut self.files {
            if path::matches(&pattern, at) || (deep && at.starts_with(&below)) {
                file.executable = executable;
                any = true;
            }
        }
        any
    }
}

/// Does a mode let anybody execute: `755`, `+x`, `u=rwx,go=r`? `None` if it says nothing about it.
pub fn mode_executes(mode: &str) -> Option<bool> {
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        return Some(bits & 0o111 != 0);
    }
    let mut answer = None;
    for clause in mode.split(',') {
        let Some(at) = clause.find(['+', '-', '=']) else { continue };
        let (_, change) = clause.split_at(at);
        let executes = change.contains(['x', 'X']);
        match change.chars().next() {
            Some('+') if executes => answer = Some(true),
            Some('-') if executes => answer = Some(false),
            Some('=') => answer = Some(answer == Some(true) || executes),
            _ => {}
        }
    }
    answer
}

/// Is a mode one that `--chmod` takes: octal, or symbolic as in chmod(1)?
pub fn is_mode(mode: &str) -> bool {
    let symbolic = |clause: &str| {
        let rest = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        rest.starts_with(['+', '-', '=']) && rest.chars().all(|c| "+-=rwxXstugo".contains(c))
    };
    mode.split(',').all(symbolic)
}

/// A scenario's file is taken to be executable if its name or its first line says that it is a script.
pub fn looks_executable(name: &str, text: &str) -> bool {
    name.ends_with(".sh") || text.starts_with("#!")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> File {
        File { content: Content::Unknown, executable: false, source: "".into(), span: Span::default() }
    }

    fn paths(fs: &Rootfs) -> Vec<String> {
        fs.files.keys().map(|p| p.to_string()).collect()
    }

    #[test]
    fn a_destination_is_a_directory_if_it_says_so_or_is_one() {
        let mut fs = Rootfs::default();
        fs.copy_file("a", file(), "/x/");
        fs.copy_file("a", file(), "/y");
        fs.copy_file("b", file(), "/x");
        fs.copy_file("c", file(), "/usr/local/bin");
        assert_eq!(paths(&fs), ["/usr/local/bin/c", "/x/a", "/x/b", "/y"]);
    }

    #[test]
    fn modes_are_read_for_their_execute_bits() {
        assert_eq!(mode_executes("0644"), Some(false));
        assert_eq!(mode_executes("755"), Some(true));
        assert_eq!(mode_executes("a+x"), Some(true));
        assert_eq!(mode_executes("u=rwx,go=r"), Some(true));
        assert_eq!(mode_executes("go-w"), None);
        assert!(is_mode("u+x") && !is_mode("x+u") && !is_mode("rwx"));
    }

    #[test]
    fn chmod_finds_files_by_pattern_and_below_directories() {
        let mut fs = Rootfs::default();
        fs.put("/a/x.sh", file());
        fs.put("/a/b/y.sh", file());
        assert!(fs.chmod("/a/*.sh", true, false));
        assert!(fs.get("/a/x.sh").unwrap().executable && !fs.get("/a/b/y.sh").unwrap().executable);
        assert!(fs.chmod("/a", true, true));
        assert!(fs.get("/a/b/y.sh").unwrap().executable);
        assert!(!fs.chmod("/nothing", true, false));
    }
}
