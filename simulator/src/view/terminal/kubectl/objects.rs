//! The objects of the cluster at a moment, as the rows that the API server prints of them.
//!
//! Follows kubernetes pkg/printers/internalversion/printers.go (1.36). Addresses and generated suffixes are made up, the same
//! ones in every run. Not here: columns and widths (`get`).

use crate::base::Text;
use crate::base::id::PodId;
use crate::base::time::SimTime;
use crate::inventory::{ContainerFacts, Inventory, ServiceFacts, WorkloadFacts};
use crate::observed::{Observed, Pod, Workload};
use crate::trace::PodPhase;
use crate::view::kubectl::{Roster, age, row};

use super::resources::Kind;

/// The one node.
pub(super) const NODE: &str = "node";
/// Its address.
pub(super) const NODE_IP: &str = "192.168.49.2";
/// What kubernetes makes generated names of (apimachinery pkg/util/rand).
const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// What stands in one line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub namespace: String,
    pub name: String,
    pub labels: Vec<(String, String)>,
    pub created: SimTime,
    /// Cells behind NAME.
    pub cells: Vec<String>,
    /// Further cells with `-o wide`.
    pub wide: Vec<String>,
}

/// Headers behind NAME, and those with `-o wide`.
pub(super) fn headers(kind: Kind) -> (&'static [&'static str], &'static [&'static str]) {
    const TEMPLATE: &[&str] = &["CONTAINERS", "IMAGES", "SELECTOR"];
    match kind {
        Kind::Pods => (&["READY", "STATUS", "RESTARTS", "AGE"], &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"]),
        Kind::Services => (&["TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"], &["SELECTOR"]),
        Kind::Deployments => (&["READY", "UP-TO-DATE", "AVAILABLE", "AGE"], TEMPLATE),
        Kind::ReplicaSets => (&["DESIRED", "CURRENT", "READY", "AGE"], TEMPLATE),
        Kind::StatefulSets => (&["READY", "AGE"], &["CONTAINERS", "IMAGES"]),
        Kind::DaemonSets => {
            (&["DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"], TEMPLATE)
        }
        Kind::Jobs => (&["STATUS", "COMPLETIONS", "DURATION", "AGE"], TEMPLATE),
        Kind::EndpointSlices => (&["ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"], &[]),
        Kind::Nodes => (
            &["STATUS", "ROLES", "AGE", "VERSION"],
            &["INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"],
        ),
        // Events have no NAME column; `events` prints them.
        Kind::Events => (&[], &[]),
    }
}

/// The namespace of a pod.
pub(super) fn namespace_of(inventory: &Inventory, pod: &Pod) -> String {
    inventory.workload_of(&pod.name, &pod.owner).map_or("default", |w| &w.namespace).to_owned()
}

/// A pod's address; it has one as soon as its sandbox is there.
pub(super) fn ip(id: PodId) -> String {
    let n = id.0.saturating_add(10);
    format!("10.244.{}.{}", n / 250, n % 250)
}

/// Five letters as of a generated name, always the same for the same name.
pub(super) fn suffix(name: &str) -> String {
    let mut hash: u32 = 2_166_136_261;
    let mut next = || {
        for byte in name.bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
        }
        let at = usize::try_from(hash >> 8).unwrap_or(0) % ALPHABET.len();
        ALPHABET.get(at).map_or('x', |b| char::from(*b))
    };
    (0..5).map(|_| next()).collect()
}

/// The template hash in the name of a Deployment's pod.
pub(super) fn template_hash(pod: &Pod) -> Option<&str> {
    let rest = pod.name.strip_prefix(&*pod.owner)?.strip_prefix('-')?;
    rest.split_once('-').map(|(hash, _)| hash)
}

/// The pods of a workload that are there.
pub(super) fn pods_of<'s>(seen: &'s Observed, w: &WorkloadFacts) -> Vec<(PodId, &'s Pod)> {
    let own = |p: &Pod| p.removed.is_none() && (p.owner == w.name || (p.owner.is_empty() && p.name == w.name));
    let pods = seen.pods.iter().enumerate().map(|(n, p)| (PodId::from_index(n), p));
    pods.filter(|(_, p)| own(p)).collect()
}

