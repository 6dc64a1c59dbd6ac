//! Processes without any container: one PID namespace, one set of files, and a loop that runs them.
//!
//! For tests, and for questions about a command alone (`unshare --pid --fork`). Not the world: no pods, no kubelet, no
//! requests. Everything a person does here is an input of the trace, so that every chain of causes ends in one.

use crate::program::environment::Environment;
use std::sync::Arc;

use super::process::Start;
use super::{Blocked, FilesId, Kernel, NetId};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{EventId, NamespaceId, Pid, TaskId};
use crate::base::limits::Limits;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::cx::{Cx, Stimulus};
use crate::kernel::fs::FileSystem;
use crate::observed::Observed;
use crate::program::Program;
use crate::program::call::{Call, Env, Resume, Settings};
use crate::rules::RuleId;
use crate::trace::{EventKind, Sender, Trace};

/// A PID namespace, its files, and the kernel under it.
#[derive(Clone, Debug)]
pub struct Bare {
    cx: Cx,
    kernel: Kernel,
    namespace: NamespaceId,
    files: FilesId,
}

impl Bare {
    /// An empty namespace over these files. `first_forked`: the pid of the first process forked in it, at least 2.
    pub fn new(files: FileSystem, settings: Settings, first_forked: Pid, limits: Limits) -> Self {
        let mut cx = Cx::new(0, 0, limits);
        let mut kernel = Kernel::new();
        let files = kernel.add_files(files, settings);
        let input = cx.emit(RuleId::InputGiven, EventKind::Input(Text::from("a new PID namespace")));
        let namespace = cx.because(input, |cx| kernel.new_namespace(cx, first_forked));
        Bare { cx, kernel, namespace, files }
    }

    /// The same namespace, in which no more than so many processes may be.
    #[must_use]
    pub fn with_pids_limit(mut self, limit: u32) -> Self {
        self.kernel.set_pids_limit(limit);
        self
    }

    /// Starts a command from outside; the first becomes the namespace's init process, later ones have a parent outside it.
    pub fn start(&mut self, argv: &[&str], env: &[(&str, &str)]) -> Result<TaskId, Errno> {
        let start = self.description(argv, env);
        self.given(&argv.join(" "), |kernel, cx| kernel.start(cx, &start))
    }

    /// Starts a process with a ready-made program, shown as `name`.
    pub fn start_program(&mut self, name: &str, program: Program) -> Result<TaskId, Errno> {
        let start = self.description(&[name], &[]);
        self.given(name, |kernel, cx| kernel.start_program(cx, &start, program))
    }

    /// Starts a process as described; its namespace and files may be others than this one's.
    pub fn start_as(&mut self, start: &Start, program: Option<Program>) -> Result<TaskId, Errno> {
        let name = start.argv.join(" ");
        self.given(&name, |kernel, cx| match program {
            Some(program) => kernel.start_program(cx, start, program),
            None => kernel.start(cx, start),
        })
    }

    /// What `start` passes to the kernel for this command: root, working directory `/`, output logged.
    pub fn description(&self, argv: &[&str], env: &[(&str, &str)]) -> Start {
        let env: Environment = env.iter().map(|(k, v)| (Text::from(*k), Text::from(*v))).collect();
        let env: Env = Arc::new(env);
        let argv: Vec<Text> = argv.iter().map(|a| Text::from(*a)).collect();
        let first = self.seen().namespace(self.namespace).is_none_or(|n| n.init.is_none());
        Start {
            namespace: self.namespace,
            container: None,
            role: Text::from(if first { "init" } else { "exec" }),
            files: self.files,
            net: NetId(0),
            argv: argv.into(),
            env,
            cwd: Text::from("/"),
            uid: 0,
            logged: true,
            stdin: None,
        }
    }

