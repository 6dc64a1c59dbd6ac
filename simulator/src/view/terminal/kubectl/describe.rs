//! `kubectl describe pod`: the state of a pod and its containers, and its Kubernetes events.
//!
//! Follows kubectl pkg/describe/describe.go `describePod`, `describeContainers`, `DescribeEvents`. Identities that nothing
//! depends on (container ids, image digests) are made up from the names.

use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::inventory::{ContainerFacts, Inventory, WorkloadFacts};
use crate::observed::{Container, ContainerState, Observed, Pod};
use crate::trace::{ContainerEnd, EventType, PodPhase};
use crate::view::kubectl::{Roster, age, is_final};

use super::super::{clock, tabs};
use super::events::{Counted, counted};
use super::objects::{self, NODE, NODE_IP, suffix};

/// From this release on the Status line shows Terminating only while the phase is not final (pull request 122038).
const CHECKS_PHASE: u8 = 31;
/// From this release on events name the container they are about (kubectl v0.35.0).
const NAMES_FIELD: u8 = 35;
/// From this release on a condition says whether the sandbox has its network (gate PodReadyToStartContainersCondition).
const SANDBOX_CONDITION: u8 = 29;

/// `kubectl describe pod NAME`.
pub(super) fn pod(inventory: &Inventory, seen: &Observed, id: PodId, now: SimTime) -> String {
    let Some(pod) = seen.pod(id) else { return String::new() };
    let workload = inventory.workload_of(&pod.name, &pod.owner);
    let mut text = head(inventory, seen, id, pod, workload, now);
    let roster = Roster::find(inventory, seen, pod);
    let unknown = |name: &str| ContainerFacts { name: name.into(), ..ContainerFacts::default() };
    let facts = |name: &str| workload.and_then(|w| w.container(name)).cloned().unwrap_or_else(|| unknown(name));
    if !roster.init.is_empty() {
        text.push_str("Init Containers:\n");
        for (name, _) in &roster.init {
            container(&mut text, seen, pod, &facts(name), &roster);
        }
    }
    text.push_str("Containers:\n");
    for name in &roster.regular {
        container(&mut text, seen, pod, &facts(name), &roster);
    }
    conditions(&mut text, inventory, seen, pod, &roster);
    tail(&mut text, pod);
    format!("{}{}", tabs::align(&text, tabs::DESCRIBE), events(inventory, seen, id, now))
}

fn head(
    inventory: &Inventory,
    seen: &Observed,
    id: PodId,
    pod: &Pod,
    workload: Option<&WorkloadFacts>,
    now: SimTime,
) -> String {
    let namespace = objects::namespace_of(inventory, pod);
    let mut text = format!("Name:\t{}\nNamespace:\t{namespace}\nPriority:\t0\nService Account:\tdefault\n", pod.name);
    let known = pod.seen;
    text.push_str(&format!("Node:\t{NODE}/{NODE_IP}\n"));
    if known {
        text.push_str(&format!("Start Time:\t{}\n", clock::rfc1123z(pod.created)));
    }
    let labels = objects::pod_labels(workload, pod);
    let first = labels.first().map_or("<none>".to_owned(), |(k, v)| format!("{k}={v}"));
    text.push_str(&format!("Labels:\t{first}\n"));
    for (key, value) in labels.iter().skip(1) {
        text.push_str(&format!("\t{key}={value}\n"));
    }
    text.push_str("Annotations:\t<none>\n");
    let phase = match pod.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
    };
    let hidden = is_final(pod) && inventory.minor >= CHECKS_PHASE;
    match (pod.deadline.filter(|_| !hidden), pod.grace_s) {
        (Some(deadline), Some(grace)) => {
            // The timestamp is the deadline; `HumanDuration` of a time to come is invalid.
            let early = deadline.since(now).as_secs() > 1;
            let lasts = if early { "<invalid>".to_owned() } else { age(now.since(deadline)) };
            text.push_str(&format!("Status:\tTerminating (lasts {lasts})\nTermination Grace Period:\t{grace}s\n"));
        }
        _ => text.push_str(&format!("Status:\t{phase}\n")),
    }
    if !pod.reason.is_empty() {
        text.push_str(&format!("Reason:\t{}\n", pod.reason));
    }
    let sandbox = pod.containers.iter().filter_map(|c| seen.container(*c)).any(|c| c.started.is_some());
    let address = if sandbox { objects::ip(id) } else { String::new() };
    text.push_str(&format!("IP:\t{address}\n"));
    text.push_str(&if sandbox { format!("IPs:\n  IP:\t{address}\n") } else { "IPs:\t<none>\n".to_owned() });
    if let Some(workload) = workload.filter(|w| &*w.kind != "Pod") {
        let owner = match objects::template_hash(pod).filter(|_| &*workload.kind == "Deployment") {
            Some(hash) => format!("ReplicaSet/{}-{hash}", workload.name),
            None => format!("{}/{}", workload.kind, workload.name),
        };
        text.push_str(&format!("Controlled By:\t{owner}\n"));
    }
    text
}

