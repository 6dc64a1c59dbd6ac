//! Waiting for a file to change. Source: inotify(7).

use super::file::OpenFile;
use super::{Blocked, FilesId, Kernel};
use crate::base::Text;
use crate::base::id::TaskId;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::fs::{Content, FileSystem, normal};
use crate::program::call::{Call, OpenMode, Resume};
use crate::trace::Wait;

/// Paths, and the length that each has been seen with; none is no file.
pub(super) type Watched = Vec<(Text, Option<usize>)>;

impl Kernel {
    /// Waits until one of the files is not as it is known.
    pub(super) fn watch(
        &mut self,
        cx: &mut Cx,
        task: TaskId,
        known: &[(Text, Option<usize>)],
        timeout: Option<SimDuration>,
    ) {
        let Some(cpu) = self.cpus.get(&task) else { return };
        let watched: Watched = known.iter().map(|(path, length)| (normal(&cpu.cwd, path), *length)).collect();
        if self.files(cpu.files).is_some_and(|files| has_changed(files, &watched)) {
            return self.done(task, Resume::Done);
        }
        self.block(cx, task, Blocked::Watch(watched), Wait::Read);
        if let Some(time) = timeout {
            self.set_timer(cx, task, time);
        }
    }

    /// May this call make, change or remove a file? Logs and pipes are none that somebody watches.
    pub(super) fn changes_files(&self, task: TaskId, call: &Call) -> bool {
        match call {
            Call::Write(fd, _) => matches!(self.open_file(task, *fd), Some(OpenFile::Path(_))),
            Call::Open(_, mode) | Call::OpenAtOnce(_, mode) => *mode != OpenMode::Read,
            Call::Unlink(_) | Call::Mark(..) => true,
            _ => false,
        }
    }

    /// Something was written, made or removed among these files.
    pub(super) fn files_changed(&mut self, cx: &mut Cx, id: FilesId) {
        let Some(files) = self.files(id) else { return };
        let sees = |blocked: &Option<Blocked>| match blocked {
            Some(Blocked::Watch(watched)) => has_changed(files, watched),
            _ => false,
        };
        let seen = self.cpus.iter().filter(|(_, cpu)| cpu.files == id && sees(&cpu.blocked));
        let woken: Vec<TaskId> = seen.map(|(task, _)| *task).collect();
        for task in woken {
            self.wake(cx, task, Resume::Done);
        }
    }
}

fn has_changed(files: &FileSystem, watched: &Watched) -> bool {
    let length = |path: &str| match &files.get("/", path)?.content {
        Content::Text(text) => Some(text.len()),
        Content::Binary(_) | Content::Directory | Content::Null | Content::Fifo => Some(0),
    };
    watched.iter().any(|(path, known)| length(path) != *known)
}
