//! Open files, descriptors and pipes. Sources: open(2), dup(2), pipe(7), write(2).

use std::collections::BTreeMap;

use super::{Blocked, FilesId, Kernel};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::TaskId;
use crate::base::limits::PIPE_BYTES;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::fs::{Attributes, Content, normal};
use crate::program::call::{Fd, OpenMode, Resume};
use crate::rules::RuleId;
use crate::trace::{EventKind, OnTask, Sender, Stream, Wait};

/// Descriptors of one process; RLIMIT_NOFILE is far above what scripts use.
const MAX_DESCRIPTORS: usize = 256;

/// What an open file refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenFile {
    /// /dev/null.
    Null,
    /// The container's log.
    Log(Stream),
    /// Text to be read from byte `at` on: a file's content at the time of opening, or standard input.
    Text {
        /// The text.
        text: Text,
        /// How far it was read.
        at: usize,
    },
    /// A file of the container that is written.
    Path(Text),
    /// /dev/urandom: bytes without an end, of which so many have been read.
    Random(usize),
    /// Read end of a pipe.
    PipeRead(usize),
    /// Write end of a pipe.
    PipeWrite(usize),
    /// Both ends of a named pipe, opened with `O_RDWR`.
    PipeBoth(usize),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Pipe {
    bytes: String,
    pub(super) readers: u32,
    pub(super) writers: u32,
}

/// All open files of the node, with how many descriptors refer to each.
#[derive(Clone, Debug, Default)]
pub struct OpenFiles {
    files: BTreeMap<usize, (OpenFile, u32)>,
    next: usize,
    pub(super) pipes: Vec<Pipe>,
    /// The pipe behind each named pipe that was ever opened.
    pub(super) fifos: BTreeMap<(FilesId, Text), usize>,
}

/// The descriptors of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptors {
    open: BTreeMap<Fd, usize>,
}

impl Descriptors {
    pub(crate) fn put(&mut self, fd: Fd, file: usize) -> Option<usize> {
        self.open.insert(fd, file)
    }

    pub(crate) fn take(&mut self, fd: Fd) -> Option<usize> {
        self.open.remove(&fd)
    }

    pub(crate) fn into_files(self) -> impl Iterator<Item = usize> {
        self.open.into_values()
    }

    fn free(&self, from: Fd) -> Option<Fd> {
        (from..).take(MAX_DESCRIPTORS).find(|fd| !self.open.contains_key(fd))
    }
}

impl OpenFiles {
    pub(crate) fn add(&mut self, file: OpenFile) -> usize {
        let id = self.next;
        self.next += 1;
        self.files.insert(id, (file, 1));
        id
    }

    /// fork(2): each descriptor now exists twice.
    pub(crate) fn keep(&mut self, descriptors: &Descriptors) {
        for id in descriptors.open.values() {
            if let Some((_, count)) = self.files.get_mut(id) {
                *count += 1;
            }
        }
    }
}

impl Kernel {
    fn file_of(&self, task: TaskId, fd: Fd) -> Option<usize> {
        self.cpus.get(&task)?.descriptors.open.get(&fd).copied()
    }

    /// What a descriptor of a process refers to.
    pub(super) fn open_file(&self, task: TaskId, fd: Fd) -> Option<&OpenFile> {
        self.open_files.files.get(&self.file_of(task, fd)?).map(|(file, _)| file)
    }

    pub(super) fn add_descriptor(&mut self, task: TaskId, from: Fd, file: OpenFile) -> Result<Fd, Errno> {
        let fd = self.cpus.get(&task).and_then(|c| c.descriptors.free(from)).ok_or(Errno::Emfile)?;
        let id = self.open_files.add(file);
        if let Some(cpu) = self.cpus.get_mut(&task) {
            cpu.descriptors.put(fd, id);
        }
        Ok(fd)
    }

