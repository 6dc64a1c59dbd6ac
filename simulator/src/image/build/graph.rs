//! Which stages need which: `--target`, `COPY --from`, `RUN --mount=from=`, bases, triggers.
//!
//! Follows BuildKit `dockerfile2llb/convert.go` (`buildStageDependencyGraph`, `resolveStages`) and
//! `validations.go` (`validateCircularDependency`).

use super::super::config::Config;
use super::super::dockerfile::{self, Command, Instruction, go, mount};
use super::super::error::BuildError;
use super::super::substitute::{self, Rules};
use super::super::suggest;
use super::stage::{Stage, Step};
use super::{Builder, too_much};
use std::collections::BTreeSet;

impl Builder<'_> {
    /// The stage to build: the last, or that of `--target`.
    pub(super) fn target(&self) -> Result<usize, BuildError> {
        let Some(name) = self.options.target.as_deref().filter(|t| !t.is_empty()) else {
            return Ok(self.stages.len().saturating_sub(1));
        };
        if let Some(at) = self.by_name.get(&name.to_lowercase()) {
            return Ok(*at);
        }
        let names: Vec<&str> = self.stages.iter().map(|s| s.shown_name.as_str()).collect();
        let mut error = BuildError::new(format!("target stage {} could not be found", go::quote(name)));
        if let Some(meant) = suggest::nearest(name, &names) {
            error.kind = format!("{} (did you mean {meant}?)", error.kind);
            error = error.with_help(format!("did you mean {meant}?"));
        }
        Err(error.at(1, crate::base::diagnostic::Span::default()))
    }

    /// Finds the stages that instructions name, and refuses circles.
    pub(super) fn link(&mut self) -> Result<(), BuildError> {
        for at in 0..self.stages.len() {
            let steps = self.stages.get_mut(at).map(|s| std::mem::take(&mut s.steps)).unwrap_or_default();
            let mut linked = Vec::new();
            for step in steps {
                linked.push(self.link_step(at, step.instruction)?);
            }
            if let Some(stage) = self.stages.get_mut(at) {
                stage.steps = linked;
            }
        }
        for at in 0..self.stages.len() {
            if let Some(first) = self.circle(at) {
                let shown = self.stages.get(at).map(|s| s.shown_name.clone()).unwrap_or_default();
                let kind = format!("circular dependency detected on stage: {shown}");
                return Err(BuildError::new(kind).plainly("the stages need each other").at(first.0, first.1));
            }
        }
        Ok(())
    }

    /// Finds the stages that one instruction of stage `at` names.
    fn link_step(&mut self, at: usize, instruction: Instruction) -> Result<Step, BuildError> {
        let place = (instruction.line, instruction.span);
        let sources = match &instruction.command {
            Command::Copy(copy) if !copy.from.is_empty() => {
                let from = copy.from.clone();
                vec![self.source(&from).map_err(|e| e.at(place.0, place.1))?]
            }
            Command::Run(run) => {
                let mut sources = Vec::new();
                for text in &run.mounts {
                    let from = mount::read(text, None).map(|m| m.from).unwrap_or_default();
                    let from = if from.is_empty() { "scratch".to_string() } else { from };
                    let found = self.by_name.get(&from.to_lowercase()).copied();
                    sources.push(found.unwrap_or_else(|| self.outside(&from)));
                }
                sources
            }
            _ => Vec::new(),
        };
        for source in &sources {
            if let Some(other) = self.stages.get_mut(*source).filter(|s| s.unregistered && s.line == 0) {
                (other.line, other.span) = place;
            }
            if let Some(stage) = self.stages.get_mut(at) {
                stage.needs.insert(*source, place);
            }
        }
        Ok(Step { instruction, sources })
    }

    /// The stage that `--from` names: by number, by name, else an image.
    fn source(&mut self, from: &str) -> Result<usize, BuildError> {
        let expanded = substitute::word(from, Rules::word(self.escape), &|_| None).map_err(BuildError::new)?;
        if expanded != from {
            return Err(BuildError::new(
                "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
            ));
        }
        if let Ok(index) = go::integer(from) {
            let found = usize::try_from(index).ok().filter(|i| *i < self.stages.len());
            return found.ok_or_else(|| BuildError::new(format!("invalid stage index {index}")));
        }
        match self.by_name.get(&from.to_lowercase()) {
            Some(at) => Ok(*at),
            None => Ok(self.outside(from)),
        }
    }

    fn outside(&mut self, image: &str) -> usize {
        let mut stage = Stage::new(String::new(), image.to_string(), 0, Default::default());
        stage.unregistered = true;
        self.add(stage)
    }

    /// The place of the first instruction on a way from `start` back to a stage on that way.
    fn circle(&self, start: usize) -> Option<(u32, crate::base::diagnostic::Span)> {
        // Depth first; `way` holds the stages on the way and which of their needs comes next.
        let mut seen = BTreeSet::from([start]);
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = way.last_mut() {
            let need = self.stages.get(*at).and_then(|s| s.needs.iter().nth(*next));
            *next += 1;
            let Some((to, place)) = need else {
                way.pop();
                continue;
            };
            let (to, place) = (*to, *place);
            if way.iter().any(|(on_way, _)| *on_way == to) {
                let first = self.stages.get(start).and_then(|s| {
                    let taken = way.first().map_or(0, |(_, n)| n.saturating_sub(1));
                    s.needs.values().nth(taken).copied()
                });
                return first.or(Some(place));
            }
            if seen.insert(to) {
                way.push((to, 0));
            }
        }
        None
    }

    fn reachable(&self, target: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = vec![target];
        while let Some(at) = open.pop() {
            if !found.insert(at) {
                continue;
            }
            if let Some(stage) = self.stages.get(at) {
                open.extend(stage.base);
                open.extend(stage.needs.keys());
            }
        }
        found
    }

    /// Looks up base images and puts their triggers before the stages' own instructions, until nothing new is needed.
    pub(super) fn resolve(&mut self, target: usize) -> Result<BTreeSet<usize>, BuildError> {
        loop {
            let reachable = self.reachable(target);
            for at in 0..self.stages.len() {
                let needed = reachable.contains(&at);
                let open = self.stages.get(at).is_some_and(|s| s.base.is_none() && !s.dispatched && !s.resolved);
                if open {
                    self.look_up(at, needed)?;
                    if let Some(stage) = self.stages.get_mut(at) {
                        stage.resolved = needed;
                    }
                }
            }
            let mut more = false;
            for at in &reachable {
                more |= self.triggers(*at)?;
            }
            if !more {
                return Ok(reachable);
            }
        }
    }

    /// Puts the triggers of the base before the instructions of stage `at`; answers whether they need other stages.
    fn triggers(&mut self, at: usize) -> Result<bool, BuildError> {
        let Some(stage) = self.stages.get(at) else { return Ok(false) };
        let (line, span) = (stage.line, stage.span);
        let mut triggers = if stage.base.is_none() { stage.config.on_build.clone() } else { Vec::new() };
        if let Some(base) = stage.base.and_then(|b| self.stages.get(b))
            && !stage.triggers_read
        {
            triggers.extend(base.steps.iter().filter_map(|s| match &s.instruction.command {
                Command::Onbuild(text) => Some(text.clone()),
                _ => None,
            }));
        }
        let mut steps = Vec::new();
        let mut more = false;
        for text in triggers {
            let read = dockerfile::parse_trigger(&text, line, span);
            let instruction = read.map_err(|e| e.at(line, span))?;
            let step = self.link_step(at, instruction).map_err(|e| e.at(line, span))?;
            more |= !step.sources.is_empty();
            steps.push(step);
            self.steps_left = self.steps_left.checked_sub(1).ok_or_else(|| too_much("too many triggers"))?;
        }
        if let Some(stage) = self.stages.get_mut(at) {
            stage.triggers_read |= stage.base.is_some();
            stage.config.on_build.clear();
            steps.append(&mut stage.steps);
            stage.steps = steps;
        }
        Ok(more)
    }

    /// Takes over the base stage, then carries the instructions out.
    pub(super) fn dispatch_stage(&mut self, at: usize) -> Result<(), BuildError> {
        let base = self.stages.get(at).and_then(|s| s.base).and_then(|b| self.stages.get(b)).cloned();
        if let Some(base) = &base {
            self.charge(base.bytes())?;
        }
        let Some(stage) = self.stages.get_mut(at) else { return Ok(()) };
        if let Some(base) = &base {
            stage.inherit(base);
        }
        stage.dispatched = true;
        stage.enter();
        let directory = std::mem::take(&mut stage.config.working_dir);
        if !directory.is_empty() {
            stage.config.working_dir = super::super::path::resolve("", &directory);
        }
        for step in std::mem::take(&mut stage.steps) {
            let place = (step.instruction.line, step.instruction.span);
            let left = self.steps_left.checked_sub(1);
            self.steps_left = left.ok_or_else(|| too_much("too many instructions").at(place.0, place.1))?;
            self.dispatch(at, &step).map_err(|e| e.at(place.0, place.1))?;
        }
        Ok(())
    }

    /// The configuration of a stage so far.
    pub(super) fn config(&mut self, at: usize) -> Option<&mut Config> {
        self.stages.get_mut(at).map(|s| &mut s.config)
    }
}
