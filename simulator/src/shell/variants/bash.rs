//! bash, as bash and as sh. Sources: own measurements of each build; bash `builtins/evalstring.c`, `sig.c`, `jobs.c`.

use super::{
    Aliases, Builtins, Children, Columns, ControlCharacters, Details, EnvironmentOrder, ExitTrapOnSignal, Exports,
    FurtherLines, InnerLines, Invocation, Jobs, JobsInChildren, ListStyle, LongOptions, Messages, Nesting, OuterTraps,
    Refused, Shapes, Signals, Tail, TraceAssigns, TraceQuote, Traps, Variant,
};
use crate::base::signal::Signal;
use crate::shell::syntax::Syntax;

/// Second line of a message about an option (`builtins/common.c`, `builtin_usage`).
const USAGES: &[(&str, &str)] = &[
    ("exec", "exec: usage: exec [-cl] [-a name] [command [argument ...]] [redirection ...]"),
    ("export", "export: usage: export [-fn] [name[=value] ...] or export -p"),
    ("jobs", "jobs: usage: jobs [-lnprs] [jobspec ...] or jobs -x command [args]"),
    (
        "read",
        "read: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] \
         [-u fd] [name ...]",
    ),
    ("readonly", "readonly: usage: readonly [-aAf] [name[=value] ...] or readonly -p"),
    ("set", "set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"),
    ("trap", "trap: usage: trap [-lp] [[arg] signal_spec ...]"),
];

const MESSAGES: Messages = Messages {
    usages: USAGES,
    prefix: "{sh}: line {line}: ",
    builtin_prefix: "{sh}: line {line}: {builtin}: ",
    file_builtin_prefix: "{sh}: line {line}: {builtin}: ",
    control_characters: ControlCharacters::DollarQuoted,
    trace_nests: true,
    missing_command: "{sh}: -c: option requires an argument",
    not_found: "{prefix}{name}: command not found",
    path_not_found: "{prefix}{name}: No such file or directory",
    not_executable: "{prefix}{name}: {text}",
    exec_path_not_found: "{prefix}{path}: No such file or directory",
    exec_not_executable: "{prefix}{path}: {text}\n{builtin_prefix}{path}: cannot execute: {text}",
    illegal_option: "{builtin_prefix}-{name}: invalid option",
    wait_usage: &["wait: usage: wait [-fn] [-p var] [id ...]"],
    wait_illegal_option: "{builtin_prefix}-{name}: invalid option",
    cannot_open: "{prefix}{name}: No such file or directory",
    source_not_found: "{prefix}{name}: No such file or directory",
    cannot_connect: "{sh}: connect: Connection refused\n",
    cannot_create: "{prefix}{name}: No such file or directory",
    unset: "{prefix}{name}: unbound variable",
    unset_positional: "{prefix}${name}: unbound variable",
    bad_substitution: "{prefix}{name}: bad substitution",
    unexpected: "{sh}: -c: line {line}: syntax error near unexpected token {name}\n{sh}: -c: line {line}: `{text}'",
    unexpected_expecting: "{sh}: -c: line {line}: syntax error near unexpected token {name}\n{sh}: -c: line {line}: `{text}'",
    unclosed: "{sh}: -c: line {line}: unexpected EOF while looking for matching `{name}'",
    unexpected_end: "{sh}: -c: line {end_line}: syntax error: unexpected end of file",
    bad_number: "{builtin_prefix}{name}: numeric argument required",
    bad_trap: "{builtin_prefix}{name}: invalid signal specification",
    function_names: Some(("environment", "main")),
    kill_failed: "{builtin_prefix}({name}) - {text}",
    job_missing: "{builtin_prefix}{name}: no such job",
    write_error: "{builtin_prefix}write error: {text}",
    no_home: "{builtin_prefix}HOME not set",
    jobs_need_monitor: "{builtin_prefix}no job control",
    not_a_builtin: "{builtin_prefix}{name}: not a shell builtin",
    source_unnamed: "{builtin_prefix}filename argument required\n.: usage: . filename [arguments]",
    kill_usage: "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
    kill_bad_target: "{builtin_prefix}{name}: arguments must be process or job IDs",
    kill_bad_signal: "{builtin_prefix}{name}: invalid signal specification",
    shift_too_far: "",
    read_only: "{prefix}{name}: readonly variable",
    test_unknown_operator: "{builtin_prefix}{name}: binary operator expected",
    test_unknown_unary: "{builtin_prefix}{name}: unary operator expected",
    test_too_many: "{builtin_prefix}too many arguments",
    test_missing_bracket: "{builtin_prefix}missing `{name}'",
    test_bad_number: "{builtin_prefix}{name}: integer expression expected",
    arithmetic_unset: "{prefix}{name}: unbound variable",
    division_by_zero: "{prefix}{name}: division by 0 (error token is \"{token}\")",
    arithmetic: "{prefix}{name}: syntax error in expression (error token is \"{token}\")",
    arithmetic_operand: "{prefix}{name}: syntax error: operand expected (error token is \"{token}\")",
    not_in_function: "{builtin_prefix}can only be used in a function",
    foreground_terminated: "{text}",
    kill_s_bad_signal: "{builtin_prefix}{name}: invalid signal specification",
    outside_loop: "{builtin_prefix}only meaningful in a `for', `while', or `until' loop",
    not_a_child: "{builtin_prefix}pid {name} is not a child of this shell",
    type_not_found: "{builtin_prefix}{name}: not found",
    foreground_killed: "{prefix}{pid:5} {text:-23} {command}",
    background_killed: "{prefix}{pid:5} {text:-23} {command}",
    background_killed_in_wait: "{prefix}{pid:5} {text:-23} {command}",
    printf_usage: "printf: usage: printf [-v var] format [arguments]",
    printf_number: "{builtin_prefix}{name}: invalid number",
    printf_directive: "{builtin_prefix}`{letter}': invalid format character",
    umask_bad: "{builtin_prefix}{name}: octal number out of range",
    ulimit_bad: "{builtin_prefix}-{name}: invalid option\nulimit: usage: ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
    alias_prefix: "alias ",
    alias_type: "{name} is aliased to `{text}'",
    alias_not_found: "{builtin_prefix}{name}: not found",
    wait_bad: "{builtin_prefix}`{name}': not a pid or valid job spec",
    wait_no_job: "{builtin_prefix}{name}: no such job",
    getopts_bad: "{sh}: illegal option -- {name}",
    getopts_missing: "{sh}: option requires an argument -- {name}",
    getopts_usage: "getopts: usage: getopts optstring name [arg ...]",
    unset_read_only: "{builtin_prefix}{name}: cannot unset: readonly variable",
    set_bad_name: "{builtin_prefix}{name}: invalid option name",
    unclosed_backquote: "{sh}: -c: line {line}: unexpected EOF while looking for matching `{name}'",
    unclosed_parenthesis: "{sh}: -c: line {line}: unexpected EOF while looking for matching `{name}'",
    unexpected_end_alone: "{sh}: -c: line {end_line}: syntax error: unexpected end of file",
    ..Messages::COMMON
};