fn owned(pairs: &[(Text, Text)]) -> Vec<(String, String)> {
    pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
}

fn joined(pairs: &[(Text, Text)]) -> String {
    let all: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
    if all.is_empty() { "<none>".to_owned() } else { all.join(",") }
}

/// CONTAINERS, IMAGES, SELECTOR.
fn template(w: &WorkloadFacts, selector: String) -> Vec<String> {
    let list = |of: fn(&ContainerFacts) -> &Text| w.containers.iter().map(|c| &**of(c)).collect::<Vec<_>>().join(",");
    vec![list(|c| &c.name), list(|c| &c.image), selector]
}

/// Everything of a type, sorted as the API server lists it.
pub(super) fn list(kind: Kind, inventory: &Inventory, seen: &Observed, now: SimTime) -> Vec<Object> {
    let mut objects: Vec<Object> = match kind {
        Kind::Pods => pods(inventory, seen, now),
        Kind::Services => inventory.services.iter().enumerate().map(|(n, s)| service(n, s, now)).collect(),
        Kind::EndpointSlices => inventory.services.iter().map(|s| slice(inventory, seen, s, now)).collect(),
        Kind::Nodes => vec![node(inventory, now)],
        Kind::ReplicaSets => {
            let all = workloads(inventory, seen).flat_map(|(w, s)| replica_sets(seen, w, s, now));
            all.collect()
        }
        Kind::Deployments | Kind::StatefulSets | Kind::DaemonSets | Kind::Jobs => {
            let of_kind = workloads(inventory, seen).filter(|(w, _)| *w.kind == *kind.row().title);
            of_kind.map(|(w, state)| controller(kind, seen, w, state, now)).collect()
        }
        Kind::Events => Vec::new(),
    };
    objects.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    objects
}

/// Workloads that are not deleted, with their state.
fn workloads<'a>(
    inventory: &'a Inventory,
    seen: &'a Observed,
) -> impl Iterator<Item = (&'a WorkloadFacts, &'a Workload)> {
    let state = |w: &WorkloadFacts| seen.workloads.iter().find(|s| s.name == w.name && s.kind == w.kind);
    inventory.workloads.iter().filter_map(move |w| Some((w, state(w)?))).filter(|(_, s)| s.deleted.is_none())
}

/// Labels of a pod: those of the template and those that its controller adds.
pub(super) fn pod_labels(w: Option<&WorkloadFacts>, pod: &Pod) -> Vec<(String, String)> {
    let mut labels = w.map(|w| owned(&w.labels)).unwrap_or_default();
    let mut add = |key: &str, value: &str| labels.push((key.to_owned(), value.to_owned()));
    match w.map_or("", |w| &w.kind) {
        "Deployment" => add("pod-template-hash", template_hash(pod).unwrap_or("")),
        "StatefulSet" => {
            add("apps.kubernetes.io/pod-index", pod.name.rsplit('-').next().unwrap_or("0"));
            add("statefulset.kubernetes.io/pod-name", &pod.name);
        }
        "Job" => {
            add("batch.kubernetes.io/job-name", &pod.owner);
            add("job-name", &pod.owner);
        }
        _ => {}
    }
    labels.sort();
    labels
}

fn pods(inventory: &Inventory, seen: &Observed, now: SimTime) -> Vec<Object> {
    let there = seen.pods.iter().enumerate().filter(|(_, p)| p.removed.is_none());
    there.map(|(n, pod)| of_pod(inventory, seen, PodId::from_index(n), pod, now)).collect()
}

/// The line of one pod.
pub(super) fn of_pod(inventory: &Inventory, seen: &Observed, id: PodId, pod: &Pod, now: SimTime) -> Object {
    let [name, cells @ ..] = row(&Roster::find(inventory, seen, pod), seen, pod, now).cells();
    let address = if pod.containers.is_empty() { "<none>".to_owned() } else { ip(id) };
    Object {
        namespace: namespace_of(inventory, pod),
        name,
        labels: pod_labels(inventory.workload_of(&pod.name, &pod.owner), pod),
        created: pod.created,
        cells: cells.to_vec(),
        wide: vec![address, NODE.to_owned(), "<none>".to_owned(), "<none>".to_owned()],
    }
}

