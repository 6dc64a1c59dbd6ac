//! The rows: how init programs differ.

use super::{musl, texts};
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

/// What an option or a variable does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Help,
    Version,
    License,
    Verbose,
    /// Signals go to the command's group.
    ToGroup,
    /// Signals go to the command alone.
    ToChild,
    Subreaper,
    /// With a signal: what it gets when its parent dies.
    ParentDeath,
    /// With an exit code that becomes 0.
    AsZero,
    /// With `from:to`.
    Rewrite,
    /// It reports each orphan that it reaps.
    Warns,
    /// It runs no command.
    Pause,
}

/// An option.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opt {
    /// Its letter.
    pub short: Option<char>,
    /// Its long name, or empty.
    pub long: &'static str,
    pub does: Does,
}

const fn opt(short: char, long: &'static str, does: Does) -> Opt {
    Opt { short: Some(short), long, does }
}

/// What the value of a variable has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// It only has to be set.
    Anything,
    /// Exactly this.
    Value(&'static str),
    /// A number: the verbosity.
    Number,
}

/// A variable that it reads.
#[derive(Debug)]
pub(super) struct Variable {
    pub name: &'static str,
    pub needs: Needs,
    pub does: Does,
    /// What it says then, if it is verbose.
    pub remark: &'static str,
}

/// The C library that it was built with: how options are read and worded, and which signals it can block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Libc {
    Glibc,
    /// Alpine's: getopt(3) ends at the first word that is no option, and sigfillset(3) leaves out 32 to 34, which the library
    /// keeps for itself.
    Musl,
}

/// Bounds of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values {
    /// The highest signal number of a rewrite.
    pub most_signal: u8,
    /// Names of signals that it does not know.
    pub unknown: &'static [&'static str],
}

/// A message: told at this verbosity or more; empty texts are never told. Filled in are `{pid}` (its own), `{child}`,
/// `{command}`, `{signal}` and `{becomes}` (numbers), `{text}` (strsignal(3)), `{status}`, `{error}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub from: i64,
    pub text: &'static str,
}

const NOTHING: Line = Line { from: i64::MAX, text: "" };

const fn line(from: i64, text: &'static str) -> Line {
    Line { from, text }
}

/// Everything that it says while it runs.
#[derive(Debug)]
pub(super) struct Lines {
    pub subreaper: Line,
    pub not_init: Line,
    /// The parent has no terminal to give up, with signals to the group.
    pub nothing_to_detach: Line,
    /// The child has no terminal to take.
    pub nothing_to_attach: Line,
    pub spawned: Line,
    pub child_signal: Line,
    pub received: Line,
    pub translated: Line,
    pub forwarded: Line,
    pub not_forwarded: Line,
    pub nobody_there: Line,
    pub stops_itself: Line,
    pub reaped: Line,
    pub reaped_orphan: Line,
    pub any_exited: Line,
    pub any_killed: Line,
    pub main_exited: Line,
    pub main_killed: Line,
    pub none_dead: Line,
    pub none_left: Line,
    pub goodbye: Line,
    pub no_fork: Line,
    pub not_found: Line,
}

