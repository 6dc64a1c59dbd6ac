//! `set -x`: what is run, in front of it `PS4` (XCU set; 2.5.3).
//!
//! Quoting differs: dash quotes nothing, BusyBox what `maybe_single_quote` of `shell/ash.c` names.

use super::Shell;
use super::simple::{Assigned, NewValue};
use crate::base::diagnostic::Span;
use crate::program::Sys;
use crate::shell::ast::{Part, Word};
use crate::shell::parse::parse_double_quoted;
use crate::shell::variants::TraceAssigns;

impl Shell {
    /// `set -x`
    pub(super) fn trace_line(&mut self, argv: &[String], assigns: &[Assigned], sys: &Sys<'_>) -> String {
        let place = self.columns().details.trace_assigns;
        let bare = self.columns().details.trace_bare;
        let quote = |s: &String| match s {
            s if s.is_empty() => "''".to_string(),
            s if !bare.is_empty()
                && s.chars().any(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && !bare.contains(c)) =>
            {
                format!("'{}'", s.replace('\'', "'\\''"))
            }
            s => s.clone(),
        };
        let prefix = self.trace_prefix(sys);
        let mut lines = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for assign in assigns {
            let value = match &assign.value {
                NewValue::One(text) => quote(text),
                NewValue::Many(list) => format!("({})", list.iter().map(quote).collect::<Vec<_>>().join(" ")),
            };
            let text = format!("{}={value}", assign.name);
            match place {
                TraceAssigns::InFront | TraceAssigns::InFrontBlank => words.push(text),
                TraceAssigns::LinesBefore | TraceAssigns::LinesBehind => lines.push(format!("{prefix}{text}")),
            }
        }
        words.extend(argv.iter().map(quote));
        if argv.is_empty() && !words.is_empty() && place == TraceAssigns::InFrontBlank {
            words.push(String::new());
        }
        if !words.is_empty() {
            let at = if place == TraceAssigns::LinesBehind { 0 } else { lines.len() };
            lines.insert(at, format!("{prefix}{}", words.join(" ")));
        }
        lines.join("\n")
    }

    /// The value of `PS4` with its parameters, or what stands for it where it is not set. A substitution stays as written.
    fn trace_prefix(&mut self, sys: &Sys<'_>) -> String {
        let line = self.state.line.to_string();
        let usual = self.message(self.columns().messages.trace_prefix, "", &[("line", &line)]);
        let Some(set) = self.state.get("PS4").filter(|_| !self.columns().details.names_scope) else { return usual };
        let Ok(parts) = parse_double_quoted(&set, &self.columns().syntax) else { return set };
        let word = Word { parts: vec![Part::Double(parts)], span: Span::new(0, 0) };
        self.expand(sys, |e| e.text(&word)).unwrap_or(set)
    }
}
