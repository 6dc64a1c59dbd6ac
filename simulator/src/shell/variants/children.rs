//! What of a shell becomes a process of its own, and what such a process takes over (XCU 2.9.2, 2.11, 2.13).

use super::table::columns;
use crate::base::signal::Signal;

columns! { "children", "", c => [("", &c.children)];
/// The columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Children {
    /// The last member of a foreground pipeline runs in the shell itself (zsh `Src/exec.c`, `execpline2`).
    pub last_member_in_shell: bool,
    /// Only where the pipeline is the last command; else it is a process (zsh as sh, `Src/exec.c`, `execcmd_exec`).
    pub last_member_at_end_only: bool,
    /// Each member of a background pipeline finds the one in front of it in `$!` (zsh `Src/exec.c`, `lastpid`).
    pub each_member_is_last_background: bool,
    /// `( { app & } )` waits for the job, `( app & )` does not: at its end a subshell waits for what has the place in the table
    /// of jobs that braces or a function had (zsh `Src/exec.c`, `execcursh`, and the end of `execcmd_exec`).
    pub subshell_awaits_job_in_braces: bool,
    /// `a && b &`: only the last pipeline is a job, those in front of it run first; `!` in front of a job says nothing (zsh
    /// `Src/exec.c`, `execlist`).
    pub only_last_pipeline_is_job: bool,
    /// A subshell gives every signal its default action, also one that a trap or the shell's start ignores (zsh
    /// `Src/exec.c`, `entersubsh`).
    pub lose_ignored: bool,
    /// A member of a foreground pipeline that is no `( )` keeps the traps (zsh `Src/exec.c`, `ESUB_KEEPTRAP`).
    pub members_keep_traps: bool,
    /// INT and QUIT of a background job are ignored as by `trap ''`, and so can be set again.
    pub job_ignores_by_trap: bool,
    /// `$( )` goes on ignoring what `set -m` ignores; its programs do not.
    pub substitution_keeps_ignored: bool,
    /// Signals, by number, that `$( )` ignores.
    pub substitution_ignores: &'static [u32],
    /// `( )` that the shell becomes forgets the jobs too.
    pub becoming_forgets_jobs: bool,
    /// It also gives up the traps and what the shell ignores, as one with a process of its own does (zsh `entersubsh`).
    pub becoming_resets_signals: bool,
    /// A background pipeline keeps the shell from being replaced (zsh `Src/exec.c`, `havefiles`).
    pub pipeline_keeps_shell: bool,
    /// `$!` is 0 before the first background job, not unset.
    pub none_is_zero: bool,
    /// `wait` without operands waits for one job after the other (a trap ends that for one of them only), and leaves the
    /// statuses to a later `wait PID` (zsh `Src/jobs.c`, `bin_fg`).
    pub wait_for_all_keeps: bool,
    /// `exec` of a builtin or a function runs it and ends the shell.
    pub exec_runs_builtins: bool,
    /// `command name` as the last command replaces the shell too.
    pub command_replaces: bool,
    /// `( )` and `$( )` are no processes: what they change is put back at their end, and a terminating signal that has a
    /// handler leaves them at once with its number as status (ksh93 `sh/subshell.c`). They become processes when a trap is
    /// set or `exec` is called.
    pub subshells_inside: bool,
    /// A pipeline ends with its last member, unless `pipefail` or `-m` is set (ksh93 `sh/xec.c`, `TFIL`).
    pub pipeline_ends_with_last: bool,
    /// `a | b &` is a subshell that runs the pipeline.
    pub background_pipeline_in_subshell: bool,
    /// A pipeline that is all of `( )` or `$( )` needs no process around it: its members are children of the shell (pdksh
    /// `exec.c`, `execute`, where `XFORK` is not for `TPIPE`).
    pub lone_pipeline_needs_no_subshell: bool,
    /// `-m` stays on in a job and in a member of a pipeline, and the last member of a pipeline is no program in the place of
    /// its shell then (ksh93 `sh/xec.c`, `SH_MONITOR`).
    pub keep_monitor: bool,
    /// What ends a compound last member of a pipeline that is the last command may replace the shell.
    pub last_compound_becomes: bool,
    /// A member of a pipeline that is not the first finds `$?` 0 (ksh93 `sh/xec.c`, `exitset` behind `TFORK`).
    pub members_find_zero: bool,
    /// With `-m`, a program in the foreground stays in the shell's process group (ksh93 `sh/xec.c`, `_sh_fork`).
    pub only_jobs_have_groups: bool,
    /// `wait` without operands waits for every child, for those it has adopted too.
    pub wait_takes_adopted: bool,
    /// `wait` without operands waits for one more child, whoever's it is, when a job has failed (BusyBox `shell/ash.c`, dowait,
    /// where the status stands for the pid); `wait -n` answers with 0 or 129 alone.
    pub wait_goes_on_after_failure: bool,
    /// Several redirections of one descriptor all count, a pipe among them: a process of its own copies what is written to
    /// each, or reads one after the other (zsh `Src/exec.c`, `addfd` and `closemn`; zshmisc(1) "MULTIOS").
    pub multios: bool,
    /// `exec` with redirections alone, as a job or in front of `|`: its process does not end there, and does what the
    /// shell does behind it (zsh `Src/exec.c`, `execcmd_exec`, `nullexec`).
    pub exec_goes_on: bool,
    /// INT that comes to a child before it has reset the handlers of its parent ends it, unless it is trapped (dash
    /// `src/trap.c` onsig and `src/eval.c` evalsubshell: the handler runs within INTOFF, and INTON raises INT).
    pub early_int_ends: bool,
    /// That `set -e` spares what `!` stands in front of holds until the next command begins, wherever that is: `! f` ends
    /// the shell where `f` has run something, `f` does not where that ended with `! true` (zsh `Src/exec.c`,
    /// `this_noerrexit`).
    pub errexit_spared_globally: bool,
    /// `a | exec 2>&1` does not wait for the members in front (zsh, as above: the job counts as done).
    pub lone_exec_ends_pipeline: bool,
    /// `wait` without operands waits for the pipeline too whose last member it stands in.
    pub wait_takes_pipeline: bool,
    /// What it does when fork(2) is refused (measured with a pids cgroup that was full).
    pub refused: Refused,
}
}

