//! The one door to the simulator: texts in, a run out.
//!
//! With the feature `split` the simulator is a module of its own, which arrives after the page. Until then there are only
//! the runs that were recorded when the page was built.

use simulator::base::diagnostic::Diagnostic;
pub use simulator::scenario::Draft;
pub use simulator::wire::Facts;
use simulator::wire::{self, Answer};
pub use simulator::world::Run;

/// Checks the texts and runs them, with the settings they give; no run while they have errors, or nobody can run them yet.
pub fn run(draft: &Draft) -> (Option<(Run, Facts)>, Vec<Diagnostic>) {
    let Answer { run, diagnostics } = ask(draft).unwrap_or_default();
    (run.map(|(trace, facts)| (wire::run_of(trace), facts)), diagnostics)
}

/// Can this be run now?
pub fn can_run(draft: &Draft) -> bool {
    is_ready() || recorded(draft).is_some()
}

#[cfg(not(feature = "split"))]
mod here {
    use super::{Answer, Draft, wire};

    /// Can every draft be run? Always, where the simulator is part of the page.
    pub fn is_ready() -> bool {
        true
    }

    pub(super) fn recorded(_: &Draft) -> Option<Answer> {
        None
    }

    pub(super) fn ask(draft: &Draft) -> Option<Answer> {
        Some(wire::answer(draft))
    }
}

#[cfg(feature = "split")]
mod apart {
    use super::{Answer, Draft};
    use crate::effect::engine;

    /// The runs of the opening figure, in the order of its drafts; made by build.rs.
    static RECORDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/opening.run"));

    /// Can every draft be run?
    pub fn is_ready() -> bool {
        engine::is_there()
    }

    pub(super) fn recorded(draft: &Draft) -> Option<Answer> {
        let all: Vec<Answer> = postcard::from_bytes(RECORDED).ok()?;
        let place = crate::store::opening::drafts().iter().position(|d| d == draft)?;
        all.into_iter().nth(place)
    }

    pub(super) fn ask(draft: &Draft) -> Option<Answer> {
        recorded(draft).or_else(|| postcard::from_bytes(&engine::ask(draft)?).ok())
    }
}

#[cfg(feature = "split")]
pub use apart::is_ready;
#[cfg(feature = "split")]
use apart::{ask, recorded};
#[cfg(not(feature = "split"))]
pub use here::is_ready;
#[cfg(not(feature = "split"))]
use here::{ask, recorded};

/// Nothing happened.
pub fn nothing() -> Run {
    Run { trace: Default::default(), end: Default::default() }
}
