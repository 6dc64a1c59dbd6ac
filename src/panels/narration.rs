//! What is happening, in words: for screen readers while stepping, and as a subtitle for everybody.

use simulator::base::id::EventId;
use simulator::observed::Observed;
use simulator::view::level::key_events;
use simulator::view::words::sentence;
use yew::{Html, Properties, component, html, use_memo};

use crate::store::axis::{Axis, Place, moment};
use crate::store::headline::seconds;
use crate::store::lane::Lane;
use crate::store::shared::Shared;

/// What the narration needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct NarrationProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// The clock.
    pub axis: Shared<Axis>,
    /// The moment.
    pub cursor: Place,
    /// Does it play? Then nothing is announced, only shown.
    pub playing: bool,
}

/// One line that tells the last thing that was to be seen.
#[component]
pub fn Narration(props: &NarrationProps) -> Html {
    let keys = use_memo(props.lane.run.clone(), |run| key_events(&run.trace));
    let happened = props.axis.happened(props.index, props.cursor);
    let event: Option<EventId> =
        keys.partition_point(|id| *id < happened).checked_sub(1).and_then(|n| keys.get(n)).copied();
    let words = use_memo((props.lane.run.clone(), event), |(run, event)| {
        let event = (*event)?;
        let seen = Observed::at(&run.trace, event);
        run.trace.get(event).map(|e| (e.at, sentence(&seen, e)))
    });
    // The time of what is told, which may lie well before the cursor.
    let (at, words) = match words.as_ref() {
        Some((at, words)) => (moment(*at, props.lane.origin), words.clone()),
        None => (props.axis.moment_at(props.cursor), "nothing has happened yet".to_owned()),
    };
    let live = if props.playing { "off" } else { "polite" };
    html! {
        <p class="narration" aria-live={live}>
            <span class="narration-at">{ seconds(at) }</span>
            <span>{ words }</span>
        </p>
    }
}
