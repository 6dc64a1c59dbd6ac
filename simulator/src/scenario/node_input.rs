//! What happens to nodes, and to pods from the side of their node: drain, eviction, shutdown, loss, restarts of the kubelet.

use super::reader::Reader;
use crate::base::Text;
use crate::base::time::SimDuration;
use crate::cluster::Drain;
use crate::kubelet::node::TOLERATION;
use crate::kubelet::shutdown::{Group, two_phases};
use crate::pod::yaml::{Kind, Node};

/// Most priority groups of a shutdown.
const MOST_GROUPS: usize = 16;
/// Longest period of a group, and the like, in seconds: more than every limit on simulated time.
const MOST_SECONDS: u64 = 86_400;

/// The verbs of this file.
pub(super) const VERBS: &[&str] = &[
    "drain",
    "uncordon",
    "evict",
    "pressure",
    "preempt",
    "oom",
    "shutdown",
    "lose_node",
    "return_node",
    "restart_kubelet",
    "remove_finalizers",
];

/// Something that happens to the node that most pods are on, or to one of its pods. A pod is named by its name or the
/// beginning of it; the first one if not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeAction {
    /// `kubectl drain`.
    Drain(Drain),
    /// `kubectl uncordon`.
    Uncordon,
    /// A call of the Eviction API for one pod.
    Evict {
        /// The pod.
        pod: Option<Text>,
        /// `gracePeriodSeconds` of the call.
        grace: Option<i64>,
    },
    /// The node is short of memory, and the kubelet evicts a pod.
    Pressure {
        /// The pod.
        pod: Option<Text>,
        /// A soft threshold, with `evictionMaxPodGracePeriod`; else a hard one.
        soft: Option<i64>,
    },
    /// A critical pod needs the room of this one.
    Preempt {
        /// The pod.
        pod: Option<Text>,
    },
    /// A container reaches its memory limit.
    OutOfMemory {
        /// The pod.
        pod: Option<Text>,
        /// The container; the first regular one if not said.
        container: Option<Text>,
    },
    /// The node shuts down, with the periods of its kubelet's configuration.
    ShutDown(Vec<Group>),
    /// The node is cut off, or loses its power.
    Lose {
        /// It loses its power.
        power: bool,
        /// How long pods tolerate that.
        toleration: SimDuration,
    },
    /// The node is there again.
    Return,
    /// The kubelet of the node is started anew.
    RestartKubelet,
    /// Somebody removes all finalizers of a pod.
    RemoveFinalizers {
        /// The pod.
        pod: Option<Text>,
    },
}

impl NodeAction {
    /// What a person would type or say.
    pub fn command(&self) -> String {
        let of = |pod: &Option<Text>| pod.as_deref().unwrap_or("POD").to_owned();
        match self {
            NodeAction::Drain(drain) => {
                let mut text = "kubectl drain node --ignore-daemonsets --delete-emptydir-data".to_owned();
                if let Some(grace) = drain.grace {
                    text.push_str(&format!(" --grace-period={grace}"));
                }
                if let Some(timeout) = drain.timeout {
                    text.push_str(&format!(" --timeout={}s", timeout.as_secs()));
                }
                text.push_str(if drain.force { " --force" } else { "" });
                text.push_str(if drain.delete { " --disable-eviction" } else { "" });
                text
            }
            NodeAction::Uncordon => "kubectl uncordon node".to_owned(),
            NodeAction::Evict { pod, .. } => format!("the Eviction API is called for {}", of(pod)),
            NodeAction::Pressure { soft: None, .. } => "the node is short of memory (hard threshold)".to_owned(),
            NodeAction::Pressure { soft: Some(most), .. } => {
                format!("the node is short of memory (soft threshold, evictionMaxPodGracePeriod {most})")
            }
            NodeAction::Preempt { pod } => format!("a critical pod needs the room of {}", of(pod)),
            NodeAction::OutOfMemory { pod, .. } => format!("a container of {} reaches its memory limit", of(pod)),
            NodeAction::ShutDown(_) => "systemctl poweroff (on the node)".to_owned(),
            NodeAction::Lose { power: false, .. } => "the node loses its network".to_owned(),
            NodeAction::Lose { power: true, .. } => "the node loses its power".to_owned(),
            NodeAction::Return => "the node is there again".to_owned(),
            NodeAction::RestartKubelet => "systemctl restart kubelet (on the node)".to_owned(),
            NodeAction::RemoveFinalizers { pod } => {
                format!("kubectl patch pod {} --type=merge -p '{{\"metadata\":{{\"finalizers\":null}}}}'", of(pod))
            }
        }
    }

