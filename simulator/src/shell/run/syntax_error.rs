//! What is wrong with a text, in the template of the variant that fits.
//!
//! Not here: the shell that explains it in lines of its own (`syntax_words`).

use super::Shell;
use super::script::{ScriptFrame, Source};
use crate::base::diagnostic::{line_ends, text_before};
use crate::shell::ast::{SyntaxError, SyntaxErrorKind};
use crate::shell::variants::messages::{Messages, fill};

/// What a message is made of.
struct Told {
    template: &'static str,
    /// What cannot stand there.
    name: String,
    /// What could.
    expected: &'static str,
    /// What was left open.
    opened: &'static str,
    line: u32,
}

impl Told {
    /// A template, with what cannot stand there.
    fn of(template: &'static str, name: impl Into<String>, line: u32) -> Told {
        Told { template, name: name.into(), expected: "", opened: "", line }
    }
}

/// Lines, from 1, that a message may tell.
struct Lines {
    /// Where the error stands.
    own: u32,
    /// Where the shell notices it.
    noticed: u32,
    /// Where what is left open begins, where that is told.
    left_open: u32,
}

impl Shell {
    /// The words of a syntax error.
    pub(super) fn syntax_error(&mut self, error: &SyntaxError, frame: &ScriptFrame) -> String {
        let messages = &self.columns().messages;
        if let Some(words) = messages.syntax_words {
            return self.explained(words, error, frame);
        }
        let text: &str = &frame.text;
        let before = text_before(text, error.span.start);
        let innermost = error.inside.filter(|_| messages.names_innermost);
        let noticed = error.noticed_line + frame.line;
        let begins = innermost.map(|(_, at)| line_ends(text_before(text, at)) + 1 + frame.line);
        let own = line_ends(before) + 1 + frame.line;
        let told = self.told_of(error, &Lines { own, noticed, left_open: begins.unwrap_or(noticed) });
        let line = told.line;
        let ran = std::mem::replace(&mut self.state.line, line);
        if messages.names_callers {
            // The line of the command that ran last, from the second one on.
            self.state.line = if matches!(frame.source, Source::Eval) || ran == 1 { 0 } else { ran };
        }
        self.state.context = frame.context.clone();
        self.state.reading = frame.reading.clone().map(|(file, _)| (file, line));
        let (prefix, sh) = (self.prefix(), self.name());
        self.state.line = line;
        // A text without a newline at its end is read as if it had one.
        let end_line = noticed + u32::from(!text.ends_with('\n'));
        let number = |line: u32| line.saturating_sub(self.state.lines_apart).to_string();
        let message = fill(
            told.template,
            &[
                ("prefix", &prefix),
                ("sh", &sh),
                ("last", last_token(text)),
                ("word", &near(text, before)),
                ("name", &told.name),
                ("expected", told.expected),
                ("opened", told.opened),
                ("inside", innermost.map_or("", |(word, _)| word)),
                ("line", &number(line)),
                ("end_line", &number(end_line)),
                ("text", text.lines().nth(before.matches('\n').count()).unwrap_or("")),
            ],
        );
        // Under `set -e` the first line of an error ends the shell (bash `error.c`, `parser_error`).
        let message = match message.split_once('\n') {
            Some((first, _)) if self.state.options.errexit && self.state.conditions == 0 => first.to_owned(),
            _ => message,
        };
        match frame.source {
            Source::Eval => message.replace(": -c:", ": eval:"),
            _ if self.state.in_file => message.replace(": -c:", ":"),
            _ => message,
        }
    }

