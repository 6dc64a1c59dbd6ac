//! What utilities that change files have in common: calls, complaints, an exit code.

use super::super::call::{Call, FileMark};
use super::{Act, Acts, Called};

/// Calls, what was said, and the exit code.
pub(super) struct Work<'a> {
    pub called: &'a Called<'a>,
    pub acts: Vec<Act>,
    pub code: u8,
}

impl<'a> Work<'a> {
    pub fn new(called: &'a Called<'a>) -> Work<'a> {
        Work { called, acts: Vec::new(), code: 0 }
    }

    /// `rm: cannot remove 'x': why`, in BusyBox `rm: can't remove 'x': why`.
    pub fn fails(&mut self, what: &str, path: &str, why: &str) {
        let can = if self.called.busybox { "can't" } else { "cannot" };
        self.says(&format!("{can} {what} '{path}': {why}"));
    }

    pub fn says(&mut self, text: &str) {
        let line = format!("{}: {text}\n", self.called.name);
        self.acts.push(Act::from(Call::Write(2, line.into())));
        self.code = 1;
    }

    pub fn mark(&mut self, path: &str, mark: FileMark, complaint: String) {
        let name = self.called.name;
        self.acts.push(Act::from(Call::Mark(path.into(), mark)).or(format!("{name}: {complaint}")));
    }

    pub fn quietly(&mut self, path: &str, mark: FileMark) {
        self.acts.push(Act::from(Call::Mark(path.into(), mark)));
    }

    pub fn print(&mut self, line: &str) {
        self.acts.push(Act::print(format!("{line}\n")));
    }

    pub fn done(self) -> Acts {
        Acts::new(self.acts, self.code)
    }
}

pub(super) const NO_PERMISSION: &str = "Permission denied";

pub(super) fn missing_operand(called: &Called<'_>) -> Acts {
    let text = format!("{0}: missing operand\nTry '{0} --help' for more information.", called.name);
    Acts::fails(&text, 1)
}
