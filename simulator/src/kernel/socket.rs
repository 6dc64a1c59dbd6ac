//! Listening sockets, the kernel's backlog and requests in flight. Sources: listen(2), accept(2), tcp(7).
//!
//! Four facts kept apart: a process is alive, it listens, it accepts, it has work. Who sends requests where, and how long the
//! work takes, is the cluster's business.

use std::collections::{BTreeMap, VecDeque};

use super::{Blocked, Kernel, NetId};
use crate::base::id::{EventId, RequestId, TaskId};
use crate::base::limits::BACKLOG;
use crate::base::time::{SimDuration, SimTime};
use crate::cx::Cx;
use crate::program::Resume;
use crate::program::serving::{self, Closing, Serving};
use crate::rules::RuleId;
use crate::trace::{EventKind, OnRequest, OnTask, SocketState, Wait};

/// Sockets by network and port: who holds each, in order of opening.
#[derive(Clone, Debug, Default)]
pub struct Sockets {
    ports: BTreeMap<(NetId, u16), Port>,
    /// Connections whose last listener went away, with the event that closed it.
    orphaned: Vec<(RequestId, Option<EventId>)>,
    /// Requests that one process works on at the same time; no limit if not set.
    at_once: Option<u32>,
    /// When the last idle connection of a process is closed.
    idle_until: BTreeMap<TaskId, SimTime>,
    /// When a process that drains stops waiting.
    drain_by: BTreeMap<TaskId, SimTime>,
}

#[derive(Clone, Debug, Default)]
struct Port {
    holders: Vec<(TaskId, bool)>,
    backlog: VecDeque<RequestId>,
    /// The event that closed it, when nobody holds it any more.
    closed_by: Option<EventId>,
}

impl Port {
    /// The process that accepts the next connection: the least busy one, then the oldest.
    fn free_holder(&self, cx: &Cx, at_once: Option<u32>) -> Option<TaskId> {
        let accepting = self.holders.iter().filter(|(_, accepts)| *accepts).map(|(task, _)| *task);
        let load = |task: TaskId| cx.seen().alive(task).map(|a| (a.in_flight, task));
        let free = accepting.filter_map(load).filter(|(busy, _)| at_once.is_none_or(|most| *busy < most));
        free.min().map(|(_, task)| task)
    }
}

/// What became of a new connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    /// This process accepted it.
    Accepted(TaskId),
    /// It waits in the backlog.
    Queued,
    /// The backlog is full: the kernel does not answer (tcp(7), `tcp_abort_on_overflow` off).
    Dropped,
    /// Nobody listens, since this event; none if nobody ever listened.
    Refused(Option<EventId>),
}

impl Kernel {
    /// Lets one process work on at most so many requests at once; the others wait in the backlog.
    pub fn limit_work(&mut self, at_once: Option<u32>) {
        self.sockets.at_once = at_once;
    }

    /// A connection with a request arrives at a port of a pod. The caller records the request as sent, with the process that
    /// accepted it.
    pub fn connect(&mut self, cx: &Cx, net: NetId, port: u16, request: RequestId) -> Connected {
        let at_once = self.sockets.at_once;
        let most = self.backlog(net, port);
        let Some(entry) = self.sockets.ports.get_mut(&(net, port)) else { return Connected::Refused(None) };
        match entry.free_holder(cx, at_once) {
            Some(task) => Connected::Accepted(task),
            None if entry.holders.is_empty() => Connected::Refused(entry.closed_by),
            // The kernel takes one more than was asked for (sk_acceptq_is_full).
            None if entry.backlog.len() > most => Connected::Dropped,
            None => {
                entry.backlog.push_back(request);
                Connected::Queued
            }
        }
    }

    /// How many connections may wait at a port: what its holder asked for, at most net.core.somaxconn.
    fn backlog(&self, net: NetId, port: u16) -> usize {
        let holders = self.sockets.ports.get(&(net, port)).map_or(&[][..], |p| &p.holders);
        let asked = holders.iter().map(|(task, _)| self.serving(*task).backlog).max();
        usize::try_from(asked.unwrap_or(BACKLOG).min(BACKLOG)).unwrap_or(usize::MAX)
    }

