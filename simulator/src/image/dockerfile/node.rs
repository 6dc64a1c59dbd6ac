//! One logical line split into keyword, flags and arguments, by the grammar of its keyword.
//!
//! Follows BuildKit `frontend/dockerfile/parser/split_command.go` and `line_parsers.go`. Whether the keyword is known
//! and the arguments make sense is decided later, in `read`.

use super::go;
use super::heredoc::Heredoc;
use super::json::{self, JsonForm};
use super::line::Logical;
use crate::base::diagnostic::Span;
use crate::image::error::BuildError;

/// A line whose arguments are split, but not yet understood.
#[derive(Clone, Debug)]
pub struct Node {
    /// The first word as it was typed.
    pub keyword: String,
    /// The words that begin with `--`, quotes taken away.
    pub flags: Vec<String>,
    /// The rest of the line after the flags, trimmed.
    pub rest: String,
    /// The arguments; for `ENV` and `LABEL` three to a pair: name, value, and `=` or nothing.
    pub args: Vec<String>,
    /// The arguments were a JSON array.
    pub json: bool,
    /// Byte of `rest` at which something that begins like a JSON array stops being one.
    pub broken_json: Option<usize>,
    /// The whole line.
    pub logical: Logical,
    /// Heredocs that follow it.
    pub heredocs: Vec<Heredoc>,
    /// For `ONBUILD`: the keyword of the trigger, and whether its arguments are JSON.
    trigger: Option<(String, bool)>,
    /// First physical line, from 1.
    pub line: u32,
    /// Bytes of the file, heredocs left out.
    pub span: Span,
}

/// How the arguments of a keyword are split.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grammar {
    JsonOrText,
    JsonOrWords,
    Words,
    QuotedWords,
    Pairs(&'static str),
    Whole,
    Health,
    Trigger,
    Nothing,
}

/// Keyword and grammar of its arguments; BuildKit `parser/parser.go`, `dispatch`.
const GRAMMARS: &[(&str, Grammar)] = &[
    ("add", Grammar::JsonOrWords),
    ("arg", Grammar::QuotedWords),
    ("cmd", Grammar::JsonOrText),
    ("copy", Grammar::JsonOrWords),
    ("entrypoint", Grammar::JsonOrText),
    ("env", Grammar::Pairs("ENV")),
    ("expose", Grammar::Words),
    ("from", Grammar::Words),
    ("healthcheck", Grammar::Health),
    ("label", Grammar::Pairs("LABEL")),
    ("maintainer", Grammar::Whole),
    ("onbuild", Grammar::Trigger),
    ("run", Grammar::JsonOrText),
    ("shell", Grammar::JsonOrText),
    ("stopsignal", Grammar::Whole),
    ("user", Grammar::Whole),
    ("volume", Grammar::JsonOrWords),
    ("workdir", Grammar::Whole),
];

/// Triggers inside triggers that are read; the build refuses even the second.
const TRIGGER_DEPTH: u32 = 4;

/// All keywords, lower case, in alphabetical order.
pub fn keywords() -> Vec<&'static str> {
    GRAMMARS.iter().map(|(name, _)| *name).collect()
}

impl Node {
    /// The keyword takes heredocs and is not in exec form; `ONBUILD` is seen through.
    pub fn can_contain_heredoc(&self) -> bool {
        let own = (self.keyword.clone(), self.json);
        let (keyword, json) = self.trigger.as_ref().unwrap_or(&own);
        matches!(keyword.to_lowercase().as_str(), "add" | "copy" | "run") && !json
    }

    /// Bytes of the file that the arguments (without flags) are.
    pub fn args_span(&self) -> Span {
        let end = self.logical.text.trim_end().len();
        let start = end.saturating_sub(self.rest.len());
        Span::new(self.logical.place(start), self.logical.place(end.saturating_sub(1)) + usize::from(end > start))
    }

    /// Byte of the file that byte `at` of `rest` is.
    pub fn place_in_rest(&self, at: usize) -> usize {
        let start = self.logical.text.trim_end().len().saturating_sub(self.rest.len());
        self.logical.place(start + at)
    }
}

