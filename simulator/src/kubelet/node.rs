//! Nodes: which one new pods are put on, a node that no longer reports, one without power, and a kubelet that is restarted.
//!
//! Follows kubernetes pkg/controller/nodelifecycle (`nodeMonitorGracePeriod`, NotReady, taints) and tainteviction, kubelet.go
//! and pod_workers.go. The objects at the API server and the containers of a node have lives of their own: while the two do
//! not hear of each other, each goes on by what it knows.

use crate::base::id::PodId;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::pod::spec::Tolerated;
use crate::rules::RuleId;
use crate::trace::{EventKind, EventType, OnNode, OnPod, PodPhase, Reported, Sender};

use super::Kubelet;
use super::api::DeleteRequest;
use super::state::{At, Due, PodEnd, Stage};

/// How long pods tolerate a node that does not report, if they say nothing else (plugin defaulttolerationseconds).
pub const TOLERATION: SimDuration = SimDuration::from_secs(300);
/// The taint of a node that does not report.
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
/// A kubelet that was started anew looks at its pods after so long.
const KUBELET_START: SimDuration = SimDuration::from_secs(1);

impl Kubelet {
    /// The node for a new pod: the present one, or another if that one does not take pods.
    pub(super) fn place_for_new(&mut self, cx: &Cx) -> u32 {
        let node = cx.seen().node(self.node);
        if !(node.schedulable && node.ready && node.on) {
            self.node = self.node.saturating_add(1);
        }
        self.node
    }

    /// Pods whose objects or containers are on this node.
    pub fn pods_on(&self, number: u32) -> Vec<PodId> {
        let mine = self.workers.iter().enumerate().filter(|(_, w)| w.node == number);
        mine.map(|(n, _)| PodId::from_index(n)).collect()
    }

    /// The number of the node that pods are on that were there first and are not all gone.
    pub fn oldest_node(&self, cx: &Cx) -> u32 {
        let there = cx.seen().pods.iter().filter(|p| p.removed.is_none() && cx.seen().node(p.node).on);
        there.map(|p| p.node).min().unwrap_or(self.node)
    }

    /// `kubectl cordon`, `kubectl uncordon`.
    pub fn cordon(&mut self, cx: &mut Cx, number: u32, schedulable: bool) {
        if cx.seen().node(number).schedulable != schedulable {
            cx.emit(RuleId::ApiDrain, EventKind::Node(number, OnNode::Schedulable(schedulable)));
        }
    }

    /// The node loses its network, or its power, which takes its containers with it.
    pub fn lose_node(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32, power: bool, toleration: SimDuration) {
        let node = cx.seen().node(number);
        if !node.reachable || !node.on {
            return;
        }
        let first = if power {
            self.switch_off(cx, kernel, number)
        } else {
            cx.emit(RuleId::NodeLost, EventKind::Node(number, OnNode::Reachable(false)))
        };
        self.toleration = toleration;
        let rules = self.pods_on(number).first().and_then(|p| self.worker(*p)).map(|w| w.plan.kubernetes.rules());
        let grace = SimDuration::from_secs(rules.map_or(50, |r| r.node_grace_s));
        cx.because(first, |cx| self.later(cx, grace, Due::NodeNotReady(number)));
    }

    /// Without power nothing is told: processes are gone, and nobody says so.
    pub(super) fn switch_off(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32) -> crate::base::id::EventId {
        let off = cx.emit(RuleId::NodeOff, EventKind::Node(number, OnNode::Off));
        cx.because(off, |cx| {
            for pod in self.pods_on(number) {
                let Some(worker) = self.worker_mut(pod) else { continue };
                worker.stage = Stage::Gone;
                worker.busy = None;
                worker.next_end = None;
                let inits: Vec<_> = worker.slots.iter().filter_map(|s| s.init).chain(worker.pause).collect();
                for task in inits {
                    if cx.seen().alive(task).is_some() {
                        kernel.send(cx, task, Signal::KILL, Sender::Kernel);
                    }
                }
                if cx.seen().pod(pod).is_some_and(|p| !p.sandbox_stopped) {
                    cx.emit(RuleId::NodeOff, EventKind::Pod(pod, OnPod::SandboxStopped));
                }
            }
        });
        off
    }

    /// The node has not renewed its lease for too long.
    pub(super) fn node_not_ready(&mut self, cx: &mut Cx, number: u32) {
        if cx.seen().node(number).reachable {
            return;
        }
        if cx.seen().node(number).ready {
            cx.emit(RuleId::NodeLost, EventKind::Node(number, OnNode::Ready(false)));
        }
        let tainted = cx.emit(RuleId::NodeLost, EventKind::Node(number, OnNode::Unreachable));
        cx.because(tainted, |cx| {
            for pod in self.pods_on(number) {
                if cx.seen().pod(pod).is_some_and(|p| p.ready && p.removed.is_none()) {
                    cx.emit(RuleId::NodeLost, EventKind::Pod(pod, OnPod::Ready(false)));
                }
            }
            for pod in self.pods_on(number) {
                let Some(worker) = self.worker(pod) else { continue };
                let wait = match worker.plan.spec.tolerates(UNREACHABLE) {
                    Tolerated::ByDefault => self.toleration,
                    Tolerated::For(seconds) => SimDuration::from_secs(seconds),
                    Tolerated::Forever => continue,
                };
                self.later(cx, wait, Due::TaintEvicts(pod));
            }
        });
    }

