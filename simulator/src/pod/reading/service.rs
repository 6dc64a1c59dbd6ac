//! Services, ConfigMaps and disruption budgets.
//!
//! Source: `pkg/apis/core/validation/validation.go` `ValidateService`, `ValidateConfigMap`;
//! `pkg/apis/policy/validation/validation.go` `ValidatePodDisruptionBudgetSpec`.

use super::{Reader, View};
use crate::pod::field_error::{duplicate, invalid, required, unsupported};
use crate::pod::names::Rule;
use crate::pod::spec::{ConfigMap, DisruptionBudget, Located, PortRef, ServicePort, ServiceSpec};

const TYPES: &[&str] = &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

impl Reader<'_> {
    /// A Service.
    pub fn service(&mut self, object: &View<'_>) -> ServiceSpec {
        let meta = self.meta(object, Rule::Label1035);
        let spec = object.get("spec");
        let type_at = spec.get("type");
        let service_type = type_at.text_or("ClusterIP");
        if !TYPES.contains(&service_type.value.as_str()) {
            unsupported(&mut self.remarks, &type_at, &service_type.value, TYPES);
        }
        let headless = spec.get("clusterIP").text_or("").map(|ip| ip == "None");
        let ports = spec.get("ports");
        if ports.items().is_empty() && !headless.value && service_type.value != "ExternalName" {
            required(&mut self.remarks, &View { span: spec.head(), ..ports.clone() }, "");
        }
        let external = spec.get("externalTrafficPolicy");
        let external_local = self.is_local(&external);
        let reachable = ["NodePort", "LoadBalancer"].contains(&service_type.value.as_str());
        if let Some(written) = external.filled().filter(|_| !reachable) {
            let detail = "may only be set for externally-accessible services";
            invalid(&mut self.remarks, &external, format!("{:?}", written.value), detail);
        }
        let selector = spec.get("selector").text_map();
        if selector.is_empty() {
            self.remarks.note(object.head(), "a service without a selector has no pods here");
        }
        ServiceSpec {
            ports: self.service_ports(&ports),
            publish_not_ready_addresses: spec.get("publishNotReadyAddresses").flag(),
            internal_local: self.is_local(&spec.get("internalTrafficPolicy")),
            external_local,
            selector,
            headless,
            service_type,
            meta,
        }
    }

    fn is_local(&mut self, at: &View<'_>) -> Located<bool> {
        let policy = at.text_or("Cluster");
        if !["Cluster", "Local"].contains(&policy.value.as_str()) {
            unsupported(&mut self.remarks, at, &policy.value, &["Cluster", "Local"]);
        }
        policy.map(|p| p == "Local")
    }

    fn service_ports(&mut self, at: &View<'_>) -> Vec<ServicePort> {
        let items = at.items();
        let mut ports: Vec<ServicePort> = Vec::new();
        for item in &items {
            let name_at = item.get("name");
            let name = name_at.filled();
            match &name {
                None if items.len() > 1 => required(&mut self.remarks, &View { span: item.head(), ..name_at }, ""),
                Some(n) if ports.iter().any(|p| p.name.as_ref().is_some_and(|m| m.value == n.value)) => {
                    duplicate(&mut self.remarks, &name_at, &n.value);
                }
                None | Some(_) => {}
            }
            let Some(port) = self.port_number(&item.get("port")) else { continue };
            let target_at = item.get("targetPort");
            let target = match target_at.is_set() {
                true => self.port_ref(&target_at).map(|t| Located::written(t, target_at.span)),
                false => Some(Located::default_at(PortRef::Number(port.value), port.span)),
            };
            ports.extend(target.map(|target| ServicePort { name, port, target }));
        }
        ports
    }

    /// A ConfigMap.
    pub fn config_map(&mut self, object: &View<'_>) -> ConfigMap {
        let data = object.get("data");
        let bad = |key: &str| key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        for entry in data.node.map_or(&[][..], |n| n.entries()).iter().filter(|e| bad(&e.key)) {
            let detail = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
            let at = View { span: entry.key_span, node: None, path: format!("data[{}]", entry.key) };
            invalid(&mut self.remarks, &at, format!("{:?}", entry.key), detail);
        }
        ConfigMap { meta: self.meta(object, Rule::Subdomain), data: data.text_map() }
    }

    /// A PodDisruptionBudget.
    pub fn budget(&mut self, object: &View<'_>) -> DisruptionBudget {
        let meta = self.meta(object, Rule::Subdomain);
        let spec = object.get("spec");
        let (min_available, max_unavailable) =
            (self.share(&spec.get("minAvailable")), self.share(&spec.get("maxUnavailable")));
        if min_available.is_some() && max_unavailable.is_some() {
            invalid(&mut self.remarks, &spec, "{}", "minAvailable and maxUnavailable cannot be both set");
        }
        let policy = spec.get("unhealthyPodEvictionPolicy");
        let written = policy.text_or("IfHealthyBudget");
        if !["AlwaysAllow", "IfHealthyBudget"].contains(&written.value.as_str()) {
            unsupported(&mut self.remarks, &policy, &written.value, &["AlwaysAllow", "IfHealthyBudget"]);
        }
        DisruptionBudget {
            selector: self.selector(&spec.get("selector")),
            always_allow_unhealthy: written.value == "AlwaysAllow",
            min_available,
            max_unavailable,
            meta,
        }
    }
}
