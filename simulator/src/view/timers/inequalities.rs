//! The rows and the inequalities of one container of a workload.

use super::measure::{Lost, Measured, lost};
use super::repair::{self, Tried};
use super::{Inequality, MOST_EVENTS, Repair, Row, Standing, ceiling, seconds};
use crate::base::Text;
use crate::base::time::SimDuration;
use crate::cluster::WorkloadPlan;
use crate::cluster::consumers::Learning;
use crate::cluster::settings::{Load, Spread};
use crate::program::app::limits::{LimitOf, StopLimit};
use crate::rules::RuleId;
use crate::scenario::Scenario;
use crate::scenario::knob::Knob;
use crate::view::findings::Place;
use crate::world::Run;

/// A container and everything its timers depend on.
pub(super) struct Subject<'a> {
    pub scenario: &'a Scenario,
    pub run: &'a Run,
    pub workload: &'a WorkloadPlan,
    pub measured: &'a Measured,
    pub limits: &'a [(Text, StopLimit)],
}

impl Subject<'_> {
    /// Its timers.
    pub(super) fn rows(&self, rows: &mut Vec<Row>) {
        let m = self.measured;
        let of = |what: &str| format!("{what} of {}", m.container);
        let mut add = |name: String, from, to, to_most, source| rows.push(Row { name, from, to, to_most, source });
        let zero = SimDuration::ZERO;
        add(of("grace period"), zero, m.grace, m.grace, "terminationGracePeriodSeconds, or the delete");
        if let Some(hook) = m.hook {
            let source = if m.hook_overran { "as long as the kubelet waited for it" } else { "measured in this run" };
            add(of("preStop hook"), zero, hook, hook, source);
        }
        let signal = if m.hook_overran { m.grace } else { m.hook_time() };
        if let Some(drain) = m.drain {
            let source = if m.killed.is_some() { "until it was killed" } else { "measured in this run" };
            add(of("stop signal to exit"), signal, signal + drain, signal + drain, source);
        }
        for limit in self.own_limits() {
            let name = match limit.of {
                LimitOf::Requests => "the server's wait for its requests",
                LimitOf::Children => "the supervisor's wait for its children",
            };
            add(of(name), signal, signal + limit.time, signal + limit.time, "what the program does on its stop signal");
        }
        let (Some(load), Some(lag)) = (self.load(), self.lag()) else { return };
        add(format!("endpoint lag of {}", self.path()), zero, lag.min, lag.max, "the latencies of this path");
        add("longest request".to_owned(), zero, load.service.min, load.service.max, "settings.traffic.service_ms");
        add("patience of the client".to_owned(), zero, load.timeout, load.timeout, "settings.traffic.timeout_ms");
    }

    /// The inequalities between them.
    pub(super) fn inequalities(&self, all: &mut Vec<Inequality>) {
        let before = lost(&self.run.trace, &self.run.end);
        all.push(self.grace());
        for limit in self.own_limits() {
            if limit.of == LimitOf::Children {
                all.push(self.supervisor(limit));
            }
            if let Some(load) = self.load() {
                all.push(self.server(limit, &load, &before));
            }
        }
        if let (Some(load), Some(lag)) = (self.load(), self.lag()) {
            all.extend(self.endpoints(&load, lag, &before));
            all.push(self.patience(&load, &before));
        }
    }

    fn own_limits(&self) -> impl Iterator<Item = &StopLimit> {
        let own = self.limits.iter().filter(|(name, _)| *name == self.measured.container);
        own.map(|(_, limit)| limit).filter(|limit| Some(limit.signal) == self.measured.signal)
    }

    /// The client, if a Service leads to this workload.
    fn load(&self) -> Option<Load> {
        self.scenario.cluster.load.filter(|_| self.workload.service.is_some())
    }

    fn path(&self) -> &'static str {
        self.scenario.cluster.consumers.first().map_or("", |c| c.row.name)
    }

    /// From the delete to the slowest consumer leaving the pod out, at best and at worst.
    fn lag(&self) -> Option<Spread> {
        let slice = self.scenario.cluster.latencies.slice;
        let of = |c: &crate::cluster::Consumer| match (c.lag, c.row.learning) {
            (Some(lag), _) => lag,
            (None, Learning::Lags { leaves, .. }) => leaves,
            // At worst it comes just after the start of a rewrite: that one, the pause, and the next.
            (None, Learning::Rewrites { watch, pause, run }) => {
                Spread { min: watch.min + run.min, max: watch.max + run.max + pause + run.max }
            }
        };
        let lags = self.scenario.cluster.consumers.iter().map(of);
        lags.max_by_key(|lag| lag.max).map(|lag| Spread { min: slice.min + lag.min, max: slice.max + lag.max })
    }

    fn may_try(&self) -> bool {
        self.run.trace.len() <= MOST_EVENTS
    }

    fn made(&self, says: &'static str, rule: RuleId, numbers: String, standing: Standing, place: Place) -> Inequality {
        let container = self.measured.container.clone();
        Inequality { says, rule, container, numbers, standing, bites: None, repair: None, place }
    }

    /// `hook + drain < grace`.
    fn grace(&self) -> Inequality {
        let says = "hook + drain < grace";
        let m = self.measured;
        let (rule, place) = (RuleId::RuntimeGraceExpired, Place::Grace);
        let sum = |hook: SimDuration, drain: SimDuration| {
            format!("{} + {} = {}, grace {}", seconds(hook), seconds(drain), seconds(hook + drain), seconds(m.grace))
        };
        let Some(killed) = m.killed else {
            let drain = m.drain.unwrap_or(SimDuration::ZERO);
            return self.made(says, rule, sum(m.hook_time(), drain), Standing::Holds, place);
        };
        let bites = |needs: &str| (killed, format!("{} is killed {needs}", m.container));
        let needed = self.may_try().then(|| repair::needed(self.scenario, &self.workload.name, &m.container)).flatten();
        let Some(needed) = needed else {
            let numbers = format!("it does not stop by itself, grace {}", seconds(m.grace));
            let mut failed = self.made(says, rule, numbers, Standing::Fails, place);
            failed.bites = Some(bites("and no grace is long enough"));
            return failed;
        };
        let (hook, drain) = (needed.hook_time(), needed.drain.unwrap_or(SimDuration::ZERO));
        let mut failed = self.made(says, rule, sum(hook, drain), Standing::Fails, place);
        failed.bites = Some(bites("before it is done"));
        failed.repair = Some(self.raise_grace(repair::smallest_grace(hook, drain)));
        failed
    }

    /// A longer grace: the smallest of a few that nobody is killed with.
    fn raise_grace(&self, least: u64) -> Repair {
        let helps = |run: &Run| self.again(run).is_some_and(|m| m.killed.is_none());
        let tried = (least..least + 3).map(|grace| (grace, repair::run_with(self.scenario, &[(Knob::Grace, grace)])));
        let found = tried.map(|(grace, run)| (grace, run.is_some_and(|run| helps(&run)))).find(|(_, helps)| *helps);
        let (grace, confirmed) = found.unwrap_or((least, false));
        let text = format!("terminationGracePeriodSeconds: {grace}");
        Repair { text, changes: vec![(Knob::Grace, grace)], confirmed: Some(confirmed) }
    }

    /// The same container in another run.
    fn again(&self, run: &Run) -> Option<Measured> {
        let all = super::measure::measure(&run.trace, &run.end, &self.workload.name);
        all.into_iter().find(|m| m.container == self.measured.container)
    }

    /// `hook + the supervisor's wait < grace`: its own kill has to come before the kubelet's.
    fn supervisor(&self, limit: &StopLimit) -> Inequality {
        let m = self.measured;
        let sum = m.hook_time() + limit.time;
        let numbers = format!("{} + {}, grace {}", seconds(m.hook_time()), seconds(limit.time), seconds(m.grace));
        let standing = if sum < m.grace { Standing::Holds } else { Standing::Fails };
        let says = "hook + supervisor's wait < grace";
        let mut made = self.made(says, RuleId::RuntimeGraceExpired, numbers, standing, Place::Grace);
        if standing == Standing::Fails {
            let text = || format!("SIGKILL comes to {} before its supervisor gives its children up", m.container);
            made.bites = m.killed.map(|event| (event, text()));
            let least = repair::smallest_grace(m.hook_time(), limit.time);
            made.repair = self.may_try().then(|| self.raise_grace(least));
        }
        made
    }

    /// `longest request < the server's wait`.
    fn server(&self, limit: &StopLimit, load: &Load, before: &Lost) -> Inequality {
        let longest = load.service.max;
        let standing = match (longest < limit.time, load.service.min < limit.time) {
            (true, _) => Standing::Holds,
            (false, true) => Standing::MayFail,
            (false, false) => Standing::Fails,
        };
        let numbers = format!("{}, wait {}", seconds(longest), seconds(limit.time));
        let says = "longest request < server's own wait";
        let mut made = self.made(says, RuleId::RequestCut, numbers, standing, Place::Program);
        if standing != Standing::Holds {
            made.bites = before.first_cut.map(|event| (event, format!("{} requests are cut", before.cut)));
            let wait = longest.as_secs() + 1;
            let mut changes = vec![(Knob::Drain, wait)];
            let mut text = format!("let the server wait {wait} s for its requests");
            let hook = self.measured.hook_time();
            if hook + SimDuration::from_secs(wait) >= self.measured.grace {
                let grace = repair::smallest_grace(hook, SimDuration::from_secs(wait));
                changes.push((Knob::Grace, grace));
                text.push_str(&format!(", terminationGracePeriodSeconds: {grace}"));
            }
            let helps = |run: &Run| lost(&run.trace, &run.end).cut == 0;
            let run = self.may_try().then(|| repair::run_with(self.scenario, &changes)).flatten();
            made.repair = Some(Repair { text, changes, confirmed: run.map(|run| helps(&run)) });
        }
        made
    }

    /// `endpoint lag < hook`: nobody sends to the pod any more when its socket is closed.
    fn endpoints(&self, load: &Load, lag: Spread, before: &Lost) -> Option<Inequality> {
        let m = self.measured;
        let closed = m.closed?;
        let standing = match (lag.max < closed, lag.min < closed) {
            (true, _) => Standing::Holds,
            (false, true) => Standing::MayFail,
            (false, false) => Standing::Fails,
        };
        let numbers =
            format!("{} to {}, the socket is closed after {}", seconds(lag.min), seconds(lag.max), seconds(closed));
        let says = "endpoint lag < hook (time until the socket closes)";
        let mut made = self.made(says, RuleId::RequestStale, numbers, standing, Place::Hook);
        if standing != Standing::Holds {
            made.bites = before
                .first_late
                .map(|event| (event, format!("{} requests go to pods that no longer listen or answer", before.late)));
            made.repair = self.may_try().then(|| self.longer_hook(load, lag));
        }
        Some(made)
    }

    /// A hook that covers the lag; if the server cuts requests on its stop signal, one that covers the longest of them too.
    fn longer_hook(&self, load: &Load, lag: Spread) -> Repair {
        let (short, long) = (ceiling(lag.max), ceiling(lag.max + load.service.max));
        let first = self.try_hook(short);
        if first.late == 0 && first.cut == 0 || short == long {
            return first.repair;
        }
        let second = self.try_hook(long);
        if second.late == 0 && second.cut == 0 { second.repair } else { first.repair }
    }

    fn try_hook(&self, hook: u64) -> Tried {
        let m = self.measured;
        let needs = if m.killed.is_some() { SimDuration::ZERO } else { m.drain.unwrap_or(SimDuration::ZERO) };
        let grace = repair::smallest_grace(SimDuration::from_secs(hook), needs);
        repair::try_hook(self.scenario, hook, (SimDuration::from_secs(grace) > m.grace).then_some(grace))
    }

    /// `longest request < the client's patience`.
    fn patience(&self, load: &Load, before: &Lost) -> Inequality {
        let standing = match (load.service.max < load.timeout, load.service.min < load.timeout) {
            (true, _) => Standing::Holds,
            (false, true) => Standing::MayFail,
            (false, false) => Standing::Fails,
        };
        let numbers = format!("{}, patience {}", seconds(load.service.max), seconds(load.timeout));
        let says = "longest request < patience of the client";
        let mut made = self.made(says, RuleId::RequestTimedOut, numbers, standing, Place::Program);
        if standing != Standing::Holds {
            made.bites = before.first_impatient.map(|e| (e, format!("{} requests are given up", before.impatient)));
            let millis = load.service.max.as_millis() + 1_000;
            let changes = vec![(Knob::Timeout, millis)];
            let run = self.may_try().then(|| repair::run_with(self.scenario, &changes)).flatten();
            let confirmed = run.map(|run| lost(&run.trace, &run.end).impatient == 0);
            made.repair = Some(Repair { text: format!("a timeout of {} ms", millis), changes, confirmed });
        }
        made
    }
}
