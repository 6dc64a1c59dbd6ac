//! The shape of a row: what a program does, as constants.

use std::collections::BTreeMap;

use super::super::behaviour::{Behaviour, Buffering, Manner, Reaction, Second, Step};
use super::super::serving::{self, Idle, Serving, Tuned};
use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::trace::Stream;

/// A program, as far as its versions behave alike.
#[derive(Debug)]
pub struct Profile {
    /// Names of the program in images and `PATH`.
    pub names: &'static [&'static str],
    /// First version of this row, inclusive; empty: from the first on.
    pub since: &'static str,
    /// First version after this row; empty: up to now.
    pub before: &'static str,
    /// What it does at its start, before it listens.
    pub start: &'static [Do],
    /// What the program itself does about signals.
    pub on: &'static [(Signal, On)],
    /// What its language's runtime does about signals, unless a program written in it says otherwise.
    pub runtime: &'static [(Signal, On)],
    /// Where it listens.
    pub port: Port,
    /// Its worker processes.
    pub workers: Option<Workers>,
    /// Buffering of standard output when it is not a terminal.
    pub stdout: Buffering,
    /// Buffering of standard error.
    pub stderr: Buffering,
    /// Flags and a variable that switch buffering off.
    pub unbuffered_by: &'static [&'static str],
    /// A second signal during a handler.
    pub second: Second,
    /// Does its event loop go on while a handler waits?
    pub concurrent: bool,
    /// Does it collect every dead child?
    pub reaps: bool,
    /// The language that its argument is a source file of.
    pub language: Option<Language>,
    /// What it does with connections.
    pub serving: Serving,
    /// Arguments that change that.
    pub tuned_by: &'static [Tune],
    /// Where this is from.
    pub source: &'static str,
}

/// What the rows leave out.
pub const PLAIN: Profile = Profile {
    names: &[],
    since: "",
    before: "",
    start: &[],
    on: &[],
    runtime: &[],
    port: Port::None,
    workers: None,
    stdout: Buffering::None,
    stderr: Buffering::None,
    unbuffered_by: &[],
    second: Second::Queues,
    concurrent: false,
    reaps: false,
    language: None,
    serving: serving::UNKNOWN,
    tuned_by: &[],
    source: "",
};

/// An argument that changes what a server does with connections.
#[derive(Clone, Copy, Debug)]
pub enum Tune {
    /// The number after one of these flags is the time for idle connections, in seconds.
    Idle(&'static [&'static str]),
    /// The number after one of these flags is the backlog.
    Backlog(&'static [&'static str]),
    /// With one of these flags it is another kind of server altogether.
    Kind(&'static [&'static str], Serving),
}

/// A language whose source files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Ruby.
    Ruby,
    /// Python 3.
    Python,
    /// JavaScript on Node.js.
    Node,
    /// Go, `go run`.
    Go,
}

/// Where a program listens.
#[derive(Clone, Copy, Debug)]
pub enum Port {
    /// Nowhere.
    None,
    /// Always here.
    Fixed(u16),
    /// At the number after one of these flags.
    Argument {
        /// Flags.
        flags: &'static [&'static str],
        /// Without them.
        default: u16,
    },
    /// With `-m MODULE [PORT]`: modules that listen, and their ports.
    Module(&'static [(&'static str, u16)]),
}

/// A master process with workers.
#[derive(Debug)]
pub struct Workers {
    /// How many.
    pub count: u32,
    /// What ps shows for the master; `{args}` is its command line. Empty: unchanged.
    pub master_title: &'static str,
    /// What ps shows for a worker. Empty: unchanged.
    pub title: &'static str,
    /// What a worker does about signals.
    pub on: &'static [(Signal, On)],
}

/// A reaction.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// `SIG_IGN`.
    Ignore,
    /// A handler.
    Handle(&'static [Do]),
}

