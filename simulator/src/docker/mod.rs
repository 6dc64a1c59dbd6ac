//! The Docker daemon, in place of a cluster: containers without pods, `docker stop`, `docker kill`, restart policies, and the
//! order in which Compose starts and stops, with its hooks.
//!
//! Follows moby daemon/stop.go, daemon/kill.go, daemon/monitor.go, daemon/internal/restartmanager; docker/cli
//! cli/command/container; compose pkg/compose/dependencies.go. There is no least grace period, no probe, no
//! sandbox. In the trace a container stands where a pod would, marked as Docker's.
//!
//! Not here: what its processes do (the kernel's business), images and networks, health checks.

mod hook;
mod interrupt;
mod plan;
mod stop;

pub use plan::{DEFAULT_TIMEOUT_S, DockerHook, DockerPlan, Restart};
pub use stop::StopRequest;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{ContainerId, EventId, NamespaceId, PodId, TaskId};
use crate::base::time::{SimDuration, SimTime};
use crate::cx::{Cx, Stimulus};
use crate::kernel::process::{EXEC_ROLE, Start};
use crate::kernel::{FilesId, Kernel, NetId};
use crate::rules::RuleId;
use crate::trace::{ContainerEnd, EventKind, ExitStatus, NewContainer, NewPod, OnContainer, OnPod, OnTask};

/// From a request at the daemon to the process: containerd, shim and runc. Assumed, as no figure was measured.
const LATENCY: SimDuration = SimDuration::from_millis(20);
/// From `docker run` to the main process. Assumed.
const START: SimDuration = SimDuration::from_millis(300);
/// First wait before a restart; each further one is twice as long (restartmanager.go `defaultTimeout`).
const FIRST_WAIT: SimDuration = SimDuration::from_millis(100);
/// Longest wait (restartmanager.go `maxRestartTimeout`).
const LONGEST_WAIT: SimDuration = SimDuration::from_secs(60);
/// After a run of this length the wait is the first one again (restartmanager.go `ShouldRestart`).
const LONG_RUN: SimDuration = SimDuration::from_secs(10);

/// The daemon.
#[derive(Clone, Debug, Default)]
pub struct Docker {
    containers: Vec<State>,
    timers: Vec<Due>,
    watched: BTreeMap<TaskId, usize>,
    /// Hooks of Compose that run: whose, and which of its hooks.
    hooks: BTreeMap<TaskId, (usize, usize)>,
    tokens: u32,
    /// Everything goes, dependents first, with this timeout.
    going_down: Option<Option<i64>>,
}

/// A container of the daemon.
#[derive(Clone, Debug)]
struct State {
    plan: Arc<DockerPlan>,
    /// What stands for it in the trace.
    pod: PodId,
    current: Option<ContainerId>,
    namespace: Option<NamespaceId>,
    files: Option<FilesId>,
    main: Option<TaskId>,
    started: SimTime,
    restarts: u32,
    wait: SimDuration,
    /// No restart any more: somebody stopped or killed it (`HasBeenManuallyStopped`).
    manually_stopped: bool,
    /// `docker restart` waits for its end.
    starts_again: bool,
    /// The stop that is under way.
    stopping: Option<u32>,
    removed: bool,
}

/// What a timer is for: the container's place in the list.
#[derive(Clone, Copy, Debug)]
enum Due {
    Start(usize),
    Signal(usize, u32, crate::base::signal::Signal),
    Limit(usize, u32),
    Kill(usize),
    Restart(usize),
    Hook(usize, usize),
}

impl Docker {
    /// A daemon without containers.
    pub fn new() -> Self {
        Docker::default()
    }

    /// Makes all containers and starts them, each after those it depends on.
    pub fn up(&mut self, cx: &mut Cx, plans: &[DockerPlan]) {
        for (place, plan) in plans.iter().enumerate() {
            let pod = PodId::from_index(cx.seen().pods.len());
            let object = NewPod { name: plan.name.clone(), owner: Text::from(""), node: 0, docker: true };
            let made = cx.emit(RuleId::DockerRun, EventKind::Pod(pod, OnPod::Created(Box::new(object))));
            self.containers.push(State {
                plan: Arc::new(plan.clone()),
                pod,
                current: None,
                namespace: None,
                files: None,
                main: None,
                started: SimTime::ZERO,
                restarts: 0,
                wait: SimDuration::ZERO,
                manually_stopped: false,
                starts_again: false,
                stopping: None,
                removed: false,
            });
            let depth = depth(plans, place, 0);
            cx.because(made, |cx| self.later(cx, START.times(depth + 1), Due::Start(place)));
        }
    }

