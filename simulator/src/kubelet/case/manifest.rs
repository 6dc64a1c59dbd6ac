//! A case as a pod: the manifest that a person would write, read by the reader of manifests, and what its containers run.

use std::fmt::Write as _;
use std::sync::Arc;

use super::input::{Container, Failure, Hook, Input};
use super::run::{BOOT, PORT};
use super::script;
use super::trigger::Story;
use crate::base::Text;
use crate::base::diagnostic::Severity;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::kernel::fs::FileSystem;
use crate::kubelet::latency;
use crate::kubelet::runtime;
use crate::kubelet::{ContainerPlan, HttpAnswer, NodeSettings, PodPlan, StopSignal, Version};
use crate::pod::{self, Api};
use crate::program::behaviour::{Card, Reaction, Step};
use crate::program::call::{Binary, Env, Settings};
use crate::program::environment::Environment;

/// What became of the manifest.
pub(super) enum Made {
    /// A pod.
    Plan(Box<PodPlan>),
    /// The API server would not take it.
    Rejected,
}

/// The name of the regular container of a case that lists sidecars only.
pub(super) const UNLISTED: &str = "main";
/// Signal that a hook sends to make the application end.
const END_SIGNAL: Signal = Signal::USR1;
/// Path of the hooks' requests.
const PATH: &str = "/hook";
/// Path of the probes' requests.
const HEALTH: &str = "/health";
/// The shell of the containers: Debian 12's.
const SHELL: &str = "dash-0.5.12-bookworm";

/// The containers of a case, with one more where it leaves one out.
pub(super) fn containers(input: &Input, story: &Story) -> Vec<Container> {
    let mut all = input.containers.clone();
    for (i, c) in all.iter_mut().enumerate() {
        c.name.get_or_insert_with(|| format!("c{i}"));
    }
    if !all.iter().any(|c| matches!(c.role.as_deref(), None | Some("regular"))) {
        let name = if all.is_empty() { "c0" } else { UNLISTED };
        let pid1 = story.regular_ends.then(|| "exits 0 by itself at t=0".to_owned());
        all.push(Container { name: Some(name.to_owned()), pid1, ..Container::default() });
    }
    all
}

/// Makes the pod.
pub(super) fn plan(input: &Input, story: &Story, version: Version) -> Result<Made, String> {
    let all = containers(input, story);
    let mut api = Api::of_minor(version.minor());
    api.container_stop_signals |=
        input.stop_signal.as_ref().is_some_and(|s| s.contains("lifecycle") && s.contains("on"));
    let gate = api.container_stop_signals;
    let text = manifest(input, story, &all);
    let (manifests, remarks) = pod::parse("pod.yaml", &text, api);
    if remarks.iter().any(|r| r.severity == Severity::Error) {
        return Ok(Made::Rejected);
    }
    let workload = manifests.workloads.into_iter().next().ok_or("there is no pod in the case")?;
    let of = |regular: bool| {
        let wanted = all.iter().filter(move |c| is_regular(c) == regular);
        wanted.map(|c| container(input, story, c)).collect::<Result<Vec<_>, String>>()
    };
    Ok(Made::Plan(Box::new(PodPlan {
        spec: Arc::new(workload.pod),
        containers: of(true)?,
        init_containers: of(false)?,
        kubernetes: version,
        runtime: &runtime::CONTAINERD,
        container_stop_signals: gate,
        gated: false,
        node: node(input),
        latencies: &latency::NONE,
    })))
}

/// Settings of the node that the trigger names.
fn node(input: &Input) -> NodeSettings {
    let mut node = NodeSettings::default();
    let text = input.trigger.as_deref().unwrap_or("");
    if text.contains("ReduceDefaultCrashLoopBackOffDecay") {
        let (first, longest) = (SimDuration::from_secs(1), SimDuration::from_secs(60));
        node = NodeSettings { first_back_off: first, longest_back_off: longest, ..node };
    }
    let period = script::number_after(text, "axContainerRestartPeriod=").and_then(|p| u64::try_from(p).ok());
    node.longest_back_off = period.map_or(node.longest_back_off, SimDuration::from_secs);
    node
}

fn is_regular(container: &Container) -> bool {
    !matches!(container.role.as_deref(), Some("sidecar" | "init"))
}

