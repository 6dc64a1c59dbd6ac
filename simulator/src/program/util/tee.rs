//! tee(1): to its output and into files, each piece as soon as it was read. Follows coreutils `src/tee.c`.

use super::super::call::{Call, Fd, OpenMode, Resume};
use super::{Called, given};
use crate::base::Text;
use crate::base::signal::Signal;
use crate::trace::Disposition;

/// A tee that runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tee {
    ignores_int: bool,
    append: bool,
    /// Files that are still to be opened, the next one last.
    files: Vec<Text>,
    opening: Option<Text>,
    /// Where it writes, its standard output first.
    outputs: Vec<Fd>,
    piece: Text,
    /// Outputs that have yet to get the piece, the next one last.
    left: Vec<Fd>,
    code: u8,
}

impl Tee {
    pub(super) fn read(called: &Called<'_>) -> Tee {
        let given = given::read(&called.args, "", "aip", &[("append", 'a'), ("ignore-interrupts", 'i')]);
        Tee {
            ignores_int: given.has('i'),
            append: given.has('a'),
            files: given.words.iter().rev().map(|file| Text::from(*file)).collect(),
            outputs: vec![1],
            ..Tee::default()
        }
    }

    pub(super) fn resume(&mut self, resume: Resume) -> Call {
        if let Some(call) = self.opened(&resume) {
            return call;
        }
        if std::mem::take(&mut self.ignores_int) {
            return Call::Sigaction(Signal::INT, Disposition::Ignore);
        }
        if let Some(file) = self.files.pop() {
            self.opening = Some(file.clone());
            return Call::Open(file, if self.append { OpenMode::Append } else { OpenMode::Write });
        }
        match resume {
            Resume::Read(text) if text.is_empty() => return Call::Exit(self.code),
            Resume::Read(text) => {
                self.piece = text;
                self.left = self.outputs.iter().rev().copied().collect();
            }
            _ => {}
        }
        match self.left.pop() {
            Some(fd) => Call::Write(fd, self.piece.clone()),
            None => Call::Read { fd: 0, line: false },
        }
    }

    /// What became of the file that it opened: a message, if that failed.
    fn opened(&mut self, resume: &Resume) -> Option<Call> {
        let file = self.opening.take()?;
        match resume {
            Resume::Opened(fd) => {
                self.outputs.push(*fd);
                None
            }
            Resume::Failed(errno) => {
                self.code = 1;
                Some(Call::Write(2, format!("tee: {file}: {errno}\n").into()))
            }
            _ => None,
        }
    }
}
