//! Simulated time: whole microseconds since the start of the run. No wall clock anywhere.

use std::fmt;
use std::ops::{Add, Sub};

/// An instant of the run, in microseconds since its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct SimTime(u64);

/// A length of simulated time, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: SimTime = SimTime(0);

    /// The instant `micros` microseconds after the start.
    pub const fn from_micros(micros: u64) -> Self {
        SimTime(micros)
    }

    /// The instant `millis` milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Self {
        SimTime(millis.saturating_mul(1_000))
    }

    /// The instant `seconds` seconds after the start.
    pub const fn from_secs(seconds: u64) -> Self {
        SimTime(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the start.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Time from `earlier` to this instant; zero if `earlier` is later.
    pub const fn since(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time.
    pub const ZERO: SimDuration = SimDuration(0);

    /// `micros` microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        SimDuration(micros)
    }

    /// `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        SimDuration(millis.saturating_mul(1_000))
    }

    /// `seconds` seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        SimDuration(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Milliseconds, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Seconds to the nearest millisecond, without zeros that say nothing: `5`, `0.25`.
    pub fn in_seconds(self) -> String {
        let millis = (self.0 + 500) / 1_000;
        let text = format!("{}.{:03}", millis / 1_000, millis % 1_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Whole seconds, rounded down, as the kubelet counts elapsed grace.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// This minus `other`; zero if `other` is longer.
    #[must_use]
    pub const fn saturating_sub(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_sub(other.0))
    }

    /// This times `n`.
    #[must_use]
    pub const fn times(self, n: u64) -> SimDuration {
        SimDuration(self.0.saturating_mul(n))
    }

    /// A decimal number of seconds (`1`, `0.5`, `4.7`), at most six places counted; `None` if it is not one.
    pub fn parse_secs(text: &str) -> Option<SimDuration> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let places: String = fraction.chars().chain("000000".chars()).take(6).collect();
        Some(SimDuration(whole.checked_mul(1_000_000)?.checked_add(places.parse().ok()?)?))
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, d: SimDuration) -> SimTime {
        SimTime(self.0.saturating_add(d.0))
    }
}

impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, d: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_add(d.0))
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = SimTime;
    fn sub(self, d: SimDuration) -> SimTime {
        SimTime(self.0.saturating_sub(d.0))
    }
}

fn seconds(micros: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}.{:03} s", micros / 1_000_000, micros % 1_000_000 / 1_000)
}

/// Seconds with three decimals, cut off: `30.002 s`.
impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        seconds(self.0, f)
    }
}

/// Seconds with three decimals, cut off: `0.100 s`.
impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        seconds(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_seconds_are_read_without_floats() {
        assert_eq!(SimDuration::parse_secs("4.7"), Some(SimDuration::from_millis(4_700)));
        assert_eq!(SimDuration::parse_secs(".5"), Some(SimDuration::from_millis(500)));
        assert_eq!(SimDuration::parse_secs("1e3"), None);
        assert_eq!(SimDuration::parse_secs(""), None);
    }

    #[test]
    fn time_saturates_instead_of_wrapping() {
        assert_eq!(SimTime::from_secs(1).since(SimTime::from_secs(2)), SimDuration::ZERO);
        assert_eq!(SimTime::from_secs(u64::MAX) + SimDuration::from_secs(1), SimTime::from_micros(u64::MAX));
    }

    #[test]
    fn times_print_as_seconds_with_three_places() {
        assert_eq!(SimTime::from_micros(30_002_999).to_string(), "30.002 s");
    }
}
