//! The simulator as a module of its own: it hangs a function at the window that takes a question as bytes and gives the
//! answer as bytes (`crate::engine::reply`). `static/boot.js` loads it after the page.

use gloo::events::EventListener;
use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use yew::{Callback, hook, use_effect_with};

use crate::store::action::Action;

/// The name of the function.
const FUNCTION: &str = "gracePeriodEngine";
/// What boot.js dispatches at the window when the function is there.
const READY: &str = "grace-period-engine";

/// Offers a function to the page, for as long as the page is there.
pub fn serve(reply: fn(&[u8]) -> Vec<u8>) {
    let answer = Closure::<dyn Fn(Uint8Array) -> Uint8Array>::new(move |question: Uint8Array| {
        Uint8Array::from(reply(&question.to_vec()).as_slice())
    });
    // A window takes any property; if it did not, the page would go on waiting.
    let _ = Reflect::set(&gloo::utils::window(), &FUNCTION.into(), &answer.into_js_value());
}

fn function() -> Option<Function> {
    Reflect::get(&gloo::utils::window(), &FUNCTION.into()).ok()?.dyn_into().ok()
}

/// Has it arrived?
pub fn is_open() -> bool {
    function().is_some()
}

/// Its answer to a question.
pub fn ask(question: &[u8]) -> Option<Vec<u8>> {
    let answer = function()?.call1(&JsValue::NULL, &Uint8Array::from(question)).ok()?;
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
