//! What programs do by themselves: one row a program and range of versions, each with its source.
//!
//! A row is used when neither a card nor a recognised source file says what the program does. Utilities that scripts call
//! are in `util`, init programs in `init`, shells elsewhere.

pub mod helpers;
pub mod languages;
pub(crate) mod packages;
pub mod row;
pub mod servers;
pub mod stand_in;
pub mod testapp;

use std::sync::Arc;

use super::behaviour::Behaviour;
use crate::base::Text;
use row::{Port, Profile};

/// All rows, one table a topic.
const TABLES: &[&[Profile]] = &[languages::ROWS, servers::ROWS, servers::MASTERS, helpers::ROWS];

/// The row of a program in a version; an unknown version (empty) is the newest.
pub fn find(name: &str, version: &str) -> Option<&'static Profile> {
    let mut rows = TABLES.iter().flat_map(|table| table.iter()).filter(|row| row.names.contains(&name));
    rows.find(|row| row.covers(version))
}

impl Profile {
    /// What the program does when it is started with these arguments.
    pub fn behaviour(&self, name: &str, argv: &[Text]) -> Behaviour {
        let mut behaviour = Behaviour {
            origin: format!("profile of {name}").into(),
            start: self.start.iter().map(row::Do::step).collect(),
            on: row::reactions(self.on),
            ..Behaviour::default()
        };
        let port = self.port(argv);
        if matches!(self.port, Port::Module(_)) && port.is_some() {
            let line = "127.0.0.1 - - [01/Jan/2026 00:00:00] \"GET / HTTP/1.1\" 200 -";
            behaviour.on_request = vec![super::behaviour::Step::Print(crate::trace::Stream::Stderr, line.into())];
        }
        match &self.workers {
            None => behaviour.start.extend(port.map(super::behaviour::Step::Listen)),
            Some(workers) => workers.add(&mut behaviour, self, port, argv),
        }
        behaviour
    }

    /// The port that it listens on with these arguments.
    pub fn port(&self, argv: &[Text]) -> Option<u16> {
        match self.port {
            Port::None => None,
            Port::Fixed(port) => Some(port),
            Port::Argument { flags, default } => Some(argument_port(argv, flags).unwrap_or(default)),
            Port::Module(modules) => {
                let at = argv.iter().position(|a| &**a == "-m")?;
                let (_, default) = modules.iter().find(|(m, _)| argv.get(at + 1).is_some_and(|a| &**a == *m))?;
                let given = argv.iter().skip(at + 2).find_map(|a| a.parse().ok());
                Some(given.unwrap_or(*default))
            }
        }
    }
}

/// The number after one of these flags: `--port 8080`, `--port=8080`, `-b 0.0.0.0:8080`.
fn argument_port(argv: &[Text], flags: &[&str]) -> Option<u16> {
    let last = |text: &str| text.rsplit(':').next().and_then(|p| p.parse::<u16>().ok());
    argv.iter().enumerate().find_map(|(i, a)| {
        let joined = a.split_once('=').filter(|(flag, _)| flags.contains(flag)).and_then(|(_, v)| last(v));
        let next = || flags.contains(&&**a).then(|| argv.get(i + 1)).flatten().and_then(|v| last(v));
        joined.or_else(next)
    })
}

/// A program that is in no table: assumed to be an application without handlers that runs for ever. The text says so.
pub fn unknown(name: &str) -> Behaviour {
    let says = format!("what {name} does is not known: assumed to run for ever without signal handlers");
    Behaviour { origin: says.into(), ..Behaviour::default() }
}

pub(crate) fn shared(behaviour: Behaviour) -> Arc<Behaviour> {
    Arc::new(behaviour)
}
