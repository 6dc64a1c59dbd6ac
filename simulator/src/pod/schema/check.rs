//! Compares a tree with the table of its type: unknown fields, wrong types, fields that are not simulated.
//!
//! The words follow what kubectl prints: Go's JSON decoder for wrong types (an error), strict field validation for
//! unknown fields (a warning here, so that an unfinished manifest still runs).

use super::nearest::nearest;
use super::{Object, Shape, Use};
use crate::pod::quantity;
use crate::pod::remarks::Remarks;
use crate::pod::yaml::{Entry, Kind, Node};

/// The way from the root to an object.
struct Place<'p> {
    object: &'static Object,
    /// With indices, as field errors give it: `spec.containers[0].lifecycle`.
    path: String,
    /// Without indices, as Go's decoder gives it.
    plain: String,
    parent: Option<&'p Place<'p>>,
}

/// Checks the object `node` of type `object` as Kubernetes 1.`minor` knows it.
pub fn check(node: &Node, object: &'static Object, minor: u8, remarks: &mut Remarks<'_>) {
    let place = Place { object, path: String::new(), plain: String::new(), parent: None };
    fields(node, &place, minor, remarks);
}

fn fields(node: &Node, place: &Place<'_>, minor: u8, remarks: &mut Remarks<'_>) {
    for entry in node.entries() {
        let path = join(&place.path, &entry.key);
        let plain = join(&place.plain, &entry.key);
        let known = place.object.field(&entry.key).filter(|f| f.since <= minor);
        let Some(field) = known else {
            unknown(entry, &path, place, minor, remarks);
            continue;
        };
        if field.used == Use::NotSimulated && entry.value.kind != Kind::Null {
            remarks.leave_out(entry.key_span, format!("{plain} is not simulated"));
        }
        let at = At { go: place.object.go, path, plain, parent: place };
        value(&entry.value, field.shape, &at, minor, remarks);
    }
}

/// A value on its way through `value`.
struct At<'p> {
    go: &'static str,
    path: String,
    plain: String,
    parent: &'p Place<'p>,
}

fn value(node: &Node, shape: Shape, at: &At<'_>, minor: u8, remarks: &mut Remarks<'_>) {
    let inner = |object: &'static Object, path: String| Place {
        object,
        path,
        plain: at.plain.clone(),
        parent: Some(at.parent),
    };
    match (shape, &node.kind) {
        (Shape::Any, _) | (_, Kind::Null) => {}
        (Shape::Text | Shape::IntOrText, Kind::Text(_))
        | (Shape::Bool, Kind::Bool(_))
        | (Shape::Int64, Kind::Int(_)) => {}
        (Shape::Int32 | Shape::IntOrText, Kind::Int(number)) => {
            if i32::try_from(*number).is_err() {
                mismatch(node, &format!("number {number}"), "int32", at, remarks);
            }
        }
        (Shape::Quantity, _) => quantity_value(node, at, remarks),
        (Shape::Object(object), Kind::Map(_)) => fields(node, &inner(object, at.path.clone()), minor, remarks),
        (Shape::List(object), Kind::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{}[{index}]", at.path);
                match item.kind {
                    Kind::Map(_) => fields(item, &inner(object, path), minor, remarks),
                    Kind::Null => remarks.warn(item.span, format!("{path} is empty"), None),
                    _ => mismatch(item, item.kind.json_name(), &format!("v1.{}", object.go), at, remarks),
                }
            }
        }
        (Shape::TextList, Kind::List(items)) => {
            for item in items.iter().filter(|i| !matches!(i.kind, Kind::Text(_) | Kind::Null)) {
                mismatch(item, item.kind.json_name(), "string", at, remarks);
            }
        }
        (Shape::TextMap, Kind::Map(entries)) => {
            for entry in entries.iter().filter(|e| !matches!(e.value.kind, Kind::Text(_) | Kind::Null)) {
                mismatch(&entry.value, entry.value.kind.json_name(), "string", at, remarks);
            }
        }
        (Shape::QuantityMap, Kind::Map(entries)) => {
            for entry in entries {
                quantity_value(&entry.value, at, remarks);
            }
        }
        (_, Kind::Number(number)) => mismatch(node, &format!("number {number}"), &go_type(shape), at, remarks),
        (_, kind) => mismatch(node, kind.json_name(), &go_type(shape), at, remarks),
    }
}

