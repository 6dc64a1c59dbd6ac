//! What a server does with connections between requests: HTTP keep-alive, and how many may wait to be accepted.
//!
//! Follows RFC 9112 section 9 (persistence, `Connection: close`), listen(2) and each server's manual, see the rows of
//! `profiles`. Not here: who holds the other end (`cluster`), and the kernel's own bound on the backlog (`base::limits`).

use crate::base::time::SimDuration;

/// How a server treats its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serving {
    /// What becomes of a connection after an answer.
    pub idle: Idle,
    /// It waits so much longer than its setting says.
    pub slack: SimDuration,
    /// Does it tell the client that time (`Keep-Alive: timeout=5`)?
    pub tells: bool,
    /// What becomes of open connections when it closes its listening socket.
    pub closing: Closing,
    /// Connections that may wait to be accepted: the second argument of its listen(2).
    pub backlog: u32,
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Idle {
    /// It stays open as long as the other side wants.
    #[default]
    Never,
    /// The server closes it when no request has come for so long.
    After(SimDuration),
    /// The server closes it with each answer: HTTP/1.0, or a worker that serves one connection at a time.
    EachAnswer,
}

/// What becomes of open connections when a server stops listening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// Idle ones are closed at once, the others with their answer, which most servers announce by `Connection: close`.
    #[default]
    AtOnce,
    /// Idle ones are closed at once, but those in use are kept after their answer until they were idle for the server's time;
    /// its end waits for them.
    IdleAtOnce,
    /// All of them stay, and are served, until they were idle for the server's time; its end waits for them.
    WhenIdle,
}

/// What a server does of which nothing is known: it keeps connections until it stops, and the kernel's bound is its backlog.
pub const UNKNOWN: Serving = Serving {
    idle: Idle::Never,
    slack: SimDuration::ZERO,
    tells: false,
    closing: Closing::AtOnce,
    backlog: crate::base::limits::BACKLOG,
};

impl Serving {
    /// How long an idle connection stays open; none: as long as the other side wants. Zero: not at all.
    pub fn limit(&self) -> Option<SimDuration> {
        match self.idle {
            Idle::Never => None,
            Idle::EachAnswer => Some(SimDuration::ZERO),
            Idle::After(time) => Some(time + self.slack),
        }
    }
}

impl Default for Serving {
    fn default() -> Self {
        UNKNOWN
    }
}

/// What a card, a source file or an argument says about it; the rest is as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tuned {
    /// In place of `Serving::idle`.
    pub idle: Option<Idle>,
    /// In place of `Serving::backlog`.
    pub backlog: Option<u32>,
}

impl Tuned {
    /// What both say; where they differ, this one counts.
    #[must_use]
    pub fn or(self, other: Tuned) -> Tuned {
        Tuned { idle: self.idle.or(other.idle), backlog: self.backlog.or(other.backlog) }
    }

    /// A server with this changed.
    #[must_use]
    pub fn over(self, serving: Serving) -> Serving {
        let Serving { idle, backlog, .. } = serving;
        Serving { idle: self.idle.unwrap_or(idle), backlog: self.backlog.unwrap_or(backlog), ..serving }
    }

    /// Does it say anything?
    pub fn says_something(&self) -> bool {
        *self != Tuned::default()
    }
}

impl Idle {
    /// After so many seconds; 0 is with each answer.
    pub const fn seconds(seconds: u64) -> Idle {
        match seconds {
            0 => Idle::EachAnswer,
            _ => Idle::After(SimDuration::from_secs(seconds)),
        }
    }

    /// After this time; none is with each answer.
    pub const fn time(time: SimDuration) -> Idle {
        match time {
            SimDuration::ZERO => Idle::EachAnswer,
            _ => Idle::After(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_card_says_goes_before_what_an_argument_says() {
        let card = Tuned { idle: Some(Idle::seconds(65)), backlog: None };
        let argument = Tuned { idle: Some(Idle::seconds(5)), backlog: Some(100) };
        let tuned = card.or(argument).over(UNKNOWN);
        assert_eq!((tuned.idle, tuned.backlog), (Idle::After(SimDuration::from_secs(65)), 100));
    }

    #[test]
    fn no_seconds_is_no_keep_alive() {
        assert_eq!(Idle::seconds(0), Idle::EachAnswer);
        assert_eq!(Idle::time(SimDuration::ZERO), Idle::EachAnswer);
        assert_eq!(Serving { idle: Idle::EachAnswer, ..UNKNOWN }.limit(), Some(SimDuration::ZERO));
    }

    #[test]
    fn a_server_may_wait_longer_than_it_says() {
        let slack = SimDuration::from_secs(1);
        let serving = Serving { idle: Idle::seconds(5), slack, ..UNKNOWN };
        assert_eq!(serving.limit(), Some(SimDuration::from_secs(6)));
        assert_eq!(UNKNOWN.limit(), None);
    }
}
