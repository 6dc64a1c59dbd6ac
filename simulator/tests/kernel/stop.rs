//! Stopping and continuing: signal(7), kill(2), pid_namespaces(7).

use crate::lab::*;
use simulator::base::signal::Signal;
use simulator::program::call::Call;
use simulator::trace::{Disposition, ExitStatus};

#[test]
pub fn term_to_a_stopped_process_waits_until_it_continues() {
    for handler in [false, true] {
        let mut bare = bare();
        start(&mut bare, &[], &[]);
        let disposition = if handler { Disposition::Catch } else { Disposition::Default };
        let task = start(&mut bare, &[Call::Sigaction(Signal::TERM, disposition), Call::Pause], &[]);
        send(&mut bare, task, Signal::STOP);
        send(&mut bare, task, Signal::TERM);
        let alive = bare.seen().alive(task).expect("stopped, not dead");
        assert!(alive.stopped && alive.pending.contains(Signal::TERM) && alive.handling.is_empty());
        send(&mut bare, task, Signal::CONT);
        match handler {
            true => assert_eq!(caught(&bare, task), 1),
            false => assert_eq!(ended(&bare, task), Some(ExitStatus::Signaled(Signal::TERM))),
        }
    }
}

#[test]
pub fn kill_works_on_a_stopped_process_at_once() {
    let mut bare = bare();
    let init = start(&mut bare, &[], &[]);
    let task = start(&mut bare, &[], &[]);
    for task in [task, init] {
        send(&mut bare, task, Signal::STOP);
        send(&mut bare, task, Signal::KILL);
        assert_eq!(ended(&bare, task), Some(ExitStatus::Signaled(Signal::KILL)));
    }
}

#[test]
pub fn pid_1_stopped_from_outside_runs_its_handler_when_it_continues() {
    let mut bare = bare();
    let init = start(&mut bare, &[Call::Sigaction(Signal::TERM, Disposition::Catch), Call::Pause], &[]);
    send(&mut bare, init, Signal::STOP);
    send(&mut bare, init, Signal::TERM);
    assert_eq!(caught(&bare, init), 0);
    send(&mut bare, init, Signal::CONT);
    assert_eq!(caught(&bare, init), 1);
}
