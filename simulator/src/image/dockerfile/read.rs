//! Nodes become instructions: is the keyword known, does it have the arguments and flags that it needs?
//!
//! Follows BuildKit `frontend/dockerfile/instructions/parse.go`, its order of checks included.

use super::flags::{Flags, Kind};
use super::instruction::{Command, CommandLine, Copy, From, Healthcheck, Instruction, Pair, Run};
use super::node::{self, Node};
use super::{go, heredoc, mount};
use crate::image::error::BuildError;
use crate::image::suggest;

/// Reads one instruction; its errors begin as the builder's do, with the line.
pub fn instruction(node: &Node) -> Result<Instruction, BuildError> {
    read(node).map_err(|mut e| {
        e.kind = format!("dockerfile parse error on line {}: {}", node.line, e.kind);
        e.at(node.line, node.span)
    })
}

/// As `instruction`, for a trigger: without the line in the error's text.
pub fn read(node: &Node) -> Result<Instruction, BuildError> {
    Ok(Instruction {
        line: node.line,
        span: node.span,
        args_span: node.args_span(),
        keyword: node.keyword.clone(),
        command: command(node)?,
    })
}

fn command(node: &Node) -> Result<Command, BuildError> {
    Ok(match node.keyword.to_lowercase().as_str() {
        "env" => Command::Env(pairs(node, "ENV")?),
        "label" => Command::Label(pairs(node, "LABEL")?),
        "maintainer" => {
            one(node, "MAINTAINER")?;
            Command::Maintainer
        }
        "add" => Command::Copy(copy(node, "ADD")?),
        "copy" => Command::Copy(copy(node, "COPY")?),
        "from" => Command::From(from(node)?),
        "onbuild" => onbuild(node)?,
        "workdir" => Command::Workdir(one(node, "WORKDIR")?),
        "run" => Command::Run(run(node)?),
        "cmd" => {
            Flags::read(&node.flags, &[])?;
            Command::Cmd(command_line(node))
        }
        "entrypoint" => {
            Flags::read(&node.flags, &[])?;
            Command::Entrypoint(command_line(node))
        }
        "healthcheck" => Command::Healthcheck(healthcheck(node)?),
        "expose" => {
            at_least_one(node, "EXPOSE")?;
            Flags::read(&node.flags, &[])?;
            let mut ports = node.args.clone();
            ports.sort();
            Command::Expose(ports)
        }
        "user" => Command::User(one(node, "USER")?),
        "volume" => Command::Volume(volume(node)?),
        "stopsignal" => match node.args.as_slice() {
            [signal] => Command::StopSignal(signal.clone()),
            _ => return Err(exactly_one("STOPSIGNAL")),
        },
        "arg" => Command::Arg(arg(node)?),
        "shell" => Command::Shell(shell(node)?),
        _ => return Err(unknown(&node.keyword)),
    })
}

fn unknown(keyword: &str) -> BuildError {
    let error = BuildError::new(format!("unknown instruction: {keyword}"))
        .plainly(format!("there is no instruction {keyword}"));
    match suggest::nearest_any_case(keyword, &node::keywords()) {
        Some(meant) => {
            let kind = format!("{} (did you mean {meant}?)", error.kind);
            BuildError { kind, ..error }.with_help(format!("did you mean {meant}?"))
        }
        None => error.with_help("a line that belongs to the one before it needs a \\ at the end of that line"),
    }
}

fn exactly_one(name: &str) -> BuildError {
    BuildError::new(format!("{name} requires exactly one argument"))
}

fn at_least_one(node: &Node, name: &str) -> Result<(), BuildError> {
    if node.args.is_empty() {
        return Err(BuildError::new(format!("{name} requires at least one argument")));
    }
    Ok(())
}

/// One argument and no flags.
fn one(node: &Node, name: &str) -> Result<String, BuildError> {
    let [argument] = node.args.as_slice() else { return Err(exactly_one(name)) };
    Flags::read(&node.flags, &[])?;
    Ok(argument.clone())
}

fn pairs(node: &Node, name: &str) -> Result<Vec<Pair>, BuildError> {
    Flags::read(&node.flags, &[])?;
    at_least_one(node, name)?;
    let mut pairs = Vec::new();
    for triple in node.args.chunks(3) {
        let [name_text, value, _] = triple else {
            return Err(BuildError::new(format!("Bad input to {name}, too many arguments")));
        };
        if name_text.is_empty() {
            return Err(blank(name));
        }
        pairs.push(Pair { name: name_text.clone(), value: value.clone() });
    }
    Ok(pairs)
}

