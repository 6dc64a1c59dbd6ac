//! What `ps` and `kubectl get pods` print at a moment.

use serde::{Deserialize, Serialize};
use simulator::base::id::EventId;
use simulator::base::time::SimTime;
use simulator::observed::{ContainerState, Observed};
use simulator::program::ps;
use simulator::scenario::Draft;
use simulator::view::kubectl;
use simulator::view::verdict::verdict;
use simulator::world::Run;

use super::kept;

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// `ps axf` in the container that the verdict is about.
    Processes,
    /// `kubectl get pods`.
    Pods,
}

/// What it prints of what happened before an event; empty while the texts have errors.
pub(super) fn listing(draft: &Draft, before: EventId, now: SimTime, listing: Listing) -> String {
    let kept = kept::of(draft);
    let Some((scenario, run)) = &kept.ran else { return String::new() };
    let seen = Observed::at(&run.trace, before);
    match listing {
        Listing::Processes => processes(run, &seen),
        Listing::Pods => kubectl::get_pods(&scenario.inventory, &seen, now),
    }
}

fn processes(run: &Run, seen: &Observed) -> String {
    let container = verdict(&run.trace, &run.end).container.and_then(|c| seen.container(c));
    let space = container.and_then(|c| c.init).and_then(|t| seen.task(t)).map(|t| t.namespace);
    let over = container.is_none_or(|c| matches!(c.state, ContainerState::Exited { .. }));
    match space.filter(|_| !over) {
        Some(space) => ps::print(seen, space, ps::Style::Procps, &["axf"]).0,
        None => "(the container does not run)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::scenario::stories;

    #[test]
    fn before_the_first_event_nothing_runs_and_at_the_end_nothing_does() {
        let draft = stories::by_name("ruby-shell-form").unwrap().draft();
        let processes = |before: usize| listing(&draft, EventId::from_index(before), SimTime::ZERO, Listing::Processes);
        let events = kept::of(&draft).ran.as_ref().unwrap().1.trace.len();
        assert_eq!(processes(0), "(the container does not run)");
        assert_eq!(processes(events), "(the container does not run)");
        assert!((0..events).any(|n| processes(n).contains("\\_ ruby server.rb")));
    }

    #[test]
    fn pods_are_listed_as_kubectl_does() {
        let draft = stories::by_name("ruby-shell-form").unwrap().draft();
        let text = listing(&draft, EventId::from_index(30), SimTime::from_secs(5), Listing::Pods);
        assert!(text.starts_with("NAME "), "{text}");
    }
}
