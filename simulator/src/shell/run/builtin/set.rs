//! `set`: options and positional parameters.

use super::super::step::Step;
use super::Shell;
use crate::program::Call;
use crate::trace::Disposition;

impl Shell {
    pub(super) fn set_builtin(&mut self, args: &[String]) {
        self.state.status = 0;
        if args.is_empty() {
            self.list_all();
            return;
        }
        let mut words = args.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                self.state.positional = words.cloned().collect();
                return;
            }
            if word == "-" {
                self.state.options.xtrace = false;
                continue;
            }
            let on = word.starts_with('-');
            if word.len() < 2 || !(on || word.starts_with('+')) {
                self.state.positional = std::iter::once(word).chain(words).cloned().collect();
                return;
            }
            for letter in word.chars().skip(1) {
                let fine = if letter == 'o' { self.set_named(words.next(), on) } else { self.set_letter(letter, on) };
                if !fine {
                    return;
                }
            }
        }
    }

    /// `setopt` and `unsetopt`: names without regard to case and `_`; `no` in front is the opposite (zshoptions(1)).
    pub(super) fn set_by_name(&mut self, names: &[String], on: bool) {
        self.state.status = 0;
        let pipefail = self.columns().builtins.pipefail;
        for name in names {
            let name = name.to_ascii_lowercase().replace('_', "");
            let options = &mut self.state.options;
            let opposite = name.strip_prefix("no").map_or_else(|| format!("no{name}"), str::to_owned);
            if !options.set_name(&name, on, pipefail) {
                options.set_name(&opposite, !on, pipefail);
            }
        }
    }

    fn set_letter(&mut self, letter: char, on: bool) -> bool {
        let builtins = &self.columns().builtins;
        if letter == 'm' && on {
            let messages = &self.columns().messages;
            if !builtins.set_m {
                let message = self.message(messages.set_m_refused, "set", &[]);
                self.state.status = 1;
                if builtins.set_m_is_fatal {
                    self.exit_with(1);
                }
                self.error(message);
                return false;
            }
            let message = self.message(messages.no_tty, "set", &[]);
            self.state.options.monitor = messages.no_tty.is_empty();
            self.state.monitor_said = true;
            if self.state.options.monitor {
                let signals = &self.columns().signals;
                // Handlers that came with an EXIT trap stay.
                let releases = if self.state.watches { &[] } else { signals.monitor_releases };
                let lists = [(releases, Disposition::Default), (signals.monitor_ignores, Disposition::Ignore)];
                for (list, disposition) in lists {
                    self.stack.extend(list.iter().map(|s| Step::Do(Call::Sigaction(*s, disposition))));
                }
            }
            self.error(message);
            return true;
        }
        self.state.monitor_said &= letter != 'm';
        let letter = match letter {
            c if c == builtins.noglob_letter => 'f',
            'f' => return true,
            c => c,
        };
        let errtrace = matches!(letter, 'E' | 'T') && !builtins.set_errtrace;
        let refused = builtins.set_refuses.contains(letter);
        if errtrace || refused || !self.state.options.set_letter(letter, on) {
            let template = self.columns().messages.set_bad_letter;
            if template.is_empty() {
                self.illegal_option("set", &letter.to_string());
            } else {
                let message = self.message(template, "set", &[("name", &letter.to_string())]);
                self.fail_special("set", u16::from(self.columns().builtins.usage_status), message);
            }
            return false;
        }
        true
    }

    fn set_named(&mut self, name: Option<&String>, on: bool) -> bool {
        let Some(name) = name else {
            let line = |(name, value): (&str, bool)| match on {
                true => format!("{name:<15}\t{}\n", if value { "on" } else { "off" }),
                false => format!("set {}o {name}\n", if value { '-' } else { '+' }),
            };
            let lines: Vec<String> = self.state.options.named(self.columns().builtins.pipefail).map(line).collect();
            self.finish(0, lines.concat());
            return true;
        };
        if name == "monitor" {
            return self.set_letter('m', on);
        }
        let pipefail = self.columns().builtins.pipefail;
        if !self.state.options.set_name(name, on, pipefail) {
            let status = u16::from(self.columns().builtins.usage_status);
            let message = self.message(self.columns().messages.set_bad_name, "set", &[("name", name)]);
            match self.columns().builtins.set_bad_name_status {
                Some(status) => self.fail(u16::from(status), message),
                None if self.columns().builtins.set_errors_are_fatal => {
                    self.exit_with(status);
                    self.error(message);
                }
                None => self.fail_special("set", status, message),
            }
            return false;
        }
        true
    }
}
