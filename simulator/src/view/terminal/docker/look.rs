//! `docker ps`, `docker logs`, `docker top`, `docker wait`.

use crate::base::command::flags::{Flag, Parsed, Takes};
use crate::base::time::SimTime;
use crate::observed::ContainerState;
use crate::program::ps::command;

use super::super::here::Here;
use super::super::tabs::{self, Widths};
use super::super::{Answer, clock, kubectl};
use super::containers::{self, Listed, human, id, short_id};

pub(super) const PS_FLAGS: &[Flag] = &[
    Flag("all", 'a', Takes::Bool),
    Flag("quiet", 'q', Takes::Bool),
    Flag("no-trunc", ' ', Takes::Bool),
    Flag("filter", 'f', Takes::Text),
    Flag("format", ' ', Takes::Text),
    Flag("latest", 'l', Takes::Bool),
    Flag("last", 'n', Takes::Int),
];

pub(super) const LOGS_FLAGS: &[Flag] = &[
    Flag("follow", 'f', Takes::Bool),
    Flag("timestamps", 't', Takes::Bool),
    Flag("tail", 'n', Takes::Text),
    Flag("since", ' ', Takes::Text),
    Flag("until", ' ', Takes::Text),
    Flag("details", ' ', Takes::Bool),
];

/// Number of the first process of a container on the host: there are others before it.
const HOST_PIDS: usize = 12_000;

pub(super) fn ps(here: &Here<'_>, parsed: &Parsed) -> Answer {
    if parsed.text("format").is_some() {
        return here.fails("not simulated: docker ps --format");
    }
    let trunc = !parsed.is_on("no-trunc");
    let mut listed = containers::all(here, &here.seen);
    let last = if parsed.is_on("latest") { Some(1) } else { parsed.int("last").filter(|n| *n > 0) };
    match last.and_then(|n| usize::try_from(n).ok()) {
        Some(most) => listed.truncate(most),
        None if parsed.is_on("all") || parsed.texts("filter").any(|f| f.starts_with("status=")) => {}
        None => listed.retain(|l| l.runs() || l.restarts(here.at)),
    }
    for filter in parsed.texts("filter") {
        let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
        match key {
            "name" => listed.retain(|l| l.object.name.contains(value)),
            "status" => listed.retain(|l| l.state(here.at) == value),
            "exited" => listed.retain(|l| l.ended().is_some_and(|(code, _)| code.to_string() == value)),
            other => return here.fails(&format!("Error response from daemon: invalid filter '{other}'")),
        }
    }
    let name = |l: &Listed<'_>| if trunc { short_id(&l.object.name) } else { id(&l.object.name) };
    if parsed.is_on("quiet") {
        return here.prints(&listed.iter().map(|l| name(l) + "\n").collect::<String>());
    }
    let mut text = "CONTAINER ID\tIMAGE\tCOMMAND\tCREATED\tSTATUS\tPORTS\tNAMES\n".to_owned();
    for l in &listed {
        let facts = l.container();
        let image = facts.map_or("", |c| &c.image);
        let argv = facts.map(|c| own_argv(l, &c.argv).join(" ")).unwrap_or_default();
        let shown = if trunc { ellipsis(&argv, 20) } else { argv };
        let created = human(here.at.since(l.object.created));
        text.push_str(&format!(
            "{}\t{image}\t{shown:?}\t{created} ago\t{}\t\t{}\n",
            name(l),
            l.status(here.at),
            l.object.name
        ));
    }
    here.prints(&tabs::align(&text, Widths { least: 10, gap: 3 }))
}

/// What was to run, without the docker-init that the daemon puts in front.
pub(super) fn own_argv<'a>(l: &Listed<'_>, argv: &'a [crate::base::Text]) -> Vec<&'a str> {
    let skip = if l.docker().is_some_and(|d| d.init) { 2 } else { 0 };
    argv.iter().skip(skip).map(|w| &**w).collect()
}

/// cli/command/formatter/displayutils.go `Ellipsis`.
fn ellipsis(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}

