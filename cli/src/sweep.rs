//! `grace sweep`: the same scenario over ranges of numbers, on all cores, as a table, CSV or JSON.
//!
//! Over seeds the rows are distributions. Not here: how runs are summed up (`sweep::summary`).

mod print;
mod summary;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ValueEnum;
use simulator::base::diagnostic::Severity;
use simulator::base::limits::BATCH;
use simulator::scenario::knob::Knob;
use simulator::scenario::{Draft, SCENARIO_FILE, Scenario, edit};
use simulator::view::stages::stages;
use simulator::view::verdict::verdict;
use simulator::world;

use crate::files::Files;
use summary::Sample;

/// Most runs of one sweep: some minutes of a fleet under load.
const MOST_RUNS: usize = 100_000;

/// `grace sweep`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    files: Files,
    /// What to turn: KEY=A..B, KEY=A..B..STEP or KEY=A,B,C; several keys give every combination. Keys are seed, tie_salt,
    /// replicas, grace, preStop (seconds), lag_ms, per_s, service_ms, keep_alive, or a setting of scenario.yaml
    #[arg(value_name = "KEY=A..B")]
    keys: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How the result is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: a row for each combination; over seeds how losses are distributed, and what makes them differ
    Table,
    /// A line for each run
    Csv,
    /// For programs: `{"version": 1, "keys": [...], "rows": [...], "runs": [...]}`
    Json,
}

/// A key with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// As it was typed.
    pub name: String,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    Numbers(Vec<u64>),
    /// Written into `scenario.yaml` as they stand.
    Texts(Vec<String>),
}

impl Axis {
    fn len(&self) -> usize {
        match &self.values {
            Values::Numbers(numbers) => numbers.len(),
            Values::Texts(texts) => texts.len(),
        }
    }

    /// The n-th value in print.
    pub fn value(&self, n: usize) -> String {
        match &self.values {
            Values::Numbers(numbers) => numbers.get(n).map(u64::to_string).unwrap_or_default(),
            Values::Texts(texts) => texts.get(n).cloned().unwrap_or_default(),
        }
    }

    /// Are its values nothing but chance?
    pub fn is_chance(&self) -> bool {
        matches!(Knob::by_name(&self.name), Some(Knob::Seed | Knob::TieSalt))
    }
}

/// One run: the place on every axis, and what came of it.
pub struct Point {
    /// For every axis the number of its value.
    pub at: Vec<usize>,
    /// `None`: the scenario has no such variant.
    pub sample: Option<Sample>,
}

/// Runs the sweep and prints it.
pub fn run(arguments: &mut Arguments) -> ExitCode {
    let mut keys = std::mem::take(&mut arguments.keys);
    // Without a folder the first key stands in its place.
    if let Some(key) = arguments.files.take_key() {
        keys.insert(0, key);
    }
    match sweep(arguments, &keys) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("grace sweep: {message}");
            ExitCode::from(2)
        }
    }
}

fn sweep(arguments: &Arguments, keys: &[String]) -> Result<(), String> {
    if keys.is_empty() {
        return Err("say what to turn, for example seed=1..100 or preStop=0..10".to_owned());
    }
    let axes: Vec<Axis> = keys.iter().map(|key| axis(key)).collect::<Result<_, _>>()?;
    let count = axes.iter().fold(1_usize, |n, axis| n.saturating_mul(axis.len()));
    if count > MOST_RUNS {
        return Err(format!("{count} runs are more than {MOST_RUNS}"));
    }
    let (draft, _) = arguments.files.draft()?;
    let scenario = checked(&draft)?;
    let points = on_all_cores(count, |n| {
        let at = place(&axes, n);
        let sample = variant(&draft, &scenario, &axes, &at).map(|scenario| measure(&scenario));
        Point { at, sample }
    });
    if points.iter().all(|p| p.sample.is_none()) {
        return Err("the scenario has no place for these values: requests need traffic, pods have a limit".to_owned());
    }
    match arguments.format {
        Format::Table => print::table(&scenario.title, &axes, &points),
        Format::Csv => print::csv(&axes, &points),
        Format::Json => print::json(&axes, &points),
    }
    Ok(())
}

fn checked(draft: &Draft) -> Result<Scenario, String> {
    let (scenario, remarks) = draft.check_with(BATCH);
    let errors = || remarks.iter().filter(|r| r.severity == Severity::Error).map(ToString::to_string);
    scenario.ok_or_else(|| errors().collect::<Vec<_>>().join("\n"))
}

