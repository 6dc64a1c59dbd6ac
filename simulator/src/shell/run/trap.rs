//! Traps and the shell's own reactions to signals (XCU trap; "Signals and error handling" 2.11).
//!
//! Signals are noted by the handler and acted on between commands; `wait` is the exception (see `wait`).
//! Not here: which of several signals has its turn (`turns`).

use super::Shell;
use super::script::Source;
use super::state::TrapOn;
use super::step::{Frame, Step};
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, KillTarget, Sys};
use crate::shell::plan::{Hurdle, Place};
use crate::shell::variants::{ExitTrapOnSignal, InTrap, IntAfter, Together};
use crate::trace::Disposition;
use std::sync::Arc;

impl Shell {
    /// What a trap does about a signal, if it does something.
    pub(super) fn action(&self, signal: Signal) -> Option<Arc<str>> {
        self.state.traps.get(&TrapOn::Signal(signal)).filter(|a| !a.is_empty()).cloned()
    }

    /// The same for the end of the shell.
    pub(super) fn exit_action(&self) -> Option<Arc<str>> {
        self.state.traps.get(&TrapOn::Exit).filter(|a| !a.is_empty()).cloned()
    }

    /// `trap '' SIGNAL`
    pub(super) fn has_empty_trap(&self, signal: Signal) -> bool {
        self.state.traps.get(&TrapOn::Signal(signal)).is_some_and(|action| action.is_empty())
    }

    /// Between commands: runs the next trap, or does what the shell does by itself.
    pub(super) fn act_on_signals(&mut self, _sys: &Sys<'_>) -> Option<Call> {
        if self.int_comes_again() {
            self.repeat_int();
            return None;
        }
        let signal = self.next_signal()?;
        self.act_on(signal);
        None
    }

    /// A caught signal that ends the shell wherever it is: true if there is one.
    pub(super) fn ends_at_once(&mut self) -> bool {
        let ends = |s: &Signal| self.columns().traps.end_at_once.contains(s) && self.action(*s).is_none();
        let Some(signal) = self.state.caught.iter().find(ends) else { return false };
        if self.is_ending() {
            self.state.caught = self.state.caught.without(signal);
            return false;
        }
        // Traps that still wait for the foreground command are lost.
        self.state.caught = SignalSet::EMPTY;
        if self.columns().traps.exit_is_local && !self.state.locals.is_empty() {
            // That of the function that runs is the only one there is.
            let own = self.state.outer_exits.last().is_some_and(|(depth, _)| *depth == self.state.locals.len());
            if !own {
                self.state.traps.remove(&TrapOn::Exit);
            }
            self.state.outer_exits.clear();
        }
        self.exit_with(u16::from(signal.number()));
        self.keep_exit_status();
        true
    }

    /// The status is that with which the shell ends, where the EXIT trap cannot lose it.
    pub(super) fn keep_exit_status(&mut self) {
        if self.columns().traps.errexit_keeps_exit_status {
            self.state.exit_status = Some(self.state.status);
        }
    }

    /// Acts on one signal.
    pub(super) fn act_on(&mut self, signal: Signal) {
        if self.ends_at_once() || self.leaves_inner(signal) || self.becomes_process_for(signal) {
            return;
        }
        self.state.caught = self.state.caught.without(signal);
        if let Some(at) = self.state.arrived.iter().position(|s| *s == signal) {
            self.state.arrived.remove(at);
        }
        if self.state.arrived.contains(&signal) {
            self.state.caught = self.state.caught.with(signal);
        }
        self.state.int_last &= signal != Signal::INT;
        if self.columns().traps.in_trap == InTrap::SameIsLost && self.state.running_traps.contains(signal) {
            return;
        }
        if let Some(action) = self.action(signal) {
            self.put_off_round();
            self.state.acted_last = Some(signal);
            self.run_trap(action, Some(signal));
            return;
        }
        let signals = &self.columns().signals;
        let number = u16::from(signal.number());
        let after = if signal == Signal::INT { signals.int_after_foreground } else { IntAfter::Nothing };
        match after {
            _ if signals.fatal.contains(&signal) => self.exit_by(signal),
            IntAfter::Exits130 => self.end_by_int(128 + number),
            _ if self.ends_itself(signal) => {}
            IntAfter::ExitsWithStatus => self.exit_with(self.state.status),
            IntAfter::EndsItself => self.end_itself(signal),
            IntAfter::Nothing => {
                self.exit_trap_on_signal(signal);
            }
        }
    }

