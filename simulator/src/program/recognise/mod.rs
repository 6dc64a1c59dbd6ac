//! From the source text of a program to what it does: handlers, output, ports, loops that are obvious to a reader.
//!
//! Not an interpreter. What is understood becomes steps and a statement with its line; what is not understood becomes a
//! statement that says so, and nothing is assumed about it. Languages: Ruby, Python, JavaScript on Node.js, Go.

mod braces;
mod go;
mod node;
mod python;
mod ruby;
mod story;
mod text;

use super::behaviour::Behaviour;
use super::profiles::row::Language;
use crate::base::limits::SCRIPT_BYTES;

/// Steps of one list at most.
pub(crate) const MOST_STEPS: usize = 64;

pub(crate) use story::unbuffer;

/// What the program in this file does.
pub fn recognise(language: Language, file: &str, source: &str) -> Behaviour {
    let mut story = story::Story::new(file);
    if source.len() > SCRIPT_BYTES {
        story.not_understood(1, "the file is too long to be read");
        return story.finish(false);
    }
    match language {
        Language::Ruby => ruby::read(source, story),
        Language::Python => python::read(source, story),
        Language::Node => node::read(source, story),
        Language::Go => go::read(source, story),
    }
}

/// The language of a file by the end of its name.
pub fn language_of(file: &str) -> Option<Language> {
    match file.rsplit('.').next()? {
        "rb" | "ru" => Some(Language::Ruby),
        "py" => Some(Language::Python),
        "js" | "mjs" | "cjs" | "ts" => Some(Language::Node),
        "go" => Some(Language::Go),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
