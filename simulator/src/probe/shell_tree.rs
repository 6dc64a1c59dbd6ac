//! The process tree of a bare namespace as /proc shows it, and its short form (`sh[app cat]`).

use crate::base::id::{NamespaceId, Pid};
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::observed::{Observed, TaskState};
use crate::trace::{Disposition, Wait};

/// One process as /proc shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the namespace.
    pub pid: u32,
    /// Its parent's, 0 for PID 1.
    pub ppid: u32,
    /// Process group.
    pub pgid: u32,
    /// Session.
    pub sid: u32,
    /// `R`, `S`, `T`, `Z`.
    pub state: char,
    /// Name.
    pub comm: String,
    /// Arguments; empty for a zombie.
    pub argv: Vec<String>,
    /// Ignored signals.
    pub ignored: Vec<Signal>,
    /// Caught signals.
    pub caught: Vec<Signal>,
    /// Blocked signals.
    pub blocked: Vec<Signal>,
    /// Pending signals.
    pub pending: Vec<Signal>,
}

/// All processes of the namespace, by pid.
pub(super) fn tree(cx: &Cx, namespace: NamespaceId) -> Vec<Entry> {
    let seen = cx.seen();
    let mut all: Vec<Entry> = seen
        .in_namespace(namespace)
        .map(|(id, task)| {
            // /proc still shows the sets of a zombie as they were when it died.
            let at_death = task.ended().map(|(_, died)| Observed::at(cx.trace(), died));
            let alive = task.alive().or_else(|| at_death.as_ref().and_then(|seen| seen.alive(id)));
            let set = |wanted: fn(Disposition) -> bool| {
                let all =
                    alive.map(|a| a.dispositions.iter().filter(|(_, d)| wanted(d.value)).map(|(s, _)| *s).collect());
                all.unwrap_or_default()
            };
            let state = match (&task.state, alive) {
                (TaskState::Zombie { .. } | TaskState::Reaped { .. }, _) => 'Z',
                (TaskState::Alive(_), Some(a)) if a.stopped => 'T',
                (TaskState::Alive(_), Some(a)) if a.wait.is_some_and(|w| w.value != Wait::Cpu) => 'S',
                _ => 'R',
            };
            Entry {
                pid: task.pid.0,
                ppid: task.parent.and_then(|p| seen.task(p)).map_or(Pid::OUTSIDE, |p| p.pid).0,
                pgid: task.pgid.0,
                sid: task.sid.0,
                state,
                comm: task.comm.to_string(),
                argv: if state == 'Z' { Vec::new() } else { task.argv.iter().map(|a| a.to_string()).collect() },
                ignored: set(|d| d == Disposition::Ignore),
                caught: set(Disposition::is_caught),
                blocked: alive.map(|a| a.blocked.iter().collect()).unwrap_or_default(),
                pending: alive.map(|a| a.pending.iter().collect()).unwrap_or_default(),
            }
        })
        .collect();
    all.sort_by_key(|e| e.pid);
    all
}

/// `sh[app cat]`: names, `(Z)` behind zombies, children in brackets by pid.
pub fn shape(tree: &[Entry]) -> String {
    let roots: Vec<String> = tree.iter().filter(|e| e.ppid == 0).map(|e| branch(tree, e, 0)).collect();
    roots.join(" ")
}

fn branch(tree: &[Entry], entry: &Entry, depth: usize) -> String {
    let mut text = entry.comm.clone();
    if entry.state == 'Z' {
        text.push_str("(Z)");
    }
    let children: Vec<&Entry> = tree.iter().filter(|e| e.ppid == entry.pid && e.pid != entry.pid).collect();
    if !children.is_empty() && depth < tree.len() {
        let inner: Vec<String> = children.iter().map(|c| branch(tree, c, depth + 1)).collect();
        text.push_str(&format!("[{}]", inner.join(" ")));
    }
    text
}
