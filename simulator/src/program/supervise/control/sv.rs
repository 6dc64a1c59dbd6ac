//! sv(8) of runit: sends letters to runsv, and waits for their effect.
//!
//! Source: sv(8); texts, exit codes and when it looks measured with runit 2.1.2: at once, then every 0.42 s.

use std::collections::VecDeque;

use super::super::desk::exists;
use super::super::service::Status;
use super::{Control, fails, seconds_since, status};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::time::{SimDuration, SimTime};
use crate::program::call::{Call, OpenMode, Resume, Sys};

const LOOKS_EVERY: SimDuration = SimDuration::from_millis(420);
const USAGE: &str = "usage: sv [-v] [-w sec] command service ...\n";
/// The most that its exit code counts.
const MOST_FAILURES: u8 = 99;

/// A command word.
struct Word {
    names: &'static [&'static str],
    letters: &'static str,
    /// Does it wait without being asked to?
    waits: bool,
    /// Does it send KILL when its time is over?
    kills: bool,
}

const fn word(names: &'static [&'static str], letters: &'static str, waits: bool, kills: bool) -> Word {
    Word { names, letters, waits, kills }
}

const WORDS: &[Word] = &[
    word(&["start"], "u", true, false),
    word(&["stop"], "d", true, false),
    word(&["restart"], "tcu", true, false),
    word(&["try-restart"], "tc", true, false),
    word(&["shutdown"], "x", true, false),
    word(&["reload"], "h", true, false),
    word(&["check"], "C", true, false),
    word(&["force-reload"], "tc", true, true),
    word(&["force-restart"], "tcu", true, true),
    word(&["force-shutdown"], "x", true, true),
    word(&["force-stop"], "d", true, true),
    word(&["status"], "s", false, false),
    word(&["up", "u"], "u", false, false),
    word(&["down", "d"], "d", false, false),
    word(&["once", "o"], "o", false, false),
    word(&["pause", "p"], "p", false, false),
    word(&["cont", "c"], "c", false, false),
    word(&["hup", "h"], "h", false, false),
    word(&["alarm", "a"], "a", false, false),
    word(&["interrupt", "i"], "i", false, false),
    word(&["quit", "q"], "q", false, false),
    word(&["1"], "1", false, false),
    word(&["2"], "2", false, false),
    word(&["term", "t"], "t", false, false),
    word(&["kill", "k"], "k", false, false),
    word(&["exit", "e", "x"], "x", false, false),
];

#[derive(Clone, Debug, PartialEq)]
struct Target {
    /// As it was given, and where it is.
    name: Text,
    path: Text,
    done: bool,
}

/// What a control file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Letters,
    Kill,
    /// To see whether runsv is there.
    Check,
}

/// A running sv.
#[derive(Clone, Debug, PartialEq)]
pub struct Sv {
    letters: &'static str,
    waits: bool,
    kills: bool,
    limit: SimDuration,
    targets: Vec<Target>,
    calls: VecDeque<Call>,
    /// Control files to be opened, and the one that is.
    queue: VecDeque<(usize, For)>,
    opening: Option<(usize, For)>,
    started: SimTime,
    looked: u64,
    failures: u8,
}

pub(super) fn sv(words: &[&str], sys: &Sys<'_>) -> Control {
    let mut limit = sys.env.get("SVWAIT").and_then(|text| text.parse::<u64>().ok()).unwrap_or(7);
    let mut verbose = false;
    let mut words = words.iter();
    let command = loop {
        match words.next() {
            Some(&"-v") => verbose = true,
            Some(&"-w") => {
                verbose = true;
                limit = words.next().and_then(|w| w.parse().ok()).unwrap_or(limit);
            }
            Some(word) => match word.strip_prefix("-w") {
                Some(number) => (verbose, limit) = (true, number.parse().unwrap_or(limit)),
                None => break *word,
            },
            None => return fails(USAGE, 100),
        }
    };
    let found = WORDS.iter().find(|row| row.names.contains(&command));
    let (Some(row), false) = (found, words.as_slice().is_empty()) else { return fails(USAGE, 100) };
    let usual = ["/etc/service", "/var/service", "/service"];
    let default = usual.into_iter().find(|d| sys.files.is_directory("/", d)).unwrap_or("/etc/service");
    let directory = sys.env.get("SVDIR").map_or(default, |d| d);
    let target = |name: &&str| {
        let own = name.starts_with(['/', '.']) || name.ends_with('/');
        let path = if own { (*name).to_owned() } else { format!("{directory}/{name}") };
        Target { name: (*name).into(), path: path.into(), done: false }
    };
    let targets: Vec<Target> = words.map(target).collect();
    Control::Sv(Sv {
        queue: (0..targets.len()).map(|at| (at, For::Letters)).collect(),
        letters: row.letters,
        waits: row.waits || (verbose && row.letters != "s"),
        kills: row.kills,
        limit: SimDuration::from_secs(limit),
        targets,
        calls: VecDeque::new(),
        opening: None,
        started: sys.now,
        looked: 0,
        failures: 0,
    })
}

