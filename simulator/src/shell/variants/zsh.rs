//! zsh. Sources: own measurements of Debian's build; zsh `Src/exec.c` (`execlist`, `Z_END`), `Src/signals.c`.

use super::{Builtins, Columns, Details, ExitTrapOnSignal, IntAfter, Messages, Shapes, Signals, Tail, Variant};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    prefix: "zsh:{line}: ",
    file_prefix: "{sh}:{line}: ",
    builtin_prefix: "zsh:{builtin}:{line}: ",
    file_builtin_prefix: "{sh}:{builtin}:{line}: ",
    not_found: "{prefix}command not found: {name}",
    path_not_found: "{prefix}no such file or directory: {name}",
    not_executable: "{prefix}permission denied: {name}",
    exec_not_found: "{prefix}command not found: {name}",
    illegal_option: "{builtin_prefix}bad option: -{name}",
    wait_usage: &[],
    wait_illegal_option: "{builtin_prefix}job not found: -{name}",
    set_m_refused: "{builtin_prefix}can't change option: -m",
    cannot_open: "{prefix}no such file or directory: {name}",
    source_not_found: "{builtin_prefix}no such file or directory: {name}",
    cannot_create: "{prefix}no such file or directory: {name}",
    unset: "{prefix}{name}: parameter not set",
    bad_substitution: "{prefix}bad substitution",
    null_or_unset: "parameter not set",
    not_set: "parameter not set",
    unexpected: "{prefix}parse error near {name}",
    unexpected_expecting: "{prefix}parse error near {name}",
    unclosed: "{prefix}unmatched {name}",
    unexpected_end: "{prefix}parse error near `\\n'",
    bad_function_name: "",
    token_quotes: ("`", "'"),
    bad_number: "{builtin_prefix}number expected: {name}",
    bad_trap: "{builtin_prefix}undefined signal: {name}",
    cd_failed: "{builtin_prefix}no such file or directory: {name}",
    kill_failed: "{builtin_prefix}kill {name} failed: no such process",
    kill_bad_signal: "{builtin_prefix}unknown signal: SIG{name}",
    shift_too_far: "{builtin_prefix}shift count must be <= $#",
    read_only: "{prefix}read-only variable: {name}",
    test_unknown_operator: "{prefix}condition expected: {name}",
    test_bad_number: "{builtin_prefix}{name}: bad number",
    division_by_zero: "{prefix}division by zero",
    arithmetic: "{prefix}bad math expression",
    arithmetic_operand: "{prefix}bad math expression",
    not_in_function: "",
    no_tty: "",
    foreground_terminated: "",
    kill_s_bad_signal: "{builtin_prefix}unknown signal: SIG{name}",
    outside_loop: "",
    not_a_child: "",
    type_not_found: "{name}: not found",
    foreground_killed: "",
    background_killed: "",
    background_killed_in_wait: "",
    trace_prefix: "+{sh}:{line}> ",
};

const INNER: Shapes = Shapes { for_loop: true, ..Shapes::WIDE };

const COLUMNS: Columns = Columns {
    syntax: Syntax::FULL,
    tail: Tail {
        command_string: INNER,
        file: Shapes::NONE,
        subshell: INNER,
        substitution: INNER,
        job: INNER,
        final_newline: true,
        trailing_text: true,
        plain_text_only: false,
        over_ignored: true,
        over_actions: false,
        traps_stick: false,
        trap_in_same_list_missed: false,
    },
    messages: MESSAGES,
    signals: Signals {
        caught: &[Signal::HUP, Signal::CHLD, Signal::WINCH],
        ignored: &[Signal::QUIT],
        int_in_wait: None,
        int_after_foreground: IntAfter::Nothing,
        fatal: &[],
        exit_trap_on_signal: ExitTrapOnSignal::Nothing,
        exit_trap_signals: &[],
        reset_trap_still_acts: false,
        background_ignores_int_quit: true,
        background_gives_back: false,
        status_base: 128,
        monitor_releases: &[],
        monitor_ignores: &[],
        tail_gives_back_ignored: true,
        exec_gives_back_ignored: true,
        children_ignore: &[],
    },
    builtins: Builtins {
        extra: &[
            "local", "printf", "test", "[", "hash", "times", "ulimit", "source", "let", "declare", "typeset",
            "builtin", "print", "setopt", "unsetopt", "whence", "where", "disown", "pushd", "popd", "dirs", "logout",
        ],
        missing: &[],
        wait_n: false,
        trap_sig_prefix: true,
        kill_sig_prefix: true,
        kill_bad_signal_status: 1,
        return_outside_ends: true,
        echo_escapes: true,
        echo_e: true,
        test_double_equals: true,
        pipefail: true,
        set_errtrace: true,
        set_m: false,
        declaration_assigns: true,
        usage_status: 127,
        usage_is_fatal: false,
        exec_missing_status: 127,
        cd_failed_status: 1,
    },
    details: Details {
        syntax_error_status: 1,
        syntax_error_in_eval_is_fatal: false,
        expansion_error_status: 1,
        errors_leave_out_the_line: false,
        redirect_error_status: 1,
        substitution_sets_status: false,
        expansion_error_status_in_file: 1,
        reads_all_first: true,
        special_errors_are_fatal: false,
        substitution_keeps_errexit: true,
        wait_remembers: true,
        looks_up_before_fork: false,
        interrupted_wait_status: None,
        trap_runs_inside_wait: true,
        trap_leaves_subshell: false,
        exit_in_trap_keeps_status: false,
        exit_in_exit_trap_keeps_status: false,
        applet_comm: None,
        own_applets: &[],
        missing_applets: &[],
        splits_fields: false,
        no_match_is_error: true,
        signal_names_with_sig: false,
        option_flags: "569X",
    },
};

/// Called sh it emulates the Bourne shell.
const SH: Columns = Columns {
    messages: Messages { wait_illegal_option: "", ..MESSAGES },
    details: Details { splits_fields: true, no_match_is_error: false, ..COLUMNS.details },
    ..COLUMNS
};

const SOURCE: &str = "Debian bookworm 5.9-4; measured as PID 1 of a PID namespace";

const fn row(id: &'static str, line: &'static str, argv0: &'static str, columns: Columns) -> Variant {
    Variant { id, family: "zsh", version: "5.9", line, release: "5.9", source: SOURCE, argv0, columns }
}

pub(super) static ROWS: &[Variant] = &[row("zsh-5.9", "zsh", "zsh", COLUMNS), row("zsh-5.9-sh", "zsh as sh", "sh", SH)];
