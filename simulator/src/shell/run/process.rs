//! Making children: programs, subshells, pipelines, background jobs (XCU 2.9, 2.11, 2.13), as their parent sees it.
//!
//! Not here: what the child does (`child`).

use super::Shell;
use super::redirect::Redir;
use super::simple::Ready;
use super::state::Job;
use super::step::{Frame, Starting, Step};
use super::substitution::Capture;
use crate::base::Text;
use crate::base::id::Pid;
use crate::program::{Call, Fd, Resume, Sys};
use crate::shell::ast::{Process, Substitution};
use crate::shell::plan::{Body, Hurdle, SimpleCommand};
use std::sync::Arc;

/// Why fork(2) was called.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fork {
    /// A program in the foreground; the command once more, if its redirections are expanded in the child.
    Command(Ready, Vec<Redir>, Option<Arc<SimpleCommand>>),
    /// `( )` in the foreground.
    Subshell(Arc<Body>),
    /// `&`
    Background(Arc<Body>),
    /// A member of a pipeline.
    Member(Starting),
    /// `$( )`: its command, and the pipe.
    Substitution(Arc<Substitution>, Fd, Fd),
    /// A subshell inside the shell becomes a process.
    Inner,
    /// What copies the streams of a descriptor.
    Copies,
    /// What writes a here-document into its pipe (BusyBox `shell/ash.c`, dash `src/redir.c`: openhere).
    Writer { read: Fd, write: Fd, text: Text },
}

impl Fork {
    /// What a job in the background or a member of a pipeline runs.
    pub fn body(&self) -> Option<&Body> {
        match self {
            Fork::Background(body) => Some(body),
            Fork::Member(starting) => starting.body(),
            Fork::Command(..) | Fork::Subshell(_) | Fork::Substitution(..) => None,
            Fork::Inner | Fork::Copies | Fork::Writer { .. } => None,
        }
    }

    /// The pipe of a `$( )` that the child is a member of.
    pub fn captured(&self) -> Option<(Fd, Fd)> {
        if let Fork::Member(starting) = self { starting.captured } else { None }
    }
}

impl Shell {
    /// A job without processes yet; its place in the list.
    pub(super) fn new_job(&mut self, text: Arc<str>) -> usize {
        let own_group = self.makes_groups();
        self.make_room();
        self.state.int_came = false;
        let number = if self.columns().jobs.told_together { self.state.next_job_number() } else { 0 };
        self.state.jobs.push(Job { number, own_group, foreground: true, ..Job::new(text) });
        self.state.jobs.len() - 1
    }

    /// A job of one process, which may have ended already; its place in the list.
    fn new_job_of(&mut self, text: Arc<str>, pid: Pid) -> usize {
        let at = self.new_job(text);
        let ended = self.state.take_collected(pid);
        if let Some(job) = self.state.jobs.get_mut(at) {
            job.processes.push((pid, ended));
        }
        at
    }

    /// What a job goes by.
    pub(super) fn text_of_job(&self, text: &Arc<str>, simple: bool) -> Arc<str> {
        let outside = simple && self.columns().jobs.named_by_command_before_trap && self.state.in_trap > 0;
        if outside { self.state.latest_command.clone() } else { text.clone() }
    }

    /// A new job takes the place of one that `wait` has answered for.
    fn make_room(&mut self) {
        if self.columns().jobs.told_together {
            self.clean_table();
        } else if let Some(old) = self.state.jobs.iter().position(|j| j.waited) {
            self.state.jobs.remove(old);
        }
    }

    /// Do jobs get a process group of their own? Not those of a `$( )`, whatever `set -m` says.
    pub(super) fn makes_groups(&self) -> bool {
        self.state.options.monitor && !self.state.in_substitution
    }

    pub(super) fn fork(&mut self, why: Fork) -> Option<Call> {
        self.stack.push(Step::AfterFork(Box::new(why)));
        Some(Call::Fork)
    }

    pub(super) fn background(&mut self, body: Arc<Body>) -> Option<Call> {
        self.forked_for = Some(Hurdle::Background);
        self.fork(Fork::Background(body))
    }

    pub(super) fn subshell(&mut self, body: Arc<Body>, hurdle: Hurdle, sys: &Sys<'_>) -> Option<Call> {
        self.state.entered = false;
        if self.columns().children.subshells_inside {
            self.inner_subshell(&body, sys);
            return None;
        }
        self.forked_for = Some(hurdle);
        self.fork(Fork::Subshell(body))
    }

    /// Which of the two processes is this?
    pub(super) fn after_fork(&mut self, why: Fork, sys: &Sys<'_>) -> Option<Call> {
        match std::mem::replace(&mut self.last, Resume::Done) {
            Resume::Forked(pid) => self.parent(why, pid),
            Resume::Child => self.child(why, sys),
            _ => self.refused(why),
        }
    }

