//! A Compose file: its services, each as one container.
//!
//! Follows the Compose specification 05-services.md. `command` and `entrypoint` as text are split into words, not given to a
//! shell. What is known and changes nothing here is left out in silence; anything else is said.

use super::Described;
use super::run_line::{pair, restart};
use crate::base::Text;
use crate::base::command::words;
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::time::SimDuration;
use crate::docker::DockerHook;
use crate::pod::yaml::{self, Kind, Node};
use crate::scenario::reader::Reader;
use crate::scenario::{DOCKERFILE, Draft};

/// The names that `docker compose` looks for.
const NAMES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
/// What Compose puts before the name of a service: the folder's name, which is not known.
const PROJECT: &str = "app";
/// Fields of a service that matter.
const FIELDS: &[&str] = &[
    "image",
    "build",
    "command",
    "entrypoint",
    "init",
    "stop_signal",
    "stop_grace_period",
    "pids_limit",
    "restart",
    "depends_on",
    "pre_stop",
    "environment",
    "user",
    "working_dir",
    "tty",
    "stdin_open",
    "container_name",
];
/// Fields that change nothing that is simulated.
const QUIET: &[&str] = &[
    "ports",
    "expose",
    "volumes",
    "networks",
    "labels",
    "hostname",
    "healthcheck",
    "logging",
    "env_file",
    "profiles",
    "extra_hosts",
    "cap_add",
    "cap_drop",
    "security_opt",
    "ulimits",
    "tmpfs",
    "read_only",
    "privileged",
    "platform",
    "pull_policy",
    "mem_limit",
    "cpus",
    "secrets",
    "configs",
    "links",
    "develop",
    "annotations",
    "dns",
];

/// Is this the name of a Compose file?
pub(in crate::scenario) fn is_compose(name: &str) -> bool {
    NAMES.contains(&name)
}

pub(super) fn read(file: &str, text: &str, draft: &Draft, remarks: &mut Vec<Diagnostic>) -> Vec<Described> {
    let (documents, found) = yaml::read(file, text);
    remarks.extend(found);
    let mut reader = Reader { file, text, diagnostics: Vec::new() };
    let services = documents.first().and_then(|d| d.get("services"));
    let mut all = Vec::new();
    for entry in services.map_or(&[][..], |s| s.entries()) {
        all.extend(service(&mut reader, draft, &entry.key, &entry.value));
    }
    let known: Vec<String> = all.iter().filter_map(|d| d.service.clone()).collect();
    for d in &all {
        for missing in d.depends_on.iter().filter(|name| !known.contains(name)) {
            let name = d.service.as_deref().unwrap_or("");
            let message =
                format!("service \"{name}\" depends on undefined service \"{missing}\": invalid compose project");
            reader.error(d.span, message, "name a service of this file");
        }
    }
    remarks.append(&mut reader.diagnostics);
    all
}

fn service(reader: &mut Reader<'_>, draft: &Draft, name: &str, node: &Node) -> Option<Described> {
    for entry in node.entries() {
        let known = |list: &[&str]| list.contains(&entry.key.as_str());
        if known(FIELDS) || known(QUIET) || entry.key.starts_with("x-") {
            continue;
        }
        let message = format!("{} of service {name} is not simulated", entry.key);
        let remark = Diagnostic::new(reader.file, reader.text, entry.key_span, Severity::Note, message);
        reader.diagnostics.push(remark);
    }
    let image = image(reader, draft, name, node)?;
    let policy = node.get("restart").and_then(Node::text).unwrap_or("no").to_owned();
    let policy = restart(&policy).unwrap_or_else(|(message, help)| {
        reader.error(node.get("restart").map_or(node.span, |n| n.span), message, help);
        crate::docker::Restart::No
    });
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let on = |key: &str| node.get(key).is_some_and(|n| n.kind == Kind::Bool(true));
    Some(Described {
        name: text("container_name").unwrap_or_else(|| format!("{PROJECT}-{name}-1")),
        image,
        entrypoint: words_of(reader, node, "entrypoint").filter(|w| !w.is_empty()),
        command: words_of(reader, node, "command").filter(|w| !w.is_empty()),
        env: environment(node),
        user: text("user"),
        working_dir: text("working_dir"),
        init: on("init"),
        stop_signal: text("stop_signal"),
        pids_limit: number(node.get("pids_limit")),
        stop_timeout_s: grace(reader, node),
        restart: policy,
        terminal: false,
        detached: true,
        sig_proxy: None,
        remove: false,
        depends_on: names(node.get("depends_on")),
        pre_stop: hooks(reader, node.get("pre_stop")),
        service: Some(name.to_owned()),
        line: "docker compose up".to_owned(),
        span: node.span,
    })
}

