//! A shell build as PID 1 of a bare PID namespace, with signals at given times: what can be seen before each of them
//! and at the end.
//!
//! The same sandbox as `shell`, without its waiting for a settled state, so that one run may get several signals. With
//! another `tie_salt` what happens at the same instant happens in another order: an outcome that changes is a race.

use super::sandbox::{Sandbox, own_order};
use super::shell::{HELPERS, Question};
use super::shell_tree::{Entry, tree};
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::cx::Stimulus;
use crate::program::call::Binary;
use crate::shell::variants::by_id;
use crate::trace::{ExitStatus, Sender};

/// Init programs that can be called in front of the shell.
const INITS: &[&str] = &["tini", "dumb-init", "catatonit"];

/// What is run, and what is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Play {
    /// The command.
    pub question: Question,
    /// Signals to PID 1 from outside the namespace, by time from the start.
    pub signals: Vec<(SimTime, Signal)>,
    /// When the run is looked at for the last time.
    pub until: SimTime,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The process tree right before each signal, and at the end; empty once PID 1 has ended.
    pub looks: Vec<Vec<Entry>>,
    /// How PID 1 ended, and when.
    pub ended: Option<(ExitStatus, SimTime)>,
    /// What the helpers logged, by process.
    pub events: Vec<String>,
    /// Lines on standard output and error.
    pub output: Vec<String>,
    /// The instants at which anything happened, in order.
    pub moments: Vec<SimTime>,
    /// The run went over a limit, so that it says nothing.
    pub exhausted: bool,
}

/// Runs it. `tie_salt` permutes what happens at one instant; 0 keeps the order of scheduling. The error is a message
/// for people.
pub fn play(play: &Play, tie_salt: u64) -> Result<Played, String> {
    let id = &play.question.shell;
    let row = by_id(id).ok_or_else(|| format!("no shell build {id}"))?;
    if play.question.argv.is_empty() {
        return Err("argv is empty".into());
    }
    let program = |name: &&'static str| (*name, Binary::Program { name: (*name).into(), version: "".into() });
    let programs: Vec<(&str, Binary)> = HELPERS.iter().chain(INITS).map(program).collect();
    let mut sandbox = Sandbox::salted(row, &play.question, &programs, &[], tie_salt)?;
    let mut looks = Vec::new();
    for &(at, signal) in &play.signals {
        looks.push(sandbox.look(at));
        if sandbox.ended().is_none() {
            let (kernel, cx, init) = (&mut sandbox.kernel, &mut sandbox.cx, sandbox.init);
            kernel.send(cx, init, signal, Sender::Outside);
            sandbox.note_end();
        }
    }
    looks.push(sandbox.look(play.until));
    let mut moments: Vec<SimTime> = sandbox.cx.trace().events().iter().map(|e| e.at).collect();
    moments.dedup();
    let end_time = sandbox.end_time;
    Ok(Played {
        looks,
        ended: sandbox.ended().map(|status| (status, end_time)),
        events: own_order(sandbox.events()),
        output: sandbox.output(),
        moments,
        exhausted: sandbox.cx.is_exhausted(),
    })
}

impl Sandbox {
    /// Lets everything happen up to a time; the tree then.
    fn look(&mut self, at: SimTime) -> Vec<Entry> {
        self.cx.at(at, Stimulus::Input(0));
        self.run_until(at);
        if self.ended().is_some() { Vec::new() } else { tree(&self.cx, self.namespace) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::shell::tree_shape;

    fn played(script: &str, signals: &[(u64, Signal)], until: u64) -> Played {
        let argv = ["sh", "-c", script].map(str::to_string).to_vec();
        let question = Question { shell: "dash-0.5.12-bookworm".into(), argv, script_file: None, stdin: None };
        let signals = signals.iter().map(|(at, s)| (SimTime::from_millis(*at), *s)).collect();
        play(&Play { question, signals, until: SimTime::from_millis(until) }, 0).unwrap()
    }

    #[test]
    fn signals_come_at_their_times_and_each_is_preceded_by_a_look() {
        let script = "trap 'echo one; trap \"exit 4\" TERM' TERM; while :; do sleep 0.2; done";
        let signals = [(500, Signal::TERM), (900, Signal::TERM)];
        let out = played(script, &signals, 2_000);
        assert_eq!(out.output, ["one"]);
        assert_eq!(out.ended, Some((ExitStatus::Exited(4), SimTime::from_millis(1_000))));
        let shapes: Vec<String> = out.looks.iter().map(|l| tree_shape(l)).collect();
        assert_eq!(shapes, ["sh[sleep]", "sh[sleep]", ""]);
    }

    #[test]
    fn a_signal_that_ends_pid_1_ends_the_run_at_that_instant() {
        let out = played("app", &[(300, Signal::KILL)], 1_000);
        assert_eq!(out.ended, Some((ExitStatus::Signaled(Signal::KILL), SimTime::from_millis(300))));
        assert_eq!(out.events, ["app 2 start ppid=1"]);
    }
}
