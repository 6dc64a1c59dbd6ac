//! The same pod here: the manifest with the image of the measurements, in a cluster of one node.

use std::collections::BTreeMap;
use std::sync::Arc;

use simulator::base::Text;
use simulator::base::limits::BATCH;
use simulator::base::signal::Signal;
use simulator::base::time::{SimDuration, SimTime};
use simulator::cluster::{ClusterSettings, WorkloadPlan};
use simulator::inventory::{ContainerFacts, Inventory, WorkloadFacts};
use simulator::kernel::fs::FileSystem;
use simulator::kubelet::{ContainerPlan, HttpAnswer, NodeSettings, PodPlan, StopSignal, Version, latency, runtime};
use simulator::pod::spec::{ContainerSpec, Workload};
use simulator::pod::{self, Api};
use simulator::program::call::{Binary, Settings as Programs};
use simulator::scenario::{Action, Input, Scenario, Settings, Target};
use simulator::world::{Run, run};

use crate::record::{Record, Zero};

/// A pod that is deleted runs for so long before.
pub const BOOT: SimTime = SimTime::from_secs(20);

/// The image of the measurements: a test program, shells, init programs, python.
fn container(spec: &ContainerSpec) -> ContainerPlan {
    let program = |name: &str, version: &str| Binary::Program { name: name.into(), version: version.into() };
    let mut files = FileSystem::new();
    files.put_binary("/app", program("test-app", ""));
    files.put_binary("/daemonise", program("daemonise", ""));
    files.put_binary("/bin/dash", Binary::Shell("dash-0.5.12-bookworm".into()));
    files.put_binary("/bin/sh", Binary::Shell("dash-0.5.12-bookworm".into()));
    files.put_binary("/bin/bash", Binary::Shell("bash-5.2.15".into()));
    files.put_binary("/bin/busybox", Binary::Shell("busybox-1.35.0-deb".into()));
    for name in ["sleep", "true", "false", "cat"] {
        files.put_binary(&format!("/bin/{name}"), program(name, ""));
    }
    files.put_binary("/usr/bin/python3", program("python3", "3.11"));
    files.put_binary("/usr/bin/tini", program("tini", ""));
    files.put_binary("/usr/bin/dumb-init", program("dumb-init", ""));
    let words = spec.command.iter().chain(&spec.args).flat_map(|list| list.value.iter());
    let argv: Vec<Text> = words.map(|w| Text::from(w.value.as_str())).collect();
    let env: BTreeMap<Text, Text> = [(Text::from("PATH"), Text::from("/bin:/usr/bin"))].into();
    let stop_signal = match spec.image.value.rsplit(':').next() {
        Some("sigquit") => StopSignal::Known(Signal::QUIT),
        Some("sigrtmin") => Signal::parse("SIGRTMIN+3").map_or(StopSignal::Unset, StopSignal::Known),
        _ => StopSignal::Unset,
    };
    let ill = argv.iter().find_map(|a| a.strip_prefix("health-fails-after="));
    let ill = ill.and_then(SimDuration::parse_secs);
    let answers = ill.map(|since| HttpAnswer { path: "/".into(), status: 500, after: SimDuration::ZERO, since });
    ContainerPlan {
        argv: argv.into(),
        env: Arc::new(env.into()),
        cwd: "/".into(),
        uid: 0,
        stop_signal,
        files,
        settings: Programs::default(),
        answers: answers.into_iter().collect(),
    }
}

fn plan(workload: &Workload) -> PodPlan {
    let spec = &workload.pod;
    PodPlan {
        containers: spec.containers.iter().map(container).collect(),
        init_containers: spec.init_containers.iter().map(container).collect(),
        spec: Arc::new(spec.clone()),
        kubernetes: Version::NEWEST,
        runtime: &runtime::CONTAINERD,
        container_stop_signals: false,
        gated: false,
        node: NodeSettings::default(),
        latencies: &latency::MEASURED,
    }
}

/// What the tools print beside what happens: the names of the containers.
fn inventory(workload: &Workload) -> Inventory {
    let of = |specs: &[ContainerSpec]| -> Vec<ContainerFacts> {
        let facts = |c: &ContainerSpec| ContainerFacts {
            name: c.name.value.as_str().into(),
            sidecar: c.is_sidecar(),
            ..ContainerFacts::default()
        };
        specs.iter().map(facts).collect()
    };
    let facts = WorkloadFacts {
        kind: "Pod".into(),
        name: workload.meta.name.value.as_str().into(),
        containers: of(&workload.pod.containers),
        init: of(&workload.pod.init_containers),
        ..WorkloadFacts::default()
    };
    Inventory { workloads: vec![facts], ..Inventory::default() }
}

