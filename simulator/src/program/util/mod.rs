//! Small utilities that scripts and people call: sleep, cat, ps, kill, env, grep.
//!
//! Most are a list of calls that is known when they start (`Acts`). What a utility does beyond signals, processes and files
//! is left out. Not here: applications (`app`), init programs (`init`), shells.

mod acts;
mod cat;
mod command;
mod expr;
mod files;
mod find;
mod follow;
mod given;
mod look;
mod network;
mod options;
mod owners;
mod signal;
mod spawn;
mod su;
mod tar;
mod tee;
mod text;
mod timeout;
mod tree;
mod work;
mod wrap;

use super::call::{Binary, Call, Resume, Sys};
use super::load::base_name;
use crate::base::Text;
use crate::base::time::{SimDuration, SimTime};
use crate::kernel::fs::Content;

pub use acts::{Act, Acts};
pub(crate) use network::{is_local, listens_locally};
pub(crate) use options::not_simulated as options_not_simulated;

/// Is this `/proc/PID`, or a descriptor of it, of a process that is there?
pub(crate) fn process_files(path: &str, sys: &Sys<'_>) -> bool {
    let mut parts = path.strip_prefix("/proc/").unwrap_or("").trim_end_matches('/').split('/');
    let Some(me) = sys.seen.task(sys.task) else { return false };
    let there = match parts.next() {
        Some("self") => true,
        Some(pid) => {
            let pid = pid.parse().ok().map(crate::base::id::Pid);
            pid.is_some_and(|pid| sys.seen.by_pid(me.namespace, pid).is_some())
        }
        None => false,
    };
    let rest = (parts.next(), parts.next(), parts.next());
    there && matches!(rest, (None, None, None) | (Some("fd"), None | Some("0" | "1" | "2"), None))
}

/// The home directory of a user, as /etc/passwd says.
pub(crate) fn home(user: &str, sys: &Sys<'_>) -> Option<String> {
    tree::line("/etc/passwd", user, sys)?.split(':').nth(5).map(str::to_owned)
}

/// A package of many commands: which one it is, is said by the name that it was called by.
struct Toolbox {
    name: &'static str,
    /// One program that takes the command as its first argument too, and words its messages itself (`busybox sleep 1`).
    one_program: bool,
}

static TOOLBOXES: &[Toolbox] = &[
    Toolbox { name: "coreutils", one_program: false },
    Toolbox { name: "busybox", one_program: true },
    Toolbox { name: "toybox", one_program: false },
    Toolbox { name: "procps", one_program: false },
    Toolbox { name: "psmisc", one_program: false },
    Toolbox { name: "util-linux", one_program: false },
    Toolbox { name: "utility", one_program: false },
    Toolbox { name: "grep", one_program: false },
    Toolbox { name: "findutils", one_program: false },
    Toolbox { name: "netcat", one_program: false },
];

fn toolbox(name: &str) -> Option<&'static Toolbox> {
    TOOLBOXES.iter().find(|row| row.name == name)
}

/// Is this the name of one program that holds many commands and words their output itself?
pub(crate) fn is_one_program(name: &str) -> bool {
    toolbox(name).is_some_and(|row| row.one_program)
}

/// A utility and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub enum Util {
    /// About to start: its arguments, and its name unless the first argument says it.
    Start(std::sync::Arc<[Text]>, Option<Text>),
    /// sleep(1) until then; none is for ever. The length, until it starts.
    Sleep(Option<SimDuration>, Option<SimTime>),
    /// cat(1).
    Cat(cat::Cat),
    /// tail(1) with `-f`.
    Follow(Box<follow::Follow>),
    /// A list of calls.
    Acts(Acts),
    /// Reads all its input, then prints something made of it.
    Filter(Box<text::Filter>),
    /// Runs commands and waits for each.
    Spawn(spawn::Spawn),
    /// tee(1).
    Tee(Box<tee::Tee>),
    /// timeout(1).
    Timeout(timeout::Timeout),
    /// su(1) and runuser(1).
    Su(Box<su::Su>),
}

/// A command as it was called.
pub(crate) struct Called<'a> {
    /// Its own name.
    pub name: &'a str,
    /// What follows the name.
    pub args: Vec<&'a str>,
    /// Is it an applet of BusyBox?
    pub busybox: bool,
}

impl Util {
    /// The utility in a binary; none if it holds something else.
    pub(crate) fn load(binary: &Binary, argv: &[Text], sys: &Sys<'_>) -> Option<Util> {
        let Binary::Program { name, .. } = binary else { return None };
        let toolbox = toolbox(name);
        let alone = toolbox.is_none_or(|row| row.one_program).then(|| name.clone());
        let found = begin(argv, alone.as_ref(), sys).is_some();
        (found || toolbox.is_some()).then(|| Util::Start(argv.into(), alone))
    }

