//! The answer to a case: a view of the trace.

use super::input::Input;
use super::manifest::{UNLISTED, containers};
use super::trigger::{Deed, Story};
use crate::base::id::{ContainerId, EventId, Pid, TaskId};
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::kubelet::Eviction;
use crate::kubelet::start::SANDBOX;
use crate::observed::{ContainerState, Observed};
use crate::rules::RuleId;
use crate::trace::{
    EventKind, EventType, ExitStatus, Hook, HookKind, HookResult, OnContainer, OnPod, OnTask, PodPhase, Sender, Trace,
};

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// In order of happening.
    pub events: Vec<Line>,
    /// The containers of the case, in its order.
    pub containers: Vec<ContainerAnswer>,
    /// The pod's phase at the end, where the case determines it.
    pub pod_phase: Option<&'static str>,
    /// When the last container had stopped.
    pub all_containers_stopped_at: Option<SimDuration>,
    /// When the object was gone.
    pub api_object_gone_at: Option<SimDuration>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Time after the trigger.
    pub t: SimDuration,
    /// `kubelet-event`, `api`, `kubectl`, or a container's name.
    pub who: String,
    /// What.
    pub what: String,
}

impl Line {
    pub(super) fn new(t: SimDuration, who: &str, what: &str) -> Self {
        Line { t, who: who.to_owned(), what: what.to_owned() }
    }
}

/// The end of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerAnswer {
    /// Name.
    pub name: String,
    /// Exit code as its status shows it; none if it still runs.
    pub exit_code: Option<u32>,
    /// `Completed`, `Error`.
    pub reason: Option<String>,
    /// When.
    pub finished_at: Option<SimDuration>,
}

impl Answer {
    pub(super) fn of(events: Vec<Line>) -> Self {
        Answer { events, ..Answer::default() }
    }
}

/// Looks at a finished run.
pub(super) fn view(input: &Input, story: &Story, start: SimTime, trace: &Trace, end: &Observed) -> Answer {
    let view = View { input, start, trace, end, hooks: Vec::new(), lines: Vec::new() };
    let listed: Vec<String> =
        input.containers.iter().zip(containers(input, story)).filter_map(|(_, c)| c.name).collect();
    let answers: Vec<ContainerAnswer> = listed.iter().map(|name| view.container(name)).collect();
    let stopped = answers.iter().all(|c| c.finished_at.is_some()) && !answers.is_empty();
    let last = answers.iter().filter_map(|c| c.finished_at).max().filter(|_| stopped);
    let gone = end.pods.first().and_then(|p| p.removed).map(|(at, _)| at.since(start));
    Answer {
        pod_phase: view.phase(story),
        all_containers_stopped_at: last,
        api_object_gone_at: gone,
        containers: answers,
        events: first_restart(input, story, view.events()),
    }
}

/// After a kill by a probe: what happens up to the next start, or with the grace given, up to the end of the container.
fn first_restart(input: &Input, story: &Story, mut lines: Vec<Line>) -> Vec<Line> {
    if story.probe.is_none() {
        return lines;
    }
    let begins = lines.iter().position(|l| l.what.starts_with("start "));
    let Some(begins) = begins else { return lines };
    let at = lines.get(begins).map(|l| l.t);
    let alone = input.kubelet_grace_override.is_some();
    let last = lines.iter().rposition(|l| match alone {
        true => l.what.starts_with("exit ") && Some(l.t) <= at,
        false => Some(l.t) == at,
    });
    lines.truncate(last.map_or(lines.len(), |n| n.saturating_add(1)));
    lines
}

struct View<'a> {
    input: &'a Input,
    start: SimTime,
    trace: &'a Trace,
    end: &'a Observed,
    hooks: Vec<(ContainerId, HookKind)>,
    lines: Vec<Line>,
}

