//! Generated manifests: a Pod, Deployment, StatefulSet or Job with hooks, probes, sidecars and graces; and its inputs.

use super::generate::Dice;

/// A manifest with one workload named `app` and a Service.
pub fn manifest(dice: &mut Dice) -> String {
    let pod = pod_spec(dice);
    let labels = "  labels: {app: app}\n";
    let service = "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: app\nspec:\n  selector: {app: app}\n  ports:\n  - port: 80\n";
    let replicas = dice.between(1, 4);
    let template = |kind: &str, more: &str| {
        let inner: String = pod.lines().map(|line| format!("      {line}\n")).collect();
        format!(
            "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: app\nspec:\n  replicas: {replicas}\n{more}  selector:\n    \
             matchLabels: {{app: app}}\n  template:\n    metadata:\n      labels: {{app: app}}\n    spec:\n{inner}"
        )
    };
    let workload = match dice.between(0, 5) {
        0 | 1 => template("Deployment", ""),
        2 => template("StatefulSet", "  serviceName: app\n"),
        3 => job(dice, &pod),
        _ => {
            let policy = dice.pick(&["Always", "OnFailure", "Never"]);
            let inner: String = pod.lines().map(|line| format!("  {line}\n")).collect();
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\n{labels}spec:\n  restartPolicy: {policy}\n{inner}"
            )
        }
    };
    format!("{workload}{service}")
}

fn job(dice: &mut Dice, pod: &str) -> String {
    let inner: String = pod.lines().map(|line| format!("      {line}\n")).collect();
    let policy = dice.pick(&["OnFailure", "Never"]);
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: app\nspec:\n  backoffLimit: {}\n  template:\n    metadata:\n      \
         labels: {{app: app}}\n    spec:\n      restartPolicy: {policy}\n{inner}",
        dice.between(0, 3)
    )
}

/// The fields of a pod's `spec`, without indentation.
fn pod_spec(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.chance(70) {
        text.push_str(&format!("terminationGracePeriodSeconds: {}\n", dice.between(0, 20)));
    }
    if dice.chance(20) {
        text.push_str("shareProcessNamespace: true\n");
    }
    if dice.chance(25) {
        text.push_str("initContainers:\n");
        if dice.chance(50) {
            text.push_str("- name: before\n  image: busybox:1.36\n  command: [sleep, \"1\"]\n");
        }
        text.push_str("- name: side\n  image: busybox:1.36\n  restartPolicy: Always\n");
        text.push_str(&format!(
            "  command: {}\n",
            dice.pick(&["[sleep, \"1000\"]", "[sh, -c, \"trap 'exit 0' TERM; while :; do sleep 1; done\"]"])
        ));
    }
    text.push_str("containers:\n- name: app\n  image: my-app\n");
    text.push_str(&container(dice));
    if dice.chance(20) {
        text.push_str("- name: second\n  image: busybox:1.36\n  command: [sh, -c, \"sleep 1000\"]\n");
    }
    text
}

fn container(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.chance(40) {
        let hook = match dice.between(0, 4) {
            0 => format!("sleep:\n        seconds: {}", dice.between(1, 12)),
            1 => "httpGet:\n        path: /stop\n        port: 80".to_owned(),
            2 => "exec:\n        command: [sh, -c, \"kill -TERM 1; sleep 2\"]".to_owned(),
            3 => "exec:\n        command: [\"/no/such\"]".to_owned(),
            _ => format!("exec:\n        command: [sleep, \"{}\"]", dice.between(0, 15)),
        };
        text.push_str(&format!("  lifecycle:\n    preStop:\n      {hook}\n"));
        if dice.chance(30) {
            let action = dice.pick(&["[sleep, \"2\"]", "[sleep, \"20\"]", "[\"false\"]", "[sh, -c, \"sleep 60 &\"]"]);
            text.push_str(&format!("    postStart:\n      exec:\n        command: {action}\n"));
        }
    }
    for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
        if dice.chance(20) {
            let action = dice.pick(&[
                "tcpSocket: {port: 80}",
                "httpGet: {path: /health, port: 80}",
                "exec: {command: [\"true\"]}",
                "exec: {command: [sh, -c, \"exit 1\"]}",
            ]);
            let period = dice.between(1, 5);
            text.push_str(&format!("  {probe}:\n    {action}\n    periodSeconds: {period}\n"));
        }
    }
    text
}

/// `scenario.yaml`: settings, traffic and inputs, at the end a delete of everything.
pub fn scenario(dice: &mut Dice, seed: u64) -> String {
    let mut text = format!("title: generated {seed}\nsettings:\n  seed: {}\n", dice.between(0, 1_000_000));
    if dice.chance(20) {
        text.push_str(&format!("  tie_salt: {}\n", dice.between(1, 1_000)));
    }
    text.push_str(&format!("  kubernetes: \"1.{}\"\n", dice.between(20, 36)));
    text.push_str(&format!("  runtime: {}\n", dice.pick(&["containerd", "containerd", "dockershim"])));
    if dice.chance(60) {
        let (per_s, service) = (dice.between(1, 20), dice.pick(&["0", "50", "700", "4000"]));
        let lag = dice.between(0, 3_000);
        let kept = if dice.chance(30) { ", keep_alive: 3" } else { "" };
        let path = dice.pick(&["", "", ", path: ingress-nginx", ", path: alb"]);
        let most = if dice.chance(30) { ", at_once: 2" } else { "" };
        let lag = if dice.chance(50) { format!(", lag_ms: [{}, {lag}]", lag / 2) } else { String::new() };
        text.push_str(&format!(
            "  traffic: {{per_s: {per_s}, service_ms: {service}, port: 80, start_ms: 4000, end_ms: 40000, timeout_ms: 8000{kept}{path}{most}{lag}}}\n"
        ));
    }
    text.push_str("inputs:\n");
    let mut at = 3_000;
    for _ in 0..dice.between(0, 4) {
        at += dice.between(0, 9_000);
        text.push_str(&format!("- {{at_ms: {at}, {}}}\n", input(dice)));
    }
    let last = 30_000.max(at + dice.between(0, 2_000));
    text.push_str(&format!("- {{at_ms: {last}, do: delete}}\n"));
    if dice.chance(30) {
        text.push_str(&format!(
            "- {{at_ms: {}, do: delete{}}}\n",
            last + dice.between(0, 9_000),
            dice.pick(&["", ", grace: 1", ", now: true", ", force: true, grace: 0"])
        ));
    }
    text
}

/// What somebody does, without the time.
pub fn input(dice: &mut Dice) -> String {
    let signal = dice.pick(&["TERM", "KILL", "INT", "HUP", "USR1", "STOP", "CONT", "QUIT", "CHLD"]);
    match dice.between(0, 8) {
        8 => "do: delete, force: true, grace: 0".into(),
        0 => format!("do: scale, workload: app, replicas: {}", dice.between(0, 5)),
        1 => "do: restart, workload: app".into(),
        2 => "do: exec, argv: [ps, ax]".into(),
        3 => "do: exec, argv: [/bin/sh], stdin: \"sleep 3 &\\nexit\\n\"".into(),
        4 => format!("do: exec, argv: [kill, -{signal}, \"1\"]"),
        5 => "do: delete, pod: app".into(),
        _ => format!("do: signal, pid: {}, signal: {signal}", dice.between(1, 9)),
    }
}
