//! What can happen to endpoints and requests.

use crate::base::id::{PodId, TaskId};

/// Something that happened to a pod's entry in a list of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnEndpoint {
    /// The EndpointSlice at the API server shows these conditions.
    Slice(Conditions),
    /// It is no longer in the EndpointSlice.
    Unlisted,
    /// The consumer of this number (0 first: the order of the scenario's path) now sends requests to it, or no longer.
    Learned {
        /// Which consumer.
        consumer: u8,
        /// Does it route to this pod from now on?
        routes: bool,
    },
}

/// Conditions of one endpoint (discovery.k8s.io/v1 EndpointConditions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Conditions {
    /// Serving and not terminating, or `publishNotReadyAddresses`.
    pub ready: bool,
    /// The pod is Ready.
    pub serving: bool,
    /// The pod has a deletion timestamp.
    pub terminating: bool,
}

/// Something that happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRequest {
    /// The client sent it.
    Arrived,
    /// A consumer of the endpoint list chose this pod for it.
    Routed(PodId),
    /// A process accepted its connection and works on it.
    Accepted(TaskId),
    /// Its connection waits in the kernel's backlog.
    Queued,
    /// It ended.
    Ended(Outcome),
}

/// How a request ended, as the client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Answered.
    Ok,
    /// Connection refused: nobody listens.
    Refused,
    /// The connection was cut while the request was in flight.
    Cut,
    /// No answer until the client gave up.
    TimedOut,
    /// There was no endpoint to send it to.
    NoEndpoint,
}
