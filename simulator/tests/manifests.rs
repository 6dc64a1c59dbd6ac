//! Manifests of a recorded Kubernetes 1.36 cluster are read without errors, and bad ones get located answers.

use std::fmt::Write as _;

use simulator::base::diagnostic::Severity;
use simulator::base::signal::Signal;
use simulator::pod::rolling::Share;
use simulator::pod::spec::{
    Action, EnvValue, Manifests, PortRef, RestartAction, RestartPolicy, Strategy, WorkloadKind,
};
use simulator::pod::{Api, parse};

fn recorded(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/data/manifests/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn said(text: &str, api: Api) -> Vec<String> {
    parse("pod.yaml", text, api).1.iter().map(ToString::to_string).collect()
}

fn clean(text: &str) -> Manifests {
    let (manifests, remarks) = parse("pod.yaml", text, Api::default());
    assert_eq!(remarks, []);
    manifests
}

/// A pod whose only container has these further lines, each indented for a container field.
fn pod(spec: &str, container: &str) -> String {
    let mut text = String::from("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n");
    for line in spec.lines() {
        writeln!(text, "  {line}").unwrap();
    }
    text.push_str("  containers:\n  - name: app\n    image: x\n");
    for line in container.lines() {
        writeln!(text, "    {line}").unwrap();
    }
    text
}

#[test]
fn recorded_manifests_are_read_without_a_remark_but_for_the_refused_one() {
    let api = Api { container_stop_signals: true, ..Api::default() };
    let mut files = 0;
    for entry in std::fs::read_dir(format!("{}/tests/data/manifests", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (manifests, remarks) = parse(path.file_name().unwrap().to_str().unwrap(), &text, api);
        if path.ends_with("g3-prestop-sleep-action-too-long.yaml") {
            // Named for being refused: no run of it was recorded.
            assert_eq!(remarks.len(), 1);
            assert_eq!(
                remarks[0].to_string(),
                "g3-prestop-sleep-action-too-long.yaml:27:11: error: spec.containers[0].lifecycle.preStop.sleep: Invalid value: 20: must be non-negative and less than terminationGracePeriodSeconds (6)"
            );
        } else {
            assert_eq!(remarks, [], "{}", path.display());
        }
        assert_eq!(manifests.workloads.len(), 1, "{}", path.display());
        assert_eq!(manifests.not_simulated, [], "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 64);
}

#[test]
fn a_deployment_and_its_service_are_linked_by_labels() {
    let manifests = clean(&recorded("r3-nginx-sigquit-prestop5.yaml"));
    let workload = &manifests.workloads[0];
    assert_eq!(workload.kind.name(), "Deployment");
    assert_eq!(workload.kind.replicas(), 10);
    let WorkloadKind::Deployment { strategy, .. } = &workload.kind else { panic!("{:?}", workload.kind) };
    let quarter = Share::Percent(25);
    assert_eq!(strategy.value, Strategy::RollingUpdate { max_surge: quarter, max_unavailable: quarter });
    assert!(!strategy.written);
    let container = &workload.pod.containers[0];
    let Some(hook) = &container.lifecycle.pre_stop else { panic!("no hook") };
    let Action::Exec { command } = &hook.value else { panic!("{hook:?}") };
    assert_eq!(command.iter().map(|c| c.value.as_str()).collect::<Vec<_>>(), ["/bin/sleep", "5"]);
    let readiness = container.readiness.as_ref().unwrap();
    assert_eq!(readiness.action, Action::TcpSocket { port: PortRef::Number(80), host: None });
    assert_eq!((readiness.period_seconds.value, readiness.failure_threshold.value), (10, 3));
    let services: Vec<_> = manifests.services_of(workload).collect();
    assert_eq!(services.len(), 1);
    assert_eq!(services[0].ports[0].target.value, PortRef::Number(80));
}

#[test]
fn sidecars_are_told_from_init_containers() {
    let manifests = clean(&recorded("l4-sidecar-prestop.yaml"));
    assert!(manifests.workloads[0].pod.sidecars().count() >= 1);
}

#[test]
fn a_pod_without_anything_has_the_defaults_of_the_api() {
    let manifests = clean(&pod("", ""));
    let pod = &manifests.workloads[0].pod;
    assert_eq!(pod.termination_grace_period_seconds.value, 30);
    assert!(!pod.termination_grace_period_seconds.written);
    assert_eq!(pod.restart_policy.value, RestartPolicy::Always);
    assert_eq!(pod.meta.namespace.value, "default");
    assert_eq!(pod.containers[0].command, None);
}

#[test]
fn values_know_their_place() {
    let text = pod("terminationGracePeriodSeconds: 45", "");
    let manifests = clean(&text);
    let span = manifests.workloads[0].pod.termination_grace_period_seconds.span;
    assert_eq!(&text[span.start as usize..span.end as usize], "45");
}

#[test]
fn a_sleep_longer_than_the_grace_is_refused() {
    let hook = "lifecycle:\n  preStop:\n    sleep:\n      seconds: 11";
    let text = pod("terminationGracePeriodSeconds: 10", hook);
    assert_eq!(
        said(&text, Api::default()),
        [
            "pod.yaml:13:11: error: spec.containers[0].lifecycle.preStop.sleep: Invalid value: 11: must be non-negative and less than terminationGracePeriodSeconds (10)"
        ]
    );
    assert_eq!(said(&pod("terminationGracePeriodSeconds: 11", hook), Api::default()), Vec::<String>::new());
}

#[test]
fn a_sleep_of_zero_is_accepted_from_1_33() {
    let text = pod("", "lifecycle:\n  preStop:\n    sleep:\n      seconds: 0");
    assert_eq!(said(&text, Api::of_minor(33)), Vec::<String>::new());
    assert_eq!(
        said(&text, Api::of_minor(31)),
        [
            "pod.yaml:12:11: error: spec.containers[0].lifecycle.preStop.sleep: Invalid value: 0: must be greater than 0 and less than terminationGracePeriodSeconds (30)"
        ]
    );
}

#[test]
fn before_1_30_the_sleep_is_dropped_and_the_hook_is_empty() {
    let text = pod("", "lifecycle:\n  preStop:\n    sleep:\n      seconds: 5");
    assert_eq!(
        said(&text, Api::of_minor(29)),
        [
            "pod.yaml:11:9: error: spec.containers[0].lifecycle.preStop: Required value: must specify a handler type",
            "pod.yaml:12:11: warning: spec.containers[0].lifecycle.preStop.sleep is dropped: the gate PodLifecycleSleepAction is off; Kubernetes honours it from 1.30, this is 1.29",
        ]
    );
}

#[test]
fn a_hook_has_exactly_one_handler() {
    let text = pod(
        "",
        "lifecycle:\n  preStop:\n    exec: {command: [sleep, \"5\"]}\n    sleep: {seconds: 5}\n  postStart: {}",
    );
    assert_eq!(
        said(&text, Api::default()),
        [
            "pod.yaml:12:17: error: spec.containers[0].lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type",
            "pod.yaml:13:18: error: spec.containers[0].lifecycle.postStart: Required value: must specify a handler type",
        ]
    );
}

#[test]
fn a_number_in_a_command_is_refused_and_the_quotes_are_named() {
    let text = pod("", "command: [sleep, 5]");
    assert_eq!(
        said(&text, Api::default()),
        [
            "pod.yaml:9:22: error: json: cannot unmarshal number into Go struct field Container.spec.containers.command of type string; quote it: \"5\""
        ]
    );
}

#[test]
fn what_follows_from_a_wrong_type_is_not_said() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    name: app\n    image: x\n";
    assert_eq!(
        said(text, Api::default()),
        [
            "pod.yaml:6:5: error: json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container; spec.containers is a list: begin each element with a dash"
        ]
    );
}

#[test]
fn a_negative_grace_is_stored_as_one_second() {
    let text = pod("terminationGracePeriodSeconds: -5", "");
    let (manifests, remarks) = parse("pod.yaml", &text, Api::default());
    assert_eq!(manifests.workloads[0].pod.termination_grace_period_seconds.value, 1);
    assert_eq!(remarks[0].severity, Severity::Warning);
}

#[test]
fn a_probe_may_have_its_own_grace_except_readiness() {
    let text = pod(
        "",
        "ports: [{containerPort: 80}]\nlivenessProbe:\n  tcpSocket: {port: 80}\n  terminationGracePeriodSeconds: 0\nreadinessProbe:\n  tcpSocket: {port: 80}\n  terminationGracePeriodSeconds: 5\n  successThreshold: 2\nstartupProbe:\n  tcpSocket: {port: 80}\n  successThreshold: 2\n  terminationGracePeriodSeconds: 100",
    );
    assert_eq!(
        said(&text, Api::default()),
        [
            "pod.yaml:12:38: error: spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0",
            "pod.yaml:15:38: error: spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes",
            "pod.yaml:19:25: error: spec.containers[0].startupProbe.successThreshold: Invalid value: 2: must be 1",
        ]
    );
}

#[test]
fn a_stop_signal_needs_the_gate_and_the_name_of_the_system() {
    let lifecycle = "lifecycle: {stopSignal: SIGQUIT}";
    let on = Api { container_stop_signals: true, ..Api::default() };
    assert_eq!(
        said(&pod("", lifecycle), on),
        [
            "pod.yaml:9:29: error: spec.containers[0].lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`"
        ]
    );
    let text = pod("os: {name: linux}", lifecycle);
    let (manifests, remarks) = parse("pod.yaml", &text, on);
    assert_eq!(remarks, []);
    let signal = manifests.workloads[0].pod.containers[0].lifecycle.stop_signal.as_ref().map(|s| s.value);
    assert_eq!(signal, Some(Signal::QUIT));
    let (manifests, remarks) = parse("pod.yaml", &text, Api::default());
    assert!(remarks[0].message.ends_with("is dropped: the gate ContainerStopSignals is off"));
    assert_eq!(manifests.workloads[0].pod.containers[0].lifecycle.stop_signal, None);
    assert!(said(&pod("os: {name: linux}", "lifecycle: {stopSignal: TERM}"), on)[0].ends_with("; write SIGTERM"));
}

#[test]
fn restart_rules_need_a_policy_and_a_release_that_knows_them() {
    let rule = "restartPolicyRules:\n- action: Restart\n  exitCodes: {operator: In, values: [42]}";
    let with_policy = format!("restartPolicy: Never\n{rule}");
    let manifests = clean(&pod("", &with_policy));
    let container = &manifests.workloads[0].pod.containers[0];
    assert_eq!(container.restart_rule(42), Some((0, RestartAction::Restart)));
    assert_eq!(container.restart_rule(41), None);
    assert_eq!(
        said(&pod("", rule), Api::default()),
        [
            "pod.yaml:10:7: error: spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart \
          rules are used"
        ]
    );
    let all = with_policy.replace("Restart\n", "RestartAllContainers\n");
    assert_eq!(said(&pod("", &all), Api::of_minor(36)), Vec::<String>::new());
    assert_eq!(
        said(&pod("", &all), Api::of_minor(35)),
        ["pod.yaml:11:15: error: spec.containers[0].restartPolicyRules[0].action: Unsupported value: \
          \"RestartAllContainers\": supported values: \"Restart\""]
    );
    assert!(said(&pod("", rule), Api::of_minor(34))[0].contains("the gate ContainerRestartRules is off"));
}

#[test]
fn names_are_checked_and_must_differ() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: My_Pod}\nspec:\n  containers:\n  - {name: a, image: x}\n  - {name: a, image: x}\n  restartPolicy: always\n";
    let said = said(text, Api::default());
    assert!(
        said[0].starts_with("pod.yaml:3:18: error: metadata.name: Invalid value: \"My_Pod\": a lowercase RFC 1123")
    );
    assert_eq!(said[1], "pod.yaml:7:12: error: spec.containers[1].name: Duplicate value: \"a\"");
    assert_eq!(
        said[2],
        "pod.yaml:8:18: error: spec.restartPolicy: Unsupported value: \"always\": supported values: \"Always\", \"OnFailure\", \"Never\"; did you mean Always?"
    );
}

#[test]
fn a_selector_must_match_the_labels_of_its_template() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  selector:\n    matchLabels: {app: a}\n  template:\n    metadata:\n      labels: {app: b}\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: x}]\n";
    assert_eq!(
        said(text, Api::default()),
        [
            "pod.yaml:9:16: error: spec.template.metadata.labels: Invalid value: {\"app\":\"b\"}: `selector` does not match template `labels`",
            "pod.yaml:11:22: error: spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
        ]
    );
}

