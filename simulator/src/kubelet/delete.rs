//! The end of a pod: a delete at the API server, an eviction, and the worker that ends the containers.
//!
//! Follows the rules of `api`, kubernetes pod_workers.go `UpdatePod`, `calculateEffectiveGracePeriod`, kubelet.go
//! `SyncTerminatingPod`, eviction/eviction_manager.go and nodeshutdown.

use crate::base::id::PodId;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::rules::RuleId;
use crate::trace::{DeleteFrom, EventKind, OnPod, PodPhase};

use super::Kubelet;
use super::api::{self, Decision, DeleteRequest, Stored};
use super::events;
use super::state::{At, Due, PodEnd, Stage};

/// Why the kubelet itself ends a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// A hard threshold of the node is crossed: 1 s.
    Hard,
    /// A soft threshold: `evictionMaxPodGracePeriod` in seconds, 0 if it is not set.
    Soft(i64),
    /// The node shuts down: seconds that the pod's priority group has.
    NodeShutdown(i64),
    /// A critical pod needs the room.
    Preemption,
    /// The kubelet found the pod running without an object.
    Orphan,
}

impl Kubelet {
    /// A delete: kubectl's flags, the API server's rules, then the kubelet.
    pub fn delete(&mut self, cx: &mut Cx, _kernel: &mut Kernel, pod: PodId, request: &DeleteRequest) {
        let Some((worker, seen)) = self.worker(pod).zip(cx.seen().pod(pod)) else { return };
        let refuse = |cx: &mut Cx, why: String| {
            cx.emit(RuleId::ApiKubectlRefused, EventKind::Pod(pod, OnPod::DeleteRefused(why.as_str().into())));
        };
        let asked = match request.from {
            DeleteFrom::User => api::sent_by_kubectl(request),
            DeleteFrom::Controller | DeleteFrom::Eviction | DeleteFrom::Kubelet | DeleteFrom::Docker => {
                Ok(request.grace)
            }
        };
        let asked = match asked {
            Ok(asked) => asked,
            Err(refused) => return refuse(cx, refused.to_string()),
        };
        if seen.removed.is_some() {
            let words = format!("Error from server (NotFound): pods \"{}\" not found", seen.name);
            return refuse(cx, words);
        }
        let before = seen.deleted.map(|(at, _, _)| at).zip(seen.grace_s);
        let is_over = matches!(seen.phase, PodPhase::Succeeded | PodPhase::Failed);
        let spec_grace = worker.plan.spec.termination_grace_period_seconds.value;
        let stored = Stored { spec_grace, is_over, before };
        let latency = worker.plan.latencies.watch;
        match api::decide(cx.now(), asked, &stored) {
            Decision::Ignored => {
                let grace_s = asked.unwrap_or(spec_grace);
                let what = OnPod::DeleteIgnored { grace_s: u32::try_from(grace_s).unwrap_or(0) };
                cx.emit(RuleId::ApiDeleteShorter, EventKind::Pod(pod, what));
            }
            Decision::Marked { grace_s, deadline } => {
                let rule = if before.is_some() { RuleId::ApiDeleteShorter } else { RuleId::ApiDelete };
                let what = OnPod::DeleteRequested { grace_s, deadline, from: request.from };
                let event = cx.emit(rule, EventKind::Pod(pod, what));
                cx.because(event, |cx| self.later(cx, latency, Due::Deleted(pod)));
            }
            Decision::Removed => {
                let what = OnPod::DeleteRequested { grace_s: 0, deadline: cx.now(), from: request.from };
                let event = cx.emit(RuleId::ApiGraceZero, EventKind::Pod(pod, what));
                let held = self.worker(pod).is_some_and(|w| w.finalizers);
                cx.because(event, |cx| {
                    if held {
                        cx.emit(RuleId::ApiFinalizers, EventKind::Pod(pod, OnPod::HeldByFinalizers));
                    } else {
                        cx.emit(RuleId::ApiGraceZero, EventKind::Pod(pod, OnPod::Removed));
                    }
                    self.later(cx, latency, Due::Deleted(pod));
                });
            }
        }
    }

    /// The kubelet itself ends a pod.
    pub fn evict(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId, eviction: Eviction) {
        let Some(worker) = self.worker(pod) else { return };
        let spec = worker.plan.spec.termination_grace_period_seconds.value;
        let low = "The node was low on resource: memory.";
        let (grace, end, event) = match eviction {
            Eviction::Hard => (1, "Evicted", Some(("Evicted", low))),
            Eviction::Soft(most) => (spec.min(most), "Evicted", Some(("Evicted", low))),
            Eviction::NodeShutdown(period) => (spec.min(period), "Terminated", None),
            Eviction::Preemption => (1, "Preempting", Some(("Preempting", "Preempted in order to admit critical pod"))),
            Eviction::Orphan => {
                self.begin_end(cx, kernel, pod, PodEnd::Orphan, Some(1));
                return;
            }
        };
        let before = cx.cause();
        if let Some((reason, message)) = event {
            let event = events::warning(cx, RuleId::KubeletEviction, pod, reason, message);
            cx.set_cause(Some(event));
        }
        if matches!(eviction, Eviction::Hard | Eviction::Soft(_)) {
            // pod_workers.go `killPodNow`: half as long again as the grace, and at least 10 s.
            let grace = u64::try_from(grace).unwrap_or(0);
            let limit = SimDuration::from_millis(grace.saturating_mul(1_500)).max(SimDuration::from_secs(10));
            self.later(cx, limit, Due::Exceeded(pod));
        }
        self.begin_end(cx, kernel, pod, PodEnd::Evicted(end.into()), Some(grace));
        cx.set_cause(before);
    }

