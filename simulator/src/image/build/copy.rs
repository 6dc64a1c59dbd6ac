//! `COPY` and `ADD`: checks as the builder makes them, and the files that come into the image.
//!
//! Follows BuildKit `dockerfile2llb/convert_copy.go`. A source that the scenario does not have is left out with a note
//! instead of failing: people show the lines of a Dockerfile, not all the files around it.

use super::super::bases::Program;
use super::super::dockerfile::heredoc::Heredoc;
use super::super::dockerfile::instruction::Copy;
use super::super::error::BuildError;
use super::super::install::program_in;
use super::super::path;
use super::super::rootfs::{Content, File, Incoming, Rootfs, is_mode, looks_executable, mode_executes};
use super::super::substitute::Rules;
use super::Builder;
use super::stage::Step;
use crate::base::diagnostic::{Severity, Span};

/// One source as it was found.
enum Found {
    File(String, File),
    Directory(Vec<Incoming>),
}

impl Builder<'_> {
    pub(super) fn copy(&mut self, at: usize, copy: &Copy, step: &Step) -> Result<(), BuildError> {
        let span = step.instruction.span;
        // In the builder's order, so that the first error is the same.
        let _ = self.expand(at, &copy.chown)?;
        let chmod = self.expand(at, &copy.chmod)?;
        let checksum = self.expand(at, &copy.checksum)?;
        let mut sources = Vec::new();
        for source in &copy.sources {
            sources.push(self.expand(at, source)?);
        }
        let destination = self.expand(at, &copy.destination)?;
        let mut documents = Vec::new();
        for doc in &copy.documents {
            let rules = Rules { plain_quotes: true, ..Rules::word('\\') };
            let text = if doc.expand { self.expand_with(at, &doc.text(), rules)? } else { doc.text() };
            documents.push(Heredoc { content: text, chomp: false, ..doc.clone() });
        }
        if let Some(source) = step.sources.first()
            && self.stages.get(*source).is_some_and(|s| !s.dispatched)
        {
            let name = self.stages.get(at).map(|s| s.shown_name.clone()).unwrap_or_default();
            let quote = super::super::quote;
            return Err(BuildError::new(format!(
                "cannot copy from stage {}, it needs to be defined before current stage {}",
                quote(&copy.from),
                quote(&name)
            )));
        }
        check_mode(&chmod)?;
        check_checksum(copy, &checksum, &sources)?;
        for source in &sources {
            check_address(copy.is_add, source)?;
        }
        self.place(at, copy, step, &sources, &documents, &destination, mode_executes(&chmod), span);
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the substituted parts of one instruction")]
    fn place(
        &mut self,
        at: usize,
        copy: &Copy,
        step: &Step,
        sources: &[String],
        documents: &[Heredoc],
        destination: &str,
        executable: Option<bool>,
        span: Span,
    ) {
        let Some(stage) = self.stages.get(at) else { return };
        let slash = if destination.ends_with('/') || destination.is_empty() || destination == "." { "/" } else { "" };
        let target = path::resolve(&stage.config.working_dir, destination);
        let target = if target.ends_with('/') { target } else { format!("{target}{slash}") };
        let mut missing = Vec::new();
        let mut arrived = Vec::new();
        for source in sources {
            let found = match step.sources.first() {
                _ if is_address(source) => download(source, span),
                Some(stage) => self.files_of_stage(*stage, source, span),
                None => self.files_of_context(source, span),
            };
            if found.is_empty() && step.sources.is_empty() {
                missing.push(source.clone());
            }
            arrived.extend(found);
        }
        for doc in documents {
            let content = Content::Text(doc.content.as_str().into());
            arrived.push(Found::File(doc.name.clone(), File { content, executable: false, source: "".into(), span }));
        }
        if let Some(stage) = self.stages.get_mut(at) {
            for found in arrived {
                put(&mut stage.rootfs, found, &target, executable, copy.parents);
            }
        }
        if !missing.is_empty() && !self.files.is_empty() {
            let message = format!("{} is not among the files of this scenario and is left out", missing.join(", "));
            self.remark(span, Severity::Note, message, None);
        }
    }

    /// The scenario's files that a source names; all of them for `.`.
    fn files_of_context(&self, source: &str, span: Span) -> Vec<Found> {
        let file = |name: &str, text: &str| File {
            content: Content::Text(text.into()),
            executable: looks_executable(name, text),
            source: name.into(),
            span,
        };
        let wanted = path::clean(&format!("/{source}"));
        let all = || self.files.iter().map(|(name, text)| (path::clean(&format!("/{name}")), name, text));
        if let Some((_, name, text)) = all().find(|(at, _, _)| *at == wanted) {
            return vec![Found::File(path::name(name).to_string(), file(name, text))];
        }
        let below = format!("{}/", wanted.trim_end_matches('/'));
        let inside: Vec<Incoming> = all()
            .filter_map(|(at, name, text)| Some((at.strip_prefix(&below)?.to_string(), file(name, text))))
            .collect();
        if !inside.is_empty() {
            return vec![Found::Directory(inside)];
        }
        if !path::has_wildcard(&wanted) {
            return Vec::new();
        }
        let matching = all().filter(|(at, _, _)| path::matches(&wanted, at));
        matching.map(|(_, name, text)| Found::File(path::name(name).to_string(), file(name, text))).collect()
    }

    /// The files of another stage or image. What the image had from the start is not known, but a name may tell.
    fn files_of_stage(&self, stage: usize, source: &str, span: Span) -> Vec<Found> {
        let Some(stage) = self.stages.get(stage) else { return Vec::new() };
        let wanted = path::clean(&format!("/{source}"));
        if let Some(file) = stage.rootfs.get(&wanted) {
            return vec![Found::File(path::name(&wanted).to_string(), file.clone())];
        }
        let below = format!("{}/", wanted.trim_end_matches('/'));
        let inside: Vec<Incoming> = stage
            .rootfs
            .files
            .iter()
            .filter_map(|(at, file)| Some((at.strip_prefix(below.as_str())?.to_string(), file.clone())))
            .collect();
        if !inside.is_empty() {
            return vec![Found::Directory(inside)];
        }
        let name = path::name(&wanted);
        let known = stage.rootfs.programs.get(name).or_else(|| stage.found.programs.get(name)).cloned();
        match known.or_else(|| program_in(name)) {
            Some(program) => {
                let file = File { content: Content::Program(program), executable: true, source: "".into(), span };
                vec![Found::File(name.to_string(), file)]
            }
            None => {
                let file = File { content: Content::Unknown, executable: true, source: "".into(), span };
                vec![Found::File(name.to_string(), file)]
            }
        }
    }
}

