//! The system call table: one line a call, each handed to its topic.

use super::{Blocked, Kernel};
use crate::base::errno::Errno;
use crate::base::id::TaskId;
use crate::base::time::SimDuration;
use crate::cx::{Cx, Stimulus};
use crate::kernel::fs::normal;
use crate::kernel::permission::Access;
use crate::program::call::{Call, Resume};
use crate::rules::RuleId;
use crate::trace::{EventKind, ExitStatus, OnTask, Wait};

impl Kernel {
    /// Carries out a call: afterwards the process is ready with the result, blocked, or dead.
    pub(super) fn call(&mut self, cx: &mut Cx, task: TaskId, call: Call) {
        match call {
            Call::Fork => {
                let result = self.fork(cx, task);
                self.done(task, result.map_or_else(Resume::Failed, Resume::Forked));
            }
            Call::Exec { file, argv, env } => {
                let result = self.exec(cx, task, &file, &argv, &env);
                self.done(task, result.map_or_else(Resume::Failed, |()| Resume::Start));
            }
            Call::Exit(code) => self.die(cx, task, RuleId::ProcessExit, ExitStatus::Exited(code)),
            Call::Wait { target, nohang } => self.wait(cx, task, target, nohang),
            Call::Sigaction(signal, disposition) => self.sigaction(cx, task, signal, disposition),
            Call::Sigmask(set) => self.sigmask(cx, task, set),
            Call::Pause => self.block(cx, task, Blocked::Pause, Wait::Signal),
            Call::Sigwait(set) => self.sigwait(cx, task, set),
            Call::Sleep(time) => self.sleep(cx, task, time),
            Call::Kill(target, signal) => self.kill(cx, task, target, signal),
            Call::KillEach(each) => self.kill_each(cx, task, &each),
            Call::Setpgid(pid, pgid) => {
                let result = self.setpgid(cx, task, pid, pgid);
                self.result(task, result);
            }
            Call::Setsid => {
                let result = self.setsid(cx, task);
                self.result(task, result);
            }
            Call::Subreaper(on) => {
                cx.emit(RuleId::ProcessSubreaper, EventKind::Task(task, OnTask::Subreaper(on)));
                self.done(task, Resume::Done);
            }
            Call::ParentDeathSignal(signal) => {
                if let Some(cpu) = self.cpus.get_mut(&task) {
                    cpu.parent_death = signal;
                }
                self.done(task, Resume::Done);
            }
            Call::ProcessLimit(most) => {
                if let Some(cpu) = self.cpus.get_mut(&task) {
                    cpu.process_limit = Some(most);
                }
                self.done(task, Resume::Done);
            }
            Call::Umask(mask) => {
                if let Some(cpu) = self.cpus.get_mut(&task) {
                    cpu.umask = mask;
                }
                self.done(task, Resume::Done);
            }
            Call::Setuid(uid) => {
                if cx.seen().task(task).is_some_and(|t| t.uid != uid) {
                    cx.emit(RuleId::ProcessUser, EventKind::Task(task, OnTask::User(uid)));
                }
                self.done(task, Resume::Done);
            }
            Call::Fault(signal) => self.fault(cx, task, signal),
            Call::Abort => self.abort(cx, task),
            Call::Spend(time) => self.spend(cx, task, time, Resume::Done),
            Call::Socket(port, state) => self.set_socket(cx, task, port, state),
            Call::Drain(limit) => self.drain(cx, task, limit),
            Call::Serve => self.block(cx, task, Blocked::Serve, Wait::Connections),
            Call::Title(title) => {
                cx.emit(RuleId::ProcessTitle, EventKind::Task(task, OnTask::Titled(title)));
                self.done(task, Resume::Done);
            }
            Call::HoldBack(bytes) => {
                cx.emit(RuleId::OutputBuffered, EventKind::Task(task, OnTask::Buffered(bytes)));
                self.done(task, Resume::Done);
            }
            Call::Handled(signal) => {
                cx.emit(RuleId::ProgramHandled, EventKind::Task(task, OnTask::Handled(signal)));
                self.done(task, Resume::Done);
            }
            Call::Say(text) => {
                cx.emit(RuleId::ProgramBehaviour, EventKind::Task(task, OnTask::Does(text)));
                self.done(task, Resume::Done);
            }
            Call::Tell(rule, text) => {
                cx.emit(rule, EventKind::Task(task, OnTask::Does(text)));
                self.done(task, Resume::Done);
            }
            Call::Close(_)
            | Call::Dup2(..)
            | Call::DupFrom(..)
            | Call::Pipe
            | Call::Read { .. }
            | Call::Poll { .. }
            | Call::Watch { .. }
            | Call::Chdir(_) => self.file_call(cx, task, call),
            Call::Open(..) | Call::OpenAtOnce(..) | Call::Write(..) | Call::Unlink(_) | Call::Mark(..) => {
                let changed = self.cpus.get(&task).map(|cpu| cpu.files).filter(|_| self.changes_files(task, &call));
                self.file_call(cx, task, call);
                if let Some(files) = changed {
                    self.files_changed(cx, files);
                }
            }
        }
    }

