//! The columns about builtins: which there are, and what differs in these. Consumed in `run::builtin`.

use super::KillList;
use super::table::columns;

columns! { "builtins", "", c => [("", &c.builtins)];
/// Builtins beyond those of POSIX, and what differs in these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtins {
    /// Further names.
    pub extra: &'static [&'static str],
    /// Builtins of POSIX that this build has not.
    pub missing: &'static [&'static str],
    /// `wait -n`
    pub wait_n: bool,
    /// `trap '..' SIGTERM` beside `TERM`.
    pub trap_sig_prefix: bool,
    /// Names of signals are in upper case for `trap`.
    pub trap_names_upper: bool,
    /// `command name` runs builtins too, not only programs.
    pub command_runs_builtins: bool,
    /// A variable that `local` makes is empty, not unset.
    pub local_is_empty: bool,
    /// What `set` refuses ends the shell, where errors of special builtins do not.
    pub set_errors_are_fatal: bool,
    /// Letters of options of `trap`; none: a word with `-` is an action as any other (zsh `Src/builtin.c`, `bin_trap`).
    pub trap_options: Option<&'static str>,
    /// Operands of `exit`, `return`, `shift` and `break` are expressions (zsh `Src/builtin.c`, `bin_break`, `bin_shift`).
    pub operands_are_expressions: bool,
    /// The letter of `set -o noglob`; `f` means nothing where it is another one (zsh `Src/options.c`, `zshletters`).
    pub noglob_letter: char,
    /// `kill -SIGTERM` and unknown names beside `-TERM`: refused as an option where this is false.
    pub kill_sig_prefix: bool,
    /// Status of `kill` with a signal that it does not take.
    pub kill_bad_signal_status: u16,
    /// What `kill` says then stays in a buffer until the shell next writes to standard error, has waited for a command, is
    /// replaced or ends; a fork copies the buffer (mksh `jobs.c`, `j_notify`).
    pub kill_usage_is_held: bool,
    /// Status of `kill` without anything to kill.
    pub kill_usage_status: u16,
    /// Status of `kill` of something that is no number.
    pub kill_bad_target_status: u16,
    /// `type` tells of an unknown name on standard output.
    pub type_missing_to_output: bool,
    /// A wrong operand is an error with `usage_status` where it does not end the shell either.
    pub operands_are_usage: bool,
    /// Assignments in front of a special builtin stay, where its errors do not end the shell.
    pub special_keeps_assignments: bool,
    /// Assignments in front of a function stay.
    pub function_keeps_assignments: bool,
    /// `.` of a file that is not there ends the shell, where errors of special builtins do not.
    pub dot_missing_is_fatal: bool,
    /// Names of traps that are no signals, beside EXIT.
    pub trap_events: &'static [&'static str],
    /// Status of `wait` with an option that it has not.
    pub wait_usage_status: u8,
    /// Status of `getopts` and `printf` without operands.
    pub no_operands_status: u8,
    /// Status of `.` for a file that is not there.
    pub dot_missing_status: u8,
    /// `printf` takes no options: the first word is the format.
    pub printf_without_options: bool,
    /// Status of `set -o` with an unknown name, where that does not end the shell.
    pub set_bad_name_status: Option<u8>,
    /// Only `echo` says that what it wrote was not taken.
    pub only_echo_tells_write_errors: bool,
    /// `kill %1` is for a process group, also where the job has none of its own.
    pub kill_job_is_group: bool,
    /// What `kill -l` makes of its operands.
    pub kill_lists: KillList,
    /// A word of `kill` that begins with a letter in lower case is read as options, not as a signal.
    pub kill_names_upper: bool,
    /// Options of `kill` besides signals.
    pub kill_options: &'static str,
    /// A name that PATH does not lead to is looked for in the working directory.
    pub dot_searches_directory: bool,
    /// `.` of a directory reads nothing and is 0.
    pub dot_takes_directory: bool,
    /// `. file a b` sets the positional parameters.
    pub dot_arguments: bool,
    /// Status of `.` without a file; none: it is an error.
    pub dot_unnamed: Option<u8>,
    /// Any option makes `type` print what `command -v` prints.
    pub type_options_shorten: bool,
    /// `return` outside a function ends the shell.
    pub return_outside_ends: bool,
    /// It does so without a word.
    pub return_ends_quietly: bool,
    /// Status of `break` outside a loop.
    pub outside_loop_status: u8,
    /// It ends the shell.
    pub outside_loop_is_fatal: bool,
    /// `echo` reads backslashes without being asked.
    pub echo_escapes: bool,
    /// `\\c` in `echo` leaves out the newline at the end, and nothing else.
    pub echo_c_goes_on: bool,
    /// `local` works outside of functions.
    pub local_anywhere: bool,
    /// A wrong option of a special builtin other than `set` ends the shell, where wrong operands do.
    pub bad_option_is_fatal: bool,
    /// Status of `command -v` and `type` with a name that is not there, where errors of special builtins end the shell; else 1.
    pub unknown_name_status: u8,
    /// `test a -eq b` evaluates expressions.
    pub test_evaluates: bool,
    /// `unset` of a read-only variable ends the shell, as errors of special builtins do.
    pub unset_read_only_is_fatal: bool,
    /// `echo -n` is an option.
    pub echo_n: bool,
    /// `echo -e` is an option.
    pub echo_e: bool,
    /// `printf -v name`, `%q` and `%(..)T`.
    pub printf_v: bool,
    /// `\xhh` in formats of `printf`.
    pub printf_extended: bool,
    /// Status of `printf` with a directive that it does not know.
    pub printf_directive_status: u8,
    /// An argument that is there and empty is the number 0 to `printf`; a missing one always is.
    pub printf_empty_is_number: bool,
    /// `\xhh` in `echo`.
    pub echo_hex: bool,
    /// `test a == b`
    pub test_double_equals: bool,
    /// `test -v name`.
    pub test_v: bool,
    /// `test a -nt b` is true if b does not exist.
    pub test_missing_is_older: bool,
    /// Letters that `read` takes.
    pub read_options: &'static str,
    /// `read` without a name sets `REPLY`.
    pub read_reply: bool,
    /// It leaves out white space around the text then, as it does for a name.
    pub read_reply_splits: bool,
    /// `read -a` stores the code of each character, not the fields (mksh(1)).
    pub read_a_takes_characters: bool,
    /// `read -p` reads from a co-process; else it has a text to ask with.
    pub read_p_is_coprocess: bool,
    /// Status of `read` with a wrong option or a variable that cannot be set; none: `usage_status`.
    pub read_failed_status: Option<u8>,
    /// `command -v` knows words of the grammar.
    pub command_v_keywords: bool,
    /// Letters that `jobs` takes.
    pub jobs_options: &'static str,
    /// `jobs` lists the newest job first.
    pub jobs_newest_first: bool,
    /// Further letters that `wait` takes.
    pub wait_options: &'static str,
    /// Status of `wait` for a word that is no pid.
    pub wait_bad_status: u8,
    /// Status of `wait` for a job that is not there.
    pub wait_no_job_status: u8,
    /// Letters that `export` takes.
    pub export_options: &'static str,
    /// Letters that `readonly` takes.
    pub readonly_options: &'static str,
    /// Letters that `local` and `declare` take.
    pub local_options: &'static str,
    /// `local` outside of a function ends the shell, as a special builtin's error does.
    pub local_is_special: bool,
    /// `getopts` leaves `OPTARG` empty, not unset, where there is no argument.
    pub optarg_is_always_set: bool,
    /// A local variable begins with the outer value.
    pub local_keeps_value: bool,
    /// `unset` refuses what is no name.
    pub unset_checks_names: bool,
    /// `umask` prints four digits.
    pub umask_four_digits: bool,
    /// Status of `ulimit` with a wrong option.
    pub ulimit_bad_status: u8,
    /// `set -o pipefail`
    pub pipefail: bool,
    /// Letters of options that `exec` takes, and `--` with them; none: what begins with `-` is the command. Of yash, `f` is
    /// for stopped jobs of an interactive shell.
    pub exec_options: &'static str,
    /// Status of `exec` with a wrong option, where the shell goes on after that; none: as of other special builtins.
    pub exec_option_status: Option<u8>,
    /// `exec -a name app` looks for `name` in PATH (BusyBox `shell/ash.c`, `shellexec`).
    pub exec_seeks_given_name: bool,
    /// `exec` looks for the program before it gives signals back.
    pub exec_looks_up_first: bool,
    /// `trap` on ERR beside signals.
    pub trap_err: bool,
    /// Letters that `set` refuses and most shells take.
    pub set_refuses: &'static str,
    /// `set -E` and `set -T` are options.
    pub set_errtrace: bool,
    /// `set -m` works without a terminal.
    pub set_m: bool,
    /// Where it does not, the shell ends.
    pub set_m_is_fatal: bool,
    /// `export` and `local` read `name=$x` as an assignment, without splitting.
    pub declaration_assigns: bool,
    /// Exit code of a wrong option.
    pub usage_status: u8,
    /// A wrong option of a special builtin ends the shell.
    pub usage_is_fatal: bool,
    /// A wrong option of a special builtin ends the shell, whatever `usage_is_fatal` says of other errors (ksh93).
    pub wrong_option_is_fatal: bool,
    /// Exit code of `exec` when the program is not there.
    pub exec_missing_status: u8,
    /// Exit code of `cd` that fails.
    pub cd_failed_status: u8,
}
}
