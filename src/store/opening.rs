//! The figure that the page opens with: the same server stopped twice, on one clock.

use simulator::scenario::{Draft, stories};

/// Its name in the list of stories.
pub const NAME: &str = "opening";
/// What it is called there.
pub const TITLE: &str = "Shell form and exec form side by side";

/// The stories it is made of.
const PAIR: [&str; 2] = ["ruby-shell-form", "ruby-exec-form"];

/// Its texts.
pub fn drafts() -> Vec<Draft> {
    PAIR.iter().filter_map(|name| stories::by_name(name)).map(|story| story.draft()).collect()
}
