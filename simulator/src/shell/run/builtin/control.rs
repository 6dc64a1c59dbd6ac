//! `exit return break continue eval exec command . shift`.

use super::super::exec::By;
use super::super::redirect::{Then, with_reason};
use super::super::script::Source;
use super::super::simple::Ready;
use super::super::state::{Running, TrapOn};
use super::super::step::{Frame, Step};
use super::Shell;
use crate::base::errno::Errno;
use crate::base::signal::Signal;
use crate::kernel::fs::Content;
use crate::program::{Call, Sys};
use crate::shell::plan::{Hurdle, Op, Place};
use crate::trace::Disposition;

/// Where `command -p` looks.
const STANDARD_PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

impl Shell {
    pub(super) fn exit_builtin(&mut self, args: &[String]) {
        let status = match args.first().cloned() {
            Some(text) => match self.number("exit", &text) {
                Some(status) => status,
                None => return,
            },
            None => self.status_in_trap().unwrap_or(self.state.status),
        };
        if self.exits_again(status) {
            return;
        }
        let outermost = self.state.calls.first().map(|call| call.line);
        self.state.skips_exit_trap = false;
        self.exit_normally(status);
        self.keep_exit_status();
        if let Some(line) = outermost.filter(|_| self.columns().details.names_scope && self.state.in_file) {
            // The functions are left before the EXIT trap runs.
            self.stack.push(Step::Line(line));
        }
    }

    pub(super) fn return_builtin(&mut self, args: &[String]) {
        let status = match args.first().cloned() {
            Some(text) => match self.number("return", &text) {
                Some(status) => status,
                None => return,
            },
            None => self.status_in_trap().unwrap_or(self.state.status),
        };
        if self.state.in_trap > 0 && self.columns().traps.return_ends_action && self.leave_action() {
            return;
        }
        let negated = self.columns().traps.return_is_negated && self.is_negated();
        self.state.status = if negated { u16::from(status == 0) } else { status };
        if self.leave_function() {
            return;
        }
        if !self.state.calls.is_empty() {
            // A child of the function or file that runs: it ends.
            self.exit_with(status);
            return;
        }
        let builtins = &self.columns().builtins;
        if builtins.return_outside_ends && (builtins.usage_is_fatal || builtins.return_ends_quietly) {
            self.exit_normally(status);
        } else {
            if builtins.return_outside_ends {
                self.exit_with(2);
            }
            let message =
                format!("{}can only `return' from a function or sourced script", self.builtin_prefix("return"));
            self.fail(2, message);
        }
    }

    /// Does `!` stand in front of the command that runs?
    fn is_negated(&self) -> bool {
        let frame = self.stack.iter().rev().find_map(|s| if let Step::Code(f) = s { Some(f) } else { None });
        let next = |frame: &Frame| (frame.code.get(frame.pc).cloned(), frame.code.get(frame.pc + 1).cloned());
        matches!(frame.map(|f| next(f)), Some((Some(Op::LeaveCondition), Some(Op::Negate))))
    }

    pub(super) fn break_builtin(&mut self, name: &str, args: &[String]) {
        let levels = match args.first().cloned() {
            Some(text) => match self.operand(&text).map(usize::try_from) {
                Some(Ok(n)) if n > 0 => n,
                number => {
                    let messages = &self.columns().messages;
                    let own = [messages.bad_count_value, messages.bad_count, messages.bad_number];
                    let own = own
                        .iter()
                        .skip(usize::from(number.is_none_or(|n| n.is_err())))
                        .find(|template| !template.is_empty());
                    let message = self.message(own.unwrap_or(&""), name, &[("name", &text)]);
                    let fatal = self.columns().builtins.outside_loop_is_fatal;
                    let status = if fatal { 1 } else { self.error_status(2) };
                    if fatal {
                        self.exit_with(status);
                    }
                    self.fail_special(name, status, message);
                    return;
                }
            },
            None => 1,
        };
        if !self.leave_loops(levels, name == "continue") {
            let message = self.message(self.columns().messages.outside_loop, name, &[]);
            let status = self.columns().builtins.outside_loop_status;
            if self.columns().builtins.outside_loop_is_fatal {
                self.exit_with(u16::from(status));
            }
            self.fail(u16::from(status), message);
        }
    }

