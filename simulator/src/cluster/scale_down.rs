//! Which pods go first when there are too many.
//!
//! Follows kubernetes pkg/controller/controller_utils.go `ActivePodsWithRanks.Less` and `logarithmicRankDiff`, and
//! replica_set.go `getPodsRankedByRelatedPodsOnSameNode`. All pods have a node: assignment is left out.

use std::cmp::Ordering;

use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::cluster::workload::Kept;
use crate::cx::Cx;
use crate::trace::{Choice, PodPhase};

/// What is compared of one pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rank {
    pub kept: Kept,
    pub phase: PodPhase,
    pub restarts: u32,
    pub created: SimTime,
    /// Active pods of the same workload on its node.
    pub crowd: usize,
}

impl Rank {
    pub(super) fn of(cx: &Cx, kept: Kept, related: &[Kept]) -> Self {
        let node = |pod| cx.seen().pod(pod).map(|p| p.node);
        let pod = cx.seen().pod(kept.pod);
        Rank {
            crowd: related.iter().filter(|k| node(k.pod) == node(kept.pod)).count(),
            kept,
            phase: pod.map_or(PodPhase::Pending, |p| p.phase),
            restarts: restarts(cx, kept.pod),
            created: pod.map_or(SimTime::ZERO, |p| p.created),
        }
    }
}

/// Most restarts of a container of this pod.
pub(super) fn restarts(cx: &Cx, pod: PodId) -> u32 {
    let containers = cx.seen().pod(pod).map(|p| p.containers.as_slice()).unwrap_or_default();
    containers.iter().filter_map(|c| cx.seen().container(*c)).map(|c| c.restarts).max().unwrap_or(0)
}

/// The `surplus` pods that go first, each with what made it go before the first pod that stays. `related` are all active
/// pods of the same workload, of other templates too.
pub(super) fn choose(cx: &Cx, pods: Vec<Kept>, related: &[Kept], surplus: usize) -> Vec<(Kept, Choice)> {
    if surplus == 0 {
        return Vec::new();
    }
    let mut ranks: Vec<Rank> = pods.into_iter().map(|kept| Rank::of(cx, kept, related)).collect();
    ranks.sort_by(|a, b| compare(cx.now(), a, b).0);
    let stays = ranks.get(surplus).copied();
    let why = |rank: &Rank| stays.map_or(Choice::All, |stays| compare(cx.now(), rank, &stays).1);
    ranks.iter().take(surplus).map(|rank| (rank.kept, why(rank))).collect()
}

/// Which of two pods goes first, and the difference that decides.
///
/// One difference to Kubernetes, whose comparison is not transitive: there, pods that have been ready since different seconds
/// within the same power of two are told apart by their UIDs at once, here by restarts and age first.
fn compare(now: SimTime, a: &Rank, b: &Rank) -> (Ordering, Choice) {
    let running = |r: &Rank| r.phase == PodPhase::Running;
    let ready_age = |r: &Rank| r.kept.ready_since.map(|since| age(now, since));
    let steps = [
        (running(a).cmp(&running(b)), Choice::Phase),
        (ready_age(a).is_some().cmp(&ready_age(b).is_some()), Choice::NotReady),
        (a.kept.cost.cmp(&b.kept.cost), Choice::DeletionCost),
        (b.crowd.cmp(&a.crowd), Choice::Crowded),
        (ready_age(a).cmp(&ready_age(b)), Choice::ReadyForLess),
        (b.restarts.cmp(&a.restarts), Choice::Restarts),
        (age(now, a.created).cmp(&age(now, b.created)), Choice::Newer),
    ];
    let decides = steps.into_iter().find(|(order, _)| order.is_ne());
    decides.unwrap_or((a.kept.uid.cmp(&b.kept.uid), Choice::Uid))
}

/// Ages count by powers of two of nanoseconds; none if there is no age yet, which comes first.
fn age(now: SimTime, since: SimTime) -> Option<u32> {
    now.since(since).as_micros().saturating_mul(1_000).checked_ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(pod: u32, ready_s: Option<u64>, created_s: u64) -> Rank {
        let ready_since = ready_s.map(SimTime::from_secs);
        let kept =
            Kept { pod: PodId(pod), ordinal: 0, revision: 1, uid: u64::from(pod), ready_since, going: false, cost: 0 };
        Rank { kept, phase: PodPhase::Running, restarts: 0, created: SimTime::from_secs(created_s), crowd: 1 }
    }

    fn first(now_s: u64, a: Rank, b: Rank) -> (u32, Choice) {
        let (order, choice) = compare(SimTime::from_secs(now_s), &a, &b);
        (if order.is_lt() { a.kept.pod.0 } else { b.kept.pod.0 }, choice)
    }

    #[test]
    fn a_pending_pod_goes_before_a_running_one() {
        let pending = Rank { phase: PodPhase::Pending, ..rank(2, None, 0) };
        assert_eq!(first(100, rank(1, Some(5), 0), pending), (2, Choice::Phase));
    }

    #[test]
    fn a_pod_that_is_not_ready_goes_before_one_that_is() {
        assert_eq!(first(100, rank(1, Some(5), 0), rank(2, None, 0)), (2, Choice::NotReady));
    }

    #[test]
    fn a_lower_deletion_cost_goes_before_all_ages() {
        let mut cheap = rank(2, Some(5), 0);
        cheap.kept.cost = -1;
        assert_eq!(first(100, rank(1, Some(95), 90), cheap), (2, Choice::DeletionCost));
    }

    #[test]
    fn of_pods_with_the_same_cost_the_one_on_the_fuller_node_goes_even_if_ready_for_longer() {
        let crowded = Rank { crowd: 2, ..rank(2, Some(5), 0) };
        assert_eq!(first(100, rank(1, Some(95), 90), crowded), (2, Choice::Crowded));
    }

    #[test]
    fn of_ready_pods_the_one_that_is_ready_for_less_time_goes_by_powers_of_two() {
        // 2^36 ns are 68.7 s: 90 s and 60 s are apart, 90 s and 80 s are not.
        assert_eq!(first(100, rank(1, Some(10), 0), rank(2, Some(40), 0)), (2, Choice::ReadyForLess));
        assert_eq!(first(100, rank(1, Some(10), 0), rank(2, Some(20), 0)), (1, Choice::Uid));
    }

    #[test]
    fn the_order_of_many_pods_is_one() {
        // Ages that share and cross seconds and powers of two: sorting panics if the comparison contradicts itself.
        let mut ranks: Vec<Rank> =
            (0..400).map(|n| rank(n * 7 % 400, Some(u64::from(n % 37)), u64::from(n % 11))).collect();
        ranks.sort_by(|a, b| compare(SimTime::from_secs(40), a, b).0);
        assert_eq!(ranks.len(), 400);
        assert!(ranks.windows(2).all(|w| compare(SimTime::from_secs(40), &w[0], &w[1]).0.is_lt()));
    }

    #[test]
    fn more_restarts_go_first_then_the_newer_pod() {
        let restarted = Rank { restarts: 3, ..rank(2, Some(5), 0) };
        assert_eq!(first(100, rank(1, Some(5), 0), restarted), (2, Choice::Restarts));
        assert_eq!(first(100, rank(1, Some(95), 1), rank(2, Some(95), 90)), (2, Choice::Newer));
    }
}
