//! A run as what has to be kept or sent of it, so that it can be shown where the simulator itself is not.
//!
//! The state is not in it: it is the fold of the trace. Which bytes are made of it is the caller's choice.

use serde::{Deserialize, Serialize};

use crate::base::diagnostic::Diagnostic;
use crate::base::id::EventId;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::settings::{Connections, Consumer};
use crate::observed::Observed;
use crate::program::behaviour::{Behaviour, Card, Reaction, Step};
use crate::scenario::{Draft, Scenario, stories};
use crate::trace::Trace;
use crate::view::terminal;
use crate::world::{self, Run};

/// What the simulator says to a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What happened, with the settings in force; none while the texts have errors.
    pub run: Option<(Trace, Facts)>,
    /// Remarks on the texts.
    pub diagnostics: Vec<Diagnostic>,
}

/// What can be shown before there is anybody to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The texts of the opening figure with the answers to them.
    pub opening: Vec<(Draft, Answer)>,
    /// Name and title of every story.
    pub stories: Vec<(String, String)>,
}

/// What the files of a run declare, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Version of the cluster: the number after `1.`.
    pub kubernetes: u32,
    /// The name of the node's container runtime.
    pub runtime: String,
    /// Seed of all chance.
    pub seed: u64,
    /// The client, if there is one.
    pub load: Option<LoadFacts>,
    /// Those who send requests to pods: the names of their kinds, with their lag in milliseconds if the scenario gives one.
    pub consumers: Vec<(String, Option<(u64, u64)>)>,
    /// The behaviour card.
    pub app: AppFacts,
}

/// The behaviour card, as far as a form can show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppFacts {
    /// What it says about signals, by their names without SIG.
    pub on: Vec<(String, OnSignal)>,
    /// Does it say more than that, so that a form would lose something?
    pub says_more: bool,
}

/// What an application does about a signal, as far as a form can say it; times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnSignal {
    /// The signal's default action.
    Default,
    /// Nothing.
    Ignore,
    /// Works for so long and exits with this code.
    Works(u64, u8),
    /// Takes no new requests, finishes those in flight within so long, and exits with this code.
    Drains(u64, u8),
}

/// The client, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadFacts {
    /// Requests a second.
    pub per_s: u32,
    /// How long the application works on one, in milliseconds.
    pub service_ms: u64,
    /// Connections that are kept open; 0 if each request opens one.
    pub kept: u32,
}

impl Facts {
    /// What is shown of this scenario.
    pub fn of(scenario: &Scenario) -> Facts {
        let settings = &scenario.settings;
        let kept = |connections| match connections {
            Connections::Kept { connections } => connections,
            _ => 0,
        };
        Facts {
            kubernetes: u32::from(settings.kubernetes.minor()),
            runtime: settings.runtime.id.to_owned(),
            seed: settings.seed,
            load: settings.load.map(|l| LoadFacts {
                per_s: l.per_s,
                service_ms: l.service.min.as_millis(),
                kept: kept(l.connections),
            }),
            consumers: settings.consumers.iter().map(|c| (c.row.id.to_owned(), lag(c))).collect(),
            app: settings.app.as_deref().map(AppFacts::of).unwrap_or_default(),
        }
    }
}

impl AppFacts {
    fn of(card: &Card) -> AppFacts {
        let Behaviour { start, on, every, tuned, .. } = &card.behaviour;
        let known: Vec<_> = on.iter().filter_map(|(s, r)| Some((s.to_string(), OnSignal::of(r)?))).collect();
        let says_more =
            !card.amends || !start.is_empty() || every.is_some() || tuned.says_something() || known.len() < on.len();
        AppFacts { on: known, says_more }
    }
}

impl OnSignal {
    fn of(reaction: &Reaction) -> Option<OnSignal> {
        Some(match reaction {
            Reaction::Default => OnSignal::Default,
            Reaction::Ignore => OnSignal::Ignore,
            Reaction::Handle(steps) => match steps.as_slice() {
                [Step::Exit(code)] => OnSignal::Works(0, *code),
                [Step::Sleep(time), Step::Exit(code)] => OnSignal::Works(time.as_millis(), *code),
                [Step::Unlisten, Step::Drain(Some(time)), Step::Exit(code)] => {
                    OnSignal::Drains(time.as_millis(), *code)
                }
                _ => return None,
            },
        })
    }

    /// As it stands in a card, in flow style.
    pub fn to_yaml(self) -> String {
        match self {
            OnSignal::Default => "default".to_owned(),
            OnSignal::Ignore => "ignore".to_owned(),
            OnSignal::Works(millis, code) => {
                format!("[{{sleep_s: {}}}, {{exit: {code}}}]", SimDuration::from_millis(millis).in_seconds())
            }
            OnSignal::Drains(millis, code) => {
                format!("[unlisten, {{drain_s: {}}}, {{exit: {code}}}]", SimDuration::from_millis(millis).in_seconds())
            }
        }
    }
}

fn lag(consumer: &Consumer) -> Option<(u64, u64)> {
    consumer.lag.map(|l| (l.min.as_millis(), l.max.as_millis()))
}

/// Checks the texts and runs them; no run while they have errors.
pub fn answer(draft: &Draft) -> Answer {
    let (scenario, diagnostics) = draft.check();
    let run = scenario.map(|s| (world::run(&s).trace, Facts::of(&s)));
    Answer { run, diagnostics }
}

/// Runs the opening figure, and lists the stories.
pub fn recording() -> Recording {
    let drafts = stories::OPENING.iter().filter_map(|name| stories::by_name(name)).map(|story| story.draft());
    Recording {
        opening: drafts.map(|draft| (draft.clone(), answer(&draft))).collect(),
        stories: stories::all().iter().map(|s| (s.name.to_owned(), s.title().to_owned())).collect(),
    }
}

/// What a terminal answers to lines that were typed into it at these moments of a scenario's run, in their order.
pub fn terminal(scenario: &Scenario, run: &Run, typed: &[(SimTime, String)]) -> Vec<terminal::Answer> {
    let asked = |at, line| terminal::Asked { trace: &run.trace, inventory: &scenario.inventory, at, line };
    typed.iter().map(|(at, line)| terminal::answer(asked(*at, line))).collect()
}

/// The run of this trace.
pub fn run_of(trace: Trace) -> Run {
    let end = Observed::at(&trace, EventId::from_index(trace.len()));
    Run { trace, end }
}
