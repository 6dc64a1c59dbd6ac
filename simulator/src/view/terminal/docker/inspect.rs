//! `docker inspect`: fields of a container, with `--format` as templates of the simplest kind.
//!
//! Names and shapes: moby api/types/container `InspectResponse`; templates: Go text/template, of which `{{.Field}}` and
//! `{{json .Field}}` are read.

use crate::base::command::flags::{Flag, Parsed, Takes};

use super::super::Answer;
use super::super::clock;
use super::super::here::Here;
use super::containers::{self, Listed, id};
use super::look::own_argv;

pub(super) const FLAGS: &[Flag] = &[Flag("format", 'f', Takes::Text), Flag("type", ' ', Takes::Text)];

/// A value of the JSON that docker prints.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(i64),
    Bool(bool),
    Null,
    List(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

pub(super) fn run(here: &Here<'_>, parsed: &Parsed) -> Answer {
    let mut answer = here.prints("");
    let mut whole = Vec::new();
    for name in &parsed.args {
        let Ok(listed) = containers::find(here, name) else {
            return here.fails(&format!("[]\nError: No such object: {name}"));
        };
        let value = value_of(here, &listed);
        match parsed.text("format") {
            Some(format) => match render(format, &value) {
                Ok(text) => answer.lines.push(Here::line(here.at, text)),
                Err(why) => return Answer::fails(here.at, &format!("\ntemplate parsing error: {why}"), 1),
            },
            None => whole.push(value),
        }
    }
    if !whole.is_empty() {
        let text = pretty(&Value::List(whole), 0);
        answer.lines.extend(text.lines().map(|line| Here::line(here.at, line)));
    }
    answer
}

fn value_of(here: &Here<'_>, l: &Listed<'_>) -> Value {
    let text = |t: &str| Value::Text(t.to_owned());
    let zero = "0001-01-01T00:00:00Z";
    let started = l.instance.and_then(|(_, c)| c.started).map_or(zero.to_owned(), clock::rfc3339_nano);
    let ended = l.ended().filter(|_| !l.runs());
    let finished = ended.map_or(zero.to_owned(), |(_, at)| clock::rfc3339_nano(at));
    let facts = l.container();
    let argv: Vec<&str> = facts.map(|c| own_argv(l, &c.argv)).unwrap_or_default();
    let args: Vec<Value> = argv.iter().skip(1).map(|w| text(w)).collect();
    let docker = l.docker();
    let pid = l.instance.and_then(|(_, c)| c.init).filter(|_| l.runs()).map_or(0, |t| 12_000 + i64::from(t.0));
    let state = Value::Map(vec![
        ("Status", text(l.state(here.at))),
        ("Running", Value::Bool(l.runs() || l.restarts(here.at))),
        ("Paused", Value::Bool(false)),
        ("Restarting", Value::Bool(l.restarts(here.at))),
        ("OOMKilled", Value::Bool(false)),
        ("Dead", Value::Bool(false)),
        ("Pid", Value::Number(pid)),
        ("ExitCode", Value::Number(ended.map_or(0, |(code, _)| i64::from(code)))),
        ("Error", text("")),
        ("StartedAt", text(&started)),
        ("FinishedAt", text(&finished)),
    ]);
    let signal = docker.and_then(|d| d.stop_signal.as_deref());
    let mut config = vec![("Hostname", text(&id(&l.object.name).chars().take(12).collect::<String>()))];
    config.push(("Tty", Value::Bool(docker.is_some_and(|d| d.terminal))));
    config.push(("Image", text(facts.map_or("", |c| &c.image))));
    config.extend(signal.map(|s| ("StopSignal", text(s))));
    config.extend(docker.and_then(|d| d.stop_timeout_s).map(|s| ("StopTimeout", Value::Number(s))));
    let policy =
        Value::Map(vec![("Name", text(docker.map_or("no", |d| &d.restart))), ("MaximumRetryCount", Value::Number(0))]);
    let init = if docker.is_some_and(|d| d.init) { Value::Bool(true) } else { Value::Null };
    Value::Map(vec![
        ("Id", text(&id(&l.object.name))),
        ("Created", text(&clock::rfc3339_nano(l.object.created))),
        ("Path", text(argv.first().unwrap_or(&""))),
        ("Args", Value::List(args)),
        ("State", state),
        ("Name", text(&format!("/{}", l.object.name))),
        ("RestartCount", Value::Number(l.instance.map_or(0, |(_, c)| i64::from(c.restarts)))),
        ("HostConfig", Value::Map(vec![("RestartPolicy", policy), ("Init", init)])),
        ("Config", Value::Map(config)),
    ])
}

/// `{{.State.ExitCode}}` and text around it.
fn render(format: &str, value: &Value) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let (inside, after) = behind.split_once("}}").ok_or("template: :1: unclosed action")?;
        let words: Vec<&str> = inside.split_whitespace().collect();
        match words.as_slice() {
            ["json", path] => out.push_str(&compact(at(value, path)?)),
            ["println"] => out.push('\n'),
            [path] if path.starts_with('.') => out.push_str(&plain(at(value, path)?)),
            _ => return Err(format!("not simulated: {{{{{inside}}}}}")),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn at<'v>(value: &'v Value, path: &str) -> Result<&'v Value, String> {
    let mut value = value;
    for key in path.split('.').filter(|k| !k.is_empty()) {
        let missing = || format!("template: :1:2: executing \"\" at <{path}>: map has no entry for key {key:?}");
        let Value::Map(entries) = value else { return Err(missing()) };
        value = entries.iter().find(|(k, _)| *k == key).map(|(_, v)| v).ok_or_else(missing)?;
    }
    Ok(value)
}

