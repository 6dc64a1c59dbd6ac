//! Killing one container: hook, sidecar's turn, stop request, SIGKILL; and the grace between them in whole seconds.
//!
//! Follows kubernetes kuberuntime_container.go `killContainer` and containerd internal/cri/server/container_stop.go. Every
//! kill takes this path: deletion, eviction, shutdown, probes, a failed postStart hook.

use crate::base::id::TaskId;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::rules::RuleId;
use crate::trace::{EventKind, Hook, OnContainer, Sender};

use super::Kubelet;
use super::events;
use super::plan::StopSignal;
use super::runtime::UnknownStopSignal;
use super::state::{At, Due, Kill, KillStep, Stage};

/// The least time between stop signal and SIGKILL, in seconds (kuberuntime_manager.go `minimumGracePeriodInSeconds`).
const MINIMUM_GRACE_S: i64 = 2;

/// Seconds of grace that are left after `spent`: whole seconds count, the rest is a present.
fn left(grace_s: i64, spent: SimDuration) -> i64 {
    grace_s.saturating_sub(i64::try_from(spent.as_secs()).unwrap_or(i64::MAX))
}

fn seconds(grace_s: i64) -> SimDuration {
    SimDuration::from_secs(u64::try_from(grace_s).unwrap_or(0))
}

impl Kubelet {
    /// Kills a container with this grace; `message` is the Killing event's.
    pub(super) fn kill_container(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        at: At,
        grace_s: i64,
        rule: RuleId,
        message: &str,
    ) {
        let token = self.token();
        let ordered = self.worker(at.pod).is_some_and(|w| w.stage == Stage::Terminating && w.has_sidecars());
        let has_hook =
            self.worker(at.pod).and_then(|w| w.spec(at.slot)).is_some_and(|c| c.lifecycle.pre_stop.is_some());
        let since = cx.now();
        let Some(slot) = self.slot_mut(at).filter(|s| s.kill.is_none()) else { return };
        slot.kill = Some(Kill { token, grace_s, step: KillStep::Hook, since, ordered });
        let killing = events::normal(cx, rule, at.pod, "Killing", message);
        cx.because(killing, |cx| {
            if has_hook && grace_s > 0 {
                self.start_hook(cx, kernel, at, Hook::PreStop);
                self.later(cx, seconds(grace_s), Due::HookLimit(at, token));
            } else {
                self.after_hook(cx, kernel, at, token);
            }
        });
    }

    fn step(&mut self, at: At, token: u32, step: KillStep) -> Option<&mut Kill> {
        self.slot_mut(at)?.kill.as_mut().filter(|k| k.token == token && k.step == step)
    }

    /// The hook is over, or the kubelet waits for it no longer.
    pub(super) fn after_hook(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let now = cx.now();
        let Some(kill) = self.step(at, token, KillStep::Hook) else { return };
        kill.grace_s = left(kill.grace_s, now.since(kill.since));
        kill.step = KillStep::Turn;
        kill.since = now;
        let (ordered, grace_s) = (kill.ordered, kill.grace_s);
        if !ordered || grace_s <= 0 || self.is_its_turn(at) {
            self.after_turn(cx, kernel, at, token);
            return;
        }
        let Some(container) = self.slot(at).and_then(|s| s.current) else { return };
        let waits = cx.emit(RuleId::KubeletSidecarOrder, EventKind::Container(container, OnContainer::WaitsForTurn));
        cx.because(waits, |cx| self.later(cx, seconds(grace_s), Due::TurnLimit(at, token)));
    }

    /// It is this container's turn, or it has waited its whole grace.
    pub(super) fn after_turn(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let now = cx.now();
        let Some(kill) = self.step(at, token, KillStep::Turn) else { return };
        kill.grace_s = left(kill.grace_s, now.since(kill.since));
        kill.step = KillStep::Stopping;
        kill.since = now;
        let grace_s = kill.grace_s;
        self.request_stop(cx, kernel, at, token, grace_s);
    }

