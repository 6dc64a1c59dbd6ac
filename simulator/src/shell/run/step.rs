//! The steps of the machine and which module carries each out.

use super::Shell;
use super::exec::By;
use super::inner::{Begin, Inner};
use super::multios::Multio;
use super::process::Fork;
use super::read::ReadLine;
use super::redirect::Apply;
use super::script::ScriptFrame;
use super::simple::Ready;
use super::state::Var;
use super::substitution::Capture;
use super::wait_builtin::WaitBuiltin;
use crate::base::Text;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::program::{Call, Fd, KillTarget, Resume, Sys};
use crate::shell::plan::{Body, Code, Hurdle, Place};
use crate::trace::Disposition;
use std::sync::Arc;

/// What is asked for at once by a shell that computes without end.
const LONG_WHILE: SimDuration = SimDuration::from_secs(3_600);

/// A loop in a frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loop {
    /// Behind the loop.
    pub exit: usize,
    /// The next turn.
    pub next: usize,
    /// `for`: variable and words to come, next one last.
    pub words: Option<(Arc<str>, Vec<String>)>,
    /// Status of the last body.
    pub status: u16,
    /// Conditions around the loop.
    pub conditions: u32,
    /// Redirections around the loop.
    pub redirects: usize,
}

impl Loop {
    /// Is it a `for` in its last turn?
    pub fn is_over(&self) -> bool {
        self.words.as_ref().is_some_and(|(_, rest)| rest.is_empty())
    }
}

/// A plan that runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub code: Code,
    pub pc: usize,
    pub loops: Vec<Loop>,
    /// Ends of the redirections that are in force.
    pub redirects: Vec<usize>,
    /// Words of a `for` that is about to begin.
    pub words: Option<(Arc<str>, Vec<String>)>,
    /// Text and first line, for functions that it defines.
    pub text: Arc<str>,
    pub line: u32,
    /// `eval` or the file that it is of.
    pub context: Option<Arc<str>>,
    /// The line from which lines are counted.
    pub line_base: u32,
    /// No trap was set when it began.
    pub began_without_traps: bool,
    /// See `State::reading`.
    pub reading: Option<(Arc<str>, u32)>,
}

impl Frame {
    pub fn new(code: Code, text: Arc<str>, line: u32) -> Frame {
        Frame {
            code,
            pc: 0,
            loops: Vec::new(),
            redirects: Vec::new(),
            words: None,
            text,
            line,
            context: None,
            line_base: 0,
            began_without_traps: false,
            reading: None,
        }
    }
}

/// A pipeline that is being started.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Starting {
    pub members: Arc<[Body]>,
    pub next: usize,
    /// Read end of the pipe from the member before.
    pub input: Option<Fd>,
    /// Pipe to the member after.
    pub output: Option<(Fd, Fd)>,
    /// Number of its job.
    pub job: usize,
    /// May the last one take the place of the shell?
    pub last: Place,
    pub last_in_shell: bool,
    pub background: bool,
    /// The pipe that the output of all this goes to, where it is all of a `$( )`.
    pub captured: Option<(Fd, Fd)>,
    /// The result of pipe(2) is due.
    pub asked: bool,
}

impl Starting {
    /// In the foreground, none of whose members has begun.
    pub fn new(members: Arc<[Body]>, job: usize) -> Starting {
        Starting {
            members,
            next: 0,
            input: None,
            output: None,
            job,
            last: Place::Inside(Hurdle::Pipeline),
            last_in_shell: false,
            background: false,
            captured: None,
            asked: false,
        }
    }

    /// The member that comes next.
    pub fn body(&self) -> Option<&Body> {
        self.members.get(self.next)
    }

