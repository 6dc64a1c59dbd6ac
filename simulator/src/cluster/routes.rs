//! A consumer at work: how changes of the endpoint list reach it, and which endpoints it sends new connections to.
//!
//! Follows kubernetes pkg/proxy/runner (BoundedFrequencyRunner: run at once, else when the pause is over) and
//! pkg/proxy/topology.go (CategorizeEndpoints). What differs between consumers is in `consumers`.

use std::collections::BTreeMap;

use crate::base::id::{EventId, PodId};
use crate::base::rng::Rng;
use crate::base::time::SimTime;
use crate::cluster::consumers::{Learning, Pick, TargetGroup};
use crate::cluster::settings::{Consumer, Spread};
use crate::cluster::targets::{Health, Targets};
use crate::cluster::timers::{Change, Planned, Timers};
use crate::cx::Cx;
use crate::rules::RuleId;
use crate::trace::{Conditions, EventKind, OnEndpoint};

/// An endpoint that is routed to, with the event by which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub pod: PodId,
    pub by: EventId,
    /// Used only because no endpoint is ready.
    pub fallback: bool,
}

/// Where a consumer of the rewriting kind stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    /// A rewrite is planned or under way.
    Busy,
}

/// A consumer and its copy of the endpoint list.
#[derive(Clone, Debug)]
pub(super) struct Routes {
    pub settings: Consumer,
    number: u8,
    rng: Rng,
    picks: Rng,
    /// Its copy of the list.
    known: BTreeMap<PodId, Conditions>,
    /// Heard of, not in force: the last word on each pod.
    heard: BTreeMap<PodId, Change>,
    phase: Phase,
    /// Before this time no rewrite starts.
    rested: SimTime,
    /// Changes do not overtake each other: the last one planned takes effect at this time.
    last_heard: SimTime,
    /// The same for each pod, for a consumer whose changes have lags of their own.
    last_of: BTreeMap<PodId, SimTime>,
    routes: Vec<Route>,
    /// What it knows of the pods by its own health checks.
    targets: Option<Targets>,
    turn: usize,
}

impl Routes {
    pub(super) fn new(cx: &Cx, number: usize, settings: Consumer) -> Self {
        Routes {
            settings,
            number: u8::try_from(number).unwrap_or(u8::MAX),
            rng: cx.rng(&format!("cluster/consumer/{number}/lag")),
            picks: cx.rng(&format!("cluster/consumer/{number}/pick")),
            known: BTreeMap::new(),
            heard: BTreeMap::new(),
            phase: Phase::Idle,
            rested: SimTime::ZERO,
            last_heard: SimTime::ZERO,
            last_of: BTreeMap::new(),
            routes: Vec::new(),
            targets: settings.targets().map(|group| {
                Targets::new(group, cx.rng(&format!("cluster/consumer/{number}/checks")), settings.lag.is_some())
            }),
            turn: 0,
        }
    }

    /// The slice changed: plans when these changes arrive.
    pub(super) fn slice_changed(&mut self, cx: &mut Cx, timers: &mut Timers, changes: &[Change]) {
        let consumer = usize::from(self.number);
        let (joins, leaves) = match (self.settings.lag, self.settings.row.learning) {
            (Some(lag), _) => (lag, lag),
            (None, Learning::Lags { joins, leaves }) => (joins, leaves),
            (None, Learning::Rewrites { watch, .. }) => {
                self.last_heard = self.last_heard.max(cx.now() + watch.draw(&mut self.rng));
                let changes = changes.into();
                timers.at(cx, self.last_heard, Planned::Heard { consumer, changes });
                return;
            }
        };
        for change in changes {
            let last = self.last_of.entry(change.pod).or_default();
            let was_ready = self.known.get(&change.pod).is_some_and(|c| c.ready) || *last > cx.now();
            let registered = self.targets.as_ref().is_some_and(|t| t.health(change.pod).is_some());
            let lag = match change.gated || change.conditions.is_some_and(|c| c.ready) {
                // Its readiness gate was waited for: it is registered and healthy.
                true if registered => Spread::NONE,
                true => joins,
                // A pod that it never heard of as ready is no news to it.
                false if !was_ready => Spread::NONE,
                false => leaves,
            };
            *last = (*last).max(cx.now() + lag.draw(&mut self.rng));
            let (at, change) = (*last, *change);
            cx.because(change.by, |cx| timers.at(cx, at, Planned::Lagged { consumer, change }));
        }
    }

