//! The client: it sends requests at its rate, through the consumers of the endpoint list, and sees how they end.
//!
//! Open loop: no request waits for an earlier one. Work for each request is bounded by logarithms: nothing here looks at all
//! requests or all pods. Not here: network latency, bytes, TLS.

use crate::base::id::{EventId, PodId, RequestId, TaskId};
use crate::base::rng::Rng;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::connections::{Connection, Pool, is_stopping};
use crate::cluster::endpoints::Endpoints;
use crate::cluster::open::{Open, OpenRequests};
use crate::cluster::routes::Routes;
use crate::cluster::settings::{Load, Spacing};
use crate::cluster::timers::{Planned, Timers};
use crate::cx::{Cx, Stimulus};
use crate::kernel::Kernel;
use crate::observed::RequestState;
use crate::program::serving::Closing;
use crate::rules::RuleId;
use crate::trace::{EventKind, Exhausted, OnRequest, Outcome};

/// Tries of a client that repeats what a closed connection swallowed.
const MOST_TRIES: u8 = 5;

/// What a request passes on its way.
pub(super) struct Path<'a> {
    pub kernel: &'a mut Kernel,
    pub endpoints: &'a Endpoints,
    pub consumers: &'a mut [Routes],
    pub local: Local,
}

/// Traffic policies of the Service: only pods of the node that a packet comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Local {
    /// `externalTrafficPolicy: Local`.
    pub external: bool,
    /// `internalTrafficPolicy: Local`.
    pub internal: bool,
}

/// How a try failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    pub rule: RuleId,
    pub given: Option<EventId>,
    pub outcome: Outcome,
}

impl Path<'_> {
    /// Does a connection through this consumer stay with one pod? A proxy chooses anew for each request.
    pub(super) fn pins(&self, consumer: usize) -> bool {
        self.consumers.get(consumer).is_some_and(|c| c.settings.row.pins())
    }

    /// Without an endpoint, are packets dropped instead of refused (`externalTrafficPolicy: Local`)?
    pub(super) fn drops(&self, consumer: usize) -> bool {
        let row = self.consumers.get(consumer).map(|c| c.settings.row);
        row.is_some_and(|row| row.by_node_port && if row.outside { self.local.external } else { self.local.internal })
    }
}

/// The client and its open requests.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) load: Load,
    /// The input that started the load.
    pub(super) cause: Option<EventId>,
    arrivals: Rng,
    services: Rng,
    shares: Rng,
    count: u64,
    done: bool,
    pub(super) open: OpenRequests,
    /// One for each consumer.
    pub(super) pools: Vec<Pool>,
}

impl Client {
    pub(super) fn new(cx: &Cx, load: Load, consumers: &[Routes]) -> Self {
        let pools = consumers.iter().enumerate().map(|(number, c)| Pool::new(cx, number, &c.settings, &load));
        Client {
            load,
            cause: cx.cause(),
            arrivals: cx.rng("cluster/client/arrivals"),
            services: cx.rng("cluster/client/services"),
            shares: cx.rng("cluster/client/shares"),
            count: 0,
            done: false,
            open: OpenRequests::default(),
            pools: pools.collect(),
        }
    }

    /// Has the last request been sent?
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Plans the next arrival.
    pub(super) fn plan(&mut self, cx: &mut Cx, timers: &mut Timers) {
        let per_s = u64::from(self.load.per_s.max(1));
        let micros = |n: u64| n.saturating_mul(1_000_000) / per_s;
        let even = self.load.start + SimDuration::from_micros(micros(self.count));
        let at = match self.load.spacing {
            Spacing::Even => even,
            Spacing::Jittered => even + SimDuration::from_micros(self.arrivals.below(micros(1))),
        };
        if at < self.load.end {
            let before = cx.set_cause(self.cause);
            timers.at(cx, at, Planned::Arrival);
            cx.set_cause(before);
        } else {
            self.done = true;
        }
        self.count += 1;
    }

    /// A request is due: sends it, and plans the next.
    pub(super) fn arrive(&mut self, cx: &mut Cx, timers: &mut Timers, path: &mut Path<'_>) {
        let request = RequestId::from_index(cx.seen().requests.len());
        if request.0 >= cx.limits().requests {
            cx.emit(RuleId::LimitReached, EventKind::Budget(Exhausted::Requests));
            self.done = true;
            return;
        }
        let answer_by = cx.now() + self.load.timeout;
        let consumer = self.choose_consumer(path);
        let patience = path.consumers.get(consumer).and_then(|c| c.settings.answer_timeout());
        let answer_by = patience.map_or(answer_by, |patience| answer_by.min(cx.now() + patience));
        let (connect_by, syn, network_gone) = (None, None, None);
        let open = Open { answer_by, connect_by, syn, network_gone, done: None, kept: None, task: None };
        self.open.add(request, open);
        self.send(cx, path, request, consumer, None);
        self.plan(cx, timers);
    }

