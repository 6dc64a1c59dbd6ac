//! Redirections (XCU 2.7; bash(1) "REDIRECTION").

use super::lex::Token;
use super::{Parsed, Parser};
use crate::shell::ast::{Part, Redirect, RedirectKind, SyntaxErrorKind, Word};

const REDIRECTS: &[&str] = &["<", ">", ">|", ">>", "<>", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"];

impl Parser<'_> {
    /// A redirection, if one starts here.
    pub(super) fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let start = self.next_start()?;
        let fd = match self.peek()? {
            Token::IoNumber(n) => Some(*n),
            _ => None,
        };
        if fd.is_some() {
            self.bump()?;
        }
        let op = match self.peek()? {
            Token::Op(op) if REDIRECTS.contains(op) => *op,
            _ => return Ok(None),
        };
        self.bump()?;
        let word = self.expect_word()?;
        let kind = match op {
            "<" => RedirectKind::Read(word),
            ">" => RedirectKind::Write(word),
            ">|" => RedirectKind::Clobber(word),
            ">>" => RedirectKind::Append(word),
            "<>" => RedirectKind::ReadWrite(word),
            "<&" => RedirectKind::Duplicate { input: true, source: word },
            ">&" => self.duplicate_output(fd, word),
            "<<" => self.here_document(false, &word)?,
            "<<-" => self.here_document(true, &word)?,
            "<<<" => {
                let mut parts = word.parts;
                parts.push(Part::Quoted("\n".into()));
                RedirectKind::Here(Word { parts, span: word.span })
            }
            "&>>" => RedirectKind::Both { append: true, file: word },
            _ => RedirectKind::Both { append: false, file: word },
        };
        Ok(Some(Redirect { fd, kind, span: self.span(start, self.pos) }))
    }

    /// Where `&>` exists, `>& file` means the same.
    fn duplicate_output(&self, fd: Option<u32>, word: Word) -> RedirectKind {
        let is_descriptor = match word.parts.as_slice() {
            [Part::Literal(text)] => text == "-" || text.chars().all(|c| c.is_ascii_digit() || c == '-'),
            _ => true,
        };
        if self.syntax.both_redirect && fd.is_none() && !is_descriptor {
            RedirectKind::Both { append: false, file: word }
        } else {
            RedirectKind::Duplicate { input: false, source: word }
        }
    }

    pub(super) fn redirects(&mut self) -> Parsed<Vec<Redirect>> {
        let mut all = Vec::new();
        while let Some(redirect) = self.redirect()? {
            all.push(redirect);
        }
        Ok(all)
    }

    /// The next token, which has to be a word.
    pub(super) fn expect_word(&mut self) -> Parsed<Word> {
        match self.peek()? {
            Token::Word(_) => match self.bump()? {
                (Token::Word(word), _, _) => Ok(word),
                _ => Ok(Word::default()),
            },
            _ => self.unexpected(Some("word")),
        }
    }

    /// The next token cannot stand here.
    pub(super) fn unexpected<T>(&mut self, expected: Option<&'static str>) -> Parsed<T> {
        let token = self.token_text()?;
        let (start, end) = self.peeked.as_ref().map_or((self.pos, self.pos), |(_, s, e)| (*s, *e));
        self.pos = start;
        Err(self.error(start, end, SyntaxErrorKind::Unexpected { token, expected }))
    }
}
