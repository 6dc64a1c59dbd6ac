//! What kubectl prints at a moment: `get pods`, `get pods -w`, the EndpointSlice.
//!
//! Follows kubernetes pkg/printers/internalversion/printers.go `printPod`, apimachinery
//! pkg/util/duration `HumanDuration`. Compared with the lines of a real cluster of version 1.36.2.

mod logs;
mod status;
mod table;

pub use logs::{Wanted, logs};
pub use status::{Row, is_final, row};
pub use table::{age, columns};

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Text;
use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::inventory::{Inventory, WorkloadFacts};
use crate::observed::{Observed, Pod};
use crate::trace::{EventKind, OnContainer, OnPod, Trace};

/// What the trace does not say about a pod: the containers of its spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Regular containers, in the order of the spec.
    pub regular: Vec<Text>,
    /// Init containers and sidecars (true), in the order of the spec.
    pub init: Vec<(Text, bool)>,
    /// Minor release of the cluster.
    pub minor: u8,
}

impl Roster {
    /// The containers of the pods of a workload.
    pub fn of(workload: &WorkloadFacts, minor: u8) -> Roster {
        Roster {
            regular: workload.containers.iter().map(|c| c.name.clone()).collect(),
            init: workload.init.iter().map(|c| (c.name.clone(), c.sidecar)).collect(),
            minor,
        }
    }

    /// The containers of a pod of a scenario; of a pod that no workload made, those that there are.
    pub fn find(inventory: &Inventory, seen: &Observed, pod: &Pod) -> Roster {
        if let Some(workload) = inventory.workload_of(&pod.name, &pod.owner) {
            return Roster::of(workload, inventory.minor);
        }
        let mut regular: Vec<Text> = Vec::new();
        for container in pod.containers.iter().filter_map(|c| seen.container(*c)).filter(|c| !c.is_sandbox()) {
            if !regular.contains(&container.name) {
                regular.push(container.name.clone());
            }
        }
        Roster { regular, init: Vec::new(), minor: inventory.minor }
    }
}

const HEADER: [&str; 5] = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"];

/// `kubectl get pods` at a moment.
pub fn get_pods(inventory: &Inventory, seen: &Observed, now: SimTime) -> String {
    let listed: Vec<&Pod> = seen.pods.iter().filter(|p| p.removed.is_none()).collect();
    if listed.is_empty() {
        return "No resources found in default namespace.\n".to_owned();
    }
    let mut rows: Vec<[String; 5]> =
        listed.iter().map(|pod| row(&Roster::find(inventory, seen, pod), seen, pod, now).cells()).collect();
    rows.sort();
    columns(&HEADER, &rows, 3)
}

/// `kubectl get pods -w` from a moment to the end of the run: a line whenever one of a pod's cells other than the age changes.
/// What the kubelet has not reported yet does not show: an exit shows with the next change of phase or readiness.
pub fn watch(inventory: &Inventory, trace: &Trace, from: SimTime) -> Vec<(SimTime, Row)> {
    let mut seen = Observed::default();
    let mut last: BTreeMap<PodId, Row> = BTreeMap::new();
    let mut changed: BTreeSet<PodId> = BTreeSet::new();
    let mut lines = Vec::new();
    for (id, event) in trace.iter() {
        if event.at > seen.now {
            changes(inventory, &seen, &mut changed, &mut last, &mut lines);
        }
        seen.apply(id, event);
        match &event.kind {
            EventKind::Pod(pod, what) if writes_status(what) => {
                changed.insert(*pod);
            }
            EventKind::Container(container, what) if reported(what) => {
                changed.extend(seen.container(*container).map(|c| c.pod));
            }
            _ => {}
        }
    }
    changes(inventory, &seen, &mut changed, &mut last, &mut lines);
    lines.retain(|(at, _)| *at >= from);
    lines
}

/// Does an object of a pod change at the API server, so that a watch brings it?
pub fn is_written(kind: &EventKind) -> bool {
    match kind {
        EventKind::Pod(_, what) => writes_status(what),
        EventKind::Container(_, what) => reported(what),
        EventKind::Input(_)
        | EventKind::Namespace(..)
        | EventKind::Task(..)
        | EventKind::Workload(..)
        | EventKind::Endpoint(..)
        | EventKind::Request(..)
        | EventKind::Node(..)
        | EventKind::Budget(_) => false,
    }
}

/// Does the pod's object at the API server change?
fn writes_status(what: &OnPod) -> bool {
    matches!(
        what,
        OnPod::Created(_)
            | OnPod::Seen
            | OnPod::Phase(_)
            | OnPod::ContainersReady
            | OnPod::Ready(_)
            | OnPod::Reason(_)
            | OnPod::DeleteRequested { .. }
            | OnPod::Removed
    )
}

/// Does the kubelet write a new status at once?
fn reported(what: &OnContainer) -> bool {
    matches!(
        what,
        OnContainer::Created(_) | OnContainer::Started(_) | OnContainer::StartFailed(_) | OnContainer::Waiting
    )
}

/// The new rows of the pods that changed at one instant.
fn changes(
    inventory: &Inventory,
    seen: &Observed,
    changed: &mut BTreeSet<PodId>,
    last: &mut BTreeMap<PodId, Row>,
    lines: &mut Vec<(SimTime, Row)>,
) {
    for id in std::mem::take(changed) {
        let Some(pod) = seen.pod(id) else { continue };
        let now = row(&Roster::find(inventory, seen, pod), seen, pod, seen.now);
        let same = |row: &Row| (&row.ready, &row.status, row.restarts) == (&now.ready, &now.status, now.restarts);
        if !last.get(&id).is_some_and(same) {
            lines.push((seen.now, now.clone()));
            last.insert(id, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    #[test]
    fn a_pod_is_listed_until_it_is_removed() {
        let trace = fixture::shell_form();
        let at = |secs| Observed::at_time(&trace, SimTime::from_secs(secs));
        assert_eq!(
            get_pods(&Inventory::default(), &at(10), SimTime::from_secs(10)),
            "NAME     READY   STATUS    RESTARTS   AGE\nserver   0/1     Running   0          10s\n"
        );
        assert_eq!(
            get_pods(&Inventory::default(), &at(21), SimTime::from_secs(21)),
            "NAME     READY   STATUS        RESTARTS   AGE\nserver   0/1     Terminating   0          21s\n"
        );
        assert_eq!(
            get_pods(&Inventory::default(), &at(60), SimTime::from_secs(60)),
            "No resources found in default namespace.\n"
        );
    }

    #[test]
    fn a_watch_has_a_line_for_each_change() {
        let lines = watch(&Inventory::default(), &fixture::shell_form(), SimTime::ZERO);
        let status: Vec<_> = lines.iter().map(|(_, row)| row.status.as_str()).collect();
        assert_eq!(status, ["Pending", "Running", "Terminating"]);
    }
}
