//! What is wrong with a text in the words of a shell that explains it, one line a thing (yash `parser.c`, `serror`).

use super::Shell;
use super::script::{ScriptFrame, Source};
use crate::base::diagnostic::{line_ends, text_before};
use crate::shell::ast::{SyntaxError, SyntaxErrorKind};
use crate::shell::parse::bad_character;
use crate::shell::variants::syntax_words::SyntaxWords;

/// Tokens behind which a command has to come.
const OPERATORS: &[char] = &['|', '&', ';', '!', '{', '('];

impl Shell {
    /// The lines, with what stands in front of each.
    pub(super) fn explained(&self, words: &SyntaxWords, error: &SyntaxError, frame: &ScriptFrame) -> String {
        let text: &str = &frame.text;
        let before = |error: &SyntaxError| text_before(text, error.span.start);
        let line_of = |part: &str| line_ends(part) + 1 + frame.line;
        let file = match frame.source {
            Source::CommandString if self.state.arg0 == self.row.argv0 => format!("{} -c", self.state.arg0),
            Source::CommandString | Source::File => self.state.arg0.clone(),
            Source::Eval => "eval".to_owned(),
            Source::Dot => frame.context.as_deref().unwrap_or(".").to_owned(),
            Source::Trap if self.state.exit_trap_ran => "EXIT trap".to_owned(),
            Source::Trap => "trap".to_owned(),
            Source::Substitution => "command substitution".to_owned(),
        };
        let on_input = frame.source == Source::File && self.state.options.stdin;
        let prefix = if on_input { words.prefix_on_input } else { words.prefix };
        let told = |error: &SyntaxError| {
            let line = if at_end(&error.kind) { line_of(text) } else { line_of(before(error)) };
            let prefix = prefix.replace("{file}", &file).replace("{line}", &line.to_string());
            told(words, error, before(error)).into_iter().map(move |line| format!("{prefix}{line}"))
        };
        std::iter::once(error).chain(&error.further).flat_map(told).collect::<Vec<_>>().join("\n")
    }
}

/// Is it noticed at the end of the text?
fn at_end(kind: &SyntaxErrorKind) -> bool {
    match kind {
        SyntaxErrorKind::Unclosed { .. } | SyntaxErrorKind::UnexpectedEnd { .. } => true,
        SyntaxErrorKind::Unexpected { token, .. } => token == "end of file",
        SyntaxErrorKind::BadSubstitution(_)
        | SyntaxErrorKind::BadFunctionName(_)
        | SyntaxErrorKind::BadLoopVariable(_)
        | SyntaxErrorKind::TooLarge(_) => false,
    }
}

/// What is told: the thing itself, then what closes the constructs around it.
fn told(words: &SyntaxWords, error: &SyntaxError, before: &str) -> Vec<String> {
    let named = |template: &str, name: &str| template.replace("{name}", name);
    let text_of = |table: &[(&str, &str)], key: &str| table.iter().find(|(k, _)| *k == key).map(|(_, t)| named(t, key));
    let missing = |name: &str| named(words.missing, name);
    let mut around: Vec<&str> = error.around.clone();
    let mut lines = match &error.kind {
        SyntaxErrorKind::Unclosed { open, close } => {
            vec![text_of(words.unclosed, open).unwrap_or_else(|| missing(close))]
        }
        SyntaxErrorKind::UnexpectedEnd { expected, .. } => {
            let first = expected.unwrap_or("");
            let second = if first == "then" { Some("fi") } else { (first == "do").then_some("done") };
            [Some(first), second].into_iter().flatten().map(missing).collect()
        }
        SyntaxErrorKind::Unexpected { token, expected } if token == "end of file" => match expected {
            Some("word") => vec![no_word(words, before)],
            Some(expected) => vec![missing(expected)],
            None => vec![words.no_command_at_end.to_owned()],
        },
        SyntaxErrorKind::Unexpected { expected: Some("word"), .. } => vec![no_word(words, before)],
        SyntaxErrorKind::Unexpected { token, expected } => match (text_of(words.closing, token), expected) {
            (Some(text), Some(expected)) => {
                around.retain(|closer| closer != token);
                vec![text, named(words.missed, expected)]
            }
            (Some(text), None) => vec![text],
            (None, Some(")")) if before.trim_end().ends_with('(') => vec![words.function_parenthesis.to_owned()],
            (None, Some(expected)) if token == "(" && !matches!(*expected, "]]" | ")") => {
                vec![words.parenthesis.to_owned(), missing(expected)]
            }
            (None, Some(expected)) => vec![missing(expected)],
            (None, None) if token == "(" => vec![words.parenthesis.to_owned()],
            (None, None) if token.starts_with(OPERATORS) && needs_command(before) => {
                vec![named(words.no_command, token.get(..1).unwrap_or(""))]
            }
            (None, None) if before.trim_end().ends_with("for") => vec![named(words.bad_name, token)],
            (None, None) => vec![words.no_separator.to_owned()],
        },
        SyntaxErrorKind::BadSubstitution(text) => {
            around.clear();
            vec![in_parameter(words, text)]
        }
        SyntaxErrorKind::BadLoopVariable(name) if name.starts_with('(') => vec![no_word(words, before)],
        SyntaxErrorKind::BadLoopVariable(name) => vec![named(words.bad_name, name)],
        SyntaxErrorKind::BadFunctionName(_) => vec![words.bad_function_name.to_owned()],
        SyntaxErrorKind::TooLarge(what) => vec![(*what).to_owned()],
    };
    lines.extend(around.into_iter().map(missing));
    lines
}

/// Does a command have to come behind this?
fn needs_command(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty() || before.ends_with(OPERATORS)
}

/// A word is missing: by what stands in front of it.
fn no_word(words: &SyntaxWords, before: &str) -> String {
    let before = before.trim_end();
    let found = words.no_word.iter().find(|(front, _)| before.ends_with(front));
    found.map_or_else(String::new, |(_, text)| (*text).to_owned())
}

/// The first character of `${..}` that cannot stand there.
fn in_parameter(words: &SyntaxWords, text: &str) -> String {
    let Some(at) = bad_character(text) else { return words.no_parameter.to_owned() };
    let bad = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('}');
    words.bad_in_parameter.replace("{name}", &bad.to_string())
}
