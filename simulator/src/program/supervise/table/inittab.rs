//! /etc/inittab as BusyBox init reads it: `tty:runlevels:action:command`, where the runlevels mean nothing.

use super::super::desk::text_of;
use super::{Job, Table};
use crate::base::Text;
use crate::base::id::Pid;
use crate::program::call::{Call, Sys};

/// Entries of one table: far more than anybody writes.
const MOST_ENTRIES: usize = 256;

/// When a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// First, one after the other.
    Sysinit,
    /// After those, one after the other.
    Wait,
    /// After those, without waiting for it.
    Once,
    /// Again and again.
    Respawn,
    /// Again and again, each time after somebody has pressed Enter.
    Askfirst,
    /// On INT.
    Ctrlaltdel,
    /// Before everything is killed.
    Shutdown,
    /// On QUIT, in place of init.
    Restart,
    /// Nothing any more: its line was removed while it ran.
    Stale,
}

const ACTIONS: [(&str, Action); 8] = [
    ("sysinit", Action::Sysinit),
    ("wait", Action::Wait),
    ("once", Action::Once),
    ("respawn", Action::Respawn),
    ("askfirst", Action::Askfirst),
    ("ctrlaltdel", Action::Ctrlaltdel),
    ("shutdown", Action::Shutdown),
    ("restart", Action::Restart),
];

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub action: Action,
    pub command: Text,
    /// `/dev/tty1`, or empty for init's own.
    pub tty: Text,
    /// While it runs.
    pub pid: Option<Pid>,
}

fn entry(action: Action, command: &str, tty: &str) -> Entry {
    Entry { action, command: command.into(), tty: tty.into(), pid: None }
}

/// Without a table.
fn usual() -> Vec<Entry> {
    vec![
        entry(Action::Sysinit, "/etc/init.d/rcS", ""),
        entry(Action::Askfirst, "-/bin/sh", ""),
        entry(Action::Askfirst, "-/bin/sh", "/dev/tty2"),
        entry(Action::Askfirst, "-/bin/sh", "/dev/tty3"),
        entry(Action::Askfirst, "-/bin/sh", "/dev/tty4"),
        entry(Action::Ctrlaltdel, "reboot", ""),
        entry(Action::Shutdown, "umount -a -r", ""),
        entry(Action::Shutdown, "swapoff -a", ""),
        entry(Action::Restart, "init", ""),
    ]
}

/// `init single`.
pub(super) fn single() -> Vec<Entry> {
    vec![entry(Action::Respawn, "-/bin/sh", "")]
}

impl Table {
    /// The entries of /etc/inittab; what is wrong with it is said.
    pub(super) fn read(&mut self, sys: &Sys<'_>) -> Vec<Entry> {
        let Some(text) = text_of("/etc/inittab", sys) else { return usual() };
        let mut entries: Vec<Entry> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut fields = line.splitn(4, ':');
            let tty = fields.next().unwrap_or("");
            let action = fields.nth(1).and_then(|name| ACTIONS.iter().find(|(n, _)| *n == name));
            let command = fields.next().unwrap_or("").trim_end();
            let (Some((_, action)), false) = (action, command.is_empty()) else {
                let text = format!("\rBad inittab entry at line {number}\n");
                self.jobs.push_front(Job::Call(Call::Write(2, text.into())));
                continue;
            };
            let tty = match tty {
                "" => String::new(),
                name => format!("/dev/{}", name.strip_prefix("/dev/").unwrap_or(name)),
            };
            // The same command on the same terminal is one entry, at the place of the last line.
            let same = entries.iter().position(|e| &*e.command == command && *e.tty == *tty);
            if let Some(at) = same {
                entries.remove(at);
            }
            if entries.len() < MOST_ENTRIES {
                entries.push(entry(*action, command, &tty));
            }
        }
        entries
    }

    /// Reads the table again: what runs stays, what is new is begun, what is gone is not started again.
    pub(super) fn reload(&mut self, sys: &Sys<'_>) {
        let mut entries = self.read(sys);
        for old in self.entries.drain(..) {
            match entries.iter_mut().find(|e| e.command == old.command && e.tty == old.tty) {
                Some(new) => new.pid = old.pid,
                None if old.pid.is_some() => entries.push(Entry { action: Action::Stale, ..old }),
                None => {}
            }
        }
        self.entries = entries;
    }
}
