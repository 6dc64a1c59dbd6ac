//! JSONPath templates: `{.items[*].metadata.name}`, `{range ...}{end}`, `{"\n"}`, filters.
//!
//! Follows client-go util/jsonpath (parser.go, jsonpath.go) with missing keys allowed, as `kubectl get` has it.

use super::text::json_line;
use crate::base::tree::Tree;

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `.name`, `['name']`.
    Field(String),
    /// `[2]`, `[-1]`.
    Index(i64),
    /// `[0:2]`.
    Slice(Option<i64>, Option<i64>),
    /// `[*]`, `.*`.
    All,
    /// `..name`.
    Deep(String),
    /// `[?(@.name=="app")]`: path, operator, value; none is "exists".
    Filter(Vec<Step>, Option<(&'static str, String)>),
}

/// One part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Path(Vec<Step>),
    Range(Vec<Step>, Vec<Part>),
}

/// The values that a path leads to; the path may stand in braces, and without its first dot.
pub(in super::super) fn values<'t>(path: &str, root: &'t Tree) -> Result<Vec<&'t Tree>, String> {
    let inner = path.strip_prefix('{').and_then(|p| p.strip_suffix('}')).unwrap_or(path);
    Ok(follow(&steps(inner)?, root, root))
}

/// What a template prints for an object.
pub(super) fn print(template: &str, root: &Tree) -> Result<String, String> {
    let (parts, rest) = parts(template, false)?;
    if !rest.is_empty() {
        return Err("error: error parsing jsonpath, not in range".to_owned());
    }
    let mut text = String::new();
    write(&mut text, &parts, root, root);
    Ok(text)
}

fn write(text: &mut String, parts: &[Part], root: &Tree, here: &Tree) {
    for part in parts {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Path(steps) => {
                let found: Vec<String> = follow(steps, root, here).into_iter().map(plain).collect();
                text.push_str(&found.join(" "));
            }
            Part::Range(steps, inner) => {
                for item in follow(steps, root, here) {
                    write(text, inner, root, item);
                }
            }
        }
    }
}

/// A value as it is printed: text as it is, anything that holds others as JSON.
pub(in super::super) fn plain(value: &Tree) -> String {
    match value {
        Tree::Text(text) => text.to_string(),
        Tree::Null => String::new(),
        Tree::Bool(_) | Tree::Int(_) | Tree::List(_) | Tree::Map(_) => json_line(value),
    }
}

/// Reads a template up to its end or, inside of a range, to `{end}`.
fn parts(template: &str, inside: bool) -> Result<(Vec<Part>, &str), String> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((text, behind)) = rest.split_once('{') {
        if !text.is_empty() {
            found.push(Part::Text(text.to_owned()));
        }
        let end = closing(behind).ok_or("error: error parsing jsonpath, unclosed action")?;
        let (action, after) =
            (behind.get(..end).unwrap_or("").trim(), behind.get(end.saturating_add(1)..).unwrap_or(""));
        rest = after;
        if action == "end" {
            return if inside {
                Ok((found, rest))
            } else {
                Err("error: error parsing jsonpath, not in range, nothing to end".to_owned())
            };
        }
        if let Some(path) = action.strip_prefix("range ") {
            let (inner, after) = parts(rest, true)?;
            found.push(Part::Range(steps(path.trim())?, inner));
            rest = after;
        } else if let Some(literal) = literal(action) {
            found.push(Part::Text(literal));
        } else {
            found.push(Part::Path(steps(action)?));
        }
    }
    if inside {
        return Err("error: error parsing jsonpath, unterminated range".to_owned());
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest.to_owned()));
    }
    Ok((found, ""))
}

/// Where the brace that closes an action stands; braces in quotes do not count.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '}' => return Some(at),
            None => {}
        }
    }
    None
}

/// Text in quotes with its escapes.
fn literal(action: &str) -> Option<String> {
    let quote = action.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = action.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(inner.replace("\\n", "\n").replace("\\t", "\t").replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn steps(path: &str) -> Result<Vec<Step>, String> {
    let mut found = Vec::new();
    let mut rest = path.trim().trim_start_matches('$').trim_start_matches('@');
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('[') {
            let end = bracket(behind).ok_or("error: error parsing jsonpath, unterminated array")?;
            found.push(subscript(behind.get(..end).unwrap_or("").trim())?);
            rest = behind.get(end.saturating_add(1)..).unwrap_or("");
            continue;
        }
        let deep = rest.starts_with("..");
        rest = rest.trim_start_matches('.');
        let (name, after) = field(rest);
        rest = after;
        match (name.as_str(), deep) {
            ("", _) => {}
            ("*", _) => found.push(Step::All),
            (_, true) => found.push(Step::Deep(name)),
            (_, false) => found.push(Step::Field(name)),
        }
    }
    Ok(found)
}

/// The name up to the next `.` or `[`; `\.` is a dot of the name.
fn field(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().map(|(_, c)| c)),
            '.' | '[' => return (name, text.get(at..).unwrap_or("")),
            c => name.push(c),
        }
    }
    (name, "")
}

