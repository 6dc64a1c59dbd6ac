//! Children: programs, subshells, pipelines, background jobs (XCU 2.9, 2.11, 2.13).

use super::Shell;
use super::goes_on::inherits_loops;
use super::redirect::Redir;
use super::simple::Ready;
use super::state::Job;
use super::step::{Frame, Starting, Step};
use super::substitution::{Capture, is_simple};
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, Fd, Resume, Sys};
use crate::shell::ast::{Process, Substitution};
use crate::shell::plan::{Body, Hurdle, SimpleCommand};
use crate::shell::variants::{InnerLines, JobsInChildren};
use crate::trace::Disposition;
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
    fn makes_groups(&self) -> bool {
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
                let job = self.new_job(self.text_of_job(&body.text, body.simple));
                let ended = self.state.take_collected(pid);
                if let Some(job) = self.state.jobs.get_mut(job) {
                    job.processes.push((pid, ended));
                }
                self.goes_to_background(job);
                self.state.last_background = Some(pid);
                self.state.status = 0;
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
        let job = self.new_job(text);
        let ended = self.state.take_collected(pid);
        if let Some(job) = self.state.jobs.get_mut(job) {
            job.processes.push((pid, ended));
        }
        self.stack.push(Step::Foreground { job, asked: false });
    }

    /// In the child: pushes what it runs, then what it has to set up first.
    fn child(&mut self, why: Fork, sys: &Sys<'_>) -> Option<Call> {
        match why {
            Fork::Inner => {
                self.is_process_now();
                return None;
            }
            Fork::Copies => return self.copies_now(),
            Fork::Writer { read, write, text } => {
                self.writes_here_document(read, write, text);
                return None;
            }
            Fork::Command(..) => {}
            Fork::Subshell(_) | Fork::Background(_) | Fork::Member(_) | Fork::Substitution(..) => {
                self.state.streams.plugged.clear();
            }
        }
        self.state.inner = 0;
        if !self.state.subshell {
            self.state.outer_job = self.state.next_job_number();
        }
        self.state.forked_subshell = false;
        self.state.forked_command = matches!(why, Fork::Command(..));
        let trapped = self.trapped_for_background();
        let hears_int = self.columns().jobs.background_subshell_hears_int;
        let alone = self.columns().children.only_jobs_have_groups && matches!(why, Fork::Command(..));
        let (monitor, makes_groups) = (self.state.options.monitor, self.makes_groups() && !alone);
        let (inside, outside) = self.loops_around();
        let goes_on = self.goes_on_behind(&why);
        let background = matches!(&why, Fork::Background(_)) || matches!(&why, Fork::Member(s) if s.background);
        self.state.all_read = background
            && self.columns().jobs.functions_replace
            && self.state.options.command_string
            && !self.stack.iter().any(|step| matches!(step, Step::Script(_)));
        if !goes_on {
            self.stack.clear();
        }
        let kept: Vec<Fd> = self.saved.iter().flatten().filter_map(|(_, kept)| *kept).collect();
        let results = std::mem::take(&mut self.results);
        self.forked_for = None;
        self.state.streams.copied_by.clear();
        if !goes_on {
            self.saved.clear();
            self.stack.push(Step::Exit);
        }
        let group = match &why {
            Fork::Member(starting) => {
                self.state.jobs.get(starting.job).and_then(|j| j.processes.first()).map(|(p, _)| *p)
            }
            _ => None,
        };
        let captured = if let Fork::Member(starting) = &why { starting.captured } else { None };
        let substitutes = captured.is_some() || matches!(why, Fork::Substitution(..));
        let listed = match self.columns().jobs.in_children {
            JobsInChildren::None => false,
            JobsInChildren::OfJobs => lists_jobs(&why),
            JobsInChildren::All => true,
        };
        if listed {
            self.state.jobs.retain(|job| job.number > 0);
            self.state.jobs.iter_mut().for_each(|job| job.outer = true);
        } else if !(substitutes && self.columns().jobs.told_together) {
            self.state.jobs.clear();
            self.state.answers.clear();
        }
        self.state.outer_loops = if self.columns().nesting.break_ends_child {
            inside.saturating_add(outside)
        } else if inherits_loops(&why) {
            inside
        } else {
            0
        };
        self.state.hears_int = false;
        self.state.simple_member = false;
        self.state.put_off = SignalSet::EMPTY;
        self.state.stranded = SignalSet::EMPTY;
        self.state.outer_functions = self.state.locals.len();
        if self.dies_before_it_begins() {
            return None;
        }
        let again = self.signals_again(sys);
        // What keeps a trap from being replaced, and what a signal does meanwhile, is over in a child.
        let traps = &self.columns().traps;
        let of_trap = self.state.of_trap || self.state.in_trap > 0;
        let plain = match &why {
            Fork::Background(body) => body.simple && !body.parentheses,
            Fork::Member(starting) => starting.members.get(starting.next).is_some_and(|body| body.simple),
            Fork::Command(..)
            | Fork::Subshell(_)
            | Fork::Substitution(..)
            | Fork::Inner
            | Fork::Copies
            | Fork::Writer { .. } => false,
        };
        let keeps = if substitutes { traps.substitution_keeps_shell } else { traps.subshell_keeps_shell && !plain };
        self.state.of_trap = of_trap && keeps;
        self.state.in_trap = 0;
        self.state.child_ended = None;
        self.state.running_traps = SignalSet::EMPTY;
        self.state.exit_trap_ran = false;
        self.state.dies_with = None;
        let lone = match &why {
            Fork::Subshell(body) | Fork::Background(body) => body.simple,
            Fork::Member(starting) => starting.members.get(starting.next).is_some_and(|body| body.simple),
            Fork::Substitution(substitution, ..) => is_simple(substitution),
            Fork::Command(..) | Fork::Inner | Fork::Copies | Fork::Writer { .. } => false,
        };
        self.state.skips_exit_trap = lone && self.columns().traps.lone_command_skips_exit;
        let gives_back = std::mem::take(&mut self.state.background_ignored);
        self.state.plain_job = false;
        match why {
            Fork::Command(ready, redirects, again_with) => {
                let calls = self.reset_traps(false);
                match again_with {
                    Some(command) => self.expand_again(command, results),
                    None => self.push_program(ready, redirects, true),
                }
                self.ignore_for_program();
                self.stack.extend(again);
                self.stack.extend(calls);
                // Where something is put aside it is closed at execve(2).
                self.stack.extend(kept.into_iter().map(|fd| Step::Do(Call::Close(fd))));
            }
            Fork::Subshell(body) => {
                self.push_body(&body);
                self.await_job_in_braces();
                self.enter_subshell(false, again);
            }
            Fork::Background(body) => {
                self.push_body(&body);
                if body.parentheses {
                    self.await_job_in_braces();
                }
                if !monitor {
                    self.detach(true, &trapped, hears_int && !body.simple);
                }
                self.state.plain_job = body.simple;
                self.state.entered = body.parentheses;
                self.enter_subshell(false, again);
                self.ignore_by_trap(!monitor);
            }
            Fork::Member(starting) => {
                let mut keeps = self.columns().children.members_keep_traps && !starting.background;
                if goes_on && starting.next + 1 < starting.members.len() {
                    self.start_rest(&starting);
                }
                if let Some(body) = starting.members.get(starting.next) {
                    keeps &= !body.parentheses;
                    self.state.entered = body.parentheses;
                    self.state.is_command = keeps && body.simple;
                    self.push_body(body);
                    if body.parentheses {
                        self.await_job_in_braces();
                    }
                    if body.simple && starting.next + 1 == starting.members.len() {
                        self.ignore_for_program();
                    }
                }
                let simple = starting.members.get(starting.next).is_some_and(|body| body.simple);
                if starting.background && !monitor {
                    self.detach(starting.input.is_none(), &trapped, hears_int && !simple);
                }
                self.state.plain_job = simple;
                self.enter_subshell(keeps, again);
                self.ignore_by_trap(starting.background && !monitor);
                self.plug(starting.input, starting.output.or(captured));
                if let Some((read, write)) = captured {
                    self.state.ignores_for_substitution = true;
                    self.state.monitored = monitor;
                    self.state.in_substitution = true;
                    let not_mine = [read, write].into_iter().filter(|_| starting.output.is_some());
                    self.stack.extend(not_mine.map(|fd| Step::Do(Call::Close(fd))));
                }
                if starting.members.get(starting.next).is_some_and(|body| body.redirected) {
                    self.state.streams.plugged.extend(starting.input.map(|_| 0));
                    self.state.streams.plugged.extend(starting.output.map(|_| 1));
                }
            }
            Fork::Inner | Fork::Copies | Fork::Writer { .. } => {}
            Fork::Substitution(substitution, read, write) => {
                let keeps = self.columns().details.substitution_keeps_errexit || self.state.shopt("inherit_errexit");
                self.state.options.errexit &= keeps;
                if self.columns().details.substitution_forgets_conditions {
                    self.state.conditions = 0;
                }
                let text = self.text_of_substitution(&substitution);
                let nesting = &self.columns().nesting;
                let lines = if substitution.backquoted { nesting.eval_lines } else { InnerLines::Current };
                self.state.substitutions += 1;
                self.push_substitution(text, self.lines_before(lines), &substitution);
                self.ignore_for_program();
                self.ignore_in_substitution();
                if substitution.process.is_some() && self.columns().jobs.process_substitution_is_job {
                    self.detach(false, &trapped, self.columns().signals.background_gives_back);
                }
                self.enter_subshell(false, again);
                self.state.ignores_for_substitution = true;
                self.state.monitored = monitor;
                self.state.in_substitution = true;
                if substitution.process == Some(Process::Reads) {
                    self.plug(Some(read), None);
                    self.stack.push(Step::Do(Call::Close(write)));
                } else {
                    self.plug(None, Some((read, write)));
                }
            }
        }
        if gives_back {
            self.default_keyboard();
        }
        if monitor && !(substitutes && self.columns().children.substitution_keeps_ignored) {
            let released = self.columns().signals.monitor_ignores.iter();
            self.stack.extend(released.map(|s| Step::Do(Call::Sigaction(*s, Disposition::Default))));
        }
        if monitor && substitutes && self.columns().jobs.told_together {
            self.state.options.monitor = true;
            let terminal = [Signal::TSTP, Signal::TTIN, Signal::TTOU];
            self.stack.extend(terminal.map(|s| Step::Do(Call::Sigaction(s, Disposition::Ignore))));
            self.state.ignores_terminal = true;
        } else if !monitor && std::mem::replace(&mut self.state.ignores_terminal, false) {
            let terminal = [Signal::TSTP, Signal::TTIN, Signal::TTOU];
            self.stack.extend(terminal.map(|s| Step::Do(Call::Sigaction(s, Disposition::Default))));
        }
        (makes_groups && !substitutes).then_some(Call::Setpgid(None, group))
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

/// Is the child the command `jobs`?
fn lists_jobs(why: &Fork) -> bool {
    let named = |text: &str| text.split_whitespace().next() == Some("jobs");
    match why {
        Fork::Member(starting) => {
            starting.members.get(starting.next).is_some_and(|body| body.simple && named(&body.text))
        }
        Fork::Substitution(substitution, ..) => is_simple(substitution) && named(&substitution.text),
        Fork::Command(..)
        | Fork::Subshell(_)
        | Fork::Background(_)
        | Fork::Inner
        | Fork::Copies
        | Fork::Writer { .. } => false,
    }
}
