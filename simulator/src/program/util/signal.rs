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
    if let [first, rest @ ..] = called.args.as_slice()
        && let Some(given) = first.strip_prefix("-l").or(first.strip_prefix("-L"))
    {
        return list(Some(given).filter(|word| !word.is_empty()).or(rest.first().copied()));
    }
    let (signal, rest) = match signal_of(&called.args) {
        Ok(found) => found,
        // An option that procps-ng does not know is looked at below.
        Err(_) if !called.busybox => (Some(Signal::TERM), called.args.as_slice()),
        Err(message) => return Acts::fails(&format!("kill: {message}"), 1),
    };
    let letter = rest.first().and_then(|w| w.strip_prefix('-')).and_then(|w| w.chars().next()).filter(|c| *c != '-');
    if let Some(letter) = letter.filter(|_| !called.busybox) {
        // procps-ng takes `-12` here for an option, its first digit for a process group, and ends with 1 where it could
        // signal that, with 0 where it could not.
        return match target(&format!("-{letter}")) {
            Some(group) => Acts::new(vec![Act { code_if_failed: Some(0), ..Act::from(Call::Kill(group, signal)) }], 1),
            None => Acts::fails(&format!("kill: invalid argument {letter}\n{KILL_USAGE}"), 1),
        };
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
        None => Act::from(Call::Write(2, format!("kill: failed to parse argument: '{word}'\n").into())),
    };
    let unread = rest.iter().any(|word| target(word).is_none());
    Acts::new(rest.iter().map(act).collect(), u8::from(unread))
}

/// `kill -l`: all names in lines of 74 columns, the name of a number, or the number of a name.
fn list(word: Option<&str>) -> Acts {
    let Some(word) = word else {
        let mut text = String::new();
        let mut column = 0;
        for name in (1..=31).filter_map(Signal::from_number).map(|s| s.to_string()) {
            let gap = if column > 73 { "\n" } else { " " };
            column = if gap == " " { column + 1 + name.len() } else { name.len() };
            text = if text.is_empty() { name } else { text + gap + &name };
        }
        return Acts::new(vec![Act::print(text + "\n")], 0);
    };
    let found = match word.parse() {
        Ok(number) => Signal::from_number(number).map(|s| s.to_string()),
        Err(_) => Signal::parse(word).map(|s| s.number().to_string()),
    };
    match found {
        Some(text) => Acts::new(vec![Act::print(text + "\n")], 0),
        None => Acts::fails(&format!("kill: unknown signal name {word}"), 0),
    }
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
