//! Utilities that signal or look for processes: kill, pkill, pgrep, pidof, killall, and programs that signal their own master
//! (`nginx -s quit`).

use super::super::call::{Call, KillTarget, Sys};
use super::super::ps;
use super::{Act, Acts, Called};
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::observed::Task;

/// A server's own command that signals the running one.
struct Control {
    /// Names of the command.
    names: &'static [&'static str],
    /// Names, as ps shows them, of the process that is signalled.
    masters: &'static [&'static str],
    /// The words that ask for it, and the signal that each sends.
    words: &'static [(&'static str, &'static str, Signal)],
}

/// Sources: nginx.org "Controlling nginx"; httpd.apache.org "Stopping and Restarting Apache HTTP Server".
static CONTROLS: &[Control] = &[
    Control {
        names: &["nginx"],
        masters: &["nginx"],
        words: &[
            ("-s", "quit", Signal::QUIT),
            ("-s", "stop", Signal::TERM),
            ("-s", "reload", Signal::HUP),
            ("-s", "reopen", Signal::USR1),
        ],
    },
    Control {
        names: &["httpd", "apache2", "apache", "apachectl", "apache2ctl"],
        masters: &["httpd", "apache2"],
        words: &[
            ("-k", "graceful-stop", Signal::WINCH),
            ("-k", "stop", Signal::TERM),
            ("-k", "graceful", Signal::USR1),
            ("-k", "restart", Signal::HUP),
        ],
    },
];

/// The utility of this name.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    match called.name {
        "kill" => Some(kill(called)),
        "pidof" => Some(pidof(called, sys)),
        "pgrep" | "pkill" | "killall" => Some(by_name(called, sys)),
        _ => control(called, sys),
    }
}

/// The processes of its own namespace, oldest first, itself left out.
fn others<'a>(sys: &Sys<'a>) -> Vec<&'a Task> {
    let Some(me) = sys.seen.task(sys.task) else { return Vec::new() };
    let all = sys.seen.in_namespace(me.namespace).filter(|(id, _)| *id != sys.task);
    all.map(|(_, t)| t).collect()
}

/// The signal of `-TERM`, `-s TERM`, `-n 15`, and what follows.
fn signal_of<'a, 'b>(args: &'b [&'a str]) -> Result<(Option<Signal>, &'b [&'a str]), String> {
    let Some((first, rest)) = args.split_first() else { return Ok((Some(Signal::TERM), args)) };
    let bad = |word: &str| format!("invalid signal {word}");
    let read = |word: &str| match word {
        "0" | "EXIT" => Ok(None),
        _ => Signal::parse(word).map(Some).ok_or_else(|| bad(word)),
    };
    match *first {
        "-s" | "-n" | "--signal" => Ok((read(rest.first().copied().unwrap_or(""))?, rest.get(1..).unwrap_or(&[]))),
        "--" => Ok((Some(Signal::TERM), rest)),
        word => match word.strip_prefix("--signal=").or_else(|| word.strip_prefix('-')) {
            Some(name) => Ok((read(name)?, rest)),
            None => Ok((Some(Signal::TERM), args)),
        },
    }
}

/// What kill(1) of procps-ng 4.0 prints when nothing is to be killed.
const KILL_USAGE: &str = "
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -q, --queue <value>    integer value to be sent with the signal
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see kill(1).";

fn kill(called: &Called<'_>) -> Acts {
    if matches!(called.args.first(), Some(&"-l" | &"-L")) {
        let names: Vec<String> = (1..=31).filter_map(Signal::from_number).map(|s| s.to_string()).collect();
        return Acts::new(vec![Act::print(format!("{}\n", names.join(" ")))], 0);
    }
    let (signal, rest) = match signal_of(&called.args) {
        Ok(found) => found,
        Err(message) => return Acts::fails(&format!("kill: {message}"), 1),
    };
    // procps-ng takes `-12` here for an option, its first digit for a process group, and is silent about its end.
    let digit =
        rest.first().and_then(|w| w.strip_prefix('-')).and_then(|w| w.chars().next()).filter(char::is_ascii_digit);
    if let Some(group) = digit.and_then(|digit| target(&format!("-{digit}"))).filter(|_| !called.busybox) {
        return Acts::new(vec![Act::from(Call::Kill(group, signal))], 0);
    }
    let rest = if rest.first() == Some(&"--") { rest.get(1..).unwrap_or(&[]) } else { rest };
    if rest.is_empty() {
        return Acts::fails(if called.busybox { "kill: you need to specify whom to kill" } else { KILL_USAGE }, 1);
    }
    let act = |word: &&str| match target(word) {
        Some(target) => {
            let call = Act::from(Call::Kill(target, signal));
            call.or(if called.busybox { format!("kill: can't kill pid {word}") } else { format!("kill: ({word})") })
        }
        None => Act::from(Call::Wait { target: crate::trace::WaitTarget::Pid(Pid::OUTSIDE), nohang: true })
            .or(format!("kill: failed to parse argument: '{word}'")),
    };
    Acts::new(rest.iter().map(act).collect(), 0)
}

