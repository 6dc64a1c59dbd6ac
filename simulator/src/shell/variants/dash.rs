//! dash, upstream and Debian builds. Sources: own measurements of each build; dash `src/eval.c`, `src/trap.c`.

use super::{
    AliasTime, Aliases, Builtins, Children, Columns, Details, EnvironmentOrder, Exports, FurtherLines, HereWriter,
    InnerLines, IntAfter, Invocation, Jobs, KillList, ListQuote, LongOptions, Messages, Nesting, Shapes, Signals, Tail,
    TraceQuote, Traps, Variant,
};
use crate::shell::syntax::Syntax;

const MESSAGES: Messages = Messages {
    script_missing: "{sh}: 0: cannot open {name}: No such file",
    prefix: "{sh}: {line}: ",
    file_prefix: "{sh}: {line}: ",
    builtin_prefix: "{sh}: {line}: {builtin}: ",
    illegal_option: "{builtin_prefix}Illegal option -{name}",
    wait_illegal_option: "{builtin_prefix}Illegal option -{name}",
    cannot_open: "{prefix}cannot open {name}: No such file",
    source_not_found: "{builtin_prefix}cannot open {name}: No such file",
    cannot_create: "{prefix}cannot create {name}: Directory nonexistent",
    bad_substitution: "{prefix}Bad substitution",
    null_or_unset: "parameter not set or null",
    unexpected: "{prefix}Syntax error: {name} unexpected",
    unexpected_expecting: "{prefix}Syntax error: {name} unexpected (expecting \"{expected}\")",
    unclosed: "{prefix}Syntax error: Unterminated quoted string",
    unexpected_end: "{prefix}Syntax error: end of file unexpected (expecting \"{expected}\")",
    bad_function_name: "{prefix}Syntax error: Bad function name",
    token_quotes: ("\"", "\""),
    bad_number: "{builtin_prefix}Illegal number: {name}",
    bad_trap: "trap: {name}: bad trap",
    cd_failed: "{builtin_prefix}can't cd to {name}",
    kill_failed: "{builtin_prefix}No such process\n",
    kill_bad_signal: "{builtin_prefix}Illegal option -{letter}",
    shift_too_far: "{builtin_prefix}can't shift that many",
    test_unknown_operator: "{builtin_prefix}{name}: unexpected operator",
    test_bad_number: "{builtin_prefix}Illegal number: {name}",
    division_by_zero: "{prefix}arithmetic expression: division by zero: \"{name}\"",
    arithmetic: "{prefix}arithmetic expression: expecting EOF: \"{name}\"",
    missing_command: "{sh}: 0: -c requires an argument",
    file_exists: "{prefix}cannot create {name}: File exists",
    exec_not_executable: "{builtin_prefix}{name}: Permission denied",
    arithmetic_missing: "{prefix}arithmetic expression: expecting '{missing}': \"{name}\"",
    arithmetic_operand: "{prefix}arithmetic expression: expecting primary: \"{name}\"",
    not_in_function: "{builtin_prefix}not in a function",
    no_tty: "{builtin_prefix}can't access tty; job control turned off",
    foreground_terminated: "{text}",
    kill_s_bad_signal: "{builtin_prefix}invalid signal number or name: {name}",
    foreground_killed: "{text}",
    background_killed_in_wait: "{text}",
    job_line: "[{number}] {mark} {state}    ",
    wait_bad: "{builtin_prefix}Illegal number: {name}",
    wait_no_job: "{builtin_prefix}No such job: {name}",
    getopts_bad: "Illegal option -{name}",
    getopts_missing: "No arg for -{name} option",
    getopts_usage: "{builtin_prefix}Usage: getopts optstring var [arg...]",
    unclosed_backquote: "{prefix}Syntax error: EOF in backquote substitution",
    unclosed_parenthesis: "{prefix}Syntax error: end of file unexpected (expecting \")\")",
    unexpected_end_alone: "{prefix}Syntax error: end of file unexpected",
    is_directory: "{prefix}cannot create {name}: Is a directory",
    bad_loop_variable: "{prefix}Syntax error: Bad for loop variable",
    bad_descriptor: "Syntax error: Bad fd number",
    type_function: "{name} is a shell function",
    source_not_in_path: "{builtin_prefix}{name}: not found",
    no_current_job: "{builtin_prefix}No current job",
    no_job_control: "{builtin_prefix}job {name} not created under job control",
    kill_list_bad: "{builtin_prefix}invalid signal number or exit status: {name}",
    kill_no_job: "{builtin_prefix}No such job: {name}",
    write_error: "{builtin_prefix}{builtin}: I/O error",
    ..Messages::COMMON
};

