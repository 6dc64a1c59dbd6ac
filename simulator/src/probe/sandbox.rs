//! One bare PID namespace with a shell build as its PID 1 and with programs in PATH; a clock that settles and signals it.
//!
//! Follows the harness that measured the real shells: looks every 50 ms, and what counts as settled.

use super::shell::{Outcome, Question};
use super::shell_tree::{Entry, tree};
use crate::base::Text;
use crate::base::id::{NamespaceId, Pid, TaskId};
use crate::base::limits;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::cx::{Cx, Stimulus};
use crate::kernel::fs::{Content, File, FileSystem, normal};
use crate::kernel::process::Start;
use crate::kernel::{FilesId, Kernel, NetId};
use crate::observed::Task;
use crate::program::call::{Binary, Settings};
use crate::program::environment::Environment;
use crate::shell::variants::Variant;
use crate::trace::{EventKind, ExitStatus, OnTask, Sender, Stream, Wait};
use std::sync::Arc;

/// The scratch directory; messages show it as `.`.
const BOX: &str = "/box";
/// Utilities, which are applets of the shell's own binary where it is BusyBox.
const UTILITIES: &[&str] = &["sleep", "cat", "nohup", "env", "true", "false"];
/// Directories that every root file system has.
const DIRECTORIES: &[&str] = &["/etc", "/home", "/mnt", "/opt", "/root", "/run", "/srv", "/tmp", "/usr", "/var"];
/// Between two looks.
const LOOK: SimDuration = SimDuration::from_millis(50);
/// Equal looks that make a settled state.
const EQUAL_LOOKS: u32 = 4;
/// Least time before a state counts as settled.
const LEAST: SimTime = SimTime::from_millis(300);
/// The same while a helper that ends after 0.6 s lives.
const LEAST_BRIEF: SimTime = SimTime::from_millis(1_200);
/// When settling is given up.
const MOST: SimTime = SimTime::from_millis(6_000);

/// One sandbox with its clock.
#[derive(Clone)]
pub(super) struct Sandbox {
    pub cx: Cx,
    pub kernel: Kernel,
    files: FilesId,
    pub namespace: NamespaceId,
    pub init: TaskId,
    pub end_time: SimTime,
    settled_at: SimTime,
}

impl Sandbox {
    /// The build with these programs: the name or path of each, and what it does.
    pub fn start(
        row: &'static Variant,
        question: &Question,
        programs: &[(&str, Binary)],
        empty: &[String],
    ) -> Result<Sandbox, String> {
        Sandbox::salted(row, question, programs, empty, 0)
    }

