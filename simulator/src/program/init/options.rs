//! What the arguments and variables of an init program ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::getopt::{self, Found};
use super::rows::{Does, Needs, Opt, Row, Values};
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Signals go to the command's process group.
    pub to_group: bool,
    pub subreaper: bool,
    /// How much it tells; each row says what it tells at which.
    pub verbosity: i64,
    /// Each reaped orphan is reported.
    pub warns: bool,
    /// No command: it waits for a signal to end.
    pub pause: bool,
    /// Exit codes that become 0.
    pub as_zero: Vec<u8>,
    /// Signals that are passed on as another one, or not at all.
    pub rewrite: BTreeMap<Signal, Option<Signal>>,
    /// The signal that it gets when its parent dies.
    pub parent_death: Option<Signal>,
    /// What it says about its variables.
    pub remarks: Vec<&'static str>,
    /// The command.
    pub command: Arc<[Text]>,
}

/// It only says something and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Says {
    /// 1 or 2.
    pub stream: u32,
    pub text: String,
    pub code: u8,
}

/// Reads arguments and variables.
pub(super) fn read(
    row: &'static Row,
    version: &str,
    argv: &[Text],
    env: &BTreeMap<Text, Text>,
    pid: Pid,
) -> Result<Options, Says> {
    let says = |stream: u32, text: &str, code: u8| Says { stream, text: fill(row, version, argv, pid, text), code };
    if row.version_alone && argv.len() == 2 && argv.get(1).is_some_and(|a| &**a == "--version") {
        return Err(says(1, row.version_text, 0));
    }
    let mut options = Options { to_group: row.to_group, verbosity: row.verbosity, ..Options::default() };
    let permutes = row.permutes && !env.contains_key("POSIXLY_CORRECT");
    let (found, command) = getopt::read(row.options, row.long_options, permutes, row.libc, argv);
    for found in found {
        let (option, value) = match found {
            Found::Option(option, value) => (option, value),
            Found::Wrong(message) => return Err(says(2, &format!("{message}\n{}", row.wrong_option), 1)),
        };
        match option.does {
            Does::Help => return Err(says(1, row.help, 0)),
            Does::Version => return Err(says(1, row.version_text, 0)),
            Does::License => return Err(says(1, row.license, 0)),
            _ if options.take(row.values, option, &value) => {}
            _ => {
                let letter = option.short.map_or_else(String::new, String::from);
                let text = row.wrong_value.replace("{letter}", &letter).replace("{value}", &value);
                return Err(says(2, &text, 1));
            }
        }
    }
    if command.is_empty() && !options.pause {
        return Err(says(2, row.no_command, 1));
    }
    options.command = if options.pause { Arc::from([]) } else { command.into() };
    options.variables(row, env);
    Ok(options)
}

/// Fills in `{name}`, the base name, and `{pid}`, `{version}`.
fn fill(row: &Row, version: &str, argv: &[Text], pid: Pid, text: &str) -> String {
    let name = argv.first().map_or("", |a| a);
    let name = if row.called_by_path { name } else { super::super::load::base_name(name) };
    let version = if version.is_empty() { row.version } else { version };
    text.replace("{name}", name).replace("{version}", version).replace("{pid}", &pid.to_string())
}

impl Options {
    /// Takes an option; false: its value is wrong.
    fn take(&mut self, values: Values, option: &Opt, value: &str) -> bool {
        match option.does {
            Does::Help | Does::Version | Does::License => {}
            Does::Verbose => self.verbosity += 1,
            Does::ToGroup => self.to_group = true,
            Does::ToChild => self.to_group = false,
            Does::Subreaper => self.subreaper = true,
            Does::Warns => self.warns = true,
            Does::Pause => self.pause = true,
            Does::ParentDeath => {
                // Names with SIG, as they are written; no real-time signals.
                let named = value.strip_prefix("SIG").and_then(Signal::from_name);
                let known =
                    |s: &Signal| s.number() < 32 && format!("SIG{s}") == value && !values.unknown.contains(&value);
                self.parent_death = named.filter(known);
                return self.parent_death.is_some();
            }
            Does::AsZero => {
                let Some(code) = decimal(value).and_then(|n| u8::try_from(n).ok()) else { return false };
                self.as_zero.push(code);
            }
            Does::Rewrite => {
                let Some((from, to)) = pair(value, values.most_signal) else { return false };
                self.rewrite.insert(from, to);
            }
        }
        true
    }

    fn variables(&mut self, row: &Row, env: &BTreeMap<Text, Text>) {
        for variable in row.variables {
            let Some(value) = env.get(variable.name) else { continue };
            match variable.needs {
                Needs::Number => self.verbosity = i64::from(leading_number(value).cast_unsigned()),
                Needs::Anything => self.set(variable.does, variable.remark),
                Needs::Value(wanted) if &**value == wanted => self.set(variable.does, variable.remark),
                Needs::Value(_) => {}
            }
        }
    }

    fn set(&mut self, does: Does, remark: &'static str) {
        match does {
            Does::Verbose => self.verbosity = self.verbosity.max(1),
            Does::Subreaper => self.subreaper = true,
            Does::ToGroup => self.to_group = true,
            Does::ToChild => self.to_group = false,
            _ => {}
        }
        self.remarks.push(remark);
    }
}

/// strtol(3) over the whole text: blanks and a sign before it; an empty text is 0.
fn decimal(text: &str) -> Option<i64> {
    let text = text.trim_start();
    if text.is_empty() { Some(0) } else { text.parse().ok() }
}

/// atoi(3).
fn leading_number(text: &str) -> i32 {
    let text = text.trim_start();
    let digits = text.trim_start_matches(['+', '-']);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number: i32 = digits.get(..end).and_then(|d| d.parse().ok()).unwrap_or(0);
    if text.starts_with('-') { -number } else { number }
}

/// sscanf(3) `%d:%d`: a signal, and what it becomes, 0 for nothing.
fn pair(text: &str, most: u8) -> Option<(Signal, Option<Signal>)> {
    let (from, to) = text.split_once(':')?;
    let to = to.trim_start();
    let number = |text: &str| text.trim_start().parse::<u8>().ok().filter(|n| *n <= most).map(u32::from);
    let end = to.find(|c: char| !c.is_ascii_digit()).unwrap_or(to.len());
    Some((Signal::from_number(number(from)?)?, Signal::from_number(number(to.get(..end)?)?)))
}
