//! `test` and `[` (XCU test), with `-a`, `-o` and parentheses as far as people use them.

use super::super::condition::{compare, unary};
use super::super::pattern::Pattern;
use super::Shell;
use crate::program::Sys;

/// Why a test has no answer.
enum Wrong {
    Operator(String),
    Number(String),
    Missing,
}

impl Shell {
    pub(super) fn test_builtin(&mut self, name: &str, args: &[String], sys: &Sys<'_>) {
        let mut args = args.to_vec();
        if name.starts_with('[') {
            let close = if name == "[" { "]" } else { "]]" };
            if args.pop().as_deref() != Some(close) {
                let message = self.message("{builtin_prefix}missing {name}", name, &[("name", close)]);
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
        match self.test_or(&words, sys) {
            Ok(value) => self.state.status = u16::from(!value),
            Err(wrong) => {
                let messages = &self.columns().messages;
                let message = match wrong {
                    Wrong::Operator(op) => self.message(messages.test_unknown_operator, name, &[("name", &op)]),
                    Wrong::Number(text) => self.message(messages.test_bad_number, name, &[("name", &text)]),
                    Wrong::Missing => self.message("{builtin_prefix}argument expected", name, &[]),
                };
                self.fail(2, message);
            }
        }
    }

    fn test_or(&self, words: &[&str], sys: &Sys<'_>) -> Result<bool, Wrong> {
        // XCU test: with up to four arguments their number decides, so that operands may look like operators.
        if words.len() <= 4
            && let Some(result) = self.by_count(words, sys)
        {
            return result;
        }
        for (n, word) in words.iter().enumerate().skip(1) {
            if *word == "-o"
                && let (Some(left), Some(right)) = (words.get(..n), words.get(n + 1..))
            {
                return Ok(self.test_or(left, sys)? | self.test_or(right, sys)?);
            }
        }
        for (n, word) in words.iter().enumerate().skip(1) {
            if *word == "-a"
                && let (Some(left), Some(right)) = (words.get(..n), words.get(n + 1..))
            {
                return Ok(self.test_or(left, sys)? & self.test_or(right, sys)?);
            }
        }
        match words {
            ["!", rest @ ..] => Ok(!self.test_or(rest, sys)?),
            ["(", inner @ .., ")"] => self.test_or(inner, sys),
            [_, op, ..] => Err(Wrong::Operator((*op).to_string())),
            _ => Err(Wrong::Missing),
        }
    }

    fn by_count(&self, words: &[&str], sys: &Sys<'_>) -> Option<Result<bool, Wrong>> {
        Some(match words {
            [] => Ok(false),
            [one] => Ok(!one.is_empty()),
            ["!", one] => Ok(one.is_empty()),
            [op, operand] => match unary(op, operand, sys) {
                Some(value) => Ok(value),
                None => Err(Wrong::Operator((*op).to_string())),
            },
            [left, op, right] if self.is_binary(op) => self.binary(left, op, right, sys),
            ["!", rest @ ..] => self.test_or(rest, sys).map(|v| !v),
            ["(", one, ")"] => Ok(!one.is_empty()),
            [left, op, _] if *op != "-a" && *op != "-o" => {
                Err(Wrong::Operator(if self.reports_operand() { (*left).into() } else { (*op).into() }))
            }
            _ => return None,
        })
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
        let number = |text: &str| text.trim().parse::<i64>().map_err(|_| Wrong::Number(text.to_string()));
        Ok(match op {
            "=" | "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            ">" => left > right,
            "-nt" => sys.files.get(sys.cwd, left).is_some() && sys.files.get(sys.cwd, right).is_none(),
            "-ot" => sys.files.get(sys.cwd, left).is_none() && sys.files.get(sys.cwd, right).is_some(),
            "-ef" => crate::kernel::fs::normal(sys.cwd, left) == crate::kernel::fs::normal(sys.cwd, right),
            op => compare(op, number(left)?, number(right)?).unwrap_or(false),
        })
    }
}
