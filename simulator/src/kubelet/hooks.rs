//! Lifecycle hooks: postStart and preStop.
//!
//! Follows kubernetes pkg/kubelet/lifecycle/handlers.go and kuberuntime_container.go `executePreStopHook`. An exec hook is a
//! process in the container without a time-out of its own; a sleep is a timer of the kubelet, which does not end with the
//! container; of a request only a transport error is a failure.

use crate::base::Text;
use crate::base::id::{ContainerId, TaskId};
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::kernel::process::Start;
use crate::pod::spec::Action;
use crate::rules::RuleId;
use crate::trace::{EventKind, ExitStatus, Hook, HookKind, HookResult, OnContainer};

use super::Kubelet;
use super::events;
use super::state::{At, Due, HookRun, KillStep, Watched};

/// Status code of a server without a row for the path.
const DEFAULT_STATUS: u16 = 200;

impl Kubelet {
    /// Begins a hook of a container.
    pub(super) fn start_hook(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, hook: Hook) {
        let Some(action) = self.action(at, hook) else { return };
        let Some(container) = self.slot(at).and_then(|s| s.current) else { return };
        let token = self.token();
        let kind = match action {
            Action::Exec { .. } => HookKind::Exec,
            Action::HttpGet { .. } => HookKind::HttpGet,
            Action::Sleep { .. } => HookKind::Sleep,
            Action::TcpSocket { .. } | Action::Grpc { .. } => HookKind::TcpSocket,
        };
        let rule = if hook == Hook::PreStop { RuleId::KubeletHook } else { RuleId::KubeletPostStart };
        let started = cx.emit(rule, EventKind::Container(container, OnContainer::HookStarted(hook, kind)));
        if let Some(slot) = self.slot_mut(at) {
            slot.hook = Some(HookRun { hook, kind, token, task: None, status: None, overran: false });
        }
        cx.because(started, |cx| self.run_hook(cx, kernel, at, token, &action));
    }

    fn action(&self, at: At, hook: Hook) -> Option<Action> {
        let lifecycle = &self.worker(at.pod)?.spec(at.slot)?.lifecycle;
        let action = if hook == Hook::PreStop { &lifecycle.pre_stop } else { &lifecycle.post_start };
        action.as_ref().map(|a| a.value.clone())
    }

    fn run_hook(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32, action: &Action) {
        match action {
            Action::Exec { command } => {
                let argv: Vec<Text> = command.iter().map(|w| Text::from(w.as_str())).collect();
                let role = match self.slot(at).and_then(|s| s.hook).map(|h| h.hook) {
                    Some(Hook::PostStart) => "postStart",
                    _ => "preStop",
                };
                match self.start_inside(cx, kernel, at, &argv, role) {
                    Some(task) => {
                        self.watched.insert(task, Watched::Hook(at, token));
                        if let Some(run) = self.slot_mut(at).and_then(|s| s.hook.as_mut()) {
                            run.task = Some(task);
                        }
                    }
                    None => {
                        let why = HookResult::failed("the program could not be started in the container");
                        self.hook_over(cx, kernel, at, token, why);
                    }
                }
            }
            Action::HttpGet { path, port, host, .. } => {
                let port = self.worker(at.pod).and_then(|w| w.spec(at.slot)).and_then(|c| c.port_number(port));
                let answer = self.request(cx, kernel, at, port, path, host.is_some());
                self.hook_request(cx, kernel, at, token, answer);
            }
            Action::Sleep { seconds } => {
                let time = SimDuration::from_secs(u64::try_from(*seconds).unwrap_or(0));
                self.later(cx, time, Due::HookEnds(at, token));
            }
            Action::TcpSocket { .. } | Action::Grpc { .. } => {
                self.hook_over(cx, kernel, at, token, HookResult::failed("invalid handler"));
            }
        }
    }

    fn hook_request(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32, answer: Request) {
        match answer {
            Request::Answered { status, after } => {
                if let Some(run) = self.slot_mut(at).and_then(|s| s.hook.as_mut()) {
                    run.status = Some(status);
                }
                self.later(cx, after, Due::HookEnds(at, token));
            }
            Request::Refused => {
                self.hook_over(cx, kernel, at, token, HookResult::failed("connection refused"));
            }
            // The connection waits in the backlog, and the kubelet's client has no time-out.
            Request::NoAnswer => {}
        }
    }

    /// Starts a process in a running container from outside; its output goes nowhere.
    pub(super) fn start_inside(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        at: At,
        argv: &[Text],
        role: &str,
    ) -> Option<TaskId> {
        let start = self.inside(at, argv, role)?;
        kernel.start(cx, &start).ok()
    }

    /// How a process is started in a running container.
    pub(super) fn inside(&self, at: At, argv: &[Text], role: &str) -> Option<Start> {
        let worker = self.worker(at.pod)?;
        let slot = self.slot(at).filter(|s| s.is_running())?;
        let plan = worker.plan(at.slot)?;
        Some(Start {
            namespace: slot.namespace?,
            container: slot.current,
            role: role.into(),
            files: slot.files?,
            net: worker.net,
            argv: argv.into(),
            env: plan.env.clone(),
            cwd: plan.cwd.clone(),
            uid: plan.uid,
            logged: false,
            stdin: None,
        })
    }

