//! Where everything of a run is drawn, decided once for the whole run: nothing moves when time does.
//!
//! A process has a cell in the grid of its container: a column for each generation, a row for each branch. A cell is given
//! to the next process once its owner has been reaped, so that a script that starts a hundred commands stays as low as the
//! most that live at one time.

use std::collections::{BTreeMap, BTreeSet};

use super::Area;
use crate::base::Text;
use crate::base::id::{ContainerId, NamespaceId, PodId, TaskId};
use crate::observed::Observed;
use crate::trace::{EventKind, OnContainer, OnTask, Trace};
use crate::view::verdict;

/// Size of a process's card.
const CARD: (i32, i32) = (184, 66);
/// From one card to the next.
const STEP: (i32, i32) = (184 + 52, 66 + 14);
/// Space inside a container or pod, and the height of its title.
const PAD: i32 = 12;
const TITLE: i32 = 40;
/// Most generations and branches that are drawn of one container; the rest is a number.
const MOST_COLUMNS: u16 = 5;
const MOST_ROWS: u16 = 14;
/// A control plane box.
const CONTROL: (i32, i32) = (160, 44);
/// Most pods drawn in full; with more, one is, and the others are tiles.
const MOST_FULL: usize = 2;
/// A tile with its gap, and tiles in a row.
const TILE: i32 = 38;
const TILES_A_ROW: usize = 12;
/// Most tiles.
const MOST_TILES: usize = 240;
/// Width of a list of endpoints, height of its title, and one entry with its gap.
const LIST: i32 = 186;
const LIST_TITLE: i32 = 42;
const ENTRY: i32 = 16;
const ENTRIES_A_ROW: usize = 10;

/// Names that the trace does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Of the consumers of the endpoint list, in their order: `kube-proxy`, `load balancer`.
    pub consumers: Vec<String>,
    /// Of the container runtime: `containerd`.
    pub runtime: String,
}

/// The places of everything in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) api: Option<Area>,
    pub(super) kubelet: Option<Area>,
    pub(super) runtime: Option<Area>,
    pub(super) client: Option<Area>,
    /// The slice first, then each consumer.
    pub(super) lists: Vec<Area>,
    pub(super) pods: BTreeMap<PodId, Area>,
    pub(super) tiles: BTreeMap<PodId, Area>,
    pub(super) boxes: BTreeMap<Group, Area>,
    pub(super) tasks: Vec<Option<Area>>,
    pub(super) names: Names,
}

/// Processes that are drawn in one box.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// All instances of a container.
    Container(PodId, Text),
    /// A namespace without containers.
    Bare(NamespaceId),
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    column: u16,
    row: u16,
}

#[derive(Default)]
struct Grid {
    taken: BTreeSet<(u16, u16)>,
    columns: u16,
    rows: u16,
}

impl Grid {
    /// The first row from `from` on with nothing at or right of `column`; for a newcomer from outside nothing at all.
    fn place(&mut self, column: u16, from: u16) -> Option<Cell> {
        let free = |row: u16| self.taken.range((row, column)..(row + 1, 0)).next().is_none();
        let row = (from..MOST_ROWS).find(|row| free(*row)).filter(|_| column < MOST_COLUMNS)?;
        self.taken.insert((row, column));
        self.columns = self.columns.max(column + 1);
        self.rows = self.rows.max(row + 1);
        Some(Cell { column, row })
    }
}

/// Which process has which cell.
#[derive(Default)]
struct Cells {
    order: Vec<Group>,
    grids: BTreeMap<Group, Grid>,
    of: Vec<Option<(Group, Cell)>>,
    containers: Vec<(PodId, Text)>,
}

impl Cells {
    fn read(trace: &Trace) -> Cells {
        let mut cells = Cells::default();
        for event in trace.events() {
            match &event.kind {
                EventKind::Container(_, OnContainer::Created(new)) => {
                    cells.containers.push((new.pod, new.name.clone()));
                    cells.open(Group::Container(new.pod, new.name.clone()));
                }
                EventKind::Task(task, what) => cells.task(*task, what),
                _ => {}
            }
        }
        cells
    }

    fn open(&mut self, group: Group) {
        if !self.grids.contains_key(&group) {
            self.order.push(group.clone());
            self.grids.insert(group, Grid::default());
        }
    }

    fn group(&self, container: Option<ContainerId>, namespace: NamespaceId) -> Group {
        match container.and_then(|c| self.containers.get(c.index())) {
            Some((pod, name)) => Group::Container(*pod, name.clone()),
            None => Group::Bare(namespace),
        }
    }

