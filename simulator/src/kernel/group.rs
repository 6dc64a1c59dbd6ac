//! Process groups and sessions: setsid(2), setpgid(2), and what becomes of a group that nobody outside it looks after.
//!
//! Sources: setpgid(2), setsid(2), credentials(7); kernel/sys.c, kernel/exit.c `kill_orphaned_pgrp`,
//! `will_become_orphaned_pgrp`. Without terminals there is no foreground group.

use super::Kernel;
use crate::base::errno::Errno;
use crate::base::id::{NamespaceId, Pid, TaskId};
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::observed::{Observed, Task};
use crate::rules::RuleId;
use crate::trace::{EventKind, OnTask, Sender};

impl Kernel {
    /// setsid(2): refused to whoever leads a group, or has the number of one.
    pub(super) fn setsid(&mut self, cx: &mut Cx, task: TaskId) -> Result<(), Errno> {
        let me = cx.seen().task(task).ok_or(Errno::Esrch)?;
        let pid = me.pid;
        if members(cx.seen(), me.namespace, pid).next().is_some() {
            return Err(Errno::Eperm);
        }
        cx.emit(RuleId::ProcessGroup, EventKind::Task(task, OnTask::Grouped { pgid: pid, sid: pid }));
        Ok(())
    }

    /// setpgid(2): for the caller and for children that have not executed a program; only within the session.
    pub(super) fn setpgid(
        &mut self,
        cx: &mut Cx,
        task: TaskId,
        pid: Option<Pid>,
        pgid: Option<Pid>,
    ) -> Result<(), Errno> {
        let seen = cx.seen();
        let me = seen.task(task).ok_or(Errno::Esrch)?;
        let target = match pid {
            None => task,
            Some(pid) => seen.by_pid(me.namespace, pid).ok_or(Errno::Esrch)?,
        };
        let t = seen.task(target).ok_or(Errno::Esrch)?;
        if t.parent == Some(task) {
            if t.sid != me.sid {
                return Err(Errno::Eperm);
            }
            if t.execed > Some(t.born) {
                return Err(Errno::Eacces);
            }
        } else if target != task {
            return Err(Errno::Esrch);
        }
        let (pgid, sid) = (pgid.unwrap_or(t.pid), t.sid);
        let joins = pgid == t.pid || members(seen, me.namespace, pgid).any(|(_, other)| other.sid == sid);
        if t.sid == t.pid || !joins {
            return Err(Errno::Eperm);
        }
        if t.pgid != pgid {
            cx.emit(RuleId::ProcessGroup, EventKind::Task(target, OnTask::Grouped { pgid, sid }));
        }
        Ok(())
    }

    /// The bond of `task` and `parent` has gone with one of the two (`dead`). If it was the last one between the group of
    /// `task` and the rest of its session, and a member is stopped, nobody is left to continue it: all get HUP and CONT.
    pub(super) fn orphan_group(&mut self, cx: &mut Cx, task: TaskId, parent: TaskId, dead: TaskId) {
        let seen = cx.seen();
        let (Some(t), Some(above)) = (seen.task(task), seen.task(parent)) else { return };
        let has_stopped = members(seen, t.namespace, t.pgid).any(|(_, m)| m.alive().is_some_and(|a| a.stopped));
        let was_bond = above.pgid != t.pgid && above.sid == t.sid;
        if !was_bond || !has_stopped || !is_orphaned(seen, task, Some(dead)) {
            return;
        }
        let group: Vec<TaskId> = members(seen, t.namespace, t.pgid).map(|(id, _)| id).collect();
        for signal in [Signal::HUP, Signal::CONT] {
            for member in &group {
                self.send_by(cx, *member, signal, Sender::Kernel, RuleId::SignalOrphanedGroup);
            }
        }
    }
}

fn members(seen: &Observed, namespace: NamespaceId, pgid: Pid) -> impl Iterator<Item = (TaskId, &Task)> {
    seen.in_namespace(namespace).filter(move |(_, t)| t.pgid == pgid)
}

/// Has no living member of the group of `task`, `except` left out, a parent in another group of the same session?
pub(super) fn is_orphaned(seen: &Observed, task: TaskId, except: Option<TaskId>) -> bool {
    let Some(me) = seen.task(task) else { return false };
    let living = members(seen, me.namespace, me.pgid).filter(|(id, t)| t.alive().is_some() && Some(*id) != except);
    let mut bonds = living.filter_map(|(_, t)| Some((t, seen.task(t.parent?)?)));
    bonds.all(|(member, parent)| parent.sid != member.sid || parent.pgid == member.pgid)
}
