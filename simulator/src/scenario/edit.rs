//! Changing one value in a YAML text and leaving the rest as it was typed: comments, order, style.
//!
//! For forms beside the text and for `--set`. Only scalars are set; a path that is not there is added.

use crate::pod::yaml::{self, Entry, Kind, Node};

/// `text` with the value at `path` (`settings.traffic.per_s`) set to `value`, which is written as it stands. `None` if the
/// text is not YAML, or something on the path is not a mapping.
pub fn set(text: &str, path: &str, value: &str) -> Option<String> {
    let (documents, remarks) = yaml::read(super::SCENARIO_FILE, text);
    if remarks.iter().any(|r| r.severity == crate::base::diagnostic::Severity::Error) {
        return None;
    }
    let keys: Vec<&str> = path.split('.').collect();
    let Some(root) = documents.first().filter(|n| n.kind != Kind::Null) else {
        return Some(format!("{text}{}\n", nested(&keys, value)));
    };
    let mut node = root;
    for (depth, key) in keys.iter().enumerate() {
        if !matches!(node.kind, Kind::Map(_)) {
            return None;
        }
        let rest = keys.get(depth..)?;
        match node.entries().iter().find(|e| e.key == *key) {
            Some(entry) if rest.len() == 1 => return replace(text, entry, value),
            Some(entry) if entry.value.kind == Kind::Null => {
                return replace(text, entry, &inline(rest.get(1..)?, value));
            }
            Some(entry) => node = &entry.value,
            None => return insert(text, node, &nested(rest, value)),
        }
    }
    None
}

/// `a: {b: {c: value}}`.
fn nested(keys: &[&str], value: &str) -> String {
    match keys.split_first() {
        Some((key, rest)) => format!("{key}: {}", inline(rest, value)),
        None => value.to_owned(),
    }
}

fn inline(keys: &[&str], value: &str) -> String {
    if keys.is_empty() { value.to_owned() } else { format!("{{{}}}", nested(keys, value)) }
}

fn replace(text: &str, entry: &Entry, value: &str) -> Option<String> {
    let (start, end) = match entry.value.kind {
        // `key:` without a value: behind the colon.
        Kind::Null => {
            let after = text.get(entry.key_span.end as usize..)?;
            let colon = entry.key_span.end as usize + after.find(':')? + 1;
            return Some(format!("{} {value}{}", text.get(..colon)?, text.get(colon..)?));
        }
        _ => (entry.value.span.start as usize, entry.value.span.end as usize),
    };
    Some(format!("{}{value}{}", text.get(..start)?, text.get(end..)?))
}

/// Puts a line into a mapping: before its first entry, with its indentation, or behind the brace.
fn insert(text: &str, mapping: &Node, line: &str) -> Option<String> {
    let start = mapping.span.start as usize;
    if text.get(start..)?.starts_with('{') {
        let comma = if mapping.entries().is_empty() { "" } else { ", " };
        return Some(format!("{}{line}{comma}{}", text.get(..=start)?, text.get(start + 1..)?));
    }
    let first = mapping.entries().first()?.key_span.start as usize;
    let line_start = text.get(..first)?.rfind('\n').map_or(0, |n| n + 1);
    let indent = " ".repeat(text.get(line_start..first)?.chars().count());
    Some(format!("{}{line}\n{indent}{}", text.get(..first)?, text.get(first..)?))
}

