//! The instructions of a Dockerfile as types, not yet substituted.
//!
//! Reference: the Dockerfile reference (docs.docker.com/reference/dockerfile) and BuildKit
//! `frontend/dockerfile/instructions/commands.go`.

use super::heredoc::Heredoc;
use crate::base::diagnostic::Span;

/// One instruction and where it stands.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// First line, from 1.
    pub line: u32,
    /// Bytes of the whole instruction, heredocs left out.
    pub span: Span,
    /// Bytes of its arguments, flags left out.
    pub args_span: Span,
    /// The keyword as it was typed.
    pub keyword: String,
    /// What it says.
    pub command: Command,
}

/// The command line of `CMD`, `ENTRYPOINT` and `RUN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// Exec form: the argument words. Shell form: one text, or none if nothing follows the keyword.
    pub words: Vec<String>,
    /// Shell form: `SHELL` goes before it.
    pub shell_form: bool,
    /// Byte of the file at which an argument that begins like the exec form stops being JSON.
    pub broken_json: Option<usize>,
}

/// A pair of `ENV` or `LABEL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value, quotes still in it.
    pub value: String,
}

/// `COPY` and `ADD`.
#[derive(Clone, Debug, Default)]
pub struct Copy {
    /// `ADD`: archives are unpacked and addresses fetched.
    pub is_add: bool,
    /// Files and directories of the build context or of `from`.
    pub sources: Vec<String>,
    /// Files written in the Dockerfile itself.
    pub documents: Vec<Heredoc>,
    /// Where to.
    pub destination: String,
    /// `--from`: a stage or an image; empty for the build context.
    pub from: String,
    /// `--chmod` as written; empty if not given.
    pub chmod: String,
    /// `--chown` as written; empty if not given.
    pub chown: String,
    /// `--checksum` of `ADD`; empty if not given.
    pub checksum: String,
    /// `--parents`: the directories of the sources are kept.
    pub parents: bool,
}

/// `RUN`.
#[derive(Clone, Debug)]
pub struct Run {
    /// What is run.
    pub command: CommandLine,
    /// Heredocs, whose text is the script if the command is only a heredoc.
    pub documents: Vec<Heredoc>,
    /// Values of `--mount`.
    pub mounts: Vec<String>,
}

/// `FROM`.
#[derive(Clone, Debug)]
pub struct From {
    /// Image or stage, variables not yet substituted.
    pub base: String,
    /// `AS name`, lower case; empty without.
    pub name: String,
    /// `--platform` as written; empty without.
    pub platform: String,
}

/// `HEALTHCHECK`; 0 means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Healthcheck {
    /// `NONE`; or `CMD` and words; or `CMD-SHELL` and one text.
    pub test: Vec<String>,
    /// Nanoseconds between two checks.
    pub interval: i64,
    /// Nanoseconds a check may take.
    pub timeout: i64,
    /// Nanoseconds in which failures do not count.
    pub start_period: i64,
    /// Nanoseconds between two checks in the start period.
    pub start_interval: i64,
    /// Failures in a row that make the container unhealthy.
    pub retries: i64,
}

/// What an instruction says.
#[derive(Clone, Debug)]
pub enum Command {
    /// `ARG name` or `ARG name=default`, several to a line.
    Arg(Vec<(String, Option<String>)>),
    /// `CMD`.
    Cmd(CommandLine),
    /// `COPY` and `ADD`.
    Copy(Copy),
    /// `ENTRYPOINT`.
    Entrypoint(CommandLine),
    /// `ENV`.
    Env(Vec<Pair>),
    /// `EXPOSE`, sorted.
    Expose(Vec<String>),
    /// `FROM`.
    From(From),
    /// `HEALTHCHECK`.
    Healthcheck(Healthcheck),
    /// `LABEL`.
    Label(Vec<Pair>),
    /// `MAINTAINER`.
    Maintainer,
    /// `ONBUILD`: the trigger's text.
    Onbuild(String),
    /// `RUN`.
    Run(Run),
    /// `SHELL`.
    Shell(Vec<String>),
    /// `STOPSIGNAL`.
    StopSignal(String),
    /// `USER`.
    User(String),
    /// `VOLUME`.
    Volume(Vec<String>),
    /// `WORKDIR`.
    Workdir(String),
}
