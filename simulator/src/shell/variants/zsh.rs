//! zsh. Sources: own measurements of Debian's build; zsh `Src/exec.c` (`execlist`, `Z_END`), `Src/signals.c`.

use super::{
    AliasTime, Aliases, ArrayNames, Builtins, Children, Columns, CommandFlag, ControlCharacters, Details, FurtherLines,
    InTrap, Jobs, Messages, Nesting, Refused, Shapes, Signals, Tail, TraceAssigns, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::plan::Source;
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    prefix: "{scope}:{line}: ",
    file_prefix: "{sh}:{line}: ",
    builtin_prefix: "{scope}:{builtin}:{line}: ",
    file_builtin_prefix: "{sh}:{builtin}:{line}: ",
    not_found: "{prefix}command not found: {name}",
    path_not_found: "{prefix}no such file or directory: {name}",
    not_executable: "{prefix}permission denied: {name}",
    exec_not_found: "{prefix}command not found: {name}",
    illegal_option: "{builtin_prefix}bad option: -{name}",
    wait_illegal_option: "{builtin_prefix}job not found: -{name}",
    set_m_refused: "{builtin_prefix}can't change option: -m",
    cannot_open: "{prefix}no such file or directory: {name}",
    source_not_found: "{builtin_prefix}no such file or directory: {name}",
    cannot_create: "{prefix}no such file or directory: {name}",
    null_or_unset: "parameter not set",
    unexpected: "{prefix}parse error near {name}",
    unexpected_expecting: "{prefix}parse error near {name}",
    unclosed: "{prefix}unmatched {name}",
    unexpected_end: "{prefix}parse error near `\\n'",
    bad_number: "{builtin_prefix}number expected: {name}",
    bad_trap: "{builtin_prefix}undefined signal: {name}",
    cd_failed: "{builtin_prefix}{reason}: {name}",
    kill_failed: "{builtin_prefix}kill {name} failed: no such process",
    kill_usage: "{builtin_prefix}not enough arguments",
    kill_bad_target: "{builtin_prefix}illegal pid: {name}",
    kill_bad_signal: "{builtin_prefix}unknown signal: SIG{name}\n{builtin_prefix}type kill -l for a list of signals",
    shift_too_far: "{builtin_prefix}shift count must be <= $#",
    read_only: "{prefix}read-only variable: {name}",
    test_unknown_operator: "{prefix}condition expected: {name}",
    division_by_zero: "{prefix}division by zero",
    arithmetic: "{prefix}bad math expression: operator expected at {place}",
    arithmetic_operand: "{prefix}bad math expression: operand expected at {place}",
    kill_s_bad_signal: "{builtin_prefix}unknown signal: SIG{name}\n{builtin_prefix}type kill -l for a list of signals",
    test_too_many: "{prefix}condition expected: {name}",
    test_bad_number: "{builtin_prefix}integer expression expected: {name}",
    test_missing_bracket: "{builtin_prefix}']' expected",
    umask_bad: "{builtin_prefix}bad umask",
    ulimit_bad: "{builtin_prefix}bad option: -{name}",
    getopts_bad: "{prefix}bad option: -{name}",
    getopts_missing: "{prefix}argument expected after -{name} option",
    type_not_found: "{name} not found",
    trace_prefix: "+{sh}:{line}> ",
    printf_number: "",
    unclosed_backquote: "{prefix}unmatched {name}",
    unclosed_parenthesis: "{prefix}unmatched {name}",
    unexpected_end_alone: "{prefix}parse error near `\\n'",
    outside_loop: "{builtin_prefix}not in while, until, select, or repeat loop",
    not_a_child: "{builtin_prefix}pid {name} is not a child of this shell",
    wait_bad: "{builtin_prefix}job not found: {name}",
    wait_no_job: "{builtin_prefix}{name}: no such job",
    type_function: "{name} is a shell function from {sh}",
    type_keyword: "{name} is a reserved word",
    type_special: "{name} is a shell builtin",
    jobs_need_monitor: "{builtin_prefix}no job control in this shell.",
    hash_missing: "{builtin_prefix}no such command: {name}",
    job_missing: "{builtin_prefix}{name}: no such job",
    disown_no_job: "{builtin_prefix}no current job",
    set_bad_letter: "",
    cannot_duplicate: "{prefix}{name}: bad file descriptor",
    is_directory: "{prefix}is a directory: {name}",
    exec_path_not_found: "{prefix}no such file or directory: {name}",
    source_unnamed: "{builtin_prefix}not enough arguments",
    getopts_usage: "{builtin_prefix}not enough arguments",
    printf_usage: "{builtin_prefix}not enough arguments",
    set_bad_name: "{builtin_prefix}no such option: {name}",
    file_exists: "{prefix}file exists: {name}",
    exec_not_executable: "{prefix}permission denied: {name}",
    unset_read_only: "{prefix}read-only variable: {name}",
    missing_command: "zsh: string expected after -c",
    not_a_builtin: "{prefix}no such builtin: {name}",
    control_characters: ControlCharacters::Caret,
    ..Messages::COMMON
};

