//! `kubectl scale` and `kubectl drain`.
//!
//! Follows kubectl pkg/cmd/scale/scale.go and pkg/cmd/drain/drain.go.

use super::super::here::Here;
use super::super::{Answer, Line};
use super::objects::{self, NODE};
use super::resources::{self, Kind};
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

/// Pods are evicted one by one; those that a DaemonSet keeps stay, those that nobody keeps need `--force`.
pub(super) fn drain(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some(node) = parsed.args.first() else {
        return here.fails("error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples");
    };
    if node != NODE {
        return here.fails(&resources::not_found(Kind::Nodes, node));
    }
    let mut answer = here.prints(&format!("node/{NODE} cordoned"));
    let pods = here.seen.pods.iter().enumerate().filter(|(_, p)| p.removed.is_none() && p.node == 0);
    let (mut kept, mut bare, mut going) = (Vec::new(), Vec::new(), Vec::new());
    for (n, pod) in pods {
        let workload = here.inventory().workload_of(&pod.name, &pod.owner);
        let full = format!("{}/{}", objects::namespace_of(here.inventory(), pod), pod.name);
        match workload.map_or("", |w| &*w.kind) {
            "DaemonSet" => kept.push(full),
            kind => {
                if kind == "Pod" {
                    bare.push(full.clone());
                }
                going.push((PodId::from_index(n), full, pod.name.clone()));
            }
        }
    }
    let mut why = Vec::new();
    if !kept.is_empty() && !parsed.is_on("ignore-daemonsets") {
        why.push(format!(
            "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): {}",
            kept.join(", ")
        ));
    }
    if !bare.is_empty() && !parsed.is_on("force") {
        why.push(format!(
            "cannot delete Pods that declare no controller (use --force to override): {}",
            bare.join(", ")
        ));
    }
    let mut say = |at, text: String, error| answer.lines.push(Line { at, text, error });
    if !why.is_empty() {
        let why = if why.len() > 1 { format!("[{}]", why.join(", ")) } else { why.concat() };
        say(
            here.at,
            format!("error: unable to drain node \"{NODE}\" due to error: {why}, continuing command..."),
            true,
        );
        say(here.at, "There are pending nodes to be drained:".to_owned(), true);
        say(here.at, format!(" {NODE}"), true);
        say(here.at, format!("error: {why}"), true);
        answer.code = 1;
        return answer;
    }
    let ignored: Vec<String> =
        [("ignoring DaemonSet-managed Pods", &kept), ("deleting Pods that declare no controller", &bare)]
            .iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(what, list)| format!("{what}: {}", list.join(", ")))
            .collect();
    if !ignored.is_empty() {
        say(here.at, format!("Warning: {}", ignored.join("; ")), true);
    }
    let mut ends = Some(here.at);
    for (id, full, name) in &going {
        say(here.at, format!("evicting pod {full}"), false);
        match here.removal(*id) {
            Some(gone) => {
                say(gone, format!("pod/{name} evicted"), false);
                ends = ends.map(|known| known.max(gone));
            }
            None => ends = None,
        }
    }
    if let Some(at) = ends {
        say(at, format!("node/{NODE} drained"), false);
    }
    answer.ends = ends;
    answer.lines.sort_by_key(|line| line.at);
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
    answer.inputs = vec![entry + "}"];
    answer
}
