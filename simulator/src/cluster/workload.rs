//! Workloads as they are given, and what their controllers remember of them and of their pods.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Text;
use crate::base::id::{PodId, WorkloadId};
use crate::base::rng::Rng;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::names;
use crate::cx::Cx;
use crate::kubelet::PodPlan;
use crate::pod::rolling::Share;
use crate::pod::spec::{self, PortRef, ServiceSpec, Strategy, WorkloadKind};
use crate::trace::PodPhase;

/// The annotation that says how dear a pod is when there are too many (core.PodDeletionCost).
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// A workload, ready to run.
#[derive(Clone, Debug)]
pub struct WorkloadPlan<P = PodPlan> {
    /// Name of the object.
    pub name: Text,
    /// What keeps its pods.
    pub kind: Kind,
    /// `spec.replicas`; 1 where the kind has none.
    pub replicas: u32,
    /// What each pod is made from.
    pub plan: Arc<P>,
    /// The Service in front of it, if one selects its pods.
    pub service: Option<Service>,
    /// `controller.kubernetes.io/pod-deletion-cost` of the template; 0 if it is not there, or no number.
    pub deletion_cost: i32,
}

impl WorkloadPlan {
    /// The workload of a manifest, with the services that select its pods; the first of them counts.
    pub fn new(workload: &spec::Workload, plan: PodPlan, services: &[&ServiceSpec]) -> Self {
        let (kind, replicas) = Kind::of(&workload.kind);
        let service = services.first().map(|service| {
            let number = |port: &PortRef| workload.pod.containers.iter().find_map(|c| c.port_number(port));
            let port = service.ports.first().and_then(|p| number(&p.target));
            Service {
                port,
                publish_not_ready: service.publish_not_ready_addresses.value,
                external_local: service.external_local.value,
                internal_local: service.internal_local.value,
            }
        });
        let cost = workload.pod.meta.annotations.get(DELETION_COST).and_then(|text| text.value.parse().ok());
        WorkloadPlan {
            name: workload.meta.name.value.as_str().into(),
            kind,
            replicas,
            plan: Arc::new(plan),
            service,
            deletion_cost: cost.unwrap_or(0),
        }
    }
}

impl<P> WorkloadPlan<P> {
    /// Name of the object.
    pub fn name(&self) -> Text {
        self.name.clone()
    }
}

/// A Service, as far as requests see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The pods' port (`targetPort` resolved); the load's port if not known.
    pub port: Option<u16>,
    /// `publishNotReadyAddresses`.
    pub publish_not_ready: bool,
    /// `externalTrafficPolicy: Local`.
    pub external_local: bool,
    /// `internalTrafficPolicy: Local`.
    pub internal_local: bool,
}

impl Service {
    /// A Service of this port with the defaults of the API.
    pub const fn at(port: u16) -> Service {
        Service { port: Some(port), publish_not_ready: false, external_local: false, internal_local: false }
    }
}

/// What keeps the pods of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: a bare pod is not replaced.
    Pod,
    /// A Deployment.
    Deployment {
        /// How an update replaces pods.
        strategy: Strategy,
        /// `minReadySeconds`.
        min_ready: SimDuration,
    },
    /// A ReplicaSet on its own.
    ReplicaSet,
    /// A StatefulSet.
    StatefulSet {
        /// `podManagementPolicy: Parallel`.
        parallel: bool,
        /// `minReadySeconds`.
        min_ready: SimDuration,
    },
    /// A DaemonSet: one pod on the one node.
    DaemonSet,
    /// A Job.
    Job {
        /// Pods that have to succeed.
        completions: u32,
        /// Pods at a time.
        parallelism: u32,
        /// Failures before the Job fails.
        backoff_limit: u32,
        /// How long it may take.
        deadline: Option<SimDuration>,
    },
}

impl Kind {
    /// A Deployment with the defaults of the API.
    pub const DEPLOYMENT: Kind = Kind::Deployment {
        strategy: Strategy::RollingUpdate { max_surge: Share::DEFAULT, max_unavailable: Share::DEFAULT },
        min_ready: SimDuration::ZERO,
    };

    /// Kind and replicas of a manifest's workload.
    pub fn of(kind: &WorkloadKind) -> (Kind, u32) {
        let seconds = |s: u32| SimDuration::from_secs(u64::from(s));
        match kind {
            WorkloadKind::Pod => (Kind::Pod, 1),
            WorkloadKind::Deployment { replicas, strategy, min_ready_seconds, .. } => {
                let min_ready = seconds(min_ready_seconds.value);
                (Kind::Deployment { strategy: strategy.value, min_ready }, replicas.value)
            }
            WorkloadKind::ReplicaSet { replicas, .. } => (Kind::ReplicaSet, replicas.value),
            WorkloadKind::StatefulSet { replicas, parallel, min_ready_seconds, .. } => {
                let min_ready = seconds(min_ready_seconds.value);
                (Kind::StatefulSet { parallel: parallel.value, min_ready }, replicas.value)
            }
            WorkloadKind::DaemonSet { .. } => (Kind::DaemonSet, 1),
            WorkloadKind::Job { completions, parallelism, backoff_limit, active_deadline_seconds, .. } => {
                let parallelism = parallelism.value;
                // Without completions any success ends the Job, after all its pods have ended.
                let completions = completions.as_ref().map_or(parallelism.max(1), |c| c.value);
                let deadline = active_deadline_seconds.as_ref().and_then(|s| u64::try_from(s.value).ok());
                let deadline = deadline.map(SimDuration::from_secs);
                (Kind::Job { completions, parallelism, backoff_limit: backoff_limit.value, deadline }, parallelism)
            }
        }
    }

