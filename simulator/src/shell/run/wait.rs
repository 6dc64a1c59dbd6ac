//! Waiting for the job in the foreground, and what interrupts builtins that wait (XCU 2.11).
//!
//! Not here: `wait` itself (`wait_builtin`, `table`).

use super::Shell;
use super::report::description;
use super::state::TrapOn;
use super::step::Step;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, Resume};
use crate::shell::variants::messages::fill;
use crate::shell::variants::{ExitTrapOnSignal, IntAfter};
use crate::trace::{ExitStatus, WaitTarget};

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
    pub(super) fn status_of_interrupted_wait(&self, signal: Signal) -> u16 {
        self.columns().details.interrupted_wait_status.unwrap_or_else(|| self.status_of_signal(signal))
    }

    /// Waits for the children of a foreground job. A trap waits too (measured in every shell).
    pub(super) fn foreground(&mut self, job: usize, asked: bool) -> Option<Call> {
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
                    if self.leaves_foreground(job) {
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
    pub(super) fn background_template(&self, signal: Signal, named: bool) -> &'static str {
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

    /// What the shell calls the end by a signal.
    pub(super) fn signal_text(&self, signal: Signal) -> String {
        let own = self.columns().messages.signal_texts.iter().find(|(s, _)| *s == signal);
        own.map_or_else(|| description(signal), |(_, text)| (*text).to_owned())
    }

    /// The line that says that a child died of a signal.
    pub(super) fn killed_message(&mut self, template: &str, pid: Pid, signal: Signal, command: &str) {
        if template.is_empty() {
            return;
        }
        let text = self.signal_text(signal);
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
}
