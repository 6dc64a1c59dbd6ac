//! The real arm and the simulator arm agree: measured vectors on this machine's shells, and generated scripts.
//!
//! Where the real arm cannot be used (not Linux, not root) these tests say so in one line and pass: there is nothing to
//! compare with.

use conformance::case::Case;
use conformance::generate::Generated;
use conformance::installed::{self, Installed};
use conformance::real::Real;
use conformance::schedule;
use conformance::suite::run_all;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;

/// Namespaces at once; they mostly sleep.
const JOBS: usize = 32;
/// What is run of each shell: generated scripts, and every n-th measured record. What containers run gets more.
const AMOUNT: [(&str, u64, usize); 9] = [
    ("dash", 400, 4),
    ("bash", 400, 4),
    ("bash-sh", 200, 8),
    ("ash", 400, 4),
    ("mksh", 200, 12),
    ("zsh", 88, 12),
    ("yash", 200, 12),
    ("ksh93", 78, 12),
    ("posh", 200, 12),
];
/// The seed of the generated scripts.
const SEED: u64 = 1;

fn real() -> Option<Real> {
    match Real::new(Path::new(env!("CARGO_BIN_EXE_conformance"))) {
        Ok(real) => Some(real),
        Err(why) => {
            println!("skipped, the real arm cannot be used: {why}");
            None
        }
    }
}

fn shells() -> Vec<Installed> {
    let (found, missing) = installed::find();
    if !missing.is_empty() {
        println!("skipped, not installed: {}", missing.join(" "));
    }
    found
}

fn amount(shell: &Installed) -> (u64, usize) {
    AMOUNT.iter().find(|(name, ..)| *name == shell.name).map_or((0, 12), |(_, scripts, every)| (*scripts, *every))
}

/// Measured records of the installed build as cases, with one signal each, in turn.
fn vectors(shell: &Installed) -> Vec<(&Installed, String, Case)> {
    static MATRIX: OnceLock<Value> = OnceLock::new();
    let document = MATRIX.get_or_init(|| {
        let bytes = include_bytes!("../../../simulator/tests/data/shell-matrix.json.gz");
        serde_json::from_reader(GzDecoder::new(bytes.as_slice())).unwrap()
    });
    let records = document["records"].as_array().unwrap().iter().filter(|r| r["shell"] == shell.row);
    let mut cases = Vec::new();
    for (index, record) in records.step_by(amount(shell).1).enumerate() {
        let text = |key: &str| record[key].as_str().map(str::to_string);
        let argv = record["argv"].as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_string()).collect();
        let (script_file, stdin) = (text("script_file"), text("stdin"));
        let case = Case { shell: shell.row.into(), argv, script_file, stdin, signals: Vec::new(), until_ms: 0 };
        let signal = ["TERM", "INT", "TERM", "QUIT", "TERM", "KILL"][index % 6];
        if let Some(case) = schedule::timed(case, &[(0, signal)], 1_000) {
            cases.push((shell, format!("{}/{signal}", record["id"].as_str().unwrap()), case));
        }
    }
    cases
}

fn scripts(shell: &Installed) -> Vec<(&Installed, String, Case)> {
    let made = (0..amount(shell).0).filter_map(|number| {
        let case = Generated::new(shell, SEED, number).case(shell.row)?;
        Some((shell, format!("{}-{SEED}-{number}", shell.name), case))
    });
    made.collect()
}

/// Runs them all in both arms; every one that differs is printed as a line for `grace probe`.
fn agree(cases: impl Fn(&Installed) -> Vec<(&Installed, String, Case)>) {
    let Some(real) = real() else { return };
    let shells = shells();
    let all: Vec<_> = shells.iter().flat_map(cases).collect();
    let mut wrong = 0;
    for (shell, tally) in run_all(&real, &all, JOBS) {
        println!("{shell}: {}", tally.line());
        for difference in &tally.wrong {
            println!("{difference}\n");
        }
        wrong += tally.wrong.len();
    }
    assert_eq!(wrong, 0, "cases in which the arms differ");
}

#[test]
fn measured_vectors_come_out_of_both_arms_alike() {
    agree(vectors);
}

#[test]
fn generated_scripts_come_out_of_both_arms_alike() {
    agree(scripts);
}
