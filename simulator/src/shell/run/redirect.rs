//! Redirections (XCU 2.7) with open(2), dup2(2) and pipe(2). Descriptors to be put back are kept from 10 upwards.

use super::Shell;
use super::expand::{Expanded, Expander, Stop};
use super::multios::Streams;
use super::network::{is_network, refuses};
use super::process::Fork;
use super::simple::{Assigned, NewValue, Ready};
use super::step::Step;
use super::substitution::DESCRIPTORS;
use crate::base::errno::Errno;
use crate::program::{Call, Fd, OpenMode, Resume, Sys};
use crate::shell::ast::{Part, Redirect, RedirectKind};
use crate::shell::plan::{Hurdle, Place};
use crate::shell::variants::messages::fill;

/// First descriptor for what is put aside.
const HIGH: Fd = 10;

/// A redirection after expansion.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Redir {
    Open { fd: Fd, path: String, mode: OpenMode, clobber: bool },
    Copy { fd: Fd, from: Fd },
    Close { fd: Fd },
    Here { fd: Fd, text: String, quoted: bool },
}

impl Redir {
    pub fn fd(&self) -> Fd {
        match self {
            Redir::Open { fd, .. } | Redir::Copy { fd, .. } | Redir::Close { fd } | Redir::Here { fd, .. } => *fd,
        }
    }
}

/// What follows when all redirections are in force.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Then {
    /// The body of a compound command.
    Compound,
    /// The body of a redirected subshell.
    SubshellBody,
    /// Assignments alone.
    Nothing(Box<Ready>),
    Builtin(Box<Ready>),
    Function(Box<Ready>),
    /// execve(2).
    Program(Box<Ready>),
    /// A program in a child that is made now.
    Forked(Box<Ready>, Hurdle),
    /// A program that is not there, where the shell itself notices.
    Missing(Box<Ready>, Errno),
}

/// Which result is due.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Begin,
    Keeping,
    Splitting,
    Opening,
    Copying,
    Piping,
}

/// Redirections being carried out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Apply {
    list: Vec<Redir>,
    next: usize,
    keep: bool,
    kept: Vec<(Fd, Option<Fd>)>,
    phase: Phase,
    then: Then,
    /// Where several streams of one descriptor count: those so far.
    pub(super) streams: Streams,
}

impl Apply {
    /// `keep`: so that they can be taken back.
    pub fn new(list: Vec<Redir>, keep: bool, then: Then) -> Apply {
        let streams = Streams::default();
        Apply { list, next: 0, keep, kept: Vec::new(), phase: Phase::Begin, then, streams }
    }

    /// For a command: descriptors that its pipes are on.
    pub fn plugged(mut self, on: Vec<Fd>) -> Apply {
        self.streams.used = on;
        self
    }

    /// Are they taken back at its end?
    pub(super) fn is_taken_back(&self) -> bool {
        self.keep
    }

    /// Does nothing come behind the command?
    pub(super) fn ends(&self) -> bool {
        matches!(self.then, Then::Program(_))
    }
}

