//! A row of tabs over one panel, with the keys that the ARIA authoring practices ask for.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{AttrValue, Callback, Html, KeyboardEvent, Properties, component, html};

/// One tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// What it is called.
    pub name: AttrValue,
    /// A remark beside the name, such as a number of errors.
    pub mark: Option<AttrValue>,
}

/// What a row of tabs needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TabsProps {
    /// What the row is about, for screen readers.
    pub label: AttrValue,
    /// Prefix of the elements' identities; the panel's is `ID-panel`.
    pub id: AttrValue,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// Which one is open.
    pub open: usize,
    /// Have the panels no place of their own, so that the tabs only hide and show?
    #[prop_or_default]
    pub loose: bool,
    /// Another one is to be opened.
    pub on_open: Callback<usize>,
}

/// The row of tabs; the panel is the caller's.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let count = props.tabs.len().max(1);
    let open = props.open;
    let on_open = props.on_open.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let next = match event.key().as_str() {
            "ArrowRight" => (open + 1) % count,
            "ArrowLeft" => (open + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        focus(&event, next);
        on_open.emit(next);
    });
    let tab = |(index, tab): (usize, &Tab)| {
        let selected = index == props.open;
        let onclick = props.on_open.reform(move |_| index);
        html! {
            <button role="tab" type="button" id={format!("{}-{index}", props.id)} class="tab" {onclick}
                aria-selected={selected.to_string()} aria-controls={(!props.loose).then(|| format!("{}-panel", props.id))}
                tabindex={if selected { "0" } else { "-1" }}>
                { &tab.name }
                if let Some(mark) = &tab.mark { <span class="tab-mark">{ mark }</span> }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()} {onkeydown}>
            { for props.tabs.iter().enumerate().map(tab) }
        </div>
    }
}

/// Moves the focus to the tab that is about to be opened.
fn focus(event: &KeyboardEvent, index: usize) {
    let row = event.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    let nth = format!("[role=tab]:nth-child({})", index + 1);
    let tab =
        row.and_then(|row| row.query_selector(&nth).ok().flatten()).and_then(|t| t.dyn_into::<HtmlElement>().ok());
    if let Some(tab) = tab {
        // A tab that cannot take the focus is no reason to stop.
        let _ = tab.focus();
    }
}
