//! The scene: what the stage shows at one moment, as boxes, lines, signals on their way and requests, in whole units.
//!
//! One unit is one pixel at natural size. `Layout` gives everything that will ever be there its place once for a whole run,
//! so that nothing moves; identities are stable, so that two scenes can be interpolated. Nothing here knows how it is drawn.

mod build;
mod layout;
mod packets;
mod text;
mod traffic;

pub use build::{Moment, scene};
pub use layout::{Layout, Names};

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, PodId, RequestId, TaskId};
use crate::base::signal::Signal;
use crate::rules::RuleId;
use crate::trace::{Conditions, Outcome};

/// A point, in units from the top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A rectangle, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

impl Area {
    /// Its middle.
    pub fn middle(self) -> Point {
        Point { x: self.x + self.w / 2, y: self.y + self.h / 2 }
    }
}

/// Everything to be seen at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// Width of the stage, the same for the whole run.
    pub width: i32,
    /// Height of the stage, the same for the whole run.
    pub height: i32,
    /// Boxes; what is inside another comes after it.
    pub nodes: Vec<Node>,
    /// Lines between boxes.
    pub edges: Vec<Edge>,
    /// Signals and calls on their way or at the door.
    pub packets: Vec<Packet>,
    /// Requests one by one, when they are few.
    pub dots: Vec<Dot>,
    /// Requests as a number, when they are many.
    pub crowd: Option<Crowd>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Stable identity: `task-3`, `pod-0`, `api`.
    pub id: String,
    /// Where.
    pub area: Area,
    /// What state it is in.
    pub look: Look,
    /// First line: `ruby`, `server-7c9f`.
    pub title: String,
    /// Second line: what it does, in words.
    pub note: String,
    /// The event to show when it is chosen: what made it as it is.
    pub event: Option<EventId>,
    /// What it is.
    pub kind: NodeKind,
}

/// The state of a box. A renderer shows it by shape and text as well as by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// It is there; state does not apply.
    Plain,
    /// Runs.
    Alive,
    /// Waits.
    Waiting,
    /// A handler runs.
    Handling,
    /// Stopped (state T), or a container or pod that is being stopped.
    Stopping,
    /// Dead and not reaped.
    Zombie,
    /// Ended by itself just now, or an outline of what was there.
    Gone,
    /// Ended by a signal just now.
    Killed,
}

impl Look {
    /// Its word, which is also its class name in drawings.
    pub fn word(self) -> &'static str {
        match self {
            Look::Plain => "plain",
            Look::Alive => "alive",
            Look::Waiting => "waiting",
            Look::Handling => "handling",
            Look::Stopping => "stopping",
            Look::Zombie => "zombie",
            Look::Gone => "gone",
            Look::Killed => "killed",
        }
    }
}

/// What a box is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// API server, kubelet, runtime; in a bare namespace the world outside.
    Control,
    /// The client that sends requests.
    Client,
    /// The EndpointSlice (no consumer) or a consumer's copy of it.
    Endpoints {
        /// Which consumer; none for the slice itself.
        consumer: Option<u8>,
        /// One entry a pod, in the order of pods.
        entries: Vec<Entry>,
    },
    /// A pod with its containers.
    Pod(PodId),
    /// A pod as a tile: one of many.
    Tile {
        /// Which.
        pod: PodId,
        /// Requests that its processes work on.
        in_flight: u32,
    },
    /// A container instance.
    Container(ContainerId),
    /// A process.
    Process(Box<Card>),
}

/// An entry of a list of endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which pod.
    pub pod: PodId,
    /// Its place.
    pub area: Area,
    /// Its name.
    pub name: Text,
    /// Conditions in the slice; for a consumer's copy only whether it routes.
    pub conditions: Option<Conditions>,
    /// Do requests go there?
    pub routes: bool,
    /// Is it out of date: it routes there although the slice says not ready, or the other way round?
    pub stale: bool,
}

/// What a process's card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Which process.
    pub task: TaskId,
    /// Its number.
    pub pid: u32,
    /// Its parent's number; 0 if the parent is outside.
    pub ppid: u32,
    /// Argument list in one line.
    pub command: String,
    /// State letter as ps shows it.
    pub letter: char,
    /// What it does about signals, other than the default.
    pub badges: Vec<Badge>,
    /// Signals that wait to be delivered.
    pub pending: Vec<Signal>,
    /// Bytes of output that it holds back.
    pub buffered: u32,
    /// Requests it works on.
    pub in_flight: u32,
    /// Ports it listens on, and whether it accepts.
    pub ports: Vec<(u16, bool)>,
}

/// What a process does about one signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The signal.
    pub signal: Signal,
    /// Is it caught (else ignored)?
    pub caught: bool,
    /// Does the handler run now?
    pub running: bool,
    /// The event that set it.
    pub event: EventId,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Stable identity: `edge-task-3` for the line to a process from its parent.
    pub id: String,
    /// The box it starts at.
    pub from: String,
    /// The box it ends at.
    pub to: String,
    /// Its corners.
    pub points: Vec<Point>,
    /// What it means.
    pub kind: EdgeKind,
}

