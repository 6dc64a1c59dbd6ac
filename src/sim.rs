//! The one door to the simulator: texts in, a checked scenario and its run out. Stands in for `simulator::scenario` and
//! `simulator::world` with two runs made by hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use simulator::base::diagnostic::{Diagnostic, Severity, Span};
use simulator::observed::Observed;
use simulator::trace::Trace;

use crate::store::fixture;

/// The texts that a person edits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is about, one line.
    pub title: String,
    /// Files by name: `Dockerfile`, `pod.yaml`, scripts.
    pub files: BTreeMap<String, String>,
}

/// A run and its end.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Everything that happened.
    pub trace: Trace,
    /// What could be seen at the end.
    pub end: Observed,
}

/// A ready-made scenario.
pub struct Story {
    /// Its name in links.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// Its texts.
    pub draft: Draft,
}

/// Checks the texts and runs them; no run while they have errors.
pub fn run(draft: &Draft) -> (Option<Run>, Vec<Diagnostic>) {
    let text = draft.files.get("Dockerfile").map_or("", String::as_str);
    if !text.starts_with("FROM ") {
        let first = text.lines().next().unwrap_or("").len();
        let wrong =
            Diagnostic::new("Dockerfile", text, Span::new(0, first), Severity::Error, "the first line must be FROM")
                .with_help("name a base image: FROM ruby:2.4-slim");
        return (None, vec![wrong]);
    }
    let trace = if text.contains("CMD [") { fixture::exec_form() } else { fixture::shell_form() };
    let end = Observed::at_time(&trace, simulator::base::time::SimTime::from_secs(100_000));
    (Some(Run { trace, end }), Vec::new())
}

/// The stories, in the order in which they are told.
pub fn stories() -> Vec<Story> {
    macro_rules! story {
        ($id:literal, $title:literal) => {
            Story {
                id: $id,
                title: $title.to_owned(),
                draft: Draft {
                    title: $title.to_owned(),
                    files: [
                        ("Dockerfile", include_str!(concat!("../scenarios/", $id, "/Dockerfile"))),
                        ("pod.yaml", include_str!(concat!("../scenarios/", $id, "/pod.yaml"))),
                        ("server.rb", include_str!(concat!("../scenarios/", $id, "/server.rb"))),
                    ]
                    .into_iter()
                    .map(|(name, text)| (name.to_owned(), text.to_owned()))
                    .collect(),
                },
            }
        };
    }
    vec![
        story!("ruby-shell-form", "A Ruby server in shell form never hears SIGTERM"),
        story!("ruby-exec-form", "A Ruby server in exec form hears SIGTERM"),
    ]
}
