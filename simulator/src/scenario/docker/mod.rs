//! Docker in place of a cluster: `docker run` lines of `scenario.yaml`, or a Compose file, to containers ready to run.
//!
//! A command line is read with the flags of docker/cli cli/command/container/opts.go; what a Compose file says follows the
//! Compose specification (05-services.md). Both come to the same description. Not here: what the daemon does with it.

mod action;
mod compose;
mod run_line;

pub use action::DockerAction;
pub(super) use action::read as read_action;
pub(super) use compose::is_compose;

use std::fmt::Write as _;

use super::check::Checker;
use super::reader::Reader;
use super::settings::Settings;
use super::{DOCKERFILE, Draft, SCENARIO_FILE, container, strings};
use crate::base::Text;
use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::signal::Signal;
use crate::docker::{DEFAULT_TIMEOUT_S, DockerHook, DockerPlan, Restart};
use crate::inventory::{DockerFacts, Inventory, WorkloadFacts};
use crate::kubelet::StopSignal;
use crate::pod::yaml::{self, Kind, Node};
use crate::pod::{self, Api};
use crate::program::call;

/// A container as it was described, wherever that was.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Described {
    pub name: String,
    pub image: String,
    /// Replaces ENTRYPOINT and drops CMD.
    pub entrypoint: Option<Vec<String>>,
    /// Replaces CMD.
    pub command: Option<Vec<String>>,
    pub env: Vec<(String, String)>,
    pub user: Option<String>,
    pub working_dir: Option<String>,
    pub init: bool,
    /// 0 and less: no limit.
    pub pids_limit: Option<i64>,
    pub stop_signal: Option<String>,
    pub stop_timeout_s: Option<i64>,
    pub restart: Restart,
    pub terminal: bool,
    pub detached: bool,
    pub sig_proxy: Option<bool>,
    pub remove: bool,
    pub depends_on: Vec<String>,
    /// `pre_stop` of a Compose file.
    pub pre_stop: Vec<DockerHook>,
    /// Service of a Compose file.
    pub service: Option<String>,
    /// The line that makes it.
    pub line: String,
    /// Where it stands.
    pub span: Span,
}

/// The containers of a draft in which Docker runs and no cluster; none if there is a cluster.
pub(super) fn described(draft: &Draft, remarks: &mut Vec<Diagnostic>) -> Option<(String, Vec<Described>)> {
    let own = draft.files.get(SCENARIO_FILE).and_then(|text| {
        let (documents, _) = yaml::read(SCENARIO_FILE, text);
        let node = documents.first()?.get("docker")?.clone();
        Some((text.as_str(), node))
    });
    if let Some((text, node)) = own {
        let mut reader = Reader { file: SCENARIO_FILE, text, diagnostics: Vec::new() };
        let lines = lines(&mut reader, draft, &node);
        remarks.append(&mut reader.diagnostics);
        return Some((SCENARIO_FILE.to_owned(), lines));
    }
    let manifests = draft.files.keys().any(|name| super::check::is_manifest(name));
    let (name, text) = draft.files.iter().find(|(name, _)| is_compose(name))?;
    if manifests {
        let remark = Diagnostic::new(name, text, Span::default(), Severity::Note, "the Compose file is not used");
        remarks.push(remark.with_help("there are Kubernetes manifests; write docker: in scenario.yaml to run Docker"));
        return None;
    }
    Some((name.clone(), compose::read(name, text, draft, remarks)))
}

/// `docker: docker run ...`, or a list of such lines; `docker: true` runs the image of the Dockerfile.
fn lines(reader: &mut Reader<'_>, draft: &Draft, node: &Node) -> Vec<Described> {
    let items: Vec<&Node> = match &node.kind {
        Kind::List(items) => items.iter().collect(),
        Kind::Bool(true) | Kind::Null => {
            let image = if draft.files.contains_key(DOCKERFILE) { "app" } else { "" };
            return vec![Described {
                name: "app".to_owned(),
                image: image.to_owned(),
                line: "docker run --name app app".to_owned(),
                span: node.span,
                ..Described::default()
            }];
        }
        _ => vec![node],
    };
    let mut all: Vec<Described> = Vec::new();
    for item in items {
        let Some(line) = item.text() else {
            reader.error(item.span, "docker: takes command lines", "write docker: docker run --name web my-image");
            continue;
        };
        match run_line::read(line, all.len()) {
            Ok(described) if all.iter().any(|d| d.name == described.name) => {
                let name = &described.name;
                let message = format!("Conflict. The container name \"/{name}\" is already in use");
                reader.error(item.span, message, "write another --name");
            }
            Ok(described) => all.push(Described { span: item.span, ..described }),
            Err((message, help)) => reader.error(item.span, message, help),
        }
    }
    all
}

