//! How utilities write regular expressions: basic and extended ones with GNU's additions, and awk's.
//!
//! Sources: POSIX XBD 9.3 and 9.4; regex of the GNU C library, "The Backslash Character and Special Expressions" of grep(1).

use crate::shell::run::regex::{EDGE, Regex, WORD_BEGINS, WORD_ENDS, back};

/// How a pattern is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `\( \) \{ \} \| \+ \?`.
    Basic,
    /// `( ) { } | + ?`.
    Extended,
    /// Extended, and a backslash means something in brackets too.
    Awk,
    /// Extended, and `\d`: what scripts use of Perl's.
    Perl,
    /// No character is special.
    Fixed,
}

type Tokens = Vec<(char, bool)>;

/// The pattern, read; none if it is no pattern.
pub(crate) fn compile(pattern: &str, dialect: Dialect, ignore_case: bool) -> Option<Regex> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, dialect, ignore_case, out: Vec::new() };
    while let Some(c) = chars.get(reader.at).copied() {
        reader.at += 1;
        reader.one(c);
    }
    Regex::new(&reader.out)
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    dialect: Dialect,
    ignore_case: bool,
    out: Tokens,
}

impl Reader<'_> {
    fn one(&mut self, c: char) {
        let basic = self.dialect == Dialect::Basic;
        // Behind nothing, a group's begin or an alternative's, a repetition is a plain character.
        let begins = matches!(self.out.last(), None | Some(('(' | '|', false)));
        match c {
            c if self.dialect == Dialect::Fixed => self.plain(c),
            '[' => self.bracket(),
            '\\' => self.escaped(),
            '*' if begins || self.out.as_slice() == [('^', false)] => self.plain(c),
            '+' | '?' | '(' | ')' | '|' | '{' | '}' if basic => self.plain(c),
            '+' | '?' if begins => self.plain(c),
            '{' if begins || !self.chars.get(self.at).is_some_and(char::is_ascii_digit) => self.plain(c),
            '}' if !self.in_count() => self.plain(c),
            '^' if basic && !begins => self.plain(c),
            '$' if basic && !self.at_end() => self.plain(c),
            '.' | '*' | '^' | '$' | '+' | '?' | '(' | ')' | '|' | '{' | '}' => self.out.push((c, false)),
            c if self.in_count() => self.out.push((c, false)),
            c => self.plain(c),
        }
    }

    /// Is a count open: `{` without its `}`?
    fn in_count(&self) -> bool {
        let last = self.out.iter().rev().find(|(c, quoted)| !quoted && matches!(c, '{' | '}'));
        last.is_some_and(|(c, _)| *c == '{')
    }

    fn at_end(&self) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or(&[]);
        matches!(rest, [] | ['\\', ')' | '|', ..])
    }

    fn plain(&mut self, c: char) {
        if self.ignore_case && c.is_alphabetic() {
            let both = [c.to_lowercase().next().unwrap_or(c), c.to_uppercase().next().unwrap_or(c)];
            self.out.extend([('[', false), (both[0], false), (both[1], false), (']', false)]);
        } else {
            self.out.push((c, true));
        }
    }

    fn set(&mut self, text: &str) {
        self.out.extend(text.chars().map(|c| (c, false)));
    }

    fn escaped(&mut self) {
        let Some(c) = self.chars.get(self.at).copied() else { return self.plain('\\') };
        self.at += 1;
        match c {
            '(' | ')' | '{' | '}' | '|' | '+' | '?' if self.dialect == Dialect::Basic => self.out.push((c, false)),
            'n' => self.plain('\n'),
            't' => self.plain('\t'),
            'r' if self.dialect == Dialect::Awk => self.plain('\r'),
            's' => self.set("[[:space:]]"),
            'S' => self.set("[^[:space:]]"),
            'w' => self.set("[[:alnum:]_]"),
            'W' => self.set("[^[:alnum:]_]"),
            'd' if self.dialect == Dialect::Perl => self.set("[[:digit:]]"),
            'b' => self.out.push((EDGE, false)),
            '<' => self.out.push((WORD_BEGINS, false)),
            '>' => self.out.push((WORD_ENDS, false)),
            '`' => self.out.push(('^', false)),
            '\'' => self.out.push(('$', false)),
            '1'..='9' => self.out.push((back(c.to_digit(10).unwrap_or(0)), false)),
            c => self.plain(c),
        }
    }

    /// `[...]` behind its first character.
    fn bracket(&mut self) {
        let start = self.at;
        let mut inside: Tokens = Vec::new();
        let negated = self.chars.get(self.at) == Some(&'^');
        self.at += usize::from(negated);
        let first = self.at;
        loop {
            let Some(c) = self.chars.get(self.at).copied() else {
                // It has no end: the bracket is a plain character.
                self.at = start;
                return self.plain('[');
            };
            self.at += 1;
            match c {
                ']' if self.at > first + 1 => break,
                '[' if self.chars.get(self.at) == Some(&':') => {
                    let class: String = self.chars.iter().skip(self.at).take_while(|c| **c != ']').collect();
                    self.at += class.chars().count() + 1;
                    inside.extend(format!("[{class}]").chars().map(|c| (c, false)));
                }
                '\\' if self.dialect == Dialect::Awk || matches!(self.chars.get(self.at), Some('n' | 't' | ']')) => {
                    let next = self.chars.get(self.at).copied().unwrap_or('\\');
                    if next == ']' && self.dialect != Dialect::Awk {
                        inside.push(('\\', true));
                        continue;
                    }
                    self.at += 1;
                    let c = match next {
                        'n' => '\n',
                        't' => '\t',
                        other => other,
                    };
                    inside.push((c, true));
                }
                '!' | ']' => inside.push((c, true)),
                c => inside.push((c, false)),
            }
        }
        if self.ignore_case && !inside.contains(&(':', false)) {
            let other = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            let again: Tokens = inside.iter().filter(|(c, _)| *c != '-').map(|(c, q)| (other(*c), *q)).collect();
            match inside.contains(&('-', false)) {
                true => inside.extend(inside.clone().into_iter().map(|(c, q)| (other(c), q))),
                false => inside.extend(again),
            }
        }
        self.out.push(('[', false));
        self.out.extend(negated.then_some(('^', false)));
        self.out.extend(inside);
        self.out.push((']', false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, dialect: Dialect, text: &str) -> Option<String> {
        compile(pattern, dialect, false)?.find(text)?.into_iter().next()
    }

    #[test]
    fn basic_expressions_escape_what_extended_ones_do_not() {
        assert_eq!(found(r"a\(b\|c\)*", Dialect::Basic, "xabcb").as_deref(), Some("abcb"));
        assert_eq!(found("a(b|c)", Dialect::Basic, "a(b|c)").as_deref(), Some("a(b|c)"));
        assert_eq!(found("^ *#", Dialect::Basic, "   # x").as_deref(), Some("   #"));
        assert_eq!(found("a{2}", Dialect::Extended, "aaa").as_deref(), Some("aa"));
        assert_eq!(found("a{x}", Dialect::Extended, "a{x}").as_deref(), Some("a{x}"));
        assert_eq!(found("1.5$", Dialect::Fixed, "11.5$").as_deref(), Some("1.5$"));
    }

    #[test]
    fn classes_edges_and_groups_are_known() {
        assert_eq!(found(r"\s*stream\s*\{", Dialect::Extended, "  stream {").as_deref(), Some("  stream {"));
        assert_eq!(found(r"\bcat\b", Dialect::Basic, "concat cat").as_deref(), Some("cat"));
        assert_eq!(found(r"\([a-z]\)\1", Dialect::Basic, "abccd").as_deref(), Some("cc"));
        assert_eq!(found(r"[^/]*$", Dialect::Basic, "/a/b/c.txt").as_deref(), Some("c.txt"));
        assert_eq!(found(r"[[:digit:].]+", Dialect::Extended, "v1.25-x").as_deref(), Some("1.25"));
        assert_eq!(
            found(r"listen  \[::\]:80;", Dialect::Basic, "listen  [::]:80;").as_deref(),
            Some("listen  [::]:80;")
        );
        assert!(compile("yes", Dialect::Basic, true).is_some_and(|r| r.find("YES").is_some()));
        assert!(compile("[a-c]x", Dialect::Basic, true).is_some_and(|r| r.find("BX").is_some()));
    }
}
