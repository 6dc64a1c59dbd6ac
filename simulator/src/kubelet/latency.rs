//! How long a node takes for what it does: time that no rule asks for, but that people see in timelines.
//!
//! Two rows: figures of a real node, and none, which leaves only what the rules ask for.

use crate::base::time::SimDuration;

/// Times of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latencies {
    /// What this row is.
    pub name: &'static str,
    /// Where the figures come from.
    pub source: &'static str,
    /// From the kubelet's first status of the pod to its first sync: volumes.
    pub volumes: SimDuration,
    /// From there to the sandbox: network.
    pub sandbox: SimDuration,
    /// From the kubelet's decision to start a container to its main process running.
    pub start: SimDuration,
    /// From a request at the API server to the kubelet acting on it.
    pub watch: SimDuration,
    /// From the kubelet's call to the runtime acting: a signal is sent, a process is started.
    pub runtime: SimDuration,
    /// From a process's end to the runtime saying so.
    pub exit_seen: SimDuration,
    /// From a container's end by itself to the kubelet knowing it: the pod lifecycle event generator's relist.
    pub relist: SimDuration,
    /// From the end of the containers a sidecar waits for to its turn.
    pub turn: SimDuration,
    /// From the last container's stop to the sandbox's.
    pub sandbox_stop: SimDuration,
    /// From the sandbox's stop to the final phase at the API server.
    pub status: SimDuration,
    /// From the final phase to the object's removal.
    pub removal: SimDuration,
    /// Does the kubelet's queue add up to a half to the time until it looks at a pod again
    /// (pod_workers.go `workerBackOffPeriodJitterFactor`)?
    pub jitter: bool,
}

/// A node with one pod to look after.
pub static MEASURED: Latencies = Latencies {
    name: "measured",
    source: "measured: Kubernetes 1.36.2, containerd and runc, one node; middle of 2-3 runs of 50 scenarios",
    volumes: SimDuration::from_millis(250),
    sandbox: SimDuration::from_millis(650),
    start: SimDuration::from_millis(120),
    watch: SimDuration::from_millis(20),
    runtime: SimDuration::from_millis(5),
    exit_seen: SimDuration::from_millis(10),
    relist: SimDuration::from_millis(550),
    turn: SimDuration::from_millis(80),
    sandbox_stop: SimDuration::from_millis(60),
    status: SimDuration::from_millis(160),
    removal: SimDuration::from_millis(550),
    jitter: true,
};

/// Only what the rules ask for. The object's removal keeps the time that rules out nothing: pod worker transitions wait for
/// the pod lifecycle event generator (kubelet `pod_workers.go`, comment in `podWorkerLoop`: about 1 s each, at most 2 s).
pub static NONE: Latencies = Latencies {
    name: "none",
    source: "kubelet pod_workers.go podWorkerLoop",
    volumes: SimDuration::ZERO,
    sandbox: SimDuration::ZERO,
    start: SimDuration::ZERO,
    watch: SimDuration::ZERO,
    runtime: SimDuration::ZERO,
    exit_seen: SimDuration::ZERO,
    relist: SimDuration::ZERO,
    turn: SimDuration::ZERO,
    sandbox_stop: SimDuration::ZERO,
    status: SimDuration::ZERO,
    removal: SimDuration::from_millis(1_500),
    jitter: false,
};
