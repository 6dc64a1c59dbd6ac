//! Connections that are kept, by what both ends do with idle ones; targets of load balancers.

use super::lab::{Lab, Script};
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::clients::{self, ClientRow};
use crate::cluster::consumers::{ALB, ALB_INSTANCE, ConsumerRow, GCP, INGRESS_NGINX, KUBE_PROXY, NLB};
use crate::cluster::settings::Own;
use crate::cluster::{ClusterSettings, Connections, Consumer, Kind, Latencies, Load, Service, Spread, WorkloadPlan};
use crate::program::call::Call;
use crate::program::serving::{Closing, Idle, Serving, UNKNOWN};
use crate::rules::RuleId;
use crate::trace::{EventKind, OnEndpoint, SocketState};

fn web(replicas: u32, script: Script) -> Vec<WorkloadPlan<Script>> {
    let service = Some(Service::at(80));
    let kind = Kind::DEPLOYMENT;
    vec![WorkloadPlan { name: "web".into(), kind, replicas, plan: script.into(), service, deletion_cost: 0 }]
}

/// One request a second from 3 s on, 50 ms each.
fn load(end: u64) -> Load {
    Load::steady(1, SimDuration::from_millis(50), SimTime::from_secs(3), SimTime::from_secs(end))
}

/// Consumers that learn of changes at once; a load balancer then believes a new pod.
fn settings(load: Load, row: &'static ConsumerRow) -> ClusterSettings {
    let consumers = vec![Consumer { lag: Some(Spread::NONE), ..Consumer::plain(row) }];
    ClusterSettings { load: Some(load), consumers, latencies: Latencies::NONE, budgets: Vec::new() }
}

fn server(serving: Serving) -> Script {
    Script { serving, ..Script::server() }
}

fn idle_after(millis: u64) -> Serving {
    Serving { idle: Idle::After(SimDuration::from_millis(millis)), ..UNKNOWN }
}

fn rules_of(lab: &Lab, wanted: RuleId) -> usize {
    lab.trace().events().iter().filter(|e| e.rule == wanted).count()
}

/// Outcomes, requests on kept connections, requests that met a closed one.
fn run(settings: ClusterSettings, serving: Serving, until: u64) -> ([u32; 6], usize, usize) {
    let mut lab = Lab::new(settings, web(1, server(serving)));
    lab.until(until);
    (lab.outcomes(), rules_of(&lab, RuleId::RequestKept), rules_of(&lab, RuleId::RequestIdleClosed))
}

fn kept(client: &'static ClientRow) -> Load {
    Load { connections: Connections::Kept { connections: 1 }, client, ..load(13) }
}

#[test]
fn a_proxy_keeps_its_connections_to_pods_until_one_side_has_had_enough() {
    // A request each second, answered after 50 ms: a connection is idle for 950 ms.
    let used = |row, serving| run(settings(load(13), row), serving, 20_000);
    assert_eq!(used(&ALB, UNKNOWN), ([10, 0, 0, 0, 0, 0], 9, 0));
    assert_eq!(used(&INGRESS_NGINX, idle_after(2_000)), ([10, 0, 0, 0, 0, 0], 9, 0));
    assert_eq!(used(&ALB, idle_after(500)), ([10, 0, 0, 0, 0, 0], 0, 0), "each was closed long before");
    let no_keep_alive = Serving { idle: Idle::EachAnswer, ..UNKNOWN };
    assert_eq!(used(&ALB, no_keep_alive), ([10, 0, 0, 0, 0, 0], 0, 0));
}

#[test]
fn a_request_that_meets_a_connection_in_the_moment_of_its_close_is_reset() {
    // 950 ms after each answer the server closes, and the next request is sent: it cannot know yet.
    let used = |row, repeatable| run(settings(Load { repeatable, ..load(13) }, row), idle_after(950), 20_000);
    assert_eq!(used(&ALB, true), ([5, 0, 5, 0, 0, 0], 5, 5), "every second one");
    assert_eq!(used(&ALB_INSTANCE, true), ([5, 0, 5, 0, 0, 0], 5, 5));
    // A proxy that retries hides it for GET, not for POST.
    assert_eq!(used(&INGRESS_NGINX, true).0, [10, 0, 0, 0, 0, 0]);
    assert_eq!(used(&GCP, true).0, [10, 0, 0, 0, 0, 0]);
    assert_eq!(used(&INGRESS_NGINX, false), ([5, 0, 5, 0, 0, 0], 5, 5));
}

