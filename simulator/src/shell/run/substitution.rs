//! Command substitution (XCU 2.6.3): a child whose output is read to its end. Also a script on standard input.

use super::Shell;
use super::inner::Begin;
use super::process::Fork;
use super::script::{ScriptFrame, Source};
use super::step::{Starting, Step};
use crate::base::id::Pid;
use crate::base::limits;
use crate::base::signal::Signal;
use crate::program::{Call, Fd, Resume};
use crate::shell::ast::{Command, CommandKind, RedirectKind, Substitution, Word};
use crate::shell::plan::{Context, Hurdle, Place, compile_members};
use crate::shell::print;
use crate::shell::variants::{InnerLines, IntAfter};
use crate::trace::{ExitStatus, WaitTarget};
use std::sync::Arc;

/// Descriptors of process substitutions are numbered from here downwards.
const PROCESS_FD: Fd = 63;
/// Where descriptors have names.
pub(super) const DESCRIPTORS: &str = "/dev/fd/";

/// Output that is being read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Capture {
    /// The child; none when a script is read from standard input.
    pid: Option<Pid>,
    fd: Fd,
    text: String,
    phase: Phase,
    pending: Option<Arc<Substitution>>,
    /// The child is the last member of a pipeline, all of which is waited for.
    members: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// pipe(2) was called.
    Piping,
    /// Ask for output.
    Begin,
    /// read(2) was called.
    Reading,
    /// wait(2) was called.
    Waiting,
    /// A process substitution runs: its descriptor is to be moved up.
    Running,
    /// fcntl(2) was called.
    Moving,
}

impl Capture {
    /// The output of `pid`.
    pub fn of(pid: Pid, fd: Fd) -> Capture {
        Capture { pid: Some(pid), fd, text: String::new(), phase: Phase::Begin, pending: None, members: false }
    }

    /// The output of a pipeline, whose last member is `pid`.
    pub fn of_members(pid: Pid, fd: Fd) -> Capture {
        Capture { members: true, ..Capture::of(pid, fd) }
    }

    /// The pipe to a process substitution.
    pub fn process(pid: Pid, fd: Fd) -> Capture {
        Capture { phase: Phase::Running, ..Capture::of(pid, fd) }
    }

    /// A script on standard input.
    pub fn stdin() -> Capture {
        Capture { pid: None, fd: 0, text: String::new(), phase: Phase::Begin, pending: None, members: false }
    }
}

impl Shell {
    /// Starts the command of a substitution.
    pub(super) fn substitute(&mut self, substitution: Arc<Substitution>) -> Option<Call> {
        if self.columns().children.subshells_inside && substitution.process.is_none() {
            self.stack.push(Step::BeginInner(Box::new(Begin::of(substitution))));
            return None;
        }
        let capture = Capture { pending: Some(substitution), phase: Phase::Piping, ..Capture::stdin() };
        self.stack.push(Step::Capture(Box::new(capture)));
        Some(Call::Pipe)
    }

    /// One call further.
    pub(super) fn capture(&mut self, capture: Box<Capture>) -> Option<Call> {
        let last = std::mem::replace(&mut self.last, Resume::Done);
        match capture.phase {
            Phase::Piping => self.has_pipe(*capture, last),
            Phase::Running | Phase::Moving => self.keep_descriptor(capture, last),
            Phase::Begin => self.read_on(capture),
            Phase::Reading => self.has_read(capture, last),
            Phase::Waiting => self.has_waited(capture, last),
        }
    }

    /// The pipe is there: the command is started.
    fn has_pipe(&mut self, capture: Capture, last: Resume) -> Option<Call> {
        let Resume::Pipe(read, write) = last else {
            self.results.push(String::new());
            return None;
        };
        let substitution = capture.pending?;
        if self.columns().syntax.counts_parentheses && substitution.script.error.is_some() {
            // Its text is read before the fork.
            self.results.clear();
            let text = substitution.text.as_str().into();
            self.push_text(text, 0, Source::Trap, Place::Inside(Hurdle::InnerText));
            return None;
        }
        if let Some(starting) = self.members_of(&substitution, (read, write)) {
            self.stack.push(Step::Pipeline(Box::new(starting)));
            return None;
        }
        self.fork(Fork::Substitution(substitution, read, write))
    }

    /// The descriptor of a process substitution is moved up; its name is the result.
    fn keep_descriptor(&mut self, mut capture: Box<Capture>, last: Resume) -> Option<Call> {
        let fd = capture.fd;
        if capture.phase == Phase::Running {
            capture.phase = Phase::Moving;
            self.stack.push(Step::Capture(capture));
            let open = Fd::try_from(self.state.process_fds.len()).unwrap_or(0);
            return Some(Call::DupFrom(fd, PROCESS_FD.saturating_sub(open)));
        }
        let moved = if let Resume::Opened(moved) = last { moved } else { fd };
        self.state.process_fds.push(moved);
        self.results.push(format!("{DESCRIPTORS}{moved}"));
        (moved != fd).then_some(Call::Close(fd))
    }

