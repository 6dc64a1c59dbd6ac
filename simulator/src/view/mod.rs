//! Views: pure functions from the trace (and a moment in it) to what a person reads. They decide nothing.
//!
//! - `words`, `explain`: events as sentences, and why something happened.
//! - `verdict`, `findings`, `place`: how the stop went, what went wrong, and where in the files to change it.
//! - `stages`, `timers`: how late everybody was in a stop, and which timer would have to be longer.
//! - `fold`, `timeline`, `level`: the folded axis of time, lanes with bars and marks, what matters.
//! - `svg`: a run as a still figure. What the page draws at a moment is the page's.
//! - `logs`, `kubectl`, `shape`: what the tools print. `terminal`: what a command line typed at a moment prints.
//! - `fixture`: two runs made by hand, for tests of all of these.

pub mod client;
pub mod explain;
pub mod findings;
pub mod fixture;
pub mod fold;
pub mod headline;
pub mod kubectl;
pub mod level;
pub mod logs;
pub mod place;
pub mod races;
pub mod shape;
pub mod stages;
pub mod svg;
pub mod terminal;
pub mod timeline;
pub mod timers;
pub mod verdict;
pub mod words;
