//! Workloads, endpoints and requests as they can be seen.

use super::{Observed, TaskState};
use crate::base::Text;
use crate::base::id::{EventId, PodId, RequestId, TaskId, WorkloadId};
use crate::base::time::SimTime;
use crate::trace::{Conditions, Event, NewWorkload, OnEndpoint, OnRequest, OnWorkload, Outcome};

/// A workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// `Deployment`, `Pod`.
    pub kind: Text,
    /// Name.
    pub name: Text,
    /// `spec.replicas`.
    pub replicas: u32,
    /// Revision of the pod template, from 1.
    pub revision: u32,
    /// When it was created.
    pub created: SimTime,
    /// A Job: over, with success or not.
    pub finished: Option<bool>,
    /// The event that deleted it.
    pub deleted: Option<EventId>,
    /// The last event about it.
    pub by: EventId,
}

/// A pod's entry in the EndpointSlice and in the copies of its consumers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Conditions in the slice; `None` if it is not listed there.
    pub slice: Option<Conditions>,
    /// The event that set `slice`.
    pub slice_by: EventId,
    /// Consumers that route to it now: bit n for consumer n.
    pub routed_by: u64,
    /// The last event about it.
    pub by: EventId,
}

/// A request. Kept small, 40 bytes: there are a million of them in a batch run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestState {
    /// When the client sent it.
    pub sent: SimTime,
    /// The pod it went to last.
    pub pod: Option<PodId>,
    /// The process that worked on it last.
    pub task: Option<TaskId>,
    /// The last event about it.
    pub last: EventId,
    /// The consumer of the endpoint list it went through.
    pub consumer: u8,
    /// How often it was sent on.
    pub tries: u8,
    outcome: Option<Outcome>,
    ended: SimTime,
}

/// How many requests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sent so far.
    pub sent: u32,
    ended: [u32; Outcome::ALL.len()],
}

impl Totals {
    /// Requests with this outcome.
    pub fn of(&self, outcome: Outcome) -> u32 {
        self.ended.get(place(outcome)).copied().unwrap_or(0)
    }

    /// Requests that ended without an answer.
    pub fn failed(&self) -> u32 {
        self.ended.iter().sum::<u32>() - self.of(Outcome::Ok)
    }

    /// Requests that have not ended.
    pub fn open(&self) -> u32 {
        self.sent.saturating_sub(self.ended.iter().sum())
    }
}

/// Position in `Outcome::ALL`.
fn place(outcome: Outcome) -> usize {
    Outcome::ALL.iter().position(|o| *o == outcome).unwrap_or(usize::MAX)
}

impl RequestState {
    /// How and when it ended, and in which event.
    pub fn ended(&self) -> Option<(Outcome, SimTime, EventId)> {
        self.outcome.map(|outcome| (outcome, self.ended, self.last))
    }

    /// How it ended.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }
}

impl Endpoint {
    /// Does consumer `n` route to it?
    pub fn routed_by(&self, consumer: u8) -> bool {
        1_u64.checked_shl(u32::from(consumer)).is_some_and(|bit| self.routed_by & bit != 0)
    }
}

impl Observed {
    /// The workload `id`.
    pub fn workload(&self, id: WorkloadId) -> Option<&Workload> {
        self.workloads.get(id.index())
    }

    pub(super) fn apply_workload(&mut self, id: EventId, event: &Event, workload: WorkloadId, what: &OnWorkload) {
        if let OnWorkload::Created(new) = what {
            let NewWorkload { kind, name, replicas } = (**new).clone();
            let created = event.at;
            let state = Workload { kind, name, replicas, revision: 1, created, finished: None, deleted: None, by: id };
            self.workloads.push(state);
            return;
        }
        let Some(w) = self.workloads.get_mut(workload.index()) else { return };
        w.by = id;
        match what {
            OnWorkload::Scaled(replicas) => w.replicas = *replicas,
            OnWorkload::Updated(revision) => w.revision = *revision,
            OnWorkload::Finished { succeeded, .. } => w.finished = Some(*succeeded),
            OnWorkload::Deleted => w.deleted = Some(id),
            OnWorkload::Created(_) | OnWorkload::Removes { .. } | OnWorkload::WaitsFor(_) => {}
        }
    }

    pub(super) fn apply_endpoint(&mut self, id: EventId, _event: &Event, pod: PodId, what: &OnEndpoint) {
        let entry = self.endpoints.entry(pod).or_default();
        entry.by = id;
        match what {
            OnEndpoint::Slice(conditions) => {
                entry.slice = Some(*conditions);
                entry.slice_by = id;
            }
            OnEndpoint::Unlisted => {
                entry.slice = None;
                entry.slice_by = id;
            }
            OnEndpoint::Learned { consumer, routes } => {
                let bit = 1_u64.checked_shl(u32::from(*consumer)).unwrap_or(0);
                entry.routed_by = if *routes { entry.routed_by | bit } else { entry.routed_by & !bit };
            }
            OnEndpoint::Health { .. } | OnEndpoint::Deregistered { .. } => {}
        }
    }

    pub(super) fn apply_request(&mut self, id: EventId, event: &Event, request: RequestId, what: &OnRequest) {
        if let OnRequest::Sent { consumer, pod, task } = what {
            self.totals.sent = self.totals.sent.saturating_add(1);
            self.requests.push(RequestState {
                sent: event.at,
                pod: *pod,
                task: *task,
                last: id,
                consumer: *consumer,
                tries: 1,
                outcome: None,
                ended: SimTime::ZERO,
            });
            self.add_work(*task, 1);
            return;
        }
        let Some(r) = self.requests.get_mut(request.index()) else { return };
        r.last = id;
        let before = r.task;
        match what {
            OnRequest::Sent { .. } | OnRequest::Queued => {}
            OnRequest::Accepted(task) => {
                r.task = Some(*task);
                self.add_work(Some(*task), 1);
            }
            OnRequest::Retried { pod, task, .. } => {
                r.pod = *pod;
                r.task = *task;
                r.tries = r.tries.saturating_add(1);
                self.add_work(before, -1);
                self.add_work(*task, 1);
            }
            OnRequest::Ended(outcome) => {
                r.outcome = Some(*outcome);
                r.ended = event.at;
                if let Some(count) = self.totals.ended.get_mut(place(*outcome)) {
                    *count = count.saturating_add(1);
                }
                self.add_work(before, -1);
            }
        }
    }

    fn add_work(&mut self, task: Option<TaskId>, change: i32) {
        let task = task.and_then(|t| self.tasks.get_mut(t.index()));
        if let Some(TaskState::Alive(alive)) = task.map(|t| &mut t.state) {
            alive.in_flight = alive.in_flight.saturating_add_signed(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_takes_forty_bytes() {
        assert_eq!(std::mem::size_of::<RequestState>(), 40);
    }
}
