//! Playing, stepping and seeking.

use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, Properties, TargetCast, classes, component, html};

use crate::store::action::{Action, Way};
use crate::store::axis::{Axis, Place};
use crate::store::headline::seconds;
use crate::store::shared::Shared;
use crate::store::state::SPEEDS;
use crate::ui::filtered;
use crate::ui::icon::{Icon, icon};

/// Steps of the slider.
const STEPS: u64 = 1_000;

/// What the controls need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TransportProps {
    /// The clock.
    pub axis: Shared<Axis>,
    /// The moment.
    pub cursor: Place,
    /// Does it play?
    pub playing: bool,
    /// Index into the speeds.
    pub speed: usize,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The controls.
#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let button = |class: &'static str, label: &'static str, sign: Html, action: Action| {
        let onclick = props.act.reform(move |_| action.clone());
        html! { <button type="button" class={classes!("control", class)} aria-label={label} title={label} {onclick}>{ sign }</button> }
    };
    let length = props.axis.length().max(1);
    let axis = props.axis.clone();
    let oninput = filtered(&props.act, move |event: InputEvent| {
        let slider = event.target_dyn_into::<HtmlInputElement>()?;
        let step: u64 = slider.value().parse().ok()?;
        Some(Action::Seek(axis.length() * step / STEPS))
    });
    let moment = props.axis.moment_at(props.cursor);
    let speed = SPEEDS.get(props.speed).copied().unwrap_or(100);
    let (label, sign) = if props.playing { ("Pause (space)", Icon::Pause) } else { ("Play (space)", Icon::Play) };
    html! {
        <div class="transport" role="group" aria-label="Clock">
            { button("far", "To the start (Home)", icon(Icon::Start), Action::Ends(Way::Back)) }
            { button("", "Previous event (left arrow)", icon(Icon::Back), Action::StepEvent(Way::Back)) }
            <button type="button" class="control play" aria-label={label} title={label}
                onclick={props.act.reform(|_| Action::TogglePlay)}>{ icon(sign) }</button>
            { button("", "Next event (right arrow)", icon(Icon::Forward), Action::StepEvent(Way::Forward)) }
            { button("far", "To the end (End)", icon(Icon::End), Action::Ends(Way::Forward)) }
            <input class="scrub" type="range" min="0" max={STEPS.to_string()} step="1" aria-label="Moment"
                aria-valuetext={seconds(moment)} value={(props.cursor * STEPS / length).to_string()} {oninput} />
            <output class="moment" aria-label="Moment, from the delete on">{ seconds(moment) }</output>
            { button("far", "Slower (minus)", html! { "−" }, Action::Speed(Way::Back)) }
            <span class="speed far" aria-label="Speed">{ times(speed) }</span>
            { button("far", "Faster (plus)", html! { "+" }, Action::Speed(Way::Forward)) }
        </div>
    }
}

/// Hundredths as a factor: `1×`, `0.25×`.
fn times(hundredths: u64) -> String {
    match hundredths % 100 {
        0 => format!("{}×", hundredths / 100),
        rest if rest % 10 == 0 => format!("{}.{}×", hundredths / 100, rest / 10),
        rest => format!("{}.{rest:02}×", hundredths / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn speeds_read_as_factors() {
        assert_eq!([times(10), times(25), times(100), times(400)], ["0.1×", "0.25×", "1×", "4×"]);
    }
}
