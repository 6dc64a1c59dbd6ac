//! The image configuration: what a runtime reads to start a container.
//!
//! Follows the OCI image specification, "config.md", with Docker's additions (`Healthcheck`, `OnBuild`, `Shell`). The
//! builder's `ArgsEscaped` is left out: it is meant for Windows alone. An empty list or text is an absent key.

use std::collections::{BTreeMap, BTreeSet};

pub use super::dockerfile::instruction::Healthcheck;

/// The search path of an image that sets none (BuildKit `util/system/path.go`).
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The shell of the shell form where `SHELL` is not set (BuildKit `dockerfile2llb/defaultshell.go`).
pub const DEFAULT_SHELL: [&str; 2] = ["/bin/sh", "-c"];

/// An image configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// First words of the command line.
    pub entrypoint: Vec<String>,
    /// Words after the entrypoint.
    pub cmd: Vec<String>,
    /// `NAME=value`, in order of first appearance.
    pub env: Vec<String>,
    /// Directory in which the process starts.
    pub working_dir: String,
    /// User and perhaps group, as written.
    pub user: String,
    /// Shell of the shell form, if set.
    pub shell: Vec<String>,
    /// Signal that asks the container to stop, as written; empty means `SIGTERM`.
    pub stop_signal: String,
    /// `80/tcp`.
    pub exposed_ports: BTreeSet<String>,
    /// Mount points.
    pub volumes: BTreeSet<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Instructions for images built on this one.
    pub on_build: Vec<String>,
    /// Health check; Kubernetes ignores it.
    pub healthcheck: Option<Healthcheck>,
}

impl Config {
    /// The configuration of `FROM scratch`.
    pub fn scratch() -> Self {
        Config { env: vec![format!("PATH={DEFAULT_PATH}")], working_dir: "/".into(), ..Config::default() }
    }

    /// Sets a variable, in place if it is there already.
    pub fn set_env(&mut self, name: &str, value: &str) {
        let entry = format!("{name}={value}");
        match self.env.iter_mut().find(|e| split_env(e).0 == name) {
            Some(old) => *old = entry,
            None => self.env.push(entry),
        }
    }

    /// The value of a variable.
    pub fn env_value(&self, name: &str) -> Option<&str> {
        self.env.iter().map(|e| split_env(e)).find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// A shell-form command line as words: `SHELL`, then the text.
    pub fn with_shell(&self, words: &[String]) -> Vec<String> {
        let mut line: Vec<String> =
            if self.shell.is_empty() { DEFAULT_SHELL.map(str::to_string).to_vec() } else { self.shell.clone() };
        line.push(words.join(" "));
        line
    }

    /// Bytes of text in it, for the build's budget.
    pub fn bytes(&self) -> usize {
        let lists = [&self.entrypoint, &self.cmd, &self.env, &self.shell, &self.on_build];
        let texts = lists.iter().flat_map(|l| l.iter()).chain(&self.exposed_ports).chain(&self.volumes);
        let labels = self.labels.iter().flat_map(|(k, v)| [k, v]);
        texts.chain(labels).map(|t| t.len() + 1).sum()
    }
}

/// Name and value of `NAME=value`; without `=` the value is empty.
pub fn split_env(entry: &str) -> (&str, &str) {
    entry.split_once('=').unwrap_or((entry, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_replaced_in_place() {
        let mut config = Config::scratch();
        config.set_env("A", "1");
        config.set_env("B", "2");
        config.set_env("A", "3=4");
        assert_eq!(config.env[1..], ["A=3=4", "B=2"]);
        assert_eq!(config.env_value("A"), Some("3=4"));
    }
}
