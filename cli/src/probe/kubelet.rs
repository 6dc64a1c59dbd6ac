//! `{"probe":"kubelet"}`: a pod with scripted applications and a trigger to what the kubelet does.

use super::{Fields, read};
use serde::Deserialize;
use serde_json::{Number, Value, json};
use simulator::base::time::SimDuration;
use simulator::kubelet::Version;
use simulator::kubelet::case::{self, Answer, Input};

/// The fields of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    input: Input,
    kubernetes: Option<String>,
}

/// Answers one request.
pub fn answer(fields: Fields) -> Result<Fields, String> {
    let request: Request = read(fields)?;
    let version = match request.kubernetes {
        None => Version::NEWEST,
        Some(text) => Version::parse(&text).ok_or_else(|| {
            format!("Kubernetes {text} is not known; there is {} to {}", Version::OLDEST, Version::NEWEST)
        })?,
    };
    Ok(fields_of(&case::answer(&request.input, version)?))
}

fn fields_of(answer: &Answer) -> Fields {
    let events: Vec<Value> =
        answer.events.iter().map(|line| json!({"t": seconds(line.t), "who": line.who, "what": line.what})).collect();
    let containers: Vec<Value> = answer
        .containers
        .iter()
        .map(|c| {
            let at = c.finished_at.map(seconds);
            json!({"name": c.name, "exitCode": c.exit_code, "reason": c.reason, "finishedAt": at})
        })
        .collect();
    let mut fields = Fields::new();
    fields.insert("events".into(), events.into());
    fields.insert("containers".into(), containers.into());
    fields.insert("podPhase".into(), answer.pod_phase.into());
    fields.insert("allContainersStoppedAt".into(), answer.all_containers_stopped_at.map(seconds).into());
    fields.insert("apiObjectGoneAt".into(), answer.api_object_gone_at.map(seconds).into());
    fields
}

/// Seconds with at most three decimals: `5`, `10.7`.
fn seconds(time: SimDuration) -> Value {
    let text = format!("{}.{:03}", time.as_secs(), time.as_millis() % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_with_as_few_decimals_as_needed() {
        let text = |millis| seconds(SimDuration::from_millis(millis)).to_string();
        assert_eq!(text(10_700), "10.7");
        assert_eq!(text(30_000), "30");
        assert_eq!(text(0), "0");
    }

    #[test]
    fn a_grace_of_two_seconds_is_answered_with_its_kill() {
        let request = json!({"input": {"terminationGracePeriodSeconds": 2, "trigger": "delete",
            "containers": [{"name": "c0", "role": "regular", "pid1": "ignores stop signal"}]}});
        let Value::Object(request) = request else { panic!("an object") };
        let answer = answer(request).expect("an answer");
        assert_eq!(answer["containers"][0], json!({"name": "c0", "exitCode": 137, "reason": "Error", "finishedAt": 2}));
        assert_eq!(answer["podPhase"], "Failed");
    }
}
