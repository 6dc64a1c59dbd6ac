//! Waiting: for the foreground child, in `wait` and `sleep` (XCU wait; 2.11 for what interrupts them).

use super::Shell;
use super::report::description;
use super::state::{Job, TrapOn};
use super::step::{Returned, Step};
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, Resume, Sys};
use crate::shell::variants::messages::fill;
use crate::shell::variants::{ExitTrapOnSignal, IntAfter};
use crate::trace::{ExitStatus, WaitTarget};

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

/// What an interruption means for a builtin that waits.
pub(super) enum Interruption {
    /// Nothing: go on waiting.
    GoOn,
    /// The builtin ends with this status; a trap follows.
    End(u16),
    /// The shell ends; the steps are pushed.
    Leave,
}

impl Shell {
    /// `$?` for a child's end.
    pub(super) fn status_of(&self, status: ExitStatus) -> u16 {
        match status {
            ExitStatus::Exited(code) => u16::from(code),
            ExitStatus::Signaled(signal) => self.status_of_signal(signal),
        }
    }

    /// `$?` for a signal.
    pub(super) fn status_of_signal(&self, signal: Signal) -> u16 {
        self.columns().signals.status_base + u16::from(signal.number())
    }

    /// `$?` of a `wait` that this signal ends.
    fn status_of_interrupted_wait(&self, signal: Signal) -> u16 {
        self.columns().details.interrupted_wait_status.unwrap_or_else(|| self.status_of_signal(signal))
    }

    /// Waits for the children of a foreground job. A trap waits too (measured in every shell).
    pub(super) fn foreground(&mut self, job: usize, asked: bool, sys: &Sys<'_>) -> Option<Call> {
        if asked {
            match std::mem::replace(&mut self.last, Resume::Done) {
                Resume::Waited(pid, status) => {
                    self.note_end(pid, status);
                    if self.tells_collected(Some(job), pid) {
                        self.stack.push(Step::Foreground { job, asked: false });
                        self.told(pid, status);
                        return None;
                    }
                    if self.terminating_signal_came() {
                        return None;
                    }
                }
                Resume::Interrupted => {
                    if self.leaves_foreground(job, sys) {
                        return None;
                    }
                    self.stack.push(Step::Foreground { job, asked: false });
                    // INT is only blocked while nothing comes (zsh `Src/signals.c`, `signal_suspend`).
                    if self.columns().traps.int_blocked_in_foreground {
                        self.release_int();
                    }
                    return self.interrupted_in_foreground();
                }
                Resume::Failed(_) => {
                    if let Some(job) = self.state.jobs.get_mut(job) {
                        job.processes.iter_mut().for_each(|(_, s)| *s = Some(s.unwrap_or(ExitStatus::Exited(127))));
                    }
                }
                _ => {}
            }
        }
        if let Some(pid) = self.state.unwaited
            && self.state.jobs.get(job).is_some_and(|j| j.holds(pid))
        {
            self.state.unwaited = None;
        }
        if self.state.jobs.get(job).is_none_or(|j| j.is_done()) {
            self.foreground_done(job);
            self.release_int();
            return None;
        }
        self.stack.push(Step::Foreground { job, asked: true });
        self.stack.push(Step::Do(Call::Wait { target: WaitTarget::Any, nohang: false }));
        let trapped = self.action(Signal::INT).is_some();
        if self.columns().traps.int_blocked_in_foreground && !trapped && !self.state.int_blocked {
            self.state.int_blocked = true;
            return Some(Call::Sigmask(SignalSet::EMPTY.with(Signal::INT)));
        }
        None
    }

