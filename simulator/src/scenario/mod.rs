//! What a person gives: files. What a run starts from: a checked scenario.
//!
//! A `Draft` is the files by name, as typed: `Dockerfile`, manifests (`*.yaml`), scripts and sources, and `scenario.yaml`
//! with settings and inputs. `Draft::check` makes a `Scenario` of it, or says where it cannot. A draft is all that a link or
//! a saved state has to keep.

mod absent;
mod card;
mod check;
mod container;
mod docker;
pub mod edit;
pub mod fleet;
mod input;
mod inventory;
pub mod knob;
mod node_input;
mod reader;
mod scripts;
mod settings;
pub mod stories;
mod strings;
mod updates;
mod userland;

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::limits::{INTERACTIVE, Limits};
use crate::base::time::SimTime;
use crate::cluster::{ClusterSettings, WorkloadPlan};
use crate::docker::DockerPlan;
use crate::inventory::Inventory;

pub use docker::DockerAction;
pub use input::{Action, Input, NewTemplate, Target};
pub use node_input::NodeAction;
pub use settings::Settings;
pub use updates::Applied;

/// The name of the file with settings and inputs.
pub const SCENARIO_FILE: &str = "scenario.yaml";
/// The name of the Dockerfile that images without another one are built from.
pub const DOCKERFILE: &str = "Dockerfile";

/// Files as a person typed them, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Draft {
    /// Name and text.
    pub files: BTreeMap<String, String>,
}

/// A scenario that can run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called, if `scenario.yaml` says so.
    pub title: String,
    /// Pods and their controllers, in the order of the manifests.
    pub workloads: Vec<WorkloadPlan>,
    /// Containers that Docker runs; then there are no workloads.
    pub docker: Vec<DockerPlan>,
    /// What the files declare and no event tells, for the views.
    pub inventory: Inventory,
    /// Client and endpoints.
    pub cluster: ClusterSettings,
    /// What people do, in order of time.
    pub inputs: Vec<Input>,
    /// What updates among the inputs apply.
    pub updates: Vec<Applied>,
    /// Settings.
    pub settings: Settings,
    /// The run ends here at the latest.
    pub until: SimTime,
    /// What the run may use.
    pub limits: Limits,
}

impl Draft {
    /// A draft of these files.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Draft { files: files.into_iter().collect() }
    }

    /// The scenario, and the remarks on the files. Without a scenario one of the remarks is an error; with one there may
    /// be errors that did not matter.
    pub fn check(&self) -> (Option<Scenario>, Vec<Diagnostic>) {
        check::check(self, INTERACTIVE)
    }

    /// The same with other limits.
    pub fn check_with(&self, limits: Limits) -> (Option<Scenario>, Vec<Diagnostic>) {
        check::check(self, limits)
    }
}
