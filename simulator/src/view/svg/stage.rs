//! A scene as a drawing.

use super::{Element, cut, drawing, label, rect};
use crate::trace::Outcome;
use crate::view::scene::{Area, EdgeKind, Fate, Look, Node, NodeKind, Packet, Point, Scene};

/// The scene of one moment. `title` says which.
pub fn stage(scene: &Scene, title: &str) -> Element {
    let mut svg = drawing(scene.width + 16, scene.height + 32, title, &scene.to_string());
    let mut all = Element::new("g").with("transform", "translate(8 8)");
    for edge in &scene.edges {
        let dash = match edge.kind {
            EdgeKind::Parent | EdgeKind::Control => "none",
            EdgeKind::Adopted => "5 3",
            EdgeKind::Requests => "1 4",
        };
        all.push(line("edge", &edge.points, dash));
    }
    for node in &scene.nodes {
        all.push(draw(node));
    }
    for dot in &scene.dots {
        let (class, fill) = match dot.outcome {
            None => ("dot open", "none"),
            Some(Outcome::Ok) => ("dot ok", "currentColor"),
            Some(_) => ("dot lost", "none"),
        };
        let circle = Element::new("circle").with("class", class).with("cx", dot.at.x).with("cy", dot.at.y);
        all.push(circle.with("r", 3).with("fill", fill).with("stroke", "currentColor"));
    }
    if let Some(crowd) = scene.crowd {
        let text = format!("{} open, {} ok, {} lost", crowd.open, crowd.ok, crowd.lost);
        all.push(label("crowd", crowd.area.x, crowd.area.y + 14, &text));
    }
    for packet in &scene.packets {
        all.push(capsule(packet));
    }
    svg.push(all);
    svg
}

fn line(class: &str, points: &[Point], dash: &str) -> Element {
    let points: Vec<String> = points.iter().map(|p| format!("{},{}", p.x, p.y)).collect();
    Element::new("polyline")
        .with("class", class)
        .with("points", points.join(" "))
        .with("fill", "none")
        .with("stroke", "currentColor")
        .with("stroke-dasharray", dash)
}

fn draw(node: &Node) -> Element {
    let Area { x, y, w, h } = node.area;
    let kind = match &node.kind {
        NodeKind::Control => "control",
        NodeKind::Client => "client",
        NodeKind::Endpoints { .. } => "endpoints",
        NodeKind::Pod(_) => "pod",
        NodeKind::Tile { .. } => "tile",
        NodeKind::Container(_) => "container",
        NodeKind::Process(_) => "process",
    };
    let mut group = Element::new("g").with("class", format!("{kind} {}", node.look.word())).with("id", &node.id);
    group.push(Element::new("title").text(format!("{}: {}", node.title, node.note)));
    let dash = match node.look {
        Look::Zombie => "4 3",
        Look::Gone | Look::Killed => "1 3",
        Look::Plain | Look::Alive | Look::Waiting | Look::Handling | Look::Stopping => "none",
    };
    let weight = if matches!(node.look, Look::Handling | Look::Stopping) { 2 } else { 1 };
    group.push(rect("box", x, y, w, h).with("rx", 4).with("stroke-dasharray", dash).with("stroke-width", weight));
    if matches!(node.kind, NodeKind::Tile { .. }) {
        return group;
    }
    group.push(label("title", x + 8, y + 16, &cut(&node.title, w - 12)).with("font-weight", 600));
    if h >= 40 {
        group.push(label("note", x + 8, y + 32, &cut(&node.note, w - 12)));
    }
    if let NodeKind::Process(card) = &node.kind {
        let badges: Vec<String> = card
            .badges
            .iter()
            .filter(|b| b.signal != crate::base::signal::Signal::CHLD)
            .map(|b| if b.caught { b.signal.to_string() } else { format!("no {}", b.signal) })
            .collect();
        let text = match (node.look, badges.is_empty()) {
            (Look::Zombie, _) => "<defunct>".to_owned(),
            (_, true) => "no handlers".to_owned(),
            (_, false) => badges.join(" "),
        };
        group.push(label("badges", x + 8, y + 48, &cut(&text, w - 12)));
        group.push(label("letter", x + w - 16, y + 16, &card.letter.to_string()));
    }
    if let NodeKind::Endpoints { entries, .. } = &node.kind {
        for entry in entries {
            let class = if entry.stale { "entry stale" } else { "entry" };
            let fill = if entry.routes { "currentColor" } else { "none" };
            let area = entry.area;
            let mut square = rect(class, area.x, area.y, area.w, area.h);
            square.attributes.retain(|(name, _)| *name != "fill");
            group.push(square.with("fill", fill).with("stroke-dasharray", if entry.stale { "2 2" } else { "none" }));
        }
    }
    group
}

/// A signal or call: a capsule; one that had no effect is crossed out at the door.
fn capsule(packet: &Packet) -> Element {
    let width = 12 + 7 * i32::try_from(packet.label.chars().count()).unwrap_or(0);
    let (x, y) = (packet.at.x - width / 2, packet.at.y - 9);
    let class = format!("signal {}", packet.fate.word());
    let mut group = Element::new("g").with("class", class).with("id", &packet.id);
    group.push(Element::new("title").text(packet.rule.title()));
    let mut body = rect("capsule", x, y, width, 18).with("rx", 9);
    body.attributes.retain(|(name, _)| *name != "fill");
    group.push(body.with("fill", "Canvas"));
    group.push(label("label", x + 6, y + 13, &packet.label));
    if packet.fate == Fate::Dropped {
        let (a, b) = (Point { x, y: y + 18 }, Point { x: x + width, y });
        group.push(line("cross", &[a, b], "none"));
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::EventId;
    use crate::observed::Observed;
    use crate::view::fixture;
    use crate::view::scene::{Layout, Moment, Names, scene};

    #[test]
    fn a_scene_is_drawn_with_its_text_as_description() {
        let trace = fixture::shell_form();
        let end = Observed::at(&trace, EventId::from_index(trace.len()));
        let layout = Layout::new(&trace, &end, None, Names::default());
        let seen = Observed::at_time(&trace, crate::base::time::SimTime::from_secs(10));
        let shown = scene(&trace, &layout, Moment { seen: &seen, now: seen.now, happening: &[] });
        let text = stage(&shown, "ten seconds in").to_string();
        for part in ["<title>ten seconds in</title>", "class=\"process waiting\"", ">6 ruby<", "id=\"task-1\""] {
            assert!(text.contains(part), "{part} is missing");
        }
        assert!(!text.contains("style="));
    }
}
