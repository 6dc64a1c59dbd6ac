//! The stories that come with the simulator: the folders of `scenarios/`, one draft each.

use super::Draft;

/// A story: a folder of files and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Story {
    /// Folder name.
    pub name: &'static str,
    /// File names and texts.
    pub files: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/stories.rs"));

/// The two stories of the figure that is shown to a person who chose nothing yet: the same server stopped twice.
pub const OPENING: [&str; 2] = ["ruby-shell-form", "ruby-exec-form"];

/// All stories, by name.
pub fn all() -> &'static [Story] {
    STORIES
}

/// The story of this name.
pub fn by_name(name: &str) -> Option<&'static Story> {
    STORIES.iter().find(|s| s.name == name)
}

impl Story {
    /// Its files, without what is only for tests.
    pub fn draft(&self) -> Draft {
        let files = self.files.iter().filter(|(name, _)| *name != "expect.yaml");
        Draft::new(files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    /// Its title, from `scenario.yaml`.
    pub fn title(&self) -> &'static str {
        let text = self.files.iter().find(|(name, _)| *name == super::SCENARIO_FILE).map_or("", |(_, text)| text);
        text.lines().find_map(|l| l.strip_prefix("title: ")).map_or(self.name, |t| t.trim_matches('"'))
    }
}