    /// Changes arrived: they wait for the next rewrite, which starts now if the last one is long enough ago.
    pub(super) fn hear(&mut self, cx: &mut Cx, timers: &mut Timers, changes: &[Change]) {
        self.heard.extend(changes.iter().map(|c| (c.pod, *c)));
        if self.phase == Phase::Idle {
            self.phase = Phase::Busy;
            let at = self.rested.max(cx.now());
            if at > cx.now() {
                timers.at(cx, at, Planned::Rewrite { consumer: usize::from(self.number) });
            } else {
                self.rewrite(cx, timers);
            }
        }
    }

    /// A rewrite starts, with everything heard so far.
    pub(super) fn rewrite(&mut self, cx: &mut Cx, timers: &mut Timers) {
        let Learning::Rewrites { run, .. } = self.settings.row.learning else { return };
        let changes: Box<[Change]> = std::mem::take(&mut self.heard).into_values().collect();
        let at = cx.now() + run.draw(&mut self.rng);
        timers.at(cx, at, Planned::Rewritten { consumer: usize::from(self.number), changes });
    }

    /// A rewrite is over: its rules are in force, and the pause begins.
    pub(super) fn rewritten(&mut self, cx: &mut Cx, timers: &mut Timers, changes: &[Change]) {
        self.apply(cx, timers, changes);
        let Learning::Rewrites { pause, .. } = self.settings.row.learning else { return };
        self.rested = cx.now() + pause;
        if self.heard.is_empty() {
            self.phase = Phase::Idle;
        } else {
            timers.at(cx, self.rested, Planned::Rewrite { consumer: usize::from(self.number) });
        }
    }

    /// Takes changes into the copy and routes by it.
    pub(super) fn apply(&mut self, cx: &mut Cx, timers: &mut Timers, changes: &[Change]) {
        for change in changes {
            match change.conditions {
                Some(conditions) => self.known.insert(change.pod, conditions),
                None => self.known.remove(&change.pod),
            };
            self.register(cx, timers, change);
        }
        let by_pod: BTreeMap<PodId, EventId> = changes.iter().map(|c| (c.pod, c.by)).collect();
        let Some(last) = changes.iter().map(|c| c.by).max() else { return };
        self.route(cx, &by_pod, last);
    }

    /// A load balancer registers a pod that became ready, and deregisters one that is so no longer.
    fn register(&mut self, cx: &mut Cx, timers: &mut Timers, change: &Change) {
        let Some(targets) = &mut self.targets else { return };
        let (consumer, pod) = (usize::from(self.number), change.pod);
        if change.gated || change.conditions.is_some_and(|c| c.ready) {
            if let Some(phase) = targets.register(pod) {
                cx.because(change.by, |cx| timers.at(cx, cx.now() + phase, Planned::Check { consumer, pod }));
            }
        } else if targets.deregister(pod) && targets.group.cuts {
            let at = cx.now() + targets.group.delay;
            cx.because(change.by, |cx| timers.at(cx, at, Planned::Deregistered { consumer, pod }));
        }
    }

