//! su(1) and runuser(1) of util-linux: they fork, wait for the command, and on SIGTERM give it two seconds.
//!
//! Source: util-linux login-utils/su-common.c (`create_watching_parent`, `supam_open_session`); measured with 2.38. What is
//! not here: passwords (only root gets through), su of BusyBox, which executes the shell in its own place (`wrap`).

use crate::program::environment::Environment;
use std::sync::Arc;

use super::super::call::{Call, Env, KillTarget, Resume, Sys};
use super::{Act, Acts, Called, tree};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::Pid;
use crate::base::signal::{Signal, SignalSet};
use crate::base::time::SimDuration;
use crate::trace::{Disposition, ExitStatus, WaitTarget};

/// What it lets pass while it waits.
const PASSES: &[Signal] = &[Signal::TERM, Signal::ALRM, Signal::INT, Signal::QUIT];
/// Time between SIGTERM and SIGKILL for the command.
const GRACE: SimDuration = SimDuration::from_millis(2_000);
/// PATH of a login shell (Debian's /etc/login.defs, ENV_PATH).
const LOGIN_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

/// The command and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Su {
    name: Text,
    uid: u32,
    /// The program and its arguments.
    file: Text,
    argv: Arc<[Text]>,
    env: Env,
    directory: Option<Text>,
    /// Signals for which it has a handler.
    handles: &'static [Signal],
    child: Option<Pid>,
    caught: Option<Signal>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Forking,
    /// The child: next step.
    Child(u8),
    Failing(u8),
    Handlers(usize),
    Masking,
    Waiting,
    Told,
    Terminated,
    Slept,
    Killed,
    Ends(u8),
}

/// What was asked for.
#[derive(Default)]
struct Asked<'a> {
    user: Option<&'a str>,
    by_user_option: bool,
    login: bool,
    keeps: bool,
    command: Option<&'a str>,
    shell: Option<&'a str>,
    rest: Vec<&'a str>,
}

fn read<'a>(called: &Called<'a>) -> Asked<'a> {
    let mut asked = Asked::default();
    let mut words = called.args.iter().copied();
    while let Some(word) = words.next() {
        let (option, value) =
            word.split_once('=').filter(|(o, _)| o.starts_with("--")).map_or((word, None), |(o, v)| (o, Some(v)));
        match option {
            "-" | "-l" | "--login" => asked.login = true,
            "-m" | "-p" | "--preserve-environment" => asked.keeps = true,
            "-c" | "--command" | "--session-command" => asked.command = value.or_else(|| words.next()),
            "-s" | "--shell" => asked.shell = value.or_else(|| words.next()),
            "-u" | "--user" if called.name == "runuser" => {
                asked.user = value.or_else(|| words.next());
                asked.by_user_option = true;
            }
            "-g" | "--group" | "-G" | "--supp-group" | "-w" | "--whitelist-environment" if value.is_none() => {
                let _ = words.next();
            }
            "--" => {
                asked.rest.extend(words);
                break;
            }
            "-P" | "--pty" | "-f" | "--fast" => {}
            _ if word.starts_with('-') => {}
            _ if asked.by_user_option => {
                asked.rest.push(word);
                asked.rest.extend(words);
                break;
            }
            _ if asked.user.is_none() => asked.user = Some(word),
            _ => asked.rest.push(word),
        }
    }
    asked
}

