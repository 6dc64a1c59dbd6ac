//! The cluster around the pods: controllers, the EndpointSlice and those who read it, and a client that sends requests.
//!
//! Follows kubernetes pkg/controller and pkg/proxy, see each file. Upper layers call `start`, `scale`, `delete_workload`,
//! `update` for what people do, hand over timers and served requests, and show new events after every stimulus. What pods
//! do inside is the business of the node and its kernel.

mod client;
pub mod clients;
mod connections;
pub mod consumers;
mod controllers;
mod endpoints;
mod eviction;
mod job;
mod names;
pub mod node;
mod open;
mod proportional;
mod rolling;
mod routes;
mod scale_down;
mod sending;
pub mod settings;
mod targets;
mod timers;
mod workload;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::base::id::{EventId, PodId, RequestId, TaskId, WorkloadId};
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::kubelet::{DeleteRequest, PodPlan};
use crate::program::serving::Closing;
use crate::rules::RuleId;
use crate::trace::{EventKind, Exhausted, OnEndpoint, OnPod, OnRequest, OnTask, Outcome, SocketState};

pub use eviction::Drain;
pub use node::Node;
pub use settings::{
    Budget, ClusterSettings, Connections, Consumer, Latencies, Load, Own, Room, SettingsError, Spacing, Spread,
};
pub use workload::{Kind, Service, WorkloadPlan};

use client::{Client, Local, Path};
use controllers::Controllers;
use endpoints::{Endpoints, Member};
use routes::Routes;
use timers::{Planned, Timers};
use workload::Kept;

/// The cluster of one run.
#[derive(Clone, Debug)]
pub struct Cluster<P = PodPlan> {
    settings: ClusterSettings,
    given: Vec<WorkloadPlan<P>>,
    parts: Option<Parts<P>>,
}

/// What there is once the cluster has started.
#[derive(Clone, Debug)]
struct Parts<P> {
    timers: Timers,
    controllers: Controllers<P>,
    endpoints: Endpoints,
    consumers: Vec<Routes>,
    client: Option<Client>,
    local: Local,
    pods_exhausted: bool,
}

/// What an event means to the cluster.
enum Notice {
    Pod(PodId, OnPod),
    Died(TaskId),
    Stops(TaskId),
    Accepted(RequestId, TaskId),
}

impl<P> Cluster<P> {
    /// A cluster that has not started. Settings that do not pass `ClusterSettings::check` send no requests.
    pub fn new(settings: ClusterSettings, workloads: Vec<WorkloadPlan<P>>) -> Self {
        Cluster { settings, given: workloads, parts: None }
    }

    /// Creates all workloads and plans the load. Everything is caused by the present cause.
    pub fn start<N: Node<Plan = P>>(&mut self, cx: &mut Cx, kernel: &mut Kernel, _node: &mut N) {
        let valid = self.settings.check().is_ok();
        let load = self.settings.load.filter(|_| valid);
        kernel.limit_work(load.and_then(|l| l.at_once));
        let consumers = self.settings.consumers.iter().take(crate::base::limits::CONSUMERS).enumerate();
        let consumers: Vec<Routes> = consumers.map(|(number, consumer)| Routes::new(cx, number, *consumer)).collect();
        let service = self.given.iter().find_map(|w| w.service);
        let mut parts = Parts {
            timers: Timers::default(),
            controllers: Controllers::new(cx, self.settings.latencies),
            endpoints: Endpoints::new(cx, &self.settings.latencies),
            client: load.map(|load| Client::new(cx, load, &consumers)),
            consumers,
            local: service
                .map_or(Local::default(), |s| Local { external: s.external_local, internal: s.internal_local }),
            pods_exhausted: false,
        };
        for workload in self.given.drain(..).take(crate::base::limits::WORKLOADS) {
            parts.controllers.add(cx, &mut parts.timers, workload);
        }
        if let Some(client) = &mut parts.client {
            client.plan(cx, &mut parts.timers);
        }
        self.parts = Some(parts);
    }

