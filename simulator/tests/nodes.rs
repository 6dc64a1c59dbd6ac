//! What happens to nodes, and to pods from the side of their node: drain, evictions, shutdown, loss, a restarted kubelet.

use simulator::base::diagnostic::Severity;
use simulator::base::time::SimTime;
use simulator::scenario::Draft;
use simulator::trace::{EventKind, OnContainer, OnPod};
use simulator::world::{self, Run};

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 10
      containers: [{name: web, image: web}]
";
/// A program that needs three seconds to stop.
const CARD: &str = "settings: {kubernetes: \"1.36\", app: {on: {TERM: [{sleep_s: 3}, {exit: 0}]}}}\n";

fn draft(manifest: &str, inputs: &str) -> Draft {
    let files = [
        ("Dockerfile", "FROM python:3.12-slim\nCMD [\"python3\", \"x.py\"]\n".to_owned()),
        ("x.py", "import time\nwhile True:\n    time.sleep(1)\n".to_owned()),
        ("pod.yaml", manifest.to_owned()),
        ("scenario.yaml", format!("{CARD}inputs:\n{inputs}")),
    ];
    Draft::new(files.map(|(name, text)| (name.to_owned(), text)))
}

fn play(manifest: &str, inputs: &str) -> Run {
    let (scenario, remarks) = draft(manifest, inputs).check();
    world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")))
}

fn secs(at: SimTime) -> u64 {
    at.as_micros() / 1_000_000
}

/// Seconds and pod number of the events that `pick` answers to.
fn when(run: &Run, pick: impl Fn(&OnPod) -> bool) -> Vec<(u64, u32)> {
    let events = run.trace.events().iter().filter_map(|e| match &e.kind {
        EventKind::Pod(pod, what) if pick(what) => Some((secs(e.at), pod.0)),
        _ => None,
    });
    events.collect()
}

fn deletes(run: &Run) -> Vec<(u64, u32)> {
    when(run, |w| matches!(w, OnPod::DeleteRequested { .. }))
}

fn refusals(run: &Run) -> Vec<(u64, u32)> {
    when(run, |w| matches!(w, OnPod::EvictionRefused(_)))
}

fn budget(room: &str) -> String {
    format!(
        "{WEB}---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: web}}\nspec:\n  {room}\n  \
         selector: {{matchLabels: {{app: web}}}}\n"
    )
}

fn exits(run: &Run) -> Vec<(u64, u32)> {
    let main = |name: &str| name != "POD";
    let ends = run.trace.events().iter().filter_map(|e| match &e.kind {
        EventKind::Container(c, OnContainer::Exited(end)) => {
            let mine = run.end.container(*c).is_some_and(|c| main(&c.name));
            mine.then_some((secs(e.at), end.code))
        }
        _ => None,
    });
    ends.collect()
}

#[test]
fn without_a_budget_a_drain_evicts_all_pods_at_once_and_their_successors_are_elsewhere() {
    let run = play(WEB, "- {at_ms: 20000, do: drain}\n");
    assert_eq!(deletes(&run), [(20, 0), (20, 1)]);
    assert_eq!(run.end.pods.iter().map(|p| p.node).collect::<Vec<_>>(), [0, 0, 1, 1]);
}

#[test]
fn a_budget_lets_one_pod_go_and_the_next_when_its_successor_is_ready() {
    let run = play(&budget("minAvailable: 1"), "- {at_ms: 20000, do: drain}\n");
    assert_eq!(refusals(&run), [(20, 1)]);
    assert_eq!(deletes(&run), [(20, 0), (25, 1)]);
}

#[test]
fn a_budget_without_room_blocks_a_drain_until_its_timeout() {
    let run = play(&budget("minAvailable: 100%"), "- {at_ms: 20000, do: drain, timeout_s: 12}\n");
    assert_eq!(refusals(&run), [(20, 0), (20, 1), (25, 0), (25, 1), (30, 0), (30, 1)]);
    assert_eq!(deletes(&run), []);
}

#[test]
fn a_plain_delete_and_a_drain_that_deletes_do_not_ask_budgets() {
    let run = play(&budget("maxUnavailable: 0"), "- {at_ms: 20000, do: drain, disable_eviction: true}\n");
    assert_eq!(deletes(&run), [(20, 0), (20, 1)]);
    let run = play(&budget("maxUnavailable: 0"), "- {at_ms: 20000, do: delete, pod: web}\n");
    assert_eq!(deletes(&run), [(20, 0)]);
}

