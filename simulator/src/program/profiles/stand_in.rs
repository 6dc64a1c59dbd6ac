//! A stand-in for a program of which only the name is known: with the right arguments it is an application that handles
//! SIGTERM, otherwise a step that ends at once.
//!
//! Not here: what is assumed of unknown programs in a pod (`profiles::unknown`).

use crate::base::Text;
use crate::program::behaviour::Behaviour;

use super::find;

/// The binary's name. Its version says when it is the application.
pub const NAME: &str = "stand-in";
/// Version of a step: never the application.
pub const STEP: &str = "step";
/// Version of an application with any arguments.
pub const APPLICATION: &str = "application";

/// What it does: the version is `STEP`, `APPLICATION`, or `APPLICATION` and the arguments of the application.
#[must_use]
pub fn behaviour(version: &str, argv: &[Text]) -> Behaviour {
    let arguments: Vec<&str> = argv.iter().skip(1).map(|a| &**a).collect();
    let wanted = version.strip_prefix(APPLICATION).map(str::trim_start);
    let is_application = wanted.is_some_and(|w| w.is_empty() || w == arguments.join(" "));
    let row = find(if is_application { "helper-app" } else { "quick" }, "");
    let name = argv.first().map_or("", |a| a);
    row.map(|row| row.behaviour(name, argv)).unwrap_or_default()
}
