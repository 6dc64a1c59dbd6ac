//! The boundary between programs and the kernel: system calls and their results.

use std::sync::Arc;

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{Pid, TaskId};
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::{SimDuration, SimTime};
use crate::kernel::fs::FileSystem;
use crate::observed::Observed;
use crate::program::environment::Environment;
use crate::rules::RuleId;
use crate::trace::{Disposition, ExitStatus, SocketState, WaitTarget};

/// A file descriptor.
pub type Fd = u32;

/// An environment.
pub type Env = Arc<Environment>;

/// A system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// fork(2): `Forked` in the parent, `Child` in the child, which is a clone of this program.
    Fork,
    /// execvpe(3): a name without `/` is searched in `PATH` of the *given* environment. Returns only on failure.
    Exec {
        /// File or name.
        file: Text,
        /// Argument list.
        argv: Arc<[Text]>,
        /// Environment of the new program.
        env: Env,
    },
    /// _exit(2).
    Exit(u8),
    /// waitpid(2): `Waited`, `NoneYet` (with `nohang`), `Failed(Echild)` or `Interrupted`.
    Wait {
        /// Which children.
        target: WaitTarget,
        /// `WNOHANG`.
        nohang: bool,
    },
    /// sigaction(2).
    Sigaction(Signal, Disposition),
    /// sigprocmask(2), `SIG_SETMASK`.
    Sigmask(SignalSet),
    /// pause(2): returns `Interrupted` after a handler.
    Pause,
    /// sigtimedwait(2) without a time-out: takes one pending signal of the set: `Took`.
    Sigwait(SignalSet),
    /// nanosleep(2): `Done` or `Interrupted`.
    Sleep(SimDuration),
    /// kill(2); no signal is the existence test, signal 0.
    Kill(KillTarget, Option<Signal>),
    /// Several kill(2) in a row, of processes that do not get the CPU before the last one is sent.
    KillEach(Vec<(Pid, Signal)>),
    /// setpgid(2); `None` stands for 0: itself, or a group of its own number.
    Setpgid(Option<Pid>, Option<Pid>),
    /// setsid(2).
    Setsid,
    /// prctl(2) `PR_SET_CHILD_SUBREAPER`.
    Subreaper(bool),
    /// prctl(2) `PR_SET_PDEATHSIG`: the signal that it gets when its parent dies. A forked child has none.
    ParentDeathSignal(Option<Signal>),
    /// setrlimit(2) `RLIMIT_NPROC`: no fork while its user has so many processes; root is exempt. Inherited.
    ProcessLimit(u32),
    /// umask(2); kept over fork and exec.
    Umask(u32),
    /// setuid(2) by root: from now on the process is this user's.
    Setuid(u32),
    /// The processor finds a fault in what it does: a null dereference is `SEGV`.
    Fault(Signal),
    /// abort(3) of glibc: ABRT to itself, and should that have no effect, a fault.
    Abort,
    /// Computing for so long; a loop without other calls must make this one, so that time passes.
    Spend(SimDuration),
    /// open(2): `Opened`; of a named pipe when somebody has its other end, else `Interrupted`.
    Open(Text, OpenMode),
    /// open(2) with `O_NONBLOCK`: of a named pipe it waits for nobody.
    OpenAtOnce(Text, OpenMode),
    /// close(2).
    Close(Fd),
    /// dup2(2): makes the second a copy of the first.
    Dup2(Fd, Fd),
    /// fcntl(2) `F_DUPFD`: the lowest free descriptor not below the second: `Opened`.
    DupFrom(Fd, Fd),
    /// pipe(2): `Pipe`.
    Pipe,
    /// read(2): `Read`, empty at end of file. With `line`, up to and including the first newline.
    Read {
        /// From.
        fd: Fd,
        /// Stop after a newline.
        line: bool,
    },
    /// poll(2): waits until one of these descriptors can be read, at most so long: `Ready`, `Done` when the time is over,
    /// `Interrupted`.
    Poll {
        /// Read ends of pipes; anything else is ready at once.
        fds: Vec<Fd>,
        /// For ever without one.
        timeout: Option<SimDuration>,
    },
    /// inotify(7): waits until one of these files has another length than this, none being no file, at most so long: `Done` in
    /// both cases, `Interrupted`.
    Watch {
        /// Paths and what is known of them.
        files: Vec<(Text, Option<usize>)>,
        /// For ever without one.
        timeout: Option<SimDuration>,
    },
    /// write(2), all of it: blocks while a pipe is full.
    Write(Fd, Text),
    /// chdir(2).
    Chdir(Text),
    /// unlink(2), for scripts that remove their pid file.
    Unlink(Text),
    /// chmod(2), chown(2), mkdir(2), utime(2), symlink(2), rename(2), and a file's whole content at once.
    Mark(Text, FileMark),
    /// listen(2), or its end: the state of this process's socket on a port from now on.
    Socket(u16, SocketState),
    /// Waits until no request is in flight in this process, at most so long: `Done` in both cases.
    Drain(Option<SimDuration>),
    /// epoll_wait(2) with nothing else to do: waits for signals while connections are served: `Interrupted`.
    Serve,
    /// Shows this in place of its argument list (setproctitle(3), a rewritten argv).
    Title(Text),
    /// The program now holds back so many bytes of output (stdio buffering).
    HoldBack(u32),
    /// The program is done with what it does on a signal.
    Handled(Signal),
    /// Says what it does, where no call shows it.
    Say(Text),
    /// The same, by a rule that explains it.
    Tell(RuleId, Text),
}

