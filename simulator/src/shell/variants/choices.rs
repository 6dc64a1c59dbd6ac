//! Columns that are a choice among more than two: what can stand in them.
//!
//! Not here: the columns themselves (`variants`), choices of traps and children (`children`).

/// Where `set -x` shows the assignments of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceAssigns {
    /// In front of the command.
    InFront,
    /// The same; without a command a blank follows.
    InFrontBlank,
    /// In front of the command, on its line, but with a prefix of their own (zsh `Src/exec.c`, `addvars`).
    Apart,
    /// Each on a line of its own, in front of the command.
    LinesBefore,
    /// The same, and behind `export` and `readonly` what they assign (bash `subst.c`, `do_assignment_internal`).
    LinesAround,
    /// Each on a line of its own, behind the command.
    LinesBehind,
}

/// What `set -x` puts in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceQuote {
    /// Nothing.
    Nothing,
    /// What has other characters than letters, digits and these, and what is empty.
    AllBut(&'static str),
    /// The same with `"'"` for a quote; reserved words too, what is empty not (BusyBox `shell/ash.c`, `maybe_single_quote`).
    ReservedAndAllBut(&'static str),
    /// What has characters that mean something, and an empty word, but no empty value (bash `lib/sh/shquote.c`,
    /// `sh_contains_shell_metas`).
    Meaning,
}

/// Where `c` stands in `$-` for a command string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandFlag {
    /// In front of the other flags.
    First,
    /// Behind the flags that are on from the start, if there are any.
    Last,
    /// In front of the other flags, and `s` with it.
    WithS,
    /// Nowhere.
    Never,
}

/// Which here-documents a process of its own writes into the pipe, to be collected as any child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HereWriter {
    /// None: they stand in a file, or the shell writes.
    Nobody,
    /// Those that a pipe does not take in one piece (dash `src/redir.c`, openhere).
    ChildIfLong,
    /// These, and those that are expanded (BusyBox up to 1.31).
    ChildIfExpanded,
}

impl HereWriter {
    /// What a pipe takes in one piece, in bytes (pipe(7)).
    const PIPE_BUF: usize = 4096;

    /// Does a child write a text of this length, whose end word was quoted or not?
    pub fn is_child(self, length: usize, quoted: bool) -> bool {
        match self {
            HereWriter::Nobody => false,
            HereWriter::ChildIfLong => length > Self::PIPE_BUF,
            HereWriter::ChildIfExpanded => length > Self::PIPE_BUF || !quoted,
        }
    }
}

/// What INT during a foreground child does to a shell without a trap for it, once the child has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntAfter {
    /// Nothing.
    Nothing,
    /// The shell exits with 130.
    Exits130,
    /// The shell exits with the status that it has.
    ExitsWithStatus,
    /// The shell runs its EXIT trap; without one it sends itself the signal, which PID 1 does not get.
    EndsItself,
}

/// What a terminating signal does to a shell that has an EXIT trap but none for the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitTrapOnSignal {
    /// The signal keeps its default action.
    Nothing,
    /// The trap runs at once; then the shell sends itself the signal, which PID 1 does not get, and goes on.
    RunsAndStays,
    /// The trap runs at once, then the shell exits with 128 + n.
    RunsAndExits,
    /// The trap runs at once with `$?` from before, then the shell exits with n. While it runs, such a signal ends it, and
    /// the shell exits with the status from before; if that is of this signal, the shell sends it to itself, which PID 1
    /// does not get, and waits for the next.
    RunsAndExitsWithNumber,
}

/// Which children of a shell still list its jobs: what `$(jobs -p)` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobsInChildren {
    /// None, or those that another column names.
    None,
    /// One that is the command `jobs` and nothing else (BusyBox `shell/ash.c` forkchild, "Job hack").
    OfJobs,
    /// All (mksh `jobs.c`, `exchild`).
    All,
}

/// What an expansion of no values is under `set -u`: `"$@"`, `${a[@]}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyList {
    /// Nothing.
    Nothing,
    /// An error where it is of an array.
    ArrayIsUnset,
    /// An error.
    IsUnset,
}
