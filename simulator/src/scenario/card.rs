//! The behaviour card: what the application does, written by a person.
//!
//! ```yaml
//! app:
//!   start: [{listen: 8080}, {print: ready}]
//!   on:
//!     TERM: [{print: stopping}, {drain_s: 10}, {exit: 0}]
//!     HUP: ignore
//!   every_s: 5
//!   do: [{print: alive}]
//!   amends: true
//!   keep_alive_s: 65
//!   backlog: 128
//! ```

use std::sync::Arc;

use super::reader::Reader;
use crate::base::Text;
use crate::base::diagnostic::line_column;
use crate::base::limits::BACKLOG;
use crate::base::signal::Signal;
use crate::pod::yaml::{Kind, Node};
use crate::program::behaviour::{Behaviour, Card, Reaction, Statement, Step};
use crate::program::serving::{Idle, Tuned};
use crate::trace::Stream;

/// Most steps in one list.
const MOST_STEPS: usize = 64;
const STEPS: &[&str] = &[
    "print",
    "error",
    "listen",
    "stop_accepting",
    "unlisten",
    "drain_s",
    "drain",
    "sleep_s",
    "spawn",
    "signal_children",
    "wait_children",
    "flush",
    "exit",
    "reraise",
    "signal_self",
    "fault",
    "abort",
    "parent_death",
];
/// Signals of faults that a processor finds (signal(7)).
const FAULTS: &[Signal] = &[Signal::SEGV, Signal::FPE, Signal::ILL, Signal::BUS];

/// Reads the object `app`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Card {
    reader.only(node, "app", &["amends", "start", "on", "every_s", "do", "keep_alive_s", "backlog"]);
    let amends = reader.flag(node, "amends").unwrap_or(false);
    let mut behaviour = behaviour(reader, node);
    if amends {
        let signals: Vec<String> = behaviour.on.keys().map(Signal::to_string).collect();
        let text = match signals.as_slice() {
            [] if behaviour.tuned.says_something() => {
                "the behaviour card says what it does with connections".to_owned()
            }
            [] => "the behaviour card".to_owned(),
            some => format!("the behaviour card says what it does on {}", some.join(", ")),
        };
        behaviour.origin = text.as_str().into();
        let (line, _) = line_column(reader.text, node.span.start as usize);
        let file = Text::from(super::SCENARIO_FILE);
        behaviour.statements = vec![Statement { file, line, text: text.into(), understood: true }];
    }
    Card { behaviour, amends }
}

fn behaviour(reader: &mut Reader<'_>, node: &Node) -> Behaviour {
    let mut behaviour = Behaviour { origin: Text::from("the behaviour card"), ..Behaviour::default() };
    if let Some(start) = node.get("start") {
        behaviour.start = steps(reader, start);
    }
    for entry in reader.get_written(node, "on").map_or(&[][..], |on| on.entries()) {
        let Some(signal) = Signal::parse(&entry.key).filter(|s| !s.is_uncatchable()) else {
            reader.error(
                entry.key_span,
                format!("{:?} is not a signal that can be caught", entry.key),
                "write TERM: [...]",
            );
            continue;
        };
        let reaction = match &entry.value.kind {
            Kind::Text(word) if word == "ignore" => Reaction::Ignore,
            Kind::Text(word) if word == "default" => Reaction::Default,
            _ => Reaction::Handle(steps(reader, &entry.value)),
        };
        behaviour.on.insert(signal, reaction);
    }
    if let Some(every) = reader.seconds(node, "every_s") {
        let list = node.get("do").map(|list| steps(reader, list)).unwrap_or_default();
        behaviour.every = Some((every, list));
    }
    behaviour.tuned = Tuned {
        idle: reader.seconds(node, "keep_alive_s").map(Idle::time),
        backlog: reader.number(node, "backlog", u64::from(BACKLOG)).and_then(|n| u32::try_from(n).ok()),
    };
    behaviour
}

fn steps(reader: &mut Reader<'_>, node: &Node) -> Vec<Step> {
    if !matches!(node.kind, Kind::List(_)) {
        reader.error(node.span, "steps must be a list", "write [{sleep_s: 5}, {exit: 0}]");
    }
    node.items().iter().take(MOST_STEPS).filter_map(|n| step(reader, n)).collect()
}

fn step(reader: &mut Reader<'_>, node: &Node) -> Option<Step> {
    if let Kind::Text(word) = &node.kind {
        return match word.as_str() {
            "stop_accepting" => Some(Step::StopAccepting),
            "unlisten" => Some(Step::Unlisten),
            "drain" => Some(Step::Drain(None)),
            "wait_children" => Some(Step::WaitChildren),
            "flush" => Some(Step::Flush),
            "reraise" => Some(Step::Reraise),
            "abort" => Some(Step::Abort),
            _ => {
                reader.error(node.span, format!("unknown step {word:?}"), format!("known steps: {}", STEPS.join(", ")));
                None
            }
        };
    }
    reader.only(node, "a step", STEPS);
    let key = node.entries().first().map_or("", |e| e.key.as_str());
    let line = |reader: &mut Reader<'_>| reader.text(node, key).map(|t| Text::from(t.as_str()));
    match key {
        "print" => Some(Step::Print(Stream::Stdout, line(reader)?)),
        "error" => Some(Step::Print(Stream::Stderr, line(reader)?)),
        "listen" => Some(Step::Listen(reader.number(node, key, 65_535).and_then(|n| u16::try_from(n).ok())?)),
        "drain_s" => Some(Step::Drain(Some(reader.seconds(node, key)?))),
        "sleep_s" => Some(Step::Sleep(reader.seconds(node, key)?)),
        "exit" => Some(Step::Exit(reader.number(node, key, 255).and_then(|n| u8::try_from(n).ok())?)),
        "spawn" => {
            let argv = reader.texts(node, key)?;
            let argv: Arc<[Text]> = argv.iter().map(|a| Text::from(a.as_str())).collect();
            (!argv.is_empty()).then_some(Step::Spawn(argv))
        }
        "signal_children" => signal(reader, node, key).map(Step::SignalChildren),
        "signal_self" => signal(reader, node, key).map(Step::SignalSelf),
        "parent_death" => signal(reader, node, key).map(|s| Step::ParentDeath(Some(s))),
        "fault" => {
            let fault = signal(reader, node, key)?;
            if !FAULTS.contains(&fault) {
                reader.error(node.span, format!("{fault} is no fault of a program"), "write SEGV, FPE, ILL or BUS");
                return None;
            }
            Some(Step::Fault(fault))
        }
        _ => None,
    }
}

fn signal(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<Signal> {
    let name = reader.text(node, key)?;
    let signal = Signal::parse(&name);
    if signal.is_none() {
        reader.error(node.span, format!("{name:?} is not a signal"), format!("write {key}: TERM"));
    }
    signal
}
