//! Package managers that run a script of package.json: npm, yarn, pnpm. They stay as the parent of a shell.
//!
//! Source: measured with npm 11, yarn 1.22, pnpm 9 on node 20. npm passes TERM and INT on to the shell, waits, dies of the
//! signal that killed the shell, and as PID 1, which survives that, exits with 1 half a second later.

use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::kernel::fs::Content;
use crate::program::behaviour::{Behaviour, Manner, Reaction, Second, Step};
use crate::program::call::Sys;

/// A package manager.
struct Manager {
    names: &'static [&'static str],
    /// Words before the name of the script.
    runs: &'static [&'static str],
    /// Signals that it passes on.
    forwards: &'static [Signal],
    /// How long it takes to exit when it has survived the signal that killed its child.
    survives: SimDuration,
    /// Does it run a script by naming it alone?
    bare: bool,
}

const MANAGERS: &[Manager] = &[
    Manager {
        names: &["npm"],
        runs: &["run", "run-script"],
        forwards: &[Signal::TERM, Signal::INT],
        survives: SimDuration::from_millis(500),
        bare: false,
    },
    Manager { names: &["yarn"], runs: &["run"], forwards: &[Signal::TERM], survives: SimDuration::ZERO, bare: true },
    Manager { names: &["pnpm"], runs: &["run"], forwards: &[Signal::TERM], survives: SimDuration::ZERO, bare: true },
];

/// What `npm start`, `npm run NAME`, `yarn NAME` do; none for other programs and other commands of theirs.
pub(crate) fn behaviour(name: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Behaviour> {
    let manager = MANAGERS.iter().find(|m| m.names.contains(&name))?;
    let words: Vec<&str> = argv.iter().skip(1).map(|a| &**a).filter(|a| !a.starts_with('-')).collect();
    let script = match words.as_slice() {
        [first, script, ..] if manager.runs.contains(first) => *script,
        [first @ ("start" | "stop" | "test"), ..] => *first,
        [first, ..] if manager.bare => *first,
        _ => return None,
    };
    let Some(line) = script_of(script, sys) else {
        let origin = format!("{name}: package.json has no script {script}, or is not among the files here").into();
        let message = format!("{name} error Missing script: \"{script}\"").into();
        let start = vec![Step::Print(crate::trace::Stream::Stderr, message), Step::Exit(1)];
        return Some(Behaviour { origin, start, ..Behaviour::default() });
    };
    let shell: Arc<[Text]> = Arc::from([Text::from("sh"), Text::from("-c"), line]);
    let mut behaviour = Behaviour { origin: format!("profile of {name}").into(), ..Behaviour::default() };
    behaviour.start = vec![
        Step::Install,
        Step::Spawn(shell),
        Step::WaitChildren,
        Step::DieAsChild,
        Step::Sleep(manager.survives),
        Step::Exit(1),
    ];
    for signal in manager.forwards {
        behaviour.on.insert(*signal, Reaction::Handle(vec![Step::SignalChildren(*signal)]));
    }
    behaviour.manner = Some(Manner { second: Second::Queues, ..Manner::default() });
    Some(behaviour)
}

/// The line of a script in package.json: the value of its name after `"scripts"`.
fn script_of(name: &str, sys: &Sys<'_>) -> Option<Text> {
    let Content::Text(text) = &sys.files.get(sys.cwd, "package.json")?.content else { return None };
    let (_, scripts) = text.split_once("\"scripts\"")?;
    let (_, rest) = scripts.split_once(&format!("\"{name}\""))?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let mut line = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => line.extend(letters.next()),
            '"' => return Some(line.into()),
            _ => line.push(letter),
        }
    }
    None
}