    /// INT without a trap: the shell sends it to itself with the default action. The init process, which does not get it
    /// so, ends with the status, after its EXIT trap (dash `src/error.c` onint, BusyBox raise_interrupt).
    pub(super) fn end_by_int(&mut self, status: u16) {
        self.exit_with(status);
        self.stack.push(Step::Raise(Signal::INT));
    }

    /// Does the handler of a trap stay when the trap is reset?
    pub(super) fn stays_caught(&self, signal: Signal) -> bool {
        let signals = &self.columns().signals;
        signals.reset_trap_still_acts
            && signals.exit_trap_signals.contains(&signal)
            && self.state.traps_reset.contains(signal)
    }

    /// A signal whose trap was reset where its handler stays: the shell sends it to itself and waits for the next.
    pub(super) fn ends_itself(&mut self, signal: Signal) -> bool {
        let exit_trap = self.exit_action().is_some();
        if exit_trap || !self.stays_caught(signal) || self.state.traps.contains_key(&TrapOn::Signal(signal)) {
            return false;
        }
        self.end_itself(signal);
        true
    }

    /// The shell ends in order because of a signal: the EXIT trap, then the signal once more, with its default action.
    pub(super) fn end_itself(&mut self, signal: Signal) {
        if self.state.exit_trap_ran
            && let Some(end) = self.stack.iter().position(|step| matches!(step, Step::Gone(_)))
        {
            // Already in the EXIT trap: only that ends.
            let number = self.status_of_signal(signal);
            let again = matches!(self.stack.get(end), Some(Step::Gone(status)) if *status == number);
            self.state.ended_by = Some(signal).filter(|_| again);
            self.stack.truncate(end + 1);
            return;
        }
        self.state.ends_with = Some(self.status_of_signal(signal));
        self.state.ended_by = Some(signal);
        self.state.inner = 0;
        self.note_left_pipeline();
        let counts = |step: &Step| matches!(step, Step::EndTrap { .. } | Step::EndFunction { .. });
        if self.stack.iter().any(counts) {
            // Their ends set `$?` on the way out.
            self.state.status = self.status_of_signal(signal);
        }
        self.stack.clear();
        self.stack.push(Step::Exit);
        self.undo_redirections();
    }

    /// A terminating signal while an EXIT trap is set: true if the shell reacts.
    pub(super) fn exit_trap_on_signal(&mut self, signal: Signal) -> bool {
        let signals = &self.columns().signals;
        if !self.is_watched(signal) {
            return false;
        }
        let counts = self.columns().traps.empty_exit_watches;
        let action = self.state.traps.get(&TrapOn::Exit).filter(|a| counts || !a.is_empty()).cloned();
        match (signals.exit_trap_on_signal, action) {
            (ExitTrapOnSignal::RunsAndExits, _) => self.dies_of(signal),
            (ExitTrapOnSignal::RunsAndStays, Some(action)) => {
                self.state.traps.remove(&TrapOn::Exit);
                self.state.exit_trap_ran = true;
                self.state.exit_lost_in = Some(self.state.evaluating);
                self.stack.push(Step::Raise(signal));
                self.run_trap(action, None);
            }
            (ExitTrapOnSignal::RunsAndExitsWithNumber, Some(_)) => self.end_itself(signal),
            // The handlers stay while the EXIT trap itself runs.
            (ExitTrapOnSignal::RunsAndExitsWithNumber, None) if self.state.exit_trap_ran => self.end_itself(signal),
            (ExitTrapOnSignal::Nothing, _) | (_, None) => return false,
        }
        true
    }

