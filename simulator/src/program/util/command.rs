//! The table of utilities: from a name to what runs.

use super::super::call::Sys;
use super::super::ps;
use super::follow::Follow;
use super::spawn::Spawn;
use super::{
    Act, Acts, Called, Util, cat, files, find, look, network, print, signal, sleep_time, su, tar, tee, text, timeout,
    wrap,
};

/// The utility of this name, about to start.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Util> {
    let args = called.args.as_slice();
    let exit = |code| Some(Util::Acts(Acts::new(Vec::new(), code)));
    match called.name {
        "true" | ":" => exit(0),
        "false" => exit(1),
        "sleep" => Some(sleep(called)),
        "cat" => Some(Util::Cat(cat::Cat::read(called))),
        "tee" => Some(Util::Tee(Box::new(tee::Tee::read(called)))),
        "tail" if follows(args) => Some(Util::Follow(Box::new(Follow::read(called)))),
        "timeout" => Some(match timeout::Timeout::read(args, called.busybox) {
            Ok(timeout) => Util::Timeout(timeout),
            Err(message) if called.busybox => Util::Acts(Acts::fails(&format!("timeout: {message}"), 1)),
            Err(message) => {
                let text = format!("timeout: {message}\nTry 'timeout --help' for more information.");
                Util::Acts(Acts::fails(&text, 125))
            }
        }),
        "su" if called.busybox => Some(Util::Acts(su::in_place(called, sys))),
        "su" | "runuser" => Some(su::begin(called, sys).map_or_else(Util::Acts, |su| Util::Su(Box::new(su)))),
        "ps" => Some(ps_of(called, sys)),
        "tar" if !tar::extracts(args) => Some(Util::Acts(tar::create(args, sys))),
        "find" => Some(Util::Spawn(find::find(args, called.busybox, sys))),
        "xargs" => Some(Util::Spawn(Spawn::xargs(args))),
        "env" if args.is_empty() => wrap::find(called, sys).map(Util::Acts),
        "curl" | "wget" | "nc" | "ncat" => Some(Util::Acts(network::connect(called, sys))),
        "sed" if let Some(refused) = text::sed::refused(called, sys) => Some(Util::Acts(refused)),
        _ => {
            if let Some(filter) = text::find(called, sys) {
                return Some(Util::Filter(filter));
            }
            let acts = files::find(called, sys).or_else(|| look::find(called, sys)).or_else(|| told(called, sys));
            acts.or_else(|| signal::find(called, sys)).or_else(|| wrap::find(called, sys)).map(Util::Acts)
        }
    }
}

/// Utilities that print what they know at once.
fn told(called: &Called<'_>, sys: &Sys<'_>) -> Option<Acts> {
    let args = called.args.as_slice();
    let host = sys.env.get("HOSTNAME").map_or("localhost", |h| h);
    Some(print(match called.name {
        "echo" => echo(args),
        "printf" => {
            let values: Vec<String> = args.iter().skip(1).map(|a| (*a).to_owned()).collect();
            crate::shell::run::printed(args.first().unwrap_or(&""), &values)
        }
        "hostname" if args.iter().any(|a| matches!(*a, "-i" | "-I" | "--ip-address")) => "10.244.0.5\n".into(),
        "hostname" if args.contains(&"-s") => format!("{}\n", host.split('.').next().unwrap_or(host)),
        "hostname" => format!("{host}\n"),
        "uname" => uname(args, host),
        "date" => date(args, sys),
        "printenv" if args.is_empty() => sys.env.iter().map(|(k, v)| format!("{k}={v}\n")).collect(),
        "printenv" => {
            let text = args.iter().filter_map(|v| sys.env.get(*v)).map(|v| format!("{v}\n")).collect();
            let code = u8::from(args.iter().any(|v| !sys.env.contains_key(*v)));
            return Some(super::print_code(text, code));
        }
        "expr" => {
            return Some(match super::expr::expr(args) {
                Ok((text, code)) => super::print_code(text + "\n", code),
                Err(what) => Acts::fails(&format!("expr: {what}"), 2),
            });
        }
        // A lock on a descriptor: nobody else holds it.
        "flock" if args.iter().all(|a| a.starts_with('-') || a.parse::<u32>().is_ok()) => String::new(),
        "arch" => "x86_64\n".into(),
        "dpkg" if args.contains(&"--print-architecture") => "amd64\n".into(),
        "dpkg-query" => {
            let package = args.iter().find(|a| !a.starts_with('-')).copied().unwrap_or("");
            return Some(Acts::fails(&format!("dpkg-query: no packages found matching {package}"), 1));
        }
        "getconf" => match args.first() {
            Some(&("_NPROCESSORS_ONLN" | "_NPROCESSORS_CONF")) => "2\n".into(),
            Some(&("PAGE_SIZE" | "PAGESIZE")) => "4096\n".into(),
            Some(&"LONG_BIT") => "64\n".into(),
            _ => "undefined\n".into(),
        },
        "pwd" => format!("{}\n", sys.cwd),
        "tty" => return Some(super::print_code("not a tty\n".into(), 1)),
        "basename" | "dirname" if !called.busybox && refused(called).is_some() => return refused(called),
        "dirname" => {
            args.iter().filter(|a| !a.starts_with('-')).map(|a| format!("{}\n", super::directory(a))).collect()
        }
        "basename" => basenames(args),
        "seq" => seq(args),
        "nproc" => "2\n".into(),
        "sync" | "stty" | "renice" => String::new(),
        _ => return None,
    }))
}