#[test]
fn a_job_says_what_happens_when_it_fails() {
    let text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 3\n  template:\n    spec:\n      containers: [{name: c, image: x}]\n";
    assert_eq!(
        said(text, Api::default()),
        [
            "pod.yaml:8:7: error: spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""
        ]
    );
    let manifests = clean(&text.replace("    spec:\n", "    spec:\n      restartPolicy: Never\n"));
    let WorkloadKind::Job { completions, parallelism, backoff_limit, .. } = &manifests.workloads[0].kind else {
        panic!("no job")
    };
    assert_eq!(completions.as_ref().map(|c| c.value), Some(3));
    assert_eq!((parallelism.value, backoff_limit.value), (1, 6));
}

#[test]
fn an_old_api_version_is_sent_to_the_new_one() {
    let text = "apiVersion: extensions/v1beta1\nkind: Deployment\n";
    assert_eq!(
        said(text, Api::default()),
        [
            "pod.yaml:1:13: error: no matches for kind \"Deployment\" in version \"extensions/v1beta1\"; write apiVersion: apps/v1"
        ]
    );
    assert_eq!(said("apiVersion: apps/v1\nkind: Deploymnet\n", Api::default()).len(), 1);
}

#[test]
fn other_kinds_are_listed_and_do_not_stop_the_rest() {
    let text = format!("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i}}\n---\n{}", pod("", ""));
    let manifests = clean(&text);
    assert_eq!(manifests.workloads.len(), 1);
    assert_eq!(manifests.not_simulated[0].to_string(), "pod.yaml:2:7: note: kind Ingress is not simulated");
}

