//! The kernel: processes, signals, PID namespaces, files and sockets, as far as programs can tell.
//!
//! Follows Linux (files and functions are named at each rule). It owns what cannot be seen: program values, what each waits
//! for, open files. Everything that can be seen is in `Observed` and changes only by events. Not simulated: threads,
//! terminals, users beyond uid 0 or not, memory, scheduling classes.

pub mod bare;
pub mod exec;
pub mod exit;
pub mod fault;
mod fifo;
pub mod file;
pub mod fs;
mod given_files;
mod group;
mod mark;
pub mod permission;
pub mod process;
pub mod signal;
pub mod socket;
pub mod syscall;
pub mod wait;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Text;
use crate::base::id::{ContainerId, NamespaceId, TaskId};
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimDuration;
use crate::cx::{Cx, Stimulus};
use crate::program::app::limits::StopLimit;
use crate::program::call::{Env, Fd, Settings};
use crate::program::{Call, KillTarget, Program, Resume, Sys};
use crate::rules::RuleId;
use crate::trace::{EventKind, OnTask, Wait, WaitTarget};

use file::{Descriptors, OpenFiles};
use fs::FileSystem;
use socket::Sockets;

/// CPU time that a process has used when it made `Limits::calls_per_instant` calls without waiting; it doubles as long as
/// the process does not wait, so that an endless loop of calls stays cheap.
const BUSY_SLICE: SimDuration = SimDuration::from_millis(10);
/// The longest such stretch: a handler runs at most this late in an endless loop of calls.
const LONGEST_BUSY_SLICE: SimDuration = SimDuration::from_millis(160);

/// A set of files shared by the processes of one container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilesId(pub u32);

/// A network namespace: the processes of one pod share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetId(pub u32);

/// What a blocked process waits for, with what the kernel needs to wake it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blocked {
    Child(WaitTarget),
    Sleep,
    Pause,
    Sigwait(SignalSet),
    Read {
        pipe: usize,
        line: bool,
    },
    /// Descriptors and the pipes behind them.
    Poll(Vec<(Fd, usize)>),
    Write {
        pipe: usize,
        text: Text,
    },
    Drain,
    Serve,
    Watch(watch::Watched),
    /// One end of a named pipe is open, and nobody has the other one.
    Open(Fd),
}

/// The hidden part of a living process.
#[derive(Clone, Debug)]
pub(crate) struct Cpu {
    pub program: Program,
    /// Result to hand over when it next runs.
    pub ready: Option<Resume>,
    pub blocked: Option<Blocked>,
    /// Counts wake-ups, so that a timer of an earlier wait is known to be stale.
    pub generation: u32,
    pub env: Env,
    pub cwd: Text,
    pub files: FilesId,
    pub net: NetId,
    pub descriptors: Descriptors,
    /// It computes until its timer goes off, although `ready` is set.
    pub busy: bool,
    /// It has run since it was forked.
    pub begun: bool,
    /// CPU time of its next stretch of calls without a wait.
    pub stretch: SimDuration,
    /// How often each real-time signal is pending besides the first time.
    pub queued: BTreeMap<Signal, u32>,
    /// Signals whose handlers run before anything else when it next gets the CPU.
    pub due: Vec<signal::Due>,
    /// Sent to it when its parent dies.
    pub parent_death: Option<Signal>,
    /// Most processes of its user.
    pub process_limit: Option<u32>,
    /// umask(2).
    pub umask: u32,
}

/// The kernel of the node.
#[derive(Clone, Debug, Default)]
pub struct Kernel {
    pub(crate) cpus: BTreeMap<TaskId, Cpu>,
    pub(crate) open_files: OpenFiles,
    pub(crate) sockets: Sockets,
    file_systems: Vec<FileSystem>,
    settings: Vec<Settings>,
    /// Most processes of a pod, zombies included.
    pids_limit: Option<u32>,
    /// The same of single containers, counted by container.
    container_pids: BTreeMap<ContainerId, u32>,
    /// Processes whose parent outside their namespace does not wait for them.
    neglected: BTreeSet<TaskId>,
}

