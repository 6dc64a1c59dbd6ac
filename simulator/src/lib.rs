//! What happens between `kubectl delete pod` and exit code 137, as a pure function.
//!
//! Layers, lowest first; a layer uses only those before it:
//!
//! - `base`: time, signals, identities, chance, limits, remarks on texts.
//! - `rules`: the list of rules, each with its page under `rules/`.
//! - `inventory`: what the files declare and no event tells.
//! - `trace`: events, each with its cause and its rule. `observed`: what can be seen, the fold of the trace.
//! - `cx`: clock, queue, trace and budget, handed to every layer.
//! - `kernel`, `program`, `shell`: processes and what runs in them.
//! - `image`: Dockerfiles to configuration, argv of PID 1 and files; base images.
//! - `pod`: manifests, YAML text to checked workloads.
//! - `kubelet`: the node: pods started, probed, restarted and killed; the runtime; deletion at the API server.
//! - `docker`: the daemon in place of a cluster: containers without pods.
//! - `cluster`: controllers, the EndpointSlice and those who read it, a client that sends requests.
//! - `scenario`, `world`: what a run starts from, and its event loop. `view`: what people see of a run.
//! - `lesson`: expectations on a run, the tests of stories. `wire`: a run as what has to be kept or sent of it.
//! - `probe`: one command in one shell build, without a cluster.
//!
//! No IO, no clock, no threads, no floats, no hash maps: the same scenario gives the same trace everywhere.

pub mod base;
pub mod cluster;
pub mod cx;
pub mod docker;
pub mod image;
pub mod inventory;
pub mod kernel;
pub mod kubelet;
pub mod lesson;
pub mod observed;
pub mod pod;
pub mod probe;
pub mod program;
pub mod rules;
pub mod scenario;
pub mod shell;
pub mod trace;
pub mod view;
pub mod wire;
pub mod world;
