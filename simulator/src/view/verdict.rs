//! The verdict: what became of the stop, in five answers, each with the event that decided it.
//!
//! About one pod: the first that was deleted, else the first whose container ended; and in it the first regular container's
//! application.

use crate::base::id::{ContainerId, EventId, PodId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::observed::{ContainerState, Observed};
use crate::trace::{EventKind, ExitStatus, OnContainer, OnTask, Outcome, ProgramKind, Trace};

/// An answer and the event that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// The event to look at.
    pub event: Option<EventId>,
}

/// Requests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Sent by the client.
    pub sent: u32,
    /// Answered.
    pub ok: u32,
    /// Refused.
    pub refused: u32,
    /// Cut in flight: closed without an answer.
    pub cut: u32,
    /// Reset: in the backlog of a socket that was closed, or on a connection that the server had just closed.
    pub reset: u32,
    /// Not answered in time.
    pub timed_out: u32,
    /// Without an endpoint.
    pub no_endpoint: u32,
    /// Still under way at the end of the run.
    pub open: u32,
}

impl Requests {
    /// Counts one that ended so.
    pub fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::Refused => &mut self.refused,
            Outcome::Cut => &mut self.cut,
            Outcome::Reset => &mut self.reset,
            Outcome::TimedOut => &mut self.timed_out,
            Outcome::NoEndpoint => &mut self.no_endpoint,
        } += 1;
    }

    /// All that did not end well.
    pub fn lost(&self) -> u32 {
        self.refused + self.cut + self.reset + self.timed_out + self.no_endpoint
    }
}

/// The five answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The pod it is about.
    pub pod: Option<PodId>,
    /// Its application's container instance.
    pub container: Option<ContainerId>,
    /// The application's process.
    pub app: Option<TaskId>,
    /// When the stop began: the delete, or the stop request.
    pub stop_began: Option<SimTime>,
    /// Did the stop signal reach the application?
    pub signal_reached_app: Answer<bool>,
    /// Did its handler finish?
    pub handler_completed: Answer<bool>,
    /// How long the container took to stop; none if it still runs.
    pub stopped_after: Answer<Option<SimDuration>>,
    /// The grace period in force, in seconds.
    pub grace_s: Option<u32>,
    /// Exit code and reason; none if it still runs.
    pub end: Answer<Option<(u32, String)>>,
    /// Zombies in the pod when it ended, or now.
    pub zombies: Answer<u32>,
    /// Requests of the whole run.
    pub requests: Requests,
}

/// The verdict on a run.
pub fn verdict(trace: &Trace, end: &Observed) -> Verdict {
    let pod = focus(end);
    let container = pod.and_then(|p| app_container(end, p));
    let app = container.and_then(|c| application(end, c));
    let stop = pod.and_then(|p| end.pod(p)).and_then(|p| p.deleted).map(|(at, _, id)| (at, id));
    let stop = stop.or_else(|| container.and_then(|c| stop_request(trace, c)));
    let since = stop.map_or(EventId(0), |(_, id)| id);
    let exit = container.and_then(|c| end.container(c)).and_then(|c| match &c.state {
        ContainerState::Exited { end, at, by } => Some((end.clone(), *at, *by)),
        ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_) => None,
    });
    let stopped = stop.zip(exit.as_ref()).map(|((began, _), (_, at, _))| at.since(began));
    Verdict {
        pod,
        container,
        app,
        stop_began: stop.map(|(at, _)| at),
        signal_reached_app: reached(trace, app, since),
        handler_completed: completed(trace, app, since),
        stopped_after: Answer { value: stopped, event: exit.as_ref().map(|(_, _, by)| *by) },
        grace_s: pod.and_then(|p| end.pod(p)).and_then(|p| p.grace_s),
        end: Answer {
            event: exit.as_ref().map(|(_, _, by)| *by),
            value: exit.map(|(e, _, _)| (e.code, e.reason.to_string())),
        },
        zombies: zombies(trace, end, pod),
        requests: requests(end),
    }
}

/// The pod the verdict is about: the one that is deleted first; of several at one instant, whose order is chance, the oldest.
pub fn focus(end: &Observed) -> Option<PodId> {
    let deleted = end.pods.iter().enumerate().filter_map(|(i, p)| Some((p.deleted?.0, i))).min();
    let index = deleted.map(|(_, i)| i).or_else(|| (!end.pods.is_empty()).then_some(0))?;
    Some(PodId::from_index(index))
}

/// The last instance of the first regular container of a pod.
fn app_container(end: &Observed, pod: PodId) -> Option<ContainerId> {
    let all = &end.pod(pod)?.containers;
    let name = all.iter().filter_map(|c| end.container(*c)).find(|c| c.is_regular()).map(|c| c.name.clone())?;
    all.iter().rev().copied().find(|c| end.container(*c).is_some_and(|c| c.name == name))
}

