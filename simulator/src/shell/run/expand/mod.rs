//! Word expansion (XCU 2.6): tilde, parameters, substitutions, arithmetic, then splitting, pathnames, quote removal.
//!
//! An expansion that meets a command substitution whose output is not known yet stops with `Stop::Need`; the shell runs
//! the command and expands the same words again with one result more. Substitutions are met in the same order each
//! time, so the n-th one takes the n-th result.

mod brace;
mod glob;
mod param;
mod special;

use super::arith::{self, ArithError, Dialect, Variables, evaluate, evaluate_plain};
use super::pattern::Pattern;
use super::state::{State, Value};
use crate::base::limits;
use crate::program::Sys;
use crate::shell::ast::{Part, Substitution, Word};
use crate::shell::variants::Columns;
use crate::shell::variants::messages::fill;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why an expansion is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The output of this command is needed.
    Need(Arc<Substitution>),
    /// It failed: the message, without the shell's prefix. The shell ends.
    Fail(String),
    /// It failed in a way that some shells survive: they only leave out the rest of the line.
    FailLine(String),
    /// The same for an arithmetic expression.
    FailArithmetic(String),
    /// The same of `${ }` that no rule reads.
    FailSubstitution(String),
    /// The same of what a shell finds out late, but tells as its parser does: with the line up to which it has read.
    FailReading(String),
}

/// Result of an expansion.
pub type Expanded<T> = Result<T, Stop>;

/// A stretch of expanded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text; `quoted`: special characters in it stand for themselves; `split`: separators in it end fields.
    Text { text: String, quoted: bool, split: bool },
    /// Between two elements of `"$@"`: a new field begins.
    Break,
    /// `"$@"` without elements: no field, unless something else is there.
    Nothing,
}

/// One expansion in progress.
pub struct Expander<'a> {
    /// The environment, changed by `${x:=}` and `$((x=1))`.
    pub state: &'a mut State,
    /// The variant.
    pub columns: &'a Columns,
    /// Files and working directory.
    pub sys: &'a Sys<'a>,
    /// Its version.
    pub version: &'static str,
    /// Outputs of the substitutions that were run.
    pub results: &'a [String],
    /// How many of them were taken.
    pub used: usize,
    /// Bytes made so far.
    pub size: usize,
}

