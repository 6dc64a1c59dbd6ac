//! The timeline: rows of stretches and points on the folded axis, and the playhead over them. A click seeks.

use simulator::base::id::PodId;
use yew::{AttrValue, Callback, Html, MouseEvent, PointerEvent, Properties, component, html, use_memo};

use crate::scene::layout::Layout;
use crate::scene::svg::Target;
use crate::scene::tracks::{self, About, Track};
use crate::store::action::Action;
use crate::store::axis::{Axis, Place};
use crate::store::headline::seconds;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::ui::{drawing, filtered};

/// What the timeline needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TimelineProps {
    /// The runs.
    pub lanes: Vec<Shared<Lane>>,
    /// The pod of each that is drawn in full.
    pub pods: Vec<Option<PodId>>,
    /// Their clock.
    pub axis: Shared<Axis>,
    /// The moment.
    pub cursor: Place,
    /// Is there only a narrow column of room?
    pub narrow: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// Rows and playhead.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let axis = props.axis.clone();
    let seek = move |client_x: i32, event: &web_sys::Event| {
        let share = drawing::share_of_width(&drawing::holder(event)?, client_x);
        Some(Action::Seek(axis.length() * u64::from(share) / 1_000))
    };
    let scrub = seek.clone();
    let onpointermove = filtered(&props.act, move |event: PointerEvent| {
        // Only while a button is down: dragging the playhead.
        if event.buttons() == 0 { None } else { scrub(event.client_x(), &event) }
    });
    let onclick =
        filtered(
            &props.act,
            move |event: MouseEvent| {
                if drawing::clicked(&event).is_some() { None } else { seek(event.client_x(), &event) }
            },
        );
    let at = percent(props.cursor, props.axis.length());
    html! {
        <section class="timeline" aria-label="Timeline">
            <div class="tracks" {onclick} {onpointermove}>
                <Axes axis={props.axis.clone()} most={if props.narrow { 5 } else { 12 }} />
                { for props.lanes.iter().enumerate().map(|(index, lane)| html! {
                    <Rows {index} pod={props.pods.get(index).copied().flatten()} lane={lane.clone()} axis={props.axis.clone()} captioned={props.lanes.len() > 1} narrow={props.narrow}
                        act={props.act.clone()} />
                }) }
                <svg class="playhead" aria-hidden="true" width="100%" height="100%">
                    <line x1={at.clone()} x2={at} y1="0" y2="100%" />
                </svg>
            </div>
        </section>
    }
}

