//! The one door to the simulator: texts in, a run out.

use simulator::base::diagnostic::Diagnostic;
pub use simulator::scenario::{Draft, Scenario};
use simulator::world;
pub use simulator::world::Run;

/// Checks the texts and runs them; no run while they have errors.
pub fn run(draft: &Draft) -> (Option<(Run, Scenario)>, Vec<Diagnostic>) {
    let (scenario, diagnostics) = draft.check();
    (scenario.map(|s| (world::run(&s), s)), diagnostics)
}

/// Nothing happened.
pub fn nothing() -> Run {
    Run { trace: Default::default(), end: Default::default() }
}
