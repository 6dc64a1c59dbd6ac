//! What pods do on a node of their own, rule by rule: causes, pids, probes, sessions, busy workers.

use std::collections::BTreeMap;
use std::sync::Arc;

use simulator::base::Text;
use simulator::base::id::{EventId, Pid};
use simulator::base::limits::BATCH;
use simulator::base::time::{SimDuration, SimTime};
use simulator::kernel::fs::FileSystem;
use simulator::kubelet::case::{Deed, play};
use simulator::kubelet::{
    ContainerPlan, DeleteRequest, HttpAnswer, NodeSettings, PodPlan, StopSignal, Version, latency, runtime,
};
use simulator::observed::{ContainerState, Observed};
use simulator::pod::{self, Api};
use simulator::program::call::{Binary, Settings};
use simulator::rules::RuleId;
use simulator::trace::{EventKind, OnContainer, OnPod, OnTask, PodPhase, Trace};

/// A pod whose containers see a test program, dash and sleep. `health` is what its server answers from 4 s on.
fn plan(spec: &str, health: Option<u16>) -> PodPlan {
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n{spec}");
    let (manifests, remarks) = pod::parse("pod.yaml", &text, Api::of_minor(36));
    let spec = manifests.workloads.into_iter().next().unwrap_or_else(|| panic!("{remarks:?}")).pod;
    let container = |c: &pod::spec::ContainerSpec| {
        let program = |name: &str| Binary::Program { name: name.into(), version: "".into() };
        let mut files = FileSystem::new();
        files.put_binary("/app", program("test-app"));
        files.put_binary("/bin/sh", Binary::Shell("dash-0.5.12-bookworm".into()));
        files.put_binary("/bin/sleep", program("sleep"));
        let argv: Vec<Text> = c.command.iter().flat_map(|l| &l.value).map(|w| Text::from(w.value.as_str())).collect();
        let env: BTreeMap<Text, Text> = [(Text::from("PATH"), Text::from("/bin"))].into();
        let since = SimDuration::from_secs(4);
        let row = |status| HttpAnswer { path: "/health".into(), status, after: SimDuration::ZERO, since };
        ContainerPlan {
            argv: argv.into(),
            env: Arc::new(env.into()),
            cwd: "/".into(),
            uid: 0,
            stop_signal: StopSignal::Unset,
            files,
            settings: Settings::default(),
            answers: health.map(row).into_iter().collect(),
        }
    };
    PodPlan {
        containers: spec.containers.iter().map(container).collect(),
        init_containers: spec.init_containers.iter().map(container).collect(),
        spec: Arc::new(spec),
        kubernetes: Version::NEWEST,
        runtime: &runtime::CONTAINERD,
        container_stop_signals: false,
        gated: false,
        node: NodeSettings::default(),
        latencies: &latency::MEASURED,
    }
}

/// Runs a pod for a minute and deletes it after so many seconds.
fn run(plan: &PodPlan, delete_at: Option<u64>) -> (Trace, Observed) {
    let deed = |s| (SimTime::from_secs(s), Deed::Delete(DeleteRequest::PLAIN));
    let deeds: Vec<_> = delete_at.map(deed).into_iter().collect();
    play(plan, &"kubectl delete pod web".into(), &deeds, SimTime::from_secs(60), BATCH)
}

fn reasons(end: &Observed) -> Vec<(String, u64)> {
    end.events.iter().map(|e| (e.reason.to_string(), e.at.as_micros() / 1_000_000)).collect()
}

#[test]
fn a_kill_at_the_end_of_the_grace_goes_back_to_the_delete_and_that_to_a_person() {
    let (trace, _) = run(
        &plan("  terminationGracePeriodSeconds: 5\n  containers: [{name: app, image: a, command: [/app]}]", None),
        Some(10),
    );
    let died = trace.iter().find_map(|(id, e)| match e.kind {
        EventKind::Task(_, OnTask::Died(_)) if e.rule == RuleId::SignalKill => Some(id),
        _ => None,
    });
    let chain: Vec<EventId> = trace.causes(died.expect("a killed process"));
    let rules: Vec<&str> = chain.iter().filter_map(|id| trace.get(*id)).map(|e| e.rule.id()).collect();
    let expected = [
        "signal/kill-is-final",
        "signal/from-outside",
        "runtime/grace-expired",
        "runtime/stop-signal",
        "kubelet/kill-all-at-once",
        "kubelet/effective-grace",
        "api/delete",
        "input/given",
    ];
    assert_eq!(rules, expected);
}

#[test]
fn the_state_at_the_end_is_the_fold_of_the_trace() {
    let (trace, end) =
        run(&plan("  containers: [{name: app, image: a, command: [/app, on-TERM=exit]}]", None), Some(10));
    assert_eq!(Observed::at(&trace, EventId::from_index(trace.len())), end);
    assert!(end.pods[0].removed.is_some());
}

#[test]
fn every_chain_of_causes_ends_in_an_input() {
    let (trace, _) = run(&plan("  containers: [{name: app, image: a, command: [/app, on-TERM=exit]}]", None), Some(10));
    for (id, event) in trace.iter() {
        let root = trace.causes(id).last().and_then(|r| trace.get(*r)).expect("a root");
        assert!(matches!(root.kind, EventKind::Input(_)), "{event:?} begins with {root:?}");
    }
}