    fn task(&mut self, task: TaskId, what: &OnTask) {
        match what {
            OnTask::Entered(entry) => {
                let group = self.group(entry.container, entry.namespace);
                self.open(group.clone());
                let cell = self.grids.get_mut(&group).and_then(|g| g.place(0, 0));
                self.of.push(cell.map(|c| (group, c)));
            }
            OnTask::Forked { .. } => {
                let parent = self.of.get(task.index()).cloned().flatten();
                let cell = parent.and_then(|(group, cell)| {
                    let place = self.grids.get_mut(&group)?.place(cell.column.saturating_add(1), cell.row)?;
                    Some((group, place))
                });
                self.of.push(cell);
            }
            OnTask::Reaped(_) => {
                if let Some((group, cell)) = self.of.get(task.index()).cloned().flatten()
                    && let Some(grid) = self.grids.get_mut(&group)
                {
                    grid.taken.remove(&(cell.row, cell.column));
                }
            }
            _ => {}
        }
    }
}

impl Layout {
    /// The places of a run. `end` is its final state; `focus` the pod to draw in full when there are many.
    pub fn new(trace: &Trace, end: &Observed, focus: Option<PodId>, names: Names) -> Layout {
        let cells = Cells::read(trace);
        let mut layout = Layout { names, ..Layout::default() };
        let has_pods = !end.pods.is_empty();
        let mut left = 0;
        let mut top = 0;
        if has_pods {
            top = CONTROL.1 + 32;
        }
        if !end.endpoints.is_empty() || !end.requests.is_empty() {
            left = layout.traffic(end, top);
        }
        let focus = focus.or_else(|| verdict::focus(end));
        let full = |pod: PodId| end.pods.len() <= MOST_FULL || Some(pod) == focus;
        let tiles = (0..end.pods.len()).map(PodId::from_index).filter(|p| !full(*p)).take(MOST_TILES);
        let mut y = top;
        for (n, pod) in tiles.enumerate() {
            let (column, row) = (number(n % TILES_A_ROW), number(n / TILES_A_ROW));
            let area = Area { x: left + column * TILE, y: top + row * TILE, w: TILE - 6, h: TILE - 6 };
            layout.tiles.insert(pod, area);
            y = area.y + TILE + 8;
            layout.grow(area);
        }
        for pod in (0..end.pods.len()).map(PodId::from_index).filter(|p| full(*p)) {
            y = layout.pod(pod, &cells, end, left, y) + 16;
        }
        if !has_pods {
            layout.bare(&cells);
        }
        layout.control(has_pods, left);
        layout.tasks = cells.of.iter().map(|cell| layout.card(cell.as_ref()?)).collect();
        layout
    }

    fn grow(&mut self, area: Area) {
        self.width = self.width.max(area.x + area.w);
        self.height = self.height.max(area.y + area.h);
    }

    /// API server, kubelet and runtime above the node; without pods only who acts from outside.
    fn control(&mut self, has_pods: bool, left: i32) {
        let place = |n: i32| Area { x: left + n * (CONTROL.0 + 48), y: 0, w: CONTROL.0, h: CONTROL.1 };
        if has_pods {
            self.api = Some(place(0));
            self.kubelet = Some(place(1));
            self.runtime = Some(place(2));
            self.grow(place(2));
        } else if !self.boxes.is_empty() {
            let outside = Area { x: 0, y: 0, w: CONTROL.0, h: CONTROL.1 };
            self.runtime = Some(outside);
            self.grow(outside);
        }
    }

    fn traffic(&mut self, end: &Observed, top: i32) -> i32 {
        let client = Area { x: 0, y: top, w: 112, h: 64 };
        self.client = Some(client);
        self.grow(client);
        let consumers = end.endpoints.values().map(|e| u64::BITS - e.routed_by.leading_zeros());
        let seen = end.requests.iter().map(|r| u32::from(r.consumer) + 1);
        let most = consumers.chain(seen).max().unwrap_or(0);
        let named = u32::try_from(self.names.consumers.len()).unwrap_or(0);
        let lists = most.max(named).min(6) + 1;
        let rows = number(end.pods.len().min(MOST_TILES).div_ceil(ENTRIES_A_ROW)).max(1);
        let height = LIST_TITLE + rows * ENTRY + 6;
        let mut y = top;
        for _ in 0..lists {
            let area = Area { x: client.w + 40, y, w: LIST, h: height };
            self.lists.push(area);
            self.grow(area);
            y += height + 12;
        }
        client.w + 40 + LIST + 48
    }

