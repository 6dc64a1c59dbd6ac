//! Entrypoint scripts in the style of the official images', with stub programs, against what the real shells and utilities of
//! Debian 12 made of them in a PID namespace and a root directory of their own (`data/entrypoints.json`).
//!
//! Judged: everything written, in order, and the exit code; for a stub its arguments, user and PID, which tells whether
//! the script ended in exec. `ENTRYPOINTS=file` compares other records of the same form and prints what differs.

use serde_json::Value;
use simulator::base::id::Pid;
use simulator::base::limits::INTERACTIVE;
use simulator::base::signal::Signal;
use simulator::base::time::SimTime;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::{Attributes, Content, File, FileSystem};
use simulator::program::call::{Binary, Settings};
use simulator::shell::missing;
use simulator::shell::variants::by_id;
use simulator::trace::{EventKind, OnTask};

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const UTILITIES: &[&str] = &[
    "basename",
    "cat",
    "chmod",
    "chown",
    "chgrp",
    "chroot",
    "cut",
    "date",
    "dirname",
    "dpkg",
    "echo",
    "env",
    "false",
    "find",
    "grep",
    "egrep",
    "head",
    "hostname",
    "id",
    "install",
    "ls",
    "mkdir",
    "mkfifo",
    "mktemp",
    "mv",
    "cp",
    "nproc",
    "printf",
    "printenv",
    "readlink",
    "realpath",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "setpriv",
    "sleep",
    "sort",
    "tac",
    "tail",
    "tar",
    "tee",
    "test",
    "touch",
    "tr",
    "true",
    "uname",
    "uniq",
    "wc",
    "which",
    "whoami",
    "awk",
    "mawk",
    "getconf",
    "getent",
    "groups",
    "ln",
    "paste",
    "stat",
    "xargs",
    "timeout",
    "base64",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "nohup",
    "ps",
    "kill",
    "envsubst",
    "openssl",
    "curl",
    "comm",
    "join",
    "nl",
    "rev",
    "expr",
    "su",
    "runuser",
    "ip",
    "dpkg-query",
];
/// Commands of UTILITIES that BusyBox has not, and some that only it has.
const NO_APPLETS: &[&str] = &[
    "dpkg",
    "mawk",
    "getconf",
    "getent",
    "openssl",
    "curl",
    "dpkg-query",
    "join",
    "runuser",
    "su",
    "comm",
    "printenv",
    "nohup",
];
const APPLETS: &[&str] = &["nc", "wget", "ash"];

fn files(record: &Value) -> FileSystem {
    let mut files = FileSystem::new();
    files.set_complete();
    let directory = || File { content: Content::Directory, executable: true, origin: None };
    for path in ["/", "/tmp", "/etc", "/usr/local/bin", "/data", "/root", "/dev", "/proc", "/var", "/run"] {
        files.put(path, directory());
    }
    let roots = |mode| Attributes { uid: 0, gid: 0, mode, modified: SimTime::ZERO };
    files.set_attributes("/data", roots(0o755));
    for path in record["dirs"].as_array().into_iter().flatten() {
        let path = path.as_str().expect("a path");
        files.put(path, directory());
        if path != "/tmp" {
            files.set_attributes(path, roots(0o755));
        }
    }
    let alpine = record["image"] == "alpine";
    let sh = if alpine { "busybox-1.35.0-deb" } else { "dash-0.5.12-bookworm" };
    for path in if alpine { ["/bin/sh", "/bin/ash", "/usr/bin/sh"] } else { ["/bin/sh", "/bin/dash", "/usr/bin/sh"] } {
        files.put_binary(path, Binary::Shell(sh.into()));
    }
    for path in ["/bin/bash", "/usr/bin/bash"].iter().filter(|_| !alpine) {
        files.put_binary(path, Binary::Shell("bash-5.2.15".into()));
    }
    let program = |name: &str| Binary::Program { name: name.into(), version: "".into() };
    for name in UTILITIES.iter().filter(|name| !alpine || !NO_APPLETS.contains(name)) {
        for directory in ["/usr/bin", "/bin"] {
            files.put_binary(&format!("{directory}/{name}"), program(if alpine { "busybox" } else { "coreutils" }));
        }
    }
    for name in APPLETS.iter().filter(|_| alpine) {
        files.put_binary(&format!("/usr/bin/{name}"), program("busybox"));
    }
    for (path, name) in [
        ("/usr/local/bin/gosu", "gosu"),
        ("/usr/local/bin/su-exec", "su-exec"),
        ("/usr/bin/dumb-init", "dumb-init"),
        ("/usr/bin/tini", "tini"),
    ] {
        files.put_binary(path, program(name));
    }
    files.add_given("app");
    for (path, text) in record["files"].as_object().into_iter().flatten() {
        let text = text.as_str().expect("a text");
        files.put_text(path, text, text.starts_with("#!"));
        files.set_attributes(path, roots(if text.starts_with("#!") { 0o755 } else { 0o644 }));
    }
    if let Some(script) = record["script"].as_str() {
        files.put_text("/usr/local/bin/docker-entrypoint.sh", script, true);
    }
    for (path, mode) in record["modes"].as_object().into_iter().flatten() {
        let mode = u32::from_str_radix(mode.as_str().expect("a mode"), 8).expect("octal");
        files.set_attributes(path, Attributes { mode, ..files.attributes("/", path) });
    }
    for (path, owner) in record["owners"].as_object().into_iter().flatten() {
        let (uid, gid) = owner.as_str().and_then(|o| o.split_once(':')).expect("uid:gid");
        let (uid, gid) = (uid.parse().expect("uid"), gid.parse().expect("gid"));
        files.set_attributes(path, Attributes { uid, gid, ..files.attributes("/", path) });
    }
    files
}

