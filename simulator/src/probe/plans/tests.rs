//! What the plans of a few commands say.

use super::*;

fn of(script: &str) -> Plans {
    plans(&Request { script: script.into(), ..Request::default() }).unwrap()
}

fn group_of<'a>(plans: &'a Plans, id: &str) -> &'a Group {
    plans.groups.iter().find(|g| g.builds.iter().any(|b| b.id == id)).unwrap()
}

#[test]
fn a_simple_command_forks_in_some_builds_and_is_replaced_in_others() {
    let plans = of("python server.py");
    assert_eq!(plans.application.as_deref(), Some("python"));
    let forks = group_of(&plans, "dash-0.5.12-bookworm");
    assert_eq!(forks.fate.application, Whereabouts::Child);
    assert_eq!(forks.fate.tree, "sh[python]");
    assert_eq!(forks.fate.decided.column.as_deref(), Some("tail.command_string"));
    let End::Stopped { reached, code, killed, .. } = forks.fate.end else { panic!("{:?}", forks.fate.end) };
    assert_eq!((reached, code, killed), (false, 137, true));
    let execs = group_of(&plans, "alpine-3.18");
    assert_eq!(execs.fate.application, Whereabouts::Pid1);
    let End::Stopped { reached, code, killed, .. } = execs.fate.end else { panic!("{:?}", execs.fate.end) };
    assert_eq!((reached, code, killed), (true, 0, false));
}

#[test]
fn every_build_is_in_exactly_one_group() {
    for script in ["app", "quick && app", "trap 'exit 3' TERM; app & wait", "if true; then app; fi", "(", ""] {
        let plans = of(script);
        let mut ids: Vec<&str> = plans.groups.iter().flat_map(|g| g.builds.iter().map(|b| b.id)).collect();
        ids.sort_unstable();
        let mut all: Vec<&str> = all().map(|v| v.id).collect();
        all.sort_unstable();
        assert_eq!(ids, all, "{script}");
    }
}

#[test]
fn builds_that_follow_each_other_are_one_range() {
    let plans = of("app");
    let texts: Vec<String> = plans.groups.iter().flat_map(|g| ranges(&g.builds)).map(|r| r.to_string()).collect();
    assert!(texts.contains(&"Debian's dash 0.5.7 - 0.5.12".to_string()), "{texts:?}");
    assert!(texts.contains(&"Alpine 3.6 - 3.7".to_string()), "{texts:?}");
    assert!(texts.contains(&"Alpine 3.8 and later (to 3.20)".to_string()), "{texts:?}");
}

#[test]
fn the_column_that_decides_is_named() {
    let cases = [
        ("app\n", "alpine-3.18", Some("tail.final_newline")),
        ("app 2>&1", "bash-5.2.15", Some("shapes.redirect")),
        ("quick; app", "bash-4.4.19", Some("shapes.after_list")),
        ("! app", "bash-5.2.15", None),
        ("trap 'exit 1' TERM; app", "alpine-3.18", Some("tail.over_actions")),
        ("if true; then app; fi", "bash-5.2.15", Some("shapes.branch")),
        ("app & wait", "bash-5.2.15", None),
    ];
    for (script, id, column) in cases {
        assert_eq!(group_of(&of(script), id).fate.decided.column.as_deref(), column, "{script}");
    }
}

#[test]
fn the_first_argument_is_the_application_of_an_entrypoint() {
    let arguments = vec!["sh".into(), "node".into(), "server.js".into()];
    let request = Request { script: "migrate && exec \"$@\"".into(), arguments, ..Request::default() };
    let plans = plans(&request).unwrap();
    assert_eq!(plans.application.as_deref(), Some("node"));
    assert_eq!(plans.groups.len(), 1);
    assert_eq!(plans.groups.first().unwrap().fate.decided.rule, RuleId::ProcessExec);
}

#[test]
fn a_program_called_twice_is_the_application_the_second_time() {
    let plans = of("npm run build && npm start");
    let group = group_of(&plans, "alpine-3.18");
    assert_eq!((group.fate.tree.as_str(), group.fate.application), ("npm", Whereabouts::Pid1));
}

#[test]
fn an_unknown_build_is_refused_by_name() {
    let request = Request { script: "app".into(), shells: vec!["fish".into()], ..Request::default() };
    assert_eq!(plans(&request).unwrap_err(), "no shell build, family or line of builds is called fish");
}
