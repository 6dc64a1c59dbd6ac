//! Command lines as people type them: words as a shell splits them, flags as the Go tools read them.

pub mod flags;
pub mod words;
