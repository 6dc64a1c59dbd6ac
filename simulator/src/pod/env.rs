//! The environment of a container, and `$(NAME)` in its command.
//!
//! Source: `pkg/kubelet/kubelet_pods.go` `makeEnvironment`, `podFieldSelectorRuntimeValue`;
//! `third_party/forked/golang/expansion/expand.go`. The image's own environment is not known here: it lies below this
//! one, and `$(NAME)` does not see it.

use std::collections::BTreeMap;

use super::spec::{ContainerSpec, EnvValue, Manifests, PodSpec};

/// What the cluster has given one pod.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PodIdentity {
    /// `metadata.name`, with the suffix its controller added.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `status.podIP`.
    pub pod_ip: String,
    /// `spec.nodeName`.
    pub node_name: String,
    /// `status.hostIP`.
    pub host_ip: String,
}

/// The variables of `container`, in the order of their first appearance. `Err` is the message of the event: the container
/// waits with `CreateContainerConfigError` until what is missing appears.
pub fn environment(
    container: &ContainerSpec,
    pod: &PodSpec,
    identity: &PodIdentity,
    manifests: &Manifests,
) -> Result<Vec<(String, String)>, String> {
    let mut variables = Variables::default();
    let namespace = pod.meta.namespace.value.as_str();
    for source in &container.env_from {
        let Some(name) = &source.config_map else { continue };
        let Some(map) = manifests.config_map(namespace, &name.value) else {
            return Err(format!("configmap {:?} not found", name.value));
        };
        for (key, value) in &map.data {
            variables.set(format!("{}{key}", source.prefix), value.value.clone());
        }
    }
    for variable in &container.env {
        let value = match &variable.value.value {
            EnvValue::Literal(text) => Some(expand(text, &variables.values)),
            EnvValue::Field(path) => Some(field(path, pod, identity)),
            EnvValue::ConfigMapKey { name, key, optional } => {
                config_map_key(namespace, name, key, *optional, manifests)?
            }
            EnvValue::SecretKey { .. } => Some(String::new()),
            EnvValue::Resource(resource) => Some(resource_value(resource, container)),
        };
        if let Some(value) = value {
            variables.set(variable.name.value.clone(), value);
        }
    }
    Ok(variables.in_order())
}

/// `$(NAME)` replaced where `values` has it; an unknown one stays, `$$` is one dollar.
pub fn expand(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(escaped) = after.strip_prefix('$') {
            out.push('$');
            rest = escaped;
            continue;
        }
        let reference = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        match reference {
            Some((name, behind)) => {
                match values.get(name) {
                    Some(value) => out.push_str(value),
                    None => out.extend(["$(", name, ")"]),
                }
                rest = behind;
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[derive(Default)]
struct Variables {
    order: Vec<String>,
    values: BTreeMap<String, String>,
}

impl Variables {
    fn set(&mut self, name: String, value: String) {
        if self.values.insert(name.clone(), value).is_none() {
            self.order.push(name);
        }
    }

    fn in_order(mut self) -> Vec<(String, String)> {
        let take = |name: String| self.values.remove(&name).map(|value| (name, value));
        self.order.into_iter().filter_map(take).collect()
    }
}

fn config_map_key(
    namespace: &str,
    name: &str,
    key: &str,
    optional: bool,
    manifests: &Manifests,
) -> Result<Option<String>, String> {
    match (manifests.config_map(namespace, name), optional) {
        (Some(map), _) => match (map.data.get(key), optional) {
            (Some(value), _) => Ok(Some(value.value.clone())),
            (None, true) => Ok(None),
            (None, false) => Err(format!("couldn't find key {key} in ConfigMap {namespace}/{name}")),
        },
        (None, true) => Ok(None),
        (None, false) => Err(format!("configmap {name:?} not found")),
    }
}

fn field(path: &str, pod: &PodSpec, identity: &PodIdentity) -> String {
    let keyed = |prefix: &str| path.strip_prefix(prefix).and_then(|rest| rest.strip_suffix("']"));
    if let Some(key) = keyed("metadata.labels['") {
        return pod.meta.labels.get(key).map_or(String::new(), |v| v.value.clone());
    }
    if let Some(key) = keyed("metadata.annotations['") {
        return pod.meta.annotations.get(key).map_or(String::new(), |v| v.value.clone());
    }
    match path {
        "metadata.name" => identity.name.clone(),
        "metadata.namespace" => pod.meta.namespace.value.clone(),
        "metadata.uid" => identity.uid.clone(),
        "spec.nodeName" => identity.node_name.clone(),
        "spec.serviceAccountName" => "default".to_owned(),
        "status.podIP" | "status.podIPs" => identity.pod_ip.clone(),
        "status.hostIP" | "status.hostIPs" => identity.host_ip.clone(),
        _ => String::new(),
    }
}

/// Only the memory limit is known; a divisor is not applied.
fn resource_value(resource: &str, container: &ContainerSpec) -> String {
    match (resource, &container.resources.memory_limit) {
        ("limits.memory", Some(bytes)) => bytes.value.to_string(),
        _ => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod::{Api, parse};

    fn expanded(text: &str) -> String {
        expand(text, &BTreeMap::from([("A".to_owned(), "1".to_owned()), ("E".to_owned(), String::new())]))
    }

    #[test]
    fn references_are_replaced_and_unknown_ones_stay() {
        assert_eq!(expanded("x$(A)y$(E)z"), "x1yz");
        assert_eq!(expanded("$(B) $A ${A} $(A"), "$(B) $A ${A} $(A");
        assert_eq!(expanded("$$(A) $$$(A) $"), "$(A) $1 $");
    }

    const TEXT: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {LEVEL: debug, MODE: fast}
---
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: web}}
spec:
  containers:
  - name: app
    image: x
    envFrom: [{configMapRef: {name: c}, prefix: C_}]
    env:
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: APP, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}
    - {name: C_MODE, value: \"$(C_LEVEL)-$(POD)-$(LATER)\"}
    - {name: LATER, valueFrom: {configMapKeyRef: {name: c, key: LEVEL}}}
    - {name: NONE, valueFrom: {configMapKeyRef: {name: c, key: none, optional: true}}}
";

    fn of(text: &str) -> Result<Vec<(String, String)>, String> {
        let (manifests, remarks) = parse("pod.yaml", text, Api::default());
        assert_eq!(remarks, []);
        let pod = &manifests.workloads[0].pod;
        let identity = PodIdentity { name: "p-1".into(), ..PodIdentity::default() };
        environment(&pod.containers[0], pod, &identity, &manifests)
    }

    #[test]
    fn env_overrides_env_from_and_sees_only_what_came_before() {
        let variables = of(TEXT).unwrap();
        let pairs: Vec<(&str, &str)> = variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("C_LEVEL", "debug"),
                ("C_MODE", "debug-p-1-$(LATER)"),
                ("POD", "p-1"),
                ("APP", "web"),
                ("LATER", "debug")
            ]
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            of(&TEXT.replace("key: LEVEL", "key: WRONG")),
            Err("couldn't find key WRONG in ConfigMap default/c".to_owned())
        );
        assert_eq!(
            of(&TEXT.replace("{name: c}\ndata", "{name: d}\ndata")),
            Err("configmap \"c\" not found".to_owned())
        );
    }
}
