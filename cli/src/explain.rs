//! `grace explain RULE`: the page of a rule and the stories in which it decides; without a rule the list of all, by area.

use std::process::ExitCode;

use simulator::rules::RuleId;
use simulator::scenario::stories;
use simulator::world;

/// Most stories that are named for a rule.
const MOST_STORIES: usize = 8;

/// Prints a rule's page, or the list of rules.
pub fn run(rule: Option<&str>) -> ExitCode {
    let Some(wanted) = rule else {
        print!("{}", list());
        return ExitCode::SUCCESS;
    };
    match RuleId::from_id(wanted) {
        Some(rule) => {
            print!("{}", page(rule));
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("grace explain: no rule {wanted}");
            let near: Vec<&str> = RuleId::ALL.iter().map(|r| r.id()).filter(|id| id.contains(wanted)).collect();
            if !near.is_empty() {
                eprintln!("perhaps one of: {}", near.join(", "));
            }
            ExitCode::from(2)
        }
    }
}

fn area(rule: RuleId) -> &'static str {
    rule.id().split_once('/').map_or("", |(area, _)| area)
}

/// All rules, one area after the other.
fn list() -> String {
    let mut out = String::new();
    let mut last = "";
    for rule in areas().into_iter().flat_map(|a| RuleId::ALL.iter().filter(move |r| area(**r) == a)) {
        if area(*rule) != last {
            last = area(*rule);
            let blank = if out.is_empty() { "" } else { "\n" };
            out.push_str(&format!("{blank}{last}\n"));
        }
        out.push_str(&format!("  {:<36} {}\n", rule.id(), rule.title()));
    }
    out
}

/// The areas, in the order of their first rules.
fn areas() -> Vec<&'static str> {
    let mut areas: Vec<&str> = Vec::new();
    for rule in RuleId::ALL {
        if !areas.contains(&area(*rule)) {
            areas.push(area(*rule));
        }
    }
    areas
}

/// The page as text.
fn page(rule: RuleId) -> String {
    let mut out = format!("{}\n{}\n\n{}\n", rule.title(), rule.id(), body(rule).trim());
    for (key, name) in [("since", "Since"), ("columns", "Columns of the variant table"), ("sources", "Sources")] {
        if let Some(text) = rule.front_matter(key) {
            out.push_str(&format!("\n{name}: {text}\n"));
        }
    }
    let shown = stories_with(rule);
    if !shown.is_empty() {
        let more = if shown.len() > MOST_STORIES { " and others" } else { "" };
        let names: Vec<&str> = shown.into_iter().take(MOST_STORIES).collect();
        out.push_str(&format!("\nStories in which it decides: {}{more}\n", names.join(", ")));
        out.push_str(&format!("Try: grace run {}\n", names.first().unwrap_or(&"")));
    }
    out
}

/// The stories with an event of this rule.
fn stories_with(rule: RuleId) -> Vec<&'static str> {
    let fires = |story: &&stories::Story| {
        let scenario = story.draft().check().0;
        scenario.is_some_and(|s| world::run(&s).trace.events().iter().any(|event| event.rule == rule))
    };
    stories::all().iter().filter(fires).map(|story| story.name).collect()
}

/// The page without its front matter.
fn body(rule: RuleId) -> &'static str {
    let page = rule.page();
    page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(page, |(_, body)| body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_rule_once_below_its_area() {
        let text = list();
        for rule in RuleId::ALL {
            let lines = text.lines().filter(|l| l.trim_start().split(' ').next() == Some(rule.id())).count();
            assert_eq!(lines, 1, "{}", rule.id());
        }
        let headings: Vec<&str> = text.lines().filter(|l| !l.is_empty() && !l.starts_with(' ')).collect();
        assert_eq!(headings, areas());
    }

    #[test]
    fn a_page_names_the_stories_in_which_its_rule_decides() {
        let text = page(RuleId::SignalInitNoHandler);
        assert!(text.contains("Stories in which it decides: "), "{text}");
        assert!(text.contains("python-shell-form"), "{text}");
    }

    #[test]
    fn every_rule_has_a_story_or_a_command_that_shows_it() {
        let runs: Vec<_> = stories::all().iter().filter_map(|s| s.draft().check().0.map(|s| world::run(&s))).collect();
        let mut nothing = Vec::new();
        for rule in RuleId::ALL {
            let page = rule.page();
            let see = page.split("\n## ").find_map(|part| part.strip_prefix("See it\n")).unwrap_or("");
            let named = see.contains('`') || see.contains("tory ") || see.contains("tories ");
            let fires = || runs.iter().any(|run| run.trace.events().iter().any(|event| event.rule == *rule));
            if !named && !fires() {
                nothing.push(rule.id());
            }
        }
        assert!(nothing.is_empty(), "nothing shows {nothing:?}");
    }
}
