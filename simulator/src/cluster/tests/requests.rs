//! How requests end, by the state of the pod that they are sent to.

use super::lab::{Lab, Script};
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::consumers::{ALB, ConsumerRow, INGRESS_NGINX, KUBE_PROXY};
use crate::cluster::{ClusterSettings, Connections, Consumer, Kind, Latencies, Load, Service, Spread, WorkloadPlan};
use crate::program::call::Call;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnEndpoint, OnRequest, Outcome, SocketState};

const SERVICE: Option<Service> = Some(Service::at(80));

fn web(replicas: u32, script: Script) -> Vec<WorkloadPlan<Script>> {
    let kind = Kind::DEPLOYMENT;
    vec![WorkloadPlan { name: "web".into(), kind, replicas, plan: script.into(), service: SERVICE, deletion_cost: 0 }]
}

/// Ten requests a second from 3 s to 13 s, 50 ms each.
fn load() -> Load {
    Load::steady(10, SimDuration::from_millis(50), SimTime::from_secs(3), SimTime::from_secs(13))
}

/// A control plane without latencies, and consumers that learn of changes after exactly `lag_ms`.
fn settings(load: Load, row: &'static ConsumerRow, lag_ms: u64) -> ClusterSettings {
    let lag = Some(Spread::millis(lag_ms, lag_ms));
    let consumers = vec![Consumer { lag, ..Consumer::plain(row) }];
    ClusterSettings { load: Some(load), consumers, latencies: Latencies::NONE, budgets: Vec::new() }
}

fn rules_of(lab: &Lab, wanted: RuleId) -> usize {
    lab.trace().events().iter().filter(|e| e.rule == wanted).count()
}

#[test]
fn every_request_of_a_quiet_cluster_is_answered() {
    let mut lab = Lab::new(settings(load(), &KUBE_PROXY, 0), web(3, Script::server()));
    lab.until(20_000);
    assert_eq!(lab.outcomes(), [100, 0, 0, 0, 0, 0]);
    assert!(lab.cluster.is_idle(&lab.cx));
}

#[test]
fn without_an_endpoint_nothing_is_sent_anywhere() {
    let never = Script { ready_after: None, ..Script::server() };
    let mut lab = Lab::new(settings(load(), &KUBE_PROXY, 0), web(3, never));
    lab.until(20_000);
    assert_eq!(lab.outcomes(), [0, 0, 0, 0, 0, 100]);
}

#[test]
fn a_process_that_dies_cuts_what_it_worked_on_and_a_late_list_loses_the_rest() {
    // One of two pods is killed at 5 s; its network goes at the same time, the list is 2 s late: 20 requests, half of them
    // to the dead pod, time out. Each takes 950 ms: of the ten in flight the five at that pod are cut.
    let slow = Load { service: Spread::millis(950, 950), ..load() };
    let mut lab = Lab::new(settings(slow, &ALB, 2_000), web(2, Script::server()));
    lab.until(5_000);
    lab.delete_pod(0);
    lab.until(30_000);
    let [ok, refused, reset, cut, timed_out, none] = lab.outcomes();
    assert_eq!((refused, reset, none), (0, 0, 0));
    assert_eq!((cut, timed_out, ok), (5, 10, 85));
    assert_eq!(rules_of(&lab, RuleId::RequestNetworkGone), 10);
}

#[test]
fn a_refused_request_names_the_closed_socket_and_the_stale_entry_of_the_list() {
    // The server closes its socket at 5.05 s, after 21 requests, and lives on.
    let calls = vec![
        Call::Socket(80, SocketState::Accepting),
        Call::Sleep(SimDuration::from_millis(5_050)),
        Call::Socket(80, SocketState::Closed),
        Call::Pause,
    ];
    let mut lab = Lab::new(settings(load(), &KUBE_PROXY, 0), web(1, Script { calls, ..Script::server() }));
    lab.until(20_000);
    assert_eq!(lab.outcomes(), [21, 79, 0, 0, 0, 0]);
    let refused = lab.trace().iter().find(|(_, e)| e.rule == RuleId::RequestRefused).unwrap();
    let closed = lab.trace().get(refused.1.given.unwrap()).unwrap();
    assert_eq!((closed.rule, closed.at), (RuleId::SocketListen, SimTime::from_millis(5_050)));
    let chain: Vec<&str> =
        lab.trace().causes(refused.0).iter().map(|id| lab.trace().get(*id).unwrap().rule.id()).collect();
    let expected = ["request/refused", "request/sent", "endpoint/learned", "endpoint/slice", "kubelet/ready"];
    assert_eq!(chain[..5], expected);
    assert_eq!(chain.last(), Some(&"input/given"));
}

