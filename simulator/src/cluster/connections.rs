//! Connections that a sender keeps open: a pod that is out of every list still gets what comes over them, and a connection
//! that the server has just closed still looks open.
//!
//! Follows kubernetes pkg/proxy/conntrack (established TCP is left alone), RFC 9112 section 9.5 (a close may cross a request)
//! and, for when servers close, `program::serving`. A connection is looked at when it is wanted: no timer runs for it. Not
//! here: who sends over it (`client`), and connections inside the kernel of a pod.

use std::collections::{BTreeMap, VecDeque};

use crate::base::id::{EventId, PodId, TaskId};
use crate::base::rng::Rng;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::settings::{Connections, Consumer, Load, Spread};
use crate::cx::Cx;
use crate::program::serving::{Closing, Serving};
use crate::trace::SocketState;

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

/// A connection between two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Waiting {
    connection: Connection,
    /// The sender itself closes it then.
    own_end: Option<SimTime>,
    /// The other side closes it then; with the event that says why.
    end: Option<(SimTime, EventId)>,
    /// Somebody between forgets it then, and tells nobody.
    forgotten: Option<SimTime>,
    /// Its last answer.
    last: EventId,
}

/// What a connection turns out to be when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Open.
    Open(Connection),
    /// Closed by the other side a moment ago, which the sender cannot know yet; since this event it is idle or closed.
    Broken(Connection, EventId),
}

/// How a sender keeps connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeping {
    /// Not at all.
    Nothing,
    /// So many at least, used in turn, whatever pod they lead to.
    InTurn(u32),
    /// The last one used goes first, whatever pod it leads to.
    Last,
    /// The last one used of the pod that was chosen.
    LastOfPod,
}

/// The connections of one sender: of the client through one consumer, or of a proxy.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    keeping: Keeping,
    /// The sender's own time for idle ones.
    own: Option<SimDuration>,
    /// How long before the time that a server tells it closes.
    before_told: Option<SimDuration>,
    /// Somebody between forgets idle ones after this time.
    forgets: Option<SimDuration>,
    /// Idle ones at a time.
    most: usize,
    round_trip: Spread,
    rng: Rng,
    /// Open ones, idle or in use.
    count: u32,
    /// Idle ones, by pod where that matters; each list in order of becoming idle.
    idle: BTreeMap<Option<PodId>, VecDeque<Waiting>>,
    size: usize,
}

impl Pool {
    /// The connections of whoever opens them through this consumer.
    pub(super) fn new(cx: &Cx, number: usize, consumer: &Consumer, load: &Load) -> Self {
        let mut pool = Pool {
            keeping: Keeping::Nothing,
            own: None,
            before_told: None,
            forgets: consumer.row.forgets,
            most: usize::MAX,
            round_trip: consumer.row.round_trip,
            rng: cx.rng(&format!("cluster/consumer/{number}/connections")),
            count: 0,
            idle: BTreeMap::new(),
            size: 0,
        };
        if consumer.row.answers {
            if let Some(keeps) = consumer.keeps() {
                pool.keeping = if consumer.row.pins() { Keeping::Last } else { Keeping::LastOfPod };
                (pool.own, pool.most) = (Some(keeps.idle), keeps.most);
            }
        } else if let Connections::Kept { connections } = load.connections {
            pool.keeping = Keeping::InTurn(connections);
            pool.own = consumer.own.idle.or(load.client.idle);
            pool.before_told = load.client.before_told;
        }
        pool
    }

    /// The connection for the next request, to this pod if one was chosen. `None`: a new one has to be opened.
    pub(super) fn take(&mut self, cx: &Cx, pod: Option<PodId>) -> Option<Taken> {
        let key = match self.keeping {
            Keeping::Nothing => return None,
            Keeping::InTurn(wanted) if self.count < wanted => return None,
            Keeping::InTurn(_) | Keeping::Last => None,
            Keeping::LastOfPod => Some(pod?),
        };
        loop {
            let list = self.idle.get_mut(&key)?;
            let waiting = match self.keeping {
                Keeping::InTurn(_) => list.pop_front(),
                Keeping::Nothing | Keeping::Last | Keeping::LastOfPod => list.pop_back(),
            };
            let Some(waiting) = waiting else {
                self.idle.remove(&key);
                return None;
            };
            self.size = self.size.saturating_sub(1);
            match self.look(cx.now(), &waiting) {
                Some(taken) => return Some(taken),
                None => self.count = self.count.saturating_sub(1),
            }
        }
    }

