//! The stage: each run's pod at the cursor, drawn.

use simulator::base::id::PodId;
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::view::shape::pod_shape;
use yew::{Callback, Html, MouseEvent, Properties, classes, component, html, use_memo};

use crate::scene::frame::{Frame, Shape};
use crate::scene::layout::Layout;
use crate::scene::marks::marks;
use crate::scene::picture;
use crate::scene::svg::Target;
use crate::store::action::Action;
use crate::store::axis::{Axis, Place};
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::store::state::Selection;
use crate::ui::{drawing, filtered};

/// What the stage of one lane needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct StageProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// The clock.
    pub axis: Shared<Axis>,
    /// The pod that is drawn in full.
    pub pod: Option<PodId>,
    /// What can be seen at the moment.
    pub seen: Shared<Observed>,
    /// The moment.
    pub cursor: Place,
    /// What is looked at.
    pub selection: Option<Selection>,
    /// Is there only a narrow column of room?
    pub narrow: bool,
    /// Has the lane a caption of its own?
    pub captioned: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// One lane of the stage.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let lane = &props.lane;
    let layout = use_memo((lane.run.clone(), props.pod), |(run, pod)| Layout::new(&run.trace, &run.end, *pod));
    let marks = use_memo(lane.run.clone(), |run| marks(&run.trace));
    let happened = props.axis.happened(props.index, props.cursor);
    let seen = &props.seen;
    let happening: Vec<_> = props.axis.happening(props.index, props.cursor).collect();
    let moment = props.axis.moment_at(props.cursor);
    let now = SimTime::from_micros(lane.origin.as_micros().saturating_add_signed(moment));
    let consumers: Vec<&str> =
        lane.facts.iter().flat_map(|s| s.consumers.iter().map(|(name, _)| name.as_str())).collect();
    let selected = props.selection.filter(|s| s.lane == props.index).and_then(|s| s.task);
    let frame = Frame {
        trace: &lane.run.trace,
        layout: &layout,
        marks: &marks,
        seen,
        happened,
        now,
        happening: &happening,
        consumers: &consumers,
        selected,
        shape: if props.narrow { Shape::Tall } else { Shape::Wide },
    };
    let picture = picture::draw(&frame, &format!("The pod at this moment, started with {}", lane.caption()));
    let tree = props.pod.map(|pod| pod_shape(seen, pod)).filter(|tree| !tree.is_empty());
    let processes = tree.unwrap_or_else(|| "none".to_owned());
    let index = props.index;
    let onclick = filtered(&props.act, move |event: MouseEvent| match drawing::clicked(&event)? {
        Target::Task(task) => Some(Action::SelectTask(index, task)),
        Target::Pod(pod) => Some(Action::OpenPod(index, pod)),
        Target::Event(event) => Some(Action::SeekEvent(index, event)),
    });
    html! {
        <figure class={classes!("lane", lane.stale.then_some("stale"))} {onclick}>
            if props.captioned {
                <figcaption><code>{ lane.caption() }</code></figcaption>
            }
            { drawing::html(&picture) }
            // The drawing's process tree in one line, for those who do not see it.
            <p class="hidden">{ "Processes: " }<code class="tree">{ processes }</code></p>
        </figure>
    }
}
