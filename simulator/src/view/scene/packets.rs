//! Signals and calls that are being shown: on their way from the sender, then at the receiver's door.

use super::build::{Moment, node_id};
use super::layout::Layout;
use super::{Area, Fate, Packet, Point, Scene, along, connect};
use crate::base::id::{EventId, TaskId};
use crate::base::signal::Signal;
use crate::observed::Observed;
use crate::trace::{Event, EventKind, ExitStatus, OnContainer, OnPod, OnTask, Sender, Trace};

/// Adds what is on its way.
pub(super) fn add(scene: &mut Scene, trace: &Trace, layout: &Layout, moment: &Moment<'_>) {
    for (id, part) in moment.happening {
        let Some(event) = trace.get(*id) else { continue };
        let packet = match &event.kind {
            EventKind::Task(task, what) => of_task(trace, layout, moment.seen, *id, event, *task, what, *part),
            EventKind::Container(_, OnContainer::StopRequested { signal, timeout }) => {
                let label = format!("stop: {signal}, {} s", timeout.as_secs());
                call(layout.kubelet, layout.runtime, ("kubelet", "runtime"), *id, event, label, *part)
            }
            EventKind::Pod(_, OnPod::Terminating(grace)) => {
                let label = format!("terminate, {} s", grace.as_secs());
                call(layout.api, layout.kubelet, ("api", "kubelet"), *id, event, label, *part)
            }
            EventKind::Pod(_, OnPod::Removed) => {
                call(layout.kubelet, layout.api, ("kubelet", "api"), *id, event, "remove".to_owned(), *part)
            }
            _ => None,
        };
        scene.packets.extend(packet);
    }
}

fn call(
    from: Option<Area>,
    to: Option<Area>,
    names: (&str, &str),
    id: EventId,
    event: &Event,
    label: String,
    part: u32,
) -> Option<Packet> {
    let path = connect(from?, to?);
    Some(Packet {
        id: format!("packet-{}", id.0),
        event: id,
        label,
        signal: None,
        from: Some(names.0.to_owned()),
        to: names.1.to_owned(),
        at: along(&path, part),
        path,
        part,
        fate: Fate::Flying,
        rule: event.rule,
    })
}

#[expect(clippy::too_many_arguments, reason = "one event in its surroundings; called once")]
fn of_task(
    trace: &Trace,
    layout: &Layout,
    seen: &Observed,
    id: EventId,
    event: &Event,
    task: TaskId,
    what: &OnTask,
    part: u32,
) -> Option<Packet> {
    let (signal, fate) = effect(what)?;
    let door = layout.tasks.get(task.index()).copied().flatten()?;
    let sent = if fate == Fate::Flying { id } else { departure(trace, event, task, signal).unwrap_or(id) };
    let from = match trace.get(sent).map(|e| &e.kind) {
        Some(EventKind::Task(_, OnTask::Sent { from, .. })) => *from,
        _ => Sender::Kernel,
    };
    let (from, path) = way(layout, seen, from, task, door);
    let part = if fate == Fate::Flying { part } else { 1_000 };
    Some(Packet {
        id: format!("packet-{}", sent.0),
        event: id,
        label: signal.to_string(),
        signal: Some(signal),
        from,
        to: node_id(task),
        at: along(&path, part),
        path,
        part,
        fate,
        rule: event.rule,
    })
}

/// What an event says about a signal and what becomes of it. A child's death is announced everywhere and not shown.
fn effect(what: &OnTask) -> Option<(Signal, Fate)> {
    let (signal, fate) = match what {
        OnTask::Sent { signal, .. } => (*signal, Fate::Flying),
        OnTask::Dropped(signal) => (*signal, Fate::Dropped),
        OnTask::Pended(signal) => (*signal, Fate::Pending),
        OnTask::Caught(signal) | OnTask::Taken(signal) => (*signal, Fate::Caught),
        OnTask::Died(ExitStatus::Signaled(signal)) | OnTask::Stopped(signal) => (*signal, Fate::Default),
        _ => return None,
    };
    (signal != Signal::CHLD).then_some((signal, fate))
}

/// The sending of the signal whose effect this is: its cause, or the cause of that.
fn departure(trace: &Trace, event: &Event, task: TaskId, signal: Signal) -> Option<EventId> {
    let mut next = event.cause;
    for _ in 0..4 {
        let id = next?;
        let cause = trace.get(id)?;
        if matches!(&cause.kind, EventKind::Task(t, OnTask::Sent { signal: s, .. }) if *t == task && *s == signal) {
            return Some(id);
        }
        next = cause.cause;
    }
    None
}

/// The way of a signal to a process.
fn way(layout: &Layout, _seen: &Observed, from: Sender, task: TaskId, door: Area) -> (Option<String>, Vec<Point>) {
    let above = || vec![Point { x: door.x + door.w / 2, y: door.y - 24 }, Point { x: door.x + door.w / 2, y: door.y }];
    match from {
        Sender::Kernel => (None, above()),
        Sender::Outside => match layout.runtime {
            Some(area) => (Some("runtime".to_owned()), connect(area, door)),
            None => (None, above()),
        },
        Sender::Task(sender) if sender == task => (Some(node_id(task)), above()),
        Sender::Task(sender) => match layout.tasks.get(sender.index()).copied().flatten() {
            Some(area) => (Some(node_id(sender)), connect(area, door)),
            None => (None, above()),
        },
    }
}
