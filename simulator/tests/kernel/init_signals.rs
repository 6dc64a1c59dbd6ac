//! Signals to PID 1 and to others: pid_namespaces(7) "The namespace init process", signal(7) "Signal dispositions".

use crate::lab::*;
use simulator::base::id::{Pid, TaskId};
use simulator::base::signal::{Signal, SignalSet};
use simulator::kernel::bare::Bare;
use simulator::kernel::signal::sender_pid;
use simulator::program::call::{Call, Resume};
use simulator::trace::{Disposition, EventKind, ExitStatus, OnTask};

/// How PID 1 with this disposition takes a signal from outside, from another process, from itself.
fn to_init(signal: Signal, disposition: Disposition, from: &str) -> (Bare, TaskId) {
    let mut bare = bare();
    let mut calls = Vec::new();
    if disposition != Disposition::Default {
        calls.push(Call::Sigaction(signal, disposition));
    }
    if from == "self" {
        calls.push(kill(1, signal));
    }
    calls.push(Call::Pause);
    calls.push(Call::Pause);
    let init = start(&mut bare, &calls, &[]);
    match from {
        "outside" => send(&mut bare, init, signal),
        "inside" => {
            let other = start(&mut bare, &[kill(1, signal)], &[]);
            assert_eq!(result(&bare, other, 0), Resume::Done, "kill() returns 0");
        }
        _ => {}
    }
    (bare, init)
}

#[test]
pub fn pid_1_with_the_default_or_ignoring_gets_no_catchable_signal_from_anywhere() {
    for signal in CATCHABLE {
        for disposition in [Disposition::Default, Disposition::Ignore] {
            for from in ["outside", "inside", "self"] {
                let (bare, init) = to_init(signal, disposition, from);
                let alive = bare.seen().alive(init).unwrap_or_else(|| panic!("{signal} {disposition:?} {from}"));
                assert!(!alive.stopped && alive.pending.is_empty(), "{signal} {disposition:?} {from}");
            }
        }
    }
}

#[test]
pub fn pid_1_with_a_handler_gets_every_catchable_signal_from_anywhere() {
    for signal in CATCHABLE {
        for from in ["outside", "inside", "self"] {
            let (bare, init) = to_init(signal, Disposition::Catch, from);
            assert_eq!(caught(&bare, init), 1, "{signal} {from}");
        }
    }
}

#[test]
pub fn kill_and_stop_act_on_pid_1_from_outside_only() {
    let (bare, init) = to_init(Signal::KILL, Disposition::Default, "outside");
    assert_eq!(ended(&bare, init), Some(ExitStatus::Signaled(Signal::KILL)));
    let (bare, init) = to_init(Signal::STOP, Disposition::Default, "outside");
    assert!(bare.seen().alive(init).is_some_and(|a| a.stopped));
    for signal in [Signal::KILL, Signal::STOP] {
        for from in ["inside", "self"] {
            let (bare, init) = to_init(signal, Disposition::Default, from);
            assert!(bare.seen().alive(init).is_some_and(|a| !a.stopped), "{signal} {from}");
        }
    }
}

/// A child of PID 1 in a process group of its own, which PID 1 could continue (setpgid(2)).
fn ordinary(bare: &mut Bare) -> TaskId {
    let init = start(bare, &[Call::Fork], &[Call::Setpgid(None, None)]);
    *bare.seen().task(init).and_then(|t| t.children.first()).expect("forked")
}

/// signal(7), "Action": Stop; POSIX: not in an orphaned process group.
#[test]
pub fn a_terminal_stop_signal_does_nothing_in_an_orphaned_process_group() {
    for (own_group, stopped) in [(false, false), (true, true)] {
        let mut bare = bare();
        let calls: &[Call] = if own_group { &[Call::Setpgid(None, None)] } else { &[Call::Spend(TICK)] };
        let init = start(&mut bare, &[Call::Fork], calls);
        let child = *bare.seen().task(init).and_then(|t| t.children.first()).expect("forked");
        bare.run_for(TICK.times(3));
        send(&mut bare, child, Signal::TSTP);
        assert_eq!(bare.seen().alive(child).map(|a| a.stopped), Some(stopped));
        send(&mut bare, child, Signal::STOP);
        assert_eq!(bare.seen().alive(child).map(|a| a.stopped), Some(true));
    }
}

/// wait(2), notes: SIGCHLD is sent for a stopped and a continued child too; once for what nobody has taken yet.
#[test]
pub fn a_parent_is_told_that_its_child_stopped_and_goes_on() {
    let mut bare = bare();
    let catch = Call::Sigaction(Signal::CHLD, Disposition::Catch);
    let init = start(&mut bare, &[catch, Call::Fork], &[]);
    let child = *bare.seen().task(init).and_then(|t| t.children.first()).expect("forked");
    send(&mut bare, child, Signal::STOP);
    assert_eq!(caught(&bare, init), 1);
    send(&mut bare, child, Signal::CONT);
    assert_eq!(caught(&bare, init), 2);
}

#[test]
pub fn an_ordinary_process_dies_or_stops_by_default() {
    for signal in CATCHABLE.into_iter().chain([Signal::KILL, Signal::STOP]) {
        let mut bare = bare();
        let other = ordinary(&mut bare);
        send(&mut bare, other, signal);
        match signal {
            Signal::TSTP | Signal::STOP => assert!(bare.seen().alive(other).is_some_and(|a| a.stopped), "{signal}"),
            _ => assert_eq!(ended(&bare, other), Some(ExitStatus::Signaled(signal))),
        }
    }
}

