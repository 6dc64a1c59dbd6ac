//! The views on the real stories: total at every moment, and the same as what a real cluster shows.

use simulator::base::id::EventId;
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::scenario::Scenario;
use simulator::scenario::stories;
use simulator::view::findings::findings;
use simulator::view::fold::{self, Axis};
use simulator::view::headline::headline;
use simulator::view::kubectl;
use simulator::view::timeline::timeline;
use simulator::view::verdict::verdict;
use simulator::world::{self, Run};

fn story(name: &str) -> (Scenario, Run) {
    let scenario = stories::by_name(name).and_then(|s| s.draft().check().0).unwrap_or_else(|| panic!("{name} checks"));
    let run = world::run(&scenario);
    (scenario, run)
}

/// STATUS and READY of one pod over the run.
fn watched(name: &str) -> Vec<String> {
    let (scenario, run) = story(name);
    let lines = kubectl::watch(&scenario.inventory, &run.trace, SimTime::ZERO);
    lines.iter().map(|(_, row)| format!("{} {}", row.status, row.ready)).collect()
}

#[test]
fn a_new_server_shows_error_just_before_the_pod_goes_as_measured_on_1_36() {
    assert_eq!(
        watched("prestop-overrun"),
        ["Pending 0/1", "ContainerCreating 0/1", "Running 1/1", "Terminating 1/1", "Error 0/1"]
    );
}

#[test]
fn an_old_server_shows_terminating_to_the_end() {
    let lines = watched("ruby-shell-form");
    assert_eq!(lines[..4], ["Pending 0/1", "ContainerCreating 0/1", "Running 1/1", "Terminating 1/1"]);
    assert!(lines[4..].iter().all(|line| line == "Terminating 0/1"), "{lines:?}");
}

#[test]
fn a_story_of_half_a_minute_plays_in_a_few_seconds() {
    let (_, run) = story("ruby-shell-form");
    let axis = Axis::new(&[(&run.trace, fold::origin(&run.trace))]);
    let played = axis.length() - axis.place_of(-1);
    assert!((2_500_000..=5_500_000).contains(&played), "{played} µs");
}

#[test]
fn bars_end_after_they_begin_and_marks_are_in_order() {
    for story in stories::all() {
        let Some(scenario) = story.draft().check().0 else { continue };
        let run = world::run(&scenario);
        for lane in timeline(&run.trace).lanes {
            for bar in &lane.bars {
                assert!(bar.to.is_none_or(|to| to >= bar.from), "{}: {}: {bar:?}", story.name, lane.title);
            }
            assert!(lane.marks.is_sorted_by_key(|m| m.event), "{}: {}", story.name, lane.title);
        }
    }
}

#[test]
fn the_findings_of_the_stories_name_the_rule_that_decided() {
    for (name, rules) in [
        ("ruby-shell-form", &["signal/init-no-handler"][..]),
        ("ruby-exec-form", &[]),
        ("entrypoint-trap", &[]),
        ("prestop-overrun", &["kubelet/hook-overran", "request/cut"]),
        ("nginx-sigquit-prestop", &[]),
    ] {
        let (_, run) = story(name);
        let found: Vec<&str> = findings(&run.trace, &run.end).iter().map(|f| f.rule.id()).collect();
        assert_eq!(found, rules, "{name}");
    }
}

#[test]
fn any_cursor_is_answered() {
    let (scenario, run) = story("ruby-exec-form");
    let seen = Observed::at(&run.trace, EventId(u32::MAX));
    assert!(kubectl::get_pods(&scenario.inventory, &seen, SimTime::ZERO).contains("No resources"));
}

#[test]
fn an_application_that_its_init_kills_in_its_handler_is_not_said_to_have_none() {
    let (_, run) = story("busybox-init-one-second");
    let end = Observed::at_time(&run.trace, SimTime::from_secs(99));
    let (_, words) = headline(&verdict(&run.trace, &end), &end);
    assert_eq!(words, "python3 hears the signal but is killed before it is done; all is over after 3.0 s");
}
