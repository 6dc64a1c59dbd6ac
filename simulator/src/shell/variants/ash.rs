//! BusyBox ash: releases, Alpine's and Debian's builds. Sources: own measurements of each build; BusyBox `shell/ash.c`.

use super::{
    AliasTime, Aliases, Builtins, Children, Columns, Details, EnvironmentOrder, Exports, FurtherLines, HereWriter,
    InnerLines, IntAfter, Invocation, Jobs, JobsInChildren, KillList, ListQuote, Messages, Nesting, OuterTraps,
    Refused, Shapes, Signals, Tail, TraceQuote, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    script_missing: "{sh}: can't open '{name}': No such file or directory",
    missing_command: "{sh}: -c requires an argument",
    file_exists: "{prefix}can't create {name}: File exists",
    exec_not_executable: "{builtin_prefix}{name}: Permission denied",
    builtin_prefix: "{sh}: {builtin}: line {line}: ",
    file_builtin_prefix: "{sh}: {builtin}: line {line}: ",
    illegal_option: "{builtin_prefix}illegal option -{name}",
    wait_illegal_option: "{builtin_prefix}illegal option -{name}",
    cannot_open: "{prefix}can't open {name}: no such file",
    source_not_found: "{builtin_prefix}can't open '{name}': No such file or directory",
    cannot_create: "{prefix}can't create {name}: nonexistent directory",
    bad_substitution: "{prefix}syntax error: bad substitution",
    null_or_unset: "parameter not set or null",
    unexpected: "{prefix}syntax error: unexpected {name}",
    unexpected_expecting: "{prefix}syntax error: unexpected {name} (expecting \"{expected}\")",
    unclosed: "{prefix}syntax error: unterminated quoted string",
    unexpected_end: "{prefix}syntax error: unexpected end of file (expecting \"{expected}\")",
    bad_function_name: "{prefix}syntax error: bad function name",
    token_quotes: ("\"", "\""),
    bad_number: "{builtin_prefix}Illegal number: {name}",
    bad_trap: "{builtin_prefix}{name}: invalid signal specification",
    cd_failed: "{builtin_prefix}can't cd to {name}: {text}",
    kill_failed: "{shell}: can't kill pid {name}: {text}",
    kill_usage: "{shell}: you need to specify whom to kill",
    kill_bad_target: "{shell}: invalid number '{name}'",
    kill_bad_signal: "{shell}: bad signal name '{name}'",
    shift_too_far: "",
    test_unknown_operator: "{shell}: {text}: unknown operand",
    test_unknown_unary: "{shell}: {text}: unknown operand",
    test_too_many: "{shell}: {text}: unknown operand",
    test_missing_bracket: "{shell}: missing {name}",
    test_bad_number: "{shell}: {name}: bad number",
    division_by_zero: "{prefix}divide by zero",
    arithmetic: "{prefix}arithmetic syntax error",
    arithmetic_operand: "{prefix}arithmetic syntax error",
    not_in_function: "{builtin_prefix}not in a function",
    no_tty: "{builtin_prefix}can't access tty; job control turned off",
    foreground_terminated: "{text}",
    kill_s_bad_signal: "{shell}: bad signal name '{name}'",
    foreground_killed: "{text}",
    background_killed_in_wait: "{text}",
    printf_usage: "{shell}: usage: printf FORMAT [ARGUMENT...]",
    printf_number: "{shell}: invalid number '{name}'",
    printf_directive: "{shell}: %{rest}: invalid format",
    umask_bad: "{builtin_prefix}illegal mode: {name}",
    ulimit_bad: "ulimit: invalid option -- '{name}'",
    job_line: "[{number}]{mark}  {state}    ",
    wait_bad: "{builtin_prefix}Illegal number: {name}",
    wait_no_job: "{builtin_prefix}{name}: no such job",
    getopts_bad: "Illegal option -{name}",
    getopts_missing: "No arg for -{name} option",
    getopts_usage: "{builtin_prefix}usage: getopts optstring var [arg]",
    set_bad_name: "{builtin_prefix}illegal option -o {name}",
    unclosed_backquote: "{prefix}syntax error: EOF in backquote substitution",
    unclosed_parenthesis: "{prefix}syntax error: unexpected end of file (expecting \")\")",
    unexpected_end_alone: "{prefix}syntax error: unexpected end of file",
    is_directory: "{prefix}can't create {name}: Is a directory",
    bad_loop_variable: "{prefix}syntax error: bad for loop variable",
    no_current_job: "{builtin_prefix}No current job",
    no_job_control: "{builtin_prefix}job {name} not created under job control",
    kill_list_bad: "{shell}: unknown signal '{name}'",
    kill_no_job: "{builtin_prefix}{name}: no such job",
    write_error: "{shell}: write error: Bad file descriptor",
    bad_descriptor: "redir error",
    ..Messages::COMMON
};

