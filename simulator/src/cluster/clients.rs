//! Clients that keep connections open: how long, and what they do when one turns out to be closed. One row each.
//!
//! Not here: proxies and load balancers, which keep connections of their own (`consumers`).

use crate::base::time::SimDuration;

/// One kind of client.
#[derive(Debug, PartialEq, Eq)]
pub struct ClientRow {
    /// Its id in settings and links.
    pub id: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Where this is from.
    pub source: &'static str,
    /// It closes a connection that was idle for so long; none: it never does.
    pub idle: Option<SimDuration>,
    /// It believes `Keep-Alive: timeout=N`, and closes so long before; none: it does not read that.
    pub before_told: Option<SimDuration>,
    /// A request on a kept connection that was closed without a byte of an answer: is it sent again?
    pub again: Again,
}

/// Which requests a client sends again when a kept connection was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// None: the caller gets the error.
    None,
    /// Those that may be repeated (GET, not POST).
    Repeatable,
    /// All.
    All,
}

impl Again {
    /// Is a request sent again? `repeatable`: it may be sent twice.
    pub fn holds(self, repeatable: bool) -> bool {
        match self {
            Again::None => false,
            Again::Repeatable => repeatable,
            Again::All => true,
        }
    }
}

/// The plainest one: it keeps what it opened, and reports every error.
pub static PLAIN: ClientRow = ClientRow {
    id: "plain",
    name: "a client that keeps connections until they break",
    source: "the rule of RFC 9112 section 9.5, without what clients add to it",
    idle: None,
    before_told: None,
    again: Again::None,
};

/// Go.
pub static GO: ClientRow = ClientRow {
    id: "go",
    name: "Go net/http",
    source: "net/http transport.go: DefaultTransport.IdleConnTimeout 90 s, shouldRetryRequest and Request.isReplayable",
    idle: Some(SimDuration::from_secs(90)),
    before_told: None,
    again: Again::Repeatable,
};

/// `fetch` of Node.js.
pub static NODE_FETCH: ClientRow = ClientRow {
    id: "node-fetch",
    name: "fetch of Node.js (undici)",
    source: "undici docs/api/Client.md: keepAliveTimeout 4 s, keepAliveTimeoutThreshold 2 s below what the server tells",
    idle: Some(SimDuration::from_secs(4)),
    before_told: Some(SimDuration::from_secs(2)),
    again: Again::None,
};

/// Python.
pub static PYTHON: ClientRow = ClientRow {
    id: "python",
    name: "Python requests (urllib3)",
    source: "urllib3 connectionpool.py: no time for idle connections, a look whether one is closed before use; requests adapters.py: \
             no retries by default",
    idle: None,
    before_told: None,
    again: Again::None,
};

/// curl and libcurl.
pub static CURL: ClientRow = ClientRow {
    id: "curl",
    name: "curl",
    source: "curl.se/libcurl CURLOPT_MAXAGE_CONN 118 s; lib/transfer.c Curl_retry_request: a reused connection that gave no byte",
    idle: Some(SimDuration::from_secs(118)),
    before_told: None,
    again: Again::All,
};

/// Chrome and its relatives.
pub static BROWSER: ClientRow = ClientRow {
    id: "browser",
    name: "a browser (Chromium)",
    source: "chromium net/socket/client_socket_pool.cc: used idle sockets 300 s; net/http/http_network_transaction.cc \
             ShouldResendRequest: a reused connection without response headers",
    idle: Some(SimDuration::from_secs(300)),
    before_told: None,
    again: Again::All,
};

/// All rows; the first is the default.
pub static ALL: &[&ClientRow] = &[&PLAIN, &GO, &NODE_FETCH, &PYTHON, &CURL, &BROWSER];

/// The row of this id.
pub fn by_id(id: &str) -> Option<&'static ClientRow> {
    ALL.iter().copied().find(|row| row.id == id)
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
    fn go_repeats_a_get_and_curl_repeats_everything() {
        assert!(GO.again.holds(true) && !GO.again.holds(false));
        assert!(CURL.again.holds(false));
        assert!(!PLAIN.again.holds(true));
    }
}
