//! What controllers do with their pods.

use super::lab::{Lab, Script};
use crate::base::id::PodId;
use crate::base::time::SimDuration;
use crate::cluster::{ClusterSettings, Kind, Latencies, Spread, WorkloadPlan};
use crate::kubelet::DeleteRequest;
use crate::pod::rolling::Share;
use crate::pod::spec::Strategy;
use crate::rules::RuleId;
use crate::trace::{Choice, EventKind, OnPod, OnWorkload, PodPhase};

fn lab(kind: Kind, replicas: u32, script: Script) -> Lab {
    let settings = ClusterSettings { latencies: Latencies::NONE, ..ClusterSettings::default() };
    let plan =
        WorkloadPlan { name: "web".into(), kind, replicas, plan: script.into(), service: None, deletion_cost: 0 };
    Lab::new(settings, vec![plan])
}

fn slow() -> Script {
    Script { stop_after: SimDuration::from_secs(2), ..Script::server() }
}

/// Pods created and removed, in order: `+web-0`, `-web-0`; an asked deletion is `~web-0`.
fn story(lab: &Lab) -> Vec<String> {
    let name = |pod: PodId| lab.seen().pod(pod).map(|p| p.name.to_string()).unwrap_or_default();
    let step = |kind: &EventKind| match kind {
        EventKind::Pod(pod, OnPod::Created(_)) => Some(format!("+{}", name(*pod))),
        EventKind::Pod(pod, OnPod::DeleteRequested { .. }) => Some(format!("~{}", name(*pod))),
        EventKind::Pod(pod, OnPod::Removed) => Some(format!("-{}", name(*pod))),
        _ => None,
    };
    lab.trace().events().iter().filter_map(|e| step(&e.kind)).collect()
}

#[test]
fn a_deployment_names_its_pods_like_kubernetes_and_replaces_one_that_is_deleted() {
    let mut lab = lab(Kind::DEPLOYMENT, 3, slow());
    lab.until(1_000);
    let names = lab.pods();
    assert_eq!(names.len(), 3);
    for name in &names {
        let parts: Vec<&str> = name.split('-').collect();
        assert_eq!((parts.len(), parts[0], parts[2].len()), (3, "web", 5), "{name}");
    }
    lab.delete_pod(0);
    lab.until(1_000);
    assert_eq!(lab.pods().len(), 3, "the new one does not wait for the old one's end");
    assert!(!lab.pods().contains(&names[0]));
}

