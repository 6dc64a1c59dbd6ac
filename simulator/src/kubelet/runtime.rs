//! Container runtimes: what differs between them, one row each.

use crate::base::id::Pid;

/// What a runtime does where runtimes differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// Its id in settings and links.
    pub id: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Number of the first process that a container's PID 1 forks: the runtime's own threads took the ones before.
    pub first_forked: Pid,
    /// Number of the first container's process in a shared PID namespace, after pause.
    pub first_shared: Pid,
    /// What it does with a STOPSIGNAL that is no signal.
    pub unknown_stop_signal: UnknownStopSignal,
    /// In a shared PID namespace, are a container's other processes killed when its main process ends?
    pub kills_leftovers: bool,
    /// Where this is known from.
    pub source: &'static str,
}

/// What is done with a STOPSIGNAL that is no signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownStopSignal {
    /// SIGTERM is sent instead.
    Term,
    /// The stop fails; the container is killed with its sandbox, without any signal before.
    KilledWithSandbox,
}

/// containerd 1.7 and 2 with runc, as Kubernetes uses it since dockershim went.
pub static CONTAINERD: Runtime = Runtime {
    id: "containerd",
    name: "containerd and runc",
    first_forked: Pid(7),
    first_shared: Pid(7),
    unknown_stop_signal: UnknownStopSignal::KilledWithSandbox,
    kills_leftovers: true,
    source: "measured: Kubernetes 1.36.2 with containerd and runc (6 to 8); containerd container_stop.go, sandbox_stop.go, \
             runtime/v2/runc/util.go ShouldKillAllOnExit",
};

/// The Docker Engine under the kubelet, Kubernetes up to 1.23.
pub static DOCKERSHIM: Runtime = Runtime {
    id: "dockershim",
    name: "Docker through dockershim",
    first_forked: Pid(6),
    first_shared: Pid(6),
    unknown_stop_signal: UnknownStopSignal::Term,
    kills_leftovers: true,
    source: "ps listings of articles of that time; moby container.go StopSignal",
};

/// Docker around 2017, whose helper processes used more numbers.
pub static DOCKER_2017: Runtime = Runtime {
    id: "docker-2017",
    name: "Docker of 2017",
    first_forked: Pid(8),
    first_shared: Pid(8),
    unknown_stop_signal: UnknownStopSignal::Term,
    kills_leftovers: true,
    source: "ps listings of articles of that time",
};

/// All rows; the first is the default.
pub static ALL: &[&Runtime] = &[&CONTAINERD, &DOCKERSHIM, &DOCKER_2017];

/// The row of this id.
pub fn by_id(id: &str) -> Option<&'static Runtime> {
    ALL.iter().copied().find(|r| r.id == id)
}
