//! What the kubelet is given: a pod with everything that its images and files say, ready to run.
//!
//! Made by the scenario from manifests, Dockerfiles and files. Nothing in here is decided by the kubelet.

use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::kernel::fs::FileSystem;
use crate::pod::spec::PodSpec;
use crate::program::call::{Env, Settings};

use super::latency::Latencies;
use super::runtime::Runtime;
use super::versions::Version;

/// A pod, ready to run.
#[derive(Clone, Debug)]
pub struct PodPlan {
    /// What the manifest says.
    pub spec: Arc<PodSpec>,
    /// Regular containers, in the order of the spec.
    pub containers: Vec<ContainerPlan>,
    /// Init containers and sidecars, in the order of the spec.
    pub init_containers: Vec<ContainerPlan>,
    /// The cluster's version.
    pub kubernetes: Version,
    /// The node's container runtime.
    pub runtime: &'static Runtime,
    /// Is the feature gate ContainerStopSignals on? Off by default up to 1.36; without it `lifecycle.stopSignal` is dropped.
    pub container_stop_signals: bool,
    /// It has readiness gates, and somebody is there who opens them. Without such a one they count as open.
    pub gated: bool,
    /// Settings of the node's kubelet.
    pub node: NodeSettings,
    /// How long the node takes for what it does.
    pub latencies: &'static Latencies,
}

/// A container, ready to run.
#[derive(Clone, Debug)]
pub struct ContainerPlan {
    /// Argument list of its main process: what entrypoint, command and args come to.
    pub argv: Arc<[Text]>,
    /// Its environment.
    pub env: Env,
    /// Its working directory.
    pub cwd: Text,
    /// The user id of its processes.
    pub uid: u32,
    /// STOPSIGNAL of its image.
    pub stop_signal: StopSignal,
    /// Its files; each start of the container gets them fresh.
    pub files: FileSystem,
    /// What its programs are told from outside: the behaviour card.
    pub settings: Settings,
    /// What its server answers to the kubelet's requests; a path without a row is answered with 200 at once.
    pub answers: Vec<HttpAnswer>,
}

/// Settings of the node's kubelet that matter for restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeSettings {
    /// First wait before a restart: 10 s; 1 s with the gate ReduceDefaultCrashLoopBackOffDecay.
    pub first_back_off: SimDuration,
    /// Longest wait before a restart: 300 s, or `crashLoopBackOff.maxContainerRestartPeriod`.
    pub longest_back_off: SimDuration,
    /// podPidsLimit: most processes of a pod, zombies included; none: what a run can hold.
    pub pids_limit: Option<u32>,
}

impl Default for NodeSettings {
    fn default() -> Self {
        NodeSettings {
            first_back_off: SimDuration::from_secs(10),
            longest_back_off: SimDuration::from_secs(300),
            pids_limit: None,
        }
    }
}

/// STOPSIGNAL of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StopSignal {
    /// Not set: SIGTERM.
    #[default]
    Unset,
    /// A signal.
    Known(Signal),
    /// A text that no signal has; what happens depends on the runtime.
    Unknown(Text),
}

/// What a container's server answers to a request of the kubelet (hook or probe).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Path of the request.
    pub path: Text,
    /// Status code.
    pub status: u16,
    /// Time until the answer is there.
    pub after: SimDuration,
    /// This row holds from so long after the container's start; a later row for the same path replaces an earlier one.
    pub since: SimDuration,
}