/// The application of a container: the first application in it, else the first utility, else its main process.
pub fn application(end: &Observed, container: ContainerId) -> Option<TaskId> {
    let inside = |kind: ProgramKind| {
        end.tasks
            .iter()
            .position(|t| t.container == Some(container) && t.program == kind && t.execed.is_some() && !t.is_guest())
            .map(TaskId::from_index)
    };
    let main = end.container(container)?.init;
    inside(ProgramKind::App).or_else(|| inside(ProgramKind::Utility)).or(main)
}

fn stop_request(trace: &Trace, container: ContainerId) -> Option<(SimTime, EventId)> {
    trace.iter().find_map(|(id, e)| match &e.kind {
        EventKind::Container(c, OnContainer::StopRequested { .. }) if *c == container => Some((e.at, id)),
        _ => None,
    })
}

fn events_of(trace: &Trace, task: TaskId, since: EventId) -> impl Iterator<Item = (EventId, &OnTask)> {
    trace.iter().skip(since.index()).filter_map(move |(id, e)| match &e.kind {
        EventKind::Task(t, what) if *t == task => Some((id, what)),
        _ => None,
    })
}

/// A signal other than KILL and CHLD that the application noticed: caught, taken, or died of.
fn reached(trace: &Trace, app: Option<TaskId>, since: EventId) -> Answer<bool> {
    let Some(app) = app else { return Answer { value: false, event: None } };
    let stops = |s: Signal| s != Signal::KILL && s != Signal::CHLD;
    let noticed = events_of(trace, app, since).find(|(_, what)| match what {
        OnTask::Caught(s) | OnTask::Taken(s) | OnTask::Died(ExitStatus::Signaled(s)) => stops(*s),
        _ => false,
    });
    match noticed {
        Some((id, _)) => Answer { value: true, event: Some(id) },
        None => Answer { value: false, event: dropped_stop(trace, since) },
    }
}

/// The first stop signal that had no effect.
fn dropped_stop(trace: &Trace, since: EventId) -> Option<EventId> {
    trace.iter().skip(since.index()).find_map(|(id, e)| match &e.kind {
        EventKind::Task(_, OnTask::Dropped(s)) if *s != Signal::CHLD => Some(id),
        _ => None,
    })
}

fn completed(trace: &Trace, app: Option<TaskId>, since: EventId) -> Answer<bool> {
    let Some(app) = app else { return Answer { value: false, event: None } };
    let mut caught = false;
    let mut last = None;
    for (id, what) in events_of(trace, app, since) {
        match what {
            OnTask::Caught(s) if *s != Signal::CHLD => caught = true,
            OnTask::Handled(s) if *s != Signal::CHLD => return Answer { value: true, event: Some(id) },
            OnTask::Taken(s) if *s != Signal::CHLD => caught = true,
            OnTask::Died(ExitStatus::Exited(_)) => return Answer { value: caught, event: Some(id) },
            OnTask::Died(ExitStatus::Signaled(_)) => last = Some(id),
            _ => {}
        }
    }
    Answer { value: false, event: last }
}

/// Most zombies at one time after the start of the pod that were still there when it ended.
fn zombies(trace: &Trace, end: &Observed, pod: Option<PodId>) -> Answer<u32> {
    let Some(pod) = pod else { return Answer { value: 0, event: None } };
    let of_pod = |t: &crate::observed::Task| t.container.and_then(|c| end.container(c)).is_some_and(|c| c.pod == pod);
    let mut count = 0;
    let mut event = None;
    for task in end.tasks.iter().filter(|t| of_pod(t)) {
        let Some((_, died)) = task.ended() else { continue };
        let left = match &task.state {
            crate::observed::TaskState::Zombie { .. } => true,
            crate::observed::TaskState::Reaped { reaped, .. } => left_to_the_end(trace, died, *reaped),
            crate::observed::TaskState::Alive(_) => false,
        };
        if left {
            count += 1;
            event = event.or(Some(died));
        }
    }
    Answer { value: count, event }
}

/// Was it a zombie until its namespace ended, and for longer than the end itself took?
fn left_to_the_end(trace: &Trace, died: EventId, reaped: EventId) -> bool {
    let at = |id: EventId| trace.get(id).map(|e| e.at);
    let by_end = matches!(
        trace.get(reaped).map(|e| &e.kind),
        Some(EventKind::Task(_, OnTask::Reaped(crate::trace::Reaper::NamespaceEnd)))
    );
    by_end && at(died) < at(reaped)
}

fn requests(end: &Observed) -> Requests {
    let totals = &end.totals;
    Requests {
        sent: totals.sent,
        ok: totals.of(Outcome::Ok),
        refused: totals.of(Outcome::Refused),
        cut: totals.of(Outcome::Cut),
        reset: totals.of(Outcome::Reset),
        timed_out: totals.of(Outcome::TimedOut),
        no_endpoint: totals.of(Outcome::NoEndpoint),
        open: totals.open(),
    }
}
