//! How processes come to be: entering a namespace from outside, and fork(2).
//!
//! Sources: fork(2), clone(2), setns(2), pid_namespaces(7); kernel/fork.c `copy_process`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Cpu, FilesId, Kernel, NetId};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{ContainerId, NamespaceId, Pid, TaskId};
use crate::cx::Cx;
use crate::kernel::file::{Descriptors, OpenFile};
use crate::observed::Task;
use crate::program::call::Env;
use crate::program::{Program, Resume};
use crate::rules::RuleId;
use crate::trace::{Entry, EventKind, Execed, Exhausted, OnTask, Reaper, Stream};

/// The role of a process that `kubectl exec` starts: its output goes to the session of the person who called it.
pub const EXEC_ROLE: &str = "exec";

/// What the runtime wants to start.
#[derive(Clone, Debug)]
pub struct Start {
    /// The PID namespace; its first process becomes init.
    pub namespace: NamespaceId,
    /// The container whose cgroup the process is in.
    pub container: Option<ContainerId>,
    /// `init`, `exec`, `preStop`.
    pub role: Text,
    /// Files it sees.
    pub files: FilesId,
    /// Network it uses.
    pub net: NetId,
    /// Argument list.
    pub argv: Arc<[Text]>,
    /// Environment.
    pub env: Env,
    /// Working directory.
    pub cwd: Text,
    /// User id.
    pub uid: u32,
    /// Does its output reach the container's log? A hook's and an exec session's does not.
    pub logged: bool,
    /// What it reads on standard input; nothing is /dev/null.
    pub stdin: Option<Text>,
}

impl Kernel {
    /// Starts a process in a namespace from outside, as a container runtime does: it enters with a parent outside, then
    /// executes. On failure the process has exited (127 not found, 126 not executable) and is gone.
    pub fn start(&mut self, cx: &mut Cx, start: &Start) -> Result<TaskId, Errno> {
        let task = self.enter(cx, start)?;
        let result = match start.argv.first().cloned() {
            None => Err(Errno::Enoent),
            Some(file) => self.exec(cx, task, &file, &start.argv, &start.env),
        };
        match result {
            Ok(()) => {
                self.wake(cx, task, Resume::Start);
                Ok(task)
            }
            Err(errno) => {
                let code = if errno == Errno::Enoent { 127 } else { 126 };
                self.die(cx, task, RuleId::ProcessExecFailed, crate::trace::ExitStatus::Exited(code));
                Err(errno)
            }
        }
    }

    /// Puts a process with a ready-made program into a namespace; for tests and for bare namespaces.
    pub fn start_program(&mut self, cx: &mut Cx, start: &Start, program: Program) -> Result<TaskId, Errno> {
        let task = self.enter(cx, start)?;
        let path = start.argv.first().cloned().unwrap_or_else(|| Text::from("steps"));
        let new = Execed { path, argv: start.argv.clone(), program: program.kind() };
        cx.emit(RuleId::ProcessExec, EventKind::Task(task, OnTask::Execed(Box::new(new))));
        if let Some(cpu) = self.cpus.get_mut(&task) {
            cpu.program = program;
        }
        self.wake(cx, task, Resume::Start);
        Ok(task)
    }

    fn enter(&mut self, cx: &mut Cx, start: &Start) -> Result<TaskId, Errno> {
        let pid = self.next_pid(cx, start.namespace)?;
        let task = TaskId::from_index(cx.seen().tasks.len());
        let entry = Entry {
            namespace: start.namespace,
            pid,
            container: start.container,
            role: start.role.clone(),
            uid: start.uid,
        };
        cx.emit(RuleId::ProcessEntered, EventKind::Task(task, OnTask::Entered(Box::new(entry))));
        let mut descriptors = Descriptors::default();
        let stdin = match &start.stdin {
            Some(text) => OpenFile::Text { text: text.clone(), at: 0 },
            None => OpenFile::Null,
        };
        descriptors.put(0, self.open_files.add(stdin));
        for (fd, stream) in [(1, Stream::Stdout), (2, Stream::Stderr)] {
            let file = match (start.logged, &*start.role) {
                (true, _) => OpenFile::Log(stream),
                (false, EXEC_ROLE) => OpenFile::Log(Stream::Session),
                (false, _) => OpenFile::Null,
            };
            descriptors.put(fd, self.open_files.add(file));
        }
        let cpu = Cpu {
            program: Program::Steps(crate::program::steps::Steps::new(&[], &[])),
            ready: None,
            blocked: None,
            generation: 0,
            env: start.env.clone(),
            cwd: start.cwd.clone(),
            files: start.files,
            net: start.net,
            descriptors,
            busy: false,
            begun: false,
            stretch: super::BUSY_SLICE,
            queued: BTreeMap::new(),
            due: Vec::new(),
            parent_death: None,
            process_limit: None,
            umask: 0o022,
        };
        self.cpus.insert(task, cpu);
        Ok(task)
    }

