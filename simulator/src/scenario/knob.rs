//! The numbers of a scenario that one likes to turn: the same scenario with another one of them.
//!
//! For sweeps over a range and for repairs that are tried. The files stay as they are: what changes is the checked scenario.
//! Not here: settings that are only text (`edit`).

use std::sync::Arc;

use super::{Action, Scenario};
use crate::base::diagnostic::Span;
use crate::base::time::SimDuration;
use crate::cluster::Kind;
use crate::cluster::settings::{Connections, Spread};
use crate::pod::spec::{self, Located, PodSpec};
use crate::program::behaviour::{Behaviour, Card, Reaction, Step};
use crate::program::serving::{Idle, Tuned};

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
    /// Seconds after which the application closes idle connections.
    ServerIdle,
    /// Seconds after which the load balancer, the proxy or else the client closes idle connections.
    Idle,
    /// Seconds that a proxy waits for an answer.
    AnswerTimeout,
    /// Seconds of a load balancer's deregistration delay.
    Deregistration,
    /// `minReadySeconds` of all Deployments.
    MinReady,
}

/// Names on the command line, with what they stand for.
const NAMES: [(&str, Knob); 16] = [
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
    ("keep_alive_s", Knob::ServerIdle),
    ("idle_s", Knob::Idle),
    ("answer_timeout_s", Knob::AnswerTimeout),
    ("deregistration_delay_s", Knob::Deregistration),
    ("minReadySeconds", Knob::MinReady),
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
                new.set_card(card);
            }
            Knob::ServerIdle => {
                let amending = || Card { behaviour: Behaviour::default(), amends: true };
                let mut card = new.settings.app.as_deref().cloned().unwrap_or_else(amending);
                card.behaviour.tune(Tuned { idle: Some(Idle::seconds(value)), backlog: None });
                new.set_card(card);
            }
            Knob::Idle | Knob::AnswerTimeout | Knob::Deregistration => {
                new.cluster.load?;
                let time = Some(SimDuration::from_secs(value));
                for consumer in &mut new.cluster.consumers {
                    match knob {
                        Knob::AnswerTimeout => consumer.own.answer = time,
                        Knob::Deregistration => consumer.own.delay = time,
                        _ => consumer.own.idle = time,
                    }
                }
            }
            Knob::MinReady => {
                let time = SimDuration::from_secs(value);
                let all = new.updates.iter_mut().map(|applied| &mut applied.plan).chain(&mut new.workloads);
                let mut found = false;
                for workload in all {
                    if let Kind::Deployment { min_ready, .. } = &mut workload.kind {
                        (*min_ready, found) = (time, true);
                    }
                }
                found.then_some(())?;
                let pods = u64::from(new.workloads.iter().map(|w| w.replicas).max().unwrap_or(1));
                new.until = new.until.max(last_input(&new) + time.times(pods) + SimDuration::from_secs(60));
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

    /// Gives every container this card.
    fn set_card(&mut self, card: Card) {
        let card = Some(Arc::new(card));
        for workload in &mut self.workloads {
            let plan = Arc::make_mut(&mut workload.plan);
            let all = plan.containers.iter_mut().chain(&mut plan.init_containers);
            all.for_each(|c| c.settings.card = card.clone());
        }
        self.settings.app = card;
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
