//! From a Dockerfile and the files beside it to an image: configuration, argv of PID 1, files, shell, programs.
//!
//! Pure text in, plain values out. What the image's processes do is for `program` and `shell`; what a pod adds is in
//! `argv`; what its first word starts is in `executable`. Faithful to BuildKit's Dockerfile frontend, the builder of Docker, down to the wording of its errors.

pub mod argv;
pub mod bases;
mod build;
pub mod config;
pub mod dockerfile;
mod error;
pub mod executable;
mod expose;
mod glob;
pub mod install;
pub mod path;
pub mod reference;
pub mod rootfs;
pub mod substitute;
mod suggest;

pub use argv::{Overrides, argv};
pub use build::{Image, Options};
pub use config::Config;
pub use dockerfile::go::quote;
pub use error::BuildError;
pub use executable::Executable;

use crate::base::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// Builds the image of a Dockerfile. `files` are the build context by name. Without an image, one of the remarks is an
/// error.
pub fn build(
    files: &BTreeMap<String, String>,
    dockerfile: &str,
    options: &Options,
) -> (Option<Image>, Vec<Diagnostic>) {
    let (result, mut remarks) = build::build(files, dockerfile, options);
    match result {
        Ok(image) => (Some(image), remarks),
        Err(error) => {
            remarks.insert(0, error.diagnostic(&options.file, dockerfile));
            (None, remarks)
        }
    }
}

/// What a conformance run compares.
#[derive(Clone, Debug)]
pub struct Probed {
    /// The image's configuration.
    pub config: Config,
    /// The argv of PID 1, or the runtime's error.
    pub argv: Result<Vec<String>, &'static str>,
    /// Remarks that are no errors.
    pub remarks: Vec<Diagnostic>,
}

/// Builds without files and asks for the argv that a pod's overrides lead to.
pub fn probe(dockerfile: &str, options: &Options, pod: &Overrides) -> Result<Probed, BuildError> {
    let (result, remarks) = build::build(&BTreeMap::new(), dockerfile, options);
    let image = result?;
    Ok(Probed { argv: argv(&image.config, pod), config: image.config, remarks })
}
