//! The `grace` command line.
fn main() {}
