//! What a subshell is to itself: the child that becomes one, and what it waits for at its end (XCU 2.12).
//!
//! Not here: forking it (`process`).

use super::Shell;
use super::state::TrapOn;
use super::step::Step;
use crate::base::signal::SignalSet;
use crate::program::Call;

impl Shell {
    /// `( )` as the last thing: the shell itself becomes the subshell.
    pub(super) fn become_subshell(&mut self) -> Option<Call> {
        if std::mem::take(&mut self.state.entered) {
            return None;
        }
        self.state.subshells += 1;
        // The parentheses of a job are the job itself; those inside are a foreground.
        if std::mem::take(&mut self.state.background_ignored) {
            self.default_keyboard();
        }
        if !std::mem::replace(&mut self.state.subshell, true) {
            self.state.outer_job = self.state.next_job_number();
        }
        self.await_job_in_braces();
        if self.columns().children.becoming_forgets_jobs {
            self.state.jobs.clear();
        }
        if self.columns().children.becoming_resets_signals {
            let calls = self.reset_traps(self.columns().children.lose_ignored);
            self.stack.extend(calls);
            let calls = self.give_back_ignored();
            self.stack.extend(calls);
        }
        None
    }

    /// Below what runs now: the wait at the end of a `( )`.
    pub(super) fn await_job_in_braces(&mut self) {
        self.state.awaited = None;
        if self.columns().children.subshell_awaits_job_in_braces {
            let at = self.stack.len().saturating_sub(1);
            self.stack.insert(at, Step::AwaitJob);
        }
    }

    /// The end of a `( )`, unless `exit` or a program has ended it.
    pub(super) fn await_job(&mut self) {
        let awaited = self.state.awaited.take();
        if let Some(job) = self.state.jobs.iter().position(|j| !j.is_done() && awaited.is_some_and(|pid| j.holds(pid)))
        {
            self.stack.push(Step::Status(self.state.status));
            self.stack.push(Step::Foreground { job, asked: false });
        }
    }

    /// A subshell environment (XCU 2.13): traps reset unless it `keeps` them, what the shell ignores by itself given back.
    pub(super) fn enter_subshell(&mut self, keeps: bool, again: Vec<Step>) {
        self.state.subshell = true;
        self.state.subshells += 1;
        self.stack.extend(again);
        if keeps {
            let exit = self.state.traps.remove(&TrapOn::Exit);
            self.state.exit_trap_counts |= exit.is_some_and(|action| !action.is_empty());
            self.state.caught = SignalSet::EMPTY;
        } else {
            let lose = self.columns().children.lose_ignored;
            let calls = self.reset_traps(lose);
            self.stack.extend(calls);
        }
        let calls = self.give_back_ignored();
        self.stack.extend(calls);
        self.state.options.monitor &= self.columns().children.keep_monitor && !self.state.in_substitution;
    }
}
