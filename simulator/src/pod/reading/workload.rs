//! Controllers: Deployment, StatefulSet, ReplicaSet, DaemonSet, Job, CronJob.
//!
//! Source: `pkg/apis/apps/validation/validation.go`, `pkg/apis/batch/validation/validation.go`.

use super::pod::Owner;
use super::{Reader, View};
use crate::pod::defaults;
use crate::pod::field_error::{forbidden, invalid, not_negative, required, unsupported};
use crate::pod::names::Rule;
use crate::pod::rolling::Share;
use crate::pod::schema::Known;
use crate::pod::spec::{Located, Meta, PodSpec, Selector, SelectorTerm, Strategy, Toleration, Workload, WorkloadKind};
use crate::pod::yaml::Kind;

const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/// What the DaemonSet controller adds to its pods (pkg/controller/daemon/util/daemonset_util.go
/// `AddOrUpdateDaemonPodTolerations`): they stay on nodes that do not report.
fn daemon_tolerations() -> impl Iterator<Item = Toleration> {
    let keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].into_iter();
    keys.map(|key| Toleration { key: key.to_owned(), any_value: true, seconds: None })
}

impl Reader<'_> {
    /// A pod or controller; `None` for the kinds that are neither.
    pub fn workload(&mut self, object: &View<'_>, known: Known) -> Option<Workload> {
        let meta = self.meta(object, Rule::Subdomain);
        let spec = object.get("spec");
        if !spec.is_set() {
            required(&mut self.remarks, &View { span: object.head(), ..spec.clone() }, "");
        }
        let (kind, pod) = match known {
            Known::Pod => (WorkloadKind::Pod, self.pod_spec(&spec, meta.clone(), Owner::Nobody)),
            Known::Deployment | Known::StatefulSet | Known::ReplicaSet | Known::DaemonSet => {
                let mut pod = self.template(&spec.get("template"), &meta, Owner::Keeper);
                if known == Known::DaemonSet {
                    pod.tolerations.extend(daemon_tolerations());
                }
                (self.keeper(&spec, known, &pod), pod)
            }
            Known::Job => self.job(&spec, &meta, None),
            Known::CronJob => {
                let schedule = spec.get("schedule");
                if schedule.filled().is_none() {
                    required(&mut self.remarks, &View { span: spec.head(), ..schedule.clone() }, "");
                }
                self.remarks.leave_out(
                    schedule.span,
                    "the schedule of a CronJob is not simulated: one job starts at once".to_owned(),
                );
                self.job(&spec.get("jobTemplate").get("spec"), &meta, Some(schedule.text_or("")))
            }
            Known::Service | Known::ConfigMap | Known::Budget => return None,
        };
        Some(Workload { meta, kind, pod })
    }

    fn keeper(&mut self, spec: &View<'_>, known: Known, pod: &PodSpec) -> WorkloadKind {
        for name in ["replicas", "minReadySeconds"] {
            not_negative(&mut self.remarks, &spec.get(name));
        }
        let replicas = spec.get("replicas").count_or(defaults::REPLICAS);
        let min_ready_seconds = spec.get("minReadySeconds").count_or(0);
        let selector = self.own_selector(spec, known, pod);
        match known {
            Known::StatefulSet => WorkloadKind::StatefulSet {
                parallel: self.parallel(&spec.get("podManagementPolicy")),
                service_name: spec.get("serviceName").filled(),
                replicas,
                min_ready_seconds,
                selector,
            },
            Known::ReplicaSet => WorkloadKind::ReplicaSet { replicas, min_ready_seconds, selector },
            Known::DaemonSet => WorkloadKind::DaemonSet { selector },
            _ => {
                let strategy = self.strategy(&spec.get("strategy"));
                WorkloadKind::Deployment { replicas, strategy, min_ready_seconds, selector }
            }
        }
    }

    fn parallel(&mut self, at: &View<'_>) -> Located<bool> {
        let policy = at.text_or("OrderedReady");
        if !["OrderedReady", "Parallel"].contains(&policy.value.as_str()) {
            let message =
                format!("{}: Invalid value: {:?}: must be 'OrderedReady' or 'Parallel'", at.path, policy.value);
            self.remarks.error(at.span, message);
        }
        policy.map(|p| p == "Parallel")
    }

    fn own_selector(&mut self, spec: &View<'_>, known: Known, pod: &PodSpec) -> Selector {
        let at = spec.get("selector");
        let kind = match known {
            Known::StatefulSet => "statefulset",
            Known::ReplicaSet => "replicaset",
            Known::DaemonSet => "daemonset",
            _ => "deployment",
        };
        let selector = self.selector(&at);
        if !at.is_set() {
            required(&mut self.remarks, &View { span: spec.head(), ..at }, "");
        } else if selector.terms.is_empty() {
            invalid(&mut self.remarks, &at, "{}", &format!("empty selector is invalid for {kind}"));
        } else if !selector.matches(&pod.meta.labels) {
            let labels = spec.get("template").get("metadata").get("labels");
            let written =
                pod.meta.labels.iter().map(|(k, v)| format!("{k:?}:{:?}", v.value)).collect::<Vec<_>>().join(",");
            invalid(
                &mut self.remarks,
                &labels,
                format!("{{{written}}}"),
                "`selector` does not match template `labels`",
            );
        }
        selector
    }

    /// A label selector.
    pub fn selector(&mut self, at: &View<'_>) -> Selector {
        let equal = at.get("matchLabels").text_map().into_iter();
        let mut terms: Vec<SelectorTerm> =
            equal.map(|(key, value)| SelectorTerm { key, values: vec![value.value], negated: false }).collect();
        for item in at.get("matchExpressions").items() {
            let operator = item.get("operator");
            let key = item.get("key").text_or("").value;
            let values =
                || item.get("values").texts().map_or(Vec::new(), |v| v.value.into_iter().map(|t| t.value).collect());
            let (values, negated) = match operator.text_or("").value.as_str() {
                "In" => (values(), false),
                "NotIn" => (values(), true),
                "Exists" => (Vec::new(), false),
                "DoesNotExist" => (Vec::new(), true),
                other => {
                    invalid(&mut self.remarks, &operator, format!("{other:?}"), "not a valid selector operator");
                    continue;
                }
            };
            terms.push(SelectorTerm { key, values, negated });
        }
        Selector { terms }
    }

    fn strategy(&mut self, at: &View<'_>) -> Located<Strategy> {
        let kind = at.get("type").text_or("RollingUpdate");
        let rolling = at.get("rollingUpdate");
        match kind.value.as_str() {
            "Recreate" => {
                if rolling.is_set() {
                    let detail = "may not be specified when strategy `type` is 'Recreate'";
                    forbidden(&mut self.remarks, &rolling, detail);
                }
                return kind.map(|_| Strategy::Recreate);
            }
            "RollingUpdate" => {}
            other => unsupported(&mut self.remarks, &at.get("type"), other, &["Recreate", "RollingUpdate"]),
        }
        let max_surge = self.share(&rolling.get("maxSurge")).map_or(Share::DEFAULT, |s| s.value);
        let unavailable_at = rolling.get("maxUnavailable");
        let max_unavailable = self.share(&unavailable_at).map_or(Share::DEFAULT, |s| s.value);
        let zero = |share| matches!(share, Share::Count(0) | Share::Percent(0));
        if zero(max_surge) && zero(max_unavailable) {
            invalid(&mut self.remarks, &unavailable_at, 0, "may not be 0 when `maxSurge` is 0");
        }
        if matches!(max_unavailable, Share::Percent(percent) if percent > 100) {
            invalid(&mut self.remarks, &unavailable_at, "", "must not be greater than 100%");
        }
        kind.map(|_| Strategy::RollingUpdate { max_surge, max_unavailable })
    }

    /// A count or a percentage.
    pub fn share(&mut self, at: &View<'_>) -> Option<Located<Share>> {
        not_negative(&mut self.remarks, at);
        let share = match &at.node?.kind {
            Kind::Int(count) => u32::try_from(*count).ok().map(Share::Count),
            Kind::Text(text) => {
                let share = Share::parse(text);
                if share.is_none() {
                    invalid(&mut self.remarks, at, format!("{text:?}"), PERCENT);
                }
                share
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => None,
        };
        share.map(|value| Located::written(value, at.span))
    }

    fn job(&mut self, spec: &View<'_>, meta: &Meta, schedule: Option<Located<String>>) -> (WorkloadKind, PodSpec) {
        for name in ["completions", "parallelism", "backoffLimit", "activeDeadlineSeconds"] {
            not_negative(&mut self.remarks, &spec.get(name));
        }
        let completions = spec.get("completions");
        let kind = WorkloadKind::Job {
            completions: completions.is_set().then(|| completions.count_or(1)),
            parallelism: spec.get("parallelism").count_or(defaults::JOB_PARALLELISM),
            backoff_limit: spec.get("backoffLimit").count_or(defaults::JOB_BACKOFF_LIMIT),
            active_deadline_seconds: spec.get("activeDeadlineSeconds").int(),
            schedule,
        };
        let pod = self.template(&spec.get("template"), meta, Owner::Job);
        (kind, pod)
    }
}
