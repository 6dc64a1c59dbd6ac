//! What went wrong and why: the smallest set of rules that explain a bad end, each with the event that decided it.
//!
//! A finding needs a bad outcome: a signal that had no effect on a container that ended well all the same is none. The same
//! thing in ten pods is one finding with a count.

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, TaskId};
use crate::base::signal::Signal;
use crate::observed::{Container, ContainerState, Observed, Task};
use crate::rules::RuleId;
use crate::trace::{
    EventKind, ExitStatus, Hook, HookResult, OnContainer, OnRequest, OnTask, Outcome, ProgramKind, Trace,
};
use crate::view::verdict;

/// What is to be changed: where a fix goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// How the container's main process is started: `CMD`, `ENTRYPOINT`, `command`, `args`.
    Command,
    /// What the program does about signals.
    Program,
    /// The preStop hook, or its absence.
    Hook,
    /// `terminationGracePeriodSeconds`.
    Grace,
    /// The base image: a program is missing there.
    Image,
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that decided it.
    pub rule: RuleId,
    /// What happened, as a sentence without a final full stop.
    pub message: String,
    /// The event to look at: the first, if it happened several times.
    pub event: EventId,
    /// The container it is about, by name; empty if it is about requests.
    pub container: Text,
    /// In how many containers, or to how many requests.
    pub count: u32,
    /// Where a change helps.
    pub place: Place,
}

impl Finding {
    /// What to do about it: the section *Fix* of the rule's page; empty if it has none.
    pub fn fix(&self) -> &'static str {
        self.rule.fix()
    }
}

/// A section of a rule's page, without its heading; empty if there is none.
#[cfg(feature = "rule-pages")]
pub fn section(rule: RuleId, heading: &str) -> &'static str {
    let mut rest = rule.page();
    while let Some((_, after)) = rest.split_once("\n## ") {
        let (title, body) = after.split_once('\n').unwrap_or((after, ""));
        if title.trim() == heading {
            return body.split_once("\n## ").map_or(body, |(own, _)| own).trim();
        }
        rest = after;
    }
    ""
}

/// What went wrong in a run, in the order of the deciding events.
pub fn findings(trace: &Trace, end: &Observed) -> Vec<Finding> {
    let mut found = Found::default();
    let stops = Stops::read(trace, end);
    for index in 0..end.containers.len() {
        let id = ContainerId::from_index(index);
        let Some(container) = end.container(id).filter(|c| !c.is_sandbox()) else { continue };
        of_container(&mut found, trace, end, &stops, id, container);
    }
    hooks_and_starts(&mut found, trace, end, &stops);
    requests(&mut found, trace, end);
    zombies(&mut found, trace, end);
    // A hook that used up the grace explains why too little was left for the program.
    let overran: Vec<Text> =
        found.list.iter().filter(|f| f.rule == RuleId::KubeletHookOverran).map(|f| f.container.clone()).collect();
    found.list.retain(|f| f.rule != RuleId::RuntimeGraceExpired || !overran.contains(&f.container));
    found.list.sort_by_key(|f| f.event);
    found.list
}

#[derive(Default)]
struct Found {
    list: Vec<Finding>,
}

impl Found {
    fn add(&mut self, finding: Finding) {
        let same = |f: &&mut Finding| {
            f.rule == finding.rule && f.container == finding.container && f.message == finding.message
        };
        match self.list.iter_mut().find(same) {
            Some(known) => known.count = known.count.saturating_add(finding.count),
            None => self.list.push(finding),
        }
    }
}

/// Stop requests and what became of stop signals, read once.
struct Stops {
    /// For each container its stop request: event and signal.
    asked: Vec<Option<(EventId, Signal)>>,
    /// For each process, events about signals other than CHLD since the stop of its container.
    signals: Vec<Vec<(EventId, What)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Dropped(Signal),
    Noticed(Signal),
    Pended,
}

