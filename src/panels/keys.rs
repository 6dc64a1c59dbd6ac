//! The list of keys, as a dialog.

use yew::{Callback, Html, Properties, component, html};

use crate::store::action::Action;

/// Keys and what they do.
const KEYS: &[(&str, &str)] = &[
    ("space", "play or pause"),
    ("← →", "previous or next event of the run that is edited"),
    (", .", "previous or next instant at which something happens in any run"),
    ("[ ]", "previous or next event of the selected process"),
    ("Home End", "to the start, to the end"),
    ("0 to 9", "to so many tenths of the story"),
    ("− +", "slower, faster"),
    ("Esc", "close this list, select nothing"),
    ("?", "this list"),
];

/// What the list needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct KeysProps {
    /// What a person does.
    pub act: Callback<Action>,
}

/// The list.
#[component]
pub fn Keys(props: &KeysProps) -> Html {
    html! {
        <div class="dialog" role="dialog" aria-label="Keys">
            <h2>{ "Keys" }</h2>
            <dl>{ for KEYS.iter().map(|(key, what)| html! { <><dt><kbd>{ *key }</kbd></dt><dd>{ *what }</dd></> }) }</dl>
            <button type="button" class="plain" onclick={props.act.reform(|_| Action::Help(false))}>{ "Close" }</button>
        </div>
    }
}
