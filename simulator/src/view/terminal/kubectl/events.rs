//! `kubectl get events` and `kubectl events`: what the kubelet and the scheduler reported about pods.
//!
//! Follows kubernetes printers.go `printEvent` for the first, kubectl pkg/cmd/events/event_printer.go for the second. Equal
//! events are one object with a count (client-go tools/record/events_cache.go). Events of controllers are not simulated.

use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::observed::{KubernetesEvent, Observed};
use crate::trace::{EventKind, EventType, OnPod};
use crate::view::kubectl::age;

use super::super::here::Here;
use super::super::tabs::Table;
use super::super::{Answer, clock};
use super::objects::{self, NODE};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] = &[
    Flag("watch", 'w', Takes::Bool),
    Flag("all-namespaces", 'A', Takes::Bool),
    Flag("no-headers", ' ', Takes::Bool),
    Flag("for", ' ', Takes::Text),
    Flag("types", ' ', Takes::Text),
];

/// An event object: equal events, counted.
pub(super) struct Counted<'e> {
    pub first: SimTime,
    pub last: &'e KubernetesEvent,
    pub count: u32,
}

pub(super) fn counted<'e>(seen: &'e Observed, wanted: impl Fn(&KubernetesEvent) -> bool) -> Vec<Counted<'e>> {
    let mut all: Vec<Counted<'e>> = Vec::new();
    for event in seen.events.iter().filter(|e| wanted(e)) {
        let same = |c: &&mut Counted<'_>| {
            c.last.pod == event.pod && c.last.reason == event.reason && c.last.message == event.message
        };
        match all.iter_mut().find(same) {
            Some(known) => {
                known.last = event;
                known.count = known.count.saturating_add(1);
            }
            None => all.push(Counted { first: event.at, last: event, count: 1 }),
        }
    }
    all
}

fn name(seen: &Observed, pod: PodId) -> String {
    seen.pod(pod).map_or_else(String::new, |p| p.name.to_string())
}

fn kind(event: &KubernetesEvent) -> &'static str {
    match event.kind {
        EventType::Normal => "Normal",
        EventType::Warning => "Warning",
    }
}

/// What the columns of a command are.
struct Columns<'p> {
    parsed: &'p Parsed,
    /// `kubectl events` counts in the first column and writes `Pod/web`.
    own_command: bool,
    wide: bool,
}

impl Columns<'_> {
    fn header(&self) -> Vec<String> {
        let plain = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"].as_slice();
        let wide =
            ["LAST SEEN", "TYPE", "REASON", "OBJECT", "SUBOBJECT", "SOURCE", "MESSAGE", "FIRST SEEN", "COUNT", "NAME"]
                .as_slice();
        let all = self.parsed.is_on("all-namespaces").then_some("NAMESPACE");
        all.into_iter().chain(if self.wide { wide } else { plain }.iter().copied()).map(str::to_owned).collect()
    }

    fn row(&self, here: &Here<'_>, seen: &Observed, event: &Counted<'_>, now: SimTime) -> Vec<String> {
        let name = name(seen, event.last.pod);
        let (first, last) = (age(now.since(event.first)), age(now.since(event.last.at)));
        let when = match event.count {
            n if self.own_command && n > 1 => format!("{last} (x{n} over {first})"),
            _ => last,
        };
        let object = if self.own_command { format!("Pod/{name}") } else { format!("pod/{name}") };
        let mut row = Vec::new();
        if self.parsed.is_on("all-namespaces") {
            let pod = seen.pod(event.last.pod);
            row.push(pod.map_or_else(String::new, |p| objects::namespace_of(here.inventory(), p)));
        }
        row.extend([when, kind(event.last).to_owned(), event.last.reason.to_string(), object.clone()]);
        if self.wide {
            let scheduled = &*event.last.reason == "Scheduled";
            let source = if scheduled { "default-scheduler".to_owned() } else { format!("kubelet, {NODE}") };
            row.extend([String::new(), source]);
        }
        row.push(event.last.message.trim().to_owned());
        if self.wide {
            row.extend([first, event.count.to_string(), format!("{name}.{:x}", clock::nanos(event.first))]);
        }
        row
    }
}

