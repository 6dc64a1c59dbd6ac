//! The numbers of a scenario that one likes to turn: the same scenario with another one of them.
//!
//! For sweeps over a range and for repairs that are tried. The files stay as they are: what changes is the checked scenario.
//! Not here: settings that are only text (`edit`).

use std::sync::Arc;

use super::{Action, Scenario};
use crate::base::diagnostic::Span;
use crate::base::time::SimDuration;
use crate::cluster::settings::{Connections, Spread};
use crate::pod::spec::{self, Located, PodSpec};
use crate::program::behaviour::{Behaviour, Reaction, Step};

/// A number of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Knob {
    /// `settings.seed`.
    Seed,
    /// `settings.tie_salt`.
    TieSalt,
    /// `spec.replicas` of the first workload.
    Replicas,
    /// `terminationGracePeriodSeconds` of all pods, and of deletes that name a grace.
    Grace,
    /// Seconds of a preStop sleep in all regular containers, in place of the hook that is there; 0 is no hook.
    PreStop,
    /// Milliseconds until every consumer of the endpoint list knows of a change.
    Lag,
    /// Requests a second.
    Rate,
    /// Milliseconds that the application works on a request.
    Service,
    /// Milliseconds that the client waits for an answer.
    Timeout,
    /// Seconds that the application of the card waits for its requests and children when it stops.
    Drain,
    /// Connections that the client keeps open; 0 is a new one for each request.
    KeepAlive,
}

/// Names on the command line, with what they stand for.
const NAMES: [(&str, Knob); 11] = [
    ("seed", Knob::Seed),
    ("tie_salt", Knob::TieSalt),
    ("replicas", Knob::Replicas),
    ("grace", Knob::Grace),
    ("preStop", Knob::PreStop),
    ("lag_ms", Knob::Lag),
    ("per_s", Knob::Rate),
    ("service_ms", Knob::Service),
    ("timeout_ms", Knob::Timeout),
    ("drain_s", Knob::Drain),
    ("keep_alive", Knob::KeepAlive),
];

impl Knob {
    /// All names, in the order of a list for people.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The knob of this name; the names of settings also with their place before them (`traffic.per_s`).
    pub fn by_name(name: &str) -> Option<Knob> {
        let short = name.strip_prefix("settings.").unwrap_or(name);
        let short = short.strip_prefix("traffic.").unwrap_or(short);
        NAMES.iter().find(|(own, _)| *own == short).map(|(_, knob)| *knob)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, knob)| *knob == self).map_or("", |(name, _)| name)
    }
}

