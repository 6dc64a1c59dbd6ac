//! The machine that runs a `Behaviour` over system calls: an application, a server, a test helper.
//!
//! It keeps a stack of activities: the main one (start, then waiting for work), and one for each handler or periodic task
//! that has begun and not ended. Without an event loop only the innermost goes on. Not here: what a program does (that is
//! data, `behaviour` and `profiles`), shells, init programs.

mod activity;
mod children;
pub mod limits;
mod output;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::behaviour::{Behaviour, Manner, Reaction, Second, Step};
use super::call::{Call, Resume, Sys};
use super::serving::Serving;
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::trace::{Disposition, ExitStatus, ProgramKind, WaitTarget};

use activity::{Activity, Kind, State};
use output::Held;

/// Signals that are kept for later; more of different kinds do not exist.
const MOST_QUEUED: usize = 64;
/// Handlers that may be inside one another, far above what a person reads.
const MOST_ACTIVITIES: usize = 32;

/// Steps without a call that may follow one another before the program counts as computing.
const SILENT_STEPS: usize = 1_000;

/// A running application.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    what: Arc<Behaviour>,
    manner: Arc<Manner>,
    me: Text,
    /// The main activity first, then handlers and periodic tasks, innermost last.
    activities: Vec<Activity>,
    /// Caught, and not begun.
    queued: Vec<Signal>,
    /// Calls to make before anything else, next one last.
    calls: Vec<Call>,
    /// What the last call was for, where its result matters.
    asked: Asked,
    held: Held,
    /// Children that it started and has not collected.
    children: Vec<Pid>,
    /// All that it ever started by command, in order.
    spawned: Vec<Pid>,
    last_child: Option<ExitStatus>,
    /// CHLD came: there may be children to collect.
    chld: bool,
    /// Handlers for CHLD that began and are not done, where the program only collects children.
    chld_handlers: u32,
    /// It has set up a handler for CHLD, to be told while it waits for something else.
    catches_chld: bool,
    /// Requests answered and not yet logged.
    served: u32,
    kind: ProgramKind,
    started: Option<SimTime>,
    next_tick: Option<SimTime>,
}

/// What a call was made for.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Nothing,
    /// fork, whose child executes this.
    Spawn(Arc<[Text]>),
    /// fork, whose child is a worker, of which so many more are to come.
    Worker(u32, Text, Arc<Behaviour>),
    /// exec in a forked child.
    Exec(Text),
    /// wait, to collect what has ended or for its own sake.
    Wait,
    /// The open that precedes a line to be recorded.
    Record(Text),
}

impl App {
    /// An application that does this, as a program whose runtime works like that; `me` is the name it was called by.
    pub fn new(what: Arc<Behaviour>, manner: Manner, me: &str) -> Self {
        let mut manner = what.manner.clone().unwrap_or(manner);
        manner.serving = what.tuned.over(manner.serving);
        App {
            activities: vec![Activity::new(Kind::Main, what.start.clone().into())],
            what,
            manner: Arc::new(manner),
            me: me.into(),
            queued: Vec::new(),
            calls: Vec::new(),
            asked: Asked::Nothing,
            held: Held::default(),
            children: Vec::new(),
            spawned: Vec::new(),
            last_child: None,
            chld: false,
            chld_handlers: 0,
            catches_chld: false,
            served: 0,
            kind: ProgramKind::App,
            started: None,
            next_tick: None,
        }
    }

    /// The same, but an init program or supervisor.
    #[must_use]
    pub fn as_init(self) -> Self {
        App { kind: ProgramKind::Init, ..self }
    }

    /// What sort of program it is.
    pub fn kind(&self) -> ProgramKind {
        self.kind
    }

    /// What it does, for people.
    pub fn behaviour(&self) -> &Behaviour {
        &self.what
    }

    /// The name of the activity it is in, for people: `handles TERM`.
    pub fn doing(&self) -> Option<Signal> {
        self.activities.iter().rev().find_map(|a| a.signal())
    }

    /// How it treats its connections.
    pub fn serving(&self) -> Serving {
        self.manner.serving
    }

    pub(crate) fn catch(&mut self, signal: Signal) {
        if signal == Signal::CHLD {
            self.chld = true;
            if !self.what.on.contains_key(&Signal::CHLD) {
                self.chld_handlers = self.chld_handlers.saturating_add(1);
                return;
            }
        }
        let nests = self.manner.second == Second::Nests;
        if (nests || !self.queued.contains(&signal)) && self.queued.len() < MOST_QUEUED {
            self.queued.push(signal);
        }
    }

    /// A request was answered. True if the program wants to act on it.
    pub(crate) fn served(&mut self) -> bool {
        if !self.what.on_request.is_empty() {
            self.served = self.served.saturating_add(1);
        }
        !self.what.on_request.is_empty()
    }