    /// Tells a process that runs `Steps` to make one more call when it has nothing else to do.
    pub fn order(&mut self, task: TaskId, call: Call) {
        self.given("a call", |kernel, cx| {
            let Some(cpu) = kernel.cpus.get_mut(&task) else { return };
            let Program::Steps(steps) = &mut cpu.program else { return };
            steps.order(call);
            if cpu.blocked == Some(Blocked::Pause) {
                kernel.wake(cx, task, Resume::Done);
            }
        });
    }

    /// Sends a signal from outside the namespace.
    pub fn send(&mut self, task: TaskId, signal: Signal) {
        self.given(&format!("kill -{signal}"), |kernel, cx| kernel.send(cx, task, signal, Sender::Outside));
    }

    /// From now on nobody outside waits for this process.
    pub fn neglect(&mut self, task: TaskId) {
        self.kernel.neglect(task);
    }

    /// Its parent outside waits for it, and collects it if it has ended.
    pub fn attend(&mut self, task: TaskId) {
        self.given("waitpid", |kernel, cx| kernel.attend(cx, task));
    }

    /// Lets everything happen that is due up to and including `until`; the clock stands at the last thing that happened.
    pub fn run_until(&mut self, until: SimTime) {
        while let Some(stimulus) = self.cx.next(until) {
            match stimulus {
                Stimulus::Run(task) => self.kernel.run(&mut self.cx, task),
                Stimulus::Wake(task, generation) => self.kernel.wake_up(&mut self.cx, task, generation),
                // Nobody schedules these here.
                Stimulus::Kubelet(_)
                | Stimulus::Cluster(_)
                | Stimulus::Docker(_)
                | Stimulus::Served(_)
                | Stimulus::Input(_) => {}
            }
        }
        self.cx.advance(until);
    }

    /// Lets so much time pass.
    pub fn run_for(&mut self, time: SimDuration) {
        let until = self.cx.now() + time;
        self.run_until(until);
    }

    /// The present instant.
    pub fn now(&self) -> SimTime {
        self.cx.now()
    }

    /// What can be seen now.
    pub fn seen(&self) -> &Observed {
        self.cx.seen()
    }

    /// The events so far.
    pub fn trace(&self) -> &Trace {
        self.cx.trace()
    }

    /// The kernel, to look at what cannot be seen.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// The namespace.
    pub fn namespace(&self) -> NamespaceId {
        self.namespace
    }

    /// The program of a living process.
    pub fn program(&self, task: TaskId) -> Option<&Program> {
        self.kernel.cpus.get(&task).map(|cpu| &cpu.program)
    }

    fn given<T>(&mut self, what: &str, work: impl FnOnce(&mut Kernel, &mut Cx) -> T) -> T {
        let input: EventId = self.cx.emit(RuleId::InputGiven, EventKind::Input(what.into()));
        let Bare { cx, kernel, .. } = self;
        cx.because(input, |cx| work(kernel, cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::INTERACTIVE;
    use crate::program::steps::Steps;
    use crate::trace::ExitStatus;

    #[test]
    fn a_process_runs_until_its_time_comes() {
        let mut bare = Bare::new(FileSystem::new(), Settings::default(), Pid(2), INTERACTIVE);
        let calls = [Call::Sleep(SimDuration::from_secs(1)), Call::Exit(3)];
        let task = bare.start_program("steps", Program::Steps(Steps::new(&calls, &[]))).unwrap();
        bare.run_until(SimTime::from_millis(999));
        assert!(bare.seen().alive(task).is_some());
        assert_eq!(bare.now(), SimTime::from_millis(999));
        bare.run_for(SimDuration::from_millis(1));
        assert_eq!(bare.seen().task(task).and_then(|t| t.ended()).map(|e| e.0), Some(ExitStatus::Exited(3)));
    }

    #[test]
    fn a_missing_command_is_refused() {
        let mut bare = Bare::new(FileSystem::new(), Settings::default(), Pid(2), INTERACTIVE);
        assert_eq!(bare.start(&["nothing"], &[]), Err(Errno::Enoent));
    }
}