    /// Asks the runtime to stop the container.
    fn request_stop(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32, grace_s: i64) {
        let Some(container) = self.slot(at).and_then(|s| s.current) else { return };
        let running = self.slot(at).is_some_and(|s| s.is_running());
        let (signal, refused) = self.stop_signal(at);
        let timeout = seconds(grace_s.max(MINIMUM_GRACE_S));
        let rule = if grace_s < MINIMUM_GRACE_S { RuleId::KubeletMinimumGrace } else { RuleId::RuntimeStop };
        let what = OnContainer::StopRequested { signal, timeout };
        let requested = cx.emit(rule, EventKind::Container(container, what));
        if let Some(slot) = self.slot_mut(at) {
            slot.stop = Some(requested);
        }
        let latency = self.worker(at.pod).map(|w| w.plan.latencies.runtime).unwrap_or_default();
        cx.because(requested, |cx| {
            if !running {
                self.stopped(cx, kernel, at, token);
            } else if let Some(text) = refused {
                let what = OnContainer::StopRefused(format!("failed to parse stop signal \"{text}\"").as_str().into());
                cx.emit(RuleId::RuntimeUnknownSignal, EventKind::Container(container, what));
                self.stopped(cx, kernel, at, token);
            } else {
                self.later(cx, latency, Due::StopSignal(at, token));
                self.later(cx, latency + timeout, Due::StopLimit(at, token));
            }
        });
    }

    /// The stop signal, and the text that the runtime refuses instead of it. Pod's lifecycle, then image, then SIGTERM.
    fn stop_signal(&self, at: At) -> (Signal, Option<crate::base::Text>) {
        let Some(worker) = self.worker(at.pod) else { return (Signal::TERM, None) };
        let of_pod = worker.spec(at.slot).and_then(|c| c.lifecycle.stop_signal.as_ref()).map(|s| s.value);
        if let Some(signal) = of_pod.filter(|_| worker.plan.container_stop_signals) {
            return (signal, None);
        }
        match worker.plan(at.slot).map(|p| &p.stop_signal) {
            None | Some(StopSignal::Unset) => (Signal::TERM, None),
            Some(StopSignal::Known(signal)) => (*signal, None),
            Some(StopSignal::Unknown(text)) => match worker.plan.runtime.unknown_stop_signal {
                UnknownStopSignal::Term => (Signal::TERM, None),
                UnknownStopSignal::KilledWithSandbox => (Signal::TERM, Some(text.clone())),
            },
        }
    }

    /// The runtime sends the stop signal: to the main process only.
    pub(super) fn send_stop_signal(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        if self.step(at, token, KillStep::Stopping).is_none() {
            return;
        }
        let (signal, _) = self.stop_signal(at);
        if let Some(task) = self.slot(at).filter(|s| s.is_running()).and_then(|s| s.init) {
            kernel.send(cx, task, signal, Sender::Outside);
        }
    }

    /// The timeout of the stop request is over.
    pub(super) fn stop_limit(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        if self.step(at, token, KillStep::Stopping).is_none() {
            return;
        }
        let Some(slot) = self.slot(at).filter(|s| s.is_running()) else { return };
        let Some(container) = slot.current else { return };
        let expired = cx.emit(RuleId::RuntimeGraceExpired, EventKind::Container(container, OnContainer::GraceExpired));
        cx.because(expired, |cx| self.kill_now(cx, kernel, at));
    }

    /// SIGKILL: the main process of a namespace of its own, or all processes of the container in a shared one.
    pub(super) fn kill_now(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        let shared = self.worker(at.pod).is_some_and(|w| w.shared.is_some());
        let Some(slot) = self.slot(at) else { return };
        let targets: Vec<TaskId> = match (shared, slot.init, slot.current) {
            (false, Some(init), _) => vec![init],
            (true, _, Some(container)) => {
                let tasks = cx.seen().tasks.iter().enumerate();
                let mine = tasks.filter(|(_, t)| t.container == Some(container) && t.alive().is_some());
                mine.map(|(i, _)| TaskId::from_index(i)).collect()
            }
            _ => Vec::new(),
        };
        for task in targets {
            // One that died with the one before it needs no signal any more.
            if cx.seen().alive(task).is_some() {
                kernel.send(cx, task, Signal::KILL, Sender::Outside);
            }
        }
    }

    /// The stop call has returned.
    pub(super) fn stopped(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let Some(kill) = self.step(at, token, KillStep::Stopping) else { return };
        kill.step = KillStep::Over;
        match self.stage(at.pod) {
            Some(Stage::Terminating) => {
                self.next_turns(cx, at.pod);
                self.check_all_stopped(cx, at.pod);
            }
            _ => self.restart_after_kill(cx, kernel, at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_seconds_of_a_hook_count() {
        assert_eq!(left(10, SimDuration::from_millis(4_700)), 6);
        assert_eq!(left(10, SimDuration::from_millis(999)), 10);
        assert_eq!(left(2, SimDuration::from_secs(5)), -3);
    }
}
