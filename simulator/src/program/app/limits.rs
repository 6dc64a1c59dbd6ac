//! The longest an application waits for something when it stops: its own time limits, read off what it does on signals.
//!
//! For people who compare timers. Not here: limits inside a program that no step says.

use super::App;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Reaction, Step};

/// What a time limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitOf {
    /// Its requests in flight: then it goes, answered or not.
    Requests,
    /// Its children: then it kills them.
    Children,
}

/// A time limit of a program that stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopLimit {
    /// On this signal.
    pub signal: Signal,
    /// What it waits for.
    pub of: LimitOf,
    /// At most so long.
    pub time: SimDuration,
}

impl App {
    /// Its time limits, by signal.
    pub fn stop_limits(&self) -> Vec<StopLimit> {
        let mut limits = of(&self.what);
        limits.extend(self.manner.runtime.iter().flat_map(|(signal, reaction)| steps(*signal, reaction)));
        limits
    }
}

fn of(what: &Behaviour) -> Vec<StopLimit> {
    what.on.iter().flat_map(|(signal, reaction)| steps(*signal, reaction)).collect()
}

fn steps(signal: Signal, reaction: &Reaction) -> Vec<StopLimit> {
    let Reaction::Handle(steps) = reaction else { return Vec::new() };
    let limit = |step: &Step| match step {
        Step::Drain(Some(time)) => Some(StopLimit { signal, of: LimitOf::Requests, time: *time }),
        Step::WaitChildrenAtMost(time) => Some(StopLimit { signal, of: LimitOf::Children, time: *time }),
        _ => None,
    };
    steps.iter().filter_map(limit).collect()
}
