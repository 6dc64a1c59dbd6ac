//! Text to syntax tree: the entry points and the state that the parts share.
//!
//! Split by topic: `lex` (tokens), `words` (quotes, `$`), `params` (`${}`), `heredoc`, `commands` (lists, pipelines,
//! simple commands), `redirects`, `compound` (`if`, `for`, ...), `condition` (`[[ ]]`). Grammar: POSIX.1-2024 XCU 2.10.
//! Recursive, with the depth and the number of nodes bounded by `base::limits`.

mod alias;
mod commands;
mod compound;
mod condition;
mod heredoc;
mod lex;
mod params;
mod redirects;
mod words;

pub use alias::{Aliases, Expanded, Replaced, parse_expanding};
pub(super) use params::bad_character;

use super::ast::{Script, SyntaxError, SyntaxErrorKind};
use super::syntax::Syntax;
use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::limits;
use lex::Token;

/// Result of reading a part.
type Parsed<T> = Result<T, SyntaxError>;

/// Reads a whole text.
pub fn parse(text: &str, syntax: &Syntax) -> Script {
    parse_nested(text, syntax, 0)
}

/// Reads a text that stands inside another one, `depth` levels down (backquotes).
fn parse_nested(text: &str, syntax: &Syntax, depth: usize) -> Script {
    if text.len() > limits::SCRIPT_BYTES {
        let error = SyntaxError {
            span: Span::new(0, 0),
            noticed_line: 1,
            inside: None,
            around: Vec::new(),
            kind: SyntaxErrorKind::TooLarge("script longer than 32 KiB"),
            further: Box::default(),
        };
        return Script { error: Some(error), ..Script::default() };
    }
    let mut parser = Parser::new(text, 0, syntax);
    parser.depth = depth;
    parser.script()
}

/// Reads the operand of a word-like value, such as the body of an unquoted here-document, again.
pub fn parse_double_quoted(text: &str, syntax: &Syntax) -> Result<Vec<super::ast::Part>, SyntaxError> {
    Parser::new(text, 0, syntax).double_parts(None)
}

/// A script's error as a remark on `file`.
pub fn diagnostic(file: &str, text: &str, error: &SyntaxError) -> Diagnostic {
    let (message, help) = match &error.kind {
        SyntaxErrorKind::Unclosed { open, close } => {
            (format!("`{open}` is not closed"), Some(format!("close it with `{close}`")))
        }
        SyntaxErrorKind::Unexpected { token, expected } => {
            (format!("`{token}` cannot stand here"), expected.map(|e| format!("`{e}` is expected")))
        }
        SyntaxErrorKind::UnexpectedEnd { expected, opened } => {
            (format!("the text ends inside `{opened}`"), expected.map(|e| format!("`{e}` is expected")))
        }
        SyntaxErrorKind::BadSubstitution(text) => (format!("`{text}` is not a parameter expansion"), None),
        SyntaxErrorKind::BadFunctionName(name) => (
            format!("`{name}` cannot be defined so in this shell"),
            Some("use a name of letters, digits and _ that is no special builtin, and a body in braces".to_owned()),
        ),
        SyntaxErrorKind::BadLoopVariable(name) => (format!("`{name}` cannot be the variable of a loop"), None),
        SyntaxErrorKind::TooLarge(what) => (format!("the script is too large to simulate: {what}"), None),
    };
    let d = Diagnostic::new(file, text, error.span, Severity::Error, message);
    match help {
        Some(help) => d.with_help(help),
        None => d,
    }
}

/// The reading position and its bounds.
struct Parser<'a> {
    src: &'a str,
    /// Next byte to read; always on a character boundary.
    pos: usize,
    /// Added to positions in spans, for a text that is part of another.
    base: usize,
    /// A token that was looked at, with where it starts and ends.
    peeked: Option<(Token, usize, usize)>,
    /// Where the newline is after which here-document bodies stand, and where these end.
    here: Option<(usize, usize)>,
    syntax: &'a Syntax,
    depth: usize,
    nodes: usize,
    /// Where the last token that was taken ends.
    consumed: usize,
    /// Aliases to be replaced, with the text as it is now.
    aliases: Option<(Aliases<'a>, &'a Expanded)>,
    /// The alias that was found.
    hit: Option<alias::Hit>,
    /// Errors behind which reading goes on.
    bad: Vec<SyntaxError>,
    /// There is one in the list that is read: it ends with its command.
    failed: bool,
}

impl<'a> Parser<'a> {
    fn new(src: &'a str, base: usize, syntax: &'a Syntax) -> Self {
        Parser {
            src,
            pos: 0,
            base,
            peeked: None,
            here: None,
            syntax,
            depth: 0,
            nodes: 0,
            consumed: 0,
            aliases: None,
            hit: None,
            bad: Vec::new(),
            failed: false,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start, self.base + end)
    }

    fn rest(&self) -> &'a str {
        self.src.get(self.pos..).unwrap_or("")
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.src.get(start..end).unwrap_or("")
    }

    fn peek_char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next_char(&mut self) -> Option<char> {
        let c = self.peek_char()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let yes = self.rest().starts_with(text);
        if yes {
            self.pos += text.len();
        }
        yes
    }

    /// An error about `start..end`, noticed at the reading position.
    fn error(&self, start: usize, end: usize, kind: SyntaxErrorKind) -> SyntaxError {
        let lines = self.slice(0, self.pos).matches('\n').count();
        SyntaxError {
            span: self.span(start, end),
            noticed_line: u32::try_from(lines + 1).unwrap_or(u32::MAX),
            inside: None,
            around: Vec::new(),
            kind,
            further: Box::default(),
        }
    }

    fn unclosed<T>(&mut self, start: usize, open: &'static str, close: &'static str) -> Parsed<T> {
        self.pos = self.src.len();
        Err(self.error(start, start + open.len(), SyntaxErrorKind::Unclosed { open, close }))
    }

    /// One more node; `deeper` runs one level down.
    fn nest<T>(&mut self, deeper: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.nodes += 1;
        if self.nodes > limits::SCRIPT_NODES {
            return Err(self.error(self.pos, self.pos, SyntaxErrorKind::TooLarge("too many commands and words")));
        }
        if self.depth >= limits::SCRIPT_DEPTH {
            return Err(self.error(self.pos, self.pos, SyntaxErrorKind::TooLarge("nested too deeply")));
        }
        self.depth += 1;
        let result = deeper(self);
        self.depth -= 1;
        result
    }
}

#[cfg(test)]
mod tests;
