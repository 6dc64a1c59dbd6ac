//! Everything of one or more manifest files: controllers, services, ConfigMaps, disruption budgets.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::pod::rolling::Share;

use super::{Located, Meta, PodSpec, PortRef};

/// All objects of the manifests.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Manifests {
    /// Pods and their controllers, in the order written.
    pub workloads: Vec<Workload>,
    /// Services.
    pub services: Vec<ServiceSpec>,
    /// ConfigMaps.
    pub config_maps: Vec<ConfigMap>,
    /// Disruption budgets.
    pub budgets: Vec<DisruptionBudget>,
    /// Fields and objects that were understood and left out.
    pub not_simulated: Vec<Diagnostic>,
}

impl Manifests {
    /// Adds the objects of another file.
    pub fn append(&mut self, mut other: Manifests) {
        self.workloads.append(&mut other.workloads);
        self.services.append(&mut other.services);
        self.config_maps.append(&mut other.config_maps);
        self.budgets.append(&mut other.budgets);
        self.not_simulated.append(&mut other.not_simulated);
    }

    /// The ConfigMap of that name and namespace.
    pub fn config_map(&self, namespace: &str, name: &str) -> Option<&ConfigMap> {
        self.config_maps.iter().find(|c| c.meta.name.value == name && c.meta.namespace.value == namespace)
    }

    /// The services that select the pods of `workload`.
    pub fn services_of<'m>(&'m self, workload: &'m Workload) -> impl Iterator<Item = &'m ServiceSpec> {
        self.services.iter().filter(|s| s.selects(&workload.pod.meta))
    }
}

/// A pod or a controller with its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Of the controller, or of the pod itself.
    pub meta: Meta,
    /// What keeps the pods.
    pub kind: WorkloadKind,
    /// The pod, or the template.
    pub pod: PodSpec,
}

/// What keeps the pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkloadKind {
    /// Nothing: it is not replaced.
    Pod,
    /// A Deployment.
    Deployment {
        /// 1 if not written.
        replicas: Located<u32>,
        /// How an update replaces pods.
        strategy: Located<Strategy>,
        /// Seconds of being ready before a pod counts as available; 0.
        min_ready_seconds: Located<u32>,
        /// Which pods are its own.
        selector: Selector,
    },
    /// A StatefulSet.
    StatefulSet {
        /// 1 if not written.
        replicas: Located<u32>,
        /// `podManagementPolicy: Parallel`; else one pod after the other.
        parallel: Located<bool>,
        /// Its headless service.
        service_name: Option<Located<String>>,
        /// Seconds of being ready before a pod counts as available; 0.
        min_ready_seconds: Located<u32>,
        /// Which pods are its own.
        selector: Selector,
    },
    /// A ReplicaSet on its own.
    ReplicaSet {
        /// 1 if not written.
        replicas: Located<u32>,
        /// Seconds of being ready before a pod counts as available; 0.
        min_ready_seconds: Located<u32>,
        /// Which pods are its own.
        selector: Selector,
    },
    /// A DaemonSet: one pod on the one node.
    DaemonSet {
        /// Which pods are its own.
        selector: Selector,
    },
    /// A Job, also that of a CronJob.
    Job {
        /// Pods that have to succeed; 1 if neither this nor `parallelism` is written.
        completions: Option<Located<u32>>,
        /// Pods at a time; 1.
        parallelism: Located<u32>,
        /// Failures before the job fails; 6.
        backoff_limit: Located<u32>,
        /// Seconds the job may take.
        active_deadline_seconds: Option<Located<i64>>,
        /// `schedule` of the CronJob around it.
        schedule: Option<Located<String>>,
    },
}

