//! What applications do, driven through the bare kernel.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::behaviour::{Behaviour, Buffering, Card, Manner, Reaction, Second, Step};
use super::super::call::{Binary, Settings};
use crate::base::id::{Pid, TaskId};
use crate::base::limits::INTERACTIVE;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::kernel::bare::Bare;
use crate::kernel::fs::FileSystem;
use crate::trace::{ExitStatus, OnTask, Stream};

fn bare(programs: &[(&str, &str)], card: Option<Behaviour>) -> Bare {
    let mut files = FileSystem::new();
    for (name, version) in programs {
        let binary = Binary::Program { name: (*name).into(), version: (*version).into() };
        files.put_binary(&format!("/bin/{name}"), binary);
    }
    let settings = Settings { card: card.map(|behaviour| Arc::new(Card { behaviour, amends: false })) };
    Bare::new(files, settings, Pid(2), INTERACTIVE)
}

fn ended(bare: &Bare, task: TaskId) -> Option<ExitStatus> {
    bare.seen().task(task).and_then(|t| t.ended()).map(|e| e.0)
}

fn logs(bare: &Bare) -> Vec<String> {
    bare.seen().logs.iter().map(|l| l.text.trim_end().to_owned()).collect()
}

fn print(text: &str) -> Step {
    Step::Print(Stream::Stdout, text.into())
}

const SECOND: SimDuration = SimDuration::from_secs(1);

fn handler(seconds: u64) -> Behaviour {
    let term = vec![print("received TERM"), Step::Sleep(SimDuration::from_secs(seconds)), Step::Exit(0)];
    let mut behaviour = Behaviour { start: vec![print("starting, pid {pid}")], ..Behaviour::default() };
    behaviour.on.insert(Signal::TERM, Reaction::Handle(term));
    behaviour.every = Some((SimDuration::from_secs(5), vec![print("alive for {elapsed_s}")]));
    behaviour
}

#[test]
fn a_handler_runs_its_steps_and_exits() {
    let mut bare = bare(&[("server", "")], Some(handler(5)));
    bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_until(SimTime::from_secs(12));
    let init = TaskId(0);
    bare.send(init, Signal::TERM);
    bare.run_for(SimDuration::from_millis(4_999));
    assert_eq!(ended(&bare, init), None);
    bare.run_for(SimDuration::from_millis(1));
    assert_eq!(ended(&bare, init), Some(ExitStatus::Exited(0)));
    // Without an event loop the periodic line of second 15 is held up by the handler.
    assert_eq!(logs(&bare), ["starting, pid 1", "alive for 5", "alive for 10", "received TERM"]);
}

#[test]
fn with_an_event_loop_timers_go_on_while_a_handler_waits() {
    let mut behaviour = handler(5);
    behaviour.manner = Some(Manner { concurrent: true, ..Manner::default() });
    let mut bare = bare(&[("server", "")], Some(behaviour));
    bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_until(SimTime::from_secs(12));
    bare.send(TaskId(0), Signal::TERM);
    bare.run_for(SimDuration::from_secs(9));
    let expected = ["starting, pid 1", "alive for 5", "alive for 10", "received TERM", "alive for 15"];
    assert_eq!(logs(&bare), expected);
}

#[test]
fn an_init_process_without_handler_ignores_term() {
    let mut bare = bare(&[("python3", "3.11")], None);
    let task = bare.start(&["/bin/python3"], &[]).unwrap();
    bare.run_for(SECOND);
    bare.send(task, Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, task), None);
}

#[test]
fn ruby_without_a_trap_exits_with_1_as_pid_1_and_dies_of_the_signal_elsewhere() {
    let mut bare = bare(&[("ruby", "2.4")], None);
    let init = bare.start(&["/bin/ruby"], &[]).unwrap();
    let other = bare.start(&["/bin/ruby"], &[]).unwrap();
    bare.run_for(SECOND);
    bare.send(other, Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, other), Some(ExitStatus::Signaled(Signal::TERM)));
    bare.send(init, Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, init), Some(ExitStatus::Exited(1)));
}

