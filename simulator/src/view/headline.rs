//! The verdict in one sentence, and times as people say them. Not here: how the answers are found (`view::verdict`).

use crate::base::signal::Signal;
use crate::observed::{Observed, TaskState};
use crate::trace::ExitStatus;
use crate::view::fold::Moment;
use crate::view::verdict::Verdict;

/// How good an outcome is; shown as a colour and as a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should be.
    Good,
    /// Something was lost.
    Bad,
    /// Nothing to judge.
    Neutral,
}

/// What became of the stop, in a sentence without a full stop. Requests that were lost come first: a stop that loses them
/// is not graceful however fast it was.
pub fn headline(verdict: &Verdict, end: &Observed) -> (Mood, String) {
    let (mood, words) = stop(verdict, end);
    match (verdict.requests.lost(), verdict.requests.sent) {
        (0, _) => (mood, words),
        (lost, sent) => (Mood::Bad, format!("{lost} of {sent} requests are lost: {words}")),
    }
}

/// What became of the process.
fn stop(verdict: &Verdict, end: &Observed) -> (Mood, String) {
    let app = verdict.app.and_then(|a| end.task(a));
    let name = app.map_or_else(|| "the application".to_owned(), |t| t.comm.to_string());
    let after = verdict.stopped_after.value.map(|d| seconds(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)));
    if verdict.stop_began.is_none() {
        return match &verdict.end.value {
            None => (Mood::Neutral, format!("{name} runs; nothing stops it in this story")),
            Some((code, _)) => (Mood::Neutral, format!("{name} ended by itself with exit code {code}")),
        };
    }
    let Some(after) = after else {
        return (Mood::Bad, format!("{name} still runs at the end of this run"));
    };
    let killer = match app.map(|t| &t.state) {
        Some(TaskState::Zombie { status: ExitStatus::Signaled(signal), .. }) => Some(*signal),
        Some(TaskState::Reaped { status: ExitStatus::Signaled(signal), .. }) => Some(*signal),
        _ => None,
    };
    let killed = killer.is_some();
    let reached = verdict.signal_reached_app.value;
    match (reached, verdict.handler_completed.value, killed) {
        (true, true, _) => (Mood::Good, format!("{name} hears the signal, finishes and stops after {after}")),
        (true, false, true) if verdict.end.value.as_ref().is_some_and(|(code, _)| *code == 137) => {
            (Mood::Bad, format!("{name} hears the signal but is killed after {after}, before it is done"))
        }
        // By something inside, which does not wait for it, as an init program may.
        (true, false, true) if killer == Some(Signal::KILL) => {
            (Mood::Bad, format!("{name} hears the signal but is killed before it is done; all is over after {after}"))
        }
        (true, false, _) => (Mood::Bad, format!("{name} dies of the signal after {after}: it has no handler")),
        (false, _, true) => (Mood::Bad, format!("{name} never hears the signal and is killed after {after}")),
        (false, _, false) => (Mood::Neutral, format!("{name} ends after {after} without having heard the signal")),
    }
}

/// Microseconds as seconds with one decimal, or more below a tenth: `30.0 s`, `5.0 s`, `0.002 s`.
pub fn seconds(micros: Moment) -> String {
    let sign = if micros < 0 { "−" } else { "" };
    let length = micros.unsigned_abs();
    match length {
        0 => "0 s".to_owned(),
        1..1_000 => format!("{sign}{length} µs"),
        1_000..100_000 => format!("{sign}0.{:03} s", length / 1_000),
        _ => format!("{sign}{}.{} s", length / 1_000_000, length % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SimTime;
    use crate::trace::Trace;
    use crate::view::fixture;
    use crate::view::verdict::verdict;

    fn told(trace: &Trace) -> (Mood, String) {
        let end = Observed::at_time(trace, SimTime::from_secs(99));
        headline(&verdict(trace, &end), &end)
    }

    #[test]
    fn the_two_forms_are_told_apart_in_words() {
        let (mood, words) = told(&fixture::shell_form());
        assert_eq!((mood, words.as_str()), (Mood::Bad, "ruby never hears the signal and is killed after 30.0 s"));
        let (mood, words) = told(&fixture::exec_form());
        assert_eq!((mood, words.as_str()), (Mood::Good, "ruby hears the signal, finishes and stops after 5.0 s"));
    }

    #[test]
    fn times_have_the_digits_that_matter() {
        assert_eq!(
            [seconds(0), seconds(150), seconds(2_300), seconds(-1_250_000), seconds(30_002_000)],
            ["0 s", "150 µs", "0.002 s", "−1.2 s", "30.0 s"]
        );
    }
}