/// `text` with one more entry of `inputs`, in flow style. If the text has no inputs the one that holds without any is
/// written too: what happened before goes on happening. `None` if the text is not YAML, or its inputs are no list.
pub fn add_input(text: &str, entry: &str) -> Option<String> {
    let (documents, remarks) = yaml::read(super::SCENARIO_FILE, text);
    if remarks.iter().any(|r| r.severity == crate::base::diagnostic::Severity::Error) {
        return None;
    }
    let root = documents.first().filter(|n| n.kind != Kind::Null);
    let inputs = root.and_then(|root| root.entries().iter().find(|e| e.key == "inputs"));
    let Some(inputs) = inputs else {
        let whole = root.is_some_and(|r| text.get(r.span.start as usize..).is_some_and(|t| t.starts_with('{')));
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let default = super::check::DEFAULT_DELETE.as_micros() / 1_000;
        let added = format!("{text}{end}inputs:\n- {{at_ms: {default}, do: delete}}\n- {entry}\n");
        return (!whole).then_some(added);
    };
    if !matches!(inputs.value.kind, Kind::List(_)) {
        return replace(text, inputs, &format!("[{entry}]")).filter(|_| inputs.value.kind == Kind::Null);
    }
    let start = inputs.value.span.start as usize;
    let items = inputs.value.items();
    if text.get(start..)?.starts_with('[') {
        let comma = if items.is_empty() { "" } else { ", " };
        return Some(format!("{}{entry}{comma}{}", text.get(..=start)?, text.get(start + 1..)?));
    }
    let first = items.first()?.span.start as usize;
    let line = text.get(..first)?.rfind('\n').map_or(0, |n| n + 1);
    let dash = text.get(line..)?.find('-')?;
    let indent = text.get(line..line + dash)?;
    Some(format!("{}{indent}- {entry}\n{}", text.get(..line)?, text.get(line..)?))
}

#[cfg(test)]
mod tests {
    use super::{add_input, set};

    #[test]
    fn a_mapping_in_braces_is_replaced_as_a_whole() {
        let text = "settings: {app: {amends: true, on: {TERM: ignore}}, seed: 2}\n";
        let changed = set(text, "settings.app", "{amends: true, on: {}}");
        assert_eq!(changed.as_deref(), Some("settings: {app: {amends: true, on: {}}, seed: 2}\n"));
    }

    #[test]
    fn a_value_is_replaced_and_nothing_else() {
        let text = "# mine\nsettings:\n  seed: 1 # first\n  traffic: {per_s: 10}\n";
        let changed = set(text, "settings.seed", "7").unwrap();
        assert_eq!(changed, "# mine\nsettings:\n  seed: 7 # first\n  traffic: {per_s: 10}\n");
        assert_eq!(set(text, "settings.traffic.per_s", "99").unwrap(), text.replace("10}", "99}"));
    }

    #[test]
    fn a_missing_value_is_added_with_its_parents() {
        assert_eq!(set("", "settings.seed", "7").unwrap(), "settings: {seed: 7}\n");
        assert_eq!(
            set("settings:\n  seed: 1\n", "settings.traffic.per_s", "5").unwrap(),
            "settings:\n  traffic: {per_s: 5}\n  seed: 1\n"
        );
        assert_eq!(set("settings: {seed: 1}\n", "settings.end_ms", "5").unwrap(), "settings: {end_ms: 5, seed: 1}\n");
        assert_eq!(set("settings:\n", "settings.seed", "5").unwrap(), "settings: {seed: 5}\n");
    }

    #[test]
    fn a_text_that_is_no_mapping_is_left_alone() {
        assert_eq!(set("- a\n", "settings.seed", "7"), None);
        assert_eq!(set("settings: [", "settings.seed", "7"), None);
    }

    #[test]
    fn an_input_is_added_to_those_there_are() {
        let entry = "{at_ms: 5, do: delete}";
        let added = |text: &str| add_input(text, entry).unwrap();
        assert_eq!(
            added("inputs:\n- {at_ms: 9, do: delete}\n"),
            "inputs:\n- {at_ms: 5, do: delete}\n- {at_ms: 9, do: delete}\n"
        );
        assert_eq!(
            added("inputs:\n  - at_ms: 9\n    do: delete\n"),
            "inputs:\n  - {at_ms: 5, do: delete}\n  - at_ms: 9\n    do: delete\n"
        );
        assert_eq!(added("inputs: []\ntitle: a\n"), "inputs: [{at_ms: 5, do: delete}]\ntitle: a\n");
        assert_eq!(
            added("inputs: [{at_ms: 9, do: delete}]\n"),
            "inputs: [{at_ms: 5, do: delete}, {at_ms: 9, do: delete}]\n"
        );
    }

    #[test]
    fn the_delete_that_happens_by_itself_stays() {
        let expected = "title: a\ninputs:\n- {at_ms: 20000, do: delete}\n- {at_ms: 5, do: delete}\n";
        assert_eq!(add_input("title: a\n", "{at_ms: 5, do: delete}").unwrap(), expected);
    }
}
