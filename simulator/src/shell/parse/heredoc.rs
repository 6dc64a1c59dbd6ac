//! Here-documents (XCU 2.7.4): their bodies stand after the newline that ends the line of the operator.

use super::{Parsed, Parser};
use crate::shell::ast::{Part, RedirectKind, Word};

impl Parser<'_> {
    /// After `<<` or `<<-` and with the delimiter read: takes the body from behind the line.
    pub(super) fn here_document(&mut self, strip_tabs: bool, delimiter: &Word) -> Parsed<RedirectKind> {
        let quoted = delimiter.parts.iter().any(|p| matches!(p, Part::Quoted(_) | Part::Double(_)));
        let end = self.slice_of(delimiter);
        let newline = match self.here {
            Some((newline, _)) => newline,
            None => self.pos + self.newline_ahead(),
        };
        let from = self.here.map_or((newline + 1).min(self.src.len()), |(_, after)| after);
        let mut body = String::new();
        let mut at = from;
        for line in self.src.get(from..).unwrap_or("").split_inclusive('\n') {
            at += line.len();
            let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
            if line.strip_suffix('\n').unwrap_or(line) == end {
                break;
            }
            body.push_str(line);
        }
        self.here = Some((newline, at));
        let span = self.span(from, at);
        let part = match quoted {
            true => Part::Quoted(body),
            false => Part::Double(self.nest(|p| p.parts_of_here_document(&body, from))?),
        };
        Ok(RedirectKind::Here(Word { parts: vec![part], span }))
    }

    fn slice_of(&self, word: &Word) -> String {
        word.as_static().unwrap_or_else(|| {
            let at = |n: u32| usize::try_from(n).unwrap_or(0).saturating_sub(self.base);
            self.slice(at(word.span.start), at(word.span.end)).to_string()
        })
    }

    /// Distance to the newline that ends this line, not counting quoted ones.
    fn newline_ahead(&self) -> usize {
        let mut quote = None;
        let mut before = ' ';
        let mut chars = self.rest().char_indices();
        while let Some((at, c)) = chars.next() {
            match (quote, c) {
                (None, '\n') => return at,
                (None, '#') if " \t;".contains(before) => {
                    return at + self.rest().get(at..).and_then(|r| r.find('\n')).unwrap_or(0);
                }
                (None | Some('"'), '\\') => {
                    chars.next();
                }
                (None, '\'' | '"') => quote = Some(c),
                (Some(q), c) if q == c => quote = None,
                _ => {}
            }
            before = c;
        }
        self.rest().len()
    }

    /// After the newline at `newline`: behind the bodies that stand there.
    pub(super) fn skip_here_bodies(&mut self, newline: usize) {
        if let Some((at, after)) = self.here
            && newline >= at
        {
            self.pos = self.pos.max(after.min(self.src.len()));
            self.here = None;
        }
    }
}
