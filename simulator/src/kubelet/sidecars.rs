//! The order in which a pod with sidecars stops.
//!
//! Follows kubernetes kuberuntime_termination_order.go and KEP-753: regular containers and ordinary init containers at once,
//! a sidecar after all regular containers and all later sidecars. What does not run counts as done.

use crate::base::id::PodId;
use crate::cx::Cx;

use super::Kubelet;
use super::state::{At, Due, KillStep, Role};

impl Kubelet {
    /// May this container be stopped now?
    pub(super) fn is_its_turn(&self, at: At) -> bool {
        let Some(worker) = self.worker(at.pod) else { return true };
        if worker.slots.get(at.slot).is_none_or(|s| s.role != Role::Sidecar) {
            return true;
        }
        worker.slots.iter().enumerate().all(|(i, slot)| match slot.role {
            Role::Regular => slot.is_stopped(),
            Role::Sidecar => i <= at.slot || slot.is_stopped(),
            Role::Init => true,
        })
    }

    /// A container of the pod has stopped: those that waited for it get their turn.
    pub(super) fn next_turns(&mut self, cx: &mut Cx, pod: PodId) {
        let Some(worker) = self.worker(pod) else { return };
        let latency = worker.plan.latencies.turn;
        let waiting = worker.slots.iter().enumerate().filter_map(|(slot, s)| {
            let kill = s.kill.filter(|k| k.step == KillStep::Turn)?;
            Some((At { pod, slot }, kill.token))
        });
        let free: Vec<(At, u32)> = waiting.filter(|(at, _)| self.is_its_turn(*at)).collect();
        for (at, token) in free {
            self.later(cx, latency, Due::Turn(at, token));
        }
    }
}
