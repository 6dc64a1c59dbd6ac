//! What people do to the cluster during a run: delete, scale, restart, exec, signal.

use std::sync::Arc;

use super::docker::{self, DockerAction};
use super::node_input::{self, NodeAction};
use super::reader::Reader;
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::pod::yaml::{Kind, Node};

/// Most inputs of a scenario: each is one line that somebody typed.
const MOST_INPUTS: usize = 200;

/// One action and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// When, since the start of the run.
    pub at: SimTime,
    /// What.
    pub action: Action,
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `kubectl delete`: a pod, a workload with its pods, or everything.
    Delete {
        /// Of what.
        target: Target,
        /// `--grace-period`.
        grace: Option<i64>,
        /// `--force`.
        force: bool,
        /// `--now`.
        now: bool,
    },
    /// `kubectl scale --replicas`.
    Scale {
        /// The workload; the first one if not said.
        workload: Option<Text>,
        /// How many from now on.
        replicas: u32,
    },
    /// `kubectl rollout restart`: a new revision of the same pod template, and a rolling update to it.
    Restart {
        /// The workload; the first one if not said.
        workload: Option<Text>,
    },
    /// `kubectl apply` of a changed manifest or `kubectl set image`: a rolling update, if the pod template is another one.
    Update {
        /// The workload; for an image the first one if not said.
        workload: Option<Text>,
        /// What is new.
        to: NewTemplate,
    },
    /// `kubectl annotate pod POD controller.kubernetes.io/pod-deletion-cost=N`.
    Annotate {
        /// The pod; the first one if not said.
        pod: Option<Text>,
        /// Pods with a lower cost go first.
        deletion_cost: i32,
    },
    /// `kubectl exec POD -- ARGV`.
    Exec {
        /// The pod; the first one if not said.
        pod: Option<Text>,
        /// The container; the first one if not said.
        container: Option<Text>,
        /// Command.
        argv: Arc<[Text]>,
        /// What is typed into it.
        stdin: Option<Text>,
    },
    /// Something at the Docker daemon.
    Docker(DockerAction),
    /// `kill` from the node: a signal from outside to a process of a container.
    Signal {
        /// The pod; the first one if not said.
        pod: Option<Text>,
        /// The container; the first one if not said.
        container: Option<Text>,
        /// Its number in the container's PID namespace.
        pid: Pid,
        /// Which.
        signal: Signal,
    },
    /// Something that happens to a node, or from its side to a pod.
    Node(NodeAction),
}

/// Where the new pod template of an update comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewTemplate {
    /// A manifest of the draft that is not applied at the start.
    File(Text),
    /// The same template with another image.
    Image {
        /// The container; the first one if not said.
        container: Option<Text>,
        /// Its new image.
        image: Text,
    },
}

/// What a delete is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Everything in the manifests.
    All,
    /// One pod, by its name or the beginning of it.
    Pod(Text),
    /// A workload: its pods go with it.
    Workload(Text),
}

impl Action {
    /// The command that a person would type.
    pub fn command(&self) -> String {
        let on = |pod: &Option<Text>| pod.as_deref().unwrap_or("POD").to_owned();
        match self {
            Action::Delete { target, grace, force, now } => {
                let mut text = match target {
                    Target::All => "kubectl delete -f .".to_owned(),
                    Target::Pod(name) => format!("kubectl delete pod {name}"),
                    Target::Workload(name) => format!("kubectl delete {name}"),
                };
                if let Some(grace) = grace {
                    text.push_str(&format!(" --grace-period={grace}"));
                }
                text.push_str(if *force { " --force" } else { "" });
                text.push_str(if *now { " --now" } else { "" });
                text
            }
            Action::Scale { workload, replicas } => {
                format!("kubectl scale {} --replicas={replicas}", workload.as_deref().unwrap_or("deployment"))
            }
            Action::Restart { workload } => {
                format!("kubectl rollout restart {}", workload.as_deref().unwrap_or("deployment"))
            }
            Action::Update { to: NewTemplate::File(file), .. } => format!("kubectl apply -f {file}"),
            Action::Update { workload, to: NewTemplate::Image { container, image } } => {
                let on = workload.as_deref().unwrap_or("deployment");
                format!("kubectl set image {on} {}={image}", container.as_deref().unwrap_or("*"))
            }
            Action::Annotate { pod, deletion_cost } => {
                format!("kubectl annotate pod {} controller.kubernetes.io/pod-deletion-cost={deletion_cost}", on(pod))
            }
            Action::Exec { pod, argv, stdin, .. } => {
                let typed = stdin.as_deref().map_or(String::new(), |t| format!(" <<< {t:?}"));
                format!("kubectl exec {} -- {}{typed}", on(pod), argv.join(" "))
            }
            Action::Node(action) => action.command(),
            Action::Docker(action) => action.command(),
            Action::Signal { pod, pid, signal, .. } => format!("kill -{signal} {pid} (in {}, from the node)", on(pod)),
        }
    }
}

