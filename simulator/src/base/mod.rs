//! What every layer speaks of: time, signals, identities, chance, limits, remarks on texts. Depends on nothing.
pub mod diagnostic;
pub mod signal;
