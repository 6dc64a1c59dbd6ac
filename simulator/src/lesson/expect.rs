//! Expectations on a run, read from `expect.yaml` beside a scenario.
//!
//! ```yaml
//! verdict: {signal_reached_app: false, handler_completed: false, stopped_after_s: 30, exit_code: 137, reason: Error, zombies: 0}
//! requests: {cut: 0, refused_min: 1}
//! logs_contain: ["starting server, pid 1"]
//! logs_lack: ["received TERM"]
//! sessions_contain: ["<defunct>"]
//! events_contain: [FailedPreStopHook]
//! moments:
//! - at_s: -1                # seconds from the first delete
//!   tree: "sh[ruby]"        # (Z) marks a zombie
//!   commands: {1: "/bin/sh -c ruby server.rb"}
//! rules: [signal/init-no-handler]
//! ```

use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::id::PodId;
use crate::base::time::{SimDuration, SimTime};
use crate::observed::Observed;
use crate::pod::yaml::{self, Entry, Kind, Node};
use crate::rules::RuleId;
use crate::view::verdict::{Requests, Verdict, focus, verdict};
use crate::view::{logs, shape};
use crate::world::{Run, stop_began};

/// How far `stopped_after_s` may be from what is expected: the latencies of a node, and a rounded figure.
const TOLERANCE: SimDuration = SimDuration::from_millis(400);

/// The file's name.
const FILE: &str = "expect.yaml";
/// What can be expected.
const FIELDS: &str = "verdict, requests, logs_contain, logs_lack, sessions_contain, events_contain, moments, rules";
/// What can be expected of the verdict.
const VERDICT: &str = "signal_reached_app, handler_completed, stopped_after_s, exit_code, reason, zombies";
/// What can be expected of requests.
const REQUESTS: &str = "sent, ok, refused, reset, cut, timed_out, no_endpoint, lost, each also with _min";

/// What a run does not show of what is expected, each where the text expects it; empty: all is as expected. What is wrong
/// with the text itself is in the list too.
pub fn failures(text: &str, run: &Run) -> Vec<Diagnostic> {
    let (documents, failures) = yaml::read(FILE, text);
    let mut check = Check { text, run, failures };
    if let Some(root) = documents.first() {
        let verdict = verdict(&run.trace, &run.end);
        for entry in root.entries() {
            check.field(entry, &verdict);
        }
    }
    check.failures
}

struct Check<'a> {
    text: &'a str,
    run: &'a Run,
    failures: Vec<Diagnostic>,
}

