//! `kubectl describe` of Deployments, Services, EndpointSlices and the node.
//!
//! Follows kubectl pkg/describe/describe.go `describeDeployment`, `describeService`, `describeEndpointSliceV1`,
//! `describeNode`. Events about these objects, capacities and requests are not simulated.

use crate::base::tree::Tree;
use crate::inventory::{ContainerFacts, WorkloadFacts};
use crate::trace::PodPhase;
use crate::view::kubectl::age;

use super::super::here::Here;
use super::super::{clock, tabs};
use super::objects::{self, Object};
use super::output::{self, plain};
use super::resources::Kind;

/// Addresses that are shown of a Service.
const SHOWN: usize = 3;

/// The description of an object; none for types that have no view here.
pub(super) fn object(here: &Here<'_>, kind: Kind, object: &Object) -> Option<String> {
    let tree = output::tree(here, kind, object)?;
    let text = match kind {
        Kind::Deployments => deployment(here, object, &tree)?,
        Kind::Services => service(here, object, &tree),
        Kind::EndpointSlices => slice(object, &tree),
        Kind::Nodes => node(here, object, &tree),
        _ => return None,
    };
    Some(tabs::align(&text, tabs::DESCRIBE))
}

fn at<'t>(tree: &'t Tree, path: &[&str]) -> Option<&'t Tree> {
    path.iter().try_fold(tree, |tree, key| tree.get(key))
}

/// The value at a path as text, or what stands for none.
fn text(tree: &Tree, path: &[&str], none: &str) -> String {
    at(tree, path).map(plain).filter(|t| !t.is_empty()).unwrap_or_else(|| none.to_owned())
}

/// `Labels:<tab>a=b`, one a line.
fn pairs<'a>(title: &str, list: impl Iterator<Item = (&'a str, String)>, between: &str) -> String {
    let all: Vec<String> = list.map(|(key, value)| format!("\t{key}{between}{value}\n")).collect();
    if all.is_empty() { format!("{title}:\t<none>\n") } else { format!("{title}:{}", all.concat()) }
}

fn labels(title: &str, object: &Object) -> String {
    pairs(title, object.labels.iter().map(|(k, v)| (k.as_str(), v.clone())), "=")
}

fn annotations(tree: &Tree) -> String {
    let list = at(tree, &["metadata", "annotations"]).map(Tree::sorted).unwrap_or_default();
    pairs("Annotations", list.into_iter().map(|(k, v)| (&**k, plain(v))), ": ")
}

fn deployment(here: &Here<'_>, object: &Object, tree: &Tree) -> Option<String> {
    let facts = here.inventory().workloads.iter().find(|w| &*w.kind == "Deployment" && *w.name == *object.name)?;
    let selector: Vec<String> = facts.selector.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let count = |key: &str| text(tree, &["status", key], "0");
    let mut out = format!(
        "Name:\t{}\nNamespace:\t{}\nCreationTimestamp:\t{}\n{}{}Selector:\t{}\n",
        object.name,
        object.namespace,
        clock::rfc1123z(object.created),
        labels("Labels", object),
        annotations(tree),
        selector.join(",")
    );
    out.push_str(&format!(
        "Replicas:\t{} desired | {} updated | {} total | {} available | {} unavailable\nStrategyType:\t{}\n\
         MinReadySeconds:\t{}\n",
        text(tree, &["spec", "replicas"], "0"),
        count("updatedReplicas"),
        count("replicas"),
        count("availableReplicas"),
        count("unavailableReplicas"),
        text(tree, &["spec", "strategy", "type"], ""),
        facts.min_ready_s
    ));
    if let Some(rolling) = at(tree, &["spec", "strategy", "rollingUpdate"]) {
        let (unavailable, surge) = (text(rolling, &["maxUnavailable"], "0"), text(rolling, &["maxSurge"], "0"));
        out.push_str(&format!("RollingUpdateStrategy:\t{unavailable} max unavailable, {surge} max surge\n"));
    }
    out.push_str(&template(facts));
    out.push_str("Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n");
    for condition in at(tree, &["status", "conditions"]).map_or(&[][..], Tree::items) {
        let of = |key: &str| text(condition, &[key], "");
        out.push_str(&format!("  {} \t{}\t{}\n", of("type"), of("status"), of("reason")));
    }
    let sets = objects::list(Kind::ReplicaSets, here.inventory(), &here.seen, here.at);
    let mut own: Vec<&Object> = sets.iter().filter(|o| o.name.starts_with(&format!("{}-", object.name))).collect();
    own.sort_by_key(|o| o.created);
    let line = |o: &&Object| {
        let cell = |n: usize| o.cells.get(n).map_or("0", String::as_str);
        format!("{} ({}/{} replicas created)", o.name, cell(1), cell(0))
    };
    let newest = own.pop();
    let old: Vec<String> = own.iter().map(line).collect();
    let or_none = |list: String| if list.is_empty() { "<none>".to_owned() } else { list };
    let newest = or_none(newest.iter().map(line).collect());
    out.push_str(&format!("OldReplicaSets:\t{}\nNewReplicaSet:\t{newest}\n", or_none(old.join(", "))));
    Some(out + "Events:\t<not simulated>\n")
}

