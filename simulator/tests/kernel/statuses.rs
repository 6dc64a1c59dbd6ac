//! What `$?` says of a child that a signal killed, and what becomes of a shell that passes it on: `shell_statuses` of
//! `data/kernel.json`, measured in shells that are not PID 1.

use serde_json::{Value, json};
use simulator::base::id::Pid;
use simulator::base::limits::INTERACTIVE;
use simulator::base::time::SimDuration;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::FileSystem;
use simulator::program::call::{Binary, Settings};
use simulator::shell::variants::by_id;
use simulator::trace::{EventKind, ExitStatus, OnTask, Stream};

/// Standard output, standard error and the status (negative: the signal) of a script in a shell below another PID 1.
fn run(shell: &str, script: &str) -> (String, Vec<String>, Value) {
    let name = by_id(shell).expect("build").argv0;
    let mut files = FileSystem::new();
    for program in ["plain", "brief", "pause"] {
        files.put_binary(&format!("/bin/{program}"), Binary::Program { name: program.into(), version: "".into() });
    }
    files.put_binary(&format!("/bin/{name}"), Binary::Shell(shell.into()));
    files.put_binary("/bin/kill", Binary::Program { name: "kill".into(), version: "".into() });
    let mut bare = Bare::new(files, Settings::default(), Pid(2), INTERACTIVE);
    let env = [("PATH", "/bin"), ("HLOG", "/hlog"), ("LC_ALL", "C")];
    bare.start(&["pause"], &[]).expect("starts");
    let mut start = bare.description(&[name, "-c", script], &env);
    start.logged = true;
    let task = bare.start_as(&start, None).expect("starts");
    bare.run_for(SimDuration::from_secs(5));
    let text = |wanted: Stream| -> String {
        let wrote = |e: &simulator::trace::Event| match &e.kind {
            EventKind::Task(_, OnTask::Wrote { stream, text }) if *stream == wanted => Some(text.to_string()),
            _ => None,
        };
        bare.trace().events().iter().filter_map(wrote).collect()
    };
    let status = match bare.seen().task(task).and_then(|t| t.ended()).map(|(status, _)| status) {
        Some(ExitStatus::Exited(code)) => json!(code),
        Some(ExitStatus::Signaled(signal)) => json!(-i64::from(signal.number())),
        None => Value::Null,
    };
    (text(Stream::Stdout).trim().to_owned(), text(Stream::Stderr).lines().map(str::to_owned).collect(), status)
}

#[test]
fn a_killed_childs_status_is_as_measured_in_every_shell() {
    let data: Value = serde_json::from_str(include_str!("../data/kernel.json")).expect("data");
    let records = data["shell_statuses"].as_array().expect("records");
    let mut wrong = Vec::new();
    for record in records {
        let shell = record["shell"].as_str().expect("shell");
        let name = by_id(shell).expect("build").argv0;
        let dies = format!("{name} -c 'kill -TERM $$; :'");
        let itself = run(shell, "kill -TERM $$; echo alive");
        let got = json!({
            "status_of_TERM": run(shell, "plain & brief; kill -TERM $!; wait $!; echo $?").0,
            "status_of_KILL": run(shell, "plain & brief; kill -KILL $!; wait $!; echo $?").0,
            "status_of_foreground_TERM": run(shell, &format!("{dies}; echo $?")).0,
            "exit_of_shell_passing_it_on": run(shell, &format!("{dies}; exit $?")).2,
            "not_pid1_kill_self": [itself.0, itself.2],
        });
        for (field, value) in got.as_object().expect("fields") {
            if record[field] != *value {
                wrong.push(format!("{shell} {field}: measured {}, simulated {value}", record[field]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ in {} shells\n{}", wrong.len(), records.len(), wrong.join("\n"));
}
