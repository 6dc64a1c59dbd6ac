//! Clients, lists of endpoints and requests in the scene.

use super::build::Moment;
use super::layout::Layout;
use super::{Area, Crowd, Dot, Edge, EdgeKind, Entry, Look, Node, NodeKind, Point, Scene, connect};
use crate::base::id::{PodId, RequestId};
use crate::base::time::SimDuration;
use crate::observed::{Observed, RequestState};
use crate::trace::Outcome;

/// Most requests that are drawn one by one.
const MOST_DOTS: usize = 200;
/// How long a request is still shown after its end.
const AFTERGLOW: SimDuration = SimDuration::from_millis(400);
/// Requests in a row below a process, and the distance of two.
const DOTS_A_ROW: usize = 20;
const DOT: i32 = 8;

/// Adds what has to do with requests.
pub(super) fn add(scene: &mut Scene, layout: &Layout, moment: &Moment<'_>) {
    let Some(client) = layout.client else { return };
    let totals = &moment.seen.totals;
    scene.nodes.push(Node {
        id: "client".to_owned(),
        area: client,
        look: Look::Plain,
        title: "client".to_owned(),
        note: format!("{} sent, {} failed", totals.sent, totals.failed()),
        event: None,
        kind: NodeKind::Client,
    });
    for (n, area) in layout.lists.iter().enumerate() {
        let consumer = n.checked_sub(1).and_then(|n| u8::try_from(n).ok());
        scene.nodes.push(list(layout, moment.seen, consumer, *area));
        if consumer.is_some() {
            lines(scene, layout, moment.seen, client, consumer.unwrap_or(0), *area);
        }
    }
    requests(scene, layout, moment, client);
}

fn list(layout: &Layout, seen: &Observed, consumer: Option<u8>, area: Area) -> Node {
    let mut entries = Vec::new();
    let mut event = None;
    for (pod, endpoint) in &seen.endpoints {
        let ready = endpoint.slice.is_some_and(|c| c.ready);
        let (conditions, routes) = match consumer {
            None => (endpoint.slice, ready),
            Some(n) => (None, endpoint.routed_by(n)),
        };
        if consumer.is_none() && conditions.is_none() {
            continue;
        }
        let name = seen.pod(*pod).map_or_else(|| "".into(), |p| p.name.clone());
        let stale = consumer.is_some() && routes != ready;
        event = event.max(Some(endpoint.by));
        entries.push(Entry { pod: *pod, area: Layout::entry(area, pod.index()), name, conditions, routes, stale });
    }
    let routed = entries.iter().filter(|e| e.routes).count();
    let stale = entries.iter().filter(|e| e.stale).count();
    let note = match stale {
        0 => format!("{routed} ready"),
        n => format!("{routed} ready, {n} out of date"),
    };
    let (id, title) = match consumer {
        None => ("slice".to_owned(), "EndpointSlice".to_owned()),
        Some(n) => {
            let name = layout.names.consumers.get(usize::from(n)).cloned();
            (format!("consumer-{n}"), name.unwrap_or_else(|| format!("consumer {n}")))
        }
    };
    Node { id, area, look: Look::Plain, title, note, event, kind: NodeKind::Endpoints { consumer, entries } }
}

/// Lines from the client to a consumer, and from it to the pods it routes to; tiles are too many for lines of their own.
fn lines(scene: &mut Scene, layout: &Layout, seen: &Observed, client: Area, consumer: u8, area: Area) {
    let own = format!("consumer-{consumer}");
    let mut add = |id: String, from: &str, to: String, a: Area, b: Area| {
        scene.edges.push(Edge { id, from: from.to_owned(), to, points: connect(a, b), kind: EdgeKind::Requests });
    };
    add(format!("edge-{own}"), "client", own.clone(), client, area);
    for (pod, _) in seen.endpoints.iter().filter(|(_, e)| e.routed_by(consumer)) {
        if let Some(to) = layout.pods.get(pod) {
            let id = format!("edge-{own}-pod-{}", pod.0);
            add(id, &own, format!("pod-{}", pod.0), area, *to);
        }
    }
}

fn place_of(layout: &Layout, pod: PodId) -> Option<Area> {
    layout.pods.get(&pod).or_else(|| layout.tiles.get(&pod)).copied()
}

/// Requests under way, and those that ended a moment ago.
fn requests(scene: &mut Scene, layout: &Layout, moment: &Moment<'_>, client: Area) {
    let shown = |r: &RequestState| r.ended().is_none_or(|(_, at, _)| moment.now.since(at) < AFTERGLOW);
    let all: Vec<(RequestId, &RequestState)> = moment
        .seen
        .requests
        .iter()
        .enumerate()
        .filter(|(_, r)| shown(r))
        .map(|(i, r)| (RequestId::from_index(i), r))
        .collect();
    if all.len() > MOST_DOTS {
        let count = |want: fn(Option<Outcome>) -> bool| {
            u32::try_from(all.iter().filter(|(_, r)| want(r.outcome())).count()).unwrap_or(u32::MAX)
        };
        let area = Area { x: client.x, y: client.y + client.h + 12, w: client.w, h: 48 };
        let (open, ok) = (count(|o| o.is_none()), count(|o| o == Some(Outcome::Ok)));
        let lost = count(|o| o.is_some_and(|o| o != Outcome::Ok));
        scene.crowd = Some(Crowd { area, open, ok, lost });
        return;
    }
    for (n, (request, state)) in all.iter().enumerate() {
        let outcome = state.outcome();
        let at = match (outcome, state.task, state.pod) {
            (None, Some(task), pod) => {
                let card = layout.tasks.get(task.index()).copied().flatten();
                below(card.or_else(|| pod.and_then(|p| place_of(layout, p))), n)
            }
            (None, None, Some(pod)) => below(place_of(layout, pod).map(|a| Area { h: 0, ..a }), n),
            (Some(_), _, _) | (None, None, None) => below(Some(client), n),
        };
        if let Some(at) = at {
            scene.dots.push(Dot { request: *request, at, outcome });
        }
    }
}

/// The n-th place in rows below a box.
fn below(area: Option<Area>, n: usize) -> Option<Point> {
    let area = area?;
    let step = |n: usize| i32::try_from(n).unwrap_or(0) * DOT;
    Some(Point { x: area.x + 6 + step(n % DOTS_A_ROW), y: area.y + area.h + 5 + step(n / DOTS_A_ROW) })
}
