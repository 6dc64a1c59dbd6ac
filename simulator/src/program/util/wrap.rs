//! Utilities that replace themselves by another command: env, nohup, nice, setsid, gosu, su-exec, setpriv, chroot.

use std::sync::Arc;

use super::super::call::{Call, Env, Sys};
use super::acts::Parent;
use super::{Act, Acts, Called};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::environment::Environment;
use crate::trace::Disposition;

/// How a wrapper reads its arguments and what it does before the command.
struct Wrapper {
    names: &'static [&'static str],
    /// Options that take the next word as their value.
    valued: &'static [&'static str],
    /// Words between the options and the command.
    words: usize,
    /// What it says when the command cannot be run; `{}` is the command.
    complaint: &'static str,
    /// What it is said to do that is not simulated.
    note: &'static str,
}

const WRAPPERS: &[Wrapper] = &[
    Wrapper { names: &["nohup"], valued: &[], words: 0, complaint: "nohup: failed to run command '{}'", note: "" },
    Wrapper { names: &["nice"], valued: &["-n"], words: 0, complaint: "nice: '{}'", note: "" },
    Wrapper { names: &["ionice", "chrt"], valued: &["-c", "-n"], words: 0, complaint: "ionice: {}", note: "" },
    Wrapper {
        names: &["stdbuf"],
        valued: &[],
        words: 0,
        complaint: "stdbuf: failed to run command '{}'",
        note: "asks the C library of the command for another buffering; programs with buffers of their own ignore it",
    },
    Wrapper {
        names: &["gosu"],
        valued: &[],
        words: 1,
        complaint: "error: exec: \"{}\"",
        note: "changes the user and executes the command in its own place: no process stays in between",
    },
    Wrapper {
        names: &["su-exec"],
        valued: &[],
        words: 1,
        complaint: "su-exec: {}",
        note: "changes the user and executes the command in its own place: no process stays in between",
    },
    Wrapper {
        names: &["setpriv"],
        valued: &["--reuid", "--regid", "--groups", "--pdeathsig", "--bounding-set", "--inh-caps"],
        words: 0,
        complaint: "setpriv: failed to execute {}",
        note: "changes the user and executes the command in its own place: no process stays in between",
    },
    Wrapper {
        names: &["s6-setuidgid"],
        valued: &[],
        words: 1,
        complaint: "s6-setuidgid: fatal: unable to exec {}",
        note: "changes the user and executes the command in its own place: no process stays in between",
    },
    Wrapper {
        names: &["chpst"],
        valued: &["-u", "-U", "-b", "-e", "-d", "-o", "-p", "-n", "-/"],
        words: 0,
        complaint: "chpst: fatal: unable to run: {}",
        note: "",
    },
    Wrapper { names: &["chroot"], valued: &[], words: 1, complaint: "chroot: failed to run command '{}'", note: "" },
    Wrapper { names: &["flock"], valued: &["-w", "-E"], words: 1, complaint: "flock: failed to execute {}", note: "" },
    Wrapper { names: &["unshare", "nsenter", "taskset", "prlimit"], valued: &[], words: 0, complaint: "{}", note: "" },
];

/// The wrapper of this name with its command.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    match called.name {
        "env" => return Some(env(called, sys)),
        "setsid" => return Some(setsid(called, sys)),
        "daemonise" | "daemonize" => return Some(daemonise(called, sys)),
        _ => {}
    }
    let wrapper = WRAPPERS.iter().find(|w| w.names.contains(&called.name))?;
    let mut rest = called.args.as_slice();
    while let Some((flag, after)) = rest.split_first().filter(|(f, _)| f.starts_with('-')) {
        rest = if wrapper.valued.contains(flag) { after.get(1..).unwrap_or(&[]) } else { after };
        if *flag == "--" {
            break;
        }
    }
    let command = rest.get(wrapper.words..).unwrap_or(&[]);
    if command.is_empty() {
        return Some(Acts::fails(&format!("{}: missing operand", called.name), 125));
    }
    let mut acts = limits(called);
    if let Some(refused) = refused(called, rest, command, sys) {
        return Some(Acts::fails(&refused, 1));
    }
    match user(called, rest, sys) {
        Ok(uid) => acts.extend(uid.map(|uid| Act::from(Call::Setuid(uid)))),
        Err((message, code)) => return Some(Acts::fails(&message, code)),
    }
    if !wrapper.note.is_empty() {
        acts.push(Act::from(Call::Say(wrapper.note.into())));
    }
    if called.name == "chroot" {
        acts.push(Act::from(Call::Chdir("/".into())));
    }
    if called.name == "nohup" {
        acts.push(Act::from(Call::Sigaction(Signal::HUP, Disposition::Ignore)));
    }
    let complaint = wrapper.complaint.replace("{}", command.first().unwrap_or(&""));
    acts.push(exec(command, sys.env).or(complaint));
    Some(Acts::new(acts, 0))
}

