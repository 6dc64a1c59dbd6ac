//! The table of utilities: from a name to what runs.

use super::super::call::{Call, FileMark, Sys};
use super::super::ps;
use super::filter::{Filter, Kind};
use super::{Act, Acts, Called, Util, find, lookup, signal, sleep_time, timeout, wrap};
use crate::base::Text;
use crate::kernel::fs::{Content, normal};

/// The utility of this name, about to start.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Util> {
    let args = called.args.as_slice();
    let exit = |code| Some(Util::Acts(Acts::new(Vec::new(), code)));
    match called.name {
        "true" | ":" => exit(0),
        "false" => exit(1),
        "sleep" => Some(sleep(called)),
        "cat" | "tac" => Some(cat(called, sys)),
        "tail" => Some(tail(called, sys)),
        "head" | "wc" | "sort" | "tee" | "grep" | "egrep" | "fgrep" | "tr" | "cut" | "uniq" => {
            Some(filter(called, sys))
        }
        "timeout" => Some(match timeout::Timeout::read(args) {
            Ok(timeout) => Util::Timeout(timeout),
            Err(message) => Util::Acts(Acts::fails(&format!("timeout: {message}"), 125)),
        }),
        "ps" => Some(ps_of(called, sys)),
        "echo" => Some(print(echo(args))),
        "printf" => Some(print(printf(args))),
        "rm" | "mkdir" | "touch" | "chmod" | "chown" | "ln" | "install" | "rmdir" | "unlink" => {
            Some(Util::Acts(files(called)))
        }
        "ls" => Some(print(list(args, sys))),
        "which" => Some(which(args, sys)),
        "id" => Some(print(if args.iter().any(|a| matches!(*a, "-u" | "-g" | "-un" | "-G")) {
            uid(sys)
        } else {
            format!("uid={}\n", uid(sys).trim_end())
        })),
        "whoami" => Some(print(if uid(sys) == "0\n" { "root\n".into() } else { uid(sys) })),
        "hostname" => Some(print(format!("{}\n", sys.env.get("HOSTNAME").map_or("localhost", |h| h)))),
        "uname" if args.contains(&"-m") => Some(print("x86_64\n".into())),
        "uname" => Some(print("Linux\n".into())),
        "date" => Some(print(date(args, sys))),
        "env" if args.is_empty() => wrap::find(called, sys).map(Util::Acts),
        "printenv" => Some(print(args.iter().filter_map(|v| sys.env.get(*v)).map(|v| format!("{v}\n")).collect())),
        "envsubst" => Some(envsubst(args, sys)),
        "arch" => Some(print("x86_64\n".into())),
        "dpkg" if args.contains(&"--print-architecture") => Some(print("amd64\n".into())),
        "find" => Some(lookup::find(args, sys)),
        "dirname" => Some(print(format!("{}\n", lookup::directory(args.first().unwrap_or(&""))))),
        "seq" => Some(print(seq(args))),
        "nproc" => Some(print("2\n".into())),
        "mktemp" => Some(mktemp(args)),
        "basename" => {
            let name = super::base_name(args.first().unwrap_or(&"").trim_end_matches('/'));
            let ending = args.get(1).and_then(|ending| name.strip_suffix(ending)).filter(|n| !n.is_empty());
            Some(print(format!("{}\n", ending.unwrap_or(name))))
        }
        "curl" | "wget" | "nc" | "ncat" => Some(Util::Acts(find::connect(called, sys))),
        _ => signal::find(called, sys).or_else(|| wrap::find(called, sys)).map(Util::Acts),
    }
}

fn print(text: String) -> Util {
    Util::Acts(Acts::new(vec![Act::print(text)], 0))
}

fn sleep(called: &Called<'_>) -> Util {
    if called.args.is_empty() {
        return Util::Acts(Acts::fails("sleep: missing operand\nTry 'sleep --help' for more information.", 1));
    }
    match sleep_time(&called.args) {
        Ok(time) => Util::Sleep(time, None),
        Err(word) if called.busybox => Util::Acts(Acts::fails(&format!("sleep: invalid number '{word}'"), 1)),
        Err(word) => {
            let text = format!("sleep: invalid time interval '{word}'\nTry 'sleep --help' for more information.");
            Util::Acts(Acts::fails(&text, 1))
        }
    }
}

