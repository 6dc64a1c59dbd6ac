//! What the page knows and how it changes: state, actions, one pure function from both to the next state. No browser here.

pub mod axis;
pub mod fixture;
