//! What is wrong with a text that a person typed, and where.
//!
//! Every parser returns `(value, Vec<Diagnostic>)`; none panics and none stops at the first error it can pass.
//! This is not an error type for the simulator's own failures: those are events of the trace.

use std::sync::Arc;

/// A half-open range of bytes in one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte; equal to `start` for a position.
    pub end: u32,
}

impl Span {
    /// The range `start..end`, saturating at `u32::MAX` bytes (inputs are far smaller, see `limits`).
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The piece of `text` that it is; empty where the text does not reach.
    pub fn of(self, text: &str) -> &str {
        let index = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        text.get(index(self.start)..index(self.end)).unwrap_or("")
    }
}

/// What stands in `text` in front of byte `at`; empty where the text does not reach.
pub fn text_before(text: &str, at: u32) -> &str {
    Span { start: 0, end: at }.of(text)
}

/// How many lines end in `text`: its newlines.
pub fn line_ends(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// The text cannot be used; the last good run stays.
    Error,
    /// The text is used, but does probably not mean what it seems to say.
    Warning,
    /// Something was assumed or left out of the simulation.
    Note,
}

/// One remark on a text: what is wrong, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostic {
    /// The file's name as the person knows it: `Dockerfile`, `pod.yaml`, `entrypoint.sh`.
    pub file: Arc<str>,
    /// Bytes of that file the remark is about.
    pub span: Span,
    /// Line of `span.start`, from 1.
    pub line: u32,
    /// Column of `span.start`, from 1, in characters.
    pub column: u32,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one sentence without a final full stop.
    pub message: String,
    /// What to write instead, one sentence, where there is something to write.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A remark on `text[span]` of `file`; line and column are worked out from `text`.
    pub fn new(file: &str, text: &str, span: Span, severity: Severity, message: impl Into<String>) -> Self {
        let (line, column) = line_column(text, usize::try_from(span.start).unwrap_or(usize::MAX));
        Diagnostic { file: file.into(), span, line, column, severity, message: message.into(), help: None }
    }

    /// The same remark with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        write!(f, "{}:{}:{}: {word}: {}", self.file, self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// Line and column (both from 1, columns in characters) of byte `offset` in `text`; past the end is the end.
pub fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let mut line = 1;
    let mut column = 1;
    for (at, c) in text.char_indices() {
        if at >= offset {
            break;
        }
        if c == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(line_column("añb\ncd", 3), (1, 3));
        assert_eq!(line_column("añb\ncd", 6), (2, 2));
    }

    #[test]
    fn a_diagnostic_prints_as_compilers_do() {
        let d = Diagnostic::new(
            "Dockerfile",
            "FROM a\nCDM x",
            Span::new(7, 10),
            Severity::Error,
            "unknown instruction CDM",
        )
        .with_help("did you mean CMD?");
        assert_eq!(d.to_string(), "Dockerfile:2:1: error: unknown instruction CDM; did you mean CMD?");
    }
}
