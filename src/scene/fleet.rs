//! All pods of a run as the columns of a table: what the EndpointSlice says of each, whether each consumer of it still sends
//! requests there, and what the pod itself is doing. A list that is out of date is seen as a column that does not agree.

use simulator::base::id::PodId;
use simulator::observed::{ContainerState, Endpoint, Observed, Pod};
use simulator::trace::{EventKind, OnEndpoint, Outcome, Trace};

use super::frame::{Area, Frame, Shape};
use super::svg::{Svg, Target, cut};

/// Most pods that have a column.
pub const MOST_PODS: usize = 24;
/// Height of a row of the table, of the row of pods, and the room under the table.
const ROW: i32 = 24;
const PODS: i32 = 34;
const BELOW: i32 = 18;
/// Width of the names of the rows.
const NAMES: i32 = 122;

/// What of the cluster is drawn, decided once for a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// The pods that have a column; empty if there is one pod and no requests.
    pub pods: Vec<PodId>,
    /// How many consumers of the EndpointSlice there are.
    pub consumers: u8,
    /// Are there requests?
    pub traffic: bool,
}

impl Fleet {
    /// What of the cluster a run shows.
    pub fn new(trace: &Trace, end: &Observed) -> Fleet {
        let traffic = end.totals.sent > 0;
        if end.pods.len() < 2 && !traffic {
            return Fleet::default();
        }
        let consumer = |kind: &EventKind| match kind {
            EventKind::Endpoint(_, OnEndpoint::Learned { consumer, .. }) => Some(consumer + 1),
            _ => None,
        };
        let consumers = trace.events().iter().filter_map(|e| consumer(&e.kind)).max().unwrap_or(0).min(3);
        Fleet { pods: (0..end.pods.len().min(MOST_PODS)).map(PodId::from_index).collect(), consumers, traffic }
    }

    /// Height of the table with the room under it; 0 if there is none.
    pub fn height(&self) -> i32 {
        if self.pods.is_empty() {
            return 0;
        }
        self.rows() * ROW + PODS + BELOW
    }

    /// Rows above the row of pods.
    fn rows(&self) -> i32 {
        let lists = if self.consumers > 0 { 1 + i32::from(self.consumers) } else { 0 };
        lists + i32::from(self.traffic)
    }
}

/// Draws the table.
pub fn fleet(frame: &Frame<'_>, width: i32) -> Option<Svg> {
    let fleet = &frame.layout.fleet;
    if fleet.pods.is_empty() {
        return None;
    }
    let mut group = Svg::group("fleet");
    let mut y = 1;
    if fleet.traffic {
        group.push(Svg::words("fleet-name", 1, y + 16, "client"));
        group.push(Svg::words("fleet-words", NAMES, y + 16, client(frame)));
        y += ROW;
    }
    let room = width - NAMES;
    let most = match frame.shape {
        Shape::Wide => 44,
        Shape::Tall => 30,
    };
    let columns = i32::try_from(fleet.pods.len()).unwrap_or(1).max(1);
    let step = (room / columns).clamp(8, most);
    let cell = |n: usize, y: i32, h: i32| Area { x: NAMES + step * i32::try_from(n).unwrap_or(0), y, w: step - 4, h };
    if fleet.consumers > 0 {
        group.push(Svg::words("fleet-name", 1, y + 15, "EndpointSlice"));
        for (n, pod) in fleet.pods.iter().enumerate() {
            group.children.extend(frame.seen.endpoints.get(pod).and_then(|e| slice_cell(e, cell(n, y, ROW - 4))));
        }
        y += ROW;
    }
    for consumer in 0..fleet.consumers {
        let name = frame.consumers.get(usize::from(consumer)).copied().unwrap_or("consumer");
        group.push(Svg::words("fleet-name", 1, y + 15, cut(name, 17)));
        for (n, pod) in fleet.pods.iter().enumerate() {
            let endpoint = frame.seen.endpoints.get(pod);
            group.children.extend(endpoint.and_then(|e| route_cell(e, consumer, cell(n, y, ROW - 4))));
        }
        y += ROW;
    }
    let docker = fleet.pods.iter().filter_map(|id| frame.seen.pod(*id)).any(|pod| pod.docker);
    group.push(Svg::words("fleet-name", 1, y + 19, if docker { "containers" } else { "pods" }));
    for (n, id) in fleet.pods.iter().enumerate() {
        if let Some(pod) = frame.seen.pod(*id) {
            group.push(tile(frame, *id, pod, cell(n, y, PODS - 6)));
        }
    }
    Some(group)
}

