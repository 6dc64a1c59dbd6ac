//! Steps through a run: searches in the trace, nothing else. A cursor is the number of events that have happened.

use crate::base::id::{EventId, PodId, TaskId};
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{Event, EventKind, Trace};
use crate::view::level::{Level, level};

/// In which direction to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the end.
    Forward,
    /// Towards the start.
    Back,
}

/// The cursor one event further; it stays within the trace.
pub fn by_event(trace: &Trace, cursor: EventId, direction: Direction) -> EventId {
    match direction {
        Direction::Forward => EventId::from_index(cursor.index().saturating_add(1).min(trace.len())),
        Direction::Back => EventId::from_index(cursor.index().min(trace.len()).saturating_sub(1)),
    }
}

/// The cursor after everything of the next instant at which something happens, or before everything of this one.
pub fn by_instant(trace: &Trace, cursor: EventId, direction: Direction) -> EventId {
    let events = trace.events();
    let cursor = cursor.index().min(events.len());
    let found = match direction {
        Direction::Forward => match events.get(cursor) {
            Some(next) => events.partition_point(|e| e.at <= next.at),
            None => events.len(),
        },
        Direction::Back => match cursor.checked_sub(1).and_then(|i| events.get(i)) {
            Some(last) => events.partition_point(|e| e.at < last.at),
            None => 0,
        },
    };
    EventId::from_index(found)
}

/// The cursor just after the nearest event that `wanted` holds for: after the cursor, or before the one just seen.
pub fn to(trace: &Trace, cursor: EventId, direction: Direction, wanted: impl Fn(&Event) -> bool) -> Option<EventId> {
    let after = |(id, _): (EventId, &Event)| EventId::from_index(id.index().saturating_add(1));
    let holds = |(_, event): &(EventId, &Event)| wanted(event);
    match direction {
        Direction::Forward => trace.iter().skip(cursor.index()).find(holds).map(after),
        Direction::Back => {
            let before = cursor.index().min(trace.len()).saturating_sub(1);
            trace.iter().take(before).filter(holds).last().map(after)
        }
    }
}

/// The nearest event of this process.
pub fn by_task(trace: &Trace, cursor: EventId, direction: Direction, task: TaskId) -> Option<EventId> {
    to(trace, cursor, direction, |e| matches!(e.kind, EventKind::Task(t, _) if t == task))
}

/// The nearest event of this pod's object, or of its endpoint.
pub fn by_pod(trace: &Trace, cursor: EventId, direction: Direction, pod: PodId) -> Option<EventId> {
    to(trace, cursor, direction, |e| matches!(e.kind, EventKind::Pod(p, _) | EventKind::Endpoint(p, _) if p == pod))
}

/// The nearest event that this rule decided.
pub fn by_rule(trace: &Trace, cursor: EventId, direction: Direction, rule: RuleId) -> Option<EventId> {
    to(trace, cursor, direction, |e| e.rule == rule)
}

/// The events that are part of the story, oldest first: one fold.
pub fn key_events(trace: &Trace) -> Vec<EventId> {
    let mut seen = Observed::default();
    let mut found = Vec::new();
    for (id, event) in trace.iter() {
        if level(&seen, event) == Level::Key {
            found.push(id);
        }
        seen.apply(id, event);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;
    use Direction::{Back, Forward};

    #[test]
    fn steps_stay_within_the_trace() {
        let trace = fixture::shell_form();
        let end = EventId::from_index(trace.len());
        assert_eq!(by_event(&trace, EventId(u32::MAX), Forward), end);
        assert_eq!(by_event(&trace, EventId(0), Back), EventId(0));
        assert_eq!(by_instant(&trace, EventId(u32::MAX), Forward), end);
        assert_eq!(by_instant(&trace, EventId(0), Back), EventId(0));
        assert_eq!(by_event(&Trace::default(), EventId(3), Forward), EventId(0));
    }

    #[test]
    fn an_instant_is_taken_as_a_whole_and_given_back_as_a_whole() {
        let trace = fixture::shell_form();
        let first = by_instant(&trace, EventId(0), Forward);
        assert_eq!(first, EventId(2));
        assert_eq!(by_instant(&trace, first, Back), EventId(0));
    }

    #[test]
    fn the_lost_signal_is_found_by_its_rule_from_both_sides() {
        let trace = fixture::shell_form();
        let rule = RuleId::SignalInitNoHandler;
        let found = by_rule(&trace, EventId(0), Forward, rule).unwrap();
        assert_eq!(trace.get(EventId(found.0 - 1)).unwrap().rule, rule);
        assert_eq!(by_rule(&trace, EventId(u32::MAX), Back, rule), Some(found));
        assert_eq!(by_rule(&trace, found, Forward, rule), None);
        assert_eq!(by_rule(&trace, found, Back, rule), None);
    }
}