    /// Chooses the endpoints that are routed to, and tells of those that are new or gone.
    fn route(&mut self, cx: &mut Cx, by_pod: &BTreeMap<PodId, EventId>, last: EventId) {
        let mut wanted: Vec<PodId> = self.having(|c| c.ready);
        let falls_back = wanted.is_empty() && self.settings.uses_terminating();
        if falls_back {
            wanted = self.having(|c| c.serving && c.terminating);
        }
        if let Some(targets) = &self.targets {
            let with = |health: Health| wanted.iter().copied().filter(|p| targets.health(*p) == Some(health)).collect();
            let healthy: Vec<PodId> = with(Health::Healthy);
            // Without a healthy target it fails open: better an unhealthy one than none.
            wanted = if healthy.is_empty() { with(Health::Unhealthy) } else { healthy };
        }
        let before = std::mem::take(&mut self.routes);
        let leaves = if self.targets.is_some() { RuleId::EndpointDeregistered } else { RuleId::EndpointLearned };
        for route in &before {
            if wanted.binary_search(&route.pod).is_err() {
                let own = by_pod.get(&route.pod).copied();
                let known = self.known.get(&route.pod).is_some_and(|c| c.ready);
                let rule = if known && self.targets.is_some() { RuleId::EndpointHealth } else { leaves };
                self.learned(cx, route.pod, false, rule, own, last);
            }
        }
        for pod in wanted {
            let known = before.binary_search_by_key(&pod, |r| r.pod).ok().and_then(|at| before.get(at)).copied();
            let rule = if falls_back { RuleId::EndpointFallback } else { RuleId::EndpointLearned };
            let stays = known.filter(|r| r.fallback == falls_back);
            let route = stays.unwrap_or_else(|| Route {
                pod,
                by: self.learned(cx, pod, true, rule, by_pod.get(&pod).copied(), last),
                fallback: falls_back,
            });
            self.routes.push(route);
        }
    }

    /// A pod's containers are ready, and its readiness gate waits: it is registered like a ready one.
    pub(super) fn asks_for_gate(&mut self, cx: &mut Cx, timers: &mut Timers, pod: PodId, by: EventId) {
        if self.targets.is_some() {
            let conditions = cx.seen().endpoints.get(&pod).and_then(|e| e.slice);
            self.slice_changed(cx, timers, &[Change { pod, conditions, by, gated: true }]);
        }
    }

    /// Does it think that a pod is healthy?
    pub(super) fn finds_healthy(&self, pod: PodId) -> bool {
        self.targets.as_ref().is_some_and(|t| t.health(pod) == Some(Health::Healthy))
    }

    /// How a target is checked, and how long a check may take; none if the pod is no target.
    pub(super) fn check(&self, pod: PodId) -> Option<TargetGroup> {
        let targets = self.targets.as_ref()?;
        targets.health(pod).map(|_| targets.group)
    }

    /// A check of a target passed, or not: true if it just became unhealthy.
    pub(super) fn checked(&mut self, cx: &mut Cx, pod: PodId, passed: bool) -> bool {
        let Some(health) = self.targets.as_mut().and_then(|t| t.checked(pod, passed)) else { return false };
        let what = OnEndpoint::Health { consumer: self.number, healthy: health == Health::Healthy };
        let event = cx.emit(RuleId::EndpointHealth, EventKind::Endpoint(pod, what));
        self.route(cx, &BTreeMap::from([(pod, event)]), event);
        health == Health::Unhealthy
    }

    fn having(&self, test: impl Fn(&Conditions) -> bool) -> Vec<PodId> {
        self.known.iter().filter(|(_, c)| test(c)).map(|(pod, _)| *pod).collect()
    }

    fn learned(
        &self,
        cx: &mut Cx,
        pod: PodId,
        routes: bool,
        rule: RuleId,
        own: Option<EventId>,
        last: EventId,
    ) -> EventId {
        let what = OnEndpoint::Learned { consumer: self.number, routes };
        cx.because(own.unwrap_or(last), |cx| cx.emit(rule, EventKind::Endpoint(pod, what)))
    }

    /// The endpoint of the next new connection; with `not`, another one if there is one.
    pub(super) fn pick(&mut self, not: Option<PodId>) -> Option<Route> {
        let count = self.routes.len();
        let at = match self.settings.row.pick {
            Pick::RoundRobin => {
                self.turn = self.turn.wrapping_add(1);
                self.turn.checked_rem(count)?
            }
            Pick::Random => usize::try_from(self.picks.below(u64::try_from(count).unwrap_or(0))).unwrap_or(0),
        };
        let chosen = self.routes.get(at).copied()?;
        if Some(chosen.pod) != not {
            return Some(chosen);
        }
        self.routes.get((at + 1).checked_rem(count)?).copied()
    }
}
