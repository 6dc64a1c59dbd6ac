//! Command lines typed at a moment of a run, against what the real tools print.
//!
//! Formats and messages were read from kubectl's sources and printed by kubectl 1.32 and 1.36; the lines of deletes are those
//! that were recorded on a real cluster of release 1.36.2.

use simulator::base::time::SimTime;
use simulator::scenario::{Draft, Scenario, stories};
use simulator::view::terminal::{Answer, Asked, answer};
use simulator::world::{self, Run};

/// A pod whose server has no handler, in front of it a Service; nobody deletes it.
fn draft(more: &[(&str, &str)]) -> Draft {
    let files = [
        (
            "Dockerfile",
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y procps\nCOPY app.py /\nCMD python3 /app.py\n",
        ),
        ("app.py", "import time\nprint('up', flush=True)\nwhile True:\n    time.sleep(1)\n"),
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  terminationGracePeriodSeconds: 6\n  \
             containers:\n  - {name: app, image: app, ports: [{containerPort: 8080}]}\n---\napiVersion: v1\nkind: \
             Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}\n",
        ),
        ("scenario.yaml", "title: t\nsettings: {end_ms: 60000}\ninputs: []\n"),
    ];
    Draft::new(files.iter().chain(more).map(|(n, t)| ((*n).to_owned(), (*t).to_owned())))
}

fn run(draft: &Draft) -> (Scenario, Run) {
    let (scenario, remarks) = draft.check();
    let scenario = scenario.unwrap_or_else(|| panic!("it checks: {remarks:?}"));
    let run = world::run(&scenario);
    (scenario, run)
}

fn typed(draft: &Draft, seconds: u64, line: &str) -> Answer {
    let (scenario, run) = run(draft);
    answer(Asked { trace: &run.trace, inventory: &scenario.inventory, at: SimTime::from_secs(seconds), line })
}

fn text(draft: &Draft, seconds: u64, line: &str) -> String {
    typed(draft, seconds, line).text()
}

fn with_input(entry: &str) -> Draft {
    draft(&[("scenario.yaml", &format!("settings: {{end_ms: 60000}}\ninputs:\n- {entry}\n"))])
}

#[test]
fn pods_are_listed_with_and_without_more_columns() {
    let all = draft(&[]);
    assert_eq!(
        text(&all, 10, "kubectl get pods"),
        "NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          9s\n"
    );
    assert_eq!(
        text(&all, 10, "kubectl get po web -o wide --show-labels"),
        "\
NAME   READY   STATUS    RESTARTS   AGE   IP            NODE   NOMINATED NODE   READINESS GATES   LABELS
web    1/1     Running   0          9s    10.244.0.10   node   <none>           <none>            app=web
"
    );
    assert_eq!(
        text(&all, 10, "kubectl get pods -A"),
        "NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE\ndefault     web    1/1     Running   0          9s\n"
    );
    assert_eq!(
        text(&all, 10, "kubectl get svc,endpointslices"),
        "\
NAME          TYPE        CLUSTER-IP    EXTERNAL-IP   PORT(S)   AGE
service/web   ClusterIP   10.96.0.100   <none>        80/TCP    10s

NAME                                       ADDRESSTYPE   PORTS   ENDPOINTS     AGE
endpointslice.discovery.k8s.io/web-m8ghs   IPv4          8080    10.244.0.10   10s
"
    );
    assert_eq!(text(&all, 10, "kubectl get pods -l app=other"), "No resources found in default namespace.\n");
}

#[test]
fn a_watch_prints_a_line_for_each_change_and_one_when_the_pod_is_gone() {
    let deleted = with_input("{at_ms: 20000, do: delete, pod: web}");
    let answer = typed(&deleted, 15, "kubectl get pods -w");
    let seen: Vec<&str> = answer.lines.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(
        seen,
        [
            "NAME   READY   STATUS    RESTARTS   AGE",
            "web    1/1     Running   0          14s",
            "web    1/1     Terminating   0          19s",
            "web    0/1     Error         0          26s",
            "web    0/1     Error         0          26s",
        ]
    );
    assert_eq!(answer.ends, None, "a watch ends with the person");
}

