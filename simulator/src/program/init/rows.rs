//! The rows: how init programs differ.

use crate::base::signal::Signal;

/// The process group of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChildGroup {
    /// That of the init program.
    Inits,
    /// One of its own.
    Own,
    /// A session of its own.
    OwnSession,
}

/// An init program.
#[derive(Debug)]
pub(super) struct Row {
    /// Names of its binaries.
    pub names: &'static [&'static str],
    /// First version with this behaviour; the last row that fits is taken. Empty: all.
    pub since: &'static str,
    /// Does it pass signals to the command's group without being asked to?
    pub to_group: bool,
    /// Options that pass signals to the group.
    pub group_options: &'static [&'static str],
    /// Options that pass signals to the command alone.
    pub single_options: &'static [&'static str],
    /// The command's group if signals go to the command alone.
    pub group: ChildGroup,
    /// The command's group if they go to the group.
    pub group_with_option: ChildGroup,
    /// Options with a value after them that change nothing here.
    pub valued: &'static [&'static str],
    /// The option and the variable that make it a subreaper.
    pub subreaper_option: &'static str,
    /// Is it always a subreaper?
    pub always_subreaper: bool,
    /// Signals that it leaves alone.
    pub leaves: &'static [Signal],
    /// Signals that it ignores.
    pub ignores: &'static [Signal],
    /// Signals that it has handlers for, besides taking them.
    pub catches: &'static [Signal],
    /// Does it send TERM to the group when the command has ended?
    pub terminates_group_at_end: bool,
    /// What it says when the command cannot be executed, before the error's text.
    pub not_found: &'static str,
    /// Its exit code then.
    pub not_found_code: u8,
    /// Its exit code for a file that is there but cannot be executed.
    pub not_executable_code: u8,
    /// What it says if it is not PID 1 and not a subreaper.
    pub warns_if_not_init: &'static str,
    /// With `-v`, after the fork.
    pub tells_spawned: &'static str,
    /// With `-w`, for each adopted process that it reaps.
    pub tells_reaped: &'static str,
    /// Without a command.
    pub usage: &'static str,
    /// Where this is from.
    #[expect(dead_code, reason = "read by people")]
    pub source: &'static str,
}

/// Faults: a program that blocked them would loop.
const FAULTS: &[Signal] = &[Signal::FPE, Signal::ILL, Signal::SEGV, Signal::BUS, Signal::ABRT, Signal::TRAP];

const TINI: Row = Row {
    names: &["tini", "tini-static", "docker-init"],
    since: "",
    to_group: false,
    group_options: &["-g"],
    single_options: &[],
    group: ChildGroup::Own,
    group_with_option: ChildGroup::Own,
    valued: &["-p", "-e"],
    subreaper_option: "-s",
    always_subreaper: false,
    leaves: &[
        Signal::FPE,
        Signal::ILL,
        Signal::SEGV,
        Signal::BUS,
        Signal::ABRT,
        Signal::TRAP,
        Signal::TTIN,
        Signal::TTOU,
    ],
    ignores: &[Signal::TTIN, Signal::TTOU],
    catches: &[],
    terminates_group_at_end: false,
    not_found: "[FATAL tini ({pid})] exec {command} failed",
    not_found_code: 127,
    not_executable_code: 126,
    warns_if_not_init: "[WARN  tini ({pid})] Tini is not running as PID 1 and isn't registered as a child subreaper.\n\
                        Zombie processes will not be re-parented to Tini, so zombie reaping won't work.\n\
                        To fix the problem, use the -s option or set the environment variable TINI_SUBREAPER to register \
                        Tini as a child subreaper, or run Tini as PID 1.\n",
    tells_spawned: "[INFO  tini ({pid})] Spawned child process '{command}' with pid '{child}'",
    tells_reaped: "[WARN  tini ({pid})] Reaped zombie process with pid={child}",
    usage: "tini (tini version 0.19.0)\nUsage: tini [OPTIONS] PROGRAM -- [ARGS] | --version",
    source: "tini 0.19.0 src/tini.c; measured: 20 scenarios with each of -g -s -e -p -w",
};

const DUMB_INIT: Row = Row {
    names: &["dumb-init"],
    since: "",
    to_group: true,
    group_options: &[],
    single_options: &["-c", "--single-child"],
    group: ChildGroup::Inits,
    group_with_option: ChildGroup::OwnSession,
    valued: &[],
    subreaper_option: "",
    always_subreaper: false,
    leaves: &[],
    ignores: &[],
    catches: &[Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2, Signal::CHLD],
    terminates_group_at_end: true,
    not_found: "[dumb-init] {command}",
    not_found_code: 2,
    not_executable_code: 2,
    warns_if_not_init: "",
    tells_spawned: "[dumb-init] Child spawned with PID {child}.",
    tells_reaped: "",
    usage: "Usage: dumb-init [option] program [args]\nTry dumb-init --help for full usage.",
    source: "dumb-init 1.2.5 dumb-init.c; measured: 20 scenarios with --single-child and --rewrite",
};

const CATATONIT: Row = Row {
    names: &["catatonit", "podman-init"],
    since: "",
    to_group: false,
    group_options: &[],
    single_options: &[],
    group: ChildGroup::Own,
    group_with_option: ChildGroup::Own,
    valued: &[],
    subreaper_option: "",
    always_subreaper: true,
    leaves: FAULTS,
    ignores: &[],
    catches: &[],
    terminates_group_at_end: false,
    not_found: "ERROR (catatonit:{pid}): failed to exec pid1",
    not_found_code: 1,
    not_executable_code: 1,
    warns_if_not_init: "",
    tells_spawned: "",
    tells_reaped: "",
    usage: "usage: catatonit [options] [--] <progname> [<arguments>...]",
    source: "catatonit 0.1.7 catatonit.c; measured: 20 scenarios",
};

const ROWS: &[Row] = &[
    TINI,
    DUMB_INIT,
    CATATONIT,
    Row {
        since: "0.2",
        group_options: &["-g"],
        source: "catatonit 0.2.1 catatonit.c; measured: 20 scenarios, -g is new",
        ..CATATONIT
    },
];

/// The row of an init program; a version that is not known is the newest.
pub(super) fn find(name: &str, version: &str) -> Option<&'static Row> {
    let numbers = |v: &str| v.split('.').filter_map(|n| n.parse::<u32>().ok()).collect::<Vec<u32>>();
    let fits = |row: &&Row| version.is_empty() || row.since.is_empty() || numbers(version) >= numbers(row.since);
    ROWS.iter().filter(|row| row.names.contains(&name)).rfind(fits)
}
