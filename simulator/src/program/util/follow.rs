//! tail(1) with `-f` or `-F`: the end of its files, then what is added to them. Follows coreutils `src/tail.c` and BusyBox
//! `coreutils/tail.c`.
//!
//! A pipe that it reads is taken to stay silent.

use super::super::call::{Call, Sys};
use super::text::end_of;
use super::{Called, given, tree};
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::time::{SimDuration, SimTime};
use crate::kernel::fs::Content;

/// How often BusyBox looks at the files, and coreutils at the process of `--pid` (`--sleep-interval`).
const INTERVAL: SimDuration = SimDuration::from_secs(1);

/// A tail that follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    args: Vec<Text>,
    busybox: bool,
    /// It waits for files that are not there (`-F`, `--retry`).
    retries: bool,
    titles: bool,
    /// It ends when this process is gone.
    pid: Option<Pid>,
    files: Vec<File>,
    /// The file that was printed last.
    shown: Option<usize>,
    /// When BusyBox looks next.
    next_look: Option<SimTime>,
    /// What it has yet to write.
    writes: Vec<(u32, String)>,
    begun: bool,
}

/// A file, and how much of it was printed; none if it is not there.
#[derive(Clone, Debug, PartialEq)]
struct File {
    name: Text,
    read: Option<usize>,
}

impl Follow {
    /// Without a file that can grow it follows nothing.
    pub(super) fn read(called: &Called<'_>) -> Follow {
        let long = [("follow", 'f'), ("retry", 'F'), ("lines", 'n'), ("bytes", 'c'), ("pid", 'p'), ("quiet", 'q')];
        let given = given::read(&called.args, "ncps", "fFqv0123456789", &long);
        let grows = |name: &&&str| !matches!(**name, "-" | "/dev/null" | "/dev/stdin") && !name.starts_with("/proc/");
        let files = given.words.iter().filter(grows).map(|name| File { name: (*name).into(), read: None });
        Follow {
            args: called.args.iter().map(|arg| Text::from(*arg)).collect(),
            busybox: called.busybox,
            retries: given.has('F'),
            titles: given.words.len() > 1 && !given.has('q'),
            pid: given.value('p').and_then(|pid| pid.parse().ok()).map(Pid),
            files: files.collect(),
            shown: None,
            next_look: None,
            writes: Vec::new(),
            begun: false,
        }
    }

    pub(super) fn step(&mut self, sys: &Sys<'_>) -> Call {
        if let Some((fd, text)) = self.writes.pop() {
            return Call::Write(fd, text.into());
        }
        if let Some(wait) = self.next_look.filter(|at| *at > sys.now) {
            return Call::Sleep(wait.since(sys.now));
        }
        self.next_look = None;
        let first = !std::mem::replace(&mut self.begun, true);
        let mut writes = Vec::new();
        for at in 0..self.files.len() {
            self.look(at, first, sys, &mut writes);
        }
        if !writes.is_empty() {
            writes.reverse();
            self.writes = writes;
            return self.step(sys);
        }
        let namespace = sys.seen.task(sys.task).map(|task| task.namespace);
        let gone = |pid: &Pid| namespace.is_some_and(|own| sys.seen.by_pid(own, *pid).is_none());
        if self.pid.as_ref().is_some_and(gone) {
            return Call::Exit(0);
        }
        if self.files.is_empty() && self.pid.is_none() {
            return Call::Pause;
        }
        self.next_look = self.busybox.then(|| sys.now + INTERVAL);
        let files = self.files.iter().map(|file| (file.name.clone(), file.read)).collect();
        Call::Watch { files, timeout: self.pid.map(|_| INTERVAL) }
    }

    /// What is new in a file.
    fn look(&mut self, at: usize, first: bool, sys: &Sys<'_>, writes: &mut Vec<(u32, String)>) {
        let Some(file) = self.files.get_mut(at) else { return };
        let name = file.name.clone();
        let text = match sys.files.get(sys.cwd, &name).map(|f| &f.content) {
            Some(Content::Text(text)) => Some(text.clone()),
            Some(_) => Some(Text::from("")),
            None => None,
        };
        let before = std::mem::replace(&mut file.read, text.as_ref().map(|text| text.len()));
        let Some(text) = text else {
            let why = tree::why_missing(&name, sys);
            let line = match (first, self.busybox) {
                (true, true) => format!("tail: can't open '{name}': {why}\n"),
                (true, false) => format!("tail: cannot open '{name}' for reading: {why}\n"),
                (false, false) if before.is_some() && self.retries => {
                    format!("tail: '{name}' has become inaccessible: {why}\n")
                }
                (false, _) => return,
            };
            writes.push((2, line));
            return;
        };
        let args: Vec<&str> = self.args.iter().map(|arg| &**arg).collect();
        let new = match before {
            None if first => end_of(&args, &text),
            None => {
                writes.extend(
                    (!self.busybox).then(|| (2, format!("tail: '{name}' has appeared;  following new file\n"))),
                );
                text.to_string()
            }
            Some(read) if read > text.len() => {
                writes.push((2, format!("tail: {name}: file truncated\n")));
                text.to_string()
            }
            Some(read) => text.get(read..).unwrap_or("").to_owned(),
        };
        if self.titles && (first || !new.is_empty()) && self.shown != Some(at) {
            let gap = if self.shown.is_some() { "\n" } else { "" };
            writes.push((1, format!("{gap}==> {name} <==\n")));
            self.shown = Some(at);
        }
        writes.extend((!new.is_empty()).then_some((1, new)));
    }
}
