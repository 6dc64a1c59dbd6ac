//! What a child of the shell is from fork(2) on: what it gives up of its parent, then what it runs (XCU 2.13).
//!
//! The steps are pushed in reverse: the command first, on top of it what has to be set up before it.
//! Not here: the parent's side of fork(2) (`process`), what a subshell is to itself (`subshell`), what becomes of ignored
//! signals (`inherited`).

use super::Shell;
use super::goes_on::inherits_loops;
use super::process::Fork;
use super::redirect::Redir;
use super::simple::Ready;
use super::step::{Starting, Step};
use super::substitution::is_simple;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, Fd, Sys};
use crate::shell::ast::{Process, Substitution};
use crate::shell::plan::{Body, SimpleCommand};
use crate::shell::variants::{InnerLines, JobsInChildren, OuterTraps};
use crate::trace::Disposition;
use std::sync::Arc;

/// What a child still knows of the shell that it was a copy of.
struct Parent {
    /// `set -m` was on.
    monitor: bool,
    /// The process group of the child: none of its own, a new one, or that of its pipeline.
    group: Option<Option<Pid>>,
    /// The child does what stands behind its command, as its parent does.
    goes_on: bool,
    /// Signals whose traps keep a job from ignoring them.
    trapped: Vec<Signal>,
    /// Descriptors that were put aside.
    kept: Vec<Fd>,
    /// Outputs of the substitutions of the command.
    results: Vec<String>,
    /// Signals that came before the child began.
    again: Vec<Step>,
}

impl Shell {
    /// In the child: pushes what it runs, then what it has to set up first.
    pub(super) fn child(&mut self, why: Fork, sys: &Sys<'_>) -> Option<Call> {
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
        let interactive = std::mem::take(&mut self.state.interactive);
        let mut parent = self.leave_parent(&why);
        self.give_up_jobs(&why);
        self.give_up_state();
        if self.dies_before_it_begins() {
            return None;
        }
        parent.again = self.signals_again(sys);
        self.leave_trap(&why);
        let gives_back = std::mem::take(&mut self.state.background_ignored);
        let substitutes = is_substitution(&why);
        let (monitor, group) = (parent.monitor, parent.group);
        match why {
            Fork::Command(ready, redirects, again) => self.begin_command(ready, redirects, again, parent),
            Fork::Subshell(body) => self.begin_subshell(&body, parent),
            Fork::Background(body) => self.begin_background(&body, parent),
            Fork::Member(starting) => self.begin_member(starting, parent),
            Fork::Substitution(substitution, read, write) => {
                self.begin_substitution(&substitution, (read, write), parent);
            }
            Fork::Inner | Fork::Copies | Fork::Writer { .. } => {}
        }
        if gives_back {
            self.default_keyboard();
        }
        if interactive {
            self.leave_interactive(&[]);
        }
        self.release_monitored(monitor, substitutes);
        group.map(|group| Call::Setpgid(None, group))
    }

    /// The place of the parent in its script is given up, unless the child goes on there.
    fn leave_parent(&mut self, why: &Fork) -> Parent {
        self.state.inner = 0;
        self.state.line_is_kept = self.keeps_line_of_trap();
        if !self.state.subshell {
            self.state.outer_job = self.state.next_job_number();
        }
        self.state.forked_subshell = false;
        self.state.forked_command = matches!(why, Fork::Command(..));
        let trapped = self.trapped_for_background();
        let group = self.group_of_child(why);
        let goes_on = self.goes_on_behind(why);
        let background = matches!(why, Fork::Background(_)) || matches!(why, Fork::Member(s) if s.background);
        self.state.all_read = background
            && self.columns().jobs.functions_replace
            && self.state.options.command_string
            && !self.stack.iter().any(|step| matches!(step, Step::Script(_)));
        let (inside, outside) = self.loops_around();
        let counts = self.columns().nesting.break_ends_child || inherits_loops(why);
        self.state.outer_loops = if counts { inside.saturating_add(outside) } else { 0 };
        let kept = self.saved.iter().flatten().filter_map(|(_, kept)| *kept).collect();
        let results = std::mem::take(&mut self.results);
        self.forked_for = None;
        self.state.streams.copied_by.clear();
        if !goes_on {
            self.stack.clear();
            self.saved.clear();
            self.stack.push(Step::Exit);
        }
        Parent { monitor: self.state.options.monitor, group, goes_on, trapped, kept, results, again: Vec::new() }
    }

