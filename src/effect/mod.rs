//! The only code that touches the browser: clock, keys, address, storage, clipboard, texts beside the page, what the reader's system prefers.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod fetch;
pub mod keyboard;
pub mod measure;
pub mod media;
pub mod storage;