/// Splits one logical line; place and heredocs are filled in by the caller.
pub fn read(logical: Logical, escape: char) -> Result<Node, BuildError> {
    read_nested(logical, escape, 0)
}

fn read_nested(logical: Logical, escape: char, depth: u32) -> Result<Node, BuildError> {
    let line = logical.text.trim();
    let (keyword, after) = go::split_blank(line).unwrap_or((line, ""));
    let (flags, rest) = flags(after, escape);
    let mut node = Node {
        keyword: keyword.to_string(),
        flags,
        rest: rest.trim().to_string(),
        args: Vec::new(),
        json: false,
        broken_json: None,
        logical: Logical::default(),
        heredocs: Vec::new(),
        trigger: None,
        line: 0,
        span: Span::default(),
    };
    let lower = keyword.to_lowercase();
    let grammar = GRAMMARS.iter().find(|(name, _)| *name == lower).map_or(Grammar::Nothing, |(_, grammar)| *grammar);
    let rest = node.rest.clone();
    match grammar {
        Grammar::Nothing => {}
        Grammar::JsonOrText if rest.is_empty() => {}
        Grammar::JsonOrText => array_or(&mut node, &rest, 0, |text| vec![text.to_string()])?,
        Grammar::JsonOrWords => array_or(&mut node, &rest, 0, blank_words)?,
        Grammar::Words => node.args = blank_words(&rest),
        Grammar::QuotedWords => node.args = quoted_words(&rest, escape),
        Grammar::Pairs(name) => node.args = pairs(&rest, name, escape)?,
        Grammar::Whole => node.args.extend((!rest.is_empty()).then_some(rest)),
        Grammar::Health => health(&mut node, &rest)?,
        Grammar::Trigger if rest.is_empty() || depth >= TRIGGER_DEPTH => {}
        Grammar::Trigger => {
            let inner = read_nested(Logical::without_place(&rest), escape, depth + 1)?;
            node.args = vec![inner.keyword.clone()];
            node.args.extend(inner.args);
            node.trigger = Some((inner.keyword, inner.json));
        }
    }
    node.logical = logical;
    Ok(node)
}

/// Exec form if `text` is a JSON array of strings, else what `otherwise` makes of it.
fn array_or(node: &mut Node, text: &str, offset: usize, otherwise: fn(&str) -> Vec<String>) -> Result<(), BuildError> {
    match json::form(text) {
        JsonForm::Strings(strings) => {
            node.args.extend(strings);
            node.json = true;
        }
        JsonForm::NotStrings => {
            return Err(BuildError::new("when using JSON array syntax, arrays must be comprised of strings only")
                .plainly("the exec form takes strings only, and this array has something else in it")
                .with_help("put every element in double quotes, numbers too"));
        }
        JsonForm::Invalid { at } => {
            node.broken_json = Some(offset + at);
            node.args.extend(otherwise(text));
        }
        JsonForm::NoArray => node.args.extend(otherwise(text)),
    }
    Ok(())
}

fn blank_words(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { go::split_blanks(text).into_iter().map(str::to_string).collect() }
}

fn health(node: &mut Node, rest: &str) -> Result<(), BuildError> {
    if rest.is_empty() {
        return Ok(());
    }
    let end = rest.bytes().position(go::is_space_byte).unwrap_or(rest.len());
    let mut kind = go::up_to(rest, end).to_string();
    if kind.len() < end {
        // Half a character is left of the word.
        kind.push('\u{fffd}');
    }
    node.args.push(kind);
    let spaces = rest.bytes().skip(end).take_while(|b| go::is_space_byte(*b)).count();
    let command = go::after(rest, end + spaces);
    if command.is_empty() {
        Ok(())
    } else {
        array_or(node, command, rest.len() - command.len(), |t| vec![t.to_string()])
    }
}

