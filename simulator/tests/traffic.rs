//! Requests during a scale-down, through the whole simulator: the same kinds of failure in the same order, and about as many,
//! as on a real cluster.
//!
//! Measured there (Kubernetes 1.36.2, nginx 1.22, kube-proxy with nftables, 10 pods scaled to 1, 100 requests/s of 1.0 s each,
//! 2,200 requests, two runs each): SIGTERM 84 and 89 cut, 40 and 47 refused, 49 and 59 timed out; SIGQUIT 2 and 94 refused;
//! with a preStop sleep of 5 s none lost, whatever the signal.

use simulator::base::limits::{BATCH, INTERACTIVE};
use simulator::rules::RuleId;
use simulator::scenario::fleet::{Change, Fleet};
use simulator::scenario::stories;
use simulator::trace::{EventKind, OnEndpoint, OnPod, OnRequest, Outcome};
use simulator::world::{Run, run};

/// The measured load: 22 s, the scale call after a quarter.
const MEASURED: Fleet = Fleet { seconds: 22, ..Fleet::SMALL };

fn run_fleet(fleet: Fleet) -> Run {
    let (scenario, remarks) = fleet.draft().check_with(INTERACTIVE);
    run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")))
}

fn run_story(name: &str) -> Run {
    let draft = stories::by_name(name).expect("a story of this name").draft();
    let (scenario, remarks) = draft.check_with(INTERACTIVE);
    run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")))
}

/// Ok, refused, reset, cut, timed out, without endpoint.
fn outcomes(run: &Run) -> [u32; 6] {
    Outcome::ALL.map(|o| run.end.totals.of(o))
}

/// When the first and the last request was sent that ended so, in milliseconds.
fn sent(run: &Run, outcome: Outcome) -> (u64, u64) {
    let of = run.end.requests.iter().filter(|r| r.outcome() == Some(outcome));
    let times: Vec<u64> = of.map(|r| r.sent.as_micros() / 1_000).collect();
    (times.iter().min().copied().unwrap_or(0), times.iter().max().copied().unwrap_or(0))
}

/// Cut (with reset), refused, timed out and lost of many seeds.
fn over_seeds(seeds: u64, stop_signal: &'static str, check: impl Fn(u64, &Run)) -> [Vec<u32>; 4] {
    let mut all: [Vec<u32>; 4] = Default::default();
    for seed in 1..=seeds {
        let run = run_fleet(Fleet { seed, stop_signal, ..MEASURED });
        let [ok, refused, reset, cut, timed_out, none] = outcomes(&run);
        assert_eq!((ok + refused + reset + cut + timed_out, none), (2_200, 0), "seed {seed}");
        check(seed, &run);
        let lost = [cut + reset, refused, timed_out, cut + reset + refused + timed_out];
        all.iter_mut().zip(lost).for_each(|(list, count)| list.push(count));
    }
    all.iter_mut().for_each(|list| list.sort_unstable());
    all
}

fn median(sorted: &[u32]) -> u32 {
    sorted[sorted.len() / 2]
}

/// Is a measured count inside what the seeds give?
fn reaches(sorted: &[u32], measured: u32) -> bool {
    sorted.first().is_some_and(|least| *least <= measured) && sorted.last().is_some_and(|most| measured <= *most)
}

