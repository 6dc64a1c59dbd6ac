//! How a shell words its messages: templates with `{sh}` (its `$0`), `{line}`, `{name}`, `{builtin}`, `{text}`.
//! In prefixes `{number}` is `12:` and `{told_line}` is ` line 12:`, nothing where the line is 0.

use super::syntax_words::SyntaxWords;
use super::table::columns;
use crate::base::signal::Signal;

/// Control characters in the name of a command that cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlCharacters {
    /// As they are.
    AsTheyAre,
    /// The name is written as `$'..'` (bash `printable_filename`).
    DollarQuoted,
    /// Each is written as `^M` (zsh `Src/utils.c`, `nicechar`).
    Caret,
}

columns! { "messages", "", c => [("", &c.messages)];
/// Templates, without the final newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Messages {
    /// In front of a message about a command, `-c` or standard input.
    pub prefix: &'static str,
    /// The same inside a script file.
    pub file_prefix: &'static str,
    /// How messages begin, and how those begin that are no errors: `{warning_prefix}`.
    pub severity: (&'static str, &'static str),
    /// How a command's name with control characters is written.
    pub control_characters: ControlCharacters,
    /// In front of a message of a builtin; `{line}`, `{builtin}`.
    pub builtin_prefix: &'static str,
    /// The same inside a script file.
    pub file_builtin_prefix: &'static str,
    /// In front of a message stand the shell, the functions, files and `eval` that run, each with the line at which it
    /// is (AST `misc/error.c`); the two prefixes above and below are not read.
    pub names_callers: bool,
    /// What signals are called where that is not what strsignal(3) says.
    pub signal_texts: &'static [(Signal, &'static str)],
    /// A command that is not there; `{prefix}`, `{command_prefix}` (for its own process), `{name}`.
    pub not_found: &'static str,
    /// The same for what `command` is to run, where it is worded otherwise.
    pub command_not_found: &'static str,
    /// `builtin` of what is none; where it is empty the name is run as a command.
    pub not_a_builtin: &'static str,
    /// A path that is not there.
    pub path_not_found: &'static str,
    /// A file that cannot be executed; `{prefix}`, `{name}`.
    pub not_executable: &'static str,
    /// `exec` of something that is not there; `{prefix}`, `{builtin_prefix}`, `{name}`.
    pub exec_not_found: &'static str,
    /// A wrong option of a builtin; `{builtin_prefix}`, `{builtin}`, `{name}` (the letter).
    pub illegal_option: &'static str,
    /// What stands behind the message of a wrong option, by builtin.
    pub usages: &'static [(&'static str, &'static str)],
    /// Lines that follow it for `wait`.
    pub wait_usage: &'static [&'static str],
    /// A wrong option of `wait`.
    pub wait_illegal_option: &'static str,
    /// `set -m` where it is refused.
    pub set_m_refused: &'static str,
    /// A file that cannot be opened for reading.
    pub cannot_open: &'static str,
    /// The script file is not there.
    pub script_missing: &'static str,
    /// A connection by a redirection failed: what is said before the redirection's own message.
    pub cannot_connect: &'static str,
    /// `.` of a file that is not there.
    pub source_not_found: &'static str,
    /// `.` without operand.
    pub source_unnamed: &'static str,
    /// A file that cannot be created.
    pub cannot_create: &'static str,
    /// `set -u` met an unset variable; `{name}`.
    pub unset: &'static str,
    /// `${x` with something no rule reads.
    pub bad_substitution: &'static str,
    /// `${x:?}` without a text.
    pub null_or_unset: &'static str,
    /// `${x?}` without a text.
    pub not_set: &'static str,
    /// A shell that explains syntax errors, in its words; else the templates that follow.
    pub syntax_words: Option<&'static SyntaxWords>,
    /// A syntax error at a token; `{name}`.
    pub unexpected: &'static str,
    /// The same inside `[[ ]]`, behind a whole test; empty: as elsewhere. `{name}`.
    pub unexpected_in_test: &'static str,
    /// The same, and only one thing could stand there; `{expected}`.
    pub unexpected_expecting: &'static str,
    /// A quote that is not closed; `{name}` is its closing.
    pub unclosed: &'static str,
    /// Where the text ends inside something, that is told with the word that began the innermost compound command; in a
    /// word or list outside of all that `unexpected_end_alone` is (pdksh `syn.c`, `nesting_push`).
    pub names_innermost: bool,
    /// The text ends inside a compound command; `{expected}`, `{opened}`, `{inside}` (the word that began it).
    pub unexpected_end: &'static str,
    /// A function with a name that is not allowed; empty where all are.
    pub bad_function_name: &'static str,
    /// What stands around the token in it.
    pub token_quotes: (&'static str, &'static str),
    /// `trap` with one operand, where that is refused.
    pub trap_unnamed: &'static str,
    /// `read` without a variable, where that is refused.
    pub read_unnamed: &'static str,
    /// A number that is none; `{builtin_prefix}`, `{name}`.
    pub bad_number: &'static str,
    /// `trap` of an unknown signal; `{name}`.
    pub bad_trap: &'static str,
    /// `cd` to somewhere that is not there; `{name}`, `{text}`.
    pub cd_failed: &'static str,
    /// What stands for `{sh}` inside a function that came from `-c`, and from standard input.
    pub function_names: Option<(&'static str, &'static str)>,
    /// What follows the message of a failed redirection that ends the shell; empty: nothing.
    pub redirect_fatal: &'static str,
    /// A descriptor that is not open, in `>&n`; `{name}`, `{operator}` (as written).
    pub cannot_duplicate: &'static str,
    /// A name that is none, in `export` and its like; `{name}`, `{arg}`; empty: as the standard text.
    pub bad_name: &'static str,
    /// A number of loops that is none; empty: as `bad_number`.
    pub bad_count: &'static str,
    /// A number of loops that is 0; empty: as `bad_count`.
    pub bad_count_value: &'static str,
    /// A wrong option of `set`; empty: as of other builtins.
    pub set_illegal_option: &'static str,
    /// `test` with a binary operator and nothing behind it; empty: as `test_unknown_unary`.
    pub test_missing_argument: &'static str,
    /// `kill` of a process that is not there; `{name}`, `{text}`.
    pub kill_failed: &'static str,
    /// `kill` without anything to kill; the lines.
    pub kill_usage: &'static str,
    /// `kill` of something that is no number; `{name}`.
    pub kill_bad_target: &'static str,
    /// `kill` with an unknown signal; `{name}`, `{letter}` (its first).
    pub kill_bad_signal: &'static str,
    /// `shift` too far; none: silent.
    pub shift_too_far: &'static str,
    /// An operand that cannot be assigned to; `{name}`.
    pub read_only: &'static str,
    /// `test` with an operator it does not know; `{name}`.
    pub test_unknown_operator: &'static str,
    /// `test` with two arguments, the first of which is no operator.
    pub test_unknown_unary: &'static str,
    /// `test` with more arguments than it can read.
    pub test_too_many: &'static str,
    /// `[` without `]`.
    pub test_missing_bracket: &'static str,
    /// `test` of a number that is none; `{name}`.
    pub test_bad_number: &'static str,
    /// `$((1/0))`; `{name}` is the expression, `{token}` where it failed.
    pub division_by_zero: &'static str,
    /// An arithmetic expression that cannot be read.
    pub arithmetic: &'static str,
    /// `-c` without a text; empty: silent.
    pub missing_command: &'static str,
    /// `>` to a file that is there, under `set -C`; `{name}`.
    pub file_exists: &'static str,
    /// `exec` of a file that cannot be executed; `{path}` is the name made absolute.
    pub exec_not_executable: &'static str,
    /// An arithmetic expression that lacks `{missing}`; empty: as one that cannot be read.
    pub arithmetic_missing: &'static str,
    /// An arithmetic expression that lacks an operand.
    pub arithmetic_operand: &'static str,
    /// An unset variable in an expression with `set -u`; empty: it is 0 there too.
    pub arithmetic_unset: &'static str,
    /// A variable in such an expression whose value is no number; empty where a value is an expression itself.
    pub arithmetic_value: &'static str,
    /// `local` outside a function.
    pub not_in_function: &'static str,
    /// `set -m` without a terminal; empty: silent.
    pub no_tty: &'static str,
    /// What is printed when a foreground child dies of TERM.
    pub foreground_terminated: &'static str,
    /// `kill -s` with an unknown signal; `{name}`.
    pub kill_s_bad_signal: &'static str,
    /// `break` outside a loop; empty: silent.
    pub outside_loop: &'static str,
    /// `wait` for a process that is no child; `{name}`; empty: silent.
    pub not_a_child: &'static str,
    /// `type` of an unknown name.
    pub type_not_found: &'static str,
    /// What is printed when a foreground child dies of a signal; `{text}` is the signal's description. Empty: nothing.
    pub foreground_killed: &'static str,
    /// What is printed when a background child died of a signal; empty: nothing.
    pub background_killed: &'static str,
    /// What is printed when `wait` collects such a child; empty: nothing.
    pub background_killed_in_wait: &'static str,
    /// What is printed when the last process of `$( )` died of a signal; empty: nothing.
    pub substitution_killed: &'static str,
    /// In front of the commands of `set -x`.
    pub trace_prefix: &'static str,
    /// The first character of that stands once for each text inside a text; the heads of `for` and `case` are traced.
    pub trace_nests: bool,
    /// `printf` without a format.
    pub printf_usage: &'static str,
    /// An argument of `%d` that is no number.
    pub printf_number: &'static str,
    /// A directive that `printf` does not know: `name`, `text` with what follows, `letter` after it.
    pub printf_directive: &'static str,
    /// `umask` with a wrong mask.
    pub umask_bad: &'static str,
    /// `ulimit` with a wrong option.
    pub ulimit_bad: &'static str,
    /// In front of an alias that is listed.
    pub alias_prefix: &'static str,
    /// Where a file was to be written stands a directory.
    pub is_directory: &'static str,
    /// `for` with something that is no name; empty: told as a token that cannot stand there.
    pub bad_loop_variable: &'static str,
    /// What stands behind `>&` or `<&` is no number, told behind the usual prefix.
    pub bad_descriptor: &'static str,
    /// A name that `.` does not find in PATH; empty: told as a file that is not there.
    pub source_not_in_path: &'static str,
    /// `fg` or `bg` where there is no job.
    pub no_current_job: &'static str,
    /// `fg` or `bg` of a job without job control.
    pub no_job_control: &'static str,
    /// `kill -l` of something that is no signal.
    pub kill_list_bad: &'static str,
    /// `kill` of a job that is not there; empty: told as a bad operand.
    pub kill_no_job: &'static str,
    /// A builtin wrote to a descriptor that is closed; empty: that goes unnoticed.
    pub write_error: &'static str,
    /// `cd` without operand where `HOME` is not set; empty: nothing happens.
    pub no_home: &'static str,
    /// What `type` says of an alias.
    pub alias_type: &'static str,
    /// What `command -v` prints for one.
    pub alias_command_v: &'static str,
    /// An alias that is not there.
    pub alias_not_found: &'static str,
    /// A line of `jobs`; empty: as `jobs.told_at_end` shows them.
    pub job_line: &'static str,
    /// `wait` for a word that is no pid.
    pub wait_bad: &'static str,
    /// `wait` for a job that is not there.
    pub wait_no_job: &'static str,
    /// `getopts` meets an option that is not in its list.
    pub getopts_bad: &'static str,
    /// `getopts` meets an option without its argument.
    pub getopts_missing: &'static str,
    /// `getopts` without operands.
    pub getopts_usage: &'static str,
    /// `unset` of a read-only variable.
    pub unset_read_only: &'static str,
    /// `set -o` with a name that is not known.
    pub set_bad_name: &'static str,
    /// What `type` says of a function.
    pub type_function: &'static str,
    /// What it says of a word of the grammar.
    pub type_keyword: &'static str,
    /// What it says of a builtin that is not special.
    pub type_builtin: &'static str,
    /// What it says of a special builtin.
    pub type_special: &'static str,
    /// What it says of a program; `{path}`.
    pub type_file: &'static str,
    /// `fg` and `bg` without `set -m`, with status 1; empty: silent, and nothing happens.
    pub jobs_need_monitor: &'static str,
    /// `hash` of a name that is not there; empty: that is no error.
    pub hash_missing: &'static str,
    /// `disown` and `kill` of a job that is not there; empty: `kill` as of something that is no number.
    pub job_missing: &'static str,
    /// `disown` without a job; empty: as of a job of the name `current`.
    pub disown_no_job: &'static str,
    /// `set` with a letter that it has not; empty: as for another builtin.
    pub set_bad_letter: &'static str,
    /// `exec` of a path that is not there; empty: as of a name. `{path}` is the name made absolute.
    pub exec_path_not_found: &'static str,
    /// `$1` that is not set, under `set -u`; empty: as of a name.
    pub unset_positional: &'static str,
    /// A backquote that is left open.
    pub unclosed_backquote: &'static str,
    /// `$(` that is left open.
    pub unclosed_parenthesis: &'static str,
    /// The text ends where a command has to stand.
    pub unexpected_end_alone: &'static str,
}
}

/// Puts values into a template.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((key, after)) = after.split_once('}') else { break };
        match values.iter().find(|(k, _)| *k == key) {
            Some((_, value)) => out.push_str(value),
            None => {
                out.push('{');
                out.push_str(key);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
