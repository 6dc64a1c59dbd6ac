//! One command in every shell build side by side, as the page shows it.

use simulator::probe::plans::{End, Group, Plans, Request, Whereabouts, headline, of_container, plans, ranges};
use simulator::scenario::Draft;

use super::sheet::{Line, Look, Sheet};

/// The shells with a script; without one with that of the first container of the texts.
pub(super) fn sheet(draft: &Draft, script: Option<&str>) -> Sheet {
    let (started, own) = started(draft).unwrap_or_default();
    let request = match script {
        Some(script) => Request { script: script.to_owned(), ..Request::default() },
        None => started,
    };
    let mut lines = Vec::new();
    if request.script.trim().is_empty() {
        lines.push(Line::new(Look::Dim, "There is no command to compare: type one."));
    } else {
        match plans(&request) {
            Ok(plans) => table(&plans, own.as_deref(), &mut lines),
            Err(remark) => lines.push(Line::new(Look::Bad, remark)),
        }
    }
    Sheet { script: Some((request.script.trim_end().to_owned(), request.is_file)), lines }
}

/// What happens in the container's own shell comes first.
fn table(plans: &Plans, own: Option<&str>, lines: &mut Vec<Line>) {
    let has_own = |group: &Group| group.builds.iter().any(|build| Some(build.id) == own);
    lines.push(Line::new(Look::Dim, format!("Assumed: {}.", plans.assumed)));
    let (first, others): (Vec<_>, Vec<_>) = plans.groups.iter().partition(|g| has_own(g));
    first.iter().for_each(|group| block(group, plans, true, lines));
    others.iter().for_each(|group| block(group, plans, false, lines));
}

/// The script of the first container of the texts, and the build of its shell.
fn started(draft: &Draft) -> Option<(Request, Option<String>)> {
    let scenario = draft.check().0?;
    let pod = scenario.workloads.first().and_then(|workload| workload.plan.containers.first());
    let docker = scenario.docker.first().map(|docker| &docker.container);
    pod.or(docker).map(of_container)
}

fn block(group: &Group, plans: &Plans, own: bool, lines: &mut Vec<Line>) {
    let fate = &group.fate;
    let name = plans.application.as_deref().unwrap_or("the application");
    let graceful = matches!(fate.end, End::Stopped { reached: true, finished: true, .. })
        && fate.application != Whereabouts::Nowhere;
    let head = Line::new(if graceful { Look::Good } else { Look::Bad }, headline(fate.application, name, &fate.end));
    lines.push(head.more(if own { "the shell of this container is among them" } else { "" }));
    let builds: Vec<String> = ranges(&group.builds).iter().map(ToString::to_string).collect();
    lines.push(Line::new(Look::Plain, builds.join(", ")));
    lines.push(Line::new(Look::Plain, format!("SIGTERM {}", fate.end.sentence(name))));
    lines.push(Line::new(Look::Dim, format!("{}: {}", fate.decided.rule.id(), fate.decided.reason)));
    if !fate.tree.is_empty() {
        lines.push(Line::new(Look::Code, fate.tree.clone()));
    }
    lines.extend(fate.not_simulated.iter().map(|line| Line::new(Look::Bad, line.clone())));
    lines.extend(fate.printed.iter().map(|line| Line::new(Look::Code, format!("prints: {line}"))));
    lines.extend(fate.steps.iter().map(|step| Line::new(Look::Code, step.clone())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::scenario::stories;

    fn of(story: &str, script: Option<&str>) -> Sheet {
        sheet(&stories::by_name(story).unwrap().draft(), script)
    }

    fn first(sheet: &Sheet) -> &Line {
        sheet.lines.iter().find(|line| [Look::Good, Look::Bad].contains(&line.look)).unwrap()
    }

    #[test]
    fn the_command_of_a_story_in_shell_form_is_compared_and_its_own_shell_comes_first() {
        let sheet = of("ruby-shell-form", None);
        assert_eq!(sheet.script, Some(("ruby server.rb".to_owned(), false)));
        let own = first(&sheet);
        assert_eq!((own.look, own.more.as_str()), (Look::Bad, "the shell of this container is among them"));
        assert_eq!(own.text, "fork; wait; exit $?: the shell is PID 1, ruby its child");
        let good = sheet.lines.iter().position(|line| line.look == Look::Good).unwrap();
        assert!(sheet.lines[good + 1].text.contains("Alpine 3.8 and later"), "{:?}", sheet.lines[good + 1]);
    }

    #[test]
    fn a_script_as_entrypoint_is_compared_as_a_file() {
        let (script, is_file) = of("entrypoint-plain", None).script.unwrap();
        assert!(is_file);
        assert!(script.starts_with("#!/bin/sh"));
    }

    #[test]
    fn a_program_without_a_shell_is_compared_as_if_it_had_one() {
        assert_eq!(of("ruby-exec-form", None).script, Some(("ruby server.rb".to_owned(), false)));
    }

    #[test]
    fn another_script_can_be_typed() {
        let sheet = of("ruby-exec-form", Some("exec app"));
        assert_eq!((first(&sheet).look, first(&sheet).text.as_str()), (Look::Good, "exec: app is PID 1"));
        assert_eq!(sheet.lines.iter().filter(|l| l.look == Look::Bad).count(), 0);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        assert!(sheet(&Draft::default(), None).lines[0].text.contains("type one"));
    }
}
