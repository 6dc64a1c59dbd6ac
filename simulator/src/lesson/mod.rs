//! What a scenario is expected to show, and whether a run shows it.

pub mod expect;
