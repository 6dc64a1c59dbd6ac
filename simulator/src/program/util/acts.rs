//! A list of calls, one after the other, with what to say when one fails.

use super::super::call::{Call, Resume};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::trace::WaitTarget;

/// One call of a utility.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// The call.
    pub call: Call,
    /// Printed before the error's text if it fails; the utility then goes on and ends with 1.
    pub complaint: Option<Text>,
    /// What the parent of a fork does; the child goes on with the list.
    pub parent: Parent,
    /// Exit code if it fails, where that is said otherwise than by a complaint.
    pub code_if_failed: Option<u8>,
    /// It replaces the program: on failure the utility ends with 127 if there is no such file, else with 126.
    pub is_exec: bool,
}

/// What a process does that has forked one to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// It goes on with the list too.
    GoesOn,
    /// It exits at once.
    Exits,
    /// It waits and ends as its child does.
    Waits,
}

impl From<Call> for Act {
    fn from(call: Call) -> Act {
        Act { call, complaint: None, parent: Parent::GoesOn, code_if_failed: None, is_exec: false }
    }
}

impl Act {
    /// With what is said if it fails.
    pub fn or(self, complaint: impl Into<Text>) -> Act {
        Act { complaint: Some(complaint.into()), ..self }
    }

    /// Text on standard output.
    pub fn print(text: impl Into<Text>) -> Act {
        Act::from(Call::Write(1, text.into()))
    }
}

/// The list and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Acts {
    acts: Vec<Act>,
    next: usize,
    code: u8,
    message: Option<Text>,
    over: bool,
}

impl Acts {
    /// These calls, then exit with this code.
    pub fn new(acts: Vec<Act>, code: u8) -> Self {
        Acts { acts, next: 0, code, message: None, over: false }
    }

    /// Prints an error and exits.
    pub fn fails(message: &str, code: u8) -> Self {
        Acts::new(vec![Act::from(Call::Write(2, format!("{message}\n").into()))], code)
    }

    pub(crate) fn resume(&mut self, resume: &Resume) -> Call {
        let last = self.next.checked_sub(1).and_then(|i| self.acts.get(i)).cloned();
        match (resume, last) {
            (Resume::Failed(errno), Some(act)) if self.message.is_none() => self.failed(*errno, &act),
            (Resume::Forked(_), Some(act)) if act.parent == Parent::Exits => self.over = true,
            (Resume::Forked(_), Some(act)) if act.parent == Parent::Waits => {
                self.over = true;
                return Call::Wait { target: WaitTarget::Any, nohang: false };
            }
            (Resume::Waited(_, status), _) => self.code = u8::try_from(status.container_code()).unwrap_or(u8::MAX),
            _ => {}
        }
        if let Some(message) = self.message.take_if(|m| !m.is_empty()) {
            self.message = Some(Text::from(""));
            return Call::Write(2, message);
        }
        self.message = None;
        if self.over {
            return Call::Exit(self.code);
        }
        let Some(act) = self.acts.get(self.next) else { return Call::Exit(self.code) };
        self.next += 1;
        act.call.clone()
    }

    fn failed(&mut self, errno: Errno, act: &Act) {
        if act.is_exec {
            self.code = if errno == Errno::Enoent { 127 } else { 126 };
            self.over = true;
        } else if let Some(code) = act.code_if_failed.or(act.complaint.as_ref().map(|_| 1)) {
            self.code = code;
        }
        if let Some(complaint) = &act.complaint {
            self.message = Some(format!("{complaint}: {errno}\n").into());
        }
    }
}
