//! The figure that the page opens with: the same server stopped twice, on one clock.

use crate::engine;
use crate::sim::{self, Draft};

/// Its name in the list of stories.
pub const NAME: &str = engine::OPENING;
/// What it is called there.
pub const TITLE: &str = "Shell form and exec form side by side";

/// Its texts.
pub fn drafts() -> Vec<Draft> {
    sim::with_recording(|recording| recording.opening.iter().map(|(draft, _)| draft.clone()).collect())
}

/// Name and title of every story, for the list beside it.
pub fn stories() -> Vec<(String, String)> {
    sim::with_recording(|recording| recording.stories.clone())
}
