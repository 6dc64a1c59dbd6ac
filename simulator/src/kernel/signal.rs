//! Sending and delivering signals.
//!
//! Sources: signal(7), kill(2), pid_namespaces(7); kernel/signal.c `send_signal_locked`, `sig_task_ignored`,
//! `prepare_signal`, `get_signal`. What the namespace's init is spared: `SIGNAL_UNKILLABLE` in `sig_task_ignored`.

use super::exit::blocks_chld;
use super::group::is_orphaned;
use super::{Blocked, Kernel};
use crate::base::errno::Errno;
use crate::base::id::{EventId, Pid, TaskId};
use crate::base::signal::{DefaultAction, Signal, SignalSet};
use crate::base::time::SimDuration;
use crate::cx::{Cx, Stimulus};
use crate::observed::Observed;
use crate::program::Resume;
use crate::program::call::KillTarget;
use crate::rules::RuleId;
use crate::trace::{Disposition, EventKind, ExitStatus, OnTask, Sender};

/// A signal whose handler is to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    signal: Signal,
    /// The event that sent it, or let it through.
    cause: Option<EventId>,
}

/// Whom the receiver sees as the sender (sigaction(2), `si_pid`): a process by its number in the receiver's namespace;
/// 0 for one outside and for the kernel.
pub fn sender_pid(seen: &Observed, receiver: TaskId, from: Sender) -> Pid {
    let Sender::Task(sender) = from else { return Pid::OUTSIDE };
    let namespace = seen.task(receiver).map(|t| t.namespace);
    seen.task(sender).filter(|t| Some(t.namespace) == namespace).map_or(Pid::OUTSIDE, |t| t.pid)
}

impl Kernel {
    /// Sends a signal to one process and delivers it as far as that can be done now.
    pub fn send(&mut self, cx: &mut Cx, task: TaskId, signal: Signal, from: Sender) {
        let rule = match from {
            Sender::Outside => RuleId::SignalFromOutside,
            Sender::Task(_) => RuleId::SignalSent,
            Sender::Kernel => RuleId::SignalFromKernel,
        };
        self.send_by(cx, task, signal, from, rule);
    }

    /// The same by a rule of its own.
    pub(super) fn send_by(&mut self, cx: &mut Cx, task: TaskId, signal: Signal, from: Sender, rule: RuleId) {
        let sent = cx.emit(rule, EventKind::Task(task, OnTask::Sent { signal, from }));
        cx.because(sent, |cx| self.generate(cx, task, signal, from));
    }

    fn generate(&mut self, cx: &mut Cx, task: TaskId, signal: Signal, from: Sender) {
        if cx.seen().alive(task).is_none() {
            let died = cx.seen().task(task).and_then(|t| t.ended()).map(|(_, died)| died);
            self.drop_signal(cx, task, signal, RuleId::SignalZombie, died);
            return;
        }
        let is_init = cx.seen().task(task).is_some_and(|t| t.pid == Pid::INIT);
        // The out-of-memory killer forces its signal on an init process too (mm/oom_kill.c `__oom_kill_process`).
        let outside = from == Sender::Outside || (from == Sender::Kernel && signal == Signal::KILL);
        if is_init && !outside && signal.is_uncatchable() {
            self.drop_signal(cx, task, signal, RuleId::SignalInitFromInside, None);
            return;
        }
        self.forget_opposite(cx, task, signal);
        // SIGCONT continues whatever its disposition (prepare_signal).
        if signal == Signal::CONT && cx.seen().alive(task).is_some_and(|a| a.stopped) {
            self.continue_stopped(cx, task);
        }
        let Some(alive) = cx.seen().alive(task) else { return };
        let held = alive.blocked.contains(signal) && !signal.is_uncatchable();
        let waits_for_it = (held || self.may_be_awaited(cx, task, signal))
            && matches!(
                self.cpus.get(&task).and_then(|c| c.blocked.as_ref()),
                Some(Blocked::Sigwait(set)) if set.contains(signal)
            );
        if waits_for_it {
            cx.emit(RuleId::SignalTaken, EventKind::Task(task, OnTask::Taken(signal)));
            self.wake(cx, task, Resume::Took(signal));
            return;
        }
        if held {
            return self.pend(cx, task, signal, RuleId::SignalBlocked);
        }
        if alive.stopped && signal != Signal::KILL && signal != Signal::CONT && !self.is_ignored(cx, task, signal) {
            return self.pend(cx, task, signal, RuleId::SignalWhileStopped);
        }
        self.deliver(cx, task, signal, outside);
    }