impl Checker<'_> {
    /// The plans of the containers; none if one of them cannot be made.
    pub(super) fn docker(&mut self, file: &str, all: &[Described], settings: &Settings) -> Option<Vec<DockerPlan>> {
        if all.is_empty() {
            let help = match file {
                SCENARIO_FILE => "name an image: docker run my-image",
                _ => "add a service with an image or a build",
            };
            if !self.has_errors() {
                self.error(file, "there is nothing to run", help);
            }
            return None;
        }
        let plans: Vec<Option<DockerPlan>> = all.iter().map(|d| self.container_of(file, d, all, settings)).collect();
        plans.into_iter().collect()
    }

    fn container_of(
        &mut self,
        file: &str,
        d: &Described,
        all: &[Described],
        settings: &Settings,
    ) -> Option<DockerPlan> {
        let text = self.draft.files.get(file).map_or("", String::as_str);
        let image = self.image(&d.image, file, d.span)?;
        let fail =
            |message: String, help: &str| Diagnostic::new(file, text, d.span, Severity::Error, message).with_help(help);
        // The fields mean the same as in a pod: entrypoint is its command, command its args.
        let (manifests, problems) = pod::parse("container", &manifest(d), Api::of_minor(settings.kubernetes.minor()));
        let Some(workload) = manifests.workloads.first() else {
            let why = problems.first().map_or("", |p| p.message.as_str()).to_owned();
            self.remarks.push(fail(format!("the container {} cannot be made: {why}", d.name), "correct its name"));
            return None;
        };
        let spec = workload.pod.containers.first()?;
        let programs = call::Settings { card: settings.app.clone() };
        let mut container = match container::plan(&workload.pod, spec, &image, &manifests, &programs) {
            Ok(plan) => plan,
            Err(_) => {
                let help = "name a command behind the image, or CMD in the Dockerfile";
                self.remarks.push(fail("docker: Error response from daemon: no command specified".to_owned(), help));
                return None;
            }
        };
        let words = |list: &Option<Vec<String>>| {
            list.as_ref().map(|words| words.iter().map(|word| (word.clone(), d.span)).collect::<Vec<_>>())
        };
        let (entrypoint, command) = (words(&d.entrypoint), words(&d.command));
        let dockerfile = self.dockerfile_of(&d.image).map_or("", |(name, _)| name);
        let own = (entrypoint.as_deref(), command.as_deref());
        let remarks = strings::of_start(self.draft, file, own, &image, dockerfile);
        self.add(remarks.into_iter());
        container.files.remove(&spec.termination_message_path.value);
        if let Some(name) = &d.stop_signal {
            match Signal::parse(name) {
                Some(signal) => container.stop_signal = StopSignal::Known(signal),
                None => {
                    let help = "write a name such as SIGTERM, or a number";
                    self.remarks.push(fail(format!("invalid signal: {name}"), help));
                    return None;
                }
            }
        }
        let place = |name: &String| all.iter().position(|d| d.service.as_ref() == Some(name));
        let plan = DockerPlan {
            name: d.name.as_str().into(),
            image: d.image.as_str().into(),
            container,
            runtime: settings.runtime,
            init: false,
            pids_limit: d.pids_limit.filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok()),
            stop_timeout_s: d.stop_timeout_s.unwrap_or(DEFAULT_TIMEOUT_S),
            restart: d.restart,
            terminal: d.terminal && !d.detached,
            sig_proxy: d.sig_proxy.unwrap_or(true) && !d.detached,
            remove: d.remove,
            depends_on: d.depends_on.iter().filter_map(place).collect(),
            pre_stop: d.pre_stop.clone(),
            command: d.line.as_str().into(),
        };
        Some(if d.init { plan.with_init() } else { plan })
    }
}

/// A pod that says the same. `$` is doubled: Docker expands nothing in arguments.
fn manifest(d: &Described) -> String {
    let quoted = |words: &[String]| {
        let all: Vec<String> = words.iter().map(|w| quote(&w.replace('$', "$$"))).collect();
        format!("[{}]", all.join(", "))
    };
    let mut text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {}}}\nspec:\n  containers:\n  - name: main\n    image: {}\n",
        quote(&d.name.replace('_', "-").to_lowercase()),
        quote(&d.image)
    );
    // Writing to a string does not fail.
    if let Some(words) = &d.entrypoint {
        let _ = writeln!(text, "    command: {}", quoted(words));
    }
    if let Some(words) = &d.command {
        let _ = writeln!(text, "    args: {}", quoted(words));
    }
    if let Some(directory) = &d.working_dir {
        let _ = writeln!(text, "    workingDir: {}", quote(directory));
    }
    if let Some(user) = d.user.as_deref().and_then(|u| u.split(':').next()?.parse::<u32>().ok()) {
        let _ = writeln!(text, "    securityContext: {{runAsUser: {user}}}");
    }
    if !d.env.is_empty() {
        text.push_str("    env:\n");
        for (name, value) in &d.env {
            let _ = writeln!(text, "    - {{name: {}, value: {}}}", quote(name), quote(&value.replace('$', "$$")));
        }
    }
    text
}

/// A word in double quotes.
fn quote(word: &str) -> String {
    let mut text = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// What the terminal prints of the containers.
pub(super) fn inventory(minor: u8, all: &[Described], plans: &[DockerPlan]) -> Inventory {
    let workload = |(d, plan): (&Described, &DockerPlan)| {
        let restart = match plan.restart {
            Restart::No => "no".to_owned(),
            Restart::OnFailure(_) => "on-failure".to_owned(),
            Restart::Always => "always".to_owned(),
        };
        let facts = DockerFacts {
            init: plan.init,
            terminal: d.terminal,
            detached: d.detached,
            restart: Text::from(restart.as_str()),
            stop_timeout_s: d.stop_timeout_s,
            stop_signal: d.stop_signal.as_deref().map(Text::from),
            service: d.service.as_deref().map(Text::from),
        };
        WorkloadFacts {
            kind: "Container".into(),
            name: plan.name.clone(),
            namespace: "default".into(),
            replicas: 1,
            grace_s: plan.stop_timeout_s,
            containers: vec![super::inventory::docker(&plan.name, &plan.image, &plan.container)],
            docker: Some(facts),
            ..WorkloadFacts::default()
        }
    };
    Inventory { minor, workloads: all.iter().zip(plans).map(workload).collect(), services: Vec::new() }
}
