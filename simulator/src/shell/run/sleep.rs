//! The `sleep` builtin, where a shell has one.

use super::Shell;
use super::step::Step;
use super::wait::Interruption;
use crate::base::signal::SignalSet;
use crate::base::time::SimTime;
use crate::program::{Call, Resume, Sys};
use crate::shell::variants::ExitTrapOnSignal;

impl Shell {
    /// One call further in `sleep`, where that is a builtin.
    pub(super) fn sleep_builtin(&mut self, until: Option<SimTime>, sys: &Sys<'_>) -> Option<Call> {
        if std::mem::replace(&mut self.last, Resume::Done) == Resume::Interrupted {
            if self.state.lost.take().is_some() {
                // The end of the builtin forgets whose trap runs (`sh_exit`, `cursig`).
                self.state.running_traps = SignalSet::EMPTY;
                self.state.caught = self.state.caught.union(std::mem::take(&mut self.state.shelved));
            }
            let signal = self.trapped_signal();
            if self.columns().signals.exit_trap_on_signal == ExitTrapOnSignal::RunsAndExitsWithNumber {
                // It is over before the signal is looked at.
                self.state.status = 0;
            }
            match self.interruption() {
                Interruption::GoOn => {}
                Interruption::End(status) => {
                    let number = signal.map(|s| self.status_of_signal(s));
                    self.state.status = number.unwrap_or(status);
                    self.state.ended_by = signal.filter(|_| self.columns().signals.end_forgotten_at_next_command);
                    return None;
                }
                Interruption::Leave => return None,
            }
        }
        let Some(until) = until else {
            self.stack.push(Step::Sleep { until: None });
            return Some(Call::Pause);
        };
        let left = until.since(sys.now);
        if left.as_micros() == 0 {
            self.state.status = 0;
            return None;
        }
        self.stack.push(Step::Sleep { until: Some(until) });
        Some(Call::Sleep(left))
    }
}