/// The result of a call, or the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resume {
    /// The program starts.
    Start,
    /// The call succeeded and has no value.
    Done,
    /// The call failed.
    Failed(Errno),
    /// A handler ran; the blocking call is over (EINTR).
    Interrupted,
    /// Of `Fork`, in the parent.
    Forked(Pid),
    /// Of `Fork`, in the child.
    Child,
    /// Of `Wait`: this child ended so and is reaped.
    Waited(Pid, ExitStatus),
    /// Of `Wait` with `nohang`: there are children, none has ended.
    NoneYet,
    /// Of `Sigwait`.
    Took(Signal),
    /// Of `Open`.
    Opened(Fd),
    /// Of `Pipe`: read end, write end.
    Pipe(Fd, Fd),
    /// Of `Read`.
    Read(Text),
    /// Of `Poll`: this descriptor can be read.
    Ready(Fd),
}

/// Whom kill(2) means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KillTarget {
    /// One process.
    Pid(Pid),
    /// pid 0: the caller's process group.
    OwnGroup,
    /// pid -1: everything the caller may signal but itself and init.
    All,
    /// A negative pid: that process group.
    Group(Pid),
}

/// How open(2) opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// `O_RDONLY`.
    Read,
    /// `O_WRONLY | O_CREAT | O_TRUNC`.
    Write,
    /// `O_WRONLY | O_CREAT | O_APPEND`.
    Append,
    /// `O_RDWR | O_CREAT`.
    ReadWrite,
}

/// What `Call::Mark` changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileMark {
    /// Permission bits.
    Mode(u32),
    /// User and group; none is left as it is.
    Owner(Option<u32>, Option<u32>),
    /// Make it a directory.
    Directory,
    /// Make it an empty file if it does not exist, and new.
    Touch,
    /// Make it a symbolic link to this.
    Link(Text),
    /// Give it this name, with all below it.
    Moved(Text),
    /// Copy what it is to this name, without what lies below it.
    Copied(Text),
    /// Replace its content.
    Holds(Text),
    /// Add to its content.
    Grows(Text),
    /// Make it a named pipe if it does not exist (mkfifo(3)).
    Fifo,
}

/// What an executable file holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binary {
    /// A shell: the id of its build in the table of shell variants.
    Shell(Text),
    /// Another program: its row in the program table, and its version, which may be empty.
    Program {
        /// Row.
        name: Text,
        /// Version, as far as rows differ by it: `3.6`.
        version: Text,
    },
}

/// What a program may look at without a call that is worth an event: its own identity, files, /proc.
#[derive(Clone, Copy, Debug)]
pub struct Sys<'a> {
    /// The present instant.
    pub now: SimTime,
    /// The process itself.
    pub task: TaskId,
    /// Its pid.
    pub pid: Pid,
    /// Its parent's pid, 0 outside the namespace.
    pub ppid: Pid,
    /// Its environment.
    pub env: &'a Env,
    /// The mode bits that files it makes do not have (umask(2)).
    pub umask: u32,
    /// Its working directory.
    pub cwd: &'a Text,
    /// The files it sees.
    pub files: &'a FileSystem,
    /// /proc and the like.
    pub seen: &'a Observed,
    /// Is what happens at one instant permuted, to find out whether the outcome depends on the order?
    pub permuted: bool,
    /// The behaviour card of its container, and other settings from outside.
    pub settings: &'a Settings,
}

/// Settings of a container that its programs read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The behaviour card: what the application does; empty: by its source, else its profile.
    pub card: Option<Arc<crate::program::behaviour::Card>>,
}