fn uname(args: &[&str], host: &str) -> String {
    let parts = [
        ('s', "Linux"),
        ('n', host),
        ('r', "6.1.0"),
        ('v', "#1 SMP PREEMPT_DYNAMIC"),
        ('m', "x86_64"),
        ('o', "GNU/Linux"),
    ];
    let all = args.iter().any(|a| matches!(*a, "-a" | "--all"));
    let asked: String = args.iter().map(|a| a.trim_start_matches('-')).collect();
    let asked = if asked.is_empty() { "s".to_owned() } else { asked };
    let shown: Vec<&str> = parts.iter().filter(|(l, _)| all || asked.contains(*l)).map(|(_, text)| *text).collect();
    format!("{}\n", shown.join(" "))
}

/// What basename(1) and dirname(1) say of an option that they have not, and of no name.
fn refused(called: &Called<'_>) -> Option<Acts> {
    let long = [("multiple", 'a'), ("suffix", 's'), ("zero", 'z')];
    let (valued, plain) = if called.name == "basename" { ("s", "az") } else { ("", "z") };
    let given = super::given::read(&called.args, valued, plain, &long);
    let letter = |word: &str| word.chars().find(|c| !"-asz".contains(*c)).unwrap_or_default();
    let said = match given.unknown {
        Some(word) if word.starts_with("--") => format!("unrecognized option '{word}'"),
        Some(word) => format!("invalid option -- '{}'", letter(word)),
        None if given.words.is_empty() => "missing operand".into(),
        None => return None,
    };
    Some(Acts::fails(&format!("{0}: {said}\nTry '{0} --help' for more information.", called.name), 1))
}

/// basename(1): `NAME [SUFFIX]`, `-s SUFFIX NAME...`, `-a NAME...`.
fn basenames(args: &[&str]) -> String {
    let given = super::given::read(args, "s", "az", &[("multiple", 'a'), ("suffix", 's')]);
    let many = given.has('a') || given.has('s');
    let ending = given.value('s').or_else(|| given.words.get(1).copied().filter(|_| !many)).unwrap_or("");
    let words = given.words.iter().take(if many { usize::MAX } else { 1 });
    let name = |path: &str| {
        let name = super::base_name(path.trim_end_matches('/'));
        let name = if name.is_empty() && path.starts_with('/') { "/" } else { name };
        format!("{}\n", name.strip_suffix(ending).filter(|n| !n.is_empty()).unwrap_or(name))
    };
    words.map(|path| name(path)).collect()
}

fn sleep(called: &Called<'_>) -> Util {
    if called.args.is_empty() {
        return Util::Acts(Acts::fails("sleep: missing operand\nTry 'sleep --help' for more information.", 1));
    }
    let option = called.args.iter().find_map(|word| word.strip_prefix('-')?.chars().next());
    if let Some(letter) = option.filter(|letter| *letter != '-' && !called.busybox) {
        let text = format!("sleep: invalid option -- '{letter}'\nTry 'sleep --help' for more information.");
        return Util::Acts(Acts::fails(&text, 1));
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

fn ps_of(called: &Called<'_>, sys: &Sys<'_>) -> Util {
    let style = if called.busybox { ps::Style::BusyBox } else { ps::Style::Procps };
    let Some(me) = sys.seen.task(sys.task) else { return Util::Acts(print(String::new())) };
    let (text, code) = ps::print(sys.seen, me.namespace, style, &called.args);
    Util::Acts(Acts::new(vec![Act::print(text)], code))
}

fn echo(args: &[&str]) -> String {
    let plain = args.iter().skip_while(|a| matches!(**a, "-n" | "-e")).copied().collect::<Vec<&str>>().join(" ");
    if args.contains(&"-n") { plain } else { format!("{plain}\n") }
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

/// The clock of a run starts at midnight of 1 January 2026, UTC.
fn date(args: &[&str], sys: &Sys<'_>) -> String {
    const BEGIN: i64 = 1_767_225_600;
    let micros = i64::try_from(sys.now.as_micros()).unwrap_or(i64::MAX);
    let given = args.iter().find_map(|arg| arg.strip_prefix('+'));
    let format = match given {
        Some(format) => {
            let fraction = micros % 1_000_000;
            format.replace("%3N", &format!("{:03}", fraction / 1_000)).replace("%N", &format!("{fraction:06}000"))
        }
        None if args.iter().any(|a| matches!(*a, "--rfc-3339=seconds" | "--rfc-3339=s")) => "%F %T+00:00".into(),
        None if args.iter().any(|a| matches!(*a, "-Iseconds" | "-Is" | "--iso-8601=seconds")) => "%FT%T+00:00".into(),
        None if args.iter().any(|a| matches!(*a, "-I" | "--iso-8601")) => "%F".into(),
        None => "%a %b %e %T UTC %Y".into(),
    };
    let at = args.windows(2).find(|pair| matches!(pair, ["-d" | "--date", _])).and_then(|pair| pair.get(1).copied());
    let at = at.or_else(|| args.iter().find_map(|arg| arg.strip_prefix("--date=")));
    let seconds = at.and_then(|at| at.strip_prefix('@')?.parse().ok()).unwrap_or(BEGIN + micros / 1_000_000);
    format!("{}\n", crate::shell::run::date(&format, seconds))
}

/// Does tail wait for more?
fn follows(args: &[&str]) -> bool {
    args.iter().any(|a| {
        matches!(*a, "--follow" | "--retry")
            || a.starts_with("--follow=")
            || a.strip_prefix('-').is_some_and(|o| !o.starts_with('-') && o.contains(['f', 'F']))
    })
}
