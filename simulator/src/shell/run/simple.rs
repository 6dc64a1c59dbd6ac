//! Simple commands (XCU 2.9.1): expand, redirect, assign, then a builtin, a function or a program.

use super::Shell;
use super::builtin;
use super::expand::Stop;
use super::process::Fork;
use super::redirect::{Redir, Then};
use super::state::{Case, Running, Value};
use super::step::{Frame, Step};
use crate::base::errno::Errno;
use crate::program::{Call, Sys};
use crate::shell::ast::AssignValue;
use crate::shell::plan::{Context, Hurdle, Op, Place, SimpleCommand, compile_function};
use crate::shell::variants::{ArrayNames, Shape, Shapes};
use std::sync::Arc;

/// An assignment after expansion.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Assigned {
    pub name: String,
    pub index: Option<String>,
    pub append: bool,
    pub value: NewValue,
}

/// What is assigned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NewValue {
    One(String),
    Many(Vec<String>),
}

/// A simple command, ready to run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ready {
    pub argv: Vec<String>,
    pub assigns: Vec<Assigned>,
    pub arrays: Vec<Assigned>,
    pub place: Place,
    pub text: Arc<str>,
    /// Called through `command`: functions are passed over and errors do not end the shell.
    pub plainly: bool,
}

impl Shell {
    /// A simple command of a plan.
    pub(super) fn simple(&mut self, command: &Arc<SimpleCommand>, place: Place, sys: &Sys<'_>) -> Option<Call> {
        if !self.keeps_line_of_trap() {
            self.state.line = command.line;
        }
        if self.results.is_empty() {
            self.state.substitution_status = None;
        }
        self.state.lost = None;
        self.note_command(&command.text);
        let declares = self.columns().builtins.declaration_assigns
            && command.words.first().and_then(|w| w.as_literal()).is_some_and(builtin::declares);
        let expanded = self.expand(sys, |e| {
            let argv = if declares { e.declaration(&command.words)? } else { e.fields(&command.words)? };
            let redirects = e.redirects(&command.redirects)?;
            let assigns = e.assigns(&command.assigns)?;
            let arrays = command.array_arguments.iter().map(|a| e.assign(a)).collect::<Result<Vec<_>, _>>()?;
            Ok((argv, redirects, assigns, arrays))
        });
        if matches!(expanded, Err(Stop::Need(_))) && self.fork_to_expand(command, place, sys) {
            return None;
        }
        self.with(expanded, |shell, (argv, redirects, assigns, arrays)| {
            let traced = shell.state.options.xtrace;
            let trace =
                if traced { shell.trace_line(&argv, &assigns, &arrays, &command.assigns, sys) } else { String::new() };
            let ready = Ready { argv, assigns, arrays, place, text: command.text.clone(), plainly: false };
            shell.dispatch(ready, redirects, sys);
            shell.error(trace);
        })
    }

    /// The command that messages about jobs and `BASH_COMMAND` name: in a trap the one before it.
    pub(super) fn note_command(&mut self, text: &Arc<str>) {
        let columns = self.columns();
        let named = columns.jobs.named_by_command_before_trap || columns.details.bash_variables;
        if named && self.state.in_trap == 0 {
            self.state.latest_command = text.clone();
        }
    }

    /// Where the child expands the redirections of a program (bash `execute_disk_command`), one whose redirections need a
    /// substitution is forked now: true if this is one.
    fn fork_to_expand(&mut self, command: &Arc<SimpleCommand>, place: Place, sys: &Sys<'_>) -> bool {
        if !self.columns().details.redirects_expanded_in_child || command.redirects.is_empty() {
            return false;
        }
        let Some(hurdle) = self.hurdle(place) else { return false };
        let Ok(argv) = self.expand(sys, |e| e.fields(&command.words)) else { return false };
        let Some(name) = argv.first() else { return false };
        if self.state.functions.contains_key(name.as_str()) || self.is_builtin(name) {
            return false;
        }
        let first = self.expand(sys, |e| e.fields(&command.words).and_then(|_| e.redirects(&command.redirects)));
        if !matches!(first, Err(Stop::Need(_))) {
            return false;
        }
        let (assigns, arrays) = (Vec::new(), Vec::new());
        let place = Place::Inside(hurdle);
        let ready = Ready { argv, assigns, arrays, place, text: command.text.clone(), plainly: false };
        self.forked_for = Some(hurdle);
        self.stack.push(Step::AfterFork(Box::new(Fork::Command(ready, Vec::new(), Some(command.clone())))));
        self.stack.push(Step::Do(Call::Fork));
        true
    }

