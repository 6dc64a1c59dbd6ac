//! Leaving: `break`, `continue`, `return`, `exit`. What was redirected or set for a while is put back on the way.

use super::Shell;
use super::state::TrapOn;
use super::step::{Frame, Step};
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, KillTarget, Sys};
use crate::shell::plan::Op;
use crate::shell::variants::InTrap;
use crate::trace::Disposition;

/// Steps that have to happen even when what is around them is left.
fn is_cleanup(step: &Step) -> bool {
    let ends = matches!(step, Step::EndContext(_) | Step::EndEvaluating | Step::EndEval | Step::EndApart { .. });
    ends || matches!(step, Step::RestoreFds | Step::RestoreVars(_) | Step::EndPipeline { .. })
}

/// The end of a function, a file of `.` or a trap.
fn ends_call(step: &Step) -> bool {
    matches!(step, Step::EndFunction { .. } | Step::EndSource { .. } | Step::EndTrap { .. })
}

/// How many `!` stand around the place where a plan is, inside the loop that is left, or all of it.
fn negations_around(frame: &Frame, levels: usize) -> usize {
    let left = frame.loops.len().checked_sub(levels).and_then(|at| frame.loops.get(at));
    let end = left.map_or(frame.code.len(), |left| left.exit);
    let mut inside = 0_usize;
    let mut found = 0;
    for at in frame.pc..end {
        match frame.code.get(at) {
            Some(Op::EnterCondition) => inside += 1,
            Some(Op::LeaveCondition) if inside > 0 => inside -= 1,
            Some(Op::LeaveCondition) => found += usize::from(matches!(frame.code.get(at + 1), Some(Op::Negate))),
            _ => {}
        }
    }
    found
}

/// The clean-up that leaving a frame takes, on top of `kept` (outermost first).
fn leave_frame(frame: &Frame, kept: &mut Vec<Step>) {
    kept.extend(frame.redirects.iter().map(|_| Step::RestoreFds));
}

impl Shell {
    /// Leaves `levels` loops; `again` starts the next turn of the outermost of them. False if there is no loop.
    pub(super) fn leave_loops(&mut self, mut levels: usize, again: bool) -> bool {
        let (available, outside) = self.loops_around();
        if self.leaves_inner_with_loop(levels, available) {
            return true;
        }
        if self.columns().nesting.break_ends_child && levels > available && outside > 0 {
            self.exit_with(0);
            return true;
        }
        levels = levels.min(available);
        if levels == 0 {
            let same = self.state.outer_functions == self.state.locals.len();
            let outside = self.columns().jobs.child_counts_loops && self.state.outer_loops > 0 && same;
            if outside {
                self.exit_with(0);
            }
            return outside;
        }
        let mut cleanup = Vec::new();
        let mut negations = 0;
        while let Some(step) = self.stack.pop() {
            if let Step::Code(frame) = &step {
                negations += negations_around(frame, levels);
            }
            match step {
                Step::Code(mut frame) if frame.loops.len() >= levels => {
                    for _ in 1..levels {
                        frame.loops.pop();
                    }
                    if let Some(inner) = frame.loops.last_mut() {
                        inner.status = 0;
                        self.state.conditions = inner.conditions;
                        for _ in inner.redirects..frame.redirects.len() {
                            cleanup.push(Step::RestoreFds);
                        }
                        frame.redirects.truncate(inner.redirects);
                        frame.pc = if again { inner.next } else { inner.exit };
                    }
                    let negated = self.columns().nesting.negated_break_fails && negations % 2 == 1;
                    self.state.status = u16::from(negated);
                    if let Some(inner) = frame.loops.last_mut() {
                        inner.status = self.state.status;
                    }
                    self.stack.push(Step::Code(frame));
                    break;
                }
                Step::Code(frame) => {
                    levels -= frame.loops.len();
                    leave_frame(&frame, &mut cleanup);
                }
                Step::EndFunction { .. } | Step::EndTrap { .. } => cleanup.push(step),
                step if is_cleanup(&step) => cleanup.push(step),
                _ => {}
            }
        }
        self.stack.extend(cleanup.into_iter().rev());
        true
    }

