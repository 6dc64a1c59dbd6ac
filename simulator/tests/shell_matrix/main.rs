//! The simulator against records of real shells as PID 1: scripts and what they print (`data/shell-language.json.gz`,
//! Debian bookworm's dash, bash and BusyBox), and 7,742 records of real shells as PID 1 (`data/shell-matrix.json.gz`, measured).
//!
//! Further command forms are in `forms`. Every judged field of every record is compared; the number of records that agree may
//! only go up. With `MISMATCHES=form` (or `all`) the differences are printed, with `SHELL_ID=id` for one build only.

mod forms;
mod judge;
mod records;

use judge::differences;
use records::{question, records};
use simulator::probe::shell::ask;
use std::collections::BTreeMap;

/// Records a family that agree in every judged field: the floor. These are all there are.
const FLOOR: &[(&str, usize)] = &[
    ("dash", 1274),
    ("bash", 1960),
    ("busybox-ash", 3724),
    ("ksh93", 294),
    ("mksh", 98),
    ("posh", 98),
    ("yash", 98),
    ("zsh", 196),
];

/// Records of the exec-or-fork forms and signals. In `mksh-59c/trap_kill0` INT is called racy: mksh passes a fatal INT on to
/// its group before it ends, and 3 of 25 further runs saw the application's handler start before PID 1 took it down.
const MATRIX: &[u8] = include_bytes!("../data/shell-matrix.json.gz");
/// Records of the language: what scripts print and end with.
const LANGUAGE: &[u8] = include_bytes!("../data/shell-language.json.gz");

#[test]
fn records_of_real_shells_come_out_of_the_simulator() {
    let wanted = std::env::var("MISMATCHES").ok();
    let only = std::env::var("SHELL_ID").ok();
    let mut families: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut kinds: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for record in records(MATRIX) {
        let text = |key: &str| record[key].as_str().unwrap().to_string();
        if only.as_ref().is_some_and(|id| *id != text("shell")) {
            continue;
        }
        let found = match ask(&question(&record)) {
            Ok(answer) => differences(&record, &answer),
            Err(message) => vec![format!("error: {message}")],
        };
        let (agree, all) = families.entry(text("family")).or_default();
        *all += 1;
        *agree += usize::from(found.is_empty());
        for difference in found {
            kinds.entry((text("family"), text("form"), difference)).or_default().push(text("shell"));
        }
    }
    if let Some(form) = wanted {
        for ((family, name, difference), shells) in &kinds {
            if form == "all" || form == *name || form == *family {
                println!("{family} {name}: {} x {difference} [{}]", shells.len(), shells.first().unwrap());
            }
        }
    }
    for (family, (agree, all)) in &families {
        println!("{family}: {agree} of {all} records agree");
    }
    if only.is_none() {
        for (family, floor) in FLOOR {
            let (agree, all) = &families[*family];
            assert!(agree >= floor, "{family}: {agree} of {all} agree, fewer than the {floor} that did");
        }
    }
}

#[test]
fn scripts_print_and_end_as_in_the_real_shells() {
    let mut wrong = Vec::new();
    for record in records(LANGUAGE) {
        let found = match ask(&question(&record)) {
            Ok(answer) => differences(&record, &answer),
            Err(message) => vec![message],
        };
        if !found.is_empty() {
            wrong.push(format!("{} {}: {}", record["shell"], record["argv"], found.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{} scripts differ:\n{}", wrong.len(), wrong.join("\n"));
}
