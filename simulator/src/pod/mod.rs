//! Kubernetes manifests: YAML text to checked workloads.
//!
//! `parse` is the way in: `yaml` reads trees with positions, `schema` compares them with the tables of the API's types,
//! `reading` fills in defaults, validates, and makes the plain values of `spec`. Nothing here runs anything.

mod api;
mod defaults;
mod field_error;
mod names;
mod parse;
mod quantity;
mod reading;
mod remarks;
pub mod rolling;
mod schema;
pub mod spec;
mod yaml;

pub use api::{Api, NEWEST_MINOR};
pub use parse::parse;
