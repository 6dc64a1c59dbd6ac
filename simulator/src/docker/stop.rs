//! `docker stop`, `docker kill`, `docker compose down`.
//!
//! Follows moby daemon/stop.go `containerStop` (the stop signal at once, SIGKILL after the timeout, no least time, negative
//! waits for ever), daemon/kill.go (`docker kill` sends one signal and waits for nothing), compose pkg/compose/down.go
//! (dependents first, the rest in parallel). The hooks before that are in `hook`.

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::kubelet::StopSignal;
use crate::rules::RuleId;
use crate::trace::{DeleteFrom, EventKind, OnContainer, OnPod, Sender};

use super::{Docker, Due, LATENCY, START};

/// Stands for "waits for ever" where the trace wants a number of seconds.
const FOREVER_S: u32 = 1_000_000_000;

/// What `docker stop` was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopRequest {
    /// Which container; the first one if not said.
    pub container: Option<Text>,
    /// `-t`: instead of the container's own timeout.
    pub timeout_s: Option<i64>,
    /// `-s`: instead of the container's own stop signal.
    pub signal: Option<Signal>,
    /// `docker restart`: it is started again as soon as it has ended.
    pub start_again: bool,
}

impl Docker {
    /// `docker stop`.
    pub fn stop(&mut self, cx: &mut Cx, request: &StopRequest) {
        if let Some(place) = self.find(request.container.as_deref()) {
            if request.start_again {
                let runs = self.containers.get(place).is_some_and(|s| s.main.is_some());
                if !runs {
                    self.start_again(cx, place);
                    return;
                }
                if let Some(state) = self.containers.get_mut(place) {
                    state.starts_again = true;
                }
            }
            self.stop_one(cx, place, request.timeout_s, request.signal, RuleId::DockerStop);
        }
    }

    /// `docker start`: nothing happens to one that runs.
    pub fn start_stopped(&mut self, cx: &mut Cx, name: Option<&str>) {
        if let Some(place) = self.find(name).filter(|p| self.containers.get(*p).is_some_and(|s| s.main.is_none())) {
            self.start_again(cx, place);
        }
    }

    pub(super) fn start_again(&mut self, cx: &mut Cx, place: usize) {
        let Some(state) = self.containers.get_mut(place) else { return };
        state.manually_stopped = false;
        state.starts_again = false;
        self.later(cx, START, Due::Start(place));
    }

    /// `docker compose down`, Ctrl-C of `docker compose up`, or `docker stop` of all containers: one that another depends on
    /// goes after that one.
    pub fn down(&mut self, cx: &mut Cx, timeout_s: Option<i64>) {
        self.going_down = Some(timeout_s);
        for state in &mut self.containers {
            state.manually_stopped = true;
        }
        self.next_down(cx);
    }

    /// Stops what nothing that still runs depends on.
    pub(super) fn next_down(&mut self, cx: &mut Cx) {
        let Some(timeout) = self.going_down else { return };
        let running = |place: usize| self.containers.get(place).is_some_and(|s| s.main.is_some());
        let needed = |place: usize| {
            let dependents = self.containers.iter().enumerate().filter(|(_, s)| s.plan.depends_on.contains(&place));
            dependents.into_iter().any(|(n, _)| running(n))
        };
        let ordered = self.containers.iter().any(|s| !s.plan.depends_on.is_empty());
        let rule = if ordered { RuleId::DockerComposeOrder } else { RuleId::DockerStop };
        let next: Vec<usize> = (0..self.containers.len()).filter(|n| running(*n) && !needed(*n)).collect();
        for place in next {
            if self.containers.get(place).is_some_and(|s| s.stopping.is_none()) {
                self.begin_down(cx, place, timeout, rule);
            }
        }
    }

    /// `docker kill`: a signal to the main process, SIGKILL if none is named. The stop signal and SIGKILL end restarts.
    pub fn kill(&mut self, cx: &mut Cx, name: Option<&str>, signal: Signal) {
        let Some(place) = self.find(name) else { return };
        let token = self.token();
        let Some(state) = self.containers.get_mut(place) else { return };
        state.manually_stopped |= signal == Signal::KILL || signal == own_signal(&state.plan.container.stop_signal);
        // One that waits for its restart gets no signal; it is only not started again.
        if state.main.is_none() {
            return;
        }
        self.later(cx, LATENCY, Due::Signal(place, token, signal));
    }

