//! Messages on standard error, in the words of the variant.

use super::Shell;
use super::step::{Returned, Step};
use crate::base::signal::Signal;
use crate::program::{Call, Resume};
use crate::shell::variants::messages::fill;

impl Shell {
    /// What stands in front of a message about a command.
    pub(super) fn prefix(&self) -> String {
        if let Some(context) = self.state.running_in.clone() {
            return self.builtin_prefix(&context);
        }
        let nesting = &self.columns().nesting;
        if nesting.names_script && self.state.named {
            return self.builtin_prefix(&self.state.arg0);
        }
        let messages = &self.columns().messages;
        if self.is_at_input() {
            return format!("{}: ", self.row.family);
        }
        if messages.names_callers {
            let mut places = self.places();
            let own = places.pop().map_or_else(String::new, |(name, line)| match line {
                0 => format!("{name}: "),
                line => format!("{name}: line {line}: "),
            });
            return format!("{}{own}", callers(&places));
        }
        let counts = self.tells_line() && (self.state.in_file || !nesting.names_script);
        let template = if counts { messages.file_prefix } else { messages.prefix };
        self.place(template, "")
    }

    /// The same for what the shell does not call an error.
    pub(super) fn warning_prefix(&self) -> String {
        let (error, warning) = self.columns().messages.severity;
        let prefix = self.prefix();
        prefix.strip_prefix(error).map_or_else(|| prefix.clone(), |rest| format!("{warning}{rest}"))
    }

    /// Do messages take the form for files?
    fn tells_line(&self) -> bool {
        match self.columns().details.names_reading {
            true => self.state.reading.is_some(),
            false => self.state.in_file || self.state.options.stdin,
        }
    }

    /// Commands come from standard input and no function runs, where messages then have no line.
    fn is_at_input(&self) -> bool {
        let sourced = self.state.calls.iter().any(|call| &*call.name == "source");
        let scope = self.columns().details.names_scope && self.state.options.stdin;
        scope && self.state.locals.is_empty() && !sourced
    }

    /// What stands in front of a message of a builtin.
    pub(super) fn builtin_prefix(&self, builtin: &str) -> String {
        let messages = &self.columns().messages;
        if self.is_at_input() {
            return self.place("{builtin}: ", builtin);
        }
        if messages.names_callers {
            let own = if builtin.is_empty() { String::new() } else { format!("{builtin}: ") };
            return format!("{}{own}", callers(&self.places()));
        }
        let template = if self.tells_line() { messages.file_builtin_prefix } else { messages.builtin_prefix };
        if self.columns().nesting.names_script && builtin == self.state.arg0 {
            return self.place(&template.replace("{builtin}: ", ""), "");
        }
        self.place(template, builtin)
    }

    /// What runs, outermost first, with the line at which it is; 0: none is told.
    fn places(&self) -> Vec<(String, u32)> {
        let calls = &self.state.calls;
        let line_of = |at: usize| calls.get(at).map_or(self.state.line, |call| call.line);
        // The first line of a command string is not told.
        let hidden = self.state.options.command_string && !self.state.exit_trap_ran;
        let mut places = vec![(self.state.arg0.clone(), line_of(0))];
        if let Some((_, line)) = places.first_mut()
            && hidden
            && *line == 1
        {
            *line = 0;
        }
        for (at, call) in calls.iter().enumerate() {
            if &*call.name == "source" {
                places.push((".".into(), 0));
                places.push((call.file.to_string(), line_of(at + 1)));
            } else {
                places.push((call.name.to_string(), line_of(at + 1)));
            }
        }
        places
    }

    /// The shell's name in messages: where a running function came from, the file read with `.`, where the shell does not name it behind its own.
    pub(super) fn name(&self) -> String {
        if self.columns().details.names_reading {
            return match &self.state.reading {
                Some((file, _)) if **file != *self.state.arg0 => format!("{}: {file}", self.state.arg0),
                Some(_) | None => self.state.arg0.clone(),
            };
        }
        let file = self.state.context.as_deref().filter(|c| *c != "eval" && !self.columns().nesting.names_context);
        let function = self
            .columns()
            .messages
            .function_names
            .filter(|_| !self.state.locals.is_empty() && !self.state.in_file && file.is_none());
        match function {
            Some((_, input)) if self.state.options.stdin => input.to_owned(),
            Some((command, _)) => command.to_owned(),
            None => file.unwrap_or(&self.state.arg0).to_owned(),
        }
    }

