//! What the reader's system prefers, and how much room there is.

use gloo::events::EventListener;
use yew::{hook, use_effect_with, use_state};

/// Below this width, in CSS pixels, the parts become tabs and the stage is drawn as a column.
const NARROW: f64 = 760.0;

/// Does the reader want no motion?
pub fn is_still() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

fn matches(query: &str) -> bool {
    gloo::utils::window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

fn is_narrow() -> bool {
    let width = gloo::utils::window().inner_width().ok().and_then(|w| w.as_f64());
    width.is_some_and(|width| width < NARROW)
}

/// Is there only a narrow column of room? Follows the window.
#[hook]
pub fn use_narrow() -> bool {
    let narrow = use_state(is_narrow);
    let handle = narrow.clone();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| handle.set(is_narrow()));
        move || drop(listener)
    });
    *narrow
}
