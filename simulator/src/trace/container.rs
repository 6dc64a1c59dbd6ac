//! What can happen to a container: the runtime's and the kubelet's view of it.

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::base::id::{PodId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::SimDuration;

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnContainer {
    /// The runtime made it.
    Created(Box<NewContainer>),
    /// Its main process runs.
    Started(TaskId),
    /// It could not be started: the runtime's words.
    StartFailed(Text),
    /// The runtime was asked to stop it: stop signal now, SIGKILL after the timeout.
    StopRequested {
        /// The stop signal that will be sent.
        signal: Signal,
        /// Until SIGKILL.
        timeout: SimDuration,
    },
    /// The runtime could not carry out the stop request: its words. The container ends with its sandbox.
    StopRefused(Text),
    /// Its memory limit is reached; the kernel's SIGKILL follows.
    OutOfMemory,
    /// The timeout of the stop request is over; SIGKILL follows.
    GraceExpired,
    /// It is to stop, but containers that have to stop before it still run: a sidecar waits for its turn.
    WaitsForTurn,
    /// Its main process ended in a shared PID namespace: the runtime kills this many that are left of it.
    LeftoversKilled(u32),
    /// A lifecycle hook began.
    HookStarted(Hook, HookKind),
    /// A lifecycle hook ended or the kubelet stopped waiting for it.
    HookEnded(Hook, HookResult),
    /// It became ready, or is no longer.
    Ready(bool),
    /// A probe's verdict changed, or it failed.
    Probed {
        /// Which probe.
        probe: Probe,
        /// What it found.
        ok: bool,
        /// The probe's words.
        message: Text,
    },
    /// Its main process ended; nothing of it runs any more.
    Exited(Box<ContainerEnd>),
    /// One of its `restartPolicyRules` holds for its exit code: it is started again.
    RestartRule {
        /// Which, from 1.
        number: u32,
        /// All containers of the pod are started again, init containers first.
        all: bool,
    },
    /// This container ended before; its next start waits so long from now on.
    BackOff(SimDuration),
    /// Its status says so from now on: waiting, CrashLoopBackOff. Before, it says how the last run ended.
    Waiting,
}

/// A container instance as it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContainer {
    /// Its pod; none under plain `docker run`.
    pub pod: PodId,
    /// Name in the pod spec; `POD` for the sandbox with its pause process.
    pub name: Text,
    /// Restarts so far.
    pub restarts: u32,
}

/// How a container ended, as its status shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerEnd {
    /// Exit code as the runtime reports it: 128 + n for a signal.
    pub code: u32,
    /// `Completed`, `Error`, `OOMKilled`, `StartError`.
    pub reason: Text,
    /// The termination message; empty if there is none.
    pub message: Text,
}

/// A lifecycle hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Hook {
    /// `lifecycle.postStart`.
    PostStart,
    /// `lifecycle.preStop`.
    PreStop,
}

/// How a hook is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HookKind {
    /// A process in the container.
    Exec,
    /// A request by the kubelet.
    HttpGet,
    /// A timer in the kubelet.
    Sleep,
    /// Accepted by validation, always fails.
    TcpSocket,
}

/// How a hook ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HookResult {
    /// Success.
    Done,
    /// A request was answered with this status code, which does not matter: success.
    Answered(u16),
    /// It failed: why. The termination goes on.
    Failed(Box<Text>),
    /// The grace period ran out first. It is not cancelled; it dies with the container.
    Overran,
    /// The container died under it.
    Killed,
}

/// A kind of probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Probe {
    /// `startupProbe`.
    Startup,
    /// `livenessProbe`.
    Liveness,
    /// `readinessProbe`.
    Readiness,
}

impl HookResult {
    /// It failed, for this reason.
    pub fn failed(why: &str) -> Self {
        HookResult::Failed(Box::new(why.into()))
    }
}
