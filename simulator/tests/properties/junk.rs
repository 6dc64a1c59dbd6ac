//! Arbitrary bytes into everything that reads text: no panic, and an answer in bounded time.

use std::collections::BTreeMap;

use simulator::image::{self, Options};
use simulator::lesson::expect;
use simulator::pod::{self, Api};
use simulator::program::profiles::row::Language;
use simulator::program::recognise;
use simulator::scenario::{Draft, stories};
use simulator::shell::{parse, variants};
use simulator::world::{self, Run};

use super::generate::Dice;

/// Pieces that mean something to one of the parsers.
const PIECES: &[&str] = &[
    "FROM ",
    "CMD ",
    "ENTRYPOINT [",
    "\"",
    "'",
    "`",
    "$(",
    "${",
    "}",
    ")",
    "((",
    "))",
    "<<EOF\n",
    "EOF\n",
    "\\\n",
    "\n",
    "\t",
    " ",
    "  - ",
    ": ",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    ">-\n",
    "---\n",
    "{",
    "[",
    "]",
    ",",
    "#",
    "\u{0}",
    "\u{feff}",
    "é",
    "😀",
    "\r\n",
    "if ",
    "then ",
    "fi",
    "while ",
    "do ",
    "done",
    "case x in ",
    "esac",
    "for i in ",
    ";;",
    "&&",
    "||",
    "&",
    "trap ",
    "exec ",
    "2>&1",
    "> ",
    "< ",
    "| ",
    "!",
    "*",
    "?",
    "[[:alpha:]]",
    "~",
    "$$",
    "$!",
    "$?",
    "$@",
    "${x%%*}",
    "${x:-",
    "def ",
    "end\n",
    "signal.signal(",
    "process.on('",
    "Signal.trap(",
    "=> {",
    "lambda",
    "kind: Pod\n",
    "spec:\n",
    "containers:\n",
    "metadata: ",
    "name: ",
    "99999999999999999999",
    "-1",
    "0x10",
    "1e9",
    "null",
    "ONBUILD ",
    "ARG x=",
    "STOPSIGNAL ",
    "HEALTHCHECK ",
    "SHELL [",
    "COPY --from=",
    "inputs:\n",
    "settings:\n",
    "at_ms: ",
    "do: delete",
    "moments:\n",
    "verdict: {",
];

/// A text of bytes, of pieces, or of a story's file with some of it changed.
fn text(dice: &mut Dice) -> String {
    match dice.between(0, 3) {
        0 => {
            let bytes: Vec<u8> =
                (0..dice.between(0, 300)).map(|_| u8::try_from(dice.between(0, 255)).expect("a byte")).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => (0..dice.between(0, 60)).map(|_| dice.pick(PIECES)).collect(),
        _ => mutated(dice),
    }
}

fn mutated(dice: &mut Dice) -> String {
    let all = stories::all();
    let story = &all[usize::try_from(dice.between(0, all.len() as u64 - 1)).expect("small")];
    let file = usize::try_from(dice.between(0, story.files.len() as u64 - 1)).expect("small");
    change(dice, story.files[file].1)
}

fn change(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..dice.between(1, 6) {
        let at = usize::try_from(dice.between(0, chars.len() as u64)).expect("small");
        match dice.between(0, 3) {
            0 if at < chars.len() => {
                chars.remove(at);
            }
            1 => chars.truncate(at),
            _ => {
                let piece: Vec<char> = dice.pick(PIECES).chars().collect();
                chars.splice(at..at, piece);
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn no_dockerfile_makes_the_builder_panic() {
    let mut dice = Dice::new(1, "dockerfile");
    for _ in 0..1_500 {
        let text = text(&mut dice);
        let (image, remarks) = image::build(&BTreeMap::new(), &text, &Options::default());
        assert!(image.is_some() || !remarks.is_empty(), "no image and no reason: {text:?}");
    }
}

#[test]
fn no_manifest_makes_the_reader_panic() {
    let mut dice = Dice::new(2, "manifest");
    for _ in 0..1_500 {
        let text = text(&mut dice);
        let (manifests, _) = pod::parse("pod.yaml", &text, Api::of_minor(36));
        assert!(manifests.workloads.len() < 300);
    }
}

#[test]
fn no_script_makes_a_shell_parser_panic() {
    let mut dice = Dice::new(3, "script");
    let shells: Vec<_> = variants::all().collect();
    for round in 0..1_500 {
        let text = text(&mut dice);
        let shell = shells[round % shells.len()];
        let _ = parse::parse(&text, &shell.columns.syntax);
    }
}

#[test]
fn no_source_makes_the_recognition_of_handlers_panic() {
    let mut dice = Dice::new(4, "source");
    for _ in 0..800 {
        let text = text(&mut dice);
        for language in [Language::Ruby, Language::Python, Language::Node, Language::Go] {
            let _ = recognise::recognise(language, "app", &text);
        }
    }
}

#[test]
fn no_expectation_makes_the_check_panic() {
    let story = stories::by_name("ruby-shell-form").expect("a story");
    let run: Run = world::run(&story.draft().check().0.expect("it checks"));
    let mut dice = Dice::new(5, "expect");
    for _ in 0..300 {
        let _ = expect::failures(&text(&mut dice), &run);
    }
}

#[test]
fn no_change_to_the_files_of_a_story_makes_a_run_panic() {
    let mut dice = Dice::new(6, "draft");
    let mut ran = 0;
    for _ in 0..120 {
        let all = stories::all();
        let story = &all[usize::try_from(dice.between(0, all.len() as u64 - 1)).expect("small")];
        let mut draft: Draft = story.draft();
        let names: Vec<String> = draft.files.keys().cloned().collect();
        let name = &names[usize::try_from(dice.between(0, names.len() as u64 - 1)).expect("small")];
        let changed = change(&mut dice, &draft.files[name]);
        draft.files.insert(name.clone(), changed);
        let (scenario, remarks) = draft.check();
        match scenario {
            Some(scenario) => {
                let run = world::run(&scenario);
                assert!(run.trace.len() < 50_100);
                ran += 1;
            }
            None => assert!(!remarks.is_empty(), "refused without a reason: {draft:?}"),
        }
    }
    assert!(ran > 20, "only {ran} still ran");
}

#[test]
fn files_of_junk_are_refused_with_a_reason() {
    let mut dice = Dice::new(7, "files");
    for _ in 0..150 {
        let names = ["Dockerfile", "pod.yaml", "scenario.yaml", "run.sh", "app.py", "server.rb", "index.js"];
        let files = names.map(|name| (name.to_owned(), text(&mut dice)));
        let (scenario, remarks) = Draft::new(files).check();
        assert!(scenario.is_some() || !remarks.is_empty());
        if let Some(scenario) = scenario {
            assert!(world::run(&scenario).trace.len() < 50_100);
        }
    }
}
