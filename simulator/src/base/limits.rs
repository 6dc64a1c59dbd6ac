//! Every limit of the simulator, each a named constant or field with its reason.
//!
//! Two rows of one table: `INTERACTIVE` for the page, `BATCH` for the command line. A text that is too long is a located
//! message; a run that goes too far is a visible event with a rule, and its trace up to there stays usable.

use super::time::SimDuration;

/// What one run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events in the trace: one event is about 90 bytes, so 50,000 are 4.5 MB, which a phone holds.
    pub events: u32,
    /// Turns of the event loop, so that a run that records nothing (a busy loop) ends too.
    pub turns: u32,
    /// Live and zombie processes in one PID namespace; the default of the kubelet's pod pid limit is unlimited, 64 are
    /// enough to see the limit act.
    pub tasks_per_namespace: u32,
    /// Processes of the whole run, dead ones included.
    pub tasks: u32,
    /// System calls of one process at one instant, before it counts as computing and time passes.
    pub calls_per_instant: u32,
    /// Simulated time: longer than any grace period people set by accident.
    pub time: SimDuration,
    /// Bytes of log of the whole run.
    pub log_bytes: u32,
    /// Requests of the client.
    pub requests: u32,
    /// Pods alive or dead.
    pub pods: u32,
}

/// The page: a run has to fit a frame or two.
pub const INTERACTIVE: Limits = Limits {
    events: 50_000,
    turns: 400_000,
    tasks_per_namespace: 64,
    tasks: 4_000,
    calls_per_instant: 1_000,
    time: SimDuration::from_secs(3_600),
    log_bytes: 256 * 1024,
    requests: 20_000,
    pods: 50,
};

/// The command line and the benchmarks.
pub const BATCH: Limits = Limits {
    events: 5_000_000,
    turns: 40_000_000,
    tasks_per_namespace: 64,
    tasks: 100_000,
    calls_per_instant: 1_000,
    time: SimDuration::from_secs(24 * 3_600),
    log_bytes: 64 * 1024 * 1024,
    requests: 1_000_000,
    pods: 1_000,
};

/// Longest Dockerfile, in bytes: the longest of the official images has about 12 kB.
pub const DOCKERFILE_BYTES: usize = 16 * 1024;
/// Longest manifest file, in bytes.
pub const MANIFEST_BYTES: usize = 32 * 1024;
/// Longest script or source file, in bytes.
pub const SCRIPT_BYTES: usize = 32 * 1024;
/// Bytes that one pipe holds before the writer blocks; pipe(7): 16 pages.
pub const PIPE_BYTES: usize = 64 * 1024;
/// Connections that wait in one socket's backlog: the kernel's own bound, net.core.somaxconn since Linux 5.4 (listen(2)).
pub const BACKLOG: u32 = 4_096;
/// Aliases that are replaced in one complete command of a script: their values may name each other.
pub const ALIASES_REPLACED: usize = 256;
/// Nodes of one parsed script.
pub const SCRIPT_NODES: usize = 4_096;
/// Nesting of one parsed script: the parser is recursive, and wasm has 1 MB of stack.
pub const SCRIPT_DEPTH: usize = 64;
/// Files of a draft: a Dockerfile, a few manifests, what COPY brings.
pub const DRAFT_FILES: usize = 32;
/// Words and bytes that one expansion may produce; execve(2) allows 2 MB for argv and environment together.
pub const EXPANSION_BYTES: usize = 128 * 1024;
/// Nodes of all YAML trees of one file, aliases counted as often as they are used.
pub const MANIFEST_NODES: usize = 20_000;
/// Nesting of YAML: deeper than any Kubernetes object, and readers recurse on it.
pub const MANIFEST_DEPTH: usize = 48;
/// Objects in one file.
pub const MANIFEST_DOCUMENTS: usize = 200;
/// Remarks on one file: a person reads the first dozen.
pub const DIAGNOSTICS: usize = 100;
/// Nesting of `${NAME:-${NAME:-...}}` in a Dockerfile: its lexer is recursive.
pub const SUBSTITUTION_DEPTH: usize = 32;
/// Longest Dockerfile of the command line, in bytes.
pub const DOCKERFILE_BYTES_BATCH: usize = 256 * 1024;
/// Bytes that all substitutions and inherited environments of one build may produce together.
pub const BUILD_BYTES: usize = 4 * 1024 * 1024;
/// Instructions of one build, triggers included.
pub const BUILD_INSTRUCTIONS: usize = 4_096;
/// Stages of one Dockerfile.
pub const BUILD_STAGES: usize = 128;
/// Ports of one `EXPOSE` range and of one image: the whole range of numbers, once for each of two protocols.
pub const EXPOSED_PORTS: usize = 131_072;
/// Files of one image that the simulator keeps.
pub const IMAGE_FILES: usize = 1_024;
/// Idle connections that one proxy keeps to all pods together.
pub const IDLE_CONNECTIONS: usize = 4_096;
/// Consumers of endpoint lists.
pub const CONSUMERS: usize = 8;
/// Requests a second of one client.
pub const LOAD_PER_SECOND: u32 = 10_000;
/// Workloads of one scenario.
pub const WORKLOADS: usize = 50;
