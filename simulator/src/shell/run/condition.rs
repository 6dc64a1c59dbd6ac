//! bash `[[ ]]` and the tests shared with `test`.

use super::Shell;
use super::expand::{Expanded, Expander};
use crate::kernel::fs::Content;
use crate::program::{Call, Sys};
use crate::shell::ast::TestExpr;

impl Shell {
    /// `[[ expression ]]`
    pub(super) fn double_bracket(&mut self, test: &TestExpr, sys: &Sys<'_>) -> Option<Call> {
        let value = self.expand(sys, |e| e.test(test));
        self.with(value, |shell, value| shell.state.status = u16::from(!value))
    }
}

impl Expander<'_> {
    fn test(&mut self, test: &TestExpr) -> Expanded<bool> {
        Ok(match test {
            TestExpr::Word(word) => !self.text(word)?.is_empty(),
            TestExpr::Not(inner) => !self.test(inner)?,
            TestExpr::And(left, right) => self.test(left)? && self.test(right)?,
            TestExpr::Or(left, right) => self.test(left)? || self.test(right)?,
            TestExpr::Unary(op, word) => {
                let text = self.text(word)?;
                if op == "-v" {
                    let (name, index) = text.strip_suffix(']').and_then(|t| t.split_once('[')).unwrap_or((&text, ""));
                    let _ = index;
                    return Ok(self.state.vars.contains_key(name));
                }
                unary(op, &text, self.sys).unwrap_or(false)
            }
            TestExpr::Binary(left, op, right) => {
                let left = self.text(left)?;
                match op.as_str() {
                    "=" | "==" => self.pattern(right)?.matches(&left),
                    "!=" => !self.pattern(right)?.matches(&left),
                    "=~" => {
                        let right = self.text(right)?;
                        regex_lite(&right, &left)
                    }
                    "<" => left < self.text(right)?,
                    ">" => left > self.text(right)?,
                    op => {
                        let right = self.text(right)?;
                        let (left, right) = (self.calculate(&left)?, self.calculate(&right)?);
                        compare(op, left, right).unwrap_or(false)
                    }
                }
            }
        })
    }
}

/// `-eq` and its like.
pub(super) fn compare(op: &str, left: i64, right: i64) -> Option<bool> {
    Some(match op {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        "-ge" => left >= right,
        _ => return None,
    })
}

/// `-f file` and its like; `None` if there is no such test.
pub(super) fn unary(op: &str, text: &str, sys: &Sys<'_>) -> Option<bool> {
    let file = sys.files.get(sys.cwd, text);
    let directory = || !text.is_empty() && sys.files.is_directory(sys.cwd, text);
    Some(match op {
        "-n" => !text.is_empty(),
        "-z" => text.is_empty(),
        "-e" | "-a" | "-r" | "-w" | "-O" | "-G" => file.is_some() || directory(),
        "-f" => file.is_some_and(|f| matches!(f.content, Content::Text(_) | Content::Binary(_))),
        "-d" => directory(),
        "-x" => file.is_some_and(|f| f.executable) || directory(),
        "-s" => match file.map(|f| &f.content) {
            Some(Content::Text(text)) => !text.is_empty(),
            Some(Content::Binary(_)) => true,
            Some(Content::Directory | Content::Null) | None => directory(),
        },
        "-c" => file.is_some_and(|f| f.content == Content::Null),
        "-t" | "-h" | "-L" | "-b" | "-p" | "-S" | "-u" | "-g" | "-k" | "-N" => false,
        "-o" => false,
        _ => return None,
    })
}

/// Regular expressions as entrypoints use them: anchors, `.`, sets, `*`, `+`, `?`, groups without nesting, bars.
fn regex_lite(pattern: &str, text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    alternatives(pattern).iter().any(|alternative| {
        let (anchored, rest) = match alternative.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, alternative.as_str()),
        };
        let items: Vec<char> = rest.chars().collect();
        let starts = if anchored { 0..=0 } else { 0..=chars.len() };
        let mut budget = 100_000_u32;
        starts.into_iter().any(|from| matches_here(&items, chars.get(from..).unwrap_or(&[]), &mut budget))
    })
}

/// `a|b` at the top, and one group `x(a|b)y` written out.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut todo = vec![pattern.to_string()];
    while let Some(one) = todo.pop() {
        let open = one.find('(');
        let close = open.and_then(|o| one.get(o..).and_then(|r| r.find(')')).map(|c| o + c));
        match (open, close) {
            (Some(open), Some(close)) if out.len() + todo.len() < 64 => {
                let head = one.get(..open).unwrap_or("");
                let body = one.get(open + 1..close).unwrap_or("");
                let tail = one.get(close + 1..).unwrap_or("");
                match tail.strip_prefix(['+', '*', '?']) {
                    Some(rest) => {
                        if !tail.starts_with('+') {
                            todo.push(format!("{head}{rest}"));
                        }
                        todo.extend(body.split('|').map(|b| format!("{head}{b}{rest}")));
                    }
                    None => todo.extend(body.split('|').map(|b| format!("{head}{b}{tail}"))),
                }
            }
            _ => out.extend(one.split('|').map(str::to_string)),
        }
    }
    out
}

fn matches_here(items: &[char], text: &[char], budget: &mut u32) -> bool {
    let Some(left) = budget.checked_sub(1) else { return false };
    *budget = left;
    let Some(first) = items.first() else { return true };
    if *first == '$' && items.len() == 1 {
        return text.is_empty();
    }
    let length = match first {
        '\\' => 2,
        '[' => items.iter().skip(2).position(|c| *c == ']').map_or(1, |p| p + 3),
        _ => 1,
    };
    let (atom, rest) = items.split_at_checked(length).unwrap_or((items, &[]));
    let one = |c: &char| match atom {
        ['.'] => true,
        ['\\', x] => x == c,
        ['[', ..] => {
            let set: Vec<(char, bool)> = atom.iter().map(|c| (*c, false)).collect();
            super::pattern::Pattern::new(&set).matches_chars(&[*c])
        }
        [x] => x == c,
        _ => false,
    };
    let (least, most, rest) = match rest.split_first() {
        Some(('*', rest)) => (0, usize::MAX, rest),
        Some(('+', rest)) => (1, usize::MAX, rest),
        Some(('?', rest)) => (0, 1, rest),
        _ => (1, 1, rest),
    };
    let available = text.iter().take(most).take_while(|c| one(c)).count();
    (least..=available).rev().any(|n| matches_here(rest, text.get(n..).unwrap_or(&[]), budget))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regular_expressions_of_entrypoints_match() {
        for (pattern, yes, no) in [
            ("^[0-9]+$", "123", "12a"),
            ("^(yes|true)$", "true", "truex"),
            (r"\.sql$", "a.sql", "asql"),
            ("a.c", "xabcx", "ac"),
            ("^-", "-f", "f-"),
        ] {
            assert!(regex_lite(pattern, yes), "{pattern} {yes}");
            assert!(!regex_lite(pattern, no), "{pattern} {no}");
        }
    }
}
