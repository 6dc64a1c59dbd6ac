//! What the tools print at the cursor: logs, exec sessions, Kubernetes events, processes, pods, and the whole trace.

use simulator::base::id::EventId;
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::trace::{EventType, Stream};
use simulator::view::explain::tell;
use yew::{Callback, Html, Properties, component, html, use_memo};

use crate::engine::Listing;
use crate::panels::sheet::Sheet;
use crate::panels::terminal::Terminal;
use crate::sim;
use crate::store::action::Action;
use crate::store::axis::{Axis, Place, moment};
use crate::store::headline::seconds;
use crate::store::lane::Lane;
use crate::store::shared::Shared;
use crate::store::state::Output as Which;
use crate::ui::filtered;
use crate::ui::tabs::{Tab, Tabs};

/// Most lines that are shown of a list; the newest stay.
const MOST_LINES: usize = 400;
/// The outputs, in the order of their tabs.
const TABS: [(Which, &str); 9] = [
    (Which::Terminal, "terminal"),
    (Which::Logs, "logs"),
    (Which::Sessions, "exec"),
    (Which::Events, "events"),
    (Which::Processes, "ps"),
    (Which::Pods, "pods"),
    (Which::Trace, "trace"),
    (Which::Timers, "timers"),
    (Which::Shells, "shells"),
];

/// What the outputs need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct OutputProps {
    /// The run.
    pub lane: Shared<Lane>,
    /// Its number.
    pub index: usize,
    /// The clock.
    pub axis: Shared<Axis>,
    /// What can be seen at the moment.
    pub seen: Shared<Observed>,
    /// The moment.
    pub cursor: Place,
    /// Which output.
    pub which: Which,
    /// Is the simulator there?
    pub ready: bool,
    /// What a person does.
    pub act: Callback<Action>,
}

/// The outputs as tabs.
#[component]
pub fn Output(props: &OutputProps) -> Html {
    let all = use_memo(props.lane.run.clone(), |run| offered(&run.end));
    let tabs = all.iter().map(|(_, name)| Tab { name: (*name).into(), mark: None }).collect::<Vec<_>>();
    let open = all.iter().position(|(which, _)| *which == props.which).unwrap_or(0);
    let which = all.get(open).map_or(Which::Logs, |(which, _)| *which);
    let on_open = filtered(&props.act, move |index: usize| all.get(index).map(|(which, _)| Action::Show(*which)));
    let happened = props.axis.happened(props.index, props.cursor);
    // Ages are told by the second: nothing is drawn anew in between.
    let moment = props.axis.moment_at(props.cursor);
    let exact = SimTime::from_micros(props.lane.origin.as_micros().saturating_add_signed(moment));
    let now = SimTime::from_secs(exact.as_micros() / 1_000_000);
    html! {
        <section class="output" aria-label="Output">
            <Tabs label="Output" id="output" {tabs} {open} {on_open} />
            { match which {
                Which::Terminal => html! { <Terminal lane={props.lane.clone()} now={exact} at_end={props.cursor >= props.axis.length()} ready={props.ready} act={props.act.clone()} /> },
                Which::Timers | Which::Shells => html! { <Sheet lane={props.lane.clone()} index={props.index} {which} ready={props.ready} act={props.act.clone()} /> },
                _ => html! { <Lines lane={props.lane.clone()} index={props.index} seen={props.seen.clone()} {happened} {now} {which} ready={props.ready} act={props.act.clone()} /> },
            } }
        </section>
    }
}

/// The outputs of a run: that of exec sessions only if there is any, and under Docker nothing of a cluster.
fn offered(end: &Observed) -> Vec<(Which, &'static str)> {
    let sessions = end.logs.iter().any(|log| log.stream == Stream::Session);
    let docker = under_docker(end);
    let has = |which| match which {
        Which::Sessions => sessions,
        Which::Events | Which::Pods => !docker,
        Which::Terminal | Which::Logs | Which::Processes | Which::Trace | Which::Timers | Which::Shells => true,
    };
    TABS.into_iter().filter(|(which, _)| has(*which)).collect()
}

fn under_docker(end: &Observed) -> bool {
    end.pods.iter().any(|pod| pod.docker)
}

/// What the lines need.
#[derive(Clone, Debug, PartialEq, Properties)]
struct LinesProps {
    lane: Shared<Lane>,
    index: usize,
    seen: Shared<Observed>,
    happened: EventId,
    now: SimTime,
    which: Which,
    ready: bool,
    act: Callback<Action>,
}

/// One line: when, what, and the event it leads to.
struct Row {
    at: Option<String>,
    text: String,
    class: &'static str,
    event: Option<EventId>,
}

