//! Pods and triggers with what the real kubelet code did, from `data/kubelet-cases.json`.
//!
//! Most were run on the kill path of Kubernetes 1.36.2 with a scripted container runtime; the others were derived from its
//! source. `meta` of the data says how. Times may differ by 0.2 s, timeouts of the stop call by 1 s.

use serde_json::Value;
use simulator::base::time::SimDuration;
use simulator::kubelet::Version;
use simulator::kubelet::case::{self, Answer, Input, Line};

/// Cases that must agree; only ever raised.
const FLOOR: usize = 50;

fn time(value: &Value) -> Option<SimDuration> {
    value.as_number().and_then(|n| SimDuration::parse_secs(&n.to_string()))
}

fn near(a: SimDuration, b: SimDuration) -> bool {
    a.saturating_sub(b).max(b.saturating_sub(a)) <= SimDuration::from_millis(200)
}

/// `StopContainer(timeout=29)` as `StopContainer` and 29.
fn timeout(text: &str) -> (&str, i64) {
    match text.split_once("(timeout=") {
        Some((head, rest)) => (head, rest.trim_end_matches(')').parse().unwrap_or(0)),
        None => (text, 0),
    }
}

/// A derived case says `exit 0` where a run one says how.
fn same(line: &Line, who: &str, what: &str, t: SimDuration) -> bool {
    let ((a, m), (b, n)) = (timeout(&line.what), timeout(what));
    line.who == who && near(line.t, t) && a.starts_with(b) && (m - n).abs() <= 1
}

fn compare(case: &Value, answer: &Answer) -> Vec<String> {
    let expect = &case["expect"];
    let mut wrong = Vec::new();
    let mut left: Vec<&Line> = answer.events.iter().collect();
    for event in expect["events"].as_array().into_iter().flatten() {
        let (who, what) = (event["who"].as_str().unwrap_or(""), event["what"].as_str().unwrap_or(""));
        let t = time(&event["t"]).unwrap_or_default();
        match left.iter().position(|line| same(line, who, what, t)) {
            Some(at) => drop(left.remove(at)),
            None => wrong.push(format!("missing {t} {who} {what}")),
        }
    }
    let ran = case["verified"].as_str().is_some_and(|v| v.starts_with("ran"));
    if ran {
        wrong.extend(left.iter().map(|l| format!("too much {} {} {}", l.t, l.who, l.what)));
    }
    for c in expect["containers"].as_array().into_iter().flatten() {
        let found = answer.containers.iter().find(|a| Some(a.name.as_str()) == c["name"].as_str());
        let code = found.and_then(|a| a.exit_code).map(u64::from);
        let at = found.and_then(|a| a.finished_at);
        let timely = time(&c["finishedAt"]).is_none_or(|t| at.is_some_and(|a| near(a, t)));
        if code != c["exitCode"].as_u64() || found.and_then(|a| a.reason.as_deref()) != c["reason"].as_str() || !timely
        {
            wrong.push(format!("container {c}, got {found:?}"));
        }
    }
    if let Some(phase) = expect.get("podPhase")
        && phase.as_str() != answer.pod_phase
    {
        wrong.push(format!("phase {phase}, got {:?}", answer.pod_phase));
    }
    if let Some(t) = time(&expect["allContainersStoppedAt"])
        && answer.all_containers_stopped_at.is_none_or(|a| !near(a, t))
    {
        wrong.push(format!("all stopped at {t}, got {:?}", answer.all_containers_stopped_at));
    }
    match &expect["apiObjectGoneAt"] {
        Value::Null if ran && answer.api_object_gone_at.is_some() => wrong.push("the object is gone".into()),
        Value::Object(range) => {
            let least = time(&range["min"]).unwrap_or_default();
            let gone = answer.api_object_gone_at;
            if gone.is_none_or(|g| g < least || g > least + SimDuration::from_millis(2_500)) {
                wrong.push(format!("object gone at {gone:?}, least {least}"));
            }
        }
        other => {
            if let Some(t) = time(other)
                && answer.api_object_gone_at.is_none_or(|a| !near(a, t))
            {
                wrong.push(format!("object gone at {t}, got {:?}", answer.api_object_gone_at));
            }
        }
    }
    wrong
}

#[test]
fn pods_end_as_the_real_kubelet_ends_them() {
    let data: Value = serde_json::from_str(include_str!("data/kubelet-cases.json")).expect("the data is JSON");
    let cases = data["cases"].as_array().expect("cases");
    let mut passed = 0;
    for case in cases {
        let name = case["name"].as_str().unwrap_or("?");
        let input: Input = serde_json::from_value(case["input"].clone()).expect("every field is known");
        match case::answer(&input, Version::NEWEST) {
            Ok(answer) => {
                let wrong = compare(case, &answer);
                if wrong.is_empty() {
                    passed += 1;
                } else {
                    println!("{name}\n  {}", wrong.join("\n  "));
                    for l in &answer.events {
                        println!("      {} {} {}", l.t, l.who, l.what);
                    }
                }
            }
            Err(e) => println!("{name}: {e}"),
        }
    }
    println!("{passed} of {} cases agree", cases.len());
    assert!(passed >= FLOOR, "{passed} of {} cases agree, {FLOOR} did before", cases.len());
}