impl Scenario {
    /// The same scenario with one number changed. `None` if the scenario has no place for it, or the number is out of
    /// bounds: requests without a client, more pods than the run may have.
    pub fn with(&self, knob: Knob, value: u64) -> Option<Scenario> {
        let mut new = self.clone();
        let small = u32::try_from(value).ok();
        match knob {
            Knob::Seed => new.settings.seed = value,
            Knob::TieSalt => new.settings.tie_salt = value,
            Knob::Replicas => new.workloads.first_mut()?.replicas = small.filter(|n| *n <= self.limits.pods)?,
            Knob::Grace => {
                let seconds = i64::try_from(value).ok()?;
                new.each_pod(|spec| spec.termination_grace_period_seconds.value = seconds);
                for input in &mut new.inputs {
                    if let Action::Delete { grace: Some(grace), .. } = &mut input.action {
                        *grace = seconds;
                    }
                }
                let longer = SimDuration::from_secs(value);
                new.until = new.until.max(last_input(&new) + longer + SimDuration::from_secs(60));
            }
            Knob::PreStop => {
                let seconds = i64::try_from(value).ok()?;
                let sleep = (value > 0).then(|| Located::written(spec::Action::Sleep { seconds }, Span::default()));
                new.each_pod(|spec| spec.containers.iter_mut().for_each(|c| c.lifecycle.pre_stop = sleep.clone()));
            }
            Knob::Timeout => new.cluster.load.as_mut()?.timeout = SimDuration::from_millis(value),
            Knob::Drain => {
                let mut card = (*new.settings.app.clone()?).clone();
                wait(&mut card.behaviour, SimDuration::from_secs(value)).then_some(())?;
                let card = Some(Arc::new(card));
                for workload in &mut new.workloads {
                    let plan = Arc::make_mut(&mut workload.plan);
                    let all = plan.containers.iter_mut().chain(&mut plan.init_containers);
                    all.for_each(|c| c.settings.card = card.clone());
                }
                new.settings.app = card;
            }
            Knob::Lag => {
                let lag = Spread::exactly(SimDuration::from_millis(value));
                new.cluster.load?;
                new.cluster.consumers.iter_mut().for_each(|c| c.lag = Some(lag));
            }
            Knob::Rate => new.cluster.load.as_mut()?.per_s = small?,
            Knob::Service => new.cluster.load.as_mut()?.service = Spread::exactly(SimDuration::from_millis(value)),
            Knob::KeepAlive => {
                let connections = small?;
                new.cluster.load.as_mut()?.connections = match connections {
                    0 => Connections::New,
                    _ => Connections::Kept { connections },
                };
            }
        }
        new.settings.load = new.cluster.load;
        new.settings.consumers.clone_from(&new.cluster.consumers);
        new.cluster.check().is_ok().then_some(new)
    }

    fn each_pod(&mut self, change: impl Fn(&mut PodSpec)) {
        for workload in &mut self.workloads {
            let plan = Arc::make_mut(&mut workload.plan);
            change(Arc::make_mut(&mut plan.spec));
        }
    }
}

/// Sets every time limit of what a program does on signals. False if it has none.
fn wait(card: &mut Behaviour, time: SimDuration) -> bool {
    let handlers = card.on.values_mut().filter_map(|reaction| match reaction {
        Reaction::Handle(steps) => Some(steps),
        Reaction::Ignore | Reaction::Default => None,
    });
    let mut found = false;
    for step in handlers.flatten() {
        match step {
            Step::Drain(Some(limit)) | Step::WaitChildrenAtMost(limit) => (*limit, found) = (time, true),
            _ => {}
        }
    }
    found
}

fn last_input(scenario: &Scenario) -> crate::base::time::SimTime {
    scenario.inputs.iter().map(|i| i.at).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::fleet::Fleet;
    use crate::world::run;

    fn fleet() -> Scenario {
        Fleet { replicas: 3, per_s: 20, seconds: 12, ..Fleet::SMALL }.draft().check().0.unwrap()
    }

    #[test]
    fn a_hook_that_is_turned_up_is_run() {
        let lost = |seconds| run(&fleet().with(Knob::PreStop, seconds).unwrap()).end.totals.failed();
        assert!(lost(0) > 0);
        assert_eq!(lost(5), 0);
    }

    #[test]
    fn replicas_seed_and_rate_are_those_that_were_asked_for() {
        let changed = fleet().with(Knob::Replicas, 4).unwrap().with(Knob::Rate, 30).unwrap();
        let end = run(&changed.with(Knob::Seed, 9).unwrap()).end;
        assert_eq!(end.pods.len(), 4);
        assert_eq!(end.totals.sent, 30 * 12);
        assert!(fleet().with(Knob::Replicas, 1_000_000).is_none());
        assert!(fleet().with(Knob::Rate, 0).is_none());
    }

    #[test]
    fn names_of_settings_are_known_with_their_place() {
        assert_eq!(Knob::by_name("traffic.per_s"), Some(Knob::Rate));
        assert_eq!(Knob::by_name("settings.seed"), Some(Knob::Seed));
        assert_eq!(Knob::by_name("spec.replicas"), None);
        assert!(NAMES.iter().all(|(name, knob)| knob.name() == *name));
    }
}
