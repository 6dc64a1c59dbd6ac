//! docker: its commands, their flags, and what they print.
//!
//! Follows docker/cli 28 cli/command/container and cli/command/formatter; messages of the daemon follow moby daemon/. Identities
//! of containers and numbers of processes on the host are made up, the same ones in every run.

mod act;
mod containers;
mod inspect;
mod look;

use crate::base::command::flags::{self, Flag, Parsed};

use super::Answer;
use super::here::Here;

/// A command: name, usage, least and most arguments, flags, what it does.
struct Command {
    name: &'static str,
    usage: &'static str,
    least: usize,
    most: usize,
    flags: &'static [Flag],
    run: fn(&Here<'_>, &Parsed) -> Answer,
}

const MANY: usize = usize::MAX;

const COMMANDS: &[Command] = &[
    Command { name: "ps", usage: "ps [OPTIONS]", least: 0, most: 0, flags: look::PS_FLAGS, run: look::ps },
    Command {
        name: "logs",
        usage: "logs [OPTIONS] CONTAINER",
        least: 1,
        most: 1,
        flags: look::LOGS_FLAGS,
        run: look::logs,
    },
    Command { name: "top", usage: "top CONTAINER [ps OPTIONS]", least: 1, most: MANY, flags: &[], run: look::top },
    Command {
        name: "inspect",
        usage: "inspect [OPTIONS] NAME|ID [NAME|ID...]",
        least: 1,
        most: MANY,
        flags: inspect::FLAGS,
        run: inspect::run,
    },
    Command { name: "wait", usage: "wait CONTAINER [CONTAINER...]", least: 1, most: MANY, flags: &[], run: look::wait },
    Command {
        name: "stop",
        usage: "stop [OPTIONS] CONTAINER [CONTAINER...]",
        least: 1,
        most: MANY,
        flags: act::STOP_FLAGS,
        run: act::stop,
    },
    Command {
        name: "start",
        usage: "start [OPTIONS] CONTAINER [CONTAINER...]",
        least: 1,
        most: MANY,
        flags: &[],
        run: act::start,
    },
    Command {
        name: "restart",
        usage: "restart [OPTIONS] CONTAINER [CONTAINER...]",
        least: 1,
        most: MANY,
        flags: act::STOP_FLAGS,
        run: act::restart,
    },
    Command {
        name: "kill",
        usage: "kill [OPTIONS] CONTAINER [CONTAINER...]",
        least: 1,
        most: MANY,
        flags: act::KILL_FLAGS,
        run: act::kill,
    },
    Command {
        name: "exec",
        usage: "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
        least: 2,
        most: MANY,
        flags: act::EXEC_FLAGS,
        run: act::exec,
    },
    Command {
        name: "compose",
        usage: "compose [OPTIONS] COMMAND",
        least: 0,
        most: MANY,
        flags: act::COMPOSE_FLAGS,
        run: act::compose,
    },
];

/// Commands that docker has and that are not simulated at a moment of a run.
const OTHERS: &[&str] = &[
    "run", "create", "rm", "build", "images", "pull", "push", "attach", "cp", "commit", "diff", "events", "export",
    "history", "import", "info", "load", "login", "logout", "network", "pause", "port", "rename", "rmi", "save",
    "search", "stats", "system", "tag", "unpause", "update", "version", "volume", "image", "buildx", "context",
];

/// Runs `docker ARGUMENTS`.
pub(super) fn run(here: &Here<'_>, words: &[&str]) -> Answer {
    let words = match words {
        ["container", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let Some((name, rest)) = words.split_first() else {
        return here.prints("Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers");
    };
    let name = if *name == "ls" { "ps" } else { name };
    let Some(command) = COMMANDS.iter().find(|c| c.name == name) else {
        if name == "run" {
            return here
                .fails("not simulated: docker run at a moment of a run; write it under docker: in scenario.yaml");
        }
        return here.fails(&if OTHERS.contains(&name) {
            format!("not simulated: docker {name}")
        } else {
            format!("docker: unknown command: docker {name}\n\nRun 'docker --help' for more information")
        });
    };
    let usage = |message: String, hint: &str| {
        format!("{message}\n\nUsage:  docker {}\n\n{hint} 'docker {name} --help' for more information", command.usage)
    };
    // Behind the container's name everything belongs to the command in it.
    let stop_at_arg = matches!(command.name, "exec" | "top" | "compose");
    let parsed = match flags::parse(rest, command.flags, stop_at_arg) {
        Ok(parsed) => parsed,
        Err(why) => return Answer::fails(here.at, &usage(why, "Run"), 125),
    };
    let given = parsed.args.len();
    if given < command.least || given > command.most {
        let plural = if command.least == 1 { "" } else { "s" };
        let (needs, hint) = match (command.least, command.most) {
            (0, 0) => ("accepts no arguments".to_owned(), "Run"),
            (least, most) if least == most => (format!("requires {least} argument{plural}"), "Run"),
            (least, _) => (format!("requires at least {least} argument{plural}"), "See"),
        };
        return here.fails(&usage(format!("docker: 'docker {name}' {needs}"), hint));
    }
    if !here.inventory().is_docker() {
        return here.fails(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        );
    }
    (command.run)(here, &parsed)
}
