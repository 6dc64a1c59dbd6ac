//! `kubectl get endpointslices -o yaml`: which pods a Service sends requests to, with the three conditions.
//!
//! Follows kubernetes staging/src/k8s.io/api/discovery/v1/types.go; keys in the order of sigs.k8s.io/yaml, which sorts them.

use crate::inventory::ServiceFacts;

use super::super::Answer;
use super::super::clock;
use super::super::here::Here;
use super::objects::{self, NODE};
use super::resources::{self, Kind, Wanted};
use crate::base::time::SimTime;

pub(super) fn yaml(here: &Here<'_>, namespace: &str, wanted: &Wanted) -> Answer {
    let name_of = |s: &ServiceFacts| format!("{}-{}", s.name, objects::suffix(&s.name));
    let own = here.inventory().services.iter().filter(|s| &*s.namespace == namespace);
    let names: Vec<&String> = wanted.iter().filter_map(|(_, n)| n.as_ref()).collect();
    let services: Vec<&ServiceFacts> = own.filter(|s| names.is_empty() || names.contains(&&name_of(s))).collect();
    if let Some(missing) = names.iter().find(|n| !services.iter().any(|s| name_of(s) == ***n)) {
        return here.fails(&resources::not_found(Kind::EndpointSlices, missing));
    }
    if let ([one], [_]) = (services.as_slice(), names.as_slice()) {
        return here.prints(&slice(here, one, ""));
    }
    let mut text = "apiVersion: v1\nitems:\n".to_owned();
    for service in &services {
        let item = slice(here, service, "  ");
        text.push_str(&item.replacen("  ", "- ", 1));
    }
    if services.is_empty() {
        text = "apiVersion: v1\nitems: []\n".to_owned();
    }
    text.push_str("kind: List\nmetadata:\n  resourceVersion: \"\"\n");
    here.prints(&text)
}

fn slice(here: &Here<'_>, s: &ServiceFacts, indent: &str) -> String {
    let mut lines = vec!["addressType: IPv4".to_owned(), "apiVersion: discovery.k8s.io/v1".to_owned()];
    let listed = objects::endpoints(here.inventory(), &here.seen, s);
    lines.push(if listed.is_empty() { "endpoints: null".to_owned() } else { "endpoints:".to_owned() });
    for pod in &listed {
        let Some(conditions) = here.seen.endpoints.get(pod).and_then(|e| e.slice) else { continue };
        let name = here.seen.pod(*pod).map_or("", |p| &p.name);
        lines.extend([
            "- addresses:".to_owned(),
            format!("  - {}", objects::ip(*pod)),
            "  conditions:".to_owned(),
            format!("    ready: {}", conditions.ready),
            format!("    serving: {}", conditions.serving),
            format!("    terminating: {}", conditions.terminating),
            format!("  nodeName: {NODE}"),
            "  targetRef:".to_owned(),
            "    kind: Pod".to_owned(),
            format!("    name: {name}"),
            format!("    namespace: {}", s.namespace),
        ]);
    }
    lines.extend([
        "kind: EndpointSlice".to_owned(),
        "metadata:".to_owned(),
        format!("  creationTimestamp: \"{}\"", clock::rfc3339(SimTime::ZERO)),
        format!("  generateName: {}-", s.name),
        "  labels:".to_owned(),
        "    endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io".to_owned(),
        format!("    kubernetes.io/service-name: {}", s.name),
        format!("  name: {}-{}", s.name, objects::suffix(&s.name)),
        format!("  namespace: {}", s.namespace),
    ]);
    if listed.is_empty() || s.ports.is_empty() {
        lines.push("ports: null".to_owned());
    } else {
        lines.push("ports:".to_owned());
        for (name, port, target) in &s.ports {
            lines.push(format!("- name: {}", if name.is_empty() { "\"\"" } else { name }));
            lines.push(format!("  port: {}", if *target == 0 { port } else { target }));
            lines.push("  protocol: TCP".to_owned());
        }
    }
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}