    /// A timer of the daemon went off (`Stimulus::Docker`).
    pub fn timer(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32) {
        let Some(due) = self.timers.get(usize::try_from(number).unwrap_or(usize::MAX)).copied() else { return };
        match due {
            Due::Start(place) => self.start(cx, kernel, place),
            Due::Signal(place, token, signal) => self.send(cx, kernel, place, token, signal),
            Due::Limit(place, token) => self.limit(cx, kernel, place, token),
            Due::Kill(place) => self.kill_main(cx, kernel, place),
            Due::Restart(place) => self.restart(cx, kernel, place),
            Due::Hook(place, number) => self.start_hook(cx, kernel, place, number),
        }
    }

    /// Looks at new events: main processes that ended.
    pub fn react(&mut self, cx: &mut Cx, new: Range<EventId>) {
        if self.watched.is_empty() {
            return;
        }
        for number in new.start.0..new.end.0 {
            let event = EventId(number);
            let Some(EventKind::Task(task, OnTask::Died(status))) = cx.trace().get(event).map(|e| &e.kind) else {
                continue;
            };
            let status = *status;
            if let Some((place, number)) = self.hooks.remove(task) {
                cx.because(event, |cx| self.hook_ended(cx, place, number, status));
            } else if let Some(place) = self.watched.remove(task) {
                cx.because(event, |cx| self.exited(cx, place, status));
            }
        }
    }

    /// `docker exec`: a process in a container from outside.
    pub fn exec(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        name: Option<&str>,
        argv: &Arc<[Text]>,
        stdin: Option<Text>,
    ) {
        let Some(state) = self.find(name).and_then(|place| self.containers.get(place)) else { return };
        if state.main.is_none() {
            return;
        }
        let Some(start) = state.inside(argv, EXEC_ROLE.into(), stdin) else { return };
        // A program that is not there is an event of its own; it changes nothing else.
        let _ = kernel.start(cx, &start);
    }

    /// The container of this name, or whose name begins so, or the first.
    fn find(&self, name: Option<&str>) -> Option<usize> {
        let there =
            |wanted: &dyn Fn(&str) -> bool| self.containers.iter().position(|s| !s.removed && wanted(&s.plan.name));
        match name {
            None => there(&|_| true),
            Some(name) => there(&|n| n == name).or_else(|| there(&|n| n.starts_with(name))),
        }
    }

    fn later(&mut self, cx: &mut Cx, delay: SimDuration, due: Due) {
        let number = u32::try_from(self.timers.len()).unwrap_or(u32::MAX);
        self.timers.push(due);
        cx.after(delay, Stimulus::Docker(number));
    }

    fn token(&mut self) -> u32 {
        self.tokens = self.tokens.wrapping_add(1);
        self.tokens
    }

    /// The runtime makes the container's namespaces and starts its main process.
    fn start(&mut self, cx: &mut Cx, kernel: &mut Kernel, place: usize) {
        let Some(state) = self.containers.get_mut(place).filter(|s| s.main.is_none() && !s.removed) else { return };
        if state.manually_stopped {
            return;
        }
        let container = ContainerId::from_index(cx.seen().containers.len());
        let new = NewContainer { pod: state.pod, name: state.plan.name.clone(), restarts: state.restarts };
        cx.emit(RuleId::RuntimeCreated, EventKind::Container(container, OnContainer::Created(Box::new(new))));
        state.namespace = Some(kernel.new_namespace(cx, state.plan.runtime.first_forked));
        let plan = &state.plan.container;
        // A container keeps what was written in it over its restarts.
        state.files = state.files.or_else(|| Some(kernel.add_files(plan.files.clone(), plan.settings.clone())));
        state.current = Some(container);
        if let Some(limit) = state.plan.pids_limit {
            kernel.limit_container(container, limit);
        }
        state.started = cx.now();
        let argv = plan.argv.clone();
        let Some(start) = state.inside(&argv, "init".into(), None) else { return };
        match kernel.start(cx, &start) {
            Ok(task) => {
                state.main = Some(task);
                self.watched.insert(task, place);
                cx.emit(RuleId::RuntimeStarted, EventKind::Container(container, OnContainer::Started(task)));
            }
            Err(errno) => self.start_failed(cx, container, &argv, errno),
        }
    }