    pub(super) fn open(&mut self, cx: &mut Cx, task: TaskId, path: &str, mode: OpenMode) -> Result<Fd, Errno> {
        if path.is_empty() {
            return Err(Errno::Enoent);
        }
        let cpu = self.cpus.get(&task).ok_or(Errno::Esrch)?;
        let (files_id, path, umask) = (cpu.files, normal(&cpu.cwd, path), cpu.umask);
        let uid = cx.seen().task(task).map_or(0, |t| t.uid);
        let files = self.files_mut(files_id).ok_or(Errno::Enoent)?;
        let path = files.follow(path);
        if matches!(&*path, "/dev/urandom" | "/dev/random") && mode == OpenMode::Read {
            return self.add_descriptor(task, 0, OpenFile::Random(0));
        }
        // The device is there; no process has a terminal of its own (tty(4)).
        if &*path == "/dev/tty" && files.get("/", &path).is_none() {
            return Err(Errno::Enxio);
        }
        let stream = match &*path {
            "/dev/stdout" | "/proc/1/fd/1" | "/proc/self/fd/1" => Some(Stream::Stdout),
            "/dev/stderr" | "/proc/1/fd/2" | "/proc/self/fd/2" => Some(Stream::Stderr),
            _ => None,
        };
        if files.is_directory("/", &path) {
            return Err(Errno::Eisdir);
        }
        let existing = files.get("/", &path).map(|f| f.content.clone());
        let permitted = match mode {
            _ if stream.is_some() || existing == Some(Content::Null) => true,
            OpenMode::Read => files.unreadable(uid, "/", &path) != Some(Errno::Eacces),
            OpenMode::Write | OpenMode::Append | OpenMode::ReadWrite => files.permits_writing(uid, &path),
        };
        if !permitted {
            return Err(Errno::Eacces);
        }
        if existing == Some(Content::Fifo) {
            return self.open_fifo(cx, task, (files_id, path), mode);
        }
        let file = match (stream, existing, mode) {
            (Some(stream), _, _) => OpenFile::Log(stream),
            (None, Some(Content::Null), _) => OpenFile::Null,
            (None, Some(Content::Text(text)), OpenMode::Read) => OpenFile::Text { text, at: 0 },
            (None, Some(Content::Binary(_)), OpenMode::Read) => OpenFile::Null,
            (None, _, OpenMode::Read) => return Err(files.missing("/", &path)),
            (None, existing, _) => {
                let is_new = existing.is_none();
                if is_new {
                    files.has_place(&path)?;
                }
                if is_new || mode == OpenMode::Write {
                    let executable = files.get("/", &path).is_some_and(|f| f.executable);
                    files.put_text(&path, "", executable);
                }
                if is_new {
                    let mode = 0o666 & !umask;
                    let modified = cx.now();
                    files.set_attributes(&path, Attributes { uid, gid: uid, mode, modified });
                }
                OpenFile::Path(path)
            }
        };
        self.add_descriptor(task, 0, file)
    }

    pub(super) fn close(&mut self, cx: &mut Cx, task: TaskId, fd: Fd) -> Result<(), Errno> {
        let cpu = self.cpus.get_mut(&task).ok_or(Errno::Esrch)?;
        let file = cpu.descriptors.open.remove(&fd).ok_or(Errno::Ebadf)?;
        self.close_file(cx, file);
        Ok(())
    }

    /// One descriptor less refers to this open file; the last one closes it, which a pipe's other end notices.
    pub(super) fn close_file(&mut self, cx: &mut Cx, id: usize) {
        let Some((file, count)) = self.open_files.files.get_mut(&id) else { return };
        *count -= 1;
        if *count > 0 {
            return;
        }
        let file = file.clone();
        self.open_files.files.remove(&id);
        let (pipe, reads, writes) = match file {
            OpenFile::PipeRead(pipe) => (pipe, true, false),
            OpenFile::PipeWrite(pipe) => (pipe, false, true),
            OpenFile::PipeBoth(pipe) => (pipe, true, true),
            OpenFile::Null | OpenFile::Log(_) | OpenFile::Text { .. } | OpenFile::Path(_) | OpenFile::Random(_) => {
                return;
            }
        };
        if let Some(p) = self.open_files.pipes.get_mut(pipe) {
            p.readers = p.readers.saturating_sub(u32::from(reads));
            p.writers = p.writers.saturating_sub(u32::from(writes));
            if p.readers == 0 && p.writers == 0 {
                p.bytes.clear();
            }
        }
        if reads {
            self.wake_writers(cx, pipe);
        }
        if writes {
            self.wake_readers(cx, pipe);
        }
    }

    pub(super) fn dup2(&mut self, cx: &mut Cx, task: TaskId, from: Fd, to: Fd) -> Result<(), Errno> {
        let id = self.file_of(task, from).ok_or(Errno::Ebadf)?;
        if from == to {
            return Ok(());
        }
        if let Some((_, count)) = self.open_files.files.get_mut(&id) {
            *count += 1;
        }
        let old = self.cpus.get_mut(&task).and_then(|c| c.descriptors.put(to, id));
        if let Some(old) = old {
            self.close_file(cx, old);
        }
        Ok(())
    }

