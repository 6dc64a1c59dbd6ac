//! A pod as the API server has it: metadata, spec with the API's defaults, status.
//!
//! Follows pkg/apis/core/v1/defaults.go, the admission plugins ServiceAccount and DefaultTolerationSeconds, and
//! pkg/kubelet/kubelet_pods.go `generateAPIPodStatus`. Identities are made up, the same ones in every run.

use crate::base::Text;
use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::base::tree::Tree;
use crate::inventory::WorkloadFacts;
use crate::observed::{Container, ContainerState, Pod};
use crate::trace::{EventKind, OnPod, PodPhase};
use crate::view::kubectl::Roster;

use super::super::super::clock::rfc3339;
use super::super::super::here::Here;
use super::super::objects::{self, NODE, NODE_IP, suffix};
use super::{labels, uid};

pub(super) fn tree(here: &Here<'_>, id: PodId, pod: &Pod) -> Tree {
    let workload = here.inventory().workload_of(&pod.name, &pod.owner);
    Tree::map()
        .with("apiVersion", "v1")
        .with("kind", "Pod")
        .with("metadata", metadata(here, pod, workload))
        .with("spec", spec(pod, workload))
        .with("status", status(here, id, pod, workload))
}

/// The pod's own manifest or the template of its controller.
fn template(workload: &WorkloadFacts) -> &Tree {
    static NONE: Tree = Tree::Null;
    let spec = workload.applied.get("spec");
    let job = spec.and_then(|s| s.get("jobTemplate")).and_then(|t| t.get("spec"));
    if &*workload.kind == "Pod" {
        return &workload.applied;
    }
    job.or(spec).and_then(|s| s.get("template")).unwrap_or(&NONE)
}

fn metadata(here: &Here<'_>, pod: &Pod, workload: Option<&WorkloadFacts>) -> Tree {
    let applied = workload.map(template).and_then(|t| t.get("metadata"));
    let mut tree = Tree::map()
        .with_some("annotations", applied.and_then(|m| m.get("annotations")).cloned())
        .with_some("finalizers", applied.and_then(|m| m.get("finalizers")).cloned())
        .with("creationTimestamp", rfc3339(pod.created))
        .with("name", &*pod.name)
        .with("namespace", objects::namespace_of(here.inventory(), pod))
        .with("uid", uid(&format!("pod/{}", pod.name)));
    let own = objects::pod_labels(workload, pod);
    if !own.is_empty() {
        tree.set("labels", labels(&own));
    }
    if let (Some(deadline), Some(grace)) = (pod.deadline, pod.grace_s) {
        tree.set("deletionGracePeriodSeconds", grace);
        tree.set("deletionTimestamp", rfc3339(deadline));
    }
    if let Some(owner) = workload.filter(|w| &*w.kind != "Pod") {
        let (kind, name) = match objects::template_hash(pod).filter(|_| &*owner.kind == "Deployment") {
            Some(hash) => ("ReplicaSet", format!("{}-{hash}", owner.name)),
            None => (&*owner.kind, owner.name.to_string()),
        };
        let group = if matches!(kind, "Job" | "CronJob") { "batch/v1" } else { "apps/v1" };
        tree.set("generateName", format!("{name}-"));
        let reference = Tree::map()
            .with("apiVersion", group)
            .with("blockOwnerDeletion", true)
            .with("controller", true)
            .with("kind", kind)
            .with("uid", uid(&name))
            .with("name", name);
        tree.set("ownerReferences", vec![reference]);
    }
    tree
}

/// The defaults that a template has, too.
pub(super) fn with_defaults(spec: &Tree) -> Tree {
    let list = |key: &str| -> Option<Tree> {
        let items: Vec<Tree> = spec.get(key)?.items().iter().map(container).collect();
        Some(Tree::List(items))
    };
    let (regular, init) = (list("containers"), list("initContainers"));
    spec.clone()
        .or("dnsPolicy", "ClusterFirst")
        .or("restartPolicy", "Always")
        .or("schedulerName", "default-scheduler")
        .or("securityContext", Tree::map())
        .or("terminationGracePeriodSeconds", 30_i64)
        .with_some("containers", regular)
        .with_some("initContainers", init)
}

