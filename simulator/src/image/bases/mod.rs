//! Base images: from the name after `FROM` to a configuration, a shell and programs.
//!
//! General rule: a language's image is the language's row on the operating system that the tag's suffix names
//! (`-slim`, `-alpine`, `-alpine3.18`, `-bookworm`), else on the row's default. What is not known is assumed, and said.

pub mod os;
pub mod rows;

use super::config::{Config, DEFAULT_PATH};
use super::reference::Reference;
use os::{Os, OsRow};
use rows::{BARE_TAGS, IMAGE_ROWS, ImageRow};
use std::collections::BTreeMap;

/// A program of an image that the simulator has a model of, or may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Program {
    /// Family: `python`, `nginx`, `tini`.
    pub family: String,
    /// Version as far as it is known; empty if not.
    pub version: String,
}

/// What a base image brings besides its configuration.
#[derive(Clone, Debug)]
pub struct Base {
    /// The name after `FROM`.
    pub name: String,
    /// The operating system's row.
    pub os: &'static OsRow,
    /// Programs by the command that starts them.
    pub programs: BTreeMap<String, Program>,
    /// `ps` can be run.
    pub ps: bool,
    /// Path and text of the image's own entrypoint script, shortened to what it does in the end.
    pub script: Option<(String, String)>,
    /// How the image is known.
    pub source: &'static str,
}

/// A base image as `FROM` finds it.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its configuration.
    pub config: Config,
    /// The rest.
    pub base: Base,
    /// What was assumed, one sentence without a full stop.
    pub assumed: Option<String>,
}

/// The system that is assumed for an image nobody knows.
const ASSUMED: &str = "debian:bookworm";

/// Is this the name of an image that people pull, one that has a row here?
pub fn is_known(name: &str) -> bool {
    let Ok(reference) = Reference::parse(name) else { return false };
    let official = !reference.repository.contains('/');
    let repository = reference.repository.as_str();
    let known = os::newest(repository).is_some() || rows_of(repository, &Tag::read(&reference.tag)).next().is_some();
    (official && known) || reference.repository.starts_with("distroless/") || repository == "scratch"
}

/// Looks an image up. Always finds something; `assumed` says what was not known.
pub fn find(name: &str, reference: &Reference) -> Found {
    if reference.repository.starts_with("distroless/") {
        return distroless(name, reference);
    }
    let repository = reference.repository.rsplit('/').next().unwrap_or_default();
    let official = !reference.repository.contains('/');
    let tag = Tag::read(&reference.tag);
    if official && os::newest(repository).is_some() {
        return operating_system(name, repository, reference);
    }
    match rows_of(repository, &tag).next() {
        Some(_) => language(name, repository, reference, &tag, official),
        None => {
            let row = os_of_suffix(&tag).or_else(|| red_hat(&reference.repository)).or_else(|| os::find(ASSUMED));
            let row = row.unwrap_or(&os::SCRATCH);
            let mut found = from_os(name, row);
            found.assumed = Some(format!(
                "the image {name} is not known here: {} without anything else is assumed, with its shell, no ENTRYPOINT and no STOPSIGNAL",
                row.name
            ));
            found
        }
    }
}

/// `redhat/ubi9` and the names of Red Hat's registry.
fn red_hat(repository: &str) -> Option<&'static OsRow> {
    let release = repository.split('/').find_map(|part| part.strip_prefix("ubi"))?;
    os::find(&format!("rockylinux:{}", release.get(..1)?))
}

/// The configuration of nothing at all but an operating system.
fn from_os(name: &str, row: &'static OsRow) -> Found {
    let empty = matches!(row.os, Os::Scratch);
    let mut config = Config { cmd: row.cmd.iter().map(|c| c.to_string()).collect(), ..Config::default() };
    if empty {
        config = Config::scratch();
    } else {
        config.env.push(format!("PATH={DEFAULT_PATH}"));
    }
    if matches!(row.os, Os::Alpine) {
        config.working_dir = "/".into();
    }
    let base =
        Base { name: name.into(), os: row, programs: BTreeMap::new(), ps: row.ps, script: None, source: row.source };
    Found { config, base, assumed: None }
}

/// The empty image.
pub fn scratch() -> Found {
    from_os("scratch", &os::SCRATCH)
}

fn distroless(name: &str, reference: &Reference) -> Found {
    let debug = reference.tag.contains("debug");
    let row = os::find(if debug { "distroless:debug" } else { "distroless" });
    let mut found = from_os(name, row.unwrap_or(&os::SCRATCH));
    let kind = reference.repository.rsplit('/').next().unwrap_or_default().split('-').next().unwrap_or_default();
    let (family, entrypoint): (&str, &[&str]) = match kind {
        "java" | "java17" | "java21" => ("java", &["/usr/bin/java", "-jar"]),
        "nodejs" | "nodejs18" | "nodejs20" | "nodejs22" => ("node", &["/nodejs/bin/node"]),
        "python3" => ("python", &["/usr/bin/python3.11"]),
        _ => ("", &[]),
    };
    if let Some(path) = entrypoint.first() {
        found.config.entrypoint = entrypoint.iter().map(|e| e.to_string()).collect();
        let program = Program { family: family.into(), version: String::new() };
        found.base.programs.insert(super::path::name(path).to_string(), program);
    }
    if reference.tag.contains("nonroot") {
        found.config.user = "65532".into();
    }
    found
}

