//! The shells that are installed on this machine, and the row of the simulator that stands for each.
//!
//! Rows are measured builds: the one of the same version and release of the system, else the nearest of the family.

use simulator::shell::variants::{self, Variant};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A shell of this machine.
#[derive(Clone, Debug)]
pub struct Installed {
    /// What it is asked for by: `dash`, `bash`, `bash-sh`, `ash`.
    pub name: &'static str,
    /// The binary.
    pub path: PathBuf,
    /// As what it is called.
    pub argv0: &'static str,
    /// The utilities are applets of the same binary.
    pub applets: bool,
    /// Version of the installed package; empty if nobody knows.
    pub version: String,
    /// The row of the simulator.
    pub row: &'static str,
    /// The row is of the same version.
    pub exact: bool,
    /// Init programs that can stand in front of it.
    pub inits: Vec<(&'static str, PathBuf)>,
}

/// A shell that may be installed.
struct Kind {
    name: &'static str,
    family: &'static str,
    binary: &'static str,
    argv0: &'static str,
    packages: &'static [&'static str],
}

/// Init programs that may be installed.
const INITS: [&str; 3] = ["tini", "dumb-init", "catatonit"];

const fn kind(
    name: &'static str,
    family: &'static str,
    binary: &'static str,
    argv0: &'static str,
    packages: &'static [&'static str],
) -> Kind {
    Kind { name, family, binary, argv0, packages }
}

/// The first ones matter most: they are what containers run.
const KINDS: [Kind; 9] = [
    kind("dash", "dash", "dash", "sh", &["dash"]),
    kind("bash", "bash", "bash", "bash", &["bash"]),
    kind("bash-sh", "bash", "bash", "sh", &["bash"]),
    kind("ash", "busybox-ash", "busybox", "sh", &["busybox", "busybox-static"]),
    kind("mksh", "mksh", "mksh", "mksh", &["mksh"]),
    kind("zsh", "zsh", "zsh", "zsh", &["zsh"]),
    kind("yash", "yash", "yash", "yash", &["yash"]),
    kind("ksh93", "ksh93", "ksh93", "ksh", &["ksh93u+m", "ksh"]),
    kind("posh", "posh", "posh", "posh", &["posh"]),
];

/// Every shell found, and the names of those that were not.
pub fn find() -> (Vec<Installed>, Vec<&'static str>) {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for kind in &KINDS {
        match which(kind.binary).and_then(|path| installed(kind, path)) {
            Some(shell) => found.push(shell),
            None => missing.push(kind.name),
        }
    }
    (found, missing)
}

impl Installed {
    /// The system's own shell, to try whether anything runs at all.
    pub fn plain_sh() -> Option<Installed> {
        let (name, path) = ("sh", which("sh")?);
        Some(Installed {
            name,
            path,
            argv0: "sh",
            applets: false,
            version: String::new(),
            row: "",
            exact: false,
            inits: vec![],
        })
    }

    /// A binary that stands anywhere, as the build of this row: a version that no package has.
    pub fn elsewhere(path: PathBuf, row: &str) -> Result<Installed, String> {
        let row = variants::by_id(row).ok_or_else(|| format!("no shell build {row}"))?;
        let path = path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))?;
        let kind = KINDS.iter().filter(|kind| kind.family == row.family);
        let kind =
            kind.min_by_key(|kind| kind.argv0 != row.argv0).ok_or_else(|| format!("no family {}", row.family))?;
        Ok(Installed {
            name: kind.name,
            path,
            argv0: row.argv0,
            applets: kind.binary == "busybox",
            version: row.version.to_string(),
            row: row.id,
            exact: true,
            inits: inits(),
        })
    }

    /// One line: which build it is and which row stands for it.
    pub fn describe(&self) -> String {
        let version = if self.version.is_empty() { "of an unknown version" } else { &self.version };
        let how = if self.exact { "" } else { " (the nearest: this version was not measured)" };
        format!("{} {version} against {}{how}", self.name, self.row)
    }
}

fn which(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(name)).find(|p| p.exists())
}