    pub(crate) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        if resume == Resume::Start {
            self.set_up(sys);
        } else {
            self.take(resume, sys);
        }
        self.next_call(sys)
    }

    /// The runtime starts: its own handlers, then those of the program unless its source installs them later.
    fn set_up(&mut self, sys: &Sys<'_>) {
        self.started = Some(sys.now);
        let later = self.what.start.contains(&Step::Install);
        let mut calls = self.dispositions(&self.manner.runtime);
        if !later {
            calls.extend(self.dispositions(&self.what.on));
        }
        if self.manner.reaps {
            calls.push(Call::Sigaction(Signal::CHLD, Disposition::Catch));
            self.catches_chld = true;
        }
        match self.what.statements.is_empty() {
            true if self.what.origin.is_empty() => {}
            true => calls.push(Call::Say(self.what.origin.clone())),
            false => calls.extend(self.what.statements.iter().map(|s| Call::Say(s.to_string().into()))),
        }
        self.put(calls);
    }

    fn dispositions(&self, reactions: &std::collections::BTreeMap<Signal, Reaction>) -> Vec<Call> {
        let call = |(signal, reaction): (&Signal, &Reaction)| {
            let disposition = match reaction {
                Reaction::Default => Disposition::Default,
                Reaction::Ignore => Disposition::Ignore,
                Reaction::Handle(_) => Disposition::Catch,
            };
            Call::Sigaction(*signal, disposition)
        };
        reactions.iter().map(call).collect()
    }

    /// Puts calls before everything else, in this order.
    fn put(&mut self, calls: Vec<Call>) {
        self.calls.extend(calls.into_iter().rev());
    }

    /// Takes in the result of the last call.
    fn take(&mut self, resume: Resume, sys: &Sys<'_>) {
        match std::mem::replace(&mut self.asked, Asked::Nothing) {
            Asked::Nothing => {}
            Asked::Spawn(argv) => self.forked(&resume, argv, sys),
            Asked::Worker(more, title, what) => self.worker_forked(&resume, more, title, what, sys),
            Asked::Exec(file) => self.exec_failed(&resume, &file),
            Asked::Wait => self.waited(&resume),
            Asked::Record(line) => {
                if let Resume::Opened(fd) = resume {
                    self.put(vec![Call::Write(fd, line), Call::Close(fd)]);
                }
            }
        }
    }

    /// The next call: what is due at once, else what the innermost activity does, else waiting.
    fn next_call(&mut self, sys: &Sys<'_>) -> Call {
        for _ in 0..SILENT_STEPS {
            if let Some(call) = self.calls.pop() {
                return call;
            }
            if self.chld && (self.manner.reaps || self.waits_for_children()) {
                self.chld = false;
                self.asked = Asked::Wait;
                return Call::Wait { target: WaitTarget::Any, nohang: true };
            }
            if let Some(left) = self.chld_handlers.checked_sub(1) {
                self.chld_handlers = left;
                return Call::Handled(Signal::CHLD);
            }
            self.begin_handler();
            self.begin_tick(sys);
            self.begin_request();
            if !self.calls.is_empty() {
                continue;
            }
            if self.end_finished(sys) {
                continue;
            }
            match self.runnable(sys) {
                Some(index) => self.step(index, sys),
                None => return self.wait(sys),
            }
        }
        Call::Spend(SimDuration::from_millis(1))
    }

    /// Begins the handler of a caught signal, if the runtime lets it begin now.
    fn begin_handler(&mut self) {
        if self.activities.len() >= MOST_ACTIVITIES {
            return;
        }
        let busy: Vec<Signal> = self.activities.iter().filter_map(Activity::signal).collect();
        let may = |signal: &Signal| match self.manner.second {
            _ if self.manner.concurrent => true,
            Second::Queues => busy.is_empty(),
            Second::OthersNest => !busy.contains(signal),
            Second::Nests => true,
        };
        let Some(at) = self.queued.iter().position(may) else { return };
        let signal = self.queued.remove(at);
        let reaction = self.what.on.get(&signal).or_else(|| self.manner.runtime.get(&signal));
        if let Some(Reaction::Handle(steps)) = reaction {
            self.activities.push(Activity::new(Kind::Handler(signal), steps.clone().into()));
        }
    }

    /// Begins the periodic task when it is due and nothing holds it up.
    fn begin_tick(&mut self, sys: &Sys<'_>) {
        let Some((period, steps)) = &self.what.every else { return };
        let main_is_done = self.activities.first().is_some_and(Activity::is_done);
        if !main_is_done {
            return;
        }
        let free = self.manner.concurrent || self.activities.len() == 1;
        let due = *self.next_tick.get_or_insert(sys.now + *period);
        if due <= sys.now && free && !self.activities.iter().any(|a| a.is_tick()) {
            self.activities.push(Activity::new(Kind::Tick, steps.clone().into()));
            self.next_tick = None;
        }
    }

    /// Does what follows an answered request.
    fn begin_request(&mut self) {
        let free = self.manner.concurrent || self.activities.len() == 1;
        if self.served > 0 && free && !self.activities.iter().any(|a| a.kind == Kind::Request) {
            self.served -= 1;
            self.activities.push(Activity::new(Kind::Request, self.what.on_request.clone().into()));
        }
    }

    /// Ends a handler or periodic task whose steps are over. True if there was one.
    fn end_finished(&mut self, sys: &Sys<'_>) -> bool {
        let over = |a: &Activity| a.is_done() && a.kind != Kind::Main;
        let found = match self.manner.concurrent {
            true => self.activities.iter().rposition(over),
            false => self.activities.last().filter(|a| over(a)).map(|_| self.activities.len() - 1),
        };
        let Some(at) = found else { return false };
        let ended = self.activities.remove(at);
        match ended.kind {
            Kind::Handler(signal) => self.calls.push(Call::Handled(signal)),
            Kind::Main | Kind::Request => {}
            // The period counts from the end of the task: `loop { work; sleep }`.
            Kind::Tick => self.next_tick = self.what.every.as_ref().map(|(period, _)| sys.now + *period),
        }
        true
    }

    fn waits_for_children(&self) -> bool {
        self.activities.iter().any(|a| matches!(a.state, State::Children(_)))
    }
}