    pub(super) fn eval(&mut self, args: &[String]) {
        let text = args.join(" ");
        if text.trim().is_empty() {
            self.state.status = 0;
        }
        self.enter_context("eval");
        self.state.evaluating += 1;
        self.stack.push(Step::EndEvaluating);
        if self.columns().details.eval_is_apart {
            let (conditions, errexit) = (self.state.conditions, Some(self.state.options.errexit));
            self.stack.push(Step::EndApart { conditions, errexit });
            self.state.options.errexit = false;
        }
        if self.columns().details.errexit_ends_eval {
            self.stack.push(Step::EndApart { conditions: self.state.conditions, errexit: None });
            self.state.conditions = 0;
        }
        let line = self.lines_before(self.columns().nesting.eval_lines);
        if self.columns().messages.names_callers {
            self.state.calls.push(Running { name: "eval".into(), file: "".into(), line: self.state.line });
            self.stack.push(Step::EndEval);
        }
        self.push_text(text.as_str().into(), line, Source::Eval, Place::Inside(Hurdle::InnerText));
    }

    /// From here on messages name this, where the variant does so, until its text has been run.
    fn enter_context(&mut self, name: &str) {
        if self.columns().nesting.names_context {
            let before = self.state.running_in.replace(name.into());
            self.stack.push(Step::EndContext(before));
        }
    }

    /// `exec`: with a command it replaces the shell, without one the redirections stay.
    pub(super) fn exec_builtin(&mut self, ready: Ready, sys: &Sys<'_>) {
        let mut argv: Vec<String> = ready.argv.into_iter().skip(1).collect();
        let by = match self.exec_options(&mut argv) {
            Ok(by) => by,
            Err(letter) => {
                self.illegal_option("exec", &letter.to_string());
                return;
            }
        };
        if argv.is_empty() {
            self.state.status = 0;
            return;
        }
        if self.columns().children.exec_runs_builtins && self.exec_inside(&mut argv, ready.place, sys) {
            return;
        }
        let assigns = ready.assigns.iter().filter_map(|a| Some((a.name.clone(), self.state.get(&a.name)?))).collect();
        let builtins = &self.columns().builtins;
        let sought = argv.first().filter(|name| builtins.exec_looks_up_first && !name.contains('/')).cloned();
        self.stack.push(Step::Exec { argv, assigns, by });
        let path = self.state.get("PATH").unwrap_or_default();
        if sought.is_some_and(|name| sys.files.find_executable(sys.cwd, &name, &path).is_err()) {
            return;
        }
        self.ignore_what_is_trapped();
        if self.state.options.monitor && std::mem::take(&mut self.state.ignores_terminal) {
            let terminal = [Signal::TSTP, Signal::TTIN, Signal::TTOU];
            self.stack.extend(terminal.map(|s| Step::Do(Call::Sigaction(s, Disposition::Default))));
        }
        if self.columns().signals.exec_gives_back_ignored {
            let calls = self.give_back_ignored();
            self.stack.extend(calls);
            self.give_back_keyboard();
        }
        if std::mem::take(&mut self.state.interactive) {
            self.leave_interactive(&[]);
        }
        self.release_for_replacement();
    }

    /// Takes the options of `exec` away, `-a name`, `-l` and `-c`, where the shell reads any there. The first letter that is
    /// none of them is refused.
    fn exec_options(&mut self, argv: &mut Vec<String>) -> Result<By, char> {
        let allowed = self.columns().builtins.exec_options;
        let (mut name, mut login, mut clear) = (None, false, false);
        while let Some(letters) = argv.first().and_then(|a| a.strip_prefix('-')).map(str::to_owned) {
            if allowed.is_empty() || letters.is_empty() {
                break;
            }
            argv.remove(0);
            if letters == "-" {
                break;
            }
            let (flags, given) = letters.split_once('a').map_or((&*letters, None), |(flags, rest)| (flags, Some(rest)));
            if let Some(letter) = flags.chars().find(|c| !allowed.contains(*c)) {
                return Err(letter);
            }
            login |= flags.contains('l');
            clear |= flags.contains('c');
            match given {
                Some("") if !argv.is_empty() => name = Some(argv.remove(0)),
                Some(rest) => name = Some(rest.to_owned()),
                None => {}
            }
        }
        if clear {
            self.state.vars.values_mut().for_each(|var| var.exported = false);
        }
        let dash = if login { "-" } else { "" };
        Ok(match (name, argv.first()) {
            (Some(name), _) => By::ExecAs(format!("{dash}{name}")),
            (None, Some(program)) if login => By::ExecAs(format!("{dash}{}", program.rsplit('/').next().unwrap_or(""))),
            (None, _) => By::Exec,
        })
    }

