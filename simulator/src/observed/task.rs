//! Processes and namespaces as they can be seen, in /proc and by their parents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Observed;
use crate::base::Text;
use crate::base::id::{ContainerId, EventId, NamespaceId, Pid, TaskId};
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimTime;
use crate::trace::{Disposition, Entry, Event, ExitStatus, OnTask, ProgramKind, Reaper, SocketState, Wait};

/// A fact with the event that made it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetBy<T> {
    /// The fact.
    pub value: T,
    /// The event that set it.
    pub by: EventId,
}

/// A PID namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its init process, once there.
    pub init: Option<TaskId>,
    /// The next number to give out.
    pub next_pid: Pid,
    /// The number of the first process forked in it: the runtime's own threads used the ones before.
    pub first_forked: Pid,
    /// Its processes that are alive or zombies, oldest first.
    pub members: Vec<TaskId>,
    /// The death of its init, which ended it.
    pub ended: Option<EventId>,
}

/// A process, dead or alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its namespace.
    pub namespace: NamespaceId,
    /// Its number there.
    pub pid: Pid,
    /// Its parent in the same namespace; `None` if the parent is outside.
    pub parent: Option<TaskId>,
    /// Its children that are not reaped, oldest first.
    pub children: Vec<TaskId>,
    /// Process group.
    pub pgid: Pid,
    /// Session.
    pub sid: Pid,
    /// The container it belongs to.
    pub container: Option<ContainerId>,
    /// Why it is there, if it came from outside: `init`, `exec`, `preStop`, `pause`.
    pub role: Option<Text>,
    /// User id.
    pub uid: u32,
    /// File it runs.
    pub path: Text,
    /// Argument list.
    pub argv: Arc<[Text]>,
    /// Name as ps shows it: the base name of the file, at most 15 bytes (proc_pid_comm(5)).
    pub comm: Text,
    /// What sort of program it runs.
    pub program: ProgramKind,
    /// When it came to be.
    pub started: SimTime,
    /// The fork or entry that made it.
    pub born: EventId,
    /// The last exec.
    pub execed: Option<EventId>,
    /// Alive, zombie or gone.
    pub state: TaskState,
}

/// What stage of life a process is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It runs or waits.
    Alive(Box<Alive>),
    /// It ended and its parent has not collected its status: no dispositions, no program, no sockets.
    Zombie {
        /// How it ended.
        status: ExitStatus,
        /// The event of its death.
        died: EventId,
    },
    /// It is gone.
    Reaped {
        /// How it ended.
        status: ExitStatus,
        /// The event of its death.
        died: EventId,
        /// The event of its reaping.
        reaped: EventId,
    },
}

/// What only a living process has.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Alive {
    /// Dispositions other than the default, with the event that set each.
    pub dispositions: BTreeMap<Signal, SetBy<Disposition>>,
    /// Blocked signals.
    pub blocked: SignalSet,
    /// Pending signals.
    pub pending: SignalSet,
    /// Stopped (state T)?
    pub stopped: bool,
    /// What it waits for; `None` while it runs.
    pub wait: Option<SetBy<Wait>>,
    /// Is it a subreaper?
    pub subreaper: bool,
    /// The signal whose handler runs, innermost last.
    pub handling: Vec<SetBy<Signal>>,
    /// Bytes in its own output buffer.
    pub buffered: u32,
    /// Its listening sockets.
    pub sockets: BTreeMap<u16, SetBy<SocketState>>,
    /// How many requests it works on; which ones they are stands at the requests.
    pub in_flight: u32,
}

impl Alive {
    /// Its disposition for a signal.
    pub fn disposition(&self, signal: Signal) -> Disposition {
        self.dispositions.get(&signal).map_or(Disposition::Default, |d| d.value)
    }

    /// The event that set its disposition for a signal; none for the default it was born with.
    pub fn disposed_by(&self, signal: Signal) -> Option<EventId> {
        self.dispositions.get(&signal).map(|d| d.by)
    }
}

impl Task {
    /// Its living part.
    pub fn alive(&self) -> Option<&Alive> {
        match &self.state {
            TaskState::Alive(alive) => Some(alive),
            TaskState::Zombie { .. } | TaskState::Reaped { .. } => None,
        }
    }

    /// Did it come into a running container from outside: an exec session, a hook, a probe?
    pub fn is_guest(&self) -> bool {
        self.role.as_deref().is_some_and(|r| r != "init" && r != "pause")
    }

    /// Is it a zombie?
    pub fn is_zombie(&self) -> bool {
        matches!(self.state, TaskState::Zombie { .. })
    }