    pub(super) fn dup_from(&mut self, cx: &mut Cx, task: TaskId, fd: Fd, from: Fd) -> Result<Fd, Errno> {
        let free = self.cpus.get(&task).and_then(|c| c.descriptors.free(from)).ok_or(Errno::Emfile)?;
        self.dup2(cx, task, fd, free)?;
        Ok(free)
    }

    pub(super) fn pipe(&mut self, task: TaskId) -> Result<(Fd, Fd), Errno> {
        let pipe = self.open_files.pipes.len();
        let read = self.add_descriptor(task, 0, OpenFile::PipeRead(pipe))?;
        let write = self.add_descriptor(task, 0, OpenFile::PipeWrite(pipe))?;
        self.open_files.pipes.push(Pipe { bytes: String::new(), readers: 1, writers: 1 });
        Ok((read, write))
    }

    pub(super) fn read(&mut self, cx: &mut Cx, task: TaskId, fd: Fd, line: bool) {
        let resume = match self.file_of(task, fd).and_then(|id| self.open_files.files.get_mut(&id)) {
            None => Resume::Failed(Errno::Ebadf),
            Some((OpenFile::Text { text, at }, _)) => {
                let rest = text.get(*at..).unwrap_or("");
                let taken = take(rest, line);
                *at += taken.len();
                Resume::Read(taken.into())
            }
            Some((OpenFile::Random(at), _)) => {
                let text = random(*at);
                *at += text.len();
                Resume::Read(text.into())
            }
            Some((OpenFile::PipeRead(pipe) | OpenFile::PipeBoth(pipe), _)) => {
                let pipe = *pipe;
                self.read_pipe(cx, task, pipe, line);
                return;
            }
            Some((OpenFile::Null | OpenFile::Log(_) | OpenFile::Path(_) | OpenFile::PipeWrite(_), _)) => {
                Resume::Read(Text::from(""))
            }
        };
        self.done(task, resume);
    }

    fn read_pipe(&mut self, cx: &mut Cx, task: TaskId, pipe: usize, line: bool) {
        match self.take_from_pipe(pipe, line) {
            Some(text) => {
                self.done(task, Resume::Read(text));
                self.wake_writers(cx, pipe);
            }
            None => self.block(cx, task, Blocked::Read { pipe, line }, Wait::Read),
        }
    }

    /// What a reader gets now: bytes, or nothing at the end of file; `None` if it has to wait.
    fn take_from_pipe(&mut self, pipe: usize, line: bool) -> Option<Text> {
        let p = self.open_files.pipes.get_mut(pipe)?;
        if line && !p.bytes.contains('\n') && p.writers > 0 && p.bytes.len() < PIPE_BYTES {
            return None;
        }
        if p.bytes.is_empty() {
            return (p.writers == 0).then(|| Text::from(""));
        }
        let taken: Text = take(&p.bytes, line).into();
        p.bytes.drain(..taken.len());
        Some(taken)
    }

    fn wake_readers(&mut self, cx: &mut Cx, pipe: usize) {
        let waiting: Vec<(TaskId, bool)> = self
            .cpus
            .iter()
            .filter_map(|(id, cpu)| match &cpu.blocked {
                Some(Blocked::Read { pipe: p, line }) if *p == pipe => Some((*id, *line)),
                _ => None,
            })
            .collect();
        for (task, line) in waiting {
            if let Some(text) = self.take_from_pipe(pipe, line) {
                self.wake(cx, task, Resume::Read(text));
            }
        }
        if !self.is_readable(pipe) {
            return;
        }
        let polled = |blocked: &Blocked| match blocked {
            Blocked::Poll(pipes) => pipes.iter().find(|(_, p)| *p == pipe).map(|(fd, _)| *fd),
            _ => None,
        };
        let polling: Vec<(TaskId, Fd)> =
            self.cpus.iter().filter_map(|(id, cpu)| Some((*id, polled(cpu.blocked.as_ref()?)?))).collect();
        for (task, fd) in polling {
            self.wake(cx, task, Resume::Ready(fd));
        }
    }

    /// Are there bytes to read, or is the end reached?
    fn is_readable(&self, pipe: usize) -> bool {
        self.open_files.pipes.get(pipe).is_none_or(|p| !p.bytes.is_empty() || p.writers == 0)
    }

