//! The `wait` builtin, where a shell asks wait(2) until what it waits for has ended (XCU wait).
//!
//! Not here: the one that looks into a table of jobs (`table`), and what interrupts it (`wait`).

use super::Shell;
use super::state::{Job, TrapOn};
use super::step::Step;
use super::wait::Interruption;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::{Call, Resume};
use crate::trace::{ExitStatus, WaitTarget};
use std::ops::ControlFlow;

/// The `wait` builtin in progress.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WaitBuiltin {
    /// Processes still to be waited for, the next one last; none: all.
    pub targets: Option<Vec<Pid>>,
    /// `-n`: the first that ends.
    pub any: bool,
    /// `-p`: the variable that gets the pid.
    pub into: Option<String>,
    /// The result of wait(2) is due.
    pub asked: bool,
    /// The trap of this signal has just run inside it.
    pub after_trap: Option<Signal>,
    /// With a table of jobs: the one that is waited for now.
    pub now: Option<Pid>,
    /// With a table of jobs: it has looked through it once.
    pub began: bool,
    /// There are no children.
    pub alone: bool,
    /// A signal has ended the waiting for an earlier one: `$?` of that.
    pub left: Option<u16>,
    /// A job has failed, and it goes on for another child.
    pub goes_on: bool,
    /// Jobs for which a trap has ended it while it went on for the next.
    pub passed: Vec<Pid>,
}

impl WaitBuiltin {
    /// About to wait for these, the next one last.
    pub fn new(targets: Option<Vec<Pid>>, any: bool, into: Option<String>) -> WaitBuiltin {
        WaitBuiltin { targets, any, into, ..WaitBuiltin::default() }
    }
}

impl Shell {
    /// One call further in `wait`.
    pub(super) fn wait_builtin(&mut self, wait: Box<WaitBuiltin>) -> Option<Call> {
        if self.columns().jobs.told_together {
            return self.wait_in_table(wait);
        }
        let (mut wait, woken) = match self.answer_to_wait(wait) {
            ControlFlow::Continue(further) => further,
            ControlFlow::Break(call) => return call,
        };
        if !wait.any && self.has_all(&mut wait) {
            return None;
        }
        if let Some(status) = woken
            && (!self.goes_on_with_next(&mut wait) || self.has_all(&mut wait))
        {
            self.state.status =
                if wait.targets.as_ref().is_some_and(Vec::is_empty) { self.state.status } else { status };
            return None;
        }
        if let Some(signal) = wait.after_trap.take()
            && self.state.traps.contains_key(&TrapOn::Signal(signal))
            && !self.state.child_seen
        {
            self.state.status = 128 + u16::from(signal.number());
            if !self.goes_on_with_next_job(&mut wait) {
                return None;
            }
        }
        let counts_done = self.columns().children.wait_goes_on_after_failure;
        if wait.any && counts_done && self.state.jobs.iter().all(|job| job.is_done()) {
            self.state.status = 0;
            return None;
        }
        wait.asked = true;
        self.stack.push(Step::Wait(wait));
        Some(Call::Wait { target: WaitTarget::Any, nohang: false })
    }

    /// What wait(2) has returned, or what came before it was called: does `wait` go on? With `$?` of a signal that ended the
    /// waiting for an earlier process, where a child has woken it.
    fn answer_to_wait(
        &mut self,
        mut wait: Box<WaitBuiltin>,
    ) -> ControlFlow<Option<Call>, (Box<WaitBuiltin>, Option<u16>)> {
        use ControlFlow::{Break, Continue};
        if !std::mem::take(&mut wait.asked) {
            if self.trapped_signal().is_some()
                && let Interruption::End(status) = self.interruption()
            {
                self.state.status = status;
                return Break(None);
            }
            return Continue((wait, None));
        }
        match std::mem::replace(&mut self.last, Resume::Done) {
            Resume::Waited(pid, status) => return self.child_waited_for(wait, pid, status),
            Resume::Interrupted if self.ends_at_once() => return Break(None),
            Resume::Interrupted if self.state.lost.is_some() => {
                // Its trap does not run again, but the wait is over.
                self.state.status = self.state.lost.take().map_or(0, |s| self.status_of_interrupted_wait(s));
                return Break(None);
            }
            Resume::Interrupted if self.runs_trap_inside(&mut wait) => return Break(None),
            Resume::Interrupted if self.goes_on_with_next(&mut wait) => {}
            Resume::Interrupted => match self.interruption() {
                Interruption::GoOn => {}
                Interruption::End(status) => {
                    self.state.status = status;
                    return Break(self.look_once_more(&wait));
                }
                Interruption::Leave => return Break(None),
            },
            Resume::Failed(_) if std::mem::take(&mut wait.goes_on) => {
                // No further child: what is known of the jobs stays.
                self.state.status = 129;
                if !wait.any {
                    self.stack.push(Step::Wait(wait));
                }
                return Break(None);
            }
            Resume::Failed(_) if wait.targets.is_none() && self.columns().children.wait_takes_adopted => {
                self.state.status = 0;
                return Break(None);
            }
            Resume::Failed(_) => {
                self.state.status = if wait.any { 127 } else { 0 };
                self.state.jobs.clear();
                return Break(None);
            }
            _ => {}
        }
        Continue((wait, None))
    }