    /// `kind` in the manifest.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Pod => "Pod",
            Kind::Deployment { .. } => "Deployment",
            Kind::ReplicaSet => "ReplicaSet",
            Kind::StatefulSet { .. } => "StatefulSet",
            Kind::DaemonSet => "DaemonSet",
            Kind::Job { .. } => "Job",
        }
    }
}

/// What a controller remembers of one pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub pod: PodId,
    pub ordinal: u32,
    pub revision: u32,
    /// Stands for the object's UID, which is random.
    pub uid: u64,
    pub ready_since: Option<SimTime>,
    /// Its deletion is decided.
    pub going: bool,
    /// `controller.kubernetes.io/pod-deletion-cost`.
    pub cost: i32,
}

/// What a controller remembers of its workload.
#[derive(Clone, Debug)]
pub(super) struct Workload<P> {
    pub id: WorkloadId,
    pub given: WorkloadPlan<P>,
    pub wanted: u32,
    pub revision: u32,
    /// `pod-template-hash` of this revision.
    pub hash: String,
    pub names: Rng,
    pub pods: Vec<Kept>,
    /// Ordinals of pods whose creation is under way.
    pub creating: Vec<u32>,
    /// Of those the ones with an old template: ordinal and revision.
    pub creating_old: BTreeMap<u32, u32>,
    /// Earlier revisions: number, hash, what their pods are made from.
    pub old: Vec<(u32, String, Arc<P>)>,
    /// `spec.replicas` before it was changed, until the controller has looked.
    pub scaled_from: Option<u32>,
    pub next_ordinal: u32,
    /// A look at its pods is planned.
    pub planned: bool,
    pub deleted: bool,
    /// Jobs: ended so far, and over.
    pub succeeded: u32,
    pub failed: u32,
    pub finished: bool,
    /// Jobs: no new pod before this time.
    pub not_before: SimTime,
    /// When its object was created.
    pub created: SimTime,
    pub waits_for: Option<PodId>,
}

impl<P> Workload<P> {
    pub(super) fn new(cx: &Cx, id: WorkloadId, given: WorkloadPlan<P>) -> Self {
        let mut names = cx.rng(&format!("cluster/names/{}", given.name));
        Workload {
            id,
            wanted: given.replicas,
            hash: names::template_hash(&mut names),
            given,
            revision: 1,
            names,
            pods: Vec::new(),
            creating: Vec::new(),
            creating_old: BTreeMap::new(),
            old: Vec::new(),
            scaled_from: None,
            next_ordinal: 0,
            planned: false,
            deleted: false,
            succeeded: 0,
            failed: 0,
            finished: false,
            not_before: SimTime::ZERO,
            created: cx.now(),
            waits_for: None,
        }
    }

    /// The pod's name and its owner's, as the controllers of Kubernetes make them.
    pub(super) fn name_pod(&mut self, ordinal: u32, revision: u32) -> (Text, Text) {
        let hash = self.old.iter().find(|(r, ..)| *r == revision).map_or(&self.hash, |(_, hash, _)| hash);
        let name = &self.given.name;
        match self.given.kind {
            Kind::Pod => (name.clone(), Text::from("")),
            Kind::Deployment { .. } => {
                let set = format!("{name}-{hash}");
                (format!("{set}-{}", names::suffix(&mut self.names)).into(), name.clone())
            }
            Kind::StatefulSet { .. } => (format!("{name}-{ordinal}").into(), name.clone()),
            Kind::ReplicaSet | Kind::DaemonSet | Kind::Job { .. } => {
                (format!("{name}-{}", names::suffix(&mut self.names)).into(), name.clone())
            }
        }
    }

    /// The revision of a pod that is being created.
    pub(super) fn revision_of(&self, ordinal: u32) -> u32 {
        self.creating_old.get(&ordinal).copied().unwrap_or(self.revision)
    }

    /// Pods that count: not going, not over (`FilterActivePods`).
    pub(super) fn active(&self, cx: &Cx) -> Vec<Kept> {
        self.pods.iter().filter(|k| is_active(cx, k)).copied().collect()
    }

    pub(super) fn min_ready(&self) -> SimDuration {
        match self.given.kind {
            Kind::Deployment { min_ready, .. } | Kind::StatefulSet { min_ready, .. } => min_ready,
            Kind::Pod | Kind::ReplicaSet | Kind::DaemonSet | Kind::Job { .. } => SimDuration::ZERO,
        }
    }

    /// Does the pod run, and has it been ready for long enough?
    pub(super) fn is_up(&self, cx: &Cx, kept: &Kept) -> bool {
        is_active(cx, kept) && self.is_available(cx, kept)
    }

    /// Has the pod been ready for long enough?
    pub(super) fn is_available(&self, cx: &Cx, kept: &Kept) -> bool {
        kept.ready_since.is_some_and(|since| since + self.min_ready() <= cx.now())
    }
}

/// Neither going nor over.
pub(super) fn is_active(cx: &Cx, kept: &Kept) -> bool {
    !kept.going
        && cx.seen().pod(kept.pod).is_some_and(|p| {
            p.deleted.is_none() && p.removed.is_none() && matches!(p.phase, PodPhase::Pending | PodPhase::Running)
        })
}
