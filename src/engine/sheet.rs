//! A page of lines, with bars where lengths are compared: how the simulator hands over what has no drawing of its own, so
//! that one small piece of the page can show all of it.

use serde::{Deserialize, Serialize};
use simulator::base::id::EventId;

/// The end of a bar's axis.
pub const AXIS: u32 = 1_000;

/// Lines in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The script that it is about, and whether that is a file; none where it is about no script.
    pub script: Option<(String, bool)>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What kind of line it is.
    pub look: Look,
    /// What it says.
    pub text: String,
    /// What it says besides, less loudly.
    pub more: String,
    /// The event that it leads to.
    pub event: Option<EventId>,
    /// Beginning, end at the earliest and end at the latest of its bar, of `AXIS`.
    pub bar: Option<[u32; 3]>,
}

/// Kinds of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    /// Text.
    #[default]
    Plain,
    /// A remark.
    Dim,
    /// The first of some lines, about something that is well.
    Good,
    /// The same, about something that may go wrong.
    Maybe,
    /// The same, about something that is not well.
    Bad,
    /// As it was typed, or as a tool prints it.
    Code,
}

impl Line {
    /// A line of this kind.
    pub(super) fn new(look: Look, text: impl Into<String>) -> Line {
        Line { look, text: text.into(), ..Line::default() }
    }

    /// With something besides.
    pub(super) fn more(self, more: impl Into<String>) -> Line {
        Line { more: more.into(), ..self }
    }
}