    fn file_call(&mut self, cx: &mut Cx, task: TaskId, call: Call) {
        match call {
            Call::Open(path, mode) => self.open_and_wait(cx, task, &path, mode),
            Call::OpenAtOnce(path, mode) => self.open_at_once(cx, task, &path, mode),
            Call::Close(fd) => {
                let result = self.close(cx, task, fd);
                self.result(task, result);
            }
            Call::Dup2(from, to) => {
                let result = self.dup2(cx, task, from, to);
                self.result(task, result);
            }
            Call::DupFrom(fd, from) => {
                let result = self.dup_from(cx, task, fd, from);
                self.done(task, result.map_or_else(Resume::Failed, Resume::Opened));
            }
            Call::Pipe => {
                let result = self.pipe(task);
                self.done(task, result.map_or_else(Resume::Failed, |(r, w)| Resume::Pipe(r, w)));
            }
            Call::Read { fd, line } => self.read(cx, task, fd, line),
            Call::Poll { fds, timeout } => self.poll(cx, task, &fds, timeout),
            Call::Watch { files, timeout } => self.watch(cx, task, &files, timeout),
            Call::Write(fd, text) => self.write(cx, task, fd, &text),
            Call::Chdir(path) => {
                let uid = cx.seen().task(task).map_or(0, |t| t.uid);
                let result = self.chdir(task, uid, &path);
                self.result(task, result);
            }
            Call::Unlink(path) => {
                let uid = cx.seen().task(task).map_or(0, |t| t.uid);
                let result = self.with_files(task, &path, |fs, path| match fs.permits_naming(uid, "/", path) {
                    true => fs.remove(path).map(|_| ()).ok_or(Errno::Enoent),
                    false => Err(Errno::Eacces),
                });
                self.result(task, result);
            }
            Call::Mark(path, mark) => {
                let result = self.mark(cx, task, &path, mark);
                self.result(task, result);
            }
            // Every other call is in `call`.
            _ => self.done(task, Resume::Failed(Errno::Einval)),
        }
    }

    /// The call is over: the process goes on with `resume`, unless it has died meanwhile.
    pub(super) fn done(&mut self, task: TaskId, resume: Resume) {
        if let Some(cpu) = self.cpus.get_mut(&task) {
            cpu.ready = Some(resume);
        }
    }

    fn result(&mut self, task: TaskId, result: Result<(), Errno>) {
        self.done(task, result.map_or_else(Resume::Failed, |()| Resume::Done));
    }

    fn sleep(&mut self, cx: &mut Cx, task: TaskId, time: SimDuration) {
        self.block(cx, task, Blocked::Sleep, Wait::Sleep { until: cx.now() + time });
        self.set_timer(cx, task, time);
    }

    /// Wakes a process that blocks with a time-out.
    pub(super) fn set_timer(&mut self, cx: &mut Cx, task: TaskId, time: SimDuration) {
        if let Some(cpu) = self.cpus.get_mut(&task) {
            cpu.generation = cpu.generation.wrapping_add(1);
            cx.after(time, Stimulus::Wake(task, cpu.generation));
        }
    }

    fn chdir(&mut self, task: TaskId, uid: u32, path: &str) -> Result<(), Errno> {
        let cpu = self.cpus.get(&task).ok_or(Errno::Esrch)?;
        let to = normal(&cpu.cwd, path);
        let files = self.files(cpu.files).ok_or(Errno::Enoent)?;
        if !files.is_directory("/", &to) {
            let there = files.get("/", &to).is_some();
            return Err(if there { Errno::Enotdir } else { files.missing("/", &to) });
        }
        if !files.permits(uid, "/", &to, Access::Execute) {
            return Err(Errno::Eacces);
        }
        if let Some(cpu) = self.cpus.get_mut(&task) {
            cpu.cwd = to;
        }
        Ok(())
    }

    fn with_files(
        &mut self,
        task: TaskId,
        path: &str,
        work: impl FnOnce(&mut super::fs::FileSystem, &str) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let (files, path) = self.cpus.get(&task).map(|c| (c.files, normal(&c.cwd, path))).ok_or(Errno::Esrch)?;
        self.files_mut(files).ok_or(Errno::Enoent).and_then(|fs| work(fs, &path))
    }
}
