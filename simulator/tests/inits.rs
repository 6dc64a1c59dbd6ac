//! Init programs agree with the real ones: the measured records of `data/inits.json` (20 scenarios for each) and of
//! `data/inits-options.json.gz` (every option, variable, wrong option and signal), run in a bare namespace.
//!
//! Judged: the process tree before the signal, process groups and sessions, exit code, what is left, zombies, output, and what
//! the helper programs logged.

use flate2::read::GzDecoder;
use serde_json::Value;
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::INTERACTIVE;
use simulator::base::signal::Signal;
use simulator::base::time::{SimDuration, SimTime};
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::{Content, FileSystem};
use simulator::observed::Task;
use simulator::program::call::{Binary, Settings};

/// When the tree is looked at: the harness waits until it has been quiet for a while.
const SETTLED: SimTime = SimTime::from_millis(450);
const LOG: &str = "/hlog";

fn files(version: &str, init: &str) -> FileSystem {
    let mut files = FileSystem::new();
    for name in ["dash", "sh"] {
        files.put_binary(&format!("/bin/{name}"), Binary::Shell("dash-0.5.12-bookworm".into()));
    }
    for (name, text) in [
        ("noshebang", "exit 6\n"),
        ("badinterp", "#!/no/such\nexit 5\n"),
        ("emptyfile", ""),
        ("script", "#!/bin/dash\nexit 4\n"),
    ] {
        files.put_text(&format!("/{name}"), text, true);
    }
    files.put_text("/notexec", "text\n", false);
    for name in ["app", "app1", "app2", "app30", "plain", "brief", "short", "stubborn", "quick", "fail3", "pause"] {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: name.into(), version: "".into() });
    }
    for name in ["tini", "docker-init", "dumb-init", "catatonit"] {
        let built = if init.ends_with("-musl") { format!("{name}-musl") } else { name.to_owned() };
        let binary = Binary::Program { name: built.as_str().into(), version: version.into() };
        files.put_binary(&format!("/bin/{name}"), binary);
    }
    for name in ["env", "setsid", "sleep", "true", "nohup", "cat"] {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: "coreutils".into(), version: "".into() });
    }
    files
}

/// `tini[dash[app]]`, a zombie as `brief(Z)`.
fn shape(bare: &Bare) -> String {
    let tasks: Vec<(TaskId, &Task)> = bare.seen().in_namespace(bare.namespace()).collect();
    fn below(tasks: &[(TaskId, &Task)], parent: Option<TaskId>) -> String {
        let mut children: Vec<_> = tasks.iter().filter(|(_, t)| t.parent == parent).collect();
        children.sort_by_key(|(_, t)| t.pid);
        let one = |(id, task): &&(TaskId, &Task)| {
            let name = format!("{}{}", task.comm, if task.is_zombie() { "(Z)" } else { "" });
            let inner = below(tasks, Some(*id));
            if inner.is_empty() { name } else { format!("{name}[{inner}]") }
        };
        children.iter().map(one).collect::<Vec<String>>().join(" ")
    }
    below(&tasks, None)
}

