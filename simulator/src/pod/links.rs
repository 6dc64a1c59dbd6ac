//! What refers to what across objects and files, and does not find it.
//!
//! The API server accepts all of this; it shows later, as a pod that does not start or a service without endpoints.

use super::spec::{
    ContainerSpec, EnvValue, Located, Manifests, Meta, PodSpec, PortRef, VolumeSource, Workload, WorkloadKind,
};
use crate::base::diagnostic::{Diagnostic, Severity, Span};

/// Warnings about references between the objects of `manifests`; `texts` are the files they were read from, by name.
#[must_use]
pub fn check_links(manifests: &Manifests, texts: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut links = Links { manifests, texts, found: Vec::new() };
    for workload in &manifests.workloads {
        links.config_maps(&workload.pod);
        links.headless_service(workload);
    }
    links.services();
    links.twice();
    links.found
}

struct Links<'m> {
    manifests: &'m Manifests,
    texts: &'m [(&'m str, &'m str)],
    found: Vec<Diagnostic>,
}

impl Links<'_> {
    fn warn(&mut self, meta: &Meta, span: Span, message: String, help: &str) {
        let text = self.texts.iter().find(|(name, _)| *name == &*meta.file).map_or("", |(_, text)| text);
        self.found.push(Diagnostic::new(&meta.file, text, span, Severity::Warning, message).with_help(help));
    }

    fn config_maps(&mut self, pod: &PodSpec) {
        let mut used: Vec<(&str, Span)> = Vec::new();
        for volume in &pod.volumes {
            if let VolumeSource::ConfigMap { name, optional: false, .. } = &volume.source {
                used.push((&name.value, name.span));
            }
        }
        for container in pod.init_containers.iter().chain(&pod.containers) {
            used.extend(variables(container));
        }
        for (name, span) in used {
            if !name.is_empty() && self.manifests.config_map(&pod.meta.namespace.value, name).is_none() {
                let message = format!("there is no ConfigMap {name:?}: the container does not start");
                self.warn(&pod.meta, span, message, "add it to the manifests, or mark the reference as optional");
            }
        }
    }

    fn headless_service(&mut self, workload: &Workload) {
        let WorkloadKind::StatefulSet { service_name: Some(name), .. } = &workload.kind else { return };
        let namespace = &workload.meta.namespace.value;
        let there = |meta: &Meta| meta.name.value == name.value && meta.namespace.value == *namespace;
        if !self.manifests.services.iter().any(|s| there(&s.meta)) {
            let message = format!("there is no Service {:?}: the pods have no host names of their own", name.value);
            self.warn(&workload.meta, name.span, message, "add a Service with clusterIP: None");
        }
    }

    fn services(&mut self) {
        for service in &self.manifests.services {
            let pods: Vec<&PodSpec> =
                self.manifests.workloads.iter().map(|w| &w.pod).filter(|p| service.selects(&p.meta)).collect();
            if pods.is_empty() && !service.selector.is_empty() && !self.manifests.workloads.is_empty() {
                let span = service.selector.values().next().map_or(service.meta.span, |v| v.span);
                let message = format!("service {:?} selects no pod: clients are refused", service.meta.name.value);
                self.warn(&service.meta, span, message, "its selector must be part of the labels of the pods");
            }
            for port in &service.ports {
                let PortRef::Name(name) = &port.target.value else { continue };
                for pod in
                    pods.iter().filter(|p| p.containers.iter().all(|c| c.port_number(&port.target.value).is_none()))
                {
                    let pod_name = &pod.meta.name.value;
                    let message =
                        format!("no container of {pod_name:?} has a port named {name:?}: it gets no endpoint");
                    self.warn(&service.meta, port.target.span, message, "name the container port, or write its number");
                }
            }
        }
    }

    fn twice(&mut self) {
        let kinds = self.manifests.workloads.iter().map(|w| (w.kind.name(), &w.meta));
        let services = self.manifests.services.iter().map(|s| ("Service", &s.meta));
        let maps = self.manifests.config_maps.iter().map(|c| ("ConfigMap", &c.meta));
        let all: Vec<(&str, &Meta)> = kinds.chain(services).chain(maps).collect();
        for (at, (kind, meta)) in all.iter().enumerate() {
            let same = |(k, m): &(&str, &Meta)| {
                k == kind && m.name.value == meta.name.value && m.namespace.value == meta.namespace.value
            };
            if all.iter().take(at).any(same) {
                let message =
                    format!("{kind} {:?} is written twice: the later one replaces the earlier", meta.name.value);
                self.warn(meta, meta.name.span, message, "give it another name");
            }
        }
    }
}

/// ConfigMaps that the variables of a container need.
fn variables(container: &ContainerSpec) -> impl Iterator<Item = (&str, Span)> {
    let whole = container.env_from.iter().filter_map(|e| e.config_map.as_ref()).map(|n| (n.value.as_str(), n.span));
    let keys = container.env.iter().filter_map(|v| match &v.value {
        Located { value: EnvValue::ConfigMapKey { name, optional: false, .. }, span, .. } => {
            Some((name.as_str(), *span))
        }
        Located { .. } => None,
    });
    whole.chain(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod::{Api, parse};

    fn said(text: &str) -> Vec<String> {
        let (manifests, remarks) = parse("pod.yaml", text, Api::default());
        assert_eq!(remarks, []);
        check_links(&manifests, &[("pod.yaml", text)]).iter().map(ToString::to_string).collect()
    }

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: a}}\nspec:\n  containers:\n  - name: c\n    image: x\n    ports: [{name: http, containerPort: 80}]\n";

    #[test]
    fn a_service_that_selects_nothing_and_a_port_that_nobody_has() {
        let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n  selector: {app: a}\n  ports: [{port: 80, targetPort: http}]\n";
        assert_eq!(said(&format!("{POD}{service}")), Vec::<String>::new());
        assert_eq!(
            said(&format!("{POD}{}", service.replace("app: a", "app: b"))),
            [
                "pod.yaml:14:19: warning: service \"s\" selects no pod: clients are refused; its selector must be part of the labels of the pods"
            ]
        );
        assert_eq!(
            said(&format!("{POD}{}", service.replace("http", "web"))),
            [
                "pod.yaml:15:34: warning: no container of \"p\" has a port named \"web\": it gets no endpoint; name the container port, or write its number"
            ]
        );
    }

    #[test]
    fn a_config_map_that_is_not_there() {
        let text = format!("{POD}    envFrom: [{{configMapRef: {{name: gone}}}}]\n");
        assert_eq!(
            said(&text),
            [
                "pod.yaml:9:37: warning: there is no ConfigMap \"gone\": the container does not start; add it to the manifests, or mark the reference as optional"
            ]
        );
    }

    #[test]
    fn one_name_for_two_pods() {
        let said = said(&format!("{POD}---\n{POD}"));
        assert_eq!(
            said,
            [
                "pod.yaml:12:18: warning: Pod \"p\" is written twice: the later one replaces the earlier; give it another name"
            ]
        );
    }
}
