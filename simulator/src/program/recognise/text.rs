//! Pieces of source text: arguments of a call, strings with their placeholders, numbers.

use std::collections::BTreeMap;

use crate::base::signal::Signal;
use crate::base::time::SimDuration;

/// What is between the first `(` after `from` and its match; the rest if it is not closed.
pub(super) fn inside(text: &str) -> Option<&str> {
    let start = text.find('(')? + 1;
    let rest = text.get(start..)?;
    let end = closing(rest).unwrap_or(rest.len());
    rest.get(..end)
}

/// Where the bracket that is open at the start of `text` closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(q), _) if q == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Splits at a separator that is in no bracket and no string.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    let (mut quote, mut escaped) = (None, false);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(q), _) if q == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) if letter == separator && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or("").trim());
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or("").trim());
    parts.retain(|p| !p.is_empty());
    parts
}

/// The text without a comment that begins with `mark` outside a string.
pub(super) fn without_comment<'a>(line: &'a str, mark: &str) -> &'a str {
    let (mut quote, mut before) = (None, ' ');
    for (at, letter) in line.char_indices() {
        match quote {
            Some(q) if q == letter && before != '\\' => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'' | '`') => quote = Some(letter),
            None if line.get(at..).is_some_and(|rest| rest.starts_with(mark)) && (mark != "//" || before != ':') => {
                return line.get(..at).unwrap_or(line);
            }
            None => {}
        }
        before = letter;
    }
    line
}

/// What a printed expression reads like: literal text, `{pid}` and `{elapsed_s}` where those are meant, `…` for the rest.
/// `open` and `close` surround an expression inside a string: `#{`, `}`.
pub(super) fn printed(expression: &str, open: &str, close: char) -> String {
    let mut out = String::new();
    for part in split(&expression.replace(" << ", " + "), '+') {
        let part = part.trim_start_matches(['f', 'b', 'r', 'u', 'F']).trim();
        let (literal, rest) = literal(part);
        match literal {
            Some(body) => {
                let rest = rest.trim();
                let arguments = rest.strip_prefix('%').map(str::trim).or_else(|| rest.strip_prefix(".format"));
                let values = arguments.map(|a| split(inside(a).filter(|_| a.starts_with('(')).unwrap_or(a), ','));
                let text = values.map_or_else(|| body.to_owned(), |values| formatted(body, &values, open, close));
                out.push_str(&filled(&text, open, close));
            }
            None => out.push_str(&placeholder(part)),
        }
    }
    out.replace("……", "…")
}

/// A string literal at the start, without its quotes, and what follows it.
fn literal(part: &str) -> (Option<&str>, &str) {
    let Some(quote) = part.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else { return (None, part) };
    let mut escaped = false;
    for (at, letter) in part.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return (part.get(1..at), part.get(at + 1..).unwrap_or("")),
            _ => {}
        }
    }
    (part.get(1..), "")
}

/// A format with its values filled in: `%s`, `%d`, `{}`, `{0}`.
fn formatted(format: &str, values: &[&str], open: &str, close: char) -> String {
    let mut values = values.iter();
    let mut next = || values.next().map_or_else(|| "…".to_owned(), |v| printed(v, open, close));
    let mut out = String::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '%' if letters.next_if_eq(&'%').is_some() => out.push('%'),
            '%' => {
                while letters.next_if(|c| !c.is_ascii_alphabetic()).is_some() {}
                letters.next();
                out.push_str(&next());
            }
            '{' => {
                while letters.next_if(|c| *c != '}').is_some() {}
                letters.next();
                out.push_str(&next());
            }
            _ => out.push(letter),
        }
    }
    out
}

fn filled(mut body: &str, open: &str, close: char) -> String {
    let mut out = String::new();
    while let Some((before, rest)) = body.split_once(open) {
        out.push_str(&unescaped(before));
        let (expression, after) = rest.split_once(close).unwrap_or((rest, ""));
        out.push_str(&placeholder(expression));
        body = after;
    }
    out.push_str(&unescaped(body));
    out
}

fn unescaped(text: &str) -> String {
    let text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\"", "\"").replace("\\'", "'");
    text.trim_end_matches('\n').to_owned()
}

/// What an expression inside a string is, if that is plain.
fn placeholder(expression: &str) -> String {
    let lower = expression.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if any(&["ppid"]) {
        "{ppid}".into()
    } else if any(&["pid", "$$"]) {
        "{pid}".into()
    } else if any(&["time", "elapsed", "uptime", "seconds", "alive", "count"]) {
        "{elapsed_s}".into()
    } else if lower.parse::<u64>().is_ok() {
        lower
    } else {
        "…".into()
    }
}

/// A whole number: a literal, a name that has one, or the number after `||` or in a default (`ENV.fetch("PORT", 80)`).
pub(super) fn number(text: &str, names: &BTreeMap<String, u64>) -> Option<u64> {
    let text = text.trim().trim_end_matches(';').trim();
    let plain = text.replace('_', "");
    if let Ok(number) = plain.parse::<u64>() {
        return Some(number);
    }
    if let Some(number) = names.get(text) {
        return Some(*number);
    }
    let digits = |piece: &str| {
        let piece = piece.trim().trim_matches(|c: char| !c.is_ascii_digit());
        piece.parse::<u64>().ok()
    };
    for mark in ["||", "??", " or ", ","] {
        if let Some((_, last)) = text.rsplit_once(mark) {
            return digits(last);
        }
    }
    inside(text).and_then(|inner| number(inner, names)).or_else(|| text.contains('"').then(|| digits(text)).flatten())
}

/// A port: a number up to 65535.
pub(super) fn port(text: &str, names: &BTreeMap<String, u64>) -> Option<u16> {
    number(text, names).and_then(|n| u16::try_from(n).ok())
}

/// Seconds: a literal with a fraction, or a name.
pub(super) fn secs(text: &str, names: &BTreeMap<String, u64>) -> Option<SimDuration> {
    let text = text.trim();
    SimDuration::parse_secs(text).or_else(|| names.get(text).map(|n| SimDuration::from_secs(*n)))
}

/// The signals that a piece of text names: `"TERM"`, `:INT`, `signal.SIGTERM`, `'SIGINT'`, `syscall.SIGTERM`.
pub(super) fn signals(text: &str) -> Vec<Signal> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut found: Vec<Signal> = Vec::new();
    for word in words {
        let upper = word.to_ascii_uppercase();
        let named = word == upper && word.len() > 2 && !word.bytes().all(|b| b.is_ascii_digit());
        let signal = named.then(|| Signal::from_name(word)).flatten();
        let signal = signal.or(if word == "Interrupt" { Some(Signal::INT) } else { None });
        found.extend(signal.filter(|s| !found.contains(s)));
    }
    found
}
