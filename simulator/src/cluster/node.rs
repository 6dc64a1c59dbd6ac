//! What the cluster asks of the node that runs its pods. The kubelet is one; tests of controllers and requests bring a plain
//! one of their own.

use crate::base::Text;
use crate::base::id::PodId;
use crate::cx::Cx;
use crate::kernel::{Kernel, NetId};
use crate::kubelet::{DeleteRequest, Kubelet, PodPlan};

/// A node.
pub trait Node {
    /// What a pod is made from.
    type Plan;

    /// Creates a pod's object and starts it.
    fn add_pod(&mut self, cx: &mut Cx, kernel: &mut Kernel, plan: &Self::Plan, name: Text, owner: Text) -> PodId;

    /// Deletes a pod.
    fn delete_pod(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId, request: &DeleteRequest);

    /// The conditions of a pod's readiness gates became true.
    fn open_gate(&mut self, cx: &mut Cx, pod: PodId);

    /// The network of a pod.
    fn net(&self, pod: PodId) -> NetId;
}

impl Node for Kubelet {
    type Plan = PodPlan;

    fn add_pod(&mut self, cx: &mut Cx, kernel: &mut Kernel, plan: &PodPlan, name: Text, owner: Text) -> PodId {
        Kubelet::add_pod(self, cx, kernel, plan, name, owner)
    }

    fn delete_pod(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId, request: &DeleteRequest) {
        self.delete(cx, kernel, pod, request);
    }

    fn open_gate(&mut self, cx: &mut Cx, pod: PodId) {
        Kubelet::open_gate(self, cx, pod);
    }

    /// One network namespace a pod, numbered like the pod.
    fn net(&self, pod: PodId) -> NetId {
        NetId(pod.0)
    }
}
