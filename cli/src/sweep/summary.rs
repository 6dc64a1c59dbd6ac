//! Many runs as a few numbers: how losses are distributed, and which stage of the stop varies with them.

use simulator::base::time::SimDuration;
use simulator::trace::Outcome;
use simulator::view::stages::{Extent, Stages};
use simulator::view::verdict::Verdict;

/// What is kept of one run.
pub struct Sample {
    /// Its verdict.
    pub verdict: Verdict,
    /// Its stages.
    pub stages: Stages,
}

/// Counts requests of one run.
pub type Count = fn(&Sample) -> u32;

/// Kinds of losses, with the word for each, and all together.
pub const KINDS: [(&str, Count); 6] = [
    ("cut", |s| s.verdict.requests.cut),
    ("reset", |s| s.verdict.requests.reset),
    ("refused", |s| s.verdict.requests.refused),
    ("timed out", |s| s.verdict.requests.timed_out),
    ("no endpoint", |s| s.verdict.requests.no_endpoint),
    ("lost", |s| s.verdict.requests.lost()),
];

/// A stage as one time of each run, in milliseconds.
pub type Measure = fn(&Stages) -> Option<SimDuration>;

/// The stages, with what they are called.
pub const STAGES: [(&str, Measure); 4] = [
    ("first stop signal", |s| s.stop_signals.map(|e| e.first)),
    ("last stop signal", |s| s.stop_signals.map(|e| e.last)),
    ("last pod out of all routes (endpoint lag)", |s| s.unrouted.map(|e| e.last)),
    ("first address gone (network teardown)", |s| s.network_gone.map(|e| e.first)),
];

/// Least, 5 %, median, mean, 95 %, most of some numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The least.
    pub least: u64,
    /// One in twenty is below.
    pub low: u64,
    /// Half are below.
    pub median: u64,
    /// In tenths.
    pub mean_tenths: u64,
    /// One in twenty is above.
    pub high: u64,
    /// The most.
    pub most: u64,
}

impl Distribution {
    /// Of at least one number.
    pub fn of(mut numbers: Vec<u64>) -> Option<Distribution> {
        numbers.sort_unstable();
        let last = numbers.len().checked_sub(1)?;
        let at = |hundredths: usize| numbers.get(last * hundredths / 100).copied().unwrap_or(0);
        let sum: u64 = numbers.iter().sum();
        Some(Distribution {
            least: at(0),
            low: at(5),
            median: at(50),
            mean_tenths: sum * 10 / numbers.len() as u64,
            high: at(95),
            most: at(100),
        })
    }
}

/// Times of a stage over many runs, in milliseconds.
pub fn millis(samples: &[&Sample], measure: Measure) -> Vec<u64> {
    samples.iter().filter_map(|s| measure(&s.stages)).map(|d| d.as_micros() / 1_000).collect()
}

/// When requests that ended so were first sent, in milliseconds since the stop began: median over the runs that had any.
pub fn first_lost(samples: &[&Sample], outcome: Outcome) -> Option<(usize, Extent)> {
    let of = |s: &&Sample| s.stages.lost.iter().find(|(o, _)| *o == outcome).map(|(_, extent)| *extent);
    let extents: Vec<Extent> = samples.iter().filter_map(of).collect();
    let median = |mut times: Vec<SimDuration>| {
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    };
    let first = median(extents.iter().map(|e| e.first).collect())?;
    let last = median(extents.iter().map(|e| e.last).collect())?;
    Some((extents.len(), Extent { first, last }))
}

/// How much of the variance of the losses goes with a stage: the square of Pearson's correlation, in hundredths. `None` if
/// one of the two does not vary.
pub fn explains(samples: &[&Sample], kind: Count, measure: Measure) -> Option<u64> {
    let pair = |s: &&Sample| measure(&s.stages).map(|d| (d.as_micros() as f64, f64::from(kind(s))));
    let pairs: Vec<(f64, f64)> = samples.iter().filter_map(pair).collect();
    let count = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(|p| p.0), mean(|p| p.1));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        xx += (x - x_mean).powi(2);
        yy += (y - y_mean).powi(2);
        xy += (x - x_mean) * (y - y_mean);
    }
    let varies = xx > 0.0 && yy > 0.0;
    varies.then(|| (100.0 * xy * xy / (xx * yy)).round() as u64)
}

/// Runs by the number of lost requests, in about ten steps of a round width: from, to, runs.
pub fn histogram(numbers: &[u64]) -> Vec<(u64, u64, usize)> {
    let most = numbers.iter().max().copied().unwrap_or(0);
    let widths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000];
    let width = widths.into_iter().find(|w| most / w < 14).unwrap_or(u64::MAX);
    (0..=most / width)
        .map(|n| {
            let (from, to) = (n * width, n * width + width - 1);
            (from, to, numbers.iter().filter(|x| (from..=to).contains(*x)).count())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_has_its_ends_and_its_middle() {
        let of = Distribution::of((0..=100).collect()).unwrap();
        assert_eq!((of.least, of.low, of.median, of.high, of.most), (0, 5, 50, 95, 100));
        assert_eq!(of.mean_tenths, 500);
        assert_eq!(Distribution::of(Vec::new()), None);
    }

    #[test]
    fn a_histogram_counts_every_run_once() {
        assert_eq!(histogram(&[0, 0, 1, 3]), [(0, 0, 2), (1, 1, 1), (2, 2, 0), (3, 3, 1)]);
        assert_eq!(histogram(&[5, 130]).iter().map(|(_, _, n)| n).sum::<usize>(), 2);
        assert_eq!(histogram(&[130]).last(), Some(&(130, 139, 1)));
    }
}