/// Words of the command line (`shell.c`, `long_args`).
const LONG_OPTIONS: &[&str] = &[
    "debug",
    "debugger",
    "dump-po-strings",
    "dump-strings",
    "help",
    "init-file=",
    "login",
    "noediting",
    "noprofile",
    "norc",
    "posix",
    "pretty-print",
    "rcfile=",
    "restricted",
    "verbose",
    "version",
];

/// `shell.c`, `show_shell_usage`.
const BAD_LETTER: &str = "{sh}: {sign}{name}: invalid option\n\
    Usage:\t{sh} [GNU long option] [option] ...\n\t{sh} [GNU long option] [option] script-file ...\n\
    GNU long options:\n\t--debug\n\t--debugger\n\t--dump-po-strings\n\t--dump-strings\n\t--help\n\t--init-file\n\
    \t--login\n\t--noediting\n\t--noprofile\n\t--norc\n\t--posix\n\t--pretty-print\n\t--rcfile\n\t--restricted\n\
    \t--verbose\n\t--version\nShell options:\n\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)\n\
    \t-abefhkmnptuvxBCEHPT or -o option";

/// Before 5.1, where the lines of `-c` count from 0, line 0 is told by builtins only (`error.c`, `error_prolog`).
const OLD_MESSAGES: Messages = Messages {
    prefix: "{sh}:{told_line} ",
    not_a_child: "{prefix}wait: pid {name} is not a child of this shell",
    ..MESSAGES
};

/// Replacing the shell asks for traps first, and up to 5.1 one that only ignores counts (`any_signals_trapped`). What has
/// its own process already is not asked.
const ALONE: Shapes = Shapes { redirect: false, here_document: false, ignored_trap: false, ..Shapes::ALONE };
const AND_OR: Shapes = Shapes { and_or: true, ..ALONE };
const LIST: Shapes = Shapes { after_list: true, ..AND_OR };
/// What has a process of its own already: `( )` and what `&` and `|` fork (`execute_in_subshell`).
const FORKED: Shapes = Shapes { subshell: true, ..Shapes::ALONE };
const SUBSHELL_LIST: Shapes = Shapes { and_or: true, after_list: true, ..FORKED };

