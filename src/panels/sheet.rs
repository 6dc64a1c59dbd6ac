//! What the simulator hands over as lines: the timers of the stop with what does not fit between them, and one command in
//! every shell build side by side.

use web_sys::HtmlTextAreaElement;
use yew::{Callback, Html, InputEvent, Properties, TargetCast, component, html, use_effect_with, use_state};

use crate::effect::later::use_later;
use crate::engine::{self, AXIS, Line, Look};
use crate::sim;
use crate::store::action::Action;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::store::state::Output as Which;

/// What the lines need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SheetProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// What they are about.
    pub which: Which,
    /// Is the simulator there?
    pub ready: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The lines. Those about a script are told of another one that is typed.
#[component]
pub fn Sheet(props: &SheetProps) -> Html {
    let typed = use_state(|| None::<String>);
    {
        // Other texts bring their own script.
        let typed = typed.clone();
        use_effect_with(props.lane.draft.clone(), move |_| typed.set(None));
    }
    let asked = (props.lane.draft.clone(), props.which, (*typed).clone(), props.ready);
    let answer = use_later(asked, |(draft, which, typed, ready)| match which {
        _ if !ready => engine::Sheet::default(),
        Which::Shells => sim::shells(draft, typed.clone()),
        _ => sim::timers(draft),
    });
    let answer = answer.filter(|answer| answer.0.1 == props.which);
    let sheet = answer.as_ref().map(|answer| &answer.1);
    let lines = sheet.map_or(&[][..], |sheet| &sheet.lines);
    html! {
        <div class="terminal sheet" id="output-panel" role="tabpanel" tabindex="0" aria-label={if props.which == Which::Shells { "Every shell" } else { "Timers" }}>
            if let Some((script, is_file)) = sheet.and_then(|sheet| sheet.script.as_ref()) {
                <label class="script"><span class="prompt">{ if *is_file { "sh FILE" } else { "sh -c" } }</span>
                    <textarea aria-label="Script" spellcheck="false" autocapitalize="off" rows={script.lines().count().clamp(1, 8).to_string()}
                        value={typed.as_ref().unwrap_or(script).clone()}
                        oninput={move |event: InputEvent| typed.set(event.target_dyn_into().map(|area: HtmlTextAreaElement| area.value()))} /></label>
            }
            if lines.is_empty() { <p class="dim">{ "…" }</p> }
            { for lines.iter().map(|line| shown(line, props)) }
        </div>
    }
}

fn shown(line: &Line, props: &SheetProps) -> Html {
    let class = match line.look {
        Look::Plain if line.bar.is_some() => "timer",
        Look::Plain => "text",
        Look::Dim => "dim text",
        Look::Good => "standing good text",
        Look::Maybe => "standing maybe text",
        Look::Bad => "standing bad text",
        Look::Code => "code text",
    };
    let text = match line.event {
        Some(event) => {
            let index = props.index;
            let onclick = props.act.reform(move |_| Action::SeekEvent(index, event));
            html! { <button type="button" class="link" {onclick}>{ &line.text }</button> }
        }
        None => html! { <span>{ &line.text }</span> },
    };
    html! { <p {class}>{ text }<span class="dim">{ format!(" {}", line.more) }</span>{ for line.bar.map(bar) }</p> }
}

fn bar([from, to, most]: [u32; 3]) -> Html {
    let piece = |class: &'static str, from: u32, to: u32| {
        html! { <rect {class} x={from.to_string()} width={to.saturating_sub(from).to_string()} height="10" /> }
    };
    html! {
        <svg viewBox={format!("0 0 {AXIS} 10")} preserveAspectRatio="none" aria-hidden="true">
            { piece("timer-most", to, most) }
            { piece("timer-bar", from, to) }
        </svg>
    }
}
