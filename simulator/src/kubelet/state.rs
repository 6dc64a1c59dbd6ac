//! What the kubelet remembers of its pods and containers: plain values. What can be seen is in `Observed`.

use std::sync::Arc;

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, NamespaceId, PodId, TaskId};
use crate::base::time::{SimDuration, SimTime};
use crate::kernel::{FilesId, NetId};
use crate::pod::spec::{ContainerRestart, ContainerSpec, RestartAction, RestartPolicy};
use crate::trace::{Hook, HookKind, Probe};

use super::plan::{ContainerPlan, PodPlan};

/// One container of one pod: its place in `Worker::slots`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub pod: PodId,
    pub slot: usize,
}

/// What a timer is for. A token tells whether what it was set for still lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The sandbox is made.
    Sandbox(PodId),
    /// The worker looks at what runs and what should.
    Sync(PodId),
    /// The worker looks again at a pod whose container could not be started; an older look is off.
    Look(PodId, u32),
    /// The kubelet has heard of the pod.
    Seen(PodId),
    /// The pod's first sync.
    FirstSync(PodId),
    /// A container's process is started.
    Start(At, u32),
    /// The kubelet has heard of the deletion.
    Deleted(PodId),
    /// The pod has run as long as it may.
    Deadline(PodId),
    /// A kill's first step, after the way to the runtime.
    HookEnds(At, u32),
    /// The kubelet stops waiting for a preStop hook.
    HookLimit(At, u32),
    /// A hook has ended, and the kubelet goes on.
    AfterHook(At, u32),
    /// A sidecar's turn has come.
    Turn(At, u32),
    /// A sidecar has waited its whole grace.
    TurnLimit(At, u32),
    /// The stop signal is sent.
    StopSignal(At, u32),
    /// The timeout of the stop request is over.
    StopLimit(At, u32),
    /// The stop call has returned.
    Stopped(At, u32),
    /// The sandbox is stopped.
    StopSandbox(PodId),
    /// The final phase is written.
    Final(PodId),
    /// The object is removed.
    Remove(PodId),
    /// The lease of a node is over.
    NodeNotReady(u32),
    /// A pod has tolerated the taint of its node for long enough.
    TaintEvicts(PodId),
    /// The kubelet of a node that was started anew looks at its pods.
    KubeletStarts(u32),
    /// A group of a node's shutdown has had its time.
    GroupOver(u32, u32),
    /// An eviction should have been done by now.
    Exceeded(PodId),
    /// A probe's next try, at the turn of its worker.
    Probe(At, Probe, u32),
    /// A try of the readiness probe beside its turns: the container has just started.
    ProbeNow(At, u32),
    /// A probe's try is answered, or has taken too long.
    ProbeEnds(At, Probe, u32, ProbeOutcome),
}

/// How one try of a probe ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProbeOutcome {
    /// An answer with this status code.
    Status(u16),
    /// A connection was made.
    Connected,
    /// A gRPC server says that it does not serve.
    NotServing,
    /// Nobody listens.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The command ended with this code.
    Exited(u8),
    /// The command could not be started.
    NotStarted,
}

/// Which process of a pod is watched, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// A container's main process.
    Main(At),
    /// A hook's process.
    Hook(At, u32),
    /// A probe's process.
    Probe(At, Probe, u32),
}

/// What a container is in its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Init,
    Sidecar,
    Regular,
}

/// The stage of life of a container, over its restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Never started.
    Waiting,
    /// Its start is under way.
    Starting,
    /// Its main process runs.
    Running,
    /// Its last run ended.
    Exited { code: u32, at: SimTime },
}

/// A hook that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HookRun {
    pub hook: Hook,
    pub kind: HookKind,
    pub token: u32,
    /// Its start, the cause of its timer.
    pub task: Option<TaskId>,
    /// Status code that its request is answered with.
    pub status: Option<u16>,
    /// The kubelet no longer waits for it.
    pub overran: bool,
}

/// How far a kill has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KillStep {
    /// The preStop hook runs, or has just ended.
    Hook,
    /// A sidecar waits for its turn.
    Turn,
    /// The runtime was asked to stop it.
    Stopping,
    /// The runtime has answered.
    Over,
}

