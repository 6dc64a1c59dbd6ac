//! Brace expansion (bash(1) "Brace Expansion"): `{a,b}`, `{1..3}` in unquoted literals.

use crate::shell::ast::{Part, Word};

/// Words that one expansion may make.
const MOST: usize = 1_000;

/// The words that a word stands for.
pub(super) fn expand(word: &Word, on: bool, ranges: bool) -> Vec<Word> {
    if !on || !word.parts.iter().any(|p| matches!(p, Part::Literal(t) if t.contains('{'))) {
        return vec![word.clone()];
    }
    let mut done = Vec::new();
    let mut todo = vec![word.parts.clone()];
    while let Some(parts) = todo.pop() {
        match once(&parts, ranges) {
            Some(choices) if done.len() + todo.len() + choices.len() <= MOST => todo.extend(choices.into_iter().rev()),
            _ => done.push(Word { parts, span: word.span }),
        }
    }
    done
}

/// Expands the first brace: one list of parts a choice.
fn once(parts: &[Part], ranges: bool) -> Option<Vec<Vec<Part>>> {
    for (n, part) in parts.iter().enumerate() {
        let Part::Literal(text) = part else { continue };
        let mut from = 0;
        while let Some(open) = text.get(from..)?.find('{').map(|at| from + at) {
            if let Some((choices, end)) = choices(parts, n, open, ranges) {
                let head =
                    || parts.iter().take(n).cloned().chain([Part::Literal(text.get(..open).unwrap_or("").into())]);
                let tail = match parts.get(end.0) {
                    Some(Part::Literal(t)) => vec![Part::Literal(t.get(end.1..).unwrap_or("").into())],
                    _ => Vec::new(),
                };
                let rest = || tail.iter().cloned().chain(parts.iter().skip(end.0 + 1).cloned());
                return Some(choices.into_iter().map(|c| merge(head().chain(c).chain(rest()))).collect());
            }
            from = open + 1;
        }
    }
    None
}

/// Joins neighbouring literals and drops empty ones.
fn merge(parts: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (_, Part::Literal(text)) if text.is_empty() => {}
            (Some(Part::Literal(last)), Part::Literal(text)) => last.push_str(&text),
            (_, part) => out.push(part),
        }
    }
    out
}

/// The choices of the brace that opens at byte `open` of part `n`, and where it ends.
#[expect(clippy::type_complexity, reason = "private: choices and the part and byte after the brace")]
fn choices(parts: &[Part], n: usize, open: usize, ranges: bool) -> Option<(Vec<Vec<Part>>, (usize, usize))> {
    let mut all = Vec::new();
    let mut now: Vec<Part> = Vec::new();
    let mut depth = 0;
    let mut commas = 0;
    for (at, part) in parts.iter().enumerate().skip(n) {
        let Part::Literal(text) = part else {
            now.push(part.clone());
            continue;
        };
        let from = if at == n { open + 1 } else { 0 };
        let mut start = from;
        for (i, c) in text.char_indices().skip_while(|(i, _)| *i < from) {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '}' => {
                    now.push(Part::Literal(text.get(start..i)?.into()));
                    if commas == 0 {
                        let [Part::Literal(range)] = now.as_slice() else { return None };
                        if !ranges {
                            return None;
                        }
                        return Some((sequence(range)?, (at, i + 1)));
                    }
                    all.push(now);
                    return Some((all, (at, i + 1)));
                }
                ',' if depth == 0 => {
                    now.push(Part::Literal(text.get(start..i)?.into()));
                    all.push(std::mem::take(&mut now));
                    commas += 1;
                    start = i + 1;
                }
                _ => {}
            }
        }
        now.push(Part::Literal(text.get(start..)?.into()));
    }
    None
}

/// `1..5`, `a..e`, with an optional step.
fn sequence(range: &str) -> Option<Vec<Vec<Part>>> {
    let mut bounds = range.split("..");
    let (first, last, step) = (bounds.next()?, bounds.next()?, bounds.next());
    let step = step.map_or(Some(1), |s| s.parse::<i64>().ok())?.abs().max(1);
    let letter =
        |s: &str| s.chars().next().filter(|c| c.is_ascii_alphabetic() && s.len() == 1).map(|c| i64::from(u32::from(c)));
    let (from, to, letters) = match (first.parse::<i64>(), last.parse::<i64>()) {
        (Ok(a), Ok(b)) => (a, b, false),
        _ => (letter(first)?, letter(last)?, true),
    };
    let width =
        if [first, last].iter().any(|s| s.len() > 1 && s.starts_with('0')) { first.len().max(last.len()) } else { 0 };
    let count = usize::try_from((to - from).abs() / step + 1).ok()?.min(MOST);
    let sign = if to < from { -step } else { step };
    let values = (0..count).filter_map(|n| Some(from + sign * i64::try_from(n).ok()?));
    let text = |v: i64| match (letters, u32::try_from(v).ok().and_then(char::from_u32)) {
        (true, Some(c)) => c.to_string(),
        _ => format!("{v:0width$}"),
    };
    Some(values.map(|v| vec![Part::Literal(text(v))]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> String {
        let word = Word { parts: vec![Part::Literal(text.into())], ..Word::default() };
        let texts: Vec<String> = expand(&word, true, true).iter().map(|w| w.as_static().unwrap_or_default()).collect();
        texts.join(" ")
    }

    #[test]
    fn lists_and_ranges_multiply_and_other_braces_stay() {
        assert_eq!(all("a{b,c}d"), "abd acd");
        assert_eq!(all("{a,b}{1..3}"), "a1 a2 a3 b1 b2 b3");
        assert_eq!(all("x{,.bak}"), "x x.bak");
        assert_eq!(all("{a,{b,c}}"), "a b c");
        assert_eq!(all("{05..07}"), "05 06 07");
        assert_eq!(all("{}"), "{}");
        assert_eq!(all("{a}"), "{a}");
    }
}
