//! Which kinds are read, under which `apiVersion`, and in which versions of Kubernetes.
//!
//! Source: the Kubernetes deprecated API migration guide (removals in 1.22 and 1.25).

use super::Object;
use super::pod::{CONFIG_MAP, POD};
use super::workload::{BUDGET, CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, REPLICA_SET, SERVICE, STATEFUL_SET};

/// The kinds that become part of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// One pod.
    Pod,
    /// A Deployment.
    Deployment,
    /// A StatefulSet.
    StatefulSet,
    /// A ReplicaSet.
    ReplicaSet,
    /// A DaemonSet.
    DaemonSet,
    /// A Job.
    Job,
    /// A CronJob.
    CronJob,
    /// A Service.
    Service,
    /// A ConfigMap.
    ConfigMap,
    /// A PodDisruptionBudget.
    Budget,
}

/// One kind under one `apiVersion`.
pub struct KindRow {
    /// `kind`.
    pub kind: &'static str,
    /// `apiVersion`.
    pub api_version: &'static str,
    /// Its fields.
    pub object: &'static Object,
    /// What it becomes.
    pub known: Known,
    /// First minor version that serves it.
    pub since: u8,
    /// First minor version that does not serve it any more.
    pub until: u8,
}

const fn row(kind: &'static str, api_version: &'static str, object: &'static Object, known: Known) -> KindRow {
    KindRow { kind, api_version, object, known, since: 0, until: u8::MAX }
}

const fn served(mut row: KindRow, since: u8, until: u8) -> KindRow {
    row.since = since;
    row.until = until;
    row
}

/// The best `apiVersion` of a kind comes first.
static ROWS: &[KindRow] = &[
    row("Pod", "v1", &POD, Known::Pod),
    row("Deployment", "apps/v1", &DEPLOYMENT, Known::Deployment),
    row("StatefulSet", "apps/v1", &STATEFUL_SET, Known::StatefulSet),
    row("ReplicaSet", "apps/v1", &REPLICA_SET, Known::ReplicaSet),
    row("DaemonSet", "apps/v1", &DAEMON_SET, Known::DaemonSet),
    row("Job", "batch/v1", &JOB, Known::Job),
    served(row("CronJob", "batch/v1", &CRON_JOB, Known::CronJob), 21, u8::MAX),
    served(row("CronJob", "batch/v1beta1", &CRON_JOB, Known::CronJob), 0, 25),
    row("Service", "v1", &SERVICE, Known::Service),
    row("ConfigMap", "v1", &CONFIG_MAP, Known::ConfigMap),
    served(row("PodDisruptionBudget", "policy/v1", &BUDGET, Known::Budget), 21, u8::MAX),
    served(row("PodDisruptionBudget", "policy/v1beta1", &BUDGET, Known::Budget), 0, 25),
];

/// What was found for a kind and `apiVersion`.
pub enum Found {
    /// It is served and read.
    Row(&'static KindRow),
    /// The kind is read under this other `apiVersion`.
    OtherVersion(&'static KindRow),
    /// A kind that is not read.
    Unread,
}

/// The row of `kind` under `api_version` in Kubernetes 1.`minor`.
pub fn find(kind: &str, api_version: &str, minor: u8) -> Found {
    let served = |row: &&KindRow| row.kind == kind && (row.since..row.until).contains(&minor);
    match ROWS.iter().filter(served).find(|row| row.api_version == api_version) {
        Some(row) => Found::Row(row),
        None => ROWS.iter().find(served).map_or(Found::Unread, Found::OtherVersion),
    }
}

/// The kinds that are read, for advice.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.kind)
}
