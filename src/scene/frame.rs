//! What is drawn: one pod of one run at one moment, and where on the paper each thing is.

use simulator::base::id::{EventId, TaskId};
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::trace::Trace;

use super::layout::{Cell, Layout};
use super::marks::Mark;

/// How the parts are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Control plane left of the pod, children right of their parents.
    Wide,
    /// Control plane above the pod, children below their parents.
    Tall,
}

/// Everything that a drawing needs.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The run.
    pub trace: &'a Trace,
    /// Where its processes are.
    pub layout: &'a Layout,
    /// The signals that leave a mark.
    pub marks: &'a [Mark],
    /// What can be seen at the moment.
    pub seen: &'a Observed,
    /// How many events have happened.
    pub happened: EventId,
    /// The moment, which can be later than the last event.
    pub now: SimTime,
    /// Events that are being shown, and how much of their showing is over in thousandths.
    pub happening: &'a [(EventId, u32)],
    /// Names of those who send requests by a copy of the endpoint list.
    pub consumers: &'a [&'a str],
    /// The selected process.
    pub selected: Option<TaskId>,
    /// How the parts are put together.
    pub shape: Shape,
}

/// A rectangle on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Area {
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

impl Area {
    /// The middle of the left side.
    pub fn left(self) -> (i32, i32) {
        (self.x, self.y + self.h / 2)
    }

    /// The middle of the right side.
    pub fn right(self) -> (i32, i32) {
        (self.x + self.w, self.y + self.h / 2)
    }

    /// The middle of the lower side.
    pub fn bottom(self) -> (i32, i32) {
        (self.x + self.w / 2, self.y + self.h)
    }

    /// The middle of the upper side.
    pub fn top(self) -> (i32, i32) {
        (self.x + self.w / 2, self.y)
    }
}

/// A position in a list, as a length on the paper counts it.
fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX / 4096)
}

/// Size of a process card.
pub const CARD: (i32, i32) = (210, 60);
/// Size of a station of the control plane.
pub const STATION: (i32, i32) = (126, 56);
/// Room between the columns of the wide shape: a capsule fits in.
const GAP_X: i32 = 74;
/// Room between rows: the mark of a signal fits in.
const GAP_Y: i32 = 26;
/// Room inside a box, and for its heading.
const PAD: i32 = 14;
const HEADING: i32 = 26;
/// Indentation of a child in the tall shape.
const INDENT: i32 = 18;

/// Where everything of a frame is.
#[derive(Clone, Debug)]
pub struct Geometry {
    shape: Shape,
    /// The API server.
    pub api: Area,
    /// The kubelet with the runtime.
    pub kubelet: Area,
    /// The pod.
    pub pod: Area,
    /// The containers, in order of the layout.
    pub groups: Vec<Area>,
    /// Whole width.
    pub width: i32,
    /// Whole height.
    pub height: i32,
}

impl Geometry {
    /// The geometry of a layout.
    pub fn new(layout: &Layout, shape: Shape) -> Geometry {
        let columns = layout.groups.iter().map(super::layout::Group::columns).max().unwrap_or(1);
        let (sw, sh) = STATION;
        let top = layout.fleet.height() + 1;
        let api = Area { x: 1, y: top, w: sw, h: sh };
        let (kubelet, x, y) = match shape {
            Shape::Wide => (Area { y: top + sh + 40, ..api }, sw + 78, top),
            Shape::Tall => (Area { x: 330 - sw, ..api }, 1, top + sh + 32),
        };
        let inner = match shape {
            // Two columns at least, so that figures with one process and with two have the same scale.
            Shape::Wide => count(columns.max(2)) * (CARD.0 + GAP_X) - GAP_X,
            Shape::Tall => CARD.0 + INDENT * count(columns.max(3) - 1) + 36,
        };
        let width = inner + 4 * PAD;
        let mut below = y + HEADING;
        let mut groups = Vec::new();
        for group in &layout.groups {
            let rows = match shape {
                Shape::Wide => group.rows(),
                Shape::Tall => tall_rows(group.cells.iter()),
            };
            let h = HEADING + count(rows) * (CARD.1 + GAP_Y) + PAD / 2;
            groups.push(Area { x: x + PAD, y: below, w: width - 2 * PAD, h });
            below += h + PAD;
        }
        let pod = Area { x, y, w: width, h: below - y };
        let height = (pod.y + pod.h).max(kubelet.y + kubelet.h) + 1;
        Geometry { shape, api, kubelet, pod, groups, width: (x + width + 1).max(332), height }
    }

    /// Where a process is drawn.
    pub fn card(&self, layout: &Layout, task: TaskId) -> Option<Area> {
        let (index, cell) = layout.find(task)?;
        let group = self.groups.get(index)?;
        let row = match self.shape {
            Shape::Wide => cell.row,
            Shape::Tall => tall_row(&layout.groups.get(index)?.cells, cell),
        };
        let step = match self.shape {
            Shape::Wide => CARD.0 + GAP_X,
            Shape::Tall => INDENT,
        };
        Some(Area {
            x: group.x + PAD + count(cell.column) * step,
            y: group.y + HEADING + count(row) * (CARD.1 + GAP_Y),
            w: CARD.0,
            h: CARD.1,
        })
    }
}

/// In the tall shape each used cell has a row of its own, ordered by row and column.
fn tall_row(cells: &[Cell], cell: Cell) -> usize {
    let mut before: Vec<(usize, usize)> = cells.iter().map(|c| (c.row, c.column)).collect();
    before.sort_unstable();
    before.dedup();
    before.iter().position(|c| *c == (cell.row, cell.column)).unwrap_or(0)
}

fn tall_rows<'a>(cells: impl Iterator<Item = &'a Cell>) -> usize {
    let mut used: Vec<(usize, usize)> = cells.map(|c| (c.row, c.column)).collect();
    used.sort_unstable();
    used.dedup();
    used.len().max(1)
}