#[test]
fn node_without_handler_survives_term_as_pid_1_only() {
    let mut bare = bare(&[("node", "20")], None);
    let init = bare.start(&["/bin/node"], &[]).unwrap();
    let other = bare.start(&["/bin/node"], &[]).unwrap();
    bare.run_for(SECOND);
    for task in [init, other] {
        bare.send(task, Signal::TERM);
    }
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, init), None);
    assert_eq!(ended(&bare, other), Some(ExitStatus::Signaled(Signal::TERM)));
}

#[test]
fn java_exits_with_143_as_pid_1_too() {
    let mut bare = bare(&[("java", "17")], None);
    let init = bare.start(&["/bin/java"], &[]).unwrap();
    bare.run_for(SECOND);
    bare.send(init, Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, init), Some(ExitStatus::Exited(143)));
}

#[test]
fn text_in_a_block_buffer_dies_with_a_killed_process_and_is_written_at_exit() {
    let mut behaviour = handler(0);
    behaviour.manner = Some(Manner { stdout: Buffering::Block(8192), ..Manner::default() });
    let mut bare = bare(&[("server", "")], Some(behaviour));
    bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_until(SimTime::from_secs(6));
    assert_eq!(logs(&bare), [""; 0]);
    assert_eq!(bare.seen().alive(TaskId(0)).map(|a| a.buffered), Some(28));
    let mut killed = bare.clone();
    killed.send(TaskId(0), Signal::KILL);
    let lost = killed
        .trace()
        .events()
        .iter()
        .any(|e| matches!(&e.kind, crate::trace::EventKind::Task(_, OnTask::BufferLost(28))));
    assert!(lost);
    bare.send(TaskId(0), Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(bare.seen().logs.len(), 1);
    assert_eq!(logs(&bare), ["starting, pid 1\nalive for 5\nreceived TERM"]);
}

#[test]
fn a_full_block_buffer_is_written() {
    let mut behaviour = Behaviour { start: vec![print("0123456789"); 3], ..Behaviour::default() };
    behaviour.manner = Some(Manner { stdout: Buffering::Block(20), ..Manner::default() });
    let mut bare = bare(&[("server", "")], Some(behaviour));
    bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_for(SECOND);
    assert_eq!(logs(&bare), ["0123456789\n0123456789"]);
}

fn second_term(second: Second) -> Vec<String> {
    let steps = vec![print("begins"), Step::Sleep(SECOND), print("ends")];
    let mut behaviour = Behaviour { on: BTreeMap::new(), ..Behaviour::default() };
    behaviour.on.insert(Signal::TERM, Reaction::Handle(steps));
    behaviour.on.insert(Signal::INT, Reaction::Handle(vec![print("int")]));
    behaviour.manner = Some(Manner { second, ..Manner::default() });
    let mut bare = bare(&[("server", "")], Some(behaviour));
    let task = bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_for(SECOND);
    bare.send(task, Signal::TERM);
    bare.run_for(SimDuration::from_millis(500));
    bare.send(task, Signal::INT);
    bare.send(task, Signal::TERM);
    bare.run_for(SECOND.times(5));
    logs(&bare)
}

#[test]
fn signals_that_queue_are_handled_one_after_the_other() {
    assert_eq!(second_term(Second::Queues), ["begins", "ends", "int", "begins", "ends"]);
}

#[test]
fn another_signal_interrupts_a_handler_the_same_one_waits() {
    assert_eq!(second_term(Second::OthersNest), ["begins", "int", "ends", "begins", "ends"]);
}

#[test]
fn every_signal_interrupts_a_python_handler() {
    assert_eq!(second_term(Second::Nests), ["begins", "int", "begins", "ends", "ends"]);
}

#[test]
fn a_signal_before_its_handler_is_installed_is_lost_for_pid_1() {
    let mut behaviour = handler(0);
    behaviour.start = vec![Step::Sleep(SECOND), Step::Install];
    let mut bare = bare(&[("server", "")], Some(behaviour));
    let task = bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_for(SimDuration::from_millis(500));
    bare.send(task, Signal::TERM);
    bare.run_for(SECOND.times(3));
    assert_eq!(ended(&bare, task), None);
    bare.send(task, Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, task), Some(ExitStatus::Exited(0)));
}