fn log(bare: &Bare) -> Vec<String> {
    let files = bare.kernel().files(simulator::kernel::FilesId(0)).expect("files");
    let Some(Content::Text(text)) = files.get("/", LOG).map(|f| &f.content) else { return Vec::new() };
    let mut lines: Vec<String> = text.lines().filter(|l| !l.contains(" start ")).map(str::to_owned).collect();
    lines.sort_by_key(|l| l.split(' ').nth(1).and_then(|p| p.parse::<u32>().ok()));
    lines
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().map(|a| a.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

/// What differs between a record and the simulation.
fn differences(record: &Value) -> Vec<String> {
    let argv = strings(&record["argv"]);
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    let version = record["version"].as_str().unwrap_or("");
    let mut bare =
        Bare::new(files(version, record["init"].as_str().unwrap_or("")), Settings::default(), Pid(2), INTERACTIVE);
    let mut env = vec![("PATH", "/bin"), ("HLOG", LOG)];
    env.extend(record["env"].as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.as_str(), v.as_str()?))));
    let init = bare.start(&argv, &env).expect("starts");
    bare.run_until(SETTLED);
    let mut found = Vec::new();
    let racy = strings(&record["racy"]);
    let mut judge = |what: &str, expected: String, got: String| {
        if expected != got && !racy.iter().any(|r| r == what) {
            found.push(format!("{what}: measured {expected}, simulated {got}"));
        }
    };
    if let Some(expected) = record["shape"].as_str() {
        judge("tree", expected.into(), shape(&bare));
        let groups = |t: &Task| format!("[{},{},{}]", t.pid, t.pgid, t.sid);
        let mut rows: Vec<&Task> = bare.seen().in_namespace(bare.namespace()).map(|(_, t)| t).collect();
        rows.sort_by_key(|t| t.pid);
        let got = rows.iter().map(|t| groups(t)).collect::<Vec<String>>().join(",");
        judge("pid, group, session", record["groups"].to_string(), format!("[{got}]"));
    }
    let init_program = ["tini", "dumb-init", "catatonit"];
    let below = bare.seen().in_namespace(bare.namespace()).find(|(_, t)| init_program.contains(&&*t.comm));
    let target = if record["as_pid1"] == true { init } else { below.map_or(init, |(id, _)| id) };
    for pair in record["signals"].as_array().expect("signals") {
        let after = SimDuration::from_micros((pair[0].as_f64().expect("time") * 1e6) as u64);
        bare.run_until(SETTLED + after);
        let signal = Signal::parse(pair[1].as_str().expect("name")).expect("signal");
        bare.send(target, signal);
    }
    bare.run_until(SETTLED + SimDuration::from_micros((record["watch_s"].as_f64().expect("time") * 1e6) as u64));
    let code = bare.seen().task(init).and_then(|t| t.ended()).map(|(s, _)| s.container_code());
    judge("exit code", record["exit_code"].to_string(), code.map_or("null".into(), |c| c.to_string()));
    if let Some(left) = record["left"].as_str() {
        judge("left", left.into(), shape(&bare));
    }
    let output: String = bare.seen().logs.iter().map(|l| &*l.text).collect();
    let mut output: Vec<&str> = output.lines().collect();
    let allowed: Vec<Vec<String>> =
        match record["output"].as_array().and_then(|o| o.first()).is_some_and(Value::is_array) {
            true => record["output"].as_array().expect("lists").iter().map(strings).collect(),
            false => vec![strings(&record["output"])],
        };
    // Of licences the first line is kept.
    if allowed.iter().any(|lines| lines.last().is_some_and(|l| l == "...")) {
        output.push("...");
    }
    if !allowed.iter().any(|lines| *lines == output) {
        judge("output", allowed.iter().map(|l| l.join("|")).collect::<Vec<String>>().join(" or "), output.join("|"));
    }
    let allowed: Vec<Vec<String>> = record["events"].as_array().expect("lists").iter().map(strings).collect();
    let got = log(&bare);
    if !allowed.contains(&got) {
        judge("log", format!("{allowed:?}"), format!("{got:?}"));
    }
    found
}

#[test]
fn init_programs_agree_with_the_measured_ones() {
    all_agree(&serde_json::from_str(include_str!("data/inits.json")).expect("data"));
}

#[test]
fn every_option_variable_and_signal_does_what_was_measured() {
    let bytes: &[u8] = include_bytes!("data/inits-options.json.gz");
    all_agree(&serde_json::from_reader(GzDecoder::new(bytes)).expect("data"));
}

#[test]
fn pipelines_sessions_stops_and_two_signals_do_what_was_measured() {
    let bytes: &[u8] = include_bytes!("data/inits-corners.json.gz");
    all_agree(&serde_json::from_reader(GzDecoder::new(bytes)).expect("data"));
}

fn all_agree(data: &Value) {
    let records = data["records"].as_array().expect("records");
    let mut failed = Vec::new();
    for record in records {
        let found = differences(record);
        if !found.is_empty() {
            failed.push(format!("{} {}: {}", record["init"], record["scenario"], found.join("; ")));
        }
    }
    println!("init programs: {} of {} records agree", records.len() - failed.len(), records.len());
    assert!(failed.is_empty(), "{} of {} differ\n{}", failed.len(), records.len(), failed.join("\n"));
}
