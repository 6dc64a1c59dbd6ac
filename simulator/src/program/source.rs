//! The source text that an interpreter is about to run: its script argument, or code on the command line.

use super::call::Sys;
use super::load::base_name;
use super::profiles::row::Language;
use crate::base::Text;
use crate::kernel::fs::{Content, normal};

/// What was found.
pub(super) enum Source {
    /// A text, with the name that people know it by.
    Text {
        /// Language.
        language: Language,
        /// Name.
        file: Text,
        /// Text.
        text: Text,
    },
    /// It names a file that is not there.
    Missing(Text),
}

/// Options with a value of their own.
const VALUED: &[&str] = &["-r", "-I", "-W", "-X", "-C", "--require", "--import", "--loader"];

/// The source of `ruby server.rb`, `python3 -u app.py`, `node .`, `ruby -e CODE`, `go run main.go`.
pub(super) fn find(language: Language, argv: &[Text], sys: &Sys<'_>) -> Option<Source> {
    let mut words = argv.iter().skip(1).map(|a| &**a).peekable();
    if language == Language::Go {
        words.next_if(|w| *w == "run")?;
    }
    while let Some(word) = words.next() {
        match word {
            "-c" | "-e" | "--eval" => {
                let text = words.next()?.into();
                return Some(Source::Text { language, file: word.into(), text });
            }
            "-m" => return None,
            _ if VALUED.contains(&word) => {
                words.next();
            }
            _ if word.starts_with('-') => {}
            _ => return Some(script(language, word, sys)),
        }
    }
    None
}

fn script(language: Language, word: &str, sys: &Sys<'_>) -> Source {
    let tries = [word.to_owned(), format!("{word}.js"), format!("{word}/index.js"), format!("{word}/main.go")];
    for path in &tries {
        let Some(file) = sys.files.get(sys.cwd, path) else { continue };
        let Content::Text(text) = &file.content else { continue };
        let name = file.origin.clone().unwrap_or_else(|| base_name(&normal(sys.cwd, path)).into());
        return Source::Text { language, file: name, text: text.clone() };
    }
    Source::Missing(word.into())
}