impl Sv {
    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (self.opening.take(), resume) {
            (Some((at, what)), Resume::Opened(fd)) => {
                let letters = match what {
                    For::Letters => self.to_send(at, sys),
                    For::Kill => Some("k"),
                    For::Check => None,
                };
                self.calls.extend(letters.map(|text| Call::Write(fd, text.into())));
                self.calls.push_back(Call::Close(fd));
                match what {
                    For::Letters if self.letters == "s" => self.print_status(at, sys),
                    For::Check => self.check(at, sys),
                    For::Letters | For::Kill => {}
                }
            }
            (Some((_, For::Kill)), _) => {}
            (Some((at, _)), Resume::Failed(errno)) => self.not_controlled(at, errno, sys),
            _ => {}
        }
        if let Some(call) = self.calls.pop_front() {
            return call;
        }
        if let Some((at, what)) = self.queue.pop_front() {
            self.opening = Some((at, what));
            let path = self.targets.get(at).map_or("", |t| &t.path);
            return Call::OpenAtOnce(format!("{path}/supervise/control").into(), OpenMode::Append);
        }
        let left = (0..self.targets.len()).filter(|at| self.targets.get(*at).is_some_and(|t| !t.done));
        self.queue.extend(left.map(|at| (at, For::Check)));
        if !self.waits || self.queue.is_empty() {
            return Call::Exit(self.failures);
        }
        self.looked += 1;
        // It looks at once, and then every so often.
        Call::Sleep(if self.looked == 1 { SimDuration::ZERO } else { LOOKS_EVERY })
    }

    /// The letters for this service; none if it is wanted so already.
    fn to_send(&self, at: usize, sys: &Sys<'_>) -> Option<&'static str> {
        let state = self.status(at, sys)?;
        let first = self.letters.chars().next()?;
        let wanted = if state.want_up { 'u' } else { 'd' };
        let nothing_to_do = wanted == first && (first != 'd' || state.got_term);
        (!nothing_to_do && !matches!(first, 's' | 'C')).then_some(self.letters)
    }

    fn status(&self, at: usize, sys: &Sys<'_>) -> Option<Status> {
        status(&self.targets.get(at)?.path, sys)
    }

    fn fail(&mut self) {
        self.failures = self.failures.saturating_add(1).min(MOST_FAILURES);
    }

    fn print(&mut self, text: String) {
        self.calls.push_back(Call::Write(1, format!("{text}\n").into()));
    }

    /// Its directory is not there, or nobody reads its control file.
    fn not_controlled(&mut self, at: usize, errno: Errno, sys: &Sys<'_>) {
        let Some(target) = self.targets.get_mut(at) else { return };
        target.done = true;
        let (name, path) = (target.name.clone(), target.path.clone());
        if errno == Errno::Enxio {
            let gone = self.letters == "x";
            self.print(format!("{}: {name}: runsv not running", if gone { "ok" } else { "fail" }));
            if !gone {
                self.fail();
            }
            return;
        }
        let (kind, what) = match sys.files.is_directory(sys.cwd, &path) {
            true => ("warning", "unable to open supervise/ok"),
            false => ("fail", "unable to change to service directory"),
        };
        self.print(format!("{kind}: {name}: {what}: file does not exist"));
        self.fail();
    }

    /// Has what was asked for happened?
    fn check(&mut self, at: usize, sys: &Sys<'_>) {
        let Some((target, state)) = self.targets.get(at).cloned().zip(self.status(at, sys)) else { return };
        // The time is taken before it sleeps.
        let elapsed = LOOKS_EVERY.times(self.looked.saturating_sub(2));
        let took_effect = self.has_taken_effect(state);
        if !took_effect && (self.looked < 3 || elapsed <= self.limit) {
            return;
        }
        if let Some(target) = self.targets.get_mut(at) {
            target.done = true;
        }
        let text = describe(&target, state, sys);
        match (took_effect, self.kills) {
            (true, _) => return self.print(format!("ok: {text}")),
            (false, false) => self.print(format!("timeout: {text}")),
            (false, true) => {
                self.print(format!("kill: {text}"));
                self.queue.push_back((at, For::Kill));
            }
        }
        self.fail();
    }

    /// sv.c `check`.
    fn has_taken_effect(&self, state: Status) -> bool {
        let runs = state.pid != 0;
        let started = self.started.as_micros();
        self.letters.chars().all(|letter| match letter {
            'u' => runs && state.phase == 1,
            'd' => !runs && state.phase == 0,
            't' | 'k' => (!runs && !state.want_up) || (state.since >= started && runs && !state.got_term),
            'o' => (runs || state.since >= started) && !(runs && state.want_up),
            'p' => !runs || state.paused,
            'c' => !runs || !state.paused,
            // It is over when nobody reads the control file any more.
            'x' => false,
            _ => true,
        })
    }

    fn print_status(&mut self, at: usize, sys: &Sys<'_>) {
        let Some((target, state)) = self.targets.get(at).cloned().zip(self.status(at, sys)) else { return };
        let mut text = describe(&target, state, sys);
        let log = Target { name: "log".into(), path: format!("{}/log", target.path).into(), done: false };
        if let Some(state) = status(&log.path, sys) {
            text.push_str(&format!("; {}", describe(&log, state, sys)));
        }
        self.print(text);
    }
}

/// `run: app: (pid 12) 3s, want down`.
fn describe(target: &Target, state: Status, sys: &Sys<'_>) -> String {
    let normally_up = !exists(&format!("{}/down", target.path), sys);
    let phase = ["down", "run", "finish"].get(usize::from(state.phase)).copied().unwrap_or("");
    let mut text = format!("{phase}: {}: ", target.name);
    if state.phase != 0 {
        text.push_str(&format!("(pid {}) ", state.pid));
    }
    text.push_str(&format!("{}s", seconds_since(state.since, sys)));
    let remarks = match state.pid {
        0 => [(normally_up, ", normally up"), (state.want_up, ", want up"), (false, ""), (false, "")],
        _ => [
            (!normally_up, ", normally down"),
            (state.paused, ", paused"),
            (!state.want_up, ", want down"),
            (state.got_term, ", got TERM"),
        ],
    };
    text.extend(remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, remark)| remark));
    text
}
