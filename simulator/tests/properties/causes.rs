//! Every event has a cause before it and in the end an input, and time does not go back.

use simulator::base::time::SimTime;
use simulator::trace::EventKind;

use super::cases;

#[test]
fn causes_and_deciding_facts_point_backwards() {
    for case in cases::all() {
        for (id, event) in case.run.trace.iter() {
            assert!(event.cause.is_none_or(|cause| cause < id), "seed {}: {event:?}", case.seed);
            assert!(event.given.is_none_or(|given| given < id), "seed {}: {event:?}", case.seed);
        }
    }
}

#[test]
fn every_chain_of_causes_ends_in_an_input() {
    for case in cases::all() {
        for (id, event) in case.run.trace.iter() {
            let is_input = matches!(event.kind, EventKind::Input(_));
            assert_eq!(event.cause.is_none(), is_input, "seed {}: event {} {event:?}", case.seed, id.0);
        }
    }
}

#[test]
fn times_never_decrease() {
    for case in cases::all() {
        let mut last = SimTime::ZERO;
        for event in case.run.trace.events() {
            assert!(event.at >= last, "seed {}: {event:?} after {last:?}", case.seed);
            last = event.at;
        }
    }
}
