//! s6-svc, s6-svwait, s6-svscanctl, s6-svstat. Sources: their pages and source files in s6 2.11; texts measured.

use super::{Control, fails, prints, seconds_since, status};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::program::call::{Call, Fd, OpenMode, Resume, Sys};
use crate::program::util::Acts;

/// How often it looks whether what it waits for has happened.
const LOOKS_EVERY: SimDuration = SimDuration::from_millis(50);
const SVC_LETTERS: &str = "abqhkti12pcyroduDUxOQ";
const SVSCANCTL_LETTERS: &str = "zabhitqnN";
const SVC_USAGE: &str = "s6-svc: usage: s6-svc [ -wu | -wU | -wd | -wD | -wr | -wR ] [ -T timeout ] \
                         [ -abqhkti12pcyroduDUxOQ ] servicedir";

/// s6-svc: sends letters, then waits if it is to.
#[derive(Clone, Debug, PartialEq)]
pub struct Svc {
    name: &'static str,
    directory: Text,
    control: Text,
    letters: Text,
    /// What it waits for.
    until: Option<char>,
    timeout: Option<SimDuration>,
    started: Option<SimTime>,
    /// The process that ran when it started.
    before: u32,
    fd: Option<Fd>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Start,
    Open,
    Write,
    Close,
    Wait,
    /// It has said why, and ends with this code.
    End(u8),
}

struct Given<'a> {
    letters: String,
    until: Option<char>,
    timeout: Option<u64>,
    directory: Option<&'a str>,
}

/// Options of one letter each; `-T` and `-w` have a value. None for a wrong one.
fn read<'a>(words: &[&'a str], allowed: &str) -> Option<Given<'a>> {
    let mut given = Given { letters: String::new(), until: None, timeout: None, directory: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|l| !l.is_empty()) else {
            given.directory = Some(word);
            break;
        };
        if letters == "-" {
            given.directory = words.next().copied();
            break;
        }
        for (at, letter) in letters.char_indices() {
            if !matches!(letter, 'T' | 'w' | 't') || allowed.contains(letter) {
                if !allowed.contains(letter) {
                    return None;
                }
                given.letters.push(letter);
                continue;
            }
            let joined = letters.get(at + 1..).filter(|rest| !rest.is_empty());
            let value = joined.or_else(|| words.next().copied())?;
            match letter {
                'w' => given.until = value.chars().next().filter(|c| "dDuUrR".contains(*c)),
                _ => given.timeout = value.parse().ok(),
            }
            break;
        }
    }
    Some(given)
}

pub(super) fn svc(words: &[&str]) -> Control {
    let given = read(words, SVC_LETTERS);
    let Some((given, directory)) = given.and_then(|g| g.directory.map(|d| (Text::from(d), g)).map(|(d, g)| (g, d)))
    else {
        return fails(SVC_USAGE, 100);
    };
    control("s6-svc", &directory, "supervise", given)
}

pub(super) fn svwait(words: &[&str]) -> Control {
    // Its own options name the state: -u, -d and so on.
    let given = read(words, "dDuUrR");
    let Some((mut given, directory)) = given.and_then(|g| g.directory.map(|d| (Text::from(d), g)).map(|(d, g)| (g, d)))
    else {
        return fails("s6-svwait: usage: s6-svwait [ -U | -u | -d | -D | -r | -R ] [ -t timeout ] servicedir...", 100);
    };
    given.until = given.letters.chars().last().or(Some('u'));
    given.letters.clear();
    control("s6-svwait", &directory, "supervise", given)
}

pub(super) fn svscanctl(words: &[&str]) -> Control {
    match read(words, SVSCANCTL_LETTERS) {
        Some(given) if given.directory.is_some() => {
            let directory = Text::from(given.directory.unwrap_or("."));
            control("s6-svscanctl", &directory, ".s6-svscan", given)
        }
        _ => fails("s6-svscanctl: usage: s6-svscanctl [ -zabhitqnN ] svscandir", 100),
    }
}

fn control(name: &'static str, directory: &Text, below: &str, given: Given<'_>) -> Control {
    Control::S6(Svc {
        name,
        directory: directory.clone(),
        control: format!("{directory}/{below}/control").into(),
        letters: given.letters.into(),
        until: given.until,
        timeout: given.timeout.map(SimDuration::from_millis),
        started: None,
        before: 0,
        fd: None,
        stage: Stage::Start,
    })
}