impl Expander<'_> {
    /// Targets of redirections.
    pub(super) fn redirects(&mut self, list: &[Redirect]) -> Expanded<Vec<Redir>> {
        let mut out = Vec::new();
        for redirect in list {
            self.redirect(redirect, &mut out)?;
        }
        Ok(out)
    }

    /// A file that names a descriptor, as that of a process substitution does: which is meant by default, and its number.
    fn descriptor(&mut self, redirect: &Redirect) -> Expanded<Option<(Fd, Fd)>> {
        let (word, default) = match &redirect.kind {
            RedirectKind::Read(word) | RedirectKind::ReadWrite(word) => (word, 0),
            RedirectKind::Write(word) | RedirectKind::Append(word) | RedirectKind::Clobber(word) => (word, 1),
            RedirectKind::Both { .. } | RedirectKind::Here(_) | RedirectKind::Duplicate { .. } => return Ok(None),
        };
        let names = matches!(word.parts.as_slice(), [Part::Command(s)] if s.process.is_some())
            || word.as_static().is_some_and(|text| text.starts_with(DESCRIPTORS));
        if !names {
            return Ok(None);
        }
        let text = self.text(word)?;
        Ok(text.strip_prefix(DESCRIPTORS).and_then(|n| n.parse().ok()).map(|number| (default, number)))
    }

    fn redirect(&mut self, redirect: &Redirect, out: &mut Vec<Redir>) -> Expanded<()> {
        let fd = |default| redirect.fd.unwrap_or(default);
        if let Some((target, number)) = self.descriptor(redirect)? {
            out.push(Redir::Copy { fd: fd(target), from: number });
            return Ok(());
        }
        let mut open = |path, mode, fd, clobber| out.push(Redir::Open { fd, path, mode, clobber });
        let noclobber = self.state.options.noclobber;
        match &redirect.kind {
            RedirectKind::Read(word) => open(self.text(word)?, OpenMode::Read, fd(0), true),
            RedirectKind::Write(word) => open(self.text(word)?, OpenMode::Write, fd(1), !noclobber),
            RedirectKind::Clobber(word) => open(self.text(word)?, OpenMode::Write, fd(1), true),
            RedirectKind::Append(word) => open(self.text(word)?, OpenMode::Append, fd(1), true),
            RedirectKind::ReadWrite(word) => open(self.text(word)?, OpenMode::ReadWrite, fd(0), true),
            RedirectKind::Both { append, file } => {
                let mode = if *append { OpenMode::Append } else { OpenMode::Write };
                let text = self.text(file)?;
                match text.strip_prefix(DESCRIPTORS).and_then(|number| number.parse().ok()) {
                    Some(from) => out.push(Redir::Copy { fd: 1, from }),
                    None => open(text, mode, 1, true),
                }
                out.push(Redir::Copy { fd: 2, from: 1 });
            }
            RedirectKind::Here(word) => {
                let text = self.text(word)?;
                let quoted = matches!(&*word.parts, [Part::Quoted(_)]);
                out.push(Redir::Here { fd: fd(0), text, quoted });
            }
            RedirectKind::Duplicate { input, source } => {
                let source = self.text(source)?;
                let fd = fd(if *input { 0 } else { 1 });
                match source.strip_suffix('-').unwrap_or(&source) {
                    "" => out.push(Redir::Close { fd }),
                    number => match number.parse() {
                        Ok(from) => out.push(Redir::Copy { fd, from }),
                        Err(_) => {
                            let message = fill(self.columns.messages.bad_descriptor, &[("name", &source)]);
                            return Err(Stop::FailReading(message));
                        }
                    },
                }
            }
        }
        Ok(())
    }
}

impl Shell {
    /// One call further.
    pub(super) fn apply(&mut self, mut apply: Box<Apply>, sys: &Sys<'_>) -> Option<Call> {
        let Some(redir) = apply.list.get(apply.next).cloned() else {
            if apply.streams.are_several() {
                return self.copy_streams(apply);
            }
            self.wait_for_copies(&apply);
            if apply.keep {
                self.put_aside(std::mem::take(&mut apply.kept), &apply.then);
            }
            return self.applied(apply.then, sys);
        };
        let fd = redir.fd();
        let last = std::mem::replace(&mut self.last, Resume::Done);
        match apply.phase {
            Phase::Begin if apply.keep && !apply.kept.iter().any(|(known, _)| *known == fd) => {
                apply.phase = Phase::Keeping;
                self.stack.push(Step::Apply(apply));
                Some(Call::DupFrom(fd, HIGH))
            }
            Phase::Begin => self.perform_or_split(apply, &redir, sys),
            Phase::Keeping => {
                let kept = if let Resume::Opened(kept) = last { Some(kept) } else { None };
                apply.kept.push((fd, kept));
                self.perform_or_split(apply, &redir, sys)
            }
            Phase::Splitting => {
                if let Resume::Opened(other) = last {
                    apply.streams.split(fd, other);
                }
                self.perform(apply, &redir, sys)
            }
            Phase::Opening => match last {
                Resume::Opened(opened) => {
                    self.move_fd(apply, opened, fd);
                    None
                }
                Resume::Interrupted if self.columns().details.retries_open => {
                    apply.phase = Phase::Begin;
                    self.stack.push(Step::Apply(apply));
                    if let Some(signal) = self.trapped_signal() {
                        self.act_on(signal);
                    }
                    None
                }
                Resume::Interrupted => self.refuse(*apply, &redir, Errno::Eintr),
                Resume::Failed(errno) => self.refuse(*apply, &redir, errno),
                _ => None,
            },
            Phase::Copying => match last {
                Resume::Failed(errno) => self.refuse(*apply, &redir, errno),
                _ => {
                    self.next_redirect(apply);
                    None
                }
            },
            Phase::Piping => {
                let (Resume::Pipe(read, write), Redir::Here { text, quoted, .. }) = (last, &redir) else { return None };
                self.move_fd(apply, read, fd);
                self.stack.push(Step::Do(Call::Close(write)));
                let child = self.columns().details.here_writer.is_child(text.len(), *quoted);
                let text = text.as_str().into();
                if child { self.fork(Fork::Writer { read, write, text }) } else { Some(Call::Write(write, text)) }
            }
        }
    }

