//! The drawing of a frame: boxes, lines between processes, cards, and what travels between them.

use simulator::base::id::{EventId, TaskId};
use simulator::base::signal::Signal;
use simulator::observed::{ContainerState, TaskState};
use simulator::trace::{EventKind, OnPod, OnTask, Sender};

use super::card;
use super::frame::{Area, Frame, Geometry, Shape};
use super::marks::{Fate, Mark};
use super::stations;
use super::svg::{Svg, Target};

/// Draws a frame. The element fills the width it is given.
pub fn draw(frame: &Frame<'_>, name: &str) -> Svg {
    let geometry = Geometry::new(frame.layout, frame.shape);
    let mut picture = Svg::new("svg")
        .with("class", "stage")
        .with("viewBox", format!("0 0 {} {}", geometry.width, geometry.height))
        .with("role", "img")
        .with("aria-label", name);
    picture.children.extend(super::fleet::fleet(frame, geometry.width));
    picture.push(stations::boxes(frame, &geometry));
    picture.push(stations::stations(frame, &geometry));
    picture.push(lines(frame, &geometry));
    let mut cards = Svg::group("cards");
    for (task, area) in visible(frame, &geometry) {
        cards.children.extend(card::card(frame, task, area));
    }
    picture.push(cards);
    picture.push(marks(frame, &geometry));
    picture.push(capsules(frame, &geometry));
    picture
}

/// Is there still something to see of a process: it is not reaped, or that is being shown, or it ended with its container?
fn is_seen(frame: &Frame<'_>, id: TaskId) -> bool {
    let Some(task) = frame.seen.task(id) else { return false };
    let TaskState::Reaped { died, reaped, .. } = task.state else { return true };
    let shown = |event: EventId| frame.happening.iter().any(|(e, _)| *e == event);
    let container = task.container.and_then(|c| frame.seen.container(c));
    let over = container.is_none_or(|c| matches!(c.state, ContainerState::Exited { .. }));
    let init = container.and_then(|c| c.init).and_then(|t| frame.seen.task(t)).and_then(|t| t.ended());
    let stop = frame.layout.pod.and_then(|p| frame.seen.pod(p)?.deleted).map(|(_, _, event)| event);
    let to_the_end = stop.or(init.map(|(_, end)| end)).is_some_and(|end| reaped >= end);
    shown(died) || shown(reaped) || (to_the_end && !task.is_guest()) || (to_the_end && !over)
}

/// Processes that have a card now: of those that share a place, the one that took it last.
fn visible(frame: &Frame<'_>, geometry: &Geometry) -> Vec<(TaskId, Area)> {
    let mut shown: Vec<(TaskId, Area)> = Vec::new();
    for cell in frame.layout.groups.iter().flat_map(|g| &g.cells) {
        let seen = is_seen(frame, cell.task);
        if let Some(area) = geometry.card(frame.layout, cell.task).filter(|_| seen) {
            shown.retain(|(_, there)| *there != area);
            shown.push((cell.task, area));
        }
    }
    shown
}

/// From each parent to its children as they are now, and from the kubelet to what it started.
fn lines(frame: &Frame<'_>, geometry: &Geometry) -> Svg {
    let mut group = Svg::group("lines");
    let shown = visible(frame, geometry);
    let area = |task: TaskId| shown.iter().find(|(t, _)| *t == task).map(|(_, a)| *a);
    for (id, to) in &shown {
        let Some(task) = frame.seen.task(*id) else { continue };
        let ended = if task.alive().is_some() { "" } else { " ended" };
        match task.parent.and_then(area) {
            Some(from) => group.push(branch(frame.shape, from, *to, &format!("branch{ended}"))),
            None => group.push(outside(frame.shape, geometry, *to, &format!("outside{ended}"))),
        }
    }
    group
}

