//! Messages on standard error, in the words of the variant.

use super::Shell;
use super::step::{Returned, Step};
use crate::base::signal::Signal;
use crate::program::Call;
use crate::shell::ast::{SyntaxError, SyntaxErrorKind};
use crate::shell::variants::messages::fill;

impl Shell {
    /// What stands in front of a message about a command.
    pub(super) fn prefix(&self) -> String {
        let messages = &self.columns().messages;
        let template = if self.state.in_file { messages.file_prefix } else { messages.prefix };
        self.place(template, "")
    }

    /// What stands in front of a message of a builtin.
    pub(super) fn builtin_prefix(&self, builtin: &str) -> String {
        let messages = &self.columns().messages;
        let template = if self.state.in_file { messages.file_builtin_prefix } else { messages.builtin_prefix };
        self.place(template, builtin)
    }

    fn place(&self, template: &str, builtin: &str) -> String {
        let line = self.state.line.to_string();
        let line0 = self.state.line.saturating_sub(1).to_string();
        fill(template, &[("sh", &self.state.arg0), ("line", &line), ("line0", &line0), ("builtin", builtin)])
    }

    /// A message made of a template of the variant.
    pub(super) fn message(&self, template: &str, builtin: &str, values: &[(&str, &str)]) -> String {
        let prefix = self.prefix();
        let builtin_prefix = self.builtin_prefix(builtin);
        let mut all =
            vec![("prefix", prefix.as_str()), ("builtin_prefix", builtin_prefix.as_str()), ("builtin", builtin)];
        all.push(("sh", &self.state.arg0));
        all.extend_from_slice(values);
        fill(template, &all)
    }

    /// Writes a line to standard error; an empty one is no line.
    pub(super) fn error(&mut self, message: String) {
        if !message.is_empty() {
            self.write(2, message + "\n");
        }
    }

    /// Writes before anything else happens.
    pub(super) fn write(&mut self, fd: u32, text: String) {
        if !text.is_empty() {
            self.stack.push(Step::Returned(Returned::Write));
            self.stack.push(Step::Do(Call::Write(fd, text.into())));
        }
    }

    /// The words of a syntax error.
    pub(super) fn syntax_error(&self, error: &SyntaxError, text: &str, line: u32) -> String {
        let messages = &self.columns().messages;
        let at = usize::try_from(error.span.start).unwrap_or(0);
        let before = text.get(..at).unwrap_or("");
        let own_line = u32::try_from(before.matches('\n').count()).unwrap_or(0) + 1 + line;
        let source = text.lines().nth(before.matches('\n').count()).unwrap_or("");
        let (open_quote, close_quote) = messages.token_quotes;
        let quoted = |token: &str| format!("{open_quote}{token}{close_quote}");
        let (template, name, expected, opened) = match &error.kind {
            SyntaxErrorKind::Unclosed { close, open } => (messages.unclosed, (*close).to_string(), "", *open),
            SyntaxErrorKind::Unexpected { token, expected: Some(expected) } => {
                (messages.unexpected_expecting, quoted(token), *expected, "")
            }
            SyntaxErrorKind::Unexpected { token, expected: None } => {
                let plain = token == "newline" || token == "end of file";
                (messages.unexpected, if plain { token.clone() } else { quoted(token) }, "", "")
            }
            SyntaxErrorKind::UnexpectedEnd { expected, opened } => {
                (messages.unexpected_end, String::new(), expected.unwrap_or(""), *opened)
            }
            SyntaxErrorKind::BadSubstitution(text) => (messages.bad_substitution, text.clone(), "", ""),
            SyntaxErrorKind::BadFunctionName(name) => (messages.bad_function_name, name.clone(), "", ""),
            SyntaxErrorKind::TooLarge(what) => ("{prefix}{name}", (*what).to_string(), "", ""),
        };
        let line = own_line.to_string();
        let end_line = (error.noticed_line + 1).to_string();
        let values = [
            ("name", name.as_str()),
            ("expected", expected),
            ("opened", opened),
            ("line", &line),
            ("end_line", &end_line),
            ("text", source),
        ];
        let prefix = fill(
            if self.state.in_file { messages.file_prefix } else { messages.prefix },
            &[("sh", &self.state.arg0), ("line", &line), ("line0", &line)],
        );
        let mut all = vec![("prefix", prefix.as_str()), ("sh", self.state.arg0.as_str())];
        all.extend_from_slice(&values);
        let message = fill(template, &all);
        if self.state.in_file { message.replace(": -c:", ":") } else { message }
    }
}

/// What strsignal(3) says.
pub(super) fn description(signal: Signal) -> String {
    const TEXTS: &[(Signal, &str)] = &[
        (Signal::HUP, "Hangup"),
        (Signal::INT, "Interrupt"),
        (Signal::QUIT, "Quit"),
        (Signal::ILL, "Illegal instruction"),
        (Signal::ABRT, "Aborted"),
        (Signal::BUS, "Bus error"),
        (Signal::FPE, "Floating point exception"),
        (Signal::KILL, "Killed"),
        (Signal::USR1, "User defined signal 1"),
        (Signal::SEGV, "Segmentation fault"),
        (Signal::USR2, "User defined signal 2"),
        (Signal::PIPE, "Broken pipe"),
        (Signal::ALRM, "Alarm clock"),
        (Signal::TERM, "Terminated"),
    ];
    match TEXTS.iter().find(|(s, _)| *s == signal) {
        Some((_, text)) => (*text).into(),
        None => format!("Signal {}", signal.number()),
    }
}
