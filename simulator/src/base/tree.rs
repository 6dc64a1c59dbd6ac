//! A value as JSON has it: what an object of a cluster is made of, whatever form it is printed in.
//!
//! Not here: where something was written (`pod::yaml`), and what its fields mean.

use serde::{Deserialize, Serialize};

use super::Text;

/// A value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tree {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text; also a number that is not whole, as it was written.
    Text(Text),
    /// A sequence.
    List(Vec<Tree>),
    /// A mapping.
    Map(Vec<(Text, Tree)>),
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Tree::Text(text.into())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Tree::Text(text.into())
    }
}

impl From<bool> for Tree {
    fn from(value: bool) -> Self {
        Tree::Bool(value)
    }
}

impl From<u32> for Tree {
    fn from(value: u32) -> Self {
        Tree::Int(i64::from(value))
    }
}

impl From<i64> for Tree {
    fn from(value: i64) -> Self {
        Tree::Int(value)
    }
}

impl From<Vec<Tree>> for Tree {
    fn from(list: Vec<Tree>) -> Self {
        Tree::List(list)
    }
}

impl Tree {
    /// An empty mapping.
    #[must_use]
    pub fn map() -> Tree {
        Tree::Map(Vec::new())
    }

    /// This mapping with a field set; anything else becomes a mapping.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Tree>) -> Tree {
        self.set(key, value);
        self
    }

    /// This mapping with a field that is only there if it has a value.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl Into<Tree>>) -> Tree {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// This mapping with a field that stands there only if it is not written yet: a default.
    #[must_use]
    pub fn or(self, key: &str, value: impl Into<Tree>) -> Tree {
        if self.get(key).is_some() { self } else { self.with(key, value) }
    }

    /// Sets a field.
    pub fn set(&mut self, key: &str, value: impl Into<Tree>) {
        if !matches!(self, Tree::Map(_)) {
            *self = Tree::map();
        }
        let Tree::Map(fields) = self else { return };
        match fields.iter_mut().find(|(k, _)| &**k == key) {
            Some((_, old)) => *old = value.into(),
            None => fields.push((key.into(), value.into())),
        }
    }

    /// The field of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.fields().iter().find(|(k, _)| &**k == key).map(|(_, v)| v)
    }

    /// The fields of a mapping; none of anything else.
    #[must_use]
    pub fn fields(&self) -> &[(Text, Tree)] {
        match self {
            Tree::Map(fields) => fields,
            Tree::Null | Tree::Bool(_) | Tree::Int(_) | Tree::Text(_) | Tree::List(_) => &[],
        }
    }

    /// The elements of a sequence; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Tree] {
        match self {
            Tree::List(items) => items,
            Tree::Null | Tree::Bool(_) | Tree::Int(_) | Tree::Text(_) | Tree::Map(_) => &[],
        }
    }

    /// The fields of a mapping by name, as the tools print them.
    #[must_use]
    pub fn sorted(&self) -> Vec<&(Text, Tree)> {
        let mut fields: Vec<&(Text, Tree)> = self.fields().iter().collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    }
}
