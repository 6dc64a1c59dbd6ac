//! Runs the commands over lines: the cycle of POSIX sed(1).

use super::super::Outcome;
use super::read::{Address, Command, Do, Piece, Substitution};
use crate::base::limits::EXPANSION_BYTES;
use crate::shell::run::regex::{Found, Regex};

/// Commands that one run carries out before it is given up.
const STEPS: usize = 200_000;

pub(super) struct Options {
    pub quiet: bool,
    pub between: char,
}

struct Machine<'a> {
    commands: &'a [Command],
    options: &'a Options,
    lines: Vec<&'a str>,
    /// The number of the line in the pattern space.
    number: usize,
    pattern: String,
    hold: String,
    out: String,
    /// Behind the end of the cycle: `a`.
    after: Vec<String>,
    /// For each command, whether its range is open, and with `+n` until where.
    open: Vec<Option<usize>>,
    last_regex: Option<Regex>,
    substituted: bool,
    /// The last line had no newline.
    ragged: bool,
}

/// What a command leads to.
enum Next {
    Go,
    Jump(usize),
    /// The cycle ends; is the pattern space printed?
    End(bool),
    /// Another cycle with what is left of the pattern space.
    Again,
    Quit(bool, u8),
}

pub(super) fn run(commands: &[Command], texts: &[&str], options: &Options, outcome: &mut Outcome) -> String {
    let lines: Vec<&str> = texts.iter().flat_map(|text| text.split_terminator(options.between)).collect();
    let ragged = texts.last().is_some_and(|text| !text.is_empty() && !text.ends_with(options.between));
    let mut machine = Machine {
        commands,
        options,
        lines,
        number: 0,
        pattern: String::new(),
        hold: String::new(),
        out: String::new(),
        after: Vec::new(),
        open: vec![None; commands.len()],
        last_regex: None,
        substituted: false,
        ragged,
    };
    machine.cycles(outcome);
    machine.out
}

