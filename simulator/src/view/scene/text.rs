//! The scene as text: for screen readers, tests and the terminal.

use std::fmt;

use super::{Fate, Node, NodeKind, Scene};
use crate::trace::Outcome;

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roots = self.nodes.iter().filter(|n| !matches!(n.kind, NodeKind::Process(_) | NodeKind::Container(_)));
        for node in roots.clone().filter(|n| !matches!(n.kind, NodeKind::Pod(_)) && !n.id.starts_with("ns-")) {
            one(f, node, 0)?;
        }
        for pod in roots.filter(|n| matches!(n.kind, NodeKind::Pod(_)) || n.id.starts_with("ns-")) {
            one(f, pod, 0)?;
            let inside = |n: &&Node| matches!(n.kind, NodeKind::Container(_)) && within(n, pod);
            for container in self.nodes.iter().filter(inside) {
                one(f, container, 1)?;
                self.tree(f, container, 2)?;
            }
            if pod.id.starts_with("ns-") {
                self.tree(f, pod, 1)?;
            }
        }
        for packet in &self.packets {
            let from = packet.from.as_deref().and_then(|id| self.title(id)).unwrap_or("the kernel");
            let to = self.title(&packet.to).unwrap_or("a process");
            let fate = match packet.fate {
                Fate::Flying => "is on its way",
                Fate::Caught => "is caught",
                Fate::Default => "has its default action",
                Fate::Pending => "stays pending",
                Fate::Dropped => "has no effect: the kernel drops it",
            };
            writeln!(f, "{} from {from} to {to} {fate}: {}", packet.label, packet.rule.title())?;
        }
        let open = self.dots.iter().filter(|d| d.outcome.is_none()).count();
        let lost = self.dots.iter().filter(|d| d.outcome.is_some_and(|o| o != Outcome::Ok)).count();
        if open + lost > 0 {
            writeln!(f, "requests: {open} under way, {lost} lost just now")?;
        }
        match self.crowd {
            Some(crowd) => writeln!(f, "requests: {} under way, {} lost just now", crowd.open, crowd.lost),
            None => Ok(()),
        }
    }
}

impl Scene {
    /// The title of a box.
    fn title(&self, id: &str) -> Option<&str> {
        self.nodes.iter().find(|n| n.id == id).map(|n| n.title.as_str())
    }

    /// The processes in a box, children indented below their parents.
    fn tree(&self, f: &mut fmt::Formatter<'_>, inside: &Node, depth: usize) -> fmt::Result {
        let members: Vec<&Node> =
            self.nodes.iter().filter(|n| matches!(n.kind, NodeKind::Process(_)) && within(n, inside)).collect();
        let parent = |n: &Node| self.edges.iter().find(|e| e.to == n.id).map(|e| e.from.as_str());
        let is_root = |n: &&&Node| parent(n).is_none_or(|p| !members.iter().any(|m| m.id == p));
        let mut todo: Vec<(&Node, usize)> = members.iter().rev().filter(|n| is_root(n)).map(|n| (*n, depth)).collect();
        // Every process is taken once at most, so that a loop in the lines ends.
        for _ in 0..members.len() {
            let Some((node, depth)) = todo.pop() else { break };
            one(f, node, depth)?;
            todo.extend(members.iter().rev().filter(|n| parent(n) == Some(&node.id)).map(|n| (*n, depth + 1)));
        }
        Ok(())
    }
}

/// Is a box inside another?
fn within(node: &Node, outer: &Node) -> bool {
    let (a, b) = (node.area, outer.area);
    a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h
}

fn one(f: &mut fmt::Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
    write!(f, "{:1$}{2}", "", depth * 2, node.title)?;
    if !node.note.is_empty() {
        write!(f, ": {}", node.note)?;
    }
    if let NodeKind::Process(card) = &node.kind {
        if node.look == super::Look::Zombie {
            write!(f, ", zombie")?;
        }
        let list = |caught: bool| -> Vec<String> {
            let badges = card.badges.iter().filter(|b| b.caught == caught);
            badges.map(|b| b.signal.to_string()).collect()
        };
        for (word, signals) in [("handlers", list(true)), ("ignores", list(false))] {
            if !signals.is_empty() {
                write!(f, "; {word}: {}", signals.join(" "))?;
            }
        }
        if !card.pending.is_empty() {
            let pending: Vec<String> = card.pending.iter().map(ToString::to_string).collect();
            write!(f, "; pending: {}", pending.join(" "))?;
        }
        if card.in_flight > 0 {
            write!(f, "; {} requests", card.in_flight)?;
        }
        if card.buffered > 0 {
            write!(f, "; {} bytes held back", card.buffered)?;
        }
    }
    if let NodeKind::Endpoints { entries, .. } = &node.kind {
        let names: Vec<String> =
            entries.iter().filter(|e| e.stale).take(8).map(|e| format!("{} is out of date", e.name)).collect();
        if !names.is_empty() {
            write!(f, " ({})", names.join(", "))?;
        }
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use crate::base::id::EventId;
    use crate::observed::Observed;
    use crate::trace::{EventKind, OnTask};
    use crate::view::fixture;
    use crate::view::scene::{Layout, Moment, Names, scene};

    #[test]
    fn the_shell_form_at_the_moment_of_the_lost_signal() {
        let trace = fixture::shell_form();
        let end = Observed::at(&trace, EventId::from_index(trace.len()));
        let layout = Layout::new(&trace, &end, None, Names::default());
        let dropped = trace.iter().find(|(_, e)| matches!(e.kind, EventKind::Task(_, OnTask::Dropped(_)))).unwrap().0;
        let seen = Observed::at(&trace, EventId(dropped.0 + 1));
        let happening = [(dropped, 500)];
        let shown = scene(&trace, &layout, Moment { seen: &seen, now: seen.now, happening: &happening });
        let expected = "\
API server: kubectl delete pod server
kubelet
runtime
pod server: terminating, grace period 30 s, ready
  container server: stopping, SIGKILL in 30.0 s
    1 sh: waits for its child, pid 6
      6 ruby: sleeps, 0.0 s left; handlers: TERM
TERM from runtime to 1 sh has no effect: the kernel drops it: PID 1 without a handler does not get SIGTERM
";
        assert_eq!(shown.to_string(), expected);
        let packet = &shown.packets[0];
        assert_eq!(packet.at, *packet.path.last().unwrap());
    }

    #[test]
    fn boxes_stay_where_they_are_at_every_event() {
        let trace = fixture::shell_form();
        let end = Observed::at(&trace, EventId::from_index(trace.len()));
        let layout = Layout::new(&trace, &end, None, Names::default());
        let mut places = std::collections::BTreeMap::new();
        for n in 0..=trace.len() {
            let seen = Observed::at(&trace, EventId::from_index(n));
            for node in scene(&trace, &layout, Moment { seen: &seen, now: seen.now, happening: &[] }).nodes {
                let before = *places.entry(node.id.clone()).or_insert(node.area);
                assert_eq!(before, node.area, "{} moved", node.id);
            }
        }
        assert!(places.contains_key("task-1"));
    }
}