/// The image, or what a build of the service makes: `Dockerfile.NAME`, else the Dockerfile.
fn image(reader: &mut Reader<'_>, draft: &Draft, name: &str, node: &Node) -> Option<String> {
    let Some(build) = node.get("build") else {
        let image = node.get("image").and_then(Node::text).map(str::to_owned);
        if image.is_none() {
            let message = format!("service \"{name}\" has neither an image nor a build context specified");
            reader.error(node.span, message, "write image: or build: .");
        }
        return image;
    };
    let file = build.get("dockerfile").and_then(Node::text);
    let own = file.and_then(|f| f.strip_prefix(DOCKERFILE)?.strip_prefix('.'));
    let named = draft.files.contains_key(&format!("{DOCKERFILE}.{name}"));
    Some(own.map_or_else(|| if named { name.to_owned() } else { format!("{PROJECT}-{name}") }, str::to_owned))
}

/// A list of words, or a text that is split as a shell would, without a shell.
fn words_of(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<Vec<String>> {
    let value = node.get(key)?;
    match &value.kind {
        Kind::Text(text) => match words::split_plain(text) {
            Ok(words) => Some(words.all().into_iter().map(str::to_owned).collect()),
            Err(why) => {
                reader.error(value.span, why, "close the quote");
                None
            }
        },
        _ => reader.texts(node, key),
    }
}

/// A whole number, quoted or not.
fn number(node: Option<&Node>) -> Option<i64> {
    match &node?.kind {
        Kind::Int(number) => Some(*number),
        Kind::Text(text) => text.parse().ok(),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => None,
    }
}

/// `10s`, `1m30s`; whole seconds count.
fn grace(reader: &mut Reader<'_>, node: &Node) -> Option<i64> {
    let value = node.get("stop_grace_period")?;
    let millis = value.text().map(crate::base::command::flags::millis);
    match millis {
        Some(Ok(millis)) => i64::try_from(SimDuration::from_millis(millis).as_secs()).ok(),
        _ => {
            reader.error(value.span, "stop_grace_period must be a duration", "write 30s or 1m30s");
            None
        }
    }
}

/// `pre_stop`: commands with what differs from the container.
fn hooks(reader: &mut Reader<'_>, node: Option<&Node>) -> Vec<DockerHook> {
    let mut all = Vec::new();
    for item in node.map_or(&[][..], Node::items) {
        let argv = words_of(reader, item, "command").filter(|w| !w.is_empty());
        let Some(argv) = argv else {
            reader.error(item.span, "a hook of pre_stop needs a command", "write command: [\"/bin/drain\"]");
            continue;
        };
        let user = item.get("user").map(plain);
        all.push(DockerHook {
            argv: argv.iter().map(|w| Text::from(w.as_str())).collect(),
            env: environment(item).into_iter().map(|(n, v)| (n.as_str().into(), v.as_str().into())).collect(),
            uid: user.as_deref().map(crate::scenario::container::user_id),
            cwd: item.get("working_dir").and_then(Node::text).map(Text::from),
        });
    }
    all
}

/// A list of names, or a mapping by name.
fn names(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
        _ => node.entries().iter().map(|e| e.key.clone()).collect(),
    }
}

fn environment(node: &Node) -> Vec<(String, String)> {
    let Some(node) = node.get("environment") else { return Vec::new() };
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(Node::text).map(pair).collect(),
        _ => node.entries().iter().map(|e| (e.key.clone(), plain(&e.value))).collect(),
    }
}

fn plain(node: &Node) -> String {
    match &node.kind {
        Kind::Text(text) => text.clone(),
        Kind::Int(n) => n.to_string(),
        Kind::Bool(b) => b.to_string(),
        _ => String::new(),
    }
}