    /// `exec` of a builtin or function, where it is allowed: runs it, then leaves. False for a program.
    fn exec_inside(&mut self, argv: &mut Vec<String>, place: Place, sys: &Sys<'_>) -> bool {
        let mut plainly = false;
        while argv.len() > 1 && argv.first().is_some_and(|a| a == "command" || a == "exec") {
            plainly |= argv.remove(0) == "command";
        }
        let Some(name) = argv.first() else { return false };
        let function = !plainly && self.state.functions.contains_key(name.as_str());
        if !function && !self.is_builtin(name) {
            return false;
        }
        let place = match place {
            Place::Inside(hurdle) => Place::Inside(hurdle),
            Place::Last(_) | Place::LastOfLastTurn(_) => Place::Inside(Hurdle::NotLast),
        };
        let text = argv.join(" ").as_str().into();
        let (argv, assigns, arrays) = (std::mem::take(argv), Vec::new(), Vec::new());
        if !self.columns().traps.run_after_exec_of_builtin {
            self.state.traps.remove(&TrapOn::Exit);
        }
        self.stack.clear();
        self.stack.push(Step::Exit);
        self.dispatch(Ready { argv, assigns, arrays, place, text, plainly }, Vec::new(), sys);
        true
    }

    pub(super) fn command_builtin(&mut self, mut ready: Ready, sys: &Sys<'_>) {
        let by = ready.argv.remove(0);
        let (mut show, mut at_length, mut with_path) = (false, false, false);
        while let Some(option) = ready.argv.first().filter(|a| a.starts_with('-') && a.len() > 1).cloned() {
            ready.argv.remove(0);
            show |= option.contains(['v', 'V']);
            with_path |= option.contains('p');
            at_length |= option.contains('V');
            if option == "--" {
                break;
            }
        }
        if at_length {
            self.type_builtin("command", &ready.argv, sys);
            return;
        }
        if show {
            self.command_v(&ready.argv, sys);
            return;
        }
        ready.plainly = true;
        if !self.columns().children.command_replaces {
            ready.place = Place::Inside(Hurdle::NotLast);
        }
        if ready.argv.is_empty() {
            self.state.status = 0;
            return;
        }
        if let Some(name) = ready.argv.first().filter(|name| with_path && !name.contains('/') && !self.is_builtin(name))
            && let Err(errno) = sys.files.find_executable(sys.cwd, name, STANDARD_PATH)
        {
            self.redirect_command(Vec::new(), true, Then::Missing(Box::new(ready), errno));
            return;
        }
        let keep = self.stack.len();
        if !matches!(ready.place, Place::Inside(_)) && matches!(self.stack.last(), Some(Step::RestoreVars(_))) {
            // Nothing comes after it, so the assignments need not be taken back.
            self.stack.pop();
        }
        let not_a_builtin = self.columns().messages.not_a_builtin;
        if let Some(name) = ready.argv.first().filter(|_| by == "builtin" && !not_a_builtin.is_empty())
            && !self.is_builtin(name)
        {
            let message = self.message(not_a_builtin, &by, &[("name", name)]);
            self.fail(1, message);
            return;
        }
        let restores = matches!(self.stack.last(), Some(Step::RestoreFds));
        if restores && self.saved.last().is_some_and(|s| s.is_empty()) {
            self.stack.pop();
            self.saved.pop();
        } else if self.stack.len() == keep {
            ready.place = Place::Inside(Hurdle::NotLast);
        }
        if by == "command" && !with_path && !self.columns().builtins.command_runs_builtins {
            self.external(ready, Vec::new(), sys);
        } else {
            self.dispatch(ready, Vec::new(), sys);
        }
    }

