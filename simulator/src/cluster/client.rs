//! The client: it sends requests at its rate, through the consumers of the endpoint list, and sees how they end.
//!
//! Open loop: no request waits for an earlier one. Work for each request is bounded by logarithms: nothing here looks at all
//! requests or all pods. Not here: network latency, bytes, TLS.

use crate::base::id::{EventId, PodId, RequestId, TaskId};
use crate::base::rng::Rng;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::connections::{Connection, Pool};
use crate::cluster::endpoints::Endpoints;
use crate::cluster::open::{Open, OpenRequests};
use crate::cluster::routes::Routes;
use crate::cluster::settings::{Load, Spacing};
use crate::cluster::timers::{Planned, Timers};
use crate::cx::{Cx, Stimulus};
use crate::kernel::Kernel;
use crate::kernel::socket::Connected;
use crate::rules::RuleId;
use crate::trace::{EventKind, Exhausted, OnRequest, Outcome};

/// What a request passes on its way.
pub(super) struct Path<'a> {
    pub kernel: &'a mut Kernel,
    pub endpoints: &'a Endpoints,
    pub consumers: &'a mut [Routes],
}

impl Path<'_> {
    /// Does a connection through this consumer stay with one pod? A proxy chooses anew for each request.
    fn pins(&self, consumer: usize) -> bool {
        self.consumers.get(consumer).is_some_and(|c| !c.settings.row.answers)
    }
}

/// The client and its open requests.
#[derive(Clone, Debug)]
pub(super) struct Client {
    load: Load,
    /// The input that started the load.
    cause: Option<EventId>,
    arrivals: Rng,
    services: Rng,
    shares: Rng,
    count: u64,
    done: bool,
    open: OpenRequests,
    pool: Pool,
}

