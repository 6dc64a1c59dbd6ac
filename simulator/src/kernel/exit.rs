//! The end of a process: exit, the namespace's end with its init, adoption of orphans, notice to the parent.
//!
//! Sources: _exit(2), wait(2), pid_namespaces(7); kernel/exit.c `do_exit`, `forget_original_parent`, `exit_notify`;
//! kernel/pid_namespace.c `zap_pid_ns_processes`.

use super::{Blocked, Kernel};
use crate::base::id::{EventId, Pid, TaskId};
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::program::Resume;
use crate::rules::RuleId;
use crate::trace::{Disposition, EventKind, ExitStatus, OnTask, Reaper, Sender};

impl Kernel {
    /// Ends a process by `rule`. What is left is a zombie until its parent collects it.
    pub(crate) fn die(&mut self, cx: &mut Cx, task: TaskId, rule: RuleId, status: ExitStatus) {
        let Some(alive) = cx.seen().alive(task) else { return };
        let buffered = alive.buffered;
        let given = match status {
            ExitStatus::Signaled(signal) => alive.disposed_by(signal),
            ExitStatus::Exited(_) => None,
        };
        if buffered > 0 {
            cx.emit(RuleId::OutputLost, EventKind::Task(task, OnTask::BufferLost(buffered)));
        }
        let died = cx.emit_given(rule, given, EventKind::Task(task, OnTask::Died(status)));
        cx.because(died, |cx| {
            self.release(cx, task);
            let is_init = cx.seen().task(task).is_some_and(|t| t.pid == Pid::INIT);
            if is_init {
                self.end_namespace(cx, task);
            } else {
                self.orphan_children(cx, task);
                if let Some(parent) = cx.seen().task(task).and_then(|t| t.parent) {
                    self.orphan_group(cx, task, parent, task);
                }
            }
            self.notify_parent(cx, task, died);
        });
    }

    /// Closes what the process had open.
    fn release(&mut self, cx: &mut Cx, task: TaskId) {
        let Some(cpu) = self.cpus.remove(&task) else { return };
        self.close_sockets(cx, task, cpu.net);
        for file in cpu.descriptors.into_files() {
            self.close_file(cx, file);
        }
    }

    /// The init process is dead: the kernel kills everything else in the namespace, whatever its session, handlers or
    /// stopped state, and collects it (`zap_pid_ns_processes`).
    fn end_namespace(&mut self, cx: &mut Cx, init: TaskId) {
        let Some(namespace) = cx.seen().task(init).map(|t| t.namespace) else { return };
        let others: Vec<TaskId> =
            cx.seen().in_namespace(namespace).map(|(id, _)| id).filter(|id| *id != init).collect();
        for task in others {
            // A zombie is sent the signal too: what watches the kernel send signals sees it.
            let sent = OnTask::Sent { signal: Signal::KILL, from: Sender::Kernel };
            let sent = cx.emit(RuleId::SignalFromKernel, EventKind::Task(task, sent));
            match cx.seen().task(task).and_then(|t| t.ended()).map(|(_, died)| died) {
                None => self.kill_with_namespace(cx, task),
                given @ Some(_) => cx.because(sent, |cx| {
                    cx.emit_given(RuleId::SignalZombie, given, EventKind::Task(task, OnTask::Dropped(Signal::KILL)));
                }),
            }
            if cx.seen().task(task).is_some_and(|t| t.is_zombie()) && !self.neglected.contains(&task) {
                cx.emit(RuleId::ProcessNamespaceEnd, EventKind::Task(task, OnTask::Reaped(Reaper::NamespaceEnd)));
            }
        }
    }

    fn kill_with_namespace(&mut self, cx: &mut Cx, task: TaskId) {
        let buffered = cx.seen().alive(task).map_or(0, |a| a.buffered);
        if buffered > 0 {
            cx.emit(RuleId::OutputLost, EventKind::Task(task, OnTask::BufferLost(buffered)));
        }
        let died = cx
            .emit(RuleId::ProcessNamespaceEnd, EventKind::Task(task, OnTask::Died(ExitStatus::Signaled(Signal::KILL))));
        cx.because(died, |cx| self.release(cx, task));
    }

