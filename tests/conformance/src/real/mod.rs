//! The real arm: a command as PID 1 of a new PID namespace, on this machine's kernel.
//!
//! pid_namespaces(7). A thread of its own unshares the namespaces for its children and starts this program again under
//! the name `INIT`; that process is PID 1, mounts /proc, and becomes the command (`init`). From outside it is watched
//! through /proc (`proc`), and gets its signals.
//!
//! Needs root on Linux.

mod init;
mod proc;
mod sandbox;

use crate::case::Case;
use crate::installed::Installed;
use crate::outcome::{Outcome, Status, by_process};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sandbox::Sandbox;
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

pub use init::run as run_init;

/// The name under which this program is the first process of a namespace.
pub const INIT: &str = "namespace-init";
/// How often the first process is asked whether it has ended.
const POLL: Duration = Duration::from_millis(10);

/// The real arm can be used.
#[derive(Clone, Debug)]
pub struct Real {
    program: PathBuf,
}

impl Real {
    /// Checks that it works here: `program` is the path of this crate's program. The error is one line that says why not.
    pub fn new(program: &Path) -> Result<Real, String> {
        if !nix::unistd::geteuid().is_root() {
            return Err("a PID namespace needs root".into());
        }
        let real = Real { program: program.into() };
        let shell = Installed::plain_sh().ok_or("there is no /bin/sh")?;
        let argv = ["sh", "-c", "exit 7"].map(String::from).to_vec();
        let case =
            Case { shell: String::new(), argv, script_file: None, stdin: None, signals: Vec::new(), until_ms: 2_000 };
        let outcome = real.run(&case, &shell).map_err(|e| format!("a PID namespace cannot be made here: {e}"))?;
        match outcome.status {
            Some(Status::Code(7)) => Ok(real),
            other => Err(format!("a PID namespace does not work here: {other:?} {:?}", outcome.output)),
        }
    }

    /// Runs a case with an installed shell.
    pub fn run(&self, case: &Case, shell: &Installed) -> Result<Outcome, String> {
        let sandbox = Sandbox::new(&self.program, shell, case).map_err(|e| format!("sandbox: {e}"))?;
        let mut run = Run { child: self.start(case, &sandbox)?, started: Instant::now(), status: None };
        let mut looks = Vec::new();
        for sent in &case.signals {
            run.wait_until(sent.at_ms);
            looks.push(run.look(&sandbox));
            let signal = Signal::from_str(&format!("SIG{}", sent.signal)).map_err(|e| e.to_string())?;
            if run.status.is_none() {
                kill(run.pid(), signal).map_err(|e| format!("kill: {e}"))?;
            }
        }
        run.wait_until(case.until_ms);
        looks.push(run.look(&sandbox));
        run.end();
        let read = |name: &str| {
            let bytes = fs::read(sandbox.path().join(name)).unwrap_or_default();
            sandbox.short(&String::from_utf8_lossy(&bytes))
        };
        Ok(Outcome {
            looks,
            status: run.status.as_ref().map(|(status, _)| status.clone()),
            ended_ms: run.status.as_ref().map(|(_, at)| *at),
            events: by_process(read("hlog").lines().map(str::to_string)),
            output: read("out").lines().map(str::to_string).collect(),
        })
    }

    fn start(&self, case: &Case, sandbox: &Sandbox) -> Result<Child, String> {
        let command = self.command(case, sandbox).map_err(|e| e.to_string())?;
        // unshare(2): the PID namespace is that of the thread's children from then on, so the thread is used once.
        let start = move || -> Result<Child, String> {
            let mut command = command;
            unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS).map_err(|e| format!("unshare: {e}"))?;
            command.spawn().map_err(|e| e.to_string())
        };
        std::thread::spawn(start).join().map_err(|_| "the starting thread panicked".to_string())?
    }

    fn command(&self, case: &Case, sandbox: &Sandbox) -> std::io::Result<Command> {
        let out = fs::OpenOptions::new().append(true).create(true).open(sandbox.path().join("out"))?;
        let stdin = match &case.stdin {
            None => Stdio::null(),
            Some(text) => {
                let path = sandbox.path().join("stdin.sh");
                fs::write(&path, text)?;
                fs::File::open(&path)?.into()
            }
        };
        let mut command = Command::new(&self.program);
        command.arg0(INIT).arg(sandbox.path()).args(&case.argv).env_clear().current_dir(sandbox.path());
        command.env("PATH", sandbox.path().join("bin")).env("HLOG", sandbox.path().join("hlog"));
        command.env("HOME", "/nonexistent").env("LC_ALL", "C");
        command.stdin(stdin).stdout(out.try_clone()?).stderr(out);
        Ok(command)
    }
}

/// A namespace while it lives.
struct Run {
    child: Child,
    started: Instant,
    status: Option<(Status, u64)>,
}

impl Run {
    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Asks once whether PID 1 has ended.
    fn poll(&mut self) {
        if self.status.is_none()
            && let Ok(Some(ended)) = self.child.try_wait()
        {
            let status = match (ended.code(), ended.signal()) {
                (Some(code), _) => Status::Code(code),
                (None, number) => {
                    let signal = number.and_then(|n| Signal::try_from(n).ok());
                    Status::Signal(signal.map_or("?", |s| s.as_str()).trim_start_matches("SIG").to_string())
                }
            };
            self.status = Some((status, self.elapsed_ms()));
        }
    }

    /// Waits until a time from the start, or until PID 1 has ended.
    fn wait_until(&mut self, at_ms: u64) {
        loop {
            self.poll();
            let left = at_ms.saturating_sub(self.elapsed_ms());
            if self.status.is_some() || left == 0 {
                return;
            }
            std::thread::sleep(POLL.min(Duration::from_millis(left)));
        }
    }

    /// The tree now; empty if PID 1 has ended. A process that just computes is looked at again.
    fn look(&mut self, sandbox: &Sandbox) -> Vec<crate::outcome::Process> {
        let mut tree = Vec::new();
        for _ in 0..4 {
            self.poll();
            if self.status.is_some() {
                return Vec::new();
            }
            tree = proc::tree(self.child.id(), sandbox);
            if tree.iter().all(|p| matches!(p.state, 'S' | 'Z' | 'T')) {
                break;
            }
            std::thread::sleep(POLL);
        }
        self.poll();
        if self.status.is_some() { Vec::new() } else { tree }
    }

    /// Ends what is left; the kernel kills the whole namespace with its PID 1.
    fn end(&mut self) {
        if self.status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.end();
    }
}