#[test]
fn sigterm_cuts_what_is_in_flight_then_refuses_then_times_out() {
    let order = |seed: u64, run: &Run| {
        let [_, refused, _, cut, timed_out, _] = outcomes(run);
        assert!(cut > 0, "seed {seed}");
        if refused > 0 {
            assert!(sent(run, Outcome::Cut).0 < sent(run, Outcome::Refused).0, "seed {seed}");
        }
        if refused > 0 && timed_out > 0 {
            assert!(sent(run, Outcome::Refused).0 < sent(run, Outcome::TimedOut).0, "seed {seed}");
        }
    };
    let [cut, refused, timed_out, lost] = over_seeds(60, "SIGTERM", order);
    for (kind, measured) in [(&cut, [87, 89]), (&refused, [40, 47]), (&timed_out, [49, 59]), (&lost, [176, 195])] {
        assert!(measured.iter().all(|m| reaches(kind, *m)), "{measured:?} in {kind:?}");
    }
    assert!((84..=94).contains(&median(&cut)), "{cut:?}");
    assert!((33..=44).contains(&median(&refused)), "{refused:?}");
    assert!((43..=56).contains(&median(&timed_out)), "{timed_out:?}");
    assert!((170..=188).contains(&median(&lost)), "{lost:?}");
    // Now and then the first rewrite of the rules has all deletions in it, and next to nothing is lost after the cut.
    assert!((80..=110).contains(&lost[0]), "{lost:?}");
}

#[test]
fn sigquit_serves_what_is_in_flight_and_refuses_a_few_or_a_second_full() {
    let order = |seed: u64, run: &Run| {
        let [_, refused, reset, cut, timed_out, _] = outcomes(run);
        assert_eq!((reset, cut), (0, 0), "seed {seed}");
        // The address goes only after the last request is served: a second after the signal, as the routes do.
        assert!(timed_out <= 25, "seed {seed}: {timed_out} timed out");
        assert!(refused <= 20 || (40..=110).contains(&refused), "seed {seed}: {refused} refused");
    };
    let [_, refused, timed_out, lost] = over_seeds(60, "SIGQUIT", order);
    // Measured: 2 and 94.
    assert!(refused[0] <= 10 && reaches(&refused, 94), "{refused:?}");
    assert_eq!(median(&timed_out), 0);
    assert!((80..=95).contains(&median(&lost)), "{lost:?}");
}

#[test]
fn with_a_hook_of_five_seconds_nothing_is_lost_whatever_the_signal() {
    for stop_signal in ["SIGTERM", "SIGQUIT"] {
        for seed in 1..=10 {
            let run = run_fleet(Fleet { seed, stop_signal, hook_s: 5, ..MEASURED });
            assert_eq!(outcomes(&run), [2_200, 0, 0, 0, 0, 0], "{stop_signal}, seed {seed}");
        }
    }
}

#[test]
fn a_hook_that_quits_nginx_and_returns_at_once_does_not_help() {
    let run = run_story("nginx-prestop-quit");
    let [_, _, _, cut, _, _] = outcomes(&run);
    assert!(cut >= 800, "{:?}", outcomes(&run));
}

#[test]
fn a_refused_request_leads_to_the_closed_socket_and_to_the_scale_call() {
    let run = run_fleet(Fleet { stop_signal: "SIGQUIT", ..MEASURED });
    let (id, refused) = run.trace.iter().find(|(_, e)| e.rule == RuleId::RequestRefused).expect("a refused request");
    let closed = refused.given.and_then(|g| run.trace.get(g)).expect("what closed the socket");
    assert!(closed.rule == RuleId::SocketListen || matches!(closed.kind, EventKind::Task(..)), "{closed:?}");
    let inputs = |id| run.trace.causes(id).last().and_then(|i| run.trace.get(*i)).map(|e| e.rule);
    assert_eq!(inputs(id), Some(RuleId::InputGiven));
    let chain = run.trace.causes(refused.given.expect("above"));
    let scaled = chain.iter().filter_map(|i| run.trace.get(*i)).any(|e| e.rule == RuleId::WorkloadScaled);
    assert!(scaled, "the socket was closed because of the scale call");
}

#[test]
fn a_rolling_update_loses_requests_of_every_pod_without_a_hook_and_none_with_one() {
    let update = Fleet { change: Change::Restart, ..MEASURED };
    let run = run_fleet(update);
    assert_eq!(run.end.pods.len(), 20);
    assert_eq!(run.end.pods.iter().filter(|p| p.deleted.is_none()).count(), 10);
    let [_, _, _, cut, _, none] = outcomes(&run);
    assert!((60..=130).contains(&cut), "{cut} cut");
    assert_eq!(none, 0);
    assert_eq!(outcomes(&run_fleet(Fleet { hook_s: 5, ..update })), [2_200, 0, 0, 0, 0, 0]);
}