impl Stops {
    fn read(trace: &Trace, end: &Observed) -> Stops {
        let mut stops = Stops { asked: vec![None; end.containers.len()], signals: vec![Vec::new(); end.tasks.len()] };
        for (id, event) in trace.iter() {
            match &event.kind {
                EventKind::Container(c, OnContainer::StopRequested { signal, .. }) => {
                    if let Some(slot) = stops.asked.get_mut(c.index()) {
                        slot.get_or_insert((id, *signal));
                    }
                }
                EventKind::Task(task, what) => {
                    let what = match what {
                        OnTask::Dropped(s) if *s != Signal::CHLD => What::Dropped(*s),
                        OnTask::Caught(s) | OnTask::Taken(s) if *s != Signal::CHLD => What::Noticed(*s),
                        OnTask::Pended(s) if *s != Signal::CHLD => What::Pended,
                        _ => continue,
                    };
                    if let Some(list) = stops.signals.get_mut(task.index()) {
                        list.push((id, what));
                    }
                }
                _ => {}
            }
        }
        stops
    }

    /// The first event about a signal to a process since `since` that `wanted` holds for.
    fn first(&self, task: TaskId, since: EventId, wanted: impl Fn(What) -> bool) -> Option<EventId> {
        let list = self.signals.get(task.index())?;
        list.iter().find(|(id, what)| *id >= since && wanted(*what)).map(|(id, _)| *id)
    }
}

/// Why the application of a container was killed, if it was.
fn of_container(
    found: &mut Found,
    trace: &Trace,
    end: &Observed,
    stops: &Stops,
    id: ContainerId,
    container: &Container,
) {
    let Some((since, signal)) = stops.asked.get(id.index()).copied().flatten() else { return };
    let (Some(app), Some(init)) = (verdict::application(end, id), container.init) else { return };
    let (Some(app_task), Some(init_task)) = (end.task(app), end.task(init)) else { return };
    let Some((ExitStatus::Signaled(Signal::KILL), died)) = app_task.ended() else { return };
    if died < since || !matches!(container.state, ContainerState::Exited { .. }) {
        return;
    }
    let (app_name, init_name) = (name(app_task), name(init_task));
    let mut add = |rule: RuleId, event: EventId, place: Place, message: String| {
        found.add(Finding { rule, message, event, container: container.name.clone(), count: 1, place });
    };
    let rule_of = |event: EventId| trace.get(event).map_or(RuleId::SignalKill, |e| e.rule);
    if stops.first(app, since, |w| matches!(w, What::Noticed(_))).is_some() {
        if let Some(killed) = killed_by_time(trace, died) {
            let grace = end.pod(container.pod).and_then(|p| p.grace_s);
            let grace = grace.map_or(String::new(), |g| format!(" of {g} s"));
            let message = format!("{app_name} was still busy when the grace period{grace} was over, and was killed");
            add(rule_of(killed), killed, Place::Grace, message);
        } else {
            let (rule, event, because) = match told(trace, since, init, RuleId::InitShutdown) {
                Some(event) => (RuleId::InitShutdown, event, "waits only a second before it kills everything"),
                None => (RuleId::ProcessNamespaceEnd, died, "ended"),
            };
            let message = format!("{app_name} was killed while it handled SIG{signal}, because {init_name} {because}");
            add(rule, event, Place::Command, message);
        }
        return;
    }
    let own = stops.first(app, since, |w| matches!(w, What::Dropped(_) | What::Pended));
    if let Some(event) = own {
        let why = match rule_of(event) {
            RuleId::SignalInitNoHandler => "has no handler for it",
            RuleId::SignalIgnored => "ignores it",
            RuleId::SignalDefaultIgnore => "has no handler for it, and whose default is to do nothing",
            _ => "does not take it",
        };
        let message = format!("SIG{signal} had no effect on {app_name}, which {why}, and it was killed");
        add(rule_of(event), event, Place::Program, message);
        return;
    }
    // The application never got it: PID 1 kept it to itself, or ended without passing it on.
    if let Some(event) = stops.first(init, since, |w| matches!(w, What::Dropped(_))) {
        let what = if init_task.program == ProgramKind::Shell { "a shell" } else { "another program" };
        let message = format!(
            "SIG{signal} went to {init_name}, {what} that has no handler for it; {app_name} never got it and was killed"
        );
        add(rule_of(event), event, Place::Command, message);
    } else if let Some(event) = told(trace, since, init, RuleId::SupervisorLeaves) {
        let message = format!(
            "{init_name} ended at SIG{signal} and left its services behind; {app_name} never got it and was killed"
        );
        add(RuleId::SupervisorLeaves, event, Place::Command, message);
    } else if let Some(event) = stops.first(init, since, |w| matches!(w, What::Noticed(_))) {
        let message = format!("{init_name} handled SIG{signal} itself; {app_name} never got it and was killed");
        add(rule_of(event), event, Place::Command, message);
    } else if let Some((_, ended)) = init_task.ended().filter(|(_, ended)| *ended >= since && init != app) {
        let message = format!("{init_name} ended, and its container with it; {app_name} never got SIG{signal}");
        add(RuleId::ProcessNamespaceEnd, ended, Place::Command, message);
    }
}

