//! Metadata, pods and their volumes: `k8s.io/api/core/v1` types.go, `apimachinery/pkg/apis/meta/v1` types.go.

use super::Shape::{Bool, Int32, Int64, List, Object as Nested, Quantity, Text, TextList, TextMap};
use super::container::CONTAINER;
use super::{Object, quiet, read, skip};

/// `metadata`.
pub static METADATA: Object = Object {
    go: "ObjectMeta",
    fields: &[
        read("name", Text),
        read("generateName", Text),
        read("namespace", Text),
        read("labels", TextMap),
        read("annotations", TextMap),
        quiet("uid"),
        quiet("resourceVersion"),
        quiet("generation"),
        quiet("creationTimestamp"),
        quiet("deletionTimestamp"),
        quiet("deletionGracePeriodSeconds"),
        quiet("ownerReferences"),
        quiet("managedFields"),
        quiet("selfLink"),
        read("finalizers", TextList),
    ],
};

static READINESS_GATE: Object = Object { go: "PodReadinessGate", fields: &[read("conditionType", Text)] };

static TOLERATION: Object = Object {
    go: "Toleration",
    fields: &[
        read("key", Text),
        read("operator", Text),
        read("value", Text),
        read("effect", Text),
        read("tolerationSeconds", Int64),
    ],
};
static OS: Object = Object { go: "PodOS", fields: &[read("name", Text)] };
static POD_SECURITY: Object = Object {
    go: "PodSecurityContext",
    fields: &[
        read("runAsUser", Int64),
        quiet("runAsGroup"),
        quiet("runAsNonRoot"),
        quiet("fsGroup"),
        quiet("fsGroupChangePolicy"),
        quiet("supplementalGroups"),
        quiet("supplementalGroupsPolicy"),
        quiet("seccompProfile"),
        quiet("appArmorProfile"),
        quiet("seLinuxOptions"),
        quiet("seLinuxChangePolicy"),
        quiet("windowsOptions"),
        skip("sysctls"),
    ],
};

static KEY_TO_PATH: Object =
    Object { go: "KeyToPath", fields: &[read("key", Text), read("path", Text), read("mode", Int32)] };
static CONFIG_MAP_VOLUME: Object = Object {
    go: "ConfigMapVolumeSource",
    fields: &[
        read("name", Text),
        read("items", List(&KEY_TO_PATH)),
        read("defaultMode", Int32),
        read("optional", Bool),
    ],
};
static EMPTY_DIR: Object =
    Object { go: "EmptyDirVolumeSource", fields: &[read("medium", Text), read("sizeLimit", Quantity)] };
static HOST_PATH: Object = Object { go: "HostPathVolumeSource", fields: &[read("path", Text), read("type", Text)] };
static VOLUME: Object = Object {
    go: "Volume",
    fields: &[
        read("name", Text),
        read("emptyDir", Nested(&EMPTY_DIR)),
        read("configMap", Nested(&CONFIG_MAP_VOLUME)),
        read("hostPath", Nested(&HOST_PATH)),
        skip("secret"),
        skip("persistentVolumeClaim"),
        skip("projected"),
        skip("downwardAPI"),
        skip("ephemeral"),
        skip("csi"),
        skip("nfs"),
        skip("image").since(31),
        skip("awsElasticBlockStore"),
        skip("azureDisk"),
        skip("azureFile"),
        skip("cephfs"),
        skip("cinder"),
        skip("fc"),
        skip("flexVolume"),
        skip("flocker"),
        skip("gcePersistentDisk"),
        skip("gitRepo"),
        skip("glusterfs"),
        skip("iscsi"),
        skip("photonPersistentDisk"),
        skip("portworxVolume"),
        skip("quobyte"),
        skip("rbd"),
        skip("scaleIO"),
        skip("storageos"),
        skip("vsphereVolume"),
    ],
};

/// `spec` of a Pod.
pub static POD_SPEC: Object = Object {
    go: "PodSpec",
    fields: &[
        read("containers", List(&CONTAINER)),
        read("initContainers", List(&CONTAINER)),
        read("volumes", List(&VOLUME)),
        read("restartPolicy", Text),
        read("terminationGracePeriodSeconds", Int64),
        read("activeDeadlineSeconds", Int64),
        read("shareProcessNamespace", Bool),
        read("hostPID", Bool),
        read("hostNetwork", Bool),
        read("hostname", Text),
        read("subdomain", Text),
        read("os", Nested(&OS)),
        read("securityContext", Nested(&POD_SECURITY)),
        quiet("hostIPC"),
        quiet("hostUsers"),
        quiet("dnsPolicy"),
        quiet("dnsConfig"),
        quiet("hostAliases"),
        quiet("nodeSelector"),
        quiet("nodeName"),
        quiet("affinity"),
        read("tolerations", List(&TOLERATION)),
        quiet("topologySpreadConstraints"),
        quiet("schedulerName"),
        quiet("schedulingGates"),
        quiet("schedulingGroup"),
        quiet("workloadRef"),
        quiet("serviceAccountName"),
        quiet("serviceAccount"),
        quiet("automountServiceAccountToken"),
        quiet("imagePullSecrets"),
        quiet("enableServiceLinks"),
        quiet("setHostnameAsFQDN"),
        quiet("hostnameOverride"),
        quiet("resources"),
        quiet("resourceClaims"),
        quiet("overhead"),
        read("priorityClassName", Text),
        read("priority", Int32),
        skip("preemptionPolicy"),
        read("readinessGates", List(&READINESS_GATE)),
        skip("runtimeClassName"),
        skip("ephemeralContainers"),
    ],
};

/// `kind: Pod`.
pub static POD: Object = Object {
    go: "Pod",
    fields: &[
        read("apiVersion", Text),
        read("kind", Text),
        read("metadata", Nested(&METADATA)),
        read("spec", Nested(&POD_SPEC)),
        quiet("status"),
    ],
};

/// `template` of every controller.
pub static TEMPLATE: Object =
    Object { go: "PodTemplateSpec", fields: &[read("metadata", Nested(&METADATA)), read("spec", Nested(&POD_SPEC))] };

/// `kind: ConfigMap`.
pub static CONFIG_MAP: Object = Object {
    go: "ConfigMap",
    fields: &[
        read("apiVersion", Text),
        read("kind", Text),
        read("metadata", Nested(&METADATA)),
        read("data", TextMap),
        skip("binaryData"),
        quiet("immutable"),
    ],
};
