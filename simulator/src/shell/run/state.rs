//! The shell execution environment (XCU 2.13): variables, options, functions, jobs, traps. A fork copies it.
//!
//! Plain data with small accessors; what uses it is in the sibling modules.

pub use super::flags::Options;
pub use super::job::Job;
pub use super::variable::{Case, Value, Var};
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimTime;
use crate::shell::ast::Command;
use crate::trace::{Disposition, ExitStatus};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a trap is set on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrapOn {
    /// `EXIT` or 0.
    Exit,
    /// A signal.
    Signal(Signal),
    /// bash and ksh: `ERR`.
    Err,
    /// bash: `DEBUG`, `RETURN`: kept, never run.
    Other(&'static str),
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// What a call runs.
    pub body: Arc<Command>,
    /// The text that its spans point into.
    pub text: Arc<str>,
    /// Lines in front of that text.
    pub line: u32,
    /// Line on which its body begins.
    pub begins: u32,
}

/// A function or file that is being run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The function, or `source`.
    pub name: Arc<str>,
    /// File in which it stands.
    pub file: Arc<str>,
    /// Line of the call.
    pub line: u32,
}

/// Everything a fork copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Variables.
    pub vars: BTreeMap<String, Var>,
    /// Functions.
    pub functions: BTreeMap<Arc<str>, Function>,
    /// `$1` and on.
    pub positional: Vec<String>,
    /// `$0`
    pub arg0: String,
    /// Options.
    pub options: Options,
    /// `$?`
    pub status: u16,
    /// `$!`
    pub last_background: Option<Pid>,
    /// `$$`
    pub pid: Pid,
    /// Jobs that `wait` still knows.
    pub jobs: Vec<Job>,
    /// Children that were collected and are in no job.
    pub collected: Vec<(Pid, ExitStatus)>,
    /// Statuses of jobs that are no longer in the table.
    pub answers: BTreeMap<Pid, u16>,
    /// Signals that were noted when fork(2) was called.
    pub caught_at_fork: SignalSet,
    /// The handlers for terminating signals that come with an EXIT trap are in force.
    pub watches: bool,
    /// What a signal did when it was first named in a trap: that comes back when the trap is reset.
    pub originals: BTreeMap<Signal, Disposition>,
    /// Loops around the command whose process this is.
    pub outer_loops: usize,
    /// It is the process of a `$( )`, or of something in one.
    pub in_substitution: bool,
    /// This process was made for a `( )`, which has not begun: what a subshell sets up has been done.
    pub entered: bool,
    /// Streams of redirections, where several count.
    pub streams: super::multios::Pending,
    /// `set -e` spares the command that runs, where that holds until the next begins.
    pub spared: bool,
    /// A background job that is one simple command, of which no builtin has run.
    pub plain_job: bool,
    /// The line that the parser has reached.
    pub parsed_line: u32,
    /// The latest child, other than that of a substitution.
    pub last_made: Option<Pid>,
    /// A child that this process takes for its own, and whether a command has run since.
    pub missing_child: Option<(Pid, bool)>,
    /// `trap - INT` was said: INT ends the shell while it does not wait for a job in the foreground.
    pub hears_int: bool,
    /// Signals in the order in which they came; some have been acted on, or lost, since.
    pub arrived: Vec<Signal>,
    /// A program has run since signals were put off, so that they have their turn inside the trap.
    pub ran_in_trap: bool,
    /// The signal that was acted on last while others waited.
    pub acted_last: Option<Signal>,
    /// Signals whose traps run behind the one that runs, or with that of the next signal.
    pub put_off: SignalSet,
    /// INT acts behind all others that have come.
    pub int_last: bool,
    /// Signals whose traps only run with that of the next signal.
    pub stranded: SignalSet,
    /// Signals that came to a `$( )` inside the shell: their traps run behind the next command.
    pub behind: SignalSet,
    /// How many functions ran where those loops are.
    pub outer_functions: usize,
    /// The latest simple command was `wait`.
    pub waited_last: bool,
    /// It ignores the signals of a terminal because it is the process of a `$( )` with `set -m`.
    pub ignores_terminal: bool,
    /// INT came while the shell waited for the job in the foreground.
    pub int_came: bool,
    /// Traps and their actions; empty: ignored.
    pub traps: BTreeMap<TrapOn, Arc<str>>,
    /// Traps of the shell around, which are listed here although they are not set.
    pub outer_traps: BTreeMap<TrapOn, Arc<str>>,
    /// The EXIT traps of what is around the functions that have one of their own, with how many functions run there.
    pub outer_exits: Vec<(usize, Option<Arc<str>>)>,
    /// Of the signals that `trap` has named in this process, that of the highest number (ksh93 `sh.st.trapmax`).
    pub highest_trap: Option<Signal>,
    /// A trap with an action was set at some time.
    pub had_action: bool,
    /// Signals that were caught and not yet acted on.
    pub caught: SignalSet,
    /// Signals whose trap was reset.
    pub traps_reset: SignalSet,
    /// A signal has ended it while a job was in the foreground: it lets a second pass and leaves.
    pub last_second: bool,
    /// What `$?` was before each substitution of the words that are being expanded.
    pub statuses: Vec<u16>,
    /// It was called with `-i`, and this is no child of that shell.
    pub interactive: bool,
    /// A job whose function may replace it: there is nothing more to be read.
    pub all_read: bool,
    /// Signals that were ignored when the program was started.
    pub found_ignored: SignalSet,
    /// Signals that were ignored when the shell started: they stay so (XCU 2.11).
    pub ignored_at_start: SignalSet,
    /// In a subshell.
    pub subshell: bool,
    /// Subshells inside each other.
    pub subshells: u32,
    /// Subshells inside each other that are no processes.
    pub inner: u32,
    /// This is the process of one program, which it has not become yet.
    pub forked_command: bool,
    /// Such a subshell that has become a process.
    pub forked_subshell: bool,
    /// The process that such a subshell has become, for the shell that has left it.
    pub became_process: Option<Pid>,
    /// In such a subshell, the process that was started last, until it was waited for.
    pub unwaited: Option<Pid>,
    /// Files that such `$( )` have written to.
    pub outputs: u32,
    /// bash `shopt` options that are not as at the start.
    pub shopt_changed: std::collections::BTreeSet<&'static str>,
    /// `eval`, or the file read with `.`, whose text runs: some shells name it in messages.
    pub context: Option<Arc<str>>,
    /// The file that is being read and the line up to which it has been; none in `-c`, `eval` and traps.
    pub reading: Option<(Arc<str>, u32)>,
    /// The builtin or file that runs commands, also in functions and children of these: some shells name it in messages.
    pub running_in: Option<Arc<str>>,
    /// The line up to which the text that runs has been read.
    pub read_line: u32,
    /// A name was given behind the string of `-c`.
    pub named: bool,
    /// When a child's end was noticed that has not been looked for since.
    pub child_ended: Option<SimTime>,
    /// What is to be written to standard error and waits for the next line.
    pub held: String,
    /// Functions and files that are being run, innermost last.
    pub calls: Vec<Running>,
    /// `local -`: options to be put back, with how many functions were running.
    pub local_options: Vec<(usize, Options)>,
    /// Aliases.
    pub aliases: BTreeMap<String, String>,
    /// How often they have changed, or whether they are replaced.
    pub alias_changes: u32,
    /// How many conditions `set -e` does not look into.
    pub conditions: u32,
    /// Variables to be put back, one list a running function.
    pub locals: Vec<Vec<(String, Option<Var>)>>,
    /// Line that runs.
    pub line: u32,
    /// The function that runs stands on this line, where lines are counted from it; else 0.
    pub line_base: u32,
    /// Lines in front of a text of its own: it is counted from 1 also where the string of `-c` is counted from 0.
    pub lines_apart: u32,
    /// A script file runs, not `-c` or standard input.
    pub in_file: bool,
    /// Open pipes to process substitutions of the command that runs.
    pub process_fds: Vec<u32>,
    /// What `read` took from a descriptor beyond its end.
    pub read_ahead: Vec<(u32, String)>,
    /// umask(2)
    pub umask: u32,
    /// Limits that `ulimit` has set, by their letters.
    pub ulimits: BTreeMap<char, String>,
    /// How often fork(2) has been refused in a row.
    pub fork_tries: u8,
    /// Where `getopts` is inside an argument.
    pub getopts_at: usize,
    /// The signal whose trap runs now.
    pub in_trap: u32,
    /// Signals that came while their own trap ran.
    pub shelved: SignalSet,
    /// Handlers that come with the first program in the foreground are there.
    pub ran_program: bool,
    /// The last status is that of a child that a signal killed.
    pub child_died: bool,
    /// A signal ends the shell with this status, unless its EXIT trap says otherwise.
    pub ends_with: Option<u16>,
    /// The signal that ends the shell.
    pub ended_by: Option<Signal>,
    /// The EXIT trap runs or has run.
    pub exit_trap_ran: bool,
    /// An EXIT trap that ran for a signal has taken away the place that `exit` returns to, in texts of this depth, until
    /// the next command of the text begins.
    pub exit_lost_in: Option<u32>,
    /// It is a child that ends without its EXIT trap, unless by `exit`.
    pub skips_exit_trap: bool,
    /// This signal ends the shell, whatever its EXIT trap does.
    pub dies_with: Option<Signal>,
    /// The builtin that ran last.
    pub builtin: String,
    /// A substitution's status, for a command that has no name.
    pub substitution_status: Option<u16>,
    /// It is a background job that ignores INT and QUIT, but gives them back to its own programs.
    pub background_ignored: bool,
    /// It was forked for one command, and becomes it even if traps are set.
    pub is_command: bool,
    /// Signals whose traps run now.
    pub running_traps: SignalSet,
    /// A signal that came while its own trap ran, since the command that runs began: no trap runs, but `wait` ends.
    pub lost: Option<Signal>,
    /// The status that `exit` or a signal gave, where the EXIT trap cannot lose it.
    pub exit_status: Option<u16>,
    /// The shell's handler is there for these, whatever has become of them since (ksh93 `SH_SIGFAULT`).
    pub handled: SignalSet,
    /// The last member of a pipeline runs in the shell and is one simple command (ksh93 `sh.pipepid`).
    pub simple_member: bool,
    /// A signal has ended a pipeline whose last member ran in the shell: programs are not waited for (`sh.pipepid`).
    pub left_pipeline: bool,
    /// It is the process of a member of a pipeline, and not of the first.
    pub reads_pipe: bool,
    /// A subshell that is no process ends: signals wait until that is over.
    pub deferring: bool,
    /// The last of them.
    pub deferred: Option<Signal>,
    /// INT is blocked while a foreground command runs.
    pub int_blocked: bool,
    /// An EXIT trap of the parent still keeps the last command from replacing the shell.
    pub exit_trap_counts: bool,
    /// How the child ended that was collected last.
    pub last_ended: Option<ExitStatus>,
    /// What a subshell waits for at its end.
    pub awaited: Option<Pid>,
    /// The number of the job that the outermost subshell is.
    pub outer_job: u32,
    /// One was collected since a trap began inside `wait`, which that trap then does not end.
    pub child_seen: bool,
    /// It is a `$( )` whose shell ignores signals that its children do not.
    pub ignores_for_substitution: bool,
    /// `set -m` was on where the process was forked.
    pub monitored: bool,
    /// `set -m` was said, here or in a parent.
    pub monitor_said: bool,
    /// The latest simple command outside of traps.
    pub latest_command: Arc<str>,
    /// A trap ran where this process was made, to be the process of a `$( )`.
    pub of_trap: bool,
    /// How many `eval` and files read with `.` run, also in parents.
    pub evaluating: u32,
    /// It was forked where the text of a trap kept its line.
    pub line_is_kept: bool,
    /// How many `$( )` it runs in.
    pub substitutions: u32,
    /// Own handlers and ignored signals are in force.
    pub handlers: bool,
    /// bash: the directory stack below the working directory.
    pub directories: Vec<String>,
    /// Statuses of the last pipeline (`PIPESTATUS`).
    pub pipe_statuses: Vec<u16>,
}