const INNER: Shapes = Shapes { for_loop: true, ..Shapes::WIDE };

const COLUMNS: Columns = Columns {
    syntax: Syntax {
        indirect: false,
        case_change: false,
        repeated_bang: false,
        octal: false,
        time_option: false,
        regex_quotes: false,
        empty_lists: true,
        empty_branches: true,
        job_needs_command: true,
        ..Syntax::FULL
    },
    tail: Tail {
        command_string: INNER,
        file: Shapes::NONE,
        subshell: INNER,
        substitution: INNER,
        job: INNER,
        final_newline: true,
        further_lines: FurtherLines::Anything,
        trailing_text: true,
        plain_text_only: false,
        over_actions: false,
        traps_stick: false,
        background_braces_vanish: false,
        trap_in_same_list_missed: false,
        redirected_compounds: true,
        timed_subshell: true,
    },
    messages: MESSAGES,
    signals: Signals {
        caught: &[Signal::HUP, Signal::CHLD, Signal::WINCH],
        ignored: &[Signal::QUIT],
        ..Signals::COMMON
    },
    builtins: Builtins {
        extra: &[
            "local", "printf", "test", "[", "hash", "times", "ulimit", "source", "let", "declare", "typeset",
            "builtin", "print", "setopt", "unsetopt", "whence", "where", "disown", "pushd", "popd", "dirs", "logout",
        ],
        trap_options: true,
        trap_names_upper: true,
        command_runs_builtins: false,
        local_is_empty: true,
        set_refuses: "b",
        set_errors_are_fatal: true,
        printf_v: true,
        ulimit_bad_status: 1,
        dot_missing_status: 127,
        return_ends_quietly: true,
        outside_loop_status: 1,
        outside_loop_is_fatal: true,
        kill_usage_status: 1,
        readonly_options: "pfaA",
        umask_four_digits: false,
        set_m: false,
        usage_status: 1,
        wait_usage_status: 127,
        no_operands_status: 1,
        trap_events: &["ERR", "DEBUG"],
        usage_is_fatal: false,
        ..Builtins::COMMON
    },
    nesting: Nesting {
        break_leaves_function: true,
        break_leaves_trap: true,
        break_ends_child: true,
        ..Nesting::CLOSED
    },
    details: Details {
        array_names: ArrayNames::Joined,
        syntax_error_status: 1,
        syntax_error_in_eval_is_fatal: false,
        special_errors_are_fatal: false,
        wait_remembers: false,
        wait_takes_whole_job: false,
        trap_runs_inside_wait: true,
        exit_in_exit_trap_keeps_status: false,
        splits_fields: false,
        no_match_is_error: true,
        option_flags: "569X",
        flags_sorted: true,
        command_flag: CommandFlag::Never,
        names_scope: true,
        substitution_reads_file: true,
        read_whole: &[Source::CommandString, Source::Eval, Source::Trap],
        trace_assigns: TraceAssigns::LinesBefore,
        ..Details::COMMON
    },
    children: Children {
        refused: Refused {
            message: "{prefix}fork failed: resource temporarily unavailable",
            status: 1,
            ..Children::COMMON.refused
        },
        last_member_in_shell: true,
        each_member_is_last_background: true,
        only_last_pipeline_is_job: true,
        lose_ignored: true,
        members_keep_traps: true,
        job_ignores_by_trap: true,
        substitution_ignores: &[20, 21, 22],
        becoming_forgets_jobs: true,
        becoming_resets_signals: true,
        pipeline_keeps_shell: true,
        none_is_zero: true,
        wait_for_all_keeps: true,
        exec_runs_builtins: true,
        lone_exec_ends_pipeline: true,
        wait_takes_pipeline: true,
        errexit_spared_globally: true,
        multios: true,
        exec_goes_on: true,
        ..Children::COMMON
    },
    traps: Traps {
        reset_is_default: true,
        found_ignored_can_be_set: true,
        run_in_substitution: true,
        end_at_once: &[Signal::HUP],
        in_trap: InTrap::SameIsLost,
        run_before_wait_returns: false,
        int_blocked_in_foreground: true,
        exit_is_local: true,
        lost_by_failed_exec: true,
        errexit_keeps_exit_status: true,
        errexit_anew: false,
        return_is_negated: true,
        parsed_when_set: true,
        run_inside_kill: true,
        keep_line: true,
        ..Traps::COMMON
    },
    jobs: Jobs { collected_at_once: true, ..Jobs::COMMON },
    aliases: Aliases {
        parentheses: AliasTime::Running,
        backquotes: AliasTime::Running,
        reserved_words: true,
        options: "gLmrs",
        ..Aliases::COMMON
    },
};