fn container(spec: &Tree) -> Tree {
    let image = match spec.get("image") {
        Some(Tree::Text(image)) => image.clone(),
        _ => Text::from(""),
    };
    let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
    let latest = !image.contains('@') && matches!(tag, None | Some("latest"));
    let mut tree = spec
        .clone()
        .or("imagePullPolicy", if latest { "Always" } else { "IfNotPresent" })
        .or("resources", Tree::map())
        .or("terminationMessagePath", "/dev/termination-log")
        .or("terminationMessagePolicy", "File");
    if let Some(ports) = spec.get("ports") {
        let ports: Vec<Tree> = ports.items().iter().map(|p| p.clone().or("protocol", "TCP")).collect();
        tree.set("ports", ports);
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = spec.get(name) else { continue };
        let request = probe.get("httpGet").map(|get| get.clone().or("path", "/").or("scheme", "HTTP"));
        let probe = probe.clone().with_some("httpGet", request);
        let counts =
            [("failureThreshold", 3_i64), ("periodSeconds", 10), ("successThreshold", 1), ("timeoutSeconds", 1)];
        tree.set(name, counts.iter().fold(probe, |probe, (key, value)| probe.or(key, *value)));
    }
    tree
}

fn spec(pod: &Pod, workload: Option<&WorkloadFacts>) -> Tree {
    let applied = workload.map(template).and_then(|t| t.get("spec")).cloned().unwrap_or_default();
    let volume = format!("kube-api-access-{}", suffix(&pod.name));
    let mount = Tree::map()
        .with("mountPath", "/var/run/secrets/kubernetes.io/serviceaccount")
        .with("name", volume.clone())
        .with("readOnly", true);
    let more = |tree: Option<&Tree>, item: &[Tree]| -> Tree {
        let old = tree.map_or(&[][..], Tree::items);
        Tree::List(old.iter().chain(item).cloned().collect())
    };
    let mut tree = with_defaults(&applied)
        .or("enableServiceLinks", true)
        .or("nodeName", NODE)
        .or("preemptionPolicy", "PreemptLowerPriority")
        .or("priority", 0_i64)
        .or("serviceAccount", "default")
        .or("serviceAccountName", "default");
    for key in ["containers", "initContainers"] {
        let Some(list) = tree.get(key) else { continue };
        let with = |c: &Tree| c.clone().with("volumeMounts", more(c.get("volumeMounts"), std::slice::from_ref(&mount)));
        let list: Vec<Tree> = list.items().iter().map(with).collect();
        tree.set(key, list);
    }
    let tolerates = |key: &str| {
        Tree::map()
            .with("effect", "NoExecute")
            .with("key", format!("node.kubernetes.io/{key}"))
            .with("operator", "Exists")
            .with("tolerationSeconds", 300_i64)
    };
    let tolerations = tree.get("tolerations").cloned();
    if tolerations.as_ref().is_none_or(|t| t.items().iter().all(|t| t.get("key").is_some())) {
        tree.set("tolerations", more(tolerations.as_ref(), &[tolerates("not-ready"), tolerates("unreachable")]));
    }
    tree.set("volumes", more(tree.get("volumes"), &[access(&volume)]));
    tree
}

/// The volume with the token of the service account.
fn access(name: &str) -> Tree {
    let item = |key: &str| Tree::map().with("key", key).with("path", key);
    let token = Tree::map().with("expirationSeconds", 3607_i64).with("path", "token");
    let ca = Tree::map().with("items", vec![item("ca.crt")]).with("name", "kube-root-ca.crt");
    let field = Tree::map().with("apiVersion", "v1").with("fieldPath", "metadata.namespace");
    let namespace = Tree::map().with("fieldRef", field).with("path", "namespace");
    let sources = vec![
        Tree::map().with("serviceAccountToken", token),
        Tree::map().with("configMap", ca),
        Tree::map().with("downwardAPI", Tree::map().with("items", vec![namespace])),
    ];
    Tree::map().with("name", name).with("projected", Tree::map().with("defaultMode", 420_i64).with("sources", sources))
}

fn status(here: &Here<'_>, id: PodId, pod: &Pod, workload: Option<&WorkloadFacts>) -> Tree {
    let roster = Roster::find(here.inventory(), &here.seen, pod);
    let phase = match pod.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
    };
    let tree = Tree::map().with("phase", phase).with("qosClass", "BestEffort");
    let tree = tree.with_some("reason", Some(&*pod.reason).filter(|r| !r.is_empty()));
    if !pod.seen {
        return tree;
    }
    let of = |name: &Text| container_status(here, pod, name, &roster, workload);
    let regular: Vec<Tree> = roster.regular.iter().map(of).collect();
    let init: Vec<Tree> = roster.init.iter().map(|(name, _)| of(name)).collect();
    let ips = |ip: &str| vec![Tree::map().with("ip", ip)];
    let mut tree = tree
        .with("conditions", conditions(here, id, pod, &roster))
        .with("containerStatuses", regular)
        .with("hostIP", NODE_IP)
        .with("hostIPs", ips(NODE_IP))
        .with("startTime", rfc3339(pod.created));
    if !init.is_empty() {
        tree.set("initContainerStatuses", init);
    }
    if !pod.containers.is_empty() {
        let ip = objects::ip(id);
        tree.set("podIPs", ips(&ip));
        tree.set("podIP", ip);
    }
    tree
}