const SYNTAX: Syntax = Syntax {
    dollar_single_quote: true,
    both_redirect: true,
    function_keyword: true,
    slice: true,
    replace: true,
    strict_function_names: true,
    brackets_take_operators: true,
    ..Syntax::POSIX
};

/// Up to 1.27 nothing replaces the shell that was started.
const V1_26_TAIL: Tail = Tail {
    command_string: Shapes::NONE,
    file: Shapes::NONE,
    subshell: Shapes::WIDE,
    substitution: Shapes::WIDE,
    job: Shapes::WIDE,
    final_newline: false,
    further_lines: FurtherLines::Anything,
    trailing_text: true,
    plain_text_only: false,
    over_actions: false,
    traps_stick: true,
    background_braces_vanish: true,
    trap_in_same_list_missed: false,
    redirected_compounds: false,
    timed_subshell: false,
};

const NESTING: Nesting = Nesting {
    names_context: true,
    parser_tells_substitutions: true,
    names_script: true,
    eval_lines: InnerLines::One,
    break_leaves_function: true,
    break_leaves_trap: true,
    break_ends_child: true,
    negated_break_fails: true,
    ..Nesting::CLOSED
};

const V1_26: Columns = Columns {
    syntax: SYNTAX,
    tail: V1_26_TAIL,
    messages: MESSAGES,
    signals: Signals {
        input_leaves_int: true,
        ignored: &[Signal::QUIT],
        int_in_wait: Some(130),
        int_after_foreground: IntAfter::Exits130,
        tail_gives_back_ignored: false,
        ..Signals::COMMON
    },
    builtins: Builtins {
        set_refuses: "hBHkpPqrtlLT",
        set_errtrace: false,
        local_is_special: false,
        extra: &["local", "printf", "test", "[", "[[", "hash", "times", "ulimit", "source", "let", "type"],
        kill_usage_status: 1,
        echo_escapes: false,
        printf_empty_is_number: false,
        test_v: false,
        test_missing_is_older: false,
        read_options: "rspntdu",
        jobs_newest_first: true,
        wait_bad_status: 2,
        wait_no_job_status: 2,
        export_options: "pn",
        local_options: "",
        unset_checks_names: true,
        ulimit_bad_status: 1,
        cd_failed_status: 2,
        dot_missing_status: 2,
        type_options_shorten: true,
        dot_unnamed: Some(2),
        dot_takes_directory: true,
        kill_options: "ls",
        kill_lists: KillList::Any,
        exec_options: "a",
        printf_without_options: true,
        set_bad_name_status: Some(1),
        only_echo_tells_write_errors: true,
        ..Builtins::COMMON
    },
    nesting: NESTING,
    details: Details {
        source_forgets_conditions: true,
        subshell_redirect_error_status: 2,
        expansion_error_status: 2,
        expansion_error_status_in_file: 2,
        substitution_keeps_errexit: false,
        wait_forgets_at_next_job: true,
        tells_when_collected: true,
        redirects_before_fork: true,
        brings_applets: true,
        flag_order: "EubaCvxsnmiIfe",
        looks_up_before_fork: true,
        exit_in_exit_trap_keeps_status: false,
        knows_line: false,
        list_quote: ListQuote::DoubleQuoted,
        token_classes: true,
        quotes_open_line: false,
        negative_status: false,
        counts_compounds: true,
        declaring_names_builtin: true,
        random: true,
        trace_quote: TraceQuote::ReservedAndAllBut("+,-./:@]^_"),
        length_of_list: false,
        command_v_any_file: true,
        exit_undoes_redirections: true,
        script_missing_status: 2,
        here_writer: HereWriter::ChildIfExpanded,
        ..Details::COMMON
    },
    children: Children {
        early_int_ends: true,
        each_member_is_last_background: true,
        refused: Refused { message: "{sh}: can't fork: Resource temporarily unavailable", ..Children::COMMON.refused },
        ..Children::COMMON
    },
    traps: Traps { return_is_negated: true, kept_for_ignored: true, outer: OuterTraps::InLoneTrap, ..Traps::COMMON },
    jobs: Jobs { in_children: JobsInChildren::OfJobs, forgets_conditions: true, ..Jobs::COMMON },
    aliases: Aliases { backquotes: AliasTime::Reading, options: "", ..Aliases::COMMON },
    exports: Exports { directory: true, level: true, order: EnvironmentOrder::Sums, ..Exports::COMMON },
    invocation: Invocation {
        letters: "abcefilmnosuvxCEI",
        bad_letter: "{sh}: illegal option -{name}",
        no_terminal: "{sh}: can't access tty; job control turned off",
        interactive_leaves: &[Signal::TERM],
        ..Invocation::COMMON
    },
};

