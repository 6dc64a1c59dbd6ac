//! Operating systems of base images: which shell is `/bin/sh`, what else is there.
//!
//! Shell builds are named by the ids of the shell table. Where the exact build was not measured, the id is that of the
//! nearest build that was, and the source says so. Not here: languages and servers on top, see `rows`.

/// What kind of system, for package managers and for what is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Os {
    /// Debian.
    Debian,
    /// Ubuntu.
    Ubuntu,
    /// Alpine: busybox applets and musl.
    Alpine,
    /// The busybox image.
    Busybox,
    /// Fedora, CentOS, Rocky, UBI, Oracle and Amazon Linux.
    RedHat,
    /// Nothing but what an application needs.
    Distroless,
    /// No file at all.
    Scratch,
}

/// One release.
#[derive(Clone, Copy, Debug)]
pub struct OsRow {
    /// Name with its release: `debian:bookworm`.
    pub name: &'static str,
    /// Other tags of the same release.
    pub aliases: &'static [&'static str],
    /// The family.
    pub os: Os,
    /// Shell build that `/bin/sh` is.
    pub sh: Option<&'static str>,
    /// Shell build that `/bin/bash` is.
    pub bash: Option<&'static str>,
    /// The image's command.
    pub cmd: &'static [&'static str],
    /// `ps` is there: busybox applets, or procps.
    pub ps: bool,
    /// How it is known.
    pub source: &'static str,
}

const DASH_DERIVED: &str = "version from memory; behaviour derived: upstream with Debian's change, own build";
const DASH_MEASURED: &str = "Debian package measured";
const UBUNTU: &str = "tianon/docker-brew-ubuntu-core manifests; behaviour derived from the Debian revision";
const ALPINE_MEASURED: &str = "binary of the image measured (alpinelinux/docker-alpine)";
const ALPINE_NEAR: &str = "version from memory; the same busybox release measured elsewhere";
const RED_HAT: &str = "version from memory; nearest bash measured";

const fn row(
    name: &'static str,
    aliases: &'static [&'static str],
    os: Os,
    shells: (Option<&'static str>, Option<&'static str>),
    source: &'static str,
) -> OsRow {
    let cmd: &[&str] = match os {
        Os::Debian | Os::Ubuntu => &["bash"],
        Os::Alpine => &["/bin/sh"],
        Os::Busybox => &["sh"],
        Os::RedHat => &["/bin/bash"],
        Os::Distroless | Os::Scratch => &[],
    };
    OsRow { name, aliases, os, sh: shells.0, bash: shells.1, cmd, ps: matches!(os, Os::Alpine | Os::Busybox), source }
}

use Os::{Alpine, Busybox, Debian, Distroless, RedHat, Scratch, Ubuntu};

const fn deb(dash: &'static str, bash: &'static str) -> (Option<&'static str>, Option<&'static str>) {
    (Some(dash), Some(bash))
}

const fn ash(id: &'static str) -> (Option<&'static str>, Option<&'static str>) {
    (Some(id), None)
}

/// The empty image.
pub static SCRATCH: OsRow = row("scratch", &[], Scratch, (None, None), "an empty image by definition");

