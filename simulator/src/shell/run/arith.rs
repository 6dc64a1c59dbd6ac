//! Arithmetic (XCU 2.6.4; bash(1) "ARITHMETIC EVALUATION"): 64-bit signed, wrapping.
//!
//! Recursive with bounded depth. Variables are read and written through a callback interface.

use crate::base::limits;

/// Where variables come from and go to.
pub trait Variables {
    /// The text of a variable; unset is `None`.
    fn get(&mut self, name: &str) -> Option<String>;
    /// Assigns.
    fn set(&mut self, name: &str, value: i64);
    /// It has taken 0 for a variable that is not set.
    fn lacks(&mut self, _name: &str) {}
    /// An unset variable is an expression that lacks its operand, and not 0.
    fn unset_is_error(&self) -> bool {
        false
    }
    /// What numbers and operators there are.
    fn dialect(&self) -> Dialect {
        Dialect::default()
    }
    /// A value has to be a number; else it is an expression itself.
    fn are_numbers(&self) -> bool {
        false
    }
}

/// What numbers and operators there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// `**`
    pub power: bool,
    /// A number that begins with 0 is octal.
    pub octal: bool,
    /// Values have 32 bits.
    pub narrow: bool,
}

impl Default for Dialect {
    fn default() -> Dialect {
        Dialect { power: true, octal: true, narrow: false }
    }
}

impl Dialect {
    /// What fits.
    fn fitting(self, value: i64) -> i64 {
        if self.narrow { ((value & 0xffff_ffff) ^ 0x8000_0000) - 0x8000_0000 } else { value }
    }

    fn number(self, text: &str) -> Option<i64> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let decimal = !self.octal && digits.starts_with('0') && digits.chars().all(|c| c.is_ascii_digit());
        let value = if decimal { text.parse().ok() } else { number(text) };
        value.map(|value| self.fitting(value))
    }
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArithError {
    /// Cannot be read; what is left where it failed.
    Syntax(String),
    /// An operand is missing; the text from the last operator on, and what is left.
    Operand(String, String),
    /// The value of a variable is no number, where nothing else is taken.
    Value(String),
    /// Division by 0; what stands right of the operator.
    DivisionByZero(String),
    /// The error is in the value of a variable: this text.
    Inside(String, Box<ArithError>),
    /// This is missing; what is left where it failed.
    Missing(&'static str, String),
    /// The value of a variable is no number.
    BadNumber(String),
}

/// The first token of what is left of an expression, as messages of pdksh call it.
pub fn token(rest: &str) -> String {
    let rest = rest.trim_start();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let operators = || ASSIGN.iter().chain(LEVELS.iter().flat_map(|l| l.iter())).filter(|op| **op != "**");
    match rest.chars().next() {
        None => "end of expression".to_owned(),
        Some(c) if word(c) => rest.chars().take_while(|c| word(*c)).collect(),
        Some(c) => {
            let longest = operators().filter(|op| rest.starts_with(**op)).max_by_key(|op| op.len());
            longest.map_or_else(|| c.to_string(), |op| (*op).to_owned())
        }
    }
}

/// The value of an expression; an empty one is 0.
pub fn evaluate(text: &str, variables: &mut dyn Variables) -> Result<i64, ArithError> {
    evaluate_at(text, variables, 0)
}

/// The same with POSIX operators only; a variable's value is a number (dash `src/arith_yacc.c`).
pub fn evaluate_plain(text: &str, variables: &mut dyn Variables) -> Result<i64, ArithError> {
    run(Parser { rest: text, variables, depth: 0, last: text, skip: false, plain: true })
}

fn evaluate_at(text: &str, variables: &mut dyn Variables, depth: usize) -> Result<i64, ArithError> {
    if text.trim().is_empty() {
        return Ok(0);
    }
    run(Parser { rest: text, variables, depth, last: text, skip: false, plain: false })
}

fn run(mut parser: Parser<'_, '_>) -> Result<i64, ArithError> {
    let value = parser.comma()?;
    parser.blanks();
    if parser.rest.is_empty() { Ok(value) } else { Err(ArithError::Syntax(parser.rest.to_string())) }
}

struct Parser<'t, 'v> {
    rest: &'t str,
    variables: &'v mut dyn Variables,
    depth: usize,
    /// From the last operator on.
    last: &'t str,
    /// In a part that is not evaluated: `0 && x++`.
    skip: bool,
    /// Operators of POSIX only.
    plain: bool,
}

/// Binary operators by level, loosest first; longer before their prefixes.
const LEVELS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
    &["**"],
];