    /// How a process treats its connections.
    pub fn serving(&self, task: TaskId) -> Serving {
        self.cpus.get(&task).map_or(serving::UNKNOWN, |cpu| cpu.program.serving())
    }

    /// A connection of this process is idle, and stays open until then.
    pub fn idles_until(&mut self, task: TaskId, until: SimTime) {
        let known = self.sockets.idle_until.entry(task).or_default();
        *known = (*known).max(until);
    }

    /// Does a process that stops still wait for idle connections, and until when?
    fn waits_for_idle(&self, cx: &Cx, task: TaskId) -> Option<SimTime> {
        let waits = match self.serving(task).closing {
            Closing::AtOnce => false,
            Closing::IdleAtOnce | Closing::WhenIdle => true,
        };
        self.sockets.idle_until.get(&task).copied().filter(|until| waits && *until > cx.now())
    }

    /// A request arrives over a connection that this process accepted long ago: who works on it, or nobody yet. With a limit
    /// on what a process works on it waits with the others.
    pub fn request(&mut self, cx: &Cx, task: TaskId, net: NetId, port: u16, request: RequestId) -> Option<TaskId> {
        let busy = cx.seen().alive(task).map_or(0, |a| a.in_flight);
        if self.sockets.at_once.is_none_or(|most| busy < most) {
            return Some(task);
        }
        match self.connect(cx, net, port, request) {
            Connected::Accepted(task) => Some(task),
            Connected::Queued => None,
            Connected::Dropped | Connected::Refused(_) => Some(task),
        }
    }

    /// Accepts what waits in the backlog, as far as somebody is free to.
    fn accept_waiting(&mut self, cx: &mut Cx, net: NetId, port: u16) {
        let at_once = self.sockets.at_once;
        let Some(entry) = self.sockets.ports.get_mut(&(net, port)) else { return };
        while let Some(task) = entry.free_holder(cx, at_once) {
            let Some(request) = entry.backlog.pop_front() else { return };
            cx.emit(RuleId::RequestAccepted, EventKind::Request(request, OnRequest::Accepted(task)));
        }
    }

    /// The client of a waiting connection gave up.
    pub fn give_up(&mut self, net: NetId, port: u16, request: RequestId) {
        if let Some(entry) = self.sockets.ports.get_mut(&(net, port))
            && let Some(place) = entry.backlog.iter().position(|r| *r == request)
        {
            entry.backlog.remove(place);
        }
    }

    /// Does somebody hold a listening socket on this port?
    pub fn listens(&self, net: NetId, port: u16) -> bool {
        self.sockets.ports.get(&(net, port)).is_some_and(|p| !p.holders.is_empty())
    }

    /// Does somebody accept connections on this port?
    pub fn accepts(&self, net: NetId, port: u16) -> bool {
        self.sockets.ports.get(&(net, port)).is_some_and(|p| p.holders.iter().any(|(_, accepts)| *accepts))
    }

    /// Ports that somebody listens on in this network, lowest first.
    pub fn ports(&self, net: NetId) -> impl Iterator<Item = u16> {
        let of_net = self.sockets.ports.range((net, 0)..=(net, u16::MAX));
        of_net.filter(|(_, p)| !p.holders.is_empty()).map(|((_, port), _)| *port)
    }

    /// A request ended: a process that waits for its last one goes on, and `answered` is told to its program. Called after
    /// the request's `Ended` event.
    pub fn request_ended(&mut self, cx: &mut Cx, task: TaskId, answered: bool) {
        if answered
            && let Some(cpu) = self.cpus.get_mut(&task)
            && cpu.program.answered()
            && cpu.blocked == Some(Blocked::Serve)
        {
            self.wake(cx, task, Resume::Interrupted);
        }
        if self.sockets.at_once.is_some() {
            self.accept_more(cx, task);
        }
        let drains = matches!(self.cpus.get(&task).and_then(|c| c.blocked.as_ref()), Some(Blocked::Drain));
        if drains && self.is_drained(cx, task) {
            self.wake(cx, task, Resume::Done);
        } else if drains && self.waits_for_idle(cx, task).is_some() {
            self.plan_drain(cx, task);
        }
    }

    fn accept_more(&mut self, cx: &mut Cx, task: TaskId) {
        let Some(net) = self.cpus.get(&task).map(|c| c.net) else { return };
        let ports: Vec<u16> = cx.seen().alive(task).map(|a| a.sockets.keys().copied().collect()).unwrap_or_default();
        for port in ports {
            self.accept_waiting(cx, net, port);
        }
    }