    fn read_on(&mut self, mut capture: Box<Capture>) -> Option<Call> {
        let fd = capture.fd;
        capture.phase = Phase::Reading;
        self.stack.push(Step::Capture(capture));
        Some(Call::Read { fd, line: false })
    }

    /// read(2) has returned.
    fn has_read(&mut self, mut capture: Box<Capture>, last: Resume) -> Option<Call> {
        match last {
            Resume::Read(text) if text.is_empty() => return self.has_read_all(capture),
            Resume::Read(text) if capture.text.len() + text.len() <= limits::EXPANSION_BYTES => {
                capture.text.push_str(&text);
            }
            Resume::Failed(_) if capture.pid.is_none() => return None,
            Resume::Interrupted if self.terminating_signal_came() => {
                self.state.caught = self.state.caught.without(Signal::INT);
                return None;
            }
            Resume::Interrupted if self.ends_at_once() => return None,
            Resume::Interrupted => {
                capture.phase = Phase::Begin;
                self.stack.push(Step::Capture(capture));
                if !self.columns().traps.int_waits_for_substitution && self.int_comes_again() {
                    self.repeat_int();
                } else if let Some(signal) = self.acts_while_reading() {
                    self.stack.push(Step::Results(std::mem::take(&mut self.results)));
                    self.act_on(signal);
                }
                return None;
            }
            _ => {}
        }
        self.read_on(capture)
    }

    /// The output is at its end: the command is waited for; a script on standard input is run.
    fn has_read_all(&mut self, mut capture: Box<Capture>) -> Option<Call> {
        let Some(pid) = capture.pid else {
            self.run_stdin(&capture.text);
            return None;
        };
        capture.phase = Phase::Waiting;
        let (fd, members) = (capture.fd, capture.members);
        self.stack.push(Step::Capture(capture));
        if !members {
            self.stack.push(Step::Do(Call::Wait { target: self.target_of(pid), nohang: false }));
        }
        Some(Call::Close(fd))
    }

    /// wait(2) has returned, or the members of a pipeline are to be waited for.
    fn has_waited(&mut self, capture: Box<Capture>, last: Resume) -> Option<Call> {
        let pid = capture.pid?;
        match last {
            Resume::Interrupted if self.ends_at_once() => {}
            result if capture.members => return self.members_waited(capture, pid, &result),
            Resume::Interrupted => {
                if !self.terminating_signal_came() && !self.ends_behind_substitution(true) {
                    return self.wait_on(capture, self.target_of(pid));
                }
            }
            Resume::Waited(other, status) if other != pid => {
                self.note_end(other, status);
                return self.wait_on(capture, self.target_of(pid));
            }
            Resume::Waited(_, status) => self.captured(&capture, Some(status)),
            _ => {
                let ended = self.state.take_collected(pid);
                self.captured(&capture, ended);
            }
        }
        None
    }

    fn wait_on(&mut self, capture: Box<Capture>, target: WaitTarget) -> Option<Call> {
        self.stack.push(Step::Capture(capture));
        Some(Call::Wait { target, nohang: false })
    }

    /// The same where the command is a pipeline, whose last member is `pid`: all of it is waited for.
    fn members_waited(&mut self, capture: Box<Capture>, pid: Pid, result: &Resume) -> Option<Call> {
        if let Resume::Waited(pid, status) = result {
            self.note_end(*pid, *status);
        }
        let at = self.state.jobs.iter().position(|job| job.holds(pid));
        let runs = at.and_then(|at| self.state.jobs.get(at)).is_some_and(|job| !job.is_done());
        if runs && !matches!(result, Resume::Failed(_)) {
            return self.wait_on(capture, WaitTarget::Any);
        }
        let job = at.map(|at| self.state.jobs.remove(at));
        let ended = job.and_then(|job| job.processes.last().and_then(|(_, status)| *status));
        self.captured(&capture, ended);
        None
    }

    /// The command of a substitution has ended: its output is one more result.
    fn captured(&mut self, capture: &Capture, ended: Option<ExitStatus>) {
        if self.ends_behind_substitution(false) {
            return;
        }
        self.state.statuses.resize(self.results.len(), self.state.status);
        self.state.statuses.push(self.state.status);
        if let (Some(ExitStatus::Signaled(signal)), Some(pid)) = (ended, capture.pid) {
            self.substitution_killed(pid, signal);
        }
        if let Some(status) = ended {
            if let Some(pid) = capture.pid.filter(|_| self.columns().details.tells_when_collected) {
                self.told(pid, status);
            }
            let status = self.status_of(status);
            self.state.substitution_status = Some(status);
            if self.columns().details.substitution_sets_status {
                self.state.status = status;
            }
        }
        self.results.push(capture.text.trim_end_matches('\n').to_string());
        self.collect_rest();
        self.write_held();
        if self.state.caught.contains(Signal::INT) && self.columns().jobs.told_together {
            self.int_came_while_reading();
            return;
        }
        let ends =
            matches!(self.columns().signals.int_after_foreground, IntAfter::Exits130 | IntAfter::ExitsWithStatus);
        if ends && self.state.caught.contains(Signal::INT) && self.trapped_signal() != Some(Signal::INT) {
            // The signal was held back while the shell waited: the command is not run.
            self.results.clear();
            self.act_on(Signal::INT);
        }
    }

