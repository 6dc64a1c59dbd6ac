//! Settings of the cluster and of the run: versions, seed, client.

use std::sync::Arc;

use super::card;
use super::reader::Reader;
use crate::base::limits::INTERACTIVE;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::settings::{Connections, Consumer, Load, Own, Spacing, Spread};
use crate::cluster::{ClusterSettings, clients, consumers};
use crate::kubelet::latency::{self, Latencies};
use crate::kubelet::runtime::{self, Runtime};
use crate::kubelet::{HttpAnswer, NodeSettings, Version};
use crate::pod::yaml::{Kind, Node};
use crate::program::behaviour::Card;

/// Settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Version of the cluster.
    pub kubernetes: Version,
    /// The node's container runtime.
    pub runtime: &'static Runtime,
    /// How long the node takes for what it does.
    pub latencies: &'static Latencies,
    /// Is the feature gate ContainerStopSignals on?
    pub container_stop_signals: bool,
    /// Seed of all chance.
    pub seed: u64,
    /// Permutes what happens at the same instant; 0 is the order of scheduling.
    pub tie_salt: u64,
    /// End of the run; by itself some time after the last input.
    pub until: Option<SimTime>,
    /// The client, if there is one.
    pub load: Option<Load>,
    /// Those who send requests to pods by a copy of the endpoint list.
    pub consumers: Vec<Consumer>,
    /// What the application does, whatever program it is.
    pub app: Option<Arc<Card>>,
    /// Settings of the nodes' kubelets.
    pub node: NodeSettings,
    /// What servers answer to the kubelet's requests (probes, hooks), where it is not 200 at once.
    pub answers: Vec<HttpAnswer>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            kubernetes: Version::default(),
            runtime: &runtime::CONTAINERD,
            latencies: &latency::MEASURED,
            container_stop_signals: false,
            seed: 1,
            tie_salt: 0,
            until: None,
            load: None,
            consumers: ClusterSettings::default().consumers,
            app: None,
            node: NodeSettings::default(),
            answers: Vec::new(),
        }
    }
}

const FIELDS: &[&str] = &[
    "kubernetes",
    "runtime",
    "container_stop_signals",
    "restart_wait_s",
    "restart_wait_most_s",
    "pids_limit",
    "answers",
    "seed",
    "tie_salt",
    "end_ms",
    "traffic",
    "app",
];
const ANSWER_FIELDS: &[&str] = &["path", "status", "after_ms", "since_ms"];
/// Most rows of answers.
const MOST_ANSWERS: usize = 32;
const TRAFFIC_FIELDS: &[&str] = &[
    "per_s",
    "service_ms",
    "port",
    "start_ms",
    "end_ms",
    "timeout_ms",
    "keep_alive",
    "repeatable",
    "at_once",
    "jitter",
    "path",
    "lag_ms",
    "client",
    "idle_s",
    "tries",
    "answer_timeout_s",
    "deregistration_delay_s",
    "check_interval_s",
    "unhealthy_after",
];
/// When a client starts that says nothing else: pods are usually ready by then.
const LOAD_START: SimTime = SimTime::from_secs(5);
/// How long such a client goes on.
const LOAD_LENGTH: SimDuration = SimDuration::from_secs(60);
/// More requests a second than any figure can show; the limit on requests ends a run long before.
const MOST_PER_S: u64 = 10_000;

