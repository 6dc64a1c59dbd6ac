//! Utilities that tell about files and users: ls, stat, readlink, realpath, which, id, whoami, groups, getent, test.
//!
//! Sizes of directories, inodes, links and blocks are not simulated.

use super::super::call::Sys;
use super::given;
use super::tree::{self, Kind};
use super::{Act, Acts, Called, print, print_code};
use crate::program::Call;

/// The utility of this name.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    Some(match called.name {
        "ls" => list(called, sys),
        "stat" => stat(called, sys),
        "readlink" | "realpath" => resolve(called, sys),
        "which" => which(called, sys),
        "id" => id(called, sys),
        "groups" => print(format!("{}\n", group_names(uid(sys), sys))),
        "whoami" => match tree::user_name(uid(sys), sys) {
            Some(name) => print(format!("{name}\n")),
            None => Acts::fails(&format!("whoami: cannot find name for user ID {}", uid(sys)), 1),
        },
        "getent" => getent(called, sys),
        _ => return None,
    })
}

fn uid(sys: &Sys<'_>) -> u32 {
    sys.seen.task(sys.task).map_or(0, |t| t.uid)
}

/// Text on both outputs, and the exit code.
fn both(errors: String, text: String, code: u8) -> Acts {
    let pieces = [(2, errors), (1, text)];
    let acts = pieces.into_iter().filter(|(_, t)| !t.is_empty()).map(|(fd, t)| Act::from(Call::Write(fd, t.into())));
    Acts::new(acts.collect(), code)
}

fn list(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [("all", 'a'), ("almost-all", 'A'), ("directory", 'd'), ("recursive", 'R'), ("color", 'k')];
    let given = given::read(&called.args, "IwT", "aAdlhnRrtSF1iskgoGpNQLHkcuU", &long);
    let words = if given.words.is_empty() { vec!["."] } else { given.words.clone() };
    let hidden = given.has('a') || given.has('A');
    let (mut errors, mut files, mut directories) = (String::new(), Vec::new(), Vec::new());
    for word in &words {
        let why = || tree::why_missing(word, sys);
        match tree::behind(word, sys).or_else(|| tree::kind(word, sys)) {
            None if called.busybox => errors.push_str(&format!("ls: {word}: {}\n", why())),
            None => errors.push_str(&format!("ls: cannot access '{word}': {}\n", why())),
            Some(Kind::Directory) if !given.has('d') => directories.push(*word),
            Some(_) => files.push((*word).to_owned()),
        }
    }
    files.sort();
    let line = |name: &str, path: &str| {
        if given.has('l') || given.has('n') { row(name, path, given.has('n'), sys) } else { format!("{name}\n") }
    };
    let mut text: String = files.iter().map(|file| line(file, file)).collect();
    let titled = words.len() > 1 || given.has('R');
    let mut at = 0;
    let mut shown: Vec<String> = directories.iter().map(|d| (*d).to_owned()).collect();
    shown.sort();
    while let Some(directory) = shown.get(at).cloned() {
        at += 1;
        if titled {
            text.push_str(&format!("{}{directory}:\n", if text.is_empty() { "" } else { "\n" }));
        }
        let mut names: Vec<String> = Vec::new();
        if given.has('a') {
            names.extend([".".to_owned(), "..".to_owned()]);
        }
        names.extend(tree::names(&directory, sys).into_iter().filter(|n| hidden || !n.starts_with('.')));
        if given.has('r') {
            names.reverse();
        }
        if given.has('l') {
            text.push_str("total 0\n");
        }
        for name in &names {
            text.push_str(&line(name, &format!("{directory}/{name}")));
        }
        if given.has('R') {
            let below = names.iter().filter(|n| *n != "." && *n != "..").map(|n| format!("{directory}/{n}"));
            let below: Vec<String> = below.filter(|p| tree::kind(p, sys) == Some(Kind::Directory)).collect();
            shown.splice(at..at, below);
        }
    }
    let code = if errors.is_empty() {
        0
    } else if called.busybox {
        1
    } else {
        2
    };
    both(errors, text, code)
}

