//! The kernel agrees with a real Linux 6.18: each measured fact about signals, children, orphans and namespaces as a test.
//!
//! Man pages: signal(7), kill(2), wait(2), pid_namespaces(7), prctl(2). Not simulated, so not tested: real faults and abort(),
//! `si_pid`, RLIMIT_NPROC, PDEATHSIG, pids of the outer namespace, an entered process that nobody outside reaps.

use std::sync::Arc;

use simulator::base::errno::Errno;
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::{INTERACTIVE, Limits};
use simulator::base::signal::{Signal, SignalSet};
use simulator::base::time::SimDuration;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::FileSystem;
use simulator::program::call::{Call, Env, KillTarget, Resume, Settings};
use simulator::program::steps::Steps;
use simulator::program::{Binary, Program};
use simulator::trace::{Disposition, EventKind, ExitStatus, OnTask, WaitTarget};

const CATCHABLE: [Signal; 10] = [
    Signal::TERM,
    Signal::INT,
    Signal::HUP,
    Signal::QUIT,
    Signal::USR1,
    Signal::ABRT,
    Signal::SEGV,
    Signal::ALRM,
    Signal::PIPE,
    Signal::TSTP,
];
const ANY: WaitTarget = WaitTarget::Any;
const TICK: SimDuration = SimDuration::from_millis(100);

fn bare_with(limits: Limits) -> Bare {
    let mut files = FileSystem::new();
    files.put_binary("/bin/sleep", Binary::Program { name: "coreutils".into(), version: "".into() });
    Bare::new(files, Settings::default(), Pid(2), limits)
}

fn bare() -> Bare {
    bare_with(INTERACTIVE)
}

/// Starts a process with these calls; its forked children make `child`.
fn start(bare: &mut Bare, calls: &[Call], child: &[Call]) -> TaskId {
    let task = bare.start_program("steps", Program::Steps(Steps::new(calls, child))).expect("starts");
    bare.run_for(TICK);
    task
}

fn ended(bare: &Bare, task: TaskId) -> Option<ExitStatus> {
    bare.seen().task(task).and_then(|t| t.ended()).map(|e| e.0)
}

fn steps(bare: &Bare, task: TaskId) -> &Steps {
    match bare.program(task) {
        Some(Program::Steps(steps)) => steps,
        other => panic!("{task:?} runs {other:?}"),
    }
}

fn caught(bare: &Bare, task: TaskId) -> usize {
    steps(bare, task).caught.len()
}

/// The result of the n-th call, from 0.
fn result(bare: &Bare, task: TaskId, n: usize) -> Resume {
    steps(bare, task).results[n + 1].clone()
}

fn sleep() -> Call {
    Call::Sleep(SimDuration::from_secs(1_000))
}

fn send(bare: &mut Bare, task: TaskId, signal: Signal) {
    bare.send(task, signal);
    bare.run_for(TICK);
}

fn kill(pid: u32, signal: Signal) -> Call {
    Call::Kill(KillTarget::Pid(Pid(pid)), Some(signal))
}

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
fn pid_1_with_the_default_or_ignoring_gets_no_catchable_signal_from_anywhere() {
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
fn pid_1_with_a_handler_gets_every_catchable_signal_from_anywhere() {
    for signal in CATCHABLE {
        for from in ["outside", "inside", "self"] {
            let (bare, init) = to_init(signal, Disposition::Catch, from);
            assert_eq!(caught(&bare, init), 1, "{signal} {from}");
        }
    }
}

#[test]
fn kill_and_stop_act_on_pid_1_from_outside_only() {
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

#[test]
fn an_ordinary_process_dies_or_stops_by_default() {
    for signal in CATCHABLE.into_iter().chain([Signal::KILL, Signal::STOP]) {
        let mut bare = bare();
        start(&mut bare, &[], &[]);
        let other = start(&mut bare, &[], &[]);
        send(&mut bare, other, signal);
        match signal {
            Signal::TSTP | Signal::STOP => assert!(bare.seen().alive(other).is_some_and(|a| a.stopped), "{signal}"),
            _ => assert_eq!(ended(&bare, other), Some(ExitStatus::Signaled(signal))),
        }
    }
}

#[test]
fn pid_1_keeps_its_immunity_over_exec() {
    let mut bare = bare();
    let exec =
        Call::Exec { file: "/bin/sleep".into(), argv: Arc::from(["sleep".into(), "9".into()]), env: Env::default() };
    let init = start(&mut bare, &[exec], &[]);
    send(&mut bare, init, Signal::TERM);
    assert!(bare.seen().alive(init).is_some());
}

#[test]
fn a_signal_that_pid_1_discards_is_gone_even_if_a_handler_comes_later() {
    let mut bare = bare();
    let calls = [Call::Sleep(TICK.times(5)), Call::Sigaction(Signal::TERM, Disposition::Catch), Call::Pause];
    let init = start(&mut bare, &calls, &[]);
    send(&mut bare, init, Signal::TERM);
    assert!(bare.seen().alive(init).is_some_and(|a| a.pending.is_empty()));
    bare.run_for(TICK.times(9));
    assert_eq!(caught(&bare, init), 0);
}

#[test]
fn a_signal_that_pid_1_blocks_stays_pending_until_it_unblocks() {
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
fn a_dead_child_is_a_zombie_until_its_parent_waits() {
    let (mut bare, init) = sigchld(Disposition::Default);
    assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_zombie()));
    assert_eq!(caught(&bare, init), 0);
    bare.run_for(TICK.times(9));
    assert_eq!(result(&bare, init, 4), Resume::Waited(Pid(2), ExitStatus::Exited(5)));
    assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_reaped()));
}