/// The line from a parent to a child.
fn branch(shape: Shape, from: Area, to: Area, class: &str) -> Svg {
    let ((x1, y1), (x2, y2)) = match shape {
        Shape::Wide if to.x > from.x => (from.right(), to.left()),
        // An adopted process stands left of its new parent, or below it.
        Shape::Wide => (from.bottom(), to.top()),
        Shape::Tall => ((from.x + 9, from.y + from.h), to.left()),
    };
    let path = match shape {
        Shape::Wide if y1 == y2 => format!("M{x1} {y1}L{x2} {y2}"),
        Shape::Wide if to.x > from.x => {
            let middle = (x1 + x2) / 2;
            format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}")
        }
        Shape::Wide => format!("M{x1} {y1}C{x1} {} {x2} {} {x2} {y2}", y1 + 14, y2 - 14),
        Shape::Tall => format!("M{x1} {y1}V{y2}H{x2}"),
    };
    Svg::path(class, path)
}

/// The line from the kubelet to a process that has no parent in its namespace.
fn outside(shape: Shape, geometry: &Geometry, to: Area, class: &str) -> Svg {
    let path = match shape {
        Shape::Wide => {
            let ((x1, y1), (x2, y2)) = (geometry.kubelet.right(), to.left());
            let middle = (x1 + x2) / 2;
            format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}")
        }
        Shape::Tall => {
            let ((x1, y1), (_, y2)) = (geometry.kubelet.bottom(), to.top());
            format!("M{x1} {y1}V{y2}", x1 = x1.clamp(to.x + 20, to.x + to.w - 20))
        }
    };
    Svg::path(class, path)
}

/// Under each card what became of the last signal that reached it.
fn marks(frame: &Frame<'_>, geometry: &Geometry) -> Svg {
    let mut group = Svg::group("marks");
    for (task, area) in visible(frame, geometry) {
        let own = |m: &&Mark| m.task == task && m.event < frame.happened;
        let Some(mark) = frame.marks.iter().rfind(own) else { continue };
        let (class, sign) = match mark.fate {
            Fate::Dropped(_) => ("dropped", "✕"),
            Fate::Pending => ("pending", "…"),
            Fate::Caught => ("caught", "✓"),
        };
        let text = format!("{sign} {}", mark.words());
        let words = Svg::words(format!("mark {class}"), area.x + 2, area.y + area.h + 16, text);
        group.push(words.leading_to(Target::Event(mark.event)));
    }
    group
}

/// What is on its way.
fn capsules(frame: &Frame<'_>, geometry: &Geometry) -> Svg {
    let mut group = Svg::group("capsules");
    for (event, thousandths) in frame.happening {
        group.children.extend(capsule(frame, geometry, *event, *thousandths));
    }
    group
}

fn capsule(frame: &Frame<'_>, geometry: &Geometry, id: EventId, thousandths: u32) -> Option<Svg> {
    let above = |area: Area| (area.x + area.w / 2, area.y - 26);
    let (from, to, text, class) = match &frame.trace.get(id)?.kind {
        EventKind::Task(task, OnTask::Sent { signal, from }) => {
            let target = geometry.card(frame.layout, *task)?;
            let from = match from {
                Sender::Outside => door(frame.shape, geometry.kubelet, false),
                Sender::Task(sender) if sender == task => above(target),
                Sender::Task(sender) => door(frame.shape, geometry.card(frame.layout, *sender)?, false),
                Sender::Kernel => above(target),
            };
            let class = if *signal == Signal::KILL { "kill" } else { "signal" };
            (from, door(frame.shape, target, true), format!("SIG{signal}"), class)
        }
        EventKind::Pod(pod, OnPod::DeleteRequested { .. }) if Some(*pod) == frame.layout.pod => {
            // beside the station, not on it: what is written there stays readable
            let to = geometry.api.right();
            ((to.0 + 110, to.1), (to.0 + 40, to.1), "delete".to_owned(), "word")
        }
        EventKind::Pod(pod, OnPod::Terminating(_)) if Some(*pod) == frame.layout.pod => {
            let (from, to) = match frame.shape {
                Shape::Wide => (geometry.api.bottom(), geometry.kubelet.top()),
                Shape::Tall => (geometry.api.right(), geometry.kubelet.left()),
            };
            (from, to, "stop pod".to_owned(), "word")
        }
        _ => return None,
    };
    let (x, y) = (ease(from.0, to.0, thousandths), ease(from.1, to.1, thousandths));
    let width = 14 + i32::try_from(text.len()).unwrap_or(8) * 8;
    let capsule = Svg::group(format!("capsule {class}")).with("transform", format!("translate({x} {y})"));
    Some(capsule.holding([
        Svg::rect("capsule-face", -width / 2, -11, width, 22, 11),
        Svg::words("capsule-text mid", 0, 4, text),
    ]))
}