    /// Is that the last one?
    pub fn is_last(&self) -> bool {
        self.next + 1 >= self.members.len()
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// A call whose result does not matter.
    Do(Call),
    /// A plan.
    Code(Box<Frame>),
    /// A text, command by command.
    Script(Box<ScriptFrame>),
    /// Redirections, and what follows them.
    Apply(Box<Apply>),
    /// fork(2) was called.
    AfterFork(Box<Fork>),
    /// fork(2) was refused and is to be tried again.
    ForkAgain(Box<Fork>),
    /// A pipeline is being started.
    Pipeline(Box<Starting>),
    /// The output of a substitution is read.
    Capture(Box<Capture>),
    /// `$( )` inside the shell is about to begin.
    BeginInner(Box<Begin>),
    /// The end of a subshell inside the shell.
    EndInner(Box<Inner>),
    /// A subshell inside the shell is over: signals that came in it; the status from before it; may a trap run now?
    LookAgain { before: u16, at_once: bool },
    /// What `$( )` inside the shell has written is its result; the status from before it.
    Output { file: Text, status: u16 },
    /// A builtin that goes on in a process of its own.
    Builtin(Box<Ready>),
    /// A job in the foreground; `asked`: the result of wait(2) is due.
    Foreground { job: usize, asked: bool },
    /// The streams of a descriptor are joined: its pipe and its process are to be made.
    Multio(Box<Multio>),
    /// The process that copies them.
    Copies { from: Vec<Fd>, to: Vec<Fd>, asked: bool },
    /// The last member of a pipeline has run in the shell: the others, of which this is one, are waited for.
    EndPipeline { member: Pid },
    /// CHLD was caught: children that have ended are collected, then what was called before goes on with its result;
    /// `asked`: the result of wait(2) is due.
    Collect { resume: Box<Resume>, asked: bool },
    /// The `wait` builtin.
    Wait(Box<WaitBuiltin>),
    /// The `read` builtin.
    Read(Box<ReadLine>),
    /// The `sleep` builtin.
    Sleep { until: Option<SimTime> },
    /// execve(2) is to be called.
    Exec { argv: Vec<String>, assigns: Vec<(String, String)>, by: By },
    /// execve(2) has failed.
    ExecFailed { argv: Vec<String>, by_builtin: bool },
    /// A call of a builtin returned: its status, and the message for an error.
    Returned(Returned),
    /// Descriptors are put back.
    RestoreFds,
    /// A builtin or function is done: its status is all that is known of the last pipeline (bash `PIPESTATUS`).
    PipeStatus,
    /// Variables are put back.
    RestoreVars(Vec<(String, Option<Var>)>),
    /// What runs commands and is named in messages is over: what was named before.
    EndContext(Option<Arc<str>>),
    /// End of a function: positional parameters and conditions are put back.
    EndFunction { positional: Vec<String>, conditions: u32 },
    /// `eval` or a file read with `.` is over.
    EndEvaluating,
    /// End of `eval`, where messages name it.
    EndEval,
    /// End of a file read with `.`.
    EndSource { positional: Option<Vec<String>>, conditions: u32, in_file: bool, arg0: String },
    /// Children that have ended are collected without waiting; `asked`: the result of wait(2) is due.
    CollectRest { asked: bool },
    /// A trap ends `wait`, and wait(2) was asked once more: is it a process of the job that this one belongs to?
    LastLook(Option<Pid>),
    /// The same after a builtin, if the shell has noticed that one has ended.
    CollectNoticed,
    /// End of a trap's action: `$?` and conditions are put back.
    EndTrap { status: u16, conditions: u32, pipe: Vec<u16>, signal: Option<Signal>, waited: bool, child_died: bool },
    /// The script has been read and run: the shell ends with the status of its last command.
    EndOfFile,
    /// The line becomes this.
    Line(u32),
    /// The status becomes this.
    Status(u16),
    /// A signal ends the shell in the middle of this job.
    LeaveForeground { job: usize, signal: Signal },
    /// A `( )` ends, which may wait for a job that was started in it.
    AwaitJob,
    /// End of the text of `eval`, where that stands apart: conditions are put back, and `set -e`.
    EndApart { conditions: u32, errexit: Option<bool> },
    /// Outputs of substitutions are put back: a trap ran among them.
    Results(Vec<String>),
    /// The shell sends itself this signal with its default action: only the init process goes on.
    Raise(Signal),
    /// The shell computes without end.
    Spin,
    /// A signal has ended the EXIT trap that another began: the shell waits for a third. The end of a child is none
    /// (ksh93 `sh/jobs.c`, `job_reap` finds the second one and begins to end once more).
    Pause,
    /// The shell ends with its status, after the EXIT trap.
    Exit,
    /// The shell ends.
    Gone(u16),
}

/// Which builtin's call returned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Returned {
    /// `cd`: where to, the directory before, whether to print it.
    Cd { to: String, from: String, print: bool },
    /// `kill`: target as written, targets to come.
    Kill { target: String, rest: Vec<(String, Call)>, status: u16 },
    /// A `write` of a builtin.
    Write(u32),
}