/// A kill under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kill {
    pub token: u32,
    /// Seconds that are left of the grace at the begin of the step.
    pub grace_s: i64,
    pub step: KillStep,
    /// Since when the step lasts.
    pub since: SimTime,
    /// Does it keep the order of sidecars?
    pub ordered: bool,
}

/// Restart back-off of one container (`flowcontrol.Backoff`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BackOff {
    pub wait: SimDuration,
    pub updated: SimTime,
}

/// A probe's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProbeRun {
    pub probe: Probe,
    pub token: u32,
    pub good: bool,
    pub streak: u32,
    pub last: Option<bool>,
    pub on: bool,
    pub task: Option<TaskId>,
}

/// One container of a pod, over its restarts.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub role: Role,
    /// Position in the plan's and the spec's list for its role.
    pub index: usize,
    pub name: Text,
    pub life: Life,
    pub current: Option<ContainerId>,
    pub init: Option<TaskId>,
    pub namespace: Option<NamespaceId>,
    pub files: Option<FilesId>,
    pub started_at: SimTime,
    pub token: u32,
    pub restarts: u32,
    pub ready: bool,
    pub started: bool,
    /// The kernel killed it for its memory.
    pub out_of_memory: bool,
    pub hook: Option<HookRun>,
    pub kill: Option<Kill>,
    pub stop: Option<EventId>,
    pub back_off: Option<BackOff>,
    /// End of the run before the last one.
    pub earlier_end: Option<SimTime>,
    pub probes: Vec<ProbeRun>,
}

impl Slot {
    pub fn is_running(&self) -> bool {
        self.life == Life::Running
    }

    /// Nothing is left to stop of it: it does not run, or the runtime has answered the stop request.
    pub fn is_stopped(&self) -> bool {
        match self.kill {
            Some(kill) => kill.step == KillStep::Over,
            None => !self.is_running(),
        }
    }
}

/// Why a pod ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodEnd {
    /// Its object was deleted.
    Deleted,
    /// No regular container runs or will run again.
    Completed,
    /// The kubelet ends it: the phase becomes Failed with this reason.
    Evicted(Text),
    /// The kubelet found it running without an object.
    Orphan,
    /// Its object is gone, and the kubelet never saw with which grace.
    Vanished,
}

/// Where a pod's worker is (`pod_workers.go`: sync, terminating, terminated).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// No sandbox yet.
    New,
    /// It keeps the containers running.
    Syncing,
    /// It ends them.
    Terminating,
    /// All have ended; what remains is the status.
    Terminated,
    /// Its node has no power.
    Gone,
}

/// The readiness gates of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Nothing was asked.
    Closed,
    /// Its containers are ready, which was said.
    Asked,
    /// Their conditions are true.
    Open,
}

/// The worker of one pod.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub plan: Arc<PodPlan>,
    pub name: Text,
    pub net: NetId,
    /// The PID namespace that all containers share, if they do.
    pub shared: Option<NamespaceId>,
    pub sandbox: Option<ContainerId>,
    pub pause: Option<TaskId>,
    pub slots: Vec<Slot>,
    pub stage: Stage,
    /// The container that keeps the worker busy: a hook at start, a kill by a probe.
    pub busy: Option<usize>,
    /// An end that waits for the busy worker, with the grace asked for.
    pub next_end: Option<(PodEnd, Option<i64>)>,
    pub end: Option<PodEnd>,
    /// The look that is planned after a failed start.
    pub look: u32,
    /// Number of its node.
    pub node: u32,
    /// Its object has finalizers.
    pub finalizers: bool,
    /// All its containers are to be started anew: what still runs is killed.
    pub resetting: bool,
    /// Its init containers have run once, and run again because of a rule: the pod stays initialized.
    pub was_reset: bool,
    /// Its readiness gates.
    pub gate: Gate,
    /// Since when the pod's probes have their turns, which go on over restarts of its containers.
    pub probes_since: SimTime,
}