    /// Gives the children of a dead process to the nearest living ancestor that is a subreaper, else to the namespace's init
    /// (`find_new_reaper`).
    fn orphan_children(&mut self, cx: &mut Cx, dead: TaskId) {
        let Some(reaper) = new_reaper(cx, dead) else { return };
        let children = cx.seen().task(dead).map(|t| t.children.clone()).unwrap_or_default();
        for child in children {
            let adopted = cx.emit(RuleId::ProcessAdopted, EventKind::Task(child, OnTask::Adopted { by: reaper }));
            // prctl(2), PR_SET_PDEATHSIG.
            if let Some(signal) = self.cpus.get(&child).and_then(|cpu| cpu.parent_death) {
                cx.because(adopted, |cx| self.send(cx, child, signal, Sender::Kernel));
            }
            // A zombie is announced to its new parent, who may be waiting.
            if let Some((_, died)) = cx.seen().task(child).filter(|t| t.is_zombie()).and_then(|t| t.ended()) {
                cx.because(adopted, |cx| self.notify_parent(cx, child, died));
            }
            cx.because(adopted, |cx| self.orphan_group(cx, child, dead, dead));
        }
    }

    /// Tells the parent: SIGCHLD, and the status if it waits for it (`do_notify_parent`, `wait_consider_task`).
    fn notify_parent(&mut self, cx: &mut Cx, task: TaskId, died: EventId) {
        let Some(parent) = cx.seen().task(task).and_then(|t| t.parent) else {
            self.reap_outside(cx, task);
            return;
        };
        let Some(alive) = cx.seen().alive(parent) else { return };
        let disposition = alive.disposition(Signal::CHLD);
        let given = alive.disposed_by(Signal::CHLD);
        let stopped = alive.stopped;
        let unasked = matches!(disposition, Disposition::Ignore | Disposition::CatchNoChildWait);
        if unasked {
            cx.emit_given(RuleId::ProcessAutoReaped, given, EventKind::Task(task, OnTask::Reaped(Reaper::Unasked)));
        }
        // A parent that is already waiting for this child gets it from wait(2), not EINTR; a stopped one when it goes on.
        let waits = match self.cpus.get(&parent).and_then(|c| c.blocked.as_ref()) {
            Some(Blocked::Child(target)) if !stopped => Some(*target),
            _ => None,
        };
        let served = !unasked && waits.is_some_and(|target| self.matches(cx, task, target));
        if disposition.is_caught() || blocks_chld(cx, parent) {
            self.notify_chld(cx, parent, served);
        }
        if served {
            let status = cx.seen().task(task).and_then(|t| t.ended()).map(|(s, _)| s);
            let pid = cx.seen().task(task).map(|t| t.pid);
            if let (Some(status), Some(pid)) = (status, pid) {
                let reaped = cx.because(died, |cx| self.reap(cx, parent, task));
                cx.because(reaped, |cx| self.wake(cx, parent, Resume::Waited(pid, status)));
            }
        } else if let Some(target) = waits {
            // The last child it could wait for is gone unasked: ECHILD. One that it does not wait for does not wake it
            // (`child_wait_callback`).
            if self.matches(cx, task, target) && !self.has_child(cx, parent, target) {
                self.wake(cx, parent, Resume::Failed(crate::base::errno::Errno::Echild));
            }
        }
    }
}

/// Does it keep SIGCHLD for later?
pub(super) fn blocks_chld(cx: &Cx, parent: TaskId) -> bool {
    cx.seen().alive(parent).is_some_and(|a| a.blocked.contains(Signal::CHLD))
}

/// Who becomes the parent of a dead process's children.
fn new_reaper(cx: &Cx, dead: TaskId) -> Option<TaskId> {
    let seen = cx.seen();
    let mut next = seen.task(dead)?.parent;
    while let Some(ancestor) = next {
        if seen.alive(ancestor).is_some_and(|a| a.subreaper) {
            return Some(ancestor);
        }
        next = seen.task(ancestor)?.parent;
    }
    let init = seen.namespace(seen.task(dead)?.namespace)?.init?;
    seen.alive(init).map(|_| init)
}
