//! What interrupts a job in the foreground, and what follows its end (XCU 2.9.4, 2.11).
//!
//! Not here: the waiting itself (`wait`), the table of jobs that bash keeps (`table`).

use super::Shell;
use super::state::TrapOn;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::Call;
use crate::shell::variants::Together;
use crate::trace::ExitStatus;

impl Shell {
    /// A signal came while a job was in the foreground.
    pub(super) fn interrupted_in_foreground(&mut self) -> Option<Call> {
        if self.ends_at_once() {
            return None;
        }
        if self.state.waited_last && self.columns().jobs.told_together && self.untrapped_int() {
            // bash takes it for the one that ends `wait`, which it has called before (`wait_sigint_handler`).
            match self.columns().signals.int_in_wait {
                Some(code) => self.end_by_int(u16::from(code)),
                None => self.repeat_int(),
            }
            return None;
        }
        // What a job in the foreground does with INT is its own affair (bash `wait_sigint_handler`).
        let own_groups = self.state.options.monitor && !self.state.in_substitution;
        let keeps_int = self.columns().jobs.told_together
            && !own_groups
            && !self.state.waited_last
            && !self.state.traps.contains_key(&TrapOn::Signal(Signal::INT));
        if keeps_int && self.state.caught.contains(Signal::INT) {
            self.state.caught = self.state.caught.without(Signal::INT);
            self.state.int_came = true;
        }
        let caught: Vec<Signal> = self.state.caught.iter().collect();
        for signal in caught {
            if self.leaves_inner(signal) {
                break;
            }
            if self.becomes_process_for(signal) {
                break;
            }
            let untrapped = signal == Signal::INT && self.action(signal).is_none();
            if untrapped && self.columns().traps.int_blocked_by_program {
                // It would be blocked if it were to wait.
                self.state.caught = self.state.caught.without(signal);
                self.end_itself(signal);
                break;
            }
            if self.columns().signals.reset_trap_still_acts && self.ends_itself(signal) {
                self.state.caught = self.state.caught.without(signal);
                break;
            }
            if self.exit_trap_on_signal(signal) {
                self.state.caught = self.state.caught.without(signal);
                if self.columns().jobs.told_together && !own_groups {
                    // It is kept for the end of the job, which nobody waits for now.
                    self.state.caught = self.state.caught.without(Signal::INT);
                }
                break;
            }
        }
        None
    }

    /// The job in the foreground is done: its status, and what is told of it.
    pub(super) fn foreground_done(&mut self, at: usize) {
        if at >= self.state.jobs.len() {
            return;
        }
        self.collect_rest();
        let together = self.columns().jobs.told_together;
        let job = match self.state.jobs.get(at).filter(|_| together) {
            Some(job) => job.clone(),
            None => self.state.jobs.remove(at),
        };
        let ends: Vec<(Pid, ExitStatus)> =
            job.processes.iter().map(|(pid, s)| (*pid, s.unwrap_or(ExitStatus::Exited(0)))).collect();
        let statuses: Vec<u16> = ends.iter().map(|(_, s)| self.status_of(*s)).collect();
        let last = statuses.last().copied().unwrap_or(0);
        let failed = statuses.iter().rev().find(|s| **s != 0).copied().unwrap_or(0);
        self.state.status = if self.state.options.pipefail { failed } else { last };
        self.state.pipe_statuses = statuses;
        self.state.child_died = matches!(ends.last(), Some((_, ExitStatus::Signaled(_))));
        self.state.ran_in_trap = self.columns().traps.together == Together::Apart;
        self.strand_for_int();
        self.state.int_came &= together;
        if together {
            let line = if self.columns().jobs.told_at_parsed_line { self.state.parsed_line } else { self.state.line };
            let before = std::mem::replace(&mut self.state.line, line);
            let told = self.look_through_table();
            self.state.line = before;
            // The end that was seen last decides (`child_caught_sigint`).
            let of_int = self.state.last_ended == Some(ExitStatus::Signaled(Signal::INT));
            if std::mem::replace(&mut self.state.int_came, false) && of_int {
                // The job has died of it, so it was meant for the shell too (`set_job_status_and_cleanup`).
                self.dies_of(Signal::INT);
            }
            self.tell(told);
        } else if self.columns().details.tells_when_collected {
            // It was told when it was collected.
        } else if self.columns().jobs.members_told {
            self.tell_members(&job);
        } else if let Some((pid, ExitStatus::Signaled(signal))) = ends.last() {
            let messages = &self.columns().messages;
            let term = *signal == Signal::TERM;
            let template = if term { messages.foreground_terminated } else { messages.foreground_killed };
            let quiet = *signal == Signal::INT || *signal == Signal::PIPE;
            if !quiet {
                self.killed_message(template, *pid, *signal, &job.text);
            }
        }
        self.write_held();
    }
}
