//! How the client sends: over a connection that is open already, over a new one, and again when nobody answers.
//!
//! Follows tcp(7) (a SYN without an answer is sent again after 1, 3, 7 seconds: RFC 6298). Not here: how requests end
//! (`client`), and which connections are open (`connections`).

use crate::base::id::{EventId, PodId, RequestId, TaskId};
use crate::base::time::SimDuration;
use crate::cluster::client::{Client, Failure, Path, not_ready};
use crate::cluster::connections::{Connection, Taken};
use crate::cluster::routes::Route;
use crate::cx::Cx;
use crate::kernel::socket::Connected;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnRequest, Outcome};

/// A connection that is not answered is asked for again after so long, then after twice that.
const FIRST_SYN: SimDuration = SimDuration::from_secs(1);

/// The endpoint that is chosen for a request; for a retry not the one that it was at.
fn pick(path: &mut Path<'_>, consumer: usize, after: Option<(Outcome, Option<PodId>)>) -> Option<Route> {
    path.consumers.get_mut(consumer)?.pick(after.and_then(|(_, pod)| pod))
}

impl Client {
    /// Sends a request; `after`: it is a retry, after this at that pod.
    pub(super) fn send(
        &mut self,
        cx: &mut Cx,
        path: &mut Path<'_>,
        request: RequestId,
        consumer: usize,
        after: Option<(Outcome, Option<PodId>)>,
    ) {
        // What stays with one pod is used without asking any list; a proxy chooses the pod first.
        if path.pins(consumer) {
            match self.pools.get_mut(consumer).and_then(|pool| pool.take(cx, None)) {
                Some(taken) => self.send_kept(cx, path, request, taken, None, after),
                None => {
                    let route = pick(path, consumer, after);
                    self.send_to(cx, path, request, consumer, route, after);
                }
            }
            return;
        }
        let route = pick(path, consumer, after);
        let taken = route.and_then(|r| self.pools.get_mut(consumer).and_then(|pool| pool.take(cx, Some(r.pod))));
        match taken {
            Some(taken) => self.send_kept(cx, path, request, taken, route, after),
            None => self.send_to(cx, path, request, consumer, route, after),
        }
    }

    /// Sends a request over a connection that is open already, or looks so.
    fn send_kept(
        &mut self,
        cx: &mut Cx,
        path: &mut Path<'_>,
        request: RequestId,
        taken: Taken,
        route: Option<Route>,
        after: Option<(Outcome, Option<PodId>)>,
    ) {
        let (connection, broken) = match taken {
            Taken::Open(connection) => (connection, None),
            Taken::Broken(connection, by) => (connection, Some(by)),
        };
        let Connection { pod, task, port, consumer, by } = connection;
        let net = path.endpoints.member(pod).map(|m| m.net);
        let task = match (broken, net) {
            (Some(_), _) => None,
            (None, Some(net)) => path.kernel.request(cx, task, net, port, request),
            (None, None) => Some(task),
        };
        let given = not_ready(cx, pod);
        let what = match after {
            Some((outcome, _)) => OnRequest::Retried { after: outcome, pod: Some(pod), task },
            None => OnRequest::Sent { consumer, pod: Some(pod), task },
        };
        let cause = route.map_or(by, |r| r.by);
        let sent = cx.because(cause, |cx| cx.emit_given(RuleId::RequestKept, given, EventKind::Request(request, what)));
        if let Some(open) = self.open.get_mut(request) {
            open.kept = Some(by);
        }
        cx.because(sent, |cx| match (task, broken) {
            (Some(task), _) => self.begin(cx, request, task),
            (None, None) => {
                cx.emit(RuleId::SocketBacklog, EventKind::Request(request, OnRequest::Queued));
                self.wait(cx, request);
            }
            (None, given) => {
                if let Some(pool) = self.pools.get_mut(usize::from(consumer)) {
                    pool.lost();
                }
                let failure = Failure { rule: RuleId::RequestIdleClosed, given, outcome: Outcome::Reset };
                self.fail(cx, path, request, failure);
            }
        });
    }

