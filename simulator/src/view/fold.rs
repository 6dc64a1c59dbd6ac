//! The folded axis: a place on the screen and in playback for every event of the runs that share a clock.
//!
//! Simulated time is too uneven to be shown or played as it is: microseconds between a signal and its effect, then 30
//! seconds of nothing. A *place* is a length of playback at normal speed, in microseconds. Waiting is compressed (the
//! square root of its length), and at the instants where something worth seeing happens time stands still for a moment,
//! so that a signal can be seen to travel. Order is never changed. t = 0 for people is the first deletion.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::id::{ContainerId, EventId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::rules::RuleId;
use crate::trace::{Event, EventKind, OnContainer, OnPod, OnTask, Sender, Trace};

/// A point of the folded axis: microseconds of playback at normal speed since its left end.
pub type Place = u64;

/// Microseconds of simulated time relative to the origin of a run, which is its first deletion.
pub type Moment = i64;

/// Playback per square root of a microsecond of waiting: 30 s of waiting play in 1.2 s.
const PLAYBACK_PER_ROOT: u64 = 219;
/// Longest playback of what comes before the origin, and of what comes after: waiting and dwelling each.
const LONGEST_BEFORE: u64 = 700_000;
const LONGEST_AFTER: u64 = 3_600_000;
/// A stretch that plays this many times faster than real time is drawn as folded.
const FOLDED: u64 = 4;

/// One instant at which something worth seeing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Instant {
    at: Moment,
    /// Where it begins.
    start: Place,
    /// How long time stands still there.
    dwell: u64,
}

/// An event that is shown for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    event: EventId,
    start: Place,
    length: u64,
}

/// Where everything is on the common axis of one or two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    instants: Vec<Instant>,
    /// For each run, the place of each of its events.
    lanes: Vec<Vec<Place>>,
    /// For each run, the events that are shown for a while: from where, and for how long.
    shown: Vec<Vec<Shown>>,
    length: u64,
}

/// The instant a run is counted from: its first deletion or stop request, else its start.
pub fn origin(trace: &Trace) -> SimTime {
    let decisive = |e: &&Event| {
        matches!(
            e.kind,
            EventKind::Pod(_, OnPod::DeleteRequested { .. })
                | EventKind::Container(_, OnContainer::StopRequested { .. })
        )
    };
    trace.events().iter().find(decisive).map_or(SimTime::ZERO, |e| e.at)
}

/// `at`, counted from `origin`.
pub fn moment(at: SimTime, origin: SimTime) -> Moment {
    let signed = |t: SimTime| i64::try_from(t.as_micros()).unwrap_or(i64::MAX);
    signed(at).saturating_sub(signed(origin))
}

/// The sandboxes of a run with their pause processes, which nobody watches come and go.
#[derive(Default)]
struct Sandboxes {
    tasks: BTreeSet<TaskId>,
    containers: BTreeSet<ContainerId>,
}

impl Sandboxes {
    fn of(trace: &Trace) -> Sandboxes {
        let mut found = Sandboxes::default();
        for event in trace.events() {
            match &event.kind {
                EventKind::Container(id, OnContainer::Created(new)) if &*new.name == "POD" => {
                    found.containers.insert(*id);
                }
                EventKind::Task(id, OnTask::Entered(entry))
                    if entry.container.is_some_and(|c| found.containers.contains(&c)) =>
                {
                    found.tasks.insert(*id);
                }
                _ => {}
            }
        }
        found
    }

    fn concern(&self, event: &Event) -> bool {
        match &event.kind {
            EventKind::Task(id, _) => self.tasks.contains(id),
            EventKind::Container(id, _) => self.containers.contains(id),
            _ => false,
        }
    }

    /// How long time stands still so that `event` can be seen, in microseconds of playback; 0 for what needs no look.
    fn dwell(&self, event: &Event) -> u64 {
        if self.concern(event) { 0 } else { dwell(event) }
    }
}

