//! Signals that end a shell in the middle of a foreground command or a substitution (pdksh `jobs.c`, `j_waitj`).
//!
//! Not here: signals that wait until the command has ended (`trap`), and those that interrupt `wait` (`wait`).

use super::Shell;
use super::state::TrapOn;
use super::step::Step;
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimDuration;
use crate::program::{Call, KillTarget, Sys};

/// What a shell waits for after it has sent HUP to its foreground job (pdksh `j_exit`).
const LAST_SECOND: SimDuration = SimDuration::from_secs(1);

impl Shell {
    /// A signal that does not wait for the command has come while `$( )` ran: the shell ends before the command. The other
    /// shells only do so while its process is waited for.
    pub(super) fn ends_behind_substitution(&mut self, waits: bool) -> bool {
        let signals = &self.columns().signals;
        let untrapped = |s: &Signal| !self.state.traps.contains_key(&TrapOn::Signal(*s));
        let now = signals.fatal_behind_substitution != waits;
        let ends = |s: &Signal| now && signals.fatal_at_once.contains(s) && untrapped(s);
        match self.state.caught.iter().find(ends) {
            Some(signal) => {
                self.results.clear();
                self.act_on(signal);
                true
            }
            None => false,
        }
    }

    /// A signal that ends the shell in the middle of a foreground job, which is sent HUP (pdksh `j_exit`): true if one came.
    pub(super) fn leaves_foreground(&mut self, job: usize, sys: &Sys<'_>) -> bool {
        let at_once = self.columns().signals.fatal_at_once;
        let untrapped = |s: &Signal| !self.state.traps.contains_key(&TrapOn::Signal(*s));
        let Some(signal) = self.state.caught.iter().find(|s| at_once.contains(s) && untrapped(s)) else { return false };
        let running = self.state.jobs.get(job).map(|j| (j.own_group, j.processes.clone())).unwrap_or_default();
        self.state.caught = SignalSet::EMPTY;
        self.exit_by(signal);
        if self.state.subshell {
            return true;
        }
        self.state.last_second = true;
        self.stack.push(Step::Status(self.state.status));
        self.stack.push(Step::Sleep { until: Some(sys.now + LAST_SECOND) });
        let (own_group, processes) = running;
        if own_group {
            let leader = processes.first().map(|(pid, _)| KillTarget::Group(*pid));
            self.stack.extend(leader.map(|group| Step::Do(Call::Kill(group, Some(Signal::HUP)))));
            return true;
        }
        let left = processes.iter().rev().filter(|(_, end)| end.is_none());
        self.stack.extend(left.map(|(pid, _)| Step::Do(Call::Kill(KillTarget::Pid(*pid), Some(Signal::HUP)))));
        true
    }
}
