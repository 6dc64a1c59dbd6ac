//! The timeline: lanes with bars (what lasts) and marks (what happens), in simulated time.
//!
//! One fold of the whole trace; a cursor is a line drawn over the result. Not here: the axis that folds idle time (`fold`).

use std::collections::BTreeMap;

use crate::base::id::{ContainerId, EventId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{Event, EventKind, ExitStatus, OnContainer, OnEndpoint, OnPod, OnTask, SocketState, Trace};
use crate::view::level::{Level, level};
use crate::view::words;

/// All lanes, from the API server down to the processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Lanes in the order in which they are shown.
    pub lanes: Vec<Lane>,
}

/// Whose lane it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Inputs and the API server.
    Api,
    /// The EndpointSlice and the copies of its consumers.
    Endpoints,
    /// The kubelet and the runtime: grace, hooks, probes.
    Kubelet,
    /// A container instance.
    Container(ContainerId),
    /// A process, in the lane below its container or namespace.
    Task(TaskId),
}

/// One lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose it is.
    pub whose: Whose,
    /// What stands in front of it.
    pub title: String,
    /// How deep a process is in its tree, for indentation.
    pub depth: u8,
    /// What lasts.
    pub bars: Vec<Bar>,
    /// What happens.
    pub marks: Vec<Mark>,
}

/// Something that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Since when.
    pub from: SimTime,
    /// Until when; none if it lasts beyond the end of the run.
    pub to: Option<SimTime>,
    /// What.
    pub kind: BarKind,
    /// In words.
    pub label: String,
    /// The event that began it.
    pub event: EventId,
    /// The event that ended it.
    pub ended: Option<EventId>,
}

/// What lasts. `Alive` comes first: bars of a lane are looked up from it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BarKind {
    /// A process or container lives.
    Alive,
    /// A process is dead and not reaped.
    Zombie,
    /// A handler runs, or what it started: the application drains.
    Handling,
    /// A process is stopped (state T).
    Stopped,
    /// From the delete to its deadline.
    Grace,
    /// From the stop signal to SIGKILL, at most.
    StopTimeout,
    /// A lifecycle hook runs.
    Hook,
    /// A list of endpoints is stale: it still routes to a pod that the EndpointSlice shows as not ready or not at all.
    Stale,
    /// Waiting for the next start.
    BackOff,
    /// A socket accepts connections.
    Accepting,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The event.
    pub event: EventId,
    /// When.
    pub at: SimTime,
    /// Which shape.
    pub kind: MarkKind,
    /// How much it matters.
    pub level: Level,
    /// A word or two for the mark itself: `TERM`, `exit 0`.
    pub short: String,
    /// The whole sentence.
    pub sentence: String,
    /// The rule that decided it.
    pub rule: RuleId,
}

/// The shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A person or the world outside acted.
    Input,
    /// A signal was sent to it.
    Sent,
    /// It caught or took a signal.
    Caught,
    /// A signal had no effect.
    Dropped,
    /// A signal is pending.
    Pended,
    /// A signal ended it.
    Killed,
    /// It ended by itself.
    Exited,
    /// It began: started, forked, executed.
    Began,
    /// It changed: ready, adopted, a socket, an endpoint.
    Changed,
    /// Something failed: a hook, a probe, a start; bytes were lost.
    Failed,
}

/// The timeline of a run.
pub fn timeline(trace: &Trace) -> Timeline {
    let mut build = Build::default();
    for (id, event) in trace.iter() {
        build.event(id, event);
        build.seen.apply(id, event);
        build.after(id, event);
    }
    build.finish()
}

#[derive(Default)]
struct Build {
    seen: Observed,
    lanes: BTreeMap<Whose, Lane>,
    /// Bars that last still: lane, kind, number to tell several apart, position in the lane.
    open: BTreeMap<(Whose, BarKind, u64), usize>,
}

impl Build {
    fn lane(&mut self, whose: Whose) -> &mut Lane {
        let seen = &self.seen;
        self.lanes.entry(whose).or_insert_with(|| {
            let (title, depth) = match whose {
                Whose::Api => ("API server".to_owned(), 0),
                Whose::Endpoints => ("endpoints".to_owned(), 0),
                Whose::Kubelet => ("kubelet".to_owned(), 0),
                Whose::Container(c) => (words::container_name(seen, c), 0),
                Whose::Task(t) => (words::task_name(seen, t), depth(seen, t)),
            };
            Lane { whose, title, depth, bars: Vec::new(), marks: Vec::new() }
        })
    }

