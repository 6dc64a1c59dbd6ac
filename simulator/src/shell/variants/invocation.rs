//! The columns about how a shell is called: which options its command line takes, what it does without a terminal, and which
//! files it reads first. Consumed in `run::invocation` and `run::options`.
//!
//! Not here: the options of `set` while it runs (`builtins`).

use super::table::columns;
use crate::base::signal::Signal;

/// What a shell makes of words that begin with `--` on its command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongOptions {
    /// They are left out.
    LeftOut,
    /// The second `-` is a letter as any other.
    Letters,
    /// Names that stand in front of all letters, behind `-` or `--`; one with `=` takes the next word. Others are refused.
    Known(&'static [&'static str]),
}

columns! { "invocation", "", c => [("", &c.invocation)];
/// The command line of a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Letters that its command line takes; with another one it ends. Empty: all of them.
    pub letters: &'static str,
    /// What it says then.
    pub bad_letter: &'static str,
    /// What it says of a name behind `-o` that it does not know; empty: it goes on.
    pub bad_name: &'static str,
    /// What it says of a name behind `-O` that it does not know.
    pub bad_shopt: &'static str,
    /// What words that begin with `--` are.
    pub long_options: LongOptions,
    /// What `-m` says where there is no terminal, and then does not do; empty: it is on all the same.
    pub no_terminal: &'static str,
    /// Signals that an interactive shell (`-i`) ignores itself; its children do not.
    pub interactive_ignores: &'static [Signal],
    /// Of those, the ones that a program in its place finds ignored all the same.
    pub interactive_leaves: &'static [Signal],
    /// It is called with a directory or a binary file as script: what it says, and ends with 126; empty: as of one that is
    /// not there.
    pub not_a_script: &'static str,
    /// `set -v` also shows the text of `-c`, and what `eval` runs.
    pub shows_strings: bool,
    /// The variable that names a file to be read before a script.
    pub script_file_variable: &'static str,
    /// A file that an interactive shell reads first.
    pub interactive_file: &'static str,
    /// Files that a login shell (`-l`) reads first: of each group the first that is there.
    pub login_files: &'static [&'static [&'static str]],
}
}

impl Invocation {
    /// What most shells do.
    pub const COMMON: Invocation = Invocation {
        letters: "",
        bad_letter: "",
        bad_name: "",
        bad_shopt: "",
        long_options: LongOptions::LeftOut,
        no_terminal: "",
        interactive_ignores: &[Signal::TERM],
        interactive_leaves: &[],
        not_a_script: "",
        shows_strings: false,
        script_file_variable: "",
        interactive_file: "",
        login_files: &[&["/etc/profile"], &["~/.profile"]],
    };
}