#[test]
fn a_request_to_a_pod_that_the_slice_no_longer_has_says_so() {
    let mut lab = Lab::new(settings(load(), &ALB, 1_000), web(2, Script::server()));
    lab.until(5_000);
    lab.delete_pod(0);
    lab.until(20_000);
    let stale = lab.trace().events().iter().find(|e| e.rule == RuleId::RequestStale).unwrap();
    let slice = lab.trace().get(stale.given.unwrap()).unwrap();
    assert!(matches!(slice.kind, EventKind::Endpoint(_, OnEndpoint::Slice(c)) if c.terminating && !c.ready));
}

#[test]
fn a_hook_longer_than_the_lag_loses_nothing_and_a_shorter_one_does() {
    let lost = |hook_ms| {
        let script = Script { stop_after: SimDuration::from_millis(hook_ms), ..Script::server() };
        let mut lab = Lab::new(settings(load(), &KUBE_PROXY, 1_000), web(4, script));
        lab.until(5_000);
        lab.scale("web", 1);
        lab.until(30_000);
        lab.seen().totals.failed()
    };
    assert_eq!(lost(1_100), 0);
    assert!(lost(500) > 0);
}

#[test]
fn kept_connections_go_on_to_a_pod_that_is_out_of_every_list() {
    let lost = |connections| {
        let load = Load { connections, ..load() };
        let script = Script { stop_after: SimDuration::from_millis(3_030), ..Script::server() };
        let mut lab = Lab::new(settings(load, &KUBE_PROXY, 100), web(2, script));
        lab.until(5_000);
        lab.scale("web", 1);
        lab.until(30_000);
        let to_terminating = lab.trace().events().iter().filter(|e| e.rule == RuleId::RequestKept && e.given.is_some());
        (lab.outcomes(), to_terminating.count())
    };
    assert_eq!(lost(Connections::New), ([100, 0, 0, 0, 0, 0], 0));
    let (outcomes, to_terminating) = lost(Connections::Kept { connections: 4 });
    assert_eq!(outcomes, [99, 0, 0, 1, 0, 0], "the one in flight when the pod is killed is cut");
    assert!(to_terminating > 5, "{to_terminating}");
}

#[test]
fn a_proxy_that_retries_hides_a_dead_pod_and_kube_proxy_does_not() {
    let calls = vec![Call::Sleep(SimDuration::from_secs(3_600))];
    let deaf = Script { calls, ..Script::server() };
    let outcomes = |row| {
        let mut given = web(1, Script::server());
        given.push(WorkloadPlan { name: "deaf".into(), plan: deaf.clone().into(), ..given[0].clone() });
        let mut lab = Lab::new(settings(load(), row, 0), given);
        lab.until(20_000);
        lab.outcomes()
    };
    assert_eq!(outcomes(&INGRESS_NGINX), [100, 0, 0, 0, 0, 0]);
    let [ok, refused, ..] = outcomes(&KUBE_PROXY);
    assert_eq!(ok + refused, 100);
    assert!((30..=70).contains(&refused), "{refused}");
}