    /// fork(2).
    pub(super) fn fork(&mut self, cx: &mut Cx, parent: TaskId) -> Result<Pid, Errno> {
        let Some(namespace) = cx.seen().task(parent).map(|t| t.namespace) else { return Err(Errno::Esrch) };
        let limited = if self.at_process_limit(cx, parent) || self.at_pids_limit(cx, parent) {
            Err(Errno::Eagain)
        } else {
            Ok(())
        };
        let pid = match limited.and_then(|()| self.next_pid(cx, namespace)) {
            Ok(pid) => pid,
            Err(errno) => {
                let rule = match errno {
                    Errno::Enomem => RuleId::ProcessForkDeadNamespace,
                    _ => RuleId::ProcessForkLimit,
                };
                cx.emit(rule, EventKind::Task(parent, OnTask::ForkRefused(errno)));
                return Err(errno);
            }
        };
        let child = TaskId::from_index(cx.seen().tasks.len());
        let Some(mut cpu) = self.cpus.get(&parent).cloned() else { return Err(Errno::Esrch) };
        let event = cx.emit(RuleId::ProcessFork, EventKind::Task(parent, OnTask::Forked { child, pid }));
        self.open_files.keep(&cpu.descriptors);
        cpu.blocked = None;
        cpu.ready = None;
        cpu.generation = 0;
        cpu.busy = false;
        cpu.begun = false;
        cpu.queued.clear();
        cpu.due.clear();
        cpu.parent_death = None;
        self.cpus.insert(child, cpu);
        self.inherit_sockets(cx, parent, child);
        cx.because(event, |cx| self.wake(cx, child, Resume::Child));
        Ok(pid)
    }

    /// Has the user as many processes as RLIMIT_NPROC allows (getrlimit(2))? Zombies count, root is exempt.
    fn at_process_limit(&self, cx: &Cx, task: TaskId) -> bool {
        let Some(most) = self.cpus.get(&task).and_then(|cpu| cpu.process_limit) else { return false };
        let Some(uid) = cx.seen().task(task).map(|t| t.uid).filter(|uid| *uid != 0) else { return false };
        let count = cx.seen().tasks.iter().filter(|t| t.uid == uid && !t.is_reaped()).count();
        count >= usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Has the pod as many processes as its pids cgroup allows? Processes without a container count by their namespace.
    fn at_pids_limit(&self, cx: &Cx, task: TaskId) -> bool {
        let seen = cx.seen();
        let Some(me) = seen.task(task) else { return false };
        let own = me.container.and_then(|id| self.container_pids.get(&id));
        let in_container = seen.tasks.iter().filter(|t| !t.is_reaped() && t.container == me.container).count();
        if own.is_some_and(|limit| in_container >= usize::try_from(*limit).unwrap_or(usize::MAX)) {
            return true;
        }
        let Some(limit) = self.pids_limit else { return false };
        let pod_of = |t: &Task| t.container.and_then(|id| seen.container(id)).map(|c| c.pod);
        let pod = pod_of(me);
        let same = |t: &Task| if pod.is_some() { pod_of(t) == pod } else { t.namespace == me.namespace };
        let count = seen.tasks.iter().filter(|t| !t.is_reaped() && same(t)).count();
        count >= usize::try_from(limit).unwrap_or(usize::MAX)
    }

    /// The number of the next process, or why there can be none: EAGAIN at the limit of processes (the pids cgroup counts
    /// zombies too, kernel/cgroup/pids.c), ENOMEM when the namespace's init is dead (kernel/pid.c `alloc_pid`).
    fn next_pid(&self, cx: &mut Cx, namespace: NamespaceId) -> Result<Pid, Errno> {
        let seen = cx.seen();
        if seen.tasks.len() >= usize::try_from(cx.limits().tasks).unwrap_or(usize::MAX) {
            cx.exhaust(Exhausted::Tasks);
            return Err(Errno::Eagain);
        }
        let Some(ns) = seen.namespace(namespace) else { return Err(Errno::Esrch) };
        if ns.ended.is_some() {
            return Err(Errno::Enomem);
        }
        let limit = usize::try_from(cx.limits().tasks_per_namespace).unwrap_or(usize::MAX);
        if seen.in_namespace(namespace).count() >= limit {
            return Err(Errno::Eagain);
        }
        Ok(ns.next_pid)
    }

    /// Collects a child that nobody inside waits for: its parent is the runtime. An init process can be waited for only
    /// when all that lived in its namespace is collected (`zap_pid_ns_processes`).
    pub(super) fn reap_outside(&self, cx: &mut Cx, task: TaskId) {
        let Some(namespace) = cx.seen().task(task).filter(|t| t.is_zombie()).map(|t| t.namespace) else { return };
        let is_init = cx.seen().task(task).is_some_and(|t| t.pid == Pid::INIT);
        let waits = is_init && cx.seen().in_namespace(namespace).any(|(id, _)| id != task);
        if waits || self.neglected.contains(&task) {
            return;
        }
        cx.emit(RuleId::ProcessReapedOutside, EventKind::Task(task, OnTask::Reaped(Reaper::Outside)));
    }

    /// From now on the parent outside the namespace does not wait for this process, as a runtime that hangs.
    pub fn neglect(&mut self, task: TaskId) {
        self.neglected.insert(task);
    }

    /// The parent outside waits for it again, and so collects it if it has ended.
    pub fn attend(&mut self, cx: &mut Cx, task: TaskId) {
        self.neglected.remove(&task);
        self.reap_outside(cx, task);
        let namespace = cx.seen().task(task).and_then(|t| cx.seen().namespace(t.namespace));
        if let Some(init) = namespace.filter(|n| n.ended.is_some()).and_then(|n| n.init) {
            self.reap_outside(cx, init);
        }
    }
}