    /// Is it gone?
    pub fn is_reaped(&self) -> bool {
        matches!(self.state, TaskState::Reaped { .. })
    }

    /// How it ended and in which event.
    pub fn ended(&self) -> Option<(ExitStatus, EventId)> {
        match &self.state {
            TaskState::Alive(_) => None,
            TaskState::Zombie { status, died } | TaskState::Reaped { status, died, .. } => Some((*status, *died)),
        }
    }
}

/// A process has a number in its namespace and another in every one around it (pid_namespaces(7)). This is the number of the
/// first process on the node; the node's own come before.
const FIRST_NODE_PID: u32 = 1_000;

impl Observed {
    /// The number of a process in the namespace of the node, by which the kubelet's side names it.
    pub fn node_pid(&self, task: TaskId) -> Option<Pid> {
        let index = self.task(task).and_then(|_| u32::try_from(task.index()).ok())?;
        Some(Pid(FIRST_NODE_PID.saturating_add(index)))
    }
}

/// The base name of `path`, cut to the 15 bytes the kernel keeps (proc_pid_comm(5)).
pub(crate) fn comm_of(path: &str) -> Text {
    let base = path.rsplit('/').next().unwrap_or(path);
    let mut end = base.len().min(15);
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    base.get(..end).unwrap_or(base).into()
}

impl Observed {
    pub(super) fn apply_task(&mut self, id: EventId, event: &Event, task: TaskId, what: &OnTask) {
        match what {
            OnTask::Entered(entry) => self.enter(id, event, entry),
            OnTask::Forked { child: _, pid } => self.fork(id, event, task, *pid),
            OnTask::Died(status) => self.died(id, task, *status),
            OnTask::Adopted { by } => self.adopted(task, *by),
            OnTask::Reaped(by) => self.reaped(id, task, *by),
            OnTask::Wrote { stream, text } => self.log(id, event.at, task, *stream, text),
            OnTask::Execed(new) => {
                if let Some(t) = self.tasks.get_mut(task.index()) {
                    t.comm = comm_of(&new.path);
                    t.path = new.path.clone();
                    t.argv = new.argv.clone();
                    t.program = new.program;
                    t.execed = Some(id);
                    if let TaskState::Alive(alive) = &mut t.state {
                        // execve(2): caught signals return to their default, ignored ones stay ignored.
                        alive.dispositions.retain(|_, d| !d.value.is_caught());
                        alive.handling.clear();
                        alive.wait = None;
                        alive.buffered = 0;
                    }
                }
            }
            OnTask::Titled(title) => {
                if let Some(t) = self.tasks.get_mut(task.index()) {
                    t.argv = Arc::from([title.clone()]);
                }
            }
            OnTask::User(uid) => {
                if let Some(t) = self.tasks.get_mut(task.index()) {
                    t.uid = *uid;
                }
            }
            OnTask::Grouped { pgid, sid } => {
                if let Some(t) = self.tasks.get_mut(task.index()) {
                    t.pgid = *pgid;
                    t.sid = *sid;
                }
            }
            _ => {
                if let Some(TaskState::Alive(alive)) = self.tasks.get_mut(task.index()).map(|t| &mut t.state) {
                    alive.apply(id, what);
                }
            }
        }
    }

    fn take_pid(&mut self, namespace: NamespaceId, task: TaskId, pid: Pid) {
        if let Some(ns) = self.namespaces.get_mut(namespace.index()) {
            if pid == Pid::INIT {
                ns.init = Some(task);
            }
            ns.members.push(task);
            ns.next_pid = Pid(pid.0.saturating_add(1).max(ns.first_forked.0));
        }
    }

    fn enter(&mut self, id: EventId, event: &Event, entry: &Entry) {
        let task = TaskId::from_index(self.tasks.len());
        self.take_pid(entry.namespace, task, entry.pid);
        if let Some(ns) = self.namespaces.get_mut(entry.namespace.index()) {
            // The runtime's helper ran as threads in the namespace before it became this process: they used up numbers.
            let used = ns.first_forked.0.saturating_sub(1).max(1);
            ns.next_pid = Pid(entry.pid.0.saturating_add(used));
        }
        self.tasks.push(Task {
            namespace: entry.namespace,
            pid: entry.pid,
            parent: None,
            children: Vec::new(),
            pgid: entry.pid,
            sid: entry.pid,
            container: entry.container,
            role: Some(entry.role.clone()),
            uid: entry.uid,
            path: Text::from(""),
            argv: Arc::from([]),
            comm: Text::from("runtime"),
            program: ProgramKind::Utility,
            started: event.at,
            born: id,
            execed: None,
            state: TaskState::Alive(Box::default()),
        });
    }

