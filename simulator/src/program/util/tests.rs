//! What utilities print, do and end with.

use crate::base::id::{Pid, TaskId};
use crate::base::limits::INTERACTIVE;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::kernel::bare::Bare;
use crate::kernel::fs::FileSystem;
use crate::program::call::{Binary, Settings};
use crate::trace::ExitStatus;

fn bare(names: &[(&str, &str)]) -> Bare {
    let mut files = FileSystem::new();
    for (path, name) in names {
        files.put_binary(path, Binary::Program { name: (*name).into(), version: "".into() });
    }
    files.put_text("/etc/motd", "one\ntwo\nthree\n", false);
    Bare::new(files, Settings::default(), Pid(6), INTERACTIVE)
}

const ALL: &[(&str, &str)] = &[
    ("/bin/sleep", "coreutils"),
    ("/bin/busybox", "busybox"),
    ("/bin/kill", "procps"),
    ("/bin/pkill", "procps"),
    ("/bin/pidof", "procps"),
    ("/bin/ps", "procps"),
    ("/bin/env", "coreutils"),
    ("/bin/cat", "coreutils"),
    ("/bin/grep", "grep"),
    ("/bin/timeout", "coreutils"),
    ("/bin/setsid", "util-linux"),
    ("/bin/gosu", "gosu"),
    ("/bin/nginx", "nginx"),
    ("/bin/stubborn", "stubborn"),
    ("/bin/plain", "plain"),
];

fn ended(bare: &Bare, task: TaskId) -> Option<u32> {
    bare.seen().task(task).and_then(|t| t.ended()).map(|(s, _)| s.container_code())
}

/// Runs a command beside a sleeping init: its code and what it printed.
fn run(argv: &[&str], seconds: u64) -> (Option<u32>, String) {
    let mut bare = bare(ALL);
    bare.start(&["/bin/sleep", "infinity"], &[]).unwrap();
    bare.run_for(SimDuration::from_millis(1));
    let task = bare.start(argv, &[("PATH", "/bin"), ("HOME", "/root")]).unwrap();
    bare.run_for(SimDuration::from_secs(seconds));
    let text = bare.seen().logs.iter().map(|l| &*l.text).collect();
    (ended(&bare, task), text)
}

#[test]
fn sleep_adds_up_its_arguments_and_knows_suffixes() {
    assert_eq!(run(&["/bin/sleep", "1m", "0.5"], 60), (None, String::new()));
    assert_eq!(run(&["/bin/sleep", "1m", "0.5"], 61), (Some(0), String::new()));
    let message = "/bin/sleep: invalid time interval 'x'\nTry '/bin/sleep --help' for more information.\n";
    assert_eq!(run(&["/bin/sleep", "x"], 1), (Some(1), message.into()));
    assert_eq!(run(&["/bin/busybox", "sleep", "x"], 1), (Some(1), "sleep: invalid number 'x'\n".into()));
}

#[test]
fn kill_says_which_process_is_missing() {
    assert_eq!(run(&["/bin/kill", "-TERM", "77"], 1), (Some(1), "/bin/kill: (77): No such process\n".into()));
    let text = "kill: can't kill pid 77: No such process\n".to_owned();
    assert_eq!(run(&["/bin/busybox", "kill", "77"], 1), (Some(1), text));
    assert_eq!(run(&["/bin/kill", "-0", "1"], 1), (Some(0), String::new()));
}

#[test]
fn ps_of_procps_shows_state_and_arguments() {
    let expected = "    PID TTY      STAT   TIME COMMAND\n      1 ?        Ss     0:00 /bin/sleep infinity\n      6 ?        \
                    Rs     0:00 /bin/ps ax\n";
    assert_eq!(run(&["/bin/ps", "ax"], 1), (Some(0), expected.into()));
}

#[test]
fn ps_of_busybox_has_other_columns() {
    let expected = "PID   USER     TIME  COMMAND\n    1 root      0:00 /bin/sleep infinity\n    6 root      0:00 \
                    /bin/busybox ps ax\n";
    assert_eq!(run(&["/bin/busybox", "ps", "ax"], 1), (Some(0), expected.into()));
}

#[test]
fn ps_with_columns_and_a_missing_pid() {
    assert_eq!(run(&["/bin/ps", "-o", "pid=,comm=", "-p", "1"], 1), (Some(0), "      1 sleep\n".into()));
    assert_eq!(run(&["/bin/ps", "-p", "99"], 1).0, Some(1));
}

#[test]
fn pidof_and_pkill_find_by_name() {
    assert_eq!(run(&["/bin/pidof", "sleep"], 1), (Some(0), "1\n".into()));
    assert_eq!(run(&["/bin/pidof", "nothing"], 1), (Some(1), String::new()));
    assert_eq!(run(&["/bin/pkill", "nothing"], 1), (Some(1), String::new()));
}

