//! Liveness, readiness and startup probes.
//!
//! Source: `pkg/apis/core/validation/validation.go` `validateProbe`, `validateLivenessProbe`, `validateReadinessProbe`,
//! `validateStartupProbe`; `pkg/apis/core/v1/defaults.go` `SetDefaults_Probe`.

use super::action::Actor;
use super::{Reader, View};
use crate::pod::defaults;
use crate::pod::field_error::{invalid, not_negative};
use crate::pod::spec::{Located, Probe};

/// Which probe.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A failure kills the container.
    Liveness,
    /// A failure takes the pod out of its services.
    Readiness,
    /// A failure kills the container; the others wait for it.
    Startup,
}

impl Reader<'_> {
    /// The probe at `at`, if one is written.
    pub fn probe(&mut self, at: &View<'_>, kind: Kind) -> Option<Probe> {
        if !at.is_set() {
            return None;
        }
        let action = self.action(at, Actor::Probe);
        for name in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
            not_negative(&mut self.remarks, &at.get(name));
        }
        let success_threshold = at.get("successThreshold").count_above_zero_or(defaults::PROBE_SUCCESS);
        if kind != Kind::Readiness && success_threshold.value != 1 {
            invalid(&mut self.remarks, &at.get("successThreshold"), success_threshold.value, "must be 1");
        }
        Some(Probe {
            span: at.span,
            termination_grace_period_seconds: self.probe_grace(&at.get("terminationGracePeriodSeconds"), kind),
            initial_delay_seconds: at.get("initialDelaySeconds").count_or(0),
            timeout_seconds: at.get("timeoutSeconds").count_above_zero_or(defaults::PROBE_TIMEOUT),
            period_seconds: at.get("periodSeconds").count_above_zero_or(defaults::PROBE_PERIOD),
            failure_threshold: at.get("failureThreshold").count_above_zero_or(defaults::PROBE_FAILURE),
            success_threshold,
            action: action?.value,
        })
    }

    fn probe_grace(&mut self, at: &View<'_>, kind: Kind) -> Option<Located<i64>> {
        let grace = at.int().filter(|_| self.api.minor >= 21)?;
        if !self.api.probe_grace {
            let help = format!("Kubernetes honours it from 1.25, this is 1.{}", self.api.minor);
            let message = format!("{} is dropped: the gate ProbeTerminationGracePeriod is off", at.path);
            self.remarks.warn(at.span, message, Some(help));
            return None;
        }
        if kind == Kind::Readiness {
            invalid(&mut self.remarks, at, grace.value, "must not be set for readinessProbes");
            return None;
        }
        if grace.value <= 0 {
            invalid(&mut self.remarks, at, grace.value, "must be greater than 0");
            return None;
        }
        Some(grace)
    }
}

impl View<'_> {
    /// A count where the API takes 0 as not written (`SetDefaults_Probe`).
    fn count_above_zero_or(&self, default: u32) -> Located<u32> {
        let count = self.count_or(default);
        if count.value == 0 { Located::default_at(default, self.span) } else { count }
    }
}