fn service(n: usize, s: &ServiceFacts, now: SimTime) -> Object {
    let ports: Vec<String> = s.ports.iter().map(|(_, port, _)| format!("{port}/TCP")).collect();
    let address = if s.headless { "None".to_owned() } else { cluster_ip(n) };
    let external = if &*s.kind == "LoadBalancer" { "<pending>" } else { "<none>" };
    let ports = if ports.is_empty() { "<none>".to_owned() } else { ports.join(",") };
    Object {
        namespace: s.namespace.to_string(),
        name: s.name.to_string(),
        labels: Vec::new(),
        created: SimTime::ZERO,
        cells: vec![s.kind.to_string(), address, external.to_owned(), ports, age(now.since(SimTime::ZERO))],
        wide: vec![joined(&s.selector)],
    }
}

/// The virtual address of the n-th Service.
pub(super) fn cluster_ip(n: usize) -> String {
    format!("10.96.{}.{}", n / 150, n % 150 + 100)
}

/// Does a Service select the pods of a workload?
pub(super) fn selected(s: &ServiceFacts, w: &WorkloadFacts) -> bool {
    !s.selector.is_empty() && s.namespace == w.namespace && s.selector.iter().all(|pair| w.labels.contains(pair))
}

/// Pods in the EndpointSlice of a Service.
pub(super) fn endpoints(inventory: &Inventory, seen: &Observed, s: &ServiceFacts) -> Vec<PodId> {
    let listed = seen.endpoints.iter().filter(|(_, e)| e.slice.is_some()).map(|(id, _)| *id);
    let own = |id: &PodId| {
        let pod = seen.pod(*id);
        pod.and_then(|p| inventory.workload_of(&p.name, &p.owner)).is_some_and(|w| selected(s, w))
    };
    listed.filter(own).collect()
}

fn slice(inventory: &Inventory, seen: &Observed, s: &ServiceFacts, now: SimTime) -> Object {
    let listed = endpoints(inventory, seen, s);
    let shown: Vec<String> = listed.iter().take(3).map(|id| ip(*id)).collect();
    let addresses = match (shown.is_empty(), listed.len().saturating_sub(3)) {
        (true, _) => "<unset>".to_owned(),
        (false, 0) => shown.join(","),
        (false, more) => format!("{} + {more} more...", shown.join(",")),
    };
    let ports: Vec<String> =
        s.ports.iter().map(|(_, port, target)| if *target == 0 { port } else { target }.to_string()).collect();
    let ports = if listed.is_empty() || ports.is_empty() { "<unset>".to_owned() } else { ports.join(",") };
    Object {
        namespace: s.namespace.to_string(),
        name: format!("{}-{}", s.name, suffix(&s.name)),
        labels: vec![("kubernetes.io/service-name".to_owned(), s.name.to_string())],
        created: SimTime::ZERO,
        cells: vec!["IPv4".to_owned(), ports, addresses, age(now.since(SimTime::ZERO))],
        wide: Vec::new(),
    }
}

fn node(inventory: &Inventory, now: SimTime) -> Object {
    let text = |t: &str| t.to_owned();
    Object {
        namespace: String::new(),
        name: text(NODE),
        labels: vec![(text("kubernetes.io/hostname"), text(NODE))],
        created: SimTime::ZERO,
        cells: vec![text("Ready"), text("<none>"), age(now.since(SimTime::ZERO)), format!("v1.{}.0", inventory.minor)],
        wide: vec![
            text(NODE_IP),
            text("<none>"),
            text("Debian GNU/Linux 12 (bookworm)"),
            text("6.1.0"),
            text("containerd"),
        ],
    }
}

/// How many of some pods count for their controller, are ready, and are available.
fn count(pods: &[&Pod]) -> (usize, usize) {
    let active = |p: &&&Pod| p.deleted.is_none() && matches!(p.phase, PodPhase::Pending | PodPhase::Running);
    let ready = |p: &&&Pod| p.ready;
    (pods.iter().filter(active).count(), pods.iter().filter(active).filter(ready).count())
}

