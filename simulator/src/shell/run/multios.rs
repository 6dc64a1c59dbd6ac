//! Several redirections of one descriptor that all count (zshmisc(1) "MULTIOS"; zsh `Src/exec.c`, `addfd`, `closemn`).
//!
//! What is written goes into a pipe, from which a process of its own copies it to each stream; for input such a process
//! reads one stream after the other. The shell waits for it behind a builtin or function, nobody does behind a program.
//!
//! Also the process that writes a here-document (dash `src/redir.c`, openhere), which nobody waits for.

use super::Shell;
use super::process::Fork;
use super::redirect::{Apply, Redir, Then};
use super::state::Job;
use super::step::Step;
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::{Call, Fd, Resume};
use crate::trace::Disposition;

/// The streams of a command's descriptors so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Streams {
    /// Descriptors that a pipe or a redirection of this command is on.
    pub used: Vec<Fd>,
    /// Those with several streams: which, and the further streams.
    several: Vec<(Fd, Vec<Fd>)>,
    /// Processes that copy them.
    copied_by: Vec<Pid>,
}

impl Streams {
    /// Is there something to join?
    pub fn are_several(&self) -> bool {
        !self.several.is_empty()
    }

    /// Has this descriptor several streams?
    pub fn is_split(&self, fd: Fd) -> bool {
        self.several.iter().any(|(split, _)| *split == fd)
    }

    /// A stream of `fd` was put aside as `other`, and a further one is to come.
    pub fn split(&mut self, fd: Fd, other: Fd) {
        match self.several.iter_mut().find(|(split, _)| *split == fd) {
            Some((_, others)) => others.push(other),
            None => self.several.push((fd, vec![other])),
        }
    }
}

/// Streams that are to be joined or waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Descriptors that a pipe was put on for a command with redirections of its own, which have not begun.
    pub plugged: Vec<Fd>,
    /// Processes that copy streams, and how many redirected commands were around these.
    pub copied_by: Vec<(usize, Pid)>,
}

/// One descriptor whose streams are being joined.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Multio {
    apply: Box<Apply>,
    fd: Fd,
    others: Vec<Fd>,
    pipe: Option<(Fd, Fd)>,
}

impl Shell {
    /// Redirections of a command, on top of the pipes that were put on for it.
    pub(super) fn redirect_command(&mut self, list: Vec<Redir>, keep: bool, then: Then) {
        let plugged = std::mem::take(&mut self.state.streams.plugged);
        self.stack.push(Step::Apply(Box::new(Apply::new(list, keep, then).plugged(plugged))));
    }

    /// Joins the streams of the next descriptor that has several.
    pub(super) fn copy_streams(&mut self, mut apply: Box<Apply>) -> Option<Call> {
        let Some((fd, others)) = apply.streams.several.pop() else {
            self.stack.push(Step::Apply(apply));
            return None;
        };
        self.stack.push(Step::Multio(Box::new(Multio { apply, fd, others, pipe: None })));
        Some(Call::Pipe)
    }

    /// The pipe is there: the process is made.
    pub(super) fn join_streams(&mut self, mut multio: Box<Multio>) -> Option<Call> {
        if let Resume::Pipe(read, write) = self.last {
            multio.pipe = Some((read, write));
        }
        self.stack.push(Step::Multio(multio));
        self.fork(Fork::Copies)
    }

    /// In the shell: the descriptor becomes an end of the pipe, and the redirections go on.
    pub(super) fn copied_by(&mut self, pid: Pid) -> Option<Call> {
        let Some(Step::Multio(multio)) = self.stack.pop() else { return None };
        let Multio { mut apply, fd, others, pipe } = *multio;
        apply.streams.copied_by.push(pid);
        let (read, write) = pipe?;
        let mine = if fd == 0 { read } else { write };
        self.stack.push(Step::Apply(apply));
        self.stack.extend([read, write].into_iter().chain(others).map(|fd| Step::Do(Call::Close(fd))));
        Some(Call::Dup2(mine, fd))
    }

