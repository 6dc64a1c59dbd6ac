//! Words: quotes, backslashes, `$` and backquotes (XCU 2.2, 2.6).
//!
//! Not here: `${...}` (see `params`); expansion (see `run`).

use super::{Parsed, Parser};
use crate::shell::ast::{Param, ParamOp, Part, Process, Script, Substitution, Word};
use std::sync::Arc;

/// Appends unquoted text, joining it to unquoted text before it.
pub(super) fn push_literal(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Literal(last)) => last.push_str(text),
        _ => parts.push(Part::Literal(text.to_string())),
    }
}

fn push_quoted(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Quoted(last)) => last.push_str(text),
        _ => parts.push(Part::Quoted(text.to_string())),
    }
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// Is this a name (XBD 3.216)?
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_char)
}

pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Parser<'_> {
    /// A word up to a blank, newline or operator.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        self.word_until(|c| " \t\n&|;<>()".contains(c))
    }

    /// A word up to the first unquoted character for which `stop` holds.
    pub(super) fn word_until(&mut self, stop: impl Fn(char) -> bool) -> Parsed<Word> {
        let start = self.pos;
        let mut parts = self.nest(|p| p.parts_until(&stop))?;
        if self.syntax.bad_parameters_take_word {
            self.take_word(&mut parts);
        }
        Ok(Word { parts, span: self.span(start, self.pos) })
    }

    /// Bad substitutions in a word that ends here are told with the rest of it.
    fn take_word(&self, parts: &mut [Part]) {
        for part in parts {
            match part {
                Part::Double(inner) => self.take_word(inner),
                Part::Param(param) => {
                    let start = usize::try_from(param.span.start).unwrap_or(0).saturating_sub(self.base);
                    if let ParamOp::Bad(text) = &mut param.op {
                        *text = self.slice(start, self.pos).to_owned();
                    }
                }
                Part::Literal(_) | Part::Quoted(_) | Part::Arith(_) | Part::Command(_) => {}
            }
        }
    }

    fn parts_until(&mut self, stop: &impl Fn(char) -> bool) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek_char() {
            if self.at_process_substitution() && (parts.is_empty() || self.syntax.process_substitution_in_words) {
                parts.push(self.process_substitution()?);
                continue;
            }
            if stop(c) {
                break;
            }
            self.unquoted(c, &mut parts)?;
        }
        Ok(parts)
    }

    /// One unquoted character, quotation or expansion.
    pub(super) fn unquoted(&mut self, c: char, parts: &mut Vec<Part>) -> Parsed<()> {
        match c {
            '\\' => {
                self.pos += 1;
                match self.next_char() {
                    Some('\n') => {}
                    Some(c) => push_quoted(parts, c.encode_utf8(&mut [0; 4])),
                    None => push_quoted(parts, "\\"),
                }
            }
            '\'' => {
                let text = self.single_quoted()?;
                parts.push(Part::Quoted(text));
            }
            '"' => {
                let start = self.pos;
                self.pos += 1;
                let inner = self.nest(|p| p.double_parts(Some(start)))?;
                parts.push(Part::Double(inner));
            }
            '$' => self.dollar(false, parts)?,
            '`' => parts.push(self.backquoted(false)?),
            c => {
                self.pos += c.len_utf8();
                push_literal(parts, c.encode_utf8(&mut [0; 4]));
            }
        }
        Ok(())
    }

    fn single_quoted(&mut self) -> Parsed<String> {
        let start = self.pos;
        self.pos += 1;
        match self.rest().find('\'') {
            Some(length) => {
                let text = self.slice(self.pos, self.pos + length).to_string();
                self.pos += length + 1;
                Ok(text)
            }
            None => self.unclosed(start, "'", "'"),
        }
    }

    /// The inside of double quotes, opened at `open` and closed here; with no `open` to the end of the text, as in a
    /// here-document, where `"` is an ordinary character.
    pub(super) fn double_parts(&mut self, open: Option<usize>) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        loop {
            match (self.peek_char(), open) {
                (None, None) => return Ok(parts),
                (None, Some(start)) => return self.unclosed(start, "\"", "\""),
                (Some('"'), Some(_)) => {
                    self.pos += 1;
                    return Ok(parts);
                }
                (Some('\\'), _) => self.backslash_in_double(open.is_some(), &mut parts),
                (Some('$'), _) => self.dollar(true, &mut parts)?,
                (Some('`'), _) => parts.push(self.backquoted(true)?),
                (Some(c), _) => {
                    self.pos += c.len_utf8();
                    push_quoted(&mut parts, c.encode_utf8(&mut [0; 4]));
                }
            }
        }
    }

    /// XCU 2.2.3: a backslash counts only in front of these.
    pub(super) fn backslash_in_double(&mut self, quotes: bool, parts: &mut Vec<Part>) {
        self.pos += 1;
        match self.peek_char() {
            Some('\n') => self.pos += 1,
            Some(c) if "$`\\".contains(c) || (c == '"' && quotes) => {
                self.pos += c.len_utf8();
                push_quoted(parts, c.encode_utf8(&mut [0; 4]));
            }
            _ => push_quoted(parts, "\\"),
        }
    }

    /// Everything that begins with `$`.
    pub(super) fn dollar(&mut self, in_double: bool, parts: &mut Vec<Part>) -> Parsed<()> {
        let start = self.pos;
        self.pos += 1;
        let plain = |p: &Self, name: &str| {
            let span = p.span(start, p.pos);
            Part::Param(Box::new(Param { name: name.into(), index: None, indirect: false, op: ParamOp::Plain, span }))
        };
        match self.peek_char() {
            Some('(') => {
                let part = match self.arithmetic()? {
                    Some(part) => part,
                    None => self.command_substitution(start)?,
                };
                parts.push(part);
            }
            Some('{') => {
                let part = self.nest(|p| p.braced_param(start, in_double))?;
                parts.push(part);
            }
            Some('\'') if self.syntax.dollar_single_quote && !in_double => {
                let text = self.dollar_single_quoted(start)?;
                parts.push(Part::Quoted(text));
            }
            Some('"') if self.syntax.dollar_single_quote && !in_double => {
                self.pos += 1;
                let inner = self.nest(|p| p.double_parts(Some(start + 1)))?;
                parts.push(Part::Double(inner));
            }
            Some(c) if is_name_start(c) => {
                let length = self.rest().find(|c| !is_name_char(c)).unwrap_or(self.rest().len());
                let name = self.slice(self.pos, self.pos + length);
                self.pos += length;
                let indexed = self.syntax.bare_index && self.peek_char() == Some('[');
                let index = if indexed { Some(self.index(start)?) } else { None };
                let (name, span) = (name.to_owned(), self.span(start, self.pos));
                parts.push(Part::Param(Box::new(Param { name, index, indirect: false, op: ParamOp::Plain, span })));
            }
            Some(c) if c.is_ascii_digit() || "@*#?$!-".contains(c) => {
                self.pos += 1;
                parts.push(plain(self, c.encode_utf8(&mut [0; 4])));
            }
            _ if in_double => push_quoted(parts, "$"),
            _ => push_literal(parts, "$"),
        }
        Ok(())
    }

    /// `$((..))` from the first `(`; `None` and nothing read if it is a command substitution that begins with `(`.
    fn arithmetic(&mut self) -> Parsed<Option<Part>> {
        let start = self.pos;
        if !self.eat("((") {
            return Ok(None);
        }
        let body = self.nest(|p| p.arithmetic_parts());
        match body {
            Ok(parts) if self.eat("))") => Ok(Some(Part::Arith(parts))),
            Ok(_) | Err(_) => {
                self.rewind(start);
                Ok(None)
            }
        }
    }

    /// The text of an arithmetic expression up to a `)` that it did not open.
    pub(super) fn arithmetic_parts(&mut self) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        let mut open = 0_usize;
        while let Some(c) = self.peek_char() {
            match c {
                ')' if open == 0 => return Ok(parts),
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            match c {
                '$' => self.dollar(true, &mut parts)?,
                '`' => parts.push(self.backquoted(false)?),
                '"' => self.pos += 1,
                '\\' if self.rest().starts_with("\\\n") => self.pos += 2,
                c => {
                    self.pos += c.len_utf8();
                    push_literal(&mut parts, c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        Ok(parts)
    }

    fn command_substitution(&mut self, start: usize) -> Parsed<Part> {
        self.pos += 1;
        let body = self.pos;
        if self.syntax.counts_parentheses {
            return self.counted_substitution(start);
        }
        let script = self.nest(|p| p.in_parentheses(|p| p.script_in_parens(start, "$(")))?;
        let text = self.slice(body, self.pos.saturating_sub(1)).to_string();
        Ok(self.substitution(start, script, text))
    }

    /// A `$( )` that ends here.
    fn substitution(&self, start: usize, script: Script, text: String) -> Part {
        let span = self.span(start, self.pos);
        Part::Command(Arc::new(Substitution { script, text, backquoted: false, process: None, span }))
    }

    /// `$( )` where the shell only counts parentheses outside quotes: its commands are read when it runs.
    fn counted_substitution(&mut self, start: usize) -> Parsed<Part> {
        let body = self.pos;
        let (mut open, mut quote) = (1_usize, None);
        while open > 0 {
            let Some(c) = self.next_char() else { return self.unclosed(start, "$(", ")") };
            match (quote, c) {
                (None | Some('"' | '`'), '\\') => {
                    self.next_char();
                }
                (Some(q), c) if q == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"' | '`') => quote = Some(c),
                (None, '(') => open += 1,
                (None, ')') => open -= 1,
                (None, _) => {}
            }
        }
        let text = self.slice(body, self.pos.saturating_sub(1)).to_string();
        let syntax = self.syntax;
        let script = self.nest(|p| {
            let mut inner = Parser::new(&text, p.base + body, syntax);
            inner.depth = p.depth;
            Ok(inner.script())
        })?;
        Ok(self.substitution(start, script, text))
    }

    /// `<(list)` and `>(list)`.
    fn process_substitution(&mut self) -> Parsed<Part> {
        let start = self.pos;
        let process = if self.rest().starts_with('>') { Process::Reads } else { Process::Writes };
        self.pos += 2;
        let body = self.pos;
        let script = self.nest(|p| p.in_parentheses(|p| p.script_in_parens(start, "<(")))?;
        let text = self.slice(body, self.pos.saturating_sub(1)).to_string();
        let span = self.span(start, self.pos);
        Ok(Part::Command(Arc::new(Substitution { script, text, backquoted: false, process: Some(process), span })))
    }

    /// XCU 2.6.3: inside backquotes a backslash counts in front of `$`, a backquote and itself (and `"` when quoted).
    fn backquoted(&mut self, in_double: bool) -> Parsed<Part> {
        let start = self.pos;
        self.pos += 1;
        let mut text = String::new();
        loop {
            match self.next_char() {
                None => return self.unclosed(start, "`", "`"),
                Some('`') => break,
                Some('\\') => match self.peek_char() {
                    Some(c) if "$`\\".contains(c) || (c == '"' && in_double) => {
                        self.pos += 1;
                        text.push(c);
                    }
                    _ => text.push('\\'),
                },
                Some(c) => text.push(c),
            }
        }
        let (script, text) = self.nest(|p| Ok(p.script_in_backquotes(text)))?;
        if let Some(error) = script.error {
            return Err(self.error(start, self.pos, error.kind));
        }
        Ok(Part::Command(Arc::new(Substitution {
            script,
            text,
            backquoted: true,
            process: None,
            span: self.span(start, self.pos),
        })))
    }

    /// `$'..'` from its first quote; bash(1) "QUOTING".
    fn dollar_single_quoted(&mut self, start: usize) -> Parsed<String> {
        self.pos += 1;
        let mut text = String::new();
        loop {
            match self.next_char() {
                None => return self.unclosed(start, "$'", "'"),
                Some('\'') => return Ok(text),
                Some('\\') => match self.next_char() {
                    None => return self.unclosed(start, "$'", "'"),
                    Some(c) => text.extend(self.escape(c)),
                },
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self, c: char) -> Option<char> {
        let code = match c {
            'a' => 7,
            'b' => 8,
            'e' | 'E' => 27,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => self.digits(16, 2)?,
            'u' => self.digits(16, 4)?,
            'U' => self.digits(16, 8)?,
            '0'..='7' => {
                self.pos -= 1;
                self.digits(8, 3)?
            }
            c => return Some(c),
        };
        char::from_u32(code).filter(|c| *c != '\0')
    }

    fn digits(&mut self, radix: u32, most: usize) -> Option<u32> {
        let length = self.rest().chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let value = u32::from_str_radix(self.slice(self.pos, self.pos + length), radix).ok()?;
        self.pos += length;
        Some(value)
    }
}
