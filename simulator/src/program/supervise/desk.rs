//! What the supervisors have in common: calls to make next, signals and orders that came in, texts of files.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::signal::Signal;
use crate::kernel::fs::Content;
use crate::program::call::{Call, Fd, FileMark, OpenMode, Sys};
use crate::trace::Disposition;

/// Orders of a control file that wait to be carried out: more than any of the tools writes at once.
const MOST_ORDERS: usize = 64;

/// Calls to make, each with what it is for, and what came in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Desk<A> {
    calls: VecDeque<(Call, A)>,
    /// Caught and not acted on, in order.
    pub caught: VecDeque<Signal>,
    /// Letters from the control file.
    pub letters: VecDeque<char>,
    /// The control file, open for reading.
    pub control: Option<Fd>,
    /// Descriptors that children do not keep.
    pub private: Vec<Fd>,
}

impl<A: Default> Desk<A> {
    pub(super) fn new() -> Self {
        Desk {
            calls: VecDeque::new(),
            caught: VecDeque::new(),
            letters: VecDeque::new(),
            control: None,
            private: Vec::new(),
        }
    }

    /// The next call, and what it is for.
    pub(super) fn next(&mut self) -> Option<(Call, A)> {
        self.calls.pop_front()
    }

    pub(super) fn call(&mut self, call: Call) {
        self.calls.push_back((call, A::default()));
    }

    pub(super) fn ask(&mut self, call: Call, what: A) {
        self.calls.push_back((call, what));
    }

    /// Before everything else.
    pub(super) fn first(&mut self, call: Call, what: A) {
        self.calls.push_front((call, what));
    }

    /// A line on standard error.
    pub(super) fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.call(Call::Write(2, format!("{text}\n").into()));
        }
    }

    pub(super) fn catch(&mut self, signal: Signal) {
        if !self.caught.contains(&signal) {
            self.caught.push_back(signal);
        }
    }

    pub(super) fn handle(&mut self, signals: impl Iterator<Item = Signal>) {
        for signal in signals {
            self.call(Call::Sigaction(signal, Disposition::Catch));
        }
    }

    /// Makes a control file and opens it, for reading and for writing, so that it never ends.
    pub(super) fn open_control(&mut self, path: &str, opened: impl Fn() -> A) {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        self.call(Call::Mark(directory.into(), FileMark::Directory));
        self.call(Call::Mark(path.into(), FileMark::Fifo));
        self.ask(Call::OpenAtOnce(path.into(), OpenMode::Read), opened());
        self.ask(Call::OpenAtOnce(path.into(), OpenMode::Append), opened());
    }

    pub(super) fn opened_control(&mut self, fd: Fd) {
        self.private.push(fd);
        self.control.get_or_insert(fd);
    }

    pub(super) fn ordered(&mut self, text: &str) {
        let room = MOST_ORDERS.saturating_sub(self.letters.len());
        self.letters.extend(text.chars().take(room));
    }

    /// A forked child: it makes these calls, then has nothing of its parent's own files.
    pub(super) fn become_child(&mut self, before: Vec<Call>) {
        self.calls.clear();
        self.caught.clear();
        for call in before {
            self.call(call);
        }
        for fd in std::mem::take(&mut self.private) {
            self.call(Call::Close(fd));
        }
    }

    pub(super) fn exec(&mut self, file: &str, args: &[&str], sys: &Sys<'_>, failed: A) {
        let argv: Arc<[Text]> = args.iter().map(|a| Text::from(*a)).collect();
        self.ask(Call::Exec { file: file.into(), argv, env: sys.env.clone() }, failed);
    }
}

/// The text of a file, seen from the present directory.
pub(super) fn text_of(path: &str, sys: &Sys<'_>) -> Option<Text> {
    match sys.files.get(sys.cwd, path).map(|f| &f.content) {
        Some(Content::Text(text)) => Some(text.clone()),
        Some(Content::Null) => Some(Text::from("")),
        _ => None,
    }
}

/// Is there anything of this name?
pub(super) fn exists(path: &str, sys: &Sys<'_>) -> bool {
    sys.files.get(sys.cwd, path).is_some() || sys.files.is_directory(sys.cwd, path)
}

/// Is there a file with the x bit?
pub(super) fn is_executable(path: &str, sys: &Sys<'_>) -> bool {
    sys.files.get(sys.cwd, path).is_some_and(|f| f.executable && f.content != Content::Directory)
}

/// Would execve(2) of this file succeed, its interpreter included?
pub(super) fn can_run(path: &str, sys: &Sys<'_>) -> bool {
    let Some(file) = sys.files.get(sys.cwd, path).filter(|f| f.executable) else { return false };
    match &file.content {
        Content::Binary(_) => true,
        Content::Text(text) => {
            let interpreter = text.strip_prefix("#!").and_then(|rest| rest.split_whitespace().next());
            interpreter.is_some_and(|path| is_executable(path, sys))
        }
        Content::Directory | Content::Null | Content::Fifo => false,
    }
}

/// The number in the first line of a file.
pub(super) fn number_in(path: &str, sys: &Sys<'_>) -> Option<u32> {
    text_of(path, sys)?.lines().next()?.trim().parse().ok()
}

/// Fills in `{name}` and the texts of an error: `{error}` as the C library words it, `{reason}` as runit does (error_str.c).
pub(super) fn fill(text: &str, name: &str, errno: Errno) -> String {
    let reason = match errno {
        Errno::Enoent => "file does not exist",
        Errno::Eacces => "access denied",
        Errno::Enoexec => "format error",
        other => other.text(),
    };
    text.replace("{name}", name).replace("{error}", errno.text()).replace("{reason}", reason)
}
