//! Heredocs of `RUN`, `COPY` and `ADD`: which words announce one.
//!
//! Follows BuildKit `frontend/dockerfile/parser/parser.go` (`heredocsFromLine`, `heredocFromMatch`).

use crate::image::substitute::{Rules, words};

/// A heredoc; its content is filled in by `line`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it, without quotes; also the name of the file that `COPY` makes.
    pub name: String,
    /// Variables are substituted in the content: no part of the word was quoted.
    pub expand: bool,
    /// `<<-`: leading tabs go.
    pub chomp: bool,
    /// The lines, each with its line end.
    pub content: String,
}

impl Heredoc {
    /// The content as the instruction uses it: without leading tabs after `<<-`.
    pub fn text(&self) -> String {
        if !self.chomp {
            return self.content.clone();
        }
        self.content.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
    }
}

fn unset(_: &str) -> Option<String> {
    None
}

/// The heredocs that a line announces, in order.
pub fn announced(line: &str) -> Result<Vec<Heredoc>, String> {
    let rules = Rules { raw_quotes: true, raw_escapes: true, keep_unset: true, ..Rules::word('\\') };
    let mut found = Vec::new();
    // A line whose quotes do not match announces nothing; the shell will complain instead.
    for word in words(line, rules, &unset).unwrap_or_default() {
        found.extend(read(&word)?);
    }
    Ok(found)
}

/// The heredoc that one word announces: digits, `<<`, perhaps `-`, and a single word.
pub fn read(word: &str) -> Result<Option<Heredoc>, String> {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let Some(rest) = digits.strip_prefix("<<") else { return Ok(None) };
    let (chomp, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') {
        return Ok(None);
    }
    let rules = Rules { keep_unset: true, ..Rules::word('\\') };
    let plain = words(rest, rules, &unset)?;
    let [name] = plain.as_slice() else { return Ok(None) };
    let raw = words(rest, Rules { raw_quotes: true, ..rules }, &unset)?;
    let [raw] = raw.as_slice() else {
        return Err(format!("internal lexing of heredoc produced inconsistent results: {rest}"));
    };
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Ok(Some(Heredoc { name: name.clone(), expand: quotes(name) == quotes(raw), chomp, content: String::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_the_word_switches_substitution_off() {
        let docs = announced("COPY <<EOF <<-'END' /x/").unwrap();
        let seen: Vec<_> = docs.iter().map(|d| (d.name.as_str(), d.expand, d.chomp)).collect();
        assert_eq!(seen, [("EOF", true, false), ("END", false, true)]);
    }

    #[test]
    fn a_here_string_and_a_quoted_mark_are_no_heredocs() {
        assert_eq!(announced("RUN cat <<< x"), Ok(vec![]));
        assert_eq!(announced("RUN echo '<<EOF'"), Ok(vec![]));
    }
}