    /// The signal that came for which the EXIT trap runs at once, while the shell goes on with what it does.
    pub(super) fn stays_behind_exit_trap(&self) -> Option<Signal> {
        let stays = self.columns().signals.exit_trap_on_signal == ExitTrapOnSignal::RunsAndStays;
        let trapped = self.exit_action().is_some();
        self.state.caught.iter().find(|s| stays && trapped && self.is_watched(*s))
    }

    /// Does the text of a trap run itself, where it keeps the line at which it came?
    pub(super) fn keeps_line_of_trap(&self) -> bool {
        let inner = |step: &&Step| matches!(step, Step::EndTrap { .. } | Step::EndFunction { .. } | Step::Gone(_));
        let trap = |step: &Step| matches!(step, Step::EndTrap { .. } | Step::Gone(_));
        let keeps = self.columns().traps.keep_line && (self.state.in_trap > 0 || self.state.line_is_kept);
        keeps && self.stack.iter().rev().find(inner).map_or(self.state.line_is_kept, trap)
    }

    /// The signal ends the shell behind its EXIT trap, which finds `$?` as it was. While that runs, such a signal ends it
    /// at once.
    pub(super) fn dies_of(&mut self, signal: Signal) {
        self.state.dies_with = Some(signal);
        self.exit_with(self.state.status);
    }

    /// The output of a substitution is read: a terminating signal ends that; INT may wait until it is over.
    pub(super) fn terminating_signal_came(&mut self) -> bool {
        let int_waits = self.columns().traps.int_waits_for_substitution;
        let watched = |s: &Signal| !(int_waits && *s == Signal::INT) && self.state.watches && self.is_watched(*s);
        let Some(signal) = self.state.caught.iter().find(watched) else { return false };
        self.state.caught = self.state.caught.without(signal);
        let int = self.state.caught.contains(Signal::INT) && self.is_watched(Signal::INT) && !self.state.exit_trap_ran;
        let reacts = self.exit_trap_on_signal(signal);
        if reacts && int {
            // It comes when the shell lets it through, to end itself.
            self.state.caught = self.state.caught.without(Signal::INT);
            self.state.dies_with = Some(Signal::INT);
        }
        reacts
    }

    /// Does a signal without a trap of its own count because of the EXIT trap?
    pub(super) fn is_watched(&self, signal: Signal) -> bool {
        let signals = &self.columns().signals;
        let stays = signals.exit_trap_on_signal == ExitTrapOnSignal::RunsAndExits;
        let begun = if stays { self.state.dies_with.is_some() } else { self.state.exit_trap_ran };
        if begun && self.columns().traps.first_signal_decides {
            return false;
        }
        let counts = signals.exit_trap_signals.contains(&signal) || stays && signal == Signal::INT;
        // A child listens to INT whenever it does not wait for a job.
        let hears_int = self.state.subshell || self.state.hears_int;
        let on = self.state.watches || !stays || signal == Signal::INT && hears_int;
        counts && on && !self.state.traps.contains_key(&TrapOn::Signal(signal))
    }

    /// Has the last command of the EXIT trap run, behind which no signal is looked at?
    pub(super) fn exit_trap_is_over(&self, frame: &Frame) -> bool {
        let last = frame.pc >= frame.code.len() && matches!(self.stack.last(), Some(Step::Gone(_)));
        last && self.columns().traps.first_signal_decides
    }

    /// A terminating signal that came while the EXIT trap ran, or behind the last command: the status that it gives.
    pub(super) fn ended_meanwhile(&mut self) -> Option<u16> {
        let over = self.state.exit_trap_ran && self.columns().traps.first_signal_decides;
        if over || self.columns().signals.exit_trap_on_signal != ExitTrapOnSignal::RunsAndExits {
            return None;
        }
        // INT behind the last command of a subshell without handlers for the others is not looked at any more.
        let counts = |s: &Signal| self.is_watched(*s) && (*s != Signal::INT || self.state.watches);
        let signal = self.state.caught.iter().find(counts)?;
        self.state.caught = self.state.caught.without(signal);
        self.state.dies_with = Some(signal);
        Some(128 + u16::from(signal.number()))
    }

