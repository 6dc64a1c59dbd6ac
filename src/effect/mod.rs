//! The only code that touches the browser: clock, keys, address, storage, clipboard, texts beside the page, the simulator
//! as a module of its own, what the reader's system prefers.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod engine;
pub mod fetch;
pub mod keyboard;
pub mod later;
pub mod measure;
pub mod media;
pub mod storage;
