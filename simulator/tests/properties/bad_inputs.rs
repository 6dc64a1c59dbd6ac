//! What people paste by accident or on purpose: a message with its place, or a limit that shows in the trace.

use std::collections::BTreeMap;

use simulator::base::diagnostic::{Diagnostic, Severity};
use simulator::scenario::{Draft, Scenario};
use simulator::trace::{EventKind, Exhausted, OnTask};
use simulator::world::{self, Run};

const SCENARIO: &str = "inputs:\n- {at_ms: 20000, do: delete}\n";

fn check(files: &[(&str, &str)]) -> (Option<Scenario>, Vec<Diagnostic>) {
    let files: BTreeMap<String, String> = files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    Draft { files }.check()
}

/// The first error, which has to be there.
fn error(files: &[(&str, &str)]) -> Diagnostic {
    let (scenario, remarks) = check(files);
    assert!(scenario.is_none(), "accepted: {remarks:?}");
    remarks.into_iter().find(|r| r.severity == Severity::Error).expect("a reason")
}

/// A script as the container's command, under the image's sh.
fn run_script(base: &str, script: &str) -> Run {
    run_under("sh", base, script)
}

fn run_under(shell: &str, base: &str, script: &str) -> Run {
    let dockerfile = format!("FROM {base}\nCOPY run.sh .\nCMD [{shell:?}, \"run.sh\"]\n");
    let (scenario, remarks) = check(&[("Dockerfile", &dockerfile), ("run.sh", script), ("scenario.yaml", SCENARIO)]);
    world::run(&scenario.unwrap_or_else(|| panic!("{script:?}: {remarks:?}")))
}

/// The run stayed within its limits and ended with the delete, or says which limit ended it.
fn ends(name: &str, run: &Run) {
    let removed = run.end.pods.iter().all(|p| p.removed.is_some());
    let limit = run
        .end
        .exhausted
        .iter()
        .any(|(what, _)| matches!(what, Exhausted::Events | Exhausted::Turns | Exhausted::Tasks));
    assert!(removed || limit, "{name}: neither deleted nor at a limit");
    assert!(run.trace.len() < 50_100, "{name}: {} events", run.trace.len());
}

#[test]
fn broken_yaml_is_refused_with_its_place() {
    let error = error(&[
        ("Dockerfile", "FROM debian:12\nCMD sleep 5\n"),
        ("pod.yaml", "kind: Pod\nmetadata: {name: [a\nspec:\n"),
    ]);
    assert_eq!(&*error.file, "pod.yaml");
    assert!(error.line >= 2, "{error:?}");
}

#[test]
fn an_unknown_instruction_is_refused_with_its_line() {
    let error = error(&[("Dockerfile", "FROM debian:12\nWORKDIR /app\nCDM sleep 5\n")]);
    assert_eq!((&*error.file, error.line), ("Dockerfile", 3));
    assert!(error.message.contains("CDM"), "{error:?}");
}

#[test]
fn an_unclosed_quote_in_a_script_ends_the_shell_with_its_message() {
    for base in ["debian:12", "alpine:3.19"] {
        let run = run_script(base, "echo a\necho \"b\nsleep 1000\n");
        ends("unclosed quote", &run);
        let log: String = run.end.logs.iter().map(|l| l.text.to_string()).collect();
        assert!(log.contains("nterminated quoted string") || log.contains("nexpected EOF"), "{base}: {log:?}");
    }
}

#[test]
fn an_unknown_base_image_is_assumed_and_said() {
    let (scenario, remarks) =
        check(&[("Dockerfile", "FROM registry.example/team/base:7\nCMD [\"sleep\", \"1000\"]\n")]);
    assert!(scenario.is_some(), "{remarks:?}");
    let said =
        remarks.iter().find(|r| r.message.contains("registry.example/team/base:7") || r.message.contains("assum"));
    assert_eq!(said.map(|r| r.line), Some(1), "{remarks:?}");
}

#[test]
fn endless_loops_end() {
    for script in [
        "while :; do :; done\n",
        "while :; do sleep 0; done\n",
        "f() { f; }; f\n",
        "x='eval \"$x\"'; eval \"$x\"\n",
        "until false; do true; done\n",
        "trap 'kill -TERM $$' TERM; kill -TERM $$; sleep 1000\n",
        "while :; do (exit 1); done\n",
        "sh run.sh\n",
        "exec sh run.sh\n",
        ". ./run.sh\n",
        "while :; do echo y; done\n",
        "while :; do x=$x$x.; done\n",
    ] {
        ends(script, &run_script("debian:12", script));
    }
    ends("busybox", &run_script("alpine:3.19", "while :; do sleep 0; done\n"));
}

#[test]
fn a_fork_bomb_is_refused_at_the_limit_of_processes() {
    for script in
        [":() { : | : & }; :\nsleep 1000\n", "f() { f & f & }; f; sleep 1000\n", "while :; do sleep 1000 & done\n"]
    {
        let run = run_under("bash", "debian:12", script);
        ends(script, &run);
        let refused = run.trace.events().iter().any(|e| matches!(e.kind, EventKind::Task(_, OnTask::ForkRefused(_))));
        let limit = run.end.exhausted.iter().any(|(what, _)| *what == Exhausted::Tasks);
        assert!(refused || limit, "{script}: nothing stopped it");
    }
}