fn quantity_value(node: &Node, at: &At<'_>, remarks: &mut Remarks<'_>) {
    let readable = match &node.kind {
        Kind::Text(text) | Kind::Number(text) => quantity::is_quantity(text),
        Kind::Int(_) | Kind::Null => true,
        Kind::Bool(_) | Kind::List(_) | Kind::Map(_) => false,
    };
    if !readable {
        let message = format!("{}: quantities must match the regular expression '{}'", at.path, quantity::PATTERN);
        remarks.error_help(node.span, message, "write a number with a suffix such as 500m, 128Mi or 2Gi");
    }
}

fn mismatch(node: &Node, found: &str, wanted: &str, at: &At<'_>, remarks: &mut Remarks<'_>) {
    let (go, plain) = (at.go, &at.plain);
    let message = format!("json: cannot unmarshal {found} into Go struct field {go}.{plain} of type {wanted}");
    let written = remarks.source(node.span);
    let help = match (&node.kind, wanted) {
        (Kind::Bool(_) | Kind::Int(_) | Kind::Number(_), "string") => format!("quote it: \"{written}\""),
        (Kind::Text(text), "int32" | "int64") if text.parse::<i64>().is_ok() => "remove the quotes".to_owned(),
        (Kind::Text(text), "int32" | "int64") if text.trim_end_matches('s').parse::<i64>().is_ok() => {
            format!("write whole seconds without a unit: {}", text.trim_end_matches('s'))
        }
        (_, "int32" | "int64") => "write a whole number without quotes".to_owned(),
        (Kind::Text(_), "bool") => "write true or false without quotes".to_owned(),
        (Kind::Map(_) | Kind::Text(_), wanted) if wanted.starts_with("[]") => {
            format!("{} is a list: begin each element with a dash", at.path)
        }
        (Kind::List(_), _) => format!("{} is not a list: remove the dash", at.path),
        _ => return remarks.error(node.span, message),
    };
    remarks.error_help(node.span, message, help);
}

fn go_type(shape: Shape) -> String {
    let name = match shape {
        Shape::Text => "string",
        Shape::Bool => "bool",
        Shape::Int32 | Shape::IntOrText => "int32",
        Shape::Int64 => "int64",
        Shape::Quantity => "resource.Quantity",
        Shape::TextMap => "map[string]string",
        Shape::QuantityMap => "v1.ResourceList",
        Shape::TextList => "[]string",
        Shape::List(object) => return format!("[]v1.{}", object.go),
        Shape::Object(object) => return format!("v1.{}", object.go),
        Shape::Any => "any",
    };
    name.to_owned()
}

fn unknown(entry: &Entry, path: &str, place: &Place<'_>, minor: u8, remarks: &mut Remarks<'_>) {
    if remarks.is_full() {
        return;
    }
    let message = format!("unknown field \"{path}\"");
    let advice = too_new(&entry.key, place.object, minor)
        .or_else(|| elsewhere(&entry.key, place, minor))
        .or_else(|| nearest(&entry.key, names(place.object, minor)).map(|name| format!("did you mean {name}?")))
        .unwrap_or_else(|| format!("{} has no such field; kubectl refuses it", place.object.go));
    remarks.warn(entry.key_span, message, Some(advice));
}