fn installed(kind: &Kind, path: PathBuf) -> Option<Installed> {
    let version = kind.packages.iter().find_map(|p| package_version(p)).unwrap_or_default();
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let codename = release.lines().find_map(|l| l.strip_prefix("VERSION_CODENAME=")).unwrap_or("no release");
    let (row, exact) = row(kind, &version, codename)?;
    let inits = inits();
    let applets = kind.binary == "busybox";
    Some(Installed { name: kind.name, path, argv0: kind.argv0, applets, version, row: row.id, exact, inits })
}

fn inits() -> Vec<(&'static str, PathBuf)> {
    INITS.iter().filter_map(|name| which(name).map(|path| (*name, path))).collect()
}

/// What Debian's package manager says; none elsewhere.
fn package_version(package: &str) -> Option<String> {
    let out = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status} ${Version}", package]).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    text.strip_prefix("installed ").map(str::to_string)
}

/// The row of the same family and name that is nearest, and whether its version is the same.
fn row(kind: &Kind, package: &str, codename: &str) -> Option<(&'static Variant, bool)> {
    let wanted = upstream(package);
    let rows = variants::all().filter(|v| v.family == kind.family && v.argv0 == kind.argv0);
    let best = rows.min_by_key(|v| {
        // Same release of the system, then a build of the distribution, then any.
        let build = [codename, "-deb", ""].iter().position(|part| v.id.ends_with(part)).unwrap_or(3);
        (distance(&wanted, v.version), build)
    })?;
    Some((best, distance(&wanted, best.version) == [0; 4]))
}

/// `1:1.35.0-4+deb12u1` is upstream's 1.35.0.
fn upstream(package: &str) -> String {
    let without_epoch = package.split_once(':').map_or(package, |(_, rest)| rest);
    without_epoch.split_once('-').map_or(without_epoch, |(version, _)| version).to_string()
}

/// How far two versions are apart, the first number first. `93u+m/1.0.4` counts as 1.0.4.
fn distance(a: &str, b: &str) -> [u64; 4] {
    let numbers = |text: &str| {
        let text = text.rsplit('/').next().unwrap_or(text).to_string();
        let mut parts = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok());
        [(); 4].map(|()| parts.next().unwrap_or(0))
    };
    let (a, b) = (numbers(a), numbers(b));
    [0, 1, 2, 3].map(|i: usize| a.get(i).zip(b.get(i)).map_or(0, |(a, b)| a.abs_diff(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(name: &str, package: &str, codename: &str) -> (&'static str, bool) {
        let kind = KINDS.iter().find(|k| k.name == name).unwrap();
        row(kind, package, codename).map(|(v, exact)| (v.id, exact)).unwrap()
    }

    #[test]
    fn the_shells_of_a_debian_release_have_their_own_rows() {
        assert_eq!(row_of("dash", "0.5.12-2", "bookworm"), ("dash-0.5.12-bookworm", true));
        assert_eq!(row_of("dash", "0.5.12-12", "trixie"), ("dash-0.5.12-trixie", true));
        assert_eq!(row_of("bash", "5.2.15-2+b8", "bookworm"), ("bash-5.2.15", true));
        assert_eq!(row_of("bash-sh", "5.2.15-2+b8", "bookworm"), ("bash-5.2.15-sh", true));
        assert_eq!(row_of("ash", "1:1.35.0-4+deb12u1+b1", "bookworm"), ("busybox-1.35.0-deb", true));
        assert_eq!(row_of("mksh", "59c-28+deb12u1", "bookworm"), ("mksh-59c", true));
        assert_eq!(row_of("ksh93", "1.0.4-3", "bookworm"), ("ksh93u+m-1.0.4", true));
    }

    #[test]
    fn a_binary_elsewhere_is_called_as_its_row_is() {
        let shell = Installed::elsewhere("/bin/sh".into(), "bash-4.2-sh").unwrap();
        assert_eq!((shell.name, shell.argv0, shell.row), ("bash-sh", "sh", "bash-4.2-sh"));
        assert_eq!(Installed::elsewhere("/bin/sh".into(), "bash-1").unwrap_err(), "no shell build bash-1");
    }

    #[test]
    fn a_version_that_was_not_measured_has_the_nearest_row() {
        assert_eq!(row_of("bash", "5.2.21-2", "noble"), ("bash-5.2.15", false));
    }
}