    fn start(&mut self, whose: Whose, kind: BarKind, key: u64, id: EventId, at: SimTime, label: String) {
        if self.open.contains_key(&(whose, kind, key)) {
            return;
        }
        let lane = self.lane(whose);
        let position = lane.bars.len();
        lane.bars.push(Bar { from: at, to: None, kind, label, event: id, ended: None });
        self.open.insert((whose, kind, key), position);
    }

    fn stop(&mut self, whose: Whose, kind: BarKind, key: u64, id: EventId, at: SimTime) {
        let Some(position) = self.open.remove(&(whose, kind, key)) else { return };
        if let Some(bar) = self.lanes.get_mut(&whose).and_then(|l| l.bars.get_mut(position)) {
            bar.to = Some(at);
            bar.ended = Some(id);
        }
    }

    /// The mark of an event, told from the state before it.
    fn event(&mut self, id: EventId, event: &Event) {
        let level = level(&self.seen, event);
        if level == Level::Quiet {
            return;
        }
        let Some((whose, kind, short)) = self.mark(event) else { return };
        let sentence = words::sentence(&self.seen, event);
        self.lane(whose).marks.push(Mark { event: id, at: event.at, kind, level, short, sentence, rule: event.rule });
    }

    fn mark(&self, event: &Event) -> Option<(Whose, MarkKind, String)> {
        Some(match &event.kind {
            EventKind::Input(text) => (Whose::Api, MarkKind::Input, text.to_string()),
            EventKind::Task(task, what) => {
                let (kind, short) = of_task(what)?;
                (Whose::Task(*task), kind, short)
            }
            EventKind::Container(container, what) => {
                let (kind, short) = of_container(what);
                (Whose::Container(*container), kind, short)
            }
            EventKind::Pod(_, what) => match what {
                OnPod::Terminating(_) | OnPod::SandboxStopped | OnPod::NetworkGone => {
                    (Whose::Kubelet, MarkKind::Changed, words::short_pod(what).to_owned())
                }
                _ => (Whose::Api, MarkKind::Changed, words::short_pod(what).to_owned()),
            },
            EventKind::Endpoint(pod, what) => {
                let name = self.seen.pod(*pod).map_or("", |p| &*p.name);
                let short = match what {
                    OnEndpoint::Slice(c) if c.ready => format!("{name} ready"),
                    OnEndpoint::Slice(_) => format!("{name} not ready"),
                    OnEndpoint::Unlisted => format!("{name} unlisted"),
                    OnEndpoint::Learned { consumer, routes: true } => format!("{consumer}: {name} in"),
                    OnEndpoint::Learned { consumer, routes: false } => format!("{consumer}: {name} out"),
                    OnEndpoint::Health { consumer, healthy: true } => format!("{consumer}: {name} healthy"),
                    OnEndpoint::Health { consumer, healthy: false } => format!("{consumer}: {name} unhealthy"),
                    OnEndpoint::Deregistered { consumer } => format!("{consumer}: {name} deregistered"),
                };
                (Whose::Endpoints, MarkKind::Changed, short)
            }
            EventKind::Workload(_, what) => (Whose::Api, MarkKind::Changed, words::short_workload(what).to_owned()),
            EventKind::Node(_, what) => (Whose::Kubelet, MarkKind::Changed, words::short_node(*what).to_owned()),
            EventKind::Budget(_) => (Whose::Api, MarkKind::Failed, "limit".to_owned()),
            EventKind::Namespace(..) | EventKind::Request(..) => return None,
        })
    }

