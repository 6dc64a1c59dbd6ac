//! Lists of system calls that were run on a real kernel, one call at a time, come out the same: `data/kernel-steps.json.gz`,
//! made by `measure/measure.py` with the agents of `measure/agent.c`.
//!
//! After every step each process is compared: number, parent, group, session, state, signal sets, handler calls, and the
//! result of its last call.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lab::*;
use flate2::read::GzDecoder;
use serde_json::Value;
use simulator::base::id::{Pid, TaskId};
use simulator::base::signal::{Signal, SignalSet};
use simulator::base::time::SimDuration;
use simulator::kernel::bare::Bare;
use simulator::observed::Task;
use simulator::program::call::{Call, Env, KillTarget, Resume};
use simulator::program::steps::Steps;
use simulator::program::{Program, ps};
use simulator::trace::{Disposition, ExitStatus, WaitTarget};

const SETTLES: SimDuration = SimDuration::from_millis(10);

/// The processes of a record, by their numbers in its steps.
struct Lab {
    bare: Bare,
    agents: Vec<TaskId>,
    /// The call that each was last told to make.
    last: BTreeMap<TaskId, Call>,
}

fn enter(bare: &mut Bare) -> TaskId {
    let task = bare.start_program("steps", Program::Steps(Steps::new(&[], &[]))).expect("starts");
    bare.run_for(SETTLES);
    task
}

fn signal(value: &Value) -> Signal {
    Signal::parse(value.as_str().expect("a signal")).expect("a signal")
}

fn set(value: &Value) -> SignalSet {
    value.as_array().expect("signals").iter().map(signal).fold(SignalSet::EMPTY, SignalSet::with)
}

fn pid(value: &Value) -> Option<Pid> {
    value.as_u64().filter(|n| *n > 0).map(|n| Pid(n as u32))
}

fn target(value: &Value) -> KillTarget {
    match value.as_i64().expect("a number") {
        0 => KillTarget::OwnGroup,
        -1 => KillTarget::All,
        n if n < 0 => KillTarget::Group(Pid(n.unsigned_abs() as u32)),
        n => KillTarget::Pid(Pid(n as u32)),
    }
}

impl Lab {
    fn new() -> Lab {
        let mut bare = bare();
        let init = enter(&mut bare);
        Lab { bare, agents: vec![init], last: BTreeMap::new() }
    }

    fn call(&self, me: TaskId, step: &[Value]) -> Call {
        let argument = |n: usize| step.get(n + 2).unwrap_or(&Value::Null);
        match step[1].as_str().expect("a call") {
            "fork" => Call::Fork,
            "exit" => Call::Exit(argument(0).as_u64().expect("code") as u8),
            "kill" => Call::Kill(target(argument(0)), argument(1).as_str().and_then(Signal::parse)),
            "action" => {
                let how = match argument(1).as_str().expect("how") {
                    "default" => Disposition::Default,
                    "ignore" => Disposition::Ignore,
                    "nocldwait" => Disposition::CatchNoChildWait,
                    _ => Disposition::Catch,
                };
                Call::Sigaction(signal(argument(0)), how)
            }
            "mask" => Call::Sigmask(set(argument(0))),
            "wait" => {
                let own = self.bare.seen().task(me).map_or(Pid(0), |t| t.pgid);
                let target = match target(argument(0)) {
                    KillTarget::OwnGroup => WaitTarget::Group(own),
                    KillTarget::All => WaitTarget::Any,
                    KillTarget::Group(group) => WaitTarget::Group(group),
                    KillTarget::Pid(pid) => WaitTarget::Pid(pid),
                };
                Call::Wait { target, nohang: argument(1) == true }
            }
            "sigwait" => Call::Sigwait(set(argument(0))),
            "pause" => Call::Pause,
            "sleep" => sleep(),
            "setsid" => Call::Setsid,
            "setpgid" => Call::Setpgid(pid(argument(0)), pid(argument(1))),
            "subreaper" => Call::Subreaper(argument(0) == 1),
            "pdeathsig" => Call::ParentDeathSignal(Some(signal(argument(0)))),
            "exec" => {
                let argv = Arc::from(["sleep".into(), "1000".into()]);
                Call::Exec { file: "/bin/sleep".into(), argv, env: Env::default() }
            }
            other => panic!("no call {other}"),
        }
    }

    fn step(&mut self, step: &[Value]) {
        if step[1] == "enter" {
            // A namespace whose init is dead takes nobody in.
            let task = self.bare.start_program("steps", Program::Steps(Steps::new(&[], &[])));
            self.agents.extend(task);
        } else if step[0] == "outside" {
            let task = self.agents[step[2].as_u64().expect("who") as usize];
            self.bare.send(task, signal(&step[3]));
        } else {
            let me = self.agents[step[0].as_u64().expect("who") as usize];
            let call = self.call(me, step);
            self.last.insert(me, call.clone());
            let known = self.bare.seen().tasks.len();
            self.bare.order(me, call);
            self.bare.run_for(SETTLES);
            self.agents.extend((known..self.bare.seen().tasks.len()).map(TaskId::from_index));
        }
        self.bare.run_for(SETTLES);
    }

