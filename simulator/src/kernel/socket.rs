//! Listening sockets, the kernel's backlog and requests in flight. Sources: listen(2), accept(2), tcp(7).
//!
//! Four facts kept apart: a process is alive, it listens, it accepts, it has work. Who sends requests where, and how long the
//! work takes, is the cluster's business.

use std::collections::BTreeMap;

use super::{Blocked, Kernel, NetId};
use crate::base::id::{RequestId, TaskId};
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::program::Resume;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnRequest, OnTask, SocketState, Wait};

/// Sockets by network and port: who holds each, in order of opening.
#[derive(Clone, Debug, Default)]
pub struct Sockets {
    ports: BTreeMap<(NetId, u16), Port>,
}

#[derive(Clone, Debug, Default)]
struct Port {
    holders: Vec<(TaskId, bool)>,
    backlog: Vec<RequestId>,
}

/// What became of a new connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    /// This process accepted it.
    Accepted(TaskId),
    /// It waits in the backlog.
    Queued,
    /// Nobody listens.
    Refused,
}

impl Kernel {
    /// A connection with a request arrives at a port of a pod.
    pub fn connect(&mut self, cx: &mut Cx, net: NetId, port: u16, request: RequestId) -> Connected {
        let Some(entry) = self.sockets.ports.get(&(net, port)) else { return Connected::Refused };
        let accepting = entry.holders.iter().filter(|(_, accepts)| *accepts).map(|(task, _)| *task);
        let load = |task: &TaskId| cx.seen().alive(*task).map_or(usize::MAX, |a| a.in_flight.len());
        let free = accepting.min_by_key(|task| (load(task), *task));
        match free {
            Some(task) => {
                cx.emit(RuleId::RequestAccepted, EventKind::Request(request, OnRequest::Accepted(task)));
                Connected::Accepted(task)
            }
            None if entry.holders.is_empty() => Connected::Refused,
            None => {
                if let Some(entry) = self.sockets.ports.get_mut(&(net, port)) {
                    entry.backlog.push(request);
                }
                cx.emit(RuleId::SocketBacklog, EventKind::Request(request, OnRequest::Queued));
                Connected::Queued
            }
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
        self.sockets.ports.iter().filter(move |((n, _), p)| *n == net && !p.holders.is_empty()).map(|((_, p), _)| *p)
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
        let drains = matches!(self.cpus.get(&task).and_then(|c| c.blocked.as_ref()), Some(Blocked::Drain));
        if drains && cx.seen().alive(task).is_some_and(|a| a.in_flight.is_empty()) {
            self.wake(cx, task, Resume::Done);
        }
    }

    /// Takes connections that lost their last listener out of the backlog; the cluster ends them as cut.
    pub fn take_orphaned(&mut self) -> Vec<RequestId> {
        let mut orphaned = Vec::new();
        for port in self.sockets.ports.values_mut().filter(|p| p.holders.is_empty()) {
            orphaned.append(&mut port.backlog);
        }
        orphaned
    }

    pub(super) fn set_socket(&mut self, cx: &mut Cx, task: TaskId, port: u16, state: SocketState) {
        let Some(net) = self.cpus.get(&task).map(|c| c.net) else { return };
        let entry = self.sockets.ports.entry((net, port)).or_default();
        entry.holders.retain(|(holder, _)| *holder != task || state != SocketState::Closed);
        if state != SocketState::Closed {
            let accepts = state == SocketState::Accepting;
            match entry.holders.iter_mut().find(|(holder, _)| *holder == task) {
                Some(holder) => holder.1 = accepts,
                None => entry.holders.push((task, accepts)),
            }
        }
        cx.emit(RuleId::SocketListen, EventKind::Task(task, OnTask::Socket { port, state }));
        self.done(task, Resume::Done);
    }

    /// fork(2): the child holds the parent's sockets too, but only the parent's loop accepts.
    pub(super) fn inherit_sockets(&mut self, _cx: &mut Cx, parent: TaskId, child: TaskId) {
        for port in self.sockets.ports.values_mut() {
            if port.holders.iter().any(|(holder, _)| *holder == parent) {
                port.holders.push((child, false));
            }
        }
    }

    pub(super) fn close_sockets(&mut self, _cx: &mut Cx, task: TaskId, net: NetId) {
        for ((n, _), port) in &mut self.sockets.ports {
            if *n == net {
                port.holders.retain(|(holder, _)| *holder != task);
            }
        }
    }

    pub(super) fn drain(&mut self, cx: &mut Cx, task: TaskId, limit: Option<SimDuration>) {
        if cx.seen().alive(task).is_some_and(|a| a.in_flight.is_empty()) {
            self.done(task, Resume::Done);
        } else {
            self.block(cx, task, Blocked::Drain, Wait::Drain);
            if let Some(limit) = limit {
                self.set_timer(cx, task, limit);
            }
        }
    }
}
