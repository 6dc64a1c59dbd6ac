//! Connections that the client keeps open: a pod that is out of every list still gets what comes over them.
//!
//! Follows kubernetes pkg/proxy/conntrack (established TCP is left alone). A server that closes its listening socket closes
//! its idle connections too, and those in use after their answer, as nginx and the http servers of Go and Node 19 do.

use std::collections::VecDeque;

use crate::base::id::{EventId, PodId, TaskId};
use crate::cluster::settings::Connections;
use crate::cx::Cx;

/// An open connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Connection {
    pub pod: PodId,
    /// The process at its other end.
    pub task: TaskId,
    pub port: u16,
    /// The consumer that it was opened through.
    pub consumer: u8,
    /// The event that opened it.
    pub by: EventId,
}

/// The client's connections.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    wanted: u32,
    /// Open ones, idle or in use.
    count: u32,
    idle: VecDeque<Connection>,
}

impl Pool {
    pub(super) fn new(connections: Connections) -> Self {
        let wanted = match connections {
            Connections::New => 0,
            Connections::Kept { connections } => connections,
        };
        Pool { wanted, count: 0, idle: VecDeque::new() }
    }

    /// The connection for the next request: the one that was idle for longest. `None`: a new one has to be opened.
    /// `pins`: through this consumer a connection stays with one pod; a proxy chooses anew for each request.
    pub(super) fn take(&mut self, cx: &Cx, pins: bool) -> Option<Connection> {
        if !pins || self.count < self.wanted {
            return None;
        }
        while let Some(connection) = self.idle.pop_front() {
            if is_open(cx, &connection) {
                return Some(connection);
            }
            self.count = self.count.saturating_sub(1);
        }
        None
    }

    /// A new connection was opened. Does it stay open after its answer?
    pub(super) fn opened(&mut self, pins: bool) -> bool {
        let keeps = pins && self.wanted > 0;
        self.count = self.count.saturating_add(u32::from(keeps));
        keeps
    }

    /// The request on a kept connection is over.
    pub(super) fn give_back(&mut self, cx: &Cx, connection: Connection, answered: bool) {
        if answered && is_open(cx, &connection) {
            self.idle.push_back(connection);
        } else {
            self.count = self.count.saturating_sub(1);
        }
    }
}

/// Has the server left the connection open? It closes them when it closes its listening socket.
fn is_open(cx: &Cx, connection: &Connection) -> bool {
    cx.seen().alive(connection.task).is_some_and(|a| a.sockets.contains_key(&connection.port))
}
