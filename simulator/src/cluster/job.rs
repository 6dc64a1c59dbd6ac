//! Jobs: pods until enough of them have succeeded, or too many have failed, or it takes too long.
//!
//! Follows kubernetes pkg/controller/job/job_controller.go `syncJob`, `manageJob`. Not here: indexes, failure policies,
//! suspension.

use crate::base::id::WorkloadId;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::controllers::Controllers;
use crate::cluster::scale_down::restarts;
use crate::cluster::timers::Timers;
use crate::cluster::workload::{Kind, Workload};
use crate::cx::Cx;
use crate::rules::RuleId;
use crate::trace::{Choice, EventKind, OnWorkload};

/// A Job waits so long before it replaces its first failed pod, then twice as long each time
/// (pkg/controller/job/job_controller.go `DefaultJobPodFailureBackOff`).
const JOB_BACK_OFF: SimDuration = SimDuration::from_secs(10);
/// And at most so long (`MaxJobPodFailureBackOff`).
const JOB_BACK_OFF_MAX: SimDuration = SimDuration::from_secs(600);

impl<P> Workload<P> {
    /// One of the Job's pods has failed: the next one waits, twice as long each time.
    pub(super) fn pod_failed(&mut self, now: SimTime) {
        let doubled = JOB_BACK_OFF.times(1 << self.failed.min(6)).min(JOB_BACK_OFF_MAX);
        self.failed = self.failed.saturating_add(1);
        self.not_before = now + doubled;
    }

    /// Is the Job over, and how: did it succeed, and the reason in its condition.
    fn verdict(&self, cx: &Cx) -> Option<(bool, &'static str)> {
        let Kind::Job { completions, backoff_limit, deadline, .. } = self.given.kind else { return None };
        if self.succeeded >= completions {
            return Some((true, "CompletionsReached"));
        }
        // Containers that are started again in their pods count too (`pastBackoffLimitOnFailure`).
        let again = self.active(cx).iter().fold(0_u32, |sum, kept| sum.saturating_add(restarts(cx, kept.pod)));
        if self.failed > backoff_limit || again > 0 && again >= backoff_limit {
            return Some((false, "BackoffLimitExceeded"));
        }
        let over = deadline.is_some_and(|d| cx.now() >= self.created + d);
        over.then_some((false, "DeadlineExceeded"))
    }
}

impl<P> Controllers<P> {
    /// A look at a Job.
    pub(super) fn job(&mut self, cx: &mut Cx, timers: &mut Timers, id: WorkloadId) {
        let Some(w) = self.get(id).filter(|w| !w.finished) else { return };
        let Kind::Job { completions, parallelism, .. } = w.given.kind else { return };
        if let Some((succeeded, reason)) = w.verdict(cx) {
            let finished = OnWorkload::Finished { succeeded, reason: reason.into() };
            if let Some(w) = self.get_mut(id) {
                w.finished = true;
            }
            let event = cx.emit(RuleId::WorkloadJob, EventKind::Workload(id, finished));
            cx.because(event, |cx| self.remove_all(cx, timers, id, RuleId::WorkloadJob, Choice::JobOver));
            return;
        }
        let busy = w.active(cx).len() + w.creating.len();
        let wanted = usize::try_from(parallelism.min(completions - w.succeeded)).unwrap_or(usize::MAX);
        let not_before = w.not_before;
        if busy >= wanted {
            return;
        }
        if cx.now() < not_before {
            self.plan_after(cx, timers, id, not_before.since(cx.now()));
        } else {
            self.create(cx, timers, id, wanted - busy);
        }
    }
}
