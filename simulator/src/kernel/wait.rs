//! wait(2): collecting dead children. Source: wait(2); kernel/exit.c `do_wait`.

use super::{Blocked, Kernel};
use crate::base::errno::Errno;
use crate::base::id::{EventId, TaskId};
use crate::cx::Cx;
use crate::program::Resume;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnTask, Reaper, Wait, WaitTarget};

impl Kernel {
    /// waitpid(2).
    pub(super) fn wait(&mut self, cx: &mut Cx, task: TaskId, target: WaitTarget, nohang: bool) {
        if !self.has_child(cx, task, target) {
            self.done(task, Resume::Failed(Errno::Echild));
            return;
        }
        let zombie = cx.seen().task(task).and_then(|t| {
            // The one that became its child first, whichever died first (`do_wait_thread`).
            let mut asked = t.children.iter().copied().filter(|c| self.matches(cx, *c, target));
            asked.find_map(|c| cx.seen().task(c)?.ended().map(|(s, died)| (died, c, s)))
        });
        match zombie {
            Some((died, child, status)) => {
                let pid = cx.seen().task(child).map(|t| t.pid).unwrap_or_default();
                cx.because(died, |cx| self.reap(cx, task, child));
                self.done(task, Resume::Waited(pid, status));
            }
            None if nohang => self.done(task, Resume::NoneYet),
            None => self.block(cx, task, Blocked::Child(target), Wait::Child(target)),
        }
    }

    /// A stopped process goes on: what it waits for may have happened meanwhile.
    pub(super) fn wait_again(&mut self, cx: &mut Cx, task: TaskId) {
        let Some(cpu) = self.cpus.get_mut(&task) else { return };
        if let Some(Blocked::Child(target)) = cpu.blocked {
            cpu.blocked = None;
            self.wait(cx, task, target, false);
        }
    }

    /// Is `child` one of those that `target` means?
    pub(super) fn matches(&self, cx: &Cx, child: TaskId, target: WaitTarget) -> bool {
        let Some(t) = cx.seen().task(child) else { return false };
        match target {
            WaitTarget::Any => true,
            WaitTarget::Pid(pid) => t.pid == pid,
            WaitTarget::Group(pgid) => t.pgid == pgid,
        }
    }

    pub(super) fn has_child(&self, cx: &Cx, task: TaskId, target: WaitTarget) -> bool {
        cx.seen().task(task).is_some_and(|t| t.children.iter().any(|c| self.matches(cx, *c, target)))
    }

    pub(super) fn reap(&mut self, cx: &mut Cx, parent: TaskId, child: TaskId) -> EventId {
        cx.emit(RuleId::ProcessReaped, EventKind::Task(child, OnTask::Reaped(Reaper::Parent(parent))))
    }
}