impl Shell {
    /// Carries out one step.
    pub(super) fn step(&mut self, step: Step, sys: &Sys<'_>) -> Option<Call> {
        match step {
            Step::Do(call) => Some(call),
            Step::Code(frame) => self.run_code(frame, sys),
            Step::Script(frame) => self.run_script(frame, sys),
            Step::Apply(apply) => self.apply(apply, sys),
            Step::AfterFork(fork) => self.after_fork(*fork, sys),
            Step::Pipeline(starting) => self.start_pipeline(starting),
            Step::Capture(capture) => self.capture(capture),
            Step::BeginInner(begin) => self.begin_output(begin, sys),
            Step::EndInner(inner) => self.end_inner(inner, sys),
            Step::LookAgain { before, at_once } => {
                self.look_again(before, at_once);
                None
            }
            Step::Output { file, status } => self.take_output(&file, status, sys),
            Step::Builtin(ready) => {
                let name = ready.argv.first().cloned().unwrap_or_default();
                self.builtin(&name, *ready, sys);
                None
            }
            Step::Foreground { job, asked } => self.foreground(job, asked),
            Step::Multio(multio) => self.join_streams(multio),
            Step::Copies { from, to, asked } => self.copy_further(from, to, asked),
            Step::EndPipeline { member } => {
                self.end_pipeline(member);
                None
            }
            Step::Collect { resume, asked } => self.collect(resume, asked),
            Step::ForkAgain(why) => self.fork_again(*why),
            Step::Wait(wait) => self.wait_builtin(wait),
            Step::Read(read) => self.read_builtin(read),
            Step::Sleep { until } => self.sleep_builtin(until, sys),
            Step::Exec { argv, assigns, by } => Some(self.exec(argv, assigns, by, sys)),
            Step::ExecFailed { argv, by_builtin } => self.exec_failed(argv, by_builtin, sys),
            Step::Returned(returned) => self.returned(returned),
            Step::RestoreFds => self.restore_fds(),
            Step::PipeStatus => {
                self.state.pipe_statuses = vec![self.state.status];
                None
            }
            Step::RestoreVars(vars) => {
                self.restore_vars(vars);
                None
            }
            Step::EndContext(before) => {
                self.state.running_in = before;
                None
            }
            Step::EndFunction { positional, conditions } => {
                self.end_function(positional, conditions);
                None
            }
            Step::EndEvaluating => {
                self.state.evaluating = self.state.evaluating.saturating_sub(1);
                self.state.exit_lost_in = self.state.exit_lost_in.filter(|depth| *depth <= self.state.evaluating);
                None
            }
            Step::EndEval => {
                self.end_call();
                None
            }
            Step::EndSource { positional, conditions, in_file, arg0 } => {
                if let Some(positional) = positional {
                    self.state.positional = positional;
                }
                self.state.conditions = conditions;
                self.state.in_file = in_file;
                self.end_call();
                self.state.arg0 = arg0;
                None
            }
            Step::EndTrap { status, conditions, pipe, signal, waited, child_died } => {
                self.state.waited_last = waited;
                self.state.child_died = child_died;
                self.end_trap((status, pipe), conditions, signal);
                None
            }
            Step::EndOfFile => {
                self.keep_exit_status();
                None
            }
            Step::Line(line) => {
                self.state.line = line;
                self.state.line_base = 0;
                self.state.context = None;
                None
            }
            Step::Status(status) => {
                self.state.status = status;
                None
            }
            Step::AwaitJob => {
                self.await_job();
                None
            }
            Step::Results(results) => {
                self.results = results;
                None
            }
            Step::Raise(signal) => {
                self.stack.push(Step::Do(Call::Kill(KillTarget::Pid(sys.pid), Some(signal))));
                Some(Call::Sigaction(signal, Disposition::Default))
            }
            Step::Spin => {
                self.stack.push(Step::Spin);
                Some(Call::Spend(LONG_WHILE))
            }
            Step::LeaveForeground { job, signal } => {
                self.leave_foreground(job, signal, sys);
                None
            }
            Step::CollectRest { asked } => self.collect_ended(asked),
            Step::LastLook(target) => {
                self.last_look(target);
                None
            }
            Step::CollectNoticed => {
                // One that ended at this very instant may not have done so yet.
                let noticed = self.state.child_ended.is_some_and(|at| at < sys.now || sys.permuted);
                noticed.then(|| self.collect_ended(false)).flatten()
            }
            Step::EndApart { conditions, errexit } => {
                self.state.conditions = conditions;
                self.state.options.errexit = errexit.unwrap_or(self.state.options.errexit);
                None
            }
            Step::Pause => self.state.caught.without(Signal::CHLD).is_empty().then(|| {
                self.stack.push(Step::Pause);
                Call::Pause
            }),
            Step::Exit => self.leave(),
            Step::Gone(status) => {
                let status = self.ended_meanwhile().unwrap_or(status);
                Some(self.gone(status, sys))
            }
        }
    }

    fn end_function(&mut self, positional: Vec<String>, conditions: u32) {
        self.state.positional = positional;
        self.state.conditions = conditions;
        if self.state.local_options.last().is_some_and(|(depth, _)| *depth == self.state.locals.len())
            && let Some((_, options)) = self.state.local_options.pop()
        {
            self.state.options = options;
        }
        let locals = self.state.locals.pop().unwrap_or_default();
        self.end_call();
        self.restore_vars(locals);
        self.leave_exit_scope(false);
    }

    /// A function or file is done: lines count in its caller again.
    fn end_call(&mut self) {
        if let Some(call) = self.state.calls.pop() {
            self.state.line = call.line;
        }
    }

    pub(super) fn restore_vars(&mut self, vars: Vec<(String, Option<Var>)>) {
        for (name, value) in vars.into_iter().rev() {
            match value {
                Some(value) => {
                    self.state.vars.insert(name, value);
                }
                None => {
                    self.state.vars.remove(&name);
                }
            }
        }
    }
}