/// Puts the executable of a program somewhere, and makes it a command if a search path has that directory.
pub(super) fn put_program(fs: &mut Rootfs, at: &str, program: Program, executable: bool, span: Span) {
    fs.put(at, File { content: Content::Program(program), executable, source: "".into(), span });
}

fn put(fs: &mut Rootfs, found: Found, target: &str, executable: Option<bool>, parents: bool) {
    let with_mode = |mut file: File| {
        file.executable = executable.unwrap_or(file.executable);
        file
    };
    match found {
        Found::File(_, file) if parents => {
            let at = format!("{target}/{}", file.source);
            fs.put(&at, with_mode(file));
        }
        Found::File(name, file) => fs.copy_file(&name, with_mode(file), target),
        Found::Directory(files) => {
            fs.copy_directory(files.into_iter().map(|(below, file)| (below, with_mode(file))).collect(), target);
        }
    }
}

/// What `ADD` fetches: not executable until `chmod`, and only its name is known.
fn download(address: &str, span: Span) -> Vec<Found> {
    let content = program_in(address).map_or(Content::Unknown, Content::Program);
    let name = path::name(address.split(['?', '#']).next().unwrap_or_default()).to_string();
    vec![Found::File(name, File { content, executable: false, source: "".into(), span })]
}

fn is_http(source: &str) -> bool {
    source.starts_with("http://") || source.starts_with("https://")
}

fn is_git(source: &str) -> bool {
    let before = source.split(['#', '?']).next().unwrap_or_default();
    let secure_copy = source.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
    if is_http(source) {
        before.ends_with(".git")
    } else {
        source.starts_with("git://") || source.starts_with("ssh://") || secure_copy
    }
}

fn is_address(source: &str) -> bool {
    is_http(source) || is_git(source)
}

/// Keys after `?` in the address of a repository (BuildKit `dfgitutil/git_ref.go`).
const GIT_QUERY: &[&str] =
    &["ref", "tag", "branch", "subdir", "checksum", "commit", "keep-git-dir", "submodules", "mtime", "fetch-by-commit"];

fn check_address(is_add: bool, source: &str) -> Result<(), BuildError> {
    if let Some((_, query)) = source.split('#').next().and_then(|s| s.split_once('?')).filter(|_| is_git(source)) {
        let keys = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|k| !k.is_empty());
        if let Some(unknown) = keys.into_iter().find(|k| !GIT_QUERY.contains(k)) {
            return Err(BuildError::new(format!("unexpected query {}", super::super::quote(unknown))));
        }
    }
    let kind = match (is_add, is_git(source), is_http(source)) {
        (false, true, _) => "source can't be a git ref for COPY",
        (false, false, true) => "source can't be a URL for COPY",
        _ => return Ok(()),
    };
    Err(BuildError::new(kind).with_help("use ADD, or fetch it with RUN"))
}

fn check_mode(chmod: &str) -> Result<(), BuildError> {
    let not_octal = || {
        BuildError::new(format!(
            "invalid chmod parameter: '{chmod}'. it should be octal string and between 0 and 07777"
        ))
    };
    let octal = !chmod.is_empty() && chmod.chars().all(|c| c.is_digit(8));
    if octal {
        return match u32::from_str_radix(chmod, 8) {
            Ok(bits) if bits <= 0o7777 => Ok(()),
            _ => Err(not_octal()),
        };
    }
    if chmod.is_empty() || is_mode(chmod) {
        return Ok(());
    }
    Err(if chmod.starts_with(|c: char| c.is_ascii_digit()) { not_octal() } else { BuildError::new("invalid syntax") })
}

fn check_checksum(copy: &Copy, checksum: &str, sources: &[String]) -> Result<(), BuildError> {
    let kind = match sources {
        _ if checksum.is_empty() => return Ok(()),
        _ if !copy.is_add => "checksum can't be specified for COPY",
        [only] if !is_address(only) => "checksum requires HTTP(S) or Git sources",
        [_] => return Ok(()),
        _ => "checksum can't be specified for multiple sources",
    };
    Err(BuildError::new(kind))
}