/// Where the bracket ends; brackets inside of a filter are part of it.
fn bracket(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => open = open.saturating_add(1),
            ']' if open == 0 => return Some(at),
            ']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn subscript(text: &str) -> Result<Step, String> {
    const OPERATORS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];
    if text == "*" {
        return Ok(Step::All);
    }
    if let Some(filter) = text.strip_prefix("?(").and_then(|f| f.strip_suffix(')')) {
        let found = OPERATORS.iter().find_map(|op| Some((*op, filter.split_once(op)?)));
        return match found {
            Some((operator, (path, value))) => {
                let value = value.trim();
                Ok(Step::Filter(steps(path)?, Some((operator, literal(value).unwrap_or_else(|| value.to_owned())))))
            }
            None => Ok(Step::Filter(steps(filter)?, None)),
        };
    }
    if let Some(name) = literal(text) {
        return Ok(Step::Field(name));
    }
    if let Some((from, to)) = text.split_once(':') {
        let number = |n: &str| n.trim().parse::<i64>().ok();
        return Ok(Step::Slice(number(from), number(to)));
    }
    text.parse().map(Step::Index).map_err(|_| format!("error: error parsing jsonpath, invalid array index {text}"))
}

fn follow<'t>(steps: &[Step], root: &'t Tree, here: &'t Tree) -> Vec<&'t Tree> {
    let mut found = vec![here];
    for step in steps {
        found = found.into_iter().flat_map(|tree| one(step, root, tree)).collect();
    }
    found
}

fn one<'t>(step: &Step, root: &'t Tree, tree: &'t Tree) -> Vec<&'t Tree> {
    let place = |n: i64| {
        let length = i64::try_from(tree.items().len()).unwrap_or(i64::MAX);
        usize::try_from(if n < 0 { n.saturating_add(length) } else { n }).ok()
    };
    match step {
        Step::Field(name) => tree.get(name).into_iter().collect(),
        Step::Index(n) => place(*n).and_then(|n| tree.items().get(n)).into_iter().collect(),
        Step::Slice(from, to) => {
            let from = from.and_then(place).unwrap_or(0);
            let to = to.map_or(tree.items().len(), |n| place(n).unwrap_or(0));
            tree.items().iter().take(to).skip(from).collect()
        }
        Step::All => tree.items().iter().chain(tree.fields().iter().map(|(_, v)| v)).collect(),
        Step::Deep(name) => {
            let mut found: Vec<&Tree> = tree.get(name).into_iter().collect();
            for inner in tree.items().iter().chain(tree.fields().iter().map(|(_, v)| v)) {
                found.extend(one(step, root, inner));
            }
            found
        }
        Step::Filter(path, condition) => {
            tree.items().iter().filter(|item| holds(path, condition, root, item)).collect()
        }
    }
}

fn holds(path: &[Step], condition: &Option<(&'static str, String)>, root: &Tree, item: &Tree) -> bool {
    let found = follow(path, root, item);
    let Some((operator, wanted)) = condition else { return !found.is_empty() };
    let Some(value) = found.first() else { return false };
    let order = match (value, wanted.parse::<i64>()) {
        (Tree::Int(have), Ok(wanted)) => have.cmp(&wanted),
        _ => plain(value).as_str().cmp(wanted.as_str()),
    };
    match *operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Tree {
        let pod = |name: &str, n: i64| {
            let status = Tree::map().with("restarts", n).with("ready", n == 0);
            Tree::map().with("metadata", Tree::map().with("name", name)).with("status", status)
        };
        Tree::map().with("items", vec![pod("a", 0), pod("b", 3)])
    }

    fn of(template: &str) -> String {
        print(template, &list()).unwrap_or_else(|why| why)
    }

    #[test]
    fn templates_print_what_their_paths_lead_to() {
        assert_eq!(of("{.items[*].metadata.name}"), "a b");
        assert_eq!(of("{.items[-1].status.restarts}"), "3");
        assert_eq!(of("{.items[0].status}"), "{\"ready\":true,\"restarts\":0}");
        assert_eq!(of("{..name}"), "a b");
        assert_eq!(of("{.items[0]['metadata'].name} is {.items[0].status.ready}"), "a is true");
        assert_eq!(of("{.items[0:1].metadata.name}"), "a");
        assert_eq!(of("{.nothing.here}"), "");
    }

    #[test]
    fn ranges_and_filters() {
        let lines = "{range .items[*]}{.metadata.name}{\"\\t\"}{.status.restarts}{\"\\n\"}{end}";
        assert_eq!(of(lines), "a\t0\nb\t3\n");
        assert_eq!(of("{.items[?(@.status.restarts>1)].metadata.name}"), "b");
        assert_eq!(of("{.items[?(@.metadata.name==\"a\")].status.ready}"), "true");
    }

    #[test]
    fn a_template_that_is_none_is_an_error() {
        assert_eq!(of("{.items"), "error: error parsing jsonpath, unclosed action");
        assert_eq!(of("{range .items[*]}x"), "error: error parsing jsonpath, unterminated range");
        assert_eq!(of("{.items[x]}"), "error: error parsing jsonpath, invalid array index x");
    }
}
