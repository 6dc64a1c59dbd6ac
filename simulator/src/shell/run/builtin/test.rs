//! `test` and `[` (XCU test), with `-a`, `-o` and parentheses as far as people use them.

use super::super::arith::evaluate;
use super::super::condition::{compare, compare_files, unary};
use super::super::pattern::Pattern;
use super::super::regex::Regex;
use super::super::state::Value;
use super::Shell;
use crate::program::Sys;

/// Why a test has no answer.
enum Wrong {
    Operator(String),
    Unary(String, String),
    TooMany(String, String),
    Number(String),
    Missing,
}

impl Shell {
    pub(super) fn test_builtin(&mut self, name: &str, args: &[String], sys: &Sys<'_>) {
        let mut args = args.to_vec();
        if name.starts_with('[') {
            let close = if name == "[" { "]" } else { "]]" };
            if args.pop().as_deref() != Some(close) {
                let message = self.message(self.columns().messages.test_missing_bracket, name, &[("name", close)]);
                self.fail(2, message);
                return;
            }
        }
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        if let ("[[", [left, op @ ("=" | "==" | "!="), right]) = (name, words.as_slice()) {
            // BusyBox: the word on the right is a pattern; quotes are gone by now.
            let chars: Vec<(char, bool)> = right.chars().map(|c| (c, false)).collect();
            let equal = Pattern::new(&chars).matches(left);
            self.state.status = u16::from(equal == (*op == "!="));
            return;
        }
        if let ("[[", [left, "=~", right]) = (name, words.as_slice()) {
            let chars: Vec<(char, bool)> = right.chars().map(|c| (c, false)).collect();
            let found = Regex::new(&chars).map(|regex| regex.find(left).is_some());
            self.state.status = found.map_or(2, |found| u16::from(!found));
            return;
        }
        match self.test_words(&words, sys) {
            Ok(value) => self.state.status = u16::from(!value),
            Err(wrong) => {
                let messages = &self.columns().messages;
                let message = match wrong {
                    Wrong::Operator(op) => {
                        self.message(messages.test_unknown_operator, name, &[("name", &op), ("text", &op)])
                    }
                    Wrong::Number(text) => self.message(messages.test_bad_number, name, &[("name", &text)]),
                    Wrong::Unary(op, next) => {
                        let lacks = !messages.test_missing_argument.is_empty() && self.is_binary(&next);
                        let template = if lacks { messages.test_missing_argument } else { messages.test_unknown_unary };
                        self.message(template, name, &[("name", &op), ("text", &next)])
                    }
                    Wrong::TooMany(last, next) => {
                        self.message(messages.test_too_many, name, &[("name", &last), ("text", &next)])
                    }
                    Wrong::Missing => self.message("{builtin_prefix}argument expected", name, &[]),
                };
                self.fail(2, message);
            }
        }
    }

    fn test_words(&self, words: &[&str], sys: &Sys<'_>) -> Result<bool, Wrong> {
        // XCU test: with up to four arguments their number decides, so that operands may look like operators.
        if words.len() <= 4
            && let Some(result) = self.by_count(words, sys)
        {
            return result;
        }
        let mut reader = Reader { shell: self, sys, words, at: 0 };
        let value = reader.either()?;
        match words.get(reader.at) {
            None => Ok(value),
            Some(next) => {
                let last = words.get(reader.at.saturating_sub(1)).copied().unwrap_or("");
                Err(Wrong::TooMany(last.to_owned(), (*next).to_owned()))
            }
        }
    }

    fn by_count(&self, words: &[&str], sys: &Sys<'_>) -> Option<Result<bool, Wrong>> {
        Some(match words {
            [] => Ok(false),
            [one] => Ok(!one.is_empty()),
            ["!", one] => Ok(one.is_empty()),
            [op, operand] => match self.unary(op, operand, sys) {
                Some(value) => Ok(value),
                None => Err(Wrong::Unary((*op).to_string(), (*operand).to_string())),
            },
            [left, "-a", right] => Ok(!left.is_empty() && !right.is_empty()),
            [left, "-o", right] => Ok(!left.is_empty() || !right.is_empty()),
            [left, op, right] if self.is_binary(op) => self.binary(left, op, right, sys),
            ["!", rest @ ..] => self.test_words(rest, sys).map(|v| !v),
            ["(", one, ")"] => Ok(!one.is_empty()),
            [left, op, _] => Err(Wrong::Operator(if self.reports_operand() { (*left).into() } else { (*op).into() })),
            ["(", inner @ .., ")"] => self.test_words(inner, sys),
            _ => return None,
        })
    }

