//! A run here as the lines that were recorded there.

use std::collections::BTreeMap;

use simulator::base::id::{Pid, TaskId};
use simulator::base::signal::Signal;
use simulator::base::time::SimTime;
use simulator::observed::{ContainerState, Observed};
use simulator::scenario::Scenario;
use simulator::trace::{EventKind, OnContainer, OnEndpoint, OnPod, OnTask, PodPhase, Sender};
use simulator::view::kubectl;
use simulator::world::Run;

use crate::record::Line;

fn micros(at: SimTime) -> i64 {
    i64::try_from(at.as_micros()).expect("a short run")
}

/// All lines, in order of time; `zero` is the record's time 0.
pub fn of(scenario: &Scenario, run: &Run, zero: SimTime) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut told = Told::default();
    let mut seen = Observed::default();
    for (id, event) in run.trace.iter() {
        // What changes at one instant is one write of the object.
        if event.at > seen.now {
            lines.extend(told.write(scenario, &seen, zero));
        }
        seen.apply(id, event);
        for (who, what) in told.lines(scenario, &seen, &run.end, &event.kind) {
            lines.push(Line { at: micros(event.at) - micros(zero), who: who.to_owned(), what });
        }
    }
    lines.extend(told.write(scenario, &seen, zero));
    for (at, row) in kubectl::watch(&scenario.inventory, &run.trace, SimTime::ZERO) {
        let what = format!("STATUS {} READY {}", row.status, row.ready);
        lines.push(Line { at: micros(at) - micros(zero), who: "kubectl".to_owned(), what });
    }
    lines.sort_by_key(|line| line.at);
    lines
}

/// What has been told already.
#[derive(Default)]
struct Told {
    /// How often each Kubernetes event came: the series of one reason and message are one object.
    events: BTreeMap<String, u32>,
    /// The last state of the object.
    object: String,
    /// The object has changed since.
    changed: bool,
}

impl Told {
    /// The object's new state, if it was written.
    fn write(&mut self, scenario: &Scenario, seen: &Observed, zero: SimTime) -> Option<Line> {
        if !std::mem::take(&mut self.changed) || seen.pods.iter().any(|p| p.removed.is_some()) {
            return None;
        }
        let now = object(scenario, seen);
        let new = now != self.object;
        self.object.clone_from(&now);
        new.then(|| Line { at: micros(seen.now) - micros(zero), who: "api".to_owned(), what: now })
    }

    fn lines(
        &mut self,
        scenario: &Scenario,
        seen: &Observed,
        end: &Observed,
        kind: &EventKind,
    ) -> Vec<(&'static str, String)> {
        match kind {
            EventKind::Task(task, OnTask::Sent { signal, from }) if *signal != Signal::CHLD => {
                sent(end, *task, *signal, *from).map(|what| ("signal", what)).into_iter().collect()
            }
            EventKind::Task(task, OnTask::Died(status)) => {
                let task = end.task(*task).expect("a process");
                // A hook that could not be executed was never a process of the container there.
                let hook = task.role.as_deref() == Some("preStop") && task.execed.is_some();
                let name = task.container.and_then(|c| end.container(c)).map_or("", |c| &c.name);
                let what = format!("{name} exec process exit {}", status.container_code());
                hook.then_some(("exit", what)).into_iter().collect()
            }
            EventKind::Task(task, OnTask::Wrote { text, .. }) => {
                let logged = end.task(*task).is_some_and(|t| t.role.as_deref() != Some("preStop"));
                text.lines().filter(|_| logged).map(|line| ("app", line.to_owned())).collect()
            }
            EventKind::Container(container, OnContainer::Exited(exit)) => {
                let name = &end.container(*container).expect("a container").name;
                let name = if &**name == "POD" { "sandbox" } else { name };
                vec![("exit", format!("{name} main process exit {}", exit.code))]
            }
            EventKind::Pod(_, OnPod::Event(event)) => {
                let what = format!("{}: {}", event.reason, event.message);
                let times = self.events.entry(what.clone()).or_default();
                *times += 1;
                vec![("event", if *times == 1 { what } else { format!("{what} (x{times})") })]
            }
            EventKind::Pod(_, OnPod::Removed) => {
                let object = object(scenario, seen);
                let (_, rest) = object.split_once(" phase=").expect("a phase");
                let marked = format!("deletion=set grace=0 phase={rest}");
                vec![("api", marked.clone()), ("api", format!("DELETED {marked}"))]
            }
            EventKind::Container(_, OnContainer::Waiting)
            | EventKind::Pod(
                _,
                OnPod::Created(_) | OnPod::Seen | OnPod::Phase(_) | OnPod::Ready(_) | OnPod::DeleteRequested { .. },
            ) => {
                self.changed = true;
                Vec::new()
            }
            EventKind::Endpoint(_, OnEndpoint::Slice(c)) => {
                let what = format!(
                    "{{\"ready\": {}, \"serving\": {}, \"terminating\": {}}}",
                    c.ready, c.serving, c.terminating
                );
                vec![("endpointslice", what)]
            }
            _ => Vec::new(),
        }
    }
}

/// The pod's object as a watch sees it.
fn object(scenario: &Scenario, seen: &Observed) -> String {
    let pod = seen.pods.first().expect("a pod");
    let phase = match pod.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
    };
    let spec = &scenario.workloads[0].plan.spec;
    let names = spec.containers.iter().chain(&spec.init_containers).map(|c| c.name.value.as_str());
    let mut states = Vec::new();
    for name in names.filter(|_| pod.seen) {
        let last = pod.containers.iter().rev().filter_map(|c| seen.container(*c)).find(|c| &*c.name == name);
        let state = match last.map(|c| (&c.state, c.waiting)) {
            None | Some((ContainerState::Created, _) | (_, true)) => "waiting".to_owned(),
            Some((ContainerState::Running | ContainerState::Stopping(_), _)) => "running".to_owned(),
            Some((ContainerState::Exited { end, .. }, _)) => format!("terminated exit {} {}", end.code, end.reason),
        };
        states.push(format!("{name}: {state}"));
    }
    let ready = match (pod.seen, pod.ready) {
        (false, _) => "None",
        (true, true) => "True",
        (true, false) => "False",
    };
    let deletion = if pod.deleted.is_some() { "set" } else { "unset" };
    let grace = pod.grace_s.map_or("None".to_owned(), |g| g.to_string());
    format!("deletion={deletion} grace={grace} phase={phase} Ready={ready} {}", states.join("; "))
}

fn sent(end: &Observed, task: TaskId, signal: Signal, from: Sender) -> Option<String> {
    // Hook processes were not among those whose signals were recorded.
    let target = end.task(task).filter(|t| t.role.as_deref() != Some("preStop"))?;
    let name = &end.container(target.container?)?.name;
    let name = if &**name == "POD" { "sandbox" } else { name };
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
    Some(format!("{signal} -> {name}/{pid} {} from {from}", target.comm))
}
