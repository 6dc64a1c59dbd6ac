//! Startup, liveness and readiness probes.
//!
//! Follows kubernetes pkg/kubelet/prober (worker.go, prober.go, prober_manager.go). Liveness and readiness wait for startup.
//! While the pod ends, liveness and startup probes are off and readiness goes on.

use crate::base::Text;
use crate::base::id::PodId;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::pod::spec::{self, Action, PortRef};
use crate::rules::RuleId;
use crate::trace::{EventKind, ExitStatus, OnContainer, Probe, Sender};

use super::Kubelet;
use super::events;
use super::hooks::Request;
use super::state::{At, Due, ProbeOutcome, ProbeRun, Stage, Watched};

/// The path of a gRPC health check, as HTTP/2 sends it (grpc.health.v1): an answer 200 for it is SERVING, any other is
/// `NOT_SERVING`.
const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

impl Kubelet {
    fn probe_spec(&self, at: At, probe: Probe) -> Option<&spec::Probe> {
        let container = self.worker(at.pod)?.spec(at.slot)?;
        match probe {
            Probe::Startup => container.startup.as_ref(),
            Probe::Liveness => container.liveness.as_ref(),
            Probe::Readiness => container.readiness.as_ref(),
        }
    }

    /// A container has started: its probes begin. Each has its turns once a period since the pod was set up, whenever its
    /// container started (worker.go `run`); readiness is asked at the start, too (prober_manager.go `UpdatePodStatus`).
    pub(super) fn begin_probes(&mut self, cx: &mut Cx, at: At) {
        let mut runs = Vec::new();
        let since = self.worker(at.pod).map(|w| cx.now().since(w.probes_since)).unwrap_or_default();
        for probe in [Probe::Startup, Probe::Liveness, Probe::Readiness] {
            let Some(spec) = self.probe_spec(at, probe) else { continue };
            let period = u64::from(spec.period_seconds.value.max(1)).saturating_mul(1_000_000);
            let into = since.as_micros() % period;
            let wait = if into == 0 { 0 } else { period.saturating_sub(into) };
            let token = self.token();
            let good = probe == Probe::Liveness;
            runs.push(ProbeRun { probe, token, good, streak: 0, last: None, on: true, task: None });
            self.later(cx, SimDuration::from_micros(wait), Due::Probe(at, probe, token));
            if probe == Probe::Readiness && wait > 0 {
                self.later(cx, SimDuration::ZERO, Due::ProbeNow(at, token));
            }
        }
        let waits = runs.iter().any(|r| r.probe == Probe::Startup);
        if let Some(slot) = self.slot_mut(at) {
            slot.probes = runs;
            slot.started = !waits;
        }
    }

    /// A try of the readiness probe beside its turns.
    pub(super) fn probe_now(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let waits = self.slot(at).is_some_and(|s| s.is_running() && s.started && !s.ready);
        let probe = Probe::Readiness;
        if !waits || self.run_of(at, probe, token).is_none() || self.is_early(cx, at, probe) {
            return;
        }
        let Some(spec) = self.probe_spec(at, probe).cloned() else { return };
        self.try_probe(cx, kernel, at, probe, token, &spec);
    }

    /// Has its container run for less than `initialDelaySeconds`, in whole seconds (worker.go `doProbe`)?
    fn is_early(&self, cx: &Cx, at: At, probe: Probe) -> bool {
        let delay = self.probe_spec(at, probe).map_or(0, |p| p.initial_delay_seconds.value);
        self.slot(at).is_some_and(|s| cx.now().since(s.started_at).as_secs() < u64::from(delay))
    }

    /// The pod ends: only readiness is still asked (`StopLivenessAndStartup`).
    pub(super) fn stop_probes(&mut self, pod: PodId) {
        let Some(worker) = self.worker_mut(pod) else { return };
        for run in worker.slots.iter_mut().flat_map(|s| s.probes.iter_mut()) {
            run.on &= run.probe == Probe::Readiness;
        }
    }

