//! Pods, containers, their logs and events as they can be seen at the API server and the runtime.

use super::Observed;
use crate::base::Text;
use crate::base::id::{ContainerId, EventId, PodId, TaskId};
use crate::base::time::{SimDuration, SimTime};
use crate::trace::{
    ContainerEnd, DeleteFrom, Event, EventType, Hook, HookResult, OnContainer, OnPod, PodPhase, Reported, Stream,
};

/// One container instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its pod.
    pub pod: PodId,
    /// Name in the spec; `POD` for the sandbox.
    pub name: Text,
    /// Restarts before it.
    pub restarts: u32,
    /// Its main process, once started.
    pub init: Option<TaskId>,
    /// When it started.
    pub started: Option<SimTime>,
    /// What it is doing.
    pub state: ContainerState,
    /// The hook that runs, with the event that started it.
    pub hook: Option<(Hook, EventId)>,
    /// Is it ready?
    pub ready: bool,
    /// After its end: when the next start may be (CrashLoopBackOff).
    pub back_off_until: Option<SimTime>,
    /// Does its status say CrashLoopBackOff instead of how the run ended?
    pub waiting: bool,
}

impl Container {
    /// Is it the sandbox with its pause process?
    pub fn is_sandbox(&self) -> bool {
        &*self.name == "POD"
    }

    /// Is it one of the spec's regular containers? Init containers and sidecars are not told apart here.
    pub fn is_regular(&self) -> bool {
        !self.is_sandbox()
    }
}

/// The state of a container instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Made, not started.
    Created,
    /// Its main process runs.
    Running,
    /// A stop was requested: SIGKILL at this time.
    Stopping(SimTime),
    /// Over.
    Exited {
        /// Code and reason.
        end: ContainerEnd,
        /// When.
        at: SimTime,
        /// The event.
        by: EventId,
    },
}

/// One pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Name.
    pub name: Text,
    /// Owner's name, empty for a bare pod.
    pub owner: Text,
    /// Number of its node.
    pub node: u32,
    /// Not a pod: a container that Docker runs without one.
    pub docker: bool,
    /// When it was created.
    pub created: SimTime,
    /// Has the kubelet written a status?
    pub seen: bool,
    /// Phase as the API shows it.
    pub phase: PodPhase,
    /// `status.reason`, mostly empty.
    pub reason: Text,
    /// Ready condition.
    pub ready: bool,
    /// Its container instances, in order of creation.
    pub containers: Vec<ContainerId>,
    /// The first delete: when, who, event.
    pub deleted: Option<(SimTime, DeleteFrom, EventId)>,
    /// `deletionTimestamp`.
    pub deadline: Option<SimTime>,
    /// `deletionGracePeriodSeconds`.
    pub grace_s: Option<u32>,
    /// Since when the kubelet terminates it, with which grace.
    pub terminating: Option<(SimTime, SimDuration)>,
    /// Is the sandbox stopped?
    pub sandbox_stopped: bool,
    /// The API object is gone since this event.
    pub removed: Option<(SimTime, EventId)>,
}

/// One piece of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: SimTime,
    /// By whom.
    pub task: TaskId,
    /// In which container; none in a bare namespace.
    pub container: Option<ContainerId>,
    /// To which stream.
    pub stream: Stream,
    /// What, with its newlines.
    pub text: Text,
    /// The event.
    pub by: EventId,
}

/// One Kubernetes event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesEvent {
    /// When.
    pub at: SimTime,
    /// About which pod.
    pub pod: PodId,
    /// Normal or Warning.
    pub kind: EventType,
    /// Reason.
    pub reason: Text,
    /// Message.
    pub message: Text,
    /// The event of the trace.
    pub by: EventId,
}

impl Observed {
    pub(super) fn log(&mut self, by: EventId, at: SimTime, task: TaskId, stream: Stream, text: &Text) {
        let container = self.task(task).and_then(|t| t.container);
        self.logs.push(LogLine { at, task, container, stream, text: text.clone(), by });
    }