/// What a process said it does by this rule.
fn told(trace: &Trace, since: EventId, task: TaskId, rule: RuleId) -> Option<EventId> {
    let by = |kind: &EventKind| matches!(kind, EventKind::Task(t, OnTask::Does(_)) if *t == task);
    trace.iter().find(|(id, event)| *id >= since && event.rule == rule && by(&event.kind)).map(|(id, _)| id)
}

/// `ruby (pid 6)` becomes `ruby`: pids differ from pod to pod.
fn name(task: &Task) -> String {
    if task.pid == crate::base::id::Pid::INIT { format!("{}, PID 1", task.comm) } else { task.comm.to_string() }
}

/// The end of the time to stop that killed a process, if that is what did.
fn killed_by_time(trace: &Trace, died: EventId) -> Option<EventId> {
    let over = |id: &EventId| {
        matches!(trace.get(*id).map(|e| &e.kind), Some(EventKind::Container(_, OnContainer::GraceExpired)))
    };
    trace.causes(died).into_iter().find(over)
}

/// Hooks that failed, containers that did not start or ended by themselves, output that was lost.
fn hooks_and_starts(found: &mut Found, trace: &Trace, end: &Observed, stops: &Stops) {
    let unasked = |c: &ContainerId| {
        let asked = stops.asked.get(c.index()).copied().flatten();
        asked.is_none() && end.container(*c).is_some_and(|c| !c.is_sandbox())
    };
    for (id, event) in trace.iter() {
        let (container, place, message) = match &event.kind {
            EventKind::Container(c, OnContainer::HookEnded(Hook::PreStop, HookResult::Failed(why))) => {
                (Some(*c), Place::Hook, format!("the preStop hook failed: {why}"))
            }
            EventKind::Container(c, OnContainer::HookEnded(Hook::PreStop, HookResult::Overran)) => {
                (Some(*c), Place::Grace, "the preStop hook took longer than the grace period".to_owned())
            }
            EventKind::Container(c, OnContainer::StartFailed(why)) => {
                (Some(*c), Place::Command, format!("the container did not start: {why}"))
            }
            EventKind::Container(c, OnContainer::Exited(end)) if end.code != 0 && unasked(c) => (
                Some(*c),
                Place::Command,
                format!("the container ended by itself: exit code {} ({})", end.code, end.reason),
            ),
            EventKind::Task(task, OnTask::BufferLost(bytes)) => {
                let comm = end.task(*task).map_or_else(|| Text::from("a process"), |t| t.comm.clone());
                let message = format!("{bytes} bytes of output were lost in the buffer of {comm}");
                (end.task(*task).and_then(|t| t.container), Place::Program, message)
            }
            _ => continue,
        };
        let container = container.and_then(|c| end.container(c)).map_or_else(|| Text::from(""), |c| c.name.clone());
        found.add(Finding { rule: event.rule, message, event: id, container, count: 1, place });
    }
}

