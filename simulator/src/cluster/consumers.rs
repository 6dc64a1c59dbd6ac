//! Those who send requests to pods by a copy of the endpoint list: what differs between them, one row each.
//!
//! Lags come from sources and measurements named on the rows; where a source gives the sleep that was enough, the lag is
//! taken to end there. Not here: what their numbers are in a scenario (`settings`), and how they act (`routes`, `targets`,
//! `connections`).

use crate::base::limits::IDLE_CONNECTIONS;
use crate::base::time::SimDuration;
use crate::cluster::settings::Spread;
use crate::trace::Outcome;

/// One kind of consumer.
#[derive(Debug, PartialEq, Eq)]
pub struct ConsumerRow {
    /// Its id in settings and links.
    pub id: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Where the figures come from.
    pub source: &'static str,
    /// How changes of the endpoint list reach it.
    pub learning: Learning,
    /// How it chooses among endpoints.
    pub pick: Pick,
    /// Without a ready endpoint, does it use those that serve while they terminate?
    pub uses_terminating: bool,
    /// Tries in all, each at another endpoint; 1 is no retry.
    pub tries: u8,
    /// Does it retry a request that was sent already, if it is repeatable? A refused one was not.
    pub retries_sent: bool,
    /// How long it waits for a connection; none: it passes packets on, and only the client waits.
    pub connect_timeout: Option<SimDuration>,
    /// Does it answer for the pod (a proxy), so that the client sees an HTTP status instead of a broken connection?
    pub answers: bool,
    /// What the client sees of a request that failed.
    pub sees: &'static Sees,
    /// How long it waits for an answer before it gives one itself; none: only the client's patience counts.
    pub answer_timeout: Option<SimDuration>,
    /// Connections to pods that it keeps open after an answer; none: a new one for each request.
    pub keeps: Option<Keeps>,
    /// It forgets a connection that was idle for so long and tells nobody: the next packet is answered by a reset.
    pub forgets: Option<SimDuration>,
    /// Do its connections go to a node's port, from where kube-proxy leads each to one pod for all its requests?
    pub by_node_port: bool,
    /// Does it send from outside the cluster, so that `externalTrafficPolicy` counts?
    pub outside: bool,
    /// From a packet to its answer, between it and a pod: for so long a connection that the pod has closed looks open.
    pub round_trip: Spread,
    /// Targets that it registers and checks itself; none: it believes the endpoint list.
    pub targets: Option<TargetGroup>,
}

/// Connections to pods that a proxy keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeps {
    /// It closes one that was idle for so long.
    pub idle: SimDuration,
    /// Idle ones at a time; with more the oldest is closed.
    pub most: usize,
}

/// A group of targets of a load balancer outside the cluster, with pods as targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// From one health check of a target to the next.
    pub interval: SimDuration,
    /// A check that is not answered for so long has failed.
    pub timeout: SimDuration,
    /// Checks in a row that make an unhealthy target healthy; a new one needs only one.
    pub healthy: u8,
    /// Failed checks in a row that make a target unhealthy.
    pub unhealthy: u8,
    /// Is a check an HTTP request, that somebody has to accept and answer? Else a connection is enough.
    pub http: bool,
    /// Deregistration delay: requests in flight at a target that was deregistered may go on for so long.
    pub delay: SimDuration,
    /// Does it cut them off then?
    pub cuts: bool,
    /// Does it reset connections to a target that became unhealthy?
    pub resets_unhealthy: bool,
}

/// What a client sees of a request that failed, in its own words.
#[derive(Debug, PartialEq, Eq)]
pub struct Sees {
    /// Nobody listens at the pod.
    pub refused: &'static str,
    /// The connection was reset.
    pub reset: &'static str,
    /// The connection was closed without an answer.
    pub cut: &'static str,
    /// No answer in time.
    pub timed_out: &'static str,
    /// There is no pod to send it to.
    pub no_endpoint: &'static str,
}

