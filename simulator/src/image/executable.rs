//! What a word of an argv starts in an image: a shell, a program, a script, or nothing that is known.
//!
//! Follows execvp(3): a word without a slash is looked for in `PATH`. Not here: what a script's `#!` line leads to,
//! which is execve(2) and belongs to the kernel.

use super::Image;
use super::bases::Program;
use super::bases::os::Os;
use super::path;
use super::rootfs::{Content, File};

/// What is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executable<'a> {
    /// A shell build, by its id in the shell table.
    Shell(&'static str),
    /// A program of a known family.
    Program(&'a Program),
    /// A file that can be executed; its content may be text with a `#!` line, or unknown.
    File(&'a File),
    /// A file without an execute bit: exec fails with `EACCES`, a shell exits with 126.
    NotExecutable(&'a File),
    /// The operating system may have it; nothing is known of it here.
    Unknown,
    /// Certainly not there: exec fails with `ENOENT`, a shell exits with 127.
    Missing,
}

/// Directories in which operating systems keep programs.
const PROGRAM_DIRECTORIES: &[&str] =
    &["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/nodejs/bin"];

/// Shell build of `bash` where a package brings it to a system that has none.
const PACKAGED_BASH: &str = "bash-5.2.37";

impl Image {
    /// What `word` starts in a process whose working directory is the image's.
    pub fn executable(&self, word: &str) -> Executable<'_> {
        if word.is_empty() {
            return Executable::Missing;
        }
        if word.contains('/') {
            let at = path::clean(&path::resolve(&self.config.working_dir, word));
            return self.at(&at).unwrap_or_else(|| {
                let known_place = PROGRAM_DIRECTORIES.contains(&path::parent(&at));
                if known_place { self.by_name(path::name(&at)) } else { self.elsewhere() }
            });
        }
        let search = self.config.env_value("PATH").unwrap_or(super::config::DEFAULT_PATH);
        let mut refused = None;
        for directory in search.split(':') {
            match self.at(&path::clean(&path::resolve(directory, word))) {
                // As execvp(3): a file that cannot be executed does not end the search.
                Some(found @ Executable::NotExecutable(_)) => refused = refused.or(Some(found)),
                Some(found) => return found,
                None => {}
            }
        }
        match self.by_name(word) {
            Executable::Unknown | Executable::Missing if refused.is_some() => refused.unwrap_or(Executable::Missing),
            found => found,
        }
    }

    /// The file at a path, if the build knows of one.
    fn at(&self, at: &str) -> Option<Executable<'_>> {
        let file = self.rootfs.get(at)?;
        Some(match &file.content {
            _ if !file.executable => Executable::NotExecutable(file),
            Content::Program(program) => Executable::Program(program),
            Content::Text(_) | Content::Unknown => Executable::File(file),
        })
    }

    /// What the operating system, the base image and packages have under a name.
    fn by_name(&self, name: &str) -> Executable<'_> {
        let os = self.base.os;
        let shell = match name {
            "sh" => os.sh,
            "bash" => os.bash.or_else(|| self.rootfs.programs.contains_key("bash").then_some(PACKAGED_BASH)),
            "ash" if matches!(os.os, Os::Alpine | Os::Busybox) => os.sh,
            "dash" if matches!(os.os, Os::Debian | Os::Ubuntu) => os.sh,
            _ => None,
        };
        if let Some(id) = shell {
            return Executable::Shell(id);
        }
        match self.rootfs.programs.get(name).or_else(|| self.base.programs.get(name)) {
            Some(program) => Executable::Program(program),
            None if matches!(name, "sh" | "bash" | "ash" | "dash") => Executable::Missing,
            None => self.elsewhere(),
        }
    }

    fn elsewhere(&self) -> Executable<'_> {
        match self.base.os.os {
            Os::Scratch => Executable::Missing,
            Os::Debian | Os::Ubuntu | Os::Alpine | Os::Busybox | Os::RedHat | Os::Distroless => Executable::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Options, build};
    use super::*;
    use std::collections::BTreeMap;

    fn image(dockerfile: &str) -> Image {
        let files = [("run.sh", "#!/bin/sh"), ("plain", "x")].map(|(n, t)| (n.to_string(), t.to_string()));
        build(&BTreeMap::from(files), dockerfile, &Options::default()).0.expect("it builds")
    }

    #[test]
    fn shells_are_those_of_the_system() {
        let debian = image("FROM debian:bookworm");
        assert_eq!(debian.executable("/bin/sh"), Executable::Shell("dash-0.5.12-bookworm"));
        assert_eq!(debian.executable("bash"), Executable::Shell("bash-5.2.15"));
        let alpine = image("FROM alpine:3.7");
        assert_eq!(alpine.executable("sh"), Executable::Shell("alpine-3.7"));
        assert_eq!(alpine.executable("bash"), Executable::Missing);
        assert_eq!(image("FROM alpine:3.7\nRUN apk add bash").executable("bash"), Executable::Shell(PACKAGED_BASH));
        assert_eq!(image("FROM scratch").executable("/bin/sh"), Executable::Missing);
    }

    #[test]
    fn files_of_the_build_come_before_the_system() {
        let image = image("FROM python:3.12\nWORKDIR /app\nCOPY run.sh plain ./\nCOPY run.sh /usr/local/bin/python3\n");
        assert!(matches!(image.executable("./run.sh"), Executable::File(f) if f.source.as_ref() == "run.sh"));
        assert!(matches!(image.executable("./plain"), Executable::NotExecutable(_)));
        assert!(matches!(image.executable("python3"), Executable::File(_)));
        assert!(matches!(image.executable("python"), Executable::Program(p) if p.version == "3.12"));
        assert_eq!(image.executable("run.sh"), Executable::Unknown);
    }
}