/// `KEY=A..B`, `KEY=A..B..STEP`, `KEY=A,B,C`.
fn axis(text: &str) -> Result<Axis, String> {
    let wrong = || format!("{text}: write KEY=A..B, KEY=A..B..STEP or KEY=A,B,C");
    let (name, range) = text.split_once('=').ok_or_else(wrong)?;
    let parts: Vec<&str> = range.split("..").collect();
    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
    let numbers = match parts.as_slice() {
        [from, to] => Some((number(from)?, number(to)?, 1)),
        [from, to, step] => Some((number(from)?, number(to)?, number(step)?.max(1))),
        _ => None,
    };
    let values = match numbers {
        Some((from, to, step)) => {
            let step = usize::try_from(step).map_err(|_| wrong())?;
            if to.saturating_sub(from) / step as u64 >= MOST_RUNS as u64 {
                return Err(format!("{text}: more than {MOST_RUNS} values"));
            }
            Values::Numbers((from..=to).step_by(step).collect())
        }
        None => {
            let texts: Vec<&str> = range.split(',').map(str::trim).collect();
            match texts.iter().map(|t| t.parse::<u64>()).collect() {
                Ok(numbers) => Values::Numbers(numbers),
                Err(_) => Values::Texts(texts.into_iter().map(str::to_owned).collect()),
            }
        }
    };
    let axis = Axis { name: name.to_owned(), values };
    if axis.len() == 0 { Err(format!("{text}: there is nothing in this range")) } else { Ok(axis) }
}

/// The place of run `n` on every axis; the last one turns fastest.
fn place(axes: &[Axis], mut n: usize) -> Vec<usize> {
    let mut at: Vec<usize> = axes
        .iter()
        .rev()
        .map(|axis| {
            let own = n % axis.len().max(1);
            n /= axis.len().max(1);
            own
        })
        .collect();
    at.reverse();
    at
}

/// The scenario at a place: settings that no knob knows are written into the text, which is then read again.
fn variant(draft: &Draft, scenario: &Scenario, axes: &[Axis], at: &[usize]) -> Option<Scenario> {
    let mut text = draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
    let mut typed = false;
    let mut turned = Vec::new();
    for (axis, n) in axes.iter().zip(at) {
        match (&axis.values, Knob::by_name(&axis.name)) {
            (Values::Numbers(numbers), Some(knob)) => turned.push((knob, *numbers.get(*n)?)),
            _ => {
                text = edit::set(&text, &format!("settings.{}", axis.name), &axis.value(*n))?;
                typed = true;
            }
        }
    }
    let mut variant = scenario.clone();
    if typed {
        let mut draft = draft.clone();
        draft.files.insert(SCENARIO_FILE.to_owned(), text);
        variant = checked(&draft).ok()?;
    }
    turned.into_iter().try_fold(variant, |scenario, (knob, value)| scenario.with(knob, value))
}

fn measure(scenario: &Scenario) -> Sample {
    let run = world::run(scenario);
    Sample { verdict: verdict(&run.trace, &run.end), stages: stages(&run.trace, &run.end) }
}

/// The same work for every number below `count`, in order, on as many threads as there are cores.
#[expect(clippy::disallowed_methods, reason = "each run is one sequence of events; whole runs go side by side")]
fn on_all_cores<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(count.max(1));
    let next = AtomicUsize::new(0);
    let own = || {
        let mut done = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                return done;
            }
            done.push((n, work(n)));
        }
    };
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(own)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let axis = axis(text).unwrap();
        (0..axis.len()).map(|n| axis.value(n)).collect()
    }

    #[test]
    fn a_range_has_both_its_ends_and_may_have_a_step() {
        assert_eq!(values("preStop=0..3"), ["0", "1", "2", "3"]);
        assert_eq!(values("lag_ms=0..1000..500"), ["0", "500", "1000"]);
        assert_eq!(values("traffic.path=kube-proxy,alb"), ["kube-proxy", "alb"]);
        assert!(axis("seed").is_err() && axis("seed=3..1").is_err() && axis("seed=1..x").is_err());
    }

    #[test]
    fn every_combination_is_run_once_and_the_last_key_turns_fastest() {
        let axes = [axis("a=1..2").unwrap(), axis("b=1..3").unwrap()];
        let places: Vec<Vec<usize>> = (0..6).map(|n| place(&axes, n)).collect();
        assert_eq!(places[1], [0, 1]);
        assert_eq!(places[5], [1, 2]);
    }

    #[test]
    fn work_on_all_cores_comes_back_in_order() {
        assert_eq!(on_all_cores(100, |n| n * 2), (0..100).map(|n| n * 2).collect::<Vec<_>>());
    }
}