fn dwell(event: &Event) -> u64 {
    match &event.kind {
        EventKind::Task(_, what) => match what {
            // The end of a namespace is one act, seen at its init.
            _ if event.rule == RuleId::ProcessNamespaceEnd => 0,
            OnTask::Sent { signal: Signal::KILL, from: Sender::Kernel } => 0,
            // A dead child is announced everywhere and rarely matters.
            OnTask::Sent { signal: Signal::CHLD, from: Sender::Kernel } => 0,
            OnTask::Dropped(Signal::CHLD) | OnTask::Caught(Signal::CHLD) | OnTask::Handled(Signal::CHLD) => 0,
            OnTask::Sent { .. } => 460_000,
            OnTask::Dropped(_) | OnTask::Pended(_) => 420_000,
            OnTask::Caught(_) | OnTask::Taken(_) | OnTask::Handled(_) => 300_000,
            OnTask::Died(_) | OnTask::Adopted { .. } | OnTask::BufferLost(_) | OnTask::ForkRefused(_) => 240_000,
            OnTask::Entered(_) | OnTask::Forked { .. } | OnTask::Execed(_) | OnTask::Reaped(_) => 110_000,
            OnTask::ExecFailed { .. } | OnTask::Stopped(_) | OnTask::Continued => 110_000,
            _ => 0,
        },
        EventKind::Container(_, what) => match what {
            OnContainer::StopRequested { .. } | OnContainer::GraceExpired => 220_000,
            OnContainer::HookStarted(..) | OnContainer::HookEnded(..) | OnContainer::Exited(_) => 220_000,
            OnContainer::Started(_) | OnContainer::StartFailed(_) | OnContainer::BackOff(_) => 110_000,
            _ => 0,
        },
        EventKind::Pod(_, what) => match what {
            OnPod::DeleteRequested { .. } | OnPod::Removed => 260_000,
            OnPod::Terminating(_) => 260_000,
            _ => 0,
        },
        EventKind::Budget(_) => 400_000,
        EventKind::Node(..) => 220_000,
        EventKind::Input(_) => 60_000,
        EventKind::Endpoint(..) => 40_000,
        _ => 0,
    }
}

/// Playback of a stretch of waiting, both in microseconds.
fn waiting(length: u64) -> u64 {
    const LONG: u64 = 30_000_000;
    if length <= LONG {
        return length.isqrt().saturating_mul(PLAYBACK_PER_ROOT);
    }
    // Beyond 30 s only the order of magnitude is shown: each doubling adds 0.3 s.
    waiting(LONG) + u64::from((length / LONG).ilog2()) * 300_000
}

/// Scales `parts` down so that they sum up to at most `longest`.
fn fit(parts: &mut [u64], longest: u64) {
    let sum: u64 = parts.iter().sum();
    if sum > longest {
        for part in parts {
            *part = share(*part, longest, sum);
        }
    }
}

/// `part` of `whole`, of `all`: `part * all / whole` without overflow; 0 of nothing.
fn share(part: u64, all: u64, whole: u64) -> u64 {
    let exact = (u128::from(part) * u128::from(all)).checked_div(u128::from(whole)).unwrap_or(0);
    u64::try_from(exact).unwrap_or(u64::MAX)
}

/// Where `at` is between two points, in proportion.
fn between(at: u64, length: u64, playback: u64) -> u64 {
    share(at.min(length), playback, length)
}

impl Axis {
    /// The common axis of runs, each with its origin.
    pub fn new(runs: &[(&Trace, SimTime)]) -> Axis {
        let mut instants = collect_instants(runs);
        let gaps = gaps(&instants);
        fit_dwells(&mut instants);
        let mut place = 0;
        for (i, instant) in instants.iter_mut().enumerate() {
            place += i.checked_sub(1).and_then(|i| gaps.get(i)).copied().unwrap_or(0);
            instant.start = place;
            place += instant.dwell;
        }
        let mut axis = Axis { instants, lanes: Vec::new(), shown: Vec::new(), length: place.max(1) };
        for (trace, origin) in runs {
            axis.lay(trace, *origin);
        }
        axis
    }

