//! Which parts of an answer depend on the order of what happens at one instant.
//!
//! The same question is asked again with that order permuted; a field that differs once is a race. The names of the fields
//! are those of the measured records (`TERM.events`). Not here: what is run and watched (`super::shell`).

use std::collections::BTreeSet;

use super::shell::{Answer, Outcome, Question, open, settle};
use super::shell_tree::shape;

/// How often a question is asked with another order. Where one of two comes first by chance, each is seen with 1 - 2^-23.
const SALTS: u64 = 24;

/// The fields of `answer`, which is the answer to `question`, that another order changes.
pub fn racy(question: &Question, answer: &Answer) -> Result<Vec<String>, String> {
    let mut fields = BTreeSet::new();
    let started = open(question)?;
    for salt in 1..=SALTS {
        let mut other = started.permuted(salt);
        start_differs(answer, &settle(&mut other), &mut fields);
        if !other.cx.is_tied() {
            break;
        }
    }
    if answer.self_exit.is_none() {
        let mut settled = started;
        settled.settle();
        for (signal, outcome) in &answer.signals {
            for salt in 1..=SALTS {
                let mut other = settled.permuted(salt);
                let watch = other.watch();
                let other_outcome = other.signal(*signal, &answer.tree, watch);
                outcome_differs(&signal.to_string(), outcome, &other_outcome, &mut fields);
                if !other.cx.is_tied() {
                    break;
                }
            }
        }
    }
    Ok(fields.into_iter().collect())
}

/// What differs before any signal is sent.
fn start_differs(one: &Answer, two: &Answer, fields: &mut BTreeSet<String>) {
    let mut note = |field: &str, differs: bool| {
        if differs {
            fields.insert(field.to_string());
        }
    };
    note("settles", one.self_exit.is_none() != two.self_exit.is_none());
    note("shape", shape(&one.tree) != shape(&two.tree));
    note("tree", one.tree != two.tree);
    if let (Some(one), Some(two)) = (&one.self_exit, &two.self_exit) {
        outcome_differs("self_exit", one, two, fields);
    }
}

fn outcome_differs(at: &str, one: &Outcome, two: &Outcome, fields: &mut BTreeSet<String>) {
    let mut note = |field: &str, differs: bool| {
        if differs {
            fields.insert(format!("{at}.{field}"));
        }
    };
    note("pid1_died", one.pid1.is_some() != two.pid1.is_some());
    note("pid1", one.pid1 != two.pid1);
    note("exit_code", one.pid1 != two.pid1);
    note("events", one.events != two.events);
    note("output", one.output != two.output);
    if at != "self_exit" {
        note("app_got_signal", one.app_got_signal() != two.app_got_signal());
        note("left", shape(&one.left) != shape(&two.left));
        note("killed_with_pid1", one.killed_with_pid1 != two.killed_with_pid1);
    }
}