/// Time from the start of the pod to the time 0 of the case.
pub(super) fn boot(story: &Story) -> SimDuration {
    match (story.from_start, story.deeds.is_empty()) {
        (false, _) => BOOT,
        (true, true) => SimDuration::ZERO,
        // The pod has just begun to start.
        (true, false) => SimDuration::from_millis(1),
    }
}

fn manifest(input: &Input, story: &Story, all: &[Container]) -> String {
    let never = story.regular_ends || story.over.is_some();
    let policy = if never { "Never" } else { input.restart_policy.as_deref().unwrap_or("Always") };
    let mut out = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: pod}}\nspec:\n  restartPolicy: {policy}\n");
    if let Some(grace) = input.termination_grace_period_seconds {
        let _ = writeln!(out, "  terminationGracePeriodSeconds: {grace}");
    }
    if input.share_process_namespace {
        out.push_str("  shareProcessNamespace: true\n");
    }
    out.push_str("  os: {name: linux}\n");
    for (key, regular) in [("initContainers", false), ("containers", true)] {
        let mut some = all.iter().filter(|c| is_regular(c) == regular).peekable();
        if some.peek().is_some() {
            let _ = writeln!(out, "  {key}:");
        }
        for c in some {
            container_yaml(&mut out, input, story, c);
        }
    }
    out
}

fn container_yaml(out: &mut String, input: &Input, story: &Story, c: &Container) {
    let _ = writeln!(out, "  - name: {}\n    image: app", c.name.as_deref().unwrap_or("c"));
    if c.role.as_deref() == Some("sidecar") {
        out.push_str("    restartPolicy: Always\n");
    }
    let post_start = story
        .post_start
        .map(|(time, code)| format!("{{exec: {{command: [/bin/sh, -c, \"sleep {}; exit {code}\"]}}}}", decimal(time)));
    let post_start = post_start.or_else(|| c.post_start.as_ref().map(action));
    let pre_stop = c.pre_stop.as_ref().map(action);
    let signal = stop_text(input, c)
        .filter(|s| s.contains("lifecycle"))
        .and_then(|s| Some(s.split_whitespace().next()?.to_owned()));
    if post_start.is_some() || pre_stop.is_some() || signal.is_some() {
        out.push_str("    lifecycle:\n");
    }
    for (key, value) in [("postStart", post_start), ("preStop", pre_stop), ("stopSignal", signal)] {
        if let Some(value) = value {
            let _ = writeln!(out, "      {key}: {value}");
        }
    }
    if let Some((kind, grace)) = story.probe {
        let own = c.liveness_probe.as_ref().and_then(|p| p.termination_grace_period_seconds);
        let grace = grace.or(own).map(|g| format!(", terminationGracePeriodSeconds: {g}")).unwrap_or_default();
        // A startup probe is asked until it succeeds for the first time: here it begins at the time 0.
        let delay = if kind == "startup" { BOOT.as_secs() } else { 0 };
        let _ = writeln!(
            out,
            "    {kind}Probe: {{httpGet: {{path: {HEALTH}, port: {PORT}}}, initialDelaySeconds: {delay}, \
             periodSeconds: 1, failureThreshold: 1{grace}}}"
        );
    }
}

fn decimal(time: SimDuration) -> String {
    format!("{}.{:06}", time.as_secs(), time.as_micros() % 1_000_000)
}

fn action(hook: &Hook) -> String {
    let time = hook.duration_seconds.map(|s| s.0).unwrap_or_default();
    match hook.kind.as_str() {
        "sleep" => format!("{{sleep: {{seconds: {}}}}}", time.as_secs()),
        "httpGet" => format!("{{httpGet: {{path: {PATH}, port: {PORT}}}}}"),
        "tcpSocket" => format!("{{tcpSocket: {{port: {PORT}}}}}"),
        _ => {
            let words = command(hook, time);
            let words: Vec<String> = words.iter().map(|w| format!("{w:?}")).collect();
            format!("{{exec: {{command: [{}]}}}}", words.join(", "))
        }
    }
}