    /// The eviction manager has waited long enough for a pod's end.
    pub(super) fn exceeded(&mut self, cx: &mut Cx, pod: PodId) {
        if matches!(self.stage(pod), Some(Stage::Syncing | Stage::Terminating)) {
            let text = "Container runtime did not kill the pod within specified grace period.";
            events::warning(cx, RuleId::KubeletEviction, pod, "ExceededGracePeriod", text);
        }
    }

    /// The kubelet has heard of the deletion.
    pub(super) fn see_delete(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        if cx.seen().is_reported(pod) {
            self.begin_end(cx, kernel, pod, PodEnd::Deleted, None);
        }
    }

    /// The worker begins to end the pod, unless it already does, or is busy and does so afterwards.
    pub(super) fn begin_end(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        pod: PodId,
        end: PodEnd,
        override_s: Option<i64>,
    ) {
        let Some(worker) = self.worker_mut(pod) else { return };
        match worker.stage {
            // A kill that runs keeps its first grace (issues 83916, 113717).
            Stage::Terminating | Stage::Terminated | Stage::Gone => return,
            Stage::Syncing if worker.busy.is_some() => {
                let shorter = match (&worker.next_end, override_s) {
                    (Some((_, Some(old))), Some(new)) => Some(new.min(*old)),
                    (Some((_, old)), new) => new.or(*old),
                    (None, new) => new,
                };
                worker.next_end = Some((end, shorter));
                cx.emit(RuleId::KubeletBusy, EventKind::Pod(pod, OnPod::WorkerBusy));
                return;
            }
            Stage::New | Stage::Syncing => {}
        }
        let started = worker.stage == Stage::Syncing;
        worker.stage = Stage::Terminating;
        worker.end = Some(end.clone());
        let grace_s = self.effective_grace(cx, pod, &end, override_s);
        let rule = match end {
            PodEnd::Completed => RuleId::KubeletNatural,
            PodEnd::Evicted(_) => RuleId::KubeletEviction,
            PodEnd::Deleted | PodEnd::Orphan | PodEnd::Vanished => RuleId::KubeletTerminating,
        };
        let grace = SimDuration::from_secs(u64::try_from(grace_s).unwrap_or(0));
        let event = cx.emit(rule, EventKind::Pod(pod, OnPod::Terminating(grace)));
        cx.because(event, |cx| {
            if let PodEnd::Evicted(reason) = end
                && cx.seen().is_reported(pod)
            {
                cx.emit(RuleId::KubeletEviction, EventKind::Pod(pod, OnPod::Reason(reason)));
            }
            self.stop_probes(pod);
            self.kill_all(cx, kernel, pod, grace_s);
            if started {
                self.check_all_stopped(cx, pod);
            } else {
                self.later(cx, SimDuration::ZERO, Due::Final(pod));
            }
        });
    }

    /// `calculateEffectiveGracePeriod`: the smallest of what was asked for, else the spec's; at least 1 s. When the pod ends
    /// by itself nobody asked, and the spec's counts as it is.
    fn effective_grace(&self, cx: &Cx, pod: PodId, end: &PodEnd, override_s: Option<i64>) -> i64 {
        let Some(worker) = self.worker(pod) else { return 1 };
        let spec = worker.plan.spec.termination_grace_period_seconds.value;
        if *end == PodEnd::Completed {
            return spec.max(0);
        }
        // The kubelet saw the object neither marked nor with a grace (pod_workers.go, `deletePod`).
        if *end == PodEnd::Vanished {
            return spec.max(1);
        }
        let deletion = cx.seen().pod(pod).and_then(|p| p.grace_s).map(i64::from);
        let deletion =
            deletion.map(|g| if g == 0 && worker.plan.kubernetes.rules().force_uses_spec_grace { spec } else { g });
        let asked = match (deletion, override_s) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        asked.unwrap_or(spec).max(1)
    }

    fn kill_all(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId, grace_s: i64) {
        let slots = self.worker(pod).map_or(0, |w| w.slots.len());
        for slot in 0..slots {
            let at = At { pod, slot };
            let Some(name) = self.slot(at).filter(|s| s.is_running()).map(|s| s.name.clone()) else { continue };
            let message = format!("Stopping container {name}");
            self.kill_container(cx, kernel, at, grace_s, RuleId::KubeletKill, &message);
        }
    }
}
