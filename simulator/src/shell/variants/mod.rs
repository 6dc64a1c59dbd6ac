//! Every measured shell build as a row: version, source and columns named for behaviour.
//! What most families do stands in `common`; a family names what differs.
//!
//! No code outside this folder names a shell. A column is consumed in one place, which its comment names.

pub mod aliases;
pub mod children;
pub mod exports;
pub mod invocation;
pub mod jobs;
pub mod messages;
pub mod missing;
pub mod nesting;
pub mod syntax_words;
pub mod table;
pub mod tail;

mod arrays;
mod ash;
mod bash;
mod builtins;
mod choices;
mod common;
mod dash;
mod ksh93;
mod mksh;
mod pdksh;
mod posh;
mod yash;
mod zsh;

use super::plan::Source;
use super::syntax::Syntax;
use crate::base::signal::Signal;
pub use crate::shell::run::{ListQuote, ListStyle};
pub use aliases::{AliasTime, Aliases};
pub use arrays::ArrayNames;
pub use builtins::Builtins;
pub use children::{Children, InTrap, OuterTraps, Refused, Together, TrapOrder, Traps};
pub use choices::{
    CommandFlag, EmptyList, ExitTrapOnSignal, HereWriter, IntAfter, JobsInChildren, TraceAssigns, TraceQuote,
};
pub use exports::{EnvironmentOrder, Exports};
pub use invocation::{Invocation, LongOptions};
pub use jobs::Jobs;
pub use messages::{ControlCharacters, Messages};
pub use nesting::{InnerLines, Nesting};
use table::columns;
pub use tail::{FurtherLines, Shape, Shapes, Tail};

/// One build of a shell.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    /// The build's name: `dash-0.5.12-bookworm`.
    pub id: &'static str,
    /// `dash`, `bash`, `busybox-ash`, `mksh`, `zsh`, `ksh93`, `yash`, `posh`.
    pub family: &'static str,
    /// Upstream's version.
    pub version: &'static str,
    /// Builds of one origin, in order of their releases: `bash as sh`, `Alpine`.
    pub line: &'static str,
    /// What the line calls this build: `5.1.16`, `3.18`.
    pub release: &'static str,
    /// Where the binary came from and how the row is known.
    pub source: &'static str,
    /// `argv[0]` in the measurements.
    pub argv0: &'static str,
    /// What it does.
    pub columns: Columns,
}

/// What `kill -l` makes of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KillList {
    /// A number becomes a name and a name a number.
    Both,
    /// Only numbers are taken, also statuses above 128; the list begins with 0 (dash `src/jobs.c` killcmd).
    Numbers,
    /// As `Both`, with the lowest seven bits of a number; the list has numbers (BusyBox `libbb/u_signal_names.c`).
    Any,
    /// Only numbers, also statuses above 128; one that has no signal stays as it is (mksh `funcs.c`, `c_kill`).
    Statuses,
    /// Numbers and names become names (yash `builtins/signal.c`, `print_signal`).
    Names,
}

/// What a build does, one column a behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Its grammar; `parse`.
    pub syntax: Syntax,
    /// Where it replaces itself; `plan`.
    pub tail: Tail,
    /// How it words its messages; `run::report`, `run::syntax_error`.
    pub messages: Messages,
    /// Its handlers and their effect; `run::disposition`, `run::trap`, `run::turns`.
    pub signals: Signals,
    /// Its builtins and their details; `run::builtin`.
    pub builtins: Builtins,
    /// What inner texts, functions, traps and children know of what is around them; `run`.
    pub nesting: Nesting,
    /// Details of evaluation; `run`.
    pub details: Details,
    /// Its child processes; `run::process`.
    pub children: Children,
    /// Its traps; `run::trap`.
    pub traps: Traps,
    /// How it keeps count of its children; `run::table`.
    pub jobs: Jobs,
    /// What it makes of aliases; `run::alias`.
    pub aliases: Aliases,
    /// How it is called; `run::invocation`, `run::options`.
    pub invocation: Invocation,
    /// What its programs find in their environment; `run::environment`.
    pub exports: Exports,
}