    /// What the readiness probe says; without one, nothing speaks against it.
    pub(super) fn probe_says_ready(&self, at: At) -> bool {
        let Some(slot) = self.slot(at) else { return false };
        slot.probes.iter().find(|r| r.probe == Probe::Readiness).is_none_or(|r| r.good)
    }

    fn run_of(&mut self, at: At, probe: Probe, token: u32) -> Option<&mut ProbeRun> {
        self.slot_mut(at)?.probes.iter_mut().find(|r| r.probe == probe && r.token == token && r.on)
    }

    /// One try, and the next one after the period.
    pub(super) fn probe(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, probe: Probe, token: u32) {
        if self.run_of(at, probe, token).is_none() || self.stage(at.pod) == Some(Stage::Terminated) {
            return;
        }
        let Some(spec) = self.probe_spec(at, probe).cloned() else { return };
        let Some((running, started)) = self.slot(at).map(|s| (s.is_running(), s.started)) else { return };
        if !running {
            // The worker sees that the container is gone: not ready.
            if let Some(run) = self.run_of(at, probe, token) {
                run.good = false;
                run.on = false;
            }
            if probe == Probe::Readiness {
                self.update_readiness(cx, at.pod);
            }
            return;
        }
        if probe == Probe::Startup && started {
            return;
        }
        let period = SimDuration::from_secs(u64::from(spec.period_seconds.value.max(1)));
        let before = cx.cause();
        self.later(cx, period, Due::Probe(at, probe, token));
        if (started || probe == Probe::Startup) && !self.is_early(cx, at, probe) {
            self.try_probe(cx, kernel, at, probe, token, &spec);
        }
        cx.set_cause(before);
    }

    fn try_probe(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, probe: Probe, token: u32, spec: &spec::Probe) {
        let timeout = SimDuration::from_secs(u64::from(spec.timeout_seconds.value.max(1)));
        let (outcome, after) = match &spec.action {
            Action::HttpGet { path, port, host, .. } => {
                let number = self.port(at, port);
                match self.request(cx, kernel, at, number, path, host.is_some()) {
                    Request::Answered { after, .. } if after > timeout => (ProbeOutcome::TimedOut, timeout),
                    Request::Answered { status, after } => (ProbeOutcome::Status(status), after),
                    Request::Refused => (ProbeOutcome::Refused, SimDuration::ZERO),
                    Request::NoAnswer => (ProbeOutcome::TimedOut, timeout),
                }
            }
            Action::TcpSocket { port, .. } => (self.connect(kernel, at, self.port(at, port)), SimDuration::ZERO),
            Action::Grpc { port } => match self.request(cx, kernel, at, Some(*port), HEALTH_CHECK, false) {
                Request::Answered { after, .. } if after > timeout => (ProbeOutcome::TimedOut, timeout),
                Request::Answered { status: 200, after } => (ProbeOutcome::Connected, after),
                Request::Answered { after, .. } => (ProbeOutcome::NotServing, after),
                // The client tries again until its time is over (grpc.WithBlock).
                Request::Refused => (ProbeOutcome::Refused, timeout),
                Request::NoAnswer => (ProbeOutcome::TimedOut, timeout),
            },
            Action::Exec { command } => {
                let argv: Vec<Text> = command.iter().map(|w| Text::from(w.as_str())).collect();
                match self.start_inside(cx, kernel, at, &argv, "probe") {
                    Some(task) => {
                        self.watched.insert(task, Watched::Probe(at, probe, token));
                        if let Some(run) = self.run_of(at, probe, token) {
                            run.task = Some(task);
                        }
                        (ProbeOutcome::TimedOut, timeout)
                    }
                    None => (ProbeOutcome::NotStarted, SimDuration::ZERO),
                }
            }
            Action::Sleep { .. } => return,
        };
        if after == SimDuration::ZERO {
            self.probe_ends(cx, kernel, at, probe, token, outcome);
        } else {
            self.later(cx, after, Due::ProbeEnds(at, probe, token, outcome));
        }
    }