    /// In the child.
    pub(super) fn copies_now(&mut self) -> Option<Call> {
        let Some(Step::Multio(multio)) = self.stack.pop() else { return None };
        self.stack.clear();
        self.saved.clear();
        let Multio { fd, mut others, pipe, .. } = *multio;
        let (read, write) = pipe?;
        others.push(fd);
        let standard = [0, 1, 2].into_iter().filter(|fd| !others.contains(fd));
        let mut closed: Vec<Fd> = standard.collect();
        let (from, to) = if fd == 0 { (others, vec![write]) } else { (vec![read], others) };
        closed.push(if fd == 0 { read } else { write });
        self.stack.push(Step::Copies { from, to, asked: false });
        self.stack.extend(closed.into_iter().map(|fd| Step::Do(Call::Close(fd))));
        None
    }

    /// In the child: it writes a here-document into its pipe and ends.
    pub(super) fn writes_here_document(&mut self, read: Fd, write: Fd, text: Text) {
        self.stack = [Call::Exit(0), Call::Write(write, text), Call::Close(read)].map(Step::Do).into();
        let ignored = [Signal::TSTP, Signal::HUP, Signal::QUIT, Signal::INT];
        self.stack.extend(ignored.map(|s| Step::Do(Call::Sigaction(s, Disposition::Ignore))));
    }

    /// Reads a part and writes it to each stream.
    pub(super) fn copy_further(&mut self, mut from: Vec<Fd>, to: Vec<Fd>, asked: bool) -> Option<Call> {
        let mut writes = Vec::new();
        match std::mem::replace(&mut self.last, Resume::Done) {
            Resume::Read(text) if asked && !text.is_empty() => {
                writes.extend(to.iter().map(|fd| Step::Do(Call::Write(*fd, text.clone()))));
            }
            Resume::Interrupted if asked => {}
            Resume::Read(_) | Resume::Failed(_) if asked => {
                from.remove(0);
            }
            _ if asked => return Some(Call::Exit(0)),
            _ => {}
        }
        if from.is_empty() {
            return Some(Call::Exit(0));
        }
        self.stack.push(Step::Copies { from: from.clone(), to, asked: writes.is_empty() });
        if writes.is_empty() {
            return from.first().map(|fd| Call::Read { fd: *fd, line: false });
        }
        self.stack.extend(writes);
        None
    }

    /// A builtin or function ends when the streams have been copied too.
    pub(super) fn wait_for_copies(&mut self, apply: &Apply) {
        for pid in apply.streams.copied_by.iter().filter(|_| !apply.ends()) {
            let ended = self.state.take_collected(*pid);
            let job = Job { processes: vec![(*pid, ended)], foreground: true, ..Job::new("".into()) };
            self.state.jobs.push(job);
            if apply.is_taken_back() {
                self.state.streams.copied_by.push((self.saved.len(), *pid));
            } else if self.stack.first() == Some(&Step::Exit) {
                // Behind the body of a subshell, once nothing holds the stream open.
                self.stack.insert(1, Step::EndPipeline { member: *pid });
                for (at, fd) in [0, 1, 2].into_iter().enumerate() {
                    self.stack.insert(at.saturating_add(2), Step::Do(Call::Close(fd)));
                }
            }
        }
    }

    /// Redirections were taken back: what copied their streams is waited for.
    pub(super) fn copies_end(&mut self) {
        let depth = self.saved.len();
        let (due, rest) =
            std::mem::take(&mut self.state.streams.copied_by).into_iter().partition(|(at, _)| *at >= depth);
        self.state.streams.copied_by = rest;
        let due: Vec<(usize, Pid)> = due;
        self.stack.extend(due.into_iter().map(|(_, member)| Step::EndPipeline { member }));
    }
}
