//! `alias`, `unalias`, `hash`, `caller`: what names stand for (XCU alias, hash; bash(1)).

use super::Shell;
use crate::program::Sys;

impl Shell {
    pub(super) fn alias(&mut self, args: &[String]) {
        let mut complaints = Vec::new();
        let mut out = String::new();
        let options = self.columns().aliases.options;
        let is_option =
            |a: &&String| a.strip_prefix('-').is_some_and(|o| !o.is_empty() && o.chars().all(|c| options.contains(c)));
        let given = args.iter().skip_while(is_option);
        let names: Vec<String> = match given.clone().next() {
            Some(_) => given.cloned().collect(),
            None => self.state.aliases.keys().cloned().collect(),
        };
        for name in names {
            match (name.split_once('=').filter(|(name, _)| !name.is_empty()), self.state.aliases.get(&name)) {
                (Some((name, value)), _) => {
                    self.state.aliases.insert(name.to_owned(), value.to_owned());
                    self.state.alias_changes += 1;
                }
                (None, Some(value)) => {
                    let line = format!("{name}={}\n", self.quoted(value));
                    out.push_str(self.columns().messages.alias_prefix);
                    out.push_str(&line);
                }
                (None, None) => {
                    complaints.push(self.message(self.columns().messages.alias_not_found, "alias", &[("name", &name)]));
                }
            }
        }
        let status = u16::from(!complaints.is_empty());
        self.error(complaints.join("\n"));
        self.finish(status, out);
    }

    pub(super) fn unalias(&mut self, args: &[String]) {
        self.state.alias_changes += 1;
        if args.first().is_some_and(|a| a == "-a") {
            self.state.aliases.clear();
        }
        let mut complaints = Vec::new();
        for name in args.iter().filter(|a| !a.starts_with('-')) {
            if self.state.aliases.remove(name).is_none() {
                complaints.push(self.message(self.columns().messages.alias_not_found, "unalias", &[("name", name)]));
            }
        }
        self.state.status = u16::from(!complaints.is_empty());
        self.error(complaints.join("\n"));
    }

    /// `hash`: where programs were found is not remembered; a name that is not found is an error.
    pub(super) fn hash(&mut self, args: &[String], sys: &Sys<'_>) {
        let path = self.state.get("PATH").unwrap_or_default();
        let missing: Vec<&String> = args
            .iter()
            .filter(|name| !name.starts_with('-') && !self.is_builtin(name))
            .filter(|name| sys.files.find_executable(sys.cwd, name, &path).is_err())
            .collect();
        let template = self.columns().messages.hash_missing;
        let told = missing.iter().filter(|_| !template.is_empty());
        let lines: Vec<String> = told.map(|name| self.message(template, "hash", &[("name", name)])).collect();
        self.state.status = u16::from(!lines.is_empty());
        self.error(lines.join("\n"));
    }

    /// bash `caller`: line, function and file of a call.
    pub(super) fn caller(&mut self, args: &[String]) {
        let depth: usize = args.first().and_then(|a| a.parse().ok()).unwrap_or(0);
        let calls = &self.state.calls;
        let Some(at) = calls.len().checked_sub(depth + 1) else {
            self.state.status = 1;
            return;
        };
        let line = calls.get(at).map_or(0, |c| c.line.saturating_sub(self.state.lines_apart));
        let outer = at.checked_sub(1).and_then(|n| calls.get(n));
        let name = outer.map_or("main", |c| &c.name);
        let text = if args.is_empty() {
            format!("{line} {}\n", self.state.arg0)
        } else {
            format!("{line} {name} {}\n", self.state.arg0)
        };
        self.finish(0, text);
    }
}
