//! The columns that decide where a shell replaces itself with its last command instead of forking.
//!
//! Measured on the builds of the table; the sources of the shells call it `EV_EXIT` (dash `eval.c`, BusyBox
//! `shell/ash.c`) and `CMD_NO_FORK` (bash `builtins/evalstring.c`). Consumed in `plan`.

use super::table::columns;
use crate::rules::RuleId;
use std::fmt;

columns! { "shapes", "The last command takes the shell's process, without a fork", c => [
    ("-c", &c.tail.command_string), ("file", &c.tail.file), ("( )", &c.tail.subshell), ("$( )", &c.tail.substitution),
    ("job", &c.tail.job),
];
/// What may stand around the last command so that it is still run without a fork.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shapes {
    /// A simple command by itself.
    pub simple: bool,
    /// With assignments in front.
    pub assignment: bool,
    /// With redirections.
    pub redirect: bool,
    /// With a here-document.
    pub here_document: bool,
    /// Behind `;` on the same line.
    pub after_list: bool,
    /// Behind `;`, with redirections.
    pub redirect_after_list: bool,
    /// Behind `;`, the last of `&&` and `||`.
    pub and_or_after_list: bool,
    /// Behind `&` on the same line.
    pub after_background: bool,
    /// The last of `&&` and `||`.
    pub and_or: bool,
    /// Inside `{ }`.
    pub group: bool,
    /// Inside `( )`, which is then no process of its own.
    pub subshell: bool,
    /// Inside `if` and `case`.
    pub branch: bool,
    /// In the last turn of `for`.
    pub for_loop: bool,
    /// Inside a function's body.
    pub function: bool,
    /// The last member of a pipeline.
    pub pipe_last: bool,
    /// While a trap with an empty action is set.
    pub ignored_trap: bool,
}
}

/// One column of `Shapes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A simple command by itself.
    Simple,
    /// With assignments in front.
    Assignment,
    /// With redirections.
    Redirect,
    /// With a here-document.
    HereDocument,
    /// Behind `;` on the same line.
    AfterList,
    /// Behind `;`, with redirections.
    RedirectAfterList,
    /// Behind `;`, the last of `&&` and `||`.
    AndOrAfterList,
    /// Behind `&` on the same line.
    AfterBackground,
    /// The last of `&&` and `||`.
    AndOr,
    /// Inside `{ }`.
    Group,
    /// Inside `( )`, which is then no process of its own.
    Subshell,
    /// Inside `if` and `case`.
    Branch,
    /// In the last turn of `for`.
    ForLoop,
    /// Inside a function's body.
    Function,
    /// The last member of a pipeline.
    PipeLast,
    /// While a trap with an empty action is set.
    IgnoredTrap,
}

impl Shape {
    /// All of them, in the order of the columns.
    pub const ALL: [Shape; 16] = [
        Shape::Simple,
        Shape::Assignment,
        Shape::Redirect,
        Shape::HereDocument,
        Shape::AfterList,
        Shape::RedirectAfterList,
        Shape::AndOrAfterList,
        Shape::AfterBackground,
        Shape::AndOr,
        Shape::Group,
        Shape::Subshell,
        Shape::Branch,
        Shape::ForLoop,
        Shape::Function,
        Shape::PipeLast,
        Shape::IgnoredTrap,
    ];

    /// What a build that forks there does not do, as the end of a sentence that begins with "forks: ".
    pub fn reason(self) -> &'static str {
        match self {
            Shape::Simple => "this build does not replace itself with a simple command here",
            Shape::Assignment => "an assignment stands in front of the command",
            Shape::Redirect => "the command has a redirection",
            Shape::HereDocument => "the command has a here-document",
            Shape::AfterList => "the command stands behind ;",
            Shape::RedirectAfterList => "the command stands behind ; and has a redirection",
            Shape::AndOrAfterList => "the command ends && or || behind ;",
            Shape::AfterBackground => "the command stands behind &",
            Shape::AndOr => "the command is the last of && or ||",
            Shape::Group => "the command stands in { }",
            Shape::Subshell => "( ) is a process of its own",
            Shape::Branch => "the command stands in if or case",
            Shape::ForLoop => "the command stands in a loop",
            Shape::Function => "the command stands in a function",
            Shape::PipeLast => "the last member of a pipeline is a process of its own",
            Shape::IgnoredTrap => "a signal is ignored with trap ''",
        }
    }

    /// The rule whose page explains it.
    pub fn rule(self) -> RuleId {
        match self {
            Shape::Simple => RuleId::ShellCommandString,
            Shape::Assignment => RuleId::ShellAssignment,
            Shape::Redirect | Shape::RedirectAfterList => RuleId::ShellRedirection,
            Shape::HereDocument => RuleId::ShellHereDocument,
            Shape::AfterList => RuleId::ShellAfterSemicolon,
            Shape::AfterBackground => RuleId::ShellAfterBackground,
            Shape::AndOr | Shape::AndOrAfterList => RuleId::ShellAndOr,
            Shape::Group => RuleId::ShellGroup,
            Shape::Subshell => RuleId::ShellSubshell,
            Shape::Branch => RuleId::ShellBranch,
            Shape::ForLoop => RuleId::ShellForLoop,
            Shape::Function => RuleId::ShellFunction,
            Shape::PipeLast => RuleId::ShellPipeLast,
            Shape::IgnoredTrap => RuleId::ShellTrapIgnored,
        }
    }

    /// The column's name.
    pub fn column(self) -> &'static str {
        match self {
            Shape::Simple => "simple",
            Shape::Assignment => "assignment",
            Shape::Redirect => "redirect",
            Shape::HereDocument => "here_document",
            Shape::AfterList => "after_list",
            Shape::RedirectAfterList => "redirect_after_list",
            Shape::AndOrAfterList => "and_or_after_list",
            Shape::AfterBackground => "after_background",
            Shape::AndOr => "and_or",
            Shape::Group => "group",
            Shape::Subshell => "subshell",
            Shape::Branch => "branch",
            Shape::ForLoop => "for_loop",
            Shape::Function => "function",
            Shape::PipeLast => "pipe_last",
            Shape::IgnoredTrap => "ignored_trap",
        }
    }
}

