//! Builtins: the table, and those of a line or two. Sources: POSIX XCU 2.15 and the pages of each; bash(1).

mod calendar;
mod control;
mod directory;
mod escapes;
mod getopts;
mod input;
mod jobs;
mod kill;
mod limits;
pub(in crate::shell::run) mod listing;
mod names;
mod output;
mod printf;
pub(in crate::shell) mod quote;
mod set;
mod signals;
mod test;
mod traps;
mod variables;
mod what;

use super::Shell;
use super::simple::Ready;
use super::state::State;
use super::step::{Returned, Step};
use crate::program::{Call, Resume, Sys};
pub(crate) use calendar::format_time as date;
pub(crate) use printf::{formatted, printed};

/// Special builtins (XCU 2.15).
const SPECIAL: &[&str] = &[
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
    "trap", "unset",
];

/// The other builtins that every shell has.
const COMMON: &[&str] = &[
    "alias", "bg", "cd", "command", "echo", "false", "fg", "getopts", "jobs", "kill", "pwd", "read", "true", "type",
    "umask", "unalias", "wait",
];

/// Is it a special builtin?
pub(in crate::shell) fn is_special(name: &str) -> bool {
    SPECIAL.contains(&name)
}

/// Is it a builtin of every shell?
pub(crate) fn is_common(name: &str) -> bool {
    is_special(name) || COMMON.contains(&name)
}

/// Does a subshell inside the shell become a process for it (ksh93: the callers of `sh_subfork`)?
fn needs_process(name: &str, args: &[String]) -> bool {
    match name {
        "trap" => args.len() > 1 && !args.first().is_some_and(|a| a == "-" || a == "-p" || a.parse::<u32>().is_ok()),
        "exec" => !args.is_empty(),
        "alias" | "ulimit" => args.iter().any(|a| !a.starts_with('-')),
        "unalias" => true,
        _ => false,
    }
}

/// Does it take assignments as arguments?
pub(super) fn declares(name: &str) -> bool {
    matches!(name, "export" | "readonly" | "local" | "declare" | "typeset")
}

/// Shell variables for arithmetic in builtins.
pub(super) struct Numbers<'a>(pub &'a mut State);

impl super::arith::Variables for Numbers<'_> {
    fn get(&mut self, name: &str) -> Option<String> {
        self.0.get(name)
    }

    fn set(&mut self, name: &str, value: i64) {
        self.0.set(name, value.to_string());
    }
}

pub(super) use listing::SHOPT;
pub(super) use variables::is_name;

impl Shell {
    /// Is there a builtin of this name?
    pub(super) fn is_builtin(&self, name: &str) -> bool {
        let builtins = &self.columns().builtins;
        let known = is_special(name) || COMMON.contains(&name) || builtins.extra.contains(&name);
        known && !builtins.missing.contains(&name)
    }

    /// Runs a builtin: pushes what it takes, or sets the status.
    pub(super) fn builtin(&mut self, name: &str, ready: Ready, sys: &Sys<'_>) {
        let arrays = ready.arrays.clone();
        let args: Vec<String> = ready.argv.iter().skip(1).cloned().collect();
        if self.state.inner > 0 && needs_process(name, &args) {
            self.stack.push(Step::Builtin(Box::new(ready)));
            let call = self.make_process();
            self.stack.extend(call.map(Step::Do));
            return;
        }
        self.state.builtin = name.to_owned();
        match name {
            "bg" | "fg" => self.resume_job(name, &args),
            ":" | "true" | "enable" | "complete" | "compgen" | "history" => self.state.status = 0,
            "times" => self.finish(0, "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n".into()),
            "hash" => self.hash(&args, sys),
            "ulimit" => self.ulimit(&args),
            "disown" => self.disown(&args),
            "shopt" => self.shopt(&args),
            "alias" => self.alias(&args),
            "unalias" => self.unalias(&args),
            "dirs" => self.finish(0, format!("{}\n", self.working_directory(sys))),
            "caller" => self.caller(&args),
            "false" => self.state.status = 1,
            "setopt" | "unsetopt" => self.set_by_name(&args, name == "setopt"),
            "echo" => self.echo(&args),
            "print" => self.print(&args),
            "printf" => self.printf(&args),
            "pwd" => self.finish(0, format!("{}\n", self.working_directory(sys))),
            "test" | "[" | "[[" => self.test_builtin(name, &args, sys),
            "cd" | "chdir" => self.cd(&args, sys),
            "exit" => self.exit_builtin(&args),
            "return" => self.return_builtin(&args),
            "break" | "continue" => self.break_builtin(name, &args),
            "eval" => self.eval(&args),
            "exec" => self.exec_builtin(ready, sys),
            "command" | "builtin" => self.command_builtin(ready, sys),
            "." | "source" => self.dot(name, &args, sys),
            "set" => self.set_builtin(&args),
            "shift" => self.shift(&args),
            "export" | "readonly" | "local" | "declare" | "typeset" => self.declare(name, &args, arrays),
            "unset" => self.unset(&args),
            "read" => self.read(&args),
            "let" => self.let_builtin(&args),
            "mapfile" | "readarray" => self.mapfile(&args),
            "pushd" | "popd" => self.change_stack(name, &args, sys),
            "getopts" => self.getopts(&args),
            "umask" => self.umask(&args),
            "trap" => self.trap_builtin(&args),
            "wait" => self.wait(&args),
            "kill" => self.kill_builtin(&args),
            "jobs" => self.jobs(&args),
            "sleep" => self.sleep(&args, sys),
            "type" | "whence" => self.type_builtin(name, &args, sys),
            _ => self.state.status = 0,
        }
    }