    fn port(&self, at: At, port: &PortRef) -> Option<u16> {
        self.worker(at.pod)?.spec(at.slot)?.port_number(port)
    }

    fn connect(&self, kernel: &Kernel, at: At, port: Option<u16>) -> ProbeOutcome {
        // The kernel completes a connection that nobody has accepted yet (listen(2)).
        let listens = self.worker(at.pod).zip(port).is_some_and(|(w, port)| kernel.listens(w.net, port));
        if listens { ProbeOutcome::Connected } else { ProbeOutcome::Refused }
    }

    /// A probe's process ended.
    pub(super) fn probe_died(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        at: At,
        probe: Probe,
        token: u32,
        status: ExitStatus,
    ) {
        let Some(run) = self.run_of(at, probe, token) else { return };
        if run.task.take().is_some() {
            let code = u8::try_from(status.container_code()).unwrap_or(u8::MAX);
            self.probe_ends(cx, kernel, at, probe, token, ProbeOutcome::Exited(code));
        }
    }

    /// A try is over: counted, and acted upon when the threshold is reached.
    pub(super) fn probe_ends(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        at: At,
        probe: Probe,
        token: u32,
        outcome: ProbeOutcome,
    ) {
        let Some(spec) = self.probe_spec(at, probe).cloned() else { return };
        let exec = matches!(spec.action, Action::Exec { .. });
        let Some(run) = self.run_of(at, probe, token) else { return };
        if exec && outcome == ProbeOutcome::TimedOut {
            // The process answered in time, and this is the old timer; or it is killed now.
            let Some(task) = run.task.take() else { return };
            self.watched.remove(&task);
            kernel.send(cx, task, Signal::KILL, Sender::Outside);
        }
        if self.slot(at).is_none_or(|s| !s.is_running()) {
            return;
        }
        let ok = match outcome {
            ProbeOutcome::Status(code) => (200..400).contains(&code),
            ProbeOutcome::Connected | ProbeOutcome::Exited(0) => true,
            ProbeOutcome::Refused
            | ProbeOutcome::TimedOut
            | ProbeOutcome::NotServing
            | ProbeOutcome::Exited(_)
            | ProbeOutcome::NotStarted => false,
        };
        let Some(run) = self.run_of(at, probe, token) else { return };
        run.streak = if run.last == Some(ok) { run.streak.saturating_add(1) } else { 1 };
        run.last = Some(ok);
        let threshold = if ok { spec.success_threshold.value } else { spec.failure_threshold.value };
        let reached = run.streak >= threshold;
        let changed = reached && run.good != ok;
        if reached {
            run.good = ok;
        }
        let message = message(&spec, outcome);
        self.verdict(cx, kernel, at, probe, Verdict { ok, reached, changed }, &message);
    }

    fn verdict(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, probe: Probe, verdict: Verdict, message: &str) {
        let Some(container) = self.slot(at).and_then(|s| s.current) else { return };
        let Verdict { ok, reached, changed } = verdict;
        if !ok || changed {
            let what = OnContainer::Probed { probe, ok, message: message.into() };
            let event = cx.emit(RuleId::KubeletProbe, EventKind::Container(container, what));
            cx.set_cause(Some(event));
        }
        if !ok {
            let name = match probe {
                Probe::Startup => "Startup",
                Probe::Liveness => "Liveness",
                Probe::Readiness => "Readiness",
            };
            let text = format!("{name} probe failed: {message}");
            events::warning(cx, RuleId::KubeletProbe, at.pod, "Unhealthy", &text);
        }
        match (probe, ok) {
            (Probe::Readiness, _) if changed => self.update_readiness(cx, at.pod),
            (Probe::Startup, true) if reached => self.mark_started(cx, kernel, at),
            (Probe::Startup | Probe::Liveness, false) if reached => self.kill_by_probe(cx, kernel, at, probe),
            _ => {}
        }
    }

