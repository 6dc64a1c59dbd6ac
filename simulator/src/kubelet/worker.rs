//! The pod worker while the pod lives: what should run and does not is started, in order.
//!
//! Follows kubernetes pkg/kubelet/pod_workers.go and kuberuntime/kuberuntime_manager.go `computePodActions`, `SyncPod`.

use crate::base::id::PodId;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::pod::spec::RestartPolicy;

use super::Kubelet;
use super::state::{At, Due, Life, PodEnd, Role, Stage};

/// What the worker does next about one container.
enum Next {
    /// Nothing: go on with the next container.
    GoOn,
    /// Wait for it: the containers after it have to wait too.
    Wait,
    /// Start it.
    Start,
    /// The pod has failed: an init container ended badly and must not run again.
    Fail,
}

impl Kubelet {
    /// Looks at the pod and starts what can be started. Called whenever something changed.
    pub(super) fn sync(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        if self.stage(pod) != Some(Stage::Syncing) || self.worker(pod).is_none_or(|w| w.busy.is_some()) {
            return;
        }
        if self.reset_all(cx, kernel, pod) {
            return;
        }
        if self.is_complete(pod) {
            self.begin_end(cx, kernel, pod, PodEnd::Completed, None);
            return;
        }
        let slots = self.worker(pod).map_or(0, |w| w.slots.len());
        for slot in 0..slots {
            let at = At { pod, slot };
            match self.next_for(at) {
                Next::GoOn => {}
                Next::Wait => break,
                Next::Fail => {
                    self.begin_end(cx, kernel, pod, PodEnd::Completed, None);
                    return;
                }
                Next::Start => {
                    // A container that ended may have to wait first.
                    let init = self.slot(at).is_some_and(|s| s.role == Role::Init);
                    if self.may_start(cx, at) {
                        self.begin_start(cx, at);
                        break;
                    }
                    if init {
                        break;
                    }
                }
            }
        }
        self.update_status(cx, pod);
    }

    fn next_for(&self, at: At) -> Next {
        let Some((worker, slot)) = self.worker(at.pod).zip(self.slot(at)) else { return Next::Wait };
        match (slot.life, slot.role) {
            (Life::Starting, _) => Next::Wait,
            (Life::Waiting, _) => Next::Start,
            (Life::Running, Role::Init) => Next::Wait,
            (Life::Running, Role::Sidecar) if !slot.started => Next::Wait,
            (Life::Running, _) => Next::GoOn,
            (Life::Exited { code: 0, .. }, Role::Init) => Next::GoOn,
            (Life::Exited { code, .. }, role) => match (worker.restarts(at.slot, code), role) {
                (true, _) => Next::Start,
                (false, Role::Init) => Next::Fail,
                (false, Role::Sidecar | Role::Regular) => Next::GoOn,
            },
        }
    }

    /// All regular containers have ended, and none will run again.
    fn is_complete(&self, pod: PodId) -> bool {
        let Some(worker) = self.worker(pod) else { return false };
        let mut regular = worker.slots.iter().enumerate().filter(|(_, s)| s.role == Role::Regular);
        regular.all(|(i, s)| matches!(s.life, Life::Exited { code, .. } if !worker.restarts(i, code)))
    }

    /// The pod has run as long as `activeDeadlineSeconds` allows (active_deadline.go).
    pub(super) fn deadline(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        self.begin_end(cx, kernel, pod, PodEnd::Evicted("DeadlineExceeded".into()), None);
    }

    pub(super) fn watch_deadline(&mut self, cx: &mut Cx, pod: PodId) {
        let seconds = self.worker(pod).and_then(|w| w.plan.spec.active_deadline_seconds.as_ref().map(|d| d.value));
        if let Some(seconds) = seconds.and_then(|s| u64::try_from(s).ok()) {
            self.later(cx, SimDuration::from_secs(seconds), Due::Deadline(pod));
        }
    }

    /// The worker is free again: an end that waited for it begins, else it goes on.
    pub(super) fn free_worker(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        let Some(worker) = self.worker_mut(pod) else { return };
        worker.busy = None;
        match worker.next_end.take() {
            Some((end, grace)) => self.begin_end(cx, kernel, pod, end, grace),
            None => self.sync(cx, kernel, pod),
        }
    }

    /// Does the pod's policy let this pod's containers run again at all?
    pub(super) fn never_restarts(&self, pod: PodId) -> bool {
        self.worker(pod).is_some_and(|w| w.plan.spec.restart_policy.value == RestartPolicy::Never)
    }
}