    pub(crate) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        as_called(self.step(resume, sys), sys)
    }

    fn step(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match self {
            Util::Start(argv, alone) => {
                let name = argv.first().map_or("", |a| base_name(a)).to_owned();
                let begun = begin(argv, alone.as_ref(), sys);
                let reads_file = argv.iter().skip(2).any(|a| sys.files.get(sys.cwd, a).is_some());
                if begun.is_none() && READERS.contains(&name.as_str()) && !reads_file {
                    let says = format!("what {name} does is not simulated: it reads its input and prints nothing");
                    *self = Util::Filter(Box::new(text::Filter::nothing()));
                    return Call::Say(says.into());
                }
                *self = begun.unwrap_or_else(|| Util::Acts(not_simulated(&name)));
                self.step(Resume::Start, sys)
            }
            Util::Sleep(None, _) => Call::Pause,
            Util::Sleep(Some(length), until) => {
                let until = *until.get_or_insert(sys.now + *length);
                if until > sys.now { Call::Sleep(until.since(sys.now)) } else { Call::Exit(0) }
            }
            Util::Cat(cat) => cat.resume(resume),
            Util::Follow(follow) => follow.step(sys),
            Util::Acts(acts) => acts.resume(&resume),
            Util::Filter(filter) => filter.resume(resume),
            Util::Spawn(spawn) => spawn.resume(resume, sys),
            Util::Tee(tee) => tee.resume(resume),
            Util::Timeout(timeout) => timeout.resume(resume, sys),
            Util::Su(su) => su.resume(resume),
        }
    }

    pub(crate) fn catch(&mut self, signal: crate::base::signal::Signal) {
        match self {
            Util::Timeout(timeout) => timeout.catch(signal),
            Util::Su(su) => su.catch(signal),
            Util::Start(..) | Util::Sleep(..) | Util::Cat(..) | Util::Acts(_) => {}
            Util::Filter(_) | Util::Spawn(_) | Util::Tee(_) | Util::Follow(_) => {}
        }
    }
}

/// Programs that begin what they say with their name, whatever they were called by (`program_invocation_short_name`).
const SHORT: [&str; 7] = ["awk", "mawk", "setsid", "flock", "setpriv", "pkill", "pgrep"];

/// GNU programs begin what they say with the word that they were called by (`program_invocation_name`), applets with their name.
fn as_called(call: Call, sys: &Sys<'_>) -> Call {
    let Call::Write(2, text) = &call else { return call };
    let Some(task) = sys.seen.task(sys.task) else { return call };
    let word = task.argv.first().map_or("", |word| &**word);
    let file = sys.files.get("/", &task.path).map(|file| &file.content);
    let is_applet = matches!(file, Some(Content::Binary(Binary::Program { name, .. })) if is_one_program(name));
    let name = base_name(word);
    match text.strip_prefix(name) {
        Some(rest) if rest.starts_with(": ") && word.contains('/') && !is_applet && !SHORT.contains(&name) => {
            let rest = rest.replace(&format!("'{name} --help'"), &format!("'{word} --help'"));
            Call::Write(2, format!("{word}{rest}").into())
        }
        _ => call,
    }
}

/// The utility with these arguments, in the state that the world is in now.
fn begin(argv: &[Text], alone: Option<&Text>, sys: &Sys<'_>) -> Option<Util> {
    let mut words: Vec<&str> = argv.iter().map(|a| &**a).collect();
    let one_program = alone.and_then(|name| toolbox(name)).filter(|row| row.one_program);
    let busybox = one_program.is_some();
    if one_program.is_some_and(|row| words.first().is_some_and(|w| base_name(w) == row.name)) {
        words.remove(0);
    }
    let first = words.first().map_or("", |w| base_name(w));
    let name = alone.filter(|_| !busybox).map_or(first, |name| name);
    let args = words.get(1..).unwrap_or(&[]).to_vec();
    command::find(&Called { name, args, busybox }, sys)
}

/// Prints this.
fn print(text: String) -> Acts {
    print_code(text, 0)
}

/// Prints this and exits.
fn print_code(text: String, code: u8) -> Acts {
    Acts::new(if text.is_empty() { Vec::new() } else { vec![Act::print(text)] }, code)
}

/// dirname(1).
fn directory(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", _)) => "/",
        Some((before, _)) => before.trim_end_matches('/'),
        None if path.starts_with('/') => "/",
        None => ".",
    }
}

fn not_simulated(name: &str) -> Acts {
    let text = format!("what {name} does is not simulated: it ends at once with 0");
    Acts::new(vec![Act::from(Call::Say(text.into()))], 0)
}

/// Commands that read their input to its end: whoever writes to one of them gets no SIGPIPE, though it prints nothing here.
const READERS: &[&str] = &["jq", "yq", "od", "xxd", "gzip", "gunzip", "column", "fold", "perl"];

/// Other commands of which people use what they print or make. Interpreters are not among them: what they run is an
/// application with a card.
const OTHERS: &[&str] = &["openssl", "keytool", "ssh-keygen", "gpg", "unzip", "git"];

/// The length of a sleep: numbers with `s`, `m`, `h`, `d`, added up. `None` is for ever.
pub(crate) fn sleep_time(words: &[&str]) -> Result<Option<SimDuration>, String> {
    let mut total = SimDuration::ZERO;
    for word in words {
        if matches!(*word, "infinity" | "inf") {
            return Ok(None);
        }
        let (number, factor) = match word.char_indices().last() {
            Some((at, 's')) => (word.get(..at).unwrap_or(""), 1),
            Some((at, 'm')) => (word.get(..at).unwrap_or(""), 60),
            Some((at, 'h')) => (word.get(..at).unwrap_or(""), 3_600),
            Some((at, 'd')) => (word.get(..at).unwrap_or(""), 86_400),
            _ => (*word, 1),
        };
        let time = SimDuration::parse_secs(number).ok_or_else(|| (*word).to_owned())?;
        total = total + time.times(factor);
    }
    Ok(Some(total))
}

#[cfg(test)]
mod tests;
