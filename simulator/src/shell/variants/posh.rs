//! posh, the Policy-compliant Ordinary Shell. Source: own measurements of Debian's build as PID 1 of a PID namespace.

use super::{
    Aliases, Builtins, Children, Columns, Details, FurtherLines, Jobs, Messages, Nesting, Refused, Shapes, Signals,
    Tail, Together, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    file_prefix: "{sh}:{line}: ",
    file_builtin_prefix: "{sh}:{line}: {builtin}: ",
    not_executable: "{prefix}{name}: cannot execute - {text}",
    exec_not_found: "{prefix}{name}: not found",
    wait_illegal_option: "wait: invalid option -- '{name}'",
    set_m_refused: "{builtin_prefix}-m: unknown option",
    source_not_found: "{prefix}{builtin}: {name}: not found",
    source_unnamed: "{builtin_prefix}no file specified for sourcing",
    not_set: "parameter null or not set",
    token_quotes: ("`", "'"),
    kill_usage: "",
    kill_bad_target: "{builtin_prefix}{name}: {text}",
    read_only: "{prefix}read-only: {name}",
    division_by_zero: "{name}: zero divisor",
    arithmetic: "{name}: unexpected `{unexpected}'",
    arithmetic_operand: "{name}: unexpected `{unexpected}'",
    outside_loop: "{prefix}{builtin}: cannot {builtin}",
    cannot_create: "{prefix}cannot create {name}: {text}",
    cannot_open: "{prefix}cannot open {name}: {text}",
    cd_failed: "{builtin_prefix}{name} - {text}",
    foreground_terminated: "{text} ",
    foreground_killed: "{text} ",
    background_killed_in_wait: "{text} ",
    substitution_killed: "{text} ",
    names_innermost: true,
    unexpected_end: "{prefix}syntax error: `{inside}' unmatched",
    unexpected_end_alone: "{prefix}syntax error: unexpected EOF",
    ..Messages::COMMON
};

const COLUMNS: Columns = Columns {
    syntax: Syntax { repeated_bang: true, counts_parentheses: true, ..Syntax::POSIX },
    tail: Tail {
        command_string: Shapes::NONE,
        file: Shapes::NONE,
        subshell: Shapes { subshell: true, ..Shapes::ALONE },
        substitution: Shapes { subshell: true, ..Shapes::ALONE },
        job: Shapes { subshell: true, ..Shapes::ALONE },
        final_newline: false,
        further_lines: FurtherLines::Anything,
        trailing_text: true,
        plain_text_only: false,
        over_ignored: true,
        over_actions: false,
        traps_stick: false,
        background_braces_vanish: false,
        trap_in_same_list_missed: false,
    },
    messages: MESSAGES,
    signals: Signals {
        caught: &[Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM],
        fatal: &[Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM],
        passed_to_itself_at_end: &[Signal::INT, Signal::TERM],
        fatal_at_once: &[Signal::HUP],
        passed_by_shell_alone: true,
        background_spares_trapped: true,
        replaced_releases: &[Signal::INT, Signal::QUIT],
        ..Signals::COMMON
    },
    builtins: Builtins {
        extra: &["test", "[", "times", "local"],
        missing: &["kill", "alias", "unalias"],
        test_v: false,
        read_options: "rspu",
        local_options: "",
        set_m: false,
        usage_status: 1,
        dot_arguments: false,
        ..Builtins::COMMON
    },
    nesting: Nesting::CLOSED,
    details: Details {
        syntax_error_status: 1,
        errors_end_the_function: true,
        exit_in_exit_trap_keeps_status: false,
        errexit_skips_and_or: true,
        eval_is_apart: true,
        looks_up_before_fork: true,
        looks_up_paths: true,
        exit_trap_needs_exit: true,
        flag_order: "acCenfuvx",
        names_reading: true,
        arithmetic_needs_values: true,
        ..Details::COMMON
    },
    children: Children {
        refused: Refused {
            waits: &[1, 2, 4, 8, 16],
            message: "{sh}: cannot fork - try again",
            status: 1,
            ..Children::COMMON.refused
        },
        exec_runs_builtins: true,
        lone_pipeline_needs_no_subshell: true,
        ..Children::COMMON
    },
    traps: Traps { errexit_first: true, together: Together::Round, lose_reading: true, ..Traps::COMMON },
    jobs: Jobs::COMMON,
    aliases: Aliases { in_scripts: false, ..Aliases::COMMON },
};

pub(super) static ROWS: &[Variant] = &[Variant {
    id: "posh-0.14.1",
    family: "posh",
    version: "0.14.1",
    line: "posh",
    release: "0.14.1",
    source: "Debian bookworm 0.14.1; measured",
    argv0: "posh",
    columns: COLUMNS,
}];