#[test]
fn the_one_who_closes_first_is_never_surprised() {
    let load_balancer = |idle| {
        let mut settings = settings(load(13), &ALB);
        settings.consumers[0].own = Own { idle: Some(SimDuration::from_millis(idle)), ..Own::default() };
        run(settings, idle_after(950), 20_000)
    };
    assert_eq!(load_balancer(949), ([10, 0, 0, 0, 0, 0], 0, 0));
    assert_eq!(load_balancer(951), ([5, 0, 5, 0, 0, 0], 5, 5));
    assert_eq!(load_balancer(0), ([10, 0, 0, 0, 0, 0], 0, 0), "it keeps none");
}

#[test]
fn what_a_client_does_about_a_closed_connection_is_its_own_affair() {
    let used =
        |client, repeatable| run(settings(Load { repeatable, ..kept(client) }, &KUBE_PROXY), idle_after(950), 20_000).0;
    assert_eq!(used(&clients::PLAIN, true), [5, 0, 5, 0, 0, 0]);
    assert_eq!(used(&clients::PYTHON, true), [5, 0, 5, 0, 0, 0]);
    assert_eq!(used(&clients::GO, true), [10, 0, 0, 0, 0, 0]);
    assert_eq!(used(&clients::GO, false), [5, 0, 5, 0, 0, 0]);
    assert_eq!(used(&clients::CURL, false), [10, 0, 0, 0, 0, 0]);
}

#[test]
fn a_client_that_is_told_the_time_closes_before_it() {
    // A connection is idle for 0.95 s. The server says 2.9 s, the client takes 0.9 s of it.
    let used = |tells| {
        let load = kept(&clients::NODE_FETCH);
        run(settings(load, &KUBE_PROXY), Serving { tells, ..idle_after(2_900) }, 20_000)
    };
    assert_eq!(used(false), ([10, 0, 0, 0, 0, 0], 9, 0));
    assert_eq!(used(true), ([10, 0, 0, 0, 0, 0], 0, 0));
}

#[test]
fn a_network_load_balancer_forgets_idle_connections_and_resets_what_comes_later() {
    assert_eq!(run(settings(kept(&clients::PLAIN), &NLB), UNKNOWN, 20_000).0, [10, 0, 0, 0, 0, 0]);
    // 400 connections in turn, one request a second: each is idle for 400 s. The one that is found broken is replaced by the
    // next request, so that every second one of the last 500 is reset.
    let used = |idle| {
        let load = Load { connections: Connections::Kept { connections: 400 }, client: &clients::PLAIN, ..load(903) };
        let mut settings = settings(load, &NLB);
        settings.consumers[0].own.idle = idle;
        run(settings, UNKNOWN, 910_000).0
    };
    assert_eq!(used(None), [650, 0, 250, 0, 0, 0]);
    assert_eq!(used(Some(SimDuration::from_secs(300))), [900, 0, 0, 0, 0, 0]);
}

#[test]
fn at_a_stop_idle_connections_are_closed_and_those_in_use_end_with_their_answer_or_go_on() {
    // It stops listening at 5.02 s, while a request is in flight, and lives on.
    let calls = vec![
        Call::Socket(80, SocketState::Accepting),
        Call::Sleep(SimDuration::from_millis(5_020)),
        Call::Socket(80, SocketState::Closed),
        Call::Pause,
    ];
    let used = |closing| {
        let script =
            Script { calls: calls.clone(), serving: Serving { closing, ..idle_after(6_000) }, ..Script::server() };
        let mut lab = Lab::new(settings(kept(&clients::PLAIN), &KUBE_PROXY), web(1, script));
        lab.until(30_000);
        (lab.outcomes(), rules_of(&lab, RuleId::RequestLastAnswer))
    };
    assert_eq!(used(Closing::AtOnce), ([3, 7, 0, 0, 0, 0], 1));
    assert_eq!(used(Closing::IdleAtOnce), ([10, 0, 0, 0, 0, 0], 0));
    assert_eq!(used(Closing::WhenIdle), ([10, 0, 0, 0, 0, 0], 0));
}

#[test]
fn a_server_that_waits_for_idle_connections_ends_when_the_last_one_was_idle_for_its_time() {
    // The last request of ten is sent at 12 s; the server begins to drain at 5.02 s.
    let calls = vec![
        Call::Socket(80, SocketState::Accepting),
        Call::Sleep(SimDuration::from_millis(5_020)),
        Call::Socket(80, SocketState::Closed),
        Call::Drain(None),
        Call::Exit(0),
    ];
    let ended = |closing| {
        let script =
            Script { calls: calls.clone(), serving: Serving { closing, ..idle_after(6_000) }, ..Script::server() };
        let mut lab = Lab::new(settings(kept(&clients::PLAIN), &KUBE_PROXY), web(1, script));
        lab.until(60_000);
        let died = lab.trace().events().iter().find(|e| e.rule == RuleId::ProcessExit).unwrap();
        died.at.as_micros() / 1_000
    };
    assert_eq!(ended(Closing::AtOnce), 5_050);
    assert_eq!(ended(Closing::IdleAtOnce), 18_050);
    assert_eq!(ended(Closing::WhenIdle), 18_050);
}

