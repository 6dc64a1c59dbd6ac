//! The pod's status: phase, readiness, and the last steps until the object is gone.
//!
//! Follows kubernetes kubelet_pods.go `getPhase`, status/generate.go, status_manager.go, kubelet.go `SyncTerminatingPod`,
//! `SyncTerminatedPod`.

use crate::base::id::PodId;
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::rules::RuleId;
use crate::trace::{ContainerEnd, DeleteFrom, EventKind, OnContainer, OnPod, PodPhase, Sender};

use super::Kubelet;
use super::state::{At, Due, Gate, Life, PodEnd, Role, Stage, Worker};

/// The phase while the worker keeps the pod running.
fn phase(worker: &Worker) -> PodPhase {
    let mut regular = worker.slots.iter().enumerate().filter(|(_, s)| s.role == Role::Regular);
    let initialized = worker.was_reset
        || worker.slots.iter().all(|s| match s.role {
            Role::Init => matches!(s.life, Life::Exited { code: 0, .. }),
            Role::Sidecar => s.started || s.restarts > 0,
            Role::Regular => true,
        });
    let begun = |life: Life, restarts: u32| match life {
        Life::Running | Life::Exited { .. } => true,
        Life::Starting | Life::Waiting => restarts > 0,
    };
    if initialized && regular.all(|(_, s)| begun(s.life, s.restarts)) { PodPhase::Running } else { PodPhase::Pending }
}

/// The phase when nothing runs any more: sidecars do not count, and what never ran has failed.
fn final_phase(worker: &Worker) -> PodPhase {
    if matches!(worker.end, Some(PodEnd::Evicted(_))) {
        return PodPhase::Failed;
    }
    let mut regular = worker.slots.iter().filter(|s| s.role == Role::Regular);
    let all_well = regular.all(|s| matches!(s.life, Life::Exited { code: 0, .. }));
    if all_well { PodPhase::Succeeded } else { PodPhase::Failed }
}

impl Kubelet {
    /// Works out phase and readiness and records what changed.
    pub(super) fn update_status(&mut self, cx: &mut Cx, pod: PodId) {
        let Some(worker) = self.worker(pod) else { return };
        let now = phase(worker);
        if !cx.seen().is_reported(pod) {
            return;
        }
        if cx.seen().pod(pod).is_some_and(|p| p.phase != now) {
            cx.emit(RuleId::KubeletStatus, EventKind::Pod(pod, OnPod::Phase(now)));
        }
        self.update_readiness(cx, pod);
    }

    /// Works out which containers are ready, and whether the pod is.
    pub(super) fn update_readiness(&mut self, cx: &mut Cx, pod: PodId) {
        if matches!(self.stage(pod), None | Some(Stage::Terminated | Stage::Gone)) || !cx.seen().is_reported(pod) {
            return;
        }
        let slots = self.worker(pod).map_or(0, |w| w.slots.len());
        for slot in 0..slots {
            let at = At { pod, slot };
            let good = self.probe_says_ready(at);
            let Some(s) = self.slot_mut(at) else { continue };
            let ready = s.is_running() && s.started && good && s.role != Role::Init;
            s.ready = ready;
            let Some(container) = s.current else { continue };
            if cx.seen().container(container).is_some_and(|c| c.ready != ready) {
                cx.emit(RuleId::KubeletReady, EventKind::Container(container, OnContainer::Ready(ready)));
            }
        }
        let Some(worker) = self.worker(pod) else { return };
        let mut counted = worker.slots.iter().filter(|s| s.role != Role::Init);
        let ready = counted.all(|s| s.ready);
        let (gated, gate) = (worker.plan.gated, worker.gate);
        if !gated || !ready || gate == Gate::Open {
            self.set_ready(cx, pod, ready);
        } else if gate == Gate::Closed {
            if let Some(worker) = self.worker_mut(pod) {
                worker.gate = Gate::Asked;
            }
            cx.emit(RuleId::KubeletGate, EventKind::Pod(pod, OnPod::ContainersReady));
        }
    }

    /// The conditions of a pod's readiness gates became true.
    pub fn open_gate(&mut self, cx: &mut Cx, pod: PodId) {
        if let Some(worker) = self.worker_mut(pod).filter(|w| w.gate == Gate::Asked) {
            worker.gate = Gate::Open;
            self.update_readiness(cx, pod);
        }
    }

    fn set_ready(&self, cx: &mut Cx, pod: PodId, ready: bool) {
        if cx.seen().pod(pod).is_some_and(|p| p.ready != ready && p.removed.is_none()) {
            cx.emit(RuleId::KubeletReady, EventKind::Pod(pod, OnPod::Ready(ready)));
        }
    }