/// The template of a controller's pods (`DescribePodTemplate`).
fn template(facts: &WorkloadFacts) -> String {
    let own = facts.labels.iter().map(|(k, v)| (&**k, v.to_string()));
    let mut out = format!("Pod Template:\n{}", pairs("  Labels", own, "="));
    for (title, list) in [("Init Containers", &facts.init), ("Containers", &facts.containers)] {
        if !list.is_empty() {
            out.push_str(&format!("  {title}:\n"));
            list.iter().for_each(|c| container(&mut out, c));
        }
    }
    out + "  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n"
}

fn container(out: &mut String, facts: &ContainerFacts) {
    let or_none = |list: Vec<&str>| if list.is_empty() { "<none>".to_owned() } else { list.join(", ") };
    let plural = if facts.ports.len() > 1 { "s" } else { "" };
    let ports = or_none(facts.ports.iter().map(|p| &**p).collect());
    let host = or_none(facts.ports.iter().map(|_| "0/TCP").collect());
    out.push_str(&format!(
        "   {}:\n    Image:\t{}\n    Port{plural}:\t{ports}\n    Host Port{plural}:\t{host}\n",
        facts.name, facts.image
    ));
    for (title, words) in [("Command:", &facts.command), ("Args:", &facts.args)] {
        if !words.is_empty() {
            out.push_str(&format!("    {title}\n"));
            words.iter().flat_map(|w| w.split('\n')).for_each(|w| out.push_str(&format!("      {w}\n")));
        }
    }
    facts.probes.iter().for_each(|probe| out.push_str(&format!("    {probe}\n")));
    if facts.env.is_empty() {
        out.push_str("    Environment:\t<none>\n");
    } else {
        out.push_str("    Environment:\n");
        facts.env.iter().for_each(|(name, value)| out.push_str(&format!("      {name}:\t{value}\n")));
    }
    out.push_str("    Mounts:\t<none>\n");
}

fn service(here: &Here<'_>, object: &Object, tree: &Tree) -> String {
    let of = |key: &str, none: &str| text(tree, &["spec", key], none);
    let first = |key: &str| {
        let list: Vec<String> = at(tree, &["spec", key]).map_or(&[][..], Tree::items).iter().map(plain).collect();
        if list.is_empty() { "<none>".to_owned() } else { list.join(",") }
    };
    let selector = at(tree, &["spec", "selector"]).map(Tree::sorted).unwrap_or_default();
    let selector: Vec<String> = selector.into_iter().map(|(k, v)| format!("{k}={}", plain(v))).collect();
    let selector = if selector.is_empty() { "<none>".to_owned() } else { selector.join(",") };
    let mut out = format!(
        "Name:\t{}\nNamespace:\t{}\n{}{}Selector:\t{selector}\nType:\t{}\nIP Family Policy:\t{}\nIP Families:\t{}\nIP:\t{}\n\
         IPs:\t{}\n",
        object.name,
        object.namespace,
        labels("Labels", object),
        annotations(tree),
        of("type", ""),
        of("ipFamilyPolicy", ""),
        first("ipFamilies"),
        of("clusterIP", ""),
        first("clusterIPs")
    );
    let facts = here.inventory().services.iter().find(|s| *s.name == *object.name && *s.namespace == *object.namespace);
    let listed = facts.map(|s| objects::endpoints(here.inventory(), &here.seen, s)).unwrap_or_default();
    for (n, port) in at(tree, &["spec", "ports"]).map_or(&[][..], Tree::items).iter().enumerate() {
        let protocol = text(port, &["protocol"], "TCP");
        let target = facts
            .and_then(|s| s.ports.get(n))
            .map_or(0, |(_, number, target)| if *target == 0 { *number } else { *target });
        let is_ready =
            |id: &crate::base::id::PodId| here.seen.endpoints.get(id).and_then(|e| e.slice).is_some_and(|c| c.ready);
        let ready: Vec<String> =
            listed.iter().filter(|id| is_ready(id)).map(|id| format!("{}:{target}", objects::ip(*id))).collect();
        let shown: Vec<&str> = ready.iter().take(SHOWN).map(String::as_str).collect();
        let more = match ready.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" + {more} more..."),
        };
        out.push_str(&format!(
            "Port:\t{}\t{}/{protocol}\nTargetPort:\t{}/{protocol}\nEndpoints:\t{}{more}\n",
            text(port, &["name"], "<unset>"),
            text(port, &["port"], ""),
            text(port, &["targetPort"], ""),
            shown.join(",")
        ));
    }
    out.push_str(&format!("Session Affinity:\t{}\n", of("sessionAffinity", "None")));
    if let Some(policy) = at(tree, &["spec", "externalTrafficPolicy"]) {
        out.push_str(&format!("External Traffic Policy:\t{}\n", plain(policy)));
    }
    out + &format!("Internal Traffic Policy:\t{}\nEvents:\t<none>\n", of("internalTrafficPolicy", ""))
}

