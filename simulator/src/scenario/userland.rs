//! What an operating system brings besides the image's own programs: shells and small utilities, and where they lie.

use crate::image::bases::os::Os;
use crate::image::bases::{Base, Program};
use crate::kernel::fs::FileSystem;
use crate::program::call::Binary;

/// Utilities that the images of Debian, Ubuntu and Red Hat and BusyBox have: coreutils, findutils, grep, sed, tar, gzip, awk and
/// some of util-linux, in Debian packages marked essential.
const GNU: &[&str] = &[
    "true",
    "false",
    "sleep",
    "cat",
    "env",
    "nohup",
    "echo",
    "printf",
    "date",
    "ls",
    "mkdir",
    "rm",
    "touch",
    "chmod",
    "chown",
    "cp",
    "mv",
    "ln",
    "head",
    "tail",
    "wc",
    "sort",
    "tr",
    "cut",
    "tee",
    "id",
    "whoami",
    "hostname",
    "pwd",
    "nice",
    "timeout",
    "stdbuf",
    "seq",
    "test",
    "[",
    "expr",
    "basename",
    "dirname",
    "readlink",
    "stat",
    "grep",
    "sed",
    "find",
    "xargs",
    "mktemp",
    "sync",
    "uname",
    "yes",
    "setsid",
    "setpriv",
    "mount",
    "install",
    "uniq",
    "nproc",
    "arch",
    "prlimit",
    "realpath",
    "awk",
    "base64",
    "chgrp",
    "chroot",
    "dd",
    "df",
    "diff",
    "du",
    "egrep",
    "fgrep",
    "flock",
    "fold",
    "getent",
    "getopt",
    "groups",
    "gunzip",
    "gzip",
    "md5sum",
    "mkfifo",
    "mountpoint",
    "nl",
    "od",
    "paste",
    "printenv",
    "rmdir",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "shuf",
    "split",
    "tac",
    "tar",
    "truncate",
    "tty",
    "unlink",
    "which",
];
/// What Debian and Ubuntu have besides.
const DEBIAN_MORE: &[&str] = &[
    "dpkg",
    "dpkg-query",
    "getconf",
    "mawk",
    "perl",
    "su",
    "runuser",
    "comm",
    "join",
    "useradd",
    "usermod",
    "groupadd",
];
/// Applets that Alpine's and the busybox image's binary has beyond those above.
const BUSYBOX_MORE: &[&str] = &[
    "ps", "kill", "killall", "pidof", "pgrep", "pkill", "top", "nc", "wget", "vi", "free", "rev", "su", "comm",
    "adduser", "addgroup",
];
/// BusyBox's init and the commands for it, which Alpine has in /sbin and the busybox image in /bin.
const INIT_APPLETS: &[&str] = &["init", "halt", "poweroff", "reboot"];
/// Alpine's /etc/inittab (alpine-baselayout): it is for machines, with OpenRC and terminals that the image does not have.
const ALPINE_INITTAB: &str = "\
# /etc/inittab

::sysinit:/sbin/openrc sysinit
::sysinit:/sbin/openrc boot
::wait:/sbin/openrc default

# Set up a couple of getty's
tty1::respawn:/sbin/getty 38400 tty1
tty2::respawn:/sbin/getty 38400 tty2
tty3::respawn:/sbin/getty 38400 tty3
tty4::respawn:/sbin/getty 38400 tty4
tty5::respawn:/sbin/getty 38400 tty5
tty6::respawn:/sbin/getty 38400 tty6

# Put a getty on the serial port
#ttyS0::respawn:/sbin/getty -L 115200 ttyS0 vt100

# Stuff to do for the 3-finger salute
::ctrlaltdel:/sbin/reboot

# Stuff to do before rebooting
::shutdown:/sbin/openrc shutdown
";
/// The programs that hold many utilities; which one is meant is their argv[0].
const BUSYBOX: &str = "busybox";
const COREUTILS: &str = "coreutils";
const PROCPS: &str = "procps";

