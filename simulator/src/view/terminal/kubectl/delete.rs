//! `kubectl delete`: the input that it is, its words, and how long it waits.
//!
//! Follows kubectl pkg/cmd/delete/delete.go (`Complete`, `Validate`, `DeleteResult`, `PrintObj`) and pkg/cmd/wait/delete.go.
//! What a grace period comes to at the API server is decided in `kubelet::api`, not here.

use crate::base::id::PodId;
use crate::base::time::SimDuration;
use crate::inventory::WorkloadFacts;

use super::super::here::Here;
use super::super::{Answer, Line};
use super::objects;
use super::resources::{self, Kind};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] = &[
    Flag("grace-period", ' ', Takes::Int),
    Flag("force", ' ', Takes::Bool),
    Flag("now", ' ', Takes::Bool),
    Flag("wait", ' ', Takes::Bool),
    Flag("timeout", ' ', Takes::Duration),
    Flag("all", ' ', Takes::Bool),
    Flag("selector", 'l', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("ignore-not-found", ' ', Takes::Bool),
    Flag("output", 'o', Takes::Text),
    Flag("cascade", ' ', Takes::Text),
];

/// From this release on the message names the namespace (pull request 126619).
const NAMES_THE_NAMESPACE: u8 = 34;

/// What is deleted, as it was named.
struct Target {
    kind: Kind,
    name: String,
    namespace: String,
    pods: Vec<PodId>,
}

/// The flags after `Complete`.
struct Grace {
    /// As the flags say it; what kubectl makes of it is below.
    given: Option<i64>,
    effective: i64,
}

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let everything = parsed.text("filename").is_some();
    if parsed.args.is_empty() && !everything {
        return here.fails(
            "error: You must provide one or more resources by argument or filename.\nExample resource specifications \
             include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
        );
    }
    let grace = match grace(parsed) {
        Ok(grace) => grace,
        Err(why) => return here.fails(&why),
    };
    let (targets, missing) = match targets(here, parsed, everything) {
        Ok(found) => found,
        Err(why) => return here.fails(&why),
    };
    let mut answer = here.prints("");
    let mut say = |text: String, error: bool| answer.lines.push(Line { at: here.at, text, error });
    if grace.effective == 0 {
        say(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The \
             resource may continue to run on the cluster indefinitely."
                .to_owned(),
            true,
        );
    }
    for target in &targets {
        say(message(here, parsed, target, &grace), false);
    }
    if targets.is_empty() && missing.is_empty() {
        say("No resources found".to_owned(), false);
    }
    let failed = !missing.is_empty();
    missing.into_iter().for_each(|text| say(text, true));
    answer.code = u8::from(failed);
    answer.inputs = targets.iter().filter_map(|t| input(here, parsed, t, &grace)).collect();
    if !parsed.is_off("wait") && !failed {
        wait(here, parsed, &targets, &mut answer);
    }
    answer
}

fn grace(parsed: &Parsed) -> Result<Grace, String> {
    let given = parsed.int("grace-period");
    let force = parsed.is_on("force");
    let mut effective = given.unwrap_or(-1);
    if parsed.is_on("now") {
        if effective != -1 {
            return Err("error: --now and --grace-period cannot be specified together".to_owned());
        }
        effective = 1;
    }
    if effective == 0 && !force {
        effective = 1;
    }
    if force && effective < 0 {
        effective = 0;
    }
    if force && effective > 0 {
        return Err("error: --force and --grace-period greater than 0 cannot be specified together".to_owned());
    }
    if let Some(output) = parsed.text("output").filter(|o| *o != "name") {
        return Err(format!("error: unexpected -o output mode: {output}. We only support '-o name'"));
    }
    if parsed.is_on("all") && parsed.text("selector").is_some() {
        return Err("error: cannot set --all and --selector at the same time".to_owned());
    }
    Ok(Grace { given, effective })
}

