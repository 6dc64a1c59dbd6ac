//! `/dev/tcp` and `/dev/udp`, which bash, ksh93 and yash connect to (bash `redir.c`, `redir_special_open`).

use crate::program::Sys;
use crate::program::util::{is_local, listens_locally};

/// `/dev/tcp/HOST/PORT`, `/dev/udp/HOST/PORT`
pub(super) fn is_network(path: &str) -> bool {
    ["/dev/tcp/", "/dev/udp/"].iter().filter_map(|p| path.strip_prefix(p)).any(|rest| rest.contains('/'))
}

/// Does nobody listen there? Other hosts than the own one are outside the simulation and taken to answer.
pub(super) fn refuses(path: &str, sys: &Sys<'_>) -> bool {
    let Some((host, port)) = path.strip_prefix("/dev/tcp/").and_then(|rest| rest.split_once('/')) else { return false };
    is_local(host) && !port.parse().is_ok_and(|port| listens_locally(sys, port))
}