/// Before 1.26 there is no CHLD handler, and an INT during a foreground child ends the shell with the status it had.
const V1_25: Columns = Columns {
    signals: Signals {
        caught: &[Signal::INT],
        int_after_foreground: IntAfter::ExitsWithStatus,
        exec_gives_back_ignored: false,
        ..V1_26.signals
    },
    ..V1_26
};
const V1_24: Columns = Columns { builtins: Builtins { exec_missing_status: 2, ..V1_25.builtins }, ..V1_25 };
/// From 1.28 on the string of `-c` is evaluated with EV_EXIT, and `local` is a special builtin.
const V1_28: Columns = Columns {
    tail: Tail { command_string: Shapes::WIDE, ..V1_26_TAIL },
    builtins: Builtins { local_is_special: true, ..V1_26.builtins },
    ..V1_26
};
/// From 1.29 on there is LINENO (commit 675d24aea).
const V1_29: Columns = Columns { details: Details { knows_line: true, ..V1_28.details }, ..V1_28 };
const V1_31: Columns = Columns {
    builtins: Builtins { wait_n: true, ..V1_29.builtins },
    details: Details { flag_order: "EubaCvxcsnmiIfe", ..V1_29.details },
    ..V1_29
};
/// From 1.32 on `exit` in a trap keeps the status from before it, and every child that has ended is collected (47eb97940).
const V1_32: Columns = Columns {
    builtins: Builtins { exec_seeks_given_name: true, ..V1_31.builtins },
    children: Children { wait_goes_on_after_failure: true, ..V1_31.children },
    details: Details {
        exit_in_trap_keeps_status: true,
        exit_in_exit_trap_keeps_status: true,
        collects_all: true,
        here_writer: HereWriter::ChildIfLong,
        ..V1_31.details
    },
    ..V1_31
};
/// From 1.35 on there is `<( )` (measured; 1.34 was not), the lines of `-c` count from 0, and an inner text goes on with the line that it is run at.
const V1_35: Columns = Columns {
    syntax: Syntax { process_substitution: true, ..SYNTAX },
    messages: Messages { builtin_prefix: "{sh}: {builtin}: line {line}: ", ..MESSAGES },
    nesting: Nesting { eval_lines: InnerLines::Current, trap_lines: InnerLines::Current, ..NESTING },
    builtins: Builtins { trap_err: true, set_errtrace: true, ..V1_32.builtins },
    details: Details { string_lines_from_zero: true, ..V1_32.details },
    ..V1_32
};
/// From 1.38 on the last command does not find QUIT ignored.
const V1_38: Columns = Columns {
    signals: Signals { tail_gives_back_ignored: true, ..V1_35.signals },
    messages: Messages { prefix: "{sh}: line {line}: ", ..V1_35.messages },
    ..V1_35
};

/// Built with ASH_SLEEP.
const WITH_SLEEP: Columns = Columns {
    builtins: Builtins {
        extra: &["local", "printf", "test", "[", "[[", "hash", "times", "ulimit", "source", "let", "type", "sleep"],
        ..V1_35.builtins
    },
    ..V1_35
};

/// Applets that its shell prefers to programs of the same name.
const APPLETS: &[&str] = &["cat", "sleep", "env", "nohup", "true", "false"];

/// Built with PREFER_APPLETS: applets run as a copy of the shell's own binary, /proc/self/exe.
const fn standalone(columns: Columns) -> Columns {
    Columns {
        details: Details { applet_comm: Some("/proc/self/exe"), own_applets: APPLETS, ..columns.details },
        ..columns
    }
}

/// Debian's builds leave applets out, and `.` looks for a name in PATH only.
const fn debian(columns: Columns) -> Columns {
    Columns {
        details: Details { missing_applets: &["nohup"], ..columns.details },
        builtins: Builtins { dot_searches_directory: false, ..columns.builtins },
        messages: Messages { source_not_in_path: "{builtin_prefix}{name}: not found", ..columns.messages },
        ..columns
    }
}