#[test]
fn env_executes_in_its_own_place_and_reports_a_missing_command() {
    assert_eq!(run(&["/bin/env", "A=1", "sleep", "1"], 2), (Some(0), String::new()));
    let text = "/bin/env: 'nope': No such file or directory\n".to_owned();
    assert_eq!(run(&["/bin/env", "nope"], 1), (Some(127), text));
    assert_eq!(run(&["/bin/env", "-i", "A=1"], 1), (Some(0), "A=1\n".into()));
}

#[test]
fn gosu_leaves_no_process_in_between() {
    let mut bare = bare(ALL);
    let task = bare.start(&["/bin/gosu", "redis", "sleep", "9"], &[("PATH", "/bin")]).unwrap();
    bare.run_for(SimDuration::from_secs(1));
    assert_eq!(bare.seen().task(task).map(|t| (t.pid, t.comm.to_string())), Some((Pid(1), "sleep".into())));
    assert_eq!(bare.seen().tasks.len(), 1);
}

#[test]
fn cat_and_grep_read_files() {
    assert_eq!(run(&["/bin/cat", "/etc/motd"], 1), (Some(0), "one\ntwo\nthree\n".into()));
    assert_eq!(run(&["/bin/cat", "/x"], 1), (Some(1), "/bin/cat: /x: No such file or directory\n".into()));
    assert_eq!(run(&["/bin/grep", "^t", "/etc/motd"], 1), (Some(0), "two\nthree\n".into()));
    assert_eq!(run(&["/bin/grep", "-q", "x", "/etc/motd"], 1), (Some(1), String::new()));
}

#[test]
fn timeout_ends_with_124_when_the_time_is_over() {
    assert_eq!(run(&["/bin/timeout", "2", "sleep", "9"], 1).0, None);
    assert_eq!(run(&["/bin/timeout", "2", "sleep", "9"], 3).0, Some(124));
    assert_eq!(run(&["/bin/timeout", "2", "sleep", "1"], 3).0, Some(0));
    assert_eq!(run(&["/bin/timeout", "2", "nope"], 3).0, Some(127));
    assert_eq!(run(&["/bin/timeout", "1", "stubborn"], 9).0, None);
    assert_eq!(run(&["/bin/timeout", "-k", "2", "1", "stubborn"], 9).0, Some(137));
}

#[test]
fn setsid_forks_when_it_leads_its_group() {
    let mut bare = bare(ALL);
    bare.start(&["/bin/sleep", "infinity"], &[]).unwrap();
    let task = bare.start(&["/bin/setsid", "sleep", "9"], &[("PATH", "/bin")]).unwrap();
    bare.run_for(SimDuration::from_secs(1));
    assert_eq!(ended(&bare, task), Some(0));
    let child = bare.seen().task(TaskId(2)).unwrap();
    assert_eq!((child.sid, child.pgid, &*child.comm), (child.pid, child.pid, "sleep"));
}

#[test]
fn nginx_dash_s_quit_signals_the_master_and_returns_at_once() {
    let mut bare = bare(ALL);
    let master = bare.start(&["/bin/nginx"], &[]).unwrap();
    bare.run_for(SimDuration::from_secs(1));
    let control = bare.start(&["/bin/nginx", "-s", "quit"], &[]).unwrap();
    bare.run_for(SimDuration::from_secs(1));
    assert_eq!(ended(&bare, control).or(ended(&bare, master)), Some(0));
    assert_eq!(bare.seen().task(master).and_then(|t| t.ended()).map(|e| e.0), Some(ExitStatus::Exited(0)));
    let mut alone = super::super::util::tests::bare(ALL);
    let control = alone.start(&["/bin/nginx", "-s", "quit"], &[]).unwrap();
    alone.run_for(SimDuration::from_secs(1));
    assert_eq!(ended(&alone, control), Some(1));
}

#[test]
fn an_unknown_application_runs_for_ever_and_says_so() {
    let mut files = FileSystem::new();
    files.put_binary("/srv/own", Binary::Program { name: "own".into(), version: "".into() });
    let mut bare = Bare::new(files, Settings::default(), Pid(2), INTERACTIVE);
    let task = bare.start(&["/srv/own"], &[]).unwrap();
    bare.run_for(SimDuration::from_secs(1));
    bare.send(task, Signal::TERM);
    bare.run_for(SimDuration::from_secs(1));
    assert_eq!(ended(&bare, task), None);
    let said = bare.trace().events().iter().any(|e| format!("{:?}", e.kind).contains("what own does is not known"));
    assert!(said);
}