    /// Does sigtimedwait(2) get a signal that is not blocked? Not if it is ignored or fatal: that is decided when it is sent
    /// (`sig_ignored`, `complete_signal`).
    fn may_be_awaited(&self, cx: &Cx, task: TaskId, signal: Signal) -> bool {
        let caught = cx.seen().alive(task).is_some_and(|a| a.disposition(signal).is_caught());
        let stops = signal.default_action() == DefaultAction::Stop && !signal.is_uncatchable();
        caught || (stops && !self.is_ignored(cx, task, signal))
    }

    /// A stop signal takes back a CONT that is pending, and CONT all stop signals, whatever becomes of it (`prepare_signal`).
    fn forget_opposite(&self, cx: &mut Cx, task: TaskId, signal: Signal) {
        let opposite: &[Signal] = match signal.default_action() {
            DefaultAction::Continue => &[Signal::STOP, Signal::TSTP, Signal::TTIN, Signal::TTOU],
            DefaultAction::Stop => &[Signal::CONT],
            DefaultAction::Terminate | DefaultAction::Ignore => &[],
        };
        let rule = if signal == Signal::CONT { RuleId::SignalContinue } else { RuleId::SignalStop };
        for other in opposite {
            if cx.seen().alive(task).is_some_and(|a| a.pending.contains(*other)) {
                self.drop_signal(cx, task, *other, rule, None);
            }
        }
    }