impl State {
    /// A fresh environment.
    pub fn new(arg0: String, pid: Pid) -> State {
        State { arg0, pid, line: 1, read_line: 1, parsed_line: 1, umask: 0o022, ..State::default() }
    }

    /// The value of a variable, as one string.
    pub fn get(&self, name: &str) -> Option<String> {
        let var = self.vars.get(name)?;
        match &var.value {
            Value::Scalar(target) if var.reference && target != name => {
                self.vars.get(target).filter(|v| !v.reference).and_then(|_| self.get(target))
            }
            Value::Scalar(text) => Some(text.clone()),
            Value::Indexed(elements) => elements.get(&0).cloned(),
            Value::Named(elements) => elements.get("0").cloned(),
            Value::Unset => None,
        }
    }

    /// The number of the line that runs.
    pub fn line_number(&self) -> u32 {
        self.line.saturating_sub(self.line_base).saturating_sub(self.lines_apart)
    }

    /// Sets a variable; false if it is read-only.
    pub fn set(&mut self, name: &str, value: String) -> bool {
        let export = self.options.allexport;
        let var = self.vars.entry(name.to_string()).or_insert_with(|| Var::scalar(String::new()));
        if var.read_only {
            return false;
        }
        match &mut var.value {
            Value::Indexed(elements) => {
                elements.insert(0, value);
            }
            Value::Named(elements) => {
                elements.insert("0".into(), value);
            }
            scalar => *scalar = Value::Scalar(value),
        }
        var.exported |= export;
        true
    }

