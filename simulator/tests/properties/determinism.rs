//! The same scenario gives the same run, from every point of it; what is to come does not change what was.

use simulator::base::id::EventId;
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::scenario::{Action, Input, Target};
use simulator::world::{self, World};

use super::cases;
use super::generate::Dice;

#[test]
fn a_scenario_runs_the_same_way_twice() {
    for case in cases::all() {
        assert!(world::run(&case.scenario) == case.run, "seed {} differs between two runs", case.seed);
    }
}

#[test]
fn a_copy_of_a_run_under_way_goes_on_in_the_same_way() {
    for case in cases::all() {
        let mut dice = Dice::new(case.seed, "copy");
        let mut world = World::new(&case.scenario);
        for _ in 0..dice.between(0, 400) {
            world.step();
        }
        let mut copy = world.clone();
        while world.step() {}
        while copy.step() {}
        assert!(world.trace() == copy.trace(), "seed {} differs after a copy", case.seed);
        assert!(copy.trace() == &case.run.trace, "seed {} differs when stepped", case.seed);
    }
}

#[test]
fn the_fold_of_a_prefix_of_the_trace_is_what_could_be_seen_then() {
    for case in cases::all() {
        let mut dice = Dice::new(case.seed, "fold");
        let mut world = World::new(&case.scenario);
        let mut next = 0;
        let mut steps = 0_u64;
        loop {
            if steps == next {
                let end = EventId::from_index(world.trace().len());
                let folded = Observed::at(world.trace(), end);
                assert!(&folded == world.seen(), "seed {}: the fold differs at event {}", case.seed, end.0);
                next += dice.between(1, 600);
            }
            if !world.step() {
                break;
            }
            steps += 1;
        }
        let end = EventId::from_index(case.run.trace.len());
        assert!(Observed::at(&case.run.trace, end) == case.run.end, "seed {}: the end differs", case.seed);
    }
}

#[test]
fn what_somebody_does_later_changes_nothing_before() {
    for case in cases::all() {
        let mut dice = Dice::new(case.seed, "later");
        let at = SimTime::from_millis(dice.between(0, 45_000));
        let mut scenario = case.scenario.clone();
        // With a salt the number of what is planned decides the order of one instant, and an input takes a number.
        scenario.settings.tie_salt = 0;
        let without = world::run(&scenario);
        let action = Action::Delete { target: Target::All, grace: None, force: false, now: false };
        let place = scenario.inputs.partition_point(|input| input.at <= at);
        scenario.inputs.insert(place, Input { at, action });
        let with = world::run(&scenario);
        let before = |events: &[simulator::trace::Event]| events.partition_point(|e| e.at < at);
        let (one, two) = (without.trace.events(), with.trace.events());
        let (n, m) = (before(one), before(two));
        // Without the input the run may have been over before.
        assert!(n <= m, "seed {}: {n} events before {at:?}, with a later input {m}", case.seed);
        assert!(one[..n] == two[..n], "seed {}: the past differs", case.seed);
        assert!(n == m || n == one.len(), "seed {}: more happened before the input", case.seed);
    }
}
