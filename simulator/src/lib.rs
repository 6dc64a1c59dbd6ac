//! What happens between `kubectl delete pod` and exit code 137, as a pure function.

// No input may bring the simulator down: whatever can panic needs a proof where it stands. Tests may stop loudly.
#![cfg_attr(
    not(test),
    warn(
        clippy::as_conversions,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod base;
pub mod shell;