#[test]
fn what_is_wrong_is_said_in_kubectls_words() {
    let all = draft(&[]);
    let said = |line| text(&all, 10, line);
    assert_eq!(said("kubectl get pod nope"), "Error from server (NotFound): pods \"nope\" not found\n");
    assert_eq!(said("kubectl get deploy nope"), "Error from server (NotFound): deployments.apps \"nope\" not found\n");
    assert_eq!(said("kubectl get foo"), "error: the server doesn't have a resource type \"foo\"\n");
    assert_eq!(said("kubectl get pods --foo"), "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n");
    assert_eq!(
        said("kubectl delete pod web --now --grace-period=5"),
        "error: --now and --grace-period cannot be specified together\n"
    );
    assert_eq!(
        said("kubectl delete pod web --force --grace-period=5"),
        "error: --force and --grace-period greater than 0 cannot be specified together\n"
    );
    assert_eq!(
        said("kubectl logs web -p"),
        "Error from server (BadRequest): previous terminated container \"app\" in pod \"web\" not found\n"
    );
    assert_eq!(
        said("kubectl logs nope"),
        "error: error from server (NotFound): pods \"nope\" not found in namespace \"default\"\n"
    );
    assert_eq!(said("kubectl logs web -c nope"), "error: container nope is not valid for pod web out of: app\n");
    assert_eq!(
        said("kubectl exec web ps"),
        "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for \
         help and examples\n"
    );
    assert_eq!(said("foo"), "bash: foo: command not found\n");
    assert_eq!(typed(&all, 10, "foo").code, 127);
}

/// Words and flags of a delete, what is printed, and the input it is.
type Delete = (&'static str, &'static str, &'static str);

#[test]
fn deletes_print_what_they_printed_on_a_real_cluster() {
    const FORCED: &str = "Warning: Immediate deletion does not wait for confirmation that the running resource has been \
                          terminated. The resource may continue to run on the cluster indefinitely.\npod \"web\" force deleted \
                          from default namespace\n";
    const PLAIN: &str = "pod \"web\" deleted from default namespace\n";
    let cases: [Delete; 6] = [
        ("", PLAIN, "{at_ms: 20000, do: delete, pod: web}"),
        ("--grace-period=0 --force", FORCED, "{at_ms: 20000, do: delete, pod: web, grace: 0, force: true}"),
        ("--force", FORCED, "{at_ms: 20000, do: delete, pod: web, force: true}"),
        ("--grace-period=1", PLAIN, "{at_ms: 20000, do: delete, pod: web, grace: 1}"),
        ("--now", PLAIN, "{at_ms: 20000, do: delete, pod: web, now: true}"),
        ("--grace-period=0", PLAIN, "{at_ms: 20000, do: delete, pod: web, grace: 0}"),
    ];
    for (flags, printed, input) in cases {
        let line = format!("kubectl delete pod web {flags}");
        let answer = typed(&draft(&[]), 20, &line);
        assert_eq!(
            (answer.text().as_str(), answer.inputs.as_slice()),
            (printed, [input.to_owned()].as_slice()),
            "{line}"
        );
        // The run that has the input answers the same line the same way, and knows when the prompt comes back.
        let after = typed(&with_input(input), 20, &line);
        assert_eq!(after.text(), printed, "{line}");
        let ends = after.ends.map(|at| at.as_micros() / 1_000_000);
        let expected = if flags.contains("force") {
            20
        } else if flags.is_empty() {
            26
        } else {
            22
        };
        assert_eq!(ends, Some(expected), "{line}");
    }
}

#[test]
fn a_delete_may_be_tired_of_waiting() {
    let deleted = with_input("{at_ms: 20000, do: delete, pod: web}");
    let answer = typed(&deleted, 20, "kubectl delete pod web --timeout=3s");
    assert_eq!(
        answer.text(),
        "pod \"web\" deleted from default namespace\nerror: timed out waiting for the condition on pods/web\n"
    );
    assert_eq!((answer.ends, answer.code), (Some(SimTime::from_secs(23)), 1));
    let answer = typed(&deleted, 20, "kubectl delete pod web --wait=false");
    assert_eq!(answer.ends, Some(SimTime::from_secs(20)));
}

#[test]
fn an_older_kubectl_does_not_name_the_namespace() {
    let old = draft(&[("scenario.yaml", "settings: {kubernetes: \"1.30\"}\ninputs: []\n")]);
    assert_eq!(text(&old, 20, "kubectl delete pod web"), "pod \"web\" deleted\n");
}

#[test]
fn a_followed_log_ends_with_its_container() {
    let deleted = with_input("{at_ms: 20000, do: delete, pod: web}");
    let answer = typed(&deleted, 10, "kubectl logs -f web");
    assert_eq!(answer.text(), "up\n");
    assert_eq!(answer.ends.map(|at| at.as_micros() / 1_000_000), Some(26));
    assert!(typed(&deleted, 10, "kubectl logs web --timestamps").text().starts_with("2026-01-01T00:00:0"));
    assert_eq!(typed(&deleted, 10, "kubectl logs web --all-containers --prefix").text(), "[pod/web/app] up\n");
    assert!(typed(&deleted, 40, "kubectl logs web").text().contains("not found"));
}

#[test]
fn ps_shows_itself_beside_the_processes_of_the_container() {
    let shown = text(&draft(&[]), 10, "kubectl exec web -- ps ax");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "    PID TTY      STAT   TIME COMMAND");
    assert!(lines[1].ends_with("/bin/sh -c python3 /app.py"), "{shown}");
    assert!(lines[2].ends_with("python3 /app.py"), "{shown}");
    assert!(lines[3].ends_with("ps ax"), "{shown}");
    let bare = draft(&[("Dockerfile", "FROM python:3.12-slim\nCOPY app.py /\nCMD python3 /app.py\n")]);
    assert!(text(&bare, 10, "kubectl exec web -- ps ax").contains("exec: \"ps\": executable file not found in $PATH"));
}

