//! The simulator arm: a case through `simulator::probe::play`.

use crate::case::Case;
use crate::outcome::{Outcome, Process, Status};
use simulator::base::signal::Signal;
use simulator::probe::play::{Played, play};
use simulator::probe::shell::TreeEntry;
use simulator::trace::ExitStatus;

/// How many other orders of one instant are tried.
const SALTS: u64 = 12;
/// How many are tried before an outcome counts as one that the simulator does not know.
const MORE_SALTS: u64 = 150;

/// One simulated run.
pub fn run(case: &Case, tie_salt: u64) -> Result<Played, String> {
    let played = play(&case.play(), tie_salt)?;
    if played.exhausted { Err("the run goes over a limit of the simulator".into()) } else { Ok(played) }
}

/// The outcome that the simulator shows, and all others that it allows because of a race.
pub fn outcomes(case: &Case) -> Result<Vec<Outcome>, String> {
    let mut all = vec![outcome(&run(case, 0)?)];
    for salt in 1..=SALTS {
        let other = outcome(&run(case, salt)?);
        if !all.contains(&other) {
            all.push(other);
        }
    }
    Ok(all)
}

/// Do other orders of one instant lead to another outcome?
pub fn is_race(case: &Case) -> bool {
    outcomes(case).is_ok_and(|all| all.len() > 1)
}

/// Adds the outcomes of many further orders: some are rare.
pub fn further(case: &Case, all: &mut Vec<Outcome>) -> Result<(), String> {
    for salt in SALTS + 1..=MORE_SALTS {
        let other = outcome(&run(case, salt)?);
        if !all.contains(&other) {
            all.push(other);
        }
    }
    Ok(())
}

/// In the common form.
pub fn outcome(played: &Played) -> Outcome {
    let status = played.ended.map(|(status, _)| match status {
        ExitStatus::Exited(code) => Status::Code(i32::from(code)),
        ExitStatus::Signaled(signal) => Status::Signal(signal.to_string()),
    });
    Outcome {
        looks: played.looks.iter().map(|look| look.iter().map(process).collect()).collect(),
        status,
        ended_ms: played.ended.map(|(_, at)| at.as_micros() / 1_000),
        events: played.events.clone(),
        output: played.output.clone(),
    }
}

fn names(signals: &[Signal]) -> Vec<String> {
    let name = |s: &Signal| if s.number() > 31 { format!("RT{}", s.number()) } else { s.to_string() };
    signals.iter().map(name).collect()
}

fn process(e: &TreeEntry) -> Process {
    Process {
        pid: e.pid,
        ppid: e.ppid,
        pgid: e.pgid,
        sid: e.sid,
        state: e.state,
        comm: e.comm.clone(),
        argv: e.argv.iter().map(|a| a.replace("/box/bin/", "").replace("/box", ".")).collect(),
        ign: names(&e.ignored),
        cgt: names(&e.caught),
        blk: names(&e.blocked),
    }
}
