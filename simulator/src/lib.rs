//! What happens between `kubectl delete pod` and exit code 137, as a pure function.
pub mod base;
pub mod shell;
