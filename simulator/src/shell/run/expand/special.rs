//! Special parameters: `$?`, `$$`, `$!`, `$#`, `$-`, `$0`, positions, and the values of names and arrays.

use super::super::state::{Running, State, Value};
use super::super::variable::in_order;
use super::Expander;
use crate::shell::ast::Param;
use crate::shell::variants::{ArrayNames, Columns, CommandFlag};

/// What a parameter stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One string, or unset.
    One(Option<String>),
    /// `$@`, `${a[@]}`: several; `star`: joined when quoted.
    Many { values: Vec<String>, star: bool },
}

impl Expander<'_> {
    pub(super) fn meaning(&mut self, param: &Param) -> super::Expanded<Meaning> {
        let name = param.name.as_str();
        if let Some(index) = &param.index {
            let index = self.text(index)?;
            return self.array(name, &index);
        }
        if param.indirect {
            let reference = self.state.vars.get(name).is_some_and(|v| v.reference);
            if self.columns.syntax.indirect_is_name && !reference {
                return Ok(Meaning::One(Some(name.to_owned())));
            }
            let target = self.single(name).unwrap_or_default();
            if let Some((array, index)) = target.strip_suffix(']').and_then(|t| t.split_once('[')) {
                return self.array(array, index);
            }
            return Ok(Meaning::One(self.single(&target)));
        }
        Ok(match name {
            "@" | "*" => Meaning::Many { values: self.state.positional.clone(), star: name == "*" },
            name if self.is_whole_array(name) => {
                let star = self.columns.details.array_names == ArrayNames::Joined;
                return self.array(name, if star { "*" } else { "@" });
            }
            name => Meaning::One(self.single(name)),
        })
    }

    fn array(&mut self, name: &str, index: &str) -> super::Expanded<Meaning> {
        let target = self.state.vars.get(name).filter(|v| v.reference).and_then(|v| match &v.value {
            Value::Scalar(target) => Some(target.clone()),
            Value::Indexed(_) | Value::Named(_) | Value::Unset => None,
        });
        let name = target.as_deref().unwrap_or(name);
        let value = self.state.vars.get(name).map(|v| v.value.clone());
        if index == "@" || index == "*" {
            let values = match value {
                Some(Value::Indexed(elements)) => elements.into_values().collect(),
                Some(Value::Named(elements)) => in_order(&elements, self.columns.details.element_order)
                    .into_iter()
                    .map(|(_, v)| v.clone())
                    .collect(),
                Some(Value::Scalar(text)) => vec![text],
                Some(Value::Unset) | None => self.pipe_statuses(name),
            };
            return Ok(Meaning::Many { values, star: index == "*" });
        }
        let one = match value {
            Some(Value::Named(elements)) => elements.get(index.trim_matches(['"', '\''])).cloned(),
            Some(Value::Indexed(elements)) => {
                let at = self.calculate(index)?;
                let at = self.distance(at, elements.keys().next_back().map_or(0, |k| k + 1));
                elements.get(&at).cloned()
            }
            Some(Value::Scalar(text)) if self.columns.details.array_names == ArrayNames::Joined => {
                let at = self.calculate(index)?;
                let at = self.distance(at, i64::try_from(text.chars().count()).unwrap_or(0));
                usize::try_from(at).ok().and_then(|at| text.chars().nth(at)).map(String::from)
            }
            Some(Value::Scalar(text)) => (self.calculate(index)? == 0).then_some(text),
            Some(Value::Unset) | None => {
                let at = usize::try_from(self.calculate(index)?).unwrap_or(usize::MAX);
                self.pipe_statuses(name).get(at).cloned()
            }
        };
        Ok(Meaning::One(one))
    }

    /// Does the name alone stand for all elements?
    fn is_whole_array(&self, name: &str) -> bool {
        let all = self.columns.details.array_names != ArrayNames::FirstOfZero;
        all && matches!(self.state.vars.get(name).map(|v| &v.value), Some(Value::Indexed(_)))
    }

    fn pipe_statuses(&self, name: &str) -> Vec<String> {
        if self.columns.details.array_names != ArrayNames::FirstOfZero {
            return Vec::new();
        }
        let bash = self.columns.details.bash_variables;
        let own = |name| self.columns.details.shell_variables.contains(&name);
        match name {
            "PIPESTATUS" if bash || own("PIPESTATUS") => self.state.pipe_statuses.iter().map(u16::to_string).collect(),
            _ if !bash => Vec::new(),
            "FUNCNAME" => self.running(|call| call.name.to_string(), "main"),
            "BASH_SOURCE" => self.running(|call| call.file.to_string(), &self.state.arg0),
            "BASH_LINENO" => self.running(|call| call.line.saturating_sub(self.state.lines_apart).to_string(), "0"),
            "BASH_VERSINFO" => {
                let mut parts: Vec<String> = self.version.split('.').map(str::to_owned).collect();
                parts.resize(3, "0".into());
                parts.extend(["1".to_owned(), "release".to_owned(), "x86_64-pc-linux-gnu".to_owned()]);
                parts
            }
            _ => Vec::new(),
        }
    }

    /// What is being run, innermost first; outermost is the script file.
    fn running(&self, what: impl Fn(&Running) -> String, outermost: &str) -> Vec<String> {
        let mut all: Vec<String> = self.state.calls.iter().rev().map(what).collect();
        let file = self.state.in_file;
        if file && (!all.is_empty() || outermost != "main") {
            all.push(outermost.to_owned());
        }
        all
    }

    /// A name, number or special character as one string; unset is `None`.
    pub(super) fn single(&self, name: &str) -> Option<String> {
        let state = &*self.state;
        Some(match name {
            // bash answers -1 for a child that is none of its own.
            "?" if state.status == u16::MAX => "-1".into(),
            // A substitution further on has run already.
            "?" if self.used < self.results.len() => state.statuses.get(self.used).unwrap_or(&state.status).to_string(),
            "?" => state.status.to_string(),
            "$" => state.pid.0.to_string(),
            "!" => {
                let none = self.columns.children.none_is_zero.then(|| "0".to_string());
                return state.last_background.map(|p| p.0.to_string()).or(none);
            }
            "#" => state.positional.len().to_string(),
            "-" => flags(state, self.columns),
            "0" => match state.calls.last().filter(|_| self.columns.nesting.zero_is_what_runs) {
                Some(call) if &*call.name == "source" => call.file.to_string(),
                Some(call) => call.name.to_string(),
                None => state.arg0.clone(),
            },
            "@" | "*" => state.positional.join(" "),
            name if name.starts_with(|c: char| c.is_ascii_digit()) => {
                let at: usize = name.parse().ok()?;
                return state.positional.get(at.checked_sub(1)?).cloned();
            }
            name => match state.get(name) {
                Some(value) => value,
                None => return self.dynamic(name),
            },
        })
    }

    /// Variables that have a value without being set.
    pub(super) fn dynamic(&self, name: &str) -> Option<String> {
        let bash = self.columns.details.bash_variables;
        let own = |name| self.columns.details.shell_variables.contains(&name);
        match name {
            "FUNCNAME" | "BASH_SOURCE" | "BASH_LINENO" | "BASH_VERSINFO" if bash => {
                self.pipe_statuses(name).into_iter().next()
            }
            "PIPESTATUS" if bash => self.pipe_statuses(name).into_iter().next(),
            "BASH_VERSION" if bash => Some(format!("{}(1)-release", self.version)),
            "BASH_SUBSHELL" if bash => Some(self.state.subshells.to_string()),
            "BASH_COMMAND" if bash => Some(self.state.latest_command.to_string()),
            "SHLVL" if bash => Some("1".into()),
            "OSTYPE" if bash || own(name) => Some("linux-gnu".into()),
            "HOSTTYPE" if bash => Some("x86_64".into()),
            "MACHTYPE" if bash => Some("x86_64-pc-linux-gnu".into()),
            "PPID" => Some(self.sys.ppid.0.to_string()),
            "LINENO" if !self.columns.details.knows_line => None,
            // Only files have lines there, and what a file runs.
            "LINENO"
                if self.columns.details.names_reading
                    && self.state.reading.is_none()
                    && !(self.columns.traps.keep_line && self.state.in_file) =>
            {
                Some("0".into())
            }
            "LINENO" => Some(self.state.line_number().to_string()),
            "PWD" => Some(self.sys.cwd.to_string()),
            "BASHPID" if bash => Some(self.sys.pid.0.to_string()),
            "ZSH_VERSION" | "YASH_VERSION" if own(name) => Some(self.version.into()),
            "KSH_VERSION" if own("KSH_VERSION") => Some(format!("@(#)MIRBSD KSH {}", self.version)),
            "SECONDS" if bash || own("SECONDS") => Some((self.sys.now.as_micros() / 1_000_000).to_string()),
            "RANDOM" if bash || own("RANDOM") || self.columns.details.random => {
                let seed = u64::from(self.sys.pid.0) ^ self.sys.now.as_micros();
                Some((crate::base::rng::mix(seed) % 32_768).to_string())
            }
            "EUID" | "UID" if bash || own(name) => {
                let uid = self.sys.seen.task(self.sys.task).map_or(0, |t| t.uid);
                Some(uid.to_string())
            }
            _ => None,
        }
    }
}

