//! The control plane and the boxes: API server, kubelet, pod, containers, with their states in words.

use simulator::base::time::SimDuration;
use simulator::observed::{Container, ContainerState, Pod};
use simulator::trace::{Hook, PodPhase};

use super::card::short;
use super::frame::{Area, Frame, Geometry};
use super::svg::{Svg, cut};

/// API server, kubelet and the line between them.
pub fn stations(frame: &Frame<'_>, geometry: &Geometry) -> Svg {
    let pod = frame.layout.pod.and_then(|p| frame.seen.pod(p));
    let docker = pod.is_some_and(|p| p.docker);
    let (api_words, api_class) = pod.map_or((String::new(), ""), if docker { docker_says } else { api_says });
    let (api, kubelet) = if docker { ("docker", "dockerd") } else { ("API server", "kubelet") };
    let (kubelet_words, kubelet_class) = kubelet_says(frame, pod);
    let mut group = Svg::group("stations");
    let line = match frame.shape {
        super::frame::Shape::Wide => (geometry.api.bottom(), geometry.kubelet.top()),
        super::frame::Shape::Tall => (geometry.api.right(), geometry.kubelet.left()),
    };
    group.push(wire("wire", line.0, line.1));
    group.push(station(geometry.api, api, &api_words, api_class));
    group.push(station(geometry.kubelet, kubelet, &kubelet_words, kubelet_class));
    if let Some((elapsed, whole)) = grace(frame, pod) {
        group.push(meter(geometry.kubelet, elapsed, whole));
    }
    group
}

/// A straight line.
pub fn wire(class: &str, from: (i32, i32), to: (i32, i32)) -> Svg {
    Svg::path(class, format!("M{} {}L{} {}", from.0, from.1, to.0, to.1))
}

fn station(area: Area, name: &str, words: &str, class: &str) -> Svg {
    let Area { x, y, w, h } = area;
    Svg::group(format!("station {class}")).holding([
        Svg::rect("face", x, y, w, h, 3),
        Svg::words("station-name", x + 10, y + 22, name),
        Svg::words("station-words", x + 10, y + 40, cut(words, 19)),
    ])
}

/// How much of the grace period is used up, drawn along the lower edge.
fn meter(area: Area, elapsed: SimDuration, whole: SimDuration) -> Svg {
    let width = area.w - 20;
    let share = elapsed.as_micros().min(whole.as_micros()) * 1_000 / whole.as_micros().max(1);
    let used = i32::try_from(share).unwrap_or(1_000) * width / 1_000;
    Svg::group("meter").holding([
        Svg::rect("meter-whole", area.x + 10, area.y + area.h - 9, width, 3, 1),
        Svg::rect("meter-used", area.x + 10, area.y + area.h - 9, used, 3, 1),
    ])
}

fn api_says(pod: &Pod) -> (String, &'static str) {
    if pod.removed.is_some() {
        return ("pod not found".to_owned(), "");
    }
    if pod.deleted.is_some() {
        return ("pod Terminating".to_owned(), "busy");
    }
    let phase = match pod.phase {
        PodPhase::Pending => "pod Pending",
        PodPhase::Running if pod.ready => "pod Running",
        PodPhase::Running => "pod not ready",
        PodPhase::Succeeded => "pod Completed",
        PodPhase::Failed => "pod Error",
    };
    (phase.to_owned(), "")
}

/// Without a cluster: what the command line of Docker is about.
fn docker_says(pod: &Pod) -> (String, &'static str) {
    let (words, class) = match (pod.removed, pod.deleted, pod.phase) {
        (Some(_), ..) => ("container removed", ""),
        (_, Some(_), _) => ("docker stop", "busy"),
        (.., PodPhase::Pending) => ("docker run", ""),
        (.., PodPhase::Running) => ("container Up", ""),
        (.., PodPhase::Succeeded | PodPhase::Failed) => ("container Exited", ""),
    };
    (words.to_owned(), class)
}

/// Elapsed and whole grace period while the pod is being stopped.
fn grace(frame: &Frame<'_>, pod: Option<&Pod>) -> Option<(SimDuration, SimDuration)> {
    let (since, whole) = pod.filter(|p| p.removed.is_none())?.terminating?;
    Some((frame.now.since(since), whole))
}

