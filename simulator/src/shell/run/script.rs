//! Texts that run command by command: `-c`, files, `eval`, `.`, traps, substitutions.

use super::Shell;
use super::alias::Reading;
use super::step::{Frame, Step};
use crate::base::diagnostic::{line_ends, text_before};
use crate::program::{Call, Sys};
use crate::shell::ast::{Command, CommandKind, List, Script, Substitution};
pub(super) use crate::shell::plan::Source;
use crate::shell::plan::{Context, Hurdle, Place, compile_complete, place_of_command, place_of_text};
use crate::shell::variants::InnerLines;
use std::sync::Arc;

/// A text that runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScriptFrame {
    pub script: Arc<Script>,
    pub text: Arc<str>,
    /// Lines in front of it.
    pub line: u32,
    pub next: usize,
    /// `set -v` has shown it up to there.
    pub shown: usize,
    pub source: Source,
    /// Where its last command stands.
    pub place: Place,
    /// `eval` or the file that it is.
    pub context: Option<Arc<str>>,
    /// The line from which lines are counted.
    pub line_base: u32,
    /// The file that it is, or where one stood when it began; see `State::reading`.
    pub reading: Option<(Arc<str>, u32)>,
    /// Which aliases were replaced in it.
    pub aliases: Reading,
}

impl ScriptFrame {
    pub fn new(text: Arc<str>, line: u32, source: Source, shell: &Shell) -> ScriptFrame {
        ScriptFrame::read(text, line, source, false, shell)
    }

    /// The same for a text that may have stood between backquotes.
    fn read(text: Arc<str>, line: u32, source: Source, backquoted: bool, shell: &Shell) -> ScriptFrame {
        let (script, aliases) = shell.read_text(text, source, backquoted);
        let (script, text) = (Arc::new(script), aliases.text());
        let place = place_of_text(&text, source, &shell.row.columns.tail);
        let scope = shell.row.columns.details.names_scope;
        let eval = scope && shell.row.columns.nesting.eval_is_scope;
        let context = match source {
            Source::Eval if eval => Some("(eval)".into()),
            Source::Eval if !scope => Some("eval".into()),
            Source::Dot => shell.state.calls.last().map(|call| call.file.clone()),
            Source::Eval | Source::Trap | Source::Substitution if scope => shell.state.context.clone(),
            Source::CommandString | Source::File | Source::Eval | Source::Trap | Source::Substitution => None,
        };
        let inherits =
            scope && (matches!(source, Source::Trap | Source::Substitution) || source == Source::Eval && !eval);
        let line_base = if inherits { shell.state.line_base } else { 0 };
        let line = if eval && source == Source::Eval { 0 } else { line };
        let reading = match source {
            Source::File if shell.state.options.stdin => Some(("<stdin>".into(), 1)),
            Source::File => Some((shell.state.arg0.as_str().into(), 1)),
            Source::Dot => context.clone().map(|file| (file, 1)),
            Source::Substitution => shell.state.reading.clone(),
            Source::CommandString | Source::Eval | Source::Trap => None,
        };
        ScriptFrame { script, text, line, next: 0, shown: 0, source, place, context, line_base, reading, aliases }
    }

    /// Where reading stands once `text` has been read up to there.
    fn read_up_to(&self, offset: u32) -> Option<(Arc<str>, u32)> {
        let (file, line) = self.reading.clone()?;
        if self.source == Source::Substitution {
            return Some((file, line));
        }
        Some((file, self.line + 1 + line_ends(text_before(&self.text, offset))))
    }
}

/// A compound command at the end of a list: the shell ends inside it.
fn compound_at_end(list: &List) -> Option<&Command> {
    let item = list.items.last().filter(|item| !item.background)?;
    let pipeline = item.and_or.rest.last().map_or(&item.and_or.first, |(_, pipeline)| pipeline);
    pipeline.commands.last().filter(|command| {
        let apart = matches!(command.kind, CommandKind::Simple(_) | CommandKind::Subshell(_));
        !pipeline.negated && !apart && !matches!(command.kind, CommandKind::Test(_) | CommandKind::Arith(_))
    })
}

