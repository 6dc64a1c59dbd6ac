//! Utilities that read all their input and print something made of it: grep, head, tail, wc, tee, sort, uniq, tr, cut.
//!
//! grep matches fixed text, with `^` and `$` at the ends; other patterns match nothing else than themselves.

use super::super::call::{Call, Env, Resume};
use crate::base::limits::EXPANSION_BYTES;

/// What is made of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// grep: pattern, and the letters of its options.
    Grep(String, String),
    /// The first lines.
    Head(usize),
    /// The last lines.
    Tail(usize),
    /// Lines, or bytes if so.
    Count(bool),
    /// All of it, unchanged.
    Copy,
    /// Lines in order; the letters of its options: `n` and `V` by numbers, `r` backwards, `u` each once.
    Sort(String),
    /// Each of several equal lines in a row once.
    Unique,
    /// Letters become others, or go.
    Translate(Vec<char>, Option<Vec<char>>),
    /// Reads, and prints nothing.
    Nothing,
    /// envsubst(1): the variables, and which of them are replaced; none is all.
    Variables(Env, Option<String>),
    /// Fields of each line: what is between them, and which.
    Fields(char, String),
}

/// The input so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    kind: Kind,
    text: String,
    /// All input is there (it was in files).
    complete: bool,
    code: Option<u8>,
}

impl Filter {
    /// Reads standard input, or takes this text instead.
    pub fn new(kind: Kind, text: Option<String>) -> Self {
        Filter { kind, complete: text.is_some(), text: text.unwrap_or_default(), code: None }
    }

    pub(super) fn resume(&mut self, resume: Resume) -> Call {
        if let Some(code) = self.code {
            return Call::Exit(code);
        }
        match resume {
            Resume::Read(text) if !text.is_empty() && self.text.len() < EXPANSION_BYTES => self.text.push_str(&text),
            Resume::Read(_) | Resume::Failed(_) => self.complete = true,
            _ => {}
        }
        if !self.complete {
            return Call::Read { fd: 0, line: false };
        }
        let (text, code) = self.made();
        self.code = Some(code);
        if text.is_empty() { Call::Exit(code) } else { Call::Write(1, text.into()) }
    }

    fn made(&self) -> (String, u8) {
        let lines: Vec<&str> = self.text.lines().collect();
        let join = |lines: &[&str]| lines.iter().map(|l| format!("{l}\n")).collect::<String>();
        match &self.kind {
            Kind::Copy => (self.text.clone(), 0),
            Kind::Head(n) => (join(lines.get(..(*n).min(lines.len())).unwrap_or(&[])), 0),
            Kind::Tail(n) => (join(lines.get(lines.len().saturating_sub(*n)..).unwrap_or(&[])), 0),
            Kind::Count(bytes) => (format!("{}\n", if *bytes { self.text.len() } else { lines.len() }), 0),
            Kind::Sort(options) => (join(&sort(lines, options)), 0),
            Kind::Unique => {
                let mut kept = lines;
                kept.dedup();
                (join(&kept), 0)
            }
            Kind::Nothing => (String::new(), 0),
            Kind::Variables(env, only) => (variables(&self.text, env, only.as_deref()), 0),
            Kind::Translate(from, to) => (translate(&self.text, from, to.as_deref()), 0),
            Kind::Fields(between, which) => (lines.iter().map(|l| fields(l, *between, which) + "\n").collect(), 0),
            Kind::Grep(pattern, options) => grep(&lines, pattern, options),
        }
    }
}

/// sort(1): by bytes, or with `-n` and `-V` by the numbers in a line.
fn sort<'a>(mut lines: Vec<&'a str>, options: &str) -> Vec<&'a str> {
    if options.contains(['n', 'V']) {
        lines.sort_by(|a, b| parts(a).cmp(&parts(b)).then_with(|| a.cmp(b)));
    } else {
        lines.sort_unstable();
    }
    if options.contains('r') {
        lines.reverse();
    }
    if options.contains('u') {
        lines.dedup();
    }
    lines
}

/// A text as runs of other letters and numbers.
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

/// envsubst(1): `$NAME` and `${NAME}`, nothing else.
fn variables(text: &str, env: &Env, only: Option<&str>) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        all.push_str(before);
        let braced = after.strip_prefix('{');
        let name = braced.unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, behind) = name.split_at_checked(end).unwrap_or((name, ""));
        let behind = if braced.is_some() { behind.strip_prefix('}') } else { Some(behind) };
        let named = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        let wanted = only.is_none_or(|only| {
            only.contains(&format!("${{{name}}}")) || only.split('$').any(|word| word.trim_end() == name)
        });
        match behind.filter(|_| named && wanted) {
            Some(behind) => {
                all.push_str(env.get(name).map_or("", |v| v));
                rest = behind;
            }
            None => {
                all.push('$');
                rest = after;
            }
        }
    }
    all + rest
}

/// tr(1): the last letter of a shorter second set stands for the rest.
fn translate(text: &str, from: &[char], to: Option<&[char]>) -> String {
    let becomes = |letter: char| match (from.iter().position(|f| *f == letter), to) {
        (None, _) => Some(letter),
        (Some(_), None) => None,
        (Some(at), Some(to)) => to.get(at).or(to.last()).copied(),
    };
    text.chars().filter_map(becomes).collect()
}

/// cut(1) `-f 1,3-`: a line without the letter is printed whole.
fn fields(line: &str, between: char, which: &str) -> String {
    if !line.contains(between) {
        return line.to_owned();
    }
    let number = |text: &str, other: usize| if text.is_empty() { other } else { text.parse().unwrap_or(0) };
    let wanted = |at: usize| {
        which.split(',').any(|range| match range.split_once('-') {
            Some((first, last)) => (number(first, 1)..=number(last, usize::MAX)).contains(&at),
            None => number(range, 0) == at,
        })
    };
    let kept: Vec<&str> = line.split(between).enumerate().filter(|(i, _)| wanted(i + 1)).map(|(_, f)| f).collect();
    kept.join(&between.to_string())
}

fn grep(lines: &[&str], pattern: &str, options: &str) -> (String, u8) {
    let lower = |text: &str| if options.contains('i') { text.to_lowercase() } else { text.to_owned() };
    let start = pattern.strip_prefix('^');
    let end = start.unwrap_or(pattern).strip_suffix('$');
    let bare = lower(end.or(start).unwrap_or(pattern));
    let matches = |line: &&&str| {
        let line = lower(line);
        let found = match (start.is_some(), end.is_some()) {
            (true, true) => line == bare,
            (true, false) => line.starts_with(&bare),
            (false, true) => line.ends_with(&bare),
            (false, false) => line.contains(&bare),
        };
        found != options.contains('v')
    };
    let found: Vec<&&str> = lines.iter().filter(matches).collect();
    let code = u8::from(found.is_empty());
    let text = match () {
        () if options.contains('q') => String::new(),
        () if options.contains('c') => format!("{}\n", found.len()),
        () => found.iter().map(|l| format!("{l}\n")).collect(),
    };
    (text, code)
}