    fn choose_consumer(&mut self, path: &Path<'_>) -> usize {
        let share = |c: &Routes| u64::from(c.settings.share);
        if path.consumers.len() < 2 {
            return 0;
        }
        let mut left = self.shares.below(path.consumers.iter().map(share).sum());
        for (number, consumer) in path.consumers.iter().enumerate() {
            if left < share(consumer) {
                return number;
            }
            left -= share(consumer);
        }
        0
    }

    /// A process begins to work on a request.
    pub(super) fn begin(&mut self, cx: &mut Cx, request: RequestId, task: TaskId) {
        let service = self.load.service.draw(&mut self.services);
        if let Some(open) = self.open.get_mut(request) {
            open.done = Some(cx.now() + service);
            (open.connect_by, open.syn) = (None, None);
            self.open.work(request, task);
            self.wait(cx, request);
        }
    }

    /// Plans the next moment at which something can become of a request by itself.
    pub(super) fn wait(&self, cx: &mut Cx, request: RequestId) {
        let Some(open) = self.open.get(request) else { return };
        let syn = open.syn.map(|(at, _)| at);
        let first = [open.done, open.connect_by, syn].into_iter().flatten().fold(open.answer_by, SimTime::min);
        cx.at(first, Stimulus::Served(request));
    }

    /// A process accepted a connection from the backlog.
    pub(super) fn accepted(&mut self, cx: &mut Cx, request: RequestId, task: TaskId, by: EventId) {
        let consumer = cx.seen().request(request).map_or(0, |r| usize::from(r.consumer));
        self.keep(consumer, request, by);
        self.begin(cx, request, task);
    }

    /// A connection was opened by this event; it may be one of those that are kept.
    pub(super) fn keep(&mut self, consumer: usize, request: RequestId, by: EventId) {
        if let Some(open) = self.open.get_mut(request).filter(|open| open.kept.is_none())
            && self.pools.get_mut(consumer).is_some_and(Pool::opened)
        {
            open.kept = Some(by);
        }
    }

    /// A request's time has come: its work is done, or someone gives up. Stale if it has ended since, or moved on.
    pub(super) fn due(&mut self, cx: &mut Cx, path: &mut Path<'_>, request: RequestId) {
        let Some(open) = self.open.get(request).copied() else { return };
        let Some(state) = cx.seen().request(request).copied() else { return };
        let now = cx.now();
        let past = |time: Option<SimTime>| time.is_some_and(|t| t <= now);
        let stopped = state.task.and_then(|t| cx.seen().alive(t)).is_some_and(|a| a.stopped);
        let (gone, rule) = match open.network_gone {
            Some(by) => (Some(by), RuleId::RequestNetworkGone),
            None => (None, RuleId::RequestTimedOut),
        };
        cx.because(state.last, |cx| {
            if past(open.done) && !stopped {
                let rule = self.served(cx, path, request);
                self.end(cx, path, request, Failure { rule, given: None, outcome: Outcome::Ok });
            } else if past(Some(open.answer_by)) {
                if let (None, Some(member)) = (state.task, state.pod.and_then(|p| path.endpoints.member(p))) {
                    path.kernel.give_up(member.net, member.port, request);
                }
                self.end(cx, path, request, Failure { rule, given: gone, outcome: Outcome::TimedOut });
            } else if past(open.connect_by) {
                let rule = if state.pod.is_none() { RuleId::EndpointLocalDrop } else { rule };
                self.fail(cx, path, request, Failure { rule, given: gone, outcome: Outcome::TimedOut });
            } else if let Some((_, asked)) = open.syn.filter(|(at, _)| *at <= now) {
                self.ask_again(cx, path, request, asked);
            } else if past(open.done) {
                cx.at(open.answer_by, Stimulus::Served(request));
            }
        });
    }

    /// A process died: what it worked on is cut.
    pub(super) fn task_died(&mut self, cx: &mut Cx, path: &mut Path<'_>, task: TaskId) {
        for request in self.open.of(task) {
            let given = cx.seen().request(request).map(|r| r.last);
            self.fail(cx, path, request, Failure { rule: RuleId::RequestCut, given, outcome: Outcome::Cut });
        }
    }

    /// A process closed its idle connections.
    pub(super) fn closes_idle(&mut self, cx: &Cx, task: TaskId, by: EventId) {
        self.pools.iter_mut().for_each(|pool| pool.closed_by(cx, task, by));
    }

    /// A load balancer ends everything that is open to a pod: its delay is over, or the pod is unhealthy.
    pub(super) fn ends_at(&mut self, cx: &mut Cx, path: &mut Path<'_>, consumer: usize, pod: PodId, end: Outcome) {
        if let Some(pool) = self.pools.get_mut(consumer) {
            pool.drop_pod(pod);
        }
        let rule = if end == Outcome::Reset { RuleId::EndpointHealth } else { RuleId::EndpointDeregistered };
        let of_pod = |r: &RequestId| {
            cx.seen().request(*r).is_some_and(|r| r.pod == Some(pod) && usize::from(r.consumer) == consumer)
        };
        let requests: Vec<RequestId> = self.open.all().filter(of_pod).collect();
        for request in requests {
            let given = cx.seen().request(request).map(|r| r.last);
            self.end(cx, path, request, Failure { rule, given, outcome: end });
        }
    }

