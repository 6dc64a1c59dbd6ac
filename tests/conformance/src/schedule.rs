//! Times for signals and looks: well away from anything else that happens, so that no outcome hangs on a few
//! milliseconds.
//!
//! The simulator knows when something happens; a time is chosen in a gap of its moments. A case in which two moments are
//! close but not equal cannot be judged on a loaded machine and is not used.

use crate::case::{Case, Sent};
use crate::simulated;
use simulator::probe::play::Played;

/// Nothing else may happen so close to a signal or a look.
const AWAY_MS: u64 = 170;
/// Moments that follow each other in less are too close to be told apart; a handler of `app` takes 100 ms.
const APART_MS: u64 = 95;
/// Everything has started by then.
const FIRST_MS: u64 = 300;
/// Steps in which a time is looked for.
const STEP_MS: u64 = 50;
/// Where looking for a time ends.
const LAST_MS: u64 = 7_000;
/// Watch at least so long after the last signal.
pub const WATCH_MS: u64 = 500;

/// A case with its times, if there are some that keep away from everything.
pub fn timed(mut case: Case, signals: &[(u64, &str)], watch_ms: u64) -> Option<Case> {
    case.signals.clear();
    for (pause, signal) in signals {
        let from = case.signals.last().map_or(FIRST_MS, |sent| sent.at_ms).saturating_add(*pause);
        let played = played(&case, LAST_MS)?;
        let at_ms = quiet_time(&played, from)?;
        case.signals.push(Sent { at_ms, signal: (*signal).to_string() });
    }
    let from = case.signals.last().map_or(FIRST_MS, |sent| sent.at_ms).saturating_add(watch_ms);
    let played = played(&case, LAST_MS)?;
    case.until_ms = quiet_time(&played, from)?;
    are_apart(&case, &played).then_some(case)
}

fn played(case: &Case, until_ms: u64) -> Option<Played> {
    simulated::run(&Case { until_ms, ..case.clone() }, 0).ok()
}

/// The first time from `from` on with nothing near it.
fn quiet_time(played: &Played, from: u64) -> Option<u64> {
    let moments: Vec<u64> = played.moments.iter().map(|m| m.as_micros() / 1_000).collect();
    let mut at = from;
    while at <= LAST_MS {
        if moments.iter().all(|m| m.abs_diff(at) >= AWAY_MS) {
            return Some(at);
        }
        at = at.saturating_add(STEP_MS);
    }
    None
}

/// No two moments are close without being the same, and none is near a signal that has nothing to do with it.
fn are_apart(case: &Case, played: &Played) -> bool {
    let moments: Vec<u64> =
        played.moments.iter().map(|m| m.as_micros() / 1_000).filter(|m| *m <= case.until_ms).collect();
    let steps = moments.windows(2).filter_map(|w| Some(w.last()? - w.first()?));
    steps.filter(|step| *step > 0).all(|step| step >= APART_MS)
}
