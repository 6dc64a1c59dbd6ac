//! `{"probe":"dockerfile"}`: Dockerfile text to image configuration and argv, or to the error of the build.
//!
//! The keys of `config` are those of an image configuration (OCI image specification, config.md); absent means empty.

use super::{Fields, read};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use simulator::base::limits::DOCKERFILE_BYTES_BATCH;
use simulator::image::config::Healthcheck;
use simulator::image::{Config, Options, Overrides, argv::expand_env, probe};
use std::collections::BTreeMap;

/// The fields of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    dockerfile: String,
    #[serde(default)]
    bases: BTreeMap<String, WireConfig>,
    target: Option<String>,
    #[serde(default, alias = "buildArgs")]
    build_args: BTreeMap<String, String>,
    pod: Option<Pod>,
}

/// What the pod says; an absent list is an empty one.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Pod {
    command: Option<Vec<String>>,
    args: Option<Vec<String>>,
    env: Option<Env>,
}

/// `env` as an object, as a list as in a manifest, or as `NAME=value` texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Env {
    Object(Map<String, Value>),
    List(Vec<EnvEntry>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum EnvEntry {
    Text(String),
    Pair {
        name: String,
        #[serde(default)]
        value: String,
    },
}

/// An image configuration as written in JSON.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct WireConfig {
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
    working_dir: String,
    user: String,
    shell: Option<Vec<String>>,
    stop_signal: String,
    exposed_ports: Option<BTreeMap<String, Value>>,
    volumes: Option<BTreeMap<String, Value>>,
    labels: Option<BTreeMap<String, String>>,
    on_build: Option<Vec<String>>,
    healthcheck: Option<WireHealthcheck>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct WireHealthcheck {
    test: Vec<String>,
    interval: i64,
    timeout: i64,
    start_period: i64,
    start_interval: i64,
    retries: i64,
}

impl From<WireConfig> for Config {
    fn from(wire: WireConfig) -> Config {
        Config {
            entrypoint: wire.entrypoint.unwrap_or_default(),
            cmd: wire.cmd.unwrap_or_default(),
            env: wire.env.unwrap_or_default(),
            working_dir: wire.working_dir,
            user: wire.user,
            shell: wire.shell.unwrap_or_default(),
            stop_signal: wire.stop_signal,
            exposed_ports: wire.exposed_ports.unwrap_or_default().into_keys().collect(),
            volumes: wire.volumes.unwrap_or_default().into_keys().collect(),
            labels: wire.labels.unwrap_or_default(),
            on_build: wire.on_build.unwrap_or_default(),
            healthcheck: wire.healthcheck.map(|h| Healthcheck {
                test: h.test,
                interval: h.interval,
                timeout: h.timeout,
                start_period: h.start_period,
                start_interval: h.start_interval,
                retries: h.retries,
            }),
        }
    }
}

/// Answers one request.
pub fn answer(fields: Fields) -> Result<Fields, String> {
    let request: Request = read(fields)?;
    let options = Options {
        target: request.target,
        build_args: request.build_args,
        strict_bases: !request.bases.is_empty(),
        bases: request.bases.into_iter().map(|(name, wire)| (name, wire.into())).collect(),
        max_bytes: DOCKERFILE_BYTES_BATCH,
        ..Options::default()
    };
    let pod = request.pod.unwrap_or_default();
    let overrides = Overrides {
        command: pod.command.unwrap_or_default(),
        args: pod.args.unwrap_or_default(),
        env: expand_env(&pod.env.map(pairs).unwrap_or_default()),
    };
    let mut answer = Fields::new();
    match probe(&request.dockerfile, &options, &overrides) {
        Err(e) => {
            answer.insert("build_error".into(), json!({"kind": e.kind, "line": e.line, "message": e.message}));
        }
        Ok(probed) => {
            answer.insert("config".into(), Value::Object(config(&probed.config)));
            match probed.argv {
                Ok(argv) => answer.insert("argv".into(), json!(argv)),
                Err(message) => {
                    answer.insert("argv".into(), Value::Null);
                    answer.insert("runtime_error".into(), json!(message))
                }
            };
        }
    }
    Ok(answer)
}

fn pairs(env: Env) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match env {
        Env::Object(map) => map.into_iter().map(|(name, value)| (name, text(value))).collect(),
        Env::List(list) => list
            .into_iter()
            .map(|entry| match entry {
                EnvEntry::Pair { name, value } => (name, value),
                EnvEntry::Text(line) => {
                    let (name, value) = line.split_once('=').unwrap_or((&line, ""));
                    (name.to_string(), value.to_string())
                }
            })
            .collect(),
    }
}

/// The configuration as JSON; what is empty is left out.
fn config(config: &Config) -> Fields {
    let keys = |names: &std::collections::BTreeSet<String>| -> Value {
        names.iter().map(|name| (name.clone(), json!({}))).collect::<Fields>().into()
    };
    let mut all = Fields::new();
    for (key, value) in [
        ("Entrypoint", json!(config.entrypoint)),
        ("Cmd", json!(config.cmd)),
        ("StopSignal", json!(config.stop_signal)),
        ("Env", json!(config.env)),
        ("Shell", json!(config.shell)),
        ("WorkingDir", json!(config.working_dir)),
        ("User", json!(config.user)),
        ("ExposedPorts", keys(&config.exposed_ports)),
        ("Volumes", keys(&config.volumes)),
        ("Labels", json!(config.labels)),
        ("OnBuild", json!(config.on_build)),
        ("Healthcheck", config.healthcheck.as_ref().map_or(json!(""), healthcheck)),
    ] {
        let empty = match &value {
            Value::String(s) => s.is_empty(),
            Value::Array(a) => a.is_empty(),
            Value::Object(o) => o.is_empty() && key != "Healthcheck",
            _ => false,
        };
        if !empty {
            all.insert(key.into(), value);
        }
    }
    all
}

fn healthcheck(check: &Healthcheck) -> Value {
    let mut fields = Fields::new();
    fields.insert("Test".into(), json!(check.test));
    for (key, value) in [
        ("Interval", check.interval),
        ("Timeout", check.timeout),
        ("StartPeriod", check.start_period),
        ("StartInterval", check.start_interval),
        ("Retries", check.retries),
    ] {
        if value != 0 {
            fields.insert(key.into(), json!(value));
        }
    }
    Value::Object(fields)
}
