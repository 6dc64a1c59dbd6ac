//! What the browser keeps: the colours, and the last texts that were edited. Optional: where storage is refused nothing is
//! kept and nothing fails.

use gloo::storage::{LocalStorage, Storage};
use gloo::timers::callback::Timeout;
use yew::{hook, use_effect_with};

use crate::store::link;
use crate::store::state::{State, Theme};

/// Names of the entries; the number is that of their format.
const THEME: &str = "grace-period/1/theme";
const TEXTS: &str = "grace-period/1/texts";

/// Texts are kept after this time without changes.
const DELAY_MS: u32 = 1_000;

/// The colours that were chosen last.
pub fn theme() -> Theme {
    match LocalStorage::get::<String>(THEME).as_deref() {
        Ok("dark") => Theme::Dark,
        Ok("light") => Theme::Light,
        _ => Theme::System,
    }
}

/// The link to the texts that were edited last, if there are any.
pub fn last_texts() -> Option<String> {
    LocalStorage::get::<String>(TEXTS).ok()
}

/// Keeps colours and texts as they change; the document wears the colours.
#[hook]
pub fn use_storage(state: &State) {
    use_effect_with(state.theme, |theme| {
        let name = match theme {
            Theme::System => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        if let Some(root) = gloo::utils::document().document_element() {
            // An attribute that cannot be set leaves the colours of the system.
            let _ = if name.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", name)
            };
        }
        let _ = LocalStorage::set(THEME, name);
    });
    let drafts: Vec<_> = state.lanes.iter().map(|l| l.draft.clone()).collect();
    let state = state.clone();
    use_effect_with(drafts, move |_| {
        let timer = Timeout::new(DELAY_MS, move || {
            if let Some(texts) = link::texts_if_own(&state) {
                let _ = LocalStorage::set(TEXTS, texts);
            }
        });
        move || drop(timer)
    });
}
