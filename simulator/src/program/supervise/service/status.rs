//! What a supervisor writes down about its service, in `supervise/`, for sv(8) and s6-svstat(1) to read.
//!
//! `stat` and `pid` are runit's own text files. The other file, `status`, is binary in reality; here it is a line of words.

use super::{Asked, Phase, Service};
use crate::base::Text;
use crate::base::id::Pid;
use crate::program::call::{Call, FileMark, OpenMode, Sys};
use crate::trace::ExitStatus;

/// The state of a service as its supervisor wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::program::supervise) struct Status {
    /// 0 down, 1 up, 2 finish.
    pub phase: u8,
    /// 0 for none.
    pub pid: u32,
    /// Is it wanted up?
    pub want_up: bool,
    /// Microseconds since the start of the run.
    pub since: u64,
    pub paused: bool,
    pub got_term: bool,
    pub ready: bool,
    /// How `run` last ended: its exit code, and the signal that killed it, 0 for none.
    pub code: u32,
    pub signal: u32,
}

impl Status {
    /// Reads the line; none if it is no such line.
    pub(in crate::program::supervise) fn parse(text: &str) -> Option<Status> {
        let numbers: Vec<u64> = text.split_whitespace().map_while(|w| w.parse().ok()).collect();
        let [phase, pid, want_up, since, paused, got_term, ready, code, signal] = *numbers.as_slice() else {
            return None;
        };
        Some(Status {
            phase: u8::try_from(phase).ok()?,
            pid: u32::try_from(pid).ok()?,
            want_up: want_up == 1,
            since,
            paused: paused == 1,
            got_term: got_term == 1,
            ready: ready == 1,
            code: u32::try_from(code).ok()?,
            signal: u32::try_from(signal).ok()?,
        })
    }

    fn line(self) -> String {
        let flag = u8::from;
        let Status { phase, pid, want_up, since, paused, got_term, ready, code, signal } = self;
        let (want_up, paused, got_term, ready) = (flag(want_up), flag(paused), flag(got_term), flag(ready));
        format!("{phase} {pid} {want_up} {since} {paused} {got_term} {ready} {code} {signal}\n")
    }
}

impl Service {
    /// Writes the present state down.
    pub(super) fn record(&mut self, _sys: &Sys<'_>) {
        let phase = match self.phase {
            Phase::Down => 0,
            Phase::Up => 1,
            Phase::Finish => 2,
        };
        let (code, signal) = match self.ended {
            Some(ExitStatus::Signaled(signal)) => (0, u32::from(signal.number())),
            Some(ExitStatus::Exited(code)) => (u32::from(code), 0),
            None => (0, 0),
        };
        let status = Status {
            phase,
            pid: self.main.map_or(0, |pid| pid.0),
            want_up: self.want_up && !self.last,
            since: self.since.as_micros(),
            paused: self.paused,
            got_term: self.got_term,
            ready: self.ready,
            code,
            signal,
        };
        self.write("supervise/status", status.line());
        if !self.row.control_scripts {
            return;
        }
        let mut words = vec![["down", "run", "finish"].get(usize::from(phase)).copied().unwrap_or("")];
        words.extend(self.paused.then_some("paused"));
        words.extend(self.got_term.then_some("got TERM"));
        if self.phase != Phase::Down {
            words.extend(self.last.then_some("want exit"));
            words.extend((!self.last && !self.want_up).then_some("want down"));
        }
        self.write("supervise/stat", format!("{}\n", words.join(", ")));
        self.write("supervise/pid", self.main.map_or_else(String::new, |pid| format!("{pid}\n")));
    }

    /// Writes the state of the log service down.
    pub(super) fn record_log(&mut self, pid: Option<Pid>, sys: &Sys<'_>) {
        let status = Status {
            phase: u8::from(pid.is_some()),
            pid: pid.map_or(0, |pid| pid.0),
            want_up: true,
            since: sys.now.as_micros(),
            paused: false,
            got_term: false,
            ready: false,
            code: 0,
            signal: 0,
        };
        self.desk.call(Call::Mark("log/supervise".into(), FileMark::Directory));
        self.write("log/supervise/status", status.line());
    }

    fn write(&mut self, path: &str, text: String) {
        self.desk.ask(Call::Open(path.into(), OpenMode::Write), Asked::Record(Text::from(text)));
    }
}
