//! What each instruction does to the image.
//!
//! Follows BuildKit `dockerfile2llb/convert.go` (`dispatch` and the functions it calls) and
//! `github.com/moby/sys/signal` for `STOPSIGNAL`.

use super::super::dockerfile::instruction::{CommandLine, Healthcheck, Pair, Run};
use super::super::dockerfile::{Command, heredoc, mount};
use super::super::error::BuildError;
use super::super::rootfs::mode_executes;
use super::super::substitute::{self, Rules};
use super::super::{expose, install, path};
use super::stage::{Origin, Stage, Step};
use super::{Builder, too_much, trap};
use crate::base::diagnostic::{Severity, Span};
use crate::base::limits::EXPOSED_PORTS;
use crate::base::signal::Signal;

impl Builder<'_> {
    /// Carries one instruction of stage `at` out.
    pub(super) fn dispatch(&mut self, at: usize, step: &Step) -> Result<(), BuildError> {
        let span = step.instruction.args_span;
        match &step.instruction.command {
            Command::From(_) | Command::Maintainer => {}
            Command::Arg(args) => self.arg(at, args)?,
            Command::Env(pairs) => self.env(at, pairs)?,
            Command::Label(pairs) => {
                let pairs = self.expand_pairs(at, pairs)?;
                if let Some(config) = self.config(at) {
                    config.labels.extend(pairs);
                }
            }
            Command::Cmd(line) => self.cmd(at, line, span),
            Command::Entrypoint(line) => self.entrypoint(at, line, span),
            Command::Shell(words) => {
                if let Some(stage) = self.stages.get_mut(at) {
                    stage.config.shell = words.clone();
                    stage.shell_from = Some(span);
                }
            }
            Command::Healthcheck(check) => {
                trap::healthcheck(self, span, check);
                self.healthcheck(at, check);
            }
            Command::Expose(ports) => self.expose(at, ports)?,
            Command::User(user) => {
                let user = self.expand(at, user)?;
                if let Some(config) = self.config(at) {
                    config.user = user;
                }
            }
            Command::Volume(volumes) => self.volume(at, volumes)?,
            Command::Workdir(directory) => self.workdir(at, directory)?,
            Command::StopSignal(signal) => self.stop_signal(at, signal, span)?,
            Command::Onbuild(text) => {
                if let Some(config) = self.config(at) {
                    config.on_build.push(text.clone());
                }
            }
            Command::Copy(copy) => self.copy(at, copy, step)?,
            Command::Run(run) => self.run_line(at, run, step)?,
        }
        Ok(())
    }

    /// Substitutes with the variables of the stage.
    pub(super) fn expand(&mut self, at: usize, text: &str) -> Result<String, BuildError> {
        self.expand_with(at, text, Rules::word(self.escape))
    }

    /// As `expand`, with other rules.
    pub(super) fn expand_with(&mut self, at: usize, text: &str, rules: Rules) -> Result<String, BuildError> {
        let env = self.stages.get(at).map(|s| &s.env);
        let value = substitute::word(text, rules, &|name| env.and_then(|e| e.get(name).cloned()));
        let value = value.map_err(BuildError::new)?;
        self.charge(value.len())?;
        Ok(value)
    }

    fn expand_pairs(&mut self, at: usize, pairs: &[Pair]) -> Result<Vec<(String, String)>, BuildError> {
        // All values of one line see the variables before the line.
        pairs.iter().map(|p| Ok((self.expand(at, &p.name)?, self.expand(at, &p.value)?))).collect()
    }

    fn env(&mut self, at: usize, pairs: &[Pair]) -> Result<(), BuildError> {
        let pairs = self.expand_pairs(at, pairs)?;
        let Some(stage) = self.stages.get_mut(at) else { return Ok(()) };
        for (name, value) in pairs {
            stage.config.set_env(&name, &value);
            stage.env.insert(name, value);
        }
        Ok(())
    }

    fn arg(&mut self, at: usize, args: &[(String, Option<String>)]) -> Result<(), BuildError> {
        for (name, default) in args {
            let given = self.options.build_args.get(name).cloned();
            let value = match (given, default) {
                (Some(given), _) => Some(given),
                (None, Some(default)) => Some(self.expand(at, default)?),
                (None, None) => self.globals.get(name).cloned(),
            };
            let Some(stage) = self.stages.get_mut(at) else { return Ok(()) };
            stage.declared.insert(name.clone());
            let scan_only = matches!(name.as_str(), "BUILDKIT_SBOM_SCAN_CONTEXT" | "BUILDKIT_SBOM_SCAN_STAGE");
            if let (Some(value), false) = (value, scan_only) {
                stage.env.insert(name.clone(), value);
            }
        }
        Ok(())
    }

    fn words(stage: &Stage, line: &CommandLine) -> Vec<String> {
        if line.shell_form { stage.config.with_shell(&line.words) } else { line.words.clone() }
    }

    fn cmd(&mut self, at: usize, line: &CommandLine, span: Span) {
        trap::broken_json(self, line, "CMD");
        let Some(stage) = self.stages.get_mut(at) else { return };
        let earlier = stage.command_from.filter(|_| stage.cmd_set);
        stage.config.cmd = Self::words(stage, line);
        stage.cmd_set = true;
        stage.cleared_cmd = None;
        let shell_set = !stage.config.shell.is_empty();
        stage.command_from = Some(Origin { span, shell_form: line.shell_form, shell_set });
        trap::replaced(self, earlier, "CMD");
    }

    fn entrypoint(&mut self, at: usize, line: &CommandLine, span: Span) {
        trap::broken_json(self, line, "ENTRYPOINT");
        let Some(stage) = self.stages.get_mut(at) else { return };
        let words = Self::words(stage, line);
        stage.config.entrypoint = words;
        let shell_set = !stage.config.shell.is_empty();
        let earlier = stage.entrypoint_from.filter(|_| stage.entrypoint_set);
        stage.entrypoint_from = Some(Origin { span, shell_form: line.shell_form, shell_set });
        stage.entrypoint_set = true;
        if !stage.cmd_set && !stage.config.cmd.is_empty() {
            let lost = std::mem::take(&mut stage.config.cmd);
            stage.command_from = None;
            stage.cleared_cmd = Some((span, lost));
        }
        trap::replaced(self, earlier, "ENTRYPOINT");
    }

    fn healthcheck(&mut self, at: usize, check: &Healthcheck) {
        if let Some(config) = self.config(at) {
            config.healthcheck = Some(check.clone());
        }
    }

    fn expose(&mut self, at: usize, raw: &[String]) -> Result<(), BuildError> {
        // All words are substituted before the first is looked at, so an error of the first step comes first.
        let mut words = Vec::new();
        for text in raw {
            let env = self.stages.get(at).map(|s| &s.env);
            let lookup = |name: &str| env.and_then(|e| e.get(name).cloned());
            let found = substitute::words(text, Rules::word(self.escape), &lookup).map_err(BuildError::new)?;
            self.charge(found.iter().map(String::len).sum())?;
            words.extend(found);
        }
        for word in words {
            let ports = expose::ports(&word).map_err(BuildError::new)?;
            self.charge(ports.len())?;
            let Some(config) = self.config(at) else { return Ok(()) };
            config.exposed_ports.extend(ports);
            if config.exposed_ports.len() > EXPOSED_PORTS {
                return Err(too_much("too many ports"));
            }
        }
        Ok(())
    }

    fn volume(&mut self, at: usize, volumes: &[String]) -> Result<(), BuildError> {
        let expanded: Result<Vec<String>, BuildError> = volumes.iter().map(|v| self.expand(at, v)).collect();
        let expanded = expanded?;
        if expanded.iter().any(String::is_empty) {
            return Err(BuildError::new("VOLUME specified can not be an empty string"));
        }
        if let Some(config) = self.config(at) {
            config.volumes.extend(expanded);
        }
        Ok(())
    }

    fn workdir(&mut self, at: usize, text: &str) -> Result<(), BuildError> {
        let directory = self.expand(at, text)?;
        let Some(stage) = self.stages.get_mut(at) else { return Ok(()) };
        stage.config.working_dir = path::resolve(&stage.config.working_dir, &directory);
        stage.rootfs.make_directory(&stage.config.working_dir);
        Ok(())
    }

    fn stop_signal(&mut self, at: usize, text: &str, span: Span) -> Result<(), BuildError> {
        let signal = self.expand(at, text)?;
        if !is_stop_signal(&signal) {
            return Err(BuildError::new(format!("invalid signal: {signal}"))
                .plainly(format!("{signal} is no signal"))
                .with_help("write a name such as SIGTERM or SIGQUIT, or a number other than 0")
                .at(0, span));
        }
        if Signal::parse(&signal).is_none() {
            let message = format!("the build accepts {signal}, but no process can be sent it");
            self.remark(span, Severity::Warning, message, Some("write a name such as SIGTERM"));
        }
        if let Some(stage) = self.stages.get_mut(at) {
            stage.config.stop_signal = signal;
            stage.stop_signal_set = true;
        }
        Ok(())
    }

    fn run_line(&mut self, at: usize, run: &Run, step: &Step) -> Result<(), BuildError> {
        trap::broken_json(self, &run.command, "RUN");
        let mut mounts = Vec::new();
        for text in &run.mounts {
            let env = self.stages.get(at).map(|s| &s.env);
            let rules = Rules::word(self.escape);
            let expand = |t: &str| substitute::word(t, rules, &|name| env.and_then(|e| e.get(name).cloned()));
            mounts.push(mount::read(text, Some(&expand)).map_err(BuildError::new)?);
        }
        for (mount, source) in mounts.iter().zip(&step.sources) {
            let from = mount.source_stage();
            if let Some(from) = from
                && self.stages.get(*source).is_some_and(|s| !s.dispatched)
            {
                return Err(BuildError::new(format!(
                    "cannot mount from stage {} to {}, stage needs to be defined before current command",
                    super::super::quote(from),
                    super::super::quote(&mount.target)
                )));
            }
            if let Some(late) = mount.late_error() {
                return Err(BuildError::new(late));
            }
            let Some(stage) = self.stages.get(at) else { break };
            if mount.needs_target() && path::clean(&path::resolve(&stage.config.working_dir, &mount.target)) == "/" {
                return Err(BuildError::new("invalid mount target \"/\""));
            }
        }
        let text = match run.documents.as_slice() {
            [] => run.command.words.join(" "),
            [only, ..] if run.command.words.first().is_some_and(|w| matches!(heredoc::read(w), Ok(Some(_)))) => {
                only.text()
            }
            all => run
                .command
                .words
                .iter()
                .cloned()
                .chain(all.iter().map(heredoc::Heredoc::text))
                .collect::<Vec<_>>()
                .join("\n"),
        };
        self.effects(at, &text, step.instruction.span);
        Ok(())
    }

    /// Does what is understood of a `RUN` line.
    fn effects(&mut self, at: usize, text: &str, span: Span) {
        let mut not_run = None;
        let Some(stage) = self.stages.get_mut(at) else { return };
        let directory = stage.config.working_dir.clone();
        for effect in install::effects(text) {
            match effect {
                install::Effect::Chmod { mode, files, deep } => {
                    let Some(executable) = mode_executes(&mode) else { continue };
                    for file in files {
                        stage.rootfs.chmod(&path::resolve(&directory, &file), executable, deep);
                    }
                }
                install::Effect::Installed(programs) => {
                    stage.found.ps |= programs.iter().any(|(command, _)| command == "ps");
                    stage.rootfs.programs.extend(programs);
                }
                install::Effect::Downloaded(to, program) => {
                    let to = path::resolve(&directory, &to);
                    super::copy::put_program(&mut stage.rootfs, &to, program, true, span);
                }
                install::Effect::MadeDirectory(made) => {
                    stage.rootfs.make_directory(&path::resolve(&directory, &made));
                }
                install::Effect::NotRun(command) => not_run = not_run.or(Some(command)),
            }
        }
        if let (Some(command), false) = (not_run, self.said_not_run) {
            self.said_not_run = true;
            let message = format!("RUN is not run here: what {command} would make is not in the simulated image");
            self.remark(span, Severity::Note, message, None);
        }
    }
}

