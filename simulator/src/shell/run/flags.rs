//! The options of `set` as they are in force (XCU set).
//!
//! Not here: how they are set and listed (`options`, `builtin::set`).

/// `set` options, by letter or name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Options {
    /// `-e`
    pub errexit: bool,
    /// `-u`
    pub nounset: bool,
    /// `-x`
    pub xtrace: bool,
    /// `-f`
    pub noglob: bool,
    /// `-a`
    pub allexport: bool,
    /// `-C`
    pub noclobber: bool,
    /// `-m`
    pub monitor: bool,
    /// `-n`
    pub noexec: bool,
    /// `-v`
    pub verbose: bool,
    /// `-o pipefail`
    pub pipefail: bool,
    /// `-c` was given.
    pub command_string: bool,
    /// Commands come from standard input.
    pub stdin: bool,
    /// bash `-E`
    pub errtrace: bool,
    /// Other letters that are on, a bit each.
    pub others: u64,
}