fn container(text: &mut String, seen: &Observed, pod: &Pod, facts: &ContainerFacts, roster: &Roster) {
    let of_name = |c: &&Container| c.name == facts.name;
    let instances: Vec<&Container> = pod.containers.iter().filter_map(|c| seen.container(*c)).filter(of_name).collect();
    text.push_str(&format!("  {}:\n", facts.name));
    let mut line = |words: &str| {
        text.push_str("    ");
        text.push_str(words);
        text.push('\n');
    };
    let id = |kind: &str| format!("{}{}", suffix(&format!("{}{}{kind}", pod.name, facts.name)), suffix(&facts.name));
    let started = instances.iter().any(|c| c.started.is_some());
    line(&format!("Container ID:\t{}", if started { format!("containerd://{}", id("c")) } else { String::new() }));
    line(&format!("Image:\t{}", facts.image));
    line(&format!(
        "Image ID:\t{}",
        if started { format!("{}@sha256:{}", facts.image, id("i")) } else { String::new() }
    ));
    let ports: Vec<&str> = facts.ports.iter().map(|p| &**p).collect();
    let host: Vec<&str> = facts.ports.iter().map(|_| "0/TCP").collect();
    let plural = if ports.len() > 1 { "s" } else { "" };
    let or_none = |list: &[&str]| if list.is_empty() { "<none>".to_owned() } else { list.join(", ") };
    line(&format!("Port{plural}:\t{}", or_none(&ports)));
    line(&format!("Host Port{plural}:\t{}", or_none(&host)));
    for (title, words) in [("Command:", &facts.command), ("Args:", &facts.args)] {
        if !words.is_empty() {
            line(title);
            words.iter().flat_map(|w| w.split('\n')).for_each(|w| line(&format!("  {w}")));
        }
    }
    for words in state(&instances, roster) {
        line(&words);
    }
    for probe in &facts.probes {
        line(probe);
    }
    if facts.env.is_empty() {
        line("Environment:\t<none>");
    } else {
        line("Environment:");
        facts.env.iter().for_each(|(name, value)| line(&format!("  {name}:\t{value}")));
    }
    line("Mounts:");
    line(&format!("  /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-{} (ro)", suffix(&pod.name)));
}

/// The state of a container by all its instances, and how it ended before.
fn state(instances: &[&Container], roster: &Roster) -> Vec<String> {
    let ended = |c: &Container| match &c.state {
        ContainerState::Exited { end, at, .. } => Some((end.clone(), c.started.unwrap_or(*at), *at)),
        ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_) => None,
    };
    let terminated = |label: &str, (end, started, at): (ContainerEnd, SimTime, SimTime)| {
        let mut lines = vec![format!("{label}:\tTerminated"), format!("  Reason:\t{}", end.reason)];
        if !end.message.is_empty() {
            lines.push(format!("  Message:\t{}", end.message));
        }
        lines.push(format!("  Exit Code:\t{}", end.code));
        lines.push(format!("  Started:\t{}", clock::rfc1123z(started)));
        lines.push(format!("  Finished:\t{}", clock::rfc1123z(at)));
        lines
    };
    let waiting = |reason: &str| vec!["State:\tWaiting".to_owned(), format!("  Reason:\t{reason}")];
    let waits = if roster.init.is_empty() { "ContainerCreating" } else { "PodInitializing" };
    let last = instances.last().copied();
    let mut before = instances.len().checked_sub(2).and_then(|n| instances.get(n)).copied();
    let mut lines = match last.map(|c| &c.state) {
        Some(ContainerState::Exited { .. }) if last.is_some_and(|c| c.waiting) => {
            before = last;
            waiting("CrashLoopBackOff")
        }
        Some(ContainerState::Exited { .. }) => last.and_then(ended).map(|e| terminated("State", e)).unwrap_or_default(),
        Some(ContainerState::Running | ContainerState::Stopping(_)) => {
            let since = last.and_then(|c| c.started).unwrap_or_default();
            vec!["State:\tRunning".to_owned(), format!("  Started:\t{}", clock::rfc1123z(since))]
        }
        None | Some(ContainerState::Created) => waiting(waits),
    };
    lines.extend(before.and_then(ended).into_iter().flat_map(|e| terminated("Last State", e)));
    lines.push(format!("Ready:\t{}", if last.is_some_and(|c| c.ready) { "True" } else { "False" }));
    lines.push(format!("Restart Count:\t{}", last.map_or(0, |c| c.restarts)));
    lines
}

