//! `kubectl rollout status`, `history` and `restart`.
//!
//! Follows kubectl pkg/cmd/rollout and pkg/polymorphichelpers/rollout_status.go: a line whenever the status changes, until the
//! newest revision is complete.

use crate::base::time::SimDuration;
use crate::base::tree::Tree;
use crate::inventory::WorkloadFacts;
use crate::observed::Observed;
use crate::trace::{EventKind, PodPhase};

use super::super::here::Here;
use super::super::{Answer, Line};
use super::objects;
use super::resources::{self, Kind};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] =
    &[Flag("watch", 'w', Takes::Bool), Flag("timeout", ' ', Takes::Duration), Flag("selector", 'l', Takes::Text)];

/// Old revisions that are kept if the manifest does not say.
const REVISIONS: u32 = 10;

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some((verb, rest)) = parsed.args.split_first() else {
        return here.prints(
            "Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n  *  deployments\n  *  \
             daemonsets\n  *  statefulsets",
        );
    };
    if verb == "undo" {
        return here.fails("not simulated: kubectl rollout undo; write do: update with the earlier image or manifest");
    }
    if !matches!(verb.as_str(), "status" | "restart" | "history") {
        return here.fails(&format!("not simulated: kubectl rollout {verb}"));
    }
    let wanted = match resources::wanted(rest) {
        Ok(wanted) if wanted.is_empty() => return here.fails("error: required resource not specified"),
        Ok(wanted) => wanted,
        Err(why) => return here.fails(&why),
    };
    let mut answer = here.prints("");
    for (kind, name) in wanted {
        let title = kind.row().title;
        let of_kind = here.inventory().workloads.iter().filter(|w| *w.kind == *title);
        let found: Vec<&WorkloadFacts> = of_kind.filter(|w| name.as_ref().is_none_or(|n| *w.name == **n)).collect();
        if let (true, Some(name)) = (found.is_empty(), &name) {
            return here.fails(&resources::not_found(kind, name));
        }
        if !matches!(kind, Kind::Deployments | Kind::StatefulSets | Kind::DaemonSets) {
            return here.fails(&format!("error: no status viewer has been implemented for {title}"));
        }
        for workload in found {
            match verb.as_str() {
                "history" => history(here, kind, workload, &mut answer),
                "restart" => restart(here, kind, workload, &mut answer),
                _ => status(here, parsed, kind, workload, &mut answer),
            }
        }
    }
    answer
}

fn restart(here: &Here<'_>, kind: Kind, workload: &WorkloadFacts, answer: &mut Answer) {
    answer.lines.push(Here::line(here.at, format!("{}/{} restarted", kind.singular(), workload.name)));
    answer.inputs.push(format!("{{at_ms: {}, do: restart, workload: {}}}", here.at_ms(), workload.name));
}

/// The revisions so far; nothing here sets the annotation `kubernetes.io/change-cause`.
fn history(here: &Here<'_>, kind: Kind, workload: &WorkloadFacts, answer: &mut Answer) {
    let state = here.seen.workloads.iter().find(|w| w.name == workload.name && w.kind == workload.kind);
    let newest = state.map_or(1, |w| w.revision);
    // `revisionHistoryLimit` old ones are kept.
    let kept = workload.applied.get("spec").and_then(|s| s.get("revisionHistoryLimit"));
    let limit = match kept {
        Some(Tree::Int(limit)) => u32::try_from(*limit).unwrap_or(REVISIONS),
        _ => REVISIONS,
    };
    let mut text = format!("{}/{} \nREVISION  CHANGE-CAUSE\n", kind.singular(), workload.name);
    for revision in newest.saturating_sub(limit).max(1)..=newest {
        text.push_str(&format!("{revision:<10}<none>\n"));
    }
    answer.lines.extend(text.lines().map(|line| Here::line(here.at, line)));
    answer.lines.push(Here::line(here.at, ""));
}