/// Output, exit code (none: still running at the end), and what was said not to be simulated. `signals` of a record are sent to
/// the init process from outside, at their times; `limit` is the end in seconds.
fn simulated(record: &Value) -> (String, Option<i64>, Vec<String>) {
    let mut bare = Bare::new(files(record), Settings::default(), Pid(2), INTERACTIVE);
    let mut env = vec![("PATH", PATH), ("HOME", "/root"), ("HOSTNAME", "app"), ("LC_ALL", "C")];
    let own = record["env"].as_object().into_iter().flatten();
    env.extend(own.filter_map(|(k, v)| Some((k.as_str(), v.as_str()?))));
    let argv: Vec<&str> = record["argv"].as_array().expect("argv").iter().filter_map(Value::as_str).collect();
    let mut start = bare.description(&argv, &env);
    start.uid = record["uid"].as_u64().and_then(|u| u32::try_from(u).ok()).unwrap_or(0);
    start.cwd = record["cwd"].as_str().unwrap_or("/").into();
    let Ok(init) = bare.start_as(&start, None) else { return ("does not start".into(), None, Vec::new()) };
    for sent in record["signals"].as_array().into_iter().flatten() {
        let at = sent["at_ms"].as_u64().expect("at_ms");
        bare.run_until(SimTime::from_micros(at * 1_000));
        bare.send(init, Signal::parse(sent["signal"].as_str().unwrap_or("")).expect("a signal"));
    }
    bare.run_until(SimTime::from_secs(record["limit"].as_u64().unwrap_or(12)));
    let output = bare.seen().logs.iter().map(|l| &*l.text).collect();
    let code = bare.seen().task(init).and_then(|t| t.ended()).map(|(s, _)| i64::from(s.container_code()));
    let said = bare.trace().iter().filter_map(|(_, e)| match &e.kind {
        EventKind::Task(_, OnTask::Does(text)) if text.contains("not") => Some(text.to_string()),
        _ => None,
    });
    (output, code, said.collect())
}

/// What of the scripts of a record is named before the run.
fn named(record: &Value) -> Vec<String> {
    let files = record["files"].as_object().into_iter().flatten().map(|(path, text)| (path.as_str(), text));
    let scripts = std::iter::once(("docker-entrypoint.sh", &record["script"])).chain(files);
    let lines = |(path, text): (&str, &Value)| {
        let text = text.as_str().unwrap_or("").to_owned();
        let first = text.lines().next().unwrap_or("");
        let shell = match (first.starts_with("#!"), first.contains("bash"), record["image"] == "alpine") {
            (false, ..) => return Vec::new(),
            (_, true, _) => "bash-5.2.15",
            (_, _, true) => "busybox-1.35.0-deb",
            (_, _, false) => "dash-0.5.12-bookworm",
        };
        let row = by_id(shell).expect("a shell");
        missing::lines(&text, row).into_iter().map(|line| format!("{path}:{line}")).collect()
    };
    scripts.flat_map(lines).collect()
}

#[test]
fn entrypoints_write_and_end_as_the_real_ones() {
    let other = std::env::var("ENTRYPOINTS").ok().map(|path| std::fs::read_to_string(path).expect("a file"));
    let text = other.as_deref().unwrap_or(include_str!("data/entrypoints.json"));
    let records: Vec<Value> = serde_json::from_str(text).expect("records");
    let mut failed = Vec::new();
    for record in &records {
        let (output, code, said) = simulated(record);
        if output != record["output"].as_str().unwrap_or("") || code != record["exit_code"].as_i64() {
            failed.push(format!(
                "== {}\n-- measured {}\n{}-- simulated {code:?}\n{output}-- while it ran {said:?}\n-- before {:?}\n",
                record["name"],
                record["exit_code"],
                record["output"].as_str().unwrap_or(""),
                named(record)
            ));
        }
    }
    println!("entrypoints: {} of {} agree", records.len() - failed.len(), records.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
