//! Timers that fit and timers that do not.

use super::*;
use crate::scenario::Draft;
use crate::scenario::fleet::Fleet;
use crate::world::run;

fn of(files: &[(&str, &str)]) -> Timers {
    let draft = Draft::new(files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())));
    let (scenario, remarks) = draft.check();
    let scenario = scenario.unwrap_or_else(|| panic!("{remarks:?}"));
    timers(&scenario, &run(&scenario))
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  terminationGracePeriodSeconds: 10\n  containers:\n  - name: app\n    image: app\n    lifecycle: {preStop: {sleep: {seconds: 5}}}\n";
const DOCKERFILE: &str = "FROM python:3.12-slim\nCMD [\"python3\", \"app.py\"]\n";

fn with_card(on: &str) -> Timers {
    let card = format!("settings:\n  app: {{start: [{{print: up}}], on: {{TERM: [{on}]}}}}\n");
    of(&[("pod.yaml", POD), ("Dockerfile", DOCKERFILE), ("scenario.yaml", &card)])
}

fn inequality<'a>(timers: &'a Timers, says: &str) -> &'a Inequality {
    timers.inequalities.iter().find(|i| i.says.starts_with(says)).unwrap_or_else(|| panic!("{timers:?}"))
}

#[test]
fn a_drain_that_does_not_fit_behind_the_hook_needs_a_longer_grace() {
    let timers = with_card("{sleep_s: 8}, {exit: 0}");
    let grace = inequality(&timers, "hook + drain < grace");
    assert_eq!(grace.standing, Standing::Fails);
    assert!(grace.numbers.starts_with("5 s + 8."), "{}", grace.numbers);
    assert!(grace.bites.is_some());
    let repair = grace.repair.as_ref().unwrap();
    assert_eq!(repair.changes, [(Knob::Grace, 14)]);
    assert_eq!(repair.confirmed, Some(true));
}

#[test]
fn a_drain_that_fits_holds_and_needs_nothing() {
    let timers = with_card("{sleep_s: 3}, {exit: 0}");
    let grace = inequality(&timers, "hook + drain < grace");
    assert_eq!((grace.standing, grace.repair.as_ref()), (Standing::Holds, None));
    assert_eq!(timers.violated().count(), 0);
    assert_eq!(timers.axis(), SimDuration::from_secs(10));
}

#[test]
fn a_program_that_never_stops_has_no_grace_that_is_long_enough() {
    let timers = with_card("{print: no}");
    let grace = inequality(&timers, "hook + drain < grace");
    assert_eq!((grace.standing, grace.repair.as_ref()), (Standing::Fails, None));
    assert!(grace.numbers.contains("does not stop by itself"));
}

#[test]
fn a_server_without_a_hook_needs_one_that_covers_the_lag_and_what_it_cuts() {
    let repaired = |stop_signal| {
        let draft = Fleet { seconds: 22, stop_signal, ..Fleet::SMALL }.draft();
        let scenario = draft.check().0.unwrap();
        let timers = timers(&scenario, &run(&scenario));
        let lag = inequality(&timers, "endpoint lag < hook").clone();
        assert!(lag.standing != Standing::Holds && lag.bites.is_some(), "{lag:?}");
        let repair = lag.repair.unwrap();
        assert_eq!(repair.confirmed, Some(true));
        repair.changes
    };
    // At worst kube-proxy is 1.27 s late. On SIGTERM nginx cuts requests of a second, on SIGQUIT it serves them.
    assert_eq!(repaired("SIGQUIT"), [(Knob::PreStop, 2)]);
    assert_eq!(repaired("SIGTERM"), [(Knob::PreStop, 3)]);
}

