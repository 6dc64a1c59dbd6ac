//! The timeline as rows of stretches and points on the folded axis: pod, hooks, each process, requests. Pure.

use simulator::base::id::{ContainerId, EventId, PodId, TaskId};
use simulator::base::signal::Signal;
use simulator::observed::{Observed, TaskState};
use simulator::trace::{EventKind, ExitStatus, OnContainer, OnPod, OnRequest, OnTask, Outcome, Trace, Wait};

use super::layout::Layout;
use crate::store::axis::{Axis, Place};

/// Most rows of processes of one run.
const MOST_PROCESSES: usize = 8;
/// Bars of the histogram of requests.
const BARS: u64 = 120;

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The pod, its deletion and its grace period.
    Pod,
    /// The hooks of a container.
    Hook,
    /// A process.
    Task(TaskId),
    /// The requests of the client.
    Requests,
}

/// A stretch of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// What it looks like.
    pub class: &'static str,
    /// What is written into it, if there is room.
    pub label: String,
    /// The event that began it.
    pub event: EventId,
}

/// Something on a row that takes no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where.
    pub at: Place,
    /// What it looks like.
    pub class: &'static str,
    /// A sign of one character.
    pub sign: &'static str,
    /// What it is.
    pub label: String,
    /// The event.
    pub event: EventId,
}

/// A bar of the histogram: how many requests ended well and how many did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Bar {
    /// Answered.
    pub ok: u32,
    /// Lost.
    pub lost: u32,
}

/// One row of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// What it is about.
    pub about: About,
    /// Its name.
    pub name: String,
    /// Stretches in order.
    pub stretches: Vec<Stretch>,
    /// Points in order.
    pub points: Vec<Point>,
    /// The histogram, for requests.
    pub bars: Vec<Bar>,
}

impl Track {
    fn new(about: About, name: impl Into<String>) -> Track {
        Track { about, name: name.into(), stretches: Vec::new(), points: Vec::new(), bars: Vec::new() }
    }

    /// Ends the last stretch at `at` and begins another there.
    fn turn(&mut self, at: Place, event: EventId, class: &'static str, label: impl Into<String>) {
        let label = label.into();
        self.end(at);
        self.stretches.retain(|s| s.from < s.to);
        if self.stretches.last().is_some_and(|s| s.class == class && s.to == at && s.label == label) {
            if let Some(last) = self.stretches.last_mut() {
                last.to = Place::MAX;
            }
            return;
        }
        self.stretches.push(Stretch { from: at, to: Place::MAX, class, label, event });
    }

    /// Ends the last stretch.
    fn end(&mut self, at: Place) {
        if let Some(last) = self.stretches.last_mut() {
            last.to = last.to.min(at);
        }
    }

    fn point(&mut self, at: Place, event: EventId, class: &'static str, sign: &'static str, label: String) {
        self.points.push(Point { at, class, sign, label, event });
    }
}

/// The rows of run `lane`.
pub fn tracks(axis: &Axis, lane: usize, trace: &Trace, end: &Observed, layout: &Layout) -> Vec<Track> {
    let mut rows = Vec::new();
    if let Some(pod) = layout.pod {
        rows.push(pod_track(axis, lane, trace, pod));
        let containers = end.pod(pod).map_or(&[][..], |p| &p.containers);
        rows.extend(hook_track(axis, lane, trace, containers));
    }
    let mut cells: Vec<_> = layout.groups.iter().flat_map(|g| &g.cells).collect();
    // What matters most when there are too many: applications, shells and inits come before the small utilities.
    cells.sort_by_key(|c| (end.task(c.task).is_some_and(is_small), c.task));
    cells.truncate(MOST_PROCESSES);
    cells.sort_by_key(|c| c.task);
    rows.extend(cells.iter().map(|c| task_track(axis, lane, trace, end, c.task)));
    if !end.requests.is_empty() {
        rows.push(request_track(axis, lane, trace));
    }
    for stretch in rows.iter_mut().flat_map(|r| &mut r.stretches) {
        stretch.to = stretch.to.min(axis.length());
    }
    rows
}

