//! Graceful node shutdown: pods end group by group, those of least priority first; then the node goes off.
//!
//! Follows kubernetes pkg/kubelet/nodeshutdown (nodeshutdown_manager_linux.go `processShutdownEvent`, `migrateConfig`,
//! `groupByPriority`). The times are settings of the node, 0 by default, which means none of this.

use crate::base::id::PodId;
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::pod::defaults::CLUSTER_CRITICAL;
use crate::rules::RuleId;
use crate::trace::{EventKind, OnNode};

use super::Kubelet;
use super::delete::Eviction;
use super::state::{Due, Stage};

/// A group of pods by priority, and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// Lowest priority.
    pub priority: i64,
    /// Seconds for all pods of it.
    pub seconds: u32,
}

/// A shutdown under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shutdown {
    node: u32,
    /// Still to come, in order.
    groups: Vec<Group>,
    /// Pods that are waited for.
    waiting: Vec<PodId>,
    token: u32,
}

/// The two groups of `shutdownGracePeriod` and `shutdownGracePeriodCriticalPods`: the second is a part of the first.
pub fn two_phases(total_s: u32, critical_s: u32) -> Vec<Group> {
    let groups = [
        Group { priority: 0, seconds: total_s.saturating_sub(critical_s) },
        Group { priority: CLUSTER_CRITICAL, seconds: critical_s },
    ];
    if total_s == 0 { Vec::new() } else { groups.into() }
}

/// The index of the group that a priority belongs to: the last that does not ask for more, else the first.
fn group_of(groups: &[Group], priority: i64) -> usize {
    groups.iter().rposition(|g| g.priority <= priority).unwrap_or(0)
}

impl Kubelet {
    /// The node shuts down. Without groups it goes off at once.
    pub fn shut_down(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32, groups: &[Group]) {
        if !cx.seen().node(number).on || self.shutdowns.iter().any(|s| s.node == number) {
            return;
        }
        let mut groups = groups.to_vec();
        groups.sort_unstable();
        let graceful = self.pods_on(number).first().and_then(|p| self.worker(*p));
        let graceful = graceful.is_none_or(|w| w.plan.kubernetes.rules().graceful_shutdown);
        let total = groups.iter().fold(0_u64, |sum, g| sum.saturating_add(u64::from(g.seconds)));
        if !graceful || total == 0 {
            groups.clear();
        }
        let time = SimDuration::from_secs(if groups.is_empty() { 0 } else { total });
        let begins = cx.emit(RuleId::NodeShutdown, EventKind::Node(number, OnNode::ShutsDown(time)));
        cx.because(begins, |cx| {
            cx.emit(RuleId::NodeShutdown, EventKind::Node(number, OnNode::Ready(false)));
            let token = self.token();
            self.shutdowns.push(Shutdown { node: number, groups: groups.clone(), waiting: Vec::new(), token });
            self.next_group(cx, kernel, number, &groups);
        });
    }

    /// The next group that has pods; without one the node goes off.
    fn next_group(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32, all: &[Group]) {
        let living = |k: &Kubelet, pod: PodId| {
            k.worker(pod).is_some_and(|w| matches!(w.stage, Stage::New | Stage::Syncing | Stage::Terminating))
        };
        loop {
            let Some(place) = self.shutdowns.iter().position(|s| s.node == number) else { return };
            let token = self.token();
            let Some(shutdown) = self.shutdowns.get_mut(place) else { return };
            shutdown.token = token;
            if shutdown.groups.is_empty() {
                self.shutdowns.remove(place);
                self.switch_off(cx, kernel, number);
                return;
            }
            let group = shutdown.groups.remove(0);
            let mine = |k: &Kubelet, pod: PodId| {
                let priority = k.worker(pod).map_or(0, |w| w.plan.spec.priority);
                all.get(group_of(all, priority)) == Some(&group)
            };
            let pods: Vec<PodId> =
                self.pods_on(number).into_iter().filter(|p| living(self, *p) && mine(self, *p)).collect();
            if pods.is_empty() {
                continue;
            }
            let period = SimDuration::from_secs(u64::from(group.seconds));
            let what = OnNode::EndsGroup { priority: group.priority, period };
            let begins = cx.emit(RuleId::NodeShutdown, EventKind::Node(number, what));
            if let Some(shutdown) = self.shutdowns.get_mut(place) {
                shutdown.waiting.clone_from(&pods);
            }
            cx.because(begins, |cx| {
                for pod in pods {
                    self.evict(cx, kernel, pod, Eviction::NodeShutdown(i64::from(group.seconds)));
                }
                self.later(cx, period, Due::GroupOver(number, token));
            });
            self.shutdown_plan = all.to_vec();
            return;
        }
    }

    /// The group's time is over, whoever still runs.
    pub(super) fn group_over(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32, token: u32) {
        if self.shutdowns.iter().any(|s| s.node == number && s.token == token) {
            let all = self.shutdown_plan.clone();
            self.next_group(cx, kernel, number, &all);
        }
    }

    /// A pod has ended: if it was the last of its group, the next one begins.
    pub(super) fn group_member_ended(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        let Some(shutdown) = self.shutdowns.iter_mut().find(|s| s.waiting.contains(&pod)) else { return };
        shutdown.waiting.retain(|p| *p != pod);
        if shutdown.waiting.is_empty() {
            let (number, all) = (shutdown.node, self.shutdown_plan.clone());
            self.next_group(cx, kernel, number, &all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_belongs_to_the_highest_group_that_it_reaches() {
        let groups = two_phases(30, 10);
        assert_eq!(groups.iter().map(|g| g.seconds).collect::<Vec<_>>(), [20, 10]);
        assert_eq!(group_of(&groups, 0), 0);
        assert_eq!(group_of(&groups, 1_999_999_999), 0);
        assert_eq!(group_of(&groups, 2_000_001_000), 1);
        assert_eq!(group_of(&groups, -5), 0);
    }

    #[test]
    fn without_a_period_there_is_no_graceful_shutdown() {
        assert_eq!(two_phases(0, 0), []);
    }
}
