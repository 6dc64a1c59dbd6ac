//! ksh93. Sources: own measurements of Debian's builds; ksh93 `sh/xec.c`, `sh/fault.c`.

use super::{
    AliasTime, Aliases, Builtins, Children, Columns, CommandFlag, Details, ExitTrapOnSignal, Exports, FurtherLines,
    InnerLines, IntAfter, Invocation, Jobs, JobsInChildren, ListQuote, Messages, Nesting, Refused, Shapes, Signals,
    Tail, TraceAssigns, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::plan::Source;
use crate::shell::syntax::Syntax;

/// What ksh93 says behind a wrong option: `optget(3)` of libast, the option strings in `data/builtins.c`.
const USAGES: &[(&str, &str)] = &[
    ("export", "Usage: export [-p] [name[=value]...]\n Help: export [ --help | --man ] 2>&1"),
    ("set", "Usage: set [-sabefhkmnprtuvxBCGH] [-A name] [-o[option]] [arg ...]\n Help: set [ --help | --man ] 2>&1"),
    ("trap", "Usage: trap [-p] [action condition ...]\n Help: trap [ --help | --man ] 2>&1"),
    (
        "read",
        "Usage: read [-AaCprsSv] [-d delim] [-n count] [-N count] [-u fd] [-t timeout]\n            [var?prompt] [var ...]\n \
         Help: read [ --help | --man ] 2>&1",
    ),
    ("jobs", "Usage: jobs [-lnp] [job ...]\n Help: jobs [ --help | --man ] 2>&1"),
    ("ulimit", "Usage: ulimit [-HSalimits] [limit]\n Help: ulimit [ --help | --man ] 2>&1"),
];

const MESSAGES: Messages = Messages {
    arithmetic_unset: "{prefix}{name}: parameter not set",
    script_missing: "{sh}: {name}: not found",
    usages: USAGES,
    type_not_found: "{builtin_prefix}{name}: not found",
    type_keyword: "{name} is a keyword",
    unset_read_only: "{builtin_prefix}warning: {name}: is read only",
    test_missing_bracket: "{builtin_prefix}']' missing",
    exec_not_executable: "{builtin_prefix}{name}: cannot execute [{text}]",
    wait_bad: "{builtin_prefix}{name}: invalid process ID",
    umask_bad: "{builtin_prefix}{name}: bad number",
    ulimit_bad: "{builtin_prefix}-{name}: unknown option\nUsage: ulimit [-HSalimits] [limit]\n Help: ulimit [ --help | --man ] 2>&1",
    bad_function_name: "{prefix}{name}: invalid function name",
    set_bad_name: "{builtin_prefix}{name}: unknown option\nUsage: set [-sabefhkmnprtuvxBCGH] [-A name] [-o[option]] [arg ...]\n Help: set [ --help | --man ] 2>&1",
    names_callers: true,
    signal_texts: &[(Signal::USR1, "User signal 1"), (Signal::USR2, "User signal 2"), (Signal::ABRT, "Abort")],
    not_found: "{command_prefix}{name}: not found",
    path_not_found: "{command_prefix}{name}: not found",
    not_executable: "{command_prefix}{name}: cannot execute [{text}]",
    wait_usage: &["Usage: wait [ options ] [job ...]", " Help: wait [ --help | --man ] 2>&1"],
    cannot_open: "{command_prefix}{name}: cannot open [{text}]",
    source_not_found: "{builtin_prefix}{name}: cannot open [No such file or directory]",
    cannot_create: "{command_prefix}{name}: cannot create [{text}]",
    cannot_duplicate: "{command_prefix}{name}: cannot open [{text}]",
    file_exists: "{command_prefix}{name}: file already exists [{text}]",
    getopts_bad: "{sh}: -{name}: unknown option",
    getopts_missing: "{sh}: -{name}: argument expected",
    job_line: "[{number}] {mark}  {state} <command unknown>",
    bad_substitution: "{prefix}{name}: bad substitution",
    null_or_unset: "parameter null",
    unexpected: "{prefix}syntax error at line {line}: {name} unexpected",
    unexpected_expecting: "{prefix}syntax error at line {line}: {name} unexpected",
    unclosed: "{prefix}syntax error at line {line}: `{name}' unmatched",
    unexpected_end: "{prefix}syntax error at line {line}: `{opened}' unmatched",
    bad_trap: "{builtin_prefix}{name}: bad trap",
    trap_unnamed: "{builtin_prefix}condition(s) required",
    jobs_need_monitor: "{builtin_prefix}No job control",
    job_missing: "{builtin}: {name}: no such job",
    hash_missing: "",
    bad_name: "{builtin_prefix}{arg}: is not an identifier",
    no_home: "{builtin_prefix}bad directory",
    printf_usage: "Usage: printf [-v name] format [string ...]\n Help: printf [ --help | --man ] 2>&1",
    test_unknown_unary: "{builtin_prefix}argument expected",
    test_too_many: "{builtin_prefix}{text}: unknown operator",
    test_bad_number: "{builtin_prefix}{name}: arithmetic syntax error",
    cd_failed: "{builtin_prefix}{name}: [{text}]",
    kill_failed: "kill: {name}: no such process",
    foreground_terminated: "{prefix}{pid}: {text}",
    foreground_killed: "{prefix}{pid}: {text}",
    background_killed_in_wait: "{builtin_prefix}{pid}: {text}",
    kill_usage: "Usage: kill [-lL] [-n signum] [-s signame] job ...\n   Or: kill -l [arg ...]\n Help: kill [ --help | --man ] 2>&1",
    kill_bad_target: "{builtin_prefix}{name}: invalid process ID",
    kill_bad_signal: "{builtin_prefix}{name}: unknown signal name",
    shift_too_far: "{builtin_prefix}{name}: bad number",
    test_unknown_operator: "{builtin_prefix}{name}: unknown operator",
    arithmetic: "{prefix}{name}: arithmetic syntax error",
    arithmetic_operand: "{prefix}{name}: arithmetic syntax error",
    kill_s_bad_signal: "{builtin_prefix}{name}: unknown signal name",
    unclosed_backquote: "{prefix}syntax error at line {line}: `{name}' unmatched",
    unclosed_parenthesis: "{prefix}syntax error at line {line}: `{name}' unmatched",
    unexpected_end_alone: "{prefix}syntax error at line {line}: `end of file' unexpected",
    alias_command_v: "{quoted}",
    ..Messages::COMMON
};

/// Signals that end the shell in order: `SH_SIGDONE` in ksh93 `data/signals.c`.
const DONE: &[Signal] =
    &[Signal::HUP, Signal::QUIT, Signal::PIPE, Signal::ALRM, Signal::TERM, Signal::USR1, Signal::USR2, Signal::ABRT];
/// The same, and INT.
const DONE_OR_INT: &[Signal] = &[
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::PIPE,
    Signal::ALRM,
    Signal::TERM,
    Signal::USR1,
    Signal::USR2,
    Signal::ABRT,
];

const INNER: Shapes = Shapes { ..Shapes::WIDE };

const U_2012: Columns = Columns {
    syntax: Syntax {
        case_change: false,
        pipe_both: false,
        both_append: false,
        octal: false,
        indirect_is_name: true,
        array_words: &["typeset", "export", "readonly"],
        unexpected_in_parameters: true,
        case_tests_next: false,
        ..Syntax::FULL
    },
    tail: Tail {
        command_string: INNER,
        file: Shapes::NONE,
        subshell: INNER,
        substitution: INNER,
        job: Shapes { pipe_last: true, ..INNER },
        final_newline: true,
        further_lines: FurtherLines::Newlines,
        trailing_text: true,
        plain_text_only: false,
        over_actions: true,
        traps_stick: false,
        background_braces_vanish: false,
        trap_in_same_list_missed: false,
        redirected_compounds: false,
        timed_subshell: false,
    },
    messages: Messages { wait_usage: &["Usage: wait [ options ] [job ...]"], ..MESSAGES },
    signals: Signals {
        dies_of_status: true,
        exit_trap_on_signal: ExitTrapOnSignal::RunsAndStays,
        exit_trap_signals: DONE,
        passed_to_itself_at_end: DONE_OR_INT,
        waits_after_passing: true,
        end_forgotten_at_next_command: true,
        exits_with_128_of_child: true,
        reset_trap_still_acts: true,
        status_base: 256,
        children_ignore: &[32, 33],
        ..Signals::COMMON
    },
    builtins: Builtins {
        exec_options: "ac",
        extra: &[
            "printf", "test", "[", "hash", "times", "ulimit", "source", "let", "typeset", "builtin", "print", "whence",
            "sleep",
        ],
        trap_options: Some("p"),
        trap_events: &["ERR", "DEBUG"],
        operands_are_expressions: true,
        test_evaluates: true,
        set_errors_are_fatal: true,
        function_keeps_assignments: true,
        echo_hex: false,
        wrong_option_is_fatal: true,
        return_outside_ends: true,
        return_ends_quietly: true,
        printf_v: true,
        printf_extended: true,
        set_errtrace: false,
        jobs_newest_first: true,
        wait_bad_status: 1,
        wait_no_job_status: 0,
        echo_escapes: false,
        usage_is_fatal: false,
        type_missing_to_output: false,
        ..Builtins::COMMON
    },
    nesting: Nesting {
        eval_lines: InnerLines::One,
        trap_lines: InnerLines::Current,
        negated_break_fails: true,
        break_ends_child: true,
        ..Nesting::CLOSED
    },
    details: Details {
        network_files: true,
        looks_up_before_fork: true,
        exit_undoes_redirections: true,
        syntax_error_status: 3,
        syntax_error_in_eval_is_fatal: false,
        return_keeps_large: true,
        list_quote: ListQuote::AsNeeded,
        interrupted_wait_status: Some(257),
        random: true,
        empty_array_is_compound: true,
        errexit_spares_arithmetic: true,
        exit_in_exit_trap_keeps_status: false,
        option_flags: "hB",
        flag_order: "abcefhimnpstuvxBCEGH",
        command_flag: CommandFlag::WithS,
        substitution_reads_file: true,
        read_whole: &[Source::Eval, Source::Dot, Source::Trap],
        trace_assigns: TraceAssigns::LinesBefore,
        ..Details::COMMON
    },
    children: Children {
        refused: Refused {
            waits: &[2, 4, 8, 16],
            message: "{sh}: cannot fork [Resource temporarily unavailable]",
            status: 126,
            ..Children::COMMON.refused
        },
        last_member_in_shell: true,
        subshells_inside: true,
        pipeline_ends_with_last: true,
        background_pipeline_in_subshell: true,
        keep_monitor: true,
        last_compound_becomes: true,
        members_find_zero: true,
        only_jobs_have_groups: true,
        wait_takes_adopted: true,
        wait_for_all_keeps: true,
        ..Children::COMMON
    },
    traps: Traps {
        outer: super::OuterTraps::InsideShell,
        errexit_anew: false,
        errexit_first: true,
        order: super::TrapOrder::Highest,
        not_inside_itself: true,
        lost_at_end: true,
        ignore_by_handler: true,
        lost_by_failed_exec: true,
        empty_exit_watches: true,
        exit_trap_before_error_status: true,
        ..Traps::COMMON
    },
    jobs: Jobs { collected_at_once: true, in_children: JobsInChildren::All, ..Jobs::COMMON },
    aliases: Aliases {
        parentheses: AliasTime::Running,
        backquotes: AliasTime::Running,
        options: "ptx",
        ..Aliases::COMMON
    },
    exports: Exports { program: false, ..Exports::ALL },
    invocation: Invocation { interactive_ignores: &[], ..Invocation::COMMON },
};

const U_M: Columns = Columns {
    tail: Tail { file: INNER, over_actions: false, ..U_2012.tail },
    messages: MESSAGES,
    details: Details { interrupted_wait_status: Some(1), ..U_2012.details },
    signals: Signals {
        dies_of_status: false,
        caught: &[Signal::CHLD, Signal::WINCH],
        caught_with_program: &[Signal::INT],
        int_after_foreground: IntAfter::EndsItself,
        ..U_2012.signals
    },
    traps: Traps { int_blocked_by_program: true, ..U_2012.traps },
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