columns! { "signals", "", c => [("", &c.signals)];
/// How the shell itself meets signals, without a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signals {
    /// Handlers it installs at the start when it is not interactive.
    pub caught: &'static [Signal],
    /// It catches these only from the first program in the foreground on (ksh93 `sh/xec.c`, the parent of `TFORK`).
    pub caught_with_program: &'static [Signal],
    /// INT keeps its default while commands come from standard input.
    pub input_leaves_int: bool,
    /// Signals it ignores itself, and gives back to its children.
    pub ignored: &'static [Signal],
    /// `trap -` in a subshell ignores such a signal again (bash `trap.c` `restore_default_signal`, measured); in BusyBox
    /// only the first shell does (`shell/ash.c` `setsignal`, `rootshell`).
    pub ignored_again_in_subshells: bool,
    /// Exit code when INT comes during the `wait` builtin; none: nothing happens.
    pub int_in_wait: Option<u8>,
    /// What INT during a foreground child does once the child has ended.
    pub int_after_foreground: IntAfter,
    /// These end the shell with 128 + n: at once in `wait`, else after the foreground child.
    pub fatal: &'static [Signal],
    /// Those of them that end it even while a foreground child runs, without the EXIT trap. The child is sent HUP, and the
    /// shell leaves a second later.
    pub fatal_at_once: &'static [Signal],
    /// One that came while the output of `$( )` was read ends the shell before the command around that.
    pub fatal_behind_substitution: bool,
    /// Where a signal has ended the shell, also by `exit` in its trap, the EXIT trap's last status is the exit code.
    pub exit_trap_decides_after_signal: bool,
    /// When it leaves with the status of a child that a signal killed, it sends itself that signal.
    pub dies_of_status: bool,
    /// Such a signal, when it has ended the shell, goes on to the shell's process group if the shell leads it.
    pub passed_to_group_at_end: &'static [Signal],
    /// Such a signal, when it has ended the shell, is sent to the shell itself, with its default action.
    pub passed_to_itself_at_end: &'static [Signal],
    /// Only the shell that was called passes it on, not its subshells, and not under `set -e`, which takes the end for an
    /// error (pdksh `main.c`, `unwind` and `quitenv`).
    pub passed_by_shell_alone: bool,
    /// Then it waits until a handler runs.
    pub waits_after_passing: bool,
    /// It exits with 128 and the number where the last status is that of a child that a signal killed, whatever
    /// `status_base` (ksh93 `sh/fault.c`, `sh_done`).
    pub exits_with_128_of_child: bool,
    /// The signal that ends the shell is forgotten when a command runs after it, as the EXIT trap does.
    pub end_forgotten_at_next_command: bool,
    /// With an EXIT trap set, a terminating signal that has no trap itself.
    pub exit_trap_on_signal: ExitTrapOnSignal,
    /// These signals count for `exit_trap_on_signal`.
    pub exit_trap_signals: &'static [Signal],
    /// After `trap - SIGNAL` the handler stays: the signal makes the shell send it to itself, which PID 1 does not get, and
    /// end with its number at the next signal (ksh93 `sh/fault.c`, `sh_done`).
    pub reset_trap_still_acts: bool,
    /// `&` jobs start with INT and QUIT ignored (XCU 2.11).
    pub background_ignores_int_quit: bool,
    /// Programs that such a job runs in the foreground find INT and QUIT as the shell found them.
    pub background_gives_back: bool,
    /// A signal that has an action keeps its default in such a job.
    pub background_spares_trapped: bool,
    /// Where the shell's process becomes a program without a fork for it (`exec`, the last command of a job, a subshell, a
    /// member of a pipeline), these get their default, even if a trap ignores them.
    pub replaced_releases: &'static [Signal],
    /// `$?` of a child killed by signal n is this plus n.
    pub status_base: u16,
    /// Signals that `set -m` sets back to their default.
    pub monitor_releases: &'static [Signal],
    /// Signals that `set -m` ignores.
    pub monitor_ignores: &'static [Signal],
    /// What the shell ignores by itself is given back when its last command replaces it.
    pub tail_gives_back_ignored: bool,
    /// The same for `exec`.
    pub exec_gives_back_ignored: bool,
    /// Signals, by number, that programs in the foreground find ignored, whatever the shell found.
    pub children_ignore: &'static [u32],
}
}