/// An init program.
#[derive(Debug)]
pub(super) struct Row {
    /// Names of its binaries.
    pub names: &'static [&'static str],
    /// First version with this behaviour; the last row that fits is taken. Empty: all.
    pub since: &'static str,
    /// The version that is shown where none is known.
    pub version: &'static str,
    /// Does it pass signals to the command's group without being asked to?
    pub to_group: bool,
    pub libc: Libc,
    pub options: &'static [Opt],
    /// getopt_long(3) in place of getopt(3)?
    pub long_options: bool,
    /// Are options read behind the command too, up to `--`? So `tini sh -c x` is an error, and `tini nginx -g x` takes the
    /// command's `-g` away.
    pub permutes: bool,
    /// Is `--version` taken only when it is the only argument?
    pub version_alone: bool,
    pub variables: &'static [Variable],
    pub values: Values,
    /// The command's group if signals go to the command alone.
    pub group: ChildGroup,
    /// The command's group if they go to the group.
    pub group_with_option: ChildGroup,
    /// Is it always a subreaper?
    pub always_subreaper: bool,
    /// Signals that it leaves alone.
    pub leaves: &'static [Signal],
    /// Signals that it ignores.
    pub ignores: &'static [Signal],
    /// Signals that it has handlers for, besides taking them.
    pub catches: &'static [Signal],
    /// Signals that it takes and keeps to itself.
    pub keeps: &'static [Signal],
    /// Signals that the command starts with blocked, because they are not unblocked for it.
    pub command_blocks: &'static [Signal],
    /// Does the command start with default dispositions for signals that the init program was started ignoring?
    pub resets_ignored: bool,
    /// Signals of a terminal that the group gets as STOP unless they are rewritten, and after which it stops itself.
    pub terminal_stops: &'static [Signal],
    /// Does it look for dead children after every signal, and not only after CHLD? What the signal kills is not dead so soon
    /// (14 runs of 14).
    pub looks_after_each: bool,
    /// Does it end without looking for more dead children when the command has ended?
    pub ends_at_once: bool,
    /// Does it send TERM to the group or the command when the command has ended?
    pub terminates_group_at_end: bool,
    /// Signals that end it when it runs no command.
    pub pause_ends: &'static [Signal],
    /// Are its messages below this verbosity for standard error, and the others held back on standard output until it ends?
    pub held_from: i64,
    /// Verbosity without options.
    pub verbosity: i64,
    /// Its exit code when the command does not exist.
    pub not_found_code: u8,
    /// Its exit code for a file that is there but cannot be executed.
    pub not_executable_code: u8,
    /// Its exit code for other errors of execve(2).
    pub not_started_code: u8,
    pub lines: Lines,
    /// Does it show its name in texts as it was called, path included?
    pub called_by_path: bool,
    pub help: &'static str,
    pub version_text: &'static str,
    /// The first line of its licence.
    pub license: &'static str,
    /// Without a command.
    pub no_command: &'static str,
    /// After getopt's message.
    pub wrong_option: &'static str,
    /// For a value that it does not take.
    pub wrong_value: &'static str,
    /// Where this is from.
    #[expect(dead_code, reason = "read by people")]
    pub source: &'static str,
}

/// Signals of the processor's faults: a program that blocked them would loop.
const FAULTS: &[Signal] =
    &[Signal::FPE, Signal::ILL, Signal::SEGV, Signal::BUS, Signal::ABRT, Signal::TRAP, Signal::SYS];

pub(super) const TINI: Row = Row {
    names: &["tini", "tini-static", "docker-init"],
    since: "",
    version: "0.19.0",
    to_group: false,
    libc: Libc::Glibc,
    options: &[
        opt('h', "", Does::Help),
        opt('v', "", Does::Verbose),
        opt('w', "", Does::Warns),
        opt('g', "", Does::ToGroup),
        opt('l', "", Does::License),
        opt('e', "", Does::AsZero),
        opt('s', "", Does::Subreaper),
        opt('p', "", Does::ParentDeath),
    ],
    long_options: false,
    permutes: true,
    version_alone: true,
    variables: &[
        Variable { name: "TINI_SUBREAPER", needs: Needs::Anything, does: Does::Subreaper, remark: "" },
        Variable { name: "TINI_KILL_PROCESS_GROUP", needs: Needs::Anything, does: Does::ToGroup, remark: "" },
        Variable { name: "TINI_VERBOSITY", needs: Needs::Number, does: Does::Verbose, remark: "" },
    ],
    values: Values { most_signal: 31, unknown: &["SIGSTKFLT", "SIGIO", "SIGPWR"] },
    group: ChildGroup::Own,
    group_with_option: ChildGroup::Own,
    always_subreaper: false,
    leaves: &[
        Signal::FPE,
        Signal::ILL,
        Signal::SEGV,
        Signal::BUS,
        Signal::ABRT,
        Signal::TRAP,
        Signal::SYS,
        Signal::TTIN,
        Signal::TTOU,
    ],
    ignores: &[Signal::TTIN, Signal::TTOU],
    catches: &[],
    keeps: &[],
    command_blocks: &[],
    resets_ignored: false,
    terminal_stops: &[],
    looks_after_each: true,
    ends_at_once: false,
    terminates_group_at_end: false,
    pause_ends: &[],
    held_from: 2,
    verbosity: 1,
    not_found_code: 127,
    not_executable_code: 126,
    not_started_code: 1,
    lines: Lines {
        subreaper: line(4, "[TRACE tini ({pid})] Registered as child subreaper"),
        not_init: line(1, texts::TINI_NOT_INIT),
        nothing_to_detach: NOTHING,
        nothing_to_attach: line(3, "[DEBUG tini ({pid})] tcsetpgrp failed: no tty (ok to proceed)"),
        spawned: line(2, "[INFO  tini ({pid})] Spawned child process '{command}' with pid '{child}'"),
        child_signal: line(3, "[DEBUG tini ({pid})] Received SIGCHLD"),
        received: line(3, "[DEBUG tini ({pid})] Passing signal: '{text}'"),
        translated: NOTHING,
        forwarded: NOTHING,
        not_forwarded: NOTHING,
        nobody_there: line(1, "[WARN  tini ({pid})] Child was dead when forwarding signal"),
        stops_itself: NOTHING,
        reaped: line(3, "[DEBUG tini ({pid})] Reaped child with pid: '{child}'"),
        reaped_orphan: line(1, "[WARN  tini ({pid})] Reaped zombie process with pid={child}"),
        any_exited: NOTHING,
        any_killed: NOTHING,
        main_exited: line(2, "[INFO  tini ({pid})] Main child exited normally (with status '{status}')"),
        main_killed: line(2, "[INFO  tini ({pid})] Main child exited with signal (with signal '{text}')"),
        none_dead: line(4, "[TRACE tini ({pid})] No child to reap"),
        none_left: line(4, "[TRACE tini ({pid})] No child to wait"),
        goodbye: line(4, "[TRACE tini ({pid})] Exiting: child has exited"),
        no_fork: line(i64::MIN, "[FATAL tini ({pid})] fork failed: {error}"),
        not_found: line(i64::MIN, "[FATAL tini ({pid})] exec {command} failed: {error}"),
    },
    called_by_path: false,
    help: texts::TINI_HELP,
    version_text: "tini version {version}\n",
    license: "The MIT License (MIT)\n",
    no_command: texts::TINI_HELP,
    wrong_option: texts::TINI_HELP,
    wrong_value: "[FATAL tini ({pid})] Not a valid option for -{letter}: {value}\n",
    source: "tini 0.19.0 src/tini.c; measured: 20 scenarios, each option, variable and signal",
};

