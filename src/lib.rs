//! The playground page: everything that can be tested without a browser lives in this library.
//!
//! `store` is what the page knows and how it changes; `scene` draws a moment of a run; `panels` and `ui` show it; `effect`
//! is the only code that touches the browser; `sim` is the door to the simulator, and `engine` is what stands behind it.

pub mod app;
pub mod effect;
pub mod engine;
pub mod panels;
pub mod scene;
pub mod sim;
pub mod store;
pub mod ui;

pub use app::App;
