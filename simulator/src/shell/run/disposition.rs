//! What a shell does about the dispositions of signals: as the trap builtin sets them, as it sets its own, and as children
//! get them back (signal(7), XCU trap). Not here: when a trap runs (`trap`).

use super::Shell;
use super::state::TrapOn;
use super::step::Step;
use crate::base::signal::{Signal, SignalSet};
use crate::program::Call;
use crate::shell::variants::ExitTrapOnSignal;
use crate::trace::Disposition;

impl Shell {
    /// Sets, ignores or resets a trap: the calls that this takes.
    pub(super) fn set_trap(&mut self, on: TrapOn, action: Option<std::sync::Arc<str>>) {
        if on == TrapOn::Exit {
            self.keep_outer_exit();
        }
        self.state.outer_traps.clear();
        if let TrapOn::Signal(signal) = on {
            self.state.highest_trap = self.state.highest_trap.max(Some(signal));
            if self.state.ignored_at_start.contains(signal) {
                let of_job = self.columns().jobs.trap_in_job && !self.state.found_ignored.contains(signal);
                if !of_job && !self.columns().traps.found_ignored_can_be_set {
                    self.trap_what_is_ignored(signal, action);
                    return;
                }
                self.state.ignored_at_start = self.state.ignored_at_start.without(signal);
            }
            if action.is_none() && signal == Signal::INT && self.columns().jobs.told_together {
                // bash `trap.def`: `trap - INT` sets the handler for terminating signals.
                self.state.hears_int = true;
            }
            let found = self.own_disposition(signal);
            self.state.originals.entry(signal).or_insert(found);
            if action.is_none() && self.state.watches && !self.state.traps.contains_key(&on) {
                // Nothing is reset where nothing was set (bash `restore_default_signal`).
                return;
            }
        }
        match &action {
            Some(text) => {
                self.state.had_action |= !text.is_empty();
                self.state.traps.insert(on, text.clone());
            }
            None => {
                if let TrapOn::Signal(signal) = on
                    && (self.action(signal).is_some() || self.handles(signal))
                {
                    self.state.traps_reset = self.state.traps_reset.with(signal);
                }
                self.state.traps.remove(&on);
            }
        }
        match on {
            TrapOn::Signal(signal) if !signal.is_uncatchable() => {
                let disposition = match action.as_deref() {
                    None if self.stays_caught(signal) => Disposition::Catch,
                    None if self.columns().traps.reset_is_default && !self.catches(signal) => Disposition::Default,
                    None if self.state.watches => {
                        self.state.originals.get(&signal).copied().unwrap_or(Disposition::Default)
                    }
                    None => self.own_disposition(signal),
                    Some("") if self.columns().traps.ignore_by_handler => Disposition::Catch,
                    Some("") => Disposition::Ignore,
                    Some(_) => Disposition::Catch,
                };
                if disposition == Disposition::Catch {
                    self.state.handled = self.state.handled.with(signal);
                }
                self.stack.push(Step::Do(Call::Sigaction(signal, disposition)));
            }
            TrapOn::Exit => {
                let counts = |a: &str| !a.is_empty() || self.columns().traps.empty_exit_watches;
                self.watch_terminating_signals(action.as_deref().is_some_and(counts));
            }
            TrapOn::Signal(_) | TrapOn::Err | TrapOn::Other(_) => {}
        }
    }

    /// `trap ''` for this signal has a handler.
    fn handles(&self, signal: Signal) -> bool {
        self.columns().traps.ignore_by_handler && self.state.handled.contains(signal)
    }

