//! The rows: how programs that keep services running differ. Data only.

use crate::base::signal::Signal;
use crate::base::time::SimDuration;

/// What a supervisor of one service is asked to do, by a signal or a letter in its control file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Sends a signal to a service that runs.
    Send(Signal),
    /// Sends the signal that stops it.
    SendStop,
    /// Stops (STOP) or continues (CONT) it, and remembers that.
    Pause,
    Continue,
    /// Keeps it running.
    Up,
    /// Stops it and leaves it stopped.
    Down,
    /// Starts it, and does not start it again.
    Once,
    /// Does not start it again when it ends by itself.
    OnceAtMost,
    /// `Down`, `Up` and `OnceAtMost`, for the next supervisor too: the file `down` is made or removed.
    DownFor,
    UpFor,
    OnceFor,
    /// Stops it and then ends.
    DownAndExit,
    /// Ends when it has ended, and does not stop it.
    ExitAfterIt,
    /// Ends at once; the service runs on.
    Abandon,
    /// Sends INT to its process group and ends at once.
    InterruptAndAbandon,
    /// Nothing, but a handler takes it.
    Nothing,
}

/// When a service that ended is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// A second after its end; with `notification-fd` a second after it was ready.
    AfterEnd,
    /// At once if it ran for a second, else a second after its end; the supervisor does nothing in that second.
    AfterStart,
}

/// A supervisor of one service: a directory with the program `run`.
#[derive(Debug, PartialEq)]
pub(super) struct ServiceRow {
    pub names: &'static [&'static str],
    pub signals: &'static [(Signal, Order)],
    pub letters: &'static [(char, Order)],
    /// Is what it wants one thing, so that `Up`, `Down` and `Once` take back that it is to end?
    pub one_want: bool,
    /// Does it collect every child, or only the service while one runs?
    pub reaps_any: bool,
    /// Is the service in a session of its own?
    pub own_session: bool,
    /// Does the service get the supervisor's name for it as an argument, `finish` too?
    pub names_service: bool,
    /// First argument of `finish` after a death by a signal.
    pub killed_code: &'static str,
    /// `finish` is killed after this time, which the file `timeout-finish` changes, in milliseconds.
    pub finish_limit: Option<SimDuration>,
    /// `finish` that exits with this code: the service is not started again.
    pub finish_gives_up: Option<u8>,
    pub pace: Pace,
    /// Files that it reads: `down-signal`, `timeout-kill`, `notification-fd`.
    pub settings: bool,
    /// Scripts `control/LETTER` that run before a signal is sent, and in place of it if they exit with 0.
    pub control_scripts: bool,
    /// Does it run `log/run` too, with the service's output as its input?
    pub runs_log: bool,
    /// Does it notice that `run` cannot be executed, and wait so long?
    pub spawn_retry: Option<SimDuration>,
    /// What the supervisor and its child say then.
    pub spawn_failed: &'static str,
    pub spawn_failed_child: &'static str,
    /// The child's exit code then.
    pub spawn_failed_code: u8,
    /// What it says when `finish` took too long.
    pub finish_killed: &'static str,
    /// Without an argument.
    pub usage: &'static str,
    pub usage_code: u8,
    /// It cannot enter its directory.
    pub no_directory: &'static str,
    /// How the row is known, for people.
    pub source: &'static str,
}

