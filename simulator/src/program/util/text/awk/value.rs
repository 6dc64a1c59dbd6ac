//! awk: strings, numbers, and strings from the input that look like numbers (POSIX awk, "Expressions in awk").

/// A value while a program runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Val {
    Number(f64),
    Text(String),
    /// From the input, with the look of a number.
    Both(String, f64),
    Unset,
}

impl Val {
    /// A text from outside, which counts as a number where it looks like one.
    pub fn input(text: String) -> Val {
        let trimmed = text.trim();
        let (number, length) = leading(trimmed);
        if !trimmed.is_empty() && length == trimmed.len() { Val::Both(text, number) } else { Val::Text(text) }
    }

    pub fn bool(yes: bool) -> Val {
        Val::Number(if yes { 1.0 } else { 0.0 })
    }

    pub fn count(number: usize) -> Val {
        Val::Number(u32::try_from(number).map_or(f64::MAX, f64::from))
    }

    pub fn number(&self) -> f64 {
        match self {
            Val::Number(n) | Val::Both(_, n) => *n,
            Val::Text(text) => leading(text.trim_start()).0,
            Val::Unset => 0.0,
        }
    }

    pub fn text(&self) -> String {
        match self {
            Val::Number(n) => shown(*n),
            Val::Text(text) | Val::Both(text, _) => text.clone(),
            Val::Unset => String::new(),
        }
    }

    pub fn holds(&self) -> bool {
        match self {
            Val::Number(n) | Val::Both(_, n) => *n != 0.0,
            Val::Text(text) => !text.is_empty(),
            Val::Unset => false,
        }
    }

    /// Is it compared by number?
    pub fn is_numeric(&self) -> bool {
        !matches!(self, Val::Text(_))
    }
}

/// A number as print shows it: whole ones whole, others as `%.6g`.
pub(super) fn shown(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e16 {
        return format!("{:.0}", if number == 0.0 { 0.0 } else { number });
    }
    crate::shell::run::formatted("%.6g", &[number.to_string()])
}

/// The number that a text begins with, and how long it is written.
pub(super) fn leading(text: &str) -> (f64, usize) {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let is = |at: usize, set: &[u8]| bytes.get(at).is_some_and(|b| set.contains(b));
    let mut end = usize::from(is(0, b"+-"));
    let whole = digits(end);
    end += whole;
    let mut fraction = 0;
    if is(end, b".") {
        fraction = digits(end + 1);
        end += usize::from(whole + fraction > 0) + fraction;
    }
    if whole + fraction == 0 {
        return (0.0, 0);
    }
    if is(end, b"eE") {
        let sign = usize::from(is(end + 1, b"+-"));
        let power = digits(end + 1 + sign);
        if power > 0 {
            end += 1 + sign + power;
        }
    }
    (text.get(..end).and_then(|t| t.trim_end_matches('.').parse().ok()).unwrap_or(0.0), end)
}

/// Escapes of a string: `\n`, `\t`, `\"`, `\/`, `\\`, octal; another backslash stays.
pub(super) fn escapes(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('a') => out.push('\u{7}'),
            Some('\n') => {}
            Some(c @ ('"' | '/' | '\\')) => out.push(c),
            Some(first @ '0'..='7') => {
                let mut digits = String::from(first);
                while digits.len() < 3
                    && let Some(d) = chars.next_if(|c| c.is_digit(8))
                {
                    digits.push(d);
                }
                out.extend(u32::from_str_radix(&digits, 8).ok().and_then(char::from_u32));
            }
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}