fn blank(name: &str) -> BuildError {
    BuildError::new(format!("{name} names can not be blank"))
}

fn copy(node: &Node, name: &str) -> Result<Copy, BuildError> {
    let is_add = name == "ADD";
    let (destination, sources) = match node.args.split_last() {
        Some((destination, sources)) if !sources.is_empty() => (destination, sources),
        _ => {
            let kind = format!(
                "{name} requires at least two arguments, but only one was provided. Destination could not be determined"
            );
            return Err(BuildError::new(kind)
                .plainly(format!("{name} needs a source and a destination"))
                .with_help(format!("write {name} SOURCE ... DESTINATION")));
        }
    };
    let common = [("chown", Kind::Text), ("chmod", Kind::Text), ("link", Kind::Bool), ("exclude", Kind::Texts)];
    let own: &[(&'static str, Kind)] = if is_add {
        &[("keep-git-dir", Kind::Bool), ("checksum", Kind::Text), ("unpack", Kind::Bool)]
    } else {
        &[("from", Kind::Text), ("parents", Kind::Bool)]
    };
    let flags = Flags::read(&node.flags, &[&common, own].concat())?;
    if matches!(heredoc::read(destination), Ok(Some(_))) {
        return Err(BuildError::new(format!("{name} cannot accept a heredoc as a destination")));
    }
    let mut copy = Copy {
        is_add,
        destination: destination.clone(),
        from: flags.text("from"),
        chmod: flags.text("chmod"),
        chown: flags.text("chown"),
        checksum: flags.text("checksum"),
        parents: flags.is_set("parents"),
        ..Copy::default()
    };
    for source in sources {
        match heredoc::read(source) {
            Ok(Some(announced)) => {
                let content = node.heredocs.iter().rev().find(|d| d.name == announced.name);
                let content = content.map(|d| d.content.clone()).unwrap_or_default();
                copy.documents.push(heredoc::Heredoc { content, ..announced });
            }
            _ => copy.sources.push(source.clone()),
        }
    }
    Ok(copy)
}

fn from(node: &Node) -> Result<From, BuildError> {
    let (base, name) = match node.args.as_slice() {
        [base] => (base, String::new()),
        [base, word, name] if word.eq_ignore_ascii_case("as") => {
            let lower = name.to_lowercase();
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
            if !lower.starts_with(|c: char| c.is_ascii_lowercase()) || !lower.chars().all(allowed) {
                let kind = format!(
                    "invalid name for build stage: {}, name can't start with a number or contain symbols",
                    go::quote(name)
                );
                return Err(BuildError::new(kind).plainly(format!("{name} cannot be the name of a stage")));
            }
            (base, lower)
        }
        _ => {
            return Err(BuildError::new("FROM requires either one or three arguments")
                .with_help("write FROM IMAGE or FROM IMAGE AS NAME"));
        }
    };
    let flags = Flags::read(&node.flags, &[("platform", Kind::Text)])?;
    Ok(From { base: base.clone(), name, platform: flags.text("platform") })
}

fn onbuild(node: &Node) -> Result<Command, BuildError> {
    at_least_one(node, "ONBUILD")?;
    Flags::read(&node.flags, &[])?;
    let trigger = node.args.first().map(|t| t.trim().to_uppercase()).unwrap_or_default();
    match trigger.as_str() {
        "ONBUILD" => return Err(BuildError::new("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")),
        "MAINTAINER" | "FROM" => {
            return Err(BuildError::new(format!("{trigger} isn't allowed as an ONBUILD trigger")));
        }
        _ => {}
    }
    let blank = |c: char| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ');
    let line = node.logical.text.trim_start_matches(blank);
    let mut text = line.get(node.keyword.len()..).unwrap_or_default().trim_start_matches(blank).to_string();
    for doc in &node.heredocs {
        text.push('\n');
        text.push_str(&doc.content);
        text.push_str(&doc.name);
    }
    Ok(Command::Onbuild(text))
}

fn command_line(node: &Node) -> CommandLine {
    CommandLine {
        words: node.args.clone(),
        shell_form: !node.json,
        broken_json: node.broken_json.map(|at| node.place_in_rest(at)),
    }
}

fn run(node: &Node) -> Result<Run, BuildError> {
    let known = [("mount", Kind::Texts), ("network", Kind::Text), ("security", Kind::Text), ("device", Kind::Texts)];
    let flags = Flags::read(&node.flags, &known)?;
    let given = |name: &str| node.flags.iter().any(|f| f.trim_start_matches('-').split('=').next() == Some(name));
    let mounts = flags.texts("mount");
    for text in &mounts {
        mount::read(text, None).map_err(BuildError::new)?;
    }
    let network = flags.text("network");
    if given("network") && !matches!(network.as_str(), "default" | "none" | "host") {
        return Err(BuildError::new(format!("invalid network mode {}", go::quote(&network))));
    }
    let security = flags.text("security");
    if given("security") && !matches!(security.as_str(), "sandbox" | "insecure") {
        return Err(BuildError::new(format!("security {} is not valid", go::quote(&security))));
    }
    Ok(Run { command: command_line(node), documents: node.heredocs.clone(), mounts })
}

fn healthcheck(node: &Node) -> Result<Healthcheck, BuildError> {
    at_least_one(node, "HEALTHCHECK")?;
    let (kind, command) = match node.args.split_first() {
        Some((kind, command)) => (kind.to_uppercase(), command),
        None => return Ok(Healthcheck::default()),
    };
    if kind == "NONE" {
        if !command.is_empty() {
            return Err(BuildError::new("HEALTHCHECK NONE takes no arguments"));
        }
        return Ok(Healthcheck { test: vec![kind], ..Healthcheck::default() });
    }
    let names = ["interval", "timeout", "start-period", "start-interval", "retries"];
    let flags = Flags::read(&node.flags, &names.map(|n| (n, Kind::Text)))?;
    if kind != "CMD" {
        return Err(BuildError::new(format!("Unknown type {} in HEALTHCHECK (try CMD)", go::quote(&kind))));
    }
    if command.is_empty() {
        return Err(BuildError::new("Missing command after HEALTHCHECK CMD"));
    }
    let mut test = vec![if node.json { "CMD".to_string() } else { "CMD-SHELL".to_string() }];
    test.extend(command.iter().cloned());
    Ok(Healthcheck {
        test,
        interval: duration(&flags, "interval")?,
        timeout: duration(&flags, "timeout")?,
        start_period: duration(&flags, "start-period")?,
        start_interval: duration(&flags, "start-interval")?,
        retries: retries(&flags.text("retries"))?,
    })
}

fn duration(flags: &Flags, name: &str) -> Result<i64, BuildError> {
    let text = flags.text(name);
    if text.is_empty() {
        return Ok(0);
    }
    let nanoseconds = go::duration(&text).map_err(BuildError::new)?;
    if nanoseconds != 0 && nanoseconds < 1_000_000 {
        return Err(BuildError::new(format!("Interval {} cannot be less than 1ms", go::quote(name))));
    }
    Ok(nanoseconds)
}

fn retries(text: &str) -> Result<i64, BuildError> {
    if text.is_empty() {
        return Ok(0);
    }
    let parsed = go::integer(text).and_then(|n| i32::try_from(n).map_err(|_| "value out of range"));
    match parsed {
        Err(e) => Err(BuildError::new(format!("strconv.ParseInt: parsing {}: {e}", go::quote(text)))),
        Ok(n) if n < 0 => Err(BuildError::new(format!("--retries cannot be negative ({n})"))),
        Ok(n) => Ok(i64::from(n)),
    }
}

fn volume(node: &Node) -> Result<Vec<String>, BuildError> {
    at_least_one(node, "VOLUME")?;
    Flags::read(&node.flags, &[])?;
    let volumes: Vec<String> = node.args.iter().map(|v| v.trim().to_string()).collect();
    if volumes.iter().any(String::is_empty) {
        return Err(BuildError::new("VOLUME specified can not be an empty string"));
    }
    Ok(volumes)
}

fn arg(node: &Node) -> Result<Vec<(String, Option<String>)>, BuildError> {
    at_least_one(node, "ARG")?;
    let mut args = Vec::new();
    for word in &node.args {
        args.push(match word.split_once('=') {
            Some(("", _)) => return Err(blank("ARG")),
            Some((name, value)) => (name.to_string(), Some(value.to_string())),
            None => (word.clone(), None),
        });
    }
    Ok(args)
}

fn shell(node: &Node) -> Result<Vec<String>, BuildError> {
    Flags::read(&node.flags, &[])?;
    at_least_one(node, "SHELL")?;
    if !node.json {
        return Err(BuildError::new("SHELL requires the arguments to be in JSON form")
            .plainly("SHELL takes only the exec form")
            .with_help("write SHELL [\"/bin/bash\", \"-c\"]"));
    }
    Ok(node.args.clone())
}
