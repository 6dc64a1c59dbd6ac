//! `trap` (XCU trap): conditions by name or number; which spellings are taken differs between shells.

use super::super::script::{ScriptFrame, Source};
use super::super::state::TrapOn;
use super::Shell;
use crate::base::signal::{Signal, SignalSet};
use crate::shell::variants::{OuterTraps, TrapOrder};

impl Shell {
    pub(super) fn trap_builtin(&mut self, args: &[String]) {
        self.state.status = 0;
        let args = match args.first().map(String::as_str) {
            None => {
                let lines = self.trap_lines(&[]);
                self.finish(0, lines.concat());
                return;
            }
            Some("-l") if self.columns().builtins.trap_options.is_some_and(|o| o.contains('l')) => {
                let names: Vec<String> = (1..=31).filter_map(Signal::from_number).map(|s| s.to_string()).collect();
                self.finish(0, names.join(" ") + "\n");
                return;
            }
            Some(option) if option != "--" && self.columns().builtins.trap_options.is_none() => args,
            Some("-p") if self.columns().builtins.trap_options.is_some_and(|o| o.contains('p')) => {
                let wanted: Vec<TrapOn> = args.iter().skip(1).filter_map(|a| self.condition(a)).collect();
                let lines = self.trap_lines(&wanted);
                self.finish(0, lines.concat());
                return;
            }
            Some(option @ ("-p" | "-l")) => {
                let letter = option.trim_start_matches('-').to_owned();
                self.illegal_option("trap", &letter);
                return;
            }
            Some("--") => args.get(1..).unwrap_or(&[]),
            Some(_) => args,
        };
        let Some((first, rest)) = args.split_first() else { return };
        let unnamed = self.columns().messages.trap_unnamed;
        if rest.is_empty() && !unnamed.is_empty() {
            let message = self.message(unnamed, "trap", &[]);
            let status = self.error_status(1);
            self.fail_usage("trap", status, message);
            return;
        }
        // A first operand that is a number, or the only one, is a condition to be reset.
        let resets = rest.is_empty() || first.parse::<u32>().is_ok();
        let (action, conditions) = match (resets, first.as_str()) {
            (true, _) => (None, args),
            (false, "-") => (None, rest),
            (false, text) => (Some(text), rest),
        };
        if let Some(text) = action.filter(|_| self.columns().traps.parsed_when_set)
            && self.is_unreadable(text)
        {
            return;
        }
        for name in conditions {
            match self.condition(name) {
                Some(on) => self.set_trap(on, action.map(Into::into)),
                // An action for nothing.
                None if self.columns().builtins.trap_options.is_none() && args.len() == 1 => return,
                None => {
                    let message = self.message(self.columns().messages.bad_trap, "trap", &[("name", name)]);
                    self.fail(1, message);
                    return;
                }
            }
        }
    }

    /// Says why the action cannot be read, and true; false if it can be.
    fn is_unreadable(&mut self, text: &str) -> bool {
        let frame = ScriptFrame::new(text.into(), 0, Source::Trap, self);
        let Some(error) = frame.script.error.clone() else { return false };
        let further = self.message("{builtin_prefix}couldn't parse trap command", "trap", &[]);
        let line = self.state.line;
        let message = self.syntax_error(&error, &frame);
        self.state.line = line;
        self.fail(1, format!("{message}\n{further}"));
        true
    }

    fn condition(&self, name: &str) -> Option<TrapOn> {
        let builtins = &self.columns().builtins;
        let upper = name.to_ascii_uppercase();
        let events = if self.columns().syntax.arrays { builtins.trap_events } else { &[] };
        match upper.as_str() {
            "EXIT" | "0" | "SIGEXIT" => return Some(TrapOn::Exit),
            "ERR" if events.contains(&"ERR") || builtins.trap_err => return Some(TrapOn::Err),
            "DEBUG" if events.contains(&"DEBUG") => return Some(TrapOn::Other("DEBUG")),
            "RETURN" if events.contains(&"RETURN") => return Some(TrapOn::Other("RETURN")),
            _ => {}
        }
        if upper.starts_with("SIG") && !builtins.trap_sig_prefix || upper != name && builtins.trap_names_upper {
            return None;
        }
        Signal::parse(name).map(TrapOn::Signal)
    }

    /// The traps of these conditions, or all: those of this shell, and those of the shell around that are still listed.
    fn trap_lines(&mut self, wanted: &[TrapOn]) -> Vec<String> {
        let columns = &self.columns().traps;
        let mut shown = self.state.outer_traps.clone();
        shown.extend(self.state.traps.clone());
        if columns.lists_found_ignored {
            self.watch_terminating_signals(true);
            // What a job ignores counts with them, where it cannot be trapped there.
            let of_job = self.state.ignored_at_start.difference(self.state.found_ignored);
            let hard = if self.columns().jobs.trap_in_job { SignalSet::EMPTY } else { of_job };
            let ignored = self.state.found_ignored.union(hard);
            shown.extend(ignored.iter().map(|signal| (TrapOn::Signal(signal), "".into())));
        }
        let mut shown: Vec<_> = shown.iter().filter(|(on, _)| wanted.is_empty() || wanted.contains(on)).collect();
        match columns.order {
            TrapOrder::Highest => shown.reverse(),
            TrapOrder::Listed(list) => shown.sort_by_key(|(on, _)| match on {
                TrapOn::Signal(signal) => 1 + list.iter().position(|s| s == signal).unwrap_or(list.len()),
                TrapOn::Exit | TrapOn::Err | TrapOn::Other(_) => 0,
            }),
            TrapOrder::Lowest | TrapOrder::Arrival => {}
        }
        shown.into_iter().map(|(on, action)| self.trap_line(*on, action)).collect()
    }

    /// A subshell begins: its traps are reset, and some shells still list them.
    pub(in super::super) fn remember_outer_traps(&mut self) {
        match self.columns().traps.outer {
            OuterTraps::UntilSet => self.state.outer_traps.extend(self.state.traps.clone()),
            OuterTraps::InsideShell => self.state.outer_traps.clear(),
            OuterTraps::Unlisted | OuterTraps::InLoneTrap => {}
        }
    }

    fn trap_line(&self, on: TrapOn, action: &str) -> String {
        let sig = if self.columns().details.signal_names_with_sig { "SIG" } else { "" };
        let name = match on {
            TrapOn::Exit => "EXIT".to_string(),
            TrapOn::Err => "ERR".to_string(),
            TrapOn::Other(name) => name.to_string(),
            TrapOn::Signal(signal) => format!("{sig}{signal}"),
        };
        format!("trap -- {} {name}\n", self.quoted(action))
    }
}
