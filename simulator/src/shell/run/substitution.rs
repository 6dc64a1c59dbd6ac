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
use crate::shell::ast::{Command, CommandKind, Substitution};
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
    pub(super) fn capture(&mut self, mut capture: Box<Capture>) -> Option<Call> {
        let last = std::mem::replace(&mut self.last, Resume::Done);
        match (capture.phase, last) {
            (Phase::Piping, Resume::Pipe(read, write)) => {
                let substitution = capture.pending?;
                if self.columns().syntax.counts_parentheses && substitution.script.error.is_some() {
                    // Its text is read before the fork.
                    self.results.clear();
                    self.push_text(
                        substitution.text.as_str().into(),
                        0,
                        Source::Trap,
                        Place::Inside(Hurdle::InnerText),
                    );
                    return None;
                }
                if let Some(starting) = self.members_of(&substitution, (read, write)) {
                    self.stack.push(Step::Pipeline(Box::new(starting)));
                    return None;
                }
                self.stack.push(Step::AfterFork(Box::new(Fork::Substitution(substitution, read, write))));
                return Some(Call::Fork);
            }
            (Phase::Piping, _) => {
                self.results.push(String::new());
                return None;
            }
            (Phase::Running, _) => {
                let fd = capture.fd;
                capture.phase = Phase::Moving;
                self.stack.push(Step::Capture(capture));
                let open = Fd::try_from(self.state.process_fds.len()).unwrap_or(0);
                return Some(Call::DupFrom(fd, PROCESS_FD.saturating_sub(open)));
            }
            (Phase::Moving, last) => {
                let moved = if let Resume::Opened(fd) = last { fd } else { capture.fd };
                self.state.process_fds.push(moved);
                self.results.push(format!("{DESCRIPTORS}{moved}"));
                return (moved != capture.fd).then_some(Call::Close(capture.fd));
            }
            (Phase::Reading, Resume::Read(text)) if text.is_empty() => {
                let Some(pid) = capture.pid else {
                    self.run_stdin(&capture.text);
                    return None;
                };
                capture.phase = Phase::Waiting;
                let fd = capture.fd;
                let members = capture.members;
                self.stack.push(Step::Capture(capture));
                if !members {
                    self.stack.push(Step::Do(Call::Wait { target: self.target_of(pid), nohang: false }));
                }
                return Some(Call::Close(fd));
            }
            (Phase::Reading, Resume::Read(text)) if capture.text.len() + text.len() <= limits::EXPANSION_BYTES => {
                capture.text.push_str(&text);
            }
            (Phase::Reading, Resume::Failed(_)) if capture.pid.is_none() => return None,
            (Phase::Reading, Resume::Interrupted) if self.terminating_signal_came() => {
                self.state.caught = self.state.caught.without(Signal::INT);
                return None;
            }
            (Phase::Reading | Phase::Waiting, Resume::Interrupted) if self.ends_at_once() => return None,
            (Phase::Reading, Resume::Interrupted) if self.runs_traps_while_reading() => {
                capture.phase = Phase::Begin;
                self.stack.push(Step::Capture(capture));
                // bash blocks INT meanwhile.
                let int = self.columns().jobs.told_together.then_some(Signal::INT);
                let signal = self.state.caught.iter().find(|s| Some(*s) != int && self.action(*s).is_some());
                if let Some(signal) = signal.filter(|_| self.trapped_signal().is_some()) {
                    self.stack.push(Step::Results(std::mem::take(&mut self.results)));
                    self.act_on(signal);
                }
                return None;
            }
            (Phase::Waiting, result) if capture.members => {
                if let Resume::Waited(pid, status) = result {
                    self.note_end(pid, status);
                }
                let pid = capture.pid?;
                let at = self.state.jobs.iter().position(|job| job.holds(pid));
                if at.and_then(|at| self.state.jobs.get(at)).is_some_and(|job| !job.is_done())
                    && !matches!(result, Resume::Failed(_))
                {
                    self.stack.push(Step::Capture(capture));
                    return Some(Call::Wait { target: WaitTarget::Any, nohang: false });
                }
                let job = at.map(|at| self.state.jobs.remove(at));
                let ended = job.and_then(|job| job.processes.last().and_then(|(_, status)| *status));
                self.captured(&capture, ended);
                return None;
            }
            (Phase::Waiting, Resume::Interrupted) => {
                if self.terminating_signal_came() || self.ends_behind_substitution(true) {
                    return None;
                }
                let pid = capture.pid?;
                self.stack.push(Step::Capture(capture));
                return Some(Call::Wait { target: self.target_of(pid), nohang: false });
            }
            (Phase::Waiting, Resume::Waited(other, status)) if Some(other) != capture.pid => {
                self.note_end(other, status);
                let pid = capture.pid?;
                self.stack.push(Step::Capture(capture));
                return Some(Call::Wait { target: self.target_of(pid), nohang: false });
            }
            (Phase::Waiting, result) => {
                let ended = match result {
                    Resume::Waited(_, status) => Some(status),
                    _ => capture.pid.and_then(|pid| self.state.take_collected(pid)),
                };
                self.captured(&capture, ended);
                return None;
            }
            _ => {}
        }
        let fd = capture.fd;
        capture.phase = Phase::Reading;
        self.stack.push(Step::Capture(capture));
        Some(Call::Read { fd, line: false })
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

    /// Does a trap run while the output of `$( )` is read?
    fn runs_traps_while_reading(&self) -> bool {
        let traps = &self.columns().traps;
        traps.run_in_substitution || traps.run_in_substitution_of_eval && self.state.evaluating > 0
    }

    /// Whom the shell waits for when a substitution has closed its output.
    fn target_of(&self, pid: Pid) -> WaitTarget {
        if self.columns().details.collects_all { WaitTarget::Any } else { WaitTarget::Pid(pid) }
    }

    fn run_stdin(&mut self, text: &str) {
        let frame = ScriptFrame::new(text.into(), 0, Source::File, self);
        self.stack.push(Step::Script(Box::new(frame)));
    }

    /// The file of `$(< file)`, where a shell knows it.
    pub(super) fn only_input(&self, substitution: &Substitution) -> Option<String> {
        use crate::shell::ast::RedirectKind;
        let [one] = substitution.script.commands.as_slice() else { return None };
        let [item] = one.list.items.as_slice() else { return None };
        let [command] = item.and_or.first.commands.as_slice() else { return None };
        let [redirect] = command.redirects.as_slice() else { return None };
        let RedirectKind::Read(word) = &redirect.kind else { return None };
        let reads = self.columns().details.substitution_reads_file && is_only_input(item);
        word.as_literal().filter(|_| reads).map(|name| name.to_string())
    }

    /// `$(< file)` prints the file, where a shell knows it.
    pub(super) fn text_of_substitution(&self, substitution: &Substitution) -> Arc<str> {
        let reads = self.columns().details.substitution_reads_file
            && match substitution.script.commands.as_slice() {
                [one] => matches!(one.list.items.as_slice(), [item] if is_only_input(item)),
                _ => false,
            };
        if reads {
            format!("command cat {}", substitution.text).into()
        } else if self.columns().nesting.prints_substitutions && !substitution.backquoted {
            print::substitution(&substitution.text, &self.columns().syntax).into()
        } else {
            substitution.text.as_str().into()
        }
    }
}

/// One redirection of standard input without a command.
fn is_only_input(item: &crate::shell::ast::Item) -> bool {
    use crate::shell::ast::{CommandKind, RedirectKind};
    match item.and_or.first.commands.as_slice() {
        [command] => {
            let bare = matches!(&command.kind, CommandKind::Simple(s) if s.words.is_empty() && s.assigns.is_empty());
            let input = matches!(command.redirects.as_slice(), [one] if matches!(one.kind, RedirectKind::Read(_)));
            bare && input && item.and_or.rest.is_empty()
        }
        _ => false,
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