/// Reads the object `settings`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Settings {
    reader.only(node, "settings", FIELDS);
    let mut settings = Settings::default();
    if let Some(text) = reader.text(node, "kubernetes") {
        match Version::parse(&text) {
            Some(version) => settings.kubernetes = version,
            None => {
                at(reader, node, "kubernetes", format!("Kubernetes {text} has no rules here"), "write 1.20 to 1.36")
            }
        }
    }
    if let Some(text) = reader.text(node, "runtime") {
        match runtime::by_id(&text) {
            Some(row) => settings.runtime = row,
            None => {
                let known: Vec<&str> = runtime::ALL.iter().map(|row| row.id).collect();
                at(reader, node, "runtime", format!("unknown runtime {text}"), &format!("known: {}", known.join(", ")));
            }
        }
    }
    settings.container_stop_signals = reader.flag(node, "container_stop_signals").unwrap_or(false);
    node_settings(reader, node, &mut settings.node);
    settings.node.pids_limit = pids_limit(reader, node);
    settings.answers = answers(reader, node);
    settings.seed = reader.number(node, "seed", u64::MAX >> 1).unwrap_or(1);
    settings.tie_salt = reader.number(node, "tie_salt", u64::MAX >> 1).unwrap_or(0);
    settings.until = reader.instant(node, "end_ms");
    if let Some(node) = node.get("traffic") {
        settings.load = Some(load(reader, node));
        consumer(reader, node, &mut settings.consumers);
    }
    // KEP-1669: ProxyTerminatingEndpoints is on by default from 1.26 on.
    if settings.kubernetes.minor() < 26 {
        settings.consumers.iter_mut().for_each(|c| c.own.fallback = Some(false));
    }
    // A card that amends nothing says nothing.
    let says = |card: &Card| !card.amends || card.behaviour.says_something();
    settings.app = node.get("app").map(|n| card::read(reader, n)).filter(says).map(Arc::new);
    settings
}

/// The kubelet's podPidsLimit, and `--pids-limit` of docker run. The runtime itself needs one process to start a container.
fn pids_limit(reader: &mut Reader<'_>, node: &Node) -> Option<u32> {
    let number = reader.number(node, "pids_limit", u64::from(INTERACTIVE.tasks_per_namespace))?;
    if number == 0 {
        at(reader, node, "pids_limit", "pids_limit must be at least 1".to_owned(), "write a number from 1 to 64");
        return None;
    }
    u32::try_from(number).ok()
}

/// Waits before restarts: the kubelet's configuration and its feature gates.
fn node_settings(reader: &mut Reader<'_>, node: &Node, to: &mut NodeSettings) {
    // crashLoopBackOff.maxContainerRestartPeriod is at least 1 s and at most 300 s.
    let wait = |reader: &mut Reader<'_>, key| match reader.number(node, key, 300) {
        Some(0) => {
            at(reader, node, key, format!("{key} must be at least 1"), "write a number from 1 to 300");
            None
        }
        seconds => seconds.map(SimDuration::from_secs),
    };
    to.first_back_off = wait(reader, "restart_wait_s").unwrap_or(to.first_back_off);
    to.longest_back_off = wait(reader, "restart_wait_most_s").unwrap_or(to.longest_back_off);
}

/// The list `answers`.
fn answers(reader: &mut Reader<'_>, node: &Node) -> Vec<HttpAnswer> {
    let Some(list) = node.get("answers") else { return Vec::new() };
    if !matches!(list.kind, Kind::List(_)) {
        reader.error(list.span, "answers must be a list", "write - {path: /healthz, status: 500, since_ms: 10000}");
    }
    let row = |reader: &mut Reader<'_>, item: &Node| {
        reader.only(item, "an answer", ANSWER_FIELDS);
        let path = reader.text(item, "path").unwrap_or_else(|| "/".to_owned());
        let status = reader.number(item, "status", 599).and_then(|n| u16::try_from(n).ok()).unwrap_or(200);
        let after = reader.millis(item, "after_ms").unwrap_or_default();
        let since = reader.millis(item, "since_ms").unwrap_or_default();
        HttpAnswer { path: path.as_str().into(), status, after, since }
    };
    list.items().iter().take(MOST_ANSWERS).map(|item| row(reader, item)).collect()
}

fn at(reader: &mut Reader<'_>, node: &Node, key: &str, message: String, help: &str) {
    let span = node.get(key).map_or(node.span, |n| n.span);
    reader.error(span, message, help);
}