impl Client {
    pub(super) fn new(cx: &Cx, load: Load) -> Self {
        Client {
            load,
            cause: cx.cause(),
            arrivals: cx.rng("cluster/client/arrivals"),
            services: cx.rng("cluster/client/services"),
            shares: cx.rng("cluster/client/shares"),
            count: 0,
            done: false,
            open: OpenRequests::default(),
            pool: Pool::new(load.connections),
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
        let open = Open { answer_by, connect_by: None, network_gone: None, done: None, kept: None, task: None };
        self.open.add(request, open);
        let consumer = self.choose_consumer(path);
        match self.pool.take(cx, path.pins(consumer)) {
            Some(connection) => self.send_kept(cx, request, connection),
            None => self.send_new(cx, path, request, consumer, None),
        }
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

    /// Sends a request over a connection that is open already: no list of endpoints is asked.
    fn send_kept(&mut self, cx: &mut Cx, request: RequestId, connection: Connection) {
        let Connection { pod, task, consumer, by, .. } = connection;
        let what = OnRequest::Sent { consumer, pod: Some(pod), task: Some(task) };
        let given = not_ready(cx, pod);
        let sent = cx.because(by, |cx| cx.emit_given(RuleId::RequestKept, given, EventKind::Request(request, what)));
        if let Some(open) = self.open.get_mut(request) {
            open.kept = Some(by);
        }
        cx.because(sent, |cx| self.begin(cx, request, task));
    }

    /// Sends a request over a new connection; `after`: it is a retry.
    fn send_new(
        &mut self,
        cx: &mut Cx,
        path: &mut Path<'_>,
        request: RequestId,
        consumer: usize,
        after: Option<(Outcome, Option<PodId>)>,
    ) {
        let route = path.consumers.get_mut(consumer).and_then(|c| c.pick(after.and_then(|(_, pod)| pod)));
        let pod = route.map(|r| r.pod);
        let member = pod.and_then(|p| path.endpoints.member(p)).copied();
        let silent = member.and_then(|m| m.network_gone);
        let connected = match member {
            Some(m) if silent.is_none() => path.kernel.connect(cx, m.net, m.port, request),
            Some(_) | None => Connected::Dropped,
        };
        let task = match connected {
            Connected::Accepted(task) => Some(task),
            Connected::Queued | Connected::Dropped | Connected::Refused(_) => None,
        };
        let number = u8::try_from(consumer).unwrap_or(u8::MAX);
        let sent = match after {
            Some((outcome, _)) => {
                let what = OnRequest::Retried { after: outcome, pod, task };
                cx.emit_given(RuleId::RequestRetried, route.map(|r| r.by), EventKind::Request(request, what))
            }
            None => {
                let stale = pod.and_then(|p| not_ready(cx, p));
                let rule = match (stale, route) {
                    (Some(_), Some(r)) if r.fallback => RuleId::EndpointFallback,
                    (Some(_), _) => RuleId::RequestStale,
                    (None, _) => RuleId::RequestSent,
                };
                let before = cx.set_cause(route.map(|r| r.by).or(self.cause));
                let what = OnRequest::Sent { consumer: number, pod, task };
                let sent = cx.emit_given(rule, stale, EventKind::Request(request, what));
                cx.set_cause(before);
                sent
            }
        };
        cx.because(sent, |cx| match connected {
            _ if route.is_none() => self.end(cx, path, request, RuleId::RequestNoEndpoint, None, Outcome::NoEndpoint),
            Connected::Accepted(task) => {
                self.keep(path, consumer, request, sent);
                self.begin(cx, request, task);
            }
            Connected::Queued => {
                cx.emit(RuleId::SocketBacklog, EventKind::Request(request, OnRequest::Queued));
                self.wait(cx, request);
            }
            Connected::Dropped => {
                let patience = path.consumers.get(consumer).and_then(|c| c.settings.row.connect_timeout);
                if let Some(open) = self.open.get_mut(request) {
                    open.connect_by = Some(cx.now() + patience.unwrap_or(self.load.connect_timeout));
                    open.network_gone = silent;
                }
                self.wait(cx, request);
            }
            Connected::Refused(by) => self.fail(cx, path, request, RuleId::RequestRefused, by, Outcome::Refused),
        });
    }

    /// A process begins to work on a request.
    fn begin(&mut self, cx: &mut Cx, request: RequestId, task: TaskId) {
        let service = self.load.service.draw(&mut self.services);
        if let Some(open) = self.open.get_mut(request) {
            open.done = Some(cx.now() + service);
            open.connect_by = None;
            self.open.work(request, task);
            self.wait(cx, request);
        }
    }

    /// Plans the next moment at which something can become of a request by itself.
    fn wait(&self, cx: &mut Cx, request: RequestId) {
        let Some(open) = self.open.get(request) else { return };
        let first = [open.done, open.connect_by].into_iter().flatten().fold(open.answer_by, SimTime::min);
        cx.at(first, Stimulus::Served(request));
    }

    /// A process accepted a connection from the backlog.
    pub(super) fn accepted(&mut self, cx: &mut Cx, path: &Path<'_>, request: RequestId, task: TaskId, by: EventId) {
        let consumer = cx.seen().request(request).map_or(0, |r| usize::from(r.consumer));
        self.keep(path, consumer, request, by);
        self.begin(cx, request, task);
    }

    /// A connection was opened by this event; it may be one of those that are kept.
    fn keep(&mut self, path: &Path<'_>, consumer: usize, request: RequestId, by: EventId) {
        if let Some(open) = self.open.get_mut(request)
            && self.pool.opened(path.pins(consumer))
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
                self.end(cx, path, request, RuleId::RequestServed, None, Outcome::Ok);
            } else if past(Some(open.answer_by)) {
                if let (None, Some(member)) = (state.task, state.pod.and_then(|p| path.endpoints.member(p))) {
                    path.kernel.give_up(member.net, member.port, request);
                }
                self.end(cx, path, request, rule, gone, Outcome::TimedOut);
            } else if past(open.connect_by) {
                self.fail(cx, path, request, rule, gone, Outcome::TimedOut);
            } else if past(open.done) {
                cx.at(open.answer_by, Stimulus::Served(request));
            }
        });
    }

    /// A process died: what it worked on is cut.
    pub(super) fn task_died(&mut self, cx: &mut Cx, path: &mut Path<'_>, task: TaskId) {
        for request in self.open.of(task) {
            let given = cx.seen().request(request).map(|r| r.last);
            self.fail(cx, path, request, RuleId::RequestCut, given, Outcome::Cut);
        }
    }

    /// Connections in the backlog lost their listener.
    pub(super) fn orphaned(&mut self, cx: &mut Cx, path: &mut Path<'_>) {
        for (request, by) in path.kernel.take_orphaned() {
            let before = by.map(|by| cx.set_cause(Some(by)));
            let given = cx.seen().request(request).map(|r| r.last);
            self.fail(cx, path, request, RuleId::RequestReset, given, Outcome::Reset);
            if let Some(before) = before {
                cx.set_cause(before);
            }
        }
    }

    /// A try failed: another pod, if the consumer retries, else the end.
    fn fail(
        &mut self,
        cx: &mut Cx,
        path: &mut Path<'_>,
        request: RequestId,
        rule: RuleId,
        given: Option<EventId>,
        outcome: Outcome,
    ) {
        let Some(state) = cx.seen().request(request).copied() else { return };
        let consumer = path.consumers.get(usize::from(state.consumer)).map(|c| c.settings);
        let repeats = self.load.repeatable || state.task.is_none() && outcome != Outcome::Reset;
        let again =
            consumer.is_some_and(|c| state.tries < c.tries.unwrap_or(c.row.tries) && c.row.retries(outcome, repeats));
        if !again {
            self.end(cx, path, request, rule, given, outcome);
            return;
        }
        self.leave(cx, path, request, state.task, false);
        if let Some(open) = self.open.get_mut(request) {
            *open = Open { connect_by: None, network_gone: None, done: None, kept: None, ..*open };
        }
        self.send_new(cx, path, request, usize::from(state.consumer), Some((outcome, state.pod)));
    }

    fn end(
        &mut self,
        cx: &mut Cx,
        path: &mut Path<'_>,
        request: RequestId,
        rule: RuleId,
        given: Option<EventId>,
        outcome: Outcome,
    ) {
        let Some(state) = cx.seen().request(request).copied() else { return };
        let ended = cx.emit_given(rule, given, EventKind::Request(request, OnRequest::Ended(outcome)));
        cx.because(ended, |cx| self.leave(cx, path, request, state.task, outcome == Outcome::Ok));
        self.open.remove(request);
    }

    /// The request is no longer at this process: frees the connection, and lets a draining process go on.
    fn leave(&mut self, cx: &mut Cx, path: &mut Path<'_>, request: RequestId, task: Option<TaskId>, answered: bool) {
        let Some(task) = task else { return };
        self.open.leave(request);
        path.kernel.request_ended(cx, task, answered);
        let Some(state) = cx.seen().request(request).copied() else { return };
        let kept = self.open.get(request).and_then(|o| o.kept);
        let member = state.pod.and_then(|p| path.endpoints.member(p));
        if let (Some(by), Some(pod), Some(member)) = (kept, state.pod, member) {
            let connection = Connection { pod, task, port: member.port, consumer: state.consumer, by };
            self.pool.give_back(cx, connection, answered);
        }
    }
}

/// The event by which the EndpointSlice stopped showing this pod as ready, if it did.
fn not_ready(cx: &Cx, pod: PodId) -> Option<EventId> {
    let entry = cx.seen().endpoints.get(&pod)?;
    entry.slice.is_none_or(|c| !c.ready).then_some(entry.slice_by)
}
