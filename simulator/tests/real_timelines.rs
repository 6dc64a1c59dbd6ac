//! Pods that were deleted on a real cluster, against the same pods here: who got which signal, when and from whom, exit
//! codes, events, and when the object was gone. From `data/real-timelines.json`.
//!
//! Times may differ by 0.5 s: the real node was loaded. A pid other than 1 is compared as "not 1": runc's threads use up a
//! varying number of pids. A scenario agrees if one of its runs does.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use simulator::base::Text;
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::BATCH;
use simulator::base::signal::Signal;
use simulator::base::time::{SimDuration, SimTime};
use simulator::kernel::fs::FileSystem;
use simulator::kubelet::case::{Deed, play};
use simulator::kubelet::{ContainerPlan, DeleteRequest, NodeSettings, PodPlan, StopSignal, Version, latency, runtime};
use simulator::observed::Observed;
use simulator::pod::spec::ContainerSpec;
use simulator::pod::{self, Api};
use simulator::program::call::{Binary, Settings};
use simulator::trace::{DeleteFrom, EventKind, OnContainer, OnPod, OnTask, Sender, Trace};

/// Scenarios that must agree; only ever raised.
const FLOOR: usize = 45;
/// The pod runs for so long before it is deleted.
const BOOT: SimTime = SimTime::from_secs(20);

fn time(value: &Value) -> SimDuration {
    value.as_number().and_then(|n| SimDuration::parse_secs(&n.to_string())).unwrap_or_default()
}

/// The image of the measurements: a test program, shells, init programs, python.
fn container(spec: &ContainerSpec) -> ContainerPlan {
    let program = |name: &str, version: &str| Binary::Program { name: name.into(), version: version.into() };
    let mut files = FileSystem::new();
    files.put_binary("/app", program("test-app", ""));
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
    ContainerPlan {
        argv: argv.into(),
        env: Arc::new(env),
        cwd: "/".into(),
        uid: 0,
        stop_signal,
        files,
        settings: Settings::default(),
        answers: Vec::new(),
    }
}

fn plan(manifest: &str) -> PodPlan {
    let (manifests, _) = pod::parse("pod.yaml", manifest, Api::of_minor(36));
    let spec = manifests.workloads.into_iter().next().expect("a pod").pod;
    PodPlan {
        containers: spec.containers.iter().map(container).collect(),
        init_containers: spec.init_containers.iter().map(container).collect(),
        spec: Arc::new(spec),
        kubernetes: Version::NEWEST,
        runtime: &runtime::CONTAINERD,
        container_stop_signals: false,
        node: NodeSettings::default(),
        latencies: &latency::MEASURED,
    }
}

fn deeds(run: &Value) -> Vec<(SimTime, Deed)> {
    let api = |grace| DeleteRequest { grace, from: DeleteFrom::Controller, ..DeleteRequest::PLAIN };
    let first = match run["kubectl"].as_array() {
        None => api(None),
        Some(args) => {
            let has = |flag: &str| args.iter().any(|a| a.as_str() == Some(flag));
            let grace = args.iter().find_map(|a| a.as_str()?.strip_prefix("--grace-period=")?.parse().ok());
            DeleteRequest { grace, force: has("--force"), now: has("--now"), from: DeleteFrom::User }
        }
    };
    let mut all = vec![(BOOT, Deed::Delete(first))];
    for later in run["second"].as_array().into_iter().flatten() {
        all.push((BOOT + time(&later[0]), Deed::Delete(api(later[1].as_i64()))));
    }
    all
}

/// A line of a timeline.
type Line = (SimDuration, String);

/// `TERM -> app/7 dash from runc` with the pid reduced to 1 or not 1.
fn normal(who: &str, what: &str) -> String {
    let Some((head, rest)) = what.split_once('/').filter(|_| who == "signal") else { return format!("{who} {what}") };
    let (pid, tail) = rest.split_once(' ').unwrap_or((rest, ""));
    format!("{who} {head}/{} {tail}", if pid == "1" { "1" } else { "n" })
}

fn real(run: &Value) -> Vec<Line> {
    let events = run["events"].as_array().into_iter().flatten();
    events.map(|e| (time(&e[0]), normal(e[1].as_str().unwrap_or(""), e[2].as_str().unwrap_or("")))).collect()
}