const S6_SUPERVISE: ServiceRow = ServiceRow {
    names: &["s6-supervise"],
    signals: &[
        (Signal::TERM, Order::DownAndExit),
        (Signal::HUP, Order::ExitAfterIt),
        (Signal::QUIT, Order::Abandon),
        (Signal::INT, Order::InterruptAndAbandon),
        (Signal::PIPE, Order::Nothing),
    ],
    letters: &[
        ('a', Order::Send(Signal::ALRM)),
        ('b', Order::Send(Signal::ABRT)),
        ('q', Order::Send(Signal::QUIT)),
        ('h', Order::Send(Signal::HUP)),
        ('k', Order::Send(Signal::KILL)),
        ('t', Order::Send(Signal::TERM)),
        ('i', Order::Send(Signal::INT)),
        ('1', Order::Send(Signal::USR1)),
        ('2', Order::Send(Signal::USR2)),
        ('p', Order::Pause),
        ('c', Order::Continue),
        ('y', Order::Send(Signal::WINCH)),
        ('r', Order::SendStop),
        ('o', Order::Once),
        ('d', Order::Down),
        ('u', Order::Up),
        ('D', Order::DownFor),
        ('U', Order::UpFor),
        ('x', Order::ExitAfterIt),
        ('O', Order::OnceAtMost),
        ('Q', Order::OnceFor),
    ],
    one_want: false,
    reaps_any: false,
    own_session: true,
    names_service: true,
    killed_code: "256",
    finish_limit: Some(SimDuration::from_secs(5)),
    finish_gives_up: Some(125),
    pace: Pace::AfterEnd,
    settings: true,
    control_scripts: false,
    runs_log: false,
    spawn_retry: Some(SimDuration::from_secs(10)),
    spawn_failed: "s6-supervise {name}: warning: unable to spawn ./run - waiting 10 seconds",
    spawn_failed_child: "s6-supervise {name} (child): fatal: unable to exec run: {error}",
    spawn_failed_code: 127,
    finish_killed: "s6-supervise {name}: warning: finish script lifetime reached maximum value - sending it a SIGKILL",
    usage: "s6-supervise: usage: s6-supervise dir",
    usage_code: 100,
    no_directory: "s6-supervise: fatal: unable to chdir to {name}: {error}",
    source: "s6 2.11.3.2 src/supervision/s6-supervise.c; measured: each signal, finish, down, down-signal, timeout-kill",
};

const RUNSV: ServiceRow = ServiceRow {
    names: &["runsv"],
    signals: &[(Signal::TERM, Order::DownAndExit)],
    letters: &[
        ('d', Order::Down),
        ('u', Order::Up),
        ('x', Order::DownAndExit),
        ('t', Order::SendStop),
        ('k', Order::Send(Signal::KILL)),
        ('p', Order::Pause),
        ('c', Order::Continue),
        ('o', Order::Once),
        ('a', Order::Send(Signal::ALRM)),
        ('h', Order::Send(Signal::HUP)),
        ('i', Order::Send(Signal::INT)),
        ('q', Order::Send(Signal::QUIT)),
        ('1', Order::Send(Signal::USR1)),
        ('2', Order::Send(Signal::USR2)),
    ],
    one_want: true,
    reaps_any: true,
    own_session: false,
    names_service: false,
    killed_code: "-1",
    finish_limit: None,
    finish_gives_up: None,
    pace: Pace::AfterStart,
    settings: false,
    control_scripts: true,
    runs_log: true,
    spawn_retry: None,
    spawn_failed: "",
    spawn_failed_child: "runsv {name}: fatal: unable to start ./{program}: {reason}",
    spawn_failed_code: 111,
    finish_killed: "",
    usage: "usage: runsv dir\n",
    usage_code: 1,
    no_directory: "runsv {name}: fatal: unable to change to directory: {reason}",
    source: "runit 2.1.2 src/runsv.c, runsv(8); measured: each signal, finish, down, control/t, a log service",
};

const SERVICES: &[ServiceRow] = &[S6_SUPERVISE, RUNSV];

/// The supervisor of this name.
pub(super) fn service(name: &str) -> Option<&'static ServiceRow> {
    SERVICES.iter().find(|row| row.names.contains(&name))
}

/// What a supervisor of many services is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScanOrder {
    /// Looks for dead children.
    Reap,
    /// Looks for new services.
    Rescan,
    /// Looks, and stops what has no directory any more.
    RescanAndPrune,
    Prune,
    /// Stops all with TERM, their log services with this, waits for them and ends.
    StopAll {
        loggers: Signal,
    },
    /// Ends without stopping anything.
    Abandon,
    /// Ends at once with this code, after this signal to its children, whose end it does not await.
    Exit {
        code: u8,
        tells: Option<Signal>,
    },
    /// Nothing.
    Nothing,
}

/// A supervisor of the services in a directory.
#[derive(Debug, PartialEq)]
pub(super) struct ScanRow {
    pub names: &'static [&'static str],
    /// What it starts for each service.
    pub supervisor: &'static str,
    pub signals: &'static [(Signal, ScanOrder)],
    /// Signals that a script in its own directory can be for.
    pub diverted: &'static [Signal],
    pub letters: &'static [(char, ScanOrder)],
    /// The directory with its control file and scripts: `SIGTERM` and the like in place of what a signal does, `finish` when
    /// it ends, `crash` when it cannot go on.
    pub own_directory: Option<&'static str>,
    /// The directory that is taken where none is given.
    pub default_directory: Option<&'static str>,
    /// Does it connect a service to `log` in its directory, which it supervises by itself?
    pub connects_logs: bool,
    /// Does the death of a child wake it? Else it looks every so often, sooner after it found a new service.
    pub looks_every: Option<(SimDuration, SimDuration)>,
    /// How soon a supervisor that ended is started again.
    pub again_after: SimDuration,
    /// The option that gives each supervisor a session of its own.
    pub session_option: &'static str,
    /// Options with a value.
    pub valued: &'static str,
    pub usage: &'static str,
    pub usage_code: u8,
    /// There is no such directory: what it says, and its exit code if it ends then.
    pub no_directory: &'static str,
    pub no_directory_code: Option<u8>,
    /// How the row is known, for people.
    pub source: &'static str,
}