/// A line of `ls -l`; the clock of a run begins at midnight of 1 January 2026.
fn row(name: &str, path: &str, numbers: bool, sys: &Sys<'_>) -> String {
    let attributes = sys.files.attributes(sys.cwd, path);
    let kind = tree::kind(path, sys).unwrap_or(Kind::File);
    let user = tree::user_name(attributes.uid, sys).filter(|_| !numbers).unwrap_or_else(|| attributes.uid.to_string());
    let group =
        tree::group_name(attributes.gid, sys).filter(|_| !numbers).unwrap_or_else(|| attributes.gid.to_string());
    let (mode, to) = match sys.files.link_at(sys.cwd, path) {
        Some(target) => (0o777, format!(" -> {target}")),
        None => (attributes.mode, String::new()),
    };
    let size = tree::size(path, sys);
    format!("{} 1 {user} {group} {size:>4} Jan  1 00:00 {name}{to}\n", tree::letters(mode, kind))
}

fn stat(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let given = given::read(&called.args, "c", "Ltf", &[("format", 'c'), ("printf", 'p'), ("dereference", 'L')]);
    let (mut acts, mut code) = (Vec::new(), 0);
    for path in &given.words {
        let kind = if given.has('L') { tree::behind(path, sys) } else { tree::kind(path, sys) };
        let (fd, line) = match kind {
            Some(kind) => match given.value('c') {
                Some(format) => (1, described(format, path, kind, sys)),
                None => {
                    acts.push(Act::from(Call::Say("stat without -c is not simulated: it prints nothing".into())));
                    continue;
                }
            },
            None if called.busybox => (2, format!("stat: can't stat '{path}': {}", tree::why_missing(path, sys))),
            None => (2, format!("stat: cannot statx '{path}': {}", tree::why_missing(path, sys))),
        };
        code |= u8::from(fd == 2);
        acts.push(Act::from(Call::Write(fd, (line + "\n").into())));
    }
    Acts::new(acts, code)
}

fn described(format: &str, path: &str, kind: Kind, sys: &Sys<'_>) -> String {
    let attributes = sys.files.attributes(sys.cwd, path);
    let mode = if kind == Kind::Link { 0o777 } else { attributes.mode };
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        match letters.next() {
            Some('u') => text.push_str(&attributes.uid.to_string()),
            Some('g') => text.push_str(&attributes.gid.to_string()),
            Some('U') => text.push_str(&tree::user_name(attributes.uid, sys).unwrap_or_else(|| "UNKNOWN".into())),
            Some('G') => text.push_str(&tree::group_name(attributes.gid, sys).unwrap_or_else(|| "UNKNOWN".into())),
            Some('a') => text.push_str(&format!("{mode:o}")),
            Some('A') => text.push_str(&tree::letters(mode, kind)),
            Some('n') => text.push_str(path),
            Some('s') => text.push_str(&tree::size(path, sys).to_string()),
            Some('F') => text.push_str(match kind {
                Kind::File if tree::size(path, sys) == 0 => "regular empty file",
                Kind::File => "regular file",
                Kind::Directory => "directory",
                Kind::Link => "symbolic link",
                Kind::Device => "character special file",
            }),
            Some('Y' | 'X' | 'Z') => {
                text.push_str(&(1_767_225_600 + attributes.modified.as_micros() / 1_000_000).to_string());
            }
            Some('N') => text.push_str(&format!("'{path}'")),
            Some('%') => text.push('%'),
            Some(other) => text.push_str(&format!("%{other}")),
            None => text.push('%'),
        }
    }
    text
}

