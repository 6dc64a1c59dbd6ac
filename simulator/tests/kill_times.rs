//! The times of a pod's end, worked out by hand from the rules: each row an input of `kubelet::case` and what has to follow.
//!
//! Not here: cases that were run on the real kubelet (`kubelet_vectors`).

use serde_json::{Value, json};
use simulator::base::time::SimDuration;
use simulator::kubelet::Version;
use simulator::kubelet::case::{self, Answer};

fn answer(input: Value) -> Answer {
    case::answer(&serde_json::from_value(input).expect("an input"), Version::NEWEST).expect("an answer")
}

/// `StopContainer`, SIGKILL and the end of each container: time in seconds, name, what.
fn kills(input: Value) -> Vec<String> {
    let what = |w: &str| w.starts_with("StopContainer") || w.starts_with("SIGKILL") || w.starts_with("exit");
    let lines = answer(input).events.into_iter().filter(|l| what(&l.what));
    lines.map(|l| format!("{} {} {}", l.t, l.who, l.what)).collect()
}

fn pod(grace: i64, trigger: &str, containers: Value) -> Value {
    json!({"terminationGracePeriodSeconds": grace, "trigger": trigger, "containers": containers})
}

const DEAF: &str = "ignores stop signal";

#[test]
fn a_container_that_ignores_the_signal_is_killed_at_the_grace_and_never_before_two_seconds() {
    let killed = |grace: i64, trigger: &str| {
        let line = kills(pod(grace, trigger, json!([{"name": "a", "pid1": DEAF}])));
        line.last().expect("an end").clone()
    };
    assert_eq!(killed(30, "delete"), "30.000 s a exit 137 (killed)");
    assert_eq!(killed(2, "delete"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(1, "delete"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(0, "delete"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "delete --now"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "delete --grace-period=0"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "delete --grace-period=0 --force"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "kubelet hard eviction"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "kubelet soft eviction, evictionMaxPodGracePeriod=0"), "2.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "kubelet soft eviction, evictionMaxPodGracePeriod=7"), "7.000 s a exit 137 (killed)");
    assert_eq!(killed(3, "kubelet soft eviction, evictionMaxPodGracePeriod=60"), "3.000 s a exit 137 (killed)");
    assert_eq!(killed(30, "graceful node shutdown, group period=10"), "10.000 s a exit 137 (killed)");
}

#[test]
fn a_hook_takes_whole_seconds_out_of_the_grace() {
    let stop = |seconds: f64, grace: i64| {
        let hook = json!([{"name": "a", "pid1": DEAF, "preStop": {"kind": "exec", "durationSeconds": seconds}}]);
        kills(pod(grace, "delete", hook))
    };
    let all = |a: &str, b: &str, c: &str| [a, b, c].map(str::to_owned).to_vec();
    let killed = |at: &str| (format!("{at} a SIGKILL"), format!("{at} a exit 137 (killed)"));
    let (k, e) = killed("10.700 s");
    assert_eq!(stop(4.7, 10), all("4.700 s a StopContainer(timeout=6)", &k, &e));
    let (k, e) = killed("10.000 s");
    assert_eq!(stop(8.0, 10), all("8.000 s a StopContainer(timeout=2)", &k, &e));
    let (k, e) = killed("11.000 s");
    assert_eq!(stop(9.0, 10), all("9.000 s a StopContainer(timeout=2)", &k, &e));
    let (k, e) = killed("12.000 s");
    assert_eq!(stop(60.0, 10), all("10.000 s a StopContainer(timeout=2)", &k, &e));
}

#[test]
fn a_later_delete_changes_the_object_and_not_the_kill() {
    let late = answer(pod(30, "delete at 0; delete --grace-period=20 at 3", json!([{"name": "a", "pid1": DEAF}])));
    let api: Vec<&str> = late.events.iter().filter(|l| l.who == "api").map(|l| l.what.as_str()).collect();
    assert_eq!(api, ["deletionGracePeriodSeconds=30", "deletionTimestamp=20, deletionGracePeriodSeconds=20"]);
    assert_eq!(late.all_containers_stopped_at, Some(SimDuration::from_secs(30)));
}

#[test]
fn a_force_deleted_object_is_gone_while_its_container_lives() {
    let forced = answer(pod(30, "delete at 0; --force --grace-period=0 at 3", json!([{"name": "a", "pid1": DEAF}])));
    assert_eq!(forced.api_object_gone_at, Some(SimDuration::from_secs(3)));
    assert_eq!(forced.all_containers_stopped_at, Some(SimDuration::from_secs(30)));
}

#[test]
fn a_pod_without_a_node_is_removed_at_once() {
    let pending = answer(pod(30, "kubectl delete, pod unscheduled", json!([])));
    assert_eq!(pending.api_object_gone_at, Some(SimDuration::ZERO));
}

#[test]
fn with_one_second_a_sidecar_waits_its_second_and_gets_two_more() {
    let both = json!([{"name": "s", "role": "sidecar", "pid1": DEAF}, {"name": "a", "pid1": DEAF}]);
    let lines = kills(pod(30, "--grace-period=1", both));
    assert_eq!(
        lines,
        [
            "0.000 s a StopContainer(timeout=2)",
            "1.000 s s StopContainer(timeout=2)",
            "2.000 s a SIGKILL",
            "2.000 s a exit 137 (killed)",
            "3.000 s s SIGKILL",
            "3.000 s s exit 137 (killed)",
        ]
    );
}

#[test]
fn a_probe_kills_with_its_own_grace_even_a_longer_one() {
    let container = json!([{"name": "a", "pid1": DEAF, "livenessProbe": {"terminationGracePeriodSeconds": 12}}]);
    let lines = kills(pod(5, "liveness probe failure", container));
    assert_eq!(lines, ["0.000 s a StopContainer(timeout=12)", "12.000 s a SIGKILL", "12.000 s a exit 137 (killed)"]);
}

#[test]
fn a_startup_probe_that_never_succeeds_kills_like_a_liveness_probe() {
    let lines = answer(pod(5, "startup probe failure", json!([{"name": "a", "pid1": DEAF}]))).events;
    let killing = lines.iter().find(|l| l.what.contains("Killing")).map(|l| l.what.as_str());
    assert_eq!(killing, Some("Normal Killing: Container a failed startup probe, will be restarted"));
}

#[test]
fn back_off_doubles_to_the_longest_period_of_the_node() {
    let crash = |trigger: &str| -> Vec<u64> {
        let lines = answer(json!({"restartPolicy": "Always", "trigger": trigger})).events;
        lines.iter().filter(|l| l.what.starts_with("start ")).map(|l| l.t.as_secs()).take(7).collect()
    };
    assert_eq!(crash("container exits 1 right after each start"), [0, 0, 10, 30, 70, 150, 310]);
    let reduced = "container exits 1 right after each start, ReduceDefaultCrashLoopBackOffDecay on";
    assert_eq!(crash(reduced), [0, 0, 1, 3, 7, 15, 31]);
    let most = "container exits 1 right after each start, maxContainerRestartPeriod=30s";
    assert_eq!(crash(most), [0, 0, 10, 30, 60, 90, 120]);
}

#[test]
fn sharing_a_pid_namespace_lets_a_program_without_handler_die_at_once() {
    let shared = json!({"shareProcessNamespace": true, "terminationGracePeriodSeconds": 30, "trigger": "delete",
        "containers": [{"name": "a", "pid1": "no handler"}]});
    let shared = answer(shared);
    assert_eq!(shared.all_containers_stopped_at, Some(SimDuration::ZERO));
    assert_eq!(shared.containers.first().and_then(|c| c.exit_code), Some(143));
}