    /// Compose stops a service: its hooks first.
    fn begin_down(&mut self, cx: &mut Cx, place: usize, timeout: Option<i64>, rule: RuleId) {
        let token = self.token();
        let Some(state) = self.containers.get_mut(place) else { return };
        if state.plan.pre_stop.is_empty() {
            self.stop_one(cx, place, timeout, None, rule);
        } else {
            state.stopping = Some(token);
            self.later(cx, LATENCY, Due::Hook(place, 0));
        }
    }

    pub(super) fn stop_one(
        &mut self,
        cx: &mut Cx,
        place: usize,
        timeout: Option<i64>,
        signal: Option<Signal>,
        rule: RuleId,
    ) {
        let token = self.token();
        let now = cx.now();
        let Some(state) = self.containers.get_mut(place) else { return };
        state.manually_stopped = true;
        // A container that does not run is not modified (304): docker says its name all the same.
        let (Some(_), Some(container)) = (state.main, state.current) else { return };
        state.stopping = Some(token);
        let pod = state.pod;
        let timeout_s = timeout.unwrap_or(state.plan.stop_timeout_s);
        let signal = signal.unwrap_or_else(|| own_signal(&state.plan.container.stop_signal));
        let seconds = u64::try_from(timeout_s).ok();
        let wait = seconds.map(SimDuration::from_secs);
        let grace_s = seconds.and_then(|s| u32::try_from(s).ok()).unwrap_or(FOREVER_S);
        let deadline = now + wait.unwrap_or(SimDuration::from_secs(u64::from(FOREVER_S)));
        let asked = OnPod::DeleteRequested { grace_s, deadline, from: DeleteFrom::Docker };
        let asked = cx.emit(rule, EventKind::Pod(pod, asked));
        cx.because(asked, |cx| {
            let timeout = wait.unwrap_or(SimDuration::from_secs(u64::from(FOREVER_S)));
            let what = OnContainer::StopRequested { signal, timeout };
            let requested = cx.emit(rule, EventKind::Container(container, what));
            cx.because(requested, |cx| {
                self.later(cx, LATENCY, Due::Signal(place, token, signal));
                if let Some(wait) = wait {
                    self.later(cx, LATENCY + wait, Due::Limit(place, token));
                }
            });
        });
    }

    /// The signal goes to the main process only.
    pub(super) fn send(&mut self, cx: &mut Cx, kernel: &mut Kernel, place: usize, _token: u32, signal: Signal) {
        if let Some(task) = self.containers.get(place).and_then(|s| s.main) {
            kernel.send(cx, task, signal, Sender::Outside);
        }
    }

    /// The timeout of `docker stop` is over.
    pub(super) fn limit(&mut self, cx: &mut Cx, _kernel: &mut Kernel, place: usize, token: u32) {
        let Some(state) = self.containers.get(place).filter(|s| s.stopping == Some(token)) else { return };
        let Some(container) = state.current else { return };
        let expired = cx.emit(RuleId::RuntimeGraceExpired, EventKind::Container(container, OnContainer::GraceExpired));
        cx.because(expired, |cx| self.later(cx, LATENCY, Due::Kill(place)));
    }

    pub(super) fn kill_main(&mut self, cx: &mut Cx, kernel: &mut Kernel, place: usize) {
        if let Some(task) = self.containers.get(place).and_then(|s| s.main) {
            kernel.send(cx, task, Signal::KILL, Sender::Outside);
        }
    }
}

/// The container's stop signal. A text that no signal has is SIGTERM (moby container.go `StopSignal`).
pub(super) fn own_signal(signal: &StopSignal) -> Signal {
    match signal {
        StopSignal::Known(signal) => *signal,
        StopSignal::Unset | StopSignal::Unknown(_) => Signal::TERM,
    }
}