    /// How long what it starts may go on, beside the pods' own grace periods.
    pub(super) fn length(&self) -> SimDuration {
        match self {
            NodeAction::Drain(drain) => drain.timeout.unwrap_or(SimDuration::from_secs(60)),
            NodeAction::ShutDown(groups) => {
                groups.iter().fold(SimDuration::ZERO, |sum, g| sum + SimDuration::from_secs(u64::from(g.seconds)))
            }
            NodeAction::Lose { toleration, .. } => SimDuration::from_secs(60) + *toleration,
            NodeAction::Uncordon
            | NodeAction::Evict { .. }
            | NodeAction::Pressure { .. }
            | NodeAction::Preempt { .. }
            | NodeAction::OutOfMemory { .. }
            | NodeAction::Return
            | NodeAction::RestartKubelet
            | NodeAction::RemoveFinalizers { .. } => SimDuration::ZERO,
        }
    }
}

/// Reads the fields of one of `VERBS`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, verb: &str) -> Option<NodeAction> {
    let fields: &[&str] = match verb {
        "drain" => &["at_ms", "do", "grace", "force", "timeout_s", "disable_eviction"],
        "evict" => &["at_ms", "do", "pod", "grace"],
        "pressure" => &["at_ms", "do", "pod", "soft", "max_grace_s"],
        "oom" => &["at_ms", "do", "pod", "container"],
        "preempt" | "remove_finalizers" => &["at_ms", "do", "pod"],
        "shutdown" => &["at_ms", "do", "grace_s", "critical_s", "groups"],
        "lose_node" => &["at_ms", "do", "power", "toleration_s"],
        _ => &["at_ms", "do"],
    };
    reader.only(node, verb, fields);
    let pod = reader.text(node, "pod").map(|t| Text::from(t.as_str()));
    Some(match verb {
        "drain" => NodeAction::Drain(Drain {
            grace: super::input::grace(reader, node),
            force: reader.flag(node, "force").unwrap_or(false),
            delete: reader.flag(node, "disable_eviction").unwrap_or(false),
            timeout: seconds(reader, node, "timeout_s").map(SimDuration::from_secs),
        }),
        "uncordon" => NodeAction::Uncordon,
        "evict" => NodeAction::Evict { pod, grace: super::input::grace(reader, node) },
        "pressure" => {
            let soft = reader.flag(node, "soft").unwrap_or(false);
            let most = seconds(reader, node, "max_grace_s");
            if let (Some(at), false) = (node.get("max_grace_s"), soft) {
                reader.error(at.span, "a hard threshold grants no grace period", "write soft: true, or leave this out");
            }
            NodeAction::Pressure { pod, soft: soft.then(|| most.and_then(|s| i64::try_from(s).ok()).unwrap_or(0)) }
        }
        "preempt" => NodeAction::Preempt { pod },
        "oom" => {
            let container = reader.text(node, "container").map(|t| Text::from(t.as_str()));
            NodeAction::OutOfMemory { pod, container }
        }
        "shutdown" => NodeAction::ShutDown(groups(reader, node)),
        "lose_node" => NodeAction::Lose {
            power: reader.flag(node, "power").unwrap_or(false),
            toleration: seconds(reader, node, "toleration_s").map_or(TOLERATION, SimDuration::from_secs),
        },
        "return_node" => NodeAction::Return,
        "restart_kubelet" => NodeAction::RestartKubelet,
        "remove_finalizers" => NodeAction::RemoveFinalizers { pod },
        _ => return None,
    })
}

fn seconds(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<u64> {
    reader.number(node, key, MOST_SECONDS)
}

/// The groups of a shutdown: `groups: [[0, 20], [100000, 10]]`, or the two of `grace_s` and `critical_s`.
fn groups(reader: &mut Reader<'_>, node: &Node) -> Vec<Group> {
    let short = |n: Option<u64>| n.and_then(|n| u32::try_from(n).ok());
    let Some(list) = node.get("groups") else {
        let total = short(seconds(reader, node, "grace_s")).unwrap_or(0);
        let critical = short(seconds(reader, node, "critical_s")).unwrap_or(0);
        if let Some(at) = node.get("critical_s").filter(|_| critical > total) {
            let message = "critical_s is a part of grace_s and cannot be more";
            reader.error(at.span, message, format!("write at most {total}, or a larger grace_s"));
        }
        return two_phases(total, critical);
    };
    if node.get("grace_s").is_some() || node.get("critical_s").is_some() {
        reader.error(list.span, "either groups, or grace_s and critical_s", "leave one of them out");
    }
    let mut groups = Vec::new();
    let number = |n: &Node| match n.kind {
        Kind::Int(n) => Some(n),
        _ => None,
    };
    for item in list.items().iter().take(MOST_GROUPS) {
        let pair = match item.items() {
            [priority, time] => number(priority).zip(number(time).and_then(|t| u32::try_from(t).ok())),
            _ => None,
        };
        match pair {
            Some((priority, seconds)) => groups.push(Group { priority, seconds }),
            None => reader.error(item.span, "a group is a priority and its seconds", "write [0, 20]"),
        }
    }
    if groups.is_empty() {
        reader.error(list.span, "groups must be a list of pairs", "write groups: [[0, 20], [2000000000, 10]]");
    }
    groups
}
