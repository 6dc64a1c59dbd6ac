//! Pathname expansion (XCU 2.6.6) over the simulated files.

use super::{Expanded, Expander, Stop, text_of};
use crate::kernel::fs::normal;
use crate::shell::run::pattern::Pattern;
use crate::shell::variants::messages::fill;
use std::collections::BTreeSet;

/// Paths that one pattern may become.
const MOST: usize = 1_000;

impl Expander<'_> {
    /// The paths that a field stands for, or the field itself.
    pub(super) fn pathnames(&mut self, field: &[(char, bool)], out: &mut Vec<String>) -> Expanded<()> {
        if !Pattern::new(field).is_special() {
            out.push(text_of(field));
            return Ok(());
        }
        let found = self.matching(field);
        if !found.is_empty() {
            out.extend(found);
        } else if self.columns.details.no_match_is_error {
            return Err(Stop::Fail(fill("no matches found: {name}", &[("name", &text_of(field))])));
        } else if self.state.shopt("failglob") {
            return Err(Stop::FailLine(fill("no match: {name}", &[("name", &text_of(field))])));
        } else if !self.state.shopt("nullglob") {
            out.push(text_of(field));
        }
        Ok(())
    }

    fn matching(&self, field: &[(char, bool)]) -> Vec<String> {
        let absolute = field.first() == Some(&('/', false)) || field.first() == Some(&('/', true));
        let mut paths: Vec<String> = vec![if absolute { "/".into() } else { String::new() }];
        for component in field.split(|(c, _)| *c == '/').filter(|c| !c.is_empty()) {
            let pattern = Pattern::new(component);
            let mut next = Vec::new();
            for path in &paths {
                let join = |name: &str| match path.as_str() {
                    "" => name.to_string(),
                    path if path.ends_with('/') => format!("{path}{name}"),
                    path => format!("{path}/{name}"),
                };
                if !pattern.is_special() {
                    next.push(join(&text_of(component)));
                    continue;
                }
                let hidden = component.first().is_some_and(|(c, _)| *c == '.') || self.state.shopt("dotglob");
                let names = self.names_in(path);
                next.extend(
                    names.iter().filter(|n| (hidden || !n.starts_with('.')) && pattern.matches(n)).map(|n| join(n)),
                );
            }
            next.truncate(MOST);
            paths = next;
        }
        if field.len() > 1 && field.last().is_some_and(|(c, _)| *c == '/') {
            paths.retain(|p| self.sys.files.is_directory(self.sys.cwd, p));
            return paths.iter().map(|path| format!("{path}/")).collect();
        }
        paths.retain(|p| self.exists(p));
        paths
    }

    fn exists(&self, path: &str) -> bool {
        self.sys.files.get(self.sys.cwd, path).is_some() || self.sys.files.is_directory(self.sys.cwd, path)
    }

    fn names_in(&self, directory: &str) -> BTreeSet<String> {
        let directory = normal(self.sys.cwd, if directory.is_empty() { "." } else { directory });
        let prefix = if &*directory == "/" { "/".to_string() } else { format!("{directory}/") };
        let below = self.sys.files.iter().filter_map(|(path, _)| path.strip_prefix(prefix.as_str()));
        below.filter_map(|rest| rest.split('/').next()).filter(|n| !n.is_empty()).map(str::to_string).collect()
    }
}
