//! Subshells that are no processes: `( )` and `$( )` run in the shell itself, and what they change is put back at their
//! end (ksh93 `sh/subshell.c`). Some builtins make a process of them on the way.

use super::Shell;
use super::process::Fork;
use super::redirect::Then;
use super::state::{State, TrapOn};
use super::step::Step;
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::{DefaultAction, Signal, SignalSet};
use crate::kernel::fs::Content;
use crate::program::{Call, Fd, KillTarget, OpenMode, Resume, Sys};
use crate::shell::ast::Substitution;
use crate::shell::plan::Body;
use std::sync::Arc;

/// First descriptor for what is put aside.
const HIGH: Fd = 10;

/// What is put back at the end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inner {
    state: Box<State>,
    cwd: Text,
    /// So many redirections were in force.
    saved: usize,
    /// Results of the substitutions before it in the same words.
    results: Vec<String>,
    /// Of `$( )`: where its output goes.
    output: Option<Output>,
}

/// The file that `$( )` writes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Output {
    file: Text,
    /// Where standard output was kept.
    kept: Option<Fd>,
}

/// `$( )` that is about to begin.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Begin {
    substitution: Arc<Substitution>,
    /// The file for its output, once it was named.
    file: Option<Text>,
    opened: Option<Fd>,
}

impl Begin {
    /// Nothing is done yet.
    pub fn of(substitution: Arc<Substitution>) -> Begin {
        Begin { substitution, file: None, opened: None }
    }
}

impl Shell {
    /// `( )`
    pub(super) fn inner_subshell(&mut self, body: &Body, sys: &Sys<'_>) {
        self.begin_inner(None, sys);
        self.push_body(body);
    }

    /// `$( )`: its output goes to a file.
    fn name_output(&mut self, mut begin: Box<Begin>, sys: &Sys<'_>) -> Option<Call> {
        if let Some(name) = self.only_input(&begin.substitution) {
            let text = match sys.files.get(sys.cwd, &name).map(|f| &f.content) {
                Some(Content::Text(text)) => text.trim_end_matches('\n').to_string(),
                _ => String::new(),
            };
            self.results.push(text);
            return None;
        }
        self.state.outputs += 1;
        let file: Text = format!("/tmp/sf{}.{}", sys.pid.0, self.state.outputs).as_str().into();
        begin.file = Some(file.clone());
        self.stack.push(Step::BeginInner(begin));
        Some(Call::Open(file, OpenMode::Write))
    }

    /// One call further: the file is opened, standard output is kept, then it begins.
    pub(super) fn begin_output(&mut self, mut begin: Box<Begin>, sys: &Sys<'_>) -> Option<Call> {
        let Some(file) = begin.file.clone() else { return self.name_output(begin, sys) };
        let last = std::mem::replace(&mut self.last, Resume::Done);
        let Some(opened) = begin.opened else {
            let Resume::Opened(fd) = last else {
                self.results.push(String::new());
                return None;
            };
            begin.opened = Some(fd);
            self.stack.push(Step::BeginInner(begin));
            return Some(Call::DupFrom(1, HIGH));
        };
        let kept = if let Resume::Opened(kept) = last { Some(kept) } else { None };
        self.begin_inner(Some(Output { file, kept }), sys);
        let keeps = self.columns().details.substitution_keeps_errexit;
        self.state.options.errexit &= keeps;
        self.state.options.monitor = false;
        let line = self.state.line.saturating_sub(1);
        let text = begin.substitution.text.as_str().into();
        self.push_substitution(text, line, &begin.substitution);
        self.stack.push(Step::Do(Call::Close(opened)));
        self.stack.push(Step::Do(Call::Dup2(opened, 1)));
        None
    }

    fn begin_inner(&mut self, output: Option<Output>, sys: &Sys<'_>) {
        // A trap that has not run by now never does (`sh_sigreset`).
        self.take_trapped();
        self.state.behind = SignalSet::EMPTY;
        self.state.left_pipeline &= output.is_none();
        let state = Box::new(self.state.clone());
        let results = std::mem::take(&mut self.results);
        let inner = Inner { state, cwd: sys.cwd.clone(), saved: self.saved.len(), results, output };
        self.stack.push(Step::EndInner(Box::new(inner)));
        let state = &mut self.state;
        state.outer_traps = state.traps.clone();
        state.traps.retain(|_, action| action.is_empty());
        state.inner += 1;
        state.subshell = true;
        state.subshells += 1;
        state.unwaited = None;
        state.became_process = None;
        state.jobs.iter_mut().for_each(|job| job.outer = true);
    }

    /// Takes signals with a trap from those that were caught.
    fn take_trapped(&mut self) -> SignalSet {
        let trapped = self.with_trap(self.state.caught);
        self.state.caught = self.state.caught.difference(trapped);
        trapped
    }