fn target(word: &str) -> Option<KillTarget> {
    Some(match word.parse::<i64>().ok()? {
        0 => KillTarget::OwnGroup,
        -1 => KillTarget::All,
        n if n > 0 => KillTarget::Pid(Pid(u32::try_from(n).ok()?)),
        n => KillTarget::Group(Pid(u32::try_from(n.unsigned_abs()).ok()?)),
    })
}

fn pidof(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let names: Vec<&str> = called.args.iter().copied().filter(|a| !a.starts_with('-')).collect();
    let found = others(sys).into_iter().filter(|t| names.iter().any(|n| ps::named(t, n)));
    let mut pids: Vec<String> = found.map(|t| t.pid.to_string()).collect();
    pids.reverse();
    if pids.is_empty() {
        return Acts::new(Vec::new(), 1);
    }
    Acts::new(vec![Act::print(format!("{}\n", pids.join(" ")))], 0)
}

fn by_name(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let full = called.args.contains(&"-f");
    let exact = called.args.contains(&"-x") || called.name == "killall";
    let args: Vec<&str> =
        called.args.iter().copied().filter(|a| !matches!(*a, "-f" | "-x" | "-q" | "-w" | "-e")).collect();
    let lists = called.name == "pgrep";
    let (signal, rest) = match if lists { Ok((None, args.as_slice())) } else { signal_of(&args) } {
        Ok(found) => found,
        Err(message) => return Acts::fails(&format!("{}: {message}", called.name), 2),
    };
    let Some(pattern) = rest.iter().rfind(|a| !a.starts_with('-')) else {
        return Acts::fails(&format!("{}: no matching criteria specified", called.name), 2);
    };
    let matches = |t: &&Task| {
        let text = if full { t.argv.join(" ") } else { t.comm.to_string() };
        t.alive().is_some() && if exact { text == *pattern } else { text.contains(pattern) }
    };
    let found: Vec<Pid> = others(sys).into_iter().filter(matches).map(|t| t.pid).collect();
    if found.is_empty() {
        let text = if called.name == "killall" { format!("{pattern}: no process found") } else { String::new() };
        return if text.is_empty() { Acts::new(Vec::new(), 1) } else { Acts::fails(&text, 1) };
    }
    if lists {
        let text: String = found.iter().map(|p| format!("{p}\n")).collect();
        return Acts::new(vec![Act::print(text)], 0);
    }
    Acts::new(found.into_iter().map(|p| Act::from(Call::Kill(KillTarget::Pid(p), signal))).collect(), 0)
}

/// `nginx -s quit` and the like: signals the master, and returns at once.
fn control(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    let row = CONTROLS.iter().find(|row| row.names.contains(&called.name))?;
    let asked = |(flag, word, _): &&(&str, &str, Signal)| called.args.windows(2).any(|pair| pair == [*flag, *word]);
    let (flag, word, signal) = *row.words.iter().find(asked)?;
    let program = called.name;
    let master = others(sys).into_iter().find(|t| t.alive().is_some() && row.masters.contains(&&*t.comm));
    let Some(master) = master else {
        let text = format!("{program}: [error] open() \"/run/{program}.pid\" failed (2: No such file or directory)");
        return Some(Acts::fails(&text, 1));
    };
    let says = format!("{program} {flag} {word} sends SIG{signal} to the master process and returns at once");
    let kill = Act::from(Call::Kill(KillTarget::Pid(master.pid), Some(signal)));
    Some(Acts::new(vec![Act::from(Call::Say(says.into())), kill], 0))
}