impl Kernel {
    /// The time limits of the programs that run now (see `App::stop_limits`).
    pub fn stop_limits(&self) -> Vec<(TaskId, StopLimit)> {
        let of = |(task, cpu): (&TaskId, &Cpu)| match &cpu.program {
            Program::App(app) => app.stop_limits().into_iter().map(|limit| (*task, limit)).collect(),
            Program::Steps(_) | Program::Util(_) | Program::Init(_) | Program::Supervisor(_) | Program::Shell(_) => {
                Vec::new()
            }
        };
        self.cpus.iter().flat_map(of).collect()
    }

    /// A kernel without processes.
    pub fn new() -> Self {
        Kernel::default()
    }

    /// The same, and no pod may have more than so many processes, zombies included (kernel/cgroup/pids.c).
    pub fn with_pids_limit(limit: Option<u32>) -> Self {
        Kernel { pids_limit: limit, ..Kernel::default() }
    }

    /// From now on no pod may have more than so many processes.
    pub(crate) fn set_pids_limit(&mut self, limit: u32) {
        self.pids_limit = Some(limit);
    }

    /// From now on this container may have no more than so many processes (`pids.max` of its own cgroup).
    pub(crate) fn limit_container(&mut self, container: ContainerId, limit: u32) {
        self.container_pids.insert(container, limit);
    }

    /// Adds the files of a container, and the settings its programs read.
    pub fn add_files(&mut self, files: FileSystem, settings: Settings) -> FilesId {
        self.file_systems.push(files);
        self.settings.push(settings);
        FilesId(u32::try_from(self.file_systems.len() - 1).unwrap_or(u32::MAX))
    }

    /// The files `id`.
    pub fn files(&self, id: FilesId) -> Option<&FileSystem> {
        self.file_systems.get(index(id))
    }

    /// What runs in a living process.
    pub fn program(&self, task: TaskId) -> Option<&Program> {
        self.cpus.get(&task).map(|cpu| &cpu.program)
    }

    pub(crate) fn files_mut(&mut self, id: FilesId) -> Option<&mut FileSystem> {
        self.file_systems.get_mut(index(id))
    }

    /// Makes a PID namespace in which the first forked process will have the number `first_forked` (at least 2).
    pub fn new_namespace(&mut self, cx: &mut Cx, first_forked: crate::base::id::Pid) -> NamespaceId {
        let id = NamespaceId::from_index(cx.seen().namespaces.len());
        cx.emit(RuleId::NamespaceCreated, EventKind::Namespace(id, first_forked));
        id
    }

    /// Lets a process that can run do so, until it waits, ends, or has used its slice.
    pub fn run(&mut self, cx: &mut Cx, task: TaskId) {
        let limit = cx.limits().calls_per_instant;
        for _ in 0..limit {
            if cx.is_exhausted() || cx.seen().alive(task).is_none_or(|a| a.stopped) {
                return;
            }
            let Some(cpu) = self.cpus.get_mut(&task).filter(|cpu| !cpu.busy) else { return };
            let Some(resume) = cpu.ready.take() else { return };
            cpu.begun = true;
            if !cpu.due.is_empty() {
                let caught = self.run_handlers(cx, task);
                if resume == Resume::Interrupted {
                    cx.set_cause(caught);
                }
            }
            let Some(call) = self.resume(cx, task, resume) else { return };
            let permuted = cx.is_permuted();
            let yields = lets_others_run(&call, permuted) && (permuted || !self.aims_at_newborn(cx, &call));
            self.call(cx, task, call);
            if yields {
                cx.after(SimDuration::ZERO, Stimulus::Run(task));
                return;
            }
        }
        // It made a thousand calls without waiting: it computes, and time passes.
        if let Some(cpu) = self.cpus.get_mut(&task).filter(|cpu| !cpu.busy)
            && let Some(resume) = cpu.ready.take()
        {
            let stretch = cpu.stretch;
            cpu.stretch = if stretch < LONGEST_BUSY_SLICE { stretch.times(2) } else { LONGEST_BUSY_SLICE };
            self.spend(cx, task, stretch, resume);
        }
    }

    /// Is the process to be signalled one that has not run since it was forked? It takes longer to begin than its parent
    /// takes to go on (measured).
    fn aims_at_newborn(&self, cx: &Cx, call: &Call) -> bool {
        let Call::Kill(KillTarget::Pid(pid), _) = call else { return false };
        let mut newborn = self.cpus.iter().filter(|(_, cpu)| !cpu.begun).map(|(task, _)| *task);
        newborn.any(|task| cx.seen().task(task).is_some_and(|t| t.pid == *pid))
    }

