//! What a shell does when fork(2) is refused: it tries again after a while, gives up, or goes on (`Children::refused`).

use super::Shell;
use super::process::Fork;
use super::step::Step;
use crate::base::time::SimDuration;
use crate::program::Call;

impl Shell {
    /// fork(2) was refused: it is tried again after a while, or given up.
    pub(super) fn refused(&mut self, why: Fork) -> Option<Call> {
        let refused = &self.columns().children.refused;
        let (again, last) = (self.message(refused.again, "", &[]), self.message(refused.message, "", &[]));
        let tries = usize::from(self.state.fork_tries);
        if let Some(wait) = refused.waits.get(tries) {
            self.state.fork_tries = self.state.fork_tries.saturating_add(1);
            self.stack.push(Step::ForkAgain(Box::new(why)));
            self.stack.push(Step::Do(Call::Sleep(SimDuration::from_secs(*wait))));
            self.error(again);
            return None;
        }
        self.state.fork_tries = 0;
        if refused.goes_on && !matches!(why, Fork::Substitution(..)) {
            self.state.status = 126;
        } else {
            self.exit_with(u16::from(refused.status));
        }
        self.error(last);
        None
    }

    /// The next try.
    pub(super) fn fork_again(&mut self, why: Fork) -> Option<Call> {
        self.fork(why)
    }
}
