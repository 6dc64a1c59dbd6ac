//! timeout(1): runs a command, sends it a signal after a time, and with `-k` SIGKILL later. Source: coreutils' timeout.c.

use std::sync::Arc;

use super::super::call::{Call, KillTarget, Resume, Sys};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::trace::{Disposition, WaitTarget};

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
    timed_out: bool,
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
    Failing(u8),
}

/// Signals that it passes on, and CHLD, which tells it that the command has ended.
const HANDLES: &[Signal] = &[Signal::CHLD, Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::ALRM];

impl Timeout {
    /// Reads the arguments of timeout.
    pub fn read(args: &[&str]) -> Result<Timeout, String> {
        let mut signal = Signal::TERM;
        let mut kill_after = None;
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
                    kill_after = super::sleep_time(&[value]).map_err(|v| format!("invalid time interval '{v}'"))?;
                    next
                }
                _ => after,
            };
        }
        let Some((time, command)) = rest.split_first().filter(|(_, c)| !c.is_empty()) else {
            return Err("missing operand".into());
        };
        let after = super::sleep_time(&[time]).map_err(|v| format!("invalid time interval '{v}'"))?;
        let argv = command.iter().map(|w| Text::from(*w)).collect();
        let state = State::Handlers(0);
        let after = after.unwrap_or(SimDuration::from_secs(u64::from(u32::MAX)));
        let caught = Vec::new();
        Ok(Timeout { argv, signal, after, kill_after, until: None, child: None, state, timed_out: false, caught })
    }

    pub(super) fn catch(&mut self, signal: Signal) {
        if signal != Signal::CHLD && !self.caught.contains(&signal) {
            self.caught.push(signal);
        }
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (self.state, resume) {
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
            (State::Forking, Resume::Child) => {
                self.state = State::Executing;
                let file = self.argv.first().cloned().unwrap_or_else(|| Text::from(""));
                Call::Exec { file, argv: self.argv.clone(), env: sys.env.clone() }
            }
            (State::Forking, Resume::Forked(pid)) => {
                self.child = Some(pid);
                self.until = Some(sys.now + self.after);
                self.look()
            }
            (State::Executing, Resume::Failed(errno)) => {
                self.state = State::Failing(if errno == Errno::Enoent { 127 } else { 126 });
                let file = self.argv.first().cloned().unwrap_or_else(|| Text::from(""));
                Call::Write(2, format!("timeout: failed to run command '{file}': {errno}\n").into())
            }
            (State::Failing(code), _) => Call::Exit(code),
            (State::Looking, Resume::Waited(_, status)) => match self.timed_out {
                true if self.signal == Signal::KILL => Call::Exit(137),
                true => Call::Exit(124),
                false => Call::Exit(u8::try_from(status.container_code()).unwrap_or(u8::MAX)),
            },
            (State::Looking, Resume::Failed(_)) => Call::Exit(125),
            (State::Looking, _) => self.go_on(sys),
            _ => self.look(),
        }
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
                self.state = State::Killing;
                Call::Kill(KillTarget::Pid(child), Some(signal))
            }
            None => {
                self.state = State::Waiting;
                Call::Pause
            }
        }
    }
}