    /// The bars that an event begins and ends; the state is the one after it.
    fn after(&mut self, id: EventId, event: &Event) {
        match &event.kind {
            EventKind::Task(task, what) => self.task_bars(id, event.at, *task, what),
            EventKind::Container(container, what) => self.container_bars(id, event.at, *container, what),
            EventKind::Pod(pod, OnPod::DeleteRequested { grace_s, deadline, .. }) => {
                let key = u64::from(pod.0);
                self.start(Whose::Api, BarKind::Grace, key, id, event.at, format!("grace {grace_s} s"));
                let position = self.open.get(&(Whose::Api, BarKind::Grace, key)).copied();
                if let Some(bar) = position.and_then(|p| self.lane(Whose::Api).bars.get_mut(p)) {
                    bar.to = Some(*deadline);
                }
            }
            EventKind::Endpoint(pod, _) => {
                let Some(entry) = self.seen.endpoints.get(pod).cloned() else { return };
                let gone = entry.slice.is_none_or(|c| !c.ready);
                for consumer in 0..u8::try_from(u64::BITS).unwrap_or(0) {
                    let key = u64::from(pod.0) << 8 | u64::from(consumer);
                    if gone && entry.routed_by(consumer) {
                        let name = self.seen.pod(*pod).map_or("", |p| &*p.name);
                        let label = format!("{} still routes to {name}", words::proxy(consumer));
                        self.start(Whose::Endpoints, BarKind::Stale, key, id, event.at, label);
                    } else {
                        self.stop(Whose::Endpoints, BarKind::Stale, key, id, event.at);
                    }
                }
            }
            _ => {}
        }
    }

    fn task_bars(&mut self, id: EventId, at: SimTime, task: TaskId, what: &OnTask) {
        let lane = Whose::Task(task);
        let signal_key = |s: Signal| u64::from(s.number());
        match what {
            OnTask::Entered(_) => self.start(lane, BarKind::Alive, 0, id, at, "alive".to_owned()),
            OnTask::Forked { child, .. } => {
                self.start(Whose::Task(*child), BarKind::Alive, 0, id, at, "alive".to_owned());
            }
            OnTask::Execed(_) | OnTask::Titled(_) => {
                let title = words::task_name(&self.seen, task);
                self.lane(lane).title = title;
            }
            OnTask::Caught(s) if *s != Signal::CHLD => {
                self.start(lane, BarKind::Handling, signal_key(*s), id, at, format!("handles SIG{s}"));
            }
            OnTask::Handled(s) => self.stop(lane, BarKind::Handling, signal_key(*s), id, at),
            OnTask::Stopped(_) => self.start(lane, BarKind::Stopped, 0, id, at, "stopped".to_owned()),
            OnTask::Continued => self.stop(lane, BarKind::Stopped, 0, id, at),
            OnTask::Socket { port, state: SocketState::Accepting } => {
                self.start(lane, BarKind::Accepting, u64::from(*port), id, at, format!("accepts on port {port}"));
            }
            OnTask::Socket { port, .. } => self.stop(lane, BarKind::Accepting, u64::from(*port), id, at),
            OnTask::Died(_) => {
                self.stop_all(lane, id, at);
                self.start(lane, BarKind::Zombie, 0, id, at, "zombie".to_owned());
            }
            OnTask::Reaped(_) => self.stop_all(lane, id, at),
            _ => {}
        }
    }

    fn container_bars(&mut self, id: EventId, at: SimTime, container: ContainerId, what: &OnContainer) {
        let lane = Whose::Container(container);
        match what {
            OnContainer::Started(_) => {
                for bar in [BarKind::BackOff, BarKind::Alive] {
                    self.stop(lane, bar, 0, id, at);
                }
                self.start(lane, BarKind::Alive, 0, id, at, "runs".to_owned());
            }
            OnContainer::StopRequested { signal, timeout } => {
                let label = format!("SIG{signal}, SIGKILL after {} s", timeout.as_secs());
                self.start(lane, BarKind::StopTimeout, 0, id, at, label);
            }
            OnContainer::GraceExpired => self.stop(lane, BarKind::StopTimeout, 0, id, at),
            OnContainer::HookStarted(hook, _) => {
                let label = format!("{} hook", words::hook(*hook));
                self.start(lane, BarKind::Hook, 0, id, at, label);
            }
            OnContainer::HookEnded(..) => self.stop(lane, BarKind::Hook, 0, id, at),
            OnContainer::Exited(_) => self.stop_all(lane, id, at),
            OnContainer::BackOff(wait) => {
                self.start(lane, BarKind::BackOff, 0, id, at, format!("back-off {} s", wait.as_secs()));
                let position = self.open.remove(&(lane, BarKind::BackOff, 0));
                if let Some(bar) = position.and_then(|p| self.lane(lane).bars.get_mut(p)) {
                    bar.to = Some(at + *wait);
                }
            }
            _ => {}
        }
    }

