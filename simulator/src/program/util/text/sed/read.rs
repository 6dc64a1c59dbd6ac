//! From the text of a script to commands. Follows POSIX sed(1) and "sed scripts" of GNU sed's manual.

use super::super::dialect::{Dialect, compile};
use crate::shell::run::regex::Regex;

/// Commands of one script.
const MOST: usize = 500;

#[derive(Clone, Debug)]
pub(super) enum Address {
    Line(usize),
    Last,
    /// `first~step`
    Step(usize, usize),
    /// None is the expression that was used last.
    Match(Option<Regex>),
    /// `+n` as a second address.
    Plus(usize),
    /// `0` before `,/re/`.
    Zero,
}

/// A piece of what replaces a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Group(usize),
    /// `\U`, `\L`, `\u`, `\l`, `\E`.
    Case(char),
}

#[derive(Clone, Debug)]
pub(super) struct Substitution {
    pub regex: Option<Regex>,
    pub with: Vec<Piece>,
    pub global: bool,
    pub print: bool,
    /// From this match on.
    pub number: usize,
    pub file: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Do {
    Substitute(Box<Substitution>),
    Letters(Vec<char>, Vec<char>),
    /// `a`, `i`, `c` and their text.
    Text(char, String),
    /// `w`.
    Write(String),
    /// `b`, `t`, `T` and where to; none is the end.
    Jump(char, Option<usize>),
    /// `q`, `Q` and the exit code.
    Quit(char, u8),
    /// `{`: behind its `}` if the address does not hold.
    Open(usize),
    /// One letter without anything: `p`, `d`, `D`, `P`, `n`, `N`, `h`, `H`, `g`, `G`, `x`, `=`, `}`.
    Simple(char),
}

#[derive(Clone, Debug)]
pub(super) struct Command {
    pub first: Option<Address>,
    pub second: Option<Address>,
    pub not: bool,
    pub what: Do,
}

/// Why a script cannot run.
pub(super) enum Wrong {
    /// Behind which character, and what GNU sed says.
    Syntax(usize, String),
    /// Something that is not simulated.
    Missing(String),
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    dialect: Dialect,
}

pub(super) fn script(text: &str, dialect: Dialect) -> Result<Vec<Command>, Wrong> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, dialect };
    let mut commands: Vec<Command> = Vec::new();
    let mut labels: Vec<(String, usize)> = Vec::new();
    let mut jumps: Vec<(usize, String)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        reader.skip(|c| c.is_whitespace() || c == ';');
        let Some(c) = reader.peek() else { break };
        if c == '#' {
            reader.until('\n');
            continue;
        }
        if commands.len() >= MOST {
            return Err(Wrong::Missing("a script of more than 500 commands".into()));
        }
        let (first, second) = reader.addresses()?;
        reader.skip(|c| c == ' ' || c == '\t');
        let not = reader.take('!');
        reader.skip(|c| c == ' ' || c == '\t' || c == '!');
        let Some(letter) = reader.next() else { return Err(reader.wrong("missing command")) };
        let what = match letter {
            ':' => {
                reader.skip(|c| c == ' ');
                labels.push((reader.word(), commands.len()));
                continue;
            }
            'b' | 't' | 'T' => {
                reader.skip(|c| c == ' ' || c == '\t');
                let label = reader.word();
                if !label.is_empty() {
                    jumps.push((commands.len(), label));
                }
                Do::Jump(letter, None)
            }
            '{' => {
                open.push(commands.len());
                Do::Open(0)
            }
            '}' => {
                let end = commands.len();
                let Some(begin) = open.pop().and_then(|at| commands.get_mut(at)) else {
                    return Err(reader.wrong("unexpected `}'"));
                };
                begin.what = Do::Open(end);
                Do::Simple('}')
            }
            letter => reader.command(letter)?,
        };
        let simple = matches!(what, Do::Simple(_) | Do::Substitute(_) | Do::Letters(..) | Do::Jump(..) | Do::Quit(..));
        commands.push(Command { first, second, not, what });
        reader.skip(|c| c == ' ' || c == '\t');
        if simple && !matches!(reader.peek(), None | Some(';' | '\n' | '}' | '#')) {
            reader.at += 1;
            return Err(reader.wrong("extra characters after command"));
        }
    }
    if !open.is_empty() {
        return Err(Wrong::Syntax(0, "unmatched `{'".into()));
    }
    for (at, label) in jumps {
        let Some((_, to)) = labels.iter().find(|(name, _)| *name == label) else {
            return Err(Wrong::Syntax(reader.at, format!("can't find label for jump to `{label}'")));
        };
        if let Some(Command { what: Do::Jump(_, target), .. }) = commands.get_mut(at) {
            *target = Some(*to);
        }
    }
    Ok(commands)
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let yes = self.peek() == Some(c);
        self.at += usize::from(yes);
        yes
    }

    fn skip(&mut self, which: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&which) {
            self.at += 1;
        }
    }

    fn until(&mut self, end: char) -> String {
        let text: String = self.chars.iter().skip(self.at).take_while(|c| **c != end).collect();
        self.at += text.chars().count();
        text
    }

    /// A label or a file name ends with the line; GNU ends a label at `;` too.
    fn word(&mut self) -> String {
        let text: String =
            self.chars.iter().skip(self.at).take_while(|c| !matches!(c, ';' | '\n' | '}' | ' ')).collect();
        self.at += text.chars().count();
        text
    }

    fn wrong(&self, what: &str) -> Wrong {
        Wrong::Syntax(self.at, what.to_owned())
    }

    fn number(&mut self) -> Option<usize> {
        let digits: String = self.chars.iter().skip(self.at).take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        digits.parse().ok()
    }

    fn addresses(&mut self) -> Result<(Option<Address>, Option<Address>), Wrong> {
        let Some(first) = self.address()? else { return Ok((None, None)) };
        self.skip(|c| c == ' ');
        if !self.take(',') {
            return Ok((Some(first), None));
        }
        self.skip(|c| c == ' ');
        let second = if self.take('+') { self.number().map(Address::Plus) } else { self.address()? };
        match second {
            Some(second) => Ok((Some(first), Some(second))),
            None => Err(self.wrong("unexpected `,'")),
        }
    }

    fn address(&mut self) -> Result<Option<Address>, Wrong> {
        match self.peek() {
            Some('$') => {
                self.at += 1;
                Ok(Some(Address::Last))
            }
            Some(c) if c.is_ascii_digit() => {
                let first = self.number().unwrap_or(0);
                if self.take('~') {
                    let step = self.number().unwrap_or(0);
                    return Ok(Some(Address::Step(first, step)));
                }
                Ok(Some(if first == 0 { Address::Zero } else { Address::Line(first) }))
            }
            Some('/') | Some('\\') => {
                let mut delimiter = self.next().unwrap_or('/');
                if delimiter == '\\' {
                    delimiter = self.next().unwrap_or('/');
                }
                let Some(text) = self.delimited(delimiter, true) else {
                    return Err(self.wrong("unterminated address regex"));
                };
                let ignore = self.take('I');
                Ok(Some(Address::Match(self.regex(&text, ignore)?)))
            }
            _ => Ok(None),
        }
    }

    fn regex(&self, text: &str, ignore_case: bool) -> Result<Option<Regex>, Wrong> {
        if text.is_empty() {
            return Ok(None);
        }
        match compile(text, self.dialect, ignore_case) {
            Some(regex) => Ok(Some(regex)),
            None => Err(self.wrong("Invalid preceding regular expression")),
        }
    }

    /// What stands before the next delimiter, which is taken; an escaped delimiter is the plain character.
    fn delimited(&mut self, delimiter: char, is_regex: bool) -> Option<String> {
        let mut text = String::new();
        let mut in_bracket = false;
        loop {
            let c = self.next()?;
            match c {
                '\\' => {
                    let next = self.next()?;
                    if next != delimiter {
                        text.push('\\');
                    }
                    text.push(next);
                }
                c if c == delimiter && !in_bracket => return Some(text),
                '[' if is_regex && !in_bracket => {
                    in_bracket = true;
                    text.push(c);
                    if self.take('^') {
                        text.push('^');
                    }
                    if self.take(']') {
                        text.push(']');
                    }
                }
                '[' if in_bracket && self.peek() == Some(':') => {
                    text.push('[');
                    text.push_str(&self.until(']'));
                    text.extend(self.next());
                }
                ']' => {
                    in_bracket = false;
                    text.push(c);
                }
                '\n' if is_regex => return None,
                c => text.push(c),
            }
        }
    }

    fn command(&mut self, letter: char) -> Result<Do, Wrong> {
        match letter {
            's' => self.substitution(),
            'y' => {
                let delimiter = self.next().unwrap_or('/');
                let (from, to) = (self.delimited(delimiter, false), self.delimited(delimiter, false));
                let (Some(from), Some(to)) = (from, to) else { return Err(self.wrong("unterminated `y' command")) };
                let letters = |text: &str| text.replace("\\n", "\n").chars().collect::<Vec<char>>();
                let (from, to) = (letters(&from), letters(&to));
                if from.len() != to.len() {
                    return Err(self.wrong("strings for `y' command are different lengths"));
                }
                Ok(Do::Letters(from, to))
            }
            'a' | 'i' | 'c' => Ok(Do::Text(letter, self.text())),
            'w' => {
                self.skip(|c| c == ' ');
                Ok(Do::Write(self.until('\n')))
            }
            'q' | 'Q' => {
                self.skip(|c| c == ' ');
                Ok(Do::Quit(letter, self.number().and_then(|n| u8::try_from(n).ok()).unwrap_or(0)))
            }
            'p' | 'd' | 'D' | 'P' | 'n' | 'N' | 'h' | 'H' | 'g' | 'G' | 'x' | '=' => Ok(Do::Simple(letter)),
            'r' | 'R' | 'e' | 'F' | 'l' | 'v' | 'W' | 'z' => Err(Wrong::Missing(format!("the command {letter}"))),
            other => Err(self.wrong(&format!("unknown command: `{other}'"))),
        }
    }

    /// The text of `a`, `i`, `c`: behind a backslash and a newline, or on the same line as GNU has it.
    fn text(&mut self) -> String {
        self.skip(|c| c == ' ' || c == '\t');
        if self.take('\\') {
            self.skip(|c| c == ' ' || c == '\t');
            if !self.take('\n') {
                // `a\text`: the backslash keeps leading blanks.
            }
        }
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '\\' => text.extend(self.next()),
                '\n' => break,
                c => text.push(c),
            }
        }
        text
    }

    fn substitution(&mut self) -> Result<Do, Wrong> {
        let delimiter = self.next().unwrap_or('/');
        let (Some(pattern), Some(with)) = (self.delimited(delimiter, true), self.delimited(delimiter, false)) else {
            return Err(self.wrong("unterminated `s' command"));
        };
        let mut new =
            Substitution { regex: None, with: pieces(&with), global: false, print: false, number: 1, file: None };
        let mut ignore_case = false;
        loop {
            match self.peek() {
                Some('g') => new.global = true,
                Some('p') => new.print = true,
                Some('i' | 'I') => ignore_case = true,
                Some('m' | 'M') => {}
                Some('e') => return Err(Wrong::Missing("the flag e of s".into())),
                Some('w') => {
                    self.at += 1;
                    self.skip(|c| c == ' ');
                    new.file = Some(self.until('\n'));
                    break;
                }
                Some(c) if c.is_ascii_digit() => {
                    new.number = self.number().unwrap_or(1);
                    continue;
                }
                None | Some(';' | '\n' | '}' | '#' | ' ' | '\t') => break,
                Some(_) => {
                    self.at += 1;
                    return Err(self.wrong("unknown option to `s'"));
                }
            }
            self.at += 1;
        }
        new.regex = self.regex(&pattern, ignore_case)?;
        Ok(Do::Substitute(Box::new(new)))
    }
}

/// `&`, `\1`, `\n`, `\U` in what replaces a match.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '&' => Piece::Group(0),
            '\\' => match chars.next() {
                Some(d) if d.is_ascii_digit() => {
                    Piece::Group(d.to_digit(10).and_then(|d| usize::try_from(d).ok()).unwrap_or(0))
                }
                Some(c @ ('U' | 'L' | 'u' | 'l' | 'E')) => Piece::Case(c),
                Some('n') => Piece::Text("\n".into()),
                Some('t') => Piece::Text("\t".into()),
                Some('r') => Piece::Text("\r".into()),
                Some(c) => Piece::Text(c.into()),
                None => Piece::Text("\\".into()),
            },
            c => {
                plain.push(c);
                continue;
            }
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(piece);
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}