/// The call as it begins; the error is what it says and its exit code.
pub(super) fn begin(called: &Called<'_>, sys: &Sys<'_>) -> Result<Su, Acts> {
    let asked = read(called);
    let name = called.name;
    let user = asked.user.unwrap_or("root");
    let fails = |text: String| Err(Acts::fails(&format!("{name}: {text}"), 1));
    if sys.seen.task(sys.task).is_some_and(|t| t.uid != 0) {
        return match name {
            "runuser" => fails("may not be used by non-root users".into()),
            // It asks for a password, which nobody types.
            _ => Err(Acts::fails("Password: su: Authentication failure", 1)),
        };
    }
    let Some(uid) = tree::user(user, sys) else {
        return fails(format!("user {user} does not exist or the user entry does not contain all the required fields"));
    };
    let line = tree::line("/etc/passwd", user, sys).unwrap_or_default();
    let field = |at: usize, usual: &str| line.split(':').nth(at).filter(|f| !f.is_empty()).unwrap_or(usual).to_owned();
    let (home, own_shell) = (field(5, "/"), field(6, "/bin/sh"));
    let shell = asked.shell.map_or(own_shell, str::to_owned);
    let mut env = if asked.login { Environment::default() } else { Environment::clone(sys.env) };
    let mut set = |key: &str, value: &str| {
        env.insert(key.into(), value.into());
    };
    if !asked.keeps && !asked.by_user_option {
        set("HOME", &home);
        set("SHELL", &shell);
        if uid != 0 || asked.login {
            set("USER", user);
            set("LOGNAME", user);
        }
    }
    if asked.login {
        set("PATH", LOGIN_PATH);
    }
    let argv: Vec<String> = if asked.by_user_option {
        asked.rest.iter().map(|w| (*w).to_owned()).collect()
    } else {
        let base = super::base_name(&shell);
        let first = if asked.login { format!("-{base}") } else { base.to_owned() };
        let command = asked.command.map(|text| ["-c".to_owned(), text.to_owned()]);
        let rest = asked.rest.iter().map(|w| (*w).to_owned());
        std::iter::once(first).chain(command.into_iter().flatten()).chain(rest).collect()
    };
    let file = if asked.by_user_option { argv.first().cloned().unwrap_or_default() } else { shell };
    Ok(Su {
        name: name.into(),
        uid,
        file: file.as_str().into(),
        argv: argv.iter().map(|w| Text::from(w.as_str())).collect(),
        env: Arc::new(env),
        directory: asked.login.then(|| home.as_str().into()),
        handles: if asked.by_user_option { &[Signal::TERM] } else { &[Signal::TERM, Signal::INT, Signal::QUIT] },
        child: None,
        caught: None,
        state: State::Forking,
    })
}

/// su of BusyBox: the shell takes its place.
pub(super) fn in_place(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    match begin(called, sys) {
        Err(acts) => acts,
        Ok(su) => {
            let mut acts = vec![Act::from(Call::Setuid(su.uid))];
            acts.extend(su.directory.map(|at| Act::from(Call::Chdir(at))));
            let complaint = format!("su: can't execute '{}'", su.file);
            let exec = Act { is_exec: true, ..Act::from(Call::Exec { file: su.file, argv: su.argv, env: su.env }) };
            acts.push(exec.or(complaint));
            Acts::new(acts, 0)
        }
    }
}

impl Su {
    pub(super) fn catch(&mut self, signal: Signal) {
        self.caught = self.caught.or(Some(signal));
    }

    pub(super) fn resume(&mut self, resume: Resume) -> Call {
        let child = KillTarget::Pid(self.child.unwrap_or(Pid(0)));
        let (state, call) = match (self.state, resume) {
            (State::Forking, Resume::Child) => (State::Child(0), Call::Setuid(self.uid)),
            (State::Forking, Resume::Forked(pid)) => {
                self.child = Some(pid);
                (State::Handlers(0), Call::Chdir("/".into()))
            }
            (State::Forking, Resume::Failed(errno)) => {
                self.says(State::Ends(1), &format!("cannot create child process: {errno}"))
            }
            (State::Forking, _) => (State::Forking, Call::Fork),
            (State::Child(0), _) => match self.directory.clone() {
                Some(at) => (State::Child(1), Call::Chdir(at)),
                None => (State::Child(2), self.exec()),
            },
            (State::Child(1), _) => (State::Child(2), self.exec()),
            (State::Child(_), Resume::Failed(errno)) => {
                let code = if errno == Errno::Enoent { 127 } else { 126 };
                self.says(State::Failing(code), &format!("failed to execute {}: {errno}", self.file))
            }
            (State::Child(_), _) => (State::Ends(1), Call::Exit(1)),
            (State::Failing(code) | State::Ends(code), _) => (State::Ends(code), Call::Exit(code)),
            (State::Handlers(n), _) => match self.handles.get(n) {
                Some(signal) => (State::Handlers(n + 1), Call::Sigaction(*signal, Disposition::Catch)),
                None => (State::Masking, Call::Sigmask(blocked())),
            },
            (State::Masking, _) => (State::Waiting, self.wait()),
            (State::Waiting, Resume::Waited(_, status)) => return self.ended(status),
            (State::Waiting, _) if self.caught.is_some() => {
                (State::Told, Call::Write(2, "\nSession terminated, killing shell...".into()))
            }
            (State::Waiting, _) => (State::Waiting, self.wait()),
            (State::Told, _) => (State::Terminated, Call::Kill(child, Some(Signal::TERM))),
            (State::Terminated, _) => (State::Slept, Call::Sleep(GRACE)),
            (State::Slept, _) => (State::Killed, Call::Kill(child, Some(Signal::KILL))),
            (State::Killed, _) => {
                // It ends by the signal that it got; as PID 1, which cannot send it to itself, with the same code.
                let code = ExitStatus::Signaled(self.caught.unwrap_or(Signal::TERM)).container_code();
                (State::Ends(u8::try_from(code).unwrap_or(u8::MAX)), Call::Write(2, " ...killed.\n".into()))
            }
        };
        self.state = state;
        call
    }