fn is_small(task: &simulator::observed::Task) -> bool {
    task.program == simulator::trace::ProgramKind::Utility && task.pid.0 != 1
}

fn pod_track(axis: &Axis, lane: usize, trace: &Trace, pod: PodId) -> Track {
    let mut track = Track::new(About::Pod, "pod");
    let mut docker = false;
    for (id, event) in trace.iter() {
        let EventKind::Pod(p, what) = &event.kind else { continue };
        if *p != pod {
            continue;
        }
        let at = axis.place_of_event(lane, id);
        match what {
            OnPod::Created(new) => {
                docker = new.docker;
                track.turn(at, id, "pending", "starting");
            }
            OnPod::Ready(true) => track.turn(at, id, "ready", "Running"),
            OnPod::DeleteRequested { grace_s, .. } => {
                let words = if docker { "docker stop, timeout" } else { "Terminating, grace" };
                track.turn(at, id, "grace", format!("{words} {grace_s} s"));
                track.point(at, id, "input", "▾", "deleted".to_owned());
            }
            OnPod::Removed => track.end(at),
            _ => {}
        }
    }
    if docker {
        track.name = "container".to_owned();
    }
    track
}

fn hook_track(axis: &Axis, lane: usize, trace: &Trace, containers: &[ContainerId]) -> Option<Track> {
    let mut track = Track::new(About::Hook, "hook");
    for (id, event) in trace.iter() {
        let EventKind::Container(c, what) = &event.kind else { continue };
        if !containers.contains(c) {
            continue;
        }
        let at = axis.place_of_event(lane, id);
        match what {
            OnContainer::HookStarted(hook, _) => {
                let name = match hook {
                    simulator::trace::Hook::PostStart => "postStart",
                    simulator::trace::Hook::PreStop => "preStop",
                };
                track.turn(at, id, "hook", name);
            }
            OnContainer::HookEnded(_, result) => {
                track.end(at);
                if *result != simulator::trace::HookResult::Done {
                    track.point(at, id, "bad", "✕", "the hook failed".to_owned());
                }
            }
            _ => {}
        }
    }
    (!track.stretches.is_empty()).then_some(track)
}

fn task_track(axis: &Axis, lane: usize, trace: &Trace, end: &Observed, task: TaskId) -> Track {
    let (name, born) =
        end.task(task).map_or((String::new(), EventId(0)), |t| (format!("{} {}", t.pid, t.comm), t.born));
    let mut track = Track::new(About::Task(task), name);
    track.turn(axis.place_of_event(lane, born), born, "alive", "");
    let lasts = match end.task(task).map(|t| &t.state) {
        Some(TaskState::Reaped { died, reaped, .. }) => {
            trace.get(*died).map(|e| e.at) != trace.get(*reaped).map(|e| e.at)
        }
        _ => true,
    };
    for (id, event) in trace.iter().skip(born.index() + 1) {
        let EventKind::Task(t, what) = &event.kind else { continue };
        if *t == task {
            task_event(&mut track, axis.place_of_event(lane, id), id, what, lasts);
        }
    }
    track
}

/// `lasts`: does the process stay a zombie for a while when it dies?
fn task_event(track: &mut Track, at: Place, id: EventId, what: &OnTask, lasts: bool) {
    match what {
        OnTask::Waits(Wait::Cpu) => track.turn(at, id, "running", ""),
        OnTask::Waits(Wait::Drain) => track.turn(at, id, "handling", "drains"),
        OnTask::Waits(_) if track.stretches.last().is_some_and(|s| s.class == "handling") => {}
        OnTask::Waits(_) => track.turn(at, id, "alive", ""),
        OnTask::Caught(Signal::CHLD) | OnTask::Dropped(Signal::CHLD) | OnTask::Handled(Signal::CHLD) => {}
        OnTask::Caught(signal) | OnTask::Taken(signal) => {
            track.point(at, id, "good", "✓", format!("SIG{signal} caught"));
            track.turn(at, id, "handling", "handler");
        }
        OnTask::Handled(_) => track.turn(at, id, "alive", ""),
        OnTask::Dropped(signal) => track.point(at, id, "bad", "✕", format!("SIG{signal} dropped")),
        OnTask::Pended(signal) => track.point(at, id, "waits", "…", format!("SIG{signal} pending")),
        OnTask::Died(status) => {
            let (class, sign, label) = match status {
                ExitStatus::Exited(0) => ("good", "■", "exit 0".to_owned()),
                ExitStatus::Exited(code) => ("bad", "■", format!("exit {code}")),
                ExitStatus::Signaled(signal) => ("bad", "†", format!("SIG{signal}")),
            };
            if lasts {
                track.turn(at, id, "zombie", "zombie")
            } else {
                track.end(at)
            }
            track.point(at, id, class, sign, label);
        }
        OnTask::Reaped(_) => track.end(at),
        _ => {}
    }
}