    /// The client ends with 127 for a program that is not there, 126 for one that cannot be executed; no restart policy acts.
    fn start_failed(&mut self, cx: &mut Cx, container: ContainerId, argv: &[Text], errno: Errno) {
        let file = argv.first().map_or("", |a| a);
        let (why, code) = match errno {
            Errno::Enoent if file.contains('/') => (format!("stat {file}: no such file or directory"), 127),
            Errno::Enoent => ("executable file not found in $PATH".to_owned(), 127),
            Errno::Enotdir => (format!("stat {file}: not a directory"), 126),
            Errno::Enoexec => ("exec format error".to_owned(), 126),
            _ => ("permission denied".to_owned(), 126),
        };
        let words = format!(
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: \
             unable to start container process: error during container init: exec: \"{file}\": {why}"
        );
        let failed = OnContainer::StartFailed(words.as_str().into());
        cx.emit(RuleId::RuntimeStartError, EventKind::Container(container, failed));
        let end = ContainerEnd { code, reason: "StartError".into(), message: "".into() };
        cx.emit(RuleId::RuntimeStartError, EventKind::Container(container, OnContainer::Exited(Box::new(end))));
    }

    /// The main process ended, and everything in its namespace with it.
    fn exited(&mut self, cx: &mut Cx, place: usize, status: ExitStatus) {
        let Some(state) = self.containers.get_mut(place) else { return };
        let Some(container) = state.current else { return };
        state.main = None;
        state.stopping = None;
        let code = status.container_code();
        let reason = if code == 0 { "Completed" } else { "Error" };
        let end = ContainerEnd { code, reason: reason.into(), message: "".into() };
        let exited = cx.emit(RuleId::RuntimeExit, EventKind::Container(container, OnContainer::Exited(Box::new(end))));
        let wait = state.next_wait(cx.now(), code);
        let again = state.starts_again;
        let remove = state.plan.remove && wait.is_none() && !again;
        let pod = state.pod;
        state.removed |= remove;
        cx.because(exited, |cx| {
            if let Some(wait) = wait {
                let what = OnContainer::BackOff(wait);
                let planned = cx.emit(RuleId::DockerRestart, EventKind::Container(container, what));
                cx.because(planned, |cx| self.later(cx, wait, Due::Restart(place)));
            }
            if again {
                self.start_again(cx, place);
            }
            if remove {
                cx.emit(RuleId::DockerRun, EventKind::Pod(pod, OnPod::Removed));
            }
            self.next_down(cx);
        });
    }

    fn restart(&mut self, cx: &mut Cx, kernel: &mut Kernel, place: usize) {
        let Some(state) = self.containers.get_mut(place).filter(|s| !s.manually_stopped) else { return };
        state.restarts = state.restarts.saturating_add(1);
        self.start(cx, kernel, place);
    }
}

/// How many starts come before this one; a circle is cut.
fn depth(plans: &[DockerPlan], place: usize, level: u64) -> u64 {
    let Some(plan) = plans.get(place).filter(|_| level < 16) else { return 0 };
    plan.depends_on.iter().map(|d| depth(plans, *d, level + 1) + 1).max().unwrap_or(0)
}

impl State {
    /// A process in this container.
    fn inside(&self, argv: &Arc<[Text]>, role: Text, stdin: Option<Text>) -> Option<Start> {
        let plan = &self.plan.container;
        Some(Start {
            namespace: self.namespace?,
            container: self.current,
            logged: &*role != EXEC_ROLE,
            role,
            files: self.files?,
            net: NetId(self.pod.0),
            argv: argv.clone(),
            env: plan.env.clone(),
            cwd: plan.cwd.clone(),
            uid: plan.uid,
            stdin,
        })
    }

    /// How long to wait before the next start, if there is one.
    fn next_wait(&mut self, now: SimTime, code: u32) -> Option<SimDuration> {
        let again = match self.plan.restart {
            Restart::No => false,
            Restart::Always => true,
            Restart::OnFailure(most) => code != 0 && (most == 0 || self.restarts < most),
        };
        if !again || self.manually_stopped {
            return None;
        }
        let long = now.since(self.started) >= LONG_RUN;
        self.wait =
            if long || self.wait == SimDuration::ZERO { FIRST_WAIT } else { self.wait.times(2).min(LONGEST_WAIT) };
        Some(self.wait)
    }
}
