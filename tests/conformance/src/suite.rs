//! Many cases in both arms, several namespaces at once: these mostly sleep.

use crate::case::Case;
use crate::installed::Installed;
use crate::judge::{TIME, differences};
use crate::outcome::Outcome;
use crate::real::Real;
use crate::simulated;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How often a case that differs is run for real before it counts.
const TRIES: usize = 3;

/// What came of one case.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Both arms show the same.
    Same,
    /// The real outcome is one of several that the simulator allows at one instant.
    Race,
    /// The real outcome changes from run to run, and the simulator too calls it a race.
    Varies,
    /// The real outcome changes from run to run, but the simulator knows one only.
    VariesUnnoticed(Box<Mismatch>),
    /// The arms differ.
    Differs(Box<Mismatch>),
    /// An arm could not run it.
    Failed(String),
}

impl Verdict {
    /// Does it count against the simulator?
    pub fn is_wrong(&self) -> bool {
        matches!(self, Verdict::VariesUnnoticed(_) | Verdict::Differs(_) | Verdict::Failed(_))
    }
}

/// Both outcomes of a case that differs.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The case.
    pub case: Case,
    /// The real shell's outcome.
    pub real: Outcome,
    /// The simulator's.
    pub simulated: Outcome,
}

impl Mismatch {
    /// For people: the vector, and each field that differs.
    pub fn describe(&self, id: &str) -> String {
        let fields = differences(&self.real, &self.simulated).join("\n  ");
        format!("{}\n  {fields}", self.case.vector(id))
    }
}

/// Runs a case in both arms. A difference counts if the real arm shows it every time.
pub fn compare(real: &Real, shell: &Installed, case: &Case) -> Verdict {
    let mut allowed = match simulated::outcomes(case) {
        Ok(allowed) => allowed,
        Err(message) => return Verdict::Failed(format!("simulator: {message}")),
    };
    let Some(first) = allowed.first().cloned() else { return Verdict::Failed("no outcome".into()) };
    let mut seen: Vec<Outcome> = Vec::new();
    for _ in 0..TRIES {
        let outcome = match real.run(case, shell) {
            Ok(outcome) => outcome,
            Err(message) => return Verdict::Failed(format!("real arm: {message}")),
        };
        if let Some(index) = allowed.iter().position(|a| differences(&outcome, a).is_empty()) {
            return if index == 0 && allowed.len() == 1 { Verdict::Same } else { Verdict::Race };
        }
        seen.push(outcome);
    }
    if let Err(message) = simulated::further(case, &mut allowed) {
        return Verdict::Failed(format!("simulator: {message}"));
    }
    if seen.iter().any(|outcome| allowed.iter().any(|a| differences(outcome, a).is_empty())) {
        return Verdict::Race;
    }
    let Some(real) = seen.first().cloned() else { return Verdict::Failed("no real outcome".into()) };
    let varies = seen.iter().any(|o| differences(o, &real).iter().any(|d| !d.starts_with(TIME)));
    let late = differences(&real, &first).iter().all(|d| d.starts_with(TIME))
        && seen.iter().any(|o| !differences(o, &real).is_empty());
    let mismatch = Box::new(Mismatch { case: case.clone(), real, simulated: first });
    match (varies, allowed.len()) {
        // Only late, and each time by another amount: the machine is busy.
        _ if late => Verdict::Varies,
        (true, 2..) => Verdict::Varies,
        (true, _) => Verdict::VariesUnnoticed(mismatch),
        (false, _) => Verdict::Differs(mismatch),
    }
}

/// Calls `work` for the numbers below `count`, `jobs` at once, until it answers false.
pub fn in_parallel(count: usize, jobs: usize, work: impl Fn(usize) -> bool + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, count.max(1)) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count || !work(index) {
                        break;
                    }
                }
            });
        }
    });
}

/// How many cases came to which verdict.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Both arms the same, one outcome.
    pub same: usize,
    /// One of several outcomes that the simulator allows.
    pub races: usize,
    /// Different from run to run, and called a race.
    pub varies: usize,
    /// Mismatches, races that went unnoticed, and cases that could not be run, each for people.
    pub wrong: Vec<String>,
}

impl Tally {
    /// Cases in all.
    pub fn count(&self) -> usize {
        self.same + self.races + self.varies + self.wrong.len()
    }

    /// Counts a verdict.
    pub fn add(&mut self, id: &str, verdict: Verdict) {
        match verdict {
            Verdict::Same => self.same += 1,
            Verdict::Race => self.races += 1,
            Verdict::Varies => self.varies += 1,
            Verdict::VariesUnnoticed(m) => self.wrong.push(format!("race unnoticed: {}", m.describe(id))),
            Verdict::Differs(m) => self.wrong.push(format!("differs: {}", m.describe(id))),
            Verdict::Failed(message) => self.wrong.push(format!("failed: {id}: {message}")),
        }
    }

    /// One line of figures.
    pub fn line(&self) -> String {
        let Tally { same, races, varies, wrong } = self;
        let (all, wrong) = (self.count(), wrong.len());
        format!("{all} cases: {same} same, {races} one of several allowed, {varies} vary in reality, {wrong} wrong")
    }
}

/// A case with its name and shell.
pub type Named<'a> = (&'a Installed, String, Case);

/// All cases; one tally for each shell, in the order of the cases. What differs is compared again when nothing else runs: on
/// a busy machine a process may come to its turn later than a signal was meant for it.
pub fn run_all(real: &Real, cases: &[Named], jobs: usize) -> Vec<(String, Tally)> {
    let verdicts: Mutex<Vec<Option<Verdict>>> = Mutex::new(cases.iter().map(|_| None).collect());
    in_parallel(cases.len(), jobs, |index| {
        if let Some((shell, _, case)) = cases.get(index) {
            let verdict = compare(real, shell, case);
            if let Ok(mut verdicts) = verdicts.lock()
                && let Some(slot) = verdicts.get_mut(index)
            {
                *slot = Some(verdict);
            }
        }
        true
    });
    let verdicts = verdicts.into_inner().unwrap_or_default();
    let mut tallies: Vec<(String, Tally)> = Vec::new();
    for ((shell, id, case), verdict) in cases.iter().zip(verdicts.into_iter().flatten()) {
        let verdict = if verdict.is_wrong() { compare(real, shell, case) } else { verdict };
        let name = shell.describe();
        match tallies.iter_mut().find(|(n, _)| *n == name) {
            Some((_, tally)) => tally.add(id, verdict),
            None => {
                let mut tally = Tally::default();
                tally.add(id, verdict);
                tallies.push((name, tally));
            }
        }
    }
    tallies
}