/// The client. It starts when pods are usually ready and goes on for a minute, if the file says nothing else.
fn load(reader: &mut Reader<'_>, node: &Node) -> Load {
    reader.only(node, "traffic", TRAFFIC_FIELDS);
    let per_s = reader.number(node, "per_s", MOST_PER_S).and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    let service = reader.millis(node, "service_ms").unwrap_or(SimDuration::from_millis(100));
    let start = reader.instant(node, "start_ms").unwrap_or(LOAD_START);
    let end = reader.instant(node, "end_ms").unwrap_or(start + LOAD_LENGTH);
    let mut load = Load::steady(per_s, service, start, end);
    if let Some(port) = reader.number(node, "port", 65_535).and_then(|n| u16::try_from(n).ok()) {
        load.port = port;
    }
    if let Some(timeout) = reader.millis(node, "timeout_ms") {
        load.timeout = timeout;
    }
    if reader.flag(node, "jitter") == Some(true) {
        load.spacing = Spacing::Jittered;
    }
    if let Some(at_once) = reader.number(node, "at_once", MOST_PER_S).and_then(|n| u32::try_from(n).ok()) {
        load.at_once = Some(at_once);
    }
    let kept = reader.number(node, "keep_alive", MOST_PER_S).and_then(|n| u32::try_from(n).ok());
    if let Some(connections) = kept.filter(|n| *n > 0) {
        load.connections = Connections::Kept { connections };
    }
    if let Some(repeatable) = reader.flag(node, "repeatable") {
        load.repeatable = repeatable;
    }
    if let Some(id) = reader.text(node, "client") {
        match clients::by_id(&id) {
            Some(row) => load.client = row,
            None => {
                let known: Vec<&str> = clients::ALL.iter().map(|row| row.id).collect();
                at(reader, node, "client", format!("unknown client {id:?}"), &format!("known: {}", known.join(", ")));
            }
        }
    }
    load
}

/// The one way that requests take.
fn consumer(reader: &mut Reader<'_>, node: &Node, consumers: &mut Vec<Consumer>) {
    if let Some(id) = reader.text(node, "path") {
        match consumers::by_id(&id) {
            Some(row) => *consumers = vec![Consumer::plain(row)],
            None => {
                let known: Vec<&str> = consumers::ALL.iter().map(|row| row.id).collect();
                at(reader, node, "path", format!("unknown path {id:?}"), &format!("known: {}", known.join(", ")));
            }
        }
    }
    let lag = node.get("lag_ms").and_then(|n| range(reader, n));
    let Some(consumer) = consumers.first_mut() else { return };
    if let Some((min, max)) = lag {
        consumer.lag = Some(Spread { min, max });
    }
    consumer.tries = reader.number(node, "tries", 10).and_then(|n| u8::try_from(n.max(1)).ok());
    consumer.own = Own {
        idle: reader.seconds(node, "idle_s"),
        answer: reader.seconds(node, "answer_timeout_s").filter(|time| *time > SimDuration::ZERO),
        delay: reader.seconds(node, "deregistration_delay_s"),
        interval: reader.seconds(node, "check_interval_s").filter(|time| *time > SimDuration::ZERO),
        unhealthy: reader.number(node, "unhealthy_after", 10).and_then(|n| u8::try_from(n.max(1)).ok()),
        fallback: None,
    };
    for key in ["deregistration_delay_s", "check_interval_s", "unhealthy_after"] {
        if consumer.row.targets.is_none() && node.get(key).is_some() {
            let id = consumer.row.id;
            at(
                reader,
                node,
                key,
                format!("{id} has no targets of its own"),
                "only alb, nlb and gcp check and drain pods",
            );
        }
    }
}

/// `[200, 1500]`, or one number for both ends.
fn range(reader: &mut Reader<'_>, node: &Node) -> Option<(SimDuration, SimDuration)> {
    let millis = |n: &Node| match n.kind {
        Kind::Int(n) => u64::try_from(n).ok().map(SimDuration::from_millis),
        _ => None,
    };
    let ends = match (&node.kind, node.items()) {
        (Kind::Int(_), _) => millis(node).map(|d| (d, d)),
        (_, [low, high]) => millis(low).zip(millis(high)),
        _ => None,
    };
    let ends = ends.filter(|(low, high)| low <= high);
    if ends.is_none() {
        reader.error(node.span, "lag_ms must be a range of milliseconds", "write [200, 1500]");
    }
    ends
}
