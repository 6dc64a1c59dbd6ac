//! From checked manifests and plans to the facts that the tools print beside what happened.

use std::collections::BTreeMap;

use super::Draft;
use crate::base::Text;
use crate::base::tree::Tree;
use crate::cluster::WorkloadPlan;
use crate::inventory::{ContainerFacts, Inventory, PsKind, ServiceFacts, WorkloadFacts};
use crate::kernel::fs::{Content, DEFAULT_PATH};
use crate::kubelet::ContainerPlan;
use crate::pod::spec::{
    Action, ContainerSpec, EnvValue, Located, Manifests, Meta, PortRef, Probe, Selector, ServiceSpec, Workload,
    WorkloadKind,
};
use crate::pod::yaml::{self, Kind, Node};
use crate::program::call::Binary;
use crate::program::util::is_one_program;

/// The facts about what is applied.
pub(super) fn of(minor: u8, draft: &Draft, manifests: &Manifests, plans: &[WorkloadPlan]) -> Inventory {
    let plan = |w: &Workload| plans.iter().find(|p| *p.name == *w.meta.name.value);
    let with = |w: &Workload| {
        let applied = applied(draft, &w.meta, w.kind.name());
        Some(WorkloadFacts { applied, ..workload(w, plan(w)?) })
    };
    let served =
        |s: &ServiceSpec| ServiceFacts { applied: applied(draft, &s.meta, "Service"), ..service(s, manifests) };
    Inventory {
        minor,
        workloads: manifests.workloads.iter().filter_map(with).collect(),
        services: manifests.services.iter().map(served).collect(),
    }
}

/// The object of this kind and name as its file has it.
fn applied(draft: &Draft, meta: &Meta, kind: &str) -> Tree {
    let text = draft.files.get(&*meta.file).map_or("", String::as_str);
    let (documents, _) = yaml::read(&meta.file, text);
    let is = |n: &&Node| {
        let name = n.get("metadata").and_then(|m| m.get("name")).and_then(Node::text);
        n.get("kind").and_then(Node::text) == Some(kind) && name == Some(meta.name.value.as_str())
    };
    let in_lists = documents.iter().filter_map(|d| d.get("items")).flat_map(Node::items);
    documents.iter().chain(in_lists).find(is).map(tree).unwrap_or_default()
}

fn tree(node: &Node) -> Tree {
    match &node.kind {
        Kind::Null => Tree::Null,
        Kind::Bool(value) => Tree::Bool(*value),
        Kind::Int(value) => Tree::Int(*value),
        Kind::Number(text) | Kind::Text(text) => Tree::from(text.as_str()),
        Kind::List(items) => Tree::List(items.iter().map(tree).collect()),
        Kind::Map(entries) => Tree::Map(entries.iter().map(|e| (e.key.as_str().into(), tree(&e.value))).collect()),
    }
}

fn pairs(labels: &BTreeMap<String, Located<String>>) -> Vec<(Text, Text)> {
    labels.iter().map(|(k, v)| (k.as_str().into(), v.value.as_str().into())).collect()
}

fn selector(selector: &Selector) -> Vec<(Text, Text)> {
    let plain = selector.terms.iter().filter(|t| !t.negated);
    plain.filter_map(|t| Some((t.key.as_str().into(), t.values.first()?.as_str().into()))).collect()
}

fn workload(w: &Workload, plan: &WorkloadPlan) -> WorkloadFacts {
    let mut completions = 0;
    let (chosen, min_ready_s) = match &w.kind {
        WorkloadKind::Pod => (Vec::new(), 0),
        WorkloadKind::Deployment { selector: s, min_ready_seconds, .. }
        | WorkloadKind::StatefulSet { selector: s, min_ready_seconds, .. }
        | WorkloadKind::ReplicaSet { selector: s, min_ready_seconds, .. } => (selector(s), min_ready_seconds.value),
        WorkloadKind::DaemonSet { selector: s } => (selector(s), 0),
        WorkloadKind::Job { completions: wanted, parallelism, .. } => {
            completions = wanted.as_ref().map_or(parallelism.value.max(1), |c| c.value);
            (Vec::new(), 0)
        }
    };
    let all = |specs: &[ContainerSpec], plans: &[ContainerPlan]| -> Vec<ContainerFacts> {
        specs.iter().zip(plans).map(|(spec, plan)| container(spec, plan)).collect()
    };
    WorkloadFacts {
        kind: w.kind.name().into(),
        name: w.meta.name.value.as_str().into(),
        namespace: w.meta.namespace.value.as_str().into(),
        labels: pairs(&w.pod.meta.labels),
        own_labels: pairs(&w.meta.labels),
        selector: chosen,
        grace_s: w.pod.termination_grace_period_seconds.value,
        replicas: w.kind.replicas(),
        min_ready_s,
        completions,
        containers: all(&w.pod.containers, &plan.plan.containers),
        init: all(&w.pod.init_containers, &plan.plan.init_containers),
        applied: Tree::Null,
        docker: None,
    }
}