    /// With `set -m` a child is the leader of its group, or in that of the first member of its pipeline. What is of a `$( )`
    /// has no group of its own.
    fn group_of_child(&self, why: &Fork) -> Option<Option<Pid>> {
        let alone = self.columns().children.only_jobs_have_groups && matches!(why, Fork::Command(..));
        let leader = match why {
            Fork::Member(starting) => self.first_member(starting),
            Fork::Command(..) | Fork::Subshell(_) | Fork::Background(_) | Fork::Substitution(..) => None,
            Fork::Inner | Fork::Copies | Fork::Writer { .. } => None,
        };
        (self.makes_groups() && !alone && !is_substitution(why)).then_some(leader)
    }

    /// Jobs of the parent are not those of the child; some shells still list them there.
    fn give_up_jobs(&mut self, why: &Fork) {
        let jobs = &self.columns().jobs;
        let listed = match jobs.in_children {
            JobsInChildren::None => false,
            JobsInChildren::OfJobs => lists_jobs(why),
            JobsInChildren::All => true,
        };
        if listed {
            self.state.jobs.retain(|job| job.number > 0 && !job.foreground);
            self.state.jobs.iter_mut().for_each(|job| job.outer = true);
        } else if !(is_substitution(why) && jobs.told_together) {
            self.state.jobs.clear();
            self.state.answers.clear();
        }
    }

    /// What the parent was about, and signals that wait for their turn there.
    fn give_up_state(&mut self) {
        self.state.hears_int = false;
        self.state.simple_member = false;
        self.state.put_off = SignalSet::EMPTY;
        self.state.stranded = SignalSet::EMPTY;
        self.state.outer_functions = self.state.locals.len();
    }

    /// What keeps a trap from being replaced, and what a signal does meanwhile, is over in a child.
    fn leave_trap(&mut self, why: &Fork) {
        let traps = &self.columns().traps;
        let plain = why.body().is_some_and(|body| body.simple && !(body.parentheses && is_background(why)));
        let keeps =
            if is_substitution(why) { traps.substitution_keeps_shell } else { traps.subshell_keeps_shell && !plain };
        self.state.of_trap = (self.state.of_trap || self.state.in_trap > 0) && keeps;
        self.state.in_trap = 0;
        self.state.child_ended = None;
        self.state.running_traps = SignalSet::EMPTY;
        self.state.exit_trap_ran = false;
        self.state.exit_lost_in = None;
        self.state.dies_with = None;
        self.state.skips_exit_trap = is_lone_command(why) && self.columns().traps.lone_command_skips_exit;
        self.state.plain_job = false;
    }

    /// A program: its redirections, then execve(2).
    fn begin_command(
        &mut self,
        ready: Ready,
        redirects: Vec<Redir>,
        again: Option<Arc<SimpleCommand>>,
        parent: Parent,
    ) {
        let calls = self.reset_traps(false);
        match again {
            Some(command) => self.expand_again(command, parent.results),
            None => self.push_program(ready, redirects, true),
        }
        self.ignore_for_program();
        self.stack.extend(parent.again);
        self.stack.extend(calls);
        // Where something is put aside it is closed at execve(2).
        self.stack.extend(parent.kept.into_iter().map(|fd| Step::Do(Call::Close(fd))));
    }

    fn begin_subshell(&mut self, body: &Body, parent: Parent) {
        self.push_body(body);
        self.await_job_in_braces();
        self.enter_subshell(false, parent.again);
    }

    fn begin_background(&mut self, body: &Body, parent: Parent) {
        if self.columns().jobs.forgets_conditions {
            self.state.conditions = 0;
        }
        self.push_body(body);
        if body.parentheses {
            self.await_job_in_braces();
        }
        if !parent.monitor {
            self.detach(true, &parent.trapped, self.background_hears_int(body));
        }
        self.state.plain_job = body.simple;
        self.state.entered = body.parentheses;
        self.enter_subshell(false, parent.again);
        self.ignore_by_trap(!parent.monitor);
    }

    fn begin_member(&mut self, starting: Starting, parent: Parent) {
        let Some(body) = starting.body() else { return };
        if parent.goes_on && !starting.is_last() {
            self.start_rest(&starting);
        }
        let keeps = self.columns().children.members_keep_traps && !starting.background && !body.parentheses;
        self.state.entered = body.parentheses;
        self.state.is_command = keeps && body.simple;
        self.state.reads_pipe = starting.next > 0;
        self.push_body(body);
        if body.parentheses {
            self.await_job_in_braces();
        }
        if body.simple && starting.is_last() {
            self.ignore_for_program();
        }
        let detached = starting.background && !parent.monitor;
        if detached {
            self.detach(starting.input.is_none(), &parent.trapped, self.background_hears_int(body));
        }
        self.state.plain_job = body.simple;
        self.enter_subshell(keeps, parent.again);
        self.ignore_by_trap(detached);
        self.plug(starting.input, starting.output.or(starting.captured));
        if let Some((read, write)) = starting.captured {
            self.is_in_substitution(parent.monitor);
            let not_mine = [read, write].into_iter().filter(|_| starting.output.is_some());
            self.stack.extend(not_mine.map(|fd| Step::Do(Call::Close(fd))));
        }
        if body.redirected {
            self.state.streams.plugged.extend(starting.input.map(|_| 0));
            self.state.streams.plugged.extend(starting.output.map(|_| 1));
        }
    }

