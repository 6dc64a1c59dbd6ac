//! What builtins list: variables (`export -p`, `set`, `declare -p`), options (`set -o`, `shopt`).

use super::super::state::State;
use super::super::state::{Case, Value, Var};
use super::super::variable::in_order;
use super::Shell;
use super::quote::{dollar_quoted, double_quoted, is_plain};
use crate::shell::variants::ListStyle;

/// Options of bash's `shopt` with what they are at the start of a script.
pub(in crate::shell::run) const SHOPT: &[(&str, bool)] = &[
    ("autocd", false),
    ("checkwinsize", true),
    ("cmdhist", true),
    ("dotglob", false),
    ("expand_aliases", false),
    ("extglob", false),
    ("extquote", true),
    ("failglob", false),
    ("force_fignore", true),
    ("globasciiranges", true),
    ("globskipdots", true),
    ("globstar", false),
    ("inherit_errexit", false),
    ("interactive_comments", true),
    ("lastpipe", false),
    ("localvar_inherit", false),
    ("nocaseglob", false),
    ("nocasematch", false),
    ("nullglob", false),
    ("patsub_replacement", true),
    ("promptvars", true),
    ("sourcepath", true),
    ("xpg_echo", false),
];

impl State {
    /// Is this `shopt` option on?
    pub fn shopt(&self, name: &str) -> bool {
        let default = SHOPT.iter().any(|(known, on)| *known == name && *on);
        default != self.shopt_changed.contains(name)
    }

    /// Sets a `shopt` option.
    pub fn set_shopt(&mut self, name: &str, on: bool) {
        let Some((known, default)) = SHOPT.iter().find(|(known, _)| *known == name) else { return };
        self.alias_changes += u32::from(*known == "expand_aliases");
        if *default == on {
            self.shopt_changed.remove(known);
        } else {
            self.shopt_changed.insert(known);
        }
    }
}

impl Shell {
    /// `export -p` and its like.
    pub(super) fn list_variables(&mut self, builtin: &str, flags: &str) {
        let style = self.columns().details.list_style;
        let wanted = |v: &Var| match builtin {
            "export" => v.exported,
            "readonly" => v.read_only,
            _ => {
                !"xirlu".contains(|c| flags.contains(c))
                    || (flags.contains('x') && v.exported)
                    || (flags.contains('r') && v.read_only)
            }
        };
        let names: Vec<String> = self.state.vars.iter().filter(|(_, v)| wanted(v)).map(|(n, _)| n.clone()).collect();
        let lines: Vec<String> = names
            .iter()
            .filter_map(|name| {
                Some(match style {
                    ListStyle::Declare => self.declaration(name)?,
                    ListStyle::Command => match self.state.get(name) {
                        Some(value) => format!("{builtin} {name}={}\n", self.quoted(&value)),
                        None => format!("{builtin} {name}\n"),
                    },
                })
            })
            .collect();
        self.finish(0, lines.concat());
    }

    /// `declare -p` of one variable.
    pub(super) fn declaration(&self, name: &str) -> Option<String> {
        let var = self.state.vars.get(name)?;
        let letters: String = [
            (matches!(var.value, Value::Indexed(_)), 'a'),
            (matches!(var.value, Value::Named(_)), 'A'),
            (var.integer, 'i'),
            (var.case == Some(Case::Lower), 'l'),
            (var.reference, 'n'),
            (var.read_only, 'r'),
            (var.case == Some(Case::Upper), 'u'),
            (var.exported, 'x'),
        ]
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, letter)| *letter)
        .collect();
        let letters = if letters.is_empty() { "-".to_owned() } else { letters };
        let value = match &var.value {
            Value::Unset => String::new(),
            Value::Scalar(text) => format!("={}", double_quoted(text)),
            Value::Indexed(elements) => {
                let all: Vec<String> = elements.iter().map(|(k, v)| format!("[{k}]={}", double_quoted(v))).collect();
                format!("=({})", all.join(" "))
            }
            Value::Named(elements) => {
                let key = |k: &String| if is_plain(k) { k.clone() } else { double_quoted(k) };
                let all = in_order(elements, self.columns().details.element_order).into_iter();
                let all: Vec<String> = all.map(|(k, v)| format!("[{}]={} ", key(k), double_quoted(v))).collect();
                format!("=({})", all.concat())
            }
        };
        Some(format!("declare -{letters} {name}{value}\n"))
    }

    /// `set` without operands.
    pub(super) fn list_all(&mut self) {
        let lines: Vec<String> = self
            .state
            .vars
            .keys()
            .filter_map(|name| {
                let value = self.state.get(name)?;
                let shown = match self.columns().details.list_style {
                    ListStyle::Command => self.quoted(&value),
                    ListStyle::Declare if value.is_empty() || is_plain(&value) => value,
                    ListStyle::Declare if value.chars().any(char::is_control) => dollar_quoted(&value),
                    ListStyle::Declare => self.quoted(&value),
                };
                Some(format!("{name}={shown}\n"))
            })
            .collect();
        self.finish(0, lines.concat());
    }

    /// `shopt`
    pub(super) fn shopt(&mut self, args: &[String]) {
        let flags: String = args.iter().filter(|a| a.starts_with('-')).map(|a| a.trim_start_matches('-')).collect();
        let names: Vec<&String> = args.iter().filter(|a| !a.starts_with('-')).collect();
        if flags.contains('o') {
            let on = flags.contains('s');
            let known = names.iter().all(|n| self.state.options.set_name(n, on, true));
            self.state.status = u16::from(!known);
            return;
        }
        let (mut status, mut out, mut complaints) = (0, String::new(), Vec::new());
        for name in names {
            if !SHOPT.iter().any(|(known, _)| known == name) {
                let template = "{builtin_prefix}{name}: invalid shell option name";
                complaints.push(self.message(template, "shopt", &[("name", name)]));
                status = 1;
                continue;
            }
            let on = self.state.shopt(name);
            if flags.contains('s') || flags.contains('u') {
                self.state.set_shopt(name, flags.contains('s'));
            } else {
                status = status.max(u16::from(!on));
                let word = if on { "on" } else { "off" };
                if flags.contains('p') {
                    out.push_str(&format!("shopt -{} {name}\n", if on { 's' } else { 'u' }));
                } else if !flags.contains('q') {
                    out.push_str(&format!("{name:<15}\t{word}\n"));
                }
            }
        }
        self.error(complaints.join("\n"));
        self.finish(status, out);
    }
}
