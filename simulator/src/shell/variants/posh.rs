//! posh, the Policy-compliant Ordinary Shell. Source: own measurements of Debian's build as PID 1 of a PID namespace.

use super::pdksh;
use super::{
    Aliases, Builtins, Children, Columns, Details, FurtherLines, Jobs, ListQuote, Messages, Nesting, Refused, Shapes,
    Signals, Tail, Together, TraceAssigns, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::plan::Source;
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
    token_quotes: ("`", "'"),
    kill_usage: "",
    kill_bad_target: "{builtin_prefix}{name}: {text}",
    arithmetic: "{name}: unexpected `{unexpected}'",
    arithmetic_operand: "{name}: unexpected `{unexpected}'",
    outside_loop: "{prefix}{builtin}: cannot {builtin}",
    cannot_create: "{prefix}cannot create {name}: {text}",
    cannot_open: "{prefix}cannot open {name}: {text}",
    cd_failed: "{builtin_prefix}{name} - {text}",
    unexpected_end: "{prefix}syntax error: `{inside}' unmatched",
    bad_trap: "{prefix}bad signal {name}, not setting trap",
    bad_number: "{prefix}{name}: bad number",
    bad_count: "{builtin_prefix}{name}: bad number",
    set_bad_name: "{builtin_prefix}{name}: bad option",
    set_illegal_option: "{builtin_prefix}-{name}: unknown option",
    illegal_option: "{builtin}: invalid option -- '{name}'",
    getopts_bad: "{prefix}invalid option -- '{name}'",
    getopts_missing: "{prefix}option requires an argument -- '{name}'",
    getopts_usage: "{builtin_prefix}missing {name} argument",
    exec_not_executable: "{prefix}{name}: cannot execute - {text}",
    cannot_duplicate: "{prefix}{operator}{name} : bad file descriptor",
    bad_name: "{builtin_prefix}{arg}: not identifier",
    unset_read_only: "{builtin_prefix}{name} is read only",
    ..pdksh::MESSAGES
};

const COLUMNS: Columns = Columns {
    syntax: Syntax { repeated_bang: true, counts_parentheses: true, empty_lists: true, power: false, ..Syntax::POSIX },
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
        extra: &["test", "[", "times", "local", "builtin"],
        missing: &["kill", "alias", "unalias", "type", "jobs", "fg", "bg"],
        test_v: false,
        read_options: "rspu",
        local_options: "",
        set_m: false,
        echo_e: false,
        echo_hex: false,
        echo_c_goes_on: true,
        local_anywhere: true,
        bad_option_is_fatal: false,
        unknown_name_status: 1,
        pipefail: false,
        set_errtrace: false,
        umask_four_digits: false,
        usage_status: 1,
        dot_arguments: false,
        wait_usage_status: 1,
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
        noexec_ends_the_line: true,
        quotes_open_line: false,
        list_quote: ListQuote::WhenNeeded,
        read_whole: &[Source::CommandString, Source::Trap],
        arithmetic_needs_values: true,
        trace_assigns: TraceAssigns::LinesBehind,
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
    traps: Traps { together: Together::Round, lone_command_skips_exit: true, lose_reading: true, ..pdksh::TRAPS },
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