/// `kubectl get events`: by object and time of the first, or by `--sort-by`.
pub(super) fn get(here: &Here<'_>, parsed: &Parsed, namespace: &str) -> Answer {
    let wide = match parsed.text("output") {
        None => false,
        Some("wide") => true,
        Some(other) => return here.fails(&format!("not simulated: kubectl get events -o {other}")),
    };
    let columns = Columns { parsed, own_command: false, wide };
    let mut events = counted(&here.seen, |e| is_wanted(here, parsed, namespace, e));
    match parsed.text("sort-by") {
        None => events.sort_by_key(|e| (name(&here.seen, e.last.pod), e.first)),
        Some(path) if path.contains("lastTimestamp") => events.sort_by_key(|e| e.last.at),
        Some(_) => events.sort_by_key(|e| e.first),
    }
    print(here, &columns, &events, namespace, parsed.is_on("watch") || parsed.is_on("watch-only"))
}

/// `kubectl events`: by the time of the last.
pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let namespace = super::namespace(here, parsed);
    let columns = Columns { parsed, own_command: true, wide: false };
    let mut events = counted(&here.seen, |e| is_wanted(here, parsed, &namespace, e));
    events.sort_by_key(|e| e.last.at);
    print(here, &columns, &events, &namespace, parsed.is_on("watch"))
}

fn is_wanted(here: &Here<'_>, parsed: &Parsed, namespace: &str, event: &KubernetesEvent) -> bool {
    // The pod of an event may be gone; its name stays.
    let Some(pod) = here.seen.pod(event.pod) else { return true };
    let own = parsed.is_on("all-namespaces") || objects::namespace_of(here.inventory(), pod) == namespace;
    let about = parsed.text("for").is_none_or(|f| f.split_once('/').map_or(f, |(_, n)| n) == &*pod.name);
    let typed = parsed.text("types").is_none_or(|t| t.split(',').any(|t| t == kind(event)));
    let field = parsed.text("field-selector").is_none_or(|f| fields_hold(f, &pod.name, event));
    own && about && typed && field
}

/// `--field-selector involvedObject.name=web,reason=Killing,type!=Normal`.
fn fields_hold(selector: &str, name: &str, event: &KubernetesEvent) -> bool {
    selector.split(',').all(|term| {
        let (key, value, is) = match term.split_once("!=") {
            Some((key, value)) => (key, value, false),
            None => term.split_once('=').map_or((term, "", true), |(k, v)| (k, v.trim_start_matches('='), true)),
        };
        let actual = match key {
            "involvedObject.name" => name,
            "involvedObject.kind" => "Pod",
            "reason" => &event.reason,
            "type" => kind(event),
            _ => return true,
        };
        (actual == value) == is
    })
}

fn print(here: &Here<'_>, columns: &Columns<'_>, events: &[Counted<'_>], namespace: &str, follow: bool) -> Answer {
    let mut table = Table::default();
    let mut rows: Vec<Vec<String>> = events.iter().map(|e| columns.row(here, &here.seen, e, here.at)).collect();
    if rows.is_empty() && !follow {
        let all = columns.parsed.is_on("all-namespaces");
        return Answer::fails(
            here.at,
            &match (columns.own_command, all) {
                (true, true) => "No events found.".to_owned(),
                (true, false) => format!("No events found in {namespace} namespace."),
                (false, true) => "No resources found".to_owned(),
                (false, false) => format!("No resources found in {namespace} namespace."),
            },
            0,
        );
    }
    if !columns.parsed.is_on("no-headers") {
        rows.insert(0, columns.header());
    }
    let mut answer = here.prints(&table.print(&rows).join("\n"));
    if follow {
        answer.ends = None;
        let mut seen = Observed::default();
        for (id, event) in here.trace().iter() {
            seen.apply(id, event);
            let EventKind::Pod(_, OnPod::Event(_)) = &event.kind else { continue };
            let Some(last) =
                seen.events.last().filter(|e| e.at > here.at && is_wanted(here, columns.parsed, namespace, e))
            else {
                continue;
            };
            let same = |e: &KubernetesEvent| e.pod == last.pod && e.reason == last.reason && e.message == last.message;
            let row = counted(&seen, same).first().map(|c| columns.row(here, &seen, c, event.at));
            let lines = table.print(row.as_slice());
            answer.lines.extend(lines.into_iter().map(|text| Here::line(event.at, text)));
        }
    }
    answer
}
