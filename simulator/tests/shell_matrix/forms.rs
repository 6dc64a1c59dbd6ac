//! Further command forms in 18 builds (`data/shell-forms.json.gz`, measured): traps, waits, groups, jobs and options in the
//! combinations that people write.
//!
//! `FORMS=x-set` prints the differences in forms whose name begins so, `SHELL_ID=id` those of one build only.

use crate::judge::differences;
use flate2::read::GzDecoder;
use serde_json::{Map, Value, json};
use simulator::probe::shell::{Question, ask};
use std::collections::BTreeMap;

/// Forms and what real shells did with them; its `about` says how they were measured.
const FORMS: &[u8] = include_bytes!("../data/shell-forms.json.gz");

/// Forms that agree in every judged field, by build: the floor, of 716.
const FLOOR: &[(&str, usize)] = &[
    ("alpine-3.20", 712),
    ("alpine-3.7", 709),
    ("alpine-3.8", 710),
    ("bash-5.0.18", 700),
    ("bash-5.1.16", 705),
    ("bash-5.2.15", 705),
    ("bash-5.2.15-sh", 706),
    ("bash-5.3.9", 705),
    ("busybox-1.35.0-deb", 711),
    ("dash-0.5.11", 712),
    ("dash-0.5.12-bookworm", 706),
    ("dash-0.5.8", 711),
    ("ksh93u+m-1.0.4", 700),
    ("mksh-59c", 691),
    ("posh-0.14.1", 711),
    ("yash-2.52", 706),
    ("zsh-5.9", 701),
    ("zsh-5.9-sh", 705),
];
/// A process of a tree as the other records have it: pid, parent, state, arguments, ignored signals.
fn process(compact: &Value) -> Value {
    let comm = compact[3][0].as_str().unwrap_or("");
    json!({ "pid": compact[0], "ppid": compact[1], "state": compact[2], "argv": compact[3], "ign": compact[4], "comm": comm })
}

/// A result as a record.
fn record(result: &Value) -> Value {
    let mut record: Map<String, Value> = result.as_object().unwrap().clone();
    record.insert("settles".into(), result["self_exit"].is_null().into());
    if let Some(tree) = result["tree"].as_array() {
        record.insert("tree".into(), tree.iter().map(process).collect());
    }
    Value::Object(record)
}

#[test]
fn further_forms_come_out_as_in_the_real_shells() {
    let document: Value = serde_json::from_reader(GzDecoder::new(FORMS)).unwrap();
    let (wanted, only) = (std::env::var("FORMS").ok(), std::env::var("SHELL_ID").ok());
    let mut figures: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, form) in document["forms"].as_object().unwrap() {
        let results: Vec<Value> = form["results"].as_array().unwrap().iter().map(record).collect();
        for (shell, at) in form["runs"].as_object().unwrap() {
            if only.as_ref().is_some_and(|id| id != shell) {
                continue;
            }
            let argv0 = document["argv0"][shell].as_str().unwrap();
            let rest = form["call"]["argv"].as_array().unwrap().iter().map(|a| a.as_str().unwrap());
            let text = |key: &str| form["call"][key].as_str().map(str::to_string);
            let question = Question {
                shell: shell.clone(),
                argv: std::iter::once(argv0).chain(rest).map(str::to_string).collect(),
                script_file: text("script_file"),
                stdin: text("stdin"),
            };
            let real = &results[usize::try_from(at.as_u64().unwrap()).unwrap()];
            let found = match ask(&question) {
                Ok(answer) => differences(real, &answer),
                Err(message) => vec![message],
            };
            let (agree, all) = figures.entry(shell.clone()).or_default();
            *all += 1;
            *agree += usize::from(found.is_empty());
            if wanted.as_ref().is_some_and(|start| name.starts_with(start)) && !found.is_empty() {
                println!("{shell} {name} {}: {}", form["call"], found.join("; "));
            }
        }
    }
    let mut fewer = Vec::new();
    for (shell, (agree, all)) in &figures {
        println!("{shell}: {agree} of {all} forms agree");
        let floor = FLOOR.iter().find(|(id, _)| id == shell).map_or(*all, |(_, floor)| *floor);
        if *agree < floor {
            fewer.push(shell);
        }
    }
    assert!(fewer.is_empty(), "fewer forms agree than did: {fewer:?}");
}