impl Check<'_> {
    fn fail(&mut self, at: Span, message: impl Into<String>) {
        self.failures.push(Diagnostic::new(FILE, self.text, at, Severity::Error, message));
    }

    fn unknown(&mut self, entry: &Entry, what: &str, known: &str) {
        let message = format!("{what} {:?}", entry.key);
        let remark = Diagnostic::new(FILE, self.text, entry.key_span, Severity::Error, message);
        self.failures.push(remark.with_help(format!("known are {known}")));
    }

    fn field(&mut self, entry: &Entry, verdict: &Verdict) {
        let (key, value) = (entry.key.as_str(), &entry.value);
        match key {
            "verdict" => self.verdict(value, verdict),
            "requests" => self.requests(value, &verdict.requests),
            "logs_contain" | "logs_lack" => self.texts(key, value, &logs::all(&self.run.end), key == "logs_contain"),
            "sessions_contain" => self.texts(key, value, &logs::sessions(&self.run.end), true),
            "events_contain" => {
                let events: Vec<String> =
                    self.run.end.events.iter().map(|e| format!("{}: {}", e.reason, e.message)).collect();
                self.texts(key, value, &events.join("\n"), true);
            }
            "moments" => value.items().iter().for_each(|moment| self.moment(moment)),
            "rules" => {
                let fired: Vec<&str> = self.run.trace.events().iter().map(|e| e.rule.id()).collect();
                for item in value.items() {
                    let rule = scalar(item);
                    if !RuleId::ALL.iter().any(|known| known.id() == rule) {
                        self.fail(item.span, format!("there is no rule {rule:?}; grace explain lists them"));
                    } else if !fired.contains(&rule.as_str()) {
                        self.fail(item.span, format!("the rule {rule} did not act"));
                    }
                }
            }
            _ => self.unknown(entry, "there is no expectation", FIELDS),
        }
    }

    fn same(&mut self, what: &str, found: &str, wanted: &Node) {
        let expected = scalar(wanted);
        if found != expected {
            self.fail(wanted.span, format!("{what} is {found}, expected {expected}"));
        }
    }

    fn verdict(&mut self, node: &Node, v: &Verdict) {
        for entry in node.entries() {
            let found = match entry.key.as_str() {
                "signal_reached_app" => v.signal_reached_app.value.to_string(),
                "handler_completed" => v.handler_completed.value.to_string(),
                "exit_code" => v.end.value.as_ref().map_or("none".to_owned(), |(code, _)| code.to_string()),
                "reason" => v.end.value.as_ref().map_or("none".to_owned(), |(_, reason)| reason.clone()),
                "zombies" => v.zombies.value.to_string(),
                "stopped_after_s" => {
                    self.stopped_after(&entry.value, v);
                    continue;
                }
                _ => {
                    self.unknown(entry, "a verdict has no field", VERDICT);
                    continue;
                }
            };
            self.same(&entry.key, &found, &entry.value);
        }
    }

    fn stopped_after(&mut self, node: &Node, v: &Verdict) {
        let Some(wanted) = SimDuration::parse_secs(&scalar(node)) else {
            return self.fail(node.span, "stopped_after_s must be a number of seconds");
        };
        match v.stopped_after.value {
            Some(found) if found.saturating_sub(wanted) <= TOLERANCE && wanted.saturating_sub(found) <= TOLERANCE => {}
            Some(found) => self.fail(node.span, format!("stopped after {found}, expected {wanted}")),
            None => self.fail(node.span, format!("did not stop, expected to after {wanted}")),
        }
    }

    fn requests(&mut self, node: &Node, r: &Requests) {
        for entry in node.entries() {
            let (name, at_least) = match entry.key.strip_suffix("_min") {
                Some(name) => (name, true),
                None => (entry.key.as_str(), false),
            };
            let found = match name {
                "sent" => r.sent,
                "ok" => r.ok,
                "refused" => r.refused,
                "cut" => r.cut,
                "reset" => r.reset,
                "timed_out" => r.timed_out,
                "no_endpoint" => r.no_endpoint,
                "lost" => r.lost(),
                _ => {
                    self.unknown(entry, "requests have no outcome", REQUESTS);
                    continue;
                }
            };
            match &entry.value.kind {
                Kind::Int(wanted) if at_least && i64::from(found) >= *wanted => {}
                Kind::Int(wanted) if !at_least && i64::from(found) == *wanted => {}
                _ => {
                    let bound = if at_least { "at least " } else { "" };
                    let wanted = scalar(&entry.value);
                    self.fail(entry.value.span, format!("{found} requests {name}, expected {bound}{wanted}"));
                }
            }
        }
    }

    fn texts(&mut self, key: &str, node: &Node, text: &str, wanted: bool) {
        for item in node.items() {
            let part = scalar(item);
            if text.contains(&part) != wanted {
                self.fail(item.span, format!("{key} {part:?} does not hold in:\n{text}"));
            }
        }
    }

    fn moment(&mut self, node: &Node) {
        let at = node.get("at_s").map(scalar).unwrap_or_default();
        let Some(time) = moment(&self.run.end, &at) else {
            let span = node.get("at_s").unwrap_or(node).span;
            return self.fail(span, format!("{at:?} is not a time in seconds from the first delete: write at_s: -1"));
        };
        let seen = Observed::at_time(&self.run.trace, time);
        let Some(pod) = focus(&self.run.end) else { return };
        if let Some(tree) = node.get("tree") {
            let found = shape::pod_shape(&seen, pod);
            self.same(&format!("the process tree at {at} s"), &found, tree);
        }
        for entry in node.get("commands").map_or(&[][..], Node::entries) {
            let found = command(&seen, pod, &entry.key);
            self.same(&format!("the command of pid {}", entry.key), &found, &entry.value);
        }
    }
}

/// The time of `at` seconds from the first delete, or from the start if nothing was deleted.
fn moment(end: &Observed, at: &str) -> Option<SimTime> {
    let origin = stop_began(end).unwrap_or(SimTime::ZERO);
    match at.strip_prefix('-') {
        Some(before) => Some(origin - SimDuration::parse_secs(before)?),
        None => Some(origin + SimDuration::parse_secs(at)?),
    }
}

/// The argument list of the pod's process with this pid, in the namespace of its application.
fn command(seen: &Observed, pod: PodId, pid: &str) -> String {
    let mut mine = seen.tasks.iter().filter(|t| {
        let of_pod = t.container.and_then(|c| seen.container(c)).is_some_and(|c| c.pod == pod);
        of_pod && !t.is_reaped() && t.pid.to_string() == pid
    });
    // A sandbox's own namespace has a pid 1 too; the application's comes later.
    mine.next_back().map_or_else(|| "none".to_owned(), |t| t.argv.join(" "))
}

fn scalar(node: &Node) -> String {
    match &node.kind {
        Kind::Null => String::new(),
        Kind::Bool(on) => on.to_string(),
        Kind::Int(n) => n.to_string(),
        Kind::Number(text) | Kind::Text(text) => text.clone(),
        Kind::List(_) | Kind::Map(_) => "a list".to_owned(),
    }
}
