//! The command line of a shell and the files that it reads first (XCU sh; bash(1) "INVOCATION").
//!
//! Not here: `-c`, a file or standard input (`options`), the options of `set` (`builtin::set`).

use super::Shell;
use super::builtin::SHOPT;
use super::step::Step;
use crate::base::signal::Signal;
use crate::kernel::fs::Content;
use crate::program::{Call, Sys};
use crate::shell::variants::LongOptions;
use crate::shell::variants::messages::fill;
use crate::trace::Disposition;

/// What the options of the command line ask for, besides those of `set`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Called {
    /// `-c`
    pub command: bool,
    /// `-s`
    pub stdin: bool,
    /// `--version`, `--help`: nothing is run.
    pub only_tells: bool,
    /// `-l`
    login: bool,
    /// `--norc`, `--noprofile`
    without: [bool; 2],
    /// `--rcfile`
    rc_file: Option<String>,
    /// `-i` or `-m`, which ask for a terminal.
    terminal: bool,
    /// `-O` and `+O`, for when the shell has begun.
    shopt: Vec<(String, bool)>,
}

impl Shell {
    /// Takes the options off the words, the next of which is the last. None: the shell ends, and has said why.
    pub(super) fn read_options(&mut self, words: &mut Vec<String>, sys: &Sys<'_>) -> Option<Called> {
        let invocation = &self.columns().invocation;
        let mut called = Called::default();
        for letter in self.columns().details.option_flags.chars() {
            self.state.options.set_letter(letter, true);
        }
        if let LongOptions::Known(names) = invocation.long_options {
            self.read_long_options(names, words, &mut called)?;
        }
        while let Some(word) = words.pop() {
            let on = word.starts_with('-');
            if word == "--" || word == "-" {
                break;
            }
            if word.len() < 2 || !(on || word.starts_with('+')) {
                words.push(word);
                break;
            }
            if word.starts_with("--") && invocation.long_options == LongOptions::LeftOut {
                continue;
            }
            for letter in word.chars().skip(1) {
                self.read_letter(letter, on, words, &mut called)?;
            }
        }
        self.state.interactive = self.state.options.shows('i');
        if called.terminal || self.state.interactive {
            // A leader of its group finds no group of the terminal, another one goes back into its old group.
            let group = sys.seen.task(sys.task).map(|t| t.pgid).filter(|group| *group != sys.pid);
            let group = group.map_or("-1".to_owned(), |group| group.0.to_string());
            let message = fill(invocation.no_terminal, &[("sh", &self.state.arg0), ("group", &group)]);
            self.error(message);
        }
        for (name, on) in &called.shopt {
            if !SHOPT.iter().any(|(known, _)| known == name) {
                return self.ends_for_option(self.columns().invocation.bad_shopt, "", name);
            }
            self.state.set_shopt(name, *on);
        }
        Some(called)
    }

    /// Words in front of all letters (bash `shell.c`, `parse_long_options`).
    fn read_long_options(&mut self, names: &[&str], words: &mut Vec<String>, called: &mut Called) -> Option<()> {
        while let Some(word) = words.pop() {
            let Some(name) = word.strip_prefix("--").or(word.strip_prefix('-')).filter(|name| !name.is_empty()) else {
                words.push(word);
                break;
            };
            let takes = names.iter().any(|known| known.strip_suffix('=') == Some(name));
            match name {
                _ if !takes && !names.contains(&name) => {
                    if word.starts_with("--") {
                        return self.ends_for_option(self.columns().invocation.bad_letter, "", &word);
                    }
                    words.push(word);
                    break;
                }
                "init-file" | "rcfile" => called.rc_file = words.pop(),
                "login" => called.login = true,
                "norc" => called.without[0] = true,
                "noprofile" => called.without[1] = true,
                "help" | "version" => called.only_tells = true,
                "verbose" => self.state.options.verbose = true,
                _ => {}
            }
        }
        Some(())
    }

    fn read_letter(&mut self, letter: char, on: bool, words: &mut Vec<String>, called: &mut Called) -> Option<()> {
        let invocation = &self.columns().invocation;
        let monitor = letter == 'o' && words.pop_if(|name| name == "monitor").is_some();
        let letter = if monitor { 'm' } else { letter };
        if !invocation.letters.is_empty() && !invocation.letters.contains(letter) {
            return self.ends_for_option(invocation.bad_letter, if on { "-" } else { "+" }, &letter.to_string());
        }
        match letter {
            'c' => called.command = true,
            's' => called.stdin = true,
            'l' => called.login = true,
            'O' if invocation.letters.contains('O') => {
                called.shopt.extend(words.pop().map(|name| (name, on)));
            }
            'o' => {
                let name = words.pop().unwrap_or_default();
                let known = self.state.options.set_name(&name, on, self.columns().builtins.pipefail);
                if !known && !name.is_empty() && !invocation.bad_name.is_empty() {
                    return self.ends_for_option(invocation.bad_name, "", &name);
                }
            }
            'm' if on && !invocation.no_terminal.is_empty() => called.terminal = true,
            letter => {
                self.state.options.set_letter(letter, on);
            }
        }
        Some(())
    }

    /// The shell ends because of an option.
    fn ends_for_option<T>(&mut self, template: &str, sign: &str, name: &str) -> Option<T> {
        let message = fill(template, &[("sh", &self.state.arg0), ("sign", sign), ("name", name)]);
        self.stack.push(Step::Status(self.columns().builtins.usage_status.into()));
        self.error(message);
        None
    }

    /// Pushes what comes before the script: the files that are read first.
    pub(super) fn read_first(&mut self, called: &Called, sys: &Sys<'_>) {
        let invocation = &self.columns().invocation;
        let home = self.state.get("HOME").unwrap_or_default();
        let there = |path: &str| {
            let path = path.strip_prefix('~').map_or_else(|| path.to_owned(), |rest| format!("{home}{rest}"));
            let text = |p: &String| matches!(sys.files.get(sys.cwd, p).map(|f| &f.content), Some(Content::Text(_)));
            Some(path).filter(text)
        };
        let [no_rc, no_profile] = called.without;
        let mut files: Vec<String> = Vec::new();
        if called.login && !no_profile {
            files.extend(invocation.login_files.iter().filter_map(|group| group.iter().find_map(|path| there(path))));
        }
        if !self.state.interactive {
            files.extend(self.state.get(invocation.script_file_variable).and_then(|path| there(&path)));
        } else if !called.login && !no_rc {
            files.extend(there(called.rc_file.as_deref().unwrap_or(invocation.interactive_file)));
        }
        for file in files.into_iter().rev() {
            self.dot(".", &[file], sys);
        }
    }

    /// An interactive shell ignores what would end it or stop it.
    pub(super) fn ignore_interactively(&mut self) {
        if self.state.interactive {
            let signals = self.columns().invocation.interactive_ignores.iter();
            self.stack.extend(signals.map(|s| Step::Do(Call::Sigaction(*s, Disposition::Ignore))));
            self.watch_terminating_signals(true);
        }
    }

    /// What an interactive shell ignores is at its default in its children, and but for some in a program in its place.
    pub(super) fn leave_interactive(&mut self, left: &[Signal]) {
        for signal in self.columns().invocation.interactive_ignores.iter().filter(|s| !left.contains(s)) {
            if !self.is_trapped(*signal) && !self.state.ignored_at_start.contains(*signal) {
                self.stack.push(Step::Do(Call::Sigaction(*signal, Disposition::Default)));
            }
        }
    }
}
