//! The last runs, so that several questions about the same texts cost one.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use simulator::base::diagnostic::Diagnostic;
use simulator::scenario::{Draft, Scenario};
use simulator::trace::Trace;
use simulator::view::races;
use simulator::wire::Facts;
use simulator::world::{self, Run};

/// How many are kept: one for each lane that is compared.
const MOST: usize = 2;
/// Events that the search for other ends may cost.
const MOST_EVENTS: usize = 60_000;
/// It tries so many orders at least.
const FEWEST_ORDERS: usize = 4;

/// Texts and what came of them.
pub(super) struct Kept {
    draft: Draft,
    /// The scenario with its run; none while the texts have errors.
    pub(super) ran: Option<(Scenario, Run)>,
    /// Remarks on the texts.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// `wire::Answer`, without a copy of the trace.
#[derive(Serialize)]
struct Answer<'a> {
    run: Option<(&'a Trace, Facts)>,
    diagnostics: &'a [Diagnostic],
}

thread_local! {
    /// The newest last.
    static KEPT: RefCell<Vec<Rc<Kept>>> = const { RefCell::new(Vec::new()) };
}

/// What comes of these texts.
pub(super) fn of(draft: &Draft) -> Rc<Kept> {
    let known = KEPT.with_borrow(|all| all.iter().find(|kept| kept.draft == *draft).cloned());
    known.unwrap_or_else(|| {
        let (scenario, diagnostics) = draft.check();
        let ran = scenario.map(|scenario| {
            let run = world::run(&scenario);
            (scenario, run)
        });
        let kept = Rc::new(Kept { draft: draft.clone(), ran, diagnostics });
        KEPT.with_borrow_mut(|all| {
            if all.len() == MOST {
                all.remove(0);
            }
            all.push(kept.clone());
        });
        kept
    })
}

/// How the texts end with other orders of what happens at the same instant: as many orders as a moment has room for.
pub(super) fn other_ends(draft: &Draft) -> Vec<String> {
    let kept = of(draft);
    let Some((scenario, run)) = &kept.ran else { return Vec::new() };
    let most = (MOST_EVENTS / run.trace.len().max(1)).max(FEWEST_ORDERS);
    races::other_ends(scenario, run, most).into_iter().collect()
}

/// The answer to `Question::Run`, as bytes.
pub(super) fn answer(draft: &Draft) -> postcard::Result<Vec<u8>> {
    let kept = of(draft);
    let run = kept.ran.as_ref().map(|(scenario, run)| (&run.trace, Facts::of(scenario)));
    postcard::to_allocvec(&Answer { run, diagnostics: &kept.diagnostics })
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::scenario::stories;
    use simulator::wire;

    #[test]
    fn the_answer_is_that_of_a_run_that_is_not_kept() {
        for story in ["ruby-shell-form", "nginx-sigterm", "ruby-shell-form"] {
            let draft = stories::by_name(story).unwrap().draft();
            let expected = wire::answer(&draft);
            assert_eq!(postcard::from_bytes::<wire::Answer>(&answer(&draft).unwrap()).unwrap(), expected, "{story}");
        }
        let broken = Draft::new([("Dockerfile".to_owned(), "FRM x".to_owned())]);
        assert_eq!(postcard::from_bytes::<wire::Answer>(&answer(&broken).unwrap()).unwrap(), wire::answer(&broken));
    }

    #[test]
    fn no_more_runs_are_kept_than_are_compared() {
        let draft = |n: u32| Draft::new([("Dockerfile".to_owned(), format!("FROM debian\nCMD sleep {n}\n"))]);
        let first = of(&draft(1));
        assert!(Rc::ptr_eq(&first, &of(&draft(1))));
        of(&draft(2));
        of(&draft(3));
        assert!(!Rc::ptr_eq(&first, &of(&draft(1))));
        assert_eq!(KEPT.with_borrow(Vec::len), MOST);
    }
}
