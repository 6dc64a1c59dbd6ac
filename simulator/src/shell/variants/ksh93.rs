//! ksh93. Sources: own measurements of Debian's builds; ksh93 `sh/xec.c`, `sh/fault.c`.

use super::{Builtins, Columns, Details, ExitTrapOnSignal, IntAfter, Messages, Shapes, Signals, Tail, Variant};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    prefix: "{sh}: ",
    file_prefix: "{sh}[{line}]: ",
    builtin_prefix: "{sh}: {builtin}: ",
    file_builtin_prefix: "{sh}[{line}]: {builtin}: ",
    not_found: "{prefix}{name}: not found",
    path_not_found: "{prefix}{name}: not found",
    not_executable: "{prefix}{name}: cannot execute [Permission denied]",
    exec_not_found: "{builtin_prefix}{name}: not found",
    illegal_option: "{builtin_prefix}-{name}: unknown option",
    wait_usage: &["Usage: wait [ options ] [job ...]", " Help: wait [ --help | --man ] 2>&1"],
    wait_illegal_option: "{builtin_prefix}-{name}: unknown option",
    set_m_refused: "",
    cannot_open: "{prefix}{name}: cannot open [No such file or directory]",
    source_not_found: "{prefix}{name}: cannot open [No such file or directory]",
    cannot_create: "{prefix}{name}: cannot create [No such file or directory]",
    unset: "{prefix}{name}: parameter not set",
    bad_substitution: "{prefix}syntax error: bad substitution",
    null_or_unset: "parameter null",
    not_set: "parameter not set",
    unexpected: "{prefix}syntax error at line {line}: {name} unexpected",
    unexpected_expecting: "{prefix}syntax error at line {line}: {name} unexpected",
    unclosed: "{prefix}syntax error at line {line}: `{name}' unmatched",
    unexpected_end: "{prefix}syntax error at line {line}: `{opened}' unmatched",
    bad_function_name: "",
    token_quotes: ("`", "'"),
    bad_number: "{builtin_prefix}{name}: bad number",
    bad_trap: "{builtin_prefix}{name}: bad trap",
    cd_failed: "{builtin_prefix}{name}: [{text}]",
    kill_failed: "{builtin_prefix}{name}: no such process",
    kill_bad_signal: "{builtin_prefix}{name}: unknown signal name",
    shift_too_far: "{builtin_prefix}bad number",
    read_only: "{prefix}{name}: is read only",
    test_unknown_operator: "{builtin_prefix}{name}: unknown operator",
    test_bad_number: "{builtin_prefix}{name}: bad number",
    division_by_zero: "{prefix}{name}: divide by zero",
    arithmetic: "{prefix}{name}: arithmetic syntax error",
    arithmetic_operand: "{prefix}{name}: arithmetic syntax error",
    not_in_function: "",
    no_tty: "",
    foreground_terminated: "",
    kill_s_bad_signal: "{builtin_prefix}{name}: unknown signal name",
    outside_loop: "",
    not_a_child: "",
    type_not_found: "{name}: not found",
    foreground_killed: "",
    background_killed: "",
    background_killed_in_wait: "",
    trace_prefix: "+ ",
};

const INNER: Shapes = Shapes { ..Shapes::WIDE };

const U_2012: Columns = Columns {
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
        over_actions: true,
        traps_stick: false,
        trap_in_same_list_missed: false,
    },
    messages: Messages { wait_usage: &["Usage: wait [ options ] [job ...]"], ..MESSAGES },
    signals: Signals {
        caught: &[Signal::INT, Signal::CHLD],
        ignored: &[],
        int_in_wait: None,
        int_after_foreground: IntAfter::Nothing,
        fatal: &[],
        exit_trap_on_signal: ExitTrapOnSignal::RunsAndStays,
        exit_trap_signals: &[Signal::HUP, Signal::QUIT, Signal::TERM],
        reset_trap_still_acts: true,
        background_ignores_int_quit: true,
        background_gives_back: false,
        status_base: 256,
        monitor_releases: &[],
        monitor_ignores: &[],
        tail_gives_back_ignored: true,
        exec_gives_back_ignored: true,
        children_ignore: &[32, 33],
    },
    builtins: Builtins {
        extra: &[
            "printf", "test", "[", "hash", "times", "ulimit", "source", "let", "typeset", "builtin", "print", "whence",
            "sleep",
        ],
        missing: &[],
        wait_n: false,
        trap_sig_prefix: true,
        kill_sig_prefix: true,
        kill_bad_signal_status: 1,
        return_outside_ends: true,
        echo_escapes: false,
        echo_e: true,
        test_double_equals: true,
        pipefail: true,
        set_errtrace: true,
        set_m: true,
        declaration_assigns: true,
        usage_status: 2,
        usage_is_fatal: false,
        exec_missing_status: 127,
        cd_failed_status: 1,
    },
    details: Details {
        syntax_error_status: 3,
        syntax_error_in_eval_is_fatal: true,
        expansion_error_status: 1,
        errors_leave_out_the_line: false,
        redirect_error_status: 1,
        substitution_sets_status: false,
        expansion_error_status_in_file: 1,
        reads_all_first: false,
        special_errors_are_fatal: true,
        substitution_keeps_errexit: true,
        wait_remembers: true,
        looks_up_before_fork: false,
        interrupted_wait_status: Some(257),
        trap_runs_inside_wait: false,
        trap_leaves_subshell: true,
        exit_in_trap_keeps_status: false,
        exit_in_exit_trap_keeps_status: false,
        applet_comm: None,
        own_applets: &[],
        missing_applets: &[],
        splits_fields: true,
        no_match_is_error: false,
        signal_names_with_sig: false,
        option_flags: "hB",
    },
};

const U_M: Columns = Columns {
    tail: Tail { file: INNER, over_actions: false, ..U_2012.tail },
    messages: MESSAGES,
    signals: Signals {
        caught: &[Signal::INT, Signal::CHLD, Signal::WINCH],
        int_after_foreground: IntAfter::Hangs,
        ..U_2012.signals
    },
    ..U_2012
};
const U_M_1_0_4: Columns = Columns {
    signals: Signals { exit_trap_on_signal: ExitTrapOnSignal::RunsAndExitsWithNumber, ..U_M.signals },
    ..U_M
};
const U_M_1_0_10: Columns =
    Columns { signals: Signals { children_ignore: &[], reset_trap_still_acts: false, ..U_M.signals }, ..U_M };

const fn row(id: &'static str, version: &'static str, source: &'static str, columns: Columns) -> Variant {
    Variant { id, family: "ksh93", version, line: "ksh93", release: version, source, argv0: "ksh", columns }
}

pub(super) static ROWS: &[Variant] = &[
    row("ksh93u+20120801", "93u+ 2012-08-01", "Debian bullseye 2020.0.0+really93u+20120801-9; measured", U_2012),
    row("ksh93u+m-1.0.4", "93u+m/1.0.4", "Debian bookworm 1.0.4-3; measured", U_M_1_0_4),
    row("ksh93u+m-1.0.10", "93u+m/1.0.10", "Debian sid 1.0.10-7; measured", U_M_1_0_10),
];
