//! The end of a namespace with its init process: pid_namespaces(7) "The namespace init process".

use crate::lab::*;
use simulator::base::errno::Errno;
use simulator::base::id::TaskId;
use simulator::base::signal::Signal;
use simulator::kernel::bare::Bare;
use simulator::program::Program;
use simulator::program::call::Call;
use simulator::program::steps::Steps;
use simulator::trace::{Disposition, EventKind, ExitStatus, OnTask};

#[test]
pub fn when_pid_1_ends_everything_in_its_namespace_is_killed_without_running_handlers() {
    for by_kill in [false, true] {
        let mut bare = bare();
        let last = if by_kill { Call::Pause } else { Call::Exit(7) };
        let init = start(&mut bare, &[Call::Fork, Call::Sleep(TICK.times(3)), last], &[Call::Setsid, Call::Pause]);
        let handlers =
            [Call::Sigaction(Signal::TERM, Disposition::Catch), Call::Sigaction(Signal::HUP, Disposition::Catch)];
        let entered = start(&mut bare, &handlers, &[]);
        bare.run_for(TICK.times(3));
        if by_kill {
            send(&mut bare, init, Signal::KILL);
        }
        let status = if by_kill { ExitStatus::Signaled(Signal::KILL) } else { ExitStatus::Exited(7) };
        assert_eq!(ended(&bare, init), Some(status));
        for task in [TaskId(1), entered] {
            assert_eq!(ended(&bare, task), Some(ExitStatus::Signaled(Signal::KILL)));
        }
        let ran = bare.trace().events().iter().any(|e| matches!(e.kind, EventKind::Task(_, OnTask::Caught(_))));
        assert!(!ran);
        assert_eq!(bare.start_program("late", Program::Steps(Steps::new(&[], &[]))), Err(Errno::Enomem));
    }
}

#[test]
pub fn pid_1_cannot_be_waited_for_while_an_entered_process_is_not_collected_outside() {
    let mut bare = bare();
    let init = start(&mut bare, &[Call::Sleep(TICK.times(5)), Call::Exit(7)], &[]);
    let entered = start(&mut bare, &[], &[]);
    bare.neglect(entered);
    bare.run_for(TICK.times(6));
    assert_eq!(outcome(&bare, init), "exit 7");
    assert!(bare.seen().task(init).is_some_and(|t| !t.is_reaped()), "not after 150 ms");
    let letter = |bare: &Bare, task| simulator::program::ps::state(bare.seen(), bare.seen().task(task).expect("there"));
    assert_eq!((letter(&bare, init), letter(&bare, entered)), ('S', 'Z'));
    bare.attend(entered);
    assert_eq!(outcome(&bare, entered), "signal KILL");
    assert!(bare.seen().task(init).is_some_and(|t| t.is_reaped()), "right after the wait outside");
}

/// Seen on a real node with the tracepoint `signal:signal_generate`: timeline s2-daemon-children-drain.
#[test]
fn a_zombie_too_is_sent_sigkill_when_its_namespace_ends_and_it_changes_nothing() {
    let mut bare = bare();
    start(&mut bare, &[Call::Fork, Call::Sleep(TICK.times(3)), Call::Exit(0)], &[Call::Exit(3)]);
    bare.run_for(TICK.times(4));
    let zombie = TaskId(1);
    assert_eq!(ended(&bare, zombie), Some(ExitStatus::Exited(3)));
    let of_the_zombie = |kind: &OnTask| match kind {
        OnTask::Sent { signal, from } => Some(format!("sent {signal} by {from:?}")),
        OnTask::Dropped(signal) => Some(format!("dropped {signal}")),
        OnTask::Reaped(by) => Some(format!("reaped by {by:?}")),
        _ => None,
    };
    let told: Vec<String> = bare
        .trace()
        .events()
        .iter()
        .filter_map(|e| match &e.kind {
            EventKind::Task(task, kind) if *task == zombie => of_the_zombie(kind),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["sent KILL by Kernel", "dropped KILL", "reaped by NamespaceEnd"]);
}

#[test]
pub fn no_process_can_be_forked_into_a_namespace_whose_init_is_dead() {
    let mut bare = bare();
    start(&mut bare, &[Call::Exit(0)], &[]);
    assert_eq!(bare.start_program("late", Program::Steps(Steps::new(&[], &[]))), Err(Errno::Enomem));
}
