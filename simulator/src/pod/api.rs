//! Which version of the API a manifest is read for, and what that version honours.
//!
//! A field behind a gate that is off is dropped by the API server without a word (`pkg/api/pod/util.go`,
//! `dropDisabledFields`). Source of the versions: `pkg/features/kube_features.go` and the enhancement named in each row.

use crate::base::limits;

/// Newest minor version with rules here.
pub const NEWEST_MINOR: u8 = 36;

/// The version and the gates a manifest is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Api {
    /// 36 for Kubernetes 1.36.
    pub minor: u8,
    /// Gate `PodLifecycleSleepAction`: on from 1.30 (KEP-3960).
    pub sleep_action: bool,
    /// Gate `PodLifecycleSleepActionAllowZero`: on from 1.33 (KEP-4818).
    pub sleep_zero: bool,
    /// Gate `ContainerStopSignals`: alpha from 1.33 and still off in 1.36 (KEP-4960).
    pub container_stop_signals: bool,
    /// Gate `ProbeTerminationGracePeriod`: on from 1.25 (KEP-2238).
    pub probe_grace: bool,
    /// Gate `SidecarContainers`: on from 1.29 (KEP-753).
    pub sidecars: bool,
    /// Gate `ContainerRestartRules`: on from 1.35 (KEP-5307).
    pub container_restart_rules: bool,
    /// Gate `RestartAllContainersOnContainerExits`: on from 1.36 (KEP-5532).
    pub restart_all_containers: bool,
    /// Gate `RelaxedEnvironmentVariableValidation`: on from 1.32 (KEP-4369).
    pub relaxed_env_names: bool,
    /// Longest file, in bytes.
    pub max_bytes: usize,
}

impl Api {
    /// Kubernetes 1.`minor` with the gates it ships with.
    #[must_use]
    pub fn of_minor(minor: u8) -> Self {
        Api {
            minor,
            sleep_action: minor >= 30,
            sleep_zero: minor >= 33,
            container_stop_signals: minor > NEWEST_MINOR,
            probe_grace: minor >= 25,
            sidecars: minor >= 29,
            container_restart_rules: minor >= 35,
            restart_all_containers: minor >= 36,
            relaxed_env_names: minor >= 32,
            max_bytes: limits::MANIFEST_BYTES,
        }
    }
}

impl Default for Api {
    fn default() -> Self {
        Api::of_minor(NEWEST_MINOR)
    }
}
