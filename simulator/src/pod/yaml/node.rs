//! A YAML tree whose every node knows where it was written.
//!
//! Not here: Kubernetes' types (`schema`), and reading text (`read`).

use crate::base::diagnostic::Span;

/// One value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it was written; for an alias, where the alias stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The value itself, as go-yaml v2 resolves it for the Kubernetes API (`scalar`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites, unquoted.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not an `i64`: a fraction or a huge one, as written.
    Number(String),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order written, merge keys resolved, no key twice.
    Map(Vec<Entry>),
}

/// One key of a mapping and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key as text.
    pub key: String,
    /// Where the key was written.
    pub key_span: Span,
    /// What it is set to.
    pub value: Node,
}

impl Node {
    /// The value of `key`, if this is a mapping that has it and it is not null (the API takes null as absent).
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|e| e.key == key).map(|e| &e.value).filter(|n| n.kind != Kind::Null)
    }

    /// The pairs of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) => &[],
        }
    }

    /// The elements of a sequence; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Number(_) | Kind::Text(_) | Kind::Map(_) => &[],
        }
    }

    /// The text of a text node.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }
}

impl Kind {
    /// What a person calls a value of this kind.
    pub fn in_words(&self) -> &'static str {
        match self {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Int(_) | Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    /// What Go's JSON decoder calls a value of this kind in its messages.
    pub fn json_name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "bool",
            Kind::Int(_) | Kind::Number(_) => "number",
            Kind::Text(_) => "string",
            Kind::List(_) => "array",
            Kind::Map(_) => "object",
        }
    }
}
