//! What can happen to a process. Names follow the man pages; delivery itself is decided in `kernel`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{ContainerId, NamespaceId, Pid, TaskId};
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimTime;

/// Something that happened to a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnTask {
    /// It came into a namespace from outside: the runtime started it (a container's init, an exec session, a hook).
    Entered(Box<Entry>),
    /// It forked (fork(2)).
    Forked {
        /// The new process.
        child: TaskId,
        /// Its number in the namespace.
        pid: Pid,
    },
    /// It could not fork.
    ForkRefused(Errno),
    /// It became another program and kept its pid (execve(2)).
    Execed(Box<Execed>),
    /// It could not execute a file.
    ExecFailed {
        /// The file.
        path: Text,
        /// Why.
        errno: Errno,
    },
    /// It changed the disposition of a signal (sigaction(2)).
    Disposed(Signal, Disposition),
    /// It set its mask of blocked signals (sigprocmask(2)).
    Masked(SignalSet),
    /// A signal was sent to it.
    Sent {
        /// Which.
        signal: Signal,
        /// By whom.
        from: Sender,
    },
    /// The signal had no effect at all: the kernel dropped it.
    Dropped(Signal),
    /// The signal is kept until the process unblocks it, waits for it or continues.
    Pended(Signal),
    /// The process's handler for the signal begins.
    Caught(Signal),
    /// The process took the signal with sigwait(3), sigtimedwait(2) or signalfd(2).
    Taken(Signal),
    /// The program is done with what it does on the signal.
    Handled(Signal),
    /// It was stopped (state T).
    Stopped(Signal),
    /// It was continued.
    Continued,
    /// It began to wait for something, or to compute.
    Waits(Wait),
    /// It ended; what remains is a zombie.
    Died(ExitStatus),
    /// Its parent ended and it got a new one.
    Adopted {
        /// The namespace's init process or a subreaper.
        by: TaskId,
    },
    /// Its exit status was collected; its pid is free.
    Reaped(Reaper),
    /// It has a new process group or session (setpgid(2), setsid(2)).
    Grouped {
        /// Process group.
        pgid: Pid,
        /// Session.
        sid: Pid,
    },
    /// It became, or no longer is, a subreaper (prctl(2), `PR_SET_CHILD_SUBREAPER`).
    Subreaper(bool),
    /// It shows this in place of its argument list.
    Titled(Text),
    /// It runs as this user from now on (setuid(2)).
    User(u32),
    /// It wrote to its standard output or error, as `kubectl logs` sees it.
    Wrote {
        /// Which of the two.
        stream: Stream,
        /// What, with its newlines.
        text: Text,
    },
    /// Bytes it printed are held back in its own buffer (setvbuf(3)): so many by now.
    Buffered(u32),
    /// It died with so many bytes in its buffer; nobody will see them.
    BufferLost(u32),
    /// Its listening socket changed.
    Socket {
        /// TCP port.
        port: u16,
        /// From now on.
        state: SocketState,
    },
    /// What its program does, in words, where no system call shows it.
    Does(Text),
}

/// What a process became with execve(2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execed {
    /// The file that was executed; for an interpreter script the script.
    pub path: Text,
    /// The new argument list.
    pub argv: Arc<[Text]>,
    /// What sort of program it is now.
    pub program: ProgramKind,
}

/// What sort of program a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum ProgramKind {
    /// An application: what the container is there for.
    App,
    /// A shell.
    Shell,
    /// An init program or supervisor that passes signals on.
    Init,
    /// A small utility that scripts and people call: ps, sleep, cat.
    #[default]
    Utility,
}

/// How a process came in from outside its namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The PID namespace it joined or, with pid 1, began.
    pub namespace: NamespaceId,
    /// Its number there.
    pub pid: Pid,
    /// The container whose cgroup it is in; none for a bare namespace.
    pub container: Option<ContainerId>,
    /// What it is there for: `init`, `exec`, `preStop`, `pause`.
    pub role: Text,
    /// User id.
    pub uid: u32,
}

/// What a process does about a signal (signal(7), "Signal dispositions").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Disposition {
    /// The signal's default action.
    Default,
    /// Nothing.
    Ignore,
    /// A handler runs.
    Catch,
    /// A handler runs, and dead children are not kept as zombies (`SA_NOCLDWAIT`; SIGCHLD only).
    CatchNoChildWait,
}

impl Disposition {
    /// Does a handler run?
    pub fn is_caught(self) -> bool {
        matches!(self, Disposition::Catch | Disposition::CatchNoChildWait)
    }
}

/// Who sent a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sender {
    /// The container runtime or a person, from a parent namespace.
    Outside,
    /// A process, itself included.
    Task(TaskId),
    /// The kernel: SIGCHLD, SIGPIPE, and the SIGKILL that ends a namespace with its init.
    Kernel,
}

/// How a process ended (wait(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ExitStatus {
    /// It exited with this code.
    Exited(u8),
    /// A signal killed it.
    Signaled(Signal),
}

impl ExitStatus {
    /// What a container runtime reports: the code, or 128 + the signal's number.
    pub fn container_code(self) -> u32 {
        match self {
            ExitStatus::Exited(code) => u32::from(code),
            ExitStatus::Signaled(signal) => 128 + u32::from(signal.number()),
        }
    }
}

impl std::fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExitStatus::Exited(code) => write!(f, "exit code {code}"),
            ExitStatus::Signaled(signal) => write!(f, "killed by SIG{signal}"),
        }
    }
}

/// Who collected an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reaper {
    /// The parent, with wait(2).
    Parent(TaskId),
    /// The parent outside the namespace: the container runtime.
    Outside,
    /// The kernel at once, because the parent ignores SIGCHLD or set `SA_NOCLDWAIT` (wait(2), NOTES).
    Unasked,
    /// The kernel, when the namespace ended with its init (`zap_pid_ns_processes`).
    NamespaceEnd,
}

/// What a process waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// It does not wait: it computes (state R).
    Cpu,
    /// A child to end (wait(2)).
    Child(WaitTarget),
    /// Time to pass (nanosleep(2)).
    Sleep {
        /// When it wakes by itself.
        until: SimTime,
    },
    /// Any signal (pause(2), sigsuspend(2), sigwait(3)).
    Signal,
    /// Input from a pipe or terminal (read(2)).
    Read,
    /// Room in a pipe (write(2)).
    Write,
    /// Connections, with nothing else to do (epoll_wait(2)).
    Connections,
    /// Requests in flight to finish, before it exits.
    Drain,
}

/// Which children wait(2) is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitTarget {
    /// Any child.
    Any,
    /// This one.
    Pid(Pid),
    /// Any in this process group.
    Group(Pid),
}

/// Where output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stream {
    /// File descriptor 1.
    Stdout,
    /// File descriptor 2.
    Stderr,
    /// The session that `kubectl exec` opened: its user sees it, the container's log does not have it.
    Session,
}

/// What a listening socket does with new connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SocketState {
    /// The program accepts them.
    Accepting,
    /// The socket is open, the program does not accept: they wait in the kernel's backlog (listen(2)).
    Backlog,
    /// Closed by this process; refused when no other holds it.
    Closed,
}
