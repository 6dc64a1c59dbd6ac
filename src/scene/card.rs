//! A process as a card: its number and name, its command line, what it is doing, and what it does about the stop signal.

use simulator::base::id::{EventId, TaskId};
use simulator::base::signal::Signal;
use simulator::observed::{Alive, Task, TaskState};
use simulator::trace::{Disposition, EventKind, ExitStatus, OnTask, Reaper, Wait, WaitTarget};

use super::frame::{Area, Frame};
use super::svg::{Svg, Target, cut};

/// What a process looks like at a moment.
struct Look {
    class: &'static str,
    words: String,
}

/// Draws one process; nothing before its birth.
pub fn card(frame: &Frame<'_>, id: TaskId, area: Area) -> Option<Svg> {
    let task = frame.seen.task(id)?;
    let look = look(frame, task);
    let Area { x, y, w, h } = area;
    let selected = if frame.selected == Some(id) { " selected" } else { "" };
    let mut card = Svg::group(format!("card {}{selected}", look.class)).leading_to(Target::Task(id));
    card.attributes.push(("data-pid", task.pid.to_string()));
    card.push(Svg::rect("face", x, y, w, h, 6));
    let pid = task.pid.to_string();
    let digits = i32::try_from(pid.len()).unwrap_or(4);
    let tag = 12 + digits * 9;
    card.push(Svg::rect("pid-tag", x + 9, y + 9, tag, 20, 10));
    card.push(Svg::words("pid mid", x + 9 + tag / 2, y + 23, pid));
    card.push(Svg::words("comm", x + 16 + tag, y + 24, cut(&task.comm, 11)));
    card.push(Svg::words("argv", x + 10, y + 40, cut(&task.argv.join(" "), 32)));
    card.push(Svg::words("doing", x + 10, y + 54, cut(&look.words, 34)));
    if let TaskState::Alive(alive) = &task.state {
        card.push(badge(alive, stop_signal(frame), task.pid.0 == 1, x + w - 8, y + 9));
    }
    let title = format!("pid {}: {}. {}", task.pid, task.argv.join(" "), look.words);
    Some(card.titled(title))
}

/// The signal that everything is about: the one the runtime sends to stop the container, else TERM.
fn stop_signal(frame: &Frame<'_>) -> Signal {
    let stop = |m: &&super::marks::Mark| m.signal != Signal::KILL;
    frame.marks.iter().find(stop).map_or(Signal::TERM, |m| m.signal)
}

/// What the process would do on the stop signal; colour doubled by a sign.
fn badge(alive: &Alive, signal: Signal, init: bool, right: i32, y: i32) -> Svg {
    let (class, sign, words) = match alive.disposition(signal) {
        Disposition::Catch | Disposition::CatchNoChildWait => ("catches", "✓", "has a handler for it"),
        Disposition::Ignore => ("ignores", "–", "ignores it"),
        Disposition::Default if init => ("drops", "✕", "is pid 1 without a handler: it is dropped"),
        Disposition::Default => ("dies", "†", "has no handler: it would die"),
    };
    let text = format!("{signal} {sign}");
    let width = 10 + i32::try_from(text.chars().count()).unwrap_or(6) * 7;
    Svg::group(format!("badge {class}"))
        .holding([
            Svg::rect("badge-face", right - width, y, width, 20, 4),
            Svg::words("badge-text mid", right - width / 2, y + 14, text),
        ])
        .titled(format!("SIG{signal}: {words}"))
}

fn look(frame: &Frame<'_>, task: &Task) -> Look {
    let ended = |status: ExitStatus| match status {
        ExitStatus::Exited(0) => "exited with code 0".to_owned(),
        ExitStatus::Exited(code) => format!("exited with code {code}"),
        ExitStatus::Signaled(signal) => format!("killed by SIG{signal}"),
    };
    let gone = |status: ExitStatus| match status {
        ExitStatus::Exited(_) => "gone",
        ExitStatus::Signaled(_) => "gone killed",
    };
    match &task.state {
        TaskState::Zombie { .. } => Look { class: "zombie", words: "<defunct>: not reaped yet".to_owned() },
        TaskState::Reaped { died, reaped, .. } if waited(frame, *died, *reaped) => {
            Look { class: "zombie", words: "was a zombie to the end".to_owned() }
        }
        TaskState::Reaped { status, .. } => Look { class: gone(*status), words: ended(*status) },
        TaskState::Alive(alive) if alive.stopped => Look { class: "stopped", words: "stopped".to_owned() },
        // What is done about a dead child is over at once.
        TaskState::Alive(alive) => match alive.handling.iter().rfind(|h| h.value != Signal::CHLD) {
            Some(handled) => Look { class: "handling", words: format!("handles SIG{}", handled.value) },
            None => Look { class: state_class(alive), words: doing(frame, alive) },
        },
    }
}

/// Did time pass between its death and its reaping by the end of its namespace?
fn waited(frame: &Frame<'_>, died: EventId, reaped: EventId) -> bool {
    let at = |id: EventId| frame.trace.get(id).map(|e| e.at);
    let by = frame.trace.get(reaped).map(|e| &e.kind);
    at(died) < at(reaped) && matches!(by, Some(EventKind::Task(_, OnTask::Reaped(Reaper::NamespaceEnd))))
}

fn state_class(alive: &Alive) -> &'static str {
    match alive.wait.map(|w| w.value) {
        None | Some(Wait::Cpu) => "alive running",
        Some(Wait::Drain) => "handling",
        Some(_) => "alive waiting",
    }
}

/// What a living process is doing, in a few words.
fn doing(frame: &Frame<'_>, alive: &Alive) -> String {
    let busy = alive.in_flight;
    match alive.wait.map(|w| w.value) {
        None | Some(Wait::Cpu) if busy > 0 => format!("works on {busy} requests"),
        None | Some(Wait::Cpu) => "runs".to_owned(),
        Some(Wait::Child(WaitTarget::Pid(pid))) => format!("waits for its child, pid {pid}"),
        Some(Wait::Child(_)) => "waits for its children".to_owned(),
        Some(Wait::Sleep { until }) => format!("sleeps, {} left", short(until.since(frame.now).as_micros())),
        Some(Wait::Signal) => "waits for a signal".to_owned(),
        Some(Wait::Read) => "waits for input".to_owned(),
        Some(Wait::Write) => "waits for room in a pipe".to_owned(),
        Some(Wait::Connections) if busy > 0 => format!("serves {busy} requests"),
        Some(Wait::Connections) => "waits for connections".to_owned(),
        Some(Wait::Drain) => format!("drains: {busy} requests left"),
    }
}

/// A length of time in the unit that suits it: `0.4 s`, `12 s`.
pub fn short(micros: u64) -> String {
    match micros {
        0..10_000_000 => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
        _ => format!("{} s", micros / 1_000_000),
    }
}
