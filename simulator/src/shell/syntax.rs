//! What a shell's grammar has beyond POSIX: one field a construct.
//!
//! Not here: which shell has what (see `variants`).

use super::variants::table::columns;

columns! { "syntax", "", c => [("", &c.syntax)];
/// Extensions of the grammar. A construct that is off is read the POSIX way: `[[` is then an ordinary command name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Syntax {
    /// `[[ expression ]]`
    pub double_bracket: bool,
    /// `(( expression ))`
    pub double_paren: bool,
    /// `a[1]=z`, `${a[@]}`
    pub arrays: bool,
    /// `a[1]=z` is an assignment, where there are arrays; else it is a command.
    pub element_assigns: bool,
    /// `a=(x y)`, where there are arrays.
    pub array_lists: bool,
    /// The same behind a command, as in `export a=(x y)`, or behind another assignment; else that is a syntax error.
    pub array_arguments: bool,
    /// Behind which commands too, where `array_arguments` is on.
    pub array_words: &'static [&'static str],
    /// `a+=b`
    pub plus_assign: bool,
    /// `$'...'`
    pub dollar_single_quote: bool,
    /// `<<< word`
    pub here_string: bool,
    /// `&> file`, `&>> file`
    pub both_redirect: bool,
    /// `<( list )`
    pub process_substitution: bool,
    /// It may stand inside a word: `--file=<(list)` is one word.
    pub process_substitution_in_words: bool,
    /// `function name { .. }`
    pub function_keyword: bool,
    /// A function has a name of letters, digits and `_`, and not that of a special builtin (XCU 2.9.5).
    pub strict_function_names: bool,
    /// That is looked at before `)`.
    pub names_checked_first: bool,
    /// A `${ }` that no rule reads is a syntax error, not one when it is expanded.
    pub bad_parameters_are_errors: bool,
    /// A character that cannot stand behind the name in `${ }` is an unexpected token, but for `!`, `@`, `*` and `.` (ksh93
    /// `sh/lex.c`, `S_MOD1`).
    pub unexpected_in_parameters: bool,
    /// `$( )` ends at the parenthesis that closes it, whatever its commands are: a `case` in it writes `(pattern)`.
    pub counts_parentheses: bool,
    /// `;&` and `;;&`
    pub case_fall_through: bool,
    /// `;;&`, where there is `;&`.
    pub case_tests_next: bool,
    /// `{a,b}` and `{1..3}`
    pub brace_expansion: bool,
    /// `{1..3}`
    pub brace_range: bool,
    /// `for ((..))`
    pub arithmetic_for: bool,
    /// `[[ text =~ expression ]]`
    pub regex_match: bool,
    /// What is quoted in it stands for itself.
    pub regex_quotes: bool,
    /// `${name:offset:length}`
    pub slice: bool,
    /// `${name/pattern/replacement}`
    pub replace: bool,
    /// `${!name}`
    pub indirect: bool,
    /// It is the name itself, unless that is a reference, and has no operator (mksh(1), "Parameters").
    pub indirect_is_name: bool,
    /// Operators may stand behind it there, as in `${!name:-x}`, and `${!name*}` is the names that begin so.
    pub indirect_takes_operators: bool,
    /// `${@#pattern}` and its like: operators on each of several values; else that is a bad substitution.
    pub list_operators: bool,
    /// A negative length in `${name:offset:length}` counts from the end; else all of the rest is meant.
    pub negative_length: bool,
    /// A bad substitution is told with all that follows it in its word (pdksh `lex.c`, `eval.c`).
    pub bad_parameters_take_word: bool,
    /// A function's body is `{ }` or `( )`.
    pub function_body_is_group: bool,
    /// `${name^^}`, `${name,,}`, `${name@Q}`
    pub case_change: bool,
    /// `! ! command`
    pub repeated_bang: bool,
    /// `select name in words`
    pub select: bool,
    /// `time pipeline`
    pub time_keyword: bool,
    /// `time -p`
    pub time_option: bool,
    /// A list inside a compound command may be empty.
    pub empty_lists: bool,
    /// A word `}` ends a command, as in `{ echo a }`, and one that ends in it has to have opened it (zsh IGNORE_CLOSE_BRACES).
    pub brace_ends_command: bool,
    /// `$a[1]` as `${a[1]}`.
    pub bare_index: bool,
    /// Also behind `then` and `else`.
    pub empty_branches: bool,
    /// An assignment or a redirection without a command cannot stand in front of `&`.
    pub job_needs_command: bool,
    /// `&>> file`, where `&> file` exists.
    pub both_append: bool,
    /// `${name/#pattern/}` and `${name/%pattern/}`
    pub replace_anchors: bool,
    /// `[[ ]]` is a builtin, but `&&` and `||` between its words on one line belong to it (BusyBox `shell/ash.c` simplecmd).
    pub brackets_take_operators: bool,
    /// A closing word behind `;` or `&` that closes nothing ends the line's first part, which runs, and is dropped (dash
    /// up to 0.5.8, `src/parser.c` list and parsecmd).
    pub drops_stray_closer: bool,
    /// `|&`
    pub pipe_both: bool,
    /// `a ** b` in arithmetic
    pub power: bool,
    /// A number that begins with 0 is octal in arithmetic.
    pub octal: bool,
    /// Arithmetic has 32 bits (mksh `sh.h`, `mksh_ari_t`).
    pub narrow: bool,
    /// Arithmetic has no `++`, `--`, `**` and comma, and the value of a variable is a number and no expression.
    pub plain_arithmetic: bool,
}
}