    /// Loops that `break` can leave here: in this process, and around the place where it began.
    pub(super) fn loops_around(&self) -> (usize, usize) {
        let nesting = &self.columns().nesting;
        let closes = |step: &Step| match step {
            Step::EndFunction { .. } => !nesting.break_leaves_function,
            Step::EndTrap { .. } => !nesting.break_leaves_trap,
            Step::EndApart { errexit, .. } => errexit.is_some(),
            _ => false,
        };
        let mut available = 0_usize;
        for step in self.stack.iter().rev() {
            match step {
                Step::Code(frame) => available = available.saturating_add(frame.loops.len()),
                step if closes(step) => return (available, 0),
                _ => {}
            }
        }
        (available, self.state.outer_loops)
    }

    /// Takes off everything above the step that `is_end` finds, which stays. What of it has to be undone, `kept` included, is
    /// the answer, for `put_back`.
    fn unwind_to(&mut self, is_end: impl Fn(&Step) -> bool, kept: impl Fn(&Step) -> bool) -> Vec<Step> {
        let mut cleanup = Vec::new();
        while let Some(step) = self.stack.pop() {
            match step {
                step if is_end(&step) => {
                    self.stack.push(step);
                    break;
                }
                Step::Code(frame) => leave_frame(&frame, &mut cleanup),
                step if is_cleanup(&step) || kept(&step) => cleanup.push(step),
                _ => {}
            }
        }
        cleanup
    }

    /// What has to be undone is done next, the innermost first.
    fn put_back(&mut self, cleanup: Vec<Step>) {
        self.stack.extend(cleanup.into_iter().rev());
    }

    /// Leaves the function or file that runs. False if there is none.
    pub(super) fn leave_function(&mut self) -> bool {
        let is_end = |s: &Step| matches!(s, Step::EndFunction { .. } | Step::EndSource { .. });
        let inner = |s: &&Step| matches!(s, Step::EndInner(_)) || is_end(s);
        if matches!(self.stack.iter().rev().find(inner), Some(Step::EndInner(_))) {
            return self.leave_inner();
        }
        if !self.stack.iter().any(is_end) {
            return false;
        }
        let cleanup = self.unwind_to(is_end, |_| false);
        self.put_back(cleanup);
        true
    }

    /// Leaves the action of a trap, if no function or file runs in it.
    pub(super) fn leave_action(&mut self) -> bool {
        let is_end = |step: &Step| matches!(step, Step::EndTrap { .. });
        if !self.stack.iter().rev().find(|step| ends_call(step)).is_some_and(is_end) {
            return false;
        }
        let cleanup = self.unwind_to(is_end, |_| false);
        self.put_back(cleanup);
        true
    }

    /// `exit` in the EXIT trap of a shell that is ending already sets the exit code, and ends the function or the action of
    /// another trap that runs (zsh `Src/builtin.c`, `zexit`). False if there is none.
    pub(super) fn exits_again(&mut self, status: u16) -> bool {
        if !self.is_ending() || !(self.leave_action() || self.leave_function()) {
            return false;
        }
        self.state.exit_status = Some(status);
        for step in &mut self.stack {
            if let Step::Gone(code) = step {
                *code = status;
            }
        }
        true
    }

    /// The EXIT trap runs, and nothing in it begins the end anew (zsh `shell_exiting`).
    pub(super) fn is_ending(&self) -> bool {
        self.state.exit_trap_ran && self.state.exit_status.is_some()
    }

    /// Leaves the text of `eval` that `set -e` ends. False if none runs, or it ends the shell all the same.
    pub(super) fn leave_eval(&mut self) -> bool {
        let is_end = |step: &Step| matches!(step, Step::EndApart { errexit: None, .. });
        if !self.stack.iter().any(is_end) {
            return false;
        }
        let cleanup = self.unwind_to(is_end, ends_call);
        self.stack.push(Step::Status(self.state.status));
        self.put_back(cleanup);
        true
    }

    /// Leaves out the rest of the command line that runs; the next line of the text goes on.
    pub(super) fn leave_line(&mut self, status: u16) {
        let is_end = |step: &Step| matches!(step, Step::Script(_) | Step::Exit | Step::Gone(_));
        let cleanup = self.unwind_to(is_end, ends_call);
        self.state.conditions = 0;
        self.stack.push(Step::Status(status));
        self.put_back(cleanup);
    }