/// All releases, oldest first within a name; the last of a name is its `latest`.
pub static OS_ROWS: &[OsRow] = &[
    row("debian:jessie", &["8"], Debian, deb("dash-0.5.7-deb", "bash-4.3.46"), DASH_DERIVED),
    row("debian:stretch", &["9"], Debian, deb("dash-0.5.8-deb", "bash-4.4.19"), DASH_DERIVED),
    row("debian:buster", &["10"], Debian, deb("dash-0.5.10.2-deb", "bash-5.0.18"), DASH_DERIVED),
    row("debian:bullseye", &["11"], Debian, deb("dash-0.5.11-bullseye", "bash-5.1.4"), DASH_MEASURED),
    row("debian:bookworm", &["12"], Debian, deb("dash-0.5.12-bookworm", "bash-5.2.15"), DASH_MEASURED),
    row("debian:trixie", &["13", "stable"], Debian, deb("dash-0.5.12-trixie", "bash-5.2.37"), DASH_MEASURED),
    row("ubuntu:14.04", &["trusty"], Ubuntu, deb("dash-0.5.7-deb", "bash-4.3.46"), UBUNTU),
    row("ubuntu:16.04", &["xenial"], Ubuntu, deb("dash-0.5.8-deb", "bash-4.3.46"), UBUNTU),
    row("ubuntu:18.04", &["bionic"], Ubuntu, deb("dash-0.5.8-deb", "bash-4.4.19"), UBUNTU),
    row("ubuntu:20.04", &["focal"], Ubuntu, deb("dash-0.5.10.2-deb", "bash-5.0.18"), UBUNTU),
    row("ubuntu:22.04", &["jammy"], Ubuntu, deb("dash-0.5.11-bullseye", "bash-5.1.16"), UBUNTU),
    row("ubuntu:24.04", &["noble"], Ubuntu, deb("dash-0.5.12-bookworm", "bash-5.2.15"), UBUNTU),
    row("alpine:3.4", &[], Alpine, ash("busybox-1.24.2"), "version from memory; behaviour from own build of upstream"),
    row("alpine:3.5", &[], Alpine, ash("busybox-1.25.1"), "version from memory; behaviour from own build of upstream"),
    row("alpine:3.6", &[], Alpine, ash("alpine-3.6"), ALPINE_MEASURED),
    row("alpine:3.7", &[], Alpine, ash("alpine-3.7"), ALPINE_MEASURED),
    row("alpine:3.8", &[], Alpine, ash("alpine-3.8"), ALPINE_MEASURED),
    row("alpine:3.9", &[], Alpine, ash("alpine-3.9"), ALPINE_MEASURED),
    row("alpine:3.10", &[], Alpine, ash("alpine-3.10"), ALPINE_MEASURED),
    row("alpine:3.11", &[], Alpine, ash("alpine-3.11"), ALPINE_MEASURED),
    row("alpine:3.12", &[], Alpine, ash("alpine-3.12"), ALPINE_MEASURED),
    row("alpine:3.13", &[], Alpine, ash("alpine-3.13"), ALPINE_MEASURED),
    row("alpine:3.14", &[], Alpine, ash("alpine-3.14"), ALPINE_MEASURED),
    row("alpine:3.15", &[], Alpine, ash("alpine-3.15"), ALPINE_MEASURED),
    row("alpine:3.16", &[], Alpine, ash("alpine-3.16"), ALPINE_MEASURED),
    row("alpine:3.17", &[], Alpine, ash("alpine-3.17"), ALPINE_MEASURED),
    row("alpine:3.18", &[], Alpine, ash("alpine-3.18"), ALPINE_MEASURED),
    row("alpine:3.19", &[], Alpine, ash("alpine-3.19"), ALPINE_MEASURED),
    row("alpine:3.20", &[], Alpine, ash("alpine-3.20"), ALPINE_MEASURED),
    row("alpine:3.21", &[], Alpine, ash("busybox-image-1.37.0-musl"), ALPINE_NEAR),
    row("alpine:3.22", &[], Alpine, ash("busybox-image-1.37.0-musl"), ALPINE_NEAR),
    row("alpine:3.23", &["3", "edge"], Alpine, ash("busybox-image-1.37.0-musl"), ALPINE_NEAR),
    row("busybox:1.24", &[], Busybox, ash("busybox-1.24.2"), "own build of upstream; not the image"),
    row("busybox:1.28", &[], Busybox, ash("busybox-1.28.4"), "own build of upstream; not the image"),
    row("busybox:1.30", &[], Busybox, ash("busybox-1.30.1"), "own build of upstream; not the image"),
    row("busybox:1.31", &[], Busybox, ash("busybox-1.31.1"), "own build of upstream; not the image"),
    row("busybox:1.32", &[], Busybox, ash("busybox-1.32.1"), "own build of upstream; not the image"),
    row("busybox:1.33", &[], Busybox, ash("busybox-1.33.1"), "own build of upstream; not the image"),
    row("busybox:1.34", &[], Busybox, ash("busybox-1.34.1"), "own build of upstream; not the image"),
    row("busybox:1.35", &[], Busybox, ash("busybox-1.35.0"), "own build of upstream; not the image"),
    row("busybox:1.36", &["1", "stable"], Busybox, ash("busybox-1.36.1-ashsleep"), "derived: defconfig has ASH_SLEEP"),
    row("busybox:1.37", &[], Busybox, ash("busybox-image-1.37.0-musl"), "binary of the image measured"),
    row("busybox:1.38", &["unstable"], Busybox, ash("busybox-image-1.38.0-musl"), "binary of the image measured"),
    row("centos:7", &["centos7"], RedHat, deb("bash-4.2-sh", "bash-4.2"), RED_HAT),
    row("centos:8", &["centos8"], RedHat, deb("bash-4.4.19-sh", "bash-4.4.19"), RED_HAT),
    row("rockylinux:8", &["8"], RedHat, deb("bash-4.4.19-sh", "bash-4.4.19"), RED_HAT),
    row("rockylinux:9", &["9"], RedHat, deb("bash-5.1.4-sh", "bash-5.1.4"), RED_HAT),
    row("almalinux:8", &["8"], RedHat, deb("bash-4.4.19-sh", "bash-4.4.19"), RED_HAT),
    row("almalinux:9", &["9"], RedHat, deb("bash-5.1.4-sh", "bash-5.1.4"), RED_HAT),
    row("oraclelinux:8", &["8-slim"], RedHat, deb("bash-4.4.19-sh", "bash-4.4.19"), RED_HAT),
    row("oraclelinux:9", &["9-slim"], RedHat, deb("bash-5.1.4-sh", "bash-5.1.4"), RED_HAT),
    row("amazonlinux:2", &[], RedHat, deb("bash-4.2-sh", "bash-4.2"), RED_HAT),
    row("amazonlinux:2023", &[], RedHat, deb("bash-5.2.15-sh", "bash-5.2.15"), RED_HAT),
    row("fedora:40", &["39", "38"], RedHat, deb("bash-5.2.15-sh", "bash-5.2.15"), RED_HAT),
    row("fedora:42", &["41", "43"], RedHat, deb("bash-5.2.37-sh", "bash-5.2.37"), RED_HAT),
    row("distroless", &[], Distroless, (None, None), "from memory: GoogleContainerTools/distroless has no shell"),
    row("distroless:debug", &[], Distroless, (None, None), "from memory: /busybox/sh only, not at /bin/sh"),
];

