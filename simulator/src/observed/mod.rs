//! Everything that can be seen at one moment: the fold of a prefix of the trace.
//!
//! `apply` is the only writer. The live state of a run and the state at a cursor are this same type, filled by this same
//! function, so they are equal by construction. Layers read it, decide, and change the world only by emitting events.

mod cluster;
mod node;
mod pod;
mod task;

pub use cluster::{Endpoint, RequestState, Totals, Workload};
pub use node::{Node, node_name};
pub use pod::{Container, ContainerState, KubernetesEvent, LogLine, Pod};
pub use task::{Alive, Namespace, SetBy, Task, TaskState};

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, NamespaceId, Pid, PodId, RequestId, TaskId};
use crate::base::time::SimTime;
use crate::trace::{Event, EventKind, Exhausted, Trace};

/// The visible state of the world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Time of the last event.
    pub now: SimTime,
    /// All processes ever, by `TaskId`.
    pub tasks: Vec<Task>,
    /// All PID namespaces, by `NamespaceId`.
    pub namespaces: Vec<Namespace>,
    /// All container instances, by `ContainerId`.
    pub containers: Vec<Container>,
    /// All pods, by `PodId`.
    pub pods: Vec<Pod>,
    /// All nodes that something happened to, by number.
    pub nodes: Vec<Node>,
    /// All workloads, by `WorkloadId`.
    pub workloads: Vec<Workload>,
    /// Endpoints of the service, one a pod that was ever listed, by pod.
    pub endpoints: std::collections::BTreeMap<PodId, Endpoint>,
    /// All requests, by `RequestId`.
    pub requests: Vec<RequestState>,
    /// How many of them ended how.
    pub totals: Totals,
    /// Lines of output, in order.
    pub logs: Vec<LogLine>,
    /// Kubernetes events, in order.
    pub events: Vec<KubernetesEvent>,
    /// Inputs so far.
    pub inputs: Vec<(SimTime, Text, EventId)>,
    /// Limits that were reached.
    pub exhausted: Vec<(Exhausted, EventId)>,
}

impl Observed {
    /// The state after the events before `end`.
    pub fn at(trace: &Trace, end: EventId) -> Observed {
        let mut seen = Observed::default();
        for (id, event) in trace.iter().take(end.index()) {
            seen.apply(id, event);
        }
        seen
    }

    /// The state after all events up to and including time `at`.
    pub fn at_time(trace: &Trace, at: SimTime) -> Observed {
        Observed::at(trace, EventId::from_index(trace.events().partition_point(|e| e.at <= at)))
    }

    /// Takes in one event. The only way this state changes.
    pub fn apply(&mut self, id: EventId, event: &Event) {
        self.now = event.at;
        match &event.kind {
            EventKind::Input(text) => self.inputs.push((event.at, text.clone(), id)),
            EventKind::Namespace(_, first_forked) => {
                self.namespaces.push(Namespace {
                    init: None,
                    next_pid: Pid::INIT,
                    first_forked: *first_forked,
                    members: Vec::new(),
                    ended: None,
                });
            }
            EventKind::Task(task, what) => self.apply_task(id, event, *task, what),
            EventKind::Container(container, what) => self.apply_container(id, event, *container, what),
            EventKind::Pod(pod, what) => self.apply_pod(id, event, *pod, what),
            EventKind::Workload(workload, what) => self.apply_workload(id, event, *workload, what),
            EventKind::Endpoint(pod, what) => self.apply_endpoint(id, event, *pod, what),
            EventKind::Request(request, what) => self.apply_request(id, event, *request, what),
            EventKind::Node(number, what) => self.apply_node(event.at, *number, *what),
            EventKind::Budget(what) => self.exhausted.push((*what, id)),
        }
    }

    /// The process `id`.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(id.index())
    }

    /// The living part of process `id`.
    pub fn alive(&self, id: TaskId) -> Option<&Alive> {
        self.task(id).and_then(Task::alive)
    }

    /// The namespace `id`.
    pub fn namespace(&self, id: NamespaceId) -> Option<&Namespace> {
        self.namespaces.get(id.index())
    }

    /// The container `id`.
    pub fn container(&self, id: ContainerId) -> Option<&Container> {
        self.containers.get(id.index())
    }

    /// The pod `id`.
    pub fn pod(&self, id: PodId) -> Option<&Pod> {
        self.pods.get(id.index())
    }

    /// The request `id`.
    pub fn request(&self, id: RequestId) -> Option<&RequestState> {
        self.requests.get(id.index())
    }

    /// The process with this pid in a namespace: alive or zombie, not reaped.
    pub fn by_pid(&self, namespace: NamespaceId, pid: Pid) -> Option<TaskId> {
        self.in_namespace(namespace).find(|(_, t)| t.pid == pid).map(|(id, _)| id)
    }

    /// All processes in a namespace that are alive or zombies, oldest first.
    pub fn in_namespace(&self, namespace: NamespaceId) -> impl Iterator<Item = (TaskId, &Task)> {
        let members = self.namespaces.get(namespace.index()).map(|n| n.members.as_slice()).unwrap_or_default();
        members.iter().filter_map(|id| Some((*id, self.task(*id)?)))
    }
}