    /// An error ends the shell with this status, or only the function or file that runs.
    pub(super) fn exit_with(&mut self, status: u16) {
        if !self.error_ends_function(status) {
            self.exit_unwinding(status);
        }
    }

    /// An error where it ends only the function or file that runs: false if none does, or if it ends the shell all the same.
    fn error_ends_function(&mut self, status: u16) -> bool {
        let details = &self.columns().details;
        let trap = self.exit_action().is_some();
        let runs_trap = trap && !details.exit_trap_needs_exit;
        if !details.errors_end_the_function || self.state.options.errexit || runs_trap {
            return false;
        }
        let is_end = |s: &Step| matches!(s, Step::EndFunction { .. } | Step::EndSource { .. });
        let inside = self.stack.iter().rev().take_while(|step| !is_end(step));
        let traps: Vec<Option<Signal>> =
            inside.filter_map(|s| if let Step::EndTrap { signal, .. } = s { Some(*signal) } else { None }).collect();
        if !self.leave_function() {
            return false;
        }
        // Actions of traps that ran inside are left with it.
        for signal in traps {
            let pipe = self.state.pipe_statuses.clone();
            self.end_trap((status, pipe), self.state.conditions, signal);
        }
        self.state.status = status;
        true
    }

    /// An error or a signal ends the shell with this status, after its EXIT trap where that runs then.
    fn exit_unwinding(&mut self, status: u16) {
        if self.columns().details.exit_trap_needs_exit && !self.state.options.errexit {
            self.state.traps.remove(&TrapOn::Exit);
        }
        let before = self.state.status;
        let keeps = self.columns().traps.exit_trap_before_error_status;
        let ends = keeps && self.state.inner == 0 && !self.state.exit_trap_ran;
        self.exit_normally(status);
        if ends {
            self.state.ends_with = Some(status);
            self.state.status = before;
        }
    }

    /// The shell ends with this status, after its EXIT trap.
    pub(super) fn exit_normally(&mut self, status: u16) {
        let of_signal = |step: &Step| matches!(step, Step::EndTrap { signal: Some(_), .. });
        if self.state.exit_trap_ran && self.columns().traps.lost_at_end && self.stack.iter().any(of_signal) {
            // The end has begun: only this action is over (ksh93 `sh_trap`).
            let cleanup = self.unwind_to(of_signal, ends_call);
            self.put_back(cleanup);
            return;
        }
        let stays = |step: &Step| matches!(step, Step::Raise(_));
        if self.stack.iter().any(stays) {
            // Only the EXIT trap is over that a signal has begun (bash `run_exit_trap`).
            let cleanup = self.unwind_to(stays, ends_call);
            self.put_back(cleanup);
            return;
        }
        if self.state.exit_lost_in.is_some() {
            self.stack.clear();
            self.stack.push(Step::Spin);
            return;
        }
        self.state.status = status;
        if self.columns().traps.in_trap != InTrap::SameIsLost {
            self.state.running_traps = SignalSet::EMPTY;
        }
        if !self.leave_inner() {
            self.stack.clear();
            self.stack.push(Step::Exit);
            self.undo_redirections();
        }
    }

    /// The redirections that are in force are over, where that comes before the EXIT trap.
    pub(super) fn undo_redirections(&mut self) {
        if self.columns().details.exit_undoes_redirections {
            self.stack.extend(self.saved.iter().map(|_| Step::RestoreFds));
        }
    }

    /// A signal ends the shell, after its EXIT trap; others that came with it wait for the next one.
    pub(super) fn exit_by(&mut self, signal: Signal) {
        self.put_off_round();
        self.exit_unwinding(128 + u16::from(signal.number()));
        if self.columns().signals.fatal_at_once.contains(&signal) {
            self.state.traps.remove(&TrapOn::Exit);
        }
        self.state.ended_by = Some(signal);
    }

