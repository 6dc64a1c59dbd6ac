//! The programs that a script names, and what stands for each: utilities are themselves, the application handles SIGTERM,
//! anything else ends at once.

use super::Request;
use crate::program::Binary;
use crate::program::profiles::stand_in;
use crate::shell::ast::{AndOr, Command, CommandKind, List, RedirectKind, Word};
use crate::shell::parse::parse;
use crate::shell::syntax::Syntax;
use crate::shell::variants::all;
use std::collections::BTreeSet;

/// Utilities that the simulator has as they are.
const UTILITIES: &[&str] = &[
    "sleep",
    "cat",
    "tail",
    "head",
    "true",
    "false",
    "env",
    "nohup",
    "timeout",
    "setsid",
    "grep",
    "tee",
    "ls",
    "mkdir",
    "rm",
    "touch",
    "chmod",
    "chown",
    "ln",
    "id",
    "date",
    "hostname",
    "whoami",
    "printenv",
    "basename",
    "ps",
    "nc",
    "curl",
    "wget",
    "sort",
    "wc",
    "uname",
    "which",
    "kill",
    "su-exec",
    "gosu",
    "su",
    "runuser",
    "tini",
    "dumb-init",
    "catatonit",
];

/// Words in front of the program that is meant.
const WRAPPERS: &[&str] = &["exec", "command", "builtin", "env", "nohup", "time", "eval", "setsid"];

/// Programs that run another one, with how many words of their own stand in front of it.
const RUNNERS: &[(&str, usize)] =
    &[("tini", 0), ("dumb-init", 0), ("catatonit", 0), ("gosu", 1), ("su-exec", 1), ("timeout", 1)];

/// What stands for a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// Handles SIGTERM: exits with 0 after 0.1 s. With arguments: only when it is called with these.
    Application(String),
    /// Ends at once with 0.
    Step,
    /// The utility of this name, as it is.
    Itself(String),
}

impl Stand {
    /// The file in PATH.
    pub(super) fn binary(&self) -> Binary {
        let version = match self {
            Stand::Application(arguments) => format!("{} {arguments}", stand_in::APPLICATION),
            Stand::Step => stand_in::STEP.to_string(),
            Stand::Itself(name) => return Binary::Program { name: name.as_str().into(), version: "".into() },
        };
        Binary::Program { name: stand_in::NAME.into(), version: version.as_str().into() }
    }
}

/// The programs of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// The one that is watched.
    pub application: Option<String>,
    /// Programs that are put into PATH.
    pub programs: Vec<(String, Stand)>,
    /// Files that the script reads or goes to: empty ones.
    pub files: Vec<String>,
    /// Other shells that it calls, `bash -c '...'`.
    pub shells: BTreeSet<String>,
}

impl Names {
    /// What is assumed, in words.
    pub(super) fn assumed(&self) -> String {
        let Some(application) = &self.application else { return "the script runs no program".into() };
        let stands = self.programs.iter().any(|(n, s)| n == application && matches!(s, Stand::Application(_)));
        let mut text = match stands {
            true => format!("{application} runs for ever and exits with 0, 0.1 s after SIGTERM"),
            false => format!("{application} is what it is"),
        };
        let steps: Vec<&str> =
            self.programs.iter().filter(|(_, s)| *s == Stand::Step).map(|(name, _)| name.as_str()).collect();
        if !steps.is_empty() {
            let ends = if steps.len() == 1 { "ends" } else { "end" };
            text.push_str(&format!("; {} {ends} at once with 0", steps.join(", ")));
        }
        text
    }
}

