//! Shells that collect every child that has ended, and tell of a death at that moment (dash `src/jobs.c` waitone, dowait).
//!
//! Not here: one table of all jobs (`table`), what is waited for (`wait`).

use super::Shell;
use super::step::Step;
use super::wait_builtin::WaitBuiltin;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::{Call, Resume};
use crate::trace::{ExitStatus, WaitTarget};

impl Shell {
    /// Collects children until none is left that has ended.
    pub(super) fn collect_ended(&mut self, asked: bool) -> Option<Call> {
        if asked {
            match std::mem::replace(&mut self.last, Resume::Done) {
                Resume::Waited(pid, status) => self.note_end(pid, status),
                _ => return None,
            }
        }
        self.state.child_ended = None;
        self.stack.push(Step::CollectRest { asked: true });
        Some(Call::Wait { target: WaitTarget::Any, nohang: true })
    }

    /// A trapped signal ends `wait`, and a child has ended too: it is collected first (dash `src/jobs.c` waitproc goes on as
    /// long as `gotsigchld` is set).
    pub(super) fn look_once_more(&mut self, wait: &WaitBuiltin) -> Option<Call> {
        if !self.columns().details.tells_when_collected || self.state.child_ended.take().is_none() {
            return None;
        }
        let target = wait.targets.as_ref().and_then(|targets| targets.last()).copied();
        self.stack.push(Step::LastLook(target));
        Some(Call::Wait { target: WaitTarget::Any, nohang: true })
    }

    /// What came of it.
    pub(super) fn last_look(&mut self, target: Option<Pid>) {
        let Resume::Waited(pid, status) = std::mem::replace(&mut self.last, Resume::Done) else { return };
        let job = self.state.jobs.iter().position(|j| target.is_some_and(|pid| j.holds(pid)));
        self.note_end(pid, status);
        if self.tells_collected(job, pid) {
            self.told(pid, status);
        }
    }

    /// Where a shell that has waited goes on until no child is left that has ended.
    pub(super) fn collect_rest(&mut self) {
        if self.columns().details.collects_all {
            self.stack.push(Step::CollectRest { asked: false });
        }
    }

    /// Is this process of the job that is waited for, and is its end told now?
    pub(super) fn tells_collected(&self, job: Option<usize>, pid: Pid) -> bool {
        let job = job.and_then(|at| self.state.jobs.get(at));
        self.columns().details.tells_when_collected && job.is_some_and(|j| j.holds(pid))
    }

    /// Says that a signal ended a process; of INT and PIPE nothing is said.
    pub(super) fn told(&mut self, pid: Pid, status: ExitStatus) {
        if let ExitStatus::Signaled(signal) = status
            && signal != Signal::INT
            && signal != Signal::PIPE
        {
            self.killed_message(self.columns().messages.foreground_killed, pid, signal, "");
        }
    }

    /// A child has ended in a `wait` without operands that goes on when a job has failed.
    pub(super) fn wait_after(&mut self, mut wait: Box<WaitBuiltin>, pid: Pid) -> Option<Call> {
        let job = self.state.jobs.iter().find(|j| j.is_done() && j.holds(pid));
        let ended = job.and_then(|j| j.processes.last()).and_then(|(_, status)| *status);
        if ended.is_some_and(|status| status != ExitStatus::Exited(0)) {
            wait.goes_on = true;
            wait.asked = true;
            self.stack.push(Step::Wait(wait));
            return Some(Call::Wait { target: WaitTarget::Any, nohang: false });
        }
        if wait.any {
            self.state.status = if ended.is_some() { 0 } else { 129 };
            self.collect_rest();
            return None;
        }
        self.stack.push(Step::Wait(wait));
        None
    }
}