/// The text of a file, if it is one.
fn text_of(path: &str, sys: &Sys<'_>) -> Option<Text> {
    match sys.files.get(sys.cwd, path).map(|f| &f.content) {
        Some(Content::Text(text)) => Some(text.clone()),
        Some(Content::Null) => Some(Text::from("")),
        _ => None,
    }
}

fn cat(called: &Called<'_>, sys: &Sys<'_>) -> Util {
    let names: Vec<&&str> = called.args.iter().filter(|a| !a.starts_with('-')).collect();
    if names.is_empty() {
        return Util::Cat(vec![0], called.busybox);
    }
    let descriptors: Vec<u32> =
        names.iter().rev().filter_map(|n| n.strip_prefix("/dev/fd/").and_then(|n| n.parse().ok())).collect();
    if descriptors.len() == names.len() {
        return Util::Cat(descriptors, called.busybox);
    }
    let mut acts = Vec::new();
    let mut code = 0;
    for name in names {
        acts.push(match text_of(name, sys) {
            Some(text) if text.is_empty() => continue,
            Some(text) => Act::print(text),
            None => {
                code = 1;
                let quoted = format!("'{name}'");
                let (say, name) = if called.busybox { ("can't open ", quoted.as_str()) } else { ("", *name) };
                Act::from(Call::Write(2, format!("cat: {say}{name}: No such file or directory\n").into()))
            }
        });
    }
    Util::Acts(Acts::new(acts, code))
}

/// tail(1): with `-f` it prints the end of the file and then waits for ever; what is added later is not followed.
fn tail(called: &Called<'_>, sys: &Sys<'_>) -> Util {
    let follows = called.args.iter().any(|a| matches!(*a, "-f" | "-F" | "--follow") || a.starts_with("--follow="));
    let names: Vec<&&str> = called.args.iter().filter(|a| !a.starts_with('-') && a.parse::<u32>().is_err()).collect();
    let text = names.first().map(|name| text_of(name, sys).map(|t| t.to_string()).unwrap_or_default());
    if !follows {
        return Util::Filter(Filter::new(Kind::Tail(count(&called.args)), text));
    }
    let last: Vec<String> = text.iter().flat_map(|t| t.lines()).map(str::to_owned).collect();
    let shown: String = last.iter().rev().take(10).rev().map(|l| format!("{l}\n")).collect();
    let mut acts = vec![Act::print(shown)];
    if names.iter().any(|n| **n != "/dev/null") {
        acts.push(Act::from(Call::Say("follows its file; lines that are added later are not simulated".into())));
    }
    acts.push(Act::from(Call::Pause));
    Util::Acts(Acts::new(acts, 0))
}

/// The number of `-n 5`, `-n5`, `-5`.
fn count(args: &[&str]) -> usize {
    let numbers = args.iter().map(|a| a.trim_start_matches("-n").trim_start_matches('-'));
    numbers.filter_map(|a| a.parse().ok()).next().unwrap_or(10)
}

fn filter(called: &Called<'_>, sys: &Sys<'_>) -> Util {
    let options: String =
        called.args.iter().filter(|a| a.starts_with('-')).map(|a| a.trim_start_matches('-')).collect();
    let mut words: Vec<&str> = called.args.iter().copied().filter(|a| !a.starts_with('-')).collect();
    let kind = match called.name {
        "head" => Kind::Head(count(&called.args)),
        "wc" => Kind::Count(options.contains('c')),
        "sort" => Kind::Sort(options),
        "uniq" => Kind::Unique,
        "tr" | "cut" => return Util::Filter(Filter::new(columns(called), None)),
        "tee" => Kind::Copy,
        _ if words.is_empty() => return Util::Acts(Acts::fails("Usage: grep [OPTION]... PATTERNS [FILE]...", 2)),
        _ => Kind::Grep(words.remove(0).to_owned(), options),
    };
    words.retain(|w| w.parse::<u32>().is_err());
    let given = called.name != "tee" && !words.is_empty();
    let text = given.then(|| words.iter().filter_map(|w| text_of(w, sys)).map(|t| t.to_string()).collect());
    Util::Filter(Filter::new(kind, text))
}