    /// A program is in the foreground: INT gets its handler and is blocked, where that is so for programs alone. Before
    /// the wait for the last member of a pipeline it is let through.
    pub(super) fn block_int(&mut self) {
        if self.columns().traps.int_blocked_by_program && self.state.options.monitor && !self.state.exit_trap_ran {
            return;
        }
        if self.columns().traps.int_blocked_by_program && self.state.simple_member {
            self.release_int();
        } else if self.columns().traps.int_blocked_by_program {
            self.state.int_blocked = true;
            self.stack.push(Step::Do(Call::Sigmask(SignalSet::EMPTY.with(Signal::INT))));
        }
        self.catch_with_program();
    }

    /// INT is no longer blocked.
    pub(super) fn release_int(&mut self) {
        if std::mem::take(&mut self.state.int_blocked) {
            self.stack.push(Step::Do(Call::Sigmask(SignalSet::EMPTY)));
        }
    }

    /// Pushes a trap's action.
    pub(super) fn run_trap(&mut self, action: Arc<str>, signal: Option<Signal>) {
        let (status, conditions) = (self.state.status, self.state.conditions);
        if let Some(signal) = signal {
            self.forget_outer_trap();
            self.state.running_traps = self.state.running_traps.with(signal);
        }
        let pipe = self.state.pipe_statuses.clone();
        let waited = self.state.waited_last;
        let child_died = self.state.child_died;
        self.stack.push(Step::EndTrap { status, conditions, pipe, signal, waited, child_died });
        self.push_action(action);
    }

    /// Only of the trap that began last is it known whose it is, and of none behind its end (ksh93 `sh/fault.c`, `cursig`).
    fn forget_outer_trap(&mut self) {
        if self.columns().traps.not_inside_itself {
            self.state.running_traps = SignalSet::EMPTY;
        }
    }

    /// Pushes the text of a trap. `set -e` holds again in it, where that does not count as part of the condition it came
    /// into.
    pub(super) fn push_action(&mut self, action: Arc<str>) {
        self.state.in_trap += 1;
        if self.columns().traps.errexit_anew {
            self.state.conditions = 0;
        }
        let line = self.lines_before(self.columns().nesting.trap_lines);
        self.push_text(action, line, Source::Trap, Place::Inside(Hurdle::InnerText));
    }

    /// What `exit` without operand takes inside a trap, where that is the status from before it.
    pub(super) fn status_in_trap(&self) -> Option<u16> {
        let details = &self.columns().details;
        self.stack.iter().rev().find_map(|step| match step {
            Step::EndTrap { status, signal: Some(_), .. } => Some(details.exit_in_trap_keeps_status.then_some(*status)),
            Step::Gone(status) if self.state.in_trap > 0 => {
                Some(details.exit_in_exit_trap_keeps_status.then_some(*status))
            }
            _ => None,
        })?
    }

    /// The action is over: what is known of the commands before it counts again.
    pub(super) fn end_trap(&mut self, (status, pipe): (u16, Vec<u16>), conditions: u32, signal: Option<Signal>) {
        self.state.pipe_statuses = pipe;
        if let Some(signal) = signal {
            self.forget_outer_trap();
            self.state.running_traps = self.state.running_traps.without(signal);
            // Where they do not act one after the other, they wait for the outermost of traps inside each other.
            if self.columns().traps.together != Together::Apart || self.state.running_traps.is_empty() {
                self.look_at_round();
            }
            if self.trapped_signal().is_none() {
                self.state.acted_last = None;
            }
        }
        if self.columns().traps.lose_reading {
            for step in &mut self.stack {
                if let Step::Code(frame) = step {
                    frame.reading = None;
                }
            }
        }
        self.state.in_trap = self.state.in_trap.saturating_sub(1);
        self.state.conditions = conditions;
        self.state.status = status;
    }

    /// INT came to the shell itself, without a trap and without handlers of its own for it, and it sends it to itself?
    pub(super) fn int_comes_again(&self) -> bool {
        self.columns().jobs.told_together && self.columns().signals.int_in_wait.is_none() && self.untrapped_int()
    }

