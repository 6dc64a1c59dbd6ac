//! Named pipes: open(2) waits until somebody opens the other end. Source: fifo(7); fs/pipe.c `fifo_open`.

use super::file::{OpenFile, Pipe};
use super::{Blocked, FilesId, Kernel};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::TaskId;
use crate::cx::Cx;
use crate::program::call::{Fd, OpenMode, Resume};
use crate::trace::Wait;

impl Kernel {
    /// open(2): `Opened`, for a named pipe when it has a reader and a writer.
    pub(super) fn open_and_wait(&mut self, cx: &mut Cx, task: TaskId, path: &str, mode: OpenMode) {
        match self.open(cx, task, path, mode) {
            Ok(fd) => match self.lonely_end(task, fd) {
                Some(wait) => self.block(cx, task, Blocked::Open(fd), wait),
                None => self.done(task, Resume::Opened(fd)),
            },
            Err(errno) => self.done(task, Resume::Failed(errno)),
        }
    }

    /// open(2) with `O_NONBLOCK`: ENXIO for a writer if nobody reads.
    pub(super) fn open_at_once(&mut self, cx: &mut Cx, task: TaskId, path: &str, mode: OpenMode) {
        let opened = self.open(cx, task, path, mode).and_then(|fd| {
            let unread = self.lonely_end(task, fd) == Some(Wait::Write);
            if unread {
                self.close(cx, task, fd)?;
            }
            if unread { Err(Errno::Enxio) } else { Ok(fd) }
        });
        self.done(task, opened.map_or_else(Resume::Failed, Resume::Opened));
    }

    /// What a process waits for that has opened one end of a pipe whose other end nobody has.
    fn lonely_end(&self, task: TaskId, fd: Fd) -> Option<Wait> {
        let pipe = |pipe: &usize| self.open_files.pipes.get(*pipe);
        match self.open_file(task, fd)? {
            OpenFile::PipeRead(id) => pipe(id).is_some_and(|p| p.writers == 0).then_some(Wait::Read),
            OpenFile::PipeWrite(id) => pipe(id).is_some_and(|p| p.readers == 0).then_some(Wait::Write),
            OpenFile::PipeBoth(_)
            | OpenFile::Null
            | OpenFile::Log(_)
            | OpenFile::Text { .. }
            | OpenFile::Path(_)
            | OpenFile::Random(_) => None,
        }
    }

    /// Opens an end of a named pipe; whoever waits for that end goes on.
    pub(super) fn open_fifo(
        &mut self,
        cx: &mut Cx,
        task: TaskId,
        fifo: (FilesId, Text),
        mode: OpenMode,
    ) -> Result<Fd, Errno> {
        let new = self.open_files.pipes.len();
        let pipe = *self.open_files.fifos.entry(fifo).or_insert(new);
        if pipe == new {
            self.open_files.pipes.push(Pipe::default());
        }
        let file = match mode {
            OpenMode::Read => OpenFile::PipeRead(pipe),
            OpenMode::Write | OpenMode::Append => OpenFile::PipeWrite(pipe),
            OpenMode::ReadWrite => OpenFile::PipeBoth(pipe),
        };
        let fd = self.add_descriptor(task, 0, file)?;
        if let Some(p) = self.open_files.pipes.get_mut(pipe) {
            p.readers += u32::from(matches!(mode, OpenMode::Read | OpenMode::ReadWrite));
            p.writers += u32::from(mode != OpenMode::Read);
        }
        let waiting = self.cpus.iter().filter_map(|(id, cpu)| match cpu.blocked {
            Some(Blocked::Open(fd)) => Some((*id, fd)),
            _ => None,
        });
        let met: Vec<(TaskId, Fd)> = waiting.filter(|(id, fd)| self.lonely_end(*id, *fd).is_none()).collect();
        for (opener, fd) in met {
            self.wake(cx, opener, Resume::Opened(fd));
        }
        Ok(fd)
    }
}
