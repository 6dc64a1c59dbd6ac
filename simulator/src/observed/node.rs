//! Nodes as the API server and a person beside them see them.

use super::Observed;
use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::trace::OnNode;

/// One node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Are new pods put on it?
    pub schedulable: bool,
    /// Does its kubelet reach the API server?
    pub reachable: bool,
    /// Its Ready condition.
    pub ready: bool,
    /// Does it run at all?
    pub on: bool,
    /// Since when it is as it is.
    pub since: SimTime,
}

impl Default for Node {
    fn default() -> Self {
        Node { schedulable: true, reachable: true, ready: true, on: true, since: SimTime::ZERO }
    }
}

/// The name of the n-th node, from 0.
pub fn node_name(number: u32) -> String {
    match number {
        0 => "node".to_owned(),
        n => format!("node-{}", n.saturating_add(1)),
    }
}

impl Observed {
    /// The n-th node; one that nothing has happened to is as nodes are.
    pub fn node(&self, number: u32) -> Node {
        usize::try_from(number).ok().and_then(|n| self.nodes.get(n)).copied().unwrap_or_default()
    }

    /// Does the kubelet of this pod's node reach the API server?
    pub fn is_reported(&self, pod: PodId) -> bool {
        self.pod(pod).is_none_or(|p| self.node(p.node).reachable)
    }

    pub(super) fn apply_node(&mut self, at: SimTime, number: u32, what: OnNode) {
        let Ok(index) = usize::try_from(number) else { return };
        // Nodes come one after the other: at most one a pod.
        while self.nodes.len() <= index && self.nodes.len() <= self.pods.len() {
            self.nodes.push(Node::default());
        }
        let Some(node) = self.nodes.get_mut(index) else { return };
        node.since = at;
        match what {
            OnNode::Schedulable(yes) => node.schedulable = yes,
            OnNode::Reachable(yes) => node.reachable = yes,
            OnNode::Ready(yes) => node.ready = yes,
            OnNode::Off => {
                node.on = false;
                node.reachable = false;
            }
            OnNode::Unreachable | OnNode::KubeletRestarted | OnNode::ShutsDown(_) | OnNode::EndsGroup { .. } => {}
        }
    }
}