    /// `kubectl scale`: does nothing if there is no such workload, or it is deleted.
    pub fn scale<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        _kernel: &mut Kernel,
        _node: &mut N,
        name: &str,
        replicas: u32,
    ) {
        self.with_workload(name, |p, id| p.controllers.scale(cx, &mut p.timers, id, replicas));
    }

    /// `kubectl delete` of a workload: its pods follow, each with its own grace; the options act on the workload's object
    /// only. A bare pod is deleted with the options.
    pub fn delete_workload<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        node: &mut N,
        name: &str,
        request: &DeleteRequest,
    ) {
        self.with_workload(name, |p, id| {
            let bare = p.controllers.get(id).filter(|w| w.given.kind == Kind::Pod);
            match bare.and_then(|w| w.pods.first()).map(|kept| kept.pod) {
                Some(pod) => node.delete_pod(cx, kernel, pod, request),
                None => p.controllers.delete(cx, &mut p.timers, id),
            }
        });
    }

    /// `kubectl apply` of a workload that is there: its strategy, its replicas if the manifest says so, and its pod template,
    /// which starts a rolling update if it is a new one.
    pub fn apply(&mut self, cx: &mut Cx, plan: &WorkloadPlan<P>, replicas: Option<u32>, new_template: bool) {
        self.with_workload(&plan.name, |p, id| {
            let Some(w) = p.controllers.get_mut(id) else { return };
            w.given.kind = plan.kind;
            w.given.deletion_cost = plan.deletion_cost;
            if let Some(replicas) = replicas.filter(|n| *n != w.wanted) {
                p.controllers.scale(cx, &mut p.timers, id, replicas);
            }
            if new_template && let Some(w) = p.controllers.get_mut(id) {
                w.given.plan = plan.plan.clone();
                p.controllers.update(cx, &mut p.timers, id);
            }
        });
    }

    /// `kubectl apply` with a changed pod template, or `kubectl rollout restart` without a new plan.
    pub fn update<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        _kernel: &mut Kernel,
        _node: &mut N,
        name: &str,
        plan: Option<Arc<P>>,
    ) {
        self.with_workload(name, |p, id| {
            if let Some(w) = p.controllers.get_mut(id) {
                let plan = plan.unwrap_or_else(|| w.given.plan.clone());
                let before = std::mem::replace(&mut w.given.plan, plan);
                w.old.push((w.revision, w.hash.clone(), before));
            }
            p.controllers.update(cx, &mut p.timers, id);
        });
    }

    /// `kubectl annotate pod` with another deletion cost.
    pub fn set_deletion_cost(&mut self, pod: PodId, cost: i32) {
        let Some(parts) = &mut self.parts else { return };
        let owner = parts.controllers.owners.get(&pod).copied();
        let workload = owner.and_then(|id| parts.controllers.get_mut(id));
        if let Some(kept) = workload.and_then(|w| w.pods.iter_mut().find(|k| k.pod == pod)) {
            kept.cost = cost;
        }
    }

    fn with_workload(&mut self, name: &str, act: impl FnOnce(&mut Parts<P>, WorkloadId)) {
        if let Some(parts) = &mut self.parts
            && let Some(id) = parts.controllers.by_name(name)
        {
            act(parts, id);
        }
    }

    /// A timer of the cluster went off (`Stimulus::Cluster`).
    pub fn timer<N: Node<Plan = P>>(&mut self, cx: &mut Cx, kernel: &mut Kernel, node: &mut N, number: u32) {
        let Some(parts) = &mut self.parts else { return };
        let Some(planned) = parts.timers.take(number) else { return };
        match planned {
            Planned::Arrival => {
                let Parts { client, endpoints, consumers, timers, local, .. } = parts;
                if let Some(client) = client {
                    client.arrive(cx, timers, &mut Path { kernel, endpoints, consumers, local: *local });
                }
            }
            Planned::SliceSync => {
                let changes = parts.endpoints.sync(cx);
                for consumer in parts.consumers.iter_mut().filter(|_| !changes.is_empty()) {
                    consumer.slice_changed(cx, &mut parts.timers, &changes);
                }
            }
            Planned::Heard { consumer, changes } => {
                if let Some(routes) = parts.consumers.get_mut(consumer) {
                    routes.hear(cx, &mut parts.timers, &changes);
                }
            }
            Planned::Rewrite { consumer } => {
                if let Some(routes) = parts.consumers.get_mut(consumer) {
                    routes.rewrite(cx, &mut parts.timers);
                }
            }
            Planned::Rewritten { consumer, changes } => {
                if let Some(routes) = parts.consumers.get_mut(consumer) {
                    routes.rewritten(cx, &mut parts.timers, &changes);
                }
            }
            Planned::Lagged { consumer, change } => {
                if let Some(routes) = parts.consumers.get_mut(consumer) {
                    routes.apply(cx, &mut parts.timers, &[change]);
                    if change.gated && routes.finds_healthy(change.pod) {
                        node.open_gate(cx, change.pod);
                    }
                }
            }
            Planned::Check { consumer, pod } => {
                parts.check(cx, kernel, consumer, pod);
                if parts.consumers.get(consumer).is_some_and(|c| c.finds_healthy(pod)) {
                    node.open_gate(cx, pod);
                }
            }
            Planned::CheckFailed { consumer, pod } => parts.checked(cx, kernel, consumer, pod, false),
            Planned::Deregistered { consumer, pod } => parts.deregistered(cx, kernel, consumer, pod),
            Planned::Reconcile(id) => parts.controllers.reconcile(cx, &mut parts.timers, id),
            Planned::CreatePod { workload, ordinal } => {
                let port = self.settings.load.map_or(80, |l| l.port);
                parts.create_pod(cx, kernel, node, workload, ordinal, port);
            }
            Planned::NetworkGone(pod) => parts.endpoints.network_gone(cx, pod),
            Planned::Evict(wish) => self.try_again(cx, kernel, node, wish),
            Planned::DeletePod { pod, .. } => {
                if cx.seen().pod(pod).is_some_and(|p| p.removed.is_none()) {
                    node.delete_pod(cx, kernel, pod, &DeleteRequest::CONTROLLER);
                }
            }
        }
    }

    /// The time of a request has come (`Stimulus::Served`).
    pub fn served(&mut self, cx: &mut Cx, kernel: &mut Kernel, request: RequestId) {
        let Some(Parts { client: Some(client), endpoints, consumers, local, .. }) = &mut self.parts else { return };
        client.due(cx, &mut Path { kernel, endpoints, consumers, local: *local }, request);
    }

    /// Has the client sent its last request, and has each ended?
    pub fn is_idle(&self, cx: &Cx) -> bool {
        let client = self.parts.as_ref().and_then(|p| p.client.as_ref());
        client.is_none_or(|c| c.is_done()) && cx.seen().totals.open() == 0
    }

    /// Looks at new events, called after every stimulus until none is new.
    pub fn react<N: Node<Plan = P>>(&mut self, cx: &mut Cx, kernel: &mut Kernel, _node: &mut N, new: Range<EventId>) {
        let Some(parts) = &mut self.parts else { return };
        for number in new.start.0..new.end.0 {
            let id = EventId(number);
            let Some(notice) = cx.trace().get(id).and_then(|e| notice(&e.kind)) else { continue };
            let before = cx.set_cause(Some(id));
            parts.notice(cx, kernel, id, notice);
            cx.set_cause(before);
        }
        if let Parts { client: Some(client), endpoints, consumers, local, .. } = parts {
            client.orphaned(cx, &mut Path { kernel, endpoints, consumers, local: *local });
        }
    }
}