fn ps_of(called: &Called<'_>, sys: &Sys<'_>) -> Util {
    let style = if called.busybox { ps::Style::BusyBox } else { ps::Style::Procps };
    let Some(me) = sys.seen.task(sys.task) else { return print(String::new()) };
    let (text, code) = ps::print(sys.seen, me.namespace, style, &called.args);
    Util::Acts(Acts::new(vec![Act::print(text)], code))
}

fn echo(args: &[&str]) -> String {
    let plain = args.iter().skip_while(|a| matches!(**a, "-n" | "-e")).copied().collect::<Vec<&str>>().join(" ");
    if args.contains(&"-n") { plain } else { format!("{plain}\n") }
}

fn printf(args: &[&str]) -> String {
    let Some((format, values)) = args.split_first() else { return String::new() };
    let mut values = values.iter();
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\' || letter == '%') {
            (_, false) => text.push(letter),
            ('\\', true) => match letters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            (_, true) => match letters.next() {
                Some('%') => text.push('%'),
                _ => text.push_str(values.next().unwrap_or(&"")),
            },
        }
    }
    text
}

fn files(called: &Called<'_>) -> Acts {
    let force = called.args.iter().any(|a| a.starts_with('-') && a.contains('f'));
    let parents = called.args.iter().any(|a| a.starts_with('-') && a.contains('p'));
    let mut words: Vec<&str> = called.args.iter().copied().filter(|a| !a.starts_with('-')).collect();
    let mut mode = "";
    if matches!(called.name, "chmod" | "chown") && !words.is_empty() {
        mode = words.remove(0);
    }
    let act = |path: &str| {
        let path_text = Text::from(path);
        let (call, words) = match called.name {
            "rm" | "unlink" | "rmdir" => (Call::Unlink(path_text), "remove"),
            "mkdir" => (Call::Mark(path_text, FileMark::Directory), "create directory"),
            "touch" => (Call::Mark(path_text, FileMark::Touch), "touch"),
            "chmod" => (Call::Mark(path_text, FileMark::Executable(makes_executable(mode))), "access"),
            _ => return Act::from(Call::Say(format!("{} is not simulated", called.name).into())),
        };
        let quiet = (force && called.name == "rm") || (parents && called.name == "mkdir");
        if quiet {
            return Act::from(call);
        }
        let can = if called.busybox { "can't" } else { "cannot" };
        Act::from(call).or(format!("{}: {can} {words} '{path}'", called.name))
    };
    Acts::new(words.into_iter().map(act).collect(), 0)
}

fn makes_executable(mode: &str) -> bool {
    match mode.bytes().all(|b| b.is_ascii_digit()) && !mode.is_empty() {
        true => mode.bytes().any(|digit| digit % 2 == 1),
        false => mode.split(',').any(|m| m.contains('+') && m.contains('x')),
    }
}

fn list(args: &[&str], sys: &Sys<'_>) -> String {
    let directory = normal(sys.cwd, args.iter().find(|a| !a.starts_with('-')).unwrap_or(&"."));
    let prefix = if &*directory == "/" { "/".to_owned() } else { format!("{directory}/") };
    let mut names: Vec<&str> =
        sys.files.iter().filter_map(|(path, _)| path.strip_prefix(&prefix)?.split('/').next()).collect();
    names.dedup();
    names.iter().filter(|n| !n.starts_with('.')).map(|n| format!("{n}\n")).collect()
}

fn which(args: &[&str], sys: &Sys<'_>) -> Util {
    let path = sys.env.get("PATH").map_or("/bin:/usr/bin", |p| p);
    let found: Vec<String> = args
        .iter()
        .filter_map(|a| sys.files.find_executable(sys.cwd, a, path).ok())
        .map(|p| format!("{p}\n"))
        .collect();
    let code = u8::from(found.len() < args.len());
    Util::Acts(Acts::new(vec![Act::print(found.concat())], code))
}

fn uid(sys: &Sys<'_>) -> String {
    format!("{}\n", sys.seen.task(sys.task).map_or(0, |t| t.uid))
}

