//! The verdict: one row a lane with the outcome in a sentence and the answers in numbers; each answer leads to the event
//! that decided it.

use simulator::base::id::EventId;
use simulator::view::verdict::Requests;
use simulator::view::words::budget;
use yew::{AttrValue, Callback, Html, Properties, classes, component, html};

use crate::store::action::Action;
use crate::store::headline::{Mood, headline, seconds};
use crate::store::lane::Lane;
use crate::store::shared::Shared;

/// What the strip needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct VerdictProps {
    /// What it is called: a narrow page has two of them.
    #[prop_or(AttrValue::Static("Verdict"))]
    pub label: AttrValue,
    /// The runs.
    pub lanes: Vec<Shared<Lane>>,
    /// The lane whose texts are in the editors.
    pub active: usize,
    /// What a person does.
    pub act: Callback<Action>,
}

/// One answer.
struct Answer {
    question: &'static str,
    value: String,
    mood: Mood,
    event: Option<EventId>,
}

/// The strip.
#[component]
pub fn Verdict(props: &VerdictProps) -> Html {
    html! {
        <section class="verdict" aria-label={props.label.clone()}>
            { for props.lanes.iter().enumerate().map(|(index, lane)| row(props, index, lane)) }
        </section>
    }
}

fn row(props: &VerdictProps, index: usize, lane: &Shared<Lane>) -> Html {
    let (mood, words) = headline(&lane.verdict, &lane.run.end);
    let several = props.lanes.len() > 1;
    let active = several && index == props.active;
    let activate = props.act.reform(move |_| Action::Activate(index));
    let caption = lane.caption();
    html! {
        <div class={classes!("verdict-row", class_of(mood), lane.stale.then_some("stale"), active.then_some("active"))}>
            <div class="verdict-words">
                if several {
                    <button type="button" class="caption" onclick={activate} aria-pressed={active.to_string()}
                        title="edit this one"><code>{ caption }</code></button>
                } else {
                    <p class="caption">{ lane.title() }</p>
                }
                <p class="headline"><span class="sign" aria-hidden="true">{ sign(mood) }</span>{ words }
                    if lane.is_waiting() {
                        <em class="stale-note">{ " (the run before your changes: the simulator is not here yet)" }</em>
                    } else if lane.stale {
                        <em class="stale-note">{ " (the last run without errors)" }</em>
                    }
                </p>
            </div>
            if let Some((what, event)) = lane.run.end.exhausted.first() {
                <p class="limit"><button type="button" class="link" onclick={seek(&props.act, index, *event)}>{ budget(*what) }</button></p>
            }
            <dl class="answers">{ for answers(lane).into_iter().map(|a| answer(&props.act, index, a)) }</dl>
        </div>
    }
}

fn seek(act: &Callback<Action>, lane: usize, event: EventId) -> Callback<yew::MouseEvent> {
    act.reform(move |_| Action::SeekEvent(lane, event))
}

fn answer(act: &Callback<Action>, lane: usize, answer: Answer) -> Html {
    let value: AttrValue = answer.value.into();
    html! {
        <div class={classes!("answer", class_of(answer.mood))}>
            <dt>{ answer.question }</dt>
            <dd>
                if let Some(event) = answer.event {
                    <button type="button" class="link" onclick={act.reform(move |_| Action::SeekEvent(lane, event))}>{ value }</button>
                } else {
                    { value }
                }
            </dd>
        </div>
    }
}

/// The class of a mood.
pub fn class_of(mood: Mood) -> &'static str {
    match mood {
        Mood::Good => "good",
        Mood::Bad => "bad",
        Mood::Neutral => "neutral",
    }
}

fn sign(mood: Mood) -> &'static str {
    match mood {
        Mood::Good => "✓",
        Mood::Bad => "✕",
        Mood::Neutral => "·",
    }
}

fn answers(lane: &Lane) -> Vec<Answer> {
    let verdict = &lane.verdict;
    let judged = verdict.stop_began.is_some();
    let mood = |good: bool| {
        if !judged {
            Mood::Neutral
        } else if good {
            Mood::Good
        } else {
            Mood::Bad
        }
    };
    let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let mut all = Vec::new();
    if judged {
        let (reached, done) = (&verdict.signal_reached_app, &verdict.handler_completed);
        all.push(Answer {
            question: "reached the app",
            value: yes(reached.value),
            mood: mood(reached.value),
            event: reached.event,
        });
        all.push(Answer {
            question: "handler finished",
            value: yes(done.value),
            mood: mood(done.value),
            event: done.event,
        });
        let after = verdict.stopped_after.value;
        let value = after.map_or_else(
            || "not yet".to_owned(),
            |d| {
                let took = seconds(i64::try_from(d.as_micros()).unwrap_or(i64::MAX));
                verdict.grace_s.map_or(took.clone(), |grace| format!("{took} of {grace} s"))
            },
        );
        let in_time = after.is_some_and(|d| verdict.grace_s.is_none_or(|g| d.as_secs() < u64::from(g)));
        all.push(Answer { question: "stopped after", value, mood: mood(in_time), event: verdict.stopped_after.event });
    }
    let end = verdict.end.value.as_ref();
    all.push(Answer {
        question: "exit code",
        value: end.map_or_else(|| "runs".to_owned(), |(code, reason)| format!("{code} {reason}")),
        mood: end.map_or(Mood::Neutral, |(code, _)| if *code == 0 { Mood::Good } else { mood(false) }),
        event: verdict.end.event,
    });
    let requests = verdict.requests;
    if requests.sent > 0 {
        all.push(Answer {
            question: "requests lost",
            value: lost(&requests),
            mood: if requests.lost() == 0 { Mood::Good } else { Mood::Bad },
            event: first_lost(lane),
        });
    }
    let zombies = &verdict.zombies;
    all.push(Answer {
        question: "zombies left",
        value: zombies.value.to_string(),
        mood: if zombies.value == 0 { Mood::Neutral } else { Mood::Bad },
        event: zombies.event,
    });
    all
}

/// How many requests were lost, and how: `812 of 3000 (800 cut, 12 refused)`.
fn lost(requests: &Requests) -> String {
    let kinds = [
        (requests.cut, "cut"),
        (requests.reset, "reset"),
        (requests.refused, "refused"),
        (requests.timed_out, "timed out"),
        (requests.no_endpoint, "without an endpoint"),
    ];
    let told: Vec<String> = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, how)| format!("{n} {how}")).collect();
    let how = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    format!("{} of {}{how}", requests.lost(), requests.sent)
}

/// The end of the first request that was lost.
fn first_lost(lane: &Lane) -> Option<EventId> {
    use simulator::trace::Outcome;
    let lost = lane.run.end.requests.iter().filter_map(|r| r.ended()).filter(|(outcome, _, _)| *outcome != Outcome::Ok);
    lost.map(|(_, _, event)| event).min()
}
