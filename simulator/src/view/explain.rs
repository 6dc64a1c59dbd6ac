//! Why something happened: the chain of causes of an event, and the roads not taken.
//!
//! The chain is read off the trace. Roads not taken are the events with the same root that lead nowhere: a signal that had
//! no effect, a fork that was refused, bytes that were lost. Often they are the lesson.

use crate::base::id::EventId;
use crate::base::time::SimTime;
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{EventKind, HookResult, OnContainer, OnPod, OnRequest, OnTask, Outcome, Trace};
use crate::view::words;

/// Most lines of roads not taken.
const MOST_MISSED: usize = 12;

/// One event told as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The event.
    pub event: EventId,
    /// When.
    pub at: SimTime,
    /// What happened, without a final full stop.
    pub sentence: String,
    /// The rule that decided it.
    pub rule: RuleId,
    /// The standing fact that decided it, told, where there was one.
    pub given: Option<(EventId, String)>,
}

/// Why an event happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The event first, the input last.
    pub chain: Vec<Line>,
    /// What the same input also started and what came to nothing, oldest first.
    pub missed: Vec<Line>,
}

/// Explains the event `id`; empty if there is none.
pub fn explain(trace: &Trace, id: EventId) -> Explanation {
    let chain = trace.causes(id);
    let root = chain.last().copied().unwrap_or(id);
    let mut roots: Vec<EventId> = Vec::with_capacity(trace.len());
    // One line a rule: a thousand requests that were cut are one lesson.
    let mut missed: Vec<(EventId, RuleId, u32)> = Vec::new();
    for (n, event) in trace.iter().take_while(|(n, _)| *n <= id) {
        let own = event.cause.and_then(|c| roots.get(c.index()).copied()).unwrap_or(n);
        roots.push(own);
        if own == root && n != id && came_to_nothing(&event.kind) && !chain.contains(&n) {
            match missed.iter_mut().find(|(_, rule, _)| *rule == event.rule) {
                Some((_, _, times)) => *times = times.saturating_add(1),
                None => missed.push((n, event.rule, 1)),
            }
        }
    }
    let skip = missed.len().saturating_sub(MOST_MISSED);
    missed.drain(..skip);
    let mut wanted: Vec<EventId> = chain.iter().copied().chain(missed.iter().map(|(n, _, _)| *n)).collect();
    wanted.extend(wanted.clone().iter().filter_map(|n| trace.get(*n)?.given));
    wanted.sort_unstable();
    wanted.dedup();
    let told = tell(trace, &wanted);
    let line = |n: &EventId| {
        let event = trace.get(*n)?;
        let given = event.given.map(|g| (g, sentence_of(&told, g)));
        Some(Line { event: *n, at: event.at, sentence: sentence_of(&told, *n), rule: event.rule, given })
    };
    let missed = missed.iter().filter_map(|(n, _, times)| {
        let mut first = line(n)?;
        match times {
            1 => {}
            2 => first.sentence.push_str(", and one more like it"),
            more => first.sentence.push_str(&format!(", and {} more like it", more - 1)),
        }
        Some(first)
    });
    Explanation { chain: chain.iter().filter_map(line).collect(), missed: missed.collect() }
}

fn sentence_of(told: &[(EventId, String)], id: EventId) -> String {
    told.binary_search_by_key(&id, |(n, _)| *n).ok().and_then(|i| told.get(i)).map_or(String::new(), |(_, s)| s.clone())
}

/// The sentences of these events (sorted), each told from the state just before it: one fold for all.
pub fn tell(trace: &Trace, wanted: &[EventId]) -> Vec<(EventId, String)> {
    let mut seen = Observed::default();
    let mut told = Vec::with_capacity(wanted.len());
    let mut next = wanted.iter().peekable();
    for (id, event) in trace.iter() {
        let Some(want) = next.peek() else { break };
        if **want == id {
            told.push((id, words::sentence(&seen, event)));
            next.next();
        }
        seen.apply(id, event);
    }
    told
}

/// Is this one of the things that did not happen?
fn came_to_nothing(kind: &EventKind) -> bool {
    match kind {
        EventKind::Task(_, what) => matches!(
            what,
            OnTask::Dropped(_) | OnTask::ForkRefused(_) | OnTask::ExecFailed { .. } | OnTask::BufferLost(_)
        ),
        EventKind::Container(_, what) => matches!(
            what,
            OnContainer::HookEnded(_, HookResult::Failed(_) | HookResult::Overran | HookResult::Killed)
                | OnContainer::StartFailed(_)
        ),
        EventKind::Request(_, OnRequest::Ended(outcome)) => *outcome != Outcome::Ok,
        EventKind::Pod(_, what) => matches!(what, OnPod::EvictionRefused(_) | OnPod::HeldByFinalizers),
        EventKind::Input(_)
        | EventKind::Namespace(..)
        | EventKind::Node(..)
        | EventKind::Workload(..)
        | EventKind::Endpoint(..)
        | EventKind::Request(..)
        | EventKind::Budget(_) => false,
    }
}
