//! The shell language against real shells: scripts of the kinds that stand in entrypoints, each with what real shells
//! print and end with.
//!
//! The scripts are in `scripts/*.txt`, separated by lines `#### name [-c] [arguments]`; `-c` runs the text as an
//! argument instead of a file. What the shells did is in `../data/language.json.gz`, written by
//! `cargo test -p simulator --test language measure -- --ignored` as root on a Linux that has the shells.
//! Signals from outside are not in here: see `shell_matrix`.
//!
//! `SHELL_ID=dash` and `SCRIPT=name` narrow what is compared and print every difference.

mod aliases;
mod builds;
mod command_line;
mod constructs;
mod corpus;
mod measure;

use corpus::{Script, scripts};
use flate2::read::GzDecoder;
use serde_json::Value;
use simulator::probe::shell::{Question, ask};
use simulator::shell::variants::by_id;
use simulator::trace::ExitStatus;
use std::collections::BTreeMap;

/// Scripts that agree, by shell build: the floor. A build that is not named has to agree on all.
const FLOOR: &[(&str, usize)] = &[
    ("dash-0.5.12-bookworm", 715),
    ("bash-5.2.15", 678),
    ("bash-5.2.15-sh", 677),
    ("busybox-1.35.0-deb", 708),
    ("ksh93u+m-1.0.4", 627),
    ("mksh-59c", 679),
    ("posh-0.14.1", 671),
    ("yash-2.52", 658),
    ("zsh-5.9", 645),
];

/// What the real shells did.
const MEASURED: &[u8] = include_bytes!("../data/language.json.gz");

/// What one shell made of one script.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    code: String,
    stdout: String,
    stderr: String,
}

fn question(script: &Script, shell: &str) -> Question {
    let argv0 = by_id(shell).unwrap().argv0;
    let (argv, script_file) = script.call(argv0);
    Question { shell: shell.into(), argv, script_file, stdin: None }
}

fn simulated(script: &Script, shell: &str) -> Run {
    let answer = match ask(&question(script, shell)) {
        Ok(answer) => answer,
        Err(message) => return Run { code: message, stdout: String::new(), stderr: String::new() },
    };
    let Some(end) = answer.self_exit else {
        return Run { code: "does not end".into(), stdout: String::new(), stderr: String::new() };
    };
    let code = match end.pid1 {
        Some(ExitStatus::Exited(code)) => code.to_string(),
        Some(ExitStatus::Signaled(signal)) => format!("signal {signal}"),
        None => "lives".into(),
    };
    Run { code, stdout: end.stdout, stderr: end.stderr }
}

fn real(record: &Value) -> Run {
    let text = |key: &str| record[key].as_str().unwrap_or("").to_owned();
    Run { code: record["code"].to_string(), stdout: text("stdout"), stderr: text("stderr") }
}

fn measured() -> Value {
    serde_json::from_reader(GzDecoder::new(MEASURED)).unwrap()
}

#[test]
fn scripts_print_and_end_as_in_the_real_shells() {
    let only_shell = std::env::var("SHELL_ID").ok();
    let only_script = std::env::var("SCRIPT").ok();
    let narrowed = only_shell.is_some() || only_script.is_some();
    let measured = measured();
    let mut figures: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong: Vec<(String, String)> = Vec::new();
    for script in scripts() {
        if only_script.as_ref().is_some_and(|part| !script.name.contains(part.as_str())) {
            continue;
        }
        let record = &measured["scripts"][&script.name];
        assert_eq!(record["text"].as_str(), Some(script.text.as_str()), "{} has changed: measure again", script.name);
        for (shell, run) in record["runs"].as_object().unwrap() {
            if only_shell.as_ref().is_some_and(|id| !shell.starts_with(id.as_str())) {
                continue;
            }
            let (agree, all) = figures.entry(shell.clone()).or_default();
            *all += 1;
            let (real, simulated) = (real(run), simulated(&script, shell));
            if real == simulated {
                *agree += 1;
            } else {
                let text = format!(
                    "== {shell} {}\n{}\n-- real {real:#?}\n-- simulated {simulated:#?}",
                    script.name, script.text
                );
                wrong.push((shell.clone(), text));
            }
        }
    }
    let floor = |shell: &str| FLOOR.iter().find(|(id, _)| *id == shell).map(|(_, least)| *least);
    for (shell, text) in &wrong {
        if narrowed || floor(shell).is_none() {
            println!("{text}");
        }
    }
    let mut failed = Vec::new();
    for (shell, (agree, all)) in &figures {
        println!("{shell}: {agree} of {all} scripts agree");
        if !narrowed && *agree < floor(shell).unwrap_or(*all) {
            failed.push(shell);
        }
    }
    assert!(failed.is_empty(), "fewer scripts agree than did: {failed:?}");
}