/// What a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Parent and child.
    Parent,
    /// Parent and child since an adoption.
    Adopted,
    /// Who tells whom what to do: API server, kubelet, runtime.
    Control,
    /// The way of requests.
    Requests,
}

/// Something on its way, or just arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Stable identity from departure to effect.
    pub id: String,
    /// The event of the departure, or of the effect once it is there.
    pub event: EventId,
    /// Its label: `TERM`, `DELETE`.
    pub label: String,
    /// The signal, if it is one.
    pub signal: Option<Signal>,
    /// The box it comes from, if it is shown.
    pub from: Option<String>,
    /// The box it goes to.
    pub to: String,
    /// Its way.
    pub path: Vec<Point>,
    /// How far it is, in thousandths.
    pub part: u32,
    /// Where it is.
    pub at: Point,
    /// What becomes of it.
    pub fate: Fate,
    /// The rule that decided it.
    pub rule: RuleId,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// On its way.
    Flying,
    /// A handler runs, or the process took it.
    Caught,
    /// The default action ended or stopped the process.
    Default,
    /// It waits.
    Pending,
    /// It had no effect: it stops at the door.
    Dropped,
}

impl Fate {
    /// Its word, which is also its class name in drawings.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Flying => "flying",
            Fate::Caught => "caught",
            Fate::Default => "default",
            Fate::Pending => "pending",
            Fate::Dropped => "dropped",
        }
    }
}

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dot {
    /// Which.
    pub request: RequestId,
    /// Where.
    pub at: Point,
    /// How it ended; none while it is under way.
    pub outcome: Option<Outcome>,
}

/// Many requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Where the band is drawn.
    pub area: Area,
    /// Under way.
    pub open: u32,
    /// Answered a moment ago.
    pub ok: u32,
    /// Lost a moment ago.
    pub lost: u32,
}

/// The way from one box to another: straight lines with right angles.
pub(crate) fn connect(a: Area, b: Area) -> Vec<Point> {
    let (from, to) = (a.middle(), b.middle());
    if b.x >= a.x + a.w {
        let bend = b.x - (b.x - (a.x + a.w)).min(40) / 2;
        let (start, end) = (Point { x: a.x + a.w, y: from.y }, Point { x: b.x, y: to.y });
        if start.y == end.y {
            return vec![start, end];
        }
        return vec![start, Point { x: bend, y: start.y }, Point { x: bend, y: end.y }, end];
    }
    if b.y >= a.y + a.h {
        let x = from.x.clamp(b.x + 8, (b.x + b.w - 8).max(b.x + 8));
        let (start, end) = (Point { x: from.x, y: a.y + a.h }, Point { x, y: b.y });
        if start.x == end.x {
            return vec![start, end];
        }
        let bend = start.y + (end.y - start.y) / 2;
        return vec![start, Point { x: start.x, y: bend }, Point { x: end.x, y: bend }, end];
    }
    if a.x >= b.x + b.w {
        return vec![Point { x: a.x, y: from.y }, Point { x: b.x + b.w, y: to.y }];
    }
    vec![Point { x: from.x, y: a.y }, Point { x: to.x, y: b.y + b.h }]
}

/// The point that is `part` thousandths along a way.
pub(crate) fn along(path: &[Point], part: u32) -> Point {
    let length = |a: &Point, b: &Point| i64::from((a.x - b.x).abs()) + i64::from((a.y - b.y).abs());
    let legs = || path.iter().zip(path.iter().skip(1));
    let whole: i64 = legs().map(|(a, b)| length(a, b)).sum();
    let mut left = whole * i64::from(part.min(1_000)) / 1_000;
    for (a, b) in legs() {
        let leg = length(a, b);
        if left <= leg && leg > 0 {
            let step = |from: i32, to: i32| from + i32::try_from(i64::from(to - from) * left / leg).unwrap_or(0);
            return Point { x: step(a.x, b.x), y: step(a.y, b.y) };
        }
        left -= leg;
    }
    path.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_way_with_a_corner_is_counted_along_its_legs() {
        let path = [Point { x: 0, y: 0 }, Point { x: 10, y: 0 }, Point { x: 10, y: 10 }];
        assert_eq!(along(&path, 750), Point { x: 10, y: 5 });
        assert_eq!(along(&path, 5_000), Point { x: 10, y: 10 });
        assert_eq!(along(&[], 500), Point::default());
    }

    #[test]
    fn a_box_to_the_right_is_reached_from_its_left_side() {
        let a = Area { x: 0, y: 0, w: 10, h: 10 };
        let way = connect(a, Area { x: 50, y: 40, w: 10, h: 10 });
        assert_eq!((way[0], way[3]), (Point { x: 10, y: 5 }, Point { x: 50, y: 45 }));
        assert_eq!((way[1].x, way[2].x), (30, 30));
    }
}
