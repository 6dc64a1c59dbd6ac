//! Everything that can change the page.

use simulator::base::id::{EventId, PodId, TaskId};

use crate::sim::Draft;
use crate::store::axis::Place;
use crate::store::state::{Editor, Output, Part, Theme};

/// Forward or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the end.
    Forward,
    /// Towards the start.
    Back,
}

/// What a person, or the clock, does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The text of a file of the active lane changed.
    EditFile(String, String),
    /// The active lane gets an empty file of this name, which is opened.
    AddFile(String),
    /// The active lane loses a file.
    RemoveFile(String),
    /// Settings of the active lane changed, or a patch was applied: the whole draft.
    EditDraft(Box<Draft>),
    /// Ready-made texts were chosen: one lane, or two to compare. Plays them.
    Load(Vec<Draft>),
    /// A link was opened: texts, the active lane, and the moment to show, in microseconds from the origin.
    Open(Vec<Draft>, usize, Option<i64>),
    /// Wall-clock microseconds passed.
    Tick(u64),
    /// Play, or stop.
    Play(bool),
    /// Play if it does not, else stop.
    TogglePlay,
    /// The cursor goes to a place of the axis.
    Seek(Place),
    /// The cursor goes to an event of a lane, which is then explained.
    SeekEvent(usize, EventId),
    /// The next or previous event of the active lane.
    StepEvent(Way),
    /// The next or previous instant at which something happens in any lane.
    StepInstant(Way),
    /// The next or previous event of the selected process.
    StepTask(Way),
    /// The cursor goes to the start or the end.
    Ends(Way),
    /// The cursor goes to so many tenths of the axis.
    Tenth(u8),
    /// Faster or slower.
    Speed(Way),
    /// A process is selected: its events are stepped through, its facts are shown.
    SelectTask(usize, TaskId),
    /// A pod is drawn in full.
    OpenPod(usize, PodId),
    /// Nothing is selected any more.
    Unselect,
    /// Another lane is edited.
    Activate(usize),
    /// A copy of the active lane is kept beside it, or the other lane is dropped.
    Compare(bool),
    /// Another editor is shown.
    Edit(Editor),
    /// Another output is shown.
    Show(Output),
    /// Another part is shown where only one fits.
    Turn(Part),
    /// Light or dark.
    Dress(Theme),
    /// The list of keys opens or closes.
    Help(bool),
    /// A link was followed or a story chosen.
    Follow(String),
    /// A value of the active lane's settings was set: its path, and the value as YAML.
    Set(String, String),
    /// A line was typed into the terminal of the active lane, at the cursor's moment.
    Type(String),
    /// The terminal of the active lane is emptied; what was done in it stays done.
    Clear,
    /// The simulator has arrived: what waited for it goes on.
    Ready,
    /// The reader wants no motion.
    Still(bool),
}
