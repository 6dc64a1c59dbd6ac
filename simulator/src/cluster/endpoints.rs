//! The EndpointSlice controller: what the API server lists of each pod.
//!
//! Follows kubernetes pkg/controller/endpointslice (utils.go podToEndpoint, reconciler.go): a pod is listed once it runs, and
//! until its phase is final or its object is gone. Not here: who reads the list (`routes`), batching of updates (off by
//! default), more than one slice.

use std::collections::BTreeMap;

use crate::base::id::{EventId, PodId};
use crate::base::rng::Rng;
use crate::base::time::SimDuration;
use crate::cluster::settings::{Latencies, Spread};
use crate::cluster::timers::{Change, Planned, Timers};
use crate::cx::Cx;
use crate::kernel::NetId;
use crate::rules::RuleId;
use crate::trace::{Conditions, EventKind, OnEndpoint, OnPod, PodPhase};

/// A pod that a Service selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub net: NetId,
    pub port: u16,
    /// `publishNotReadyAddresses`.
    pub publish_not_ready: bool,
    /// The event that took its network away.
    pub network_gone: Option<EventId>,
}

/// The controller.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    /// By pod: every request looks here.
    members: Vec<Option<Member>>,
    /// Pods that changed since the last look, with the last change.
    changed: BTreeMap<PodId, EventId>,
    latency: Spread,
    network: Spread,
    /// The part of it that all pods of this run share.
    common: SimDuration,
    rng: Rng,
}

impl Endpoints {
    pub(super) fn new(cx: &Cx, latencies: &Latencies) -> Self {
        let (latency, network) = (latencies.slice, latencies.network);
        let rng = cx.rng("cluster/endpoints");
        let common = network.draw(&mut cx.rng("cluster/network"));
        Endpoints { members: Vec::new(), changed: BTreeMap::new(), latency, network, common, rng }
    }

    pub(super) fn add(&mut self, pod: PodId, member: Member) {
        if self.members.len() <= pod.index() {
            self.members.resize(pod.index() + 1, None);
        }
        if let Some(place) = self.members.get_mut(pod.index()) {
            *place = Some(member);
        }
    }

    pub(super) fn member(&self, pod: PodId) -> Option<&Member> {
        self.members.get(pod.index())?.as_ref()
    }

    /// The pod's sandbox was stopped: its address goes too, when the network plugin has had its turn.
    pub(super) fn sandbox_stopped(&mut self, cx: &mut Cx, timers: &mut Timers, pod: PodId) {
        if self.member(pod).is_none() {
            return;
        }
        let own = self.network.draw(&mut self.rng);
        match SimDuration::from_micros((own + self.common).as_micros() / 2) {
            SimDuration::ZERO => self.network_gone(cx, pod),
            delay => timers.at(cx, cx.now() + delay, Planned::NetworkGone(pod)),
        }
    }

    /// The pod's interface is removed.
    pub(super) fn network_gone(&mut self, cx: &mut Cx, pod: PodId) {
        let member = self.members.get_mut(pod.index()).and_then(Option::as_mut);
        if let Some(member) = member.filter(|m| m.network_gone.is_none()) {
            let event = cx.emit(RuleId::RuntimeNetworkRemoved, EventKind::Pod(pod, OnPod::NetworkGone));
            member.network_gone = Some(event);
        }
    }

    /// A pod changed in a way that its endpoint may show.
    pub(super) fn pod_changed(&mut self, cx: &mut Cx, timers: &mut Timers, pod: PodId, by: EventId) {
        if self.member(pod).is_none() {
            return;
        }
        if self.changed.is_empty() {
            let at = cx.now() + self.latency.draw(&mut self.rng);
            timers.at(cx, at, Planned::SliceSync);
        }
        self.changed.insert(pod, by);
    }

    /// The controller looks at all pods that changed and writes what is different.
    pub(super) fn sync(&mut self, cx: &mut Cx) -> Vec<Change> {
        let mut changes = Vec::new();
        for (pod, by) in std::mem::take(&mut self.changed) {
            let conditions = self.conditions(cx, pod);
            let listed = cx.seen().endpoints.get(&pod).and_then(|e| e.slice);
            if conditions == listed {
                continue;
            }
            let (rule, what) = match conditions {
                Some(conditions) => (RuleId::EndpointSlice, OnEndpoint::Slice(conditions)),
                None => (RuleId::EndpointUnlisted, OnEndpoint::Unlisted),
            };
            let by = cx.because(by, |cx| cx.emit(rule, EventKind::Endpoint(pod, what)));
            changes.push(Change { pod, conditions, by, gated: false });
        }
        changes
    }

    fn conditions(&self, cx: &Cx, pod: PodId) -> Option<Conditions> {
        let member = self.member(pod)?;
        let state = cx.seen().pod(pod)?;
        if state.removed.is_some() || state.phase != PodPhase::Running {
            return None;
        }
        let (serving, terminating) = (state.ready, state.deleted.is_some());
        let ready = member.publish_not_ready || (serving && !terminating);
        Some(Conditions { ready, serving, terminating })
    }
}
