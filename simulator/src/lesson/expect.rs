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

use crate::base::id::PodId;
use crate::base::time::{SimDuration, SimTime};
use crate::observed::Observed;
use crate::pod::yaml::{self, Kind, Node};
use crate::view::verdict::{Requests, Verdict, focus, verdict};
use crate::view::{logs, shape};
use crate::world::{Run, stop_began};

/// How far `stopped_after_s` may be from what is expected: the latencies of a node, and a rounded figure.
const TOLERANCE: SimDuration = SimDuration::from_millis(400);

/// What a run does not show of what is expected, one sentence each; empty: all is as expected. Problems of the text itself
/// are in the list too.
pub fn failures(text: &str, run: &Run) -> Vec<String> {
    let (documents, remarks) = yaml::read("expect.yaml", text);
    let mut failures: Vec<String> = remarks.iter().map(ToString::to_string).collect();
    let Some(root) = documents.first() else { return failures };
    let verdict = verdict(&run.trace, &run.end);
    let mut check = Check { run, failures: Vec::new() };
    for entry in root.entries() {
        check.field(&entry.key, &entry.value, &verdict);
    }
    failures.append(&mut check.failures);
    failures
}

struct Check<'a> {
    run: &'a Run,
    failures: Vec<String>,
}

impl Check<'_> {
    fn field(&mut self, key: &str, value: &Node, verdict: &Verdict) {
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
                for rule in value.items().iter().filter_map(Node::text) {
                    if !fired.contains(&rule) {
                        self.failures.push(format!("the rule {rule} did not act"));
                    }
                }
            }
            other => self.failures.push(format!("{other} is not something that can be expected")),
        }
    }

    fn same(&mut self, what: &str, found: &str, wanted: &Node) {
        let wanted = scalar(wanted);
        if found != wanted {
            self.failures.push(format!("{what} is {found}, expected {wanted}"));
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
                other => {
                    self.failures.push(format!("a verdict has no {other}"));
                    continue;
                }
            };
            self.same(&entry.key, &found, &entry.value);
        }
    }

    fn stopped_after(&mut self, wanted: &Node, v: &Verdict) {
        let Some(wanted) = SimDuration::parse_secs(&scalar(wanted)) else {
            self.failures.push("stopped_after_s must be a number of seconds".to_owned());
            return;
        };
        match v.stopped_after.value {
            Some(found) if found.saturating_sub(wanted) <= TOLERANCE && wanted.saturating_sub(found) <= TOLERANCE => {}
            Some(found) => self.failures.push(format!("stopped after {found}, expected {wanted}")),
            None => self.failures.push(format!("did not stop, expected to after {wanted}")),
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
                other => {
                    self.failures.push(format!("requests have no outcome {other}"));
                    continue;
                }
            };
            match &entry.value.kind {
                Kind::Int(wanted) if at_least && i64::from(found) >= *wanted => {}
                Kind::Int(wanted) if !at_least && i64::from(found) == *wanted => {}
                _ => {
                    let bound = if at_least { "at least " } else { "" };
                    self.failures.push(format!("{found} requests {name}, expected {bound}{}", scalar(&entry.value)));
                }
            }
        }
    }

    fn texts(&mut self, key: &str, node: &Node, text: &str, wanted: bool) {
        for part in node.items().iter().map(scalar) {
            if text.contains(&part) != wanted {
                self.failures.push(format!("{key} {part:?} does not hold in:\n{text}"));
            }
        }
    }

    fn moment(&mut self, node: &Node) {
        let at = node.get("at_s").map(scalar).unwrap_or_default();
        let Some(time) = moment(&self.run.end, &at) else {
            self.failures.push(format!("{at:?} is not a time in seconds from the first delete"));
            return;
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
