//! The settings of cluster and client as a form, over the same text that `scenario.yaml` is.

use simulator::base::diagnostic::Diagnostic;
use simulator::cluster::consumers;
use simulator::kubelet::{Version, runtime};
use simulator::scenario::SCENARIO_FILE;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};
use yew::{Callback, Html, Properties, TargetCast, component, html};

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

/// How a value is entered.
enum Entry {
    /// A number of at most so much.
    Number(u64),
    /// Two numbers, `200 to 1500`.
    Range,
    /// One of these.
    Choice(Vec<String>),
}

/// One value of the form.
struct Field {
    name: &'static str,
    unit: &'static str,
    path: &'static str,
    value: String,
    entry: Entry,
}

/// The form, and the text under it.
#[component]
pub fn Cluster(props: &ClusterProps) -> Html {
    let text = props.lane.draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
    let own = |d: &&Diagnostic| &*d.file == SCENARIO_FILE;
    let remarks: Vec<Diagnostic> = props.lane.diagnostics.iter().filter(own).cloned().collect();
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
    let Some(settings) = lane.facts.as_ref() else { return Vec::new() };
    let versions =
        (Version::OLDEST.minor()..=Version::NEWEST.minor()).rev().map(|minor| format!("1.{minor}")).collect();
    let runtimes = runtime::ALL.iter().map(|row| row.id.to_owned()).collect();
    let number = |name, unit, path, value: u64, most| Field {
        name,
        unit,
        path,
        value: value.to_string(),
        entry: Entry::Number(most),
    };
    let mut all = vec![
        Field {
            name: "Kubernetes",
            unit: "",
            path: "settings.kubernetes",
            value: format!("1.{}", settings.kubernetes),
            entry: Entry::Choice(versions),
        },
        Field {
            name: "runtime",
            unit: "",
            path: "settings.runtime",
            value: settings.runtime.clone(),
            entry: Entry::Choice(runtimes),
        },
        number(
            "requests",
            "a second",
            "settings.traffic.per_s",
            settings.load.as_ref().map_or(0, |l| u64::from(l.per_s)),
            10_000,
        ),
    ];
    if let Some(load) = &settings.load {
        all.push(number("time for each", "ms", "settings.traffic.service_ms", load.service_ms, 600_000));
        all.push(number(
            "kept connections",
            "0: a new one for each request",
            "settings.traffic.keep_alive",
            u64::from(load.kept),
            10_000,
        ));
        if let Some((row, lag)) = settings.consumers.first() {
            let lag = lag.map(|(least, most)| format!("{least} to {most}"));
            all.push(Field {
                name: "sent through",
                unit: "",
                path: "settings.traffic.path",
                value: row.clone(),
                entry: Entry::Choice(consumers::ALL.iter().map(|row| row.id.to_owned()).collect()),
            });
            all.push(Field {
                name: "endpoint lag",
                unit: "ms, e.g. 200 to 1500",
                path: "settings.traffic.lag_ms",
                value: lag.unwrap_or_default(),
                entry: Entry::Range,
            });
        }
    }
    all.push(number("random seed", "", "settings.seed", settings.seed, u64::MAX >> 1));
    all
}

fn field(props: &ClusterProps, field: Field) -> Html {
    let Field { name, unit, path, value, entry } = field;
    let input = match entry {
        Entry::Number(most) => {
            let onchange = change(props, path, |text| text.parse::<u64>().ok().map(|n| n.to_string()));
            html! { <input type="number" min="0" max={most.to_string()} {value} {onchange} /> }
        }
        Entry::Range => {
            let onchange = change(props, path, range);
            html! { <input type="text" inputmode="numeric" placeholder="as measured" {value} {onchange} /> }
        }
        Entry::Choice(all) => {
            let onchange = change(props, path, |text| Some(format!("{text:?}")));
            html! { <select {onchange}>{ for all.into_iter().map(|one| html! {
                <option value={one.clone()} selected={one == value}>{ one }</option>
            }) }</select> }
        }
    };
    html! { <label class="field"><span>{ name }</span>{ input }<span class="unit">{ unit }</span></label> }
}

/// Writes what `read` makes of the entered text into the scenario's file.
fn change(props: &ClusterProps, path: &'static str, read: fn(&str) -> Option<String>) -> Callback<Event> {
    filtered(&props.act, move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>().map(|e| e.value());
        let text = input.or_else(|| event.target_dyn_into::<HtmlSelectElement>().map(|e| e.value()))?;
        Some(Action::Set(path.to_owned(), read(text.trim())?))
    })
}

/// `200 to 1500` as YAML; one number is both ends.
fn range(text: &str) -> Option<String> {
    let numbers: Vec<u64> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    match numbers.as_slice() {
        [one] => Some(format!("[{one}, {one}]")),
        [low, high] => Some(format!("[{low}, {high}]")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_range_is_written_in_several_ways() {
        assert_eq!(range("200 to 1500").as_deref(), Some("[200, 1500]"));
        assert_eq!(range("200-1500").as_deref(), Some("[200, 1500]"));
        assert_eq!(range("300").as_deref(), Some("[300, 300]"));
        assert_eq!(range("soon"), None);
    }
}