fn pairs(rest: &str, name: &str, escape: char) -> Result<Vec<String>, BuildError> {
    let words = quoted_words(rest, escape);
    let Some(first) = words.first() else { return Ok(Vec::new()) };
    if !first.contains('=') {
        let Some((key, value)) = go::split_blank(rest) else {
            return Err(BuildError::new(format!("{name} must have two arguments"))
                .with_help(format!("write {name} NAME=value")));
        };
        return Ok(vec![key.to_string(), value.to_string(), String::new()]);
    }
    let mut args = Vec::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            let kind = format!("Syntax error - can't find = in {}. Must be of the form: name=value", go::quote(&word));
            return Err(BuildError::new(kind)
                .plainly(format!("{word} is no pair: every word of {name} has to be NAME=value"))
                .with_help("put a value that has blanks in double quotes"));
        };
        args.extend([key.to_string(), value.to_string(), "=".to_string()]);
    }
    Ok(args)
}

/// Words with their quotes and escapes still in them.
fn quoted_words(text: &str, escape: char) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut keep_empty = false;
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            if keep_empty || !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            keep_empty = false;
            continue;
        }
        match quote {
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                keep_empty = true;
            }
            Some(q) if q == c => quote = None,
            _ => {}
        }
        if c == escape && quote != Some('\'') {
            // An escape at the very end is dropped.
            let Some(next) = chars.next() else { break };
            word.push(c);
            word.push(next);
        } else {
            word.push(c);
        }
    }
    if keep_empty || !word.is_empty() {
        words.push(word);
    }
    words
}

/// The leading words that begin with `--`, and what follows them. Read byte by byte as the builder does, so that
/// characters beyond ASCII in a flag come out as their bytes.
fn flags(text: &str, escape: char) -> (Vec<String>, &str) {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = go::after(rest, rest.bytes().take_while(|b| go::is_space_byte(*b)).count());
        if !rest.starts_with("--") {
            return (words, rest);
        }
        let (word, quoted, length) = flag_word(rest, escape);
        let after = go::after(rest, length);
        if word == "--" {
            return (words, after);
        }
        if quoted || !word.is_empty() {
            words.push(word);
        }
        rest = after;
    }
}

/// One word: its text, whether quotes were in it, and its bytes.
fn flag_word(text: &str, escape: char) -> (String, bool, usize) {
    let mut word = String::new();
    let mut quoted = false;
    let mut quote = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let c = char::from(byte);
        match quote {
            None if go::is_space_byte(byte) => return (word, quoted, at),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                quoted = true;
            }
            Some(q) if q == c => quote = None,
            _ if c == escape => {
                let Some((_, next)) = bytes.next() else { break };
                word.push(char::from(next));
            }
            _ => word.push(c),
        }
    }
    (word, quoted, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(line: &str) -> Node {
        read(Logical::without_place(line), '\\').unwrap()
    }

    #[test]
    fn flags_end_at_the_first_other_word_or_at_two_dashes() {
        let n = node("COPY --from=a --chmod='7 5 5' --link -- --x y");
        assert_eq!(n.flags, ["--from=a", "--chmod=7 5 5", "--link"]);
        assert_eq!(n.args, ["--x", "y"]);
    }

    #[test]
    fn env_has_an_old_form_with_one_pair() {
        assert_eq!(node("ENV A one  two").args, ["A", "one  two", ""]);
        assert_eq!(node("ENV A=1 B=\"x y\" C='='").args, ["A", "1", "=", "B", "\"x y\"", "=", "C", "'='", "="]);
    }

    #[test]
    fn malformed_pairs_are_named() {
        let error = |line: &str| read(Logical::without_place(line), '\\').unwrap_err().kind;
        assert_eq!(error("ENV A"), "ENV must have two arguments");
        assert_eq!(error("LABEL a=1 b"), "Syntax error - can't find = in \"b\". Must be of the form: name=value");
    }

    #[test]
    fn broken_json_says_where() {
        let n = node("CMD ['a']");
        assert_eq!((n.json, n.broken_json, n.args), (false, Some(1), vec!["['a']".to_string()]));
    }

    #[test]
    fn an_escaped_quote_does_not_open_a_quoted_word() {
        assert_eq!(node("ARG a=\\\" b").args, ["a=\\\"", "b"]);
    }
}
