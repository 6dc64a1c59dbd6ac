//! What a person's terminal shows: a command line, typed at a moment of a run, and what it prints from then on.
//!
//! A pure function of the trace and the inventory. Commands that only look are answered from the trace. A command that
//! changes something also gives the inputs that do so: its caller adds them to the scenario, runs it again, and asks
//! this function again for what the command then prints. Nothing here runs anything.
//!
//! The words are those of kubectl, docker, ps and bash; each file names the source it follows. What a real terminal would
//! understand and this one does not is said in a line that begins with `not simulated:`.

mod clock;
mod docker;
mod here;
mod kubectl;
mod session;
mod tabs;

use here::Here;

use serde::{Deserialize, Serialize};

use crate::base::command::words;
use crate::base::time::SimTime;
use crate::inventory::Inventory;
use crate::trace::Trace;

/// What was asked: where, when, what.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The run.
    pub trace: &'a Trace,
    /// What was applied.
    pub inventory: &'a Inventory,
    /// When the line was typed.
    pub at: SimTime,
    /// The line.
    pub line: &'a str,
}

/// One line that appears in the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When; a command that follows something prints later than it was typed.
    pub at: SimTime,
    /// Without its newline.
    pub text: String,
    /// To standard error?
    pub error: bool,
}

/// What a command line leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it prints, in order of time.
    pub lines: Vec<Line>,
    /// When the prompt comes back; none if it does not before the end of the run (`-w`, `-f`), or when that is only known
    /// after `inputs` were added to the scenario.
    pub ends: Option<SimTime>,
    /// Its exit code, when it ends.
    pub code: u8,
    /// What it does to the scenario: entries for `inputs` of `scenario.yaml` in flow style, each with its time. They are the
    /// same when the line is asked for again: add them once, when the line is typed.
    pub inputs: Vec<String>,
}

impl Answer {
    /// Everything it prints up to the end of the run.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// Prints text at once and ends.
    pub(super) fn prints(at: SimTime, text: &str) -> Answer {
        let lines = text.lines().map(|line| Line { at, text: line.to_owned(), error: false });
        Answer { lines: lines.collect(), ends: Some(at), code: 0, inputs: Vec::new() }
    }

    /// Says what is wrong and ends with a code.
    pub(super) fn fails(at: SimTime, text: &str, code: u8) -> Answer {
        let lines = text.lines().map(|line| Line { at, text: line.to_owned(), error: true });
        Answer { lines: lines.collect(), ends: Some(at), code, inputs: Vec::new() }
    }
}

/// What a line typed at a moment prints.
pub fn answer(asked: Asked<'_>) -> Answer {
    let words = match words::split(asked.line) {
        Ok(words) => words,
        Err(why) => return Answer::fails(asked.at, &why, 2),
    };
    let Some(program) = words.first() else { return Answer::prints(asked.at, "") };
    match program {
        "kubectl" | "k" => kubectl::run(&Here::new(asked), &words.rest()),
        "docker" => docker::run(&Here::new(asked), &words.rest()),
        "true" | ":" => Answer::prints(asked.at, ""),
        other if INSIDE.contains(&other) => inside(&Here::new(asked), &words.all()),
        other => Answer::fails(asked.at, &format!("bash: {other}: command not found"), 127),
    }
}

/// Commands that are meant for the processes of a container when nobody says where.
const INSIDE: &[&str] = &["ps", "kill", "pgrep", "pkill", "pidof", "cat", "env", "ls", "sleep", "id", "sh"];

/// A command in the first container that runs.
fn inside(here: &Here<'_>, argv: &[&str]) -> Answer {
    let Some((pod, name, container)) = kubectl::first_running(here) else {
        return here.fails("no container runs at this moment");
    };
    let facts = here.inventory().workloads.iter().find_map(|w| w.container(&name));
    let place = session::Entered { pod: &pod, name: &name, container, facts };
    session::run(here, &place, argv, session::BARE)
}
