//! Who gets the children of a dead process: wait(2), prctl(2) `PR_SET_CHILD_SUBREAPER` and `PR_SET_PDEATHSIG`.

use crate::lab::*;
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::{INTERACTIVE, Limits};
use simulator::base::signal::Signal;
use simulator::kernel::bare::Bare;
use simulator::program::call::Call;
use simulator::trace::{Disposition, EventKind, OnTask};

/// A (pid 2) forks B (pid 3), which forks C (pid 4); B is killed. The limit of four processes keeps C from forking too.
fn orphan(subreaper: bool) -> (Bare, Pid) {
    let mut bare = bare_with(Limits { tasks_per_namespace: 4, ..INTERACTIVE });
    start(&mut bare, &[], &[]);
    start(&mut bare, &[Call::Subreaper(subreaper), Call::Fork, sleep()], &[Call::Fork, sleep()]);
    send(&mut bare, TaskId(2), Signal::KILL);
    let parent = bare.seen().task(TaskId(3)).and_then(|t| t.parent).and_then(|p| bare.seen().task(p));
    let pid = parent.expect("has a parent").pid;
    (bare, pid)
}

#[test]
pub fn an_orphan_goes_to_pid_1_or_to_the_nearest_subreaper() {
    assert_eq!(orphan(false).1, Pid(1));
    assert_eq!(orphan(true).1, Pid(2));
}

#[test]
pub fn being_a_subreaper_is_not_inherited() {
    let (bare, _) = orphan(true);
    assert!(bare.seen().alive(TaskId(1)).is_some_and(|a| a.subreaper));
    assert!(bare.seen().alive(TaskId(3)).is_some_and(|a| !a.subreaper));
}

#[test]
pub fn orphans_of_an_entered_process_go_to_pid_1_and_stay_zombies_if_it_never_waits() {
    let mut bare = bare();
    let init = start(&mut bare, &[], &[]);
    start(&mut bare, &[Call::Fork, Call::Exit(0)], &[Call::Sleep(TICK), Call::Exit(0)]);
    let orphan = bare.seen().by_pid(bare.namespace(), Pid(3)).expect("lives");
    assert_eq!(bare.seen().task(orphan).and_then(|t| t.parent), Some(init));
    bare.run_for(TICK.times(9));
    assert!(bare.seen().task(orphan).is_some_and(|t| t.is_zombie()));
}

#[test]
pub fn a_zombie_of_a_dead_parent_goes_to_pid_1_and_vanishes_if_that_ignores_sigchld() {
    for ignores in [false, true] {
        let mut bare = bare();
        let disposition = if ignores { Disposition::Ignore } else { Disposition::Default };
        start(&mut bare, &[Call::Sigaction(Signal::CHLD, disposition)], &[]);
        let calls = [Call::Fork, Call::Sleep(TICK), Call::Exit(0)];
        start(&mut bare, &calls, &[Call::Exit(0)]);
        bare.run_for(TICK);
        let zombies = bare.seen().in_namespace(bare.namespace()).filter(|(_, t)| t.is_zombie()).count();
        assert_eq!(zombies, usize::from(!ignores));
    }
}

#[test]
pub fn the_child_of_a_killed_parent_lives_on_and_gets_no_signal() {
    let mut bare = bare();
    let init = start(&mut bare, &[], &[]);
    let parent = start(&mut bare, &[Call::Fork, sleep()], &[]);
    let child = bare.seen().by_pid(bare.namespace(), Pid(3)).expect("lives");
    send(&mut bare, parent, Signal::KILL);
    assert_eq!(bare.seen().task(child).and_then(|t| t.parent), Some(init));
    assert!(bare.seen().alive(child).is_some());
    let signals = bare
        .trace()
        .events()
        .iter()
        .filter(|e| matches!(e.kind, EventKind::Task(t, OnTask::Sent { .. }) if t == child));
    assert_eq!(signals.count(), 0);
}

#[test]
pub fn with_its_subreaper_dead_an_orphan_goes_to_the_next_one_up_or_to_pid_1() {
    for outer_subreaper in [false, true] {
        // Pid 1 forks pid 2, which forks 3, which forks 4; 3 is a subreaper. The limit keeps 4 from forking too.
        let mut bare = bare_with(Limits { tasks_per_namespace: 4, ..INTERACTIVE });
        start(&mut bare, &[], &[]);
        let calls = [Call::Subreaper(outer_subreaper), Call::Fork, sleep()];
        start(&mut bare, &calls, &[Call::Subreaper(true), Call::Fork, sleep()]);
        let by_pid = |bare: &Bare, pid| bare.seen().by_pid(bare.namespace(), Pid(pid)).expect("there");
        let (subreaper, orphan) = (by_pid(&bare, 3), by_pid(&bare, 4));
        send(&mut bare, subreaper, Signal::KILL);
        let parent = bare.seen().task(orphan).and_then(|t| t.parent);
        assert_eq!(parent, Some(by_pid(&bare, if outer_subreaper { 2 } else { 1 })));
    }
}

#[test]
pub fn a_child_that_asked_for_it_gets_a_signal_when_its_parent_dies() {
    let mut bare = bare();
    start(&mut bare, &[], &[]);
    let child = [Call::ParentDeathSignal(Some(Signal::TERM)), Call::Sigaction(Signal::TERM, Disposition::Catch)];
    let parent = start(&mut bare, &[Call::Fork, sleep()], &child);
    let child = bare.seen().by_pid(bare.namespace(), Pid(3)).expect("there");
    send(&mut bare, parent, Signal::KILL);
    assert_eq!(caught(&bare, child), 1);
}
