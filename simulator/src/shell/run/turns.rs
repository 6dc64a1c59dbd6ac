//! Whose turn it is, where several signals have come: the order of their traps, and which of them wait for another.
//!
//! Not here: what is done about one (`trap`).

use super::Shell;
use crate::base::signal::{Signal, SignalSet};
use crate::shell::variants::{InTrap, IntAfter, Together, TrapOrder};

/// Signals that wait for their traps, where each occurrence counts (zsh `Src/zsh.h`, `MAX_QUEUE_SIZE`).
const QUEUED_SIGNALS: usize = 128;

impl Shell {
    /// Is there a signal to act on?
    pub(super) fn has_signals(&self) -> bool {
        self.to_act_on().is_some()
    }

    /// May a trap run now? Where traps wait for each other, not while one runs.
    fn takes_traps(&self) -> bool {
        self.columns().traps.in_trap != InTrap::Waits || self.state.running_traps.is_empty()
    }

    /// The signal to act on first. CHLD without a trap is for the table of jobs.
    fn to_act_on(&self) -> Option<Signal> {
        let takes = self.takes_traps();
        self.state.caught.iter().find(|s| !self.is_kept(*s) && (takes || self.action(*s).is_none()))
    }

    /// CHLD that is for the table of jobs?
    fn is_kept(&self, signal: Signal) -> bool {
        signal == Signal::CHLD && self.columns().jobs.collected_at_once && self.action(signal).is_none()
    }

    /// A signal with a trap that was caught, lowest number first.
    pub(super) fn trapped_signal(&self) -> Option<Signal> {
        self.state.caught.iter().find(|s| self.action(*s).is_some()).filter(|_| self.takes_traps())
    }

    /// What has no trap comes first; of traps, the one whose turn it is.
    pub(super) fn next_signal(&self) -> Option<Signal> {
        let lowest = self.to_act_on()?;
        let ends = self.columns().signals.int_after_foreground == IntAfter::Exits130;
        if ends && self.state.caught.contains(Signal::INT) && self.action(Signal::INT).is_none() {
            // It is acted on as soon as it is let through (dash `src/error.h`, `INTON`).
            return Some(Signal::INT);
        }
        if self.state.int_last && lowest == Signal::INT {
            let others = self.state.caught.without(Signal::INT);
            return others.iter().find(|s| self.action(*s).is_some()).or(Some(lowest));
        }
        let order = self.columns().traps.order;
        if order == TrapOrder::Lowest || !self.takes_traps() {
            return Some(lowest);
        }
        let untrapped = self.state.caught.iter().find(|s| !self.is_kept(*s) && self.action(*s).is_none());
        if untrapped.is_some() {
            return untrapped;
        }
        let trapped = |s: &Signal| self.state.caught.contains(*s) && self.action(*s).is_some();
        let found = match order {
            TrapOrder::Lowest => None,
            TrapOrder::Highest => self.state.caught.iter().filter(trapped).last(),
            TrapOrder::Arrival => self.state.arrived.iter().copied().find(trapped),
            TrapOrder::Listed(list) => {
                let last = self.state.acted_last.and_then(|s| list.iter().position(|l| *l == s));
                let (before, behind) = list.split_at_checked(last.map_or(0, |at| at + 1)).unwrap_or((list, &[]));
                behind.iter().chain(before).copied().find(trapped)
            }
        };
        found.or(Some(lowest))
    }

    /// Those of some signals that have a trap.
    pub(super) fn with_trap(&self, signals: SignalSet) -> SignalSet {
        signals.iter().filter(|s| self.action(*s).is_some()).fold(SignalSet::EMPTY, SignalSet::with)
    }

    /// The shell has begun with one of the signals that have come: the others wait for their turn.
    pub(super) fn put_off_round(&mut self) {
        self.state.ran_in_trap = false;
        let of_jobs = self.state.caught.contains(Signal::CHLD) && self.action(Signal::CHLD).is_none();
        let kept = if of_jobs { SignalSet::of(&[Signal::CHLD]) } else { SignalSet::EMPTY };
        self.state.put_off = self.state.put_off.union(self.state.caught.difference(kept));
        self.state.caught = kept;
    }

    /// A signal that waits for its turn, where that alone ends a `wait`.
    pub(super) fn has_yet_to_run(&self) -> Option<Signal> {
        let waiting = self.state.put_off.union(self.state.stranded).without(Signal::CHLD);
        let ends = self.columns().traps.pending_ends_wait;
        waiting.iter().find(|s| ends && self.action(*s).is_some())
    }

    /// Signals that wait for their turn have it now.
    pub(super) fn look_at_round(&mut self) {
        self.state.caught = self.state.caught.union(std::mem::take(&mut self.state.put_off));
    }

    /// The handler notes a signal. Those that wait for the next one have their turn with it.
    pub(super) fn note(&mut self, signal: Signal) {
        let waiting = self.state.caught.union(self.state.put_off).union(self.state.stranded);
        let traps = &self.columns().traps;
        if !waiting.contains(signal) {
            self.state.arrived.retain(|s| *s != signal);
            self.state.arrived.push(signal);
        } else if traps.order == TrapOrder::Arrival
            && signal != Signal::CHLD
            && self.state.arrived.len() < QUEUED_SIGNALS
        {
            self.state.arrived.push(signal);
        }
        self.state.caught = self.state.caught.with(signal);
        let follow = signal != Signal::CHLD && traps.together != Together::Apart;
        if follow || traps.together == Together::RoundUntilFailure {
            self.look_at_round();
            self.state.caught = self.state.caught.union(std::mem::take(&mut self.state.stranded));
        }
    }

    /// The trap of INT runs when the job in the foreground has ended: behind those of other signals that came meanwhile, or
    /// alone, so that the others only run when the next one comes (bash `run_interrupt_trap` clears `catch_flag`).
    pub(super) fn strand_for_int(&mut self) {
        let trapped = self.state.caught.contains(Signal::INT) && self.action(Signal::INT).is_some();
        if !trapped || !self.columns().jobs.told_together {
            return;
        }
        if !self.columns().traps.int_runs_alone {
            self.state.int_last = true;
            return;
        }
        let trapped = self.with_trap(self.state.caught.without(Signal::INT));
        self.state.caught = self.state.caught.difference(trapped);
        self.state.stranded = self.state.stranded.union(trapped);
    }
}