#[test]
fn with_a_shared_namespace_pause_is_pid_1_and_every_entry_uses_up_numbers() {
    let spec =
        "  shareProcessNamespace: true\n  containers: [{name: app, image: a, command: [/bin/sh, -c, /app; true]}]";
    let (_, end) = run(&plan(spec, None), None);
    let pids: Vec<(&str, u32)> = end.tasks.iter().map(|t| (&*t.comm, t.pid.0)).collect();
    assert_eq!(pids, [("pause", 1), ("sh", 7), ("app", 13)]);
}

#[test]
fn without_one_the_container_has_its_own_pid_1_and_pause_another() {
    let (_, end) = run(&plan("  containers: [{name: app, image: a, command: [/bin/sh, -c, /app; true]}]", None), None);
    let pids: Vec<(&str, Pid)> = end.tasks.iter().map(|t| (&*t.comm, t.pid)).collect();
    assert_eq!(pids, [("pause", Pid(1)), ("sh", Pid(1)), ("app", Pid(7))]);
}

#[test]
fn a_liveness_probe_restarts_at_once_twice_and_then_with_back_off() {
    let spec = "  terminationGracePeriodSeconds: 6
  containers:
  - name: app
    image: a
    command: [/app, port=8080, on-TERM=exit]
    livenessProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 1, failureThreshold: 2}";
    let (_, end) = run(&plan(spec, Some(500)), None);
    let killed: Vec<u64> = reasons(&end).into_iter().filter(|(r, _)| r == "Killing").map(|(_, t)| t).collect();
    assert_eq!(killed.get(..3), Some(&[6, 12, 18][..]));
    let back_off = reasons(&end).into_iter().find(|(r, _)| r == "BackOff");
    assert_eq!(back_off, Some(("BackOff".to_owned(), 18)));
    assert_eq!(end.pods[0].phase, PodPhase::Running);
}

#[test]
fn readiness_follows_its_probe_and_not_the_delete() {
    let spec = "  terminationGracePeriodSeconds: 6
  containers:
  - name: app
    image: a
    command: [/app, port=8080]
    readinessProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 1, failureThreshold: 1}";
    let (trace, _) = run(&plan(spec, Some(503)), Some(2));
    let ready: Vec<(bool, u64)> = trace
        .iter()
        .filter_map(|(_, e)| match e.kind {
            EventKind::Pod(_, OnPod::Ready(ready)) => Some((ready, e.at.as_micros() / 1_000_000)),
            _ => None,
        })
        .collect();
    assert_eq!(ready, [(true, 1), (false, 5)]);
}

#[test]
fn a_delete_waits_for_a_post_start_hook() {
    let spec = "  containers:
  - name: app
    image: a
    command: [/app, on-TERM=exit]
    lifecycle: {postStart: {exec: {command: [sleep, '8']}}}";
    let (_, end) = run(&plan(spec, None), Some(2));
    let killed = reasons(&end).into_iter().find(|(r, _)| r == "Killing");
    assert_eq!(killed, Some(("Killing".to_owned(), 9)));
}

#[test]
fn a_program_that_is_not_there_is_a_start_error_and_is_tried_again() {
    let (trace, end) = run(&plan("  containers: [{name: app, image: a, command: [/no/such]}]", None), None);
    let ends: Vec<(u32, &str)> = trace
        .events()
        .iter()
        .filter_map(|e| match &e.kind {
            EventKind::Container(_, OnContainer::Exited(end)) => Some((end.code, &*end.reason)),
            _ => None,
        })
        .collect();
    assert!(ends.len() >= 3 && ends.iter().all(|e| *e == (128, "StartError")), "{ends:?}");
    assert!(!end.pods[0].ready);
}

#[test]
fn init_containers_run_one_after_the_other_before_the_rest() {
    let spec = "  initContainers:
  - {name: one, image: a, command: [sleep, '2']}
  - {name: two, image: a, command: [sleep, '3']}
  containers: [{name: app, image: a, command: [/app]}]";
    let (_, end) = run(&plan(spec, None), None);
    let starts: Vec<(&str, u64)> =
        end.containers.iter().filter_map(|c| Some((&*c.name, c.started?.as_micros() / 1_000_000))).collect();
    assert_eq!(starts, [("POD", 0), ("one", 1), ("two", 3), ("app", 7)]);
}

#[test]
fn a_pod_that_has_ended_by_itself_is_succeeded_and_goes_at_once_when_deleted() {
    let spec = "  restartPolicy: Never\n  containers: [{name: app, image: a, command: [sleep, '3']}]";
    let (_, end) = run(&plan(spec, None), Some(20));
    assert_eq!(end.pods[0].phase, PodPhase::Succeeded);
    assert_eq!(end.pods[0].removed.map(|(at, _)| at), Some(SimTime::from_secs(20)));
}

