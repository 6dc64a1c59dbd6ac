//! The editors: one tab a file of the active lane, and the settings.

use simulator::base::diagnostic::{Diagnostic, Severity};
use simulator::scenario::{DOCKERFILE, SCENARIO_FILE};
use yew::{AttrValue, Callback, Html, Properties, component, html};

use super::application::Application;
use super::cluster::Cluster;
use super::files::Files;
use crate::store::action::Action;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::store::state::Editor;
use crate::ui::code::Code;
use crate::ui::tabs::{Tab, Tabs};

/// What the editors need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct EditorsProps {
    /// The lane whose texts are edited.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// Are there two, so that it has to be said which?
    pub several: bool,
    /// Which editor is open.
    pub editor: Editor,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The editors as tabs.
#[component]
pub fn Editors(props: &EditorsProps) -> Html {
    let names = files(&props.lane);
    let open = match &props.editor {
        Editor::File(name) => names.iter().position(|n| n == name).unwrap_or(0),
        Editor::Application => names.len(),
        Editor::Cluster => names.len() + 1,
    };
    let mark = |file: &str| {
        let errors =
            props.lane.diagnostics.iter().filter(|d| &*d.file == file && d.severity == Severity::Error).count();
        (errors > 0).then(|| format!("✕ {errors}").into())
    };
    let mut tabs: Vec<Tab> = names.iter().map(|n| Tab { name: n.clone().into(), mark: mark(n) }).collect();
    tabs.push(Tab { name: "application".into(), mark: None });
    tabs.push(Tab { name: "cluster".into(), mark: mark(SCENARIO_FILE) });
    let on_open = {
        let names = names.clone();
        props.act.reform(move |index: usize| {
            let further = if index == names.len() { Editor::Application } else { Editor::Cluster };
            Action::Edit(names.get(index).map_or(further, |name| Editor::File(name.clone())))
        })
    };
    html! {
        <section class="editors" aria-label="Texts">
            if props.several { <p class="editing">{ "files of " }<code>{ props.lane.caption() }</code></p> }
            <Tabs label="Texts" id="editor" {tabs} {open} {on_open} />
            <div id="editor-panel" role="tabpanel" class="panel">
                { match names.get(open) {
                    Some(name) => editor(props, name),
                    None if open == names.len() => html! {
                        <Application lane={props.lane.clone()} index={props.index} act={props.act.clone()} />
                    },
                    None => html! { <Cluster lane={props.lane.clone()} act={props.act.clone()} /> },
                } }
                <Files open={names.get(open).cloned().map(AttrValue::from)} act={props.act.clone()} />
                { elsewhere(props, names.get(open).map_or(SCENARIO_FILE, String::as_str)) }
            </div>
        </section>
    }
}

/// The files in the order of their tabs: the Dockerfile, scripts and sources, manifests.
fn files(lane: &Lane) -> Vec<String> {
    let mut names: Vec<String> = lane.draft.files.keys().filter(|n| *n != SCENARIO_FILE).cloned().collect();
    let rank = |name: &String| match name.as_str() {
        DOCKERFILE => 0,
        name if name.ends_with(".yaml") || name.ends_with(".yml") => 2,
        _ => 1,
    };
    names.sort_by_key(|name| (rank(name), name.clone()));
    names
}

fn editor(props: &EditorsProps, name: &str) -> Html {
    let text = props.lane.draft.files.get(name).cloned().unwrap_or_default();
    let remarks: Vec<Diagnostic> = props.lane.diagnostics.iter().filter(|d| &*d.file == name).cloned().collect();
    let file = name.to_owned();
    let on_edit = props.act.reform(move |text| Action::EditFile(file.clone(), text));
    html! { <Code name={name.to_owned()} {text} {remarks} {on_edit} /> }
}

/// Errors in files that are not open, so that a run that stays old is explained wherever one is.
fn elsewhere(props: &EditorsProps, open: &str) -> Html {
    let others = props.lane.diagnostics.iter().filter(|d| d.severity == Severity::Error && &*d.file != open);
    html! {
        <ul class="remarks">
            { for others.map(|d| {
                let file = d.file.to_string();
                let onclick = props.act.reform(move |_| {
                    Action::Edit(if file == SCENARIO_FILE { Editor::Cluster } else { Editor::File(file.clone()) })
                });
                html! { <li class="error"><span class="remark-sign" aria-hidden="true">{ "✕" }</span>
                    <span><button type="button" class="link" {onclick}>{ format!("{}:{}:{}", d.file, d.line, d.column) }</button>
                    { format!(" {}", d.message) }</span></li> }
            }) }
        </ul>
    }
}
