//! `kubectl describe pod`: state of the pod and its containers, and its Kubernetes events.

use super::{Roster, age, status};
use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::observed::{Container, ContainerState, KubernetesEvent, Observed, Pod};
use crate::trace::{ContainerEnd, EventType};

/// `kubectl describe pod NAME`, as far as it is simulated: no node, addresses, volumes and conditions.
pub fn describe_pod(roster: &Roster, seen: &Observed, id: PodId, now: SimTime) -> String {
    let Some(pod) = seen.pod(id) else { return String::new() };
    if pod.removed.is_some() {
        return format!("Error from server (NotFound): pods \"{}\" not found\n", pod.name);
    }
    let mut lines = vec![pair("Name:", &pod.name), pair("Namespace:", "default")];
    lines.extend(state(roster, seen, pod, now));
    lines.push("Containers:".to_owned());
    for name in &roster.regular {
        let of_name = |c: &&Container| c.name == *name;
        let instances: Vec<&Container> =
            pod.containers.iter().filter_map(|c| seen.container(*c)).filter(of_name).collect();
        lines.push(format!("  {name}:"));
        lines.extend(of_container(&instances).iter().map(|line| format!("    {line}")));
    }
    format!("{}\n{}", lines.join("\n"), events(seen, id, now))
}

fn pair(name: &str, value: &str) -> String {
    format!("{name:<27}{value}")
}

fn state(roster: &Roster, seen: &Observed, pod: &Pod, now: SimTime) -> Vec<String> {
    // describe.go: the time since the deletion timestamp, which is the deadline: in the future `HumanDuration` is invalid.
    match (pod.deadline, pod.grace_s) {
        (Some(deadline), Some(grace)) => {
            let early = deadline.since(now).as_secs() > 1;
            let lasts = if early { "<invalid>".to_owned() } else { age(now.since(deadline)) };
            vec![
                pair("Status:", &format!("Terminating (lasts {lasts})")),
                pair("Termination Grace Period:", &format!("{grace}s")),
            ]
        }
        _ => vec![pair("Status:", &status::row(roster, seen, pod, now).status)],
    }
}

fn field(name: &str, value: &str) -> String {
    format!("{name:<17}{value}")
}

/// The state of a container by all its instances, and how it ended before.
fn of_container(instances: &[&Container]) -> Vec<String> {
    let ended = |c: Option<&&Container>| match c.map(|c| &c.state) {
        Some(ContainerState::Exited { end, .. }) => Some(end.clone()),
        Some(ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_)) | None => None,
    };
    let terminated = |label: &str, end: &ContainerEnd| {
        let code = end.code.to_string();
        vec![field(label, "Terminated"), field("  Reason:", &end.reason), field("  Exit Code:", &code)]
    };
    let waiting = |reason: &str| vec![field("State:", "Waiting"), field("  Reason:", reason)];
    let last = instances.last();
    let mut before = instances.len().checked_sub(2).and_then(|n| instances.get(n));
    let mut lines = match last.map(|c| &c.state) {
        Some(ContainerState::Exited { .. }) if last.is_some_and(|c| c.waiting) => {
            before = last;
            waiting("CrashLoopBackOff")
        }
        Some(ContainerState::Exited { end, .. }) => terminated("State:", end),
        Some(ContainerState::Running | ContainerState::Stopping(_)) => vec![field("State:", "Running")],
        None | Some(ContainerState::Created) => waiting("ContainerCreating"),
    };
    lines.extend(ended(before).iter().flat_map(|end| terminated("Last State:", end)));
    lines.push(field("Ready:", if last.is_some_and(|c| c.ready) { "True" } else { "False" }));
    lines.push(field("Restart Count:", &last.map_or(0, |c| c.restarts).to_string()));
    lines
}

/// The section of Kubernetes events; equal events are counted.
pub fn events(seen: &Observed, pod: PodId, now: SimTime) -> String {
    let mut groups: Vec<(&KubernetesEvent, &KubernetesEvent, u32)> = Vec::new();
    for event in seen.events.iter().filter(|e| e.pod == pod) {
        let same = |(first, _, _): &&mut (&KubernetesEvent, &KubernetesEvent, u32)| {
            first.reason == event.reason && first.message == event.message
        };
        match groups.iter_mut().find(same) {
            Some(group) => *group = (group.0, event, group.2.saturating_add(1)),
            None => groups.push((event, event, 1)),
        }
    }
    if groups.is_empty() {
        return format!("{:<19}<none>\n", "Events:");
    }
    let mut rows = vec![["Type", "Reason", "Age", "From", "Message"].map(str::to_owned)];
    rows.push(["----", "------", "----", "----", "-------"].map(str::to_owned));
    rows.extend(groups.iter().map(|(first, last, count)| {
        let kind = match last.kind {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        };
        let when = match count {
            1 => age(now.since(last.at)),
            n => format!("{} (x{n} over {})", age(now.since(last.at)), age(now.since(first.at))),
        };
        let from = if &*last.reason == "Scheduled" { "default-scheduler" } else { "kubelet" };
        [kind.to_owned(), last.reason.to_string(), when, from.to_owned(), last.message.to_string()]
    }));
    let mut text = "Events:\n".to_owned();
    for row in &rows {
        text.push(' ');
        for (n, cell) in row.iter().enumerate() {
            let width = rows.iter().filter_map(|r| r.get(n)).map(String::len).max().unwrap_or(0);
            let line = if n + 1 == row.len() { format!(" {cell}") } else { format!(" {cell:<width$} ") };
            text.push_str(&line);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::EventId;

    #[test]
    fn a_container_that_waits_for_its_next_start_shows_how_it_ended() {
        let ended = Container {
            pod: PodId(0),
            name: "app".into(),
            restarts: 3,
            init: None,
            started: None,
            state: ContainerState::Exited {
                end: ContainerEnd { code: 1, reason: "Error".into() },
                at: SimTime::from_secs(10),
                by: EventId(0),
            },
            hook: None,
            ready: false,
            back_off_until: Some(SimTime::from_secs(50)),
            waiting: false,
        };
        let waiting = Container { waiting: true, ..ended.clone() };
        let lines = |container| of_container(&[container]).join("; ");
        let end = "  Reason:        Error;   Exit Code:     1; Ready:           False; Restart Count:   3";
        assert_eq!(lines(&ended), format!("State:           Terminated; {end}"));
        let waits = "State:           Waiting;   Reason:        CrashLoopBackOff; Last State:      Terminated";
        assert_eq!(lines(&waiting), format!("{waits}; {end}"));
    }

    #[test]
    fn equal_events_are_counted_with_their_span() {
        let event = |at, reason: &str, message: &str| KubernetesEvent {
            at: SimTime::from_secs(at),
            pod: PodId(0),
            kind: EventType::Normal,
            reason: reason.into(),
            message: message.into(),
            by: EventId(0),
        };
        let list = vec![
            event(1, "Scheduled", "Successfully assigned default/web to node"),
            event(2, "Started", "Container started"),
            event(20, "Started", "Container started"),
        ];
        let seen = Observed { events: list, ..Observed::default() };
        let expected = "\
Events:
  Type    Reason     Age                From               Message
  ----    ------     ----               ----               -------
  Normal  Scheduled  39s                default-scheduler  Successfully assigned default/web to node
  Normal  Started    20s (x2 over 38s)  kubelet            Container started
";
        assert_eq!(events(&seen, PodId(0), SimTime::from_secs(40)), expected);
        assert_eq!(events(&Observed::default(), PodId(0), SimTime::ZERO), "Events:            <none>\n");
    }
}
