//! One container: command, environment, hooks, probes.

use crate::base::diagnostic::Span;
use crate::base::signal::Signal;

use super::Located;

/// `restartPolicy` of one container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerRestart {
    /// On an init container: a sidecar.
    Always,
    /// From 1.34, behind a gate.
    OnFailure,
    /// From 1.34, behind a gate.
    Never,
}

/// One of `restartPolicyRules`: what an exit code leads to, whatever the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartRule {
    /// `action`.
    pub action: RestartAction,
    /// `operator: NotIn`.
    pub negated: bool,
    /// `values`.
    pub values: Vec<i64>,
}

impl RestartRule {
    /// Does it hold for this exit code?
    pub fn matches(&self, code: u32) -> bool {
        self.values.contains(&i64::from(code)) != self.negated
    }
}

/// What a restart rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartAction {
    /// The container is started again.
    Restart,
    /// All containers of the pod are, init containers first. On by default from 1.36 (KEP-5532).
    RestartAll,
}

/// A regular or init container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerSpec {
    /// The whole object.
    pub span: Span,
    /// `name`.
    pub name: Located<String>,
    /// `image`; empty if not written.
    pub image: Located<String>,
    /// `command`: replaces ENTRYPOINT and drops CMD; an empty list counts as not written.
    pub command: Option<Located<Vec<Located<String>>>>,
    /// `args`: replaces CMD; an empty list counts as not written.
    pub args: Option<Located<Vec<Located<String>>>>,
    /// `env`, in the order written: a later one may use an earlier one.
    pub env: Vec<EnvVar>,
    /// `envFrom`, before `env`.
    pub env_from: Vec<EnvFrom>,
    /// `workingDir`.
    pub working_dir: Option<Located<String>>,
    /// `ports`: information only, but probes and services refer to their names.
    pub ports: Vec<ContainerPort>,
    /// Hooks and the stop signal.
    pub lifecycle: Lifecycle,
    /// `livenessProbe`.
    pub liveness: Option<Probe>,
    /// `readinessProbe`.
    pub readiness: Option<Probe>,
    /// `startupProbe`.
    pub startup: Option<Probe>,
    /// `restartPolicy` of the container itself.
    pub restart: Option<Located<ContainerRestart>>,
    /// `restartPolicyRules`, in order; the first that holds decides. Only where `restartPolicy` is written too.
    pub restart_rules: Vec<RestartRule>,
    /// `terminationMessagePath`: `/dev/termination-log` if not written.
    pub termination_message_path: Located<String>,
    /// `terminationMessagePolicy: FallbackToLogsOnError`.
    pub falls_back_to_logs: bool,
    /// `stdin`.
    pub stdin: Located<bool>,
    /// `tty`.
    pub tty: Located<bool>,
    /// `resources`.
    pub resources: Resources,
    /// `securityContext.runAsUser`, the pod's if the container has none.
    pub run_as_user: Option<Located<i64>>,
    /// `volumeMounts`.
    pub volume_mounts: Vec<VolumeMount>,
    /// Stands under `initContainers`.
    pub init: bool,
}

impl ContainerSpec {
    /// An init container that lives as long as the pod.
    pub fn is_sidecar(&self) -> bool {
        self.init && self.restart.as_ref().is_some_and(|r| r.value == ContainerRestart::Always)
    }

    /// What its rules say of this exit code, and which of them it is; none where no rule holds.
    pub fn restart_rule(&self, code: u32) -> Option<(usize, RestartAction)> {
        let rules = self.restart_rules.iter().enumerate();
        rules.filter(|_| self.restart.is_some()).find(|(_, r)| r.matches(code)).map(|(n, r)| (n, r.action))
    }

    /// The number of the port that `port` means in this container.
    pub fn port_number(&self, port: &PortRef) -> Option<u16> {
        match port {
            PortRef::Number(number) => Some(*number),
            PortRef::Name(name) => {
                let named = |p: &&ContainerPort| p.name.as_ref().is_some_and(|n| n.value == *name);
                self.ports.iter().find(named).map(|p| p.number.value)
            }
        }
    }
}

/// A port that a container says it listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort {
    /// `name`.
    pub name: Option<Located<String>>,
    /// `containerPort`.
    pub number: Located<u16>,
}

/// A port by number or by the name of a container port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortRef {
    /// 1 to 65535.
    Number(u16),
    /// The name of one of the container's ports.
    Name(String),
}

/// One variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvVar {
    /// `name`.
    pub name: Located<String>,
    /// Where its value comes from.
    pub value: Located<EnvValue>,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// `value`; `$(NAME)` in it is expanded.
    Literal(String),
    /// `fieldRef`: `metadata.name`, `status.podIP`.
    Field(String),
    /// `configMapKeyRef`.
    ConfigMapKey {
        /// The ConfigMap.
        name: String,
        /// The key in it.
        key: String,
        /// The variable is left out if there is no such key.
        optional: bool,
    },
    /// `secretKeyRef`: secrets are not simulated.
    SecretKey {
        /// The Secret.
        name: String,
        /// The key in it.
        key: String,
    },
    /// `resourceFieldRef`: `limits.memory`.
    Resource(String),
}

/// All keys of a ConfigMap as variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFrom {
    /// Put before each key.
    pub prefix: String,
    /// The ConfigMap; `None` for a Secret, which is not simulated.
    pub config_map: Option<Located<String>>,
}

/// `lifecycle`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// Right after the start.
    pub post_start: Option<Located<Action>>,
    /// Before the stop signal.
    pub pre_stop: Option<Located<Action>>,
    /// Instead of the image's STOPSIGNAL.
    pub stop_signal: Option<Located<Signal>>,
}

/// What a hook or a probe does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Runs a command in the container, without a shell.
    Exec {
        /// Its argv.
        command: Vec<Located<String>>,
    },
    /// The kubelet sends a GET.
    HttpGet {
        /// `path`, `/` if not written.
        path: String,
        /// Number or name.
        port: PortRef,
        /// Another host than the pod.
        host: Option<String>,
        /// `scheme: HTTPS`.
        https: bool,
    },
    /// The kubelet opens a connection; as a hook it always fails ("invalid handler").
    TcpSocket {
        /// Number or name.
        port: PortRef,
        /// Another host than the pod.
        host: Option<String>,
    },
    /// A gRPC health check; probes only.
    Grpc {
        /// Its port.
        port: u16,
    },
    /// The kubelet waits; hooks only.
    Sleep {
        /// Whole seconds.
        seconds: i64,
    },
}

/// A probe with the API's defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The whole object.
    pub span: Span,
    /// What it does.
    pub action: Action,
    /// Seconds from the start to the first try; 0.
    pub initial_delay_seconds: Located<u32>,
    /// Seconds one try may take; 1.
    pub timeout_seconds: Located<u32>,
    /// Seconds between tries; 10.
    pub period_seconds: Located<u32>,
    /// Tries in a row that make it good; 1.
    pub success_threshold: Located<u32>,
    /// Tries in a row that make it bad; 3.
    pub failure_threshold: Located<u32>,
    /// Grace of a kill by this probe, instead of the pod's.
    pub termination_grace_period_seconds: Option<Located<i64>>,
}

/// `resources`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Resources {
    /// `limits.memory` in bytes: beyond it the kernel kills.
    pub memory_limit: Option<Located<i64>>,
}

/// A volume in the container's file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeMount {
    /// The volume.
    pub name: Located<String>,
    /// Where.
    pub mount_path: Located<String>,
    /// One file or directory of the volume only.
    pub sub_path: Option<Located<String>>,
    /// Not writable.
    pub read_only: bool,
}
