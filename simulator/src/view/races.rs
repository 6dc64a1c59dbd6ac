//! What else could have happened: other orders of what happens at the same instant, as the sentences that they end with.
//!
//! Where reality has no order neither does the outcome; a run shows one of them. Not here: which fields differ (the command
//! line compares verdicts value by value).

use std::collections::BTreeSet;

use crate::scenario::Scenario;
use crate::view::headline::headline;
use crate::view::verdict::verdict;
use crate::world::{self, Run};

/// The other ends of a scenario, whose run this is, each as its headline; empty if none of the orders ends otherwise.
/// At most `most` orders are run, and at most as many as `world::other_orders` has.
pub fn other_ends(scenario: &Scenario, run: &Run, most: usize) -> BTreeSet<String> {
    let end = |run: &Run| headline(&verdict(&run.trace, &run.end), &run.end).1;
    let first = end(run);
    world::other_orders(scenario).take(most).map(|other| end(&other)).filter(|other| *other != first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Draft;
    use crate::scenario::stories;

    fn ends(draft: &Draft, most: usize) -> Vec<String> {
        let scenario = draft.check().0.unwrap();
        let run = world::run(&scenario);
        other_ends(&scenario, &run, most).into_iter().collect()
    }

    #[test]
    fn a_story_whose_instants_have_one_order_ends_in_one_way() {
        assert_eq!(ends(&stories::by_name("ruby-shell-form").unwrap().draft(), 50), [""; 0]);
    }

    #[test]
    fn a_request_that_arrives_at_the_instant_of_the_stop_is_lost_in_some_orders() {
        let draft = stories::by_name("nginx-sigquit").unwrap().draft();
        assert!(ends(&draft, 50).iter().any(|end| end.contains("lost")));
        assert_eq!(ends(&draft, 0), [""; 0]);
    }

    #[test]
    fn what_people_do_at_one_instant_is_no_race() {
        assert_eq!(ends(&stories::by_name("docker-stop-shell-form").unwrap().draft(), 50), [""; 0]);
    }
}