/// Where a signal arrives at or leaves from a card or station.
fn door(shape: Shape, area: Area, arriving: bool) -> (i32, i32) {
    match (shape, arriving) {
        (Shape::Wide, true) => (area.left().0 - 42, area.left().1),
        (Shape::Wide, false) => area.right(),
        (Shape::Tall, true) => (area.x + area.w / 2, area.y - 8),
        (Shape::Tall, false) => area.bottom(),
    }
}

/// Between two numbers: slow at both ends.
fn ease(from: i32, to: i32, thousandths: u32) -> i32 {
    let t = i64::from(thousandths.min(1_000));
    let eased = t * t * (3_000 - 2 * t) / 1_000_000;
    from + i32::try_from(i64::from(to - from) * eased / 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::layout::Layout;
    use crate::scene::marks;
    use crate::store::axis::{Axis, origin};
    use crate::store::fixture;
    use simulator::base::id::PodId;
    use simulator::base::time::SimTime;
    use simulator::observed::Observed;
    use simulator::trace::Trace;

    fn picture(trace: &Trace, at: i64, before: u64, shape: Shape) -> String {
        let origin = origin(trace);
        let axis = Axis::new(&[(trace, origin)]);
        let place = axis.place_of(at).saturating_sub(before);
        let happened = axis.happened(0, place);
        let end = Observed::at(trace, EventId::from_index(trace.len()));
        let seen = Observed::at(trace, happened);
        let happening: Vec<_> = axis.happening(0, place).collect();
        let frame = Frame {
            trace,
            layout: &Layout::new(trace, &end, Some(PodId(0))),
            marks: &marks::marks(trace),
            seen: &seen,
            happened,
            now: SimTime::from_micros(origin.as_micros().saturating_add_signed(axis.moment_at(place))),
            happening: &happening,
            consumers: &[],
            selected: None,
            shape,
        };
        draw(&frame, "a pod").to_string()
    }

    #[test]
    fn the_dropped_signal_is_written_under_the_process_that_did_not_hear_it() {
        let drawn = picture(&fixture::shell_form(), 10_000_000, 0, Shape::Wide);
        assert!(drawn.contains("✕ SIGTERM dropped: pid 1 has no handler"), "{drawn}");
        assert!(drawn.contains("waits for its child, pid 6"));
        assert!(drawn.contains("grace: 20 s left"), "{drawn}");
    }

    #[test]
    fn a_signal_is_drawn_on_its_way() {
        let drawn = picture(&fixture::exec_form(), 2_000, 400_000, Shape::Wide);
        assert!(drawn.contains("capsule signal"), "{drawn}");
    }

    #[test]
    fn the_end_says_how_it_ended_in_both_shapes() {
        for shape in [Shape::Wide, Shape::Tall] {
            let drawn = picture(&fixture::shell_form(), 40_000_000, 0, shape);
            assert!(drawn.contains("exit code 137 · Error"), "{drawn}");
            assert!(drawn.contains("killed by SIGKILL"));
        }
    }

    #[test]
    fn easing_starts_and_ends_where_it_should() {
        assert_eq!((ease(10, 20, 0), ease(10, 20, 500), ease(10, 20, 1_000)), (10, 15, 20));
    }
}