/// What gosu and su-exec say when they may not change the user, or find no command to execute; both then end with 1 (Go's
/// `exec.LookPath`; su-exec.c).
fn refused(called: &Called<'_>, rest: &[&str], command: &[&str], sys: &Sys<'_>) -> Option<String> {
    let given = rest.first().copied().unwrap_or("");
    let name = given.split(':').next().unwrap_or("");
    let is_there = name.parse::<u32>().is_ok() || super::tree::user(name, sys).is_some();
    let refuses = is_there && sys.seen.task(sys.task).is_some_and(|task| task.uid != 0);
    let first = command.first().copied().unwrap_or("");
    let path = sys.env.get("PATH").map_or(crate::kernel::fs::DEFAULT_PATH, |path| path);
    let found = sys.files.find_executable(sys.cwd, first, path);
    match (called.name, found) {
        ("gosu", _) if refuses => Some(format!("error: failed switching to \"{given}\": operation not permitted")),
        ("su-exec", _) if refuses && given == name => Some("su-exec: setgroups: Operation not permitted".into()),
        ("gosu" | "su-exec", _) if !is_there => None,
        ("gosu", Err(errno)) => Some(match errno {
            Errno::Enoent if first.contains('/') => {
                format!("error: exec: \"{first}\": stat {first}: no such file or directory")
            }
            Errno::Enoent => format!("error: exec: \"{first}\": executable file not found in $PATH"),
            errno => format!("error: exec: \"{first}\": {}", errno.to_string().to_lowercase()),
        }),
        ("su-exec", Err(errno)) => Some(format!("su-exec: {first}: {errno}")),
        _ => None,
    }
}

/// The user that the command is to run as; none: the same. `rest` begins with the words before the command. An error is
/// what is said about a user that is not there, and the exit code.
fn user(called: &Called<'_>, rest: &[&str], sys: &Sys<'_>) -> Result<Option<u32>, (String, u8)> {
    let after =
        |name: &str| called.args.iter().position(|a| *a == name).and_then(|at| called.args.get(at + 1)).copied();
    let given = match called.name {
        "gosu" | "su-exec" | "s6-setuidgid" => rest.first().copied(),
        "setpriv" => called.args.iter().find_map(|a| a.strip_prefix("--reuid=")).or_else(|| after("--reuid")),
        "chpst" => after("-u"),
        "chroot" => called.args.iter().find_map(|a| a.strip_prefix("--userspec=")),
        _ => None,
    };
    let Some(given) = given else { return Ok(None) };
    let name = given.split([':', '.']).next().unwrap_or("");
    if let Some(uid) = name.parse().ok().or_else(|| super::tree::user(name, sys)) {
        return Ok(Some(uid));
    }
    Err(match called.name {
        "gosu" => {
            let why = format!("unable to find user {name}: no matching entries in passwd file");
            (format!("error: failed switching to \"{given}\": {why}"), 1)
        }
        "su-exec" => (format!("su-exec: getpwnam({name}): Success"), 1),
        "setpriv" => (format!("setpriv: failed to parse reuid: '{name}'"), 1),
        "chpst" => (format!("chpst: fatal: unknown user/group: {given}"), 100),
        name => (format!("{name}: fatal: unknown user: {given}"), 111),
    })
}

