//! awk: operators and built-in functions (POSIX awk, "Arithmetic Functions", "String Functions").

use super::ast::Expr;
use super::cells::Key;
use super::records::split;
use super::run::{Machine, Stop, regex};
use super::value::Val;

type Flow<T> = Result<T, Stop>;

/// A number cut to a whole one.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what is wanted")]
pub(super) fn whole(number: f64) -> i64 {
    number as i64
}

pub(super) fn arithmetic(operator: &str, left: f64, right: f64) -> Val {
    Val::Number(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        _ => left.powf(right),
    })
}

/// sprintf(3) as awk calls it: whole numbers for `%d` and its like, a letter for `%c`.
pub(super) fn sprintf(format: &str, values: &[Val]) -> String {
    let mut given = values.iter();
    let mut texts = Vec::new();
    let mut rest = format;
    while let Some((_, after)) = rest.split_once('%') {
        let flags = after.find(|c: char| !"-+ #0123456789.*hl".contains(c)).unwrap_or(after.len());
        let stars = after.get(..flags).unwrap_or("").matches('*').count();
        for _ in 0..stars {
            texts.push(whole(given.next().map_or(0.0, Val::number)).to_string());
        }
        let kind = after.get(flags..).and_then(|t| t.chars().next()).unwrap_or('%');
        rest = after.get(flags + kind.len_utf8()..).unwrap_or("");
        let value = || Val::Unset;
        match kind {
            '%' => {}
            'd' | 'i' | 'x' | 'X' | 'o' | 'u' => texts.push(whole(given.next().map_or(0.0, Val::number)).to_string()),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => texts.push(given.next().map_or(0.0, Val::number).to_string()),
            'c' => texts.push(match given.next().cloned().unwrap_or_else(value) {
                Val::Number(n) => {
                    u32::try_from(whole(n)).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
                }
                other => other.text().chars().take(1).collect(),
            }),
            _ => texts.push(given.next().cloned().unwrap_or_else(value).text()),
        }
    }
    // A backslash is an ordinary character here.
    crate::shell::run::formatted(&format.replace('\\', "\\\\"), &texts)
}

impl Machine<'_> {
    pub(super) fn binary(&mut self, operator: &str, left: &Expr, right: &Expr) -> Flow<Val> {
        if matches!(operator, "&&" | "||") {
            let first = self.eval(left)?.holds();
            return Ok(Val::bool(if first == (operator == "||") { first } else { self.eval(right)?.holds() }));
        }
        let left = self.eval(left)?;
        if matches!(operator, "~" | "!~") {
            let pattern = self.pattern(right)?;
            return Ok(Val::bool(self.matches(&left.text(), &pattern) == (operator == "~")));
        }
        let right = self.eval(right)?;
        let order = match left.is_numeric() && right.is_numeric() {
            true => left.number().partial_cmp(&right.number()),
            false => Some(left.text().cmp(&right.text())),
        };
        Ok(match operator {
            " " => Val::Text(left.text() + &right.text()),
            "<" => Val::bool(order.is_some_and(std::cmp::Ordering::is_lt)),
            "<=" => Val::bool(order.is_some_and(std::cmp::Ordering::is_le)),
            ">" => Val::bool(order.is_some_and(std::cmp::Ordering::is_gt)),
            ">=" => Val::bool(order.is_some_and(std::cmp::Ordering::is_ge)),
            "==" => Val::bool(order.is_some_and(std::cmp::Ordering::is_eq)),
            "!=" => Val::bool(!order.is_some_and(std::cmp::Ordering::is_eq)),
            operator => arithmetic(operator, left.number(), right.number()),
        })
    }

    /// The text of a pattern: a regular expression, or any value.
    fn pattern(&mut self, expr: &Expr) -> Flow<String> {
        match expr {
            Expr::Regex(text) => Ok(text.clone()),
            Expr::Group(inner) => match inner.as_slice() {
                [one] => self.pattern(one),
                _ => Ok(String::new()),
            },
            other => Ok(self.eval(other)?.text()),
        }
    }

    pub(super) fn builtin(&mut self, name: &str, args: &[Expr]) -> Flow<Val> {
        match (name, args) {
            ("split", [text, Expr::Name(array), rest @ ..]) => return self.split(text, array, rest.first()),
            ("sub" | "gsub", [pattern, with, rest @ ..]) => {
                return self.sub(name == "gsub", pattern, with, rest.first());
            }
            ("match", [text, pattern, ..]) => return self.find(text, pattern),
            ("gensub", [pattern, with, how, rest @ ..]) if self.gensub => {
                return self.gensub(pattern, with, how, rest.first());
            }
            ("length", [Expr::Name(array)]) if matches!(self.get(array), Val::Unset) => {
                return Ok(Val::count(self.array(array).len()));
            }
            ("system", _) => {
                return Err(Stop::Missing("a command that awk starts with system() is not simulated".into()));
            }
            _ => {}
        }
        let mut values = Vec::new();
        for arg in args {
            values.push(self.eval(arg)?);
        }
        let value = |at: usize| values.get(at).cloned().unwrap_or(Val::Unset);
        let (text, number) = (value(0).text(), value(0).number());
        Ok(match name {
            "length" if args.is_empty() => Val::count(self.record.chars().count()),
            "length" => Val::count(text.chars().count()),
            "substr" => substr(&text, value(1).number(), values.get(2).map(Val::number)),
            "index" => {
                let needle = value(1).text();
                Val::count(text.find(&needle).map_or(0, |at| text.get(..at).unwrap_or("").chars().count() + 1))
            }
            "tolower" => Val::Text(text.to_lowercase()),
            "toupper" => Val::Text(text.to_uppercase()),
            "sprintf" => Val::Text(sprintf(&text, values.get(1..).unwrap_or(&[]))),
            "int" => Val::Number(number.trunc()),
            "sqrt" => Val::Number(number.sqrt()),
            "exp" => Val::Number(number.exp()),
            "log" => Val::Number(number.ln()),
            "sin" => Val::Number(number.sin()),
            "cos" => Val::Number(number.cos()),
            "atan2" => Val::Number(number.atan2(value(1).number())),
            "rand" => {
                self.random ^= self.random << 13;
                self.random ^= self.random >> 17;
                self.random ^= self.random << 5;
                Val::Number(f64::from(self.random) / (f64::from(u32::MAX) + 1.0))
            }
            "srand" => Val::Number(0.0),
            "close" | "fflush" => Val::Number(0.0),
            "systime" => return Err(Stop::Missing("systime of awk is not simulated".into())),
            other => return Err(Stop::Missing(format!("the function {other} of awk is not known here"))),
        })
    }

    fn split(&mut self, text: &Expr, array: &str, separator: Option<&Expr>) -> Flow<Val> {
        let text = self.eval(text)?.text();
        let separator = match separator {
            Some(expr) => self.pattern(expr)?,
            None => self.get("FS").text(),
        };
        let parts = split(&text, &separator, false);
        let count = parts.len();
        let cells = parts.into_iter().enumerate().map(|(at, part)| (Key::new(&(at + 1).to_string()), Val::input(part)));
        *self.array(array) = cells.collect();
        Ok(Val::count(count))
    }

    fn find(&mut self, text: &Expr, pattern: &Expr) -> Flow<Val> {
        let chars: Vec<char> = self.eval(text)?.text().chars().collect();
        let pattern = self.pattern(pattern)?;
        let found = regex(&pattern).and_then(|r| r.find_from(&chars, 0)).and_then(|f| f.first().copied().flatten());
        let (start, length) =
            found.map_or((Val::Number(0.0), Val::Number(-1.0)), |(a, b)| (Val::count(a + 1), Val::count(b - a)));
        self.set("RSTART", start.clone());
        self.set("RLENGTH", length);
        Ok(start)
    }

    fn sub(&mut self, all: bool, pattern: &Expr, with: &Expr, target: Option<&Expr>) -> Flow<Val> {
        let pattern = self.pattern(pattern)?;
        let with = self.eval(with)?.text();
        let record = Expr::Field(Box::new(Expr::Number(0.0)));
        let place = target.unwrap_or(&record);
        let old = self.eval(place)?.text();
        let (text, count) = replace(&old, &pattern, &with, if all { None } else { Some(1) }, false);
        if count > 0 {
            self.assign(place, Val::Text(text))?;
        }
        Ok(Val::count(count))
    }

    fn gensub(&mut self, pattern: &Expr, with: &Expr, how: &Expr, target: Option<&Expr>) -> Flow<Val> {
        let pattern = self.pattern(pattern)?;
        let with = self.eval(with)?.text();
        let how = self.eval(how)?;
        let only = if how.text().starts_with(['g', 'G']) {
            None
        } else {
            Some(usize::try_from(whole(how.number())).unwrap_or(1))
        };
        let text = match target {
            Some(target) => self.eval(target)?.text(),
            None => self.record.clone(),
        };
        Ok(Val::Text(replace(&text, &pattern, &with, only, true).0))
    }
}

