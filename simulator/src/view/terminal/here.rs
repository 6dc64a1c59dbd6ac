//! Where and when a command line is typed: what can be seen then, and what it has led to already.

use crate::base::Text;
use crate::base::id::{EventId, PodId};
use crate::base::time::SimTime;
use crate::inventory::Inventory;
use crate::observed::{Observed, Pod};
use crate::trace::{EventKind, Trace};

use super::{Answer, Asked, Line};

/// A moment of a run at which a line is typed.
pub(super) struct Here<'a> {
    asked: Asked<'a>,
    /// The whole millisecond the line is typed at: inputs have no finer time.
    pub at: SimTime,
    /// What can be seen at that moment, before anything the line does.
    pub seen: Observed,
}

impl<'a> Here<'a> {
    pub fn new(asked: Asked<'a>) -> Self {
        let at = SimTime::from_millis(asked.at.as_micros().div_ceil(1_000));
        // The run is the same up to the input that the line became; what it does must not be seen yet.
        let inputs = asked.trace.iter().filter(|(_, e)| e.at == at && e.cause.is_none() && at > SimTime::ZERO);
        let first_input = inputs.map(|(id, _)| id).next();
        let seen = match first_input {
            Some(input) => Observed::at(asked.trace, input),
            None => Observed::at_time(asked.trace, at),
        };
        Here { asked, at, seen }
    }

    /// The same terminal at another moment.
    pub fn later(&self, at: SimTime, seen: Observed) -> Here<'a> {
        Here { asked: self.asked, at, seen }
    }

    pub fn trace(&self) -> &'a Trace {
        self.asked.trace
    }

    pub fn inventory(&self) -> &'a Inventory {
        self.asked.inventory
    }

    /// Milliseconds, for `at_ms`.
    pub fn at_ms(&self) -> u64 {
        self.at.as_micros() / 1_000
    }

    /// Prints text at once and ends.
    pub fn prints(&self, text: &str) -> Answer {
        Answer::prints(self.at, text)
    }

    /// Says what is wrong; kubectl's exit code for everything.
    pub fn fails(&self, text: &str) -> Answer {
        Answer::fails(self.at, text, 1)
    }

    /// A line at a time.
    pub fn line(at: SimTime, text: impl Into<String>) -> Line {
        Line { at, text: text.into(), error: false }
    }

    /// The input of the run that this line became: the same command at the same time.
    pub fn own_input(&self, command: &str) -> Option<EventId> {
        let same = |text: &Text| &**text == command;
        let events = self.trace().iter().filter(|(_, e)| e.at == self.at);
        let mut found = events.filter(|(_, e)| matches!(&e.kind, EventKind::Input(text) if same(text)));
        found.next().map(|(id, _)| id)
    }

    /// The pod of this name that is there.
    pub fn pod(&self, name: &str) -> Option<(PodId, &Pod)> {
        let pods = self.seen.pods.iter().enumerate().rev();
        let mut there = pods.filter(|(_, p)| p.removed.is_none() && &*p.name == name);
        there.next().map(|(n, p)| (PodId::from_index(n), p))
    }

    /// What can be seen at the end of the run.
    pub fn end(&self) -> Observed {
        Observed::at(self.trace(), EventId::from_index(self.trace().len()))
    }

    /// When a pod's object goes, from now on.
    pub fn removal(&self, pod: PodId) -> Option<SimTime> {
        let mut events = self.trace().events().iter();
        let gone = events.find(|e| matches!(&e.kind, EventKind::Pod(p, crate::trace::OnPod::Removed) if *p == pod));
        gone.map(|e| e.at)
    }
}
