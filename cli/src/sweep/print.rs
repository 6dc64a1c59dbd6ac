//! A sweep in print: rows for people, lines for spreadsheets, one object for programs.

use std::io::Write;

use serde_json::{Map, Value, json};
use simulator::trace::Outcome;

use super::summary::{Count, Distribution, KINDS, Measure, STAGES, Sample, explains, first_lost, histogram, millis};
use super::{Axis, Point};
use crate::run::{seconds, verdict_json};

/// Widest bar of the histogram, in characters.
const BAR: usize = 40;

/// The runs at the same place on all axes but chance.
struct Row<'a> {
    names: Vec<(&'a str, String)>,
    samples: Vec<&'a Sample>,
}

fn rows<'a>(axes: &'a [Axis], points: &'a [Point]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for point in points {
        let own = axes.iter().zip(&point.at).filter(|(axis, _)| !axis.is_chance());
        let names: Vec<_> = own.map(|(axis, n)| (axis.name.as_str(), axis.value(*n))).collect();
        let samples = point.sample.as_ref();
        match rows.iter_mut().find(|row| row.names == names) {
            Some(row) => row.samples.extend(samples),
            None => rows.push(Row { names, samples: samples.into_iter().collect() }),
        }
    }
    rows
}

fn out(text: &str) {
    // When nobody reads any more there is nobody to tell.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// For people.
pub fn table(title: &str, axes: &[Axis], points: &[Point]) {
    let mut text = if title.is_empty() { String::new() } else { format!("{title}\n\n") };
    let rows = rows(axes, points);
    match rows.as_slice() {
        [row] if axes.iter().all(Axis::is_chance) => distribution(&mut text, &row.samples),
        rows if axes.iter().any(Axis::is_chance) => many(&mut text, rows),
        rows => single(&mut text, rows),
    }
    out(&text);
}

/// Cells in columns as wide as their widest; numbers to the right.
fn columns(text: &mut String, lines: &[Vec<String>]) {
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |n: usize| lines.iter().filter_map(|l| l.get(n)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    for line in lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
}

fn head(row: Option<&Row<'_>>, rest: &[&str]) -> Vec<String> {
    let names = row.map(|r| r.names.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()).unwrap_or_default();
    names.into_iter().chain(rest.iter().map(|s| (*s).to_owned())).collect()
}

/// One run a row.
fn single(text: &mut String, rows: &[Row<'_>]) {
    let requests = rows.iter().flat_map(|r| &r.samples).any(|s| s.verdict.requests.sent > 0);
    let mut titles = vec!["stopped after", "exit code", "signal reached", "zombies"];
    if requests {
        titles.extend(["sent", "ok", "cut", "reset", "refused", "timed out", "no endpoint", "lost"]);
    }
    let mut lines = vec![head(rows.first(), &titles)];
    for row in rows {
        let mut line: Vec<String> = row.names.iter().map(|(_, value)| value.clone()).collect();
        let Some(sample) = row.samples.first() else {
            line.push("not possible".to_owned());
            lines.push(line);
            continue;
        };
        let v = &sample.verdict;
        line.push(v.stopped_after.value.map_or_else(|| "-".to_owned(), |d| d.to_string()));
        line.push(v.end.value.as_ref().map_or_else(|| "-".to_owned(), |(code, reason)| format!("{code} {reason}")));
        line.push(if v.signal_reached_app.value { "yes" } else { "no" }.to_owned());
        line.push(v.zombies.value.to_string());
        if requests {
            line.extend([v.requests.sent.to_string(), v.requests.ok.to_string()]);
            line.extend(KINDS.iter().map(|(_, count)| count(sample).to_string()));
        }
        lines.push(line);
    }
    columns(text, &lines);
}

/// Several runs a row: the median of each kind, and how far the losses reach.
fn many(text: &mut String, rows: &[Row<'_>]) {
    let titles =
        ["runs", "cut", "reset", "refused", "timed out", "no endpoint", "lost", "least", "5 %", "95 %", "most"];
    let mut lines = vec![head(rows.first(), &titles)];
    for row in rows {
        let mut line: Vec<String> = row.names.iter().map(|(_, value)| value.clone()).collect();
        line.push(row.samples.len().to_string());
        let of = |count: Count| Distribution::of(row.samples.iter().map(|s| u64::from(count(s))).collect());
        line.extend(KINDS.iter().filter_map(|(_, count)| of(*count)).map(|d| d.median.to_string()));
        let lost = KINDS.last().and_then(|(_, count)| of(*count));
        line.extend(lost.into_iter().flat_map(|d| [d.least, d.low, d.high, d.most]).map(|n| n.to_string()));
        lines.push(line);
    }
    columns(text, &lines);
    text.push_str("\nCounts of requests: the median of the runs, and for all that were lost how far they reach.\n");
}

/// All runs differ by chance only.
fn distribution(text: &mut String, samples: &[&Sample]) {
    let sent = samples.iter().map(|s| s.verdict.requests.sent).max().unwrap_or(0);
    text.push_str(&format!("{} runs that differ by chance, {sent} requests each\n\n", samples.len()));
    let titles = ["requests", "least", "5 %", "median", "mean", "95 %", "most"];
    let mut lines = vec![titles.map(str::to_owned).to_vec()];
    for (name, count) in KINDS {
        let numbers = samples.iter().map(|s| u64::from(count(s))).collect();
        lines.extend(Distribution::of(numbers).map(|d| cells(name, &d)));
    }
    columns(text, &lines);
    let lost: Vec<u64> = samples.iter().map(|s| u64::from(s.verdict.requests.lost())).collect();
    text.push_str("\nlost, in how many runs\n");
    let steps = histogram(&lost);
    let fullest = steps.iter().map(|(_, _, n)| *n).max().unwrap_or(0).max(1);
    for (from, to, runs) in steps {
        let bar = "#".repeat((runs * BAR).div_ceil(fullest));
        text.push_str(format!("{from:>6}-{to:<6} {runs:>6} {bar}").trim_end());
        text.push('\n');
    }
    order(text, samples);
    stages(text, samples);
}

fn cells(name: &str, d: &Distribution) -> Vec<String> {
    let mean = format!("{}.{}", d.mean_tenths / 10, d.mean_tenths % 10);
    let numbers =
        [d.least.to_string(), d.low.to_string(), d.median.to_string(), mean, d.high.to_string(), d.most.to_string()];
    std::iter::once(name.to_owned()).chain(numbers).collect()
}

fn order(text: &mut String, samples: &[&Sample]) {
    let kinds = Outcome::ALL.into_iter().filter(|o| *o != Outcome::Ok);
    let mut lost: Vec<_> = kinds.filter_map(|o| first_lost(samples, o).map(|(n, e)| (e.first, e.last, n, o))).collect();
    lost.sort();
    if lost.is_empty() {
        return;
    }
    text.push_str("\nwhen requests were sent that were lost, since the stop began (medians)\n");
    let mut lines = vec![["", "first", "last", "in runs"].map(str::to_owned).to_vec()];
    for (first, last, runs, outcome) in lost {
        lines.push(vec![outcome.word().to_owned(), first.to_string(), last.to_string(), runs.to_string()]);
    }
    columns(text, &lines);
}

fn stages(text: &mut String, samples: &[&Sample]) {
    let kinds = KINDS.iter().filter(|(name, _)| *name != "no endpoint").copied();
    let varying: Vec<(&str, Count)> = kinds.chain([("refused of both", refused_share as Count)]).collect();
    text.push_str("\nstages, in milliseconds since the stop began, and how much of the differences goes with each\n");
    let titles = ["stage", "least", "median", "most"].into_iter().chain(varying.iter().map(|(name, _)| *name));
    let mut lines = vec![titles.map(str::to_owned).collect::<Vec<_>>()];
    for (name, measure) in STAGES {
        let Some(d) = Distribution::of(millis(samples, measure)) else { continue };
        let mut line = vec![name.to_owned(), d.least.to_string(), d.median.to_string(), d.most.to_string()];
        let share = |count| explains(samples, count, measure).map_or_else(|| "-".to_owned(), |r| format!("{r} %"));
        line.extend(varying.iter().map(|(_, count)| share(*count)));
        lines.push(line);
    }
    columns(text, &lines);
    let lost = KINDS.last().map(|(_, count)| *count);
    let most =
        STAGES.iter().filter_map(|(name, m)| lost.and_then(|lost| explains(samples, lost, *m)).map(|r| (r, *name)));
    if let Some((share, name)) = most.max() {
        text.push_str(&format!("\nWhat is lost varies most with this stage: {name}, {share} % of the variance.\n"));
    }
}

/// Of the requests that came too late to a pod, those that were refused, in thousandths: the others were not answered.
fn refused_share(sample: &Sample) -> u32 {
    let r = sample.verdict.requests;
    (r.refused * 1_000).checked_div(r.refused + r.timed_out).unwrap_or(0)
}

/// A line a run.
pub fn csv(axes: &[Axis], points: &[Point]) {
    let mut names: Vec<String> = axes.iter().map(|a| a.name.clone()).collect();
    names.extend(["sent", "ok"].map(str::to_owned));
    names.extend(KINDS.iter().map(|(name, _)| name.replace(' ', "_")));
    names.extend(["stopped_after_s", "exit_code", "zombies"].map(str::to_owned));
    names.extend(["first_signal_ms", "last_signal_ms", "last_unrouted_ms", "first_network_gone_ms"].map(str::to_owned));
    let mut text = names.join(",");
    text.push('\n');
    for point in points {
        let Some(sample) = &point.sample else { continue };
        let v = &sample.verdict;
        let mut line: Vec<String> = axes.iter().zip(&point.at).map(|(axis, n)| axis.value(*n)).collect();
        line.extend([v.requests.sent.to_string(), v.requests.ok.to_string()]);
        line.extend(KINDS.iter().map(|(_, count)| count(sample).to_string()));
        line.push(v.stopped_after.value.map(|d| seconds(d.as_micros()).to_string()).unwrap_or_default());
        line.push(v.end.value.as_ref().map(|(code, _)| code.to_string()).unwrap_or_default());
        line.push(v.zombies.value.to_string());
        let time = |measure: Measure| measure(&sample.stages);
        line.extend(
            STAGES.iter().map(|(_, m)| time(*m).map(|d| (d.as_micros() / 1_000).to_string()).unwrap_or_default()),
        );
        text.push_str(&line.join(","));
        text.push('\n');
    }
    out(&text);
}

/// One object: the rows with their distributions, and every run.
pub fn json(axes: &[Axis], points: &[Point]) {
    let object = |names: &[(&str, String)]| -> Map<String, Value> {
        names.iter().map(|(name, value)| ((*name).to_owned(), number(value))).collect()
    };
    let row = |row: &Row<'_>| {
        let mut requests = Map::new();
        for (name, count) in KINDS {
            let numbers = row.samples.iter().map(|s| u64::from(count(s))).collect();
            requests.insert(name.replace(' ', "_"), Distribution::of(numbers).map_or(Value::Null, spread));
        }
        let stage = |(name, measure): &(&str, Measure)| {
            let times = Distribution::of(millis(&row.samples, *measure)).map_or(Value::Null, spread);
            let shares: Map<String, Value> =
                KINDS.iter().map(|(k, c)| (k.replace(' ', "_"), json!(explains(&row.samples, *c, *measure)))).collect();
            json!({"stage": name, "ms": times, "explains_percent": shares})
        };
        let stages: Vec<Value> = STAGES.iter().map(stage).collect();
        json!({"values": object(&row.names), "runs": row.samples.len(), "requests": requests, "stages": stages})
    };
    let run = |point: &Point| {
        let names: Vec<_> = axes.iter().zip(&point.at).map(|(a, n)| (a.name.as_str(), a.value(*n))).collect();
        json!({"values": object(&names), "verdict": point.sample.as_ref().map(|s| verdict_json(&s.verdict))})
    };
    let keys: Vec<&str> = axes.iter().map(|a| a.name.as_str()).collect();
    let rows: Vec<Value> = rows(axes, points).iter().map(row).collect();
    let runs: Vec<Value> = points.iter().map(run).collect();
    out(&format!("{}\n", json!({"version": 1, "keys": keys, "rows": rows, "runs": runs})));
}

fn number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| json!(text), |n| json!(n))
}

fn spread(d: Distribution) -> Value {
    let mean = format!("{}.{}", d.mean_tenths / 10, d.mean_tenths % 10);
    let mean: Value = serde_json::from_str(&mean).unwrap_or(Value::Null);
    json!({"least": d.least, "p5": d.low, "median": d.median, "mean": mean, "p95": d.high, "most": d.most})
}