/// The hash of each revision of a Deployment, oldest first, with all its pods, and when its first pod was made.
pub(super) fn revisions<'s>(seen: &'s Observed, w: &WorkloadFacts) -> Vec<(&'s str, Vec<&'s Pod>, SimTime)> {
    let mut found: Vec<(&str, Vec<&Pod>, SimTime)> = Vec::new();
    for pod in seen.pods.iter().filter(|p| p.owner == w.name) {
        let Some(hash) = template_hash(pod) else { continue };
        let at = found.iter().position(|(h, _, _)| *h == hash).unwrap_or_else(|| {
            found.push((hash, Vec::new(), pod.created));
            found.len() - 1
        });
        if let Some((_, pods, _)) = found.get_mut(at).filter(|_| pod.removed.is_none()) {
            pods.push(pod);
        }
    }
    found
}

fn replica_sets(seen: &Observed, w: &WorkloadFacts, state: &Workload, now: SimTime) -> Vec<Object> {
    let object = |name: String, hash: Option<&str>, desired: usize, pods: &[&Pod], created: SimTime| {
        let (active, ready) = count(pods);
        let mut labels = owned(&w.labels);
        let mut selector = joined(&w.selector);
        if let Some(hash) = hash {
            labels.push(("pod-template-hash".to_owned(), hash.to_owned()));
            selector.push_str(&format!(",pod-template-hash={hash}"));
        }
        let cells = vec![desired.to_string(), active.to_string(), ready.to_string(), age(now.since(created))];
        Object { namespace: w.namespace.to_string(), name, labels, created, cells, wide: template(w, selector) }
    };
    let replicas = usize::try_from(state.replicas).unwrap_or(usize::MAX);
    match &*w.kind {
        "ReplicaSet" => {
            let pods: Vec<&Pod> = pods_of(seen, w).into_iter().map(|(_, p)| p).collect();
            vec![object(w.name.to_string(), None, replicas, &pods, state.created)]
        }
        "Deployment" => {
            let all = revisions(seen, w);
            let alone = all.len() == 1;
            let of = |(hash, pods, created): &(&str, Vec<&Pod>, SimTime)| {
                // While one revision replaces another the wanted numbers are those that have been reached.
                let desired = if alone { replicas } else { count(pods).0 };
                object(format!("{}-{hash}", w.name), Some(hash), desired, pods, *created)
            };
            all.iter().map(of).collect()
        }
        _ => Vec::new(),
    }
}

/// Ready pods for at least `minReadySeconds`: since when a pod is ready is not kept, so a ready pod counts.
fn controller(kind: Kind, seen: &Observed, w: &WorkloadFacts, state: &Workload, now: SimTime) -> Object {
    let pods: Vec<&Pod> = pods_of(seen, w).into_iter().map(|(_, p)| p).collect();
    let (active, ready) = count(&pods);
    let age_cell = age(now.since(state.created));
    let ratio = format!("{ready}/{}", state.replicas);
    let wide = template(w, joined(&w.selector));
    let cells = match kind {
        Kind::Deployments => {
            let newest = revisions(seen, w).pop().map_or(0, |(_, pods, _)| count(&pods).0);
            vec![ratio, newest.to_string(), ready.to_string(), age_cell]
        }
        Kind::StatefulSets => vec![ratio, age_cell],
        Kind::DaemonSets => {
            let n = |n: usize| n.to_string();
            vec![n(1), n(active), n(ready), n(active), n(ready), "<none>".to_owned(), age_cell]
        }
        _ => job(seen, w, state, now, age_cell),
    };
    Object {
        namespace: w.namespace.to_string(),
        name: w.name.to_string(),
        labels: owned(&w.own_labels),
        created: state.created,
        cells,
        wide: if kind == Kind::StatefulSets { wide.into_iter().take(2).collect() } else { wide },
    }
}

fn job(seen: &Observed, w: &WorkloadFacts, state: &Workload, now: SimTime, age_cell: String) -> Vec<String> {
    let own = |p: &&Pod| p.owner == w.name && p.phase == PodPhase::Succeeded;
    let done = seen.pods.iter().filter(own).count();
    let status = match state.finished {
        Some(true) => "Complete",
        Some(false) => "Failed",
        None => "Running",
    };
    let lasted = age(now.since(state.created));
    vec![status.to_owned(), format!("{done}/{}", w.completions), lasted, age_cell]
}
