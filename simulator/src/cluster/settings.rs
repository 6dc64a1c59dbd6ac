//! Settings of the cluster: who sends requests, how often, through whom, and how long the parts of the cluster take.
//!
//! Plain data with bounds that `check` looks after. Not here: pods and their plans, and texts that these come from.

use crate::base::Text;
use crate::base::limits::{CONSUMERS, LOAD_PER_SECOND};
use crate::base::rng::Rng;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::clients::{self, ClientRow};
use crate::cluster::consumers::{ConsumerRow, KUBE_PROXY, Keeps, TargetGroup};
use crate::pod::rolling::Share;

/// A length of time that differs from case to case: drawn evenly from `min` to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// The shortest.
    pub min: SimDuration,
    /// The longest; less than `min` counts as `min`.
    pub max: SimDuration,
}

impl Spread {
    /// No time.
    pub const NONE: Spread = Spread::millis(0, 0);

    /// From `min` to `max` milliseconds.
    pub const fn millis(min: u64, max: u64) -> Self {
        Spread { min: SimDuration::from_millis(min), max: SimDuration::from_millis(max) }
    }

    /// From `min` to `max` microseconds.
    pub const fn micros(min: u64, max: u64) -> Self {
        Spread { min: SimDuration::from_micros(min), max: SimDuration::from_micros(max) }
    }

    /// Always the same.
    pub const fn exactly(time: SimDuration) -> Self {
        Spread { min: time, max: time }
    }

    /// One case.
    pub fn draw(&self, rng: &mut Rng) -> SimDuration {
        SimDuration::from_micros(rng.between(self.min.as_micros(), self.max.as_micros()))
    }
}

/// Everything about the cluster that is not a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSettings {
    /// The client, if there is one.
    pub load: Option<Load>,
    /// Those who send requests to pods by a copy of the endpoint list; at least one, at most `CONSUMERS`.
    pub consumers: Vec<Consumer>,
    /// How long the control plane takes.
    pub latencies: Latencies,
    /// Disruption budgets.
    pub budgets: Vec<Budget>,
}

/// A PodDisruptionBudget, with the workloads whose pods it selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Names of workloads.
    pub workloads: Vec<Text>,
    /// What it asks for.
    pub room: Room,
    /// `unhealthyPodEvictionPolicy: AlwaysAllow`.
    pub always_allow_unhealthy: bool,
}

/// How many pods there have to be; a percentage is of the replicas wanted, and rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// `minAvailable`.
    MinAvailable(Share),
    /// `maxUnavailable`.
    MaxUnavailable(Share),
}

/// How long the control plane takes for its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latencies {
    /// From a change to the controller that acts on it: a watch event and a turn of its work queue.
    pub controller: Spread,
    /// One write of an object: a call of the API server, with etcd's write to disk.
    pub write: Spread,
    /// Writes that are asked for at the same moment are done one after the other: from one to the next, the same for all of
    /// them, since what is busy (disk, CPU) is busy for all.
    pub next_write: Spread,
    /// From a pod's change to the EndpointSlice that shows it.
    pub slice: Spread,
    /// From the sandbox's stop to the pod's address being gone: the network plugin's turn. Half of it is drawn once for all
    /// pods, since what is busy is busy for all.
    pub network: Spread,
}

impl Latencies {
    /// A small cluster, measured (Kubernetes 1.36.2, one node, 2 busy cores): the slice changed 14 to 71 ms after a delete
    /// call; in four scale-downs by nine pods the first process got its signal 45 to 75 ms after the call, the signals were
    /// spread over 0.1 to 0.25 s, connections to the pods timed out from 0.5 s on, and the last pod was out of kube-proxy's
    /// rules after 0.09, 1.08, 1.12 and 1.22 s. The parts of these times are assumptions.
    pub const SMALL: Latencies = Latencies {
        controller: Spread::millis(2, 12),
        write: Spread::millis(3, 20),
        next_write: Spread::millis(1, 25),
        slice: Spread::millis(5, 50),
        network: Spread::millis(240, 520),
    };
    /// Everything at once, for tests of rules alone.
    pub const NONE: Latencies = Latencies {
        controller: Spread::NONE,
        write: Spread::NONE,
        next_write: Spread::NONE,
        slice: Spread::NONE,
        network: Spread::NONE,
    };
}

