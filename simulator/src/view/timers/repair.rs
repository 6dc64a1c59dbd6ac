//! Trying a change: the scenario with other numbers, run again.

use super::Repair;
use super::measure::{Measured, lost, measure};
use crate::base::time::SimDuration;
use crate::scenario::Scenario;
use crate::scenario::knob::Knob;
use crate::world::{Run, run};

/// A grace that is long enough for every drain that people mean.
const LONG_GRACE_S: u64 = 900;
/// A hook is tried with so many seeds: how late an endpoint list is, is chance.
const SEEDS: u64 = 3;

/// The scenario with these changes, run. `None`: it has no place for one of them.
pub(super) fn run_with(scenario: &Scenario, changes: &[(Knob, u64)]) -> Option<Run> {
    let changed = changes.iter().try_fold(scenario.clone(), |s, (knob, value)| s.with(*knob, *value))?;
    Some(run(&changed))
}

/// What a container that was killed takes if it gets the time; `None` if it does not stop by itself.
pub(super) fn needed(scenario: &Scenario, workload: &str, container: &str) -> Option<Measured> {
    let run = run_with(scenario, &[(Knob::Grace, LONG_GRACE_S)])?;
    let all = measure(&run.trace, &run.end, workload);
    all.into_iter().find(|m| &*m.container == container && m.killed.is_none() && !m.hook_overran)
}

/// The smallest grace in whole seconds that is enough: the kubelet takes whole seconds of the hook off it, so that what the
/// hook leaves has to be longer than the drain.
pub(super) fn smallest_grace(hook: SimDuration, drain: SimDuration) -> u64 {
    hook.as_secs() + drain.as_secs() + 1
}

/// A hook that was tried, with what was still lost at most.
pub(super) struct Tried {
    pub repair: Repair,
    pub late: u32,
    pub cut: u32,
}

/// Tries a preStop sleep, with a longer grace if it needs one.
pub(super) fn try_hook(scenario: &Scenario, hook: u64, grace: Option<u64>) -> Tried {
    let mut changes = vec![(Knob::PreStop, hook)];
    let mut text = format!("a preStop sleep of {hook} s");
    if let Some(grace) = grace {
        changes.push((Knob::Grace, grace));
        text.push_str(&format!(", terminationGracePeriodSeconds: {grace}"));
    }
    let (mut late, mut cut, mut ran) = (0, 0, false);
    for seed in 0..SEEDS {
        let mut with_seed = changes.clone();
        with_seed.push((Knob::Seed, scenario.settings.seed.wrapping_add(seed)));
        let Some(run) = run_with(scenario, &with_seed) else { continue };
        let lost = lost(&run.trace, &run.end);
        (late, cut, ran) = (late.max(lost.late), cut.max(lost.cut), true);
    }
    let confirmed = ran.then_some(late == 0);
    Tried { repair: Repair { text, changes, confirmed }, late, cut }
}