    /// INT was caught, without a trap and without being watched for the EXIT trap.
    pub(super) fn untrapped_int(&self) -> bool {
        let caught = self.state.caught.contains(Signal::INT);
        caught && !self.is_trapped(Signal::INT) && !self.is_watched(Signal::INT)
    }

    /// The shell sends itself INT with its default action: PID 1 does not get it (bash `jobs.c` `wait_sigint_handler`).
    pub(super) fn repeat_int(&mut self) {
        self.state.caught = self.state.caught.without(Signal::INT);
        let back = self.own_disposition(Signal::INT);
        self.stack.push(Step::Do(Call::Sigaction(Signal::INT, back)));
        self.stack.push(Step::Do(Call::Kill(KillTarget::Pid(self.state.pid), Some(Signal::INT))));
        self.stack.push(Step::Do(Call::Sigaction(Signal::INT, Disposition::Default)));
    }

    /// A terminating signal came to a child that still has the handlers and the EXIT trap of its parent: it runs the trap,
    /// and ends (bash `termsig_handler`). There it waits for the latest child of the parent, of which it knows nothing.
    pub(super) fn dies_before_it_begins(&mut self) -> bool {
        let early_int = self.state.caught.contains(Signal::INT) && !self.state.caught_at_fork.contains(Signal::INT);
        if self.columns().children.early_int_ends && early_int && self.action(Signal::INT).is_none() {
            self.state.traps.clear();
            self.end_by_int(130);
            return true;
        }
        let late = |s: &Signal| !self.state.caught_at_fork.contains(*s) && self.is_watched(*s);
        let signal = self.state.caught.iter().find(late).filter(|s| self.state.watches && *s != Signal::INT);
        let Some(signal) = signal.filter(|_| self.columns().jobs.child_repeats_signals) else { return false };
        self.state.caught = SignalSet::EMPTY;
        self.state.missing_child = self.state.last_made.map(|pid| (pid, false));
        self.dies_of(signal);
        true
    }

    /// Tells of the child that a command has been taken for.
    pub(super) fn tell_of_missing_child(&mut self) {
        match self.state.missing_child.take() {
            Some((pid, true)) => {
                self.state.status = 127;
                let message = format!("{}wait_for: No record of process {}", self.prefix(), pid.0);
                self.error(message);
            }
            Some((pid, false)) => self.state.missing_child = Some((pid, true)),
            None => {}
        }
    }

    /// Signals that came to a child before it has reset the handlers of its parent come again, behind the reset.
    pub(super) fn signals_again(&self, sys: &Sys<'_>) -> Vec<Step> {
        let late = |s: &Signal| !self.state.caught_at_fork.contains(*s);
        let mine = |s: &Signal| self.action(*s).is_some();
        if !self.columns().jobs.child_repeats_signals {
            return self.ended_before_it_begins(sys);
        }
        let again = self.state.caught.iter().filter(late).filter(mine);
        again.map(|s| Step::Do(Call::Kill(KillTarget::Pid(sys.pid), Some(s)))).collect()
    }

    /// A signal that came to a child whose parent catches it, with a trap or because of an EXIT trap: the child dies of it
    /// (ksh93 `sh/xec.c`, `_sh_fork` calls `sh_sigcheck`; its own handlers are gone before it runs anything).
    fn ended_before_it_begins(&self, sys: &Sys<'_>) -> Vec<Step> {
        let signals = &self.columns().signals;
        let late = |s: &Signal| !self.state.caught_at_fork.contains(*s);
        let trapped = |s: &Signal| self.state.traps.contains_key(&TrapOn::Signal(*s));
        let mine = |s: &Signal| self.action(*s).is_some() || !trapped(s) && signals.exit_trap_signals.contains(s);
        if signals.exit_trap_on_signal != ExitTrapOnSignal::RunsAndExitsWithNumber {
            return Vec::new();
        }
        let Some(signal) = self.state.caught.iter().filter(late).find(mine) else { return Vec::new() };
        let kill = Step::Do(Call::Kill(KillTarget::Pid(sys.pid), Some(signal)));
        let reset = Step::Do(Call::Sigaction(signal, Disposition::Default));
        if self.action(signal).is_some() { vec![kill] } else { vec![kill, reset] }
    }
}
