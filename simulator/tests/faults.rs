//! Faults, abort(3), limits of processes and the parent's death, from a scenario and from scripts.

use simulator::base::id::Pid;
use simulator::base::limits::INTERACTIVE;
use simulator::base::time::SimTime;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::FileSystem;
use simulator::program::call::{Binary, Settings};
use simulator::rules::RuleId;
use simulator::scenario::Draft;
use simulator::trace::EventKind;
use simulator::view::verdict::verdict;
use simulator::world;

/// The exit code of a pod whose application has this card, deleted at 10 s; `init` in front of it or not.
fn exit_code(entrypoint: &str, card: &str) -> Option<i32> {
    let dockerfile = format!("FROM python:3.12-slim\nRUN apt-get install -y tini\n{entrypoint}\n");
    let scenario = format!("settings: {{app: {card}}}\ninputs:\n- {{at_ms: 10000, do: delete, grace: 5}}\n");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec: {restartPolicy: Never, containers: [{name: app, image: app}]}\n";
    let files = [("Dockerfile", dockerfile.as_str()), ("pod.yaml", pod), ("scenario.yaml", scenario.as_str())];
    let (scenario, remarks) = Draft::new(files.map(|(n, t)| (n.to_owned(), t.to_owned()))).check();
    let run = world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")));
    verdict(&run.trace, &run.end).end.value.as_ref().map(|e| i32::try_from(e.0).expect("a code"))
}

const PLAIN: &str = "CMD [\"python3\"]";
const BELOW_TINI: &str = "ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"python3\"]";

#[test]
fn a_fault_ends_pid_1_and_others_with_128_and_its_number() {
    for (signal, code) in [("SEGV", 139), ("FPE", 136), ("ILL", 132), ("BUS", 135)] {
        let card = format!("{{on: {{TERM: [{{fault: {signal}}}]}}}}");
        assert_eq!(exit_code(PLAIN, &card), Some(code), "{signal}");
        assert_eq!(exit_code(BELOW_TINI, &card), Some(code), "{signal}");
    }
}

#[test]
fn abort_is_134_but_139_for_pid_1() {
    assert_eq!(exit_code(BELOW_TINI, "{on: {TERM: [abort]}}"), Some(134));
    assert_eq!(exit_code(PLAIN, "{on: {TERM: [abort]}}"), Some(139));
}

#[test]
fn a_signal_to_itself_does_nothing_to_pid_1() {
    assert_eq!(exit_code(BELOW_TINI, "{on: {TERM: [{signal_self: USR1}, {exit: 3}]}}"), Some(138));
    assert_eq!(exit_code(PLAIN, "{on: {TERM: [{signal_self: USR1}, {exit: 3}]}}"), Some(3));
}

/// A script as PID 1 in a namespace that holds so many processes: what it says, its exit code, and when it ended.
fn at_limit(shell: &str, called: &str, script: &str) -> (String, Option<i64>, u64) {
    let mut files = FileSystem::new();
    files.put_binary(&format!("/bin/{called}"), Binary::Shell(shell.into()));
    for name in ["true", "sleep", "setpriv", "prlimit"] {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: "coreutils".into(), version: "".into() });
    }
    let mut bare = Bare::new(files, Settings::default(), Pid(2), INTERACTIVE).with_pids_limit(1);
    let init = bare.start(&[called, "-c", script], &[("PATH", "/bin")]).expect("starts");
    bare.run_until(SimTime::from_secs(40));
    let said = bare.seen().logs.iter().map(|l| &*l.text).collect();
    let ended = bare.seen().task(init).and_then(|t| t.ended());
    let at = ended.and_then(|(_, died)| bare.trace().get(died)).map_or(0, |e| e.at.as_micros() / 1_000_000);
    (said, ended.map(|(s, _)| i64::from(s.container_code())), at)
}

/// Measured with a pids cgroup that was full: `sh -c '/bin/true; echo rc $?'`.
#[test]
fn a_shell_that_cannot_fork_tries_again_or_gives_up_as_measured() {
    let rows: [(&str, &str, &str, i64, u64); 6] = [
        ("dash-0.5.12-bookworm", "dash", "dash: 1: Cannot fork\n", 2, 0),
        ("bash-5.2.15", "bash", "bash: fork: Resource temporarily unavailable\n", 254, 15),
        ("mksh-59c", "mksh", "E: mksh: can't fork - try again: Resource temporarily unavailable\n", 1, 31),
        ("zsh-5.9", "zsh", "zsh:1: fork failed: resource temporarily unavailable\n", 1, 0),
        ("yash-2.52", "yash", "yash: cannot make a child process: Resource temporarily unavailable\nrc 126\n", 0, 0),
        ("busybox-1.35.0-deb", "ash", "ash: can't fork: Resource temporarily unavailable\n", 2, 0),
    ];
    for (shell, called, said, code, seconds) in rows {
        let (output, got, at) = at_limit(shell, called, "/bin/true; echo rc $?");
        let again = "bash: fork: retry: Resource temporarily unavailable\n".repeat(4);
        assert_eq!(output.strip_prefix(&again).unwrap_or(&output), said, "{shell}");
        assert_eq!((got, at), (Some(code), seconds), "{shell}");
    }
}

#[test]
fn root_is_exempt_from_ulimit() {
    let (said, code, _) = at_limit("dash-0.5.12-bookworm", "dash", "ulimit -n 1024; ulimit -n; exec true");
    assert_eq!((said.as_str(), code), ("1024\n", Some(0)));
}

#[test]
fn setpriv_asks_for_a_signal_when_the_parent_dies() {
    let mut files = FileSystem::new();
    files.put_binary("/bin/dash", Binary::Shell("dash-0.5.12-bookworm".into()));
    for name in ["true", "sleep", "setpriv"] {
        files.put_binary(&format!("/bin/{name}"), Binary::Program { name: "coreutils".into(), version: "".into() });
    }
    for (option, gone) in [("--pdeathsig TERM", true), ("--pdeathsig clear", false)] {
        let mut bare = Bare::new(files.clone(), Settings::default(), Pid(2), INTERACTIVE);
        let script = format!("(setpriv {option} sleep 100 & exec sleep 1); exec sleep 9");
        bare.start(&["dash", "-c", &script], &[("PATH", "/bin")]).expect("starts");
        bare.run_until(SimTime::from_secs(2));
        let sleeps = bare.seen().in_namespace(bare.namespace()).filter(|(_, t)| t.alive().is_some()).count();
        assert_eq!(sleeps, if gone { 1 } else { 2 }, "{option}");
    }
}

#[test]
fn a_refused_fork_is_an_event_with_its_rule() {
    let mut files = FileSystem::new();
    files.put_binary("/bin/dash", Binary::Shell("dash-0.5.12-bookworm".into()));
    let mut bare = Bare::new(files, Settings::default(), Pid(2), INTERACTIVE).with_pids_limit(1);
    bare.start(&["dash", "-c", "(:)& :"], &[("PATH", "/bin")]).expect("starts");
    bare.run_until(SimTime::from_secs(1));
    let refused = bare.trace().iter().find(|(_, e)| e.rule == RuleId::ProcessForkLimit);
    assert!(refused.is_some_and(|(_, e)| matches!(e.kind, EventKind::Task(..))));
}
