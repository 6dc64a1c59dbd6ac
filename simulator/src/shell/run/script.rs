//! Texts that run command by command: `-c`, files, `eval`, `.`, traps, substitutions.

use super::Shell;
use super::step::{Frame, Step};
use crate::program::{Call, Sys};
use crate::shell::ast::Script;
use crate::shell::parse::parse;
pub(super) use crate::shell::plan::Source;
use crate::shell::plan::{Context, Place, compile_complete, place_of_command, place_of_text};
use std::sync::Arc;

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
    /// `eval` or the file that it is.
    pub context: Option<Arc<str>>,
}

impl ScriptFrame {
    pub fn new(text: Arc<str>, line: u32, source: Source, shell: &Shell) -> ScriptFrame {
        let script = Arc::new(parse(&text, &shell.row.columns.syntax));
        let place = place_of_text(&text, source, &shell.row.columns.tail);
        let context = match source {
            Source::Eval => Some("eval".into()),
            Source::Dot => shell.state.calls.last().map(|call| call.file.clone()),
            Source::CommandString | Source::File | Source::Trap | Source::Substitution => None,
        };
        ScriptFrame { script, text, line, next: 0, source, place, context }
    }
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
        let place = place_of_command(command, &frame.text, frame.source, frame.place, tail);
        let context = Context { tail, text: frame.text.clone(), line: frame.line, place, in_list: false };
        let code = compile_complete(command, &context);
        let (text, line, context) = (frame.text.clone(), frame.line, frame.context.clone());
        if !(command.last && script.error.is_none()) {
            self.stack.push(Step::Script(frame));
        }
        if !self.state.options.noexec {
            let mut plan = Frame::new(code, text, line);
            plan.context = context;
            plan.began_without_traps = self.state.traps.is_empty();
            self.stack.push(Step::Code(Box::new(plan)));
        }
        None
    }

    fn stop_at_syntax_error(&mut self, frame: &ScriptFrame) -> Option<Call> {
        let error = frame.script.error.as_ref()?;
        let message = self.syntax_error(error, frame);
        let details = &self.columns().details;
        let status = u16::from(details.syntax_error_status);
        let inner = matches!(frame.source, Source::Eval | Source::Dot | Source::Trap);
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