/// No process can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Seconds that it sleeps before each further try.
    pub waits: &'static [u64],
    /// What it says before each of them; `{sh}`, `{prefix}`.
    pub again: &'static str,
    /// What it says in the end.
    pub message: &'static str,
    /// The status then, which ends the shell.
    pub status: u8,
    /// It does not end, and goes on with status 126, but in `$( )`.
    pub goes_on: bool,
}

impl Children {
    /// What POSIX says, and most shells do.
    pub const COMMON: Children = Children {
        last_member_in_shell: false,
        last_member_at_end_only: false,
        each_member_is_last_background: false,
        subshell_awaits_job_in_braces: false,
        only_last_pipeline_is_job: false,
        lose_ignored: false,
        members_keep_traps: false,
        job_ignores_by_trap: false,
        substitution_keeps_ignored: false,
        substitution_ignores: &[],
        becoming_forgets_jobs: false,
        becoming_resets_signals: false,
        pipeline_keeps_shell: false,
        none_is_zero: false,
        wait_for_all_keeps: false,
        exec_runs_builtins: false,
        command_replaces: true,
        subshells_inside: false,
        wait_goes_on_after_failure: false,
        pipeline_ends_with_last: false,
        background_pipeline_in_subshell: false,
        lone_pipeline_needs_no_subshell: false,
        keep_monitor: false,
        last_compound_becomes: false,
        members_find_zero: false,
        only_jobs_have_groups: false,
        wait_takes_adopted: false,
        lone_exec_ends_pipeline: false,
        wait_takes_pipeline: false,
        errexit_spared_globally: false,
        multios: false,
        exec_goes_on: false,
        early_int_ends: false,
        refused: Refused { waits: &[], again: "", message: "{prefix}Cannot fork", status: 2, goes_on: false },
    };
}

/// Traps for signals that come while the trap of a signal runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InTrap {
    /// Each runs as elsewhere.
    Runs,
    /// The same signal is lost (zsh `Src/signals.c`, `dotrapargs`).
    SameIsLost,
    /// They wait until that trap is over (yash `sig.c`, `handle_traps`).
    Waits,
}

/// Signals that have come by the time a shell looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// Each of them acts at the next command; inside the trap of another behind that one's first program (zsh
    /// `Src/signals.c`, `unqueue_traps`).
    Apart,
    /// They act one after the other: the next one when the trap before it is over, or a further signal comes (dash
    /// `src/trap.c`, `dotrap`; bash `run_pending_traps`; pdksh `trap.c`, `runtraps`).
    Round,
    /// The same, and they also act at once when a command fails or a child ends (mksh `exec.c`, `trapsig(ksh_SIGERR)`, and
    /// `histrap.c`, `trapsig`).
    RoundUntilFailure,
}