#[test]
fn the_master_of_nginx_stops_its_workers_and_exits_with_0() {
    for signal in [Signal::TERM, Signal::QUIT] {
        let mut bare = bare(&[("nginx", "1.22")], None);
        let master = bare.start(&["/bin/nginx", "-g", "daemon off;"], &[]).unwrap();
        bare.run_for(SECOND);
        let shown: Vec<String> = bare
            .seen()
            .in_namespace(bare.namespace())
            .map(|(_, t)| format!("{} {}", t.pid, t.argv.join(" ")))
            .collect();
        let workers = ["2 nginx: worker process", "3 nginx: worker process"];
        assert_eq!(shown[0], "1 nginx: master process /bin/nginx -g daemon off;");
        assert_eq!(shown[1..], workers);
        let listens = |b: &Bare| b.kernel().listens(crate::kernel::NetId(0), 80);
        assert!(listens(&bare));
        bare.send(master, signal);
        bare.run_for(SECOND);
        assert_eq!(ended(&bare, master), Some(ExitStatus::Exited(0)));
        assert_eq!(ended(&bare, TaskId(1)), Some(ExitStatus::Exited(0)), "the workers ended by themselves");
        assert!(!listens(&bare));
    }
}

#[test]
fn a_command_that_it_starts_is_its_child_and_is_signalled_and_awaited() {
    let mut behaviour =
        Behaviour { start: vec![Step::Spawn(Arc::from(["/bin/plain".into()]))], ..Behaviour::default() };
    let stop = vec![Step::SignalChildren(Signal::TERM), Step::WaitChildren, Step::ExitAsChild];
    behaviour.on.insert(Signal::TERM, Reaction::Handle(stop));
    let mut bare = bare(&[("server", ""), ("plain", "")], Some(behaviour));
    let task = bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_for(SECOND);
    assert_eq!(bare.seen().task(TaskId(1)).map(|t| t.comm.to_string()), Some("plain".into()));
    bare.send(task, Signal::TERM);
    bare.run_for(SECOND);
    assert_eq!(ended(&bare, TaskId(1)), Some(ExitStatus::Signaled(Signal::TERM)));
    assert_eq!(ended(&bare, task), Some(ExitStatus::Exited(143)));
}

#[test]
fn waiting_for_children_ends_after_its_time() {
    let mut behaviour =
        Behaviour { start: vec![Step::Spawn(Arc::from(["/bin/stubborn".into()]))], ..Behaviour::default() };
    let stop = vec![
        Step::SignalChildren(Signal::TERM),
        Step::WaitChildrenAtMost(SECOND.times(3)),
        Step::SignalChildren(Signal::KILL),
        Step::WaitChildren,
        Step::Exit(0),
    ];
    behaviour.on.insert(Signal::TERM, Reaction::Handle(stop));
    let mut bare = bare(&[("server", ""), ("stubborn", "")], Some(behaviour));
    let task = bare.start(&["/bin/server"], &[]).unwrap();
    bare.run_for(SECOND);
    bare.send(task, Signal::TERM);
    bare.run_for(SimDuration::from_millis(2_999));
    assert_eq!(ended(&bare, task), None);
    bare.run_for(SimDuration::from_millis(1));
    assert_eq!(ended(&bare, TaskId(1)), Some(ExitStatus::Signaled(Signal::KILL)));
    assert_eq!(ended(&bare, task), Some(ExitStatus::Exited(0)));
}
