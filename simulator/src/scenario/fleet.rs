//! A fleet under load that is scaled down or replaced in the middle: the scenario that benchmarks and load tests run, in any size.
//!
//! The same files a person would write: nginx behind a Service, requests at a steady rate, `kubectl scale` or `kubectl rollout restart`.

use super::{Draft, SCENARIO_FILE};

/// What happens to a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is scaled to so many pods.
    Scale(u32),
    /// All pods are replaced in a rolling update.
    Restart,
}

/// The size of a fleet and what happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Pods at the start.
    pub replicas: u32,
    /// What happens to it.
    pub change: Change,
    /// Requests a second.
    pub per_s: u32,
    /// Milliseconds that a request takes.
    pub service_ms: u32,
    /// Seconds of load; the change comes after a quarter of them.
    pub seconds: u32,
    /// STOPSIGNAL of the image: nginx cuts on SIGTERM and drains on SIGQUIT.
    pub stop_signal: &'static str,
    /// A preStop hook that sleeps so many seconds; 0 for none.
    pub hook_s: u32,
    /// Seed of the run.
    pub seed: u64,
}

impl Fleet {
    /// Ten pods at 100 requests a second for a minute, scaled to one: about 12,000 events.
    pub const SMALL: Fleet = Fleet {
        replicas: 10,
        change: Change::Scale(1),
        per_s: 100,
        service_ms: 1_000,
        seconds: 60,
        stop_signal: "SIGTERM",
        hook_s: 0,
        seed: 1,
    };

    /// The largest that has to work: 1,000 pods and a million requests.
    pub const LARGE: Fleet =
        Fleet { replicas: 1_000, change: Change::Scale(500), per_s: 10_000, seconds: 100, ..Fleet::SMALL };

    /// Its files.
    pub fn draft(&self) -> Draft {
        let file = |name: &str, text: String| (name.to_owned(), text);
        Draft::new([
            file("Dockerfile", format!("FROM nginx:1.25\nSTOPSIGNAL {}\n", self.stop_signal)),
            file("pod.yaml", self.manifest()),
            file(SCENARIO_FILE, self.scenario()),
        ])
    }

    fn manifest(&self) -> String {
        let hook = match self.hook_s {
            0 => String::new(),
            seconds => {
                format!(
                    "        lifecycle:\n          preStop:\n            exec:\n              command: [sleep, \"{seconds}\"]\n"
                )
            }
        };
        format!(
            "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx
spec:
  replicas: {}
  selector:
    matchLabels:
      app: nginx
  template:
    metadata:
      labels:
        app: nginx
    spec:
      containers:
      - name: nginx
        image: my-nginx
        ports:
        - containerPort: 80
        readinessProbe:
          tcpSocket:
            port: 80
{hook}---
apiVersion: v1
kind: Service
metadata:
  name: nginx
spec:
  selector:
    app: nginx
  ports:
  - port: 80
",
            self.replicas
        )
    }

    /// The load starts at 10 s, when all pods are ready and known.
    fn scenario(&self) -> String {
        let millis = |seconds: u32| u64::from(seconds) * 1_000;
        let (start, length) = (10_000, millis(self.seconds));
        let input = match self.change {
            Change::Scale(replicas) => format!("do: scale, workload: nginx, replicas: {replicas}"),
            Change::Restart => "do: restart, workload: nginx".to_owned(),
        };
        format!(
            "\
title: {} pods at {} requests a second
settings:
  traffic: {{per_s: {}, service_ms: {}, port: 80, start_ms: {start}, end_ms: {}}}
  seed: {}
inputs:
- {{at_ms: {}, {input}}}
",
            self.replicas,
            self.per_s,
            self.per_s,
            self.service_ms,
            start + length,
            self.seed,
            start + length / 4,
        )
    }
}