const V4_2_TAIL: Tail = Tail {
    command_string: ALONE,
    file: Shapes::NONE,
    subshell: FORKED,
    substitution: Shapes::NONE,
    job: FORKED,
    final_newline: true,
    further_lines: FurtherLines::Nothing,
    trailing_text: true,
    plain_text_only: false,
    // Only an EXIT trap counts (`builtins/evalstring.c`, `parse_and_execute`).
    over_actions: true,
    traps_stick: false,
    background_braces_vanish: false,
    trap_in_same_list_missed: false,
    redirected_compounds: false,
    timed_subshell: false,
};

const V4_2: Columns = Columns {
    syntax: Syntax::FULL,
    tail: V4_2_TAIL,
    messages: Messages { wait_usage: &["wait: usage: wait [id]"], ..OLD_MESSAGES },
    signals: Signals {
        ignored: &[Signal::QUIT],
        ignored_again_in_subshells: true,
        int_in_wait: Some(129),
        exit_trap_on_signal: ExitTrapOnSignal::RunsAndStays,
        exit_trap_signals: &[Signal::HUP, Signal::TERM, Signal::USR1, Signal::USR2, Signal::ALRM, Signal::PIPE],
        background_gives_back: false,
        monitor_releases: &[Signal::INT],
        ..Signals::COMMON
    },
    builtins: Builtins {
        extra: &[
            "local",
            "printf",
            "test",
            "[",
            "hash",
            "times",
            "ulimit",
            "source",
            "let",
            "declare",
            "typeset",
            "shopt",
            "builtin",
            "disown",
            "mapfile",
            "readarray",
            "pushd",
            "popd",
            "dirs",
            "enable",
            "help",
            "history",
            "logout",
            "suspend",
            "compgen",
            "complete",
            "caller",
        ],
        trap_options: Some("lp"),
        return_outside_ends: false,
        echo_escapes: false,
        printf_v: true,
        jobs_options: "lpnrsx",
        wait_bad_status: 1,
        kill_usage_status: 1,
        exec_looks_up_first: true,
        export_options: "pnf",
        readonly_options: "pfaA",
        usage_is_fatal: false,
        type_missing_to_output: false,
        ..Builtins::COMMON
    },
    nesting: Nesting {
        err_trap_lines: Some(InnerLines::Current),
        negated_break_fails: true,
        break_leaves_trap: true,
        ..Nesting::CLOSED
    },
    details: Details {
        retries_open: true,
        heads_have_lines: true,
        network_files: true,
        redirects_expanded_in_child: true,
        syntax_error_in_eval_is_fatal: false,
        expansion_error_status: 127,
        errors_leave_out_the_line: true,
        substitution_sets_status: true,
        special_errors_are_fatal: false,
        substitution_keeps_errexit: false,
        wait_remembers: true,
        signal_names_with_sig: true,
        option_flags: "hB",
        flag_order: "abefhikmnprtuvxBCEHPTc",
        list_style: ListStyle::Declare,
        bash_variables: true,
        substitution_reads_file: true,
        read_only_names_builtin: false,
        trace_assigns: TraceAssigns::LinesAround,
        trace_quote: TraceQuote::Meaning,
        element_order: (0, 64),
        string_lines_from_zero: true,
        ..Details::COMMON
    },
    children: Children {
        command_replaces: false,
        becoming_resets_signals: false,
        early_int_ends: true,
        refused: Refused {
            waits: &[1, 2, 4, 8],
            again: "{sh}: fork: retry: Resource temporarily unavailable",
            message: "{sh}: fork: Resource temporarily unavailable",
            status: 254,
            goes_on: false,
        },
        ..Children::COMMON
    },
    traps: Traps {
        substitution_keeps_shell: true,
        empty_exit_counts: true,
        outer: OuterTraps::UntilSet,
        lists_found_ignored: true,
        first_signal_decides: true,
        hide_failed_exec: true,
        ..Traps::COMMON
    },
    jobs: Jobs {
        collected_at_once: true,
        told_together: true,
        background_builtin_hears_int: false,
        process_substitution_is_job: true,
        process_substitution_forks: true,
        child_counts_loops: true,
        child_repeats_signals: true,
        told_at_parsed_line: true,
        named_by_command_before_trap: true,
        monitor_flag_stays: true,
        in_children: JobsInChildren::OfJobs,
        ..Jobs::COMMON
    },
    aliases: Aliases { in_scripts: false, here_documents: false, ..Aliases::COMMON },
    exports: Exports { order: EnvironmentOrder::Products(0, 64), ..Exports::ALL },
    invocation: Invocation {
        letters: "abcefhiklmnoprstuvxBCDEHOPT",
        bad_letter: BAD_LETTER,
        bad_name: "{sh}: line 0: {sh}: {name}: invalid option name",
        bad_shopt: "{sh}: line 0: {name}: invalid shell option name",
        long_options: LongOptions::Known(LONG_OPTIONS),
        no_terminal: "{sh}: cannot set terminal process group ({group}): Inappropriate ioctl for device\n\
                      {sh}: no job control in this shell",
        interactive_ignores: &[Signal::TERM, Signal::TSTP, Signal::TTIN, Signal::TTOU],
        interactive_leaves: &[Signal::TSTP, Signal::TTIN, Signal::TTOU],
        not_a_script: "{name}: {name}: {text}",
        shows_strings: true,
        script_file_variable: "BASH_ENV",
        interactive_file: "~/.bashrc",
        login_files: &[&["/etc/profile"], &["~/.bash_profile", "~/.bash_login", "~/.profile"]],
    },
};