    /// In the child of a program whose redirections are not expanded yet: the same command in its own place, with what
    /// its words have found so far.
    pub(super) fn expand_again(&mut self, command: Arc<SimpleCommand>, results: Vec<String>) {
        self.state.traps.retain(|_, action| action.is_empty());
        self.state.exit_trap_counts = false;
        let (text, line) = (command.text.clone(), self.state.line);
        self.results = results;
        let code = [Op::Simple(command, Place::Last(&Shapes::WIDE))].into();
        self.stack.push(Step::Code(Box::new(Frame::new(code, text, line))));
        let calls = self.give_back_ignored();
        self.stack.extend(calls);
    }

    /// Pushes what runs a command whose words are expanded.
    pub(super) fn dispatch(&mut self, mut ready: Ready, redirects: Vec<Redir>, sys: &Sys<'_>) {
        let name = ready.argv.first().cloned();
        // Assignments alone are no command that bash would notice (`execute_cmd.c`, `execute_null_command`).
        self.state.waited_last = name.as_ref().map_or(self.state.waited_last, |name| name == "wait");
        let Some(name) = name else {
            let then = Then::Nothing(Box::new(ready));
            self.acts_behind();
            let elsewhere = redirects.first().is_some_and(|redir| redir.fd() == 1);
            self.redirect_command(redirects, true, then);
            if elsewhere {
                self.leaves_captured();
            }
            return;
        };
        let function = !ready.plainly && self.state.functions.contains_key(name.as_str());
        if !function && !matches!(&*name, "eval" | "." | "source") {
            self.acts_behind();
        }
        if function && self.state.plain_job && self.state.all_read {
            ready.place = Place::Last(&self.columns().tail.substitution);
        }
        if function || self.is_builtin(&name) {
            self.state.is_command &= !function && matches!(&*name, "command" | "builtin" | "exec");
            // Inside the shell a subshell ends what `exec` redirects in it.
            let keep = !function && name == "exec" && self.state.inner == 0;
            let named = ready.argv.iter().find(|word| *word != "command").filter(|_| !function).cloned();
            let then = if function { Then::Function(Box::new(ready)) } else { Then::Builtin(Box::new(ready)) };
            let elsewhere = redirects.first().is_some_and(|redir| redir.fd() == 1);
            self.redirect_command(redirects, !keep, then);
            if elsewhere && named.is_some_and(|name| self.is_builtin(&name)) {
                self.leaves_captured();
            }
            if function || name != "command" {
                self.builtin_in_job();
            }
            return;
        }
        self.external(ready, redirects, sys);
    }

    /// A program: in the shell's place if nothing is done after it, else in a child.
    pub(super) fn external(&mut self, mut ready: Ready, redirects: Vec<Redir>, sys: &Sys<'_>) {
        if let Some(hurdle) = self.hurdle(ready.place) {
            ready.place = Place::Inside(hurdle);
        }
        if let Some(errno) = self.is_missing(&ready, sys) {
            self.redirect_command(redirects, true, Then::Missing(Box::new(ready), errno));
            return;
        }
        match self.hurdle(ready.place) {
            None => {
                self.stack.clear();
                self.stack.push(Step::Exit);
                let gives_back = self.columns().signals.tail_gives_back_ignored;
                self.push_program(ready, redirects, gives_back);
                // Where something is put aside it is closed at execve(2).
                let kept = self.saved.drain(..).flatten().filter_map(|(_, kept)| kept);
                self.stack.extend(kept.map(|fd| Step::Do(Call::Close(fd))));
                if gives_back {
                    self.give_back_keyboard();
                }
                self.release_for_replacement();
            }
            Some(hurdle) if self.columns().details.redirects_before_fork && !redirects.is_empty() => {
                let then = Then::Forked(Box::new(ready), hurdle);
                self.redirect_command(redirects, true, then);
            }
            Some(hurdle) => {
                self.forked_for = Some(hurdle);
                self.stack.push(Step::AfterFork(Box::new(Fork::Command(ready, redirects, None))));
                self.stack.push(Step::Do(Call::Fork));
            }
        }
    }