    fn place(&self, template: &str, builtin: &str) -> String {
        let reading = self.state.reading.as_ref().filter(|_| self.columns().details.names_reading);
        let line = reading.map_or(self.state.line_number(), |(_, line)| *line);
        let told = |words: &str| if line == 0 { String::new() } else { format!("{words}{line}:") };
        let (number, told_line) = (told(""), told(" line "));
        let line = line.to_string();
        let (sh, shell) = (self.name(), self.row.argv0);
        // The scope's name; outside of all that of the shell, whatever it was called.
        let scope = if sh == self.state.arg0 { self.row.family } else { &sh };
        fill(
            template,
            &[
                ("sh", &sh),
                ("scope", scope),
                ("shell", shell),
                ("line", &line),
                ("number", &number),
                ("told_line", &told_line),
                ("builtin", builtin),
            ],
        )
    }

    /// A message made of a template of the variant.
    pub(super) fn message(&self, template: &str, builtin: &str, values: &[(&str, &str)]) -> String {
        let (prefix, warning_prefix) = (self.prefix(), self.warning_prefix());
        let builtin_prefix = self.builtin_prefix(builtin);
        let mut all =
            vec![("prefix", prefix.as_str()), ("builtin_prefix", builtin_prefix.as_str()), ("builtin", builtin)];
        all.push(("warning_prefix", &warning_prefix));
        let sh = self.name();
        all.push(("sh", &sh));
        all.push(("shell", self.row.argv0));
        all.extend_from_slice(values);
        let command_prefix = self.builtin_prefix("");
        all.push(("command_prefix", &command_prefix));
        fill(template, &all)
    }

    /// A message about a command, its name and the reason: `inside` the shell's own process, as it would be if that is replaced.
    pub(super) fn command_message(&self, template: &str, builtin: &str, what: (&str, &str), inside: bool) -> String {
        let prefix = if inside { self.prefix() } else { self.builtin_prefix("") };
        self.message(template, builtin, &[("name", what.0), ("text", what.1), ("command_prefix", &prefix)])
    }

    /// Writes a line to standard error; an empty one is no line.
    pub(super) fn error(&mut self, message: String) {
        if !message.is_empty() {
            let held = std::mem::take(&mut self.state.held);
            self.write(2, held + &message + "\n");
        }
    }

    /// Writes what waits for the next line.
    pub(super) fn write_held(&mut self) {
        let held = std::mem::take(&mut self.state.held);
        self.write(2, held);
    }

    /// Writes before anything else happens.
    pub(super) fn write(&mut self, fd: u32, text: String) {
        if !text.is_empty() {
            self.stack.push(Step::Returned(Returned::Write(fd)));
            self.stack.push(Step::Do(Call::Write(fd, text.into())));
        }
    }

    /// Output that nobody took: the builtin fails, where it looks.
    pub(super) fn after_write(&mut self, fd: u32, result: &Resume) {
        let template = self.columns().messages.write_error;
        let Resume::Failed(errno) = result else { return };
        if fd != 1 || template.is_empty() {
            return;
        }
        self.state.status = 1;
        let builtin = self.state.builtin.clone();
        if builtin == "echo" || !self.columns().builtins.only_echo_tells_write_errors {
            let message = self.message(template, &builtin, &[("text", errno.text())]);
            self.error(message);
        }
    }
}

/// What stands in front of the message of one of several places that run.
fn callers(places: &[(String, u32)]) -> String {
    let one = |(name, line): &(String, u32)| if *line == 0 { format!("{name}: ") } else { format!("{name}[{line}]: ") };
    places.iter().map(one).collect()
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
