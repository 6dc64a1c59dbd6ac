//! What the page knows and how it changes: state, actions, one pure function from both to the next state. No browser here.

pub mod action;
pub mod lane;
pub mod link;
pub mod opening;
pub mod reduce;
pub mod shared;
pub mod state;

pub use simulator::view::{fixture, fold as axis, headline};