    /// poll(2) for reading.
    pub(super) fn poll(&mut self, cx: &mut Cx, task: TaskId, fds: &[Fd], timeout: Option<SimDuration>) {
        let mut pipes = Vec::new();
        for fd in fds {
            match self.open_file(task, *fd) {
                Some(OpenFile::PipeRead(pipe) | OpenFile::PipeBoth(pipe)) if !self.is_readable(*pipe) => {
                    pipes.push((*fd, *pipe))
                }
                _ => return self.done(task, Resume::Ready(*fd)),
            }
        }
        self.block(cx, task, Blocked::Poll(pipes), Wait::Signal);
        if let Some(time) = timeout {
            self.set_timer(cx, task, time);
        }
    }

    fn wake_writers(&mut self, cx: &mut Cx, pipe: usize) {
        let waiting: Vec<(TaskId, Text)> = self
            .cpus
            .iter()
            .filter_map(|(id, cpu)| match &cpu.blocked {
                Some(Blocked::Write { pipe: p, text }) if *p == pipe => Some((*id, text.clone())),
                _ => None,
            })
            .collect();
        for (task, text) in waiting {
            if let Some(cpu) = self.cpus.get_mut(&task) {
                cpu.blocked = None;
            }
            self.write_pipe(cx, task, pipe, &text, true);
        }
    }

    pub(super) fn write(&mut self, cx: &mut Cx, task: TaskId, fd: Fd, text: &Text) {
        match self.open_file(task, fd).cloned() {
            None | Some(OpenFile::Text { .. } | OpenFile::PipeRead(_) | OpenFile::Random(_)) => {
                self.done(task, Resume::Failed(Errno::Ebadf));
            }
            Some(OpenFile::Null) => self.done(task, Resume::Done),
            Some(OpenFile::Log(stream)) => {
                if !text.is_empty() && cx.charge_log(text.len()) {
                    let what = OnTask::Wrote { stream, text: text.clone() };
                    cx.emit(RuleId::OutputWritten, EventKind::Task(task, what));
                }
                self.done(task, Resume::Done);
            }
            Some(OpenFile::Path(path)) => {
                self.append(task, &path, text);
                self.done(task, Resume::Done);
            }
            Some(OpenFile::PipeWrite(pipe) | OpenFile::PipeBoth(pipe)) => self.write_pipe(cx, task, pipe, text, false),
        }
    }

    fn append(&mut self, task: TaskId, path: &str, text: &str) {
        let Some(files) = self.cpus.get(&task).map(|c| c.files).and_then(|id| self.files_mut(id)) else { return };
        let (old, executable) = match files.get("/", path) {
            Some(file) => match &file.content {
                Content::Text(old) => (old.clone(), file.executable),
                Content::Binary(_) | Content::Directory | Content::Null | Content::Fifo => return,
            },
            None => (Text::from(""), false),
        };
        // A file that a loop writes to stays bounded like a script.
        if old.len() + text.len() <= crate::base::limits::EXPANSION_BYTES {
            files.put_text(path, format!("{old}{text}"), executable);
        }
    }

    fn write_pipe(&mut self, cx: &mut Cx, task: TaskId, pipe: usize, text: &Text, was_blocked: bool) {
        let Some(p) = self.open_files.pipes.get_mut(pipe) else { return };
        if p.readers == 0 {
            // pipe(7): SIGPIPE, and EPIPE if that is caught or ignored.
            if was_blocked {
                self.wake(cx, task, Resume::Failed(Errno::Epipe));
            } else {
                self.done(task, Resume::Failed(Errno::Epipe));
            }
            self.send_by(cx, task, Signal::PIPE, Sender::Kernel, RuleId::PipeBroken);
            return;
        }
        if !p.bytes.is_empty() && p.bytes.len() + text.len() > PIPE_BYTES {
            self.block(cx, task, Blocked::Write { pipe, text: text.clone() }, Wait::Write);
            return;
        }
        p.bytes.push_str(text);
        if was_blocked {
            self.wake(cx, task, Resume::Done);
        } else {
            self.done(task, Resume::Done);
        }
        self.wake_readers(cx, pipe);
    }
}

/// The next bytes of /dev/urandom: the same in every run, printable ones only.
fn random(at: usize) -> String {
    let mut state = u32::try_from(at).unwrap_or(u32::MAX).wrapping_mul(2_654_435_761) ^ 0x9e37_79b9;
    let mut letter = || {
        // xorshift32, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from_u32(33 + state % 94).unwrap_or('x')
    };
    (0..512).map(|_| letter()).collect()
}

/// All of it, or up to and including the first newline.
fn take(text: &str, line: bool) -> &str {
    match text.find('\n') {
        Some(at) if line => text.get(..=at).unwrap_or(text),
        _ => text,
    }
}
