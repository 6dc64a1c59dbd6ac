//! What can happen to a node: whether pods are put on it, whether it reports, and how it goes down.

use serde::{Deserialize, Serialize};

use crate::base::time::SimDuration;

/// Something that happened to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnNode {
    /// It takes new pods, or no longer (`kubectl cordon`): from then on new pods go to another node.
    Schedulable(bool),
    /// Its kubelet no longer reaches the API server, or does again. Its containers know nothing of it.
    Reachable(bool),
    /// Its Ready condition, as the API server shows it.
    Ready(bool),
    /// The taint node.kubernetes.io/unreachable is on it: pods are deleted when their toleration is over.
    Unreachable,
    /// Its kubelet's process ended and was started again: what it was doing is forgotten.
    KubeletRestarted,
    /// It is going to shut down; the kubelet holds that up for at most so long.
    ShutsDown(SimDuration),
    /// Pods of this priority and more, up to the next group's, are ended within so long.
    EndsGroup {
        /// Lowest priority of the group.
        priority: i64,
        /// Time for all of them.
        period: SimDuration,
    },
    /// It has no power any more: whatever ran is gone without a word.
    Off,
}
