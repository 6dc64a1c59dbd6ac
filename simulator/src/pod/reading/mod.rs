//! From checked trees to the plain values of `spec`, with the API server's defaults and validation.
//!
//! One file an object; each reads the fields, fills in defaults and reports what the API server would refuse. An object
//! with errors is still returned as far as it can be read, so that all of its errors show at once.

mod action;
mod container;
mod env;
mod pod;
mod probe;
mod restart;
mod service;
mod toleration;
mod view;
mod volume;
mod workload;

use std::sync::Arc;

use super::api::Api;
use super::remarks::Remarks;

pub use view::View;

/// What every reader needs.
pub struct Reader<'t> {
    /// Version and gates.
    pub api: Api,
    /// The file's name.
    pub file: Arc<str>,
    /// Where remarks go.
    pub remarks: Remarks<'t>,
}