impl Expander<'_> {
    /// The fields of command words.
    pub fn fields(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let mut out = Vec::new();
        for word in words {
            for word in brace::expand(word, self.columns.syntax.brace_expansion, self.columns.syntax.brace_range) {
                self.field(&word, &mut out)?;
            }
        }
        Ok(out)
    }

    fn field(&mut self, word: &Word, out: &mut Vec<String>) -> Expanded<()> {
        if let Some(name) = word.as_literal().and_then(|text| text.strip_prefix('='))
            && self.columns.details.equals_expands
            && !name.is_empty()
        {
            let path = self.state.get("PATH").unwrap_or_default();
            let found = self.sys.files.find_executable(self.sys.cwd, name, &path);
            out.push(found.map_err(|_| Stop::Fail(format!("{name} not found")))?.to_string());
            return Ok(());
        }
        let pieces = self.pieces(word, false)?;
        for field in self.split(pieces) {
            if self.state.options.noglob {
                out.push(text_of(&field));
            } else {
                self.pathnames(&field, out)?;
            }
        }
        Ok(())
    }

    /// A word as one string: assignments, here-documents, `case`.
    pub fn text(&mut self, word: &Word) -> Expanded<String> {
        let pieces = self.pieces(word, false)?;
        Ok(self.join(pieces))
    }

    /// The right side of an assignment: `~` counts after each `:` too.
    pub fn assigned(&mut self, word: &Word) -> Expanded<String> {
        let pieces = self.pieces(word, true)?;
        Ok(self.join(pieces))
    }

    /// A word as a pattern.
    pub fn pattern(&mut self, word: &Word) -> Expanded<Pattern> {
        let characters = self.characters(word)?;
        Ok(self.pattern_of(characters))
    }

    /// The pattern of these characters.
    pub fn pattern_of(&self, characters: Vec<(char, bool)>) -> Pattern {
        match self.columns.details.caret_negates {
            true => Pattern::new(&characters),
            false => Pattern::without_caret(characters),
        }
    }

    /// The characters of a word, each with whether it was quoted.
    pub fn characters(&mut self, word: &Word) -> Expanded<Vec<(char, bool)>> {
        let pieces = self.pieces(word, false)?;
        let mut chars = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Text { text, quoted, .. } => chars.extend(text.chars().map(|c| (c, *quoted))),
                Piece::Break => chars.push((' ', true)),
                Piece::Nothing => {}
            }
        }
        Ok(chars)
    }

    fn join(&self, pieces: Vec<Piece>) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text { text, .. } => out.push_str(&text),
                Piece::Break => out.push(' '),
                Piece::Nothing => {}
            }
        }
        out
    }

    fn pieces(&mut self, word: &Word, assignment: bool) -> Expanded<Vec<Piece>> {
        let mut out = Vec::new();
        for (n, part) in word.parts.iter().enumerate() {
            match part {
                Part::Literal(text) => {
                    let text = self.tilde(text, n == 0, assignment, word.parts.len() == n + 1);
                    for (text, quoted) in text {
                        self.push(&mut out, text, quoted, false)?;
                    }
                }
                part => self.part(part, false, &mut out)?,
            }
        }
        Ok(out)
    }

    fn parts(&mut self, parts: &[Part], quoted: bool, out: &mut Vec<Piece>) -> Expanded<()> {
        parts.iter().try_for_each(|part| self.part(part, quoted, out))
    }

    fn part(&mut self, part: &Part, in_double: bool, out: &mut Vec<Piece>) -> Expanded<()> {
        match part {
            Part::Literal(text) => self.push(out, text.clone(), in_double, false),
            Part::Quoted(text) => self.push(out, text.clone(), true, false),
            Part::Double(inner) => {
                if inner.is_empty() {
                    return self.push(out, String::new(), true, false);
                }
                self.parts(inner, true, out)
            }
            Part::Param(param) => self.param(param, in_double, out),
            Part::Command(substitution) => {
                let text = self.substitution(substitution)?;
                let quoted = in_double || substitution.process.is_some();
                self.make_room(&text)?;
                out.push(Piece::Text { text, quoted, split: !quoted });
                Ok(())
            }
            Part::Arith(inner) => {
                let text = self.arithmetic(inner)?.to_string();
                self.push(out, text, in_double, true)
            }
        }
    }

    fn substitution(&mut self, substitution: &Arc<Substitution>) -> Expanded<String> {
        match self.results.get(self.used) {
            Some(text) => {
                self.used += 1;
                Ok(text.clone())
            }
            None => Err(Stop::Need(substitution.clone())),
        }
    }

    /// `value`: of a variable, not as written. Where unquoted ones are not split they are no patterns either.
    fn push(&mut self, out: &mut Vec<Piece>, text: String, quoted: bool, value: bool) -> Expanded<()> {
        self.make_room(&text)?;
        let splits = self.columns.details.splits_fields;
        let quoted = quoted || value && !splits && !text.is_empty();
        out.push(Piece::Text { text, quoted, split: value && !quoted });
        Ok(())
    }

    fn make_room(&mut self, text: &str) -> Expanded<()> {
        self.size += text.len();
        if self.size > limits::EXPANSION_BYTES {
            return Err(Stop::Fail("Argument list too long".into()));
        }
        Ok(())
    }

    /// Tilde expansion of an unquoted literal: parts with whether they are to be taken as quoted.
    fn tilde(&self, text: &str, first: bool, assignment: bool, last: bool) -> Vec<(String, bool)> {
        let mut out = Vec::new();
        let mut rest = text;
        let mut at_start = first;
        loop {
            if at_start && rest.starts_with('~') {
                let end = rest.find(|c| c == '/' || (assignment && c == ':'));
                let name = rest.get(1..end.unwrap_or(rest.len())).unwrap_or("");
                if (end.is_some() || last)
                    && let Some(home) = self.home(name)
                {
                    out.push((home, true));
                    rest = rest.get(1 + name.len()..).unwrap_or("");
                }
            }
            match rest.find(':').filter(|_| assignment) {
                Some(colon) => {
                    let (head, tail) = rest.split_at_checked(colon + 1).unwrap_or((rest, ""));
                    out.push((head.into(), false));
                    rest = tail;
                    at_start = true;
                }
                None => {
                    out.push((rest.into(), false));
                    return out;
                }
            }
        }
    }

    fn home(&self, name: &str) -> Option<String> {
        match name {
            "" => self.state.get("HOME"),
            name => match crate::program::util::home(name, self.sys) {
                None if name == "root" => Some("/root".into()),
                home => home,
            },
        }
    }

    /// The value of an arithmetic expression.
    pub fn arithmetic(&mut self, parts: &[Part]) -> Expanded<i64> {
        let mut pieces = Vec::new();
        self.parts(parts, true, &mut pieces)?;
        let text = self.join(pieces);
        self.calculate(&text)
    }

    /// The same for text that is expanded already.
    pub fn calculate(&mut self, text: &str) -> Expanded<i64> {
        let plain = self.columns.syntax.plain_arithmetic;
        let mut names = Names { expander: self, unset: None };
        let value = if plain { evaluate_plain(text, &mut names) } else { evaluate(text, &mut names) };
        if let Some(name) = names.unset {
            let template = self.columns.messages.arithmetic_unset;
            return Err(Stop::Fail(fill(template, &[("prefix", ""), ("name", &name)])));
        }
        value.map_err(|error| {
            let messages = &self.columns.messages;
            let (text, error) = match error {
                ArithError::Inside(inner, error) => (inner, *error),
                error => (text.to_owned(), error),
            };
            if let ArithError::Missing(what, _) = &error
                && !messages.arithmetic_missing.is_empty()
            {
                let values = [("prefix", ""), ("name", &text), ("missing", *what)];
                return Stop::FailArithmetic(fill(messages.arithmetic_missing, &values));
            }
            let (template, token, rest) = match error {
                ArithError::BadNumber(text) => {
                    let values = [("builtin_prefix", ""), ("name", text.as_str())];
                    return Stop::FailArithmetic(fill(messages.bad_number, &values));
                }
                ArithError::Missing(_, rest) => (messages.arithmetic, rest.clone(), rest),
                ArithError::Syntax(rest) => (messages.arithmetic, rest.clone(), rest),
                ArithError::Operand(token, rest) => (messages.arithmetic_operand, token, rest),
                ArithError::DivisionByZero(token) => (messages.division_by_zero, token.clone(), token),
                ArithError::Value(value) => (messages.arithmetic_value, value, String::new()),
                ArithError::Inside(text, _) => (messages.arithmetic, text.clone(), text),
            };
            let unexpected = arith::token(&rest);
            let place = place_in(&rest);
            let values =
                [("prefix", ""), ("name", &text), ("token", &token), ("unexpected", &unexpected), ("place", &place)];
            Stop::FailArithmetic(fill(template, &values))
        })
    }

    /// Field splitting (XCU 2.6.5).
    fn split(&self, pieces: Vec<Piece>) -> Vec<Vec<(char, bool)>> {
        let ifs = self.state.get("IFS").unwrap_or_else(|| " \t\n".into());
        let white = |c: char| ifs.contains(c) && c.is_ascii_whitespace();
        let mut out: Vec<Vec<(char, bool)>> = Vec::new();
        let mut field: Option<Vec<(char, bool)>> = None;
        let mut nothing = false;
        // A separator that is no white space has just ended a field.
        let mut after_white = false;
        for piece in pieces {
            match piece {
                Piece::Nothing => nothing = true,
                Piece::Break => {
                    out.push(field.take().unwrap_or_default());
                    field = Some(Vec::new());
                }
                Piece::Text { text, quoted, split: false } => {
                    if quoted || !text.is_empty() {
                        field.get_or_insert_with(Vec::new).extend(text.chars().map(|c| (c, quoted)));
                        after_white = false;
                    }
                }
                Piece::Text { text, .. } => {
                    for c in text.chars() {
                        if white(c) {
                            if let Some(done) = field.take() {
                                out.push(done);
                                after_white = true;
                            }
                        } else if ifs.contains(c) {
                            match field.take() {
                                Some(done) => out.push(done),
                                None if after_white => {}
                                None => out.push(Vec::new()),
                            }
                            after_white = false;
                        } else {
                            field.get_or_insert_with(Vec::new).push((c, !self.columns.details.splits_fields));
                            after_white = false;
                        }
                    }
                }
            }
        }
        match field {
            Some(last) if !(nothing && last.is_empty() && out.is_empty()) => out.push(last),
            _ => {}
        }
        out
    }
}