    /// The end. Some shells then send the signal that ended them to their group, themselves included.
    pub(super) fn gone(&mut self, status: u16, sys: &Sys<'_>) -> Call {
        let mut held = std::mem::take(&mut self.state.held);
        if self.keeps_jobs() {
            held += &self.told_jobs(|_| true, false);
        }
        if !held.is_empty() && !self.state.subshell {
            self.stack.push(Step::Gone(status));
            return Call::Write(2, held.into());
        }
        let signals = &self.columns().signals;
        let leads = sys.seen.task(sys.task).is_some_and(|t| t.pgid == t.pid);
        let itself = KillTarget::Pid(sys.pid);
        // A status above this stands for a signal in shells that count so.
        let number = status.checked_sub(signals.status_base).filter(|_| signals.dies_of_status);
        let passes = !signals.passed_by_shell_alone || !(self.state.subshell || self.state.options.errexit);
        let ended_by = self.state.ended_by.take();
        let by = match (ended_by, number.and_then(|n| Signal::from_number(n.into()))) {
            _ if self.state.dies_with.is_some() => self.state.dies_with.take().map(|signal| (itself, signal)),
            (_, Some(signal)) => Some((itself, signal)),
            (Some(signal), None) if passes && leads && signals.passed_to_group_at_end.contains(&signal) => {
                Some((KillTarget::OwnGroup, signal))
            }
            (Some(signal), None) if passes && signals.passed_to_itself_at_end.contains(&signal) => {
                Some((itself, signal))
            }
            (_, None) => None,
        };
        match by {
            Some((target, signal)) => {
                self.stack.push(Step::Gone(status & 0xff));
                if signals.waits_after_passing && ended_by.is_some() {
                    let again = self.state.exit_trap_ran;
                    self.state.caught = SignalSet::EMPTY;
                    self.stack.push(if again { Step::Pause } else { Step::Do(Call::Pause) });
                    self.stack.push(Step::CollectRest { asked: false });
                }
                self.stack.push(Step::Do(Call::Kill(target, Some(signal))));
                if signal == Signal::INT {
                    self.release_int();
                }
                Call::Sigaction(signal, Disposition::Default)
            }
            None => Call::Exit(self.exit_code(status)),
        }
    }

    /// The EXIT trap, once, then the end.
    pub(super) fn leave(&mut self) -> Option<Call> {
        if !self.state.outer_exits.is_empty() {
            // The functions are left before the shell is.
            self.stack.clear();
            self.stack.push(Step::Exit);
            self.leave_exit_scope(true);
            return None;
        }
        if self.state.skips_exit_trap || self.state.exit_trap_ran && !self.columns().traps.exit_set_in_exit_runs {
            self.state.traps.remove(&TrapOn::Exit);
        }
        if self.columns().traps.first_signal_decides {
            self.ended_meanwhile();
        }
        // `exit` in the EXIT trap does not change how a signal ends the shell.
        let signals = &self.columns().signals;
        let of_child = signals.exits_with_128_of_child
            && !signals.dies_of_status
            && self.state.child_died
            && !self.state.exit_trap_ran;
        let given = self.state.ends_with.take().unwrap_or(self.state.status);
        let number = given.checked_sub(signals.status_base).filter(|n| of_child && *n > 0);
        let ends_with = number.map_or(given, |n| 128 + n);
        let status = self.state.dies_with.map_or(ends_with, |signal| 128 + u16::from(signal.number()));
        let by_signal = self.state.ended_by.is_some() || self.state.in_trap > 0;
        if self.columns().traps.lost_at_end {
            self.state.caught = SignalSet::EMPTY;
        }
        self.state.running_in = None;
        self.stack.clear();
        // Where the trap decides, the shell leaves with what that leaves behind, and by itself.
        let decides = self.columns().signals.exit_trap_decides_after_signal && by_signal;
        if decides && self.exit_action().is_some() {
            self.state.ended_by = None;
            self.stack.push(Step::Exit);
        } else {
            self.stack.push(Step::Gone(status));
        }
        if self.columns().traps.int_blocked_in_foreground {
            self.release_int();
        }
        if let Some(action) = self.state.traps.remove(&TrapOn::Exit).filter(|a| !a.is_empty()) {
            self.state.exit_trap_ran = true;
            self.state.calls.clear();
            if self.columns().messages.names_callers {
                self.state.line = 1;
            }
            self.push_action(action);
        }
        None
    }

    /// What exit(3) makes of a status.
    pub(super) fn exit_code(&self, status: u16) -> u8 {
        u8::try_from(status & 0xff).unwrap_or(0)
    }
}
