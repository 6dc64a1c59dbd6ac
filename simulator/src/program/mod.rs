//! What runs inside a process: a plain value that makes system calls.
//!
//! `resume` gets the result of the last call and answers the next one; it is total: any `Resume` in any state yields a legal
//! `Call`. `catch` is the signal handler: it only sets the program's own flags, like a handler that writes to a
//! `sig_atomic_t`. fork(2) is `clone`, execve(2) is replacement. The kernel neither knows nor cares how a program decides.

pub mod app;
pub mod behaviour;
pub mod call;
pub mod environment;
pub mod init;
mod load;
pub mod profiles;
pub mod ps;
pub mod recognise;
pub mod serving;
mod source;
pub mod steps;
pub mod supervise;
pub mod util;

pub use call::{Binary, Call, Fd, KillTarget, OpenMode, Resume, Sys};

use crate::base::Text;
use crate::base::signal::Signal;
use crate::trace::ProgramKind;

/// A running program.
#[derive(Clone, Debug, PartialEq)]
pub enum Program {
    /// A fixed list of calls, for tests and for the pause of a bare process.
    Steps(steps::Steps),
    /// An application, a server, a test helper.
    App(Box<app::App>),
    /// A small utility: sleep, cat, true, kill, ps.
    Util(util::Util),
    /// An init program that starts one command.
    Init(Box<init::Init>),
    /// A program that keeps services running.
    Supervisor(supervise::Supervisor),
    /// A shell.
    Shell(Box<crate::shell::run::Shell>),
}

impl Program {
    /// The program that a binary file holds, about to start with these arguments. `None`: the file holds nothing that can run.
    pub fn load(binary: &Binary, argv: &[Text], sys: &Sys<'_>) -> Option<Program> {
        load::load(binary, argv, sys)
    }

    /// Continues with the result of the last call; answers the next call.
    pub fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match self {
            Program::Steps(p) => p.resume(resume),
            Program::App(p) => p.resume(resume, sys),
            Program::Util(p) => p.resume(resume, sys),
            Program::Init(p) => p.resume(resume, sys),
            Program::Supervisor(p) => p.resume(resume, sys),
            Program::Shell(p) => p.resume(resume, sys),
        }
    }

    /// The handler for a caught signal runs. A blocking call then returns `Resume::Interrupted`.
    pub fn catch(&mut self, signal: Signal) {
        match self {
            Program::Steps(p) => p.catch(signal),
            Program::App(p) => p.catch(signal),
            // It takes its signals; a handler of its own does nothing.
            Program::Init(_) => {}
            Program::Supervisor(p) => p.catch(signal),
            Program::Shell(p) => p.catch(signal),
            Program::Util(p) => p.catch(signal),
        }
    }

    /// What sort of program it is.
    pub fn kind(&self) -> ProgramKind {
        match self {
            Program::Steps(_) => ProgramKind::App,
            Program::App(p) => p.kind(),
            Program::Init(_) => ProgramKind::Init,
            Program::Supervisor(p) => p.kind(),
            Program::Util(_) => ProgramKind::Utility,
            Program::Shell(_) => ProgramKind::Shell,
        }
    }

    /// How it treats its connections.
    pub fn serving(&self) -> serving::Serving {
        match self {
            Program::App(p) => p.serving(),
            Program::Steps(p) => p.serving,
            Program::Util(_) | Program::Init(_) | Program::Supervisor(_) | Program::Shell(_) => serving::UNKNOWN,
        }
    }

    /// A request that this process worked on has been answered. True if the program has something to do about it (an access
    /// log line): a process that waits for connections then gets `Resume::Interrupted`.
    pub fn answered(&mut self) -> bool {
        match self {
            Program::App(p) => p.served(),
            Program::Steps(_) | Program::Util(_) | Program::Init(_) | Program::Supervisor(_) | Program::Shell(_) => {
                false
            }
        }
    }
}
