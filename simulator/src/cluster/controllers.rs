//! The controllers: they compare what is wanted with what is there, and create and delete pods.
//!
//! Follows kubernetes pkg/controller (replicaset, statefulset, garbagecollector). Rolling updates are in `rolling`, Jobs in `job`. Not
//! here: owner references, rate limits of controllers.

use std::collections::BTreeMap;

use crate::base::id::{EventId, PodId, WorkloadId};
use crate::base::rng::Rng;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::scale_down;
use crate::cluster::settings::Latencies;
use crate::cluster::timers::{Planned, Timers};
use crate::cluster::workload::{Kept, Kind, Workload, WorkloadPlan, is_active};
use crate::cx::Cx;
use crate::rules::RuleId;
use crate::trace::{Choice, EventKind, NewWorkload, OnPod, OnWorkload, PodPhase};

/// Most pods that one look creates or deletes (pkg/controller/replicaset/replica_set.go `BurstReplicas`).
const BURST: usize = 500;

/// All workloads and what their controllers plan.
#[derive(Clone, Debug)]
pub(super) struct Controllers<P> {
    pub workloads: Vec<Workload<P>>,
    pub owners: BTreeMap<PodId, WorkloadId>,
    pub latencies: Latencies,
    pub rng: Rng,
    pub uids: Rng,
    writes: Writes,
}

/// Writes asked for at one moment.
#[derive(Clone, Copy, Debug, Default)]
struct Writes {
    asked: SimTime,
    /// When the last of them is done; none has been asked for yet.
    last: Option<SimTime>,
    gap: SimDuration,
}

impl<P> Controllers<P> {
    pub(super) fn new(cx: &Cx, latencies: Latencies) -> Self {
        let (rng, uids) = (cx.rng("cluster/controllers"), cx.rng("cluster/uids"));
        Controllers { workloads: Vec::new(), owners: BTreeMap::new(), latencies, rng, uids, writes: Writes::default() }
    }

    /// Creates a workload's object; its pods follow.
    pub(super) fn add(&mut self, cx: &mut Cx, timers: &mut Timers, given: WorkloadPlan<P>) {
        let id = WorkloadId::from_index(self.workloads.len());
        let kind = given.kind.name().into();
        let new = NewWorkload { kind, name: given.name.clone(), replicas: given.replicas };
        let created = OnWorkload::Created(Box::new(new));
        let event = cx.emit(RuleId::WorkloadCreated, EventKind::Workload(id, created));
        if let Kind::Job { deadline: Some(deadline), .. } = given.kind {
            timers.at(cx, cx.now() + deadline, Planned::Reconcile(id));
        }
        self.workloads.push(Workload::new(cx, id, given));
        cx.because(event, |cx| self.plan(cx, timers, id));
    }

    pub(super) fn by_name(&self, name: &str) -> Option<WorkloadId> {
        self.workloads.iter().find(|w| *w.given.name == *name).map(|w| w.id)
    }

    pub(super) fn get(&self, id: WorkloadId) -> Option<&Workload<P>> {
        self.workloads.get(id.index())
    }

    pub(super) fn get_mut(&mut self, id: WorkloadId) -> Option<&mut Workload<P>> {
        self.workloads.get_mut(id.index())
    }

    /// Plans a look at a workload, unless one is planned.
    pub(super) fn plan(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let delay = self.latencies.controller.draw(&mut self.rng);
        self.plan_after(cx, timers, id, delay);
    }

    pub(super) fn plan_after(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, delay: SimDuration) {
        if let Some(w) = self.get_mut(id).filter(|w| !w.planned) {
            w.planned = true;
            timers.at(cx, cx.now() + delay, Planned::Reconcile(id));
        }
    }

    /// `spec.replicas` has a new value.
    pub(super) fn scale(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, replicas: u32) {
        let Some(w) = self.get_mut(id) else { return };
        if w.wanted != replicas {
            w.scaled_from.get_or_insert(w.wanted);
        }
        w.wanted = replicas;
        let is_deployment = matches!(w.given.kind, Kind::Deployment { .. });
        let event = cx.emit(RuleId::WorkloadScaled, EventKind::Workload(id, OnWorkload::Scaled(replicas)));
        // A Deployment's controller writes the number into its ReplicaSet, whose controller then acts.
        let detour = if is_deployment {
            self.latencies.controller.draw(&mut self.rng) + self.latencies.write.draw(&mut self.rng)
        } else {
            SimDuration::ZERO
        };
        let delay = detour + self.latencies.controller.draw(&mut self.rng);
        cx.because(event, |cx| self.plan_after(cx, timers, id, delay));
    }

