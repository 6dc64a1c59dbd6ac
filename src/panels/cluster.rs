//! The settings of cluster and client as a form, over the same text that `scenario.yaml` is.

use simulator::base::diagnostic::Diagnostic;
use simulator::scenario::{Draft, SCENARIO_FILE, edit};
use web_sys::{Event, HtmlInputElement};
use yew::{AttrValue, Callback, Html, Properties, TargetCast, component, html};

use crate::store::action::Action;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::ui::code::Code;
use crate::ui::filtered;

/// What the form needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ClusterProps {
    /// The lane whose settings are edited.
    pub lane: Shared<Lane>,
    /// What a person does.
    pub act: Callback<Action>,
}

/// A number of the form.
struct Field {
    name: &'static str,
    unit: &'static str,
    path: &'static str,
    value: Option<u64>,
    most: u64,
}

/// The form, and the text under it.
#[component]
pub fn Cluster(props: &ClusterProps) -> Html {
    let text = props.lane.draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
    let remarks: Vec<Diagnostic> =
        props.lane.diagnostics.iter().filter(|d| &*d.file == SCENARIO_FILE).cloned().collect();
    let on_edit = props.act.reform(|text| Action::EditFile(SCENARIO_FILE.to_owned(), text));
    html! {
        <div class="cluster">
            <div class="fields">{ for fields(&props.lane).into_iter().map(|f| field(props, f)) }</div>
            <p class="hint">{ "The same settings as text, with what is done and when:" }</p>
            <Code name={SCENARIO_FILE} {text} {remarks} {on_edit} />
        </div>
    }
}

fn fields(lane: &Lane) -> Vec<Field> {
    let settings = lane.settings.as_ref();
    let load = settings.and_then(|s| s.load);
    vec![
        Field {
            name: "requests",
            unit: "a second",
            path: "settings.traffic.per_s",
            value: load.map(|l| u64::from(l.per_s)).or(Some(0)),
            most: 10_000,
        },
        Field {
            name: "work on one",
            unit: "ms",
            path: "settings.traffic.service_ms",
            value: load.map(|l| l.service.min.as_millis()),
            most: 600_000,
        },
        Field {
            name: "seed of chance",
            unit: "",
            path: "settings.seed",
            value: settings.map(|s| s.seed),
            most: u64::MAX >> 1,
        },
    ]
}

fn field(props: &ClusterProps, field: Field) -> Html {
    let draft: Shared<Draft> = props.lane.draft.clone();
    let path = field.path;
    let onchange = filtered(&props.act, move |event: Event| {
        let number: u64 = event.target_dyn_into::<HtmlInputElement>()?.value().parse().ok()?;
        let mut changed = (*draft).clone();
        let text = changed.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
        changed.files.insert(SCENARIO_FILE.to_owned(), edit::set(&text, path, &number.to_string())?);
        Some(Action::EditDraft(Box::new(changed)))
    });
    let value: AttrValue = field.value.map(|v| v.to_string()).unwrap_or_default().into();
    html! {
        <label class="field"><span>{ field.name }</span>
            <input type="number" min="0" max={field.most.to_string()} {value} {onchange} />
            <span class="unit">{ field.unit }</span></label>
    }
}
