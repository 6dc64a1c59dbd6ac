//! What BusyBox init does with its entries, and on signals.

use std::sync::Arc;

use super::super::desk::exists;
use super::inittab::Action;
use super::{Job, SECOND, Table};
use crate::base::Text;
use crate::base::signal::{Signal, SignalSet};
use crate::program::call::{Call, KillTarget, Sys};
use crate::rules::RuleId;

/// Letters that need a shell (`init_exec`).
const FOR_A_SHELL: &str = "~`!$^&*()=|\\{}[];\"'<>?";

impl Table {
    /// Begins all entries with one of these actions that do not run.
    pub(super) fn run(&mut self, actions: &[Action]) {
        let mut jobs: Vec<Job> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate().filter(|(_, e)| actions.contains(&e.action)) {
            let waits = matches!(entry.action, Action::Sysinit | Action::Wait | Action::Ctrlaltdel | Action::Shutdown);
            let again = matches!(entry.action, Action::Respawn | Action::Askfirst);
            if !again || entry.pid.is_none() {
                jobs.push(Job::Start(at, waits));
            }
        }
        for job in jobs.into_iter().rev() {
            self.first(job);
        }
    }

    /// What a signal that it took leads to.
    pub(super) fn took(&mut self, signal: Signal, sys: &Sys<'_>) {
        match signal {
            Signal::HUP => self.reload(sys),
            Signal::INT => self.run(&[Action::Ctrlaltdel]),
            Signal::QUIT => {
                if let Some(at) = self.entries.iter().position(|e| e.action == Action::Restart) {
                    self.go_down();
                    self.jobs.push_back(Job::Become(at));
                }
            }
            Signal::TERM => self.end("reboot"),
            Signal::USR2 => self.end("poweroff"),
            Signal::PWR | Signal::USR1 => self.end("halt"),
            _ => {}
        }
    }

    /// `run_shutdown_and_kill_processes`.
    fn go_down(&mut self) {
        self.jobs.clear();
        let text = "runs its shutdown actions, then sends TERM to all processes, and KILL a second later";
        self.jobs.push_back(Job::Call(Call::Tell(RuleId::InitShutdown, text.into())));
        self.jobs.push_back(Job::Call(Call::Sigmask(SignalSet::EMPTY)));
        self.jobs.push_back(Job::Run(&[Action::Shutdown]));
        self.say("The system is going down NOW!");
        self.jobs.push_back(Job::Call(Call::Kill(KillTarget::All, Some(Signal::TERM))));
        self.say("Sent SIGTERM to all processes");
        self.jobs.push_back(Job::Call(Call::Sleep(SECOND)));
        self.jobs.push_back(Job::Call(Call::Kill(KillTarget::All, Some(Signal::KILL))));
        self.say("Sent SIGKILL to all processes");
    }

    fn end(&mut self, what: &str) {
        self.go_down();
        self.say(&format!("Requesting system {what}"));
        self.give_up();
    }

    /// `pause_and_low_level_reboot`.
    fn give_up(&mut self) {
        let pause = || Job::Call(Call::Sleep(SECOND));
        self.jobs.extend([pause(), Job::Reboot, pause(), Job::Call(Call::Exit(0))]);
    }

    /// The forked child of an entry: a session of its own, its terminal, then the command.
    pub(super) fn become_child(&mut self, at: usize, sys: &Sys<'_>) {
        self.jobs.clear();
        let Some(entry) = self.entries.get(at).cloned() else { return };
        self.jobs.push_back(Job::Call(Call::Sigmask(SignalSet::EMPTY)));
        self.jobs.push_back(Job::Call(Call::Setsid));
        if !entry.tty.is_empty() && !exists(&entry.tty, sys) {
            self.say(&format!("can't open {}: No such file or directory", entry.tty));
            self.jobs.push_back(Job::Call(Call::Exit(1)));
            return;
        }
        if entry.action == Action::Askfirst {
            let text = "\nPlease press Enter to activate this console. ";
            self.jobs.push_back(Job::Call(Call::Write(1, text.into())));
            self.jobs.push_back(Job::Ask(at));
        } else {
            self.jobs.push_back(Job::Become(at));
        }
    }

    /// Becomes the command of an entry; one that cannot be run is reported.
    pub(super) fn exec(&mut self, at: usize, is_child: bool) {
        let Some(entry) = self.entries.get(at).cloned() else { return };
        let command = entry.command.strip_prefix('-').unwrap_or(&entry.command);
        let login = if command.len() < entry.command.len() { "-" } else { "" };
        let (file, argv): (Text, Vec<Text>) = if command.contains(|c| FOR_A_SHELL.contains(c)) {
            let argv = [format!("{login}/bin/sh"), "-c".into(), format!("exec {command}")];
            ("/bin/sh".into(), argv.into_iter().map(Text::from).collect())
        } else {
            let mut words: Vec<Text> = command.split([' ', '\t']).filter(|w| !w.is_empty()).map(Text::from).collect();
            let file = words.first().cloned().unwrap_or_else(|| "".into());
            if let Some(first) = words.first_mut() {
                *first = format!("{login}{first}").into();
            }
            (file, words)
        };
        let call = Call::Exec { file: file.clone(), argv: Arc::from(argv), env: self.env.clone() };
        self.first(Job::Exec(call, file));
        match is_child {
            true => self.jobs.push_back(Job::Call(Call::Exit(u8::MAX))),
            false => self.give_up(),
        }
    }
}