fn simulated(trace: &Trace, end: &Observed) -> Vec<Line> {
    let mut lines = Vec::new();
    for event in trace.events().iter().filter(|e| e.at >= BOOT) {
        let text = match &event.kind {
            EventKind::Task(task, OnTask::Sent { signal, from }) if *signal != Signal::CHLD => {
                sent(end, *task, *signal, *from)
            }
            EventKind::Task(task, OnTask::Died(status)) => {
                let task = end.task(*task).expect("a process");
                // A hook that could not be executed was never a process of the container there.
                let hook = task.role.as_deref() == Some("preStop") && task.execed.is_some();
                let name = task.container.and_then(|c| end.container(c)).map_or("", |c| &c.name);
                hook.then(|| format!("exit {name} exec process exit {}", status.container_code()))
            }
            EventKind::Container(container, OnContainer::Exited(exit)) => {
                let name = container_name(&end.container(*container).expect("a container").name).to_owned();
                Some(format!("exit {name} main process exit {}", exit.code))
            }
            EventKind::Pod(_, OnPod::Event(event)) => Some(format!("event {}: {}", event.reason, event.message)),
            EventKind::Pod(_, OnPod::Removed) => Some("api DELETED".to_owned()),
            _ => None,
        };
        lines.extend(text.map(|text| (event.at.since(BOOT), text)));
    }
    lines
}

fn container_name(name: &str) -> &str {
    if name == "POD" { "sandbox" } else { name }
}

fn sent(end: &Observed, task: TaskId, signal: Signal, from: Sender) -> Option<String> {
    // Hook processes were not among those whose signals were recorded.
    let target = end.task(task).filter(|t| t.role.as_deref() != Some("preStop"))?;
    let name = container_name(&end.container(target.container?)?.name);
    let name_of = |t: Option<TaskId>| t.and_then(|t| end.task(t)).map_or("?".into(), |t| t.comm.to_string());
    let from = match from {
        Sender::Outside => "runc".to_owned(),
        Sender::Task(t) => name_of(Some(t)),
        Sender::Kernel => {
            let init = end.namespace(target.namespace).and_then(|n| n.init);
            format!("{} (by the kernel)", name_of(init))
        }
    };
    let pid = if target.pid == Pid::INIT { "1" } else { "n" };
    // The kernel calls real-time signals by their numbers.
    let signal = if signal.number() >= 34 { signal.number().to_string() } else { signal.to_string() };
    Some(format!("signal {signal} -> {name}/{pid} {} from {from}", target.comm))
}

/// Lines without a counterpart within 0.5 s.
fn missing(a: &[Line], b: &[Line]) -> Vec<Line> {
    let near =
        |x: SimDuration, y: SimDuration| x.saturating_sub(y).max(y.saturating_sub(x)) <= SimDuration::from_millis(500);
    a.iter().filter(|(t, what)| !b.iter().any(|(u, other)| what == other && near(*t, *u))).cloned().collect()
}

#[test]
fn deleted_pods_take_the_course_they_took_on_a_real_cluster() {
    let data: Value = serde_json::from_str(include_str!("data/real-timelines.json")).expect("the data is JSON");
    let scenarios = data["scenarios"].as_array().expect("scenarios");
    let mut agree = 0;
    for scenario in scenarios {
        let plan = plan(scenario["manifest"].as_str().expect("a manifest"));
        let mut report = Vec::new();
        for run in scenario["runs"].as_array().into_iter().flatten() {
            let until = BOOT + SimDuration::from_secs(60);
            let (trace, end) = play(&plan, &"kubectl delete pod".into(), &deeds(run), until, BATCH);
            let (real, here) = (real(run), simulated(&trace, &end));
            report.push((missing(&real, &here), missing(&here, &real)));
        }
        if report.iter().any(|(a, b)| a.is_empty() && b.is_empty()) {
            agree += 1;
            continue;
        }
        println!("{}", scenario["name"]);
        if let Some((real, here)) = report.first() {
            real.iter().for_each(|(t, what)| println!("  only there {t} {what}"));
            here.iter().for_each(|(t, what)| println!("  only here  {t} {what}"));
        }
    }
    println!("{agree} of {} scenarios agree", scenarios.len());
    assert!(agree >= FLOOR, "{agree} of {} scenarios agree, {FLOOR} did before", scenarios.len());
}
