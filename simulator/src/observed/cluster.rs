//! Endpoints and requests as they can be seen.

use super::{Observed, TaskState};
use crate::base::id::{EventId, PodId, RequestId, TaskId};
use crate::base::time::SimTime;
use crate::trace::{Conditions, Event, OnEndpoint, OnRequest, Outcome};

/// A pod's entry in the EndpointSlice and in the copies of its consumers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Conditions in the slice; `None` once it is not listed there.
    pub slice: Option<Conditions>,
    /// Consumers that route to it now: bit n for consumer n.
    pub routed_by: u64,
    /// The last event about it.
    pub by: EventId,
}

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestState {
    /// When the client sent it.
    pub sent: SimTime,
    /// The pod it went to last.
    pub pod: Option<PodId>,
    /// The process that works on it.
    pub task: Option<TaskId>,
    /// How and when it ended.
    pub ended: Option<(Outcome, SimTime, EventId)>,
}

impl Endpoint {
    /// Does consumer `n` route to it?
    pub fn routed_by(&self, consumer: u8) -> bool {
        1_u64.checked_shl(u32::from(consumer)).is_some_and(|bit| self.routed_by & bit != 0)
    }
}

impl Observed {
    pub(super) fn apply_endpoint(&mut self, id: EventId, _event: &Event, pod: PodId, what: &OnEndpoint) {
        let entry = self.endpoints.entry(pod).or_default();
        entry.by = id;
        match what {
            OnEndpoint::Slice(conditions) => entry.slice = Some(*conditions),
            OnEndpoint::Unlisted => entry.slice = None,
            OnEndpoint::Learned { consumer, routes } => {
                let bit = 1_u64.checked_shl(u32::from(*consumer)).unwrap_or(0);
                entry.routed_by = if *routes { entry.routed_by | bit } else { entry.routed_by & !bit };
            }
        }
    }

    pub(super) fn apply_request(&mut self, id: EventId, event: &Event, request: RequestId, what: &OnRequest) {
        if *what == OnRequest::Arrived {
            self.requests.push(RequestState { sent: event.at, pod: None, task: None, ended: None });
            return;
        }
        let Some(r) = self.requests.get_mut(request.index()) else { return };
        let worker = r.task;
        match what {
            OnRequest::Arrived | OnRequest::Queued => {}
            OnRequest::Routed(pod) => r.pod = Some(*pod),
            OnRequest::Accepted(task) => {
                r.task = Some(*task);
                if let Some(TaskState::Alive(alive)) = self.tasks.get_mut(task.index()).map(|t| &mut t.state) {
                    alive.in_flight.push(request);
                }
            }
            OnRequest::Ended(outcome) => {
                r.ended = Some((*outcome, event.at, id));
                if let Some(TaskState::Alive(alive)) =
                    worker.and_then(|w| self.tasks.get_mut(w.index())).map(|t| &mut t.state)
                {
                    alive.in_flight.retain(|r| *r != request);
                }
            }
        }
    }
}
