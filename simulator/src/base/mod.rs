//! What every layer speaks of: time, signals, identities, chance, limits, remarks on texts. Depends on nothing.
pub mod command;
pub mod diagnostic;
pub mod errno;
pub mod id;
pub mod limits;
pub mod rng;
pub mod signal;
pub mod time;
pub mod tree;

/// Shared text: argument words, names, log lines. Cloning costs a counter.
pub type Text = std::sync::Arc<str>;
