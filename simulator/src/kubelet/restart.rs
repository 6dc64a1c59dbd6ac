//! Back-off between restarts of a container.
//!
//! Follows kubernetes kuberuntime_manager.go `doBackOff` and client-go util/flowcontrol/backoff.go. The wait is counted from
//! the end of the last run; the container starts when the pod's worker next looks at it after that, which is up to half of
//! the wait later.

use crate::base::id::{ContainerId, PodId};
use crate::base::time::{SimDuration, SimTime};
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnContainer};

use super::Kubelet;
use super::events;
use super::plan::NodeSettings;
use super::state::{At, BackOff, Due, Life, Slot};

/// The worker looks again so long after an error (kubelet.go `backOffPeriod`).
const LOOK_AGAIN: SimDuration = SimDuration::from_secs(10);
/// And at the latest after so long (`syncFrequency`).
const RESYNC: SimDuration = SimDuration::from_secs(60);

/// What `doBackOff` finds: wait so long, or start and remember this.
fn decide(node: NodeSettings, now: SimTime, ended: SimTime, before: Option<BackOff>) -> Result<BackOff, SimDuration> {
    // A longest wait below the first one becomes the first one (kubelet.go `newCrashLoopBackOff`).
    let (first, longest) = (node.first_back_off.min(node.longest_back_off), node.longest_back_off);
    // A run that ends later than twice the longest wait after the last change starts the row anew (`hasExpired`).
    let before = before.filter(|b| ended.since(b.updated) <= longest.times(2));
    match before {
        Some(b) if now.since(ended) < b.wait => Err(b.wait.saturating_sub(now.since(ended))),
        Some(b) => Ok(BackOff { wait: b.wait.times(2).min(longest), updated: now }),
        None => Ok(BackOff { wait: first, updated: now }),
    }
}

impl Kubelet {
    /// May a container be started now? If it has to wait, the wait is reported and the worker looks again afterwards.
    pub(super) fn may_start(&mut self, cx: &mut Cx, at: At) -> bool {
        let Some(slot) = self.slot(at) else { return false };
        let Life::Exited { at: ended, .. } = slot.life else { return true };
        let node = self.node(at);
        match decide(node, cx.now(), ended, slot.back_off) {
            Ok(back_off) => {
                let waited =
                    slot.current.filter(|c| cx.seen().container(*c).is_some_and(|c| c.back_off_until.is_some()));
                if let Some(container) = waited {
                    self.say_waiting(cx, container);
                }
                if let Some(slot) = self.slot_mut(at) {
                    slot.back_off = Some(back_off);
                }
                true
            }
            Err(wait) => {
                self.back_off(cx, at, wait);
                false
            }
        }
    }

    /// After a kill by a probe the kubelet still works with the status from before the kill: it counts from the end of the
    /// run before, and starts at once without counting if there was none (measured, and `doBackOff` with `podStatus`).
    pub(super) fn may_start_after_probe(&mut self, cx: &mut Cx, at: At) -> bool {
        let Some(slot) = self.slot(at) else { return false };
        let Some(earlier) = slot.earlier_end else { return true };
        let node = self.node(at);
        match decide(node, cx.now(), earlier, slot.back_off) {
            Ok(back_off) => {
                if let Some(slot) = self.slot_mut(at) {
                    slot.back_off = Some(back_off);
                }
                true
            }
            Err(_) => self.may_start(cx, at),
        }
    }

    /// The end of a container asks for a restart of all: what runs is killed without hook or grace, as the runtime does with
    /// a container that is removed, and then all begin anew, without back-off, because nothing is left that has ended
    /// (kuberuntime_manager.go `computePodActions` with RestartAllContainers). Is there something to wait for?
    pub(super) fn reset_all(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) -> bool {
        let Some(worker) = self.worker_mut(pod).filter(|w| w.resetting || w.restarts_all()) else { return false };
        let begins = !std::mem::replace(&mut worker.resetting, true);
        let running: Vec<usize> =
            (0..worker.slots.len()).filter(|n| worker.slots.get(*n).is_some_and(Slot::is_running)).collect();
        if !running.is_empty() {
            for slot in running.into_iter().filter(|_| begins) {
                self.kill_now(cx, kernel, At { pod, slot });
            }
            return true;
        }
        worker.resetting = false;
        worker.was_reset = true;
        for slot in worker.slots.iter_mut().filter(|s| matches!(s.life, Life::Exited { .. })) {
            slot.life = Life::Waiting;
            slot.restarts = slot.restarts.saturating_add(1);
            slot.earlier_end = None;
        }
        false
    }

