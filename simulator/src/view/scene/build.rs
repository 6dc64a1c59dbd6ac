//! The scene of one moment: what is visible then, put at its places.

use super::layout::{Group, Layout};
use super::packets;
use super::traffic;
use super::{Badge, Card, Edge, EdgeKind, Look, Node, NodeKind, Scene, connect};
use crate::base::id::{ContainerId, EventId, PodId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::observed::{Alive, Container, ContainerState, Observed, Pod, SetBy, Task, TaskState};
use crate::program::ps;
use crate::trace::{EventKind, ExitStatus, OnTask, SocketState, Trace, Wait};
use crate::view::words;

/// The moment to show.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// What can be seen at that moment.
    pub seen: &'a Observed,
    /// The clock, for what is left of a sleep; not before `seen.now`.
    pub now: SimTime,
    /// Events that are being shown, with how much of their showing is over in thousandths (`Axis::happening`).
    pub happening: &'a [(EventId, u32)],
}

/// The scene at a moment of a run.
pub fn scene(trace: &Trace, layout: &Layout, moment: Moment<'_>) -> Scene {
    let (width, height) = layout.size();
    let mut scene = Scene { width, height, ..Scene::default() };
    control(&mut scene, layout, moment.seen);
    traffic::add(&mut scene, layout, &moment);
    for (i, pod) in moment.seen.pods.iter().enumerate() {
        let id = PodId::from_index(i);
        if let Some(area) = layout.pods.get(&id) {
            scene.nodes.push(pod_node(id, pod, *area));
        } else if let Some(area) = layout.tiles.get(&id) {
            scene.nodes.push(tile(moment.seen, id, pod, *area));
        }
    }
    boxes(&mut scene, layout, &moment);
    for index in 0..moment.seen.tasks.len() {
        process(&mut scene, trace, layout, &moment, TaskId::from_index(index));
    }
    packets::add(&mut scene, trace, layout, &moment);
    scene
}

fn plain(id: &str, area: super::Area, title: &str, kind: NodeKind) -> Node {
    let (id, title) = (id.to_owned(), title.to_owned());
    Node { id, area, look: Look::Plain, title, note: String::new(), event: None, kind }
}

fn control(scene: &mut Scene, layout: &Layout, seen: &Observed) {
    let runtime = match (layout.names.runtime.as_str(), layout.api.is_some()) {
        ("", true) => "runtime",
        ("", false) => "outside",
        (name, _) => name,
    };
    let parts = [
        ("api", layout.api, "API server"),
        ("kubelet", layout.kubelet, "kubelet"),
        ("runtime", layout.runtime, runtime),
    ];
    for (id, area, title) in parts {
        let Some(area) = area else { continue };
        let mut node = plain(id, area, title, NodeKind::Control);
        if id == "api"
            && let Some((_, text, by)) = seen.inputs.last()
        {
            node.note = text.to_string();
            node.event = Some(*by);
        }
        scene.nodes.push(node);
    }
    let lines =
        [("api", layout.api, "kubelet", layout.kubelet), ("kubelet", layout.kubelet, "runtime", layout.runtime)];
    for (from, a, to, b) in lines {
        if let (Some(a), Some(b)) = (a, b) {
            let (from, to, id) = (from.to_owned(), to.to_owned(), format!("edge-{to}"));
            scene.edges.push(Edge { id, from, to, points: connect(a, b), kind: EdgeKind::Control });
        }
    }
}

fn pod_node(id: PodId, pod: &Pod, area: super::Area) -> Node {
    let (look, note) = pod_state(pod);
    let event = pod.removed.map(|(_, by)| by).or(pod.deleted.map(|(_, _, by)| by));
    let title = if pod.docker { format!("docker run {}", pod.name) } else { format!("pod {}", pod.name) };
    Node { id: format!("pod-{}", id.0), area, look, title, note, event, kind: NodeKind::Pod(id) }
}