    /// What an idle connection is now; none: closed, and the sender knows it.
    fn look(&mut self, now: SimTime, waiting: &Waiting) -> Option<Taken> {
        let Waiting { connection, own_end, end, forgotten, last } = *waiting;
        let known = [own_end, end.map(|(end, _)| end)].into_iter().flatten().min();
        if forgotten.is_some_and(|at| at <= now && known.is_none_or(|known| at < known)) {
            return Some(Taken::Broken(connection, last));
        }
        if own_end.is_some_and(|own| own <= now && end.is_none_or(|(end, _)| own <= end)) {
            return None;
        }
        let Some((end, by)) = end.filter(|(end, _)| *end <= now) else { return Some(Taken::Open(connection)) };
        if now >= end + self.round_trip.max {
            return None;
        }
        (now < end + self.round_trip.draw(&mut self.rng)).then_some(Taken::Broken(connection, by))
    }

    /// A new connection was opened. Does it stay open after its answer?
    pub(super) fn opened(&mut self) -> bool {
        let keeps = self.keeping != Keeping::Nothing;
        self.count = self.count.saturating_add(u32::from(keeps));
        keeps
    }

    /// A kept connection is gone.
    pub(super) fn lost(&mut self) {
        self.count = self.count.saturating_sub(1);
    }

    /// The answer came over a kept connection; `last` is its event. Tells how long the connection stays open, if it does.
    pub(super) fn give_back(
        &mut self,
        cx: &Cx,
        connection: Connection,
        serving: Serving,
        last: EventId,
    ) -> Option<SimTime> {
        if !stays(cx, &connection, serving) || self.size >= self.most {
            self.lost();
            return None;
        }
        let now = cx.now();
        let told = serving.limit().filter(|_| serving.tells).zip(self.before_told);
        let told =
            told.map(|(limit, before)| SimDuration::from_micros(limit.as_micros().saturating_sub(before.as_micros())));
        let own_end = [self.own, told].into_iter().flatten().min().map(|time| now + time);
        let end = serving.limit().map(|time| (now + time, last));
        let forgotten = self.forgets.map(|time| now + time);
        let key = if self.keeping == Keeping::LastOfPod { Some(connection.pod) } else { None };
        self.idle.entry(key).or_default().push_back(Waiting { connection, own_end, end, forgotten, last });
        self.size += 1;
        [own_end, end.map(|(end, _)| end)].into_iter().flatten().min().or(Some(SimTime::from_micros(u64::MAX)))
    }

    /// A server closed its idle connections now: it ended, or it stops.
    pub(super) fn closed_by(&mut self, cx: &Cx, task: TaskId, by: EventId) {
        let now = cx.now();
        for waiting in self.idle.values_mut().flatten().filter(|w| w.connection.task == task) {
            if waiting.end.is_none_or(|(end, _)| now < end) {
                waiting.end = Some((now, by));
            }
        }
    }

    /// Connections to a pod were reset by somebody between: both sides know.
    pub(super) fn drop_pod(&mut self, pod: PodId) {
        let before = self.size;
        self.idle.values_mut().for_each(|list| list.retain(|w| w.connection.pod != pod));
        self.size = self.idle.values().map(VecDeque::len).sum();
        let gone = u32::try_from(before - self.size).unwrap_or(u32::MAX);
        self.count = self.count.saturating_sub(gone);
    }
}

/// Does the server leave a connection open behind an answer?
fn stays(cx: &Cx, connection: &Connection, serving: Serving) -> bool {
    let Some(alive) = cx.seen().alive(connection.task) else { return false };
    if serving.limit() == Some(SimDuration::ZERO) {
        return false;
    }
    let accepts = alive.sockets.get(&connection.port).is_some_and(|s| s.value == SocketState::Accepting);
    accepts || serving.closing != Closing::AtOnce
}

/// Is this process on its way out: it has closed its socket, or leaves new connections in the backlog?
pub(super) fn is_stopping(cx: &Cx, connection: &Connection) -> bool {
    let sockets = cx.seen().alive(connection.task).map(|a| &a.sockets);
    sockets.is_none_or(|s| s.get(&connection.port).is_none_or(|s| s.value != SocketState::Accepting))
}
