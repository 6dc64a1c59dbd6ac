//! Programs that keep services running and are used as PID 1: supervisord, s6-svscan, runsvdir, BusyBox init; and pause.
//!
//! They are applications whose children come from their configuration files. Not simulated: restarts of a service that ended,
//! log processes, dependencies.

use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::kernel::fs::{Content, FileSystem, normal};
use crate::program::behaviour::{Behaviour, Manner, Reaction, Step};
use crate::program::call::Sys;
use crate::trace::Stream;

/// A service: its command, how it is stopped.
struct Service {
    argv: Arc<[Text]>,
    stop: Signal,
    wait: SimDuration,
}

/// What a supervisor of this name does; none if it is not one.
pub(crate) fn behaviour(name: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Behaviour> {
    let mut behaviour = match name {
        "supervisord" => supervisord(argv, sys),
        "s6-svscan" | "s6" => scan(argv, sys, "s6-supervise", &[Signal::TERM, Signal::INT, Signal::QUIT]),
        "runsvdir" | "runit" => runsvdir(argv, sys),
        "s6-supervise" | "runsv" => supervise(argv),
        "init" | "busybox-init" => busybox_init(sys),
        "pause" => pause(),
        _ => return None,
    };
    behaviour.manner.get_or_insert_default().reaps = true;
    Some(behaviour)
}

fn handle(behaviour: &mut Behaviour, signals: &[Signal], steps: &[Step]) {
    for signal in signals {
        behaviour.on.insert(*signal, Reaction::Handle(steps.to_vec()));
    }
}

/// kubernetes build/pause/linux/pause.c; measured: exits with 0 on INT and TERM, reaps.
fn pause() -> Behaviour {
    let mut behaviour = Behaviour { manner: Some(Manner::default()), ..Behaviour::default() };
    for (signal, name) in [(Signal::INT, "Interrupt"), (Signal::TERM, "Terminated")] {
        let text = format!("Shutting down, got signal: {name}");
        handle(&mut behaviour, &[signal], &[Step::Print(Stream::Stderr, text.into()), Step::Exit(0)]);
    }
    behaviour
}

/// supervisor 4.2: TERM, INT and QUIT stop each process with its stop signal, wait `stopwaitsecs`, then send KILL; exit 0.
/// It looks every second.
fn supervisord(argv: &[Text], sys: &Sys<'_>) -> Behaviour {
    let given = argv.iter().position(|a| matches!(&**a, "-c" | "--configuration")).and_then(|i| argv.get(i + 1));
    let usual =
        ["/etc/supervisord.conf", "/etc/supervisor/supervisord.conf", "/etc/supervisor/conf.d/supervisord.conf"];
    let paths = given.map(|p| &**p).into_iter().chain(usual);
    let text = paths.filter_map(|p| text_of(sys.files, sys.cwd, p)).next().unwrap_or_else(|| Text::from(""));
    let services = read_ini(&text);
    let mut behaviour =
        Behaviour { origin: "profile of supervisord and its configuration".into(), ..Behaviour::default() };
    let mut stop = Vec::new();
    for (at, service) in services.iter().enumerate() {
        behaviour.start.push(Step::Spawn(service.argv.clone()));
        stop.push(Step::SignalChild(u32::try_from(at).unwrap_or(u32::MAX), service.stop));
    }
    let wait = services.iter().map(|s| s.wait).max().unwrap_or(SimDuration::from_secs(10));
    stop.extend([
        Step::WaitChildrenAtMost(wait),
        Step::SignalChildren(Signal::KILL),
        Step::WaitChildren,
        Step::Sleep(SimDuration::from_millis(700)),
        Step::Exit(0),
    ]);
    handle(&mut behaviour, &[Signal::TERM, Signal::INT, Signal::QUIT], &stop);
    handle(&mut behaviour, &[Signal::HUP, Signal::USR2], &[]);
    if services.is_empty() {
        behaviour.start.push(Step::Note("no [program:x] section was found in its configuration".into()));
    }
    behaviour
}

fn read_ini(text: &str) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    let mut in_program = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_program = line.starts_with("[program:");
            if in_program {
                let wait = SimDuration::from_secs(10);
                services.push(Service { argv: Arc::from([]), stop: Signal::TERM, wait });
            }
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| in_program) else { continue };
        let value = value.split(" ;").next().unwrap_or(value).trim();
        let Some(service) = services.last_mut() else { continue };
        match key.trim() {
            "command" => service.argv = words(value),
            "stopsignal" => service.stop = Signal::parse(value).unwrap_or(Signal::TERM),
            "stopwaitsecs" => service.wait = SimDuration::parse_secs(value).unwrap_or(service.wait),
            _ => {}
        }
    }
    services.retain(|s| !s.argv.is_empty());
    services
}

