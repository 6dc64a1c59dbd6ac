//! The children of a supervisor: `run`, `finish`, a log service, scripts; how they start and what their end means.

use super::super::desk::{can_run, fill, is_executable, number_in};
use super::{Asked, Phase, SECOND, Service};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::program::call::{Call, Fd, Sys};
use crate::rules::RuleId;
use crate::trace::ExitStatus;

/// What a child is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Child {
    Run,
    Finish,
    LogRun,
    /// `control/LETTER`, in place of this signal if it exits with 0.
    Script(char, Option<Signal>),
}

/// The log service that runsv runs beside the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Log {
    pid: Option<Pid>,
    started: SimTime,
    want_up: bool,
    read: Fd,
    write: Fd,
    /// Its input has been closed: it ends when it has read everything.
    closed: bool,
}

impl Log {
    pub(super) fn new(read: Fd, write: Fd, sys: &Sys<'_>) -> Log {
        let want_up = !super::exists("log/down", sys);
        Log { pid: None, started: sys.now, want_up, read, write, closed: false }
    }
}

impl Service {
    /// Starts `run`.
    pub(super) fn start(&mut self, sys: &Sys<'_>) {
        let row = self.row;
        self.deadline = None;
        if self.ended.is_some() {
            self.desk.call(Call::Tell(RuleId::SupervisorRestarts, "starts its service again".into()));
        }
        if row.settings && number_in("notification-fd", sys).is_some() {
            self.desk.ask(Call::Pipe, Asked::NotifyPipe);
            return;
        }
        if row.control_scripts && is_executable("control/u", sys) {
            self.desk.ask(Call::Fork, Asked::Fork(Child::Script('u', None)));
        }
        self.desk.ask(Call::Fork, Asked::Fork(Child::Run));
    }

    /// Starts the log service if it is to run. True if it did.
    pub(super) fn start_log(&mut self, sys: &Sys<'_>) -> bool {
        let Some(log) = self.log.as_mut().filter(|l| l.pid.is_none() && l.want_up && !l.closed) else { return false };
        log.started = sys.now;
        self.desk.ask(Call::Fork, Asked::Fork(Child::LogRun));
        true
    }

    pub(super) fn become_child(&mut self, child: Child, sys: &Sys<'_>) {
        let row = self.row;
        let mut before = Vec::new();
        match (self.log, child) {
            (Some(log), Child::LogRun) => before.extend([Call::Chdir("./log".into()), Call::Dup2(log.read, 0)]),
            (Some(log), _) => before.push(Call::Dup2(log.write, 1)),
            (None, _) => {}
        }
        if let Some((_, write)) = self.notify_pipe.filter(|_| child == Child::Run) {
            let wanted = number_in("notification-fd", sys).unwrap_or(write);
            if wanted != write {
                before.extend([Call::Dup2(write, wanted), Call::Close(write)]);
            }
        }
        if row.own_session {
            before.push(Call::Setsid);
        }
        self.desk.become_child(before);
        let name = self.name.clone();
        match child {
            Child::Run if row.names_service => self.desk.exec("./run", &["run", &name], sys, Asked::Exec(child)),
            Child::Run | Child::LogRun => self.desk.exec("./run", &["./run"], sys, Asked::Exec(child)),
            Child::Finish => {
                let (code, signal) = match self.ended {
                    Some(ExitStatus::Signaled(signal)) => (row.killed_code.to_owned(), signal.number()),
                    Some(ExitStatus::Exited(code)) => (code.to_string(), 0),
                    None => ("0".to_owned(), 0),
                };
                let signal = signal.to_string();
                match row.names_service {
                    true => self.desk.exec("./finish", &["finish", &code, &signal, &name], sys, Asked::Exec(child)),
                    false => self.desk.exec("./finish", &["./finish", &code, &signal], sys, Asked::Exec(child)),
                }
            }
            Child::Script(letter, _) => {
                let path = format!("control/{letter}");
                self.desk.exec(&path, &[&path], sys, Asked::Exec(child));
            }
        }
    }

    pub(super) fn exec_failed(&mut self, child: Child, errno: Errno) {
        let row = self.row;
        let program = match child {
            Child::Run => "run",
            Child::LogRun => "log/run",
            Child::Finish => "finish",
            Child::Script(..) => "control",
        };
        // A `finish` that is not there is nothing to complain about.
        if child != Child::Finish || !row.names_service {
            let text = row.spawn_failed_child.replace("{program}", program);
            self.desk.say(&fill(&text, &self.name, errno));
        }
        self.desk.call(Call::Exit(row.spawn_failed_code));
    }