    /// The same with another order of what happens at one instant.
    pub fn salted(
        row: &'static Variant,
        question: &Question,
        programs: &[(&str, Binary)],
        empty: &[String],
        tie_salt: u64,
    ) -> Result<Sandbox, String> {
        let mut cx = Cx::new(0, tie_salt, limits::INTERACTIVE);
        let mut kernel = Kernel::new();
        let called = question.argv.first().map_or(row.argv0, String::as_str);
        let mut fs = FileSystem::new();
        let bin = |name: &str| format!("{BOX}/bin/{name}");
        for path in empty {
            fs.put_text(&normal(BOX, path), "", false);
        }
        for path in DIRECTORIES {
            fs.put(path, File { content: Content::Directory, executable: false, origin: None });
        }
        for (path, binary) in programs {
            let path = if path.contains('/') { normal(BOX, path).to_string() } else { bin(path) };
            fs.put_binary(&path, binary.clone());
        }
        for name in UTILITIES {
            let details = &row.columns.details;
            let name_of = match name {
                name if details.missing_applets.contains(name) => format!("missing-applet-{name}"),
                _ if details.brings_applets => "busybox".to_string(),
                name => (*name).to_string(),
            };
            for path in [bin(name), format!("/bin/{name}"), format!("/usr/bin/{name}")] {
                fs.put_binary(&path, Binary::Program { name: name_of.as_str().into(), version: "".into() });
            }
        }
        if row.columns.builtins.missing.contains(&"kill") {
            fs.put_binary(&bin("kill"), Binary::Program { name: "kill".into(), version: "".into() });
        }
        // Behind an init program the shell has the name that it was measured with.
        let behind = programs.iter().any(|(name, _)| *name == called);
        fs.put_binary(&bin(if behind { row.argv0 } else { called }), Binary::Shell(row.id.into()));
        fs.put_text(&format!("{BOX}/env.sh"), "E=1\n", false);
        for name in ["hlog", "out", "profile"] {
            fs.put_text(&format!("{BOX}/{name}"), "", false);
        }
        if let Some(script) = &question.script_file {
            fs.put_text(&format!("{BOX}/entry.sh"), script.as_str(), false);
        }
        fs.set_complete();
        let files = kernel.add_files(fs, Settings::default());
        let namespace = kernel.new_namespace(&mut cx, Pid(2));
        let env: Environment = [
            ("PATH", format!("{BOX}/bin")),
            ("HLOG", format!("{BOX}/hlog")),
            ("HOME", "/nonexistent".into()),
            ("LC_ALL", "C".into()),
        ]
        .into_iter()
        .map(|(k, v)| (Text::from(k), Text::from(v)))
        .collect();
        let start = Start {
            namespace,
            container: None,
            role: "init".into(),
            files,
            net: NetId(0),
            argv: question.argv.iter().map(|a| Text::from(a.as_str())).collect(),
            env: Arc::new(env),
            cwd: BOX.into(),
            uid: 0,
            logged: true,
            stdin: question.stdin.as_deref().map(Text::from),
        };
        let init = kernel.start(&mut cx, &start).map_err(|e| format!("{called}: {e}"))?;
        Ok(Sandbox { cx, kernel, files, namespace, init, end_time: SimTime::ZERO, settled_at: LEAST })
    }

    /// The same with what happens at one instant in the order of this salt from here on.
    pub fn permuted(&self, salt: u64) -> Sandbox {
        let mut other = self.clone();
        other.cx.permute(salt);
        other
    }

    /// Lets everything happen up to a time.
    pub fn run_until(&mut self, until: SimTime) {
        while self.ended().is_none()
            && let Some(stimulus) = self.cx.next(until)
        {
            match stimulus {
                Stimulus::Run(task) => self.kernel.run(&mut self.cx, task),
                Stimulus::Wake(task, generation) => self.kernel.wake_up(&mut self.cx, task, generation),
                _ => {}
            }
            self.note_end();
        }
    }

    /// Notes the time if PID 1 has just ended.
    pub fn note_end(&mut self) {
        if self.ended().is_some() {
            self.end_time = self.cx.now();
        }
    }

