//! A job: what the shell has started together, and how it ended.
//!
//! Plain data; who looks at it is in `wait` and `table`.

use crate::base::id::Pid;
use crate::trace::ExitStatus;
use std::sync::Arc;

/// A job: a pipeline or a background list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// `%n`; 0 for a foreground job.
    pub number: u32,
    /// Its processes and how they ended.
    pub processes: Vec<(Pid, Option<ExitStatus>)>,
    /// As written.
    pub text: Arc<str>,
    /// It has its own process group.
    pub own_group: bool,
    /// The shell itself waits for it: the `wait` of a trap does not.
    pub foreground: bool,
    /// `wait` has answered for it.
    pub waited: bool,
    /// Its end has been told, or need not be.
    pub told: bool,
    /// The commands of its processes, where it is a pipeline.
    pub commands: Vec<Arc<str>>,
    /// No child is left, so it is taken for ended, whatever is known of its processes (bash `mark_all_jobs_as_dead`).
    pub dead: bool,
    /// It was started outside the subshell that runs inside this process.
    pub outer: bool,
}

impl Job {
    /// A job of this text, without processes yet.
    pub fn new(text: Arc<str>) -> Job {
        Job { text, ..Job::default() }
    }

    /// Is this one of its processes?
    pub fn holds(&self, pid: Pid) -> bool {
        self.processes.iter().any(|(known, _)| *known == pid)
    }

    /// Have all its processes ended?
    pub fn is_done(&self) -> bool {
        self.dead || self.has_ended()
    }

    /// The same, as far as it was seen.
    pub fn has_ended(&self) -> bool {
        self.processes.iter().all(|(_, status)| status.is_some())
    }
}
