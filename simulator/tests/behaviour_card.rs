//! The behaviour card beside what a program does by its source or its profile.

use simulator::observed::Observed;
use simulator::scenario::Draft;
use simulator::trace::{EventKind, OnTask};
use simulator::view::verdict::{Verdict, verdict};
use simulator::world;

const NGINX: &str = "FROM nginx:1.25\nSTOPSIGNAL SIGTERM\n";
const RUBY: &str = "FROM ruby:3.2-slim\nCOPY server.rb /\nCMD [\"ruby\", \"server.rb\"]\n";
const RUBY_SOURCE: &str = "Signal.trap('TERM') { sleep 5; exit 0 }\nputs 'up'\nsleep\n";

fn ran(dockerfile: &str, card: &str) -> (Observed, Verdict, Vec<String>) {
    let scenario = format!("settings: {{app: {card}}}\ninputs:\n- {{at_ms: 10000, do: delete, grace: 10}}\n");
    let files = [("Dockerfile", dockerfile), ("server.rb", RUBY_SOURCE), ("scenario.yaml", &scenario)];
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let (scenario, remarks) = Draft { files }.check();
    let run = world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")));
    let verdict = verdict(&run.trace, &run.end);
    let said = run.trace.iter().filter_map(|(_, e)| match &e.kind {
        EventKind::Task(_, OnTask::Does(text)) => Some(text.to_string()),
        _ => None,
    });
    let said = said.collect();
    (run.end, verdict, said)
}

#[test]
fn a_card_that_amends_keeps_the_start_of_the_program_and_changes_one_reaction() {
    let (_, verdict, said) = ran(RUBY, "{amends: true, on: {TERM: [{sleep_s: 2}, {exit: 7}]}}");
    assert_eq!(verdict.end.value.as_ref().map(|e| e.0), Some(7));
    assert!(said.iter().any(|s| s.starts_with("server.rb:1 handles TERM")), "{said:?}");
    assert!(said.contains(&"scenario.yaml:1 the behaviour card says what it does on TERM".to_owned()), "{said:?}");
}

#[test]
fn without_amends_only_the_runtime_is_left_of_the_program() {
    let (_, verdict, said) = ran(RUBY, "{on: {INT: ignore}}");
    // Ruby itself raises SignalException on TERM, which as PID 1 ends in exit code 1.
    assert_eq!(verdict.end.value.as_ref().map(|e| e.0), Some(1));
    assert_eq!(said, ["the behaviour card"]);
}

#[test]
fn default_takes_away_the_handler_that_the_program_has() {
    let (end, verdict, _) = ran(NGINX, "{amends: true, on: {TERM: default}}");
    assert_eq!(verdict.end.value.as_ref().map(|e| e.0), Some(137));
    let master = end.task(verdict.app.unwrap()).unwrap();
    assert_eq!(&*master.comm, "nginx");
    let (_, own, _) = ran(NGINX, "{amends: true}");
    assert_eq!(own.end.value.as_ref().map(|e| e.0), Some(0));
}
