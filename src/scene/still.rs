//! A still figure of one or two runs at a moment: what stands in the page before the simulator has started, in print, and
//! without script. The same drawing as the live one.

use simulator::base::time::SimTime;
use simulator::observed::Observed;

use super::frame::{Frame, Geometry, Shape};
use super::layout::Layout;
use super::marks::marks;
use super::picture;
use super::svg::Svg;
use crate::store::axis::Moment;
use crate::store::lane::Lane;
use crate::store::state::State;

/// Height of a caption with the room above it.
const CAPTION: i32 = 30;

/// Draws the lanes of `state` at `at` below each other, each with its caption.
pub fn still(state: &State, at: Moment, name: &str) -> Svg {
    let mut y = 0;
    let mut widest = 0;
    let mut parts = Vec::new();
    for (index, lane) in state.lanes.iter().enumerate() {
        let (drawn, width, height) = lane_at(state, index, lane, at);
        parts.push(Svg::words("still-caption", 1, y + 18, lane.caption()));
        let place = [("x", 0), ("y", y + CAPTION), ("width", width), ("height", height)];
        parts.push(place.into_iter().fold(drawn, |svg, (name, value)| svg.with(name, value)));
        y += CAPTION + height + 14;
        widest = widest.max(width);
    }
    Svg::new("svg")
        .with("xmlns", "http://www.w3.org/2000/svg")
        .with("class", "stage still")
        .with("viewBox", format!("0 0 {widest} {y}"))
        .with("role", "img")
        .with("aria-label", name)
        .holding(parts)
}

fn lane_at(state: &State, index: usize, lane: &Lane, at: Moment) -> (Svg, i32, i32) {
    let run = &lane.run;
    let layout = Layout::new(&run.trace, &run.end, lane.verdict.pod);
    let happened = state.axis.happened(index, state.axis.place_of(at));
    let frame = Frame {
        trace: &run.trace,
        layout: &layout,
        marks: &marks(&run.trace),
        seen: &Observed::at(&run.trace, happened),
        happened,
        now: SimTime::from_micros(lane.origin.as_micros().saturating_add_signed(at)),
        happening: &[],
        consumers: &[],
        selected: None,
        shape: Shape::Wide,
    };
    let geometry = Geometry::new(&layout, Shape::Wide);
    (picture::draw(&frame, &lane.caption()), geometry.width, geometry.height)
}