    /// Lays a pod at `x`, `y`; returns its lower edge.
    fn pod(&mut self, pod: PodId, cells: &Cells, end: &Observed, x: i32, y: i32) -> i32 {
        let mut inner = y + TITLE;
        let mut width = CARD.0 + 2 * PAD;
        for group in &cells.order {
            let Group::Container(owner, name) = group else { continue };
            if *owner != pod || (&**name == "POD" && !shares_namespace(end, pod)) {
                continue;
            }
            let Some(grid) = cells.grids.get(group) else { continue };
            let area = Area { x: x + PAD, y: inner, w: grid_width(grid), h: grid_height(grid) };
            width = width.max(area.w);
            inner += area.h + PAD;
            self.boxes.insert(group.clone(), area);
        }
        let area = Area { x, y, w: width + 2 * PAD, h: inner - y };
        self.pods.insert(pod, area);
        self.grow(area);
        inner
    }

    fn bare(&mut self, cells: &Cells) {
        let mut y = 0;
        for group in &cells.order {
            let Some(grid) = cells.grids.get(group) else { continue };
            let area = Area { x: CONTROL.0 + 48, y, w: grid_width(grid), h: grid_height(grid) };
            self.boxes.insert(group.clone(), area);
            self.grow(area);
            y += area.h + PAD;
        }
    }

    fn card(&self, (group, cell): &(Group, Cell)) -> Option<Area> {
        let area = self.boxes.get(group)?;
        let (column, row) = (i32::from(cell.column), i32::from(cell.row));
        Some(Area { x: area.x + PAD + column * STEP.0, y: area.y + TITLE + row * STEP.1, w: CARD.0, h: CARD.1 })
    }

    /// The place of an entry in a list of endpoints.
    pub(super) fn entry(list: Area, n: usize) -> Area {
        let (column, row) = (number(n % ENTRIES_A_ROW), number(n / ENTRIES_A_ROW));
        Area { x: list.x + 12 + column * ENTRY, y: list.y + LIST_TITLE + row * ENTRY, w: ENTRY - 4, h: ENTRY - 4 }
    }

    /// Width and height of the stage.
    pub fn size(&self) -> (i32, i32) {
        (self.width, self.height)
    }
}

fn grid_width(grid: &Grid) -> i32 {
    2 * PAD + CARD.0 + (i32::from(grid.columns.max(1)) - 1) * STEP.0
}

fn grid_height(grid: &Grid) -> i32 {
    TITLE + PAD + CARD.1 + (i32::from(grid.rows.max(1)) - 1) * STEP.1
}

/// Is the sandbox's namespace also that of other containers (`shareProcessNamespace`)?
fn shares_namespace(end: &Observed, pod: PodId) -> bool {
    let of_pod = |c: Option<ContainerId>| c.and_then(|c| end.container(c)).filter(|c| c.pod == pod);
    let sandbox = end.tasks.iter().find(|t| of_pod(t.container).is_some_and(|c| c.is_sandbox()));
    sandbox.is_some_and(|s| {
        end.tasks.iter().any(|t| t.namespace == s.namespace && of_pod(t.container).is_some_and(|c| !c.is_sandbox()))
    })
}

fn number(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX / 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    fn layout(trace: &Trace) -> Layout {
        let end = Observed::at(trace, crate::base::id::EventId::from_index(trace.len()));
        Layout::new(trace, &end, None, Names::default())
    }

    #[test]
    fn a_first_child_stands_beside_its_parent_inside_its_container() {
        let layout = layout(&fixture::shell_form());
        let (shell, ruby) = (layout.tasks[0].unwrap(), layout.tasks[1].unwrap());
        assert_eq!((shell.y, ruby.y), (ruby.y, shell.y));
        assert!(ruby.x >= shell.x + shell.w);
        let container = layout.boxes.values().next().unwrap();
        assert!(ruby.x + ruby.w <= container.x + container.w && ruby.y + ruby.h <= container.y + container.h);
        let pod = layout.pods[&PodId(0)];
        assert!(container.x + container.w <= pod.x + pod.w && container.y + container.h <= pod.y + pod.h);
    }

    #[test]
    fn a_reaped_process_gives_its_cell_to_the_next() {
        let mut grid = Grid::default();
        let (a, b) = (grid.place(1, 0).unwrap(), grid.place(1, 0).unwrap());
        assert_eq!((a.row, b.row), (0, 1));
        grid.taken.remove(&(0, 1));
        assert_eq!(grid.place(1, 0).unwrap().row, 0);
        assert!((0..100).filter_map(|_| grid.place(1, 0)).count() < usize::from(MOST_ROWS));
    }

    #[test]
    fn an_empty_run_has_a_layout() {
        assert_eq!(layout(&Trace::default()).size(), (0, 0));
    }
}