    /// `$( )`, and `<( )` and `>( )` which are jobs in some shells: the pipe is the standard output or input.
    fn begin_substitution(&mut self, substitution: &Arc<Substitution>, (read, write): (Fd, Fd), parent: Parent) {
        let details = &self.columns().details;
        self.state.options.errexit &= details.substitution_keeps_errexit || self.state.shopt("inherit_errexit");
        if details.substitution_forgets_conditions {
            self.state.conditions = 0;
        }
        let text = self.text_of_substitution(substitution);
        if self.columns().traps.outer == OuterTraps::InLoneTrap && text.trim() == "trap" {
            self.state.outer_traps = self.state.traps.clone();
        }
        let lines = if substitution.backquoted { self.columns().nesting.eval_lines } else { InnerLines::Current };
        self.state.substitutions += 1;
        self.push_substitution(text, self.lines_before(lines), substitution);
        self.ignore_for_program();
        self.ignore_in_substitution();
        if substitution.process.is_some() && self.columns().jobs.process_substitution_is_job {
            self.detach(false, &parent.trapped, self.columns().signals.background_gives_back);
        }
        self.enter_subshell(false, parent.again);
        self.is_in_substitution(parent.monitor);
        if substitution.process == Some(Process::Reads) {
            self.plug(Some(read), None);
            self.stack.push(Step::Do(Call::Close(write)));
        } else {
            self.plug(None, Some((read, write)));
        }
    }

    fn is_in_substitution(&mut self, monitor: bool) {
        self.state.ignores_for_substitution = true;
        self.state.monitored = monitor;
        self.state.in_substitution = true;
    }

    /// Does a job in the background, where it is not one command, have a handler for INT?
    fn background_hears_int(&self, body: &Body) -> bool {
        self.columns().jobs.background_subshell_hears_int && !body.simple
    }

    /// What the parent ignores because of `set -m` is not ignored in its children; a `$( )` may begin to.
    fn release_monitored(&mut self, monitor: bool, substitutes: bool) {
        let terminal = [Signal::TSTP, Signal::TTIN, Signal::TTOU];
        let becomes = |disposition| terminal.map(|s| Step::Do(Call::Sigaction(s, disposition)));
        if monitor && !(substitutes && self.columns().children.substitution_keeps_ignored) {
            let released = self.columns().signals.monitor_ignores.iter();
            self.stack.extend(released.map(|s| Step::Do(Call::Sigaction(*s, Disposition::Default))));
        }
        if monitor && substitutes && self.columns().jobs.told_together {
            self.state.options.monitor = true;
            self.stack.extend(becomes(Disposition::Ignore));
            self.state.ignores_terminal = true;
        } else if !monitor && std::mem::replace(&mut self.state.ignores_terminal, false) {
            self.stack.extend(becomes(Disposition::Default));
        }
    }
}

/// Does what the child writes become words of its parent?
fn is_substitution(why: &Fork) -> bool {
    matches!(why, Fork::Substitution(..)) || why.captured().is_some()
}

fn is_background(why: &Fork) -> bool {
    matches!(why, Fork::Background(_))
}

/// Is all that the child runs one simple command, which is not a program of its own?
fn is_lone_command(why: &Fork) -> bool {
    match why {
        Fork::Subshell(body) => body.simple,
        Fork::Substitution(substitution, ..) => is_simple(substitution),
        Fork::Background(_) | Fork::Member(_) => why.body().is_some_and(|body| body.simple),
        Fork::Command(..) | Fork::Inner | Fork::Copies | Fork::Writer { .. } => false,
    }
}

/// Is the child the command `jobs`, in a pipeline or a `$( )`?
fn lists_jobs(why: &Fork) -> bool {
    let named = |text: &str| text.split_whitespace().next() == Some("jobs");
    match why {
        Fork::Member(starting) => starting.body().is_some_and(|body| body.simple && named(&body.text)),
        Fork::Substitution(substitution, ..) => is_simple(substitution) && named(&substitution.text),
        Fork::Command(..) | Fork::Subshell(_) | Fork::Background(_) => false,
        Fork::Inner | Fork::Copies | Fork::Writer { .. } => false,
    }
}
