//! Kubernetes manifests: YAML text to checked workloads.
//!
//! `parse` is the way in: `yaml` reads trees with positions, `schema` compares them with the tables of the API's types,
//! `reading` fills in defaults, validates, and makes the plain values of `spec`. `links` looks at references between
//! objects, `env` and `files` say what a container starts with. Nothing here runs anything.

mod api;
pub mod defaults;
pub mod env;
mod field_error;
pub mod files;
mod links;
mod names;
mod parse;
mod quantity;
mod reading;
mod remarks;
pub mod rolling;
mod schema;
pub mod spec;
pub mod yaml;

pub use api::{Api, NEWEST_MINOR};
pub use links::check_links;
pub use parse::parse;
