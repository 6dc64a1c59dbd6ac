//! Where every process of a run is drawn: computed once over the whole run, so that nothing ever jumps.
//!
//! A process stands one column right of the parent that forked it, in the first row at or below it that is free for its
//! whole life. Adoption redraws the line to its parent, not its place.

use simulator::base::id::{ContainerId, EventId, NamespaceId, PodId, TaskId};
use simulator::observed::{Observed, Task, TaskState};
use simulator::trace::{EventKind, OnTask, Trace};

use super::fleet::Fleet;

/// Most rows of processes that are drawn for one container; the others are counted.
pub const MOST_ROWS: usize = 6;
/// Most columns; deeper processes stand in the last one.
pub const MOST_COLUMNS: usize = 4;

/// The place of a process in the box of its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The process.
    pub task: TaskId,
    /// 0 is the leftmost.
    pub column: usize,
    /// 0 is the topmost.
    pub row: usize,
}

/// The box of one container, through all its restarts.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Group {
    /// Its name; empty for processes without a container.
    pub name: String,
    /// Its instances, oldest first.
    pub instances: Vec<ContainerId>,
    /// Its processes, in order of birth.
    pub cells: Vec<Cell>,
    /// Processes for which there is no room.
    pub left_out: usize,
}

/// Where everything of one pod is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Layout {
    /// The pod; none for a bare namespace.
    pub pod: Option<PodId>,
    /// Its containers, top to bottom.
    pub groups: Vec<Group>,
    /// The other pods, and who sends requests to them.
    pub fleet: Fleet,
}

impl Group {
    /// How many rows it needs.
    pub fn rows(&self) -> usize {
        self.cells.iter().map(|c| c.row + 1).max().unwrap_or(1)
    }

    /// How many columns it needs.
    pub fn columns(&self) -> usize {
        self.cells.iter().map(|c| c.column + 1).max().unwrap_or(1)
    }
}

impl Layout {
    /// The layout of `pod` over the whole run `trace`, which ended in `end`.
    pub fn new(trace: &Trace, end: &Observed, pod: Option<PodId>) -> Layout {
        let mut layout = Layout { pod, groups: Vec::new(), fleet: Fleet::new(trace, end) };
        let shared = shared_namespace(end, pod);
        for id in (0..end.containers.len()).map(ContainerId::from_index) {
            let Some(container) = end.container(id).filter(|c| Some(c.pod) == pod) else { continue };
            if container.is_sandbox() && !shared {
                continue;
            }
            match layout.groups.iter_mut().find(|g| g.name == *container.name) {
                Some(group) => group.instances.push(id),
                None => layout.groups.push(Group {
                    name: container.name.to_string(),
                    instances: vec![id],
                    ..Group::default()
                }),
            }
        }
        if pod.is_none() {
            layout.groups.push(Group::default());
        }
        for group in &mut layout.groups {
            place(group, trace, end);
        }
        layout
    }

    /// The group and cell of a process.
    pub fn find(&self, task: TaskId) -> Option<(usize, Cell)> {
        self.groups.iter().enumerate().find_map(|(i, g)| g.cells.iter().find(|c| c.task == task).map(|c| (i, *c)))
    }
}

/// Do the containers of this pod share the namespace of its sandbox?
fn shared_namespace(end: &Observed, pod: Option<PodId>) -> bool {
    let of = |sandbox: bool| {
        let mut spaces: Vec<NamespaceId> = end
            .tasks
            .iter()
            .filter(|t| {
                let container = t.container.and_then(|c| end.container(c));
                container.is_some_and(|c| Some(c.pod) == pod && c.is_sandbox() == sandbox)
            })
            .map(|t| t.namespace)
            .collect();
        spaces.dedup();
        spaces
    };
    let sandbox = of(true);
    of(false).iter().any(|n| sandbox.contains(n))
}

/// The event from which on the place of a process is free again.
fn gone(task: &Task) -> Option<EventId> {
    match task.state {
        TaskState::Reaped { reaped, .. } => Some(reaped),
        TaskState::Alive(_) | TaskState::Zombie { .. } => None,
    }
}

fn place(group: &mut Group, trace: &Trace, end: &Observed) {
    for (index, task) in end.tasks.iter().enumerate() {
        let own = match task.container {
            Some(container) => group.instances.contains(&container),
            None => group.instances.is_empty(),
        };
        if !own {
            continue;
        }
        let id = TaskId::from_index(index);
        // Its parent of today may have adopted it: the event of its birth says who forked it.
        let parent = match trace.get(task.born).map(|e| &e.kind) {
            Some(EventKind::Task(parent, OnTask::Forked { .. })) => {
                group.cells.iter().find(|c| c.task == *parent).copied()
            }
            _ => None,
        };
        let column = parent.map_or(0, |p| p.column + 1).min(MOST_COLUMNS - 1);
        let first = parent.map_or(0, |p| p.row);
        let free = |row: &usize| {
            let mut there = group.cells.iter().filter(|c| c.column == column && c.row == *row);
            there.all(|c| end.task(c.task).and_then(gone).is_some_and(|gone| gone < task.born))
        };
        match (first..MOST_ROWS).find(free) {
            Some(row) => group.cells.push(Cell { task: id, column, row }),
            None => group.left_out += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;
    use simulator::base::time::SimTime;

    #[test]
    fn a_child_stands_right_of_its_parent() {
        let trace = fixture::shell_form();
        let end = Observed::at_time(&trace, SimTime::from_secs(99));
        let layout = Layout::new(&trace, &end, Some(PodId(0)));
        let cells: Vec<_> = layout.groups[0].cells.iter().map(|c| (c.task.0, c.column, c.row)).collect();
        assert_eq!(cells, [(0, 0, 0), (1, 1, 0)]);
    }
}