/// What the client has had so far.
fn client(frame: &Frame<'_>) -> String {
    let totals = &frame.seen.totals;
    if frame.shape == Shape::Tall {
        return format!("{} sent, {} lost", totals.sent, totals.failed());
    }
    let mut words = vec![format!("{} sent", totals.sent), format!("{} answered", totals.of(Outcome::Ok))];
    let lost = Outcome::ALL.iter().filter(|o| **o != Outcome::Ok).filter(|o| totals.of(**o) > 0);
    words.extend(lost.map(|o| format!("{} {}", totals.of(*o), o.word())));
    words.push(format!("{} under way", totals.open()));
    words.join(", ")
}

fn square(class: &str, area: Area, sign: &str, title: String) -> Svg {
    let Area { x, y, w, h } = area;
    Svg::group(format!("cell {class}"))
        .holding([Svg::rect("cell-face", x, y, w, h, 2), Svg::words("cell-sign mid", x + w / 2, y + h / 2 + 4, sign)])
        .titled(title)
}

fn slice_cell(endpoint: &Endpoint, area: Area) -> Option<Svg> {
    let conditions = endpoint.slice?;
    let (class, sign, words) = match (conditions.ready, conditions.terminating) {
        (true, _) => ("ready", "✓", "ready"),
        (false, true) => ("terminating", "…", "terminating, not ready"),
        (false, false) => ("unready", "–", "not ready"),
    };
    Some(square(class, area, sign, format!("EndpointSlice: {words}")).leading_to(Target::Event(endpoint.slice_by)))
}

/// Does this consumer send requests there, and should it?
fn route_cell(endpoint: &Endpoint, consumer: u8, area: Area) -> Option<Svg> {
    let ready = endpoint.slice.is_some_and(|c| c.ready);
    let (class, sign, words) = match (endpoint.routed_by(consumer), ready) {
        (true, true) => ("ready", "✓", "sends requests there"),
        (true, false) => ("stale", "!", "still sends requests there: its list is out of date"),
        (false, true) => ("behind", "–", "does not send requests there yet: its list is out of date"),
        (false, false) => return None,
    };
    Some(square(class, area, sign, words.to_owned()).leading_to(Target::Event(endpoint.by)))
}

fn tile(frame: &Frame<'_>, id: PodId, pod: &Pod, area: Area) -> Svg {
    let running = pod.containers.iter().filter_map(|c| frame.seen.container(*c));
    let alive = running
        .filter(|c| c.is_regular())
        .any(|c| matches!(c.state, ContainerState::Running | ContainerState::Stopping(_)));
    let (class, words) = match (pod.removed, pod.deleted, pod.ready, alive) {
        (Some(_), ..) => ("gone", "gone"),
        (None, Some(_), _, true) if pod.docker => ("terminating", "docker stop"),
        (None, Some(_), _, false) if pod.docker => ("stopped", "exited"),
        (None, Some(_), _, true) => ("terminating", "Terminating"),
        (None, Some(_), _, false) => ("stopped", "Terminating, its container has ended"),
        (None, None, true, _) => ("ready", "Running and ready"),
        (None, None, false, true) => ("unready", "running, not ready"),
        (None, None, false, false) => ("pending", "not running yet"),
    };
    let busy = in_flight(frame.seen, id);
    let sign = match (class, busy) {
        ("gone" | "stopped", _) => "✕".to_owned(),
        (_, 0) if !frame.layout.fleet.traffic => "✓".to_owned(),
        (_, n) => n.to_string(),
    };
    let focus = if frame.layout.pod == Some(id) { " focus" } else { "" };
    let kind = if pod.docker { "container" } else { "pod" };
    let title = format!("{kind} {}: {words}, {busy} requests under way", pod.name);
    square(&format!("tile {class}{focus}"), area, &sign, title).leading_to(Target::Pod(id))
}

/// Requests that the pod's processes work on.
fn in_flight(seen: &Observed, pod: PodId) -> u32 {
    let of_pod =
        |t: &&simulator::observed::Task| t.container.and_then(|c| seen.container(c)).is_some_and(|c| c.pod == pod);
    seen.tasks.iter().filter(of_pod).filter_map(|t| t.alive()).map(|a| a.in_flight).sum()
}
