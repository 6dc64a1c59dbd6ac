//! `kubectl scale` and `kubectl drain`.
//!
//! Follows kubectl pkg/cmd/scale/scale.go and pkg/cmd/drain/drain.go.

use super::super::here::Here;
use super::super::{Answer, Line};
use super::objects::{self, NODE};
use super::resources::{self, Kind};
use crate::base::Text;
use crate::base::command::flags::{Flag, Parsed, Takes};
use crate::base::id::PodId;

pub(super) const SCALE_FLAGS: &[Flag] = &[
    Flag("replicas", ' ', Takes::Int),
    Flag("current-replicas", ' ', Takes::Int),
    Flag("timeout", ' ', Takes::Duration),
    Flag("selector", 'l', Takes::Text),
    Flag("all", ' ', Takes::Bool),
];

pub(super) const DRAIN_FLAGS: &[Flag] = &[
    Flag("force", ' ', Takes::Bool),
    Flag("grace-period", ' ', Takes::Int),
    Flag("ignore-daemonsets", ' ', Takes::Bool),
    Flag("delete-emptydir-data", ' ', Takes::Bool),
    Flag("timeout", ' ', Takes::Duration),
    Flag("disable-eviction", ' ', Takes::Bool),
    Flag("pod-selector", ' ', Takes::Text),
];

