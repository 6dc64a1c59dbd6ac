//! What the cluster has planned: `Stimulus::Cluster` carries a number, here is what it stands for.

use crate::base::id::{EventId, PodId, WorkloadId};
use crate::base::time::SimTime;
use crate::cx::{Cx, Stimulus};
use crate::trace::{Choice, Conditions};

use super::eviction::Wish;

/// One change of the endpoint list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub pod: PodId,
    /// `None`: no longer listed.
    pub conditions: Option<Conditions>,
    /// The event that changed the slice.
    pub by: EventId,
    /// Its containers are ready, and a load balancer has to open its readiness gate.
    pub gated: bool,
}

/// Something planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Planned {
    /// The client sends the next request.
    Arrival,
    /// The EndpointSlice controller looks at what changed.
    SliceSync,
    /// A consumer hears of changes.
    Heard { consumer: usize, changes: Box<[Change]> },
    /// A consumer starts to write its rules anew.
    Rewrite { consumer: usize },
    /// Its new rules are in force.
    Rewritten { consumer: usize, changes: Box<[Change]> },
    /// One change is in force at a consumer.
    Lagged { consumer: usize, change: Change },
    /// A load balancer checks a target.
    Check { consumer: usize, pod: PodId },
    /// A target that was asked has not answered in time.
    CheckFailed { consumer: usize, pod: PodId },
    /// The deregistration delay of a target is over.
    Deregistered { consumer: usize, pod: PodId },
    /// The controller of a workload looks at its pods.
    Reconcile(WorkloadId),
    /// A controller's call to create a pod arrives.
    CreatePod { workload: WorkloadId, ordinal: u32 },
    /// A controller's call to delete a pod arrives.
    DeletePod { workload: WorkloadId, pod: PodId, choice: Choice },
    /// An eviction is asked for again.
    Evict(Wish),
    /// The network plugin has removed a pod's interface.
    NetworkGone(PodId),
}

/// Everything planned, by number; numbers are used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    planned: Vec<Option<Planned>>,
    free: Vec<u32>,
}

impl Timers {
    /// Plans something for `at`.
    pub(super) fn at(&mut self, cx: &mut Cx, at: SimTime, what: Planned) {
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                self.planned.push(None);
                u32::try_from(self.planned.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = usize::try_from(number).ok().and_then(|n| self.planned.get_mut(n)) {
            *place = Some(what);
            cx.at(at, Stimulus::Cluster(number));
        }
    }

    /// What was planned under this number; it is free afterwards.
    pub(super) fn take(&mut self, number: u32) -> Option<Planned> {
        let planned = self.planned.get_mut(usize::try_from(number).ok()?)?.take()?;
        self.free.push(number);
        Some(planned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::INTERACTIVE;

    #[test]
    fn a_number_is_used_again_once_its_time_has_come() {
        let mut cx = Cx::new(0, 0, INTERACTIVE);
        let mut timers = Timers::default();
        timers.at(&mut cx, SimTime::from_secs(1), Planned::Arrival);
        timers.at(&mut cx, SimTime::from_secs(2), Planned::SliceSync);
        assert_eq!(timers.take(0), Some(Planned::Arrival));
        assert_eq!(timers.take(0), None);
        timers.at(&mut cx, SimTime::from_secs(3), Planned::Arrival);
        assert_eq!(timers.planned.len(), 2);
    }
}
