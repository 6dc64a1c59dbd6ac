//! `conformance`: generated scripts in both arms, and single cases. Called by another name it is a helper program of the
//! scripts, or the first process of a namespace.

use clap::Parser;
use conformance::case::Case;
use conformance::generate::Generated;
use conformance::installed::{self, Installed};
use conformance::real::{self, Real};
use conformance::suite::{Named, Tally, Verdict, compare, in_parallel, run_all};
use conformance::{helpers, shrink};
use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

/// Runs generated scripts as PID 1 in real shells and in the simulator, and prints where the two differ.
#[derive(Parser)]
#[command(
    after_help = "Examples: conformance --shell dash --seed 1 --count 10000\n          conformance --binary ./bash --row bash-4.2\nNeeds root on Linux."
)]
struct Options {
    /// dash, bash, bash-sh, ash, mksh, zsh, yash, ksh93, posh; several with commas; all that are installed without it
    #[arg(long, value_delimiter = ',')]
    shell: Vec<String>,
    /// Run this binary instead of an installed shell
    #[arg(long, value_name = "PATH", requires = "row", conflicts_with = "shell")]
    binary: Option<PathBuf>,
    /// The simulator's row that the binary is: bash-4.2, alpine-3.7
    #[arg(long, value_name = "ID", requires = "binary")]
    row: Option<String>,
    /// The same seed makes the same scripts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many scripts for each shell
    #[arg(long, default_value_t = 1_000)]
    count: u64,
    /// The number of the first script
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Namespaces at once; they mostly sleep
    #[arg(long, default_value_t = 32)]
    jobs: usize,
    /// Stop after so many mismatches
    #[arg(long, default_value_t = 20)]
    most: usize,
    /// Print mismatches as they are, without looking for a smaller script
    #[arg(long)]
    no_shrink: bool,
    /// Only print the scripts
    #[arg(long)]
    print: bool,
    /// Read cases from standard input instead, one line for `grace probe` each
    #[arg(long)]
    cases: bool,
}

fn main() -> ExitCode {
    let called = std::env::args().next().unwrap_or_default();
    let name = called.rsplit('/').next().unwrap_or_default();
    if name == real::INIT {
        eprintln!("{}", real::run_init());
        return ExitCode::from(127);
    }
    if let Some(code) = helpers::run(name) {
        return ExitCode::from(code);
    }
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("conformance: {message}");
            ExitCode::from(2)
        }
    }
}

/// Did both arms agree everywhere?
fn run(options: &Options) -> Result<bool, String> {
    let found = match (&options.binary, &options.row) {
        (Some(path), Some(row)) => vec![Installed::elsewhere(path.clone(), row)?],
        _ => installed::find().0,
    };
    let wanted = |s: &&Installed| options.shell.is_empty() || options.shell.iter().any(|name| name == s.name);
    let shells: Vec<&Installed> = found.iter().filter(wanted).collect();
    if shells.is_empty() {
        return Err("no such shell is installed".into());
    }
    if options.print {
        for shell in shells {
            for number in options.from..options.from + options.count {
                println!("{}", Generated::new(shell, options.seed, number).text());
            }
        }
        return Ok(true);
    }
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let real = Real::new(&program)?;
    if options.cases {
        return cases(options, &real, &found);
    }
    let mut fine = true;
    for shell in shells {
        let tally = generated(options, &real, shell);
        println!("{}, seed {} from {}: {}", shell.describe(), options.seed, options.from, tally.line());
        fine &= tally.wrong.is_empty();
    }
    Ok(fine)
}

/// One shell's scripts; every mismatch is printed as soon as it is small.
fn generated(options: &Options, real: &Real, shell: &Installed) -> Tally {
    let tally = Mutex::new(Tally::default());
    let count = usize::try_from(options.count).unwrap_or(usize::MAX);
    in_parallel(count, options.jobs, |index| {
        let number = options.from + index as u64;
        let generated = Generated::new(shell, options.seed, number);
        let Some(case) = generated.case(shell.row) else { return true };
        let mut verdict = compare(real, shell, &case);
        if !options.no_shrink
            && let Verdict::Differs(mismatch) = verdict
        {
            let (_, smallest) = shrink::shrink(real, shell, generated, *mismatch);
            verdict = Verdict::Differs(Box::new(smallest));
        }
        let Ok(mut tally) = tally.lock() else { return false };
        let before = tally.wrong.len();
        tally.add(&format!("{}-{}-{number}", shell.name, options.seed), verdict);
        for wrong in tally.wrong.iter().skip(before) {
            println!("{wrong}\n");
        }
        tally.wrong.len() < options.most
    });
    tally.into_inner().unwrap_or_default()
}

/// Cases as lines: both outcomes of each that differs.
fn cases(options: &Options, real: &Real, shells: &[Installed]) -> Result<bool, String> {
    let mut named: Vec<Named> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let mut value: serde_json::Value =
            serde_json::from_str(&line.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        let id = value["id"].as_str().unwrap_or("").to_string();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("id");
            fields.remove("probe");
        }
        let case: Case = serde_json::from_value(value).map_err(|e| e.to_string())?;
        let shell = shells.iter().find(|s| s.row == case.shell).ok_or(format!("{} is not installed", case.shell))?;
        named.push((shell, id, case));
    }
    let mut fine = true;
    for (shell, tally) in run_all(real, &named, options.jobs) {
        for wrong in &tally.wrong {
            println!("{wrong}\n");
        }
        println!("{shell}: {}", tally.line());
        fine &= tally.wrong.is_empty();
    }
    Ok(fine)
}