pub(super) const DUMB_INIT: Row = Row {
    names: &["dumb-init"],
    since: "",
    version: "1.2.5",
    to_group: true,
    libc: Libc::Glibc,
    options: &[
        opt('h', "help", Does::Help),
        opt('c', "single-child", Does::ToChild),
        opt('r', "rewrite", Does::Rewrite),
        opt('v', "verbose", Does::Verbose),
        opt('V', "version", Does::Version),
    ],
    long_options: true,
    permutes: false,
    version_alone: false,
    variables: &[
        Variable {
            name: "DUMB_INIT_DEBUG",
            needs: Needs::Value("1"),
            does: Does::Verbose,
            remark: "[dumb-init] Running in debug mode.",
        },
        Variable {
            name: "DUMB_INIT_SETSID",
            needs: Needs::Value("0"),
            does: Does::ToChild,
            remark: "[dumb-init] Not running in setsid mode.",
        },
    ],
    values: Values { most_signal: 31, unknown: &[] },
    group: ChildGroup::Inits,
    group_with_option: ChildGroup::OwnSession,
    always_subreaper: false,
    leaves: &[],
    ignores: &[],
    catches: &[Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2, Signal::CHLD],
    keeps: &[],
    command_blocks: &[],
    resets_ignored: true,
    terminal_stops: &[Signal::TSTP, Signal::TTIN, Signal::TTOU],
    looks_after_each: false,
    ends_at_once: true,
    terminates_group_at_end: true,
    pause_ends: &[],
    held_from: i64::MAX,
    verbosity: 0,
    not_found_code: 2,
    not_executable_code: 2,
    not_started_code: 2,
    lines: Lines {
        subreaper: NOTHING,
        not_init: NOTHING,
        nothing_to_detach: line(
            1,
            "[dumb-init] Unable to detach from controlling tty (errno=25 Inappropriate ioctl for device).",
        ),
        nothing_to_attach: line(
            1,
            "[dumb-init] Unable to attach to controlling tty (errno=25 Inappropriate ioctl for device).\n\
             [dumb-init] setsid complete.",
        ),
        spawned: line(1, "[dumb-init] Child spawned with PID {child}."),
        child_signal: line(1, "[dumb-init] Received signal {signal}."),
        received: line(1, "[dumb-init] Received signal {signal}."),
        translated: line(1, "[dumb-init] Translating signal {signal} to {becomes}."),
        forwarded: line(1, "[dumb-init] Forwarded signal {signal} to children."),
        not_forwarded: line(1, "[dumb-init] Not forwarding signal {signal} to children (ignored)."),
        nobody_there: NOTHING,
        stops_itself: line(1, "[dumb-init] Suspending self due to TTY signal."),
        reaped: NOTHING,
        reaped_orphan: NOTHING,
        any_exited: line(1, "[dumb-init] A child with PID {child} exited with exit status {status}."),
        any_killed: line(1, "[dumb-init] A child with PID {child} was terminated by signal {signal}."),
        main_exited: NOTHING,
        main_killed: NOTHING,
        none_dead: NOTHING,
        none_left: NOTHING,
        goodbye: line(1, "[dumb-init] Child exited with status {status}. Goodbye."),
        no_fork: line(i64::MIN, "[dumb-init] Unable to fork. Exiting."),
        not_found: line(i64::MIN, "[dumb-init] {command}: {error}"),
    },
    called_by_path: true,
    help: texts::DUMB_INIT_HELP,
    version_text: "dumb-init v{version}\n",
    license: "",
    no_command: "Usage: {name} [option] program [args]\nTry {name} --help for full usage.\n",
    wrong_option: "",
    wrong_value: texts::DUMB_INIT_REWRITE,
    source: "dumb-init 1.2.5 dumb-init.c; measured: 20 scenarios, each option, variable and signal",
};