fn request_track(axis: &Axis, lane: usize, trace: &Trace) -> Track {
    let mut track = Track::new(About::Requests, "requests");
    let length = axis.length().max(1);
    track.bars = vec![Bar::default(); usize::try_from(BARS).unwrap_or(0)];
    for (id, event) in trace.iter() {
        let EventKind::Request(_, OnRequest::Ended(outcome)) = &event.kind else { continue };
        let index = axis.place_of_event(lane, id) * BARS / (length + 1);
        if let Some(bar) = usize::try_from(index).ok().and_then(|i| track.bars.get_mut(i)) {
            match outcome {
                Outcome::Ok => bar.ok += 1,
                _ => bar.lost += 1,
            }
        }
    }
    track
}

/// At most about `most` ticks of the axis: places with their moments, apart from each other; the origin is always one.
pub fn ticks(axis: &Axis, most: u64) -> Vec<(Place, i64)> {
    let apart = axis.length() / most.max(1);
    let zero = axis.place_of(0);
    let far = |chosen: &[(Place, i64)], place: Place| chosen.iter().all(|(p, _)| p.abs_diff(place) >= apart);
    let mut chosen = vec![(zero, 0)];
    let (_, last) = axis.span();
    // The end first, then whole seconds of a round number, then whatever there is room for.
    let round = [60, 30, 20, 10, 5, 1].iter().flat_map(|s| (-5_i64..=20).map(move |n| n * s * 1_000_000));
    for at in std::iter::once(last).chain(round.filter(|at| *at <= last && *at > axis.span().0)) {
        let place = axis.place_of(at);
        if far(&chosen, place) {
            chosen.push((place, at));
        }
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::axis::origin;
    use crate::store::fixture;

    fn rows() -> (Axis, Vec<Track>) {
        let trace = fixture::shell_form();
        let end = Observed::at(&trace, EventId::from_index(trace.len()));
        let axis = Axis::new(&[(&trace, origin(&trace))]);
        let layout = Layout::new(&trace, &end, Some(PodId(0)));
        let rows = tracks(&axis, 0, &trace, &end, &layout);
        (axis, rows)
    }

    #[test]
    fn pod_and_processes_have_rows_and_the_dropped_signal_is_a_point() {
        let (_, rows) = rows();
        let names: Vec<_> = rows.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["pod", "1 sh", "6 ruby"]);
        let points: Vec<_> = rows[1].points.iter().map(|p| p.label.as_str()).collect();
        assert_eq!(points, ["SIGTERM dropped", "SIGKILL"]);
        assert!(rows[0].stretches.iter().any(|s| s.label == "Terminating, grace 30 s"));
    }

    #[test]
    fn stretches_do_not_overlap() {
        let (axis, rows) = rows();
        for row in rows {
            assert!(row.stretches.windows(2).all(|s| s[0].to <= s[1].from), "{row:?}");
            assert!(row.stretches.iter().all(|s| s.to <= axis.length()));
        }
    }

    #[test]
    fn ticks_are_apart_and_contain_the_origin() {
        let (axis, _) = rows();
        let ticks = ticks(&axis, 12);
        assert!(ticks.iter().any(|(_, at)| *at == 0));
        assert!(ticks.windows(2).all(|t| t[1].0 - t[0].0 >= axis.length() / 12));
    }
}
