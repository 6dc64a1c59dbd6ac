//! Which command of a text is the last, and whether the kind of text lets it replace the shell.

use super::{Hurdle, Place};
use crate::shell::ast::CompleteCommand;
use crate::shell::variants::{FurtherLines, Shapes, Tail};

/// Where a text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `-c`
    CommandString,
    /// A script file or standard input.
    File,
    /// `eval`
    Eval,
    /// `.`
    Dot,
    /// A trap's action.
    Trap,
    /// `$( )`
    Substitution,
}

/// Where the last command of a text stands.
#[must_use]
pub fn place_of_text(text: &str, source: Source, tail: &'static Tail) -> Place {
    let (shapes, hurdle): (&'static Shapes, Hurdle) = match source {
        Source::CommandString => (&tail.command_string, Hurdle::CommandString),
        Source::File => (&tail.file, Hurdle::File),
        Source::Substitution => (&tail.substitution, Hurdle::Substitution),
        Source::Eval | Source::Dot | Source::Trap => (&Shapes::NONE, Hurdle::InnerText),
    };
    if *shapes == Shapes::NONE {
        return Place::Inside(hurdle);
    }
    if tail.plain_text_only && source == Source::CommandString && !is_plain(text) {
        return Place::Inside(Hurdle::PlainText);
    }
    Place::Last(shapes)
}

/// Where one complete command of the text stands, the last of which stands at `last`.
#[must_use]
pub fn place_of_command(command: &CompleteCommand, text: &str, source: Source, last: Place, tail: &Tail) -> Place {
    if !command.last {
        return Place::Inside(Hurdle::NotLast);
    }
    if command.newline_follows
        && !tail.final_newline
        && source != Source::Substitution
        && !matches!(last, Place::Inside(_))
    {
        return Place::Inside(Hurdle::FinalNewline);
    }
    let lines_follow = command.newline_follows
        && source == Source::CommandString
        // The text of a here-document belongs to the command.
        && !text.contains("<<")
        && match tail.further_lines {
            FurtherLines::Anything => false,
            FurtherLines::Newlines => !lines_behind(text, command.list.span.end).chars().all(|c| c == '\n'),
            FurtherLines::Nothing => !lines_behind(text, command.list.span.end).is_empty(),
        };
    if lines_follow && !matches!(last, Place::Inside(_)) {
        return Place::Inside(Hurdle::FurtherLines);
    }
    if !tail.trailing_text && text_follows(text, command.list.span.end) && !matches!(last, Place::Inside(_)) {
        return Place::Inside(Hurdle::TrailingText);
    }
    last
}

/// What stands behind the line that ends a command.
fn lines_behind(text: &str, end: u32) -> &str {
    let rest = text.get(usize::try_from(end).unwrap_or(0)..).unwrap_or("");
    rest.split_once('\n').map_or("", |(_, lines)| lines)
}

/// No character that means something to a shell.
fn is_plain(text: &str) -> bool {
    !text.contains(|c| ";&|<>(){}$`\\\"'*?[]#~=%\n\t!".contains(c))
}

/// Does anything but `;` stand behind the last command?
fn text_follows(text: &str, end: u32) -> bool {
    let rest = text.get(usize::try_from(end).unwrap_or(0)..).unwrap_or("").replace("\\\n", "");
    let rest = rest.as_str();
    !rest.is_empty() && rest.trim_start_matches([' ', '\t']) != ";"
}