/// `tr SET SET`, `tr -d SET`; `cut -d X -f N,M-`.
fn columns(called: &Called<'_>) -> Kind {
    let args = &called.args;
    if called.name == "tr" {
        let deletes = args.first().is_some_and(|a| *a == "-d");
        let mut sets = args.iter().filter(|a| !(deletes && **a == "-d")).map(|a| set(a));
        return Kind::Translate(sets.next().unwrap_or_default(), (!deletes).then(|| sets.next().unwrap_or_default()));
    }
    let value = |letter: &str| {
        let at = args.iter().position(|a| a.starts_with(letter))?;
        args.get(at)?.strip_prefix(letter).filter(|v| !v.is_empty()).or_else(|| args.get(at + 1).copied())
    };
    let delimiter = value("-d").and_then(|d| d.chars().next()).unwrap_or('\t');
    Kind::Fields(delimiter, value("-f").unwrap_or("1").to_owned())
}

/// `a-z`, `[:upper:]`, `\n`.
fn set(text: &str) -> Vec<char> {
    let named = [
        ("[:upper:]", "A-Z"),
        ("[:lower:]", "a-z"),
        ("[:digit:]", "0-9"),
        ("[:space:]", " \t\n\r"),
        ("[:alnum:]", "A-Za-z0-9"),
    ];
    let text = named.iter().fold(text.to_owned(), |text, (name, set)| text.replace(name, set));
    let letters: Vec<char> = text.replace("\\n", "\n").replace("\\t", "\t").chars().collect();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        match (letters.get(at + 1), letters.get(at + 2)) {
            (Some('-'), Some(last)) if letter <= last => {
                all.extend(*letter..=*last);
                at += 3;
            }
            _ => {
                all.push(*letter);
                at += 1;
            }
        }
    }
    all
}

/// seq(1) with whole numbers, at most a thousand of them.
fn seq(args: &[&str]) -> String {
    let numbers: Vec<i64> = args.iter().filter_map(|a| a.parse().ok()).collect();
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] => (*first, *step, *last),
        _ => return String::new(),
    };
    let within = |n: &i64| if step >= 0 { *n <= last } else { *n >= last };
    let numbers = std::iter::successors(Some(first), |n| n.checked_add(step)).take_while(within).take(1_000);
    numbers.map(|n| format!("{n}\n")).collect()
}

/// envsubst(1): the whole environment, or only the variables in its argument.
fn envsubst(args: &[&str], sys: &Sys<'_>) -> Util {
    let only = args.iter().find(|a| !a.starts_with('-')).map(|a| (*a).to_owned());
    Util::Filter(Filter::new(Kind::Variables(sys.env.clone(), only), None))
}

/// mktemp(1): always the same name.
fn mktemp(args: &[&str]) -> Util {
    let directory = args.iter().any(|a| a.starts_with('-') && a.contains('d'));
    let given = args.iter().find(|a| !a.starts_with('-')).map_or("/tmp/tmp.XXXXXXXXXX", |a| a);
    let path = given.replace("XXXXXXXXXX", "9fJq2hLx0a").replace("XXXXXX", "9fJq2h");
    let mark = if directory { FileMark::Directory } else { FileMark::Touch };
    Util::Acts(Acts::new(vec![Act::from(Call::Mark(path.as_str().into(), mark)), Act::print(format!("{path}\n"))], 0))
}

/// The clock of a run starts at midnight of 1 January 2026, UTC.
fn date(args: &[&str], sys: &Sys<'_>) -> String {
    let seconds = sys.now.as_micros() / 1_000_000;
    let (h, m, s) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    if args.iter().any(|a| matches!(*a, "--rfc-3339=seconds" | "--rfc-3339=s")) {
        return format!("2026-01-01 {h:02}:{m:02}:{s:02}+00:00\n");
    }
    if args.iter().any(|a| matches!(*a, "-Iseconds" | "-Is" | "--iso-8601=seconds")) {
        return format!("2026-01-01T{h:02}:{m:02}:{s:02}+00:00\n");
    }
    match args.iter().find_map(|a| a.strip_prefix('+')) {
        Some("%s") => format!("{}\n", 1_767_225_600 + seconds),
        Some(format) => {
            let text = format.replace("%T", "%H:%M:%S").replace("%F", "2026-01-01");
            let text = text.replace("%H", &format!("{h:02}")).replace("%M", &format!("{m:02}"));
            format!("{}\n", text.replace("%S", &format!("{s:02}")))
        }
        None => format!("Thu Jan  1 {h:02}:{m:02}:{s:02} UTC 2026\n"),
    }
}