/// Called sh it emulates the Bourne shell (zsh `Src/options.c`, `OPT_SH`): POSIX_BUILTINS, POSIX_JOBS, POSIX_TRAPS,
/// SH_WORD_SPLIT, KSH_ARRAYS, BSD_ECHO, IGNORE_BRACES, OCTAL_ZEROES, TYPESET_TO_UNSET and others.
const SH: Columns = Columns {
    syntax: Syntax { brace_expansion: false, octal: true, ..COLUMNS.syntax },
    messages: Messages {
        wait_illegal_option: "",
        wait_bad: "",
        wait_no_job: "",
        not_a_child: "",
        job_missing: "",
        trace_prefix: "+ ",
        ..MESSAGES
    },
    builtins: Builtins {
        command_runs_builtins: true,
        echo_escapes: false,
        special_keeps_assignments: true,
        set_refuses: "Eh",
        local_is_empty: false,
        ..COLUMNS.builtins
    },
    details: Details {
        array_names: ArrayNames::FirstOfZero,
        splits_fields: true,
        no_match_is_error: false,
        special_errors_are_fatal: true,
        option_flags: "",
        ..COLUMNS.details
    },
    children: Children {
        multios: false,
        last_member_at_end_only: true,
        lose_ignored: false,
        exec_runs_builtins: false,
        ..COLUMNS.children
    },
    traps: Traps { exit_is_local: false, ..COLUMNS.traps },
    ..COLUMNS
};

const SOURCE: &str = "Debian bookworm 5.9-4; measured as PID 1 of a PID namespace";

const fn row(id: &'static str, line: &'static str, argv0: &'static str, columns: Columns) -> Variant {
    Variant { id, family: "zsh", version: "5.9", line, release: "5.9", source: SOURCE, argv0, columns }
}

pub(super) static ROWS: &[Variant] = &[row("zsh-5.9", "zsh", "zsh", COLUMNS), row("zsh-5.9-sh", "zsh as sh", "sh", SH)];