/// Codes and reasons of all ends of a container.
fn ends(end: &Observed, name: &str) -> Vec<String> {
    let of = end.containers.iter().filter(|c| &*c.name == name);
    of.filter_map(|c| match &c.state {
        ContainerState::Exited { end, .. } => Some(format!("{} {}", end.code, end.reason)),
        ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_) => None,
    })
    .collect()
}

#[test]
fn a_grpc_probe_hears_what_the_server_says_of_itself() {
    let text = "  containers:\n  - {name: app, image: x, command: [/app, on-TERM=exit, port=8080], livenessProbe: {grpc: {port: \
                8080}, periodSeconds: 1, failureThreshold: 3}}\n";
    let mut plan = plan(text, None);
    plan.containers[0].answers.push(HttpAnswer {
        path: "/grpc.health.v1.Health/Check".into(),
        status: 503,
        after: SimDuration::ZERO,
        since: SimDuration::from_secs(4),
    });
    let (_, end) = run(&plan, None);
    let failed = end.events.iter().find(|e| &*e.reason == "Unhealthy").expect("a failed probe");
    assert_eq!(&*failed.message, "Liveness probe failed: service unhealthy (responded with \"NOT_SERVING\")");
    assert_eq!(ends(&end, "app")[0], "0 Completed", "killed, and its handler ran");
}

#[test]
fn a_container_leaves_a_message_in_its_file_or_at_the_end_of_its_log() {
    let of = |command: &str, policy: &str| {
        let text = format!(
            "  restartPolicy: Never\n  containers:\n  - {{name: app, image: x, terminationMessagePolicy: {policy}, command: \
             [/bin/sh, -c, '{command}']}}\n"
        );
        let mut plan = plan(&text, None);
        plan.containers[0].files.put_text("/dev/termination-log", "", false);
        let (_, end) = run(&plan, None);
        let app = end.containers.iter().find(|c| &*c.name == "app").expect("a container");
        match &app.state {
            ContainerState::Exited { end, .. } => end.message.to_string(),
            state => panic!("{state:?}"),
        }
    };
    assert_eq!(of("echo bad config > /dev/termination-log; exit 1", "File"), "bad config\n");
    assert_eq!(of("echo to the log; exit 1", "File"), "");
    assert_eq!(of("echo to the log; exit 1", "FallbackToLogsOnError"), "to the log\n");
    assert_eq!(of("echo to the log; exit 0", "FallbackToLogsOnError"), "");
}

#[test]
fn a_rule_by_exit_code_restarts_a_container_that_its_policy_would_leave() {
    let of = |values: &str| {
        let text = format!(
            "  restartPolicy: Never\n  containers:\n  - name: app\n    image: x\n    command: [/bin/sh, -c, \"sleep 1; exit \
             42\"]\n    restartPolicy: Never\n    restartPolicyRules:\n    - action: Restart\n      exitCodes: {{operator: \
             In, values: [{values}]}}\n"
        );
        run(&plan(&text, None), None).1
    };
    // At 1, 2, 13 and 34 s: at once, then after 10 and 20 s.
    assert_eq!(ends(&of("41, 42"), "app"), ["42 Error"; 4]);
    let never = of("41");
    assert_eq!(ends(&never, "app"), ["42 Error"]);
    assert_eq!(never.pods[0].phase, PodPhase::Failed);
}

#[test]
fn restart_all_containers_kills_the_others_without_hook_or_grace_and_begins_with_the_init_containers() {
    let text = "  restartPolicy: Always\n  initContainers:\n  - {name: prepare, image: x, command: [/bin/sh, -c, \"exit 0\"]}\n  \
                containers:\n  - {name: api, image: x, command: [/app, on-TERM=exit], lifecycle: {preStop: {sleep: {seconds: \
                5}}}}\n  - name: watcher\n    image: x\n    command: [/bin/sh, -c, \"sleep 40; exit 88\"]\n    \
                restartPolicy: Never\n    restartPolicyRules:\n    - action: RestartAllContainers\n      exitCodes: \
                {operator: In, values: [88]}\n";
    let (trace, end) = run(&plan(text, None), None);
    assert_eq!(ends(&end, "api"), ["137 RestartingAllContainers"]);
    assert_eq!(ends(&end, "watcher"), ["88 Error"]);
    assert_eq!(ends(&end, "prepare"), ["0 Completed"; 2]);
    let signals: Vec<String> = trace
        .iter()
        .filter_map(|(_, e)| match &e.kind {
            EventKind::Task(_, OnTask::Sent { signal, .. }) => Some(signal.to_string()),
            _ => None,
        })
        .filter(|s| s != "CHLD")
        .collect();
    assert_eq!(signals, ["KILL"], "no SIGTERM, no hook");
    assert!(!trace.iter().any(|(_, e)| matches!(e.kind, EventKind::Container(_, OnContainer::HookStarted(..)))));
    let pod = &end.pods[0];
    assert_eq!(pod.phase, PodPhase::Running);
    let restarts: Vec<u32> = end.containers.iter().filter(|c| c.restarts == 1).map(|c| c.restarts).collect();
    assert_eq!(restarts.len(), 3, "prepare, api, watcher");
}
