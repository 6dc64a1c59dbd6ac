//! Signal names, numbers and default actions: one table, Linux on x86-64 and arm64.
//!
//! Source: signal(7), sections "Standard signals" and "Signal numbering"; `include/linux/signal.h` for the sets of
//! default actions. Not here: dispositions and delivery, which belong to `kernel::signal`.

use std::fmt;

/// A signal number, 1 to 64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Signal(u8);

/// What the kernel does with a signal that has the default disposition (signal(7), "Action").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultAction {
    /// The process ends (`Term` and, core dumps not being simulated, `Core`).
    Terminate,
    /// Nothing happens.
    Ignore,
    /// The process stops until `SIGCONT`.
    Stop,
    /// A stopped process goes on.
    Continue,
}

use DefaultAction::{Continue, Ignore, Stop, Terminate};

/// Number, name without `SIG`, default action; signal(7).
const TABLE: &[(u8, &str, DefaultAction)] = &[
    (1, "HUP", Terminate),
    (2, "INT", Terminate),
    (3, "QUIT", Terminate),
    (4, "ILL", Terminate),
    (5, "TRAP", Terminate),
    (6, "ABRT", Terminate),
    (7, "BUS", Terminate),
    (8, "FPE", Terminate),
    (9, "KILL", Terminate),
    (10, "USR1", Terminate),
    (11, "SEGV", Terminate),
    (12, "USR2", Terminate),
    (13, "PIPE", Terminate),
    (14, "ALRM", Terminate),
    (15, "TERM", Terminate),
    (16, "STKFLT", Terminate),
    (17, "CHLD", Ignore),
    (18, "CONT", Continue),
    (19, "STOP", Stop),
    (20, "TSTP", Stop),
    (21, "TTIN", Stop),
    (22, "TTOU", Stop),
    (23, "URG", Ignore),
    (24, "XCPU", Terminate),
    (25, "XFSZ", Terminate),
    (26, "VTALRM", Terminate),
    (27, "PROF", Terminate),
    (28, "WINCH", Ignore),
    (29, "IO", Terminate),
    (30, "PWR", Terminate),
    (31, "SYS", Terminate),
];

/// Other spellings that programs accept; signal(7).
const ALIASES: &[(&str, u8)] = &[("CLD", 17), ("IOT", 6), ("POLL", 29)];

/// strsignal(3), signals 1 to 31.
const TEXTS: [&str; 31] = [
    "Hangup",
    "Interrupt",
    "Quit",
    "Illegal instruction",
    "Trace/breakpoint trap",
    "Aborted",
    "Bus error",
    "Floating point exception",
    "Killed",
    "User defined signal 1",
    "Segmentation fault",
    "User defined signal 2",
    "Broken pipe",
    "Alarm clock",
    "Terminated",
    "Stack fault",
    "Child exited",
    "Continued",
    "Stopped (signal)",
    "Stopped",
    "Stopped (tty input)",
    "Stopped (tty output)",
    "Urgent I/O condition",
    "CPU time limit exceeded",
    "File size limit exceeded",
    "Virtual timer expired",
    "Profiling timer expired",
    "Window changed",
    "I/O possible",
    "Power failure",
    "Bad system call",
];

/// First real-time signal a program sees with glibc, and in Docker's and containerd's table of stop signals.
const RTMIN: u8 = 34;
const RTMAX: u8 = 64;

macro_rules! named {
    ($($name:ident = $number:literal),* $(,)?) => { $(
        #[doc = concat!("`SIG", stringify!($name), "`.")]
        pub const $name: Signal = Signal($number);
    )* };
}

impl Signal {
    named! { HUP = 1, INT = 2, QUIT = 3, ILL = 4, TRAP = 5, ABRT = 6, BUS = 7, FPE = 8, KILL = 9, USR1 = 10, SEGV = 11,
    USR2 = 12, PIPE = 13, ALRM = 14, TERM = 15, CHLD = 17, CONT = 18, STOP = 19, TSTP = 20, TTIN = 21, TTOU = 22,
    URG = 23, XFSZ = 25, WINCH = 28, IO = 29, PWR = 30, SYS = 31 }

    /// The signal with this number, if it is 1 to 64.
    pub fn from_number(number: u32) -> Option<Signal> {
        u8::try_from(number).ok().filter(|n| (1..=RTMAX).contains(n)).map(Signal)
    }

