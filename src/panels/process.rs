//! What is known of the selected process at the cursor: numbers, what it does about signals, what it holds; each fact leads
//! to the event that made it so.

use simulator::base::id::{EventId, TaskId};
use simulator::observed::{Observed, Task};
use simulator::trace::Disposition;
use simulator::view::words;
use yew::{Callback, Html, Properties, component, html};

use crate::store::action::Action;
use crate::store::shared::Shared;

/// What the facts need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ProcessProps {
    /// What can be seen at the moment.
    pub seen: Shared<Observed>,
    /// Number of its run.
    pub index: usize,
    /// The process.
    pub task: TaskId,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The facts of one process.
#[component]
pub fn Process(props: &ProcessProps) -> Html {
    let seen = &props.seen;
    let Some(task) = seen.task(props.task) else {
        return html! { <p class="empty">{ "This process does not exist yet." }</p> };
    };
    let parent = task
        .parent
        .and_then(|p| seen.task(p))
        .map_or_else(|| "0, outside its namespace".to_owned(), |p| format!("{} {}", p.pid, p.comm));
    html! {
        <section class="process" aria-label="Process">
            <h2>{ format!("pid {} ", task.pid) }<code>{ &*task.comm }</code></h2>
            <dl class="facts">
                <dt>{ "command" }</dt><dd><code>{ task.argv.join(" ") }</code></dd>
                <dt>{ "parent" }</dt><dd>{ parent }</dd>
                { for state(props, task) }
            </dl>
            <p class="hint">{ "[ and ] step through its events." }</p>
        </section>
    }
}

fn state(props: &ProcessProps, task: &Task) -> Vec<Html> {
    let Some(alive) = task.alive() else {
        let ended = task.ended().map(|(status, event)| fact("ended", &status.to_string(), lead(props, event)));
        return ended.into_iter().collect();
    };
    let mut facts = Vec::new();
    if let Some(wait) = alive.wait {
        facts.push(fact("now", &words::waits(wait.value), lead(props, wait.by)));
    }
    let caught: Vec<_> = alive.dispositions.iter().filter(|(_, d)| d.value.is_caught()).collect();
    let ignored: Vec<_> = alive.dispositions.iter().filter(|(_, d)| d.value == Disposition::Ignore).collect();
    for (name, list) in [("catches", caught), ("ignores", ignored)] {
        if !list.is_empty() {
            let links = list.into_iter().map(|(signal, set)| {
                html! { <><button type="button" class="link" onclick={lead(props, set.by)}>{ signal.to_string() }</button>{ " " }</> }
            });
            facts.push(html! { <><dt>{ name }</dt><dd>{ for links }</dd></> });
        }
    }
    let numbers = [("in its buffer", alive.buffered, "bytes"), ("works on", alive.in_flight, "requests")];
    facts.extend(numbers.iter().filter(|(_, n, _)| *n > 0).map(|(name, n, unit)| {
        html! { <><dt>{ *name }</dt><dd>{ format!("{n} {unit}") }</dd></> }
    }));
    for (port, socket) in &alive.sockets {
        facts.push(fact("port", &format!("{port} {:?}", socket.value).to_lowercase(), lead(props, socket.by)));
    }
    facts
}

fn fact(name: &'static str, value: &str, onclick: Callback<yew::MouseEvent>) -> Html {
    html! { <><dt>{ name }</dt><dd><button type="button" class="link" {onclick}>{ value.to_owned() }</button></dd></> }
}

fn lead(props: &ProcessProps, event: EventId) -> Callback<yew::MouseEvent> {
    let index = props.index;
    props.act.reform(move |_| Action::SeekEvent(index, event))
}
