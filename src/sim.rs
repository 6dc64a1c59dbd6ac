//! The one door to the simulator: a question in, its answer out.
//!
//! With the feature `split`, which the page is built with, the simulator is a module of its own that arrives after the page.
//! Until then there is the recording that was made when the page was built: the opening figure and the list of stories.

use serde::de::DeserializeOwned;
use simulator::base::diagnostic::Diagnostic;
use simulator::base::id::EventId;
use simulator::base::time::SimTime;
use simulator::rules::RuleId;
pub use simulator::scenario::Draft;
pub use simulator::view::terminal::Answer as Answered;
pub use simulator::wire::Facts;
use simulator::wire::{self, Answer, Recording};
pub use simulator::world::Run;

use crate::engine::{Fix, Listing, Question, RuleText, Score, Sheet};

/// Checks the texts and runs them, with what they declare; no run while they have errors, or nobody can run them yet.
pub fn run(draft: &Draft) -> (Option<(Run, Facts)>, Vec<Diagnostic>) {
    let answer = recorded(draft).or_else(|| ask(&Question::Run(draft.clone())));
    let Answer { run, diagnostics } = answer.unwrap_or_default();
    (run.map(|(trace, facts)| (wire::run_of(trace), facts)), diagnostics)
}

/// The part of a link that means these texts; `None` for more than a link may hold.
pub fn link(drafts: Vec<Draft>) -> Option<String> {
    ask(&Question::Link(drafts)).flatten()
}

/// The texts that such a part means.
pub fn texts(part: &str) -> Option<Vec<Draft>> {
    ask(&Question::Texts(part.to_owned())).flatten()
}

/// A text of YAML with the value at a path set.
pub fn set(text: &str, path: &str, value: &str) -> Option<String> {
    ask(&Question::Set { text: text.to_owned(), path: path.to_owned(), value: value.to_owned() }).flatten()
}

/// A text of `scenario.yaml` with an input added, in flow style.
pub fn add_input(text: &str, entry: &str) -> Option<String> {
    ask(&Question::AddInput { text: text.to_owned(), entry: entry.to_owned() }).flatten()
}

/// What a terminal answers to lines typed at these moments of a draft's run.
pub fn terminal(draft: &Draft, typed: Vec<(SimTime, String)>) -> Vec<Answered> {
    ask(&Question::Terminal(draft.clone(), typed)).unwrap_or_default()
}

/// What the pages of these rules say, in their order; nothing before the simulator is there.
pub fn rules(rules: Vec<RuleId>) -> Vec<RuleText> {
    ask(&Question::Rules(rules)).unwrap_or_default()
}

/// A small change of the texts that makes an end better than `now`.
pub fn fix(draft: &Draft, now: Score) -> Option<Fix> {
    ask(&Question::Fix(draft.clone(), now)).flatten()
}

/// What a tool prints of a draft's run before an event; `None` if there is nobody to ask.
pub fn listing(draft: &Draft, before: EventId, now: SimTime, listing: Listing) -> Option<String> {
    ask(&Question::Listing(draft.clone(), before, now, listing))
}

/// How a draft ends with other orders of what happens at the same instant.
pub fn other_ends(draft: &Draft) -> Vec<String> {
    ask(&Question::Races(draft.clone())).unwrap_or_default()
}

/// The timers of a draft's stop.
pub fn timers(draft: &Draft) -> Sheet {
    ask(&Question::Timers(draft.clone())).unwrap_or_default()
}

/// What every shell does with a script, or with that of the draft's first container.
pub fn shells(draft: &Draft, script: Option<String>) -> Sheet {
    ask(&Question::Shells(draft.clone(), script)).unwrap_or_default()
}

/// Can every draft be run?
pub fn is_ready() -> bool {
    door::is_open()
}

/// Nothing happened.
pub fn nothing() -> Run {
    Run { trace: Default::default(), end: Default::default() }
}

fn ask<T: DeserializeOwned>(question: &Question) -> Option<T> {
    let question = postcard::to_allocvec(question).ok()?;
    postcard::from_bytes(&door::ask(&question)?).ok()
}

thread_local! {
    static RECORDING: Recording = door::recording();
}

/// Does something with the recording.
pub fn with_recording<T>(then: impl FnOnce(&Recording) -> T) -> T {
    RECORDING.with(then)
}

fn recorded(draft: &Draft) -> Option<Answer> {
    with_recording(|all| all.opening.iter().find(|(d, _)| d == draft).map(|(_, answer)| answer.clone()))
}

/// The simulator is a part of this module.
#[cfg(not(feature = "split"))]
mod door {
    use super::{Recording, wire};
    use crate::engine;

    pub(super) fn is_open() -> bool {
        true
    }

    pub(super) fn ask(question: &[u8]) -> Option<Vec<u8>> {
        Some(engine::reply(question))
    }

    pub(super) fn recording() -> Recording {
        wire::recording()
    }
}

/// The simulator is a module of its own.
#[cfg(feature = "split")]
mod door {
    use super::Recording;
    pub(super) use crate::effect::engine::{ask, is_open};

    /// Made by build.rs.
    static RECORDING: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/recording"));

    pub(super) fn recording() -> Recording {
        postcard::from_bytes(RECORDING).unwrap_or_default()
    }
}