fn names(object: &'static Object, minor: u8) -> impl Iterator<Item = &'static str> {
    object.fields.iter().filter(move |f| f.since <= minor).map(|f| f.name)
}

fn too_new(key: &str, object: &'static Object, minor: u8) -> Option<String> {
    let field = object.field(key).filter(|f| f.since > minor)?;
    Some(format!("Kubernetes has it from 1.{}, this is 1.{minor}", field.since))
}

/// The right name at the wrong level: a field of an object around this one, or of one inside it.
fn elsewhere(key: &str, place: &Place<'_>, minor: u8) -> Option<String> {
    let mut around = place.parent;
    while let Some(outer) = around {
        if names(outer.object, minor).any(|name| name == key) {
            let above = if outer.path.is_empty() { "the top level" } else { outer.path.as_str() };
            return Some(format!("{key} is a field of {}, write it in {above}", outer.object.go));
        }
        around = outer.parent;
    }
    place.object.fields.iter().filter(|f| f.since <= minor).find_map(|field| {
        let (inner, preposition) = match field.shape {
            Shape::Object(inner) => (inner, "under"),
            Shape::List(inner) => (inner, "in an element of"),
            _ => return None,
        };
        let name = names(inner, minor).find(|name| name.eq_ignore_ascii_case(key))?;
        Some(format!("{name} is a field of {}, write it {preposition} {}", inner.go, join(&place.path, field.name)))
    })
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod::schema::pod::POD;
    use crate::pod::schema::workload::DEPLOYMENT;
    use crate::pod::yaml;

    fn said(text: &str, object: &'static Object, minor: u8) -> Vec<String> {
        let (documents, _) = yaml::read("pod.yaml", text);
        let mut remarks = Remarks::new("pod.yaml", text);
        check(&documents[0], object, minor, &mut remarks);
        remarks.found.iter().chain(&remarks.not_simulated).map(ToString::to_string).collect()
    }

    #[test]
    fn a_misspelt_field_is_a_warning_with_the_nearest_name() {
        assert_eq!(
            said("spec:\n  containers:\n  - lifecyle: {}\n", &POD, 36),
            ["pod.yaml:3:5: warning: unknown field \"spec.containers[0].lifecyle\"; did you mean lifecycle?"]
        );
    }

    #[test]
    fn a_field_at_the_wrong_level_is_sent_to_its_place() {
        assert_eq!(
            said("spec:\n  containers:\n  - terminationGracePeriodSeconds: 5\n    preStop: {}\n", &POD, 36),
            [
                "pod.yaml:3:5: warning: unknown field \"spec.containers[0].terminationGracePeriodSeconds\"; terminationGracePeriodSeconds is a field of PodSpec, write it in spec",
                "pod.yaml:4:5: warning: unknown field \"spec.containers[0].preStop\"; preStop is a field of Lifecycle, write it under spec.containers[0].lifecycle",
            ]
        );
    }

    #[test]
    fn a_field_of_a_container_written_in_the_pod_is_sent_to_its_container() {
        assert_eq!(
            said("spec:\n  livenessprobe: {}\n", &POD, 36),
            [
                "pod.yaml:2:3: warning: unknown field \"spec.livenessprobe\"; livenessProbe is a field of Container, write it in an element of spec.containers"
            ]
        );
    }

    #[test]
    fn seconds_are_written_without_a_unit() {
        assert_eq!(
            said("spec:\n  terminationGracePeriodSeconds: 30s\n", &POD, 36),
            [
                "pod.yaml:2:34: error: json: cannot unmarshal string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64; write whole seconds without a unit: 30"
            ]
        );
    }

    #[test]
    fn a_wrong_type_is_an_error_in_the_words_of_the_decoder() {
        assert_eq!(
            said("spec:\n  replicas: \"3\"\n", &DEPLOYMENT, 36),
            [
                "pod.yaml:2:13: error: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32; remove the quotes"
            ]
        );
        assert_eq!(
            said("spec:\n  containers:\n  - env:\n    - name: A\n      value: yes\n", &POD, 36),
            [
                "pod.yaml:5:14: error: json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string; quote it: \"yes\""
            ]
        );
        assert_eq!(
            said("spec:\n  containers:\n  - command: sleep 5\n", &POD, 36),
            [
                "pod.yaml:3:14: error: json: cannot unmarshal string into Go struct field Container.spec.containers.command of type []string; spec.containers[0].command is a list: begin each element with a dash"
            ]
        );
    }

    #[test]
    fn a_known_field_that_changes_what_is_seen_is_listed_once() {
        let text = "spec:\n  preemptionPolicy: 1\n  containers:\n  - volumeDevices: []\n  - volumeDevices: []\n";
        assert_eq!(
            said(text, &POD, 36),
            [
                "pod.yaml:2:3: note: spec.preemptionPolicy is not simulated",
                "pod.yaml:4:5: note: spec.containers.volumeDevices is not simulated",
            ]
        );
    }

    #[test]
    fn a_field_of_a_later_version_is_unknown_before_it() {
        let text = "spec: {containers: [{lifecycle: {preStop: {sleep: {seconds: 5}}}}]}\n";
        assert_eq!(said(text, &POD, 30), Vec::<String>::new());
        assert_eq!(
            said(text, &POD, 28),
            [
                "pod.yaml:1:44: warning: unknown field \"spec.containers[0].lifecycle.preStop.sleep\"; Kubernetes has it from 1.29, this is 1.28"
            ]
        );
    }

    #[test]
    fn a_quantity_that_is_none_is_an_error() {
        let said = said("spec: {containers: [{resources: {limits: {memory: 12 apples}}}]}\n", &POD, 36);
        assert!(
            said[0].starts_with("pod.yaml:1:51: error: spec.containers[0].resources.limits: quantities must match")
        );
    }
}
