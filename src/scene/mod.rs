//! The stage as a drawing: from a run and a moment to a tree of SVG elements. Pure; the page shows it, a file can hold it.

pub mod card;
pub mod fleet;
pub mod frame;
pub mod layout;
pub mod marks;
pub mod picture;
pub mod stations;
pub mod still;
pub mod svg;
pub mod tracks;
