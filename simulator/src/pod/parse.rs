//! One manifest file: text to objects and remarks.
//!
//! kubectl reads document by document; so does this. An object of another kind is listed as not simulated, a broken one
//! does not keep the others from being read. Not here: relations between files (`links`).

use super::api::Api;
use super::reading::{Reader, View};
use super::remarks::Remarks;
use super::schema::{self, Found, Known};
use super::spec::Manifests;
use super::yaml::{self, Kind, Node};
use crate::base::diagnostic::{Diagnostic, Severity, Span};

/// The objects of `text` as the API server of `api` would store them, and what is wrong with it. Objects with errors are
/// returned as far as they could be read; the text is usable if no remark is an error.
#[must_use]
pub fn parse(file: &str, text: &str, api: Api) -> (Manifests, Vec<Diagnostic>) {
    if text.len() > api.max_bytes {
        let message = format!("the file has {} bytes, at most {} are read", text.len(), api.max_bytes);
        return (Manifests::default(), vec![Diagnostic::new(file, text, Span::new(0, 0), Severity::Error, message)]);
    }
    let (documents, found) = yaml::read(file, text);
    let mut remarks = Remarks::new(file, text);
    remarks.found = found;
    let mut reader = Reader { api, file: file.into(), remarks };
    let mut manifests = Manifests::default();
    for document in &documents {
        // `kind: List` holds objects; lists in lists are not read.
        match document.get("kind").and_then(Node::text) {
            Some("List") => {
                for item in document.get("items").map_or(&[][..], Node::items) {
                    reader.object(item, &mut manifests);
                }
            }
            _ => reader.object(document, &mut manifests),
        }
    }
    let Remarks { mut found, not_simulated, .. } = reader.remarks;
    manifests.not_simulated = not_simulated;
    found.sort_by_key(|d| d.span.start);
    (manifests, found)
}

impl Reader<'_> {
    fn object(&mut self, node: &Node, manifests: &mut Manifests) {
        match node.kind {
            Kind::Map(_) => {}
            Kind::Null => return,
            Kind::Bool(_) | Kind::Int(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) => {
                let message = format!("a manifest is a mapping of fields, this is {}", node.kind.in_words());
                return self.remarks.error(node.span, message);
            }
        }
        let root = View::root(node);
        let (kind, version) = (root.get("kind").filled(), root.get("apiVersion").filled());
        let Some(kind) = kind else {
            return self.remarks.error(root.head(), "Object 'Kind' is missing: add kind: Pod, Deployment, ...");
        };
        let Some(version) = version else {
            return self.remarks.error(root.head(), "apiVersion is not set: add apiVersion: v1, apps/v1, ...");
        };
        match schema::find(&kind.value, &version.value, self.api.minor) {
            Found::Row(row) => {
                let before = self.remarks.found.len();
                schema::check(node, row.object, self.api.minor, &mut self.remarks);
                let checked = self.remarks.found.len();
                self.known(&root, row.known, manifests);
                // The API server validates only what it could decode: what follows from a wrong type is not said.
                if self.remarks.found.iter().take(checked).skip(before).any(|d| d.severity == Severity::Error) {
                    self.remarks.found.truncate(checked);
                }
            }
            Found::OtherVersion(row) => {
                let message = format!("no matches for kind {:?} in version {:?}", kind.value, version.value);
                self.remarks.error_help(version.span, message, format!("write apiVersion: {}", row.api_version));
            }
            Found::Unread => match schema::nearest(&kind.value, schema::names()) {
                Some(near) if !version.value.contains('.') => {
                    let message = format!("no matches for kind {:?} in version {:?}", kind.value, version.value);
                    self.remarks.error_help(kind.span, message, format!("did you mean {near}?"));
                }
                _ => self.remarks.leave_out(kind.span, format!("kind {} is not simulated", kind.value)),
            },
        }
    }

    fn known(&mut self, root: &View<'_>, known: Known, manifests: &mut Manifests) {
        match known {
            Known::Service => manifests.services.push(self.service(root)),
            Known::ConfigMap => manifests.config_maps.push(self.config_map(root)),
            Known::Budget => manifests.budgets.push(self.budget(root)),
            Known::Pod
            | Known::Deployment
            | Known::StatefulSet
            | Known::ReplicaSet
            | Known::DaemonSet
            | Known::Job
            | Known::CronJob => manifests.workloads.extend(self.workload(root, known)),
        }
    }
}
