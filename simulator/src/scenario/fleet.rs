//! A fleet under load, scaled down in the middle: the scenario that benchmarks and load tests run, in any size.
//!
//! The same files a person would write: nginx behind a Service, requests at a steady rate, `kubectl scale`.

use super::{Draft, SCENARIO_FILE};

/// The size of a fleet and what happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Pods before the scale-down.
    pub replicas: u32,
    /// Pods after it.
    pub to: u32,
    /// Requests a second.
    pub per_s: u32,
    /// Milliseconds that a request takes.
    pub service_ms: u32,
    /// Seconds of load; the scale-down comes after a quarter of them.
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
        to: 1,
        per_s: 100,
        service_ms: 1_000,
        seconds: 60,
        stop_signal: "SIGTERM",
        hook_s: 0,
        seed: 1,
    };

    /// The largest that has to work: 1,000 pods and a million requests.
    pub const LARGE: Fleet = Fleet { replicas: 1_000, to: 500, per_s: 10_000, seconds: 100, ..Fleet::SMALL };

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
        format!(
            "\
title: {} pods scaled to {} at {} requests a second
settings:
  traffic: {{per_s: {}, service_ms: {}, port: 80, start_ms: {start}, end_ms: {}}}
  seed: {}
inputs:
- {{at_ms: {}, do: scale, workload: nginx, replicas: {}}}
",
            self.replicas,
            self.to,
            self.per_s,
            self.per_s,
            self.service_ms,
            start + length,
            self.seed,
            start + length / 4,
            self.to
        )
    }
}
