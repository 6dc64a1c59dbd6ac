//! What one run showed, in the same form from both arms.

use serde::Serialize;

/// One process as /proc shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// Its number in the namespace.
    pub pid: u32,
    /// Its parent's, 0 for PID 1.
    pub ppid: u32,
    /// Process group.
    pub pgid: u32,
    /// Session.
    pub sid: u32,
    /// `S` for waiting, `Z`, `T`, `R`.
    pub state: char,
    /// Name.
    pub comm: String,
    /// Arguments; empty for a zombie.
    pub argv: Vec<String>,
    /// Ignored signals.
    pub ign: Vec<String>,
    /// Caught signals. Shown, not judged: what a shell catches for itself has no effect of its own.
    pub cgt: Vec<String>,
    /// Blocked signals.
    pub blk: Vec<String>,
}

/// How PID 1 ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// By itself.
    Code(i32),
    /// By a signal, without `SIG`.
    Signal(String),
}

/// Everything that can be compared of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The tree before each signal and at the end; empty once PID 1 has ended.
    pub looks: Vec<Vec<Process>>,
    /// How PID 1 ended, if it did.
    pub status: Option<Status>,
    /// When, in milliseconds from the start.
    pub ended_ms: Option<u64>,
    /// What the helper programs logged, by process.
    pub events: Vec<String>,
    /// Lines on standard output and error.
    pub output: Vec<String>,
}

/// The lines of each process together: what different processes log at one instant has no order.
pub fn by_process(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.filter(|l| l.split(' ').count() > 2).collect();
    lines.sort_by_key(|l| l.split(' ').nth(1).and_then(|p| p.parse::<u32>().ok()).unwrap_or(0));
    lines
}
