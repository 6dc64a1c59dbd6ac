//! Utilities that read all their input and print something made of it: grep, head, tail, wc, tee, sort.
//!
//! grep matches fixed text, with `^` and `$` at the ends; other patterns match nothing else than themselves.

use super::super::call::{Call, Resume};
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
    /// Lines in order.
    Sort,
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
            Kind::Sort => {
                let mut sorted = lines.clone();
                sorted.sort_unstable();
                (join(&sorted), 0)
            }
            Kind::Grep(pattern, options) => grep(&lines, pattern, options),
        }
    }
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
