//! Every timer of a stop on one axis, and the inequalities between them: which one does not hold, with the numbers, where it
//! bites, and the smallest change that repairs it.
//!
//! Computed from the scenario and its run; what a program needs that was killed is measured by running it again with a grace
//! that is long enough, and every repair is tried by running the repaired scenario. Pure. Not here: findings about what
//! happened whatever the timers say (`findings`), and how it is drawn.

mod connections;
mod inequalities;
mod measure;
mod repair;

use crate::base::Text;
use crate::base::id::EventId;
use crate::base::time::SimDuration;
use crate::cluster::WorkloadPlan;
use crate::rules::RuleId;
use crate::scenario::Scenario;
use crate::scenario::knob::Knob;
use crate::view::findings::{Finding, Place};
use crate::world::Run;

/// A run with more events than this is not run again to try repairs: a few of them have to fit into a moment.
const MOST_EVENTS: usize = 200_000;

/// The timers of a scenario and what holds between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timers {
    /// All timers, in order of workload, container and beginning.
    pub rows: Vec<Row>,
    /// All inequalities, those that hold too.
    pub inequalities: Vec<Inequality>,
    /// The longest grace period; none if nothing was deleted, and times count from the start of each timer.
    pub grace: Option<SimDuration>,
}

/// A timer: a stretch of the time since the delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is: `preStop hook of web`.
    pub name: String,
    /// When it begins, since the pod was deleted.
    pub from: SimDuration,
    /// When it ends at the earliest.
    pub to: SimDuration,
    /// When it ends at the latest.
    pub to_most: SimDuration,
    /// Where the number comes from: a field of a file, or measured in this run.
    pub source: &'static str,
}

impl Timers {
    /// The end of the axis: the last end of all rows.
    pub fn axis(&self) -> SimDuration {
        self.rows.iter().map(|row| row.to_most).max().unwrap_or(SimDuration::ZERO)
    }

    /// The end of the axis to draw: that of the longest timer that others are compared with. A longer one runs off it.
    pub fn shown_axis(&self) -> SimDuration {
        let Some(grace) = self.grace else { return self.axis() };
        let shown = self.rows.iter().map(|row| row.to_most).filter(|to| to.as_micros() <= 2 * grace.as_micros());
        shown.max().unwrap_or(grace)
    }

    /// Inequalities that do not hold, or not always.
    pub fn violated(&self) -> impl Iterator<Item = &Inequality> {
        self.inequalities.iter().filter(|i| i.standing != Standing::Holds)
    }
}

/// Does an inequality hold?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Always.
    Holds,
    /// Not if the longest of a range comes.
    MayFail,
    /// Not at all.
    Fails,
}

impl Standing {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Holds => "holds",
            Standing::MayFail => "may fail",
            Standing::Fails => "fails",
        }
    }
}

/// One inequality between timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inequality {
    /// In words: `hook + drain < grace`.
    pub says: &'static str,
    /// The rule behind it.
    pub rule: RuleId,
    /// The container it is about.
    pub container: Text,
    /// With its numbers: `5 s + 8 s = 13 s, not below 10 s`.
    pub numbers: String,
    /// Does it hold?
    pub standing: Standing,
    /// Where it bites in this run: the first event, and what happened. None if nothing came of it here.
    pub bites: Option<(EventId, String)>,
    /// The smallest change that repairs it; none if it holds, or no number can repair it.
    pub repair: Option<Repair>,
    /// Where in the files.
    pub place: Place,
}

impl Inequality {
    /// As a finding, to be looked for in the files.
    pub fn finding(&self) -> Finding {
        Finding {
            rule: self.rule,
            message: format!("{}: {}", self.says, self.numbers),
            event: self.bites.as_ref().map_or(EventId(0), |(event, _)| *event),
            container: self.container.clone(),
            count: 1,
            place: self.place,
        }
    }
}

/// A change that makes an inequality hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// In words: `terminationGracePeriodSeconds: 14`.
    pub text: String,
    /// The same as numbers to turn; empty if no knob has this number.
    pub changes: Vec<(Knob, u64)>,
    /// Was the repaired scenario run, and did it help? None: it could not be tried.
    pub confirmed: Option<bool>,
}

impl Repair {
    /// What became of the try, in words.
    pub fn tried(&self) -> &'static str {
        match self.confirmed {
            Some(true) => "tried, it helps",
            Some(false) => "tried, and not enough",
            None => "not tried: it has to be set in the program",
        }
    }
}

/// When a timer ends, in words: `30s`, `1.2s to 2s`.
pub fn length(row: &Row) -> String {
    if row.to == row.to_most { row.to.to_string() } else { format!("{} to {}", row.to, row.to_most) }
}

/// The timers of a scenario, whose run this is.
pub fn timers(scenario: &Scenario, run: &Run) -> Timers {
    let mut timers = Timers::default();
    let limits = measure::limits(scenario);
    for workload in &scenario.workloads {
        let all = measure::measure(&run.trace, &run.end, &workload.name);
        for measured in &all {
            let of = inequalities::Subject { scenario, run, workload, measured, limits: &limits };
            timers.grace = timers.grace.max(Some(measured.grace));
            of.rows(&mut timers.rows);
            of.inequalities(&mut timers.inequalities);
        }
        if let Some(of) = traffic(scenario, run, workload, all.first()) {
            of.rows(&mut timers.rows);
            of.inequalities(&mut timers.inequalities);
        }
    }
    timers
}

/// The traffic to a workload, if a client sends any and a Service leads there.
fn traffic<'a>(
    scenario: &'a Scenario,
    run: &'a Run,
    workload: &'a WorkloadPlan,
    measured: Option<&'a measure::Measured>,
) -> Option<connections::Traffic<'a>> {
    let (load, service) = (scenario.cluster.load?, workload.service?);
    let consumer = *scenario.cluster.consumers.first()?;
    let serving = connections::serving(scenario, service.port.unwrap_or(load.port));
    Some(connections::Traffic { scenario, run, workload, measured, load, consumer, serving })
}

/// As seconds, without zeros that say nothing: `5 s`, `0.25 s`.
fn seconds(time: SimDuration) -> String {
    format!("{} s", time.in_seconds())
}

/// Whole seconds that are not less.
fn ceiling(time: SimDuration) -> u64 {
    time.as_micros().div_ceil(1_000_000)
}

#[cfg(test)]
mod tests;
