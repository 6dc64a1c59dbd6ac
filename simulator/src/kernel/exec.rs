//! execve(2): another program in the same process. Interpreter scripts (`#!`) included.
//!
//! Sources: execve(2), execvp(3); fs/exec.c, fs/binfmt_script.c.

use std::sync::Arc;

use super::Kernel;
use super::fs::Content;
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::TaskId;
use crate::cx::Cx;
use crate::program::call::{Binary, Env};
use crate::program::{Program, Sys};
use crate::rules::RuleId;
use crate::trace::{EventKind, Execed, OnTask};

/// Interpreters of interpreters that the kernel follows (fs/exec.c: 5 rewrites).
const SCRIPT_DEPTH: usize = 5;
/// Search path when the environment has no PATH, as glibc's execvp(3) and the runtimes take it.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The link to the program that runs.
const SELF: &str = "/proc/self/exe";

/// What is to be loaded: the binary, the file that was executed (for a script the script: it names the process,
/// proc_pid_comm(5)), the final argument list.
struct Resolved {
    binary: Binary,
    path: Text,
    argv: Arc<[Text]>,
}

impl Kernel {
    /// Replaces the program of a process; on failure the process goes on as it was.
    pub(super) fn exec(
        &mut self,
        cx: &mut Cx,
        task: TaskId,
        file: &str,
        argv: &Arc<[Text]>,
        env: &Env,
    ) -> Result<(), Errno> {
        let result = self.resolve(cx, task, file, argv, env).and_then(|resolved| {
            let program = self.load(cx, task, &resolved, env).ok_or(Errno::Enoexec)?;
            Ok((resolved, program))
        });
        match result {
            Ok((resolved, program)) => {
                let kind = program.kind();
                let new = Execed { path: resolved.path, argv: resolved.argv, program: kind };
                cx.emit(RuleId::ProcessExec, EventKind::Task(task, OnTask::Execed(Box::new(new))));
                if let Some(cpu) = self.cpus.get_mut(&task) {
                    cpu.program = program;
                    cpu.env = env.clone();
                }
                Ok(())
            }
            Err(errno) => {
                let what = OnTask::ExecFailed { path: file.into(), errno };
                cx.emit(RuleId::ProcessExecFailed, EventKind::Task(task, what));
                Err(errno)
            }
        }
    }

    fn resolve(&self, cx: &Cx, task: TaskId, file: &str, argv: &Arc<[Text]>, env: &Env) -> Result<Resolved, Errno> {
        let cpu = self.cpus.get(&task).ok_or(Errno::Esrch)?;
        let files = self.files(cpu.files).ok_or(Errno::Enoent)?;
        let search = env.get("PATH").map_or(DEFAULT_PATH, |p| p);
        if file == SELF {
            // proc_pid_exe(5): the program that runs, under the name of the link.
            let own = cx.seen().task(task).map(|t| t.path.clone()).ok_or(Errno::Enoent)?;
            let Some(Content::Binary(binary)) = files.get("/", &own).map(|f| &f.content) else {
                return Err(Errno::Enoent);
            };
            return Ok(Resolved { binary: binary.clone(), path: SELF.into(), argv: argv.clone() });
        }
        let found = files.find_executable(&cpu.cwd, file, search)?;
        // What the kernel is told: the name as given if it has a slash, else what the search of PATH found.
        let mut name = if file.contains('/') { Text::from(file) } else { found.clone() };
        let mut at = found.clone();
        let mut argv = argv.clone();
        for _ in 0..SCRIPT_DEPTH {
            match files.get("/", &at).map(|f| &f.content) {
                Some(Content::Binary(binary)) => return Ok(Resolved { binary: binary.clone(), path: found, argv }),
                Some(Content::Text(text)) => {
                    let Some((interpreter, argument)) = shebang(text) else { return Err(Errno::Enoexec) };
                    let head = [Some(interpreter.clone()), argument, Some(name)].into_iter().flatten();
                    argv = head.chain(argv.iter().skip(1).cloned()).collect();
                    // It is a path: a bare name is not searched for.
                    let bare = !interpreter.contains('/');
                    let path = if bare { format!("./{interpreter}").into() } else { interpreter.clone() };
                    at = files.find_executable(&cpu.cwd, &path, search)?;
                    name = interpreter;
                }
                Some(Content::Directory) => return Err(Errno::Eacces),
                Some(Content::Null | Content::Fifo) => return Err(Errno::Eacces),
                None => return Err(Errno::Enoent),
            }
        }
        Err(Errno::Enoexec)
    }

    fn load(&self, cx: &Cx, task: TaskId, resolved: &Resolved, env: &Env) -> Option<Program> {
        let cpu = self.cpus.get(&task)?;
        let seen = cx.seen();
        let this = seen.task(task)?;
        let sys = Sys {
            now: cx.now(),
            permuted: cx.is_permuted(),
            task,
            pid: this.pid,
            ppid: this.parent.and_then(|p| seen.task(p)).map_or(crate::base::id::Pid::OUTSIDE, |p| p.pid),
            env,
            umask: cpu.umask,
            cwd: &cpu.cwd,
            files: self.files(cpu.files)?,
            seen,
            settings: self.settings.get(super::index(cpu.files))?,
        };
        Program::load(&resolved.binary, &resolved.argv, &sys)
    }
}

/// The interpreter and its one optional argument (fs/binfmt_script.c: everything after the first blank is one argument; a
/// carriage return is a letter like others).
fn shebang(text: &str) -> Option<(Text, Option<Text>)> {
    const BLANKS: [char; 2] = [' ', '\t'];
    let line = text.strip_prefix("#!")?.split('\n').next()?.trim_matches(BLANKS);
    match line.split_once(BLANKS) {
        Some((interpreter, argument)) => Some((interpreter.into(), Some(argument.trim_matches(BLANKS).into()))),
        None if line.is_empty() => None,
        None => Some((line.into(), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpreter_is_the_first_word_and_the_rest_one_argument() {
        assert_eq!(shebang("#! /bin/sh \t-e  -x \ntrue"), Some(("/bin/sh".into(), Some("-e  -x".into()))));
        assert_eq!(shebang("#!/bin/sh\ntrue"), Some(("/bin/sh".into(), None)));
        assert_eq!(shebang("#! \nexit"), None);
        assert_eq!(shebang("\n#!/bin/sh"), None);
    }

    #[test]
    fn a_carriage_return_belongs_to_the_interpreters_name() {
        assert_eq!(shebang("#!/bin/sh\r\ntrue"), Some(("/bin/sh\r".into(), None)));
    }
}
