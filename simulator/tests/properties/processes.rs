//! What Linux promises about processes: parents, zombies, pid 1 and SIGKILL (wait(2), pid_namespaces(7), signal(7)).

use std::collections::BTreeMap;

use simulator::base::id::{EventId, Pid, TaskId};
use simulator::base::signal::Signal;
use simulator::observed::Observed;
use simulator::rules::RuleId;
use simulator::trace::{EventKind, ExitStatus, OnTask, Sender};

use super::cases::{self, Case};
use super::generate::Dice;

fn events_of_tasks(case: &Case) -> impl Iterator<Item = (EventId, TaskId, &OnTask)> {
    case.run.trace.iter().filter_map(|(id, event)| match &event.kind {
        EventKind::Task(task, what) => Some((id, *task, what)),
        _ => None,
    })
}

#[test]
fn nothing_happens_to_a_process_that_is_reaped() {
    for case in cases::all() {
        let mut reaped: BTreeMap<TaskId, EventId> = BTreeMap::new();
        for (id, task, what) in events_of_tasks(case) {
            assert!(!reaped.contains_key(&task), "seed {}: event {} {what:?} after its reaping", case.seed, id.0);
            if matches!(what, OnTask::Reaped(_)) {
                reaped.insert(task, id);
            }
        }
    }
}

#[test]
fn a_zombie_does_nothing() {
    for case in cases::all() {
        let mut dead: Vec<TaskId> = Vec::new();
        for (id, task, what) in events_of_tasks(case) {
            let passive =
                matches!(what, OnTask::Sent { .. } | OnTask::Dropped(_) | OnTask::Adopted { .. } | OnTask::Reaped(_));
            assert!(passive || !dead.contains(&task), "seed {}: event {} {what:?} of a zombie", case.seed, id.0);
            if matches!(what, OnTask::Died(_)) {
                dead.push(task);
            }
        }
    }
}

#[test]
fn every_process_has_a_living_parent_and_a_pid_of_its_own() {
    for case in cases::all() {
        let mut dice = Dice::new(case.seed, "moments");
        for _ in 0..20 {
            let end = dice.between(0, case.run.trace.len() as u64);
            let end = EventId(u32::try_from(end).expect("a small trace"));
            // Within one instant of the kernel a dead parent's children wait for their turn to be adopted.
            let instant = case.run.trace.get(end).map(|e| e.at);
            let whole = case.run.trace.events().partition_point(|e| Some(e.at) <= instant);
            check_family(case, &Observed::at(&case.run.trace, EventId::from_index(whole)));
        }
        check_family(case, &case.run.end);
    }
}

fn check_family(case: &Case, seen: &Observed) {
    for (number, task) in seen.tasks.iter().enumerate().filter(|(_, t)| !t.is_reaped()) {
        let id = TaskId::from_index(number);
        let namespace = seen.namespace(task.namespace).expect("its namespace exists");
        assert!(namespace.members.contains(&id), "seed {}: {} is in no namespace", case.seed, task.comm);
        let same = namespace.members.iter().filter(|m| seen.task(**m).is_some_and(|t| t.pid == task.pid)).count();
        assert_eq!(same, 1, "seed {}: two processes are pid {}", case.seed, task.pid.0);
        if let Some(parent) = task.parent {
            assert!(seen.alive(parent).is_some(), "seed {}: the parent of {} is dead", case.seed, task.comm);
            let listed = seen.task(parent).is_some_and(|p| p.children.contains(&id));
            assert!(listed, "seed {}: {} is no child of its parent", case.seed, task.comm);
        }
    }
}

#[test]
fn every_process_is_reaped_or_still_listed_at_the_end() {
    for case in cases::all() {
        let listed: usize = case.run.end.namespaces.iter().map(|n| n.members.len()).sum();
        let gone = case.run.end.tasks.iter().filter(|t| t.is_reaped()).count();
        assert_eq!(listed + gone, case.run.end.tasks.len(), "seed {}", case.seed);
    }
}

#[test]
fn nobody_catches_blocks_or_ignores_sigkill() {
    for case in cases::all() {
        for (id, task, what) in events_of_tasks(case) {
            let touches = match what {
                OnTask::Caught(s) | OnTask::Taken(s) | OnTask::Pended(s) | OnTask::Disposed(s, _) => *s == Signal::KILL,
                OnTask::Masked(set) => set.contains(Signal::KILL),
                OnTask::Dropped(Signal::KILL) => {
                    let rule = case.run.trace.get(id).map(|e| e.rule);
                    !matches!(rule, Some(RuleId::SignalInitFromInside | RuleId::SignalZombie))
                }
                _ => false,
            };
            assert!(!touches, "seed {}: task {} {what:?}", case.seed, task.0);
        }
    }
}

#[test]
fn pid_1_dies_of_no_signal_but_sigkill_from_outside() {
    let mut killed = 0;
    for case in cases::all() {
        for (id, task, what) in events_of_tasks(case) {
            let OnTask::Died(ExitStatus::Signaled(signal)) = what else { continue };
            if case.run.end.task(task).is_none_or(|t| t.pid != Pid::INIT) {
                continue;
            }
            killed += 1;
            assert_eq!(*signal, Signal::KILL, "seed {}: pid 1 died of SIG{signal}", case.seed);
            let cause = case.run.trace.get(id).and_then(|e| e.cause).and_then(|c| case.run.trace.get(c));
            let outside = cause.is_some_and(|e| {
                let OnTask::Sent { signal: Signal::KILL, from } = (match &e.kind {
                    EventKind::Task(to, what) if *to == task => what,
                    _ => return false,
                }) else {
                    return false;
                };
                *from == Sender::Outside
            });
            assert!(outside, "seed {}: SIGKILL for pid 1 came from {cause:?}", case.seed);
        }
    }
    assert!(killed > 10, "pid 1 is killed in the cases only {killed} times");
}