#[test]
fn a_bare_pod_is_not_replaced() {
    let mut lab = lab(Kind::Pod, 1, Script::server());
    lab.until(1_000);
    assert_eq!(lab.pods(), ["web"]);
    lab.input("delete", |lab| {
        lab.cluster.delete_workload(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", &DeleteRequest::PLAIN);
    });
    lab.until(5_000);
    assert_eq!(story(&lab), ["+web", "~web", "-web"]);
}

#[test]
fn scale_down_keeps_the_wanted_number_and_says_what_set_the_pods_apart() {
    let mut lab = lab(Kind::DEPLOYMENT, 3, slow());
    lab.until(10_000);
    lab.scale("web", 5);
    lab.until(10_005);
    lab.scale("web", 3);
    lab.until(20_000);
    let removed = lab.trace().events().iter().filter_map(|e| match &e.kind {
        EventKind::Workload(_, OnWorkload::Removes { pod, choice }) => Some((pod.0, *choice)),
        _ => None,
    });
    // The two that are not ready yet go, in the order of their UIDs.
    let mut removed: Vec<(u32, Choice)> = removed.collect();
    removed.sort();
    assert_eq!(removed, [(3, Choice::NotReady), (4, Choice::NotReady)]);
    assert_eq!(lab.pods().len(), 3);
}

#[test]
fn deleting_a_deployment_deletes_all_pods_at_once() {
    let mut lab = lab(Kind::DEPLOYMENT, 3, slow());
    lab.until(1_000);
    lab.input("delete", |lab| {
        lab.cluster.delete_workload(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", &DeleteRequest::PLAIN);
    });
    lab.until(1_000);
    assert!(lab.pods().is_empty());
    lab.until(10_000);
    assert!(lab.seen().pods.iter().all(|p| p.removed.is_some()));
    assert_eq!(lab.seen().pods.len(), 3);
}

#[test]
fn a_stateful_set_goes_up_and_down_one_at_a_time() {
    let mut lab = lab(Kind::StatefulSet { parallel: false, min_ready: SimDuration::ZERO }, 3, slow());
    lab.until(1_000);
    lab.scale("web", 1);
    lab.until(20_000);
    let expected = ["+web-0", "+web-1", "+web-2", "~web-2", "-web-2", "~web-1", "-web-1"];
    assert_eq!(story(&lab), expected);
    let waits =
        lab.trace().events().iter().filter(|e| matches!(e.kind, EventKind::Workload(_, OnWorkload::WaitsFor(_))));
    assert!(waits.count() >= 3);
}

#[test]
fn a_parallel_stateful_set_does_not_wait() {
    let mut lab = lab(Kind::StatefulSet { parallel: true, min_ready: SimDuration::ZERO }, 3, slow());
    lab.until(1_000);
    lab.scale("web", 1);
    lab.until(20_000);
    assert_eq!(story(&lab), ["+web-0", "+web-1", "+web-2", "~web-2", "~web-1", "-web-2", "-web-1"]);
}

#[test]
fn a_member_of_a_stateful_set_comes_back_under_its_name_when_it_is_gone() {
    let mut lab = lab(Kind::StatefulSet { parallel: false, min_ready: SimDuration::ZERO }, 2, slow());
    lab.until(1_000);
    lab.delete_pod(0);
    lab.until(20_000);
    assert_eq!(story(&lab), ["+web-0", "+web-1", "~web-0", "-web-0", "+web-0"]);
}

#[test]
fn a_rolling_update_keeps_available_pods_and_lets_slow_ones_pile_up() {
    let mut lab = lab(Kind::DEPLOYMENT, 4, slow());
    lab.until(1_000);
    let old = lab.pods();
    lab.input("restart", |lab| lab.cluster.update(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", None));
    let (mut least, mut most_alive) = (usize::MAX, 0);
    for millis in 1_000..1_200 {
        lab.until(millis);
        let pods = &lab.seen().pods;
        least = least.min(pods.iter().filter(|p| p.ready && p.deleted.is_none()).count());
        most_alive = most_alive.max(pods.iter().filter(|p| p.removed.is_none()).count());
    }
    // 25 % of 4: one more, one less. Each takes 2 s to end, so all old ones are still there when the new ones run.
    assert_eq!((least, most_alive), (3, 8));
    assert_eq!(lab.pods().len(), 4);
    assert!(lab.pods().iter().all(|p| !old.contains(p)));
    lab.until(10_000);
    assert_eq!(lab.seen().pods.iter().filter(|p| p.removed.is_none()).count(), 4);
}

#[test]
fn a_rolling_update_without_room_below_adds_before_it_takes_away() {
    let strategy = Strategy::RollingUpdate { max_surge: Share::Count(1), max_unavailable: Share::Count(0) };
    let mut lab = lab(Kind::Deployment { strategy, min_ready: SimDuration::ZERO }, 1, Script::server());
    lab.until(1_000);
    lab.input("restart", |lab| lab.cluster.update(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", None));
    lab.until(5_000);
    let marks: String = story(&lab).iter().filter_map(|s| s.chars().next()).collect();
    assert_eq!(marks, "++~-");
}

#[test]
fn scaling_in_the_middle_of_an_update_gives_old_and_new_pods_their_share() {
    let strategy = Strategy::RollingUpdate { max_surge: Share::Count(3), max_unavailable: Share::Count(2) };
    // New pods never become ready: the update stands still with 8 old and 5 new pods.
    let mut lab = lab(Kind::Deployment { strategy, min_ready: SimDuration::ZERO }, 10, Script::server());
    lab.until(5_000);
    let never = std::sync::Arc::new(Script { ready_after: None, ..Script::server() });
    lab.input("update", |lab| lab.cluster.update(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", Some(never)));
    lab.until(20_000);
    let sizes = |lab: &Lab| {
        let mut sizes = std::collections::BTreeMap::<String, usize>::new();
        for pod in lab.seen().pods.iter().filter(|p| p.removed.is_none() && p.deleted.is_none()) {
            *sizes.entry(pod.name.split('-').nth(1).unwrap_or("").to_owned()).or_default() += 1;
        }
        let mut sizes: Vec<usize> = sizes.into_values().collect();
        sizes.sort_unstable();
        sizes
    };
    assert_eq!(sizes(&lab), [5, 8]);
    lab.scale("web", 15);
    lab.until(40_000);
    assert_eq!(sizes(&lab), [7, 11]);
}

#[test]
fn recreate_waits_for_the_end_of_all_old_pods() {
    let mut lab = lab(Kind::Deployment { strategy: Strategy::Recreate, min_ready: SimDuration::ZERO }, 2, slow());
    lab.until(1_000);
    lab.input("restart", |lab| lab.cluster.update(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", None));
    lab.until(5_000);
    let marks: String = story(&lab).iter().filter_map(|s| s.chars().next()).collect();
    assert_eq!(marks, "++~~--++");
}

#[test]
fn a_job_runs_pods_until_enough_have_succeeded() {
    let kind = Kind::Job { completions: 3, parallelism: 2, backoff_limit: 1, deadline: None };
    let mut lab = lab(kind, 2, Script { ready_after: None, ..Script::server() });
    let end = |lab: &mut Lab, pod: u32, phase: PodPhase| {
        lab.input("end", |lab| {
            lab.cx.emit(RuleId::KubeletStatus, EventKind::Pod(PodId(pod), OnPod::Phase(phase)));
        });
    };
    lab.until(1_000);
    assert_eq!(lab.seen().pods.len(), 2);
    end(&mut lab, 0, PodPhase::Succeeded);
    end(&mut lab, 1, PodPhase::Failed);
    lab.until(10_900);
    assert_eq!(lab.seen().pods.len(), 2, "the failed one is replaced after 10 s");
    lab.until(11_000);
    assert_eq!(lab.seen().pods.len(), 4);
    end(&mut lab, 2, PodPhase::Succeeded);
    end(&mut lab, 3, PodPhase::Succeeded);
    lab.until(20_000);
    assert_eq!(lab.seen().pods.len(), 4);
    assert_eq!(lab.seen().workloads[0].finished, Some(true));
}

#[test]
fn a_job_that_takes_longer_than_its_deadline_fails_and_its_pods_are_deleted() {
    let deadline = Some(SimDuration::from_secs(5));
    let kind = Kind::Job { completions: 3, parallelism: 2, backoff_limit: 6, deadline };
    let mut lab = lab(kind, 2, Script { ready_after: None, ..Script::server() });
    lab.until(4_900);
    assert_eq!(lab.seen().workloads[0].finished, None);
    lab.until(6_000);
    assert_eq!(lab.seen().workloads[0].finished, Some(false));
    assert_eq!(lab.seen().pods.iter().filter(|p| p.deleted.is_some()).count(), 2);
}

#[test]
fn pods_beyond_the_limit_are_not_made_and_that_is_said_once() {
    let mut lab = lab(Kind::DEPLOYMENT, 200, Script::server());
    lab.until(5_000);
    assert_eq!(lab.seen().pods.len(), 50);
    assert_eq!(lab.seen().exhausted.len(), 1);
}

#[test]
fn a_stateful_set_waits_for_min_ready_seconds_before_the_next_pod() {
    let mut lab = lab(Kind::StatefulSet { parallel: false, min_ready: SimDuration::from_secs(3) }, 2, slow());
    lab.until(2_900);
    assert_eq!(story(&lab), ["+web-0"]);
    lab.until(4_000);
    assert_eq!(story(&lab), ["+web-0", "+web-1"]);
}

#[test]
fn the_new_pod_of_a_daemon_set_comes_when_the_old_one_is_gone() {
    let mut lab = lab(Kind::DaemonSet, 1, slow());
    lab.until(1_000);
    lab.input("restart", |lab| lab.cluster.update(&mut lab.cx, &mut lab.kernel, &mut lab.node, "web", None));
    lab.until(9_000);
    let marks: String = story(&lab).iter().filter_map(|s| s.chars().next()).collect();
    assert_eq!(marks, "+~-+");
}

#[test]
fn the_pod_with_the_lowest_deletion_cost_goes_first() {
    let mut lab = lab(Kind::DEPLOYMENT, 3, slow());
    lab.until(1_000);
    lab.cluster.set_deletion_cost(PodId(1), -5);
    lab.scale("web", 2);
    lab.until(9_000);
    let removes = |kind: &EventKind| match kind {
        EventKind::Workload(_, OnWorkload::Removes { pod, choice }) => Some((pod.0, *choice)),
        _ => None,
    };
    let removed: Vec<_> = lab.trace().events().iter().filter_map(|e| removes(&e.kind)).collect();
    assert_eq!(removed, [(1, Choice::DeletionCost)]);
}

#[test]
fn pods_are_created_one_then_two_then_four_at_a_time() {
    let latencies = Latencies { write: Spread::millis(10, 10), ..Latencies::NONE };
    let settings = ClusterSettings { latencies, ..ClusterSettings::default() };
    let plan = WorkloadPlan {
        name: "web".into(),
        kind: Kind::DEPLOYMENT,
        replicas: 8,
        plan: slow().into(),
        service: None,
        deletion_cost: 0,
    };
    let mut lab = Lab::new(settings, vec![plan]);
    lab.until(1_000);
    let made = |kind: &EventKind| matches!(kind, EventKind::Pod(_, OnPod::Created(_)));
    let times: Vec<u64> =
        lab.trace().events().iter().filter(|e| made(&e.kind)).map(|e| e.at.as_micros() / 1_000).collect();
    assert_eq!(times, [10, 20, 20, 30, 30, 30, 30, 40]);
}
