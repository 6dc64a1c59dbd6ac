//! Building an image: the order of stages, their bases, targets, triggers, and the result.
//!
//! Follows BuildKit `frontend/dockerfile/dockerfile2llb/convert.go`. Nothing is run: `RUN` is only read (see `install`).

pub mod copy;
pub mod dispatch;
pub mod graph;
mod shell_trap;
pub mod stage;
#[cfg(test)]
mod tests;
pub mod trap;

use super::bases::{self, Base};
use super::config::Config;
use super::dockerfile::{self, Command, Dockerfile};
use super::error::BuildError;
use super::reference::Reference;
use super::rootfs::Rootfs;
use super::substitute::{self, Rules};
use super::suggest;
use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::limits::{BUILD_BYTES, BUILD_INSTRUCTIONS, BUILD_STAGES, DIAGNOSTICS, DOCKERFILE_BYTES};
use stage::{Stage, Step};
use std::collections::BTreeMap;

/// What a build is told besides the Dockerfile.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file's name in remarks.
    pub file: String,
    /// `--target`.
    pub target: Option<String>,
    /// `--build-arg`.
    pub build_args: BTreeMap<String, String>,
    /// Images by name that win over the table.
    pub bases: BTreeMap<String, Config>,
    /// An image that is neither given nor in the table fails the build instead of being assumed.
    pub strict_bases: bool,
    /// Longest Dockerfile in bytes.
    pub max_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            file: "Dockerfile".into(),
            target: None,
            build_args: BTreeMap::new(),
            bases: BTreeMap::new(),
            strict_bases: false,
            max_bytes: DOCKERFILE_BYTES,
        }
    }
}

/// A built image.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its configuration.
    pub config: Config,
    /// What the base image brings: shells, programs, `ps`.
    pub base: Base,
    /// Files and programs that the build brings.
    pub rootfs: Rootfs,
    /// Bytes of the Dockerfile that set `CMD`; `None` if the base image did.
    pub cmd_span: Option<Span>,
    /// Bytes of the Dockerfile that set `ENTRYPOINT`; `None` if the base image did.
    pub entrypoint_span: Option<Span>,
}

/// Everything a build has while it goes on.
pub(super) struct Builder<'a> {
    pub text: &'a str,
    pub options: &'a Options,
    pub files: &'a BTreeMap<String, String>,
    pub escape: char,
    pub stages: Vec<Stage>,
    pub by_name: BTreeMap<String, usize>,
    pub globals: BTreeMap<String, String>,
    pub remarks: Vec<Diagnostic>,
    pub budget: usize,
    pub steps_left: usize,
    pub said_not_run: bool,
}

/// Builds the target stage. The error is the one at which a real build stops.
pub(super) fn build(
    files: &BTreeMap<String, String>,
    text: &str,
    options: &Options,
) -> (Result<Image, BuildError>, Vec<Diagnostic>) {
    let mut builder = Builder {
        text,
        options,
        files,
        escape: '\\',
        stages: Vec::new(),
        by_name: BTreeMap::new(),
        globals: BTreeMap::new(),
        remarks: Vec::new(),
        budget: BUILD_BYTES,
        steps_left: BUILD_INSTRUCTIONS,
        said_not_run: false,
    };
    let result = builder.run();
    (result, builder.remarks)
}

/// A limit of the simulator, not of a real builder.
pub(super) fn too_much(what: &str) -> BuildError {
    BuildError::new(format!("limit: {what}")).plainly(format!("the build is too large to be simulated: {what}"))
}