impl Machine<'_> {
    fn cycles(&mut self, outcome: &mut Outcome) {
        let mut steps = STEPS;
        let mut keeps = false;
        while keeps || self.read() {
            keeps = false;
            self.substituted = false;
            let mut at = 0;
            let mut end = Next::End(true);
            while let Some(command) = self.commands.get(at) {
                let Some(left) = steps.checked_sub(1) else { return };
                steps = left;
                if self.out.len() > EXPANSION_BYTES || self.pattern.len() > EXPANSION_BYTES {
                    return;
                }
                if self.selected(at, command) == command.not {
                    at = if let Do::Open(end) = command.what { end } else { at } + 1;
                    continue;
                }
                match self.carry_out(at, command, outcome) {
                    Next::Go => at += 1,
                    Next::Jump(to) => at = to,
                    other => {
                        end = other;
                        break;
                    }
                }
            }
            let (print, code) = match end {
                Next::End(print) => (print, None),
                Next::Quit(print, code) => (print, Some(code)),
                Next::Again => {
                    keeps = true;
                    (false, None)
                }
                Next::Go | Next::Jump(_) => (true, None),
            };
            if print && !self.options.quiet {
                self.print_pattern();
            }
            for text in std::mem::take(&mut self.after) {
                self.line(&text);
            }
            if let Some(code) = code {
                outcome.code = code;
                return;
            }
        }
    }

    fn read(&mut self) -> bool {
        let Some(line) = self.lines.get(self.number) else { return false };
        self.pattern = (*line).to_owned();
        self.number += 1;
        true
    }

    fn line(&mut self, text: &str) {
        self.complete();
        self.out.push_str(text);
        self.out.push(self.options.between);
    }

    /// A last line without newline gets one when something follows it.
    fn complete(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(self.options.between) {
            self.out.push(self.options.between);
        }
    }

    fn print_pattern(&mut self) {
        let text = self.pattern.clone();
        self.line(&text);
        if self.ragged && self.number == self.lines.len() {
            self.out.pop();
        }
    }

    fn holds(&mut self, address: &Address) -> bool {
        match address {
            Address::Line(n) => self.number == *n,
            Address::Last => self.number == self.lines.len(),
            Address::Step(first, 0) => self.number == *first,
            Address::Step(first, step) => self.number >= *first && (self.number - first).is_multiple_of(*step),
            Address::Match(regex) => {
                if let Some(regex) = regex {
                    self.last_regex = Some(regex.clone());
                }
                let chars: Vec<char> = self.pattern.chars().collect();
                self.last_regex.as_ref().is_some_and(|r| r.find_from(&chars, 0).is_some())
            }
            Address::Plus(_) | Address::Zero => false,
        }
    }

    fn selected(&mut self, at: usize, command: &Command) -> bool {
        let Some(first) = &command.first else { return true };
        let Some(second) = &command.second else { return self.holds(first) };
        let open = self.open.get(at).copied().flatten();
        let from_start = matches!(first, Address::Zero) && self.number == 1;
        let until = match open {
            Some(until) => until,
            None if from_start => usize::MAX,
            None => {
                if !self.holds(first) {
                    return false;
                }
                let until = match second {
                    Address::Plus(n) => self.number + n,
                    Address::Line(n) => *n,
                    _ => usize::MAX,
                };
                if let Some(slot) = self.open.get_mut(at) {
                    *slot = (until > self.number).then_some(until);
                }
                return true;
            }
        };
        let ends = match second {
            Address::Plus(_) | Address::Line(_) => self.number >= until,
            other => self.holds(other),
        };
        if let Some(slot) = self.open.get_mut(at) {
            *slot = (!ends).then_some(until);
        }
        !matches!(second, Address::Line(_)) || self.number <= until
    }

    fn carry_out(&mut self, at: usize, command: &Command, outcome: &mut Outcome) -> Next {
        match &command.what {
            Do::Substitute(s) => self.substitute(s, outcome),
            Do::Letters(from, to) => {
                let becomes = |c: char| from.iter().position(|f| *f == c).and_then(|i| to.get(i)).copied().unwrap_or(c);
                self.pattern = self.pattern.chars().map(becomes).collect();
            }
            Do::Text('a', text) => self.after.push(text.clone()),
            Do::Text('i', text) => self.line(text),
            Do::Text(_, text) => {
                // In a range the text comes at its end.
                let inside = command.second.is_some() && self.open.get(at).copied().flatten().is_some();
                if !inside || command.not {
                    self.line(text);
                }
                return Next::End(false);
            }
            Do::Write(file) => write(outcome, file, &self.pattern),
            Do::Jump(letter, to) => {
                let jumps = match letter {
                    'b' => true,
                    't' => std::mem::take(&mut self.substituted),
                    _ => !std::mem::take(&mut self.substituted),
                };
                if jumps {
                    return to.map_or(Next::End(true), Next::Jump);
                }
            }
            Do::Quit(letter, code) => return Next::Quit(*letter == 'q', *code),
            Do::Open(_) => {}
            Do::Simple(letter) => return self.simple(*letter),
        }
        Next::Go
    }

    fn simple(&mut self, letter: char) -> Next {
        let first_line = |text: &str| text.split('\n').next().unwrap_or("").to_owned();
        match letter {
            'p' => self.print_pattern(),
            'P' => self.line(&first_line(&self.pattern.clone())),
            '=' => self.line(&self.number.to_string()),
            'd' => return Next::End(false),
            'D' => {
                let Some((_, rest)) = self.pattern.split_once('\n') else { return Next::End(false) };
                self.pattern = rest.to_owned();
                return Next::Again;
            }
            'n' => {
                if self.number >= self.lines.len() {
                    // GNU prints the pattern space before it ends.
                    return Next::Quit(true, 0);
                }
                if !self.options.quiet {
                    self.print_pattern();
                }
                self.read();
            }
            'N' => {
                let Some(line) = self.lines.get(self.number) else { return Next::Quit(true, 0) };
                self.pattern = format!("{}\n{line}", self.pattern);
                self.number += 1;
            }
            'h' => self.hold.clone_from(&self.pattern),
            'H' => self.hold = format!("{}\n{}", self.hold, self.pattern),
            'g' => self.pattern.clone_from(&self.hold),
            'G' => self.pattern = format!("{}\n{}", self.pattern, self.hold),
            'x' => std::mem::swap(&mut self.pattern, &mut self.hold),
            _ => {}
        }
        Next::Go
    }

    fn substitute(&mut self, s: &Substitution, outcome: &mut Outcome) {
        if let Some(regex) = &s.regex {
            self.last_regex = Some(regex.clone());
        }
        let Some(regex) = self.last_regex.clone() else { return };
        let chars: Vec<char> = self.pattern.chars().collect();
        let Some(text) = replaced(&regex, &chars, s) else { return };
        self.pattern = text;
        self.substituted = true;
        if s.print {
            self.print_pattern();
        }
        if let Some(file) = &s.file {
            write(outcome, file, &self.pattern);
        }
    }
}