#[test]
fn two_budgets_for_one_pod_are_an_error_that_is_not_tried_again() {
    let two = budget("minAvailable: 1");
    let second = two.split("---\n").nth(1).map(|b| b.replace("name: web", "name: other")).unwrap_or_default();
    let run = play(&format!("{two}---\n{second}"), "- {at_ms: 20000, do: drain}\n");
    assert_eq!(refusals(&run), [(20, 0), (20, 1)]);
}

const BARE: &str = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 10
  containers: [{name: web, image: web}]
";

#[test]
fn a_drain_refuses_bare_pods_unless_forced() {
    let run = play(BARE, "- {at_ms: 20000, do: drain}\n");
    assert_eq!(deletes(&run), []);
    assert_eq!(when(&run, |w| matches!(w, OnPod::DeleteRefused(_))), [(20, 0)]);
    let run = play(BARE, "- {at_ms: 20000, do: drain, force: true}\n");
    assert_eq!(deletes(&run), [(20, 0)]);
}

#[test]
fn pressure_leaves_two_seconds_and_a_soft_threshold_what_the_node_grants() {
    assert_eq!(exits(&play(BARE, "- {at_ms: 20000, do: pressure}\n")), [(22, 137)]);
    assert_eq!(exits(&play(BARE, "- {at_ms: 20000, do: pressure, soft: true}\n")), [(22, 137)]);
    assert_eq!(exits(&play(BARE, "- {at_ms: 20000, do: pressure, soft: true, max_grace_s: 8}\n")), [(23, 0)]);
}

#[test]
fn a_shutdown_without_periods_takes_everything_at_once() {
    assert_eq!(exits(&play(BARE, "- {at_ms: 20000, do: shutdown}\n")), [(20, 137)]);
    assert_eq!(exits(&play(BARE, "- {at_ms: 20000, do: shutdown, grace_s: 30}\n")), [(23, 0)]);
    assert_eq!(exits(&play(BARE, "- {at_ms: 20000, do: shutdown, grace_s: 2}\n")), [(22, 137)]);
}

#[test]
fn groups_of_a_shutdown_come_one_after_the_other() {
    let critical = BARE.replace("name: web}\nspec:", "name: agent}\nspec:\n  priority: 100000");
    let pods = format!("{BARE}---\n{critical}");
    let run = play(&pods, "- {at_ms: 20000, do: shutdown, groups: [[100000, 5], [0, 9]]}\n");
    let begun = when(&run, |w| matches!(w, OnPod::Terminating(_)));
    let name = |n: u32| run.end.pods.get(n as usize).map_or("", |p| &*p.name);
    assert_eq!(begun.iter().map(|(at, n)| (*at, name(*n))).collect::<Vec<_>>(), [(20, "web"), (23, "agent")]);
}

#[test]
fn a_lost_node_is_not_ready_after_its_grace_and_its_pods_are_deleted_after_the_toleration() {
    let run = play(WEB, "- {at_ms: 20000, do: lose_node, toleration_s: 100}\n");
    assert_eq!(when(&run, |w| matches!(w, OnPod::Ready(false))), [(70, 0), (70, 1)]);
    assert_eq!(deletes(&run), [(170, 0), (170, 1)]);
    assert_eq!(exits(&run), [], "nobody tells the containers");
    assert!(run.end.pods.iter().take(2).all(|p| p.removed.is_none()), "their objects stay");
}

#[test]
fn tolerations_say_how_long_a_pod_stays_on_a_lost_node() {
    let gone = |tolerations: &str| {
        let manifest = WEB
            .replace("replicas: 2", "replicas: 1")
            .replace("      containers", &format!("{tolerations}      containers"));
        deletes(&play(&manifest, "- {at_ms: 20000, do: lose_node}\n")).first().map(|(at, _)| *at)
    };
    let of = |seconds: &str| {
        format!(
            "      tolerations: [{{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute{seconds}}}]\n"
        )
    };
    assert_eq!(gone(""), Some(370), "50 s until the node is not ready, 300 s by default");
    assert_eq!(gone(&of(", tolerationSeconds: 30")), Some(100));
    assert_eq!(gone(&of("")), None, "for ever");
    assert_eq!(gone("      tolerations: [{operator: Exists}]\n"), None);
    assert_eq!(gone("      tolerations: [{key: other, operator: Exists}]\n"), Some(370));
}

