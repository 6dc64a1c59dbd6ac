//! `grace explain RULE`: the page of a rule, what each shell build has in the columns that the page explains, and the
//! stories in which the rule decides; `grace explain COLUMN`: one column and its page. Without either the list of all rules,
//! by area.

use std::process::ExitCode;

use simulator::probe::plans::ranges;
use simulator::rules::RuleId;
use simulator::scenario::stories;
use simulator::shell::variants::table::{self, Column};
use simulator::world;

/// Most stories that are named for a rule.
const MOST_STORIES: usize = 8;

/// Columns are printed with their values below the page of a rule that explains at most so many; else by name.
const MOST_COLUMNS: usize = 6;

/// Prints a rule's page, a column of the variant table, or the list of rules.
pub fn run(wanted: Option<&str>) -> ExitCode {
    let Some(wanted) = wanted else {
        print!("{}", list());
        return ExitCode::SUCCESS;
    };
    if let Some(rule) = RuleId::from_id(wanted) {
        print!("{}", page(rule));
        return ExitCode::SUCCESS;
    }
    if let Some(column) = table::column(wanted) {
        print!("{}", column_page(column));
        return ExitCode::SUCCESS;
    }
    eprintln!("grace explain: no rule and no column {wanted}");
    let names = RuleId::ALL.iter().map(|r| r.id()).chain(table::list().map(|c| c.name));
    let near: Vec<&str> = names.filter(|name| name.contains(wanted)).collect();
    if !near.is_empty() {
        eprintln!("perhaps one of: {}", near.join(", "));
    }
    ExitCode::from(2)
}

/// The columns that a rule's page explains.
fn columns_of(rule: RuleId) -> Vec<&'static Column> {
    rule.front_matter("columns").unwrap_or("").split(", ").filter_map(table::column).collect()
}

/// A column: what it means, and what each build has. What most have comes last.
fn values(column: &Column) -> String {
    let about = column.about.trim();
    let about = if column.of.is_empty() { about.to_string() } else { format!("{}: {about}", column.of) };
    let mut out = format!("{}\n  {about}\n", column.name);
    let mut values = column.values();
    let all: usize = values.iter().map(|same| same.builds.len()).sum();
    let most = values.iter().position(|same| same.builds.len() * 2 > all).map(|index| values.remove(index));
    for same in &values {
        let builds: Vec<String> = ranges(&same.builds).iter().map(ToString::to_string).collect();
        out.push_str(&format!("    {}: {}\n", same.value, builds.join(", ")));
    }
    if let Some(most) = most {
        let builds = if values.is_empty() { "all builds" } else { "all others" };
        out.push_str(&format!("    {}: {builds}\n", most.value));
    }
    out
}

/// A column with the page that explains it.
fn column_page(column: &Column) -> String {
    let rule = RuleId::ALL.iter().find(|rule| columns_of(**rule).iter().any(|c| c.name == column.name));
    let page = rule.map_or(String::new(), |rule| format!("\n{}", page_text(*rule)));
    format!("{}{page}", values(column))
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

/// What stands on a page.
fn page_text(rule: RuleId) -> String {
    let mut out = format!("{}\n{}\n\n{}\n", rule.title(), rule.id(), body(rule).trim());
    for (key, name) in [("since", "Since"), ("sources", "Sources")] {
        if let Some(text) = rule.front_matter(key) {
            out.push_str(&format!("\n{name}: {text}\n"));
        }
    }
    out
}

/// The page as text, with the columns of shells that it explains.
fn page(rule: RuleId) -> String {
    let mut out = page_text(rule);
    let columns = columns_of(rule);
    if columns.len() > MOST_COLUMNS {
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        out.push_str(&format!("\nColumns of the variant table: {}\n", names.join(", ")));
        out.push_str(&format!("What each build has: grace explain {}\n", names.first().unwrap_or(&"")));
    } else if !columns.is_empty() {
        out.push_str("\nColumns of the variant table, and what each build has\n\n");
        out.push_str(&columns.into_iter().map(values).collect::<Vec<_>>().join("\n"));
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
    fn a_page_of_a_shell_has_what_each_build_does_in_its_columns() {
        let text = page(RuleId::ShellAndOr);
        let line = text.lines().find(|l| l.contains("-c yes, file no, ( ) no, $( ) no, job no")).unwrap_or("");
        assert_eq!(line.trim(), "-c yes, file no, ( ) no, $( ) no, job no: bash 4.4.19, bash as sh 4.4.19", "{text}");
    }

    #[test]
    fn a_column_is_found_by_its_name_and_leads_to_its_page() {
        let text = column_page(table::column("tail.final_newline").unwrap());
        assert!(text.starts_with("tail.final_newline\n") && text.contains("\nshell/final-newline\n"), "{text}");
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