    fn look(&self) -> Value {
        if ended(&self.bare, self.agents[0]).is_some() {
            return "ended".into();
        }
        self.agents.iter().map(|task| self.line(*task)).collect()
    }

    fn line(&self, task: TaskId) -> String {
        let seen = self.bare.seen();
        let t: &Task = seen.task(task).expect("a process");
        if t.is_reaped() {
            return "gone".into();
        }
        let parent = t.parent.and_then(|p| seen.task(p)).map_or(0, |p| p.pid.0);
        let mut text = format!("{}<{parent} {} {} {}", t.pid, t.pgid, t.sid, ps::state(seen, t));
        let Some(alive) = t.alive() else { return text };
        let with = |wanted: fn(Disposition) -> bool| {
            alive
                .dispositions
                .iter()
                .filter(|(_, d)| wanted(d.value))
                .fold(SignalSet::EMPTY, |set, (s, _)| set.with(*s))
        };
        // While sigtimedwait(2) waits for signals the kernel unblocks them.
        let mut blocked = alive.blocked;
        if let (Some(Program::Steps(steps)), Some(Call::Sigwait(set))) = (self.bare.program(task), self.last.get(&task))
            && steps.is_busy()
        {
            blocked = set.iter().fold(blocked, SignalSet::without);
        }
        let sets = [
            ("ign", with(|d| d == Disposition::Ignore)),
            ("cgt", with(Disposition::is_caught)),
            ("blk", blocked),
            ("pnd", alive.pending),
        ];
        for (label, set) in sets {
            if !set.is_empty() {
                text += &format!(" {label}={}", names(set.iter()));
            }
        }
        let Some(Program::Steps(steps)) = self.bare.program(task) else { return text + " sleep" };
        let mut caught: BTreeMap<Signal, usize> = BTreeMap::new();
        for signal in &steps.caught {
            *caught.entry(*signal).or_default() += 1;
        }
        if !caught.is_empty() {
            let counted: Vec<String> = caught.iter().map(|(s, n)| format!("{}*{n}", name(*s))).collect();
            text += &format!(" got={}", counted.join(","));
        }
        format!("{text} {}", self.result(task, steps))
    }

    fn result(&self, task: TaskId, steps: &Steps) -> String {
        if steps.is_busy() {
            return "busy".into();
        }
        match steps.answers.last() {
            None => "-".into(),
            Some(Resume::Failed(errno)) => errno.symbol().into(),
            Some(Resume::Interrupted) => "EINTR".into(),
            Some(Resume::Forked(pid)) => pid.to_string(),
            Some(Resume::NoneYet) => "none".into(),
            Some(Resume::Took(signal)) => name(*signal),
            Some(Resume::Waited(pid, ExitStatus::Exited(code))) => format!("{pid}:exit {code}"),
            Some(Resume::Waited(pid, ExitStatus::Signaled(signal))) => format!("{pid}:signal {}", name(*signal)),
            Some(Resume::Done) => "0".into(),
            Some(other) => format!("{other:?} of {:?}", self.last.get(&task)),
        }
    }
}

fn name(signal: Signal) -> String {
    if signal.number() > 31 { signal.number().to_string() } else { signal.to_string() }
}

fn names(signals: impl Iterator<Item = Signal>) -> String {
    signals.map(name).collect::<Vec<String>>().join(",")
}

/// What differs, at the first step that does.
fn difference(record: &Value) -> Option<String> {
    let mut lab = Lab::new();
    let steps = record["steps"].as_array().expect("steps");
    for (step, measured) in steps.iter().zip(record["after"].as_array().expect("looks")) {
        lab.step(step.as_array().expect("a step"));
        let got = lab.look();
        if got != *measured {
            return Some(format!("{}\n  after {step}\n  measured  {measured}\n  simulated {got}", record["fact"]));
        }
    }
    let status = record["end"].as_str()?;
    let got = outcome(&lab.bare, lab.agents[0]);
    (got != status).then(|| format!("{}: measured {status}, simulated {got}", record["fact"]))
}

#[test]
fn lists_of_calls_come_out_as_on_a_real_kernel() {
    let bytes: &[u8] = include_bytes!("../data/kernel-steps.json.gz");
    let records: Vec<Value> = match std::env::var_os("KERNEL_STEPS") {
        Some(path) => {
            let text = std::fs::read_to_string(path).expect("the file");
            text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
        }
        None => serde_json::from_reader(GzDecoder::new(bytes)).expect("data"),
    };
    let wrong: Vec<String> = records.iter().filter_map(difference).collect();
    println!("kernel: {} of {} lists of calls agree", records.len() - wrong.len(), records.len());
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), records.len(), wrong.join("\n"));
}
