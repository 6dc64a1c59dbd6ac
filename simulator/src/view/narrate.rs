//! A run told line by line: its key events, with times counted from the first delete. For `aria-live` and the terminal.

use std::fmt;

use crate::base::id::EventId;
use crate::base::time::SimTime;
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnTask, Trace};
use crate::view::fold::{self, Moment};
use crate::view::level::{Level, level};
use crate::view::words;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The event.
    pub event: EventId,
    /// When, in microseconds from the origin.
    pub at: Moment,
    /// The sentence, without a final full stop.
    pub sentence: String,
    /// The rule that decided it.
    pub rule: RuleId,
}

/// `+30.002 s  sh (pid 1) is killed by SIGKILL`
impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10} s  {}", seconds(self.at), self.sentence)
    }
}

/// `+30.002`, `-1.500`, `0.000`: seconds with three decimals and their sign.
pub fn seconds(at: Moment) -> String {
    let sign = match at {
        i64::MIN..0 => "-",
        0 => "",
        _ => "+",
    };
    let micros = at.unsigned_abs();
    format!("{sign}{}.{:03}", micros / 1_000_000, micros % 1_000_000 / 1_000)
}

/// The events of at least this level, told; requests that failed are told as one line an instant.
pub fn narrate(trace: &Trace, least: Level) -> Vec<Told> {
    let origin = fold::origin(trace);
    let mut seen = Observed::default();
    let mut told: Vec<Told> = Vec::new();
    for (id, event) in trace.iter() {
        // What a process wrote belongs to the logs.
        let written = matches!(event.kind, EventKind::Task(_, OnTask::Wrote { .. }));
        if level(&seen, event) >= least && !written {
            let sentence = words::sentence(&seen, event);
            told.push(Told { event: id, at: fold::moment(event.at, origin), sentence, rule: event.rule });
        }
        seen.apply(id, event);
    }
    told
}

/// What happened in the events from `from` to before `to`, as one text for a screen reader: key events only, at most `most`.
pub fn between(trace: &Trace, told: &[Told], from: EventId, to: EventId, most: usize) -> String {
    let lines: Vec<&Told> = told.iter().filter(|t| t.event >= from && t.event < to).collect();
    let skipped = lines.len().saturating_sub(most);
    let mut text: Vec<String> = lines.iter().skip(skipped).map(|t| t.sentence.clone()).collect();
    if skipped > 0 {
        text.insert(0, format!("{skipped} events before"));
    }
    let at = to.0.checked_sub(1).and_then(|n| trace.get(EventId(n))).map_or(SimTime::ZERO, |e| e.at);
    match text.is_empty() {
        true => String::new(),
        false => format!("{} s: {}", seconds(fold::moment(at, fold::origin(trace))), text.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    #[test]
    fn the_shell_form_is_told_in_a_few_lines() {
        let told: Vec<String> = narrate(&fixture::shell_form(), Level::Key).iter().map(ToString::to_string).collect();
        let end = &told[told.len() - 9..];
        assert_eq!(
            end,
            [
                "    +0.002 s  the runtime is asked to stop container server: SIGTERM now, SIGKILL after 30 s",
                "    +0.002 s  SIGTERM is sent to sh (pid 1) from outside the namespace",
                "    +0.002 s  SIGTERM has no effect on sh (pid 1): the kernel drops it",
                "   +30.002 s  the time to stop container server is over",
                "   +30.002 s  SIGKILL is sent to sh (pid 1) from outside the namespace",
                "   +30.002 s  sh (pid 1) is killed by SIGKILL",
                "   +30.002 s  ruby (pid 6) is killed by SIGKILL",
                "   +30.002 s  container server has ended: exit code 137, Error",
                "   +30.002 s  pod server is gone from the API server",
            ]
        );
    }

    #[test]
    fn times_before_the_delete_are_negative() {
        assert_eq!(
            (seconds(-1_500_000), seconds(0), seconds(30_002_999)),
            ("-1.500".into(), "0.000".into(), "+30.002".into())
        );
    }

    #[test]
    fn a_jump_is_told_by_its_last_events() {
        let trace = fixture::shell_form();
        let told = narrate(&trace, Level::Key);
        let text = between(&trace, &told, EventId(0), EventId::from_index(trace.len()), 1);
        assert!(text.ends_with("events before; pod server is gone from the API server"), "{text}");
        assert_eq!(between(&trace, &told, EventId(5), EventId(5), 3), "");
    }
}
