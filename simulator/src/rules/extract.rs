//! What is known of a rule's page without the page: title, sources, fix. Each stands in a table of its own, so that a program
//! that never asks for one does not carry it. The pages themselves: `RuleId::page`.

use super::RuleId;

// `TITLES`, `SOURCES`, `HEADS` and `FIXES`: the rules' texts with parts of their pages, sorted. Made by build.rs, so that
// they are there without the pages.
include!(concat!(env!("OUT_DIR"), "/rules.rs"));

impl RuleId {
    /// The value of `key` in the page's front matter.
    pub fn front_matter(self, key: &str) -> Option<&'static str> {
        self.part_of(HEADS)?.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':').map(str::trim))
    }

    /// The rule as one sentence, from the page's front matter.
    pub fn title(self) -> &'static str {
        self.part_of(TITLES).filter(|title| !title.is_empty()).unwrap_or(self.id())
    }

    /// Where it is written or measured, from the page's front matter.
    pub fn sources(self) -> &'static str {
        self.part_of(SOURCES).unwrap_or("")
    }

    /// What to do about it: the section *Fix* of the page; empty if it has none.
    pub fn fix(self) -> &'static str {
        self.part_of(FIXES).unwrap_or("")
    }

    fn part_of(self, table: &'static [(&'static str, &'static str)]) -> Option<&'static str> {
        let row = table.get(table.binary_search_by_key(&self.id(), |(id, _)| id).ok()?)?;
        Some(row.1)
    }
}
