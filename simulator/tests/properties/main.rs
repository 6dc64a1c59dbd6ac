//! Properties that hold for every scenario, tried on generated ones, and for every text, tried on broken ones.
//!
//! Generation is seeded: a failure names the seed, and `cases::draft(seed)` gives the same files again.

mod bad_inputs;
mod cases;
mod causes;
mod deletion;
mod determinism;
mod forms;
mod generate;
mod junk;
mod manifest;
mod processes;
mod requests;
mod script;
mod views;