    /// A variable, made if it is not there.
    pub fn entry(&mut self, name: &str) -> &mut Var {
        self.vars.entry(name.to_string()).or_insert_with(|| Var { value: Value::Unset, ..Var::scalar(String::new()) })
    }

    /// Is there a trap with an action, on anything?
    pub fn has_action(&self) -> bool {
        self.traps.values().any(|action| !action.is_empty())
    }

    /// Notes how a process ended; false if no job holds it.
    pub fn record(&mut self, pid: Pid, status: ExitStatus) -> bool {
        self.last_ended = Some(status);
        self.child_seen = true;
        let mut known = false;
        for (holds, slot) in self.jobs.iter_mut().flat_map(|job| &mut job.processes) {
            if *holds == pid {
                known = true;
                *slot = Some(slot.unwrap_or(status));
            }
        }
        known
    }

    /// How a child ended that was collected before anything waited for it.
    pub fn take_collected(&mut self, pid: Pid) -> Option<ExitStatus> {
        let at = self.collected.iter().position(|(known, _)| *known == pid)?;
        Some(self.collected.swap_remove(at).1)
    }

    /// The next free `%n`.
    pub fn next_job_number(&self) -> u32 {
        self.jobs.iter().map(|j| j.number).max().unwrap_or(0) + 1
    }
}
