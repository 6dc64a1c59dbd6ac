//! Reading a YAML object field by field, with a located remark for everything that is wrong.
//!
//! For the scenario's own file only; Kubernetes objects are read by `pod`.

use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::time::{SimDuration, SimTime};
use crate::pod::yaml::{Entry, Kind, Node};

/// The file being read and the remarks on it.
pub(super) struct Reader<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Remarks that a value cannot be used.
    pub fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.remark(Severity::Error, span, message, help);
    }

    /// Remarks that a value changes nothing.
    pub fn warn(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.remark(Severity::Warning, span, message, help);
    }

    fn remark(&mut self, severity: Severity, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let remark = Diagnostic::new(self.file, self.text, span, severity, message);
        self.diagnostics.push(remark.with_help(help));
    }

    /// A key as it was typed: YAML 1.1 takes a bare `on` for true, and Kubernetes reads it so.
    pub fn written_key<'n>(&'n self, entry: &'n Entry) -> &'n str {
        let typed = self.text.get(entry.key_span.start as usize..entry.key_span.end as usize);
        match entry.key.as_str() {
            "true" | "false" => typed.unwrap_or(&entry.key),
            key => key,
        }
    }

    /// The value of `key`, which may be a word that YAML 1.1 takes for a truth value.
    pub fn get_written<'n>(&self, node: &'n Node, key: &str) -> Option<&'n Node> {
        node.entries().iter().find(|entry| self.written_key(entry) == key).map(|entry| &entry.value)
    }

    /// Remarks on every key of `node` that is not in `known`.
    pub fn only(&mut self, node: &Node, what: &str, known: &[&str]) {
        if !matches!(node.kind, Kind::Map(_)) {
            self.error(node.span, format!("{what} must be a mapping"), format!("write {}: ...", known.join(": ..., ")));
        }
        for entry in node.entries() {
            let key = self.written_key(entry);
            if !known.contains(&key) {
                let message = format!("{what} has no field {key:?}");
                self.error(entry.key_span, message, format!("known fields: {}", known.join(", ")));
            }
        }
    }

    /// A whole number of `key`, at least 0 and at most `most`.
    pub fn number(&mut self, node: &Node, key: &str, most: u64) -> Option<u64> {
        let value = node.get(key)?;
        match &value.kind {
            Kind::Int(n) if u64::try_from(*n).is_ok_and(|n| n <= most) => u64::try_from(*n).ok(),
            _ => {
                self.error(
                    value.span,
                    format!("{key} must be a whole number"),
                    format!("write a number from 0 to {most}"),
                );
                None
            }
        }
    }

    /// `key` as milliseconds.
    pub fn millis(&mut self, node: &Node, key: &str) -> Option<SimDuration> {
        // A week: longer than every limit on simulated time.
        self.number(node, key, 7 * 24 * 3_600_000).map(SimDuration::from_millis)
    }

    /// `key` as an instant in milliseconds.
    pub fn instant(&mut self, node: &Node, key: &str) -> Option<SimTime> {
        self.millis(node, key).map(|d| SimTime::ZERO + d)
    }

    /// `key` as seconds, which may have a fraction.
    pub fn seconds(&mut self, node: &Node, key: &str) -> Option<SimDuration> {
        let value = node.get(key)?;
        let read = match &value.kind {
            Kind::Int(n) => u64::try_from(*n).ok().map(SimDuration::from_secs),
            Kind::Number(text) | Kind::Text(text) => SimDuration::parse_secs(text),
            Kind::Null | Kind::Bool(_) | Kind::List(_) | Kind::Map(_) => None,
        };
        if read.is_none() {
            self.error(value.span, format!("{key} must be a number of seconds"), "write for example 5 or 0.5");
        }
        read
    }

    /// `key` as text; numbers count as what they look like.
    pub fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        let value = node.get(key)?;
        self.text_of(value, key)
    }

    /// A value as text.
    pub fn text_of(&mut self, value: &Node, what: &str) -> Option<String> {
        match &value.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text.clone()),
            Kind::Int(n) => Some(n.to_string()),
            Kind::Bool(_) => self.text.get(value.span.start as usize..value.span.end as usize).map(str::to_owned),
            Kind::Null | Kind::List(_) | Kind::Map(_) => {
                self.error(value.span, format!("{what} must be text"), "put it in quotes");
                None
            }
        }
    }

    /// `key` as a list of texts.
    pub fn texts(&mut self, node: &Node, key: &str) -> Option<Vec<String>> {
        let value = node.get(key)?;
        if !matches!(value.kind, Kind::List(_)) {
            self.error(value.span, format!("{key} must be a list"), "write [a, b]");
            return None;
        }
        let items = value.items();
        Some(items.iter().filter_map(|item| self.text_of(item, key)).collect())
    }

    /// `key` as yes or no.
    pub fn flag(&mut self, node: &Node, key: &str) -> Option<bool> {
        let value = node.get(key)?;
        match value.kind {
            Kind::Bool(on) => Some(on),
            _ => {
                self.error(value.span, format!("{key} must be true or false"), "write true or false");
                None
            }
        }
    }
}