/// As fmt prints it.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Null => "<nil>".to_owned(),
        Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(" ")),
        Value::Map(entries) => {
            let mut all: Vec<String> = entries.iter().map(|(k, v)| format!("{k}:{}", plain(v))).collect();
            all.sort();
            format!("map[{}]", all.join(" "))
        }
    }
}

fn compact(value: &Value) -> String {
    match value {
        Value::Text(text) => super::super::session::quoted(text),
        Value::Null => "null".to_owned(),
        Value::Number(_) | Value::Bool(_) => plain(value),
        Value::List(items) => format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(",")),
        Value::Map(entries) => {
            let all: Vec<String> = entries.iter().map(|(k, v)| format!("\"{k}\":{}", compact(v))).collect();
            format!("{{{}}}", all.join(","))
        }
    }
}

/// As `docker inspect` prints it, four spaces a level. The depth is that of the value, four at most.
fn pretty(value: &Value, level: usize) -> String {
    let indent = " ".repeat(4 * (level + 1));
    let close = " ".repeat(4 * level);
    match value {
        Value::List(items) if !items.is_empty() => {
            let all: Vec<String> = items.iter().map(|v| format!("{indent}{}", pretty(v, level + 1))).collect();
            format!("[\n{}\n{close}]", all.join(",\n"))
        }
        Value::Map(entries) if !entries.is_empty() => {
            let line = |(k, v): &(&str, Value)| format!("{indent}\"{k}\": {}", pretty(v, level + 1));
            format!("{{\n{}\n{close}}}", entries.iter().map(line).collect::<Vec<_>>().join(",\n"))
        }
        other => compact(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_name_fields() {
        let state = Value::Map(vec![("ExitCode", Value::Number(137)), ("Running", Value::Bool(false))]);
        let value = Value::Map(vec![("State", state), ("Name", Value::Text("/web".to_owned()))]);
        assert_eq!(render("{{.Name}}: {{ .State.ExitCode }}", &value).unwrap(), "/web: 137");
        assert_eq!(render("{{json .State}}", &value).unwrap(), "{\"ExitCode\":137,\"Running\":false}");
        assert!(render("{{.State.Foo}}", &value).unwrap_err().ends_with("map has no entry for key \"Foo\""));
        assert_eq!(pretty(&Value::List(vec![]), 0), "[]");
    }
}