impl Syntax {
    /// POSIX.1 only.
    pub const POSIX: Syntax = Syntax {
        double_bracket: false,
        double_paren: false,
        arrays: false,
        element_assigns: true,
        array_arguments: false,
        array_words: &[],
        array_lists: false,
        plus_assign: false,
        dollar_single_quote: false,
        here_string: false,
        both_redirect: false,
        process_substitution: false,
        process_substitution_in_words: false,
        function_keyword: false,
        strict_function_names: false,
        names_checked_first: false,
        bad_parameters_are_errors: false,
        unexpected_in_parameters: false,
        counts_parentheses: false,
        case_fall_through: false,
        case_tests_next: true,
        brace_expansion: false,
        brace_range: false,
        arithmetic_for: false,
        regex_match: false,
        regex_quotes: true,
        slice: false,
        replace: false,
        indirect: false,
        indirect_is_name: false,
        indirect_takes_operators: true,
        list_operators: true,
        negative_length: true,
        bad_parameters_take_word: false,
        function_body_is_group: false,
        case_change: false,
        repeated_bang: false,
        drops_stray_closer: false,
        time_keyword: false,
        select: false,
        time_option: false,
        empty_lists: false,
        brace_ends_command: false,
        bare_index: false,
        empty_branches: false,
        job_needs_command: false,
        both_append: false,
        replace_anchors: false,
        brackets_take_operators: false,
        pipe_both: false,
        power: true,
        octal: true,
        narrow: false,
        plain_arithmetic: false,
    };

    /// Everything this module knows.
    pub const FULL: Syntax = Syntax {
        double_bracket: true,
        double_paren: true,
        arrays: true,
        element_assigns: true,
        select: true,
        array_arguments: true,
        array_words: &["declare", "typeset", "local", "export", "readonly", "eval", "let", "alias"],
        array_lists: true,
        plus_assign: true,
        dollar_single_quote: true,
        here_string: true,
        both_redirect: true,
        process_substitution: true,
        process_substitution_in_words: true,
        function_keyword: true,
        strict_function_names: false,
        names_checked_first: false,
        bad_parameters_are_errors: false,
        unexpected_in_parameters: false,
        counts_parentheses: false,
        case_fall_through: true,
        case_tests_next: true,
        brace_expansion: true,
        brace_range: true,
        arithmetic_for: true,
        regex_match: true,
        regex_quotes: true,
        slice: true,
        replace: true,
        indirect: true,
        indirect_is_name: false,
        indirect_takes_operators: true,
        list_operators: true,
        negative_length: true,
        bad_parameters_take_word: false,
        function_body_is_group: false,
        case_change: true,
        repeated_bang: true,
        drops_stray_closer: false,
        time_keyword: true,
        time_option: true,
        empty_lists: false,
        brace_ends_command: false,
        bare_index: false,
        empty_branches: false,
        job_needs_command: false,
        both_append: true,
        replace_anchors: true,
        brackets_take_operators: false,
        pipe_both: true,
        power: true,
        octal: true,
        narrow: false,
        plain_arithmetic: false,
    };
}
