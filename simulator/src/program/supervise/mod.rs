//! Programs that keep services running, and can be PID 1: s6-svscan and s6-supervise, runsvdir and runsv, BusyBox init; and
//! the commands that tell them what to do.
//!
//! Each is a machine over system calls; how they differ is in `rows`. Init programs of one command are in `init`; supervisord
//! is an application there.

mod control;
mod desk;
mod rows;
mod scan;
mod service;
mod table;

use super::call::{Call, Resume, Sys};
use crate::base::Text;
use crate::base::signal::Signal;
use crate::trace::ProgramKind;

/// A running supervisor, or a command for one.
#[derive(Clone, Debug, PartialEq)]
pub enum Supervisor {
    /// Of one service.
    Service(Box<service::Service>),
    /// Of the services in a directory.
    Scan(Box<scan::Scan>),
    /// BusyBox init.
    Table(Box<table::Table>),
    /// A command that tells a supervisor what to do.
    Control(Box<control::Control>),
}

impl Supervisor {
    /// The supervisor of this name; none if it is not one.
    pub(crate) fn load(name: &str, argv: &[Text], sys: &Sys<'_>) -> Option<Supervisor> {
        if let Some(row) = rows::service(name) {
            return Some(Supervisor::Service(Box::new(service::Service::new(row, argv, sys))));
        }
        if let Some(row) = rows::scanner(name) {
            return Some(Supervisor::Scan(Box::new(scan::Scan::new(row, argv, sys))));
        }
        if matches!(name, "init" | "busybox-init") {
            return Some(Supervisor::Table(Box::new(table::Table::new(argv, sys))));
        }
        control::Control::new(name, argv, sys).map(|control| Supervisor::Control(Box::new(control)))
    }

    pub(crate) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match self {
            Supervisor::Service(p) => p.resume(resume, sys),
            Supervisor::Scan(p) => p.resume(resume, sys),
            Supervisor::Table(p) => p.resume(resume, sys),
            Supervisor::Control(p) => p.resume(resume, sys),
        }
    }

    pub(crate) fn catch(&mut self, signal: Signal) {
        match self {
            Supervisor::Service(p) => p.catch(signal),
            Supervisor::Scan(p) => p.catch(signal),
            // It takes its signals.
            Supervisor::Table(_) | Supervisor::Control(_) => {}
        }
    }

    /// What sort of program it is.
    pub(crate) fn kind(&self) -> ProgramKind {
        match self {
            Supervisor::Service(_) | Supervisor::Scan(_) | Supervisor::Table(_) => ProgramKind::Init,
            Supervisor::Control(_) => ProgramKind::Utility,
        }
    }
}
