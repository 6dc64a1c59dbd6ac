//! kubectl's structured output and its waiting, against the formats of kubectl 1.36.

use simulator::base::time::SimTime;
use simulator::scenario::Draft;
use simulator::view::terminal::{Asked, answer};
use simulator::world;

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {team: shop}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: app
        image: registry.example/web:1.2
        ports: [{containerPort: 8080}]
        livenessProbe: {exec: {command: [\"true\"]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: once}
spec:
  restartPolicy: Never
  containers: [{name: main, image: debian:12, command: [sh, -c, \"echo no disk > /dev/termination-log; exit 3\"]}]
";

/// Lines with the time at which each appears, in tenths of a second.
fn typed(seconds: u64, line: &str) -> Vec<(u64, String)> {
    let files = [
        ("pod.yaml", WEB),
        ("Dockerfile.web", "FROM debian:12\nCMD [\"sleep\", \"1000\"]\n"),
        ("scenario.yaml", "settings: {end_ms: 60000}\ninputs:\n- {at_ms: 20000, do: restart, workload: web}\n"),
    ];
    let draft = Draft::new(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let (scenario, remarks) = draft.check();
    let scenario = scenario.unwrap_or_else(|| panic!("{remarks:?}"));
    let run = world::run(&scenario);
    let asked = Asked { trace: &run.trace, inventory: &scenario.inventory, at: SimTime::from_secs(seconds), line };
    answer(asked).lines.into_iter().map(|l| (l.at.as_micros() / 100_000, l.text)).collect()
}

fn text(seconds: u64, line: &str) -> String {
    typed(seconds, line).into_iter().map(|(_, text)| text + "\n").collect()
}

/// The lines between two lines, without the first.
fn part(all: &str, from: &str, to: &str) -> String {
    let behind = all.split_once(from).unwrap_or_else(|| panic!("no {from} in\n{all}")).1;
    behind.split_once(to).unwrap_or_else(|| panic!("no {to} in\n{behind}")).0.to_owned()
}

#[test]
fn a_deployment_is_printed_with_the_defaults_of_the_api() {
    let all = text(10, "kubectl get deploy web -o yaml");
    let spec = part(&all, "\nspec:\n", "status:\n");
    assert_eq!(
        spec,
        "  progressDeadlineSeconds: 600
  replicas: 2
  revisionHistoryLimit: 10
  selector:
    matchLabels:
      app: web
  strategy:
    rollingUpdate:
      maxSurge: 25%
      maxUnavailable: 25%
    type: RollingUpdate
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - image: registry.example/web:1.2
        imagePullPolicy: IfNotPresent
        livenessProbe:
          exec:
            command:
            - \"true\"
          failureThreshold: 3
          periodSeconds: 10
          successThreshold: 1
          timeoutSeconds: 1
        name: app
        ports:
        - containerPort: 8080
          protocol: TCP
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 5
"
    );
    assert!(all.starts_with("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  annotations:\n"), "{all}");
    assert!(all.contains("status:\n  availableReplicas: 2\n"), "{all}");
}

#[test]
fn a_pod_says_how_its_container_ended() {
    let all = text(10, "kubectl get pod once -o yaml");
    let state = part(&all, "    started: false\n    state:\n", "  hostIP:");
    let known: Vec<&str> = state.lines().filter(|l| !l.contains("containerID")).collect();
    assert_eq!(
        known.join("\n"),
        "      terminated:\n        exitCode: 3\n        finishedAt: \"2026-01-01T00:00:01Z\"\n        message: |\n          no \
         disk\n        reason: Error\n        startedAt: \"2026-01-01T00:00:01Z\""
    );
    let described = text(10, "kubectl describe pod once");
    assert!(described.contains("no disk\n\n"), "{described}");
}

#[test]
fn paths_and_columns_are_read_from_the_same_object() {
    let get = |rest: &str| text(10, &format!("kubectl get {rest}"));
    assert_eq!(get("pods -l app=web -o jsonpath={.items[*].status.phase}"), "Running Running\n");
    assert_eq!(get("pod once -o jsonpath='{.status.containerStatuses[0].state.terminated.exitCode}'"), "3\n");
    assert_eq!(
        get("pods -o custom-columns=NAME:.metadata.name,CODE:.status.containerStatuses[0].state.terminated.exitCode \
             --sort-by=.metadata.name")
        .lines()
        .next_back(),
        get("pods -o custom-columns=NAME:.metadata.name,CODE:.status.nothing").lines().next_back()
    );
    assert_eq!(
        get("svc web -o custom-columns=NAME:metadata.name,PORT:{.spec.ports[0].targetPort},X:.no"),
        "NAME   PORT   X\nweb    8080   <none>\n"
    );
    assert_eq!(get("svc web -o jsonpath"), "error: template format specified but no template given\n");
    assert_eq!(get("pod nix -o json"), "Error from server (NotFound): pods \"nix\" not found\n");
    assert_eq!(get("pod once -o go-template=x"), "not simulated: kubectl get -o go-template=x\n");
}

#[test]
fn a_list_stands_around_several_objects() {
    let all = text(10, "kubectl get svc -o json");
    assert!(all.starts_with("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        {\n"), "{all}");
    assert!(
        all.ends_with(
            "    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n"
        ),
        "{all}"
    );
}

#[test]
fn waiting_ends_when_it_is_so_or_when_the_time_is_over() {
    let name = text(19, "kubectl get pods -l app=web -o jsonpath={.items[0].metadata.name}");
    let wait = |rest: &str| {
        let all = typed(19, &format!("kubectl wait {}", rest.replace("NAME", name.trim())));
        all.into_iter()
            .map(|(at, text)| format!("{} {}", at / 10, text.replace(name.trim(), "NAME")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        wait("--for=delete pod/NAME --timeout=60s").concat().split_once(' ').map(|(_, t)| t),
        Some("pod/NAME condition met")
    );
    assert_eq!(
        wait("--for=delete pod/NAME --timeout=2s"),
        ["21 error: timed out waiting for the condition on pods/NAME"]
    );
    assert_eq!(wait("--for=condition=Available deploy/web"), ["19 deployment.apps/web condition met"]);
    assert_eq!(wait("--for=jsonpath='{.status.phase}'=Failed pod/once"), ["19 pod/once condition met"]);
    assert_eq!(wait("--for=delete pod/nix"), Vec::<String>::new());
    assert_eq!(wait("--for=condition=Ready pod/nix"), ["19 Error from server (NotFound): pods \"nix\" not found"]);
    assert_eq!(wait("--for=ready pod/once"), ["19 error: unrecognized condition: \"ready\""]);
    assert_eq!(wait("pod/once"), ["19 error: required flag(s) \"for\" not set"]);
}

#[test]
fn a_rollout_has_a_history() {
    assert_eq!(
        text(40, "kubectl rollout history deployment/web"),
        "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n"
    );
    assert!(text(40, "kubectl rollout undo deployment/web").starts_with("not simulated: kubectl rollout undo"));
}

#[test]
fn a_deployment_is_described_with_its_template_and_its_replica_sets() {
    let all = text(24, "kubectl describe deploy web");
    let sets = all.lines().filter(|l| l.contains("ReplicaSet"));
    let known: Vec<String> = sets
        .map(|l| {
            l.split("web-").next().unwrap_or("").to_owned()
                + l.split_once(' ').map_or("", |_| l.split_once('(').map_or("", |(_, n)| n))
        })
        .collect();
    assert_eq!(
        known,
        [
            "  Progressing    True    NewReplicaSetAvailable",
            "OldReplicaSets:  0/0 replicas created)",
            "NewReplicaSet:   2/2 replicas created)"
        ]
    );
    assert_eq!(
        part(&all, "Selector:", "Conditions:"),
        "               app=web
Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        0
RollingUpdateStrategy:  25% max unavailable, 25% max surge
Pod Template:
  Labels:  app=web
  Containers:
   app:
    Image:         registry.example/web:1.2
    Port:          8080/TCP
    Host Port:     0/TCP
    Liveness:      exec [true] delay=0s timeout=1s period=10s successThreshold=1 failureThreshold=3
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
"
    );
}

#[test]
fn a_service_is_described_with_the_endpoints_that_are_ready() {
    assert_eq!(
        text(10, "kubectl describe service web"),
        "\
Name:                     web
Namespace:                default
Labels:                   <none>
Annotations:              <none>
Selector:                 app=web
Type:                     ClusterIP
IP Family Policy:         SingleStack
IP Families:              IPv4
IP:                       10.96.0.100
IPs:                      10.96.0.100
Port:                     <unset>  80/TCP
TargetPort:               8080/TCP
Endpoints:                10.244.0.11:8080,10.244.0.12:8080
Session Affinity:         None
Internal Traffic Policy:  Cluster
Events:                   <none>
"
    );
    let slice = text(10, "kubectl describe endpointslices");
    assert!(
        slice.contains("  - Addresses:  10.244.0.11\n    Conditions:\n      Ready:    true\n    Hostname:   <unset>\n"),
        "{slice}"
    );
    assert!(text(10, "kubectl describe node").starts_with("Name:               node\nRoles:              <none>\n"));
    assert_eq!(text(10, "kubectl describe rs"), "not simulated: kubectl describe replicasets.apps\n");
}
