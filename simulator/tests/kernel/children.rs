//! Dead children, zombies and SIGCHLD: wait(2), sigaction(2) `SA_NOCLDWAIT`.

use crate::lab::*;
use simulator::base::errno::Errno;
use simulator::base::id::{Pid, TaskId};
use simulator::base::signal::{Signal, SignalSet};
use simulator::kernel::bare::Bare;
use simulator::program::call::{Call, KillTarget, Resume};
use simulator::trace::{Disposition, ExitStatus};

fn sigchld(disposition: Disposition) -> (Bare, TaskId) {
    let mut bare = bare();
    let calls = [
        Call::Sigaction(Signal::CHLD, disposition),
        Call::Fork,
        Call::Sleep(TICK.times(3)),
        Call::Sleep(TICK.times(3)),
        Call::Wait { target: ANY, nohang: true },
        Call::Pause,
    ];
    let init = start(&mut bare, &calls, &[Call::Sleep(TICK), Call::Exit(5)]);
    bare.run_for(TICK);
    (bare, init)
}

#[test]
pub fn a_dead_child_is_a_zombie_until_its_parent_waits() {
    let (mut bare, init) = sigchld(Disposition::Default);
    assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_zombie()));
    assert_eq!(caught(&bare, init), 0);
    bare.run_for(TICK.times(9));
    assert_eq!(result(&bare, init, 4), Resume::Waited(Pid(2), ExitStatus::Exited(5)));
    assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_reaped()));
}

#[test]
pub fn a_parent_that_ignores_sigchld_or_sets_no_cldwait_has_no_zombies() {
    for (disposition, handled) in [(Disposition::Ignore, 0), (Disposition::CatchNoChildWait, 1)] {
        let (mut bare, init) = sigchld(disposition);
        assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_reaped()), "{disposition:?}");
        assert_eq!(caught(&bare, init), handled, "{disposition:?}");
        bare.run_for(TICK.times(9));
        assert_eq!(result(&bare, init, 4), Resume::Failed(Errno::Echild), "{disposition:?}");
    }
}

#[test]
pub fn an_ignored_sigchld_survives_exec_and_reaps_for_the_new_program() {
    let mut bare = bare();
    let exec = exec_sleep();
    let calls = [Call::Sigaction(Signal::CHLD, Disposition::Ignore), Call::Fork, exec];
    start(&mut bare, &calls, &[Call::Sleep(TICK), Call::Exit(0)]);
    bare.run_for(TICK.times(2));
    assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_reaped()));
}

#[test]
pub fn signals_to_a_zombie_succeed_and_change_nothing() {
    let mut bare = bare();
    let signal0 = Call::Kill(KillTarget::Pid(Pid(2)), None);
    let calls = [
        Call::Fork,
        Call::Sleep(TICK),
        kill(2, Signal::TERM),
        kill(2, Signal::KILL),
        signal0.clone(),
        Call::Wait { target: ANY, nohang: true },
        signal0,
    ];
    let init = start(&mut bare, &calls, &[Call::Exit(5)]);
    bare.run_for(TICK.times(2));
    for n in 2..5 {
        assert_eq!(result(&bare, init, n), Resume::Done);
    }
    assert_eq!(result(&bare, init, 5), Resume::Waited(Pid(2), ExitStatus::Exited(5)));
    assert_eq!(result(&bare, init, 6), Resume::Failed(Errno::Esrch));
}

#[test]
pub fn three_deaths_while_sigchld_is_blocked_are_one_signal_and_three_statuses() {
    let mut bare = bare();
    let wait = Call::Wait { target: ANY, nohang: true };
    let calls = [
        Call::Sigaction(Signal::CHLD, Disposition::Catch),
        Call::Sigmask(SignalSet::of(&[Signal::CHLD])),
        Call::Fork,
        Call::Fork,
        Call::Fork,
        Call::Sleep(TICK),
        Call::Sigmask(SignalSet::EMPTY),
        wait.clone(),
        wait.clone(),
        wait.clone(),
        wait,
    ];
    let init = start(&mut bare, &calls, &[Call::Exit(0)]);
    bare.run_for(TICK.times(2));
    assert_eq!(caught(&bare, init), 1);
    for n in 7..10 {
        assert!(matches!(result(&bare, init, n), Resume::Waited(..)));
    }
    assert_eq!(result(&bare, init, 10), Resume::Failed(Errno::Echild));
}

#[test]
pub fn a_parent_that_waits_in_its_handler_has_nothing_left_to_wait_for() {
    let mut bare = bare();
    let wait = Call::Wait { target: ANY, nohang: true };
    let calls = [Call::Sigaction(Signal::CHLD, Disposition::Catch), Call::Fork, sleep(), wait.clone(), wait];
    let init = start(&mut bare, &calls, &[Call::Sleep(TICK), Call::Exit(5)]);
    bare.run_for(TICK.times(2));
    assert_eq!(caught(&bare, init), 1);
    assert_eq!(result(&bare, init, 3), Resume::Waited(Pid(2), ExitStatus::Exited(5)));
    assert_eq!(result(&bare, init, 4), Resume::Failed(Errno::Echild));
}
