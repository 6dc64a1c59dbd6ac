//! Deletion at the API server, and what kubectl makes of its flags before.
//!
//! Follows kubectl pkg/cmd/delete/delete.go (Complete, Validate), apiserver registry/rest/delete.go (BeforeDelete),
//! registry/generic/registry/store.go, kubernetes pkg/registry/core/pod/strategy.go (CheckGracefulDelete).

use crate::base::time::{SimDuration, SimTime};
use crate::trace::DeleteFrom;

/// A delete as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteRequest {
    /// `--grace-period`, or `gracePeriodSeconds` of the API call.
    pub grace: Option<i64>,
    /// `--force`.
    pub force: bool,
    /// `--now`.
    pub now: bool,
    /// Who asks; a person's flags go through kubectl first.
    pub from: DeleteFrom,
}

impl DeleteRequest {
    /// `kubectl delete pod` without flags.
    pub const PLAIN: DeleteRequest = DeleteRequest { grace: None, force: false, now: false, from: DeleteFrom::User };
    /// What a controller sends.
    pub const CONTROLLER: DeleteRequest = DeleteRequest { from: DeleteFrom::Controller, ..DeleteRequest::PLAIN };
}

/// Why kubectl sends nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// `--force` with a grace above 0.
    ForceWithGrace,
    /// `--now` with `--grace-period`.
    NowWithGrace,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Refused::ForceWithGrace => "error: --force and --grace-period greater than 0 cannot be specified together",
            Refused::NowWithGrace => "error: --now and --grace-period cannot be specified together",
        })
    }
}

/// `gracePeriodSeconds` in the call that kubectl makes; `None` is left out.
pub fn sent_by_kubectl(request: &DeleteRequest) -> Result<Option<i64>, Refused> {
    let given = request.grace.filter(|g| *g >= 0);
    match (request.now, request.force, given) {
        (true, _, Some(_)) => Err(Refused::NowWithGrace),
        (true, _, None) => Ok(Some(1)),
        (false, true, Some(g)) if g > 0 => Err(Refused::ForceWithGrace),
        (false, true, _) => Ok(Some(0)),
        (false, false, Some(0)) => Ok(Some(1)),
        (false, false, given) => Ok(given),
    }
}

/// What the API server stores of a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The object gets this grace and deadline and stays.
    Marked {
        /// `deletionGracePeriodSeconds`.
        grace_s: u32,
        /// `deletionTimestamp`.
        deadline: SimTime,
    },
    /// The object is marked with grace 0 and removed at once.
    Removed,
    /// A longer or equal grace than before: nothing changes.
    Ignored,
}

/// The object as the API server knows it when a delete arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// `spec.terminationGracePeriodSeconds`.
    pub spec_grace: i64,
    /// The phase is Succeeded or Failed.
    pub is_over: bool,
    /// Time, grace of the delete before this one.
    pub before: Option<(SimTime, u32)>,
}

/// The decision on a delete with this `gracePeriodSeconds`.
pub fn decide(now: SimTime, asked: Option<i64>, stored: &Stored) -> Decision {
    // apis/core/v1/conversion.go: a negative grace is stored as 1; rest/delete.go: a negative option means 1.
    let spec = if stored.spec_grace < 0 { 1 } else { stored.spec_grace };
    let grace = match asked {
        _ if stored.is_over => 0,
        Some(g) if g < 0 => 1,
        Some(g) => g,
        None => spec,
    };
    let grace_s = u32::try_from(grace).unwrap_or(u32::MAX);
    if grace_s == 0 {
        return Decision::Removed;
    }
    let Some((first, before)) = stored.before else {
        return Decision::Marked { grace_s, deadline: now + SimDuration::from_secs(u64::from(grace_s)) };
    };
    // A delete without an option asks for the spec's grace again; only a shorter one counts.
    if grace_s >= before {
        return Decision::Ignored;
    }
    // The stored deletionTimestamp has whole seconds (apimachinery meta/v1/time.go).
    let first = SimTime::from_secs(first.as_micros() / 1_000_000);
    let deadline = first + SimDuration::from_secs(u64::from(grace_s));
    if deadline < now { Decision::Marked { grace_s: 1, deadline: now } } else { Decision::Marked { grace_s, deadline } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(grace: Option<i64>, force: bool, now: bool) -> Result<Option<i64>, Refused> {
        sent_by_kubectl(&DeleteRequest { grace, force, now, from: DeleteFrom::User })
    }

    #[test]
    fn kubectl_turns_its_flags_into_one_number() {
        assert_eq!(asked(None, false, false), Ok(None));
        assert_eq!(asked(Some(0), false, false), Ok(Some(1)));
        assert_eq!(asked(Some(-1), false, false), Ok(None));
        assert_eq!(asked(None, true, false), Ok(Some(0)));
        assert_eq!(asked(Some(0), true, false), Ok(Some(0)));
        assert_eq!(asked(None, false, true), Ok(Some(1)));
        assert_eq!(asked(Some(5), true, false), Err(Refused::ForceWithGrace));
    }

    #[test]
    fn a_later_delete_can_only_shorten_and_never_into_the_past() {
        let stored = Stored { spec_grace: 60, is_over: false, before: Some((SimTime::ZERO, 60)) };
        let at = SimTime::from_secs(20);
        assert_eq!(decide(at, Some(90), &stored), Decision::Ignored);
        let shorter = Decision::Marked { grace_s: 30, deadline: SimTime::from_secs(30) };
        assert_eq!(decide(at, Some(30), &stored), shorter);
        assert_eq!(decide(at, Some(5), &stored), Decision::Marked { grace_s: 1, deadline: at });
        assert_eq!(decide(at, Some(0), &stored), Decision::Removed);
    }

    #[test]
    fn a_stored_deadline_has_lost_the_fraction_of_its_second() {
        let at = |millis| SimTime::ZERO + SimDuration::from_millis(millis);
        let stored = Stored { spec_grace: 30, is_over: false, before: Some((at(500), 30)) };
        let one = Decision::Marked { grace_s: 1, deadline: at(3_211) };
        assert_eq!(decide(at(3_211), Some(3), &stored), one);
        let three = Decision::Marked { grace_s: 3, deadline: SimTime::from_secs(3) };
        assert_eq!(decide(at(2_900), Some(3), &stored), three);
    }

    #[test]
    fn a_finished_pod_goes_at_once_and_a_negative_grace_means_one_second() {
        let over = Stored { spec_grace: 30, is_over: true, before: None };
        assert_eq!(decide(SimTime::ZERO, Some(60), &over), Decision::Removed);
        let negative = Stored { spec_grace: -5, is_over: false, before: None };
        let one = Decision::Marked { grace_s: 1, deadline: SimTime::from_secs(1) };
        assert_eq!(decide(SimTime::ZERO, None, &negative), one);
        assert_eq!(decide(SimTime::ZERO, Some(-7), &negative), one);
    }
}