/// A step, as a constant.
#[derive(Clone, Copy, Debug)]
pub enum Do {
    /// `Step::Print` on standard output.
    Print(&'static str),
    /// `Step::Print` on standard error.
    Complain(&'static str),
    /// `Step::Record`.
    Record(&'static str, &'static str),
    /// `Step::Unlisten`.
    Unlisten,
    /// `Step::StopAccepting`.
    StopAccepting,
    /// `Step::Drain`, at most so many milliseconds; 0 is for ever.
    Drain(u64),
    /// `Step::Sleep`, in milliseconds.
    Sleep(u64),
    /// `Step::SignalChildren`.
    SignalChildren(Signal),
    /// `Step::WaitChildren`.
    WaitChildren,
    /// `Step::WaitChildrenAtMost`, in milliseconds.
    WaitChildrenAtMost(u64),
    /// `Step::Flush`.
    Flush,
    /// `Step::Exit`.
    Exit(u8),
    /// `Step::ExitAtOnce`.
    ExitAtOnce(u8),
    /// `Step::Reraise`.
    Reraise,
}

impl Do {
    /// The step.
    pub fn step(&self) -> Step {
        match *self {
            Do::Print(text) => Step::Print(Stream::Stdout, text.into()),
            Do::Complain(text) => Step::Print(Stream::Stderr, text.into()),
            Do::Record(variable, text) => Step::Record(variable.into(), text.into()),
            Do::Unlisten => Step::Unlisten,
            Do::StopAccepting => Step::StopAccepting,
            Do::Drain(0) => Step::Drain(None),
            Do::Drain(ms) => Step::Drain(Some(SimDuration::from_millis(ms))),
            Do::Sleep(ms) => Step::Sleep(SimDuration::from_millis(ms)),
            Do::SignalChildren(signal) => Step::SignalChildren(signal),
            Do::WaitChildren => Step::WaitChildren,
            Do::WaitChildrenAtMost(ms) => Step::WaitChildrenAtMost(SimDuration::from_millis(ms)),
            Do::Flush => Step::Flush,
            Do::Exit(code) => Step::Exit(code),
            Do::ExitAtOnce(code) => Step::ExitAtOnce(code),
            Do::Reraise => Step::Reraise,
        }
    }
}

/// Reactions of a row as data of a behaviour.
pub fn reactions(rows: &[(Signal, On)]) -> BTreeMap<Signal, Reaction> {
    let reaction = |on: &On| match on {
        On::Ignore => Reaction::Ignore,
        On::Handle(steps) => Reaction::Handle(steps.iter().map(Do::step).collect()),
    };
    rows.iter().map(|(signal, on)| (*signal, reaction(on))).collect()
}

impl Profile {
    /// Is a version in this row? An unknown one is in the row of the newest.
    pub fn covers(&self, version: &str) -> bool {
        if version.is_empty() {
            return self.before.is_empty();
        }
        let after = self.since.is_empty() || numbers(version) >= numbers(self.since);
        after && (self.before.is_empty() || numbers(version) < numbers(self.before))
    }

    /// How its runtime works.
    pub fn manner(&self) -> Manner {
        Manner {
            stdout: self.stdout,
            stderr: self.stderr,
            second: self.second,
            concurrent: self.concurrent,
            reaps: self.reaps || self.workers.is_some(),
            runtime: reactions(self.runtime),
            serving: self.serving,
        }
    }

    /// What it does with connections when it is started with these arguments.
    pub fn serving_with(&self, argv: &[Text]) -> Serving {
        let mut serving = self.serving;
        for tune in self.tuned_by {
            match *tune {
                Tune::Kind(flags, kind) if value_of(argv, flags).is_some() => serving = kind,
                Tune::Kind(..) => {}
                // A server that has no keep-alive does not get it by a number.
                Tune::Idle(_) if serving.idle == Idle::EachAnswer => {}
                Tune::Idle(flags) => {
                    let idle = value_of(argv, flags).and_then(|v| v.parse().ok()).map(Idle::seconds);
                    serving = Tuned { idle, backlog: None }.over(serving);
                }
                Tune::Backlog(flags) => {
                    let backlog = value_of(argv, flags).and_then(|v| v.parse().ok());
                    serving = Tuned { idle: None, backlog }.over(serving);
                }
            }
        }
        serving
    }

    /// The same, with these arguments and this environment: flags that switch buffering off.
    pub fn manner_with(&self, argv: &[Text], env: &BTreeMap<Text, Text>) -> Manner {
        let mut manner = Manner { serving: self.serving_with(argv), ..self.manner() };
        let off = |flag: &&str| match flag.strip_prefix('$') {
            Some(variable) => env.get(variable).is_some_and(|value| !value.is_empty()),
            None => argv.iter().skip(1).take_while(|a| a.starts_with('-')).any(|a| &**a == *flag),
        };
        if self.unbuffered_by.iter().any(off) {
            manner.stdout = Buffering::None;
            manner.stderr = Buffering::None;
        }
        manner
    }
}

impl Workers {
    /// Turns a behaviour into that of a master whose workers accept the connections.
    pub(super) fn add(&self, behaviour: &mut Behaviour, row: &Profile, port: Option<u16>, argv: &[Text]) {
        behaviour.start.extend(port.map(Step::Bind));
        let mut worker = Behaviour { on: reactions(self.on), ..Behaviour::default() };
        let serving = row.serving_with(argv);
        worker.manner = Some(Manner { reaps: false, runtime: BTreeMap::new(), serving, ..row.manner() });
        worker.start.extend(port.map(Step::Listen));
        if !self.master_title.is_empty() {
            let title = self.master_title.replace("{args}", &argv.join(" "));
            behaviour.start.push(Step::Title(title.into()));
        }
        behaviour.start.push(Step::Workers(self.count, self.title.into(), super::shared(worker)));
    }
}

/// The text after one of these flags: `--keep-alive 5`, `--keep-alive=5`.
fn value_of<'a>(argv: &'a [Text], flags: &[&str]) -> Option<&'a str> {
    argv.iter().enumerate().find_map(|(i, a)| match a.split_once('=') {
        Some((flag, value)) if flags.contains(&flag) => Some(value),
        _ => flags.contains(&&**a).then(|| argv.get(i + 1)).flatten().map(|v| &**v),
    })
}

/// The numbers of a version, for comparison: `3.10` is after `3.9`.
fn numbers(version: &str) -> Vec<u32> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number_not_by_letter() {
        let old = Profile { before: "3.9", ..PLAIN };
        assert!(old.covers("3.6") && !old.covers("3.10") && !old.covers(""));
        let new = Profile { since: "3.9", ..PLAIN };
        assert!(new.covers("3.10.2") && new.covers("3.9") && new.covers("") && !new.covers("3.6.2"));
    }
}
