//! What can happen to a pod: the API object and the kubelet's pod worker.

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::base::time::{SimDuration, SimTime};

/// Something that happened to a pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnPod {
    /// The object was created.
    Created(Box<NewPod>),
    /// The kubelet knows it and has written its first status: all containers wait.
    Seen,
    /// Its phase changed.
    Phase(PodPhase),
    /// Its containers are ready, and it waits for the conditions of its readiness gates.
    ContainersReady,
    /// Its Ready condition changed.
    Ready(bool),
    /// A delete reached the API server.
    DeleteRequested {
        /// `deletionGracePeriodSeconds` from now on.
        grace_s: u32,
        /// `deletionTimestamp`: the deadline, not the time of the request.
        deadline: SimTime,
        /// Who asked.
        from: DeleteFrom,
    },
    /// A delete asked for this grace, which is not shorter than the one that runs: nothing changes.
    DeleteIgnored {
        /// What it asked for, in seconds.
        grace_s: u32,
    },
    /// The Eviction API refused to delete it now: 429 and its words, or 500 for more than one budget.
    EvictionRefused(Text),
    /// The object is marked and everything of it has ended, but it has finalizers: it stays until somebody removes them.
    HeldByFinalizers,
    /// kubectl refused the flags of a delete and sent nothing: its words.
    DeleteRefused(Text),
    /// `status.reason`: `Evicted`.
    Reason(Text),
    /// The kubelet's worker for this pod is busy (a hook at start, a kill by a probe) and looks at the end of the pod later.
    WorkerBusy,
    /// The kubelet's pod worker began to terminate it, with this effective grace.
    Terminating(SimDuration),
    /// Its sandbox (the pause process) was stopped.
    SandboxStopped,
    /// Its network is taken down: packets to its address are not answered from now on.
    NetworkGone,
    /// The API object is gone. Containers may outlive it after a force delete.
    Removed,
    /// A Kubernetes event, as `kubectl describe` lists it.
    Event(Box<Reported>),
}

/// A pod's object as it is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPod {
    /// Its name.
    pub name: Text,
    /// The workload that made it; empty for a bare pod.
    pub owner: Text,
    /// Number of the node that it is put on.
    pub node: u32,
    /// Not a pod: a container that Docker runs without one.
    pub docker: bool,
}

/// A Kubernetes event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Normal or Warning.
    pub kind: EventType,
    /// `Killing`, `FailedPreStopHook`.
    pub reason: Text,
    /// The sentence.
    pub message: Text,
}

/// `status.phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PodPhase {
    /// Accepted, not all containers started.
    Pending,
    /// At least one container runs or restarts.
    Running,
    /// All containers ended with 0 and stay so.
    Succeeded,
    /// All containers ended, at least one not with 0.
    Failed,
}

/// Who asked for a pod's deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DeleteFrom {
    /// A person's `kubectl delete pod`.
    User,
    /// The controller of its workload: scale-down, rollout, owner deleted.
    Controller,
    /// The Eviction API: `kubectl drain`.
    Eviction,
    /// `docker stop`: the stop of a container that Docker runs; it stays until it is removed.
    Docker,
    /// The kubelet itself, at the end of a termination (grace 0, UID precondition).
    Kubelet,
}

/// Type of a Kubernetes event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventType {
    /// Normal.
    Normal,
    /// Warning.
    Warning,
}