    /// The rule of an answer: a server that stops says with it that the connection is over.
    fn served(&self, cx: &Cx, path: &Path<'_>, request: RequestId) -> RuleId {
        let closes = || {
            let connection = self.connection(cx, path, request)?;
            let at_once = path.kernel.serving(connection.task).closing == Closing::AtOnce;
            Some(at_once && is_stopping(cx, &connection))
        };
        if closes() == Some(true) { RuleId::RequestLastAnswer } else { RuleId::RequestServed }
    }

    /// The kept connection of an open request.
    fn connection(&self, cx: &Cx, path: &Path<'_>, request: RequestId) -> Option<Connection> {
        let state = cx.seen().request(request)?;
        let by = self.open.get(request)?.kept?;
        let (pod, task) = (state.pod?, state.task?);
        let port = path.endpoints.member(pod)?.port;
        Some(Connection { pod, task, port, consumer: state.consumer, by })
    }

    /// Connections in the backlog lost their listener.
    pub(super) fn orphaned(&mut self, cx: &mut Cx, path: &mut Path<'_>) {
        for (request, by) in path.kernel.take_orphaned() {
            let before = by.map(|by| cx.set_cause(Some(by)));
            let given = cx.seen().request(request).map(|r| r.last);
            self.fail(cx, path, request, Failure { rule: RuleId::RequestReset, given, outcome: Outcome::Reset });
            if let Some(before) = before {
                cx.set_cause(before);
            }
        }
    }

    /// A try failed: another pod, if the consumer retries, else the end.
    pub(super) fn fail(&mut self, cx: &mut Cx, path: &mut Path<'_>, request: RequestId, failure: Failure) {
        let Some(state) = cx.seen().request(request).copied() else { return };
        if !self.tries_again(path, &state, failure) {
            self.end(cx, path, request, failure);
            return;
        }
        self.leave(cx, path, request, None);
        if let Some(open) = self.open.get_mut(request) {
            *open = Open { connect_by: None, syn: None, network_gone: None, done: None, kept: None, ..*open };
        }
        self.send(cx, path, request, usize::from(state.consumer), Some((failure.outcome, state.pod)));
    }

    fn tries_again(&self, path: &Path<'_>, state: &RequestState, failure: Failure) -> bool {
        let Failure { rule, outcome, .. } = failure;
        let Some(consumer) = path.consumers.get(usize::from(state.consumer)).map(|c| c.settings) else { return false };
        if rule == RuleId::RequestIdleClosed && !consumer.row.answers {
            // The client's own connection: it knows that no byte of an answer came.
            return state.tries < MOST_TRIES && self.load.client.again.holds(self.load.repeatable);
        }
        let repeats = self.load.repeatable || state.task.is_none() && outcome != Outcome::Reset;
        state.tries < consumer.tries.unwrap_or(consumer.row.tries) && consumer.row.retries(outcome, repeats)
    }

    pub(super) fn end(&mut self, cx: &mut Cx, path: &mut Path<'_>, request: RequestId, how: Failure) {
        let connection = self.connection(cx, path, request);
        let ended = cx.emit_given(how.rule, how.given, EventKind::Request(request, OnRequest::Ended(how.outcome)));
        let answered = (how.outcome == Outcome::Ok).then_some(ended);
        cx.because(ended, |cx| {
            self.give_back(cx, path, connection, answered);
            self.leave(cx, path, request, answered);
        });
        self.open.remove(request);
    }

    /// A kept connection is free again, or gone.
    fn give_back(&mut self, cx: &Cx, path: &mut Path<'_>, connection: Option<Connection>, answered: Option<EventId>) {
        let Some(connection) = connection else { return };
        let Some(pool) = self.pools.get_mut(usize::from(connection.consumer)) else { return };
        let Some(last) = answered else { return pool.lost() };
        let serving = path.kernel.serving(connection.task);
        if let Some(until) = pool.give_back(cx, connection, serving, last) {
            path.kernel.idles_until(connection.task, until);
        }
    }

    /// The request is no longer at its process: lets one that drains go on.
    fn leave(&mut self, cx: &mut Cx, path: &mut Path<'_>, request: RequestId, answered: Option<EventId>) {
        let Some(task) = cx.seen().request(request).and_then(|r| r.task) else { return };
        if answered.is_none() && cx.seen().request(request).is_some_and(|r| r.outcome().is_none()) {
            let connection = self.connection(cx, path, request);
            self.give_back(cx, path, connection, None);
        }
        self.open.leave(request);
        path.kernel.request_ended(cx, task, answered.is_some());
    }
}

/// The event by which the EndpointSlice stopped showing this pod as ready, if it did.
pub(super) fn not_ready(cx: &Cx, pod: PodId) -> Option<EventId> {
    let entry = cx.seen().endpoints.get(&pod)?;
    entry.slice.is_none_or(|c| !c.ready).then_some(entry.slice_by)
}