impl Svc {
    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        let Svc { name, directory, .. } = self;
        match (self.stage, resume) {
            (Stage::Start, _) => {
                self.started = Some(sys.now);
                self.before = status(directory, sys).map_or(0, |s| s.pid);
                self.stage = Stage::Open;
                if self.letters.is_empty() && self.until.is_some() {
                    self.stage = Stage::Wait;
                    return self.wait(sys);
                }
                Call::OpenAtOnce(self.control.clone(), OpenMode::Append)
            }
            (Stage::Open, Resume::Opened(fd)) => {
                self.stage = Stage::Write;
                self.fd = Some(fd);
                Call::Write(fd, self.letters.clone())
            }
            (Stage::Open, failed) => {
                let there = sys.files.is_directory(sys.cwd, directory);
                let (text, code) = match failed {
                    Resume::Failed(Errno::Enoent) if !there => {
                        (format!("{name}: fatal: unable to control {directory}: No such file or directory"), 111)
                    }
                    _ => (format!("{name}: fatal: : unable to control {directory}: supervisor not listening"), 100),
                };
                self.say_and_end(&text, code)
            }
            (Stage::Write, _) => {
                self.stage = Stage::Close;
                self.fd.map_or(Call::Exit(111), Call::Close)
            }
            (Stage::Close, _) => {
                self.stage = Stage::Wait;
                if self.until.is_none() { Call::Exit(0) } else { Call::Sleep(LOOKS_EVERY) }
            }
            (Stage::Wait, _) => self.wait(sys),
            (Stage::End(code), _) => Call::Exit(code),
        }
    }

    /// Ends if what it waits for has happened, or its time is over.
    fn wait(&mut self, sys: &Sys<'_>) -> Call {
        let seen = status(&self.directory, sys);
        let happened = seen.is_some_and(|s| match self.until {
            Some('d') => s.phase != 1,
            Some('D') => s.phase == 0,
            Some('u') => s.phase == 1,
            Some('U') => s.phase == 1 && s.ready,
            Some('R') => s.phase == 1 && s.pid != self.before && s.ready,
            Some('r') => s.phase == 1 && s.pid != self.before,
            _ => true,
        });
        let late = |limit: SimDuration| self.started.is_some_and(|at| at + limit <= sys.now);
        match (happened, self.timeout) {
            (true, _) => Call::Exit(0),
            (false, Some(limit)) if late(limit) => self.say_and_end("s6-svlisten1: fatal: timed out", 99),
            (false, _) => Call::Sleep(LOOKS_EVERY),
        }
    }

    fn say_and_end(&mut self, text: &str, code: u8) -> Call {
        self.stage = Stage::End(code);
        Call::Write(2, format!("{text}\n").into())
    }
}

pub(super) fn svstat(words: &[&str], sys: &Sys<'_>) -> Acts {
    let Some(directory) = words.iter().find(|w| !w.starts_with('-')) else {
        return Acts::fails("s6-svstat: usage: s6-svstat [ -uwNrpest | -o up,wantedup,... ] servicedir", 100);
    };
    let Some(state) = status(directory, sys) else {
        let text = format!("s6-svstat: fatal: : unable to read status for {directory}: s6-supervise not running");
        return Acts::fails(&text, 1);
    };
    let seconds = seconds_since(state.since, sys);
    let normally_up = !super::super::desk::exists(&format!("{directory}/down"), sys);
    let up = state.phase == 1;
    let mut text = match (up, Signal::from_number(state.signal)) {
        (true, _) => format!("up (pid {}) {seconds} seconds", state.pid),
        (false, Some(signal)) => format!("down (signal SIG{signal}) {seconds} seconds"),
        (false, None) => format!("down (exitcode {}) {seconds} seconds", state.code),
    };
    if up && !normally_up {
        text.push_str(", normally down");
    } else if !up && normally_up {
        text.push_str(", normally up");
    }
    if up && !state.want_up {
        text.push_str(", want down");
    } else if !up && state.want_up {
        text.push_str(", want up");
    }
    if state.paused {
        text.push_str(", paused");
    }
    if state.ready || state.phase == 0 {
        text.push_str(&format!(", ready {seconds} seconds"));
    }
    prints(format!("{text}\n"), 0)
}