    /// The template for an error, and what it names.
    fn told_of(&self, error: &SyntaxError, lines: &Lines) -> Told {
        let (messages, details) = (&self.columns().messages, &self.columns().details);
        let &Lines { own, noticed, left_open } = lines;
        match &error.kind {
            SyntaxErrorKind::Unclosed { close, open } => {
                let at_end = if details.quotes_open_line { own } else { noticed };
                match (*open, *close) {
                    (_, "`") => Told { opened: "`", ..Told::of(messages.unclosed_backquote, "`", at_end) },
                    ("$(", ")") => {
                        let line = if messages.names_innermost { own } else { noticed };
                        Told { expected: ")", opened: "(", ..Told::of(messages.unclosed_parenthesis, ")", line) }
                    }
                    (opened, close) => Told { opened, ..Told::of(messages.unclosed, close, at_end) },
                }
            }
            SyntaxErrorKind::Unexpected { token, expected } if token == "end of file" => {
                let innermost = messages.names_innermost;
                let alone = if innermost { error.inside.is_none() } else { expected.is_none() };
                let template = if alone { messages.unexpected_end_alone } else { messages.unexpected_end };
                let expected = expected.filter(|_| !innermost).unwrap_or("");
                Told { expected, ..Told::of(template, "", if innermost { left_open } else { noticed }) }
            }
            SyntaxErrorKind::Unexpected { token, expected } => {
                let name = named_token(token, messages, details.token_classes);
                // The newline itself has been read.
                let line = own + u32::from(token == "newline" && details.token_classes);
                match expected.filter(|e| *e != "word") {
                    Some("]]") if !messages.unexpected_in_test.is_empty() => {
                        Told::of(messages.unexpected_in_test, name, line)
                    }
                    Some(expected) => Told { expected, ..Told::of(messages.unexpected_expecting, name, line) },
                    None => Told::of(messages.unexpected, name, line),
                }
            }
            SyntaxErrorKind::UnexpectedEnd { expected, opened } => {
                let expected = expected.unwrap_or("");
                Told { expected, opened, ..Told::of(messages.unexpected_end, "", left_open) }
            }
            SyntaxErrorKind::BadSubstitution(text) => Told::of(messages.bad_substitution, text, own),
            SyntaxErrorKind::BadFunctionName(name) => Told::of(messages.bad_function_name, name, own),
            SyntaxErrorKind::BadLoopVariable(name) if messages.bad_loop_variable.is_empty() => {
                Told::of(messages.unexpected, quoted(name, messages), own)
            }
            SyntaxErrorKind::BadLoopVariable(_) => Told::of(messages.bad_loop_variable, "", own),
            SyntaxErrorKind::TooLarge(what) => Told::of("{prefix}{name}", *what, own),
        }
    }
}

/// A word between the quotes of the variant.
fn quoted(word: &str, messages: &Messages) -> String {
    let (open, close) = messages.token_quotes;
    format!("{open}{word}{close}")
}

/// How a message calls a token; `classes`: words and redirections have names of their own, without quotes.
fn named_token(token: &str, messages: &Messages, classes: bool) -> String {
    const OPERATORS: &[&str] = &["&&", "||", ";;", "&", ";", "|", "(", ")"];
    const RESERVED: &[&str] = &[
        "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{", "}", "!", "in",
    ];
    let redirects = token.starts_with(['<', '>']);
    match token {
        "newline" if classes => token.to_owned(),
        _ if !classes && redirects && messages.names_innermost => quoted(&format!("{token} "), messages),
        _ if !classes || OPERATORS.contains(&token) || RESERVED.contains(&token) => quoted(token, messages),
        _ if redirects => "redirection".into(),
        _ => "word".into(),
    }
}

/// How much of the text a message shows (zsh `Src/parse.c`, `yyerror`).
const NEAR: usize = 20;

/// The line from the word on that `before` ends in the middle of, or behind, as much as is shown of it.
fn near(text: &str, before: &str) -> String {
    let start = before.rfind(|c: char| c.is_whitespace() || ";&|(".contains(c)).map_or(0, |at| at + 1);
    let word = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let cut = word.chars().count() > NEAR;
    word.chars().take(NEAR).chain("...".chars().filter(|_| cut)).collect()
}

/// What stands last in a text.
fn last_token(text: &str) -> &str {
    let operator = |c: char| "|&;(){}<>".contains(c);
    let text = text.trim_end_matches(' ');
    if text.ends_with('\n') {
        return "\\n";
    }
    let inside = |c: char| c.is_whitespace() || operator(c) != text.ends_with(operator);
    text.rfind(inside).and_then(|at| text.get(at..)).map_or(text, |rest| rest.trim_start_matches(inside))
}
