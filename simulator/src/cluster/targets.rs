//! The targets of a load balancer outside the cluster: registered, checked, healthy, draining.
//!
//! Follows the Elastic Load Balancing User Guide (target groups: health checks, deregistration delay). A new target is asked
//! first within one interval and needs one passed check; later ones need as many in a row as the group says. Not here: when
//! the load balancer hears of a pod (`routes`), and nodes as targets, of which there is one here.

use std::collections::BTreeMap;

use crate::base::id::PodId;
use crate::base::rng::Rng;
use crate::base::time::SimDuration;
use crate::cluster::consumers::TargetGroup;

/// What the load balancer thinks of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// Not checked yet: it gets no requests.
    Initial,
    /// It gets requests.
    Healthy,
    /// It gets none, unless no target is healthy.
    Unhealthy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target {
    health: Health,
    /// Checks in a row that say something else.
    against: u8,
}

/// All targets of one load balancer.
#[derive(Clone, Debug)]
pub(super) struct Targets {
    pub group: TargetGroup,
    all: BTreeMap<PodId, Target>,
    phases: Rng,
    /// The scenario says how late everything is: no check is waited for.
    believes: bool,
}

impl Targets {
    pub(super) fn new(group: TargetGroup, phases: Rng, believes: bool) -> Self {
        Targets { group, all: BTreeMap::new(), phases, believes }
    }

    /// A pod is registered: after this time it is checked first. `None` if it is registered already.
    pub(super) fn register(&mut self, pod: PodId) -> Option<SimDuration> {
        if self.all.contains_key(&pod) {
            return None;
        }
        let health = if self.believes { Health::Healthy } else { Health::Initial };
        self.all.insert(pod, Target { health, against: 0 });
        Some(SimDuration::from_micros(self.phases.below(self.group.interval.as_micros().max(1))))
    }

    /// A pod is deregistered. Was it registered?
    pub(super) fn deregister(&mut self, pod: PodId) -> bool {
        self.all.remove(&pod).is_some()
    }

    /// What is thought of a pod; none if it is not registered.
    pub(super) fn health(&self, pod: PodId) -> Option<Health> {
        self.all.get(&pod).map(|t| t.health)
    }

    /// A check passed, or not. Tells what is thought of the target from now on, if that is new.
    pub(super) fn checked(&mut self, pod: PodId, passed: bool) -> Option<Health> {
        let TargetGroup { healthy, unhealthy, .. } = self.group;
        let target = self.all.get_mut(&pod)?;
        let (other, needed) = match (target.health, passed) {
            (Health::Initial | Health::Unhealthy, false) | (Health::Healthy, true) => {
                target.against = 0;
                return None;
            }
            (Health::Initial, true) => (Health::Healthy, 1),
            (Health::Unhealthy, true) => (Health::Healthy, healthy),
            (Health::Healthy, false) => (Health::Unhealthy, unhealthy),
        };
        target.against = target.against.saturating_add(1);
        if target.against < needed {
            return None;
        }
        *target = Target { health: other, against: 0 };
        Some(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::consumers::ALB;

    const POD: PodId = PodId(3);

    fn targets() -> Targets {
        Targets::new(ALB.targets.unwrap(), Rng::stream(1, "phases"), false)
    }

    #[test]
    fn a_new_target_needs_one_check_within_an_interval() {
        let mut targets = targets();
        let first = targets.register(POD).unwrap();
        assert!(first < SimDuration::from_secs(15), "{first:?}");
        assert_eq!(targets.register(POD), None);
        assert_eq!(targets.checked(POD, false), None);
        assert_eq!(targets.health(POD), Some(Health::Initial));
        assert_eq!(targets.checked(POD, true), Some(Health::Healthy));
    }

    #[test]
    fn two_failed_checks_in_a_row_make_a_target_unhealthy_and_two_passed_ones_healthy() {
        let mut targets = targets();
        targets.register(POD);
        targets.checked(POD, true);
        assert_eq!(targets.checked(POD, false), None);
        assert_eq!(targets.checked(POD, true), None);
        assert_eq!(targets.checked(POD, false), None);
        assert_eq!(targets.checked(POD, false), Some(Health::Unhealthy));
        assert_eq!(targets.checked(POD, true), None);
        assert_eq!(targets.checked(POD, true), Some(Health::Healthy));
    }

    #[test]
    fn a_deregistered_target_is_not_thought_of() {
        let mut targets = targets();
        targets.register(POD);
        assert!(targets.deregister(POD));
        assert!(!targets.deregister(POD));
        assert_eq!(targets.checked(POD, true), None);
    }
}
