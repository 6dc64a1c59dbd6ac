//! The kubelet of the node, its container runtime, and the API server's rules for deleting pods.
//!
//! Follows Kubernetes 1.36 (pkg/kubelet) and containerd with runc; what differs by release or runtime is a row in `versions`
//! and `runtime`. The kubelet starts pods, probes, restarts and kills them; what its processes do is the kernel's business.
//! Not here: controllers, endpoints, scheduling, images, volumes.

pub mod api;
pub mod latency;
pub mod plan;
pub mod runtime;
pub mod versions;

pub use api::DeleteRequest;
pub use plan::{ContainerPlan, HttpAnswer, PodPlan, StopSignal};
pub use versions::Version;

use std::ops::Range;
use std::sync::Arc;

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{EventId, PodId, TaskId};
use crate::cx::Cx;
use crate::kernel::Kernel;

/// The kubelet of the one node.
#[derive(Clone, Debug, Default)]
pub struct Kubelet {}

/// Why `kubectl exec` could not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecError {
    /// There is no such pod, or its object is gone.
    NoPod,
    /// No container of that name.
    NoContainer,
    /// The container does not run.
    NotRunning,
    /// The program could not be started.
    Start(Errno),
}

impl Kubelet {
    /// A kubelet without pods.
    pub fn new() -> Self {
        Kubelet::default()
    }

    /// Creates the pod's object now and starts it as the latencies say: sandbox, init containers, containers, hooks, probes.
    pub fn add_pod(&mut self, _cx: &mut Cx, _kernel: &mut Kernel, _plan: &PodPlan, _name: Text, _owner: Text) -> PodId {
        PodId(0)
    }

    /// A delete: kubectl's flags, the API server's rules, then the kubelet.
    pub fn delete(&mut self, _cx: &mut Cx, _kernel: &mut Kernel, _pod: PodId, _request: &DeleteRequest) {}

    /// A timer that the kubelet set went off (`Stimulus::Kubelet`).
    pub fn timer(&mut self, _cx: &mut Cx, _kernel: &mut Kernel, _number: u32) {}

    /// Looks at new events, called after every stimulus until none is new: processes that ended, above all.
    pub fn react(&mut self, _cx: &mut Cx, _kernel: &mut Kernel, _new: Range<EventId>) {}

    /// `kubectl exec`: starts a process in a container from outside. Without a name it is the first container.
    pub fn exec(
        &mut self,
        _cx: &mut Cx,
        _kernel: &mut Kernel,
        _pod: PodId,
        _container: Option<&str>,
        _argv: Arc<[Text]>,
        _tty: bool,
        _stdin: Option<Text>,
    ) -> Result<TaskId, ExecError> {
        Err(ExecError::NoPod)
    }
}
