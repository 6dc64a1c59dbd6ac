//! Aliases in a text that runs: when they are replaced, and when the rest of a text is read again.
//!
//! Shells read a text line by line, so an alias holds from the line behind its definition on. Here a text is read at once
//! and again from its next command whenever the aliases have changed. Not here: how they are replaced (`parse`), and the
//! builtins (`builtin::names`).

use super::Shell;
use super::script::{ScriptFrame, Source};
use crate::shell::ast::Script;
use crate::shell::parse::{Aliases, Expanded, parse, parse_expanding};
use crate::shell::variants::AliasTime;
use std::sync::Arc;

/// What of a text has been read with which aliases.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// So often had the aliases changed when it was read; none: it does not matter any more.
    changes: Option<u32>,
    /// The text with what was replaced in it.
    expanded: Expanded,
}

impl Shell {
    /// Are aliases replaced now?
    pub(super) fn replaces_aliases(&self) -> bool {
        self.columns().aliases.in_scripts || self.state.shopt("expand_aliases")
    }

    fn aliases(&self) -> Aliases<'_> {
        let columns = &self.columns().aliases;
        Aliases {
            table: &self.state.aliases,
            reserved_words: columns.reserved_words,
            in_parentheses: columns.parentheses == AliasTime::Reading,
            in_backquotes: columns.backquotes == AliasTime::Reading,
            in_here_documents: columns.here_documents,
        }
    }

    /// Reads a text that begins to run. `backquoted`: it stood between backquotes.
    pub(super) fn read_text(&self, text: Arc<str>, source: Source, backquoted: bool) -> (Script, Reading) {
        let columns = &self.columns().aliases;
        let time = match source {
            Source::Substitution if backquoted => columns.backquotes,
            Source::Substitution => columns.parentheses,
            source if self.columns().details.read_whole.contains(&source) => AliasTime::Running,
            Source::CommandString | Source::File | Source::Eval | Source::Dot | Source::Trap => {
                AliasTime::RunningByLine
            }
        };
        let closed = time == AliasTime::Reading;
        let by_line = time == AliasTime::RunningByLine;
        let changes = by_line.then_some(self.state.alias_changes);
        let mut expanded = Expanded::of(text);
        let script = if closed || self.state.aliases.is_empty() || !self.replaces_aliases() {
            parse(&expanded.text, &self.columns().syntax)
        } else {
            parse_expanding(&mut expanded, 0, &self.columns().syntax, self.aliases())
        };
        (script, Reading { changes, expanded })
    }

    /// Reads again what has not run yet, if the aliases have changed since.
    pub(super) fn read_again(&self, frame: &mut ScriptFrame) {
        let now = self.state.alias_changes;
        if frame.aliases.changes.is_none_or(|then| then == now) {
            return;
        }
        frame.aliases.changes = Some(now);
        let from = frame.next.checked_sub(1).and_then(|last| frame.script.commands.get(last)).map_or(0, |c| c.read_to);
        let from = usize::try_from(from).unwrap_or(0);
        frame.aliases.expanded.take_back(from);
        let (none, syntax) = (std::collections::BTreeMap::new(), &self.columns().syntax);
        let mut aliases = self.aliases();
        if !self.replaces_aliases() {
            aliases.table = &none;
        }
        let mut rest = parse_expanding(&mut frame.aliases.expanded, from, syntax, aliases);
        let script = Arc::make_mut(&mut frame.script);
        script.commands.truncate(frame.next);
        script.commands.append(&mut rest.commands);
        script.error = rest.error;
        frame.text = frame.aliases.expanded.text.clone();
    }
}

impl Reading {
    /// The text with what was replaced in it.
    pub(super) fn text(&self) -> Arc<str> {
        self.expanded.text.clone()
    }
}
