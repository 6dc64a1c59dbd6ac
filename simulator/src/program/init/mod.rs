//! Init programs that start one command, pass signals on and reap: tini, docker-init, dumb-init, catatonit.
//!
//! One machine over rows (`rows`). It blocks its signals before it forks and then takes them one by one (sigtimedwait(2),
//! signalfd(2)), so that none is lost. Sources: the programs' own source files, named at the rows; exit codes and texts
//! measured. Supervisors of many services are applications, see `supervisors`.

mod options;
mod rows;
pub mod supervisors;

use std::sync::Arc;

use super::call::{Call, KillTarget, Resume, Sys};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::trace::{Disposition, ExitStatus, WaitTarget};

use options::Options;
use rows::{ChildGroup, Row};

/// A running init program.
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    row: RowRef,
    options: Options,
    /// Calls to make before anything else, next one last.
    calls: Vec<Call>,
    asked: Asked,
    child: Option<Pid>,
    reaping: bool,
    exit: Option<u8>,
}

/// A row, compared by its name.
#[derive(Clone, Copy, Debug)]
struct RowRef(&'static Row);

impl PartialEq for RowRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.names == other.0.names
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Fork,
    Exec,
    Signal,
    Wait,
}

impl Init {
    /// The init program of this name with these arguments.
    pub(crate) fn load(name: &str, version: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Init> {
        let row = rows::find(name, version)?;
        let mut init = Init {
            row: RowRef(row),
            options: Options::read(row, argv, sys.env),
            calls: Vec::new(),
            asked: Asked::Nothing,
            child: None,
            reaping: false,
            exit: None,
        };
        init.set_up(sys);
        Some(init)
    }

    fn set_up(&mut self, sys: &Sys<'_>) {
        let row = self.row.0;
        let mut calls = Vec::new();
        if self.options.command.is_empty() {
            calls.push(Call::Write(2, format!("{}\n", row.usage).into()));
            calls.push(Call::Exit(1));
        }
        let subreaper = row.always_subreaper || self.options.subreaper;
        if subreaper {
            calls.push(Call::Subreaper(true));
        }
        if sys.pid != Pid::INIT && !subreaper && !row.warns_if_not_init.is_empty() {
            let warning = row.warns_if_not_init.replace("{pid}", &sys.pid.to_string());
            calls.push(Call::Write(2, warning.into()));
        }
        calls.push(Call::Sigmask(self.taken()));
        calls.extend(row.ignores.iter().map(|s| Call::Sigaction(*s, Disposition::Ignore)));
        calls.extend(row.catches.iter().map(|s| Call::Sigaction(*s, Disposition::Catch)));
        calls.reverse();
        self.calls = calls;
    }

    /// The signals that it blocks and takes.
    fn taken(&self) -> SignalSet {
        let row = self.row.0;
        let all = (1..=64).filter_map(Signal::from_number).filter(|s| !s.is_uncatchable() && !row.leaves.contains(s));
        all.fold(SignalSet::EMPTY, SignalSet::with)
    }

    pub(crate) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (std::mem::replace(&mut self.asked, Asked::Nothing), resume) {
            (Asked::Fork, Resume::Forked(pid)) => {
                self.child = Some(pid);
                self.tell(self.row.0.tells_spawned, sys);
            }
            (Asked::Fork, Resume::Child) => self.become_child(sys),
            (Asked::Fork, Resume::Failed(errno)) => {
                self.say(&format!("fork failed: {errno}"));
                self.calls.insert(0, Call::Exit(1));
            }
            (Asked::Exec, Resume::Failed(errno)) => self.exec_failed(errno, sys),
            (Asked::Signal, Resume::Took(Signal::CHLD)) => self.reaping = true,
            (Asked::Signal, Resume::Took(signal)) => self.forward(signal),
            (Asked::Wait, Resume::Waited(pid, status)) => self.reaped(pid, status, sys),
            (Asked::Wait, _) => self.reaping = false,
            _ => {}
        }
        self.next_call()
    }

