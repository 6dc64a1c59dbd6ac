//! Dockerfiles and pod overrides with the results of the real builder, from `data/dockerfile.json`.
//!
//! Each is a Dockerfile with the configuration that BuildKit's frontend made of it, the argv that containerd's rule makes
//! of that, or the error of the build. See `meta` of the data for how they were made.

use serde_json::{Map, Value, json};
use simulator::image::config::Healthcheck;
use simulator::image::{Config, Options, Overrides, probe};
use std::collections::BTreeMap;

fn data() -> Value {
    serde_json::from_str(include_str!("data/dockerfile.json")).expect("the data is JSON")
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|v| v.as_str().expect("a text").to_string()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn map(value: &Value) -> BTreeMap<String, String> {
    let object = value.as_object().into_iter().flatten();
    object.map(|(k, v)| (k.clone(), text(v))).collect()
}

/// The keys that the data has; a new one has to be read here too.
const KEYS: &[&str] = &[
    "Cmd",
    "Entrypoint",
    "Env",
    "WorkingDir",
    "User",
    "Shell",
    "StopSignal",
    "OnBuild",
    "Healthcheck",
    "ExposedPorts",
    "Volumes",
    "Labels",
];

fn config(value: &Value) -> Config {
    for key in value.as_object().map(Map::keys).into_iter().flatten() {
        assert!(KEYS.contains(&key.as_str()), "unread key {key}");
    }
    let number = |v: &Value| v.as_i64().unwrap_or(0);
    Config {
        entrypoint: texts(&value["Entrypoint"]),
        cmd: texts(&value["Cmd"]),
        env: texts(&value["Env"]),
        working_dir: text(&value["WorkingDir"]),
        user: text(&value["User"]),
        shell: texts(&value["Shell"]),
        stop_signal: text(&value["StopSignal"]),
        on_build: texts(&value["OnBuild"]),
        healthcheck: value.get("Healthcheck").map(|h| Healthcheck {
            test: texts(&h["Test"]),
            interval: number(&h["Interval"]),
            timeout: number(&h["Timeout"]),
            start_period: number(&h["StartPeriod"]),
            start_interval: number(&h["StartInterval"]),
            retries: number(&h["Retries"]),
        }),
        exposed_ports: map(&value["ExposedPorts"]).into_keys().collect(),
        volumes: map(&value["Volumes"]).into_keys().collect(),
        labels: map(&value["Labels"]),
    }
}

fn options(data: &Value, vector: &Value) -> Options {
    let bases = data["meta"]["baseImages"].as_object().expect("base images");
    Options {
        bases: bases.iter().map(|(name, value)| (name.clone(), config(value))).collect(),
        target: vector["target"].as_str().map(str::to_string),
        build_args: map(vector.get("build_args").unwrap_or(&vector["buildArgs"])),
        ..Options::default()
    }
}

/// `Ok` with configuration and argv, or the error's text; the argv is `Err` where the runtime refuses.
type Outcome = Result<(Config, Result<Vec<String>, String>), String>;

fn expected(vector: &Value) -> Outcome {
    if vector["buildError"] == Value::Bool(true) {
        return Err(text(&vector["errorKind"]));
    }
    Ok((config(&vector["config"]), argv(vector)))
}

fn argv(vector: &Value) -> Result<Vec<String>, String> {
    match &vector["effectiveArgv"] {
        Value::Null => Err(text(&vector["runtimeError"])),
        words => Ok(texts(words)),
    }
}

fn outcome(data: &Value, vector: &Value, pod: &Overrides) -> Outcome {
    match probe(vector["dockerfile"].as_str().expect("a Dockerfile"), &options(data, vector), pod) {
        Err(error) => Err(error.kind),
        Ok(probed) => Ok((probed.config, probed.argv.map_err(str::to_string))),
    }
}

#[test]
fn every_dockerfile_gives_the_configuration_or_the_error_of_the_real_builder() {
    let data = data();
    let vectors = data["dockerfiles"].as_array().expect("vectors");
    assert_eq!(vectors.len(), 81);
    let mut wrong = Vec::new();
    for vector in vectors {
        let (want, got) = (expected(vector), outcome(&data, vector, &Overrides::default()));
        if want != got {
            wrong.push(format!("{}: {}\n  want {want:?}\n  got  {got:?}", vector["name"], vector["dockerfile"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

#[test]
fn every_pod_override_gives_the_argv_of_the_real_runtime() {
    let data = data();
    let vectors = data["podOverrides"].as_array().expect("vectors");
    assert_eq!(vectors.len(), 20);
    for vector in vectors {
        let images = data["dockerfiles"].as_array().expect("vectors");
        // One image is named by the overrides alone.
        let cleared = json!({"dockerfile": "FROM base\nENTRYPOINT [\"\"]\nCMD [\"sleep\",\"60\"]\n"});
        let image = match images.iter().find(|v| v["name"] == vector["image"]) {
            None if vector["image"] == "entrypoint_empty_string" => &cleared,
            found => found.expect("the image is a vector"),
        };
        let pod = Overrides {
            command: texts(&vector["pod"]["command"]),
            args: texts(&vector["pod"]["args"]),
            env: map(&vector["pod"]["env"]).into_iter().collect(),
        };
        let got = outcome(&data, image, &pod).map(|(_, argv)| argv);
        assert_eq!(got, Ok(argv(vector)), "{}", vector["name"]);
    }
}

#[test]
fn edge_cases_and_random_dockerfiles_agree_with_the_real_builder() {
    let base = data();
    let more: Value = serde_json::from_str(include_str!("data/dockerfile-more.json")).expect("the data is JSON");
    let vectors = more["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 900);
    let mut wrong = Vec::new();
    for vector in vectors {
        let want = vector.get("error").map_or_else(|| Ok(config(&vector["config"])), |e| Err(text(e)));
        let got = outcome(&base, vector, &Overrides::default()).map(|(config, _)| config);
        if want != got {
            wrong.push(format!("{vector}\n  got  {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}