/// Without a proxy: what the client's own system calls say.
pub static DIRECT: Sees = Sees {
    refused: "connection refused",
    reset: "connection reset by peer",
    cut: "empty reply",
    timed_out: "timeout",
    no_endpoint: "connection refused",
};

/// nginx, AWS ALB: ngx_http_upstream_next; Elastic Load Balancing, troubleshooting (502, 503, 504).
pub static PROXIED: Sees = Sees {
    refused: "502 Bad Gateway",
    reset: "502 Bad Gateway",
    cut: "502 Bad Gateway",
    timed_out: "504 Gateway Timeout",
    no_endpoint: "503 Service Unavailable",
};

/// How changes of the endpoint list reach a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learning {
    /// It writes its own rules anew with all changes so far.
    Rewrites {
        /// From the slice to the consumer knowing of the change.
        watch: Spread,
        /// From the end of one rewrite to the start of the next.
        pause: SimDuration,
        /// From the start of a rewrite to the rules being in force.
        run: Spread,
    },
    /// Each change takes effect after a time of its own.
    Lags {
        /// For an endpoint that comes.
        joins: Spread,
        /// For an endpoint that goes.
        leaves: Spread,
    },
}

/// How a consumer chooses among endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// By chance.
    Random,
    /// One after the other.
    RoundRobin,
}

/// Requests to the Service's address, on the node of the client.
pub static KUBE_PROXY: ConsumerRow = ConsumerRow {
    id: "kube-proxy",
    name: "Service through kube-proxy",
    source: "kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go (minSyncPeriod 1 s), pkg/proxy/runner, pkg/proxy/topology.go; \
             measured: Kubernetes 1.36.2, nftables",
    learning: Learning::Rewrites {
        watch: Spread::millis(2, 20),
        pause: SimDuration::from_secs(1),
        run: Spread::millis(10, 100),
    },
    pick: Pick::Random,
    uses_terminating: true,
    tries: 1,
    retries_sent: false,
    connect_timeout: None,
    answers: false,
    sees: &DIRECT,
    answer_timeout: None,
    keeps: None,
    forgets: None,
    by_node_port: true,
    outside: false,
    round_trip: POD_NETWORK,
    targets: None,
};

/// ingress-nginx: the controller collects changes, its workers look once a second.
pub static INGRESS_NGINX: ConsumerRow = ConsumerRow {
    id: "ingress-nginx",
    name: "ingress-nginx",
    source: "ingress-nginx pkg/flags (sync rate 0.3/s), lua/balancer.lua (every 1 s), configmap.md proxy-next-upstream (error timeout, \
             3 tries), proxy-connect-timeout (5 s), proxy-read-timeout (60 s), upstream-keepalive-timeout (60 s), \
             upstream-keepalive-connections (320)",
    learning: Learning::Rewrites {
        watch: Spread::millis(2, 20),
        pause: SimDuration::from_millis(3_333),
        run: Spread::millis(50, 1_100),
    },
    pick: Pick::RoundRobin,
    uses_terminating: false,
    tries: 3,
    retries_sent: true,
    connect_timeout: Some(SimDuration::from_secs(5)),
    answers: true,
    sees: &PROXIED,
    answer_timeout: Some(SimDuration::from_secs(60)),
    keeps: Some(Keeps { idle: SimDuration::from_secs(60), most: 320 }),
    forgets: None,
    by_node_port: false,
    outside: false,
    round_trip: POD_NETWORK,
    targets: None,
};