impl Builder<'_> {
    fn run(&mut self) -> Result<Image, BuildError> {
        if self.text.len() > self.options.max_bytes {
            let e = too_much(&format!("the file is longer than {} bytes", self.options.max_bytes));
            return Err(e.at(1, Span::new(0, 0)));
        }
        let file = dockerfile::parse(self.text)?;
        self.escape = file.escape;
        self.read_stages(&file)?;
        let target = self.target()?;
        self.link()?;
        if let [only] = self.stages.as_mut_slice() {
            only.shown_name.clear();
        }
        let reachable = self.resolve(target)?;
        for at in 0..self.stages.len() {
            if reachable.contains(&at) && self.stages.get(at).is_some_and(|s| !s.dispatched) {
                self.dispatch_stage(at)?;
            }
        }
        self.finish(target)
    }

    fn finish(&mut self, target: usize) -> Result<Image, BuildError> {
        trap::final_remarks(self, target);
        let Some(stage) = self.stages.get(target) else { return Err(too_much("no stage")) };
        Ok(Image {
            config: stage.config.clone(),
            base: stage.found.clone(),
            rootfs: stage.rootfs.clone(),
            cmd_span: stage.command_from.map(|o| o.span),
            entrypoint_span: stage.entrypoint_from.map(|o| o.span),
        })
    }

    /// Variables of the platform and of `ARG` before the first `FROM`; then one stage for each `FROM`.
    fn read_stages(&mut self, file: &Dockerfile) -> Result<(), BuildError> {
        let last_name = file.instructions.iter().rev().find_map(|i| match &i.command {
            Command::From(from) => Some(from.name.clone()),
            _ => None,
        });
        let target = self.options.target.clone().or(last_name).filter(|t| !t.is_empty());
        self.globals = platform_args(&self.options.build_args, target.as_deref().unwrap_or("default"));
        for instruction in file.instructions.iter().take_while(|i| matches!(i.command, Command::Arg(_))) {
            let Command::Arg(args) = &instruction.command else { continue };
            self.global_args(args).map_err(|e| e.at(instruction.line, instruction.span))?;
        }
        for instruction in file.instructions.iter().skip_while(|i| matches!(i.command, Command::Arg(_))) {
            if let Command::From(from) = &instruction.command {
                if self.stages.len() >= BUILD_STAGES {
                    return Err(too_much(&format!("more than {BUILD_STAGES} stages")));
                }
                let stage = self.new_stage(from, instruction.line, instruction.span);
                let stage = stage.map_err(|e| e.at(instruction.line, instruction.span))?;
                self.add(stage);
            } else if let Some(stage) = self.stages.last_mut() {
                let step = Step { instruction: instruction.clone(), sources: Vec::new() };
                stage.steps.push(step);
            }
        }
        Ok(())
    }

    fn global_args(&mut self, args: &[(String, Option<String>)]) -> Result<(), BuildError> {
        for (name, default) in args {
            let value = match (self.options.build_args.get(name), default) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => self.substitute_global(default)?,
                (None, None) => continue,
            };
            self.globals.insert(name.clone(), value);
        }
        Ok(())
    }

    fn substitute_global(&mut self, text: &str) -> Result<String, BuildError> {
        let globals = &self.globals;
        let value = substitute::word(text, Rules::word(self.escape), &|name| globals.get(name).cloned());
        let value = value.map_err(BuildError::new)?;
        self.charge(value.len())?;
        Ok(value)
    }

    /// Takes bytes from the build's budget.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), BuildError> {
        self.budget = self.budget.checked_sub(bytes).ok_or_else(|| too_much("variables grow without end"))?;
        Ok(())
    }

    fn new_stage(&mut self, from: &dockerfile::instruction::From, line: u32, span: Span) -> Result<Stage, BuildError> {
        let base = self.substitute_global(&from.base)?;
        if base.is_empty() {
            let kind = format!("base name ({}) should not be blank", from.base);
            return Err(BuildError::new(kind)
                .plainly(format!("{} is empty, so there is no base image", from.base))
                .with_help("give the ARG before FROM a default"));
        }
        if !from.platform.is_empty() {
            let platform = self.substitute_global(&from.platform)?;
            if platform.is_empty() {
                let kind = format!("empty platform value from expression {}", from.platform);
                return Err(BuildError::new(kind));
            }
            check_platform(&platform)
                .map_err(|e| BuildError::new(format!("failed to parse platform {}: {e}", from.platform)))?;
        }
        let mut stage = Stage::new(from.name.clone(), base, line, span);
        if stage.shown_name.is_empty() {
            stage.shown_name = format!("stage-{}", self.stages.len());
        }
        Ok(stage)
    }

    /// Adds a stage; its base is the last earlier stage of that exact name.
    pub(super) fn add(&mut self, mut stage: Stage) -> usize {
        let at = self.stages.len();
        stage.base = self.by_name.get(&stage.base_name).copied();
        if !stage.name.is_empty() {
            self.by_name.insert(stage.name.clone(), at);
        }
        self.stages.push(stage);
        at
    }

    /// Looks up the base image of a stage that needs one.
    pub(super) fn look_up(&mut self, at: usize, needed: bool) -> Result<(), BuildError> {
        let Some(stage) = self.stages.get(at) else { return Ok(()) };
        let (name, line, span, unregistered) = (stage.base_name.clone(), stage.line, stage.span, stage.unregistered);
        let found = if name == "scratch" {
            bases::scratch()
        } else {
            let reference = Reference::parse(&name).map_err(|e| {
                let kind = format!("failed to parse stage name {}: {e}", dockerfile::go::quote(&name));
                BuildError::new(kind).plainly(format!("{name} is no name of an image")).at(line, span)
            })?;
            if !needed {
                return Ok(());
            }
            self.image(&name, &reference).map_err(|e| e.at(line, span))?
        };
        if let (Some(assumed), false) = (found.assumed, unregistered) {
            self.remark(span, Severity::Note, assumed, None);
        }
        if let Some(stage) = self.stages.get_mut(at) {
            stage.config = found.config;
            stage.found = found.base;
            stage.dispatched |= unregistered;
            if let Some((path, text)) = stage.found.script.clone() {
                trap::add_base_script(&mut stage.rootfs, &path, &text);
            }
        }
        Ok(())
    }

    fn image(&self, name: &str, reference: &Reference) -> Result<bases::Found, BuildError> {
        let mut found = bases::find(name, reference);
        let short = name.trim_start_matches("docker.io/").trim_start_matches("library/");
        let given = self.options.bases.get(name).or_else(|| self.options.bases.get(short));
        let given = given.or_else(|| self.options.bases.get(short.strip_suffix(":latest")?));
        if let Some(config) = given {
            found.config = config.clone();
            found.base.script = None;
            found.assumed = None;
        } else if self.options.strict_bases && found.assumed.as_deref().is_some_and(|a| a.contains("not known")) {
            return Err(self.no_image(name, reference));
        }
        Ok(found)
    }

    fn no_image(&self, name: &str, reference: &Reference) -> BuildError {
        let official = if reference.repository.contains('/') { "" } else { "library/" };
        let full = format!("{}/{official}{}:{}", reference.registry, reference.repository, reference.tag);
        let error = BuildError::new(format!("{name}: failed to resolve source metadata for {full}: {full}: not found"))
            .plainly(format!("there is no image {name}"));
        let stages = self.stages.iter().map(|s| s.shown_name.as_str()).filter(|n| !n.is_empty());
        let known: Vec<&str> =
            stages.chain(["alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora"]).collect();
        match suggest::nearest(name, &known) {
            Some(meant) => {
                let kind = format!("{} (did you mean {meant}?)", error.kind);
                BuildError { kind, ..error }.with_help(format!("did you mean {meant}?"))
            }
            None => error,
        }
    }

    /// Adds a remark on the Dockerfile.
    pub(super) fn remark(&mut self, span: Span, severity: Severity, message: impl Into<String>, help: Option<&str>) {
        if self.remarks.len() >= DIAGNOSTICS {
            return;
        }
        let d = Diagnostic::new(&self.options.file, self.text, span, severity, message);
        self.remarks.push(match help {
            Some(help) => d.with_help(help),
            None => d,
        });
    }
}

