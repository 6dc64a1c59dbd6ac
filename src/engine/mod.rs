//! What the page asks the simulator: questions and their answers as bytes (postcard), so that the two can be modules of
//! their own. A call of `reply` is all that passes between them.
//!
//! Everything that needs a parser, a run or the texts of the stories stands behind it; what looks at a run does not.

mod fix;
mod kept;
mod link;
mod listing;
mod sheet;
mod shells;
mod timers;

use serde::{Deserialize, Serialize};
use simulator::base::id::EventId;
use simulator::base::time::SimTime;
use simulator::rules::RuleId;
use simulator::scenario::{Draft, edit};
use simulator::wire;

pub use fix::{Fix, Score, score};
pub use link::OPENING;
pub use listing::Listing;
pub use sheet::{AXIS, Line, Look, Sheet};

/// A question. Each is answered with a value of the type that it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// What happens with these texts? A `wire::Answer`.
    Run(Draft),
    /// The part of a link that means these texts: `story=...` or `s=...`. An `Option<String>`: `None` for more than a
    /// link may hold.
    Link(Vec<Draft>),
    /// The texts that such a part means, one draft a lane. An `Option<Vec<Draft>>`: `None` if it makes no sense.
    Texts(String),
    /// A text of YAML with the value at a path set. An `Option<String>`: `None` if it cannot be.
    Set {
        /// The text.
        text: String,
        /// The path: `settings.seed`.
        path: String,
        /// The value, written as it will stand there.
        value: String,
    },
    /// A text of `scenario.yaml` with an input added. An `Option<String>`.
    AddInput {
        /// The text.
        text: String,
        /// The input in flow style.
        entry: String,
    },
    /// What a terminal answers to lines that were typed at these moments of the run of a draft. A
    /// `Vec<simulator::view::terminal::Answer>`, empty if the texts have errors.
    Terminal(Draft, Vec<(SimTime, String)>),
    /// What the pages of these rules say. A `Vec<RuleText>` in their order.
    Rules(Vec<RuleId>),
    /// A small change of these texts, which end so well, that makes the end better. An `Option<Fix>`.
    Fix(Draft, Score),
    /// What a tool prints of the run of these texts before an event, at a moment. A `String`.
    Listing(Draft, EventId, SimTime, Listing),
    /// How these texts end with other orders of what happens at the same instant. A `Vec<String>`: headlines.
    Races(Draft),
    /// The timers of a stop and what does not fit between them. A `Sheet`.
    Timers(Draft),
    /// What every shell build does with a script, or with that of the first container of these texts. A `Sheet`.
    Shells(Draft, Option<String>),
}

/// What the page of a rule says, as far as it is shown without opening the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// Where the rule is written, or that it was measured.
    pub sources: String,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: String,
}

impl RuleText {
    fn of(rule: RuleId) -> RuleText {
        RuleText { sources: rule.sources().to_owned(), remedy: rule.fix().to_owned() }
    }
}

/// The answer to a question, both as bytes. Bytes that are no question get none.
pub fn reply(question: &[u8]) -> Vec<u8> {
    let Ok(question) = postcard::from_bytes::<Question>(question) else { return Vec::new() };
    let answer = match question {
        Question::Run(draft) => kept::answer(&draft),
        Question::Link(drafts) => postcard::to_allocvec(&link::part(&drafts)),
        Question::Texts(part) => postcard::to_allocvec(&link::texts(&part)),
        Question::Set { text, path, value } => postcard::to_allocvec(&edit::set(&text, &path, &value)),
        Question::AddInput { text, entry } => postcard::to_allocvec(&edit::add_input(&text, &entry)),
        Question::Terminal(draft, typed) => {
            let kept = kept::of(&draft);
            let answers = kept.ran.as_ref().map(|(scenario, run)| wire::terminal(scenario, run, &typed));
            postcard::to_allocvec(&answers.unwrap_or_default())
        }
        Question::Rules(rules) => postcard::to_allocvec(&rules.into_iter().map(RuleText::of).collect::<Vec<_>>()),
        Question::Fix(draft, now) => postcard::to_allocvec(&fix::fix(&draft, now)),
        Question::Listing(draft, before, now, listing) => {
            postcard::to_allocvec(&listing::listing(&draft, before, now, listing))
        }
        Question::Races(draft) => postcard::to_allocvec(&kept::other_ends(&draft)),
        Question::Timers(draft) => postcard::to_allocvec(&timers::sheet(&draft)),
        Question::Shells(draft, script) => postcard::to_allocvec(&shells::sheet(&draft, script.as_deref())),
    };
    answer.unwrap_or_default()
}
