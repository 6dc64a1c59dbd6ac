//! The simulator as a module of its own: it hangs a function at the window that takes the files of a draft as JSON and
//! gives the answer as bytes (`simulator::wire::Answer` in postcard). `static/boot.js` loads it after the page.

use gloo::events::EventListener;
use js_sys::{Function, JsString, Reflect, Uint8Array};
use simulator::scenario::Draft;
use simulator::wire;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use yew::{Callback, hook, use_effect_with};

use crate::store::action::Action;

/// The name of the function.
const FUNCTION: &str = "gracePeriodEngine";
/// What boot.js dispatches at the window when the function is there.
const READY: &str = "grace-period-engine";

/// Offers the simulator to the page, for as long as the page is there.
pub fn serve() {
    let run = Closure::<dyn Fn(JsString) -> Uint8Array>::new(|files: JsString| {
        let files = serde_json::from_str(&String::from(files)).unwrap_or_default();
        let bytes = postcard::to_allocvec(&wire::answer(&Draft { files })).unwrap_or_default();
        Uint8Array::from(bytes.as_slice())
    });
    // A window takes any property; if it did not, the page would go on waiting.
    let _ = Reflect::set(&gloo::utils::window(), &FUNCTION.into(), &run.into_js_value());
}

fn function() -> Option<Function> {
    Reflect::get(&gloo::utils::window(), &FUNCTION.into()).ok()?.dyn_into().ok()
}

/// Has it arrived?
pub fn is_there() -> bool {
    function().is_some()
}

/// Its answer to a draft.
pub fn ask(draft: &Draft) -> Option<Vec<u8>> {
    let files = serde_json::to_string(&draft.files).ok()?;
    let answer = function()?.call1(&JsValue::NULL, &files.into()).ok()?;
    Some(answer.dyn_into::<Uint8Array>().ok()?.to_vec())
}

/// Tells the page when it arrives.
#[hook]
pub fn use_engine(act: Callback<Action>) {
    use_effect_with((), move |()| {
        let listener = EventListener::new(&gloo::utils::window(), READY, move |_| act.emit(Action::Ready));
        move || drop(listener)
    });
}