    /// A trap on a signal that was found ignored and stays so, where it is kept: the action, or as `trap ''` unless the parent
    /// had a handler for it.
    fn trap_what_is_ignored(&mut self, signal: Signal, action: Option<std::sync::Arc<str>>) {
        if self.columns().traps.kept_for_ignored {
            match action {
                Some(text) => self.state.traps.insert(TrapOn::Signal(signal), text),
                None => self.state.traps.remove(&TrapOn::Signal(signal)),
            };
        } else if self.columns().traps.ignore_by_handler && self.state.subshell {
            match action {
                Some(text) if self.state.handled.contains(signal) => {
                    self.state.traps.insert(TrapOn::Signal(signal), text)
                }
                Some(_) => self.state.traps.insert(TrapOn::Signal(signal), "".into()),
                None => self.state.traps.remove(&TrapOn::Signal(signal)),
            };
        }
    }

    /// What is ignored as by `trap ''` is caught from the start of a program in the foreground on.
    pub(super) fn catch_what_is_ignored(&mut self) {
        if !self.columns().traps.ignore_by_handler {
            return;
        }
        for signal in self.state.ignored_at_start.iter().filter(|s| Some(*s) <= self.state.highest_trap) {
            if self.has_empty_trap(signal) {
                self.state.ignored_at_start = self.state.ignored_at_start.without(signal);
                self.stack.push(Step::Do(Call::Sigaction(signal, Disposition::Catch)));
            }
        }
    }

    /// Shells that run the EXIT trap on a terminating signal catch these signals while it is set.
    pub(super) fn watch_terminating_signals(&mut self, on: bool) {
        let signals = &self.columns().signals;
        match signals.exit_trap_on_signal {
            ExitTrapOnSignal::Nothing => return,
            // The handlers stay when the trap goes (bash `initialize_terminating_signals`).
            ExitTrapOnSignal::RunsAndExits if !on || std::mem::replace(&mut self.state.watches, true) => return,
            ExitTrapOnSignal::RunsAndExits
            | ExitTrapOnSignal::RunsAndStays
            | ExitTrapOnSignal::RunsAndExitsWithNumber => {}
        }
        if on {
            self.catch_with_program();
        }
        let int = [Signal::INT];
        let also = int.iter().filter(|_| signals.exit_trap_on_signal == ExitTrapOnSignal::RunsAndExits);
        for signal in signals.exit_trap_signals.iter().chain(also) {
            let untouched = !self.is_trapped(*signal) && !self.state.hears_int;
            let of_job = self.state.background_ignored && *signal == Signal::INT && untouched;
            if of_job {
                // It was found ignored, and stays so (`initialize_terminating_signals`).
                self.state.ignored_at_start = self.state.ignored_at_start.with(*signal);
            }
            let free = !self.state.traps.contains_key(&TrapOn::Signal(*signal)) && !of_job;
            if free && !self.state.ignored_at_start.contains(*signal) && !signals.ignored.contains(signal) {
                if on && signals.reset_trap_still_acts {
                    self.state.traps_reset = self.state.traps_reset.with(*signal);
                }
                let stays = on || self.stays_caught(*signal);
                let disposition = if stays { Disposition::Catch } else { self.own_disposition(*signal) };
                self.state.handled = self.state.handled.with(*signal);
                self.stack.push(Step::Do(Call::Sigaction(*signal, disposition)));
            }
        }
    }

    /// What the shell does with a signal when no trap is set.
    pub(super) fn own_disposition(&self, signal: Signal) -> Disposition {
        let signals = &self.columns().signals;
        let interactive = self.state.interactive && self.columns().invocation.interactive_ignores.contains(&signal);
        if self.state.ignored_at_start.contains(signal) || interactive {
            Disposition::Ignore
        } else if self.state.watches && signals.exit_trap_signals.contains(&signal)
            || self.state.handlers && (self.catches(signal) || self.caught_by_now(signal))
        {
            Disposition::Catch
        } else if self.state.handlers
            && signals.ignored.contains(&signal)
            && (signals.ignored_again_in_subshells || !self.state.subshell)
        {
            Disposition::Ignore
        } else {
            Disposition::Default
        }
    }