fn conditions(text: &mut String, inventory: &Inventory, seen: &Observed, pod: &Pod, roster: &Roster) {
    let of_name =
        |name: &str| pod.containers.iter().rev().filter_map(|c| seen.container(*c)).find(|c| &*c.name == name);
    let done = |(name, sidecar): &(crate::base::Text, bool)| match of_name(name).map(|c| &c.state) {
        Some(ContainerState::Exited { end, .. }) => end.code == 0,
        Some(ContainerState::Running | ContainerState::Stopping(_)) => *sidecar,
        Some(ContainerState::Created) | None => false,
    };
    let sandbox = !pod.containers.is_empty() && !pod.sandbox_stopped;
    let rows = [
        ("PodReadyToStartContainers", sandbox),
        ("Initialized", roster.init.iter().all(done)),
        ("Ready", pod.ready),
        ("ContainersReady", pod.ready),
        ("PodScheduled", true),
    ];
    text.push_str("Conditions:\n  Type\tStatus\n");
    for (name, holds) in rows.iter().skip(usize::from(inventory.minor < SANDBOX_CONDITION)) {
        text.push_str(&format!("  {name} \t{} \n", if *holds { "True" } else { "False" }));
    }
}

fn tail(text: &mut String, pod: &Pod) {
    text.push_str(&format!(
        "Volumes:\n  kube-api-access-{}:\n    Type:\tProjected (a volume that contains injected data from multiple sources)\n    \
         TokenExpirationSeconds:\t3607\n    ConfigMapName:\tkube-root-ca.crt\n    Optional:\tfalse\n    DownwardAPI:\ttrue\n\
         QoS Class:\tBestEffort\nNode-Selectors:\t<none>\nTolerations:\tnode.kubernetes.io/not-ready:NoExecute op=Exists for \
         300s\n\tnode.kubernetes.io/unreachable:NoExecute op=Exists for 300s\n",
        suffix(&pod.name)
    ));
}

/// The section of Kubernetes events; equal events are counted.
fn events(inventory: &Inventory, seen: &Observed, pod: PodId, now: SimTime) -> String {
    let mut all = counted(seen, |e| e.pod == pod);
    all.sort_by_key(|e| e.last.at);
    if all.is_empty() {
        return "Events:  <none>\n".to_owned();
    }
    let mut text = "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n".to_owned();
    for Counted { first, last, count } in &all {
        let kind = match last.kind {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        };
        let when = match count {
            1 => age(now.since(last.at)),
            n => format!("{} (x{n} over {})", age(now.since(last.at)), age(now.since(*first))),
        };
        let scheduled = &*last.reason == "Scheduled";
        let from = if scheduled { "default-scheduler" } else { "kubelet" };
        let field = field_path(inventory, seen, pod, &last.reason, &last.message).unwrap_or_default();
        text.push_str(&format!("  {kind}\t{}\t{when}\t{from}\t{field}{}\n", last.reason, last.message));
    }
    tabs::align(&text, tabs::DESCRIBE)
}

/// `spec.containers{app}: `: which container an event is about, if the release says so and it can be known.
fn field_path(inventory: &Inventory, seen: &Observed, pod: PodId, reason: &str, message: &str) -> Option<String> {
    const OF_CONTAINER: &[&str] = &[
        "Pulled",
        "Created",
        "Started",
        "Killing",
        "Unhealthy",
        "BackOff",
        "FailedPreStopHook",
        "FailedPostStartHook",
        "Failed",
    ];
    if inventory.minor < NAMES_FIELD || !OF_CONTAINER.contains(&reason) {
        return None;
    }
    let pod = seen.pod(pod)?;
    let roster = Roster::find(inventory, seen, pod);
    let named = |name: &str| message.split([' ', '"', ',']).any(|word| word == name);
    if let Some((name, _)) = roster.init.iter().find(|(name, _)| named(name)) {
        return Some(format!("spec.initContainers{{{name}}}: "));
    }
    let name = match roster.regular.as_slice() {
        [one] if roster.init.is_empty() => one,
        several => several.iter().find(|name| named(name))?,
    };
    Some(format!("spec.containers{{{name}}}: "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::EventId;
    use crate::observed::KubernetesEvent;

    #[test]
    fn a_container_that_waits_for_its_next_start_shows_how_it_ended() {
        let ended = Container {
            pod: PodId(0),
            name: "app".into(),
            restarts: 3,
            init: None,
            started: Some(SimTime::from_secs(9)),
            state: ContainerState::Exited {
                end: ContainerEnd { code: 1, reason: "Error".into(), message: "".into() },
                at: SimTime::from_secs(10),
                by: EventId(0),
            },
            hook: None,
            ready: false,
            back_off_until: Some(SimTime::from_secs(50)),
            waiting: false,
        };
        let waiting = Container { waiting: true, ..ended.clone() };
        let lines = |container| state(&[container], &Roster::default());
        assert_eq!(lines(&ended)[..3], ["State:\tTerminated", "  Reason:\tError", "  Exit Code:\t1"]);
        assert_eq!(
            lines(&waiting)[..4],
            ["State:\tWaiting", "  Reason:\tCrashLoopBackOff", "Last State:\tTerminated", "  Reason:\tError"]
        );
        assert_eq!(lines(&waiting)[5], "  Started:\tThu, 01 Jan 2026 00:00:09 +0000");
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
        let inventory = Inventory::default();
        assert_eq!(events(&inventory, &seen, PodId(0), SimTime::from_secs(40)), expected);
        assert_eq!(events(&inventory, &Observed::default(), PodId(0), SimTime::ZERO), "Events:  <none>\n");
    }
}
