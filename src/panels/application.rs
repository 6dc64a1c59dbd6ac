//! What the application does on signals: what is known of it, and switches that try something else. They write the behaviour
//! card of `scenario.yaml`.

use simulator::base::id::{EventId, TaskId};
use simulator::base::time::SimDuration;
use simulator::scenario::SCENARIO_FILE;
use simulator::trace::{EventKind, OnTask};
use simulator::wire::{AppFacts, OnSignal};
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};
use yew::{Callback, Html, Properties, TargetCast, component, html};

use crate::store::action::Action;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::store::state::Editor;
use crate::ui::filtered;

/// The signals that there is a switch for: those that stop something (signal(7)).
const SIGNALS: [&str; 4] = ["TERM", "INT", "QUIT", "HUP"];
/// The path of the card.
const CARD: &str = "settings.app";
/// Longest time that can be entered, in seconds.
const MOST_SECONDS: u64 = 3_600;

/// What the panel needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ApplicationProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The kinds of reaction as they are chosen.
const CHOICES: [(&str, &str); 5] = [
    ("own", "what it does by itself"),
    ("default", "the default action"),
    ("ignore", "is ignored"),
    ("works", "works, then exits"),
    ("drains", "finishes its requests, then exits"),
];

/// What is known of the application, and the switches.
#[component]
pub fn Application(props: &ApplicationProps) -> Html {
    let Some((app, facts)) = props.lane.verdict.app.zip(props.lane.facts.as_ref()) else {
        return html! { <p class="hint">{ "No application has run yet." }</p> };
    };
    let argv = props.lane.run.end.task(app).map(|t| t.argv.join(" ")).unwrap_or_default();
    let edit = props.act.reform(|_| Action::Edit(Editor::Cluster));
    html! {
        <div class="application">
            <p><code>{ argv }</code></p>
            <ul class="remarks">{ for known(&props.lane, app).into_iter().map(|(event, text)| statement(props, event, text)) }</ul>
            if facts.app.says_more {
                <p class="hint">{ "Its settings say more than these switches can: " }
                    <button type="button" class="link" onclick={edit}>{ SCENARIO_FILE }</button></p>
            } else {
                <div class="fields">{ for SIGNALS.iter().map(|signal| row(props, &facts.app, signal)) }</div>
                <p class="hint">{ "KILL and STOP cannot be caught." }</p>
            }
        </div>
    }
}

/// What the application was found to do, each with the event that says so.
fn known(lane: &Lane, app: TaskId) -> Vec<(EventId, String)> {
    let says = |(id, event): (EventId, &simulator::trace::Event)| match &event.kind {
        EventKind::Task(task, OnTask::Does(text)) if *task == app => Some((id, text.to_string())),
        _ => None,
    };
    lane.run.trace.iter().filter_map(says).collect()
}

fn statement(props: &ApplicationProps, event: EventId, text: String) -> Html {
    let index = props.index;
    let onclick = props.act.reform(move |_| Action::SeekEvent(index, event));
    html! { <li class="note"><span class="remark-sign" aria-hidden="true">{ "i" }</span>
    <button type="button" class="link" {onclick}>{ text }</button></li> }
}

/// The switch of one signal.
fn row(props: &ApplicationProps, facts: &AppFacts, signal: &'static str) -> Html {
    let now = facts.on.iter().find(|(name, _)| name == signal).map(|(_, on)| *on);
    let (kind, times) = match now {
        None => ("own", None),
        Some(OnSignal::Default) => ("default", None),
        Some(OnSignal::Ignore) => ("ignore", None),
        Some(OnSignal::Works(millis, code)) => ("works", Some((millis, code))),
        Some(OnSignal::Drains(millis, code)) => ("drains", Some((millis, code))),
    };
    let on_kind = change(props, facts, signal, move |text| {
        let (millis, code) = times.unwrap_or((5_000, 0));
        Some(match text {
            "default" => Some(OnSignal::Default),
            "ignore" => Some(OnSignal::Ignore),
            "works" => Some(OnSignal::Works(millis, code)),
            "drains" => Some(OnSignal::Drains(millis, code)),
            _ => None,
        })
    });
    let again = move |millis, code| match kind {
        "drains" => OnSignal::Drains(millis, code),
        _ => OnSignal::Works(millis, code),
    };
    let number = |name: String, unit: &'static str, value: String, most: u64, onchange| {
        html! { <label class="unit"><input type="number" min="0" max={most.to_string()} step="any" aria-label={name} {value} {onchange} />{ unit }</label> }
    };
    html! {
        <div class="reaction">
            <label><span>{ format!("SIG{signal}") }</span>
            <select onchange={on_kind}>{ for CHOICES.iter().map(|(value, words)| html! {
                <option value={*value} selected={*value == kind}>{ *words }</option>
            }) }</select></label>
            if let Some((millis, code)) = times {
                { number(format!("seconds on SIG{signal}"), if kind == "drains" { "s at most" } else { "s" }, SimDuration::from_millis(millis).in_seconds(), MOST_SECONDS,
                    change(props, facts, signal, move |text| Some(Some(again(to_millis(text)?, code))))) }
                { number(format!("exit code on SIG{signal}"), "exit code", code.to_string(), 255,
                    change(props, facts, signal, move |text| Some(Some(again(millis, text.parse().ok()?))))) }
            }
        </div>
    }
}

/// Writes the card with another reaction to one signal.
fn change(
    props: &ApplicationProps,
    facts: &AppFacts,
    signal: &'static str,
    read: impl Fn(&str) -> Option<Option<OnSignal>> + 'static,
) -> Callback<Event> {
    let others: Vec<_> = facts.on.iter().filter(|(name, _)| name != signal).cloned().collect();
    filtered(&props.act, move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>().map(|e| e.value());
        let text = input.or_else(|| event.target_dyn_into::<HtmlSelectElement>().map(|e| e.value()))?;
        let mut all = others.clone();
        all.extend(read(text.trim())?.map(|on| (signal.to_owned(), on)));
        Some(Action::Set(CARD.to_owned(), card(&all)))
    })
}

/// The card in flow style; one that says nothing is none.
fn card(on: &[(String, OnSignal)]) -> String {
    let entries: Vec<String> = on.iter().map(|(signal, on)| format!("{signal}: {}", on.to_yaml())).collect();
    format!("{{amends: true, on: {{{}}}}}", entries.join(", "))
}

/// `2`, `0.25`, `.5`.
fn to_millis(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    (whole <= MOST_SECONDS).then_some(whole * 1_000 + digits.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::{OnSignal, SimDuration, card, to_millis};

    #[test]
    fn times_are_entered_in_seconds() {
        assert_eq!(to_millis("2"), Some(2_000));
        assert_eq!(to_millis("0.25"), Some(250));
        assert_eq!(to_millis(".5"), Some(500));
        assert_eq!(to_millis("-1"), None);
        assert_eq!(to_millis("9999999"), None);
        assert_eq!(SimDuration::from_millis(250).in_seconds(), "0.25");
        assert_eq!(SimDuration::from_millis(5_000).in_seconds(), "5");
    }

    #[test]
    fn a_card_is_written_in_one_line() {
        let on = [("TERM".to_owned(), OnSignal::Drains(10_000, 0)), ("HUP".to_owned(), OnSignal::Ignore)];
        assert_eq!(card(&on), "{amends: true, on: {TERM: [unlisten, {drain_s: 10}, {exit: 0}], HUP: ignore}}");
    }
}
