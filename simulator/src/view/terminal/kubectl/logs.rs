//! `kubectl logs`: what containers wrote, now and with `-f` from now on.
//!
//! Follows kubectl pkg/cmd/logs/logs.go and pkg/polymorphichelpers/logsforobject.go; what the server says in place of a log is
//! `view::kubectl::logs`.

use crate::base::id::{ContainerId, PodId};
use crate::base::time::SimTime;
use crate::inventory::WorkloadFacts;
use crate::observed::{ContainerState, Observed, Pod};
use crate::trace::Stream;
use crate::view::kubectl::{Roster, Wanted, logs};

use super::super::here::Here;
use super::super::{Answer, Line, clock};
use super::objects;
use super::resources::{self, Kind};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] = &[
    Flag("follow", 'f', Takes::Bool),
    Flag("previous", 'p', Takes::Bool),
    Flag("container", 'c', Takes::Text),
    Flag("timestamps", ' ', Takes::Bool),
    Flag("tail", ' ', Takes::Int),
    Flag("since", ' ', Takes::Duration),
    Flag("all-containers", ' ', Takes::Bool),
    Flag("prefix", ' ', Takes::Bool),
    Flag("selector", 'l', Takes::Text),
    Flag("all-pods", ' ', Takes::Bool),
    Flag("ignore-errors", ' ', Takes::Bool),
    Flag("max-log-requests", ' ', Takes::Int),
];

/// From this release on the first container is taken when there are several and none is named (pull request 105964).
const TAKES_THE_FIRST: u8 = 24;
/// From this release on a missing pod is named with its namespace (pull request 120111).
const NAMES_THE_NAMESPACE: u8 = 30;
/// Lines of each pod that `-l` shows if `--tail` does not say (logs.go `selectorTail`).
const SELECTOR_TAIL: i64 = 10;

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let selector = parsed.text("selector");
    let usage = "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for \
                 the logs command\nSee 'kubectl logs -h' for help and examples";
    match (parsed.args.len(), selector) {
        (0, None) | (3.., _) => return here.fails(usage),
        (1.., Some(_)) => {
            return here.fails(
                "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples",
            );
        }
        (2, None) if parsed.text("container").is_some() => {
            return here.fails("error: only one of -c or an inline [CONTAINER] arg is allowed");
        }
        _ => {}
    }
    let container = parsed.text("container").or(parsed.args.get(1).map(String::as_str));
    if let (true, Some(name)) = (parsed.is_on("all-containers"), container) {
        return here.fails(&format!("error: --all-containers=true should not be specified with container name {name}"));
    }
    if parsed.int("tail").is_some_and(|n| n < -1) {
        return here.fails("error: --tail must be greater than or equal to -1");
    }
    let (pods, said) = match pods(here, parsed) {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let mut answer = here.prints("");
    answer.lines = said;
    let mut streams: Vec<(PodId, String)> = Vec::new();
    for pod in pods {
        let Some(state) = here.seen.pod(pod) else { continue };
        match containers(here, parsed, state, container, &mut answer.lines) {
            Ok(names) => streams.extend(names.into_iter().map(|name| (pod, name))),
            Err(why) => {
                answer.lines.push(Line { at: here.at, text: why, error: true });
                answer.code = 1;
                return answer;
            }
        }
    }
    for (pod, name) in &streams {
        stream(here, parsed, *pod, name, &mut answer);
    }
    answer.lines.sort_by_key(|line| line.at);
    answer
}

