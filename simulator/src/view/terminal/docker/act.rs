//! `docker stop`, `docker kill`, `docker exec`, `docker compose down` and `stop`: the inputs that they are, and what is printed
//! once they have done their work.

use crate::base::command::flags::{Flag, Parsed, Takes};
use crate::base::signal::Signal;

use super::super::here::Here;
use super::super::session::{self, Entered};
use super::super::{Answer, Line};
use super::containers::{self, Listed, id};
use super::look::exit_of;

pub(super) const STOP_FLAGS: &[Flag] =
    &[Flag("timeout", 't', Takes::Int), Flag("time", ' ', Takes::Int), Flag("signal", 's', Takes::Text)];
pub(super) const KILL_FLAGS: &[Flag] = &[Flag("signal", 's', Takes::Text)];
pub(super) const EXEC_FLAGS: &[Flag] = &[
    Flag("interactive", 'i', Takes::Bool),
    Flag("tty", 't', Takes::Bool),
    Flag("detach", 'd', Takes::Bool),
    Flag("user", 'u', Takes::Text),
    Flag("workdir", 'w', Takes::Text),
    Flag("env", 'e', Takes::Text),
];
pub(super) const COMPOSE_FLAGS: &[Flag] = &[Flag("file", 'f', Takes::Text), Flag("project-name", 'p', Takes::Text)];

/// All are stopped at once; each name is printed when its container has ended, in the order they were given.
pub(super) fn stop(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let mut options = String::new();
    if let Some(name) = parsed.text("signal") {
        let Some(signal) = Signal::parse(name) else {
            return here.fails(&format!("Error response from daemon: Invalid signal: {name}"));
        };
        options.push_str(&format!(", signal: {signal}"));
    }
    if let Some(timeout) = parsed.int("timeout").or(parsed.int("time")) {
        options.push_str(&format!(", timeout: {timeout}"));
    }
    let mut answer = here.prints("");
    let end = here.end();
    let mut last = here.at;
    for name in &parsed.args {
        let Some(listed) = named(here, name, &mut answer) else { continue };
        if !listed.runs() && !listed.restarts(here.at) {
            answer.lines.push(Here::line(last, name.clone()));
            continue;
        }
        answer.inputs.push(format!(
            "{{at_ms: {}, do: stop, container: {}{options}}}",
            here.at_ms(),
            listed.object.name
        ));
        match (exit_of(&end, &listed).filter(|(_, at)| *at >= here.at), answer.ends) {
            (Some((_, at)), Some(_)) => {
                last = last.max(at);
                answer.lines.push(Here::line(last, name.clone()));
                answer.ends = Some(last);
            }
            _ => answer.ends = None,
        }
    }
    answer
}

/// The container of this name; without one the answer says so and the next name is taken.
fn named<'a>(here: &'a Here<'_>, name: &str, answer: &mut Answer) -> Option<Listed<'a>> {
    containers::find(here, name)
        .map_err(|no| {
            answer.lines.extend(no.lines);
            answer.code = 1;
        })
        .ok()
}

/// The input that starts a container.
fn starts(here: &Here<'_>, listed: &Listed<'_>) -> String {
    format!("{{at_ms: {}, do: start, container: {}}}", here.at_ms(), listed.object.name)
}

/// Starts what does not run; the name is printed at once.
pub(super) fn start(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let mut answer = here.prints("");
    for name in &parsed.args {
        let Some(listed) = named(here, name, &mut answer) else { continue };
        answer.lines.push(Here::line(here.at, name.clone()));
        if !listed.runs() {
            answer.inputs.push(starts(here, &listed));
        }
    }
    answer
}

/// `docker stop` and a start behind it: the same lines.
pub(super) fn restart(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let mut answer = stop(here, parsed);
    for input in &mut answer.inputs {
        if let Some(open) = input.strip_suffix('}') {
            *input = format!("{open}, start_again: true}}");
        }
    }
    for name in &parsed.args {
        if let Some(listed) = containers::find(here, name).ok().filter(|l| !l.runs() && !l.restarts(here.at)) {
            answer.inputs.push(starts(here, &listed));
        }
    }
    answer
}

pub(super) fn kill(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let given = parsed.text("signal").unwrap_or("KILL");
    let Some(signal) = Signal::parse(given) else {
        return here.fails(&format!("Error response from daemon: Invalid signal: {given}"));
    };
    let mut answer = here.prints("");
    for name in &parsed.args {
        let Some(listed) = named(here, name, &mut answer) else { continue };
        if !listed.runs() && !listed.restarts(here.at) {
            let text = format!(
                "Error response from daemon: cannot kill container: {name}: container {} is not running",
                id(&listed.object.name)
            );
            answer.lines.push(Line { at: here.at, text, error: true });
            answer.code = 1;
            continue;
        }
        answer.lines.push(Here::line(here.at, name.clone()));
        answer.inputs.push(format!(
            "{{at_ms: {}, do: kill, container: {}, signal: {signal}}}",
            here.at_ms(),
            listed.object.name
        ));
    }
    answer
}

pub(super) fn exec(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let name = parsed.args.first().map_or("", String::as_str);
    let listed = match containers::find(here, name) {
        Ok(listed) => listed,
        Err(answer) => return answer,
    };
    let Some((container, _)) = listed.instance.filter(|_| listed.runs()) else {
        return here
            .fails(&format!("Error response from daemon: container {} is not running", id(&listed.object.name)));
    };
    let argv: Vec<&str> = parsed.args.iter().skip(1).map(String::as_str).collect();
    let entered = Entered { pod: &listed.object.name, name: &listed.object.name, container, facts: listed.container() };
    session::run(here, &entered, &argv, session::DOCKER)
}

pub(super) fn compose(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let words: Vec<&str> = parsed.args.iter().map(String::as_str).collect();
    let (verb, timeout) = match words.as_slice() {
        [verb @ ("down" | "stop")] => (*verb, None),
        [verb @ ("down" | "stop"), "-t" | "--timeout", seconds] => (*verb, Some(*seconds)),
        _ => return here.fails(&format!("not simulated: docker compose {}", words.join(" "))),
    };
    let options = timeout.map_or(String::new(), |t| format!(", timeout: {t}"));
    let mut answer = here.prints("");
    answer.inputs = vec![format!("{{at_ms: {}, do: down{options}}}", here.at_ms())];
    // Compose writes its progress to standard error: a line for each container when it has ended.
    let end = here.end();
    let listed = containers::all(here, &here.seen);
    let mut ended: Vec<_> = Vec::new();
    for l in listed.iter().filter(|l| l.runs()) {
        match exit_of(&end, l).filter(|(_, at)| *at >= here.at) {
            Some((_, at)) => ended.push((at, format!(" Container {}  Stopped", l.object.name))),
            None => answer.ends = None,
        }
    }
    ended.sort();
    if let (Some((at, _)), Some(_)) = (ended.last(), answer.ends) {
        answer.ends = Some(*at);
    }
    if verb == "down" && answer.ends.is_some() {
        let last = ended.last().map_or(here.at, |(at, _)| *at);
        let removed: Vec<_> = ended.iter().map(|(_, t)| (last, t.replace("Stopped", "Removed"))).collect();
        ended.extend(removed);
    }
    answer.lines.extend(ended.into_iter().map(|(at, text)| Line { at, text, error: true }));
    answer
}