#[test]
pub fn pid_1_keeps_its_immunity_over_exec() {
    let mut bare = bare();
    let exec = exec_sleep();
    let init = start(&mut bare, &[exec], &[]);
    send(&mut bare, init, Signal::TERM);
    assert!(bare.seen().alive(init).is_some());
}

#[test]
pub fn a_signal_that_pid_1_discards_is_gone_even_if_a_handler_comes_later() {
    let mut bare = bare();
    let calls = [Call::Sleep(TICK.times(5)), Call::Sigaction(Signal::TERM, Disposition::Catch), Call::Pause];
    let init = start(&mut bare, &calls, &[]);
    send(&mut bare, init, Signal::TERM);
    assert!(bare.seen().alive(init).is_some_and(|a| a.pending.is_empty()));
    bare.run_for(TICK.times(9));
    assert_eq!(caught(&bare, init), 0);
}

#[test]
pub fn a_signal_that_pid_1_blocks_stays_pending_until_it_unblocks() {
    for handler in [false, true] {
        let mut bare = bare();
        let disposition = if handler { Disposition::Catch } else { Disposition::Default };
        let calls = [
            Call::Sigmask(SignalSet::of(&[Signal::TERM])),
            Call::Sleep(TICK.times(5)),
            Call::Sigaction(Signal::TERM, disposition),
            Call::Sigmask(SignalSet::EMPTY),
            Call::Pause,
        ];
        let init = start(&mut bare, &calls, &[]);
        send(&mut bare, init, Signal::TERM);
        assert!(bare.seen().alive(init).is_some_and(|a| a.pending.contains(Signal::TERM)));
        bare.run_for(TICK.times(9));
        assert_eq!(caught(&bare, init), usize::from(handler));
    }
}

#[test]
pub fn every_measured_signal_to_pid_1_and_to_others_has_its_measured_effect() {
    for record in records("pid1_signal") {
        let signal = Signal::from_name(record["sig"].as_str().unwrap()).unwrap();
        let disposition = match record["disposition"].as_str().unwrap() {
            "default" => Disposition::Default,
            "ignored" => Disposition::Ignore,
            "handler" => Disposition::Catch,
            other => panic!("{other}"),
        };
        let (bare, init) = to_init(signal, disposition, record["from"].as_str().unwrap());
        let got = outcome(&bare, init).replace("stopped", "stopped STOP");
        assert_eq!(record["result"], got, "{record}");
    }
    for record in records("ordinary_signal") {
        let signal = Signal::from_name(record["sig"].as_str().unwrap()).unwrap();
        let mut bare = bare();
        let other = ordinary(&mut bare);
        send(&mut bare, other, signal);
        assert_eq!(
            record["result"],
            outcome(&bare, other).replace("stopped", &format!("stopped {signal}")),
            "{record}"
        );
    }
}

#[test]
pub fn a_fault_and_abort_end_even_pid_1_and_both_as_segv() {
    let cases = [("null dereference", Call::Fault(Signal::SEGV)), ("abort()", Call::Abort), ("exit(7)", Call::Exit(7))];
    for (name, call) in cases {
        let mut bare = bare();
        let init = start(&mut bare, &[call], &[]);
        let record = records("pid1_fault").into_iter().find(|r| r["case"] == name).expect("record");
        assert_eq!(record["result"], outcome(&bare, init), "{name}");
    }
    let mut bare = bare();
    let init = start(&mut bare, &[kill(1, Signal::KILL), Call::Exit(9)], &[]);
    assert_eq!(outcome(&bare, init), "exit 9", "raise(SIGKILL) returns");
}

#[test]
pub fn a_fault_takes_no_notice_of_ignoring_and_blocking_and_abort_of_an_ordinary_process_is_abrt() {
    for hold in [Call::Sigaction(Signal::SEGV, Disposition::Ignore), Call::Sigmask(SignalSet::of(&[Signal::SEGV]))] {
        let mut bare = bare();
        let init = start(&mut bare, &[hold, Call::Fault(Signal::SEGV)], &[]);
        assert_eq!(outcome(&bare, init), "signal SEGV");
    }
    for hold in [Call::Sigaction(Signal::ABRT, Disposition::Ignore), Call::Sigmask(SignalSet::of(&[Signal::ABRT]))] {
        let mut bare = bare();
        start(&mut bare, &[], &[]);
        let other = start(&mut bare, &[hold, Call::Abort], &[]);
        assert_eq!(outcome(&bare, other), "signal ABRT");
    }
}

#[test]
pub fn the_receiver_sees_the_senders_pid_in_its_namespace_and_0_for_one_outside() {
    for (from, pid) in [("outside", 0), ("inside", 2)] {
        let (bare, init) = to_init(Signal::TERM, Disposition::Catch, from);
        let sender = bare.trace().events().iter().find_map(|e| match e.kind {
            EventKind::Task(task, OnTask::Sent { from, .. }) if task == init => Some(from),
            _ => None,
        });
        assert_eq!(sender_pid(bare.seen(), init, sender.expect("sent")), Pid(pid), "{from}");
    }
}
