//! Regular and init containers.
//!
//! Source: `pkg/apis/core/validation/validation.go` `validateContainers`, `validateInitContainers`, `validateLifecycle`,
//! `validateContainerRestartPolicy`.

use super::action::Actor;
use super::probe::Kind;
use super::{Reader, View};
use crate::base::signal::Signal;
use crate::pod::defaults;
use crate::pod::field_error::{duplicate, forbidden, required, unsupported};
use crate::pod::names::{self, Rule};
use crate::pod::quantity;
use crate::pod::spec::{
    ContainerPort, ContainerRestart, ContainerSpec, Lifecycle, Located, Probe, Resources, VolumeMount,
};
use crate::pod::yaml;

/// What a container needs to know of its pod.
#[derive(Clone)]
pub struct PodContext {
    /// `terminationGracePeriodSeconds`.
    pub grace: i64,
    /// `os.name`.
    pub os_name: Option<String>,
    /// `securityContext.runAsUser` of the pod.
    pub run_as_user: Option<Located<i64>>,
    /// Names of its volumes.
    pub volumes: Vec<String>,
}

impl Reader<'_> {
    /// One container.
    pub fn container(&mut self, at: &View<'_>, init: bool, pod: &PodContext) -> ContainerSpec {
        let name_at = at.get("name");
        let name = name_at.text_or("");
        if name.value.is_empty() {
            required(&mut self.remarks, &View { span: at.head(), ..name_at }, "");
        } else {
            names::check(&mut self.remarks, &name_at, &name.value, Rule::Label);
        }
        let image_at = at.get("image");
        if image_at.filled().is_none() {
            let span = if image_at.is_set() { image_at.span } else { at.head() };
            required(&mut self.remarks, &View { span, ..image_at.clone() }, "");
        }
        let restart = self.container_restart(&at.get("restartPolicy"), init);
        let sidecar = init && restart.as_ref().is_some_and(|r| r.value == ContainerRestart::Always);
        let long_lived = !init || sidecar;
        let restart_rules = self.restart_rules(at);
        let ports = self.ports(&at.get("ports"));
        let known: Vec<&str> = ports.iter().filter_map(|p| p.name.as_ref()).map(|n| n.value.as_str()).collect();
        let security = at.get("securityContext");
        ContainerSpec {
            span: at.span,
            name,
            image: image_at.text_or(""),
            command: at.get("command").texts(),
            args: at.get("args").texts(),
            env: self.env(&at.get("env")),
            env_from: self.env_from(&at.get("envFrom")),
            working_dir: at.get("workingDir").filled(),
            lifecycle: self.lifecycle(&at.get("lifecycle"), long_lived, pod, &known),
            liveness: self.container_probe(&at.get("livenessProbe"), Kind::Liveness, long_lived, &known),
            readiness: self.container_probe(&at.get("readinessProbe"), Kind::Readiness, long_lived, &known),
            startup: self.container_probe(&at.get("startupProbe"), Kind::Startup, long_lived, &known),
            restart,
            restart_rules,
            termination_message_path: at.get("terminationMessagePath").text_or(defaults::TERMINATION_MESSAGE_PATH),
            falls_back_to_logs: self.falls_back_to_logs(&at.get("terminationMessagePolicy")),
            stdin: at.get("stdin").flag(),
            tty: at.get("tty").flag(),
            resources: self.resources(&at.get("resources")),
            run_as_user: security.get("runAsUser").int().or_else(|| pod.run_as_user.clone()),
            volume_mounts: self.mounts(&at.get("volumeMounts"), pod),
            init,
            ports,
        }
    }

    fn falls_back_to_logs(&mut self, at: &View<'_>) -> bool {
        let policy = at.text_or("File");
        if !["File", "FallbackToLogsOnError"].contains(&policy.value.as_str()) {
            unsupported(&mut self.remarks, at, &policy.value, &["File", "FallbackToLogsOnError"]);
        }
        policy.value == "FallbackToLogsOnError"
    }

    /// An init container ends before the pod serves, so it may have neither hooks nor probes.
    fn init_may_not(&mut self, at: &View<'_>) {
        let detail = if self.api.minor >= 28 {
            "may not be set for init containers without restartPolicy=Always"
        } else {
            "must not be set for init containers"
        };
        forbidden(&mut self.remarks, at, detail);
    }

    fn lifecycle(&mut self, at: &View<'_>, long_lived: bool, pod: &PodContext, known: &[&str]) -> Lifecycle {
        if !at.is_set() {
            return Lifecycle::default();
        }
        if !long_lived {
            self.init_may_not(at);
        }
        let stop_signal = self.stop_signal(&at.get("stopSignal"), pod);
        let mut hook = |name: &str| {
            let hook_at = at.get(name);
            let action = hook_at.is_set().then(|| self.action(&hook_at, Actor::Hook { grace: pod.grace })).flatten()?;
            self.port_exists(&action.value, action.span, known);
            Some(action)
        };
        Lifecycle { post_start: hook("postStart"), pre_stop: hook("preStop"), stop_signal }
    }

    fn stop_signal(&mut self, at: &View<'_>, pod: &PodContext) -> Option<Located<Signal>> {
        let written = at.filled().filter(|_| self.api.minor >= 33)?;
        if !self.api.container_stop_signals {
            let help = "turn the gate on, or set STOPSIGNAL in the Dockerfile".to_owned();
            let message = format!("{} is dropped: the gate ContainerStopSignals is off", at.path);
            self.remarks.warn(written.span, message, Some(help));
            return None;
        }
        let Some(os) = &pod.os_name else {
            forbidden(&mut self.remarks, at, "may not be set for containers with empty `spec.os.name`");
            return None;
        };
        let windows = os == "windows";
        let spelled_right = written.value.starts_with("SIG") && !written.value.chars().any(|c| c.is_ascii_lowercase());
        let signal = Signal::from_name(&written.value).filter(|_| spelled_right);
        match signal.filter(|s| !windows || [Signal::TERM, Signal::KILL].contains(s)) {
            Some(signal) => Some(written.map(|_| signal)),
            None if windows => {
                unsupported(&mut self.remarks, at, &written.value, &["SIGKILL", "SIGTERM"]);
                None
            }
            None => {
                let guess = Signal::parse(&written.value).map_or("SIGTERM".to_owned(), |s| format!("SIG{s}"));
                let message = format!(
                    "{}: Unsupported value: {:?}: supported values: the names of signal(7) with SIG",
                    at.path, written.value
                );
                self.remarks.error_help(at.span, message, format!("write {guess}"));
                None
            }
        }
    }

    fn container_probe(&mut self, at: &View<'_>, kind: Kind, long_lived: bool, known: &[&str]) -> Option<Probe> {
        if at.is_set() && !long_lived {
            self.init_may_not(at);
        }
        let probe = self.probe(at, kind)?;
        self.port_exists(&probe.action, at.head(), known);
        Some(probe)
    }

    fn ports(&mut self, at: &View<'_>) -> Vec<ContainerPort> {
        let mut ports: Vec<ContainerPort> = Vec::new();
        for item in at.items() {
            let number_at = item.get("containerPort");
            if !number_at.is_set() {
                required(&mut self.remarks, &View { span: item.head(), ..number_at }, "");
                continue;
            }
            let name = item.get("name").filled();
            if let Some(name) = &name {
                self.port_name(&item.get("name"), &name.value);
                if ports.iter().any(|p| p.name.as_ref().is_some_and(|n| n.value == name.value)) {
                    duplicate(&mut self.remarks, &item.get("name"), &name.value);
                }
            }
            let protocol = item.get("protocol").text_or("TCP");
            if !["TCP", "UDP", "SCTP"].contains(&protocol.value.as_str()) {
                unsupported(&mut self.remarks, &item.get("protocol"), &protocol.value, &["SCTP", "TCP", "UDP"]);
            }
            ports.extend(self.port_number(&number_at).map(|number| ContainerPort { name, number }));
        }
        ports
    }

    fn resources(&mut self, at: &View<'_>) -> Resources {
        let memory = at.get("limits").get("memory");
        let bytes = memory.node.and_then(|n| match &n.kind {
            yaml::Kind::Int(bytes) => Some(*bytes),
            yaml::Kind::Text(text) | yaml::Kind::Number(text) => quantity::whole(text),
            yaml::Kind::Null | yaml::Kind::Bool(_) | yaml::Kind::List(_) | yaml::Kind::Map(_) => None,
        });
        Resources { memory_limit: bytes.map(|b| Located::written(b, memory.span)) }
    }

    fn mounts(&mut self, at: &View<'_>, pod: &PodContext) -> Vec<VolumeMount> {
        let mut mounts: Vec<VolumeMount> = Vec::new();
        for item in at.items() {
            let (name_at, path_at) = (item.get("name"), item.get("mountPath"));
            let (Some(name), Some(mount_path)) = (name_at.filled(), path_at.filled()) else {
                let missing = if name_at.filled().is_none() { name_at } else { path_at };
                required(&mut self.remarks, &View { span: item.head(), ..missing }, "");
                continue;
            };
            if !pod.volumes.contains(&name.value) {
                self.remarks.error(name.span, format!("{}: Not found: {:?}", name_at.path, name.value));
            }
            if mounts.iter().any(|m| m.mount_path.value == mount_path.value) {
                let message = format!("{}: Invalid value: {:?}: must be unique", path_at.path, mount_path.value);
                self.remarks.error(mount_path.span, message);
            }
            let (sub_path, read_only) = (item.get("subPath").filled(), item.get("readOnly").flag().value);
            mounts.push(VolumeMount { name, mount_path, sub_path, read_only });
        }
        mounts
    }
}