fn slice(object: &Object, tree: &Tree) -> String {
    let managed = at(tree, &["metadata", "labels"]).map(Tree::sorted).unwrap_or_default();
    let labels = pairs("Labels", managed.into_iter().map(|(k, v)| (&**k, plain(v))), "=");
    let mut out = format!(
        "Name:\t{}\nNamespace:\t{}\n{labels}{}AddressType:\tIPv4\n",
        object.name,
        object.namespace,
        annotations(tree)
    );
    let ports = at(tree, &["ports"]).map_or(&[][..], Tree::items);
    out.push_str(if ports.is_empty() {
        "Ports: <unset>\n"
    } else {
        "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n"
    });
    for port in ports {
        let of = |key: &str| text(port, &[key], "<unset>");
        out.push_str(&format!("  {}\t{}\t{}\n", of("name"), of("port"), of("protocol")));
    }
    let endpoints = at(tree, &["endpoints"]).map_or(&[][..], Tree::items);
    out.push_str(if endpoints.is_empty() { "Endpoints: <none>\n" } else { "Endpoints:\n" });
    for endpoint in endpoints {
        let addresses: Vec<String> =
            at(endpoint, &["addresses"]).map_or(&[][..], Tree::items).iter().map(plain).collect();
        out.push_str(&format!(
            "  - Addresses:\t{}\n    Conditions:\n      Ready:\t{}\n    Hostname:\t<unset>\n    TargetRef:\t{}/{}\n    \
             NodeName:\t{}\n    Zone:\t<unset>\n",
            addresses.join(", "),
            text(endpoint, &["conditions", "ready"], "<unset>"),
            text(endpoint, &["targetRef", "kind"], ""),
            text(endpoint, &["targetRef", "name"], ""),
            text(endpoint, &["nodeName"], "<unset>")
        ));
    }
    out + "Events:\t<none>\n"
}

fn node(here: &Here<'_>, object: &Object, tree: &Tree) -> String {
    let state = here.seen.node(0);
    let mut taints = Vec::new();
    if !state.schedulable {
        taints.push("node.kubernetes.io/unschedulable:NoSchedule");
    }
    if !state.ready {
        taints.extend(["node.kubernetes.io/unreachable:NoExecute", "node.kubernetes.io/unreachable:NoSchedule"]);
    }
    taints.sort_unstable();
    let taints = if taints.is_empty() { "<none>".to_owned() } else { taints.join("\n\t") };
    let mut out = format!(
        "Name:\t{}\nRoles:\t<none>\n{}{}CreationTimestamp:\t{}\nTaints:\t{taints}\nUnschedulable:\t{}\nConditions:\n  \
         Type\tStatus\tLastTransitionTime\tReason\n  ----\t------\t------------------\t------\n",
        object.name,
        labels("Labels", object),
        annotations(tree),
        clock::rfc1123z(object.created),
        !state.schedulable
    );
    for condition in at(tree, &["status", "conditions"]).map_or(&[][..], Tree::items) {
        let of = |key: &str| text(condition, &[key], "");
        let since = clock::rfc1123z(object.created);
        out.push_str(&format!("  {} \t{} \t{since} \t{}\n", of("type"), of("status"), of("reason")));
    }
    out.push_str("Addresses:\n");
    for address in at(tree, &["status", "addresses"]).map_or(&[][..], Tree::items) {
        out.push_str(&format!("  {}:\t{}\n", text(address, &["type"], ""), text(address, &["address"], "")));
    }
    let info = |key: &str| text(tree, &["status", "nodeInfo", key], "");
    out.push_str(&format!(
        "System Info:\n  Kernel Version:\t{}\n  OS Image:\t{}\n  Operating System:\t{}\n  Container Runtime Version:\t{}\n  \
         Kubelet Version:\t{}\n",
        info("kernelVersion"),
        info("osImage"),
        info("operatingSystem"),
        info("containerRuntimeVersion"),
        info("kubeletVersion")
    ));
    let runs = |p: &&crate::observed::Pod| {
        p.removed.is_none() && p.node == 0 && !matches!(p.phase, PodPhase::Succeeded | PodPhase::Failed)
    };
    let mut pods: Vec<_> = here.seen.pods.iter().filter(runs).collect();
    pods.sort_by(|a, b| a.name.cmp(&b.name));
    out.push_str(&format!(
        "Non-terminated Pods:\t({} in total)\n  Namespace\tName\tAge\n  ---------\t----\t---\n",
        pods.len()
    ));
    for pod in pods {
        let namespace = objects::namespace_of(here.inventory(), pod);
        out.push_str(&format!("  {namespace}\t{}\t{}\n", pod.name, age(here.at.since(pod.created))));
    }
    out + "Events:\t<not simulated>\n"
}
