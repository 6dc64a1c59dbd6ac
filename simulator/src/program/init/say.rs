//! What an init program says: to standard error at once, or to standard output when it ends.
//!
//! Standard output is a pipe in a container, so the C library writes it in blocks (setvbuf(3)): what `tini -v` tells is
//! seen at its end only, and never if it is killed. Measured.

use super::Init;
use super::rows::{Libc, Line};
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::call::{Call, Sys};
use crate::trace::ExitStatus;

/// What is filled into a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fill {
    pub child: Option<Pid>,
    pub signal: Option<Signal>,
    pub becomes: Option<Signal>,
    pub status: u8,
    pub error: Option<Errno>,
}

impl Fill {
    pub(super) fn child(pid: Pid) -> Fill {
        Fill { child: Some(pid), ..Fill::default() }
    }

    pub(super) fn signal(signal: Signal) -> Fill {
        Fill { signal: Some(signal), ..Fill::default() }
    }

    pub(super) fn error(errno: Errno) -> Fill {
        Fill { error: Some(errno), ..Fill::default() }
    }

    pub(super) fn ended(pid: Pid, status: ExitStatus) -> Fill {
        let (status, signal) = match status {
            ExitStatus::Exited(code) => (code, None),
            ExitStatus::Signaled(signal) => (0, Some(signal)),
        };
        Fill { status, signal, ..Fill::child(pid) }
    }

    fn fill(self, text: &str, command: &str, own: Pid, libc: Libc) -> String {
        let number = |signal: Option<Signal>| signal.map_or(0, Signal::number).to_string();
        let text = text.replace("{pid}", &own.to_string()).replace("{signal}", &number(self.signal));
        let text = text.replace("{becomes}", &number(self.becomes)).replace("{status}", &self.status.to_string());
        let text = text.replace("{child}", &self.child.map_or_else(String::new, |c| c.to_string()));
        let text = text.replace("{text}", &self.signal.map_or_else(String::new, |s| strsignal(s, libc)));
        let text = text.replace("{error}", &self.error.map_or_else(String::new, |e| e.to_string()));
        text.replace("{command}", command)
    }
}

/// strsignal(3): musl's words differ for some (src/string/strsignal.c).
fn strsignal(signal: Signal, libc: Libc) -> String {
    let musl = match signal {
        Signal::FPE => "Arithmetic exception",
        Signal::CHLD => "Child process status",
        signal if signal.number() >= 32 => return rt_or_text(signal, libc),
        _ => "",
    };
    if libc == Libc::Musl && !musl.is_empty() { musl.to_owned() } else { signal.text() }
}

fn rt_or_text(signal: Signal, libc: Libc) -> String {
    if libc == Libc::Musl { format!("RT{}", signal.number()) } else { signal.text() }
}

impl Init {
    /// Says a line if it is verbose enough.
    pub(super) fn tell(&mut self, line: &Line, fill: &Fill, sys: &Sys<'_>) {
        if line.text.is_empty() || self.options.verbosity < line.from {
            return;
        }
        let command = self.options.command.first().map_or("", |c| c);
        let text = format!("{}\n", fill.fill(line.text, command, sys.pid, self.row.0.libc));
        if line.from < self.row.0.held_from {
            self.calls.push_back(Call::Write(2, text.into()));
        } else if self.row.0.libc == Libc::Musl && !self.has_written {
            self.has_written = true;
            self.calls.push_back(Call::Write(1, text.into()));
        } else {
            self.held.push_str(&text);
            let bytes = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
            self.calls.push_back(Call::HoldBack(bytes));
        }
    }
}
