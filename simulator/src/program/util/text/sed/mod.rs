//! sed(1): the stream editor of GNU sed 4.9, as far as scripts use it.
//!
//! `read` reads a script, `run` runs it. Left out: `e`, `F`, `l`, `v`, and `r` of anything but what is said.

mod read;
mod run;

use super::dialect::Dialect;
use super::given::{self, Given};
use super::{Acts, Called, Job, Outcome, tree};
use crate::program::call::Sys;

const LONG: &[(&str, char)] = &[
    ("quiet", 'n'),
    ("silent", 'n'),
    ("expression", 'e'),
    ("regexp-extended", 'E'),
    ("separate", 's'),
    ("null-data", 'z'),
    ("unbuffered", 'u'),
    ("file", 'f'),
];

/// The options, and the ending of the copies that `-i` keeps; none if it does not edit in place.
fn options<'a>(args: &[&'a str]) -> (Given<'a>, Option<&'a str>) {
    // `-i` takes what follows in the same word only.
    let mut suffix = None;
    let mut kept = Vec::new();
    let mut rest = args.iter().copied();
    while let Some(word) = rest.next() {
        if let Some(value) = word.strip_prefix("--in-place") {
            suffix = Some(value.trim_start_matches('='));
        } else if let Some(at) = word.find('i').filter(|at| {
            let before = word.get(1..*at).unwrap_or("");
            word.starts_with('-') && !word.starts_with("--") && before.chars().all(|c| "nErsuz".contains(c))
        }) {
            suffix = word.get(at + 1..);
            kept.extend(word.get(..at).filter(|before| before.len() > 1));
        } else {
            kept.push(word);
            if matches!(word, "-e" | "-f" | "--expression") {
                kept.extend(rest.next());
            }
        }
    }
    (given::read(&kept, "ef", "nErsuz", LONG), suffix)
}

pub(super) fn reads(args: &[&str]) -> Vec<String> {
    let (given, _) = options(args);
    let skipped = usize::from(!given.has('e') && !given.has('f'));
    given.words.iter().skip(skipped).map(|w| (*w).to_owned()).collect()
}

/// What `sed -i` says of the first file beside which it cannot make another one, and its exit code (GNU `sed/execute.c`,
/// `open_next_file`: 4, and it ends; BusyBox `editors/sed.c`).
pub(in crate::program::util) fn refused(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    options(&called.args).1?;
    let refuses = |file: &String| tree::unreadable(file, sys).is_none() && tree::refuses_naming(file, sys);
    let file = reads(&called.args).into_iter().find(refuses)?;
    let directory = file.rsplit_once('/').map_or(".", |(directory, _)| directory);
    Some(match called.busybox {
        true => Acts::fails(&format!("sed: can't create temp file '{file}k0hpPE': Permission denied"), 1),
        false => Acts::fails(&format!("sed: couldn't open temporary file {directory}/sedolYo9Z: Permission denied"), 4),
    })
}

pub(super) fn run(job: &Job<'_>) -> Outcome {
    let (given, suffix) = options(&job.args);
    let mut script: Vec<&str> = given.values('e').collect();
    if given.has('f') {
        let missing = Some("scripts of sed in files are not simulated: it prints nothing".to_owned());
        return Outcome { missing, ..Outcome::default() };
    }
    if script.is_empty() {
        script.extend(given.words.first());
    }
    if script.is_empty() {
        return Outcome::fails("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n".into(), 1);
    }
    let dialect = if given.has('E') || given.has('r') { Dialect::Extended } else { Dialect::Basic };
    let commands = match read::script(&script.join("\n"), dialect) {
        Ok(commands) => commands,
        Err(read::Wrong::Syntax(at, what)) => {
            let message = if job.busybox {
                format!("sed: {what}\n")
            } else {
                format!("sed: -e expression #1, char {at}: {what}\n")
            };
            return Outcome::fails(message, 1);
        }
        Err(read::Wrong::Missing(what)) => {
            return Outcome { missing: Some(format!("{what} of sed is not simulated")), ..Outcome::default() };
        }
    };
    let options = run::Options { quiet: given.has('n'), between: if given.has('z') { '\0' } else { '\n' } };
    let mut outcome = Outcome::default();
    match suffix {
        Some(suffix) => {
            for (name, text) in &job.inputs {
                let edited = run::run(&commands, &[text], &options, &mut outcome);
                if !suffix.is_empty() {
                    let kept = if suffix.contains('*') { suffix.replace('*', name) } else { format!("{name}{suffix}") };
                    outcome.files.push((kept, (*text).to_owned()));
                }
                outcome.files.push(((*name).to_owned(), edited));
            }
        }
        None => {
            let texts: Vec<&str> = job.inputs.iter().map(|(_, text)| *text).collect();
            let text = run::run(&commands, &texts, &options, &mut outcome);
            outcome.writes.push((1, text));
        }
    }
    outcome
}
