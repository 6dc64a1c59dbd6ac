//! Signals that a process brings on itself: faults of the processor, and abort(3).
//!
//! A fault is forced: nothing that a process ignores or blocks holds it up, and an init process is not spared (kernel/signal.c
//! `force_sig_info_to_task` clears `SIGNAL_UNKILLABLE`). Sources: signal(7), abort(3).

use super::Kernel;
use crate::base::id::TaskId;
use crate::base::signal::Signal;
use crate::cx::Cx;
use crate::program::Resume;
use crate::rules::RuleId;
use crate::trace::{Disposition, EventKind, ExitStatus, OnTask, Sender};

impl Kernel {
    /// The processor reports a fault: the handler runs if there is one that is not blocked, else the process dies.
    pub(super) fn fault(&mut self, cx: &mut Cx, task: TaskId, signal: Signal) {
        let Some(alive) = cx.seen().alive(task) else { return };
        let handled = alive.disposition(signal).is_caught() && !alive.blocked.contains(signal);
        let sent = OnTask::Sent { signal, from: Sender::Kernel };
        let sent = cx.emit(RuleId::SignalFromKernel, EventKind::Task(task, sent));
        cx.because(sent, |cx| match handled {
            true => {
                self.handle_next(cx, task, signal);
                self.done(task, Resume::Done);
            }
            false => self.die(cx, task, RuleId::SignalDefaultTerminate, ExitStatus::Signaled(signal)),
        });
    }

    /// abort(3): unblocks and raises ABRT; if a handler returns or it is ignored, again with the default action; if the
    /// process is spared that as an init process, an instruction that faults.
    pub(super) fn abort(&mut self, cx: &mut Cx, task: TaskId) {
        let blocked = cx.seen().alive(task).map(|a| a.blocked).filter(|set| set.contains(Signal::ABRT));
        if let Some(set) = blocked {
            cx.emit(RuleId::SignalMask, EventKind::Task(task, OnTask::Masked(set.without(Signal::ABRT))));
        }
        self.send(cx, task, Signal::ABRT, Sender::Task(task));
        self.run_handlers(cx, task);
        if cx.seen().alive(task).is_some_and(|a| a.disposition(Signal::ABRT) != Disposition::Default) {
            let disposed = OnTask::Disposed(Signal::ABRT, Disposition::Default);
            cx.emit(RuleId::SignalDisposition, EventKind::Task(task, disposed));
            self.send(cx, task, Signal::ABRT, Sender::Task(task));
        }
        self.fault(cx, task, Signal::SEGV);
    }
}