#[test]
fn a_load_balancer_takes_a_pod_in_with_its_first_passed_check_and_out_after_two_failed_ones() {
    // It listens from the start, and no longer from 60 s on, without anything being deleted.
    let calls = vec![
        Call::Socket(80, SocketState::Accepting),
        Call::Sleep(SimDuration::from_secs(60)),
        Call::Socket(80, SocketState::Closed),
        Call::Pause,
    ];
    let mut given = web(1, Script::server());
    given.push(WorkloadPlan {
        name: "other".into(),
        plan: Script { calls, ..Script::server() }.into(),
        ..given[0].clone()
    });
    let consumers = vec![Consumer::plain(&ALB)];
    let load = Some(load(120));
    let mut lab = Lab::new(ClusterSettings { load, consumers, latencies: Latencies::NONE, budgets: Vec::new() }, given);
    lab.until(130_000);
    let health: Vec<(u64, u32, bool)> = lab
        .trace()
        .events()
        .iter()
        .filter_map(|e| match e.kind {
            EventKind::Endpoint(pod, OnEndpoint::Health { healthy, .. }) => {
                Some((e.at.as_micros() / 1_000_000, pod.0, healthy))
            }
            _ => None,
        })
        .collect();
    let [(first, _, true), (second, _, true), (third, 1, false)] = health[..] else { panic!("{health:?}") };
    assert!(first <= 20 && second <= 20, "registered within 5 s and checked within 15 s: {health:?}");
    assert!((75..=90).contains(&third), "the second check after 60 s: {health:?}");
    assert!(lab.outcomes()[1] > 0, "refused while it is believed");
}

#[test]
fn the_deregistration_delay_cuts_what_takes_longer() {
    let outcomes = |row: &'static ConsumerRow, delay| {
        let slow = Load { service: Spread::millis(8_000, 8_000), ..load(6) };
        let mut settings = settings(slow, row);
        settings.consumers[0].own = Own { delay: Some(SimDuration::from_secs(delay)), ..Own::default() };
        let script = Script { stop_after: SimDuration::from_secs(30), ..Script::server() };
        let mut lab = Lab::new(settings, web(1, script));
        lab.until(5_500);
        lab.delete_pod(0);
        lab.until(60_000);
        (lab.outcomes(), rules_of(&lab, RuleId::EndpointDeregistered))
    };
    // Three requests are in flight; the pod is out at once. Its replacement is there at once too.
    assert_eq!(outcomes(&ALB, 6), ([1, 0, 0, 2, 0, 0], 4));
    assert_eq!(outcomes(&ALB, 10), ([3, 0, 0, 0, 0, 0], 2));
    assert_eq!(outcomes(&NLB, 5), ([3, 0, 0, 0, 0, 0], 1), "it leaves open connections alone");
}

#[test]
fn a_full_backlog_drops_connections_and_the_sender_asks_again() {
    // Ten a second, one at a time, 400 ms each, and two may wait (one more than was asked for).
    let load =
        Load { per_s: 10, service: Spread::millis(400, 400), at_once: Some(1), end: SimTime::from_secs(4), ..load(4) };
    let mut lab = Lab::new(settings(load, &KUBE_PROXY), web(1, server(Serving { backlog: 1, ..UNKNOWN })));
    lab.until(30_000);
    let [ok, .., timed_out, _] = lab.outcomes();
    assert_eq!((ok + timed_out, timed_out), (10, 0));
    assert!(rules_of(&lab, RuleId::RequestSynAgain) + rules_of(&lab, RuleId::SocketBacklog) >= 9);
}

#[test]
fn with_the_policy_local_a_node_without_a_pod_is_silent() {
    let outcomes = |row, external_local| {
        let never = Script { ready_after: None, ..Script::server() };
        let mut given = web(1, never);
        given[0].service = Some(Service { external_local, ..Service::at(80) });
        let mut lab = Lab::new(settings(load(5), row), given);
        lab.until(60_000);
        (lab.outcomes(), rules_of(&lab, RuleId::EndpointLocalDrop))
    };
    assert_eq!(outcomes(&ALB_INSTANCE, false), ([0, 0, 0, 0, 0, 2], 0));
    assert_eq!(outcomes(&ALB_INSTANCE, true), ([0, 0, 0, 0, 2, 0], 2));
    assert_eq!(outcomes(&KUBE_PROXY, true), ([0, 0, 0, 0, 0, 2], 0), "inside the cluster another policy counts");
}
