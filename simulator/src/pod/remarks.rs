//! Collects what is to be said about one manifest file, bounded, worst first come.
//!
//! Two lists: remarks on mistakes, and the list of what was understood but is not simulated.

use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::limits;

/// The remarks on one text.
pub struct Remarks<'t> {
    file: &'t str,
    text: &'t str,
    /// Mistakes and doubts.
    pub found: Vec<Diagnostic>,
    /// Fields and objects that are left out.
    pub not_simulated: Vec<Diagnostic>,
}

impl<'t> Remarks<'t> {
    /// None yet.
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Remarks { file, text, found: Vec::new(), not_simulated: Vec::new() }
    }

    /// The piece of the text at `span`.
    pub fn source(&self, span: Span) -> &'t str {
        span.of(self.text)
    }

    /// Nothing more is taken, so nothing more needs to be worked out.
    pub fn is_full(&self) -> bool {
        self.found.len() >= limits::DIAGNOSTICS
    }

    fn push(&mut self, span: Span, severity: Severity, message: String, help: Option<String>) {
        if self.is_full() || self.found.iter().any(|d| d.span == span && d.message == message) {
            return;
        }
        let mut remark = Diagnostic::new(self.file, self.text, span, severity, message);
        remark.help = help;
        self.found.push(remark);
    }

    /// The API server or kubectl refuses this.
    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        self.push(span, Severity::Error, message.into(), None);
    }

    /// The same with advice.
    pub fn error_help(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.push(span, Severity::Error, message.into(), Some(help.into()));
    }

    /// Accepted, but probably not what was meant.
    pub fn warn(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.push(span, Severity::Warning, message.into(), help);
    }

    /// Something was assumed.
    pub fn note(&mut self, span: Span, message: impl Into<String>) {
        self.push(span, Severity::Note, message.into(), None);
    }

    /// Left out of the simulation; the same thing is listed once.
    pub fn leave_out(&mut self, span: Span, message: String) {
        let full = self.not_simulated.len() >= limits::DIAGNOSTICS;
        if !full && self.not_simulated.iter().all(|d| d.message != message) {
            self.not_simulated.push(Diagnostic::new(self.file, self.text, span, Severity::Note, message));
        }
    }
}
