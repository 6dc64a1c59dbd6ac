//! The rule pages as texts: every rule has one, every page has its parts, and what it points to exists.
//!
//! Not here: whether a page is right. Each page names its sources, and the commands under *See it* can be tried.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use simulator::rules::RuleId;
use simulator::scenario::stories;
use simulator::shell::variants::table;

/// The sections of a page, in order.
const SECTIONS: [&str; 4] = ["What happens", "Why", "See it", "Fix"];
/// Longest page, in bytes: pages are part of what a browser loads.
const MAX_BYTES: usize = 2_500;

/// The sections of a page: heading and text.
fn sections(page: &str) -> Vec<(&str, &str)> {
    page.split("\n## ").skip(1).filter_map(|part| part.split_once("\n\n")).collect()
}

/// The words of `text` between punctuation, without code marks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let outside = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '/');
    text.split(outside).filter(|word| !word.is_empty())
}

/// The stories that a page names: the words with a hyphen after "Story" or "Stories", up to the
/// end of that part of the sentence.
fn named_stories(page: &str) -> Vec<&str> {
    let mut named = Vec::new();
    for opening in ["tory ", "tories "] {
        for part in page.split(opening).skip(1) {
            let end = part.find(['.', ':', ';', '(']).unwrap_or(part.len());
            named.extend(words(&part[..end]).filter(|word| word.contains('-')));
        }
    }
    named
}

fn markdown_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of rules").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            markdown_files(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

#[test]
fn a_page_has_a_title_without_a_full_stop_and_sources() {
    for rule in RuleId::ALL {
        let title = rule.front_matter("title").unwrap_or_default();
        assert!(title.len() > 10 && !title.ends_with('.'), "{}: title {title:?}", rule.id());
        assert!(title.starts_with(char::is_uppercase) || title.starts_with("kube"), "{}: title {title:?}", rule.id());
        assert!(rule.front_matter("sources").is_some_and(|s| s.len() > 3), "{} has no sources", rule.id());
    }
}

#[test]
fn a_page_has_the_four_sections_in_order_and_none_is_empty() {
    for rule in RuleId::ALL {
        let sections = sections(rule.page());
        let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, SECTIONS, "{}", rule.id());
        for (heading, text) in sections {
            assert!(text.trim().len() > 5, "{}: nothing under {heading}", rule.id());
        }
    }
}

#[test]
fn no_page_is_longer_than_its_limit() {
    for rule in RuleId::ALL {
        assert!(rule.page().len() <= MAX_BYTES, "{} has {} bytes", rule.id(), rule.page().len());
    }
}

#[test]
fn stories_named_in_pages_exist() {
    let mut count = 0;
    for rule in RuleId::ALL {
        for name in named_stories(rule.page()) {
            assert!(stories::by_name(name).is_some(), "{} names the story {name}", rule.id());
            count += 1;
        }
    }
    assert!(count > 20, "only {count} stories are named: is the reading of pages wrong?");
}

#[test]
fn stories_are_found_in_a_page_by_the_word_before_them() {
    assert_eq!(named_stories("Stories one-a, two-b and three-c. Not-this"), ["one-a", "two-b", "three-c"]);
    assert_eq!(named_stories("the story one-a: it is not-this"), ["one-a"]);
}

#[test]
fn rules_named_in_pages_exist() {
    let areas: BTreeSet<&str> =
        RuleId::ALL.iter().filter_map(|r| r.id().split_once('/')).map(|(area, _)| area).collect();
    for rule in RuleId::ALL {
        let text = sections(rule.page()).into_iter().map(|(_, text)| text).collect::<String>();
        for word in words(&text).filter(|w| w.split_once('/').is_some_and(|(area, _)| areas.contains(area))) {
            assert!(RuleId::from_id(word).is_some(), "{} names the rule {word}", rule.id());
        }
    }
}

#[test]
fn every_file_of_the_folder_is_the_page_of_a_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = Vec::new();
    markdown_files(&folder, &mut files);
    for file in &files {
        let id = file.strip_prefix(&folder).expect("inside").with_extension("").to_string_lossy().replace('\\', "/");
        assert!(RuleId::from_id(&id).is_some(), "{id}.md belongs to no rule of simulator/src/rules.rs");
    }
    assert_eq!(files.len(), RuleId::ALL.len());
}

/// The columns that pages explain.
fn explained() -> Vec<(&'static str, &'static str)> {
    let of = |rule: &RuleId| {
        let (id, columns) = (rule.id(), rule.front_matter("columns").unwrap_or_default());
        columns.split(", ").filter(|c| !c.is_empty()).map(move |column| (id, column)).collect::<Vec<_>>()
    };
    RuleId::ALL.iter().flat_map(of).collect()
}

#[test]
fn every_column_of_the_variant_table_has_a_page() {
    let (columns, explained) = (table::list().map(|c| c.name).collect::<Vec<_>>(), explained());
    for column in &columns {
        let pages: Vec<&str> = explained.iter().filter(|(_, c)| *c == *column).map(|(id, _)| *id).collect();
        assert_eq!(
            pages.len(),
            1,
            "{column} stands on the pages {pages:?}: name it in `columns:` of one in rules/shell/"
        );
    }
    for (id, column) in explained {
        assert!(columns.contains(&column), "{id} explains {column}, which is no column");
    }
}

#[test]
fn a_page_of_a_shell_says_since_which_version_and_has_a_command_to_try() {
    for rule in RuleId::ALL.iter().filter(|r| r.id().starts_with("shell/")) {
        assert!(rule.front_matter("since").is_some_and(|s| s.len() > 3), "{} has no since", rule.id());
        let see = sections(rule.page()).into_iter().find(|(heading, _)| *heading == "See it");
        assert!(
            see.is_some_and(|(_, text)| text.contains('`') || text.contains("tory ")),
            "{} shows nothing",
            rule.id()
        );
    }
}
