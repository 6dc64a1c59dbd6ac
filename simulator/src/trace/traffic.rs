//! What can happen to endpoints and requests.

use serde::{Deserialize, Serialize};

use crate::base::id::{PodId, TaskId};

/// Something that happened to a pod's entry in a list of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnEndpoint {
    /// The EndpointSlice at the API server shows these conditions.
    Slice(Conditions),
    /// It is no longer in the EndpointSlice.
    Unlisted,
    /// The consumer of this number (0 first: the order of the settings) now sends new connections to it, or no longer.
    Learned {
        /// Which consumer.
        consumer: u8,
        /// Does it route to this pod from now on?
        routes: bool,
    },
    /// A load balancer's own health checks changed its mind about this pod.
    Health {
        /// Which consumer.
        consumer: u8,
        /// Did it pass?
        healthy: bool,
    },
    /// A load balancer's deregistration delay for this pod is over.
    Deregistered {
        /// Which consumer.
        consumer: u8,
    },
}

/// Conditions of one endpoint (discovery.k8s.io/v1 EndpointConditions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// Serving and not terminating, or `publishNotReadyAddresses`.
    pub ready: bool,
    /// The pod is Ready.
    pub serving: bool,
    /// The pod has a deletion timestamp.
    pub terminating: bool,
}

/// Something that happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnRequest {
    /// The client sent it, and a consumer of the endpoint list passed it on: one event, since no time passes between.
    Sent {
        /// Which consumer of the endpoint list it goes through.
        consumer: u8,
        /// The pod chosen for it; `None` if the consumer knows of no endpoint.
        pod: Option<PodId>,
        /// The process that accepted its connection at once.
        task: Option<TaskId>,
    },
    /// A process accepted its connection, which had waited in the kernel's backlog.
    Accepted(TaskId),
    /// Its connection waits in the kernel's backlog.
    Queued,
    /// The consumer sends it to another pod, after this outcome at the first.
    Retried {
        /// How the try before ended.
        after: Outcome,
        /// The pod chosen now; `None` if the consumer knows of no endpoint.
        pod: Option<PodId>,
        /// The process that accepted its connection at once.
        task: Option<TaskId>,
    },
    /// It ended.
    Ended(Outcome),
}

/// How a request ended, as the client sees it, or the proxy that sent it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// Answered.
    Ok,
    /// Connection refused: nobody listens (ECONNREFUSED).
    Refused,
    /// Its connection was in the backlog when the listening socket was closed: the kernel resets it (ECONNRESET).
    Reset,
    /// The process that worked on it ended: the connection was closed without an answer.
    Cut,
    /// No answer until the client gave up.
    TimedOut,
    /// There was no endpoint to send it to.
    NoEndpoint,
}

impl Outcome {
    /// Every outcome, in the order in which tables show them.
    pub const ALL: [Outcome; 6] =
        [Outcome::Ok, Outcome::Refused, Outcome::Reset, Outcome::Cut, Outcome::TimedOut, Outcome::NoEndpoint];

    /// Its word in tables: `ok`, `refused`.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Refused => "refused",
            Outcome::Reset => "reset",
            Outcome::Cut => "cut",
            Outcome::TimedOut => "timed out",
            Outcome::NoEndpoint => "no endpoint",
        }
    }
}