impl View<'_> {
    fn container(&self, name: &str) -> ContainerAnswer {
        // A container that is restarted has ended when its first run after the trigger has.
        let ended = self.end.containers.iter().filter(|c| &*c.name == name).find_map(|c| match &c.state {
            ContainerState::Exited { end, at, .. } if *at >= self.start => Some((end, at.since(self.start))),
            ContainerState::Exited { .. }
            | ContainerState::Created
            | ContainerState::Running
            | ContainerState::Stopping(_) => None,
        });
        ContainerAnswer {
            name: name.to_owned(),
            exit_code: ended.map(|(end, _)| end.code),
            reason: ended.map(|(end, _)| end.reason.to_string()),
            finished_at: ended.map(|(_, at)| at),
        }
    }

    /// The phase, if the case lists the containers that decide it and the pod has an object.
    fn phase(&self, story: &Story) -> Option<&'static str> {
        let regular: Vec<&str> = self
            .input
            .containers
            .iter()
            .enumerate()
            .filter(|(_, c)| c.role.as_deref() != Some("sidecar"))
            .map(|(_, c)| c.name.as_deref().unwrap_or_default())
            .collect();
        let orphan = story.deeds.iter().any(|(_, d)| *d == Deed::Evict(Eviction::Orphan));
        if regular.is_empty() || orphan {
            return None;
        }
        let pod = self.end.pods.first()?;
        // A removed object has no phase any more; what it would have been follows from its containers.
        let phase = if pod.removed.is_some() && pod.terminating.is_some() {
            let codes: Vec<Option<u32>> = regular.iter().map(|name| self.container(name).exit_code).collect();
            match codes.iter().copied().collect::<Option<Vec<u32>>>() {
                Some(codes) if pod.reason.is_empty() && codes.iter().all(|c| *c == 0) => PodPhase::Succeeded,
                Some(_) => PodPhase::Failed,
                None => pod.phase,
            }
        } else {
            pod.phase
        };
        Some(match phase {
            PodPhase::Pending => "Pending",
            PodPhase::Running => "Running",
            PodPhase::Succeeded => "Succeeded",
            PodPhase::Failed => "Failed",
        })
    }

    fn events(mut self) -> Vec<Line> {
        for (id, event) in self.trace.iter() {
            if let EventKind::Container(c, OnContainer::HookStarted(Hook::PreStop, kind)) = &event.kind {
                self.hooks.push((*c, *kind));
            }
            if event.at < self.start {
                continue;
            }
            let t = event.at.since(self.start);
            if let Some((who, what)) = self.line(id, &event.kind, event.rule) {
                self.lines.push(Line { t, who, what });
            }
        }
        self.lines
    }

    fn line(&self, id: EventId, kind: &EventKind, rule: RuleId) -> Option<(String, String)> {
        match kind {
            EventKind::Pod(_, what) => self.pod(what, rule),
            EventKind::Container(container, what) => self.on_container(*container, what),
            EventKind::Task(task, OnTask::Sent { signal, from: Sender::Outside }) => self.signal(id, *task, *signal),
            EventKind::Input(_)
            | EventKind::Namespace(..)
            | EventKind::Task(..)
            | EventKind::Endpoint(..)
            | EventKind::Workload(..)
            | EventKind::Request(..)
            | EventKind::Node(..)
            | EventKind::Budget(_) => None,
        }
    }

    fn pod(&self, what: &OnPod, rule: RuleId) -> Option<(String, String)> {
        let api_shown = self.input.kubelet_grace_override.is_none();
        let api = |text: String| api_shown.then(|| ("api".to_owned(), text));
        match what {
            OnPod::Event(_) if rule == RuleId::KubeletEviction && !api_shown => None,
            // What happens before the container is there is not part of a case.
            OnPod::Event(event) if matches!(&*event.reason, "Scheduled" | "Pulled") => None,
            // With the grace given, the kill is looked at alone.
            OnPod::Event(event) if &*event.reason == "Unhealthy" && !api_shown => None,
            OnPod::Event(event) => {
                let kind = match event.kind {
                    EventType::Normal => "Normal",
                    EventType::Warning => "Warning",
                };
                Some(("kubelet-event".into(), format!("{kind} {}: {}", event.reason, event.message)))
            }
            OnPod::DeleteRefused(_) => Some(("kubectl".into(), "error, nothing sent".into())),
            OnPod::DeleteRequested { grace_s, deadline, .. } if rule == RuleId::ApiDeleteShorter => {
                let until = deadline.since(self.start).as_secs();
                api(format!("deletionTimestamp={until}, deletionGracePeriodSeconds={grace_s}"))
            }
            OnPod::DeleteRequested { grace_s, .. } => api(format!("deletionGracePeriodSeconds={grace_s}")),
            OnPod::Removed if rule == RuleId::ApiGraceZero => api("object removed".into()),
            OnPod::DeleteIgnored { grace_s } => api(format!("delete with gracePeriodSeconds={grace_s} ignored")),
            OnPod::Created(_)
            | OnPod::Seen
            | OnPod::Phase(_)
            | OnPod::ContainersReady
            | OnPod::Ready(_)
            | OnPod::Reason(_)
            | OnPod::WorkerBusy
            | OnPod::EvictionRefused(_)
            | OnPod::HeldByFinalizers
            | OnPod::Terminating(_)
            | OnPod::SandboxStopped
            | OnPod::NetworkGone
            | OnPod::Removed => None,
        }
    }

    fn on_container(&self, id: ContainerId, what: &OnContainer) -> Option<(String, String)> {
        let container = self.end.container(id).filter(|c| ![SANDBOX, UNLISTED].contains(&&*c.name))?;
        let name = container.name.to_string();
        let text = match what {
            OnContainer::Started(_) => {
                let mut before = self.end.containers.iter();
                let before =
                    before.rfind(|c| c.name == container.name && c.restarts.saturating_add(1) == container.restarts);
                let at_once = before.is_some_and(|c| c.back_off_until.is_none());
                let tail = if at_once { " (no delay)" } else { "" };
                format!("start {}{tail}", container.restarts.saturating_add(1))
            }
            OnContainer::StopRequested { timeout, .. } => format!("StopContainer(timeout={})", timeout.as_secs()),
            OnContainer::StopRefused(text) => format!("StopContainer fails: {text}"),
            OnContainer::HookStarted(Hook::PreStop, HookKind::Exec) => "preStop exec start".to_owned(),
            OnContainer::HookEnded(Hook::PreStop, HookResult::Answered(status)) if *status >= 400 => {
                return Some(("kubelet".into(), "no FailedPreStopHook".into()));
            }
            OnContainer::HookEnded(Hook::PreStop, result) => {
                let kind = self.hooks.iter().rfind(|(c, _)| *c == id).map(|(_, kind)| *kind);
                let ended = match result {
                    HookResult::Done => "done",
                    HookResult::Failed(_) => "failed",
                    HookResult::Killed => "killed with container",
                    HookResult::Overran | HookResult::Answered(_) => return None,
                };
                if kind != Some(HookKind::Exec) {
                    return None;
                }
                format!("preStop exec {ended}")
            }
            OnContainer::Exited(end) => self.exit(container.init, end.code),
            OnContainer::Created(_)
            | OnContainer::StartFailed(_)
            | OnContainer::GraceExpired
            | OnContainer::OutOfMemory
            | OnContainer::WaitsForTurn
            | OnContainer::LeftoversKilled(_)
            | OnContainer::HookStarted(..)
            | OnContainer::HookEnded(..)
            | OnContainer::Ready(_)
            | OnContainer::Probed { .. }
            | OnContainer::BackOff(_)
            | OnContainer::RestartRule { .. }
            | OnContainer::Waiting => return None,
        };
        Some((name, text))
    }

    /// How the main process ended, in words.
    fn exit(&self, init: Option<TaskId>, code: u32) -> String {
        let Some((task, seen)) = init.and_then(|t| Some((t, self.end.task(t)?))) else { return format!("exit {code}") };
        match seen.ended().map(|(status, _)| status) {
            Some(ExitStatus::Signaled(Signal::KILL)) => format!("exit {code} (killed)"),
            Some(ExitStatus::Signaled(_)) if seen.pid != Pid::INIT => format!("{} dies {code}", seen.comm),
            Some(ExitStatus::Signaled(signal)) => format!("exit {code} (SIG{signal})"),
            Some(ExitStatus::Exited(_)) if self.caught(task) => format!("exit {code} (handled stop signal)"),
            Some(ExitStatus::Exited(_)) | None => format!("exit {code} (self)"),
        }
    }

    /// Did a handler of this process run on a stop signal?
    fn caught(&self, task: TaskId) -> bool {
        let stop = |cause: Option<EventId>| cause.is_some_and(|c| self.is_stop_signal(c));
        self.trace
            .iter()
            .any(|(_, e)| matches!(e.kind, EventKind::Task(t, OnTask::Caught(_)) if t == task) && stop(e.cause))
    }

    fn is_stop_signal(&self, sent: EventId) -> bool {
        let cause = self.trace.get(sent).and_then(|e| e.cause).and_then(|c| self.trace.get(c));
        cause.is_some_and(|e| matches!(e.kind, EventKind::Container(_, OnContainer::StopRequested { .. })))
    }

    /// A signal from outside, by what it was sent for.
    fn signal(&self, id: EventId, task: TaskId, signal: Signal) -> Option<(String, String)> {
        let seen = self.end.task(task)?;
        let container = self.end.container(seen.container?)?;
        let (name, comm) = (container.name.to_string(), &seen.comm);
        let cause = self.trace.get(id).and_then(|e| e.cause).and_then(|c| self.trace.get(c))?;
        let cause = match &cause.kind {
            EventKind::Container(_, cause) => cause,
            // The sandbox is stopped while the container still runs.
            EventKind::Pod(_, OnPod::SandboxStopped) if container.init == Some(task) && &*name != SANDBOX => {
                return Some((name, "SIGKILL".to_owned()));
            }
            _ => return None,
        };
        let dropped = self.trace.iter().skip(id.index()).find_map(|(_, e)| match e.kind {
            EventKind::Task(t, OnTask::Dropped(_)) if t == task && e.cause == Some(id) => Some(e.rule),
            _ => None,
        });
        let others = self.end.tasks.iter().filter(|t| t.container == seen.container && t.role.is_none()).count();
        let text = match cause {
            OnContainer::StopRequested { .. } if signal == Signal::KILL => "SIGKILL as stop signal".to_owned(),
            OnContainer::StopRequested { .. } if dropped == Some(RuleId::SignalInitNoHandler) && others > 0 => {
                format!("STOPSIGNAL ignored by PID 1 {comm}")
            }
            OnContainer::StopRequested { .. } if seen.pid != Pid::INIT => format!("STOPSIGNAL to {comm}"),
            OnContainer::StopRequested { .. } => "STOPSIGNAL".to_owned(),
            OnContainer::GraceExpired if seen.pid == Pid::INIT && others > 0 => "SIGKILL: namespace dies".to_owned(),
            OnContainer::GraceExpired if container.init == Some(task) => "SIGKILL".to_owned(),
            OnContainer::LeftoversKilled(_) => format!("shim SIGKILLs {comm}"),
            _ => return None,
        };
        Some((name, text))
    }
}
