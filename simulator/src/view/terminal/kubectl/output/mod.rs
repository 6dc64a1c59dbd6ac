//! `kubectl get -o yaml`, `-o json`, `-o jsonpath=`, `-o custom-columns=`: objects as the API server has them.
//!
//! Follows cli-runtime pkg/printers and kubectl pkg/cmd/get/customcolumn.go. Of each object there is what a reader looks at:
//! the manifest with the API's defaults, and the status. Not here: managedFields, resourceVersion.

mod path;
mod pod;
mod text;
mod workload;

use crate::base::tree::Tree;
use crate::inventory::ServiceFacts;

use super::super::clock::rfc3339;
use super::super::here::Here;
use super::super::tabs::Table;
use super::objects::{self, Object};
use super::resources::Kind;

pub(super) use path::{plain, values};

/// A form of output.
pub(super) enum Form<'a> {
    Yaml,
    Json,
    /// A template; its result as JSON, if so.
    Path(&'a str, bool),
    Columns(&'a str),
}

/// What `-o` asks for, if it is one of these forms.
pub(super) fn form(output: &str) -> Option<Form<'_>> {
    match output.split_once('=').unwrap_or((output, "")) {
        ("yaml", "") => Some(Form::Yaml),
        ("json", "") => Some(Form::Json),
        ("jsonpath", template) => Some(Form::Path(template, false)),
        ("jsonpath-as-json", template) => Some(Form::Path(template, true)),
        ("custom-columns", columns) => Some(Form::Columns(columns)),
        _ => None,
    }
}

/// The objects in this form. One that was named stands alone, several are a list.
pub(super) fn print(
    here: &Here<'_>,
    form: &Form<'_>,
    found: &[(Kind, Object)],
    alone: bool,
    headers: bool,
) -> Result<String, String> {
    let trees: Vec<Tree> = found.iter().filter_map(|(kind, object)| tree(here, *kind, object)).collect();
    if let Form::Columns(columns) = form {
        return custom_columns(columns, &trees, headers);
    }
    let root = match trees.first().filter(|_| alone && trees.len() == 1) {
        Some(one) => one.clone(),
        None => Tree::map()
            .with("apiVersion", "v1")
            .with("items", trees)
            .with("kind", "List")
            .with("metadata", Tree::map().with("resourceVersion", "")),
    };
    match form {
        Form::Yaml => Ok(text::yaml(&root)),
        Form::Json => Ok(text::json(&root)),
        Form::Path("", _) => Err("error: template format specified but no template given".to_owned()),
        Form::Path(template, false) => path::print(template, &root),
        Form::Path(template, true) => {
            let found: Vec<Tree> = path::values(template, &root)?.into_iter().cloned().collect();
            Ok(text::json(&Tree::List(found)))
        }
        Form::Columns(_) => Ok(String::new()),
    }
}

/// `NAME:.metadata.name,PHASE:.status.phase`.
fn custom_columns(columns: &str, trees: &[Tree], headers: bool) -> Result<String, String> {
    if columns.is_empty() {
        return Err("error: custom-columns format specified but no custom columns given".to_owned());
    }
    let mut header = Vec::new();
    let mut paths = Vec::new();
    for column in columns.split(',') {
        let Some((name, path)) = column.split_once(':') else {
            return Err(format!("error: unexpected custom-columns spec: {column}, expected <header>:<json-path-expr>"));
        };
        header.push(name.to_owned());
        paths.push(path);
    }
    let mut rows = if headers { vec![header] } else { Vec::new() };
    for tree in trees {
        let mut row = Vec::new();
        for path in &paths {
            let found = path::values(path, tree)?;
            let cells: Vec<String> = found.into_iter().map(path::plain).collect();
            row.push(if cells.is_empty() { "<none>".to_owned() } else { cells.join(",") });
        }
        rows.push(row);
    }
    Ok(Table::default().print(&rows).join("\n"))
}

/// One object.
pub(super) fn tree(here: &Here<'_>, kind: Kind, object: &Object) -> Option<Tree> {
    let services = || here.inventory().services.iter().enumerate();
    let slice_of = |s: &ServiceFacts| *object.name == format!("{}-{}", s.name, objects::suffix(&s.name));
    match kind {
        Kind::Pods => here.pod(&object.name).map(|(id, pod)| pod::tree(here, id, pod)),
        Kind::Services => {
            let (n, facts) = services().find(|(_, s)| *s.name == *object.name)?;
            let address = if facts.headless { "None".to_owned() } else { objects::cluster_ip(n) };
            Some(workload::service(facts, object, &address))
        }
        Kind::EndpointSlices => services().find(|(_, s)| slice_of(s)).map(|(_, s)| workload::slice(here, s, object)),
        Kind::Nodes => Some(workload::node(here, object)),
        Kind::Deployments | Kind::StatefulSets | Kind::DaemonSets | Kind::Jobs => workload::tree(here, kind, object),
        // A ReplicaSet of a Deployment has no manifest of its own.
        Kind::ReplicaSets => workload::tree(here, kind, object),
        Kind::Events => None,
    }
}

/// Name, namespace, labels and identity of any object.
fn metadata(object: &Object) -> Tree {
    let named = Some(object.namespace.as_str()).filter(|n| !n.is_empty());
    let own = (!object.labels.is_empty()).then(|| labels(&object.labels));
    Tree::map()
        .with("creationTimestamp", rfc3339(object.created))
        .with_some("labels", own)
        .with("name", object.name.as_str())
        .with_some("namespace", named)
        .with("uid", uid(&object.name))
}

fn labels(pairs: &[(String, String)]) -> Tree {
    pairs.iter().fold(Tree::map(), |tree, (key, value)| tree.with(key, value.as_str()))
}

/// A UID of version 4, always the same for the same name.
fn uid(name: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut hex = String::new();
    while hex.len() < 32 {
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hash = hash.rotate_left(17) ^ 0x9e37_79b9_7f4a_7c15;
        hex.push_str(&format!("{hash:016x}"));
    }
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or("");
    format!("{}-{}-4{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}
