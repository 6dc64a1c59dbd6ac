//! The plan: flat steps that a shell goes through, compiled from the tree for one variant.
//!
//! A plan is a value: a process holds it with a position in it, and a fork copies both. Where `Tail` says that the
//! last command is run without a fork, the step says so; what is only known when it runs (traps, the turn of a loop)
//! is asked then. Printing a plan shows what a shell does: `fork; wait` against `exec`.

mod branch;
mod compile;
mod display;
mod hurdle;
mod look;
mod text;

pub use compile::{Context, compile_complete, compile_function, compile_members};
pub use display::describe;
pub use hurdle::Hurdle;
pub use text::{Source, place_of_command, place_of_text};

use super::ast::{ArmEnd, Assign, Command, Redirect, TestExpr, Word};
use super::variants::Shapes;
use std::sync::Arc;

/// Steps, shared between the processes that run them.
pub type Code = Arc<[Op]>;

/// May a simple command replace the shell?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// No: fork and wait.
    Inside(Hurdle),
    /// Yes: nothing is done after it. What shapes its context allows further in.
    Last(&'static Shapes),
    /// Yes, if no enclosing `for` has a further turn.
    LastOfLastTurn(&'static Shapes),
}

impl Place {
    /// The same place, with other shapes allowed further in.
    #[must_use]
    pub fn with(self, shapes: &'static Shapes) -> Place {
        match self {
            Place::Inside(hurdle) => Place::Inside(hurdle),
            Place::Last(_) => Place::Last(shapes),
            Place::LastOfLastTurn(_) => Place::LastOfLastTurn(shapes),
        }
    }
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimpleCommand {
    /// Assignments in front.
    pub assigns: Vec<Assign>,
    /// Name and arguments.
    pub words: Vec<Word>,
    /// Arrays among the arguments.
    pub array_arguments: Vec<Assign>,
    /// Redirections.
    pub redirects: Vec<Redirect>,
    /// Line, from 1, counted in the text it stands in.
    pub line: u32,
    /// As written.
    pub text: Arc<str>,
}

/// What runs in a process of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// What it runs.
    pub code: Code,
    /// As written, for job messages.
    pub text: Arc<str>,
    /// It is a single simple command, so the fork is that of the command itself.
    pub simple: bool,
    /// It is a `( )`.
    pub parentheses: bool,
    /// It is one command with redirections.
    pub redirected: bool,
    /// It is a job, the only one in braces directly in a `( )`, and nothing but assignments and tests follow there.
    pub alone_in_braces: bool,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A simple command.
    Simple(Arc<SimpleCommand>, Place),
    /// `&`: a job that is not waited for.
    Background(Arc<Body>),
    /// `( )` in a process of its own, waited for, and why the shell does not become it.
    Subshell(Arc<Body>, Hurdle),
    /// `( )` that needs no process of its own: the shell becomes it. Where a trap or a further turn stands against it, the
    /// body runs in a child, and the plan goes on at the number.
    BecomeSubshell(Arc<Body>, usize, Place),
    /// Members joined by pipes, waited for.
    Pipeline {
        /// In order.
        members: Arc<[Body]>,
        /// May the last one take the place of the shell?
        last: Place,
        /// The last one runs in the shell.
        last_in_shell: bool,
        /// `&`: not waited for.
        background: Option<Arc<str>>,
    },
    /// Goes on elsewhere.
    Jump(usize),
    /// Goes on elsewhere if the status is 0.
    JumpIfOk(usize),
    /// Goes on elsewhere if the status is not 0.
    JumpIfFail(usize),
    /// `!`
    Negate,
    /// The status becomes 0.
    Succeed,
    /// `set -e` looks at the status here.
    ErrExit,
    /// A command of a list begins: from here `set -e` looks at statuses again, where `SpareErrExit` holds until then.
    BeginItem,
    /// `set -e` does not look at the command that begins or has ended here.
    SpareErrExit,
    /// From here to `LeaveCondition` no status ends the shell.
    EnterCondition,
    /// From here to `LeaveLastOfList` stands the last part of `&&` and `||`.
    EnterLastOfList,
    /// See `EnterLastOfList`.
    LeaveLastOfList,
    /// See `EnterCondition`.
    LeaveCondition,
    /// Redirections of a compound command, until `Restore`.
    Redirect(Arc<[Redirect]>, usize),
    /// Takes them back.
    Restore,
    /// A loop: where `break` and `continue` lead.
    EnterLoop {
        /// Behind the loop.
        exit: usize,
        /// The next turn.
        next: usize,
    },
    /// The loop is over; its status is that of its last body, or 0.
    LeaveLoop,
    /// A turn of the loop ended with this status.
    KeepStatus,
    /// Expands the words of a `for`.
    ForWords {
        /// The variable.
        name: Arc<str>,
        /// None: the positional parameters.
        words: Option<Arc<[Word]>>,
    },
    /// Takes the next word, or leaves.
    ForNext(usize),
    /// `case`
    Case {
        /// What is compared.
        word: Arc<Word>,
        /// Patterns, where the list starts, what follows it.
        arms: Arc<[(Vec<Word>, usize, ArmEnd)]>,
        /// Behind `esac`.
        end: usize,
    },
    /// Tries the arms of the `case` at this step from this arm on (`;;&`).
    CaseFrom(usize, usize),
    /// A function definition.
    Define {
        /// Its name.
        name: Arc<str>,
        /// What a call runs.
        body: Arc<Command>,
        /// The text the body's spans point into.
        text: Arc<str>,
        /// Lines in front of that text.
        line: u32,
    },
    /// A compound command begins on this line; only some shells count it, and some only the kinds with a line of their own:
    /// `for`, `case`, `( )` and what has redirections.
    Line(u32, bool),
    /// The line of the head of `for`, `case`, `[[ ]]` or `(( ))`, when it is its turn, and the text of the latter two.
    HeadLine(u32, Option<Arc<str>>),
    /// `[[ ]]`
    Test(Arc<TestExpr>),
    /// `(( ))`
    Arith(Arc<Word>),
}