    /// What a request of the kubelet to a container meets.
    pub(super) fn request(
        &self,
        cx: &Cx,
        kernel: &Kernel,
        at: At,
        port: Option<u16>,
        path: &str,
        elsewhere: bool,
    ) -> Request {
        // Another host than the pod is not simulated; it answers.
        if elsewhere {
            return Request::Answered { status: DEFAULT_STATUS, after: SimDuration::ZERO };
        }
        let Some((worker, port)) = self.worker(at.pod).zip(port) else { return Request::Refused };
        if !kernel.listens(worker.net, port) {
            return Request::Refused;
        }
        if !kernel.accepts(worker.net, port) {
            return Request::NoAnswer;
        }
        let runs_for = self.slot(at).map(|s| cx.now().since(s.started_at)).unwrap_or_default();
        let mut rows = worker.plan(at.slot).map(|p| p.answers.iter()).into_iter().flatten();
        let row = rows.rfind(|r| &*r.path == path && r.since <= runs_for);
        row.map_or(Request::Answered { status: DEFAULT_STATUS, after: SimDuration::ZERO }, |r| Request::Answered {
            status: r.status,
            after: r.after,
        })
    }

    /// A hook's timer: its sleep is over, or its request is answered.
    pub(super) fn hook_answered(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let Some(run) = self.slot(at).and_then(|s| s.hook).filter(|h| h.token == token) else { return };
        let result = run.status.map_or(HookResult::Done, HookResult::Answered);
        self.hook_over(cx, kernel, at, token, result);
    }

    /// A hook's process ended.
    pub(super) fn hook_died(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32, status: ExitStatus) {
        let alive = self.slot(at).is_some_and(|s| s.is_running());
        let result = match status {
            ExitStatus::Exited(0) => HookResult::Done,
            ExitStatus::Signaled(_) if !alive => HookResult::Killed,
            ended => HookResult::failed(&format!("{ended}")),
        };
        self.hook_over(cx, kernel, at, token, result);
    }

    /// The container ended under a request: the connection is cut.
    pub(super) fn cut_hook_request(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        let Some(run) = self.slot(at).and_then(|s| s.hook).filter(|h| h.kind == HookKind::HttpGet) else { return };
        self.hook_over(cx, kernel, at, run.token, HookResult::failed("EOF"));
    }

    /// A hook is over: events, then what waited for it.
    pub(super) fn hook_over(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32, result: HookResult) {
        let Some(slot) = self.slot_mut(at) else { return };
        let Some(run) = slot.hook.filter(|h| h.token == token) else { return };
        slot.hook = None;
        let Some(container) = slot.current else { return };
        let ok = matches!(result, HookResult::Done | HookResult::Answered(_));
        let rule = if ok { RuleId::KubeletHookEnded } else { RuleId::KubeletHookFailed };
        let ended = cx.emit(rule, EventKind::Container(container, OnContainer::HookEnded(run.hook, result)));
        cx.because(ended, |cx| {
            if !ok {
                self.report_hook_failure(cx, at, container, run.hook);
            }
            match run.hook {
                Hook::PreStop => self.pre_stop_over(cx, at, run),
                Hook::PostStart if ok => self.free_worker(cx, kernel, at.pod),
                Hook::PostStart => self.kill_after_post_start(cx, kernel, at),
            }
        });
    }

    fn pre_stop_over(&mut self, cx: &mut Cx, at: At, run: HookRun) {
        let Some(kill) = self.slot(at).and_then(|s| s.kill) else { return };
        if !run.overran && kill.step == KillStep::Hook {
            let latency = self.worker(at.pod).map(|w| w.plan.latencies.runtime).unwrap_or_default();
            self.later(cx, latency, Due::AfterHook(at, kill.token));
        }
    }

    fn report_hook_failure(&mut self, cx: &mut Cx, at: At, _container: ContainerId, hook: Hook) {
        let Some((worker, slot)) = self.worker(at.pod).zip(self.slot(at)) else { return };
        let (reason, short) = match hook {
            Hook::PreStop => ("FailedPreStopHook", "PreStopHook failed"),
            Hook::PostStart => ("FailedPostStartHook", "PostStartHook failed"),
        };
        let message = match self.action(at, hook) {
            Some(Action::Exec { command }) if worker.plan.kubernetes.rules().hook_output_in_event => {
                let words: Vec<&str> = command.iter().map(|w| w.as_str()).collect();
                let (words, name) = (words.join(" "), &slot.name);
                format!("Exec lifecycle hook ([{words}]) for Container \"{name}\" in Pod \"{}\" failed", worker.name)
            }
            _ => short.to_owned(),
        };
        events::warning(cx, RuleId::KubeletHookFailed, at.pod, reason, &message);
    }

    /// The grace is used up by the hook: the kubelet goes on without it.
    pub(super) fn hook_limit(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let Some(slot) = self.slot_mut(at) else { return };
        let waits = slot.kill.is_some_and(|k| k.token == token && k.step == KillStep::Hook);
        let (Some(run), Some(container), true) = (slot.hook.as_mut(), slot.current, waits) else { return };
        run.overran = true;
        let what = OnContainer::HookEnded(run.hook, HookResult::Overran);
        let event = cx.emit(RuleId::KubeletHookOverran, EventKind::Container(container, what));
        cx.because(event, |cx| self.after_hook(cx, kernel, at, token));
    }
}

/// What a request of the kubelet meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// An answer.
    Answered {
        /// Status code.
        status: u16,
        /// How long it takes.
        after: SimDuration,
    },
    /// Nobody listens.
    Refused,
    /// The connection is made and nothing comes back.
    NoAnswer,
}