#[test]
fn a_parent_that_ignores_sigchld_or_sets_no_cldwait_has_no_zombies() {
    for (disposition, handled) in [(Disposition::Ignore, 0), (Disposition::CatchNoChildWait, 1)] {
        let (mut bare, init) = sigchld(disposition);
        assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_reaped()), "{disposition:?}");
        assert_eq!(caught(&bare, init), handled, "{disposition:?}");
        bare.run_for(TICK.times(9));
        assert_eq!(result(&bare, init, 4), Resume::Failed(Errno::Echild), "{disposition:?}");
    }
}

#[test]
fn an_ignored_sigchld_survives_exec_and_reaps_for_the_new_program() {
    let mut bare = bare();
    let exec =
        Call::Exec { file: "/bin/sleep".into(), argv: Arc::from(["sleep".into(), "9".into()]), env: Env::default() };
    let calls = [Call::Sigaction(Signal::CHLD, Disposition::Ignore), Call::Fork, exec];
    start(&mut bare, &calls, &[Call::Sleep(TICK), Call::Exit(0)]);
    bare.run_for(TICK.times(2));
    assert!(bare.seen().task(TaskId(1)).is_some_and(|t| t.is_reaped()));
}

#[test]
fn signals_to_a_zombie_succeed_and_change_nothing() {
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
fn three_deaths_while_sigchld_is_blocked_are_one_signal_and_three_statuses() {
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
fn fork_inherits_all_but_pending_signals_and_exec_keeps_all_but_handlers() {
    let mut bare = bare();
    let exec =
        Call::Exec { file: "/bin/sleep".into(), argv: Arc::from(["sleep".into(), "9".into()]), env: Env::default() };
    let calls = [
        Call::Sigaction(Signal::USR1, Disposition::Ignore),
        Call::Sigaction(Signal::TERM, Disposition::Catch),
        Call::Sigmask(SignalSet::of(&[Signal::INT])),
        kill(1, Signal::INT),
        Call::Fork,
        exec,
    ];
    let init = start(&mut bare, &calls, &[]);
    let child = bare.seen().alive(TaskId(1)).expect("lives");
    assert_eq!(child.disposition(Signal::USR1), Disposition::Ignore);
    assert_eq!(child.disposition(Signal::TERM), Disposition::Catch);
    assert!(child.blocked.contains(Signal::INT) && child.pending.is_empty());
    let execed = bare.seen().alive(init).expect("lives");
    assert_eq!(execed.disposition(Signal::USR1), Disposition::Ignore);
    assert_eq!(execed.disposition(Signal::TERM), Disposition::Default);
    assert!(execed.blocked.contains(Signal::INT) && execed.pending.contains(Signal::INT));
}

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
fn an_orphan_goes_to_pid_1_or_to_the_nearest_subreaper() {
    assert_eq!(orphan(false).1, Pid(1));
    assert_eq!(orphan(true).1, Pid(2));
}

#[test]
fn being_a_subreaper_is_not_inherited() {
    let (bare, _) = orphan(true);
    assert!(bare.seen().alive(TaskId(1)).is_some_and(|a| a.subreaper));
    assert!(bare.seen().alive(TaskId(3)).is_some_and(|a| !a.subreaper));
}

#[test]
fn orphans_of_an_entered_process_go_to_pid_1_and_stay_zombies_if_it_never_waits() {
    let mut bare = bare();
    let init = start(&mut bare, &[], &[]);
    start(&mut bare, &[Call::Fork, Call::Exit(0)], &[Call::Sleep(TICK), Call::Exit(0)]);
    let orphan = bare.seen().by_pid(bare.namespace(), Pid(3)).expect("lives");
    assert_eq!(bare.seen().task(orphan).and_then(|t| t.parent), Some(init));
    bare.run_for(TICK.times(9));
    assert!(bare.seen().task(orphan).is_some_and(|t| t.is_zombie()));
}

#[test]
fn a_zombie_of_a_dead_parent_goes_to_pid_1_and_vanishes_if_that_ignores_sigchld() {
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
fn when_pid_1_ends_everything_in_its_namespace_is_killed_without_running_handlers() {
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
fn kill_minus_1_reaches_all_others_but_never_pid_1_nor_the_caller() {
    let mut bare = bare();
    let all = Call::Kill(KillTarget::All, Some(Signal::TERM));
    let init = start(&mut bare, &[Call::Sigaction(Signal::TERM, Disposition::Catch)], &[]);
    let others: Vec<TaskId> = (0..2).map(|_| start(&mut bare, &[Call::Setsid], &[])).collect();
    let caller = start(&mut bare, std::slice::from_ref(&all), &[]);
    assert_eq!(result(&bare, caller, 0), Resume::Done);
    assert!(others.iter().all(|t| ended(&bare, *t) == Some(ExitStatus::Signaled(Signal::TERM))));
    assert!(bare.seen().alive(caller).is_some());
    assert_eq!(caught(&bare, init), 0);
    let mut alone = self::bare();
    let init = start(&mut alone, &[all], &[]);
    assert_eq!(result(&alone, init, 0), Resume::Failed(Errno::Esrch));
}

#[test]
fn kill_0_reaches_the_callers_group_itself_included_and_no_other() {
    let mut bare = bare();
    let own = Call::Kill(KillTarget::OwnGroup, Some(Signal::TERM));
    let calls = [Call::Sigaction(Signal::TERM, Disposition::Catch), Call::Sleep(TICK.times(3)), own];
    let init = start(&mut bare, &calls, &[]);
    let other = start(&mut bare, &[Call::Setsid], &[]);
    bare.run_for(TICK.times(3));
    assert_eq!(caught(&bare, init), 1);
    assert!(bare.seen().alive(other).is_some());
}

#[test]
fn kill_of_a_group_reaches_its_members_and_missing_targets_are_esrch() {
    let mut bare = bare();
    start(&mut bare, &[], &[]);
    let member = start(&mut bare, &[Call::Setpgid(None, None)], &[]);
    let group = |pid, signal| Call::Kill(KillTarget::Group(Pid(pid)), Some(signal));
    let calls = [group(2, Signal::TERM), group(77, Signal::TERM), kill(77, Signal::TERM)];
    let caller = start(&mut bare, &calls, &[]);
    assert_eq!(ended(&bare, member), Some(ExitStatus::Signaled(Signal::TERM)));
    assert_eq!(result(&bare, caller, 0), Resume::Done);
    assert_eq!(result(&bare, caller, 1), Resume::Failed(Errno::Esrch));
    assert_eq!(result(&bare, caller, 2), Resume::Failed(Errno::Esrch));
}

#[test]
fn another_users_processes_cannot_be_signalled_and_kill_minus_1_still_succeeds() {
    let mut bare = bare();
    let init = start(&mut bare, &[], &[]);
    let other = start(&mut bare, &[], &[]);
    let mut start_as = bare.description(&["steps"], &[]);
    start_as.uid = 65_534;
    let calls = [kill(1, Signal::TERM), kill(2, Signal::TERM), Call::Kill(KillTarget::All, Some(Signal::TERM))];
    let caller = bare.start_as(&start_as, Some(Program::Steps(Steps::new(&calls, &[])))).expect("starts");
    bare.run_for(TICK);
    assert_eq!(result(&bare, caller, 0), Resume::Failed(Errno::Eperm));
    assert_eq!(result(&bare, caller, 1), Resume::Failed(Errno::Eperm));
    assert_eq!(result(&bare, caller, 2), Resume::Done);
    assert!(bare.seen().alive(init).is_some() && bare.seen().alive(other).is_some());
}

#[test]
fn pids_count_up_and_are_not_used_again() {
    let mut bare = bare();
    let wait = Call::Wait { target: ANY, nohang: false };
    let calls = [Call::Fork, Call::Fork, wait.clone(), wait, Call::Fork];
    let init = start(&mut bare, &calls, &[Call::Exit(0)]);
    assert_eq!(result(&bare, init, 0), Resume::Forked(Pid(2)));
    assert_eq!(result(&bare, init, 1), Resume::Forked(Pid(3)));
    assert_eq!(result(&bare, init, 4), Resume::Forked(Pid(4)));
}

#[test]
fn term_to_a_stopped_process_waits_until_it_continues() {
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
fn kill_works_on_a_stopped_process_at_once() {
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
fn pid_1_stopped_from_outside_runs_its_handler_when_it_continues() {
    let mut bare = bare();
    let init = start(&mut bare, &[Call::Sigaction(Signal::TERM, Disposition::Catch), Call::Pause], &[]);
    send(&mut bare, init, Signal::STOP);
    send(&mut bare, init, Signal::TERM);
    assert_eq!(caught(&bare, init), 0);
    send(&mut bare, init, Signal::CONT);
    assert_eq!(caught(&bare, init), 1);
}

#[test]
fn zombies_count_against_the_limit_of_processes_until_they_are_reaped() {
    let mut bare = bare_with(Limits { tasks_per_namespace: 6, ..INTERACTIVE });
    let mut calls = vec![Call::Fork; 5];
    calls.push(Call::Sleep(TICK));
    calls.extend([Call::Fork, Call::Wait { target: ANY, nohang: true }, Call::Fork]);
    let init = start(&mut bare, &calls, &[Call::Exit(0)]);
    bare.run_for(TICK);
    assert_eq!(result(&bare, init, 6), Resume::Failed(Errno::Eagain));
    assert!(matches!(result(&bare, init, 7), Resume::Waited(..)));
    assert!(matches!(result(&bare, init, 8), Resume::Forked(_)));
}

#[test]
fn the_child_of_a_killed_parent_lives_on_and_gets_no_signal() {
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
