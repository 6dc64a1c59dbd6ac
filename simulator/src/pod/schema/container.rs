//! Containers, their hooks, probes and environment: `k8s.io/api/core/v1` types.go.

use super::Shape::{Any, Bool, Int32, Int64, IntOrText, List, Object as Nested, Quantity, QuantityMap, Text, TextList};
use super::{Field, Object, quiet, read, skip};

static EXEC: Object = Object { go: "ExecAction", fields: &[read("command", TextList)] };
static HEADER: Object = Object { go: "HTTPHeader", fields: &[read("name", Text), read("value", Text)] };
static HTTP_GET: Object = Object {
    go: "HTTPGetAction",
    fields: &[
        read("path", Text),
        read("port", IntOrText),
        read("host", Text),
        read("scheme", Text),
        read("httpHeaders", List(&HEADER)),
    ],
};
static TCP_SOCKET: Object = Object { go: "TCPSocketAction", fields: &[read("port", IntOrText), read("host", Text)] };
static GRPC: Object = Object { go: "GRPCAction", fields: &[read("port", Int32), read("service", Text)] };
static SLEEP: Object = Object { go: "SleepAction", fields: &[read("seconds", Int64)] };

static HANDLER: Object = Object {
    go: "LifecycleHandler",
    fields: &[
        read("exec", Nested(&EXEC)),
        read("httpGet", Nested(&HTTP_GET)),
        read("tcpSocket", Nested(&TCP_SOCKET)),
        // KEP-3960: in the API, but behind a gate, from 1.29.
        read("sleep", Nested(&SLEEP)).since(29),
    ],
};
static LIFECYCLE: Object = Object {
    go: "Lifecycle",
    fields: &[
        read("postStart", Nested(&HANDLER)),
        read("preStop", Nested(&HANDLER)),
        // KEP-4960: in the API, but behind a gate, from 1.33.
        read("stopSignal", Text).since(33),
    ],
};
static PROBE: Object = Object {
    go: "Probe",
    fields: &[
        read("exec", Nested(&EXEC)),
        read("httpGet", Nested(&HTTP_GET)),
        read("tcpSocket", Nested(&TCP_SOCKET)),
        read("grpc", Nested(&GRPC)).since(23),
        read("initialDelaySeconds", Int32),
        read("timeoutSeconds", Int32),
        read("periodSeconds", Int32),
        read("successThreshold", Int32),
        read("failureThreshold", Int32),
        read("terminationGracePeriodSeconds", Int64).since(21),
    ],
};
static KEY_REF: Object =
    Object { go: "ConfigMapKeySelector", fields: &[read("name", Text), read("key", Text), read("optional", Bool)] };
static SECRET_KEY_REF: Object =
    Object { go: "SecretKeySelector", fields: &[read("name", Text), read("key", Text), read("optional", Bool)] };
static FIELD_REF: Object =
    Object { go: "ObjectFieldSelector", fields: &[quiet("apiVersion"), read("fieldPath", Text)] };
static RESOURCE_REF: Object = Object {
    go: "ResourceFieldSelector",
    fields: &[read("resource", Text), read("containerName", Text), read("divisor", Quantity)],
};
static VALUE_FROM: Object = Object {
    go: "EnvVarSource",
    fields: &[
        read("fieldRef", Nested(&FIELD_REF)),
        read("configMapKeyRef", Nested(&KEY_REF)),
        read("secretKeyRef", Nested(&SECRET_KEY_REF)),
        read("resourceFieldRef", Nested(&RESOURCE_REF)),
        skip("fileKeyRef").since(34),
    ],
};
static ENV: Object =
    Object { go: "EnvVar", fields: &[read("name", Text), read("value", Text), read("valueFrom", Nested(&VALUE_FROM))] };
static ENV_SOURCE: Object = Object { go: "ConfigMapEnvSource", fields: &[read("name", Text), read("optional", Bool)] };
static ENV_FROM: Object = Object {
    go: "EnvFromSource",
    fields: &[read("prefix", Text), read("configMapRef", Nested(&ENV_SOURCE)), read("secretRef", Nested(&ENV_SOURCE))],
};
static PORT: Object = Object {
    go: "ContainerPort",
    fields: &[
        read("name", Text),
        read("containerPort", Int32),
        read("protocol", Text),
        quiet("hostPort"),
        quiet("hostIP"),
    ],
};
static RESOURCES: Object = Object {
    go: "ResourceRequirements",
    fields: &[read("limits", QuantityMap), read("requests", QuantityMap), quiet("claims").since(26)],
};
static SECURITY: Object = Object {
    go: "SecurityContext",
    fields: &[
        read("runAsUser", Int64),
        quiet("runAsGroup"),
        quiet("runAsNonRoot"),
        quiet("allowPrivilegeEscalation"),
        quiet("readOnlyRootFilesystem"),
        quiet("seccompProfile"),
        quiet("appArmorProfile"),
        quiet("seLinuxOptions"),
        quiet("windowsOptions"),
        quiet("procMount"),
        skip("capabilities"),
        skip("privileged"),
    ],
};
static MOUNT: Object = Object {
    go: "VolumeMount",
    fields: &[
        read("name", Text),
        read("mountPath", Text),
        read("subPath", Text),
        read("readOnly", Bool),
        quiet("mountPropagation"),
        quiet("recursiveReadOnly"),
        skip("subPathExpr"),
    ],
};

static EXIT_CODES: Object =
    Object { go: "ContainerRestartRuleOnExitCodes", fields: &[read("operator", Text), read("values", Any)] };
static RESTART_RULE: Object =
    Object { go: "ContainerRestartRule", fields: &[read("action", Text), read("exitCodes", Nested(&EXIT_CODES))] };

const FIELDS: &[Field] = &[
    read("name", Text),
    read("image", Text),
    read("command", TextList),
    read("args", TextList),
    read("workingDir", Text),
    read("ports", List(&PORT)),
    read("env", List(&ENV)),
    read("envFrom", List(&ENV_FROM)),
    read("resources", Nested(&RESOURCES)),
    read("volumeMounts", List(&MOUNT)),
    read("livenessProbe", Nested(&PROBE)),
    read("readinessProbe", Nested(&PROBE)),
    read("startupProbe", Nested(&PROBE)),
    read("lifecycle", Nested(&LIFECYCLE)),
    read("restartPolicy", Text).since(28),
    read("securityContext", Nested(&SECURITY)),
    read("stdin", Bool),
    read("stdinOnce", Bool),
    read("tty", Bool),
    quiet("imagePullPolicy"),
    // KEP-5307: in the API, but behind a gate, from 1.34.
    read("restartPolicyRules", List(&RESTART_RULE)).since(34),
    read("terminationMessagePath", Text),
    read("terminationMessagePolicy", Text),
    skip("volumeDevices"),
    skip("resizePolicy").since(27),
];

/// A regular or init container.
pub static CONTAINER: Object = Object { go: "Container", fields: FIELDS };
