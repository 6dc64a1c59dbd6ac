//! Processes that enter a namespace from outside: `kubectl exec` sessions and shared PID namespaces, as measured
//! (`exec_sessions` of `data/kernel.json`; `data/inits-shared.json`).

use serde_json::{Value, json};
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::INTERACTIVE;
use simulator::base::signal::Signal;
use simulator::base::time::SimDuration;
use simulator::kernel::FilesId;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::{Content, FileSystem};
use simulator::program::call::{Binary, Settings};
use simulator::program::ps;

const PROGRAMS: &[&str] = &["app", "plain", "brief", "quick", "pause", "tini", "dumb-init", "catatonit"];
const UTILITIES: &[&str] = &["sleep", "true"];

fn files(shell: &str, shell_name: &str) -> FileSystem {
    let mut files = FileSystem::new();
    for name in PROGRAMS {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: (*name).into(), version: "".into() });
    }
    for name in UTILITIES {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: "coreutils".into(), version: "".into() });
    }
    files.put_binary("/bin/dash", Binary::Shell("dash-0.5.12-bookworm".into()));
    files.put_binary(&format!("/bin/{shell_name}"), Binary::Shell(shell.into()));
    files
}

fn start(bare: &mut Bare, argv: &[&str], stdin: Option<&str>) -> TaskId {
    let mut start = bare.description(argv, &[("PATH", "/bin"), ("HLOG", "/hlog")]);
    start.stdin = stdin.map(Into::into);
    bare.start_as(&start, None).expect("starts")
}

fn after(bare: &mut Bare, millis: u64) {
    bare.run_for(SimDuration::from_millis(millis));
}

/// Pid, parent, state and name of every process, as the records have them.
fn processes(bare: &Bare) -> Value {
    let seen = bare.seen();
    let mut rows: Vec<_> = seen.in_namespace(bare.namespace()).map(|(_, task)| task).collect();
    rows.sort_by_key(|task| task.pid);
    let row = |task: &&simulator::observed::Task| {
        let ppid = task.parent.and_then(|p| seen.task(p)).map_or(0, |p| p.pid.0);
        json!({"pid": task.pid.0, "ppid": ppid, "state": ps::state(seen, task).to_string(), "comm": &*task.comm})
    };
    rows.iter().map(row).collect()
}

fn log(bare: &Bare) -> Vec<String> {
    let file = bare.kernel().files(FilesId(0)).and_then(|files| files.get("/", "/hlog").cloned());
    let Some(Content::Text(text)) = file.map(|f| f.content) else { return Vec::new() };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort_by_key(|line| line.split(' ').nth(1).and_then(|pid| pid.parse::<u32>().ok()));
    lines
}

/// `sh -c 'app; quick' (bash-5.2.15)`, `tini -- app`: the words of PID 1 and the shell build.
fn pid_1(text: &str) -> (Vec<&str>, &str) {
    match text.split_once(" -c ") {
        Some((shell, rest)) => {
            let (script, build) = rest.split_once(" (").unwrap_or((rest, "dash-0.5.12-bookworm"));
            (vec![shell, "-c", script.trim_matches('\'')], build.trim_end_matches(')'))
        }
        None => (text.split(' ').collect(), "dash-0.5.12-bookworm"),
    }
}

#[test]
fn what_an_exec_session_leaves_behind_is_reaped_or_stays_a_zombie_as_measured() {
    let data: Value = serde_json::from_str(include_str!("../data/kernel.json")).expect("data");
    let mut wrong = Vec::new();
    for record in data["exec_sessions"].as_array().expect("records") {
        let (argv, build) = pid_1(record["pid1"].as_str().expect("text"));
        let mut bare = Bare::new(files(build, "sh"), Settings::default(), Pid(2), INTERACTIVE);
        start(&mut bare, &argv, None);
        after(&mut bare, 500);
        // The session types `sleep 1 &`, stays for a while, and exits.
        start(&mut bare, &["dash", "-s"], Some("sleep 1 &\nsleep 0.5 & wait $!\nexit\n"));
        after(&mut bare, 600);
        let left = processes(&bare);
        after(&mut bare, 900);
        let end = processes(&bare);
        let comparable = |v: &Value| {
            v.as_array().map(|a| {
                a.iter().map(|p| (p["comm"].clone(), p["state"].clone(), p["ppid"].clone())).collect::<Vec<_>>()
            })
        };
        for (field, got) in [("after_shell_left", &left), ("after_sleep_ended", &end)] {
            let sleeps_only = comparable(got);
            if comparable(&record[field]) != sleeps_only {
                wrong.push(format!("{} {field}: measured {}, simulated {got}", record["pid1"], record[field]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pause_program_ends_on_term_and_int_only() {
    let data: Value = serde_json::from_str(include_str!("../data/inits-shared.json")).expect("data");
    for record in data["pause"].as_array().expect("records") {
        let mut bare = Bare::new(files("dash-0.5.12-bookworm", "sh"), Settings::default(), Pid(2), INTERACTIVE);
        let pause = start(&mut bare, &["pause"], None);
        after(&mut bare, 400);
        bare.send(pause, Signal::from_name(record["signal"].as_str().expect("name")).expect("signal"));
        after(&mut bare, 600);
        let status = bare.seen().task(pause).and_then(|t| t.ended()).map(|(status, _)| status.container_code());
        let measured = match (&record["pid1"]["code"], &record["pid1"]["signal"]) {
            (Value::Number(code), _) => code.as_u64(),
            (_, Value::String(signal)) => Signal::from_name(signal).map(|s| 128 + u64::from(s.number())),
            _ => None,
        };
        assert_eq!(status.map(u64::from), measured, "{record}");
    }
}

#[test]
fn in_a_shared_namespace_the_main_process_has_no_immunity() {
    let data: Value = serde_json::from_str(include_str!("../data/inits-shared.json")).expect("data");
    let mut wrong = Vec::new();
    for record in data["shared_namespace"].as_array().expect("records") {
        let shell = record["shell"].as_str().expect("shell");
        let name = if shell.starts_with("bash") { "bash" } else { "sh" };
        let mut bare = Bare::new(files(shell, name), Settings::default(), Pid(2), INTERACTIVE);
        start(&mut bare, &["pause"], None);
        after(&mut bare, 300);
        let main = start(&mut bare, &[name, "-c", record["script"].as_str().expect("script")], None);
        after(&mut bare, 500);
        let tree = processes(&bare);
        bare.send(main, Signal::TERM);
        after(&mut bare, 600);
        let status = bare.seen().task(main).and_then(|t| t.ended()).map(|(status, _)| status.container_code());
        let mut measured = record.clone();
        let started = |line: &Value| line.as_str().is_some_and(|line| line.contains(" start "));
        // Whose child a helper is as it starts depends on who is faster.
        measured["events"].as_array_mut().expect("list").retain(|line| !started(line));
        let events: Vec<String> = log(&bare).into_iter().filter(|line| !line.contains(" start ")).collect();
        let got = json!({"tree": tree, "main_status": status, "left": processes(&bare), "events": events});
        for field in ["tree", "main_status", "left", "events"] {
            if measured[field] != got[field] {
                wrong.push(format!(
                    "{shell} {} {field}: measured {}, simulated {}",
                    record["script"], measured[field], got[field]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}
