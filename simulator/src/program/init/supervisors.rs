//! supervisord, an application whose children come from its configuration file; and pause.
//!
//! Not simulated: restarts of a service that ended, event listeners. Other supervisors are in `supervise`.

use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::kernel::fs::{Content, FileSystem};
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

fn text_of(files: &FileSystem, cwd: &str, path: &str) -> Option<Text> {
    match files.get(cwd, path).map(|f| &f.content) {
        Some(Content::Text(text)) => Some(text.clone()),
        _ => None,
    }
}