columns! { "details", "", c => [("", &c.details)];
/// Details of evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details {
    /// Where the shell ends inside redirections of compound commands, functions and builtins, they are undone before the
    /// EXIT trap runs.
    pub exit_undoes_redirections: bool,
    /// Exit code of a shell whose script file is not there.
    pub script_missing_status: u8,
    /// Which here-documents a process of its own writes into the pipe.
    pub here_writer: HereWriter,
    /// `$a` where `a` is an array, and its first index.
    pub array_names: ArrayNames,
    /// First value and number of buckets of the hash table whose order the elements by name have (bash `hashlib.c`,
    /// `hash_string`; `assoc.h`); one bucket: the order of the names.
    pub element_order: (u32, u32),
    /// Exit code of a syntax error.
    pub syntax_error_status: u8,
    /// A syntax error in the text of `eval` ends the shell.
    pub syntax_error_in_eval_is_fatal: bool,
    /// Exit code of an expansion error (`${x:?}`, a bad substitution), which ends the shell.
    pub expansion_error_status: u8,
    /// A wrong arithmetic expression, a bad substitution or an assignment to a read-only variable leaves out the rest
    /// of the line only.
    pub errors_leave_out_the_line: bool,
    /// Status of a command whose redirection failed.
    pub redirect_error_status: u16,
    /// A named pipe that waits for its other end is opened again after a trap; else the redirection fails (bash `redir.c`,
    /// `redir_open`).
    pub retries_open: bool,
    /// The same of `( )`, whose child finds it (BusyBox `shell/ash.c`, `evalsubshell`: an error ends it).
    pub subshell_redirect_error_status: u16,
    /// `$?` is a substitution's status for what stands behind it on the same line.
    pub substitution_sets_status: bool,
    /// The same inside a script file.
    pub expansion_error_status_in_file: u8,
    /// Such a text is read whole before anything of it runs; others line by line.
    pub read_whole: &'static [Source],
    /// An error of a special builtin ends the shell (XCU 2.8.1).
    pub special_errors_are_fatal: bool,
    /// An error that ends the shell ends only the function or the file of `.` in which it comes, except under `set -e` and
    /// where the EXIT trap is to run (pdksh `exec.c` `comexec` and `main.c` `include`, `LERROR`).
    pub errors_end_the_function: bool,
    /// `set -e` does not look into `&&` and `||` lists, nor at their status.
    pub errexit_skips_and_or: bool,
    /// The text of `eval` stands apart: `set -e` is off in it and put back behind it, and `break` does not leave it.
    pub eval_is_apart: bool,
    /// `set -e` looks into the text of `eval` wherever that stands, and ends only that text (mksh `main.c`, `EF_IN_EVAL`).
    pub errexit_ends_eval: bool,
    /// Where `set -x` shows assignments.
    pub trace_assigns: TraceAssigns,
    /// `set -e` holds in `$( )`.
    pub substitution_keeps_errexit: bool,
    /// `set -e` holds in `$( )` also where that is part of a condition (dash `src/eval.c`, `evalbackcmd`, passes no
    /// `EV_TESTED`; pdksh `eval.c`, `comsub`).
    pub substitution_forgets_conditions: bool,
    /// `set -e` holds in the text of `.` also where that is part of a condition (dash `src/main.c`, `cmdloop`; pdksh `main.c`,
    /// `include`).
    pub source_forgets_conditions: bool,
    /// `wait` still answers for a child that it has answered for.
    pub wait_remembers: bool,
    /// It does so until the next job begins (dash `src/jobs.c` makejob takes the place of one that was waited for).
    pub wait_forgets_at_next_job: bool,
    /// A child's death is told when it is collected while its job is waited for, for each of the job's processes; not
    /// otherwise (dash `src/jobs.c` waitone).
    pub tells_when_collected: bool,
    /// When it waits it collects every child that has ended, and it does so after a builtin too if it has noticed one
    /// (dash `src/jobs.c` dowait).
    pub collects_all: bool,
    /// Redirections of a program that runs in a child are carried out before the fork, so what is said of its end goes
    /// there too (dash `src/eval.c` evalcommand).
    pub redirects_before_fork: bool,
    /// Substitutions in the redirections of a program are made by its own process (bash `execute_disk_command`).
    pub redirects_expanded_in_child: bool,
    /// A redirection to `/dev/tcp/HOST/PORT` connects.
    pub network_files: bool,
    /// A program that is not there is noticed before the fork.
    pub looks_up_before_fork: bool,
    /// Also one that is called by its path, or that is no program.
    pub looks_up_paths: bool,
    /// The EXIT trap runs only at `exit` and at the end of the text; where an error or a signal ends the shell, only under
    /// `set -e`.
    pub exit_trap_needs_exit: bool,
    /// `wait PID` waits for all processes of that job, not only for this one.
    pub wait_takes_whole_job: bool,
    /// Status of a `wait` that a trapped signal interrupted; none: 128 + n.
    pub interrupted_wait_status: Option<u16>,
    /// A trap runs inside the `wait` that it interrupts; the wait goes on if the trap has been reset meanwhile.
    pub trap_runs_inside_wait: bool,
    /// `exit` without operand inside the trap of a signal takes the status from before the trap, not that of the last
    /// command (dash since 0.5.9, BusyBox since 1.32: `savestatus` in `exitcmd`).
    pub exit_in_trap_keeps_status: bool,
    /// The same inside the EXIT trap.
    pub exit_in_exit_trap_keeps_status: bool,
    /// The utilities of its image are applets of the shell's own binary.
    pub brings_applets: bool,
    /// Applets of the shell's own binary are run through this file, whatever PATH says.
    pub applet_comm: Option<&'static str>,
    /// Which names these are, besides the shell's own.
    pub own_applets: &'static [&'static str],
    /// Programs that are usually applets and that this build has not: calling them says so.
    pub missing_applets: &'static [&'static str],
    /// Unquoted expansions are split into fields. Where they are not, what is in them is no pattern either, and only `$( )` is
    /// split (zsh, SH_WORD_SPLIT and GLOB_SUBST).
    pub splits_fields: bool,
    /// A glob that matches nothing is an error.
    pub no_match_is_error: bool,
    /// A word `=name` is the path of that program, and an error where there is none (zsh EQUALS).
    pub equals_expands: bool,
    /// `trap` prints signals with `SIG`.
    pub signal_names_with_sig: bool,
    /// Flags in `$-` at the start.
    pub option_flags: &'static str,
    /// Where `c` stands in `$-` for a command string.
    pub command_flag: CommandFlag,
    /// The flags in `$-` are in the order of their codes.
    pub flags_sorted: bool,
    /// The order of letters in `$-`; empty: options that are set, `option_flags`, `c` and `s`.
    pub flag_order: &'static str,
    /// How `trap`, `export -p` and their like quote.
    pub list_quote: ListQuote,
    /// How `export -p` and `set` list variables.
    pub list_style: ListStyle,
    /// `BASH_VERSION`, `FUNCNAME`, `RANDOM` and their like.
    pub bash_variables: bool,
    /// A variable that is not set is no expression to arithmetic.
    pub arithmetic_needs_values: bool,
    /// A function may only have a name that a variable could have, else its definition ends the shell (bash in POSIX mode,
    /// `execute_intern_function`).
    pub names_checked_at_definition: bool,
    /// Exit code of an assignment to a read-only variable; none: that of an expansion error.
    pub read_only_status: Option<u8>,
    /// `set -n` counts from the next line on.
    pub noexec_ends_the_line: bool,
    /// Variables that have a value of their own beside those of bash: `SECONDS`, `RANDOM`, `KSH_VERSION`.
    pub shell_variables: &'static [&'static str],
    /// `"$@"` and `${a[@]}` without any value, under `set -u`.
    pub empty_list: EmptyList,
    /// `LINENO` has a value.
    pub knows_line: bool,
    /// The lines of the string of `-c` count from 0.
    pub string_lines_from_zero: bool,
    /// `$(< file)` is the text of the file.
    pub substitution_reads_file: bool,
    /// Messages and `LINENO` in a function have its name and lines from its beginning, counted from 0; those in `eval` have
    /// `(eval)` (zsh `Src/utils.c`, `zwarning`).
    pub names_scope: bool,
    /// Messages name the file that is being read and the line up to which it has been; in `-c`, `eval` and traps neither
    /// (pdksh `error_prefix`).
    pub names_reading: bool,
    /// A syntax error calls a word `word` and a redirection `redirection`.
    pub token_classes: bool,
    /// A quote that is left open is told with the line where it opens.
    pub quotes_open_line: bool,
    /// `return 300` is 300, not 44.
    pub return_keeps_large: bool,
    /// `exit -1` is 255; else it is refused.
    pub negative_status: bool,
    /// `for`, `case`, `( )` and redirections of a compound command set the line of messages (dash `src/eval.c` evalfor).
    pub counts_compounds: bool,
    /// The head of `for`, `case`, `[[ ]]` and `(( ))` sets the line of messages and of `LINENO` (bash `execute_cmd.c`, as in
    /// `execute_cond_command`).
    pub heads_have_lines: bool,
    /// `export`, `readonly` and `local` name themselves when a variable is read-only.
    pub declaring_names_builtin: bool,
    /// Status of a file that PATH leads to and that is no program.
    pub unusable_status: u8,
    /// `RANDOM` has a value.
    pub random: bool,
    /// What `set -x` puts in quotes.
    pub trace_quote: TraceQuote,
    /// `[^a]` is the same as `[!a]`.
    pub caret_negates: bool,
    /// `${#@}` and `${#*}` count the positional parameters; else they are the length of their text.
    pub length_of_list: bool,
    /// `command -v ./file` prints a file that is no program too.
    pub command_v_any_file: bool,
    /// `a=()` makes a compound variable without members, whose text is `(`, a newline and `)`; elements replace it (ksh93).
    pub empty_array_is_compound: bool,
    /// `set -e` does not look at the status of `(( ))`.
    pub errexit_spares_arithmetic: bool,
    /// A builtin that may not change a variable is named in the message.
    pub read_only_names_builtin: bool,
}
}

/// All rows.
pub fn all() -> impl Iterator<Item = &'static Variant> {
    [dash::ROWS, bash::ROWS, ash::ROWS, ksh93::ROWS, zsh::ROWS, mksh::ROWS, yash::ROWS, posh::ROWS]
        .into_iter()
        .flatten()
}

/// The last row of a family: its newest build that was measured.
pub fn newest(family: &str) -> Option<&'static Variant> {
    all().filter(|v| v.family == family).last()
}

/// The row of this build.
pub fn by_id(id: &str) -> Option<&'static Variant> {
    all().find(|v| v.id == id)
}

/// The row of this family and version, the first if several builds were measured.
pub fn by_version(family: &str, version: &str) -> Option<&'static Variant> {
    all().find(|v| v.family == family && v.version == version)
}
