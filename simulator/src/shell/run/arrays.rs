//! Arrays: assignment of all elements and of one, and what their words are (bash(1) "Arrays", zshparam(1) "ARRAY
//! PARAMETERS").
//!
//! Elements are kept by their distance from the first, whatever number a shell gives that.

use super::Shell;
use super::expand::{Expanded, Expander};
use super::simple::{Assigned, NewValue};
use super::state::Value;
use crate::shell::ast::{Part, Word};
use std::collections::BTreeMap;

/// The text of a compound variable without members.
const EMPTY_COMPOUND: &str = "(\n)";

impl Shell {
    /// `a=()`, where that makes a compound variable.
    pub(super) fn make_compound(&mut self, assign: &mut Assigned) {
        let empty = matches!(&assign.value, NewValue::Many(list) if list.is_empty());
        let named = matches!(self.state.vars.get(&assign.name).map(|v| &v.value), Some(Value::Named(_)));
        if self.columns().details.empty_array_is_compound && empty && !named {
            let var = self.state.entry(&assign.name);
            if !var.read_only {
                var.value = Value::Unset;
            }
            assign.value = NewValue::One(EMPTY_COMPOUND.into());
        }
    }

    pub(super) fn assign_array(&mut self, name: &str, list: Vec<String>, append: bool) {
        let first = self.columns().details.array_names.first();
        let compound = self.columns().details.empty_array_is_compound;
        let var = self.state.entry(name);
        if let Value::Named(elements) = &mut var.value {
            if !append {
                elements.clear();
            }
            for item in list {
                if let Some((key, value)) = item.strip_prefix('[').and_then(|i| i.split_once("]=")) {
                    elements.insert(key.trim_matches(['"', '\'']).to_string(), value.to_string());
                }
            }
            return;
        }
        let mut elements = match &var.value {
            Value::Indexed(elements) if append => elements.clone(),
            Value::Scalar(text) if append && !(compound && text == EMPTY_COMPOUND) => {
                BTreeMap::from([(0, text.clone())])
            }
            _ => BTreeMap::new(),
        };
        let mut next = elements.keys().next_back().map_or(0, |k| k + 1);
        for item in list {
            match item
                .strip_prefix('[')
                .and_then(|i| i.split_once("]="))
                .and_then(|(k, v)| Some((k.parse::<i64>().ok()? - first, v)))
            {
                Some((key, value)) => {
                    elements.insert(key, value.to_string());
                    next = key + 1;
                }
                None => {
                    elements.insert(next, item);
                    next += 1;
                }
            }
        }
        var.value = Value::Indexed(elements);
    }

    pub(super) fn assign_element(&mut self, name: &str, index: &str, text: String, append: bool) {
        let number = super::arith::evaluate(index, &mut super::builtin::Numbers(&mut self.state)).unwrap_or(0);
        let number = number - self.columns().details.array_names.first();
        let var = self.state.entry(name);
        match &mut var.value {
            Value::Named(elements) => {
                let slot = elements.entry(index.trim_matches(['"', '\'']).to_string()).or_default();
                *slot = if append { std::mem::take(slot) + &text } else { text };
            }
            Value::Indexed(elements) => {
                let slot = elements.entry(number).or_default();
                *slot = if append { std::mem::take(slot) + &text } else { text };
            }
            other => *other = Value::Indexed([(number, text)].into()),
        }
    }
}

impl Expander<'_> {
    /// The words between the parentheses: one with its own index is neither split nor a pattern.
    pub(super) fn elements(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let mut out = Vec::new();
        for word in words {
            let own = matches!(word.parts.first(), Some(Part::Literal(t)) if t.starts_with('[') && t.contains("]="));
            if own {
                out.push(self.assigned(word)?);
            } else {
                out.extend(self.fields(std::slice::from_ref(word))?);
            }
        }
        Ok(out)
    }

    /// An index as the distance from the first element; `length`: of the whole, for one counted from its end.
    pub(super) fn distance(&self, index: i64, length: i64) -> i64 {
        match index {
            index if index < 0 => index + length,
            index => index - self.columns.details.array_names.first(),
        }
    }
}