    /// How PID 1 ended.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.cx.seen().task(self.init).and_then(|t| t.ended()).map(|(status, _)| status)
    }

    /// Runs until four looks are equal and nothing computes.
    pub fn settle(&mut self) {
        let mut at = SimTime::ZERO;
        let mut last = None;
        let mut equal = 0;
        while at < MOST && self.ended().is_none() {
            at = at + LOOK;
            self.run_until(at);
            let now = tree(&self.cx, self.namespace);
            let quiet = now.iter().all(|e| e.state != 'R');
            let key: Vec<_> = now.iter().map(|e| (e.pid, e.ppid, e.comm.clone(), e.state)).collect();
            equal = if quiet && last.as_ref() == Some(&key) { equal + 1 } else { 0 };
            last = Some(key);
            let brief = now.iter().any(|e| e.comm == "brief" && e.state != 'Z');
            let least = if brief { LEAST_BRIEF } else { LEAST };
            self.settled_at = at;
            if equal >= EQUAL_LOOKS && at >= least && !brief {
                return;
            }
        }
    }

    /// Lets the first sleep end that does, up to `most`, and what follows settle. False if nobody sleeps for a time.
    pub fn sleep_through(&mut self, most: SimTime) -> bool {
        let until = |task: &Task| match task.alive().and_then(|alive| alive.wait).map(|wait| wait.value) {
            Some(Wait::Sleep { until }) => Some(until),
            _ => None,
        };
        let ends = self.cx.seen().in_namespace(self.namespace).filter_map(|(_, task)| until(task)).min();
        let Some(ends) = ends.filter(|ends| *ends <= most && self.ended().is_none()) else { return false };
        self.settled_at = ends.max(self.settled_at) + LEAST.since(SimTime::ZERO);
        self.run_until(self.settled_at);
        true
    }

    /// How long the harness watches: longer where something ends by itself soon.
    pub fn watch(&self) -> SimDuration {
        let seen = self.cx.seen();
        let mut longest = SimDuration::from_millis(1_000);
        for (_, task) in seen.in_namespace(self.namespace) {
            if let Some(Wait::Sleep { until }) = task.alive().and_then(|a| a.wait).map(|w| w.value) {
                let left = until.since(self.settled_at);
                let wait = match left.as_millis() {
                    0..1_100 => SimDuration::from_millis(1_600),
                    1_100..3_000 => SimDuration::from_millis(3_200),
                    _ => SimDuration::ZERO,
                };
                longest = longest.max(wait);
            }
        }
        longest
    }

    /// Sends a signal to PID 1 from outside and watches.
    pub fn signal(&mut self, signal: Signal, settled: &[Entry], watch: SimDuration) -> Outcome {
        let (events, output) = (self.events().len(), self.output().len());
        let sent = self.settled_at;
        self.cx.at(sent, Stimulus::Input(0));
        self.run_until(sent);
        self.kernel.send(&mut self.cx, self.init, signal, Sender::Outside);
        if self.ended().is_some() {
            self.end_time = sent;
        }
        self.run_until(sent + watch);
        let after = self.end_time.since(sent);
        Outcome { pid1: self.ended(), after, ..self.outcome(events, output, settled) }
    }

    /// What happened since so many events and lines of output.
    pub fn outcome(&self, events: usize, output: usize, settled: &[Entry]) -> Outcome {
        let events = own_order(self.events().into_iter().skip(events).collect());
        let died = self.ended().is_some();
        let exited: Vec<u32> =
            events.iter().filter(|e| e.split(' ').nth(2) == Some("exit")).map(|e| pid_of(e)).collect();
        let mut killed: Vec<String> = settled
            .iter()
            .filter(|e| died && e.pid != 1 && e.state != 'Z' && !exited.contains(&e.pid))
            .map(|e| e.comm.clone())
            .collect();
        killed.sort();
        let left = if died { Vec::new() } else { tree(&self.cx, self.namespace) };
        let lines = self.output().into_iter().skip(output).collect();
        let (stdout, stderr) = (self.text(&[Stream::Stdout]), self.text(&[Stream::Stderr]));
        let after = SimDuration::ZERO;
        Outcome { pid1: None, after, events, output: lines, stdout, stderr, left, killed_with_pid1: killed }
    }

    /// Everything that the helpers have logged.
    pub fn events(&self) -> Vec<String> {
        let file = self.kernel.files(self.files).and_then(|fs| fs.get("/", &format!("{BOX}/hlog")));
        match file.map(|f| &f.content) {
            Some(Content::Text(text)) => text.lines().map(str::to_string).collect(),
            _ => Vec::new(),
        }
    }

    /// Lines on standard output and error.
    pub fn output(&self) -> Vec<String> {
        self.text(&[Stream::Stdout, Stream::Stderr]).lines().map(str::to_string).collect()
    }

    /// What was written to these streams, in the order written.
    fn text(&self, streams: &[Stream]) -> String {
        let mut text = String::new();
        for event in self.cx.trace().events() {
            if let EventKind::Task(_, OnTask::Wrote { text: part, stream }) = &event.kind
                && streams.contains(stream)
            {
                text.push_str(part);
            }
        }
        text.replace(&format!("{BOX}/bin/"), "").replace(BOX, ".")
    }
}

/// The lines of each process together: what different processes log at one instant has no order.
pub(super) fn own_order(mut events: Vec<String>) -> Vec<String> {
    events.retain(|e| e.split(' ').count() > 2);
    events.sort_by_key(|e| pid_of(e));
    events
}

fn pid_of(event: &str) -> u32 {
    event.split(' ').nth(1).and_then(|p| p.parse().ok()).unwrap_or(0)
}