impl Worker {
    pub fn new(pod: PodId, plan: Arc<PodPlan>, name: Text, node: u32) -> Self {
        let init = plan.spec.init_containers.iter().enumerate();
        let init = init.map(|(i, c)| slot(if c.is_sidecar() { Role::Sidecar } else { Role::Init }, i, c));
        let regular = plan.spec.containers.iter().enumerate().map(|(i, c)| slot(Role::Regular, i, c));
        let slots = init.chain(regular).collect();
        Worker {
            finalizers: !plan.spec.meta.finalizers.is_empty(),
            node,
            plan,
            name,
            net: NetId(pod.0),
            shared: None,
            sandbox: None,
            pause: None,
            slots,
            stage: Stage::New,
            busy: None,
            next_end: None,
            end: None,
            look: 0,
            resetting: false,
            was_reset: false,
            gate: Gate::Closed,
            probes_since: SimTime::ZERO,
        }
    }

    /// What the manifest says of a container.
    pub fn spec(&self, slot: usize) -> Option<&ContainerSpec> {
        let slot = self.slots.get(slot)?;
        match slot.role {
            Role::Init | Role::Sidecar => self.plan.spec.init_containers.get(slot.index),
            Role::Regular => self.plan.spec.containers.get(slot.index),
        }
    }

    /// What a container runs.
    pub fn plan(&self, slot: usize) -> Option<&ContainerPlan> {
        let slot = self.slots.get(slot)?;
        match slot.role {
            Role::Init | Role::Sidecar => self.plan.init_containers.get(slot.index),
            Role::Regular => self.plan.containers.get(slot.index),
        }
    }

    pub fn has_sidecars(&self) -> bool {
        self.slots.iter().any(|s| s.role == Role::Sidecar)
    }

    /// The restart policy that holds for a container.
    pub fn restart_policy(&self, slot: usize) -> RestartPolicy {
        let own = self.spec(slot).and_then(|c| c.restart.as_ref()).map(|r| r.value);
        match own {
            Some(ContainerRestart::Always) => RestartPolicy::Always,
            Some(ContainerRestart::OnFailure) => RestartPolicy::OnFailure,
            Some(ContainerRestart::Never) => RestartPolicy::Never,
            None => self.plan.spec.restart_policy.value,
        }
    }

    /// What a container's own rules say of an exit with `code`.
    pub fn restart_rule(&self, slot: usize, code: u32) -> Option<(usize, RestartAction)> {
        self.spec(slot)?.restart_rule(code)
    }

    /// Does the end of a container ask for a restart of all (container/helpers.go `ShouldAllContainersRestart`)?
    pub fn restarts_all(&self) -> bool {
        let ended = self.slots.iter().enumerate().filter_map(|(i, s)| match s.life {
            Life::Exited { code, .. } => Some((i, code)),
            Life::Waiting | Life::Starting | Life::Running => None,
        });
        let mut asked = ended.filter_map(|(i, code)| self.restart_rule(i, code));
        asked.any(|(_, action)| action == RestartAction::RestartAll)
    }

    /// Will a container that ended with `code` run again, as long as the pod lives?
    pub fn restarts(&self, slot: usize, code: u32) -> bool {
        if self.restart_rule(slot, code).is_some() {
            return true;
        }
        let policy = self.restart_policy(slot);
        let role = self.slots.get(slot).map(|s| s.role);
        match (role, policy) {
            (Some(Role::Sidecar), _) => true,
            (_, RestartPolicy::Never) | (None, _) => false,
            (Some(Role::Init), RestartPolicy::Always) | (_, RestartPolicy::OnFailure) => code != 0,
            (Some(Role::Regular), RestartPolicy::Always) => true,
        }
    }
}

fn slot(role: Role, index: usize, spec: &ContainerSpec) -> Slot {
    Slot {
        role,
        index,
        name: Text::from(spec.name.as_str()),
        life: Life::Waiting,
        current: None,
        init: None,
        namespace: None,
        files: None,
        started_at: SimTime::ZERO,
        token: 0,
        restarts: 0,
        ready: false,
        started: false,
        out_of_memory: false,
        hook: None,
        kill: None,
        stop: None,
        back_off: None,
        earlier_end: None,
        probes: Vec::new(),
    }
}