    pub(super) fn forked(&mut self, child: Child, pid: Pid, sys: &Sys<'_>) {
        match child {
            Child::Run => self.running(pid, sys),
            Child::Finish => self.main = Some(pid),
            Child::LogRun => {
                if let Some(log) = &mut self.log {
                    log.pid = Some(pid);
                }
                self.record_log(Some(pid), sys);
            }
            Child::Script(_, signal) => {
                let target = crate::trace::WaitTarget::Pid(pid);
                self.desk.first(Call::Wait { target, nohang: false }, Asked::Script(signal));
            }
        }
    }

    fn running(&mut self, pid: Pid, sys: &Sys<'_>) {
        let row = self.row;
        if let Some((read, write)) = self.notify_pipe.take() {
            self.desk.call(Call::Close(write));
            self.notify = Some(read);
        }
        if let Some(wait) = row.spawn_retry.filter(|_| !can_run("./run", sys)) {
            self.desk.say(&row.spawn_failed.replace("{name}", &self.name));
            self.deadline = Some(sys.now + wait);
            self.close_notify();
            return;
        }
        self.main = Some(pid);
        self.phase = Phase::Up;
        self.started = sys.now;
        self.since = sys.now;
        self.next_start = None;
        (self.got_term, self.paused, self.ready) = (false, false, false);
        self.record(sys);
    }

    fn close_notify(&mut self) {
        if let Some(fd) = self.notify.take() {
            self.desk.private.retain(|f| *f != fd);
            self.desk.call(Call::Close(fd));
        }
    }

    /// The service wrote to its notification descriptor, or closed it.
    pub(super) fn notified(&mut self, fd: Fd, text: &Text, sys: &Sys<'_>) {
        if Some(fd) != self.notify {
            return;
        }
        if text.contains('\n') {
            self.ready = true;
            self.next_start = Some(sys.now + SECOND);
            self.record(sys);
        }
        if text.contains('\n') || text.is_empty() {
            self.close_notify();
        }
    }

    pub(super) fn child_ended(&mut self, pid: Pid, status: ExitStatus, sys: &Sys<'_>) {
        if self.log.is_some_and(|log| log.pid == Some(pid)) {
            self.log_ended(sys);
            return;
        }
        if self.main != Some(pid) {
            return;
        }
        self.main = None;
        self.deadline = None;
        (self.got_term, self.dying) = (false, false);
        if self.phase == Phase::Finish {
            if matches!(status, ExitStatus::Exited(code) if Some(code) == self.row.finish_gives_up) {
                self.want_up = false;
            }
            self.set_down(sys);
            return;
        }
        self.ended = Some(status);
        self.paused = false;
        self.close_notify();
        // s6-supervise tries without looking first.
        if self.row.names_service || super::exists("finish", sys) {
            self.finish(sys);
        } else {
            self.set_down(sys);
        }
    }

    fn finish(&mut self, sys: &Sys<'_>) {
        self.phase = Phase::Finish;
        self.since = sys.now;
        let own = number_in("timeout-finish", sys).filter(|_| self.row.settings);
        let limit = match own {
            Some(0) => None,
            Some(millis) => Some(SimDuration::from_millis(u64::from(millis))),
            None => self.row.finish_limit,
        };
        self.deadline = limit.map(|time| sys.now + time);
        self.desk.ask(Call::Fork, Asked::Fork(Child::Finish));
        self.record(sys);
    }

    fn log_ended(&mut self, sys: &Sys<'_>) {
        let Some(log) = &mut self.log else { return };
        log.pid = None;
        let too_soon = sys.now < log.started + SECOND;
        self.record_log(None, sys);
        if too_soon {
            self.idle_until = Some(sys.now + SECOND);
        }
    }

    /// The service is down for the last time: the log service gets its end of input, then it ends too. True if there is
    /// something to do.
    pub(super) fn leave_after_log(&mut self) -> bool {
        match &mut self.log {
            Some(log) if log.pid.is_some() && log.closed => false,
            Some(log) if log.pid.is_some() => {
                log.closed = true;
                let (read, write) = (log.read, log.write);
                self.desk.call(Call::Close(write));
                self.desk.call(Call::Close(read));
                true
            }
            _ => {
                self.leaving = true;
                true
            }
        }
    }
}
