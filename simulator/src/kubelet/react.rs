//! What the kubelet and the runtime do about events: above all, about processes that ended.
//!
//! The runtime sees a container's main process end (containerd-shim-runc-v2 task/service.go `handleInitExit`) and reports it;
//! the kubelet learns of it from the stop call that waits for it, or from its pod lifecycle event generator.

use std::ops::Range;

use crate::base::id::{ContainerId, EventId, PodId, TaskId};
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::pod::spec::RestartAction;
use crate::rules::RuleId;
use crate::trace::{ContainerEnd, EventKind, ExitStatus, OnContainer, OnTask, Sender};

use super::Kubelet;
use super::state::{At, Due, KillStep, Life, Role, Stage, Watched};

impl Kubelet {
    /// Looks at new events, called after every stimulus until none is new: processes that ended, above all.
    pub fn react(&mut self, cx: &mut Cx, kernel: &mut Kernel, new: Range<EventId>) {
        for number in new.start.0..new.end.0 {
            let event = EventId(number);
            let Some(EventKind::Task(task, OnTask::Died(status))) = cx.trace().get(event).map(|e| &e.kind) else {
                continue;
            };
            let status = *status;
            let Some(watched) = self.watched.remove(task) else { continue };
            cx.because(event, |cx| match watched {
                Watched::Main(at) => self.main_died(cx, kernel, at, status),
                Watched::Hook(at, token) => self.hook_died(cx, kernel, at, token, status),
                Watched::Probe(at, probe, token) => self.probe_died(cx, kernel, at, probe, token, status),
            });
        }
    }

    fn main_died(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, status: ExitStatus) {
        let now = cx.now();
        let Some((container, init)) = self.slot(at).and_then(|s| s.current.zip(s.init)) else { return };
        let code = status.container_code();
        if let Some(slot) = self.slot_mut(at) {
            slot.life = Life::Exited { code, at: now };
            slot.ready = false;
        }
        let reason = match code {
            _ if self.slot(at).is_some_and(|s| s.out_of_memory) => "OOMKilled",
            _ if self.worker(at.pod).is_some_and(|w| w.resetting) => "RestartingAllContainers",
            0 => "Completed",
            _ => "Error",
        };
        let message = self.termination_message(cx, kernel, at, container, code);
        let end = ContainerEnd { code, reason: reason.into(), message };
        let exited = cx.emit(RuleId::RuntimeExit, EventKind::Container(container, OnContainer::Exited(Box::new(end))));
        cx.because(exited, |cx| {
            self.kill_leftovers(cx, kernel, at, init);
            self.cut_hook_request(cx, kernel, at);
            self.tell_rule(cx, at, container, code);
            self.after_exit(cx, at);
        });
    }

    /// A rule of the container's own decides over its restart.
    fn tell_rule(&self, cx: &mut Cx, at: At, container: ContainerId, code: u32) {
        let Some(worker) = self.worker(at.pod).filter(|w| w.stage == Stage::Syncing && !w.resetting) else { return };
        let Some((number, action)) = worker.restart_rule(at.slot, code) else { return };
        let number = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        let what = OnContainer::RestartRule { number, all: action == RestartAction::RestartAll };
        let event = cx.emit(RuleId::KubeletRestartRule, EventKind::Container(container, what));
        cx.set_cause(Some(event));
    }

    /// The kernel kills a container's main process because its memory limit is reached (cgroup v2 `memory.max`). Nobody asks
    /// the kubelet, so no hook runs and no grace counts. `None` names the first regular container.
    pub fn out_of_memory(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId, container: Option<&str>) {
        let Some(worker) = self.worker_mut(pod) else { return };
        let found = worker.slots.iter_mut().find(|s| match container {
            Some(name) => &*s.name == name,
            None => s.role == Role::Regular,
        });
        let Some(slot) = found.filter(|s| s.is_running()) else { return };
        slot.out_of_memory = true;
        let (Some(task), Some(container)) = (slot.init, slot.current) else { return };
        let what = EventKind::Container(container, OnContainer::OutOfMemory);
        let full = cx.emit(RuleId::NodeOutOfMemory, what);
        cx.because(full, |cx| kernel.send(cx, task, Signal::KILL, Sender::Kernel));
    }

    /// In a shared PID namespace the rest of the container does not end with its main process: the runtime kills it.
    fn kill_leftovers(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, init: TaskId) {
        let Some(worker) = self.worker(at.pod).filter(|w| w.shared.is_some()) else { return };
        let kills = worker.plan.runtime.kills_leftovers;
        let Some(container) = self.slot(at).and_then(|s| s.current).filter(|_| kills) else { return };
        let tasks = cx.seen().tasks.iter().enumerate();
        let left: Vec<TaskId> = tasks
            .filter(|(_, t)| t.container == Some(container) && t.alive().is_some())
            .map(|(i, _)| TaskId::from_index(i))
            .filter(|t| *t != init)
            .collect();
        if left.is_empty() {
            return;
        }
        let what = OnContainer::LeftoversKilled(u32::try_from(left.len()).unwrap_or(u32::MAX));
        let event = cx.emit(RuleId::RuntimeLeftovers, EventKind::Container(container, what));
        cx.because(event, |cx| {
            for task in left {
                kernel.send(cx, task, Signal::KILL, Sender::Outside);
            }
        });
    }

    fn after_exit(&mut self, cx: &mut Cx, at: At) {
        let Some((worker, slot)) = self.worker(at.pod).zip(self.slot(at)) else { return };
        let latencies = worker.plan.latencies;
        match slot.kill {
            Some(kill) if kill.step == KillStep::Stopping => {
                self.later(cx, latencies.exit_seen, Due::Stopped(at, kill.token));
            }
            Some(_) => {}
            None if worker.stage == Stage::Syncing => self.later(cx, latencies.relist, Due::Sync(at.pod)),
            None => {}
        }
    }
}
