//! `docs/scenario-file.md` against the code: its examples run and show what they say, and no field is missing from it.

use std::collections::BTreeSet;

use simulator::base::diagnostic::Severity;
use simulator::lesson::expect;
use simulator::scenario::{Draft, SCENARIO_FILE};
use simulator::world;

const DOCUMENT: &str = include_str!("../../docs/scenario-file.md");

/// The fenced blocks that are named for a file, in order: name and text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let inside = DOCUMENT.split("```").skip(1).step_by(2);
    inside
        .filter_map(|block| block.split_once('\n'))
        .filter_map(|(info, text)| Some((info.split_once(' ')?.1, text)))
        .collect()
}

#[test]
fn the_examples_check_run_and_show_what_they_say() {
    let mut draft = Draft::default();
    let mut expectations = 0;
    for (name, text) in blocks() {
        if name != "expect.yaml" {
            draft.files.insert(name.to_owned(), text.to_owned());
            continue;
        }
        let (scenario, remarks) = draft.check();
        let wrong: Vec<String> =
            remarks.iter().filter(|r| r.severity != Severity::Note).map(ToString::to_string).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let run = world::run(&scenario.expect("a scenario without errors runs"));
        let failures = expect::failures(text, &run);
        assert!(failures.is_empty(), "{}\n{failures:#?}", draft.files[SCENARIO_FILE]);
        expectations += 1;
    }
    assert_eq!(expectations, 9, "blocks of expect.yaml");
}

/// The fields that are known where `text` has an unknown one: from the remark's help.
fn known_fields(text: &str) -> BTreeSet<String> {
    let files = [("Dockerfile", "FROM nginx:1.25\n"), (SCENARIO_FILE, text)];
    let draft = Draft::new(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let (_, remarks) = draft.check();
    let help = remarks.iter().filter_map(|r| r.help.as_deref()).find_map(|h| h.strip_prefix("known fields: "));
    help.unwrap_or_else(|| panic!("no list of fields in {remarks:?}")).split(", ").map(str::to_owned).collect()
}

#[test]
fn every_field_is_in_the_reference() {
    let places = [
        "zzz: 1",
        "settings: {zzz: 1}",
        "settings: {traffic: {zzz: 1}}",
        "settings: {answers: [{zzz: 1}]}",
        "settings: {app: {zzz: 1}}",
        "settings: {app: {start: [{zzz: 1}]}}",
        "inputs: [{do: delete, zzz: 1}]",
        "inputs: [{do: scale, replicas: 1, zzz: 1}]",
        "inputs: [{do: drain, zzz: 1}]",
        "inputs: [{do: evict, zzz: 1}]",
        "inputs: [{do: pressure, zzz: 1}]",
        "inputs: [{do: oom, zzz: 1}]",
        "inputs: [{do: shutdown, zzz: 1}]",
        "inputs: [{do: lose_node, zzz: 1}]",
        "inputs: [{do: exec, argv: [a], zzz: 1}]",
        "inputs: [{do: signal, signal: TERM, zzz: 1}]",
    ];
    let documented: BTreeSet<&str> = DOCUMENT
        .lines()
        .filter(|line| line.starts_with('|') || line.starts_with("Every input"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .flat_map(|code| code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
        .collect();
    for place in places {
        for field in known_fields(place) {
            assert!(documented.contains(field.as_str()), "{field} ({place}) is not in docs/scenario-file.md");
        }
    }
}
