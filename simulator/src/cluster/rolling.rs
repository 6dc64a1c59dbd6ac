//! Rolling updates of a Deployment.
//!
//! Follows kubernetes pkg/controller/deployment/rolling.go (`reconcileNewReplicaSet`, `reconcileOldReplicaSets`) and
//! recreate.go: old ReplicaSets in order of creation, each choosing its pods like any other. Pods that are going do not count: with slow terminations there are more than replicas + surge.

use std::collections::BTreeMap;

use crate::base::id::WorkloadId;
use crate::cluster::controllers::Controllers;
use crate::cluster::scale_down;
use crate::cluster::timers::Timers;
use crate::cluster::workload::Kept;
use crate::cx::Cx;
use crate::pod::rolling::room;
use crate::pod::spec::Strategy;
use crate::rules::RuleId;
use crate::trace::{Choice, EventKind, OnWorkload};

impl<P> Controllers<P> {
    /// The pod template has changed.
    pub(super) fn update(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let Some(w) = self.get_mut(id) else { return };
        w.revision = w.revision.saturating_add(1);
        w.hash = super::names::template_hash(&mut w.names);
        let revision = w.revision;
        let event = cx.emit(RuleId::WorkloadRollingUpdate, EventKind::Workload(id, OnWorkload::Updated(revision)));
        cx.because(event, |cx| self.plan(cx, timers, id));
    }

    /// A Deployment: replicas of the newest template, and old pods on their way out.
    pub(super) fn deployment(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId, strategy: Strategy) {
        let before = self.get_mut(id).and_then(|w| w.scaled_from.take());
        if let (Some(before), Strategy::RollingUpdate { max_surge, max_unavailable }) = (before, strategy)
            && self.scale_proportionally(cx, timers, id, before, (max_surge, max_unavailable))
        {
            self.plan(cx, timers, id);
            return;
        }
        let Some(w) = self.get(id) else { return };
        let revision = w.revision;
        let old_left = w.pods.iter().any(|k| k.revision != revision);
        let (new, old): (Vec<Kept>, Vec<Kept>) = w.active(cx).into_iter().partition(|k| k.revision == revision);
        match strategy {
            Strategy::Recreate if old_left => {
                for kept in old {
                    self.remove(cx, timers, id, kept.pod, RuleId::WorkloadRollingUpdate, Choice::OldTemplate);
                }
            }
            Strategy::RollingUpdate { max_surge, max_unavailable } if !old.is_empty() => {
                let wanted = usize::try_from(w.wanted).unwrap_or(usize::MAX);
                let room = room(max_surge, max_unavailable, w.wanted);
                let surge = usize::try_from(room.surge).unwrap_or(usize::MAX);
                let unavailable = usize::try_from(room.unavailable).unwrap_or(usize::MAX);
                let coming = w.creating.len() - w.creating_old.len();
                let total = new.len() + old.len() + w.creating.len();
                let missing = wanted.saturating_sub(new.len() + coming);
                let grow = missing.min(wanted.saturating_add(surge).saturating_sub(total));
                let available = |pods: &[Kept]| pods.iter().filter(|k| w.is_available(cx, k)).count();
                let new_unavailable = new.len() + coming - available(&new);
                let least = wanted.saturating_sub(unavailable);
                let may_go = total.saturating_sub(least).saturating_sub(new_unavailable);
                let going =
                    choose_old(cx, old, &w.active(cx), may_go, available(&new), least, |k| w.is_available(cx, k));
                self.create(cx, timers, id, grow);
                for kept in going {
                    self.remove(cx, timers, id, kept.pod, RuleId::WorkloadRollingUpdate, Choice::OldTemplate);
                }
            }
            Strategy::Recreate | Strategy::RollingUpdate { .. } => self.replicas(cx, timers, id),
        }
    }
}

/// Which old pods go now: those that do not serve first, then available ones as long as enough stay.
fn choose_old(
    cx: &Cx,
    old: Vec<Kept>,
    related: &[Kept],
    may_go: usize,
    new_available: usize,
    least: usize,
    is_available: impl Fn(&Kept) -> bool,
) -> Vec<Kept> {
    let (serving, broken): (Vec<Kept>, Vec<Kept>) = old.into_iter().partition(is_available);
    let spare = (serving.len() + new_available).saturating_sub(least);
    let from_broken = broken.len().min(may_go);
    let from_serving = spare.min(may_go - from_broken);
    let mut going = of_oldest(cx, broken, related, from_broken);
    going.extend(of_oldest(cx, serving, related, from_serving));
    going
}

/// So many pods, the oldest template first, and of one template those that a scale-down takes first.
fn of_oldest(cx: &Cx, pods: Vec<Kept>, related: &[Kept], count: usize) -> Vec<Kept> {
    let mut by_revision: BTreeMap<u32, Vec<Kept>> = BTreeMap::new();
    for kept in pods {
        by_revision.entry(kept.revision).or_default().push(kept);
    }
    let mut chosen = Vec::new();
    for of_one in by_revision.into_values() {
        let left = count.saturating_sub(chosen.len()).min(of_one.len());
        chosen.extend(scale_down::choose(cx, of_one, related, left).into_iter().map(|(kept, _)| kept));
    }
    chosen
}