const TAIL: Tail = Tail {
    command_string: Shapes::WIDE,
    file: Shapes::NONE,
    subshell: Shapes::WIDE,
    substitution: Shapes::WIDE,
    job: Shapes::WIDE,
    final_newline: false,
    further_lines: FurtherLines::Anything,
    trailing_text: true,
    plain_text_only: false,
    over_actions: false,
    traps_stick: false,
    background_braces_vanish: true,
    trap_in_same_list_missed: false,
    redirected_compounds: false,
    timed_subshell: false,
};

const NESTING: Nesting = Nesting {
    names_context: true,
    eval_lines: InnerLines::One,
    break_leaves_trap: true,
    break_ends_child: true,
    ..Nesting::CLOSED
};

const BASE: Columns = Columns {
    syntax: Syntax { strict_function_names: true, plain_arithmetic: true, ..Syntax::POSIX },
    tail: TAIL,
    messages: MESSAGES,
    signals: Signals {
        input_leaves_int: true,
        int_in_wait: Some(130),
        int_after_foreground: IntAfter::Exits130,
        ..Signals::COMMON
    },
    builtins: Builtins {
        exec_options: "",
        set_refuses: "hBHkpPqrtlL",
        trap_sig_prefix: false,
        kill_sig_prefix: false,
        kill_bad_signal_status: 2,
        kill_bad_target_status: 2,
        echo_e: false,
        printf_extended: false,
        printf_directive_status: 2,
        echo_hex: false,
        test_double_equals: false,
        test_v: false,
        test_missing_is_older: false,
        read_options: "rp",
        read_reply: false,
        jobs_newest_first: true,
        wait_bad_status: 2,
        wait_no_job_status: 2,
        local_options: "",
        local_keeps_value: true,
        unset_checks_names: true,
        pipefail: false,
        cd_failed_status: 2,
        dot_missing_status: 2,
        dot_unnamed: Some(0),
        dot_arguments: false,
        dot_takes_directory: true,
        dot_searches_directory: false,
        kill_options: "ls",
        kill_lists: KillList::Numbers,
        kill_job_is_group: true,
        ..Builtins::COMMON
    },
    nesting: NESTING,
    details: Details {
        substitution_forgets_conditions: true,
        source_forgets_conditions: true,
        expansion_error_status: 2,
        redirect_error_status: 2,
        subshell_redirect_error_status: 2,
        expansion_error_status_in_file: 2,
        wait_forgets_at_next_job: true,
        tells_when_collected: true,
        redirects_before_fork: true,
        flag_order: "ubaCEVvxsnmiIfe",
        collects_all: true,
        looks_up_before_fork: true,
        exit_in_trap_keeps_status: true,
        list_quote: ListQuote::DoubleQuoted,
        token_classes: true,
        quotes_open_line: false,
        return_keeps_large: true,
        negative_status: false,
        counts_compounds: true,
        declaring_names_builtin: true,
        unusable_status: 127,
        trace_quote: TraceQuote::Nothing,
        caret_negates: false,
        length_of_list: false,
        command_v_any_file: true,
        exit_undoes_redirections: true,
        script_missing_status: 2,
        here_writer: HereWriter::ChildIfLong,
        ..Details::COMMON
    },
    children: Children { early_int_ends: true, each_member_is_last_background: true, ..Children::COMMON },
    traps: Traps { kept_for_ignored: true, ..Traps::COMMON },
    jobs: Jobs { forgets_conditions: true, ..Jobs::COMMON },
    aliases: Aliases { backquotes: AliasTime::Reading, options: "", ..Aliases::COMMON },
    exports: Exports { directory: true, order: EnvironmentOrder::Sums, ..Exports::COMMON },
    invocation: Invocation {
        letters: "abcefilmnopsuvxCEIV",
        bad_letter: "{sh}: 0: Illegal option -{name}",
        bad_name: "{sh}: 0: Illegal option -o {name}",
        long_options: LongOptions::Letters,
        no_terminal: "{sh}: 0: can't access tty; job control turned off",
        ..Invocation::COMMON
    },
};

/// Debian switches the replacement off for `-c` (changelog of 0.5.7-2; patch 0004 of 0.5.12-12), and builds without LINENO.
const DEBIAN: Columns = Columns {
    tail: Tail { command_string: Shapes::NONE, ..TAIL },
    details: Details { knows_line: false, ..BASE.details },
    ..BASE
};

const INT_LOST: Signals = Signals { int_after_foreground: IntAfter::ExitsWithStatus, ..BASE.signals };

/// Up to 0.5.11 `!` turns the status of `break`, `continue` and `return` round too (eval.c evaltree, NNOT).
const fn up_to_0_5_11(columns: Columns) -> Columns {
    Columns {
        nesting: Nesting { negated_break_fails: true, ..columns.nesting },
        traps: Traps { return_is_negated: true, ..columns.traps },
        ..columns
    }
}

/// The same, of upstream's releases, which also say in other words that a script is not there, and exit with 127 then.
const fn release_0_5_11(columns: Columns) -> Columns {
    let before = up_to_0_5_11(columns);
    let messages = Messages {
        source_not_found: "{builtin_prefix}Can't open {name}",
        script_missing: "{sh}: 0: Can't open {name}",
        ..before.messages
    };
    Columns { messages, details: Details { script_missing_status: 127, ..before.details }, ..before }
}

