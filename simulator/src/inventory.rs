//! What the files declare and no event tells: labels, images, ports, services. The tools print it beside what happened.
//!
//! Plain data, made once from a checked scenario (`scenario::inventory`) and handed to the views together with the trace.
//! Not here: anything that changes during a run.

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::base::tree::Tree;

/// The newest minor release with rules here.
const NEWEST: u8 = 36;

/// Everything that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// Minor release of the cluster and of its kubectl: 36 for 1.36.
    pub minor: u8,
    /// Pods and their controllers, in the order of the files; under Docker a container each.
    pub workloads: Vec<WorkloadFacts>,
    /// Services, in the order of the files.
    pub services: Vec<ServiceFacts>,
}

impl Default for Inventory {
    /// Nothing, in a cluster of the newest release.
    fn default() -> Self {
        Inventory { minor: NEWEST, workloads: Vec::new(), services: Vec::new() }
    }
}

/// A pod or a controller with the template of its pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadFacts {
    /// `kind`: `Deployment`, `Pod`.
    pub kind: Text,
    /// `metadata.name`.
    pub name: Text,
    /// `metadata.namespace`.
    pub namespace: Text,
    /// Labels of the pods, by key.
    pub labels: Vec<(Text, Text)>,
    /// Labels of the controller itself, by key.
    pub own_labels: Vec<(Text, Text)>,
    /// `spec.selector`, by key.
    pub selector: Vec<(Text, Text)>,
    /// `terminationGracePeriodSeconds` of the pods.
    pub grace_s: i64,
    /// Replicas at the start.
    pub replicas: u32,
    /// Seconds of being ready before a pod counts as available.
    pub min_ready_s: u32,
    /// Pods that have to succeed, of a Job.
    pub completions: u32,
    /// Regular containers, in the order of the spec.
    pub containers: Vec<ContainerFacts>,
    /// Init containers and sidecars, in the order of the spec.
    pub init: Vec<ContainerFacts>,
    /// The manifest.
    pub applied: Tree,
    /// No pod: a container that Docker runs.
    pub docker: Option<DockerFacts>,
}

/// What a container of Docker was made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerFacts {
    /// `--init`.
    pub init: bool,
    /// `-it`.
    pub terminal: bool,
    /// `-d`.
    pub detached: bool,
    /// `--restart`.
    pub restart: Text,
    /// `--stop-timeout`.
    pub stop_timeout_s: Option<i64>,
    /// `--stop-signal`.
    pub stop_signal: Option<Text>,
    /// The service of a Compose file.
    pub service: Option<Text>,
}

/// A container of a spec with what its image says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerFacts {
    /// `name`.
    pub name: Text,
    /// `image`.
    pub image: Text,
    /// An init container that lives as long as the pod.
    pub sidecar: bool,
    /// `command`, as the manifest has it.
    pub command: Vec<Text>,
    /// `args`, as the manifest has it.
    pub args: Vec<Text>,
    /// `ports`, as `80/TCP`.
    pub ports: Vec<Text>,
    /// `env` with values that are written there.
    pub env: Vec<(Text, Text)>,
    /// Probes, as `kubectl describe` prints them.
    pub probes: Vec<Text>,
    /// Argument list of the main process.
    pub argv: Vec<Text>,
    /// Does the image have a `ps`, and whose?
    pub ps: Option<PsKind>,
}

/// Whose ps(1) an image has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PsKind {
    /// procps-ng.
    Procps,
    /// The applet of BusyBox.
    BusyBox,
}

/// A Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceFacts {
    /// `metadata.name`.
    pub name: Text,
    /// `metadata.namespace`.
    pub namespace: Text,
    /// `spec.type`.
    pub kind: Text,
    /// `clusterIP: None`.
    pub headless: bool,
    /// `spec.selector`, by key.
    pub selector: Vec<(Text, Text)>,
    /// The manifest.
    pub applied: Tree,
    /// Name, port and target port, which is 0 if it is not known.
    pub ports: Vec<(Text, u16, u16)>,
}

impl Inventory {
    /// The workload that made a pod with this name and owner.
    pub fn workload_of(&self, name: &str, owner: &str) -> Option<&WorkloadFacts> {
        self.workloads.iter().find(|w| &*w.name == owner || (owner.is_empty() && &*w.name == name))
    }
}

impl Inventory {
    /// Does Docker run it, and no cluster?
    pub fn is_docker(&self) -> bool {
        self.workloads.iter().any(|w| w.docker.is_some())
    }
}

impl WorkloadFacts {
    /// The container of this name.
    pub fn container(&self, name: &str) -> Option<&ContainerFacts> {
        self.containers.iter().chain(&self.init).find(|c| &*c.name == name)
    }
}
