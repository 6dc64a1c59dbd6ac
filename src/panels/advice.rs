//! What went wrong and what to do about it: the findings of the run, and a change that was tried and helps.

use simulator::view::findings::findings;
use yew::{Callback, Html, Properties, component, html, use_memo};

use crate::effect::later::use_later;
use crate::engine::{Fix, score};
use crate::sim;
use crate::store::action::Action;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::ui::prose::prose;

/// Most findings that are shown.
const MOST: usize = 4;

/// What the advice needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AdviceProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// Is the simulator there to try a change?
    pub ready: bool,
    /// Is it compared already?
    pub several: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The advice; nothing when nothing went wrong.
#[component]
pub fn Advice(props: &AdviceProps) -> Html {
    let found = use_memo(props.lane.run.clone(), |run| findings(&run.trace, &run.end));
    let texts = use_memo((found.clone(), props.ready), |(found, _)| {
        sim::rules(found.iter().take(MOST).map(|finding| finding.rule).collect())
    });
    let asked = (props.lane.clone(), props.ready);
    let answer = use_later(asked.clone(), |(lane, _)| (fix(lane), others(lane)));
    // A change that was tried with other texts is no advice for these.
    let answer = answer.as_ref().filter(|answer| answer.0 == asked).map(|answer| &answer.1);
    let tried = answer.and_then(|(fix, _)| fix.as_ref());
    let others = answer.map_or(&[][..], |(_, others)| others);
    if found.is_empty() && tried.is_none() && others.is_empty() {
        return html! {};
    }
    let index = props.index;
    html! {
        <section class="advice" aria-label="What went wrong">
            if !found.is_empty() { <h2>{ "What went wrong" }</h2> }
            <ul>
                { for found.iter().take(MOST).enumerate().map(|(n, finding)| {
                    let remedy = texts.get(n).map(|text| &text.remedy).filter(|remedy| !remedy.is_empty());
                    let event = finding.event;
                    let onclick = props.act.reform(move |_| Action::SeekEvent(index, event));
                    let times = if finding.count > 1 && !finding.container.is_empty() { format!(" ({} times)", finding.count) } else { String::new() };
                    html! {
                        <li>
                            <button type="button" class="link" {onclick}>{ format!("{}{times}", finding.message) }</button>
                            if let Some(remedy) = remedy { <div class="advice-fix">{ prose(remedy) }</div> }
                        </li>
                    }
                }) }
            </ul>
            if let Some(other) = others.first() {
                <div class="racy" role="note">
                    <p>{ "This is a race: with another order of what happens at the same instant it ends otherwise: " }
                        { other }if others.len() > 1 { {format!(" (or in {} more ways)", others.len() - 1)} }</p>
                </div>
            }
            if let Some(fix) = tried {
                <div class="patch">
                    <p>{ "This change was tried and helps:" }</p>
                    <pre>
                        if !fix.before.is_empty() { <del>{ format!("- {}\n", fix.before) }</del> }
                        <ins>{ format!("+ {}", fix.after) }</ins>
                    </pre>
                    <p class="patch-buttons">
                        <button type="button" class="plain" onclick={apply(props, fix.draft.clone(), false)}>{ "Apply" }</button>
                        if !props.several {
                            <button type="button" class="plain" onclick={apply(props, fix.draft.clone(), true)}>{ "Apply and compare" }</button>
                        }
                        <span class="hint">{ &fix.file }</span>
                    </p>
                </div>
            }
        </section>
    }
}

/// How the texts end with other orders; nothing for texts that did not run.
fn others(lane: &Lane) -> Vec<String> {
    if lane.stale { Vec::new() } else { sim::other_ends(&lane.draft) }
}

/// A change that makes a bad end better; none for texts that did not run.
fn fix(lane: &Lane) -> Option<Fix> {
    let now = score(&lane.verdict).filter(|_| !lane.stale)?;
    sim::fix(&lane.draft, now)
}

fn apply(props: &AdviceProps, draft: sim::Draft, compare: bool) -> Callback<yew::MouseEvent> {
    let (act, index) = (props.act.clone(), props.index);
    Callback::from(move |_| {
        act.emit(Action::Activate(index));
        if compare {
            act.emit(Action::Compare(true));
        }
        act.emit(Action::EditDraft(Box::new(draft.clone())));
    })
}
