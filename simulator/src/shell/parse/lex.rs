//! Tokens: operators, words, numbers in front of redirections, newlines (XCU 2.3).
//!
//! Not here: which words are reserved, which depends on where they stand (see `commands`).

use super::{Parsed, Parser};
use crate::shell::ast::Word;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// A number directly in front of `<` or `>`.
    IoNumber(u32),
    Op(&'static str),
    Newline,
    End,
}

/// Longest first where one begins with another.
const OPERATORS: &[&str] = &[
    "&>>", "&>", "&&", "||", "|&", ";;&", ";;", ";&", "<<-", "<<<", "<<", "<&", ">&", "<>", ">>", ">|", "&", ";", "<",
    ">", "|", "(", ")",
];

impl Parser<'_> {
    /// Skips blanks, line continuations and a comment.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek_char() {
                Some(' ' | '\t') => self.pos += 1,
                Some('\\') if self.rest().starts_with("\\\n") => self.pos += 2,
                Some('#') => self.pos += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    fn has_operator(&self, op: &str) -> bool {
        match op {
            "&>" => self.syntax.both_redirect,
            "&>>" => self.syntax.both_redirect && self.syntax.both_append,
            "|&" => self.syntax.pipe_both,
            "<<<" => self.syntax.here_string,
            ";;&" if !self.syntax.case_tests_next => false,
            ";&" | ";;&" => self.syntax.case_fall_through,
            _ => true,
        }
    }

    fn read_token(&mut self) -> Parsed<(Token, usize, usize)> {
        self.skip_blanks();
        let start = self.pos;
        let token = match self.peek_char() {
            None => Token::End,
            Some('\n') => {
                self.pos += 1;
                self.skip_here_bodies(start);
                Token::Newline
            }
            Some(c) if "&|;<>()".contains(c) && !self.at_process_substitution() => self.operator(),
            Some(c) => match c.is_ascii_digit().then(|| self.io_number()).flatten() {
                Some(number) => Token::IoNumber(number),
                None => Token::Word(self.word()?),
            },
        };
        Ok((token, start, self.pos))
    }

    fn operator(&mut self) -> Token {
        let rest = self.rest();
        match OPERATORS.iter().find(|op| rest.starts_with(**op) && self.has_operator(op)) {
            Some(op) => {
                self.pos += op.len();
                Token::Op(op)
            }
            None => Token::End,
        }
    }

    pub(super) fn at_process_substitution(&self) -> bool {
        self.syntax.process_substitution && (self.rest().starts_with("<(") || self.rest().starts_with(">("))
    }

    fn io_number(&mut self) -> Option<u32> {
        let rest = self.rest();
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        if !after.starts_with(['<', '>']) {
            return None;
        }
        let number = number.parse().ok()?;
        self.pos += digits;
        Some(number)
    }

    /// The next token, left in place.
    pub(super) fn peek(&mut self) -> Parsed<&Token> {
        if self.peeked.is_none() {
            self.peeked = Some(self.read_token()?);
        }
        Ok(self.peeked.as_ref().map_or(&Token::End, |(token, _, _)| token))
    }

    /// Takes the next token: itself, its start, its end.
    pub(super) fn bump(&mut self) -> Parsed<(Token, usize, usize)> {
        let token = match self.peeked.take() {
            Some(token) => token,
            None => self.read_token()?,
        };
        self.consumed = token.2;
        Ok(token)
    }

    /// Where the next token starts.
    pub(super) fn next_start(&mut self) -> Parsed<usize> {
        self.peek()?;
        Ok(self.peeked.as_ref().map_or(self.pos, |(_, start, _)| *start))
    }

    /// Goes back to `pos` as if nothing after it had been read.
    pub(super) fn rewind(&mut self, pos: usize) {
        self.peeked = None;
        self.pos = pos;
    }

    pub(super) fn eat_op(&mut self, op: &str) -> Parsed<bool> {
        let yes = matches!(self.peek()?, Token::Op(o) if *o == op);
        if yes {
            self.bump()?;
        }
        Ok(yes)
    }

    pub(super) fn skip_newlines(&mut self) -> Parsed<()> {
        while *self.peek()? == Token::Newline {
            self.peeked = None;
        }
        Ok(())
    }

    /// The next token if it is an unquoted word without expansions.
    pub(super) fn peek_literal(&mut self) -> Parsed<Option<&str>> {
        Ok(match self.peek()? {
            Token::Word(word) => word.as_literal(),
            _ => None,
        })
    }

    /// How messages name the next token.
    pub(super) fn token_text(&mut self) -> Parsed<String> {
        self.peek()?;
        Ok(match &self.peeked {
            Some((Token::Newline, _, _)) => "newline".into(),
            Some((Token::End, _, _)) | None => "end of file".into(),
            Some((_, start, end)) => self.slice(*start, *end).to_string(),
        })
    }
}
