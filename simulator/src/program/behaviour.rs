//! What an application does: straight-line steps at its start and on each signal. Plain data.
//!
//! A behaviour comes, in this order, from the card that a person wrote, from handlers recognised in the scenario's source
//! files, from the program's profile. `app` runs it. No jumps in it, so that it reads as prose and can be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::serving::{Serving, Tuned};
use crate::trace::Stream;

/// What an application does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Where this comes from, in words: `server.rb:1 handles TERM`, `profile of nginx`.
    pub origin: Text,
    /// What it does at its start, before it waits for work; ends in waiting for ever unless a step exits.
    pub start: Vec<Step>,
    /// What it does on a signal; a signal that is not here keeps what the language's runtime does about it, else its default.
    pub on: BTreeMap<Signal, Reaction>,
    /// What it does after each request it answered: usually a line of access log.
    pub on_request: Vec<Step>,
    /// Something it does again and again while it runs, for the first time after one period.
    pub every: Option<(SimDuration, Vec<Step>)>,
    /// How its runtime works; none: as the profile of the program says.
    pub manner: Option<Manner>,
    /// What it says about its connections.
    pub tuned: Tuned,
    /// What was found in its source, for people: each with file and line.
    pub statements: Vec<Statement>,
}

impl Behaviour {
    /// Does anything happen by it?
    pub fn says_something(&self) -> bool {
        !self.start.is_empty() || !self.on.is_empty() || self.every.is_some() || self.tuned.says_something()
    }

    /// Lets it and its workers treat connections so.
    pub fn tune(&mut self, tuned: Tuned) {
        self.tuned = tuned.or(self.tuned);
        for step in &mut self.start {
            if let Step::Workers(_, _, worker) = step {
                Arc::make_mut(worker).tune(tuned);
            }
        }
    }
}

/// What a person says about an application: all of it, or only what is to be different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What is said.
    pub behaviour: Behaviour,
    /// Is the rest as the program does it by its arguments, its source or its profile? Else there is no rest.
    pub amends: bool,
}

impl Card {
    /// All that the application does, of which `own` is what it would do without the card.
    #[must_use]
    pub fn over(&self, own: Behaviour) -> Behaviour {
        if !self.amends {
            return self.behaviour.clone();
        }
        let Behaviour { origin, start, on, every, tuned, statements, .. } = self.behaviour.clone();
        let mut all = own;
        // Each origin is told: as a line of its own where there are lines, else in one sentence.
        if all.statements.is_empty() {
            all.origin = [&*all.origin, &*origin]
                .iter()
                .filter(|o| !o.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join("; ")
                .into();
        } else {
            all.statements.extend(statements);
        }
        all.start = if start.is_empty() { all.start } else { start };
        all.on.extend(on);
        all.every = every.or(all.every);
        all.tune(tuned);
        all
    }
}

/// One finding about a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The file, as the scenario names it.
    pub file: Text,
    /// Line, from 1.
    pub line: u32,
    /// In words: `handles TERM: prints a line, sleeps 5 s, exits 0`, or what was not understood.
    pub text: Text,
    /// False if the line was not understood; nothing is assumed about it.
    pub understood: bool,
}

impl std::fmt::Display for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} {}", self.file, self.line, self.text)
    }
}

/// How the runtime of a program works: its language's library, not its own code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// What becomes of its standard output when that is not a terminal.
    pub stdout: Buffering,
    /// The same for standard error.
    pub stderr: Buffering,
    /// What a signal does that comes while a handler runs.
    pub second: Second,
    /// Do timers and other handlers go on while one handler waits (an event loop), or does a handler hold up everything?
    pub concurrent: bool,
    /// Does it collect children that it did not ask about (a handler for CHLD)?
    pub reaps: bool,
    /// What the runtime itself does about signals, before and unless the program says otherwise.
    pub runtime: BTreeMap<Signal, Reaction>,
    /// What it does with connections.
    pub serving: Serving,
}

/// When printed text is written (setvbuf(3)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Buffering {
    /// At once.
    #[default]
    None,
    /// At the end of each line; every line here is whole, so at once.
    Line,
    /// When so many bytes have come together, at exit, or when flushed.
    Block(u32),
}

/// What happens to a signal that is caught while a handler runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Second {
    /// It waits until the handler has ended; two of the same are one.
    #[default]
    Queues,
    /// Another signal interrupts the handler, the same one waits (sigaction(2) without `SA_NODEFER`).
    OthersNest,
    /// Every signal interrupts the handler, the same one too.
    Nests,
}

/// What is done about a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// `SIG_DFL`, whatever the runtime would do.
    Default,
    /// `SIG_IGN`.
    Ignore,
    /// A handler with these steps; after the last the program goes on, unless a step exits.
    Handle(Vec<Step>),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Prints a line; `{pid}`, `{ppid}`, `{me}`, `{elapsed_s}` are replaced.
    Print(Stream, Text),
    /// Appends a line to the file that this variable of its environment names, if it is set.
    Record(Text, Text),
    /// Installs the handlers for signals from here on; without this step they are installed first of all.
    Install,
    /// Opens a listening socket and accepts connections.
    Listen(u16),
    /// Opens a listening socket for its children to accept on (a master process).
    Bind(u16),
    /// Stops accepting; the socket stays open and connections wait in the backlog.
    StopAccepting,
    /// Closes its listening sockets: new connections are refused.
    Unlisten,
    /// Waits until no request is in flight, at most so long; for ever without a time.
    Drain(Option<SimDuration>),
    /// Takes time.
    Sleep(SimDuration),
    /// Starts a child with this argument list.
    Spawn(Arc<[Text]>),
    /// Forks so many workers that run this, shown in ps under this title.
    Workers(u32, Text, Arc<Behaviour>),
    /// Shows itself in ps under this title (setproctitle).
    Title(Text),
    /// Sends a signal to its children.
    SignalChildren(Signal),
    /// Sends a signal to the n-th child that it started, from 0.
    SignalChild(u32, Signal),
    /// Sends a signal to every process but itself and init (kill(2) with -1).
    SignalAll(Signal),
    /// Waits until all its children have ended.
    WaitChildren,
    /// Waits until all its children have ended, at most so long.
    WaitChildrenAtMost(SimDuration),
    /// Exits as its last collected child did: with its code, or 128 + n.
    ExitAsChild,
    /// If its last collected child was killed by a signal, dies of the same one; an init process survives that and goes on
    /// with the next step. If the child exited, exits with its code.
    DieAsChild,
    /// Writes out what it holds back.
    Flush,
    /// Ends with this code; what is held back is written first.
    Exit(u8),
    /// Ends with this code at once (_exit(2)); what is held back is lost.
    ExitAtOnce(u8),
    /// Restores the default of the signal it handles and sends it to itself, as well-behaved programs end. An init process
    /// survives that and goes on with the next step.
    Reraise,
    /// The processor finds a fault in what it does: a null pointer is SEGV, a division by zero FPE.
    Fault(Signal),
    /// abort(3): an assertion that fails, a runtime that gives up.
    Abort,
    /// Sends itself a signal.
    SignalSelf(Signal),
    /// prctl(2) PR_SET_PDEATHSIG: the signal that it gets when its parent dies.
    ParentDeath(Option<Signal>),
    /// Says something about itself that no system call shows.
    Note(Text),
}
