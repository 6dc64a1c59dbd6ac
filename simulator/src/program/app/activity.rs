//! What an application is in the middle of: its main steps, handlers, periodic tasks; one step at a time.

use std::sync::Arc;

use super::super::behaviour::Step;
use super::super::call::{Call, KillTarget, OpenMode, Sys};
use super::{App, Asked};
use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::trace::{Disposition, ExitStatus, SocketState, WaitTarget};

/// What an activity is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Main,
    Handler(Signal),
    Tick,
    /// After an answered request.
    Request,
}

/// What an activity waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Go,
    Until(SimTime),
    /// No request in flight, or this time.
    Drain(Option<SimTime>),
    /// No child left, or this time.
    Children(Option<SimTime>),
}

/// A list of steps and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Activity {
    pub kind: Kind,
    steps: Arc<[Step]>,
    at: usize,
    pub state: State,
}

impl Activity {
    pub(super) fn new(kind: Kind, steps: Arc<[Step]>) -> Self {
        Activity { kind, steps, at: 0, state: State::Go }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.steps.len() && self.state == State::Go
    }

    pub(super) fn is_tick(&self) -> bool {
        self.kind == Kind::Tick
    }

    pub(super) fn signal(&self) -> Option<Signal> {
        match self.kind {
            Kind::Handler(signal) => Some(signal),
            Kind::Main | Kind::Tick | Kind::Request => None,
        }
    }

    fn deadline(&self) -> Option<SimTime> {
        match self.state {
            State::Go => None,
            State::Until(time) => Some(time),
            State::Drain(time) | State::Children(time) => time,
        }
    }
}

impl App {
    /// The activities that may go on: all with an event loop, else only the innermost.
    fn candidates(&self) -> std::ops::Range<usize> {
        let from = if self.manner.concurrent { 0 } else { self.activities.len().saturating_sub(1) };
        from..self.activities.len()
    }

    /// An activity that can take a step now.
    pub(super) fn runnable(&self, sys: &Sys<'_>) -> Option<usize> {
        let idle = sys.seen.alive(sys.task).is_none_or(|a| a.in_flight == 0);
        let ready = |a: &Activity| {
            let over = a.deadline().is_some_and(|time| time <= sys.now);
            match a.state {
                State::Go => !a.is_done(),
                State::Until(_) => over,
                State::Drain(_) => over || idle,
                State::Children(_) => over || self.children.is_empty(),
            }
        };
        self.candidates().rev().find(|i| self.activities.get(*i).is_some_and(ready))
    }

    /// Nothing can go on: the call that waits for whatever comes first.
    pub(super) fn wait(&mut self, sys: &Sys<'_>) -> Call {
        let waiting: Vec<&Activity> = self.candidates().filter_map(|i| self.activities.get(i)).collect();
        let tick = self.next_tick.filter(|_| self.manner.concurrent || self.activities.len() == 1);
        let deadline = waiting.iter().filter_map(|a| a.deadline()).chain(tick).min();
        let drains = waiting.iter().any(|a| matches!(a.state, State::Drain(_)));
        let children = waiting.iter().any(|a| matches!(a.state, State::Children(_)));
        match deadline {
            _ if drains => Call::Drain(deadline.map(|time| time.since(sys.now))),
            Some(time) => Call::Sleep(time.since(sys.now)),
            None if children => {
                self.asked = Asked::Wait;
                Call::Wait { target: WaitTarget::Any, nohang: false }
            }
            None if sys.seen.alive(sys.task).is_some_and(|a| !a.sockets.is_empty()) => Call::Serve,
            None => Call::Pause,
        }
    }