/// An Application Load Balancer with pods as targets.
pub static ALB: ConsumerRow = ConsumerRow {
    id: "alb",
    name: "AWS ALB, IP targets",
    source: "aws-load-balancer-controller issues 1064 (25 s of sleep enough), 2106 (rare 502 at 40 s, none at 70 s); 15 s not enough: \
             alphagov pull request 2202; its annotations (health check every 15 s, 5 s, 2 and 2 in a row); Elastic Load Balancing \
             User Guide: idle timeout 60 s, deregistration delay 300 s, one passed check makes a new target healthy. Not in \
             them, assumed: 1 to 5 s until a target is registered, a round trip of 0.5 to 2 ms",
    learning: Learning::Lags { joins: Spread::millis(1_000, 5_000), leaves: Spread::millis(5_000, 40_000) },
    pick: Pick::RoundRobin,
    uses_terminating: false,
    tries: 1,
    retries_sent: false,
    connect_timeout: Some(SimDuration::from_secs(10)),
    answers: true,
    sees: &PROXIED,
    answer_timeout: Some(SimDuration::from_secs(60)),
    keeps: Some(Keeps { idle: SimDuration::from_secs(60), most: IDLE_CONNECTIONS }),
    forgets: None,
    by_node_port: false,
    outside: true,
    round_trip: ZONES,
    targets: Some(TargetGroup {
        interval: SimDuration::from_secs(15),
        timeout: SimDuration::from_secs(5),
        healthy: 2,
        unhealthy: 2,
        http: true,
        delay: SimDuration::from_secs(300),
        cuts: true,
        resets_unhealthy: false,
    }),
};

/// An Application Load Balancer with nodes as targets: it knows nothing of pods, and each of its connections stays with the
/// pod that kube-proxy chose for it.
pub static ALB_INSTANCE: ConsumerRow = ConsumerRow {
    id: "alb-instance",
    name: "AWS ALB, instance targets",
    source: "as kube-proxy and as the ALB; aws-load-balancer-controller docs: target-type instance sends to a NodePort, and \
             \"the ALB itself is not aware of pod\" (pod_readiness_gate.md)",
    tries: 1,
    connect_timeout: Some(SimDuration::from_secs(10)),
    answers: true,
    sees: &PROXIED,
    answer_timeout: Some(SimDuration::from_secs(60)),
    keeps: Some(Keeps { idle: SimDuration::from_secs(60), most: IDLE_CONNECTIONS }),
    by_node_port: true,
    outside: true,
    round_trip: ZONES,
    ..KUBE_PROXY
};

/// A Network Load Balancer with pods as targets.
pub static NLB: ConsumerRow = ConsumerRow {
    id: "nlb",
    name: "AWS NLB, IP targets",
    source: "aws-load-balancer-controller issue 2366 (120 s of sleep); its annotations (health check every 10 s, 3 and 3 in a row); \
             Elastic Load Balancing User Guide: connections idle for 350 s are forgotten, deregistration delay 300 s, connections \
             are not ended behind it unless asked for, connections to an unhealthy target are reset",
    learning: Learning::Lags { joins: Spread::millis(30_000, 120_000), leaves: Spread::millis(30_000, 120_000) },
    pick: Pick::Random,
    uses_terminating: false,
    tries: 1,
    retries_sent: false,
    connect_timeout: None,
    answers: false,
    sees: &DIRECT,
    answer_timeout: None,
    keeps: None,
    forgets: Some(SimDuration::from_secs(350)),
    by_node_port: false,
    outside: true,
    round_trip: ZONES,
    targets: Some(TargetGroup {
        interval: SimDuration::from_secs(10),
        timeout: SimDuration::from_secs(10),
        healthy: 3,
        unhealthy: 3,
        http: false,
        delay: SimDuration::from_secs(300),
        cuts: false,
        resets_unhealthy: true,
    }),
};

/// A Network Load Balancer with nodes as targets.
pub static NLB_INSTANCE: ConsumerRow = ConsumerRow {
    id: "nlb-instance",
    name: "AWS NLB, instance targets",
    source: "as kube-proxy; Elastic Load Balancing User Guide: connections idle for 350 s are forgotten",
    forgets: Some(SimDuration::from_secs(350)),
    outside: true,
    round_trip: ZONES,
    ..KUBE_PROXY
};