/// The variables that every build has before `FROM` (BuildKit `dockerfile2llb/platform.go`), for linux/amd64.
fn platform_args(given: &BTreeMap<String, String>, target: &str) -> BTreeMap<String, String> {
    let args = [
        ("BUILDPLATFORM", "linux/amd64"),
        ("BUILDOS", "linux"),
        ("BUILDOSVERSION", ""),
        ("BUILDARCH", "amd64"),
        ("BUILDVARIANT", ""),
        ("TARGETPLATFORM", "linux/amd64"),
        ("TARGETOS", "linux"),
        ("TARGETOSVERSION", ""),
        ("TARGETARCH", "amd64"),
        ("TARGETVARIANT", ""),
        ("TARGETSTAGE", target),
    ];
    let value = |name: &str, default: &str| given.get(name).map_or(default, String::as_str).to_string();
    args.iter().map(|(name, default)| (name.to_string(), value(name, default))).collect()
}

/// Is it a platform: one to four parts of letters, digits, `_`, `.` and `-` (containerd `platforms.Parse`)?
fn check_platform(text: &str) -> Result<(), String> {
    let quoted = dockerfile::go::quote(text);
    if text.contains('*') {
        return Err(format!("{quoted}: wildcards not yet supported: invalid argument"));
    }
    let parts: Vec<&str> = text.splitn(4, '/').collect();
    let word = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if let Some(bad) = parts.iter().skip(1).find(|p| !word(p)) {
        return Err(format!(
            "{} is an invalid component of {quoted}: platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument",
            dockerfile::go::quote(bad)
        ));
    }
    let known = [
        "linux", "windows", "darwin", "freebsd", "amd64", "x86_64", "x86-64", "arm64", "aarch64", "arm", "armhf",
        "386", "i386", "ppc64le", "s390x", "riscv64", "mips64le", "mips64", "loong64", "wasm",
    ];
    if parts.len() == 1 && !known.contains(&text.to_lowercase().as_str()) {
        return Err(format!("{quoted}: unknown operating system or architecture: invalid argument"));
    }
    if parts.len() > 3 {
        return Err(format!("{quoted}: cannot parse platform specifier: invalid argument"));
    }
    Ok(())
}