    /// Gives every event of one run its place.
    fn lay(&mut self, trace: &Trace, origin: SimTime) {
        let sandboxes = Sandboxes::of(trace);
        let dwell = |event: &Event| sandboxes.dwell(event);
        let mut places = Vec::with_capacity(trace.len());
        let mut shown = Vec::new();
        // The instant being laid, how much of this run's dwelling there is done, and how much there is in all.
        let mut within: Option<(Moment, u64, u64)> = None;
        for (id, event) in trace.iter() {
            let at = moment(event.at, origin);
            let index = self.instants.binary_search_by_key(&at, |i| i.at);
            let Some(instant) = index.ok().and_then(|i| self.instants.get(i)).copied() else {
                places.push(self.place_of(at));
                continue;
            };
            // The dwells of this run at this instant share the instant's own in proportion.
            let (_, done, wanted) = within.filter(|w| w.0 == at).unwrap_or_else(|| {
                let same = trace.events().iter().skip(id.index()).take_while(|e| e.at == event.at);
                (at, 0, same.map(&dwell).sum::<u64>().max(1))
            });
            let place = instant.start + between(done, wanted, instant.dwell.min(wanted));
            let own = between(dwell(event), wanted, instant.dwell.min(wanted));
            if own > 0 {
                shown.push(Shown { event: id, start: place, length: own });
            }
            places.push(place);
            within = Some((at, done + dwell(event), wanted));
        }
        self.lanes.push(places);
        self.shown.push(shown);
    }

    /// Length of the axis.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The first and the last moment.
    pub fn span(&self) -> (Moment, Moment) {
        (self.instants.first().map_or(0, |i| i.at), self.instants.last().map_or(0, |i| i.at))
    }

    /// The simulated moment shown at `place`.
    pub fn moment_at(&self, place: Place) -> Moment {
        let next = self.instants.partition_point(|i| i.start <= place);
        let Some(here) = next.checked_sub(1).and_then(|i| self.instants.get(i)) else {
            return self.span().0;
        };
        let past = place.saturating_sub(here.start + here.dwell);
        match self.instants.get(next) {
            Some(there) if past > 0 => {
                let playback = there.start.saturating_sub(here.start + here.dwell);
                let length = there.at.abs_diff(here.at);
                here.at.saturating_add_unsigned(between(past, playback, length))
            }
            _ => here.at,
        }
    }

    /// The first place at which everything up to and including `at` has happened: the moment shown there is `at`, or the
    /// next one where places are further apart than moments. A link that is made of it opens at the same place.
    pub fn place_of(&self, at: Moment) -> Place {
        let next = self.instants.partition_point(|i| i.at <= at);
        let Some(here) = next.checked_sub(1).and_then(|i| self.instants.get(i)) else { return 0 };
        let end = here.start + here.dwell;
        match self.instants.get(next) {
            // counted from its right end, so that it is rounded up
            Some(there) => {
                let playback = there.start.saturating_sub(end);
                there.start.saturating_sub(between(there.at.abs_diff(at), there.at.abs_diff(here.at), playback))
            }
            None => end,
        }
    }

    /// The place at which event `id` of run `lane` has happened.
    pub fn place_of_event(&self, lane: usize, id: EventId) -> Place {
        self.lanes.get(lane).and_then(|l| l.get(id.index())).copied().unwrap_or(0)
    }

    /// How many events of run `lane` have happened at `place`: the end of the prefix to show.
    pub fn happened(&self, lane: usize, place: Place) -> EventId {
        EventId::from_index(self.lanes.get(lane).map_or(0, |l| l.partition_point(|p| *p <= place)))
    }