    /// Did the first program in the foreground bring a handler for it?
    fn caught_by_now(&self, signal: Signal) -> bool {
        self.state.ran_program && self.columns().signals.caught_with_program.contains(&signal)
    }

    /// With the first program in the foreground come handlers.
    pub(super) fn catch_with_program(&mut self) {
        if std::mem::replace(&mut self.state.ran_program, true) {
            return;
        }
        for signal in self.columns().signals.caught_with_program {
            let trapped = self.state.traps.contains_key(&TrapOn::Signal(*signal));
            if !trapped && !self.state.ignored_at_start.contains(*signal) {
                self.state.handled = self.state.handled.with(*signal);
                self.stack.push(Step::Do(Call::Sigaction(*signal, Disposition::Catch)));
            }
        }
    }

    /// What `trap ''` catches in the shell is ignored in what it becomes.
    pub(super) fn ignore_what_is_trapped(&mut self) {
        if self.columns().traps.ignore_by_handler {
            let ignored = self.state.traps.iter().filter(|(_, action)| action.is_empty());
            let signals = ignored.filter_map(|(on, _)| if let TrapOn::Signal(s) = on { Some(*s) } else { None });
            let calls: Vec<Step> = signals.map(|s| Step::Do(Call::Sigaction(s, Disposition::Ignore))).collect();
            self.stack.extend(calls);
        }
    }

    /// Does the shell install a handler of its own?
    pub(super) fn catches(&self, signal: Signal) -> bool {
        let signals = &self.columns().signals;
        let left = signal == Signal::INT && signals.input_leaves_int && self.state.options.stdin;
        signals.caught.contains(&signal) && !left
    }

    /// In a subshell: actions are reset, ignored signals stay ignored (XCU 2.13).
    pub(super) fn reset_traps(&mut self, lose_ignored: bool) -> Vec<Step> {
        let mut calls = Vec::new();
        if lose_ignored {
            let found = std::mem::replace(&mut self.state.ignored_at_start, SignalSet::EMPTY);
            calls.extend(found.iter().map(|s| Step::Do(Call::Sigaction(s, Disposition::Default))));
        }
        if std::mem::replace(&mut self.state.watches, false) {
            let mine = |s: &&Signal| !self.state.traps.contains_key(&TrapOn::Signal(**s));
            let watched = self.columns().signals.exit_trap_signals.iter().filter(mine);
            calls.extend(watched.map(|s| Step::Do(Call::Sigaction(*s, self.own_disposition(*s)))));
        }
        self.state.originals.clear();
        self.state.outer_exits.clear();
        self.remember_outer_traps();
        let old = std::mem::take(&mut self.state.traps);
        for (on, action) in old {
            match on {
                TrapOn::Signal(signal) if action.is_empty() && self.columns().traps.ignore_by_handler => {
                    self.state.traps.insert(on, action);
                    self.state.ignored_at_start = self.state.ignored_at_start.with(signal);
                    self.state.handled = self.state.handled.without(signal);
                    calls.push(Step::Do(Call::Sigaction(signal, Disposition::Ignore)));
                }
                _ if action.is_empty() && !(lose_ignored && matches!(on, TrapOn::Signal(_))) => {
                    self.state.traps.insert(on, action);
                }
                TrapOn::Signal(signal) => {
                    // What the shell itself ignores is given back; a child starts with what a trap has replaced.
                    let own = self.columns().signals.ignored.contains(&signal)
                        && !self.state.ignored_at_start.contains(signal);
                    let back = if own { Disposition::Default } else { self.own_disposition(signal) };
                    calls.push(Step::Do(Call::Sigaction(signal, back)));
                }
                TrapOn::Err if self.state.options.errtrace => {
                    self.state.traps.insert(on, action);
                }
                TrapOn::Exit | TrapOn::Err | TrapOn::Other(_) => {}
            }
        }
        self.state.had_action = false;
        self.state.highest_trap = None;
        self.state.caught = SignalSet::EMPTY;
        calls
    }
}