#[test]
fn every_request_ends_once_and_is_sent_to_an_endpoint_that_was_known() {
    let run = run_fleet(MEASURED);
    let mut ended = vec![0_u32; run.end.requests.len()];
    for event in run.trace.events() {
        if let EventKind::Request(request, OnRequest::Ended(_)) = &event.kind {
            ended[request.index()] += 1;
        }
    }
    assert!(ended.iter().all(|n| *n == 1));
}

#[test]
fn a_minute_of_the_small_fleet_has_about_twelve_thousand_events() {
    let run = run_fleet(Fleet::SMALL);
    assert!((12_000..=14_500).contains(&run.trace.len()), "{}", run.trace.len());
}

#[test]
#[ignore = "minutes without optimisation"]
fn the_large_fleet_runs_within_the_limits() {
    let (scenario, remarks) = Fleet::LARGE.draft().check_with(BATCH);
    let run = run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")));
    assert_eq!(run.end.requests.len(), 1_000_000);
    assert_eq!(run.end.exhausted, []);
}

/// When each pod became ready, and when the load balancer first found it healthy, in milliseconds.
fn ready_and_healthy(run: &Run) -> Vec<(u64, Option<u64>)> {
    let first = |pod: usize, test: &dyn Fn(&EventKind) -> bool| {
        let of_pod = |kind: &EventKind| match kind {
            EventKind::Pod(p, _) | EventKind::Endpoint(p, _) => p.index() == pod,
            _ => false,
        };
        run.trace.events().iter().find(|e| of_pod(&e.kind) && test(&e.kind)).map(|e| e.at.as_micros() / 1_000)
    };
    let ready = |kind: &EventKind| matches!(kind, EventKind::Pod(_, OnPod::Ready(true)));
    let healthy = |kind: &EventKind| matches!(kind, EventKind::Endpoint(_, OnEndpoint::Health { healthy: true, .. }));
    (0..run.end.pods.len()).map(|pod| (first(pod, &ready).unwrap_or(0), first(pod, &healthy))).collect()
}

#[test]
fn a_readiness_gate_holds_a_pod_back_until_the_load_balancer_finds_it_healthy() {
    let run_with = |gate: bool, path: &str| {
        let mut draft = Fleet { replicas: 2, per_s: 2, seconds: 100, change: Change::Restart, ..Fleet::SMALL }.draft();
        if gate {
            let gated = "    spec:\n      readinessGates:\n      - conditionType: target-health.elbv2.k8s.aws/web\n";
            let manifest = draft.files["pod.yaml"].replacen("    spec:\n", gated, 1);
            draft.files.insert("pod.yaml".to_owned(), manifest);
        }
        let settings = draft.files["scenario.yaml"].replace("traffic: {", &format!("traffic: {{path: {path}, "));
        draft.files.insert("scenario.yaml".to_owned(), settings);
        let (scenario, remarks) = draft.check_with(INTERACTIVE);
        run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")))
    };
    let times = ready_and_healthy(&run_with(true, "alb"));
    assert!(times.len() > 2, "the update went on: {times:?}");
    assert!(times.iter().all(|(ready, healthy)| healthy.is_some_and(|healthy| healthy <= *ready)), "{times:?}");
    let times = ready_and_healthy(&run_with(false, "alb"));
    assert!(times.iter().all(|(ready, healthy)| healthy.is_none_or(|healthy| *ready < healthy)), "{times:?}");
    let times = ready_and_healthy(&run_with(true, "kube-proxy"));
    assert!(times.iter().all(|(ready, healthy)| *ready > 0 && healthy.is_none()), "{times:?}");
}
