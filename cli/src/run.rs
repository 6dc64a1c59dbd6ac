//! `grace run`: runs a scenario and prints what a person would want to know, as text or JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};
use simulator::base::diagnostic::{Diagnostic, Severity};
use simulator::base::limits::BATCH;
use simulator::lesson::expect;
use simulator::scenario::{Draft, Scenario};
use simulator::view::svg::{self, Lane};
use simulator::view::timers::{Timers, timers};
use simulator::view::verdict::{Verdict, verdict};
use simulator::view::{client, explain, findings, logs, place};
use simulator::world::{self, Run};

use crate::files::Files;
use crate::terminal;

/// What `--racy` says.
const RACY: &str = "racy: with another order of what happens at the same instant";
const NOT_RACY: &str = "not racy: other orders of what happens at the same instant give the same verdict";

/// So many other outcomes are listed; of more, how many there are.
const MOST_ALTERNATIVES: usize = 3;

/// `grace run`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    files: Files,
    /// Also runs it with other orders of what happens at the same instant, and says whether the verdict changes
    #[arg(long)]
    racy: bool,
    /// Types a command line at a moment of the run and prints what it prints, e.g. 'kubectl get pods'; may be given
    /// several times. A command that changes something becomes an input of the scenario
    #[arg(long = "exec", value_name = "COMMAND")]
    lines: Vec<String>,
    /// When the command of --exec is typed: 12s, 1m30s, 500ms; the n-th one belongs to the n-th command, the last one to
    /// all that follow
    #[arg(long = "at", value_name = "TIME")]
    times: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the result is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: `{"version": 1, "verdict": ..., "findings": [...], "timers": {...}, "events": [...]}`; with `--racy`
    /// also `"racy": [fields]`
    Json,
    /// A figure: a row for each process on one time axis
    Svg,
}