    /// A child has ended.
    fn child_waited_for(
        &mut self,
        wait: Box<WaitBuiltin>,
        pid: Pid,
        status: ExitStatus,
    ) -> ControlFlow<Option<Call>, (Box<WaitBuiltin>, Option<u16>)> {
        self.state.record(pid, status);
        let target = wait.targets.as_ref().and_then(|t| t.last());
        let job = target.and_then(|target| self.state.jobs.iter().position(|j| j.holds(*target)));
        if self.tells_collected(job, pid) {
            self.stack.push(Step::Wait(wait));
            self.told(pid, status);
            return ControlFlow::Break(None);
        }
        if wait.targets.is_none() && self.columns().children.wait_goes_on_after_failure {
            return ControlFlow::Break(self.wait_after(wait, pid));
        }
        let known = self.state.jobs.iter().any(|j| j.holds(pid));
        if wait.any && known && wait.targets.as_ref().is_none_or(|t| t.contains(&pid)) {
            if let Some(name) = &wait.into {
                self.state.set(name, pid.0.to_string());
            }
            self.forget(pid);
            self.state.status = self.status_of(status);
            return ControlFlow::Break(None);
        }
        let woken = wait.left;
        ControlFlow::Continue((wait, woken))
    }

    /// Where `wait` without operands waits for one job after the other, a signal ends that of one only: is there a next?
    fn goes_on_with_next_job(&self, wait: &mut WaitBuiltin) -> bool {
        if wait.targets.is_some() || wait.any || !self.columns().children.wait_for_all_keeps {
            return false;
        }
        let runs = |job: &&Job| !job.outer && !job.foreground && !job.is_done();
        let mut running = self.state.jobs.iter().filter(runs).filter_map(|job| Some(job.processes.last()?.0));
        wait.passed.extend(running.find(|pid| !wait.passed.contains(pid)));
        running.next().is_some()
    }

    /// Where a signal ends the waiting for one of several processes only: leaves that one out.
    fn goes_on_with_next(&mut self, wait: &mut WaitBuiltin) -> bool {
        let signals = &self.columns().signals;
        let untrapped = |s: &Signal| signals.fatal.contains(s) && !self.is_trapped(*s);
        if self.state.caught.iter().any(|s| untrapped(&s) && signals.fatal_at_once.contains(&s)) {
            return false;
        }
        let signal = self.trapped_signal().or_else(|| self.state.caught.iter().find(untrapped));
        let (Some(signal), Some(targets)) = (signal, &mut wait.targets) else { return false };
        if targets.len() < 2 || !self.columns().jobs.wait_goes_on {
            return false;
        }
        targets.pop();
        wait.left = Some(self.status_of_signal(signal));
        true
    }

    /// Where a trap runs inside the wait: pushes it, and the wait behind it.
    fn runs_trap_inside(&mut self, wait: &mut WaitBuiltin) -> bool {
        let Some(signal) = self.trapped_signal() else { return false };
        if self.columns().traps.run_before_wait_returns {
            self.stack.push(Step::Status(self.status_of_signal(signal)));
            self.act_on(signal);
            return true;
        }
        if !self.columns().details.trap_runs_inside_wait {
            return false;
        }
        wait.after_trap = Some(signal);
        self.state.child_seen = false;
        self.stack.push(Step::Wait(Box::new(wait.clone())));
        self.act_on(signal);
        true
    }

    /// Have all that are waited for ended? Sets the status.
    fn has_all(&mut self, wait: &mut WaitBuiltin) -> bool {
        if wait.targets.is_none() {
            return self.has_all_jobs(wait);
        }
        while let Some(pid) = wait.targets.as_ref().and_then(|targets| targets.last().copied()) {
            let Some(status) = self.end_of_target(pid, wait.after_trap.is_some()) else { return false };
            if let Some(targets) = &mut wait.targets {
                targets.pop();
                if self.columns().children.wait_for_all_keeps && self.status_of(status) != 0 {
                    // The loop goes on with this status, and so does not wait (zsh `Src/jobs.c`, `bin_fg`).
                    let ended = targets.iter().rposition(|pid| !self.still_runs(*pid));
                    targets.truncate(ended.map_or(0, |at| at + 1));
                }
            }
            self.tell_of_target(pid, status);
        }
        true
    }

