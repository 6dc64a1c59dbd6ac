//! Init programs that start one command, pass signals on and reap: tini, docker-init, dumb-init, catatonit.
//!
//! One machine over rows (`rows`). It blocks its signals before it forks and then takes them one by one (sigtimedwait(2),
//! signalfd(2)), so that none is lost. Sources: the programs' own source files, named at the rows; exit codes and texts
//! measured. Supervisors of many services are in `supervise`. Not here: terminals, which these programs hand
//! to the command if there is one; the lines of tini's looks once a second.

mod getopt;
mod musl;
mod options;
mod rows;
mod say;
pub mod supervisors;
mod texts;

use std::collections::VecDeque;
use std::sync::Arc;

use super::call::{Call, KillTarget, Resume, Sys};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::trace::{Disposition, ExitStatus, WaitTarget};

use options::{Options, Says};
use rows::{ChildGroup, Libc, Row};
use say::Fill;

/// A running init program.
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    row: RowRef,
    options: Options,
    /// Calls to make before anything else, next one first.
    calls: VecDeque<Call>,
    asked: Asked,
    child: Option<Pid>,
    /// Lines on standard output that are not written yet.
    held: String,
    /// Has standard output been written to? musl only then finds out that it is no terminal, and holds back from then on.
    has_written: bool,
    reaping: bool,
    /// The command is given to the shell as a script.
    is_script: bool,
    exit: Option<u8>,
}

/// A row, compared by its name.
#[derive(Clone, Copy, Debug)]
struct RowRef(&'static Row);

impl PartialEq for RowRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.names == other.0.names
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Fork,
    Exec,
    Signal,
    Pass,
    Wait,
}

impl Init {
    /// The init program of this name with these arguments.
    pub(crate) fn load(name: &str, version: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Init> {
        let row = rows::find(name, version)?;
        let read = options::read(row, version, argv, sys.env, sys.pid);
        let mut init = Init {
            row: RowRef(row),
            options: Options::default(),
            calls: VecDeque::new(),
            asked: Asked::Nothing,
            child: None,
            held: String::new(),
            has_written: false,
            reaping: false,
            is_script: false,
            exit: None,
        };
        match read {
            Ok(options) => {
                init.options = options;
                init.set_up(sys);
            }
            Err(Says { stream, text, code }) => {
                init.calls.extend([Call::Write(stream, text.into()), Call::Exit(code)]);
            }
        }
        Some(init)
    }

    fn set_up(&mut self, sys: &Sys<'_>) {
        let row = self.row.0;
        let lines = &row.lines;
        for remark in self.options.remarks.clone() {
            if !remark.is_empty() && self.options.verbosity > 0 {
                self.calls.push_back(Call::Write(2, format!("{remark}\n").into()));
            }
        }
        self.calls.push_back(Call::Sigmask(self.taken()));
        self.calls.extend(row.ignores.iter().map(|s| Call::Sigaction(*s, Disposition::Ignore)));
        self.calls.extend(row.catches.iter().map(|s| Call::Sigaction(*s, Disposition::Catch)));
        self.calls.extend(self.options.parent_death.map(|signal| Call::ParentDeathSignal(Some(signal))));
        let subreaper = row.always_subreaper || self.options.subreaper;
        if subreaper {
            self.calls.push_back(Call::Subreaper(true));
            self.tell(&lines.subreaper, &Fill::default(), sys);
        }
        if sys.pid != Pid::INIT && !subreaper {
            self.tell(&lines.not_init, &Fill::default(), sys);
        }
        if self.options.to_group {
            self.tell(&lines.nothing_to_detach, &Fill::default(), sys);
        }
    }

    /// The signals that it blocks and takes.
    fn taken(&self) -> SignalSet {
        let row = self.row.0;
        let kept = |s: &Signal| row.libc == Libc::Musl && (32..=34).contains(&s.number());
        let all = (1..=64).filter_map(Signal::from_number);
        let all = all.filter(|s| !s.is_uncatchable() && !row.leaves.contains(s) && !kept(s));
        all.fold(SignalSet::EMPTY, SignalSet::with)
    }

    pub(crate) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        let lines = &self.row.0.lines;
        match (std::mem::replace(&mut self.asked, Asked::Nothing), resume) {
            (Asked::Fork, Resume::Forked(pid)) => {
                self.child = Some(pid);
                self.tell(&lines.spawned, &Fill::child(pid), sys);
            }
            (Asked::Fork, Resume::Child) => self.become_child(sys),
            (Asked::Fork, Resume::Failed(errno)) => {
                self.tell(&lines.no_fork, &Fill::error(errno), sys);
                self.leave(1);
            }
            (Asked::Exec, Resume::Failed(errno)) => self.exec_failed(errno, sys),
            (Asked::Signal, Resume::Took(Signal::CHLD)) => {
                self.tell(&lines.child_signal, &Fill::signal(Signal::CHLD), sys);
                self.reaping = true;
            }
            (Asked::Signal, Resume::Took(signal)) => self.took(signal, sys),
            (Asked::Pass, Resume::Failed(Errno::Esrch)) => self.tell(&lines.nobody_there, &Fill::default(), sys),
            (Asked::Wait, Resume::Waited(pid, status)) => self.reaped(pid, status, sys),
            (Asked::Wait, nobody) => {
                let left = nobody == Resume::NoneYet;
                self.tell(if left { &lines.none_dead } else { &lines.none_left }, &Fill::default(), sys);
                self.reaping = false;
                self.end_if_over(sys);
            }
            _ => {}
        }
        self.next_call()
    }