/// Runs a scenario and prints it. Exit code 1 if an `expect.yaml` beside it does not hold.
pub fn run(arguments: &Arguments) -> ExitCode {
    let (draft, expected) = match arguments.files.draft() {
        Ok(read) => read,
        Err(message) => {
            eprintln!("grace run: {message}");
            return ExitCode::from(2);
        }
    };
    let (scenario, remarks) = draft.check_with(BATCH);
    if !arguments.lines.is_empty() {
        return terminal::run(draft, &arguments.lines, &arguments.times);
    }
    print_remarks(&remarks);
    let Some(scenario) = scenario else { return ExitCode::from(2) };
    let run = world::run(&scenario);
    let timers = timers(&scenario, &run);
    match arguments.format {
        Format::Text => {
            let races = if arguments.racy { races(&scenario, &run) } else { Vec::new() };
            print(&text(&scenario, &draft, &run, &timers, &races));
        }
        Format::Json => {
            let mut json = json(&draft, &run, &timers);
            if arguments.racy {
                json["racy"] = json!(racy_fields(&scenario, &run));
            }
            print(&json.to_string());
        }
        Format::Svg => {
            print(&svg::figure(&[Lane { title: &scenario.title, trace: &run.trace, end: &run.end }]).to_string())
        }
    }
    let failures = expected.map(|text| expect::failures(&text, &run)).unwrap_or_default();
    for failure in &failures {
        eprintln!("{failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Which sentences of the verdict other orders of the same instants change, and to what.
fn races(scenario: &Scenario, run: &Run) -> Vec<String> {
    let first = sentences(&verdict(&run.trace, &run.end));
    let mut others: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for other in world::other_orders(scenario) {
        let all = sentences(&verdict(&other.trace, &other.end));
        for sentence in all.into_iter().filter(|sentence| !first.contains(sentence)) {
            let about = sentence.split(':').next().unwrap_or_default().to_owned();
            others.entry(about).or_default().insert(sentence);
        }
    }
    if others.is_empty() {
        return vec![NOT_RACY.to_owned()];
    }
    let lines = others.into_iter().flat_map(|(about, sentences)| match sentences.len() {
        many if many > MOST_ALTERNATIVES => vec![format!("  {about}: {many} other outcomes")],
        _ => sentences.into_iter().map(|sentence| format!("  {sentence}")).collect(),
    });
    std::iter::once(RACY.to_owned()).chain(lines).collect()
}

/// Prints; when nobody reads any more there is nobody to tell.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
}

/// Errors and warnings on standard error; what is only left out of the simulation is counted.
fn print_remarks(remarks: &[Diagnostic]) {
    for remark in remarks.iter().filter(|r| r.severity != Severity::Note) {
        eprintln!("{remark}");
    }
    for remark in remarks.iter().filter(|r| r.severity == Severity::Note) {
        eprintln!("{remark}");
    }
}

/// The whole text, put together first: a reader that goes away early is no failure.
fn text(scenario: &Scenario, draft: &Draft, run: &Run, timers: &Timers, races: &[String]) -> String {
    let (title, consumers) = (&scenario.title, &scenario.cluster.consumers);
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if !title.is_empty() {
        line(format!("{title}\n"));
    }
    let verdict = verdict(&run.trace, &run.end);
    for sentence in sentences(&verdict).iter().chain(races) {
        line(sentence.clone());
    }
    for seen in client::seen(&run.trace, &run.end, consumers) {
        let name = seen.rule.id();
        line(format!("  the client sees {} x {}  [{name}]", seen.count, seen.words));
    }
    for finding in findings::findings(&run.trace, &run.end) {
        let at = place::place(draft, &finding).map_or(String::new(), |at| format!(" ({}:{})", at.file, at.line));
        line(format!("\n{}{at}  [{}]", finding.message, finding.rule.id()));
        if !finding.fix().is_empty() {
            line(format!("  fix: {}", finding.fix().replace('\n', "\n  ")));
        }
    }
    let axis = crate::timers::text(draft, timers);
    if !axis.is_empty() {
        line(format!("\n{}", axis.trim_end()));
    }
    line("\nTimeline (seconds since the start)".to_owned());
    for event in timeline(run) {
        line(event);
    }
    line(format!("\nLogs\n{}", logs::all(&run.end).trim_end()));
    let sessions = logs::sessions(&run.end);
    if !sessions.is_empty() {
        line(format!("\nOutput of exec sessions\n{}", sessions.trim_end()));
    }
    if let Some(end) = verdict.end.event {
        line("\nWhy".to_owned());
        let why = explain::explain(&run.trace, end);
        for step in why.chain.iter().chain(&why.missed) {
            line(format!("  {}  {}  [{}]", step.at, step.sentence, step.rule.id()));
        }
    }
    out
}

/// Every event as a line.
fn timeline(run: &Run) -> Vec<String> {
    let wanted: Vec<_> = run.trace.iter().map(|(id, _)| id).collect();
    let told = explain::tell(&run.trace, &wanted);
    let line = |(e, (_, text)): (&simulator::trace::Event, &(_, String))| {
        format!("{:>12}  {text}  [{}]", e.at.to_string(), e.rule.id())
    };
    run.trace.events().iter().zip(&told).map(line).collect()
}

/// The verdict in words.
pub fn sentences(v: &Verdict) -> Vec<String> {
    let yes = |on: bool| if on { "yes" } else { "no" };
    let mut lines = vec![
        format!("stop signal reached the application: {}", yes(v.signal_reached_app.value)),
        format!("its handler finished:                {}", yes(v.handler_completed.value)),
    ];
    let grace = v.grace_s.map_or(String::new(), |g| format!(" of {g} s"));
    lines.push(match v.stopped_after.value {
        Some(time) => format!("stopped after:                       {time}{grace}"),
        None => "stopped after:                       it did not stop".to_owned(),
    });
    if let Some((code, reason)) = &v.end.value {
        lines.push(format!("exit code:                           {code} ({reason})"));
    }
    lines.push(format!("zombies left:                        {}", v.zombies.value));
    let r = v.requests;
    if r.sent > 0 {
        lines.push(format!(
            "requests lost:                       {} of {} ({} refused, {} reset, {} cut, {} timed out, {} without endpoint)",
            r.lost(),
            r.sent,
            r.refused,
            r.reset,
            r.cut,
            r.timed_out,
            r.no_endpoint
        ));
    }
    lines
}

/// What went wrong, as the wire format has it.
pub fn findings_json(draft: &Draft, run: &Run) -> Vec<Value> {
    let found = findings::findings(&run.trace, &run.end);
    let one = |f: &findings::Finding| {
        let at = place::place(draft, f);
        json!({
            "rule": f.rule.id(),
            "message": f.message,
            "file": at.as_ref().map(|at| &at.file),
            "line": at.as_ref().map(|at| at.line),
        })
    };
    found.iter().map(one).collect()
}

fn json(draft: &Draft, run: &Run, timers: &Timers) -> Value {
    let wanted: Vec<_> = run.trace.iter().map(|(id, _)| id).collect();
    let told = explain::tell(&run.trace, &wanted);
    let events: Vec<Value> = run
        .trace
        .events()
        .iter()
        .zip(&told)
        .map(|(e, (id, text))| {
            json!({
                "id": id.0,
                "at_us": e.at.as_micros(),
                "cause": e.cause.map(|c| c.0),
                "given": e.given.map(|g| g.0),
                "rule": e.rule.id(),
                "text": text,
            })
        })
        .collect();
    let verdict = verdict_json(&verdict(&run.trace, &run.end));
    json!({"version": 1, "verdict": verdict, "findings": findings_json(draft, run),
        "timers": crate::timers::json(draft, timers), "events": events})
}

/// The verdict as the wire format has it.
pub fn verdict_json(v: &Verdict) -> Value {
    let r = v.requests;
    json!({
        "signal_reached_app": v.signal_reached_app.value,
        "handler_completed": v.handler_completed.value,
        "stopped_after_s": v.stopped_after.value.map(|d| seconds(d.as_micros())),
        "grace_s": v.grace_s,
        "exit_code": v.end.value.as_ref().map(|(code, _)| code),
        "reason": v.end.value.as_ref().map(|(_, reason)| reason),
        "zombies": v.zombies.value,
        "requests": {
            "sent": r.sent, "ok": r.ok, "refused": r.refused, "reset": r.reset, "cut": r.cut,
            "timed_out": r.timed_out, "no_endpoint": r.no_endpoint, "open": r.open,
        },
    })
}

/// The values of the verdict that other orders of the same instants change: `verdict.exit_code`.
pub fn racy_fields(scenario: &Scenario, run: &Run) -> BTreeSet<String> {
    let first = verdict_json(&verdict(&run.trace, &run.end));
    let mut racy = BTreeSet::new();
    for other in world::other_orders(scenario) {
        differing(&first, &verdict_json(&verdict(&other.trace, &other.end)), "verdict", &mut racy);
    }
    racy
}

/// The paths of the values in which two verdicts differ.
fn differing(one: &Value, two: &Value, at: &str, out: &mut BTreeSet<String>) {
    match (one, two) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, value) in fields {
                differing(value, &two[name], &format!("{at}.{name}"), out);
            }
        }
        _ if one != two => {
            out.insert(at.to_owned());
        }
        _ => {}
    }
}

/// Microseconds as a JSON number of seconds with at most three decimals.
pub fn seconds(micros: u64) -> Value {
    let text = format!("{}.{:03}", micros / 1_000_000, micros % 1_000_000 / 1_000);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