    /// The members of the pipeline that is all of a substitution, where the shell starts them itself.
    fn members_of(&mut self, substitution: &Substitution, captured: (Fd, Fd)) -> Option<Starting> {
        let script = &substitution.script;
        let [command] = script.commands.as_slice() else { return None };
        if script.error.is_some() || substitution.process.is_some() {
            return None;
        }
        let nesting = &self.columns().nesting;
        let lines = if substitution.backquoted { nesting.eval_lines } else { InnerLines::Current };
        let text: Arc<str> = substitution.text.as_str().into();
        let place = Place::Inside(Hurdle::Substitution);
        let context = Context::new(self.columns(), text.clone(), self.lines_before(lines), place);
        let members = compile_members(&command.list, &context)?;
        let job = self.new_job(text);
        if let Some(job) = self.state.jobs.get_mut(job) {
            job.own_group = false;
        }
        Some(Starting { captured: Some(captured), ..Starting::new(members, job) })
    }

    /// INT was blocked while the output of `$( )` was read (bash `command_substitute`): it comes before the command.
    fn int_came_while_reading(&mut self) {
        if self.int_comes_again() {
            self.repeat_int();
        } else if self.is_watched(Signal::INT) {
            self.state.caught = self.state.caught.without(Signal::INT);
            self.results.clear();
            self.exit_trap_on_signal(Signal::INT);
        }
    }

    /// The signal whose trap runs while the output of `$( )` is read, or for which the EXIT trap does.
    fn acts_while_reading(&self) -> Option<Signal> {
        let traps = &self.columns().traps;
        let in_eval = traps.run_in_substitution_of_eval;
        if traps.run_in_substitution || in_eval && self.state.evaluating > 0 {
            let waits = |s: Signal| s == Signal::INT && traps.int_waits_for_substitution;
            let signal = self.state.caught.iter().find(|s| !waits(*s) && self.action(*s).is_some());
            if let Some(signal) = signal.filter(|_| self.trapped_signal().is_some()) {
                return Some(signal);
            }
        }
        self.stays_behind_exit_trap().filter(|_| traps.run_in_substitution || in_eval)
    }

    /// Whom the shell waits for when a substitution has closed its output.
    fn target_of(&self, pid: Pid) -> WaitTarget {
        if self.columns().details.collects_all { WaitTarget::Any } else { WaitTarget::Pid(pid) }
    }

    fn run_stdin(&mut self, text: &str) {
        let frame = ScriptFrame::new(text.into(), 0, Source::File, self);
        self.stack.push(Step::Script(Box::new(frame)));
    }

    /// The file of `$(< file)`, where a shell knows it and nothing in its name is expanded.
    pub(super) fn only_input(&self, substitution: &Substitution) -> Option<String> {
        self.file_read(substitution)?.as_literal().map(|name| name.to_string())
    }

    /// `$(< file)` prints the file, where a shell knows it.
    pub(super) fn text_of_substitution(&self, substitution: &Substitution) -> Arc<str> {
        if self.file_read(substitution).is_some() {
            format!("command cat {}", substitution.text).into()
        } else if self.columns().nesting.prints_substitutions && !substitution.backquoted {
            print::substitution(&substitution.text, &self.columns().syntax).into()
        } else {
            substitution.text.as_str().into()
        }
    }

    /// The word of a substitution that is one redirection of standard input without a command, where a shell knows that.
    fn file_read<'s>(&self, substitution: &'s Substitution) -> Option<&'s Word> {
        let [complete] = substitution.script.commands.as_slice() else { return None };
        let [item] = complete.list.items.as_slice() else { return None };
        let [command] = item.and_or.first.commands.as_slice() else { return None };
        let [redirect] = command.redirects.as_slice() else { return None };
        let RedirectKind::Read(word) = &redirect.kind else { return None };
        let bare = matches!(&command.kind, CommandKind::Simple(s) if s.words.is_empty() && s.assigns.is_empty());
        let knows = self.columns().details.substitution_reads_file;
        (knows && bare && item.and_or.rest.is_empty()).then_some(word)
    }
}

/// Is it one simple command?
pub(super) fn is_simple(substitution: &Substitution) -> bool {
    let [command] = substitution.script.commands.as_slice() else { return false };
    let [item] = command.list.items.as_slice() else { return false };
    let pipeline = &item.and_or.first;
    let alone = !item.background && item.and_or.rest.is_empty() && !pipeline.negated;
    let simple = |commands: &[Command]| matches!(commands, [Command { kind: CommandKind::Simple(_), .. }]);
    alone && simple(&pipeline.commands)
}
