//! How many processes there may be: getrlimit(2) `RLIMIT_NPROC`, fork(2) EAGAIN, the pids controller of cgroups(7).

use crate::lab::*;
use simulator::base::errno::Errno;
use simulator::base::id::Pid;
use simulator::base::limits::{INTERACTIVE, Limits};
use simulator::program::Program;
use simulator::program::call::{Call, Resume};
use simulator::program::steps::Steps;

#[test]
pub fn zombies_count_against_the_limit_of_processes_until_they_are_reaped() {
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
pub fn the_limit_of_a_users_processes_refuses_the_fork_above_it_and_root_is_exempt() {
    for (uid, limit, forks, last) in [(54_321, 3, 2, Resume::Failed(Errno::Eagain)), (0, 1, 0, Resume::Forked(Pid(3)))]
    {
        let mut bare = bare();
        start(&mut bare, &[], &[]);
        let mut description = bare.description(&["steps"], &[]);
        description.uid = uid;
        let mut calls = vec![Call::ProcessLimit(limit)];
        calls.extend(vec![Call::Fork; forks + 1]);
        let program = Program::Steps(Steps::new(&calls, &[]));
        let task = bare.start_as(&description, Some(program)).expect("starts");
        bare.run_for(TICK);
        for n in 0..forks {
            assert!(matches!(result(&bare, task, n + 1), Resume::Forked(_)), "uid {uid}");
        }
        assert_eq!(result(&bare, task, forks + 1), last, "uid {uid}");
    }
}
