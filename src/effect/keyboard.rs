//! Keys that work everywhere on the page, except where something is typed or chosen.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::{Callback, hook, use_effect_with};

use crate::store::action::{Action, Way};

/// Turns keys into actions as long as the page is there.
#[hook]
pub fn use_keys(help: bool, act: Callback<Action>) {
    use_effect_with(help, move |help| {
        let help = *help;
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&gloo::utils::window(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.ctrl_key() || event.alt_key() || event.meta_key() || is_taken(event) {
                return;
            }
            if let Some(action) = action(&event.key(), help) {
                event.prevent_default();
                act.emit(action);
            }
        });
        move || drop(listener)
    });
}

/// Does what has the focus use the key itself?
fn is_taken(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return false };
    let typing = "textarea, select, input:not([type=range]), [contenteditable]";
    let pressing = "button, a, summary, [role=tab]";
    let scrubbing = "input[type=range]";
    let matches = |selector: &str| element.matches(selector).unwrap_or(false);
    matches(typing)
        || (matches(pressing) && matches!(event.key().as_str(), " " | "Enter"))
        || (matches(scrubbing) && event.key().starts_with("Arrow"))
}

/// What a key does.
pub fn action(key: &str, help: bool) -> Option<Action> {
    Some(match key {
        " " | "k" => Action::TogglePlay,
        "ArrowRight" => Action::StepEvent(Way::Forward),
        "ArrowLeft" => Action::StepEvent(Way::Back),
        "." => Action::StepInstant(Way::Forward),
        "," => Action::StepInstant(Way::Back),
        "]" => Action::StepTask(Way::Forward),
        "[" => Action::StepTask(Way::Back),
        "Home" => Action::Ends(Way::Back),
        "End" => Action::Ends(Way::Forward),
        "+" | "=" => Action::Speed(Way::Forward),
        "-" => Action::Speed(Way::Back),
        "?" => Action::Help(!help),
        "Escape" if help => Action::Help(false),
        "Escape" => Action::Unselect,
        digit => match digit.parse::<u8>() {
            Ok(n @ 0..=9) if digit.len() == 1 => Action::Tenth(n),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_what_the_list_says() {
        assert_eq!(action(" ", false), Some(Action::TogglePlay));
        assert_eq!(action(",", false), Some(Action::StepInstant(Way::Back)));
        assert_eq!(action("7", false), Some(Action::Tenth(7)));
        assert_eq!(action("?", true), Some(Action::Help(false)));
        assert_eq!(action("Escape", false), Some(Action::Unselect));
        assert_eq!(action("F5", false), None);
        assert_eq!(action("12", false), None);
    }
}
