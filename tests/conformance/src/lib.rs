//! Two arms for one question: the simulator, and real shells under a real kernel.
//!
//! A `Case` is a command, signals with their times, and a last look. The real arm runs it as PID 1 of a new PID
//! namespace (`real`, Linux and root only), the simulator arm through `simulator::probe::play`; both give an `Outcome`,
//! and `judge` says where these differ. `generate` makes cases by chance, `shrink` makes a case that differs small.
//!
//! Not here: what is right. The real shell is, always.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the real arm has the real clock, and threads")]

pub mod case;
pub mod generate;
pub mod helpers;
pub mod installed;
pub mod judge;
pub mod outcome;
#[cfg(target_os = "linux")]
pub mod real;
#[cfg(not(target_os = "linux"))]
#[path = "real/elsewhere.rs"]
pub mod real;
pub mod schedule;
pub mod shrink;
pub mod simulated;
pub mod suite;
