//! The simulator calls those outcomes racy that were seen to vary on real systems, and no others.
//!
//! `data/shell-matrix.json.gz` lists under `racy` the fields that differed between runs of the real shell. All records that
//! list some are compared, and one in ten of the others (`ALL_RECORDS=1`: all).

#[path = "shell_matrix/records.rs"]
mod records;

use records::{question, records, strings};
use simulator::probe::race::racy;
use simulator::probe::shell::ask;

const MATRIX: &[u8] = include_bytes!("data/shell-matrix.json.gz");
/// Of the records that list nothing, one in so many is compared.
const SAMPLE: usize = 10;

/// Fields that are listed because they vary in other shells: zsh 5.9 and these builds of ksh93 wait for the application's end and
/// end after it (zsh 60 of 60 runs, ksh93u+m 1.0.4 29 of 30, one had not ended in time; ksh93u+ 2012 is taken to do the same).
const NOT_RACY_WHEN_MEASURED: &[&str] =
    &["zsh-5.9/trap_kill0", "zsh-5.9-sh/trap_kill0", "ksh93u+20120801/trap_kill0", "ksh93u+m-1.0.4/trap_kill0"];

/// Fields that vary although the record, of a few runs, does not list them: mksh sends the signal that ends it to its process
/// group and exits; whether the application's handler still begins differed in 2 to 6 of 40 runs of each.
const RACY_WHEN_MEASURED: &[&str] = &["mksh-59c/bg_wait", "mksh-59c/bg_wait_pid", "mksh-59c/trap_forward_2wait"];

#[test]
fn what_varies_in_real_shells_is_called_racy_and_nothing_else() {
    let all = std::env::var("ALL_RECORDS").is_ok();
    let (mut listed, mut found, mut quiet, mut called) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for (n, record) in records(MATRIX).iter().enumerate() {
        let real = strings(&record["racy"]);
        if real.is_empty() && !all && n % SAMPLE != 0 {
            continue;
        }
        let id = record["id"].as_str().unwrap();
        let question = question(record);
        let ours = racy(&question, &ask(&question).unwrap()).unwrap();
        let missed = real.iter().any(|field| !ours.contains(field));
        let extra = ours.iter().any(|field| !real.contains(field));
        match real.is_empty() {
            true => (quiet, called) = (quiet + 1, called + usize::from(extra)),
            false => (listed, found) = (listed + 1, found + usize::from(!missed)),
        }
        if missed != NOT_RACY_WHEN_MEASURED.contains(&id) || extra != RACY_WHEN_MEASURED.contains(&id) {
            wrong.push(format!("{id}: measured {real:?}, simulated {ours:?}"));
        }
    }
    println!("racy: {found} of {listed} records that list fields, {called} of {quiet} that list none");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