/// The status lines from now on, each once, until it is complete.
fn status(here: &Here<'_>, parsed: &Parsed, kind: Kind, workload: &WorkloadFacts, answer: &mut Answer) {
    let limit = parsed.millis("timeout").filter(|ms| *ms > 0).map(|ms| here.at + SimDuration::from_millis(ms));
    let (mut text, mut done) = line(kind, workload, &here.seen);
    answer.lines.push(Here::line(here.at, text.clone()));
    let mut over = here.at;
    if !done && !parsed.is_off("watch") {
        let mut seen = Observed::default();
        for (id, event) in here.trace().iter() {
            seen.apply(id, event);
            let counts = matches!(event.kind, EventKind::Pod(..) | EventKind::Workload(..));
            if event.at <= here.at || !counts || done || limit.is_some_and(|limit| event.at > limit) {
                continue;
            }
            let (next, complete) = line(kind, workload, &seen);
            if next != text {
                answer.lines.push(Here::line(event.at, next.clone()));
                (text, done, over) = (next, complete, event.at);
            }
        }
        match (done, limit) {
            (true, _) => answer.ends = answer.ends.map(|known| known.max(over)),
            (false, Some(limit)) => {
                answer.lines.push(Line {
                    at: limit,
                    text: "error: timed out waiting for the condition".to_owned(),
                    error: true,
                });
                answer.ends = Some(limit);
                answer.code = 1;
            }
            (false, None) => answer.ends = None,
        }
    }
}

/// The status in words, and whether the rollout is complete.
fn line(kind: Kind, workload: &WorkloadFacts, seen: &Observed) -> (String, bool) {
    let name = &workload.name;
    let state = seen.workloads.iter().find(|w| w.name == *name && w.kind == workload.kind);
    let wanted = state.map_or(workload.replicas, |w| w.replicas);
    let active = |p: &crate::observed::Pod| {
        p.deleted.is_none() && p.removed.is_none() && matches!(p.phase, PodPhase::Pending | PodPhase::Running)
    };
    let pods: Vec<_> = objects::pods_of(seen, workload).into_iter().map(|(_, p)| p).filter(|p| active(p)).collect();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    match kind {
        Kind::StatefulSets => {
            let ready = count(pods.iter().filter(|p| p.ready).count());
            if ready < wanted {
                return (format!("Waiting for {} pods to be ready...", wanted - ready), false);
            }
            let hash = objects::suffix(name);
            (format!("statefulset rolling update complete {wanted} pods at revision {name}-{hash}..."), true)
        }
        Kind::DaemonSets => {
            let ready = count(pods.iter().filter(|p| p.ready).count());
            if ready < 1 {
                return (
                    format!(
                        "Waiting for daemon set \"{name}\" rollout to finish: {ready} of 1 updated pods are available..."
                    ),
                    false,
                );
            }
            (format!("daemon set \"{name}\" successfully rolled out"), true)
        }
        _ => {
            let waiting =
                |what: String| (format!("Waiting for deployment \"{name}\" rollout to finish: {what}..."), false);
            let revisions = objects::revisions(seen, workload);
            let (_, newest, _) = revisions.last().cloned().unwrap_or_default();
            let newest: Vec<_> = newest.into_iter().filter(|p| active(p)).collect();
            let updated = count(newest.len());
            let available = count(newest.iter().filter(|p| p.ready).count());
            // A new revision without pods yet is seen by its number only.
            let behind = state.is_some_and(|w| u64::from(w.revision) > u64::try_from(revisions.len()).unwrap_or(0));
            if updated < wanted || behind {
                let updated = if behind { 0 } else { updated };
                return waiting(format!("{updated} out of {wanted} new replicas have been updated"));
            }
            let old = count(pods.len()).saturating_sub(updated);
            if old > 0 {
                return waiting(format!("{old} old replicas are pending termination"));
            }
            if available < updated {
                return waiting(format!("{available} of {updated} updated replicas are available"));
            }
            (format!("deployment \"{name}\" successfully rolled out"), true)
        }
    }
}