#[test]
fn without_a_ready_endpoint_kube_proxy_uses_the_terminating_one_and_an_ingress_does_not() {
    let outcomes = |row| {
        let script = Script { stop_after: SimDuration::from_millis(2_970), ..Script::server() };
        let mut lab = Lab::new(settings(load(), row, 0), web(1, script));
        lab.until(5_000);
        lab.scale("web", 0);
        lab.until(30_000);
        (lab.outcomes(), rules_of(&lab, RuleId::EndpointFallback) > 0)
    };
    // From 3 s to the kill at 7.97 s there are 50 requests. The ingress knows of no endpoint from 5 s on.
    let (kube_proxy, falls_back) = outcomes(&KUBE_PROXY);
    assert_eq!((kube_proxy[0], falls_back), (50, true));
    assert_eq!(outcomes(&INGRESS_NGINX), ([21, 0, 0, 0, 0, 79], false));
}

#[test]
fn a_busy_process_leaves_connections_in_the_backlog_and_they_are_reset_with_it() {
    let one = Load { at_once: Some(1), service: Spread::millis(300, 300), ..load() };
    let script = Script { stop_after: SimDuration::ZERO, ..Script::server() };
    let mut lab = Lab::new(settings(one, &ALB, 0), web(1, script));
    lab.until(4_950);
    // From 3.0 s on 20 requests came and 6 were answered: one is worked on, 13 wait.
    assert_eq!(lab.outcomes(), [6, 0, 0, 0, 0, 0]);
    assert_eq!(lab.seen().totals.open(), 14);
    lab.scale("web", 0);
    lab.until(4_960);
    assert_eq!(lab.outcomes(), [6, 0, 13, 1, 0, 0]);
}

#[test]
fn a_client_gives_up_on_a_backlog_that_nobody_accepts() {
    let calls = vec![Call::Socket(80, SocketState::Backlog), Call::Pause];
    let load = Load { timeout: SimDuration::from_secs(2), ..load() };
    let mut lab = Lab::new(settings(load, &KUBE_PROXY, 0), web(1, Script { calls, ..Script::server() }));
    lab.until(30_000);
    assert_eq!(lab.outcomes(), [0, 0, 0, 0, 100, 0]);
    assert_eq!(rules_of(&lab, RuleId::SocketBacklog), 100);
}

#[test]
fn a_rewrite_misses_what_comes_after_its_start_and_the_next_waits_a_second() {
    // With kube-proxy's own rhythm: the first deletion starts a rewrite at once, the second waits for the pause.
    let consumers = vec![Consumer::plain(&KUBE_PROXY)];
    let given = ClusterSettings { load: Some(load()), consumers, latencies: Latencies::NONE, budgets: Vec::new() };
    let script = Script { stop_after: SimDuration::from_secs(5), ..Script::server() };
    let mut lab = Lab::new(given, web(3, script));
    lab.until(5_000);
    lab.delete_pod(0);
    lab.until(5_100);
    lab.delete_pod(1);
    lab.until(9_000);
    let gone = |pod: u32| {
        let gone = lab.trace().events().iter().find(
            |e| matches!(e.kind, EventKind::Endpoint(p, OnEndpoint::Learned { routes: false, .. }) if p.0 == pod),
        );
        gone.unwrap().at.as_micros() / 1_000
    };
    assert!((5_012..=5_080).contains(&gone(0)), "{}", gone(0));
    assert!((6_022..=6_140).contains(&gone(1)), "{}", gone(1));
}

#[test]
fn each_request_ends_once_and_the_same_seed_gives_the_same_trace() {
    let run = |seed| {
        let settings = ClusterSettings::with_load(load());
        let mut lab = Lab::within(settings, web(5, Script::server()), seed, crate::base::limits::INTERACTIVE);
        lab.until(5_000);
        lab.scale("web", 1);
        lab.until(90_000);
        lab
    };
    let (one, again, other) = (run(1), run(1), run(2));
    assert_eq!(one.trace(), again.trace());
    assert_ne!(one.trace(), other.trace());
    let ends = |e: &crate::trace::Event| matches!(e.kind, EventKind::Request(_, OnRequest::Ended(_)));
    assert_eq!(one.trace().events().iter().filter(|e| ends(e)).count(), 100);
    assert_eq!(one.outcomes().iter().sum::<u32>(), 100);
    assert_eq!(
        one.seen().requests.iter().filter(|r| r.outcome() == Some(Outcome::Ok)).count(),
        one.outcomes()[0] as usize
    );
}
