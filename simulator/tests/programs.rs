//! Programs agree with the real ones: exit code after one signal while idle, as PID 1 and as an ordinary process.
//!
//! `data/programs.json`: set-up, command, role, signal, exit code (none: still running after 4 s or more); measured.

use serde_json::Value;
use simulator::base::id::Pid;
use simulator::base::limits::INTERACTIVE;
use simulator::base::signal::Signal;
use simulator::base::time::SimDuration;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::FileSystem;
use simulator::program::call::{Binary, Settings};

/// Exit code of a command after a signal.
fn exit_code(argv: &[&str], as_pid1: bool, signal: Signal) -> Option<u32> {
    let mut files = FileSystem::new();
    let family = if matches!(argv[0], "sleep" | "tail") { "coreutils" } else { argv[0] };
    files.put_binary(&format!("/bin/{}", argv[0]), Binary::Program { name: family.into(), version: "".into() });
    files.put_binary("/bin/pause", Binary::Program { name: "pause".into(), version: "".into() });
    let mut bare = Bare::new(files, Settings::default(), Pid(2), INTERACTIVE);
    if !as_pid1 {
        bare.start(&["/bin/pause"], &[]).expect("starts");
    }
    let task = bare.start(argv, &[("PATH", "/bin")]).expect("starts");
    bare.run_for(SimDuration::from_secs(1));
    bare.send(task, signal);
    bare.run_for(SimDuration::from_secs(9));
    bare.seen().task(task).and_then(|t| t.ended()).map(|(status, _)| status.container_code())
}

#[test]
fn idle_programs_end_as_measured() {
    let data: Value = serde_json::from_str(include_str!("data/programs.json")).expect("data");
    let records = data.as_array().expect("records");
    let mut failed = Vec::new();
    for record in records {
        let argv: Vec<&str> = record[1].as_array().expect("command").iter().filter_map(Value::as_str).collect();
        let signal = Signal::from_name(record[3].as_str().expect("signal")).expect("signal");
        let expected = record[4].as_u64().and_then(|c| u32::try_from(c).ok());
        let got = exit_code(&argv, record[2] == "pid1", signal);
        if got != expected {
            failed.push(format!("{} {} {signal}: measured {expected:?}, simulated {got:?}", record[0], record[2]));
        }
    }
    println!("programs: {} of {} records agree", records.len() - failed.len(), records.len());
    assert!(failed.is_empty(), "{} of {} differ\n{}", failed.len(), records.len(), failed.join("\n"));
}
