//! The context that every layer works in: clock, queue, trace, visible state, chance and budget.
//!
//! Layers read `seen()`, decide, and change the world only by `emit`. What is to happen later goes into the queue with
//! `after`; it carries the event that caused it. Same-instant stimuli run in the order in which they were scheduled, unless
//! `tie_salt` permutes them to find out whether an outcome depends on that order.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::base::id::{EventId, RequestId, TaskId};
use crate::base::limits::Limits;
use crate::base::rng::{Rng, mix};
use crate::base::time::{SimDuration, SimTime};
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{Event, EventKind, Exhausted, Trace};

/// What the queue can hold: the closed set of things that happen by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stimulus {
    /// A process that can run gets the CPU.
    Run(TaskId),
    /// A sleep of a process is over; stale if the process has been woken since (generation).
    Wake(TaskId, u32),
    /// A timer of the kubelet: its own number.
    Kubelet(u32),
    /// A timer of the cluster (controllers, endpoints, client): its own number.
    Cluster(u32),
    /// The work on a request is done.
    Served(RequestId),
    /// A timer of the Docker daemon: its own number.
    Docker(u32),
    /// The n-th input of the scenario.
    Input(u32),
}

/// An entry of the queue, 32 bytes: moving entries is most of the queue's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    at: SimTime,
    /// See `order`.
    order: u64,
    stimulus: Stimulus,
    /// The event that caused it; the largest number stands for none.
    cause: u32,
}

/// Among entries of one instant: the sequence number; under an odd salt its hash, which is different for every entry as the
/// hash is one to one; under an even salt the rank of the process, so that each goes on as long as it can before the next
/// one has a turn. Both kinds of order happen on real CPUs, and the second is hardly ever met by shuffling single steps.
/// What people do at one instant stays in the order in which they say it.
fn order(tie_salt: u64, seq: u64, stimulus: Stimulus) -> u64 {
    let ranked = |rank: u64, n: u64| rank & !u64::from(u32::MAX) | n & u64::from(u32::MAX);
    match (tie_salt, stimulus) {
        (0, _) => seq,
        (salt, Stimulus::Input(n)) => ranked(mix(salt), u64::from(n)),
        (salt, Stimulus::Run(task) | Stimulus::Wake(task, _)) if salt % 2 == 0 => {
            ranked(mix(u64::from(task.0) ^ mix(salt)), seq)
        }
        (salt, _) => mix(seq ^ mix(salt)),
    }
}

/// Stands for no cause in an entry: no trace is so long.
const NO_CAUSE: u32 = u32::MAX;

