//! The only code that touches the browser: clock, keys, address, storage, clipboard, what the reader's system prefers.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod keyboard;
pub mod media;
pub mod storage;
