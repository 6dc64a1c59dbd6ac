//! A program that makes a fixed list of calls, one after the other, and then exits or stays.
//!
//! For tests of the kernel, and for processes whose inside does not matter. Not an application: those react to signals by
//! their behaviour, see `behaviour` and `app`.

use super::serving::{self, Serving};
use std::sync::Arc;

use super::call::{Call, Resume};
use crate::base::signal::Signal;

/// The list and how far it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    calls: Arc<[Call]>,
    child_calls: Arc<[Call]>,
    next: usize,
    in_child: bool,
    /// Results of the calls so far.
    pub results: Vec<Resume>,
    /// Signals caught so far.
    pub caught: Vec<Signal>,
    /// How it treats its connections.
    pub serving: Serving,
}

impl Steps {
    /// A process that makes these calls and then waits for ever; its forked children make `child_calls`.
    pub fn new(calls: &[Call], child_calls: &[Call]) -> Self {
        Steps {
            calls: calls.into(),
            child_calls: child_calls.into(),
            next: 0,
            in_child: false,
            results: Vec::new(),
            caught: Vec::new(),
            serving: serving::UNKNOWN,
        }
    }

    /// The same, with connections treated so.
    #[must_use]
    pub fn with(self, serving: Serving) -> Self {
        Steps { serving, ..self }
    }

    pub(crate) fn resume(&mut self, resume: Resume) -> Call {
        if resume == Resume::Child {
            self.in_child = true;
            self.next = 0;
            self.results.clear();
        }
        self.results.push(resume);
        let calls = if self.in_child { &self.child_calls } else { &self.calls };
        let call = calls.get(self.next).cloned().unwrap_or(Call::Pause);
        self.next = self.next.saturating_add(1);
        call
    }

    pub(crate) fn catch(&mut self, signal: Signal) {
        self.caught.push(signal);
    }
}