/// Which of several signals acts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapOrder {
    /// That of the lowest number (dash `src/trap.c`, `dotrap`; bash `trap.c`, `run_pending_traps`).
    Lowest,
    /// That of the highest number (ksh93 `sh/fault.c`, `sh_chktrap`).
    Highest,
    /// The one that came first, each as often as it came (zsh `Src/signals.c`, `trap_queue`).
    Arrival,
    /// The next one of this list behind that which acted last, as long as traps run one after the other (yash `sig.c`,
    /// `handle_signals`).
    Listed(&'static [Signal]),
}

/// Where `trap` lists the traps that the shell around a subshell has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OuterTraps {
    /// Nowhere.
    Unlisted,
    /// In a `$( )` that is `trap` and nothing else (BusyBox `shell/ash.c`, `forkchild`).
    InLoneTrap,
    /// In a subshell that is no process of its own, until it sets one (ksh93, measured).
    InsideShell,
    /// In every subshell, until it sets one (bash `builtins/trap.def`, `SUBSHELL_RESETTRAP`; yash, measured).
    UntilSet,
}

columns! { "traps", "", c => [("", &c.traps)];
/// How traps are set, reset and run, as far as it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traps {
    /// `trap - SIGNAL` leaves the default action, whatever the shell itself did with the signal (zsh `Src/signals.c`,
    /// `removetrap`).
    pub reset_is_default: bool,
    /// A signal that was ignored when the shell started can be trapped.
    pub found_ignored_can_be_set: bool,
    /// The action for a signal that stays ignored is kept: `trap` lists it, and it counts as a trap (dash `src/trap.c`,
    /// `trapcmd`).
    pub kept_for_ignored: bool,
    /// Where the traps of the shell around are listed.
    pub outer: OuterTraps,
    /// `trap` lists signals that were found ignored as ignored, and begins to handle those that terminate (bash
    /// `initialize_terminating_signals`).
    pub lists_found_ignored: bool,
    /// A trap runs while the output of `$( )` is awaited, not behind the command.
    pub run_in_substitution: bool,
    /// The same inside `eval` and `.` (bash `lib/sh/zread.c`, `executing_builtin`).
    pub run_in_substitution_of_eval: bool,
    /// INT waits until the output of a `$( )` has been read (bash `subst.c`, `command_substitute`).
    pub int_waits_for_substitution: bool,
    /// An EXIT trap that a signal has begun runs to its end, whatever comes meanwhile; so does the shell with a signal
    /// that comes while the last command of its EXIT trap runs in the shell (bash `sig.c`, `termsig_handler`).
    pub first_signal_decides: bool,
    /// `$( )` in a trap's action runs its command in a process of its own (bash `should_suppress_fork`).
    pub substitution_keeps_shell: bool,
    /// So do the other subshells in it, if they are more than a simple command.
    pub subshell_keeps_shell: bool,
    /// An EXIT trap that the EXIT trap sets runs too, if `exit` ends that.
    pub exit_set_in_exit_runs: bool,
    /// `trap '' EXIT` keeps the last command from replacing the shell too.
    pub empty_exit_counts: bool,
    /// Without a trap these end the shell at once with their number as status, after its EXIT trap (zsh `Src/signals.c`,
    /// `zhandler`).
    pub end_at_once: &'static [Signal],
    /// Signals that come while a trap runs.
    pub in_trap: InTrap,
    /// `wait` lets the trap run before it returns: `$?` in it is that from before `wait`.
    pub run_before_wait_returns: bool,
    /// The EXIT trap of the script is not set inside a function: a signal that ends the shell there does not run it (zsh
    /// `Src/signals.c`, `starttrapscope`).
    pub exit_is_local: bool,
    /// `trap '' EXIT` counts as an EXIT trap for signals (ksh93 `bltins/trap.c`).
    pub empty_exit_watches: bool,
    /// Where an error ends the shell, `$?` in the EXIT trap is that from before it (ksh93 `sh/fault.c`, `sh_done`).
    pub exit_trap_before_error_status: bool,
    /// A failed `exec` ends the shell without its EXIT trap.
    pub lost_by_failed_exec: bool,
    /// `exec` that fails while an EXIT trap is set ends the shell with the status from before it (bash `exit_shell`).
    pub hide_failed_exec: bool,
    /// `set -e` in the EXIT trap leaves the status that `exit` or a signal gave (zsh `Src/exec.c`, `realexit`).
    pub errexit_keeps_exit_status: bool,
    /// A condition that a signal or `exit` came into does not keep `set -e` from looking into the trap's action.
    pub errexit_anew: bool,
    /// `! return` turns the function's status round.
    pub return_is_negated: bool,
    /// `return` in a trap's action ends that action only.
    pub return_ends_action: bool,
    /// INT without a trap is blocked while a foreground command runs (zsh `Src/signals.c`, `signal_suspend`).
    pub int_blocked_in_foreground: bool,
    /// Behind a trap, messages of the rest of the line name neither file nor line (pdksh `main.c`, `shell`, which leaves
    /// `source` as it was in the trap).
    pub lose_reading: bool,
    /// The action is read when the trap is set: with one that cannot be read `trap` fails (zsh `Src/builtin.c`, `bin_trap`).
    pub parsed_when_set: bool,
    /// The trap of a signal that `kill` sends to the shell runs inside it: `$?` is that from before `kill`.
    pub run_inside_kill: bool,
    /// INT is blocked while a program runs in the foreground that is no member of a pipeline, without `-m`; where another
    /// signal ends that wait it stays blocked until the next such program has ended (ksh93 `sh/xec.c`, `TFORK`).
    pub int_blocked_by_program: bool,
    /// Messages and `LINENO` in a trap have the line at which it came.
    pub keep_line: bool,
    /// The EXIT trap runs behind a builtin that `exec` runs.
    pub run_after_exec_of_builtin: bool,
    /// `set -e` looks at the status of a command that a trapped signal interrupted before the trap runs.
    pub errexit_first: bool,
    /// A child that has run its last command does not look at what was caught any more (pdksh `exec.c`, `execute`, which
    /// runs traps in front of a command and unwinds behind one with `XEXEC`).
    pub unheard_at_end: bool,
    /// Several signals at once.
    pub together: Together,
    /// The trap of INT that came during a job in the foreground runs alone: those of other signals that came meanwhile only
    /// run when a further one comes. Where this is off, INT comes last (bash `jobs.c`, `wait_for`).
    pub int_runs_alone: bool,
    /// `wait` returns at once when the trap of a signal has yet to run (bash `builtins/wait.def`, `first_pending_trap`).
    pub pending_ends_wait: bool,
    /// A child that is one simple command ends without its EXIT trap, unless by `exit` (pdksh `exec.c`, `comexec`, `LLEAVE`).
    pub lone_command_skips_exit: bool,
    /// Of several signals, which trap runs first.
    pub order: TrapOrder,
    /// A signal that comes while its own trap runs is only looked at when another trapped signal comes, unless another trap
    /// has run in it; it ends `wait` and the builtin `sleep`, behind which it is looked at (ksh93 `sh/fault.c`, `cursig`).
    pub not_inside_itself: bool,
    /// What was caught and not yet acted on is lost when the shell ends.
    pub lost_at_end: bool,
    /// `trap ''` installs a handler that does nothing; children find the signal ignored. A trap on a signal that was found
    /// ignored does the same, from the next program in the foreground on (ksh93 `sh/xec.c`, `sigreset`); such a signal
    /// makes a process of `( )` that is none (`sh/fault.c`, `sh_fault`).
    pub ignore_by_handler: bool,
}
}