const V4_3: Columns = Columns {
    messages: Messages { wait_usage: &["wait: usage: wait [-n] [id ...]"], ..OLD_MESSAGES },
    signals: Signals { int_in_wait: None, background_gives_back: true, ..V4_2.signals },
    traps: Traps { run_in_substitution: true, ..V4_2.traps },
    builtins: Builtins { wait_n: true, kill_usage_status: 2, ..V4_2.builtins },
    children: Children { becoming_resets_signals: true, ..V4_2.children },
    jobs: Jobs { background_builtin_hears_int: true, background_subshell_hears_int: true, ..V4_2.jobs },
    ..V4_2
};

const V4_4: Columns = Columns {
    traps: Traps { run_in_substitution: false, run_in_substitution_of_eval: true, ..V4_3.traps },
    tail: Tail { command_string: AND_OR, over_actions: false, trap_in_same_list_missed: true, ..V4_2_TAIL },
    details: Details { element_order: (0, 128), flag_order: "abefhikmnprtuvxBCEHPTcs", ..V4_3.details },
    exports: Exports { order: EnvironmentOrder::Products(0, 1_024), ..V4_3.exports },
    ..V4_3
};

/// `FNV_OFFSET` of bash `hashlib.c`.
const FNV_OFFSET: u32 = 2_166_136_261;

const V5_0: Columns = Columns {
    tail: Tail { substitution: AND_OR, trap_in_same_list_missed: false, ..V4_4.tail },
    signals: Signals { exit_trap_on_signal: ExitTrapOnSignal::RunsAndExits, ..V4_3.signals },
    builtins: Builtins { wait_options: "f", ..V4_3.builtins },
    jobs: Jobs { background_subshell_hears_int: false, ..V4_4.jobs },
    details: Details { element_order: (FNV_OFFSET, 128), ..V4_4.details },
    exports: Exports { order: EnvironmentOrder::Products(FNV_OFFSET, 1_024), ..V4_4.exports },
    ..V4_4
};

const V5_1: Columns = Columns {
    tail: Tail { command_string: LIST, substitution: Shapes { function: true, ..LIST }, ..V5_0.tail },
    builtins: Builtins { wait_options: "fp", ..V5_0.builtins },
    messages: MESSAGES,
    children: Children { command_replaces: true, ..V5_0.children },
    traps: Traps { int_runs_alone: true, pending_ends_wait: true, int_waits_for_substitution: true, ..V5_0.traps },
    details: Details { element_order: (FNV_OFFSET, 1_024), string_lines_from_zero: false, ..V5_0.details },
    ..V5_0
};

const V5_2: Columns = Columns {
    tail: Tail {
        subshell: SUBSHELL_LIST,
        command_string: Shapes { ignored_trap: true, ..LIST },
        substitution: Shapes { function: true, ignored_trap: true, ..LIST },
        ..V5_1.tail
    },
    nesting: Nesting { prints_substitutions: true, errexit_loses_scopes: true, ..V5_1.nesting },
    traps: Traps { first_signal_decides: false, hide_failed_exec: false, ..V5_1.traps },
    jobs: Jobs { process_substitution_forks: false, ..V5_1.jobs },
    ..V5_1
};

