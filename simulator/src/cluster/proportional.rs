//! A Deployment that is scaled in the middle of a rolling update: every ReplicaSet that has pods gets its share.
//!
//! Follows kubernetes pkg/controller/deployment/sync.go `scale` and util/deployment_util.go `GetReplicaSetFraction`.

use std::collections::BTreeMap;

use crate::base::id::WorkloadId;
use crate::cluster::controllers::Controllers;
use crate::cluster::scale_down;
use crate::cluster::timers::Timers;
use crate::cx::Cx;
use crate::pod::rolling::{Share, room};
use crate::rules::RuleId;

/// How many pods each revision gets (or loses): `sizes` are revision and pods, `before` and `allowed` the most pods that
/// the Deployment might have before and now.
fn shares(sizes: &[(u32, i64)], before: i64, allowed: i64, to_none: bool) -> Vec<(u32, i64)> {
    let total: i64 = sizes.iter().map(|(_, size)| size).sum();
    let wanted = allowed.saturating_sub(total);
    let mut order: Vec<(u32, i64)> = sizes.to_vec();
    // The largest first; of equal ones the newer is filled and the older is emptied first.
    order.sort_by_key(|(revision, size)| {
        let age = i64::from(*revision);
        (std::cmp::Reverse(*size), if wanted > 0 { age.saturating_neg() } else { age })
    });
    let mut left = wanted;
    let mut found = Vec::new();
    for (revision, size) in order {
        // Rounded to the nearest whole pod.
        let target =
            size.saturating_mul(allowed).saturating_mul(2).saturating_add(before) / before.max(1).saturating_mul(2);
        let share = if to_none { size.saturating_neg() } else { target.saturating_sub(size) };
        let share = if wanted > 0 { share.min(left) } else { share.max(left) };
        left = left.saturating_sub(share);
        found.push((revision, share));
    }
    // What rounding leaves goes to the largest.
    if let Some((_, first)) = found.first_mut() {
        *first = first.saturating_add(left);
    }
    found
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl<P> Controllers<P> {
    /// `spec.replicas` has changed from `before` while several revisions have pods. False if only one has.
    pub(super) fn scale_proportionally(
        &mut self,
        cx: &mut Cx,
        timers: &mut Timers,
        id: WorkloadId,
        before: u32,
        (max_surge, max_unavailable): (Share, Share),
    ) -> bool {
        let Some(w) = self.get(id) else { return false };
        let active = w.active(cx);
        let mut sizes: BTreeMap<u32, i64> = BTreeMap::new();
        for revision in active.iter().map(|k| k.revision).chain(w.creating.iter().map(|o| w.revision_of(*o))) {
            let size = sizes.entry(revision).or_default();
            *size = size.saturating_add(1);
        }
        if sizes.len() < 2 {
            return false;
        }
        let most = |replicas: u32| {
            i64::from(replicas).saturating_add(i64::from(room(max_surge, max_unavailable, replicas).surge))
        };
        let allowed = if w.wanted == 0 { 0 } else { most(w.wanted) };
        let sizes: Vec<(u32, i64)> = sizes.into_iter().collect();
        for (revision, share) in shares(&sizes, most(before), allowed, w.wanted == 0) {
            for _ in 0..share.min(count(usize::try_from(cx.limits().pods).unwrap_or(0))) {
                self.create_of(cx, timers, id, revision);
            }
            let surplus = usize::try_from(share.saturating_neg()).unwrap_or(0);
            let own = active.iter().filter(|k| k.revision == revision).copied().collect();
            for (kept, choice) in scale_down::choose(cx, own, &active, surplus) {
                self.remove(cx, timers, id, kept.pod, RuleId::WorkloadScaleDown, choice);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_pods_with_a_surge_of_three_that_become_fifteen_share_as_the_documentation_says() {
        // kubernetes.io, Deployment, "Proportional scaling": 8 old and 5 new become 11 and 7.
        assert_eq!(shares(&[(1, 8), (2, 5)], 13, 18, false), [(1, 3), (2, 2)]);
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest() {
        assert_eq!(shares(&[(1, 5), (2, 5), (3, 5)], 15, 16, false), [(3, 1), (2, 0), (1, 0)]);
        assert_eq!(shares(&[(1, 3), (2, 1)], 4, 2, false), [(1, -2), (2, 0)]);
        assert_eq!(shares(&[(1, 3), (2, 1)], 4, 0, true), [(1, -3), (2, -1)]);
    }
}