    /// Shells that look the program up first make no process for one that is not there: why it is not.
    fn is_missing(&self, ready: &Ready, sys: &Sys<'_>) -> Option<Errno> {
        let details = &self.columns().details;
        let name = ready.argv.first().filter(|n| details.looks_up_paths || !n.contains('/'))?;
        if !details.looks_up_before_fork || details.own_applets.contains(&name.as_str()) || *name == self.row.argv0 {
            return None;
        }
        if !details.looks_up_paths && ready.assigns.iter().any(|a| a.name == "PATH") {
            return None;
        }
        let path = self.state.get("PATH").unwrap_or_default();
        let errno = sys.files.find_executable(sys.cwd, name, &path).err()?;
        let errno = if errno == Errno::Enotdir { Errno::Enoent } else { errno };
        (errno == Errno::Enoent || details.looks_up_paths).then_some(errno)
    }

    /// What keeps `name` from being run, in words; some shells notice a directory themselves.
    pub(super) fn why_not_executable(&self, name: &str, errno: Errno, sys: &Sys<'_>) -> &'static str {
        let directory = name.is_empty() || sys.files.is_directory(sys.cwd, name);
        let looks = name.contains('/') || name.is_empty() && self.columns().details.looks_up_paths;
        if errno == Errno::Eacces && looks && directory { Errno::Eisdir.text() } else { errno.text() }
    }

    /// Pushes redirections and execve(2) of a program; signals that the shell ignores itself are given back first.
    pub(super) fn push_program(&mut self, ready: Ready, redirects: Vec<Redir>, gives_back: bool) {
        self.redirect_command(redirects, false, Then::Program(Box::new(ready)));
        self.ignore_what_is_trapped();
        if gives_back {
            let calls = self.give_back_ignored();
            self.stack.extend(calls);
        }
    }

    /// Calls a function: its body, then positional parameters as before.
    pub(super) fn call_function(&mut self, ready: Ready) {
        let Some(name) = ready.argv.first() else { return };
        let Some(function) = self.state.functions.get(name.as_str()).cloned() else { return };
        if self.stack.len() > crate::base::limits::EXPANSION_BYTES / 64 {
            self.exit_with(139);
            return;
        }
        let place = match ready.place {
            Place::Last(shapes) if !shapes.function => Place::Inside(Hurdle::Shape(Shape::Function)),
            Place::Last(_) | Place::Inside(_) => ready.place,
            Place::LastOfLastTurn(_) => Place::Inside(Hurdle::Shape(Shape::Function)),
        };
        let context = Context::new(self.columns(), function.text.clone(), function.line, place);
        let code = compile_function(&function.body, &context);
        let name = name.clone();
        let positional = std::mem::replace(&mut self.state.positional, ready.argv.into_iter().skip(1).collect());
        self.state.locals.push(Vec::new());
        let file = if self.state.in_file { self.state.arg0.as_str() } else { "environment" };
        self.state.calls.push(Running { name: name.as_str().into(), file: file.into(), line: self.state.line });
        self.stack.push(Step::EndFunction { positional, conditions: self.state.conditions });
        let mut frame = Frame::new(code, function.text, function.line);
        if self.columns().details.names_scope {
            frame.context = Some(name.as_str().into());
            frame.line_base = function.begins;
        }
        frame.reading = self.state.reading.clone();
        self.stack.push(Step::Code(Box::new(frame)));
    }

    /// Carries out assignments; false, with a message, if a variable is read-only.
    pub(super) fn assign_all(&mut self, assigns: Vec<Assigned>) -> bool {
        self.assign_for("", assigns)
    }

    /// The same for a builtin that declares variables.
    pub(super) fn assign_for(&mut self, builtin: &str, assigns: Vec<Assigned>) -> bool {
        for mut assign in assigns {
            let name = assign.name.clone();
            self.make_compound(&mut assign);
            if !self.assign(assign) {
                let template = self.columns().messages.read_only;
                let named = !builtin.is_empty() && self.columns().details.declaring_names_builtin;
                let template =
                    if named { template.replace("{prefix}", "{builtin_prefix}") } else { template.to_owned() };
                let message = self.message(&template, builtin, &[("name", &name)]);
                match self.columns().details.errors_leave_out_the_line {
                    true => self.leave_line(1),
                    false => self.exit_with(self.read_only_status()),
                }
                self.error(message);
                return false;
            }
        }
        true
    }

    /// Sets a variable, or an element written `name[index]`; false if it is read-only.
    pub(super) fn set_reference(&mut self, target: &str, value: String) -> bool {
        let (name, index) = match target.strip_suffix(']').and_then(|t| t.split_once('[')) {
            Some((name, index)) => (name, Some(index.to_owned())),
            None => (target, None),
        };
        self.assign(Assigned { name: name.to_owned(), index, append: false, value: NewValue::One(value) })
    }

    /// One assignment; false if the variable is read-only.
    pub(super) fn assign(&mut self, mut assign: Assigned) -> bool {
        self.follow_reference(&mut assign);
        if self.state.vars.get(&assign.name).is_some_and(|v| v.read_only) {
            return false;
        }
        match assign.value {
            NewValue::Many(list) => {
                self.assign_array(&assign.name, list, assign.append);
                true
            }
            NewValue::One(text) => match assign.index {
                Some(index) => {
                    let text = self.by_attributes(&assign.name, text, false);
                    self.assign_element(&assign.name, &index, text, assign.append);
                    true
                }
                None => {
                    let text = self.by_attributes(&assign.name, text, assign.append);
                    let integer = self.state.vars.get(&assign.name).is_some_and(|v| v.integer);
                    let append = assign.append && !integer;
                    if self.columns().details.array_names != ArrayNames::FirstOfZero && !append {
                        // An array as a whole becomes the text.
                        self.state.entry(&assign.name).value = Value::Unset;
                    }
                    let old = if append { self.state.get(&assign.name).unwrap_or_default() } else { String::new() };
                    self.state.set(&assign.name, old + &text)
                }
            },
        }
    }

    /// bash `declare -n`: the assignment is to the variable that is named.
    fn follow_reference(&mut self, assign: &mut Assigned) {
        let Some(target) = self.state.vars.get(&assign.name).filter(|v| v.reference) else { return };
        let Value::Scalar(target) = &target.value else { return };
        let target = target.clone();
        match target.strip_suffix(']').and_then(|t| t.split_once('[')) {
            Some((name, index)) => {
                assign.name = name.to_owned();
                assign.index = Some(index.to_owned());
            }
            None if !target.is_empty() => assign.name = target,
            None => {}
        }
    }

    /// bash `declare -i`, `-u` and `-l`: what is stored instead of the text.
    fn by_attributes(&mut self, name: &str, text: String, append: bool) -> String {
        let Some(var) = self.state.vars.get(name) else { return text };
        let (integer, case) = (var.integer, var.case);
        match case {
            _ if integer => {
                let old = if append { self.state.get(name).unwrap_or_default() } else { String::new() };
                let sum = if old.is_empty() { text } else { format!("({old})+({text})") };
                let value = super::arith::evaluate(&sum, &mut super::builtin::Numbers(&mut self.state));
                value.unwrap_or(0).to_string()
            }
            Some(Case::Upper) => text.to_uppercase(),
            Some(Case::Lower) => text.to_lowercase(),
            None => text,
        }
    }
}

impl super::expand::Expander<'_> {
    /// One assignment's right side.
    pub(super) fn assign(&mut self, assign: &crate::shell::ast::Assign) -> super::expand::Expanded<Assigned> {
        let index = match &assign.index {
            Some(word) => {
                let text = self.text(word)?;
                if self.columns.details.arithmetic_needs_values {
                    self.calculate(&text)?;
                }
                Some(text)
            }
            None => None,
        };
        let value = match &assign.value {
            AssignValue::Scalar(word) => NewValue::One(self.assigned(word)?),
            AssignValue::Array(words) => NewValue::Many(self.elements(words)?),
        };
        Ok(Assigned { name: assign.name.clone(), index, append: assign.append, value })
    }