fn write(outcome: &mut Outcome, file: &str, line: &str) {
    match outcome.files.iter_mut().find(|(name, _)| name == file) {
        Some((_, text)) => text.push_str(&format!("{line}\n")),
        None => outcome.files.push((file.to_owned(), format!("{line}\n"))),
    }
}

/// The text with its matches replaced; none if there is nothing to replace.
fn replaced(regex: &Regex, chars: &[char], s: &Substitution) -> Option<String> {
    let mut text = String::new();
    let (mut at, mut number, mut done) = (0, 0, false);
    // An empty match right behind a match does not count.
    let mut last_end = None;
    while at <= chars.len() {
        let Some(found) = regex.find_from(chars, at) else { break };
        let Some((a, b)) = found.first().copied().flatten() else { break };
        text.extend(chars.get(at..a).unwrap_or(&[]));
        if a == b && last_end == Some(a) {
            text.extend(chars.get(a));
            at = a + 1;
            continue;
        }
        number += 1;
        if number >= s.number && (s.global || !done) {
            text.push_str(&made(&s.with, chars, &found));
            done = true;
        } else {
            text.extend(chars.get(a..b).unwrap_or(&[]));
        }
        last_end = Some(b);
        at = b;
        if a == b {
            text.extend(chars.get(a));
            at = a + 1;
        }
        if done && !s.global {
            break;
        }
    }
    text.extend(chars.get(at..).unwrap_or(&[]));
    done.then_some(text)
}

fn made(pieces: &[Piece], chars: &[char], found: &Found) -> String {
    let mut text = String::new();
    let (mut lasting, mut once) = (None, None);
    for piece in pieces {
        let part: String = match piece {
            Piece::Text(part) => part.clone(),
            Piece::Group(number) => {
                let range = found.get(*number).copied().flatten();
                range.and_then(|(a, b)| chars.get(a..b)).unwrap_or(&[]).iter().collect()
            }
            Piece::Case(c) => {
                match c {
                    'U' | 'L' => lasting = Some(*c),
                    'E' => lasting = None,
                    c => once = Some(*c),
                }
                continue;
            }
        };
        let part = match lasting {
            Some('U') => part.to_uppercase(),
            Some('L') => part.to_lowercase(),
            _ => part,
        };
        let mut letters = part.chars();
        match (once, letters.next()) {
            (Some(case), Some(first)) => {
                once = None;
                match case {
                    'u' => text.extend(first.to_uppercase()),
                    _ => text.extend(first.to_lowercase()),
                }
                text.push_str(letters.as_str());
            }
            _ => text.push_str(&part),
        }
    }
    text
}
