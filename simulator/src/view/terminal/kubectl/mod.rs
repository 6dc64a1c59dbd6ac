//! kubectl: its commands, their flags, and what they print.
//!
//! Follows kubernetes staging/src/k8s.io/kubectl pkg/cmd; messages that come from the server follow the file each command
//! names. The release is that of the cluster. Whoever asks is in the namespace of the first workload.

mod change;
mod delete;
mod describe;
mod describe_objects;
mod events;
mod exec;
mod get;
mod logs;
mod objects;
mod output;
mod resources;
mod rollout;
mod wait;

use super::Answer;
use super::here::Here;
use crate::base::Text;
use crate::base::id::ContainerId;
use crate::observed::ContainerState;
pub(super) use logs::lines as log_lines;

use crate::base::command::flags::{self, Flag, Parsed, Takes};

/// A command: name, flags of its own, what it does.
struct Command {
    name: &'static str,
    flags: &'static [Flag],
    run: fn(&Here<'_>, &Parsed) -> Answer,
}

/// Flags of every command.
const GLOBAL: &[Flag] = &[
    Flag("namespace", 'n', Takes::Text),
    Flag("context", ' ', Takes::Text),
    Flag("kubeconfig", ' ', Takes::Text),
    Flag("request-timeout", ' ', Takes::Text),
    Flag("help", 'h', Takes::Bool),
    Flag("v", 'v', Takes::Int),
];

const COMMANDS: &[Command] = &[
    Command { name: "get", flags: get::FLAGS, run: get::run },
    Command { name: "describe", flags: get::DESCRIBE_FLAGS, run: get::describe },
    Command { name: "logs", flags: logs::FLAGS, run: logs::run },
    Command { name: "events", flags: events::FLAGS, run: events::run },
    Command { name: "delete", flags: delete::FLAGS, run: delete::run },
    Command { name: "exec", flags: exec::FLAGS, run: exec::run },
    Command { name: "scale", flags: change::SCALE_FLAGS, run: change::scale },
    Command { name: "rollout", flags: rollout::FLAGS, run: rollout::run },
    Command { name: "drain", flags: change::DRAIN_FLAGS, run: change::drain },
    Command { name: "wait", flags: wait::FLAGS, run: wait::run },
    Command { name: "version", flags: &[Flag("client", ' ', Takes::Bool)], run: version },
];

/// Commands that kubectl has and that are not simulated.
const OTHERS: &[&str] = &[
    "alpha",
    "annotate",
    "api-resources",
    "api-versions",
    "apply",
    "attach",
    "auth",
    "autoscale",
    "certificate",
    "cluster-info",
    "completion",
    "config",
    "cordon",
    "cp",
    "create",
    "debug",
    "diff",
    "edit",
    "explain",
    "expose",
    "kustomize",
    "label",
    "options",
    "patch",
    "plugin",
    "port-forward",
    "proxy",
    "replace",
    "run",
    "set",
    "taint",
    "top",
    "uncordon",
];

/// The pod, the name and the running instance of the first container that runs: where a bare command runs.
pub(super) fn first_running(here: &Here<'_>) -> Option<(Text, Text, ContainerId)> {
    let there = here.seen.pods.iter().filter(|p| p.removed.is_none());
    let mut running = there.flat_map(|p| p.containers.iter().map(move |c| (p, *c)));
    running.find_map(|(pod, id)| {
        let container = here.seen.container(id).filter(|c| !c.is_sandbox())?;
        let runs = matches!(container.state, ContainerState::Running | ContainerState::Stopping(_));
        runs.then(|| (pod.name.clone(), container.name.clone(), id))
    })
}

/// Runs `kubectl ARGUMENTS`.
pub(super) fn run(here: &Here<'_>, words: &[&str]) -> Answer {
    let Some((name, rest)) = words.split_first() else {
        return here.prints("kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/");
    };
    let Some(command) = COMMANDS.iter().find(|c| c.name == *name) else {
        if OTHERS.contains(name) {
            return here.fails(&format!("not simulated: kubectl {name}"));
        }
        if name.starts_with('-') {
            return here.fails(&format!("not simulated: flags before the command ({name}); write them behind it"));
        }
        return here.fails(&unknown(name));
    };
    let all: Vec<Flag> = command.flags.iter().chain(GLOBAL).copied().collect();
    match flags::parse(rest, &all, false) {
        Ok(_) if here.inventory().is_docker() => here
            .fails("The connection to the server localhost:8080 was refused - did you specify the right host or port?"),
        Err(why) => here.fails(&format!("error: {why}\nSee 'kubectl {name} --help' for usage.")),
        Ok(parsed) if parsed.is_on("help") => here.prints(&help(command)),
        Ok(parsed) => (command.run)(here, &parsed),
    }
}

/// cobra's message with its suggestions: names at a distance of at most two letters, or that begin so.
fn unknown(name: &str) -> String {
    let names = COMMANDS.iter().map(|c| c.name).chain(OTHERS.iter().copied());
    let near = |known: &&str| distance(name, known) <= 2 || known.starts_with(name);
    let mut suggested: Vec<&str> = names.filter(near).collect();
    suggested.sort_unstable();
    let mut text = format!("error: unknown command \"{name}\" for \"kubectl\"\n");
    if !suggested.is_empty() {
        text.push_str("\nDid you mean this?\n");
        suggested.iter().for_each(|s| text.push_str(&format!("\t{s}\n")));
    }
    text
}

/// Levenshtein distance without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.to_lowercase().chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (j, d) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            left = (before + usize::from(c != *d)).min(above + 1).min(left + 1);
            before = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// The flags that are simulated.
fn help(command: &Command) -> String {
    let mut text = format!("kubectl {}: what is simulated of its flags\n", command.name);
    for Flag(long, short, takes) in command.flags {
        let short = if *short == ' ' { "    ".to_owned() } else { format!("-{short}, ") };
        let value = match takes {
            Takes::Bool => "",
            Takes::Int => "=0",
            Takes::Duration => "=0s",
            Takes::Text => "=''",
        };
        text.push_str(&format!("    {short}--{long}{value}\n"));
    }
    text
}

fn version(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let release = format!("v1.{}.0", here.inventory().minor);
    let mut text = format!("Client Version: {release}\n");
    if !parsed.is_on("client") {
        text.push_str(&format!("Server Version: {release}\n"));
    }
    here.prints(&text)
}

/// The namespace that a command is about.
fn namespace(here: &Here<'_>, parsed: &Parsed) -> String {
    let own = here.inventory().workloads.first().map_or("default", |w| &w.namespace);
    parsed.text("namespace").unwrap_or(own).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_command_is_answered_with_the_nearest() {
        assert_eq!(unknown("foo"), "error: unknown command \"foo\" for \"kubectl\"\n\nDid you mean this?\n\ttop\n");
        assert_eq!(distance("gte", "get"), 2);
        assert!(!unknown("frobnicate").contains("Did you mean"));
    }
}