/// A Google Cloud Application Load Balancer with pods as endpoints of a group (NEG).
pub static GCP: ConsumerRow = ConsumerRow {
    id: "gcp",
    name: "Google Cloud Application Load Balancer, NEG",
    source: "cloud.google.com/load-balancing/docs/https: connections to backends idle for 600 s are closed, backend service timeout \
             30 s, requests without a body are sent once more after 502, 503, 504; GKE ingress: check every 15 s, 1 and 2 in a row, \
             connection draining off. Not in them, assumed: the lags, as those of the ALB",
    tries: 2,
    retries_sent: true,
    answer_timeout: Some(SimDuration::from_secs(30)),
    keeps: Some(Keeps { idle: SimDuration::from_secs(600), most: IDLE_CONNECTIONS }),
    targets: Some(TargetGroup {
        interval: SimDuration::from_secs(15),
        timeout: SimDuration::from_secs(15),
        healthy: 1,
        unhealthy: 2,
        http: true,
        delay: SimDuration::ZERO,
        cuts: true,
        resets_unhealthy: false,
    }),
    ..ALB
};

/// Within a node or between two of them: assumed.
const POD_NETWORK: Spread = Spread::micros(100, 500);
/// Between two zones of a region: assumed.
const ZONES: Spread = Spread::micros(500, 2_000);

/// All rows; the first is the default.
pub static ALL: &[&ConsumerRow] = &[&KUBE_PROXY, &INGRESS_NGINX, &ALB, &ALB_INSTANCE, &NLB, &NLB_INSTANCE, &GCP];

/// The row of this id.
pub fn by_id(id: &str) -> Option<&'static ConsumerRow> {
    ALL.iter().copied().find(|row| row.id == id)
}

impl ConsumerRow {
    /// What the client sees of an outcome, in its own words.
    pub fn client_sees(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Ok => "200",
            Outcome::Refused => self.sees.refused,
            Outcome::Reset => self.sees.reset,
            Outcome::Cut => self.sees.cut,
            Outcome::TimedOut => self.sees.timed_out,
            Outcome::NoEndpoint => self.sees.no_endpoint,
        }
    }

    /// Does one of its connections stay with one pod? A proxy that knows pods chooses anew for each request.
    pub fn pins(&self) -> bool {
        !self.answers || self.by_node_port
    }

    /// May a request that failed so be sent to another pod? `repeatable`: it may be sent twice.
    pub fn retries(&self, outcome: Outcome, repeatable: bool) -> bool {
        match outcome {
            Outcome::Ok | Outcome::NoEndpoint => false,
            Outcome::Refused => self.tries > 1,
            Outcome::Reset | Outcome::Cut | Outcome::TimedOut => self.tries > 1 && self.retries_sent && repeatable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_an_id_of_its_own_and_a_source() {
        for row in ALL {
            assert_eq!(by_id(row.id), Some(*row));
            assert!(row.source.len() > 20, "{}", row.id);
        }
    }

    #[test]
    fn a_proxy_turns_a_broken_connection_into_a_status() {
        assert_eq!(KUBE_PROXY.client_sees(Outcome::Refused), "connection refused");
        assert_eq!(INGRESS_NGINX.client_sees(Outcome::Refused), "502 Bad Gateway");
        assert_eq!(ALB.client_sees(Outcome::TimedOut), "504 Gateway Timeout");
        assert_eq!(ALB.client_sees(Outcome::NoEndpoint), "503 Service Unavailable");
    }

    #[test]
    fn a_request_that_was_sent_is_repeated_only_if_it_may_be() {
        assert!(INGRESS_NGINX.retries(Outcome::Refused, false));
        assert!(!INGRESS_NGINX.retries(Outcome::Cut, false));
        assert!(INGRESS_NGINX.retries(Outcome::Cut, true));
        assert!(!KUBE_PROXY.retries(Outcome::Refused, true));
    }
}