#[test]
fn a_supervisor_that_waits_longer_than_the_grace_is_told_so() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  terminationGracePeriodSeconds: 20\n  containers:\n  - {name: app, image: app}\n";
    let docker = "FROM python:3.12-slim\nRUN pip install gunicorn\nCMD [\"gunicorn\", \"app:app\"]\n";
    let timers = of(&[("pod.yaml", pod), ("Dockerfile", docker)]);
    let wait = inequality(&timers, "hook + supervisor's wait < grace");
    assert_eq!((wait.standing, wait.numbers.as_str()), (Standing::Fails, "0 s + 30 s, grace 20 s"));
    assert_eq!(wait.repair.as_ref().unwrap().changes, [(Knob::Grace, 31)]);
    assert_eq!(wait.bites, None, "here its children are gone at once");
}

#[test]
fn a_server_that_gives_its_requests_up_too_early_cuts_them() {
    let manifest = Fleet { replicas: 2, ..Fleet::SMALL }.draft().files["pod.yaml"].clone();
    let scenario = "settings:\n  traffic: {per_s: 10, service_ms: 5000, port: 80, start_ms: 10000, end_ms: 20000}\n  app:\n    start: [{listen: 80}]\n    on: {TERM: [{sleep_s: 3}, unlisten, {drain_s: 1}, {exit: 0}]}\ninputs:\n- {at_ms: 16000, do: scale, replicas: 1}\n";
    let timers = of(&[
        ("pod.yaml", &manifest),
        ("Dockerfile", "FROM nginx:1.25\nSTOPSIGNAL SIGTERM\n"),
        ("scenario.yaml", scenario),
    ]);
    let wait = inequality(&timers, "longest request < server's own wait");
    assert_eq!((wait.standing, wait.numbers.as_str()), (Standing::Fails, "5 s, wait 1 s"));
    assert!(wait.bites.as_ref().unwrap().1.ends_with("requests are cut"));
    let repair = wait.repair.as_ref().unwrap();
    assert_eq!((repair.changes.as_slice(), repair.confirmed), (&[(Knob::Drain, 6)][..], Some(true)));
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: app}}\n  template:\n    metadata: {labels: {app: app}}\n    spec:\n      containers:\n      - {name: app, image: app}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: app}\nspec:\n  selector: {app: app}\n  ports: [{port: 80}]\n";

fn traffic(dockerfile: &str, traffic: &str, inputs: &str) -> Timers {
    let scenario = format!("settings:\n  traffic: {{port: 80, start_ms: 30000, {traffic}}}\ninputs: {inputs}\n");
    of(&[("pod.yaml", DEPLOYMENT), ("Dockerfile", dockerfile), ("scenario.yaml", &scenario)])
}

#[test]
fn a_server_that_closes_before_the_load_balancer_is_told_what_would_be_longer() {
    // Two requests a second to two pods: each connection is idle for about 0.98 s, as long as the server waits.
    let app = "app: {start: [{listen: 80}], keep_alive_s: 0.98}";
    let traffic = "path: alb, per_s: 2, service_ms: 20, end_ms: 60000, repeatable: false";
    let scenario = format!("settings:\n  {app}\n  traffic: {{port: 80, start_ms: 30000, {traffic}}}\ninputs: []\n");
    let timers = of(&[("pod.yaml", DEPLOYMENT), ("Dockerfile", DOCKERFILE), ("scenario.yaml", &scenario)]);
    let idle = inequality(&timers, "idle time of the sender < idle time of the server");
    assert_eq!((idle.standing, idle.numbers.as_str()), (Standing::Fails, "AWS ALB, IP targets: 60 s, server: 0.98 s"));
    assert!(idle.bites.as_ref().unwrap().1.ends_with("met a connection that the server had just closed"));
    let repair = idle.repair.as_ref().unwrap();
    assert_eq!((repair.changes.as_slice(), repair.confirmed), (&[(Knob::ServerIdle, 61)][..], Some(true)));
    let named = |name: &str| timers.rows.iter().any(|row| row.name == name);
    assert!(named("idle connections at app") && named("idle connections at AWS ALB, IP targets"), "{:?}", timers.rows);
    assert!(named("deregistration delay of AWS ALB, IP targets"));
}