/// `$-`
fn flags(state: &State, columns: &Columns) -> String {
    let details = &columns.details;
    let base = details.option_flags;
    let monitor = state.monitor_said && columns.jobs.monitor_flag_stays;
    let o = &state.options;
    let letters = [
        (o.allexport, 'a'),
        (o.errexit, 'e'),
        (o.noglob, 'f'),
        (o.monitor || monitor, 'm'),
        (o.noexec, 'n'),
        (o.nounset, 'u'),
        (o.verbose, 'v'),
        (o.xtrace, 'x'),
        (o.noclobber, 'C'),
        (o.errtrace, 'E'),
    ];
    let with_s = o.command_string && details.command_flag == CommandFlag::WithS;
    if !details.flag_order.is_empty() {
        let on = |c: char| {
            let fixed = o.shows(c) || c == 'c' && o.command_string || c == 's' && (o.stdin || with_s);
            fixed || letters.iter().any(|(on, letter)| *on && *letter == c)
        };
        return details.flag_order.chars().filter(|c| on(*c)).collect();
    }
    let first = o.command_string && details.command_flag == CommandFlag::First;
    let last = o.command_string && details.command_flag == CommandFlag::Last && !base.is_empty();
    let mut out: String = if first { "c".into() } else { String::new() };
    out.extend(letters.iter().filter(|(on, _)| *on).map(|(_, c)| *c));
    out.push_str(base);
    out.extend(last.then_some('c'));
    out.extend(o.stdin.then_some('s'));
    if details.flags_sorted {
        let mut sorted: Vec<char> = out.chars().collect();
        sorted.sort_unstable();
        out = sorted.into_iter().collect();
    }
    out
}
