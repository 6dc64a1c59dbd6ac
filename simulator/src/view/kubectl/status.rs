//! The cells of one pod in `kubectl get pods` (printers.go `printPod`).

use super::{Roster, age};
use crate::base::time::{SimDuration, SimTime};
use crate::observed::{Container, ContainerState, Observed, Pod};
use crate::trace::PodPhase;

/// The first minor release whose kubectl shows Terminating only while the phase is not final (kubernetes pull request 122038).
/// Of kubectl's releases v0.31.0 is the first to have it.
const CHECKS_PHASE: u8 = 31;

/// The cells of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// NAME.
    pub name: String,
    /// READY: `1/1`.
    pub ready: String,
    /// STATUS.
    pub status: String,
    /// RESTARTS.
    pub restarts: u32,
    /// How long ago the last of them was.
    pub restarted: Option<SimDuration>,
    /// AGE.
    pub age: SimDuration,
}

impl Row {
    /// The cells as text.
    pub fn cells(&self) -> [String; 5] {
        let restarts = match self.restarted {
            Some(ago) if self.restarts > 0 => format!("{} ({} ago)", self.restarts, age(ago)),
            _ => self.restarts.to_string(),
        };
        [self.name.clone(), self.ready.clone(), self.status.clone(), restarts, age(self.age)]
    }
}

/// A container as its status shows it.
enum State {
    Waiting(&'static str),
    Running,
    Terminated(String, u32),
}

/// The row of a pod.
pub fn row(roster: &Roster, seen: &Observed, pod: &Pod, now: SimTime) -> Row {
    let instances = |name: &str| -> Vec<&Container> {
        pod.containers.iter().filter_map(|c| seen.container(*c)).filter(|c| &*c.name == name).collect()
    };
    let sidecars = roster.init.iter().filter(|(_, sidecar)| *sidecar).count();
    let names = || roster.init.iter().map(|(name, _)| name).chain(&roster.regular);
    let last = |name: &str| instances(name).last().copied();
    let counts = |name: &str| !roster.init.iter().any(|(n, sidecar)| &**n == name && !sidecar);
    let ready = names().filter(|n| counts(n) && last(n).is_some_and(|c| c.ready && runs(c))).count();
    let restarts = names().filter_map(|n| last(n)).map(|c| c.restarts).sum();
    let ended = |c: &Container| match &c.state {
        ContainerState::Exited { at, .. } => Some(*at),
        ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_) => None,
    };
    let before = names().filter_map(|n| instances(n).iter().rev().nth(1).and_then(|c| ended(c))).max();
    Row {
        name: pod.name.to_string(),
        ready: format!("{ready}/{}", roster.regular.len() + sidecars),
        status: status(roster, pod, &last),
        restarts,
        restarted: before.map(|at| now.since(at)),
        age: now.since(pod.created),
    }
}

fn runs(container: &Container) -> bool {
    matches!(container.state, ContainerState::Running | ContainerState::Stopping(_))
}

fn state(roster: &Roster, container: Option<&Container>) -> State {
    let waits = if roster.init.is_empty() { "ContainerCreating" } else { "PodInitializing" };
    let Some(container) = container else { return State::Waiting(waits) };
    match &container.state {
        ContainerState::Created if container.restarts == 0 => State::Waiting(waits),
        ContainerState::Created => State::Waiting("CrashLoopBackOff"),
        ContainerState::Running | ContainerState::Stopping(_) => State::Running,
        ContainerState::Exited { .. } if container.waiting => State::Waiting("CrashLoopBackOff"),
        ContainerState::Exited { end, .. } => State::Terminated(end.reason.to_string(), end.code),
    }
}

/// Is its phase one that never changes again?
pub fn is_final(pod: &Pod) -> bool {
    matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed)
}

fn phase(pod: &Pod) -> &'static str {
    match pod.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
    }
}

/// The STATUS cell.
fn status<'a>(roster: &Roster, pod: &Pod, last: &impl Fn(&str) -> Option<&'a Container>) -> String {
    let mut reason = if pod.reason.is_empty() { phase(pod).to_owned() } else { pod.reason.to_string() };
    // Before the kubelet has seen the pod its status lists no containers.
    let known = pod.seen;
    // Once regular containers have been started, the pod stays initialized, whatever becomes of its sidecars.
    let initialized = roster.regular.iter().any(|name| last(name).is_some());
    let initializing = (known && !initialized).then(|| init_status(roster, last)).flatten();
    if let Some(text) = initializing {
        reason = text;
    } else if known {
        let mut running = false;
        for name in roster.regular.iter().rev() {
            let container = last(name);
            match state(roster, container) {
                State::Waiting(text) => reason = text.to_owned(),
                State::Terminated(text, code) => {
                    reason = if text.is_empty() { format!("ExitCode:{code}") } else { text };
                }
                State::Running => running |= container.is_some_and(|c| c.ready),
            }
        }
        if reason == "Completed" && running {
            reason = if pod.ready { "Running" } else { "NotReady" }.to_owned();
        }
    }
    if pod.deleted.is_some() && !(is_final(pod) && roster.minor >= CHECKS_PHASE) {
        return "Terminating".to_owned();
    }
    reason
}

/// STATUS while init containers are not through.
fn init_status<'a>(roster: &Roster, last: &impl Fn(&str) -> Option<&'a Container>) -> Option<String> {
    for (n, (name, sidecar)) in roster.init.iter().enumerate() {
        match state(&Roster::default(), last(name)) {
            State::Terminated(_, 0) => {}
            State::Running if *sidecar => {}
            State::Terminated(reason, _) if !reason.is_empty() => return Some(format!("Init:{reason}")),
            State::Terminated(_, code) => return Some(format!("Init:ExitCode:{code}")),
            State::Waiting("CrashLoopBackOff") => return Some("Init:CrashLoopBackOff".to_owned()),
            State::Waiting(_) | State::Running => return Some(format!("Init:{n}/{}", roster.init.len())),
        }
    }
    None
}