/// Where an expression fails, as zsh says it (`Src/math.c`, `checkunary`): at most ten characters.
fn place_in(rest: &str) -> String {
    let rest = rest.trim_start();
    let start: String = rest.chars().take(10).collect();
    match rest {
        "" => "end of string".into(),
        rest if start.len() < rest.len() => format!("`{start}...'"),
        _ => format!("`{start}'"),
    }
}

fn text_of(field: &[(char, bool)]) -> String {
    field.iter().map(|(c, _)| *c).collect()
}

/// Shell variables for arithmetic; `name[index]` reaches arrays.
struct Names<'a, 'e> {
    expander: &'a mut Expander<'e>,
    /// The first that is unset, where `set -u` counts it.
    unset: Option<String>,
}

impl Names<'_, '_> {
    /// The elements by name, and which of them `name[key]` is.
    fn named(&mut self, name: &str) -> Option<(&mut BTreeMap<String, String>, String)> {
        let (name, key) = name.strip_suffix(']')?.split_once('[')?;
        match &mut self.expander.state.vars.get_mut(name)?.value {
            Value::Named(elements) => Some((elements, key.trim_matches(['"', '\'']).to_owned())),
            Value::Scalar(_) | Value::Indexed(_) | Value::Unset => None,
        }
    }

    fn element(&mut self, name: &str) -> Option<(String, i64)> {
        let (name, index) = name.strip_suffix(']')?.split_once('[')?;
        let index = evaluate(index, self).ok()?;
        Some((name.to_string(), index - self.expander.columns.details.array_names.first()))
    }
}

