//! Types of objects and how a command line names them (cli-runtime pkg/resource/builder.go `ResourceTypeOrNameArgs`).

/// A type of object that is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Pods,
    Services,
    DaemonSets,
    Deployments,
    ReplicaSets,
    StatefulSets,
    Jobs,
    EndpointSlices,
    Events,
    Nodes,
}

/// One row: what `kubectl api-resources` lists.
pub(super) struct Resource {
    pub kind: Kind,
    /// Plural, singular, short names.
    pub names: &'static [&'static str],
    /// API group with a leading dot; empty for the core group.
    pub group: &'static str,
    /// Does `kubectl get all` show it?
    pub in_all: bool,
    /// `kind` in a manifest.
    pub title: &'static str,
}

const fn row(
    kind: Kind,
    names: &'static [&'static str],
    group: &'static str,
    in_all: bool,
    title: &'static str,
) -> Resource {
    Resource { kind, names, group, in_all, title }
}

/// In the order of `kubectl get all`.
pub(super) const ALL: &[Resource] = &[
    row(Kind::Pods, &["pods", "pod", "po"], "", true, "Pod"),
    row(Kind::Services, &["services", "service", "svc"], "", true, "Service"),
    row(Kind::DaemonSets, &["daemonsets", "daemonset", "ds"], ".apps", true, "DaemonSet"),
    row(Kind::Deployments, &["deployments", "deployment", "deploy"], ".apps", true, "Deployment"),
    row(Kind::ReplicaSets, &["replicasets", "replicaset", "rs"], ".apps", true, "ReplicaSet"),
    row(Kind::StatefulSets, &["statefulsets", "statefulset", "sts"], ".apps", true, "StatefulSet"),
    row(Kind::Jobs, &["jobs", "job"], ".batch", true, "Job"),
    row(Kind::EndpointSlices, &["endpointslices", "endpointslice"], ".discovery.k8s.io", false, "EndpointSlice"),
    row(Kind::Events, &["events", "event", "ev"], "", false, "Event"),
    row(Kind::Nodes, &["nodes", "node", "no"], "", false, "Node"),
];

/// Types that a cluster has and that are not simulated.
const OTHERS: &[&str] = &[
    "all",
    "configmaps",
    "configmap",
    "cm",
    "secrets",
    "secret",
    "namespaces",
    "namespace",
    "ns",
    "endpoints",
    "ep",
    "persistentvolumeclaims",
    "pvc",
    "persistentvolumes",
    "pv",
    "serviceaccounts",
    "sa",
    "ingresses",
    "ingress",
    "ing",
    "horizontalpodautoscalers",
    "hpa",
    "poddisruptionbudgets",
    "poddisruptionbudget",
    "pdb",
    "cronjobs",
    "cronjob",
    "cj",
    "replicationcontrollers",
    "rc",
    "networkpolicies",
    "netpol",
    "leases",
    "storageclasses",
    "sc",
];

impl Kind {
    pub fn row(self) -> &'static Resource {
        ALL.iter().find(|r| r.kind == self).unwrap_or(&ALL[0])
    }

    /// `deployments.apps`: as errors name it.
    pub fn qualified(self) -> String {
        let row = self.row();
        format!("{}{}", row.names.first().unwrap_or(&""), row.group)
    }

    /// `deployment.apps`: as results name it.
    pub fn singular(self) -> String {
        let row = self.row();
        format!("{}{}", row.names.get(1).unwrap_or(&""), row.group)
    }
}

/// What a command is about: types, each with a name or all of them.
pub(super) type Wanted = Vec<(Kind, Option<String>)>;

/// `Error from server (NotFound): ...`.
pub(super) fn not_found(kind: Kind, name: &str) -> String {
    format!("Error from server (NotFound): {} \"{name}\" not found", kind.qualified())
}

