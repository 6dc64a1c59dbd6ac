//! Runs side by side as a still figure: a row for each process on one folded axis, with the verdict as headline.

use super::{Element, cut, drawing, label, rect};
use crate::base::id::PodId;
use crate::observed::Observed;
use crate::trace::{DeleteFrom, Trace};
use crate::view::fold::{self, Axis, Place};
use crate::view::headline::headline;
use crate::view::level::Level;
use crate::view::timeline::{self, Bar, BarKind, Mark, MarkKind, Whose, timeline};
use crate::view::verdict::{self, verdict};

/// One run of a figure.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    /// How it is called: `CMD ruby server.rb`.
    pub title: &'a str,
    /// Its events.
    pub trace: &'a Trace,
    /// Its final state.
    pub end: &'a Observed,
}

/// Width of the figure, of the names at its left, and height of a row.
const WIDTH: i32 = 960;
const NAMES: i32 = 176;
const ROW: i32 = 40;
/// Playback that is shown before the delete.
const BEFORE: Place = 250_000;
/// Most rows of one run.
const MOST_ROWS: usize = 8;

/// The runs on one clock, from just before their first delete to their end.
pub fn figure(lanes: &[Lane<'_>]) -> Element {
    let runs: Vec<_> = lanes.iter().map(|l| (l.trace, fold::origin(l.trace))).collect();
    let axis = Axis::new(&runs);
    let scale = Scale { from: axis.place_of(-1).saturating_sub(BEFORE), to: axis.length() };
    let mut body = Element::new("g");
    let mut y = 8;
    let mut description = String::new();
    for (n, lane) in lanes.iter().enumerate() {
        let (_, head) = headline(&verdict(lane.trace, lane.end), lane.end);
        description.push_str(&format!("{}: {head}. ", lane.title));
        body.push(label("lane-title", 8, y + 14, &cut(lane.title, WIDTH - 16)).with("font-weight", 600));
        body.push(label("headline", 8, y + 32, &cut(&head, WIDTH - 16)));
        y = rows(&mut body, lane, &axis, &scale, n, y + 40) + 12;
    }
    body.push(clock(&axis, &scale, y));
    let mut svg = drawing(WIDTH, y + 28, "What happens after the delete", description.trim());
    svg.push(body);
    svg
}

/// From places on the axis to units.
struct Scale {
    from: Place,
    to: Place,
}

impl Scale {
    fn x(&self, place: Place) -> i32 {
        let inside = place.clamp(self.from, self.to) - self.from;
        let wide = u64::try_from(WIDTH - NAMES - 16).unwrap_or(0);
        let x = inside.saturating_mul(wide) / self.to.saturating_sub(self.from).max(1);
        NAMES + i32::try_from(x).unwrap_or(0)
    }
}

/// The rows of one run: its grace period, then the processes of its pod. Returns where the next one begins.
fn rows(body: &mut Element, lane: &Lane<'_>, axis: &Axis, scale: &Scale, n: usize, mut y: i32) -> i32 {
    let pod = verdict::focus(lane.end);
    let origin = fold::origin(lane.trace);
    let draw = |from: &Bar| {
        let start = scale.x(axis.place_of_event(n, from.event));
        let end = match (from.ended, from.to) {
            (Some(event), _) => axis.place_of_event(n, event),
            (None, Some(at)) => axis.place_of(fold::moment(at, origin)),
            (None, None) => axis.length(),
        };
        (start, scale.x(end))
    };
    let lanes = timeline(lane.trace).lanes;
    for (shown, row) in lanes.iter().filter(|l| belongs(l, lane.end, pod)).enumerate() {
        if shown == MOST_ROWS {
            body.push(label("more", 8, y + 14, "more processes are not shown"));
            return y + ROW / 2;
        }
        let title = match row.whose {
            Whose::Api => "grace period",
            Whose::Container(_) => "hook",
            _ => row.title.as_str(),
        };
        let indent = 8 + 12 * i32::from(row.depth);
        body.push(label("row-title", indent, y + 32, &cut(title, NAMES - indent - 8)));
        let is_container = matches!(row.whose, Whose::Container(_));
        let drawn = |b: &&Bar| if is_container { b.kind == BarKind::Hook } else { b.kind != BarKind::Accepting };
        for bar in row.bars.iter().filter(drawn) {
            let (x, end) = draw(bar);
            body.push(strip(bar, x, y, end - x));
        }
        if matches!(row.whose, Whose::Task(_)) {
            marks(body, &row.marks, y, |m| scale.x(axis.place_of_event(n, m.event)));
        }
        y += ROW;
    }
    y
}

/// Is it a lane of the figure: the grace period, a container with a hook, or a process of this pod other than pause and
/// guests?
fn belongs(lane: &timeline::Lane, end: &Observed, pod: Option<PodId>) -> bool {
    match lane.whose {
        Whose::Api => pod.and_then(|p| end.pod(p)?.deleted).is_some_and(|(_, from, _)| from != DeleteFrom::Kubelet),
        Whose::Task(task) => {
            let Some(task) = end.task(task) else { return false };
            let container = task.container.and_then(|c| end.container(c));
            !task.is_guest() && container.map_or(pod.is_none(), |c| Some(c.pod) == pod && !c.is_sandbox())
        }
        Whose::Container(container) => {
            let has_hook = lane.bars.iter().any(|b| b.kind == BarKind::Hook);
            has_hook && end.container(container).is_some_and(|c| Some(c.pod) == pod)
        }
        Whose::Endpoints | Whose::Kubelet => false,
    }
}

/// What lasts: life is an outline, a zombie a dashed one, a handler solid.
fn strip(bar: &Bar, x: i32, y: i32, w: i32) -> Element {
    let (class, height, dash) = match bar.kind {
        BarKind::Alive => ("alive", 12, "none"),
        BarKind::Zombie => ("zombie", 12, "4 3"),
        BarKind::Handling => ("handling", 12, "none"),
        BarKind::Stopped => ("stopped", 12, "2 2"),
        BarKind::Grace | BarKind::StopTimeout => ("grace", 4, "none"),
        BarKind::Hook => ("hook", 8, "none"),
        BarKind::Stale => ("stale", 4, "2 2"),
        BarKind::BackOff => ("back-off", 8, "2 2"),
        BarKind::Accepting => ("accepting", 4, "none"),
    };
    let mut shape = rect(class, x, y + 34 - height, w.max(1), height).with("stroke-dasharray", dash);
    if matches!(bar.kind, BarKind::Handling | BarKind::Hook) {
        shape.attributes.retain(|(name, _)| *name != "fill");
        shape = shape.with("fill", "currentColor").with("fill-opacity", "0.35");
    }
    shape.child(Element::new("title").text(&bar.label))
}

/// Key marks with their words above the row; a word that would cover the one before is left out.
fn marks(body: &mut Element, marks: &[Mark], y: i32, x: impl Fn(&Mark) -> i32) {
    let mut free = NAMES;
    for mark in marks.iter().filter(|m| m.level == Level::Key && m.kind != MarkKind::Began) {
        let at = x(mark);
        if at <= NAMES {
            continue;
        }
        let symbol = match mark.kind {
            MarkKind::Sent => "▼",
            MarkKind::Caught => "●",
            MarkKind::Dropped => "✕",
            MarkKind::Killed => "■",
            MarkKind::Exited => "○",
            MarkKind::Pended => "◷",
            MarkKind::Failed => "!",
            MarkKind::Input | MarkKind::Began | MarkKind::Changed => "·",
        };
        let class = format!("mark {:?}", mark.kind).to_lowercase();
        let dot = label(&class, at, y + 32, symbol).with("text-anchor", "middle").with("stroke-width", 0);
        body.push(dot.child(Element::new("title").text(&mark.sentence)));
        let width = 7 * i32::try_from(mark.short.chars().count()).unwrap_or(0);
        let left = at.min(WIDTH - 8 - width).max(NAMES);
        if left >= free {
            body.push(label("mark-label", left, y + 16, &mark.short).with("font-size", 11));
            free = left + width + 8;
        }
    }
}

/// The clock below: the delete, the end, and folded stretches with their real length.
fn clock(axis: &Axis, scale: &Scale, y: i32) -> Element {
    let mut group = Element::new("g").with("class", "clock");
    let line = Element::new("line").with("x1", NAMES).with("x2", WIDTH - 16).with("y1", y).with("y2", y);
    group.push(line.with("stroke", "currentColor"));
    for (place, name) in
        [(axis.place_of(-1), "delete, 0 s".to_owned()), (axis.length(), format!("{} s", seconds(axis.span().1)))]
    {
        let x = scale.x(place);
        let anchor = if x > WIDTH / 2 { "end" } else { "start" };
        group.push(label("tick", x, y + 16, &name).with("text-anchor", anchor));
    }
    for (from, to, length) in axis.folds().filter(|(_, to, _)| *to > scale.from) {
        let x = (scale.x(from) + scale.x(to)) / 2;
        let text = format!("⁄⁄ {} s", length / 1_000_000);
        group.push(label("fold", x, y + 16, &text).with("text-anchor", "middle"));
    }
    group
}

/// `+30.002`, `-1.500`, `0.000`: seconds with three decimals and their sign.
fn seconds(at: fold::Moment) -> String {
    let sign = match at {
        i64::MIN..0 => "-",
        0 => "",
        _ => "+",
    };
    let micros = at.unsigned_abs();
    format!("{sign}{}.{:03}", micros / 1_000_000, micros % 1_000_000 / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::EventId;
    use crate::view::fixture;

    #[test]
    fn two_runs_are_told_apart_by_their_headlines_and_marks() {
        let (a, b) = (fixture::shell_form(), fixture::exec_form());
        let end = |t: &Trace| Observed::at(t, EventId::from_index(t.len()));
        let (x, y) = (end(&a), end(&b));
        let lanes = [
            Lane { title: "CMD ruby server.rb", trace: &a, end: &x },
            Lane { title: "CMD [\"ruby\", \"server.rb\"]", trace: &b, end: &y },
        ];
        let text = figure(&lanes).to_string();
        for part in [
            "ruby never hears the signal and is killed after 30.0 s",
            "ruby hears the signal, finishes and stops after 5.0 s",
            ">TERM dropped<",
            "CMD [&quot;ruby&quot;, &quot;server.rb&quot;]",
            "⁄⁄ 25 s",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }

    #[test]
    fn a_figure_of_nothing_is_a_figure() {
        assert!(figure(&[]).to_string().starts_with("<svg "));
        let (trace, end) = (Trace::default(), Observed::default());
        assert!(figure(&[Lane { title: "", trace: &trace, end: &end }]).to_string().ends_with("</svg>"));
    }
}
