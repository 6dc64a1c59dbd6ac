//! Conformance: the same set-ups that were measured on real systems, run in the simulator.
//!
//! Not here: the wire format of the answers, which belongs to whoever asks (the command line, the tests).

pub mod plans;
pub mod play;
pub mod race;
mod sandbox;
pub mod shell;
mod shell_tree;