    fn next_call(&mut self) -> Call {
        if let Some(call) = self.calls.pop_front() {
            match call {
                Call::Exec { .. } => self.asked = Asked::Exec,
                Call::Kill(..) => self.asked = Asked::Pass,
                _ => {}
            }
            return call;
        }
        if self.reaping {
            self.asked = Asked::Wait;
            return Call::Wait { target: WaitTarget::Any, nohang: true };
        }
        if self.child.is_none() && !self.options.pause {
            self.asked = Asked::Fork;
            return Call::Fork;
        }
        self.asked = Asked::Signal;
        Call::Sigwait(self.taken())
    }

    /// The forked child: its own group or session, the mask and dispositions as they were, then the command.
    fn become_child(&mut self, sys: &Sys<'_>) {
        let row = self.row.0;
        match self.group() {
            ChildGroup::Own => self.calls.push_back(Call::Setpgid(None, None)),
            ChildGroup::OwnSession => self.calls.push_back(Call::Setsid),
            ChildGroup::Inits => {}
        }
        if self.group() != ChildGroup::Inits {
            self.tell(&row.lines.nothing_to_attach, &Fill::default(), sys);
        }
        self.calls.extend(row.ignores.iter().chain(row.catches).map(|s| Call::Sigaction(*s, Disposition::Default)));
        if row.resets_ignored
            && let Some(me) = sys.seen.task(sys.task).and_then(|t| t.alive())
        {
            let ignored = me.dispositions.iter().filter(|(_, d)| d.value == Disposition::Ignore).map(|(s, _)| *s);
            self.calls.extend(ignored.map(|s| Call::Sigaction(s, Disposition::Default)));
        }
        let blocked = row.command_blocks.iter().copied().fold(SignalSet::EMPTY, SignalSet::with);
        self.calls.push_back(Call::Sigmask(blocked));
        let argv: Arc<[Text]> = self.options.command.clone();
        match argv.first().cloned().filter(|file| !file.is_empty()) {
            Some(file) => self.calls.push_back(Call::Exec { file, argv, env: sys.env.clone() }),
            None => self.exec_failed(Errno::Enoent, sys),
        }
    }

    /// execvp(3) of glibc hands a file that is no program and has no `#!` to the shell.
    fn exec_as_script(&mut self, sys: &Sys<'_>) {
        self.is_script = true;
        let shell = Text::from("/bin/sh");
        let name = self.options.command.first().map_or("", |name| name);
        let search = sys.env.get("PATH").map_or("", |path| path);
        let found = sys.files.find_executable(sys.cwd, name, search).ok().filter(|_| !name.contains('/'));
        let file = found.unwrap_or_else(|| name.into());
        let argv = [shell.clone(), file].into_iter().chain(self.options.command.iter().skip(1).cloned()).collect();
        self.calls.push_back(Call::Exec { file: shell, argv, env: sys.env.clone() });
    }

