//! A shell build as PID 1 of a bare PID namespace: what settles, and what each signal from outside leads to.
//!
//! Follows the harness that measured the real shells: the helper programs in PATH, four equal looks 50 ms apart at
//! least 0.3 s after the start, then one signal to PID 1 in a fresh run, and a look at what it led to.

use super::sandbox::Sandbox;
use super::shell_tree::{Entry, tree};
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::program::Binary;
use crate::shell::missing;
use crate::shell::variants::by_id;
use crate::trace::ExitStatus;

pub use super::shell_tree::{Entry as TreeEntry, shape as tree_shape};

/// Programs of the suite.
pub(super) const HELPERS: &[&str] =
    &["app", "app1", "app2", "app30", "plain", "short", "brief", "quick", "fail3", "stubborn"];
/// Signals that are tried.
pub const SIGNALS: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::QUIT, Signal::KILL];

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The shell build.
    pub shell: String,
    /// Argument list; the first is the shell as called.
    pub argv: Vec<String>,
    /// Text of `./entry.sh`.
    pub script_file: Option<String>,
    /// Standard input; none is /dev/null.
    pub stdin: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The settled tree; empty if PID 1 ended by itself.
    pub tree: Vec<Entry>,
    /// How PID 1 ended by itself.
    pub self_exit: Option<Outcome>,
    /// What each signal led to.
    pub signals: Vec<(Signal, Outcome)>,
}

/// What happened after the signal, or before PID 1 ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How PID 1 ended; none if it lives.
    pub pid1: Option<ExitStatus>,
    /// Time from the signal, or from the start, to its end.
    pub after: SimDuration,
    /// What the helpers logged, by process.
    pub events: Vec<String>,
    /// Lines on standard output and error.
    pub output: Vec<String>,
    /// Standard output alone.
    pub stdout: String,
    /// Standard error alone.
    pub stderr: String,
    /// What is left if PID 1 lives.
    pub left: Vec<Entry>,
    /// Names of the processes that died with PID 1, without an exit of their own.
    pub killed_with_pid1: Vec<String>,
}

impl Outcome {
    /// Did a helper's handler run?
    pub fn app_got_signal(&self) -> bool {
        self.events.iter().any(|e| e.split(' ').nth(2) == Some("got"))
    }
}

/// Runs a question. The error is a message for people.
pub fn ask(question: &Question) -> Result<Answer, String> {
    let mut first = open(question)?;
    let mut answer = settle(&mut first);
    if answer.self_exit.is_none() {
        let one = |signal: &Signal| {
            let mut run = first.clone();
            let watch = run.watch();
            (*signal, run.signal(*signal, &answer.tree, watch))
        };
        answer.signals = SIGNALS.iter().map(one).collect();
    }
    Ok(answer)
}

/// What of the script is not simulated: `line:column what is not simulated`.
#[must_use]
pub fn not_simulated(question: &Question) -> Vec<String> {
    let string = question.argv.iter().position(|word| word == "-c").and_then(|at| question.argv.get(at + 1));
    let text = question.script_file.as_ref().or(string).or(question.stdin.as_ref());
    match (text, by_id(&question.shell)) {
        (Some(text), Some(row)) => missing::lines(text, row),
        _ => Vec::new(),
    }
}

/// Starts what the question is about.
pub(super) fn open(question: &Question) -> Result<Sandbox, String> {
    let row = by_id(&question.shell).ok_or_else(|| format!("no shell build {}", question.shell))?;
    if question.argv.is_empty() {
        return Err("argv is empty".into());
    }
    let helper = |name: &&'static str| (*name, Binary::Program { name: (*name).into(), version: "".into() });
    let helpers: Vec<(&str, Binary)> = HELPERS.iter().map(helper).collect();
    Sandbox::start(row, question, &helpers, &[])
}

/// What settles, before any signal.
pub(super) fn settle(sandbox: &mut Sandbox) -> Answer {
    sandbox.settle();
    let (tree, self_exit) = match sandbox.ended() {
        Some(status) => {
            let after = sandbox.end_time.since(SimTime::ZERO);
            (Vec::new(), Some(Outcome { pid1: Some(status), after, ..sandbox.outcome(0, 0, &[]) }))
        }
        None => (tree(&sandbox.cx, sandbox.namespace), None),
    };
    Answer { tree, self_exit, signals: Vec::new() }
}