    /// Leaves the innermost subshell: what is on top of its end is dropped. False if there is none.
    pub(super) fn leave_inner(&mut self) -> bool {
        if self.state.inner == 0 {
            return false;
        }
        while let Some(step) = self.stack.pop() {
            if matches!(step, Step::EndInner(_)) {
                self.stack.push(step);
                return true;
            }
        }
        false
    }

    /// `break` and `continue` of loops around a subshell leave that, with status 0.
    pub(super) fn leaves_inner_with_loop(&mut self, levels: usize, available: usize) -> bool {
        let above = self.stack.iter().rev().take_while(|step| !matches!(step, Step::EndInner(_)));
        let inside: usize = above.map(|step| if let Step::Code(frame) = step { frame.loops.len() } else { 0 }).sum();
        if self.state.inner == 0 || levels <= inside || available <= inside {
            return false;
        }
        self.state.status = 0;
        self.leave_inner()
    }

    /// A terminating signal that has a handler but, in a subshell, no trap: it leaves that, with its number as status, and
    /// is looked at again outside.
    pub(super) fn leaves_inner(&mut self, signal: Signal) -> bool {
        let trapped = self.state.traps.contains_key(&TrapOn::Signal(signal));
        let kept = signal == Signal::INT && !self.columns().traps.int_blocked_by_program;
        if self.state.inner == 0 || trapped || kept || signal.default_action() == DefaultAction::Ignore {
            return false;
        }
        self.state.status = u16::from(signal.number());
        self.note_left_pipeline();
        self.leave_inner()
    }

    /// Does this signal, which `trap ''` catches, make a process of a subshell that is none?
    pub(super) fn forks_inner_for(&self, signal: Signal) -> bool {
        let spared = [Signal::INT, Signal::QUIT, Signal::WINCH, Signal::CONT].contains(&signal);
        let ignored = self.has_empty_trap(signal);
        self.state.inner > 0 && self.columns().traps.ignore_by_handler && ignored && !spared
    }

    /// The same, done: the new process goes on behind the command that ran, with status 0.
    pub(super) fn becomes_process_for(&mut self, signal: Signal) -> bool {
        if !self.forks_inner_for(signal) {
            return false;
        }
        self.state.caught = self.state.caught.without(signal);
        self.state.status = 0;
        self.stack.push(Step::AfterFork(Box::new(Fork::Inner)));
        self.stack.push(Step::Do(Call::Fork));
        true
    }

    /// The end: everything as before. `$( )` waits for what it started last.
    pub(super) fn end_inner(&mut self, inner: Box<Inner>, sys: &Sys<'_>) -> Option<Call> {
        let status = self.state.status;
        if inner.output.is_some()
            && let Some(job) = self.state.unwaited.take().and_then(|pid| self.running_job(pid))
        {
            self.state.deferring = true;
            self.stack.push(Step::EndInner(inner));
            self.stack.push(Step::Status(status));
            self.stack.push(Step::Foreground { job, asked: false });
            return None;
        }
        let ended = std::mem::replace(&mut self.state, *inner.state);
        self.state.caught = ended.caught;
        self.state.outputs = ended.outputs;
        self.state.left_pipeline |= ended.left_pipeline;
        self.state.child_died = ended.child_died;
        for job in ended.jobs {
            for (pid, end) in job.processes {
                if let Some(end) = end {
                    self.state.record(pid, end);
                }
            }
        }
        self.results = inner.results;
        let before = std::mem::replace(&mut self.state.status, status);
        let number = status.checked_sub(self.columns().signals.status_base).and_then(|n| Signal::from_number(n.into()));
        // What came to a `$( )` waits until the command around it has run, unless it came while its end waited for a job.
        let at_once = inner.output.is_none() || ended.deferred.is_some();
        self.stack.push(Step::LookAgain { before, at_once });
        if let Some(signal) = ended.deferred {
            self.stack.push(Step::Do(Call::Kill(KillTarget::Pid(sys.pid), Some(signal))));
        }
        let again = number.filter(|s| matches!(*s, Signal::INT | Signal::QUIT));
        if let Some(signal) = again.filter(|s| !self.state.caught.contains(*s)) {
            // What ended its last program is meant for the shell too.
            self.stack.push(Step::Do(Call::Kill(KillTarget::Pid(sys.pid), Some(signal))));
        }
        if let Some(output) = &inner.output {
            self.stack.push(Step::Output { file: output.file.clone(), status: before });
        }
        if let Some(pid) = ended.became_process {
            self.wait_for_new("".into(), pid);
        }
        if let Some(output) = inner.output {
            match output.kept {
                Some(kept) => {
                    self.stack.push(Step::Do(Call::Close(kept)));
                    self.stack.push(Step::Do(Call::Dup2(kept, 1)));
                }
                None => self.stack.push(Step::Do(Call::Close(1))),
            }
        }
        for _ in inner.saved..self.saved.len() {
            self.stack.push(Step::RestoreFds);
        }
        (*sys.cwd != inner.cwd).then_some(Call::Chdir(inner.cwd))
    }

