//! The part of the address behind `#` always says what the page shows; a link opens it again.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::{Callback, hook, use_effect_with, use_mut_ref};

use crate::store::action::Action;
use crate::store::link;
use crate::store::state::State;

/// The address follows the state after this time without changes: browsers limit how often it may change.
const DELAY_MS: u32 = 350;

/// What the address asks for, without the `#`.
pub fn fragment() -> String {
    let hash = gloo::utils::window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// Writes the state into the address, and opens what a changed address asks for.
#[hook]
pub fn use_address(state: &State, act: Callback<Action>) {
    // What the address said when it was last followed or written. When it says something else, a reader or a link has
    // just changed it and `hashchange` is still on its way: written over now, what was asked for would be lost.
    let known = use_mut_ref(fragment);
    {
        let known = known.clone();
        use_effect_with((), move |()| {
            let listener = EventListener::new(&gloo::utils::window(), "hashchange", move |_| {
                let asked = fragment();
                known.replace(asked.clone());
                act.emit(Action::Follow(asked));
            });
            move || drop(listener)
        });
    }
    // While it plays, the moment changes with every frame: the address follows when it stops.
    // The link is made when the time is over: packing all texts takes longer than drawing a frame.
    use_effect_with(state.clone(), move |state| {
        let (state, resting) = (state.clone(), !state.playing);
        let write = move || {
            if *known.borrow() == fragment() {
                replace(link::fragment(&state));
                known.replace(fragment());
            }
        };
        let timer = resting.then(|| Timeout::new(DELAY_MS, write));
        move || drop(timer)
    });
}

/// Replaces the address without an entry in the history and without a `hashchange`.
fn replace(fragment: Option<String>) {
    let Some((fragment, history)) = fragment.zip(gloo::utils::window().history().ok()) else { return };
    // Refused inside some frames; the page works without it.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
}
