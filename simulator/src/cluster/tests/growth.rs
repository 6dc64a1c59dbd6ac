//! Work grows with what happens, not with its square: counted, not timed.

use super::lab::{Lab, Script};
use crate::base::limits::{BATCH, Limits};
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::{ClusterSettings, Kind, Load, Service, WorkloadPlan};

const LIMITS: Limits = Limits { pods: 200, ..BATCH };

/// Events and turns of a scale-down to one pod after 5 s of 10.
fn scale_down(replicas: u32, per_s: u32) -> (usize, u32) {
    let load = Load::steady(per_s, SimDuration::from_millis(200), SimTime::from_secs(2), SimTime::from_secs(10));
    let service = Some(Service::at(80));
    let plan = WorkloadPlan {
        name: "web".into(),
        kind: Kind::DEPLOYMENT,
        replicas,
        plan: Script::server().into(),
        service,
        deletion_cost: 0,
    };
    let mut lab = Lab::within(ClusterSettings::with_load(load), vec![plan], 1, LIMITS);
    lab.until(5_000);
    lab.scale("web", 1);
    lab.until(20_000);
    (lab.trace().len(), lab.turns)
}

#[test]
fn a_request_takes_two_events_and_two_turns() {
    let (events, turns) = scale_down(10, 100);
    let (more_events, more_turns) = scale_down(10, 200);
    // 800 requests more: sent and ended. A refused one ends in the turn in which it is sent.
    assert_eq!(more_events - events, 1_600);
    assert!((1_500..=1_600).contains(&(more_turns - turns)), "{}", more_turns - turns);
}

#[test]
fn ten_times_the_requests_take_ten_times_the_turns() {
    let (_, small) = scale_down(10, 100);
    let (_, large) = scale_down(10, 1_000);
    assert!(large < small * 11, "{small} {large}");
}

#[test]
fn ten_times_the_replicas_under_the_same_load_add_only_their_own_events() {
    let (small, _) = scale_down(10, 200);
    let (large, _) = scale_down(100, 200);
    // Each pod has some 16 events of its own: created, process, ready, slice, learned, removed.
    assert!(large - small < 90 * 24, "{small} {large}");
}
