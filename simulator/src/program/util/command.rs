//! The table of utilities: from a name to what runs.

use super::super::call::{Call, FileMark, Sys};
use super::super::ps;
use super::filter::{Filter, Kind};
use super::{Act, Acts, Called, Util, find, signal, sleep_time, timeout, wrap};
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
        "head" | "wc" | "sort" | "tee" | "grep" | "egrep" | "fgrep" => Some(filter(called, sys)),
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
        "id" => Some(print(if args.contains(&"-u") { uid(sys) } else { format!("uid={}\n", uid(sys).trim_end()) })),
        "whoami" => Some(print(if uid(sys) == "0\n" { "root\n".into() } else { uid(sys) })),
        "hostname" => Some(print(format!("{}\n", sys.env.get("HOSTNAME").map_or("localhost", |h| h)))),
        "uname" => Some(print("Linux\n".into())),
        "date" => Some(print(date(args, sys))),
        "env" if args.is_empty() => wrap::find(called, sys).map(Util::Acts),
        "printenv" => Some(print(args.iter().filter_map(|v| sys.env.get(*v)).map(|v| format!("{v}\n")).collect())),
        "basename" => Some(print(format!("{}\n", super::base_name(args.first().unwrap_or(&""))))),
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
        "sort" => Kind::Sort,
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

/// The clock of a run starts at midnight of 1 January 2026, UTC.
fn date(args: &[&str], sys: &Sys<'_>) -> String {
    let seconds = sys.now.as_micros() / 1_000_000;
    let (h, m, s) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
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