/// One sender of requests to pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// What it is.
    pub row: &'static ConsumerRow,
    /// Its lag, if the scenario says so: each change reaches it after a time drawn from this, instead of the row's way.
    pub lag: Option<Spread>,
    /// Part of the requests that go through it, in proportion to the shares of the others.
    pub share: u32,
    /// How often it tries in all, instead of the row's number; 1 is no retry.
    pub tries: Option<u8>,
    /// What else the scenario says about it, in place of the row's numbers.
    pub own: Own,
}

/// Numbers of a consumer that a scenario gives, in place of its row's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// How long it keeps idle connections to pods; zero: it keeps none. Where it keeps none itself: the client.
    pub idle: Option<SimDuration>,
    /// How long it waits for an answer, if it is a proxy.
    pub answer: Option<SimDuration>,
    /// Deregistration delay of its targets.
    pub delay: Option<SimDuration>,
    /// From one health check to the next.
    pub interval: Option<SimDuration>,
    /// Failed checks in a row that make a target unhealthy.
    pub unhealthy: Option<u8>,
    /// Without a ready endpoint, does it use those that serve while they terminate? Kubernetes before 1.26 does not.
    pub fallback: Option<bool>,
}

impl Consumer {
    /// The only consumer, as its row says.
    pub const fn plain(row: &'static ConsumerRow) -> Self {
        let own = Own { idle: None, answer: None, delay: None, interval: None, unhealthy: None, fallback: None };
        Consumer { row, lag: None, share: 1, tries: None, own }
    }

    /// Without a ready endpoint, does it use those that serve while they terminate?
    pub fn uses_terminating(&self) -> bool {
        self.row.uses_terminating && self.own.fallback != Some(false)
    }

    /// Its connections to pods, if it keeps any.
    pub fn keeps(&self) -> Option<Keeps> {
        let keeps = self.row.keeps?;
        let idle = self.own.idle.unwrap_or(keeps.idle);
        (idle > SimDuration::ZERO).then_some(Keeps { idle, ..keeps })
    }

    /// How long it waits for an answer, if it gives one itself then.
    pub fn answer_timeout(&self) -> Option<SimDuration> {
        let row = self.row.answer_timeout?;
        Some(self.own.answer.unwrap_or(row))
    }

    /// Its targets, if it has any.
    pub fn targets(&self) -> Option<TargetGroup> {
        let Own { delay, interval, unhealthy, .. } = self.own;
        self.row.targets.map(|row| TargetGroup {
            delay: delay.unwrap_or(row.delay),
            interval: interval.unwrap_or(row.interval),
            unhealthy: unhealthy.unwrap_or(row.unhealthy),
            ..row
        })
    }
}

/// The client: it sends requests at its own rate, whatever becomes of them (open loop).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Requests a second, at most `LOAD_PER_SECOND`.
    pub per_s: u32,
    /// The first is sent at this time.
    pub start: SimTime,
    /// None is sent at or after this time.
    pub end: SimTime,
    /// How evenly they are spaced.
    pub spacing: Spacing,
    /// How long the application works on one.
    pub service: Spread,
    /// How many one process works on at the same time; the others wait in the backlog. No limit if not set.
    pub at_once: Option<u32>,
    /// The port the pods are asked at, where the workload does not say.
    pub port: u16,
    /// A new connection for each, or kept ones.
    pub connections: Connections,
    /// What sort of client it is: matters only for kept connections.
    pub client: &'static ClientRow,
    /// The client gives up when it has no connection after this time.
    pub connect_timeout: SimDuration,
    /// The client gives up when it has no answer after this time.
    pub timeout: SimDuration,
    /// Requests may be repeated after they were sent (GET, not POST): matters to consumers that retry.
    pub repeatable: bool,
}

