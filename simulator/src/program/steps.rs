//! A program that makes a fixed list of calls, one after the other, and then exits or stays.
//!
//! For tests of the kernel, and for processes whose inside does not matter. Not an application: those react to signals by
//! their behaviour, see `behaviour` and `app`.

use super::serving::{self, Serving};
use std::collections::VecDeque;
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
    /// Calls that it was ordered to make when it has nothing else to do.
    orders: VecDeque<Call>,
    ordered: bool,
    /// The result of each order that is carried out.
    pub answers: Vec<Resume>,
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
            orders: VecDeque::new(),
            ordered: false,
            answers: Vec::new(),
        }
    }

    /// It makes this call too, once it has nothing else to do.
    pub(crate) fn order(&mut self, call: Call) {
        self.orders.push_back(call);
    }

    /// Has it been ordered to make a call that has not returned?
    pub fn is_busy(&self) -> bool {
        self.ordered || !self.orders.is_empty()
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
            self.answers.clear();
            self.caught.clear();
            self.ordered = false;
        }
        if std::mem::take(&mut self.ordered) {
            self.answers.push(resume.clone());
        }
        self.results.push(resume);
        let calls = if self.in_child { &self.child_calls } else { &self.calls };
        let next = calls.get(self.next).cloned();
        self.next = self.next.saturating_add(1);
        next.unwrap_or_else(|| {
            let order = self.orders.pop_front();
            self.ordered = order.is_some();
            order.unwrap_or(Call::Pause)
        })
    }

    pub(crate) fn catch(&mut self, signal: Signal) {
        self.caught.push(signal);
    }
}
