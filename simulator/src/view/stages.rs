//! The stages of a stop under load, as times since it began: who was how late, and what was lost when.
//!
//! One number each, to be set beside each other over many runs: the stage whose times vary with the losses is the one that
//! makes them. Read off the trace. Not here: why (`explain`), and which timer would have to be longer (`timers`).

use crate::base::id::PodId;
use crate::base::time::{SimDuration, SimTime};
use crate::observed::Observed;
use crate::trace::{EventKind, OnContainer, OnEndpoint, OnPod, OnRequest, Outcome, Trace};

/// The first and the last of several times, since the stop began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The first.
    pub first: SimDuration,
    /// The last.
    pub last: SimDuration,
}

/// When what happened to the pods that go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// The scale call, the delete, the update: the last input before the first pod is deleted.
    pub began: Option<SimTime>,
    /// Stop signals to their containers.
    pub stop_signals: Option<Extent>,
    /// The consumers of the endpoint list leave them out.
    pub unrouted: Option<Extent>,
    /// Their networks are gone.
    pub network_gone: Option<Extent>,
    /// For every outcome but success, in the order of `Outcome::ALL`: when requests that ended so were sent.
    pub lost: Vec<(Outcome, Extent)>,
}

/// The stages of a run.
pub fn stages(trace: &Trace, end: &Observed) -> Stages {
    let Some(first) = end.pods.iter().filter_map(|p| p.deleted.map(|(_, _, by)| by)).min() else {
        return Stages::default();
    };
    let input = trace.causes(first).last().copied().unwrap_or(first);
    let Some(began) = trace.get(input).map(|e| e.at) else { return Stages::default() };
    let goes = |pod: PodId| end.pod(pod).is_some_and(|p| p.deleted.is_some());
    let mut stages = Stages { began: Some(began), ..Stages::default() };
    for event in trace.events().iter().skip(first.index()) {
        let place = match &event.kind {
            EventKind::Container(c, OnContainer::StopRequested { .. })
                if end.container(*c).is_some_and(|c| !c.is_sandbox()) =>
            {
                &mut stages.stop_signals
            }
            EventKind::Endpoint(pod, OnEndpoint::Learned { routes: false, .. }) if goes(*pod) => &mut stages.unrouted,
            EventKind::Pod(pod, OnPod::NetworkGone) if goes(*pod) => &mut stages.network_gone,
            EventKind::Request(request, OnRequest::Ended(outcome)) if *outcome != Outcome::Ok => {
                if let Some(sent) = end.request(*request).map(|r| r.sent) {
                    note(&mut stages.lost, *outcome, sent.since(began));
                }
                continue;
            }
            _ => continue,
        };
        widen(place, event.at.since(began));
    }
    stages.lost.sort_by_key(|(outcome, _)| *outcome);
    stages
}

/// Requests are noted by the time of their sending, before the beginning as 0.
fn note(lost: &mut Vec<(Outcome, Extent)>, outcome: Outcome, at: SimDuration) {
    match lost.iter_mut().find(|(known, _)| *known == outcome) {
        Some((_, extent)) => *extent = Extent { first: extent.first.min(at), last: extent.last.max(at) },
        None => lost.push((outcome, Extent { first: at, last: at })),
    }
}

fn widen(place: &mut Option<Extent>, at: SimDuration) {
    let extent = place.get_or_insert(Extent { first: at, last: at });
    *extent = Extent { first: extent.first.min(at), last: extent.last.max(at) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::fleet::Fleet;
    use crate::world::run;

    #[test]
    fn a_scale_down_stops_processes_before_the_list_and_takes_networks_last() {
        let draft = Fleet { replicas: 4, per_s: 50, seconds: 12, ..Fleet::SMALL }.draft();
        let run = run(&draft.check().0.unwrap());
        let stages = stages(&run.trace, &run.end);
        assert_eq!(stages.began, Some(SimTime::from_secs(13)));
        let signals = stages.stop_signals.unwrap();
        let gone = stages.network_gone.unwrap();
        assert!(signals.first < stages.unrouted.unwrap().last);
        assert!(signals.last < gone.last && gone.last < SimDuration::from_secs(2), "{stages:?}");
        assert!(stages.lost.iter().any(|(outcome, _)| *outcome == Outcome::Cut));
    }

    #[test]
    fn without_a_stop_there_are_no_stages() {
        assert_eq!(stages(&Trace::default(), &Observed::default()), Stages::default());
    }
}