#[test]
fn any_other_command_in_a_container_becomes_an_input() {
    let line = "kubectl exec web -- sh -c 'echo hi; exit 3'";
    let entry = "{at_ms: 10000, do: exec, pod: web, container: app, argv: [\"sh\", \"-c\", \"echo hi; exit 3\"]}";
    assert_eq!(typed(&draft(&[]), 10, line).inputs, [entry]);
    let after = typed(&with_input(entry), 10, line);
    assert_eq!((after.text().as_str(), after.code), ("hi\ncommand terminated with exit code 3\n", 3));
}

#[test]
fn a_description_says_how_the_pod_stands() {
    let deleted = with_input("{at_ms: 20000, do: delete, pod: web}");
    let shown = text(&deleted, 22, "kubectl describe pod web");
    for expected in [
        "Name:                      web\n",
        "Status:                    Terminating (lasts <invalid>)\nTermination Grace Period:  6s\n",
        "Containers:\n  app:\n    Container ID:   containerd://",
        "    Port:           8080/TCP\n    Host Port:      0/TCP\n    State:          Running\n      Started:      Thu, 01 Jan 2026 00:00:0",
        "    Ready:          True\n    Restart Count:  0\n    Environment:    <none>\n",
        "Conditions:\n  Type                        Status\n  PodReadyToStartContainers   True \n",
        " kubelet            spec.containers{app}: Stopping container app\n",
    ] {
        assert!(shown.contains(expected), "{expected}\nis not in\n{shown}");
    }
}

#[test]
fn no_line_at_no_moment_of_any_story_is_too_much() {
    let lines = [
        "kubectl",
        "kubectl get",
        "kubectl get all -A -o wide",
        "kubectl get pods -w",
        "kubectl get events -w -o wide",
        "kubectl get rs,sts,ds,job,deploy",
        "kubectl get endpointslices -o yaml",
        "kubectl describe pod a",
        "kubectl describe po",
        "kubectl logs -l app=nginx -f",
        "kubectl delete pod --all",
        "kubectl delete -f .",
        "kubectl exec a -- ",
        "kubectl exec -- ls",
        "kubectl scale --replicas=-1 deploy/x",
        "kubectl rollout status deploy",
        "kubectl drain node",
        "kubectl get pods -o",
        "'",
        "kubectl get pods/",
        "kubectl get /x",
        "kubectl --all",
        "kubectl get pods \u{1f980}",
        "kubectl logs \"\" -c ''",
    ];
    for story in stories::all() {
        let Some(scenario) = story.draft().check().0 else { continue };
        let run = world::run(&scenario);
        for line in lines {
            for ms in [0, 1, 21_000, 100_000_000] {
                let at = SimTime::from_millis(ms);
                let answer = answer(Asked { trace: &run.trace, inventory: &scenario.inventory, at, line });
                assert!(answer.lines.is_sorted_by_key(|l| l.at), "{}: {line} at {ms}", story.name);
            }
        }
    }
}

