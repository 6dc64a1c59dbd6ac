//! Metadata and the pod itself.
//!
//! Source: `pkg/apis/core/validation/validation.go` `ValidatePodSpec`, `ValidateObjectMeta`; negative grace:
//! `pkg/apis/core/v1/conversion.go`.

use super::container::PodContext;
use super::{Reader, View};
use crate::pod::defaults;
use crate::pod::field_error::{duplicate, invalid, required, unsupported};
use crate::pod::names::{self, Rule};
use crate::pod::spec::{ContainerSpec, Located, Meta, PodSpec, RestartPolicy};

/// Which restart policies the owner of a pod allows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// None: all of them.
    Nobody,
    /// A Deployment and the like: `Always` only.
    Keeper,
    /// A Job: not `Always`.
    Job,
}

impl Reader<'_> {
    /// `metadata` of a whole object.
    pub fn meta(&mut self, object: &View<'_>, name_rule: Rule) -> Meta {
        let at = object.get("metadata");
        let mut name = at.get("name").text_or("");
        if name.value.is_empty() {
            match at.get("generateName").filled() {
                // The API server adds five random characters.
                Some(prefix) => name = prefix.map(|p| format!("{p}xxxxx")),
                None => {
                    let missing = View { span: if at.is_set() { at.head() } else { object.head() }, ..at.get("name") };
                    required(&mut self.remarks, &missing, "name or generateName is required");
                }
            }
        } else {
            names::check(&mut self.remarks, &at.get("name"), &name.value, name_rule);
        }
        self.meta_of(object, &at, name)
    }

    fn meta_of(&mut self, object: &View<'_>, at: &View<'_>, name: Located<String>) -> Meta {
        let namespace = at.get("namespace");
        if let Some(written) = namespace.filled() {
            names::check(&mut self.remarks, &namespace, &written.value, Rule::Label);
        }
        let labels = at.get("labels").text_map();
        for value in labels.values() {
            let label = View { path: format!("{}.labels", at.path), node: None, span: value.span };
            names::check(&mut self.remarks, &label, &value.value, Rule::LabelValue);
        }
        Meta {
            file: self.file.clone(),
            name,
            namespace: namespace.text_or(defaults::NAMESPACE),
            labels,
            annotations: at.get("annotations").text_map(),
            finalizers: at.get("finalizers").texts().into_iter().flat_map(|l| l.value).map(|t| t.value).collect(),
            span: object.span,
        }
    }

    /// A pod template; name and namespace are those of its controller.
    pub fn template(&mut self, at: &View<'_>, controller: &Meta, owner: Owner) -> PodSpec {
        if !at.get("spec").is_set() {
            required(&mut self.remarks, &View { span: at.head(), ..at.get("spec") }, "");
        }
        let name = Located::default_at(controller.name.value.clone(), controller.name.span);
        let mut meta = self.meta_of(at, &at.get("metadata"), name);
        meta.namespace = controller.namespace.clone();
        self.pod_spec(&at.get("spec"), meta, owner)
    }

    /// The `spec` of a pod.
    pub fn pod_spec(&mut self, at: &View<'_>, meta: Meta, owner: Owner) -> PodSpec {
        let grace = self.grace(&at.get("terminationGracePeriodSeconds"));
        let volumes = self.volumes(&at.get("volumes"));
        let os_name = self.os_name(&at.get("os"));
        let context = PodContext {
            grace: grace.value,
            os_name: os_name.as_ref().map(|o| o.value.clone()),
            run_as_user: at.get("securityContext").get("runAsUser").int(),
            volumes: volumes.iter().map(|v| v.name.value.clone()).collect(),
        };
        let (init_containers, containers) = self.containers(at, &context);
        let (share, host_pid) = (at.get("shareProcessNamespace"), at.get("hostPID").flag());
        if share.flag().value && host_pid.value {
            invalid(&mut self.remarks, &share, true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
        let deadline = at.get("activeDeadlineSeconds");
        if let Some(seconds) = deadline.int().filter(|s| !(1..=i64::from(i32::MAX)).contains(&s.value)) {
            invalid(&mut self.remarks, &deadline, seconds.value, "must be between 1 and 2147483647, inclusive");
        }
        PodSpec {
            meta,
            span: at.span,
            termination_grace_period_seconds: grace,
            restart_policy: self.restart_policy(&at.get("restartPolicy"), owner),
            share_process_namespace: share.flag(),
            host_pid,
            host_network: at.get("hostNetwork").flag(),
            os_name,
            active_deadline_seconds: deadline.int(),
            priority: self.priority(at),
            tolerations: self.tolerations(&at.get("tolerations")),
            readiness_gates: at
                .get("readinessGates")
                .items()
                .iter()
                .map(|gate| gate.get("conditionType").text_or("").value)
                .collect(),
            hostname: at.get("hostname").filled(),
            containers,
            init_containers,
            volumes,
        }
    }

    /// The priority that the API server would store: of the two classes that every cluster has, or as written. A class of
    /// another name is an object of the cluster that is not read; its value can be written as `priority`.
    fn priority(&mut self, at: &View<'_>) -> i64 {
        let class = at.get("priorityClassName").filled();
        let of_class = match class.as_ref().map(|c| c.value.as_str()) {
            Some("system-cluster-critical") => Some(defaults::CLUSTER_CRITICAL),
            Some("system-node-critical") => Some(defaults::NODE_CRITICAL),
            Some(_) | None => None,
        };
        let written = at.get("priority").int().map(|p| p.value);
        if let (Some(class), None, None) = (&class, of_class, written) {
            let message = format!("the priority of class {} is not known: write it as priority", class.value);
            self.remarks.leave_out(class.span, message);
        }
        of_class.or(written).unwrap_or(0)
    }

    fn grace(&mut self, at: &View<'_>) -> Located<i64> {
        let Some(grace) = at.int() else { return Located::default_at(defaults::GRACE_SECONDS, at.span) };
        if grace.value >= 0 {
            return grace;
        }
        let stored = defaults::NEGATIVE_GRACE_SECONDS;
        let message = format!("{}: {} is negative and stored as {stored}", at.path, grace.value);
        self.remarks.warn(at.span, message, None);
        grace.map(|_| stored)
    }

    fn os_name(&mut self, at: &View<'_>) -> Option<Located<String>> {
        let name_at = at.get("name");
        let name = name_at.filled()?;
        if !["linux", "windows"].contains(&name.value.as_str()) {
            unsupported(&mut self.remarks, &name_at, &name.value, &["linux", "windows"]);
        }
        if name.value == "windows" {
            self.remarks
                .leave_out(name.span, "Windows containers are not simulated: the pod runs as on Linux".to_owned());
        }
        Some(name)
    }

    fn restart_policy(&mut self, at: &View<'_>, owner: Owner) -> Located<RestartPolicy> {
        let written = at.filled();
        let policy = match written.as_ref().map(|w| w.value.as_str()) {
            None | Some("Always") => RestartPolicy::Always,
            Some("OnFailure") => RestartPolicy::OnFailure,
            Some("Never") => RestartPolicy::Never,
            Some(other) => {
                unsupported(&mut self.remarks, at, other, &["Always", "OnFailure", "Never"]);
                return Located::default_at(RestartPolicy::Always, at.span);
            }
        };
        match (owner, policy, &written) {
            (Owner::Keeper, RestartPolicy::OnFailure | RestartPolicy::Never, Some(w)) => {
                unsupported(&mut self.remarks, at, &w.value, &["Always"]);
            }
            (Owner::Job, RestartPolicy::Always, None) => {
                required(&mut self.remarks, at, "valid values: \"OnFailure\", \"Never\"");
            }
            (Owner::Job, RestartPolicy::Always, Some(w)) => {
                unsupported(&mut self.remarks, at, &w.value, &["OnFailure", "Never"]);
            }
            _ => {}
        }
        Located { value: policy, span: at.span, written: written.is_some() }
    }

    fn containers(&mut self, at: &View<'_>, context: &PodContext) -> (Vec<ContainerSpec>, Vec<ContainerSpec>) {
        let regular = at.get("containers");
        if regular.items().is_empty() && at.is_set() {
            required(&mut self.remarks, &View { span: at.head(), ..regular.clone() }, "");
        }
        let mut names: Vec<String> = Vec::new();
        let mut read = |list: &View<'_>, init: bool, reader: &mut Self| {
            let mut containers = Vec::new();
            for item in list.items() {
                let container = reader.container(&item, init, context);
                if !container.name.value.is_empty() && names.contains(&container.name.value) {
                    duplicate(&mut reader.remarks, &item.get("name"), &container.name.value);
                }
                names.push(container.name.value.clone());
                containers.push(container);
            }
            containers
        };
        let regular = read(&regular, false, self);
        (read(&at.get("initContainers"), true, self), regular)
    }
}