    /// Assignments in order: each sees those before it.
    pub(super) fn assigns(&mut self, list: &[crate::shell::ast::Assign]) -> super::expand::Expanded<Vec<Assigned>> {
        let before = (list.len() > 1).then(|| self.state.vars.clone());
        let mut out = Vec::new();
        for assign in list {
            let assigned = self.assign(assign)?;
            if let (Some(_), NewValue::One(text), None) = (&before, &assigned.value, &assigned.index) {
                self.state.set(&assigned.name, text.clone());
            }
            out.push(assigned);
        }
        // `${x:=y}` in a single assignment stays; with several the assignments themselves are carried out later.
        if let Some(before) = before {
            self.state.vars = before;
        }
        Ok(out)
    }

    /// Words of `export` and its like: `name=$x` is not split.
    pub(super) fn declaration(&mut self, words: &[crate::shell::ast::Word]) -> super::expand::Expanded<Vec<String>> {
        use crate::shell::ast::Part;
        let mut out = Vec::new();
        for word in words {
            let assigns =
                matches!(word.parts.first(), Some(Part::Literal(t)) if t.contains('=') && !t.starts_with('='));
            if assigns {
                out.push(self.assigned(word)?);
            } else {
                out.extend(self.fields(std::slice::from_ref(word))?);
            }
        }
        Ok(out)
    }
}