/// Objects that are deleted, and the complaints about those that are not there.
fn targets(here: &Here<'_>, parsed: &Parsed, everything: bool) -> Result<(Vec<Target>, Vec<String>), String> {
    let namespace = super::namespace(here, parsed);
    if everything {
        let there = |w: &&WorkloadFacts| here.seen.workloads.iter().any(|s| s.name == w.name && s.deleted.is_none());
        let all = here.inventory().workloads.iter().filter(there).filter_map(|w| of_workload(here, w));
        return Ok((all.collect(), Vec::new()));
    }
    let wanted = resources::wanted(&parsed.args)?;
    let chosen = parsed.is_on("all") || parsed.text("selector").is_some();
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for (kind, name) in wanted {
        let objects = objects::list(kind, here.inventory(), &here.seen, here.at);
        let own = objects.iter().filter(|o| o.namespace == namespace);
        let named: Vec<String> = match &name {
            Some(name) => own.filter(|o| o.name == *name).map(|o| o.name.clone()).collect(),
            None if chosen => {
                let selected = own.filter(|o| parsed.text("selector").is_none_or(|s| resources::selects(s, &o.labels)));
                selected.map(|o| o.name.clone()).collect()
            }
            None => {
                return Err("error: resource(s) were provided, but no name was specified".to_owned());
            }
        };
        if let (true, Some(name)) = (named.is_empty(), &name)
            && !parsed.is_on("ignore-not-found")
        {
            missing.push(resources::not_found(kind, name));
        }
        for name in named {
            found.push(target(here, kind, name, &namespace)?);
        }
    }
    Ok((found, missing))
}

fn target(here: &Here<'_>, kind: Kind, name: String, namespace: &str) -> Result<Target, String> {
    let pods = match kind {
        Kind::Pods => here.pod(&name).map(|(id, _)| id).into_iter().collect(),
        Kind::Deployments | Kind::StatefulSets | Kind::DaemonSets | Kind::Jobs => Vec::new(),
        Kind::ReplicaSets if here.inventory().workloads.iter().any(|w| *w.name == *name) => Vec::new(),
        Kind::ReplicaSets | Kind::Services | Kind::EndpointSlices | Kind::Events | Kind::Nodes => {
            return Err(format!("not simulated: kubectl delete {}", kind.qualified()));
        }
    };
    Ok(Target { kind, name, namespace: namespace.to_owned(), pods })
}

fn of_workload(here: &Here<'_>, w: &WorkloadFacts) -> Option<Target> {
    let kind = resources::ALL.iter().find(|r| *r.title == *w.kind)?.kind;
    target(here, kind, w.name.to_string(), &w.namespace).ok()
}

/// `pod "web" deleted from default namespace`.
fn message(here: &Here<'_>, parsed: &Parsed, target: &Target, grace: &Grace) -> String {
    let kind = target.kind.singular();
    if parsed.text("output") == Some("name") {
        return format!("{kind}/{}", target.name);
    }
    let forced = if grace.effective == 0 { "force deleted" } else { "deleted" };
    let from = match here.inventory().minor {
        NAMES_THE_NAMESPACE.. => format!(" from {} namespace", target.namespace),
        _ => String::new(),
    };
    format!("{kind} \"{}\" {forced}{from}", target.name)
}

/// The entry of `scenario.yaml`. A controller's own grace period is none: only a forced or immediate delete says one.
fn input(here: &Here<'_>, parsed: &Parsed, target: &Target, grace: &Grace) -> Option<String> {
    let what = if target.kind == Kind::Pods { "pod" } else { "workload" };
    let mut text = format!("{{at_ms: {}, do: delete, {what}: {}", here.at_ms(), target.name);
    if let Some(grace) = grace.given {
        text.push_str(&format!(", grace: {grace}"));
    }
    if parsed.is_on("force") {
        text.push_str(", force: true");
    }
    if parsed.is_on("now") {
        text.push_str(", now: true");
    }
    (target.kind != Kind::Nodes).then(|| format!("{text}}}"))
}

/// The prompt comes back when all pods are gone; controllers themselves are gone at once (background propagation).
fn wait(here: &Here<'_>, parsed: &Parsed, targets: &[Target], answer: &mut Answer) {
    let pods: Vec<(PodId, &Target)> = targets.iter().flat_map(|t| t.pods.iter().map(move |p| (*p, t))).collect();
    let timeout = parsed.millis("timeout").filter(|ms| *ms > 0).map(|ms| here.at + SimDuration::from_millis(ms));
    let mut ends = Some(here.at);
    for (pod, _) in &pods {
        ends = match (ends, here.removal(*pod)) {
            (Some(known), Some(gone)) => Some(known.max(gone)),
            _ => None,
        };
    }
    answer.ends = ends;
    if let Some(limit) = timeout
        && ends.is_none_or(|ends| ends > limit)
    {
        let late = pods.iter().filter(|(pod, _)| here.removal(*pod).is_none_or(|gone| gone > limit));
        for (_, target) in late {
            let text =
                format!("error: timed out waiting for the condition on {}/{}", target.kind.qualified(), target.name);
            answer.lines.push(Line { at: limit, text, error: true });
        }
        answer.ends = Some(limit);
        answer.code = 1;
    }
}