/// The names of those that may stand there: a row of fifteen yes and no is hard to read.
impl fmt::Debug for Shapes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = Shape::ALL.into_iter().filter(|shape| self.allows(*shape));
        let names: Vec<&str> = allowed.map(Shape::column).collect();
        f.write_str(&if names.is_empty() { "none".to_string() } else { names.join(", ") })
    }
}

impl Shapes {
    /// May this stand around the last command?
    #[must_use]
    pub fn allows(&self, shape: Shape) -> bool {
        match shape {
            Shape::Simple => self.simple,
            Shape::Assignment => self.assignment,
            Shape::Redirect => self.redirect,
            Shape::HereDocument => self.here_document,
            Shape::AfterList => self.after_list,
            Shape::RedirectAfterList => self.redirect_after_list,
            Shape::AndOrAfterList => self.and_or_after_list,
            Shape::AfterBackground => self.after_background,
            Shape::AndOr => self.and_or,
            Shape::Group => self.group,
            Shape::Subshell => self.subshell,
            Shape::Branch => self.branch,
            Shape::ForLoop => self.for_loop,
            Shape::Function => self.function,
            Shape::PipeLast => self.pipe_last,
            Shape::IgnoredTrap => self.ignored_trap,
        }
    }

    /// Never.
    pub const NONE: Shapes = Shapes {
        simple: false,
        assignment: false,
        redirect: false,
        here_document: false,
        after_list: false,
        redirect_after_list: false,
        and_or_after_list: false,
        after_background: false,
        and_or: false,
        group: false,
        subshell: false,
        branch: false,
        for_loop: false,
        function: false,
        pipe_last: false,
        ignored_trap: false,
    };
    /// A simple command, whatever belongs to it.
    pub const ALONE: Shapes = Shapes {
        simple: true,
        assignment: true,
        redirect: true,
        here_document: true,
        ignored_trap: true,
        ..Shapes::NONE
    };
    /// What `EV_EXIT` reaches in the Almquist shells.
    pub const WIDE: Shapes = Shapes {
        after_list: true,
        redirect_after_list: true,
        and_or_after_list: true,
        after_background: true,
        and_or: true,
        group: true,
        subshell: true,
        branch: true,
        ..Shapes::ALONE
    };
}

/// What may stand behind the newline of the last command without hiding that it is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FurtherLines {
    /// Nothing.
    Nothing,
    /// Newlines.
    Newlines,
    /// Newlines, blanks and comments.
    Anything,
}

columns! { "tail", "The last command takes the shell's process, without a fork", c => [("", &c.tail)];
/// The columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// In the string of `-c`.
    pub command_string: Shapes,
    /// In a script file and on standard input.
    pub file: Shapes,
    /// In `( )`, once it is a process of its own.
    pub subshell: Shapes,
    /// In `$( )`.
    pub substitution: Shapes,
    /// In `&` jobs and members of pipelines.
    pub job: Shapes,
    /// A newline behind the last command does not hide that it is the last.
    pub final_newline: bool,
    /// What may stand behind that newline.
    pub further_lines: FurtherLines,
    /// Blanks and comments behind the last command do not hide that either.
    pub trailing_text: bool,
    /// Only strings without any character that means something to a shell.
    pub plain_text_only: bool,
    /// Also while signals have actions, which are lost.
    pub over_actions: bool,
    /// Once an action was set, resetting it does not bring the replacement back.
    pub traps_stick: bool,
    /// `{ a | b; } &` is the same as `a | b &` (dash `src/parser.c`: braces make no node of their own).
    pub background_braces_vanish: bool,
    /// Also the last command of a compound command with redirections.
    pub redirected_compounds: bool,
    /// `time ( command )`: the last command takes the place of the subshell.
    pub timed_subshell: bool,
    /// The action is lost if it is set in the same and-or list as the last command.
    pub trap_in_same_list_missed: bool,
}
}