    /// The workload's object is deleted; the garbage collector deletes its pods, all at once.
    pub(super) fn delete(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let Some(w) = self.get_mut(id).filter(|w| !w.deleted) else { return };
        w.deleted = true;
        let event = cx.emit(RuleId::WorkloadDeleted, EventKind::Workload(id, OnWorkload::Deleted));
        cx.because(event, |cx| self.plan(cx, timers, id));
    }

    /// A pod changed: its controller will look.
    pub(super) fn pod_changed(&mut self, cx: &mut Cx, timers: &mut Timers, pod: PodId, what: &OnPod) {
        let Some(id) = self.owners.get(&pod).copied() else { return };
        let now = cx.now();
        let Some(w) = self.get_mut(id) else { return };
        let Some(kept) = w.pods.iter_mut().find(|k| k.pod == pod) else { return };
        match what {
            OnPod::Ready(ready) => kept.ready_since = ready.then_some(now),
            OnPod::Phase(PodPhase::Succeeded) if !kept.going => w.succeeded = w.succeeded.saturating_add(1),
            OnPod::Phase(PodPhase::Failed) if !kept.going => w.pod_failed(now),
            OnPod::Removed => w.pods.retain(|k| k.pod != pod),
            _ => {}
        }
        let min_ready = w.min_ready();
        if matches!(what, OnPod::Ready(true)) && min_ready > SimDuration::ZERO {
            timers.at(cx, now + min_ready, Planned::Reconcile(id));
        }
        self.plan(cx, timers, id);
    }

    /// A controller looks at its workload and acts.
    pub(super) fn reconcile(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let Some(w) = self.get_mut(id) else { return };
        w.planned = false;
        if w.deleted {
            self.remove_all(cx, timers, id, RuleId::WorkloadDeleted, Choice::All);
            return;
        }
        match w.given.kind {
            Kind::Pod => {
                if w.next_ordinal == 0 {
                    self.create(cx, timers, id, 1);
                }
            }
            Kind::Deployment { strategy, .. } => self.deployment(cx, timers, id, strategy),
            Kind::ReplicaSet => self.replicas(cx, timers, id),
            Kind::DaemonSet => self.daemon_set(cx, timers, id),
            Kind::StatefulSet { parallel, .. } => self.stateful_set(cx, timers, id, parallel),
            Kind::Job { .. } => self.job(cx, timers, id),
        }
    }

    /// As many pods as wanted, whichever (`manageReplicas`).
    pub(super) fn replicas(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let Some(w) = self.get(id) else { return };
        let wanted = usize::try_from(w.wanted).unwrap_or(usize::MAX);
        let active = w.active(cx);
        let have = active.len() + w.creating.len();
        if have < wanted {
            self.create(cx, timers, id, (wanted - have).min(BURST));
        }
        let surplus = have.saturating_sub(wanted).min(BURST);
        for (kept, choice) in scale_down::choose(cx, active.clone(), &active, surplus) {
            self.remove(cx, timers, id, kept.pod, RuleId::WorkloadScaleDown, choice);
        }
    }

    /// The one pod of the one node: a new one comes when the old one is gone (`daemon_controller.go` podsShouldBeOnNode), and an
    /// update takes the old one away first (`update.go`, maxUnavailable 1).
    fn daemon_set(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let Some(w) = self.get(id) else { return };
        let old = w.active(cx).into_iter().find(|k| k.revision != w.revision);
        if w.pods.is_empty() && w.creating.is_empty() {
            self.create(cx, timers, id, 1);
        } else if let Some(kept) = old {
            self.remove(cx, timers, id, kept.pod, RuleId::WorkloadRollingUpdate, Choice::OldTemplate);
        }
    }

    pub(super) fn remove_all(
        &mut self,
        cx: &mut Cx,
        timers: &mut Timers,
        id: WorkloadId,
        rule: RuleId,
        choice: Choice,
    ) {
        let active = self.get(id).map(|w| w.active(cx)).unwrap_or_default();
        for kept in active {
            self.remove(cx, timers, id, kept.pod, rule, choice);
        }
    }

