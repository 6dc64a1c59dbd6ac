//! The real arm where there are no PID namespaces: it says so.

use crate::case::Case;
use crate::installed::Installed;
use crate::outcome::Outcome;
use std::path::Path;

/// The name under which this program is the first process of a namespace; never here.
pub const INIT: &str = "namespace-init";

/// The real arm cannot be used.
#[derive(Clone, Debug)]
pub struct Real;

impl Real {
    /// Always an error.
    pub fn new(_program: &Path) -> Result<Real, String> {
        Err("PID namespaces are a feature of Linux".into())
    }

    /// Always an error.
    pub fn run(&self, _case: &Case, _shell: &Installed) -> Result<Outcome, String> {
        Err("PID namespaces are a feature of Linux".into())
    }
}

/// Nothing to be done.
pub fn run_init() -> String {
    "PID namespaces are a feature of Linux".into()
}
