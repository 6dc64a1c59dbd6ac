//! Those who send requests to pods by a copy of the endpoint list: what differs between them, one row each.
//!
//! Lags come from sources and measurements named on the rows; where a source gives the sleep that was enough, the lag is
//! taken to end there. Health checks of load balancers are not simulated.

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
}

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
};

/// ingress-nginx: the controller collects changes, its workers look once a second.
pub static INGRESS_NGINX: ConsumerRow = ConsumerRow {
    id: "ingress-nginx",
    name: "ingress-nginx",
    source: "ingress-nginx pkg/flags (sync rate 0.3/s), lua/balancer.lua (every 1 s), configmap.md proxy-next-upstream (error timeout, \
             3 tries), proxy-connect-timeout (5 s)",
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
};

/// An Application Load Balancer with pods as targets.
pub static ALB: ConsumerRow = ConsumerRow {
    id: "alb",
    name: "AWS ALB, IP targets",
    source: "aws-load-balancer-controller issues 1064 (25 s of sleep enough), 2106 (rare 502 at 40 s, none at 70 s); 15 s not enough: \
             alphagov pull request 2202",
    learning: Learning::Lags { joins: Spread::millis(5_000, 20_000), leaves: Spread::millis(5_000, 40_000) },
    pick: Pick::RoundRobin,
    uses_terminating: false,
    tries: 1,
    retries_sent: false,
    connect_timeout: Some(SimDuration::from_secs(10)),
    answers: true,
};

/// A Network Load Balancer with pods as targets.
pub static NLB: ConsumerRow = ConsumerRow {
    id: "nlb",
    name: "AWS NLB, IP targets",
    source: "aws-load-balancer-controller issue 2366 (120 s of sleep)",
    learning: Learning::Lags { joins: Spread::millis(30_000, 120_000), leaves: Spread::millis(30_000, 120_000) },
    pick: Pick::Random,
    uses_terminating: false,
    tries: 1,
    retries_sent: false,
    connect_timeout: None,
    answers: false,
};

/// All rows; the first is the default.
pub static ALL: &[&ConsumerRow] = &[&KUBE_PROXY, &INGRESS_NGINX, &ALB, &NLB];

/// The row of this id.
pub fn by_id(id: &str) -> Option<&'static ConsumerRow> {
    ALL.iter().copied().find(|row| row.id == id)
}

impl ConsumerRow {
    /// What the client sees of an outcome, in its own words.
    pub fn client_sees(&self, outcome: Outcome) -> &'static str {
        match (self.answers, outcome) {
            (_, Outcome::Ok) => "200",
            (true, Outcome::Refused | Outcome::Reset | Outcome::Cut) => "502 Bad Gateway",
            (true, Outcome::TimedOut) => "504 Gateway Timeout",
            (true, Outcome::NoEndpoint) => "503 Service Unavailable",
            (false, Outcome::Refused | Outcome::NoEndpoint) => "connection refused",
            (false, Outcome::Reset) => "connection reset by peer",
            (false, Outcome::Cut) => "empty reply",
            (false, Outcome::TimedOut) => "timeout",
        }
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
