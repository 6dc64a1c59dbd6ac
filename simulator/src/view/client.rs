//! What the client sees of the requests that failed: its own words for each, by the rule that decided it.
//!
//! A proxy in between turns a broken connection into a status; without one the client has the error of its own system call.
//! Read off the trace and the end. Not here: why (`findings`), when (`stages`).

use crate::base::id::EventId;
use crate::cluster::settings::Consumer;
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnRequest, Outcome, Trace};

/// Requests that failed alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the client sees: `502 Bad Gateway`, `connection reset by peer`.
    pub words: &'static str,
    /// How it ended inside.
    pub outcome: Outcome,
    /// The rule that decided it: the stage of the stop that it fell into.
    pub rule: RuleId,
    /// How many.
    pub count: u32,
    /// The first.
    pub first: EventId,
}

/// Requests that failed, as the client sees them through these consumers; the most frequent first.
pub fn seen(trace: &Trace, end: &Observed, consumers: &[Consumer]) -> Vec<Seen> {
    let mut all: Vec<Seen> = Vec::new();
    for (id, event) in trace.iter() {
        let EventKind::Request(request, OnRequest::Ended(outcome)) = &event.kind else { continue };
        let Some(state) = end.request(*request).filter(|_| *outcome != Outcome::Ok) else { continue };
        let Some(row) = consumers.get(usize::from(state.consumer)).map(|c| c.row) else { continue };
        let (words, rule) = (row.client_sees(*outcome), event.rule);
        match all.iter_mut().find(|s| s.words == words && s.outcome == *outcome && s.rule == rule) {
            Some(known) => known.count += 1,
            None => all.push(Seen { words, outcome: *outcome, rule, count: 1, first: id }),
        }
    }
    all.sort_by_key(|s| (std::cmp::Reverse(s.count), s.first));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::fleet::Fleet;
    use crate::world::run;

    fn of(path: &str) -> Vec<(&'static str, RuleId)> {
        let mut draft = Fleet { seconds: 22, ..Fleet::SMALL }.draft();
        let settings = draft.files["scenario.yaml"]
            .replace("traffic: {", &format!("traffic: {{path: {path}, repeatable: false, "));
        draft.files.insert("scenario.yaml".to_owned(), settings);
        let scenario = draft.check().0.unwrap();
        let run = run(&scenario);
        seen(&run.trace, &run.end, &scenario.cluster.consumers).iter().map(|s| (s.words, s.rule)).collect()
    }

    #[test]
    fn a_client_of_the_service_sees_errors_of_its_own_connections() {
        let seen = of("kube-proxy");
        assert!(seen.contains(&("empty reply", RuleId::RequestCut)), "{seen:?}");
        assert!(seen.contains(&("connection refused", RuleId::RequestRefused)), "{seen:?}");
        assert!(seen.contains(&("timeout", RuleId::RequestNetworkGone)), "{seen:?}");
    }

    #[test]
    fn behind_a_proxy_the_same_failures_are_statuses() {
        let seen = of("ingress-nginx");
        assert!(seen.contains(&("502 Bad Gateway", RuleId::RequestCut)), "{seen:?}");
        assert!(seen.iter().all(|(words, _)| words.starts_with("50")), "{seen:?}");
    }
}
