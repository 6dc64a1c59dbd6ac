//! What fork(2) and execve(2) keep: signal(7) "Signal dispositions", "Signal mask and pending signals"; pid_namespaces(7).

use crate::lab::*;
use simulator::base::errno::Errno;
use simulator::base::id::{Pid, TaskId};
use simulator::base::signal::{Signal, SignalSet};
use simulator::program::call::{Call, KillTarget, Resume};
use simulator::trace::Disposition;

#[test]
pub fn fork_inherits_all_but_pending_signals_and_exec_keeps_all_but_handlers() {
    let mut bare = bare();
    let exec = exec_sleep();
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

#[test]
pub fn pids_count_up_and_are_not_used_again() {
    let mut bare = bare();
    let wait = Call::Wait { target: ANY, nohang: false };
    let calls = [Call::Fork, Call::Fork, wait.clone(), wait, Call::Fork];
    let init = start(&mut bare, &calls, &[Call::Exit(0)]);
    assert_eq!(result(&bare, init, 0), Resume::Forked(Pid(2)));
    assert_eq!(result(&bare, init, 1), Resume::Forked(Pid(3)));
    assert_eq!(result(&bare, init, 4), Resume::Forked(Pid(4)));
}

#[test]
pub fn a_process_has_a_number_on_the_node_too_and_nobody_inside_reaches_it_by_that() {
    let mut bare = bare();
    let init = start(&mut bare, &[], &[]);
    let outer = bare.seen().node_pid(init).expect("has one");
    assert_ne!(outer, Pid(1));
    let caller = start(&mut bare, &[Call::Kill(KillTarget::Pid(outer), None)], &[]);
    assert_eq!(result(&bare, caller, 0), Resume::Failed(Errno::Esrch));
    assert_eq!(bare.seen().node_pid(caller), Some(Pid(outer.0 + 1)));
    assert_eq!(bare.seen().task(init).and_then(|t| t.parent), None, "getppid() is 0");
}