    /// Events of run `lane` that are being shown at `place`, travelling signals included, with how much of their showing is
    /// over in thousandths.
    pub fn happening(&self, lane: usize, place: Place) -> impl Iterator<Item = (EventId, u32)> + '_ {
        let all = self.shown.get(lane).map_or(&[][..], Vec::as_slice);
        let ended = all.partition_point(|s| s.start + s.length <= place);
        let part = move |s: &Shown| between(place.saturating_sub(s.start), s.length, 1_000);
        all.iter()
            .skip(ended)
            .take_while(move |s| s.start <= place)
            .map(move |s| (s.event, u32::try_from(part(s)).unwrap_or(1_000)))
    }

    /// Stretches that are drawn much shorter than they last: first and last place, and their length in time.
    pub fn folds(&self) -> impl Iterator<Item = (Place, Place, u64)> + '_ {
        self.instants.windows(2).filter_map(|pair| {
            let [a, b] = pair else { return None };
            let (from, length) = (a.start + a.dwell, b.at.abs_diff(a.at));
            (length > b.start.saturating_sub(from).saturating_mul(FOLDED) && length > 1_000_000)
                .then_some((from, b.start, length))
        })
    }

    /// The places of instants, in order: where `,` and `.` go.
    pub fn stops(&self) -> impl DoubleEndedIterator<Item = Place> + '_ {
        self.instants.iter().map(|i| i.start + i.dwell)
    }
}

/// The instants of all runs at which something is to be seen, and their ends, with the longest dwell of any run.
fn collect_instants(runs: &[(&Trace, SimTime)]) -> Vec<Instant> {
    let mut all: BTreeMap<Moment, u64> = BTreeMap::new();
    all.insert(0, 0);
    for (trace, origin) in runs {
        let mut own: BTreeMap<Moment, u64> = BTreeMap::new();
        let sandboxes = Sandboxes::of(trace);
        for event in trace.events() {
            let dwell = sandboxes.dwell(event);
            if dwell > 0 {
                *own.entry(moment(event.at, *origin)).or_default() += dwell;
            }
        }
        for end in [trace.events().first(), trace.events().last()].into_iter().flatten() {
            own.entry(moment(end.at, *origin)).or_default();
        }
        for (at, dwell) in own {
            let common = all.entry(at).or_default();
            *common = dwell.max(*common);
        }
    }
    all.into_iter().map(|(at, dwell)| Instant { at, start: 0, dwell }).collect()
}

/// Playback of the waiting after each instant but the last.
fn gaps(instants: &[Instant]) -> Vec<u64> {
    let mut gaps: Vec<u64> = instants
        .windows(2)
        .map(|pair| match pair {
            [a, b] => waiting(b.at.abs_diff(a.at)),
            _ => 0,
        })
        .collect();
    let before = instants.partition_point(|i| i.at < 0).min(gaps.len());
    let (early, late) = gaps.split_at_mut(before);
    fit(early, LONGEST_BEFORE);
    fit(late, LONGEST_AFTER);
    gaps
}

