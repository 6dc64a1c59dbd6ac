//! `kubectl exec`: a command in a container.
//!
//! Follows kubectl pkg/cmd/exec/exec.go. `ps` is answered from what can be seen, with the process of `ps` itself in the list;
//! every other command becomes an input, and its output is what its processes wrote in the run that has it.

use crate::base::id::{ContainerId, PodId};
use crate::observed::{ContainerState, Pod};
use crate::trace::PodPhase;
use crate::view::kubectl::Roster;

use super::super::here::Here;
use super::super::session::{self, Entered};
use super::super::{Answer, Line};
use super::resources::{self, Kind};
use super::{logs, objects};
use crate::base::command::flags::{Flag, Parsed, Takes};

pub(super) const FLAGS: &[Flag] = &[
    Flag("stdin", 'i', Takes::Bool),
    Flag("tty", 't', Takes::Bool),
    Flag("container", 'c', Takes::Text),
    Flag("quiet", 'q', Takes::Bool),
];

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let Some(name) = parsed.args.first().filter(|_| parsed.before_dash != Some(0)) else {
        return here.fails("error: pod, type/name or --filename must be specified");
    };
    let command: Vec<&str> = parsed.args.iter().skip(1).map(String::as_str).collect();
    if command.is_empty() {
        return here.fails("error: you must specify at least one command for the container");
    }
    if parsed.before_dash != Some(1) {
        return here.fails(
            "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' \
             for help and examples",
        );
    }
    let (id, pod) = match pod(here, parsed, name) {
        Ok(found) => found,
        Err(why) => return here.fails(&why),
    };
    if matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed) {
        let phase = if pod.phase == PodPhase::Failed { "Failed" } else { "Succeeded" };
        return here
            .fails(&format!("error: cannot exec into a container in a completed pod; current phase is {phase}"));
    }
    let roster = Roster::find(here.inventory(), &here.seen, pod);
    let mut said = Vec::new();
    let container = match parsed.text("container") {
        Some(name) if roster.regular.iter().chain(roster.init.iter().map(|(n, _)| n)).any(|n| &**n == name) => {
            name.to_owned()
        }
        Some(name) => {
            let all = logs::all_names(&roster);
            return here.fails(&format!("error: container {name} is not valid for pod {} out of: {all}", pod.name));
        }
        None => {
            let first = roster.regular.first().map_or("", |n| n).to_owned();
            if roster.regular.len() + roster.init.len() > 1 && !parsed.is_on("quiet") {
                let text = format!("Defaulted container {first:?} out of: {}", logs::all_names(&roster));
                said.push(Line { at: here.at, text, error: true });
            }
            first
        }
    };
    let mut answer = match running(here, pod, &container) {
        Some(running) => {
            let facts = here.inventory().workload_of(&pod.name, &pod.owner).and_then(|w| w.container(&container));
            let entered = Entered { pod: &pod.name, name: &container, container: running, facts };
            session::run(here, &entered, &command, session::KUBECTL)
        }
        None => here.fails(&format!(
            "error: Internal error occurred: unable to upgrade connection: container not found (\"{container}\")"
        )),
    };
    let _ = id;
    said.append(&mut answer.lines);
    answer.lines = said;
    answer
}

fn pod<'h>(here: &'h Here<'_>, parsed: &Parsed, name: &str) -> Result<(PodId, &'h Pod), String> {
    let namespace = super::namespace(here, parsed);
    let of_pod = |name: &str| {
        let found = here.pod(name).filter(|(_, p)| objects::namespace_of(here.inventory(), p) == namespace);
        found.ok_or_else(|| resources::not_found(Kind::Pods, name))
    };
    if !name.contains('/') {
        return of_pod(name);
    }
    match resources::wanted(&[name.to_owned()])?.first() {
        Some((Kind::Pods, Some(name))) => of_pod(name),
        Some((kind, Some(name))) => {
            let workload =
                here.inventory().workloads.iter().find(|w| *w.name == **name && *w.kind == *kind.row().title);
            let workload = workload.ok_or_else(|| resources::not_found(*kind, name))?;
            let pods = objects::pods_of(&here.seen, workload);
            let first = pods.into_iter().min_by_key(|(id, p)| (!p.ready, *id));
            first.ok_or_else(|| "error: timed out waiting for the condition".to_owned())
        }
        _ => Err("error: expected a resource".to_owned()),
    }
}

/// The instance of this name that runs.
fn running(here: &Here<'_>, pod: &Pod, name: &str) -> Option<ContainerId> {
    let runs = |id: &&ContainerId| {
        let known = here.seen.container(**id);
        known.is_some_and(|c| {
            &*c.name == name && matches!(c.state, ContainerState::Running | ContainerState::Stopping(_))
        })
    };
    pod.containers.iter().rev().find(runs).copied()
}