#[test]
fn the_classic_fork_bomb_is_no_function_name_to_dash() {
    let run = run_script("debian:12", "echo a\n:() { : | : & }; :\n");
    let log: String = run.end.logs.iter().map(|l| l.text.to_string()).collect();
    // Measured: dash 0.5.12.
    assert!(log.starts_with("a\nrun.sh: 2: Syntax error: Bad function name\n"), "{log:?}");
}

#[test]
fn busybox_refuses_a_function_name_with_a_hyphen_and_bash_does_not() {
    let script = "start-app() { echo started; }\nstart-app\n";
    let log = |run: Run| -> String { run.end.logs.iter().map(|l| l.text.to_string()).collect() };
    // Measured: BusyBox 1.35 and bash 5.2.
    assert!(log(run_script("alpine:3.19", script)).starts_with("run.sh: line 1: syntax error: bad function name\n"));
    assert!(log(run_under("bash", "debian:12", script)).starts_with("started\n"));
}

#[test]
fn endless_pipes_end() {
    for script in ["yes | cat\n", "yes | head -n 1\nsleep 1000\n", "yes > /dev/null\n", "cat | cat\n", "yes\n"] {
        ends(script, &run_script("debian:12", script));
    }
}

#[test]
fn a_paste_of_a_megabyte_is_refused_in_every_file() {
    let long = "echo hello world\n".repeat(60_000);
    for (name, comment) in [("Dockerfile", ""), ("pod.yaml", "# "), ("run.sh", ""), ("scenario.yaml", "# ")] {
        let long = format!("{comment}{}", long.replace('\n', &format!("\n{comment}")));
        let mut files = vec![("Dockerfile", "FROM debian:12\nCMD sleep 5\n"), ("scenario.yaml", SCENARIO)];
        files.retain(|(n, _)| *n != name);
        files.push((name, &long));
        assert_eq!(&*error(&files).file, name);
    }
}

#[test]
fn binary_junk_is_refused_with_a_reason() {
    let junk: String = (0..4_000_u32).filter_map(|n| char::from_u32(n.wrapping_mul(7_919) % 0x300)).collect();
    assert_eq!(&*error(&[("Dockerfile", &junk)]).file, "Dockerfile");
    assert_eq!(&*error(&[("Dockerfile", "FROM debian:12\n"), ("pod.yaml", &junk)]).file, "pod.yaml");
    let run = run_script("debian:12", &junk);
    ends("a script of junk", &run);
}

#[test]
fn deep_nesting_is_refused_or_limited() {
    for (open, close) in
        [("(", ")"), ("{ ", "; }"), ("$(", ")"), ("if ", ""), ("while ", ""), ("\"$(", ")\""), ("${x:-", "}")]
    {
        let script = format!("{}:{}\n", open.repeat(2_000), close.repeat(2_000));
        ends(open, &run_script("debian:12", &script));
    }
    for deep in ["[".repeat(9_000), "{a: ".repeat(6_000), "- ".repeat(9_000), format!("a: {}", "\n a:".repeat(5))] {
        let files = [("Dockerfile", "FROM debian:12\nCMD sleep 5\n"), ("pod.yaml", deep.as_str())];
        assert_eq!(&*error(&files).file, "pod.yaml");
    }
    let nested =
        format!("FROM debian:12\nENV A={}{}\nCMD [\"sleep\", \"5\"]\n", "${B:-".repeat(2_000), "}".repeat(2_000));
    assert_eq!(&*error(&[("Dockerfile", &nested)]).file, "Dockerfile");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let items = vec![format!("*a{}", n - 1); 10].join(", ");
        text.push_str(&format!("a{n}: &a{n} [{items}]\n"));
    }
    assert_eq!(&*error(&[("Dockerfile", "FROM debian:12\nCMD sleep 5\n"), ("pod.yaml", &text)]).file, "pod.yaml");
}

#[test]
fn a_huge_here_document_ends() {
    let script = format!("cat <<EOF\n{}EOF\nsleep 1000\n", "0123456789012345678901234567890\n".repeat(480));
    ends("here-document", &run_script("debian:12", &script));
    let grows = format!("x=0123456789\n{}cat <<EOF\n$x\nEOF\nsleep 1000\n", "x=$x$x\n".repeat(40));
    ends("a word that doubles", &run_script("debian:12", &grows));
}

#[test]
fn thousands_of_replicas_stop_at_the_limit_of_pods() {
    let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  replicas: 5000\n  selector: {matchLabels: {app: app}}\n  \
               template:\n    metadata: {labels: {app: app}}\n    spec:\n      containers:\n      - {name: app, image: my-app}\n";
    let (scenario, remarks) = check(&[
        ("Dockerfile", "FROM debian:12\nCMD [\"sleep\", \"1000\"]\n"),
        ("pod.yaml", pod),
        ("scenario.yaml", SCENARIO),
    ]);
    match scenario {
        None => assert!(remarks.iter().any(|r| r.severity == Severity::Error && r.line > 0), "{remarks:?}"),
        Some(scenario) => {
            let run = world::run(&scenario);
            assert!(run.end.pods.len() <= 50);
            assert!(run.end.exhausted.iter().any(|(what, _)| *what == Exhausted::Pods), "{:?}", run.end.exhausted);
        }
    }
}
