//! sort(1) of GNU coreutils, in the C locale.

use super::given::{self, Given};
use super::{Job, Outcome};
use std::cmp::Ordering;

const LONG: &[(&str, char)] = &[
    ("numeric-sort", 'n'),
    ("version-sort", 'V'),
    ("reverse", 'r'),
    ("unique", 'u'),
    ("key", 'k'),
    ("field-separator", 't'),
    ("ignore-case", 'f'),
    ("human-numeric-sort", 'h'),
    ("zero-terminated", 'z'),
    ("output", 'o'),
];

fn options<'a>(args: &[&'a str]) -> Given<'a> {
    given::read(args, "kto", "nVrufghbdszic", LONG)
}

pub(super) fn reads(args: &[&str]) -> Vec<String> {
    options(args).words.iter().map(|w| (*w).to_owned()).collect()
}

pub(super) fn run(job: &Job<'_>) -> Outcome {
    let given = options(&job.args);
    let between = if given.has('z') { '\0' } else { '\n' };
    let mut lines: Vec<&str> = job.inputs.iter().flat_map(|(_, text)| text.split_terminator(between)).collect();
    let keys: Vec<&str> = given.values('k').collect();
    let by_keys = |a: &str, b: &str| {
        let whole = [String::new()];
        let keys: Vec<&str> = if keys.is_empty() { whole.iter().map(String::as_str).collect() } else { keys.clone() };
        keys.iter().map(|key| compare(key, a, b, &given)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    };
    let last = |a: &str, b: &str| if given.has('r') { b.cmp(a) } else { a.cmp(b) };
    lines.sort_by(|a, b| {
        let order = by_keys(a, b);
        if given.has('u') || given.has('s') { order } else { order.then_with(|| last(a, b)) }
    });
    if given.has('u') {
        lines.dedup_by(|a, b| by_keys(a, b).is_eq());
    }
    let text: String = lines.iter().map(|l| format!("{l}{between}")).collect();
    match given.value('o') {
        Some(file) => Outcome { files: vec![(file.to_owned(), text)], ..Outcome::default() },
        None => Outcome::print(text),
    }
}

/// By one key, `2,2n`; the empty key is the whole line.
fn compare(key: &str, a: &str, b: &str, given: &Given<'_>) -> Ordering {
    let letters: String = key.chars().filter(char::is_ascii_alphabetic).collect();
    let has = |letter: char| if letters.is_empty() { given.has(letter) } else { letters.contains(letter) };
    let (a, b) = (part(key, a, given), part(key, b, given));
    let (a, b) = if has('f') { (a.to_uppercase(), b.to_uppercase()) } else { (a, b) };
    let order = match () {
        () if has('V') => parts(&a).cmp(&parts(&b)),
        () if has('n') || has('g') || has('h') => number(&a).cmp(&number(&b)),
        () => a.cmp(&b),
    };
    if has('r') { order.reverse() } else { order }
}

/// The fields of a line that a key names.
fn part(key: &str, line: &str, given: &Given<'_>) -> String {
    if key.is_empty() {
        return line.to_owned();
    }
    let bounds: Vec<usize> = key
        .split(',')
        .map(|bound| bound.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(1))
        .collect();
    let first = bounds.first().copied().unwrap_or(1).max(1);
    let last = bounds.get(1).copied().unwrap_or(usize::MAX);
    let fields: Vec<String> = match given.value('t').and_then(|t| t.chars().next()) {
        Some(between) => line.split(between).map(str::to_owned).collect(),
        None => line.split_whitespace().map(str::to_owned).collect(),
    };
    let between = given.value('t').unwrap_or(" ");
    let wanted = fields.iter().skip(first - 1).take(last.saturating_sub(first - 1));
    wanted.cloned().collect::<Vec<_>>().join(between)
}

/// The number at the begin of a text, in thousandths.
fn number(text: &str) -> i128 {
    let text = text.trim_start();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let whole: String = digits.chars().take_while(char::is_ascii_digit).take(30).collect();
    let behind = digits.get(whole.len()..).and_then(|rest| rest.strip_prefix('.')).unwrap_or("");
    let fraction: String = behind.chars().take_while(char::is_ascii_digit).chain("000".chars()).take(3).collect();
    let value = format!("{whole}{fraction}").parse::<i128>().unwrap_or(0);
    if negative { -value } else { value }
}

/// A text as runs of other letters and numbers, for `-V`.
fn parts(text: &str) -> Vec<(String, u64)> {
    let mut parts: Vec<(String, u64)> = vec![(String::new(), 0)];
    let mut in_number = false;
    for letter in text.chars() {
        let digit = letter.to_digit(10);
        if in_number && digit.is_none() {
            parts.push((String::new(), 0));
        }
        let Some((words, number)) = parts.last_mut() else { break };
        match digit {
            Some(digit) => *number = number.saturating_mul(10).saturating_add(u64::from(digit)),
            None => words.push(letter),
        }
        in_number = digit.is_some();
    }
    parts
}