    /// A subshell has ended in which a signal came: it leaves the one around it too. A trap runs now and finds `$?` from
    /// before, unless `set -e` comes first.
    pub(super) fn look_again(&mut self, before: u16, at_once: bool) {
        let caught: Vec<Signal> = self.state.caught.iter().filter(|s| *s != Signal::INT).collect();
        if caught.into_iter().any(|signal| self.leaves_inner(signal)) || self.state.inner > 0 {
            return;
        }
        let exits = self.state.options.errexit && self.state.conditions == 0;
        if at_once && exits && self.state.caught.iter().any(|s| self.is_watched(s)) {
            self.state.status = before;
        }
        if !at_once {
            self.state.behind = self.take_trapped();
        }
        let runs = at_once && !exits && self.columns().traps.int_blocked_by_program;
        if let Some(signal) = self.trapped_signal().filter(|_| runs) {
            let status = std::mem::replace(&mut self.state.status, before);
            self.stack.push(Step::Status(status));
            self.stack.push(Step::Results(std::mem::take(&mut self.results)));
            self.act_on(signal);
        }
    }

    /// A command begins that runs no others: what came to a `$( )` before it has its turn when it is over.
    pub(super) fn acts_behind(&mut self) {
        self.state.caught = self.state.caught.union(std::mem::take(&mut self.state.behind));
    }

    /// Descriptors to be put back: behind the command, or where `exec` redirects in a subshell inside the shell, at the end of
    /// that, as they were before the first such redirection.
    pub(super) fn put_aside(&mut self, kept: Vec<(Fd, Option<Fd>)>, then: &Then) {
        if !matches!(then, Then::Builtin(ready) if ready.argv.first().is_some_and(|name| name == "exec")) {
            self.saved.push(kept);
            return;
        }
        let inner =
            self.stack.iter().rev().find_map(|s| if let Step::EndInner(inner) = s { Some(inner) } else { None });
        let base = inner.map_or(0, |inner| inner.saved).min(self.saved.len());
        let known: Vec<Fd> = self.saved.iter().skip(base).flatten().map(|(fd, _)| *fd).collect();
        let (again, first): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(fd, _)| known.contains(fd));
        self.saved.insert(base, first);
        self.stack.extend(again.into_iter().filter_map(|(_, copy)| copy).map(|fd| Step::Do(Call::Close(fd))));
    }

    fn running_job(&self, pid: Pid) -> Option<usize> {
        self.state.jobs.iter().position(|j| j.processes.iter().any(|(p, end)| *p == pid && end.is_none()))
    }

    /// What `$( )` has written becomes its result.
    pub(super) fn take_output(&mut self, file: &Text, status: u16, sys: &Sys<'_>) -> Option<Call> {
        let text = match sys.files.get("/", file).map(|f| &f.content) {
            Some(Content::Text(text)) => text.trim_end_matches('\n').to_string(),
            _ => String::new(),
        };
        self.results.push(text);
        self.state.substitution_status = Some(self.state.status);
        if !self.columns().details.substitution_sets_status {
            self.state.status = status;
        }
        Some(Call::Unlink(file.clone()))
    }

    /// A builtin whose first redirection is that of standard output makes a process of a `$( )` that is none, or of what
    /// is inside one (`sh/xec.c`, `sh_exec`).
    pub(super) fn leaves_captured(&mut self) {
        if self.stack.iter().any(|step| matches!(step, Step::EndInner(inner) if inner.output.is_some())) {
            let call = self.make_process();
            self.stack.extend(call.map(Step::Do));
        }
    }

    /// The subshell becomes a process: the shell leaves it and waits for that process, which goes on here.
    pub(super) fn make_process(&mut self) -> Option<Call> {
        self.stack.push(Step::AfterFork(Box::new(Fork::Inner)));
        Some(Call::Fork)
    }

    /// In the shell: it leaves the subshell.
    pub(super) fn left_to_process(&mut self, pid: Pid) {
        self.state.became_process.get_or_insert(pid);
        self.leave_inner();
    }

    /// In the new process: what stood behind the subshell is not its own.
    pub(super) fn is_process_now(&mut self) {
        let end = self.stack.iter().rposition(|step| matches!(step, Step::EndInner(_)));
        let above = self.stack.split_off(end.map_or(0, |at| at + 1));
        self.stack = vec![Step::Exit];
        self.stack.extend(above);
        self.state.inner = 0;
        self.state.forked_subshell = true;
        self.state.jobs.clear();
    }
}