const ASSIGN: &[&str] = &["<<=", ">>=", "**=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "="];

type Value = Result<i64, ArithError>;

impl<'t> Parser<'t, '_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, op: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(op) {
            Some(rest) => {
                self.last = self.rest;
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn syntax<T>(&self) -> Result<T, ArithError> {
        Err(ArithError::Syntax(self.rest.to_string()))
    }

    fn missing<T>(&self, token: &'static str) -> Result<T, ArithError> {
        Err(ArithError::Missing(token, self.rest.to_string()))
    }

    fn comma(&mut self) -> Value {
        let mut value = self.assignment()?;
        while !self.plain && self.eat(",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    fn name(&mut self) -> Option<&'t str> {
        self.blanks();
        let length = match self.rest.chars().next() {
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(self.rest.len())
            }
            _ => return None,
        };
        let (mut name, mut rest) = self.rest.split_at_checked(length)?;
        if !self.plain
            && rest.starts_with('[')
            && let Some(close) = rest.find(']')
        {
            let end = length + close + 1;
            (name, rest) = self.rest.split_at_checked(end)?;
        }
        self.rest = rest;
        Some(name)
    }

    fn assignment(&mut self) -> Value {
        self.depth += 1;
        if self.depth > limits::SCRIPT_DEPTH {
            return self.syntax();
        }
        let start = self.rest;
        if let Some(name) = self.name() {
            self.blanks();
            let op = ASSIGN.iter().find(|op| self.rest.starts_with(**op) && !self.rest.starts_with("=="));
            if let Some(op) = op {
                self.eat(op);
                let right = self.assignment()?;
                let value = match op.strip_suffix('=') {
                    Some("") | None => right,
                    Some(op) => {
                        let left = self.read(name)?;
                        self.apply(op, left, right)?
                    }
                };
                if !self.skip {
                    self.variables.set(name, value);
                }
                self.depth -= 1;
                return Ok(value);
            }
            self.rest = start;
        }
        let value = self.ternary();
        self.depth -= 1;
        value
    }

    fn ternary(&mut self) -> Value {
        let test = self.binary(0)?;
        if !self.eat("?") {
            return Ok(test);
        }
        let before = self.skip;
        self.skip = before || test == 0;
        let yes = self.assignment()?;
        if !self.eat(":") {
            return self.missing(":");
        }
        self.skip = before || test != 0;
        let no = self.assignment()?;
        self.skip = before;
        Ok(if test != 0 { yes } else { no })
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.blanks();
        let op = LEVELS.get(level)?.iter().find(|op| self.rest.starts_with(**op))?;
        let after = self.rest.get(op.len()..).unwrap_or("");
        let longer = match *op {
            "|" | "&" | "^" | "+" | "-" | "/" | "%" | "<<" | ">>" | "*" | "**" if after.starts_with('=') => true,
            "|" => after.starts_with('|'),
            "&" => after.starts_with('&'),
            "*" => !self.plain && self.variables.dialect().power && after.starts_with('*'),
            "**" => self.plain || !self.variables.dialect().power,
            "<" => after.starts_with('<'),
            ">" => after.starts_with('>'),
            _ => false,
        };
        if longer { None } else { Some(op) }
    }

    fn binary(&mut self, level: usize) -> Value {
        if level >= LEVELS.len() {
            return self.unary();
        }
        let mut left = self.binary(level + 1)?;
        while let Some(op) = self.operator(level) {
            self.eat(op);
            let before = self.skip;
            self.skip = before || (op == "&&" && left == 0) || (op == "||" && left != 0);
            let from = self.rest;
            let right = self.binary(level + 1)?;
            self.skip = before;
            left = match self.apply(op, left, right) {
                Err(ArithError::DivisionByZero(_)) => return Err(ArithError::DivisionByZero(from.trim().to_string())),
                value => value?,
            };
        }
        Ok(left)
    }

    fn apply(&self, op: &str, a: i64, b: i64) -> Value {
        let dialect = self.variables.dialect();
        let shift = || u32::try_from(b & if dialect.narrow { 31 } else { 63 }).unwrap_or(0);
        Ok(dialect.fitting(match op {
            "||" => i64::from(a != 0 || b != 0),
            "&&" => i64::from(a != 0 && b != 0),
            "|" => a | b,
            "^" => a ^ b,
            "&" => a & b,
            "==" => i64::from(a == b),
            "!=" => i64::from(a != b),
            "<=" => i64::from(a <= b),
            ">=" => i64::from(a >= b),
            "<" => i64::from(a < b),
            ">" => i64::from(a > b),
            "<<" => a.wrapping_shl(shift()),
            ">>" => a.wrapping_shr(shift()),
            "+" => a.wrapping_add(b),
            "-" => a.wrapping_sub(b),
            "*" => a.wrapping_mul(b),
            "/" | "%" if b == 0 && self.skip => 0,
            "/" | "%" if b == 0 => return Err(ArithError::DivisionByZero(String::new())),
            "/" => a.wrapping_div(b),
            "%" => a.wrapping_rem(b),
            _ => (0..b.clamp(0, 64)).fold(1_i64, |x, _| x.wrapping_mul(a)),
        }))
    }

    fn unary(&mut self) -> Value {
        self.depth += 1;
        if self.depth > limits::SCRIPT_DEPTH {
            return self.syntax();
        }
        let value = self.unary_inner();
        self.depth -= 1;
        value
    }

    fn unary_inner(&mut self) -> Value {
        for (op, step) in [("++", 1), ("--", -1)] {
            if !self.plain && self.eat(op) {
                let Some(name) = self.name() else { return self.unary() };
                let value = self.read(name)?.wrapping_add(step);
                if !self.skip {
                    self.variables.set(name, value);
                }
                return Ok(value);
            }
        }
        if self.eat("!") {
            return Ok(i64::from(self.unary()? == 0));
        }
        if self.eat("~") {
            return Ok(!self.unary()?);
        }
        if self.eat("-") {
            return Ok(self.unary()?.wrapping_neg());
        }
        if self.eat("+") {
            return self.unary();
        }
        if self.eat("(") {
            let value = self.comma()?;
            return if self.eat(")") { Ok(value) } else { self.missing(")") };
        }
        self.operand()
    }

    fn operand(&mut self) -> Value {
        if let Some(name) = self.name() {
            let value = self.read(name)?;
            for (op, step) in [("++", 1), ("--", -1)] {
                if !self.plain && self.eat(op) {
                    if !self.skip {
                        self.variables.set(name, value.wrapping_add(step));
                    }
                    break;
                }
            }
            return Ok(value);
        }
        if self.plain {
            let length = number_length(self.rest);
            let (digits, rest) = self.rest.split_at_checked(length).unwrap_or(("", self.rest));
            let Some(value) = number(digits) else {
                return Err(ArithError::Operand(self.last.to_string(), self.rest.to_string()));
            };
            self.rest = rest;
            return Ok(value);
        }
        let length =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#' || c == '_')).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(length).unwrap_or(("", self.rest));
        match self.variables.dialect().number(digits) {
            Some(value) => {
                self.rest = rest;
                Ok(value)
            }
            None => Err(ArithError::Operand(self.last.to_string(), self.rest.to_string())),
        }
    }

    /// A variable's value is itself an expression.
    fn read(&mut self, name: &str) -> Value {
        if self.plain && self.skip {
            return Ok(0);
        }
        let text = match self.variables.get(name) {
            Some(text) => text,
            None if self.variables.unset_is_error() => {
                let lacks = ArithError::Operand(String::new(), String::new());
                return Err(ArithError::Inside(String::new(), Box::new(lacks)));
            }
            None => {
                if !self.skip {
                    self.variables.lacks(name);
                }
                return Ok(0);
            }
        };
        if self.plain {
            return plain_number(&text).ok_or(ArithError::BadNumber(text));
        }
        match self.variables.dialect().number(text.trim()) {
            Some(value) => Ok(value),
            None if self.variables.are_numbers() && !text.is_empty() => Err(ArithError::Value(text)),
            None if self.depth + 4 < limits::SCRIPT_DEPTH => evaluate_at(&text, self.variables, self.depth + 4)
                .map_err(|error| match error {
                    ArithError::Inside(..) => error,
                    error => ArithError::Inside(text, Box::new(error)),
                }),
            None => self.syntax(),
        }
    }
}

/// How many bytes from the start strtoimax(3) reads as a number without sign.
fn number_length(text: &str) -> usize {
    let run = |text: &str, good: fn(char) -> bool| text.find(|c: char| !good(c)).unwrap_or(text.len());
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match hex.map(|digits| run(digits, |c| c.is_ascii_hexdigit())) {
        Some(length) if length > 0 => length.saturating_add(2),
        _ if text.starts_with('0') => run(text, |c| ('0'..='7').contains(&c)),
        _ => run(text, |c| c.is_ascii_digit()),
    }
}

/// The value of a variable: a number with blanks around it; an empty one is 0.
fn plain_number(text: &str) -> Option<i64> {
    let trimmed = text.trim();
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    if trimmed.is_empty() {
        return Some(0);
    }
    let whole = number_length(digits) == digits.len();
    number(digits).filter(|_| whole).map(|n| n.wrapping_mul(sign))
}

/// Decimal, `0` octal, `0x` hexadecimal, `base#digits`.
fn number(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let value = if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        i64::from_str_radix(hex, 16).ok()?
    } else if let Some((base, digits)) = text.split_once('#') {
        i64::from_str_radix(digits, base.parse().ok().filter(|b| (2..=36).contains(b))?).ok()?
    } else if text.len() > 1 && text.starts_with('0') {
        i64::from_str_radix(text, 8).ok()?
    } else {
        text.parse().ok().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()))?
    };
    Some(if negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    impl Variables for BTreeMap<String, String> {
        fn get(&mut self, name: &str) -> Option<String> {
            BTreeMap::get(self, name).cloned()
        }
        fn set(&mut self, name: &str, value: i64) {
            self.insert(name.into(), value.to_string());
        }
    }

    fn value(text: &str) -> Result<i64, ArithError> {
        let mut variables = BTreeMap::from([("x".to_string(), "5".to_string()), ("y".to_string(), "x+1".to_string())]);
        evaluate(text, &mut variables)
    }

    #[test]
    fn operators_bind_as_in_c() {
        for (text, expected) in [
            ("1+2*3", 7),
            ("(1+2)*3", 9),
            ("2**3", 8),
            ("7/2", 3),
            ("-7%3", -1),
            ("1<<4|1", 17),
            ("x>3&&x<9", 1),
            ("x == 5 ? 10 : 20", 10),
            ("y*2", 12),
            ("x++ + ++x", 12),
            ("0x1f + 010", 39),
            ("!x", 0),
            ("z=3, z+=4", 7),
            ("", 0),
            ("1 || 1/0", 1),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn plain_arithmetic_has_no_increments_powers_and_commas() {
        let mut variables = BTreeMap::from([("x".to_string(), "5".to_string()), ("y".to_string(), "x+1".to_string())]);
        let mut plain = |text: &str| evaluate_plain(text, &mut variables);
        assert_eq!(plain("++x + --x"), Ok(10));
        assert_eq!(plain("x"), Ok(5));
        assert!(matches!(plain("x++"), Err(ArithError::Operand(..))));
        assert!(matches!(plain("2**3"), Err(ArithError::Operand(..))));
        assert!(matches!(plain(""), Err(ArithError::Operand(..))));
        assert!(matches!(plain("1,2"), Err(ArithError::Syntax(_))));
        assert!(matches!(plain("08"), Err(ArithError::Syntax(_))));
        assert!(matches!(plain("(1"), Err(ArithError::Missing(")", _))));
        assert_eq!(plain("y"), Err(ArithError::BadNumber("x+1".into())));
        assert_eq!(plain("0 && y"), Ok(0));
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(value("1/0"), Err(ArithError::DivisionByZero("0".into())));
        assert_eq!(value("1 + a b"), Err(ArithError::Syntax("b".into())));
        assert!(value(&"(".repeat(5_000)).is_err());
    }
}