/// The row of a name with its release, or of one of its other tags.
pub fn find(name: &str) -> Option<&'static OsRow> {
    OS_ROWS.iter().find(|r| r.name == name).or_else(|| {
        let (repository, tag) = name.split_once(':')?;
        let mut same = OS_ROWS.iter().filter(|r| r.name.split_once(':').is_some_and(|(n, _)| n == repository));
        same.find(|r| r.aliases.contains(&tag))
    })
}

/// The newest row of a name.
pub fn newest(repository: &str) -> Option<&'static OsRow> {
    OS_ROWS.iter().rev().find(|r| r.name.split(':').next() == Some(repository))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_found_by_name_and_number() {
        assert_eq!(find("debian:12").map(|r| r.name), Some("debian:bookworm"));
        assert_eq!(find("ubuntu:jammy").and_then(|r| r.sh), Some("dash-0.5.11-bullseye"));
        assert_eq!(newest("alpine").map(|r| r.name), Some("alpine:3.23"));
        assert!(find("debian:potato").is_none());
    }

    #[test]
    fn every_shell_named_here_is_in_the_shell_table() {
        for id in OS_ROWS.iter().flat_map(|r| [r.sh, r.bash]).flatten() {
            assert!(crate::shell::variants::by_id(id).is_some(), "{id}");
        }
    }

    #[test]
    fn every_system_but_the_empty_ones_has_a_shell_and_a_command() {
        for r in OS_ROWS {
            let empty = matches!(r.os, Os::Distroless | Os::Scratch);
            assert_eq!(r.sh.is_none(), empty, "{}", r.name);
            assert_eq!(r.cmd.is_empty(), empty, "{}", r.name);
        }
    }
}