pub(super) fn logs(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let name = parsed.args.first().map_or("", String::as_str);
    let listed = match containers::find(here, name) {
        Ok(listed) => listed,
        Err(answer) => return answer,
    };
    if parsed.text("since").is_some() || parsed.text("until").is_some() {
        return here.fails("not simulated: docker logs --since, --until");
    }
    let stamp = |(at, text): &(SimTime, String)| match parsed.is_on("timestamps") {
        true => format!("{} {text}", clock::rfc3339_nano(*at)),
        false => text.clone(),
    };
    // The log goes on over restarts: it is the container's, not the instance's.
    let of_all = |seen: &crate::observed::Observed| {
        let instances = seen.pod(listed.pod).map(|p| p.containers.clone()).unwrap_or_default();
        instances.iter().flat_map(|c| kubectl::log_lines(seen, *c)).collect::<Vec<_>>()
    };
    let written = of_all(&here.seen);
    let tail = parsed.text("tail").filter(|t| *t != "all");
    let tail = match tail.map(str::parse::<usize>) {
        Some(Err(_)) | None => written.len(),
        Some(Ok(lines)) => lines,
    };
    let mut answer = here.prints("");
    answer.lines.extend(written.iter().skip(written.len().saturating_sub(tail)).map(|l| Here::line(here.at, stamp(l))));
    if parsed.is_on("follow") {
        let end = here.end();
        let later = of_all(&end);
        answer.lines.extend(later.iter().skip(written.len()).map(|l| Here::line(l.0.max(here.at), stamp(l))));
        answer.ends = exit_of(&end, &listed).map(|(_, at)| at.max(here.at));
    }
    answer
}

/// Exit code and time of a container's last instance at the end of the run.
pub(super) fn exit_of(end: &crate::observed::Observed, listed: &Listed<'_>) -> Option<(u32, SimTime)> {
    let last = end.pod(listed.pod)?.containers.last()?;
    match &end.container(*last)?.state {
        ContainerState::Exited { end, at, .. } => Some((end.code, *at)),
        ContainerState::Created | ContainerState::Running | ContainerState::Stopping(_) => None,
    }
}

/// The columns of `ps -ef` on the host, where processes have other numbers.
pub(super) fn top(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let name = parsed.args.first().map_or("", String::as_str);
    let listed = match containers::find(here, name) {
        Ok(listed) => listed,
        Err(answer) => return answer,
    };
    if parsed.args.get(1).is_some_and(|options| options != "-ef") {
        return here.fails("not simulated: docker top with options of ps");
    }
    let Some((container, _)) = listed.instance.filter(|_| listed.runs()) else {
        return here
            .fails(&format!("Error response from daemon: container {} is not running", id(&listed.object.name)));
    };
    let mut text = "UID\tPID\tPPID\tC\tSTIME\tTTY\tTIME\tCMD\n".to_owned();
    let own = here.seen.tasks.iter().enumerate().filter(|(_, t)| t.container == Some(container) && !t.is_reaped());
    for (n, task) in own {
        let user = if task.uid == 0 { "root".to_owned() } else { task.uid.to_string() };
        // The parent of PID 1 on the host is the shim.
        let parent = task.parent.map_or(HOST_PIDS - 20, |p| HOST_PIDS + p.index());
        text.push_str(&format!("{user}\t{}\t{parent}\t0\t00:00\t?\t00:00:00\t{}\n", HOST_PIDS + n, command(task)));
    }
    here.prints(&tabs::align(&text, Widths { least: 20, gap: 3 }))
}

/// The exit code of each, when all have ended.
pub(super) fn wait(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let mut answer = here.prints("");
    let end = here.end();
    for name in &parsed.args {
        let listed = match containers::find(here, name) {
            Ok(listed) => listed,
            Err(answer) => return answer,
        };
        match exit_of(&end, &listed) {
            Some((code, at)) => {
                let at = at.max(answer.ends.unwrap_or(here.at));
                answer.lines.push(Here::line(at, code.to_string()));
                answer.ends = answer.ends.map(|_| at);
            }
            None => {
                answer.ends = None;
                break;
            }
        }
    }
    answer
}