/// The pods that are meant, and what kubectl says about the choice.
fn pods(here: &Here<'_>, parsed: &Parsed) -> Result<(Vec<PodId>, Vec<Line>), Answer> {
    let namespace = super::namespace(here, parsed);
    let of_namespace = |pod: &Pod| objects::namespace_of(here.inventory(), pod) == namespace;
    if let Some(selector) = parsed.text("selector") {
        let all = here.seen.pods.iter().enumerate().filter(|(_, p)| p.removed.is_none() && of_namespace(p));
        let labels = |p: &Pod| objects::pod_labels(here.inventory().workload_of(&p.name, &p.owner), p);
        let found: Vec<PodId> =
            all.filter(|(_, p)| resources::selects(selector, &labels(p))).map(|(n, _)| PodId::from_index(n)).collect();
        if found.is_empty() {
            return Err(Answer::fails(here.at, &format!("No resources found in {namespace} namespace."), 0));
        }
        return Ok((found, Vec::new()));
    }
    let name = parsed.args.first().map_or("", String::as_str);
    if name.contains('/') {
        let wanted = resources::wanted(&[name.to_owned()]).map_err(|why| here.fails(&why))?;
        let Some((kind, Some(name))) = wanted.first() else { return Err(here.fails("error: expected a resource")) };
        return if *kind == Kind::Pods { one(here, name, &namespace) } else { of_workload(here, parsed, *kind, name) };
    }
    one(here, name, &namespace)
}

fn one(here: &Here<'_>, name: &str, namespace: &str) -> Result<(Vec<PodId>, Vec<Line>), Answer> {
    let found = here.pod(name).filter(|(_, p)| objects::namespace_of(here.inventory(), p) == namespace);
    match found {
        Some((id, _)) => Ok((vec![id], Vec::new())),
        None if here.inventory().minor < NAMES_THE_NAMESPACE => {
            Err(here.fails(&resources::not_found(Kind::Pods, name)))
        }
        None => Err(here.fails(&format!(
            "error: error from server (NotFound): pods \"{name}\" not found in namespace \"{namespace}\""
        ))),
    }
}

/// The first pod of a controller: one that is ready goes before one that is not (podutils `ByLogging`).
fn of_workload(here: &Here<'_>, parsed: &Parsed, kind: Kind, name: &str) -> Result<(Vec<PodId>, Vec<Line>), Answer> {
    let of_name = |w: &&WorkloadFacts| &*w.name == name && &*w.kind == kind.row().title;
    let Some(workload) = here.inventory().workloads.iter().find(of_name) else {
        return Err(here.fails(&resources::not_found(kind, name)));
    };
    let mut pods = objects::pods_of(&here.seen, workload);
    pods.sort_by_key(|(id, p)| (!p.ready, std::cmp::Reverse(*id)));
    if parsed.is_on("all-pods") {
        return Ok((pods.iter().map(|(id, _)| *id).collect(), Vec::new()));
    }
    match pods.as_slice() {
        [] => Err(here.fails("error: timed out waiting for the condition")),
        [(id, _)] => Ok((vec![*id], Vec::new())),
        [(id, pod), ..] => {
            let text = format!("Found {} pods, using pod/{}", pods.len(), pod.name);
            Ok((vec![*id], vec![Line { at: here.at, text, error: true }]))
        }
    }
}

/// The containers whose logs are wanted.
fn containers(
    here: &Here<'_>,
    parsed: &Parsed,
    pod: &Pod,
    wanted: Option<&str>,
    said: &mut Vec<Line>,
) -> Result<Vec<String>, String> {
    let roster = Roster::find(here.inventory(), &here.seen, pod);
    let regular: Vec<String> = roster.regular.iter().map(|n| n.to_string()).collect();
    let init: Vec<String> = roster.init.iter().map(|(n, _)| n.to_string()).collect();
    if parsed.is_on("all-containers") {
        return Ok(init.into_iter().chain(regular).collect());
    }
    if let Some(name) = wanted {
        if regular.iter().chain(&init).any(|n| n == name) {
            return Ok(vec![name.to_owned()]);
        }
        let out_of = if here.inventory().minor < TAKES_THE_FIRST {
            String::new()
        } else {
            format!(" out of: {}", all_names(&roster))
        };
        return Err(format!("error: container {name} is not valid for pod {}{out_of}", pod.name));
    }
    let first = regular.first().cloned().unwrap_or_default();
    if regular.len() + init.len() > 1 && parsed.text("selector").is_none() {
        if here.inventory().minor < TAKES_THE_FIRST && regular.len() > 1 {
            let list = regular.join(" ");
            let or_init = if init.is_empty() {
                String::new()
            } else {
                format!(" or one of the init containers: [{}]", init.join(" "))
            };
            return Err(format!(
                "error: a container name must be specified for pod {}, choose one of: [{list}]{or_init}",
                pod.name
            ));
        }
        let text = format!("Defaulted container {first:?} out of: {}", all_names(&roster));
        said.push(Line { at: here.at, text, error: true });
    }
    Ok(vec![first])
}