fn pod_state(pod: &Pod) -> (Look, String) {
    if pod.docker {
        return match (pod.removed, pod.deleted, pod.grace_s) {
            (Some(_), _, _) => (Look::Gone, "removed".to_owned()),
            (None, Some(_), grace) => (Look::Stopping, format!("docker stop, {} s", grace.unwrap_or(0))),
            (None, None, _) => (Look::Alive, "under Docker, without a pod".to_owned()),
        };
    }
    let ready = if pod.ready { "ready" } else { "not ready" };
    match (pod.removed, pod.deleted, pod.grace_s) {
        (Some(_), _, _) => (Look::Gone, "gone from the API server".to_owned()),
        (None, Some(_), grace) => {
            let grace = grace.map_or(String::new(), |g| format!(", grace period {g} s"));
            (Look::Stopping, format!("terminating{grace}, {ready}"))
        }
        (None, None, _) => (Look::Alive, format!("{:?}, {ready}", pod.phase)),
    }
}

fn tile(seen: &Observed, id: PodId, pod: &Pod, area: super::Area) -> Node {
    let (look, note) = pod_state(pod);
    let of_pod = |t: &&Task| t.container.and_then(|c| seen.container(c)).is_some_and(|c| c.pod == id);
    let in_flight = match pod.removed {
        Some(_) => 0,
        None => seen.tasks.iter().filter(of_pod).filter_map(Task::alive).map(|a| a.in_flight).sum(),
    };
    let event = pod.removed.map(|(_, by)| by).or(pod.deleted.map(|(_, _, by)| by));
    let kind = NodeKind::Tile { pod: id, in_flight };
    Node { id: format!("pod-{}", id.0), area, look, title: pod.name.to_string(), note, event, kind }
}

/// The last instance of every container that has a box, and namespaces without containers.
fn boxes(scene: &mut Scene, layout: &Layout, moment: &Moment<'_>) {
    let seen = moment.seen;
    let mut boxes: Vec<_> = layout.boxes.iter().collect();
    boxes.sort_by_key(|(_, area)| (area.y, area.x));
    for (group, area) in boxes {
        match group {
            Group::Container(pod, name) => {
                let last = seen.containers.iter().rposition(|c| c.pod == *pod && c.name == *name);
                let Some((id, container)) =
                    last.and_then(|i| Some((ContainerId::from_index(i), seen.containers.get(i)?)))
                else {
                    continue;
                };
                let (look, note, event) = container_state(container, moment.now);
                let title = if container.is_sandbox() { "sandbox".to_owned() } else { format!("container {name}") };
                let kind = NodeKind::Container(id);
                scene.nodes.push(Node {
                    id: format!("box-{}-{name}", pod.0),
                    area: *area,
                    look,
                    title,
                    note,
                    event,
                    kind,
                });
            }
            Group::Bare(namespace) => {
                if let Some(ns) = seen.namespace(*namespace) {
                    let mut node = plain(&format!("ns-{}", namespace.0), *area, "PID namespace", NodeKind::Control);
                    node.look = if ns.ended.is_some() { Look::Gone } else { Look::Alive };
                    node.event = ns.ended;
                    scene.nodes.push(node);
                }
            }
        }
    }
}

fn container_state(container: &Container, now: SimTime) -> (Look, String, Option<EventId>) {
    let hook = container.hook.map(|(h, by)| (format!("{} hook runs", words::hook(h)), by));
    let restarts = match container.restarts {
        0 => String::new(),
        n => format!(", restart {n}"),
    };
    match &container.state {
        ContainerState::Exited { end, by, .. } => {
            let look = if end.code == 0 { Look::Gone } else { Look::Killed };
            (look, format!("exit code {}, {}{restarts}", end.code, end.reason), Some(*by))
        }
        ContainerState::Created => (Look::Plain, format!("created{restarts}"), None),
        ContainerState::Running => match hook {
            Some((text, by)) => (Look::Handling, text, Some(by)),
            None => (Look::Alive, format!("running{restarts}"), None),
        },
        ContainerState::Stopping(until) => {
            (Look::Stopping, format!("stopping, SIGKILL in {}", tenths(until.since(now))), None)
        }
    }
}

