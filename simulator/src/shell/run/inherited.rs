//! What a child finds of its parent's ignored signals, and what a job behind `&` ignores (XCU 2.11, 2.13).
//!
//! Not here: traps and their reset (`trap`), starting children (`process`).

use super::Shell;
use super::redirect::{Apply, Redir, Then};
use super::state::TrapOn;
use super::step::Step;
use crate::base::signal::Signal;
use crate::program::{Call, OpenMode};
use crate::trace::Disposition;

impl Shell {
    /// Signals that the shell ignores by itself get the disposition that it found.
    pub(super) fn give_back_ignored(&mut self) -> Vec<Step> {
        let signals = &self.columns().signals;
        let mine = |s: &Signal| {
            let found = self.state.ignored_at_start.contains(*s);
            let trapped = self.state.traps.contains_key(&TrapOn::Signal(*s));
            let of_job = self.state.background_ignored && *s == Signal::QUIT;
            !(found || trapped || of_job)
        };
        if !self.state.handlers {
            return Vec::new();
        }
        let given: Vec<Signal> = signals.ignored.iter().filter(|s| mine(s)).copied().collect();
        let substitution = std::mem::take(&mut self.state.ignores_for_substitution);
        let children = &self.columns().children;
        let also = children.substitution_ignores.iter().filter(|_| substitution);
        let kept = substitution && children.substitution_keeps_ignored && self.state.monitored;
        let kept = signals.monitor_ignores.iter().filter(|_| kept).copied();
        let given = given.into_iter().chain(also.filter_map(|n| Signal::from_number(*n))).chain(kept);
        given.map(|s| Step::Do(Call::Sigaction(s, Disposition::Default))).collect()
    }

    /// What `$( )` ignores while it is a shell; its own children do not.
    pub(super) fn ignore_in_substitution(&mut self) {
        let signals = self.columns().children.substitution_ignores;
        let calls = signals.iter().filter_map(|n| Signal::from_number(*n));
        self.stack.extend(calls.map(|s| Step::Do(Call::Sigaction(s, Disposition::Ignore))));
    }

    /// Where the keyboard signals of a job are ignored as by a trap: these traps.
    pub(super) fn ignore_by_trap(&mut self, detached: bool) {
        let columns = self.columns();
        if detached && columns.signals.background_ignores_int_quit && columns.children.job_ignores_by_trap {
            for signal in [Signal::INT, Signal::QUIT] {
                self.state.traps.insert(TrapOn::Signal(signal), "".into());
            }
        }
    }

    /// A background job gives INT and QUIT back to what replaces it, unless it is one simple command.
    pub(super) fn give_back_keyboard(&mut self) {
        if self.state.background_ignored && !self.state.plain_job {
            self.default_keyboard();
        }
    }

    pub(super) fn default_keyboard(&mut self) {
        let kept = |s: &Signal| self.state.ignored_at_start.contains(*s) || self.is_trapped(*s);
        let both: Vec<Signal> = [Signal::INT, Signal::QUIT].into_iter().filter(|s| !kept(s)).collect();
        self.stack.extend(both.into_iter().map(|s| Step::Do(Call::Sigaction(s, Disposition::Default))));
    }

    /// A builtin or function runs in a background job of its own.
    pub(super) fn builtin_in_job(&mut self) {
        if std::mem::replace(&mut self.state.plain_job, false)
            && self.state.background_ignored
            && self.columns().jobs.background_builtin_hears_int
        {
            self.hear_int();
        }
    }

    /// A job listens to INT again, unless that was ignored before.
    fn hear_int(&mut self) {
        let ignored = self.has_empty_trap(Signal::INT);
        if !ignored && !self.state.ignored_at_start.contains(Signal::INT) {
            self.stack.push(Step::Do(Call::Sigaction(Signal::INT, Disposition::Catch)));
        }
    }

    /// Signals that a program in the foreground finds ignored.
    pub(super) fn ignore_for_program(&mut self) {
        let signals = self.columns().signals.children_ignore.iter().filter_map(|n| Signal::from_number(*n));
        self.stack.extend(signals.map(|s| Step::Do(Call::Sigaction(s, Disposition::Ignore))));
    }

    /// Signals that a program in the shell's place finds at their default.
    pub(super) fn release_for_replacement(&mut self) {
        let signals = &self.columns().signals;
        let monitored = signals.monitor_ignores.iter().filter(|_| self.state.options.monitor);
        let released = signals.replaced_releases.iter().filter(|s| !self.state.found_ignored.contains(**s));
        let released = released.chain(monitored);
        self.stack.extend(released.map(|s| Step::Do(Call::Sigaction(*s, Disposition::Default))));
        if std::mem::take(&mut self.state.interactive) {
            self.leave_interactive(self.columns().invocation.interactive_leaves);
        }
        self.write_held();
    }

    /// Signals whose action keeps a background job from ignoring them.
    pub(super) fn trapped_for_background(&self) -> Vec<Signal> {
        let spares = self.columns().signals.background_spares_trapped;
        let trapped = |s: &Signal| self.action(*s).is_some();
        [Signal::INT, Signal::QUIT].into_iter().filter(|s| spares && trapped(s)).collect()
    }

    /// A job that is not waited for: no keyboard signals, no input (XCU 2.9.3.1, 2.11).
    pub(super) fn detach(&mut self, no_input: bool, trapped: &[Signal], hears_int: bool) {
        if hears_int {
            self.hear_int();
        }
        if self.columns().signals.background_ignores_int_quit {
            for signal in [Signal::INT, Signal::QUIT].into_iter().filter(|s| !trapped.contains(s)) {
                self.stack.push(Step::Do(Call::Sigaction(signal, Disposition::Ignore)));
                if self.columns().signals.background_gives_back {
                    self.state.background_ignored = true;
                } else if !self.columns().children.job_ignores_by_trap {
                    self.state.ignored_at_start = self.state.ignored_at_start.with(signal);
                }
            }
        }
        if !no_input {
            return;
        }
        let null = Redir::Open { fd: 0, path: "/dev/null".into(), mode: OpenMode::Read, clobber: true };
        let then = Then::SubshellBody;
        self.stack.push(Step::Apply(Box::new(Apply::new(vec![null], false, then))));
    }
}