/// The programs of the script and its arguments.
pub(super) fn of(request: &Request) -> Names {
    let mut finder = Finder::default();
    finder.text(&request.script, 0);
    let is_argument = |a: &&String| !a.starts_with('-') && !["sh", "_"].contains(&a.as_str());
    if request.script.contains("\"$@\"") || request.script.contains("$@") || request.script.contains("$*") {
        // `exec "$@"`: the first argument that can be a program is one.
        let skip = usize::from(!request.is_file && !request.script.contains("$0"));
        finder.names.extend(request.arguments.iter().skip(skip).find(is_argument).cloned());
    } else if request.script.contains("$0") || request.script.contains("$1") {
        finder.names.extend(request.arguments.iter().find(is_argument).cloned());
    }
    let mut seen = BTreeSet::new();
    let known = |name: &String| is_builtin(name) || finder.functions.contains(name) || name.contains('$');
    let names: Vec<String> = finder.names.iter().filter(|n| !known(n) && seen.insert((*n).clone())).cloned().collect();
    let own = |name: &String| !UTILITIES.contains(&base(name));
    let named = |name: &String| request.application.as_ref().is_none_or(|a| a == name || *a == base(name));
    let application = names.iter().rev().find(|n| own(n) && named(n)).or_else(|| names.iter().rev().find(|n| named(n)));
    let application = application.cloned().or_else(|| request.application.clone());
    let stand = |name: String| {
        let calls: Vec<&str> = finder.calls.iter().filter(|(n, _)| *n == name).map(|(_, args)| args.as_str()).collect();
        let stand = match calls.as_slice() {
            _ if !own(&name) => Stand::Itself(base(&name).to_owned()),
            _ if Some(&name) != application.as_ref() => Stand::Step,
            [.., before, last] if before != last && !last.contains('$') => Stand::Application((*last).to_string()),
            _ => Stand::Application(String::new()),
        };
        (name, stand)
    };
    let mut programs: Vec<(String, Stand)> = names.iter().cloned().map(stand).collect();
    if let Some(name) = application.clone().filter(|n| own(n) && !names.contains(n)) {
        programs.push((name, Stand::Application(String::new())));
    }
    Names { application, programs, files: finder.files, shells: finder.shells }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Is it a builtin of some shell?
fn is_builtin(name: &str) -> bool {
    // `sleep` is one in few: there it is not found as a process, which is what the plan shows.
    let extra = || all().any(|v| v.columns.builtins.extra.contains(&name));
    crate::shell::run::is_common_builtin(name) || (extra() && !UTILITIES.contains(&name))
}

#[derive(Default)]
struct Finder {
    names: Vec<String>,
    /// Programs with their arguments as the script writes them.
    calls: Vec<(String, String)>,
    functions: BTreeSet<String>,
    files: Vec<String>,
    shells: BTreeSet<String>,
}

impl Finder {
    fn text(&mut self, text: &str, depth: usize) {
        if depth > 3 {
            return;
        }
        for command in &parse(text, &Syntax::FULL).commands {
            self.list(&command.list, depth);
        }
    }

    fn list(&mut self, list: &List, depth: usize) {
        for item in &list.items {
            self.and_or(&item.and_or, depth);
        }
    }

    fn and_or(&mut self, list: &AndOr, depth: usize) {
        for pipeline in std::iter::once(&list.first).chain(list.rest.iter().map(|(_, p)| p)) {
            for command in &pipeline.commands {
                self.command(command, depth);
            }
        }
    }

    fn command(&mut self, command: &Command, depth: usize) {
        for redirect in &command.redirects {
            let (word, beside) = match &redirect.kind {
                RedirectKind::Read(file) => (file, ""),
                RedirectKind::Write(file)
                | RedirectKind::Clobber(file)
                | RedirectKind::Append(file)
                | RedirectKind::ReadWrite(file)
                | RedirectKind::Both { file, .. } => (file, "/../.keep"),
                RedirectKind::Duplicate { .. } | RedirectKind::Here(_) => continue,
            };
            let file = word.as_literal().filter(|f| !f.starts_with("/dev/"));
            self.files.extend(file.map(|f| format!("{f}{beside}")));
        }
        match &command.kind {
            CommandKind::Simple(simple) => self.words(&simple.words, depth),
            CommandKind::Group(body) | CommandKind::Subshell(body) => self.list(body, depth),
            CommandKind::If { arms, otherwise } => {
                for (test, body) in arms {
                    self.list(test, depth);
                    self.list(body, depth);
                }
                if let Some(body) = otherwise {
                    self.list(body, depth);
                }
            }
            CommandKind::While { condition, body, .. } => {
                self.list(condition, depth);
                self.list(body, depth);
            }
            CommandKind::For { body, .. } | CommandKind::ArithFor { body, .. } => self.list(body, depth),
            CommandKind::Case { arms, .. } => arms.iter().for_each(|arm| self.list(&arm.body, depth)),
            CommandKind::Function { name, body } => {
                self.functions.insert(name.clone());
                self.command(body, depth);
            }
            CommandKind::Test(_) | CommandKind::Arith(_) => {}
        }
    }

    fn words(&mut self, words: &[Word], depth: usize) {
        let texts: Vec<String> = words.iter().map(|w| w.as_static().unwrap_or_else(|| "$".into())).collect();
        let literals: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut rest = literals.as_slice();
        let mut inner = None;
        match literals.as_slice() {
            ["cd", folder, ..] if *folder != "$" => self.files.push(format!("{folder}/.keep")),
            ["." | "source", file, ..] if *file != "$" => self.files.push((*file).to_string()),
            _ => {}
        }
        while let Some((first, after)) = rest.split_first() {
            let skipped = WRAPPERS.contains(first) || first.starts_with('-') || first.contains('=');
            if base(first) == "sh" || all().any(|v| base(first) == v.argv0) {
                self.shells.insert((*first).to_string());
                inner =
                    after.iter().position(|w| w.starts_with('-') && w.ends_with('c')).and_then(|at| after.get(at + 1));
                rest = &[];
                break;
            }
            if matches!(base(first), "su" | "runuser") {
                self.names.push((*first).to_string());
                self.shells.insert("/bin/sh".to_string());
                inner = after.iter().position(|w| *w == "-c").and_then(|at| after.get(at + 1));
                let user = after.iter().position(|w| *w == "-u").map_or(after.len(), |at| at + 2);
                let command = after.get(user..).unwrap_or(&[]);
                rest = command.strip_prefix(&["--"]).unwrap_or(command);
                break;
            }
            let own_words = RUNNERS.iter().find(|(name, _)| *name == base(first)).map(|(_, words)| *words);
            if own_words.is_some() {
                self.names.push((*first).to_string());
            } else if !skipped {
                break;
            }
            if *first == "eval" {
                inner = after.first();
            }
            let options = after.iter().take_while(|word| word.starts_with('-')).count();
            rest = own_words.map_or(after, |own| after.get(options + own..).unwrap_or(&[]));
        }
        if let Some(text) = inner {
            self.text(text, depth + 1);
        } else if let Some(name) = rest.first().filter(|n| !n.is_empty() && **n != "$") {
            self.names.push((*name).to_string());
            let arguments = rest.get(1..).unwrap_or(&[]).join(" ");
            self.calls.push(((*name).to_string(), arguments));
        }
    }
}
