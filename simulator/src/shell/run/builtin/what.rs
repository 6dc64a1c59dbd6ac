//! `type`, `command -v`: what a name stands for.

use super::Shell;
use crate::program::Sys;

/// Words of the grammar.
const RESERVED: &[&str] =
    &["if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{", "}", "!", "in"];

impl Shell {
    fn program(&self, name: &str, sys: &Sys<'_>) -> Option<String> {
        let path = self.state.get("PATH").unwrap_or_default();
        let found = sys.files.find_executable(sys.cwd, name, &path).ok()?;
        Some(if name.contains('/') { name.to_string() } else { found.to_string() })
    }

    /// A file that is called by its path, be it a program or not.
    fn any_file(&self, name: &str, sys: &Sys<'_>) -> Option<String> {
        let any = self.columns().details.command_v_any_file && name.contains('/');
        (any && sys.files.get(sys.cwd, name).is_some()).then(|| name.to_string())
    }

    /// What a message says of an alias of this name, where aliases are replaced.
    fn of_alias(&self, builtin: &str, name: &str, template: &str) -> Option<String> {
        let value = self.state.aliases.get(name).filter(|_| self.replaces_aliases())?;
        let with = [("name", name), ("text", value.as_str()), ("quoted", &self.quoted(value))];
        Some(self.message(template, builtin, &with))
    }

    pub(super) fn command_v(&mut self, names: &[String], sys: &Sys<'_>) {
        let mut out = String::new();
        let first_only = self.columns().builtins.usage_is_fatal;
        let unknown = u16::from(self.columns().builtins.unknown_name_status);
        let mut status = if first_only { unknown } else { 1 };
        for name in names.iter().take(if first_only { 1 } else { names.len() }) {
            if let Some(alias) = self.of_alias("command", name, self.columns().messages.alias_command_v) {
                out.push_str(&format!("{alias}\n"));
                status = 0;
                continue;
            }
            let inside = self.state.functions.contains_key(name.as_str())
                || self.is_builtin(name)
                || RESERVED.contains(&name.as_str()) && self.columns().builtins.command_v_keywords;
            match (inside, self.program(name, sys).or_else(|| self.any_file(name, sys))) {
                (true, _) => out.push_str(&format!("{name}\n")),
                (false, Some(path)) => out.push_str(&format!("{path}\n")),
                (false, None) => continue,
            }
            status = 0;
        }
        self.finish(status, out);
    }

    pub(super) fn type_builtin(&mut self, builtin: &str, names: &[String], sys: &Sys<'_>) {
        let option = names.first().is_some_and(|a| a.starts_with('-'));
        if option && builtin == "type" && self.columns().builtins.type_options_shorten {
            self.command_v(names.get(1..).unwrap_or(&[]), sys);
            return;
        }
        let unknown = u16::from(self.columns().builtins.unknown_name_status);
        let mut out = String::new();
        let mut status = 0;
        let mut complaints = Vec::new();
        let short = names.first().is_some_and(|a| a == "-t") && self.columns().syntax.arrays;
        let quiet = names.first().is_some_and(|a| a.starts_with('-')) && self.columns().syntax.arrays;
        for name in names.iter().skip(usize::from(quiet)) {
            if let Some(alias) = self.of_alias(builtin, name, self.columns().messages.alias_type) {
                out.push_str(&format!("{}\n", if short { "alias" } else { &alias }));
                continue;
            }
            let messages = &self.columns().messages;
            let word = if self.state.functions.contains_key(name.as_str()) {
                Some(("function", messages.type_function, String::new()))
            } else if is_keyword(name) {
                Some(("keyword", messages.type_keyword, String::new()))
            } else if self.is_builtin(name) {
                let builtins = &self.columns().builtins;
                let apart = builtins.usage_is_fatal || builtins.operands_are_usage;
                let template =
                    if super::is_special(name) && apart { messages.type_special } else { messages.type_builtin };
                Some(("builtin", template, String::new()))
            } else {
                self.program(name, sys).map(|path| ("file", messages.type_file, path))
            };
            match word {
                Some((kind, _, _)) if short => out.push_str(&format!("{kind}\n")),
                Some((_, template, path)) => {
                    let line = self.message(template, "type", &[("name", name), ("path", &path)]);
                    out.push_str(&format!("{line}\n"));
                }
                None => {
                    status = if self.columns().builtins.usage_is_fatal { unknown } else { 1 };
                    if !short {
                        let line = self.message(self.columns().messages.type_not_found, builtin, &[("name", name)]);
                        if self.columns().builtins.type_missing_to_output {
                            out.push_str(&format!("{line}\n"));
                        } else {
                            complaints.push(line);
                        }
                    }
                }
            }
        }
        self.state.status = status;
        self.error(complaints.join("\n"));
        self.write(1, out);
    }
}

fn is_keyword(name: &str) -> bool {
    RESERVED.contains(&name)
}