    /// The signal stays pending: a standard one once, a real-time one as often as it was sent (signal(7)).
    fn pend(&mut self, cx: &mut Cx, task: TaskId, signal: Signal, rule: RuleId) {
        if !cx.seen().alive(task).is_some_and(|a| a.pending.contains(signal)) {
            cx.emit(rule, EventKind::Task(task, OnTask::Pended(signal)));
        } else if signal.is_real_time()
            && let Some(cpu) = self.cpus.get_mut(&task)
        {
            let count = cpu.queued.entry(signal).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn is_ignored(&self, cx: &Cx, task: TaskId, signal: Signal) -> bool {
        let Some(alive) = cx.seen().alive(task) else { return true };
        let is_init = cx.seen().task(task).is_some_and(|t| t.pid == Pid::INIT);
        match alive.disposition(signal) {
            Disposition::Ignore => true,
            Disposition::Default => {
                signal.default_action() == DefaultAction::Ignore || (is_init && !signal.is_uncatchable())
            }
            Disposition::Catch | Disposition::CatchNoChildWait => false,
        }
    }

    /// Acts by the disposition.
    fn deliver(&mut self, cx: &mut Cx, task: TaskId, signal: Signal, outside: bool) {
        let Some(alive) = cx.seen().alive(task) else { return };
        let given = alive.disposed_by(signal);
        let is_init = cx.seen().task(task).is_some_and(|t| t.pid == Pid::INIT);
        match alive.disposition(signal) {
            Disposition::Ignore => self.drop_signal(cx, task, signal, RuleId::SignalIgnored, given),
            Disposition::Catch | Disposition::CatchNoChildWait => {
                self.handle_next(cx, task, signal);
                if self.cpus.get(&task).is_some_and(|cpu| cpu.blocked.is_some()) {
                    self.wake(cx, task, Resume::Interrupted);
                }
            }
            Disposition::Default => match signal.default_action() {
                DefaultAction::Ignore => {
                    self.drop_signal(cx, task, signal, RuleId::SignalDefaultIgnore, None);
                }
                _ if is_init && !(outside && signal.is_uncatchable()) => {
                    self.drop_signal(cx, task, signal, RuleId::SignalInitNoHandler, None);
                }
                DefaultAction::Terminate => {
                    let rule = if signal == Signal::KILL { RuleId::SignalKill } else { RuleId::SignalDefaultTerminate };
                    self.die(cx, task, rule, ExitStatus::Signaled(signal));
                }
                DefaultAction::Stop if signal != Signal::STOP && is_orphaned(cx.seen(), task, None) => {
                    self.drop_signal(cx, task, signal, RuleId::SignalOrphanedGroup, None);
                    self.interrupt_sigwait(cx, task);
                }
                DefaultAction::Stop if alive.stopped => {}
                DefaultAction::Stop => {
                    self.interrupt_sigwait(cx, task);
                    let stopped = cx.emit(RuleId::SignalStop, EventKind::Task(task, OnTask::Stopped(signal)));
                    cx.because(stopped, |cx| self.notify_stopped_or_continued(cx, task));
                }
                DefaultAction::Continue => {}
            },
        }
    }

    /// sigtimedwait(2) is one of the calls that a stop signal ends with EINTR (signal(7), "Interruption of system calls and
    /// library functions by stop signals").
    fn interrupt_sigwait(&mut self, cx: &mut Cx, task: TaskId) {
        let blocked = self.cpus.get(&task).and_then(|cpu| cpu.blocked.as_ref());
        if matches!(blocked, Some(Blocked::Sigwait(_))) {
            self.wake(cx, task, Resume::Interrupted);
        }
    }

    /// The handler runs as soon as the process gets the CPU: until then somebody else may kill it. One that computes has
    /// it. A signal that is due already is not counted twice (signal(7), "Queueing and delivery semantics").
    pub(super) fn handle_next(&mut self, cx: &mut Cx, task: TaskId, signal: Signal) {
        let Some(cpu) = self.cpus.get_mut(&task) else { return };
        if signal.is_real_time() || cpu.due.iter().all(|due| due.signal != signal) {
            cpu.due.push(Due { signal, cause: cx.cause() });
        }
        if cpu.busy {
            self.run_handlers(cx, task);
        }
    }

    /// The program's handlers run for the signals that are due. Answers the first of these events.
    pub(super) fn run_handlers(&mut self, cx: &mut Cx, task: TaskId) -> Option<EventId> {
        let cpu = self.cpus.get_mut(&task)?;
        let due = std::mem::take(&mut cpu.due);
        let before = cx.cause();
        let mut first = None;
        for Due { signal, cause } in due {
            cpu.program.catch(signal);
            let given = cx.seen().alive(task).and_then(|alive| alive.disposed_by(signal));
            cx.set_cause(cause);
            let caught = cx.emit_given(RuleId::SignalCaught, given, EventKind::Task(task, OnTask::Caught(signal)));
            first = first.or(Some(caught));
        }
        cx.set_cause(before);
        first
    }

    /// SIGCHLD for a parent that catches, blocks or awaits it. `served`: its wait(2) returns the child, not EINTR.
    pub(super) fn notify_chld(&mut self, cx: &mut Cx, parent: TaskId, served: bool) {
        let Some(alive) = cx.seen().alive(parent) else { return };
        let caught = alive.disposition(Signal::CHLD).is_caught() && !alive.blocked.contains(Signal::CHLD);
        if !served || !caught {
            self.send(cx, parent, Signal::CHLD, Sender::Kernel);
            return;
        }
        let sent = OnTask::Sent { signal: Signal::CHLD, from: Sender::Kernel };
        let sent = cx.emit(RuleId::SignalFromKernel, EventKind::Task(parent, sent));
        cx.because(sent, |cx| self.handle_next(cx, parent, Signal::CHLD));
    }

    /// SIGCHLD for the parent of a process that was stopped or goes on (`do_notify_parent_cldstop`). That a parent can ask
    /// to be spared that (SA_NOCLDSTOP) is left out.
    fn notify_stopped_or_continued(&mut self, cx: &mut Cx, task: TaskId) {
        let Some(parent) = cx.seen().task(task).and_then(|t| t.parent) else { return };
        let caught = cx.seen().alive(parent).is_some_and(|a| a.disposition(Signal::CHLD).is_caught());
        if caught || blocks_chld(cx, parent) {
            self.send(cx, parent, Signal::CHLD, Sender::Kernel);
        }
    }

    fn drop_signal(&self, cx: &mut Cx, task: TaskId, signal: Signal, rule: RuleId, given: Option<EventId>) {
        cx.emit_given(rule, given, EventKind::Task(task, OnTask::Dropped(signal)));
    }

    fn continue_stopped(&mut self, cx: &mut Cx, task: TaskId) {
        let continued = cx.emit(RuleId::SignalContinue, EventKind::Task(task, OnTask::Continued));
        cx.because(continued, |cx| {
            self.notify_stopped_or_continued(cx, task);
            self.deliver_pending(cx, task);
            self.wait_again(cx, task);
            if self.cpus.get(&task).is_some_and(|c| c.ready.is_some()) {
                cx.after(SimDuration::ZERO, Stimulus::Run(task));
            }
        });
    }

    /// Delivers what is pending and no longer blocked, lowest number first (`next_signal`).
    pub(super) fn deliver_pending(&mut self, cx: &mut Cx, task: TaskId) {
        let Some(alive) = cx.seen().alive(task) else { return };
        let due: Vec<Signal> = alive.pending.iter().filter(|s| !alive.blocked.contains(*s)).collect();
        for signal in due {
            let again = self.cpus.get_mut(&task).and_then(|cpu| cpu.queued.remove(&signal)).unwrap_or(0);
            for _ in 0..=again {
                self.deliver(cx, task, signal, false);
            }
        }
    }

    /// sigaction(2). Ignoring a pending signal discards it (`do_sigaction`).
    pub(super) fn sigaction(&mut self, cx: &mut Cx, task: TaskId, signal: Signal, disposition: Disposition) {
        if signal.is_uncatchable() {
            self.done(task, Resume::Failed(Errno::Einval));
            return;
        }
        if cx.seen().alive(task).is_some_and(|a| a.disposition(signal) != disposition) {
            cx.emit(RuleId::SignalDisposition, EventKind::Task(task, OnTask::Disposed(signal, disposition)));
        }
        if cx.seen().alive(task).is_some_and(|a| a.pending.contains(signal)) && self.is_ignored(cx, task, signal) {
            self.drop_signal(cx, task, signal, RuleId::SignalIgnored, None);
            self.cpus.get_mut(&task).and_then(|cpu| cpu.queued.remove(&signal));
        }
        self.done(task, Resume::Done);
    }

    /// sigprocmask(2) with `SIG_SETMASK`.
    pub(super) fn sigmask(&mut self, cx: &mut Cx, task: TaskId, set: SignalSet) {
        let set = set.without(Signal::KILL).without(Signal::STOP);
        if cx.seen().alive(task).is_some_and(|a| a.blocked != set) {
            cx.emit(RuleId::SignalMask, EventKind::Task(task, OnTask::Masked(set)));
        }
        self.done(task, Resume::Done);
        self.deliver_pending(cx, task);
    }

    /// sigtimedwait(2).
    pub(super) fn sigwait(&mut self, cx: &mut Cx, task: TaskId, set: SignalSet) {
        let pending = cx.seen().alive(task).and_then(|a| a.pending.iter().find(|s| set.contains(*s)));
        match pending {
            Some(signal) => {
                cx.emit(RuleId::SignalTaken, EventKind::Task(task, OnTask::Taken(signal)));
                self.next_in_queue(cx, task, signal);
                self.done(task, Resume::Took(signal));
            }
            None => self.block(cx, task, Blocked::Sigwait(set), crate::trace::Wait::Signal),
        }
    }

    /// One of a queued signal is taken: the others stay pending.
    fn next_in_queue(&mut self, cx: &mut Cx, task: TaskId, signal: Signal) {
        let Some(cpu) = self.cpus.get_mut(&task) else { return };
        let Some(left) = cpu.queued.remove(&signal) else { return };
        if left > 1 {
            cpu.queued.insert(signal, left - 1);
        }
        cx.emit(RuleId::SignalBlocked, EventKind::Task(task, OnTask::Pended(signal)));
    }

    /// kill(2) of one process after the other.
    pub(super) fn kill_each(&mut self, cx: &mut Cx, task: TaskId, each: &[(Pid, Signal)]) {
        for (pid, signal) in each {
            self.kill(cx, task, KillTarget::Pid(*pid), Some(*signal));
        }
        self.done(task, Resume::Done);
    }

    /// kill(2): the result for the caller. The caller is signalled last, as it acts on it when the call returns.
    pub(super) fn kill(&mut self, cx: &mut Cx, task: TaskId, target: KillTarget, signal: Option<Signal>) {
        let Some(me) = cx.seen().task(task) else { return };
        let (namespace, own_group, uid) = (me.namespace, me.pgid, me.uid);
        let mut targets: Vec<TaskId> = cx
            .seen()
            .in_namespace(namespace)
            .filter(|(id, t)| match target {
                KillTarget::Pid(pid) => t.pid == pid,
                KillTarget::OwnGroup => t.pgid == own_group,
                KillTarget::Group(pgid) => t.pgid == pgid,
                KillTarget::All => t.pid != Pid::INIT && *id != task,
            })
            .map(|(id, _)| id)
            .collect();
        if targets.is_empty() {
            self.done(task, Resume::Failed(Errno::Esrch));
            return;
        }
        let allowed = |cx: &Cx, id: &TaskId| uid == 0 || cx.seen().task(*id).is_some_and(|t| t.uid == uid);
        let any_allowed = targets.iter().any(|id| allowed(cx, id));
        targets.retain(|id| allowed(cx, id));
        let result = match (any_allowed, target) {
            // kill(-1) reports success though every target refused: measured.
            (true, _) | (false, KillTarget::All) => Resume::Done,
            (false, _) => Resume::Failed(Errno::Eperm),
        };
        self.done(task, result);
        let Some(signal) = signal else { return };
        targets.sort_by_key(|id| *id == task);
        for id in targets {
            self.send(cx, id, signal, Sender::Task(task));
        }
    }
}
