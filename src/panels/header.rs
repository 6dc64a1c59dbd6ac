//! The head of the page: its name, the stories, comparing, colours, the link.

use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, Properties, TargetCast, component, html, use_memo};

use crate::effect::{clipboard, storage};
use crate::store::action::Action;
use crate::store::state::Theme;
use crate::store::{link, opening};
use crate::ui::filtered;

/// The choice that is none of the stories.
const MINE: &str = "mine";

/// What the head needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct HeaderProps {
    /// Are two runs compared?
    pub comparing: bool,
    /// Colours.
    pub theme: Theme,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The head.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let onchange = filtered(&props.act, |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>()?;
        let name = select.value();
        // The choice is made; what is shown from now on is no longer exactly that story.
        select.set_value("");
        if name == MINE {
            return storage::last_texts().map(Action::Follow);
        }
        Some(Action::Follow(link::to_story(&name)))
    });
    let (next, label, sign) = match props.theme {
        Theme::System => (Theme::Dark, "Colours: as the system. Switch to dark", "◐"),
        Theme::Dark => (Theme::Light, "Colours: dark. Switch to light", "●"),
        Theme::Light => (Theme::System, "Colours: light. Switch to the system's", "○"),
    };
    let comparing = props.comparing;
    let mine = *use_memo((), |()| storage::last_texts().is_some());
    html! {
        <header class="head">
            <h1>{ "Grace Period" }</h1>
            <p class="tagline">{ "what happens between " }<code>{ "kubectl delete pod" }</code>{ " and exit code 137" }</p>
            <div class="head-controls">
                <label class="story"><span class="hidden">{ "Story" }</span>
                    <select {onchange}>
                        <option value="" selected=true>{ "Stories …" }</option>
                        <option value={opening::NAME}>{ opening::TITLE }</option>
                        if mine { <option value={MINE}>{ "The texts I edited last" }</option> }
                        { for opening::stories().into_iter().map(|(name, title)| html! { <option value={name}>{ title }</option> }) }
                    </select>
                </label>
                <button type="button" class="plain" aria-pressed={comparing.to_string()}
                    title="Keep the present run beside the one that is edited"
                    onclick={props.act.reform(move |_| Action::Compare(!comparing))}>{ "Compare" }</button>
                <CopyLink />
                <button type="button" class="plain icon" aria-label={label} title={label}
                    onclick={props.act.reform(move |_| Action::Dress(next))}>{ sign }</button>
                <button type="button" class="plain icon" aria-label="Keys" title="Keys (?)"
                    onclick={props.act.reform(|_| Action::Help(true))}>{ "?" }</button>
            </div>
        </header>
    }
}

/// Copies the address, which always holds the whole state.
#[component]
fn CopyLink() -> Html {
    let copied = yew::use_state(|| false);
    let onclick = {
        let copied = copied.clone();
        Callback::from(move |_| {
            clipboard::copy_address();
            copied.set(true);
        })
    };
    let text = if *copied { "Copied" } else { "Copy link" };
    html! { <button type="button" class="plain" {onclick} aria-live="polite">{ text }</button> }
}