impl WorkloadKind {
    /// `kind` in the manifest.
    pub fn name(&self) -> &'static str {
        match self {
            WorkloadKind::Pod => "Pod",
            WorkloadKind::Deployment { .. } => "Deployment",
            WorkloadKind::StatefulSet { .. } => "StatefulSet",
            WorkloadKind::ReplicaSet { .. } => "ReplicaSet",
            WorkloadKind::DaemonSet { .. } => "DaemonSet",
            WorkloadKind::Job { schedule: None, .. } => "Job",
            WorkloadKind::Job { schedule: Some(_), .. } => "CronJob",
        }
    }

    /// Pods it keeps running.
    pub fn replicas(&self) -> u32 {
        match self {
            WorkloadKind::Pod | WorkloadKind::DaemonSet { .. } => 1,
            WorkloadKind::Deployment { replicas, .. }
            | WorkloadKind::StatefulSet { replicas, .. }
            | WorkloadKind::ReplicaSet { replicas, .. } => replicas.value,
            WorkloadKind::Job { parallelism, .. } => parallelism.value,
        }
    }
}

/// `strategy` of a Deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// New pods before old ones go, within bounds.
    RollingUpdate {
        /// Above the wanted number; 25 %.
        max_surge: Share,
        /// Below the wanted number; 25 %.
        max_unavailable: Share,
    },
    /// All old pods first.
    Recreate,
}

/// A label selector.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Selector {
    /// All of these must hold.
    pub terms: Vec<SelectorTerm>,
}

/// One condition on labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorTerm {
    /// The label.
    pub key: String,
    /// `In` these values; for `NotIn` and `DoesNotExist` see `negated`; empty means any value.
    pub values: Vec<String>,
    /// `NotIn`, `DoesNotExist`.
    pub negated: bool,
}

impl Selector {
    /// Do the labels satisfy every term?
    pub fn matches(&self, labels: &BTreeMap<String, Located<String>>) -> bool {
        self.terms.iter().all(|term| {
            let holds = labels.get(&term.key).is_some_and(|v| term.values.is_empty() || term.values.contains(&v.value));
            holds != term.negated
        })
    }
}

/// A Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSpec {
    /// Name and namespace.
    pub meta: Meta,
    /// Labels of its pods; a service without a selector has no pods here.
    pub selector: BTreeMap<String, Located<String>>,
    /// Ports.
    pub ports: Vec<ServicePort>,
    /// Pods are listed before they are ready and while they end.
    pub publish_not_ready_addresses: Located<bool>,
    /// `externalTrafficPolicy: Local`: only pods on the node the request came to.
    pub external_local: Located<bool>,
    /// `internalTrafficPolicy: Local`.
    pub internal_local: Located<bool>,
    /// `clusterIP: None`.
    pub headless: Located<bool>,
    /// `type`: ClusterIP, NodePort, LoadBalancer, ExternalName.
    pub service_type: Located<String>,
}

impl ServiceSpec {
    /// Does it send requests to pods with this metadata?
    pub fn selects(&self, pod: &Meta) -> bool {
        !self.selector.is_empty()
            && self.meta.namespace.value == pod.namespace.value
            && self.selector.iter().all(|(k, v)| pod.labels.get(k).is_some_and(|l| l.value == v.value))
    }
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// `name`.
    pub name: Option<Located<String>>,
    /// `port`.
    pub port: Located<u16>,
    /// `targetPort`, the same number if not written.
    pub target: Located<PortRef>,
}

/// A ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMap {
    /// Name and namespace.
    pub meta: Meta,
    /// `data`.
    pub data: BTreeMap<String, Located<String>>,
}

/// A PodDisruptionBudget; exactly one of the two numbers is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// Name and namespace.
    pub meta: Meta,
    /// Which pods it protects.
    pub selector: Selector,
    /// `minAvailable`.
    pub min_available: Option<Located<Share>>,
    /// `maxUnavailable`.
    pub max_unavailable: Option<Located<Share>>,
    /// `unhealthyPodEvictionPolicy: AlwaysAllow`.
    pub always_allow_unhealthy: bool,
}
