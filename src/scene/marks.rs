//! What has happened to a process that its present state does not show any more: signals that had no effect, or a handler
//! that ran. Computed once for a run.

use simulator::base::id::{EventId, TaskId};
use simulator::base::signal::Signal;
use simulator::rules::RuleId;
use simulator::trace::{EventKind, OnTask, Trace};

/// What became of a signal at a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It had no effect, by this rule.
    Dropped(RuleId),
    /// It is kept for later.
    Pending,
    /// A handler ran.
    Caught,
}

/// One signal that arrived at a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The event.
    pub event: EventId,
    /// The process.
    pub task: TaskId,
    /// The signal.
    pub signal: Signal,
    /// What became of it.
    pub fate: Fate,
}

/// The signals of a run that leave a mark, in order. A dead child's SIGCHLD leaves none.
pub fn marks(trace: &Trace) -> Vec<Mark> {
    let mark = |(event, e): (EventId, &simulator::trace::Event)| {
        let EventKind::Task(task, what) = &e.kind else { return None };
        let (signal, fate) = match what {
            OnTask::Dropped(signal) => (*signal, Fate::Dropped(e.rule)),
            OnTask::Pended(signal) => (*signal, Fate::Pending),
            OnTask::Caught(signal) | OnTask::Taken(signal) => (*signal, Fate::Caught),
            _ => return None,
        };
        (signal != Signal::CHLD).then_some(Mark { event, task: *task, signal, fate })
    };
    trace.iter().filter_map(mark).collect()
}

impl Mark {
    /// The mark in a few words.
    pub fn words(&self) -> String {
        let signal = self.signal;
        match self.fate {
            Fate::Dropped(RuleId::SignalInitNoHandler) => format!("SIG{signal} dropped: pid 1 has no handler"),
            Fate::Dropped(RuleId::SignalIgnored) => format!("SIG{signal} dropped: ignored"),
            Fate::Dropped(_) => format!("SIG{signal} had no effect"),
            Fate::Pending => format!("SIG{signal} pending"),
            Fate::Caught => format!("SIG{signal} caught"),
        }
    }
}
