//! timeout(1): runs a command, sends it a signal after a time, and with `-k` SIGKILL later. Sources: coreutils' timeout.c, which
//! waits for the command; BusyBox `coreutils/timeout.c`, which becomes it and leaves a grandchild behind that looks each second.

use std::sync::Arc;

use super::super::call::{Call, KillTarget, Resume, Sys};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::trace::{Disposition, ExitStatus, WaitTarget};

/// The command and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeout {
    argv: Arc<[Text]>,
    signal: Signal,
    after: SimDuration,
    kill_after: Option<SimDuration>,
    until: Option<SimTime>,
    child: Option<Pid>,
    state: State,
    /// It becomes the command, and this is its pid.
    becomes: Option<Pid>,
    timed_out: bool,
    /// BusyBox: it has slept and looks next.
    slept: bool,
    caught: Vec<Signal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Handlers(usize),
    Forking,
    Executing,
    Looking,
    Waiting,
    Killing,
    /// It dies of this signal as its command did: the default first, then the signal to itself. SIGKILL goes to its whole
    /// group, itself included (`send_sig (0, sig)`).
    Dying(Signal),
    /// It could not: it is an init process.
    Undead(Signal),
    Failing(u8),
    /// BusyBox: the one in between, of which this is the child.
    Between,
    /// BusyBox: waits for the one in between.
    Becoming,
    /// BusyBox: the grandchild.
    Watching,
}

/// Signals that it passes on, and CHLD, which tells it that the command has ended.
const HANDLES: &[Signal] = &[Signal::CHLD, Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::ALRM];

impl Timeout {
    /// Reads the arguments of timeout.
    pub fn read(args: &[&str], busybox: bool) -> Result<Timeout, String> {
        let mut signal = Signal::TERM;
        let mut kill_after = None;
        let what = if busybox { "number" } else { "time interval" };
        let mut rest = args;
        while let Some((flag, after)) = rest.split_first().filter(|(f, _)| f.starts_with('-')) {
            let (value, next) = match flag.split_once('=') {
                Some((_, value)) => (value, after),
                None => (after.first().copied().unwrap_or(""), after.get(1..).unwrap_or(&[])),
            };
            rest = match *flag {
                f if f == "-s" || f.starts_with("--signal") => {
                    signal = Signal::parse(value).ok_or_else(|| format!("{value}: invalid signal"))?;
                    next
                }
                f if f == "-k" || f.starts_with("--kill-after") => {
                    kill_after = super::sleep_time(&[value]).map_err(|v| format!("invalid {what} '{v}'"))?;
                    next
                }
                _ => after,
            };
        }
        let Some((time, command)) = rest.split_first().filter(|(_, c)| !c.is_empty()) else {
            return Err("missing operand".into());
        };
        let after = super::sleep_time(&[time]).map_err(|v| format!("invalid {what} '{v}'"))?;
        let argv = command.iter().map(|w| Text::from(*w)).collect();
        let state = if busybox { State::Between } else { State::Handlers(0) };
        let after = after.unwrap_or(SimDuration::from_secs(u64::from(u32::MAX)));
        let caught = Vec::new();
        Ok(Timeout {
            argv,
            signal,
            after,
            kill_after,
            until: None,
            child: None,
            state,
            becomes: None,
            timed_out: false,
            slept: false,
            caught,
        })
    }

    pub(super) fn catch(&mut self, signal: Signal) {
        if signal != Signal::CHLD && !self.caught.contains(&signal) {
            self.caught.push(signal);
        }
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (self.state, resume) {
            (State::Between | State::Becoming | State::Watching, resume) => self.beside(resume, sys),
            (State::Handlers(n), _) => match HANDLES.get(n) {
                Some(signal) => {
                    self.state = State::Handlers(n + 1);
                    Call::Sigaction(*signal, Disposition::Catch)
                }
                None => {
                    self.state = State::Forking;
                    Call::Fork
                }
            },
            (State::Forking, Resume::Child) => self.exec(sys),
            (State::Forking, Resume::Forked(pid)) => {
                self.child = Some(pid);
                self.until = Some(sys.now + self.after);
                self.look()
            }
            (State::Executing, Resume::Failed(errno)) => {
                self.state = State::Failing(if errno == Errno::Enoent { 127 } else { 126 });
                let cannot = if self.becomes.is_some() { "can't execute" } else { "failed to run command" };
                Call::Write(2, format!("timeout: {cannot} '{}': {errno}\n", self.file()).into())
            }
            (State::Failing(code), _) => Call::Exit(code),
            (State::Looking, Resume::Waited(_, status)) => match (self.timed_out, status) {
                (true, ExitStatus::Signaled(Signal::KILL)) => Call::Exit(137),
                (true, _) => Call::Exit(124),
                (false, ExitStatus::Exited(code)) => Call::Exit(code),
                (false, ExitStatus::Signaled(signal)) => {
                    self.state = State::Dying(signal);
                    Call::Sigaction(signal, Disposition::Default)
                }
            },
            (State::Looking, Resume::Failed(_)) => Call::Exit(125),
            (State::Looking, _) => self.go_on(sys),
            (State::Dying(signal), _) => {
                self.state = State::Undead(signal);
                let own = sys.seen.task(sys.task).map_or(Pid(0), |task| task.pid);
                Call::Kill(KillTarget::Pid(own), Some(signal))
            }
            (State::Undead(Signal::KILL), _) if self.timed_out => self.look(),
            (State::Undead(signal), _) => {
                Call::Exit(u8::try_from(ExitStatus::Signaled(signal).container_code()).unwrap_or(u8::MAX))
            }
            _ => self.look(),
        }
    }

