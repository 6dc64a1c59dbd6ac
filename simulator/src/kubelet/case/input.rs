//! The input of a case as it is written in JSON.

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::base::time::SimDuration;

/// A case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Input {
    /// `spec.terminationGracePeriodSeconds`; 30 if absent.
    pub termination_grace_period_seconds: Option<i64>,
    /// What happens to the pod, in words; a plain delete if absent.
    pub trigger: Option<String>,
    /// `deletionGracePeriodSeconds` that results; known from the trigger, too.
    pub deletion_grace_period_seconds: Option<i64>,
    /// The grace that the kubelet is given. If the field is there, even as null, what the API server does is not shown.
    #[serde(deserialize_with = "present")]
    pub kubelet_grace_override: Option<Option<i64>>,
    /// `spec.restartPolicy`.
    pub restart_policy: Option<String>,
    /// The stop signal and where it is set: `SIGQUIT (image)`.
    pub stop_signal: Option<String>,
    /// `spec.shareProcessNamespace`.
    pub share_process_namespace: bool,
    /// Containers, sidecars first.
    pub containers: Vec<Container>,
    /// A Deployment's `replicas`; then only the bounds of its update are asked for.
    pub replicas: Option<u32>,
    /// `maxSurge`.
    pub max_surge: Option<Count>,
    /// `maxUnavailable`.
    pub max_unavailable: Option<Count>,
}

/// A number of pods or a percentage.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// `3`.
    Number(u32),
    /// `25%`.
    Text(String),
}

/// A container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Container {
    /// Name; `c0`, `c1` by position if absent.
    pub name: Option<String>,
    /// `regular`, `sidecar` or `init`.
    pub role: Option<String>,
    /// What its main process does, in words.
    pub pid1: Option<String>,
    /// Its own stop signal, like that of the pod.
    pub stop_signal: Option<String>,
    /// preStop hook.
    pub pre_stop: Option<Hook>,
    /// postStart hook.
    pub post_start: Option<Hook>,
    /// Its liveness probe, which fails from the trigger on if the trigger says so.
    pub liveness_probe: Option<ProbeInput>,
}

/// A probe.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct ProbeInput {
    /// Grace of a kill by this probe.
    pub termination_grace_period_seconds: Option<i64>,
}

/// A hook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Hook {
    /// `exec`, `httpGet`, `sleep`, `tcpSocket`.
    pub kind: String,
    /// How long it takes.
    pub duration_seconds: Option<Seconds>,
    /// Does it fail, or why.
    pub fails: Option<Failure>,
    /// It tells the application to end, which takes so long.
    pub makes_app_exit_after_seconds: Option<Seconds>,
    /// Status code of the answer to its request.
    pub http_status: Option<u16>,
    /// Its command.
    pub command: Option<Vec<String>>,
    /// The code its command fails with, 1 if absent.
    pub exit_code: Option<u8>,
}

/// Whether or why a hook fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Failure {
    /// It does, or does not.
    Yes(bool),
    /// It does, for this reason.
    Because(String),
}

impl Failure {
    pub(super) fn is_failure(&self) -> bool {
        !matches!(self, Failure::Yes(false))
    }

    pub(super) fn reason(&self) -> &str {
        match self {
            Failure::Yes(_) => "",
            Failure::Because(text) => text,
        }
    }
}

/// Seconds, with a decimal fraction or without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seconds(pub SimDuration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Seconds;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of seconds")
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Seconds, E> {
                Ok(Seconds(SimDuration::from_secs(value)))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Seconds, E> {
                u64::try_from(value).map_err(|_| E::custom("a time is not negative")).and_then(|v| self.visit_u64(v))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Seconds, E> {
                let text = value.to_string();
                SimDuration::parse_secs(&text).map(Seconds).ok_or_else(|| E::custom(format!("{text} is no time")))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// A field that is there, even as null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(deserializer).map(Some)
}