/// Up to 0.5.8 an INT during a foreground child ends the shell with the status it had, and `exit` in a trap takes the
/// status of the last command; `break` in a function leaves the caller's loop (commit ebfdd97).
const fn up_to_0_5_8(columns: Columns) -> Columns {
    let before = up_to_0_5_10(columns);
    let details = Details { exit_in_trap_keeps_status: false, exit_in_exit_trap_keeps_status: false, ..before.details };
    let nesting = Nesting { break_leaves_function: true, ..before.nesting };
    let syntax = Syntax { drops_stray_closer: true, ..before.syntax };
    Columns { signals: INT_LOST, details, nesting, syntax, ..before }
}

/// Up to 0.5.10 `export x=$y` splits the value (dash commit cbb71a8), only what is waited for is collected, and messages
/// about a script file name it twice.
const fn up_to_0_5_10(columns: Columns) -> Columns {
    let before = release_0_5_11(columns);
    let details = Details { collects_all: false, ..before.details };
    let messages = Messages { file_prefix: "{sh}: {line}: {sh}: ", ..before.messages };
    Columns { builtins: Builtins { declaration_assigns: false, ..before.builtins }, details, messages, ..before }
}

const V0_5_6: Columns = Columns {
    messages: Messages {
        prefix: "{sh}: ",
        builtin_prefix: "{builtin}: {line}: ",
        file_prefix: "{sh}: {line}: ",
        file_builtin_prefix: "{builtin}: {line}: ",
        missing_command: "{sh}: -c requires an argument",
        source_not_found: "{builtin_prefix}Can't open {name}",
        script_missing: "{sh}: Can't open {name}",
        ..MESSAGES
    },
    builtins: Builtins { exec_missing_status: 2, declaration_assigns: false, local_anywhere: true, ..BASE.builtins },
    details: Details { script_missing_status: 2, ..up_to_0_5_8(DEBIAN).details },
    invocation: Invocation {
        bad_letter: "{sh}: Illegal option -{name}",
        bad_name: "{sh}: Illegal option -o {name}",
        no_terminal: "{sh}: can't access tty; job control turned off",
        ..BASE.invocation
    },
    // Only an EXIT trap keeps the last command from replacing its subshell (eval.c evalcommand).
    tail: Tail { over_actions: true, ..DEBIAN.tail },
    ..up_to_0_5_8(DEBIAN)
};

const OWN: &str = "upstream release, own build; measured as PID 1 of a PID namespace";

const fn row(id: &'static str, version: &'static str, source: &'static str, columns: Columns) -> Variant {
    Variant { id, family: "dash", version, line: "dash", release: version, source, argv0: "sh", columns }
}

const fn debian(id: &'static str, version: &'static str, source: &'static str, columns: Columns) -> Variant {
    Variant { line: "Debian's dash", ..row(id, version, source, columns) }
}

pub(super) static ROWS: &[Variant] = &[
    row("dash-0.5.6", "0.5.6", OWN, V0_5_6),
    row("dash-0.5.7", "0.5.7", OWN, up_to_0_5_8(BASE)),
    row("dash-0.5.8", "0.5.8", OWN, up_to_0_5_8(BASE)),
    row("dash-0.5.9", "0.5.9", OWN, up_to_0_5_10(BASE)),
    row("dash-0.5.10.2", "0.5.10.2", OWN, up_to_0_5_10(BASE)),
    row("dash-0.5.11", "0.5.11", OWN, release_0_5_11(BASE)),
    row(
        "dash-0.5.11+git20210903",
        "0.5.11+git20210903",
        "upstream snapshot of 2021-09-03, own build; measured",
        up_to_0_5_11(BASE),
    ),
    debian(
        "dash-0.5.7-deb",
        "0.5.7",
        "upstream with Debian's change of 0.5.7-2, own build; measured",
        up_to_0_5_8(DEBIAN),
    ),
    debian("dash-0.5.8-deb", "0.5.8", "upstream with Debian's change, own build; measured", up_to_0_5_8(DEBIAN)),
    debian("dash-0.5.10.2-deb", "0.5.10.2", "upstream with Debian's change, own build; measured", up_to_0_5_10(DEBIAN)),
    debian(
        "dash-0.5.11-bullseye",
        "0.5.11",
        "Debian bullseye 0.5.11+git20200708+dd9ef66-5; measured",
        up_to_0_5_11(DEBIAN),
    ),
    debian("dash-0.5.12-bookworm", "0.5.12", "Debian bookworm 0.5.12-2; measured", DEBIAN),
    debian("dash-0.5.12-trixie", "0.5.12", "Debian trixie 0.5.12-12; measured", DEBIAN),
];