    /// Sends a request over a new connection to this endpoint.
    fn send_to(
        &mut self,
        cx: &mut Cx,
        path: &mut Path<'_>,
        request: RequestId,
        consumer: usize,
        route: Option<Route>,
        after: Option<(Outcome, Option<PodId>)>,
    ) {
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
        let sent = match after {
            Some((outcome, _)) => {
                let what = OnRequest::Retried { after: outcome, pod, task };
                cx.emit_given(RuleId::RequestRetried, route.map(|r| r.by), EventKind::Request(request, what))
            }
            None => self.sent(cx, request, consumer, route, task),
        };
        cx.because(sent, |cx| match connected {
            _ if route.is_none() && path.drops(consumer) => self.dropped(cx, path, request, consumer, None),
            _ if route.is_none() => self.end(
                cx,
                path,
                request,
                Failure { rule: RuleId::RequestNoEndpoint, given: None, outcome: Outcome::NoEndpoint },
            ),
            Connected::Accepted(task) => {
                self.keep(consumer, request, sent);
                self.begin(cx, request, task);
            }
            Connected::Queued => {
                cx.emit(RuleId::SocketBacklog, EventKind::Request(request, OnRequest::Queued));
                self.wait(cx, request);
            }
            Connected::Dropped => self.dropped(cx, path, request, consumer, silent),
            Connected::Refused(given) => {
                let failure = Failure { rule: RuleId::RequestRefused, given, outcome: Outcome::Refused };
                self.fail(cx, path, request, failure);
            }
        });
    }

    /// Records a first try.
    fn sent(
        &self,
        cx: &mut Cx,
        request: RequestId,
        consumer: usize,
        route: Option<Route>,
        task: Option<TaskId>,
    ) -> EventId {
        let pod = route.map(|r| r.pod);
        let stale = pod.and_then(|p| not_ready(cx, p));
        let rule = match (stale, route) {
            (Some(_), Some(r)) if r.fallback => RuleId::EndpointFallback,
            (Some(_), _) => RuleId::RequestStale,
            (None, _) => RuleId::RequestSent,
        };
        let before = cx.set_cause(route.map(|r| r.by).or(self.cause));
        let what = OnRequest::Sent { consumer: u8::try_from(consumer).unwrap_or(u8::MAX), pod, task };
        let sent = cx.emit_given(rule, stale, EventKind::Request(request, what));
        cx.set_cause(before);
        sent
    }

    /// Nobody answered the connection: the kernel asks again after 1, 3, 7 seconds, until patience is over.
    fn dropped(&mut self, cx: &mut Cx, path: &Path<'_>, request: RequestId, consumer: usize, silent: Option<EventId>) {
        let patience = path.consumers.get(consumer).and_then(|c| c.settings.row.connect_timeout);
        let now = cx.now();
        if let Some(open) = self.open.get_mut(request) {
            open.connect_by = Some(now + patience.unwrap_or(self.load.connect_timeout));
            open.network_gone = silent;
            open.syn = silent.is_none().then_some((now + FIRST_SYN, 1));
        }
        self.wait(cx, request);
    }

    /// The kernel of the sender asks for the connection once more: the backlog may have room now, or nobody listens any more.
    pub(super) fn ask_again(&mut self, cx: &mut Cx, path: &mut Path<'_>, request: RequestId, asked: u8) {
        let state = cx.seen().request(request).copied();
        let member = state.and_then(|r| r.pod).and_then(|p| path.endpoints.member(p)).copied();
        let connected = match member.filter(|m| m.network_gone.is_none()) {
            Some(m) => path.kernel.connect(cx, m.net, m.port, request),
            None => Connected::Dropped,
        };
        let next = FIRST_SYN.times(1_u64.checked_shl(u32::from(asked)).unwrap_or(u64::MAX));
        if let Some(open) = self.open.get_mut(request) {
            open.syn = (connected == Connected::Dropped).then_some((cx.now() + next, asked.saturating_add(1)));
            if let Connected::Queued = connected {
                open.connect_by = None;
            }
        }
        match connected {
            Connected::Accepted(task) => {
                cx.emit(RuleId::RequestSynAgain, EventKind::Request(request, OnRequest::Accepted(task)));
            }
            Connected::Queued => {
                cx.emit(RuleId::SocketBacklog, EventKind::Request(request, OnRequest::Queued));
                self.wait(cx, request);
            }
            Connected::Dropped => self.wait(cx, request),
            Connected::Refused(given) => {
                let failure = Failure { rule: RuleId::RequestRefused, given, outcome: Outcome::Refused };
                self.fail(cx, path, request, failure);
            }
        }
    }
}