#[test]
fn a_node_that_is_back_stops_what_was_deleted_meanwhile() {
    let inputs =
        "- {at_ms: 20000, do: lose_node}\n- {at_ms: 30000, do: delete, pod: web}\n- {at_ms: 60000, do: return_node}\n";
    let run = play(BARE, inputs);
    assert_eq!(exits(&run), [(63, 0)]);
    assert_eq!(run.end.pods.first().and_then(|p| p.removed).map(|(at, _)| secs(at)), Some(63));
}

#[test]
fn a_force_delete_frees_the_name_while_the_container_runs_on_and_has_its_whole_grace_later() {
    let inputs = "- {at_ms: 20000, do: lose_node}\n- {at_ms: 30000, do: delete, pod: web, force: true}\n\
                  - {at_ms: 60000, do: return_node}\n";
    let run = play(BARE, inputs);
    assert_eq!(run.end.pods.first().and_then(|p| p.removed).map(|(at, _)| secs(at)), Some(30));
    assert_eq!(exits(&run), [(63, 0)]);
}

#[test]
fn a_restarted_kubelet_begins_a_termination_anew() {
    let inputs = "- {at_ms: 20000, do: delete}\n- {at_ms: 24000, do: restart_kubelet}\n";
    let deaf = BARE.replace("image: web", "image: web, command: [sleep, infinity]");
    assert_eq!(exits(&play(&deaf, inputs)), [(35, 137)], "24 s, a second for the kubelet, and 10 s of grace");
}

#[test]
fn finalizers_keep_the_object_until_they_are_removed() {
    let held = BARE.replace("name: web}\nspec", "name: web, finalizers: [example.com/cleanup]}\nspec");
    let inputs = "- {at_ms: 20000, do: delete}\n- {at_ms: 40000, do: remove_finalizers}\n";
    let run = play(&held, inputs);
    assert_eq!(exits(&run), [(23, 0)]);
    assert_eq!(run.end.pods.first().and_then(|p| p.removed).map(|(at, _)| secs(at)), Some(40));
}

#[test]
fn a_memory_limit_kills_without_a_signal_and_the_container_starts_again() {
    let run = play(BARE, "- {at_ms: 20000, do: oom}\n- {at_ms: 40000, do: delete}\n");
    assert_eq!(exits(&run), [(20, 137), (43, 0)]);
}

#[test]
fn a_probe_of_an_answer_that_turns_bad_kills_and_the_node_says_how_long_restarts_wait() {
    let probed = BARE.replace(
        "image: web}",
        "image: web, livenessProbe: {httpGet: {path: /health, port: 80}, periodSeconds: 1, failureThreshold: 2}}",
    );
    let mut draft = draft(&probed, "[]\n");
    let settings = "settings:\n  restart_wait_s: 2\n  answers: [{path: /health, status: 500, since_ms: 4000}]\n  \
                    app: {start: [{listen: 80}], on: {TERM: [{exit: 0}]}}\ninputs: []\n";
    draft.files.insert("scenario.yaml".into(), settings.into());
    let (scenario, remarks) = draft.check();
    let run = world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")));
    let killed = when(&run, |w| matches!(w, OnPod::Event(e) if &*e.reason == "Killing"));
    assert_eq!(killed.iter().take(3).map(|(at, _)| *at).collect::<Vec<_>>(), [6, 12, 18]);
    let waits = run.trace.events().iter().find_map(|e| match e.kind {
        EventKind::Container(_, OnContainer::BackOff(wait)) => Some(wait.as_secs()),
        _ => None,
    });
    assert_eq!(waits, Some(7), "2 s and 4 s are over before it fails again; of 8 s most are left");
}

#[test]
fn wrong_input_is_told_with_its_place() {
    let wrong = |input: &str| {
        let (_, remarks) = draft(BARE, input).check();
        let errors = remarks.into_iter().filter(|r| r.severity == Severity::Error);
        errors.map(|r| format!("{}: {}", r.line, r.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        wrong("- {at_ms: 1, do: shutdown, grace_s: 5, critical_s: 9}\n"),
        ["3: critical_s is a part of grace_s and cannot be more"]
    );
    assert_eq!(
        wrong("- {at_ms: 1, do: shutdown, groups: [[0]]}\n").first().map(String::as_str),
        Some("3: a group is a priority and its seconds")
    );
    assert_eq!(wrong("- {at_ms: 1, do: pressure, max_grace_s: 5}\n"), ["3: a hard threshold grants no grace period"]);
    assert_eq!(wrong("- {at_ms: 1, do: drain, pod: web}\n"), ["3: drain has no field \"pod\""]);
}