/// A process's card and the line from its parent.
fn process(scene: &mut Scene, trace: &Trace, layout: &Layout, moment: &Moment<'_>, id: TaskId) {
    let Some(area) = layout.tasks.get(id.index()).copied().flatten() else { return };
    let Some(task) = moment.seen.task(id) else { return };
    let Some(look) = look(moment, task) else { return };
    let parent = task.parent.and_then(|p| moment.seen.task(p));
    let (note, event) = doing(moment, task);
    let card = card(moment.seen, id, task, parent.map_or(0, |p| p.pid.0));
    let kind = NodeKind::Process(Box::new(card));
    let own = node_id(id);
    scene.nodes.push(Node {
        id: own.clone(),
        area,
        look,
        title: format!("{} {}", task.pid, task.comm),
        note,
        event,
        kind,
    });
    let Some((parent, from)) = task.parent.and_then(|p| Some((p, layout.tasks.get(p.index()).copied().flatten()?)))
    else {
        return;
    };
    let born_of = trace.get(task.born).map(|e| &e.kind);
    let by_birth = matches!(born_of, Some(EventKind::Task(p, OnTask::Forked { .. })) if *p == parent);
    let kind = if by_birth { EdgeKind::Parent } else { EdgeKind::Adopted };
    let points = connect(from, area);
    scene.edges.push(Edge { id: format!("edge-{own}"), from: node_id(parent), to: own, points, kind });
}

/// The identity of a process's box.
pub(super) fn node_id(task: TaskId) -> String {
    format!("task-{}", task.0)
}

/// How a process looks; none if it is no longer there.
fn look(moment: &Moment<'_>, task: &Task) -> Option<Look> {
    let shown = |event: EventId| moment.happening.iter().any(|(e, _)| *e == event);
    match &task.state {
        TaskState::Alive(alive) if alive.stopped => Some(Look::Stopping),
        TaskState::Alive(alive) if handles(alive).is_some() => Some(Look::Handling),
        TaskState::Alive(alive) => Some(match alive.wait.map(|w| w.value) {
            None | Some(Wait::Cpu) => Look::Alive,
            Some(_) => Look::Waiting,
        }),
        TaskState::Zombie { .. } => Some(Look::Zombie),
        TaskState::Reaped { status, died, reaped } if shown(*died) || shown(*reaped) => Some(match status {
            ExitStatus::Exited(_) => Look::Gone,
            ExitStatus::Signaled(_) => Look::Killed,
        }),
        TaskState::Reaped { .. } => None,
    }
}

/// The signal whose handler runs. That of a dead child is no news.
fn handles(alive: &Alive) -> Option<SetBy<Signal>> {
    alive.handling.iter().rev().find(|h| h.value != Signal::CHLD).copied()
}

/// What a process does, in words, and the event that began it.
fn doing(moment: &Moment<'_>, task: &Task) -> (String, Option<EventId>) {
    let Some(alive) = task.alive() else {
        return task.ended().map_or((String::new(), None), |(status, by)| (status.to_string(), Some(by)));
    };
    if alive.stopped {
        return ("stopped".to_owned(), Some(task.born));
    }
    let waits = alive.wait.map(|w| (waits(w.value, moment.now), w.by));
    match (handles(alive), waits) {
        (Some(handler), Some((text, _))) => (format!("handles SIG{}: {text}", handler.value), Some(handler.by)),
        (Some(handler), None) => (format!("handles SIG{}", handler.value), Some(handler.by)),
        (None, Some((text, by))) => (text, Some(by)),
        (None, None) => ("runs".to_owned(), Some(task.execed.unwrap_or(task.born))),
    }
}

/// What it waits for; of a sleep, how much is left.
fn waits(wait: Wait, now: SimTime) -> String {
    match wait {
        Wait::Sleep { until } => format!("sleeps, {} left", tenths(until.since(now))),
        other => words::waits(other),
    }
}

/// Seconds with one decimal, rounded up.
fn tenths(time: SimDuration) -> String {
    let tenths = time.as_millis().div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn card(seen: &Observed, id: TaskId, task: &Task, ppid: u32) -> Card {
    let mut card = Card {
        task: id,
        pid: task.pid.0,
        ppid,
        command: ps::command(task),
        letter: ps::state(seen, task),
        badges: Vec::new(),
        pending: Vec::new(),
        buffered: 0,
        in_flight: 0,
        ports: Vec::new(),
    };
    if let Some(alive) = task.alive() {
        let running = |signal| alive.handling.iter().any(|h| h.value == signal);
        let badges = alive.dispositions.iter();
        card.badges = badges
            .map(|(s, d)| Badge { signal: *s, caught: d.value.is_caught(), running: running(*s), event: d.by })
            .collect();
        card.pending = alive.pending.iter().collect();
        card.buffered = alive.buffered;
        card.in_flight = alive.in_flight;
        card.ports = alive.sockets.iter().map(|(p, s)| (*p, s.value == SocketState::Accepting)).collect();
    }
    card
}