impl Traps {
    /// What POSIX says, and most shells do.
    pub const COMMON: Traps = Traps {
        reset_is_default: false,
        found_ignored_can_be_set: false,
        kept_for_ignored: false,
        outer: OuterTraps::Unlisted,
        lists_found_ignored: false,
        run_in_substitution: false,
        run_in_substitution_of_eval: false,
        int_waits_for_substitution: false,
        first_signal_decides: false,
        substitution_keeps_shell: false,
        subshell_keeps_shell: false,
        exit_set_in_exit_runs: false,
        empty_exit_counts: false,
        end_at_once: &[],
        in_trap: InTrap::Runs,
        run_before_wait_returns: false,
        exit_is_local: false,
        empty_exit_watches: false,
        exit_trap_before_error_status: false,
        lost_by_failed_exec: false,
        hide_failed_exec: false,
        errexit_keeps_exit_status: false,
        errexit_anew: true,
        return_is_negated: false,
        return_ends_action: false,
        int_blocked_in_foreground: false,
        lose_reading: false,
        parsed_when_set: false,
        run_inside_kill: false,
        int_blocked_by_program: false,
        keep_line: false,
        run_after_exec_of_builtin: false,
        errexit_first: false,
        unheard_at_end: false,
        together: Together::Round,
        int_runs_alone: false,
        pending_ends_wait: false,
        lone_command_skips_exit: false,
        order: TrapOrder::Lowest,
        not_inside_itself: false,
        lost_at_end: false,
        ignore_by_handler: false,
    };
}
