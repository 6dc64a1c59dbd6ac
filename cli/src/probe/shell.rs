//! `{"probe":"shell"}`: a shell build as PID 1 of a bare namespace, in the wire format of the measured records.
//!
//! Fields that are empty or false are left out where the records leave them out. What is run and watched is decided in
//! `simulator::probe::shell`.

use super::{Fields, read};
use serde::Deserialize;
use serde_json::{Value, json};
use simulator::base::signal::Signal;
use simulator::base::time::SimTime;
use simulator::probe::play::{Play, play};
use simulator::probe::race::racy;
use simulator::probe::shell::{Outcome, Question, TreeEntry, ask, not_simulated, tree_shape};
use simulator::trace::ExitStatus;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    shell: String,
    argv: Vec<String>,
    #[serde(default)]
    script_file: Option<String>,
    #[serde(default)]
    stdin: Option<String>,
    /// Signals at given times, instead of one of each kind after the settled state.
    #[serde(default)]
    signals: Option<Vec<Sent>>,
    /// With `signals`: the last look, in milliseconds from the start.
    #[serde(default)]
    until_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    at_ms: u64,
    signal: String,
}

/// Answers a request.
pub fn answer(fields: Fields) -> Result<Fields, String> {
    let request: Request = read(fields)?;
    let Request { shell, argv, script_file, stdin, signals, until_ms } = request;
    let question = Question { shell, argv, script_file, stdin };
    let not_simulated = not_simulated(&question);
    let mut out = match signals {
        Some(signals) => scheduled(question, &signals, until_ms)?,
        None => settled(&question)?,
    };
    if !not_simulated.is_empty() {
        out.insert("not_simulated".into(), json!(not_simulated));
    }
    Ok(out)
}

/// The settled state, and what each signal leads to from there.
fn settled(question: &Question) -> Result<Fields, String> {
    let answer = ask(question)?;
    let racy = racy(question, &answer)?;
    let mut out = Fields::new();
    out.insert("settles".into(), json!(answer.self_exit.is_none()));
    out.insert("tree".into(), answer.tree.iter().map(entry).collect());
    out.insert("shape".into(), json!(tree_shape(&answer.tree)));
    out.insert("zombies".into(), json!(zombies(&answer.tree)));
    if let Some(outcome) = &answer.self_exit {
        let mut end = ended(outcome);
        end.insert("end_s".into(), seconds(outcome));
        out.insert("self_exit".into(), Value::Object(end));
    }
    for (signal, outcome) in &answer.signals {
        out.insert(signal.to_string(), Value::Object(after_signal(outcome)));
    }
    if !racy.is_empty() {
        out.insert("racy".into(), json!(racy));
    }
    Ok(out)
}

/// A run with its own times: the tree before each signal and at the end, and what was logged and printed in all.
fn scheduled(question: Question, signals: &[Sent], until_ms: u64) -> Result<Fields, String> {
    let signals = signals.iter().map(|sent| {
        let signal = Signal::from_name(&sent.signal).ok_or_else(|| format!("no signal {}", sent.signal))?;
        Ok((SimTime::from_millis(sent.at_ms), signal))
    });
    let signals = signals.collect::<Result<Vec<_>, String>>()?;
    let played = play(&Play { question, signals, until: SimTime::from_millis(until_ms) }, 0)?;
    let mut out = Fields::new();
    let looks = played.looks.iter().map(|look| look.iter().map(entry).collect::<Value>());
    out.insert("looks".into(), looks.collect());
    if let Some((status, at)) = played.ended {
        out.insert("pid1".into(), pid1(status));
        out.insert("exit_code".into(), json!(status.container_code()));
        out.insert("ended_ms".into(), json!(at.as_micros() / 1_000));
    }
    out.insert("events".into(), json!(played.events));
    out.insert("output".into(), json!(played.output));
    Ok(out)
}

fn pid1(status: ExitStatus) -> Value {
    match status {
        ExitStatus::Exited(code) => json!({ "code": code }),
        ExitStatus::Signaled(signal) => json!({ "signal": name(&signal) }),
    }
}

fn name(signal: &Signal) -> String {
    // The records count real-time signals from 32, as the kernel does.
    if signal.number() > 31 { format!("RT{}", signal.number()) } else { signal.to_string() }
}

/// Without the path of the scratch directory.
fn short(text: &str) -> String {
    text.replace("/box/bin/", "").replace("/box", ".")
}

