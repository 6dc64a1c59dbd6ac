//! What keeps a shell from replacing itself with a command: the columns of `variants::Tail`, or the language itself.
//!
//! A plan carries it at every place where a process is forked, so that a view can say which column decided.

use crate::rules::RuleId;
use crate::shell::variants::Shape;

/// Why a command runs in a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurdle {
    /// The shell still has something to do after it, or to say its status: `!`, a condition, a loop, a trap.
    NotLast,
    /// `&`: the shell goes on beside it (XCU 2.9.3.1).
    Background,
    /// Members of a pipeline run beside each other (XCU 2.9.2).
    Pipeline,
    /// The text of `eval`, `.` or a trap: the shell goes on behind it.
    InnerText,
    /// This shape is not allowed around the last command.
    Shape(Shape),
    /// Nothing in the string of `-c` replaces the shell.
    CommandString,
    /// Nothing in a script file or on standard input does.
    File,
    /// Nothing in `$( )` does.
    Substitution,
    /// A newline behind the command hides that it is the last.
    FinalNewline,
    /// Further lines behind that newline do.
    FurtherLines,
    /// Blanks or a comment behind it do.
    TrailingText,
    /// The string has characters that mean something to a shell.
    PlainText,
    /// A trap with an action is set.
    Action,
    /// Such a trap was set, and resetting it does not help.
    TrapsStick,
    /// An EXIT trap is set: the shell has to run it.
    ExitTrap,
}

impl Hurdle {
    /// The column of the variant table; none where the language leaves no choice.
    #[must_use]
    pub fn column(self) -> Option<String> {
        let name = match self {
            Hurdle::NotLast | Hurdle::Background | Hurdle::Pipeline | Hurdle::InnerText | Hurdle::ExitTrap => {
                return None;
            }
            Hurdle::Shape(shape) => return Some(format!("shapes.{}", shape.column())),
            Hurdle::CommandString => "tail.command_string",
            Hurdle::File => "tail.file",
            Hurdle::Substitution => "tail.substitution",
            Hurdle::FinalNewline => "tail.final_newline",
            Hurdle::FurtherLines => "tail.further_lines",
            Hurdle::TrailingText => "tail.trailing_text",
            Hurdle::PlainText => "tail.plain_text_only",
            Hurdle::Action => "tail.over_actions",
            Hurdle::TrapsStick => "tail.traps_stick",
        };
        Some(name.to_string())
    }

    /// The rule whose page explains it.
    #[must_use]
    pub fn rule(self) -> RuleId {
        match self {
            Hurdle::NotLast | Hurdle::InnerText | Hurdle::Background | Hurdle::Pipeline => RuleId::ProcessFork,
            Hurdle::Shape(shape) => shape.rule(),
            Hurdle::CommandString => RuleId::ShellCommandString,
            Hurdle::File => RuleId::ShellScriptFile,
            Hurdle::Substitution => RuleId::ShellSubstitution,
            Hurdle::FinalNewline | Hurdle::FurtherLines => RuleId::ShellFinalNewline,
            Hurdle::TrailingText => RuleId::ShellTrailingText,
            Hurdle::PlainText => RuleId::ShellPlainText,
            Hurdle::Action | Hurdle::ExitTrap => RuleId::ShellTrapAction,
            Hurdle::TrapsStick => RuleId::ShellTrapStays,
        }
    }

    /// The reason as the end of a sentence that begins with "forks: ".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Hurdle::NotLast => "the shell has something to do after the command",
            Hurdle::Background => "& starts a process that the shell does not wait for",
            Hurdle::Pipeline => "the members of a pipeline run beside each other",
            Hurdle::InnerText => "the shell goes on behind eval, a sourced file or a trap",
            Hurdle::Shape(shape) => shape.reason(),
            Hurdle::CommandString => "this build replaces itself with nothing in the string of -c",
            Hurdle::File => "this build replaces itself with nothing in a script file",
            Hurdle::Substitution => "this build replaces itself with nothing in a command substitution",
            Hurdle::FinalNewline => "a newline stands behind the last command",
            Hurdle::FurtherLines => "blank lines or comments stand behind the last command",
            Hurdle::TrailingText => "blanks or a comment stand behind the last command",
            Hurdle::PlainText => "the string has characters that mean something to a shell",
            Hurdle::Action => "a trap is set, which would be lost",
            Hurdle::TrapsStick => "a trap was set once, although it has been reset",
            Hurdle::ExitTrap => "an EXIT trap is set, which would be lost",
        }
    }
}
