//! What the tests of the kernel share: a bare PID namespace and processes that make a fixed list of calls.

use serde_json::Value;
use simulator::base::id::{Pid, TaskId};
use simulator::base::limits::{INTERACTIVE, Limits};
use simulator::base::signal::Signal;
use simulator::base::time::SimDuration;
use simulator::kernel::bare::Bare;
use simulator::kernel::fs::FileSystem;
use simulator::program::call::{Call, Env, KillTarget, Resume, Settings};
use simulator::program::steps::Steps;
use simulator::program::{Binary, Program};
use simulator::trace::{ExitStatus, WaitTarget};
use std::sync::Arc;

pub const CATCHABLE: [Signal; 10] = [
    Signal::TERM,
    Signal::INT,
    Signal::HUP,
    Signal::QUIT,
    Signal::USR1,
    Signal::ABRT,
    Signal::SEGV,
    Signal::ALRM,
    Signal::PIPE,
    Signal::TSTP,
];
pub const ANY: WaitTarget = WaitTarget::Any;
pub const TICK: SimDuration = SimDuration::from_millis(100);

pub fn bare_with(limits: Limits) -> Bare {
    let mut files = FileSystem::new();
    files.put_binary("/bin/sleep", Binary::Program { name: "coreutils".into(), version: "".into() });
    Bare::new(files, Settings::default(), Pid(2), limits)
}

pub fn bare() -> Bare {
    bare_with(INTERACTIVE)
}

/// Starts a process with these calls; its forked children make `child`.
pub fn start(bare: &mut Bare, calls: &[Call], child: &[Call]) -> TaskId {
    let task = bare.start_program("steps", Program::Steps(Steps::new(calls, child))).expect("starts");
    bare.run_for(TICK);
    task
}

pub fn ended(bare: &Bare, task: TaskId) -> Option<ExitStatus> {
    bare.seen().task(task).and_then(|t| t.ended()).map(|e| e.0)
}

pub fn steps(bare: &Bare, task: TaskId) -> &Steps {
    match bare.program(task) {
        Some(Program::Steps(steps)) => steps,
        other => panic!("{task:?} runs {other:?}"),
    }
}

pub fn caught(bare: &Bare, task: TaskId) -> usize {
    steps(bare, task).caught.len()
}

/// The result of the n-th call, from 0.
pub fn result(bare: &Bare, task: TaskId, n: usize) -> Resume {
    steps(bare, task).results[n + 1].clone()
}

pub fn sleep() -> Call {
    Call::Sleep(SimDuration::from_secs(1_000))
}

pub fn send(bare: &mut Bare, task: TaskId, signal: Signal) {
    bare.send(task, signal);
    bare.run_for(TICK);
}

pub fn kill(pid: u32, signal: Signal) -> Call {
    Call::Kill(KillTarget::Pid(Pid(pid)), Some(signal))
}

/// The call that becomes `sleep 9`.
pub fn exec_sleep() -> Call {
    Call::Exec { file: "/bin/sleep".into(), argv: Arc::from(["sleep".into(), "9".into()]), env: Env::default() }
}

/// `exit 7`, `signal KILL`: how the records tell an end; `nothing` for one that lives.
pub fn outcome(bare: &Bare, task: TaskId) -> String {
    match ended(bare, task) {
        Some(ExitStatus::Exited(code)) => format!("exit {code}"),
        Some(ExitStatus::Signaled(signal)) => format!("signal {signal}"),
        None if bare.seen().alive(task).is_some_and(|a| a.stopped) => "stopped".into(),
        None if caught(bare, task) > 0 => "handler ran".into(),
        None => "nothing".into(),
    }
}

/// The records of `data/kernel.json` about a fact.
pub fn records(fact: &str) -> Vec<Value> {
    all_records().into_iter().filter(|record| record["fact"] == fact).collect()
}

/// All records of `data/kernel.json`.
pub fn all_records() -> Vec<Value> {
    let data: Value = serde_json::from_str(include_str!("../data/kernel.json")).expect("data");
    data["facts"].as_array().expect("facts").clone()
}
