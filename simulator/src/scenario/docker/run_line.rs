//! `docker run [OPTIONS] IMAGE [COMMAND] [ARG...]` as somebody types it.
//!
//! Flags: docker/cli cli/command/container/opts.go `addFlags`, run.go. Flags that change nothing here are read and left out.

use super::Described;
use crate::base::command::flags::{self, Flag, Parsed, Takes};
use crate::base::command::words;
use crate::docker::Restart;

/// Message and help.
type Problem = (String, String);

const FLAGS: &[Flag] = &[
    Flag("name", ' ', Takes::Text),
    Flag("init", ' ', Takes::Bool),
    Flag("detach", 'd', Takes::Bool),
    Flag("interactive", 'i', Takes::Bool),
    Flag("tty", 't', Takes::Bool),
    Flag("rm", ' ', Takes::Bool),
    Flag("entrypoint", ' ', Takes::Text),
    Flag("env", 'e', Takes::Text),
    Flag("user", 'u', Takes::Text),
    Flag("workdir", 'w', Takes::Text),
    Flag("restart", ' ', Takes::Text),
    Flag("stop-signal", ' ', Takes::Text),
    Flag("stop-timeout", ' ', Takes::Int),
    Flag("sig-proxy", ' ', Takes::Bool),
    Flag("pids-limit", ' ', Takes::Int),
    // These change nothing that is simulated.
    Flag("publish", 'p', Takes::Text),
    Flag("publish-all", 'P', Takes::Bool),
    Flag("expose", ' ', Takes::Text),
    Flag("volume", 'v', Takes::Text),
    Flag("mount", ' ', Takes::Text),
    Flag("network", ' ', Takes::Text),
    Flag("net", ' ', Takes::Text),
    Flag("hostname", 'h', Takes::Text),
    Flag("label", 'l', Takes::Text),
    Flag("memory", 'm', Takes::Text),
    Flag("cpus", ' ', Takes::Text),
    Flag("pull", ' ', Takes::Text),
    Flag("platform", ' ', Takes::Text),
    Flag("add-host", ' ', Takes::Text),
    Flag("cap-add", ' ', Takes::Text),
    Flag("cap-drop", ' ', Takes::Text),
    Flag("security-opt", ' ', Takes::Text),
    Flag("ulimit", ' ', Takes::Text),
    Flag("log-driver", ' ', Takes::Text),
    Flag("log-opt", ' ', Takes::Text),
    Flag("tmpfs", ' ', Takes::Text),
    Flag("read-only", ' ', Takes::Bool),
    Flag("privileged", ' ', Takes::Bool),
    Flag("attach", 'a', Takes::Text),
];

/// The container that a line makes. `number` is how many came before it.
pub(super) fn read(line: &str, number: usize) -> Result<Described, Problem> {
    let plain = |message: String| (message, "write docker run --name web my-image".to_owned());
    let words = words::split(line).map_err(plain)?;
    let all = words.all();
    let rest = match all.as_slice() {
        ["docker", "run", rest @ ..] | ["docker", "container", "run", rest @ ..] => rest,
        ["docker", other, ..] => return Err(plain(format!("docker {other} makes no container"))),
        _ => return Err(plain("this is no docker run".to_owned())),
    };
    let parsed = flags::parse(rest, FLAGS, true)
        .map_err(|why| (format!("docker run: {why}"), "see docker run --help".to_owned()))?;
    let Some((image, command)) = parsed.args.split_first() else {
        return Err(plain("docker run requires at least 1 argument".to_owned()));
    };
    let name = parsed.text("name").map_or_else(|| default_name(image, number), str::to_owned);
    let detached = parsed.is_on("detach");
    Ok(Described {
        name,
        image: image.clone(),
        // `--entrypoint ""` takes the image's away; the words behind the image are then the whole command.
        entrypoint: parsed.text("entrypoint").filter(|e| !e.is_empty()).map(|e| vec![e.to_owned()]),
        command: (!command.is_empty()).then(|| command.to_vec()),
        env: parsed.texts("env").map(pair).collect(),
        user: parsed.text("user").map(str::to_owned),
        working_dir: parsed.text("workdir").map(str::to_owned),
        init: parsed.is_on("init"),
        stop_signal: parsed.text("stop-signal").map(str::to_owned),
        pids_limit: parsed.int("pids-limit"),
        stop_timeout_s: parsed.int("stop-timeout"),
        restart: restart(parsed.text("restart").unwrap_or("no"))?,
        terminal: is_terminal(&parsed),
        detached,
        sig_proxy: parsed.text("sig-proxy").map(|_| parsed.is_on("sig-proxy")),
        remove: parsed.is_on("rm"),
        line: line.to_owned(),
        ..Described::default()
    })
}

/// Ctrl-C goes to the container's own terminal only if standard input is attached to it.
fn is_terminal(parsed: &Parsed) -> bool {
    parsed.is_on("tty") && parsed.is_on("interactive")
}

fn default_name(image: &str, number: usize) -> String {
    let base = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or(image);
    if number == 0 { base.to_owned() } else { format!("{base}-{}", number + 1) }
}

pub(super) fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.to_owned(), value.to_owned())
}

/// `no`, `always`, `unless-stopped`, `on-failure[:MAX]`.
pub(super) fn restart(text: &str) -> Result<Restart, Problem> {
    let (name, most) = text.split_once(':').map_or((text, None), |(n, m)| (n, Some(m)));
    let invalid = || {
        (
            format!("invalid restart policy {text:?}"),
            "write no, always, unless-stopped, on-failure or on-failure:3".to_owned(),
        )
    };
    match (name, most) {
        ("" | "no", None) => Ok(Restart::No),
        ("always" | "unless-stopped", None) => Ok(Restart::Always),
        ("on-failure", None) => Ok(Restart::OnFailure(0)),
        ("on-failure", Some(most)) => most.parse().map(Restart::OnFailure).map_err(|_| invalid()),
        _ => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_end_at_the_image() {
        let d = read("docker run -it --name web --init -e A=1 --stop-timeout 3 my/app:1 sh -c 'sleep 9'", 0).unwrap();
        assert_eq!((d.name.as_str(), d.image.as_str(), d.init, d.terminal), ("web", "my/app:1", true, true));
        assert_eq!(d.command.unwrap(), ["sh", "-c", "sleep 9"]);
        assert_eq!((d.env, d.stop_timeout_s), (vec![("A".to_owned(), "1".to_owned())], Some(3)));
        assert_eq!(read("docker run my/app:1", 1).unwrap().name, "app-2");
    }

    #[test]
    fn a_limit_of_processes_is_read() {
        assert_eq!(read("docker run --pids-limit 5 app", 0).unwrap().pids_limit, Some(5));
        assert_eq!(read("docker run --pids-limit=-1 app", 0).unwrap().pids_limit, Some(-1));
    }

    #[test]
    fn what_docker_refuses_is_refused() {
        assert_eq!(read("docker run --foo x", 0).unwrap_err().0, "docker run: unknown flag: --foo");
        assert_eq!(read("docker run", 0).unwrap_err().0, "docker run requires at least 1 argument");
        assert_eq!(read("docker ps", 0).unwrap_err().0, "docker ps makes no container");
        assert!(read("docker run --restart sometimes x", 0).unwrap_err().0.starts_with("invalid restart policy"));
    }
}