fn kind_of(word: &str) -> Result<Kind, String> {
    let lower = word.to_lowercase();
    let short = lower.split('.').next().unwrap_or("");
    if let Some(row) = ALL.iter().find(|r| r.names.contains(&short)) {
        return Ok(row.kind);
    }
    if OTHERS.contains(&short) {
        return Err(format!("not simulated: objects of type {word}"));
    }
    Err(format!("error: the server doesn't have a resource type \"{word}\""))
}

/// Reads `TYPE`, `TYPE NAME...`, `TYPE,TYPE`, `TYPE/NAME...`, `all`.
pub(super) fn wanted(args: &[String]) -> Result<Wanted, String> {
    let slashed = args.iter().filter(|a| a.contains('/')).count();
    if slashed > 0 {
        if slashed < args.len() {
            return Err("error: there is no need to specify a resource type as a separate argument when passing arguments in \
                        resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource \
                        resource/<resource_name>'"
                .to_owned());
        }
        let one = |arg: &String| {
            let (kind, name) = arg.split_once('/').unwrap_or((arg, ""));
            if kind.is_empty() || name.is_empty() || name.contains('/') {
                return Err("error: arguments in resource/name form must have a single resource and name".to_owned());
            }
            Ok((kind_of(kind)?, Some(name.to_owned())))
        };
        return args.iter().map(one).collect();
    }
    let Some((types, names)) = args.split_first() else { return Ok(Vec::new()) };
    let mut kinds = Vec::new();
    for word in types.split(',').filter(|w| !w.is_empty()) {
        if word == "all" {
            kinds.extend(ALL.iter().filter(|r| r.in_all).map(|r| r.kind));
        } else {
            kinds.push(kind_of(word)?);
        }
    }
    if names.is_empty() {
        return Ok(kinds.into_iter().map(|k| (k, None)).collect());
    }
    Ok(kinds.into_iter().flat_map(|k| names.iter().map(move |n| (k, Some(n.clone())))).collect())
}

/// A label selector, `app=web,tier!=db`: does it hold?
pub(super) fn selects(selector: &str, labels: &[(String, String)]) -> bool {
    let value = |key: &str| labels.iter().find(|(k, _)| k == key.trim()).map(|(_, v)| v.as_str());
    selector.split(',').filter(|t| !t.trim().is_empty()).all(|term| {
        if let Some((key, wanted)) = term.split_once("!=") {
            return value(key) != Some(wanted.trim());
        }
        if let Some((key, wanted)) = term.split_once("==").or_else(|| term.split_once('=')) {
            return value(key) == Some(wanted.trim());
        }
        match term.trim().strip_prefix('!') {
            Some(key) => value(key).is_none(),
            None => value(term).is_some(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Wanted, String> {
        wanted(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn objects_are_named_in_every_form() {
        let named = |kind, name: &str| (kind, Some(name.to_owned()));
        assert_eq!(read("po").unwrap(), [(Kind::Pods, None)]);
        assert_eq!(read("pods,deploy").unwrap(), [(Kind::Pods, None), (Kind::Deployments, None)]);
        assert_eq!(read("pod a b").unwrap(), [named(Kind::Pods, "a"), named(Kind::Pods, "b")]);
        assert_eq!(
            read("deployment.apps/web pod/a").unwrap(),
            [named(Kind::Deployments, "web"), named(Kind::Pods, "a")]
        );
        assert_eq!(read("foo").unwrap_err(), "error: the server doesn't have a resource type \"foo\"");
        assert!(read("pod pod/a").unwrap_err().starts_with("error: there is no need to specify a resource type"));
        assert_eq!(read("secrets").unwrap_err(), "not simulated: objects of type secrets");
    }

    #[test]
    fn selectors_compare_labels() {
        let labels = [("app".to_owned(), "web".to_owned())];
        let holds = |s| selects(s, &labels);
        assert_eq!(
            ["app=web", "app==web", "app!=web", "app", "!app", "app=web,tier"].map(holds),
            [true, true, false, true, false, false]
        );
    }
}
