//! Documents for people against what is there: the list of stories, and the files that are named.

use std::path::Path;

use simulator::scenario::stories;

const README: &str = include_str!("../../README.md");
const CONTRIBUTING: &str = include_str!("../../CONTRIBUTING.md");
const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

#[test]
fn the_readme_lists_every_story_with_its_title() {
    for story in stories::all() {
        let row = format!("| `{}` | {} |", story.name, story.title());
        assert!(README.lines().any(|line| line == row), "README.md has no line {row}");
    }
}

#[test]
fn files_and_folders_that_documents_name_exist() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (document, text) in
        [("README.md", README), ("CONTRIBUTING.md", CONTRIBUTING), ("ARCHITECTURE.md", ARCHITECTURE)]
    {
        let codes = text.split('`').skip(1).step_by(2);
        let ours =
            |path: &&str| ["simulator/", "cli/", "docs/", "scenarios/", "scripts/"].iter().any(|f| path.starts_with(f));
        // Names in capitals or with a blank stand for others or are commands.
        let is_path =
            |path: &&str| !path.contains(|c: char| c.is_ascii_uppercase() || c == ' ') && !path.contains("area/");
        for path in codes.filter(ours).filter(is_path) {
            assert!(top.join(path).exists(), "{document} names {path}");
        }
    }
}
