//! The whole page: state, effects, and where the panels stand. Wiring only.

use std::rc::Rc;

use simulator::observed::Observed;
use yew::{
    Callback, Html, Reducible, UseReducerHandle, classes, component, hook, html, use_callback, use_memo, use_reducer,
};

use crate::effect::measure::{measured, name};
use crate::effect::{address, clock, engine, keyboard, media, storage};
use crate::panels::advice::Advice;
use crate::panels::editors::Editors;
use crate::panels::header::Header;
use crate::panels::keys::Keys;
use crate::panels::narration::Narration;
use crate::panels::output::Output;
use crate::panels::process::Process;
use crate::panels::stage::Stage;
use crate::panels::timeline::Timeline;
use crate::panels::transport::Transport;
use crate::panels::verdict::Verdict;
use crate::panels::why::Why;
use crate::store::action::Action;
use crate::store::shared::Shared;
use crate::store::state::{Part, State};
use crate::store::{opening, reduce};
use crate::ui::filtered;
use crate::ui::tabs::{Tab, Tabs};

/// The parts, in the order of their tabs where only one fits.
const PARTS: [(Part, &str); 4] =
    [(Part::Stage, "Stage"), (Part::Edit, "Edit"), (Part::Why, "Why"), (Part::Output, "Output")];

/// The state as Yew's reducer wants it.
struct Store(State);

impl Reducible for Store {
    type Action = Action;
    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        measured(name(&action), || Rc::new(Store(reduce::reduce(&self.0, action))))
    }
}

/// The state that the address, the browser and the reader's system ask for.
fn first_state() -> State {
    let mut state = State::new(Vec::new());
    state.still = media::is_still();
    state.theme = storage::theme();
    // A link that makes no sense, or that nobody can open yet, leaves the opening figure.
    state = reduce::reduce(&state, Action::Load(opening::drafts()));
    reduce::reduce(&state, Action::Follow(address::fragment()))
}

/// The whole page.
#[component]
pub fn App() -> Html {
    let store: UseReducerHandle<Store> = use_reducer(|| Store(first_state()));
    let act: Callback<Action> = {
        let dispatcher = store.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let state = &store.0;
    clock::use_clock(state.playing, act.clone());
    keyboard::use_keys(state.help, act.clone());
    address::use_address(state, act.clone());
    storage::use_storage(state);
    engine::use_engine(act.clone());
    let narrow = media::use_narrow();
    let seen = use_seen(state);
    let explained = state.explained();
    let part =
        |part: Part, class: &'static str| classes!(class, (narrow && state.part != part).then_some("turned-away"));
    // The panel of the tabs that a narrow page has.
    let panel = |part: Part| (narrow && state.part == part).then_some("part-panel");
    html! {
        <div class="page">
            <Header comparing={state.lanes.len() > 1} theme={state.theme} act={act.clone()} />
            <div class="sticky">
                <Verdict lanes={state.lanes.clone()} active={state.active} act={act.clone()} />
                if narrow { <Transport axis={state.axis.clone()} cursor={state.cursor} playing={state.playing}
                    speed={state.speed} act={act.clone()} /> }
            </div>
            if narrow { { parts(state, &act) } }
            <div id={panel(Part::Edit)} class={part(Part::Edit, "side")}>
                <Editors lane={state.lane().clone()} index={state.active} several={state.lanes.len() > 1} editor={state.editor.clone()} act={act.clone()} />
            </div>
            <div id={panel(Part::Stage)} class={part(Part::Stage, "middle")}>
                <div class={classes!("lanes", (state.lanes.len() > 1).then_some("two"))}>
                    { for state.lanes.iter().enumerate().map(|(index, lane)| html! {
                        <Stage {index} lane={lane.clone()} pod={state.pod(index)} seen={seen[index].clone()} axis={state.axis.clone()} cursor={state.cursor} {narrow}
                            selection={state.selection} captioned={state.lanes.len() > 1} act={act.clone()} />
                    }) }
                </div>
                <Narration lane={state.lane().clone()} index={state.active} axis={state.axis.clone()} cursor={state.cursor}
                    playing={state.playing} />
                if !narrow { <Transport axis={state.axis.clone()} cursor={state.cursor} playing={state.playing}
                    speed={state.speed} act={act.clone()} /> }
                <Timeline lanes={state.lanes.clone()} pods={(0..state.lanes.len()).map(|i| state.pod(i)).collect::<Vec<_>>()} axis={state.axis.clone()} cursor={state.cursor} {narrow} act={act.clone()} />
            </div>
            <div class="below">
                <section id={panel(Part::Why)} class={part(Part::Why, "why")} aria-label="Why">
                    if narrow { <Verdict label="Verdict in numbers" lanes={state.lanes.clone()} active={state.active} act={act.clone()} /> }
                    <Advice lane={state.lane().clone()} index={state.active} several={state.lanes.len() > 1} ready={state.ready} act={act.clone()} />
                    if let Some((lane, task)) = state.selection.and_then(|s| Some((s.lane, s.task?))) {
                        if let Some(seen) = seen.get(lane) {
                            <Process seen={seen.clone()} index={lane} {task} act={act.clone()} />
                        }
                    }
                    <h2>{ "Why" }</h2>
                    if let Some(lane) = explained.map_or(state.lanes.get(state.active), |(lane, _)| state.lanes.get(lane)) {
                        <Why lane={lane.clone()} index={explained.map_or(state.active, |(lane, _)| lane)}
                            event={explained.map(|(_, event)| event)} chosen={state.selection.is_some()} ready={state.ready} act={act.clone()} />
                    }
                </section>
                <div id={panel(Part::Output)} class={part(Part::Output, "outputs")}>
                    <Output lane={state.lane().clone()} seen={seen[state.active].clone()} index={state.active} axis={state.axis.clone()} cursor={state.cursor}
                        which={state.output} ready={state.ready} act={act.clone()} />
                </div>
            </div>
            if state.help { <Keys act={act.clone()} /> }
        </div>
    }
}

/// What can be seen of each run at the cursor; folded once and shared by all panels.
#[hook]
fn use_seen(state: &State) -> Rc<Vec<Shared<Observed>>> {
    let wanted: Vec<_> =
        state.lanes.iter().enumerate().map(|(index, lane)| (lane.run.clone(), state.happened(index))).collect();
    use_memo(wanted, |wanted| {
        wanted.iter().map(|(run, happened)| Shared::new(Observed::at(&run.trace, *happened))).collect()
    })
}

/// The tabs of the parts.
fn parts(state: &State, act: &Callback<Action>) -> Html {
    let tabs: Vec<Tab> = PARTS.iter().map(|(_, name)| Tab { name: (*name).into(), mark: None }).collect();
    let open = PARTS.iter().position(|(part, _)| *part == state.part).unwrap_or(0);
    let on_open = filtered(act, |index: usize| PARTS.get(index).map(|(part, _)| Action::Turn(*part)));
    html! { <nav class="parts" aria-label="Parts"><Tabs label="Parts" id="part" loose=true {tabs} {open} {on_open} /></nav> }
}