/// Requests that failed, by the rule that decided it.
fn requests(found: &mut Found, trace: &Trace, end: &Observed) {
    for (id, event) in trace.iter() {
        let EventKind::Request(request, OnRequest::Ended(outcome)) = &event.kind else { continue };
        let state = end.request(*request);
        let deleted = state.and_then(|r| end.pod(r.pod?)).and_then(|p| p.deleted).map(|(at, _, _)| at);
        let late = state.zip(deleted).is_some_and(|(r, deleted)| r.sent >= deleted);
        let (place, message) = match (outcome, late) {
            (Outcome::Ok, _) => continue,
            (Outcome::Refused, true) => {
                (Place::Hook, "requests were refused: they were still sent to a pod that no longer listened")
            }
            (Outcome::Refused, false) => (Place::Program, "requests were refused: nothing listened"),
            (Outcome::Reset, _) => match event.rule {
                RuleId::RequestIdleClosed => (
                    Place::Program,
                    "requests were reset: the server had just closed the idle connection they were sent over",
                ),
                RuleId::EndpointHealth => {
                    (Place::Program, "requests were reset: the load balancer found the pod unhealthy")
                }
                _ => (Place::Hook, "requests were reset: they waited in a backlog when its socket was closed"),
            },
            (Outcome::Cut, _) if event.rule == RuleId::EndpointDeregistered => {
                (Place::Grace, "requests were cut: the load balancer's deregistration delay was over")
            }
            (Outcome::Cut, _) => (Place::Program, "requests were cut: the process that worked on them ended"),
            (Outcome::TimedOut, true) => {
                (Place::Hook, "requests were not answered: they were still sent to a pod that was being deleted")
            }
            (Outcome::TimedOut, false) => (Place::Program, "requests were not answered in time"),
            (Outcome::NoEndpoint, _) => (Place::Hook, "requests found no endpoint that could serve them"),
        };
        let container = Text::from("");
        found.add(Finding { rule: event.rule, message: message.to_owned(), event: id, container, count: 1, place });
    }
    let sent = end.totals.sent;
    for finding in found.list.iter_mut().filter(|f| f.container.is_empty() && f.message.starts_with("requests")) {
        finding.message = format!("{} of {sent} {}", finding.count, finding.message);
    }
}

/// Zombies that were left.
fn zombies(found: &mut Found, trace: &Trace, end: &Observed) {
    let zombies = verdict::verdict(trace, end).zombies;
    let (1.., Some(event)) = (zombies.value, zombies.event) else { return };
    let Some(EventKind::Task(task, _)) = trace.get(event).map(|e| &e.kind) else { return };
    let Some(task) = end.task(*task) else { return };
    let parent = task.parent.and_then(|p| end.task(p)).map_or_else(|| "nobody".to_owned(), name);
    let container = task.container.and_then(|c| end.container(c)).map_or_else(|| Text::from(""), |c| c.name.clone());
    let count = match zombies.value {
        1 => "a zombie is".to_owned(),
        n => format!("{n} zombies are"),
    };
    let message = format!("{count} left: {} ended, and its parent, {parent}, never waits for it", task.comm);
    let (rule, count) = (RuleId::ProcessReaped, zombies.value);
    found.add(Finding { rule, message, event, container, count, place: Place::Command });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    fn of(trace: &Trace) -> Vec<Finding> {
        findings(trace, &Observed::at(trace, EventId::from_index(trace.len())))
    }

    #[test]
    fn a_shell_in_front_of_the_application_is_the_one_finding() {
        let trace = fixture::shell_form();
        let found = of(&trace);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule, RuleId::SignalInitNoHandler);
        assert_eq!(
            found[0].message,
            "SIGTERM went to sh, PID 1, a shell that has no handler for it; ruby never got it and was killed"
        );
        assert_eq!(trace.get(found[0].event).unwrap().rule, RuleId::SignalInitNoHandler);
    }

    #[test]
    fn a_graceful_end_has_no_findings() {
        assert_eq!(of(&fixture::exec_form()), []);
        assert_eq!(of(&Trace::default()), []);
    }

    #[test]
    fn a_section_of_a_page_ends_at_the_next_heading() {
        assert_eq!(section(RuleId::KubeletHookOverran, "Why"), "Grace belongs to the whole container, hook included.");
        assert_eq!(section(RuleId::KubeletHookOverran, "Nothing"), "");
    }
}