fn command(hook: &Hook, time: SimDuration) -> Vec<String> {
    let missing = hook.fails.as_ref().is_some_and(|f| f.reason().contains("no such file"));
    if let Some(command) = hook.command.as_ref().filter(|_| !missing) {
        return command.clone();
    }
    let time = decimal(time);
    let script = if hook.fails.as_ref().is_some_and(Failure::is_failure) || hook.exit_code.is_some_and(|c| c != 0) {
        if missing {
            return vec!["/not/in/the/image".to_owned()];
        }
        format!("sleep {time}; exit {}", hook.exit_code.unwrap_or(1))
    } else if hook.makes_app_exit_after_seconds.is_some() {
        format!("kill -USR1 1; sleep {time}")
    } else {
        return vec!["/bin/sleep".to_owned(), time];
    };
    vec!["/bin/sh".to_owned(), "-c".to_owned(), script]
}

/// The words about a container's stop signal.
fn stop_text<'a>(input: &'a Input, container: &'a Container) -> Option<&'a String> {
    container.stop_signal.as_ref().or(input.stop_signal.as_ref())
}

/// What the image sets: `SIGTERM (image default)` sets nothing.
fn stop_signal(input: &Input, container: &Container) -> StopSignal {
    let Some(text) = stop_text(input, container).filter(|t| !t.contains("default") && !t.contains("lifecycle")) else {
        return StopSignal::Unset;
    };
    let word = text.split_whitespace().next().unwrap_or(text);
    Signal::parse(word).map_or_else(|| StopSignal::Unknown(word.into()), StopSignal::Known)
}

fn container(input: &Input, story: &Story, c: &Container) -> Result<ContainerPlan, String> {
    let image = stop_signal(input, c);
    let named = stop_text(input, c).and_then(|t| t.split_whitespace().next()).and_then(Signal::parse);
    let mut signals = vec![Signal::TERM];
    signals.extend(named.filter(|s| *s != Signal::TERM));
    let mut words = c.pid1.clone().unwrap_or_else(|| "exits 0 0s after stop signal".to_owned());
    if let Some(code) = story.over {
        words = format!("exits {code} at once");
    }
    let read = script::read(&words, &signals, boot(story));
    let mut script = read.ok_or_else(|| format!("what the main process does is not understood: {words}"))?;
    if let Some((code, run)) = story.crash {
        let wait = (run > SimDuration::ZERO).then_some(Step::Sleep(run));
        script.behaviour.start = wait.into_iter().chain([Step::Exit(code)]).collect();
    }
    if let Some(after) = c.pre_stop.as_ref().and_then(|h| h.makes_app_exit_after_seconds) {
        script.behaviour.on.insert(END_SIGNAL, Reaction::Handle(vec![Step::Sleep(after.0), Step::Exit(0)]));
    }
    let mut answers = Vec::new();
    let serves = |h: &&Hook| h.kind == "httpGet" && !h.fails.as_ref().is_some_and(Failure::is_failure);
    let hook = c.pre_stop.iter().chain(&c.post_start).find(serves);
    if let Some(hook) = hook {
        let after = hook.duration_seconds.map(|s| s.0).unwrap_or_default();
        let status = hook.http_status.unwrap_or(200);
        answers.push(HttpAnswer { path: PATH.into(), status, after, since: SimDuration::ZERO });
    }
    if story.probe.is_some() {
        answers.push(HttpAnswer { path: HEALTH.into(), status: 500, after: SimDuration::ZERO, since: boot(story) });
    }
    if !answers.is_empty() {
        script.behaviour.start.insert(0, Step::Listen(PORT));
    }
    let program = |name: &str| Binary::Program { name: name.into(), version: Text::from("") };
    let mut files = FileSystem::new();
    files.put_binary("/app", program("app"));
    files.put_binary("/bin/sh", Binary::Shell(SHELL.into()));
    files.put_binary("/bin/sleep", program("sleep"));
    let env: Environment = [(Text::from("PATH"), Text::from("/bin"))].into_iter().collect();
    Ok(ContainerPlan {
        argv: script.argv,
        env: Env::from(env),
        cwd: "/".into(),
        uid: 0,
        stop_signal: image,
        files,
        settings: Settings { card: Some(Arc::new(Card { behaviour: script.behaviour, amends: false })) },
        answers,
    })
}