const OWN: &str = "upstream release, own build with ash options like Alpine's; measured as PID 1 of a PID namespace";
const ALPINE: &str = "binary of the Alpine minirootfs (github.com/alpinelinux/docker-alpine); measured";
const DEBIAN: &str = "Debian package; measured";
const IMAGE: &str = "binary of the docker-library/busybox image, musl; measured";

const fn row(id: &'static str, version: &'static str, source: &'static str, columns: Columns) -> Variant {
    Variant { id, family: "busybox-ash", version, line: "BusyBox", release: version, source, argv0: "sh", columns }
}

const fn of(line: &'static str, variant: Variant) -> Variant {
    Variant { line, ..variant }
}

const fn alpine(id: &'static str, release: &'static str, version: &'static str, columns: Columns) -> Variant {
    Variant { line: "Alpine", release, ..row(id, version, ALPINE, columns) }
}

pub(super) static ROWS: &[Variant] = &[
    row("busybox-1.24.2", "1.24.2", OWN, V1_24),
    row("busybox-1.25.1", "1.25.1", OWN, V1_25),
    row("busybox-1.26.2", "1.26.2", OWN, V1_26),
    row("busybox-1.27.2", "1.27.2", OWN, V1_26),
    row("busybox-1.28.4", "1.28.4", OWN, V1_28),
    row("busybox-1.29.3", "1.29.3", OWN, V1_29),
    row("busybox-1.30.1", "1.30.1", OWN, V1_29),
    row("busybox-1.31.1", "1.31.1", OWN, V1_31),
    row("busybox-1.32.1", "1.32.1", OWN, V1_32),
    row("busybox-1.33.1", "1.33.1", OWN, V1_32),
    row("busybox-1.34.1", "1.34.1", OWN, V1_32),
    row("busybox-1.35.0", "1.35.0", OWN, V1_35),
    row("busybox-1.36.1", "1.36.1", OWN, V1_35),
    of("Debian's BusyBox", row("busybox-1.30.1-deb", "1.30.1", DEBIAN, debian(V1_29))),
    of("Debian's BusyBox", row("busybox-1.35.0-deb", "1.35.0", DEBIAN, debian(V1_35))),
    of("Debian's BusyBox", row("busybox-1.35.0-debstatic", "1.35.0", DEBIAN, debian(V1_35))),
    of("Debian's BusyBox", row("busybox-1.37.0-deb", "1.37.0", DEBIAN, debian(V1_35))),
    of("Debian's BusyBox", row("busybox-1.38.0-deb", "1.38.0", DEBIAN, debian(V1_38))),
    of("BusyBox with a builtin sleep", row("busybox-1.36.1-ashsleep", "1.36.1", OWN, WITH_SLEEP)),
    of("standalone BusyBox", row("busybox-1.27.2-standalone", "1.27.2", OWN, standalone(V1_26))),
    of("standalone BusyBox", row("busybox-1.36.1-standalone", "1.36.1", OWN, V1_35)),
    alpine("alpine-3.6", "3.6", "1.26.2", V1_26),
    alpine("alpine-3.7", "3.7", "1.27.2", V1_26),
    alpine("alpine-3.8", "3.8", "1.28.4", V1_28),
    alpine("alpine-3.9", "3.9", "1.29.3", V1_29),
    alpine("alpine-3.10", "3.10", "1.30.1", V1_29),
    alpine("alpine-3.11", "3.11", "1.31.1", V1_31),
    alpine("alpine-3.12", "3.12", "1.31.1", V1_31),
    alpine("alpine-3.13", "3.13", "1.32.1", V1_32),
    alpine("alpine-3.14", "3.14", "1.33.1", V1_32),
    alpine("alpine-3.15", "3.15", "1.34.1", V1_32),
    alpine("alpine-3.16", "3.16", "1.35.0", V1_35),
    alpine("alpine-3.17", "3.17", "1.35.0", V1_35),
    alpine("alpine-3.18", "3.18", "1.36.1", V1_35),
    alpine("alpine-3.19", "3.19", "1.36.1", V1_35),
    alpine("alpine-3.20", "3.20", "1.36.1", V1_35),
    of("busybox image", row("busybox-image-1.37.0-musl", "1.37.0", IMAGE, V1_35)),
    of("busybox image", row("busybox-image-1.38.0-musl", "1.38.0", IMAGE, V1_38)),
];
