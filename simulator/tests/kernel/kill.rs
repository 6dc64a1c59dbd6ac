//! Whom kill(2) reaches: kill(2), credentials(7).

use crate::lab::*;
use simulator::base::errno::Errno;
use simulator::base::id::{Pid, TaskId};
use simulator::base::signal::Signal;
use simulator::program::Program;
use simulator::program::call::{Call, KillTarget, Resume};
use simulator::program::steps::Steps;
use simulator::trace::{Disposition, ExitStatus};

#[test]
pub fn kill_minus_1_reaches_all_others_but_never_pid_1_nor_the_caller() {
    let mut bare = bare();
    let all = Call::Kill(KillTarget::All, Some(Signal::TERM));
    let init = start(&mut bare, &[Call::Sigaction(Signal::TERM, Disposition::Catch)], &[]);
    let others: Vec<TaskId> = (0..2).map(|_| start(&mut bare, &[Call::Setsid], &[])).collect();
    let caller = start(&mut bare, std::slice::from_ref(&all), &[]);
    assert_eq!(result(&bare, caller, 0), Resume::Done);
    assert!(others.iter().all(|t| ended(&bare, *t) == Some(ExitStatus::Signaled(Signal::TERM))));
    assert!(bare.seen().alive(caller).is_some());
    assert_eq!(caught(&bare, init), 0);
    let mut alone = crate::lab::bare();
    let init = start(&mut alone, &[all], &[]);
    assert_eq!(result(&alone, init, 0), Resume::Failed(Errno::Esrch));
}

#[test]
pub fn kill_0_reaches_the_callers_group_itself_included_and_no_other() {
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
pub fn kill_of_a_group_reaches_its_members_and_missing_targets_are_esrch() {
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
pub fn another_users_processes_cannot_be_signalled_and_kill_minus_1_still_succeeds() {
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
