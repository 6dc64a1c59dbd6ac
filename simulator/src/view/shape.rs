//! Process trees as one line: `sh[ruby]`, `python3[sleep(Z)]`. Siblings in order of pid, `(Z)` marks a zombie.

use crate::base::id::{NamespaceId, PodId, TaskId};
use crate::observed::{Observed, Task};

/// The trees of a namespace: its init first, then what came in from outside, separated by blanks.
pub fn shape(seen: &Observed, namespace: NamespaceId) -> String {
    let mut roots: Vec<(TaskId, &Task)> = seen.in_namespace(namespace).filter(|(_, t)| t.parent.is_none()).collect();
    roots.sort_by_key(|(_, t)| t.pid);
    let trees: Vec<String> = roots.iter().map(|(_, t)| tree(seen, t)).collect();
    trees.join(" ")
}

/// The trees of all namespaces of a pod's containers. The sandbox's own namespace, with pause alone, is left out.
pub fn pod_shape(seen: &Observed, pod: PodId) -> String {
    let trees: Vec<String> = namespaces(seen, pod).iter().map(|ns| shape(seen, *ns)).collect();
    trees.join(" | ")
}

/// The PID namespaces that a pod's containers run in.
pub fn namespaces(seen: &Observed, pod: PodId) -> Vec<NamespaceId> {
    let mut namespaces: Vec<NamespaceId> = seen
        .tasks
        .iter()
        .filter(|t| !t.is_reaped())
        .filter(|t| t.container.and_then(|c| seen.container(c)).is_some_and(|c| c.pod == pod && !c.is_sandbox()))
        .map(|t| t.namespace)
        .collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces
}

fn tree(seen: &Observed, task: &Task) -> String {
    let mark = if task.is_zombie() { "(Z)" } else { "" };
    let mut children: Vec<&Task> = task.children.iter().filter_map(|c| seen.task(*c)).collect();
    children.sort_by_key(|t| t.pid);
    if children.is_empty() {
        return format!("{}{mark}", task.comm);
    }
    let inside: Vec<String> = children.iter().map(|t| tree(seen, t)).collect();
    format!("{}{mark}[{}]", task.comm, inside.join(" "))
}