fn container(spec: &ContainerSpec, plan: &ContainerPlan) -> ContainerFacts {
    let words = |list: &Option<Located<Vec<Located<String>>>>| -> Vec<Text> {
        list.iter().flat_map(|l| &l.value).map(|w| w.value.as_str().into()).collect()
    };
    let literal = |value: &EnvValue| match value {
        EnvValue::Literal(text) => Some(Text::from(text.as_str())),
        EnvValue::Field(_) | EnvValue::ConfigMapKey { .. } | EnvValue::SecretKey { .. } | EnvValue::Resource(_) => None,
    };
    let env = spec.env.iter().filter_map(|e| Some((e.name.value.as_str().into(), literal(&e.value.value)?)));
    ContainerFacts {
        name: spec.name.value.as_str().into(),
        image: spec.image.value.as_str().into(),
        sidecar: spec.is_sidecar(),
        command: words(&spec.command),
        args: words(&spec.args),
        ports: spec.ports.iter().map(|p| format!("{}/TCP", p.number.value).as_str().into()).collect(),
        env: env.collect(),
        probes: probes(spec),
        argv: plan.argv.to_vec(),
        ps: ps(plan),
    }
}

/// The facts about a container that Docker runs.
pub(super) fn docker(name: &Text, image: &Text, plan: &ContainerPlan) -> ContainerFacts {
    ContainerFacts {
        name: name.clone(),
        image: image.clone(),
        argv: plan.argv.to_vec(),
        ps: ps(plan),
        ..ContainerFacts::default()
    }
}

/// `Liveness:<tab>http-get http://:8080/healthz delay=0s ...` (kubectl describe.go `DescribeProbe`).
fn probes(spec: &ContainerSpec) -> Vec<Text> {
    let all = [("Liveness", &spec.liveness), ("Readiness", &spec.readiness), ("Startup", &spec.startup)];
    let port = |port: &PortRef| match port {
        PortRef::Number(number) => number.to_string(),
        PortRef::Name(name) => name.clone(),
    };
    let text = |(name, probe): (&str, &Option<Probe>)| {
        let probe = probe.as_ref()?;
        let what = match &probe.action {
            Action::Exec { command } => {
                let words: Vec<&str> = command.iter().map(|w| w.value.as_str()).collect();
                format!("exec [{}]", words.join(" "))
            }
            Action::HttpGet { path, port: at, host, https } => {
                let scheme = if *https { "https" } else { "http" };
                format!("http-get {scheme}://{}:{}{path}", host.as_deref().unwrap_or(""), port(at))
            }
            Action::TcpSocket { port: at, host } => {
                format!("tcp-socket {}:{}", host.as_deref().unwrap_or(""), port(at))
            }
            Action::Grpc { port } => format!("grpc <pod>:{port} "),
            Action::Sleep { .. } => return None,
        };
        Some(Text::from(
            format!(
                "{name}:\t{what} delay={}s timeout={}s period={}s successThreshold={} failureThreshold={}",
                probe.initial_delay_seconds.value,
                probe.timeout_seconds.value,
                probe.period_seconds.value,
                probe.success_threshold.value,
                probe.failure_threshold.value
            )
            .as_str(),
        ))
    };
    all.into_iter().filter_map(text).collect()
}

/// The `ps` that the container's search path finds.
fn ps(plan: &ContainerPlan) -> Option<PsKind> {
    let path = plan.env.get("PATH").map_or(DEFAULT_PATH, |p| p);
    let found = plan.files.find_executable("/", "ps", path).ok()?;
    match &plan.files.get("/", &found)?.content {
        Content::Binary(Binary::Program { name, .. }) if is_one_program(name) => Some(PsKind::BusyBox),
        _ => Some(PsKind::Procps),
    }
}

fn service(s: &ServiceSpec, manifests: &Manifests) -> ServiceFacts {
    let selected = manifests.workloads.iter().filter(|w| s.selects(&w.pod.meta));
    let containers: Vec<&ContainerSpec> = selected.flat_map(|w| &w.pod.containers).collect();
    let target = |port: &PortRef| match port {
        PortRef::Number(number) => *number,
        PortRef::Name(_) => containers.iter().find_map(|c| c.port_number(port)).unwrap_or(0),
    };
    let ports = s.ports.iter().map(|p| {
        let name = p.name.as_ref().map_or("", |n| n.value.as_str());
        (name.into(), p.port.value, target(&p.target.value))
    });
    ServiceFacts {
        name: s.meta.name.value.as_str().into(),
        namespace: s.meta.namespace.value.as_str().into(),
        kind: s.service_type.value.as_str().into(),
        headless: s.headless.value,
        selector: pairs(&s.selector),
        ports: ports.collect(),
        applied: Tree::Null,
    }
}