fn zombies(tree: &[TreeEntry]) -> usize {
    tree.iter().filter(|e| e.state == 'Z').count()
}

fn entry(e: &TreeEntry) -> Value {
    let mut out = Fields::new();
    out.insert("pid".into(), json!(e.pid));
    out.insert("ppid".into(), json!(e.ppid));
    out.insert("pgid".into(), json!(e.pgid));
    out.insert("sid".into(), json!(e.sid));
    out.insert("state".into(), json!(e.state.to_string()));
    out.insert("comm".into(), json!(e.comm));
    let argv: Vec<String> = e.argv.iter().map(|a| short(a)).collect();
    if argv != [e.comm.clone()] {
        out.insert("argv".into(), json!(argv));
    }
    for (key, set) in [("ign", &e.ignored), ("cgt", &e.caught), ("blk", &e.blocked), ("pnd", &e.pending)] {
        if !set.is_empty() {
            out.insert(key.into(), set.iter().map(name).collect());
        }
    }
    Value::Object(out)
}

fn seconds(outcome: &Outcome) -> Value {
    // Tenths of a second, as the records have them.
    let tenths = (outcome.after.as_millis() + 50) / 100;
    json!(tenths as f64 / 10.0)
}

/// How PID 1 ended and what was logged and printed.
fn ended(outcome: &Outcome) -> Fields {
    let mut out = Fields::new();
    if let Some(status) = outcome.pid1 {
        out.insert("pid1".into(), pid1(status));
        out.insert("exit_code".into(), json!(status.container_code()));
    }
    if !outcome.events.is_empty() {
        out.insert("events".into(), json!(outcome.events));
    }
    if !outcome.output.is_empty() {
        out.insert("output".into(), json!(outcome.output));
    }
    out
}

fn after_signal(outcome: &Outcome) -> Fields {
    let mut out = Fields::new();
    out.insert("pid1_died".into(), json!(outcome.pid1.is_some()));
    out.extend(ended(outcome));
    if outcome.pid1.is_some() {
        out.insert("died_after_s".into(), seconds(outcome));
    } else {
        out.insert("left".into(), json!(tree_shape(&outcome.left)));
        if zombies(&outcome.left) > 0 {
            out.insert("left_zombies".into(), json!(zombies(&outcome.left)));
        }
    }
    out.insert("app_got_signal".into(), json!(outcome.app_got_signal()));
    if !outcome.killed_with_pid1.is_empty() {
        out.insert("killed_with_pid1".into(), json!(outcome.killed_with_pid1));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_form_under_debian_answers_as_the_record_says() {
        let request = json!({"shell": "dash-0.5.12-bookworm", "argv": ["sh", "-c", "app"]});
        let out = answer(request.as_object().unwrap().clone()).unwrap();
        assert_eq!(out["shape"], "sh[app]");
        assert_eq!(out["TERM"], json!({"pid1_died": false, "left": "sh[app]", "app_got_signal": false}));
        assert_eq!(out["KILL"]["killed_with_pid1"], json!(["app"]));
        assert_eq!(out["KILL"]["exit_code"], 137);
    }

    #[test]
    fn signals_may_have_times_of_their_own() {
        let request = json!({"shell": "dash-0.5.12-bookworm", "argv": ["sh", "-c", "exec app30"],
            "signals": [{"at_ms": 400, "signal": "TERM"}], "until_ms": 900});
        let out = answer(request.as_object().unwrap().clone()).unwrap();
        assert_eq!(out["looks"][0][0]["comm"], "app30");
        assert_eq!((&out["exit_code"], &out["ended_ms"]), (&json!(30), &json!(500)));
        assert_eq!(out["events"], json!(["app30 1 start ppid=0", "app30 1 got TERM", "app30 1 exit 30"]));
    }

    #[test]
    fn what_depends_on_the_order_within_an_instant_is_listed() {
        let script = "trap 'kill -TERM $P' TERM; app30 & P=$!; wait $P";
        let request = json!({"shell": "dash-0.5.12-bookworm", "argv": ["sh", "-c", script]});
        let out = answer(request.as_object().unwrap().clone()).unwrap();
        assert_eq!(out["racy"], json!(["TERM.app_got_signal", "TERM.events"]));
    }

    #[test]
    fn an_unknown_build_is_an_error() {
        let request = json!({"shell": "fish-3", "argv": ["fish"]});
        assert_eq!(answer(request.as_object().unwrap().clone()).unwrap_err(), "no shell build fish-3");
    }
}