    pub(super) fn apply_container(&mut self, id: EventId, event: &Event, container: ContainerId, what: &OnContainer) {
        if let OnContainer::Created(new) = what {
            self.containers.push(Container {
                pod: new.pod,
                name: new.name.clone(),
                restarts: new.restarts,
                init: None,
                started: None,
                state: ContainerState::Created,
                hook: None,
                ready: false,
                back_off_until: None,
                waiting: false,
            });
            if let Some(p) = self.pods.get_mut(new.pod.index()) {
                p.sandbox_stopped &= &*new.name != "POD";
                p.containers.push(container);
            }
            return;
        }
        let Some(c) = self.containers.get_mut(container.index()) else { return };
        match what {
            OnContainer::Created(_) => {}
            OnContainer::Started(init) => {
                c.init = Some(*init);
                c.started = Some(event.at);
                c.state = ContainerState::Running;
            }
            OnContainer::StopRequested { timeout, .. } => {
                if !matches!(c.state, ContainerState::Exited { .. }) {
                    c.state = ContainerState::Stopping(event.at + *timeout);
                }
            }
            OnContainer::HookStarted(hook, _) => c.hook = Some((*hook, id)),
            // The kubelet no longer waits for it, but it still runs.
            OnContainer::HookEnded(_, HookResult::Overran) => {}
            OnContainer::HookEnded(..) => c.hook = None,
            OnContainer::Ready(ready) => c.ready = *ready,
            OnContainer::Waiting => c.waiting = true,
            OnContainer::BackOff(wait) => c.back_off_until = Some(event.at + *wait),
            OnContainer::Exited(end) => {
                c.ready = false;
                c.state = ContainerState::Exited { end: (**end).clone(), at: event.at, by: id };
            }
            OnContainer::StartFailed(_)
            | OnContainer::OutOfMemory
            | OnContainer::StopRefused(_)
            | OnContainer::GraceExpired
            | OnContainer::WaitsForTurn
            | OnContainer::LeftoversKilled(_)
            | OnContainer::RestartRule { .. }
            | OnContainer::Probed { .. } => {}
        }
    }

    pub(super) fn apply_pod(&mut self, id: EventId, event: &Event, pod: PodId, what: &OnPod) {
        if let OnPod::Created(new) = what {
            self.pods.push(Pod {
                name: new.name.clone(),
                owner: new.owner.clone(),
                node: new.node,
                docker: new.docker,
                created: event.at,
                seen: false,
                phase: PodPhase::Pending,
                reason: Text::from(""),
                ready: false,
                containers: Vec::new(),
                deleted: None,
                deadline: None,
                grace_s: None,
                terminating: None,
                sandbox_stopped: false,
                removed: None,
            });
            return;
        }
        if let OnPod::Event(event_of_pod) = what {
            let Reported { kind, reason, message } = (**event_of_pod).clone();
            self.events.push(KubernetesEvent { at: event.at, pod, kind, reason, message, by: id });
            return;
        }
        let Some(p) = self.pods.get_mut(pod.index()) else { return };
        match what {
            OnPod::Created(_)
            | OnPod::Event(_)
            | OnPod::DeleteIgnored { .. }
            | OnPod::DeleteRefused(_)
            | OnPod::EvictionRefused(_)
            | OnPod::HeldByFinalizers
            | OnPod::NetworkGone
            | OnPod::ContainersReady
            | OnPod::WorkerBusy => {}
            OnPod::Seen => p.seen = true,
            OnPod::Reason(reason) => p.reason = reason.clone(),
            OnPod::Phase(phase) => p.phase = *phase,
            OnPod::Ready(ready) => p.ready = *ready,
            OnPod::DeleteRequested { grace_s, deadline, from } => {
                p.deleted.get_or_insert((event.at, *from, id));
                p.deadline = Some(*deadline);
                p.grace_s = Some(*grace_s);
            }
            OnPod::Terminating(grace) => p.terminating = Some((event.at, *grace)),
            OnPod::SandboxStopped => p.sandbox_stopped = true,
            OnPod::Removed => p.removed = Some((event.at, id)),
        }
    }
}
