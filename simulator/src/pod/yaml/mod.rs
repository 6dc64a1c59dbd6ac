//! YAML text to trees with positions, bounded, with the rules of the YAML library that Kubernetes uses.
//!
//! The scanner is `saphyr-parser`: events with character positions, so that a remark can point at the very field, at
//! the second of two equal keys, and at an alias. Parsers that fill serde structs give a position for their own errors
//! only, and report a duplicate key at the start of the document. What is Kubernetes' own (booleans of YAML 1.1, merge
//! keys, the last of two equal keys wins) is done here on the events, which also bounds aliases before they are expanded.

mod build;
mod node;
mod positions;
mod read;
mod scalar;

pub use node::{Entry, Kind, Node};
pub use read::read;