    /// How the death of a job is told; shells that speak of TERM otherwise in the foreground keep still about it here.
    fn background_template(&self, signal: Signal, named: bool) -> &'static str {
        let messages = &self.columns().messages;
        let template = if named { messages.background_killed_in_wait } else { messages.background_killed };
        let template = if self.columns().details.tells_when_collected { "" } else { template };
        let quiet = matches!(signal, Signal::INT | Signal::PIPE)
            || signal == Signal::TERM && messages.foreground_terminated != messages.foreground_killed;
        if quiet { "" } else { template }
    }

    /// The same for the process of `$( )`.
    pub(super) fn substitution_killed(&mut self, pid: Pid, signal: Signal) {
        if signal != Signal::INT && signal != Signal::PIPE {
            self.killed_message(self.columns().messages.substitution_killed, pid, signal, "");
        }
    }

    /// The line that says that a child died of a signal.
    pub(super) fn killed_message(&mut self, template: &str, pid: Pid, signal: Signal, command: &str) {
        if template.is_empty() {
            return;
        }
        let own = self.columns().messages.signal_texts.iter().find(|(s, _)| *s == signal);
        let text = own.map_or_else(|| description(signal), |(_, text)| (*text).to_owned());
        let padded = format!("{text:<23}");
        let values = [
            ("text", text.as_str()),
            ("text:-23", &padded),
            ("pid:5", &format!("{:5}", pid.0)),
            ("pid", &pid.0.to_string()),
            ("command", command),
        ];
        let builtin = if template.contains("{builtin_prefix}") { "wait" } else { "" };
        let message = fill(&self.message(template, builtin, &values), &values);
        self.error(message);
    }

    pub(super) fn interruption(&mut self) -> Interruption {
        if self.state.last_second {
            let caught = std::mem::replace(&mut self.state.caught, SignalSet::EMPTY).without(Signal::CHLD);
            return if caught.is_empty() { Interruption::GoOn } else { Interruption::End(self.state.status) };
        }
        if self.ends_at_once() {
            return Interruption::Leave;
        }
        if let Some(signal) = self.trapped_signal() {
            return Interruption::End(self.status_of_interrupted_wait(signal));
        }
        let signals = &self.columns().signals;
        for signal in self.state.caught.iter() {
            if self.leaves_inner(signal) || self.becomes_process_for(signal) {
                return Interruption::Leave;
            }
            self.state.caught = self.state.caught.without(signal);
            if signal == Signal::INT && signals.int_after_foreground == IntAfter::EndsItself {
                self.state.status = self.status_of_signal(signal);
                self.end_itself(signal);
                return Interruption::Leave;
            }
            if signals.fatal.contains(&signal) {
                self.exit_by(signal);
                if self.columns().traps.errexit_first && self.state.options.errexit && self.state.conditions == 0 {
                    // `wait` fails first, which ends the shell; the signal then cuts its EXIT trap short.
                    self.state.traps.remove(&TrapOn::Exit);
                }
                return Interruption::Leave;
            }
            let exit_trap = self.state.watches || self.exit_action().is_some();
            let code = match signals.exit_trap_on_signal {
                ExitTrapOnSignal::Nothing | ExitTrapOnSignal::RunsAndStays => None,
                ExitTrapOnSignal::RunsAndExits => Some(128 + u16::from(signal.number())),
                ExitTrapOnSignal::RunsAndExitsWithNumber => None,
            };
            if let Some(code) = code.filter(|_| signal == Signal::INT && exit_trap) {
                if self.state.watches {
                    self.dies_of(signal);
                } else {
                    self.exit_with(code);
                }
                return Interruption::Leave;
            }
            if let (Signal::INT, Some(code)) = (signal, signals.int_in_wait) {
                self.end_by_int(u16::from(code));
                return Interruption::Leave;
            }
            if self.ends_itself(signal) || self.exit_trap_on_signal(signal) {
                return Interruption::Leave;
            }
        }
        Interruption::GoOn
    }

    /// One call further in `wait`.
    pub(super) fn wait_builtin(&mut self, mut wait: Box<WaitBuiltin>) -> Option<Call> {
        if self.columns().jobs.told_together {
            return self.wait_in_table(wait);
        }
        let mut woken = None;
        if wait.asked {
            wait.asked = false;
            match std::mem::replace(&mut self.last, Resume::Done) {
                Resume::Waited(pid, status) => {
                    self.state.record(pid, status);
                    woken = wait.left;
                    let target = wait.targets.as_ref().and_then(|t| t.last());
                    let job = target.and_then(|target| self.state.jobs.iter().position(|j| j.holds(*target)));
                    if self.tells_collected(job, pid) {
                        self.stack.push(Step::Wait(wait));
                        self.told(pid, status);
                        return None;
                    }
                    if wait.targets.is_none() && self.columns().children.wait_goes_on_after_failure {
                        return self.wait_after(wait, pid);
                    }
                    let known = self.state.jobs.iter().any(|j| j.holds(pid));
                    if wait.any && known && wait.targets.as_ref().is_none_or(|t| t.contains(&pid)) {
                        if let Some(name) = &wait.into {
                            self.state.set(name, pid.0.to_string());
                        }
                        self.forget(pid);
                        self.state.status = self.status_of(status);
                        return None;
                    }
                }
                Resume::Interrupted if self.ends_at_once() => return None,
                Resume::Interrupted if self.state.lost.is_some() => {
                    // Its trap does not run again, but the wait is over.
                    self.state.status = self.state.lost.take().map_or(0, |s| self.status_of_interrupted_wait(s));
                    return None;
                }
                Resume::Interrupted if self.runs_trap_inside(&mut wait) => return None,
                Resume::Interrupted if self.goes_on_with_next(&mut wait) => {}
                Resume::Interrupted => match self.interruption() {
                    Interruption::GoOn => {}
                    Interruption::End(status) => {
                        self.state.status = status;
                        return self.look_once_more(&wait);
                    }
                    Interruption::Leave => return None,
                },
                Resume::Failed(_) if std::mem::take(&mut wait.goes_on) => {
                    // No further child: what is known of the jobs stays.
                    self.state.status = 129;
                    if !wait.any {
                        self.stack.push(Step::Wait(wait));
                    }
                    return None;
                }
                Resume::Failed(_) if wait.targets.is_none() && self.columns().children.wait_takes_adopted => {
                    self.state.status = 0;
                    return None;
                }
                Resume::Failed(_) => {
                    self.state.status = if wait.any { 127 } else { 0 };
                    self.state.jobs.clear();
                    return None;
                }
                _ => {}
            }
        } else if self.trapped_signal().is_some()
            && let Interruption::End(status) = self.interruption()
        {
            self.state.status = status;
            return None;
        }
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
        let Some(targets) = &mut wait.targets else {
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
            let done = !self.state.jobs.iter().any(waits);
            if done {
                self.state.status = 0;
                let jobs: Vec<Job>;
                (jobs, self.state.jobs) = std::mem::take(&mut self.state.jobs)
                    .into_iter()
                    .partition(|j| !j.foreground && !j.outer && !passed(j));
                let until_next = self.columns().details.wait_forgets_at_next_job;
                let keeps = self.columns().children.wait_for_all_keeps;
                if self.keeps_jobs() {
                    self.state.jobs.extend(jobs);
                    return true;
                }
                for mut job in jobs {
                    let told = until_next && job.waited;
                    job.waited = until_next;
                    if keeps {
                        job.number = 0;
                    }
                    if keeps || until_next {
                        self.state.jobs.push(job.clone());
                    }
                    if told {
                        continue;
                    }
                    if let Some((pid, Some(ExitStatus::Signaled(signal)))) = job.processes.last() {
                        let template = self.background_template(*signal, false);
                        self.killed_message(template, *pid, *signal, &job.text);
                    }
                }
            }
            return done;
        };
        while let Some(pid) = targets.last().copied() {
            let job = self.state.jobs.iter().find(|j| !j.outer && j.holds(pid));
            if job.is_some_and(|j| !j.is_done()) && self.columns().details.wait_takes_whole_job {
                return false;
            }
            let ended = job.and_then(|j| j.processes.iter().find(|(p, _)| *p == pid)).map(|(_, s)| *s);
            let status = match ended {
                Some(None) => return false,
                Some(Some(status)) => status,
                // The trap that has just run has waited for it.
                None if wait.after_trap.is_some() => self.state.last_ended,
                None => {
                    let message =
                        self.message(self.columns().messages.not_a_child, "wait", &[("name", &pid.0.to_string())]);
                    self.error(message);
                    ExitStatus::Exited(127)
                }
            };
            targets.pop();
            if self.columns().children.wait_for_all_keeps && self.status_of(status) != 0 {
                // The loop goes on with this status, and so does not wait (zsh `Src/jobs.c`, `bin_fg`).
                let runs = |pid: &Pid| {
                    self.state.jobs.iter().any(|j| j.processes.iter().any(|(p, s)| p == pid && s.is_none()))
                };
                while targets.last().is_some_and(runs) {
                    targets.pop();
                }
            }
            let text = self.state.jobs.iter().find(|j| j.holds(pid)).map(|j| j.text.clone());
            if !self.columns().details.wait_remembers {
                self.forget(pid);
            }
            self.state.status = self.status_of(status);
            let known = text.is_some();
            self.state.child_died = matches!(status, ExitStatus::Signaled(_));
            if let ExitStatus::Signaled(signal) = status {
                let template = self.background_template(signal, true);
                self.killed_message(template, pid, signal, &text.unwrap_or_default());
            }
            if known {
                self.write_held();
            }
        }
        true
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

    /// A signal came during `read`: true if that ends it.
    pub(super) fn read_interrupted(&mut self) -> bool {
        match self.interruption() {
            Interruption::GoOn => false,
            Interruption::End(status) => {
                self.state.status = status;
                true
            }
            Interruption::Leave => true,
        }
    }

    /// A call of a builtin came back.
    pub(super) fn returned(&mut self, returned: Returned) -> Option<Call> {
        let result = std::mem::replace(&mut self.last, Resume::Done);
        match returned {
            Returned::Write(fd) => {
                self.after_write(fd, &result);
                None
            }
            Returned::Cd { to, from, print } => {
                self.after_cd(&to, &from, print, result);
                None
            }
            Returned::Kill { target, rest, status } => self.after_kill(&target, rest, status, result),
        }
    }
}
