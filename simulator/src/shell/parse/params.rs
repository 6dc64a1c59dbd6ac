//! `${...}` (XCU 2.6.2; bash(1) "Parameter Expansion").
//!
//! Not here: what the operators do (see `run::expand`).

use super::words::{is_name_char, is_name_start};
use super::{Parsed, Parser};
use crate::shell::ast::{Param, ParamOp, Part, SyntaxErrorKind, Word};

/// Where the first character of `${..}` stands that cannot stand there; none: there is no name at all.
pub(in crate::shell) fn bad_character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("${").unwrap_or(text);
    let inside = inside.strip_prefix('#').filter(|rest| rest.starts_with(is_name_char)).unwrap_or(inside);
    let length = match inside.chars().next() {
        Some(c) if is_name_char(c) => inside.find(|c| !is_name_char(c)).unwrap_or(inside.len()),
        Some(c) if "@*#?$!-".contains(c) => 1,
        _ => return None,
    };
    let mut rest = inside.get(length..).unwrap_or("");
    if rest.starts_with('[') {
        rest = rest.split_once(']').map_or("", |(_, behind)| behind);
    }
    Some(text.len() - rest.strip_prefix(':').unwrap_or(rest).len())
}

impl Parser<'_> {
    /// From the `{` of a `${` that starts at `start`.
    pub(super) fn braced_param(&mut self, start: usize, in_double: bool) -> Parsed<Part> {
        self.pos += 1;
        let body = self.pos;
        let length = self.at_length_operator();
        if length {
            self.pos += 1;
        }
        let indirect = self.syntax.indirect && {
            let mut after = self.rest().chars();
            after.next() == Some('!') && after.next().is_some_and(is_name_char)
        };
        if indirect {
            self.pos += 1;
        }
        let name = self.param_name();
        let index = match self.peek_char() {
            Some('[') if self.syntax.arrays && !name.is_empty() => Some(self.index(start)?),
            _ => None,
        };
        let op = if name.is_empty() {
            None
        } else if self.eat("}") {
            Some(if length { ParamOp::Length } else { ParamOp::Plain })
        } else if length {
            None
        } else {
            self.param_op(start, body, in_double)?
        };
        let several = matches!(name.as_str(), "@" | "*")
            || index.as_ref().and_then(Word::as_literal).is_some_and(|i| matches!(i, "@" | "*"));
        let on_each = matches!(op, Some(ParamOp::Trim { .. } | ParamOp::Slice { .. } | ParamOp::Replace { .. }));
        let by_name = matches!(op, Some(ParamOp::Plain));
        let op = match op {
            Some(ParamOp::Slice { .. }) if several && !self.syntax.list_operators => {
                ParamOp::Bad(self.slice(start, self.pos).replacen(':', ": ", 1))
            }
            Some(_) if several && on_each && !self.syntax.list_operators => {
                ParamOp::Bad(self.slice(start, self.pos).to_owned())
            }
            Some(_) if indirect && !by_name && !self.syntax.indirect_takes_operators => {
                ParamOp::Bad(self.slice(start, self.pos).to_owned())
            }
            Some(op) => op,
            None => self.bad_param(start, body)?,
        };
        Ok(Part::Param(Box::new(Param { name, index, indirect, op, span: self.span(start, self.pos) })))
    }

    /// `${#name}` as opposed to `${#}` and `${#-word}`.
    fn at_length_operator(&self) -> bool {
        let Some(rest) = self.rest().strip_prefix('#') else { return false };
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(c), _) if is_name_char(c) => true,
            (Some(c), Some('}')) => "@*#?$!-".contains(c),
            _ => false,
        }
    }

    fn param_name(&mut self) -> String {
        let rest = self.rest();
        let length = match rest.chars().next() {
            Some(c) if is_name_start(c) => rest.find(|c| !is_name_char(c)).unwrap_or(rest.len()),
            Some(c) if c.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()),
            Some(c) if "@*#?$!-".contains(c) => 1,
            _ => 0,
        };
        self.pos += length;
        rest.get(..length).unwrap_or("").to_string()
    }

    pub(super) fn index(&mut self, start: usize) -> Parsed<Word> {
        self.pos += 1;
        let index = self.word_until(|c| c == ']')?;
        if self.eat("]") { Ok(index) } else { self.unclosed(start, "[", "]") }
    }

    /// The operator and its words, with the closing brace; `None` where no rule reads it.
    fn param_op(&mut self, start: usize, body: usize, in_double: bool) -> Parsed<Option<ParamOp>> {
        let colon = self.eat(":");
        let Some(c) = self.peek_char() else { return self.unclosed(start, "${", "}") };
        if "-=?+".contains(c) {
            self.pos += 1;
            let word = self.param_word(start, in_double, &[])?;
            self.pos += 1;
            return Ok(Some(match c {
                '-' => ParamOp::Default { colon, word },
                '=' => ParamOp::Assign { colon, word },
                '?' => ParamOp::Error { colon, word },
                _ => ParamOp::Alternative { colon, word },
            }));
        }
        if colon {
            return if self.syntax.slice { self.slice_op(start).map(Some) } else { Ok(None) };
        }
        self.pos += c.len_utf8();
        Ok(match c {
            '%' | '#' => {
                let longest = self.eat(if c == '%' { "%" } else { "#" });
                let pattern = self.param_word(start, false, &[])?;
                self.pos += 1;
                Some(ParamOp::Trim { suffix: c == '%', longest, pattern })
            }
            '*' | '@' if self.syntax.indirect && self.slice(body, body + 1) == "!" && self.eat("}") => {
                Some(ParamOp::Names { star: c == '*' })
            }
            '/' if self.syntax.replace => Some(self.replace_op(start, in_double)?),
            '^' | ',' if self.syntax.case_change => {
                let all = self.eat(if c == '^' { "^" } else { "," });
                self.eat("}").then_some(ParamOp::Case { upper: c == '^', all })
            }
            '@' if self.syntax.case_change => {
                let letter = self.next_char();
                letter.filter(|_| self.eat("}")).map(ParamOp::Transform)
            }
            _ => None,
        })
    }

    fn slice_op(&mut self, start: usize) -> Parsed<ParamOp> {
        let offset = self.param_word(start, true, &[':'])?;
        let length = match self.next_char() {
            Some(':') => {
                let length = self.param_word(start, true, &[])?;
                self.pos += 1;
                Some(length)
            }
            _ => None,
        };
        Ok(ParamOp::Slice { offset, length })
    }

    fn replace_op(&mut self, start: usize, in_double: bool) -> Parsed<ParamOp> {
        let all = self.eat("/");
        let anchor = match self.peek_char() {
            Some(c @ ('#' | '%')) if !all && self.syntax.replace_anchors => {
                self.pos += 1;
                Some(c)
            }
            _ => None,
        };
        let pattern = self.param_word(start, false, &['/'])?;
        let replacement = match self.next_char() {
            Some('/') => {
                let word = self.param_word(start, in_double, &[])?;
                self.pos += 1;
                word
            }
            _ => Word::default(),
        };
        Ok(ParamOp::Replace { all, anchor, pattern, replacement })
    }

    /// A word up to an unquoted `}` or one of `stops`, which is left in place. Inside double quotes single quotes are
    /// ordinary characters, except in patterns (XCU 2.6.2).
    fn param_word(&mut self, start: usize, in_double: bool, stops: &[char]) -> Parsed<Word> {
        let from = self.pos;
        let mut parts = Vec::new();
        loop {
            match self.peek_char() {
                None => return self.unclosed(start, "${", "}"),
                Some('}') => break,
                Some(c) if stops.contains(&c) => break,
                Some('\\') if in_double => match self.rest().chars().nth(1) {
                    Some('}') => {
                        self.pos += 2;
                        parts.push(Part::Quoted("}".into()));
                    }
                    _ => self.backslash_in_double(true, &mut parts),
                },
                Some('\'') if in_double => {
                    self.pos += 1;
                    parts.push(Part::Quoted("'".into()));
                }
                Some('$') => self.dollar(in_double, &mut parts)?,
                Some(c) => self.unquoted(c, &mut parts)?,
            }
        }
        Ok(Word { parts, span: self.span(from, self.pos) })
    }

    /// Skips to the closing brace: what stands there is an error only when it is expanded.
    fn bad_param(&mut self, start: usize, body: usize) -> Parsed<ParamOp> {
        self.pos = body;
        let _word = self.param_word(start, false, &[])?;
        self.pos += 1;
        let text = self.slice(start, self.pos).to_owned();
        let wrong = bad_character(&text).and_then(|at| text.get(at..)?.chars().next());
        if let Some(token) = wrong.filter(|c| self.syntax.unexpected_in_parameters && !"!@*.".contains(*c)) {
            let kind = SyntaxErrorKind::Unexpected { token: token.to_string(), expected: None };
            return Err(self.error(start, self.pos, kind));
        }
        if self.syntax.bad_parameters_are_errors {
            // Reading goes on behind the character, up to the end of its command (yash `parser.c`, `serror`).
            let at = bad_character(&text).unwrap_or(text.len());
            let error = self.error(start, self.pos, SyntaxErrorKind::BadSubstitution(text));
            self.bad.push(error);
            self.pos = start + at;
            self.failed = true;
        }
        Ok(ParamOp::Bad(self.slice(start, self.pos).to_string()))
    }
}
