//! Views: pure functions from the trace (and a moment in it) to what a person reads. They decide nothing.

pub mod explain;
pub mod findings;
pub mod fixture;
pub mod fold;
pub mod kubectl;
pub mod level;
pub mod logs;
pub mod narrate;
pub mod place;
pub mod scene;
pub mod shape;
pub mod step;
pub mod svg;
pub mod timeline;
pub mod verdict;
pub mod words;
