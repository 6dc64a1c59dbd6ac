//! What an inner text, a function, a trap or a child knows of what is around it.
//!
//! Not here: what of it replaces the shell (`tail`). Sources: dash `src/eval.c` and `src/error.c`, BusyBox `shell/ash.c`.

use super::table::columns;

/// From where the lines of a text inside another one are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InnerLines {
    /// From 1.
    One,
    /// From the line of the command that runs it.
    Current,
}

columns! { "nesting", "", c => [("", &c.nesting)];
/// What is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nesting {
    /// `eval` and the file of `.` are named in the messages of everything that runs in them, children and functions included
    /// (dash `commandname`).
    pub names_context: bool,
    /// Where messages name the scope, the text of `eval` is one, called `(eval)`, with lines of its own (zsh EVAL_LINENO).
    pub eval_is_scope: bool,
    /// `$0` is the function or the file of `.` that runs (zsh FUNCTION_ARGZERO).
    pub zero_is_what_runs: bool,
    /// A script file, and the name given behind the string of `-c`, count as such a name; the shell's own name is not
    /// repeated.
    pub names_script: bool,
    /// Lines of the text of `eval` and of backquotes.
    pub eval_lines: InnerLines,
    /// A `${ }` that no rule reads is told with the line up to which the text has been read.
    pub parser_tells_substitutions: bool,
    /// What runs in `$( )` is the text that the shell prints of what it has read there: lines count in that (bash 5.2
    /// `parse_comsub`).
    pub prints_substitutions: bool,
    /// Lines of a trap's action.
    pub trap_lines: InnerLines,
    /// Those of the ERR trap, where they are others.
    pub err_trap_lines: Option<InnerLines>,
    /// `break` in a function leaves a loop of its caller (BusyBox `loopnest`).
    pub break_leaves_function: bool,
    /// `break` in a trap's action leaves the loop that the trap came into.
    pub break_leaves_trap: bool,
    /// `!` around `break` and `continue` counts: they leave a loop with status 1 (bash `execute_command_internal`).
    pub negated_break_fails: bool,
    /// `set -e` in a text inside a function: the shell says that it has lost the function's variables.
    pub errexit_loses_scopes: bool,
    /// `break` in a subshell or substitution inside a loop leaves out the rest of it.
    pub break_ends_child: bool,
}
}

impl Nesting {
    /// Nothing of that.
    pub const CLOSED: Nesting = Nesting {
        names_context: false,
        eval_is_scope: true,
        zero_is_what_runs: false,
        names_script: false,
        eval_lines: InnerLines::Current,
        parser_tells_substitutions: false,
        prints_substitutions: false,
        trap_lines: InnerLines::One,
        err_trap_lines: None,
        break_leaves_function: false,
        break_leaves_trap: false,
        negated_break_fails: false,
        errexit_loses_scopes: false,
        break_ends_child: false,
    };
}