    /// Where several streams count, the one that is there is put aside for what copies them.
    fn perform_or_split(&mut self, mut apply: Box<Apply>, redir: &Redir, sys: &Sys<'_>) -> Option<Call> {
        let fd = redir.fd();
        if !self.columns().children.multios {
            return self.perform(apply, redir, sys);
        }
        match redir {
            Redir::Copy { from, .. } if apply.streams.is_split(*from) => return self.copy_streams(apply),
            Redir::Close { .. } => apply.streams.used.retain(|used| *used != fd),
            Redir::Open { .. } | Redir::Copy { .. } | Redir::Here { .. } if apply.streams.used.contains(&fd) => {
                apply.phase = Phase::Splitting;
                self.stack.push(Step::Apply(apply));
                return Some(Call::DupFrom(fd, HIGH));
            }
            Redir::Open { .. } | Redir::Copy { .. } | Redir::Here { .. } => apply.streams.used.push(fd),
        }
        self.perform(apply, redir, sys)
    }

    fn next_redirect(&mut self, mut apply: Box<Apply>) {
        apply.next += 1;
        apply.phase = Phase::Begin;
        self.stack.push(Step::Apply(apply));
    }

    fn move_fd(&mut self, apply: Box<Apply>, from: Fd, to: Fd) {
        self.next_redirect(apply);
        if from != to {
            self.stack.push(Step::Do(Call::Close(from)));
            self.stack.push(Step::Do(Call::Dup2(from, to)));
        }
    }

    fn perform(&mut self, mut apply: Box<Apply>, redir: &Redir, sys: &Sys<'_>) -> Option<Call> {
        self.state.read_ahead.retain(|(fd, _)| *fd != redir.fd());
        let (phase, call) = match redir {
            Redir::Open { path, clobber, .. } if !clobber && sys.files.is_regular(sys.cwd, path) => {
                return self.refuse(*apply, redir, Errno::Eexist);
            }
            Redir::Open { path, mode, .. } if self.columns().details.network_files && is_network(path) => {
                if refuses(path, sys) {
                    return self.refuse(*apply, redir, Errno::Econnrefused);
                }
                // What it sends is not answered: it reads as empty.
                (Phase::Opening, Call::Open("/dev/null".into(), *mode))
            }
            Redir::Open { path, mode, .. } => (Phase::Opening, Call::Open(path.as_str().into(), *mode)),
            Redir::Copy { fd, from } => (Phase::Copying, Call::Dup2(*from, *fd)),
            Redir::Close { fd } => {
                self.next_redirect(apply);
                return Some(Call::Close(*fd));
            }
            Redir::Here { .. } => (Phase::Piping, Call::Pipe),
        };
        apply.phase = phase;
        self.stack.push(Step::Apply(apply));
        Some(call)
    }

