//! What an application does: straight-line steps at its start and on each signal. Plain data.
//!
//! A behaviour comes, in this order, from the card that a person wrote, from handlers recognised in the scenario's source
//! files, from the program's profile. `app` runs it. No jumps in it, so that it reads as prose and can be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::trace::Stream;

/// What an application does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Where this comes from, in words: `server.rb:1 traps TERM`, `profile of nginx`.
    pub origin: Text,
    /// What it does at its start, before it waits for work; ends in waiting for ever unless a step exits.
    pub start: Vec<Step>,
    /// What it does on a signal; a signal that is not here keeps its default.
    pub on: BTreeMap<Signal, Reaction>,
    /// What it does after each request it answered: usually a line of access log.
    pub on_request: Vec<Step>,
    /// Something it does again and again while it runs.
    pub every: Option<(SimDuration, Vec<Step>)>,
}

/// What is done about a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// `SIG_IGN`.
    Ignore,
    /// A handler with these steps; after the last the program goes on, unless a step exits.
    Handle(Vec<Step>),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Prints a line; `{pid}`, `{elapsed_s}` are replaced.
    Print(Stream, Text),
    /// Opens a listening socket and accepts connections.
    Listen(u16),
    /// Stops accepting; the socket stays open and connections wait in the backlog.
    StopAccepting,
    /// Closes its listening sockets: new connections are refused.
    Unlisten,
    /// Waits until no request is in flight, at most so long; for ever without a time.
    Drain(Option<SimDuration>),
    /// Takes time.
    Sleep(SimDuration),
    /// Starts a child with this argument list.
    Spawn(Arc<[Text]>),
    /// Sends a signal to its children.
    SignalChildren(Signal),
    /// Waits until all its children have ended.
    WaitChildren,
    /// Writes out what it holds back.
    Flush,
    /// Ends with this code.
    Exit(u8),
    /// Restores the default of the signal it handles and sends it to itself, as well-behaved programs end.
    Reraise,
}
