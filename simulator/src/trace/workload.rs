//! What can happen to a workload: the objects that keep pods, and what their controllers decide.

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::base::id::PodId;

/// Something that happened to a workload, or that its controller decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnWorkload {
    /// The object was created.
    Created(Box<NewWorkload>),
    /// `spec.replicas` has a new value.
    Scaled(u32),
    /// The pod template has a new revision, counted from 1.
    Updated(u32),
    /// The controller lets this pod go.
    Removes {
        /// Which.
        pod: PodId,
        /// Why this one.
        choice: Choice,
    },
    /// The controller of a StatefulSet does nothing more until this pod is ready, or gone.
    WaitsFor(PodId),
    /// A Job is over: with success or not.
    Finished {
        /// The reason in the Job's condition.
        reason: Text,
        /// All completions were reached.
        succeeded: bool,
    },
    /// The object was deleted; its pods follow.
    Deleted,
}

/// A workload's object as it is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWorkload {
    /// `Deployment`, `StatefulSet`, `Pod`.
    pub kind: Text,
    /// Its name.
    pub name: Text,
    /// Pods it is to keep.
    pub replicas: u32,
}

/// What made a controller choose this pod to go: the first difference to the pods that stay
/// (`pkg/controller/controller_utils.go` `ActivePodsWithRanks.Less`), or the rule of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Choice {
    /// Its phase: Pending before Running.
    Phase,
    /// It is not ready.
    NotReady,
    /// It has a lower deletion cost (`controller.kubernetes.io/pod-deletion-cost`).
    DeletionCost,
    /// More pods of the same workload are on its node.
    Crowded,
    /// It has been ready for less time, by powers of two.
    ReadyForLess,
    /// Its containers restarted more often.
    Restarts,
    /// It is newer.
    Newer,
    /// No difference: the order of the pods' UIDs, which is chance.
    Uid,
    /// It has the highest ordinal (StatefulSet).
    Ordinal,
    /// It has the old template (rolling update).
    OldTemplate,
    /// All go: the workload is deleted or scaled to 0.
    All,
    /// The Job is over, or its backoff limit is reached.
    JobOver,
}