    /// A redirection failed: the command does not run. An error of a special builtin ends the shell (XCU 2.8.1).
    fn refuse(&mut self, apply: Apply, redir: &Redir, errno: Errno) -> Option<Call> {
        let messages = &self.columns().messages;
        let (name, template) = match redir {
            Redir::Open { path, mode: OpenMode::Read, .. } => (path.clone(), messages.cannot_open),
            Redir::Open { path, .. } => (path.clone(), messages.cannot_create),
            Redir::Copy { from, .. } => (from.to_string(), messages.cannot_duplicate),
            Redir::Close { .. } | Redir::Here { .. } => (String::new(), ""),
        };
        let operator = match redir {
            Redir::Copy { fd: 0, .. } => "<&".to_owned(),
            Redir::Copy { fd: 1, .. } => ">&".to_owned(),
            redir => format!("{}>&", redir.fd()),
        };
        let template = &template.replace("{operator}", &operator);
        let template = match errno {
            Errno::Eexist if messages.file_exists.contains("{text}") => messages.file_exists.to_owned(),
            _ if template.contains("{text}") => template.clone(),
            Errno::Eisdir => messages.is_directory.to_owned(),
            Errno::Eexist => messages.file_exists.to_owned(),
            Errno::Econnrefused => messages.cannot_connect.to_owned() + &with_reason(template, errno),
            errno => with_reason(template, errno),
        };
        let inside = match &apply.then {
            Then::Compound | Then::SubshellBody | Then::Function(_) => true,
            Then::Program(_) => !self.state.forked_command,
            Then::Missing(ready, _) => !matches!(ready.place, Place::Inside(_)),
            Then::Builtin(_) | Then::Nothing(_) | Then::Forked(..) => false,
        };
        let template = template.replace("{fd}", &redir.fd().to_string());
        let message = self.command_message(&template, "", (&name, errno.text()), inside);
        let status = self.columns().details.redirect_status(apply.then == Then::SubshellBody);
        self.state.status = status;
        let special =
            |ready: &Ready| ready.argv.first().is_some_and(|n| super::builtin::is_special(n)) && !ready.plainly;
        let fatal = match &apply.then {
            Then::Builtin(ready) => self.columns().details.special_errors_are_fatal && special(ready),
            Then::Program(_) | Then::SubshellBody => true,
            Then::Compound | Then::Nothing(_) | Then::Function(_) | Then::Missing(..) | Then::Forked(..) => false,
        };
        if apply.keep {
            self.saved.push(apply.kept);
            self.stack.push(Step::Status(status));
            self.stack.push(Step::RestoreFds);
        }
        if apply.then == Then::Compound {
            self.skip_compound();
            self.check_errexit();
        }
        let further = self.message(self.columns().messages.redirect_fatal, "", &[]);
        let special = fatal && matches!(apply.then, Then::Builtin(_));
        let message = if special && !further.is_empty() { format!("{message}\n{further}") } else { message };
        if fatal {
            self.exit_with(status);
        }
        self.error(message);
        None
    }

    /// Goes behind the compound command whose redirection failed.
    fn skip_compound(&mut self) {
        let frame = self.stack.iter_mut().rev().find_map(|s| if let Step::Code(f) = s { Some(f) } else { None });
        if let Some(frame) = frame
            && let Some(end) = frame.redirects.pop()
        {
            frame.pc = end;
        }
    }