/// Puts the system's shells and utilities into `fs`.
pub(super) fn install(fs: &mut FileSystem, base: &Base) {
    if let Some(sh) = base.os.sh {
        fs.put_binary("/bin/sh", Binary::Shell(sh.into()));
        if let Some(name) = own_name(sh) {
            fs.put_binary(&format!("/bin/{name}"), Binary::Shell(sh.into()));
        }
    }
    if let Some(bash) = base.os.bash {
        fs.put_binary("/bin/bash", Binary::Shell(bash.into()));
    }
    let (more, holder): (&[&str], &str) = match base.os.os {
        Os::Alpine | Os::Busybox => (BUSYBOX_MORE, BUSYBOX),
        Os::Debian | Os::Ubuntu => (DEBIAN_MORE, COREUTILS),
        Os::RedHat => (&["su", "runuser", "getconf", "comm", "join"], COREUTILS),
        // Only what the shell of a debug image brings, if it has one.
        Os::Distroless | Os::Scratch if base.os.sh.is_some() => (BUSYBOX_MORE, BUSYBOX),
        Os::Distroless | Os::Scratch => return,
    };
    let binary = |name: &str| Binary::Program { name: name.into(), version: "".into() };
    for name in GNU.iter().chain(more) {
        fs.put_binary(&format!("/bin/{name}"), binary(holder));
        fs.put_binary(&format!("/usr/bin/{name}"), binary(holder));
    }
    if matches!(base.os.os, Os::Alpine | Os::Busybox) {
        let directory = if base.os.os == Os::Alpine { "/sbin" } else { "/bin" };
        for name in INIT_APPLETS {
            fs.put_binary(&format!("{directory}/{name}"), binary(BUSYBOX));
        }
    }
    if base.os.os == Os::Alpine {
        fs.put_text("/etc/inittab", ALPINE_INITTAB, false);
    }
    if base.ps && holder == COREUTILS {
        for name in ["ps", "pgrep", "pkill", "kill", "top", "pidof"] {
            fs.put_binary(&format!("/bin/{name}"), binary(PROCPS));
        }
    }
}

/// Shells by the name they are called by besides `sh`.
fn own_name(id: &str) -> Option<&'static str> {
    let row = crate::shell::variants::by_id(id)?;
    match row.family {
        "busybox-ash" => Some("ash"),
        family => Some(family),
    }
}

/// The shell that a program of this family is, in this system.
pub(super) fn shell(base: &Base, family: &str) -> Option<Binary> {
    // A shell that a package brought: the build of the system's release, else the newest one measured.
    let own = base.os.bash.filter(|id| crate::shell::variants::by_id(id).is_some_and(|r| r.family == family));
    let id = own.or_else(|| crate::shell::variants::newest(family).map(|row| row.id))?;
    Some(Binary::Shell(id.into()))
}

/// Program families that do not lie in /usr/bin, and where: languages of official images are built from source, nginx is
/// installed as a system program.
const PLACES: &[(&str, &str)] = &[
    ("python", "/usr/local/bin"),
    ("ruby", "/usr/local/bin"),
    ("node", "/usr/local/bin"),
    ("npm", "/usr/local/bin"),
    ("yarn", "/usr/local/bin"),
    ("php", "/usr/local/bin"),
    ("php-fpm", "/usr/local/bin"),
    ("nginx", "/usr/sbin"),
];

/// Where a program lies that a package of the system brought: languages too are in /usr/bin then.
pub(super) fn path_of_package(command: &str, family: &str) -> String {
    match family {
        "python" | "ruby" | "node" | "npm" | "php" | "php-fpm" => format!("/usr/bin/{command}"),
        _ => path_of(command, family),
    }
}

/// An init program that a package of Alpine brought: it is built with musl, and tini lies in /sbin too.
pub(super) fn of_package(base: &Base, program: &Program) -> Option<(&'static str, Binary)> {
    let row = ALPINE_INITS.iter().find(|(family, _)| base.os.os == Os::Alpine && *family == program.family);
    let name = format!("{}-musl", program.family);
    row.map(|(_, also)| (*also, Binary::Program { name: name.into(), version: program.version.as_str().into() }))
}

/// Init programs among Alpine's packages, and where they lie.
const ALPINE_INITS: &[(&str, &str)] = &[("tini", "/sbin"), ("dumb-init", "/usr/bin"), ("catatonit", "/usr/bin")];

/// Where a program of the image lies.
pub(super) fn path_of(command: &str, family: &str) -> String {
    let place = PLACES.iter().find(|(known, _)| *known == family);
    format!("{}/{command}", place.map_or("/usr/bin", |(_, directory)| directory))
}
