//! A tree as YAML and as JSON.
//!
//! Follows sigs.k8s.io/yaml (go-yaml v2 `encode.go`, `emitterc.go`: keys sorted, sequences not indented, text quoted only
//! where it would read as something else) and encoding/json with four spaces (cli-runtime pkg/printers/json.go).

use crate::base::tree::Tree;
use crate::pod::yaml;

/// As YAML, with a newline at the end of every line.
pub(super) fn yaml(tree: &Tree) -> String {
    let mut text = String::new();
    block(&mut text, tree, 0);
    text
}

fn pad(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}

/// The fields or elements of a block, each on lines of its own.
fn block(text: &mut String, tree: &Tree, depth: usize) {
    match tree {
        Tree::Map(_) => {
            for (n, (key, value)) in tree.sorted().into_iter().enumerate() {
                // The first field of an element stands behind its dash.
                if n > 0 || !text.ends_with("- ") {
                    pad(text, depth);
                }
                text.push_str(&scalar(key, depth));
                text.push(':');
                behind(text, value, depth);
            }
        }
        Tree::List(items) => {
            for item in items {
                pad(text, depth);
                text.push_str("- ");
                match item {
                    Tree::Map(fields) if !fields.is_empty() => block(text, item, depth.saturating_add(1)),
                    _ => {
                        text.push_str(&flow(item, depth));
                        text.push('\n');
                    }
                }
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Int(_) | Tree::Text(_) => {
            text.push_str(&flow(tree, depth));
            text.push('\n');
        }
    }
}

/// The value behind a key.
fn behind(text: &mut String, value: &Tree, depth: usize) {
    match value {
        Tree::Map(fields) if !fields.is_empty() => {
            text.push('\n');
            block(text, value, depth.saturating_add(1));
        }
        Tree::List(items) if !items.is_empty() => {
            text.push('\n');
            block(text, value, depth);
        }
        _ => {
            text.push(' ');
            text.push_str(&flow(value, depth));
            text.push('\n');
        }
    }
}

/// A value on one line; text of several lines as a literal block.
fn flow(value: &Tree, depth: usize) -> String {
    match value {
        Tree::Null => "null".to_owned(),
        Tree::Bool(value) => value.to_string(),
        Tree::Int(value) => value.to_string(),
        Tree::Text(value) => scalar(value, depth),
        Tree::List(_) => "[]".to_owned(),
        Tree::Map(_) => "{}".to_owned(),
    }
}

fn scalar(value: &str, depth: usize) -> String {
    if value.contains('\n') && !value.starts_with([' ', '\n']) {
        let keep = match (value.ends_with("\n\n"), value.ends_with('\n')) {
            (true, _) => "|+",
            (false, true) => "|",
            (false, false) => "|-",
        };
        let mut text = keep.to_owned();
        for line in value.strip_suffix('\n').unwrap_or(value).split('\n') {
            text.push('\n');
            if !line.is_empty() {
                pad(&mut text, depth.saturating_add(1));
                text.push_str(line);
            }
        }
        return text;
    }
    if value.is_empty() || reads_as_other(value) || value.contains(|c: char| c.is_control()) {
        return format!("{value:?}");
    }
    if is_plain(value) { value.to_owned() } else { format!("'{}'", value.replace('\'', "''")) }
}

/// Would the text read as a number, a switch, a time or nothing?
fn reads_as_other(value: &str) -> bool {
    let (documents, _) = yaml::read("", value);
    let digits = |range: std::ops::Range<usize>| {
        value.get(range).is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let time = digits(0..4) && value.get(4..5) == Some("-") && digits(5..7) && value.get(7..8) == Some("-");
    time || documents.first().is_some_and(|d| {
        matches!(d.kind, yaml::Kind::Null | yaml::Kind::Bool(_) | yaml::Kind::Int(_) | yaml::Kind::Number(_))
    })
}

/// May it stand without quotes (`yaml_emitter_analyze_scalar`)?
fn is_plain(value: &str) -> bool {
    let first = value.starts_with(['#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`']);
    let dash = ["-", "?", ":"].iter().any(|c| value == *c || value.starts_with(&format!("{c} ")));
    let inside = value.contains(": ") || value.contains(" #") || value.ends_with(':');
    !first && !dash && !inside && value.trim() == value && !value.starts_with("---")
}

/// As JSON with four spaces, without a newline at the end.
pub(super) fn json(tree: &Tree) -> String {
    let mut text = String::new();
    write_json(&mut text, tree, Some(0));
    text
}

/// As JSON on one line.
pub(super) fn json_line(tree: &Tree) -> String {
    let mut text = String::new();
    write_json(&mut text, tree, None);
    text
}

fn write_json(text: &mut String, tree: &Tree, depth: Option<usize>) {
    let next = depth.map(|d| d.saturating_add(1));
    let open = |text: &mut String, depth: Option<usize>| {
        if let Some(depth) = depth {
            text.push('\n');
            text.extend(std::iter::repeat_n("    ", depth));
        }
    };
    match tree {
        Tree::Null => text.push_str("null"),
        Tree::Bool(value) => text.push_str(&value.to_string()),
        Tree::Int(value) => text.push_str(&value.to_string()),
        Tree::Text(value) => quoted(text, value),
        Tree::List(items) => {
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                text.push_str(if n > 0 { "," } else { "" });
                open(text, next);
                write_json(text, item, next);
            }
            if !items.is_empty() {
                open(text, depth);
            }
            text.push(']');
        }
        Tree::Map(fields) => {
            text.push('{');
            for (n, (key, value)) in tree.sorted().into_iter().enumerate() {
                text.push_str(if n > 0 { "," } else { "" });
                open(text, next);
                quoted(text, key);
                text.push_str(if depth.is_some() { ": " } else { ":" });
                write_json(text, value, next);
            }
            if !fields.is_empty() {
                open(text, depth);
            }
            text.push('}');
        }
    }
}

/// A JSON string; `<`, `>` and `&` are escaped, too.
fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c if c.is_control() || matches!(c, '<' | '>' | '&') => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::map()
            .with("kind", "Pod")
            .with("args", vec![Tree::from("-c"), Tree::from("a && b\nc\n"), Tree::from("1")])
            .with("list", vec![Tree::map().with("name", "x").with("m", 1_i64), Tree::map()])
            .with("empty", Tree::map())
            .with("on", "true")
            .with("time", "2026-01-01T00:00:00Z")
            .with("text", "a: b")
    }

    #[test]
    fn yaml_sorts_keys_and_quotes_what_would_read_as_something_else() {
        let wanted = "args:\n- -c\n- |\n  a && b\n  c\n- \"1\"\nempty: {}\nkind: Pod\nlist:\n- m: 1\n  name: x\n- {}\non: \
                      \"true\"\ntext: 'a: b'\ntime: \"2026-01-01T00:00:00Z\"\n";
        // The key `on` reads as a switch.
        assert_eq!(yaml(&tree()), wanted.replace("\non:", "\n\"on\":"));
    }

    #[test]
    fn json_is_indented_by_four_and_escapes_as_go_does() {
        let tree = Tree::map().with("b", vec![Tree::from("a && b")]).with("a", Tree::List(Vec::new()));
        assert_eq!(json(&tree), "{\n    \"a\": [],\n    \"b\": [\n        \"a \\u0026\\u0026 b\"\n    ]\n}");
        assert_eq!(json_line(&tree), "{\"a\":[],\"b\":[\"a \\u0026\\u0026 b\"]}");
    }
}
