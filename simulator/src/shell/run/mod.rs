//! A running shell: a plain value that makes system calls. fork(2) is a clone of it.
//!
//! The machine is a stack of steps: the top one is taken, does a little, may push further steps, and either makes a
//! system call or not. What a call answers is looked at by the step directly below it. Nothing blocks, nothing recurses.
//! Not here: grammar (`parse`), where a shell replaces itself (`plan`), what differs between shells (`variants`).

mod alias;
pub mod arith;
mod arrays;
mod at_once;
mod builtin;
pub(crate) use builtin::is_common as is_common_builtin;
pub(super) use builtin::is_special;
pub use builtin::quote::{ListQuote, ListStyle};
pub(crate) use builtin::{date, formatted, printed};
mod child;
mod code;
mod collect;
mod compound;
mod condition;
mod disposition;
mod environment;
mod exec;
mod expand;
mod flags;
mod foreground;
mod goes_on;
mod inherited;
mod inner;
mod invocation;
mod job;
mod multios;
mod network;
mod options;
pub mod pattern;
mod pipeline;
mod process;
mod read;
mod redirect;
mod refused;
pub(crate) mod regex;
mod report;
mod scopes;
mod script;
mod simple;
mod sleep;
pub mod state;
mod step;
mod subshell;
mod substitution;
mod syntax_error;
mod syntax_words;
mod table;
mod told;
mod trace;
mod trap;
mod turns;
mod unwind;
mod variable;
mod wait;
mod wait_builtin;

use super::plan::Hurdle;
use super::variants::{Columns, InTrap, Variant, by_id};
use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::{Call, Fd, Resume, Sys};
use state::State;
use step::Step;

/// Steps without a system call before the shell says that it computes.
const SILENT_STEPS: u32 = 2_000;
/// CPU time of the first such stretch; it doubles while the shell does nothing else.
const FIRST_SLICE: SimDuration = SimDuration::from_millis(1);
/// The longest such stretch: a trap runs at most this late in a busy loop.
const LONGEST_SLICE: SimDuration = SimDuration::from_millis(64);

/// A shell process.
#[derive(Clone, Debug, PartialEq)]
pub struct Shell {
    row: &'static Variant,
    state: State,
    stack: Vec<Step>,
    last: Resume,
    /// Outputs of substitutions for the words that are being expanded.
    results: Vec<String>,
    /// Descriptors to put back, innermost last: which, and where it was kept.
    saved: Vec<Vec<(Fd, Option<Fd>)>>,
    slice: SimDuration,
    /// Why its latest child runs beside it and not in its place.
    forked_for: Option<Hurdle>,
    /// What the environment has that no variable can have, for programs.
    passed_on: Vec<(Text, Text)>,
}

impl Shell {
    /// The build `id`, about to start with these arguments.
    pub(crate) fn load(id: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Shell> {
        let row = by_id(id)?;
        let arg0 = argv.first().map_or_else(|| row.argv0.to_string(), |a| a.to_string());
        let mut shell = Shell {
            row,
            state: State::new(arg0, sys.pid),
            stack: Vec::new(),
            last: Resume::Start,
            results: Vec::new(),
            saved: Vec::new(),
            slice: FIRST_SLICE,
            forked_for: None,
            passed_on: Vec::new(),
        };
        shell.state.umask = sys.umask;
        shell.import(sys);
        let words = argv.iter().skip(1).map(|a| a.to_string()).collect();
        shell.begin(words, sys);
        Some(shell)
    }

    /// The variant that runs.
    pub fn variant(&self) -> &'static Variant {
        self.row
    }

    /// Why its latest child, other than that of a substitution, is a process of its own.
    pub fn forked_for(&self) -> Option<Hurdle> {
        self.forked_for
    }

    fn columns(&self) -> &'static Columns {
        &self.row.columns
    }

    /// Continues with the result of the last call.
    pub(crate) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        self.last = resume;
        if self.state.caught.contains(Signal::CHLD) && self.state.child_ended.is_none() {
            self.state.child_ended = Some(sys.now);
        }
        self.collect_if_told();
        for _ in 0..SILENT_STEPS {
            let Some(step) = self.stack.pop() else {
                return Call::Exit(self.exit_code(self.state.status));
            };
            if let Some(call) = self.step(step, sys) {
                if !matches!(call, Call::Spend(_)) {
                    self.slice = FIRST_SLICE;
                }
                if call == Call::Fork {
                    self.state.caught_at_fork = self.state.caught;
                }
                return call;
            }
        }
        let slice = self.slice;
        self.slice = if slice < LONGEST_SLICE { slice.times(2) } else { LONGEST_SLICE };
        Call::Spend(slice)
    }

    /// The signal handler: notes the signal.
    pub(crate) fn catch(&mut self, signal: Signal) {
        if self.state.deferring && signal != Signal::CHLD {
            self.state.deferred = Some(signal);
            return;
        }
        if self.columns().traps.in_trap == InTrap::SameIsLost && self.state.running_traps.contains(signal) {
            self.state.lost = Some(signal);
            return;
        }
        match self.state.traps.get(&state::TrapOn::Signal(signal)) {
            Some(action)
                if action.is_empty() && self.columns().traps.ignore_by_handler && !self.forks_inner_for(signal) =>
            {
                return;
            }
            Some(_) if self.state.running_traps.contains(signal) && self.columns().traps.not_inside_itself => {
                self.state.shelved = self.state.shelved.with(signal);
                self.state.lost = Some(signal);
                return;
            }
            Some(_) => {
                self.state.caught = self.state.caught.union(std::mem::take(&mut self.state.shelved));
            }
            None => {}
        }
        self.note(signal);
    }

    /// Takes exported variables and the signals that are ignored from the start.
    fn import(&mut self, sys: &Sys<'_>) {
        self.import_variables(sys);
        if let Some(alive) = sys.seen.alive(sys.task) {
            for (signal, disposition) in &alive.dispositions {
                if disposition.value == crate::trace::Disposition::Ignore {
                    self.state.ignored_at_start = self.state.ignored_at_start.with(*signal);
                    self.state.found_ignored = self.state.found_ignored.with(*signal);
                }
            }
        }
    }
}
