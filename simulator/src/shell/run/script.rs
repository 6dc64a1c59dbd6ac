//! Texts that run command by command: `-c`, files, `eval`, `.`, traps, substitutions.

use super::Shell;
use super::step::{Frame, Step};
use crate::program::{Call, Sys};
use crate::shell::ast::Script;
use crate::shell::parse::parse;
use crate::shell::plan::{Context, Place, compile_complete};
use crate::shell::variants::Shapes;
use std::sync::Arc;

/// Where a text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `-c`
    CommandString,
    /// A script file or standard input.
    File,
    /// `eval`
    Eval,
    /// `.`
    Dot,
    /// A trap's action.
    Trap,
    /// `$( )`
    Substitution,
}

/// A text that runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScriptFrame {
    pub script: Arc<Script>,
    pub text: Arc<str>,
    /// Lines in front of it.
    pub line: u32,
    pub next: usize,
    pub source: Source,
    /// Where its last command stands.
    pub place: Place,
}

impl ScriptFrame {
    pub fn new(text: Arc<str>, line: u32, source: Source, shell: &Shell) -> ScriptFrame {
        let script = Arc::new(parse(&text, &shell.row.columns.syntax));
        let tail = &shell.row.columns.tail;
        let shapes: &'static Shapes = match source {
            Source::CommandString => &tail.command_string,
            Source::File => &tail.file,
            Source::Substitution => &tail.substitution,
            Source::Eval | Source::Dot | Source::Trap => &Shapes::NONE,
        };
        let plain = !tail.plain_text_only || source != Source::CommandString || is_plain(&text);
        let place = if *shapes == Shapes::NONE || !plain { Place::Inside } else { Place::Last(shapes) };
        ScriptFrame { script, text, line, next: 0, source, place }
    }
}

/// No character that means something to a shell.
fn is_plain(text: &str) -> bool {
    !text.contains(|c| ";&|<>(){}$`\\\"'*?[]#~=%\n!".contains(c))
}

/// Does anything but `;` stand behind the last command?
fn text_follows(text: &str, end: u32) -> bool {
    let rest = text.get(usize::try_from(end).unwrap_or(0)..).unwrap_or("");
    !rest.strip_prefix(';').unwrap_or(rest).is_empty()
}

impl Shell {
    /// Runs the next command of a text.
    pub(super) fn run_script(&mut self, mut frame: Box<ScriptFrame>, sys: &Sys<'_>) -> Option<Call> {
        if self.has_signals() {
            self.stack.push(Step::Script(frame));
            return self.act_on_signals(sys);
        }
        let script = frame.script.clone();
        if script.error.is_some() && (self.columns().details.reads_all_first || frame.next >= script.commands.len()) {
            return self.stop_at_syntax_error(&frame);
        }
        let command = script.commands.get(frame.next)?;
        frame.next += 1;
        let tail = &self.columns().tail;
        let hidden = (command.newline_follows && !tail.final_newline && frame.source != Source::Substitution)
            || (!tail.trailing_text && text_follows(&frame.text, command.list.span.end));
        let place = if command.last && !hidden { frame.place } else { Place::Inside };
        let context = Context { tail, text: frame.text.clone(), line: frame.line, place, in_list: false };
        let code = compile_complete(command, &context);
        let (text, line) = (frame.text.clone(), frame.line);
        if !(command.last && script.error.is_none()) {
            self.stack.push(Step::Script(frame));
        }
        if !self.state.options.noexec {
            let mut plan = Frame::new(code, text, line);
            plan.began_without_traps = self.state.traps.is_empty();
            self.stack.push(Step::Code(Box::new(plan)));
        }
        None
    }

    fn stop_at_syntax_error(&mut self, frame: &ScriptFrame) -> Option<Call> {
        let error = frame.script.error.as_ref()?;
        let mut message = self.syntax_error(error, &frame.text, frame.line);
        let details = &self.columns().details;
        let status = u16::from(details.syntax_error_status);
        let inner = matches!(frame.source, Source::Eval | Source::Dot | Source::Trap);
        if frame.source == Source::Eval {
            message = message.replace(": -c: ", ": eval: ");
        }
        if inner && !details.syntax_error_in_eval_is_fatal {
            self.state.status = status;
        } else {
            self.exit_with(status);
        }
        self.error(message);
        None
    }

    /// Pushes a text to be run next.
    pub(super) fn push_text(&mut self, text: Arc<str>, line: u32, source: Source, place: Place) {
        let mut frame = ScriptFrame::new(text, line, source, self);
        if source != Source::Substitution {
            frame.place = place;
        }
        self.stack.push(Step::Script(Box::new(frame)));
    }
}