/// Two containers of Docker: one that drops its stop signal, one with an init.
fn docker(inputs: &str) -> Draft {
    let scenario = format!(
        "docker:\n- docker run -d --name web app\n- docker run -d --init --name quick app sleep 100\nsettings: {{end_ms: \
         60000}}\ninputs: [{inputs}]\n"
    );
    let mut draft = draft(&[("scenario.yaml", &scenario)]);
    draft.files.remove("pod.yaml");
    draft
}

#[test]
fn docker_lists_its_containers_with_how_they_ended() {
    let stopped = docker("{at_ms: 20000, do: stop, container: web}");
    let shown = text(&stopped, 10, "docker ps");
    let lines: Vec<&str> = shown.lines().map(|l| l.split_at(15).1).collect();
    assert_eq!(
        lines[0], "IMAGE     COMMAND                  CREATED          STATUS         PORTS     NAMES",
        "{shown}"
    );
    assert_eq!(
        lines[1], "app       \"sleep 100\"              10 seconds ago   Up 9 seconds             quick",
        "{shown}"
    );
    assert_eq!(
        lines[2], "app       \"/bin/sh -c python3 …\"   10 seconds ago   Up 9 seconds             web",
        "{shown}"
    );
    let listed = text(&stopped, 40, "docker ps -a --filter name=web");
    assert!(listed.contains("Exited (137) 9 seconds ago"), "{listed}");
    assert_eq!(text(&stopped, 40, "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web"), "exited 137\n");
    assert_eq!(text(&stopped, 40, "docker inspect --format {{.HostConfig.Init}} quick"), "true\n");
    assert_eq!(text(&stopped, 10, "docker logs web"), "up\n");
    assert_eq!(typed(&stopped, 10, "docker wait web").text(), "137\n");
}

#[test]
fn docker_stop_prints_the_name_when_the_container_has_ended() {
    let line = "docker stop -t 3 web quick";
    let before = typed(&docker(""), 20, line);
    let inputs = [
        "{at_ms: 20000, do: stop, container: web, timeout: 3}",
        "{at_ms: 20000, do: stop, container: quick, timeout: 3}",
    ];
    assert_eq!(before.inputs, inputs);
    let after = typed(&docker(&inputs.join(", ")), 20, line);
    assert_eq!(after.text(), "web\nquick\n");
    assert_eq!(after.ends.map(|at| at.as_micros() / 1_000_000), Some(23));
}

#[test]
fn docker_says_what_is_wrong_in_its_own_words() {
    let said = |line| text(&docker(""), 10, line);
    assert_eq!(said("docker stop nope"), "Error response from daemon: No such container: nope\n");
    assert_eq!(
        said("docker stop"),
        "docker: 'docker stop' requires at least 1 argument\n\nUsage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]\n\nSee \
         'docker stop --help' for more information\n"
    );
    assert_eq!(
        said("docker ps --foo"),
        "unknown flag: --foo\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n"
    );
    assert_eq!(typed(&docker(""), 10, "docker ps --foo").code, 125);
    assert_eq!(
        said("docker stop -t a b").lines().next(),
        Some("invalid argument \"a\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"a\": invalid syntax")
    );
    assert_eq!(said("docker foo"), "docker: unknown command: docker foo\n\nRun 'docker --help' for more information\n");
    assert!(said("kubectl get pods").starts_with("The connection to the server localhost:8080 was refused"));
    assert!(text(&draft(&[]), 10, "docker ps").starts_with("Cannot connect to the Docker daemon"));
}

#[test]
fn a_bare_ps_shows_the_first_container() {
    let shown = text(&docker(""), 10, "ps ax");
    assert!(shown.contains("/bin/sh -c python3 /app.py") && shown.ends_with("ps ax\n"), "{shown}");
}
