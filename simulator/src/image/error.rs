//! Why a build fails, and where.
//!
//! `kind` is the wording that the builder itself prints (BuildKit's Dockerfile frontend), so that a person can search
//! for it; `message` says the same plainly. Not a `Diagnostic` yet: `build` turns it into one, with the text at hand.

use crate::base::diagnostic::{Diagnostic, Severity, Span};

/// The one reason for which a real build would stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// The builder's own wording.
    pub kind: String,
    /// The same in plain words, one sentence without a final full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Line of the Dockerfile, from 1.
    pub line: u32,
    /// Bytes of the Dockerfile.
    pub span: Span,
}

impl BuildError {
    /// An error whose place is not known yet; see `at`.
    pub fn new(kind: impl Into<String>) -> Self {
        let kind = kind.into();
        BuildError { message: kind.clone(), kind, help: None, line: 0, span: Span::default() }
    }

    /// The same error in plainer words.
    #[must_use]
    pub fn plainly(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The same error with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same error at this place, unless it has one already: the innermost place is the most exact.
    #[must_use]
    pub fn at(mut self, line: u32, span: Span) -> Self {
        if self.line == 0 {
            self.line = line;
            self.span = span;
        }
        self
    }

    /// The remark that an editor shows.
    pub fn diagnostic(&self, file: &str, text: &str) -> Diagnostic {
        let d = Diagnostic::new(file, text, self.span, Severity::Error, self.message.clone());
        match &self.help {
            Some(help) => d.with_help(help.clone()),
            None => d,
        }
    }
}