/// Reads the list `inputs` of a scenario under Docker or in a cluster.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, docker: bool) -> Vec<Input> {
    if !matches!(node.kind, Kind::List(_)) {
        reader.error(node.span, "inputs must be a list", "write - {at_ms: 20000, do: delete}");
        return Vec::new();
    }
    if let Some(extra) = node.items().get(MOST_INPUTS) {
        reader.error(extra.span, format!("more than {MOST_INPUTS} inputs"), "leave some out");
    }
    let mut inputs = Vec::new();
    for node in node.items().iter().take(MOST_INPUTS) {
        let Some(input) = read_one(reader, node) else { continue };
        misplaced(reader, node, &input.action, docker);
        inputs.push(input);
    }
    inputs.sort_by_key(|i| i.at);
    inputs
}

fn read_one(reader: &mut Reader<'_>, node: &Node) -> Option<Input> {
    if node.get("at_ms").is_none() {
        reader.error(node.span, "an input says when", "write at_ms: 20000, in milliseconds since the start of the run");
    }
    let at = reader.instant(node, "at_ms").unwrap_or(SimTime::ZERO);
    let Some(verb) = reader.text(node, "do") else {
        reader.error(node.span, "an input says what to do", known());
        return None;
    };
    let action = match verb.as_str() {
        "delete" => delete(reader, node),
        verb if DockerAction::VERBS.contains(&verb) => Action::Docker(docker::read_action(reader, node, verb)?),
        "scale" => {
            reader.only(node, "scale", &["at_ms", "do", "workload", "replicas"]);
            let replicas = reader.number(node, "replicas", 1_000).and_then(|n| u32::try_from(n).ok());
            let Some(replicas) = replicas else {
                reader.error(node.span, "scale needs the number of replicas", "write replicas: 1");
                return None;
            };
            Action::Scale { workload: text(reader, node, "workload"), replicas }
        }
        "restart" => {
            reader.only(node, "restart", &["at_ms", "do", "workload"]);
            Action::Restart { workload: text(reader, node, "workload") }
        }
        "update" => update(reader, node)?,
        "annotate" => annotate(reader, node)?,
        "exec" => exec(reader, node)?,
        "signal" => signal(reader, node)?,
        verb if node_input::VERBS.contains(&verb) => Action::Node(node_input::read(reader, node, verb)?),
        other => {
            reader.error(node.get("do").unwrap_or(node).span, format!("unknown action {other:?}"), known());
            return None;
        }
    };
    Some(Input { at, action })
}

