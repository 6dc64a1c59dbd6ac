//! How long a delete takes: the grace period and what the kubelet adds, not more.

use simulator::base::time::SimDuration;
use simulator::scenario::{Draft, SCENARIO_FILE};
use simulator::trace::{EventKind, Exhausted, OnPod};
use simulator::world;

use super::cases;

/// The least grace a container gets after its hook (kuberuntime_container.go `minimumGracePeriodInSeconds`) and the latencies of
/// the node.
const MORE: SimDuration = SimDuration::from_secs(6);

#[test]
fn a_pod_is_gone_within_its_grace_and_what_the_kubelet_adds() {
    let mut gone = 0;
    for case in cases::all() {
        if case.run.end.exhausted.iter().any(|(what, _)| !matches!(what, Exhausted::LogBytes | Exhausted::Requests)) {
            continue;
        }
        for pod in &case.run.end.pods {
            let (Some((deleted, ..)), Some((removed, _))) = (pod.deleted, pod.removed) else { continue };
            if waited_for_the_worker(case, pod) {
                continue;
            }
            let longest = longest_grace(case, pod);
            let took = removed.since(deleted);
            assert!(took <= longest + MORE, "seed {}: {} took {took:?} of {longest:?}", case.seed, pod.name);
            gone += 1;
        }
    }
    assert!(gone > 50, "only {gone} pods are deleted");
}

/// A worker that is busy with a hook at start or with a kill by a probe looks at the delete when that is over.
fn waited_for_the_worker(case: &cases::Case, pod: &simulator::observed::Pod) -> bool {
    case.run.trace.events().iter().any(|e| match &e.kind {
        EventKind::Pod(id, OnPod::WorkerBusy) => case.run.end.pod(*id).is_some_and(|p| p.name == pod.name),
        _ => false,
    })
}

fn longest_grace(case: &cases::Case, pod: &simulator::observed::Pod) -> SimDuration {
    let graces = case.run.trace.events().iter().filter_map(|e| match &e.kind {
        EventKind::Pod(id, OnPod::DeleteRequested { grace_s, .. })
            if case.run.end.pod(*id).is_some_and(|p| p.name == pod.name) =>
        {
            Some(*grace_s)
        }
        _ => None,
    });
    SimDuration::from_secs(u64::from(graces.max().unwrap_or(30)))
}

#[test]
fn a_longer_grace_never_shortens_the_end() {
    let apps = [
        "FROM python:3.12\nCMD sleep 1000\n",
        "FROM python:3.12\nCMD [\"sh\", \"-c\", \"trap 'sleep 4; exit 0' TERM; while :; do sleep 1; done\"]\n",
        "FROM nginx:1.25\n",
    ];
    for app in apps {
        for hook in ["", "    lifecycle: {preStop: {exec: {command: [sleep, \"6\"]}}}\n"] {
            let mut last = SimDuration::ZERO;
            for grace in [1, 2, 3, 5, 8, 13, 21, 34, 55] {
                let took = time_to_stop(app, hook, grace);
                assert!(took >= last, "{app}{hook}: {took:?} with {grace} s, {last:?} with less");
                last = took;
            }
        }
    }
}

fn time_to_stop(dockerfile: &str, hook: &str, grace: u32) -> SimDuration {
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\nspec:\n  terminationGracePeriodSeconds: {grace}\n  containers:\n  - name: \
         app\n    image: my-app\n{hook}"
    );
    let scenario = "inputs:\n- {at_ms: 20000, do: delete}\n";
    let files = [("Dockerfile", dockerfile), ("pod.yaml", pod.as_str()), (SCENARIO_FILE, scenario)];
    let draft = Draft::new(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let (scenario, remarks) = draft.check();
    let run = world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")));
    let pod = run.end.pods.first().expect("one pod");
    let (deleted, removed) = (pod.deleted.expect("deleted").0, pod.removed.expect("removed").0);
    removed.since(deleted)
}