    /// `.`: a name without `/` is searched in PATH.
    pub(in crate::shell::run) fn dot(&mut self, name: &str, args: &[String], sys: &Sys<'_>) {
        let Some(file) = args.iter().find(|a| *a != "--").cloned() else {
            if let Some(status) = self.columns().builtins.dot_unnamed {
                self.state.status = u16::from(status);
                return;
            }
            let message = self.message(self.columns().messages.source_unnamed, name, &[]);
            let status = self.error_status(2);
            self.fail_usage(".", status, message);
            return;
        };
        let path = self.state.get("PATH").unwrap_or_default();
        let search = || path.split(':').map(|d| format!("{d}/{file}")).find(|p| sys.files.get(sys.cwd, p).is_some());
        let here = || self.columns().builtins.dot_searches_directory.then(|| file.clone());
        let found = if file.contains('/') { Some(file.clone()) } else { search().or_else(here) };
        let directory = found.as_ref().is_some_and(|path| sys.files.is_directory(sys.cwd, path));
        let errno = found.as_ref().map_or(Errno::Enoent, |path| sys.files.missing(sys.cwd, path));
        let content = found.and_then(|p| sys.files.get(sys.cwd, &p)).map(|f| &f.content);
        let content = if directory { Some(&Content::Directory) } else { content };
        let text = match content {
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Null) => "".into(),
            Some(Content::Directory) if self.columns().builtins.dot_takes_directory => "".into(),
            Some(Content::Binary(_) | Content::Directory | Content::Fifo) | None => {
                let messages = &self.columns().messages;
                let by_path = file.contains('/') || messages.source_not_in_path.is_empty();
                let template = if by_path { messages.source_not_found } else { messages.source_not_in_path };
                let message = self.message(&with_reason(template, errno), name, &[("name", &file)]);
                let status = u16::from(self.columns().builtins.dot_missing_status);
                let fatal = self.columns().builtins.dot_missing_is_fatal;
                if fatal || self.columns().details.special_errors_are_fatal {
                    self.exit_with(status);
                }
                self.fail(status, message);
                return;
            }
        };
        let rest: Vec<String> = args.iter().skip(1).cloned().collect();
        let positional = (!rest.is_empty() && self.columns().builtins.dot_arguments)
            .then(|| std::mem::replace(&mut self.state.positional, rest));
        let (conditions, in_file) = (self.state.conditions, self.state.in_file);
        let arg0 = self.state.arg0.clone();
        self.state.calls.push(Running { name: "source".into(), file: file.as_str().into(), line: self.state.line });
        self.stack.push(Step::EndSource { positional, conditions, in_file, arg0 });
        if self.columns().details.source_forgets_conditions {
            self.state.conditions = 0;
        }
        self.state.status = 0;
        self.enter_context(&file);
        self.state.evaluating += 1;
        self.stack.push(Step::EndEvaluating);
        self.push_text(text, self.state.lines_apart, Source::Dot, Place::Inside(Hurdle::InnerText));
    }

    pub(super) fn shift(&mut self, args: &[String]) {
        let count: usize = match args.first() {
            Some(text) => match self.operand(text).map(usize::try_from) {
                Some(Ok(count)) => count,
                Some(Err(_)) | None => {
                    let message = self.message(self.columns().messages.bad_number, "shift", &[("name", text)]);
                    let status = self.error_status(1);
                    self.fail_special("shift", status, message);
                    return;
                }
            },
            None => 1,
        };
        if count > self.state.positional.len() {
            let template = self.columns().messages.shift_too_far;
            let template = if args.is_empty() { template.replace("{name}: ", "") } else { template.to_owned() };
            let (count, length) = (count.to_string(), self.state.positional.len().to_string());
            let message = self.message(&template, "shift", &[("name", &count), ("count", &count), ("length", &length)]);
            if message.is_empty() {
                self.state.status = 1;
            } else {
                let status = self.refusal_status();
                self.fail_special("shift", status, message);
            }
            return;
        }
        self.state.positional.drain(..count);
        self.state.status = 0;
    }
}