const S6_SVSCAN: ScanRow = ScanRow {
    names: &["s6-svscan"],
    supervisor: "s6-supervise",
    signals: &[
        (Signal::CHLD, ScanOrder::Reap),
        (Signal::ALRM, ScanOrder::Rescan),
        (Signal::ABRT, ScanOrder::Abandon),
        (Signal::HUP, ScanOrder::RescanAndPrune),
        (Signal::INT, ScanOrder::StopAll { loggers: Signal::HUP }),
        (Signal::TERM, ScanOrder::StopAll { loggers: Signal::HUP }),
        (Signal::QUIT, ScanOrder::StopAll { loggers: Signal::TERM }),
        (Signal::USR1, ScanOrder::Nothing),
        (Signal::USR2, ScanOrder::Nothing),
        (Signal::PWR, ScanOrder::Nothing),
        (Signal::WINCH, ScanOrder::Nothing),
        (Signal::PIPE, ScanOrder::Nothing),
    ],
    diverted: &[
        Signal::HUP,
        Signal::INT,
        Signal::TERM,
        Signal::QUIT,
        Signal::USR1,
        Signal::USR2,
        Signal::PWR,
        Signal::WINCH,
    ],
    letters: &[
        ('z', ScanOrder::Reap),
        ('a', ScanOrder::Rescan),
        ('b', ScanOrder::Abandon),
        ('h', ScanOrder::RescanAndPrune),
        ('i', ScanOrder::StopAll { loggers: Signal::HUP }),
        ('t', ScanOrder::StopAll { loggers: Signal::HUP }),
        ('q', ScanOrder::StopAll { loggers: Signal::TERM }),
        ('n', ScanOrder::Prune),
        ('N', ScanOrder::Prune),
    ],
    own_directory: Some(".s6-svscan"),
    default_directory: Some("."),
    connects_logs: true,
    looks_every: None,
    again_after: SimDuration::from_secs(1),
    session_option: "",
    valued: "ctdX",
    usage: "s6-svscan: usage: s6-svscan [ -c maxservices ] [ -t timeout ] [ -d notif ] [ -X consoleholder ] [ dir ]\n",
    usage_code: 100,
    no_directory: "s6-svscan: fatal: unable to chdir: {error}",
    no_directory_code: Some(111),
    source: "s6 2.11.3.2 src/supervision/s6-svscan.c; measured: each signal, handlers, finish",
};

const RUNSVDIR: ScanRow = ScanRow {
    names: &["runsvdir"],
    supervisor: "runsv",
    signals: &[
        (Signal::TERM, ScanOrder::Exit { code: 0, tells: None }),
        (Signal::HUP, ScanOrder::Exit { code: 111, tells: Some(Signal::TERM) }),
        (Signal::ALRM, ScanOrder::Nothing),
    ],
    diverted: &[],
    letters: &[],
    own_directory: None,
    default_directory: None,
    connects_logs: false,
    looks_every: Some((SimDuration::from_secs(5), SimDuration::from_secs(1))),
    again_after: SimDuration::ZERO,
    session_option: "P",
    valued: "",
    usage: "usage: runsvdir [-P] dir\n\n",
    usage_code: 1,
    no_directory: "runsvdir {name}: warning: unable to stat {name}: {reason}",
    no_directory_code: None,
    source: "runit 2.1.2 (Debian's) src/runsvdir.c, runsvdir(8); measured: each signal, system calls traced",
};

const SCANNERS: &[ScanRow] = &[S6_SVSCAN, RUNSVDIR];

/// The supervisor of a directory of this name.
pub(super) fn scanner(name: &str) -> Option<&'static ScanRow> {
    SCANNERS.iter().find(|row| row.names.contains(&name))
}