pub(super) const CATATONIT: Row = Row {
    names: &["catatonit", "podman-init"],
    since: "",
    version: "0.1.7",
    to_group: false,
    libc: Libc::Glibc,
    options: &[
        opt('g', "", Does::ToGroup),
        opt('h', "", Does::Help),
        opt('L', "", Does::License),
        opt('P', "", Does::Pause),
        opt('V', "version", Does::Version),
    ],
    long_options: true,
    permutes: true,
    version_alone: false,
    variables: &[],
    values: Values { most_signal: 31, unknown: &[] },
    group: ChildGroup::Own,
    group_with_option: ChildGroup::Own,
    always_subreaper: true,
    leaves: FAULTS,
    ignores: &[],
    catches: &[],
    keeps: &[Signal::TSTP, Signal::TTIN, Signal::TTOU],
    command_blocks: &[Signal::TSTP, Signal::TTIN, Signal::TTOU],
    resets_ignored: false,
    terminal_stops: &[],
    looks_after_each: false,
    ends_at_once: false,
    terminates_group_at_end: false,
    pause_ends: &[Signal::INT, Signal::TERM],
    held_from: i64::MAX,
    verbosity: 0,
    not_found_code: 1,
    not_executable_code: 1,
    not_started_code: 1,
    lines: Lines {
        subreaper: NOTHING,
        not_init: NOTHING,
        nothing_to_detach: NOTHING,
        nothing_to_attach: NOTHING,
        spawned: NOTHING,
        child_signal: NOTHING,
        received: NOTHING,
        translated: NOTHING,
        forwarded: NOTHING,
        not_forwarded: NOTHING,
        nobody_there: NOTHING,
        stops_itself: NOTHING,
        reaped: NOTHING,
        reaped_orphan: NOTHING,
        any_exited: NOTHING,
        any_killed: NOTHING,
        main_exited: NOTHING,
        main_killed: NOTHING,
        none_dead: NOTHING,
        none_left: NOTHING,
        goodbye: NOTHING,
        no_fork: line(i64::MIN, "ERROR (catatonit:{pid}): failed to fork child: {error}"),
        not_found: line(i64::MIN, "ERROR (catatonit:{pid}): failed to exec pid1: {error}"),
    },
    called_by_path: true,
    help: texts::CATATONIT_HELP,
    version_text: "tini version {version}_catatonit\n",
    license: "catatonit: a container init so simple it's effectively brain-dead\n",
    no_command: "ERROR (catatonit:{pid}): missing program name\n\
                 usage: {name} [-ghLPV] [--] <progname> [<arguments>...]\n",
    wrong_option: "usage: {name} [-ghLPV] [--] <progname> [<arguments>...]\n",
    wrong_value: "",
    source: "catatonit 0.1.7 (Debian) and 0.2.1 catatonit.c; measured: 20 scenarios, each option and signal",
};

const ROWS: &[Row] = &[TINI, DUMB_INIT, CATATONIT, musl::TINI, musl::DUMB_INIT, musl::CATATONIT];

/// The row of an init program; a version that is not known is the newest.
pub(super) fn find(name: &str, version: &str) -> Option<&'static Row> {
    let numbers = |v: &str| v.split('.').filter_map(|n| n.parse::<u32>().ok()).collect::<Vec<u32>>();
    let fits = |row: &&Row| version.is_empty() || row.since.is_empty() || numbers(version) >= numbers(row.since);
    ROWS.iter().filter(|row| row.names.contains(&name)).rfind(fits)
}