const V5_3: Columns = Columns {
    signals: Signals { int_in_wait: Some(130), background_gives_back: false, ..V5_2.signals },
    jobs: Jobs { background_builtin_hears_int: false, trap_in_job: true, functions_replace: true, ..V5_2.jobs },
    ..V5_2
};

/// Called sh: POSIX mode.
const fn posix(columns: Columns) -> Columns {
    Columns {
        builtins: Builtins {
            kill_sig_prefix: false,
            return_outside_ends: true,
            wrong_option_is_fatal: true,
            set_errors_are_fatal: true,
            ..columns.builtins
        },
        messages: Messages {
            shift_too_far: "{builtin_prefix}{name}: shift count out of range",
            outside_loop: "",
            bad_function_name: "{prefix}`{name}': not a valid identifier",
            trap_unnamed: "trap: usage: trap [-lp] [[arg] signal_spec ...]",
            source_not_in_path: "{builtin_prefix}{name}: file not found",
            alias_prefix: "",
            ..columns.messages
        },
        details: Details {
            special_errors_are_fatal: true,
            syntax_error_in_eval_is_fatal: true,
            names_checked_at_definition: true,
            errors_leave_out_the_line: false,
            substitution_keeps_errexit: true,
            signal_names_with_sig: false,
            ..columns.details
        },
        jobs: Jobs { answered_once: true, ..columns.jobs },
        aliases: Aliases { in_scripts: true, ..columns.aliases },
        invocation: Invocation {
            script_file_variable: "",
            interactive_file: "",
            login_files: &[&["/etc/profile"], &["~/.profile"]],
            ..columns.invocation
        },
        ..columns
    }
}

/// Called sh, from 5.1 on: nothing is said of children in the string of `-c`.
const fn quiet(columns: Columns) -> Columns {
    Columns { jobs: Jobs { quiet_in_command_string: true, ..columns.jobs }, ..columns }
}

const UPSTREAM: &str = "upstream, own build; measured as PID 1 of a PID namespace";
const BULLSEYE: &str = "Debian bullseye 5.1-2+deb11u1; measured";
const BOOKWORM: &str = "Debian bookworm 5.2.15-2; measured";
const TRIXIE: &str = "Debian trixie 5.2.37-2; measured";
const SID: &str = "Debian sid 5.3-4; measured";

const fn row(id: &'static str, version: &'static str, source: &'static str, columns: Columns) -> Variant {
    Variant { id, family: "bash", version, line: "bash", release: version, source, argv0: "bash", columns }
}

const fn sh(id: &'static str, version: &'static str, source: &'static str, columns: Columns) -> Variant {
    Variant { line: "bash as sh", argv0: "sh", ..row(id, version, source, posix(columns)) }
}

pub(super) static ROWS: &[Variant] = &[
    row("bash-4.2", "4.2", UPSTREAM, V4_2),
    sh("bash-4.2-sh", "4.2", UPSTREAM, V4_2),
    row("bash-4.3.46", "4.3.46", UPSTREAM, V4_3),
    sh("bash-4.3.46-sh", "4.3.46", UPSTREAM, V4_3),
    row("bash-4.4.19", "4.4.19", UPSTREAM, V4_4),
    sh("bash-4.4.19-sh", "4.4.19", UPSTREAM, V4_4),
    row("bash-5.0.18", "5.0.18", UPSTREAM, V5_0),
    sh("bash-5.0.18-sh", "5.0.18", UPSTREAM, V5_0),
    row("bash-5.1.4", "5.1.4", BULLSEYE, V5_1),
    sh("bash-5.1.4-sh", "5.1.4", BULLSEYE, quiet(V5_1)),
    row("bash-5.1.16", "5.1.16", UPSTREAM, V5_1),
    sh("bash-5.1.16-sh", "5.1.16", UPSTREAM, quiet(V5_1)),
    row("bash-5.2.15", "5.2.15", BOOKWORM, V5_2),
    sh("bash-5.2.15-sh", "5.2.15", BOOKWORM, quiet(V5_2)),
    row("bash-5.2.37", "5.2.37", TRIXIE, V5_2),
    sh("bash-5.2.37-sh", "5.2.37", TRIXIE, quiet(V5_2)),
    row("bash-5.3.9", "5.3.9", UPSTREAM, V5_3),
    sh("bash-5.3.9-sh", "5.3.9", UPSTREAM, quiet(V5_3)),
    row("bash-5.3", "5.3", SID, V5_3),
    sh("bash-5.3-sh", "5.3", SID, quiet(V5_3)),
];