/// Words of a command line with simple quotes.
fn words(line: &str) -> Arc<[Text]> {
    let mut words: Vec<Text> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(q), _) if q == letter => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take().map(Text::from)),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word.take().map(Text::from));
    words.into()
}

/// The directories of a scan directory that hold a `run` file.
fn services_in(directory: &str, sys: &Sys<'_>) -> Vec<(String, String)> {
    let prefix = format!("{}/", normal(sys.cwd, directory));
    let runs = sys.files.iter().filter_map(|(path, _)| path.strip_prefix(&prefix)?.strip_suffix("/run"));
    runs.filter(|name| !name.contains('/')).map(|name| (name.to_owned(), format!("{prefix}{name}"))).collect()
}

/// s6-svscan(8): one s6-supervise a service; TERM, INT and QUIT stop the services with TERM, exit 0.
fn scan(argv: &[Text], sys: &Sys<'_>, supervise: &str, ends: &[Signal]) -> Behaviour {
    let mut behaviour =
        Behaviour { origin: "profile of a supervisor and its scan directory".into(), ..Behaviour::default() };
    let directory = argv.iter().skip(1).find(|a| !a.starts_with('-')).map_or(".", |a| a);
    for (name, path) in services_in(directory, sys) {
        behaviour.start.push(Step::Spawn(Arc::from([Text::from(supervise), name.into(), path.into()])));
    }
    handle(&mut behaviour, ends, &[Step::SignalChildren(Signal::TERM), Step::WaitChildren, Step::Exit(0)]);
    handle(&mut behaviour, &[Signal::HUP, Signal::USR1, Signal::USR2], &[]);
    behaviour
}

/// runsvdir(8): TERM ends it at once and leaves the services alone; HUP tells each runsv to stop, exit 111.
fn runsvdir(argv: &[Text], sys: &Sys<'_>) -> Behaviour {
    let mut behaviour = scan(argv, sys, "runsv", &[]);
    behaviour.on.clear();
    handle(&mut behaviour, &[Signal::TERM], &[Step::Exit(0)]);
    handle(&mut behaviour, &[Signal::HUP], &[Step::SignalChildren(Signal::TERM), Step::Exit(111)]);
    behaviour
}

/// s6-supervise(8), runsv(8): runs `run` of its service directory, the last argument; TERM is passed on.
fn supervise(argv: &[Text]) -> Behaviour {
    let directory = argv.last().map_or(".", |a| a);
    let mut behaviour = Behaviour::default();
    behaviour.start.push(Step::Spawn(Arc::from([Text::from(format!("{directory}/run"))])));
    handle(
        &mut behaviour,
        &[Signal::TERM],
        &[Step::SignalChildren(Signal::TERM), Step::SignalChildren(Signal::CONT), Step::WaitChildren, Step::Exit(0)],
    );
    behaviour
}

/// BusyBox init.c: TERM, USR1 and USR2 send TERM to all, a second later KILL, and ask for a reboot, which a container refuses.
fn busybox_init(sys: &Sys<'_>) -> Behaviour {
    let mut behaviour = Behaviour { origin: "profile of BusyBox init and /etc/inittab".into(), ..Behaviour::default() };
    let table = text_of(sys.files, "/", "/etc/inittab").unwrap_or_else(|| Text::from(""));
    for line in table.lines().filter(|l| !l.trim_start().starts_with('#')) {
        let mut fields = line.splitn(4, ':').skip(2);
        let (Some(action), Some(command)) = (fields.next(), fields.next()) else { continue };
        if matches!(action, "respawn" | "once" | "askfirst" | "sysinit" | "wait") {
            behaviour.start.push(Step::Spawn(words(command.trim_start_matches('-'))));
            if matches!(action, "sysinit" | "wait") {
                behaviour.start.push(Step::WaitChildren);
            }
        }
    }
    let say = |text: &str| Step::Print(Stream::Stdout, format!("\n{text}").into());
    let second = Step::Sleep(SimDuration::from_secs(1));
    for (signal, what) in [(Signal::TERM, "reboot"), (Signal::USR1, "halt"), (Signal::USR2, "poweroff")] {
        let steps = [
            say("The system is going down NOW!"),
            Step::SignalAll(Signal::TERM),
            say("Sent SIGTERM to all processes"),
            second.clone(),
            Step::SignalAll(Signal::KILL),
            say("Sent SIGKILL to all processes"),
            second.clone(),
            say(&format!("Requesting system {what}")),
            second.clone(),
            Step::Exit(0),
        ];
        handle(&mut behaviour, &[signal], &steps);
    }
    behaviour
}

fn text_of(files: &FileSystem, cwd: &str, path: &str) -> Option<Text> {
    match files.get(cwd, path).map(|f| &f.content) {
        Some(Content::Text(text)) => Some(text.clone()),
        _ => None,
    }
}