    /// Takes the next step of an activity.
    pub(super) fn step(&mut self, index: usize, sys: &Sys<'_>) {
        let Some(activity) = self.activities.get_mut(index) else { return };
        if activity.state != State::Go {
            activity.state = State::Go;
            return;
        }
        let Some(step) = activity.steps.get(activity.at).cloned() else { return };
        activity.at += 1;
        let signal = activity.signal();
        match step {
            Step::Print(stream, text) => self.print(stream, &text, sys),
            Step::Record(variable, text) => self.record(&variable, &text, sys),
            Step::Install => {
                let calls = self.dispositions(&self.what.on);
                self.put(calls);
            }
            Step::Listen(port) => self.put(vec![Call::Socket(port, SocketState::Accepting)]),
            Step::Bind(port) => self.put(vec![Call::Socket(port, SocketState::Backlog)]),
            Step::StopAccepting => self.sockets(SocketState::Backlog, sys),
            Step::Unlisten => self.sockets(SocketState::Closed, sys),
            Step::Drain(limit) => self.wait_in(index, State::Drain(limit.map(|time| sys.now + time))),
            Step::Sleep(time) => self.wait_in(index, State::Until(sys.now + time)),
            Step::Spawn(argv) => {
                self.asked = Asked::Spawn(argv);
                self.calls.push(Call::Fork);
            }
            Step::Workers(0, _, _) => {}
            Step::Workers(count, title, what) => {
                self.asked = Asked::Worker(count, title, what);
                self.calls.push(Call::Fork);
            }
            Step::Title(title) => self.calls.push(Call::Title(title)),
            Step::SignalChildren(signal) => {
                let kill = |pid: &crate::base::id::Pid| Call::Kill(KillTarget::Pid(*pid), Some(signal));
                self.put(self.children.iter().map(kill).collect());
            }
            Step::SignalChild(at, signal) => {
                let pid = usize::try_from(at).ok().and_then(|at| self.spawned.get(at)).copied();
                let alive = pid.filter(|pid| self.children.contains(pid));
                self.calls.extend(alive.map(|pid| Call::Kill(KillTarget::Pid(pid), Some(signal))));
            }
            Step::SignalAll(signal) => self.calls.push(Call::Kill(KillTarget::All, Some(signal))),
            Step::WaitChildren => self.wait_in(index, State::Children(None)),
            Step::WaitChildrenAtMost(limit) => {
                self.wait_in(index, State::Children(Some(sys.now + limit)));
                if !self.catches_chld {
                    self.catches_chld = true;
                    self.calls.push(Call::Sigaction(Signal::CHLD, Disposition::Catch));
                }
            }
            Step::ExitAsChild => {
                let code = self.last_child.map_or(0, |status| status.container_code());
                self.exit(u8::try_from(code).unwrap_or(u8::MAX));
            }
            Step::DieAsChild => match self.last_child {
                Some(ExitStatus::Exited(code)) => self.exit(code),
                Some(ExitStatus::Signaled(signal)) => {
                    let kill = Call::Kill(KillTarget::Pid(sys.pid), Some(signal));
                    self.put(vec![Call::Sigaction(signal, Disposition::Default), kill]);
                }
                None => {}
            },
            Step::Flush => {
                let calls = self.flush();
                self.put(calls);
            }
            Step::Exit(code) => self.exit(code),
            Step::ExitAtOnce(code) => {
                let mut calls: Vec<Call> = signal.map(Call::Handled).into_iter().collect();
                calls.push(Call::Exit(code));
                self.put(calls);
            }
            Step::Reraise => {
                if let Some(signal) = signal {
                    let kill = Call::Kill(KillTarget::Pid(sys.pid), Some(signal));
                    self.put(vec![Call::Sigaction(signal, Disposition::Default), kill]);
                }
            }
            Step::Fault(signal) => self.calls.push(Call::Fault(signal)),
            Step::Abort => self.calls.push(Call::Abort),
            Step::SignalSelf(signal) => self.calls.push(Call::Kill(KillTarget::Pid(sys.pid), Some(signal))),
            Step::ParentDeath(signal) => self.calls.push(Call::ParentDeathSignal(signal)),
            Step::Note(text) => self.calls.push(Call::Say(text)),
        }
    }

    fn wait_in(&mut self, index: usize, state: State) {
        if let Some(activity) = self.activities.get_mut(index) {
            activity.state = state;
        }
    }

    fn exit(&mut self, code: u8) {
        let mut calls = self.flush();
        // A handler that ends the program has done what it had to do.
        calls.extend(self.activities.last().and_then(Activity::signal).map(Call::Handled));
        calls.push(Call::Exit(code));
        self.put(calls);
    }

    fn sockets(&mut self, state: SocketState, sys: &Sys<'_>) {
        let open = sys.seen.alive(sys.task).map(|a| a.sockets.keys().copied().collect::<Vec<u16>>());
        self.put(open.unwrap_or_default().into_iter().map(|port| Call::Socket(port, state)).collect());
    }

    fn record(&mut self, variable: &str, text: &str, sys: &Sys<'_>) {
        let Some(path) = sys.env.get(variable).cloned() else { return };
        let line = self.fill(text, sys);
        self.asked = Asked::Record(Text::from(format!("{line}\n")));
        self.calls.push(Call::Open(path, OpenMode::Append));
    }
}
