//! Small utilities that scripts call: true, false, sleep, cat.
//!
//! Not here: applications (`app`), init programs (`init`), shells.

use super::call::{Binary, Call, Resume, Sys};
use crate::base::Text;
use crate::base::time::SimDuration;

/// A utility and how far it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Util {
    /// Exits at once with this code: true(1), false(1).
    Exit(u8),
    /// sleep(1) for so long; none is for ever.
    Sleep(Option<SimDuration>),
    /// cat(1) without files: copies input to output until its end.
    Cat,
}

impl Util {
    pub(crate) fn load(binary: &Binary, argv: &[Text], _sys: &Sys<'_>) -> Option<Util> {
        let Binary::Program { name, .. } = binary else { return None };
        let argument = argv.get(1).map_or("", |a| a);
        match &**name {
            "true" => Some(Util::Exit(0)),
            "false" => Some(Util::Exit(1)),
            "cat" => Some(Util::Cat),
            "sleep" if argument == "infinity" => Some(Util::Sleep(None)),
            "sleep" => Some(SimDuration::parse_secs(argument).map_or(Util::Exit(1), |d| Util::Sleep(Some(d)))),
            _ => None,
        }
    }

    pub(crate) fn resume(&mut self, resume: Resume, _sys: &Sys<'_>) -> Call {
        match (&*self, resume) {
            (Util::Exit(code), _) => Call::Exit(*code),
            (Util::Sleep(Some(d)), Resume::Start) => Call::Sleep(*d),
            (Util::Sleep(Some(_)), _) => Call::Exit(0),
            (Util::Sleep(None), _) => Call::Pause,
            (Util::Cat, Resume::Read(text)) if text.is_empty() => Call::Exit(0),
            (Util::Cat, Resume::Read(text)) => Call::Write(1, text),
            (Util::Cat, Resume::Failed(_)) => Call::Exit(1),
            (Util::Cat, _) => Call::Read { fd: 0, line: false },
        }
    }
}