fn text(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<Text> {
    reader.text(node, key).map(|t| Text::from(t.as_str()))
}

fn delete(reader: &mut Reader<'_>, node: &Node) -> Action {
    reader.only(node, "delete", &["at_ms", "do", "pod", "workload", "grace", "force", "now"]);
    let target = match (text(reader, node, "pod"), text(reader, node, "workload")) {
        (Some(pod), _) => Target::Pod(pod),
        (None, Some(workload)) => Target::Workload(workload),
        (None, None) => Target::All,
    };
    Action::Delete {
        target,
        grace: grace(reader, node),
        force: reader.flag(node, "force").unwrap_or(false),
        now: reader.flag(node, "now").unwrap_or(false),
    }
}

fn update(reader: &mut Reader<'_>, node: &Node) -> Option<Action> {
    reader.only(node, "update", &["at_ms", "do", "workload", "file", "image", "container"]);
    let (workload, container) = (text(reader, node, "workload"), text(reader, node, "container"));
    match (text(reader, node, "file"), text(reader, node, "image")) {
        (Some(file), None) => Some(Action::Update { workload, to: NewTemplate::File(file) }),
        (None, Some(image)) => Some(Action::Update { workload, to: NewTemplate::Image { container, image } }),
        (None, None) => Some(Action::Restart { workload }),
        (Some(_), Some(_)) => {
            reader.error(node.span, "an update has a file or an image, not both", "leave one out");
            None
        }
    }
}

fn annotate(reader: &mut Reader<'_>, node: &Node) -> Option<Action> {
    reader.only(node, "annotate", &["at_ms", "do", "pod", "deletion_cost"]);
    let cost = node.get("deletion_cost").and_then(|n| match n.kind {
        Kind::Int(n) => i32::try_from(n).ok(),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => None,
    });
    let Some(deletion_cost) = cost else {
        reader.error(node.span, "annotate needs a deletion cost", "write deletion_cost: -10");
        return None;
    };
    Some(Action::Annotate { pod: text(reader, node, "pod"), deletion_cost })
}

fn exec(reader: &mut Reader<'_>, node: &Node) -> Option<Action> {
    reader.only(node, "exec", &["at_ms", "do", "pod", "container", "argv", "stdin"]);
    let argv = reader.texts(node, "argv").unwrap_or_default();
    if argv.is_empty() {
        reader.error(node.span, "exec needs a command", "write argv: [ps, ax]");
        return None;
    }
    Some(Action::Exec {
        pod: text(reader, node, "pod"),
        container: text(reader, node, "container"),
        argv: argv.iter().map(|a| Text::from(a.as_str())).collect(),
        stdin: text(reader, node, "stdin"),
    })
}

fn signal(reader: &mut Reader<'_>, node: &Node) -> Option<Action> {
    reader.only(node, "signal", &["at_ms", "do", "pod", "container", "pid", "signal"]);
    let name = reader.text(node, "signal").unwrap_or_default();
    let Some(signal) = Signal::parse(&name) else {
        let at = node.get("signal").unwrap_or(node).span;
        reader.error(at, format!("{name:?} is not a signal"), "write signal: TERM");
        return None;
    };
    let pid = reader.number(node, "pid", 4_194_304).and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    let (pod, container) = (text(reader, node, "pod"), text(reader, node, "container"));
    Some(Action::Signal { pod, container, pid: Pid(pid), signal })
}

fn known() -> String {
    let (docker, node) = (DockerAction::VERBS.join(", "), node_input::VERBS.join(", "));
    format!("write do: delete, scale, update, restart, annotate, exec, signal, {node}; under Docker {docker}")
}

/// Remarks that an action of Docker does nothing in a cluster, and the other way round.
fn misplaced(reader: &mut Reader<'_>, node: &Node, action: &Action, docker: bool) {
    let help = match (action, docker) {
        (Action::Docker(_), false) => "this is a cluster; Docker takes its place with docker: docker run my-image",
        (Action::Scale { .. } | Action::Restart { .. } | Action::Update { .. }, true)
        | (Action::Annotate { .. } | Action::Node(_), true) => "only a cluster has that; under Docker write do: stop",
        (Action::Docker(_), true) | (Action::Delete { .. } | Action::Exec { .. } | Action::Signal { .. }, _) => return,
        (Action::Scale { .. } | Action::Restart { .. } | Action::Update { .. }, false)
        | (Action::Annotate { .. } | Action::Node(_), false) => return,
    };
    reader.warn(node.span, "this input does nothing", help);
}

pub(super) fn grace(reader: &mut Reader<'_>, node: &Node) -> Option<i64> {
    let value = node.get("grace")?;
    match value.kind {
        Kind::Int(n) => Some(n),
        _ => {
            reader.error(value.span, "grace must be a whole number of seconds", "write grace: 5");
            None
        }
    }
}
