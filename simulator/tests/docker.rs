//! Docker Compose: what happens to a service before it is stopped.

use simulator::scenario::Draft;
use simulator::trace::{EventKind, OnContainer, OnTask};
use simulator::world::{self, Run};

/// A service that ends at once with SIGTERM, after these hooks, and one that it depends on.
fn down(hooks: &str) -> Run {
    let compose = format!(
        "services:\n  web:\n    image: debian:12\n    init: true\n    command: sleep 1000\n    depends_on: [db]\n    pre_stop: \
         {hooks}\n  db:\n    image: debian:12\n    init: true\n    command: sleep 1000\n"
    );
    let files = [("compose.yaml", compose), ("scenario.yaml", "inputs:\n- {at_ms: 20000, do: down}\n".to_owned())];
    let (scenario, remarks) = Draft::new(files.map(|(name, text)| (name.to_owned(), text))).check();
    world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")))
}

/// Hooks, stop signals and ends, with their times in tenths of a second.
fn told(run: &Run) -> Vec<String> {
    let name = |c| run.end.container(c).map_or("", |c| &*c.name);
    let line = |kind: &EventKind| match kind {
        EventKind::Container(c, OnContainer::HookStarted(..)) => Some(format!("{} hook", name(*c))),
        EventKind::Container(c, OnContainer::HookEnded(_, result)) => {
            Some(format!("{} hook ends: {result:?}", name(*c)))
        }
        EventKind::Container(c, OnContainer::Exited(end)) => Some(format!("{} ends with {}", name(*c), end.code)),
        EventKind::Task(task, OnTask::Sent { signal, from: simulator::trace::Sender::Outside }) => {
            let container = run.end.task(*task).and_then(|t| t.container)?;
            Some(format!("{} gets {signal}", name(container)))
        }
        _ => None,
    };
    run.trace.iter().filter_map(|(_, e)| Some(format!("{} {}", e.at.as_micros() / 100_000, line(&e.kind)?))).collect()
}

#[test]
fn the_hooks_of_a_service_run_one_after_the_other_and_then_it_is_stopped() {
    let run = down("[{command: sleep 3}, {command: [sleep, \"2\"], user: \"1000\"}]");
    assert_eq!(
        told(&run),
        [
            "200 app-web-1 hook",
            "230 app-web-1 hook ends: Done",
            "230 app-web-1 hook",
            "250 app-web-1 hook ends: Done",
            "250 app-web-1 gets TERM",
            "250 app-web-1 ends with 143",
            "250 app-db-1 gets TERM",
            "250 app-db-1 ends with 143",
        ]
    );
}

#[test]
fn a_hook_that_fails_leaves_its_container_and_what_it_depends_on_running() {
    let run = down("[{command: \"false\"}]");
    assert_eq!(told(&run), ["200 app-web-1 hook", "200 app-web-1 hook ends: Failed(\"hook exited with status 1\")"]);
}

/// A container whose program counts its starts in a file, with these inputs.
fn counts(inputs: &str) -> Run {
    let scenario = format!(
        "docker: docker run -d --init --name web debian:12 sh -c 'echo x >> /starts; cat /starts; sleep 100'\ninputs: [{inputs}]\n"
    );
    let (scenario, remarks) = Draft::new([("scenario.yaml".to_owned(), scenario)]).check();
    world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")))
}

fn starts(run: &Run) -> Vec<(u64, usize)> {
    let logs = &run.end.logs;
    run.end
        .containers
        .iter()
        .enumerate()
        .map(|(n, c)| {
            let own = logs.iter().filter(|l| l.container.is_some_and(|id| id.index() == n));
            (c.started.map_or(0, |at| at.as_micros() / 1_000_000), own.map(|l| l.text.matches('x').count()).sum())
        })
        .collect()
}

#[test]
fn docker_restart_stops_and_starts_the_same_container_with_its_files() {
    let run = counts("{at_ms: 20000, do: stop, container: web, start_again: true}");
    assert_eq!(starts(&run), [(0, 1), (20, 2)]);
}

#[test]
fn docker_start_starts_what_was_stopped_and_nothing_that_runs() {
    let run = counts("{at_ms: 10000, do: start}, {at_ms: 20000, do: stop}, {at_ms: 30000, do: start, container: web}");
    assert_eq!(starts(&run), [(0, 1), (30, 2)]);
}

/// How the first container ends, of a draft with this file.
fn code_of(name: &str, text: &str) -> Option<u32> {
    let (scenario, remarks) = Draft::new([(name.to_owned(), text.to_owned())]).check();
    let run = world::run(&scenario.unwrap_or_else(|| panic!("{remarks:?}")));
    run.trace.iter().find_map(|(_, e)| match &e.kind {
        EventKind::Container(_, OnContainer::Exited(end)) => Some(end.code),
        _ => None,
    })
}

/// dash exits with 2 when it cannot fork (`a_shell_that_cannot_fork_tries_again_or_gives_up_as_measured`).
#[test]
fn a_container_has_no_more_processes_than_its_limit() {
    let run = |flag: &str| {
        let text = format!("docker: docker run {flag} debian:12 sh -c '/bin/true; exit 7'\n");
        code_of("scenario.yaml", &text)
    };
    assert_eq!(
        [run("--pids-limit 1"), run("--pids-limit 2"), run("--pids-limit -1"), run("--init --pids-limit 2")],
        [Some(2), Some(7), Some(7), Some(2)]
    );
    let compose = |limit: &str| {
        format!(
            "services:\n  web:\n    image: debian:12\n    command: sh -c '/bin/true; exit 7'\n    pids_limit: {limit}\n"
        )
    };
    assert_eq!([1, 2].map(|n| code_of("compose.yaml", &compose(&n.to_string()))), [Some(2), Some(7)]);
}
