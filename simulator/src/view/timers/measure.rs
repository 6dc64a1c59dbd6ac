//! What the containers of a workload took to stop in a run, the slowest of them, and the time limits of their programs.

use std::collections::BTreeMap;

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, PodId};
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::observed::Observed;
use crate::program::app::limits::StopLimit;
use crate::rules::RuleId;
use crate::scenario::Scenario;
use crate::trace::OnRequest;
use crate::trace::{EventKind, Hook, HookResult, OnContainer, OnTask, Outcome, SocketState, Trace};
use crate::world::World;

/// How one container of a workload stopped: the longest over its pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    pub container: Text,
    /// `deletionGracePeriodSeconds`.
    pub grace: SimDuration,
    /// How long its preStop hook took, if it has one; as long as it was waited for if it did not end.
    pub hook: Option<SimDuration>,
    /// The hook did not end by itself.
    pub hook_overran: bool,
    /// The stop signal.
    pub signal: Option<Signal>,
    /// From the stop signal to the end.
    pub drain: Option<SimDuration>,
    /// It was killed because the time was over.
    pub killed: Option<EventId>,
    /// From the delete until the first socket was closed.
    pub closed: Option<SimDuration>,
}

/// One entry for each container name, in order of appearance. Pods that were not deleted do not count.
pub(super) fn measure(trace: &Trace, end: &Observed, workload: &str) -> Vec<Measured> {
    let own = |pod: PodId| {
        let pod = end.pod(pod).filter(|p| &*p.owner == workload || &*p.name == workload)?;
        Some((pod.deleted?.0, SimDuration::from_secs(u64::from(pod.grace_s.unwrap_or(30)))))
    };
    let mut all: Vec<Measured> = Vec::new();
    let mut asked: BTreeMap<ContainerId, crate::base::time::SimTime> = BTreeMap::new();
    let mut hooks = asked.clone();
    for (id, event) in trace.iter() {
        let container = match &event.kind {
            EventKind::Container(container, _) => *container,
            EventKind::Task(task, OnTask::Socket { .. }) => match end.task(*task).and_then(|t| t.container) {
                Some(container) => container,
                None => continue,
            },
            _ => continue,
        };
        let Some(state) = end.container(container).filter(|c| !c.is_sandbox()) else { continue };
        let Some((deleted, grace)) = own(state.pod).filter(|(deleted, _)| *deleted <= event.at) else { continue };
        let at = match all.iter().position(|m| m.container == state.name) {
            Some(at) => at,
            None => {
                all.push(Measured::new(state.name.clone(), grace));
                all.len() - 1
            }
        };
        let Some(m) = all.get_mut(at) else { continue };
        m.grace = m.grace.max(grace);
        let close = |m: &mut Measured| {
            let after = event.at.since(deleted);
            m.closed = Some(m.closed.map_or(after, |known| known.min(after)));
        };
        match &event.kind {
            EventKind::Task(_, OnTask::Socket { state, .. }) if *state != SocketState::Accepting => close(m),
            EventKind::Container(_, what) => match what {
                OnContainer::HookStarted(Hook::PreStop, _) => {
                    hooks.insert(container, event.at);
                }
                OnContainer::HookEnded(Hook::PreStop, result) => {
                    let took = hooks.get(&container).map(|from| event.at.since(*from));
                    m.hook = m.hook.max(took);
                    m.hook_overran |= matches!(result, HookResult::Overran | HookResult::Killed);
                }
                OnContainer::StopRequested { signal, .. } => {
                    asked.insert(container, event.at);
                    m.signal = Some(*signal);
                }
                OnContainer::GraceExpired => m.killed = m.killed.or(Some(id)),
                OnContainer::Exited(_) => {
                    m.drain = m.drain.max(asked.get(&container).map(|from| event.at.since(*from)));
                    close(m);
                }
                _ => {}
            },
            _ => {}
        }
    }
    all
}

impl Measured {
    fn new(container: Text, grace: SimDuration) -> Self {
        Measured {
            container,
            grace,
            hook: None,
            hook_overran: false,
            signal: None,
            drain: None,
            killed: None,
            closed: None,
        }
    }

    pub(super) fn hook_time(&self) -> SimDuration {
        self.hook.unwrap_or(SimDuration::ZERO)
    }
}

/// The time limits of the programs that run when the first pod is deleted, by the name of their container.
pub(super) fn limits(scenario: &Scenario) -> Vec<(Text, StopLimit)> {
    let mut world = World::new(scenario);
    while world.seen().pods.iter().all(|p| p.deleted.is_none()) && world.step() {}
    let seen = world.seen();
    let name = |task| Some(seen.container(seen.task(task)?.container?)?.name.clone());
    let mut limits: Vec<(Text, StopLimit)> =
        world.stop_limits().into_iter().filter_map(|(task, limit)| Some((name(task)?, limit))).collect();
    limits.sort_by_key(|(name, limit)| (name.clone(), limit.of, limit.signal, limit.time));
    limits.dedup();
    limits
}

/// What was lost in a run because of stops: late requests to pods that went, and requests that were cut there. How many, and
/// the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    pub late: u32,
    pub first_late: Option<EventId>,
    pub cut: u32,
    pub first_cut: Option<EventId>,
    /// Requests of pods that nobody deleted, given up by the client.
    pub impatient: u32,
    pub first_impatient: Option<EventId>,
    /// Met a connection that had just been closed: how many, and the first.
    pub raced: (u32, Option<EventId>),
    /// Cut by a load balancer whose delay was over.
    pub deregistered: (u32, Option<EventId>),
    /// Found no endpoint.
    pub nowhere: (u32, Option<EventId>),
}

pub(super) fn lost(trace: &Trace, end: &Observed) -> Lost {
    let mut lost = Lost::default();
    for (id, event) in trace.iter() {
        let EventKind::Request(request, OnRequest::Ended(outcome)) = &event.kind else { continue };
        let Some(state) = end.request(*request) else { continue };
        let deleted = state.pod.and_then(|p| end.pod(p)).and_then(|p| p.deleted).map(|(at, _, _)| at);
        let late = deleted.is_some_and(|at| at <= event.at);
        let (count, first) = match outcome {
            Outcome::Ok => continue,
            Outcome::NoEndpoint => (&mut lost.nowhere.0, &mut lost.nowhere.1),
            Outcome::Reset if event.rule == RuleId::RequestIdleClosed => (&mut lost.raced.0, &mut lost.raced.1),
            Outcome::Cut if event.rule == RuleId::EndpointDeregistered => {
                (&mut lost.deregistered.0, &mut lost.deregistered.1)
            }
            Outcome::Cut if late => (&mut lost.cut, &mut lost.first_cut),
            Outcome::Refused | Outcome::Reset if late => (&mut lost.late, &mut lost.first_late),
            Outcome::TimedOut if late && state.task.is_none() => (&mut lost.late, &mut lost.first_late),
            Outcome::TimedOut => (&mut lost.impatient, &mut lost.first_impatient),
            Outcome::Cut | Outcome::Refused | Outcome::Reset => continue,
        };
        *count += 1;
        first.get_or_insert(id);
    }
    lost
}
