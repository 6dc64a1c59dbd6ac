//! The trace: the append-only list of everything that can be seen in a run.
//!
//! Every event names its rule, and unless it is an input, the event that caused it. Everything shown to a person is a pure
//! function of this list. Not here: what cannot be seen (program counters, queues), which the kernel keeps to itself.

mod container;
mod node;
mod pod;
mod task;
mod traffic;
mod workload;

pub use container::{ContainerEnd, Hook, HookKind, HookResult, NewContainer, OnContainer, Probe};
pub use node::OnNode;
pub use pod::{DeleteFrom, EventType, NewPod, OnPod, PodPhase, Reported};
pub use task::{
    Disposition, Entry, Execed, ExitStatus, OnTask, ProgramKind, Reaper, Sender, SocketState, Stream, Wait, WaitTarget,
};
pub use traffic::{Conditions, OnEndpoint, OnRequest, Outcome};
pub use workload::{Choice, NewWorkload, OnWorkload};

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, NamespaceId, Pid, PodId, RequestId, TaskId, WorkloadId};
use crate::base::time::SimTime;
use crate::rules::RuleId;

/// One thing that happened, when, because of what, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: SimTime,
    /// What triggered it; `None` only for inputs.
    pub cause: Option<EventId>,
    /// The standing fact that decided it, where one did: the `Disposed` that installed the handler.
    pub given: Option<EventId>,
    /// The rule that decided it.
    pub rule: RuleId,
    /// What happened.
    pub kind: EventKind,
}

/// What happened, to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A person or the world outside acted: the root of every chain of causes.
    Input(Text),
    /// A PID namespace came to be; its first forked process gets this number.
    Namespace(NamespaceId, Pid),
    /// To a process.
    Task(TaskId, OnTask),
    /// To a container.
    Container(ContainerId, OnContainer),
    /// To a pod.
    Pod(PodId, OnPod),
    /// To a workload: a Deployment, a bare pod.
    Workload(WorkloadId, OnWorkload),
    /// To the list of endpoints, or to a copy of it.
    Endpoint(PodId, OnEndpoint),
    /// To a request.
    Request(RequestId, OnRequest),
    /// To the n-th node, from 0.
    Node(u32, OnNode),
    /// A limit of `base::limits` was reached.
    Budget(Exhausted),
}

/// Which limit ended the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exhausted {
    /// `Limits::events`.
    Events,
    /// `Limits::turns`.
    Turns,
    /// `Limits::tasks`.
    Tasks,
    /// `Limits::time`.
    Time,
    /// `Limits::log_bytes`; the run goes on, further output is not kept.
    LogBytes,
    /// `Limits::requests`; the run goes on without new requests.
    Requests,
    /// `Limits::pods`.
    Pods,
}

/// The events of a run, in order of happening.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    events: Vec<Event>,
}

/// A trace made by hand, for tests of what is shown. The engine itself appends through `Cx::emit`.
impl FromIterator<Event> for Trace {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        Trace { events: events.into_iter().collect() }
    }
}

impl Trace {
    /// All events, oldest first; `EventId(n)` is the n-th.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The event `id`.
    pub fn get(&self, id: EventId) -> Option<&Event> {
        self.events.get(id.index())
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// None yet?
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Events with their identities.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        self.events.iter().enumerate().map(|(i, e)| (EventId::from_index(i), e))
    }

    /// The chain of causes of `id`, itself first, the input last.
    pub fn causes(&self, id: EventId) -> Vec<EventId> {
        let mut chain = vec![id];
        let mut next = self.get(id).and_then(|e| e.cause);
        while let Some(cause) = next {
            chain.push(cause);
            // Causes point backwards; anything else would be a defect and must not hang a view.
            next = self.get(cause).and_then(|e| e.cause).filter(|earlier| *earlier < cause);
        }
        chain
    }

    /// Gives back the memory that was kept for events to come.
    pub(crate) fn shrink(&mut self) {
        self.events.shrink_to_fit();
    }

    /// Appends an event. Only `Cx::emit` calls this.
    pub(crate) fn push(&mut self, event: Event) -> EventId {
        let id = EventId::from_index(self.events.len());
        self.events.push(event);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_takes_64_bytes() {
        assert_eq!(std::mem::size_of::<Event>(), 64);
    }
}