    /// The command's name.
    fn file(&self) -> Text {
        self.argv.first().cloned().unwrap_or_else(|| Text::from(""))
    }

    fn exec(&mut self, sys: &Sys<'_>) -> Call {
        self.state = State::Executing;
        Call::Exec { file: self.file(), argv: self.argv.clone(), env: sys.env.clone() }
    }

    fn look(&mut self) -> Call {
        self.state = State::Looking;
        Call::Wait { target: self.child.map_or(WaitTarget::Any, WaitTarget::Pid), nohang: true }
    }

    /// The command runs: passes a signal on, or waits for the time to come.
    fn go_on(&mut self, sys: &Sys<'_>) -> Call {
        let Some(child) = self.child else { return Call::Exit(125) };
        if let Some(signal) = self.caught.pop() {
            self.state = State::Killing;
            return Call::Kill(KillTarget::Pid(child), Some(signal));
        }
        match self.until {
            Some(until) if until > sys.now => {
                self.state = State::Waiting;
                Call::Sleep(until.since(sys.now))
            }
            Some(_) => {
                let signal = if self.timed_out { Signal::KILL } else { self.signal };
                self.until = self.kill_after.take().map(|time| sys.now + time);
                self.timed_out = true;
                self.state = if signal == Signal::KILL { State::Dying(signal) } else { State::Killing };
                Call::Kill(KillTarget::Pid(child), Some(signal))
            }
            None => {
                self.state = State::Waiting;
                Call::Pause
            }
        }
    }

    /// As BusyBox does it.
    fn beside(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (self.state, resume) {
            (State::Between, Resume::Start) => {
                self.becomes = sys.seen.task(sys.task).map(|task| task.pid);
                Call::Fork
            }
            (State::Between, Resume::Child) if self.child.is_none() => {
                self.child = Some(Pid(0));
                Call::Fork
            }
            (State::Between, Resume::Child) => {
                self.state = State::Watching;
                self.until = Some(sys.now + self.after);
                self.watch(sys)
            }
            // The one in between has its child, and the command's process waits for its end.
            (State::Between, Resume::Forked(_)) if self.child.is_some() => Call::Exit(0),
            (State::Between, Resume::Forked(pid)) => {
                self.state = State::Becoming;
                Call::Wait { target: WaitTarget::Pid(pid), nohang: false }
            }
            (State::Becoming, Resume::Waited(..)) => self.exec(sys),
            (State::Watching, Resume::Failed(_)) => Call::Exit(0),
            (State::Watching, _) => self.watch(sys),
            _ => Call::Exit(1),
        }
    }

    /// The grandchild: a second of sleep, or the signal, each time with a look whether the command is there.
    fn watch(&mut self, sys: &Sys<'_>) -> Call {
        let command = KillTarget::Pid(self.becomes.unwrap_or(Pid(0)));
        self.slept = !self.slept;
        match self.until {
            Some(until) if until > sys.now && self.slept => {
                Call::Sleep(until.since(sys.now).min(SimDuration::from_secs(1)))
            }
            Some(until) if until > sys.now => Call::Kill(command, None),
            Some(_) => {
                let signal = if self.timed_out { Signal::KILL } else { self.signal };
                self.timed_out = true;
                self.slept = false;
                self.until = self.kill_after.take().map(|time| sys.now + time);
                Call::Kill(command, Some(signal))
            }
            None => Call::Exit(0),
        }
    }
}
