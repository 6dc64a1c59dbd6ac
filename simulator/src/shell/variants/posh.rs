//! posh, the Policy-compliant Ordinary Shell. Source: own measurements of Debian's build as PID 1 of a PID namespace.

use super::{
    Builtins, Children, Columns, Details, FurtherLines, Jobs, Messages, Shapes, Signals, Tail, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    file_prefix: "{sh}: ",
    file_builtin_prefix: "{sh}: {builtin}: ",
    not_executable: "{prefix}{name}: cannot execute - Permission denied",
    exec_not_found: "{prefix}{name}: not found",
    wait_illegal_option: "wait: invalid option -- '{name}'",
    set_m_refused: "{builtin_prefix}-m: unknown option",
    not_set: "parameter null or not set",
    token_quotes: ("'", "'"),
    kill_usage: "",
    kill_bad_target: "{builtin_prefix}{name}: {text}",
    read_only: "{prefix}read-only: {name}",
    foreground_terminated: "{text} ",
    foreground_killed: "{text} ",
    background_killed_in_wait: "{text} ",
    ..Messages::COMMON
};

const COLUMNS: Columns = Columns {
    syntax: Syntax { repeated_bang: true, ..Syntax::POSIX },
    tail: Tail {
        command_string: Shapes::NONE,
        file: Shapes::NONE,
        subshell: Shapes::ALONE,
        substitution: Shapes::ALONE,
        job: Shapes::ALONE,
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
        background_ignores_int_quit: false,
        ..Signals::COMMON
    },
    builtins: Builtins {
        extra: &["test", "[", "times", "local"],
        missing: &["kill"],
        test_v: false,
        read_options: "rspu",
        local_options: "",
        set_m: false,
        usage_status: 1,
        ..Builtins::COMMON
    },
    details: Details { syntax_error_status: 1, exit_in_exit_trap_keeps_status: false, ..Details::COMMON },
    children: Children::COMMON,
    traps: Traps::COMMON,
    jobs: Jobs::COMMON,
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
