//! cat(1): copies its operands one after the other, each to its end.

use super::super::call::{Call, Fd, OpenMode, Resume};
use super::Called;
use crate::base::Text;
use crate::base::errno::Errno;

/// A cat that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cat {
    busybox: bool,
    /// Operands that are still to be read, the next one last.
    names: Vec<Text>,
    at: At,
    code: u8,
}

#[derive(Clone, Debug, PartialEq)]
enum At {
    Begin,
    Between,
    Opening(Text),
    /// Reading a descriptor, which it opened itself or was given.
    Reading(Fd, bool),
}

impl Cat {
    pub(super) fn read(called: &Called<'_>) -> Cat {
        let names = called.args.iter().filter(|a| **a == "-" || !a.starts_with('-'));
        let mut names: Vec<Text> = names.rev().map(|name| Text::from(*name)).collect();
        if names.is_empty() {
            names.push("-".into());
        }
        Cat { busybox: called.busybox, names, at: At::Begin, code: 0 }
    }

    pub(super) fn resume(&mut self, resume: Resume) -> Call {
        match (std::mem::replace(&mut self.at, At::Between), resume) {
            (At::Begin, _) => {
                // BusyBox copies with sendfile(2): an output pipe without a reader ends it before it reads anything.
                if self.busybox && self.names.last().is_some_and(|name| given(name).is_some()) {
                    return Call::Write(1, "".into());
                }
            }
            (At::Opening(_), Resume::Opened(fd)) => self.at = At::Reading(fd, true),
            (At::Opening(name), Resume::Failed(errno)) => return self.says(&name, errno),
            (At::Reading(fd, own), Resume::Read(text)) if text.is_empty() => {
                if own {
                    return Call::Close(fd);
                }
            }
            (reading @ At::Reading(..), Resume::Read(text)) => {
                self.at = reading;
                return Call::Write(1, text);
            }
            (At::Reading(..), Resume::Failed(_)) => return Call::Exit(1),
            (at, _) => self.at = at,
        }
        if let At::Reading(fd, _) = self.at {
            return Call::Read { fd, line: false };
        }
        let Some(name) = self.names.pop() else { return Call::Exit(self.code) };
        if let Some(fd) = given(&name) {
            self.at = At::Reading(fd, false);
            return Call::Read { fd, line: false };
        }
        self.at = At::Opening(name.clone());
        Call::Open(name, OpenMode::Read)
    }

    /// What it says of an operand that it cannot read.
    fn says(&mut self, name: &str, errno: Errno) -> Call {
        self.code = 1;
        // quotef of the GNU coreutils: quotes where a shell would need them.
        let plain = !name.is_empty() && !name.contains(|c: char| " \t*?[]$&;|<>()\"`\\".contains(c));
        let line = match (self.busybox, plain) {
            (true, _) if errno == Errno::Eisdir => format!("cat: read error: {errno}\n"),
            (true, _) => format!("cat: can't open '{name}': {errno}\n"),
            (false, true) => format!("cat: {name}: {errno}\n"),
            (false, false) => format!("cat: '{name}': {errno}\n"),
        };
        Call::Write(2, line.into())
    }
}

/// The descriptor that an operand stands for.
fn given(name: &str) -> Option<Fd> {
    match name.strip_prefix("/dev/fd/") {
        Some(number) => number.parse().ok(),
        None => matches!(name, "-" | "/dev/stdin").then_some(0),
    }
}