/// `app, proxy, setup (init)` (podcmd.go `AllContainerNames`).
pub(super) fn all_names(roster: &Roster) -> String {
    let init = roster.init.iter().map(|(n, _)| format!("{n} (init)"));
    roster.regular.iter().map(|n| n.to_string()).chain(init).collect::<Vec<_>>().join(", ")
}

/// Adds what one container wrote; with `-f` also what it writes until it ends.
fn stream(here: &Here<'_>, parsed: &Parsed, pod: PodId, name: &str, answer: &mut Answer) {
    let Some(state) = here.seen.pod(pod) else { return };
    let roster = Roster::find(here.inventory(), &here.seen, state);
    let previous = parsed.is_on("previous");
    if let Err(why) = logs(&roster, &here.seen, pod, Wanted { container: Some(name), previous }) {
        answer.lines.extend(why.lines().map(|text| Line { at: here.at, text: text.to_owned(), error: true }));
        answer.code = 1;
        return;
    }
    let started = |id: &&ContainerId| {
        let known = here.seen.container(**id);
        known.is_some_and(|c| &*c.name == name && !matches!(c.state, ContainerState::Created))
    };
    let Some(container) = state.containers.iter().rev().filter(started).nth(usize::from(previous)).copied() else {
        return;
    };
    let prefix = if parsed.is_on("prefix") { format!("[pod/{}/{name}] ", state.name) } else { String::new() };
    let stamp = |(at, text): &(SimTime, String)| {
        let time = if parsed.is_on("timestamps") { format!("{} ", clock::rfc3339_nano(*at)) } else { String::new() };
        format!("{prefix}{time}{text}")
    };
    let since = parsed.millis("since").map(|ms| here.at.as_micros().saturating_sub(ms.saturating_mul(1_000)));
    let mut written = lines(&here.seen, container);
    written.retain(|(at, _)| since.is_none_or(|s| at.as_micros() >= s));
    let tail = parsed.int("tail").or(parsed.text("selector").map(|_| SELECTOR_TAIL)).filter(|n| *n >= 0);
    if let Some(tail) = tail.and_then(|n| usize::try_from(n).ok()) {
        written.drain(..written.len().saturating_sub(tail));
    }
    answer.lines.extend(written.iter().map(|line| Here::line(here.at, stamp(line))));
    if parsed.is_on("follow") && !previous {
        let before = lines(&here.seen, container).len();
        let end = here.end();
        let over = end.container(container).and_then(|c| match &c.state {
            ContainerState::Exited { at, .. } => Some(*at),
            ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_) => None,
        });
        let later = lines(&end, container);
        answer.lines.extend(later.iter().skip(before).map(|line| Here::line(line.0.max(here.at), stamp(line))));
        answer.ends = match (answer.ends, over) {
            (Some(known), Some(over)) => Some(known.max(over).max(here.at)),
            _ => None,
        };
    }
}

/// The complete lines of a container's log, each with the time of its end.
pub(in crate::view::terminal) fn lines(seen: &Observed, container: ContainerId) -> Vec<(SimTime, String)> {
    let mut all: Vec<(SimTime, String)> = Vec::new();
    let mut open = String::new();
    let mut last = SimTime::ZERO;
    let own = seen.logs.iter().filter(|l| l.stream != Stream::Session && l.container == Some(container));
    for piece in own {
        last = piece.at;
        let mut rest: &str = &piece.text;
        while let Some((line, behind)) = rest.split_once('\n') {
            open.push_str(line);
            all.push((piece.at, std::mem::take(&mut open)));
            rest = behind;
        }
        open.push_str(rest);
    }
    if !open.is_empty() {
        all.push((last, open));
    }
    all
}