    fn node(&self, at: At) -> NodeSettings {
        self.worker(at.pod).map(|w| w.plan.node).unwrap_or_default()
    }

    /// The start has to wait: the event, and when the worker looks again.
    fn back_off(&mut self, cx: &mut Cx, at: At, wait: SimDuration) {
        let Some((worker, slot)) = self.worker(at.pod).zip(self.slot(at)) else { return };
        let until = cx.now() + wait;
        let Some(container) = slot.current else { return };
        let namespace = &worker.plan.spec.meta.namespace.value;
        let message = format!("Back-off restarting failed container {} in pod {}_{namespace}", slot.name, worker.name);
        let known = cx.seen().container(container).is_some_and(|c| c.back_off_until == Some(until));
        if known {
            self.say_waiting(cx, container);
        } else {
            let event = cx.emit(RuleId::KubeletBackOff, EventKind::Container(container, OnContainer::BackOff(wait)));
            cx.set_cause(Some(event));
        }
        // Two looks at one instant tell it once.
        let now = cx.now();
        let mut told = cx.seen().events.iter().rev().take_while(|e| e.at == now);
        if !told.any(|e| e.pod == at.pod && *e.message == *message) {
            events::warning(cx, RuleId::KubeletBackOff, at.pod, "BackOff", &message);
        }
        self.look_later(cx, at.pod, wait);
    }

    /// The reason of the failed start is in the status from the next look on (kubelet.go `reasonCache`).
    fn say_waiting(&self, cx: &mut Cx, container: ContainerId) {
        if cx.seen().container(container).is_some_and(|c| !c.waiting) {
            cx.emit(RuleId::KubeletBackOff, EventKind::Container(container, OnContainer::Waiting));
        }
    }

    /// The worker's queue: the next look at the pod, in place of the one that was planned (pod_workers.go `completeWork`).
    fn look_later(&mut self, cx: &mut Cx, pod: PodId, wait: SimDuration) {
        let token = self.token();
        let Some(worker) = self.worker_mut(pod) else { return };
        worker.look = token;
        let knows = worker.plan.kubernetes.rules().look_knows_back_off;
        let base = match (worker.plan.latencies.jitter, knows) {
            (false, _) => wait,
            (true, true) => wait.min(RESYNC),
            (true, false) => LOOK_AGAIN,
        };
        let more = if worker.plan.latencies.jitter {
            cx.rng(&format!("kubelet/look/{}/{token}", pod.0)).below(base.as_micros() / 2)
        } else {
            0
        };
        self.later(cx, base + SimDuration::from_micros(more), Due::Look(pod, token));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_ten_seconds_to_five_minutes_after_one_immediate_restart() {
        let (mut now, mut entry, mut starts) = (SimTime::ZERO, None, Vec::new());
        for _ in 0..8 {
            let ended = now;
            match decide(NodeSettings::default(), now, ended, entry) {
                Ok(b) => entry = Some(b),
                Err(wait) => {
                    now = now + wait;
                    entry = decide(NodeSettings::default(), now, ended, entry).ok();
                }
            }
            starts.push(now.as_micros() / 1_000_000);
        }
        assert_eq!(starts, [0, 10, 30, 70, 150, 310, 610, 910]);
    }

    #[test]
    fn a_run_of_more_than_ten_minutes_starts_the_row_anew() {
        let before = Some(BackOff { wait: SimDuration::from_secs(300), updated: SimTime::ZERO });
        let ended = SimTime::from_secs(601);
        assert_eq!(
            decide(NodeSettings::default(), ended, ended, before).map(|b| b.wait),
            Ok(SimDuration::from_secs(10))
        );
        let ended = SimTime::from_secs(600);
        assert_eq!(decide(NodeSettings::default(), ended, ended, before), Err(SimDuration::from_secs(300)));
    }
}