/// Does the build accept it: any integer but 0, or a name of Docker's table in any case, `SIG` or not?
fn is_stop_signal(text: &str) -> bool {
    if let Ok(number) = super::super::dockerfile::go::integer(text) {
        return number != 0;
    }
    let upper = text.to_uppercase();
    let short = upper.strip_prefix("SIG").unwrap_or(&upper);
    if short.starts_with("SIG") {
        return false;
    }
    let offset = |rest: &str, sign: char, most: u32| {
        let number = rest.strip_prefix(sign).and_then(|n| n.parse::<u32>().ok());
        rest.is_empty() || number.is_some_and(|n| (1..=most).contains(&n) && rest.len() == 1 + n.to_string().len())
    };
    match (short.strip_prefix("RTMIN"), short.strip_prefix("RTMAX")) {
        (Some(rest), _) => offset(rest, '+', 15),
        (_, Some(rest)) => offset(rest, '-', 14),
        _ => Signal::from_name(short).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_signals_are_those_of_dockers_table() {
        for good in ["SIGQUIT", "quit", "3", "-1", "9999", "SIGRTMIN+15", "rtmax-14", "CLD", "SIGIOT"] {
            assert!(is_stop_signal(good), "{good}");
        }
        for bad in ["0", "", "SIGTERM SIGKILL", "RTMIN+16", "RTMIN+0", "RTMIN+01", "RTMAX-15", "SIGSIGTERM", "FOO"] {
            assert!(!is_stop_signal(bad), "{bad}");
        }
    }
}