    fn group(&self) -> ChildGroup {
        if self.options.to_group { self.row.0.group_with_option } else { self.row.0.group }
    }

    fn exec_failed(&mut self, errno: Errno, sys: &Sys<'_>) {
        let row = self.row.0;
        if errno == Errno::Enoexec && row.libc == Libc::Glibc && !self.is_script {
            return self.exec_as_script(sys);
        }
        self.tell(&row.lines.not_found, &Fill::error(errno), sys);
        self.leave(match errno {
            Errno::Enoent => row.not_found_code,
            Errno::Eacces => row.not_executable_code,
            _ => row.not_started_code,
        });
    }

    fn took(&mut self, signal: Signal, sys: &Sys<'_>) {
        let row = self.row.0;
        if self.options.pause {
            if row.pause_ends.contains(&signal) {
                self.leave(0);
            }
            return;
        }
        if row.keeps.contains(&signal) {
            return;
        }
        self.tell(&row.lines.received, &Fill::signal(signal), sys);
        self.forward(signal, sys);
        if row.terminal_stops.contains(&signal) {
            self.tell(&row.lines.stops_itself, &Fill::default(), sys);
            self.calls.push_back(Call::Kill(KillTarget::Pid(sys.pid), Some(Signal::STOP)));
        }
        if row.looks_after_each {
            self.tell(&row.lines.none_dead, &Fill::default(), sys);
        }
    }

    /// Passes a signal on to the child or its group.
    fn forward(&mut self, signal: Signal, sys: &Sys<'_>) {
        let Some(child) = self.child else { return };
        let row = self.row.0;
        let as_stop = self.options.to_group && row.terminal_stops.contains(&signal);
        let rewritten = self.options.rewrite.get(&signal).copied().or(as_stop.then_some(Some(Signal::STOP)));
        let becomes = rewritten.unwrap_or(Some(signal));
        if rewritten.is_some() {
            self.tell(&row.lines.translated, &Fill { becomes, ..Fill::signal(signal) }, sys);
        }
        let Some(signal) = becomes else { return self.tell(&row.lines.not_forwarded, &Fill::default(), sys) };
        let target = if self.options.to_group { KillTarget::Group(child) } else { KillTarget::Pid(child) };
        self.calls.push_back(Call::Kill(target, Some(signal)));
        self.tell(&row.lines.forwarded, &Fill::signal(signal), sys);
    }

    fn reaped(&mut self, pid: Pid, status: ExitStatus, sys: &Sys<'_>) {
        let row = self.row.0;
        let main = Some(pid) == self.child;
        let fill = Fill::ended(pid, status);
        self.tell(&row.lines.reaped, &fill, sys);
        match status {
            ExitStatus::Exited(_) => self.tell(&row.lines.any_exited, &fill, sys),
            ExitStatus::Signaled(_) => self.tell(&row.lines.any_killed, &fill, sys),
        }
        if !main {
            if self.options.warns {
                self.tell(&row.lines.reaped_orphan, &fill, sys);
            }
            return;
        }
        match status {
            ExitStatus::Exited(_) => self.tell(&row.lines.main_exited, &fill, sys),
            ExitStatus::Signaled(_) => self.tell(&row.lines.main_killed, &fill, sys),
        }
        let code = u8::try_from(status.container_code()).unwrap_or(u8::MAX);
        self.exit = Some(if self.options.as_zero.contains(&code) { 0 } else { code });
        if row.terminates_group_at_end {
            self.forward(Signal::TERM, sys);
        }
        if row.ends_at_once {
            self.reaping = false;
            self.end_if_over(sys);
        }
    }

    fn end_if_over(&mut self, sys: &Sys<'_>) {
        let Some(code) = self.exit else { return };
        self.tell(&self.row.0.lines.goodbye, &Fill { status: code, ..Fill::default() }, sys);
        self.leave(code);
    }

    /// Writes what is held back and ends.
    fn leave(&mut self, code: u8) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.calls.extend([Call::Write(1, held.into()), Call::HoldBack(0)]);
        }
        self.calls.push_back(Call::Exit(code));
    }
}