impl Entry {
    fn key(&self) -> u128 {
        u128::from(self.at.as_micros()) << 64 | u128::from(self.order)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// Clock, queue, trace, visible state, chance and budget of one run.
#[derive(Clone, Debug)]
pub struct Cx {
    now: SimTime,
    queue: BinaryHeap<Reverse<Entry>>,
    scheduled: u64,
    trace: Trace,
    observed: Observed,
    cause: Option<EventId>,
    seed: u64,
    tie_salt: u64,
    limits: Limits,
    turns: u32,
    log_bytes: u32,
    exhausted: bool,
    /// In a permuted run: two things were due at one instant.
    tied: bool,
}

impl Cx {
    /// The start of a run.
    pub fn new(seed: u64, tie_salt: u64, limits: Limits) -> Self {
        Cx {
            now: SimTime::ZERO,
            queue: BinaryHeap::new(),
            scheduled: 0,
            trace: Trace::default(),
            observed: Observed::default(),
            cause: None,
            seed,
            tie_salt,
            limits,
            turns: 0,
            log_bytes: 0,
            exhausted: false,
            tied: false,
        }
    }

    /// The present instant.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Is the order of what happens at one instant permuted, to find out whether the outcome depends on it?
    pub(crate) fn is_permuted(&self) -> bool {
        self.tie_salt != 0
    }

    /// From here on, what happens at one instant comes in the order of this salt. For a run whose order was that of
    /// scheduling.
    pub(crate) fn permute(&mut self, tie_salt: u64) {
        if self.tie_salt == 0 {
            let queue = std::mem::take(&mut self.queue);
            let again =
                |Reverse(e): Reverse<Entry>| Reverse(Entry { order: order(tie_salt, e.order, e.stimulus), ..e });
            self.queue = queue.into_iter().map(again).collect();
        }
        self.tie_salt = tie_salt;
        self.tied = false;
    }

    /// Were two things due at one instant since the order is permuted? If not, every other order gives the same run.
    pub(crate) fn is_tied(&self) -> bool {
        self.tied
    }

    /// What can be seen now.
    pub fn seen(&self) -> &Observed {
        &self.observed
    }

    /// The events so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The limits of this run.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A stream of chance for the user of this name.
    pub fn rng(&self, stream: &str) -> Rng {
        Rng::stream(self.seed, stream)
    }

    /// The event that what is emitted now is caused by.
    pub fn cause(&self) -> Option<EventId> {
        self.cause
    }

    /// From here on, what is emitted is caused by `event`. Returns the cause before, to be put back.
    pub fn set_cause(&mut self, event: Option<EventId>) -> Option<EventId> {
        std::mem::replace(&mut self.cause, event)
    }

    /// Runs `work` with `event` as the cause of what it emits.
    pub fn because<T>(&mut self, event: EventId, work: impl FnOnce(&mut Cx) -> T) -> T {
        let before = self.set_cause(Some(event));
        let value = work(self);
        self.cause = before;
        value
    }

    /// Records an event.
    pub fn emit(&mut self, rule: RuleId, kind: EventKind) -> EventId {
        self.record(rule, kind, None)
    }

    /// Records an event that a standing fact decided: `given` is the event that set the fact.
    pub fn emit_given(&mut self, rule: RuleId, given: Option<EventId>, kind: EventKind) -> EventId {
        self.record(rule, kind, given)
    }

    fn record(&mut self, rule: RuleId, kind: EventKind, given: Option<EventId>) -> EventId {
        let event = Event { at: self.now, cause: self.cause, given, rule, kind };
        let id = EventId::from_index(self.trace.len());
        self.observed.apply(id, &event);
        let id = self.trace.push(event);
        if !self.exhausted && id.0.saturating_add(1) >= self.limits.events {
            self.exhaust(Exhausted::Events);
        }
        id
    }

    /// Puts a stimulus `delay` from now into the queue; it will be caused by the present cause.
    pub fn after(&mut self, delay: SimDuration, stimulus: Stimulus) {
        self.at(self.now + delay, stimulus);
    }

    /// Puts a stimulus into the queue at a time; the past counts as now.
    pub fn at(&mut self, at: SimTime, stimulus: Stimulus) {
        let seq = self.scheduled;
        self.scheduled += 1;
        let order = order(self.tie_salt, seq, stimulus);
        let cause = self.cause.map_or(NO_CAUSE, |cause| cause.0);
        self.queue.push(Reverse(Entry { at: at.max(self.now), order, stimulus, cause }));
    }

    /// The next stimulus; sets clock and cause. `None` when nothing is left to happen or the budget is used up.
    pub(crate) fn next(&mut self, until: SimTime) -> Option<Stimulus> {
        if self.exhausted {
            return None;
        }
        if self.queue.peek().is_none_or(|Reverse(e)| e.at > until) {
            return None;
        }
        let Reverse(entry) = self.queue.pop()?;
        debug_assert!(entry.at >= self.now, "time never goes back");
        self.now = entry.at;
        self.cause = Some(EventId(entry.cause)).filter(|cause| cause.0 != NO_CAUSE);
        self.turns = self.turns.saturating_add(1);
        if self.tie_salt != 0 && !self.tied {
            self.tied = self.queue.peek().is_some_and(|Reverse(next)| next.at == entry.at);
        }
        if self.turns >= self.limits.turns {
            self.exhaust(Exhausted::Turns);
            return None;
        }
        if self.now > SimTime::ZERO + self.limits.time {
            self.exhaust(Exhausted::Time);
            return None;
        }
        Some(entry.stimulus)
    }

    /// Lets the clock stand at `until` when nothing is due before it, so that what a person does next happens then.
    pub(crate) fn advance(&mut self, until: SimTime) {
        if self.next_at().is_none_or(|next| next >= until) {
            self.now = self.now.max(until);
        }
    }

    /// When the next stimulus is due, if there is one.
    pub fn next_at(&self) -> Option<SimTime> {
        self.queue.peek().map(|Reverse(e)| e.at)
    }

    /// Ends the run with a visible event: a limit is reached.
    pub fn exhaust(&mut self, what: Exhausted) {
        if !self.exhausted {
            self.exhausted = true;
            self.record(RuleId::LimitReached, EventKind::Budget(what), None);
        }
    }

    /// Is the budget used up?
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// May `bytes` more of log be kept? The first refusal is recorded; the run goes on.
    pub fn charge_log(&mut self, bytes: usize) -> bool {
        if self.log_bytes >= self.limits.log_bytes {
            return false;
        }
        self.log_bytes = self.log_bytes.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        if self.log_bytes >= self.limits.log_bytes {
            self.record(RuleId::LimitReached, EventKind::Budget(Exhausted::LogBytes), None);
            return false;
        }
        true
    }

    /// The trace and the final state.
    pub fn finish(mut self) -> (Trace, Observed) {
        self.trace.shrink();
        self.observed.requests.shrink_to_fit();
        (self.trace, self.observed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_queue_takes_32_bytes() {
        assert_eq!(std::mem::size_of::<Entry>(), 32);
    }
}
