//! A process becomes a program, or says why it cannot (XCU 2.9.1.6, 2.8.2; execve(2)).
//!
//! Not here: whether a process is made for it (`simple`), the builtin `exec` (`builtin::control`).

use super::Shell;
use super::builtin::quote::dollar_quoted;
use super::script::Source;
use super::state::TrapOn;
use super::step::Step;
use crate::base::errno::Errno;
use crate::kernel::fs::Content;
use crate::program::{Call, Resume, Sys};
use crate::shell::plan::{Hurdle, Place};
use crate::shell::variants::ControlCharacters;
use std::sync::Arc;

/// What calls a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A command.
    Command,
    /// `exec`
    Exec,
    /// `exec -a name` and `exec -l`: its `argv[0]`.
    ExecAs(String),
}

impl Shell {
    /// A name in a message: control characters are not written as they are where the shell does not.
    pub(super) fn shown(&self, name: String) -> String {
        let caret = |c: char| u8::try_from(c).ok().filter(u8::is_ascii_control).map(|code| char::from(code ^ 0x40));
        match self.columns().messages.control_characters {
            _ if !name.chars().any(char::is_control) => name,
            ControlCharacters::AsTheyAre => name,
            ControlCharacters::DollarQuoted => dollar_quoted(&name),
            ControlCharacters::Caret => {
                name.chars().map(|c| caret(c).map_or(c.to_string(), |shown| format!("^{shown}"))).collect()
            }
        }
    }

    /// execve(2). A name is searched in the PATH of the shell, also where that is not exported.
    pub(super) fn exec(&mut self, argv: Vec<String>, assigns: Vec<(String, String)>, by: By, sys: &Sys<'_>) -> Call {
        let name = argv.first().cloned().unwrap_or_default();
        let env = Arc::new(self.environment(&name, &assigns, sys));
        let details = &self.columns().details;
        let own = details.own_applets.contains(&name.as_str()) || name == self.row.argv0;
        let mut file = match details.applet_comm {
            Some(link) if own && by == By::Command => link.to_string(),
            _ => name,
        };
        let mut list: Vec<crate::base::Text> = argv.iter().map(|a| a.as_str().into()).collect();
        let by_builtin = by != By::Command;
        if let (By::ExecAs(name), Some(first)) = (by, list.first_mut()) {
            *first = name.as_str().into();
            if self.columns().builtins.exec_seeks_given_name && !file.contains('/') {
                file = name;
            }
        }
        let own_path = self.state.get("PATH").filter(|_| !env.contains_key("PATH") && !file.contains('/'));
        if let Some(found) = own_path.and_then(|path| sys.files.find_executable(sys.cwd, &file, &path).ok()) {
            file = found.to_string();
        }
        self.stack.push(Step::ExecFailed { argv, by_builtin });
        Call::Exec { file: file.as_str().into(), argv: list.into(), env }
    }

    /// The program could not be executed: 127 if it is not there, 126 if it is no program (XCU 2.8.2).
    pub(super) fn exec_failed(&mut self, argv: Vec<String>, by_builtin: bool, sys: &Sys<'_>) -> Option<Call> {
        let Resume::Failed(errno) = self.last else { return None };
        let name = argv.first().cloned().unwrap_or_default();
        if errno == Errno::Enoexec && self.run_as_script(&argv, sys) {
            return None;
        }
        let messages = &self.columns().messages;
        // Shells that do not look first find nothing under the empty name.
        let nothing = name.is_empty() && !self.columns().details.looks_up_before_fork;
        let missing = nothing || matches!(errno, Errno::Enoent | Errno::Enotdir);
        let template = match (missing, by_builtin) {
            (true, true) if name.contains('/') && !messages.exec_path_not_found.is_empty() => {
                messages.exec_path_not_found
            }
            (true, true) => messages.exec_not_found,
            (true, false) if name.contains('/') => messages.path_not_found,
            (true, false) => messages.not_found,
            (false, true) => messages.exec_not_executable,
            (false, false) => messages.not_executable,
        };
        let builtin = if by_builtin { "exec" } else { "" };
        let text = self.why_not_executable(&name, errno, sys);
        // bash's exec makes the path a full one (`general.c`, `full_pathname`).
        let name = match name.strip_prefix("./").unwrap_or(&name) {
            rest if template.contains("{path}") && !rest.starts_with('/') => format!("{}/{rest}", sys.cwd),
            _ => name,
        };
        let template = &template.replace("{path}", "{name}");
        let name = self.shown(name);
        let message = self.command_message(template, builtin, (&name, text), !self.state.forked_command);
        let status = match (missing, by_builtin) {
            (true, true) => u16::from(self.columns().builtins.exec_missing_status),
            (true, false) => 127,
            (false, _) => self.unusable_status(&name),
        };
        if by_builtin {
            // It ends the shell by itself, also in the EXIT trap that a signal has begun.
            self.state.dies_with = None;
            self.state.exit_lost_in = None;
            self.stack.retain(|step| !matches!(step, Step::Raise(_)));
            let hidden = self.exit_action().is_some() && self.columns().traps.hide_failed_exec;
            let status = if hidden { self.state.status } else { status };
            if self.columns().traps.lost_by_failed_exec {
                self.state.traps.remove(&TrapOn::Exit);
            }
            self.exit_with(status);
        } else {
            self.state.status = status;
        }
        self.error(message);
        None
    }

    /// Status for what is there but cannot be run. Shells that look first find nothing under the empty name.
    pub(super) fn unusable_status(&self, name: &str) -> u16 {
        let details = &self.columns().details;
        match name {
            "" if details.looks_up_before_fork && !details.looks_up_paths => 127,
            "" if details.looks_up_paths => 126,
            name if name.contains('/') => 126,
            _ => u16::from(details.unusable_status),
        }
    }

    /// A text without `#!`: the shell runs it itself (XCU 2.9.1.6).
    fn run_as_script(&mut self, argv: &[String], sys: &Sys<'_>) -> bool {
        let Some(name) = argv.first() else { return false };
        let path = sys.env.get("PATH").map_or("", |p| p);
        let Ok(full) = sys.files.find_executable(sys.cwd, name, path) else { return false };
        let Some(Content::Text(text)) = sys.files.get("/", &full).map(|f| &f.content) else { return false };
        self.state.vars.retain(|_, v| v.exported);
        self.state.functions.clear();
        self.state.positional = argv.iter().skip(1).cloned().collect();
        self.state.arg0 = name.clone();
        self.state.in_file = true;
        let calls = self.reset_traps(false);
        self.stack.clear();
        self.stack.push(Step::Exit);
        self.push_text(text.clone(), self.state.lines_apart, Source::File, Place::Inside(Hurdle::File));
        self.stack.extend(calls);
        true
    }
}