    /// The builtin is done.
    fn finish(&mut self, status: u16, output: String) {
        self.state.status = status;
        self.write(1, output);
    }

    /// The builtin failed.
    pub(super) fn fail(&mut self, status: u16, message: String) {
        self.state.status = status;
        self.error(message);
    }

    /// An option that the builtin has not: a special builtin ends the shell where the variant says so.
    fn illegal_option(&mut self, builtin: &str, letter: &str) {
        let messages = &self.columns().messages;
        let template = match builtin {
            "wait" => messages.wait_illegal_option,
            "set" if !messages.set_illegal_option.is_empty() => messages.set_illegal_option,
            _ => messages.illegal_option,
        };
        let mut message = self.message(template, builtin, &[("name", letter)]);
        if builtin == "wait" {
            for line in messages.wait_usage {
                message.push('\n');
                message.push_str(line);
            }
        }
        if let Some((_, usage)) = messages.usages.iter().find(|(name, _)| *name == builtin) {
            message = format!("{message}\n{usage}");
        }
        let builtins = &self.columns().builtins;
        let status = u16::from(if builtin == "wait" { builtins.wait_usage_status } else { builtins.usage_status });
        if let Some(status) = builtins.exec_option_status.filter(|_| builtin == "exec") {
            self.fail(u16::from(status), message);
            return;
        }
        if builtins.wrong_option_is_fatal && is_special(builtin) || builtins.set_errors_are_fatal && builtin == "set" {
            self.exit_with(status);
        }
        if builtin == "set" || builtins.bad_option_is_fatal {
            self.fail_special(builtin, status, message);
        } else {
            self.fail(status, message);
        }
    }

    /// The status of such an error where it is one of its operands, and the shell goes on with `else_status` where it goes on.
    pub(super) fn error_status(&self, else_status: u16) -> u16 {
        let builtins = &self.columns().builtins;
        let usage = builtins.usage_is_fatal || builtins.operands_are_usage;
        if usage { u16::from(builtins.usage_status) } else { else_status }
    }

    /// The status of what cannot be done, though its operands are right.
    fn refusal_status(&self) -> u16 {
        let builtins = &self.columns().builtins;
        if builtins.usage_is_fatal { u16::from(builtins.usage_status) } else { 1 }
    }

    /// An error of a builtin, which ends the shell if it is a special one (XCU 2.8.1).
    fn fail_special(&mut self, builtin: &str, status: u16, message: String) {
        self.state.status = status;
        if self.columns().builtins.usage_is_fatal && is_special(builtin) {
            self.exit_with(status);
        }
        self.error(message);
    }

    /// The same where its operands are missing; `status` where the shell goes on.
    fn fail_usage(&mut self, builtin: &str, status: u16, message: String) {
        let builtins = &self.columns().builtins;
        if builtins.wrong_option_is_fatal {
            self.exit_with(u16::from(builtins.usage_status));
            self.error(message);
        } else {
            self.fail_special(builtin, status, message);
        }
    }

    /// A call of a builtin came back.
    pub(in crate::shell::run) fn returned(&mut self, returned: Returned) -> Option<Call> {
        let result = std::mem::replace(&mut self.last, Resume::Done);
        match returned {
            Returned::Write(fd) => {
                self.after_write(fd, &result);
                None
            }
            Returned::Cd { to, from, print } => {
                self.after_cd(&to, &from, print, result);
                None
            }
            Returned::Kill { target, rest, status } => self.after_kill(&target, rest, status, result),
        }
    }

    /// The number that an operand is.
    fn operand(&mut self, text: &str) -> Option<i64> {
        match self.columns().builtins.operands_are_expressions {
            true => super::arith::evaluate(text, &mut Numbers(&mut self.state)).ok(),
            false => text.parse().ok(),
        }
    }

    /// A number, or the message that it is none.
    fn number(&mut self, builtin: &str, text: &str) -> Option<u16> {
        let columns = self.columns();
        let details = &columns.details;
        let base = i64::from(columns.signals.status_base);
        let of_signal = |n: i64| columns.signals.dies_of_status && (base + 1..=base + 64).contains(&n);
        let computed = columns.builtins.operands_are_expressions;
        match self.operand(text) {
            // `$?` is then -1.
            Some(-1) if builtin == "return" && computed => Some(u16::MAX),
            Some(n) if computed && n < 0 => Some(u16::try_from(n.rem_euclid(256)).unwrap_or(0)),
            Some(n) if builtin == "exit" && of_signal(n) => Some(u16::try_from(n).unwrap_or(0)),
            Some(n) if n >= 0 && builtin == "return" && details.return_keeps_large => {
                Some(u16::try_from(n).unwrap_or(0))
            }
            Some(n) if n >= 0 || details.negative_status => Some(u16::try_from(n.rem_euclid(256)).unwrap_or(0)),
            Some(_) | None => {
                let message = self.message(self.columns().messages.bad_number, builtin, &[("name", text)]);
                let status = self.error_status(2);
                self.fail_special(builtin, status, message);
                None
            }
        }
    }
}