fn kubelet_says(frame: &Frame<'_>, pod: Option<&Pod>) -> (String, &'static str) {
    let containers = pod.iter().flat_map(|p| &p.containers).filter_map(|c| frame.seen.container(*c));
    let hook = containers.filter_map(|c| c.hook).next();
    let left = grace(frame, pod).map(|(used, whole)| whole.saturating_sub(used));
    match (hook, left) {
        (Some((Hook::PreStop, _)), Some(left)) => (format!("preStop · {} left", short(left.as_micros())), "busy"),
        (Some((Hook::PreStop, _)), None) => ("runs preStop".to_owned(), "busy"),
        (Some((Hook::PostStart, _)), _) => ("runs postStart".to_owned(), "busy"),
        (None, Some(left)) if left == SimDuration::ZERO => ("grace is over".to_owned(), "busy over"),
        (None, Some(left)) => (format!("grace: {} left", short(left.as_micros())), "busy"),
        (None, None) => (String::new(), ""),
    }
}

/// The pod and its containers, as nested boxes with headings.
pub fn boxes(frame: &Frame<'_>, geometry: &Geometry) -> Svg {
    let mut group = Svg::group("boxes");
    let pod = frame.layout.pod.and_then(|p| frame.seen.pod(p));
    if let Some(pod) = pod {
        let Area { x, y, w, h } = geometry.pod;
        let gone = if pod.removed.is_some() { " over" } else { "" };
        group.push(Svg::rect(format!("pod{gone}"), x, y, w, h, 10));
        let name = if pod.docker { "host".to_owned() } else { format!("pod {}", pod.name) };
        group.push(Svg::words("box-name", x + 14, y + 18, cut(&name, 36)));
    }
    for (laid, area) in frame.layout.groups.iter().zip(&geometry.groups) {
        let current = laid.instances.iter().rev().find_map(|c| frame.seen.container(*c));
        let (words, class) = current.map_or((String::new(), "container"), container_says);
        let Area { x, y, w, h } = *area;
        group.push(Svg::rect(class, x, y, w, h, 6));
        let name = if laid.name == "POD" { "sandbox".to_owned() } else { format!("container {}", laid.name) };
        let name = if laid.name.is_empty() { "PID namespace".to_owned() } else { name };
        group.push(Svg::words("box-name", x + 12, y + 17, cut(&name, 24)));
        let state = class.strip_prefix("container").unwrap_or("");
        group.push(Svg::words(format!("box-words state end{state}"), x + w - 12, y + 17, words));
        if laid.left_out > 0 {
            let more = format!("and {} more processes", laid.left_out);
            group.push(Svg::words("box-words end", x + w - 12, y + h - 8, more));
        }
    }
    group
}

fn container_says(container: &Container) -> (String, &'static str) {
    match &container.state {
        ContainerState::Created => ("starting".to_owned(), "container"),
        ContainerState::Running => (String::new(), "container"),
        ContainerState::Stopping(_) => ("stopping".to_owned(), "container stopping"),
        ContainerState::Exited { end, .. } if end.code == 0 => {
            (format!("exit code 0 · {}", end.reason), "container over fine")
        }
        ContainerState::Exited { end, .. } => {
            (format!("exit code {} · {}", end.code, end.reason), "container over failed")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scene::still::still;
    use crate::store::state::State;
    use simulator::scenario::stories;

    fn drawn(story: &str) -> String {
        still(&State::new(vec![stories::by_name(story).unwrap().draft()]), 1_000_000, "a test").to_string()
    }

    #[test]
    fn docker_is_drawn_with_its_own_stations() {
        let docker = drawn("docker-stop-shell-form");
        assert!(docker.contains("dockerd") && docker.contains("docker stop"), "{docker}");
        for word in ["API server", ">kubelet<", "Terminating"] {
            let at = docker.find(word);
            assert_eq!(at.map(|at| &docker[at.saturating_sub(90)..at + 20]), None);
        }
        let cluster = drawn("ruby-shell-form");
        assert!(cluster.contains("API server") && cluster.contains("Terminating"));
        assert!(!cluster.contains("dockerd"));
    }
}
