//! What the API server fills in where a manifest says nothing.
//!
//! Source: `pkg/apis/core/v1/defaults.go`, `pkg/apis/apps/v1/defaults.go`, `pkg/apis/batch/v1/defaults.go` (1.36).

/// `terminationGracePeriodSeconds` of a pod.
pub const GRACE_SECONDS: i64 = 30;
/// What a negative grace is stored as (`pkg/apis/core/v1/conversion.go`).
pub const NEGATIVE_GRACE_SECONDS: i64 = 1;
/// `replicas` of every controller.
pub const REPLICAS: u32 = 1;
/// `periodSeconds` of a probe.
pub const PROBE_PERIOD: u32 = 10;
/// `timeoutSeconds` of a probe.
pub const PROBE_TIMEOUT: u32 = 1;
/// `successThreshold` of a probe.
pub const PROBE_SUCCESS: u32 = 1;
/// `failureThreshold` of a probe.
pub const PROBE_FAILURE: u32 = 3;
/// `parallelism` of a Job.
pub const JOB_PARALLELISM: u32 = 1;
/// `backoffLimit` of a Job.
pub const JOB_BACKOFF_LIMIT: u32 = 6;
/// Mode of a file from a ConfigMap.
pub const CONFIG_MAP_MODE: i64 = 0o644;
/// `namespace` of an object, as kubectl adds it.
pub const NAMESPACE: &str = "default";
/// `terminationMessagePath` of a container.
pub const TERMINATION_MESSAGE_PATH: &str = "/dev/termination-log";
/// `path` of an HTTP probe or hook.
pub const HTTP_PATH: &str = "/";

/// Value of the class system-cluster-critical (pkg/apis/scheduling/types.go `SystemCriticalPriority`).
pub const CLUSTER_CRITICAL: i64 = 2_000_000_000;

/// Value of the class system-node-critical (`SystemCriticalPriority` + 1000).
pub const NODE_CRITICAL: i64 = 2_000_001_000;
