//! Controllers, services and disruption budgets: `k8s.io/api` apps/v1, batch/v1, core/v1 and policy/v1 types.go.

use super::Shape::{Bool, Int32, Int64, IntOrText, List, Object as Nested, Text, TextList, TextMap};
use super::pod::{METADATA, TEMPLATE};
use super::{Field, Object, quiet, read, skip};

static EXPRESSION: Object = Object {
    go: "LabelSelectorRequirement",
    fields: &[read("key", Text), read("operator", Text), read("values", TextList)],
};
static SELECTOR: Object = Object {
    go: "LabelSelector",
    fields: &[read("matchLabels", TextMap), read("matchExpressions", List(&EXPRESSION))],
};
static ROLLING: Object =
    Object { go: "RollingUpdateDeployment", fields: &[read("maxSurge", IntOrText), read("maxUnavailable", IntOrText)] };
static STRATEGY: Object =
    Object { go: "DeploymentStrategy", fields: &[read("type", Text), read("rollingUpdate", Nested(&ROLLING))] };

static DEPLOYMENT_SPEC: Object = Object {
    go: "DeploymentSpec",
    fields: &[
        read("replicas", Int32),
        read("selector", Nested(&SELECTOR)),
        read("template", Nested(&TEMPLATE)),
        read("strategy", Nested(&STRATEGY)),
        read("minReadySeconds", Int32),
        quiet("revisionHistoryLimit"),
        skip("paused"),
        skip("progressDeadlineSeconds"),
    ],
};
static STATEFUL_SET_SPEC: Object = Object {
    go: "StatefulSetSpec",
    fields: &[
        read("replicas", Int32),
        read("selector", Nested(&SELECTOR)),
        read("template", Nested(&TEMPLATE)),
        read("serviceName", Text),
        read("podManagementPolicy", Text),
        read("minReadySeconds", Int32).since(22),
        quiet("revisionHistoryLimit"),
        quiet("volumeClaimTemplates"),
        quiet("persistentVolumeClaimRetentionPolicy"),
        skip("ordinals"),
        skip("updateStrategy"),
    ],
};
static REPLICA_SET_SPEC: Object = Object {
    go: "ReplicaSetSpec",
    fields: &[
        read("replicas", Int32),
        read("selector", Nested(&SELECTOR)),
        read("template", Nested(&TEMPLATE)),
        read("minReadySeconds", Int32),
    ],
};
static DAEMON_SET_SPEC: Object = Object {
    go: "DaemonSetSpec",
    fields: &[
        read("selector", Nested(&SELECTOR)),
        read("template", Nested(&TEMPLATE)),
        read("minReadySeconds", Int32),
        quiet("revisionHistoryLimit"),
        skip("updateStrategy"),
    ],
};
static JOB_SPEC: Object = Object {
    go: "JobSpec",
    fields: &[
        read("template", Nested(&TEMPLATE)),
        read("completions", Int32),
        read("parallelism", Int32),
        read("backoffLimit", Int32),
        read("activeDeadlineSeconds", Int64),
        read("completionMode", Text).since(21),
        quiet("selector"),
        quiet("manualSelector"),
        quiet("managedBy"),
        skip("backoffLimitPerIndex").since(28),
        skip("maxFailedIndexes").since(28),
        skip("podFailurePolicy").since(25),
        skip("podReplacementPolicy").since(28),
        skip("successPolicy").since(30),
        skip("suspend").since(21),
        skip("ttlSecondsAfterFinished"),
    ],
};
static JOB_TEMPLATE: Object =
    Object { go: "JobTemplateSpec", fields: &[read("metadata", Nested(&METADATA)), read("spec", Nested(&JOB_SPEC))] };
static CRON_JOB_SPEC: Object = Object {
    go: "CronJobSpec",
    fields: &[
        read("schedule", Text),
        read("jobTemplate", Nested(&JOB_TEMPLATE)),
        quiet("timeZone"),
        quiet("successfulJobsHistoryLimit"),
        quiet("failedJobsHistoryLimit"),
        skip("concurrencyPolicy"),
        skip("startingDeadlineSeconds"),
        skip("suspend"),
    ],
};
static SERVICE_PORT: Object = Object {
    go: "ServicePort",
    fields: &[
        read("name", Text),
        read("port", Int32),
        read("targetPort", IntOrText),
        read("protocol", Text),
        quiet("nodePort"),
        quiet("appProtocol"),
    ],
};
static SERVICE_SPEC: Object = Object {
    go: "ServiceSpec",
    fields: &[
        read("selector", TextMap),
        read("ports", List(&SERVICE_PORT)),
        read("type", Text),
        read("clusterIP", Text),
        read("publishNotReadyAddresses", Bool),
        read("externalTrafficPolicy", Text),
        read("internalTrafficPolicy", Text).since(21),
        quiet("clusterIPs"),
        quiet("ipFamilies"),
        quiet("ipFamilyPolicy"),
        quiet("externalIPs"),
        quiet("externalName"),
        quiet("loadBalancerIP"),
        quiet("loadBalancerSourceRanges"),
        quiet("loadBalancerClass"),
        quiet("allocateLoadBalancerNodePorts"),
        quiet("healthCheckNodePort"),
        skip("sessionAffinity"),
        skip("sessionAffinityConfig"),
        skip("trafficDistribution"),
    ],
};
static BUDGET_SPEC: Object = Object {
    go: "PodDisruptionBudgetSpec",
    fields: &[
        read("minAvailable", IntOrText),
        read("maxUnavailable", IntOrText),
        read("selector", Nested(&SELECTOR)),
        read("unhealthyPodEvictionPolicy", Text).since(26),
    ],
};

const fn spec(of: &'static Object) -> Field {
    read("spec", Nested(of))
}

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident, $go:literal, $spec:ident) => {
        $(#[$doc])*
        pub static $name: Object = Object {
            go: $go,
            fields: &[read("apiVersion", Text), read("kind", Text), read("metadata", Nested(&METADATA)), spec(&$spec), quiet("status")],
        };
    };
}

kind!(
    /// `kind: Deployment`.
    DEPLOYMENT, "Deployment", DEPLOYMENT_SPEC
);
kind!(
    /// `kind: StatefulSet`.
    STATEFUL_SET, "StatefulSet", STATEFUL_SET_SPEC
);
kind!(
    /// `kind: ReplicaSet`.
    REPLICA_SET, "ReplicaSet", REPLICA_SET_SPEC
);
kind!(
    /// `kind: DaemonSet`.
    DAEMON_SET, "DaemonSet", DAEMON_SET_SPEC
);
kind!(
    /// `kind: Job`.
    JOB, "Job", JOB_SPEC
);
kind!(
    /// `kind: CronJob`.
    CRON_JOB, "CronJob", CRON_JOB_SPEC
);
kind!(
    /// `kind: Service`.
    SERVICE, "Service", SERVICE_SPEC
);
kind!(
    /// `kind: PodDisruptionBudget`.
    BUDGET, "PodDisruptionBudget", BUDGET_SPEC
);
