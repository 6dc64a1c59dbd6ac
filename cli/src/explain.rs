//! `grace explain RULE`: the page of a rule; without a rule the list of all.

use std::process::ExitCode;

use simulator::rules::RuleId;

/// Prints a rule's page, or the list of rules.
pub fn run(rule: Option<&str>) -> ExitCode {
    let Some(wanted) = rule else {
        for rule in RuleId::ALL {
            println!("{:<40} {}", rule.id(), rule.title());
        }
        return ExitCode::SUCCESS;
    };
    match RuleId::from_id(wanted) {
        Some(rule) => {
            println!("{}\n{}\n", rule.title(), rule.id());
            println!("{}", body(rule).trim());
            if let Some(sources) = rule.front_matter("sources") {
                println!("\nSources: {sources}");
            }
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

/// The page without its front matter.
fn body(rule: RuleId) -> &'static str {
    let page = rule.page();
    page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(page, |(_, body)| body)
}
