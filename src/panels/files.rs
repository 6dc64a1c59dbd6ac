//! Adding a file to the texts, and taking one away.

use simulator::scenario::DOCKERFILE;
use web_sys::HtmlInputElement;
use yew::{AttrValue, Callback, Html, Properties, SubmitEvent, component, html, use_node_ref};

use crate::store::action::Action;

/// Longest name of a file.
const LONGEST_NAME: usize = 100;

/// What the row needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct FilesProps {
    /// The open file; none if the settings are open.
    pub open: Option<AttrValue>,
    /// What a person does.
    pub act: Callback<Action>,
}

/// A field for the name of a new file, and a button that takes the open one away.
#[component]
pub fn Files(props: &FilesProps) -> Html {
    let name = use_node_ref();
    let onsubmit = {
        let (act, name) = (props.act.clone(), name.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = name.cast::<HtmlInputElement>() else { return };
            let wanted = field.value().trim().to_owned();
            if !wanted.is_empty() && wanted.len() <= LONGEST_NAME {
                field.set_value("");
                act.emit(Action::AddFile(wanted));
            }
        })
    };
    let removable = props.open.clone().filter(|open| *open != DOCKERFILE);
    html! {
        <form class="files" {onsubmit}>
            <input ref={name} type="text" placeholder="entrypoint.sh" aria-label="Name of a new file" maxlength="100" />
            <button type="submit" class="plain">{ "Add file" }</button>
            if let Some(open) = removable {
                <button type="button" class="plain" onclick={props.act.reform({
                    let open = open.to_string();
                    move |_| Action::RemoveFile(open.clone())
                })}>{ format!("Remove {open}") }</button>
            }
        </form>
    }
}
