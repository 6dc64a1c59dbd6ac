//! How much an event matters to a person who reads a run: one decision, used by the timeline and the narration.

use crate::base::id::{EventId, TaskId};
use crate::base::signal::Signal;
use crate::observed::Observed;
use crate::trace::{
    Event, EventKind, ExitStatus, HookResult, OnContainer, OnPod, OnTask, OnWorkload, ProgramKind, Sender, Trace,
};

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Bookkeeping: only in the full list.
    Quiet,
    /// Worth a mark when one looks closely.
    Detail,
    /// Part of the story.
    Key,
}

/// How much `event` matters. `seen` is the state just before it.
pub fn level(seen: &Observed, event: &Event) -> Level {
    let is_sandbox = |container| seen.container(container).is_some_and(|c| c.is_sandbox());
    match &event.kind {
        EventKind::Input(_) | EventKind::Node(..) | EventKind::Budget(_) => Level::Key,
        // The sandbox with its pause process is there for the pod's network; people rarely care when it comes and goes.
        EventKind::Task(task, what) => {
            let quiet = seen.task(*task).and_then(|t| t.container).is_some_and(is_sandbox);
            of_task(seen, *task, what).min(if quiet { Level::Detail } else { Level::Key })
        }
        EventKind::Container(container, what) => {
            of_container(what).min(if is_sandbox(*container) { Level::Detail } else { Level::Key })
        }
        EventKind::Pod(_, what) => of_pod(what),
        EventKind::Workload(_, OnWorkload::Scaled(_) | OnWorkload::Updated(_) | OnWorkload::Deleted) => Level::Key,
        EventKind::Endpoint(..) | EventKind::Workload(..) => Level::Detail,
        EventKind::Namespace(..) | EventKind::Request(..) => Level::Quiet,
    }
}

fn of_task(seen: &Observed, task: TaskId, what: &OnTask) -> Level {
    let kind = seen.task(task).map(|t| t.program);
    let is_init = seen.task(task).is_some_and(|t| t.pid == crate::base::id::Pid::INIT);
    let matters = is_init || kind.is_some_and(|k| k != ProgramKind::Utility);
    let key_if = |yes: bool| if yes { Level::Key } else { Level::Detail };
    match what {
        // A dead child is announced everywhere and rarely matters.
        OnTask::Sent { signal: Signal::CHLD, .. }
        | OnTask::Dropped(Signal::CHLD)
        | OnTask::Caught(Signal::CHLD)
        | OnTask::Handled(Signal::CHLD)
        | OnTask::Pended(Signal::CHLD)
        | OnTask::Taken(Signal::CHLD) => Level::Quiet,
        // The end of a namespace is one act; the deaths tell it.
        OnTask::Sent { from: Sender::Kernel, .. } => Level::Detail,
        OnTask::Sent { .. } | OnTask::Dropped(_) | OnTask::Caught(_) | OnTask::Taken(_) => Level::Key,
        OnTask::BufferLost(_) | OnTask::ForkRefused(_) => Level::Key,
        OnTask::Died(ExitStatus::Signaled(_)) => Level::Key,
        OnTask::Died(_) => key_if(matters),
        OnTask::Execed(new) => key_if(new.program == ProgramKind::App),
        OnTask::ExecFailed { .. } => key_if(is_init),
        OnTask::Pended(_) | OnTask::Handled(_) | OnTask::Adopted { .. } | OnTask::Forked { .. } => Level::Detail,
        OnTask::Entered(_) | OnTask::Reaped(_) | OnTask::Stopped(_) | OnTask::Continued => Level::Detail,
        OnTask::Socket { .. } | OnTask::Wrote { .. } | OnTask::Does(_) => Level::Detail,
        _ => Level::Quiet,
    }
}

fn of_container(what: &OnContainer) -> Level {
    match what {
        OnContainer::HookEnded(_, HookResult::Killed) | OnContainer::Created(_) => Level::Detail,
        OnContainer::Started(_) | OnContainer::StartFailed(_) | OnContainer::StopRequested { .. } => Level::Key,
        OnContainer::GraceExpired | OnContainer::HookStarted(..) | OnContainer::HookEnded(..) => Level::Key,
        OnContainer::Exited(_) | OnContainer::BackOff(_) | OnContainer::RestartRule { .. } => Level::Key,
        OnContainer::Probed { ok, .. } => {
            if *ok {
                Level::Quiet
            } else {
                Level::Detail
            }
        }
        _ => Level::Detail,
    }
}

fn of_pod(what: &OnPod) -> Level {
    match what {
        OnPod::DeleteRequested { .. } | OnPod::Removed => Level::Key,
        OnPod::EvictionRefused(_) | OnPod::HeldByFinalizers => Level::Key,
        OnPod::Event(_) => Level::Quiet,
        _ => Level::Detail,
    }
}

/// The events that are part of the story, oldest first: one fold.
pub fn key_events(trace: &Trace) -> Vec<EventId> {
    let mut seen = Observed::default();
    let mut found = Vec::new();
    for (id, event) in trace.iter() {
        if level(&seen, event) == Level::Key {
            found.push(id);
        }
        seen.apply(id, event);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    #[test]
    fn the_story_of_the_shell_form_is_told_by_its_key_events() {
        let trace = fixture::shell_form();
        let mut seen = Observed::default();
        let mut told = Vec::new();
        for (id, event) in trace.iter() {
            if level(&seen, event) == Level::Key {
                told.push(event.rule.id());
            }
            seen.apply(id, event);
        }
        assert!(told.contains(&"signal/init-no-handler"), "{told:?}");
        assert!(told.contains(&"signal/kill-is-final"), "{told:?}");
        assert!(!told.contains(&"output/written"), "{told:?}");
    }
}