    /// A pod's toleration of the taint is over: it is deleted, with its own grace. Who is to stop it does not hear of it.
    pub(super) fn taint_evicts(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        if self.worker(pod).is_none_or(|w| cx.seen().node(w.node).reachable) {
            return;
        }
        let Some(seen) = cx.seen().pod(pod).filter(|p| p.removed.is_none() && p.deleted.is_none()) else { return };
        if matches!(seen.phase, PodPhase::Succeeded | PodPhase::Failed) {
            return;
        }
        let event = Reported {
            kind: EventType::Normal,
            reason: "TaintManagerEviction".into(),
            message: format!("Marking for deletion Pod default/{}", seen.name).as_str().into(),
        };
        let told = cx.emit(RuleId::NodeLost, EventKind::Pod(pod, OnPod::Event(Box::new(event))));
        cx.because(told, |cx| self.delete(cx, kernel, pod, &DeleteRequest::CONTROLLER));
    }

    /// The first node that does not report does so again, or has power again.
    pub fn return_lost_node(&mut self, cx: &mut Cx, kernel: &mut Kernel) {
        let Some(place) = cx.seen().nodes.iter().position(|n| !n.reachable) else { return };
        let number = u32::try_from(place).unwrap_or(0);
        let back = cx.emit(RuleId::NodeLost, EventKind::Node(number, OnNode::Reachable(true)));
        cx.because(back, |cx| {
            cx.emit(RuleId::NodeLost, EventKind::Node(number, OnNode::Ready(true)));
            for pod in self.pods_on(number) {
                self.catch_up(cx, kernel, pod);
            }
        });
    }

    /// The kubelet hears of everything that it has missed about a pod, and reports what nobody has heard.
    fn catch_up(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        let Some(seen) = cx.seen().pod(pod) else { return };
        let (removed, deleted) = (seen.removed.is_some(), seen.deleted.is_some());
        match self.stage(pod) {
            Some(Stage::Gone) if removed => {}
            Some(Stage::Gone) => {
                if let Some(worker) = self.worker_mut(pod) {
                    worker.stage = if deleted { Stage::Terminated } else { Stage::New };
                }
                if deleted {
                    self.report_end(cx, pod);
                } else {
                    self.later(cx, SimDuration::ZERO, Due::FirstSync(pod));
                }
            }
            Some(Stage::Terminated) => self.report_end(cx, pod),
            Some(Stage::Terminating) | None => {}
            Some(Stage::New | Stage::Syncing) if removed => {
                self.begin_end(cx, kernel, pod, PodEnd::Vanished, None);
            }
            Some(Stage::New | Stage::Syncing) if deleted => self.begin_end(cx, kernel, pod, PodEnd::Deleted, None),
            Some(Stage::New | Stage::Syncing) => self.update_status(cx, pod),
        }
    }

    /// The kubelet's process is started anew: calls that it waited for are cut off, and what it had begun is forgotten.
    pub fn restart_kubelet(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32) {
        let event = cx.emit(RuleId::NodeKubeletRestart, EventKind::Node(number, OnNode::KubeletRestarted));
        cx.because(event, |cx| {
            for pod in self.pods_on(number) {
                let slots = self.worker(pod).map_or(0, |w| w.slots.len());
                for slot in 0..slots {
                    self.forget_work(cx, kernel, At { pod, slot });
                }
                if let Some(worker) = self.worker_mut(pod) {
                    worker.busy = None;
                }
            }
            self.later(cx, KUBELET_START, Due::KubeletStarts(number));
        });
    }

    /// A kill or a hook that the kubelet waited for: its call ends, and with it a hook's process.
    fn forget_work(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        let Some(slot) = self.slot_mut(at) else { return };
        let running = slot.is_running();
        if running {
            slot.kill = None;
        }
        if let Some(task) = slot.hook.take().and_then(|h| h.task) {
            self.watched.remove(&task);
            if cx.seen().alive(task).is_some() {
                kernel.send(cx, task, Signal::KILL, Sender::Outside);
            }
        }
    }

    /// The new kubelet looks at its pods: those that are to end are ended again, with the whole grace.
    pub(super) fn kubelet_starts(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32) {
        for pod in self.pods_on(number) {
            let Some(worker) = self.worker_mut(pod) else { continue };
            let again = worker.end.clone().filter(|_| worker.stage == Stage::Terminating);
            let waits = worker.next_end.take();
            if let Some(end) = again {
                worker.stage = Stage::Syncing;
                self.begin_end(cx, kernel, pod, end, None);
            } else if let Some((end, grace)) = waits {
                self.begin_end(cx, kernel, pod, end, grace);
            } else if worker.stage == Stage::Syncing {
                self.sync(cx, kernel, pod);
            }
        }
    }
}
