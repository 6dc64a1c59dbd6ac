//! Timers of connections and load balancers: idle times at both ends, patience, deregistration delay, health checks; and what
//! has to hold between them. They matter whether anything is deleted or not.
//!
//! Not here: what a stop itself takes (`inequalities`).

use super::measure::{Lost, Measured, lost};
use super::repair;
use super::{Inequality, MOST_EVENTS, Repair, Row, Standing, ceiling, seconds};
use crate::base::Text;
use crate::base::id::{EventId, TaskId};
use crate::base::time::SimDuration;
use crate::cluster::consumers::{Learning, TargetGroup};
use crate::cluster::settings::{Connections, Load};
use crate::cluster::{Consumer, Kind, WorkloadPlan};
use crate::observed::Task;
use crate::program::serving::{Closing, Serving};
use crate::rules::RuleId;
use crate::scenario::Scenario;
use crate::scenario::knob::Knob;
use crate::view::findings::Place;
use crate::world::{Run, World};

/// A repair of a race is tried with so many seeds.
const SEEDS: u64 = 3;

/// A workload under load, through its first consumer.
pub(super) struct Traffic<'a> {
    pub scenario: &'a Scenario,
    pub run: &'a Run,
    pub workload: &'a WorkloadPlan,
    pub measured: Option<&'a Measured>,
    pub load: Load,
    pub consumer: Consumer,
    /// The container that listens, and how it treats connections.
    pub serving: Option<(Text, Serving)>,
}

/// How the process treats connections that first accepts at this port.
pub(super) fn serving(scenario: &Scenario, port: u16) -> Option<(Text, Serving)> {
    let mut world = World::new(scenario);
    let until = scenario.cluster.load?.end;
    while world.step() && world.trace().events().last().is_none_or(|e| e.at < until) {
        let listens = |t: &Task| t.alive().is_some_and(|a| a.sockets.contains_key(&port));
        let seen = world.seen();
        let Some(at) = seen.tasks.iter().position(listens) else { continue };
        let id = TaskId::from_index(at);
        let container = seen.container(seen.task(id)?.container?)?;
        return Some((container.name.clone(), world.serving(id)));
    }
    None
}