fn operating_system(name: &str, repository: &str, reference: &Reference) -> Found {
    let tag = reference.tag.strip_suffix("-slim").unwrap_or(&reference.tag);
    // Dated and detailed tags: bookworm-20240110, 3.18.4, 12.5, 1.36.1-glibc.
    let detailed = tag.split('-').next().unwrap_or_default();
    let named = |t: &str| os::find(&format!("{repository}:{t}"));
    let prefix = |row: &OsRow| row.name.split_once(':').is_some_and(|(_, t)| detailed.starts_with(&format!("{t}.")));
    let older = older_release(repository, detailed);
    let major = detailed.split('.').next().filter(|_| older.is_none());
    let exact = named(tag).or_else(|| named(detailed)).or(older.filter(|r| prefix(r))).or_else(|| named(major?));
    let Some(row) = exact.or(older).or_else(|| os::newest(repository)) else { return scratch() };
    let mut found = from_os(name, row);
    if exact.is_none() {
        found.assumed = Some(format!("{name} is taken to be {}", row.name));
    }
    found
}

/// The newest release that is not newer than a numbered one: `busybox:1.29` is `busybox:1.28`.
fn older_release(repository: &str, tag: &str) -> Option<&'static OsRow> {
    let wanted = version(tag)?;
    let numbered = os::OS_ROWS.iter().filter(|r| r.name.split(':').next() == Some(repository));
    numbered.rev().find(|r| r.name.split_once(':').and_then(|(_, t)| version(t)).is_some_and(|v| low(v) <= low(wanted)))
}

/// A version with what is not written counted as nothing, for comparing releases.
fn low(v: [u16; 3]) -> [u16; 3] {
    v.map(|n| if n == u16::MAX { 0 } else { n })
}

/// A tag in its parts.
struct Tag<'a> {
    text: &'a str,
    version: Option<[u16; 3]>,
    parts: Vec<&'a str>,
}

impl<'a> Tag<'a> {
    fn read(text: &'a str) -> Self {
        let parts: Vec<&str> = text.split('-').collect();
        Tag { text, version: parts.first().and_then(|p| version(p.strip_prefix('v').unwrap_or(p))), parts }
    }
}

/// Up to three numbers; what is not written is the newest.
fn version(text: &str) -> Option<[u16; 3]> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut numbers = [u16::MAX; 3];
    for (slot, part) in numbers.iter_mut().zip(text.split('.')) {
        let digits = part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        match digits.parse() {
            Ok(n) => *slot = n,
            Err(_) => break,
        }
    }
    Some(numbers)
}

/// The rows of an image, those of the tag's variant if it has one.
fn rows_of<'a>(repository: &'a str, tag: &Tag<'_>) -> impl DoubleEndedIterator<Item = &'static ImageRow> + use<'a> {
    let of = move |r: &&ImageRow| r.repository == repository;
    let variant = IMAGE_ROWS.iter().filter(of).map(|r| r.variant).find(|v| !v.is_empty() && tag.parts.contains(v));
    let variant = variant.unwrap_or("");
    IMAGE_ROWS.iter().filter(move |r| of(r) && r.variant == variant)
}

