//! One stage while it is built.

use super::super::bases::{self, Base};
use super::super::config::{Config, split_env};
use super::super::dockerfile::Instruction;
use super::super::rootfs::Rootfs;
use crate::base::diagnostic::Span;
use std::collections::{BTreeMap, BTreeSet};

/// An instruction with the stages that it needs.
#[derive(Clone, Debug)]
pub struct Step {
    /// The instruction.
    pub instruction: Instruction,
    /// `COPY --from`: one stage; `RUN --mount`: one for each mount.
    pub sources: Vec<usize>,
}

/// A stage: from its `FROM` to the next one. Also an image that `--from` names directly (`unregistered`).
#[derive(Clone, Debug)]
pub struct Stage {
    /// `AS name`, lower case; empty without.
    pub name: String,
    /// The name in messages: `stage-0` if it has none.
    pub shown_name: String,
    /// Image or stage after `FROM`, substituted.
    pub base_name: String,
    /// The earlier stage that `base_name` is.
    pub base: Option<usize>,
    /// Line of `FROM`.
    pub line: u32,
    /// Bytes of `FROM`.
    pub span: Span,
    /// Not a stage of the file.
    pub unregistered: bool,
    /// Its instructions, triggers of the base first.
    pub steps: Vec<Step>,
    /// Stages that it needs besides its base, with the line and bytes of the instruction that needs them.
    pub needs: BTreeMap<usize, (u32, Span)>,
    /// The base image was looked up.
    pub resolved: bool,
    /// Its triggers were looked for in the base stage.
    pub triggers_read: bool,
    /// Its instructions were carried out.
    pub dispatched: bool,
    /// The configuration so far.
    pub config: Config,
    /// Variables that substitution sees: `ENV` and `ARG`.
    pub env: BTreeMap<String, String>,
    /// `CMD` was set in this stage.
    pub cmd_set: bool,
    /// `ENTRYPOINT` was set in this stage.
    pub entrypoint_set: bool,
    /// Where `SHELL` was set last.
    pub shell_from: Option<Span>,
    /// What the base image brings.
    pub found: Base,
    /// The files so far.
    pub rootfs: Rootfs,
    /// Where `CMD` and `ENTRYPOINT` in force were set, and whether in shell form; `None` for those of the base image.
    pub command_from: Option<Origin>,
    /// As `command_from`, for the entrypoint.
    pub entrypoint_from: Option<Origin>,
    /// The inherited command that an `ENTRYPOINT` cleared, as long as no new one is set, and where.
    pub cleared_cmd: Option<(Span, Vec<String>)>,
    /// `STOPSIGNAL` was set by the file.
    pub stop_signal_set: bool,
    /// Names that `ARG` declared, for messages.
    pub declared: BTreeSet<String>,
}

/// Where an instruction that is in force stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Bytes of its arguments.
    pub span: Span,
    /// It was written in shell form.
    pub shell_form: bool,
    /// `SHELL` was set by then, here or by the base image.
    pub shell_set: bool,
}

impl Stage {
    /// A stage without instructions.
    pub fn new(name: String, base_name: String, line: u32, span: Span) -> Self {
        let empty = bases::scratch();
        Stage {
            shown_name: name.clone(),
            name,
            base_name,
            base: None,
            line,
            span,
            unregistered: false,
            steps: Vec::new(),
            needs: BTreeMap::new(),
            resolved: false,
            triggers_read: false,
            dispatched: false,
            config: Config::default(),
            env: BTreeMap::new(),
            cmd_set: false,
            entrypoint_set: false,
            shell_from: None,
            found: empty.base,
            rootfs: Rootfs::default(),
            command_from: None,
            entrypoint_from: None,
            cleared_cmd: None,
            stop_signal_set: false,
            declared: BTreeSet::new(),
        }
    }

    /// Takes over what the base stage has so far; triggers do not go further than one generation.
    pub fn inherit(&mut self, base: &Stage) {
        self.config = base.config.clone();
        self.config.on_build.clear();
        self.env = base.env.clone();
        self.found = base.found.clone();
        self.rootfs = base.rootfs.clone();
        self.command_from = base.command_from;
        self.entrypoint_from = base.entrypoint_from;
        self.shell_from = base.shell_from;
        self.cleared_cmd = base.cleared_cmd.clone();
        self.stop_signal_set = base.stop_signal_set;
    }

    /// Makes the image's variables those of substitution, on top of what the base stage left.
    pub fn enter(&mut self) {
        if self.config.env_value("PATH").is_none() {
            self.config.env.push(format!("PATH={}", super::super::config::DEFAULT_PATH));
        }
        for entry in &self.config.env {
            let (name, value) = split_env(entry);
            self.env.insert(name.to_string(), value.to_string());
        }
    }

    /// Bytes that taking this stage over costs.
    pub fn bytes(&self) -> usize {
        let env: usize = self.env.iter().map(|(k, v)| k.len() + v.len()).sum();
        self.config.bytes() + env + self.rootfs.files.len() * 64
    }
}