pub(super) fn scale(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some(replicas) = parsed.int("replicas") else {
        return here.fails("error: required flag(s) \"replicas\" not set");
    };
    if replicas < 0 {
        return here
            .fails("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
    }
    let wanted = match resources::wanted(&parsed.args) {
        Ok(wanted) if wanted.is_empty() => return here.fails("error: must specify one or more resources"),
        Ok(wanted) => wanted,
        Err(why) => return here.fails(&why),
    };
    let namespace = super::namespace(here, parsed);
    let mut answer = here.prints("");
    for (kind, name) in wanted {
        let Some(name) = name else { return here.fails("error: resource(s) were provided, but no name was specified") };
        let there = objects::list(kind, here.inventory(), &here.seen, here.at);
        if !there.iter().any(|o| o.name == name && o.namespace == namespace) {
            answer.lines.push(Line { at: here.at, text: resources::not_found(kind, &name), error: true });
            answer.code = 1;
            continue;
        }
        if !matches!(kind, Kind::Deployments | Kind::StatefulSets | Kind::ReplicaSets) {
            let group = kind.row().group.trim_start_matches('.');
            let title = kind.row().title;
            return here.fails(&format!(
                "error: cannot scale {group}{}{title}: the server could not find the requested resource",
                if group.is_empty() { "" } else { "/" }
            ));
        }
        let current = here.seen.workloads.iter().find(|w| *w.name == *name).map(|w| i64::from(w.replicas));
        if let (Some(wanted), Some(current)) = (parsed.int("current-replicas").filter(|n| *n >= 0), current)
            && wanted != current
        {
            return here.fails(&format!("error: Expected replicas to be {wanted}, was {current}"));
        }
        answer.lines.push(Here::line(here.at, format!("{}/{name} scaled", kind.singular())));
        answer.inputs.push(format!("{{at_ms: {}, do: scale, workload: {name}, replicas: {replicas}}}", here.at_ms()));
    }
    answer
}

/// The pods of the node, as a drain sees them.
#[derive(Default)]
struct Drained {
    /// Names with namespace of those that a DaemonSet keeps.
    kept: Vec<String>,
    /// Of those that nobody keeps.
    bare: Vec<String>,
    /// Those that go: number, name with namespace, name.
    going: Vec<(PodId, String, Text)>,
}

impl Drained {
    fn of(here: &Here<'_>) -> Drained {
        let mut drained = Drained::default();
        let pods = here.seen.pods.iter().enumerate().filter(|(_, p)| p.removed.is_none() && p.node == 0);
        for (n, pod) in pods {
            let workload = here.inventory().workload_of(&pod.name, &pod.owner);
            let full = format!("{}/{}", objects::namespace_of(here.inventory(), pod), pod.name);
            let kind = workload.map_or("", |w| &*w.kind);
            if kind == "DaemonSet" {
                drained.kept.push(full);
                continue;
            }
            if kind == "Pod" {
                drained.bare.push(full.clone());
            }
            drained.going.push((PodId::from_index(n), full, pod.name.clone()));
        }
        drained
    }

    /// Why nothing is drained, if a flag is missing.
    fn refusal(&self, parsed: &Parsed) -> Option<String> {
        let reasons = [
            ("cannot delete DaemonSet-managed Pods", "ignore-daemonsets", "ignore", &self.kept),
            ("cannot delete Pods that declare no controller", "force", "override", &self.bare),
        ];
        let why: Vec<String> = reasons
            .into_iter()
            .filter(|(_, flag, _, pods)| !pods.is_empty() && !parsed.is_on(flag))
            .map(|(what, flag, to, pods)| format!("{what} (use --{flag} to {to}): {}", pods.join(", ")))
            .collect();
        if why.len() > 1 { Some(format!("[{}]", why.join(", "))) } else { why.into_iter().next() }
    }

    /// What is done all the same because of the flags.
    fn warning(&self) -> Option<String> {
        let parts: Vec<String> =
            [("ignoring DaemonSet-managed Pods", &self.kept), ("deleting Pods that declare no controller", &self.bare)]
                .into_iter()
                .filter(|(_, pods)| !pods.is_empty())
                .map(|(what, pods)| format!("{what}: {}", pods.join(", ")))
                .collect();
        (!parts.is_empty()).then(|| format!("Warning: {}", parts.join("; ")))
    }
}

/// Pods are evicted one by one; those that a DaemonSet keeps stay, those that nobody keeps need `--force`.
pub(super) fn drain(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some(node) = parsed.args.first() else {
        return here.fails("error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples");
    };
    if node != NODE {
        return here.fails(&resources::not_found(Kind::Nodes, node));
    }
    let mut answer = here.prints(&format!("node/{NODE} cordoned"));
    let drained = Drained::of(here);
    let mut say = |at, text: String, error| answer.lines.push(Line { at, text, error });
    if let Some(why) = drained.refusal(parsed) {
        let unable = format!("error: unable to drain node \"{NODE}\" due to error: {why}, continuing command...");
        let pending = "There are pending nodes to be drained:".to_owned();
        for text in [unable, pending, format!(" {NODE}"), format!("error: {why}")] {
            say(here.at, text, true);
        }
        answer.code = 1;
        return answer;
    }
    if let Some(warning) = drained.warning() {
        say(here.at, warning, true);
    }
    let mut ends = Some(here.at);
    for (id, full, name) in &drained.going {
        say(here.at, format!("evicting pod {full}"), false);
        let gone = here.removal(*id);
        if let Some(at) = gone {
            say(at, format!("pod/{name} evicted"), false);
        }
        ends = ends.zip(gone).map(|(known, gone)| known.max(gone));
    }
    if let Some(at) = ends {
        say(at, format!("node/{NODE} drained"), false);
    }
    answer.ends = ends;
    answer.lines.sort_by_key(|line| line.at);
    answer.inputs = vec![drain_input(here, parsed)];
    answer
}

/// The entry of the scenario file that does the same.
fn drain_input(here: &Here<'_>, parsed: &Parsed) -> String {
    let mut entry = format!("{{at_ms: {}, do: drain", here.at_ms());
    if let Some(grace) = parsed.int("grace-period").filter(|n| *n >= 0) {
        entry.push_str(&format!(", grace: {grace}"));
    }
    if parsed.is_on("force") {
        entry.push_str(", force: true");
    }
    if let Some(timeout) = parsed.millis("timeout").filter(|ms| *ms > 0) {
        entry.push_str(&format!(", timeout_s: {}", timeout / 1_000));
    }
    if parsed.is_on("disable-eviction") {
        entry.push_str(", disable_eviction: true");
    }
    entry + "}"
}
