//! Requests end once, add up, and go only where somebody thinks they can go.

use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::rules::RuleId;
use simulator::scenario::fleet::{Change, Fleet};
use simulator::trace::{EventKind, OnRequest, Outcome};
use simulator::world;

use super::cases;

#[test]
fn a_request_ends_at_most_once_and_nothing_follows() {
    for case in cases::all() {
        let mut ended = vec![false; case.run.end.requests.len()];
        let mut sent = 0;
        for event in case.run.trace.events() {
            let EventKind::Request(request, what) = &event.kind else { continue };
            assert!(!ended[request.index()], "seed {}: {what:?} of request {} after its end", case.seed, request.0);
            match what {
                OnRequest::Sent { .. } => {
                    assert_eq!(request.index(), sent, "seed {}: requests are sent in order", case.seed);
                    sent += 1;
                }
                OnRequest::Ended(_) => ended[request.index()] = true,
                OnRequest::Accepted(_) | OnRequest::Queued | OnRequest::Retried { .. } => {}
            }
        }
    }
}

#[test]
fn what_was_sent_is_what_ended_and_what_is_open() {
    let mut all = 0;
    for case in cases::all() {
        let totals = case.run.end.totals;
        let by_outcome: u32 = Outcome::ALL.iter().map(|o| totals.of(*o)).sum();
        let open = case.run.end.requests.iter().filter(|r| r.outcome().is_none()).count();
        assert_eq!(by_outcome, totals.of(Outcome::Ok) + totals.failed(), "seed {}", case.seed);
        assert_eq!(totals.sent - by_outcome, u32::try_from(open).expect("few"), "seed {}", case.seed);
        assert_eq!(totals.open(), totals.sent - by_outcome, "seed {}", case.seed);
        all += totals.sent;
    }
    assert!(all > 2_000, "there are only {all} requests in all cases");
}

#[test]
fn no_process_works_on_less_than_nothing_and_the_dead_work_on_nothing() {
    for case in cases::all() {
        let mut working = vec![0_u32; case.run.end.tasks.len()];
        for request in case.run.end.requests.iter().filter(|r| r.outcome().is_none()) {
            if let Some(task) = request.task {
                working[task.index()] += 1;
            }
        }
        for (number, task) in case.run.end.tasks.iter().enumerate() {
            let known = task.alive().map_or(0, |a| a.in_flight);
            assert_eq!(known, working[number], "seed {}: {}", case.seed, task.comm);
        }
    }
}

#[test]
fn a_new_connection_goes_only_to_an_endpoint_that_its_consumer_routes_to() {
    for case in cases::all() {
        let mut seen = Observed::default();
        for (id, event) in case.run.trace.iter() {
            if let EventKind::Request(request, what) = &event.kind
                && event.rule != RuleId::RequestKept
            {
                let to = match what {
                    OnRequest::Sent { consumer, pod, .. } => pod.map(|pod| (*consumer, pod)),
                    OnRequest::Retried { pod, .. } => {
                        pod.zip(seen.request(*request)).map(|(pod, request)| (request.consumer, pod))
                    }
                    _ => None,
                };
                if let Some((consumer, pod)) = to {
                    let routed = seen.endpoints.get(&pod).is_some_and(|e| e.routed_by(consumer));
                    assert!(routed, "seed {}: request {} goes to a pod that is not routed to", case.seed, request.0);
                }
            }
            seen.apply(id, event);
        }
    }
}

#[test]
fn a_hook_longer_than_the_lag_and_a_grace_longer_than_hook_and_drain_lose_no_request() {
    for seed in 0..4 {
        for change in [Change::Scale(1), Change::Restart] {
            let fleet = Fleet {
                replicas: 3,
                change,
                per_s: 20,
                service_ms: 900,
                seconds: 20,
                stop_signal: "SIGQUIT",
                hook_s: 4,
                seed,
            };
            let scenario = fleet.draft().check().0.expect("a fleet checks");
            let run = world::run(&scenario);
            assert_eq!(run.end.totals.failed(), 0, "seed {seed}, {change:?}");
            assert!(run.end.totals.of(Outcome::Ok) > 300, "seed {seed}: too few requests to say anything");
            let hard = Fleet { stop_signal: "SIGTERM", hook_s: 0, ..fleet }.draft().check().0.expect("a fleet checks");
            assert!(world::run(&hard).end.totals.failed() > 0, "without the hook requests are lost");
            assert!(run.end.now > SimTime::from_secs(20));
        }
    }
}
