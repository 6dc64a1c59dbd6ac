//! mksh, the MirBSD Korn shell. Source: own measurements of Debian's build as PID 1 of a PID namespace.

use super::pdksh;
use super::{
    AliasTime, Aliases, Builtins, Children, Columns, Details, FurtherLines, Jobs, ListQuote, Messages, Nesting,
    Refused, Shapes, Signals, Tail, Together, TraceAssigns, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::plan::Source;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    prefix: "E: {sh}: ",
    file_prefix: "E: {sh}[{line}]: ",
    severity: ("E: ", "W: "),
    builtin_prefix: "E: {sh}: {builtin}: ",
    file_builtin_prefix: "E: {sh}[{line}]: {builtin}: ",
    not_found: "{prefix}{name}: inaccessible or not found",
    path_not_found: "{prefix}{name}: inaccessible or not found",
    not_executable: "{prefix}{name}: can't execute: {text}",
    exec_not_found: "{prefix}{name}: inaccessible or not found",
    source_unnamed: "{builtin_prefix}missing argument",
    token_quotes: ("'", "'"),
    kill_usage: "usage:\tkill [-s signame | -signum | -signame] { job | pid | pgrp } ...\n\tkill -l [exit_status ...]",
    kill_bad_target: "{builtin_prefix}{name}: arguments must be jobs or process IDs",
    read_only: "{prefix}read-only: {name}",
    arithmetic: "{name}: unexpected '{unexpected}'",
    arithmetic_operand: "{name}: unexpected '{unexpected}'",
    outside_loop: "{warning_prefix}{builtin}: can't {builtin}",
    cannot_create: "{warning_prefix}{name}: create: {text}",
    cannot_open: "{warning_prefix}{name}: open: {text}",
    unexpected_end: "{prefix}syntax error: unmatched '{inside}'",
    unexpected: "{prefix}syntax error: unexpected {name}",
    unexpected_expecting: "{prefix}syntax error: unexpected {name}",
    bad_trap: "{warning_prefix}{builtin}: bad signal: {name}",
    bad_number: "{builtin_prefix}bad number: {name}",
    kill_bad_signal: "{builtin_prefix}bad signal: {name}",
    kill_s_bad_signal: "{builtin_prefix}bad signal: {name}",
    set_bad_name: "{builtin_prefix}{name}: unknown option",
    getopts_bad: "{prefix}-{name}: unknown option",
    getopts_missing: "{prefix}-{name}: requires an argument",
    getopts_usage: "{builtin_prefix}{name}: missing argument",
    type_not_found: "{name} not found",
    type_keyword: "{name} is a reserved word",
    unclosed_parenthesis: "{prefix}syntax error: unmatched '('",
    no_job_control: "{builtin_prefix}job control not enabled",
    no_current_job: "{builtin_prefix}job control not enabled",
    exec_not_executable: "{prefix}{name}: can't execute: {text}",
    redirect_fatal: "{prefix}redirection failure",
    cannot_duplicate: "{warning_prefix}{operator}{name} : bad file descriptor",
    bad_name: "{builtin_prefix}{arg}: not an identifier",
    unset_read_only: "{warning_prefix}read-only: {name}",
    ulimit_bad: "{builtin_prefix}-{name}: unknown option\n{builtin_prefix}usage: ulimit [-acdefHilnpqRrSstvx] [value]",
    ..pdksh::MESSAGES
};

const COLUMNS: Columns = Columns {
    syntax: Syntax {
        process_substitution: false,
        case_change: false,
        brace_range: false,
        arithmetic_for: false,
        regex_match: false,
        empty_lists: true,
        power: false,
        octal: false,
        narrow: true,
        ..Syntax::FULL
    },
    tail: Tail {
        command_string: Shapes { assignment: false, redirect: false, here_document: false, ..Shapes::ALONE },
        file: Shapes::NONE,
        subshell: Shapes { subshell: true, ..Shapes::ALONE },
        substitution: Shapes { subshell: true, ..Shapes::ALONE },
        job: Shapes { subshell: true, ..Shapes::ALONE },
        final_newline: false,
        further_lines: FurtherLines::Anything,
        trailing_text: true,
        plain_text_only: true,
        over_actions: false,
        traps_stick: false,
        background_braces_vanish: false,
        trap_in_same_list_missed: false,
    },
    messages: MESSAGES,
    signals: Signals {
        caught: &[Signal::HUP, Signal::INT, Signal::QUIT, Signal::ALRM, Signal::TERM, Signal::CHLD, Signal::WINCH],
        fatal: &[Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM],
        passed_to_group_at_end: &[Signal::INT, Signal::TERM],
        fatal_at_once: &[Signal::HUP],
        passed_by_shell_alone: true,
        exit_trap_decides_after_signal: true,
        background_spares_trapped: true,
        monitor_ignores: &[Signal::TSTP, Signal::TTIN, Signal::TTOU],
        ..Signals::COMMON
    },
    builtins: Builtins {
        extra: &[
            "test", "[", "hash", "times", "ulimit", "local", "let", "typeset", "print", "whence", "builtin", "source",
        ],
        kill_usage_is_held: true,
        kill_usage_status: 1,
        umask_four_digits: false,
        usage_status: 1,
        echo_c_goes_on: true,
        local_anywhere: true,
        unknown_name_status: 1,
        test_evaluates: true,
        unset_read_only_is_fatal: false,
        cd_failed_status: 2,
        set_errtrace: false,
        wait_usage_status: 1,
        ..Builtins::COMMON
    },
    nesting: Nesting::CLOSED,
    details: Details {
        syntax_error_status: 1,
        errors_end_the_function: true,
        looks_up_before_fork: true,
        looks_up_paths: true,
        option_flags: "h",
        flag_order: "aemCnfushvxc",
        names_reading: true,
        noexec_ends_the_line: true,
        quotes_open_line: false,
        errexit_ends_eval: true,
        list_quote: ListQuote::WhenNeeded,
        read_only_status: Some(2),
        shell_variables: &["SECONDS", "RANDOM", "KSH_VERSION"],
        exit_in_trap_keeps_status: true,
        substitution_reads_file: true,
        read_whole: &[Source::Trap],
        trace_assigns: TraceAssigns::InFrontBlank,
        ..Details::COMMON
    },
    children: Children {
        refused: Refused {
            waits: &[1, 2, 4, 8, 16],
            message: "E: {sh}: can't fork - try again: Resource temporarily unavailable",
            status: 1,
            ..Children::COMMON.refused
        },
        exec_runs_builtins: true,
        lone_pipeline_needs_no_subshell: true,
        substitution_keeps_ignored: true,
        ..Children::COMMON
    },
    traps: Traps { run_after_exec_of_builtin: true, together: Together::RoundUntilFailure, ..pdksh::TRAPS },
    jobs: Jobs { collected_at_once: true, ..Jobs::COMMON },
    aliases: Aliases { backquotes: AliasTime::Running, options: "dprtUx", ..Aliases::COMMON },
};

pub(super) static ROWS: &[Variant] = &[Variant {
    id: "mksh-59c",
    family: "mksh",
    version: "R59c",
    line: "mksh",
    release: "R59c",
    source: "Debian bookworm 59c-28; measured",
    argv0: "mksh",
    columns: COLUMNS,
}];