/// Shortens the dwells so that a long start or a busy script does not make the story long.
fn fit_dwells(instants: &mut [Instant]) {
    let before = instants.partition_point(|i| i.at < 0);
    let mut dwells: Vec<u64> = instants.iter().map(|i| i.dwell).collect();
    let (early, late) = dwells.split_at_mut(before);
    fit(early, LONGEST_BEFORE);
    fit(late, LONGEST_AFTER);
    for (instant, dwell) in instants.iter_mut().zip(dwells) {
        instant.dwell = dwell;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture;

    fn shell_form() -> (Trace, SimTime) {
        let trace = fixture::shell_form();
        let origin = origin(&trace);
        (trace, origin)
    }

    #[test]
    fn a_story_of_thirty_seconds_plays_in_about_four() {
        let (trace, origin) = shell_form();
        let axis = Axis::new(&[(&trace, origin)]);
        let played = axis.length() - axis.place_of(-1);
        assert!((3_000_000..=5_500_000).contains(&played), "{played}");
    }

    #[test]
    fn thirty_seconds_of_waiting_play_in_a_good_second() {
        assert_eq!(waiting(30_000_000), 1_199_463);
        assert_eq!(waiting(0), 0);
        assert!(waiting(3_600_000_000) < 4_000_000);
    }

    #[test]
    fn places_never_go_back_and_every_event_has_happened_at_its_own() {
        let (trace, origin) = shell_form();
        let axis = Axis::new(&[(&trace, origin)]);
        let mut last = 0;
        for (id, _) in trace.iter() {
            let place = axis.place_of_event(0, id);
            assert!(place >= last, "event {} goes back", id.0);
            assert!(axis.happened(0, place) > id);
            last = place;
        }
        assert!(axis.length() >= last);
    }

    #[test]
    fn moment_and_place_are_inverse_at_the_ends_of_instants_and_in_between() {
        let (trace, origin) = shell_form();
        let axis = Axis::new(&[(&trace, origin)]);
        for at in [0, 10_000_000, 30_000_000] {
            let back = axis.moment_at(axis.place_of(at));
            assert!(back.abs_diff(at) < 30_000, "{at} came back as {back}");
        }
    }

    #[test]
    fn a_link_to_a_moment_is_never_before_it_and_stays_where_it_is_when_it_is_made_again() {
        let (trace, origin) = shell_form();
        let axis = Axis::new(&[(&trace, origin)]);
        for at in (-900_000..30_100_000).step_by(99_991) {
            let place = axis.place_of(at);
            let shown = axis.moment_at(place);
            assert!(
                (at..at + 100).contains(&shown) || shown == axis.span().0 || shown == axis.span().1,
                "{at}: {shown}"
            );
            assert_eq!(axis.place_of(shown), place, "{at}");
        }
    }

    #[test]
    fn the_wait_for_the_kill_is_drawn_as_folded() {
        let (trace, origin) = shell_form();
        let axis = Axis::new(&[(&trace, origin)]);
        assert!(axis.folds().any(|(_, _, length)| length > 29_000_000));
    }

    #[test]
    fn a_signal_travels_before_its_effect_happens() {
        let (trace, origin) = shell_form();
        let axis = Axis::new(&[(&trace, origin)]);
        let dropped = trace.iter().find(|(_, e)| matches!(e.kind, EventKind::Task(_, OnTask::Dropped(_)))).unwrap().0;
        let sent = trace.get(dropped).unwrap().cause.unwrap();
        let (from, to) = (axis.place_of_event(0, sent), axis.place_of_event(0, dropped));
        assert!(to - from > 200_000);
        let shown = |place| axis.happening(0, place).filter(|(event, _)| *event == sent).collect::<Vec<_>>();
        let middle = shown((from + to) / 2);
        assert_eq!(middle.len(), 1);
        assert!((400..600).contains(&middle[0].1));
        assert_eq!(shown(to), []);
    }

    #[test]
    fn two_runs_share_one_clock() {
        let (a, b) = (fixture::shell_form(), fixture::exec_form());
        let axis = Axis::new(&[(&a, origin(&a)), (&b, origin(&b))]);
        let delete = |trace: &Trace, lane| {
            let found = trace.iter().find(|(_, e)| matches!(e.kind, EventKind::Pod(_, OnPod::DeleteRequested { .. })));
            axis.moment_at(axis.place_of_event(lane, found.unwrap().0))
        };
        assert_eq!((delete(&a, 0), delete(&b, 1)), (0, 0));
        assert_eq!(axis.happened(1, axis.length()), EventId::from_index(b.len()));
    }

    #[test]
    fn an_empty_run_has_an_axis() {
        let axis = Axis::new(&[(&Trace::default(), SimTime::ZERO)]);
        assert_eq!((axis.span(), axis.moment_at(5), axis.happened(0, 5)), ((0, 0), 0, EventId(0)));
    }
}
