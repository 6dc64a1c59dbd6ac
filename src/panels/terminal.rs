//! A terminal at the cursor's moment: what is typed there is answered as the tools would; what it does to the cluster
//! becomes an input of the scenario.

use simulator::base::time::SimTime;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::{Callback, Html, Properties, TargetCast, component, html, use_effect_with, use_node_ref, use_state};

use crate::store::action::Action;
use crate::store::axis::moment;
use crate::store::headline::seconds;
use crate::store::lane::{Lane, Typed};
use crate::store::shared::Shared;

/// Most lines that are shown of one answer; the newest stay.
const MOST_LINES: usize = 300;
/// What there is to begin with.
const EXAMPLES: [&str; 8] = [
    "kubectl get pods",
    "kubectl get pods -w",
    "kubectl describe pod",
    "kubectl logs -f",
    "kubectl get endpointslices",
    "kubectl delete pod",
    "ps axf",
    "clear",
];

/// What the terminal needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TerminalProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// The cursor's moment.
    pub now: SimTime,
    /// Is this the end of the run, after which there is nothing to wait for?
    pub at_end: bool,
    /// Is the simulator there?
    pub ready: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The terminal: what has been typed up to the moment, with what it has printed up to then, and the prompt.
#[component]
pub fn Terminal(props: &TerminalProps) -> Html {
    let input = use_node_ref();
    // Which earlier line is taken up again, counted from the last.
    let back = use_state(|| 0_usize);
    let end = use_node_ref();
    use_effect_with((props.lane.session.clone(), props.now), {
        let end = end.clone();
        move |_| {
            if let Some(end) = end.cast::<web_sys::Element>() {
                end.set_scroll_top(end.scroll_height());
            }
        }
    });
    let onkeydown = {
        let (act, lane, back) = (props.act.clone(), props.lane.clone(), back.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(field) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let session = &lane.session;
            let recall = |n: usize| {
                let line = session.len().checked_sub(n).and_then(|i| session.get(i)).map_or("", |t| &t.line);
                field.set_value(line);
                back.set(n);
                event.prevent_default();
            };
            match event.key().as_str() {
                "Enter" => {
                    let line = field.value().trim().to_owned();
                    field.set_value("");
                    back.set(0);
                    if !line.is_empty() {
                        act.emit(if line == "clear" { Action::Clear } else { Action::Type(line) });
                    }
                }
                "ArrowUp" => recall((*back + 1).min(session.len())),
                "ArrowDown" => recall(back.saturating_sub(1)),
                _ => {}
            }
        })
    };
    let shown = props.lane.session.iter().filter(|typed| is_past(props, typed.at));
    let later = props.lane.session.iter().filter(|typed| !is_past(props, typed.at)).count();
    let disabled = props.lane.stale || !props.ready;
    let placeholder = match (props.ready, props.lane.stale) {
        (false, _) => "the simulator is on its way",
        (_, true) => "the texts have errors: nothing runs",
        _ => "kubectl get pods",
    };
    html! {
        <div class="terminal session" id="output-panel" role="tabpanel" tabindex="0" aria-label="Terminal" ref={end}>
            if props.lane.session.is_empty() {
                <p class="dim">{ "A shell beside the cluster, at the moment of the cursor. What you do here becomes part of the scenario." }</p>
            }
            <div aria-live="polite">{ for shown.map(|typed| entry(props, typed)) }</div>
            if later > 0 { <p class="dim">{ format!("({later} typed later)") }</p> }
            <label class="typing"><span class="prompt">{ format!("{} $", clock(props, props.now)) }</span>
                <input ref={input} type="text" list="terminal-examples" aria-label="Command" spellcheck="false" autocomplete="off"
                    autocapitalize="off" {placeholder} {disabled} {onkeydown} /></label>
            <datalist id="terminal-examples">{ for EXAMPLES.iter().map(|line| html! { <option value={*line} /> }) }</datalist>
        </div>
    }
}

fn is_past(props: &TerminalProps, at: SimTime) -> bool {
    at <= props.now || props.at_end
}

fn clock(props: &TerminalProps, at: SimTime) -> String {
    seconds(moment(at, props.lane.origin))
}

fn entry(props: &TerminalProps, typed: &Typed) -> Html {
    let lines: Vec<_> = typed.answer.lines.iter().filter(|line| is_past(props, line.at)).collect();
    let first = lines.len().saturating_sub(MOST_LINES);
    let goes_on = typed.answer.ends.is_none_or(|ends| !is_past(props, ends));
    html! {
        <>
            <p class="prompt">{ format!("{} $ {}", clock(props, typed.at), typed.line) }</p>
            if first > 0 { <p class="dim">{ format!("… {first} earlier lines") }</p> }
            { for lines.iter().skip(first).map(|line| html! {
                <p class={if line.error { "warning" } else { "log" }}><span class="text">{ &line.text }</span></p>
            }) }
            if goes_on { <p class="dim">{ "…" }</p> }
        </>
    }
}