    /// A failed liveness or startup probe kills the container; afterwards it is restarted by policy.
    fn kill_by_probe(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, probe: Probe) {
        let Some(worker) = self.worker(at.pod).filter(|w| w.stage == Stage::Syncing && w.busy.is_none()) else {
            return;
        };
        let Some(name) = self.slot(at).map(|s| s.name.clone()) else { return };
        let spec_grace = worker.plan.spec.termination_grace_period_seconds.value;
        let own = self.probe_spec(at, probe).and_then(|p| p.termination_grace_period_seconds.as_ref()).map(|g| g.value);
        let grace = own.filter(|_| worker.plan.kubernetes.rules().probe_grace).unwrap_or(spec_grace);
        let kind = if probe == Probe::Startup { "startup" } else { "liveness" };
        let tail = if self.never_restarts(at.pod) { "" } else { ", will be restarted" };
        let message = format!("Container {name} failed {kind} probe{tail}");
        if let Some(slot) = self.slot_mut(at) {
            for run in slot.probes.iter_mut().filter(|r| r.probe != Probe::Readiness) {
                run.on = false;
            }
        }
        if let Some(worker) = self.worker_mut(at.pod) {
            worker.busy = Some(at.slot);
        }
        self.kill_container(cx, kernel, at, grace, RuleId::KubeletLiveness, &message);
    }

    /// A failed postStart hook kills the container with the spec's whole grace.
    pub(super) fn kill_after_post_start(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        let Some(grace) = self.worker(at.pod).map(|w| w.plan.spec.termination_grace_period_seconds.value) else {
            return;
        };
        self.kill_container(cx, kernel, at, grace, RuleId::KubeletPostStart, "FailedPostStartHook");
    }

    /// A container was killed while the pod lives on: it runs again as policy and back-off allow.
    pub(super) fn restart_after_kill(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        let Some(worker) = self.worker_mut(at.pod) else { return };
        if worker.busy == Some(at.slot) {
            worker.busy = None;
        }
        let by_probe = self.slot(at).is_some_and(|s| s.probes.iter().any(|r| !r.on));
        let Some(worker) = self.worker(at.pod) else { return };
        let worker_relist = worker.plan.latencies.relist;
        let code = match self.slot(at).map(|s| s.life) {
            Some(super::state::Life::Exited { code, .. }) => code,
            _ => 0,
        };
        if by_probe && worker.next_end.is_none() && worker.restarts(at.slot, code) {
            // The status that is written now is the one from before the kill.
            if self.may_start_after_probe(cx, at) {
                self.begin_start(cx, at);
            } else {
                let relist = worker_relist;
                self.later(cx, relist, Due::Sync(at.pod));
            }
            return;
        }
        self.free_worker(cx, kernel, at.pod);
    }
}

/// What a try means.
#[derive(Clone, Copy, Debug)]
struct Verdict {
    ok: bool,
    /// The threshold is reached.
    reached: bool,
    /// The verdict is another than before.
    changed: bool,
}

/// The probe's words, as the event has them.
fn message(spec: &spec::Probe, outcome: ProbeOutcome) -> String {
    let action = &spec.action;
    let within = spec.timeout_seconds.value.max(1);
    match outcome {
        ProbeOutcome::NotServing => "service unhealthy (responded with \"NOT_SERVING\")".to_owned(),
        ProbeOutcome::Refused if matches!(action, Action::Grpc { .. }) => {
            format!("timeout: failed to connect service within {within}s: context deadline exceeded")
        }
        ProbeOutcome::TimedOut if matches!(action, Action::Grpc { .. }) => {
            format!("timeout: health rpc did not complete within {within}s")
        }
        ProbeOutcome::Status(code) => format!("HTTP probe failed with statuscode: {code}"),
        ProbeOutcome::Connected => String::new(),
        ProbeOutcome::Refused => "connect: connection refused".to_owned(),
        ProbeOutcome::TimedOut if matches!(action, Action::Exec { .. }) => "command timed out".to_owned(),
        ProbeOutcome::TimedOut => {
            "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned()
        }
        ProbeOutcome::Exited(code) => format!("command exited with {code}"),
        ProbeOutcome::NotStarted => "the command could not be started".to_owned(),
    }
}