    fn unary(&self, op: &str, operand: &str, sys: &Sys<'_>) -> Option<bool> {
        match op {
            "-v" if self.columns().builtins.test_v => {
                let name = operand.split_once('[').map_or(operand, |(name, _)| name);
                Some(self.state.vars.get(name).is_some_and(|v| v.value != Value::Unset))
            }
            "-v" | "-o" | "-a" | "-N" if !self.columns().builtins.test_v => None,
            op => unary(op, operand, sys),
        }
    }

    /// dash's and ash's message names the word in front.
    fn reports_operand(&self) -> bool {
        !self.columns().builtins.test_double_equals
    }

    fn is_binary(&self, op: &str) -> bool {
        match op {
            "==" => self.columns().builtins.test_double_equals,
            "=" | "!=" | "<" | ">" | "-nt" | "-ot" | "-ef" => true,
            op => compare(op, 0, 0).is_some(),
        }
    }

    fn binary(&self, left: &str, op: &str, right: &str, sys: &Sys<'_>) -> Result<bool, Wrong> {
        let evaluates = self.columns().builtins.test_evaluates;
        let number = |text: &str| match text.trim().parse::<i64>() {
            Ok(number) => Ok(number),
            Err(_) if evaluates && !text.starts_with(|c: char| c.is_ascii_digit()) => {
                let mut state = self.state.clone();
                evaluate(text, &mut super::Numbers(&mut state)).map_err(|_| Wrong::Number(text.to_string()))
            }
            Err(_) => Err(Wrong::Number(text.to_string())),
        };
        let missing_counts = self.columns().builtins.test_missing_is_older;
        Ok(match op {
            "=" | "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            ">" => left > right,
            op => match compare_files(op, left, right, missing_counts, sys) {
                Some(holds) => holds,
                None => compare(op, number(left)?, number(right)?).unwrap_or(false),
            },
        })
    }
}

/// The grammar of `test` with more than four arguments: `-o` below `-a` below `!`.
struct Reader<'a> {
    shell: &'a Shell,
    sys: &'a Sys<'a>,
    words: &'a [&'a str],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let yes = self.words.get(self.at) == Some(&word);
        self.at += usize::from(yes);
        yes
    }

    fn either(&mut self) -> Result<bool, Wrong> {
        let mut value = self.both()?;
        while self.take("-o") {
            value |= self.both()?;
        }
        Ok(value)
    }

    fn both(&mut self) -> Result<bool, Wrong> {
        let mut value = self.not()?;
        while self.take("-a") {
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Result<bool, Wrong> {
        let mut negated = false;
        while self.words.len() > self.at + 1 && self.take("!") {
            negated = !negated;
        }
        Ok(self.primary()? != negated)
    }

    fn primary(&mut self) -> Result<bool, Wrong> {
        let word = |n: usize| self.words.get(self.at + n).copied();
        let Some(first) = word(0) else { return Err(Wrong::Missing) };
        if let (Some(op), Some(right)) = (word(1), word(2))
            && self.shell.is_binary(op)
        {
            self.at += 3;
            return self.shell.binary(first, op, right, self.sys);
        }
        if first == "(" {
            self.at += 1;
            let value = self.either()?;
            return if self.take(")") { Ok(value) } else { Err(Wrong::Missing) };
        }
        if let Some(operand) = word(1)
            && let Some(value) = self.shell.unary(first, operand, self.sys)
        {
            self.at += 2;
            return Ok(value);
        }
        self.at += 1;
        Ok(!first.is_empty())
    }
}
