//! The columns about children: how a shell keeps count of them, what it tells of them, and what a child begins with.
//!
//! Most shells look at a child when they wait for it. bash keeps a table that the handler of CHLD fills, and tells of it at
//! its own times (bash `jobs.c`). Consumed in `run::table`, `run::process` and `run::wait`.

use super::choices::JobsInChildren;
use super::table::columns;

columns! { "jobs", "", c => [("", &c.jobs)];
/// How a shell keeps count of its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jobs {
    /// The handler of CHLD collects every child that has ended, whatever the shell does meanwhile: it leaves no zombie
    /// behind while it reads the output of a substitution (bash `jobs.c` `sigchld_handler`; ksh93 `sh/jobs.c` `job_waitsafe`).
    pub collected_at_once: bool,
    /// It has one table of all its jobs, and looks through the whole of it whenever it has waited for one or reads a line:
    /// then it tells of those that a signal ended (bash `jobs.c` `notify_of_job_status`).
    pub told_together: bool,
    /// It says nothing of jobs in the string of `-c` (bash as sh since 5.1).
    pub quiet_in_command_string: bool,
    /// `wait` answers for a pid once, then no more (bash in POSIX mode, `wait_for_single_pid`).
    pub answered_once: bool,
    /// A builtin or function that `&` starts listens to INT again (bash `execute_subshell_builtin_or_function` calls
    /// `set_sigint_handler`).
    pub background_builtin_hears_int: bool,
    /// So does every other subshell that `&` starts (bash 4.3 and 4.4 `execute_in_subshell` call `set_sigint_handler`
    /// behind `setup_async_signals`).
    pub background_subshell_hears_int: bool,
    /// `<( )` ignores INT and QUIT like a job behind `&`; where that gives them back, it listens to INT again (bash
    /// `subst.c` `process_substitute`).
    pub process_substitution_is_job: bool,
    /// `<( )` forks for its last command too, where `$( )` does not (bash before 5.2, `SUBSHELL_PROCSUB`).
    pub process_substitution_forks: bool,
    /// Traps can be set for INT and QUIT in a job that was started with them ignored (bash 5.3
    /// `set_signal_async_ignored`; mksh, posh, yash, measured).
    pub trap_in_job: bool,
    /// In a job `set -e` holds also where `&` stands in a condition, unless it is a pipeline (dash `src/eval.c`,
    /// `evalsubshell`).
    pub forgets_conditions: bool,
    /// The last command of a function that `&` starts takes the place of the shell as in `$( )`, if the string of `-c` has
    /// been read to its end (bash 5.3 `optimize_shell_function`).
    pub functions_replace: bool,
    /// `break` in a simple command that runs in a child of its own, and in `$( )`, counts the loops around it: it ends
    /// the child without a word (bash `loop_level` is copied by fork).
    pub child_counts_loops: bool,
    /// A signal that comes to a child before it has reset the traps of its parent acts as if it had come later
    /// (bash `trap.c` `trap_handler`, `SUBSHELL_IGNTRAP`).
    pub child_repeats_signals: bool,
    /// What the shell waits for in the foreground is told with the line that the parser has reached, not with the line of
    /// the command (bash `execute_cmd.c` sets `line_number` back before `wait_for`).
    pub told_at_parsed_line: bool,
    /// A simple command of a trap's action goes by the text of the last command outside of it (bash
    /// `the_printed_command_except_trap`).
    pub named_by_command_before_trap: bool,
    /// Under `set -m` a job that has ended is kept, also by `wait` without operands, until `wait` or `jobs` has told of it;
    /// those that are left are told when the shell ends (mksh `jobs.c`, `j_waitj` and `j_exit`).
    pub told_at_end: bool,
    /// When it has waited for a job, the shell names the signals that ended any of its members, not of the last one only
    /// (pdksh `jobs.c`, `j_print`).
    pub members_told: bool,
    /// A signal ends the waiting for one of several processes only: `wait` goes on with the next, and that until anything
    /// comes, be it the end of another child (pdksh `c_sh.c`, `c_wait`; `jobs.c`, `j_waitj`).
    pub wait_goes_on: bool,
    /// Which children still list the jobs of their parent.
    pub in_children: JobsInChildren,
    /// `$-` shows `m` in subshells too, where `set -m` is no longer in force.
    pub monitor_flag_stays: bool,
}
}

impl Jobs {
    /// What most shells do.
    pub const COMMON: Jobs = Jobs {
        collected_at_once: false,
        told_together: false,
        quiet_in_command_string: false,
        answered_once: false,
        background_builtin_hears_int: false,
        background_subshell_hears_int: false,
        process_substitution_is_job: false,
        process_substitution_forks: false,
        trap_in_job: false,
        forgets_conditions: false,
        functions_replace: false,
        child_counts_loops: false,
        child_repeats_signals: false,
        told_at_parsed_line: false,
        named_by_command_before_trap: false,
        told_at_end: false,
        members_told: false,
        wait_goes_on: false,
        in_children: JobsInChildren::None,
        monitor_flag_stays: false,
    };
}
