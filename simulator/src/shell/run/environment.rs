//! What the shell takes from its environment, and the environment of the programs that it runs (XCU 2.12). Which variables
//! are in it and in which order stands in `variants::exports`.

use super::Shell;
use super::builtin::is_name;
use super::state::Value;
use super::variable::hashed;
use crate::base::Text;
use crate::kernel::fs::DEFAULT_PATH;
use crate::program::Sys;
use crate::program::environment::Environment;
use crate::shell::variants::EnvironmentOrder;

/// Buckets of dash's table (`src/var.c`, `VTABSIZE`).
const SUMS: u32 = 39;

impl Shell {
    /// Takes the variables of the environment, and sets those that the shell exports itself.
    pub(super) fn import_variables(&mut self, sys: &Sys<'_>) {
        let exports = self.columns().exports;
        for (name, value) in sys.env.iter() {
            if is_name(name) {
                self.export(name, value.to_string());
            } else if exports.other_names {
                self.passed_on.push((name.clone(), value.clone()));
            }
        }
        if exports.directory {
            let directory = self.working_directory(sys);
            self.export("PWD", directory);
        }
        if exports.level {
            self.export("SHLVL", self.level().saturating_add(1).to_string());
        }
    }

    fn export(&mut self, name: &str, value: String) {
        self.state.set(name, value);
        self.state.entry(name).exported = true;
    }

    fn level(&self) -> i64 {
        self.state.get("SHLVL").and_then(|level| level.parse().ok()).unwrap_or(0)
    }

    /// The environment of a program of this name, with what is assigned in front of it.
    pub(super) fn environment(&self, program: &str, assigns: &[(String, String)], sys: &Sys<'_>) -> Environment {
        let exports = self.columns().exports;
        let mut list: Vec<(Text, Text)> = Vec::new();
        for (name, var) in &self.state.vars {
            if var.exported
                && let Value::Scalar(text) = &var.value
            {
                list.push((name.as_str().into(), text.as_str().into()));
            }
        }
        if exports.level_is_given_back && sys.pid == self.state.pid {
            let level = Text::from(self.level().saturating_sub(1).to_string());
            list.iter_mut().filter(|(name, _)| &**name == "SHLVL").for_each(|(_, value)| *value = level.clone());
        }
        let assigned = assigns.iter().map(|(name, value)| (Text::from(name.as_str()), Text::from(value.as_str())));
        let assigned: Vec<(Text, Text)> = assigned.collect();
        list.retain(|(name, _)| assigned.iter().all(|(other, _)| other != name));
        let mut front = self.passed_on.clone();
        match exports.order {
            EnvironmentOrder::Names | EnvironmentOrder::Sums => list.extend(assigned),
            EnvironmentOrder::Products(..) => front.extend(assigned),
        }
        match exports.order {
            EnvironmentOrder::Names => list.sort(),
            EnvironmentOrder::Sums => list.sort_by_key(|(name, _)| sum(name)),
            EnvironmentOrder::Products(first, buckets) => list.sort_by_key(|(name, _)| hashed(name, first, buckets)),
        }
        front.extend(list);
        if exports.program {
            let path = self.state.get("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
            let file = sys.files.find_executable(sys.cwd, program, &path).ok();
            front.push(("_".into(), file.unwrap_or_else(|| program.into())));
        }
        Environment::in_order(front)
    }
}

/// The bucket of a name in dash: 16 times the first byte and all bytes.
fn sum(name: &str) -> u32 {
    let first = name.bytes().next().map_or(0, u32::from) << 4;
    name.bytes().fold(first, |sum, byte| sum.wrapping_add(u32::from(byte))) % SUMS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dash_goes_through_its_buckets() {
        let mut names = ["A", "B", "HOME", "HOSTNAME", "PATH", "PWD"];
        names.sort_by_key(|name| sum(name));
        assert_eq!(names, ["HOSTNAME", "HOME", "A", "PATH", "B", "PWD"]);
    }
}
