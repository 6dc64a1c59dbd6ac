//! Utilities that connect: curl, wget, `nc -z`. Only whether somebody listens on a local port is looked up; other hosts answer.

use super::super::call::{Call, Sys};
use super::{Act, Acts, Called};

/// Does a process of the same namespace or pod listen on this port?
pub(crate) fn listens_locally(sys: &Sys<'_>, port: u16) -> bool {
    let Some(me) = sys.seen.task(sys.task) else { return false };
    let pod_of = |c: Option<crate::base::id::ContainerId>| c.and_then(|c| sys.seen.container(c)).map(|c| c.pod);
    let mine = pod_of(me.container);
    sys.seen.tasks.iter().any(|t| {
        let near = t.namespace == me.namespace || (mine.is_some() && pod_of(t.container) == mine);
        near && t.alive().is_some_and(|a| a.sockets.contains_key(&port))
    })
}

/// Is it the own host?
pub(crate) fn is_local(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0")
}

/// Options of curl, wget and nc whose value is the next word.
const VALUED: &[&str] = &[
    "-w",
    "-i",
    "-o",
    "-O",
    "-d",
    "-H",
    "-X",
    "-u",
    "-m",
    "-T",
    "-t",
    "-A",
    "-F",
    "-p",
    "-s",
    "-q",
    "-e",
    "-b",
    "-c",
    "--max-time",
    "--retry",
    "--retry-delay",
    "--connect-timeout",
    "--output",
    "--header",
    "--data",
    "--request",
    "--user",
    "--data-binary",
    "--write-out",
    "--cacert",
    "--cert",
    "--key",
];
/// Options of these that stand alone although they share a letter.
const ALONE: &[(&str, &str)] =
    &[("curl", "-i"), ("curl", "-s"), ("curl", "-q"), ("curl", "-O"), ("wget", "-q"), ("wget", "-c")];

/// What is neither an option nor its value.
fn words<'a>(called: &Called<'a>) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut rest = called.args.iter().copied();
    while let Some(word) = rest.next() {
        if VALUED.contains(&word) && !ALONE.contains(&(called.name, word)) {
            rest.next();
        } else if !word.starts_with('-') {
            words.push(word);
        }
    }
    words
}

/// Host and port of `http://localhost:8080/x`, `localhost 8080`, `:8080`.
fn address(called: &Called<'_>) -> (String, u16) {
    let words = words(called);
    let first = words.iter().find(|w| w.contains("://")).or(words.first()).copied().unwrap_or("");
    let secure = first.starts_with("https://");
    let bare = first.split("://").last().unwrap_or(first).split('/').next().unwrap_or("");
    let default = if secure { 443 } else { 80 };
    match bare.split_once(':') {
        Some((host, port)) => (host.to_owned(), port.parse().unwrap_or(default)),
        None => (bare.to_owned(), words.get(1).and_then(|p| p.parse().ok()).unwrap_or(default)),
    }
}

/// What one of them does.
pub(super) fn connect(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let (host, port) = address(called);
    let short = || called.args.iter().filter(|a| !a.starts_with("--")).filter_map(|a| a.strip_prefix('-'));
    let has = |letter: char, long: &str| short().any(|a| a.contains(letter)) || called.args.contains(&long);
    let written =
        called.args.iter().position(|a| matches!(*a, "-w" | "--write-out")).and_then(|at| called.args.get(at + 1));
    let status = |code: &str| {
        let text =
            written.filter(|_| called.name == "curl").map(|w| w.replace("%{http_code}", code).replace("\\n", "\n"));
        text.map(Act::print)
    };
    let local = host.is_empty() || is_local(&host);
    if !local {
        let text = format!("{host} is outside the simulation: assumed to answer");
        return Acts::new(std::iter::once(Act::from(Call::Say(text.into()))).chain(status("200")).collect(), 0);
    }
    if listens_locally(sys, port) {
        return Acts::new(status("200").into_iter().collect(), 0);
    }
    match called.name {
        "curl" => {
            let text =
                format!("curl: (7) Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server\n");
            let silent = has('s', "--silent") && !has('S', "--show-error");
            let says = (!silent).then(|| Act::from(Call::Write(2, text.into())));
            Acts::new(status("000").into_iter().chain(says).collect(), 7)
        }
        "wget" if has('q', "--quiet") && !called.busybox => Acts::new(Vec::new(), 4),
        "wget" => Acts::fails(&format!("wget: can't connect to remote host ({host}): Connection refused"), 4),
        _ => Acts::new(Vec::new(), 1),
    }
}