/// A place as a share of the axis.
fn percent(place: Place, length: u64) -> String {
    let thousandths = place.saturating_mul(100_000) / length.max(1);
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

/// What the axis needs.
#[derive(Clone, Debug, PartialEq, Properties)]
struct AxesProps {
    axis: Shared<Axis>,
    most: u64,
}

/// Ticks and folds.
#[component]
fn Axes(props: &AxesProps) -> Html {
    let length = props.axis.length();
    let tick = |(place, at): (Place, i64)| {
        let x = percent(place, length);
        let anchor = if place * 20 > length * 19 { "tick-name end" } else { "tick-name" };
        html! { <g><line class="tick" x1={x.clone()} x2={x.clone()} y1="14" y2="20" />
        <text class={anchor} {x} y="11">{ seconds(at) }</text></g> }
    };
    let fold = |(from, to, _): (Place, Place, u64)| {
        html! { <text class="fold" x={percent((from + to) / 2, length)} y="19">{ "≈" }</text> }
    };
    html! {
        <svg class="axis" width="100%" height="20" aria-hidden="true">
            { for tracks::ticks(&props.axis, props.most).into_iter().map(tick) }
            { for props.axis.folds().map(fold) }
        </svg>
    }
}

/// What the rows of one run need.
#[derive(Clone, Debug, PartialEq, Properties)]
struct RowsProps {
    index: usize,
    pod: Option<PodId>,
    lane: Shared<Lane>,
    axis: Shared<Axis>,
    captioned: bool,
    narrow: bool,
    act: Callback<Action>,
}

/// The rows of one run.
#[component]
fn Rows(props: &RowsProps) -> Html {
    let rows =
        use_memo((props.lane.run.clone(), props.axis.clone(), props.index, props.pod), |(run, axis, index, pod)| {
            let layout = Layout::new(&run.trace, &run.end, *pod);
            tracks::tracks(axis, *index, &run.trace, &run.end, &layout)
        });
    let (index, narrow) = (props.index, props.narrow);
    let onclick = filtered(&props.act, move |event: MouseEvent| match drawing::clicked(&event)? {
        Target::Event(event) => Some(Action::SeekEvent(index, event)),
        Target::Task(task) => Some(Action::SelectTask(index, task)),
        Target::Pod(pod) => Some(Action::OpenPod(index, pod)),
    });
    html! {
        <div class="rows" {onclick}>
            if props.captioned { <p class="rows-caption"><code>{ props.lane.caption() }</code></p> }
            { for rows.iter().map(|row| track(row, props.axis.length(), narrow)) }
        </div>
    }
}

fn track(track: &Track, length: u64, narrow: bool) -> Html {
    let stretch = |s: &tracks::Stretch| {
        let (x, width) = (percent(s.from, length), percent(s.to.saturating_sub(s.from), length));
        let roomy = fits(&s.label, s.to.saturating_sub(s.from), length, narrow);
        html! {
            <g data-event={s.event.0.to_string()}>
                <rect class={format!("stretch {}", s.class)} {x} {width} y="3" height="16" rx="2" />
                if roomy {
                    // A nested element gives the text an offset from a place in per cent.
                    <svg x={percent(s.from, length)} overflow="visible"><text class="stretch-name" x="12" y="15">{ &s.label }</text></svg>
                }
                <title>{ &s.label }</title>
            </g>
        }
    };
    let point = |p: &tracks::Point| {
        html! {
            <svg class={format!("point {}", p.class)} x={percent(p.at, length)} overflow="visible" data-event={p.event.0.to_string()}>
                <circle cx="0" cy="11" r="8" />
                <text x="0" y="15">{ p.sign }</text>
                <title>{ &p.label }</title>
            </svg>
        }
    };
    let name: AttrValue = track.name.clone().into();
    let class = if track.about == About::Requests { "track requests" } else { "track" };
    html! {
        <div class="row">
            <span class="row-name">{ name.clone() }</span>
            <svg {class} width="100%" height="22" role="img" aria-label={in_words(track)}>
                { for track.stretches.iter().map(stretch) }
                { for histogram(&track.bars) }
                { for track.points.iter().map(point) }
            </svg>
        </div>
    }
}

/// Is there room for the label in a stretch of this width? The mark at either end takes some of it.
fn fits(label: &str, width: Place, length: u64, narrow: bool) -> bool {
    let row_px = if narrow { 260 } else { 700 };
    let label_px = 24 + 6 * u64::try_from(label.chars().count()).unwrap_or(u64::MAX >> 8);
    !label.is_empty() && width * row_px >= label_px * length
}

/// The row for those who do not see it.
fn in_words(track: &Track) -> String {
    let stretches = track.stretches.iter().map(|s| s.label.as_str());
    let points = track.points.iter().map(|p| p.label.as_str());
    let words: Vec<&str> = stretches.chain(points).filter(|w| !w.is_empty()).collect();
    if words.is_empty() { track.name.clone() } else { format!("{}: {}", track.name, words.join(", ")) }
}

/// Bars of answered requests above the line and of lost ones in the colour of loss, both to one scale.
fn histogram(bars: &[tracks::Bar]) -> Vec<Html> {
    let tallest = bars.iter().map(|b| b.ok + b.lost).max().unwrap_or(0).max(1);
    let count = u32::try_from(bars.len()).unwrap_or(1).max(1);
    let bar = |(index, bar): (u32, &tracks::Bar)| {
        let height = |n: u32| n * 20 / tallest + u32::from(n > 0 && n * 20 < tallest);
        let (lost, ok) = (height(bar.lost), height(bar.ok));
        let x = percent(u64::from(index), u64::from(count));
        let width = percent(u64::from(1_u32), u64::from(count));
        html! { <>
            <rect class="bar ok" x={x.clone()} width={width.clone()} y={(22 - lost - ok).to_string()} height={ok.to_string()} />
            <rect class="bar lost" {x} {width} y={(22 - lost).to_string()} height={lost.to_string()} />
        </> }
    };
    (0..).zip(bars).filter(|(_, b)| b.ok + b.lost > 0).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::{fits, percent};

    #[test]
    fn places_are_shares_of_the_axis() {
        assert_eq!([percent(0, 7), percent(1, 3), percent(7, 7)], ["0.000%", "33.333%", "100.000%"]);
    }

    #[test]
    fn a_label_is_written_only_where_it_fits() {
        assert!(fits("handler", 10, 100, false));
        assert!(!fits("handler", 9, 100, false));
        assert!(!fits("handler", 10, 100, true));
        assert!(!fits("", 100, 100, false));
    }
}
