//! `grace run --exec COMMAND --at TIME`: a terminal at a moment of the run.
//!
//! A command that only looks is answered from the run. One that changes something is added to the inputs of the scenario,
//! the run is computed again, and the command is answered from that.

use std::io::Write;
use std::process::ExitCode;

use simulator::base::limits::BATCH;
use simulator::base::time::{SimDuration, SimTime};
use simulator::scenario::{Draft, SCENARIO_FILE, edit};
use simulator::view::terminal::{Asked, answer};
use simulator::world;

/// Types the lines one after the other. The exit code is that of the last one.
pub fn run(mut draft: Draft, lines: &[String], times: &[String]) -> ExitCode {
    let mut code = 0;
    for (n, line) in lines.iter().enumerate() {
        let at = match times.get(n).or(times.last()).map_or(Some(SimTime::ZERO), |text| moment(text)) {
            Some(at) => at,
            None => {
                eprintln!("grace run: --at takes a time such as 12s, 1m30s or 500ms");
                return ExitCode::from(2);
            }
        };
        match typed(&mut draft, line, at) {
            Ok(ended) => code = ended,
            Err(why) => {
                eprintln!("grace run: {why}");
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::from(code)
}

/// Types one line: prints everything it prints until it ends, or until the run does.
fn typed(draft: &mut Draft, line: &str, at: SimTime) -> Result<u8, String> {
    let mut changed = false;
    loop {
        let (scenario, remarks) = draft.check_with(BATCH);
        let Some(scenario) = scenario else {
            return Err(remarks.first().map_or_else(|| "the files cannot run".to_owned(), ToString::to_string));
        };
        let run = world::run(&scenario);
        let answer = answer(Asked { trace: &run.trace, inventory: &scenario.inventory, at, line });
        if answer.inputs.is_empty() || changed {
            let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
            for line in &answer.lines {
                // When nobody reads any more there is nobody to tell.
                let _ = if line.error { writeln!(err, "{}", line.text) } else { writeln!(out, "{}", line.text) };
            }
            return Ok(answer.code);
        }
        let mut text = draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
        for entry in &answer.inputs {
            text = edit::add_input(&text, entry).ok_or_else(|| format!("{SCENARIO_FILE} has no place for {entry}"))?;
        }
        draft.files.insert(SCENARIO_FILE.to_owned(), text);
        changed = true;
    }
}

/// `12s`, `1m30s`, `500ms`, `12`: seconds if there is no unit.
fn moment(text: &str) -> Option<SimTime> {
    if let Some(seconds) = SimDuration::parse_secs(text) {
        return Some(SimTime::ZERO + seconds);
    }
    let mut total = SimDuration::default();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at(digits);
        let unit = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit);
        let number = SimDuration::parse_secs(number)?.as_micros();
        let micros = match unit {
            "h" => number.checked_mul(3_600)?,
            "m" => number.checked_mul(60)?,
            "s" => number,
            "ms" => number / 1_000,
            _ => return None,
        };
        total = total + SimDuration::from_micros(micros);
        rest = behind;
    }
    (!text.is_empty()).then_some(SimTime::ZERO + total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_with_or_without_units() {
        let millis = |text: &str| moment(text).map(|at| at.as_micros() / 1_000);
        assert_eq!(millis("12s"), Some(12_000));
        assert_eq!(millis("1m30.5s"), Some(90_500));
        assert_eq!(millis("250ms"), Some(250));
        assert_eq!(millis("20.1"), Some(20_100));
        assert_eq!(millis("soon"), None);
    }
}