    /// When every container has stopped, the sandbox is next.
    pub(super) fn check_all_stopped(&mut self, cx: &mut Cx, pod: PodId) {
        let Some(worker) = self.worker(pod).filter(|w| w.stage == Stage::Terminating) else { return };
        let latency = worker.plan.latencies.sandbox_stop;
        if worker.slots.iter().all(super::state::Slot::is_stopped) {
            self.later(cx, latency, Due::StopSandbox(pod));
        }
    }

    /// StopPodSandbox: containers that still run are killed, then pause (containerd sandbox_stop.go).
    pub(super) fn stop_sandbox(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        let Some(worker) = self.worker(pod).filter(|w| w.stage == Stage::Terminating) else { return };
        if cx.seen().pod(pod).is_none_or(|p| p.sandbox_stopped) {
            return;
        }
        let (pause, sandbox, latency) = (worker.pause, worker.sandbox, worker.plan.latencies.status);
        let left: Vec<usize> =
            worker.slots.iter().enumerate().filter(|(_, s)| s.is_running()).map(|(i, _)| i).collect();
        let event = cx.emit(RuleId::RuntimeSandboxStopped, EventKind::Pod(pod, OnPod::SandboxStopped));
        cx.because(event, |cx| {
            for slot in left {
                self.kill_now(cx, kernel, At { pod, slot });
            }
            if let Some(task) = pause.filter(|t| cx.seen().alive(*t).is_some()) {
                kernel.send(cx, task, Signal::KILL, Sender::Outside);
            }
            if let Some(container) = sandbox {
                let end = ContainerEnd { code: 137, reason: "Error".into(), message: "".into() };
                let what = OnContainer::Exited(Box::new(end));
                cx.emit(RuleId::RuntimeSandboxStopped, EventKind::Container(container, what));
            }
            self.later(cx, latency, Due::Final(pod));
        });
    }

    /// Nothing runs any more: the final phase goes to the API server, and the object after it if it was deleted.
    pub(super) fn write_final_status(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        let Some(worker) = self.worker_mut(pod).filter(|w| w.stage == Stage::Terminating) else { return };
        worker.stage = Stage::Terminated;
        self.report_end(cx, pod);
        self.group_member_ended(cx, kernel, pod);
    }

    /// The final phase at the API server, if it can be reached.
    pub(super) fn report_end(&mut self, cx: &mut Cx, pod: PodId) {
        let Some(worker) = self.worker(pod).filter(|_| cx.seen().is_reported(pod)) else { return };
        let (phase, latency) = (final_phase(worker), worker.plan.latencies.removal);
        let Some(seen) = cx.seen().pod(pod) else { return };
        let (removed, deleted, known) = (seen.removed.is_some(), seen.deleted.is_some(), seen.phase);
        if removed {
            return;
        }
        self.set_ready(cx, pod, false);
        if known != phase {
            let event = cx.emit(RuleId::KubeletStatus, EventKind::Pod(pod, OnPod::Phase(phase)));
            cx.set_cause(Some(event));
        }
        if deleted {
            self.later(cx, latency, Due::Remove(pod));
        }
    }

    /// The kubelet's own delete, with grace 0.
    pub(super) fn remove(&mut self, cx: &mut Cx, pod: PodId) {
        if cx.seen().pod(pod).is_none_or(|p| p.removed.is_some()) || !cx.seen().is_reported(pod) {
            return;
        }
        if self.worker(pod).is_some_and(|w| w.finalizers) {
            let what = OnPod::DeleteRequested { grace_s: 0, deadline: cx.now(), from: DeleteFrom::Kubelet };
            cx.emit(RuleId::ApiFinalizers, EventKind::Pod(pod, what));
            cx.emit(RuleId::ApiFinalizers, EventKind::Pod(pod, OnPod::HeldByFinalizers));
        } else {
            cx.emit(RuleId::ApiRemoved, EventKind::Pod(pod, OnPod::Removed));
        }
    }

    /// Somebody removes the finalizers of a pod's object. If it is marked with grace 0, it goes.
    pub fn remove_finalizers(&mut self, cx: &mut Cx, pod: PodId) {
        let Some(worker) = self.worker_mut(pod) else { return };
        let had = std::mem::take(&mut worker.finalizers);
        let waits = cx.seen().pod(pod).is_some_and(|p| p.removed.is_none() && p.grace_s == Some(0));
        if had && waits {
            cx.emit(RuleId::ApiFinalizers, EventKind::Pod(pod, OnPod::Removed));
        }
    }
}