/// `setpriv --pdeathsig SIG` (setpriv(1)) and `prlimit --nproc=N` (prlimit(1)); what else these set is not simulated.
fn limits(called: &Called<'_>) -> Vec<Act> {
    let options = || called.args.iter();
    let value = |name: &str| {
        options().enumerate().find_map(|(at, word)| match word.split_once('=') {
            Some((option, value)) if option == name => Some(value),
            None if *word == name => called.args.get(at + 1).copied(),
            _ => None,
        })
    };
    let call = match called.name {
        "setpriv" => value("--pdeathsig").map(|s| Call::ParentDeathSignal(Signal::parse(s))),
        "prlimit" => value("--nproc").or_else(|| value("-u")).and_then(|n| Some(Call::ProcessLimit(n.parse().ok()?))),
        _ => None,
    };
    call.map(Act::from).into_iter().collect()
}

fn exec(command: &[&str], env: &Env) -> Act {
    let argv: Arc<[Text]> = command.iter().map(|w| Text::from(*w)).collect();
    let file = argv.first().cloned().unwrap_or_else(|| Text::from(""));
    Act { is_exec: true, ..Act::from(Call::Exec { file, argv, env: env.clone() }) }
}

/// env(1): options, assignments, then the command; without a command it prints the environment.
fn env(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let mut vars = Environment::clone(sys.env);
    let mut rest = called.args.as_slice();
    while let Some((word, after)) = rest.split_first() {
        rest = match *word {
            "-i" | "-" | "--ignore-environment" => {
                vars = Environment::default();
                after
            }
            "-u" => {
                vars.remove(after.first().copied().unwrap_or(""));
                after.get(1..).unwrap_or(&[])
            }
            "--" => after,
            _ if word.starts_with('-') => after,
            _ => match word.split_once('=') {
                Some((name, value)) => {
                    vars.insert(name.into(), value.into());
                    after
                }
                None => break,
            },
        };
    }
    let Some(command) = rest.first() else {
        let text: String = vars.iter().map(|(k, v)| format!("{k}={v}\n")).collect();
        return Acts::new(vec![Act::print(text)], 0);
    };
    let complaint =
        if called.busybox { format!("env: can't execute '{command}'") } else { format!("env: '{command}'") };
    Acts::new(vec![exec(rest, &Arc::new(vars)).or(complaint)], 0)
}

/// setsid(1): a leader of a process group cannot begin a session, so it forks then, and with `-f` always; with `-w` it
/// waits for what it forked.
fn setsid(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let leads = sys.seen.task(sys.task).is_none_or(|t| t.pgid == t.pid);
    let options = || called.args.iter().take_while(|a| a.starts_with('-'));
    let given =
        |letter: char, long: &str| options().any(|o| *o == long || (!o.starts_with("--") && o.contains(letter)));
    let mut acts = Vec::new();
    if leads || given('f', "--fork") {
        let parent = if given('w', "--wait") { Parent::Waits } else { Parent::Exits };
        acts.push(Act { parent, ..Act::from(Call::Fork) });
    }
    acts.push(Act::from(Call::Setsid));
    acts.push(in_background(called, sys));
    Acts::new(acts, 0)
}

/// daemonize(1), and what daemon(7) asks of a daemon ("SysV Daemons"): fork, a session of its own, and fork again, so that
/// the daemon is not the session's leader. Each parent exits at once; the one between is left to whoever adopts it.
fn daemonise(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let acts = vec![
        goes_on_in_child(),
        Act::from(Call::Setsid),
        // It closes descriptors and changes its directory: whoever waited for the first process has gone on by then.
        Act::from(Call::Sleep(SimDuration::from_millis(1))),
        goes_on_in_child(),
        in_background(called, sys),
    ];
    Acts::new(acts, 0)
}

fn goes_on_in_child() -> Act {
    Act { parent: Parent::Exits, ..Act::from(Call::Fork) }
}

fn in_background(called: &Called<'_>, sys: &Sys<'_>) -> Act {
    let command: Vec<&str> = called.args.iter().copied().skip_while(|a| a.starts_with('-')).collect();
    let first = command.first().unwrap_or(&"");
    exec(&command, sys.env).or(format!("{}: failed to execute {first}", called.name))
}
