//! `docs/limits.md`: no rule is without a page, a view or a reason why it is left out, and none is forgotten.

use simulator::rules::RuleId;

const LIMITS: &str = include_str!("../../docs/limits.md");
const README: &str = include_str!("../../README.md");

/// The rows of the tables: number, rule, page or view, what is left out.
fn rows() -> Vec<[&'static str; 4]> {
    let lines = LIMITS.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| no."));
    let cells = |line: &'static str| {
        let mut cells = line.trim_start_matches('|').trim_end_matches('|').split('|').map(str::trim);
        let mut next = || cells.next().unwrap_or_else(|| panic!("too few cells: {line}"));
        [next(), next(), next(), next()]
    };
    lines.map(cells).collect()
}

#[test]
fn every_rule_has_a_page_a_view_or_a_reason() {
    for [number, rule, place, left_out] in rows() {
        assert!(rule.len() > 3, "{number} says nothing");
        match place.strip_prefix("view: ") {
            Some(view) => assert!(view.starts_with("kubectl "), "{number}: {view} is no view"),
            None if place.is_empty() => assert!(left_out.len() > 10, "{number} has neither page nor reason"),
            None => assert!(RuleId::from_id(place).is_some(), "{number}: there is no page {place}"),
        }
    }
}

#[test]
fn no_rule_of_the_sections_is_forgotten() {
    let count = |section: &str, most: usize| (1..=most).map(move |n| format!("{section}.{n}")).collect::<Vec<_>>();
    let mut wanted = [count("1", 13), count("2", 19), count("2b", 7), count("3", 10), count("4", 4)].concat();
    wanted.extend(count("5", 10));
    wanted.extend(["6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7", "7"].map(str::to_owned));
    wanted.extend([count("8", 3), count("9", 7)].concat());
    // A rule with several parts has several rows.
    let mut numbers: Vec<&str> = rows().iter().map(|[number, ..]| *number).collect();
    numbers.dedup();
    assert_eq!(numbers, wanted);
}

#[test]
fn the_readme_leads_to_the_table() {
    assert!(README.contains("(docs/limits.md)"));
}