    /// The same for `wait` without operands.
    fn has_all_jobs(&mut self, wait: &WaitBuiltin) -> bool {
        if self.columns().children.wait_takes_adopted {
            // The kernel says when no child is left.
            return false;
        }
        // A trap that runs while a command is in the foreground does not wait for that.
        let takes = self.columns().children.wait_takes_pipeline;
        let around = |job: &Job| {
            let mine = |step: &Step| matches!(step, Step::EndPipeline { member } if job.holds(*member));
            takes && self.stack.iter().any(mine)
        };
        let passed = |j: &Job| wait.passed.iter().any(|pid| j.holds(*pid));
        let waits = |j: &Job| !(j.outer || j.foreground && !around(j) || j.is_done() || passed(j));
        if self.state.jobs.iter().any(waits) {
            return false;
        }
        self.state.status = 0;
        let answered: Vec<Job>;
        (answered, self.state.jobs) =
            std::mem::take(&mut self.state.jobs).into_iter().partition(|j| !j.foreground && !j.outer && !passed(j));
        if self.keeps_jobs() {
            self.state.jobs.extend(answered);
        } else {
            answered.into_iter().for_each(|job| self.answered_for(job));
        }
        true
    }

    /// `wait` without operands has answered for a job: its death is told, and the job is forgotten, if not at once.
    fn answered_for(&mut self, mut job: Job) {
        let until_next = self.columns().details.wait_forgets_at_next_job;
        let keeps = self.columns().children.wait_for_all_keeps;
        let told = until_next && job.waited;
        job.waited = until_next;
        if keeps {
            job.number = 0;
        }
        if keeps || until_next {
            self.state.jobs.push(job.clone());
        }
        if let Some((pid, Some(ExitStatus::Signaled(signal)))) = job.processes.last().filter(|_| !told) {
            let template = self.background_template(*signal, false);
            self.killed_message(template, *pid, *signal, &job.text);
        }
    }

    /// How a process that is waited for has ended; 127 for one that is no child. `after_trap`: a trap has just run.
    fn end_of_target(&mut self, pid: Pid, after_trap: bool) -> Option<ExitStatus> {
        let job = self.state.jobs.iter().find(|j| !j.outer && j.holds(pid));
        if job.is_some_and(|j| !j.is_done()) && self.columns().details.wait_takes_whole_job {
            return None;
        }
        if let Some((_, end)) = job.and_then(|j| j.processes.iter().find(|(p, _)| *p == pid)) {
            return *end;
        }
        if after_trap {
            // The trap has waited for it.
            return self.state.last_ended.or(Some(ExitStatus::Exited(0)));
        }
        let message = self.message(self.columns().messages.not_a_child, "wait", &[("name", &pid.0.to_string())]);
        self.error(message);
        Some(ExitStatus::Exited(127))
    }

    fn still_runs(&self, pid: Pid) -> bool {
        self.state.jobs.iter().any(|j| j.processes.iter().any(|(p, end)| *p == pid && end.is_none()))
    }

    /// A process that was waited for has ended: its status, and the message of its death.
    fn tell_of_target(&mut self, pid: Pid, status: ExitStatus) {
        let job = self.state.jobs.iter().find(|j| j.holds(pid)).cloned();
        if !self.columns().details.wait_remembers {
            self.forget(pid);
        }
        self.state.status = self.status_of(status);
        self.state.child_died = matches!(status, ExitStatus::Signaled(_));
        match (&job, status) {
            (Some(job), _) if self.columns().jobs.members_told => self.tell_members(job),
            (_, ExitStatus::Signaled(signal)) => {
                let template = self.background_template(signal, true);
                let text = job.as_ref().map(|j| j.text.clone()).unwrap_or_default();
                self.killed_message(template, pid, signal, &text);
            }
            (_, ExitStatus::Exited(_)) => {}
        }
        if job.is_some() {
            self.write_held();
        }
    }

    fn forget(&mut self, pid: Pid) {
        if self.columns().details.wait_forgets_at_next_job {
            for job in self.state.jobs.iter_mut().filter(|j| j.holds(pid)) {
                job.waited = true;
            }
            return;
        }
        // A job of which a process still runs is in the table as a whole.
        let whole = self.columns().children.wait_for_all_keeps;
        self.state.jobs.retain(|j| !j.holds(pid) || whole && !j.is_done());
    }
}
