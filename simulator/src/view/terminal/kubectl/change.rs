//! `kubectl scale` and `kubectl drain`.
//!
//! Follows kubectl pkg/cmd/scale/scale.go and pkg/cmd/drain/drain.go.

use super::super::here::Here;
use super::super::{Answer, Line};
use super::objects::{self, NODE};
use super::resources::{self, Kind};
use crate::base::command::flags::{Flag, Parsed, Takes};

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

/// What a drain would ask for is printed; the node of a run cannot be drained by an input.
pub(super) fn drain(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some(node) = parsed.args.first() else {
        return here.fails("error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples");
    };
    if node != NODE {
        return here.fails(&resources::not_found(Kind::Nodes, node));
    }
    here.fails("not simulated: kubectl drain")
}
