//! From a binary to a program about to start: the card, the recognised source, the profile, in this order.

use std::sync::Arc;

use super::Program;
use super::app::App;
use super::behaviour::{Behaviour, Manner};
use super::call::{Binary, Sys};
use super::init::{Init, supervisors};
use super::profiles::row::Profile;
use super::profiles::{self, packages, stand_in, testapp};
use super::recognise;
use super::source::{self, Source};
use super::supervise::Supervisor;
use super::util::Util;
use crate::base::Text;
use crate::trace::ProgramKind;

/// The program in a binary. `None`: it holds nothing that can run here.
pub(super) fn load(binary: &Binary, argv: &[Text], sys: &Sys<'_>) -> Option<Program> {
    if let (Binary::Shell(id), Some((_, rest))) = (binary, argv.split_first())
        && is_called_as_itself(id, argv)
        && !rest.is_empty()
    {
        // `busybox sh -c ...` acts as `sh -c ...`.
        return load(binary, rest, sys);
    }
    let (name, version) = match binary {
        Binary::Program { name, version } => (name, version),
        Binary::Shell(id) if is_applet(id, argv) => {
            let name = Text::from(base_name(argv.first().map_or("", |a| a)));
            return load(&Binary::Program { name, version: Text::from("") }, argv, sys);
        }
        Binary::Shell(id) => {
            return crate::shell::run::Shell::load(id, argv, sys).map(|shell| Program::Shell(Box::new(shell)));
        }
    };
    let called = base_name(argv.first().map_or(name, |a| a));
    if let Some(init) = Init::load(name, version, argv, sys) {
        return Some(Program::Init(Box::new(init)));
    }
    if let Some(behaviour) =
        supervisors::behaviour(called, argv, sys).or_else(|| supervisors::behaviour(name, argv, sys))
    {
        let manner = behaviour.manner.clone().unwrap_or_default();
        return Some(Program::App(Box::new(App::new(Arc::new(behaviour), manner, called).as_init())));
    }
    if let Some(supervisor) = Supervisor::load(called, argv, sys).or_else(|| Supervisor::load(name, argv, sys)) {
        return Some(Program::Supervisor(supervisor));
    }
    if let Some(util) = Util::load(binary, argv, sys) {
        return Some(Program::Util(util));
    }
    Some(application(name, version, called, argv, sys))
}

/// A multi-call binary acts by the name it is called by.
fn is_applet(id: &str, argv: &[Text]) -> bool {
    let called = base_name(argv.first().map_or("", |a| a));
    let row = crate::shell::variants::by_id(id);
    row.is_some_and(|r| r.columns.details.applet_comm.is_some() && r.columns.details.own_applets.contains(&called))
}

/// A multi-call binary under its own name acts by its first argument.
fn is_called_as_itself(id: &str, argv: &[Text]) -> bool {
    let family = crate::shell::variants::by_id(id).map_or("", |row| row.family);
    // A shell that is one applet of many is named after the binary and itself: busybox-ash.
    let binary = family.split_once('-').map_or("", |(binary, _)| binary);
    argv.first().is_some_and(|a| base_name(a) == binary)
}

/// The last part of a path.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn application(name: &str, version: &str, called: &str, argv: &[Text], sys: &Sys<'_>) -> Program {
    if name == stand_in::NAME {
        return Program::App(Box::new(App::new(
            Arc::new(stand_in::behaviour(version, argv)),
            Manner::default(),
            called,
        )));
    }
    let row = profiles::find(name, version);
    let mut manner = row.map(|row| row.manner_with(argv, sys.env)).unwrap_or_default();
    let own = what(name, row, called, argv, sys, &mut manner);
    let behaviour = match sys.settings.card.as_ref().filter(|_| is_first_application(sys)) {
        Some(card) => card.over(own),
        None => own,
    };
    Program::App(Box::new(App::new(Arc::new(behaviour), manner, called)))
}

/// What it does by its arguments, its source, or its profile.
fn what(
    name: &str,
    row: Option<&'static Profile>,
    called: &str,
    argv: &[Text],
    sys: &Sys<'_>,
    manner: &mut Manner,
) -> Behaviour {
    if name == testapp::NAME {
        return testapp::behaviour(argv);
    }
    if let Some(behaviour) = packages::behaviour(called, argv, sys).or_else(|| packages::behaviour(name, argv, sys)) {
        return behaviour;
    }
    let Some(row) = row else { return profiles::unknown(called) };
    let source = row.language.and_then(|language| source::find(language, argv, sys));
    let mut behaviour = match source {
        Some(Source::Text { language, file, text }) => {
            let mut behaviour = recognise::recognise(language, &file, &text);
            if behaviour.manner.is_some() {
                recognise::unbuffer(manner);
            }
            behaviour.on_request.truncate(recognise::MOST_STEPS);
            behaviour
        }
        Some(Source::Missing(file)) => {
            let says =
                format!("{file} is not among the files here: what it does is not known, so it runs without handlers");
            Behaviour { origin: says.into(), ..Behaviour::default() }
        }
        None => row.behaviour(called, argv),
    };
    behaviour.manner = None;
    behaviour
}

/// The card is about the first application of a container: no other one lives in it now.
fn is_first_application(sys: &Sys<'_>) -> bool {
    let Some(me) = sys.seen.task(sys.task) else { return true };
    let others = sys.seen.in_namespace(me.namespace).filter(|(id, t)| *id != sys.task && t.container == me.container);
    !others.filter(|(_, t)| t.alive().is_some()).any(|(_, t)| t.program == ProgramKind::App)
}