    fn fork(&mut self, id: EventId, event: &Event, parent: TaskId, pid: Pid) {
        let child = TaskId::from_index(self.tasks.len());
        let Some(mut copy) = self.tasks.get(parent.index()).cloned() else { return };
        copy.pid = pid;
        copy.parent = Some(parent);
        copy.children.clear();
        copy.started = event.at;
        copy.born = id;
        copy.role = None;
        if let TaskState::Alive(alive) = &mut copy.state {
            // fork(2): pending signals are not inherited; sockets stay open in both, requests stay with the parent.
            alive.pending = SignalSet::EMPTY;
            alive.wait = None;
            alive.subreaper = false;
            alive.in_flight = 0;
        }
        self.take_pid(copy.namespace, child, pid);
        self.tasks.push(copy);
        if let Some(p) = self.tasks.get_mut(parent.index()) {
            p.children.push(child);
        }
    }

    fn died(&mut self, id: EventId, task: TaskId, status: ExitStatus) {
        let Some(t) = self.tasks.get_mut(task.index()) else { return };
        t.state = TaskState::Zombie { status, died: id };
        if t.pid == Pid::INIT
            && let Some(ns) = self.namespaces.get_mut(t.namespace.index())
        {
            ns.ended = Some(id);
        }
    }

    fn adopted(&mut self, task: TaskId, by: TaskId) {
        let Some(t) = self.tasks.get_mut(task.index()) else { return };
        let old = t.parent.replace(by);
        if let Some(old) = old.and_then(|o| self.tasks.get_mut(o.index())) {
            old.children.retain(|c| *c != task);
        }
        if let Some(new) = self.tasks.get_mut(by.index()) {
            new.children.push(task);
        }
    }

    fn reaped(&mut self, id: EventId, task: TaskId, _by: Reaper) {
        let Some(t) = self.tasks.get_mut(task.index()) else { return };
        if let TaskState::Zombie { status, died } = t.state {
            t.state = TaskState::Reaped { status, died, reaped: id };
        }
        let (parent, namespace) = (t.parent, t.namespace);
        if let Some(ns) = self.namespaces.get_mut(namespace.index()) {
            ns.members.retain(|member| *member != task);
        }
        if let Some(parent) = parent.and_then(|p| self.tasks.get_mut(p.index())) {
            parent.children.retain(|c| *c != task);
        }
    }
}

impl Alive {
    fn apply(&mut self, id: EventId, what: &OnTask) {
        match what {
            OnTask::Disposed(signal, Disposition::Default) => {
                self.dispositions.remove(signal);
            }
            OnTask::Disposed(signal, disposition) => {
                self.dispositions.insert(*signal, SetBy { value: *disposition, by: id });
            }
            OnTask::Masked(set) => self.blocked = *set,
            OnTask::Pended(signal) => self.pending = self.pending.with(*signal),
            OnTask::Caught(signal) => {
                self.pending = self.pending.without(*signal);
                self.handling.push(SetBy { value: *signal, by: id });
                self.wait = None;
            }
            OnTask::Taken(signal) => {
                self.pending = self.pending.without(*signal);
                self.wait = None;
            }
            OnTask::Handled(signal) => {
                if let Some(at) = self.handling.iter().rposition(|h| h.value == *signal) {
                    self.handling.remove(at);
                }
            }
            OnTask::Dropped(signal) => self.pending = self.pending.without(*signal),
            OnTask::Stopped(_) => self.stopped = true,
            OnTask::Continued => self.stopped = false,
            OnTask::Waits(wait) => self.wait = Some(SetBy { value: *wait, by: id }),
            OnTask::Subreaper(on) => self.subreaper = *on,
            OnTask::Buffered(bytes) => self.buffered = *bytes,
            OnTask::Socket { port, state: SocketState::Closed } => {
                self.sockets.remove(port);
            }
            OnTask::Socket { port, state } => {
                self.sockets.insert(*port, SetBy { value: *state, by: id });
            }
            // Recorded for people; they change nothing that a process can see.
            OnTask::Sent { .. }
            | OnTask::ForkRefused(_)
            | OnTask::ExecFailed { .. }
            | OnTask::BufferLost(_)
            | OnTask::Does(_) => {}
            // Handled by `Observed::apply_task`.
            OnTask::Entered(_)
            | OnTask::Forked { .. }
            | OnTask::Execed(_)
            | OnTask::Died(_)
            | OnTask::Adopted { .. }
            | OnTask::Reaped(_)
            | OnTask::Grouped { .. }
            | OnTask::Titled(_)
            | OnTask::User(_)
            | OnTask::Wrote { .. } => {}
        }
    }
}
