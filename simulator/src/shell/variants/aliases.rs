//! The columns about aliases: which shells replace them in scripts, and when a text is read. Consumed in `run::alias`.
//!
//! Not here: how they are replaced, in which all shells agree but for what `parse::Aliases` asks.

use super::table::columns;

/// When the commands of an inner text are read, and with the aliases of which moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasTime {
    /// With the command it stands in.
    Reading,
    /// When it runs, as a whole.
    Running,
    /// When it runs, line by line: an alias that it defines holds in its next line.
    RunningByLine,
}

columns! { "aliases", "", c => [("", &c.aliases)];
/// Aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aliases {
    /// They are replaced in scripts; else only after `shopt -s expand_aliases`.
    pub in_scripts: bool,
    /// When the commands of `$( )` are read.
    pub parentheses: AliasTime,
    /// When commands between backquotes are read.
    pub backquotes: AliasTime,
    /// Substitutions in a here-document are read with it; else as the others.
    pub here_documents: bool,
    /// An alias may have the name of a reserved word.
    pub reserved_words: bool,
    /// Options that the builtin `alias` takes; in dash and BusyBox these are names.
    pub options: &'static str,
}
}

impl Aliases {
    /// What most shells do.
    pub const COMMON: Aliases = Aliases {
        in_scripts: true,
        parentheses: AliasTime::Reading,
        backquotes: AliasTime::RunningByLine,
        here_documents: true,
        reserved_words: false,
        options: "p",
    };
}