#[test]
fn a_list_holds_objects() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data: {run.sh: \"exec app\"}\n";
    let manifests = clean(text);
    assert_eq!(manifests.config_map("default", "c").unwrap().data["run.sh"].value, "exec app");
}

#[test]
fn references_of_variables_are_kept() {
    let text =
        pod("", "env:\n- {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n- {name: A, value: \"1\"}");
    let manifests = clean(&text);
    let env = &manifests.workloads[0].pod.containers[0].env;
    assert_eq!(env[0].value.value, EnvValue::Field("metadata.name".into()));
    assert_eq!(env[1].value.value, EnvValue::Literal("1".into()));
}

#[test]
fn a_text_beyond_the_limit_is_not_read() {
    let text = "#".repeat(33 * 1024);
    assert_eq!(said(&text, Api::default()), ["pod.yaml:1:1: error: the file has 33792 bytes, at most 32768 are read"]);
    assert_eq!(said(&text, Api { max_bytes: 64 * 1024, ..Api::default() }), Vec::<String>::new());
}

#[test]
fn arbitrary_bytes_and_mutated_manifests_never_panic_and_point_into_the_text() {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let tokens = [
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "&a ",
        "*a",
        "<<: ",
        "|\n",
        ">-\n",
        "'",
        "\"",
        "---\n",
        "\n",
        "\t",
        "yes",
        "-1",
        "~",
        "!!int ",
        "é",
        "\0",
        "sleep",
        "9999999999999999999",
        "spec",
        "\r\n",
        "? ",
        "%",
        "null",
        "1e+9",
        "\u{feff}",
        "  ",
    ];
    let seeds: Vec<Vec<char>> = ["l4-sidecar-prestop.yaml", "r3-nginx-sigquit-prestop5.yaml", "q3-eps-prestop.yaml"]
        .map(|name| recorded(name).chars().collect())
        .to_vec();
    let mut objects = 0;
    for round in 0..3_000 {
        let text: String = if round % 4 == 0 {
            (0..next(60)).map(|_| char::from_u32(u32::try_from(next(0x300)).unwrap()).unwrap_or('?')).collect()
        } else if round % 4 == 1 {
            (0..next(40)).map(|_| tokens[next(tokens.len())]).collect()
        } else {
            let mut text = seeds[next(seeds.len())].clone();
            for _ in 0..=next(4) {
                let at = next(text.len());
                match next(3) {
                    0 => drop(text.remove(at)),
                    1 => drop(text.splice(at..at, tokens[next(tokens.len())].chars())),
                    _ => drop(text.splice(at..(at + 8).min(text.len()), tokens[next(tokens.len())].chars())),
                }
            }
            text.into_iter().collect()
        };
        let api = Api::of_minor(u8::try_from(20 + next(17)).unwrap());
        let (manifests, remarks) = parse("pod.yaml", &text, api);
        objects += manifests.workloads.len();
        for remark in remarks.iter().chain(&manifests.not_simulated) {
            assert!(text.get(remark.span.start as usize..remark.span.end as usize).is_some(), "{remark} in {text:?}");
        }
    }
    assert!(objects > 200, "{objects}");
}