fn notice(kind: &EventKind) -> Option<Notice> {
    match kind {
        EventKind::Pod(pod, what) => match what {
            OnPod::ContainersReady
            | OnPod::Ready(_)
            | OnPod::Phase(_)
            | OnPod::DeleteRequested { .. }
            | OnPod::SandboxStopped
            | OnPod::Removed => Some(Notice::Pod(*pod, what.clone())),
            _ => None,
        },
        EventKind::Task(task, OnTask::Died(_)) => Some(Notice::Died(*task)),
        EventKind::Task(task, OnTask::Socket { state, .. }) if *state != SocketState::Accepting => {
            Some(Notice::Stops(*task))
        }
        EventKind::Request(request, OnRequest::Accepted(task)) => Some(Notice::Accepted(*request, *task)),
        _ => None,
    }
}

impl<P> Parts<P> {
    fn notice(&mut self, cx: &mut Cx, kernel: &mut Kernel, by: EventId, notice: Notice) {
        let Parts { timers, controllers, endpoints, consumers, client, local, .. } = self;
        match notice {
            Notice::Pod(pod, OnPod::SandboxStopped) => endpoints.sandbox_stopped(cx, timers, pod),
            Notice::Pod(pod, OnPod::ContainersReady) => {
                consumers.iter_mut().for_each(|c| c.asks_for_gate(cx, timers, pod, by));
            }
            Notice::Pod(pod, what) => {
                endpoints.pod_changed(cx, timers, pod, by);
                controllers.pod_changed(cx, timers, pod, &what);
            }
            Notice::Died(task) => {
                if let Some(client) = client {
                    client.closes_idle(cx, task, by);
                    client.task_died(cx, &mut Path { kernel, endpoints, consumers, local: *local }, task);
                }
            }
            Notice::Stops(task) => {
                let stays = kernel.serving(task).closing == Closing::WhenIdle;
                if let Some(client) = client.as_mut().filter(|_| !stays) {
                    client.closes_idle(cx, task, by);
                }
            }
            Notice::Accepted(request, task) => {
                if let Some(client) = client {
                    client.accepted(cx, request, task, by);
                }
            }
        }
    }