impl Traffic<'_> {
    /// The timers.
    pub(super) fn rows(&self, rows: &mut Vec<Row>) {
        let mut add = |name: String, time: SimDuration, source| {
            rows.push(Row { name, from: SimDuration::ZERO, to: time, to_most: time, source });
        };
        let path = self.consumer.row.name;
        if let Some((container, limit)) = self.server_idle() {
            add(format!("idle connections at {container}"), limit, "the server's keep-alive time");
        }
        if let (Some(idle), true) = (self.sender_idle(), self.keeps()) {
            add(format!("idle connections at {}", self.sender()), idle, "its idle timeout, or settings.traffic.idle_s");
        }
        if let Some(time) = self.consumer.row.forgets.filter(|_| self.keeps()) {
            add(format!("idle connections in {path}"), time, "it forgets them without a word");
        }
        if let Some(patience) = self.consumer.answer_timeout() {
            add(format!("patience of {path}"), patience, "its timeout, or settings.traffic.answer_timeout_s");
        }
        if let Some(targets) = self.consumer.targets() {
            add(format!("deregistration delay of {path}"), targets.delay, "settings.traffic.deregistration_delay_s");
            add(format!("failing health checks of {path}"), unhealthy_after(&targets), "interval times threshold");
        }
    }

    /// The inequalities between them.
    pub(super) fn inequalities(&self, all: &mut Vec<Inequality>) {
        let before = lost(&self.run.trace, &self.run.end);
        all.extend(self.idle(&before));
        all.extend(self.forgotten());
        all.extend(self.patience(&before));
        if let Some(targets) = self.consumer.targets() {
            all.extend(self.drained(&targets, &before));
            all.extend(self.within_grace(&targets, &before));
            all.extend(self.rolls_on(&targets, &before));
        }
        all.extend(self.idle_at_stop());
    }

    fn may_try(&self) -> bool {
        self.run.trace.len() <= MOST_EVENTS
    }

    fn made(&self, says: &'static str, rule: RuleId, numbers: String, holds: bool, place: Place) -> Inequality {
        let container = self.serving.as_ref().map_or_else(|| Text::from(""), |(name, _)| name.clone());
        let standing = if holds { Standing::Holds } else { Standing::Fails };
        Inequality { says, rule, container, numbers, standing, bites: None, repair: None, place }
    }

    /// Does anybody use a connection for more than one request?
    fn keeps(&self) -> bool {
        match self.consumer.row.answers {
            true => self.consumer.keeps().is_some(),
            false => self.load.connections != Connections::New,
        }
    }

    /// Who closes idle connections at the sending end.
    fn sender(&self) -> &'static str {
        if self.consumer.row.answers { self.consumer.row.name } else { self.load.client.name }
    }

    /// After how long; none: never.
    fn sender_idle(&self) -> Option<SimDuration> {
        if self.consumer.row.answers {
            return self.consumer.keeps().map(|k| k.idle);
        }
        let own = self.consumer.own.idle.or(self.load.client.idle);
        let serving = self.serving.as_ref().map(|(_, s)| *s).filter(|s| s.tells);
        let told = serving.and_then(|s| s.limit()).zip(self.load.client.before_told);
        let told =
            told.map(|(limit, before)| SimDuration::from_micros(limit.as_micros().saturating_sub(before.as_micros())));
        [own, told].into_iter().flatten().min()
    }

    /// The server's own time, if it keeps connections and closes them some time.
    fn server_idle(&self) -> Option<(&Text, SimDuration)> {
        let (container, serving) = self.serving.as_ref()?;
        serving.limit().filter(|limit| *limit > SimDuration::ZERO).map(|limit| (container, limit))
    }

    /// Runs the scenario with these changes and several seeds: did all of them help?
    fn confirm(&self, changes: &[(Knob, u64)], helps: impl Fn(&Lost) -> bool) -> Option<bool> {
        if !self.may_try() {
            return None;
        }
        let with_seed = |n| {
            let seed = (Knob::Seed, self.scenario.settings.seed.wrapping_add(n));
            changes.iter().copied().chain([seed]).collect::<Vec<_>>()
        };
        let runs = (0..SEEDS).map(|n| repair::run_with(self.scenario, &with_seed(n)));
        runs.map(|run| run.map(|run| helps(&lost(&run.trace, &run.end)))).reduce(|a, b| Some(a? && b?)).flatten()
    }

    fn bites(what: (u32, Option<EventId>), words: &str) -> Option<(EventId, String)> {
        what.1.map(|event| (event, format!("{} {words}", what.0)))
    }

    /// `idle time of the sender < idle time of the server`.
    fn idle(&self, before: &Lost) -> Option<Inequality> {
        let (_, limit) = self.server_idle().filter(|_| self.keeps())?;
        let says = "idle time of the sender < idle time of the server";
        let own = self.sender_idle();
        let holds = own.is_some_and(|own| own < limit);
        let words = own.map_or_else(|| "never".to_owned(), seconds);
        let numbers = format!("{}: {words}, server: {}", self.sender(), seconds(limit));
        let mut made = self.made(says, RuleId::RequestIdleClosed, numbers, holds, Place::Program);
        if !holds {
            made.bites = Self::bites(before.raced, "requests met a connection that the server had just closed");
            let helps = |lost: &Lost| lost.raced.0 == 0;
            let (text, changes) = match own {
                Some(own) => {
                    let wanted = ceiling(own) + 1;
                    (format!("a keep-alive time of {wanted} s at the server"), vec![(Knob::ServerIdle, wanted)])
                }
                // Nothing is longer than never: the client has to have a time.
                None => {
                    let wanted = limit.as_secs().saturating_sub(1);
                    (format!("an idle time of {wanted} s at the client"), vec![(Knob::Idle, wanted)])
                }
            };
            let confirmed = self.confirm(&changes, helps);
            made.repair = Some(Repair { text, changes, confirmed });
        }
        Some(made)
    }

    /// `idle time of client and server < what is forgotten on the way`.
    fn forgotten(&self) -> Option<Inequality> {
        let forgets = self.consumer.row.forgets.filter(|_| self.keeps())?;
        let ends = [self.sender_idle(), self.server_idle().map(|(_, limit)| limit)];
        let first = ends.into_iter().flatten().min();
        let holds = first.is_some_and(|first| first < forgets);
        let words = first.map_or_else(|| "never closed".to_owned(), seconds);
        let numbers = format!("{words}, forgotten after {}", seconds(forgets));
        let says = "idle time of client or server < idle time on the way";
        let mut made = self.made(says, RuleId::RequestIdleClosed, numbers, holds, Place::Program);
        if !holds {
            let wanted = forgets.as_secs().saturating_sub(1);
            let changes = vec![(Knob::Idle, wanted)];
            let confirmed = self.confirm(&changes, |lost| lost.raced.0 == 0);
            made.repair =
                Some(Repair { text: format!("an idle time of {wanted} s at the client"), changes, confirmed });
        }
        Some(made)
    }

    /// `longest request < patience of the proxy`.
    fn patience(&self, before: &Lost) -> Option<Inequality> {
        let (patience, longest) = (self.consumer.answer_timeout()?, self.load.service.max);
        let says = "longest request < patience of the proxy";
        let numbers = format!("{}, {}: {}", seconds(longest), self.consumer.row.name, seconds(patience));
        let mut made = self.made(says, RuleId::RequestTimedOut, numbers, longest < patience, Place::Program);
        if longest >= patience {
            made.bites = Self::bites((before.impatient, before.first_impatient), "requests are given up");
            let wanted = ceiling(longest) + 1;
            let mut changes = vec![(Knob::AnswerTimeout, wanted)];
            if longest >= self.load.timeout {
                changes.push((Knob::Timeout, wanted * 1_000));
            }
            let confirmed = self.confirm(&changes, |lost| lost.impatient == 0);
            made.repair = Some(Repair { text: format!("a timeout of {wanted} s at the proxy"), changes, confirmed });
        }
        Some(made)
    }

    /// `longest request < deregistration delay`.
    fn drained(&self, targets: &TargetGroup, before: &Lost) -> Option<Inequality> {
        let longest = self.load.service.max;
        if !targets.cuts {
            return None;
        }
        let says = "longest request < deregistration delay";
        let numbers = format!("{}, delay {}", seconds(longest), seconds(targets.delay));
        let holds = longest < targets.delay;
        let mut made = self.made(says, RuleId::EndpointDeregistered, numbers, holds, Place::Program);
        if !holds {
            made.bites = Self::bites(before.deregistered, "requests are cut by the load balancer");
            let wanted = ceiling(longest) + 1;
            let changes = vec![(Knob::Deregistration, wanted)];
            let confirmed = self.confirm(&changes, |lost| lost.deregistered.0 == 0);
            made.repair = Some(Repair { text: format!("a deregistration delay of {wanted} s"), changes, confirmed });
        }
        Some(made)
    }

    /// `deregistration delay < grace`: what the load balancer still waits for is not killed.
    fn within_grace(&self, targets: &TargetGroup, before: &Lost) -> Option<Inequality> {
        let m = self.measured?;
        let says = "deregistration delay < grace";
        let numbers = format!("delay {}, grace {}", seconds(targets.delay), seconds(m.grace));
        let holds = targets.delay < m.grace;
        let mut made = self.made(says, RuleId::EndpointDeregistered, numbers, holds, Place::Grace);
        if !holds {
            made.bites = Self::bites((before.cut, before.first_cut), "requests are cut that it still waits for");
            made.repair = Some(self.shorter_delay(m, before));
        }
        Some(made)
    }

    /// A delay that covers the longest request and the wait for a connection, and a grace that covers the delay; if requests
    /// were cut, one that covers the hook and the longest request behind it too.
    fn shorter_delay(&self, m: &Measured, before: &Lost) -> Repair {
        let connect = self.consumer.row.connect_timeout.unwrap_or(self.load.connect_timeout);
        let delay = ceiling(self.load.service.max.max(connect)) + 1;
        let mut graces = Vec::new();
        if before.cut > 0 {
            let needed =
                self.may_try().then(|| repair::needed(self.scenario, &self.workload.name, &m.container)).flatten();
            let least = needed.map(|n| repair::smallest_grace(n.hook_time(), n.drain.unwrap_or(SimDuration::ZERO)));
            graces.extend(least);
            graces.push(repair::smallest_grace(m.hook_time(), self.load.service.max));
        } else {
            graces.push(0);
        }
        let with = |grace: u64| {
            let (mut text, mut changes) =
                (format!("a deregistration delay of {delay} s"), vec![(Knob::Deregistration, delay)]);
            let grace = grace.max(delay + 1);
            if SimDuration::from_secs(grace) > m.grace {
                changes.push((Knob::Grace, grace));
                text.push_str(&format!(", terminationGracePeriodSeconds: {grace}"));
            }
            let confirmed = self.confirm(&changes, |lost| lost.cut + lost.deregistered.0 == 0);
            Repair { text, changes, confirmed }
        };
        let mut tried = graces.into_iter().map(with);
        let first = tried.next();
        let better = |r: &Repair| r.confirmed == Some(true);
        match first {
            Some(first) if !better(&first) => tried.find(better).unwrap_or(first),
            Some(first) => first,
            None => with(0),
        }
    }

    /// `registration + health check < minReadySeconds`: an update does not go on before the load balancer knows the new pod.
    fn rolls_on(&self, targets: &TargetGroup, before: &Lost) -> Option<Inequality> {
        let Kind::Deployment { min_ready, .. } = self.workload.kind else { return None };
        let updated = self.run.end.workloads.iter().any(|w| w.name == self.workload.name && w.revision > 1);
        if !updated {
            return None;
        }
        let joins = match (self.consumer.lag, self.consumer.row.learning) {
            (Some(lag), _) => lag.max,
            (None, Learning::Lags { joins, .. }) => joins.max + targets.interval,
            (None, Learning::Rewrites { .. }) => return None,
        };
        let says = "registration + first health check < minReadySeconds";
        let numbers = format!("at most {}, minReadySeconds {}", seconds(joins), seconds(min_ready));
        let mut made = self.made(says, RuleId::EndpointHealth, numbers, joins < min_ready, Place::Hook);
        if joins >= min_ready {
            made.bites = Self::bites(before.nowhere, "requests found no target");
            let wanted = ceiling(joins) + 1;
            let changes = vec![(Knob::MinReady, wanted)];
            let confirmed = self.confirm(&changes, |lost| lost.nowhere.0 == 0);
            let text = format!("minReadySeconds: {wanted}, or the load balancer's readiness gate");
            made.repair = Some(Repair { text, changes, confirmed });
        }
        Some(made)
    }

    /// `hook + idle time of the server < grace`, for servers that wait for idle connections when they stop.
    fn idle_at_stop(&self) -> Option<Inequality> {
        let m = self.measured?;
        let (_, serving) = self.serving.as_ref()?;
        let (_, limit) = self.server_idle().filter(|_| self.keeps() && serving.closing != Closing::AtOnce)?;
        let waits = self.sender_idle().map_or(limit, |own| own.min(limit));
        let holds = m.hook_time() + waits < m.grace;
        let says = "hook + idle time of the server < grace";
        let sums = format!("{} + {}", seconds(m.hook_time()), seconds(waits));
        let numbers = format!("{sums}, grace {}", seconds(m.grace));
        let mut made = self.made(says, RuleId::RequestLastAnswer, numbers, holds, Place::Grace);
        if !holds {
            made.bites = m.killed.map(|event| (event, format!("{} still waits for idle connections", m.container)));
            let grace = repair::smallest_grace(m.hook_time(), waits + self.load.service.max);
            let changes = vec![(Knob::Grace, grace)];
            let run = self.may_try().then(|| repair::run_with(self.scenario, &changes)).flatten();
            let killed = |run: &Run| {
                let all = super::measure::measure(&run.trace, &run.end, &self.workload.name);
                all.iter().any(|again| again.container == m.container && again.killed.is_some())
            };
            let text = format!("terminationGracePeriodSeconds: {grace}, or answers that say Connection: close");
            made.repair = Some(Repair { text, changes, confirmed: run.map(|run| !killed(&run)) });
        }
        Some(made)
    }
}

/// How long a target has to fail until it is out.
fn unhealthy_after(targets: &TargetGroup) -> SimDuration {
    targets.interval.times(u64::from(targets.unhealthy))
}