    fn wait(&self) -> Call {
        Call::Wait { target: self.child.map_or(WaitTarget::Any, WaitTarget::Pid), nohang: false }
    }

    fn exec(&self) -> Call {
        Call::Exec { file: self.file.clone(), argv: self.argv.clone(), env: self.env.clone() }
    }

    fn says(&self, state: State, text: &str) -> (State, Call) {
        (state, Call::Write(2, format!("{}: {text}\n", self.name).into()))
    }

    /// The command has ended by itself: its code, and for a signal the text of that.
    fn ended(&mut self, status: ExitStatus) -> Call {
        let code = u8::try_from(status.container_code()).unwrap_or(u8::MAX);
        self.state = State::Ends(code);
        match status {
            ExitStatus::Signaled(signal) => Call::Write(2, format!("{}\n", signal.text()).into()),
            ExitStatus::Exited(_) => Call::Exit(code),
        }
    }
}

/// All signals but those that it lets pass.
fn blocked() -> SignalSet {
    let all: Vec<Signal> = (1..=64).filter_map(Signal::from_number).filter(|signal| !PASSES.contains(signal)).collect();
    SignalSet::of(&all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::INTERACTIVE;
    use crate::kernel::bare::Bare;
    use crate::kernel::fs::FileSystem;
    use crate::program::call::{Binary, Settings};

    /// As PID 1: what it wrote, its exit code and when it ended, with SIGTERM after a second.
    fn stopped(argv: &[&str]) -> (String, Option<u32>, u64) {
        let mut files = FileSystem::new();
        let program = |name: &str| Binary::Program { name: name.into(), version: "".into() };
        files.put_binary("/bin/sh", Binary::Shell("dash-0.5.12-bookworm".into()));
        for (path, name) in [
            ("/bin/su", "util-linux"),
            ("/bin/runuser", "util-linux"),
            ("/bin/sleep", "coreutils"),
            ("/bin/id", "coreutils"),
        ] {
            files.put_binary(path, program(name));
        }
        files.put_binary("/sbin/su", program("busybox"));
        files.put_text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:999:999::/home/app:/bin/sh\n", false);
        let mut bare = Bare::new(files, Settings::default(), Pid(2), INTERACTIVE);
        let task = bare.start(argv, &[("PATH", "/bin"), ("HOME", "/root")]).unwrap();
        bare.run_for(SimDuration::from_secs(1));
        bare.send(task, Signal::TERM);
        bare.run_for(SimDuration::from_secs(20));
        let text = bare.seen().logs.iter().map(|l| &*l.text).collect();
        let ended = bare.seen().task(task).and_then(|t| t.ended());
        let at = ended.and_then(|(_, died)| bare.trace().iter().find(|(id, _)| *id == died).map(|(_, event)| event.at));
        (text, ended.map(|(s, _)| s.container_code()), at.map_or(0, |at| at.as_micros() / 1_000_000))
    }

    #[test]
    fn term_takes_two_seconds_however_soon_the_command_ends() {
        let killed = "\nSession terminated, killing shell... ...killed.\n";
        assert_eq!(stopped(&["su", "app", "-c", "exec sleep 30"]), (killed.into(), Some(143), 3));
        assert_eq!(stopped(&["runuser", "-u", "app", "--", "sleep", "30"]), (killed.into(), Some(143), 3));
    }

    #[test]
    fn it_ends_with_the_code_of_the_command() {
        assert_eq!(stopped(&["su", "-s", "/bin/sh", "app", "-c", "id -u; exit 4"]).0, "999\n");
        assert_eq!(stopped(&["su", "-c", "exit 4"]).1, Some(4));
        let (text, code, _) = stopped(&["su", "app", "-c", "echo $0 $HOME $USER; kill -9 $$"]);
        assert_eq!((text.as_str(), code), ("sh /home/app app\nKilled\n", Some(137)));
    }

    #[test]
    fn a_user_that_is_not_there_is_refused() {
        let text = "su: user nosuch does not exist or the user entry does not contain all the required fields\n";
        let (said, code, _) = stopped(&["su", "nosuch", "-c", "id"]);
        assert_eq!((said.as_str(), code), (text, Some(1)));
    }

    #[test]
    fn that_of_busybox_is_replaced_by_the_shell() {
        assert_eq!(stopped(&["/sbin/su", "app", "-c", "trap 'exit 5' TERM; sleep 3 & wait"]).1, Some(5));
    }
}