    /// A load balancer asks a target whether it is healthy. Whoever does not answer is known to have failed only when the
    /// patience for the check is over; a refused connection is known at once.
    fn check(&mut self, cx: &mut Cx, kernel: &mut Kernel, consumer: usize, pod: PodId) {
        let Parts { timers, endpoints, consumers, .. } = self;
        let Some(group) = consumers.get(consumer).and_then(|c| c.check(pod)) else { return };
        let Some(member) = endpoints.member(pod) else { return };
        timers.at(cx, cx.now() + group.interval, Planned::Check { consumer, pod });
        let listens = kernel.listens(member.net, member.port);
        let answers = if group.http { kernel.accepts(member.net, member.port) } else { listens };
        if member.network_gone.is_some() || listens && !answers {
            timers.at(cx, cx.now() + group.timeout, Planned::CheckFailed { consumer, pod });
        } else {
            self.checked(cx, kernel, consumer, pod, answers);
        }
    }

    fn checked(&mut self, cx: &mut Cx, kernel: &mut Kernel, consumer: usize, pod: PodId, passed: bool) {
        let Parts { endpoints, consumers, client, local, .. } = self;
        let Some(routes) = consumers.get_mut(consumer) else { return };
        let resets = routes.checked(cx, pod, passed) && routes.check(pod).is_some_and(|g| g.resets_unhealthy);
        if let Some(client) = client.as_mut().filter(|_| resets) {
            let path = &mut Path { kernel, endpoints, consumers, local: *local };
            client.ends_at(cx, path, consumer, pod, Outcome::Reset);
        }
    }

    /// What is still in flight at a target when its delay is over is cut off.
    fn deregistered(&mut self, cx: &mut Cx, kernel: &mut Kernel, consumer: usize, pod: PodId) {
        let Parts { endpoints, consumers, client, local, .. } = self;
        // It was registered again in the meantime.
        if consumers.get(consumer).is_some_and(|c| c.check(pod).is_some()) {
            return;
        }
        let what = OnEndpoint::Deregistered { consumer: u8::try_from(consumer).unwrap_or(u8::MAX) };
        let event = cx.emit(RuleId::EndpointDeregistered, EventKind::Endpoint(pod, what));
        if let Some(client) = client {
            let path = &mut Path { kernel, endpoints, consumers, local: *local };
            cx.because(event, |cx| client.ends_at(cx, path, consumer, pod, Outcome::Cut));
        }
    }

    /// A controller's call to create a pod arrives at the API server.
    fn create_pod<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        node: &mut N,
        id: WorkloadId,
        ordinal: u32,
        port: u16,
    ) {
        let uid = self.controllers.uids.next_u64();
        let Some(w) = self.controllers.get_mut(id) else { return };
        let revision = w.revision_of(ordinal);
        w.creating.retain(|o| *o != ordinal);
        w.creating_old.remove(&ordinal);
        if w.deleted {
            return;
        }
        if cx.seen().pods.len() >= usize::try_from(cx.limits().pods).unwrap_or(usize::MAX) {
            if !self.pods_exhausted {
                self.pods_exhausted = true;
                cx.emit(RuleId::LimitReached, EventKind::Budget(Exhausted::Pods));
            }
            return;
        }
        let (name, owner) = w.name_pod(ordinal, revision);
        let of_old = w.old.iter().find(|(r, ..)| *r == revision).map(|(_, _, plan)| plan.clone());
        let (plan, service) = (of_old.unwrap_or_else(|| w.given.plan.clone()), w.given.service);
        let cost = w.given.deletion_cost;
        let pod = node.add_pod(cx, kernel, &plan, name, owner);
        w.pods.push(Kept { pod, ordinal, revision, uid, ready_since: None, going: false, cost });
        self.controllers.owners.insert(pod, id);
        if let Some(service) = service {
            let (net, port) = (node.net(pod), service.port.unwrap_or(port));
            let publish_not_ready = service.publish_not_ready;
            self.endpoints.add(pod, Member { net, port, publish_not_ready, network_gone: None });
        }
    }
}
