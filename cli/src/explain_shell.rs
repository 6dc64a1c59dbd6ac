//! `grace explain-shell SCRIPT`: what every shell build does with a command, side by side.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use simulator::probe::plans::{End, Group, Plans, Request, Whereabouts, plans, print, ranges};

/// What is asked.
#[derive(Args)]
pub struct Arguments {
    /// The string of `sh -c`
    #[arg(required_unless_present = "file", allow_hyphen_values = true)]
    script: Option<String>,
    /// A script file instead, which the shell is called with
    #[arg(long, value_name = "FILE", conflicts_with = "script")]
    file: Option<PathBuf>,
    /// Only these builds: ids, families (bash) or lines of builds (Alpine)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    shell: Vec<String>,
    /// The program to watch; without it the last one that the script names
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Arguments behind the string ($0, $1 ..) or the file ($1 ..)
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// How to print it.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Prints the plans.
pub fn run(arguments: &Arguments) -> ExitCode {
    let script = match (&arguments.file, &arguments.script) {
        (Some(path), _) => std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display())),
        (None, Some(script)) => Ok(script.clone()),
        (None, None) => Err("a script or --file is needed".into()),
    };
    let request = script.map(|script| Request {
        script,
        is_file: arguments.file.is_some(),
        arguments: arguments.arguments.clone(),
        shells: arguments.shell.clone(),
        application: arguments.app.clone(),
    });
    match request.and_then(|request| plans(&request).map(|plans| (request, plans))) {
        Ok((request, plans)) => {
            match arguments.format {
                Format::Text => print!("{}", print(&request, &plans)),
                Format::Json => println!("{}", document(&request, &plans)),
            }
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("grace explain-shell: {message}");
            ExitCode::from(2)
        }
    }
}

fn document(request: &Request, plans: &Plans) -> Value {
    json!({
        "version": 1,
        "script": request.script,
        "file": request.is_file,
        "arguments": request.arguments,
        "application": plans.application,
        "assumed": plans.assumed,
        "groups": plans.groups.iter().map(group).collect::<Vec<_>>(),
    })
}

fn group(group: &Group) -> Value {
    let fate = &group.fate;
    let application = match fate.application {
        Whereabouts::Pid1 => "pid1",
        Whereabouts::Child => "child",
        Whereabouts::Deeper => "deeper",
        Whereabouts::Nowhere => "none",
    };
    let seconds = |millis: u64| (millis + 50) / 100;
    let end = match &fate.end {
        End::ByItself(code, after) => {
            json!({ "by_itself": true, "exit_code": code, "seconds": seconds(after.as_millis()) as f64 / 10.0 })
        }
        End::Stopped { reached, finished, code, after, killed, rule } => json!({
            "by_itself": false,
            "reaches_application": reached,
            "application_finishes": finished,
            "exit_code": code,
            "seconds": seconds(after.as_millis()) as f64 / 10.0,
            "sigkill": killed,
            "rule": rule.id(),
        }),
    };
    json!({
        "builds": group.builds.iter().map(|b| b.id).collect::<Vec<_>>(),
        "ranges": ranges(&group.builds).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "plan": fate.steps,
        "not_simulated": fate.not_simulated,
        "prints": fate.printed,
        "tree": fate.tree,
        "application": application,
        "decided": {
            "column": fate.decided.column,
            "rule": fate.decided.rule.id(),
            "reason": fate.decided.reason,
            "sources": fate.decided.rule.front_matter("sources"),
        },
        "term": end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_every_build_once_and_the_column_that_decides() {
        let request = Request { script: "app".into(), ..Request::default() };
        let out = document(&request, &plans(&request).unwrap());
        let builds: usize =
            out["groups"].as_array().unwrap().iter().map(|g| g["builds"].as_array().unwrap().len()).sum();
        assert_eq!(builds, 79);
        let forks = out["groups"].as_array().unwrap().iter().find(|g| g["application"] == "child").unwrap();
        assert_eq!(forks["decided"]["column"], "tail.command_string");
        assert_eq!(forks["term"]["exit_code"], 137);
        assert_eq!(forks["term"]["seconds"], 30.0);
    }
}
