//! Why something happened: the chain of causes in sentences, what came to nothing, and the rules with their sources.

use simulator::base::id::EventId;
use simulator::rules::RuleId;
use simulator::view::explain::{Explanation, Line, explain};
use yew::{Callback, Event, Html, Properties, component, html, use_memo, use_state};

use crate::effect::fetch;
use crate::sim;
use crate::store::action::Action;
use crate::store::axis::moment;
use crate::store::headline::seconds;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::ui::prose::prose;

/// What the explanation needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct WhyProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// The event to explain.
    pub event: Option<EventId>,
    /// Is the simulator there?
    pub ready: bool,
    /// Was it chosen, or is it what decided the outcome?
    pub chosen: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The explanation.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let told = use_memo((props.lane.run.clone(), props.event), |(run, event)| match event {
        Some(event) => explain(&run.trace, *event),
        None => Explanation { chain: Vec::new(), missed: Vec::new() },
    });
    let Some(first) = told.chain.first() else {
        return html! { <p class="empty">{ "Nothing to explain yet. Choose a process, a mark or an answer." }</p> };
    };
    html! {
        <div class="why-text">
            <p class="why-first"><When lane={props.lane.clone()} line={first.clone()} index={props.index} act={props.act.clone()} />
                { " " }{ sentence(&first.sentence) }</p>
            if let Some((event, given)) = &first.given { { because(props, *event, given) } }
            <Rule rule={first.rule} ready={props.ready} />
            if !told.missed.is_empty() {
                <h3>{ "What did not happen" }</h3>
                <ul class="missed">{ for told.missed.iter().rev().map(|line| item(props, line, true)) }</ul>
            }
            if told.chain.len() > 1 {
                <h3>{ "Because" }</h3>
                <ol class="chain">{ for told.chain.iter().skip(1).map(|line| item(props, line, false)) }</ol>
            }
            if !props.chosen {
                <p class="hint">{ "This is what decided how it ended. Choose a process, a mark or an answer to see its reasons." }</p>
            }
        </div>
    }
}

fn item(props: &WhyProps, line: &Line, with_rule: bool) -> Html {
    html! {
        <li>
            <When lane={props.lane.clone()} line={line.clone()} index={props.index} act={props.act.clone()} />
            { " " }{ sentence(&line.sentence) }
            if with_rule { <Rule rule={line.rule} ready={props.ready} /> } else { <span class="rule-id">{ " " }{ line.rule.title() }</span> }
        </li>
    }
}

fn because(props: &WhyProps, event: EventId, given: &str) -> Html {
    let index = props.index;
    let onclick = props.act.reform(move |_| Action::SeekEvent(index, event));
    html! { <p class="given">{ "decided by: " }<button type="button" class="link" {onclick}>{ given.to_owned() }</button></p> }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let rest = letters.as_str();
    let stop = if rest.ends_with(['.', '!', '?']) { "" } else { "." };
    // A command or a program's name keeps its spelling.
    if text.starts_with("kubectl") || rest.contains("(pid") && rest.find("(pid") < Some(18) {
        return format!("{text}{stop}");
    }
    format!("{first}{rest}{stop}")
}

/// What a moment of the chain needs.
#[derive(Clone, Debug, PartialEq, Properties)]
struct WhenProps {
    lane: Shared<Lane>,
    line: Line,
    index: usize,
    act: Callback<Action>,
}

/// The moment of an event, leading there.
#[component]
fn When(props: &WhenProps) -> Html {
    let (index, event) = (props.index, props.line.event);
    let at = seconds(moment(props.line.at, props.lane.origin));
    html! { <button type="button" class="when" onclick={props.act.reform(move |_| Action::SeekEvent(index, event))}>{ at }</button> }
}

/// What a rule needs.
#[derive(Clone, Debug, PartialEq, Properties)]
struct RuleProps {
    rule: RuleId,
    ready: bool,
}

/// A rule with its sources, which come with the simulator; its page unfolds.
#[component]
fn Rule(props: &RuleProps) -> Html {
    let rule = props.rule;
    let texts = use_memo((rule, props.ready), |(rule, _)| sim::rules(vec![*rule]));
    let sources = texts.first().map_or("", |text| &text.sources);
    html! {
        <div class="rule">
            <p class="rule-title">{ rule.title() }</p>
            <RulePage key={rule.id()} {rule} ready={props.ready} />
            <p class="rule-sources">{ sources }{ " " }<code>{ rule.id() }</code></p>
        </div>
    }
}

/// The page of a rule, which is fetched when it is unfolded for the first time.
#[component]
fn RulePage(props: &RuleProps) -> Html {
    let text = use_state(|| None::<String>);
    let ontoggle = {
        let (text, address) = (text.clone(), format!("rules/{}.md", props.rule.id()));
        Callback::from(move |_: Event| {
            if text.is_none() {
                let text = text.clone();
                fetch::text(address.clone(), move |got| {
                    text.set(Some(got.unwrap_or_else(|| "This page could not be loaded.".to_owned())));
                });
            }
        })
    };
    let shown = text.as_deref().map_or("…", |page| page.split_once("\n---\n").map_or(page, |(_, text)| text).trim());
    html! { <details {ontoggle}><summary>{ "more about this rule" }</summary>{ prose(shown) }</details> }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_begin_large_unless_they_begin_with_a_name() {
        assert_eq!(sentence("the time to stop server is over"), "The time to stop server is over.");
        assert_eq!(sentence("sh (pid 1) exits with code 0"), "sh (pid 1) exits with code 0.");
        assert_eq!(sentence("kubectl delete server"), "kubectl delete server.");
    }
}