    /// The timer of a sleep went off.
    pub fn wake_up(&mut self, cx: &mut Cx, task: TaskId, generation: u32) {
        let Some(cpu) = self.cpus.get_mut(&task) else { return };
        if cpu.generation != generation {
            return;
        }
        if cpu.busy {
            // A process that computed has its next result stored already.
            cpu.busy = false;
            cx.after(SimDuration::ZERO, Stimulus::Run(task));
        } else if cpu.blocked == Some(Blocked::Drain) && !self.is_drained(cx, task) {
            self.plan_drain(cx, task);
        } else if matches!(
            self.cpus.get(&task).and_then(|c| c.blocked.as_ref()),
            Some(Blocked::Sleep | Blocked::Drain | Blocked::Poll(_) | Blocked::Watch(_))
        ) {
            self.wake(cx, task, Resume::Done);
        }
    }

    fn resume(&mut self, cx: &Cx, task: TaskId, resume: Resume) -> Option<crate::program::Call> {
        let Kernel { cpus, file_systems, settings, .. } = self;
        let cpu = cpus.get_mut(&task)?;
        let seen = cx.seen();
        let this = seen.task(task)?;
        let ppid = this.parent.and_then(|p| seen.task(p)).map_or(crate::base::id::Pid::OUTSIDE, |p| p.pid);
        let sys = Sys {
            now: cx.now(),
            permuted: cx.is_permuted(),
            task,
            pid: this.pid,
            ppid,
            env: &cpu.env,
            umask: cpu.umask,
            cwd: &cpu.cwd,
            files: file_systems.get(index(cpu.files))?,
            seen,
            settings: settings.get(index(cpu.files))?,
        };
        Some(cpu.program.resume(resume, &sys))
    }

    /// Makes a blocked process ready to go on with `resume`.
    pub(crate) fn wake(&mut self, cx: &mut Cx, task: TaskId, resume: Resume) {
        let Some(cpu) = self.cpus.get_mut(&task) else { return };
        let left = match cpu.blocked.take() {
            Some(Blocked::Open(fd)) if resume == Resume::Interrupted => cpu.descriptors.take(fd),
            _ => None,
        };
        cpu.generation = cpu.generation.wrapping_add(1);
        cpu.ready = Some(resume);
        cx.after(SimDuration::ZERO, Stimulus::Run(task));
        if let Some(file) = left {
            self.close_file(cx, file);
        }
    }

    /// Blocks a process and records what it waits for, unless that was already so.
    pub(crate) fn block(&mut self, cx: &mut Cx, task: TaskId, blocked: Blocked, wait: Wait) {
        if let Some(cpu) = self.cpus.get_mut(&task) {
            cpu.blocked = Some(blocked);
            cpu.stretch = BUSY_SLICE;
        }
        self.note_wait(cx, task, wait);
    }

    pub(crate) fn note_wait(&self, cx: &mut Cx, task: TaskId, wait: Wait) {
        let known = cx.seen().alive(task).and_then(|a| a.wait).map(|w| w.value);
        if known != Some(wait) {
            cx.emit(RuleId::ProcessWaits, EventKind::Task(task, OnTask::Waits(wait)));
        }
    }

    /// The process computes for `time`, then goes on with `resume`.
    pub(crate) fn spend(&mut self, cx: &mut Cx, task: TaskId, time: SimDuration, resume: Resume) {
        self.note_wait(cx, task, Wait::Cpu);
        let Some(cpu) = self.cpus.get_mut(&task) else { return };
        cpu.generation = cpu.generation.wrapping_add(1);
        cpu.ready = Some(resume);
        cpu.blocked = None;
        cpu.busy = true;
        let generation = cpu.generation;
        cx.after(time, Stimulus::Wake(task, generation));
    }
}

/// Those that a process signals run at the same time on another CPU: they get a turn before it goes on. One that signals
/// its own group mostly goes on first, and so does one that forks (measured). Where it matters which of the two comes first
/// is found by permuting the order (`tie_salt`).
fn lets_others_run(call: &Call, permuted: bool) -> bool {
    match call {
        Call::Kill(KillTarget::OwnGroup, _) | Call::Fork => permuted,
        Call::Kill(..) | Call::KillEach(_) => true,
        _ => false,
    }
}

fn index(id: FilesId) -> usize {
    usize::try_from(id.0).unwrap_or(usize::MAX)
}
