//! Whatever happens in a run can be shown at every moment: no view panics, and what they say is in order.

use simulator::base::id::{EventId, PodId};
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::trace::EventKind;
use simulator::view::findings::findings;
use simulator::view::fold::{self, Axis};
use simulator::view::timeline::timeline;
use simulator::view::verdict::verdict;
use simulator::view::{explain, kubectl, logs, shape};

use super::cases;
use super::generate::Dice;

#[test]
fn an_explanation_goes_from_the_event_to_an_input() {
    for case in cases::all() {
        let mut dice = Dice::new(case.seed, "explain");
        for _ in 0..5 {
            let id = dice.between(0, case.run.trace.len() as u64 - 1);
            let id = EventId(u32::try_from(id).expect("a small trace"));
            let told = explain::explain(&case.run.trace, id);
            let ends = told.chain.last().and_then(|line| case.run.trace.get(line.event));
            assert_eq!(told.chain.first().map(|line| line.event), Some(id), "seed {}", case.seed);
            assert!(ends.is_some_and(|e| matches!(e.kind, EventKind::Input(_))), "seed {}: event {}", case.seed, id.0);
            assert!(told.chain.iter().all(|line| !line.sentence.is_empty()), "seed {}: event {}", case.seed, id.0);
        }
    }
}

#[test]
fn every_bar_of_the_timeline_ends_after_it_begins() {
    for case in cases::all() {
        for lane in &timeline(&case.run.trace).lanes {
            for bar in &lane.bars {
                assert!(bar.to.is_none_or(|to| to >= bar.from), "seed {}: {bar:?}", case.seed);
                assert!(bar.ended.is_none_or(|ended| ended >= bar.event), "seed {}: {bar:?}", case.seed);
            }
        }
    }
}

#[test]
fn every_moment_has_tables_and_logs() {
    for case in cases::all() {
        let run = &case.run;
        let mut dice = Dice::new(case.seed, "views");
        let axis = Axis::new(&[(&run.trace, fold::origin(&run.trace))]);
        for _ in 0..3 {
            let place = axis.length() * dice.between(0, 100) / 100;
            let seen = Observed::at(&run.trace, axis.happened(0, place));
            let table = kubectl::get_pods(&case.scenario.inventory, &seen, seen.now);
            assert!(table.lines().count() <= seen.pods.len() + 1, "seed {}: {table}", case.seed);
            let _ = (logs::all(&seen), logs::sessions(&seen));
            for pod in (0..seen.pods.len()).map(PodId::from_index) {
                let _ = shape::pod_shape(&seen, pod);
            }
        }
    }
}

#[test]
fn every_run_has_a_verdict_and_findings() {
    for case in cases::all() {
        let verdict = verdict(&case.run.trace, &case.run.end);
        assert_eq!(verdict.requests.sent, case.run.end.totals.sent, "seed {}", case.seed);
        let _ = findings(&case.run.trace, &case.run.end);
        let watched = kubectl::watch(&case.scenario.inventory, &case.run.trace, SimTime::ZERO);
        assert!(watched.windows(2).all(|w| w[0].0 <= w[1].0), "seed {}: kubectl get -w goes back", case.seed);
    }
}