#[test]
fn nginx_behind_an_alb_holds_and_behind_googles_load_balancer_does_not() {
    let standing = |path: &str| {
        let timers = traffic("FROM nginx:1.25\n", &format!("path: {path}, per_s: 1, end_ms: 40000"), "[]");
        inequality(&timers, "idle time of the sender < idle time of the server").standing
    };
    assert_eq!(standing("alb"), Standing::Holds);
    assert_eq!(standing("gcp"), Standing::Fails);
}

#[test]
fn a_request_that_takes_longer_than_the_proxy_waits_needs_a_longer_timeout_there() {
    let timers =
        traffic("FROM nginx:1.25\n", "path: ingress-nginx, service_ms: 70000, timeout_ms: 90000, end_ms: 33000", "[]");
    let patience = inequality(&timers, "longest request < patience of the proxy");
    assert_eq!((patience.standing, patience.numbers.as_str()), (Standing::Fails, "70 s, ingress-nginx: 60 s"));
    assert_eq!(patience.bites.as_ref().unwrap().1, "3 requests are given up");
    let repair = patience.repair.as_ref().unwrap();
    assert_eq!((repair.changes.as_slice(), repair.confirmed), (&[(Knob::AnswerTimeout, 71)][..], Some(true)));
}

#[test]
fn a_load_balancer_that_waits_longer_than_the_grace_gets_a_shorter_delay_and_the_pod_a_longer_grace() {
    let manifest = DEPLOYMENT.replace(
        "      - {name: app, image: app}",
        "      - {name: app, image: app, lifecycle: {preStop: {sleep: {seconds: 5}}}}",
    );
    let scenario = "settings:\n  traffic: {port: 80, path: alb, lag_ms: 1000, per_s: 2, service_ms: 40000, start_ms: 20000, end_ms: 90000}\ninputs:\n- {at_ms: 70000, do: scale, replicas: 1}\n";
    let dockerfile = "FROM nginx:1.25\nSTOPSIGNAL SIGQUIT\n";
    let timers = of(&[("pod.yaml", &manifest), ("Dockerfile", dockerfile), ("scenario.yaml", scenario)]);
    let delay = inequality(&timers, "deregistration delay < grace");
    assert_eq!((delay.standing, delay.numbers.as_str()), (Standing::Fails, "delay 300 s, grace 30 s"));
    assert!(delay.bites.as_ref().unwrap().1.ends_with("requests are cut that it still waits for"));
    let repair = delay.repair.as_ref().unwrap();
    assert_eq!(repair.changes, [(Knob::Deregistration, 41), (Knob::Grace, 42)]);
    assert_eq!(repair.confirmed, Some(true));
}

#[test]
fn a_server_that_waits_for_idle_connections_needs_them_to_fit_into_its_grace() {
    let server = "const server = require('http').createServer((q, r) => r.end());\nserver.keepAliveTimeout = 65000;\nserver.listen(80);\nprocess.on('SIGTERM', () => server.close(() => process.exit(0)));\n";
    let scenario = "settings:\n  traffic: {port: 80, per_s: 20, service_ms: 900, keep_alive: 20, start_ms: 10000, end_ms: 30000}\ninputs:\n- {at_ms: 29500, do: delete}\n";
    let dockerfile = "FROM node:20\nCOPY server.js .\nCMD [\"node\", \"server.js\"]\n";
    let files =
        [("pod.yaml", DEPLOYMENT), ("Dockerfile", dockerfile), ("server.js", server), ("scenario.yaml", scenario)];
    let timers = of(&files);
    let waits = inequality(&timers, "hook + idle time of the server < grace");
    assert_eq!((waits.standing, waits.numbers.as_str()), (Standing::Fails, "0 s + 66 s, grace 30 s"));
    assert_eq!(waits.bites.as_ref().unwrap().1, "app still waits for idle connections");
    let repair = waits.repair.as_ref().unwrap();
    assert_eq!((repair.changes.as_slice(), repair.confirmed), (&[(Knob::Grace, 67)][..], Some(true)));
}