    fn stop_all(&mut self, whose: Whose, id: EventId, at: SimTime) {
        let first = (whose, BarKind::Alive, 0);
        let open: Vec<_> = self.open.range(first..).map(|(key, _)| *key).take_while(|key| key.0 == whose).collect();
        for (whose, kind, key) in open {
            self.stop(whose, kind, key, id, at);
        }
    }

    /// Lanes in reading order: each container's processes below it.
    fn finish(mut self) -> Timeline {
        let mut lanes = Vec::with_capacity(self.lanes.len());
        let mut take = |build: &mut Self, whose: Whose| lanes.extend(build.lanes.remove(&whose));
        for whose in [Whose::Api, Whose::Endpoints, Whose::Kubelet] {
            take(&mut self, whose);
        }
        for c in 0..self.seen.containers.len() {
            let container = ContainerId::from_index(c);
            take(&mut self, Whose::Container(container));
            for t in 0..self.seen.tasks.len() {
                if self.seen.tasks.get(t).is_some_and(|t| t.container == Some(container)) {
                    take(&mut self, Whose::Task(TaskId::from_index(t)));
                }
            }
        }
        let rest: Vec<Whose> = self.lanes.keys().copied().collect();
        for whose in rest {
            take(&mut self, whose);
        }
        Timeline { lanes }
    }
}

/// How many parents a process has in its namespace, cut off at 8.
fn depth(seen: &Observed, task: TaskId) -> u8 {
    let mut depth = 0;
    let mut next = seen.task(task).and_then(|t| t.parent);
    while let (Some(parent), true) = (next, depth < 8) {
        depth += 1;
        next = seen.task(parent).and_then(|t| t.parent);
    }
    depth
}

fn of_task(what: &OnTask) -> Option<(MarkKind, String)> {
    Some(match what {
        OnTask::Entered(entry) => (MarkKind::Began, entry.role.to_string()),
        OnTask::Forked { pid, .. } => (MarkKind::Began, format!("fork {pid}")),
        OnTask::ForkRefused(errno) => (MarkKind::Failed, errno.to_string()),
        OnTask::Execed(new) => (MarkKind::Began, format!("exec {}", new.path)),
        OnTask::ExecFailed { errno, .. } => (MarkKind::Failed, errno.to_string()),
        OnTask::Sent { signal, .. } => (MarkKind::Sent, signal.to_string()),
        OnTask::Dropped(signal) => (MarkKind::Dropped, format!("{signal} dropped")),
        OnTask::Pended(signal) => (MarkKind::Pended, format!("{signal} pending")),
        OnTask::Caught(signal) | OnTask::Taken(signal) => (MarkKind::Caught, format!("{signal} caught")),
        OnTask::Handled(signal) => (MarkKind::Caught, format!("{signal} handled")),
        OnTask::Stopped(_) => (MarkKind::Changed, "stopped".to_owned()),
        OnTask::Continued => (MarkKind::Changed, "continued".to_owned()),
        OnTask::Died(ExitStatus::Exited(code)) => (MarkKind::Exited, format!("exit {code}")),
        OnTask::Died(ExitStatus::Signaled(signal)) => (MarkKind::Killed, format!("killed by {signal}")),
        OnTask::Adopted { .. } => (MarkKind::Changed, "adopted".to_owned()),
        OnTask::Reaped(_) => (MarkKind::Changed, "reaped".to_owned()),
        OnTask::BufferLost(bytes) => (MarkKind::Failed, format!("{bytes} bytes lost")),
        OnTask::Socket { port, .. } => (MarkKind::Changed, format!("port {port}")),
        OnTask::Wrote { .. } => (MarkKind::Changed, "output".to_owned()),
        OnTask::Does(text) => (MarkKind::Changed, text.to_string()),
        _ => return None,
    })
}

