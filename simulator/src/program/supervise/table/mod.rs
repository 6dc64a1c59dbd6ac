//! BusyBox init: runs what /etc/inittab says, and at its end sends TERM and KILL to everything.
//!
//! It blocks its signals and takes them one by one between its actions. Source: BusyBox 1.35 init/init.c; measured. Not here:
//! terminals (a tty that is named has to be there), TSTP, SELinux, syslog.

mod actions;
mod inittab;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimDuration;
use crate::program::call::{Call, Env, KillTarget, Resume, Sys};
use crate::program::environment::Environment;
use crate::trace::WaitTarget;

use inittab::{Action, Entry};

/// The signals that it takes between its actions.
const TAKEN: [Signal; 8] =
    [Signal::INT, Signal::QUIT, Signal::PWR, Signal::USR1, Signal::TERM, Signal::USR2, Signal::HUP, Signal::CHLD];
const SECOND: SimDuration = SimDuration::from_secs(1);

/// What it does next.
#[derive(Clone, Debug, PartialEq)]
enum Job {
    /// A call whose result does not matter.
    Call(Call),
    /// Runs all entries with one of these actions.
    Run(&'static [Action]),
    /// Runs an entry, and waits for its end.
    Start(usize, bool),
    /// Takes a signal if one is pending.
    Look,
    /// Takes a signal, waiting for it.
    Take,
    /// Collects what has ended.
    Reap,
    /// Forks a process that asks for a reboot, and waits for it.
    Reboot,
    /// Waits for input before it becomes what this entry says.
    Ask(usize),
    /// Becomes what this entry says.
    Become(usize),
    Exec(Call, Text),
    /// The ever-repeated part.
    Loop,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Asked {
    #[default]
    Nothing,
    Take,
    Reap,
    /// The end of this child.
    Await(Pid),
    Fork(usize, bool),
    Reboot,
    /// Input that lets an `askfirst` entry go on.
    Enter(usize),
    Exec(Text),
}

/// A running BusyBox init.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    entries: Vec<Entry>,
    jobs: VecDeque<Job>,
    asked: Asked,
    env: Env,
}

impl Table {
    pub(super) fn new(argv: &[Text], sys: &Sys<'_>) -> Table {
        let mut table =
            Table { entries: Vec::new(), jobs: VecDeque::new(), asked: Asked::Nothing, env: environment(argv, sys) };
        if argv.get(1).is_some_and(|a| &**a == "-q") {
            table.jobs.push_back(Job::Call(Call::Kill(KillTarget::Pid(Pid::INIT), Some(Signal::HUP))));
            table.jobs.push_back(Job::Call(Call::Exit(0)));
            return table;
        }
        if sys.pid != Pid::INIT {
            table.jobs.push_back(Job::Call(Call::Write(2, "init: must be run as PID 1\n".into())));
            table.jobs.push_back(Job::Call(Call::Exit(1)));
            return table;
        }
        let single = matches!(argv.get(1).map(|a| &**a), Some("single" | "-s" | "1"));
        table.entries = if single { inittab::single() } else { table.read(sys) };
        table.jobs.extend([
            Job::Call(Call::Sigmask(taken())),
            Job::Call(Call::Chdir("/".into())),
            Job::Call(Call::Setsid),
            Job::Run(&[Action::Sysinit]),
            Job::Look,
            Job::Run(&[Action::Wait]),
            Job::Look,
            Job::Run(&[Action::Once]),
            Job::Loop,
        ]);
        table
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (std::mem::take(&mut self.asked), resume) {
            (Asked::Take, Resume::Took(signal)) => self.took(signal, sys),
            (Asked::Reap, Resume::Waited(pid, _)) => {
                self.ended(pid);
                self.first(Job::Reap);
            }
            (Asked::Await(awaited), Resume::Waited(pid, _)) => {
                self.ended(pid);
                if pid != awaited {
                    return self.wait_for(awaited);
                }
            }
            (Asked::Fork(at, waits), Resume::Forked(pid)) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.pid = Some(pid);
                }
                if waits {
                    return self.wait_for(pid);
                }
            }
            (Asked::Fork(at, _), Resume::Child) => self.become_child(at, sys),
            (Asked::Fork(..), Resume::Failed(_)) => self.say("can't fork"),
            (Asked::Enter(at), Resume::Read(text)) if !text.contains('\n') && !text.is_empty() => {
                self.first(Job::Ask(at))
            }
            (Asked::Enter(at), _) => self.first(Job::Become(at)),
            (Asked::Reboot, Resume::Forked(pid)) => return self.wait_for(pid),
            (Asked::Reboot, Resume::Child) => {
                self.jobs.clear();
                let what = "asks the kernel for it with reboot(2), which a container may not do";
                self.jobs.extend([Job::Call(Call::Say(what.into())), Job::Call(Call::Exit(0))]);
            }
            (Asked::Exec(command), Resume::Failed(errno)) => {
                let text = format!("can't run '{command}': {errno}");
                self.first(Job::Call(Call::Write(2, format!("\r{text}\n").into())));
            }
            _ => {}
        }
        self.next_call(sys)
    }

    fn next_call(&mut self, sys: &Sys<'_>) -> Call {
        loop {
            match self.jobs.pop_front() {
                // All actions are done, as in a table without entries: it waits for signals.
                None | Some(Job::Loop) => self.jobs.extend([
                    Job::Run(&[Action::Respawn, Action::Askfirst]),
                    Job::Take,
                    Job::Reap,
                    Job::Call(Call::Sleep(SECOND)),
                    Job::Loop,
                ]),
                Some(Job::Call(call)) => return call,
                Some(Job::Run(actions)) => self.run(actions),
                Some(Job::Start(at, waits)) => {
                    self.asked = Asked::Fork(at, waits);
                    return Call::Fork;
                }
                Some(Job::Look) => {
                    let pending = sys.seen.alive(sys.task).map(|a| a.pending);
                    if pending.is_some_and(|set| TAKEN.iter().any(|s| set.contains(*s))) {
                        self.first(Job::Take);
                    }
                }
                Some(Job::Take) => {
                    self.asked = Asked::Take;
                    return Call::Sigwait(taken());
                }
                Some(Job::Reap) => {
                    self.asked = Asked::Reap;
                    return Call::Wait { target: WaitTarget::Any, nohang: true };
                }
                Some(Job::Reboot) => {
                    self.asked = Asked::Reboot;
                    return Call::Fork;
                }
                Some(Job::Ask(at)) => {
                    self.asked = Asked::Enter(at);
                    return Call::Read { fd: 0, line: true };
                }
                Some(Job::Become(at)) => self.exec(at, sys.pid != Pid::INIT),
                Some(Job::Exec(call, file)) => {
                    self.asked = Asked::Exec(file);
                    return call;
                }
            }
        }
    }

    fn first(&mut self, job: Job) {
        self.jobs.push_front(job);
    }

    /// A message: it begins with a carriage return, for terminals.
    fn say(&mut self, text: &str) {
        self.jobs.push_back(Job::Call(Call::Write(2, format!("\r{text}\n").into())));
    }

    /// Waits for one child; others that end meanwhile are collected too.
    fn wait_for(&mut self, pid: Pid) -> Call {
        self.asked = Asked::Await(pid);
        Call::Wait { target: WaitTarget::Any, nohang: false }
    }

    fn ended(&mut self, pid: Pid) {
        for entry in self.entries.iter_mut().filter(|e| e.pid == Some(pid)) {
            entry.pid = None;
        }
    }
}

fn taken() -> SignalSet {
    TAKEN.into_iter().fold(SignalSet::EMPTY, SignalSet::with)
}

/// The environment that its children get: some variables are always these (`init_main`).
fn environment(argv: &[Text], sys: &Sys<'_>) -> Env {
    let mut env = Environment::clone(sys.env);
    let path = "/sbin:/usr/sbin:/bin:/usr/bin";
    for (name, value) in [("HOME", "/"), ("PATH", path), ("SHELL", "/bin/sh"), ("USER", "root")] {
        env.insert(name.into(), value.into());
    }
    if env.get("TERM").is_none_or(|term| &**term == "linux") {
        env.insert("TERM".into(), "vt102".into());
    }
    if let Some(level) = argv.get(1) {
        env.insert("RUNLEVEL".into(), level.clone());
    }
    Arc::new(env)
}