impl Shell {
    /// Runs the next command of a text.
    pub(super) fn run_script(&mut self, mut frame: Box<ScriptFrame>, sys: &Sys<'_>) -> Option<Call> {
        if self.has_signals() {
            self.stack.push(Step::Script(frame));
            return self.act_on_signals(sys);
        }
        self.read_again(&mut frame);
        let script = frame.script.clone();
        if script.error.is_some()
            && (self.columns().details.read_whole.contains(&frame.source) || frame.next >= script.commands.len())
        {
            return self.stop_at_syntax_error(&frame);
        }
        let Some(command) = script.commands.get(frame.next) else {
            if frame.next == 0 && frame.source == Source::Eval {
                self.state.status = 0;
            }
            return None;
        };
        frame.next += 1;
        if !matches!(frame.source, Source::Trap | Source::Substitution) {
            self.state.exit_lost_in = self.state.exit_lost_in.filter(|depth| *depth < self.state.evaluating);
        }
        let lines = line_ends(text_before(&frame.text, command.read_to));
        if frame.source != Source::Substitution {
            // The newline behind the command has been read with it; a substitution was read with its command.
            let newline = u32::from(command.newline_follows);
            self.state.read_line = frame.line.saturating_add(1 + newline).saturating_add(lines);
        }
        let place = place_of_command(command, &frame.text, frame.source, frame.place, &self.columns().tail);
        let context = Context::new(self.columns(), frame.text.clone(), frame.line, place);
        let code = compile_complete(command, &context);
        let (text, line, context, line_base) = (frame.text.clone(), frame.line, frame.context.clone(), frame.line_base);
        let parsed = line_at(&frame.text, command.list.span.end) + frame.line;
        let reading = frame.read_up_to(command.read_to);
        let lines = self.lines_to_show(&mut frame, command.read_to);
        if !(command.last && script.error.is_none()) {
            self.stack.push(Step::Script(frame));
        } else if self.columns().details.names_scope && matches!(frame.source, Source::File | Source::CommandString) {
            // At its end a file has been read to its last line; a string has been read before it began.
            let lines = line_ends(&text) + 1;
            let inside = compound_at_end(&command.list).map(|last| line_at(&text, last.span.start.saturating_add(1)));
            if frame.source == Source::File {
                self.stack.push(Step::EndOfFile);
            }
            self.stack.push(Step::Line(if frame.source == Source::File { lines } else { inside.unwrap_or(1) }));
        }
        if !self.state.options.noexec {
            let mut plan = Frame::new(code, text, line);
            plan.context = context;
            plan.line_base = line_base;
            plan.reading = reading;
            plan.began_without_traps = self.state.traps.is_empty();
            self.stack.push(Step::Code(Box::new(plan)));
        }
        self.look_through_table_at(parsed);
        self.write(2, lines);
        None
    }

    /// The lines that were read with a command, if `set -v` shows them.
    fn lines_to_show(&self, frame: &mut ScriptFrame, read_to: u32) -> String {
        let read_to = usize::try_from(read_to).unwrap_or(0);
        let rest = frame.text.get(read_to.saturating_sub(1)..).unwrap_or("");
        let end = rest.split_inclusive('\n').next().map_or(0, str::len) + read_to.saturating_sub(1);
        let lines = frame.text.get(std::mem::replace(&mut frame.shown, end)..end).unwrap_or("");
        let shows = frame.source == Source::File || self.columns().invocation.shows_strings;
        match self.state.options.verbose && shows && !lines.is_empty() {
            true => format!("{}\n", lines.trim_end_matches('\n')),
            false => String::new(),
        }
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

    /// How many lines count as standing in front of an inner text.
    pub(super) fn lines_before(&self, lines: InnerLines) -> u32 {
        match lines {
            InnerLines::One => self.state.lines_apart,
            InnerLines::Current => self.state.line.saturating_sub(1),
        }
    }

    /// Pushes the commands of a substitution.
    pub(super) fn push_substitution(&mut self, text: Arc<str>, line: u32, substitution: &Substitution) {
        // What stands in `$( )` was read with the command around it: nothing behind its last command hides that.
        let inside = text.trim_end();
        let hides = !self.columns().tail.trailing_text && !substitution.backquoted;
        let cuts = hides && !inside.ends_with('\\') && !inside.contains("<<");
        let text = if cuts { inside.into() } else { text };
        let mut frame = ScriptFrame::read(text, line, Source::Substitution, substitution.backquoted, self);
        if substitution.process.is_some() && self.columns().jobs.process_substitution_forks {
            frame.place = Place::Inside(Hurdle::Substitution);
        }
        self.stack.push(Step::Script(Box::new(frame)));
    }

    /// Pushes a text to be run next.
    pub(super) fn push_text(&mut self, text: Arc<str>, line: u32, source: Source, place: Place) {
        let mut frame = ScriptFrame::new(text, line, source, self);
        frame.place = place;
        self.stack.push(Step::Script(Box::new(frame)));
    }
}

/// The line of a place in a text, from 1.
fn line_at(text: &str, at: u32) -> u32 {
    1 + line_ends(text_before(text, at).trim_end_matches('\n'))
}
