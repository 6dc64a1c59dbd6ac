//! The Eviction API, disruption budgets, and kubectl drain, which asks for many evictions.
//!
//! Follows kubernetes pkg/registry/core/pod/storage/eviction.go (`Create`, `canIgnorePDB`, `checkAndDecrement`),
//! pkg/controller/disruption/disruption.go (`getExpectedPodCount`, `countHealthyPods`), kubectl pkg/drain/drain.go. The
//! budget's status is worked out at the moment of the question; the real one is written by a controller some ms later.

use super::controllers::Controllers;
use super::node::Node;
use super::settings::{Budget, Room};
use super::timers::Planned;
use super::workload::Kind;
use super::{Cluster, Parts};
use crate::base::Text;
use crate::base::id::PodId;
use crate::base::time::{SimDuration, SimTime};
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::kubelet::DeleteRequest;
use crate::rules::RuleId;
use crate::trace::{DeleteFrom, EventKind, OnPod, PodPhase};

/// kubectl drain tries again so long after a 429 (drain.go `evictPods`).
const RETRY: SimDuration = SimDuration::from_secs(5);

/// What the Eviction API says when the budget has no room.
const NO_ROOM: &str = "Cannot evict pod as it would violate the pod's disruption budget.";
/// And when it does not know which budget counts.
const TOO_MANY: &str =
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";

/// How kubectl drain is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drain {
    /// `--grace-period`; each pod's own if not said.
    pub grace: Option<i64>,
    /// `--force`: pods without a controller go, too.
    pub force: bool,
    /// `--disable-eviction`: delete, without asking budgets.
    pub delete: bool,
    /// `--timeout`.
    pub timeout: Option<SimDuration>,
}

/// One eviction that is asked for, and asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub pod: PodId,
    pub grace: Option<i64>,
    /// Tries after a 429 end here; none: one try only.
    pub until: Option<SimTime>,
}

/// Does the Eviction API let this pod go? If not, its words.
fn verdict<P>(cx: &Cx, controllers: &Controllers<P>, budgets: &[Budget], pod: PodId) -> Result<(), &'static str> {
    let Some(seen) = cx.seen().pod(pod) else { return Ok(()) };
    if seen.phase != PodPhase::Running || seen.deleted.is_some() {
        return Ok(());
    }
    let workload = controllers.owners.get(&pod).and_then(|id| controllers.get(*id)).map(|w| w.given.name.clone());
    let mine: Vec<&Budget> =
        budgets.iter().filter(|b| workload.as_ref().is_some_and(|w| b.workloads.contains(w))).collect();
    let budget = match mine.as_slice() {
        [] => return Ok(()),
        [one] => *one,
        [_, _, ..] => return Err(TOO_MANY),
    };
    let (healthy, desired) = health(cx, controllers, budget);
    if !seen.ready && (budget.always_allow_unhealthy || (healthy >= desired && desired > 0)) {
        return Ok(());
    }
    if healthy > desired { Ok(()) } else { Err(NO_ROOM) }
}

/// Healthy pods of a budget, and how many there have to be.
fn health<P>(cx: &Cx, controllers: &Controllers<P>, budget: &Budget) -> (u32, u32) {
    let selected = controllers.workloads.iter().filter(|w| budget.workloads.contains(&w.given.name));
    let (mut healthy, mut expected) = (0_u32, 0_u32);
    for workload in selected {
        expected = expected.saturating_add(workload.wanted);
        for kept in &workload.pods {
            let well = cx.seen().pod(kept.pod).is_some_and(|p| p.ready && p.deleted.is_none() && p.removed.is_none());
            healthy = healthy.saturating_add(u32::from(well));
        }
    }
    let desired = match budget.room {
        Room::MinAvailable(share) => share.rounded_up(expected),
        Room::MaxUnavailable(share) => expected.saturating_sub(share.rounded_up(expected)),
    };
    (healthy, desired)
}

impl<P> Cluster<P> {
    /// The Eviction API is asked to delete a pod, once.
    pub fn evict<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        node: &mut N,
        pod: PodId,
        grace: Option<i64>,
    ) {
        let budgets = self.settings.budgets.clone();
        if let Some(parts) = &mut self.parts {
            parts.evict(cx, kernel, node, &budgets, Wish { pod, grace, until: None });
        }
    }

    /// kubectl drain, after the node was cordoned: `pods` are on it.
    pub fn drain<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        node: &mut N,
        pods: &[PodId],
        drain: &Drain,
    ) {
        let budgets = self.settings.budgets.clone();
        let Some(parts) = &mut self.parts else { return };
        let kind = |pod: &PodId| {
            parts.controllers.owners.get(pod).and_then(|id| parts.controllers.get(*id)).map(|w| w.given.kind)
        };
        let bare: Vec<PodId> = pods.iter().copied().filter(|p| matches!(kind(p), None | Some(Kind::Pod))).collect();
        if !bare.is_empty() && !drain.force {
            for pod in bare {
                let name = cx.seen().pod(pod).map_or_else(|| Text::from(""), |p| p.name.clone());
                let words = format!(
                    "error: unable to drain node: cannot delete Pods that declare no controller (use --force to \
                     override): default/{name}"
                );
                let refused = OnPod::DeleteRefused(words.as_str().into());
                cx.emit(RuleId::ApiDrain, EventKind::Pod(pod, refused));
            }
            return;
        }
        let until = drain.timeout.map_or(SimTime::from_micros(u64::MAX), |t| cx.now() + t);
        let going: Vec<PodId> = pods.iter().copied().filter(|p| kind(p) != Some(Kind::DaemonSet)).collect();
        for pod in going {
            if drain.delete {
                let request = DeleteRequest { grace: drain.grace, ..DeleteRequest::CONTROLLER };
                node.delete_pod(cx, kernel, pod, &request);
            } else {
                let wish = Wish { pod, grace: drain.grace, until: Some(until) };
                parts.evict(cx, kernel, node, &budgets, wish);
            }
        }
    }

    /// The time has come to try an eviction again.
    pub(super) fn try_again<N: Node<Plan = P>>(&mut self, cx: &mut Cx, kernel: &mut Kernel, node: &mut N, wish: Wish) {
        let budgets = self.settings.budgets.clone();
        if let Some(parts) = &mut self.parts {
            parts.evict(cx, kernel, node, &budgets, wish);
        }
    }
}

impl<P> Parts<P> {
    fn evict<N: Node<Plan = P>>(
        &mut self,
        cx: &mut Cx,
        kernel: &mut Kernel,
        node: &mut N,
        budgets: &[Budget],
        wish: Wish,
    ) {
        if cx.seen().pod(wish.pod).is_none_or(|p| p.removed.is_some()) {
            return;
        }
        match verdict(cx, &self.controllers, budgets, wish.pod) {
            Ok(()) => {
                let request =
                    DeleteRequest { grace: wish.grace, from: DeleteFrom::Eviction, ..DeleteRequest::CONTROLLER };
                node.delete_pod(cx, kernel, wish.pod, &request);
            }
            Err(words) => {
                let refused = EventKind::Pod(wish.pod, OnPod::EvictionRefused(words.into()));
                let event = cx.emit(RuleId::ApiEviction, refused);
                let again = cx.now() + RETRY;
                if words == NO_ROOM && wish.until.is_some_and(|until| again <= until) {
                    cx.because(event, |cx| self.timers.at(cx, again, Planned::Evict(wish)));
                }
            }
        }
    }
}
