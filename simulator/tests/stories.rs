//! Every story of `scenarios/` shows what its `expect.yaml` says. A story is tested by existing.

use simulator::lesson::expect;
use simulator::scenario::stories::{self, Story};
use simulator::world;

fn failures(story: &Story) -> Vec<String> {
    let (scenario, remarks) = story.draft().check();
    let Some(scenario) = scenario else {
        return remarks.iter().map(ToString::to_string).collect();
    };
    let run = world::run(&scenario);
    let expected = story.files.iter().find(|(name, _)| *name == "expect.yaml").map(|(_, text)| *text);
    match expected {
        Some(text) => expect::failures(text, &run).iter().map(ToString::to_string).collect(),
        None => vec!["there is no expect.yaml".to_owned()],
    }
}

#[test]
fn every_story_shows_what_it_is_expected_to_show() {
    let mut wrong = Vec::new();
    for story in stories::all() {
        for failure in failures(story) {
            wrong.push(format!("{}: {failure}", story.name));
        }
    }
    assert!(wrong.is_empty(), "{} of the expectations fail:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_story_uses_what_is_not_simulated() {
    for story in stories::all() {
        let remarks = story.draft().check().1;
        let said: Vec<String> = remarks.iter().map(ToString::to_string).filter(|r| r.contains("simulated")).collect();
        assert_eq!(said, [""; 0], "{}", story.name);
    }
}

#[test]
fn the_stories_cover_every_fact_they_are_made_for() {
    let wanted = [
        "A-1", "A-2", "A-3", "A-4", "A-5", "B-1", "B-2", "B-3", "B-4", "B-5", "C-7", "D-1", "D-2", "D-3", "D-4", "D-5",
        "D-6", "D-7", "E-1", "E-2", "E-3", "E-4", "E-5", "E-6", "E-7", "E-8", "E-9", "E-10", "E-11",
    ];
    let told: Vec<String> = stories::all()
        .iter()
        .flat_map(|s| s.files.iter().filter(|(name, _)| *name == "scenario.yaml"))
        .filter_map(|(_, text)| text.lines().find_map(|l| l.strip_prefix("facts: [")?.strip_suffix(']')))
        .flat_map(|list| list.split(", ").map(str::to_owned))
        .collect();
    let missing: Vec<&str> = wanted.into_iter().filter(|w| !told.iter().any(|t| t == w)).collect();
    assert!(missing.is_empty(), "no story tells {missing:?}");
}

#[test]
fn a_story_runs_the_same_way_twice() {
    for story in stories::all() {
        let Some(scenario) = story.draft().check().0 else { panic!("{} does not check", story.name) };
        assert!(world::run(&scenario) == world::run(&scenario), "{} differs between two runs", story.name);
    }
}
