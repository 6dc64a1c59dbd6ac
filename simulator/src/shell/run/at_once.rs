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

    /// A signal that ends the shell in the middle of a foreground job: true if one came. The handler of CHLD, which may
    /// come with it, looks for children that have ended first.
    pub(super) fn leaves_foreground(&mut self, job: usize) -> bool {
        let at_once = self.columns().signals.fatal_at_once;
        let untrapped = |s: &Signal| !self.state.traps.contains_key(&TrapOn::Signal(*s));
        let signal = self.state.caught.iter().find(|s| at_once.contains(s) && untrapped(s));
        self.stack.extend(signal.map(|signal| Step::LeaveForeground { job, signal }));
        self.stack.extend(signal.map(|_| Step::CollectRest { asked: false }));
        signal.is_some()
    }

    /// The shell ends; what is left of the job in the foreground is sent HUP (pdksh `j_exit`).
    pub(super) fn leave_foreground(&mut self, job: usize, signal: Signal, sys: &Sys<'_>) {
        let (own_group, processes) =
            self.state.jobs.get(job).map(|j| (j.own_group, j.processes.clone())).unwrap_or_default();
        let left: Vec<KillTarget> = match processes.first() {
            Some((leader, _)) if own_group && processes.iter().any(|(_, end)| end.is_none()) => {
                vec![KillTarget::Group(*leader)]
            }
            _ => processes.iter().filter(|(_, end)| end.is_none()).map(|(pid, _)| KillTarget::Pid(*pid)).collect(),
        };
        self.state.caught = SignalSet::EMPTY;
        self.exit_by(signal);
        if self.state.subshell || left.is_empty() {
            return;
        }
        self.state.last_second = true;
        self.stack.push(Step::Status(self.state.status));
        self.stack.push(Step::Sleep { until: Some(sys.now + LAST_SECOND) });
        self.stack.extend(left.into_iter().rev().map(|target| Step::Do(Call::Kill(target, Some(Signal::HUP)))));
    }
}