/// The operating system that a part of the tag names.
fn os_of_suffix(tag: &Tag<'_>) -> Option<&'static OsRow> {
    tag.parts.iter().find_map(|part| match part.strip_prefix("alpine") {
        Some("") => os::newest("alpine"),
        Some(release) => os::find(&format!("alpine:{release}")),
        None if version(part).is_some() => None,
        None => os::find(&format!("debian:{part}")).or_else(|| os::find(&format!("ubuntu:{part}"))),
    })
}

fn language(name: &str, repository: &str, reference: &Reference, tag: &Tag<'_>, official: bool) -> Found {
    let bare = BARE_TAGS.iter().find(|(r, t, _)| *r == repository && *t == tag.text).map(|(_, _, v)| *v);
    let wanted = tag.version.or(bare);
    let newest = || rows_of(repository, tag).next_back();
    let row = match wanted {
        Some(v) => rows_of(repository, tag).rev().find(|r| r.since <= v).or_else(|| rows_of(repository, tag).next()),
        None => newest(),
    };
    let Some(row) = row else { return scratch() };
    let plain_alpine = tag.parts.contains(&"alpine");
    let default = if plain_alpine { row.alpine } else { row.os };
    let named = if plain_alpine { None } else { os_of_suffix(tag) };
    let Some(os) = named.or_else(|| os::find(default)) else { return scratch() };
    let mut found = from_os(name, os);
    if !row.cmd.is_empty() || !row.entrypoint.is_empty() {
        found.config.cmd = row.cmd.iter().map(|c| c.to_string()).collect();
    }
    found.config.entrypoint = row.entrypoint.iter().map(|c| c.to_string()).collect();
    found.config.stop_signal = row.stop_signal.into();
    found.config.user = row.user.into();
    found.config.env.extend(row.env.iter().map(|e| e.to_string()));
    let number = wanted.map(written).unwrap_or_default();
    for (command, family, fixed) in row.programs {
        let version = if fixed.is_empty() { number.clone() } else { fixed.to_string() };
        found.base.programs.insert(command.to_string(), Program { family: family.to_string(), version });
    }
    let full = matches!(os.os, Os::Debian) && !tag.parts.contains(&"slim");
    found.base.ps |= full && row.on_buildpack;
    found.base.script = row.script.map(|(path, shell)| (path.to_string(), format!("#!{shell}\nset -e\nexec \"$@\"\n")));
    found.base.source = row.source;
    found.assumed = match (wanted, official) {
        (_, false) => Some(format!("{name} is taken to be like the official image {repository}")),
        (None, true) if reference.pinned && named.is_some() => {
            Some(format!("the newest version known here is assumed for {name}"))
        }
        (None, true) => Some(format!("{name} moves: {repository} on {} is assumed", os.name)),
        (Some(_), true) => None,
    };
    found
}

/// The numbers that were written: `3.12`.
fn written(v: [u16; 3]) -> String {
    let known: Vec<String> = v.iter().take_while(|n| **n != u16::MAX).map(u16::to_string).collect();
    known.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(name: &str) -> Found {
        find(name, &Reference::parse(name).unwrap())
    }

    fn sh(name: &str) -> Option<&'static str> {
        look(name).base.os.sh
    }

    #[test]
    fn the_suffix_of_a_tag_names_the_system() {
        assert_eq!(sh("python:3.12-slim"), Some("dash-0.5.12-bookworm"));
        assert_eq!(sh("python:3.12-slim-bullseye"), Some("dash-0.5.11-bullseye"));
        assert_eq!(sh("python:3.11-alpine3.18"), Some("alpine-3.18"));
        assert_eq!(sh("node:20-alpine"), Some("busybox-image-1.37.0-musl"));
        assert_eq!(sh("alpine:3.7"), Some("alpine-3.7"));
        assert_eq!(sh("alpine:3.18.4"), Some("alpine-3.18"));
        assert_eq!(sh("ubuntu:22.04"), Some("dash-0.5.11-bullseye"));
        assert_eq!(sh("debian:bookworm-slim"), Some("dash-0.5.12-bookworm"));
    }

    #[test]
    fn old_tags_stand_on_the_system_of_their_time() {
        let python = look("python:alpine3.6");
        assert_eq!(python.base.os.sh, Some("alpine-3.6"));
        assert_eq!(python.base.programs["python3"].version, "3.6.2");
        assert_eq!(look("ruby:2.4-slim").base.os.name, "debian:jessie");
        assert_eq!(look("busybox:1.29").base.os.name, "busybox:1.28");
    }

    #[test]
    fn the_stop_signal_of_nginx_changed_three_times() {
        let signal = |name: &str| look(name).config.stop_signal;
        assert_eq!(signal("nginx:1.10"), "");
        assert_eq!(signal("nginx:1.12.0"), "SIGQUIT");
        assert_eq!(signal("nginx:1.13"), "SIGTERM");
        assert_eq!(signal("nginx:1.19.4"), "SIGTERM");
        assert_eq!(signal("nginx:1.25-alpine"), "SIGQUIT");
        assert_eq!(look("nginx:1.25").config.entrypoint, ["/docker-entrypoint.sh"]);
    }

    #[test]
    fn what_is_not_known_is_assumed_and_said() {
        assert!(look("python:3.12").assumed.is_none());
        assert!(look("nginx").assumed.unwrap().contains("moves"));
        let unknown = look("registry.example.org/team/app:7");
        assert_eq!(unknown.base.os.name, "debian:bookworm");
        assert!(unknown.assumed.unwrap().contains("not known"));
        assert_eq!(look("redhat/ubi8").base.os.name, "rockylinux:8");
    }

    #[test]
    fn distroless_images_have_no_shell() {
        let found = look("gcr.io/distroless/nodejs20-debian12:nonroot");
        assert_eq!((found.base.os.sh, found.config.user.as_str()), (None, "65532"));
        assert_eq!(found.config.entrypoint, ["/nodejs/bin/node"]);
    }

    #[test]
    fn the_variant_of_php_decides_its_command() {
        assert_eq!(look("php:8.2-fpm-alpine").config.cmd, ["php-fpm"]);
        assert_eq!(look("php:7.1.27-fpm").config.stop_signal, "");
        assert_eq!(look("php:8.2-apache").config.stop_signal, "SIGWINCH");
    }

    #[test]
    fn every_row_names_a_known_system() {
        for row in IMAGE_ROWS {
            assert!(os::find(row.os).is_some() && os::find(row.alpine).is_some(), "{}", row.repository);
            assert!(!row.source.is_empty(), "{}", row.repository);
        }
    }
}