fn substr(text: &str, from: f64, length: Option<f64>) -> Val {
    let start = whole(from.round());
    let end = length.map_or(i64::MAX, |l| start.saturating_add(whole(l.round())));
    let inside = |at: usize| i64::try_from(at).is_ok_and(|at| at + 1 >= start && at + 1 < end);
    Val::Text(text.chars().enumerate().filter(|(at, _)| inside(*at)).map(|(_, c)| c).collect())
}

/// The text with its matches replaced, and how many; `only` is the number of the one match that is.
fn replace(text: &str, pattern: &str, with: &str, only: Option<usize>, groups: bool) -> (String, usize) {
    let Some(regex) = regex(pattern) else { return (text.to_owned(), 0) };
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at, mut number, mut count) = (String::new(), 0, 0, 0);
    let mut last_end = None;
    while at <= chars.len()
        && let Some(found) = regex.find_from(&chars, at)
        && let Some((a, b)) = found.first().copied().flatten()
    {
        out.extend(chars.get(at..a).unwrap_or(&[]));
        if !(a == b && last_end == Some(a)) {
            number += 1;
            if only.is_none_or(|only| only == number) {
                count += 1;
                out.push_str(&filled(with, &chars, &found, groups));
            } else {
                out.extend(chars.get(a..b).unwrap_or(&[]));
            }
        }
        last_end = Some(b);
        at = b;
        if a == b {
            out.extend(chars.get(a));
            at = a + 1;
        }
        if only.is_some_and(|only| number >= only) {
            break;
        }
    }
    out.extend(chars.get(at..).unwrap_or(&[]));
    (out, count)
}

fn filled(with: &str, chars: &[char], found: &[Option<(usize, usize)>], groups: bool) -> String {
    let group = |n: usize| found.get(n).copied().flatten().and_then(|(a, b)| chars.get(a..b)).unwrap_or(&[]);
    let mut out = String::new();
    let mut letters = with.chars();
    while let Some(c) = letters.next() {
        match c {
            '&' => out.extend(group(0)),
            '\\' => match letters.next() {
                Some(d) if groups && d.is_ascii_digit() => {
                    out.extend(group(d.to_digit(10).and_then(|d| usize::try_from(d).ok()).unwrap_or(0)));
                }
                Some(c @ ('&' | '\\')) => out.push(c),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}
