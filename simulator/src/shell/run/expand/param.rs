//! Parameter expansion (XCU 2.6.2; bash(1) "Parameter Expansion").

use super::super::state::Value;
use super::super::variable::in_order;
use super::special::Meaning;
use super::{Expanded, Expander, Piece, Stop};
use crate::shell::ast::{Param, ParamOp, Word};
use crate::shell::variants::messages::fill;
use crate::shell::variants::{ArrayNames, EmptyList};

impl Expander<'_> {
    pub(super) fn param(&mut self, param: &Param, quoted: bool, out: &mut Vec<Piece>) -> Expanded<()> {
        if let ParamOp::Bad(text) = &param.op {
            return Err(Stop::FailSubstitution(fill(
                self.columns.messages.bad_substitution,
                &[("prefix", ""), ("name", text)],
            )));
        }
        if let ParamOp::Names { star } = param.op {
            let names = self.state.vars.iter().filter(|(n, v)| n.starts_with(&param.name) && v.value != Value::Unset);
            let values = names.map(|(n, _)| n.clone()).collect();
            let plain = Param { op: ParamOp::Plain, ..param.clone() };
            return self.many(&plain, values, star, quoted, out);
        }
        let meaning = match (&param.index, param.indirect, &param.op) {
            (Some(index), true, ParamOp::Plain) => self.keys(&param.name, index)?,
            _ => self.meaning(param)?,
        };
        match meaning {
            Meaning::One(value) => self.one(param, value, quoted, out),
            Meaning::Many { values, star } => self.many(param, values, star, quoted, out),
        }
    }

    /// `${!a[@]}`: the indexes.
    fn keys(&mut self, name: &str, index: &Word) -> Expanded<Meaning> {
        let star = self.text(index)? == "*";
        let values = match self.state.vars.get(name).map(|v| &v.value) {
            Some(Value::Indexed(elements)) => elements.keys().map(i64::to_string).collect(),
            Some(Value::Named(elements)) => {
                in_order(elements, self.columns.details.element_order).into_iter().map(|(key, _)| key.clone()).collect()
            }
            Some(Value::Scalar(_)) => vec!["0".to_string()],
            Some(Value::Unset) | None => Vec::new(),
        };
        Ok(Meaning::Many { values, star })
    }

    /// `bare`: without braces.
    fn unset_error(&self, name: &str, bare: bool) -> Stop {
        let messages = &self.columns.messages;
        let positional =
            bare && name.bytes().all(|b| b.is_ascii_digit() || b == b'!') && !messages.unset_positional.is_empty();
        let template = if positional { messages.unset_positional } else { messages.unset };
        Stop::Fail(fill(template, &[("prefix", ""), ("name", name)]))
    }

    fn one(&mut self, param: &Param, value: Option<String>, quoted: bool, out: &mut Vec<Piece>) -> Expanded<()> {
        let is_set = |colon: bool| value.as_ref().is_some_and(|v| !colon || !v.is_empty());
        match &param.op {
            ParamOp::Default { colon, word } if !is_set(*colon) => return self.stand_in(word, quoted, out),
            ParamOp::Alternative { colon, word } => {
                return if is_set(*colon) { self.stand_in(word, quoted, out) } else { self.empty(quoted, out) };
            }
            ParamOp::Assign { colon, word } if !is_set(*colon) => {
                let text = self.text(word)?;
                self.state.set(&param.name, text.clone());
                return self.push(out, text, quoted, true);
            }
            ParamOp::Error { colon, word } if !is_set(*colon) => {
                let messages = &self.columns.messages;
                let own = [messages.null_or_unset, messages.not_set].iter().any(|text| text.contains("{name}"));
                if word.parts.is_empty() && own {
                    let text = if *colon { messages.null_or_unset } else { messages.not_set };
                    return Err(Stop::Fail(fill(text, &[("name", &param.name)])));
                }
                let text = match word.parts.is_empty() {
                    true if *colon => messages.null_or_unset.to_string(),
                    true => messages.not_set.to_string(),
                    false => self.text(word)?,
                };
                return Err(Stop::Fail(format!("{}: {text}", param.name)));
            }
            _ => {}
        }
        let nounset = self.state.options.nounset;
        let Some(value) = value else {
            if nounset {
                let bare = usize::try_from(param.span.end.saturating_sub(param.span.start)) == Ok(param.name.len() + 1);
                return Err(self.unset_error(&param.name, bare));
            }
            let text = if param.op == ParamOp::Length { "0" } else { "" };
            return if text.is_empty() { self.empty(quoted, out) } else { self.push(out, text.into(), quoted, true) };
        };
        let text = self.operate(&param.op, value)?;
        self.push(out, text, quoted, true)
    }

    /// Nothing: quoted it is still a field.
    fn empty(&mut self, quoted: bool, out: &mut Vec<Piece>) -> Expanded<()> {
        if quoted { self.push(out, String::new(), true, false) } else { Ok(()) }
    }

    /// The word of `-` and `+`: its own quotes count, and what is unquoted in it is split.
    fn stand_in(&mut self, word: &Word, quoted: bool, out: &mut Vec<Piece>) -> Expanded<()> {
        if word.parts.is_empty() {
            return self.empty(quoted, out);
        }
        let from = out.len();
        if quoted {
            self.parts(&word.parts, true, out)?;
        } else {
            let pieces = self.pieces(word, false)?;
            out.extend(pieces);
            for piece in out.iter_mut().skip(from) {
                if let Piece::Text { quoted: false, split, .. } = piece {
                    *split |= self.columns.details.splits_fields;
                }
            }
        }
        Ok(())
    }

    fn many(
        &mut self,
        param: &Param,
        values: Vec<String>,
        star: bool,
        quoted: bool,
        out: &mut Vec<Piece>,
    ) -> Expanded<()> {
        let is_set = !values.is_empty();
        match &param.op {
            ParamOp::Length if !self.columns.details.length_of_list && param.index.is_none() => {
                let ifs = self.state.get("IFS").unwrap_or_else(|| " ".into());
                let separator = ifs.chars().next().map(String::from).unwrap_or_default();
                let length = values.join(&separator).chars().count();
                return self.push(out, length.to_string(), quoted, true);
            }
            ParamOp::Length
                if self.columns.details.array_names == ArrayNames::Separate
                    && param.name != "@"
                    && param.name != "*" =>
            {
                if !self.state.vars.contains_key(&param.name) {
                    return self.push(out, "0".into(), quoted, true);
                }
                let lengths = values.iter().map(|v| v.chars().count().to_string()).collect();
                let plain = Param { op: ParamOp::Plain, ..param.clone() };
                return self.many(&plain, lengths, star, quoted, out);
            }
            ParamOp::Length => return self.push(out, values.len().to_string(), quoted, true),
            ParamOp::Default { colon, word } if !is_set || (*colon && values.iter().all(String::is_empty)) => {
                return self.stand_in(word, quoted, out);
            }
            ParamOp::Alternative { word, .. } => {
                return if is_set { self.stand_in(word, quoted, out) } else { self.empty(quoted, out) };
            }
            ParamOp::Error { .. } if !is_set => {
                return Err(Stop::Fail(format!("{}: {}", param.name, self.columns.messages.not_set)));
            }
            _ => {}
        }
        let unset = match self.columns.details.empty_list {
            EmptyList::Nothing => false,
            EmptyList::ArrayIsUnset => param.index.is_some(),
            EmptyList::IsUnset => true,
        };
        if unset && !is_set && self.state.options.nounset {
            let index = param.index.as_ref().and_then(Word::as_literal);
            return Err(self.unset_error(&index.map_or(param.name.clone(), |i| format!("{}[{i}]", param.name)), false));
        }
        let values = match &param.op {
            ParamOp::Slice { offset, length } => self.slice_list(param, values, offset, length.as_ref())?,
            op => values.into_iter().map(|v| self.operate(op, v)).collect::<Expanded<Vec<_>>>()?,
        };
        if star && quoted {
            let ifs = self.state.get("IFS").unwrap_or_else(|| " ".into());
            let separator = ifs.chars().next().map(String::from).unwrap_or_default();
            return self.push(out, values.join(&separator), true, false);
        }
        let splits = self.columns.details.splits_fields;
        let values: Vec<String> = values.into_iter().filter(|v| quoted || splits || !v.is_empty()).collect();
        if values.is_empty() {
            out.push(Piece::Nothing);
            return Ok(());
        }
        for (n, value) in values.into_iter().enumerate() {
            if n > 0 {
                if quoted || !splits {
                    out.push(Piece::Break);
                } else {
                    self.push(out, " ".into(), false, true)?;
                }
            }
            self.push(out, value, quoted, true)?;
        }
        Ok(())
    }

    fn slice_list(
        &mut self,
        param: &Param,
        mut values: Vec<String>,
        offset: &Word,
        length: Option<&Word>,
    ) -> Expanded<Vec<String>> {
        if param.index.is_none() {
            values.insert(0, self.state.arg0.clone());
        }
        let (from, to) = self.range(values.len(), offset, length)?;
        Ok(values.into_iter().skip(from).take(to.saturating_sub(from)).collect())
    }

    /// Offset and length, both expressions, as a range of positions.
    fn range(&mut self, size: usize, offset: &Word, length: Option<&Word>) -> Expanded<(usize, usize)> {
        let number = |e: &mut Self, word: &Word| -> Expanded<i64> {
            let text = e.text(word)?;
            e.calculate(&text)
        };
        let size_i = i64::try_from(size).unwrap_or(i64::MAX);
        let from = number(self, offset)?;
        let from = if from < 0 { (size_i + from).max(0) } else { from.min(size_i) };
        let to = match length {
            None => size_i,
            Some(word) => match number(self, word)? {
                n if n < 0 && self.columns.syntax.negative_length => (size_i + n).max(from),
                n if n < 0 => size_i,
                n => from.saturating_add(n).min(size_i),
            },
        };
        let position = |n: i64| usize::try_from(n).unwrap_or(0);
        Ok((position(from), position(to)))
    }

    fn operate(&mut self, op: &ParamOp, value: String) -> Expanded<String> {
        Ok(match op {
            ParamOp::Length => value.chars().count().to_string(),
            ParamOp::Trim { suffix, longest, pattern } => self.pattern(pattern)?.trim(&value, *suffix, *longest),
            ParamOp::Slice { offset, length } => {
                let chars: Vec<char> = value.chars().collect();
                let (from, to) = self.range(chars.len(), offset, length.as_ref())?;
                chars.get(from..to).unwrap_or(&[]).iter().collect()
            }
            ParamOp::Replace { all, anchor, pattern, replacement } => {
                let pattern = self.pattern(pattern)?;
                let replacement = self.text(replacement)?;
                replace(&value, &pattern, &replacement, *all, *anchor)
            }
            ParamOp::Case { upper, all } => change_case(&value, *upper, *all),
            ParamOp::Transform(letter) => match letter {
                'Q' => format!("'{}'", value.replace('\'', "'\\''")),
                'U' => value.to_uppercase(),
                'L' => value.to_lowercase(),
                'u' => change_case(&value, true, false),
                _ => value,
            },
            ParamOp::Plain
            | ParamOp::Default { .. }
            | ParamOp::Assign { .. }
            | ParamOp::Error { .. }
            | ParamOp::Alternative { .. }
            | ParamOp::Names { .. }
            | ParamOp::Bad(_) => value,
        })
    }
}

fn change_case(value: &str, upper: bool, all: bool) -> String {
    let change = |c: char| if upper { c.to_uppercase().to_string() } else { c.to_lowercase().to_string() };
    value.chars().enumerate().map(|(n, c)| if all || n == 0 { change(c) } else { c.to_string() }).collect()
}

fn replace(
    value: &str,
    pattern: &crate::shell::run::pattern::Pattern,
    replacement: &str,
    all: bool,
    anchor: Option<char>,
) -> String {
    let chars: Vec<char> = value.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    let mut done = false;
    while at <= chars.len() {
        let here = !done && (anchor != Some('#') || at == 0);
        let end = pattern.longest_at(&chars, at).filter(|end| here && (*end > at || anchor.is_some()));
        match end {
            Some(end) if anchor != Some('%') || end == chars.len() => {
                out.push_str(replacement);
                done = !all;
                at = end.max(at + usize::from(end == at && anchor.is_none()));
                if end >= chars.len() {
                    return out;
                }
            }
            _ => {
                out.extend(chars.get(at));
                at += 1;
            }
        }
    }
    out
}
