//! Supervisors agree with the real ones: s6, runit and BusyBox init as PID 1, over service directories and tables, with
//! signals to PID 1, to a service's supervisor and to the service.
//!
//! Judged: the process tree before the signal, exit code and when it ended, what is left, what the helper programs logged,
//! output. `data/supervisors.json` says how it was measured.

use serde_json::Value;
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::INTERACTIVE;
use simulator::base::signal::Signal;
use simulator::base::time::{SimDuration, SimTime};
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::{Content, FileSystem};
use simulator::observed::Task;
use simulator::program::call::{Binary, Settings};

const PROGRAMS: &[&str] = &[
    "s6-svscan",
    "s6-supervise",
    "runsvdir",
    "runsv",
    "app",
    "app1",
    "app2",
    "app30",
    "plain",
    "brief",
    "stubborn",
    "quick",
    "fail3",
];
/// When the tree is looked at.
const SETTLED: SimDuration = SimDuration::from_millis(1_200);
/// How long runsvdir waits for a directory that was made in the same second; here directories are old.
const MADE_THIS_SECOND: SimDuration = SimDuration::from_secs(1);
/// The machine that was measured on was busy.
const TOLERANCE: f64 = 0.35;

fn files(record: &Value) -> FileSystem {
    let mut files = FileSystem::new();
    for name in PROGRAMS {
        files.put_binary(&format!("/w/bin/{name}"), Binary::Program { name: (*name).into(), version: "".into() });
    }
    for name in ["cat", "true"] {
        files.put_binary(&format!("/w/bin/{name}"), Binary::Program { name: "coreutils".into(), version: "".into() });
    }
    files.put_binary("/w/bin/init", Binary::Program { name: "busybox".into(), version: "".into() });
    files.put_binary("/bin/dash", Binary::Shell("dash-0.5.12-bookworm".into()));
    for (path, text) in record["files"].as_object().expect("files") {
        let text = text.as_str().expect("text").replace("@BIN@", "/w/bin");
        let path = if path.starts_with("etc/") { format!("/{path}") } else { format!("/w/{path}") };
        files.put_text(&path, text.as_str(), text.starts_with("#!"));
    }
    files
}

/// `runsvdir[runsv[app]]`, a zombie as `runsv(Z)`, siblings by name: which directory comes first is up to the file system.
fn shape(bare: &Bare) -> String {
    let tasks: Vec<(TaskId, &Task)> = bare.seen().in_namespace(bare.namespace()).collect();
    fn below(tasks: &[(TaskId, &Task)], parent: Option<TaskId>) -> String {
        let children = tasks.iter().filter(|(_, t)| t.parent == parent);
        let mut names: Vec<String> = children
            .map(|(id, task)| {
                let name = format!("{}{}", task.comm, if task.is_zombie() { "(Z)" } else { "" });
                let inner = below(tasks, Some(*id));
                if inner.is_empty() { name } else { format!("{name}[{inner}]") }
            })
            .collect();
        names.sort();
        names.join(" ")
    }
    below(&tasks, None)
}

/// The same order for a measured tree.
fn sorted(shape: &str) -> String {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in shape.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        match letter {
            ' ' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().expect("one part").push(letter),
        }
    }
    let one = |part: &String| match part.split_once('[') {
        Some((name, rest)) => format!("{name}[{}]", sorted(rest.strip_suffix(']').expect("closed"))),
        None => part.clone(),
    };
    let mut parts: Vec<String> = parts.iter().map(one).collect();
    parts.sort();
    parts.join(" ")
}

/// What the helpers logged, without pids.
fn log(bare: &Bare) -> Vec<String> {
    let files = bare.kernel().files(simulator::kernel::FilesId(0)).expect("files");
    let Some(Content::Text(text)) = files.get("/", "/hlog").map(|f| &f.content) else { return Vec::new() };
    let without_pid = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').filter(|w| !w.starts_with("ppid=")).collect();
        words.remove(1);
        words.join(" ").trim().to_owned()
    };
    text.lines().map(without_pid).collect()
}

fn lists(value: &Value) -> Vec<Vec<String>> {
    let strings = |list: &Value| {
        list.as_array().expect("list").iter().map(|v| v.as_str().expect("text").to_owned()).collect::<Vec<String>>()
    };
    value.as_array().expect("lists").iter().map(strings).collect()
}