    fn next_call(&mut self) -> Call {
        if let Some(call) = self.calls.pop() {
            if matches!(call, Call::Exec { .. }) {
                self.asked = Asked::Exec;
            }
            return call;
        }
        if self.reaping {
            self.asked = Asked::Wait;
            return Call::Wait { target: WaitTarget::Any, nohang: true };
        }
        if let Some(code) = self.exit {
            return Call::Exit(code);
        }
        if self.child.is_none() {
            self.asked = Asked::Fork;
            return Call::Fork;
        }
        self.asked = Asked::Signal;
        Call::Sigwait(self.taken())
    }

    /// The forked child: its own group or session, the mask and dispositions as they were, then the command.
    fn become_child(&mut self, sys: &Sys<'_>) {
        let row = self.row.0;
        let mut calls = Vec::new();
        match self.group() {
            ChildGroup::Own => calls.push(Call::Setpgid(None, None)),
            ChildGroup::OwnSession => calls.push(Call::Setsid),
            ChildGroup::Inits => {}
        }
        let reset = row.ignores.iter().chain(row.catches);
        calls.extend(reset.map(|s| Call::Sigaction(*s, Disposition::Default)));
        calls.push(Call::Sigmask(SignalSet::EMPTY));
        let argv: Arc<[Text]> = self.options.command.clone();
        let file = argv.first().cloned().unwrap_or_else(|| Text::from(""));
        calls.push(Call::Exec { file, argv, env: sys.env.clone() });
        calls.reverse();
        self.calls = calls;
    }

    fn group(&self) -> ChildGroup {
        if self.options.to_group { self.row.0.group_with_option } else { self.row.0.group }
    }

    fn exec_failed(&mut self, errno: Errno, sys: &Sys<'_>) {
        let row = self.row.0;
        let command = self.options.command.first().map_or("", |c| c);
        let text = row.not_found.replace("{pid}", &sys.pid.to_string()).replace("{command}", command);
        self.say(&format!("{text}: {errno}"));
        let code = if errno == Errno::Enoent { row.not_found_code } else { row.not_executable_code };
        self.calls.insert(0, Call::Exit(code));
    }

    /// Passes a signal on to the child or its group.
    fn forward(&mut self, signal: Signal) {
        let Some(child) = self.child else { return };
        let signal = match self.options.rewrite.get(&signal) {
            Some(None) => return,
            Some(Some(other)) => *other,
            None => signal,
        };
        let target = if self.options.to_group { KillTarget::Group(child) } else { KillTarget::Pid(child) };
        self.calls.push(Call::Kill(target, Some(signal)));
    }

    fn reaped(&mut self, pid: Pid, status: ExitStatus, sys: &Sys<'_>) {
        let row = self.row.0;
        if Some(pid) != self.child {
            if self.options.warns {
                let text = row.tells_reaped.replace("{child}", &pid.to_string());
                self.tell_always(&text, sys);
            }
            return;
        }
        let code = u8::try_from(status.container_code()).unwrap_or(u8::MAX);
        self.exit = Some(if self.options.as_zero.contains(&code) { 0 } else { code });
        if row.terminates_group_at_end && self.options.to_group {
            self.forward(Signal::TERM);
        }
    }

    fn say(&mut self, text: &str) {
        self.calls.push(Call::Write(2, format!("{text}\n").into()));
    }

    fn tell(&mut self, text: &str, sys: &Sys<'_>) {
        if self.options.verbose && !text.is_empty() {
            self.tell_always(text, sys);
        }
    }

    fn tell_always(&mut self, text: &str, sys: &Sys<'_>) {
        let child = self.child.map_or(String::new(), |c| c.to_string());
        let command = self.options.command.first().map_or("", |c| c);
        let text = text.replace("{pid}", &sys.pid.to_string()).replace("{child}", &child);
        self.say(&text.replace("{command}", command));
    }
}