impl Load {
    /// A steady load with the client that the real clusters were measured with: one connection a request, 5 s of patience
    /// for a connection. The patience for an answer is 60 s, the default of most proxies.
    pub const fn steady(per_s: u32, service: SimDuration, start: SimTime, end: SimTime) -> Self {
        Load {
            per_s,
            start,
            end,
            spacing: Spacing::Even,
            service: Spread::exactly(service),
            at_once: None,
            port: 80,
            connections: Connections::New,
            client: &clients::PLAIN,
            connect_timeout: SimDuration::from_secs(5),
            timeout: SimDuration::from_secs(60),
            repeatable: true,
        }
    }
}

/// How evenly requests are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Exactly.
    Even,
    /// Each at a random moment of its interval.
    Jittered,
}

/// How the client treats connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connections {
    /// A new one for each request (`Connection: close`).
    New,
    /// It opens so many and then uses them in turn, more only if none is idle (keep-alive).
    Kept {
        /// How many.
        connections: u32,
    },
}

/// Why settings cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// `per_s` is 0 or above the bound.
    Rate,
    /// No consumer, or too many, or none with a share.
    Consumers,
    /// Port 0.
    Port,
    /// The client gives up at once.
    Timeout,
}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SettingsError::Rate => write!(f, "requests per second must be 1 to {LOAD_PER_SECOND}"),
            SettingsError::Consumers => write!(f, "1 to {CONSUMERS} consumers are needed, one of them with a share"),
            SettingsError::Port => f.write_str("the port must be 1 to 65535"),
            SettingsError::Timeout => f.write_str("the client's timeout must be longer than 0"),
        }
    }
}

impl Default for ClusterSettings {
    /// No client; kube-proxy of a small cluster.
    fn default() -> Self {
        ClusterSettings {
            load: None,
            consumers: vec![Consumer::plain(&KUBE_PROXY)],
            latencies: Latencies::SMALL,
            budgets: Vec::new(),
        }
    }
}

impl ClusterSettings {
    /// The default cluster under this load.
    pub fn with_load(load: Load) -> Self {
        ClusterSettings { load: Some(load), ..ClusterSettings::default() }
    }

    /// Is everything within its bounds?
    pub fn check(&self) -> Result<(), SettingsError> {
        let shares: u64 = self.consumers.iter().map(|c| u64::from(c.share)).sum();
        if shares == 0 || self.consumers.len() > CONSUMERS {
            return Err(SettingsError::Consumers);
        }
        let Some(load) = &self.load else { return Ok(()) };
        match load {
            Load { per_s, .. } if *per_s == 0 || *per_s > LOAD_PER_SECOND => Err(SettingsError::Rate),
            Load { port: 0, .. } => Err(SettingsError::Port),
            Load { timeout: SimDuration::ZERO, .. } => Err(SettingsError::Timeout),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Load {
        Load::steady(100, SimDuration::from_secs(1), SimTime::ZERO, SimTime::from_secs(60))
    }

    #[test]
    fn settings_out_of_bounds_are_refused_with_the_bound() {
        let check = |load: Load| ClusterSettings::with_load(load).check();
        assert_eq!(check(load()), Ok(()));
        assert_eq!(check(Load { per_s: 0, ..load() }), Err(SettingsError::Rate));
        assert_eq!(check(Load { per_s: 10_001, ..load() }), Err(SettingsError::Rate));
        assert_eq!(check(Load { port: 0, ..load() }), Err(SettingsError::Port));
        assert_eq!(check(Load { timeout: SimDuration::ZERO, ..load() }), Err(SettingsError::Timeout));
        let none = ClusterSettings { consumers: Vec::new(), ..ClusterSettings::default() };
        assert_eq!(none.check(), Err(SettingsError::Consumers));
        assert_eq!(SettingsError::Rate.to_string(), "requests per second must be 1 to 10000");
    }

    #[test]
    fn a_spread_is_drawn_within_its_ends() {
        let mut rng = Rng::stream(1, "spread");
        let spread = Spread::millis(2, 5);
        assert!((0..100).map(|_| spread.draw(&mut rng)).all(|d| spread.min <= d && d <= spread.max));
        assert_eq!(Spread::exactly(SimDuration::from_millis(7)).draw(&mut rng), SimDuration::from_millis(7));
        assert_eq!(Spread::millis(9, 3).draw(&mut rng), SimDuration::from_millis(9));
    }
}