    fn stateful_set(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, parallel: bool) {
        let Some(w) = self.get(id) else { return };
        let (wanted, revision) = (w.wanted, w.revision);
        let pods = w.pods.clone();
        for ordinal in 0..wanted {
            match pods.iter().find(|k| k.ordinal == ordinal) {
                None if self.get(id).is_some_and(|w| w.creating.contains(&ordinal)) => {
                    if !parallel {
                        return;
                    }
                }
                None => {
                    self.create_ordinal(cx, timers, id, ordinal);
                    if !parallel {
                        return;
                    }
                }
                Some(kept) if !parallel && !self.get(id).is_some_and(|w| w.is_up(cx, kept)) => {
                    self.wait_for(cx, id, kept.pod);
                    return;
                }
                Some(_) => {}
            }
        }
        let mut rest: Vec<Kept> = pods.iter().filter(|k| k.ordinal >= wanted).copied().collect();
        rest.sort_by_key(|k| std::cmp::Reverse(k.ordinal));
        for kept in rest {
            if is_active(cx, &kept) {
                self.remove(cx, timers, id, kept.pod, RuleId::WorkloadOrdinal, Choice::Ordinal);
            }
            if !parallel {
                self.wait_for(cx, id, kept.pod);
                return;
            }
        }
        // An update goes from the highest ordinal down, one at a time, each ready before the next.
        let mut all = pods;
        all.sort_by_key(|k| std::cmp::Reverse(k.ordinal));
        for kept in all.iter().filter(|k| k.ordinal < wanted) {
            if !self.get(id).is_some_and(|w| w.is_up(cx, kept)) {
                return;
            }
            if kept.revision != revision {
                self.remove(cx, timers, id, kept.pod, RuleId::WorkloadRollingUpdate, Choice::OldTemplate);
                return;
            }
        }
    }

    /// Records once that nothing goes on until this pod is ready or gone.
    fn wait_for(&mut self, cx: &mut Cx, id: WorkloadId, pod: PodId) {
        if let Some(w) = self.get_mut(id).filter(|w| w.waits_for != Some(pod)) {
            w.waits_for = Some(pod);
            cx.emit(RuleId::WorkloadOrdinal, EventKind::Workload(id, OnWorkload::WaitsFor(pod)));
        }
    }

    /// When a write that is asked for now is done.
    fn write(&mut self, cx: &Cx) -> SimTime {
        let now = cx.now();
        let at = match self.writes.last.filter(|_| self.writes.asked == now) {
            Some(last) => last + self.writes.gap,
            None => {
                self.writes.gap = self.latencies.next_write.draw(&mut self.rng);
                now + self.latencies.write.draw(&mut self.rng)
            }
        };
        self.writes = Writes { asked: now, last: Some(at), ..self.writes };
        at
    }

    /// Plans the creation of so many pods: 1, then 2, then 4 at a time, each batch after the one before, so that a template
    /// that the API server refuses is not sent a hundred times (`slowStartBatch`).
    pub(super) fn create(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, count: usize) {
        for n in 0..count.min(usize::try_from(cx.limits().pods).unwrap_or(usize::MAX)) {
            let Some(w) = self.get_mut(id) else { return };
            let ordinal = w.next_ordinal;
            // The numbers 1, 3, 7, ... begin a batch, which waits for the answers to the one before.
            if n > 0 && (n + 1).is_power_of_two() {
                self.writes.last = self.writes.last.map(|at| at + self.latencies.write.draw(&mut self.rng));
            }
            self.create_ordinal(cx, timers, id, ordinal);
        }
    }

    /// Plans the creation of one pod of this revision.
    pub(super) fn create_of(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, revision: u32) {
        let Some(w) = self.get_mut(id) else { return };
        let ordinal = w.next_ordinal;
        if revision != w.revision {
            w.creating_old.insert(ordinal, revision);
        }
        self.create_ordinal(cx, timers, id, ordinal);
    }

    fn create_ordinal(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, ordinal: u32) {
        let at = self.write(cx);
        let Some(w) = self.get_mut(id) else { return };
        w.next_ordinal = w.next_ordinal.max(ordinal.saturating_add(1));
        w.creating.push(ordinal);
        timers.at(cx, at, Planned::CreatePod { workload: id, ordinal });
    }

    /// Decides that a pod goes; the call to the API server arrives a little later.
    pub(super) fn remove(
        &mut self,
        cx: &mut Cx,
        timers: &mut Timers,
        id: WorkloadId,
        pod: PodId,
        rule: RuleId,
        choice: Choice,
    ) -> Option<EventId> {
        let at = self.write(cx);
        let w = self.get_mut(id)?;
        w.pods.iter_mut().find(|k| k.pod == pod)?.going = true;
        let event = cx.emit(rule, EventKind::Workload(id, OnWorkload::Removes { pod, choice }));
        cx.because(event, |cx| timers.at(cx, at, Planned::DeletePod { workload: id, pod, choice }));
        Some(event)
    }
}
