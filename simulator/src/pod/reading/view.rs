//! A place in a document while it is read: the path for messages, the node if there is one, and where it stands.
//!
//! Types were checked by `schema`; here a value of a wrong type reads as absent.

use std::collections::BTreeMap;

use crate::base::diagnostic::Span;
use crate::pod::spec::Located;
use crate::pod::yaml::{Kind, Node};

/// A field, present or not.
#[derive(Clone)]
pub struct View<'n> {
    /// As in the API server's messages: `spec.containers[0].lifecycle.preStop`.
    pub path: String,
    /// The value, if it is written and not null.
    pub node: Option<&'n Node>,
    /// Where the value stands; for an absent field, the object that left it out.
    pub span: Span,
}

impl<'n> View<'n> {
    /// A whole document.
    pub fn root(node: &'n Node) -> Self {
        View { path: String::new(), node: Some(node), span: node.span }
    }

    /// A field of this object.
    pub fn get(&self, key: &str) -> View<'n> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let node = self.node.and_then(|n| n.get(key));
        View { path, node, span: node.map_or(self.span, |n| n.span) }
    }

    /// Is it written?
    pub fn is_set(&self) -> bool {
        self.node.is_some()
    }

    /// The place to point at for a whole object: its first key, since a whole object underlines too much.
    pub fn head(&self) -> Span {
        self.node.and_then(|n| n.entries().first()).map_or(self.span, |e| e.key_span)
    }

    /// The elements of a list.
    pub fn items(&self) -> Vec<View<'n>> {
        let items = self.node.map_or(&[][..], Node::items);
        let view =
            |(i, n): (usize, &'n Node)| View { path: format!("{}[{i}]", self.path), node: Some(n), span: n.span };
        items.iter().enumerate().map(view).collect()
    }

    /// Text.
    pub fn text(&self) -> Option<Located<String>> {
        self.node.and_then(Node::text).map(|text| Located::written(text.to_owned(), self.span))
    }

    /// Text that is not empty.
    pub fn filled(&self) -> Option<Located<String>> {
        self.text().filter(|t| !t.value.is_empty())
    }

    /// Text, or a default that stands where the object is.
    pub fn text_or(&self, default: &str) -> Located<String> {
        self.filled().unwrap_or_else(|| Located::default_at(default.to_owned(), self.span))
    }

    /// A whole number.
    pub fn int(&self) -> Option<Located<i64>> {
        match self.node?.kind {
            Kind::Int(value) => Some(Located::written(value, self.span)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// A count, or a default; a negative one is refused elsewhere and reads as 0.
    pub fn count_or(&self, default: u32) -> Located<u32> {
        match self.int() {
            Some(number) => number.map(|n| u32::try_from(n).unwrap_or(0)),
            None => Located::default_at(default, self.span),
        }
    }

    /// A switch that is off unless it is on.
    pub fn flag(&self) -> Located<bool> {
        match self.node.map(|n| &n.kind) {
            Some(Kind::Bool(value)) => Located::written(*value, self.span),
            _ => Located::default_at(false, self.span),
        }
    }

    /// A list of texts; an empty list counts as absent.
    pub fn texts(&self) -> Option<Located<Vec<Located<String>>>> {
        let items: Vec<_> =
            self.items().iter().map(|v| v.text().unwrap_or(Located::written(String::new(), v.span))).collect();
        (!items.is_empty()).then(|| Located::written(items, self.span))
    }

    /// A mapping of text to text.
    pub fn text_map(&self) -> BTreeMap<String, Located<String>> {
        let entries = self.node.map_or(&[][..], Node::entries);
        let pair = |e: &crate::pod::yaml::Entry| {
            (e.key.clone(), Located::written(e.value.text().unwrap_or("").to_owned(), e.value.span))
        };
        entries.iter().map(pair).collect()
    }
}
