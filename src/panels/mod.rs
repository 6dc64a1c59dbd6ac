//! The parts of the page: each shows one view of the runs at the cursor and turns what a person does into actions.

pub mod advice;
pub mod application;
pub mod cluster;
pub mod editors;
pub mod files;
pub mod header;
pub mod keys;
pub mod narration;
pub mod output;
pub mod process;
pub mod sheet;
pub mod stage;
pub mod terminal;
pub mod timeline;
pub mod transport;
pub mod verdict;
pub mod why;