    fn applied(&mut self, then: Then, sys: &Sys<'_>) -> Option<Call> {
        match then {
            Then::Compound | Then::SubshellBody => None,
            Then::Nothing(ready) => {
                self.stack.push(Step::RestoreFds);
                let status = self.state.substitution_status.take().unwrap_or(0);
                if self.assign_all(ready.assigns) {
                    self.state.status = status;
                    self.state.pipe_statuses = vec![status];
                }
                None
            }
            Then::Builtin(ready) => {
                if self.columns().details.collects_all {
                    self.stack.push(Step::CollectNoticed);
                }
                let name = ready.argv.first().cloned().unwrap_or_default();
                self.stack.push(Step::PipeStatus);
                if name != "exec" {
                    self.stack.push(Step::RestoreFds);
                }
                self.assign_for_a_while(&ready.assigns, super::builtin::is_special(&name) && !ready.plainly);
                self.builtin(&name, *ready, sys);
                None
            }
            Then::Function(ready) => {
                self.stack.push(Step::PipeStatus);
                self.stack.push(Step::RestoreFds);
                self.assign_for_a_while(&ready.assigns, self.columns().builtins.function_keeps_assignments);
                self.call_function(*ready);
                None
            }
            Then::Missing(ready, errno) => {
                self.stack.push(Step::RestoreFds);
                let name = ready.argv.first().map_or("", String::as_str);
                let messages = &self.columns().messages;
                let missing = errno == Errno::Enoent;
                let template = match missing {
                    true if name.contains('/') => messages.path_not_found,
                    true if ready.plainly && !messages.command_not_found.is_empty() => messages.command_not_found,
                    true => messages.not_found,
                    false => messages.not_executable,
                };
                let text = self.why_not_executable(name, errno, sys);
                let replaced = !matches!(ready.place, Place::Inside(_));
                let message = self.command_message(template, "", (name, text), replaced);
                self.state.status = if missing { 127 } else { self.unusable_status(name) };
                self.error(message);
                None
            }
            Then::Forked(ready, hurdle) => {
                self.stack.push(Step::RestoreFds);
                self.forked_for = Some(hurdle);
                self.stack.push(Step::AfterFork(Box::new(Fork::Command(*ready, Vec::new(), None))));
                Some(Call::Fork)
            }
            Then::Program(ready) => {
                let assigns = ready.assigns.iter().map(|a| (a.name.clone(), text_of(a))).collect();
                self.stack.push(Step::Exec { argv: ready.argv, assigns, by: super::exec::By::Command });
                None
            }
        }
    }

    /// Assignments in front of a builtin or function hold while it runs; in front of a special builtin they stay.
    fn assign_for_a_while(&mut self, assigns: &[Assigned], stay: bool) {
        if assigns.is_empty() {
            return;
        }
        let before = assigns.iter().map(|a| (a.name.clone(), self.state.vars.get(&a.name).cloned())).collect();
        let columns = self.columns();
        if !stay || !(columns.details.special_errors_are_fatal || columns.builtins.special_keeps_assignments) {
            self.stack.push(Step::RestoreVars(before));
        }
        for assign in assigns {
            self.assign(assign.clone());
            self.state.entry(&assign.name).exported = true;
        }
    }

    /// Puts descriptors back.
    pub(super) fn restore_fds(&mut self) -> Option<Call> {
        let saved = self.saved.pop().unwrap_or_default();
        self.copies_end();
        let of_errors = saved.iter().any(|(fd, _)| *fd == 2);
        for (fd, kept) in saved {
            self.state.read_ahead.retain(|(known, _)| *known != fd);
            match kept {
                Some(kept) => {
                    self.stack.push(Step::Do(Call::Close(kept)));
                    self.stack.push(Step::Do(Call::Dup2(kept, fd)));
                }
                None => self.stack.push(Step::Do(Call::Close(fd))),
            }
        }
        if of_errors {
            self.write_held();
        }
        None
    }
}

/// A message about a missing file with another reason in place of the one that it names. Words of a shell's own stand for
/// ENOTDIR too (dash `src/error.c`, `errormsg`).
pub(super) fn with_reason(template: &str, errno: Errno) -> String {
    const OWN: [&str; 4] = ["Directory nonexistent", "nonexistent directory", "No such file", "no such file"];
    let own: &[&str] = if errno == Errno::Enotdir { &[] } else { &OWN };
    let mut missing = ["No such file or directory", "no such file or directory"].iter().chain(own);
    let missing = missing.find(|text| template.contains(**text));
    let Some(missing) = missing.filter(|_| errno != Errno::Enoent) else { return template.to_owned() };
    // In front of the name the reason begins in lower case.
    let leads = template.find(missing) < template.find("{name}");
    let reason = if leads { errno.text().to_lowercase() } else { errno.text().to_owned() };
    template.replace(missing, &reason)
}

fn text_of(assign: &Assigned) -> String {
    match &assign.value {
        NewValue::One(text) => text.clone(),
        NewValue::Many(list) => list.first().cloned().unwrap_or_default(),
    }
}