    fn parent(&mut self, why: Fork, pid: Pid) -> Option<Call> {
        self.state.fork_tries = 0;
        if matches!(why, Fork::Writer { .. }) {
            return None;
        }
        if !matches!(why, Fork::Substitution(..)) {
            self.state.last_made = Some(pid);
        }
        let alone = self.columns().children.only_jobs_have_groups && matches!(why, Fork::Command(..));
        let group = (self.makes_groups() && !alone).then_some(pid);
        self.state.unwaited = Some(pid);
        match why {
            Fork::Command(ready, ..) => {
                self.state.streams.plugged.clear();
                self.results.clear();
                let text = self.text_of_job(&ready.text, true);
                if self.state.left_pipeline {
                    self.state.status = 0;
                    let job = Job { processes: vec![(pid, self.state.take_collected(pid))], ..Job::new(text) };
                    self.state.jobs.push(job);
                    return None;
                }
                self.wait_for_new(text, pid);
                if group.is_none() {
                    self.block_int();
                }
                self.catch_what_is_ignored();
            }
            Fork::Subshell(body) => self.wait_for_new(body.text.clone(), pid),
            Fork::Inner => {
                self.left_to_process(pid);
                return None;
            }
            Fork::Copies => return self.copied_by(pid),
            Fork::Writer { .. } => return None,
            Fork::Background(body) => {
                // The first place in the table of a subshell is taken; one at the place of the outer job is not given up.
                let place = self.state.next_job_number() + 1;
                self.state.awaited = (body.alone_in_braces && place != self.state.outer_job).then_some(pid);
                let job = self.new_job_of(self.text_of_job(&body.text, body.simple), pid);
                self.goes_to_background(job);
                self.state.last_background = Some(pid);
                self.state.status = 0;
                self.tell_of_new_job(job, pid);
            }
            Fork::Member(starting) => return self.member_started(starting, pid),
            Fork::Substitution(substitution, read, write) if substitution.process.is_some() => {
                let (kept, closed) =
                    if substitution.process == Some(Process::Reads) { (write, read) } else { (read, write) };
                self.state.last_background = Some(pid);
                let text = substitution.text.as_str().into();
                // `wait` waits for it too (bash(1) "Process Substitution").
                self.state.jobs.retain(|j| j.number > 0 || !j.is_done());
                let ended = self.state.take_collected(pid);
                self.state.jobs.push(Job { processes: vec![(pid, ended)], ..Job::new(text) });
                self.stack.push(Step::Capture(Box::new(Capture::process(pid, kept))));
                return Some(Call::Close(closed));
            }
            Fork::Substitution(_, read, write) => {
                self.stack.push(Step::Capture(Box::new(Capture::of(pid, read))));
                return Some(Call::Close(write));
            }
        }
        group.map(|pid| Call::Setpgid(Some(pid), Some(pid)))
    }

    /// An interactive shell says which number a job has got (bash `execute_cmd.c`, `describe_pid`).
    fn tell_of_new_job(&mut self, at: usize, pid: Pid) {
        if let Some(job) = self.state.jobs.get(at).filter(|_| self.state.interactive)
            && self.columns().jobs.told_together
        {
            self.error(format!("[{}] {}", job.number, pid.0));
        }
    }

    /// A new job is not waited for: it gets its number.
    pub(super) fn goes_to_background(&mut self, at: usize) {
        let number = self.state.next_job_number();
        if let Some(job) = self.state.jobs.get_mut(at) {
            job.foreground = false;
            if job.number == 0 {
                job.number = number;
            }
        }
    }

    pub(super) fn wait_for_new(&mut self, text: Arc<str>, pid: Pid) {
        let job = self.new_job_of(text, pid);
        self.stack.push(Step::Foreground { job, asked: false });
    }

    pub(super) fn push_body(&mut self, body: &Body) {
        let mut frame = Frame::new(body.code.clone(), body.text.clone(), self.state.line.saturating_sub(1));
        if self.columns().details.names_scope {
            frame.context = self.state.context.clone();
            frame.line_base = self.state.line_base;
        }
        frame.reading = self.state.reading.clone();
        self.stack.push(Step::Code(Box::new(frame)));
    }

    /// Connects standard input and output with pipes.
    pub(super) fn plug(&mut self, input: Option<Fd>, output: Option<(Fd, Fd)>) {
        let mut calls = Vec::new();
        if let Some(fd) = input.filter(|fd| *fd != 0) {
            calls.extend([Call::Dup2(fd, 0), Call::Close(fd)]);
        }
        if let Some((read, write)) = output {
            calls.push(Call::Close(read));
            if write != 1 {
                calls.extend([Call::Dup2(write, 1), Call::Close(write)]);
            }
        }
        self.stack.extend(calls.into_iter().rev().map(Step::Do));
    }
}
