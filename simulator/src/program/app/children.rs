//! Children of an application: commands that it starts, workers that it forks, and what wait(2) says about them.

use std::sync::Arc;

use super::super::behaviour::{Behaviour, Manner};
use super::super::call::{Call, Resume, Sys};
use super::{App, Asked};
use crate::base::Text;
use crate::base::signal::Signal;
use crate::trace::Disposition;

impl App {
    /// After fork(2) for a command: the child executes it.
    pub(super) fn forked(&mut self, resume: &Resume, argv: Arc<[Text]>, sys: &Sys<'_>) {
        match resume {
            Resume::Forked(pid) => {
                self.children.push(*pid);
                self.spawned.push(*pid);
            }
            Resume::Child => {
                self.children.clear();
                self.calls.clear();
                let Some(file) = argv.first().cloned() else { return };
                self.asked = Asked::Exec(file.clone());
                let exec = Call::Exec { file, argv, env: sys.env.clone() };
                self.calls.push(exec);
                // The copy of the buffer dies with this program without being written.
                self.held = super::output::Held::default();
            }
            Resume::Failed(errno) => {
                self.calls.push(Call::Say(format!("cannot start a process: {errno}").into()));
            }
            _ => {}
        }
    }

    pub(super) fn exec_failed(&mut self, resume: &Resume, file: &str) {
        if let Resume::Failed(errno) = resume {
            let message = Call::Write(2, format!("{file}: {errno}\n").into());
            self.put(vec![message, Call::Exit(127)]);
        }
    }

    /// After fork(2) for a worker: the child becomes it, the parent goes on with the next.
    pub(super) fn worker_forked(
        &mut self,
        resume: &Resume,
        more: u32,
        title: Text,
        what: Arc<Behaviour>,
        sys: &Sys<'_>,
    ) {
        match resume {
            Resume::Forked(pid) => {
                self.children.push(*pid);
                if more > 1 {
                    self.asked = Asked::Worker(more - 1, title, what);
                    self.calls.push(Call::Fork);
                }
            }
            Resume::Child => self.become_worker(&title, what, sys),
            Resume::Failed(errno) => {
                self.calls.push(Call::Say(format!("cannot start a worker: {errno}").into()));
            }
            _ => {}
        }
    }

    /// A worker drops the master's handlers before it installs its own.
    fn become_worker(&mut self, title: &Text, what: Arc<Behaviour>, sys: &Sys<'_>) {
        let inherited: Vec<Signal> = self.what.on.keys().chain(self.manner.runtime.keys()).copied().collect();
        let reset_chld = self.catches_chld;
        let manner = Manner { reaps: false, ..Manner::clone(&self.manner) };
        let mut worker = App::new(what, manner, &self.me);
        let kept = |s: &Signal| worker.what.on.contains_key(s) || worker.manner.runtime.contains_key(s);
        let mut calls: Vec<Call> = inherited
            .into_iter()
            .filter(|s| !kept(s))
            .chain(reset_chld.then_some(Signal::CHLD))
            .map(|s| Call::Sigaction(s, Disposition::Default))
            .collect();
        calls.extend(self.forget_held());
        if !title.is_empty() {
            calls.push(Call::Title(title.clone()));
        }
        worker.set_up(sys);
        worker.put(calls);
        *self = worker;
    }

    /// A child was collected, or there is none to collect now.
    pub(super) fn waited(&mut self, resume: &Resume) {
        match resume {
            Resume::Waited(pid, status) => {
                self.children.retain(|child| child != pid);
                self.last_child = Some(*status);
                // There may be more: one CHLD stands for several deaths.
                self.chld = self.catches_chld;
            }
            Resume::Failed(_) => self.children.clear(),
            _ => {}
        }
    }
}