fn conditions(here: &Here<'_>, id: PodId, pod: &Pod, roster: &Roster) -> Vec<Tree> {
    let last = |pick: fn(&OnPod) -> bool| {
        let times = here.trace().iter().take_while(|(_, e)| e.at <= here.at);
        let own = times.filter(|(_, e)| matches!(&e.kind, EventKind::Pod(p, what) if *p == id && pick(what)));
        own.map(|(_, e)| e.at).last().unwrap_or(pod.created)
    };
    let ready_since = last(|what| matches!(what, OnPod::Ready(_)));
    let started = |name: &Text| {
        pod.containers.iter().filter_map(|c| here.seen.container(*c)).any(|c| c.name == *name && c.started.is_some())
    };
    let initialized = roster.init.is_empty() || roster.regular.iter().any(started);
    let sandbox = !pod.containers.is_empty() && !pod.sandbox_stopped;
    let over = matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed);
    let rows = [
        ("PodReadyToStartContainers", sandbox, pod.created),
        ("Initialized", initialized, pod.created),
        ("Ready", pod.ready, ready_since),
        ("ContainersReady", pod.ready, ready_since),
        ("PodScheduled", true, pod.created),
    ];
    let row = |(kind, holds, since): (&str, bool, SimTime)| {
        let reason = match (kind, holds, over) {
            ("Ready" | "ContainersReady", false, true) if pod.phase == PodPhase::Succeeded => Some("PodCompleted"),
            ("Ready" | "ContainersReady", false, true) => Some("PodFailed"),
            ("Ready" | "ContainersReady", false, false) => Some("ContainersNotReady"),
            ("Initialized", false, _) => Some("ContainersNotInitialized"),
            _ => None,
        };
        Tree::map()
            .with("lastProbeTime", Tree::Null)
            .with("lastTransitionTime", rfc3339(since))
            .with_some("reason", reason)
            .with("status", if holds { "True" } else { "False" })
            .with("type", kind)
    };
    rows.into_iter().map(row).collect()
}

fn container_status(
    here: &Here<'_>,
    pod: &Pod,
    name: &Text,
    roster: &Roster,
    workload: Option<&WorkloadFacts>,
) -> Tree {
    let instances: Vec<&Container> =
        pod.containers.iter().filter_map(|c| here.seen.container(*c)).filter(|c| c.name == *name).collect();
    let id = |n: usize| format!("containerd://{}{}{n}", suffix(&format!("{}{name}c", pod.name)), suffix(name));
    let image = workload.and_then(|w| w.container(name)).map_or(Text::from(""), |c| c.image.clone());
    let ended = |n: usize| {
        let container = instances.get(n)?;
        let ContainerState::Exited { end, at, .. } = &container.state else { return None };
        let state = Tree::map()
            .with("containerID", id(n))
            .with("exitCode", end.code)
            .with("finishedAt", rfc3339(*at))
            .with_some("message", Some(&*end.message).filter(|m| !m.is_empty()))
            .with("reason", &*end.reason)
            .with("startedAt", rfc3339(container.started.unwrap_or(*at)));
        Some(Tree::map().with("terminated", state))
    };
    let waits = if roster.init.is_empty() { "ContainerCreating" } else { "PodInitializing" };
    let waiting = |reason: &str| Tree::map().with("waiting", Tree::map().with("reason", reason));
    let newest = instances.len().saturating_sub(1);
    let last = instances.last().copied();
    let (state, before) = match last.map(|c| &c.state) {
        Some(ContainerState::Exited { .. }) if last.is_some_and(|c| c.waiting) => {
            (waiting("CrashLoopBackOff"), ended(newest))
        }
        Some(ContainerState::Exited { .. }) => (ended(newest).unwrap_or_default(), None),
        Some(ContainerState::Running | ContainerState::Stopping(_)) => {
            let since = last.and_then(|c| c.started).unwrap_or_default();
            (Tree::map().with("running", Tree::map().with("startedAt", rfc3339(since))), None)
        }
        None | Some(ContainerState::Created) => (waiting(waits), None),
    };
    let before = before.or_else(|| newest.checked_sub(1).and_then(ended)).unwrap_or(Tree::map());
    let runs = last.is_some_and(|c| matches!(c.state, ContainerState::Running | ContainerState::Stopping(_)));
    let started = instances.iter().any(|c| c.started.is_some());
    Tree::map()
        .with_some("containerID", started.then(|| id(newest)))
        .with("image", &*image)
        .with("imageID", if started { format!("{image}@sha256:{}", suffix(&image)) } else { String::new() })
        .with("lastState", before)
        .with("name", &**name)
        .with("ready", last.is_some_and(|c| c.ready))
        .with("restartCount", last.map_or(0, |c| c.restarts))
        .with("started", runs)
        .with("state", state)
}