fn of_container(what: &OnContainer) -> (MarkKind, String) {
    use crate::trace::HookResult;
    match what {
        OnContainer::StartFailed(_) => (MarkKind::Failed, "start failed".to_owned()),
        OnContainer::Started(_) => (MarkKind::Began, "started".to_owned()),
        OnContainer::StopRequested { signal, .. } => (MarkKind::Sent, format!("stop: {signal}")),
        OnContainer::OutOfMemory => (MarkKind::Killed, "out of memory".to_owned()),
        OnContainer::GraceExpired => (MarkKind::Killed, "time is over".to_owned()),
        OnContainer::HookStarted(h, _) => (MarkKind::Began, format!("{} starts", words::hook(*h))),
        OnContainer::HookEnded(h, HookResult::Done) => (MarkKind::Exited, format!("{} done", words::hook(*h))),
        OnContainer::HookEnded(h, _) => (MarkKind::Failed, format!("{} failed", words::hook(*h))),
        OnContainer::Exited(end) => (MarkKind::Exited, format!("{} {}", end.code, end.reason)),
        OnContainer::Probed { ok: false, .. } => (MarkKind::Failed, "probe failed".to_owned()),
        OnContainer::RestartRule { .. } => (MarkKind::Changed, "restart rule".to_owned()),
        OnContainer::BackOff(wait) => (MarkKind::Failed, format!("back-off {} s", wait.as_secs())),
        _ => (MarkKind::Changed, "changed".to_owned()),
    }
}

/// Requests that ended in one stretch of time, by outcome.
pub type Counts = crate::view::verdict::Requests;

/// Requests by outcome in each stretch between two boundaries (ascending): one count fewer than boundaries.
pub fn histogram(end: &Observed, boundaries: &[SimTime]) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); boundaries.len().saturating_sub(1)];
    let slot = |at: SimTime| boundaries.partition_point(|b| *b <= at).checked_sub(1);
    for request in &end.requests {
        if let Some(c) = slot(request.sent).and_then(|i| counts.get_mut(i)) {
            c.sent += 1;
        }
        if let Some((outcome, at, _)) = request.ended()
            && let Some(c) = slot(at).and_then(|i| counts.get_mut(i))
        {
            c.add(outcome);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    #[test]
    fn a_dropped_signal_is_a_mark_in_the_lane_of_its_process() {
        let lanes = timeline(&fixture::shell_form()).lanes;
        let shell = lanes.iter().find(|l| l.whose == Whose::Task(TaskId(0))).unwrap();
        assert_eq!(shell.title, "sh (pid 1)");
        let kinds: Vec<_> = shell.marks.iter().filter(|m| m.level == Level::Key).map(|m| m.short.as_str()).collect();
        assert_eq!(kinds, ["TERM", "TERM dropped", "KILL", "killed by KILL"]);
    }

    #[test]
    fn the_handler_and_the_grace_period_are_bars() {
        let lanes = timeline(&fixture::exec_form()).lanes;
        let of = |kind: BarKind| lanes.iter().flat_map(|l| &l.bars).find(|b| b.kind == kind).unwrap();
        assert_eq!(of(BarKind::Handling).from, SimTime::from_millis(20_002));
        assert_eq!(of(BarKind::Handling).to, Some(SimTime::from_millis(25_002)));
        assert_eq!(
            (of(BarKind::Grace).from, of(BarKind::Grace).to),
            (SimTime::from_secs(20), Some(SimTime::from_secs(50)))
        );
    }

    #[test]
    fn processes_stand_below_their_container() {
        let lanes = timeline(&fixture::shell_form()).lanes;
        let order: Vec<_> = lanes.iter().map(|l| l.whose).collect();
        let container = order.iter().position(|w| *w == Whose::Container(ContainerId(0))).unwrap();
        assert_eq!(order[container + 1..], [Whose::Task(TaskId(0)), Whose::Task(TaskId(1))]);
        assert_eq!(lanes[container + 2].depth, 1);
    }

    #[test]
    fn everything_that_lasts_ends_with_its_process() {
        let lanes = timeline(&fixture::shell_form()).lanes;
        let ruby = lanes.iter().find(|l| l.whose == Whose::Task(TaskId(1))).unwrap();
        let end = Some(SimTime::from_millis(50_002));
        assert!(!ruby.bars.is_empty() && ruby.bars.iter().all(|bar| bar.to == end), "{:?}", ruby.bars);
    }

    #[test]
    fn an_empty_run_has_no_lanes() {
        assert_eq!(timeline(&Trace::default()), Timeline::default());
        assert!(histogram(&Observed::default(), &[]).is_empty());
    }
}