fn delete(at: SimTime, grace: Option<i64>, force: bool, now: bool) -> Input {
    Input { at, action: Action::Delete { target: Target::All, grace, force, now } }
}

/// What was done to the pod, and when; `zero` is the record's time 0.
fn inputs(record: &Record, zero: SimTime) -> Vec<Input> {
    let mut all = Vec::new();
    match (record.zero, &record.kubectl) {
        (Zero::Creation, _) => {}
        // The experimenter cleaned up: a delete with grace 0 shows as such.
        (Zero::Start, _) => {
            let gone = record.lines.iter().find(|l| l.who == "api" && l.what.starts_with("deletion=set"));
            let at = gone.and_then(|l| u64::try_from(l.at).ok()).expect("a delete");
            all.push(delete(zero + SimDuration::from_micros(at), None, true, false));
        }
        (Zero::Delete, None) => all.push(delete(zero, None, false, false)),
        (Zero::Delete, Some(flags)) => {
            let has = |flag: &str| flags.iter().any(|a| a == flag);
            let grace = flags.iter().find_map(|a| a.strip_prefix("--grace-period=")?.parse().ok());
            all.push(delete(zero, grace, has("--force"), has("--now")));
        }
    }
    if let Some((after, grace)) = record.second {
        all.push(delete(zero + after, Some(grace), false, false));
    }
    all
}

/// Runs the record's pod. Answers the run, what it was made from, and its time 0.
pub fn play(manifest: &str, record: &Record, seed: u64) -> (Scenario, Run, SimTime) {
    // Where the exit code of the program differs between runs, its own log says which it was.
    let code = record.lines.iter().find_map(|l| l.what.split_once("exit-after, exit ").map(|(_, code)| code));
    let manifest = match code {
        Some(code) => manifest.replace("exit-code=1", &format!("exit-code={code}")),
        None => manifest.to_owned(),
    };
    let (manifests, _) = pod::parse("pod.yaml", &manifest, Api::of_minor(36));
    let workload = manifests.workloads.into_iter().next().expect("a pod");
    let service = format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec:\n  selector: {{app: {}}}\n  ports: [{{port: 80, \
         targetPort: 8080}}]\n",
        workload.pod.meta.labels["app"].value
    );
    let services = pod::parse("service.yaml", &service, Api::of_minor(36)).0.services;
    let services: Vec<_> = services.iter().collect();
    let mut scenario = Scenario {
        inventory: inventory(&workload),
        title: String::new(),
        workloads: vec![WorkloadPlan::new(&workload, plan(&workload), &services)],
        cluster: ClusterSettings::default(),
        updates: Vec::new(),
        docker: Vec::new(),
        inputs: vec![delete(SimTime::from_secs(200), None, false, false)],
        settings: Settings { seed, ..Settings::default() },
        until: SimTime::from_secs(100),
        limits: BATCH,
    };
    let zero = match record.zero {
        Zero::Creation => SimTime::ZERO,
        Zero::Delete => BOOT + record.fraction,
        Zero::Start => {
            let first = run(&scenario);
            let started = first.end.containers.iter().find(|c| &*c.name != "POD").and_then(|c| c.started);
            let started = started.expect("a container");
            // The experimenter saw it run up to a second after it began to; when a probe failed first tells how long.
            let ill = record.lines.iter().find(|l| l.what.starts_with("Unhealthy: ")).expect("a failed probe").at;
            let here = first.end.events.iter().find(|e| &*e.reason == "Unhealthy").expect("a failed probe").at;
            let zero =
                here.since(SimTime::ZERO).saturating_sub(SimDuration::from_micros(u64::try_from(ill).expect("later")));
            let zero = SimTime::ZERO + zero;
            assert!(zero >= started && zero.since(started) <= SimDuration::from_secs(1), "{zero} {started}");
            zero
        }
    };
    let inputs = inputs(record, zero);
    if !inputs.is_empty() {
        scenario.inputs = inputs;
    }
    let run = run(&scenario);
    (scenario, run, zero)
}