/// readlink says what a link says, `-f` and realpath where a path leads.
fn resolve(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [
        ("canonicalize", 'f'),
        ("no-newline", 'n'),
        ("quiet", 'q'),
        ("canonicalize-missing", 'm'),
        ("canonicalize-existing", 'e'),
    ];
    let given = given::read(&called.args, "", "femnqsvzLP", &long);
    let follows = called.name == "realpath" || "fem".chars().any(|c| given.has(c));
    let (mut errors, mut text, mut code) = (String::new(), String::new(), 0);
    let end = if given.has('n') { "" } else { "\n" };
    for path in &given.words {
        if follows {
            let real = tree::real(path, sys);
            let parent = real.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent });
            let strict = given.has('e') || called.busybox && called.name == "realpath";
            let exists = if strict { tree::behind(&real, sys).is_some() } else { tree::behind(parent, sys).is_some() };
            if exists || given.has('m') {
                text.push_str(&format!("{real}{end}"));
            } else {
                code = 1;
                if called.name == "realpath" {
                    errors.push_str(&format!("realpath: {path}: {}\n", tree::why_missing(path, sys)));
                }
            }
        } else if let Some(target) = sys.files.link_at(sys.cwd, path) {
            text.push_str(&format!("{target}{end}"));
        } else {
            code = 1;
        }
    }
    both(errors, text, code)
}

fn which(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let words: Vec<&&str> = called.args.iter().filter(|a| !a.starts_with('-')).collect();
    let path = sys.env.get("PATH").map_or("/bin:/usr/bin", |p| p);
    let found: Vec<String> = words
        .iter()
        .filter_map(|a| sys.files.find_executable(sys.cwd, a, path).ok())
        .map(|p| format!("{p}\n"))
        .collect();
    let code = u8::from(found.len() < words.len() || words.is_empty());
    print_code(found.concat(), code)
}

fn group_names(uid: u32, sys: &Sys<'_>) -> String {
    let gid = tree::group_of(uid, sys);
    tree::group_name(gid, sys).unwrap_or_else(|| gid.to_string())
}

fn id(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let long = [("user", 'u'), ("group", 'g'), ("name", 'n'), ("groups", 'G'), ("real", 'r')];
    let given = given::read(&called.args, "", "ugGnrza", &long);
    let uid = match given.words.first() {
        None => uid(sys),
        Some(name) => match tree::user(name, sys).or_else(|| name.parse().ok().filter(|_| !called.busybox)) {
            Some(uid) => uid,
            None if called.busybox => return Acts::fails(&format!("id: unknown user {name}"), 1),
            None => return Acts::fails(&format!("id: '{name}': no such user"), 1),
        },
    };
    let gid = tree::group_of(uid, sys);
    let (user, group) = (tree::user_name(uid, sys), tree::group_name(gid, sys));
    let name =
        |name: Option<String>, number: u32| name.filter(|_| given.has('n')).unwrap_or_else(|| number.to_string());
    let text = match () {
        () if given.has('u') => name(user, uid),
        () if given.has('g') || given.has('G') => name(group, gid),
        () => {
            let shown = |number: u32, name: Option<String>| match name {
                Some(name) => format!("{number}({name})"),
                None => number.to_string(),
            };
            let group = shown(gid, group);
            format!("uid={} gid={group} groups={group}", shown(uid, user))
        }
    };
    print(format!("{text}\n"))
}

fn getent(called: &Called<'_>, sys: &Sys<'_>) -> Acts {
    let words: Vec<&str> = called.args.iter().copied().filter(|a| !a.starts_with('-')).collect();
    let file = match words.first() {
        Some(&"passwd") => "/etc/passwd",
        Some(&"group") => "/etc/group",
        Some(&("hosts" | "ahosts" | "ahostsv4")) => {
            let host = words.get(1).copied().unwrap_or("");
            let local = matches!(host, "localhost" | "127.0.0.1");
            return match local {
                true => print("127.0.0.1       localhost\n".into()),
                false => Acts::new(
                    vec![Act::from(Call::Say(format!("{host} is outside the simulation: no address").into()))],
                    2,
                ),
            };
        }
        _ => return Acts::new(vec![Act::from(Call::Say("this database of getent is not simulated".into()))], 1),
    };
    let key = words.get(1).copied().unwrap_or("");
    match tree::line(file, key, sys) {
        Some(line) => print(format!("{line}\n")),
        None => Acts::new(Vec::new(), 2),
    }
}
