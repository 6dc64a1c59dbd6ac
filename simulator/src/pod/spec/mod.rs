//! What a manifest says, checked: plain values, every one with the place where it was written.
//!
//! Defaults of the API are filled in; a default has the place of the object that left the field out. Not here: how the
//! text is read (`reading`) and what happens to the pod (the kubelet).

mod container;
mod workload;

pub use container::{
    Action, ContainerPort, ContainerRestart, ContainerSpec, EnvFrom, EnvValue, EnvVar, Lifecycle, PortRef, Probe,
    Resources, RestartAction, RestartRule, VolumeMount,
};
pub use workload::{
    ConfigMap, DisruptionBudget, Manifests, Selector, SelectorTerm, ServicePort, ServiceSpec, Strategy, Workload,
    WorkloadKind,
};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::diagnostic::Span;

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file; for a default, the object that left it out.
    pub span: Span,
    /// False for a default.
    pub written: bool,
}

impl<T> Located<T> {
    /// A value that stands in the text.
    pub fn written(value: T, span: Span) -> Self {
        Located { value, span, written: true }
    }

    /// A default; `span` is the object that left it out.
    pub fn default_at(value: T, span: Span) -> Self {
        Located { value, span, written: false }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Located<U> {
        Located { value: f(self.value), span: self.span, written: self.written }
    }
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// `metadata` of an object or a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The file the object stands in; all its spans are bytes of that file.
    pub file: Arc<str>,
    /// `name`; a template has none and gets the name of its controller.
    pub name: Located<String>,
    /// `namespace`, `default` if not written.
    pub namespace: Located<String>,
    /// `labels`.
    pub labels: BTreeMap<String, Located<String>>,
    /// `annotations`, for `controller.kubernetes.io/pod-deletion-cost` and the like.
    pub annotations: BTreeMap<String, Located<String>>,
    /// `finalizers`: as long as there is one, the object is not removed.
    pub finalizers: Vec<String>,
    /// The whole object.
    pub span: Span,
}

/// `restartPolicy` of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestartPolicy {
    /// Whatever the exit code; the default.
    Always,
    /// Only after an exit code other than 0.
    OnFailure,
    /// Not at all.
    Never,
}

/// A pod, or the template of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodSpec {
    /// Name, namespace, labels.
    pub meta: Meta,
    /// The `spec` object.
    pub span: Span,
    /// Seconds from the deletion to the kill; 30 if not written, and a negative one is stored as 1.
    pub termination_grace_period_seconds: Located<i64>,
    /// What happens when a container ends.
    pub restart_policy: Located<RestartPolicy>,
    /// One PID namespace for all containers, with pause as PID 1.
    pub share_process_namespace: Located<bool>,
    /// The node's PID namespace.
    pub host_pid: Located<bool>,
    /// The node's network.
    pub host_network: Located<bool>,
    /// `os.name`: `linux` or `windows`.
    pub os_name: Option<Located<String>>,
    /// Seconds after which the kubelet fails the pod.
    pub active_deadline_seconds: Option<Located<i64>>,
    /// `priority`, or what `priorityClassName` stands for; 0 if neither is written.
    pub priority: i64,
    /// `tolerations`, as far as they concern NoExecute taints.
    pub tolerations: Vec<Toleration>,
    /// Condition types of `readinessGates`.
    pub readiness_gates: Vec<String>,
    /// `hostname`, else the pod's name is used.
    pub hostname: Option<Located<String>>,
    /// Regular containers, in the order written.
    pub containers: Vec<ContainerSpec>,
    /// Init containers and sidecars, in the order written.
    pub init_containers: Vec<ContainerSpec>,
    /// Volumes.
    pub volumes: Vec<Volume>,
}

impl PodSpec {
    /// Init containers with `restartPolicy: Always`, which live as long as the pod.
    pub fn sidecars(&self) -> impl Iterator<Item = &ContainerSpec> {
        self.init_containers.iter().filter(|c| c.is_sidecar())
    }
}

/// A toleration of taints with the effect NoExecute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toleration {
    /// The taint's key; empty for all.
    pub key: String,
    /// It holds for taints without a value: `operator: Exists`, or an empty value.
    pub any_value: bool,
    /// `tolerationSeconds`; without them for ever.
    pub seconds: Option<i64>,
}

/// How long a pod stays on a node with a taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerated {
    /// It says nothing of it: the API server's default holds (admission plugin DefaultTolerationSeconds).
    ByDefault,
    /// So many seconds.
    For(u64),
    /// For ever.
    Forever,
}

impl PodSpec {
    /// How long the pod tolerates a NoExecute taint without a value (tainteviction `getMinTolerationTime`).
    pub fn tolerates(&self, taint: &str) -> Tolerated {
        let named: Vec<&Toleration> = self.tolerations.iter().filter(|t| t.key.is_empty() || t.key == taint).collect();
        if named.is_empty() {
            return Tolerated::ByDefault;
        }
        let matching = || named.iter().filter(|t| t.any_value);
        let shortest = matching().filter_map(|t| t.seconds).min();
        match (shortest, matching().count()) {
            (Some(seconds), _) => Tolerated::For(u64::try_from(seconds).unwrap_or(0)),
            (None, 0) => Tolerated::For(0),
            (None, _) => Tolerated::Forever,
        }
    }
}

/// A volume of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The name that mounts refer to.
    pub name: Located<String>,
    /// Where its files come from.
    pub source: VolumeSource,
}

/// Where the files of a volume come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumeSource {
    /// Empty when the pod starts.
    EmptyDir,
    /// The keys of a ConfigMap as files.
    ConfigMap {
        /// The ConfigMap.
        name: Located<String>,
        /// Key and path of each file; all keys under their own names if empty.
        items: Vec<(Located<String>, Located<String>)>,
        /// Mode of the files; 0644 if not written.
        mode: Located<i64>,
        /// The pod starts without the ConfigMap too.
        optional: bool,
    },
    /// A directory of the node; empty here.
    HostPath(Located<String>),
    /// Something that is not simulated; empty here.
    Other,
}
