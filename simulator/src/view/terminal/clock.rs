//! Dates: simulated time has none, so the start of a run is set to midnight of a fixed day.

use crate::base::time::SimTime;

/// Days from 1970-01-01 to the day a run starts on: Thursday, 1 January 2026.
const FIRST_DAY: u64 = 20_454;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Year, month from 1, day from 1 of a day since 1970 (Howard Hinnant, `civil_from_days`).
fn civil(day: u64) -> (u64, u64, u64) {
    let z = day + 719_468;
    let (era, of_era) = (z / 146_097, z % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + era * 400, if month < 10 { month + 3 } else { month - 9 });
    (if month <= 2 { year + 1 } else { year }, month, date)
}

fn parts(at: SimTime) -> (u64, (u64, u64, u64), u64) {
    let seconds = at.as_micros() / 1_000_000;
    let day = FIRST_DAY + seconds / 86_400;
    (day, civil(day), seconds % 86_400)
}

/// `Thu, 01 Jan 2026 00:00:20 +0000` (Go's RFC1123Z).
pub(super) fn rfc1123z(at: SimTime) -> String {
    let (day, (year, month, date), s) = parts(at);
    let name =
        |names: &[&'static str], n: u64| usize::try_from(n).ok().and_then(|n| names.get(n).copied()).unwrap_or("");
    let weekday = name(&DAYS, day % 7);
    let month = name(&MONTHS, month - 1);
    format!("{weekday}, {date:02} {month} {year} {:02}:{:02}:{:02} +0000", s / 3_600, s / 60 % 60, s % 60)
}

/// `2026-01-01T00:00:20.025000000Z` (the kubelet's log lines).
pub(super) fn rfc3339_nano(at: SimTime) -> String {
    let (_, (year, month, date), s) = parts(at);
    let micros = at.as_micros() % 1_000_000;
    format!("{year}-{month:02}-{date:02}T{:02}:{:02}:{:02}.{micros:06}000Z", s / 3_600, s / 60 % 60, s % 60)
}

/// `2026-01-01T00:00:20Z` (times of API objects).
pub(super) fn rfc3339(at: SimTime) -> String {
    let (_, (year, month, date), s) = parts(at);
    format!("{year}-{month:02}-{date:02}T{:02}:{:02}:{:02}Z", s / 3_600, s / 60 % 60, s % 60)
}

/// Nanoseconds since 1970 (names of Kubernetes events).
pub(super) fn nanos(at: SimTime) -> u64 {
    (FIRST_DAY * 86_400 * 1_000_000).saturating_add(at.as_micros()).saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_starts_on_a_thursday() {
        assert_eq!(rfc1123z(SimTime::from_secs(20)), "Thu, 01 Jan 2026 00:00:20 +0000");
        assert_eq!(rfc3339_nano(SimTime::from_millis(90_061_025)), "2026-01-02T01:01:01.025000000Z");
        assert_eq!(rfc3339(SimTime::from_secs(86_400 * 59)), "2026-03-01T00:00:00Z");
    }
}
