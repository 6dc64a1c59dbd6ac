//! The `grace` command line: arguments only; each command is a module of its own.
//!
//! Exit codes: 0 fine, 1 findings or a failed expectation, 2 bad input or usage.

mod probe;

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
    /// Answers JSON lines on standard input, one line each, for conformance runs.
    Probe,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Probe => probe::run(),
    }
}