impl Variables for Names<'_, '_> {
    fn are_numbers(&self) -> bool {
        !self.expander.columns.messages.arithmetic_value.is_empty()
    }

    fn dialect(&self) -> Dialect {
        let syntax = &self.expander.columns.syntax;
        Dialect { power: syntax.power, octal: syntax.octal, narrow: syntax.narrow }
    }

    fn unset_is_error(&self) -> bool {
        self.expander.columns.details.arithmetic_needs_values
    }

    fn get(&mut self, name: &str) -> Option<String> {
        if let Some((elements, key)) = self.named(name) {
            return BTreeMap::get(elements, &key).cloned();
        }
        match self.element(name) {
            Some((name, index)) => match &self.expander.state.vars.get(&name)?.value {
                Value::Indexed(elements) => elements.get(&index).cloned(),
                Value::Scalar(text) if index == 0 => Some(text.clone()),
                _ => None,
            },
            None => self.expander.state.get(name).or_else(|| self.expander.dynamic(name)),
        }
    }

    fn lacks(&mut self, name: &str) {
        if self.expander.state.options.nounset && !self.expander.columns.messages.arithmetic_unset.is_empty() {
            self.unset.get_or_insert_with(|| name.to_owned());
        }
    }

    fn set(&mut self, name: &str, value: i64) {
        if let Some((elements, key)) = self.named(name) {
            elements.insert(key, value.to_string());
            return;
        }
        match self.element(name) {
            Some((name, index)) => {
                let var = self.expander.state.entry(&name);
                if let Value::Indexed(elements) = &mut var.value {
                    elements.insert(index, value.to_string());
                } else {
                    var.value = Value::Indexed([(index, value.to_string())].into());
                }
            }
            None => {
                self.expander.state.set(name, value.to_string());
            }
        }
    }
}