    /// The signal of this name: with or without `SIG`, any case, `RTMIN`, `RTMIN+n`, `RTMAX`, `RTMAX-n` included.
    pub fn from_name(name: &str) -> Option<Signal> {
        let upper = name.to_ascii_uppercase();
        let short = upper.strip_prefix("SIG").unwrap_or(&upper);
        if let Some((n, _, _)) = TABLE.iter().find(|(_, known, _)| *known == short) {
            return Some(Signal(*n));
        }
        if let Some((_, n)) = ALIASES.iter().find(|(known, _)| *known == short) {
            return Some(Signal(*n));
        }
        let offset = |text: &str, sign: char| match text {
            "" => Some(0),
            _ => text.strip_prefix(sign).and_then(|t| t.parse::<u8>().ok()),
        };
        let number = if let Some(rest) = short.strip_prefix("RTMIN") {
            RTMIN.checked_add(offset(rest, '+')?)?
        } else {
            RTMAX.checked_sub(offset(short.strip_prefix("RTMAX")?, '-')?)?
        };
        (RTMIN..=RTMAX).contains(&number).then_some(Signal(number))
    }

    /// Is it a real-time signal, which is queued (signal(7), "Real-time signals")? The first two are for the C library.
    pub fn is_real_time(self) -> bool {
        self.0 >= 32
    }

    /// A name or a number, as `kill -s` and `STOPSIGNAL` take them.
    pub fn parse(text: &str) -> Option<Signal> {
        match text.parse::<u32>() {
            Ok(number) => Signal::from_number(number),
            Err(_) => Signal::from_name(text),
        }
    }

    /// 1 to 64.
    pub fn number(self) -> u8 {
        self.0
    }

    /// What strsignal(3) of glibc says: `Terminated`, `Real-time signal 1`.
    pub fn text(self) -> String {
        match TEXTS.get(usize::from(self.0).wrapping_sub(1)) {
            Some(text) => (*text).into(),
            None if self.0 < RTMIN => format!("Unknown signal {}", self.0),
            None => format!("Real-time signal {}", self.0 - RTMIN),
        }
    }

    /// What happens under the default disposition.
    pub fn default_action(self) -> DefaultAction {
        TABLE.iter().find(|(n, _, _)| *n == self.0).map_or(Terminate, |(_, _, action)| *action)
    }

    /// `SIGKILL` and `SIGSTOP` can be neither caught, blocked nor ignored (signal(7)).
    pub fn is_uncatchable(self) -> bool {
        self == Signal::KILL || self == Signal::STOP
    }
}

/// `TERM`, `KILL`, `RTMIN+3`: without `SIG`, as `kill -l` prints them.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match TABLE.iter().find(|(n, _, _)| *n == self.0) {
            Some((_, name, _)) => f.pad(name),
            None if self.0 < RTMIN => write!(f, "{}", self.0),
            None if self.0 == RTMIN => f.pad("RTMIN"),
            None => f.pad(&format!("RTMIN+{}", self.0 - RTMIN)),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIG{self}")
    }
}

/// A set of signals, as in `/proc/PID/status` masks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct SignalSet(u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: SignalSet = SignalSet(0);

    /// The set of these signals.
    pub fn of(signals: &[Signal]) -> Self {
        signals.iter().fold(SignalSet::EMPTY, |set, s| set.with(*s))
    }

    /// Is `signal` in the set?
    pub fn contains(self, signal: Signal) -> bool {
        self.0 & SignalSet::bit(signal) != 0
    }

    /// The set and `signal`.
    #[must_use]
    pub fn with(self, signal: Signal) -> Self {
        SignalSet(self.0 | SignalSet::bit(signal))
    }

    /// The set without `signal`.
    #[must_use]
    pub fn without(self, signal: Signal) -> Self {
        SignalSet(self.0 & !SignalSet::bit(signal))
    }

    /// The signals of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        SignalSet(self.0 | other.0)
    }

    /// The signals of this set that are not in the other.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        SignalSet(self.0 & !other.0)
    }

    /// No signal in it?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The signals, lowest number first.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=RTMAX).map(Signal).filter(move |s| self.contains(*s))
    }

    fn bit(signal: Signal) -> u64 {
        1 << (signal.0 - 1)
    }
}

impl fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_and_without_sig_in_any_case() {
        for text in ["TERM", "SIGTERM", "sigterm", "15"] {
            assert_eq!(Signal::parse(text), Some(Signal::TERM), "{text}");
        }
    }

    #[test]
    fn real_time_signals_count_from_34() {
        assert_eq!(Signal::parse("SIGRTMIN+3").map(Signal::number), Some(37));
        assert_eq!(Signal::parse("RTMAX-1").map(Signal::number), Some(63));
        assert_eq!(Signal::parse("RTMIN+40"), None);
    }

    #[test]
    fn numbers_outside_1_to_64_are_no_signals() {
        assert_eq!(Signal::parse("0"), None);
        assert_eq!(Signal::parse("65"), None);
        assert_eq!(Signal::parse("-9"), None);
    }

    #[test]
    fn chld_is_ignored_by_default_and_term_ends_the_process() {
        assert_eq!(Signal::CHLD.default_action(), DefaultAction::Ignore);
        assert_eq!(Signal::TERM.default_action(), DefaultAction::Terminate);
        assert_eq!(Signal::TSTP.default_action(), DefaultAction::Stop);
    }
}
