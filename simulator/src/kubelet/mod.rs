//! The kubelet of the node, its container runtime, and the API server's rules for deleting pods.
//!
//! Follows Kubernetes 1.36 (pkg/kubelet) and containerd with runc; what differs by release or runtime is a row in `versions`
//! and `runtime`. The kubelet starts pods, probes, restarts and kills them; what its processes do is the kernel's business.
//! Not here: controllers, endpoints, pulling of images, volumes; and scheduling, but for this: new pods go to another node
//! when the present one takes none.

pub mod api;
pub mod case;
mod delete;
mod events;
mod hooks;
mod kill;
pub mod latency;
mod message;
pub mod node;
pub mod plan;
mod probes;
mod react;
mod restart;
pub mod runtime;
mod session;
pub mod shutdown;
mod sidecars;
pub(crate) mod start;
mod state;
mod status;
pub mod versions;
mod worker;

pub use api::DeleteRequest;
pub use delete::Eviction;
pub use plan::{ContainerPlan, HttpAnswer, NodeSettings, PodPlan, StopSignal};
pub use session::ExecError;
pub use versions::Version;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Text;
use crate::base::id::{PodId, TaskId};
use crate::base::time::SimDuration;
use crate::cx::{Cx, Stimulus};
use crate::kernel::{Kernel, NetId};
use crate::rules::RuleId;
use crate::trace::{EventKind, Exhausted, NewPod, OnPod};

use shutdown::{Group, Shutdown};
use state::{At, Due, Slot, Stage, Watched, Worker};

/// The kubelets of the nodes.
#[derive(Clone, Debug, Default)]
pub struct Kubelet {
    /// By pod; pods are made by this kubelet only, so `PodId(n)` is the n-th.
    workers: Vec<Worker>,
    timers: Vec<Due>,
    watched: BTreeMap<TaskId, Watched>,
    tokens: u32,
    /// Number of the node that new pods are put on.
    node: u32,
    /// How long pods tolerate a node that does not report.
    toleration: SimDuration,
    shutdowns: Vec<Shutdown>,
    /// The groups of the shutdowns.
    shutdown_plan: Vec<Group>,
}

impl Kubelet {
    /// A kubelet without pods.
    pub fn new() -> Self {
        Kubelet::default()
    }

    /// Creates the pod's object now and starts it as the latencies say: sandbox, init containers, containers, hooks, probes.
    pub fn add_pod(&mut self, cx: &mut Cx, _kernel: &mut Kernel, plan: &PodPlan, name: Text, owner: Text) -> PodId {
        let pod = PodId::from_index(cx.seen().pods.len());
        if pod.0 >= cx.limits().pods {
            cx.exhaust(Exhausted::Pods);
        }
        let node = self.place_for_new(cx);
        let object = Box::new(NewPod { name: name.clone(), owner, node, docker: false });
        let created = cx.emit(RuleId::KubeletPodAdded, EventKind::Pod(pod, OnPod::Created(object)));
        let latency = plan.latencies.watch;
        self.workers.push(Worker::new(pod, Arc::new(plan.clone()), name, node));
        cx.because(created, |cx| self.later(cx, latency, Due::Seen(pod)));
        pod
    }

    /// The network namespace of a pod, for connections to it.
    pub fn net(&self, pod: PodId) -> Option<NetId> {
        self.worker(pod).map(|w| w.net)
    }

    /// What a pod was made from.
    pub fn plan(&self, pod: PodId) -> Option<&PodPlan> {
        self.worker(pod).map(|w| &*w.plan)
    }

    /// A timer that the kubelet set went off (`Stimulus::Kubelet`).
    pub fn timer(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32) {
        let Some(due) = self.timers.get(usize::try_from(number).unwrap_or(usize::MAX)).copied() else { return };
        match due {
            Due::Sandbox(pod) => self.make_sandbox(cx, kernel, pod),
            Due::Sync(pod) => self.sync(cx, kernel, pod),
            Due::Seen(pod) => self.see_pod(cx, pod),
            Due::FirstSync(pod) => self.first_sync(cx, pod),
            Due::Look(pod, token) => {
                if self.worker(pod).is_some_and(|w| w.look == token) {
                    self.sync(cx, kernel, pod);
                }
            }
            Due::Start(at, token) => self.start_container(cx, kernel, at, token),
            Due::Deleted(pod) => self.see_delete(cx, kernel, pod),
            Due::Deadline(pod) => self.deadline(cx, kernel, pod),
            Due::HookEnds(at, token) => self.hook_answered(cx, kernel, at, token),
            Due::HookLimit(at, token) => self.hook_limit(cx, kernel, at, token),
            Due::AfterHook(at, token) => self.after_hook(cx, kernel, at, token),
            Due::Turn(at, token) | Due::TurnLimit(at, token) => self.after_turn(cx, kernel, at, token),
            Due::StopSignal(at, token) => self.send_stop_signal(cx, kernel, at, token),
            Due::StopLimit(at, token) => self.stop_limit(cx, kernel, at, token),
            Due::Stopped(at, token) => self.stopped(cx, kernel, at, token),
            Due::StopSandbox(pod) => self.stop_sandbox(cx, kernel, pod),
            Due::Final(pod) => self.write_final_status(cx, kernel, pod),
            Due::Remove(pod) => self.remove(cx, pod),
            Due::Probe(at, probe, token) => self.probe(cx, kernel, at, probe, token),
            Due::NodeNotReady(node) => self.node_not_ready(cx, node),
            Due::TaintEvicts(pod) => self.taint_evicts(cx, kernel, pod),
            Due::KubeletStarts(node) => self.kubelet_starts(cx, kernel, node),
            Due::GroupOver(node, token) => self.group_over(cx, kernel, node, token),
            Due::Exceeded(pod) => self.exceeded(cx, pod),
            Due::ProbeNow(at, token) => self.probe_now(cx, kernel, at, token),
            Due::ProbeEnds(at, probe, token, outcome) => self.probe_ends(cx, kernel, at, probe, token, outcome),
        }
    }

    fn later(&mut self, cx: &mut Cx, delay: SimDuration, due: Due) {
        let number = u32::try_from(self.timers.len()).unwrap_or(u32::MAX);
        self.timers.push(due);
        cx.after(delay, Stimulus::Kubelet(number));
    }

    fn token(&mut self) -> u32 {
        self.tokens = self.tokens.wrapping_add(1);
        self.tokens
    }

    fn worker(&self, pod: PodId) -> Option<&Worker> {
        self.workers.get(pod.index())
    }

    fn worker_mut(&mut self, pod: PodId) -> Option<&mut Worker> {
        self.workers.get_mut(pod.index())
    }

    fn slot(&self, at: At) -> Option<&Slot> {
        self.worker(at.pod)?.slots.get(at.slot)
    }

    fn slot_mut(&mut self, at: At) -> Option<&mut Slot> {
        self.worker_mut(at.pod)?.slots.get_mut(at.slot)
    }

    fn stage(&self, pod: PodId) -> Option<Stage> {
        self.worker(pod).map(|w| w.stage)
    }
}