    /// Takes connections that lost their last listener out of the backlog; the cluster ends them as reset.
    pub fn take_orphaned(&mut self) -> Vec<(RequestId, Option<EventId>)> {
        std::mem::take(&mut self.sockets.orphaned)
    }

    pub(super) fn set_socket(&mut self, cx: &mut Cx, task: TaskId, port: u16, state: SocketState) {
        let Some(net) = self.cpus.get(&task).map(|c| c.net) else { return };
        let event = cx.emit(RuleId::SocketListen, EventKind::Task(task, OnTask::Socket { port, state }));
        if state == SocketState::Closed {
            if self.serving(task).closing == Closing::IdleAtOnce {
                self.sockets.idle_until.remove(&task);
            }
            self.sockets.let_go((net, port), task, Some(event));
        } else {
            let accepts = state == SocketState::Accepting;
            let entry = self.sockets.ports.entry((net, port)).or_default();
            match entry.holders.iter_mut().find(|(holder, _)| *holder == task) {
                Some(holder) => holder.1 = accepts,
                None => entry.holders.push((task, accepts)),
            }
            cx.because(event, |cx| self.accept_waiting(cx, net, port));
        }
        self.done(task, Resume::Done);
    }

    /// fork(2): the child holds the parent's sockets too, but only the parent's loop accepts.
    pub(super) fn inherit_sockets(&mut self, _cx: &mut Cx, parent: TaskId, child: TaskId) {
        let Some(net) = self.cpus.get(&parent).map(|c| c.net) else { return };
        for (_, port) in self.sockets.ports.range_mut((net, 0)..=(net, u16::MAX)) {
            if port.holders.iter().any(|(holder, _)| *holder == parent) {
                port.holders.push((child, false));
            }
        }
    }

    /// exit(2) closes them all; the present cause is the death.
    pub(super) fn close_sockets(&mut self, cx: &mut Cx, task: TaskId, net: NetId) {
        let ports: Vec<u16> = self.ports(net).collect();
        for port in ports {
            self.sockets.let_go((net, port), task, cx.cause());
        }
    }

    pub(super) fn drain(&mut self, cx: &mut Cx, task: TaskId, limit: Option<SimDuration>) {
        match limit {
            Some(limit) => self.sockets.drain_by.insert(task, cx.now() + limit),
            None => self.sockets.drain_by.remove(&task),
        };
        if self.is_drained(cx, task) {
            self.done(task, Resume::Done);
        } else {
            self.block(cx, task, Blocked::Drain, Wait::Drain);
            self.plan_drain(cx, task);
        }
    }

    /// Has a process that drains nothing more to wait for, or waited for long enough?
    pub(super) fn is_drained(&self, cx: &Cx, task: TaskId) -> bool {
        let late = self.sockets.drain_by.get(&task).is_some_and(|by| *by <= cx.now());
        let free = cx.seen().alive(task).is_some_and(|a| a.in_flight == 0);
        late || free && self.waits_for_idle(cx, task).is_none()
    }

    /// Wakes a process that drains when its time is over, or its last idle connection is.
    pub(super) fn plan_drain(&mut self, cx: &mut Cx, task: TaskId) {
        let free = cx.seen().alive(task).is_some_and(|a| a.in_flight == 0);
        let idle = self.waits_for_idle(cx, task).filter(|_| free);
        if let Some(at) = [idle, self.sockets.drain_by.get(&task).copied()].into_iter().flatten().min() {
            self.set_timer(cx, task, at.since(cx.now()));
        }
    }
}

impl Sockets {
    /// One holder less; with the last one the port is closed, and what waited in its backlog is lost.
    fn let_go(&mut self, key: (NetId, u16), task: TaskId, by: Option<EventId>) {
        let Some(entry) = self.ports.get_mut(&key) else { return };
        let before = entry.holders.len();
        entry.holders.retain(|(holder, _)| *holder != task);
        if before > 0 && entry.holders.is_empty() {
            entry.closed_by = by;
            self.orphaned.extend(entry.backlog.drain(..).map(|request| (request, by)));
        }
    }
}
