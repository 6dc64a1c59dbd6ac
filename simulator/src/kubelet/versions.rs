//! Kubernetes releases: what differs between them for a pod's end, one row a range of minors.

/// A release 1.x that the simulator knows: 20 to 36.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    minor: u8,
}

impl Version {
    /// The oldest.
    pub const OLDEST: Version = Version { minor: 20 };
    /// The newest, and the default.
    pub const NEWEST: Version = Version { minor: 36 };

    /// 1.`minor`; `None` outside of what is known.
    pub fn new(minor: u8) -> Option<Version> {
        let version = Version { minor };
        (Version::OLDEST..=Version::NEWEST).contains(&version).then_some(version)
    }

    /// Reads `1.36`, `1.36.2` or `v1.36.2`.
    pub fn parse(text: &str) -> Option<Version> {
        let rest = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.")?;
        Version::new(rest.split('.').next()?.parse().ok()?)
    }

    /// The minor number.
    pub fn minor(self) -> u8 {
        self.minor
    }

    /// What this release does.
    pub fn rules(self) -> &'static Release {
        RELEASES.iter().rfind(|r| r.since <= self.minor).unwrap_or(&R20)
    }
}

impl Default for Version {
    fn default() -> Self {
        Version::NEWEST
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// What releases from `since` on do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// First minor of this row.
    pub since: u8,
    /// A force delete of a running pod lets the kubelet use the spec's whole grace instead of 1 s.
    pub force_uses_spec_grace: bool,
    /// `preStop.sleep` and `postStart.sleep` exist and are on.
    pub sleep_action: bool,
    /// Init containers with `restartPolicy: Always` exist and are on.
    pub sidecars: bool,
    /// A probe's own `terminationGracePeriodSeconds` counts.
    pub probe_grace: bool,
    /// Text of the event that a container was created; `{}` is its name.
    pub created_text: &'static str,
    /// Text of the event that a container was started; `{}` is its name.
    pub started_text: &'static str,
    /// `FailedPreStopHook` carries the command and its output instead of a fixed sentence.
    pub hook_output_in_event: bool,
    /// Text of the event that the image was on the node already; `{}` is its name.
    pub pulled_text: &'static str,
    /// After a failed start the pod's worker looks again when the back-off is over, not after 10 s each time.
    pub look_knows_back_off: bool,
    /// Seconds without a lease until a node counts as not ready (`nodeMonitorGracePeriod`).
    pub node_grace_s: u64,
    /// A node's shutdown ends pods gracefully, where periods are set.
    pub graceful_shutdown: bool,
    /// Sources of this row.
    pub source: &'static str,
}

const R20: Release = Release {
    since: 20,
    force_uses_spec_grace: false,
    sleep_action: false,
    sidecars: false,
    probe_grace: false,
    created_text: "Created container {}",
    started_text: "Started container {}",
    hook_output_in_event: true,
    pulled_text: "Container image \"{}\" already present on machine",
    look_knows_back_off: false,
    node_grace_s: 40,
    graceful_shutdown: false,
    source: "kubernetes 1.20.2 pkg/kubelet/kuberuntime/kuberuntime_container.go",
};

const R21: Release = Release {
    since: 21,
    graceful_shutdown: true,
    source: "KEP-2000: GracefulNodeShutdown on from 1.21, where the node sets its periods",
    ..R20
};

const R22: Release = Release {
    since: 22,
    force_uses_spec_grace: true,
    source: "kubernetes issues 110507, 113717, 120449; the release that ends it is not known exactly",
    ..R21
};

const R25: Release = Release {
    since: 25,
    probe_grace: true,
    source: "KEP-2238: ProbeTerminationGracePeriod on from 1.25, stable in 1.28",
    ..R22
};

const R29: Release = Release { since: 29, sidecars: true, source: "KEP-753: SidecarContainers on from 1.29", ..R25 };

const R30: Release =
    Release { since: 30, sleep_action: true, source: "KEP-3960: PodLifecycleSleepAction on from 1.30", ..R29 };

const R32: Release = Release {
    since: 32,
    force_uses_spec_grace: false,
    created_text: "Created container: {}",
    hook_output_in_event: false,
    node_grace_s: 50,
    source: "kubernetes 1.32.10 pkg/kubelet/kuberuntime/kuberuntime_container.go, pod_workers.go; \
             pkg/controller/nodelifecycle/config/v1alpha1/defaults.go",
    ..R30
};

const R35: Release = Release {
    since: 35,
    look_knows_back_off: true,
    source: "kubernetes pull request 133066 (pod_workers.go completeWork), merged in October 2025",
    ..R32
};

const R36: Release = Release {
    since: 36,
    created_text: "Container created",
    started_text: "Container started",
    pulled_text: "Container image \"{}\" already present on machine and can be accessed by the pod",
    source: "measured: Kubernetes 1.36.2",
    ..R35
};

/// One row a range of releases, each made from the one before.
static RELEASES: &[Release] = &[R20, R21, R22, R25, R29, R30, R32, R35, R36];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_and_without_its_patch() {
        assert_eq!(Version::parse("v1.32.10").map(Version::minor), Some(32));
        assert_eq!(Version::parse("1.36"), Some(Version::NEWEST));
        assert_eq!(Version::parse("1.19"), None);
        assert_eq!(Version::parse("2.0"), None);
    }

    #[test]
    fn a_release_between_two_rows_follows_the_older() {
        assert!(Version::new(25).is_some_and(|v| v.rules().force_uses_spec_grace));
        assert!(Version::new(33).is_some_and(|v| !v.rules().force_uses_spec_grace));
        assert!(Version::new(20).is_some_and(|v| !v.rules().force_uses_spec_grace));
    }
}