/// What differs between a record and the simulation.
fn differences(record: &Value) -> Vec<String> {
    let argv: Vec<&str> = record["argv"].as_array().expect("argv").iter().filter_map(Value::as_str).collect();
    let mut bare = Bare::new(files(record), Settings::default(), Pid(2), INTERACTIVE);
    let mut start = bare.description(&argv, &[("PATH", "/w/bin"), ("HLOG", "/hlog")]);
    start.cwd = "/w".into();
    let init = bare.start_as(&start, None).expect("starts");
    let services = record["files"].as_object().expect("files").keys().filter(|p| p.starts_with("scan/")).count();
    let is_new = record["kind"] == "runit" && services > 0;
    let settled = if is_new { SETTLED.saturating_sub(MADE_THIS_SECOND) } else { SETTLED };
    bare.run_until(SimTime::ZERO + settled);
    let mut found = Vec::new();
    let mut judge = |what: &str, measured: String, got: String| {
        if measured != got {
            found.push(format!("{what}: measured {measured}, simulated {got}"));
        }
    };
    if let Some(measured) = record["shape"].as_str() {
        judge("tree", sorted(measured), shape(&bare));
    }
    let seconds = |v: &Value| SimDuration::from_micros((v.as_f64().expect("seconds") * 1e6) as u64);
    let from = bare.now();
    for signal in record["signals"].as_array().expect("signals") {
        bare.run_until(from + seconds(&signal[0]));
        let name = signal[1].as_str().expect("who");
        let named = bare.seen().in_namespace(bare.namespace()).find(|(_, t)| &*t.comm == name).map(|(id, _)| id);
        let target = if name == "1" { Some(init) } else { named };
        if let Some(target) = target {
            bare.send(target, Signal::from_name(signal[2].as_str().expect("name")).expect("signal"));
        }
    }
    bare.run_until(from + seconds(&record["watch_s"]));
    let ended = bare.seen().task(init).and_then(|t| t.ended());
    let code = ended.map_or(Value::Null, |(status, _)| status.container_code().into());
    judge("exit code", record["exit_code"].to_string(), code.to_string());
    if let (Some(measured), Some((_, event))) = (record["end_s"].as_f64(), ended) {
        let at = bare.trace().get(event).expect("event").at;
        let got = at.since(from).as_micros() as f64 / 1e6;
        if (got - measured).abs() > TOLERANCE && at > from {
            judge("ended after", measured.to_string(), got.to_string());
        }
    }
    if let Some(measured) = record["left"].as_str() {
        judge("left", sorted(measured), shape(&bare));
    }
    let (mut measured, mut got) = (lists(&record["events"]), log(&bare));
    let at_once = record["files"].to_string().contains('&');
    if services > 1 || at_once {
        // Which of two programs comes first is chance.
        got.sort();
        measured.iter_mut().for_each(|list| list.sort());
    }
    if !measured.contains(&got) {
        judge("log", format!("{measured:?}"), format!("{got:?}"));
    }
    let output: String = bare.seen().logs.iter().map(|l| &*l.text).collect();
    let mut got: Vec<String> = output.split(['\n', '\r']).map(str::to_owned).filter(|l| !l.is_empty()).collect();
    got.sort();
    let mut measured = lists(&record["output"]);
    for list in &mut measured {
        list.retain(|l| !l.is_empty());
        list.sort();
    }
    if !measured.contains(&got) {
        judge("output", format!("{measured:?}"), format!("{got:?}"));
    }
    found
}

#[test]
fn supervisors_start_restart_and_stop_services_as_measured() {
    let data: Value = serde_json::from_str(include_str!("data/supervisors.json")).expect("data");
    let records = data["records"].as_array().expect("records");
    let mut failed = Vec::new();
    for record in records {
        let found = differences(record);
        if !found.is_empty() {
            let name = format!("{} {} {}", record["argv"], record["scenario"], record["signals"]);
            failed.push(format!("{name}\n    {}", found.join("\n    ")));
        }
    }
    println!("supervisors: {} of {} records agree", records.len() - failed.len(), records.len());
    assert!(failed.is_empty(), "{} of {} differ\n{}", failed.len(), records.len(), failed.join("\n"));
}
