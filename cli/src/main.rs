//! The `grace` command line: arguments only; each command is a module of its own.
//!
//! Exit codes: 0 fine, 1 findings or a failed expectation, 2 bad input or usage.

mod bench;
mod explain;
mod explain_shell;
mod files;
mod probe;
mod run;
mod sweep;
mod terminal;
mod timers;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What happens between `kubectl delete pod` and exit code 137.
#[derive(Parser)]
#[command(name = "grace", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Subcommand)]
enum Command {
    /// Runs a scenario and prints what happens and why
    Run(run::Arguments),
    /// Prints the page of a rule; without one the list of rules
    Explain {
        /// For example signal/init-no-handler
        rule: Option<String>,
    },
    /// Prints what every shell build does with a command: who becomes PID 1, and what SIGTERM leads to
    ExplainShell(explain_shell::Arguments),
    /// Measures the simulator beside a bare queue, in one run
    Bench(bench::Arguments),
    /// Runs a scenario over ranges of numbers, on all cores: what a longer hook saves, how losses are distributed
    Sweep(sweep::Arguments),
    /// Answers JSON lines on standard input, one line each, for conformance runs.
    Probe,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Explain { rule } => explain::run(rule.as_deref()),
        Command::ExplainShell(arguments) => explain_shell::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Sweep(mut arguments) => sweep::run(&mut arguments),
        Command::Probe => probe::run(),
    }
}
