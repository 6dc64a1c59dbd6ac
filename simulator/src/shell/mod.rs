//! The shell language as people use it in entrypoints: reading it, planning it, running it.
//!
//! `parse` reads a text to the tree of `ast`; `plan` turns the tree into flat steps, deciding from the columns of
//! `variants` where a shell replaces itself instead of forking; `run` is the process: a plain value that makes the
//! system calls. What differs between shells is a column of `variants`, never a name in code.

pub mod ast;
pub mod flat;
pub mod missing;
pub mod parse;
pub mod plan;
pub mod print;
pub mod run;
pub mod syntax;
pub mod variants;
pub mod walk;
