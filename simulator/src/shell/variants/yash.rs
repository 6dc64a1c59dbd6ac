//! yash. Source: own measurements of Debian's build as PID 1 of a PID namespace.

use super::{
    Aliases, Builtins, Children, Columns, CommandFlag, Details, FurtherLines, InTrap, Jobs, Messages, Nesting, Refused,
    Shapes, Signals, Tail, TraceAssigns, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

const WIDE: Shapes = Shapes {
    redirect: false,
    here_document: false,
    subshell: true,
    for_loop: true,
    function: true,
    pipe_last: true,
    ..Shapes::WIDE
};

const MESSAGES: Messages = Messages {
    prefix: "yash: ",
    file_prefix: "yash: ",
    set_m_refused: "set: cannot open file `/dev/tty': No such device or address\nset: disabling job control",
    outside_loop: "{builtin_prefix}not in a loop",
    unset: "{prefix}parameter `{name}' is not set",
    division_by_zero: "{prefix}arithmetic: division by zero",
    arithmetic: "{prefix}arithmetic: invalid syntax",
    arithmetic_operand: "{prefix}arithmetic: a value is missing",
    arithmetic_value: "{prefix}arithmetic: `{token}' is not a valid number",
    builtin_prefix: "{builtin}: ",
    file_builtin_prefix: "{builtin}: ",
    not_found: "{prefix}no such command `{name}'",
    path_not_found: "{prefix}cannot execute command `{name}': No such file or directory",
    not_executable: "{prefix}cannot execute command `{name}': {text}",
    cannot_open: "{prefix}redirection: cannot open file `{name}': {text}",
    cannot_create: "{prefix}redirection: cannot open file `{name}': {text}",
    source_not_found: "{builtin_prefix}cannot open file `{name}': No such file or directory",
    bad_number: "{builtin_prefix}`{name}' is not a valid integer",
    bad_trap: "{builtin_prefix}no such signal `{name}'",
    kill_bad_signal: "{builtin_prefix}no such signal `{name}'",
    kill_s_bad_signal: "{builtin_prefix}no such signal `{name}'",
    cd_failed: "{builtin_prefix}`{name}': {text}",
    unset_read_only: "{builtin_prefix}${name} is read-only",
    test_unknown_operator: "{builtin_prefix}`{name}' is not a valid operator",
    test_unknown_unary: "{builtin_prefix}`{name}' is not a unary operator",
    test_too_many: "{builtin_prefix}`{text}' is not a valid operator",
    test_bad_number: "{builtin_prefix}`{name}' is not a valid integer",
    test_missing_bracket: "{builtin_prefix}`{name}' is missing",
    getopts_bad: "{sh}: `-{name}' is not a valid option",
    getopts_missing: "{sh}: the -{name} option's argument is missing",
    printf_directive: "{builtin_prefix}`{name}' is not a valid conversion specifier",
    exec_not_found: "{builtin_prefix}no such command `{name}'",
    illegal_option: "{builtin_prefix}`-{name}' is not a valid option",
    wait_illegal_option: "{builtin_prefix}`-{name}' is not a valid option",
    not_set: "parameter null or not set",
    token_quotes: ("'", "'"),
    kill_usage: "kill: this command requires an operand",
    kill_bad_target: "kill: `{name}' is not a valid integer",
    read_only: "{prefix}${name} is read-only",
    alias_type: "{name}: an alias for `{text}'",
    ..Messages::COMMON
};

const COLUMNS: Columns = Columns {
    syntax: Syntax {
        empty_lists: true,
        empty_branches: true,
        double_bracket: true,
        arrays: true,
        function_keyword: true,
        ..Syntax::POSIX
    },
    tail: Tail {
        command_string: WIDE,
        file: WIDE,
        subshell: WIDE,
        substitution: WIDE,
        job: WIDE,
        final_newline: false,
        further_lines: FurtherLines::Anything,
        trailing_text: false,
        plain_text_only: false,
        over_actions: false,
        traps_stick: true,
        background_braces_vanish: false,
        trap_in_same_list_missed: false,
    },
    messages: MESSAGES,
    signals: Signals { caught: &[Signal::CHLD], status_base: 384, ..Signals::COMMON },
    builtins: Builtins {
        extra: &[
            "printf", "test", "[", "hash", "times", "ulimit", "local", "typeset", "array", "disown", "pushd", "popd",
            "dirs",
        ],
        trap_options: true,
        echo_e: false,
        echo_n: false,
        echo_hex: false,
        printf_extended: false,
        test_v: false,
        set_errtrace: false,
        read_options: "r",
        read_reply: false,
        outside_loop_status: 2,
        set_m: false,
        set_m_is_fatal: false,
        ..Builtins::COMMON
    },
    nesting: Nesting { names_context: true, ..Nesting::CLOSED },
    details: Details {
        network_files: true,
        looks_up_before_fork: true,
        expansion_error_status: 2,
        redirect_error_status: 2,
        expansion_error_status_in_file: 2,
        flags_sorted: true,
        command_flag: CommandFlag::First,
        trace_assigns: TraceAssigns::LinesBefore,
        ..Details::COMMON
    },
    children: Children {
        refused: Refused {
            message: "{sh}: cannot make a child process: Resource temporarily unavailable",
            goes_on: true,
            ..Children::COMMON.refused
        },
        becoming_forgets_jobs: true,
        none_is_zero: true,
        command_replaces: false,
        ..Children::COMMON
    },
    traps: Traps {
        in_trap: InTrap::Waits,
        run_before_wait_returns: true,
        lost_by_failed_exec: true,
        errexit_anew: false,
        return_is_negated: true,
        ..Traps::COMMON
    },
    jobs: Jobs::COMMON,
    aliases: Aliases { options: "gp", ..Aliases::COMMON },
};

pub(super) static ROWS: &[Variant] = &[Variant {
    id: "yash-2.52",
    family: "yash",
    version: "2.52",
    line: "yash",
    release: "2.52",
    source: "Debian bookworm 2.52-2; measured",
    argv0: "yash",
    columns: COLUMNS,
}];
