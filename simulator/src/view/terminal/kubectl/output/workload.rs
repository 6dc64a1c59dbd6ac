//! Controllers, Services, EndpointSlices and nodes as the API server has them.
//!
//! Follows pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go, pkg/apis/core/v1/defaults.go and the status that each
//! controller writes.

use crate::base::tree::Tree;
use crate::inventory::{ServiceFacts, WorkloadFacts};
use crate::observed::Pod;
use crate::trace::PodPhase;

use super::super::super::clock::rfc3339;
use super::super::super::here::Here;
use super::super::objects::{self, NODE, NODE_IP, Object};
use super::super::resources::Kind;
use super::pod::with_defaults;
use super::{labels, uid};

/// Numbers of a controller's pods.
struct Counts {
    active: u32,
    ready: u32,
    updated: u32,
    succeeded: u32,
    failed: u32,
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn counts(here: &Here<'_>, w: &WorkloadFacts) -> Counts {
    let active = |p: &&Pod| p.deleted.is_none() && matches!(p.phase, PodPhase::Pending | PodPhase::Running);
    let pods: Vec<&Pod> = objects::pods_of(&here.seen, w).into_iter().map(|(_, p)| p).collect();
    let newest = objects::revisions(&here.seen, w).pop().map_or(Vec::new(), |(_, pods, _)| pods);
    let of_phase =
        |phase: PodPhase| count(here.seen.pods.iter().filter(|p| p.owner == w.name && p.phase == phase).count());
    Counts {
        active: count(pods.iter().copied().filter(|p| active(p)).count()),
        ready: count(pods.iter().copied().filter(|p| active(p) && p.ready).count()),
        updated: count(newest.iter().copied().filter(|p| active(p)).count()),
        succeeded: of_phase(PodPhase::Succeeded),
        failed: of_phase(PodPhase::Failed),
    }
}

/// A controller's object; `object` is its row.
pub(super) fn tree(here: &Here<'_>, kind: Kind, object: &Object) -> Option<Tree> {
    let title = kind.row().title;
    let facts = here.inventory().workloads.iter().find(|w| *w.kind == *title && *w.name == *object.name)?;
    let state = here.seen.workloads.iter().find(|w| w.name == facts.name && w.kind == facts.kind)?;
    let mut metadata = super::metadata(object);
    if kind == Kind::Deployments {
        metadata.set("annotations", Tree::map().with("deployment.kubernetes.io/revision", state.revision.to_string()));
    }
    metadata.set("generation", state.revision);
    let own = facts.applied.get("metadata").and_then(|m| m.get("annotations"));
    for (key, value) in own.map_or(&[][..], Tree::fields) {
        let annotations = metadata.get("annotations").cloned().unwrap_or(Tree::map());
        metadata.set("annotations", annotations.with(key, value.clone()));
    }
    let group = if kind == Kind::Jobs { "batch/v1" } else { "apps/v1" };
    Some(
        Tree::map()
            .with("apiVersion", group)
            .with("kind", title)
            .with("metadata", metadata)
            .with("spec", spec(kind, facts, state.replicas))
            .with("status", status(here, kind, facts, state.replicas)),
    )
}

fn spec(kind: Kind, facts: &WorkloadFacts, replicas: u32) -> Tree {
    let applied = facts.applied.get("spec").cloned().unwrap_or(Tree::map());
    let mut template = applied.get("template").cloned().unwrap_or(Tree::map());
    let pod = template.get("spec").map(with_defaults);
    template = template.with_some("spec", pod);
    let tree = applied.with("template", template);
    let share = |surge: &str| Tree::map().with("maxSurge", surge).with("maxUnavailable", "25%");
    match kind {
        Kind::Deployments => {
            let strategy = tree.get("strategy").cloned().unwrap_or(Tree::map()).or("type", "RollingUpdate");
            let rolling = strategy.get("type") == Some(&Tree::from("RollingUpdate"));
            let strategy = match strategy.get("rollingUpdate").cloned() {
                Some(given) => strategy.with("rollingUpdate", given.or("maxSurge", "25%").or("maxUnavailable", "25%")),
                None if rolling => strategy.with("rollingUpdate", share("25%")),
                None => strategy,
            };
            tree.with("replicas", replicas)
                .with("strategy", strategy)
                .or("progressDeadlineSeconds", 600_i64)
                .or("revisionHistoryLimit", 10_i64)
        }
        Kind::StatefulSets => tree
            .with("replicas", replicas)
            .or("podManagementPolicy", "OrderedReady")
            .or("revisionHistoryLimit", 10_i64)
            .or("updateStrategy", Tree::map().with("type", "RollingUpdate")),
        Kind::ReplicaSets => tree.with("replicas", replicas),
        Kind::Jobs => tree
            .or("backoffLimit", 6_i64)
            .or("completionMode", "NonIndexed")
            .or("completions", facts.completions)
            .or("parallelism", 1_i64)
            .or("suspend", false),
        _ => tree.or("revisionHistoryLimit", 10_i64),
    }
}

fn status(here: &Here<'_>, kind: Kind, facts: &WorkloadFacts, replicas: u32) -> Tree {
    let n = counts(here, facts);
    let positive = |value: u32| Some(value).filter(|v| *v > 0);
    let state = here.seen.workloads.iter().find(|w| w.name == facts.name && w.kind == facts.kind);
    let finished = state.and_then(|s| s.finished);
    match kind {
        Kind::DaemonSets => Tree::map()
            .with("currentNumberScheduled", n.active)
            .with("desiredNumberScheduled", 1_i64)
            .with("numberAvailable", n.ready)
            .with("numberMisscheduled", 0_i64)
            .with("numberReady", n.ready)
            .with("updatedNumberScheduled", n.active),
        Kind::Jobs => {
            let kind = if finished == Some(true) { "Complete" } else { "Failed" };
            let condition = finished.map(|_| vec![Tree::map().with("status", "True").with("type", kind)]);
            Tree::map()
                .with_some("active", positive(n.active))
                .with_some("conditions", condition)
                .with_some("failed", positive(n.failed))
                .with("ready", n.ready)
                .with_some("succeeded", positive(n.succeeded))
        }
        _ => {
            let tree = Tree::map()
                .with_some("availableReplicas", positive(n.ready))
                .with("observedGeneration", state.map_or(1, |s| s.revision))
                .with_some("readyReplicas", positive(n.ready))
                .with("replicas", n.active);
            if kind != Kind::Deployments {
                return tree;
            }
            let short = replicas.saturating_sub(n.ready);
            let tree = tree.with_some("unavailableReplicas", positive(short));
            let enough = n.ready >= replicas.saturating_sub(replicas / 4);
            let (holds, reason) =
                if enough { ("True", "MinimumReplicasAvailable") } else { ("False", "MinimumReplicasUnavailable") };
            let row = |kind: &str, holds: &str, reason: &str| {
                Tree::map().with("reason", reason).with("status", holds).with("type", kind)
            };
            let progress =
                if n.updated >= replicas && short == 0 { "NewReplicaSetAvailable" } else { "ReplicaSetUpdated" };
            tree.with_some("updatedReplicas", positive(n.updated))
                .with("conditions", vec![row("Available", holds, reason), row("Progressing", "True", progress)])
        }
    }
}

/// A Service's object; `address` is its cluster IP.
pub(super) fn service(facts: &ServiceFacts, object: &Object, address: &str) -> Tree {
    let applied = facts.applied.get("spec").cloned().unwrap_or(Tree::map());
    let port = |(n, p): (usize, &Tree)| {
        let (_, number, target) = facts.ports.get(n).cloned().unwrap_or_default();
        let target = i64::from(if target == 0 { number } else { target });
        p.clone().or("protocol", "TCP").or("targetPort", target)
    };
    let ports = applied.get("ports").map(|p| Tree::List(p.items().iter().enumerate().map(port).collect()));
    let spec = applied
        .with_some("ports", ports)
        .with("clusterIP", address)
        .with("clusterIPs", vec![Tree::from(address)])
        .or("internalTrafficPolicy", "Cluster")
        .or("ipFamilies", vec![Tree::from("IPv4")])
        .or("ipFamilyPolicy", "SingleStack")
        .or("sessionAffinity", "None")
        .or("type", "ClusterIP");
    Tree::map()
        .with("apiVersion", "v1")
        .with("kind", "Service")
        .with("metadata", super::metadata(object))
        .with("spec", spec)
        .with("status", Tree::map().with("loadBalancer", Tree::map()))
}

/// The EndpointSlice of a Service.
pub(super) fn slice(here: &Here<'_>, facts: &ServiceFacts, object: &Object) -> Tree {
    let listed = objects::endpoints(here.inventory(), &here.seen, facts);
    let endpoint = |id: &crate::base::id::PodId| {
        let conditions = here.seen.endpoints.get(id).and_then(|e| e.slice)?;
        let name = here.seen.pod(*id).map_or("", |p| &p.name);
        let target = Tree::map()
            .with("kind", "Pod")
            .with("name", name)
            .with("namespace", &*facts.namespace)
            .with("uid", uid(&format!("pod/{name}")));
        let told = Tree::map()
            .with("ready", conditions.ready)
            .with("serving", conditions.serving)
            .with("terminating", conditions.terminating);
        let addresses = vec![Tree::from(objects::ip(*id))];
        Some(
            Tree::map()
                .with("addresses", addresses)
                .with("conditions", told)
                .with("nodeName", NODE)
                .with("targetRef", target),
        )
    };
    let endpoints: Vec<Tree> = listed.iter().filter_map(endpoint).collect();
    let port = |(name, port, target): &(crate::base::Text, u16, u16)| {
        let number = if *target == 0 { *port } else { *target };
        Tree::map().with("name", &**name).with("port", i64::from(number)).with("protocol", "TCP")
    };
    let or_null = |list: Vec<Tree>| if list.is_empty() { Tree::Null } else { Tree::List(list) };
    let ports = if endpoints.is_empty() { Vec::new() } else { facts.ports.iter().map(port).collect() };
    let managed = "endpointslice-controller.k8s.io";
    let own = labels(&object.labels).with("endpointslice.kubernetes.io/managed-by", managed);
    Tree::map()
        .with("addressType", "IPv4")
        .with("apiVersion", "discovery.k8s.io/v1")
        .with("endpoints", or_null(endpoints))
        .with("kind", "EndpointSlice")
        .with("metadata", super::metadata(object).with("generateName", format!("{}-", facts.name)).with("labels", own))
        .with("ports", or_null(ports))
}

/// The node.
pub(super) fn node(here: &Here<'_>, object: &Object) -> Tree {
    let state = here.seen.node(0);
    let ready = match (state.ready, state.reachable) {
        (true, _) => "True",
        (false, true) => "False",
        (false, false) => "Unknown",
    };
    let address = |kind: &str, address: &str| Tree::map().with("address", address).with("type", kind);
    let info = Tree::map()
        .with("containerRuntimeVersion", "containerd://2.0.0")
        .with("kernelVersion", "6.1.0")
        .with("kubeletVersion", format!("v1.{}.0", here.inventory().minor))
        .with("operatingSystem", "linux")
        .with("osImage", "Debian GNU/Linux 12 (bookworm)");
    let spec = Tree::map().with_some("unschedulable", Some(true).filter(|_| !state.schedulable));
    let condition = Tree::map()
        .with("lastTransitionTime", rfc3339(object.created))
        .with("reason", if ready == "True" { "KubeletReady" } else { "NodeStatusUnknown" })
        .with("status", ready)
        .with("type", "Ready");
    Tree::map()
        .with("apiVersion", "v1")
        .with("kind", "Node")
        .with("metadata", super::metadata(object))
        .with("spec", spec)
        .with(
            "status",
            Tree::map()
                .with("addresses", vec![address("InternalIP", NODE_IP), address("Hostname", NODE)])
                .with("conditions", vec![condition])
                .with("nodeInfo", info),
        )
}