/// The output as it stands at the moment.
#[component]
fn Lines(props: &LinesProps) -> Html {
    let seen = &props.seen;
    let sentences = use_memo((props.lane.run.clone(), props.which == Which::Trace), |(run, wanted)| {
        if !wanted {
            return Vec::new();
        }
        tell(&run.trace, &(0..run.trace.len()).map(EventId::from_index).collect::<Vec<_>>())
    });
    let listed = (props.lane.source.clone(), props.happened, props.now, props.which, props.ready);
    let listed = use_memo(listed, |(source, happened, now, which, _)| {
        let listing = match which {
            Which::Processes => Listing::Processes,
            Which::Pods => Listing::Pods,
            _ => return None,
        };
        sim::listing(source, *happened, *now, listing)
    });
    let rows = match props.which {
        Which::Terminal | Which::Timers | Which::Shells => Vec::new(),
        Which::Logs => logs(props, seen),
        Which::Sessions => sessions(props, seen),
        Which::Events => events(props, seen),
        Which::Processes | Which::Pods => {
            listed.as_ref().as_ref().map_or_else(|| vec![nothing("…")], |text| printed(text))
        }
        Which::Trace => trace(props, &sentences),
    };
    let first = rows.len().saturating_sub(MOST_LINES);
    let prompt = prompt(props.which, under_docker(&props.lane.run.end));
    html! {
        <div class="terminal" id="output-panel" role="tabpanel" tabindex="0" aria-label={prompt}>
            <p class="prompt">{ prompt }</p>
            if first > 0 { <p class="dim">{ format!("… {first} earlier lines") }</p> }
            { for rows.iter().skip(first).map(|row| line(props, row)) }
        </div>
    }
}

fn prompt(which: Which, docker: bool) -> &'static str {
    match which {
        Which::Terminal | Which::Timers | Which::Shells => "",
        Which::Logs if docker => "$ docker logs --timestamps",
        Which::Logs => "$ kubectl logs --all-containers --timestamps",
        Which::Sessions => "what commands run with exec have printed so far",
        Which::Events => "$ kubectl events",
        Which::Processes => "$ ps axf",
        Which::Pods => "$ kubectl get pods",
        Which::Trace => "every event so far, the newest last",
    }
}

fn line(props: &LinesProps, row: &Row) -> Html {
    let when = row.at.clone().map(|at| match row.event {
        Some(event) => {
            let index = props.index;
            let onclick = props.act.reform(move |_| Action::SeekEvent(index, event));
            html! { <button type="button" class="when" {onclick}>{ at }</button> }
        }
        None => html! { <span class="when">{ at }</span> },
    });
    html! { <p class={row.class}>{ for when }<span class="text">{ &row.text }</span></p> }
}

fn at(props: &LinesProps, time: simulator::base::time::SimTime) -> Option<String> {
    Some(seconds(moment(time, props.lane.origin)))
}

fn nothing(text: &str) -> Row {
    Row { at: None, text: text.to_owned(), class: "dim", event: None }
}

fn logs(props: &LinesProps, seen: &Observed) -> Vec<Row> {
    let mut rows = written(props, seen, |stream| stream != Stream::Session);
    let held = seen.tasks.iter().filter_map(|t| Some((t, t.alive()?.buffered))).filter(|(_, n)| *n > 0);
    for (task, held) in held {
        let text = format!("({held} bytes are still in the buffer of {}, pid {})", task.comm, task.pid);
        rows.push(nothing(&text));
    }
    if rows.is_empty() {
        rows.push(nothing("(nothing has been written)"));
    }
    rows
}

fn sessions(props: &LinesProps, seen: &Observed) -> Vec<Row> {
    let rows = written(props, seen, |stream| stream == Stream::Session);
    if rows.is_empty() { vec![nothing("(nothing has been written)")] } else { rows }
}

/// The lines that were written to some of the streams.
fn written(props: &LinesProps, seen: &Observed, wanted: impl Fn(Stream) -> bool) -> Vec<Row> {
    let lines = seen.logs.iter().filter(|log| wanted(log.stream)).flat_map(|log| {
        let at = at(props, log.at);
        log.text.trim_end_matches('\n').split('\n').map(move |text| Row {
            at: at.clone(),
            text: text.to_owned(),
            class: "log",
            event: Some(log.by),
        })
    });
    lines.collect()
}

fn events(props: &LinesProps, seen: &Observed) -> Vec<Row> {
    let row = |e: &simulator::observed::KubernetesEvent| Row {
        at: at(props, e.at),
        text: format!("{:<18} {}", e.reason, e.message),
        class: if e.kind == EventType::Warning { "warning" } else { "log" },
        event: Some(e.by),
    };
    let rows: Vec<Row> = seen.events.iter().map(row).collect();
    if rows.is_empty() { vec![nothing("No events found.")] } else { rows }
}

/// What a tool printed, line by line.
fn printed(text: &str) -> Vec<Row> {
    let row = |(index, line): (usize, &str)| Row {
        at: None,
        text: line.to_owned(),
        class: if index == 0 { "head" } else { "log" },
        event: None,
    };
    text.trim_end().lines().enumerate().map(row).collect()
}

fn trace(props: &LinesProps, sentences: &[(EventId, String)]) -> Vec<Row> {
    let row = |(id, text): &(EventId, String)| {
        let time = props.lane.run.trace.get(*id).map(|e| e.at)?;
        Some(Row { at: at(props, time), text: text.clone(), class: "log", event: Some(*id) })
    };
    sentences.iter().take_while(|(id, _)| *id < props.happened).filter_map(row).collect()
}
